"""Objects of the JSON contract that are no rows: a receipt, a full record, a report, a timeline."""

from typing import TYPE_CHECKING, Any

from ksmy_tracker.domain.rows import (
    Disagreement,
    FullAgreement,
    FullCommitment,
    FullPartnership,
    FullRecord,
    FullSource,
    InvocationRow,
    MeasureRow,
    Voice,
    as_dict,
    contract_value,
)

if TYPE_CHECKING:
    from ksmy_tracker.domain.receipt import Receipt
    from ksmy_tracker.domain.report import Report
    from ksmy_tracker.domain.timeline import Timeline


def receipt_object(receipt: "Receipt", *, dry_run: bool) -> dict[str, Any]:
    """The receipt, with what became of each change."""
    return {
        "invocation": receipt.invocation,
        "applied": receipt.applied,
        "unchanged": receipt.unchanged,
        "skipped": receipt.skipped,
        "head": receipt.head,
        "dry_run": dry_run,
        "entries": [outcome.entry for outcome in receipt.outcomes if outcome.entry is not None],
        "changes": [
            {
                name: getattr(outcome, name)
                for name in ("ref", "record", "action", "entry", "changes", "since", "until", "retracts")
            }
            for outcome in receipt.outcomes
        ],
    }


def invocation_object(row: InvocationRow) -> dict[str, Any]:
    """An invocation, with its first entry."""
    return {**row._asdict(), "first": as_dict(row.first)}


def record_object(found: FullRecord) -> dict[str, Any]:
    """A record's fields, its history, and the list of what belongs to it."""
    whole = as_dict(found.record) | {"entries": [as_dict(entry) for entry in found.entries]}
    if isinstance(found, FullCommitment):
        return whole | {
            "milestone_list": [as_dict(milestone) for milestone in found.milestones],
            **_measures_and_claims(found),
        }
    if isinstance(found, FullSource):
        return whole | {"citing": [as_dict(entry) for entry in found.citing]}
    its = _measures_and_claims(found) if isinstance(found, FullAgreement) else {}
    if isinstance(found, FullPartnership):
        return whole
    # Here the count of a listing gives way to the list itself.
    return whole | {"commitments": [as_dict(one) for one in found.commitments], **its}


def _measures_and_claims(found: FullCommitment | FullAgreement) -> dict[str, Any]:
    """The measures of a record, each with its readings, and the claims about it and its parts."""
    return {
        "measure_list": [measure_object(one) for one in found.measures],
        "claims": [as_dict(one) for one in found.claims],
    }


def measure_object(measure: MeasureRow) -> dict[str, Any]:
    """A measure with its readings."""
    return as_dict(measure.record) | {"readings": [one._asdict() for one in measure.readings]}


def disagreement_object(found: Disagreement) -> dict[str, Any]:
    """What the register says a field is, and what claims do, each with its evidence."""

    def voice(one: Voice) -> dict[str, Any]:
        return one._asdict() | {"cited": contract_value(one.cited)}

    return found._asdict() | {
        "register": voice(found.register),
        "claims": [voice(one) for one in found.claims],
    }


def report_object(report: "Report") -> dict[str, Any]:
    """The report, its summary and every list of it."""
    from ksmy_tracker.render.report_summary import summary  # a receipt need not wait for it

    return {
        "today": report.today.isoformat(),
        "within": report.day.within,
        "since": report.since,
        "commitments": report.commitments,
        "open": report.open,
        "agreements": report.agreements,
        "by_status": dict(report.by_status),
        "by_deadline": dict(report.by_deadline),
        "by_firmness": dict(report.counts.by_firmness),
        "by_lead": dict(report.by_lead),
        "without_lead": report.without_lead,
        "one_sided": report.counts.one_sided,
        "overdue": [as_dict(row) for row in report.overdue.items],
        "overdue_count": report.overdue.total,
        "due_soon": [as_dict(row) for row in report.due_soon.items],
        "due_soon_count": report.due_soon.total,
        "moved": [one._asdict() for one in report.moved.items],
        "moved_count": report.moved.total,
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
        "measures": [measure_object(one) for one in report.measures.items],
        "measure_count": report.measures.total,
        "disagreements": [disagreement_object(one) for one in report.disagreements.items],
        "disagreement_count": report.disagreements.total,
        "needs_attention": report.needs_attention,
    }


def timeline_object(timeline: "Timeline") -> dict[str, Any]:
    """The timeline; what has no due date has null for it and its window."""
    return {
        "start": str(timeline.start),
        "end": str(timeline.end),
        "today": str(timeline.today),
        "undated": timeline.undated,
        "outside": timeline.outside,
        "bars": [
            {
                **_texts(bar._asdict()),
                "marks": [_texts(mark._asdict()) | {"number": mark.number} for mark in bar.marks],
            }
            for bar in timeline.bars
        ],
    }


def _texts(fields: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in fields.items()}
