"""The report as a page of text, as Markdown and as a JSON object."""

from collections.abc import Mapping, Sequence
from typing import Any

from ksmy_tracker.render.formats import markdown, to_markdown
from ksmy_tracker.render.page import WIDTH, Page
from ksmy_tracker.render.wording import days, describe, left, plural, slip, window
from ksmy_tracker.render.wording import due as due_date
from ksmy_tracker.report import Listed, NextMilestone, Quiet, Report
from ksmy_tracker.rows import Day, DeadlineRow, EntryRow, as_dict
from ksmy_tracker.visible import visible

TITLE = "Republic of Korea - Malaysia: what was promised"


def heading(report: Report) -> str:
    """The title of a report, with what it is narrowed to."""
    only = f" ({', '.join(map(visible, report.narrowed))})" if report.narrowed else ""
    return f"{TITLE}{only}, as of {report.today}"


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
    for title, deadlines in deadline_sections(report):
        page.heading(titled(title, deadlines))
        for row in deadlines.items:
            page.text(_deadline(row), indent=2, hanging=2, style=row.deadline)
        _more(page, deadlines)
    page.heading(titled(f"Changed since {report.since}", report.changed))
    for entry in report.changed.items:
        said = f"{entry.effective_on}  {visible(entry.ref)}: {entry_summary(entry)}"
        page.text(said, indent=2, hanging=12)
    _more(page, report.changed)
    page.heading(titled(f"Gone quiet, no entry for {days(report.stale)}", report.quiet))
    for quiet in report.quiet.items:
        page.text(f"{visible(quiet.ref)}: {quiet_since(quiet, report.day)}", indent=2, hanging=2)
    _more(page, report.quiet)
    page.heading(titled("Contradicts itself", report.contradictions))
    for found in report.contradictions.items:
        page.text(f"{visible(found.ref)}: {visible(found.why)}", indent=2, hanging=2)
    _more(page, report.contradictions)
    page.heading(titled("Next milestones", report.next_milestones))
    for following in report.next_milestones.items:
        ref = visible(following.milestone.ref)
        page.text(f"{ref}: {milestone_summary(following)}", indent=2, hanging=2)
    _more(page, report.next_milestones)
    page.heading("Head")
    page.text(report.head or "none: the register has no entry", indent=2)
    return page


def deadline_sections(report: Report) -> tuple[tuple[str, Listed[DeadlineRow]], ...]:
    """The two lists of deadlines, with their titles."""
    within = f"Due within {days(report.day.within)}"
    return (("Overdue", report.overdue), (within, report.due_soon))


def summary(report: Report) -> str:
    """The paragraph for whoever reads nothing else."""
    if not report.commitments:
        return "There is no commitment here yet."
    overdue, soon = report.by_deadline["overdue"], report.by_deadline["due-soon"]
    said = [
        f"Of {plural(report.commitments, 'commitment')} under {plural(report.agreements, 'agreement')}, "
        f"{report.open:,} {_are(report.open)} open and {report.by_status['completed']:,} completed.",
        f"{_number(overdue, 'No commitment')} {_are(overdue or 1)} overdue "
        f"and {_number(soon, 'none')} {_are(soon or 1)} due within {days(report.day.within)}.",
    ]
    worst = next((row for row in report.overdue.items if row.record == "commitment"), None)
    if worst is not None:
        said.append(f"Longest overdue is {visible(worst.ref)}, by {days(-worst.days_left)}.")
    if count := report.contradictions.total:
        said.append(f"There {_are(count)} {plural(count, 'contradiction')}.")
    return " ".join(said)


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
    for name, header, listed, rows in table_sections(report):
        parts.append(f"## {titled(name, listed)}\n")
        if rows:
            parts.append(to_markdown(header, rows))
        if len(listed.items) < listed.total:
            parts.append(f"and {listed.total - len(listed.items):,} more\n")
    parts.append("## Head\n")
    parts.append(f"{report.head or 'none: the register has no entry'}\n")
    return "\n".join(parts)


