"""The decision on one change: the entry to make of it, or what forbids it (pure)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import NewEntry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.claims import read_claim
from ksmy_tracker.domain.kinds import DEFAULTS, FORMER, KINDS, NUMBERED, Partnership, Record, owner_of
from ksmy_tracker.domain.quantities import reading
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.stale_listing import Listed, check_derived, is_current, outdated
from ksmy_tracker.errors import Refused


class Known(NamedTuple):
    """What the register says of what a change is about.

    `day` is that of the change. `record` is the one that has its ref, as it was on that day, and `latest` as it is
    after all entries; a part that is added with a number has none, but a `number`. `named` are those, by their refs,
    that its record is said to belong or refer to. `partnership` is the register's. `near` is a field of an open list,
    its new word, and a known one that it may be a slip of the pen for; `key_digest` what its key was used for; `since`
    the day and the entry from which on what the change says has happened is so, where it is.
    """

    day: str
    record: Record | None
    latest: Record | None = None
    named: Mapping[str, Record] = MappingProxyType({})
    partnership: Partnership = FORMER
    number: int = 0
    near: tuple[str, str, str] | None = None
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
    for of, ref in rules.named_by(change, kind, record):
        rules.check_named(of, ref, known.named.get(ref))
    change = _read_by_kind(change, kind, known)
    changed = rules.differences(kind, record, change)
    says_something = (change.note or change.evidence) and not (change.derived and change.said_of_all)
    is_needless = record is not None and not (changed or says_something)
    if known.latest is not None and change.derived:
        _check_listing(change, known.latest, known, today, is_needless=is_needless)
    if known.since is not None and known.latest is not None and known.since[0] != known.day:
        raise rules.SaidBefore(change, str(change.fields[known.latest.state_field]), *known.since)
    if known.near is not None and known.near[0] in changed:
        what, word, near = known.near
        what = what.removesuffix("s")
        raise Refused(f"{what} {word!r} is new and close to {near!r}; use that, or give --new-{what}")
    rules.check_reopening(change, changed)
    _check_partnership(kind, record, changed, known.partnership)
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


def _read_by_kind(change: Change, kind: str, known: Known) -> Change:
    """A change with what its kind makes of it: a reading with its period, a claim read as its record's field is."""
    if kind == "measure":
        return reading(change)
    if kind == "claim" and change.record:
        return read_claim(change, known.named[str(owner_of(change.ref))])
    return change


def _check_partnership(
    kind: str, record: Record | None, changed: rules.Changed, partnership: Partnership
) -> None:
    """Refuse parties that are none of the partnership's, and another zone than that in which days were counted."""
    if kind == "partnership" and record is not None and "zone" in changed:
        raise Refused("the zone in which a register's days end is set when it is made, and stays")
    if kind not in ("body", "partnership"):  # which say what the parties are
        rules.check_parties(changed, partnership)


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
    if kind in NUMBERED:
        rules.check_named(KINDS[kind].part_of, change.ref, known.named.get(change.ref))
        change = replace(change, ref=f"{change.ref}{'#' if kind == 'claim' else '/'}{known.number}")
    else:
        rules.check_new_ref(change, known.latest)
    rules.check_fields(change, kind)
    rules.check_complete(change, kind)
    if "parties" in DEFAULTS[kind] and "parties" not in change.fields and len(known.partnership.states) > 2:
        change = replace(change, fields={**change.fields, "parties": "all"})
    return change
