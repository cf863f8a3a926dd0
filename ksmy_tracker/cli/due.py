"""ksmy due: open deadlines."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Limit, Narrowing, Within
from ksmy_tracker.reading.deadlines import each_deadline
from ksmy_tracker.reading.filters import narrowed


@command(LOOK, "ksmy due --within 180")
def due(within: Within, only: Narrowing, limit: Limit, listing: Listing) -> None:
    """List open deadlines: overdue, then due soon, then later, with the window of an imprecise date."""
    filters = only.filters()
    listing.show("due", lambda snapshot: each_deadline(narrowed(snapshot, filters), limit=limit))
