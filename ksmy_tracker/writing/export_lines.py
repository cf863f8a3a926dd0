"""The lines of an export (see reading/export.py), read one after the other into rows of a register's tables.

A line that is wrong by itself, or in its place, is refused by its number.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from ksmy_tracker.domain.chain import Entry, canonical_json, chain_fault, covered, entry_row
from ksmy_tracker.domain.entries import StoredEntry, StoredKey
from ksmy_tracker.domain.entry_check import entry_fault
from ksmy_tracker.domain.kinds import KINDS, LATER, kept
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.references import References
from ksmy_tracker.domain.strict_json import repeated
from ksmy_tracker.errors import BadInput
from ksmy_tracker.reading.export import FORMAT
from ksmy_tracker.storage.rows_by_name import columns_of, types_of


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """The first line."""

    format: str
    entries: int
    head: str | None


_Fields = dict[str, str | int | None]

#: The format before this one, which has the records, each kind by ref, before all else.
_OLD_FORMAT: Final = "ksmy-export/1"

ROWS: Final[dict[str, Any]] = {**KINDS, "unchanged_key": StoredKey, "entry": StoredEntry}
_IN_JSON: Final[dict[type, type]] = {bool: int, tuple: str}
#: What each of their columns can hold in JSON: what is true or false is 1 or 0, a list its JSON as text.
_TYPES: Final = {
    table: {name: {_IN_JSON.get(one, one) for one in its} for name, its in types_of(row).items()}
    for table, row in ROWS.items()
    if table != "entry"
}


#: Any other line: it has one of these.
_Line: Final[Any] = msgspec.defstruct(
    "_Line",
    [("entry", Entry | None, None), *((table, _Fields | None, None) for table in _TYPES)],
    forbid_unknown_fields=True,
)

_read: Final = msgspec.json.Decoder(_Line).decode


def rows_of(export: "ExportLines", lines: Iterable[bytes]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of an export, each with its table."""
    numbered = enumerate(lines, 1)
    header = _header(next(numbered, (1, b""))[1])
    if header.format == _OLD_FORMAT:
        export.expect_records()
    for number, line in numbered:
        try:
            row = export.row_of(line)
        except _BadLine as bad:
            if not line.strip() and next(numbered, None) is None:
                break
            raise refused(f"line {number}: {bad}") from None
        if row is not None:
            yield row
    if export.head != header.head:
        raise refused("the export is not whole: its history does not end with the head that line 1 names")
    if export.entries != header.entries:
        raise refused(
            f"the export is not whole: line 1 names {header.entries:,} entries, and it has {export.entries:,}"
        )


class _BadLine(ValueError):
    """The end of a sentence whose subject is a line."""


#: What the line of an entry has besides the JSON that its hash covers.
_AROUND: Final = len('{"entry":' + '"hash":"",' + "}") + 64


