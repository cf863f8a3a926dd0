"""The places where a register can be, its schema's revisions, and what reads it whichever engine keeps it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from ksmy_tracker.errors import Damaged, NoRegister

if TYPE_CHECKING:
    from sqlmodel import Session

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
        from ksmy_tracker.storage import server_url

        return server_url.shown(self.url)

    __repr__ = __str__


Place = Location | Server


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


def driver_of(session: "Session") -> Any:
    """The connection of the driver under a session: sqlite3's, or psycopg's for a server."""
    return session.connection().connection.driver_connection
