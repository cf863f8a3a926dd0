"""The report as a web page: one file that runs no script and asks for nothing from outside."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ksmy_tracker.domain.report import Report
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.render import captions, drawing
from ksmy_tracker.render.layout import NARROW, WIDE
from ksmy_tracker.render.sections import sections
from ksmy_tracker.render.summary import heading, summary

_TEMPLATES = Path(__file__).parent / "templates"


def as_html(found: Report, timeline: Timeline) -> str:
    """The page. Its Content-Security-Policy lets through nothing but its own style sheet, by its hash."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["dated"] = _dated
    layouts = (WIDE, NARROW) if timeline.bars else ()
    style = drawing.STYLE + (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        report=found,
        heading=heading(found),
        summary=summary(found),
        sections=sections(found),
        # A figure escapes every text it takes up, and shows its control characters; see drawing.py.
        figures=[Markup(drawing.figure(timeline, layout)) for layout in layouts],  # noqa: S704
        captions=[said(timeline) for said in (captions.nothing, captions.left_out, captions.undated)],
        style=Markup(style),  # noqa: S704
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )


def _shown(value: object) -> object:
    """What a template puts in: with control characters shown, unless it is markup already."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _dated(text: str) -> Markup:
    """A text, escaped, in which dates stay whole."""
    return Markup(re.sub(r"(\d{4}-\d\d-\d\d)", r"<time>\1</time>", str(escape(visible(text)))))  # noqa: S704