def table_sections(
    report: Report,
) -> list[tuple[str, Sequence[str], Listed[Any], list[Sequence[str]]]]:
    """The lists of a report as tables: title, header, what is listed, and the cells."""
    sections: list[tuple[str, Sequence[str], Listed[Any], list[Sequence[str]]]] = []
    for title, deadlines in deadline_sections(report):
        header = ("ref", "title", "parties", "due", "last day", "days left", "slipped")
        sections.append((title, header, deadlines, [_deadline_cells(row) for row in deadlines.items]))
    sections.append(
        (
            f"Changed since {report.since}",
            ("effective on", "ref", "what"),
            report.changed,
            [(one.effective_on, one.ref, entry_summary(one)) for one in report.changed.items],
        )
    )
    sections.append(
        (
            f"Gone quiet, no entry for {days(report.stale)}",
            ("ref", "title", "newest entry"),
            report.quiet,
            [(one.ref, one.title, quiet_since(one, report.day)) for one in report.quiet.items],
        )
    )
    sections.append(
        (
            "Contradicts itself",
            ("ref", "title", "why"),
            report.contradictions,
            [tuple(one) for one in report.contradictions.items],
        )
    )
    sections.append(
        (
            "Next milestones",
            ("ref", "commitment", "milestone"),
            report.next_milestones,
            [(one.milestone.ref, one.title, milestone_summary(one)) for one in report.next_milestones.items],
        )
    )
    return sections


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


def entry_summary(entry: EntryRow) -> str:
    """What an entry says, in a line: what it did, what it changed, its note, how much evidence."""
    if entry.action == "created":
        said = f"{entry.record} created: {visible(str(entry.changes['title'][1]))}"
    else:
        said = describe(entry.changes) or entry.action
    if entry.note:
        said += f" ({visible(entry.note)})"
    if entry.evidence:
        said += f" [{len(entry.evidence)} evidence]"
    return said


def quiet_since(quiet: Quiet, day: Day) -> str:
    """How long ago a commitment's newest entry took effect."""
    from datetime import date

    ago = (day.today - date.fromisoformat(quiet.updated_on)).days
    return f"{quiet.updated_on}, {days(ago)} ago"


def milestone_summary(following: NextMilestone) -> str:
    """A milestone's number, title, state and deadline."""
    row = following.milestone
    due = f", due {due_date(row.due)}" if row.due else ""
    when = f", {left(row.days_left)}" if row.days_left is not None else ""
    return f"{row.number}. {visible(row.title)}, {row.state}{due}{when}"


def titled(title: str, listed: Listed[Any]) -> str:
    """A section's title with how many it has."""
    return f"{title}: {listed.total:,}" if listed.total else f"{title}: none"


def _deadline(row: DeadlineRow) -> str:
    due = f"due {due_date(row.due)}"
    if span := window(row.due, row.due_earliest, row.due_latest):
        due += f" ({span})"
    parts = [visible(row.title), _party(row.parties), due, left(row.days_left)]
    if moved := slip(row.slip_days):
        parts.append(moved)
    return f"{visible(row.ref)}: {', '.join(parts)}"


def _deadline_cells(row: DeadlineRow) -> Sequence[str]:
    cells = (row.ref, row.title, row.parties, due_date(row.due), row.due_latest, left(row.days_left))
    return (*cells, slip(row.slip_days))


def _party(parties: str) -> str:
    return {"KR": "Korea", "MY": "Malaysia"}.get(parties, "both parties")


def _more(page: Page, listed: Listed[Any]) -> None:
    if len(listed.items) < listed.total:
        page.text(f"and {listed.total - len(listed.items):,} more", indent=2)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{visible(name)} {count:,}" for name, count in counts.items() if count) or "none"


def _number(count: int, none: str) -> str:
    return f"{count:,}" if count else none


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
