"""A register's database: from what the user named to reading or writing it, whichever engine keeps it.

What is an engine's own is in sqlite.py and server.py; each is imported only for a register that it keeps.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from ksmy_tracker.errors import Damaged, NoRegister, Usage
from ksmy_tracker.files import expanded

if TYPE_CHECKING:
    from sqlmodel import Session

Done = TypeVar("Done")

#: Every schema revision this program has known, oldest first; it reads and writes the last.
REVISIONS: Final = ("0001", "0002", "0003")

#: Rows that one INSERT takes: several cost far less than as many statements, and these fit a processor's cache.
INSERTED_AT_ONCE: Final = 200

#: Seconds a command waits for another process that holds the register.
TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Location:
    """Where a register is: the path of an SQLite file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """Where a register is: a database on a PostgreSQL server, as libpq takes it: a URL, or `keyword=value` text.

    Shown without anything that may be a password.
    """

    url: str

    def __str__(self) -> str:
        from ksmy_tracker import server_url

        return server_url.shown(self.url)

    __repr__ = __str__


Place = Location | Server

#: What begins a name of a server, whatever follows. A file whose name begins so is named with ./ before it.
_URL: Final = re.compile(r"\s*postgres(ql)?(\+psycopg)?:", re.IGNORECASE)
_KEYWORDS: Final = re.compile(
    r"\s*(host|hostaddr|port|dbname|user|password|passfile|service|options|connect_timeout|client_encoding|"
    r"application_name|target_session_attrs|require_auth|channel_binding|ssl\w+|gss\w+|krb\w+)\s*=",
    re.IGNORECASE,
)
#: What may be one with a slip in it, and a password: not what begins as a path of a file does.
_LIKE_A_SERVER: Final = re.compile(
    r"(?![./~])(\w+[:\uff1a]?[/\uff0f]{2}|.*[:\uff1a].*[@\uff20]|.*pass(word|file)?\s*=)",
    re.IGNORECASE | re.DOTALL,
)


def locate(named: str | None) -> Place:
    """The register a user named, else the one in the user's data.

    Named by a path, a URL (`sqlite:///`, `postgresql://`), or as libpq names a server (`host=... dbname=...`).
    """
    if not named:
        return Location(_own_path())
    if begins := _URL.match(named):
        rest = named[begins.end() :]
        if not rest.startswith("//"):
            raise Usage("a register on a server is postgresql://USER@HOST/DATABASE, with two slashes")
        return Server(f"postgresql:{rest}")
    if _KEYWORDS.match(named):
        return Server(named)
    scheme, separator, rest = named.partition("://")
    if not separator and _LIKE_A_SERVER.match(named):
        raise Usage(
            "this is neither a server's name, such as postgresql://USER@HOST/DATABASE, nor plainly a file's; "
            "put ./ before the name of a file"
        )
    if not separator:
        return Location(expanded(named))
    if scheme in ("sqlite", "sqlite+pysqlite") and len(rest) > 1 and rest.startswith("/"):
        return Location(Path(rest[1:].partition("?")[0]))
    begun = f"{scheme}://" if re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) else "this"
    raise Usage(
        "a register is a file's path, sqlite:///PATH or postgresql://USER@HOST/DATABASE; "
        f"{begun} is not one this program can open"
    )


def _own_path() -> Path:
    """Where a user's own register is."""
    from platformdirs import user_data_path

    try:
        return user_data_path("ksmy", appauthor=False) / "register.db"
    except (RuntimeError, KeyError, OSError):
        raise NoRegister("this user has no home directory for a register; name one with --db") from None


def the_revision(rows: Sequence[Sequence[Any]], place: Place) -> str | None:
    """The schema revision that the rows of its table say, None where there is none; raises `Damaged`."""
    if not rows:
        return None
    revision = rows[0][0]
    if len(rows) > 1 or not isinstance(revision, str) or not re.fullmatch("[0-9]{4}", revision):
        said = ", ".join(repr(row[0])[:40] for row in rows[:2])
        raise Damaged(
            f"{place} is damaged (its schema's revision is {said}); restore the newest sound backup"
        )
    return revision


def require_known(revision: str | None, place: Place) -> None:
    """Refuse a register whose schema this program does not know."""
    if revision is not None and revision not in REVISIONS:
        raise NoRegister(f"the schema of {place} is newer than this program; install a newer ksmy-tracker")


