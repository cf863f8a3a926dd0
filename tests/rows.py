"""One row of each kind, and the report of nothing: a test replaces the fields that it is about."""

from datetime import date
from typing import Any, Final

from ksmy_tracker.domain.kinds import Agreement, Commitment, Milestone
from ksmy_tracker.domain.report import Listed, Report
from ksmy_tracker.domain.rows import Day, DeadlineRow, EntryRow, Filters
from ksmy_tracker.domain.words import DEADLINE_STATES, STATUSES

COMMITMENT: Final = Commitment(
    ref="FTA-CONCLUDE",
    title="Conclude the agreement",
    detail="Both leaders took it on",
    agreement="FTA",
    sector="trade",
    parties="both",
    firmness="committed",
    verifiable=True,
    source="Summit report",
    status="in-progress",
    deadline="overdue",
    days_left=-15,
    due="2025",
    due_earliest="2025-01-01",
    due_latest="2025-12-31",
    due_phrase="by next year",
    baseline_due="2024",
    slip_days=365,
    milestones_met=1,
    milestones=2,
    evidence=1,
    created_on="2024-11-25",
    updated_on="2025-03-20",
    withdrawn=False,
    newest_entry=7,
)
DEADLINE: Final = DeadlineRow(
    ref="FTA-CONCLUDE",
    record="commitment",
    title="Conclude the agreement",
    agreement="FTA",
    sector="trade",
    parties="both",
    status="in-progress",
    deadline="overdue",
    days_left=-15,
    due="2025",
    due_earliest="2025-01-01",
    due_latest="2025-12-31",
    due_phrase="by next year",
    slip_days=365,
)
MILESTONE: Final = Milestone(
    ref="FTA-CONCLUDE/2",
    number=2,
    title="Signed",
    state="scheduled",
    deadline="upcoming",
    days_left=350,
    due="2026",
    due_earliest="2026-01-01",
    due_latest="2026-12-31",
    met_on=None,
    evidence=0,
    withdrawn=False,
)
AGREEMENT: Final = Agreement(
    ref="FTA",
    title="Free trade agreement",
    kind="treaty",
    stage="negotiating",
    dated=None,
    place=None,
    parties="both",
    source="Summit report",
    commitments=2,
    open=2,
    overdue=1,
    withdrawn=False,
)
ENTRY: Final = EntryRow(
    id=26,
    invocation="a" * 32,
    key=None,
    key_digest=None,
    recorded_at="2025-10-26T04:00:00.000000Z",
    effective_on="2025-10-26",
    actor="desk",
    record="commitment",
    ref="FTA-CONCLUDE",
    action="updated",
    changes={"status": ["in-progress", "finalising"]},
    note="Talks concluded",
    evidence=["SBS News", "Joint statement"],
    previous_hash="b" * 64,
    hash="c" * 64,
)
NOTHING: Final[Listed[Any]] = Listed((), 0)
EMPTY: Final = Report(
    day=Day(date(2026, 1, 15)),
    since="2025-12-16",
    stale=180,
    only=Filters(),
    agreements=0,
    by_status=dict.fromkeys(STATUSES, 0),
    by_deadline=dict.fromkeys(DEADLINE_STATES, 0),
    by_sector={},
    overdue=NOTHING,
    due_soon=NOTHING,
    changed=NOTHING,
    quiet=NOTHING,
    contradictions=NOTHING,
    next_milestones=NOTHING,
    head=None,
)
