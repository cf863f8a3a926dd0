"""Agreements, each with how many commitments it has, open and overdue."""

import json
from collections.abc import Sequence

from ksmy_tracker.domain.kinds import COLUMNS, Agreement
from ksmy_tracker.domain.search import wanted_of
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import OPEN, OVERDUE, columns_of
from ksmy_tracker.reading.search import found
from ksmy_tracker.reading.snapshot import Snapshot


def agreements(
    snapshot: Snapshot, *, ref: str | None = None, withdrawn: bool = False, search: Sequence[str] = ()
) -> list[Agreement]:
    """The agreements, by ref, with those that are withdrawn or without, all or those found; or the one named."""
    columns = columns_of(COLUMNS["agreement"], "a")
    where = "(:withdrawn = 1 OR a.withdrawn = 0)" if ref is None else "a.ref = :ref"
    refs: list[str] = []
    if wanted := wanted_of(search):
        where += f" AND {snapshot.reader.among('a.ref', 'found')}"
        refs = found(snapshot, ("agreement",), wanted)
    sql = (
        f"SELECT {columns}, count(c.ref) AS commitments, count(CASE WHEN {OPEN} THEN 1 END) AS open, "
        f"count(CASE WHEN {OVERDUE} THEN 1 END) AS overdue "
        "FROM agreement a LEFT JOIN commitment c ON c.agreement = a.ref AND c.withdrawn = 0 "
        f"WHERE {where} GROUP BY {columns} ORDER BY a.ref"
    )
    rows = snapshot.rows(Agreement, sql, ref=ref, withdrawn=int(withdrawn), found=json.dumps(refs))
    for one in rows:
        one.disputed = disputes(snapshot).get(one.ref, ())
    return rows


def count_agreements(snapshot: Snapshot) -> int:
    """How many agreements there are."""
    return snapshot.count("FROM agreement WHERE withdrawn = 0")
