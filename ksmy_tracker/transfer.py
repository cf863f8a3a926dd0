"""A whole register as JSON lines (`ksmy-export/1`), and back: the same history, the same head.

Line 1 is `{"format", "entries", "head"}`. Then come the records as they now are, agreements, commitments, milestones,
each kind by ref: `{"agreement": {...}}`. Then, by key, the keys of lines that changed nothing:
`{"unchanged_key": {...}}`. Then the entries in the order of the chain: `{"entry": {...}}`, each with all that its
hash covers. Keys of objects are sorted and there are no spaces, so equal registers give equal bytes.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.audit import Audit, key_faults, record_faults
from ksmy_tracker.database import INSERTED_AT_ONCE, Reader, bulk_loading, insert_rows, reader_of, refusals
from ksmy_tracker.errors import BadInput
from ksmy_tracker.history import (
    ENTRY_FIELDS,
    BrokenEntry,
    Entry,
    canonical_value,
    chain_fault,
    check_changes,
    entry_row,
    to_canonical_json,
)
from ksmy_tracker.replay import COLUMNS

if TYPE_CHECKING:
    from sqlmodel import Session

FORMAT: Final = "ksmy-export/1"

#: The tables before the history, in their order; each is written by its first column.
_TABLES: Final = {**COLUMNS, "unchanged_key": ("key", "key_digest", "hash")}


def export_lines(reader: Reader) -> Iterator[str]:
    """The lines of an export, each with its line break, one at a time; raises `BrokenEntry` on damage."""
    try:
        yield from _lines(reader)
    except TypeError as error:
        raise BrokenEntry(f"a value is of a kind that no register has ({error})") from None


def _lines(reader: Reader) -> Iterator[str]:
    count, head = reader.rows(
        "SELECT count(*), (SELECT hash FROM entry ORDER BY id DESC LIMIT 1) FROM entry"
    )[0]
    yield to_canonical_json({"format": FORMAT, "entries": count, "head": head}) + "\n"
    for table, columns in _TABLES.items():
        for row in reader.stream(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}"):
            yield to_canonical_json({table: dict(zip(columns, row, strict=True))}) + "\n"
    names = [json.dumps(name) for name in sorted(ENTRY_FIELDS)]
    order = sorted(range(len(ENTRY_FIELDS)), key=lambda index: ENTRY_FIELDS[index])
    whole = [ENTRY_FIELDS.index(name) for name in ("changes", "evidence")]
    as_stored = [ENTRY_FIELDS[index] in ("changes", "evidence") for index in order]
    for row in reader.stream(f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"):
        if not all(isinstance(row[index], str) for index in whole):
            raise BrokenEntry(f"entry {row[0]} cannot be read")
        values = (
            row[index] if stored else canonical_value(row[index])
            for index, stored in zip(order, as_stored, strict=True)
        )
        yield '{"entry":{' + ",".join(map(":".join, zip(names, values, strict=True))) + "}}\n"


def load(session: "Session", lines: Iterable[bytes]) -> str | None:
    """Fill an empty register from an export; return its head.

    Raises `BadInput` naming what is not as it should be: the chain, or a record that is not what its history
    says. The caller must roll back then.
    """
    refused: tuple[type[Exception], ...] = (*refusals(session), OverflowError, UnicodeEncodeError)
    try:
        with bulk_loading(session):
            loader = _Loader(session)
            head = _read(lines, loader)
            loader.flush()
    except refused as error:
        said = " ".join(str(error).split())
        raise BadInput(f"the export has what no register can hold: {said}; nothing was imported") from None
    reader = reader_of(session)
    audit = Audit(counts=dict.fromkeys(COLUMNS, 0))
    for fault in chain(reader.dangling(), record_faults(reader, audit), key_faults(reader)):
        raise BadInput(f"the export contradicts itself: {fault}; nothing was imported")
    return head


def _read(lines: Iterable[bytes], loader: "_Loader") -> str | None:
    """Hand the parts of an export to the loader, checking their order and the chain; return the head."""
    numbered = enumerate(lines, 1)
    header = _object(*next(numbered, (1, b"")))
    if header.get("format") != FORMAT:
        raise BadInput(f'this is no export: its first line must have "format": "{FORMAT}"')
    previous: Entry | None = None
    kinds = list(_TABLES)
    for number, line in numbered:
        content = _object(number, line)
        kind, fields = next(iter(content.items()), ("", None))
        if kind == "entry" and len(content) == 1:
            entry = _entry(number, fields)
            row = entry_row(entry)
            if fault := chain_fault(entry, previous, row):
                raise BadInput(f"line {number}: {fault}; nothing was imported")
            loader.add("entry", row)
            previous = entry
            continue
        in_place = kind in kinds and previous is None and len(content) == 1
        if not in_place or not isinstance(fields, dict) or fields.keys() != set(_TABLES[kind]):
            raise BadInput(f"line {number}: is not a part of an export in its place; nothing was imported")
        del kinds[: kinds.index(kind)]
        loader.add(kind, fields)
    head = previous.hash if previous else None
    if head != header.get("head") or (previous.id if previous else 0) != header.get("entries"):
        raise BadInput(
            "the export is not whole: its history does not end with the head that line 1 names; "
            "nothing was imported"
        )
    return head


_decode = json.JSONDecoder().decode
_FIELDS: Final = set(ENTRY_FIELDS)
_in_order = itemgetter(*ENTRY_FIELDS)
_texts_of = itemgetter(*(name for name in ENTRY_FIELDS if name not in ("id", "changes", "evidence")))


class _Loader:
    """Inserts rows by the thousand, each kind when the next one begins."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._kind = ""
        self._rows: list[dict[str, Any]] = []

    def add(self, kind: str, row: dict[str, Any]) -> None:
        """Take a row of a table."""
        if kind != self._kind or len(self._rows) == INSERTED_AT_ONCE:
            self.flush()
            self._kind = kind
        self._rows.append(row)

    def flush(self) -> None:
        """Insert what was taken."""
        if self._rows:
            insert_rows(self._session, self._kind, self._rows)
            self._rows.clear()


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        content = _decode(line.decode())
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise BadInput(f"line {number}: is not a JSON object in UTF-8; nothing was imported")
    return content


def _entry(number: int, fields: Any) -> Entry:
    try:
        if fields.keys() != _FIELDS:
            raise TypeError
        entry = Entry(*_in_order(fields))
        entry.evidence = tuple(entry.evidence)
        if not {str, NoneType}.issuperset(map(type, _texts_of(fields))):
            raise TypeError
        if type(entry.id) is not int or not {str}.issuperset(map(type, entry.evidence)):
            raise TypeError
        check_changes(entry)
        return entry
    except (AttributeError, TypeError, BrokenEntry):
        raise BadInput(f"line {number}: is not an entry with all its fields; nothing was imported") from None
