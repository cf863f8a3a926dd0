"""Creating, migrating and backing up a register: all that happens to it as a whole."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from ksmy_tracker import database, sqlite
from ksmy_tracker.database import REVISIONS, Location, Place, Server
from ksmy_tracker.errors import Damaged, KsmyError, Refused, Usage
from ksmy_tracker.files import APPLICATION_ID, check_place, placed, put_in_place, sync, umask, unwritten
from ksmy_tracker.private import private_file, remains
from ksmy_tracker.trust import require_trusted_folder, shared_by

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import Session


Filled = TypeVar("Filled")

#: For a file that nobody sees before all of it is synced.
_UNSYNCED: Final = "PRAGMA synchronous = OFF"


def shipped(name: str) -> Path:
    """`migrations` or `seed.json`: beside the package in a wheel, above it in a checkout."""
    package = Path(__file__).parent
    if (package / name).exists():
        return package / name
    if (package.parent / "pyproject.toml").exists() and (package.parent / name).exists():
        return package.parent / name
    raise KsmyError(f"this installation of ksmy-tracker lacks its {name}; install it again")


def check_free(location: Place) -> None:
    """Refuse a place where there is something already, or others may write; on a server `create` finds that out."""
    if isinstance(location, Location):
        remains(location.path.parent, remove=True)
        check_place(location.path, replace=False, what="register")
        _check_new_place(location.path)


def create(location: Place, fill: Callable[["Session"], Filled]) -> Filled:
    """Create a register (a file 0600, in a directory that is made 0700 if it is new), fill it, return what that says.

    It appears only once it is whole. Raises `Refused` if there is one, and whatever `fill` raises.
    """
    from sqlmodel import Session

    if isinstance(location, Server):
        with (
            _server_schema(location, database.TIMEOUT, new=True) as connection,
            Session(connection) as session,
        ):
            filled = fill(session)
            session.flush()
        return filled
    if sqlite3.sqlite_version_info < (3, 37):
        raise KsmyError(f"this Python's SQLite is {sqlite3.sqlite_version}; a register needs 3.37 or newer")
    check_free(location)
    missing = [folder for folder in location.path.parents if not os.path.lexists(folder)]
    try:
        _make_folders(missing)
        mode = _new_mode(location.path.parent)
        with (
            placed(location.path, replace=False, what="register", mode=mode) as path,
            sqlite.translated(location),
        ):
            with closing(sqlite.connect(path, database.TIMEOUT)) as new:
                new.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with (
                _schema_connection(Location(path), is_private=True) as (connection, _),
                Session(connection) as session,
            ):
                filled = fill(session)
                session.flush()
                head = _head(database.driver_of(session))
            _check_new_place(location.path)
        _read_back(location.path, head, "register")
    except BaseException as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise KsmyError(f"{location.path.parent} could not be made: {error.strerror}") from None
        raise
    return filled


def _make_folders(missing: list[Path]) -> None:
    """Make folders that are missing, the innermost of which is first: each 0700, and its name on the disk."""
    for folder in reversed(missing):
        with suppress(FileExistsError):  # by another process meanwhile
            folder.mkdir(mode=0o700)
        sync(folder.parent)


def _check_new_place(path: Path) -> None:
    """Refuse a place where a new register would not be what it was made."""
    for beside in (f"{path}-journal", f"{path}-wal"):  # which SQLite would take for the new file's
        if os.path.lexists(beside):
            raise Refused(f"{beside} was left by another database; remove it, or name another place")
    require_trusted_folder(path.parent)


def _new_mode(folder: Path) -> int:
    """Read and write for the user alone; as the umask has it for a group that shares the folder to write."""
    try:
        shared = shared_by(folder) is not None and folder.stat().st_mode & stat.S_IWGRP
    except OSError:  # for what makes the file to tell
        return 0o600
    return 0o660 & ~umask() if shared else 0o600


def _read_back(path: Path, head: str | None, what: str) -> None:
    """See that a register that was put in place is what was made."""
    location = Location(path)
    try:
        sqlite.require_file(location)
        with sqlite.translated(location), closing(sqlite.connect(path, database.TIMEOUT)) as connection:
            sqlite.begin(connection, "BEGIN", database.TIMEOUT)
            found = _head(connection)
    except KsmyError as error:
        raise type(error)(f"the {what} {path} is in place, but could not be read back: {error}") from error
    if found != head:
        raise Damaged(
            f"the {what} {path} is in place, but it is not what was put there: its head is {found or 'none'}, "
            f"not {head or 'none'}; remove it"
        )


def _head(driver: sqlite3.Connection) -> str | None:
    """The head of a register of any schema, none where it has no entry or no table of them."""
    if driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is None:
        return None
    row = driver.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else str(row[0])


def migrate(location: Place, timeout: float = database.TIMEOUT) -> tuple[str | None, Path | None]:
    """Bring a register's schema up to this program's; return the revision it had and where its backup is.

    Nothing happens (and no backup is made) where it is up to date already. On a server no backup is made.
    """
    if isinstance(location, Location):
        remains(location.path.parent, remove=True)
    before = _revision(location, timeout)
    if before == REVISIONS[-1]:
        return before, None
    if isinstance(location, Server):
        with _server_schema(location, timeout):
            return before, None
    with sqlite.translated(location), _schema_connection(location, timeout, backup=True) as (_, copy):
        return before, copy


def backup(location: Place, target: Path, *, force: bool, timeout: float = database.TIMEOUT) -> str | None:
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
    _check_new_place(target)
    with database.reading(location, timeout):
        pass
    with (
        sqlite.translated(location),
        placed(target, replace=force, what="backup", mode=_new_mode(target.parent)) as path,
    ):
        head = _copy(location, path, target, timeout)
    _read_back(target, head, "backup")
    return head


def _copy(location: Location, path: Path, target: Path, timeout: float) -> str | None:
    """Copy a register into an empty file that will be at `target`, and return the head of the copy."""
    with (
        closing(sqlite.connect(location.path, timeout)) as source,
        closing(sqlite.connect(path, timeout)) as copy,
    ):
        copy.execute(_UNSYNCED)
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
        return _head(copy)


def _revision(location: Place, timeout: float) -> str | None:
    if isinstance(location, Server):
        from ksmy_tracker import server

        with server.translated(location), closing(server.connect(location, timeout)) as connection:
            revision = server.stored_revision(connection, location)
    else:
        sqlite.require_file(location)
        with sqlite.translated(location), closing(sqlite.connect(location.path, timeout)) as connection:
            revision = sqlite.stored_revision(connection, location)
    database.require_known(revision, location)
    return revision


@contextmanager
def _schema_connection(
    location: Location, timeout: float = database.TIMEOUT, *, backup: bool = False, is_private: bool = False
) -> Iterator[tuple["Connection", Path | None]]:
    """Run the migrations that are missing, in one transaction that the caller may add to.

    Foreign keys are off before it begins (tables may be rebuilt) and checked before it commits. A file that
    `is_private` is synced only once, when it is put in place. A backup is made
    once no other process can write, and removed if the migration fails before its commit.
    """
    from sqlalchemy import event

    engine = sqlite.engine(location, timeout, "BEGIN IMMEDIATE", foreign_keys=False)
    if is_private:
        event.listen(engine, "connect", lambda driver, _: driver.execute(_UNSYNCED))
    copy: Path | None = None
    is_new = False
    try:
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            # Another process may have migrated it while this one waited.
            if backup and sqlite.stored_revision(driver, location) != REVISIONS[-1]:
                copy, is_new = _copy_beside(location, timeout)
            _upgrade(connection)
            yield connection, copy
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise Damaged(f"a row of {broken[0]} points at none of {broken[2]}; nothing was changed")
            is_new = False  # a commit that fails may have been made all the same
    except BaseException:
        if copy is not None and is_new:
            with suppress(OSError):  # then the next migration finds it and makes no other
                copy.unlink()
        raise
    finally:
        engine.dispose()


@contextmanager
def _server_schema(location: Server, timeout: float, *, new: bool = False) -> Iterator["Connection"]:
    """The same on a server, while nobody else changes the schema; `new`: there must be nothing yet."""
    from ksmy_tracker import server

    engine = server.engine(location, timeout)
    try:
        with server.translated(location), engine.begin() as connection:
            driver = connection.connection.driver_connection
            server.lock_schema(driver, timeout)
            if new and driver.execute("SELECT to_regclass('alembic_version')").fetchone()[0] is not None:
                raise Refused(f"there is already a register in {location}; nothing was changed")
            _upgrade(connection)
            yield connection
    finally:
        engine.dispose()


def _upgrade(connection: "Connection") -> None:
    """Run the migrations that are missing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _copy_beside(location: Location, timeout: float) -> tuple[Path, bool]:
    """A backup beside a register, and whether it is new: a migration that was killed may have made the same."""
    names = _backup_names(location.path)
    first = next(_backup_names(location.path))
    with unwritten(first, "backup"), private_file(location.path.parent) as path:
        head = _copy(location, path, first, timeout)
        for target in names:
            if os.path.lexists(f"{target}-journal") or os.path.lexists(f"{target}-wal"):
                continue
            if not os.path.lexists(target):
                path.chmod(_new_mode(target.parent))
                put_in_place(path, target, replace=False, what="backup")
                is_new = True
                break
            if _is_same_register(path, target):
                sync(target)
                sync(target.parent)
                is_new = False
                break
    _read_back(target, head, "backup")
    return target, is_new


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
