"""The days for which entries leave a field another than it would be without them (pure)."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ksmy_tracker.domain.rows import days_before

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ksmy_tracker.domain.chain import Entry


class Span(NamedTuple):
    """The days, both inclusive, on which a field is another, what it is then instead of what, and what it is since."""

    old: Any
    new: Any
    since: str
    last: str
    then: Any


def ended_spans(before: "Iterable[Entry]", after: "Iterable[Entry]", ref: str) -> dict[str, Span]:
    """Fields of a record that are another by one history for some days only: the last such days of each.

    Both are entries in force in the order in which they set fields.
    """
    was, now = [one for one in before if one.ref == ref], [one for one in after if one.ref == ref]
    differ = {one.id for one in was} ^ {one.id for one in now}
    names = {name: None for one in (*was, *now) if one.id in differ for name in one.changes}
    spans = {name: _ended(_by_day(was, name), _by_day(now, name)) for name in names}
    return {name: span for name, span in spans.items() if span is not None}


def days_of(spans: dict[str, Span]) -> tuple[dict[str, str], dict[str, tuple[str, Any]]]:
    """The first day of each, and the last with what is so from then on, as a receipt has them."""
    since = {name: span.since for name, span in spans.items()}
    return since, {name: (span.last, span.then) for name, span in spans.items()}


def _by_day(laid: "Iterable[Entry]", name: str) -> dict[str, Any]:
    """What a field is at the end of the days on which it was set."""
    return {one.effective_on: one.changes[name][1] for one in laid if name in one.changes}


def _ended(was: dict[str, Any], now: dict[str, Any]) -> Span | None:
    found: Span | None = None
    running: tuple[Any, Any, str] | None = None
    old = new = None
    for day in sorted(was.keys() | now.keys()):
        old, new = was.get(day, old), now.get(day, new)
        if running is not None and running[:2] != (old, new):
            found = Span(*running, days_before(date.fromisoformat(day), 1), new)
            running = None
        if running is None and old != new:
            running = old, new, day
    return None if running is not None else found
