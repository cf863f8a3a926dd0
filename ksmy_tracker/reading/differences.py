"""What moved in a register between two days, each as known then."""

from collections.abc import Iterator
from itertools import groupby

from ksmy_tracker.domain.differences import Point, by_calendar, moved
from ksmy_tracker.domain.kinds import COLUMNS, Commitment, Milestone, commitment_of
from ksmy_tracker.domain.rows import Day, Moved
from ksmy_tracker.reading.deeds import read_deed, stored_deeds
from ksmy_tracker.reading.expressions import SETTLED, columns_of
from ksmy_tracker.reading.snapshot import newest_known
from ksmy_tracker.storage.interface import Reader


def differences(reader: Reader, first: Day, last: Day) -> list[Moved]:
    """What moved from the end of a day to the end of another, by ref."""
    # A register's first invocation tells what was so already.
    sql = "SELECT max(id) FROM entry WHERE invocation = (SELECT invocation FROM entry WHERE id = 1)"
    (begun,) = reader.values(int, f"SELECT coalesce(({sql}), 0)")
    before = Point(first, max(newest_known(reader, first.known_until), begun))
    after = Point(last, newest_known(reader, last.known_until))
    found = [*_by_entries(reader, before, after), *_by_calendar(reader, before, after)]
    return sorted(found, key=lambda one: commitment_of(one.ref))


#: Entries that were not in force at the earlier point, of which the later one knows.
_SINCE = "(id > :known OR effective_on > :day)"


def _by_entries(reader: Reader, before: Point, after: Point) -> Iterator[Moved]:
    """What moved of records about which there are entries in between."""
    families = f"SELECT {reader.family('ref')} FROM entry WHERE {_SINCE}"
    rows = stored_deeds(
        reader,
        f"WHERE id <= :newest AND {reader.family('ref')} IN ({families}) ORDER BY {reader.family('ref')}, id",
        newest=after.known,
        known=before.known,
        day=before.day.today.isoformat(),
    )
    for _, its in groupby(rows, key=lambda row: commitment_of(row.ref)):
        yield from moved([read_deed(one) for one in its], before, after)


def _by_calendar(reader: Reader, before: Point, after: Point) -> Iterator[Moved]:
    """What moved of the others, whose stored records are those of both points."""
    days = {
        "known": before.known,
        "day": before.day.today.isoformat(),
        "last": after.day.horizon.isoformat(),
    }
    family = reader.family("x.ref")
    others = (
        f"x.withdrawn = 0 AND x.due_latest BETWEEN :day AND :last "
        f"AND {family} NOT IN (SELECT {reader.family('ref')} FROM entry WHERE {_SINCE})"
    )
    columns = columns_of(COLUMNS["commitment"], "x")
    commitments = reader.rows(Commitment, f"SELECT {columns} FROM commitment x WHERE {others}", **days)
    columns = columns_of(COLUMNS["milestone"], "x")
    sql = (
        f"SELECT {columns}, CASE WHEN {SETTLED} THEN 1 ELSE 0 END AS settled "
        f"FROM milestone x JOIN commitment c ON c.ref = x.commitment WHERE c.withdrawn = 0 AND {others}"
    )
    milestones = reader.rows(Milestone, sql, **days)
    yield from by_calendar([*commitments, *milestones], before.day, after.day)
