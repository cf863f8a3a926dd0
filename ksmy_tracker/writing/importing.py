"""A register made from an export (see reading/export.py): its lines inserted, then checked, then committed.

A line that is wrong by itself is refused by its number as it is read; what lines say of each other is found in the
tables, as `ksmy check` finds it.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, BinaryIO, Final

import msgspec

from ksmy_tracker.domain.chain import Entry, canonical_json, chain_fault, covered, entry_row
from ksmy_tracker.domain.entries import StoredKey
from ksmy_tracker.domain.entry_check import entry_fault
from ksmy_tracker.domain.kinds import KINDS, LATER, kept_value
from ksmy_tracker.domain.strict_json import repeated
from ksmy_tracker.errors import BadInput
from ksmy_tracker.reading.check import Audit, faults
from ksmy_tracker.reading.export import FORMAT, TABLES
from ksmy_tracker.storage.interface import INSERTED_AT_ONCE, Transaction
from ksmy_tracker.storage.rows_by_name import types_of
from ksmy_tracker.writing.lines import lines_of

#: Bytes a line of an export may have: several times what the longest texts of an entry come to.
LONGEST_LINE: Final = 1 << 26


def lines_in(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, without a byte order mark; raises `BadInput` for one that is too long to be read."""
    for number, line in enumerate(lines_of(stream, LONGEST_LINE), 1):
        if line is None:
            raise _refused(f"line {number}: is longer than {LONGEST_LINE:,} bytes")
        yield line


def load(transaction: Transaction, lines: Iterable[bytes]) -> str | None:
    """Fill an empty register with the lines of an export, and check it; return its head.

    Raises `BadInput` naming what is not as it should be. The caller must roll back then.
    """
    export = _Export()
    rows = _rows(export, lines)
    refusals: tuple[type[Exception], ...] = (*transaction.refusals, OverflowError)
    try:
        with transaction.bulk_loading():
            for table, its in groupby(rows, key=itemgetter(0)):
                while some := [row for _, row in islice(its, INSERTED_AT_ONCE)]:
                    transaction.insert_tuples(table, TABLES[table], some)
            for fault in faults(transaction, Audit()):
                raise _refused(f"the export contradicts itself: {fault}")
    except refusals as error:
        deque(rows, maxlen=0)  # a later line may say better what is unfit: which record, and why
        said = " ".join(str(error).split())
        raise _refused(f"the export has what no register can hold: {said}") from error
    return export.head


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """The first line."""

    format: str
    entries: int
    head: str | None


_Fields = dict[str, str | int | None]

#: What records of an export have that was made before there were these fields.
_LATER: Final[dict[str, _Fields]] = {
    kind: {name: kept_value(its) for name, its in later.items()} for kind, later in LATER.items()
}


_ROWS: Final[dict[str, Any]] = {**KINDS, "unchanged_key": StoredKey}
#: What each of their columns can hold in JSON: what is true or false is 1 or 0.
_TYPES: Final = {
    table: {name: {int if one is bool else one for one in its} for name, its in types_of(row).items()}
    for table, row in _ROWS.items()
}


#: Any other line: it has one of these.
_Line: Final[Any] = msgspec.defstruct(
    "_Line",
    [("entry", Entry | None, None), *((table, _Fields | None, None) for table in _ROWS)],
    forbid_unknown_fields=True,
)

_read: Final = msgspec.json.Decoder(_Line).decode


def _rows(export: "_Export", lines: Iterable[bytes]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of an export, each with its table."""
    numbered = enumerate(lines, 1)
    header = _header(next(numbered, (1, b""))[1])
    for number, line in numbered:
        try:
            row = export.row_of(line)
        except _BadLine as bad:
            if not line.strip() and next(numbered, None) is None:
                break
            raise _refused(f"line {number}: {bad}") from None
        yield row
    if export.head != header.head:
        raise _refused("the export is not whole: its history does not end with the head that line 1 names")
    if export.entries != header.entries:
        raise _refused(
            f"the export is not whole: line 1 names {header.entries:,} entries, and it has {export.entries:,}"
        )


class _BadLine(ValueError):
    """The end of a sentence whose subject is a line."""


#: What the line of an entry has besides the JSON that its hash covers.
_AROUND: Final = len('{"entry":' + '"hash":"",' + "}") + 64


class _Export:
    """What its lines so far have said: what the next one must follow."""

    def __init__(self) -> None:
        self._newest: Entry | None = None
        self._tables = list(TABLES)
        self._before = ""

    @property
    def head(self) -> str | None:
        """The hash of the newest entry."""
        return self._newest.hash if self._newest else None

    @property
    def entries(self) -> int:
        """How many entries there were."""
        return self._newest.id if self._newest else 0

    def row_of(self, line: bytes) -> tuple[str, tuple[Any, ...]]:
        """The row that a line is, with its table; raises `_BadLine`."""
        try:
            content = _read(line)
        except (ValueError, RecursionError) as error:
            raise _BadLine(f"is not a line of an export ({error})") from None
        said = [table for table in TABLES if getattr(content, table) is not None]
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
        return table, row

    def _entry(self, entry: Entry) -> tuple[tuple[Any, ...], int]:
        """The row of an entry, and how long its line is at least."""
        canonical = covered(entry)
        fault = chain_fault(entry, self._newest, canonical) or entry_fault(entry)
        if fault is not None:
            raise _BadLine(fault)
        self._newest = entry
        return entry_row(entry), len(canonical) + _AROUND

    def _record(self, table: str, fields: _Fields) -> tuple[tuple[Any, ...], int]:
        """The same of a record, or of the key of a line that changed nothing."""
        columns = TABLES[table]
        fields = _LATER.get(table, {}) | fields
        if fields.keys() != set(columns):
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
        return tuple([fields[column] for column in columns]), len(canonical_json({table: fields}))


def _repeated_key(line: bytes) -> str | None:
    """A key that stands twice in an object of a line, of which a decoder takes the last; None where there is none."""
    found: list[str] = []
    json.loads(line, object_pairs_hook=lambda pairs: found.extend(repeated(pairs)))
    return found[0][:80] if found else None


def _header(line: bytes) -> _Header:
    """The first line, read."""
    if not line:
        raise _refused("this is no export: it is empty")
    try:
        header = msgspec.json.decode(line, type=_Header)
        twice = _repeated_key(line)
    except (ValueError, RecursionError):
        raise _refused(
            f'this is no export: its first line must have "format": "{FORMAT}", "entries" and "head"'
        ) from None
    if twice is not None:
        raise _refused(f"this is no export: its first line has the key {twice!r} twice")
    if header.format != FORMAT:
        raise _refused(
            f"this is no export: its format is {header.format[:40]!r}, and this program reads {FORMAT}"
        )
    return header


def _refused(fault: str) -> BadInput:
    return BadInput(f"{fault}; nothing was imported")
