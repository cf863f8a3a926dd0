"""The timeline as a value: its range in whole quarters, its bars in order, its marks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.kinds import Commitment, Milestone
from ksmy_tracker.domain.timeline import Timeline, build, quarters, share
from tests.rows import COMMITMENT, MILESTONE

TODAY = date(2026, 1, 15)


def commitment(ref: str, due: str | None, baseline: str | None = None, **more: Any) -> Commitment:
    window = read_due(due) if due else None
    return replace(
        COMMITMENT,
        ref=ref,
        due=window.edtf if window else None,
        due_earliest=str(window.earliest) if window else None,
        due_latest=str(window.latest) if window else None,
        baseline_due=baseline or (window.edtf if window else None),
        **more,
    )


def milestone(number: int, due: str | None, **more: Any) -> Milestone:
    window = read_due(due) if due else None
    return replace(
        MILESTONE,
        number=number,
        due=due,
        due_earliest=str(window.earliest) if window else None,
        due_latest=str(window.latest) if window else None,
        **more,
    )


def refs(timeline: Timeline) -> list[str]:
    return [bar.ref for bar in timeline.bars]


def span(timeline: Timeline) -> tuple[str, str]:
    return str(timeline.start), str(timeline.end)


def test_the_range_is_the_whole_quarters_of_everything_there_is_and_of_today() -> None:
    rows = [commitment("A", "2026-05-20"), commitment("B", "2027-08")]
    assert span(build(rows, {}, TODAY)) == ("2026-01-01", "2027-09-30")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2024-11-30", ("2024-10-01", "2026-03-31")),
        ("2028-02", ("2026-01-01", "2028-03-31")),
        ("2026-02-03", ("2026-01-01", "2026-03-31")),
    ],
    ids=["all before", "all after", "the same quarter"],
)
def test_today_is_always_among_what_is_shown_unless_a_range_is_asked_for(
    due: str, expected: tuple[str, str]
) -> None:
    assert span(build([commitment("A", due)], {}, TODAY)) == expected


def test_a_timeline_of_nothing_is_the_quarter_of_today() -> None:
    timeline = build([], {}, TODAY)
    assert span(timeline) == ("2026-01-01", "2026-03-31")
    assert list(timeline.bars) == []
    assert timeline.undated == 0


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 31), ("2026-01-01", "2026-03-31")),
        (date(2026, 4, 1), ("2026-04-01", "2026-06-30")),
        (date(2026, 9, 30), ("2026-07-01", "2026-09-30")),
        (date(2026, 12, 31), ("2026-10-01", "2026-12-31")),
        (date(1, 1, 1), ("0001-01-01", "0001-03-31")),
        (date.max, ("9999-10-01", "9999-12-31")),
    ],
)
def test_a_quarter_has_its_first_and_its_last_day(today: date, expected: tuple[str, str]) -> None:
    assert span(build([], {}, today)) == expected


def test_a_range_asked_for_is_widened_to_whole_quarters() -> None:
    timeline = build([commitment("A", "2026")], {}, TODAY, date(2025, 8, 31), date(2027, 2, 1))
    assert span(timeline) == ("2025-07-01", "2027-03-31")


def test_one_end_can_be_asked_for_and_the_other_follows() -> None:
    rows = [commitment("A", "2025-05"), commitment("B", "2029")]
    assert span(build(rows, {}, TODAY, start=date(2026, 6, 1))) == ("2026-04-01", "2029-12-31")
    assert span(build(rows, {}, TODAY, end=date(2027, 6, 1))) == ("2025-04-01", "2027-06-30")


def test_a_range_that_ends_before_everything_shows_nothing_and_ends_there() -> None:
    timeline = build([commitment("A", "2025"), commitment("B", "2029")], {}, TODAY, end=date(2020, 5, 31))
    assert refs(timeline) == []
    assert timeline.start <= timeline.end == date(2020, 6, 30)


def test_a_range_that_starts_after_everything_shows_nothing_and_starts_there() -> None:
    timeline = build([commitment("A", "2025"), commitment("B", "2029")], {}, TODAY, start=date(2040, 5, 31))
    assert refs(timeline) == []
    assert date(2040, 4, 1) == timeline.start <= timeline.end


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        ("2025-12-31", False),
        ("2026-01-01", True),
        ("2026-06-30", True),
        ("2026-07-01", False),
        ("2020/2040", True),
    ],
)
def test_only_what_touches_the_range_is_shown(due: str, shown: bool) -> None:
    timeline = build([commitment("A", due)], {}, TODAY, date(2026, 1, 1), date(2026, 6, 30))
    assert refs(timeline) == (["A"] if shown else [])


def test_a_bar_is_shown_where_only_its_milestone_touches_the_range() -> None:
    rows = [commitment("A", "2029")]
    marks = {"A": [milestone(1, "2026-02-10")]}
    assert refs(build(rows, marks, TODAY, date(2026, 1, 1), date(2026, 3, 31))) == ["A"]


def test_bars_stand_by_last_day_then_first_day_then_ref() -> None:
    rows = [
        commitment("Z-YEAR", "2027"),
        commitment("LATER", "2028-01"),
        commitment("B-DAY", "2027-12-31"),
        commitment("A-YEAR", "2027"),
        commitment("FIRST", "2026-03"),
        commitment("QUARTER", "2027-36"),
    ]
    assert refs(build(rows, {}, TODAY)) == ["FIRST", "A-YEAR", "Z-YEAR", "QUARTER", "B-DAY", "LATER"]


@pytest.mark.parametrize(
    ("due", "earliest", "latest"),
    [
        ("2027", "2027-01-01", "2027-12-31"),
        ("2027-06", "2027-06-01", "2027-06-30"),
        ("2027-Q4", "2027-10-01", "2027-12-31"),
        ("2028-02-29", "2028-02-29", "2028-02-29"),
    ],
)
def test_a_bar_is_the_whole_window_of_its_due_date(due: str, earliest: str, latest: str) -> None:
    (bar,) = build([commitment("A", due)], {}, TODAY).bars
    assert (str(bar.earliest), str(bar.latest)) == (earliest, latest)


def test_a_bar_says_what_its_commitment_is() -> None:
    row = commitment("A", "2027-Q4", title="협정", status="suspended", deadline="due-soon")
    (bar,) = build([row], {}, TODAY).bars
    assert (bar.ref, bar.title, bar.status, bar.deadline, bar.due) == (
        "A",
        "협정",
        "suspended",
        "due-soon",
        "2027-36",
    )


def test_the_first_due_date_has_its_own_window_where_it_was_another() -> None:
    (bar,) = build([commitment("A", "2030-06", baseline="2029")], {}, TODAY).bars
    assert (bar.baseline_earliest, bar.baseline_latest) == (date(2029, 1, 1), date(2029, 12, 31))


def test_a_due_date_that_never_moved_has_no_second_window() -> None:
    (bar,) = build([commitment("A", "2029", baseline="2029")], {}, TODAY).bars
    assert (bar.baseline_earliest, bar.baseline_latest) == (None, None)


def test_the_range_reaches_back_to_the_first_due_date() -> None:
    assert span(build([commitment("A", "2030-06", baseline="2024-02")], {}, TODAY)) == (
        "2024-01-01",
        "2030-06-30",
    )


def test_a_milestone_is_marked_on_its_last_day() -> None:
    (bar,) = build([commitment("A", "2029")], {"A": [milestone(1, "2027-02")]}, TODAY).bars
    assert [(mark.number, mark.title, mark.state, mark.deadline, mark.day) for mark in bar.marks] == [
        (1, "Signed", "scheduled", "upcoming", date(2027, 2, 28))
    ]


def test_a_milestone_that_was_met_is_marked_on_the_day_it_was_met() -> None:
    met = milestone(1, "2027-02", state="met", met_on="2026-01-10", deadline="met")
    (bar,) = build([commitment("A", "2029")], {"A": [met]}, TODAY).bars
    assert [mark.day for mark in bar.marks] == [date(2026, 1, 10)]


def test_a_milestone_without_any_day_has_no_mark() -> None:
    (bar,) = build([commitment("A", "2029")], {"A": [milestone(1, None)]}, TODAY).bars
    assert bar.marks == ()


def test_a_withdrawn_milestone_has_no_mark() -> None:
    withdrawn = milestone(1, "2040", withdrawn=True)
    timeline = build([commitment("A", "2029")], {"A": [withdrawn]}, TODAY)
    assert timeline.bars[0].marks == ()
    assert timeline.end == date(2029, 12, 31)


def test_milestones_are_marked_on_their_own_commitments_line() -> None:
    rows = [commitment("A", "2029"), commitment("B", "2029"), commitment("C", "2029")]
    marks = {"C": [milestone(1, "2027"), milestone(2, "2028")], "A": [milestone(1, "2026")]}
    assert [(bar.ref, len(bar.marks)) for bar in build(rows, marks, TODAY).bars] == [
        ("A", 1),
        ("B", 0),
        ("C", 2),
    ]


def test_the_range_reaches_to_the_milestones() -> None:
    marks = {"A": [milestone(1, "2033-05"), milestone(2, None, state="met", met_on="2023-04-02")]}
    assert span(build([commitment("A", "2029")], marks, TODAY)) == ("2023-04-01", "2033-06-30")


def test_what_has_no_due_date_is_counted_and_not_drawn() -> None:
    timeline = build([commitment("B", "2029")], {}, TODAY, undated=2)
    assert refs(timeline) == ["B"]
    assert timeline.undated == 2


def test_a_due_date_outside_the_range_is_not_counted_as_missing() -> None:
    assert build([commitment("B", "2029")], {}, TODAY, end=date(2026, 12, 31), undated=1).undated == 1


@pytest.mark.parametrize(
    ("start", "end", "outside"),
    [(None, None, 0), ("2028-01-01", None, 2), ("2026-07-01", "2026-12-31", 3), (None, "2026-03-31", 2)],
)
def test_what_has_a_due_date_outside_the_range_is_counted(
    start: str | None, end: str | None, outside: int
) -> None:
    rows = [commitment("A", "2025"), commitment("B", "2027"), commitment("C", "2029")]
    first, last = (date.fromisoformat(day) if day else None for day in (start, end))
    assert build(rows, {}, TODAY, first, last).outside == outside


def test_what_has_no_due_date_but_dated_milestones_has_a_line_for_them() -> None:
    rows = [commitment("DATED", "2028-01"), commitment("UNDATED", None, deadline="undated")]
    steps = {"UNDATED": [milestone(1, "2027-02"), milestone(2, "2029-06")]}
    timeline = build(rows, steps, TODAY, undated=1)
    assert refs(timeline) == ["DATED", "UNDATED"]  # by its last mark
    bar = timeline.bars[1]
    assert (bar.due, bar.earliest, bar.latest, bar.baseline_earliest) == (None, None, None, None)
    assert [str(mark.day) for mark in bar.marks] == ["2027-02-28", "2029-06-30"]
    assert span(timeline) == ("2026-01-01", "2029-06-30")


def test_what_has_no_due_date_is_never_counted_as_outside() -> None:
    rows = [commitment("UNDATED", None)]
    steps = {"UNDATED": [milestone(1, "2020")]}
    timeline = build(rows, steps, TODAY, date(2026, 1, 1), undated=1)
    assert (refs(timeline), timeline.outside) == ([], 0)


def test_what_has_neither_a_due_date_nor_a_dated_milestone_has_no_line() -> None:
    timeline = build([commitment("A", None)], {"A": [milestone(1, None)]}, TODAY, undated=1)
    assert refs(timeline) == []


def test_quarters_are_named_by_their_first_days() -> None:
    timeline = build([commitment("A", "2027-02")], {}, TODAY, start=date(2026, 5, 1))
    assert [str(first) for first in quarters(timeline)] == [
        "2026-04-01",
        "2026-07-01",
        "2026-10-01",
        "2027-01-01",
    ]


@pytest.mark.parametrize("due", ["9999", "9999-12-31", "0001", "0001-01-01"])
def test_the_first_and_the_last_year_there_are_can_be_drawn(due: str) -> None:
    timeline = build([commitment("A", due)], {}, TODAY)
    assert refs(timeline) == ["A"]
    firsts = quarters(timeline)
    assert (firsts[0], firsts[-1].month) == (timeline.start, timeline.end.month - 2)


def test_a_day_is_as_far_along_as_its_part_of_the_range() -> None:
    timeline = build([], {}, TODAY, date(2025, 1, 1), date(2025, 12, 31))
    assert share(timeline, date(2025, 1, 1)) == 0
    assert share(timeline, date(2025, 1, 2)) == pytest.approx(1 / 365)
    assert share(timeline, date(2025, 12, 31)) == pytest.approx(364 / 365)


def test_a_day_outside_the_range_lies_at_its_end() -> None:
    timeline = build([], {}, TODAY, date(2025, 1, 1), date(2025, 12, 31))
    assert share(timeline, date(2020, 1, 1)) == 0
    assert share(timeline, date(2026, 1, 1)) == 1
    assert share(timeline, date.max) == 1


_DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
_DUES = st.one_of(
    _DAYS.map(str),
    st.integers(1990, 2060).map(str),
    st.builds("{}-{:02}".format, st.integers(1990, 2060), st.integers(1, 12)),
    st.builds("{}-Q{}".format, st.integers(1990, 2060), st.integers(1, 4)),
)


@given(st.lists(st.tuples(_DUES, st.none() | _DUES), max_size=5), _DAYS, st.none() | _DAYS, st.none() | _DAYS)
def test_a_timeline_is_whole_quarters_that_leave_no_day_out(
    dues: Sequence[tuple[str, str | None]], today: date, start: date | None, end: date | None
) -> None:
    if start and end and end < start:
        start, end = end, start
    rows = [commitment(f"R-{number}", due, baseline) for number, (due, baseline) in enumerate(dues)]
    timeline = build(rows, {}, today, start, end)
    firsts = quarters(timeline)
    assert firsts[0] == timeline.start <= timeline.end
    assert all(first.day == 1 and first.month in (1, 4, 7, 10) for first in firsts)
    assert all(88 < (after - before).days < 93 for before, after in pairwise(firsts))
    assert 88 < (timeline.end - firsts[-1]).days + 1 < 93
    assert start is None or 0 <= (start - timeline.start).days < 93
    assert end is None or 0 <= (timeline.end - end).days < 93
    assert sorted(refs(timeline)) == [row.ref for row in rows if _touches(row, timeline)]
    if start is None and end is None:
        assert timeline.start <= today <= timeline.end
        assert len(timeline.bars) == len(rows)


def _touches(row: Commitment, timeline: Timeline) -> bool:
    windows = [read_due(due) for due in (row.due, row.baseline_due) if due is not None]
    earliest = min(window.earliest for window in windows)
    latest = max(window.latest for window in windows)
    return earliest <= timeline.end and latest >= timeline.start
