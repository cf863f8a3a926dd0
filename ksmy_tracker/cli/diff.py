"""ksmy diff: what moved between two days."""

from datetime import date
from typing import Annotated

from ksmy_tracker import clock
from ksmy_tracker.cli.command import LOOK, argument, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import day_of
from ksmy_tracker.domain.values import read_day
from ksmy_tracker.errors import Usage


def _read_date(given: str) -> date:
    return date.fromisoformat(read_day(given))


@command(LOOK, "ksmy diff 2025-10-01 2025-10-31", without=("as_of", "known_on"))
def diff(
    first: Annotated[date, argument("FROM", "The earlier day.", _read_date)],
    last: Annotated[
        date | None,
        argument("TO", "The later day, also one to come. Default: today.", _read_date, default=None),
    ],
    listing: Listing,
) -> None:
    """List what moved between two days, each as known then: by which entries, or by the calendar alone.

    A day to come is seen by what is known today: what the calendar alone will move.
    """
    from ksmy_tracker.reading.differences import differences  # msgspec, which help need not wait for

    today = clock.today(listing.now, listing.tz)
    if last is None and first > today:
        raise Usage(f"FROM {first} is in the future (today is {today}); give TO, a later day")
    if last is not None and first > last:
        raise Usage(f"FROM {first} is after TO {last}; give the earlier day first")
    until = last or today
    # What is dated ahead, where it was later already, is of the later day: it moved, whichever day is asked for.
    before = day_of(first, min(first, today), listing.tz, listing.now, listing.within)
    ahead = until if until > today else None
    after = day_of(ahead, min(until, today), listing.tz, listing.now, listing.within)
    listing.show("diff", lambda snapshot: differences(snapshot.register, before, after))
