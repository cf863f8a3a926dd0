"""Records at another point than now: when they are projected, and what of."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.points import at_point, is_in_force_after
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import NOW, At, Ksmy, execute

IN_2099 = datetime(2099, 1, 1, 4, tzinfo=UTC)


def changed(ksmy: Ksmy, *arguments: str) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 0, ran.err


def looked(register: Path, day: Day) -> tuple[bool, Any]:
    """Whether the records of a day are projected, and the status of TOURISM then."""
    with locate(str(register)).reading() as reader:
        snapshot = Snapshot(reader, day)
        found = commitment(snapshot, "TOURISM")
        return snapshot.is_past, found and found.status


def test_an_entry_of_2099_is_not_in_force_now_and_stays_in_the_history(
    ksmy: Ksmy, register: Path, at: At
) -> None:
    at(IN_2099)
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    at(NOW)
    for day in (Day(date(2026, 1, 15)), Day(date(2026, 1, 15), as_it_stood=False)):
        assert looked(register, day) == (True, "in-progress")
    assert looked(register, Day(date(2099, 1, 1), as_it_stood=False)) == (False, "suspended")
    assert '"status": ["in-progress", "suspended"]' in ksmy("history", "TOURISM").out
    for then in (("--as-of", "2026-01-15"), ("--in-force",)):
        assert "suspended" not in ksmy("history", "TOURISM", *then).out
    assert "suspended" not in ksmy("report").out


def test_an_entry_of_2099_that_is_undone_costs_nothing_any_more(ksmy: Ksmy, register: Path, at: At) -> None:
    at(IN_2099)
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    at(NOW)
    changed(ksmy, "undo")
    assert looked(register, Day(date(2026, 1, 15), as_it_stood=False)) == (False, "in-progress")


def test_what_is_dated_tomorrow_elsewhere_is_in_force_now(register: Path) -> None:
    for today in ("2026-01-14", "2026-01-15"):
        assert not looked(register, Day(date.fromisoformat(today), as_it_stood=False))[0]


def test_the_stored_records_are_read_where_nothing_is_later(ksmy: Ksmy, register: Path, at: At) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    at(NOW + timedelta(days=1))
    assert looked(register, Day(date(2025, 6, 1))) == (False, "suspended")
    assert looked(register, Day(date(2025, 5, 31))) == (True, "in-progress")
    by_all = Day(date(2025, 6, 1), known_until="2026-01-15T16:00:00.000000Z")
    assert looked(register, by_all) == (False, "suspended")
    by_none = Day(date(2025, 6, 1), known_until="2026-01-14T16:00:00.000000Z")
    assert looked(register, by_none) == (True, None)


def test_an_entry_counts_after_the_days_before_its_own(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    with FileRegister(register).reading() as reader:
        days = ("2025-05-31", "2025-06-01", "2025-06-02")
        assert [is_in_force_after(reader, day) for day in days] == [True, False, False]


def test_at_a_point_there_is_what_was_recorded_by_then_on_that_day(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    changed(ksmy, "update", "TOURISM", "--status", "in-progress", "--on", "2025-07-01")
    with FileRegister(register).reading() as reader:
        for day, newest, status, last in (
            ("2025-05-31", 32, "in-progress", 30),
            ("2025-06-01", 32, "suspended", 31),
            ("2025-07-01", 32, "in-progress", 32),
            ("2025-07-01", 31, "suspended", 31),
            ("2025-07-01", 30, "in-progress", 30),
        ):
            then = at_point(reader, day, newest)
            assert then.values(str, "SELECT status FROM commitment WHERE ref = 'TOURISM'") == [status]
            assert then.values(int, "SELECT max(id) FROM entry") == [last]


def test_what_is_asked_of_a_point_is_what_the_register_has_then(ksmy: Ksmy, register: Path) -> None:
    with locate(str(register)).reading() as reader:
        before = Snapshot(reader, Day(date(2025, 6, 1)))
        listed, said = commitments(before), [*entries(before)]
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    with locate(str(register)).reading() as reader:
        snapshot = Snapshot(reader, Day(date(2025, 6, 1)))
        assert snapshot.is_past
        assert (commitments(snapshot), [*entries(snapshot)]) == (listed, said)


def test_a_history_that_no_writer_left_is_said_to_be_broken(register: Path) -> None:
    execute(
        register,
        "DROP TRIGGER entry_no_update",
        "UPDATE entry SET ref = 'NOWHERE' WHERE ref = 'FTA-CONCLUDE' AND record = 'commitment'",
    )
    with FileRegister(register).reading() as reader, pytest.raises(BrokenEntry, match="cannot be followed"):
        at_point(reader, "2026-01-15", 30)
