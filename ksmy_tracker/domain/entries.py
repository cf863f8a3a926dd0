"""What an entry of the history has, by name (pure).

Light enough for every command to import; chain.py reads and proves entries.
"""

from typing import Final, NamedTuple


class StoredEntry(NamedTuple):
    """An entry as the database keeps it: `changes`, `evidence` and `retracts` are JSON."""

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
    changes: str
    note: str | None
    evidence: str
    retracts: str
    previous_hash: str | None
    hash: str


#: The columns of an entry, in the order of its table.
ENTRY_FIELDS: Final = StoredEntry._fields


class AskedEntry(NamedTuple):
    """What the records of a point in the past are projected from, and what queries ask of its entries."""

    id: int
    invocation: str
    recorded_at: str
    effective_on: str
    actor: str
    record: str
    ref: str
    action: str
    changes: str
    note: str | None
    evidence: int
    retracts: str


class StoredKey(NamedTuple):
    """What is kept of the key of a batch's line that changed nothing; `hash` is its `chain.key_hash`."""

    key: str
    key_digest: str
    hash: str


#: The actions of an undo and of a redo. They retract entries; in histories of earlier versions they changed fields.
UNDONE_BY: Final = ("undone", "withdrawn", "restored")


class BrokenEntry(ValueError):
    """A stored entry that no writer of this program can have written."""
