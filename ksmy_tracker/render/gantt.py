"""The timeline as text: a line for each commitment, drawn on the width there is."""

from datetime import date, timedelta

from rich.cells import set_cell_size

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Bar, Timeline, quarter_end, quarter_start, quarters, share
from ksmy_tracker.render import captions
from ksmy_tracker.render.page import Page

WINDOW, BASELINE, MET, OPEN, NOT_MET, TODAY = "█", "░", "◆", "◇", "✕", "│"
LEGEND = (
    f"{WINDOW} due  {BASELINE} first due  {MET} milestone met  {OPEN} open  {NOT_MET} not met  {TODAY} today"
)

#: Columns a title gets where the terminal has room for it.
_TITLE = 36


def as_page(timeline: Timeline, width: int) -> Page:
    """The timeline as lines no wider than `width` columns."""
    page = Page(width)
    if not timeline.bars:
        page.text(captions.nothing(timeline))
        _say_what_is_missing(page, timeline)
        return page
    refs = min(max(len(bar.ref) for bar in timeline.bars), max(12, width // 3))
    title = _TITLE if width - refs - 10 - _TITLE > 70 else 0
    label = refs + 2 + (title + 2 if title else 0) + 10
    chart = max(12, width - label)
    indent = " " * label
    page.line(indent + _years(timeline, chart), "bold")
    page.line(indent + _quarter_line(timeline, chart))
    for bar in timeline.bars:
        name = set_cell_size(_cut(visible(bar.ref), refs), refs)
        if title:
            name += "  " + set_cell_size(_cut(visible(bar.title), title), title)
        line = f"{name}  {bar.deadline:<8}  {_line(timeline, bar, chart)}"
        page.line(line, bar.deadline)
    page.line("")
    page.text(LEGEND)
    page.text(f"Today is {timeline.today}; from {timeline.start} to {timeline.end}.")
    _say_what_is_missing(page, timeline)
    return page


def _say_what_is_missing(page: Page, timeline: Timeline) -> None:
    for said in (captions.outside(timeline), captions.undated(timeline)):
        if said:
            page.text(said)


def _column(timeline: Timeline, day: date, chart: int) -> int:
    """The column of a day, under its own quarter."""
    begin = min(chart - 1, int(share(timeline, quarter_start(day)) * chart))
    last = quarter_end(day)
    end = chart if last >= timeline.end else int(share(timeline, last + timedelta(days=1)) * chart)
    return max(begin, min(end - 1, int(share(timeline, day) * chart)))


def _years(timeline: Timeline, chart: int) -> str:
    cells = [" "] * chart
    end = -1
    for first in quarters(timeline):
        if first.month == 1 or first == timeline.start:
            at = _column(timeline, first, chart)
            if at > end and at + 4 <= chart:
                cells[at : at + 4] = str(first.year).rjust(4, "0")
                end = at + 4
    return "".join(cells).rstrip()


def _quarter_line(timeline: Timeline, chart: int) -> str:
    firsts = quarters(timeline)
    named = chart / len(firsts) >= 3
    cells = [" "] * chart
    for first in firsts:
        at = _column(timeline, first, chart)
        if named and at + 2 <= chart:
            cells[at : at + 2] = f"Q{first.month // 3 + 1}"
        elif cells[at] != "|":
            cells[at] = "|" if first.month == 1 else "'"
    return "".join(cells).rstrip()


def _line(timeline: Timeline, bar: Bar, chart: int) -> str:
    cells = [" "] * chart
    if timeline.start <= timeline.today <= timeline.end:
        cells[_column(timeline, timeline.today, chart)] = TODAY
    if bar.baseline_earliest and bar.baseline_latest:
        _fill(cells, timeline, bar.baseline_earliest, bar.baseline_latest, BASELINE)
    if bar.earliest and bar.latest:
        _fill(cells, timeline, bar.earliest, bar.latest, WINDOW)
    for mark in bar.marks:
        if timeline.start <= mark.day <= timeline.end:
            sign = MET if mark.state == "met" else NOT_MET if mark.state == "not-met" else OPEN
            cells[_column(timeline, mark.day, chart)] = sign
    return "".join(cells)


def _fill(cells: list[str], timeline: Timeline, first: date, last: date, sign: str) -> None:
    if last < timeline.start or first > timeline.end:
        return
    begin = _column(timeline, max(first, timeline.start), len(cells))
    end = _column(timeline, min(last, timeline.end), len(cells))
    cells[begin : end + 1] = sign * (end + 1 - begin)


def _cut(text: str, width: int) -> str:
    from rich.cells import cell_len

    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
