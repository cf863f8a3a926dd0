"""The loop over the changes of a command: each is decided, put at the end of the chain, and its record follows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from typing import Final, TypeVar
from uuid import uuid4

from ksmy_tracker.clock import timestamp
from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.kinds import family_of, texts_of
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.errors import Faults, KsmyError, NotFound
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.chain_end import ChainEnd
from ksmy_tracker.writing.decision import decide, was_made
from ksmy_tracker.writing.working_set import WorkingSet

_T = TypeVar("_T")

#: Changes that are read, decided and written together, and records kept in memory: bounds on memory, not on a
#: transaction.
CHUNK: Final = 2000
MOST_STATES: Final = 40_000


@dataclass(frozen=True, slots=True)
class Recording:
    """What the changes of one command have in common. `now` is aware; `today` the date in the user's zone."""

    actor: str
    now: datetime
    today: date
    invocation: str = field(default_factory=lambda: uuid4().hex)


def record(
    transaction: Transaction,
    lines: Iterable[Change | BadLine],
    recording: Recording,
    *,
    dry_run: bool = False,
    faults: Faults | None = None,
) -> Receipt:
    """Make changes, in order, in the transaction: an entry each, and the records as they then are.

    The first change that cannot be made raises `NotFound`, `Refused` or `Usage`; with `faults`, each one is
    counted there instead, nothing more is written, and the caller must roll back.
    """
    end = chain_end(transaction, recording)
    working_set = WorkingSet(transaction, end.last_id, recording.today)
    receipt = Receipt(recording.invocation, head=end.head, follows=end.recorded_at)
    given_up: set[object] = set()
    for chunk in chunks(lines, CHUNK):
        working_set.load([line for line in chunk if isinstance(line, Change)])
        for line in chunk:
            if isinstance(line, BadLine):
                if faults is not None:
                    given_up.add(line.ref)
                    for problem in line.problems:
                        faults.add(line.place, problem)
                continue
            try:
                receipt.outcomes.append(_made(line, end, working_set, recording.today))
            except KsmyError as error:
                if faults is None:
                    raise working_set.explained(error) from error
                if not _follows(line, error, given_up):
                    faults.add(line.place, str(error if faults.is_full else working_set.explained(error)))
                if line.op == "add" and line.ref not in working_set.records:
                    given_up.add(line.ref)
        put(end, working_set, writes=not (dry_run or (faults and faults.count)))
    if not dry_run and not (faults and faults.count):
        finish(end, working_set, receipt)
    return receipt


def put(end: ChainEnd, working_set: WorkingSet, *, writes: bool) -> None:
    """Write the entries of a chunk, and records where too many are kept; or leave all unwritten."""
    if writes:
        end.store()
        working_set.forget_entries()
        working_set.store(most=MOST_STATES)
    else:
        end.forget()


def finish(end: ChainEnd, working_set: WorkingSet, receipt: Receipt) -> None:
    """Write the records, see that the database kept the entries, and say the new head."""
    working_set.store()
    end.read_back()
    receipt.head = end.head


def chain_end(transaction: Transaction, recording: Recording) -> ChainEnd:
    """The end of the chain, for the entries of a command."""
    return ChainEnd(
        transaction,
        invocation=recording.invocation,
        recorded_at=timestamp(recording.now),
        actor=recording.actor,
    )


def chunks(some: Iterable[_T], most: int) -> Iterator[list[_T]]:
    """Lists of at most so many, in order."""
    iterator = iter(some)
    while chunk := list(islice(iterator, most)):
        yield chunk


def _made(change: Change, end: ChainEnd, working_set: WorkingSet, today: date) -> Outcome:
    """Make one change; raises what forbids it."""
    known = working_set.about(change)
    kind = change.record or (known.latest.record if known.latest else "commitment")
    if was_made(change, known):
        return Outcome(change.ref, kind, None, {}, skipped=True)
    new = decide(change, known, today)
    if new is None:
        return Outcome(change.ref, kind, None, {})
    entry = end.append(new)
    working_set.follow(entry)
    if entry.action == "reviewed" and change.op != "review":
        return Outcome(change.ref, kind, None, {})
    return working_set.outcome(entry)


def _follows(change: Change, error: KsmyError, given_up: set[object]) -> bool:
    """Whether an error only follows from that of an earlier line, which was to add the record."""
    named = {change.ref, family_of(change.ref), *chain.from_iterable(map(texts_of, change.fields.values()))}
    return isinstance(error, NotFound) and not given_up.isdisjoint(named)
