"""The timeline as a standalone SVG, or as the figure of a page that brings its own styles."""

from datetime import date, timedelta
from html import escape
from typing import Any

from ksmy_tracker.render.wording import due as due_date
from ksmy_tracker.render.wording import plural, short_window
from ksmy_tracker.timeline import Bar, Mark, Timeline, quarters, share
from ksmy_tracker.visible import visible

WIDTH, LABEL, ROW, HEAD, FOOT = 960, 250, 30, 46, 44

#: The drawing's colours, for light and for dark; state is said in words as well.
STYLE = """\
.timeline{--ink:#1b1f24;--faint:#59636e;--line:#d1d9e0;--paper:#ffffff;--overdue:#b42318;--soon:#8a5a00;
--open:#0b5cad;--done:#1a7f37;--closed:#6e7781;font:13px/1.3 system-ui,sans-serif}
.timeline text{fill:var(--ink)}.timeline .faint{fill:var(--faint);font-size:11px}
.timeline .paper{fill:var(--paper)}.timeline .grid{stroke:var(--line)}
.timeline .today{stroke:var(--overdue);stroke-width:2;stroke-dasharray:4 3}
.timeline .baseline{fill:none;stroke:var(--faint);stroke-dasharray:3 3}
.timeline .overdue{fill:var(--overdue)}.timeline .due-soon{fill:var(--soon)}.timeline .upcoming{fill:var(--open)}
.timeline .met,.timeline .met-late{fill:var(--done)}.timeline .closed{fill:var(--closed)}
.timeline .mark{stroke:var(--ink);stroke-width:1.5;fill:var(--paper)}.timeline .mark.reached{fill:var(--ink)}
@media (prefers-color-scheme:dark){.timeline{--ink:#e6edf3;--faint:#9da7b1;--line:#3d444d;--paper:#0d1117;
--overdue:#ff8078;--soon:#e3b341;--open:#6cb6ff;--done:#57ca72;--closed:#9da7b1}}
"""


