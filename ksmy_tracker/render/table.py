"""Rows for a terminal (Rich): a table where it fits, else a block for each row. Nothing is cut without a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from ksmy_tracker.visible import visible

#: The colour of a word; the word itself is always there, so nothing is said by colour alone.
STYLES = {
    "overdue": "bold red",
    "due-soon": "yellow",
    "met": "green",
    "met-late": "green",
    "completed": "green",
    "cancelled": "dim",
    "closed": "dim",
    "suspended": "magenta",
}

#: Columns that give way where a terminal is narrow: cut short with a mark, or broken into lines.
_CUT = ("title", "source", "place", "actor")
_BROKEN = ("what", "detail", "due phrase", "note", "changes", "evidence")

#: The least a column is narrowed to, and the space between two.
_LEAST, _GAP = 14, 2


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of cells already worded, under a header; control characters are shown, nothing is taken for markup."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay out for the width there is."""
        if self._least_width() <= options.max_width:
            yield self._table()
        else:
            yield from self._blocks()

    def _least_width(self) -> int:
        width = 0
        for number, name in enumerate(self.header):
            widest = max([cell_len(name), *(cell_len(row[number]) for row in self.rows)])
            width += _GAP + (min(widest, _LEAST) if name in _CUT + _BROKEN else widest)
        return width - _GAP

    def _table(self) -> Table:
        made = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for name in self.header:
            # Rich narrows the columns that may wrap, and only those as long as that is enough.
            made.add_column(name, no_wrap=name not in _CUT + _BROKEN, overflow="ellipsis")
        for row in self.rows:
            made.add_row(*(_cell(name, text) for name, text in zip(self.header, row, strict=True)))
        return made

    def _blocks(self) -> RenderResult:
        for number, row in enumerate(self.rows):
            if number:
                yield ""
            for name, text in zip(self.header, row, strict=True):
                if text:
                    yield Text(f"{name}: ", style="bold", overflow="fold") + _cell("", text)


def _cell(column: str, text: str) -> Text:
    style = STYLES.get(text, "")
    if column in _CUT:
        return Text(visible(text), style=style, no_wrap=True, overflow="ellipsis")
    return Text(visible(text), style=style, overflow="fold")
