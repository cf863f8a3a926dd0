"""Whether a register is sound: its file, its schema, its chain, and each record against its history.

Reads only, in memory that grows with what is referred to alone: agreements and bodies.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple

from ksmy_tracker.domain.chain import (
    as_stored,
    chain_fault,
    covered,
    is_hash,
    key_hash,
    read_entry,
    read_evidence,
    to_canonical_json,
)
from ksmy_tracker.domain.entries import ENTRY_FIELDS, BrokenEntry, StoredEntry
from ksmy_tracker.domain.entry_check import circumstances_fault
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, kept
from ksmy_tracker.domain.projection import States
from ksmy_tracker.domain.references import FOLLOWED, References
from ksmy_tracker.domain.values import is_kept, read_key
from ksmy_tracker.errors import Damaged, Usage
from ksmy_tracker.reading.points import gone_by, without_collecting
from ksmy_tracker.reading.proof import not_canonical, proven
from ksmy_tracker.reading.stored_records import StoredRecords
from ksmy_tracker.storage.interface import Reader

#: How many faults are named before the search ends.
MOST_FAULTS = 20


@dataclass(slots=True)
class Audit:
    """What a check found. `counts` is how many records of each kind (and entries) there are.

    `references` is what the history says of those; None where the history itself was altered, which is proof enough.
    """

    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*COLUMNS, "entry"), 0))
    head: str | None = None
    references: References | None = field(default_factory=References, compare=False)


def check(reader: Reader, expected_head: str | None = None) -> Audit:
    """Check a whole register; `expected_head` is the hash of an entry that must be in its chain.

    Raises `Usage` for an `expected_head` that is no hash at all.
    """
    if expected_head is not None and not is_hash(expected_head):
        raise Usage(f"--expect-head: {expected_head[:80]!r} is no head: a head is 64 hexadecimal digits")
    audit = Audit()
    try:
        with without_collecting():
            for fault in _all_faults(reader, audit, expected_head):
                if len(audit.faults) == MOST_FAULTS:
                    audit.faults.append("and more; the search ended here")
                    break
                audit.faults.append(fault)
    except _failures(reader) as error:
        if not audit.faults:
            raise
        audit.faults.append(f"the search ended here: {error}")
    return audit


def _failures(reader: Reader) -> tuple[type[Exception], ...]:
    """What ends a search."""
    return *reader.failures, BrokenEntry


def require_sound(reader: Reader) -> None:
    """Raise `Damaged`, naming the first fault, unless the history and the records are what the writer can have left."""
    for fault in faults(reader, Audit()):
        raise Damaged(f"{fault}; nothing was changed; restore the newest sound backup")


def _all_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    with reader.seeking_broken_pages() as broken_pages:
        yield from reader.schema_faults()
        rest = chain(reader.dangling(), faults(reader, audit, expected_head))
        try:
            first = [*islice(rest, 1)]  # of a sound register, which is read to its end meanwhile, none
        except _failures(reader):
            if not (broken := broken_pages()):
                raise
        else:
            broken = broken_pages()
        yield from broken or chain(first, rest)


def faults(reader: Reader, audit: Audit, expected_head: str | None = None) -> Iterator[str]:
    """What no writer can have left of the history and the records; what one search finds, the next needs."""
    yield from _chain_faults(reader, audit, expected_head)
    yield from _record_faults(reader, audit)
    yield from key_faults(reader, audit)


def _chain_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    """What is wrong with the chain, from the first entry to the head."""
    previous: StoredEntry | None = None
    for row in reader.stream(StoredEntry, f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"):
        try:
            fault = _chain_fault(row, previous) or _entry_fault(row, audit.references)
        except BrokenEntry as error:
            fault = f"{error}: its changes or its evidence was altered"
        if fault is not None:
            audit.references = None
            yield fault
        if row.hash == expected_head:
            expected_head = None
        previous = row
        audit.counts["entry"] += 1
        audit.head = row.hash
    if expected_head is not None:
        removed = "entries up to it were removed, or this is another register"
        yield f"the head {expected_head} is not in the history: {removed}"


def _chain_fault(row: StoredEntry, previous: StoredEntry | None) -> str | None:
    """What is wrong with an entry's place in the chain, or with its JSON there; raises `BrokenEntry`."""
    if chain_fault(row, previous, as_stored(row)) is None:
        return None
    entry = read_entry(row)
    return chain_fault(row, previous, covered(entry)) or not_canonical(row)


def _entry_fault(row: StoredEntry, references: References | None) -> str | None:
    """What is wrong with an entry by itself, but for what it does, which is proven with its record.

    Raises `BrokenEntry`.
    """
    evidence = read_evidence(row.id, row.evidence)
    if row.evidence != "[]" and row.evidence != to_canonical_json(evidence):
        return not_canonical(row)
    fault = circumstances_fault(row, evidence)
    if fault is None and row.record in FOLLOWED and references is not None:
        references.follow(read_entry(row))
    return fault


def _record_faults(reader: Reader, audit: Audit) -> Iterator[str]:
    """Every difference between the stored records and what their history says of them.

    Goes through agreements and commitments by ref, each with the milestones that belong to it.
    """
    stored = [StoredRecords(reader, kind) for kind in KINDS]
    for ref, faults, states in proven(reader, audit.references, alone=True):
        yield from faults
        found: dict[str, States] = {}
        together: States = {}
        for records in stored:
            if records.next_ref is not None and records.next_ref <= ref:
                yield from records.without_history(ref)
                its = found[records.kind] = records.of(ref)
                audit.counts[records.kind] += len(its)
                together |= its
        if together != states or len(together) != sum(map(len, found.values())):
            for kind in KINDS:
                expected = {one: state for one, state in states.items() if state.record == kind}
                yield from _differences(kind, found.get(kind, {}), expected)
    for records in stored:
        yield from records.without_history(None)


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
