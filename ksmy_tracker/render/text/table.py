"""Rows for a terminal (Rich): a table where it fits, else a block for each row. Nothing is cut without a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from ksmy_tracker.domain.kinds import TEXTS
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import field_name

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

#: Columns that give way where a terminal is narrow: cut short with a mark, or broken into lines as any other text is.
_CUT = ("title", "source", "place", "actor")
_BROKEN = ("what", "note", "changes", "evidence", *(field_name(name) for name in TEXTS if name not in _CUT))

#: To what the columns are narrowed, step by step until the table fits; in each step the widest first.
_STEPS = (
    dict.fromkeys(_CUT + _BROKEN, 14),
    {"window": len("2025-01-01 to"), "days left": len("days left")},
    {**dict.fromkeys(_CUT, 10), "window": len("2025-01-01")},
)

#: The space between two columns.
_GAP = 2


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of cells already worded, under a header; control characters are shown, nothing is taken for markup."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay out for the width there is."""
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._blocks()
        else:
            yield self._table(widths)

    def _widths(self, most: int) -> list[int] | None:
        """How wide each column is in a table of at most a width; None where that is too narrow for one."""
        widths = [
            max([cell_len(name), *(cell_len(visible(row[number])) for row in self.rows)])
            for number, name in enumerate(self.header)
        ]
        room = most - _GAP * (len(widths) - 1)
        for least in _STEPS:
            giving = {number: least[name] for number, name in enumerate(self.header) if name in least}
            for number in giving:
                widths[number] = min(widths[number], most)
            while sum(widths) > room and (able := [one for one in giving if widths[one] > giving[one]]):
                widths[max(able, key=widths.__getitem__)] -= 1
        return widths if sum(widths) <= room else None

    def _table(self, widths: Sequence[int]) -> Table:
        made = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for name, width in zip(self.header, widths, strict=True):
            made.add_column(name, width=width, overflow="ellipsis")
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
