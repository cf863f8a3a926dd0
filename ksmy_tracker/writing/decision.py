"""The decision on one change: the entry to make of it, or what forbids it (pure)."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import NewEntry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import Record
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.stale_listing import Listed, check_derived, is_current, outdated
from ksmy_tracker.errors import Refused


class Known(NamedTuple):
    """What the register says of what a change is about.

    `day` is that of the change. `record` is the one that has its ref, as it was on that day, and `latest` as it is
    after all entries; a milestone to add has none, but a `number`. `parent` is the one that it says its record belongs
    to. `near_sector` is a known one that a new one may be a slip of the pen for, `key_digest` what its key was used
    for, `since` the day and the entry from which on what the change says has happened is so, where it is.
    """

    day: str
    record: Record | None
    latest: Record | None = None
    parent: Record | None = None
    number: int = 0
    near_sector: str | None = None
    key_digest: str | None = None
    since: tuple[str, int] | None = None
    listed: Listed = Listed()


def was_made(change: Change, known: Known) -> bool:
    """Whether a change was made before, by its key; raises `Refused` where that was used for another."""
    if known.key_digest is None:
        return False
    if known.key_digest != change.key_digest:
        raise Refused(f"key {change.key!r} was used before with other content; give this change its own key")
    return True


def decide(  # all that is decided, one after the other
    change: Change, known: Known, today: date
) -> NewEntry | None:
    """The entry to make of a change; None where everything is so already on its day, and nothing else is said.

    A change that keeps a key makes one all the same. Raises `NotFound`, `Refused` or `Usage`: what forbids it.
    """
    record = known.record
    change = edited(change, known.latest)
    if change.record is not None:
        kind = change.record
        change = _added(change, kind, known)
    elif record is not None:
        kind = record.record
        rules.check_fields(change, kind)
        rules.check_expected(change, record)
    else:
        raise rules.Missing(change.ref)
    if (named := rules.belongs_to(change, kind, record)) is not None:
        rules.check_parent(*named, known.parent)
    changed = rules.differences(kind, record, change)
    says_something = (change.note or change.evidence) and not (change.derived and change.said_of_all)
    is_needless = record is not None and not (changed or says_something)
    if known.latest is not None and change.derived:
        _check_listing(change, known.latest, known, today, is_needless=is_needless)
    if known.since is not None and known.latest is not None and known.since[0] != known.day:
        raise rules.SaidBefore(change, str(change.fields[known.latest.state_field]), *known.since)
    if "sector" in changed and known.near_sector is not None:
        raise Refused(
            f"sector {changed['sector'][1]!r} is new and close to {known.near_sector!r}; "
            "use that, or give --new-sector"
        )
    rules.check_reopening(change, changed)
    is_review = change.op == "review"
    if is_needless and change.key is None and not is_review:
        return None
    if is_needless or is_review:
        action = "reviewed"
    elif record is None:
        action = "created"
    elif record.withdrawn:
        raise rules.Withdrawn(change.ref, "before changing it")
    else:
        action = "updated" if changed else "noted"
    return NewEntry(
        record=kind,
        ref=change.ref,
        action=action,
        effective_on=known.day,
        changes=changed,
        note=change.note,
        evidence=change.evidence,
        actor=change.actor,
        key=change.key,
        key_digest=change.key_digest,
    )


def _check_listing(change: Change, record: Record, known: Known, today: date, *, is_needless: bool) -> None:
    """Refuse a line of a listing that was edited in what cannot be set, or would change what was changed since."""
    if is_current(change, known.listed):
        check_derived(change, record, Day(today), known.listed)
    elif not is_needless:
        raise outdated(change, known.listed)


def edited(change: Change, latest: Record | None) -> Change:
    """A line of a listing with what was edited alone: it lists the register as it is, whichever day the line is for."""
    if latest is None or not change.derived:
        return change
    names = rules.differences(latest.record, latest, change)
    return replace(change, fields={name: change.fields[name] for name in names})


def _added(change: Change, kind: str, known: Known) -> Change:
    """A change that adds a record, checked; a milestone with its number."""
    if kind == "milestone":
        rules.check_parent("commitment", change.ref, known.parent)
        change = replace(change, ref=f"{change.ref}/{known.number}")
    else:
        rules.check_new_ref(change, known.latest)
    rules.check_fields(change, kind)
    rules.check_complete(change, kind)
    return change
