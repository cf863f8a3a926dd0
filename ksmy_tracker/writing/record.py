"""The write side: the only code that changes a record, and writes the entry that goes with it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import uuid4

from ksmy_tracker.clock import timestamp
from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Entry, digest, entry_row, read_entry, to_canonical_json
from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import (
    COLUMNS,
    KINDS,
    Agreement,
    Milestone,
    Record,
    commitment_of,
)
from ksmy_tracker.domain.projection import States, step
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.rules import Changed
from ksmy_tracker.domain.words import a, did_you_mean, nearest
from ksmy_tracker.errors import Damaged, Faults, KsmyError, NotFound, Refused, Usage
from ksmy_tracker.storage.interface import Row, Transaction

#: Changes that are read, decided and written together, and states kept in memory: bounds on memory, not on a
#: transaction.
CHUNK = 2000
MOST_STATES = 40_000

#: How much of an invocation names it.
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Recording:
    """What the changes of one command have in common. `now` is aware; `today` the date in the user's zone."""

    actor: str
    now: datetime
    today: date
    invocation: str = field(default_factory=lambda: uuid4().hex)


def record(
    transaction: Transaction,
    changes: Iterable[Change | BadLine],
    recording: Recording,
    *,
    dry_run: bool = False,
    faults: Faults | None = None,
    check_derived: Callable[[Change, Record], None] | None = None,
) -> Receipt:
    """Make changes, in order, in the transaction: an entry each, and the records as they then are.

    The first change that cannot be made raises `NotFound`, `Refused` or `Usage`; with `faults`, each one is
    counted there instead, nothing more is written, and the caller must roll back. `check_derived` may refuse
    a change for what its `derived` says of the record.
    """
    writer = _Writer(transaction, recording, check_derived)
    receipt = Receipt(recording.invocation, head=writer.head)
    for chunk in _chunks(changes):
        writer.load([change for change in chunk if isinstance(change, Change)])
        for change in chunk:
            writer.explains = faults is None or not faults.is_full
            try:
                if isinstance(change, Change):
                    receipt.outcomes.append(writer.make(change))
                elif faults is not None:
                    writer.given_up.add(change.ref)
                    for problem in change.problems:
                        faults.add(change.place, problem)
            except KsmyError as error:
                if faults is None:
                    raise
                if isinstance(change, Change) and not writer.gave_up(change, error):
                    faults.add(change.place, str(error))
        writer.store(to_database=not dry_run and not (faults and faults.count))
    writer.store_records()
    if not dry_run:
        if not (faults and faults.count):
            writer.read_back()
        receipt.head = writer.head
    return receipt


def undo(
    transaction: Transaction, wanted: str | None, recording: Recording, *, dry_run: bool = False
) -> Receipt:
    """Append the opposite of an invocation: of the newest, or the one that `wanted` begins.

    What it added is withdrawn, what it withdrew comes back, any other field gets the value it had. Raises
    `Refused` where a later entry changed one of these fields, or something belongs to what would be withdrawn.
    """
    invocation = _invocation(transaction, wanted)
    undone = _by_ref(_entries(transaction, "invocation = :invocation", invocation=invocation))
    first = min(entries[0].id for entries in undone.values())
    others = "id > :first AND invocation <> :invocation"
    its_refs = "ref IN (SELECT ref FROM entry WHERE invocation = :invocation)"
    later = _by_ref(_entries(transaction, f"{others} AND {its_refs}", first=first, invocation=invocation))
    writer = _Writer(transaction, recording)
    receipt = Receipt(recording.invocation, head=writer.head)
    refs = iter(sorted(undone, key=lambda ref: _turn(undone[ref]), reverse=True))
    while chunk := list(islice(refs, CHUNK)):
        writer.load([Change("update", ref) for ref in chunk])
        for ref in chunk:
            action, changed = rules.opposite(undone[ref])
            if not changed:
                continue
            writer.check_untouched(ref, undone[ref], later.get(ref, []))
            note = rules.UNDOES + invocation
            receipt.outcomes.append(writer.revert(ref, action, changed, note))
        writer.store(to_database=not dry_run)
    if not receipt.outcomes:
        what = "only added notes or evidence, which stay"
        if all(entry.action == "reviewed" for entries in undone.values() for entry in entries):
            what = "changed nothing"
        raise Refused(f"invocation {invocation} {what}; nothing to undo")
    writer.store_records()
    if not dry_run:
        writer.read_back()
        receipt.head = writer.head
    return receipt


