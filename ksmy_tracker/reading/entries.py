"""Entries of the history: of a record, since a day, by an actor; and how many are news."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.rows import EntryRow, days_before
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.expressions import all_of
from ksmy_tracker.reading.snapshot import Snapshot

#: What tells an entry that changed or said something.
NEWS: Final = "action <> 'reviewed'"

#: What tells an entry that took effect since `:since`, or was recorded since then with an earlier date. A register's
#: first invocation tells what was so already, so when it was recorded is no news.
_SINCE: Final = (
    "(effective_on >= :since OR (recorded_at >= :since_moment AND recorded_at < :until_moment "
    "AND invocation <> :first_invocation))"
)


def entries(
    snapshot: Snapshot,
    *,
    ref: str | None = None,
    since: str | None = None,
    by: str | None = None,
    newest: int | None = None,
    news: bool = False,
) -> list[EntryRow]:
    """Entries in the order of the chain; see `each_entry`."""
    return list(each_entry(snapshot, ref=ref, since=since, by=by, newest=newest, news=news))


def each_entry(
    snapshot: Snapshot,
    *,
    ref: str | None = None,
    since: str | None = None,
    by: str | None = None,
    newest: int | None = None,
    news: bool = False,
) -> Iterator[EntryRow]:
    """Entries in the order of the chain, one by one: of a record and its milestones, since a date, by an actor.

    With `news` those that changed or said something, without those that only keep a key.
    """
    parts = [NEWS] if news else []
    if ref is not None:
        parts.append("(ref = :ref OR (ref >= :first_step AND ref < :past_steps))")
    if since is not None:
        parts.append(_SINCE)
    if by is not None:
        parts.append("actor = :by")
    sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry {all_of(parts)} ORDER BY id"
    if newest is not None:
        sql = f"SELECT * FROM ({sql} DESC LIMIT :newest) newest ORDER BY id"
    found = snapshot.stream(
        StoredEntry,
        sql,
        **_since(snapshot, since),
        ref=ref,
        # "0" is the character after "/", which parts a milestone's number from its commitment's ref.
        first_step=f"{ref}/",
        past_steps=f"{ref}0",
        by=by,
        newest=newest,
    )
    return map(_read, found)


def count_entries(snapshot: Snapshot, *, since: str) -> int:
    """How many entries are news since a date."""
    return snapshot.count(f"FROM entry WHERE {NEWS} AND {_SINCE}", **_since(snapshot, since))


def _since(snapshot: Snapshot, since: str | None) -> dict[str, str]:
    """The parameters of `_SINCE`."""
    if since is None:
        return {}
    first = snapshot.reader.values(str, "SELECT invocation FROM entry WHERE id = 1")
    return {
        "since": since,
        "since_moment": midnight_after(days_before(date.fromisoformat(since), 1)),
        "first_invocation": first[0] if first else "",
    }


def _read(entry: StoredEntry) -> EntryRow:
    from ksmy_tracker.domain.chain import read_changes

    changes, evidence = read_changes(entry.id, entry.changes, entry.evidence)
    return EntryRow(**(entry._asdict() | {"changes": changes, "evidence": list(evidence)}))
