"""What follows from a change, and what the register refuses (pure)."""

from typing import Any

from ksmy_tracker.changes import DEFAULTS, FIELDS, REQUIRED, Change
from ksmy_tracker.errors import Refused, Usage
from ksmy_tracker.replay import State
from ksmy_tracker.visible import visible
from ksmy_tracker.vocabulary import SETTLED_STATUSES, a

#: `{field: (old, new)}`
Changed = dict[str, tuple[Any, Any]]


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
        if name not in FIELDS[kind]:
            raise Usage(
                f"{change.ref} is {a(kind)}, which has no {name.replace('_', ' ')}; "
                f"it has {', '.join(FIELDS[kind])}"
            )


def check_expected(change: Change, state: State) -> None:
    """Refuse where the status (the stage, the state) is not the one the change expects."""
    have = state.get("status") or state.get("stage") or state.get("state")
    if change.expect is not None and have != change.expect:
        raise Refused(f"{change.ref} is {have}, not {change.expect} as expected; nothing was changed")


def is_current(change: Change, newest: int | None) -> bool:
    """Whether a line of a listing is of the record as it is: it names the newest entry, or none."""
    return change.derived.get("newest_entry", "") in ("", str(newest))


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


def effective_on(change: Change, newest: str, today: str, parent: State | None = None) -> str:
    """The day a change takes effect: the one it names, else today.

    It must lie between the newest entry of the record (or what it belongs to) and today, so that what was so on
    a past day is settled once that day's entries are in; a change without a day never fails on that.
    """
    begun = parent["created_on"] if parent else ""
    if change.effective_on is None:
        return max(today, newest, begun)
    if change.effective_on > today:
        raise Refused(
            f"{change.effective_on} is in the future (today is {today}); record a change once it is in effect"
        )
    if change.effective_on < begun and parent:
        raise Refused(
            f"{change.effective_on} is before {parent['ref']} was created ({begun}); "
            "record it with that date or a later one"
        )
    if change.effective_on < newest:
        raise Refused(
            f"{change.effective_on} is before the newest entry of {change.ref} ({newest}); "
            "record it with that date or a later one"
        )
    return change.effective_on


def differences(kind: str, state: State | None, change: Change, day: str) -> Changed:
    """What an entry says has changed, with the facts that follow: baseline, completion, meeting."""
    old = state or {}
    wanted = change.fields
    if state is None:
        given = {**DEFAULTS[kind], **{name: new for name, new in wanted.items() if new is not None}}
        wanted = {name: given[name] for name in FIELDS[kind] if name in given}
    changed = {}
    for name, new in wanted.items():
        have = old.get(name)
        if name == "verifiable" and have is not None:
            have = bool(have)
        if new != have and not (change.as_shown and _is_shown(have, new)):
            changed[name] = (have, new)
    for name, new in _facts(kind, old, changed, day).items():
        if new != old.get(name):
            changed[name] = (old.get(name), new)
    return changed


def _is_shown(have: Any, cell: Any) -> bool:
    """Whether a listing's cell, read back, is a text as it was shown, or one that was listed as it is."""
    if cell is None:  # a lone hyphen, which clears a field
        return bool(have == "-")
    return isinstance(have, str) and cell in (visible(have), have.removeprefix("'"))


def _facts(kind: str, old: State, changed: Changed, day: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if kind == "commitment":
        due = changed["due"][1] if "due" in changed else old.get("due")
        if old.get("baseline_due") is None:
            facts["baseline_due"] = due
        if "status" in changed:
            completed = changed["status"][1] == "completed"
            facts["completed_on"] = day if completed else None
            facts["completed_due"] = due if completed else None
    elif kind == "milestone" and "state" in changed:
        facts["met_on"] = day if changed["state"][1] == "met" else None
    return facts
