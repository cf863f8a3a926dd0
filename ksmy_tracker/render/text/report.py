"""The report as a page of text and as Markdown."""

from ksmy_tracker.domain.report import Report
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.formats import markdown, to_markdown
from ksmy_tracker.render.report_sections import Section, counted, sections
from ksmy_tracker.render.report_summary import heading, summary
from ksmy_tracker.render.text.page import WIDTH, Page


def as_page(report: Report, width: int = WIDTH) -> Page:
    """The report as text, in lines that every mail program leaves alone."""
    page = Page(width)
    page.heading(heading(report))
    page.text(summary(report))
    for name, counts in counted(report).items():
        page.heading(f"By {name}")
        shown = [f"{word} {count:,}" for word, count in counts.items() if count]
        page.text(", ".join(shown) or "none", indent=2)
    for section in sections(report):
        page.heading(section.title)
        for item in section.items:
            page.text(item.sentence, indent=2, hanging=section.hanging, style=item.state)
        if section.left_out:
            _left_out(page, section)
    page.text("")
    page.text(f"Head {report.head or 'none: the register has no entry'}")
    return page


def _left_out(page: Page, section: Section) -> None:
    """How many more there are; the command that lists them all, to be copied, is not broken where a line has room."""
    said = f"{section.left_out}: {section.command}" if section.command else section.left_out
    if not section.command or len(said) + 4 <= page.width:
        page.text(said, indent=2, hanging=2)
    else:
        page.text(f"{section.left_out}:", indent=2)
        page.text(section.command, indent=4, hanging=2)


def as_markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    parts = [f"# {markdown(heading(report))}\n", f"{markdown(summary(report))}\n"]
    for name, counts in counted(report).items():
        parts.append(f"## By {name}\n")
        parts.append(to_markdown((name, "commitments"), counts.items()))
    for section in sections(report):
        parts.append(f"## {visible(section.title)}\n")
        if section.items:
            parts.append(to_markdown(section.columns, (item.cells for item in section.items)))
        if section.left_out:
            how = f": {markdown(section.command)}" if section.command else ""
            parts.append(f"{section.left_out}{how}\n")
    parts.append(f"Head {markdown(report.head or 'none: the register has no entry')}\n")
    return "\n".join(parts)
