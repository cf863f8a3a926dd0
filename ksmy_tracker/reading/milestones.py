"""Milestones: of a commitment or of several, or by their refs."""

import json
from collections.abc import Sequence
from typing import Any, Final

from ksmy_tracker.domain.kinds import COLUMNS, Milestone
from ksmy_tracker.domain.rows import milestone_deadline
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import SETTLED, columns_of
from ksmy_tracker.reading.snapshot import Snapshot

_SELECT: Final = (
    f"SELECT {columns_of(COLUMNS['milestone'], 'm')}, CASE WHEN {SETTLED} THEN 1 ELSE 0 END AS settled "
    "FROM milestone m JOIN commitment c ON c.ref = m.commitment"
)


def milestones(snapshot: Snapshot, commitment: str) -> list[Milestone]:
    """The milestones of a commitment, by number."""
    return _read(snapshot, "WHERE m.commitment = :ref ORDER BY m.number", ref=commitment)


def milestones_of(snapshot: Snapshot, commitments: Sequence[str]) -> dict[str, list[Milestone]]:
    """The milestones of several commitments, each one's by number."""
    wanted = snapshot.reader.among("m.commitment", "wanted")
    clauses = f"WHERE {wanted} ORDER BY m.commitment, m.number"
    found: dict[str, list[Milestone]] = {}
    for one in _read(snapshot, clauses, wanted=json.dumps(list(commitments))):
        found.setdefault(one.commitment, []).append(one)
    return found


def milestones_by_ref(snapshot: Snapshot, refs: Sequence[str]) -> dict[str, Milestone]:
    """Milestones by their refs."""
    clauses = f"WHERE {snapshot.reader.among('m.ref', 'wanted')}"
    return {one.ref: one for one in _read(snapshot, clauses, wanted=json.dumps(list(refs)))}


def _read(snapshot: Snapshot, clauses: str, **parameters: Any) -> list[Milestone]:
    found = snapshot.rows(Milestone, f"{_SELECT} {clauses}", **parameters)
    for one in found:
        one.deadline, one.days_left = milestone_deadline(one, snapshot.day)
        one.disputed = disputes(snapshot).get(one.ref, ())
    return found
