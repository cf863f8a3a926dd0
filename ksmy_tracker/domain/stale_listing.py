"""Whether a listing that is fed back was edited in what cannot be set, or is out of date (pure)."""

import re
from datetime import timedelta
from typing import Any, Final, NamedTuple, NoReturn

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import GIVEN, SHOWN, Commitment, Record
from ksmy_tracker.domain.rows import Day, commitment_deadline, stored_date
from ksmy_tracker.errors import Refused

#: What a listing shows of a commitment that no change can set, and what of that follows from its other fields.
LISTED: Final = tuple(name for name in SHOWN["commitment"] if name not in ("ref", *GIVEN["commitment"]))
DERIVED: Final = tuple(name for name in LISTED if name != "newest_entry")


class Listed(NamedTuple):
    """What a listing shows of a record and its milestones that stands in neither.

    `newest_entry` is about them, and the entries after `said` only keep a key.
    """

    said: int = 0
    newest_entry: int = 0
    milestones_met: int = 0
    milestones: int = 0
    measures: int = 0
    disputed: tuple[str, ...] = ()


def is_current(change: Change, now: Listed) -> bool:
    """Whether a line of a listing is of the record as it is: it names its newest entry, or none.

    Entries after `said` only keep a key, so it may name that one, or any of them.
    """
    named = change.derived.get("newest_entry", "")
    return not named or (
        re.fullmatch("[1-9][0-9]{0,9}", named) is not None and now.said <= int(named) <= now.newest_entry
    )


def outdated(change: Change, now: Listed) -> Refused:
    """What is said of a line that would change what was changed since it was listed."""
    said = change.derived["newest_entry"][:20]
    return Refused(
        f"newest_entry: the newest entry of {change.ref} is {now.newest_entry or None}, not {said!r}; "
        "it was changed since the listing: list it again, and make the change in that"
    )


def check_derived(change: Change, record: Record, day: Day, now: Listed) -> None:
    """Raise `Refused` where a listing's derived fields are not what the register says of the record.

    A listing may be some days old: its days left and its deadline state may be those of any day since the
    record's newest entry that said something, and its record may have been looked at since.
    """
    said = {name: cell for name, cell in change.derived.items() if name in DERIVED}
    calendar = ("days_left", "deadline")
    listed: dict[str, str] = {name: said.pop(name) for name in calendar if name in said}
    counted = now if isinstance(record, Commitment) else record
    for name, cell in said.items():
        is_counted = name in ("milestones", "milestones_met", "measures", "disputed")
        have = getattr(counted if is_counted else record, name, None)
        written = cell
        if name == "withdrawn":
            have = "true" if have else "false"
            written = cell.lower()  # as a spreadsheet writes it
        if name == "reviewed_on" and have is not None and _is_earlier(cell, have):
            continue
        if isinstance(have, tuple):
            have = ", ".join(have)
        if written != ("" if have is None else str(have)):
            _refuse(name, have, cell)
    if listed and isinstance(record, Commitment):
        _check_calendar(listed, record, day)


def _is_earlier(cell: str, day: str) -> bool:
    """Whether a cell says that a record was not yet looked at on a day."""
    return not cell or (re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) is not None and cell <= day)


def _check_calendar(listed: dict[str, str], record: Commitment, day: Day) -> None:
    first = stored_date(record.updated_on)
    deadline_now, left_now = commitment_deadline(record, day)
    days = [first, day.today]
    left = listed.get("days_left")
    if left is not None and left_now is None and left:
        _refuse("days_left", None, left)
    if left is not None and left_now is not None:
        try:
            days = [day.today - timedelta(days=int(left) - left_now)]
        except (ValueError, OverflowError):
            _refuse("days_left", left_now, left)
        if not first <= days[0] <= day.today:
            _refuse("days_left", left_now, left)
    states = {commitment_deadline(record, Day(one, day.within))[0] for one in days}
    if states >= {"upcoming", "overdue"}:
        states.add("due-soon")
    if "deadline" in listed and listed["deadline"] not in states:
        _refuse("deadline", deadline_now, listed["deadline"])


def _refuse(name: str, now: Any, cell: str) -> NoReturn:
    shown = "empty" if now in (None, "") else now
    raise Refused(f"{name}: it follows from other fields and is {shown} now; {cell!r} cannot be set")
