"""Open deadlines, of commitments and of their milestones; and every deadline as a calendar has it."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.deadline import open_state
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import CalendarRow, Day, DeadlineRow, stored_date
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.entries import NEWS
from ksmy_tracker.reading.expressions import (
    MILESTONES,
    MILESTONES_MET,
    OF_FAMILY,
    OPEN,
    OPEN_MILESTONE,
    SETTLED,
    limited,
)
from ksmy_tracker.reading.snapshot import Snapshot

_COMMITMENTS: Final = (
    "SELECT c.ref, 'commitment' AS record, c.ref AS commitment, c.due_earliest, c.due_latest "
    "FROM commitment c"
)
_MILESTONES: Final = "SELECT m.ref, 'milestone', m.commitment, m.due_earliest, m.due_latest FROM milestone m"
_NEAREST_FIRST: Final = "ORDER BY x.due_latest, x.due_earliest, x.ref"


def deadlines(
    snapshot: Snapshot, *, after: str | None = None, until: str | None = None, limit: int | None = None
) -> list[DeadlineRow]:
    """Open deadlines; see `each_deadline`."""
    return list(each_deadline(snapshot, after=after, until=until, limit=limit))


def each_deadline(
    snapshot: Snapshot, *, after: str | None = None, until: str | None = None, limit: int | None = None
) -> Iterator[DeadlineRow]:
    """Open deadlines whose last day lies after one day and until another (inclusive), nearest first, one by one."""
    nearest = f"SELECT x.* FROM ({_open(snapshot, after, until)}) x {_NEAREST_FIRST} {limited(limit)}"
    return _rows(snapshot, nearest, after=after, until=until, limit=limit)


class _Counted(NamedTuple):
    """The ref of a deadline, and how many there are."""

    ref: str
    total: int


def first_deadlines(
    snapshot: Snapshot, *, after: str | None = None, until: str | None = None, most: int
) -> Listed[DeadlineRow]:
    """The first few of the same, and how many there are."""
    all_of_them = f"FROM ({_open(snapshot, after, until)}) x"
    sql = f"SELECT x.ref, count(*) OVER () AS total {all_of_them} {_NEAREST_FIRST} LIMIT :most"
    found = snapshot.rows(_Counted, sql, after=after, until=until, most=most)
    among = snapshot.reader.among
    named = f"{_COMMITMENTS} WHERE {among('c.ref', 'refs')} UNION ALL {_MILESTONES} WHERE {among('m.ref', 'refs')}"
    rows = _rows(snapshot, named, refs=json.dumps([one.ref for one in found]))
    return Listed([*rows], found[0].total if found else 0)


def _rows(snapshot: Snapshot, selected: str, **parameters: Any) -> Iterator[DeadlineRow]:
    """The rows of selected deadlines, nearest first."""
    sql = (
        "SELECT x.ref, x.record, coalesce(m.title, c.title) AS title, c.agreement, c.sector, "
        "coalesce(m.party, c.parties) AS parties, "
        "coalesce(m.state, c.status) AS status, '' AS deadline, 0 AS days_left, "
        "CASE WHEN m.ref IS NULL THEN c.due ELSE m.due END AS due, x.due_earliest, x.due_latest, "
        "CASE WHEN m.ref IS NULL THEN c.due_phrase END AS due_phrase, "
        "CASE WHEN m.ref IS NULL THEN c.slip_days END AS slip_days, "
        "CASE WHEN m.ref IS NULL THEN c.expected ELSE m.expected END AS expected, "
        "CASE WHEN m.ref IS NULL THEN c.done_when END AS done_when, "
        "CASE WHEN m.ref IS NULL OR m.leads = '[]' THEN c.leads ELSE m.leads END AS leads "
        f"FROM ({selected}) x "
        f"JOIN commitment c ON c.ref = x.commitment LEFT JOIN milestone m ON m.ref = x.ref {_NEAREST_FIRST}"
    )
    disputed = disputes(snapshot)
    rows = snapshot.stream(DeadlineRow, sql, **parameters)
    return (_on(row, snapshot.day, disputed.get(row.ref, ())) for row in rows)


def calendar(snapshot: Snapshot) -> Iterator[CalendarRow]:
    """Everything that has a due date, by ref, one by one, but for open milestones of what is settled.

    `recorded_at` is the newest of a commitment and all its milestones, for each shows in the others. `moves` counts
    what may have moved the date, a retraction too, so that it only ever grows.
    """
    has_due = snapshot.reader.has_member("e.changes", "due")

    def from_history(table: str) -> str:
        return (
            f"(SELECT max(e.recorded_at || '') FROM entry e WHERE e.{NEWS} AND {OF_FAMILY}) AS recorded_at, "
            f"(SELECT count(*) FROM entry e WHERE e.ref = {table}.ref "
            f"AND (e.retracts <> '[]' OR (e.action <> 'created' AND {has_due}))) AS moves"
        )

    sql = (
        "SELECT c.ref, c.title, c.agreement, c.sector, c.parties, c.status, c.due, c.due_earliest, "
        f"c.due_latest, c.due_phrase, c.completed_on AS done_on, {MILESTONES_MET} AS milestones_met, "
        f"{MILESTONES} AS milestones, {from_history('c')}, c.expected, c.leads "
        f"FROM commitment c WHERE c.withdrawn = 0 AND c.due IS NOT NULL AND {snapshot.own_commitment} UNION ALL "
        "SELECT m.ref, m.title, c.agreement, c.sector, coalesce(m.party, c.parties), m.state, m.due, m.due_earliest, "
        f"m.due_latest, NULL, m.met_on, 0, 0, {from_history('m')}, m.expected, "
        "CASE WHEN m.leads = '[]' THEN c.leads ELSE m.leads END "
        "FROM milestone m JOIN commitment c ON c.ref = m.commitment "
        "WHERE m.withdrawn = 0 AND c.withdrawn = 0 AND m.due IS NOT NULL "
        f"AND NOT ({OPEN_MILESTONE} AND {SETTLED}) AND {snapshot.own_milestone} ORDER BY ref"
    )
    disputed = disputes(snapshot)
    return (row._replace(disputed=disputed.get(row.ref, ())) for row in snapshot.stream(CalendarRow, sql))


def _on(row: DeadlineRow, day: Day, disputed: tuple[str, ...]) -> DeadlineRow:
    """A deadline with what the calendar says of it on a day, and what claims contradict."""
    latest = stored_date(row.due_latest)
    state = open_state(latest, day.today, day.horizon)
    return row._replace(deadline=state, days_left=(latest - day.today).days, disputed=disputed)


def _open(snapshot: Snapshot, after: str | None, until: str | None) -> str:
    """SELECT the open deadlines of commitments and milestones, each of an open commitment: what an index has."""
    return (
        f"{_COMMITMENTS} WHERE {OPEN} AND {_within('c', after, until)} AND {snapshot.own_commitment} UNION ALL "
        f"{_MILESTONES} JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} "
        f"AND {_within('m', after, until)} AND {snapshot.own_milestone}"
    )


def _within(table: str, after: str | None, until: str | None) -> str:
    parts = [f"{table}.due_latest IS NOT NULL"]
    parts += [f"{table}.due_latest > :after"] if after else []
    parts += [f"{table}.due_latest <= :until"] if until else []
    return " AND ".join(parts)
