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

    `record` is the one that has its ref; a milestone to add has none, but a `number`. `parent` is the one that it says
    its record belongs to. `newest_day` is the latest on which an entry of the record took effect, "" where it has none;
    `near_sector` a known one that a new one may be a slip of the pen for; `key_digest` what its key was used for.
    """

    record: Record | None
    parent: Record | None = None
    newest_day: str = ""
    number: int = 0
    near_sector: str | None = None
    key_digest: str | None = None
    listed: Listed = Listed()


def was_made(change: Change, known: Known) -> bool:
    """Whether a change was made before, by its key; raises `Refused` where that was used for another."""
    if known.key_digest is None:
        return False
    if known.key_digest != change.key_digest:
        raise Refused(f"key {change.key!r} was used before with other content; give this change its own key")
    return True


def decide(  # noqa: PLR0912  # all that is decided, one after the other
    change: Change, known: Known, today: date
) -> NewEntry | None:
    """The entry to make of a change; None where everything is so already, and nothing else is said.

    A change that keeps a key makes one all the same. Raises `NotFound`, `Refused` or `Usage`: what forbids it.
    """
    record = known.record
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
    day = rules.effective_on(change, known.newest_day, today.isoformat(), known.parent)
    changed = rules.differences(kind, record, change, day)
    is_needless = record is not None and not (changed or change.note or change.evidence)
    if record is not None and change.derived:
        if is_current(change, known.listed):
            check_derived(change, record, Day(today), known.listed)
        elif not is_needless:
            raise outdated(change, known.listed)
    if "sector" in changed and known.near_sector is not None:
        raise Refused(
            f"sector {changed['sector'][1]!r} is new and close to {known.near_sector!r}; "
            "use that, or give --new-sector"
        )
    rules.check_reopening(change, changed)
    if is_needless and change.key is None:
        return None
    if is_needless:
        action = "reviewed"
    elif record is None:
        action = "created"
    elif record.withdrawn:
        raise rules.Withdrawn(change.ref, "before changing it")
    else:
        action = "updated" if changed else "noted"
    return NewEntry(
        *(kind, change.ref, action, day, changed, change.note, change.evidence),
        *(change.actor, change.key, change.key_digest),
    )


def _added(change: Change, kind: str, known: Known) -> Change:
    """A change that adds a record, checked; a milestone with its number."""
    if kind == "milestone":
        rules.check_parent("commitment", change.ref, known.parent)
        change = replace(change, ref=f"{change.ref}/{known.number}")
    else:
        rules.check_new_ref(change, known.record)
    rules.check_fields(change, kind)
    rules.check_complete(change, kind)
    return change