def milestone_counter(transaction: Transaction) -> Callable[[str], tuple[int, int]]:
    """Counts a commitment's milestones, those met and all."""
    sql = (
        "SELECT count(CASE WHEN state = 'met' THEN 1 END) AS met, count(*) AS number FROM milestone "
        "WHERE withdrawn = 0 AND commitment = :ref"
    )

    def count(ref: str) -> tuple[int, int]:
        (found,) = transaction.rows(_Counted, sql, ref=ref)
        return found.met, found.number

    return count


def _chunks(changes: Iterable[Change | BadLine]) -> Iterator[list[Change | BadLine]]:
    iterator = iter(changes)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _invocation(transaction: Transaction, wanted: str | None) -> str:
    """The invocation meant: the newest that said something, or the only one that begins so."""
    if wanted is None:
        newest = transaction.rows(
            _Invocation, "SELECT invocation FROM entry WHERE action <> 'reviewed' ORDER BY id DESC LIMIT 1"
        )
        if not newest:
            raise Refused("the register has no entry; there is nothing to undo")
        return newest[0].invocation
    begins = "lower(substr(invocation, 1, length(:wanted))) = lower(:wanted)"
    where = begins if len(wanted) >= SHORTEST else "invocation = :wanted"
    sql = f"SELECT DISTINCT invocation FROM entry WHERE {where} LIMIT 2"
    found = [row.invocation for row in transaction.rows(_Invocation, sql, wanted=wanted)]
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
    return str(found[0])


def _of_entry(transaction: Transaction, number: str) -> str | None:
    """The invocation that made the entry of a number, where there is one; receipts name entries by number."""
    if not re.fullmatch("[1-9][0-9]{0,17}", number):
        return None
    found = transaction.rows(_Invocation, "SELECT invocation FROM entry WHERE id = :id", id=int(number))
    return found[0].invocation if found else None


def _entries(transaction: Transaction, where: str, **parameters: Any) -> list[Entry]:
    sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE {where} ORDER BY id"
    return [read_entry(row) for row in transaction.rows(StoredEntry, sql, **parameters)]


def _by_ref(entries: list[Entry]) -> dict[str, list[Entry]]:
    """Entries by the record they are about, in the order in which these first came up."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.ref, []).append(entry)
    return found


def _turn(entries: list[Entry]) -> tuple[int, int]:
    """When the entries of a record are undone, the highest first.

    What comes back does so before what belongs to it, and what is withdrawn goes after; a change in between.
    """
    kinds = list(COLUMNS)
    action, _ = rules.opposite(entries)
    kind = kinds.index(entries[0].record)
    return (2, -kind) if action == "restored" else (0, kind) if action == "withdrawn" else (1, 0)


class _Invocation(NamedTuple):
    invocation: str


class _End(NamedTuple):
    """The end of the chain."""

    id: int
    hash: str


class _Ref(NamedTuple):
    ref: str


class _Sector(NamedTuple):
    sector: str


class _Number(NamedTuple):
    """The greatest number of a commitment's milestones."""

    commitment: str
    number: int


class _Key(NamedTuple):
    key: str
    key_digest: str


class _Newest(NamedTuple):
    """The latest day on which an entry of a record took effect."""

    ref: str
    day: str


