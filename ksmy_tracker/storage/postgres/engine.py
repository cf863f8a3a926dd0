"""A register on a PostgreSQL server: its transactions, each run again where the server asks for it.

Imported only for a register that is on a server, for it imports psycopg.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from random import uniform
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.errors import Busy, KsmyError, NoRegister, Refused
from ksmy_tracker.storage.interface import Reader, Transaction
from ksmy_tracker.storage.place import Server, require_current, require_known
from ksmy_tracker.storage.postgres.attempts import Silent, psycopg
from ksmy_tracker.storage.postgres.connection import Connection, NoAnswer, connect
from ksmy_tracker.storage.postgres.failures import (
    broken,
    explained,
    is_lost,
    is_lost_in,
    original,
    runs_again,
    silent,
    translated,
)
from ksmy_tracker.storage.postgres.reader import ServerReader, stored_revision
from ksmy_tracker.storage.postgres.transaction import ServerTransaction

if TYPE_CHECKING:
    import sqlalchemy

IsolationLevel = psycopg.IsolationLevel

Done = TypeVar("Done")

#: The advisory lock of whoever changes the schema ("ksmy" in ASCII).
SCHEMA_LOCK: Final = 0x6B736D79


@contextmanager
def reading(server: Server, timeout: float) -> Iterator[Reader]:
    """A reader in one transaction that sees one state of the register and can change nothing.

    Raises `NoRegister`, `Busy` or `KsmyError`.
    """
    with translated(server), closing(connect(server, timeout)) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        require_current(stored_revision(connection, server), server)
        yield ServerReader(connection)


def write(
    server: Server, work: Callable[[Transaction], Done], timeout: float, *, dry_run: bool, invocation: str
) -> Done:
    """Do the work in one serializable transaction and return what it returns, once it is on the server.

    Where the server asks for it, or the connection is lost, the whole of it runs again from fresh reads until the
    time is over. A commit whose answer was lost is looked for by its invocation before anything is done again.
    Raises `Busy` past the timeout, and whatever the work raises.
    """
    until = monotonic() + timeout
    tried = _Tried[Done]()
    pause = 0.01
    while True:
        tried.connected = tried.ending = False
        try:
            return _attempt(server, work, until, invocation, tried, dry_run=dry_run)
        except BrokenEntry as error:
            raise broken(error, server) from error
        except Exception as error:
            cause = original(error)
            lost = tried.connected and cause is not None and is_lost(cause)
            unreachable = tried.committing is not None and isinstance(error, NoRegister | Silent)
            again = cause is not None and runs_again(cause)
            if not (lost or unreachable or again):
                if cause is None:
                    raise
                if tried.committing and not tried.ending:
                    raise _given_up(server, invocation, tried, lost=cause) from None
                raise explained(cause, server) from None
            if monotonic() + pause >= until:
                raise _given_up(server, invocation, tried, lost=None if again else error) from None
        sleep(uniform(pause / 2, pause))  # noqa: S311
        pause = min(pause * 2, 1.0)


@dataclass
class _Tried(Generic[Done]):
    """How far the tries have come.

    The newest was connected, and was told to commit; a commit was asked for, of work that returned this.
    """

    connected: bool = False
    ending: bool = False
    committing: tuple[Done] | None = None


def _attempt(
    server: Server,
    work: Callable[[Transaction], Done],
    until: float,
    invocation: str,
    tried: _Tried[Done],
    *,
    dry_run: bool,
) -> Done:
    """One try."""
    level = IsolationLevel.REPEATABLE_READ if dry_run else IsolationLevel.SERIALIZABLE
    left = max(0.05, until - monotonic())
    with closing(connect(server, left)) as connection:
        tried.connected = True
        connection.isolation_level = level
        connection.read_only = dry_run
        if not dry_run and connection.schema:
            # Before the first read, which fixes what the transaction sees: writers stand in a line, none in vain.
            with suppress(psycopg.errors.UndefinedTable):
                connection.execute(f"LOCK TABLE {connection.schema}.commitment IN SHARE ROW EXCLUSIVE MODE")
            if connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                connection.rollback()
        require_current(stored_revision(connection, server), server)
        transaction = ServerTransaction(connection)
        if tried.committing:
            sql = "SELECT 1 FROM entry WHERE invocation = :invocation LIMIT 1"
            if transaction.tuples(sql, {"invocation": invocation}):
                signals.reached(signals.COMMITTED)
                return tried.committing[0]
        tried.committing = None
        signals.doubt(False)
        done = work(transaction)
        tried.committing, tried.ending = (done,), True
        connection.commit()
        return done


def _given_up(server: Server, invocation: str, tried: _Tried[Any], *, lost: Exception | None) -> KsmyError:
    """Why no further try is made. `lost` is the failure of the connection, if it was that."""
    no_answer = isinstance(original(lost), NoAnswer) if lost else False
    if tried.committing:
        happened = f"{server} has not answered" if no_answer else f"the connection to {server} was lost"
        return Busy(
            f"{happened} while the change was being recorded; whether it was is not known: "
            f"look for invocation {invocation} in `ksmy history --format json` before trying again"
        )
    if lost and no_answer:
        return silent(server)
    if lost:
        return Busy(
            f"the connection to {server} was lost again and again; nothing was changed; try again later"
        )
    return Busy(
        f"other writers of {server} kept this one from its turn; try again, or give a longer --timeout"
    )


def engine(
    server: Server,
    timeout: float,
    level: IsolationLevel = IsolationLevel.READ_COMMITTED,
    *,
    read_only: bool = False,
) -> Any:
    """An SQLAlchemy engine whose one transaction is of the isolation level."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    def open_one() -> Connection:
        connection = connect(server, timeout)
        connection.isolation_level = level
        connection.read_only = read_only
        return connection

    return create_engine(
        "postgresql+psycopg://", creator=open_one, poolclass=NullPool, use_native_hstore=False
    )


