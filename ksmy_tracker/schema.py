"""Creating, migrating and backing up a register: all that happens to it as a whole."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ksmy_tracker import database, sqlite
from ksmy_tracker.database import REVISIONS, Location, Place, Server
from ksmy_tracker.errors import Damaged, KsmyError, Refused, Usage
from ksmy_tracker.files import APPLICATION_ID, check_place, placed

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import Session


Filled = TypeVar("Filled")


def shipped(name: str) -> Path:
    """`migrations` or `seed.json`: beside the package in a wheel, above it in a checkout."""
    package = Path(__file__).parent
    if (package / name).exists():
        return package / name
    if (package.parent / "pyproject.toml").exists() and (package.parent / name).exists():
        return package.parent / name
    raise KsmyError(f"this installation of ksmy-tracker lacks its {name}; install it again")


def check_free(location: Place) -> None:
    """Refuse a place where there is something already; on a server `create` finds that out."""
    if isinstance(location, Location):
        check_place(location.path, replace=False, what="register")


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
    check_place(location.path, replace=False, what="register")
    _check_no_journal(location.path)
    missing = [folder for folder in location.path.parents if not os.path.lexists(folder)]
    try:
        location.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with placed(location.path, replace=False, what="register") as path, sqlite.translated(location):
            with closing(sqlite3.connect(path, isolation_level=None)) as new:
                new.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with _schema_connection(Location(path)) as (connection, _), Session(connection) as session:
                filled = fill(session)
                session.flush()
    except BaseException as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise KsmyError(f"{location.path.parent} could not be made: {error.strerror}") from None
        raise
    return filled


def _check_no_journal(path: Path) -> None:
    """Refuse a place beside a journal that SQLite would roll back into the new file."""
    journal = f"{path}-journal"
    if os.path.lexists(journal):
        raise Refused(f"{journal} was left by another database; remove it, or name another place")


def migrate(location: Place, timeout: float = database.TIMEOUT) -> tuple[str | None, Path | None]:
    """Bring a register's schema up to this program's; return the revision it had and where its backup is.

    Nothing happens (and no backup is made) where it is up to date already. On a server no backup is made.
    """
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
    _check_no_journal(target)
    with database.reading(location, timeout):
        pass
    return _copy(location, target, replace=force, timeout=timeout)


def _copy(location: Location, target: Path, *, replace: bool, timeout: float) -> str | None:
    with (
        placed(target, replace=replace, what="backup") as path,
        sqlite.translated(location),
        closing(sqlite.connect(location.path, timeout)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        # A read lock of its own: the backup itself would wait for a writer without end.
        sqlite.begin(source, "BEGIN", timeout)
        try:
            source.backup(copy)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL):
                raise
            raise KsmyError(f"there is no room left to write the backup {target} ({error})") from error
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(f"{location} is damaged ({found}); no backup was made")
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is None:
            return None
        row = copy.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else str(row[0])


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
    location: Location, timeout: float = database.TIMEOUT, *, backup: bool = False
) -> Iterator[tuple["Connection", Path | None]]:
    """Run the migrations that are missing, in one transaction that the caller may add to.

    Foreign keys are off before it begins (tables may be rebuilt) and checked before it commits. A backup is made
    once no other process can write, and removed if the migration fails.
    """
    engine = sqlite.engine(
        location, timeout, "BEGIN IMMEDIATE", foreign_keys=False, is_of_the_register=backup
    )
    copy: Path | None = None
    try:
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            # Another process may have migrated it while this one waited.
            if backup and sqlite.stored_revision(driver, location) != REVISIONS[-1]:
                copy = _copy_beside(location, timeout)
            _upgrade(connection)
            yield connection, copy
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise Damaged(f"a row of {broken[0]} points at none of {broken[2]}; nothing was changed")
    except BaseException:
        if copy is not None:
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


def _copy_beside(location: Location, timeout: float) -> Path:
    """A backup beside a register, under a name that is free."""
    number = 1
    while True:
        suffix = f".before-{REVISIONS[-1]}" + (f"-{number}" if number > 1 else "")
        path = location.path.with_name(location.path.name + suffix)
        if not os.path.lexists(path) and not os.path.lexists(f"{path}-journal"):
            _copy(location, path, replace=False, timeout=timeout)
            return path
        number += 1
