"""Entries of the history: of a record, since a day, by an actor; and how many are news."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from ksmy_tracker.domain.entries import ENTRY_FIELDS, UNDONE_BY, StoredEntry
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import EntryRow, days_before
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.expressions import all_of
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Reader

#: What tells an entry that changed or said something.
NEWS: Final = "action <> 'reviewed'"

#: What tells an entry from an undo or a redo, which only says what others count for.
_NO_UNDO: Final = f"(retracts = '[]' OR action NOT IN {UNDONE_BY})"

#: What tells an entry that took effect since `:since`, or was recorded since then with an earlier date. A register's
#: first invocation tells what was so already, so when it was recorded is no news.
_SINCE: Final = (
    "(effective_on >= :since OR (recorded_at >= :since_moment AND recorded_at < :until_moment "
    "AND invocation <> :first_invocation))"
)


class _Id(NamedTuple):
    id: int


#: Entries that are read at once where they are looked up by their ids.
_AT_ONCE: Final = 500


def entries(
    snapshot: Snapshot,
    *,
    ref: str | None = None,
    since: str | None = None,
    by: str | None = None,
    newest: int | None = None,
    news: bool = False,
    in_force: bool = False,
) -> list[EntryRow]:
    """Entries in the order of the chain; see `each_entry`."""
    return list(
        each_entry(snapshot, ref=ref, since=since, by=by, newest=newest, news=news, in_force=in_force)
    )


def each_entry(
    snapshot: Snapshot,
    *,
    ref: str | None = None,
    since: str | None = None,
    by: str | None = None,
    newest: int | None = None,
    news: bool = False,
    in_force: bool = False,
) -> Iterator[EntryRow]:
    """Entries in the order of the chain, one by one: of a record and its milestones, since a date, by an actor.

    With `in_force` those that count, which undos do not; with `news` those of them that say something.
    """
    if snapshot.is_past and not (snapshot.day.as_it_stood or news or in_force):
        # What a wrong clock dated stands in the history, to be undone or amended.
        snapshot = snapshot.of_any_day()
    gone = snapshot.gone
    parts = [_counts(snapshot)] if news or in_force else []
    parts += [_NO_UNDO] if news or in_force else []
    parts += [NEWS] if news else []
    if not snapshot.is_past:
        parts.append("id <= :known")
    if ref is not None:
        parts.append("(ref = :ref OR (ref >= :first_step AND ref < :past_steps))")
    if since is not None:
        parts.append(_SINCE)
    if by is not None:
        parts.append("actor = :by")
    columns = "id" if snapshot.is_past else ", ".join(ENTRY_FIELDS)
    sql = f"SELECT {columns} FROM entry {all_of(parts)} ORDER BY id"
    if newest is not None:
        sql = f"SELECT * FROM ({sql} DESC LIMIT :newest) newest ORDER BY id"
    parameters = {
        **_since(snapshot, since),
        "ref": ref,
        # "0" is the character after "/", which parts a milestone's number from its commitment's ref.
        "first_step": f"{ref}/",
        "past_steps": f"{ref}0",
        "by": by,
        "newest": newest,
        "known": snapshot.newest,
        "gone": json.dumps([*gone]),
    }
    if snapshot.is_past:
        ids = (one.id for one in snapshot.stream(_Id, sql, **parameters))
        found = _by_id(snapshot.register, ids)
    else:
        found = snapshot.stream(StoredEntry, sql, **parameters)
    return (read_row(entry, gone) for entry in found)


def _by_id(register: Reader, ids: Iterator[int]) -> Iterator[StoredEntry]:
    """The entries of some ids, in their order."""
    sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id IN"
    while some := [str(one) for one in islice(ids, _AT_ONCE)]:
        yield from register.rows(StoredEntry, f"{sql} ({', '.join(some)}) ORDER BY id")


class _Found(NamedTuple):
    """How many entries there are, and the id of the oldest."""

    total: int
    oldest: int


def latest_news(snapshot: Snapshot, *, since: str, most: int) -> Listed[EntryRow]:
    """The newest entries that are news since a date, in the order of the chain, and how many there are."""
    gone = snapshot.gone
    news = f"FROM entry WHERE {NEWS} AND {_NO_UNDO} AND {_counts(snapshot)} AND {_SINCE}"
    parameters = {**_since(snapshot, since), "gone": json.dumps([*gone])}
    counted = f"SELECT count(*) AS total, coalesce(min(id), 0) AS oldest {news}"
    (found,) = snapshot.rows(_Found, counted, **parameters)
    if not found.total:
        return Listed([], 0)
    # Without the oldest, the search for the newest few would go down the whole history where there are fewer.
    newest = f"SELECT id {news} AND id >= :oldest ORDER BY id DESC LIMIT :most"
    ids = [one.id for one in snapshot.rows(_Id, newest, **parameters, oldest=found.oldest, most=most)]
    shown = _by_id(snapshot.register, reversed(ids))
    return Listed([read_row(entry, gone) for entry in shown], found.total)


def _counts(snapshot: Snapshot) -> str:
    """SQL for "the entry is not among those of the parameter `:gone`"."""
    return f"id NOT IN (SELECT CAST(w.value AS integer) FROM {snapshot.reader.listed('gone')} w)"


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


def read_row(entry: StoredEntry, gone: Mapping[int, int]) -> EntryRow:
    """An entry as it is shown, with what retracts it."""
    from ksmy_tracker.domain.chain import read_changes, read_evidence, read_retracts

    read = {
        "changes": read_changes(entry.id, entry.changes),
        "evidence": list(read_evidence(entry.id, entry.evidence)),
        "retracts": list(read_retracts(entry.id, entry.retracts)),
        "retracted_by": gone.get(entry.id),
    }
    return EntryRow(**(entry._asdict() | read))
