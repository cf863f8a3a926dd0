"""The two layouts of a drawn timeline: labels beside their bars, or above them; how much of a text fits."""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width

_NARROW_LETTERS = frozenset("fijlrtI.,:;'|!()[]/- ")
_WIDE_LETTERS = frozenset("MWmw@%&…")


class Layout(NamedTuple):
    """Lengths in the drawing's units; `middle` is that of a bar below the top of its row."""

    name: str
    width: int
    left: int
    label: int
    letters: int
    row: int
    middle: int
    legend: Sequence[str]
    stacked: bool
    head: int = 46

    @property
    def right(self) -> int:
        """Where the calendar ends."""
        return self.width - (8 if self.stacked else 12)

    @property
    def foot(self) -> int:
        """What stands below the last row: today's date and the legend."""
        return 26 + 18 * len(self.legend)

    def state(self, deadline: str, due: str) -> str:
        """What is said of a deadline; where the calendar may be out of sight, also when it is."""
        return f"{deadline}, {due}" if self.stacked and 0 < len(due) <= 10 else deadline

    def room(self, text: str) -> float:
        """About how much room a text takes, rather too much than too little."""
        return sum(map(_ems, text)) * self.letters

    def cut(self, text: str, room: float) -> str:
        """A text that fits, cut with an ellipsis where it has to be."""
        if self.room(text[:200]) <= room:
            return text
        room -= self.room("…")
        end = 0
        while room >= (letter := self.room(text[end])):
            room -= letter
            end += 1
        return f"{text[:end].rstrip()}…"

    def anchor(self, x: float) -> str:
        """On which side of `x` its caption stands within the drawing."""
        return "start" if x < self.left + 60 else "end" if x > self.width - 60 else "middle"

    def beside_labels(self, rows: int, height: int) -> list[tuple[int, int]]:
        """From where to where a line through the whole calendar can be drawn."""
        if not self.stacked:
            return [(40, height - self.foot)]
        tops = range(self.head + self.middle - 13, self.head + self.row * rows, self.row)
        return [(top, top + 26) for top in tops]


def _ems(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.05
    if letter in _WIDE_LETTERS:
        return 1.0
    if letter in _NARROW_LETTERS:
        return 0.42
    return 0.78 if letter.isupper() else 0.64


#: On a sheet of A4 its letters have 8.5 points.
WIDE = Layout(
    "wide",
    width=720,
    left=286,
    label=264,
    letters=12,
    row=38,
    middle=19,
    legend=(
        "solid: due; dashed: first due; diamond: milestone, filled when met; cross: not met; circle: expected",
    ),
    stacked=False,
)

#: As wide as a telephone.
NARROW = Layout(
    "narrow",
    width=340,
    left=8,
    label=324,
    letters=13,
    row=66,
    middle=50,
    legend=(
        "solid: due; dashed: first due; cross: not met;",
        "diamond: milestone, filled when met;",
        "circle: expected",
    ),
    stacked=True,
)
