"""Commitments: a listing of those that pass filters, how many they are, and one by its ref."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ksmy_tracker.domain.kinds import COLUMNS, SHOWN, Commitment
from ksmy_tracker.domain.rows import Filters, commitment_deadline
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, OPEN_STATUSES, STATUSES, did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import (
    DEADLINE,
    MEASURES,
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
    "measures": MEASURES,
    "newest_entry": NEWEST_ENTRY,
}

_SELECT: Final = (
    f"SELECT {columns_of(COLUMNS['commitment'], 'c')}, {MILESTONES_MET} AS milestones_met, "
    f"{MILESTONES} AS milestones, {MEASURES} AS measures, {NEWEST_ENTRY} AS newest_entry FROM commitment c"
)


def commitments(
    snapshot: Snapshot, filters: Filters = EVERY, *, sort: Sequence[str] = (), limit: int | None = None
) -> list[Commitment]:
    """Commitments that pass the filters; see `each_commitment`."""
    return list(each_commitment(snapshot, filters, sort=sort, limit=limit))


def each_commitment(
    snapshot: Snapshot, filters: Filters = EVERY, *, sort: Sequence[str] = (), limit: int | None = None
) -> Iterator[Commitment]:
    """Commitments that pass the filters, one by one; `sort` names fields, `-field` for descending; nulls come last.

    Raises `Usage` for an unknown field or sector, `NotFound` for an unknown agreement.
    """
    condition, parameters = where(snapshot, filters)
    order = ", ".join([*(_order(name) for name in sort), "c.ref"])
    sql = f"{_SELECT} {condition} ORDER BY {order} {limited(limit)}"
    return _whole(snapshot, snapshot.stream(Commitment, sql, **parameters, limit=limit))


def count_commitments(snapshot: Snapshot, filters: Filters = EVERY) -> int:
    """How many commitments pass the filters."""
    condition, parameters = where(snapshot, filters)
    return snapshot.count(f"FROM commitment c {condition}", **parameters)


def commitment(snapshot: Snapshot, ref: str) -> Commitment | None:
    """One commitment, or None."""
    found = snapshot.rows(Commitment, f"{_SELECT} WHERE c.ref = :ref", ref=ref)
    return next(_whole(snapshot, found), None)


def _whole(snapshot: Snapshot, found: Iterable[Commitment]) -> Iterator[Commitment]:
    """Commitments with what the calendar says of them on the snapshot's day, and what claims contradict."""
    disputed = disputes(snapshot)
    for one in found:
        one.deadline, one.days_left = commitment_deadline(one, snapshot.day)
        one.disputed = disputed.get(one.ref, ())
        yield one


def _order(name: str) -> str:
    descending = name.startswith("-")
    field = name.removeprefix("-").replace("-", "_")
    if field not in SORT:
        raise Usage(f"cannot sort by {field!r}; {did_you_mean(field, tuple(SORT), short=60)}")
    return f"{SORT[field]} {'DESC' if descending else 'ASC'} NULLS LAST"
