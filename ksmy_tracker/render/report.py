"""The report as a page of text, as Markdown and as a JSON object."""

from collections.abc import Mapping
from typing import Any

from ksmy_tracker.domain.report import Report
from ksmy_tracker.domain.rows import as_dict
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.formats import markdown, to_markdown
from ksmy_tracker.render.page import WIDTH, Page
from ksmy_tracker.render.sections import sections
from ksmy_tracker.render.summary import heading, summary


def as_page(report: Report, width: int = WIDTH) -> Page:
    """The report as text, in lines that every mail program leaves alone."""
    page = Page(width)
    page.heading(heading(report))
    page.text(summary(report))
    for title, counts in (
        ("By status", report.by_status),
        ("By sector", report.by_sector),
        ("By deadline", report.by_deadline),
    ):
        page.heading(title)
        page.text(_counts(counts), indent=2)
    for section in sections(report):
        page.heading(section.title)
        for item in section.items:
            page.text(item.sentence, indent=2, hanging=section.hanging, style=item.state)
        if section.left_out:
            how = f": {section.command}" if section.command else ""
            page.text(section.left_out + how, indent=2, hanging=2)
    page.heading("Head")
    page.text(report.head or "none: the register has no entry", indent=2)
    return page


def as_markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    parts = [f"# {markdown(heading(report))}\n", f"{markdown(summary(report))}\n"]
    for title, counts in (
        ("status", report.by_status),
        ("sector", report.by_sector),
        ("deadline", report.by_deadline),
    ):
        parts.append(f"## By {title}\n")
        parts.append(to_markdown((title, "commitments"), counts.items()))
    for section in sections(report):
        parts.append(f"## {visible(section.title)}\n")
        if section.items:
            parts.append(to_markdown(section.columns, (item.cells for item in section.items)))
        if section.left_out:
            how = f": {markdown(section.command)}" if section.command else ""
            parts.append(f"{section.left_out}{how}\n")
    parts.append("## Head\n")
    parts.append(f"{markdown(report.head or 'none: the register has no entry')}\n")
    return "\n".join(parts)


def as_json(report: Report) -> dict[str, Any]:
    """The report as an object of the JSON contract."""
    return {
        "today": report.today.isoformat(),
        "within": report.day.within,
        "since": report.since,
        "commitments": report.commitments,
        "open": report.open,
        "agreements": report.agreements,
        "by_status": dict(report.by_status),
        "by_deadline": dict(report.by_deadline),
        "overdue": [as_dict(row) for row in report.overdue.items],
        "overdue_count": report.overdue.total,
        "due_soon": [as_dict(row) for row in report.due_soon.items],
        "due_soon_count": report.due_soon.total,
        "changed": [as_dict(entry) for entry in report.changed.items],
        "changed_count": report.changed.total,
        "contradictions": [found._asdict() for found in report.contradictions.items],
        "contradiction_count": report.contradictions.total,
        "head": report.head,
        "summary": summary(report),
        "by_sector": dict(report.by_sector),
        "stale": report.stale,
        "quiet": [one._asdict() for one in report.quiet.items],
        "quiet_count": report.quiet.total,
        "next_milestones": [as_dict(one.milestone) for one in report.next_milestones.items],
        "next_milestone_count": report.next_milestones.total,
        "needs_attention": report.needs_attention,
    }


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "none"
