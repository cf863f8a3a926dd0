"""What follows from a change, and what the register refuses (pure)."""

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import (
    DEFAULTS,
    GIVEN,
    REQUIRED,
    Record,
    check_read,
    commitment_of,
    state_of,
)
from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.domain.words import EVENTS, SETTLED_STATUSES, a
from ksmy_tracker.errors import NotFound, Refused, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ksmy_tracker.domain.chain import Deed, Entry

#: `{field: (old, new)}`
Changed = dict[str, tuple[Any, Any]]


class Missing(NotFound):
    """A ref that names no record, or none of the kind that it must be; `hint` says what may have been meant."""

    def __init__(self, ref: str, kind: str | None = None, hint: str = "none has this ref") -> None:
        super().__init__(f"there is no {kind or 'record'} {ref}; {hint}")
        self.ref = ref
        self.kind = kind


class Withdrawn(Refused):
    """A record that is withdrawn, and has to be brought back by `command` before something else."""

    def __init__(self, ref: str, when: str, command: str = "`ksmy undo`") -> None:
        super().__init__(f"{ref} is withdrawn; bring it back with {command} {when}")
        self.ref = ref
        self.when = when


class SaidBefore(Refused):
    """What is said to have happened on a day, though the register has it on another, by an entry."""

    def __init__(self, change: Change, state: str, since: str, entry: int) -> None:
        super().__init__(
            f"{change.ref} has been {state} since {since} (entry {entry}); to correct that day, "
            f"`ksmy amend {entry} --on {change.effective_on}`"
        )


def check_new_ref(change: Change, taken: Record | None) -> None:
    """Refuse a new record whose ref another has."""
    if taken is not None:
        how = "it was withdrawn and keeps its ref" if taken.withdrawn else "change it with `ksmy update`"
        raise Refused(f"there is already {a(taken.record)} {change.ref}; {how}")


def belongs_to(change: Change, kind: str, record: Record | None) -> tuple[str, str] | None:
    """The kind and the ref of what a change says that its record belongs to; None where it leaves that as it is.

    A milestone always says it, by its ref.
    """
    if kind == "milestone":
        return "commitment", commitment_of(change.ref)
    wanted = change.fields.get("agreement")
    if kind == "commitment" and isinstance(wanted, str) and wanted != getattr(record, "agreement", None):
        return "agreement", wanted
    return None


def check_parent(kind: str, ref: str, parent: Record | None) -> None:
    """Refuse what is said to belong to a record that is not there, of another kind, or withdrawn."""
    if parent is None:
        raise Missing(ref, kind)
    if parent.record != kind:
        raise Refused(f"{ref} is {a(parent.record)}, not {a(kind)}")
    if parent.withdrawn:
        raise Withdrawn(ref, "first")


def check_complete(change: Change, kind: str) -> None:
    """Refuse a new record that lacks what every record of its kind has."""
    missing = [name for name in REQUIRED[kind] if change.fields.get(name) is None]
    if missing:
        if kind == "milestone":
            raise Usage("a milestone needs a title; see `ksmy milestone add --help`")
        named = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise Usage(f"{a(kind)} needs {named}; see `ksmy add --help`")


def check_fields(change: Change, kind: str) -> None:
    """Refuse a field that records of this kind do not have, and a value that only another kind has there."""
    for name, value in change.fields.items():
        if name not in GIVEN[kind]:
            raise Usage(
                f"{change.ref} is {a(kind)}, which has no {name.replace('_', ' ')}; "
                f"it has {', '.join(GIVEN[kind])}"
            )
        try:
            check_read(kind, name, value)
        except Fault as error:
            raise Usage(f"{change.ref} is {a(kind)}; {name}: {error}") from None


def check_expected(change: Change, record: Record) -> None:
    """Refuse where the status (the stage, the state) is not the one the change expects."""
    have = state_of(record)
    if change.expect is not None and have != change.expect:
        raise Refused(f"{change.ref} is {have}, not {change.expect} as expected; nothing was changed")


def names_an_event(change: Change, record: Record | None) -> bool:
    """Whether a change names the day on which something has happened to its record, as a completion."""
    return (
        change.effective_on is not None
        and not change.derived
        and record is not None
        and change.fields.get(record.state_field) in EVENTS
    )


def check_reopening(change: Change, changed: Changed) -> None:
    """Refuse to open again what is settled without saying why."""
    if "status" in changed and changed["status"][0] in SETTLED_STATUSES and not change.note:
        was, now = changed["status"]
        raise Refused(f"{change.ref} is {was}; say with --note why it is to be {now}")


def day_of(change: Change, today: date, begun: tuple[str, str] | None, newest: str = "") -> str:
    """The day a change takes effect: the one it names, else today.

    `begun` is the first day of what its record is or belongs to, with its ref; no entry comes before it. `newest` is
    the record's newest day: where that is tomorrow, as it may be in another zone, a change without a day takes that,
    for it never fails on its day. Any other day may be named up to today, whatever is newer.
    """
    last = today.isoformat()
    if change.effective_on is None:
        tomorrow = days_before(today, -1)
        day = max(last, *(one for one in (newest, begun[0] if begun else "") if one <= tomorrow))
    elif change.effective_on > last:
        raise Refused(
            f"{change.effective_on} is in the future (today is {last}); record a change once it is in effect"
        )
    else:
        day = change.effective_on
    if begun and day < begun[0]:
        raise Refused(
            f"{day} is before {begun[1]} was created ({begun[0]}); record it with that date or a later one"
        )
    return day


def differences(kind: str, record: Record | None, change: Change) -> Changed:
    """What an entry says has changed of a record as it is on the entry's day."""
    wanted = change.fields
    if record is None:
        given = {**DEFAULTS[kind], **{name: new for name, new in wanted.items() if new is not None}}
        wanted = {name: given[name] for name in GIVEN[kind] if name in given}
    changed = {}
    for name, new in wanted.items():
        have = getattr(record, name, None)
        if new != have and not (change.as_shown and _is_shown(have, new)):
            changed[name] = (have, new)
    return changed


def _is_shown(have: Any, cell: Any) -> bool:
    """Whether a listing's cell, read back, is a text as it was shown, or one that was listed as it is."""
    if cell is None:  # a lone hyphen, which clears a field
        return bool(have == "-")
    return isinstance(have, str) and cell in (visible(have), have.removeprefix("'"))


def opposite(entries: "Sequence[Deed | Entry]") -> tuple[str, Changed]:
    """What takes back the entries of one record, oldest first, and what that is called."""
    if entries[0].action == "created":
        return "withdrawn", {"withdrawn": (False, True)}
    changed: Changed = {}
    for entry in reversed(entries):
        for name, (old, new) in entry.changes.items():
            changed[name] = (changed[name][0] if name in changed else new, old)
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if "withdrawn" in changed:
        return ("withdrawn" if changed["withdrawn"][1] else "restored"), changed
    return "undone", changed


#: How the note of an undo begins; the invocation follows.
UNDOES: Final = "undoes invocation "
