"""The state that entries leave a record in (pure).

The one rule for it: the writer steps the record it is about to store, `--as-of` steps the past up to a day, and `check`
steps the whole history to compare it with what is stored.
"""

from typing import TYPE_CHECKING

from ksmy_tracker.domain.edtf import read_due, slip_days
from ksmy_tracker.domain.kinds import (
    KINDS,
    LATER,
    Agreement,
    Commitment,
    Milestone,
    Record,
    commitment_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ksmy_tracker.domain.chain import Deed, Entry

#: Records by their refs.
States = dict[str, Record]


def step(states: States, entry: "Deed | Entry") -> Record:
    """Apply an entry to the states, creating the record if it is new, and return it.

    A milestone's entry also counts as news of its commitment, which must be among the states.
    """
    record = states.get(entry.ref)
    if record is None:
        record = states[entry.ref] = _created(entry)
    changes = entry.changes
    for field, (_, new) in changes.items():
        setattr(record, field, new)
    if not isinstance(record, Agreement) and "due" in changes:
        record.due_earliest, record.due_latest = _window(record.due)
    if isinstance(record, Commitment):
        if "due" in changes or "baseline_due" in changes:
            record.slip_days = slip_days(record.baseline_due, record.due)
        if "completed_due" in changes:
            record.completed_latest = _window(record.completed_due)[1]
    if entry.action != "reviewed":  # which only keeps a key
        _touch(record, entry)
        if isinstance(record, Milestone):
            _touch(states[record.commitment], entry)
    return record


def replay(entries: "Iterable[Deed | Entry]") -> States:
    """The states that a history, in the order of its ids, leaves behind."""
    states: States = {}
    for entry in entries:
        step(states, entry)
    return states


def _created(entry: "Deed | Entry") -> Record:
    record = KINDS[entry.record](ref=entry.ref, created_on=entry.effective_on, **LATER[entry.record])
    if isinstance(record, Milestone):
        record.commitment = commitment_of(entry.ref)
        record.number = int(entry.ref.partition("/")[2])
    return record


def _window(due: str | None) -> tuple[str | None, str | None]:
    """The first and the last day of a due date."""
    if due is None:
        return None, None
    found = read_due(due)
    return found.earliest.isoformat(), found.latest.isoformat()


def _touch(record: Record, entry: "Deed | Entry") -> None:
    """Count an entry as news of a record: its newest effective date and its evidence."""
    record.updated_on = max(record.updated_on, entry.effective_on)
    if entry.evidence and not isinstance(record, Agreement):
        record.evidence += 1
