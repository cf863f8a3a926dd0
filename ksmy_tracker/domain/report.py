"""The report: what a register says as of a day, as one value (pure)."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Generic, NamedTuple, TypeVar

from ksmy_tracker.domain.kinds import Milestone
from ksmy_tracker.domain.rows import (
    NARROWING,
    Day,
    DeadlineRow,
    Disagreement,
    EntryRow,
    Filters,
    KindCount,
    MeasureRow,
    Moved,
    StatusCount,
)
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, OPEN_STATUSES, STATUSES

#: Days back from the report's day that count as lately, and days without an entry that count as quiet.
LATELY_DAYS = 30
QUIET_DAYS = 180

#: How many of a kind a report lists before it says how many more there are: on one screen, and in a document.
ON_SCREEN = 5
IN_DOCUMENT = 50

Item = TypeVar("Item")


class Listed(NamedTuple, Generic[Item]):
    """The first of some things, and how many there are in all."""

    items: Sequence[Item]
    total: int


class Contradiction(NamedTuple):
    """A commitment whose status, evidence and deadline do not agree, and how."""

    ref: str
    title: str
    why: str


class Quiet(NamedTuple):
    """An open commitment that nobody looked at, since when there is no news, and no review."""

    ref: str
    title: str
    updated_on: str
    reviewed_on: str | None = None


class NextMilestone(NamedTuple):
    """The next open milestone of an open commitment, whose title this has."""

    title: str
    milestone: Milestone


class Counts(NamedTuple):
    """How many commitments there are by status, deadline state, firmness and sector; how many one side alone voiced."""

    by_status: Mapping[str, int]
    by_deadline: Mapping[str, int]
    by_firmness: Mapping[str, int]
    by_sector: Mapping[str, int]
    one_sided: int


class Report(NamedTuple):
    """A register, or the part of it that `only` lets through, as of a day."""

    day: Day
    since: str
    stale: int
    only: Filters
    partnership: str
    parties: Mapping[str, str]
    agreements: int
    counts: Counts
    by_lead: Mapping[str, int]
    without_lead: int
    overdue: Listed[DeadlineRow]
    due_soon: Listed[DeadlineRow]
    moved: Listed[Moved]
    changed: Listed[EntryRow]
    quiet: Listed[Quiet]
    contradictions: Listed[Contradiction]
    next_milestones: Listed[NextMilestone]
    measures: Listed[MeasureRow]
    disagreements: Listed[Disagreement]
    head: str | None
    zone: tzinfo

    @property
    def by_status(self) -> Mapping[str, int]:
        """How many commitments there are of each status."""
        return self.counts.by_status

    @property
    def by_deadline(self) -> Mapping[str, int]:
        """How many commitments the calendar says what of."""
        return self.counts.by_deadline

    @property
    def by_sector(self) -> Mapping[str, int]:
        """How many commitments there are in each sector."""
        return self.counts.by_sector

    @property
    def today(self) -> date:
        """The day the report is of."""
        return self.day.today

    @property
    def narrowed(self) -> Sequence[str]:
        """The words that the report is narrowed to."""
        return [word for name in NARROWING for word in getattr(self.only, name)]

    @property
    def overdue_milestones(self) -> int:
        """How many of what is overdue are milestones."""
        return max(0, self.overdue.total - self.by_deadline["overdue"])

    @property
    def due_soon_milestones(self) -> int:
        """How many of what is due soon are milestones."""
        return max(0, self.due_soon.total - self.by_deadline["due-soon"])

    @property
    def commitments(self) -> int:
        """How many commitments there are."""
        return sum(self.by_status.values())

    @property
    def open(self) -> int:
        """How many commitments are open."""
        return sum(self.by_status[status] for status in OPEN_STATUSES)

    @property
    def has_moved(self) -> bool:
        """Whether anything is another than before, by an entry or by the calendar; a note moves nothing."""
        return bool(self.moved.total)

    @property
    def needs_attention(self) -> bool:
        """Whether anything is overdue, due soon, contradictory, disputed, another than before, or said since."""
        parts = (
            self.overdue,
            self.due_soon,
            self.contradictions,
            self.disagreements,
            self.moved,
            self.changed,
        )
        return any(part.total for part in parts)


def tally(statuses: Sequence[StatusCount], kinds: Sequence[KindCount]) -> Counts:
    """Counts by status and by deadline state (see deadline.py), by firmness and by sector."""
    by_status = dict.fromkeys(STATUSES, 0)
    by_deadline = dict.fromkeys(DEADLINE_STATES, 0)
    for of in statuses:
        by_status[of.status] = of.commitments
        if of.status == "cancelled":
            by_deadline["closed"] += of.commitments
        elif of.status == "completed":
            by_deadline["met"] += of.commitments - of.late
            by_deadline["met-late"] += of.late
        else:
            by_deadline["overdue"] += of.past
            by_deadline["due-soon"] += of.until_horizon - of.past
            by_deadline["upcoming"] += of.commitments - of.undated - of.until_horizon
            by_deadline["undated"] += of.undated
    by_firmness = dict.fromkeys(FIRMNESSES, 0)
    by_sector = dict.fromkeys(sorted({one.sector for one in kinds}), 0)
    for one in kinds:
        by_firmness[one.firmness] += one.commitments
        by_sector[one.sector] += one.commitments
    return Counts(by_status, by_deadline, by_firmness, by_sector, sum(one.one_sided for one in kinds))
