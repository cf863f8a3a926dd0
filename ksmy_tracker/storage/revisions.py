"""The revisions of a register's schema: which this program knows, and what is said of others."""

import re
from collections.abc import Sequence
from typing import Any, Final

from ksmy_tracker.errors import Damaged, NoRegister

#: Every schema revision this program has known, oldest first; it reads and writes the last.
REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005")


def the_revision(rows: Sequence[Sequence[Any]], place: object) -> str | None:
    """The schema revision that the rows of its table say, None where there is none; raises `Damaged`."""
    if not rows:
        return None
    revision = rows[0][0]
    if len(rows) > 1 or not isinstance(revision, str) or not re.fullmatch("[0-9]{4}", revision):
        said = ", ".join(repr(one)[:40] for (one,) in rows[:2])
        raise Damaged(
            f"{place} is damaged (its schema's revision is {said}); restore the newest sound backup"
        )
    return revision


def require_known(revision: str | None, place: object) -> None:
    """Refuse a register whose schema this program does not know."""
    if revision is not None and revision not in REVISIONS:
        raise NoRegister(f"the schema of {place} is newer than this program; install a newer ksmy-tracker")


def require_current(revision: str | None, place: object) -> None:
    """Refuse a register whose schema is not the one this program was written for."""
    require_known(revision, place)
    if revision != REVISIONS[-1]:
        raise NoRegister(f"the schema of {place} is older than this program; run `ksmy migrate`")
