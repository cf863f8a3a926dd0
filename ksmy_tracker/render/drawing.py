"""The timeline as a standalone SVG, or as a figure of a page that brings its own styles."""

from datetime import date, timedelta
from html import escape

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Bar, Mark, Timeline, quarters, share
from ksmy_tracker.render import captions
from ksmy_tracker.render.layout import WIDE, Layout
from ksmy_tracker.render.wording import due as due_date
from ksmy_tracker.render.wording import plural, short_window

#: The drawing's colours, for light and for dark; state is said in words as well. Paper is always light.
STYLE = """\
.timeline{--ink:#1b1f24;--faint:#59636e;--line:#d1d9e0;--paper:#ffffff;--overdue:#b42318;--soon:#8a5a00;
--open:#0b5cad;--done:#1a7f37;--closed:#6e7781;font:12px/1.3 system-ui,sans-serif}
.timeline.narrow{font-size:13px}
.timeline text{fill:var(--ink)}.timeline .faint{fill:var(--faint)}
.timeline .paper{fill:var(--paper)}.timeline .grid{stroke:var(--line)}
.timeline .today{stroke:var(--overdue);stroke-width:2;stroke-dasharray:4 3}
.timeline .baseline{fill:none;stroke:var(--faint);stroke-dasharray:3 3}
.timeline .overdue{fill:var(--overdue)}.timeline .due-soon{fill:var(--soon)}.timeline .upcoming{fill:var(--open)}
.timeline .met,.timeline .met-late{fill:var(--done)}.timeline .closed{fill:var(--closed)}
.timeline .mark{stroke:var(--ink);stroke-width:1.5;fill:var(--paper)}.timeline .mark.reached{fill:var(--ink)}
@media screen and (prefers-color-scheme:dark){.timeline{--ink:#e6edf3;--faint:#9da7b1;--line:#3d444d;--paper:#0d1117;
--overdue:#ff8078;--soon:#e3b341;--open:#6cb6ff;--done:#57ca72;--closed:#9da7b1}}
"""


