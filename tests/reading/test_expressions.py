"""What is derived of a commitment: the same from SQL as from the rules."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.deadline import deadline_state
from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.expressions import DEADLINE
from ksmy_tracker.reading.report import counts
from tests.reading.made import add, looking, make, refs, update


def test_the_deadline_state_in_sql_is_the_rule_for_every_combination() -> None:
    today, horizon = date(2026, 1, 15), date(2026, 4, 15)
    day = timedelta(days=1)
    due = [None, today - day, today, today + day, horizon, horizon + day]
    completed = [None, today - day, today, today + day]
    combinations = list(product(vocabulary.STATUSES, due, completed, completed))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE commitment "
            "(id INTEGER PRIMARY KEY, status, due_latest, completed_on, completed_latest)"
        )
        connection.executemany(
            "INSERT INTO commitment (status, due_latest, completed_on, completed_latest) VALUES (?, ?, ?, ?)",
            [(status, *(one and one.isoformat() for one in dates)) for status, *dates in combinations],
        )
        found = connection.execute(
            f"SELECT {DEADLINE} FROM commitment c ORDER BY c.id",
            {"today": today.isoformat(), "horizon": horizon.isoformat()},
        ).fetchall()
    expected = [deadline_state(*combination, today, horizon) for combination in combinations]
    assert [state for (state,) in found] == expected
    assert set(expected) == set(vocabulary.DEADLINE_STATES)


def test_counts_filters_and_rows_agree_on_the_deadline_state(path: Path) -> None:
    make(
        path,
        *(add(f"DUE-{due}", "2025-01-01", due=due) for due in ("2025", "2026-01-14", "2026-01-15", "2027")),
        add("UNDATED", "2025-01-01"),
        add("LATE", "2025-01-01", due="2025-01"),
        update("LATE", "2025-02-01", status="completed"),
        add("CLOSED", "2025-01-01", status="cancelled"),
    )
    with looking(path) as snapshot:
        rows = commitments(snapshot)
        assert {row.ref for row in rows if row.deadline == "overdue"} == set(
            refs(snapshot, filters=Filters(overdue=True))
        )
        found = counts(snapshot)
    assert found.by_deadline == {
        **dict.fromkeys(vocabulary.DEADLINE_STATES, 0),
        **Counter(row.deadline for row in rows),
    }
    assert list(found.by_deadline.values()) == [2, 1, 1, 1, 0, 1, 1]
    assert +Counter(found.by_status) == {"planned": 5, "completed": 1, "cancelled": 1}
    assert found.by_sector == {"trade": 7}


def test_the_newest_entry_of_a_commitment_is_its_own_or_its_milestone_s(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01"),
        add("A", "2025-01-02", "milestone"),
        *(add(ref, "2025-01-01") for ref in ("A-B", "A0", "AB")),
    )
    with looking(path) as snapshot:
        newest = {row.ref: row.newest_entry for row in commitments(snapshot)}
    assert newest == {"A": 3, "A-B": 4, "A0": 5, "AB": 6}
