"""ksmy due: open deadlines."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Limit, Narrowing, Within
from ksmy_tracker.reading.deadlines import deadlines
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.snapshot import Snapshot


@command(LOOK, "ksmy due --within 180")
def due(within: Within, only: Narrowing, limit: Limit, listing: Listing) -> None:
    """List open deadlines: overdue, then due soon, then later, with the window of an imprecise date."""
    with listing.where.reading() as reader:
        rows = deadlines(narrowed(Snapshot(reader, listing.day), only.filters()), limit=limit)
    listing.show("due", rows)
