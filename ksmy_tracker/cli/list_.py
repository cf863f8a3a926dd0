"""ksmy list: commitments, all or those that filters let through."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK, command, flag, option, repeatable, several
from ksmy_tracker.cli.fields import only
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Limit, Withdrawn
from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.domain.values import read_day, read_text
from ksmy_tracker.reading.commitments import each_commitment


@command(LOOK, "ksmy list --sector trade --sort -days_left")
def list_(
    status: Annotated[
        list[str], only("status", "Only of this status. Repeatable, like every filter that takes a word.")
    ],
    sector: Annotated[list[str], only("sector", "Only in this sector.")],
    party: Annotated[
        list[str],
        only(
            "parties",
            "Only where KR (or MY) has a part, alone or with the other; both: only shared ones.",
            name="party",
        ),
    ],
    agreement: Annotated[list[str], only("agreement", "Only under this agreement.")],
    firmness: Annotated[list[str], only("firmness", "Only said this firmly.")],
    overdue: Annotated[bool, flag("--overdue", "Only open ones whose last day has passed.")],
    due_before: Annotated[
        str | None, option("--due-before", "DATE", "Only with a last day before this date.", read_day)
    ],
    due_after: Annotated[
        str | None, option("--due-after", "DATE", "Only with a last day after this date.", read_day)
    ],
    stale: Annotated[
        int | None, option("--stale", "DAYS", "Only open ones without an entry for so many days.", min=0)
    ],
    search: Annotated[
        list[str],
        repeatable(
            "--search",
            "TEXT",
            "Only with this text in ref, title, detail or phrase. Repeated: with all of them.",
            lambda given: [read_text(given)] if given else [],
        ),
    ],
    withdrawn: Withdrawn,
    sort: Annotated[
        list[str],
        several(
            "--sort",
            "FIELD",
            "Sort by a field; -FIELD for descending. Repeatable.",
            str,
            offers=completion.sort_fields,
        ),
    ],
    limit: Limit,
    listing: Listing,
) -> None:
    """List commitments, all or those that filters let through."""
    filters = Filters(
        status=status,
        sector=sector,
        party=party,
        agreement=agreement,
        firmness=firmness,
        overdue=overdue,
        due_before=due_before,
        due_after=due_after,
        stale=stale,
        search=search,
        withdrawn=withdrawn,
    )
    listing.show("list", lambda snapshot: each_commitment(snapshot, filters, sort=sort, limit=limit))
