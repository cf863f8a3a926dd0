"""ksmy list: commitments, all or those that filters let through."""

from dataclasses import asdict, dataclass
from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK, argument, command, flag, joined, option, several
from ksmy_tracker.cli.fields import only
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Limit, Search, Withdrawn, read_search
from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.domain.values import read_count, read_day
from ksmy_tracker.reading.commitments import each_commitment


@dataclass(frozen=True, slots=True)
class Filtering:
    """The commitments that a listing is of."""

    status: Annotated[
        list[str], only("status", "Only of this status. Repeatable, like every filter that takes a word.")
    ]
    sector: Annotated[list[str], only("sector", "Only in this sector.")]
    topic: Annotated[list[str], only("topics", "Only about this topic.", name="topic")]
    party: Annotated[
        list[str],
        only(
            "parties",
            "Only where KR (or MY) has a part, alone or with the other; both: only shared ones.",
            name="party",
        ),
    ]
    lead: Annotated[list[str], only("leads", "Only what this body must deliver.", name="lead")]
    partner: Annotated[list[str], only("partners", "Only what this body takes part in.", name="partner")]
    agreement: Annotated[list[str], only("agreement", "Only under this agreement.")]
    firmness: Annotated[list[str], only("firmness", "Only said this firmly.")]
    overdue: Annotated[bool, flag("--overdue", "Only open ones whose last day has passed.")]
    undated: Annotated[bool, flag("--undated", "Only those without a due date.")]
    disputed: Annotated[
        bool, flag("--disputed", "Only those of which a claim says otherwise, or of a part of them.")
    ]
    due_before: Annotated[
        str | None, option("--due-before", "DATE", "Only with a last day before this date.", read_day)
    ]
    due_after: Annotated[
        str | None, option("--due-after", "DATE", "Only with a last day after this date.", read_day)
    ]
    stale: Annotated[
        int | None, option("--stale", "DAYS", "Only open ones without an entry for so many days.", read_count)
    ]
    not_reviewed: Annotated[
        int | None,
        option(
            "--not-reviewed", "DAYS", "Only open ones that nobody looked at for so many days.", read_count
        ),
    ]
    search: Search
    withdrawn: Withdrawn

    def filters(self) -> Filters:
        """What lets them through."""
        given = asdict(self)
        undated = given.pop("undated")
        return Filters(**given, dated=False if undated else None)


@command(LOOK, "ksmy list --sector trade --sort -days_left")
def list_(
    words: Annotated[
        list[str],
        argument(
            "WORDS", "What to search for, each as with --search.", read_search, default=None, settle=joined
        )._replace(typed=list[str]),
    ],
    filtering: Filtering,
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
    filters = filtering.filters()
    filters = filters._replace(search=[*filters.search, *words])
    listing.show("list", lambda snapshot: each_commitment(snapshot, filters, sort=sort, limit=limit))
