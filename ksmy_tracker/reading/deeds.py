"""The entries of a register as what they do to records, for whoever projects or proves many of them."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.chain import Deed, read_changes, read_retracts
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.storage.interface import Reader


class StoredDeed(NamedTuple):
    """A deed whose changes, and what it retracts, are JSON."""

    id: int
    invocation: str
    record: str
    ref: str
    action: str
    effective_on: str
    changes: str
    note: str | None
    evidence: bool
    retracts: str


# Not all of an entry's columns, nor all of a note: this is less to sort.
_SELECT: Final = (
    "SELECT id, invocation, record, ref, action, effective_on, changes, "
    f"CASE WHEN action IN {UNDONE_BY} THEN note WHEN note IS NOT NULL THEN '' END AS note, "
    "CASE evidence WHEN '[]' THEN 0 ELSE 1 END AS evidence, retracts FROM entry"
)


def stored_deeds(reader: Reader, clauses: str, **parameters: Any) -> Iterator[StoredDeed]:
    """The deeds that a WHERE clause lets through, in the order that an ORDER BY says, not yet read."""
    return reader.stream(StoredDeed, f"{_SELECT} {clauses}", **parameters)


def read_deed(stored: StoredDeed) -> Deed:
    """A deed, read; raises `BrokenEntry`."""
    return Deed(
        id=stored.id,
        invocation=stored.invocation,
        record=stored.record,
        ref=stored.ref,
        action=stored.action,
        effective_on=stored.effective_on,
        changes=read_changes(stored.id, stored.changes),
        note=stored.note,
        evidence=stored.evidence,
        retracts=read_retracts(stored.id, stored.retracts),
    )


def of_families(reader: Reader, parameter: str) -> str:
    """SQL for "the entry is about one of the refs in the JSON list bound to the parameter, or a milestone of it"."""
    wanted = f"FROM {reader.listed(parameter)} w JOIN entry e ON"
    # The ref of a milestone is its commitment's, a slash and a number; "0" comes after "/".
    return (
        f"id IN (SELECT e.id {wanted} e.ref = w.value UNION ALL "
        f"SELECT e.id {wanted} e.ref > w.value || '/' AND e.ref < w.value || '0')"
    )
