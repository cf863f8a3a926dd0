"""Rows as text for programs and documents: tsv, csv, json, jsonl, md."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from ksmy_tracker.domain.safe_text import escaped, inert, visible
from ksmy_tracker.errors import Damaged

Cells = Sequence[Any]


def to_json(value: Any) -> str:
    """A JSON value, indented, ending in a newline."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2, default=_refuse)) + "\n"


def to_jsonl(values: Iterable[Any]) -> str:
    """A JSON value a line."""
    return "".join(escaped(json.dumps(value, ensure_ascii=False, default=_refuse)) + "\n" for value in values)


def _refuse(value: object) -> NoReturn:
    """Tell of a value that only damage can have put into a register."""
    raise Damaged(f"the register is damaged ({value!r} is no text); restore the newest sound backup")


def to_tsv(rows: Iterable[Cells]) -> str:
    """A row a line without a header; no value has a tab or a line break in it."""
    return "".join("\t".join(map(plain, row)) + "\n" for row in rows)


def to_csv(header: Sequence[str], rows: Iterable[Cells], *, raw: bool = False) -> str:
    """RFC 4180, with a header. `raw` gives texts exactly; else no cell acts on terminal or spreadsheet."""
    import csv
    from io import StringIO

    out = StringIO()
    # Python before 3.13 leaves a lone carriage return unquoted.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if raw else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    write: Callable[[Any], str] = _exact if raw else _tame
    writer.writerows([write(value) for value in row] for row in rows)
    return out.getvalue()


def to_markdown(header: Sequence[str], rows: Iterable[Cells]) -> str:
    """A GitHub-flavoured table in which no value is markup."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(markdown(_exact(value)) for value in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def plain(value: Any) -> str:
    """A value in one line: nothing for null, true or false, JSON for what has parts."""
    return visible(_exact(value))


def markdown(text: str) -> str:
    """Text in one line with every character that Markdown or HTML would act on escaped."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|~&" else letter for letter in visible(text))


def _exact(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _tame(value: Any) -> str:
    return inert(plain(value)) if isinstance(value, str) else plain(value)
