"""A whole register as JSON lines (`ksmy-export/1`), and back: the same history, the same head.

Line 1 is `{"format", "entries", "head"}`. Then come the records as they now are, agreements, commitments, milestones,
each kind by ref: `{"agreement": {...}}`. Then, by key, the keys of lines that changed nothing:
`{"unchanged_key": {...}}`. Then the entries in the order of the chain: `{"entry": {...}}`, each with all that its
hash covers. Keys of objects are sorted and there are no spaces, so equal registers give equal bytes.

The way back has two halves, so that two processes can share the work: `proved` reads and checks, `load` writes.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, groupby, islice
from operator import itemgetter
from tempfile import TemporaryFile
from types import NoneType
from typing import Any, BinaryIO, Final
from zlib import crc32

import msgspec

from ksmy_tracker.domain.chain import (
    Deed,
    Entry,
    canonical_json,
    chain_fault,
    covered,
    deed_of,
    entry_row,
    read_changes,
    to_canonical_json,
)
from ksmy_tracker.domain.entries import ENTRY_FIELDS, UNCHANGED_KEY, BrokenEntry
from ksmy_tracker.domain.entry_check import entry_fault
from ksmy_tracker.domain.history_check import Agreements
from ksmy_tracker.domain.kinds import COLUMNS, commitment_of, from_kept
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.strict_json import repeated
from ksmy_tracker.errors import BadInput, KsmyError
from ksmy_tracker.reading.check import Audit, family_faults, key_faults
from ksmy_tracker.storage.interface import INSERTED_AT_ONCE, Reader, Transaction
from ksmy_tracker.writing.lines import lines_of

FORMAT: Final = "ksmy-export/1"

#: The tables before the history, in their order; each is written by its first column.
_BEFORE: Final = {**COLUMNS, "unchanged_key": UNCHANGED_KEY}
_COLUMNS: Final = {**_BEFORE, "entry": ENTRY_FIELDS}

#: A table's name with some of its rows. The head of the history has no table.
Part = tuple[str, tuple[Any, ...]]


def export_lines(reader: Reader) -> Iterator[str]:
    """The lines of an export, each with its line break, one at a time; raises `BrokenEntry` on damage."""
    count, head = reader.tuples(
        "SELECT count(*), (SELECT hash FROM entry ORDER BY id DESC LIMIT 1) FROM entry"
    )[0]
    yield to_canonical_json({"format": FORMAT, "entries": count, "head": head}) + "\n"
    for table, columns in _COLUMNS.items():
        for row in reader.tuple_stream(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}"):
            if not {str, int, NoneType}.issuperset(map(type, row)):
                raise BrokenEntry(f"a value in the table {table} is of a kind that no register has")
            fields = dict(zip(columns, row, strict=True))
            if table == "entry":
                read_changes(fields["id"], fields["changes"], fields["evidence"])  # refuses what cannot be
                for name in ("changes", "evidence"):
                    fields[name] = msgspec.Raw(fields[name])
            yield to_canonical_json({table: fields}) + "\n"


#: Bytes a line of an export may have: several times what the longest texts of an entry come to.
LONGEST_LINE: Final = 1 << 26


def lines_in(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, without a byte order mark; raises `BadInput` for one that is too long to be read."""
    for number, line in enumerate(lines_of(stream, LONGEST_LINE), 1):
        if line is None:
            raise _bad_line(number, f"is longer than {LONGEST_LINE:,} bytes")
        yield line


def proved(lines: Iterable[bytes]) -> Iterator[Part]:
    """What an export says, proved as it is read: the rows of its tables, then the head, None for an empty history.

    What comes after the head is only the proof that each record is what its history says. Raises `BadInput` naming what
    is not as it should be, and `KsmyError` where there is no room to keep what is to be compared.
    """
    agreements = Agreements()
    with closing(_Kept()) as kept:
        for table, checked in groupby(_checked(lines, kept, agreements), key=itemgetter(0)):
            while rows := [row for _, row in islice(checked, INSERTED_AT_ONCE)]:
                yield table, tuple(rows)
        for deeds, records in kept.families():
            for fault in family_faults(deeds, records, agreements):
                raise _contradiction(fault)


