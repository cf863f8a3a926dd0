"""Whether a register is sound: its file, its schema, its chain, and each record against its history.

Reads only, in memory that does not grow with the register.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ksmy_tracker.chain import Deed, Entry, chain_fault, entry_row, key_hash, read_changes, read_entry
from ksmy_tracker.database import Reader
from ksmy_tracker.errors import Usage
from ksmy_tracker.history import ENTRY_FIELDS, BrokenEntry
from ksmy_tracker.replay import COLUMNS, State, States, commitment_of, kind_of, step

#: How many faults are named before the search ends.
MOST_FAULTS = 20


@dataclass(slots=True)
class Audit:
    """What a check found. `counts` is how many records of each kind (and entries) there are."""

    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    head: str | None = None


def check(reader: Reader, expected_head: str | None = None) -> Audit:
    """Check a whole register; `expected_head` is the hash of an entry that must be in its chain.

    Raises `Usage` for an `expected_head` that is no hash at all.
    """
    if expected_head is not None and not _is_hash(expected_head):
        raise Usage(f"--expect-head: {expected_head[:80]!r} is no head: a head is 64 hexadecimal digits")
    audit = Audit()
    for search in (
        reader.damage(),
        reader.dangling(),
        _chain_faults(reader, audit, expected_head),
        record_faults(reader, audit),
        key_faults(reader),
    ):
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


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _chain_faults(reader: Reader, audit: Audit, expected_head: str | None) -> Iterator[str]:
    """What is wrong with the chain, from the first entry to the head."""
    audit.counts = dict.fromkeys((*COLUMNS, "entry"), 0)
    previous: Entry | None = None
    for row in reader.stream(f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"):
        try:
            entry = read_entry(row)
        except BrokenEntry as error:
            yield f"{error}: its changes or its evidence was altered"
            previous = Entry(*row)
            continue
        fault = chain_fault(entry, previous)
        if fault is not None:
            yield fault
        elif row != entry_row(entry):
            yield f"entry {entry.id} ({entry.ref}) is not stored in its canonical form"
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
    # Not all of an entry's columns: this is less to sort.
    entries = reader.stream(
        f"SELECT {', '.join(Deed.__struct_fields__)} FROM entry ORDER BY {reader.family('ref')}, id"
    )
    for ref, rows in groupby(entries, key=lambda row: commitment_of(row[2])):
        deeds = []
        for number, record, its_ref, day, *texts in rows:
            try:
                changes, evidence = read_changes(number, *texts)
            except BrokenEntry:
                yield _inapplicable(number, its_ref)
            else:
                deeds.append(Deed(number, record, its_ref, day, changes, bool(evidence)))
        for kind, records in stored.items():
            yield from (f"{kind} {one['ref']} has no history" for one in records.before(ref))
        found = {kind: records.of(ref) for kind, records in stored.items()}
        for kind, states in found.items():
            audit.counts[kind] += len(states)
        yield from family_faults(deeds, found)
    for kind, records in stored.items():
        yield from (f"{kind} {one['ref']} has no history" for one in records.before(None))


def family_faults(deeds: Iterable[Deed], found: Mapping[str, States]) -> Iterator[str]:
    """Every difference between a record with its milestones, by kind and ref, and what its history says of them."""
    states: States = {}
    for deed in deeds:
        try:
            step(states, deed)
        except (KeyError, ValueError, TypeError, AttributeError):  # of a kind only tampering can make
            yield _inapplicable(deed.id, deed.ref)
    expected: dict[str, States] = {kind: {} for kind in COLUMNS}
    for ref, state in states.items():
        expected[kind_of(state)][ref] = state
    for kind, records in found.items():
        if records != expected[kind]:
            yield from _differences(kind, records, expected[kind])


def _inapplicable(entry: int, ref: str) -> str:
    return f"entry {entry} ({ref}) cannot be applied to its record"


def _differences(kind: str, found: States, expected: States) -> Iterator[str]:
    for ref in sorted(found.keys() | expected.keys()):
        if ref not in found:
            yield f"{kind} {ref} is missing, though the history has it"
        elif ref not in expected:
            yield f"{kind} {ref} has no history"
        else:
            for column, value in found[ref].items():
                if value != expected[ref][column]:
                    yield (
                        f"{kind} {ref}: {column} is {value!r}, but its history says {expected[ref][column]!r}"
                    )


def key_faults(reader: Reader) -> Iterator[str]:
    """Every key of a line that changed nothing that was altered, or is an entry's besides."""
    sql = (
        "SELECT u.key, u.key_digest, u.hash, e.id FROM unchanged_key u LEFT JOIN entry e ON e.key = u.key "
        "ORDER BY u.key"
    )
    for key, key_digest, stored, entry in reader.stream(sql):
        if key_hash(key, key_digest) != stored:
            yield f"key {key!r}, of a line that changed nothing, was altered"
        elif entry is not None:
            yield f"key {key!r} is that of entry {entry} and of a line that changed nothing"


class _Stored:
    """The stored records of a kind, in the order of the agreement or commitment they are or belong to."""

    def __init__(self, reader: Reader, kind: str) -> None:
        self._columns = COLUMNS[kind]
        self._key = "commitment" if kind == "milestone" else "ref"
        order = "commitment, number" if kind == "milestone" else "ref"
        self._rows = reader.stream(f"SELECT {', '.join(self._columns)} FROM {kind} ORDER BY {order}")
        self._next: State | None = None
        self._advance()

    def _advance(self) -> None:
        row: tuple[Any, ...] | None = next(self._rows, None)
        self._next = None if row is None else dict(zip(self._columns, row, strict=True))

    def before(self, ref: str | None) -> list[State]:
        """Those that come before a ref (None: all that are left)."""
        found = []
        while self._next is not None and (ref is None or self._next[self._key] < ref):
            found.append(self._next)
            self._advance()
        return found

    def of(self, ref: str) -> States:
        """Those of a ref, each by its own."""
        found = {}
        while self._next is not None and self._next[self._key] == ref:
            found[self._next["ref"]] = self._next
            self._advance()
        return found
