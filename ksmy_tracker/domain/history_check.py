"""The proof of a history: whether the writer can have made each entry of the records that it met (pure).

Right hashes only say that nobody changed a history since it was sealed. entry_check.py says what is wrong with an entry
by itself, `Family` with what it does. `import`, `check` and `migrate` ask both, so that what one takes the others take,
on every engine.
"""

from bisect import bisect_left
from typing import Any, Final

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Deed, Entry
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.domain.kinds import (
    DEFAULTS,
    KINDS,
    LATER,
    REQUIRED,
    Commitment,
    Milestone,
    Record,
    commitment_of,
)
from ksmy_tracker.domain.projection import States, step
from ksmy_tracker.domain.values import quoted
from ksmy_tracker.domain.words import SETTLED_STATUSES, a

#: What an entry that creates a record says at least.
_NEEDED: Final = {
    kind: tuple(name for name in (*REQUIRED[kind], *DEFAULTS[kind]) if name not in LATER[kind])
    for kind in KINDS
}


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
            record = step(self.states, deed)
        except (KeyError, ValueError, TypeError, AttributeError):  # of a kind only tampering can make
            return found or inapplicable(deed.id, deed.ref)
        if agreements is not None:
            self._before.append(deed)
            if deed.action != "reviewed":
                self._newest[deed.ref] = deed.effective_on
            if isinstance(record, Milestone):
                if deed.action == "created":
                    self._numbers = record.number
            elif agreements.turned and isinstance(record, Commitment):
                self._live = None if record.withdrawn else (record.agreement, deed.id)
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
        elif state.record != record:
            return f"it is {a(state.record)}, not {a(record)}"
        elif deed.effective_on < self._newest[deed.ref]:
            return f"{deed.effective_on} is before an earlier entry of it ({self._newest[deed.ref]})"
        for name, (old, new) in changes.items():
            have = getattr(state, name, None)
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

    def _change_fault(self, deed: Deed, state: Record | None) -> str | None:
        """What is wrong with what an entry that is no undo changes."""
        kind, changes = deed.record, deed.changes
        if state is None:
            for name in _NEEDED[kind]:
                if name not in changes:
                    return f"{a(kind)} is created without {name}"
            if kind == "milestone" and deed.ref.partition("/")[2] != str(self._numbers + 1):
                return f"the next milestone has the number {self._numbers + 1}"
        elif state.withdrawn and deed.action != "reviewed":
            return "it was withdrawn"
        facts: rules.Changed = {}
        if (
            "status" in changes
            or "state" in changes
            or (kind == "commitment" and getattr(state, "baseline_due", None) is None)
        ):
            facts = rules.facts(kind, state, changes, deed.effective_on)
        for name in rules.FACTS[kind]:
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
                ref
                for ref, record in self.states.items()
                if isinstance(record, Milestone) and not record.withdrawn
            ]
            if using:
                return f"withdrawn, but {using[0]} belongs to it"
        return None

    def _parent_fault(self, deed: Deed, state: Record | None, agreements: Agreements) -> str | None:
        """What is wrong with that to which a record belongs."""
        if deed.action == "withdrawn":
            return None
        if deed.record == "milestone":
            parent = self.states.get(commitment_of(deed.ref))
            if not isinstance(parent, Commitment):
                return f"there was no commitment {commitment_of(deed.ref)}"
            if parent.withdrawn:
                return f"{parent.ref}, to which it belongs, was withdrawn"
            begun = parent.created_on
        else:
            ref = (
                deed.changes["agreement"][1]
                if "agreement" in deed.changes
                else getattr(state, "agreement", None)
            )
            if (found := agreements.fault_of(ref, deed.id)) is not None:
                return found
            begun = agreements.created_on(str(ref))
        if deed.effective_on < begun:
            return f"{deed.effective_on} is before that to which it belongs was created ({begun})"
        return None


def inapplicable(entry: int, ref: str) -> str:
    """What is said of an entry that cannot be followed."""
    return f"entry {entry} ({ref}) cannot be applied to its record"
