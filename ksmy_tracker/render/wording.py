"""How values read to a person: one formatter for each thing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ksmy_tracker.domain.kinds import DATES, KINDS, Claim, Measure
from ksmy_tracker.domain.rows import Cited, EntryRow, Moved, Voice
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES, OPEN_STATUSES

#: What an entry's changes name besides the fields a user sets: they follow from those, or from its action.
_CONSEQUENCES = ("baseline_due", "completed_on", "completed_due", "met_on", "withdrawn")


#: States of commitments and of milestones in which something is still expected.
_AWAITED = (*OPEN_STATUSES, *OPEN_MILESTONE_STATES)


def cell(value: Any) -> str:
    """A value in a table: nothing for null, yes or no, or the text made safe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return visible(", ".join(map(str, value)))
    return visible(str(value))


def days(count: int) -> str:
    """`1 day`, `12 days`."""
    return f"{count:,} day{'' if count == 1 else 's'}"


def left(days_left: int) -> str:
    """How long there is until a deadline's last day, or since."""
    if days_left == 0:
        return "today"
    return f"in {days(days_left)}" if days_left > 0 else f"{days(-days_left)} ago"


def window(earliest: str, latest: str) -> str:
    """The days a date spans where room is short: the day itself, or `2025-01-01 to 12-31`."""
    if earliest == latest:
        return latest
    same_year = earliest[:4] == latest[:4]
    return f"{earliest} to {latest[5:] if same_year else latest}"


def due_date(edtf: str | None, earliest: str | None = None, latest: str | None = None) -> str:
    """A date as people read it, with the days it spans if they are given and are not one.

    That is EDTF, but for its codes of quarters and halves (2025-36 looks like years).
    """
    if edtf is None:
        return ""
    year, _, code = edtf.partition("-")
    if code in ("33", "34", "35", "36"):
        said = f"{year}-Q{int(code) - 32}"
    else:
        said = f"{year}-H{int(code) - 39}" if code in ("40", "41") else visible(edtf)
    return said if earliest == latest else f"{said} ({earliest} to {latest})"


def expected(edtf: str | None, state: str) -> str:
    """When what is in a state is expected now; nothing where that is not said, or it is expected no more."""
    return f"expected {due_date(edtf)}" if edtf and state in _AWAITED else ""


def slip(slip_days: int | None) -> str:
    """By how much a deadline has moved since it was first stated; nothing if it has not."""
    if not slip_days:
        return ""
    return f"{days(abs(slip_days))} {'later' if slip_days > 0 else 'earlier'} than first stated"


def field_name(name: str) -> str:
    """A field as prose names it."""
    return name.replace("_", " ")


def describe(
    changes: Mapping[str, Sequence[Any]],
    since: Mapping[str, str] | None = None,
    until: Mapping[str, tuple[str, Any]] | None = None,
) -> str:
    """What an entry changed: `status planned -> completed; due set to 2026`; of a new record, what it is.

    Of a field that is another for some days only, with these days: `status planned -> in-progress, 2025-03-01 to
    2025-10-25; finalising since`.
    """
    is_new = any(changes.get(name, ("",))[0] is None for name in ("title", "name", "field"))
    parts = []
    for name, (old, new) in changes.items():
        if name in _CONSEQUENCES:
            continue
        parts.append(f"{field_name(name)} {worded(name, new)}" if is_new else changed(name, old, new))
        if since and until and name in until:
            last, then = until[name]
            when = f"on {last}" if since[name] == last else f"{since[name]} to {last}"
            parts[-1] += f", {when}; {'none' if then in (None, ()) else worded(name, then)} since"
    return "; ".join(parts)


def changed(name: str, old: Any, new: Any) -> str:
    """A field that is another now: `due 2025 -> 2026`, `due set to 2026`, `due 2025 removed`."""
    if old in (None, ()):
        return f"{field_name(name)} set to {worded(name, new)}"
    was = f"{field_name(name)} {worded(name, old)}"
    return f"{was} removed" if new in (None, ()) else f"{was} -> {worded(name, new)}"


def cited(entry: EntryRow | Voice) -> list[str]:
    """What the evidence is: of a source who published it, when, and its ref; of any other the text itself."""
    sources = {one.ref: one for one in entry.cited}
    return [source_words(sources[one]) if one in sources else visible(one) for one in entry.evidence]


