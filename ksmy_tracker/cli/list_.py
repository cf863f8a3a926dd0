"""ksmy list: commitments, all or those that filters let through."""

from dataclasses import asdict, dataclass
from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK, command, flag, option, repeatable, several
from ksmy_tracker.cli.fields import only
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import Limit, Withdrawn
from ksmy_tracker.domain.kinds import SEARCHED
from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.domain.values import read_count, read_day, read_text
from ksmy_tracker.reading.commitments import each_commitment

#: What is searched, each by its last word: of a due phrase, the phrase.
*_SEARCHED, _LAST = ("ref", *(name.rpartition("_")[2] for name in SEARCHED["commitment"]))


@dataclass(frozen=True, slots=True)
class Filtering:
    """The commitments that a listing is of."""

    status: Annotated[
        list[str], only("status", "Only of this status. Repeatable, like every filter that takes a word.")
    ]
    sector: Annotated[list[str], only("sector", "Only in this sector.")]
    party: Annotated[
        list[str],
        only(
            "parties",
            "Only where KR (or MY) has a part, alone or with the other; both: only shared ones.",
            name="party",
        ),
    ]
    agreement: Annotated[list[str], only("agreement", "Only under this agreement.")]
    firmness: Annotated[list[str], only("firmness", "Only said this firmly.")]
    overdue: Annotated[bool, flag("--overdue", "Only open ones whose last day has passed.")]
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
    search: Annotated[
        list[str],
        repeatable(
            "--search",
            "TEXT",
            f"Only with this text in {', '.join(_SEARCHED)} or {_LAST}. Repeated: with all of them.",
            lambda given: [read_text(given)] if given else [],
        ),
    ]
    withdrawn: Withdrawn

    def filters(self) -> Filters:
        """What lets them through."""
        return Filters(**asdict(self))


@command(LOOK, "ksmy list --sector trade --sort -days_left")
def list_(
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
    listing.show("list", lambda snapshot: each_commitment(snapshot, filters, sort=sort, limit=limit))
