"""Whether an entry is one that the writer can have written (pure).

Right hashes only say that nobody changed a history since it was sealed. `entry_fault` reads every value of an entry by
the readers that options and batches use; `Family` proves what it does against the records that it meets. `import`,
`check` and `migrate` ask both, so that what one takes the others take, on every engine.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from ksmy_tracker import rules
from ksmy_tracker.chain import Deed, Entry
from ksmy_tracker.changes import (
    DEFAULTS,
    FIELDS,
    LONGEST_TEXT,
    REF_FORM,
    REQUIRED,
    Fault,
    quoted,
    read_any_ref,
    read_day,
    read_field,
    read_filled,
    read_key,
    read_text,
)
from ksmy_tracker.history import UNDONE_BY
from ksmy_tracker.replay import State, States, commitment_of, kind_of, step
from ksmy_tracker.vocabulary import ACTIONS, RECORDS, SETTLED_STATUSES, a

#: What an entry may change besides the fields that a user sets, by its kind of record; rules.facts says how.
_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "agreement": (),
    "commitment": ("baseline_due", "completed_on", "completed_due"),
    "milestone": ("met_on",),
}
_FIELDS: Final = {kind: frozenset(FIELDS[kind]) for kind in RECORDS}

#: Refs by the kind of record as they are seen at sight to be right.
_REFS: Final = {
    "agreement": REF_FORM,
    "commitment": REF_FORM,
    "milestone": re.compile(f"{REF_FORM.pattern}/[1-9][0-9]{{0,8}}"),
}

_NEEDED: Final = {kind: (*REQUIRED[kind], *DEFAULTS[kind]) for kind in RECORDS}

#: Columns that are true or false in an entry, and 1 or 0 in a record.
_TRUTHS: Final = frozenset({"verifiable", "withdrawn"})

#: Fields of any text: to remember these would cost more than to read them.
_TEXTS: Final = frozenset({"title", "detail", "source", "due_phrase", "place"})

_HASH: Final = re.compile("[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_INVOCATION: Final = re.compile("[0-9A-Za-z]{1,64}")


def entry_fault(entry: Entry) -> str | None:
    """What no writer has written of an entry, by itself; None where there is nothing."""
    found = _fault_of(entry)
    return None if found is None else f"entry {entry.id} ({entry.ref}): {found}"


def _fault_of(entry: Entry) -> str | None:
    # What is well-formed at first sight needs no reader: there may be millions of entries.
    form = _REFS.get(entry.record)
    if (
        not (
            form is not None
            and entry.action in ACTIONS
            and type(entry.ref) is str
            and len(entry.ref) <= 64
            and form.fullmatch(entry.ref)
        )
        and (found := _named_fault(entry.record, entry.ref, entry.action)) is not None
    ):
        return found
    if (found := _circumstances_fault(entry.invocation, entry.recorded_at, entry.actor)) is not None:
        return found
    if (found := _day_fault(entry.effective_on)) is not None:
        return found
    if entry.note is not None and (found := _filled_fault("note", entry.note)) is not None:
        return found
    for one in entry.evidence:
        if (found := _filled_fault("evidence", one)) is not None:
            return found
    if entry.key is not None or entry.key_digest is not None:
        if (
            entry.key is None
            or not isinstance(entry.key_digest, str)
            or not _HASH.fullmatch(entry.key_digest)
        ):
            return "its key has no digest, or the digest is none"
        if (found := _said_fault("key", read_key, entry.key)) is not None:
            return found
    return _changes_fault(entry) or _action_fault(entry)


def _filled_fault(name: str, value: Any) -> str | None:
    return None if _says_something(value) else _said_fault(name, read_filled, value)


def _says_something(text: Any) -> bool:
    """Whether a text is one that every reader takes as it is, as far as can be seen at once."""
    return (
        type(text) is str
        and 0 < len(text) <= LONGEST_TEXT
        and "\0" not in text
        and text.isascii()
        and not text.isspace()
    )


#: Values that were read before, with the names of their fields: most come again and again.
_taken: set[tuple[str, Any]] = set()
_MOST_TAKEN: Final = 1 << 15


def _changes_fault(entry: Entry) -> str | None:
    """What is wrong with the new values of an entry; their old ones are for the state to say."""
    fields, facts = _FIELDS[entry.record], _FACTS[entry.record]
    for name, (_, new) in entry.changes.items():
        if (name, new) in _taken and name in fields:
            continue
        if name in facts or name == "withdrawn":
            continue  # which `Family` compares with what follows
        if name not in fields:
            return f"{quoted(name)} is no field of {a(entry.record)}"
        if name in _TEXTS:
            if not _says_something(new) and (found := _text_fault(name, new)) is not None:
                return found
        elif (found := _value_fault(name, new)) is not None:
            return found
        else:
            if len(_taken) >= _MOST_TAKEN:
                _taken.clear()
            _taken.add((name, new))
    return None


def _action_fault(entry: Entry) -> str | None:
    """What does not go with an entry's action."""
    action, changes = entry.action, entry.changes
    if action in UNDONE_BY:
        if entry.key is not None or entry.evidence or not (entry.note or "").startswith(rules.UNDOES):
            return f"{action}, but it does not say what it undoes, or says more"
    elif "withdrawn" in changes:
        return f"{action}, but it changes whether the record is withdrawn, as only an undo does"
    if action == "reviewed":
        if entry.key is None or changes or entry.note is not None or entry.evidence:
            return "reviewed, but it does more than keep a key"
    elif action == "noted":
        if changes or (entry.note is None and not entry.evidence):
            return "noted, but it has neither a note nor evidence, or changes something"
    elif not changes:
        return f"{action}, but it changes nothing"
    return None


