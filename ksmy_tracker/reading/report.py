"""What a report asks of a register: counts, and the first few of each kind.

Each query reads indexes alone until it knows which few records it shows, so that it stays fast on a big register.
"""

from typing import Final

from ksmy_tracker.domain.kinds import COLUMNS, Milestone
from ksmy_tracker.domain.report import Contradiction, Listed, NextMilestone, Quiet, Report, tally
from ksmy_tracker.domain.rows import CalendarRow, CountRow, Filters, TitledRef, sound, stored_date
from ksmy_tracker.reading.listings import (
    DEADLINE_SQL,
    MILESTONES,
    MILESTONES_MET,
    NEWS,
    OPEN,
    OPEN_MILESTONE,
    View,
    changed_since,
    days_before,
    open_deadlines,
)

#: The ways in which status, evidence and deadline contradict each other; a commitment has one row at most.
_CONTRADICTIONS: Final = (
    "SELECT c.ref, 'completed with ' || CASE count(m.ref) WHEN 0 THEN 'no evidence' "
    "WHEN 1 THEN 'milestone ' || min(m.number) || ' open' ELSE count(m.ref) || ' milestones open' END || "
    "CASE WHEN c.evidence = 0 AND count(m.ref) > 0 THEN ' and no evidence' ELSE '' END AS why "
    f"FROM commitment c LEFT JOIN milestone m ON m.commitment = c.ref AND {OPEN_MILESTONE} "
    "WHERE c.withdrawn = 0 AND c.status = 'completed' "
    "GROUP BY c.ref, c.evidence HAVING c.evidence = 0 OR count(m.ref) > 0 UNION ALL "
    "SELECT c.ref, c.status || ' though its deadline has passed' FROM commitment c "
    f"WHERE {OPEN} AND c.due_latest < :today"
)

_QUIET: Final = f"FROM commitment c WHERE {OPEN} AND c.updated_on <= :quiet_since"

_NEXT_MILESTONES: Final = (
    f"FROM milestone m JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} "
    "AND m.number = (SELECT min(n.number) FROM milestone n WHERE n.commitment = c.ref AND "
    f"{OPEN_MILESTONE.replace('m.', 'n.')})"
)


