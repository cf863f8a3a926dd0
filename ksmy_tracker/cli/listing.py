"""What the commands that list records have in common: what they take, and how rows are shown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Final

import typer

from ksmy_tracker.cli import completion, output
from ksmy_tracker.cli.columns import DEFAULT_COLUMNS, ROW_OF
from ksmy_tracker.cli.command import flag, option
from ksmy_tracker.cli.options import AsOf, KnownOn, Within, Zone, day_of, format_option
from ksmy_tracker.cli.output import blocks_of, complain, emit, emit_rich, is_terminal
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.rows import Moved, Row, contract_value, names
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Reader

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")

#: Characters that are kept in memory until there are more.
_FEW: Final = 1 << 20


def _read_columns(context: typer.Context, given: str | None) -> list[str] | None:
    """Columns of the rows of the command that runs, of which Typer tells a callback, but no parser."""
    if given is None:
        return None
    known = names(ROW_OF[context.command_path.partition(" ")[2]])
    wanted = [name.strip().lower().replace("-", "_") for name in given.split(",")]
    for name in wanted:
        if name not in known:
            raise Usage(f"--columns: there is no column {name!r}; {did_you_mean(name, known, short=60)}")
    return wanted


@dataclass(frozen=True, slots=True)
class Listing:
    """Which columns of which register as of which day, and in which format."""

    columns: Annotated[
        Sequence[str] | None,
        option(
            "--columns",
            "NAME,NAME",
            "Which columns, in which order.",
            str,
            offers=completion.columns,
            callback=_read_columns,
        ),
    ]
    as_of: AsOf
    known_on: KnownOn
    within: Within
    format: Annotated[
        str,
        format_option(
            "table, tsv, csv, json, jsonl or md. Default: table on a terminal, tsv in a pipe.",
            FORMATS,
            lambda: "table" if output.is_terminal() else "tsv",
        ),
    ]
    raw: Annotated[bool, flag("--raw", "In csv: texts exactly, even where they start like a formula.")]
    tz: Zone
    where: Where
    now: datetime

    def snapshot(self, reader: Reader) -> Snapshot:
        """The register as it is looked at."""
        day = day_of(reader, self.as_of, self.known_on, self.tz, self.now, self.within)
        return Snapshot(reader, day)

    def show(self, command: str, select: Callable[[Snapshot], Iterable[Row]]) -> None:
        """Show the rows of a command: written as they are read, unless a table is to be laid out."""
        with self.where.reading() as reader:
            rows = select(self.snapshot(reader))
            if self.format == "table":
                found = list(rows)
            else:
                pieces = set_aside(self._pieces(command, rows))
        if self.format != "table":
            for piece in pieces:
                emit(piece)
        elif found:
            from ksmy_tracker.render.text.listing import cells
            from ksmy_tracker.render.text.table import Rows

            emit_rich(Rows(*cells(command, self.columns, found)))
        elif is_terminal():
            complain("nothing to list")

    def show_cells(self, header: Sequence[str], rows: Iterable[Any]) -> None:
        """Show cells as csv, md or tsv."""
        emit("".join(self._in_cells(header, rows)))

    def _pieces(self, command: str, rows: Iterable[Row]) -> Iterator[str]:
        """The text of rows in a format for programs or documents, a row a piece."""
        columns = self.columns or DEFAULT_COLUMNS[command]
        if self.format in ("json", "jsonl"):
            from ksmy_tracker.render import formats

            shown = self.columns or names(ROW_OF[command])
            objects = ({name: contract_value(getattr(row, name)) for name in shown} for row in rows)
            return formats.json_list(objects) if self.format == "json" else formats.jsonl(objects)
        if self.format == "md":
            from ksmy_tracker.render.text.listing import cells

            header, _ = cells(command, self.columns, ())
            return self._in_cells(header, (cells(command, self.columns, (row,))[1][0] for row in rows))
        if self.columns is None and self.format == "csv":
            columns = names(ROW_OF[command])
        return self._in_cells(columns, ([_cell(row, name) for name in columns] for row in rows))

    def _in_cells(self, header: Sequence[str], rows: Iterable[Any]) -> Iterator[str]:
        from ksmy_tracker.render import formats

        if self.format == "csv":
            return formats.csv(header, rows, raw=self.raw and not is_terminal())
        return formats.markdown_table(header, rows) if self.format == "md" else formats.tsv(rows)


def _cell(row: Row, name: str) -> Any:
    """A row's value for a cell; ids of entries are no list of words, also where there are none."""
    value = contract_value(getattr(row, name))
    return list(value) if isinstance(row, Moved) and name == "entries" else value


def set_aside(pieces: Iterable[str]) -> Iterator[str]:
    """A result in pieces, all of them made before the first is given back: a slow reader keeps no writer waiting.

    Few are kept in memory, many in a temporary file.
    """
    rest = iter(pieces)
    few: list[str] = []
    size = 0
    for piece in rest:
        few.append(piece)
        size += len(piece)
        if size > _FEW:
            from ksmy_tracker.storage.temporary_file import temporary_file

            return blocks_of(temporary_file(one.encode() for one in chain(few, rest)))
    return iter(("".join(few),))
