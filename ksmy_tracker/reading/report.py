"""What a report asks of a register: counts, and the first few of each kind.

Each query reads indexes alone until it knows which few records it shows, so that it stays fast on a big register.
"""

from typing import Final, NamedTuple

from ksmy_tracker.domain.report import Contradiction, Listed, NextMilestone, Quiet, Report, tally
from ksmy_tracker.domain.rows import CountRow, Filters, days_before, stored_date
from ksmy_tracker.reading.agreements import count_agreements
from ksmy_tracker.reading.deadlines import count_deadlines, deadlines
from ksmy_tracker.reading.entries import count_entries, entries
from ksmy_tracker.reading.expressions import (
    DEADLINE,
    LOOKED_AT,
    NOT_LOOKED_AT,
    OPEN,
    OPEN_MILESTONE,
    OVERDUE,
    open_milestone,
)
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.milestones import milestones_by_ref
from ksmy_tracker.reading.snapshot import Snapshot

#: The ways in which status, evidence and deadline contradict each other; a commitment has one row at most.
_CONTRADICTIONS: Final = (
    "SELECT c.ref, 'completed with ' || CASE count(m.ref) WHEN 0 THEN 'no evidence' "
    "WHEN 1 THEN 'milestone ' || min(m.number) || ' open' ELSE count(m.ref) || ' milestones open' END || "
    "CASE WHEN c.evidence = 0 AND count(m.ref) > 0 THEN ' and no evidence' ELSE '' END AS why "
    f"FROM commitment c LEFT JOIN milestone m ON m.commitment = c.ref AND {OPEN_MILESTONE} "
    "WHERE c.withdrawn = 0 AND c.status = 'completed' "
    "GROUP BY c.ref, c.evidence HAVING c.evidence = 0 OR count(m.ref) > 0 UNION ALL "
    f"SELECT c.ref, c.status || ' though its deadline has passed' FROM commitment c WHERE {OVERDUE}"
)

_QUIET: Final = f"FROM commitment c WHERE {NOT_LOOKED_AT}"

_NEXT_MILESTONES: Final = (
    f"FROM milestone m JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} "
    "AND m.number = (SELECT min(n.number) FROM milestone n WHERE n.commitment = c.ref "
    f"AND {open_milestone('n')})"
)


class _Contradictory(NamedTuple):
    """A contradiction, and how many there are."""

    ref: str
    title: str
    why: str
    total: int


class _Next(NamedTuple):
    """The ref of a milestone, the title of its commitment, and how many there are."""

    ref: str
    title: str
    total: int


def report(snapshot: Snapshot, *, since: str, stale: int, only: Filters, most: int) -> Report:
    """The report of what `only` lets through, with at most so many of each kind.

    `since` is the first day of what changed, `stale` after how many days a commitment that nobody looked at is quiet.
    """
    from ksmy_tracker.reading.differences import (
        moved_since,  # which reads entries: --help need not wait for that
    )

    part = narrowed(snapshot, only)
    yesterday, horizon = days_before(part.day.today, 1), part.day.horizon.isoformat()
    by_status, by_deadline, by_sector = tally(counts(part))
    return Report(
        day=part.day,
        since=since,
        stale=stale,
        only=only,
        agreements=count_agreements(part),
        by_status=by_status,
        by_deadline=by_deadline,
        by_sector=by_sector,
        overdue=Listed(
            deadlines(part, until=yesterday, limit=most),
            count_deadlines(part, until=yesterday, commitments=by_deadline["overdue"]),
        ),
        due_soon=Listed(
            deadlines(part, after=yesterday, until=horizon, limit=most),
            count_deadlines(part, after=yesterday, until=horizon, commitments=by_deadline["due-soon"]),
        ),
        moved=moved_since(part, since, most=most),
        changed=Listed(
            entries(part, since=since, newest=most, news=True),
            count_entries(part, since=since),
        ),
        quiet=quiet(part, stale, limit=most),
        contradictions=contradictions(part, limit=most),
        next_milestones=next_milestones(part, limit=most),
        head=part.head(),
    )


def counts(snapshot: Snapshot) -> list[CountRow]:
    """How many commitments there are of each status, deadline state and sector."""
    sql = (
        f"SELECT c.status, {DEADLINE} AS deadline, c.sector, count(*) AS commitments FROM commitment c "
        "WHERE c.withdrawn = 0 GROUP BY 1, 2, 3"
    )
    return snapshot.rows(CountRow, sql)


def quiet(snapshot: Snapshot, days: int, *, limit: int) -> Listed[Quiet]:
    """Open commitments that nobody looked at for so many days, those for the longest first."""
    looked_at = days_before(snapshot.day.today, days)
    sql = f"SELECT c.ref, c.title, c.updated_on, c.reviewed_on {_QUIET} ORDER BY {LOOKED_AT}, c.ref LIMIT :limit"
    rows = snapshot.rows(Quiet, sql, limit=limit, looked_at=looked_at)
    found = [row._replace(updated_on=stored_date(row.updated_on).isoformat()) for row in rows]
    return Listed(found, snapshot.count(_QUIET, looked_at=looked_at))


def contradictions(snapshot: Snapshot, *, limit: int) -> Listed[Contradiction]:
    """Commitments whose status, evidence and deadline do not agree, those that are alike together."""
    sql = (
        "SELECT k.ref, c.title, k.why, k.total FROM (SELECT x.*, count(*) OVER () AS total "
        f"FROM ({_CONTRADICTIONS}) x ORDER BY x.why, x.ref LIMIT :limit) k "
        "JOIN commitment c ON c.ref = k.ref ORDER BY k.why, k.ref"
    )
    rows = snapshot.rows(_Contradictory, sql, limit=limit)
    found = [Contradiction(row.ref, row.title, row.why) for row in rows]
    return Listed(found, rows[0].total if rows else 0)


def next_milestones(snapshot: Snapshot, *, limit: int) -> Listed[NextMilestone]:
    """The next open milestone of each open commitment, by due date."""
    sql = (
        f"SELECT k.ref, c.title, k.total FROM (SELECT m.ref, m.commitment, m.due_latest, "
        f"count(*) OVER () AS total {_NEXT_MILESTONES} ORDER BY m.due_latest NULLS LAST, m.ref LIMIT :limit) k "
        "JOIN commitment c ON c.ref = k.commitment ORDER BY k.due_latest NULLS LAST, k.ref"
    )
    rows = snapshot.rows(_Next, sql, limit=limit)
    by_ref = milestones_by_ref(snapshot, [row.ref for row in rows])
    found = [NextMilestone(row.title, by_ref[row.ref]) for row in rows]
    return Listed(found, rows[0].total if rows else 0)
