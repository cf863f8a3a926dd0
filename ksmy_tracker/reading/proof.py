"""The history of a register followed record by record, and proven, for whoever compares or makes the records of it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from ksmy_tracker.domain.chain import Deed, to_canonical_json
from ksmy_tracker.domain.entries import BrokenEntry, StoredEntry
from ksmy_tracker.domain.entry_check import deed_fault
from ksmy_tracker.domain.history_check import Family, inapplicable
from ksmy_tracker.domain.kinds import family_of
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.references import References
from ksmy_tracker.reading.deeds import StoredDeed, read_deed, stored_deeds
from ksmy_tracker.storage.interface import Reader


def proven(
    reader: Reader, references: References | None, where: str = "", *, alone: bool = False
) -> Iterator[tuple[str, list[str], States]]:
    """Each ref of an agreement or a commitment with the records that its history, and that of its milestones, leaves.

    With them comes what no writer can have done, unless `references` is None: then the history itself was altered.
    `alone`: what each entry says is proven by itself, too.
    """
    alone = alone and references is not None
    by_family = stored_deeds(reader, f"{where} ORDER BY {reader.family('ref')}, id")
    for ref, rows in groupby(by_family, key=lambda row: family_of(row.ref)):
        family = Family(references)
        faults = []
        for row in rows:
            try:
                deed = read_deed(row)
            except BrokenEntry:
                faults.append(inapplicable(row.id, row.ref))
                continue
            fault = _deed_fault(row, deed) if alone else None
            followed = family.follow(deed)
            if (fault := fault or followed) is not None:
                faults.append(fault)
        if (fault := family.end()) is not None:
            faults.append(fault)
        yield ref, faults, family.states


#: What was proven before of deeds that retract nothing, but for their day and ref: most of it comes again and again.
_proven: set[tuple[str, str, str, str | None, int]] = set()
_MOST_PROVEN: Final = 1 << 14
#: Bytes of changes that are worth remembering: longer ones create a record, and do not come again.
_SHORT: Final = 80


def _deed_fault(row: StoredDeed, deed: Deed) -> str | None:
    """What is wrong with what an entry does, by itself."""
    said = row.record, row.action, row.changes, row.note, row.evidence
    may_be_known = row.retracts == "[]" and len(row.changes) <= _SHORT
    if may_be_known and said in _proven:
        return None
    if row.changes != to_canonical_json(deed.changes) or row.retracts != to_canonical_json(deed.retracts):
        return not_canonical(row)
    fault = deed_fault(deed)
    if may_be_known and fault is None:
        if len(_proven) >= _MOST_PROVEN:
            _proven.clear()
        _proven.add(said)
    return fault


def not_canonical(row: StoredEntry | StoredDeed) -> str:
    """What is said of an entry whose JSON says the same in another form than the writer's."""
    return f"entry {row.id} ({row.ref}) is not stored in its canonical form"
