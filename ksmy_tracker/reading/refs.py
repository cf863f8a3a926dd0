"""Refs: every one with its title, whether one names a record, and the nearest where it names none."""

from typing import NamedTuple

from ksmy_tracker.domain.kinds import KINDS, NAMED
from ksmy_tracker.domain.rows import TitledRef
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import NotFound
from ksmy_tracker.reading.snapshot import Ref, Snapshot


class _Created(NamedTuple):
    id: int
    effective_on: str


def refs(snapshot: Snapshot, *kinds: str) -> list[TitledRef]:
    """Every ref that a record, of some kinds or of any, has of its own, with its title."""
    parts = (
        f"SELECT ref, {KINDS[kind].title_field} AS title FROM {kind} WHERE withdrawn = 0"
        for kind in kinds or NAMED
    )
    return snapshot.rows(TitledRef, f"{' UNION ALL '.join(parts)} ORDER BY ref")


def existing(snapshot: Snapshot, ref: str) -> str:
    """The ref, if a record of the snapshot has it; raises `NotFound` naming the nearest."""
    sql = " UNION ALL ".join(f"SELECT ref FROM {kind} WHERE ref = :ref" for kind in KINDS)
    if not snapshot.rows(Ref, sql, ref=ref):
        raise no_such(snapshot, ref)
    return ref


def no_such(snapshot: Snapshot, ref: str) -> NotFound:
    """The error for a ref that names nothing, with the nearest one that does."""
    sql = "SELECT id, effective_on FROM entry WHERE ref = :ref AND action = 'created' ORDER BY id"
    added = snapshot.register.rows(_Created, sql, ref=ref)
    gone = snapshot.gone if added else {}
    day = snapshot.day.today.isoformat()
    for created in added:
        if created.id not in gone and created.id <= snapshot.newest and created.effective_on > day:
            return NotFound(f"{ref} did not exist yet on {day}; it was created on {created.effective_on}")
    known = [one.ref for one in refs(snapshot)]
    return NotFound(f"there is no record {ref}; {did_you_mean(ref, known)}")
