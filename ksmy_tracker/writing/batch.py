"""A batch (JSON lines or CSV) to the changes it asks for, each bad line named with its place.

A line's keys are the names of the options of `ksmy add` and `ksmy update`, and `op`, `ref`, `number`, `key`.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, BinaryIO, Final

from ksmy_tracker.domain.chain import canonical_json
from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.kinds import READERS, read_expected, read_field
from ksmy_tracker.domain.safe_text import FORMULA, visible
from ksmy_tracker.domain.stale_listing import LISTED
from ksmy_tracker.domain.strict_json import Unreadable, read_json
from ksmy_tracker.domain.values import (
    Fault,
    quoted,
    read_any_ref,
    read_day,
    read_evidence,
    read_filled,
    read_key,
    read_number,
    read_text,
    read_truth,
)
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.writing.lines import LONGEST, Texts, lines_of

#: Keys an object may have, and columns a table; more than there are names.
MOST_KEYS: Final = 100

OPS: Final = ("update", "add", "milestone")

_ABOUT: Final = ("op", "ref", "number", "key", "note", "evidence", "on", "by", "expect", "new_sector")
_KNOWN: Final = (*_ABOUT, *READERS)


def read_json_lines(stream: BinaryIO) -> Iterator[Change | BadLine]:
    """The changes of a file of JSON lines: an object a line, blank lines left out."""
    for number, line in enumerate(lines_of(stream), 1):
        place = f"line {number}"
        if line is None:
            yield BadLine(place, (f"is longer than {LONGEST:,} bytes",))
        elif line.strip():
            yield _read_json_line(place, line)


def _read_json_line(place: str, line: bytes) -> Change | BadLine:
    try:
        content = read_json(line.decode())
        if not isinstance(content, dict):
            said = 'must be an object, such as {"ref": "FTA-CONCLUDE", "status": "completed"}'
        elif len(content) > MOST_KEYS:
            said = f"has {len(content):,} keys; {MOST_KEYS} are the most"
        else:
            return _Line(place, content).read()
    except UnicodeDecodeError as error:
        said = f"is not UTF-8 (byte {error.start + 1})"
    except Unreadable as error:
        said = str(error)
    except RecursionError:  # from quoting what is nested nearly too deeply to be read
        said = "is not JSON: it is nested too deeply"
    return BadLine(place, (said,))


def read_csv(stream: BinaryIO) -> Iterator[Change | BadLine]:
    """The changes of a CSV file with a header: an empty cell leaves a field as it is, `-` means none."""
    texts = Texts(stream)
    reader = csv.reader(texts, strict=True)
    begun = 0
    try:
        first = next((cells for cells in texts.rows(reader) if cells), [])
        header = [name.strip().lower().replace("-", "_") for name in first]
        if problems := tuple(_header_problems(header)):
            yield BadLine("line 1", problems)
            return
        begun = reader.line_num
        for cells in texts.rows(reader):
            if any(cells):
                yield _read_csv_line(f"line {begun + 1}", header, cells)
            begun = reader.line_num
    except csv.Error as error:
        yield BadLine(f"line {begun + 1}", (f"is not CSV: {error}",))


def _header_problems(header: list[str]) -> Iterator[str]:
    if header and header[0].startswith(("\udcff\udcfe", "\udcfe\udcff")):
        yield "is UTF-16, not UTF-8; save the table as CSV in UTF-8"
        return
    if len(header) > MOST_KEYS:
        yield f"the header has {len(header):,} columns; {MOST_KEYS} are the most"
        return
    for name in header:
        if name not in _KNOWN and name not in LISTED:
            yield f"the header has {quoted(name)}; {did_you_mean(name[:100], _KNOWN)}"
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"the header has {quoted(name)} twice"
    if header and "ref" not in header:
        yield "the header lacks 'ref'"


def _read_csv_line(place: str, header: list[str], cells: list[str]) -> Change | BadLine:
    if len(cells) != len(header):
        cell = "cell" if len(cells) == 1 else "cells"
        return BadLine(place, (f"has {len(cells)} {cell} under a header of {len(header)}",))
    content: dict[str, Any] = {}
    derived: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=True):
        text = _untamed(cell)
        if name in LISTED and (name != "evidence" or cell.isdigit()):
            derived[name] = "" if cell == "-" else cell
        elif cell == "-":
            content[name] = None
        elif name == "evidence":
            content[name] = text.splitlines()
        elif text:
            content[name] = text
    try:
        for name, cell in derived.items():  # noqa: B007  # the name is told below
            read_text(cell)
    except Fault as error:
        return BadLine(place, (f"{name}: {error}",))
    change = _Line(place, content).read()
    if isinstance(change, Change):
        change.derived = derived
        change.as_shown = True
    return change


def _untamed(cell: str) -> str:
    """A cell without the apostrophe that a listing puts before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


