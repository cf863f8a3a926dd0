"""What an entry of the history has, by name (pure).

Light enough for every command to import; chain.py reads and proves entries.
"""

from typing import Final

#: The columns of an entry, in the order of its table.
ENTRY_FIELDS: Final = (
    *("id", "invocation", "key", "key_digest", "recorded_at", "effective_on", "actor"),
    *("record", "ref", "action", "changes", "note", "evidence", "previous_hash", "hash"),
)

#: What is kept of the key of a batch's line that changed nothing; `hash` is its `chain.key_hash`.
UNCHANGED_KEY: Final = ("key", "key_digest", "hash")


#: The actions of an undo.
UNDONE_BY: Final = ("undone", "withdrawn", "restored")


class BrokenEntry(ValueError):
    """A stored entry that no writer of this program can have written."""
