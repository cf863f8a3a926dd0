"""Undo: which invocation is meant, what its opposite is, and in which order that is done."""

import re
from typing import Final, NamedTuple

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Entry, NewEntry, read_entry
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import KINDS, Agreement, Milestone, Record
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.rules import Changed
from ksmy_tracker.errors import NotFound, Refused, Usage
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.record import CHUNK, MOST_STATES, Recording, chain_end, chunks
from ksmy_tracker.writing.working_set import WorkingSet

#: How much of an invocation names it.
SHORTEST: Final = 4


def undo(
    transaction: Transaction, wanted: str | None, recording: Recording, *, dry_run: bool = False
) -> Receipt:
    """Append the opposite of an invocation: of the newest, or the one that `wanted` begins.

    What it added is withdrawn, what it withdrew comes back, any other field gets the value it had. Raises
    `Refused` where a later entry changed one of these fields, or something belongs to what would be withdrawn.
    """
    invocation = _meant(transaction, wanted)
    undone, later = _entries_of(transaction, invocation)
    end = chain_end(transaction, recording)
    working_set = WorkingSet(transaction, end.last_id)
    receipt = Receipt(recording.invocation, head=end.head)
    for chunk in chunks(sorted(undone, key=lambda ref: _turn(undone[ref]), reverse=True), CHUNK):
        working_set.load_records(chunk)
        for ref in chunk:
            action, changed = rules.opposite(undone[ref])
            if not changed:
                continue
            record = working_set.records[ref]
            _check_untouched(record, undone[ref], later.get(ref, []))
            _check_fitting(record, action, changed, working_set)
            day = max(recording.today.isoformat(), working_set.newest_day(ref))
            note = rules.UNDOES + invocation
            entry = end.append(NewEntry(record.record, ref, action, day, changed, note))
            working_set.follow(entry)
            receipt.outcomes.append(Outcome(ref, record.record, action, changed, entry.id, note))
        if dry_run:
            end.forget()
        else:
            end.store()
            working_set.store(most=MOST_STATES)
    if not receipt.outcomes:
        what = "only added notes or evidence, which stay"
        if all(entry.action == "reviewed" for entries in undone.values() for entry in entries):
            what = "changed nothing"
        raise Refused(f"invocation {invocation} {what}; nothing to undo")
    if not dry_run:
        working_set.store()
        end.read_back()
        receipt.head = end.head
    return receipt


class _Invocation(NamedTuple):
    invocation: str


def _invocations(transaction: Transaction, sql: str, **parameters: str | int) -> list[str]:
    return [row.invocation for row in transaction.rows(_Invocation, sql, **parameters)]


def _meant(transaction: Transaction, wanted: str | None) -> str:
    """The invocation meant: the newest that said something, or the only one that begins so."""
    if wanted is None:
        sql = "SELECT invocation FROM entry WHERE action <> 'reviewed' ORDER BY id DESC LIMIT 1"
        if not (newest := _invocations(transaction, sql)):
            raise Refused("the register has no entry; there is nothing to undo")
        return newest[0]
    begins = "lower(substr(invocation, 1, length(:wanted))) = lower(:wanted)"
    where = begins if len(wanted) >= SHORTEST else "invocation = :wanted"
    found = _invocations(
        transaction, f"SELECT DISTINCT invocation FROM entry WHERE {where} LIMIT 2", wanted=wanted
    )
    if wanted not in found and (its := _of_entry(transaction, wanted)) is not None:
        raise Usage(f"{wanted} is an entry, not an invocation; what made it is undone with `ksmy undo {its}`")
    if not found and len(wanted) < SHORTEST:
        raise Usage(
            f"{wanted!r} is too short for an invocation; give its first {SHORTEST} characters or more, "
            "as `ksmy history --format json` shows them"
        )
    if not found:
        raise NotFound(f"there is no invocation {wanted}; `ksmy history --format json` shows them")
    if len(found) > 1:
        raise Usage(f"several invocations begin with {wanted}; give more of it")
    return found[0]


def _of_entry(transaction: Transaction, number: str) -> str | None:
    """The invocation that made the entry of a number, where there is one; receipts name entries by number."""
    if not re.fullmatch("[1-9][0-9]{0,17}", number):
        return None
    found = _invocations(transaction, "SELECT invocation FROM entry WHERE id = :id", id=int(number))
    return found[0] if found else None


#: Entries by the record they are about, in the order in which these first came up.
_ByRef = dict[str, list[Entry]]


def _entries_of(transaction: Transaction, invocation: str) -> tuple[_ByRef, _ByRef]:
    """The entries of an invocation, and the later ones of others about the same records."""
    undone = _by_ref(transaction, "invocation = :invocation", invocation=invocation)
    first = min(entries[0].id for entries in undone.values())
    others = "id > :first AND invocation <> :invocation"
    its_refs = "ref IN (SELECT ref FROM entry WHERE invocation = :invocation)"
    return undone, _by_ref(transaction, f"{others} AND {its_refs}", first=first, invocation=invocation)


def _by_ref(transaction: Transaction, where: str, **parameters: str | int) -> _ByRef:
    sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE {where} ORDER BY id"
    found: _ByRef = {}
    for row in transaction.rows(StoredEntry, sql, **parameters):
        found.setdefault(row.ref, []).append(read_entry(row))
    return found


def _turn(entries: list[Entry]) -> tuple[int, int]:
    """When the entries of a record are undone, the highest first.

    What comes back does so before what belongs to it, and what is withdrawn goes after; a change in between.
    """
    action, _ = rules.opposite(entries)
    kind = list(KINDS).index(entries[0].record)
    return (2, -kind) if action == "restored" else (0, kind) if action == "withdrawn" else (1, 0)


def _check_untouched(record: Record, undone: list[Entry], later: list[Entry]) -> None:
    """Refuse to undo a field that a later entry changed, unless it was changed back since."""
    left = {name: new for entry in undone for name, (_, new) in entry.changes.items()}
    for entry in later:
        both = sorted(
            name for name in left.keys() & entry.changes.keys() if getattr(record, name) != left[name]
        )
        if both:
            commitment, _, number = record.ref.partition("/")
            by = f"`ksmy milestone set {commitment} {number}`" if number else "`ksmy update`"
            raise Refused(
                f"entry {entry.id} changed {', '.join(both).replace('_', ' ')} of {record.ref} later; undo its "
                f"invocation {entry.invocation} first, or change {record.ref} with {by}"
            )


def _check_fitting(record: Record, action: str, changed: Changed, working_set: WorkingSet) -> None:
    """Refuse to withdraw what something belongs to, and to change what belongs to something withdrawn."""
    if action == "withdrawn":
        if record.withdrawn:
            raise Refused(f"{record.ref} is withdrawn already; nothing to undo")
        if using := working_set.still_using(record):
            added = working_set.undoing(using[0], "created")
            raise Refused(f"{using[0]} belongs to {record.ref}; undo what added that first with {added}")
        return
    ref = _parent(record, changed)
    if ref is None:
        return
    working_set.load_records([ref])
    if working_set.records[ref].withdrawn:
        back = working_set.undoing(ref, "withdrawn")
        raise Refused(f"{ref}, to which {record.ref} belongs, is withdrawn; restore that first with {back}")


def _parent(record: Record, changed: Changed) -> str | None:
    """What a record belongs to once it is changed."""
    if isinstance(record, Agreement):
        return None
    if isinstance(record, Milestone):
        return record.commitment
    return str(changed["agreement"][1]) if "agreement" in changed else record.agreement