@lru_cache(maxsize=1000)
def _no_field(name: str) -> str:
    """What is said of a key that is none: often the same in every line."""
    return f"{visible(name[:80])}: is no field; {did_you_mean(name[:100], _KNOWN, short=0)}"


class _Line:
    """Reads one line's content into a change, collecting all that is wrong with it."""

    def __init__(self, place: str, content: Mapping[str, Any]) -> None:
        self._place = place
        # A lone hyphen says none of what is no field: a field's text may be one.
        self._content = {
            name: None if value == "-" and name.replace("-", "_") in _ABOUT else value
            for name, value in content.items()
        }
        self._problems: list[str] = []

    def read(self) -> Change | BadLine:
        content = self._content
        op = content.get("op")
        op = "update" if op is None else op
        if op not in OPS:
            named = str(op)
            self._problems.append(f"op: {quoted(op)} is unknown; {did_you_mean(named[:100], OPS)}")
        change = Change(op if op == "add" else "update", "", place=self._place)
        if content.get("ref") is not None:
            change.ref = self._value("ref", read_any_ref, content["ref"]) or ""
        else:
            self._problems.append("ref: is missing")
        taken = set()
        for name, value in content.items():
            plain = name.replace("-", "_")
            if plain in taken:
                self._problems.append(f"{plain}: stands twice, in two spellings")
            taken.add(plain)
            self._take(change, plain, value)
        if op == "milestone":
            self._aim_at_milestone(change)
        elif op == "add":
            change.record = "agreement" if "kind" in change.fields else "commitment"
            if "/" in change.ref:
                self._problems.append("ref: a milestone is added with op milestone, a ref and a title")
        if change.op == "add" and change.expect is not None:
            self._problems.append("expect: a new record is nothing yet; leave it out")
        if content.get("number") is not None and op != "milestone":
            self._problems.append("number: only a milestone has one; give op milestone")
        if self._problems:
            return BadLine(self._place, tuple(self._problems), change.ref if op == "add" else None)
        if change.key is not None:
            change.key_digest = _digest(op, change)
        return change

    def _take(self, change: Change, name: str, value: Any) -> None:
        if value is None and name in _ABOUT:
            return
        if name in READERS:
            change.fields[name] = self._value(name, lambda given: read_field(name, given), value)
        elif name == "note":
            change.note = self._value(name, read_filled, value)
        elif name == "evidence":
            change.evidence = self._value(name, read_evidence, value) or ()
        elif name == "on":
            change.effective_on = self._value(name, read_day, value)
        elif name == "by":
            change.actor = self._value(name, read_filled, value)
        elif name == "key":
            change.key = self._value(name, read_key, value)
        elif name == "expect":
            change.expect = self._value(name, read_expected, value)
        elif name == "new_sector":
            change.new_sector = bool(self._value(name, read_truth, value))
        elif name in LISTED:
            self._problems.append(f"{name}: follows from other fields; leave it out")
        elif name not in _ABOUT:
            self._problems.append(_no_field(name))

    def _aim_at_milestone(self, change: Change) -> None:
        """A milestone with a number is changed, one without is added."""
        number = self._content.get("number")
        if number is None and "/" not in change.ref:
            change.op, change.record = "add", "milestone"
        elif number is not None:
            read = self._value("number", read_number, number)
            if "/" in change.ref:
                self._problems.append("number: the ref has one already; leave one of the two out")
            elif read is not None:
                change.ref = f"{change.ref}/{read}"

    def _value(self, name: str, read: Callable[[Any], Any], value: Any) -> Any:
        try:
            return read(value)
        except Fault as error:
            self._problems.append(f"{name}: {error}")
            return None


def _digest(op: str, change: Change) -> str:
    """What a key stands for: everything the line asks for, however it is spelt."""
    asked = {
        "op": op,
        "ref": change.ref,
        "fields": change.fields,
        "note": change.note,
        "evidence": change.evidence,
        "on": change.effective_on,
        "by": change.actor,
        "expect": change.expect,
    }
    return sha256(canonical_json(asked)).hexdigest()
