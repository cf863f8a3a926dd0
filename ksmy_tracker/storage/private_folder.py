"""Private folders in which new files are made: held while in use, removed once nobody holds them."""

import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ksmy_tracker import signals

_NAME: Final = re.compile(r"\.ksmy-[0-9a-f]{16}")

#: The file that is made, and what SQLite may leave beside it.
_FILE: Final = "new"
_FILES: Final = (_FILE, f"{_FILE}-journal")

#: What earlier versions made instead of a private folder. They held no lock, so age tells.
_OLDER: Final = re.compile(r"\.[0-9a-f]{32}\.part(-journal)?")
_OLD: Final = 3600.0  # seconds


@contextmanager
def private_file(folder: Path) -> Iterator[Path]:
    """Give the path of an empty new file (mode 0600) in a private folder inside another, on the same file system.

    What is still in the private folder at the end goes with it. Raises `OSError` where it cannot be made.
    """
    made: tuple[Path, int] | None = None
    try:
        with signals.uninterrupted():
            made = _made(folder)
        path = made[0] / _FILE
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield path
    finally:
        if made is not None:
            _remove(*made)
            with suppress(OSError):
                os.close(made[1])


def remains(folder: Path, *, remove: bool = False) -> list[Path]:
    """What killed commands left in a folder: all that is this user's (for root: anybody's) and that nobody holds."""
    found = []
    with suppress(OSError):
        for name in sorted(os.listdir(folder)):
            with suppress(OSError):
                if _NAME.fullmatch(name) and _is_left(folder / name, remove):
                    found.append(folder / name)
                elif _OLDER.fullmatch(name) and _is_old(folder / name):
                    if remove:
                        os.unlink(folder / name)
                    found.append(folder / name)
    return found


def _made(folder: Path) -> tuple[Path, int]:
    """A new private folder, and the descriptor that holds it."""
    while True:
        private = folder / f".ksmy-{os.urandom(8).hex()}"
        os.mkdir(private, 0o700)
        try:
            held = os.open(private, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:  # taken for left behind before it was held
            continue
        except BaseException:
            with suppress(OSError):
                os.rmdir(private)
            raise
        with suppress(OSError):  # a file system without locks: there nothing is ever taken for left behind
            fcntl.flock(held, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), os.lstat(private)):
                return private, held
        os.close(held)


def _is_left(private: Path, remove: bool) -> bool:
    """Whether nobody holds a private folder, and it has nothing but what this program put there."""
    descriptor = os.open(private, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.geteuid() not in (0, os.fstat(descriptor).st_uid):
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not set(os.listdir(descriptor)) <= set(_FILES):
            return False
        if remove:
            _remove(private, descriptor)
        return True
    finally:
        os.close(descriptor)


def _remove(private: Path, descriptor: int) -> None:
    """Remove a private folder; what cannot be removed now is left behind for the next command."""
    for name in _FILES:
        with suppress(OSError):
            os.unlink(name, dir_fd=descriptor)
    with suppress(OSError):
        os.rmdir(private)


def _is_old(path: Path) -> bool:
    """Whether an older version's temporary file was not written to for an hour."""
    found = path.lstat()
    mine = os.geteuid() in (0, found.st_uid)
    return mine and stat.S_ISREG(found.st_mode) and time.time() - found.st_mtime > _OLD