def source_words(source: Cited) -> str:
    """A source as it is cited: `The Star, 2025-12-18 (STAR-JETS)`."""
    named = visible(source.publisher or source.title)
    return f"{', '.join(filter(None, (named, due_date(source.dated))))} ({source.ref})"


def created(entry: EntryRow) -> str:
    """What an entry created, by its title; of a claim, what it says of which field."""
    names = ("field", "value") if entry.record == "claim" else (KINDS[entry.record].title_field,)
    return visible(" ".join(str(entry.changes[name][1]) for name in names if name in entry.changes))


def entry_summary(entry: EntryRow, *, evidence: bool = True) -> str:
    """What an entry says, in a line: what it did, what it changed, its note, and on what evidence."""
    if entry.action == "created":
        said = f"{entry.record} created: {created(entry)}"
    else:
        said = describe(entry.changes) or entry.action
    if entry.retracts:
        which = entries(entry.retracts)
        undo = {"undone": f"took back {which}", "restored": f"brought back what {which} took back"}
        said = undo.get(entry.action, f"{said}, in place of {which}")
    if entry.retracted_by is not None:
        said = f"taken back by entry {entry.retracted_by}: {said}"
    if entry.note:
        said += f" ({visible(entry.note)})"
    if entry.evidence and evidence:
        said += f" [{'; '.join(cited(entry))}]"
    return said


def worded(name: str, value: Any) -> str:
    """A field's value as people read it."""
    return due_date(value) if name in DATES else cell(value)


def entries(ids: Sequence[int]) -> str:
    """Entries by their numbers: `entry 31`, `entries 3, 5 to 9`."""
    runs: list[list[int]] = []
    for one in ids:
        if runs and one == runs[-1][-1] + 1:
            runs[-1][1:] = [one]
        else:
            runs.append([one])
    return f"{'entry' if len(ids) == 1 else 'entries'} " + ", ".join(_run(run[0], run[-1]) for run in runs)


def _run(first: int, last: int) -> str:
    between = " to " if last - first > 1 else ", "
    return f"{first}" if first == last else f"{first}{between}{last}"


def moved_by(moved: Moved) -> str:
    """What moved a field: `entry 31`, `entries 31, 33`, or the calendar, since when."""
    if moved.entries:
        return entries(moved.entries)
    return f"calendar, {moved.new} since {moved.since}" if moved.since else "calendar"


def reading(measure: Measure) -> str:
    """The newest reading of a measure: `26.7 % (2024-03)`."""
    if measure.value is None:
        return ""
    period = f" ({due_date(measure.period)})" if measure.period else ""
    return visible(f"{measure.value} {measure.unit}{period}")


#: Cells of the bar that draws how far a measure has come.
_BAR: Final = 20


def progress(measure: Measure) -> str:
    """How far a measure has come: `6 of 18 jets (2026), 33 %`, and a bar."""
    if measure.target is None:
        return reading(measure) or f"no reading, in {visible(measure.unit)}"
    by = f" by {due_date(measure.target_period)}" if measure.target_period else ""
    period = f" ({due_date(measure.period)})" if measure.period else ""
    said = visible(f"{measure.value or '-'} of {measure.target} {measure.unit}{by}{period}")
    if measure.percent is None:
        return said
    done = min(max(int(measure.percent), 0), 100) * _BAR // 100
    bar = "\u2588" * done + "\u00b7" * (_BAR - done)
    return f"{said}, {measure.percent} % {bar}"


def claim_words(claim: Claim) -> str:
    """A claim: `FA50M-DELIVERY#1  status: completed, says KR`; once it is settled, how."""
    period = f" ({due_date(claim.period)})" if claim.period else ""
    who = f", says {claim.said_by}" if claim.said_by else ""
    settled = "" if claim.state == "standing" else f"; {claim.state}"
    return f"{claim.ref}  {field_name(claim.field)}: {worded(claim.field, claim.value)}{period}{who}{settled}"


def voice(said: Voice, field: str) -> str:
    """What somebody says a field is, who, and on what evidence: `completed, says KR (The Star, 2025-12-18 (STAR))`."""
    value = worded(field, said.value) or "not stated"
    period = f" ({due_date(said.period)})" if said.period else ""
    who = f", says {said.said_by}" if said.said_by else ""
    evidence = f" [{'; '.join(cited(said))}]" if said.evidence else ""
    return f"{value}{period}{who}{evidence}"


def plural(count: int, noun: str) -> str:
    """`1 commitment`, `19 commitments`, `2 entries`."""
    if count != 1:
        noun = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{count:,} {noun}"
