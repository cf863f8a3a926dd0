"""What a report asks of a register: counts, and the first few of each kind.

Each query reads indexes alone until it knows which few records it shows, so that it stays fast on a big register.
"""

import json
from typing import Final, NamedTuple

from ksmy_tracker.domain.quantities import is_reached
from ksmy_tracker.domain.report import Contradiction, Counts, Listed, NextMilestone, Quiet, Report, tally
from ksmy_tracker.domain.rows import Filters, KindCount, MeasureRow, StatusCount, days_before, stored_date
from ksmy_tracker.domain.words import OPEN_STATUSES, SHARED
from ksmy_tracker.reading.agreements import count_agreements
from ksmy_tracker.reading.bodies import leads
from ksmy_tracker.reading.deadlines import first_deadlines
from ksmy_tracker.reading.disagreements import disagreements
from ksmy_tracker.reading.entries import latest_news
from ksmy_tracker.reading.expressions import (
    LOOKED_AT,
    NOT_LOOKED_AT,
    OPEN,
    OPEN_MILESTONE,
    OVERDUE,
    listed,
    open_milestone,
)
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.measures import measures
from ksmy_tracker.reading.milestones import milestones_by_ref
from ksmy_tracker.reading.readings import readings_of
from ksmy_tracker.reading.snapshot import Snapshot

_OPEN_STEPS: Final = f"FROM milestone m WHERE m.commitment = c.ref AND {OPEN_MILESTONE}"

#: What shows a promise shows no completion: evidence of the entry that made a commitment does not count.
_OF_THE_PROMISE: Final = (
    "(c.evidence = 1 AND c.completed_on > c.created_on AND EXISTS (SELECT 1 FROM entry e WHERE e.ref = c.ref "
    "AND e.action = 'created' AND CAST(e.evidence AS text) NOT IN ('[]', '0')))"
)

#: What is completed, though its evidence or its milestones say otherwise.
_COMPLETED_BUT: Final = (
    "SELECT x.ref, x.title, 'completed with ' || CASE x.steps WHEN 0 THEN 'no evidence' "
    "WHEN 1 THEN 'milestone ' || x.step || ' open' ELSE x.steps || ' milestones open' END || "
    "CASE WHEN x.evidence = 0 AND x.steps > 0 THEN ' and no evidence' ELSE '' END AS why "
    f"FROM (SELECT c.ref, c.title, CASE WHEN {_OF_THE_PROMISE} THEN 0 ELSE c.evidence END AS evidence, "
    f"(SELECT count(*) {_OPEN_STEPS}) AS steps, (SELECT min(m.number) {_OPEN_STEPS}) AS step FROM commitment c "
    "WHERE c.withdrawn = 0 AND c.status = 'completed') x WHERE x.evidence = 0 OR x.steps > 0"
)

