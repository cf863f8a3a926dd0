"""Entries of the history: of a record, since a day, by an actor; and how many are news."""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.entries import ENTRY_FIELDS, UNDONE_BY, StoredEntry
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Cited, EntryRow, days_before
from ksmy_tracker.domain.search import has_all, texts_of, wanted_of
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.expressions import about, all_of
from ksmy_tracker.reading.search import entry_may_have, entry_parameters
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


class Which(NamedTuple):
    """Which entries are asked for: of a record and its milestones, since a date, by an actor, at most the newest few.

    With `in_force` those that count, which undos do not; with `news` those of them that say something; with `search`
    those that have every one of these texts in what they say, in what they changed or in their ref.
    """

    ref: str | None = None
    since: str | None = None
    by: str | None = None
    newest: int | None = None
    news: bool = False
    in_force: bool = False
    search: Sequence[str] = ()


ALL: Final = Which()


def entries(snapshot: Snapshot, **which: Any) -> list[EntryRow]:
    """Entries in the order of the chain; see `Which`."""
    return list(each_entry(snapshot, Which(**which)))


def each_entry(snapshot: Snapshot, which: Which = ALL) -> Iterator[EntryRow]:
    """The same one by one."""
    ref, since, by, newest, news, in_force, search = which
    sources = snapshot.sources
    if snapshot.is_past and not (snapshot.day.as_it_stood or news or in_force):
        # What a wrong clock dated stands in the history, to be undone or amended.
        snapshot = snapshot.of_any_day()
    gone, wanted = snapshot.gone, wanted_of(search)
    may_have = entry_may_have(snapshot.register, sources, wanted) if wanted else "true"
    asked = entry_parameters(sources, wanted) if wanted else {}
    parts = [_counts(snapshot), _NO_UNDO] if news or in_force else []
    parts += [NEWS] if news else []
    parts += [] if snapshot.is_past else ["id <= :known", may_have]
    parts += [] if ref is None else [f"({' OR '.join(about('ref', ':ref'))})"]
    parts += [] if since is None else [_SINCE]
    parts += [] if by is None else ["actor = :by"]
    columns = "id" if snapshot.is_past else ", ".join(ENTRY_FIELDS)
    sql = f"SELECT {columns} FROM entry {all_of(parts)} ORDER BY id"
    if newest is not None and not wanted:
        sql = f"SELECT * FROM ({sql} DESC LIMIT :newest) newest ORDER BY id"
    parameters = {
        **_since(snapshot, since),
        "ref": ref,
        "by": by,
        "newest": newest,
        "known": snapshot.newest,
        "gone": json.dumps([*gone]),
        **asked,
    }
    if snapshot.is_past:
        ids = (one.id for one in snapshot.stream(_Id, sql, **parameters))
        found = _by_id(snapshot.register, ids, may_have, **asked)
    else:
        found = snapshot.stream(StoredEntry, sql, **parameters)
    rows = (read_row(entry, gone, sources) for entry in found)
    if not wanted:
        return rows
    having = (row for row in rows if has_all(texts_of(row), wanted))
    return having if newest is None else iter(deque(having, newest))


def entries_by_id(snapshot: Snapshot, ids: Sequence[int]) -> list[EntryRow]:
    """Entries by their ids, in that order."""
    return [
        read_row(entry, snapshot.gone, snapshot.sources) for entry in _by_id(snapshot.register, iter(ids))
    ]


def _by_id(
    register: Reader, ids: Iterator[int], condition: str = "true", **parameters: Any
) -> Iterator[StoredEntry]:
    """The entries of some ids that meet a condition, in their order."""
    sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE {condition} AND id IN"
    while some := [str(one) for one in islice(ids, _AT_ONCE)]:
        yield from register.rows(StoredEntry, f"{sql} ({', '.join(some)}) ORDER BY id", **parameters)


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
    return Listed([read_row(entry, gone, snapshot.sources) for entry in shown], found.total)


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
        "since_moment": midnight_after(days_before(date.fromisoformat(since), 1), snapshot.zone),
        "first_invocation": first[0] if first else "",
    }


def read_row(entry: StoredEntry, gone: Mapping[int, int], sources: Mapping[str, Cited]) -> EntryRow:
    """An entry as it is shown, with what retracts it, and the sources that its evidence cites."""
    from ksmy_tracker.domain.chain import read_changes, read_evidence, read_retracts

    evidence = read_evidence(entry.id, entry.evidence)
    read = {
        "changes": read_changes(entry.id, entry.changes),
        "evidence": list(evidence),
        "retracts": list(read_retracts(entry.id, entry.retracts)),
        "retracted_by": gone.get(entry.id),
        "cited": [sources[one] for one in evidence if one in sources],
    }
    return EntryRow(**(entry._asdict() | read))
