"""One record with all that belongs to it, as a page of text."""

from collections.abc import Sequence

from ksmy_tracker.domain.kinds import Agreement, Commitment, Milestone
from ksmy_tracker.domain.rows import EntryRow, FullAgreement, FullCommitment, as_dict
from ksmy_tracker.render.text.page import Page
from ksmy_tracker.render.wording import (
    due_date,
    entry_summary,
    expected,
    field_name,
    left,
    plural,
    slip,
    worded,
)


def as_page(found: FullCommitment | FullAgreement, width: int) -> Page:
    """All there is about a record."""
    if isinstance(found, FullCommitment):
        return commitment_page(*found, width)
    return agreement_page(*found, width)


def commitment_page(
    row: Commitment,
    agreement: Agreement,
    milestones: Sequence[Milestone],
    entries: Sequence[EntryRow],
    width: int,
) -> Page:
    """A commitment: its fields, its agreement, its milestones and its history."""
    page = Page(width)
    page.heading(f"{row.ref}  {row.title}")
    words = _words(row)
    words["agreement"] = f"{row.agreement}, {agreement.title} ({agreement.stage})"
    words["due"] = due_date(row.due, row.due_earliest, row.due_latest)
    if row.days_left is not None:
        words["deadline"] += f", {left(row.days_left)}"
    words["slip_days"] = slip(row.slip_days)
    words["milestones"] = f"{row.milestones_met} of {row.milestones} met" if row.milestones else "none"
    words["evidence"] = plural(row.evidence, "entry") if row.evidence else "none"
    for name in ("due_earliest", "due_latest", "days_left", "milestones_met", "newest_entry"):
        del words[name]
    page.pairs([(field_name(name), word or "-") for name, word in words.items()])
    if milestones:
        page.heading("Milestones")
        for milestone in milestones:
            page.text(_milestone(milestone), indent=2, hanging=3, style=milestone.deadline)
    history(page, entries)
    return page


def agreement_page(
    row: Agreement, commitments: Sequence[Commitment], entries: Sequence[EntryRow], width: int
) -> Page:
    """An agreement: its fields, its commitments and its history."""
    page = Page(width)
    page.heading(f"{row.ref}  {row.title}")
    page.pairs([(field_name(name), word or "-") for name, word in _words(row).items()])
    page.heading(f"Commitments: {len(commitments)}" if commitments else "Commitments: none")
    for commitment in commitments:
        due = f", due {due_date(commitment.due)}" if commitment.due else ""
        page.text(
            f"{commitment.ref}: {commitment.title} ({commitment.status}, {commitment.deadline}{due})",
            indent=2,
            hanging=2,
            style=commitment.deadline,
        )
    history(page, entries)
    return page


def history(page: Page, entries: Sequence[EntryRow]) -> None:
    """The entries of a record, each with its note and evidence in full."""
    page.heading(f"History: {plural(len(entries), 'entry')}")
    for entry in entries:
        said = f"{entry.ref}: {entry_summary(entry)}" if entry.record == "milestone" else entry_summary(entry)
        page.text(f"{entry.id}  {entry.effective_on}  {entry.actor}: {said}", indent=2, hanging=4)
        for evidence in entry.evidence:
            page.text(evidence, indent=6, hanging=2)


def _words(row: Agreement | Commitment) -> dict[str, str]:
    """The fields under a record's heading; `withdrawn` only if it is."""
    hidden = ("ref", "title") if row.withdrawn else ("ref", "title", "withdrawn")
    return {name: worded(name, value) for name, value in as_dict(row).items() if name not in hidden}


def _milestone(row: Milestone) -> str:
    due = f", due {due_date(row.due, row.due_earliest, row.due_latest)}" if row.due else ""
    met = f" on {row.met_on}" if row.met_on else ""
    when = f", {left(row.days_left)}" if row.days_left is not None else ""
    gone = ", withdrawn" if row.withdrawn else ""
    said = f"{row.number}. {row.title}{gone}: {row.state}{met}{due}{when}"
    return ", ".join(filter(None, (said, expected(row.expected, row.state))))
