"""The timeline: dated commitments as bars on a calendar, as one value (pure)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.kinds import Commitment, Milestone
from ksmy_tracker.domain.rows import stored_date
from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES, OPEN_STATUSES


class Mark(NamedTuple):
    """A milestone on its commitment's line, at the last day it is due or the day it was met.

    An open one also stands at the last day by when it is expected now, or there alone.
    """

    number: int
    title: str
    state: str
    deadline: str
    day: date | None
    expected: str | None = None
    expected_latest: date | None = None


class Bar(NamedTuple):
    """A commitment's line: the window of its due date, and of the first one where that was another.

    What has no due date has a line for its milestones alone, and for the last day by when it is expected now.
    """

    ref: str
    title: str
    status: str
    deadline: str
    due: str | None
    earliest: date | None
    latest: date | None
    baseline_earliest: date | None
    baseline_latest: date | None
    marks: tuple[Mark, ...]
    expected: str | None = None
    expected_latest: date | None = None


class Timeline(NamedTuple):
    """Bars between two days (both included), nearest last day first.

    `undated` counts what has no due date, `outside` what has one outside of the range, `left_out`, by kind, what has
    one and was too much to draw.
    """

    start: date
    end: date
    today: date
    bars: Sequence[Bar]
    undated: int
    outside: int = 0
    left_out: Sequence[tuple[str, int]] = ()


def build(
    rows: Sequence[Commitment],
    milestones: Mapping[str, Sequence[Milestone]],
    today: date,
    start: date | None = None,
    end: date | None = None,
    *,
    undated: int = 0,
    left_out: Sequence[tuple[str, int]] = (),
) -> Timeline:
    """A timeline of commitments and their milestones (by ref), from the quarter of `start` to that of `end`.

    Where one is None it follows from what there is to show, today always among it.
    """
    bars = [bar for row in rows if _days(bar := _bar(row, milestones.get(row.ref, ())))]
    days = [today, *(day for bar in bars for day in _days(bar))]
    first = quarter_start(start or min(*days, end or date.max, date.max))
    last = quarter_end(max(first, end or max(days)))
    shown = [bar for bar in bars if max(_days(bar)) >= first and min(_days(bar)) <= last]
    shown.sort(key=lambda bar: (bar.latest or max(_days(bar)), bar.earliest or min(_days(bar)), bar.ref))
    outside = _dated(bars) - _dated(shown)
    return Timeline(first, last, today, shown, undated, outside, left_out)


def quarters(timeline: Timeline) -> list[date]:
    """The first days of the quarters of a timeline."""
    found = [timeline.start]
    while (last := quarter_end(found[-1])) < timeline.end:
        found.append(last + timedelta(days=1))
    return found


def share(timeline: Timeline, day: date) -> float:
    """How far into the timeline a day begins, from 0 to 1."""
    whole = (timeline.end - timeline.start).days + 1
    return min(1.0, max(0.0, (day - timeline.start).days / whole))


def _bar(row: Commitment, milestones: Sequence[Milestone]) -> Bar:
    due = read_due(row.due) if row.due is not None else None
    is_open = row.status in OPEN_STATUSES
    expected = read_due(row.expected) if is_open and row.expected is not None else None
    baseline = read_due(row.baseline_due) if row.baseline_due not in (None, row.due) else None
    marks = tuple(mark for one in milestones if not one.withdrawn and _has_day(mark := _mark(one)))
    return Bar(
        row.ref,
        row.title,
        row.status,
        row.deadline,
        due.edtf if due else None,
        due.earliest if due else None,
        due.latest if due else None,
        baseline.earliest if baseline else None,
        baseline.latest if baseline else None,
        marks,
        expected.edtf if expected else None,
        expected.latest if expected else None,
    )


def _mark(milestone: Milestone) -> Mark:
    day = milestone.met_on or milestone.due_latest
    is_open = milestone.state in OPEN_MILESTONE_STATES
    expected = read_due(milestone.expected) if is_open and milestone.expected is not None else None
    return Mark(
        milestone.number,
        milestone.title,
        milestone.state,
        milestone.deadline,
        stored_date(day) if day else None,
        expected.edtf if expected else None,
        expected.latest if expected else None,
    )


def _has_day(mark: Mark) -> bool:
    return mark.day is not None or mark.expected_latest is not None


def _dated(bars: Sequence[Bar]) -> int:
    """How many bars have a due date."""
    return sum(bar.due is not None for bar in bars)


def _days(bar: Bar) -> list[date]:
    """Every day that a bar has something at."""
    ends = (bar.earliest, bar.latest, bar.baseline_earliest, bar.baseline_latest, bar.expected_latest)
    of_marks = (day for mark in bar.marks for day in (mark.day, mark.expected_latest))
    return [day for day in (*ends, *of_marks) if day is not None]


def quarter_start(day: date) -> date:
    """The first day of a day's quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def quarter_end(day: date) -> date:
    """The last day of a day's quarter."""
    month = (day.month - 1) // 3 * 3 + 4
    if month <= 12:
        return day.replace(month=month, day=1) - timedelta(days=1)
    return date(day.year, 12, 31)
