"""The proof of a history: whether the writer can have made each entry of the records that it met (pure).

Right hashes only say that nobody changed a history since it was sealed. entry_check.py says what is wrong with an entry
by itself, `Family` with what it does. `import`, `check` and `migrate` ask both, so that what one takes the others take,
on every engine.

Longer than other modules: all that an entry can do wrong, to be read in one place.
"""

from typing import TYPE_CHECKING, Final

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.agreement_history import Agreements
from ksmy_tracker.domain.chain import Deed
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
from ksmy_tracker.domain.projection import (
    FACTS,
    States,
    laid_down,
    place,
    project,
    retracted,
    retracts_only,
    states_before,
    step,
)
from ksmy_tracker.domain.values import quoted
from ksmy_tracker.domain.words import SETTLED_STATUSES, a

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ksmy_tracker.domain.projection import AnEntry

#: What an entry that creates a record says at least.
_NEEDED: Final = {
    kind: tuple(name for name in (*REQUIRED[kind], *DEFAULTS[kind]) if name not in LATER[kind])
    for kind in KINDS
}


def unfounded(laid: "Iterable[AnEntry]") -> "AnEntry | None":
    """The first of the entries in force, as they are laid down, that comes before what it is about is created.

    That a record is created twice is such a case, too, that a milestone is before its commitment, and that two entries
    stand in the place of one.
    """
    created: set[str] = set()
    places: set[int] = set()
    for entry in laid:
        if place(entry) in places:
            return entry
        places.add(place(entry))
        if entry.action != "created":
            if entry.ref not in created:
                return entry
        elif entry.ref in created or (
            entry.record == "milestone" and commitment_of(entry.ref) not in created
        ):
            return entry
        else:
            created.add(entry.ref)
    return None