class ExportLines:
    """What its lines so far have said: what the next one must follow."""

    def __init__(self) -> None:
        self.references = References()
        self._newest: Entry | None = None
        self._tables = ["unchanged_key", "entry"]
        self._before = ""
        self._records: dict[str, dict[str, bytes]] | None = None

    def expect_records(self) -> None:
        """Take the records that stand before all else: they are compared with what the entries leave."""
        self._tables[:0] = KINDS
        self._records = {kind: {} for kind in KINDS}

    def differences(self, states: States) -> Iterator[str]:
        """What is another in the records of an export than in those that its entries leave."""
        if self._records is None:
            return
        for ref, state in states.items():
            kind = state.record
            line = self._records[kind].pop(ref, None)
            if line is None:
                yield f"{kind} {ref} is missing, though the history has it"
                continue
            said = kept(state)
            for column, value in getattr(_read(line), kind).items():
                if value != said[column]:
                    yield f"{kind} {ref}: {column} is {value!r}, but its history says {said[column]!r}"

    def records_left(self) -> Iterator[str]:
        """The records that no entry left."""
        for kind, left in (self._records or {}).items():
            yield from (f"{kind} {ref} has no history" for ref in left)

    @property
    def head(self) -> str | None:
        """The hash of the newest entry."""
        return self._newest.hash if self._newest else None

    @property
    def entries(self) -> int:
        """How many entries there were."""
        return self._newest.id if self._newest else 0

    def row_of(self, line: bytes) -> tuple[str, tuple[Any, ...]] | None:
        """The row that a line is, with its table; None for a record, which is kept. Raises `_BadLine`."""
        try:
            content = _read(line)
        except (ValueError, RecursionError) as error:
            raise _BadLine(f"is not a line of an export ({error})") from None
        said = [table for table in ROWS if getattr(content, table) is not None]
        if len(said) != 1 or said[0] not in self._tables:
            raise _BadLine("is not a part of an export in its place")
        (table,) = said
        if table != self._tables[0]:
            del self._tables[: self._tables.index(table)]
            self._before = ""
        if content.entry is not None:
            row, shortest = self._entry(content.entry)
        else:
            row, shortest = self._record(table, getattr(content, table))
        # None has a key twice, or one more, that is as short as its content can be written.
        if len(line) != shortest + 1 and len(line.strip()) != shortest:
            if twice := _repeated_key(line):
                raise _BadLine(f"has the key {twice!r} twice")
            if len(json.loads(line)) > 1:
                raise _BadLine("is not a part of an export in its place")
        if self._records is not None and table in self._records:
            self._records[table][self._before] = line
            return None
        return table, row

    def _entry(self, entry: Entry) -> tuple[tuple[Any, ...], int]:
        """The row of an entry, and how long its line is at least."""
        canonical = covered(entry)
        fault = chain_fault(entry, self._newest, canonical) or entry_fault(entry)
        if fault is not None:
            raise _BadLine(fault)
        self._newest = entry
        self.references.follow(entry)
        return entry_row(entry), len(canonical) + _AROUND

    def _record(self, table: str, fields: _Fields) -> tuple[tuple[Any, ...], int]:
        """The same of a record, or of the key of a line that changed nothing."""
        columns = columns_of(ROWS[table])
        lacking = set(columns) - fields.keys()
        if not (fields.keys() <= set(columns) and lacking <= LATER.get(table, {}).keys()):
            raise _BadLine("is not a part of an export in its place")
        for column, value in fields.items():
            if type(value) not in _TYPES[table][column]:
                raise _BadLine(
                    f"{column} is {value!r:.80}, which is of another kind than a register has there"
                )
        name = str(fields[columns[0]])
        if name <= self._before:
            raise _BadLine(f"{table} {name} stands twice, or after one that it comes before")
        self._before = name
        return tuple([fields.get(column) for column in columns]), len(canonical_json({table: fields}))


def _repeated_key(line: bytes) -> str | None:
    """A key that stands twice in an object of a line, of which a decoder takes the last; None where there is none."""
    found: list[str] = []
    json.loads(line, object_pairs_hook=lambda pairs: found.extend(repeated(pairs)))
    return found[0][:80] if found else None


def _header(line: bytes) -> _Header:
    """The first line, read."""
    if not line:
        raise refused("this is no export: it is empty")
    try:
        header = msgspec.json.decode(line, type=_Header)
        twice = _repeated_key(line)
    except (ValueError, RecursionError):
        raise refused(
            f'this is no export: its first line must have "format": "{FORMAT}", "entries" and "head"'
        ) from None
    if twice is not None:
        raise refused(f"this is no export: its first line has the key {twice!r} twice")
    if header.format not in (FORMAT, _OLD_FORMAT):
        raise refused(
            f"this is no export: its format is {header.format[:40]!r}, and this program reads {FORMAT}"
        )
    return header


def refused(fault: str) -> BadInput:
    """The error of an export that is not imported."""
    return BadInput(f"{fault}; nothing was imported")
