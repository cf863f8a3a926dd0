"""What moved in a register between two days, each as known then."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.kinds import COLUMNS, Commitment, Milestone, commitment_of
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Day, Moved, Point, days_before
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.expressions import SETTLED, columns_of
from ksmy_tracker.reading.snapshot import Snapshot, newest_known
from ksmy_tracker.storage.interface import Reader


def differences(reader: Reader, first: Day, last: Day) -> list[Moved]:
    """What moved from the end of a day to the end of another, by ref."""
    before, snapshot = _point(reader, first), Snapshot(reader, last)
    after = Point(last, snapshot.newest)
    turned = _by_calendar(snapshot, before, after, _misdated(snapshot, before))
    found = [*_by_entries(snapshot, before, after), *turned]
    return sorted(found, key=lambda one: commitment_of(one.ref))


def moved_since(snapshot: Snapshot, since: str, *, most: int) -> Listed[Moved]:
    """What moved since the beginning of a day: so much at most, of the records with the newest entries first.

    The earlier day is as known then if the later one is, else by all that is known. Where entries are
    about very many records, the total counts each of those with older entries as one.
    """
    day = snapshot.day
    first = date.fromisoformat(days_before(date.fromisoformat(since), 1))
    if day.is_as_known_then:
        then = Day(first, day.within, known_on=first, known_until=midnight_after(str(first)))
        before = _point(snapshot.register, then)
    else:
        before = Point(Day(first, day.within), snapshot.newest)
    after = Point(day, snapshot.newest)
    family = snapshot.reader.family("ref")
    sql = f"SELECT {family} AS ref, max(id) AS newest FROM entry WHERE {_SINCE} GROUP BY 1"
    newest = {one.ref: one.newest for one in snapshot.rows(_Newest, sql, **_since(before))}
    newest |= (misdated := _misdated(snapshot, before))
    left = sorted(newest, key=lambda ref: newest[ref])
    found: list[Moved] = []
    while left and not found:
        left, some = left[:-_LOOKED_INTO], left[-_LOOKED_INTO:]
        found = sorted(
            _by_entries(snapshot, before, after, some), key=lambda one: -newest[commitment_of(one.ref)]
        )
    turned = list(_by_calendar(snapshot, before, after, misdated))
    return Listed([*found, *turned][:most], len(found) + len(left) + len(turned))


#: Records of which a report asks at a time what moved, until something did: more than it shows.
_LOOKED_INTO: Final = 500


class _Newest(NamedTuple):
    ref: str
    newest: int


#: Entries that were not in force at the earlier point, or retract some that were, and change something.
_SINCE: Final = "(id > :known OR effective_on > :day) AND (changes <> '{}' OR retracts <> '[]')"


def _since(before: Point) -> dict[str, Any]:
    """The parameters of `_SINCE`."""
    return {"known": before.known, "day": before.day.until}


def _misdated(snapshot: Snapshot, before: Point) -> dict[str, int]:
    """Records with retractions that a wrong clock dated after the day, and that count all the same; with the newest."""
    register = snapshot.register
    family = register.family("ref")
    sql = (
        f"SELECT {family} AS ref, max(id) AS newest FROM entry WHERE retracts <> '[]' "
        "AND id > :known AND id <= :newest AND effective_on > :until GROUP BY 1"
    )
    until = snapshot.day.until
    rows = register.rows(_Newest, sql, known=before.known, newest=snapshot.newest, until=until)
    found = {one.ref: one.newest for one in rows}
    return {ref: found[ref] for ref in snapshot.among([*found])} if found else found


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
    for _, its in groupby(rows, key=lambda row: commitment_of(row.ref)):
        yield from moved([read_deed(one) for one in its], before, after)


def _by_calendar(snapshot: Snapshot, before: Point, after: Point, misdated: Iterable[str]) -> Iterator[Moved]:
    """What moved of the others, whose records are those of both points, by ref."""
    days = {
        **_since(before),
        "first": before.day.today.isoformat(),
        "last": after.day.horizon.isoformat(),
        "misdated": json.dumps([*misdated]),
    }
    family = snapshot.reader.family
    others = (
        "x.withdrawn = 0 AND x.due_latest BETWEEN :first AND :last "
        f"AND {family('x.ref')} NOT IN (SELECT {family('ref')} FROM entry WHERE {_SINCE}) "
        f"AND {family('x.ref')} NOT IN (SELECT w.value FROM {snapshot.reader.listed('misdated')} w)"
    )
    columns = columns_of(COLUMNS["commitment"], "x")
    commitments = snapshot.rows(Commitment, f"SELECT {columns} FROM commitment x WHERE {others}", **days)
    columns = columns_of(COLUMNS["milestone"], "x")
    sql = (
        f"SELECT {columns}, CASE WHEN {SETTLED} THEN 1 ELSE 0 END AS settled "
        f"FROM milestone x JOIN commitment c ON c.ref = x.commitment WHERE c.withdrawn = 0 AND {others}"
    )
    found: list[Commitment | Milestone] = [*commitments, *snapshot.rows(Milestone, sql, **days)]
    if found:
        from ksmy_tracker.domain.differences import by_calendar, in_order

        yield from by_calendar(sorted(found, key=lambda one: in_order(one.ref)), before.day, after.day)