@lru_cache(maxsize=1 << 14)
def _named_fault(record: Any, ref: Any, action: Any) -> str | None:
    if record not in RECORDS:
        return f"{quoted(record)} is no kind of record"
    if action not in ACTIONS:
        return f"{quoted(action)} is no action"
    if (found := _said_fault("ref", read_any_ref, ref)) is not None:
        return found
    number = str(ref).partition("/")[2]
    if (record == "milestone") != bool(number) or number == "0":
        return f"{quoted(ref)} is not the ref of {a(record)}"
    return None


@lru_cache(maxsize=1 << 10)
def _circumstances_fault(invocation: Any, recorded_at: Any, actor: Any) -> str | None:
    if not isinstance(invocation, str) or not _INVOCATION.fullmatch(invocation):
        return f"{quoted(invocation)} is no invocation"
    try:
        if not _MOMENT.fullmatch(recorded_at):
            raise ValueError
        datetime.fromisoformat(recorded_at)
    except (TypeError, ValueError):
        return f"{quoted(recorded_at)} is not when anything was recorded"
    return _said_fault("actor", read_filled, actor)


def _value_fault(name: str, value: Any) -> str | None:
    found = _said_fault(name, lambda given: read_field(name, given), value)
    if found is not None and name in ("due", "dated") and isinstance(value, str):
        # Versions before schema 0003 kept the spaces between the parts of a due date.
        compact = "".join(value.split())
        if value == value.strip() and _said_fault(name, lambda _: read_field(name, value), compact) is None:
            return None
    return found


