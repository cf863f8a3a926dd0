"""ksmy bodies: who acts or speaks."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Withdrawn
from ksmy_tracker.reading.bodies import bodies as bodies_of


@command(LOOK, "ksmy bodies --format md", without=("within",))
def bodies(withdrawn: Withdrawn, listing: Listing) -> None:
    """List the bodies that act or speak, with how many open commitments and milestones each leads."""
    listing.show("bodies", lambda snapshot: bodies_of(snapshot, withdrawn=withdrawn))
