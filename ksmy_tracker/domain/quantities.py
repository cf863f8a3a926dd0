"""What is said and follows of a measure: its readings, how much of the way it has come, what remains (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import TYPE_CHECKING, NamedTuple

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import Measure

if TYPE_CHECKING:
    from ksmy_tracker.domain.chain import Deed, Entry


class Reading(NamedTuple):
    """What a measure was at some time: its amount, the period that this is of, and the entry that says so."""

    value: str
    period: str | None
    effective_on: str
    entry: int


def reading(change: Change) -> Change:
    """A change of a measure, in which a reading without a period has none, whatever the one before had."""
    if change.fields.get("value") is not None and "period" not in change.fields:
        return replace(change, fields={**change.fields, "period": None})
    return change


def readings(laid: "Iterable[Deed | Entry]", ref: str) -> Iterator[Reading]:
    """The readings of a measure, from the entries in force in the order in which they set fields."""
    value: str | None = None
    period: str | None = None
    for entry in laid:
        if entry.ref == ref and not {"value", "period"}.isdisjoint(entry.changes):
            value = _text(entry.changes.get("value", (None, value))[1])
            period = _text(entry.changes.get("period", (None, period))[1])
            if value is not None:
                yield Reading(value, period, entry.effective_on, entry.id)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def derive(record: Measure) -> None:
    """Set what follows of a measure: nothing, where an amount that is needed is not given or is a range."""
    value, target, baseline = map(amount, (record.value, record.target, record.baseline or "0"))
    record.percent = record.remaining = None
    if value is None or target is None:
        return
    with localcontext() as context:
        context.prec = 120
        record.remaining = f"{target - value:f}"
        if baseline is not None and target != baseline and (record.baseline or record.direction != "down"):
            way = (value - baseline) * 100 / (target - baseline)
            record.percent = f"{way.to_integral_value(ROUND_FLOOR):f}"


def is_reached(record: Measure) -> bool:
    """Whether the newest reading is at the target, or beyond it on the way from the baseline."""
    value, target = amount(record.value), amount(record.target)
    if value is None or target is None:
        return False
    return value <= target if record.direction == "down" else value >= target


def amount(text: str | None) -> Decimal | None:
    """An amount as a number; None for a range, or none."""
    return None if text is None or ".." in text else Decimal(text)
