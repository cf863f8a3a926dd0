"""Whether what is in force still has what it builds on, once an entry retracts others or states one again."""

from typing import TYPE_CHECKING

from ksmy_tracker.domain.chain import Deed, Entry
from ksmy_tracker.domain.history_check import referred_by, unfounded
from ksmy_tracker.domain.kinds import DECLARED, REFERRED, REFERRING, refs_of
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
    if new.record in REFERRED:
        _check_what_refers(transaction, working_set, new.ref)
    stood = {entry.id for entry in laid_down(before)}
    for entry in laid:
        if entry.id in stood:
            continue
        _check_named(working_set, entry)
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


def _check_what_refers(transaction: Transaction, working_set: WorkingSet, ref: str) -> None:
    """Refuse where a record refers, or referred on some day, to one that is not there on that day."""
    referred = working_set.referred(ref)
    named = {
        one.ref
        for one in working_set.records.values()
        for name in REFERRING[one.record]
        if ref in refs_of(name, getattr(one, name))
    }
    for kind, fields in REFERRING.items():
        for name in fields:
            new = transaction.new_value("changes", name)
            is_it = (
                f"(replace({new}, :quoted, '') <> {new})" if DECLARED[kind][name].is_list else f"{new} = :ref"
            )
            sql = f"SELECT DISTINCT ref FROM entry WHERE record = '{kind}' AND {is_it}"
            named |= {*transaction.values(str, sql, ref=ref, quoted=f'"{ref}"')}
    working_set.load_histories(named)
    for one in sorted(named):
        for entry in laid_down(working_set.history(one)):
            names_it = any(one == ref for _, one in referred_by(entry))
            if names_it and (referred is None or entry.effective_on < referred.created_on):
                raise _builds_on(entry, ref)


def _check_named(working_set: WorkingSet, entry: Entry) -> None:
    """Refuse an entry by which a record refers to one that is not there on its day."""
    for kind, ref in referred_by(entry):
        working_set.load_records([ref])
        named = working_set.referred(ref)
        if named is None or named.record != kind or entry.effective_on < named.created_on:
            raise Refused(
                f"there is no {kind} {ref} on {entry.effective_on}, to which {entry.ref} would belong"
            )


def _builds_on(entry: Deed | Entry, ref: str) -> Refused:
    return Refused(
        f"entry {entry.id} ({entry.ref}) builds on {ref} as it was; undo its invocation first with "
        f"`ksmy undo {entry.invocation}`"
    )


def _in_the_way(what: str, entry: Deed | Entry) -> Refused:
    return Refused(f"{what} by entry {entry.id}; undo that first with `ksmy undo {entry.invocation}`")
