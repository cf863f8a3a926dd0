"""The form of an entry: whether the writer can have written each of its values (pure).

Each is read by the reader that options and batches use, and must come out as it is.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Deed, Entry, is_hash
from ksmy_tracker.domain.entries import UNDONE_BY, StoredEntry
from ksmy_tracker.domain.kinds import GIVEN, KINDS, READERS, read_field
from ksmy_tracker.domain.projection import FACTS, retracts_only
from ksmy_tracker.domain.values import (
    LONGEST_TEXT,
    Fault,
    quoted,
    read_any_ref,
    read_day,
    read_edtf,
    read_filled,
    read_key,
    read_text,
)
from ksmy_tracker.domain.words import ACTIONS, a

_FIELDS: Final = {kind: frozenset(names) for kind, names in GIVEN.items()}

#: Refs by the kind of record as they are seen at sight to be right.
_REFS: Final = {kind: its.ref_form for kind, its in KINDS.items()}

#: Fields of any text: to remember these would cost more than to read them.
_TEXTS: Final = {
    kind: frozenset(name for name, read in readers.items() if read in (read_text, read_filled))
    for kind, readers in READERS.items()
}

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_INVOCATION: Final = re.compile("[0-9A-Za-z]{1,64}")


def entry_fault(entry: Entry) -> str | None:
    """What no writer has written of an entry, by itself; None where there is nothing."""
    return circumstances_fault(entry, entry.evidence) or deed_fault(entry)


def circumstances_fault(entry: Entry | StoredEntry, evidence: tuple[str, ...]) -> str | None:
    """The same of all of it but what it does to its record."""
    found = _circumstances_fault(entry, evidence)
    return None if found is None else _about(entry, found)


def deed_fault(entry: Entry | Deed) -> str | None:
    """The same of what it does to its record: what it changes or retracts."""
    found = _retracts_fault(entry) if entry.retracts else None
    found = found or _changes_fault(entry) or _action_fault(entry)
    return None if found is None else _about(entry, found)


def _about(entry: Entry | StoredEntry | Deed, found: str) -> str:
    return f"entry {entry.id} ({entry.ref}): {found}"


def _circumstances_fault(entry: Entry | StoredEntry, evidence: tuple[str, ...]) -> str | None:
    # What is well-formed at first sight needs no reader: there may be millions of entries.
    form = _REFS.get(entry.record)
    if (
        not (
            form is not None
            and entry.action in ACTIONS
            and type(entry.ref) is str
            and len(entry.ref) <= 64
            and form.fullmatch(entry.ref)
        )
        and (found := _named_fault(entry.record, entry.ref, entry.action)) is not None
    ):
        return found
    if (found := _recorded_fault(entry.invocation, entry.recorded_at, entry.actor)) is not None:
        return found
    if (found := _day_fault(entry.effective_on)) is not None:
        return found
    if entry.note is not None and (found := _filled_fault("note", entry.note)) is not None:
        return found
    for one in evidence:
        if (found := _filled_fault("evidence", one)) is not None:
            return found
    if entry.key is not None or entry.key_digest is not None:
        if entry.key is None or not is_hash(entry.key_digest):
            return "its key has no digest, or the digest is none"
        if entry.action in UNDONE_BY:
            return f"{entry.action}, but it has a key, as only a line of a batch does"
        return _said_fault("key", read_key, entry.key)
    return None


def _retracts_fault(entry: Entry | Deed) -> str | None:
    """What is wrong with what an entry says that it retracts; history_check.py sees what that is."""
    retracts = entry.retracts
    if any(type(one) is not int for one in retracts) or list(retracts) != sorted({*retracts}):
        return "what it retracts is not in order"
    if not 0 < retracts[0] <= retracts[-1] < entry.id:
        return "it retracts what does not come before it"
    if entry.action in UNDONE_BY and (entry.changes or entry.evidence or entry.note is not None):
        return f"{entry.action}, but it does more than retract entries"
    return None


def _filled_fault(name: str, value: Any) -> str | None:
    return None if _says_something(value) else _said_fault(name, read_filled, value)


def _says_something(text: Any) -> bool:
    """Whether a text is one that every reader takes as it is, as far as can be seen at once."""
    return (
        type(text) is str
        and 0 < len(text) <= LONGEST_TEXT
        and "\0" not in text
        and text.isascii()
        and not text.isspace()
    )


#: Values that were read before, by the kinds of record and the names of their fields: most come again and again.
_taken: Final[dict[str, dict[str, set[Any]]]] = {
    kind: {name: set() for name in _FIELDS[kind] - _TEXTS[kind]} for kind in KINDS
}
_MOST_TAKEN: Final = 1 << 12


def _changes_fault(entry: Entry | Deed) -> str | None:
    """What is wrong with the new values of an entry; their old ones are for the state to say."""
    kind = entry.record
    texts, taken = _TEXTS[kind], _taken[kind]
    for name, (_, new) in entry.changes.items():
        before = taken.get(name)
        if before is not None:
            if new in before:
                continue
        elif name in texts:
            if _says_something(new):
                continue
        elif name in FACTS or name == "withdrawn":
            continue  # which history_check.py compares with what follows
        else:
            return f"{quoted(name)} is no field of {a(kind)}"
        if (found := _value_fault(kind, name, new)) is not None:
            return found
        if before is not None:
            if len(before) >= _MOST_TAKEN:
                before.clear()
            before.add(new)
    return None


def _action_fault(entry: Entry | Deed) -> str | None:
    """What does not go with an entry's action."""
    action, changes = entry.action, entry.changes
    if retracts_only(entry):
        return None
    if action in UNDONE_BY:
        if entry.evidence or not (entry.note or "").startswith(rules.UNDOES):
            return f"{action}, but it does not say what it undoes, or says more"
    elif "withdrawn" in changes:
        return f"{action}, but it changes whether the record is withdrawn, as only an undo does"
    if action == "reviewed":
        if changes or entry.evidence:
            return "reviewed, but it changes something or has evidence"
    elif action == "noted":
        if changes or (entry.note is None and not entry.evidence):
            return "noted, but it has neither a note nor evidence, or changes something"
    elif not changes:
        return f"{action}, but it changes nothing"
    return None


