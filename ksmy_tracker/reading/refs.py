"""Refs: every one with its title, whether one names a record, and the nearest where it names none."""

from typing import NamedTuple

from ksmy_tracker.domain.rows import TitledRef
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import NotFound
from ksmy_tracker.reading.entries import gone_by
from ksmy_tracker.reading.snapshot import Ref, Snapshot


class _Created(NamedTuple):
    id: int
    effective_on: str


def refs(snapshot: Snapshot) -> list[TitledRef]:
    """Every ref of a commitment or an agreement, with its title."""
    sql = (
        "SELECT ref, title FROM commitment WHERE withdrawn = 0 UNION ALL "
        "SELECT ref, title FROM agreement WHERE withdrawn = 0 ORDER BY ref"
    )
    return snapshot.rows(TitledRef, sql)


def existing(snapshot: Snapshot, ref: str) -> str:
    """The ref, if a record of the snapshot has it; raises `NotFound` naming the nearest."""
    sql = " UNION ALL ".join(
        f"SELECT ref FROM {table} WHERE ref = :ref" for table in ("commitment", "agreement", "milestone")
    )
    if not snapshot.rows(Ref, sql, ref=ref):
        raise no_such(snapshot, ref)
    return ref


def no_such(snapshot: Snapshot, ref: str) -> NotFound:
    """The error for a ref that names nothing, with the nearest one that does."""
    sql = "SELECT id, effective_on FROM entry WHERE ref = :ref AND action = 'created' ORDER BY id"
    added = snapshot.register.rows(_Created, sql, ref=ref)
    gone = gone_by(snapshot) if added else {}
    day = snapshot.day.today.isoformat()
    for created in added:
        if created.id not in gone and created.id <= snapshot.newest and created.effective_on > day:
            return NotFound(f"{ref} did not exist yet on {day}; it was created on {created.effective_on}")
    known = [one.ref for one in refs(snapshot)]
    return NotFound(f"there is no record {ref}; {did_you_mean(ref, known)}")
