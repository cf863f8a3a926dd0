"""What moved in a register between two days, each as known then."""

import json
from collections.abc import Container, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.kinds import COLUMNS, Commitment, Milestone, family_of, ref_order
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Day, Moved, Point, days_before
from ksmy_tracker.domain.words import OPEN_STATUSES
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.expressions import OPEN, columns_of, listed, open_milestone
from ksmy_tracker.reading.snapshot import Ref, Snapshot, newest_known
from ksmy_tracker.storage.interface import Reader


def differences(reader: Reader, first: Day, last: Day) -> list[Moved]:
    """What moved from the end of a day to the end of another, by ref."""
    before, snapshot = _point(reader, first), Snapshot(reader, last)
    after = Point(last, snapshot.newest)
    turned = _turned(snapshot, before, after, _newest(snapshot, before))
    found = [*_by_entries(snapshot, before, after), *_by_calendar(snapshot, before, after, turned)]
    return sorted(found, key=lambda one: family_of(one.ref))


def moved_since(snapshot: Snapshot, since: str, *, most: int) -> Listed[Moved]:
    """What moved since the beginning of a day: so much at most, of the records with the newest entries first.

    The earlier day is as known then if the later one is, else by all that is known. Where entries are
    about very many records, the total counts each of those with older entries as one.
    """
    day = snapshot.day
    first = date.fromisoformat(days_before(date.fromisoformat(since), 1))
    if day.is_as_known_then:
        then = Day(first, day.within, known_on=first, known_until=midnight_after(str(first), snapshot.zone))
        before = _point(snapshot.register, then)
    else:
        before = Point(Day(first, day.within), snapshot.newest)
    after = Point(day, snapshot.newest)
    newest = _newest(snapshot, before)
    left = sorted(newest, key=lambda ref: newest[ref])
    found: list[Moved] = []
    at_once = _ALL if len(left) <= _ALL else _SOME
    while left and len(found) < most:
        left, some = left[:-at_once], left[-at_once:]
        found += sorted(
            _by_entries(snapshot, before, after, some), key=lambda one: -newest[family_of(one.ref)]
        )
    turned = _turned(snapshot, before, after, newest)
    shown = [*found[:most], *_by_calendar(snapshot, before, after, turned[: max(0, most - len(found))])]
    return Listed(shown, len(found) + len(left) + len(turned))


#: So many records a report looks into, for what moved of them; of more it looks into some at a time, until it has all
#: that it shows.
_ALL: Final = 500
_SOME: Final = 50


class _Newest(NamedTuple):
    ref: str
    newest: int


#: Entries that were not in force at the earlier point, or retract some that were, and change something.
_SINCE: Final = "(id > :known OR effective_on > :day) AND (changes <> '{}' OR retracts <> '[]')"


def _since(before: Point) -> dict[str, Any]:
    """The parameters of `_SINCE`."""
    return {"known": before.known, "day": before.day.until}


def _newest(snapshot: Snapshot, before: Point) -> dict[str, int]:
    """Agreements and commitments about which there are entries in between, each with the id of the newest.

    A retraction that a wrong clock dated after the later day is among them, for it counts all the same.
    """

    def select(reader: Reader, condition: str) -> str:
        return (
            f"SELECT {reader.family('ref')} AS ref, max(id) AS newest FROM entry WHERE {condition} GROUP BY 1"
        )

    found = snapshot.rows(_Newest, select(snapshot.reader, _SINCE), **_since(before))
    register = snapshot.register
    misdated = register.rows(
        _Newest,
        select(register, "retracts <> '[]' AND id > :known AND id <= :newest AND effective_on > :until"),
        known=before.known,
        newest=snapshot.newest,
        until=snapshot.day.until,
    )
    known = snapshot.among([one.ref for one in misdated])
    return {one.ref: one.newest for one in (*found, *(one for one in misdated if one.ref in known))}


def _point(reader: Reader, day: Day) -> Point:
    """A point, before which a register's first invocation told what was so already."""
    sql = "SELECT max(id) FROM entry WHERE invocation = (SELECT invocation FROM entry WHERE id = 1)"
    (begun,) = reader.values(int, f"SELECT coalesce(({sql}), 0)")
    return Point(day, max(newest_known(reader, day.known_until), begun))


def _by_entries(
    snapshot: Snapshot, before: Point, after: Point, refs: Sequence[str] | None = None
) -> Iterator[Moved]:
    """What moved of records about which there are entries in between; of some, or of all."""
    if refs is not None and not refs:
        return
    from ksmy_tracker.domain.differences import moved
    from ksmy_tracker.reading.deeds import of_families, read_deed, stored_deeds

    register = snapshot.register
    if refs is None:
        family = register.family("ref")
        where = f"{family} IN (SELECT {family} FROM entry WHERE {_SINCE})"
    else:
        family, where = register.family("ref"), of_families(register, "wanted")
    rows = stored_deeds(
        register,
        f"WHERE id <= :newest AND {where} ORDER BY {family}, id",
        newest=after.known,
        wanted=json.dumps(refs),
        **_since(before),
    )
    for _, its in groupby(rows, key=lambda row: family_of(row.ref)):
        yield from moved([read_deed(one) for one in its], before, after)


def _turned(snapshot: Snapshot, before: Point, after: Point, said: Container[str]) -> list[str]:
    """The refs of what the calendar alone moved: open records but those about which something was said, by ref."""
    # From the one day to the other it becomes overdue, or due soon; what is between the two is due soon on both.
    turns = "x.due_latest BETWEEN :first AND :last AND NOT x.due_latest BETWEEN :soon_from AND :soon_to"
    sql = (
        f"SELECT x.ref FROM commitment x WHERE x.withdrawn = 0 AND x.status IN {listed(OPEN_STATUSES)} AND {turns} "
        "UNION ALL SELECT x.ref FROM milestone x JOIN commitment c ON c.ref = x.commitment "
        f"WHERE {OPEN} AND {open_milestone('x')} AND {turns}"
    )
    days = {
        "first": before.day.today.isoformat(),
        "last": after.day.horizon.isoformat(),
        "soon_from": after.day.today.isoformat(),
        "soon_to": before.day.horizon.isoformat(),
    }
    refs = [one.ref for one in snapshot.rows(Ref, sql, **days) if family_of(one.ref) not in said]
    return sorted(refs, key=ref_order)


def _by_calendar(snapshot: Snapshot, before: Point, after: Point, refs: Sequence[str]) -> Iterator[Moved]:
    """What the calendar moved of records by their refs, which are the same at both points."""
    if not refs:
        return
    from ksmy_tracker.domain.differences import by_calendar

    wanted, among = json.dumps(refs), snapshot.reader.among("x.ref", "wanted")

    def select(kind: str) -> str:
        return f"SELECT {columns_of(COLUMNS[kind], 'x')} FROM {kind} x WHERE {among}"

    found: dict[str, Commitment | Milestone] = {}
    found |= {one.ref: one for one in snapshot.rows(Commitment, select("commitment"), wanted=wanted)}
    found |= {one.ref: one for one in snapshot.rows(Milestone, select("milestone"), wanted=wanted)}
    yield from by_calendar([found[ref] for ref in refs], before.day, after.day)
