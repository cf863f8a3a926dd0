"""An entry of the history: its canonical form and its place in the hash chain (pure).

The hash of an entry is the SHA-256, in lower-case hex, of its canonical JSON: every field but `hash`
itself, keys sorted, UTF-8, no spaces. `previous_hash` is one of the fields, so a hash covers all that came
before it; the first entry's is null. Two registers with the same head hold the same history.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

#: The text of a JSON value with sorted keys and no spaces, as the hash covers it and the database keeps it.
to_canonical_json: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
).encode

_quoted = json.encoder.encode_basestring
_decode = json.JSONDecoder().decode

#: What a field of a record can be in JSON.
_VALUE = str | bool | None

#: `{field: (old, new)}`; values are text, true, false or null.
Changes = Mapping[str, "tuple[Any, Any]"]


@dataclass(slots=True)
class Entry:
    """One line of history: who recorded what about which record, when, taking effect when, on what evidence.

    `id` is the position in the chain, from 1 without gaps. `recorded_at` is a UTC timestamp, `effective_on`
    an ISO date. `key` is a batch line's own identity and `key_digest` the SHA-256 of that line's content.
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


ENTRY_FIELDS = tuple(Entry.__dataclass_fields__)


class BrokenEntry(ValueError):
    """A stored entry that no writer of this program can have written."""


def read_entry(row: Sequence[Any]) -> Entry:
    """An entry from its row in the database, with `changes` and `evidence` parsed; raises `BrokenEntry`."""
    entry = Entry(*row)
    try:
        entry.changes = _decode(row[10])
        entry.evidence = tuple(_decode(row[12])) if row[12] != "[]" else ()
    except (ValueError, TypeError, RecursionError):
        raise BrokenEntry(f"entry {row[0]} cannot be read") from None
    check_changes(entry)
    return entry


def check_changes(entry: Entry) -> None:
    """Raise `BrokenEntry` unless `changes` has an old and a new value for each field, as a record can have them."""
    try:
        for old, new in entry.changes.values():
            if not isinstance(old, _VALUE) or not isinstance(new, _VALUE):
                raise TypeError
    except (ValueError, TypeError, AttributeError):
        raise BrokenEntry(f"entry {entry.id} cannot be read") from None


def entry_row(entry: Entry) -> dict[str, Any]:
    """An entry as the database keeps it."""
    return {
        "id": entry.id,
        "invocation": entry.invocation,
        "key": entry.key,
        "key_digest": entry.key_digest,
        "recorded_at": entry.recorded_at,
        "effective_on": entry.effective_on,
        "actor": entry.actor,
        "record": entry.record,
        "ref": entry.ref,
        "action": entry.action,
        "changes": canonical_changes(entry.changes),
        "note": entry.note,
        "evidence": canonical_evidence(entry.evidence),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def canonical_value(value: Any) -> str:
    """The canonical JSON of one value: what `to_canonical_json` says of it, sooner for text and null."""
    if value is None:
        return "null"
    return _quoted(value) if type(value) is str else to_canonical_json(value)


def canonical_changes(changes: Changes) -> str:
    """The canonical JSON of an entry's changes."""
    pairs = [
        f"{_quoted(name)}:[{canonical_value(old)},{canonical_value(new)}]"
        for name, (old, new) in sorted(changes.items())
    ]
    return "{" + ",".join(pairs) + "}"


def canonical_evidence(evidence: Sequence[str]) -> str:
    """The canonical JSON of an entry's evidence."""
    return "[" + ",".join(map(canonical_value, evidence)) + "]"


def digest(entry: Entry, row: Mapping[str, Any] | None = None) -> str:
    """The hash an entry must have; `row` is its `entry_row`, where that is at hand.

    The canonical JSON is put together here: a batch and a check spend most of their time on it.
    """
    changes = row["changes"] if row is not None else canonical_changes(entry.changes)
    evidence = row["evidence"] if row is not None else canonical_evidence(entry.evidence)
    canonical = (
        f'{{"action":{canonical_value(entry.action)},"actor":{canonical_value(entry.actor)},'
        f'"changes":{changes},"effective_on":{canonical_value(entry.effective_on)},'
        f'"evidence":{evidence},"id":{canonical_value(entry.id)},'
        f'"invocation":{canonical_value(entry.invocation)},"key":{canonical_value(entry.key)},'
        f'"key_digest":{canonical_value(entry.key_digest)},"note":{canonical_value(entry.note)},'
        f'"previous_hash":{canonical_value(entry.previous_hash)},"record":{canonical_value(entry.record)},'
        f'"recorded_at":{canonical_value(entry.recorded_at)},"ref":{canonical_value(entry.ref)}}}'
    )
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def key_hash(key: str, key_digest: str) -> str:
    """What tells that the key of a line that changed nothing was not altered."""
    return sha256(
        f"[{canonical_value(key)},{canonical_value(key_digest)}]".encode("utf-8", "surrogatepass")
    ).hexdigest()


def chain_fault(entry: Entry, previous: Entry | None, row: Mapping[str, Any] | None = None) -> str | None:
    """What is wrong with an entry's place in the chain after `previous` (None: it is the first), or None.

    `row` is the entry's `entry_row`, where that is at hand.
    """
    expected_id = previous.id + 1 if previous else 1
    if entry.id != expected_id:
        return f"entry {expected_id} is missing: entry {entry.id} stands in its place"
    if entry.previous_hash != (previous.hash if previous else None):
        return f"entry {entry.id} does not follow entry {expected_id - 1}: its previous hash is another"
    if entry.hash != digest(entry, row):
        return f"entry {entry.id} ({entry.ref}) was altered: its hash does not match what it says"
    return None
