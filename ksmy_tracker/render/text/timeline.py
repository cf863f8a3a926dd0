"""The timeline as text: a line for each commitment, drawn on the width there is."""

from datetime import date, timedelta

from rich.cells import cell_len, set_cell_size

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Bar, Timeline, quarter_end, quarter_start, quarters, share
from ksmy_tracker.render.text.page import Page
from ksmy_tracker.render.timeline_wording import cut, nothing, outside, undated

WINDOW, BASELINE, MET, OPEN, NOT_MET, TODAY, EXPECTED = "█", "░", "◆", "◇", "✕", "│", "○"
LEGEND = (
    f"{WINDOW} due  {BASELINE} first due  {MET} milestone met  {OPEN} open  {NOT_MET} not met  {TODAY} today"
)

#: Columns a title gets where the terminal has room for it.
_TITLE = 36


def as_page(timeline: Timeline, width: int) -> Page:
    """The timeline as lines no wider than `width` columns."""
    page = Page(width)
    if timeline.bars:
        _draw(page, timeline)
        page.line("")
        is_expected = any(bar.expected or any(mark.expected for mark in bar.marks) for bar in timeline.bars)
        page.text(f"{LEGEND}  {EXPECTED} expected" if is_expected else LEGEND)
        page.text(f"Today is {timeline.today}; from {timeline.start} to {timeline.end}.")
    for said in (nothing(timeline), cut(timeline), outside(timeline), undated(timeline)):
        if said:
            page.text(said)
    return page


def _draw(page: Page, timeline: Timeline) -> None:
    refs = min(max(len(bar.ref) for bar in timeline.bars), max(12, page.width // 3))
    title = _TITLE if page.width - refs - 10 - _TITLE > 70 else 0
    label = refs + 2 + (title + 2 if title else 0) + 10
    chart = max(12, page.width - label)
    page.line(" " * label + _years(timeline, chart), "bold")
    page.line(" " * label + _quarter_line(timeline, chart))
    for bar in timeline.bars:
        name = _fitted(bar.ref, refs) + (f"  {_fitted(bar.title, title)}" if title else "")
        page.line(f"{name}  {bar.deadline:<8}  {_line(timeline, bar, chart)}", bar.deadline)


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
    for sign, first, last in (
        (BASELINE, bar.baseline_earliest, bar.baseline_latest),
        (WINDOW, bar.earliest, bar.latest),
    ):
        if first and last and last >= timeline.start and first <= timeline.end:
            begin = _column(timeline, max(first, timeline.start), chart)
            end = _column(timeline, min(last, timeline.end), chart)
            cells[begin : end + 1] = sign * (end + 1 - begin)
    signs = {"met": MET, "not-met": NOT_MET}
    for sign, day in (
        *((EXPECTED, mark.expected_latest) for mark in bar.marks),
        *((signs.get(mark.state, OPEN), mark.day) for mark in bar.marks),
        (EXPECTED, bar.expected_latest),
    ):
        if day is not None and timeline.start <= day <= timeline.end:
            cells[_column(timeline, day, chart)] = sign
    return "".join(cells)


def _fitted(text: str, width: int) -> str:
    """A text as it is shown, cut or filled up to a width."""
    shown = visible(text)
    if cell_len(shown) > width:
        shown = set_cell_size(shown, width - 1) + "…"
    return set_cell_size(shown, width)
