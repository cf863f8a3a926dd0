"""The places where a register can be, and its schema's revisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ksmy_tracker.errors import Damaged, NoRegister

#: Every schema revision this program has known, oldest first; it reads and writes the last.
REVISIONS: Final = ("0001", "0002", "0003")


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
