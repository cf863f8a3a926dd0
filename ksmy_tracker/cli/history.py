"""ksmy history: the entries of the register, or of one record."""

from collections.abc import Iterator
from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK, argument, command, flag, option
from ksmy_tracker.cli.listing import Listing
from ksmy_tracker.cli.options import search_option
from ksmy_tracker.cli.since_option import Since, read_since
from ksmy_tracker.domain.rows import EntryRow
from ksmy_tracker.domain.values import read_any_ref, read_count, read_text
from ksmy_tracker.reading.entries import Which, each_entry
from ksmy_tracker.reading.refs import existing
from ksmy_tracker.reading.snapshot import Snapshot


@command(LOOK, "ksmy history FTA-CONCLUDE --since 2025-01-01", without=("within",))
def history(
    ref: Annotated[
        str | None,
        argument(
            "REF",
            "Only of this record and its milestones.",
            read_any_ref,
            default=None,
            offers=completion.refs,
        ),
    ],
    since: Annotated[
        Since | None,
        option(
            "--since",
            "DATE",
            "Only what took effect, or was recorded, since: a date, or 7d, 2w, 1m.",
            read_since,
        ),
    ],
    by: Annotated[
        str | None, option("--by", "ACTOR", "Only what this person or program recorded.", read_text)
    ],
    in_force: Annotated[
        bool, flag("--in-force", "Only what counts: without what was taken back, and undos.")
    ],
    news: Annotated[bool, flag("--news", "Only what counts and says something: without reviews either.")],
    search: Annotated[list[str], search_option("note", "evidence", "what changed")],
    limit: Annotated[int | None, option("--limit", "N", "At most the newest so many.", read_count)],
    listing: Listing,
) -> None:
    """List the entries of the history, oldest first."""

    def select(snapshot: Snapshot) -> Iterator[EntryRow]:
        first = since and since.before(snapshot.day.today, "history")
        wanted = ref and existing(snapshot, ref)
        return each_entry(snapshot, Which(wanted, first, by, limit, news, in_force, search))

    listing.show("history", select)