def as_svg(timeline: Timeline) -> str:
    """A file of its own, with its styles."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{figure(timeline, style=STYLE)}\n'


def figure(timeline: Timeline, layout: Layout = WIDE, style: str = "") -> str:
    """The svg element; its title and description say in words what it shows."""
    height = layout.head + layout.row * max(1, len(timeline.bars)) + layout.foot
    name = f"timeline-{layout.name}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline {layout.name}" role="img" '
        f'aria-labelledby="{name}-title {name}-description" viewBox="0 0 {layout.width} {height}" '
        f'width="{layout.width}" height="{height}">',
        f'<title id="{name}-title">Deadlines from {timeline.start} to {timeline.end}</title>',
        f'<desc id="{name}-description">{_text(description(timeline))}</desc>',
    ]
    if style:
        parts.append(f"<style>{style}</style>")
    parts.append(f'<rect class="paper" width="{layout.width}" height="{height}"/>')
    parts += _calendar(timeline, layout, height)
    for number, bar in enumerate(timeline.bars):
        parts += _row(timeline, layout, bar, layout.head + number * layout.row)
    if not timeline.bars:
        parts.append(f'<text x="8" y="{layout.head + 20}">{_text(captions.nothing(timeline))}</text>')
    parts += _today(timeline, layout, height)
    legend = zip(reversed(layout.legend), range(height - 10, 0, -18), strict=False)
    parts += [f'<text class="faint" x="8" y="{y}">{line}</text>' for line, y in legend]
    parts.append("</svg>")
    return "\n".join(parts)


def description(timeline: Timeline) -> str:
    """What the drawing shows, in sentences."""
    said = [f"{_said(bar)}{_window(bar)}." for bar in timeline.bars]
    if not said and timeline.outside:
        said.append(captions.nothing(timeline))
    if timeline.outside:
        said.append(captions.outside(timeline))
    if timeline.undated:
        said.append(f"{plural(timeline.undated, 'commitment')} without a due date.")
    return " ".join(said) or "No commitment has a due date."


def _text(value: str) -> str:
    """A value for an element or an attribute: its control characters shown, no markup. Any text goes in by this."""
    return escape(visible(value))


def _said(bar: Bar) -> str:
    due = f", due {due_date(bar.due)}" if bar.due else ""
    return f"{bar.ref}: {bar.title}, {bar.deadline}{due}"


def _window(bar: Bar) -> str:
    return f" ({short_window(str(bar.earliest), str(bar.latest))})" if bar.due else ""


def _calendar(timeline: Timeline, layout: Layout, height: int) -> list[str]:
    parts = []
    free = 0.0
    firsts = quarters(timeline)
    named = (layout.right - layout.left) / len(firsts) >= 1.75 * layout.letters
    for first in firsts:
        x = _x(timeline, layout, first)
        if first.month == 1 or first == timeline.start:
            parts.append(f'<line class="grid" x1="{x}" y1="8" x2="{x}" y2="{height - layout.foot}"/>')
        if (first.month == 1 or (first == timeline.start and first.month < 10)) and free <= x:
            free = x + 40
            if free <= layout.width:
                parts.append(f'<text x="{x + 4}" y="20">{first.year:04}</text>')
        if named:
            parts.append(f'<text class="faint" x="{x + 4}" y="36">Q{first.month // 3 + 1}</text>')
    return parts


def _row(timeline: Timeline, layout: Layout, bar: Bar, y: int) -> list[str]:
    state = visible(layout.state(bar.deadline, due_date(bar.due) if bar.due else ""))
    title = layout.cut(visible(bar.title), layout.label)
    ref = layout.cut(visible(bar.ref), layout.label - layout.room(state) - 8)
    middle = y + layout.middle
    parts = [
        "<g>",
        f"<title>{_text(_said(bar))}</title>",
        *layout.behind_label(y),
        f'<text x="8" y="{y + 15}">{_text(ref)}</text>',
        f'<text class="faint" x="8" y="{y + 31}">{_text(title)}</text>',
        f'<text class="faint" x="{8 + layout.label}" y="{y + 15}" text-anchor="end">{_text(state)}</text>',
    ]
    if bar.baseline_earliest and bar.baseline_latest:
        box = (bar.baseline_earliest, bar.baseline_latest, middle - 10, 20, "baseline")
        parts.append(_box(timeline, layout, *box))
    if bar.earliest and bar.latest:
        parts.append(_box(timeline, layout, bar.earliest, bar.latest, middle - 6, 12, bar.deadline))
    parts += [_diamond(timeline, layout, mark, middle) for mark in bar.marks if _within(timeline, mark.day)]
    parts.append("</g>")
    return [part for part in parts if part]


def _box(timeline: Timeline, layout: Layout, first: date, last: date, y: int, height: int, name: str) -> str:
    if last < timeline.start or first > timeline.end:
        return ""
    left = _x(timeline, layout, first)
    right = _x(timeline, layout, last + timedelta(days=1)) if last < date.max else layout.right
    return (
        f'<rect class="{_text(name)}" x="{left}" y="{y}" '
        f'width="{max(3.0, round(right - left, 1))}" height="{height}" rx="2"/>'
    )


def _diamond(timeline: Timeline, layout: Layout, mark: Mark, y: int) -> str:
    x = _x(timeline, layout, mark.day)
    reached = " reached" if mark.state == "met" else " missed" if mark.state == "not-met" else ""
    # What was not met is a cross.
    shape = (
        f"M{x - 5} {y - 5}l10 10m0-10l-10 10" if mark.state == "not-met" else f"M{x} {y - 7}l6 7l-6 7l-6-7z"
    )
    return (
        f'<path class="mark{reached}" d="{shape}">'
        f"<title>{_text(f'{mark.number}. {mark.title}: {mark.state}')}</title></path>"
    )


def _today(timeline: Timeline, layout: Layout, height: int) -> list[str]:
    if not _within(timeline, timeline.today):
        return []
    x = _x(timeline, layout, timeline.today)
    anchor = "start" if x < layout.left + 60 else "end" if x > layout.width - 60 else "middle"
    spans = layout.beside_labels(len(timeline.bars), height)
    return [
        *(f'<line class="today" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>' for top, bottom in spans),
        f'<text class="faint" x="{x}" y="{height - layout.foot + 14}" text-anchor="{anchor}">'
        f"today {timeline.today}</text>",
    ]


def _within(timeline: Timeline, day: date) -> bool:
    return timeline.start <= day <= timeline.end


def _x(timeline: Timeline, layout: Layout, day: date) -> float:
    return round(layout.left + share(timeline, day) * (layout.right - layout.left), 1)