def load(transaction: Transaction, parts: Iterator[Part]) -> str | None:
    """Fill an empty register with what `proved` gives; return its head.

    Raises `BadInput` for what no register can hold, and what `proved` raises. The caller must roll back then.
    """
    head = unfit = None
    refused: tuple[type[Exception], ...] = (*transaction.refusals, OverflowError)
    try:
        with transaction.bulk_loading():
            for table, values in parts:
                if table not in _COLUMNS:
                    ((head,),) = values
                    break
                columns = _COLUMNS[table]
                transaction.insert_tuples(table, columns, values)
    except refused as error:
        unfit = _unfit(error)
    deque(parts, maxlen=0)  # the rest of the proof, which says better what is unfit: which record, and why
    if unfit is not None:
        raise unfit
    for fault in chain(transaction.dangling(), key_faults(transaction, Audit())):
        raise _contradiction(fault)
    return head


class _Header(msgspec.Struct):
    """The first line."""

    format: str
    entries: int
    head: str | None


_Record = dict[str, str | int | None]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """Any other line: it has one of these."""

    entry: Entry | None = None
    commitment: _Record | None = None
    milestone: _Record | None = None
    agreement: _Record | None = None
    unchanged_key: _Record | None = None

    def has_only_an_entry(self) -> bool:
        """Whether it has no row of another table."""
        return self.agreement is self.commitment is self.milestone is self.unchanged_key is None

    def row(self) -> tuple[str, _Record]:
        """The table and the columns of its one row of another table; an empty name where there is not just one."""
        found = [(name, fields) for name in _COLUMNS if (fields := getattr(self, name)) is not None]
        return found[0] if len(found) == 1 else ("", {})


_read = msgspec.json.Decoder(_Line).decode


def line_count(part: Part) -> int:
    """How many lines of an export a part has."""
    table, values = part
    return len(values) if table in _COLUMNS else 0


def _header(line: bytes) -> _Header:
    """The first line, read."""
    if not line:
        raise _no_export("it is empty")
    try:
        header = msgspec.json.decode(line, type=_Header)
        twice = _repeated_key(line)
    except (ValueError, RecursionError):
        raise _no_export(f'its first line must have "format": "{FORMAT}", "entries" and "head"') from None
    if twice is not None:
        raise _no_export(f"its first line has the key {twice!r} twice")
    if header.format != FORMAT:
        raise _no_export(f"its format is {header.format[:40]!r}, and this program reads {FORMAT}")
    return header


def _repeated_key(line: bytes) -> str | None:
    """A key that stands twice in an object of a line, of which a decoder takes the last; None where there is none."""
    found: list[str] = []
    json.loads(line, object_pairs_hook=lambda pairs: found.extend(repeated(pairs)))
    return found[0][:80] if found else None


def _check_keys(number: int, line: bytes, shortest: int) -> None:
    """Refuse a line that has a key twice. None has, if it is as short as its content can be written."""
    if len(line) != shortest and len(line.strip()) != shortest - 1 and (twice := _repeated_key(line)):
        raise _bad_line(number, f"has the key {twice!r} twice")


def _no_export(fault: str) -> BadInput:
    return BadInput(f"this is no export: {fault}; nothing was imported")


def _not_whole(fault: str) -> BadInput:
    return BadInput(f"the export is not whole: {fault}; nothing was imported")


def _bad_line(number: int, fault: str) -> BadInput:
    return BadInput(f"line {number}: {fault}; nothing was imported")


def _unfit(error: Exception) -> BadInput:
    said = " ".join(str(error).split())
    return BadInput(f"the export has what no register can hold: {said}; nothing was imported")


def _contradiction(fault: str) -> BadInput:
    return BadInput(f"the export contradicts itself: {fault}; nothing was imported")


#: What the line of an entry has besides the JSON that its hash covers.
_AROUND: Final = len('{"entry":' + '"hash":"",' + "}\n") + 64


