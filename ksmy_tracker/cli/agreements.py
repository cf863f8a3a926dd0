"""ksmy agreements: the agreements that commitments belong to."""

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Withdrawn
from ksmy_tracker.reading.listings import View


@command(LOOK, "ksmy agreements --format md", without=("within",))
def agreements(withdrawn: Withdrawn, listing: Listing) -> None:
    """List the agreements, with how many commitments each has, open and overdue."""
    with listing.where.reading() as reader:
        rows = View(reader, listing.day).agreements(withdrawn=withdrawn)
    listing.show("agreements", rows)
