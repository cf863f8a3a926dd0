"""What a reading command shows: the rows of the JSON contract, in its order (pure; docs/scripting.md).

Dates are ISO text as the database keeps them; what is derived from today is computed when a row is made.

Longer than other modules: the contract, to be read in one place.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.deadline import HORIZON_DAYS, deadline_state, milestone_deadline_state
from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.domain.kinds import (
    SHOWN,
    Agreement,
    Body,
    Claim,
    Commitment,
    Measure,
    Milestone,
    Partnership,
    Record,
    Source,
)
from ksmy_tracker.domain.quantities import Reading
from ksmy_tracker.domain.words import OPEN_STATUSES
from ksmy_tracker.domain.zone import day_of

#: Days by which it may be later elsewhere: what is dated later than that is a mistake, and not in force.
FURTHEST: Final = 2


class Day(NamedTuple):
    """The day a view is of, how many days ahead count as soon, and by what had been recorded.

    With `as_it_stood` the register is seen as of that day's end; without, as it is now, whatever day it is elsewhere.
    `known_until` is the UTC timestamp before which what is known was recorded, on `known_on` or before; None: all is
    known. So it is on a `known_on` that is today.
    """

    today: date
    within: int = HORIZON_DAYS
    as_it_stood: bool = True
    known_on: date | None = None
    known_until: str | None = None

    @property
    def until(self) -> str:
        """The last day whose entries are in force: now, also those of a zone where it is later."""
        return self.today.isoformat() if self.as_it_stood else days_before(self.today, -FURTHEST)

    @property
    def is_as_known_then(self) -> bool:
        """Whether no more is known than at the day's end, as today, or on the day of `--known-on`."""
        return not self.as_it_stood or self.today == self.known_on

    @property
    def horizon(self) -> date:
        """The last day that is due soon, for a horizon of `within` days (inclusive)."""
        try:
            return self.today + timedelta(days=self.within)
        except OverflowError:
            return date.max


class Point(NamedTuple):
    """A day, and the id of the newest entry that was known."""

    day: Day
    known: int


def days_before(day: date, days: int) -> str:
    """The ISO date so many days before a day, or the first there is."""
    try:
        return (day - timedelta(days=days)).isoformat()
    except OverflowError:
        return date.min.isoformat() if days > 0 else date.max.isoformat()


#: The filters that make a part of a register, by their options.
NARROWING: Final = ("sector", "topic", "party", "lead", "partner", "agreement", "search")


class Filters(NamedTuple):
    """Which commitments a listing is of; several values of one filter are alternatives, texts all must match.

    Dates compare with the last day of a due date. `stale` is a number of days without an entry, of open ones;
    `not_reviewed` one without an entry or a review.
    `dated` asks for those with a due date, or (False) without; `marked` for those with a milestone that has a day;
    `touches` for those that are due, or have a milestone, on any day from a first to a last.
    """

    sector: Sequence[str] = ()
    topic: Sequence[str] = ()
    party: Sequence[str] = ()
    lead: Sequence[str] = ()
    partner: Sequence[str] = ()
    agreement: Sequence[str] = ()
    status: Sequence[str] = ()
    firmness: Sequence[str] = ()
    overdue: bool = False
    due_before: str | None = None
    due_after: str | None = None
    stale: int | None = None
    not_reviewed: int | None = None
    search: Sequence[str] = ()
    withdrawn: bool = False
    dated: bool | None = None
    marked: bool = False
    touches: tuple[str, str] | None = None
    disputed: bool = False

    @property
    def narrows(self) -> bool:
        """Whether they are of a part of the register that is told from the rest by words."""
        return any(getattr(self, name) for name in NARROWING)


class DeadlineRow(NamedTuple):
    """An open deadline: a commitment's or (`record` says so) a milestone's; `status` is its state then."""

    ref: str
    record: str
    title: str
    agreement: str
    sector: str
    parties: str
    status: str
    deadline: str
    days_left: int
    due: str
    due_earliest: str
    due_latest: str
    due_phrase: str | None
    slip_days: int | None
    expected: str | None = None
    done_when: str | None = None
    leads: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()


class StatusCount(NamedTuple):
    """How many commitments there are of a status, and of those how many have which deadline.

    That is none, one that has passed, one until the horizon (passed or not), or one that they were completed after.
    """

    status: str
    commitments: int
    undated: int
    past: int
    until_horizon: int
    late: int


class KindCount(NamedTuple):
    """How many commitments there are in a sector that are said this firmly, and how many of those by one side alone."""

    sector: str
    firmness: str
    commitments: int
    one_sided: int


class Cited(NamedTuple):
    """A source as evidence cites it."""

    ref: str
    title: str
    publisher: str | None
    dated: str | None
    url: str | None
    language: str | None


class Voice(NamedTuple):
    """What somebody says a field is: the register by the entry that set it, or a claim; with the evidence."""

    value: str | None
    period: str | None
    said_by: str | None
    evidence: Sequence[str] = ()
    cited: Sequence[Cited] = ()


class Disagreement(NamedTuple):
    """A field of a record of which claims say otherwise: what the register says, and what each claim does."""

    ref: str
    title: str
    field: str
    register: Voice
    claims: Sequence[Voice]


class TitledRef(NamedTuple):
    """A ref with the title of its record."""

    ref: str
    title: str


