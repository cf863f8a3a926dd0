"""Amend: an entry stated again with another day, value, note or evidence, in the place of the one that had a slip."""

from collections.abc import Iterable, Iterator
from datetime import date

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Deed, Entry, NewEntry
from ksmy_tracker.domain.changes import Amendment, Change
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.domain.kinds import GIVEN, Record, family_of
from ksmy_tracker.domain.projection import retracted, states_before
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.errors import NotFound, Refused
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.founding import check_laid_down, follow_founded
from ksmy_tracker.writing.record import Recording, chain_end, finish, put
from ksmy_tracker.writing.working_set import WorkingSet


def amend(
    transaction: Transaction, number: int, said: Amendment, recording: Recording, *, dry_run: bool = False
) -> Receipt:
    """Retract the entry of a number and state it again; what `said` leaves open stays as it was.

    Raises `NotFound` for an entry that is not there; `Refused` for one that does not count any more, for an undo, where
    nothing would be different, and where something builds on what would be no more.
    """
    end = chain_end(transaction, recording)
    working_set = WorkingSet(transaction, end.last_id, recording.today)
    had = working_set.entry(number)
    if had is None:
        raise NotFound(f"there is no entry {number}; `ksmy history` shows them")
    working_set.load_histories([had.ref])
    if (by := retracted(working_set.history(had.ref)).get(number)) is not None:
        last = working_set.entry(by)
        if last is not None and last.action not in UNDONE_BY:
            raise Refused(f"entry {by} stands in the place of entry {number} ({had.ref}); amend that")
        raise Refused(f"entry {number} ({had.ref}) was taken back by entry {by} already; nothing to amend")
    if had.action in UNDONE_BY:
        raise Refused(
            f"entry {number} ({had.ref}) is an undo; take it back with `ksmy undo {had.invocation}`"
        )
    receipt = Receipt(recording.invocation, head=end.head, follows=end.recorded_at)
    try:
        new = end.append(_restated(had, said, working_set, recording.today, end.last_id + 1))
    except rules.Missing as error:
        raise working_set.explained(error) from error
    follow_founded(transaction, working_set, new)
    receipt.outcomes.append(_outcome(had, new, working_set.outcome(new)))
    put(end, working_set, writes=not dry_run)
    if not dry_run:
        finish(end, working_set, receipt)
    return receipt


def _restated(had: Entry, said: Amendment, working_set: WorkingSet, today: date, number: int) -> NewEntry:
    """The entry that states another again."""
    kind = had.record
    given = {name: new for name, (_, new) in had.changes.items() if name in GIVEN[kind]}
    change = Change(
        "update",
        had.ref,
        fields=given | dict(said.fields),
        note=had.note if said.note is None else said.note or None,
        evidence=had.evidence if said.evidence is None else said.evidence,
        effective_on=said.effective_on or had.effective_on,
    )
    rules.check_fields(change, kind)
    provisional = Deed(
        id=number,
        invocation="",
        record=kind,
        ref=had.ref,
        action=had.action,
        effective_on=str(change.effective_on),
        changes={},
        note=None,
        evidence=False,
        retracts=(*had.retracts, had.id),
    )
    refs = {had.ref, family_of(had.ref)} - ({had.ref} if had.action == "created" else set())
    its = [working_set.records[ref] for ref in refs]
    rules.day_of(change, today, _begun(its))  # before that day there is nothing that the entry could be about
    history: list[Deed | Entry] = [*working_set.history(had.ref), provisional]
    check_laid_down(history, had.ref)
    record = states_before(history[:-1], provisional).get(had.ref)
    day = rules.day_of(change, today, _begun([*its, *_named(change, kind, record, working_set)]))
    changed = rules.differences(kind, record, change)
    rules.check_reopening(change, changed)
    if had.action == "created":
        rules.check_complete(change, kind)
    elif not (changed or change.note or change.evidence or had.action == "reviewed"):
        raise Refused(
            f"nothing would be left of entry {had.id} ({had.ref}); undo it with `ksmy undo {had.invocation}`"
        )
    new = NewEntry(
        record=kind,
        ref=had.ref,
        action=_action(had, change, changed),
        effective_on=day,
        changes=changed,
        note=change.note,
        evidence=change.evidence,
        actor=change.actor,
        key=had.key,
        key_digest=had.key_digest,
        retracts=(*had.retracts, had.id),
    )
    if _says_the_same(had, new):
        raise Refused(f"entry {had.id} ({had.ref}) says so already; nothing was changed")
    return new


def _action(had: Entry, change: Change, changed: rules.Changed) -> str:
    """What an entry that is stated again does; a review that has news is none any more."""
    if had.action == "created":
        return "created"
    if changed:
        return "updated"
    return "reviewed" if had.action == "reviewed" and not change.evidence else "noted"


def _begun(records: Iterable[Record | None]) -> tuple[str, str] | None:
    """The first day on which all of some records are there, with the ref of the last of them."""
    return max(((one.created_on, one.ref) for one in records if one is not None), default=None)


def _named(
    change: Change, kind: str, record: Record | None, working_set: WorkingSet
) -> Iterator[Record | None]:
    """What the record belongs or refers to by what is said; refused where that is not there."""
    for of, ref in rules.named_by(change, kind, record):
        working_set.load_records([ref])
        rules.check_named(of, ref, working_set.referred(ref))
        yield working_set.referred(ref)


def _outcome(had: Entry, new: Entry, of_itself: Outcome) -> Outcome:
    """What is said of an amendment: in what the entry differs from the one in whose place it stands.

    With another day also what is so for some days only, from what is said of the new entry by itself.
    """
    said: rules.Changed = {}
    for name in GIVEN[had.record]:
        if name in new.changes:
            before, now = new.changes[name]
            old = had.changes[name][1] if name in had.changes else before
            if old != now:
                said[name] = old, now
    if had.effective_on != new.effective_on:
        said["on"] = had.effective_on, new.effective_on
        said |= {name: new.changes[name] for name in of_itself.until if name not in said}
    if had.note and not new.note:
        said["note"] = had.note, None
    if had.evidence and not new.evidence:
        said["evidence"] = ", ".join(had.evidence), None
    return of_itself._replace(
        action="amended",
        changes=said,
        note=new.note if new.note != had.note else None,
        evidence=new.evidence if new.evidence != had.evidence else (),
        retracts=(had.id,),
    )


def _says_the_same(had: Entry, new: NewEntry) -> bool:
    said = {name: value for name, (_, value) in had.changes.items() if name in GIVEN[had.record]}
    return said == {name: value for name, (_, value) in new.changes.items()} and (
        had.note,
        had.evidence,
        had.effective_on,
    ) == (new.note, new.evidence, new.effective_on)
