"""Open deadlines, of commitments and of their milestones; and every deadline as a calendar has it."""

from collections.abc import Iterator

from ksmy_tracker.domain.deadline import open_state
from ksmy_tracker.domain.rows import CalendarRow, Day, DeadlineRow, stored_date
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


def deadlines(
    snapshot: Snapshot, *, after: str | None = None, until: str | None = None, limit: int | None = None
) -> list[DeadlineRow]:
    """Open deadlines; see `each_deadline`."""
    return list(each_deadline(snapshot, after=after, until=until, limit=limit))


def each_deadline(
    snapshot: Snapshot, *, after: str | None = None, until: str | None = None, limit: int | None = None
) -> Iterator[DeadlineRow]:
    """Open deadlines whose last day lies after one day and until another (inclusive), nearest first, one by one."""
    order = "ORDER BY x.due_latest, x.due_earliest, x.ref"
    sql = (
        "SELECT x.ref, x.record, coalesce(m.title, c.title) AS title, c.agreement, c.sector, c.parties, "
        "coalesce(m.state, c.status) AS status, '' AS deadline, 0 AS days_left, "
        "CASE WHEN m.ref IS NULL THEN c.due ELSE m.due END AS due, x.due_earliest, x.due_latest, "
        "CASE WHEN m.ref IS NULL THEN c.due_phrase END AS due_phrase, "
        "CASE WHEN m.ref IS NULL THEN c.slip_days END AS slip_days, "
        "CASE WHEN m.ref IS NULL THEN c.expected ELSE m.expected END AS expected "
        f"FROM (SELECT x.* FROM ({_open(after, until)}) x {order} {limited(limit)}) x "
        f"JOIN commitment c ON c.ref = x.commitment LEFT JOIN milestone m ON m.ref = x.ref {order}"
    )
    rows = snapshot.stream(DeadlineRow, sql, after=after, until=until, limit=limit)
    return (_on(row, snapshot.day) for row in rows)


def count_deadlines(
    snapshot: Snapshot,
    *,
    after: str | None = None,
    until: str | None = None,
    commitments: int | None = None,
) -> int:
    """How many open deadlines have their last day after one day and until another (inclusive).

    Of commitments there are so many, where the caller knows.
    """
    source = _open(after, until) if commitments is None else _open_milestones(after, until)
    return (commitments or 0) + snapshot.count(f"FROM ({source}) x", after=after, until=until)


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
        f"{MILESTONES} AS milestones, {from_history('c')}, c.expected "
        "FROM commitment c WHERE c.withdrawn = 0 AND c.due IS NOT NULL UNION ALL "
        "SELECT m.ref, m.title, c.agreement, c.sector, c.parties, m.state, m.due, m.due_earliest, "
        f"m.due_latest, NULL, m.met_on, 0, 0, {from_history('m')}, m.expected "
        "FROM milestone m JOIN commitment c ON c.ref = m.commitment "
        "WHERE m.withdrawn = 0 AND c.withdrawn = 0 AND m.due IS NOT NULL "
        f"AND NOT ({OPEN_MILESTONE} AND {SETTLED}) ORDER BY ref"
    )
    return snapshot.stream(CalendarRow, sql)


def _on(row: DeadlineRow, day: Day) -> DeadlineRow:
    """A deadline with what the calendar says of it on a day."""
    latest = stored_date(row.due_latest)
    state = open_state(latest, day.today, day.horizon)
    return row._replace(deadline=state, days_left=(latest - day.today).days)


def _open(after: str | None, until: str | None) -> str:
    """SELECT the open deadlines of commitments and milestones, each of an open commitment: what an index has."""
    return (
        "SELECT c.ref, 'commitment' AS record, c.ref AS commitment, c.due_earliest, c.due_latest "
        f"FROM commitment c WHERE {OPEN} AND {_within('c', after, until)} "
        f"UNION ALL {_open_milestones(after, until)}"
    )


def _open_milestones(after: str | None, until: str | None) -> str:
    return (
        "SELECT m.ref, 'milestone', m.commitment, m.due_earliest, m.due_latest FROM milestone m "
        f"JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} "
        f"AND {_within('m', after, until)}"
    )


def _within(table: str, after: str | None, until: str | None) -> str:
    parts = [f"{table}.due_latest IS NOT NULL"]
    parts += [f"{table}.due_latest > :after"] if after else []
    parts += [f"{table}.due_latest <= :until"] if until else []
    return " AND ".join(parts)
