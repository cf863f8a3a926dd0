"""A whole register as JSON lines (`ksmy-export/2`): equal registers give equal bytes.

Line 1 is `{"format", "entries", "head"}`. Then come, by key, the keys of lines that changed nothing, of which earlier
versions made no entry: `{"unchanged_key": {...}}`. Then the entries in the order of the chain: `{"entry": {...}}`, each
with all that its hash covers. The records follow from them. Keys of objects are sorted and there are no spaces.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from ksmy_tracker.domain.chain import read_changes, read_evidence, read_retracts, to_canonical_json
from ksmy_tracker.domain.entries import BrokenEntry, StoredEntry, StoredKey
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.rows_by_name import columns_of

FORMAT: Final = "ksmy-export/2"


class _Header(NamedTuple):
    entries: int
    head: str | None


def export_lines(reader: Reader) -> Iterator[str]:
    """The lines of an export, each with its line break, one at a time; raises `BrokenEntry` on damage."""
    sql = "SELECT count(*) AS entries, (SELECT hash FROM entry ORDER BY id DESC LIMIT 1) AS head FROM entry"
    (header,) = reader.rows(_Header, sql)
    yield to_canonical_json({"format": FORMAT, **header._asdict()}) + "\n"
    for key in _stored(reader, "unchanged_key", StoredKey):
        yield to_canonical_json({"unchanged_key": key._asdict()}) + "\n"
    for entry in _stored(reader, "entry", StoredEntry):
        read_changes(entry.id, entry.changes)  # refuses what cannot be
        read_evidence(entry.id, entry.evidence)
        retracts = read_retracts(entry.id, entry.retracts)
        its: dict[str, Any] = entry._asdict() | {
            name: msgspec.Raw(getattr(entry, name)) for name in ("changes", "evidence", "retracts")
        }
        if not retracts:
            del its["retracts"]
        yield to_canonical_json({"entry": its}) + "\n"


def _stored(reader: Reader, table: str, row: type[Any]) -> Iterator[Any]:
    """The rows of a table in their order."""
    columns = columns_of(row)
    try:
        yield from reader.stream(row, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}")
    except BrokenEntry:
        raise BrokenEntry(f"a value in the table {table} is of a kind that no register has") from None
