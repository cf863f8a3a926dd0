"""Deadlines as a calendar (RFC 5545): events, or to-dos. The same register gives the same bytes.

Properties stand in the order in which registers have always been exported.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.domain.rows import CalendarRow, stored_date
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import due_date, expected, field_name

#: Days before a last day at which a calendar reminds.
ALARMS: Final = (30, 7)

#: Octets of a line before it is folded; the space before what follows makes it 75.
_LINE: Final = 74

_HEAD: Final = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ksmy-tracker//deadlines//EN")

_TODO_STATUS: Final = {
    **dict.fromkeys(("planned", "scheduled"), "NEEDS-ACTION"),
    **dict.fromkeys(("in-progress", "finalising", "suspended", "partially-met"), "IN-PROCESS"),
    **dict.fromkeys(("completed", "met"), "COMPLETED"),
    **dict.fromkeys(("cancelled", "not-met"), "CANCELLED"),
}


def as_calendar(rows: Iterable[CalendarRow], kind: str, partnership: str) -> Iterator[str]:
    """A calendar of events (`event`: what is open or was cancelled) or of to-dos (`todo`: everything with a date).

    Its text comes in pieces, an entry each.
    """
    name = _text(f"{partnership}: commitments")
    yield _lines((*_HEAD, f"NAME:{name}", f"X-WR-CALNAME:{name}"))
    for row in rows:
        if kind == "todo":
            yield _lines(_todo(row))
        elif _TODO_STATUS[row.status] != "COMPLETED":
            yield _lines(_event(row))
    yield _lines(("END:VCALENDAR",))


def _event(row: CalendarRow) -> Iterator[str]:
    """An all-day event on the last day, which keeps nobody from other appointments."""
    last, recorded = stored_date(row.due_latest), _moment(row.recorded_at)
    cancelled = _TODO_STATUS[row.status] == "CANCELLED"
    yield "BEGIN:VEVENT"
    yield _summary(row)
    yield f"DTSTART;VALUE=DATE:{_day(last)}"
    if last < date.max:
        yield f"DTEND;VALUE=DATE:{_day(last + timedelta(days=1))}"
    yield f"DTSTAMP:{recorded}"
    yield _uid(row)
    yield f"SEQUENCE:{row.moves:d}"
    yield _categories(row)
    yield _description(row)
    yield f"LAST-MODIFIED:{recorded}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if not cancelled:
        yield from _alarms(row, "TRIGGER")
    yield "END:VEVENT"


def _todo(row: CalendarRow) -> Iterator[str]:
    status, recorded = _TODO_STATUS[row.status], _moment(row.recorded_at)
    percent = 100 if status == "COMPLETED" else min(99, 100 * row.milestones_met // max(1, row.milestones))
    yield "BEGIN:VTODO"
    yield _categories(row)
    if status == "COMPLETED" and row.done_on:
        yield f"COMPLETED:{_day(stored_date(row.done_on))}T000000Z"
    yield _description(row)
    yield f"DTSTAMP:{recorded}"
    yield f"DUE;VALUE=DATE:{_day(stored_date(row.due_latest))}"
    yield f"LAST-MODIFIED:{recorded}"
    yield f"PERCENT-COMPLETE:{percent}"
    yield f"SEQUENCE:{row.moves:d}"
    yield f"STATUS:{status}"
    yield _summary(row)
    yield _uid(row)
    if status in ("NEEDS-ACTION", "IN-PROCESS"):
        # A to-do has no start that an alarm could be counted from.
        yield from _alarms(row, "TRIGGER;RELATED=END")
    yield "END:VTODO"


def _summary(row: CalendarRow) -> str:
    return f"SUMMARY:{_text(f'{row.ref}: {row.title}')}"


def _uid(row: CalendarRow) -> str:
    """A milestone's number stands after a dot: servers name files after it, and no ref has a dot."""
    return f"UID:{_text(row.ref.replace('/', '.'))}@ksmy-tracker"


def _categories(row: CalendarRow) -> str:
    return f"CATEGORIES:{_text(row.sector)}"


def _description(row: CalendarRow) -> str:
    lines = [f"Due {due_date(row.due, row.due_earliest, row.due_latest)}"]
    if row.due_phrase:
        lines.append(f"In the source's words: {row.due_phrase}")
    if expected(row.expected, row.status):
        lines.append(f"Expected now: {due_date(row.expected)}")
    lines.append(f"Status: {row.status}; agreement: {row.agreement}; parties: {row.parties}")
    if row.leads:
        lines.append(f"To be delivered by: {', '.join(row.leads)}")
    if row.disputed:
        lines.append(f"Sources disagree about: {', '.join(map(field_name, row.disputed))}")
    return "DESCRIPTION:" + r"\n".join(map(_text, lines))


def _alarms(row: CalendarRow, trigger: str) -> Iterator[str]:
    for days in ALARMS:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(f'{row.ref} is due in {days} days')}"
        yield f"{trigger}:-P{days}D"
        yield "END:VALARM"


def _text(text: str) -> str:
    """Text of the register as a property's value, in which nothing is a line break or parts values."""
    return visible(text).replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _moment(recorded_at: str) -> str:
    try:
        moment = datetime.fromisoformat(recorded_at).isoformat()[: len("2026-01-15T12:00:00")]
    except ValueError:
        raise BrokenEntry(f"{recorded_at!r:.80} stands where a moment should") from None
    return f"{moment.replace('-', '').replace(':', '')}Z"


def _lines(lines: Iterable[str]) -> str:
    """Lines as they stand in the file."""
    return "".join(
        [f"{line if len(line) <= _LINE and line.isascii() else _folded(line)}\r\n" for line in lines]
    )


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets; no letter is split, nor, for the sake of poor readers, an escape."""
    octets = line.encode()
    parts = []
    start = 0
    while len(octets) - start > _LINE:
        end = start + _LINE
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        if octets[end - 1] in b"\\^":
            end -= 1
        parts.append(octets[start:end].decode())
        start = end
    return "\r\n ".join([*parts, octets[start:].decode()])
