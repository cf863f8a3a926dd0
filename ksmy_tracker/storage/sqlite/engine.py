"""A register in an SQLite file: its connections, its transactions, and the SQL that is SQLite's own.

The standard library alone reads and writes it; SQLAlchemy is imported only by what makes or migrates its schema.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import Any, Final, TypeVar
from urllib.parse import quote

from ksmy_tracker import signals
from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.errors import Busy, Damaged, KsmyError, NoRegister
from ksmy_tracker.storage.files import APPLICATION_ID
from ksmy_tracker.storage.interface import TIMEOUT, Transaction
from ksmy_tracker.storage.place import Location, require_current, the_revision
from ksmy_tracker.storage.sqlite.ordinary_tables import (
    fault_in_header,
    fault_in_tables,
    fault_in_what_runs,
)
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.transaction import FileTransaction
from ksmy_tracker.storage.trust import require_trusted

Done = TypeVar("Done")

#: Seconds between two tries for a lock where nobody stands in line: at random, and the same for all. SQLite's own
#: pauses grow with the wait: who has waited longest then asks most seldom.
_PAUSE: Final = (0.001, 0.015)

#: Instructions of SQLite's machine (a few hundredths of a second) between two moments in which a signal is let in.
_STEPS: Final = 1_000_000


class Connection(sqlite3.Connection):
    """A connection to a register whose commit waits for readers, lets in no signal, and says when it is done."""

    path: Path
    #: Seconds that a commit waits for readers to end.
    patience = TIMEOUT
    #: Whether what it commits is the register itself, not a file that is to be put in its place.
    is_of_the_register = True

    def commit(self) -> None:
        """Commit; a signal ends the wait for readers, with nothing committed."""
        if not self.in_transaction:
            return
        until = monotonic() + self.patience
        self.execute("PRAGMA busy_timeout = 0")
        step = signals.committing() if self.is_of_the_register else signals.uninterrupted()
        with step:
            while not _tried(self, ("COMMIT",), until):
                _pause(until)
                signals.raise_noted()


@contextmanager
def reading(location: Location, timeout: float = TIMEOUT) -> Iterator[FileReader]:
    """Open a register to read: nothing it does changes it.

    Raises `NoRegister`, `Busy` or `Damaged`. A file is opened for writing where that is allowed, because
    only then can the journal of a writer that was killed be rolled back; `query_only` does the rest.
    """
    require_file(location)
    with translated(location), closing(connect(location.path, timeout)) as connection:
        connection.execute("PRAGMA query_only = ON")
        begin(connection, "BEGIN", timeout)
        require_current(stored_revision(connection, location), location)
        yield FileReader(connection)


def write(location: Location, work: Callable[[Transaction], Done], timeout: float, *, dry_run: bool) -> Done:
    """Do the work in one transaction and return what it returns, once that is committed."""
    with writing(location, timeout, dry_run=dry_run) as transaction:
        return work(transaction)


@contextmanager
def writing(
    location: Location, timeout: float = TIMEOUT, *, dry_run: bool = False
) -> Iterator[FileTransaction]:
    """One transaction that holds the write lock; it is committed at the end, rolled back on an error.

    A dry run takes no lock and can write nothing. Raises `NoRegister`, `Busy` or `Damaged`.
    """
    require_file(location)
    with translated(location), closing(connect(location.path, timeout)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        begin(connection, "BEGIN" if dry_run else "BEGIN IMMEDIATE", timeout)
        require_current(stored_revision(connection, location), location)
        require_writable(connection, location)
        if dry_run:
            connection.execute("PRAGMA query_only = ON")
        yield FileTransaction(connection)
        connection.commit()


def _roll_back(location: Location) -> None:
    """Undo at once what a full disk kept SQLite from undoing; else the next command would."""
    with suppress(sqlite3.Error), closing(connect(location.path, 1.0)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def translated(location: Location) -> Iterator[None]:
    """Turn what SQLite says went wrong into the sentence and the exit code for it."""
    try:
        yield
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema, in the schema's own words
        raise _damaged(location, error.reason) from error
    except BrokenEntry as error:
        raise Damaged(f"{location} is damaged: {error}; restore the newest sound backup") from error
    except Exception as error:
        # No name for it here: an error that its own frame holds would hold the connection, and its lock, too.
        if original(error) is None:
            raise
        if _code(original(error)) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            _roll_back(location)
        raise _explain(original(error), location) from error


def original(error: BaseException) -> sqlite3.Error | None:
    """SQLite's error, also where SQLAlchemy, which is not imported to read, wraps it."""
    found = error if isinstance(error, sqlite3.Error) else getattr(error, "orig", None)
    return found if isinstance(found, sqlite3.Error) else None


