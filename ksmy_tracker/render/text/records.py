"""One record with all that belongs to it, as a page of text."""

from collections.abc import Sequence

from ksmy_tracker.domain.kinds import Agreement, Body, Claim, Commitment, Milestone, Record, Source
from ksmy_tracker.domain.rows import (
    EntryRow,
    FullAgreement,
    FullCommitment,
    FullPartnership,
    FullRecord,
    FullSource,
    MeasureRow,
    as_dict,
)
from ksmy_tracker.render.text.page import Page
from ksmy_tracker.render.wording import (
    cited,
    claim_words,
    due_date,
    entry_summary,
    expected,
    field_name,
    left,
    plural,
    progress,
    slip,
    worded,
)


def as_page(found: FullRecord, width: int) -> Page:
    """All there is about a record."""
    if isinstance(found, FullCommitment):
        return commitment_page(found, width)
    if isinstance(found, FullSource):
        return source_page(*found, width)
    if isinstance(found, FullPartnership):
        page = Page(width)
        page.heading(f"{found.record.ref}  {found.record.title}")
        page.pairs([(field_name(name), word or "-") for name, word in _words(found.record).items()])
        history(page, found.entries, page_of=found.record.ref)
        return page
    measures, claims = (found.measures, found.claims) if isinstance(found, FullAgreement) else ((), ())
    return page_with_commitments(found.record, found.commitments, found.entries, width, measures, claims)


def commitment_page(found: FullCommitment, width: int) -> Page:
    """A commitment: its fields, its agreement, its milestones, its measures, claims about these, and its history."""
    row, agreement = found.record, found.agreement
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
    if found.milestones:
        page.heading("Milestones")
        for milestone in found.milestones:
            page.text(_milestone(milestone), indent=2, hanging=3, style=milestone.deadline)
    _measures_and_claims(page, found.measures, found.claims)
    history(page, found.entries, page_of=row.ref)
    return page


def page_with_commitments(
    row: Agreement | Body,
    commitments: Sequence[Commitment],
    entries: Sequence[EntryRow],
    width: int,
    measures: Sequence[MeasureRow] = (),
    claims: Sequence[Claim] = (),
) -> Page:
    """An agreement or a body: its fields, its commitments and its history."""
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
    _measures_and_claims(page, measures, claims)
    history(page, entries, page_of=row.ref)
    return page


def source_page(row: Source, citing: Sequence[EntryRow], entries: Sequence[EntryRow], width: int) -> Page:
    """A source: its fields, the entries that cite it, and its history."""
    page = Page(width)
    page.heading(f"{row.ref}  {row.title}")
    page.pairs([(field_name(name), word or "-") for name, word in _words(row).items()])
    history(page, citing, heading="Cited by", page_of="")
    history(page, entries, page_of=row.ref)
    return page


def history(page: Page, entries: Sequence[EntryRow], *, page_of: str, heading: str = "History") -> None:
    """The entries of a record, each with its note and evidence in full."""
    page.heading(f"{heading}: {plural(len(entries), 'entry')}")
    for entry in entries:
        said = entry_summary(entry, evidence=False)
        if entry.ref != page_of:
            said = f"{entry.ref}: {said}"
        page.text(f"{entry.id}  {entry.effective_on}  {entry.actor}: {said}", indent=2, hanging=4)
        for evidence in cited(entry):
            page.text(evidence, indent=6, hanging=2)


def _measures_and_claims(page: Page, measures: Sequence[MeasureRow], claims: Sequence[Claim]) -> None:
    if measures:
        page.heading("Measures")
    for measure in measures:
        page.text(
            f"{measure.record.ref}  {measure.record.title}: {progress(measure.record)}", indent=2, hanging=4
        )
        if len(measure.readings) > 1:
            said = ", ".join(
                f"{due_date(one.period) or one.effective_on} {one.value}" for one in measure.readings
            )
            page.text(f"readings: {said}", indent=4, hanging=2)
    if claims:
        page.heading("Claims")
    for claim in claims:
        page.text(claim_words(claim), indent=2, hanging=4)


def _words(row: Record) -> dict[str, str]:
    """The fields under a record's heading; `withdrawn` only if it is."""
    hidden = ("ref", row.title_field, *([] if row.withdrawn else ["withdrawn"]))
    return {name: worded(name, value) for name, value in as_dict(row).items() if name not in hidden}


def _milestone(row: Milestone) -> str:
    due = f", due {due_date(row.due, row.due_earliest, row.due_latest)}" if row.due else ""
    met = f" on {row.met_on}" if row.met_on else ""
    when = f", {left(row.days_left)}" if row.days_left is not None else ""
    gone = ", withdrawn" if row.withdrawn else ""
    said = f"{row.number}. {row.title}{gone}: {row.state}{met}{due}{when}"
    return ", ".join(filter(None, (said, expected(row.expected, row.state))))