def _checked(
    lines: Iterable[bytes], kept: "_Kept", agreements: Agreements
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of an export with their tables, their values, their order and the chain checked; the head comes last."""
    numbered = enumerate(lines, 1)
    header = _header(next(numbered, (1, b""))[1])
    previous: Entry | None = None
    before = ""
    tables = list(_BEFORE)
    for number, line in numbered:
        try:
            content = _read(line)
        except (ValueError, RecursionError) as error:
            if not line.strip() and next(numbered, None) is None:
                break
            raise _bad_line(number, f"is not a line of an export ({error})") from None
        if content.entry is not None and content.has_only_an_entry():
            canonical = covered(content.entry)
            fault = chain_fault(content.entry, previous, canonical) or entry_fault(content.entry)
            if fault is not None:
                raise _bad_line(number, fault)
            if len(line) != len(canonical) + _AROUND:
                _check_keys(number, line, len(canonical) + _AROUND)
            previous = content.entry
            if previous.record == "agreement":
                agreements.follow(previous)
            kept.keep_deed(previous)
            yield "entry", tuple(entry_row(previous))
            continue
        table, fields = content.row()
        if previous is not None or table not in tables or fields.keys() != set(_BEFORE[table]):
            raise _bad_line(number, "is not a part of an export in its place")
        if table != tables[0]:
            del tables[: tables.index(table)]
            before = ""
        _check_keys(number, line, len(canonical_json({table: fields})) + 1)
        named = str(fields[_BEFORE[table][0]])
        if named <= before:
            raise _bad_line(number, f"{table} {named} stands twice, or after one that it comes before")
        before = named
        if table in COLUMNS:
            kept.keep_record(number, table, fields)
        yield table, tuple([fields[column] for column in _BEFORE[table]])
    if (previous.hash if previous else None) != header.head:
        raise _not_whole("its history does not end with the head that line 1 names")
    if (count := previous.id if previous else 0) != header.entries:
        raise _not_whole(f"line 1 names {header.entries:,} entries, and it has {count:,}")
    yield "", (header.head,)


#: Into how many shares what is kept is divided, so that each fits memory; how many bytes of each wait to be written.
SHARES: Final = 256
WAITING: Final = 1 << 16


class _Kept:
    """Records and the deeds that changed them, in a temporary file until all of an export is read.

    A record, its milestones and all that changed them are in the same share of it, as JSON: objects kept alive would
    cost more time than writing and reading them.
    """

    def __init__(self) -> None:
        try:
            self._file = TemporaryFile(buffering=0)  # noqa: SIM115  # closed by close()
        except OSError as error:
            raise _no_room(error) from error
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(SHARES)]
        self._shares = [bytearray() for _ in range(SHARES)]

    def keep_record(self, number: int, kind: str, record: dict[str, Any]) -> None:
        """Take a record as line `number` says it is."""
        family = record["commitment" if kind == "milestone" else "ref"]
        if not isinstance(family, str):
            raise _bad_line(number, "is not a part of an export in its place")
        self._keep(_KeptLine(family, kind, record=record))

    def keep_deed(self, entry: Entry) -> None:
        """Take what an entry did."""
        self._keep(_KeptLine(commitment_of(entry.ref), deed=deed_of(entry)))

    def _keep(self, line: "_KeptLine") -> None:
        number = crc32(line.family.encode()) % SHARES
        share = self._shares[number]
        share += _encode(line)
        share += b","
        if len(share) > WAITING:
            self._write(number, bytes(share))
            share.clear()

    def _write(self, number: int, some: bytes) -> None:
        self._places[number].append((self._file.tell(), len(some)))
        try:
            while some:
                some = some[self._file.write(some) :]
        except OSError as error:
            raise _no_room(error) from error

    def families(self) -> Iterator[tuple[list[Deed], dict[str, States]]]:
        """The deeds of each agreement or commitment, with its milestones', and the records they must have led to."""
        for places, share in zip(self._places, self._shares, strict=True):
            written = []
            for place, length in places:
                self._file.seek(place)
                written.append(self._file.read(length))
            families: dict[str, tuple[list[Deed], dict[str, States]]] = {}
            for line in _read_kept(b"[%s]" % b"".join((*written, share))[:-1]):
                if line.family not in families:
                    families[line.family] = [], {kind: {} for kind in COLUMNS}
                deeds, records = families[line.family]
                if line.deed is not None:
                    deeds.append(line.deed)
                elif line.record is not None:
                    records[line.kind][line.record["ref"]] = from_kept(line.kind, line.record)
            yield from families.values()

    def close(self) -> None:
        """Forget it all."""
        self._file.close()


def _no_room(error: OSError) -> KsmyError:
    return KsmyError(f"a temporary file could not be written: {error.strerror}; nothing was imported")


class _KeptLine(msgspec.Struct, array_like=True, omit_defaults=True):
    """A deed, or a record of a kind, with the ref of the agreement or the commitment that it has to do with."""

    family: str
    kind: str = ""
    deed: Deed | None = None
    record: dict[str, Any] | None = None


_encode = msgspec.json.Encoder().encode
_read_kept = msgspec.json.Decoder(list[_KeptLine]).decode
