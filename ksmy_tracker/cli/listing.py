"""What the commands that list records have in common: what they take, and how rows are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from ksmy_tracker.cli import completion, output
from ksmy_tracker.cli.columns import DEFAULT_COLUMNS, ROW_OF
from ksmy_tracker.cli.command import flag, option
from ksmy_tracker.cli.options import AsOf, Within, Zone, day_of, format_option
from ksmy_tracker.cli.output import as_object, complain, emit, emit_rich, is_terminal
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.rows import Day, Row, as_dict, names
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")


def _read_columns(context: typer.Context, given: str | None) -> list[str] | None:
    """Columns of the rows of the command that runs, of which Typer tells a callback, but no parser."""
    if given is None:
        return None
    known = names(ROW_OF[str(context.info_name)])
    wanted = [name.strip().lower().replace("-", "_") for name in given.split(",")]
    for name in wanted:
        if name not in known:
            raise Usage(f"--columns: there is no column {name!r}; {did_you_mean(name, known, short=30)}")
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

    @property
    def day(self) -> Day:
        """The day that is looked from."""
        return day_of(self.as_of, self.tz, self.now, self.within)

    def show(self, command: str, rows: Sequence[Row]) -> None:
        """Show the rows of a command."""
        columns = self.columns or DEFAULT_COLUMNS[command]
        if self.format in ("json", "jsonl"):
            whole = self.columns is None
            objects = [
                as_dict(row) if whole else {name: getattr(row, name) for name in columns} for row in rows
            ]
            emit(as_object(objects, self.format))
        elif self.format == "table":
            from ksmy_tracker.render.text.listing import cells
            from ksmy_tracker.render.text.table import Rows

            if rows:
                emit_rich(Rows(*cells(command, self.columns, rows)))
            elif is_terminal():
                complain("nothing to list")
        elif self.format == "md":
            from ksmy_tracker.render.text.listing import cells

            self.show_cells(*cells(command, self.columns, rows))
        else:
            if self.columns is None and self.format == "csv":
                columns = names(ROW_OF[command])
            self.show_cells(columns, ([getattr(row, name) for name in columns] for row in rows))

    def show_cells(self, header: Sequence[str], rows: Iterable[Any]) -> None:
        """Show cells as csv, md or tsv."""
        from ksmy_tracker.render import formats

        if self.format == "csv":
            emit(formats.to_csv(header, rows, raw=self.raw and not is_terminal()))
        elif self.format == "md":
            emit(formats.to_markdown(header, rows))
        else:
            emit(formats.to_tsv(rows))