@contextmanager
def changing_schema(
    server: Server, timeout: float, *, new: bool = False
) -> Iterator["sqlalchemy.Connection"]:
    """One transaction that may change the schema, while nobody else does; `new`: there must be no register yet.

    Raises `Refused` where there is one, and `Busy` where it is not known whether the change was recorded.
    """
    register = engine(server, timeout)
    ending = False
    try:
        with translated(server), register.begin() as connection:
            driver = driver_under(connection)
            driver.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
            if new:
                _require_room(driver, server)
            _require_own(driver, server)
            driver.settle_at_home()
            yield connection
            ending = True
    except KsmyError as error:
        if ending and is_lost_in(error):
            raise Busy(
                f"{server} has not answered while the register was being recorded; whether it was is not known: "
                "look with `ksmy check` before trying again"
            ) from None
        raise
    finally:
        with suppress(Exception):
            register.dispose()


def driver_under(connection: "sqlalchemy.Connection") -> Connection:
    """The driver's connection under SQLAlchemy's."""
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, Connection)  # noqa: S101  # as `engine` made it
    return driver


def _require_room(driver: Connection, server: Server) -> None:
    """Refuse a schema in which there is something already; asked again, for another may have come before."""
    if driver.home is None:
        raise NoRegister(
            f"no schema that {server} would make a table in is there; make one with CREATE SCHEMA"
        )
    found = driver.execute(
        "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class "
        "WHERE relnamespace = to_regnamespace(%s) AND relname = ANY (%s)",
        [driver.home, ["agreement", "alembic_version", "commitment", "entry", "milestone", "unchanged_key"]],
    ).fetchone()
    names = (found and found[0]) or []
    if driver.has_tables or len(names) > 2:
        raise Refused(f"there is already a register in {server}; nothing was changed")
    if names:
        raise Refused(
            f"{server} has another program's table {names[0]} in the schema {driver.home}; name an empty schema with "
            "?options=-csearch_path%3DSCHEMA at the end of the URL"
        )


def _require_own(driver: Connection, server: Server) -> None:
    """Refuse a schema in which somebody has put what a statement made there could call."""
    from ksmy_tracker.storage.postgres.schema_check import planted

    where = str(driver.schema or driver.home)
    for one in planted(driver.execute, where):
        raise Refused(
            f"{one} in {server} does not belong to a register; nothing was changed; drop it, or name another schema "
            "with ?options=-csearch_path%3DSCHEMA at the end of the URL"
        )


def revision(server: Server, timeout: float) -> str | None:
    """The schema revision of a register, if it is one that this program knows."""
    with translated(server), closing(connect(server, timeout)) as connection:
        found = stored_revision(connection, server)
    require_known(found, server)
    return found
