"""Undo and redo: which invocation is meant, and the entries that retract what it recorded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from ksmy_tracker.domain.chain import Entry, NewEntry, to_canonical_json
from ksmy_tracker.domain.entries import UNDONE_BY
from ksmy_tracker.domain.kinds import GIVEN, KINDS, REFERRED, Record
from ksmy_tracker.domain.projection import laid_down
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.spans import Span, days_of, ended_spans
from ksmy_tracker.domain.values import Fault, read_any_ref
from ksmy_tracker.errors import NotFound, Refused, Usage
from ksmy_tracker.reading.points import gone_by
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.founding import follow_founded
from ksmy_tracker.writing.record import CHUNK, Recording, chain_end, chunks, finish, put
from ksmy_tracker.writing.working_set import WorkingSet

#: How much of an invocation names it.
SHORTEST: Final = 4


class _Line(NamedTuple):
    """What tells which entries an undo or a redo retracts."""

    id: int
    invocation: str
    record: str
    ref: str
    action: str
    retracts: str

    @property
    def is_undo(self) -> bool:
        """Whether it does nothing but say what others count for."""
        return self.action in UNDONE_BY and self.retracts != "[]"

    @property
    def is_redo(self) -> bool:
        """Whether it brings back what an undo took away."""
        return self.action == "restored" and self.retracts != "[]"


def undo(
    transaction: Transaction, wanted: str | None, recording: Recording, *, dry_run: bool = False
) -> Receipt:
    """Retract what an invocation recorded: the newest that counts and is no undo, or the one that `wanted` names.

    `wanted` is an entry's number, or how an invocation begins. What the invocation did counts on no day from then on,
    and the refs and the keys that it took are free again. Raises `Refused` where something builds on what it added.
    """
    gone = gone_by(transaction)
    invocation = _newest(transaction, gone) if wanted is None else _meant(transaction, wanted)
    found = _lines_of(transaction, invocation)
    standing = [line for line in found if line.id not in gone]
    _check_not_amended(transaction, {gone[line.id]: line.id for line in found if line.id in gone})
    if not standing:
        by = gone[found[0].id]
        raise Refused(f"invocation {invocation} was undone by entry {by} already; nothing to undo")
    return _retract(transaction, standing, "undone", recording, dry_run=dry_run)


def _check_not_amended(transaction: Transaction, retracted_by: Mapping[int, int]) -> None:
    """Refuse to undo an invocation of which an entry was stated again: that would stay."""
    wanted = to_canonical_json([str(one) for one in retracted_by])
    among = f"id IN (SELECT CAST(w.value AS integer) FROM {transaction.listed('wanted')} w)"
    sql = f"SELECT {', '.join(_Line._fields)} FROM entry WHERE action NOT IN {UNDONE_BY} AND {among} ORDER BY id DESC"
    for line in transaction.rows(_Line, sql, wanted=wanted):
        raise Refused(
            f"entry {line.id} states entry {retracted_by[line.id]} of it again; undo that first with "
            f"`ksmy undo {line.invocation}`"
        )


def redo(transaction: Transaction, recording: Recording, *, dry_run: bool = False) -> Receipt:
    """Retract the newest undo that counts: what it took away is in force again.

    Raises `Refused` where there is none, or something else has since taken the place of what comes back.
    """
    gone = gone_by(transaction)
    undos = (line for line in _lines(transaction, f"action IN {UNDONE_BY}") if line.id not in gone)
    newest = next((line for line in undos if not line.is_redo), None)
    if newest is None:
        raise Refused("nothing is undone; there is nothing to redo")
    standing = [line for line in _lines_of(transaction, newest.invocation) if line.id not in gone]
    return _retract(transaction, standing, "restored", recording, dry_run=dry_run)


def _lines(transaction: Transaction, where: str) -> Iterable[_Line]:
    """Entries, the newest first."""
    return transaction.stream(
        _Line, f"SELECT {', '.join(_Line._fields)} FROM entry WHERE {where} ORDER BY id DESC"
    )


def _lines_of(transaction: Transaction, invocation: str) -> list[_Line]:
    """The entries of an invocation, in the order of the chain."""
    sql = f"SELECT {', '.join(_Line._fields)} FROM entry WHERE invocation = :invocation ORDER BY id"
    return transaction.rows(_Line, sql, invocation=invocation)


def _newest(transaction: Transaction, gone: dict[int, int]) -> str:
    """The newest invocation that counts and is neither an undo nor a redo."""
    for line in _lines(transaction, f"action NOT IN {UNDONE_BY}"):
        if line.id not in gone:
            return line.invocation
    raise Refused("the register has no entry that counts; there is nothing to undo")


def _meant(transaction: Transaction, wanted: str) -> str:
    """The invocation that made the entry of a number, or the only one that begins so."""
    begins = "lower(substr(invocation, 1, length(:wanted))) = lower(:wanted)"
    where = begins if len(wanted) >= SHORTEST else "invocation = :wanted"
    sql = f"SELECT DISTINCT invocation FROM entry WHERE {where} LIMIT 2"
    found = transaction.values(str, sql, wanted=wanted)
    if wanted not in found and re.fullmatch("[1-9][0-9]{0,17}", wanted):
        sql = "SELECT invocation FROM entry WHERE id = :id"
        made = transaction.values(str, sql, id=int(wanted))
        if made and found:
            raise Usage(f"{wanted} is an entry, and an invocation begins so; give more of the invocation")
        found = found or made
    if not found and (ref := _ref_of(transaction, wanted)) is not None:
        raise Usage(
            f"{ref} is a record; give the number of an entry, which `ksmy history {ref}` shows, or an invocation"
        )
    if not found and re.fullmatch("[1-9][0-9]*", wanted) and len(wanted) < SHORTEST:
        raise NotFound(f"there is no entry {wanted}; `ksmy history` shows them")
    if not found and len(wanted) < SHORTEST:
        raise Usage(
            f"{wanted!r} is neither an entry nor long enough for an invocation; give its first {SHORTEST} "
            "characters or more, as `ksmy undo --list` shows them"
        )
    if not found:
        number = "entry or " if re.fullmatch("[1-9][0-9]{3,8}", wanted) else ""
        raise NotFound(f"there is no {number}invocation {wanted}; `ksmy undo --list` shows the newest")
    if len(found) > 1:
        raise Usage(f"several invocations begin with {wanted}; give more of it")
    return found[0]


def _ref_of(transaction: Transaction, wanted: str) -> str | None:
    """The ref of a record that is there, or was, where that is what is named."""
    try:
        ref = read_any_ref(wanted)
    except Fault:
        return None
    return next(
        iter(transaction.values(str, "SELECT ref FROM entry WHERE ref = :ref LIMIT 1", ref=ref)), None
    )


def _retract(
    transaction: Transaction,
    lines: Sequence[_Line],
    action: Literal["undone", "restored"],
    recording: Recording,
    *,
    dry_run: bool,
) -> Receipt:
    """An entry for each record that retracts its entries among some."""
    ids: dict[str, list[int]] = {}
    kinds = list(KINDS)
    # What belongs or refers to a record goes before it, and comes back after it, by a redo or where an undo is undone;
    # of a kind that refers to its own the newest entries are first: those of an undo took away what came last.
    comes_back = action == "restored" or all(line.is_undo for line in lines)
    sign = 1 if comes_back else -1
    order = sorted(
        lines,
        key=lambda line: (sign * kinds.index(line.record), -line.id if line.record in REFERRED else line.id),
    )
    for line in order:
        ids.setdefault(line.ref, []).append(line.id)
    kind_of = {line.ref: line.record for line in lines}
    end = chain_end(transaction, recording)
    working_set = WorkingSet(transaction, end.last_id, recording.today)
    receipt = Receipt(recording.invocation, head=end.head, follows=end.recorded_at)
    for chunk in chunks(ids, CHUNK):
        working_set.load_histories(chunk)
        for ref in chunk:
            stood = working_set.records.get(ref), laid_down(working_set.history(ref))
            entry = end.append(
                NewEntry(
                    record=kind_of[ref],
                    ref=ref,
                    action=action,
                    effective_on=recording.today.isoformat(),
                    changes={},
                    retracts=tuple(sorted(ids[ref])),
                )
            )
            follow_founded(transaction, working_set, entry)
            receipt.outcomes.append(_outcome(entry, working_set, *stood))
        put(end, working_set, writes=not dry_run)
    if not dry_run:
        finish(end, working_set, receipt)
    return receipt


def _outcome(entry: Entry, working_set: WorkingSet, record: Record | None, laid: Sequence[Entry]) -> Outcome:
    """What an undo changed of a record, now or for some days, from what it was and the entries that were in force.

    Nothing is said of a record that came or went.
    """
    changes: dict[str, tuple[Any, Any]] = {}
    spans: dict[str, Span] = {}
    now = working_set.records.get(entry.ref)
    if record is not None and now is not None:
        spans = ended_spans(laid, laid_down(working_set.history(entry.ref)), entry.ref)
        for name in (*GIVEN[record.record], "withdrawn"):
            old, new = getattr(record, name), getattr(now, name)
            if old != new:
                changes[name] = old, new
            elif name in spans:
                changes[name] = spans[name].old, spans[name].new
    since, until = days_of(spans)
    return Outcome(
        ref=entry.ref,
        record=entry.record,
        action=entry.action,
        changes=changes,
        entry=entry.id,
        since=since,
        until=until,
        retracts=entry.retracts,
    )