#: What is open, though its deadline has passed.
_OVERDUE: Final = (
    "SELECT c.ref, c.title, c.status || ' though its deadline has passed' AS why "
    f"FROM commitment c WHERE {OVERDUE} ORDER BY c.status, c.ref LIMIT :limit"
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
    counted, by_lead = counts(part), leads(part)
    return Report(
        day=part.day,
        since=since,
        stale=stale,
        only=only,
        partnership=part.partnership.title,
        parties=part.party_names,
        agreements=count_agreements(part),
        counts=counted,
        by_lead=by_lead,
        without_lead=part.count(f"FROM commitment c WHERE {OPEN} AND c.leads = '[]'"),
        overdue=first_deadlines(part, until=yesterday, most=most),
        due_soon=first_deadlines(part, after=yesterday, until=horizon, most=most),
        moved=moved_since(part, since, most=most),
        changed=latest_news(part, since=since, most=most),
        quiet=quiet(part, stale, limit=most),
        contradictions=contradictions(part, limit=most),
        next_milestones=next_milestones(part, limit=most),
        measures=quantities(part, limit=most),
        disagreements=disagreements(part, limit=most),
        head=part.head(),
        zone=part.zone,
    )


def counts(snapshot: Snapshot) -> Counts:
    """How many commitments there are of each status, deadline state, firmness and sector."""
    # Grouped by status alone, as an index has them: to group by what is computed, all would have to be sorted.
    statuses = (
        "SELECT c.status, count(*) AS commitments, count(*) FILTER (WHERE c.due_latest IS NULL) AS undated, "
        "count(*) FILTER (WHERE c.due_latest < :today) AS past, "
        "count(*) FILTER (WHERE c.due_latest <= :horizon) AS until_horizon, "
        "count(*) FILTER (WHERE c.completed_on > c.completed_latest) AS late "
        "FROM commitment c WHERE c.withdrawn = 0 GROUP BY c.status"
    )
    kinds = (
        "SELECT c.sector, c.firmness, count(*) AS commitments, "
        f"count(*) FILTER (WHERE c.said_by NOT IN {listed(SHARED)}) AS one_sided "
        "FROM commitment c WHERE c.withdrawn = 0 GROUP BY 1, 2"
    )
    return tally(snapshot.rows(StatusCount, statuses), snapshot.rows(KindCount, kinds))


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
        f"SELECT k.*, count(*) OVER () AS total FROM ({_COMPLETED_BUT}) k ORDER BY k.why, k.ref LIMIT :limit"
    )
    rows = snapshot.rows(_Contradictory, sql, limit=limit)
    found = [Contradiction(row.ref, row.title, row.why) for row in rows]
    found += snapshot.rows(Contradiction, _OVERDUE, limit=limit - len(found))
    overdue = snapshot.count(f"FROM commitment c WHERE {OVERDUE}")
    by_measure = _contradicting_measures(snapshot)
    found += by_measure[: limit - len(found)]
    return Listed(found, overdue + (rows[0].total if rows else 0) + len(by_measure))


def _contradicting_measures(snapshot: Snapshot) -> list[Contradiction]:
    """Commitments that are open though a measure has reached its target, or completed though one has not."""
    measured = [one for one in measures(snapshot) if one.value is not None and one.target is not None]
    among = snapshot.reader.among("c.ref", "refs")
    sql = f"SELECT c.ref, c.title, c.status AS why FROM commitment c WHERE c.withdrawn = 0 AND {among}"
    refs = json.dumps([one.about for one in measured])
    of = {one.ref: one for one in snapshot.rows(Contradiction, sql, refs=refs)} if measured else {}
    found = []
    for one in measured:
        commitment = of.get(one.about)
        if commitment is None:
            continue
        status, reached = commitment.why, is_reached(one)
        said = f"{one.ref} is at {one.value} of {one.target} {one.unit}"
        if (reached and status in OPEN_STATUSES) or (status == "completed" and not reached):
            found.append(commitment._replace(why=f"{status} though {said}"))
    return found


def quantities(snapshot: Snapshot, *, limit: int) -> Listed[MeasureRow]:
    """The measures of what is there, each with its readings, by ref."""
    found = measures(snapshot)
    shown = found[:limit]
    read = readings_of(snapshot, [one.ref for one in shown])
    return Listed([MeasureRow(one, read[one.ref]) for one in shown], len(found))


def next_milestones(snapshot: Snapshot, *, limit: int) -> Listed[NextMilestone]:
    """The next open milestone of each open commitment, by due date."""
    found = (
        f"SELECT m.ref, m.commitment, m.due_latest, count(*) OVER () AS total {_NEXT_MILESTONES} "
        f"AND {snapshot.own_milestone} ORDER BY m.due_latest NULLS LAST, m.ref LIMIT :limit"
    )
    sql = (
        f"SELECT k.ref, c.title, k.total FROM ({found}) k JOIN commitment c ON c.ref = k.commitment "
        "ORDER BY k.due_latest NULLS LAST, k.ref"
    )
    rows = snapshot.rows(_Next, sql, limit=limit)
    by_ref = milestones_by_ref(snapshot, [row.ref for row in rows])
    shown = [NextMilestone(row.title, by_ref[row.ref]) for row in rows]
    return Listed(shown, rows[0].total if rows else 0)