def _code(error: sqlite3.Error | None) -> int:
    """SQLite's code of an error; what Python itself finds, such as a text that is not UTF-8, has none: corrupt."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)


def _explain(error: sqlite3.Error | None, location: Location) -> KsmyError:
    code = _code(error) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"another process is writing to {location}; try again, or give a longer --timeout")
    if code == sqlite3.SQLITE_NOTADB:
        return NoRegister(f"{location} is not a register: it is no SQLite database")
    if _code(error) == sqlite3.SQLITE_READONLY_ROLLBACK:
        return NoRegister(
            f"a writer of {location} was killed half-way; ask somebody who may write it to run any command once"
        )
    if _code(error) == sqlite3.SQLITE_IOERR_DIR_FSYNC:  # the journal is gone: committed
        return KsmyError(
            f"{location} is changed, but its folder could not be synced: a power cut may undo the change"
        )
    if code == sqlite3.SQLITE_READONLY and (fault := fault_in_header(location.path)) is not None:
        return _damaged(location, fault)
    folder_shut = code == sqlite3.SQLITE_IOERR and not os.access(location.path.parent, os.W_OK)
    if folder_shut or code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return KsmyError(f"{location} cannot be written; ask for write permission on it and its folder")
    if code == sqlite3.SQLITE_CANTOPEN:
        return NoRegister(f"{location} cannot be opened; check the permissions of it and its folder")
    if code == sqlite3.SQLITE_FULL:
        return KsmyError(f"there is no room left to write {location}; nothing was changed")
    if code == sqlite3.SQLITE_IOERR:
        return KsmyError(f"reading or writing {location} failed ({error}); nothing was changed")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR):
        return _damaged(location, error)
    return KsmyError(f"SQLite could not go on with {location}: {error}")


def _damaged(location: Location, fault: object) -> Damaged:
    return Damaged(f"{location} is damaged ({fault}); restore the newest sound backup")


def require_writable(connection: sqlite3.Connection, location: Location) -> None:
    """Refuse a register in which what is not its own would run during a change, perhaps without end."""
    if (fault := fault_in_what_runs(connection)) is not None:
        raise _damaged(location, fault)


def require_file(location: Location) -> None:
    """Raise `NoRegister` where there is no file that could be a register, may be read and can be trusted."""
    try:
        found = location.path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoRegister(
            f"there is no register at {location}; create one with `ksmy init`, or name one with --db"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoRegister(f"{location} cannot be opened: {reason}") from None
    if not os.path.isfile(location.path):
        raise NoRegister(f"{location} is not a file; name the register's file with --db")
    if found.st_size == 0:
        raise NoRegister(f"{location} is empty, not a register; remove it and run `ksmy init`")
    if not os.access(location.path, os.R_OK):
        raise NoRegister(f"{location} may not be read by this user; ask for permission")
    require_trusted(location.path)


def connect(path: Path, timeout: float) -> Connection:
    """Open an existing file; read-only where it may not be written."""
    uri = f"file://{quote(os.fsencode(path.absolute()))}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=min(timeout, 1e6), isolation_level=None, factory=Connection
    )
    connection.path, connection.patience = path, timeout
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_progress_handler(_let_signals_in, _STEPS)
    return connection


def _let_signals_in() -> None:
    """Nothing: as any function of Python begins, signals are answered; what their answer raises ends the statement."""


def begin(connection: Connection, statement: str, timeout: float) -> None:
    """Begin a transaction and take its lock, waiting for other processes in steps that Ctrl-C can end; writers queue.

    What it commits is on the disk: with less than EXTRA a power cut brings back the journal, and takes the commit away.
    """
    until = monotonic() + timeout
    connection.execute("PRAGMA busy_timeout = 0")
    statements = ("PRAGMA synchronous = EXTRA", statement, "SELECT count(*) FROM sqlite_master")
    with ExitStack() as line:
        pause: Callable[[float], None] | None = None
        while not _tried(connection, statements, until):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if pause is None:
                pause = _pause
                if statement == "BEGIN IMMEDIATE":
                    from ksmy_tracker.storage.sqlite.queue import in_line

                    pause = line.enter_context(in_line(connection.path)) or _pause
            pause(until)
    connection.execute(f"PRAGMA busy_timeout = {int(min(timeout, 1e6) * 1000)}")


def _tried(connection: sqlite3.Connection, statements: Sequence[str], until: float) -> bool:
    """Whether statements went through; False where another process holds a lock they need, and there is time left."""
    try:
        for statement in statements:
            connection.execute(statement).fetchone()
    except sqlite3.OperationalError as error:
        if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= until:
            raise
        return False
    return True


def _pause(until: float) -> None:
    sleep(min(uniform(*_PAUSE), max(0.0, until - monotonic())))  # noqa: S311


def engine(
    location: Location,
    timeout: float,
    statement: str,
    *,
    foreign_keys: bool = True,
    is_of_the_register: bool = True,
) -> Any:
    """An SQLAlchemy engine whose transactions start with the statement.

    The driver's own transaction mode would commit before DDL and take the write lock too late.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    def open_one() -> sqlite3.Connection:
        connection = connect(location.path, timeout)
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.is_of_the_register = is_of_the_register
        return connection

    created = create_engine("sqlite+pysqlite://", creator=open_one, poolclass=NullPool)

    def begin_one(connection: Any) -> None:
        begin(connection.connection.driver_connection, statement, timeout)

    event.listen(created, "begin", begin_one)
    return created


def stored_revision(connection: sqlite3.Connection, location: Location) -> str | None:
    """The schema revision a register says it has, once its tables are known to be tables.

    Raises `NoRegister` for another program's database; `Damaged`.
    """
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    another = NoRegister(f"{location} is a database of another program, not a register")
    if application_id != APPLICATION_ID:
        raise another
    if (fault := fault_in_tables(connection)) is not None:
        raise _damaged(location, fault)
    try:
        rows = connection.execute("SELECT version_num FROM alembic_version LIMIT 2").fetchall()
    except sqlite3.OperationalError as error:
        if _code(error) != sqlite3.SQLITE_ERROR:
            raise
        raise another from None
    return the_revision(rows, location)
