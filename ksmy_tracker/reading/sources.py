"""Sources: each with how many entries in force cite it, and which an entry's evidence cites."""

from collections.abc import Iterator
from typing import NamedTuple

from ksmy_tracker.domain.kinds import COLUMNS, Source
from ksmy_tracker.reading.expressions import columns_of
from ksmy_tracker.reading.snapshot import Snapshot


class _Citing(NamedTuple):
    """An entry and a source that it cites."""

    source: str
    id: int


def sources(snapshot: Snapshot, *, ref: str | None = None, withdrawn: bool = False) -> list[Source]:
    """The sources, by ref, with those that are withdrawn or without; or the one named."""
    where = "(:withdrawn = 1 OR s.withdrawn = 0)" if ref is None else "s.ref = :ref"
    sql = f"SELECT {columns_of(COLUMNS['source'], 's')} FROM source s WHERE {where} ORDER BY s.ref"
    found = {one.ref: one for one in snapshot.rows(Source, sql, ref=ref, withdrawn=int(withdrawn))}
    if found:
        for one in _citing(snapshot):
            if one.source in found:
                found[one.source].cited += 1
    return list(found.values())


def citing(snapshot: Snapshot, ref: str) -> list[int]:
    """The ids of the entries in force that cite a source, in the order of the chain."""
    return [one.id for one in _citing(snapshot) if one.source == ref]


def _citing(snapshot: Snapshot) -> Iterator[_Citing]:
    # Asked of the register itself: of a point in the past, only whether there is evidence is at hand.
    register = snapshot.register
    sql = (
        f"SELECT w.value AS source, e.id FROM entry e, {register.items('e.evidence')} w "
        "WHERE e.evidence <> '[]' AND e.id <= :known AND e.effective_on <= :until "
        "AND w.value IN (SELECT ref FROM source) ORDER BY e.id"
    )
    found = register.stream(_Citing, sql, known=snapshot.newest, until=snapshot.day.until)
    return (one for one in found if one.id not in snapshot.gone)
