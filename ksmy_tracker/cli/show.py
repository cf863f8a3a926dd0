"""ksmy show: all there is about one record."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Ref
from ksmy_tracker.cli.output import as_object, emit, emit_page, page_width
from ksmy_tracker.domain.rows import as_dict
from ksmy_tracker.reading.full_record import full_record


@command(LOOK, "ksmy show FTA-CONCLUDE --as-of 2025-06-30", without=("columns",))
def show(ref: Ref, listing: Listing) -> None:
    """Show a commitment, an agreement, a body or a source, with all that belongs to it and its history."""
    with listing.where.reading() as reader:
        found = full_record(listing.snapshot(reader), ref)
    if listing.format == "table":
        from ksmy_tracker.render.text.records import as_page

        emit_page(as_page(found, page_width()))
    elif listing.format in ("json", "jsonl"):
        from ksmy_tracker.render.json_contract import record_object

        emit(as_object(record_object(found), listing.format))
    else:
        listing.show_cells(("field", "value"), as_dict(found.record).items())
