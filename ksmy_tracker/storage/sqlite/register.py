"""A register in an SQLite file: read, changed, created, migrated, backed up.

The standard library alone reads and changes it; SQLAlchemy and Alembic are imported where a schema is made.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.errors import Damaged, KsmyError
from ksmy_tracker.storage.interface import TIMEOUT, Register, Transaction
from ksmy_tracker.storage.revisions import REVISIONS, require_current, require_known
from ksmy_tracker.storage.sqlite.connection import Connection, begin, connect, require_file
from ksmy_tracker.storage.sqlite.failures import damaged, translated
from ksmy_tracker.storage.sqlite.ordinary_tables import fault_in_header, fault_in_what_runs
from ksmy_tracker.storage.sqlite.reader import FileReader, stored_revision
from ksmy_tracker.storage.sqlite.transaction import FileTransaction

Done = TypeVar("Done")


@dataclass(frozen=True)
class FileRegister(Register):
    """A register in a file, by its path."""

    path: Path

    made_once: ClassVar[str] = signals.PLACED

    def __str__(self) -> str:
        return str(self.path)

    @contextmanager
    def reading(self, timeout: float = TIMEOUT) -> Iterator[FileReader]:
        """Open it to read: nothing that does changes it.

        Raises `NoRegister`, `Busy` or `Damaged`. A file is opened for writing where that is allowed, because
        only then can the journal of a writer that was killed be rolled back; `query_only` does the rest.
        """
        require_file(self.path)
        with translated(self.path), closing(connect(self.path, timeout)) as connection:
            connection.execute("PRAGMA query_only = ON")
            begin(connection, "BEGIN", timeout)
            require_current(stored_revision(connection, self.path), self)
            yield FileReader(connection)

    def write(
        self,
        work: Callable[[Transaction], Done],
        timeout: float = TIMEOUT,
        *,
        dry_run: bool = False,
        invocation: str = "",  # a file's transaction runs once
    ) -> Done:
        """Do the work in one transaction and return what it returns, once that is committed."""
        with self.writing(timeout, dry_run=dry_run) as transaction:
            return work(transaction)

    @contextmanager
    def writing(self, timeout: float = TIMEOUT, *, dry_run: bool = False) -> Iterator[FileTransaction]:
        """One transaction that holds the write lock; it is committed at the end, rolled back on an error.

        A dry run takes no lock and can write nothing. Raises `NoRegister`, `Busy` or `Damaged`.
        """
        require_file(self.path)
        with translated(self.path), closing(connect(self.path, timeout)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            begin(connection, "BEGIN" if dry_run else "BEGIN IMMEDIATE", timeout)
            require_current(stored_revision(connection, self.path), self)
            self._require_writable(connection)
            if dry_run:
                connection.execute("PRAGMA query_only = ON")
            yield FileTransaction(connection)
            connection.commit()

    def check_free(self) -> None:
        """Refuse a place where there is something already, or others may write."""
        from ksmy_tracker.storage.files import check_place
        from ksmy_tracker.storage.private_folder import remains
        from ksmy_tracker.storage.sqlite.new_register import check_new_place

        remains(self.path.parent, remove=True)
        check_place(self.path, replace=False, what="register")
        check_new_place(self.path)

    @contextmanager
    def creating(self, timeout: float = TIMEOUT) -> Iterator[FileTransaction]:
        """Create it (0600, in a directory that is made 0700 if it is new) with its schema, to be filled.

        It is made in a private folder and put in its place at the end of the block. Raises `Refused` if there is one.
        """
        from ksmy_tracker.storage.files import APPLICATION_ID, placed
        from ksmy_tracker.storage.migrations import upgrade
        from ksmy_tracker.storage.sqlite import new_register

        if sqlite3.sqlite_version_info < (3, 37):
            raise KsmyError(
                f"this Python's SQLite is {sqlite3.sqlite_version}; a register needs 3.37 or newer"
            )
        self.check_free()
        with new_register.folders_of(self.path):
            mode = new_register.new_mode(self.path.parent)
            with (
                placed(self.path, replace=False, what="register", mode=mode) as new,
                translated(self.path),
                new_register.unseen(),
            ):
                with closing(connect(new, timeout)) as connection:
                    connection.is_of_the_register = False
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute("PRAGMA foreign_keys = OFF")
                    begin(connection, "BEGIN IMMEDIATE", timeout)
                    upgrade(connection, "sqlite+pysqlite")
                    yield FileTransaction(connection)
                    _require_references(connection)
                    head = new_register.head_of(connection)
                    connection.commit()
                new_register.check_new_place(self.path)
            new_register.read_back(self.path, head, "register")

    def migrate(
        self, prove: Callable[[Transaction], None], timeout: float = TIMEOUT
    ) -> tuple[str | None, Path | None]:
        """Bring its schema up to this program's; return the revision it had and where its backup is.

        Foreign keys are off before it begins (tables may be rebuilt) and checked before it commits. A backup is made
        once no other process can write, and removed if the migration fails before its commit.
        """
        from ksmy_tracker.storage.private_folder import remains

        remains(self.path.parent, remove=True)
        require_file(self.path)
        with translated(self.path), closing(connect(self.path, timeout)) as connection:
            before = stored_revision(connection, self.path)
        require_known(before, self)
        if before == REVISIONS[-1]:
            return before, None
        with translated(self.path), self._migrating(timeout) as (connection, copy):
            prove(FileTransaction(connection))
        return before, copy

    @contextmanager
    def _migrating(self, timeout: float) -> Iterator[tuple[Connection, Path | None]]:
        from ksmy_tracker.storage.migrations import upgrade
        from ksmy_tracker.storage.sqlite.backup import copy_beside

        copy: Path | None = None
        is_new = False
        try:
            with closing(connect(self.path, timeout)) as connection:
                connection.execute("PRAGMA foreign_keys = OFF")
                begin(connection, "BEGIN IMMEDIATE", timeout)
                # Another process may have migrated it while this one waited.
                if stored_revision(connection, self.path) != REVISIONS[-1]:
                    self._require_writable(connection)
                    copy, is_new = copy_beside(self.path, timeout)
                upgrade(connection, "sqlite+pysqlite")
                yield connection, copy
                _require_references(connection)
                is_new = False  # a commit that fails may have been made all the same
                connection.commit()
        except BaseException:
            if copy is not None and is_new:
                with suppress(OSError):  # then the next migration finds it and makes no other
                    copy.unlink()
            raise

    def backup(self, target: Path, timeout: float = TIMEOUT, *, force: bool) -> str | None:
        """Copy it as it is at one moment to a file; return the head of the copy. `force` replaces a file."""
        from ksmy_tracker.storage.private_folder import remains
        from ksmy_tracker.storage.sqlite.backup import copied, require_another
        from ksmy_tracker.storage.sqlite.new_register import check_new_place

        require_another(target, self.path)
        remains(self.path.parent, remove=True)
        check_new_place(target)
        with self.reading(timeout):
            pass
        return copied(self.path, target, timeout, force=force)

    def fault_outside(self) -> str | None:
        """What keeps SQLite from writing a file that may be written; not to be asked while this process has it open."""
        fault = fault_in_header(self.path)
        return fault and f"database: {fault}"

    def remains(self) -> list[Path]:
        """What commands that were killed left beside it."""
        from ksmy_tracker.storage.private_folder import remains

        return remains(self.path.parent)

    def _require_writable(self, connection: Connection) -> None:
        """Refuse a register in which what is not its own would run during a change, perhaps without end."""
        if (fault := fault_in_what_runs(connection)) is not None:
            raise damaged(self.path, fault)


def _require_references(connection: Connection) -> None:
    """Refuse rows that belong to none, in a transaction in which no statement is kept from making them."""
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        table, _, parent, _ = broken
        raise Damaged(f"a row of {table} points at none of {parent}; nothing was changed")
