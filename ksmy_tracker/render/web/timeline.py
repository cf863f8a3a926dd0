"""The timeline as SVG: where each thing stands in the drawing; templates/timeline.svg draws it there."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Bar, Mark, Timeline, quarters, share
from ksmy_tracker.render import timeline_wording
from ksmy_tracker.render.web.jinja import filled, style_sheet
from ksmy_tracker.render.web.timeline_layout import WIDE, Layout
from ksmy_tracker.render.wording import due_date


class Quarter(NamedTuple):
    """A quarter from where it begins; its year and its name are empty where there is no room for them."""

    x: float
    line: bool
    year: str
    name: str


class Box(NamedTuple):
    """A window of days around the middle of a row; its name is a deadline state or `baseline`."""

    name: str
    x: float
    width: float
    height: int


class Row(NamedTuple):
    """A commitment's row from its top, with its texts as they fit, and where each milestone stands."""

    bar: Bar
    y: int
    ref: str
    title: str
    state: str
    boxes: Sequence[Box]
    marks: Sequence[tuple[float, Mark]]


class Drawing(NamedTuple):
    """A timeline in a layout."""

    timeline: Timeline
    layout: Layout

    @property
    def height(self) -> int:
        """The height of the whole drawing."""
        return self.layout.head + self.layout.row * max(1, len(self.timeline.bars)) + self.layout.foot

    def has(self, day: date) -> bool:
        """Whether a day is drawn."""
        return self.timeline.start <= day <= self.timeline.end

    def x(self, day: date) -> float:
        """Where a day begins."""
        width = self.layout.right - self.layout.left
        return round(self.layout.left + share(self.timeline, day) * width, 1)

    def quarters(self) -> list[Quarter]:
        """The quarters; a year stands at its first, and at the first of all, if the one before leaves room."""
        firsts = quarters(self.timeline)
        named = (self.layout.right - self.layout.left) / len(firsts) >= 1.75 * self.layout.letters
        found = []
        free = 0.0
        for first in firsts:
            x = self.x(first)
            line = first.month == 1 or first == self.timeline.start
            year = ""
            if line and first.month < 10 and free <= x:
                free = x + 40
                year = f"{first.year:04}" if free <= self.layout.width else ""
            found.append(Quarter(x, line, year, f"Q{first.month // 3 + 1}" if named else ""))
        return found

    def rows(self) -> list[Row]:
        """The rows from top to bottom; what is cut to fit has its control characters shown before."""
        layout = self.layout
        found = []
        for number, bar in enumerate(self.timeline.bars):
            state = visible(layout.state(bar.deadline, due_date(bar.due)))
            ref = layout.cut(visible(bar.ref), layout.label - layout.room(state) - 8)
            title = layout.cut(visible(bar.title), layout.label)
            marks = [(self.x(mark.day), mark) for mark in bar.marks if mark.day and self.has(mark.day)]
            y = layout.head + number * layout.row
            found.append(Row(bar, y, ref, title, state, list(self._boxes(bar)), marks))
        return found

    def _boxes(self, bar: Bar) -> Iterator[Box]:
        """What is drawn of a bar's windows, the first due date behind the present one."""
        for name, first, last, height in (
            ("baseline", bar.baseline_earliest, bar.baseline_latest, 20),
            (bar.deadline, bar.earliest, bar.latest, 12),
        ):
            if first and last and last >= self.timeline.start and first <= self.timeline.end:
                left = self.x(first)
                right = self.x(last + timedelta(days=1)) if last < date.max else self.layout.right
                yield Box(name, left, max(3.0, round(right - left, 1)), height)


def as_svg(timeline: Timeline) -> str:
    """A file of its own, with its styles."""
    layout, cut = WIDE, timeline_wording.cut(timeline)
    if cut:
        layout = layout._replace(legend=(cut, *layout.legend))
    drawing, style = Drawing(timeline, layout), style_sheet("timeline.css")
    return (
        filled("timeline.svg", drawing=drawing, words=timeline_wording, standalone=True, style=style) + "\n"
    )
