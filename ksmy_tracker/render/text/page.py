"""A page of text: lines with a role each, plain in a pipe and styled on a terminal.

Whatever is put on it has its control characters shown, so nobody who fills a page has to think of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len, chop_cells

from ksmy_tracker.domain.safe_text import visible

#: The widest a line may be: what every mail program shows without breaking it.
WIDTH = 78


@dataclass(slots=True)
class Page:
    """Lines of text; the second of each pair is its style: "", "bold", or one of render.text.table.STYLES."""

    width: int = WIDTH
    lines: list[tuple[str, str]] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """A heading, with a blank line before it unless it is the first line."""
        if self.lines:
            self.lines.append(("", ""))
        self.lines.extend((line, "bold") for line in wrapped(visible(text), self.width))

    def text(self, text: str, *, indent: int = 0, hanging: int = 0, style: str = "") -> None:
        """A paragraph, wrapped; `hanging` more columns before every line but its first."""
        for number, line in enumerate(wrapped(visible(text), self.width - indent - hanging)):
            self.lines.append((" " * (indent + (hanging if number else 0)) + line, style))

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        shown = [(visible(name), visible(value)) for name, value in pairs]
        column = max((cell_len(name) for name, _ in shown), default=0) + 2
        for name, value in shown:
            first, *rest = wrapped(value, self.width - column - 2) or [""]
            self.lines.append((f"  {padded(name, column)}{first}".rstrip(), ""))
            self.lines.extend((" " * (column + 2) + line, "") for line in rest)

    def line(self, text: str, style: str = "") -> None:
        """A line that is laid out already."""
        self.lines.append((visible(text).rstrip(), style))

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line, _ in self.lines)


def padded(text: str, width: int) -> str:
    """Text filled up with spaces to a width in terminal columns."""
    return text + " " * max(0, width - cell_len(text))


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines at most `width` terminal columns wide, broken at spaces where there are any."""
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        for piece in _pieces(word, width):
            if line and cell_len(line) + 1 + cell_len(piece) > width:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    return [*lines, line]


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word in pieces that fit, nearly always itself."""
    if cell_len(word) <= width:
        yield word
    else:
        yield from chop_cells(word, width)
