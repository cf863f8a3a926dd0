"""The sentence and the exit code for what SQLite says went wrong."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.errors import Busy, Damaged, KsmyError, NoRegister
from ksmy_tracker.storage.sqlite.connection import code_of, connect
from ksmy_tracker.storage.sqlite.ordinary_tables import fault_in_header


def _roll_back(path: Path) -> None:
    """Undo at once what a full disk kept SQLite from undoing; else the next command would."""
    with suppress(sqlite3.Error), closing(connect(path, 1.0)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says went wrong into the sentence and the exit code for it."""
    try:
        yield
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema, in the schema's own words
        raise damaged(path, error.reason) from error
    except BrokenEntry as error:
        raise Damaged(f"{path} is damaged: {error}; restore the newest sound backup") from error
    except Exception as error:
        # No name for it here: an error that its own frame holds would hold the connection, and its lock, too.
        if original(error) is None:
            raise
        if code_of(original(error)) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            _roll_back(path)
        raise _explain(original(error), path) from error


def original(error: BaseException) -> sqlite3.Error | None:
    """SQLite's error, also where SQLAlchemy, which is not imported to read, wraps it."""
    found = error if isinstance(error, sqlite3.Error) else getattr(error, "orig", None)
    return found if isinstance(found, sqlite3.Error) else None


def _explain(error: sqlite3.Error | None, path: Path) -> KsmyError:
    code = code_of(error) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"another process is writing to {path}; try again, or give a longer --timeout")
    if code == sqlite3.SQLITE_NOTADB:
        return NoRegister(f"{path} is not a register: it is no SQLite database")
    if code_of(error) == sqlite3.SQLITE_READONLY_ROLLBACK:
        return NoRegister(
            f"a writer of {path} was killed half-way; ask somebody who may write it to run any command once"
        )
    if code_of(error) == sqlite3.SQLITE_IOERR_DIR_FSYNC:  # the journal is gone: committed
        return KsmyError(
            f"{path} is changed, but its folder could not be synced: a power cut may undo the change"
        )
    if code == sqlite3.SQLITE_READONLY and (fault := fault_in_header(path)) is not None:
        return damaged(path, fault)
    folder_shut = code == sqlite3.SQLITE_IOERR and not os.access(path.parent, os.W_OK)
    if folder_shut or code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return KsmyError(f"{path} cannot be written; ask for write permission on it and its folder")
    if code == sqlite3.SQLITE_CANTOPEN:
        return NoRegister(f"{path} cannot be opened; check the permissions of it and its folder")
    if code == sqlite3.SQLITE_FULL:
        return KsmyError(f"there is no room left to write {path}; nothing was changed")
    if code == sqlite3.SQLITE_IOERR:
        return KsmyError(f"reading or writing {path} failed ({error}); nothing was changed")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR):
        return damaged(path, error)
    return KsmyError(f"SQLite could not go on with {path}: {error}")


def damaged(path: Path, fault: object) -> Damaged:
    """The sentence for a register that is not what was written."""
    return Damaged(f"{path} is damaged ({fault}); restore the newest sound backup")
