"""How values read to a person: one formatter for each thing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ksmy_tracker.domain.kinds import DATES
from ksmy_tracker.domain.rows import EntryRow
from ksmy_tracker.domain.safe_text import visible

#: What an entry's changes name besides the fields a user sets: they follow from those, or from its action.
_CONSEQUENCES = ("baseline_due", "completed_on", "completed_due", "met_on", "withdrawn")


def cell(value: Any) -> str:
    """A value in a table: nothing for null, yes or no, or the text made safe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return visible(str(value))


def days(count: int) -> str:
    """`1 day`, `12 days`."""
    return f"{count:,} day{'' if count == 1 else 's'}"


def left(days_left: int) -> str:
    """How long there is until a deadline's last day, or since."""
    if days_left == 0:
        return "today"
    return f"in {days(days_left)}" if days_left > 0 else f"{days(-days_left)} ago"


def window(earliest: str, latest: str) -> str:
    """The days a date spans where room is short: the day itself, or `2025-01-01 to 12-31`."""
    if earliest == latest:
        return latest
    same_year = earliest[:4] == latest[:4]
    return f"{earliest} to {latest[5:] if same_year else latest}"


def due_date(edtf: str | None, earliest: str | None = None, latest: str | None = None) -> str:
    """A date as people read it, with the days it spans if they are given and are not one.

    That is EDTF, but for its codes of quarters and halves (2025-36 looks like years).
    """
    if edtf is None:
        return ""
    year, _, code = edtf.partition("-")
    if code in ("33", "34", "35", "36"):
        said = f"{year}-Q{int(code) - 32}"
    else:
        said = f"{year}-H{int(code) - 39}" if code in ("40", "41") else visible(edtf)
    return said if earliest == latest else f"{said} ({earliest} to {latest})"


def slip(slip_days: int | None) -> str:
    """By how much a deadline has moved since it was first stated; nothing if it has not."""
    if not slip_days:
        return ""
    return f"{days(abs(slip_days))} {'later' if slip_days > 0 else 'earlier'} than first stated"


def field_name(name: str) -> str:
    """A field as prose names it."""
    return name.replace("_", " ")


def describe(changes: Mapping[str, Sequence[Any]]) -> str:
    """What an entry changed: `status planned -> completed; due 2025 -> 2026`."""
    parts = []
    for name, (old, new) in changes.items():
        if name in _CONSEQUENCES:
            continue
        was = "" if old is None else f"{worded(name, old)} -> "
        parts.append(f"{field_name(name)} {was}{'nothing' if new is None else worded(name, new)}")
    return "; ".join(parts)


def entry_summary(entry: EntryRow) -> str:
    """What an entry says, in a line: what it did, what it changed, its note, how much evidence."""
    if entry.action == "created":
        said = f"{entry.record} created: {visible(str(entry.changes['title'][1]))}"
    else:
        said = describe(entry.changes) or entry.action
    if entry.note:
        said += f" ({visible(entry.note)})"
    if entry.evidence:
        said += f" [{len(entry.evidence)} evidence]"
    return said


def worded(name: str, value: Any) -> str:
    """A field's value as people read it."""
    return due_date(value) if name in DATES else cell(value)


def plural(count: int, noun: str) -> str:
    """`1 commitment`, `19 commitments`, `2 entries`."""
    if count != 1:
        noun = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{count:,} {noun}"