@lru_cache(maxsize=1 << 14)
def _named_fault(record: Any, ref: Any, action: Any) -> str | None:
    if record not in KINDS:
        return f"{quoted(record)} is no kind of record"
    if action not in ACTIONS:
        return f"{quoted(action)} is no action"
    if (found := _said_fault("ref", read_any_ref, ref)) is not None:
        return found
    if not _REFS[record].fullmatch(ref):
        return f"{quoted(ref)} is not the ref of {a(record)}"
    return None


@lru_cache(maxsize=1 << 10)
def _recorded_fault(invocation: Any, recorded_at: Any, actor: Any) -> str | None:
    if not isinstance(invocation, str) or not _INVOCATION.fullmatch(invocation):
        return f"{quoted(invocation)} is no invocation"
    try:
        if not _MOMENT.fullmatch(recorded_at):
            raise ValueError
        datetime.fromisoformat(recorded_at)
    except (TypeError, ValueError):
        return f"{quoted(recorded_at)} is not when anything was recorded"
    return _said_fault("actor", read_filled, actor)


def _value_fault(kind: str, name: str, value: Any) -> str | None:
    def read(given: Any) -> Any:
        return read_field(kind, name, given)

    found = _said_fault(name, read, value)
    if found is not None and READERS[kind][name] is read_edtf and isinstance(value, str):
        # Versions before schema 0003 kept the spaces between the parts of a due date.
        compact = "".join(value.split())
        if value == value.strip() and _said_fault(name, lambda _: read(value), compact) is None:
            return None
    return found


@lru_cache(maxsize=1 << 12)
def _day_fault(value: Any) -> str | None:
    return _said_fault("effective_on", read_day, value)


def _said_fault(name: str, read: Callable[[Any], Any], value: Any) -> str | None:
    """What a reader says of a value; a value that it would have stored otherwise was not written by it."""
    try:
        read_as = read(value)
    except Fault as fault:
        return f"{name}: {fault}"
    if type(read_as) is not type(value) or read_as != value:
        return f"{name}: {quoted(value)} would have been stored as {quoted(read_as)}"
    return None
