"""Bodies, each with how many open commitments and milestones it leads, and how many of those are overdue."""

from typing import NamedTuple

from ksmy_tracker.domain.kinds import COLUMNS, Body
from ksmy_tracker.reading.expressions import OPEN, OPEN_MILESTONE, columns_of
from ksmy_tracker.reading.snapshot import Snapshot


class _Led(NamedTuple):
    """How many open commitments or milestones have the same leads, and how many of them are overdue."""

    leads: tuple[str, ...]
    open: int
    overdue: int


def bodies(snapshot: Snapshot, *, ref: str | None = None, withdrawn: bool = False) -> list[Body]:
    """The bodies, by ref, with those that are withdrawn or without; or the one named."""
    where = "(:withdrawn = 1 OR b.withdrawn = 0)" if ref is None else "b.ref = :ref"
    sql = f"SELECT {columns_of(COLUMNS['body'], 'b')} FROM body b WHERE {where} ORDER BY b.ref"
    found = {one.ref: one for one in snapshot.rows(Body, sql, ref=ref, withdrawn=int(withdrawn))}
    for leads, is_open, overdue in snapshot.rows(_Led, _LED):
        for lead in leads:
            if lead in found:
                found[lead].leads += is_open
                found[lead].overdue += overdue
    return list(found.values())


def leads(snapshot: Snapshot) -> dict[str, int]:
    """How many open commitments each body leads, by its ref."""
    counted: dict[str, int] = {}
    for row in snapshot.rows(_Led, _LED_COMMITMENTS):
        for lead in row.leads:
            counted[lead] = counted.get(lead, 0) + row.open
    return dict(sorted(counted.items()))


_OVERDUE = "count(CASE WHEN {0}.due_latest < :today THEN 1 END) AS overdue"
_LED_COMMITMENTS = (
    f"SELECT c.leads, count(*) AS open, {_OVERDUE.format('c')} FROM commitment c "
    f"WHERE {OPEN} AND c.leads <> '[]' GROUP BY c.leads"
)
#: A milestone that names no leads is its commitment's.
_LED = (
    f"{_LED_COMMITMENTS} UNION ALL SELECT m.leads, count(*), {_OVERDUE.format('m')} FROM milestone m "
    f"JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} AND m.leads <> '[]' GROUP BY m.leads"
)