def _text_fault(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return _said_fault(name, lambda given: read_field(name, given), value)
    return _said_fault(name, read_filled if name == "title" else read_text, value)


@lru_cache(maxsize=1 << 12)
def _day_fault(value: Any) -> str | None:
    return _said_fault("effective_on", read_day, value)


def _said_fault(name: str, read: Callable[[Any], Any], value: Any) -> str | None:
    """What a reader says of a value; a value that it would have stored otherwise was not written by it."""
    try:
        read_as = read(value)
    except Fault as fault:
        return f"{name}: {fault}"
    if type(read_as) is not type(value) or read_as != value:
        return f"{name}: {quoted(value)} would have been stored as {quoted(read_as)}"
    return None


class Agreements:
    """When each agreement of a history was created, and withdrawn or brought back, by the ids of entries."""

    def __init__(self) -> None:
        self._created: dict[str, tuple[int, str]] = {}
        self._turns: dict[str, tuple[list[int], list[bool]]] = {}

    @property
    def turned(self) -> bool:
        """Whether any was ever withdrawn."""
        return bool(self._turns)

    def follow(self, entry: Entry) -> None:
        """Take the next entry of the history."""
        if entry.record == "agreement":
            if entry.action == "created":
                self._created.setdefault(entry.ref, (entry.id, entry.effective_on))
            elif "withdrawn" in entry.changes:
                entries, withdrawn = self._turns.setdefault(entry.ref, ([], []))
                entries.append(entry.id)
                withdrawn.append(entry.action == "withdrawn")

    def fault_of(self, ref: Any, entry: int) -> str | None:
        """Why nothing can be added to an agreement by an entry."""
        if self._created.get(ref, (entry,))[0] >= entry:
            return f"there was no agreement {quoted(ref)}"
        entries, withdrawn = self._turns.get(ref, ([], []))
        before = bisect_left(entries, entry)
        return f"the agreement {ref} was withdrawn" if before and withdrawn[before - 1] else None

    def created_on(self, ref: str) -> str:
        """The day an agreement was created."""
        return self._created[ref][1]

    def withdrawal(self, ref: str, after: int, before: float) -> int | None:
        """The entry between two that withdrew an agreement."""
        if ref not in self._turns:
            return None
        entries, withdrawn = self._turns[ref]
        for place in range(bisect_left(entries, after), len(entries)):
            if entries[place] >= before:
                break
            if withdrawn[place]:
                return entries[place]
        return None


class Family:
    """The records of a ref and its milestones as their entries, in the order of the chain, leave them.

    `states` has them. What is wrong with a record's entry is said once; the later ones are only followed.
    """

    __slots__ = (
        *("_agreements", "_before", "_broken", "_live", "_newest", "_numbers", "_of", "_opposites", "states"),
    )

    def __init__(self, agreements: Agreements | None) -> None:
        """Prove each entry, or (None) only follow them."""
        self.states: States = {}
        self._agreements = agreements
        self._newest: dict[str, str] = {}
        self._numbers = 0
        self._broken: set[str] = set()
        self._before: list[Deed] = []
        self._of: dict[tuple[str, str], list[Deed]] = {}
        self._opposites: dict[tuple[str, str], tuple[int, tuple[str, rules.Changed]]] = {}
        self._live: tuple[str, int] | None = None

    def follow(self, deed: Deed) -> str | None:
        """Take the next entry; return what is wrong with it."""
        agreements = self._agreements
        found = None
        if agreements is not None and deed.ref not in self._broken:
            found = self._fault(deed, agreements)
            if found is not None:
                self._broken.add(deed.ref)
                found = f"entry {deed.id} ({deed.ref}): {found}"
        try:
            state = step(self.states, deed)
        except (KeyError, ValueError, TypeError, AttributeError):  # of a kind only tampering can make
            return found or inapplicable(deed.id, deed.ref)
        if agreements is not None:
            self._before.append(deed)
            if deed.action != "reviewed":
                self._newest[deed.ref] = deed.effective_on
            if deed.record == "milestone":
                if deed.action == "created":
                    self._numbers = state["number"]
            elif agreements.turned and deed.record == "commitment":
                self._live = None if state["withdrawn"] else (state["agreement"], deed.id)
        return found

    def end(self) -> str | None:
        """What is wrong with the newest state."""
        return None if self._agreements is None else self._abandoned(self._agreements, float("inf"))

    def _abandoned(self, agreements: Agreements, before: float) -> str | None:
        """What withdrew the agreement of a commitment between its newest entry and another."""
        if self._live is None:
            return None
        entry = agreements.withdrawal(*self._live, before)
        return (
            None
            if entry is None
            else f"entry {entry} ({self._live[0]}): withdrawn, but something belongs to it"
        )

    def _fault(self, deed: Deed, agreements: Agreements) -> str | None:
        state, changes, record = self.states.get(deed.ref), deed.changes, deed.record
        if state is None:
            if deed.action != "created":
                return "it changes what no entry created"
        elif deed.action == "created":
            return "it was created before"
        elif kind_of(state) != record:
            return f"it is {a(kind_of(state))}, not {a(record)}"
        elif deed.effective_on < self._newest[deed.ref]:
            return f"{deed.effective_on} is before an earlier entry of it ({self._newest[deed.ref]})"
        for name, (old, new) in changes.items():
            have = None if state is None else state.get(name)
            if name in _TRUTHS and have is not None:
                have = bool(have)
            if old is not have and (type(old) is not type(have) or old != have):
                return f"{name} was {quoted(have)}, not {quoted(old)}"
            if old == new:
                return f"{name} is as it was"
        if record == "commitment":
            if self._live is not None and (found := self._abandoned(agreements, deed.id)) is not None:
                return f"it goes on, though {found}"
            belongs = "agreement" in changes or deed.action == "restored"
        else:
            belongs = record == "milestone"
        if belongs and (found := self._parent_fault(deed, state, agreements)) is not None:
            return found
        return self._undo_fault(deed) if deed.action in UNDONE_BY else self._change_fault(deed, state)

    def _change_fault(self, deed: Deed, state: State | None) -> str | None:
        """What is wrong with what an entry that is no undo changes."""
        kind, changes = deed.record, deed.changes
        if state is None:
            for name in _NEEDED[kind]:
                if name not in changes:
                    return f"{a(kind)} is created without {name}"
            if kind == "milestone" and deed.ref.partition("/")[2] != str(self._numbers + 1):
                return f"the next milestone has the number {self._numbers + 1}"
        elif state["withdrawn"] and deed.action != "reviewed":
            return "it was withdrawn"
        facts: rules.Changed = {}
        if (
            "status" in changes
            or "state" in changes
            or (kind == "commitment" and (state is None or state["baseline_due"] is None))
        ):
            facts = rules.facts(kind, state or {}, changes, deed.effective_on)
        for name in _FACTS[kind]:
            if changes.get(name) != facts.get(name):
                return f"it does not say what follows: {', '.join(sorted(facts)) or 'nothing'}"
        if "status" in changes and changes["status"][0] in SETTLED_STATUSES and deed.note is None:
            return f"it was {changes['status'][0]}, and no note says why it is so no more"
        return None

    def _undo_fault(self, deed: Deed) -> str | None:
        """What is wrong with what an undo puts back."""
        for one in self._before:
            self._of.setdefault((one.ref, one.invocation), []).append(one)
        self._before.clear()
        named = deed.ref, (deed.note or "").removeprefix(rules.UNDOES)
        undone = self._of.get(named)
        if not undone:
            return "it undoes what no entry of it did"
        count, opposite = self._opposites.get(named, (0, ("", {})))
        if count != len(undone):
            opposite = rules.opposite(undone)
            self._opposites[named] = len(undone), opposite
        if opposite != (deed.action, deed.changes):
            return "it is not the opposite of what it undoes"
        if deed.action == "withdrawn" and deed.record == "commitment":
            using = [
                ref for ref, state in self.states.items() if "number" in state and not state["withdrawn"]
            ]
            if using:
                return f"withdrawn, but {using[0]} belongs to it"
        return None

    def _parent_fault(self, deed: Deed, state: State | None, agreements: Agreements) -> str | None:
        """What is wrong with that to which a record belongs."""
        if deed.action == "withdrawn":
            return None
        if deed.record == "milestone":
            parent = self.states.get(commitment_of(deed.ref))
            if parent is None or kind_of(parent) != "commitment":
                return f"there was no commitment {commitment_of(deed.ref)}"
            if parent["withdrawn"]:
                return f"{parent['ref']}, to which it belongs, was withdrawn"
            begun = parent["created_on"]
        else:
            ref = deed.changes["agreement"][1] if "agreement" in deed.changes else (state or {})["agreement"]
            if (found := agreements.fault_of(ref, deed.id)) is not None:
                return found
            begun = agreements.created_on(str(ref))
        if deed.effective_on < begun:
            return f"{deed.effective_on} is before that to which it belongs was created ({begun})"
        return None


def inapplicable(entry: int, ref: str) -> str:
    """What is said of an entry that cannot be followed."""
    return f"entry {entry} ({ref}) cannot be applied to its record"
