"""Entries of a record with its milestones, all or the newest."""

from pathlib import Path

from ksmy_tracker.reading.entries import entries
from tests.reading.made import add, looking, make, update


def test_entries_of_a_record_are_its_own_and_its_milestones(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01"),
        add("A-B", "2025-01-01"),
        add("A0", "2025-01-01"),
        *(add("A", "2025-01-02", "milestone") for _ in range(10)),
    )
    with looking(path) as snapshot:
        steps = [f"A/{number}" for number in range(1, 11)]
        assert [entry.ref for entry in entries(snapshot, ref="A")] == ["A", *steps]
        assert [entry.ref for entry in entries(snapshot, ref="A/1")] == ["A/1"]


def test_the_newest_entries_come_oldest_first(path: Path) -> None:
    make(path, *(update("PACT", f"2025-02-0{day}", note=f"{day}") for day in range(1, 6)))
    with looking(path) as snapshot:
        assert [entry.note for entry in entries(snapshot, newest=2)] == ["4", "5"]
        assert entries(snapshot, newest=0) == []
        assert snapshot.head() == entries(snapshot)[-1].hash
