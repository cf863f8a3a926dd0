"""What follows from a change, and what the register refuses (pure)."""

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import (
    DEFAULTS,
    GIVEN,
    KINDS,
    OWN_COMMANDS,
    REFERRING,
    REQUIRED,
    Agreement,
    Commitment,
    Milestone,
    Partnership,
    Record,
    check_read,
    owner_of,
    refs_of,
    state_of,
)
from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.domain.words import EVENTS, SETTLED_STATUSES, SHARED, a, did_you_mean
from ksmy_tracker.errors import NotFound, Refused, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        command = f"{taken.record} set" if taken.record in OWN_COMMANDS else "update"
        how = "it was withdrawn and keeps its ref" if taken.withdrawn else f"change it with `ksmy {command}`"
        raise Refused(f"there is already {a(taken.record)} {change.ref}; {how}")


def named_by(change: Change, kind: str, record: Record | None) -> "Iterator[tuple[tuple[str, ...], str]]":
    """The ref, with the kinds that it can be of, of what a change says its record is a part of, or newly refers to.

    A part always says it, by its ref; one that is added with a number has the ref of what it is a part of.
    """
    if of := KINDS[kind].part_of:
        is_whole = KINDS[kind].ref_form.fullmatch(change.ref) is not None
        yield of, str(owner_of(change.ref)) if is_whole else change.ref
    for name, referred in REFERRING[kind].items():
        had = refs_of(name, getattr(record, name, None))
        for ref in refs_of(name, change.fields.get(name)):
            if ref not in had and (name, ref) != ("party", change.ref):
                yield (referred,), ref


def check_named(kinds: "Sequence[str]", ref: str, named: Record | None) -> None:
    """Refuse what refers to, or is a part of, a record that is not there, of another kind, or withdrawn."""
    if named is None:
        raise Missing(ref, kinds[0] if len(kinds) == 1 else None)
    if named.record not in kinds:
        raise Refused(f"{ref} is {a(named.record)}, not {' or '.join(map(a, kinds))}")
    if named.withdrawn:
        raise Withdrawn(ref, "first")


def check_parties(changed: Changed, partnership: Partnership) -> None:
    """Refuse a party that is none of the partnership's, and a word for all that is for another number of them."""
    known = partnership.states
    for name in ("parties", "party"):
        new = changed[name][1] if name in changed else None
        shared = "both" if len(known) == 2 else "all"
        if new in SHARED and new != shared:
            raise Refused(
                f"{name}: the partnership has {len(known)} parties ({', '.join(known)}); say {shared}"
            )
        for ref in refs_of(name, new):
            if ref not in known:
                raise Refused(f"{name}: {ref} is no party of this partnership; {did_you_mean(ref, known)}")


def check_complete(change: Change, kind: str) -> None:
    """Refuse a new record that lacks what every record of its kind has."""
    missing = [name for name in REQUIRED[kind] if change.fields.get(name) is None]
    if missing:
        if kind == "milestone":
            raise Usage("a milestone needs a title; see `ksmy milestone add --help`")
        named = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        of = "" if kind in ("agreement", "commitment") else f"{kind} "
        raise Usage(f"{a(kind)} needs {named}; see `ksmy {of}add --help`")


def check_fields(change: Change, kind: str) -> None:
    """Refuse a record of another kind than it must be of; a field, or a value of it, that its kind does not have."""
    if change.record_is not in (None, kind):
        raise Refused(f"{change.ref} is {a(kind)}, not {a(str(change.record_is))}")
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
        and isinstance(record, Agreement | Commitment | Milestone)
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
        given = {**DEFAULTS[kind], **{name: new for name, new in wanted.items() if new not in (None, ())}}
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
