"""ksmy show: all there is about one record."""

from typing import Any

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Ref
from ksmy_tracker.cli.output import as_object, emit, emit_page, page_width
from ksmy_tracker.domain.kinds import commitment_of
from ksmy_tracker.domain.rows import Filters, as_dict
from ksmy_tracker.reading.agreements import agreements as agreements_of
from ksmy_tracker.reading.commitments import commitment as commitment_named
from ksmy_tracker.reading.commitments import commitments as commitments_of
from ksmy_tracker.reading.entries import entries as entries_of
from ksmy_tracker.reading.milestones import milestones as milestones_of
from ksmy_tracker.reading.refs import existing, no_such
from ksmy_tracker.reading.snapshot import Snapshot


@command(LOOK, "ksmy show FTA-CONCLUDE --as-of 2025-06-30", without=("columns",))
def show(ref: Ref, listing: Listing) -> None:
    """Show a commitment with its agreement, milestones and history, or an agreement with its commitments."""
    wanted = commitment_of(ref)
    with listing.where.reading() as reader:
        snapshot = Snapshot(reader, listing.day)
        if ref != wanted:
            existing(snapshot, ref)
        commitment = commitment_named(snapshot, wanted)
        agreements = agreements_of(snapshot, ref=commitment.agreement if commitment else wanted)
        if not agreements:
            raise no_such(snapshot, wanted)
        milestones = milestones_of(snapshot, wanted)
        commitments = (
            []
            if commitment
            else commitments_of(snapshot, Filters(agreement=[wanted], withdrawn=agreements[0].withdrawn))
        )
        entries = entries_of(snapshot, ref=wanted)
    if listing.format == "table":
        from ksmy_tracker.render.text import records

        width = page_width()
        if commitment:
            emit_page(records.commitment_page(commitment, agreements[0], milestones, entries, width))
        else:
            emit_page(records.agreement_page(agreements[0], commitments, entries, width))
        return
    whole = as_dict(commitment or agreements[0])
    if listing.format in ("json", "jsonl"):
        more: dict[str, Any] = {"entries": [as_dict(entry) for entry in entries]}
        if commitment:
            more["milestone_list"] = [as_dict(milestone) for milestone in milestones]
        else:
            # Here the count of a listing gives way to the list itself.
            more["commitments"] = [as_dict(one) for one in commitments]
        emit(as_object({**whole, **more}, listing.format))
        return
    listing.show_cells(("field", "value"), whole.items())
