"""Milestones of one commitment and of several, with what the calendar says of each."""

from pathlib import Path

from ksmy_tracker.reading.milestones import milestones, milestones_by_ref, milestones_of
from tests.reading.made import add, looking, make, update


def test_milestones_are_read_alike_of_one_commitment_of_several_and_by_ref(path: Path) -> None:
    make(
        path,
        *(add(ref, "2025-01-01") for ref in ("A", "B", "C")),
        *(add(ref, "2025-01-01", "milestone", due="2026-02") for ref in ("B", "A", "B")),
    )
    with looking(path) as snapshot:
        steps = {ref: milestones(snapshot, ref) for ref in ("A", "B")}
        assert milestones_of(snapshot, ["C", "B", "A"]) == steps
        assert milestones_by_ref(snapshot, ["B/2", "A/1"]) == {"A/1": steps["A"][0], "B/2": steps["B"][1]}
        assert [(step.ref, step.deadline, step.days_left) for step in steps["B"]] == [
            ("B/1", "due-soon", 44),
            ("B/2", "due-soon", 44),
        ]
        assert milestones(snapshot, "C") == []


def test_an_open_milestone_is_closed_while_its_commitment_is_settled(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01"),
        add("A", "2025-01-01", "milestone", due="2025"),
        update("A", "2025-06-01", status="cancelled"),
        update("A", "2025-06-03", note="Taken up again", status="planned"),
    )
    found = []
    for day in ("2025-05-31", "2025-06-02", "2026-01-15"):
        with looking(path, day) as snapshot:
            found += [(step.deadline, step.days_left) for step in milestones(snapshot, "A")]
    assert found == [("upcoming", 214), ("closed", None), ("overdue", -15)]
