"""The newest invocations of a register: what each recorded, and what of it counts."""

from typing import Final

from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.rows import InvocationRow
from ksmy_tracker.reading.entries import read_row
from ksmy_tracker.reading.snapshot import Snapshot

#: How many are listed.
MOST: Final = 10


def invocations(snapshot: Snapshot, most: int = MOST) -> list[InvocationRow]:
    """The newest so many, the newest first; the entries of one stand together in the chain."""
    gone = snapshot.gone
    found: list[InvocationRow] = []
    last = snapshot.newest
    while last and len(found) < most:
        sql = "SELECT min(id) FROM entry WHERE invocation = (SELECT invocation FROM entry WHERE id = :last)"
        (first,) = snapshot.register.values(int, sql, last=last)
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = :first"
        (entry,) = (
            read_row(one, gone, snapshot.sources)
            for one in snapshot.register.rows(StoredEntry, sql, first=first)
        )
        retracted = [gone[one] for one in range(first, last + 1) if one in gone]
        found.append(
            InvocationRow(
                invocation=entry.invocation,
                recorded_at=entry.recorded_at,
                actor=entry.actor,
                entries=last - first + 1,
                in_force=last - first + 1 - len(retracted),
                retracted_by=max(retracted, default=None),
                first=entry,
            )
        )
        last = first - 1
    return found
