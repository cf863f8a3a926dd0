"""A register on a PostgreSQL server: read, changed, created, migrated.

psycopg is imported only once it is opened: without psycopg, too, its name can be told.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, NoReturn, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.errors import Busy, KsmyError, Usage
from ksmy_tracker.storage.interface import TIMEOUT, Reader, Register, Transaction
from ksmy_tracker.storage.postgres.url import Server
from ksmy_tracker.storage.revisions import REVISIONS, require_current, require_known

Done = TypeVar("Done")

#: The advisory lock of whoever changes the schema ("ksmy" in ASCII).
SCHEMA_LOCK: Final = 0x6B736D79


@dataclass(frozen=True, repr=False)
class ServerRegister(Register):
    """A register on a server, by its URL."""

    server: Server

    made_once: ClassVar[str] = signals.COMMITTED

    def __str__(self) -> str:
        return str(self.server)

    __repr__ = __str__

    @contextmanager
    def reading(self, timeout: float = TIMEOUT) -> Iterator[Reader]:
        """A reader in one transaction that sees one state of the register and can change nothing.

        Raises `NoRegister`, `Busy` or `KsmyError`.
        """
        from ksmy_tracker.storage.postgres.attempts import psycopg
        from ksmy_tracker.storage.postgres.connection import connect
        from ksmy_tracker.storage.postgres.failures import translated
        from ksmy_tracker.storage.postgres.reader import ServerReader, stored_revision

        with translated(self.server), closing(connect(self.server, timeout)) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            require_current(stored_revision(connection, self.server), self)
            yield ServerReader(connection)

    def write(
        self,
        work: Callable[[Transaction], Done],
        timeout: float = TIMEOUT,
        *,
        dry_run: bool = False,
        invocation: str,
    ) -> Done:
        """Do the work in one transaction and return what it returns, once that is committed.

        The work may run several times; `invocation` tells whether an earlier time landed after all.
        """
        from ksmy_tracker.storage.postgres.retrying import done_once

        return done_once(self.server, work, timeout, dry_run=dry_run, invocation=invocation)

    def check_free(self) -> None:
        """Nothing that could be told before: `creating` finds out."""

    @contextmanager
    def creating(self, timeout: float = TIMEOUT) -> Iterator[Transaction]:
        """Create it with its schema, to be filled; all of it is committed at the end of the block.

        Raises `Refused` if there is one, and `Busy` where it is not known whether it was recorded.
        """
        with self._changing_schema(timeout, new=True) as transaction:
            yield transaction

    def migrate(
        self, prove: Callable[[Transaction], None], timeout: float = TIMEOUT
    ) -> tuple[str | None, Path | None]:
        """Bring its schema up to this program's; return the revision it had. A server is backed up by its own tools."""
        from ksmy_tracker.storage.postgres.connection import connect
        from ksmy_tracker.storage.postgres.failures import translated
        from ksmy_tracker.storage.postgres.reader import stored_revision

        with translated(self.server), closing(connect(self.server, timeout)) as connection:
            before = stored_revision(connection, self.server)
        require_known(before, self)
        if before != REVISIONS[-1]:
            with self._changing_schema(timeout, new=False) as transaction:
                prove(transaction)
        return before, None

    @contextmanager
    def _changing_schema(self, timeout: float, *, new: bool) -> Iterator[Transaction]:
        """One transaction in which the migrations have run, while nobody else changes the schema."""
        from ksmy_tracker.storage.migrations import upgrade
        from ksmy_tracker.storage.postgres.attempts import psycopg
        from ksmy_tracker.storage.postgres.connection import connect
        from ksmy_tracker.storage.postgres.failures import is_lost_in, translated
        from ksmy_tracker.storage.postgres.new_register import require_own, require_room
        from ksmy_tracker.storage.postgres.transaction import ServerTransaction

        ending = False
        try:
            with translated(self.server), closing(connect(self.server, timeout)) as connection:
                connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED  # whatever the default is
                connection.read_only = False
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
                if new:
                    require_room(connection, self.server)
                require_own(connection, self.server)
                connection.settle_at_home()
                upgrade(connection, "postgresql+psycopg")
                yield ServerTransaction(connection)
                ending = True
                connection.commit()
        except KsmyError as error:
            if ending and is_lost_in(error):
                raise Busy(
                    f"{self} has not answered while the register was being recorded; whether it was is not known: "
                    "look with `ksmy check` before trying again"
                ) from None
            raise

    def backup(self, target: Path, timeout: float = TIMEOUT, *, force: bool) -> NoReturn:
        """Say by what a server is backed up: it has tools of its own."""
        raise Usage(
            "a register on a server is backed up by the server's own tool: "
            f"pg_dump --format=custom --file={target} {self} (docs/server.md); or `ksmy export`"
        )
