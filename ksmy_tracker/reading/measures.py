"""Measures: of a commitment or an agreement, or all; each with what follows of it."""

from ksmy_tracker.domain.kinds import COLUMNS, Measure
from ksmy_tracker.domain.quantities import derive
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import columns_of
from ksmy_tracker.reading.snapshot import Snapshot


def measures(snapshot: Snapshot, *, of: str | None = None, withdrawn: bool = False) -> list[Measure]:
    """The measures of what is in the snapshot, or of one record, by ref."""
    where = "(:withdrawn = 1 OR q.withdrawn = 0)" if of is None else "q.about = :of"
    among = (
        "(EXISTS (SELECT 1 FROM commitment c WHERE c.ref = q.about) "
        "OR EXISTS (SELECT 1 FROM agreement a WHERE a.ref = q.about))"
    )
    sql = f"SELECT {columns_of(COLUMNS['measure'], 'q')} FROM measure q WHERE {where} AND {among} ORDER BY q.ref"
    found = snapshot.rows(Measure, sql, of=of, withdrawn=int(withdrawn))
    for one in found:
        derive(one)
        one.disputed = disputes(snapshot).get(one.ref, ())
    return found
