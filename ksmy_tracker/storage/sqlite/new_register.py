"""A new register's file: where it may be put, who may read it, and that it reads as it was made."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ksmy_tracker.errors import Damaged, KsmyError, Refused
from ksmy_tracker.storage.files import sync, umask
from ksmy_tracker.storage.interface import TIMEOUT
from ksmy_tracker.storage.sqlite.connection import begin, code_of, connect, require_file
from ksmy_tracker.storage.sqlite.failures import original, translated
from ksmy_tracker.storage.trust import require_trusted_folder, shared_by


def check_new_place(path: Path) -> None:
    """Refuse a place where a new register would not be what it was made."""
    for beside in (f"{path}-journal", f"{path}-wal"):  # which SQLite would take for the new file's
        if os.path.lexists(beside):
            raise Refused(f"{beside} was left by another database; remove it, or name another place")
    require_trusted_folder(path.parent)


@contextmanager
def folders_of(path: Path) -> Iterator[None]:
    """Make the folders of a new file that are missing, 0700 and their names on the disk; on an error they go again."""
    missing = [folder for folder in path.parents if not os.path.lexists(folder)]
    try:
        for folder in reversed(missing):
            with suppress(FileExistsError):  # by another process meanwhile
                folder.mkdir(mode=0o700)
            sync(folder.parent)
        yield
    except BaseException as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise KsmyError(f"{path.parent} could not be made: {error.strerror}") from None
        raise


def new_mode(folder: Path) -> int:
    """Read and write for the user alone; as the umask has it for a group that shares the folder to write."""
    try:
        shared = shared_by(folder) is not None and folder.stat().st_mode & stat.S_IWGRP
    except OSError:  # for what makes the file to tell
        return 0o600
    return 0o660 & ~umask() if shared else 0o600


@contextmanager
def unseen() -> Iterator[None]:
    """Take a commit whose folder could not be synced for none: the file is in a private folder, which nobody sees."""
    try:
        yield
    except Exception as error:
        if original(error) is None or code_of(original(error)) != sqlite3.SQLITE_IOERR_DIR_FSYNC:
            raise
        raise OSError(errno.EIO, os.strerror(errno.EIO)) from error


def read_back(path: Path, head: str | None, what: str) -> None:
    """See that a register that was put in place is what was made."""
    try:
        require_file(path)
        with translated(path), closing(connect(path, TIMEOUT)) as connection:
            begin(connection, "BEGIN", TIMEOUT)
            found = head_of(connection)
    except KsmyError as error:
        raise type(error)(f"the {what} {path} is in place, but could not be read back: {error}") from error
    if found != head:
        raise Damaged(
            f"the {what} {path} is in place, but it is not what was put there: its head is {found or 'none'}, "
            f"not {head or 'none'}; remove it"
        )


def head_of(connection: sqlite3.Connection) -> str | None:
    """The head of a register of any schema, none where it has no entry or no table of them."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is None:
        return None
    newest = connection.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchall()
    return next((str(found) for (found,) in newest), None)
