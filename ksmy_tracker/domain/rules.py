"""What follows from a change, and what the register refuses (pure)."""

import re
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import DEFAULTS, GIVEN, REQUIRED, Record, state_of
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.words import SETTLED_STATUSES, a
from ksmy_tracker.errors import Refused, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ksmy_tracker.domain.chain import Deed, Entry

#: `{field: (old, new)}`
Changed = dict[str, tuple[Any, Any]]

#: What an entry changes besides the fields that a user sets, by its kind of record; `facts` says how.
FACTS: Final[dict[str, tuple[str, ...]]] = {
    "agreement": (),
    "commitment": ("baseline_due", "completed_on", "completed_due"),
    "milestone": ("met_on",),
}


def check_complete(change: Change, kind: str) -> None:
    """Refuse a new record that lacks what every record of its kind has."""
    missing = [name for name in REQUIRED[kind] if change.fields.get(name) is None]
    if missing:
        if kind == "milestone":
            raise Usage("a milestone needs a title; see `ksmy milestone add --help`")
        named = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise Usage(f"{a(kind)} needs {named}; see `ksmy add --help`")


def check_fields(change: Change, kind: str) -> None:
    """Refuse a field that records of this kind do not have."""
    for name in change.fields:
        if name not in GIVEN[kind]:
            raise Usage(
                f"{change.ref} is {a(kind)}, which has no {name.replace('_', ' ')}; "
                f"it has {', '.join(GIVEN[kind])}"
            )


def check_expected(change: Change, record: Record) -> None:
    """Refuse where the status (the stage, the state) is not the one the change expects."""
    have = state_of(record)
    if change.expect is not None and have != change.expect:
        raise Refused(f"{change.ref} is {have}, not {change.expect} as expected; nothing was changed")


def is_current(change: Change, said: int, newest: int | None) -> bool:
    """Whether a line of a listing is of the record as it is: it names its newest entry, or none.

    Entries after `said` only keep a key, so it may name that one, or any of them.
    """
    named = change.derived.get("newest_entry", "")
    return not named or (
        re.fullmatch("[1-9][0-9]{0,9}", named) is not None and said <= int(named) <= (newest or 0)
    )


def outdated(change: Change, newest: int | None) -> Refused:
    """What is said of a line that would change what was changed since it was listed."""
    said = change.derived["newest_entry"][:20]
    return Refused(
        f"newest_entry: the newest entry of {change.ref} is {newest}, not {said!r}; "
        "it was changed since the listing: list it again, and make the change in that"
    )


def check_reopening(change: Change, changed: Changed) -> None:
    """Refuse to open again what is settled without saying why."""
    if "status" in changed and changed["status"][0] in SETTLED_STATUSES and not change.note:
        was, now = changed["status"]
        raise Refused(f"{change.ref} is {was}; say with --note why it is to be {now}")


def effective_on(change: Change, newest: str, today: str, parent: Record | None = None) -> str:
    """The day a change takes effect: the one it names, else today.

    It must lie between the newest entry of the record (or what it belongs to) and today, so that what was so on
    a past day is settled once that day's entries are in; a change without a day never fails on that.
    """
    begun = parent.created_on if parent else ""
    if change.effective_on is None:
        return max(today, newest, begun)
    if change.effective_on > today:
        raise Refused(
            f"{change.effective_on} is in the future (today is {today}); record a change once it is in effect"
        )
    if change.effective_on < begun and parent:
        raise Refused(
            f"{change.effective_on} is before {parent.ref} was created ({begun}); "
            "record it with that date or a later one"
        )
    if change.effective_on < newest:
        raise Refused(
            f"{change.effective_on} is before the newest entry of {change.ref} ({newest}); "
            "record it with that date or a later one"
        )
    return change.effective_on


def differences(kind: str, record: Record | None, change: Change, day: str) -> Changed:
    """What an entry says has changed, with the facts that follow: baseline, completion, meeting."""
    wanted = change.fields
    if record is None:
        given = {**DEFAULTS[kind], **{name: new for name, new in wanted.items() if new is not None}}
        wanted = {name: given[name] for name in GIVEN[kind] if name in given}
    changed = {}
    for name, new in wanted.items():
        have = getattr(record, name, None)
        if new != have and not (change.as_shown and _is_shown(have, new)):
            changed[name] = (have, new)
    return changed | facts(kind, record, changed, day)


def _is_shown(have: Any, cell: Any) -> bool:
    """Whether a listing's cell, read back, is a text as it was shown, or one that was listed as it is."""
    if cell is None:  # a lone hyphen, which clears a field
        return bool(have == "-")
    return isinstance(have, str) and cell in (visible(have), have.removeprefix("'"))


def facts(kind: str, record: Record | None, changed: Changed, day: str) -> Changed:
    """What follows from a change of fields on a day: a commitment's baseline and completion, a milestone's meeting."""
    found = _facts(kind, record, changed, day)
    return {name: (have, new) for name, new in found.items() if new != (have := getattr(record, name, None))}


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


def _facts(kind: str, record: Record | None, changed: Changed, day: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if kind == "commitment":
        due = changed["due"][1] if "due" in changed else getattr(record, "due", None)
        if getattr(record, "baseline_due", None) is None:
            facts["baseline_due"] = due
        if "status" in changed:
            completed = changed["status"][1] == "completed"
            facts["completed_on"] = day if completed else None
            facts["completed_due"] = due if completed else None
    elif kind == "milestone" and "state" in changed:
        facts["met_on"] = day if changed["state"][1] == "met" else None
    return facts
