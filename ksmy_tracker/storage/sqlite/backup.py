"""Backing up a register: a copy as it is at one moment, where a user names it or beside it before a migration."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from ksmy_tracker.errors import Damaged, KsmyError, Refused
from ksmy_tracker.storage.files import placed, put_in_place, sync, unwritten
from ksmy_tracker.storage.private_folder import private_file
from ksmy_tracker.storage.revisions import REVISIONS
from ksmy_tracker.storage.sqlite.connection import begin, connect
from ksmy_tracker.storage.sqlite.failures import translated
from ksmy_tracker.storage.sqlite.new_register import head_of, new_mode, read_back


def require_another(target: Path, register: Path) -> None:
    """Refuse to put a backup where the register itself is."""
    if os.path.exists(target) and os.path.exists(register) and os.path.samefile(target, register):
        raise Refused(f"{target} is the register itself; name another file for the backup")


def copied(path: Path, target: Path, timeout: float, *, force: bool) -> str | None:
    """Copy a register, consistent and verified, to `target` (0600, fsynced); return the head of the copy.

    Raises `Refused` where a file stands at `target` and `force` is not given.
    """
    with (
        translated(path),
        placed(target, replace=force, what="backup", mode=new_mode(target.parent)) as new,
    ):
        head = _copy(path, new, target, timeout)
    read_back(target, head, "backup")
    return head


def copy_beside(register: Path, timeout: float) -> tuple[Path, bool]:
    """A backup beside a register, and whether it is new: a migration that was killed may have made the same."""
    names = _backup_names(register)
    first = next(_backup_names(register))
    with unwritten(first, "backup"), private_file(register.parent) as path:
        head = _copy(register, path, first, timeout)
        for target in names:
            if os.path.lexists(f"{target}-journal") or os.path.lexists(f"{target}-wal"):
                continue
            if not os.path.lexists(target):
                path.chmod(new_mode(target.parent))
                sync(path)
                put_in_place(path, target, replace=False, what="backup")
                is_new = True
                break
            if _is_same_register(path, target):
                sync(target)
                sync(target.parent)
                is_new = False
                break
    read_back(target, head, "backup")
    return target, is_new


def _copy(register: Path, path: Path, target: Path, timeout: float) -> str | None:
    """Copy a register into an empty file that will be at `target`, and return the head of the copy."""
    with (
        closing(connect(register, timeout)) as source,
        closing(connect(path, timeout)) as copy,
    ):
        # A read lock of its own: the backup itself would wait for a writer without end.
        begin(source, "BEGIN", timeout)
        try:
            source.backup(copy)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL):
                raise
            raise KsmyError(
                f"the backup {target} could not be written ({error}); is there room left?"
            ) from error
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(f"{register} is damaged ({found}); no backup was made")
        return head_of(copy)


def _backup_names(path: Path) -> Iterator[Path]:
    """Names for the backup that is made before a migration, in their order."""
    for number in count(1):
        suffix = f".before-{REVISIONS[-1]}" + (f"-{number}" if number > 1 else "")
        yield path.with_name(path.name + suffix)


def _is_same_register(path: Path, other: Path) -> bool:
    """Whether two files that SQLite does not have open hold the same database to the byte.

    But for what the header says of how often, and by which version, a file was written.
    """
    if other.is_symlink() or not other.is_file() or path.stat().st_size != other.stat().st_size:
        return False
    try:
        with path.open("rb") as one, other.open("rb") as two:
            first, second = bytearray(one.read(4096)), bytearray(two.read(4096))
            for header in (first, second):
                header[24:28], header[92:100] = bytes(4), bytes(8)
            while first == second:
                if not first:
                    return True
                first, second = bytearray(one.read(1 << 20)), bytearray(two.read(1 << 20))
    except OSError:
        pass
    return False
