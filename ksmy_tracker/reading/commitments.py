"""Commitments: a listing of those that pass filters, how many they are, and one by its ref."""

from collections.abc import Sequence
from typing import Any, Final

from ksmy_tracker.domain.kinds import COLUMNS, SHOWN, Commitment
from ksmy_tracker.domain.rows import Filters, commitment_deadline
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, OPEN_STATUSES, STATUSES, did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.expressions import (
    DEADLINE,
    MILESTONES,
    MILESTONES_MET,
    NEWEST_ENTRY,
    columns_of,
    in_order,
    limited,
    listed,
)
from ksmy_tracker.reading.filters import EVERY, where
from ksmy_tracker.reading.snapshot import Snapshot

#: What a listing can be sorted by, columns of the contract among them.
SORT: Final = {
    **{name: f"c.{name}" for name in SHOWN["commitment"] if name in COLUMNS["commitment"]},
    "status": in_order("c.status", STATUSES),
    "firmness": in_order("c.firmness", FIRMNESSES),
    "deadline": in_order(f"({DEADLINE})", DEADLINE_STATES),
    "days_left": f"CASE WHEN c.status IN {listed(OPEN_STATUSES)} THEN c.due_latest END",
    "due": "c.due_latest",
    "milestones_met": MILESTONES_MET,
    "milestones": MILESTONES,
    "newest_entry": NEWEST_ENTRY,
}

_SELECT: Final = (
    f"SELECT {columns_of(COLUMNS['commitment'], 'c')}, {MILESTONES_MET} AS milestones_met, "
    f"{MILESTONES} AS milestones, {NEWEST_ENTRY} AS newest_entry FROM commitment c"
)


def commitments(
    snapshot: Snapshot, filters: Filters = EVERY, *, sort: Sequence[str] = (), limit: int | None = None
) -> list[Commitment]:
    """Commitments that pass the filters; `sort` names fields, `-field` for descending; nulls come last.

    Raises `Usage` for an unknown field or sector, `NotFound` for an unknown agreement.
    """
    condition, parameters = where(snapshot, filters)
    order = ", ".join([*(_order(name) for name in sort), "c.ref"])
    return _read(snapshot, f"{condition} ORDER BY {order} {limited(limit)}", **parameters, limit=limit)


def count_commitments(snapshot: Snapshot, filters: Filters = EVERY) -> int:
    """How many commitments pass the filters."""
    condition, parameters = where(snapshot, filters)
    return snapshot.count(f"FROM commitment c {condition}", **parameters)


def commitment(snapshot: Snapshot, ref: str) -> Commitment | None:
    """One commitment, or None."""
    found = _read(snapshot, "WHERE c.ref = :ref", ref=ref)
    return found[0] if found else None


def _read(snapshot: Snapshot, clauses: str, **parameters: Any) -> list[Commitment]:
    found = snapshot.rows(Commitment, f"{_SELECT} {clauses}", **parameters)
    for one in found:
        one.deadline, one.days_left = commitment_deadline(one, snapshot.day)
    return found


def _order(name: str) -> str:
    descending = name.startswith("-")
    field = name.removeprefix("-").replace("-", "_")
    if field not in SORT:
        raise Usage(f"cannot sort by {field!r}; {did_you_mean(field, tuple(SORT), short=30)}")
    return f"{SORT[field]} {'DESC' if descending else 'ASC'} NULLS LAST"
