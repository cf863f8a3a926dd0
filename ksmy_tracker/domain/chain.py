"""An entry of the history: its canonical form and its place in the hash chain (pure).

The hash of an entry is the SHA-256, in lower-case hex, of its canonical JSON: every field but `hash`
itself, keys sorted, UTF-8, no spaces. `previous_hash` is one of the fields, so a hash covers all that came
before it; the first entry's is null. Two registers with the same head hold the same history.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec

from ksmy_tracker.domain.entries import BrokenEntry, StoredEntry

_Read = TypeVar("_Read")

#: What a field of a record can be in JSON.
_Value = str | bool | tuple[str, ...] | None

#: `{field: (old, new)}`
Changes = dict[str, tuple[_Value, _Value]]


class Entry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One line of history: who recorded what about which record, when, taking effect when, on what evidence.

    `id` is the position in the chain, from 1 without gaps. `recorded_at` is a UTC timestamp, `effective_on`
    an ISO date. `key` is a batch line's own identity and `key_digest` the SHA-256 of that line's content.
    `hash` is empty until it is known. `retracts` are the ids of earlier entries of the record that count for nothing
    from this one on: by an undo or a redo, or because it states the last of them again.
    """

    id: int
    invocation: str
    key: str | None
    key_digest: str | None
    recorded_at: str
    effective_on: str
    actor: str
    record: str
    ref: str
    action: str
    changes: Changes
    note: str | None
    evidence: tuple[str, ...]
    previous_hash: str | None
    hash: str = ""
    retracts: tuple[int, ...] = ()


class NewEntry(NamedTuple):
    """An entry to make: all of it but its place in the chain and what the entries of a command have in common."""

    record: str
    ref: str
    action: str
    effective_on: str
    changes: Changes
    note: str | None = None
    evidence: tuple[str, ...] = ()
    actor: str | None = None
    key: str | None = None
    key_digest: str | None = None
    retracts: tuple[int, ...] = ()


class Deed(msgspec.Struct):
    """The part of an entry that changes a record; of its evidence only whether there is any.

    The note of an undo says what it undoes; of any other it is "" where there is one.
    """

    id: int
    invocation: str
    record: str
    ref: str
    action: str
    effective_on: str
    changes: Changes
    note: str | None
    evidence: bool
    retracts: tuple[int, ...]


class _Stored(msgspec.Struct):
    """What the hash covers of an entry as the database keeps it, in the order of its canonical form."""

    action: str
    actor: str
    changes: msgspec.Raw
    effective_on: str
    evidence: msgspec.Raw
    id: int
    invocation: str
    key: str | None
    key_digest: str | None
    note: str | None
    previous_hash: str | None
    record: str
    recorded_at: str
    ref: str
    retracts: msgspec.Raw | msgspec.UnsetType


_in_order = msgspec.json.Encoder().encode

#: A JSON value with sorted keys and no spaces in UTF-8, as the hash covers it; raises what `msgspec` does.
canonical_json = msgspec.json.Encoder(order="sorted").encode

_read_changes = msgspec.json.Decoder(Changes).decode
_read_evidence = msgspec.json.Decoder(tuple[str, ...]).decode
_read_retracts = msgspec.json.Decoder(tuple[int, ...]).decode


def to_canonical_json(value: Any) -> str:
    """The same as text, as the database keeps it."""
    return canonical_json(value).decode()


def read_changes(entry: int, changes: str) -> Changes:
    """What the database keeps of an entry's changes, read; raises `BrokenEntry`."""
    return _read(entry, _read_changes, changes) if changes != "{}" else {}


def read_evidence(entry: int, evidence: str) -> tuple[str, ...]:
    """What it keeps of its evidence, read; raises `BrokenEntry`."""
    return _read(entry, _read_evidence, evidence) if evidence != "[]" else ()


def read_retracts(entry: int, retracts: str) -> tuple[int, ...]:
    """What it keeps of what it retracts, read; raises `BrokenEntry`."""
    return _read(entry, _read_retracts, retracts) if retracts != "[]" else ()


def _read(entry: int, decode: Callable[[str], _Read], json: str) -> _Read:
    try:
        return decode(json)
    except (ValueError, TypeError):
        raise BrokenEntry(f"entry {entry} cannot be read") from None


def read_entry(stored: StoredEntry) -> Entry:
    """An entry from its row in the database; raises `BrokenEntry`."""
    return Entry(
        id=stored.id,
        invocation=stored.invocation,
        key=stored.key,
        key_digest=stored.key_digest,
        recorded_at=stored.recorded_at,
        effective_on=stored.effective_on,
        actor=stored.actor,
        record=stored.record,
        ref=stored.ref,
        action=stored.action,
        changes=read_changes(stored.id, stored.changes),
        note=stored.note,
        evidence=read_evidence(stored.id, stored.evidence),
        previous_hash=stored.previous_hash,
        hash=stored.hash,
        retracts=read_retracts(stored.id, stored.retracts),
    )


def entry_row(entry: Entry) -> StoredEntry:
    """An entry as the database keeps it."""
    return StoredEntry(
        id=entry.id,
        invocation=entry.invocation,
        key=entry.key,
        key_digest=entry.key_digest,
        recorded_at=entry.recorded_at,
        effective_on=entry.effective_on,
        actor=entry.actor,
        record=entry.record,
        ref=entry.ref,
        action=entry.action,
        changes=to_canonical_json(entry.changes),
        note=entry.note,
        evidence=to_canonical_json(entry.evidence) if entry.evidence else "[]",
        retracts=to_canonical_json(entry.retracts) if entry.retracts else "[]",
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


def covered(entry: Entry) -> bytes:
    """The canonical JSON of an entry that its hash covers."""
    sealed, entry.hash = entry.hash, ""  # an empty one is left out of the JSON
    canonical = canonical_json(entry)
    entry.hash = sealed
    return canonical


def as_stored(stored: StoredEntry) -> bytes:
    """The same from its row, whose JSON is taken as it stands: another where that is not canonical."""
    return _in_order(
        _Stored(
            stored.action,
            stored.actor,
            msgspec.Raw(stored.changes),
            stored.effective_on,
            msgspec.Raw(stored.evidence),
            stored.id,
            stored.invocation,
            stored.key,
            stored.key_digest,
            stored.note,
            stored.previous_hash,
            stored.record,
            stored.recorded_at,
            stored.ref,
            msgspec.UNSET if stored.retracts == "[]" else msgspec.Raw(stored.retracts),
        )
    )


def digest(entry: Entry) -> str:
    """The hash an entry must have, whatever the one it has."""
    return sha256(covered(entry)).hexdigest()


def is_hash(value: Any) -> bool:
    """Whether a value has the form of a hash."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def key_hash(key: str, key_digest: str) -> str:
    """What tells that the key of a line that changed nothing was not altered."""
    return sha256(canonical_json((key, key_digest))).hexdigest()


def chain_fault(
    entry: Entry | StoredEntry, previous: Entry | StoredEntry | None, canonical: bytes
) -> str | None:
    """What is wrong with an entry's place in the chain after `previous` (None: it is the first), or None.

    `canonical` is what `covered`, or `as_stored`, says of it.
    """
    expected_id = previous.id + 1 if previous else 1
    if entry.id != expected_id:
        return f"entry {expected_id} is missing: entry {entry.id} stands in its place"
    if entry.previous_hash != (previous.hash if previous else None):
        return f"entry {entry.id} does not follow entry {expected_id - 1}: its previous hash is another"
    if entry.hash != sha256(canonical).hexdigest():
        return f"entry {entry.id} ({entry.ref}) was altered: its hash does not match what it says"
    return None