class ReportView(View):
    """A register as of a day, with what a report needs besides the listings."""

    def calendar(self) -> list[CalendarRow]:
        """Everything that has a due date, by ref, but for open milestones of what is settled.

        `recorded_at` is the newest of a commitment and all its milestones, for each shows in the others.
        """
        family = self._reader.family
        sql = (
            "SELECT x.*, f.recorded_at, e.moves FROM ("
            "SELECT c.ref, c.title, c.agreement, c.sector, c.parties, c.status, c.due, c.due_earliest, "
            f"c.due_latest, c.due_phrase, c.completed_on, {MILESTONES_MET}, {MILESTONES} FROM commitment c "
            "WHERE c.withdrawn = 0 AND c.due IS NOT NULL UNION ALL "
            "SELECT m.ref, m.title, c.agreement, c.sector, c.parties, m.state, m.due, m.due_earliest, "
            "m.due_latest, NULL, m.met_on, 0, 0 FROM milestone m JOIN commitment c ON c.ref = m.commitment "
            "WHERE m.withdrawn = 0 AND c.withdrawn = 0 AND m.due IS NOT NULL "
            f"AND NOT ({OPEN_MILESTONE} AND c.status IN ('completed', 'cancelled'))) x JOIN ("
            "SELECT ref, "
            """sum(CASE WHEN action <> 'created' AND changes LIKE '%"due":[%' THEN 1 ELSE 0 END) AS moves """
            "FROM entry GROUP BY ref) e ON e.ref = x.ref JOIN ("
            f"SELECT {family('ref')} AS family, max(recorded_at) AS recorded_at FROM entry "
            f"WHERE {NEWS} GROUP BY 1) f "
            f"ON f.family = {family('x.ref')} ORDER BY x.ref"
        )
        return sound([CalendarRow._make(row) for row in self._rows(sql)], CalendarRow)

    def count_entries(self, *, since: str) -> int:
        """How many entries are news since a date."""
        sql = f"SELECT count(*) FROM entry WHERE {NEWS} AND {changed_since()}"
        count: int = self._rows(sql, **self._since(since))[0][0]
        return count

    def counts(self) -> list[CountRow]:
        """How many commitments there are of each status, deadline state and sector."""
        sql = (
            f"SELECT c.status, {DEADLINE_SQL} AS deadline, c.sector, count(*) FROM commitment c "
            "WHERE c.withdrawn = 0 GROUP BY 1, 2, 3"
        )
        return sound([CountRow._make(row) for row in self._rows(sql)], CountRow)

    def quiet(self, days: int, *, limit: int) -> list[Quiet]:
        """Open commitments without an entry for so many days, the quietest first: ref, title, newest entry's date."""
        sql = f"SELECT c.ref, c.title, c.updated_on {_QUIET} ORDER BY c.updated_on, c.ref LIMIT :limit"
        rows = self._rows(sql, limit=limit, quiet_since=days_before(self.day.today, days))
        return sound([Quiet(row[0], row[1], stored_date(row[2]).isoformat()) for row in rows], Quiet)

    def count_quiet(self, days: int) -> int:
        """How many open commitments have had no entry for so many days."""
        quiet_since = days_before(self.day.today, days)
        count: int = self._rows(f"SELECT count(*) {_QUIET}", quiet_since=quiet_since)[0][0]
        return count

    def next_milestones(self, *, limit: int) -> tuple[list[NextMilestone], int]:
        """The next open milestone of each open commitment, with its title, by due date; and how many there are."""
        columns = COLUMNS["milestone"]
        sql = (
            f"SELECT k.total, c.title, c.status, {', '.join(f'm.{name}' for name in columns)} FROM ("
            f"SELECT m.ref, count(*) OVER () AS total {_NEXT_MILESTONES} "
            "ORDER BY m.due_latest NULLS LAST, m.ref LIMIT :limit) k JOIN milestone m ON m.ref = k.ref "
            "JOIN commitment c ON c.ref = m.commitment ORDER BY m.due_latest NULLS LAST, m.ref"
        )
        rows = self._rows(sql, limit=limit)
        found = [
            NextMilestone(row[1], self._milestone(dict(zip(columns, row[3:], strict=True)), row[2]))
            for row in rows
        ]
        sound([one.milestone for one in found], Milestone)
        sound([TitledRef(one.milestone.ref, one.title) for one in found], TitledRef)
        return found, rows[0][0] if rows else 0

    def contradictions(self, *, limit: int) -> tuple[list[Contradiction], int]:
        """Commitments whose status, evidence and deadline do not agree: ref, title and why; and how many."""
        rows = self._rows(
            "SELECT k.ref, c.title, k.why, k.total FROM (SELECT x.*, count(*) OVER () AS total "
            f"FROM ({_CONTRADICTIONS}) x ORDER BY x.why, x.ref LIMIT :limit) k "
            "JOIN commitment c ON c.ref = k.ref ORDER BY k.why, k.ref",
            limit=limit,
        )
        found = sound([Contradiction._make(row[:3]) for row in rows], Contradiction)
        return found, rows[0][3] if rows else 0

    def count_agreements(self) -> int:
        """How many agreements there are."""
        count: int = self._rows("SELECT count(*) FROM agreement WHERE withdrawn = 0")[0][0]
        return count

    def count_deadlines(self, *, after: str | None = None, until: str | None = None) -> int:
        """How many open deadlines have their last day after one day and until another (inclusive)."""
        sql = f"SELECT count(*) FROM ({open_deadlines(after, until)}) x"
        count: int = self._rows(sql, after=after, until=until)[0][0]
        return count


def report_of(view: ReportView, since: str, stale: int, only: Filters, most: int) -> Report:
    """All that a report says, with at most so many of each kind; `only` is what the view is narrowed to."""
    yesterday = days_before(view.day.today, 1)
    horizon = view.day.horizon.isoformat()
    by_status, by_deadline, by_sector = tally(view.counts())
    found, contradictory = view.contradictions(limit=most)
    steps, all_steps = view.next_milestones(limit=most)
    return Report(
        day=view.day,
        since=since,
        stale=stale,
        only=only,
        agreements=view.count_agreements(),
        by_status=by_status,
        by_deadline=by_deadline,
        by_sector=by_sector,
        overdue=Listed(view.deadlines(until=yesterday, limit=most), view.count_deadlines(until=yesterday)),
        due_soon=Listed(
            view.deadlines(after=yesterday, until=horizon, limit=most),
            view.count_deadlines(after=yesterday, until=horizon),
        ),
        changed=Listed(view.entries(since=since, newest=most, news=True), view.count_entries(since=since)),
        quiet=Listed(view.quiet(stale, limit=most), view.count_quiet(stale)),
        contradictions=Listed(found, contradictory),
        next_milestones=Listed(steps, all_steps),
        head=view.head(),
    )
