"""ksmy measure list: all quantities."""

from ksmy_tracker.cli.command import command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Narrowing, Withdrawn
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.measures import measures


@command(None, "ksmy measure list --sector defence --format md", without=("within",))
def measure_list(only: Narrowing, withdrawn: Withdrawn, listing: Listing) -> None:
    """List the quantities of commitments and agreements, each with its newest reading."""
    filters = only.filters()
    listing.show("measure list", lambda snapshot: measures(narrowed(snapshot, filters), withdrawn=withdrawn))
