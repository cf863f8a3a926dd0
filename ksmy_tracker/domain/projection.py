"""What an entry does to a record (pure).

The one rule for it: the writer steps the state it is about to store, `--as-of` steps the past up to a
day, and `check` steps the whole history to compare it with what is stored.

A state is a record's row as the database keeps it, `{column: value}`: dates as ISO text, `verifiable` and `withdrawn`
as 0 or 1, the rest as text or integers. States are kept by ref.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ksmy_tracker.domain.edtf import read_due, slip_days

if TYPE_CHECKING:
    from ksmy_tracker.domain.chain import Deed, Entry

State = dict[str, Any]
States = dict[str, State]

#: Every column of each record. Those that an entry's changes do not name follow from them, or count entries.
COLUMNS: dict[str, tuple[str, ...]] = {
    "agreement": (
        *("ref", "title", "kind", "stage", "dated", "place", "parties", "source"),
        *("created_on", "updated_on", "withdrawn"),
    ),
    "commitment": (
        *("ref", "title", "detail", "agreement", "sector", "parties", "firmness", "verifiable", "source"),
        *("status", "due", "due_phrase", "baseline_due", "completed_on", "completed_due"),
        *("due_earliest", "due_latest", "completed_latest", "slip_days", "evidence"),
        *("created_on", "updated_on", "withdrawn"),
    ),
    "milestone": (
        *("ref", "commitment", "number", "title", "due", "state", "met_on"),
        *("due_earliest", "due_latest", "evidence", "created_on", "updated_on", "withdrawn"),
    ),
}


def commitment_of(milestone_ref: str) -> str:
    """The ref of the commitment a milestone such as `FTA-CONCLUDE/2` belongs to."""
    return milestone_ref.partition("/")[0]


def kind_of(state: State) -> str:
    """Which kind of record a state is of."""
    if "status" in state:
        return "commitment"
    return "milestone" if "commitment" in state else "agreement"


def step(states: States, entry: "Deed | Entry") -> State:
    """Apply an entry to the states, creating the record if it is new, and return its state.

    A milestone's entry also counts as news of its commitment, which must be among the states.
    """
    state = states.get(entry.ref)
    if state is None:
        state = dict.fromkeys(COLUMNS[entry.record])
        state["ref"] = entry.ref
        state["created_on"] = entry.effective_on
        state["withdrawn"] = 0
        if entry.record == "milestone":
            state["commitment"] = commitment_of(entry.ref)
            state["number"] = int(entry.ref.partition("/")[2])
        if entry.record != "agreement":
            state["evidence"] = 0
        states[entry.ref] = state
    changes = entry.changes
    for field, (_, new) in changes.items():
        state[field] = int(new) if isinstance(new, bool) else new
    if "due" in changes:
        _set_window(state, "due", "due_earliest", "due_latest")
    if entry.record == "commitment":
        if "due" in changes or "baseline_due" in changes:
            state["slip_days"] = slip_days(state["baseline_due"], state["due"])
        if "completed_due" in changes:
            _set_window(state, "completed_due", None, "completed_latest")
    if entry.action != "reviewed":  # which only keeps a key
        _touch(state, entry)
        if entry.record == "milestone":
            _touch(states[state["commitment"]], entry)
    return state


def replay(entries: "Iterable[Deed | Entry]") -> States:
    """The states that a history, in the order of its ids, leaves behind."""
    states: States = {}
    for entry in entries:
        step(states, entry)
    return states


def _set_window(state: State, field: str, earliest: str | None, latest: str) -> None:
    due = read_due(state[field]) if state[field] is not None else None
    if earliest is not None:
        state[earliest] = due.earliest.isoformat() if due else None
    state[latest] = due.latest.isoformat() if due else None


def _touch(state: State, entry: "Deed | Entry") -> None:
    """Count an entry as news of a record: its newest effective date and its evidence."""
    updated_on = state["updated_on"]
    if updated_on is None or entry.effective_on > updated_on:
        state["updated_on"] = entry.effective_on
    if entry.evidence and "evidence" in state:
        state["evidence"] += 1
