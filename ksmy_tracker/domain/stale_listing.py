"""Whether a listing that is fed back was edited in what cannot be set (pure)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, NoReturn

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import GIVEN, SHOWN, Commitment, Record
from ksmy_tracker.domain.rows import Day, commitment_deadline, stored_date
from ksmy_tracker.errors import Refused

#: What a listing shows of a commitment that no change can set, and what of that follows from its other fields.
LISTED: Final = tuple(name for name in SHOWN["commitment"] if name not in ("ref", *GIVEN["commitment"]))
DERIVED: Final = tuple(name for name in LISTED if name != "newest_entry")

#: Counts how many milestones a commitment has met, and how many it has.
CountMilestones = Callable[[str], tuple[int, int]]


def check_derived(change: Change, record: Record, day: Day, count_milestones: CountMilestones) -> None:
    """Raise `Refused` where a listing's derived fields are not what the register says of the record.

    A listing may be some days old: its days left and its deadline state may be those of any day since the
    record's newest entry.
    """
    said = {name: cell for name, cell in change.derived.items() if name in DERIVED}
    calendar = ("days_left", "deadline")
    listed: dict[str, str] = {name: said.pop(name) for name in calendar if name in said}
    if isinstance(record, Commitment) and ("milestones" in said or "milestones_met" in said):
        record.milestones_met, record.milestones = count_milestones(change.ref)
    for name, cell in said.items():
        now = getattr(record, name, None)
        written = cell
        if name == "withdrawn":
            now = "true" if now else "false"
            written = cell.lower()  # as a spreadsheet writes it
        if written != ("" if now is None else str(now)):
            _refuse(name, now, cell)
    if listed and isinstance(record, Commitment):
        _check_calendar(listed, record, day)


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
    shown = "empty" if now is None else now
    raise Refused(f"{name}: it follows from other fields and is {shown} now; {cell!r} cannot be set")
