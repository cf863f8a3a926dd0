"""A connection to a register in a file: opened where that is safe, its transactions begun and committed in turn."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import Final
from urllib.parse import quote

from ksmy_tracker import signals
from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.interface import TIMEOUT
from ksmy_tracker.storage.trust import require_trusted

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


def require_file(path: Path) -> None:
    """Raise `NoRegister` where there is no file that could be a register, may be read and can be trusted."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoRegister(
            f"there is no register at {path}; create one with `ksmy init`, or name one with --db"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoRegister(f"{path} cannot be opened: {reason}") from None
    if not os.path.isfile(path):
        raise NoRegister(f"{path} is not a file; name the register's file with --db")
    if found.st_size == 0:
        raise NoRegister(f"{path} is empty, not a register; remove it and run `ksmy init`")
    if not os.access(path, os.R_OK):
        raise NoRegister(f"{path} may not be read by this user; ask for permission")
    require_trusted(path)


def connect(path: Path, timeout: float, *, in_one_thread: bool = True) -> Connection:
    """Open an existing file; read-only where it may not be written."""
    uri = f"file://{quote(os.fsencode(path.absolute()))}?mode=rw"
    connection = sqlite3.connect(
        uri,
        uri=True,
        timeout=min(timeout, 1e6),
        isolation_level=None,
        factory=Connection,
        check_same_thread=in_one_thread,
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
        if code_of(error) & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= until:
            raise
        return False
    return True


def _pause(until: float) -> None:
    sleep(min(uniform(*_PAUSE), max(0.0, until - monotonic())))  # noqa: S311


def code_of(error: sqlite3.Error | None) -> int:
    """SQLite's code of an error; what Python itself finds, such as a text that is not UTF-8, has none: corrupt."""
    found: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return found