def as_svg(timeline: Timeline) -> str:
    """A file of its own, with its styles."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{figure(timeline, style=STYLE)}\n'


def figure(timeline: Timeline, style: str = "") -> str:
    """The svg element; its title and description say in words what it shows."""
    height = HEAD + ROW * max(1, len(timeline.bars)) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" '
        f'aria-labelledby="timeline-title timeline-description" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}">',
        f'<title id="timeline-title">Deadlines from {timeline.start} to {timeline.end}</title>',
        f'<desc id="timeline-description">{_text(description(timeline))}</desc>',
    ]
    if style:
        parts.append(f"<style>{style}</style>")
    parts.append(f'<rect class="paper" width="{WIDTH}" height="{height}"/>')
    parts += _calendar(timeline, height)
    for number, bar in enumerate(timeline.bars):
        parts += _row(timeline, bar, HEAD + number * ROW)
    if not timeline.bars:
        parts.append(f'<text x="12" y="{HEAD + 20}">There is no due date to draw.</text>')
    parts += _today(timeline, height)
    parts.append(
        f'<text class="faint" x="12" y="{height - 10}">solid: due; dashed: first due; '
        "diamond: milestone, filled when met</text>"
    )
    parts.append("</svg>")
    return "\n".join(parts)


def description(timeline: Timeline) -> str:
    """What the drawing shows, in sentences."""
    said = [
        f"{bar.ref}: {visible(bar.title)}, {bar.deadline}, due {due_date(bar.due)} "
        f"({short_window(str(bar.earliest), str(bar.latest))})."
        for bar in timeline.bars
    ]
    if timeline.undated:
        said.append(f"{plural(timeline.undated, 'commitment')} without a due date.")
    return " ".join(said) or "No commitment has a due date."


def _calendar(timeline: Timeline, height: int) -> list[str]:
    parts = []
    free = 0.0
    firsts = quarters(timeline)
    named = (WIDTH - LABEL) / len(firsts) >= 24
    for first in firsts:
        x = _x(timeline, first)
        if first.month == 1 or first == timeline.start:
            parts.append(f'<line class="grid" x1="{x}" y1="8" x2="{x}" y2="{height - FOOT}"/>')
        if (first.month == 1 or (first == timeline.start and first.month < 10)) and x >= free:
            free = x + 40
            parts.append(f'<text x="{x + 4}" y="20">{first.year:04}</text>')
        if named:
            parts.append(f'<text class="faint" x="{x + 4}" y="36">Q{first.month // 3 + 1}</text>')
    return parts


def _row(timeline: Timeline, bar: Bar, y: int) -> list[str]:
    parts = [
        "<g>",
        f"<title>{_text(f'{bar.ref}: {visible(bar.title)}, {bar.deadline}, due {due_date(bar.due)}')}</title>",
        f'<text x="12" y="{y + 15}"{_fitted(bar.ref)}>{_text(_short(bar.ref))}</text>',
        f'<text class="faint" x="12" y="{y + 27}">{bar.deadline}</text>',
    ]
    if bar.baseline_earliest and bar.baseline_latest:
        parts.append(_box(timeline, bar.baseline_earliest, bar.baseline_latest, y + 4, 20, "baseline"))
    parts.append(_box(timeline, bar.earliest, bar.latest, y + 8, 12, bar.deadline))
    parts += [_diamond(timeline, mark, y + 14) for mark in bar.marks if _within(timeline, mark.day)]
    parts.append("</g>")
    return [part for part in parts if part]


def _box(timeline: Timeline, first: date, last: date, y: int, height: int, name: str) -> str:
    if last < timeline.start or first > timeline.end:
        return ""
    left = _x(timeline, first)
    right = _x(timeline, last + timedelta(days=1)) if last < date.max else WIDTH - 12
    return (
        f'<rect class="{name}" x="{left}" y="{y}" '
        f'width="{max(3.0, round(right - left, 1))}" height="{height}" rx="2"/>'
    )


def _diamond(timeline: Timeline, mark: Mark, y: int) -> str:
    x = _x(timeline, mark.day)
    reached = " reached" if mark.state == "met" else " missed" if mark.state == "not-met" else ""
    shape = _cross(x, y) if mark.state == "not-met" else f"M{x} {y - 7}l6 7l-6 7l-6-7z"
    return (
        f'<path class="mark{reached}" d="{shape}">'
        f"<title>{_text(f'{mark.number}. {visible(mark.title)}: {mark.state}')}</title></path>"
    )


def _today(timeline: Timeline, height: int) -> list[str]:
    if not _within(timeline, timeline.today):
        return []
    x = _x(timeline, timeline.today)
    anchor = "start" if x < LABEL + 60 else "end" if x > WIDTH - 60 else "middle"
    return [
        f'<line class="today" x1="{x}" y1="40" x2="{x}" y2="{height - FOOT}"/>',
        f'<text class="faint" x="{x}" y="{height - FOOT + 14}" text-anchor="{anchor}">'
        f"today {timeline.today}</text>",
    ]


def _within(timeline: Timeline, day: date) -> bool:
    return timeline.start <= day <= timeline.end


def _x(timeline: Timeline, day: date) -> float:
    return round(LABEL + share(timeline, day) * (WIDTH - LABEL - 12), 1)


def _cross(x: float, y: int) -> str:
    """What was not met."""
    return f"M{x - 5} {y - 5}l10 10m0-10l-10 10"


def _fitted(ref: str) -> str:
    """Attributes that keep a long ref within its column."""
    return f' textLength="{LABEL - 24}" lengthAdjust="spacingAndGlyphs"' if len(ref) > 18 else ""


def _short(ref: str) -> str:
    return ref if len(ref) <= 30 else f"{ref[:29]}…"


def _text(text: str) -> str:
    return escape(text)


def as_json(timeline: Timeline) -> dict[str, Any]:
    """The timeline as an object of the JSON contract."""
    return {
        "start": str(timeline.start),
        "end": str(timeline.end),
        "today": str(timeline.today),
        "undated": timeline.undated,
        "bars": [
            {
                **{name: value if name in _TEXTS else _iso(value) for name, value in bar._asdict().items()},
                "marks": [{**mark._asdict(), "day": str(mark.day)} for mark in bar.marks],
            }
            for bar in timeline.bars
        ],
    }


_TEXTS = ("ref", "title", "status", "deadline", "due")


def _iso(value: Any) -> str | None:
    return None if value is None else str(value)
