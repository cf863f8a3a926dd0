"""Whether a register is sound: its file, its schema, its chain, and each record against its history.

Reads only, in memory that grows with the agreements alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from ksmy_tracker.domain.agreement_history import Agreements
from ksmy_tracker.domain.chain import (
    Entry,
    chain_fault,
    covered,
    is_canonical,
    is_hash,
    key_hash,
    read_entry,
    unread,
)
from ksmy_tracker.domain.entries import ENTRY_FIELDS, BrokenEntry, StoredEntry
from ksmy_tracker.domain.entry_check import entry_fault
from ksmy_tracker.domain.history_check import Family, inapplicable
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, NAMED, commitment_of, kept
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.values import is_kept, read_key
from ksmy_tracker.errors import Damaged, Usage
from ksmy_tracker.reading.deeds import read_deed, stored_deeds
from ksmy_tracker.reading.points import gone_by
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
    failures: tuple[type[Exception], ...] = (*reader.failures, BrokenEntry)
    try:
        for fault in _all_faults(reader, audit, expected_head):
            if len(audit.faults) == MOST_FAULTS:
                audit.faults.append("and more; the search ended here")
                break
            audit.faults.append(fault)
    except failures as error:
        if not audit.faults:
            raise
        audit.faults.append(f"the search ended here: {error}")
    return audit


def require_sound(reader: Reader) -> None:
    """Raise `Damaged`, naming the first fault, unless the history and the records are what the writer can have left."""
    for fault in faults(reader, Audit()):
        raise Damaged(f"{fault}; nothing was changed; restore the newest sound backup")


def _all_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    yield from reader.schema_faults()
    if broken := [*reader.broken_pages()]:
        yield from broken
        return
    yield from reader.dangling()
    yield from faults(reader, audit, expected_head)


def faults(reader: Reader, audit: Audit, expected_head: str | None = None) -> Iterator[str]:
    """What no writer can have left of the history and the records; what one search finds, the next needs."""
    yield from _chain_faults(reader, audit, expected_head)
    yield from _record_faults(reader, audit)
    yield from key_faults(reader, audit)


def _chain_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    """What is wrong with the chain, from the first entry to the head."""
    previous: Entry | None = None
    for row in reader.stream(StoredEntry, f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"):
        try:
            entry = read_entry(row)
        except BrokenEntry as error:
            audit.agreements = None
            yield f"{error}: its changes or its evidence was altered"
            previous = unread(row)
            continue
        canonical = covered(entry)
        fault = chain_fault(entry, previous, canonical)
        if fault is None and not is_canonical(row, canonical):
            fault = f"entry {entry.id} ({entry.ref}) is not stored in its canonical form"
        fault = fault or entry_fault(entry)
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
        removed = "entries up to it were removed, or this is another register"
        yield f"the head {expected_head} is not in the history: {removed}"


def _record_faults(reader: Reader, audit: Audit) -> Iterator[str]:
    """Every difference between the stored records and what their history says of them.

    Goes through agreements and commitments by ref, each with the milestones that belong to it.
    """
    stored = {kind: _Stored(reader, kind) for kind in KINDS}
    for ref, faults, states in proven(reader, audit.agreements):
        yield from faults
        for records in stored.values():
            yield from records.without_history(ref)
        for kind, records in stored.items():
            found = records.of(ref)
            audit.counts[kind] += len(found)
            expected = {one: state for one, state in states.items() if state.record == kind}
            if found != expected:
                yield from _differences(kind, found, expected)
    for records in stored.values():
        yield from records.without_history(None)


def proven(
    reader: Reader, agreements: Agreements | None, where: str = ""
) -> Iterator[tuple[str, list[str], States]]:
    """Each ref of an agreement or a commitment with the records that its history, and that of its milestones, leaves.

    With them comes what no writer can have done, unless `agreements` is None: then the history itself was altered.
    """
    by_family = stored_deeds(reader, f"{where} ORDER BY {reader.family('ref')}, id")
    for ref, rows in groupby(by_family, key=lambda row: commitment_of(row.ref)):
        family = Family(agreements)
        faults = []
        for row in rows:
            try:
                deed = read_deed(row)
            except BrokenEntry:
                faults.append(inapplicable(row.id, row.ref))
            else:
                if (fault := family.follow(deed)) is not None:
                    faults.append(fault)
        if (fault := family.end()) is not None:
            faults.append(fault)
        yield ref, faults, family.states


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
    """Every key of a line that changed nothing that was altered, or is an entry's besides; and of two that count.

    Schemas before 0003 kept them outside the chain, so they are counted: a count seen earlier shows one that is gone.
    """
    sql = (
        "SELECT u.key, u.key_digest, u.hash, e.id AS entry FROM unchanged_key u LEFT JOIN entry e ON e.key = u.key "
        "ORDER BY u.key"
    )
    for key, key_digest, stored, entry in reader.stream(_KeyAndEntry, sql):
        audit.counts["unchanged key"] = audit.counts.get("unchanged key", 0) + 1
        if key_hash(key, key_digest) != stored or not is_hash(key_digest) or not is_kept(read_key, key):
            yield f"key {key!r}, of a line that changed nothing, was altered"
        elif entry is not None:
            yield f"key {key!r} is that of entry {entry} and of a line that changed nothing"

    used = "key IS NOT NULL GROUP BY key HAVING count(*) > 1"
    sql = f"SELECT id, key FROM entry WHERE key IN (SELECT key FROM entry WHERE {used}) ORDER BY id"
    if again := list(reader.stream(_KeyOfEntry, sql)):
        gone = gone_by(reader)
        users: dict[str, int] = {}
        for entry, key in again:
            if entry not in gone and (user := users.setdefault(key, entry)) != entry:
                yield f"key {key!r} is that of entry {user} and of entry {entry}"


class _KeyOfEntry(NamedTuple):
    id: int
    key: str


class _KeyAndEntry(NamedTuple):
    """The key of a line that changed nothing, whatever it was altered to, and the entry that has the same."""

    key: Any
    key_digest: Any
    hash: Any
    entry: int | None


class _Stored:
    """The stored records of a kind, in the order of the agreement or commitment they are or belong to."""

    def __init__(self, reader: Reader, kind: str) -> None:
        self._kind = kind
        family, then = ("ref", "") if kind in NAMED else (str(KINDS[kind].belongs_to), ", number")
        sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} ORDER BY {family}{then}"
        self._families = groupby(reader.stream(KINDS[kind], sql), key=attrgetter(family))
        self._next = next(self._families, None)

    def without_history(self, ref: str | None) -> Iterator[str]:
        """A fault for each of those that come before a ref (None: all that are left)."""
        while self._next is not None and (ref is None or self._next[0] < ref):
            yield from (f"{self._kind} {one.ref} has no history" for one in self._next[1])
            self._next = next(self._families, None)

    def of(self, ref: str) -> States:
        """Those of a ref, each by its own."""
        if self._next is None or self._next[0] != ref:
            return {}
        found = {one.ref: one for one in self._next[1]}
        self._next = next(self._families, None)
        return found