class Family:
    """The records of a ref and its milestones as their entries, in the order of the chain, leave them.

    `states` has them. What is wrong with a record's entry is said once; the later ones are only followed.
    """

    __slots__ = ("_agreements", "_broken", "_deeds", "_indexed", "_newest", "_of", "_opposites", "states")

    def __init__(self, agreements: Agreements | None) -> None:
        """Prove each entry, or (None) only follow them."""
        self.states: States = {}
        self._agreements = agreements
        self._newest: dict[str, str] = {}
        self._broken: set[str] = set()
        self._deeds: list[Deed] = []
        self._indexed = 0
        self._of: dict[tuple[str, str], list[Deed]] = {}
        self._opposites: dict[tuple[str, str], tuple[int, tuple[str, rules.Changed]]] = {}

    def follow(self, deed: Deed) -> str | None:
        """Take the next entry; return what is wrong with it."""
        found = None
        proves = self._agreements is not None and deed.ref not in self._broken
        is_last = not deed.retracts and deed.effective_on >= self._newest.get(deed.ref, "")
        try:
            if is_last:
                found = self._fault(deed, self.states) if proves else None
                step(self.states, deed)
            elif proves:
                found = self._late_fault(deed)
            if proves and found is None:
                found = self._consequence_fault(deed, is_last=is_last)
            self._deeds.append(deed)
            self._newest[deed.ref] = max(deed.effective_on, self._newest.get(deed.ref, ""))
            if not is_last:
                if proves and found is None and (one := unfounded(laid_down(self._deeds))) is not None:
                    found = f"it leaves entry {one.id} ({one.ref}) without what that is about"
                self.states = project(self._deeds)
        except (KeyError, ValueError, TypeError, AttributeError):  # of a kind only tampering can make
            if found is None:
                return inapplicable(deed.id, deed.ref)
        if found is None:
            return None
        self._broken.add(deed.ref)
        return f"entry {deed.id} ({deed.ref}): {found}"

    def end(self) -> str | None:
        """What is wrong with the newest state: an agreement that a commitment belongs, or belonged, to is no more."""
        agreements = self._agreements
        if agreements is None or not agreements.have_changed or self._broken:
            return None
        for deed in laid_down(self._deeds):
            if deed.record == "commitment" and "agreement" in deed.changes:
                version = agreements.before(deed.changes["agreement"][1], float("inf"))
                if version.created_on is None or version.created_on > deed.effective_on:
                    missing = quoted(deed.changes["agreement"][1])
                    return f"entry {deed.id} ({deed.ref}): there was no agreement {missing} on its day"
        for record in self.states.values():
            if isinstance(record, Commitment) and not record.withdrawn:
                version = agreements.before(record.agreement, float("inf"))
                if version.is_withdrawn:
                    withdrawn = f"entry {version.entry} ({record.agreement})"
                    return f"{withdrawn}: withdrawn, but something belongs to it"
        return None

    def _fault(self, deed: Deed, states: States) -> str | None:
        """What is wrong with an entry, by the states that it finds."""
        state, changes, record = states.get(deed.ref), deed.changes, deed.record
        if state is None:
            if deed.action != "created":
                return "it changes what no entry created"
        elif deed.action == "created":
            return "it was created before"
        elif state.record != record:
            return f"it is {a(state.record)}, not {a(record)}"
        for name, (old, new) in changes.items():
            have = getattr(state, name, None)
            if old is not have and (type(old) is not type(have) or old != have):
                return f"{name} was {quoted(have)}, not {quoted(old)}"
            if old == new:
                return f"{name} is as it was"
        if (found := self._parent_fault(deed, state, states)) is not None:
            return found
        return self._undo_fault(deed) if deed.action in UNDONE_BY else self._change_fault(deed, state)

    def _late_fault(self, deed: Deed) -> str | None:
        """What is wrong with an entry before the newest day of its record, or that retracts others."""
        counted = {one.id: one for one in self._deeds if one.ref == deed.ref}
        gone = retracted(self._deeds)
        for one in deed.retracts if retracts_only(deed) else deed.retracts[-1:]:
            if one not in counted or one in gone or counted[one].record != deed.record:
                return f"it retracts entry {one}, which is none of its record that counts"
        if retracts_only(deed):
            are_undos = all(counted[one].action in UNDONE_BY for one in deed.retracts)
            if deed.action == "withdrawn" or (deed.action == "restored" and not are_undos):
                return f"{deed.action}, but it does not take back an undo"
            return None
        if deed.retracts:
            again = counted[deed.retracts[-1]]
            if again.action in UNDONE_BY or (again.action == "created") != (deed.action == "created"):
                return f"it cannot state entry {again.id} again"
            if deed.retracts != (*again.retracts, again.id):
                return f"it states entry {again.id} again, and does not retract what that did"
        return self._fault(deed, states_before(self._deeds, deed))

    def _consequence_fault(self, deed: Deed, *, is_last: bool) -> str | None:
        """What is wrong with what entries of earlier versions say that follows from their changes."""
        if FACTS.isdisjoint(deed.changes) or deed.action in UNDONE_BY:
            return None
        for name in FACTS & deed.changes.keys():
            if not is_last or deed.changes[name][1] != getattr(self.states[deed.ref], name):
                return f"{name} does not follow from what it changes"
        return None

    def _change_fault(self, deed: Deed, state: Record | None) -> str | None:
        """What is wrong with what an entry that is no undo changes."""
        kind, changes = deed.record, deed.changes
        if state is None:
            for name in _NEEDED[kind]:
                if name not in changes:
                    return f"{a(kind)} is created without {name}"
            if kind == "milestone" and not deed.retracts:
                numbers = [one.number for one in self.states.values() if isinstance(one, Milestone)]
                number = max(numbers, default=0) + 1
                if deed.ref.partition("/")[2] != str(number):
                    return f"the next milestone has the number {number}"
        elif state.withdrawn and deed.action != "reviewed":
            return "it was withdrawn"
        if "status" in changes and changes["status"][0] in SETTLED_STATUSES and deed.note is None:
            return f"it was {changes['status'][0]}, and no note says why it is so no more"
        return None

    def _undo_fault(self, deed: Deed) -> str | None:
        """What is wrong with what an undo of an earlier version puts back."""
        for one in self._deeds[self._indexed :]:
            self._of.setdefault((one.ref, one.invocation), []).append(one)
        self._indexed = len(self._deeds)
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
            for ref, record in self.states.items():
                if isinstance(record, Milestone) and not record.withdrawn:
                    return f"withdrawn, but {ref} belongs to it"
        return None

    def _parent_fault(self, deed: Deed, state: Record | None, states: States) -> str | None:
        """What is wrong with that to which a record belongs, and with the day."""
        begun = "" if state is None else state.created_on
        if deed.record == "milestone" and deed.action != "withdrawn":
            parent = states.get(commitment_of(deed.ref))
            if not isinstance(parent, Commitment):
                return f"there was no commitment {commitment_of(deed.ref)}"
            if parent.withdrawn:
                return f"{parent.ref}, to which it belongs, was withdrawn"
            begun = max(begun, parent.created_on)
        elif deed.record == "commitment" and ("agreement" in deed.changes or deed.action == "restored"):
            changed = deed.changes.get("agreement")
            ref = changed[1] if changed else getattr(state, "agreement", None)
            version = self._agreements.before(ref, deed.id) if self._agreements else None
            if version is None or version.created_on is None:
                return f"there was no agreement {quoted(ref)}"
            if version.is_withdrawn:
                return f"the agreement {ref} was withdrawn"
            begun = max(begun, version.created_on)
        if deed.effective_on < begun:
            return f"{deed.effective_on} is before it, or that to which it belongs, was created ({begun})"
        return None


def inapplicable(entry: int, ref: str) -> str:
    """What is said of an entry that cannot be followed."""
    return f"entry {entry} ({ref}) cannot be applied to its record"