def require_current(revision: str | None, place: Place) -> None:
    """Refuse a register whose schema is not the one this program was written for."""
    require_known(revision, place)
    if revision != REVISIONS[-1]:
        raise NoRegister(f"the schema of {place} is older than this program; run `ksmy migrate`")


class Reader(Protocol):
    """A consistent view of a register for reading: one transaction, closed by the caller's `with`."""

    #: What its driver raises where a statement fails.
    failures: tuple[type[Exception], ...]

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a SELECT with named parameters (`:name`)."""

    def stream(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The same one by one, in bounded memory."""

    def damage(self) -> Iterator[str]:
        """What is wrong with the schema, and what the engine itself finds wrong."""

    def dangling(self) -> Iterator[str]:
        """Every record that belongs to one that is not there."""

    @staticmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""

    @staticmethod
    def family(column: str) -> str:
        """SQL for the ref of the commitment that a milestone's ref such as `X/2` belongs to; else the ref."""

    def past(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it was: its rows but those in `:changed`, which `:past_<table>` has as JSON."""

    def whole(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it is, whatever stands in front of it under its name."""

    def until(self, table: str, columns: Sequence[str]) -> str:
        """SQL for the entries that were in effect by the end of `:today`."""
        return f"{self.whole(table, columns)} WHERE effective_on <= :today"


def reading(place: Place, timeout: float = TIMEOUT) -> AbstractContextManager[Reader]:
    """Open a register to read: nothing it does changes it. Raises `NoRegister`, `Busy` or `Damaged`."""
    if isinstance(place, Server):
        from ksmy_tracker import server

        return server.reading(place, timeout)
    from ksmy_tracker import sqlite

    return sqlite.reading(place, timeout)


def write(
    place: Place,
    work: Callable[["Session"], Done],
    timeout: float = TIMEOUT,
    *,
    dry_run: bool = False,
    invocation: str,
) -> Done:
    """Do the work in one transaction and return what it returns, once that is committed.

    On a server the work may run several times; `invocation` tells whether an earlier time landed after all.
    """
    if isinstance(place, Server):
        from ksmy_tracker import server

        return server.write(place, work, timeout, dry_run=dry_run, invocation=invocation)
    from ksmy_tracker import sqlite

    return sqlite.write(place, work, timeout, dry_run=dry_run)


def driver_of(session: "Session") -> Any:
    """The connection of the driver under a session: sqlite3's, or psycopg's for a server."""
    return session.connection().connection.driver_connection


def _engine_of(driver: Any) -> Any:
    """The module of the engine that a driver's connection is to."""
    if isinstance(driver, sqlite3.Connection):
        from ksmy_tracker import sqlite

        return sqlite
    from ksmy_tracker import server

    return server


def reader_of(session: "Session") -> Reader:
    """A reader of what a session sees, with what it has written."""
    driver = driver_of(session)
    reader: Reader = _engine_of(driver).reader_of(driver)
    return reader


def refusals(session: "Session") -> tuple[type[Exception], ...]:
    """What a session's driver raises for rows that break a rule of the schema."""
    raised: tuple[type[Exception], ...] = _engine_of(driver_of(session)).REFUSALS
    return raised


def insert_rows(
    session: "Session", table: str, columns: Sequence[str], values: Sequence[Any], then: str = ""
) -> None:
    """Insert rows by the driver itself, many with each statement; `values` has theirs, one row after another."""
    driver = driver_of(session)
    insert = _engine_of(driver).insert
    step = len(columns) * INSERTED_AT_ONCE
    for begin in range(0, len(values), step):
        insert(driver, table, columns, values[begin : begin + step], then)


def put_rows(session: "Session", table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
    """Insert rows in the same way, or update those whose ref is there already."""
    news = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "ref")
    insert_rows(session, table, columns, values, f" ON CONFLICT (ref) DO UPDATE SET {news}")


@contextmanager
def bulk_loading(session: "Session") -> Iterator[None]:
    """Without triggers while much is inserted, and in a file without indexes, which are built again at the end.

    The caller answers for what the triggers would have refused.
    """
    driver = driver_of(session)
    with _engine_of(driver).bulk_loading(driver):
        yield
