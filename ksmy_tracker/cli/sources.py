"""ksmy sources: the publications that evidence cites."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Withdrawn
from ksmy_tracker.reading.sources import sources as sources_of


@command(LOOK, "ksmy sources --format csv", without=("within",))
def sources(withdrawn: Withdrawn, listing: Listing) -> None:
    """List the sources, with how many entries cite each."""
    listing.show("sources", lambda snapshot: sources_of(snapshot, withdrawn=withdrawn))
