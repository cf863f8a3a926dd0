"""The report as a web page: one file that runs no script and asks for nothing from outside."""

from base64 import b64encode
from hashlib import sha256
from typing import Final

from ksmy_tracker.domain.report import Report
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.render import timeline_wording
from ksmy_tracker.render.report_sections import counted, sections
from ksmy_tracker.render.report_summary import heading, summary
from ksmy_tracker.render.web.jinja import filled, style_sheet
from ksmy_tracker.render.web.timeline import Drawing
from ksmy_tracker.render.web.timeline_layout import NARROW, WIDE
from ksmy_tracker.render.wording import source_words

#: What an address of a source must begin with to be followed from the page.
_FOLLOWED: Final = ("https://", "http://")


def as_html(found: Report, timeline: Timeline) -> str:
    """The page. Its Content-Security-Policy lets through nothing but its own style sheet, by its hash."""
    style = style_sheet("timeline.css", "report.css")
    return filled(
        "report.html",
        report=found,
        heading=heading(found),
        summary=summary(found),
        counted=counted(found),
        links=_links(found),
        sections=sections(found),
        timeline=timeline,
        drawings=[Drawing(timeline, layout) for layout in (WIDE, NARROW)] if timeline.bars else (),
        standalone=False,
        words=timeline_wording,
        style=style,
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )


def _links(found: Report) -> dict[str, str]:
    """The addresses of the sources that the report cites, by the words that it cites them in."""
    voices = (voice for one in found.disagreements.items for voice in (one.register, *one.claims))
    cited = [source for voice in voices for source in voice.cited]
    cited += [source for entry in found.changed.items for source in entry.cited]
    return {source_words(one): one.url for one in cited if one.url and one.url.startswith(_FOLLOWED)}
