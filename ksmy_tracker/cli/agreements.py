"""ksmy agreements: the agreements that commitments belong to."""

from typing import Annotated

from ksmy_tracker.cli.command import LOOK, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Withdrawn, search_option, searched_of
from ksmy_tracker.reading.agreements import agreements as agreements_of


@command(LOOK, "ksmy agreements --format md", without=("within",))
def agreements(
    search: Annotated[list[str], search_option(*searched_of("agreement"))],
    withdrawn: Withdrawn,
    listing: Listing,
) -> None:
    """List the agreements, with how many commitments each has, open and overdue."""
    listing.show("agreements", lambda snapshot: agreements_of(snapshot, withdrawn=withdrawn, search=search))
