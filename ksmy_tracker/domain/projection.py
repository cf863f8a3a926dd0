"""The states that entries leave records in, at any point (pure).

In force at a point are the entries that were recorded by then, not retracted by then, and effective by its day. Laid
down in the order of their days, each sets the fields it names, and what is left are the records. Entries of one day
come in the order of the chain; one that states another again stands in that one's place.

The one rule for it: the writer steps the record it is about to store, a point in the past is projected from the
history, and `check` projects all of it to compare that with what is stored.
"""

from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from ksmy_tracker.domain.edtf import read_due, slip_days
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.domain.kinds import (
    KINDS,
    LATER,
    OWNER,
    Claim,
    Commitment,
    Measure,
    Milestone,
    Record,
    owner_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ksmy_tracker.domain.chain import Deed, Entry

    AnEntry = TypeVar("AnEntry", bound=Deed | Entry)

    class Retracting(Protocol):
        """What is asked of an entry to tell what counts."""

        @property
        def id(self) -> int:
            """Its place in the chain."""

        @property
        def retracts(self) -> tuple[int, ...]:
            """The ids of those that count for nothing from it on."""


#: Records by their refs.
States = dict[str, Record]

#: What follows from other fields. Entries of earlier versions name it; only where they undo something does that count.
FACTS: Final = frozenset(("baseline_due", "completed_on", "completed_due", "met_on"))


def project(entries: "Iterable[Deed | Entry]", day: str | None = None) -> States:
    """The states that entries leave behind by the end of a day, or (None) whatever their day.

    They are all that were recorded by then, in the order of the chain, of some records and of those they belong to.
    """
    return followed(laid_down(entries, day))


def followed(laid: "Iterable[Deed | Entry]") -> States:
    """The states that entries leave behind that are in force, in the order in which they set fields."""
    states: States = {}
    for entry in laid:
        step(states, entry)
    return states


def states_before(entries: "Iterable[AnEntry]", new: "AnEntry") -> States:
    """The states that a new entry, which comes after the others in the chain, finds on its day in its place."""
    states: States = {}
    for entry in laid_down([*entries, new]):
        if entry is new:
            break
        step(states, entry)
    return states


def laid_down(entries: "Iterable[AnEntry]", day: str | None = None) -> "list[AnEntry]":
    """The entries that are in force by the end of a day, in the order in which they set fields."""
    given = [*entries]
    by_day = sorted(given, key=attrgetter("effective_on"))
    until = by_day if day is None else [entry for entry in by_day if entry.effective_on <= day]
    return [*in_order(until, [entry for entry in given if entry.retracts])]


def in_order(by_day: "Iterable[AnEntry]", retracting: "Sequence[Deed | Entry]") -> "Iterator[AnEntry]":
    """Those in force of entries by day, of one day in the order of the chain, in the order in which they set fields.

    `retracting` are all entries, in the order of the chain, that retract others and were recorded by then.
    """
    gone = retracted(retracting)
    places = _places(retracting)
    for _, of_a_day in groupby(by_day, key=attrgetter("effective_on")):
        found = (entry for entry in of_a_day if entry.id not in gone and not retracts_only(entry))
        yield from sorted(found, key=lambda entry: places.get(entry.id, entry.id)) if places else found


def retracts_only(entry: "Deed | Entry") -> bool:
    """Whether an entry is an undo or a redo that names what it retracts, and does nothing else."""
    return bool(entry.retracts) and entry.action in UNDONE_BY


def retracted(entries: "Iterable[Retracting]") -> dict[int, int]:
    """The ids of entries that count for nothing, each with that of what retracts it; of all entries, in their order."""
    gone: dict[int, int] = {}
    for entry in reversed([entry for entry in entries if entry.retracts]):
        if entry.id not in gone:
            gone.update(dict.fromkeys(entry.retracts, entry.id))
    return gone


def place(entry: "Deed | Entry") -> int:
    """The id in whose place among those of its day an entry stands: of the first that it states again, or its own."""
    return entry.retracts[0] if entry.retracts else entry.id


def _places(entries: "Sequence[Deed | Entry]") -> dict[int, int]:
    """The ids of those of retracting entries that state another again, each with that of the first of these.

    They retract all that were stated in this place: what one of them alone retracted would be in force again.
    """
    places: dict[int, int] = {}
    for entry in entries:
        if not retracts_only(entry):
            places[entry.id] = place(entry)
    return places


def step(states: States, entry: "Deed | Entry") -> Record:
    """Apply an entry that comes after those before to the states, and return its record, created if it is new.

    A part's entry also counts as news of what it belongs to, which must be among the states.
    """
    record = states.get(entry.ref)
    if record is None:
        record = states[entry.ref] = _created(entry)
    if entry.changes:
        puts_back = entry.action in UNDONE_BY
        for field, (_, new) in entry.changes.items():
            if puts_back or field not in FACTS:
                setattr(record, field, new)
        if isinstance(record, Commitment):
            _follow_commitment(record, entry, puts_back=puts_back)
        elif isinstance(record, Milestone):
            _follow_milestone(record, entry)
    _touch(record, entry)
    part = entry.ref
    while (owner := owner_of(part)) is not None:
        _touch(states[owner], entry)
        part = owner
    return record


def _follow_commitment(record: Commitment, entry: "Deed | Entry", *, puts_back: bool) -> None:
    """What follows for a commitment: its deadline's window, its baseline and slip, when it was completed."""
    changes = entry.changes
    if "due" in changes:
        record.due_earliest, record.due_latest = _window(record.due)
        if record.baseline_due is None and not puts_back:
            record.baseline_due = record.due
    if "status" in changes:
        if record.status != "completed":
            record.completed_on = record.completed_due = None
        elif record.completed_on is None:
            record.completed_on, record.completed_due = entry.effective_on, record.due
    if "status" in changes or "completed_due" in changes:
        record.completed_latest = _window(record.completed_due)[1]
    if "due" in changes or "baseline_due" in changes:
        record.slip_days = slip_days(record.baseline_due, record.due)


def _follow_milestone(record: Milestone, entry: "Deed | Entry") -> None:
    """What follows for a milestone: the window of its deadline, and when it was met."""
    if "due" in entry.changes:
        record.due_earliest, record.due_latest = _window(record.due)
    if "state" in entry.changes:
        if record.state != "met":
            record.met_on = None
        elif record.met_on is None:
            record.met_on = entry.effective_on


def _created(entry: "Deed | Entry") -> Record:
    record = KINDS[entry.record](ref=entry.ref, created_on=entry.effective_on, **LATER[entry.record])
    if (owner := owner_of(entry.ref)) is not None:
        setattr(record, OWNER[entry.record], owner)
        if isinstance(record, Milestone | Claim):
            record.number = int(entry.ref[len(owner) + 1 :])
    return record


@lru_cache(maxsize=4096)
def _window(due: str | None) -> tuple[str | None, str | None]:
    """The first and the last day of a due date."""
    if due is None:
        return None, None
    found = read_due(due)
    return found.earliest.isoformat(), found.latest.isoformat()


def _touch(record: Record, entry: "Deed | Entry") -> None:
    """Count an entry as news of a record, with its evidence; or, where there was none, that it was looked at."""
    if entry.action == "reviewed":
        if isinstance(record, Commitment):
            record.reviewed_on = max(record.reviewed_on or "", entry.effective_on)
        return
    if entry.effective_on > record.updated_on:  # noqa: PLR1730  # of all entries: max takes longer
        record.updated_on = entry.effective_on
    # What shows a claim is no evidence of what it contradicts.
    if entry.evidence and entry.record != "claim" and isinstance(record, Commitment | Milestone | Measure):
        record.evidence += 1
