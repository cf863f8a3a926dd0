"""Open deadlines, of commitments and their milestones, nearest first."""

from pathlib import Path

from ksmy_tracker.domain.rows import DeadlineRow
from ksmy_tracker.reading.deadlines import calendar, deadlines, first_deadlines
from tests.reading.made import add, looking, make, update


def test_deadlines_are_those_of_open_commitments_and_their_open_milestones(path: Path) -> None:
    make(
        path,
        add("OPEN", "2025-01-01", due="2026-02"),
        add("OPEN", "2025-01-01", "milestone", due="2026-01"),
        add("OPEN", "2025-01-01", "milestone", due="2025-12"),
        update("OPEN/2", "2025-02-01", state="met"),
        add("OPEN", "2025-01-01", "milestone"),
        add("UNDATED", "2025-01-01"),
        add("UNDATED", "2025-01-01", "milestone", due="2025-06"),
        add("DONE", "2025-01-01", due="2025-03", status="completed"),
        add("DONE", "2025-01-01", "milestone", due="2025-03"),
        add("GONE", "2025-01-01", due="2025-03", status="cancelled"),
    )
    with looking(path) as snapshot:
        found = [
            (row.ref, row.record, row.status, row.deadline, row.days_left) for row in deadlines(snapshot)
        ]
    assert found == [
        ("UNDATED/1", "milestone", "scheduled", "overdue", -199),
        ("OPEN/1", "milestone", "scheduled", "due-soon", 16),
        ("OPEN", "commitment", "planned", "due-soon", 44),
    ]


def test_a_deadline_says_what_is_due_and_by_how_much_it_slipped(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01", title="Sign it", due="2025", due_phrase="by then", parties="KR"),
        add("A", "2025-01-01", "milestone", title="Draft it", due="2026-01"),
        update("A", "2025-02-01", due="2026-02"),
    )
    with looking(path) as snapshot:
        step, whole = deadlines(snapshot)
    assert step == DeadlineRow(
        ref="A/1",
        record="milestone",
        title="Draft it",
        agreement="PACT",
        sector="trade",
        parties="KR",
        status="scheduled",
        deadline="due-soon",
        days_left=16,
        due="2026-01",
        due_earliest="2026-01-01",
        due_latest="2026-01-31",
        due_phrase=None,
        slip_days=None,
    )
    assert whole == step._replace(
        ref="A",
        record="commitment",
        title="Sign it",
        status="planned",
        days_left=44,
        due="2026-02",
        due_earliest="2026-02-01",
        due_latest="2026-02-28",
        due_phrase="by then",
        slip_days=59,
    )


def test_deadlines_of_the_same_last_day_come_by_first_day_and_then_by_ref(path: Path) -> None:
    make(
        path,
        *(
            add(ref, "2025-01-01", due=due)
            for ref, due in (("C", "2026-12"), ("B", "2026-12"), ("D", "2026"))
        ),
    )
    with looking(path) as snapshot:
        assert [row.ref for row in deadlines(snapshot)] == ["D", "B", "C"]


def test_deadlines_lie_after_one_day_and_until_another_inclusive(path: Path) -> None:
    make(path, *(add(f"D{day}", "2025-01-01", due=f"2026-02-0{day}") for day in (1, 2, 3)))
    with looking(path) as snapshot:
        after, until = "2026-02-01", "2026-02-02"
        assert [row.ref for row in deadlines(snapshot, after=after, until=until)] == ["D2"]
        assert first_deadlines(snapshot, after=after, until=until, most=9).total == 1
        assert first_deadlines(snapshot, most=2) == (deadlines(snapshot, limit=2), 3)
        assert [row.ref for row in deadlines(snapshot, limit=2)] == ["D1", "D2"]


# As a calendar has them


def test_a_calendar_counts_the_entries_that_moved_a_due_date_and_no_others(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01", due="2025"),
        add("A", "2025-01-01", "milestone", due="2025"),
        update("A", "2025-02-01", due="2026"),
        update("A", "2025-02-02", title='"due":["2026","2027"]'),
        update("A", "2025-02-03", status="completed"),  # which keeps the due date of that day
        update("A", "2025-02-04", status="planned", note="Not yet"),
        update("A", "2025-02-05", due="2027", detail="Both"),
        update("A/1", "2025-02-06", due=None),
        update("A/1", "2025-02-07", due="2026-03"),
    )
    with looking(path) as snapshot:
        assert {row.ref: row.moves for row in calendar(snapshot)} == {"A": 2, "A/1": 2}
    with looking(path, "2025-02-04") as snapshot:
        assert {row.ref: row.moves for row in calendar(snapshot)} == {"A": 1, "A/1": 0}
