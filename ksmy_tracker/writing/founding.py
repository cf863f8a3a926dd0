"""Whether what is in force still has what it builds on, once an entry retracts others or states one again."""

from typing import TYPE_CHECKING

from ksmy_tracker.domain.chain import Deed, Entry
from ksmy_tracker.domain.history_check import unfounded
from ksmy_tracker.domain.kinds import Agreement
from ksmy_tracker.domain.projection import laid_down, place
from ksmy_tracker.errors import Refused
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.working_set import WorkingSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ksmy_tracker.domain.projection import AnEntry


def follow_founded(transaction: Transaction, working_set: WorkingSet, new: Entry) -> None:
    """Follow a new entry; refuse one that leaves another in force without what it builds on, naming how to undo that.

    What an entry builds on is what adds its record, what that belongs to, and a ref and a key that are its own.
    """
    before = [*working_set.history(new.ref)]
    laid = check_laid_down([*before, new], new.ref)
    working_set.follow(new)
    if new.record == "agreement":
        _check_what_belongs(transaction, working_set, new.ref)
    stood = {entry.id for entry in laid_down(before)}
    for entry in laid:
        if entry.id in stood:
            continue
        if entry.record == "commitment" and "agreement" in entry.changes:
            _check_agreement(working_set, entry, str(entry.changes["agreement"][1]))
        if entry.key is not None and (user := working_set.other_user(entry)) is not None:
            raise _in_the_way(f"the key {entry.key!r} was used again", user)


def check_laid_down(history: "Sequence[AnEntry]", ref: str) -> "list[AnEntry]":
    """The entries in force, as they are laid down; refused where one is without what it is about."""
    laid = laid_down(history)
    if (one := unfounded(laid)) is not None:
        if first := next(
            (entry for entry in laid if entry.id != one.id and place(entry) == place(one)), None
        ):
            newest = max(first, one, key=lambda entry: entry.id)
            raise _in_the_way(f"entry {place(one)} was stated again", newest)
        again = [entry for entry in laid if (entry.ref, entry.action) == (one.ref, "created")]
        if one.action == "created" and len(again) > 1:
            raise _in_the_way(f"{one.ref} was added again", max(again, key=lambda entry: entry.id))
        raise _builds_on(one, ref)
    return laid


def _check_what_belongs(transaction: Transaction, working_set: WorkingSet, ref: str) -> None:
    """Refuse where a commitment belongs, or belonged on some day, to an agreement that is not there on that day."""
    agreement = working_set.records.get(ref)
    is_its = f"{transaction.new_value('changes', 'agreement')} = :ref"
    sql = f"SELECT DISTINCT ref FROM entry WHERE record = 'commitment' AND {is_its}"
    named = {*transaction.values(str, sql, ref=ref)}
    named |= {one.ref for one in working_set.records.values() if getattr(one, "agreement", None) == ref}
    working_set.load_histories(named)
    for one in sorted(named):
        for entry in laid_down(working_set.history(one)):
            names_it = entry.changes.get("agreement", (None, None))[1] == ref
            if names_it and (agreement is None or entry.effective_on < agreement.created_on):
                raise _builds_on(entry, ref)


def _check_agreement(working_set: WorkingSet, entry: Entry, ref: str) -> None:
    """Refuse an entry by which a commitment belongs to an agreement that is not there on its day."""
    working_set.load_records([ref])
    agreement = working_set.records.get(ref)
    if not isinstance(agreement, Agreement) or entry.effective_on < agreement.created_on:
        raise Refused(
            f"there is no agreement {ref} on {entry.effective_on}, to which {entry.ref} would belong"
        )


def _builds_on(entry: Deed | Entry, ref: str) -> Refused:
    return Refused(
        f"entry {entry.id} ({entry.ref}) builds on {ref} as it was; undo its invocation first with "
        f"`ksmy undo {entry.invocation}`"
    )


def _in_the_way(what: str, entry: Deed | Entry) -> Refused:
    return Refused(f"{what} by entry {entry.id}; undo that first with `ksmy undo {entry.invocation}`")
