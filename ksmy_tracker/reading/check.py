"""Whether a register is sound: its file, its schema, its chain, and each record against its history.

Reads only, in memory that grows with the agreements alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Any

from ksmy_tracker.domain.chain import (
    Deed,
    Entry,
    chain_fault,
    entry_row,
    is_hash,
    key_hash,
    read_changes,
    read_entry,
)
from ksmy_tracker.domain.entries import ENTRY_FIELDS, UNDONE_BY, BrokenEntry
from ksmy_tracker.domain.entry_check import entry_fault
from ksmy_tracker.domain.history_check import Agreements, Family, inapplicable
from ksmy_tracker.domain.kinds import COLUMNS, Record, commitment_of, from_kept, kept
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.values import is_kept, read_key
from ksmy_tracker.errors import Damaged, Usage
from ksmy_tracker.storage.interface import Reader

#: How many faults are named before the search ends.
MOST_FAULTS = 20


@dataclass(slots=True)
class Audit:
    """What a check found. `counts` is how many records of each kind (and entries) there are.

    `agreements` is what the history says of those; None where the history itself was altered, which is proof enough.
    """

    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*COLUMNS, "entry"), 0))
    head: str | None = None
    agreements: Agreements | None = field(default_factory=Agreements, compare=False)


def check(reader: Reader, expected_head: str | None = None) -> Audit:
    """Check a whole register; `expected_head` is the hash of an entry that must be in its chain.

    Raises `Usage` for an `expected_head` that is no hash at all.
    """
    if expected_head is not None and not is_hash(expected_head):
        raise Usage(f"--expect-head: {expected_head[:80]!r} is no head: a head is 64 hexadecimal digits")
    audit = Audit()
    for search in (reader.damage(), reader.dangling(), *_searches(reader, audit, expected_head)):
        try:
            for fault in search:
                if len(audit.faults) == MOST_FAULTS:
                    audit.faults.append("and more; the search ended here")
                    return audit
                audit.faults.append(fault)
        except reader.failures as error:
            if not audit.faults:
                raise
            audit.faults.append(f"the search ended here: {error}")
            return audit
        if any(fault.startswith("database:") for fault in audit.faults):
            return audit  # what SQLite itself finds damaged cannot be asked further
    return audit


def require_sound(reader: Reader) -> None:
    """Raise `Damaged`, naming the first fault, unless the history and the records are what the writer can have left."""
    for fault in chain.from_iterable((*_searches(reader, Audit()), reader.dangling())):
        raise Damaged(f"{fault}; nothing was changed; restore the newest sound backup")


def _searches(reader: Reader, audit: Audit, expected_head: str | None = None) -> tuple[Iterator[str], ...]:
    """The searches of the history and the records, in their order: what one finds, the next needs."""
    return (
        _chain_faults(reader, audit, expected_head),
        record_faults(reader, audit),
        key_faults(reader, audit),
    )


def _chain_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    """What is wrong with the chain, from the first entry to the head."""
    previous: Entry | None = None
    for row in reader.tuple_stream(f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"):
        try:
            entry = read_entry(row)
        except BrokenEntry as error:
            audit.agreements = None
            yield f"{error}: its changes or its evidence was altered"
            previous = Entry(*row)
            continue
        fault = chain_fault(entry, previous)
        if fault is None and row != entry_row(entry):
            fault = f"entry {entry.id} ({entry.ref}) is not stored in its canonical form"
        if fault is None:
            fault = entry_fault(entry)
        if fault is not None:
            audit.agreements = None
            yield fault
        elif audit.agreements is not None:
            audit.agreements.follow(entry)
        if entry.hash == expected_head:
            expected_head = None
        previous = entry
        audit.counts["entry"] += 1
        audit.head = entry.hash
    if expected_head is not None:
        yield (
            f"the head {expected_head} is not in the history: entries up to it were removed, "
            "or this is another register"
        )


def record_faults(reader: Reader, audit: Audit) -> Iterator[str]:
    """Every difference between the stored records and what their history says of them.

    Goes through agreements and commitments by ref, each with the milestones that belong to it.
    """
    stored = {kind: _Stored(reader, kind) for kind in COLUMNS}
    # Not all of an entry's columns, nor all of a note: this is less to sort.
    entries = reader.tuple_stream(
        "SELECT id, invocation, record, ref, action, effective_on, changes, "
        f"CASE WHEN action IN {UNDONE_BY} THEN note WHEN note IS NOT NULL THEN '' END, "
        f"CASE evidence WHEN '[]' THEN '[]' ELSE '[\"\"]' END FROM entry ORDER BY {reader.family('ref')}, id"
    )
    for ref, rows in groupby(entries, key=lambda row: commitment_of(row[3])):
        deeds = []
        for row in rows:
            deed = Deed(*row)
            try:
                deed.changes, some = read_changes(deed.id, row[6], row[8])
            except BrokenEntry:
                yield inapplicable(deed.id, deed.ref)
            else:
                deed.evidence = bool(some)
                deeds.append(deed)
        for kind, records in stored.items():
            yield from (f"{kind} {one.ref} has no history" for one in records.before(ref))
        found = {kind: records.of(ref) for kind, records in stored.items()}
        for kind, states in found.items():
            audit.counts[kind] += len(states)
        yield from family_faults(deeds, found, audit.agreements)
    for kind, records in stored.items():
        yield from (f"{kind} {one.ref} has no history" for one in records.before(None))


def family_faults(
    deeds: Iterable[Deed], found: Mapping[str, States], agreements: Agreements | None
) -> Iterator[str]:
    """Every difference between a record with its milestones, by kind and ref, and what its history says of them.

    What the writer cannot have done comes before, unless `agreements` is None.
    """
    family = Family(agreements)
    for deed in deeds:
        if (fault := family.follow(deed)) is not None:
            yield fault
    if (fault := family.end()) is not None:
        yield fault
    expected: dict[str, States] = {kind: {} for kind in COLUMNS}
    for ref, state in family.states.items():
        expected[state.record][ref] = state
    for kind, records in found.items():
        if records != expected[kind]:
            yield from _differences(kind, records, expected[kind])


def _differences(kind: str, found: States, expected: States) -> Iterator[str]:
    for ref in sorted(found.keys() | expected.keys()):
        if ref not in found:
            yield f"{kind} {ref} is missing, though the history has it"
        elif ref not in expected:
            yield f"{kind} {ref} has no history"
        else:
            said = kept(expected[ref])
            for column, value in kept(found[ref]).items():
                if value != said[column]:
                    yield f"{kind} {ref}: {column} is {value!r}, but its history says {said[column]!r}"


def key_faults(reader: Reader, audit: Audit) -> Iterator[str]:
    """Every key of a line that changed nothing that was altered, or is an entry's besides.

    Schemas before 0003 kept them outside the chain, so they are counted: a count seen earlier shows one that is gone.
    """
    sql = (
        "SELECT u.key, u.key_digest, u.hash, e.id FROM unchanged_key u LEFT JOIN entry e ON e.key = u.key "
        "ORDER BY u.key"
    )
    for key, key_digest, stored, entry in reader.tuple_stream(sql):
        audit.counts["unchanged key"] = audit.counts.get("unchanged key", 0) + 1
        if key_hash(key, key_digest) != stored or not is_hash(key_digest) or not is_kept(read_key, key):
            yield f"key {key!r}, of a line that changed nothing, was altered"
        elif entry is not None:
            yield f"key {key!r} is that of entry {entry} and of a line that changed nothing"


class _Stored:
    """The stored records of a kind, in the order of the agreement or commitment they are or belong to."""

    def __init__(self, reader: Reader, kind: str) -> None:
        self._kind, self._columns = kind, COLUMNS[kind]
        self._key = "commitment" if kind == "milestone" else "ref"
        order = "commitment, number" if kind == "milestone" else "ref"
        self._rows = reader.tuple_stream(f"SELECT {', '.join(self._columns)} FROM {kind} ORDER BY {order}")
        self._next: Record | None = None
        self._advance()

    def _advance(self) -> None:
        row: tuple[Any, ...] | None = next(self._rows, None)
        self._next = (
            None if row is None else from_kept(self._kind, dict(zip(self._columns, row, strict=True)))
        )

    def before(self, ref: str | None) -> list[Record]:
        """Those that come before a ref (None: all that are left)."""
        found = []
        while self._next is not None and (ref is None or getattr(self._next, self._key) < ref):
            found.append(self._next)
            self._advance()
        return found

    def of(self, ref: str) -> States:
        """Those of a ref, each by its own."""
        found = {}
        while self._next is not None and getattr(self._next, self._key) == ref:
            found[self._next.ref] = self._next
            self._advance()
        return found
