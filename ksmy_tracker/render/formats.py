"""Rows as text for programs and documents: tsv, csv, json, jsonl, md. What may be long comes in pieces."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from ksmy_tracker.domain.safe_text import escaped, inert, visible
from ksmy_tracker.errors import Damaged

Cells = Sequence[Any]

_WORDS: Final = {None: "null", True: "true", False: "false"}


def to_json(value: Any) -> str:
    """A JSON value, indented, ending in a newline."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2, default=_refuse)) + "\n"


def json_list(objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What `to_json` makes of a list of objects, an object a piece."""
    before = "[\n  {\n    "
    for one in objects:
        yield before + escaped(",\n    ".join([f'"{name}": {_member(value)}' for name, value in one.items()]))
        before = "\n  },\n  {\n    "
    yield "[]\n" if before.startswith("[") else "\n  }\n]\n"


def _member(value: Any) -> str:
    """A value of an object in a list, indented as it stands there."""
    if type(value) is str:
        return json.encoder.encode_basestring(value)
    if type(value) is int:
        return str(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if value == []:
        return "[]"
    return _encode_indented(value).replace("\n", "\n    ")


def to_jsonl(values: Iterable[Any]) -> str:
    """A JSON value a line."""
    return "".join(jsonl(values))


def jsonl(values: Iterable[Any]) -> Iterator[str]:
    """The same, a line a piece."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_refuse).encode
    return (escaped(encode(value)) + "\n" for value in values)


def _refuse(value: object) -> NoReturn:
    """Tell of a value that only damage can have put into a register."""
    raise Damaged(f"the register is damaged ({value!r} is no text); restore the newest sound backup")


_encode_indented: Final = json.JSONEncoder(ensure_ascii=False, indent=2, default=_refuse).encode


def to_tsv(rows: Iterable[Cells]) -> str:
    """A row a line without a header; no value has a tab or a line break in it."""
    return "".join(tsv(rows))


def tsv(rows: Iterable[Cells]) -> Iterator[str]:
    """The same, a row a piece."""
    return ("\t".join(map(plain, row)) + "\n" for row in rows)


def to_csv(header: Sequence[str], rows: Iterable[Cells], *, raw: bool = False) -> str:
    """RFC 4180, with a header. `raw` gives texts exactly; else no cell acts on terminal or spreadsheet."""
    return "".join(csv(header, rows, raw=raw))


def csv(header: Sequence[str], rows: Iterable[Cells], *, raw: bool = False) -> Iterator[str]:
    """The same, a row a piece."""
    from csv import QUOTE_ALL, QUOTE_MINIMAL, writer

    line = _Line()
    # Python before 3.13 leaves a lone carriage return unquoted.
    write = writer(line, lineterminator="\n", quoting=QUOTE_ALL if raw else QUOTE_MINIMAL).writerow
    shown: Callable[[Any], str] = _exact if raw else _tame
    write(header)
    yield line.text
    for row in rows:
        write([shown(value) for value in row])
        yield line.text


class _Line:
    """The line that a CSV writer has written last."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def to_markdown(header: Sequence[str], rows: Iterable[Cells]) -> str:
    """A GitHub-flavoured table in which no value is markup."""
    return "".join(markdown_table(header, rows))


def markdown_table(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """The same, a row a piece."""
    yield f"| {' | '.join(header)} |\n|{' --- |' * len(header)}\n"
    for row in rows:
        yield f"| {' | '.join(markdown(_exact(value)) for value in row)} |\n"


def plain(value: Any) -> str:
    """A value in one line: nothing for null, true or false, a list of words, JSON for what has parts."""
    return visible(_exact(value))


def markdown(text: str) -> str:
    """Text in one line with every character that Markdown or HTML would act on escaped."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|~&" else letter for letter in visible(text))


def _exact(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple) and not (value and isinstance(value[0], int)):
        return ", ".join(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _tame(value: Any) -> str:
    return inert(plain(value)) if isinstance(value, str) else plain(value)
