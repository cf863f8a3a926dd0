"""ksmy show: all there is about one record."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Ref
from ksmy_tracker.cli.output import as_object, emit, emit_page, page_width
from ksmy_tracker.domain.rows import as_dict
from ksmy_tracker.reading.full_record import full_record
from ksmy_tracker.reading.snapshot import Snapshot


@command(LOOK, "ksmy show FTA-CONCLUDE --as-of 2025-06-30", without=("columns",))
def show(ref: Ref, listing: Listing) -> None:
    """Show a commitment with its agreement, milestones and history, or an agreement with its commitments."""
    with listing.where.reading() as reader:
        found = full_record(Snapshot(reader, listing.day), ref)
    if listing.format == "table":
        from ksmy_tracker.render.text.records import as_page

        emit_page(as_page(found, page_width()))
    elif listing.format in ("json", "jsonl"):
        from ksmy_tracker.render.json_contract import record_object

        emit(as_object(record_object(found), listing.format))
    else:
        listing.show_cells(("field", "value"), as_dict(found.record).items())
