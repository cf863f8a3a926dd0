"""Backing up a register: a copy as it is at one moment, where a user names it or beside it before a migration."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from ksmy_tracker.errors import Damaged, KsmyError, Refused, Usage
from ksmy_tracker.storage.files import placed, put_in_place, sync, unwritten
from ksmy_tracker.storage.interface import TIMEOUT
from ksmy_tracker.storage.place import REVISIONS, Location, Place, Server
from ksmy_tracker.storage.private_folder import private_file, remains
from ksmy_tracker.storage.sqlite import engine as sqlite
from ksmy_tracker.storage.sqlite.new_register import check_new_place, head_of, new_mode, read_back


def backup(location: Place, target: Path, *, force: bool, timeout: float = TIMEOUT) -> str | None:
    """Copy a register, consistent and verified, to `target` (0600, fsynced); return the head of the copy.

    Raises `Refused` where a file stands at `target` and `force` is not given, or it is the register itself;
    `Usage` for a register on a server, which has tools of its own.
    """
    if isinstance(location, Server):
        raise Usage(
            "a register on a server is backed up by the server's own tool: "
            f"pg_dump --format=custom --file={target} {location} (docs/server.md); or `ksmy export`"
        )
    if os.path.exists(target) and os.path.exists(location.path) and os.path.samefile(target, location.path):
        raise Refused(f"{target} is the register itself; name another file for the backup")
    remains(location.path.parent, remove=True)
    check_new_place(target)
    with sqlite.reading(location, timeout):
        pass
    with (
        sqlite.translated(location),
        placed(target, replace=force, what="backup", mode=new_mode(target.parent)) as path,
    ):
        head = _copy(location, path, target, timeout)
    read_back(target, head, "backup")
    return head


def copy_beside(location: Location, timeout: float) -> tuple[Path, bool]:
    """A backup beside a register, and whether it is new: a migration that was killed may have made the same."""
    names = _backup_names(location.path)
    first = next(_backup_names(location.path))
    with unwritten(first, "backup"), private_file(location.path.parent) as path:
        head = _copy(location, path, first, timeout)
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


def _copy(location: Location, path: Path, target: Path, timeout: float) -> str | None:
    """Copy a register into an empty file that will be at `target`, and return the head of the copy."""
    with (
        closing(sqlite.connect(location.path, timeout)) as source,
        closing(sqlite.connect(path, timeout)) as copy,
    ):
        # A read lock of its own: the backup itself would wait for a writer without end.
        sqlite.begin(source, "BEGIN", timeout)
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
            raise Damaged(f"{location} is damaged ({found}); no backup was made")
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
