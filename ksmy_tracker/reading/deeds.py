"""The entries of a register as what they do to records, for whoever projects or proves many of them."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.chain import Deed, read_changes, read_retracts
from ksmy_tracker.domain.entries import UNDONE_BY, AskedEntry
from ksmy_tracker.reading.expressions import about
from ksmy_tracker.storage.interface import Reader


class StoredDeed(NamedTuple):
    """A deed whose changes, and what it retracts, are JSON, and whether there is any evidence 1 or 0."""

    id: int
    invocation: str
    record: str
    ref: str
    action: str
    effective_on: str
    changes: str
    note: str | None
    evidence: int
    retracts: str


#: What is asked of a column that is not kept as it is: not all of a note, which is less to sort.
_ASKED: Final = {
    "note": f"CASE WHEN action IN {UNDONE_BY} THEN note WHEN note IS NOT NULL THEN '' END AS note",
    "evidence": "CASE evidence WHEN '[]' THEN 0 ELSE 1 END AS evidence",
}


def _select(columns: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(_ASKED.get(name, name) for name in columns)} FROM entry"


def stored_deeds(reader: Reader, clauses: str, **parameters: Any) -> Iterator[StoredDeed]:
    """The deeds that a WHERE clause lets through, in the order that an ORDER BY says, not yet read."""
    return reader.stream(StoredDeed, f"{_select(StoredDeed._fields)} {clauses}", **parameters)


def asked_entries(reader: Reader, day: str, newest: int) -> Iterator[AskedEntry]:
    """The entries that take effect by a day, up to one, in the order of their days."""
    clauses = "WHERE effective_on <= :day AND id <= :newest ORDER BY effective_on, id"
    return reader.stream(AskedEntry, f"{_select(AskedEntry._fields)} {clauses}", day=day, newest=newest)


def read_deed(stored: StoredDeed | AskedEntry) -> Deed:
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
        evidence=stored.evidence == 1,
        retracts=read_retracts(stored.id, stored.retracts),
    )


def of_families(reader: Reader, parameter: str) -> str:
    """SQL for "the entry is about one of the refs in the JSON list bound to the parameter, or a part of it"."""
    wanted = f"FROM {reader.listed(parameter)} w JOIN entry e ON"
    found = (f"SELECT e.id {wanted} {condition}" for condition in about("e.ref", "w.value"))
    return f"id IN ({' UNION ALL '.join(found)})"