class _NewestEntry(NamedTuple):
    """The newest entry that said something of a record or its milestones (0: none), and the newest of all."""

    ref: str
    said: int
    newest: int


class _Counted(NamedTuple):
    number: int
    met: int = 0


class _Writer:
    """The records that changes touch, the entries they make, and the end of the chain."""

    def __init__(
        self,
        transaction: Transaction,
        recording: Recording,
        check_derived: Callable[[Change, Record], None] | None = None,
    ) -> None:
        self.given_up: set[str | None] = set()
        self.explains = True
        self._transaction = transaction
        self._recording = recording
        self._check_derived = check_derived
        self._recorded_at = timestamp(recording.now)
        self._today = recording.today.isoformat()
        self._states: States = {}
        self._changed: set[str] = set()
        self._newest: dict[str, str] = {}
        self._newest_entries: dict[str, tuple[int, int | None]] = {}
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, str] = {}
        self._sectors: set[str] | None = None
        self._entries: list[Entry] = []
        self._last: StoredEntry | None = None
        last = transaction.rows(_End, "SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1")
        self._last_id = self._first_id = last[0].id if last else 0
        self.head: str | None = last[0].hash if last else None

    def load(self, chunk: list[Change]) -> None:
        """Read what changes are about, unless it is known."""
        refs = {change.ref for change in chunk}
        refs |= {commitment_of(ref) for ref in refs if "/" in ref}
        refs |= {ref for change in chunk if (ref := change.fields.get("agreement")) is not None}
        refs -= self._states.keys()
        if refs:
            self._load_states(refs)
        listed = {change.ref for change in chunk if change.derived} - self._newest_entries.keys()
        if listed:
            self._load_newest_entries(listed)
        growing = {change.ref for change in chunk if change.record == "milestone" and change.op == "add"}
        if growing - self._numbers.keys():
            sql = (
                "SELECT commitment, max(number) AS number FROM milestone "
                f"WHERE {self._among('commitment')} GROUP BY commitment"
            )
            for its in self._about(_Number, growing, sql):
                self._numbers.setdefault(its.commitment, its.number)
        keys = {change.key for change in chunk if change.key is not None} - self._keys.keys()
        if keys:
            for table in ("entry", "unchanged_key"):
                sql = f"SELECT key, key_digest FROM {table} WHERE {self._among('key')}"
                self._keys.update((known.key, known.key_digest) for known in self._about(_Key, keys, sql))

    def _among(self, column: str) -> str:
        """SQL for "the column is among those that `_about` is asked about"."""
        return self._transaction.among(column, "wanted")

    def _about(self, row: type[Row], wanted: set[str], sql: str, **parameters: Any) -> list[Row]:
        """The rows of a SELECT about some refs or keys."""
        return self._transaction.rows(row, sql, wanted=to_canonical_json(list(wanted)), **parameters)

    def _load_states(self, refs: set[str]) -> None:
        for kind, its in KINDS.items():
            sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} WHERE {self._among('ref')}"
            for record in self._about(its, refs, sql):
                self._states[record.ref] = record
        sql = (
            "SELECT ref, max(effective_on) AS day FROM entry "
            f"WHERE action <> 'reviewed' AND {self._among('ref')} GROUP BY ref"
        )
        self._newest.update((newest.ref, newest.day) for newest in self._about(_Newest, refs, sql))

    def _load_newest_entries(self, refs: set[str]) -> None:
        """Read the newest entry of each commitment or its milestones that said something, and the newest of all."""
        of_a_milestone = "entry e JOIN milestone m ON m.ref = e.ref"
        for tables, ref in (("entry e", "e.ref"), (of_a_milestone, "m.commitment")):
            sql = (
                f"SELECT {ref} AS ref, max(CASE WHEN e.action <> 'reviewed' THEN e.id ELSE 0 END) AS said, "
                "max(e.id) AS newest "
                f"FROM {tables} WHERE e.id <= :first AND {self._among(ref)} GROUP BY {ref}"
            )
            for its in self._about(_NewestEntry, refs, sql, first=self._first_id):
                said, newest = self._newest_entries.get(its.ref, (0, 0))
                self._newest_entries[its.ref] = max(its.said, said), max(its.newest, newest or 0)

    def make(self, change: Change) -> Outcome:
        """Decide one change, and put its entry at the end of the chain; raises what forbids it."""
        if change.key is not None and (known := self._keys.get(change.key)) is not None:
            if known != change.key_digest:
                raise Refused(
                    f"key {change.key!r} was used before with other content; give this change its own key"
                )
            known_as = self._states.get(change.ref)
            kind = change.record or (known_as.record if known_as else "commitment")
            return Outcome(change.ref, kind, None, {}, skipped=True)
        if change.key is not None and change.key_digest is not None:
            self._keys[change.key] = change.key_digest
        if change.op == "add":
            kind, state = change.record or "commitment", None
            change = self._prepared(change, kind)
        else:
            state = self._known(change)
            kind = state.record
            rules.check_fields(change, kind)
            rules.check_expected(change, state)
        parent = self._parent(change, kind)
        newest = self._newest.get(change.ref, "")
        effective_on = rules.effective_on(change, newest, self._today, parent)
        changed = rules.differences(kind, state, change, effective_on)
        is_needless = state is not None and not (changed or change.note or change.evidence)
        if state is not None and change.derived:
            self._check_listed(change, state, is_needless=is_needless)
        if "sector" in changed:
            self._meet(changed["sector"][1], asked=change.new_sector)
        rules.check_reopening(change, changed)
        if is_needless:
            if change.key is not None:
                self._append(change, kind, "reviewed", effective_on, {})
            return Outcome(change.ref, kind, None, {})
        if state is not None and state.withdrawn:
            raise self._withdrawn(change.ref, "before changing it")
        action = "created" if state is None else "updated" if changed else "noted"
        return self._append(change, kind, action, effective_on, changed)

    def _check_listed(self, change: Change, state: Record, *, is_needless: bool) -> None:
        """Refuse a line of a listing that would change what is newer than it, or says what is not so."""
        said, newest = self._newest_entries.get(change.ref, (0, None))
        if rules.is_current(change, said, newest):
            if self._check_derived is not None:
                self._check_derived(change, state)
        elif not is_needless:
            raise rules.outdated(change, newest)

    def revert(self, ref: str, action: str, changed: Changed, note: str) -> Outcome:
        """Put the opposite of earlier entries of a record at the end of the chain."""
        kind = self._states[ref].record
        if action == "withdrawn":
            if self._is_withdrawn(ref):
                raise Refused(f"{ref} is withdrawn already; nothing to undo")
            self._check_unused(ref, kind)
        else:
            parent = self._parent_of(self._states[ref], changed)
            if parent is not None and parent.withdrawn:
                back = self._undone_by(parent.ref, "withdrawn")
                raise Refused(
                    f"{parent.ref}, to which {ref} belongs, is withdrawn; restore that first with {back}"
                )
        day = max(self._today, self._newest.get(ref, ""))
        return self._append(Change("update", ref, note=note), kind, action, day, changed)

    def check_untouched(self, ref: str, undone: list[Entry], later: list[Entry]) -> None:
        """Refuse to undo a field that a later entry changed, unless it was changed back since."""
        left = {name: new for entry in undone for name, (_, new) in entry.changes.items()}
        state = self._states[ref]
        for entry in later:
            both = sorted(
                name for name in left.keys() & entry.changes.keys() if getattr(state, name) != left[name]
            )
            if both:
                commitment, _, number = ref.partition("/")
                by = f"`ksmy milestone set {commitment} {number}`" if number else "`ksmy update`"
                raise Refused(
                    f"entry {entry.id} changed {', '.join(both).replace('_', ' ')} of {ref} later; undo its "
                    f"invocation {entry.invocation} first, or change {ref} with {by}"
                )

    def gave_up(self, change: Change, error: KsmyError) -> bool:
        """Whether an error only follows from that of an earlier line, which was to add the record."""
        follows = isinstance(error, NotFound) and not self.given_up.isdisjoint(
            {change.ref, commitment_of(change.ref), change.fields.get("agreement")} - {None}
        )
        if change.op == "add" and change.ref not in self._states:
            self.given_up.add(change.ref)
        return follows

    def store(self, *, to_database: bool) -> None:
        """Write the entries made since the last time.

        The records are kept in memory while there is room.
        """
        if to_database and self._entries:
            rows = [entry_row(entry) for entry in self._entries]
            self._transaction.insert("entry", rows)
            self._changed.update(entry.ref for entry in self._entries)
            self._last = rows[-1]
        self._entries.clear()
        if to_database and len(self._states) > MOST_STATES:
            self.store_records()

    def store_records(self) -> None:
        """Write the records whose entries were written, as they now are, and forget them all."""
        changed = self._changed | {commitment_of(ref) for ref in self._changed if "/" in ref}
        for kind in KINDS:
            states = [self._states[ref] for ref in changed if self._states[ref].record == kind]
            self._transaction.upsert(kind, states)
        self._changed.clear()
        self._states.clear()
        self._newest.clear()

    def read_back(self) -> None:
        """Raise `Damaged` unless the database has the entries that were written, in this same transaction."""
        if self._last is None:
            return
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = :last"
        found = self._transaction.rows(StoredEntry, sql, last=self._last_id)
        sql = "SELECT count(*) AS number FROM entry WHERE id > :first AND invocation = :invocation"
        invocation = self._recording.invocation
        counted = self._transaction.rows(_Counted, sql, first=self._first_id, invocation=invocation)
        if found != [self._last] or counted != [_Counted(self._last_id - self._first_id)]:
            raise Damaged(
                f"the database did not keep entry {self._last_id} as it was written; nothing was changed; "
                "`ksmy check` tells what is wrong with it"
            )

    def _prepared(self, change: Change, kind: str) -> Change:
        """A change that adds a record, checked; a milestone with its number."""
        if kind == "milestone":
            self._parent_named(change.ref, "commitment")
            number = self._numbers[change.ref] = self._numbers.get(change.ref, 0) + 1
            change = replace(change, ref=f"{change.ref}/{number}")
        elif (taken := self._states.get(change.ref)) is not None:
            how = "it was withdrawn and keeps its ref" if taken.withdrawn else "change it with `ksmy update`"
            raise Refused(f"there is already {a(taken.record)} {change.ref}; {how}")
        rules.check_fields(change, kind)
        rules.check_complete(change, kind)
        return change

    def _known(self, change: Change) -> Record:
        state = self._states.get(change.ref)
        if state is None:
            raise self._not_found(change.ref, "record")
        return state

    def _parent(self, change: Change, kind: str) -> Record | None:
        """What a change says its record belongs to."""
        if kind == "milestone":
            return self._parent_named(commitment_of(change.ref), "commitment")
        have = getattr(self._states.get(change.ref), "agreement", None)
        if kind == "commitment" and change.fields.get("agreement") not in (None, have):
            return self._parent_named(change.fields["agreement"], "agreement")
        return None

    def _parent_named(self, ref: str, kind: str) -> Record:
        state = self._states.get(ref)
        if state is None:
            raise self._not_found(ref, kind, kind)
        if state.record != kind:
            raise Refused(f"{ref} is {a(state.record)}, not {a(kind)}")
        if state.withdrawn:
            raise self._withdrawn(ref, "first")
        return state

    def _parent_of(self, record: Record, changed: Changed) -> Record | None:
        """The record that another belongs to once it is changed, as it is stored."""
        if isinstance(record, Agreement):
            return None
        ref = record.commitment if isinstance(record, Milestone) else record.agreement
        ref = changed["agreement"][1] if "agreement" in changed else ref
        if ref not in self._states:
            self._load_states({ref})
        return self._states[ref]

    def _check_unused(self, ref: str, kind: str) -> None:
        """Refuse to withdraw what something that stays belongs to."""
        child = {"agreement": "commitment", "commitment": "milestone"}.get(kind)
        if child is None:
            return
        sql = f"SELECT ref FROM {child} WHERE {kind} = :ref AND withdrawn = 0"
        using = [
            one.ref
            for one in self._transaction.rows(_Ref, sql, ref=ref)
            if not self._is_withdrawn(one.ref) and getattr(self._states.get(one.ref), kind, ref) == ref
        ]
        if using:
            first = min(using)
            added = self._undone_by(first, "created")
            raise Refused(f"{first} belongs to {ref}; undo what added that first with {added}")

    def _withdrawn(self, ref: str, when: str) -> Refused:
        """The refusal of a record that is withdrawn, with how it comes back."""
        return Refused(f"{ref} is withdrawn; bring it back with {self._undone_by(ref, 'withdrawn')} {when}")

    def _undone_by(self, ref: str, action: str) -> str:
        """The command that undoes what was last done to a record in this way."""
        sql = "SELECT invocation FROM entry WHERE ref = :ref AND action = :action ORDER BY id DESC LIMIT 1"
        found = self._transaction.rows(_Invocation, sql, ref=ref, action=action)
        return f"`ksmy undo {found[0].invocation}`" if found else "`ksmy undo`"

    def _is_withdrawn(self, ref: str) -> bool:
        return ref in self._states and self._states[ref].withdrawn

    def _meet(self, sector: str, *, asked: bool) -> None:
        """Refuse a new sector that looks like a slip of the pen for a known one, unless it was asked for."""
        if self._sectors is None:
            known = self._transaction.rows(_Sector, "SELECT DISTINCT sector FROM commitment")
            self._sectors = {one.sector for one in known}
        if sector not in self._sectors and not asked:
            near = nearest(sector, self._sectors, cutoff=0.75)
            if near is not None:
                raise Refused(
                    f"sector {sector!r} is new and close to {near!r}; use that, or give --new-sector"
                )
        self._sectors.add(sector)

    def _append(self, change: Change, kind: str, action: str, effective_on: str, changed: Changed) -> Outcome:
        entry = Entry(
            id=self._last_id + 1,
            invocation=self._recording.invocation,
            key=change.key,
            key_digest=change.key_digest,
            recorded_at=self._recorded_at,
            effective_on=effective_on,
            actor=change.actor or self._recording.actor,
            record=kind,
            ref=change.ref,
            action=action,
            changes=changed,
            note=change.note,
            evidence=change.evidence,
            previous_hash=self.head,
        )
        entry.hash = self.head = digest(entry)
        self._last_id = entry.id
        if action != "reviewed":
            self._newest[change.ref] = effective_on
        step(self._states, entry)
        self._entries.append(entry)
        return Outcome(change.ref, kind, action, changed, entry.id, entry.note, entry.evidence)

    def _not_found(self, ref: str, what: str, *kinds: str) -> NotFound:
        """The error for a ref that names nothing, with the nearest one that does, where that will be shown."""
        hint = did_you_mean(ref, self._all_refs(*kinds)) if self.explains else "none has this ref"
        return NotFound(f"there is no {what} {ref}; {hint}")

    def _all_refs(self, *kinds: str) -> list[str]:
        wanted = kinds or tuple(COLUMNS)
        found = {ref for ref, state in self._states.items() if state.record in wanted}
        for name in wanted:
            found |= {one.ref for one in self._transaction.rows(_Ref, f"SELECT ref FROM {name}")}
        return sorted(found)
