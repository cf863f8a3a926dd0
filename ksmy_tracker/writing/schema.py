"""Creating and migrating a register: what gives it its schema."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import ksmy_tracker
from ksmy_tracker.errors import Damaged, KsmyError
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.files import APPLICATION_ID, check_place, placed, sync
from ksmy_tracker.storage.interface import TIMEOUT, Transaction
from ksmy_tracker.storage.place import REVISIONS, Location, Place, Server, require_known
from ksmy_tracker.storage.private_folder import remains
from ksmy_tracker.storage.sqlite import engine as sqlite
from ksmy_tracker.storage.sqlite.backup import copy_beside
from ksmy_tracker.storage.sqlite.new_register import check_new_place, head_of, new_mode, read_back, unseen
from ksmy_tracker.storage.sqlite.transaction import FileTransaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

Filled = TypeVar("Filled")


def shipped(name: str) -> Path:
    """`migrations` or `seed.json`: beside the package in a wheel, above it in a checkout."""
    package = Path(ksmy_tracker.__file__).parent
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
        check_new_place(location.path)


def create(location: Place, fill: Callable[[Transaction], Filled], timeout: float = TIMEOUT) -> Filled:
    """Create a register (a file 0600, in a directory that is made 0700 if it is new), fill it, return what that says.

    It appears only once it is whole. Raises `Refused` if there is one, and whatever `fill` raises.
    """
    if isinstance(location, Server):
        with _server_schema(location, timeout, new=True) as connection:
            return fill(_transaction_in(connection))
    if sqlite3.sqlite_version_info < (3, 37):
        raise KsmyError(f"this Python's SQLite is {sqlite3.sqlite_version}; a register needs 3.37 or newer")
    check_free(location)
    missing = [folder for folder in location.path.parents if not os.path.lexists(folder)]
    try:
        _make_folders(missing)
        mode = new_mode(location.path.parent)
        with (
            placed(location.path, replace=False, what="register", mode=mode) as path,
            sqlite.translated(location),
            unseen(),
        ):
            with closing(sqlite.connect(path, TIMEOUT)) as new:
                new.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with _schema_connection(Location(path)) as (connection, _):
                filled = fill(_transaction_in(connection))
                head = head_of(_driver_under(connection))
            check_new_place(location.path)
        read_back(location.path, head, "register")
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


def migrate(location: Place, timeout: float = TIMEOUT) -> tuple[str | None, Path | None]:
    """Bring a register's schema up to this program's; return the revision it had and where its backup is.

    Nothing happens (and no backup is made) where it is up to date already. On a server no backup is made.
    """
    if isinstance(location, Location):
        remains(location.path.parent, remove=True)
    before = _revision(location, timeout)
    if before == REVISIONS[-1]:
        return before, None
    if isinstance(location, Server):
        with _server_schema(location, timeout) as connection:
            _require_sound(connection)
        return before, None
    with (
        sqlite.translated(location),
        _schema_connection(location, timeout, backup=True) as (connection, copy),
    ):
        _require_sound(connection)
    return before, copy


def _require_sound(connection: "Connection") -> None:
    """Refuse a register whose history or records no writer can have left."""
    audit.require_sound(_transaction_in(connection))


def _driver_under(connection: "Connection") -> Any:
    """The driver's connection under SQLAlchemy's: sqlite3's, or psycopg's for a server."""
    return connection.connection.driver_connection


def _transaction_in(connection: "Connection") -> Transaction:
    """What work gets of SQLAlchemy's connection to a register whose schema is made or migrated."""
    driver = _driver_under(connection)
    if isinstance(driver, sqlite3.Connection):
        return FileTransaction(driver)
    from ksmy_tracker.storage.postgres.transaction import ServerTransaction

    return ServerTransaction(driver)


def _revision(location: Place, timeout: float) -> str | None:
    if isinstance(location, Server):
        from ksmy_tracker.storage.postgres import engine as server

        return server.revision(location, timeout)
    sqlite.require_file(location)
    with sqlite.translated(location), closing(sqlite.connect(location.path, timeout)) as connection:
        revision = sqlite.stored_revision(connection, location)
    require_known(revision, location)
    return revision


@contextmanager
def _schema_connection(
    location: Location, timeout: float = TIMEOUT, *, backup: bool = False
) -> Iterator[tuple["Connection", Path | None]]:
    """Run the migrations that are missing, in one transaction that the caller may add to.

    Foreign keys are off before it begins (tables may be rebuilt) and checked before it commits. A backup is made
    once no other process can write, and removed if the migration fails before its commit.
    """
    engine = sqlite.engine(
        location, timeout, "BEGIN IMMEDIATE", foreign_keys=False, is_of_the_register=backup
    )
    copy: Path | None = None
    is_new = False
    try:
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            # Another process may have migrated it while this one waited.
            if backup and sqlite.stored_revision(driver, location) != REVISIONS[-1]:
                sqlite.require_writable(driver, location)
                copy, is_new = copy_beside(location, timeout)
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
    from ksmy_tracker.storage.postgres import engine as server

    with server.changing_schema(location, timeout, new=new) as connection:
        _upgrade(connection)
        yield connection


def _upgrade(connection: "Connection") -> None:
    """Run the migrations that are missing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
