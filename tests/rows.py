"""One row of each kind, an outcome, and reports: a test replaces the fields that it is about."""

from datetime import date, timedelta, timezone
from typing import Any, Final

from ksmy_tracker.domain.kinds import (
    Agreement,
    Body,
    Claim,
    Commitment,
    Measure,
    Milestone,
    Partnership,
    Source,
)
from ksmy_tracker.domain.quantities import Reading
from ksmy_tracker.domain.receipt import Outcome
from ksmy_tracker.domain.report import Contradiction, Counts, Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import (
    Cited,
    Day,
    DeadlineRow,
    Disagreement,
    EntryRow,
    Filters,
    MeasureRow,
    Moved,
    Voice,
)
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, STATUSES

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
BODY: Final = Body(
    ref="MITI",
    name="Ministry of Investment, Trade and Industry",
    name_ms="Kementerian Pelaburan, Perdagangan dan Industri",
    kind="ministry",
    party="MY",
    leads=3,
    overdue=1,
)
PARTNERSHIP: Final = Partnership(
    ref="PARTNERSHIP", title="Republic of Korea - Malaysia", zone="Asia/Kuala_Lumpur", states=("KR", "MY")
)
SOURCE: Final = Source(
    ref="STAR-JETS",
    title="Six jets in 2026",
    publisher="The Star",
    dated="2025-12-18",
    url="https://star.example/jets",
    language="en",
    cited=2,
)
MEASURE: Final = Measure(
    ref="FTA-CONCLUDE:LINES",
    about="FTA-CONCLUDE",
    title="Tariff lines freed",
    unit="lines",
    direction="up",
    baseline="0",
    target="18",
    target_period="2026",
    value="6",
    period="2025-36",
    percent="33",
    remaining="12",
)
CLAIM: Final = Claim(
    ref="FTA-CONCLUDE#1",
    about="FTA-CONCLUDE",
    number=1,
    field="status",
    value="completed",
    said_by="KR",
    state="standing",
)
CITED: Final = Cited(
    "STAR-JETS", "Six jets in 2026", "The Star", "2025-12-18", "https://star.example/jets", "en"
)
READINGS: Final = [Reading("2", "2025-33", "2025-04-01", 8), Reading("6", "2025-36", "2026-01-02", 9)]
MEASURED: Final = MeasureRow(MEASURE, READINGS)
VOICE: Final = Voice("completed", None, "KR", ["STAR-JETS", "A speech"], [CITED])
DISAGREEMENT: Final = Disagreement(
    *("FTA-CONCLUDE", "Conclude the agreement", "status"),
    register=Voice("in-progress", None, None, ["Joint statement"]),
    claims=[VOICE, Voice("cancelled", None, None)],
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
    retracts=[],
    previous_hash="b" * 64,
    hash="c" * 64,
)
NOTHING: Final[Listed[Any]] = Listed((), 0)
EMPTY: Final = Report(
    day=Day(date(2026, 1, 15)),
    since="2025-12-16",
    stale=180,
    only=Filters(),
    zone=timezone(timedelta(hours=8)),
    partnership="Republic of Korea - Malaysia",
    parties={"KR": "Republic of Korea", "MY": "Malaysia"},
    agreements=0,
    counts=Counts(
        by_status=dict.fromkeys(STATUSES, 0),
        by_deadline=dict.fromkeys(DEADLINE_STATES, 0),
        by_firmness=dict.fromkeys(FIRMNESSES, 0),
        by_sector={},
        one_sided=0,
    ),
    by_lead={},
    without_lead=0,
    overdue=NOTHING,
    due_soon=NOTHING,
    moved=NOTHING,
    changed=NOTHING,
    quiet=NOTHING,
    contradictions=NOTHING,
    next_milestones=NOTHING,
    measures=NOTHING,
    disagreements=NOTHING,
    head=None,
)


def counting(report: Report, **counts: Any) -> Report:
    """The report with other counts."""
    return report._replace(counts=report.counts._replace(**counts))


OVERDUE: Final = DEADLINE._replace(slip_days=31)
SOON: Final = OVERDUE._replace(
    ref="HALAL/2",
    record="milestone",
    title="Port opened",
    sector="halal",
    parties="MY",
    status="scheduled",
    deadline="due-soon",
    days_left=1,
    due="2026-01-16",
    due_earliest="2026-01-16",
    due_latest="2026-01-16",
    due_phrase=None,
    slip_days=None,
)
UPDATED: Final = ENTRY._replace(
    recorded_at="2026-01-10T04:00:00.000000Z",
    effective_on="2026-01-10",
    changes={"status": ["planned", "in-progress"]},
    note="Talks began",
    evidence=["SBS News"],
)
BARE: Final = UPDATED._replace(note=None, evidence=[])
CREATED: Final = BARE._replace(
    id=25,
    effective_on="2026-01-09",
    ref="HALAL/2",
    record="milestone",
    action="created",
    changes={"title": [None, "Port opened"], "due": [None, "2026-01-16"]},
)
MOVED: Final = Moved(
    *("FTA-CONCLUDE", "commitment", "Conclude the agreement", "status", "planned", "in-progress"),
    entries=(26,),
)
TURNED: Final = MOVED._replace(
    field="deadline", old="due-soon", new="overdue", entries=(), since="2026-01-01"
)
HEAD: Final = "c" * 64
FULL: Final = counting(
    EMPTY,
    by_status={**EMPTY.by_status, "in-progress": 2, "completed": 1},
    by_deadline={**EMPTY.by_deadline, "overdue": 1, "undated": 1, "met": 1},
    by_firmness={**EMPTY.counts.by_firmness, "committed": 1, "discussed": 1, "hoped": 1},
    by_sector={"halal": 1, "trade": 2},
    one_sided=1,
)._replace(
    agreements=1,
    by_lead={"MITI": 1},
    without_lead=1,
    overdue=Listed([OVERDUE], 1),
    due_soon=Listed([SOON], 1),
    moved=Listed([MOVED, TURNED], 2),
    changed=Listed([CREATED, UPDATED], 2),
    quiet=Listed([Quiet("HALAL", "Recognise certificates", "2025-07-01")], 1),
    contradictions=Listed(
        [
            Contradiction(
                "FTA-CONCLUDE", "Conclude the agreement", "in-progress though its deadline has passed"
            )
        ],
        1,
    ),
    next_milestones=Listed([NextMilestone("Conclude the agreement", MILESTONE)], 1),
    measures=Listed([MEASURED], 1),
    disagreements=Listed([DISAGREEMENT], 1),
    head=HEAD,
)


def outcome(action: str | None = "updated", **more: object) -> Outcome:
    given = {"ref": "TOURISM", "record": "commitment", "action": action, "changes": {}, "entry": 26, **more}
    return Outcome(**given)  # type: ignore[arg-type]  # what each is, the tests say


def late(commitments: int, milestones: int, soon: int, soon_milestones: int) -> Report:
    """A report with so many commitments and milestones overdue and due soon."""
    by_deadline = {**EMPTY.by_deadline, "overdue": commitments, "due-soon": soon}
    return counting(FULL, by_deadline=by_deadline)._replace(
        overdue=Listed([], commitments + milestones),
        due_soon=Listed([], soon + soon_milestones),
    )
