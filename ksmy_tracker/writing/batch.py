"""A batch (JSON lines or CSV) to the changes it asks for, each bad line named with its place.

A line's keys are the names of the options of `ksmy add` and `ksmy update`, and `op`, `ref`, `number`, `key`.
"""

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.safe_text import FORMULA
from ksmy_tracker.domain.stale_listing import LISTED
from ksmy_tracker.domain.strict_json import Unreadable, read_json
from ksmy_tracker.domain.values import Fault, quoted, read_text
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.writing.batch_line import KNOWN, read_line
from ksmy_tracker.writing.lines import LONGEST, Texts, lines_of

#: Keys an object may have, and columns a table; more than there are names.
MOST_KEYS: Final = 100


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
            return read_line(place, content)
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
        if name not in KNOWN and name not in LISTED:
            yield f"the header has {quoted(name)}; {did_you_mean(name[:100], KNOWN)}"
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
    change = read_line(place, content)
    if isinstance(change, Change):
        change.derived = derived
        change.as_shown = True
    return change


def _untamed(cell: str) -> str:
    """A cell without the apostrophe that a listing puts before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
