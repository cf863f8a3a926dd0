"""What moved in a register between two points: the fields of each record, and its deadline state (pure).

What an entry moved names the entry: one that is in force at the later point and was not at the earlier, or one that
retracted what was. What no entry moved, the calendar did.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ksmy_tracker.domain.kinds import GIVEN, Commitment, Milestone, Record, ref_order
from ksmy_tracker.domain.projection import States, followed, laid_down, retracted
from ksmy_tracker.domain.rows import Day, Moved, Point, commitment_deadline, milestone_deadline, stored_date
from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES, SETTLED_STATUSES

if TYPE_CHECKING:
    from ksmy_tracker.domain.chain import Deed, Entry


def moved(history: "Sequence[Deed | Entry]", before: Point, after: Point) -> Iterator[Moved]:
    """What moved of the records of a history: all entries of a record, of its milestones and of their commitment."""
    at_first, laid_first = _at(history, before)
    at_last, laid_last = _at(history, after)
    gone_first = retracted(entry for entry in history if entry.id <= before.known)
    gone_last = retracted(entry for entry in history if entry.id <= after.known)
    first, last = {entry.id for entry in laid_first}, {entry.id for entry in laid_last}
    came = [entry for entry in laid_last if entry.id not in first]
    went = [entry for entry in laid_first if entry.id not in last]

    def by(ref: str, *fields: str) -> tuple[int, ...]:
        found = set()
        for entry in came:
            if entry.ref == ref and _names(entry, fields):
                # What was taken back at first came by what took that back.
                undo = gone_first.get(entry.id)
                found.add(entry.id if undo is None else gone_last.get(undo, entry.id))
        for entry in went:
            if entry.ref == ref and _names(entry, fields):
                undo = gone_last[entry.id]
                found.add(gone_last.get(gone_first.get(undo, 0), undo))
        return tuple(sorted(found))

    for ref in sorted(at_first.keys() | at_last.keys(), key=ref_order):
        old, new = at_first.get(ref), at_last.get(ref)
        if old is None or new is None:
            yield from _came_or_went(ref, old, new, by(ref, "title", "name", "field"))
            continue
        title = new.title
        for name in (*GIVEN[new.record], "withdrawn"):
            was, now = getattr(old, name), getattr(new, name)
            if was != now:
                yield Moved(ref, new.record, title, name, was, now, by(ref, name))
        _settle(old, at_first)
        _settle(new, at_last)
        moves = by(ref, "due", "status", "state")
        if isinstance(new, Milestone) and _is_settled_by_commitment(old, new):
            moves = tuple(sorted({*moves, *by(new.commitment, "status")}))
        yield from _deadline_moved(old, new, before.day, after.day, moves)


def by_calendar(records: Iterable[Record], before: Day, after: Day) -> Iterator[Moved]:
    """What the calendar alone moved of records about which there is no entry in between."""
    for record in records:
        yield from _deadline_moved(record, record, before, after, ())


def _at(history: "Sequence[Deed | Entry]", point: Point) -> "tuple[States, Sequence[Deed | Entry]]":
    laid = laid_down([entry for entry in history if entry.id <= point.known], point.day.until)
    return followed(laid), laid


def _names(entry: "Deed | Entry", fields: Sequence[str]) -> bool:
    return any(name in entry.changes for name in fields)


def _came_or_went(
    ref: str, old: Record | None, new: Record | None, entries: tuple[int, ...]
) -> Iterator[Moved]:
    found = new or old
    if found is not None:
        yield Moved(
            ref,
            found.record,
            found.title,
            "record",
            None if old is None else old.title,
            None if new is None else new.title,
            entries,
        )


def _settle(record: Record, states: States) -> None:
    """Say of a milestone whether its commitment is completed or cancelled."""
    if isinstance(record, Milestone):
        commitment = states[record.commitment]
        record.settled = isinstance(commitment, Commitment) and commitment.status in SETTLED_STATUSES


def _is_settled_by_commitment(old: Record, new: Milestone) -> bool:
    """Whether an open milestone was settled with its commitment, or is no more."""
    was_settled = isinstance(old, Milestone) and old.settled
    return new.state in OPEN_MILESTONE_STATES and new.settled != was_settled


def _deadline_moved(
    old: Record, new: Record, before: Day, after: Day, entries: tuple[int, ...]
) -> Iterator[Moved]:
    if not isinstance(new, Commitment | Milestone) or new.withdrawn:
        return
    was, now = _deadline(old, before), _deadline(new, after)
    if was == now:
        return
    if _deadline(old, after) == now:
        entries = ()  # it would have moved without them
    since = None if entries else _turned(now, new.due_latest, after)
    yield Moved(new.ref, new.record, new.title, "deadline", was, now, entries, since)


def _deadline(record: Record, day: Day) -> str | None:
    if isinstance(record, Commitment):
        return commitment_deadline(record, day)[0]
    return milestone_deadline(record, day)[0] if isinstance(record, Milestone) else None


def _turned(state: str | None, due_latest: str | None, day: Day) -> str | None:
    """The day on which the calendar made a deadline overdue, or due soon."""
    if due_latest is None or state not in ("overdue", "due-soon"):
        return None
    last: date = stored_date(due_latest)
    turned = last + timedelta(days=1) if state == "overdue" else last - timedelta(days=day.within)
    return turned.isoformat()
