"""What another source says a field of a record is, beside what the record says (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import DECLARED, GIVEN, Claim, Record, read_field
from ksmy_tracker.domain.quantities import Reading
from ksmy_tracker.domain.values import Fault, read_day
from ksmy_tracker.domain.words import a, did_you_mean
from ksmy_tracker.errors import Refused, Usage

#: Days that follow from the history, which sources may tell otherwise.
DAYS: Final = {"commitment": ("completed_on",), "milestone": ("met_on",)}


def claimable(kind: str) -> tuple[str, ...]:
    """The fields of a kind of record that a claim can be about."""
    return (*GIVEN[kind], *DAYS.get(kind, ()))


def read_claim(change: Change, record: Record) -> Change:
    """A new claim about a record, its value read as the record's own would be.

    Raises `Usage` for a field that it does not have or a value that it cannot have, `Refused` where it says the same.
    """
    name = str(change.fields["field"]).replace("-", "_")
    known = claimable(record.record)
    if name not in known:
        raise Usage(
            f"{record.ref} is {a(record.record)}, which has no {name}; {did_you_mean(name, known, short=40)}"
        )
    given = change.fields["value"]
    try:
        value = (
            read_day(given) if name not in GIVEN[record.record] else read_field(record.record, name, given)
        )
    except Fault as fault:
        raise Usage(f"{name.replace('_', ' ')}: {fault}") from None
    period = change.fields.get("period")
    if period is not None and name != "value":
        raise Usage("only a reading of a measure has a period; leave --period out")
    said = as_text(value)
    if said == as_text(getattr(record, name)) and period in (None, getattr(record, "period", None)):
        raise Refused(f"{record.ref} says so itself: {name.replace('_', ' ')} {said}; nothing was recorded")
    return replace(change, fields={**change.fields, "field": name, "value": said})


def as_text(value: Any) -> str | None:
    """A field's value as a claim has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else value


def as_value(claim: Claim, kind: str) -> Any:
    """What a claim says, as the field of a record of a kind has it."""
    return read_field(kind, claim.field, claim.value) if claim.field in DECLARED[kind] else claim.value


def is_of_another_time(claim: Claim, record: Record) -> bool:
    """Whether a claim is about a reading of a measure other than its newest."""
    return claim.period is not None and claim.period != getattr(record, "period", None)


def said_by_the_record(claim: Claim, record: Record, readings: Sequence[Reading] = ()) -> str | None:
    """What a record says itself of what a claim is about: of another time, its newest reading of that."""
    if not is_of_another_time(claim, record):
        return as_text(getattr(record, claim.field, None))
    return next((one.value for one in reversed(readings) if one.period == claim.period), None)


def contradicts(claim: Claim, record: Record, readings: Sequence[Reading] = ()) -> bool:
    """Whether a claim stands, and says another thing than its record; `readings` are those of a measure."""
    if claim.state != "standing" or claim.withdrawn or record.withdrawn:
        return False
    return said_by_the_record(claim, record, readings) != claim.value


def disputed(record: Record, claims: Iterable[Claim], readings: Sequence[Reading] = ()) -> tuple[str, ...]:
    """The fields of a record that claims about it contradict."""
    return tuple(dict.fromkeys(one.field for one in claims if contradicts(one, record, readings)))
