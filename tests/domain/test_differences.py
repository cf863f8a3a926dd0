"""What moved between two points: by which entries, or by the calendar."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from ksmy_tracker.domain.chain import Changes, Entry
from ksmy_tracker.domain.differences import by_calendar, moved
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.projection import project
from ksmy_tracker.domain.rows import Day, Moved, Point
from tests.domain.test_projection import created, entry

REF = "FTA-CONCLUDE"
ADDED = structs.replace(created("2025", on="2025-01-01"), id=1)
STEP = entry(
    f"{REF}/1",
    {"title": (None, "Signed"), "state": (None, "scheduled"), "due": (None, "2025-06")},
    record="milestone",
    on="2025-01-01",
    action="created",
    number=2,
)


def update(number: int, on: str, *, ref: str = REF, **changes: Any) -> Entry:
    """An entry that changes something."""
    record = "milestone" if "/" in ref else "commitment"
    return entry(ref, changes, record=record, on=on, number=number)


def undo(number: int, on: str, *retracts: int) -> Entry:
    """An entry that only retracts."""
    return entry(REF, {}, action="undone", on=on, number=number, retracts=retracts)


def point(on: str, known: int) -> Point:
    return Point(Day(date.fromisoformat(on)), known)


def found(history: list[Entry], before: Point, after: Point) -> list[tuple[Any, ...]]:
    """What moved, without the title and the kind of the record."""
    return [
        (one.ref, one.field, one.old, one.new, one.entries, one.since)
        for one in moved(history, before, after)
    ]


def test_what_an_entry_moved_names_it() -> None:
    history = [ADDED, update(2, "2025-02-01", status=("planned", "in-progress"))]
    assert list(moved(history, point("2025-01-31", 1), point("2025-02-01", 2))) == [
        Moved(REF, "commitment", "Conclude it", "status", "planned", "in-progress", (2,))
    ]


def test_of_two_entries_that_moved_a_field_both_are_named_and_no_other() -> None:
    history = [
        ADDED,
        update(2, "2025-02-01", status=("planned", "in-progress")),
        update(3, "2025-02-02", title=("Conclude it", "Sign it")),
        update(4, "2025-02-03", status=("in-progress", "finalising")),
    ]
    assert found(history, point("2025-01-31", 1), point("2025-02-03", 4)) == [
        (REF, "title", "Conclude it", "Sign it", (3,), None),
        (REF, "status", "planned", "finalising", (2, 4), None),
    ]


def test_what_entries_moved_there_and_back_did_not_move() -> None:
    history = [
        ADDED,
        update(2, "2025-02-01", status=("planned", "in-progress")),
        update(3, "2025-02-02", status=("in-progress", "planned")),
    ]
    assert found(history, point("2025-01-31", 1), point("2025-02-03", 3)) == []


def test_what_a_retraction_moved_names_what_retracted() -> None:
    history = [ADDED, update(2, "2025-02-01", status=("planned", "in-progress")), undo(3, "2025-03-01", 2)]
    assert found(history, point("2025-02-28", 2), point("2025-03-01", 3)) == [
        (REF, "status", "in-progress", "planned", (3,), None)
    ]


def test_what_a_redo_moved_names_the_redo() -> None:
    history = [
        ADDED,
        update(2, "2025-02-01", status=("planned", "in-progress")),
        undo(3, "2025-03-01", 2),
        undo(4, "2025-03-02", 3),
    ]
    assert found(history, point("2025-03-01", 3), point("2025-03-02", 4)) == [
        (REF, "status", "planned", "in-progress", (4,), None)
    ]
    again = [*history, undo(5, "2025-03-03", 4)]
    assert found(again, point("2025-03-02", 4), point("2025-03-03", 5)) == [
        (REF, "status", "in-progress", "planned", (5,), None)
    ]


def test_what_a_late_entry_moved_names_it_though_its_day_is_before_both() -> None:
    history = [
        ADDED,
        update(2, "2025-02-01", status=("planned", "in-progress")),
        update(3, "2025-01-15", detail=(None, "Both took it on")),
    ]
    assert found(history, point("2025-03-01", 2), point("2025-03-02", 3)) == [
        (REF, "detail", None, "Both took it on", (3,), None)
    ]


def test_a_late_entry_that_a_newer_one_outweighs_moved_nothing() -> None:
    history = [
        ADDED,
        update(2, "2025-02-01", status=("planned", "finalising")),
        update(3, "2025-01-15", status=("planned", "in-progress")),
    ]
    assert found(history, point("2025-03-01", 2), point("2025-03-02", 3)) == []


def test_what_was_known_before_and_took_effect_in_between_is_by_its_entry() -> None:
    history = [ADDED, update(2, "2025-02-01", status=("planned", "in-progress"))]
    assert found(history, point("2025-01-31", 2), point("2025-02-01", 2)) == [
        (REF, "status", "planned", "in-progress", (2,), None)
    ]


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        ("2025-12-31", "2026-01-01", [("due-soon", "overdue", "2026-01-01")]),
        ("2025-10-01", "2026-03-01", [("upcoming", "overdue", "2026-01-01")]),
        ("2025-10-01", "2025-10-02", [("upcoming", "due-soon", "2025-10-02")]),
        ("2025-10-02", "2025-10-03", []),
        ("2026-01-01", "2026-12-31", []),
    ],
)
def test_what_no_entry_moved_the_calendar_did_on_a_day(
    before: str, after: str, moves: list[tuple[str, str, str]]
) -> None:
    assert found([ADDED], point(before, 1), point(after, 1)) == [
        (REF, "deadline", was, now, (), since) for was, now, since in moves
    ]
    (record,) = project([ADDED]).values()
    days = Day(date.fromisoformat(before)), Day(date.fromisoformat(after))
    assert [(one.old, one.new, one.since) for one in by_calendar([record], *days)] == moves


def test_the_calendar_moves_nothing_that_is_withdrawn_or_closed() -> None:
    days = Day(date(2025, 12, 31)), Day(date(2026, 1, 1))
    for changes in ({"withdrawn": True}, {"status": "cancelled"}, {"status": "completed"}):
        (record,) = project([ADDED]).values()
        assert isinstance(record, Commitment)
        for name, value in changes.items():
            setattr(record, name, value)
        assert list(by_calendar([record], *days)) == []


def test_a_deadline_that_an_entry_moved_names_it() -> None:
    history = [ADDED, update(2, "2026-01-10", due=("2025", "2027"))]
    assert found(history, point("2026-01-09", 1), point("2026-01-10", 2)) == [
        (REF, "due", "2025", "2027", (2,), None),
        (REF, "deadline", "overdue", "upcoming", (2,), None),
    ]


def test_a_deadline_that_would_have_moved_without_the_entry_is_moved_by_the_calendar() -> None:
    history = [ADDED, update(2, "2025-12-20", status=("planned", "in-progress"))]
    assert found(history, point("2025-12-15", 1), point("2026-01-15", 2)) == [
        (REF, "status", "planned", "in-progress", (2,), None),
        (REF, "deadline", "due-soon", "overdue", (), "2026-01-01"),
    ]


def test_what_came_and_what_went_says_so_by_its_title() -> None:
    assert found([ADDED], point("2024-12-31", 0), point("2025-01-01", 1)) == [
        (REF, "record", None, "Conclude it", (1,), None)
    ]
    history = [ADDED, undo(2, "2025-01-02", 1)]
    assert found(history, point("2025-01-01", 1), point("2025-01-02", 2)) == [
        (REF, "record", "Conclude it", None, (2,), None)
    ]
    assert found(history, point("2024-12-31", 0), point("2025-01-02", 2)) == []


def test_what_was_withdrawn_moved_and_its_deadline_did_not() -> None:
    withdrawn: Changes = {"withdrawn": (False, True)}
    history = [ADDED, entry(REF, withdrawn, action="withdrawn", on="2026-01-10", number=2)]
    assert found(history, point("2025-12-31", 1), point("2026-01-10", 2)) == [
        (REF, "withdrawn", False, True, (2,), None)
    ]


def test_an_open_milestone_of_a_commitment_that_was_settled_is_closed_by_the_commitments_entry() -> None:
    history = [ADDED, STEP, update(3, "2025-05-01", status=("planned", "cancelled"))]
    before = point("2025-04-30", 2)
    assert found(history, before, point("2025-05-01", 3)) == [
        (REF, "status", "planned", "cancelled", (3,), None),
        (REF, "deadline", "upcoming", "closed", (3,), None),
        (f"{REF}/1", "deadline", "due-soon", "closed", (3,), None),
    ]


def test_a_milestone_of_a_commitment_that_was_reopened_is_open_by_the_commitments_entry() -> None:
    history = [
        ADDED,
        STEP,
        update(3, "2025-05-01", status=("planned", "cancelled")),
        update(4, "2025-05-02", status=("cancelled", "planned")),
    ]
    assert found(history, point("2025-05-01", 3), point("2025-05-02", 4))[-1] == (
        *(f"{REF}/1", "deadline", "closed", "due-soon"),
        *((4,), None),
    )


@pytest.mark.parametrize("status", ["in-progress", "completed"])
def test_a_milestone_that_was_met_is_so_by_its_own_entry(status: str) -> None:
    history = [
        ADDED,
        STEP,
        update(3, "2025-05-01", status=("planned", status)),
        update(4, "2025-05-01", ref=f"{REF}/1", state=("scheduled", "met")),
    ]
    assert found(history, point("2025-04-30", 2), point("2025-05-01", 4))[-2:] == [
        (f"{REF}/1", "state", "scheduled", "met", (4,), None),
        (f"{REF}/1", "deadline", "due-soon", "met", (4,), None),
    ]


def test_an_entry_of_a_commitment_that_settled_nothing_moved_no_milestone() -> None:
    history = [ADDED, STEP, update(3, "2025-05-01", status=("planned", "in-progress"))]
    assert found(history, point("2025-04-30", 2), point("2025-07-01", 3)) == [
        (REF, "status", "planned", "in-progress", (3,), None),
        (f"{REF}/1", "deadline", "due-soon", "overdue", (), "2025-07-01"),
    ]


def test_milestones_come_after_their_commitment_by_number() -> None:
    steps = [
        entry(
            f"{REF}/{number}",
            {"title": (None, "Signed"), "state": (None, "scheduled")},
            record="milestone",
            on="2025-01-02",
            action="created",
            number=number,
        )
        for number in (2, 10)
    ]
    came = moved([ADDED, *reversed(steps)], point("2024-12-31", 0), point("2025-01-02", 10))
    assert [one.ref for one in came] == [REF, f"{REF}/2", f"{REF}/10"]
