"""ksmy diff: what moved between two days."""

from datetime import date
from typing import Annotated

from ksmy_tracker.cli.command import LOOK, argument, command
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import day_of
from ksmy_tracker.domain.rows import Day, Moved
from ksmy_tracker.domain.values import read_day
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.snapshot import Snapshot


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

    def select(snapshot: Snapshot) -> list[Moved]:
        today, reader = snapshot.day.today, snapshot.register
        if last is None and first > today:
            raise Usage(f"FROM {first} is in the future (today is {today}); give TO, a later day")
        until = last or today

        def known(as_of: date | None, known_on: date) -> Day:
            return day_of(reader, as_of, known_on, listing.tz, listing.now, listing.within)

        # What is dated ahead, where it was later already, is of the later day: it moved, whichever day is asked for.
        ahead = until if until > today else None
        return differences(reader, known(first, min(first, today)), known(ahead, min(until, today)))

    if last is not None and first > last:
        raise Usage(f"FROM {first} is after TO {last}; give the earlier day first")
    listing.show("diff", select)