class CalendarRow(NamedTuple):
    """A commitment or milestone with a due date, as a calendar has it.

    `recorded_at` is its newest entry's; `moves` counts the entries that moved its due date; `done_on` is when it
    was completed or met.
    """

    ref: str
    title: str
    agreement: str
    sector: str
    parties: str
    status: str
    due: str
    due_earliest: str
    due_latest: str
    due_phrase: str | None
    done_on: str | None
    milestones_met: int
    milestones: int
    recorded_at: str
    moves: int
    expected: str | None = None
    leads: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()


class EntryRow(NamedTuple):
    """An entry of the history, all of it, enough to compute its hash again; and the entry that retracts it.

    `cited` are the sources that its evidence cites by their refs.
    """

    id: int
    invocation: str
    key: str | None
    key_digest: str | None
    recorded_at: str
    effective_on: str
    actor: str
    record: str
    ref: str
    action: str
    changes: Mapping[str, Any]
    note: str | None
    evidence: list[str]
    retracts: list[int]
    previous_hash: str | None
    hash: str
    retracted_by: int | None = None
    cited: Sequence[Cited] = ()

    def recorded_on(self, zone: tzinfo) -> str:
        """The ISO date it was in a zone when the entry was recorded."""
        try:
            return day_of(self.recorded_at, zone)
        except ValueError:
            return self.recorded_at  # what only damage can have put there is shown as it is


class InvocationRow(NamedTuple):
    """What one command recorded: how many entries, how many of them count, and the newest that retracts any."""

    invocation: str
    recorded_at: str
    actor: str
    entries: int
    in_force: int
    retracted_by: int | None
    first: EntryRow


class MeasureRow(NamedTuple):
    """A measure with its readings, in the order of their days."""

    record: Measure
    readings: Sequence[Reading]


class FullCommitment(NamedTuple):
    """A commitment with its agreement, its milestones, its history, its measures, and claims about it and its parts."""

    record: Commitment
    agreement: Agreement
    milestones: Sequence[Milestone]
    entries: Sequence[EntryRow]
    measures: Sequence[MeasureRow] = ()
    claims: Sequence[Claim] = ()


class FullAgreement(NamedTuple):
    """An agreement with its commitments, its history, its measures, and claims about it and these."""

    record: Agreement
    commitments: Sequence[Commitment]
    entries: Sequence[EntryRow]
    measures: Sequence[MeasureRow] = ()
    claims: Sequence[Claim] = ()


class FullBody(NamedTuple):
    """A body with the commitments that it leads, or takes part in, and its history."""

    record: Body
    commitments: Sequence[Commitment]
    entries: Sequence[EntryRow]


class FullSource(NamedTuple):
    """A source with the entries in force that cite it, and its history."""

    record: Source
    citing: Sequence[EntryRow]
    entries: Sequence[EntryRow]


class FullPartnership(NamedTuple):
    """The register's own record with its history."""

    record: Partnership
    entries: Sequence[EntryRow]


FullRecord = FullCommitment | FullAgreement | FullBody | FullSource | FullPartnership


class Moved(NamedTuple):
    """A field of a record that is another at the later point, or (`deadline`) what the calendar says of it.

    `record` as a field says that it came (its new value is its title) or went. `entries` are the ids of those that
    moved it; where there is none, the calendar did, on the day `since`.
    """

    ref: str
    record: str
    title: str
    field: str
    old: Any
    new: Any
    entries: tuple[int, ...] = ()
    since: str | None = None


Row = Record | DeadlineRow | EntryRow | Moved


def names(row_class: type[Row]) -> tuple[str, ...]:
    """The fields of a row, in the contract's order."""
    if issubclass(row_class, Record):
        return SHOWN[row_class.record]
    fields: tuple[str, ...] = row_class._fields
    return fields


def as_dict(row: Row) -> dict[str, Any]:
    """A row as an object of the JSON contract."""
    return {name: contract_value(getattr(row, name)) for name in names(type(row))}


def contract_value(value: Any) -> Any:
    """A value as the JSON contract has it: of what has names an object."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], Cited):
        return [one._asdict() for one in value]
    return value


def commitment_deadline(record: Commitment, day: Day) -> tuple[str, int | None]:
    """The deadline state and the days left of a commitment."""
    state = deadline_state(
        record.status,
        _date(record.due_latest),
        _date(record.completed_on),
        _date(record.completed_latest),
        day.today,
        day.horizon,
    )
    return state, _days_left(record.due_latest, record.status in OPEN_STATUSES, day)


def milestone_deadline(record: Milestone, day: Day) -> tuple[str, int | None]:
    """The deadline state and the days left of a milestone."""
    state = milestone_deadline_state(
        record.state,
        _date(record.due_latest),
        _date(record.met_on),
        day.today,
        day.horizon,
        settled=record.settled,
    )
    return state, _days_left(record.due_latest, state not in ("met", "met-late", "closed"), day)


def stored_date(iso: Any) -> date:
    """A date from its column; raises `BrokenEntry` for what only damage can have put there."""
    try:
        return date.fromisoformat(iso)
    except (TypeError, ValueError):
        raise BrokenEntry(f"{iso!r:.80} stands where a date should") from None


def _date(iso: str | None) -> date | None:
    return None if iso is None else stored_date(iso)


def _days_left(latest: str | None, is_open: bool, day: Day) -> int | None:
    if latest is None or not is_open:
        return None
    return (stored_date(latest) - day.today).days
