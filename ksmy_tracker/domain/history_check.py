"""The proof of a history: whether the writer can have made each entry of the records that it met (pure).

Right hashes only say that nobody changed a history since it was sealed. entry_check.py says what is wrong with an entry
by itself, `Family` with what it does. `import`, `check` and `migrate` ask both, so that what one takes the others take,
on every engine.

Longer than other modules: all that an entry can do wrong, to be read in one place.
"""

from typing import TYPE_CHECKING, Final

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Deed
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.domain.kinds import (
    DEFAULTS,
    KINDS,
    LATER,
    NUMBERED,
    REFERRING,
    REQUIRED,
    Milestone,
    Record,
    owner_of,
    refs_of,
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
from ksmy_tracker.domain.references import References
from ksmy_tracker.domain.values import quoted
from ksmy_tracker.domain.words import SETTLED_STATUSES, a

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ksmy_tracker.domain.chain import Entry
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
        elif entry.ref in created or (owner_of(entry.ref) or entry.ref) not in (entry.ref, *created):
            return entry
        else:
            created.add(entry.ref)
    return None


class Family:
    """The records of a ref and its milestones as their entries, in the order of the chain, leave them.

    `states` has them. What is wrong with a record's entry is said once; the later ones are only followed.
    """

    __slots__ = ("_broken", "_deeds", "_indexed", "_newest", "_of", "_opposites", "_references", "states")

    def __init__(self, references: References | None) -> None:
        """Prove each entry, or (None) only follow them."""
        self.states: States = {}
        self._references = references
        self._newest: dict[str, str] = {}
        self._broken: set[str] = set()
        self._deeds: list[Deed] = []
        self._indexed = 0
        self._of: dict[tuple[str, str], list[Deed]] = {}
        self._opposites: dict[tuple[str, str], tuple[int, tuple[str, rules.Changed]]] = {}

    def follow(self, deed: Deed) -> str | None:
        """Take the next entry; return what is wrong with it."""
        found = None
        ref, day = deed.ref, deed.effective_on
        newest = self._newest.get(ref, "")
        proves = self._references is not None and ref not in self._broken
        is_last = day >= newest and not deed.retracts
        try:
            if is_last:
                found = self._fault(deed, self.states) if proves else None
                step(self.states, deed)
            elif proves:
                found = self._late_fault(deed)
            if proves and found is None and not FACTS.isdisjoint(deed.changes):
                found = self._consequence_fault(deed, is_last=is_last)
            self._deeds.append(deed)
            self._newest[ref] = day if is_last else max(day, newest)
            if not is_last:
                if proves and found is None and (one := unfounded(laid_down(self._deeds))) is not None:
                    found = f"it leaves entry {one.id} ({one.ref}) without what that is about"
                self.states = project(self._deeds)
        except (KeyError, ValueError, TypeError, AttributeError):  # of a kind only tampering can make
            if found is None:
                return inapplicable(deed.id, deed.ref)
        if found is None:
            return None
        self._broken.add(ref)
        return f"entry {deed.id} ({ref}): {found}"

    def end(self) -> str | None:
        """What is wrong with the newest state: an agreement that a commitment belongs, or belonged, to is no more."""
        references = self._references
        if references is None or not references.have_changed or self._broken:
            return None
        for deed in laid_down(self._deeds):
            for kind, ref in referred_by(deed):
                version = references.before(ref, float("inf"))
                if version.created_on is None or version.created_on > deed.effective_on:
                    return f"entry {deed.id} ({deed.ref}): there was no {kind} {quoted(ref)} on its day"
        for record in self.states.values():
            if not record.withdrawn:
                for _, ref in _refers(record):
                    version = references.before(ref, float("inf"))
                    if version.is_withdrawn:
                        return f"entry {version.entry} ({ref}): withdrawn, but something belongs to it"
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
            if old == new or (old is None and new == ()):
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
        if deed.action in UNDONE_BY:
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
            if kind in NUMBERED and not deed.retracts:
                owner = str(owner_of(deed.ref))
                taken = [
                    one
                    for one in self.states
                    if owner_of(one) == owner and one[len(owner)] == deed.ref[len(owner)]
                ]
                number = max((int(one[len(owner) + 1 :]) for one in taken), default=0) + 1
                if deed.ref[len(owner) + 1 :] != str(number):
                    return f"the next {kind} has the number {number}"
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
        owner = owner_of(deed.ref)
        if owner is not None and deed.action != "withdrawn":
            parent = states.get(owner)
            if parent is None or parent.record not in KINDS[deed.record].part_of:
                return f"there was no {' or '.join(KINDS[deed.record].part_of)} {owner}"
            if parent.withdrawn:
                return f"{parent.ref}, to which it belongs, was withdrawn"
            begun = max(begun, parent.created_on)
        refers = _refers(state) if deed.action == "restored" and state is not None else ()
        for kind, ref in (*referred_by(deed), *refers):
            version = self._references.before(ref, deed.id) if self._references else None
            if version is None or version.created_on is None or version.record != kind:
                return f"there was no {kind} {quoted(ref)}"
            if version.is_withdrawn:
                return f"the {kind} {ref} was withdrawn"
            begun = max(begun, version.created_on)
        if deed.effective_on < begun:
            return f"{deed.effective_on} is before it, or that to which it belongs, was created ({begun})"
        return None


def referred_by(entry: "Deed | Entry") -> "Iterator[tuple[str, str]]":
    """The kind and the ref of each other record that one refers to by an entry, and did not before."""
    for name, kind in REFERRING[entry.record].items():
        if name in entry.changes:
            old, new = entry.changes[name]
            had = (*refs_of(name, old), *([entry.ref] if name == "party" else []))
            yield from ((kind, ref) for ref in refs_of(name, new) if ref not in had)


def _refers(record: Record) -> "Iterator[tuple[str, str]]":
    """The same of each that a record refers to."""
    for name, kind in REFERRING[record.record].items():
        its = refs_of(name, getattr(record, name))
        yield from ((kind, ref) for ref in its if (name, ref) != ("party", record.ref))


def inapplicable(entry: int, ref: str) -> str:
    """What is said of an entry that cannot be followed."""
    return f"entry {entry} ({ref}) cannot be applied to its record"
