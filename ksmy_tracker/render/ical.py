"""Deadlines as a calendar (RFC 5545): events, or to-dos. The same register gives the same bytes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Component, Event, Todo

from ksmy_tracker.domain.rows import CalendarRow
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import due_date

NAME = "Korea - Malaysia commitments"

#: Days before a last day at which a calendar reminds.
ALARMS = (30, 7)

_TODO_STATUS = {
    **dict.fromkeys(("planned", "scheduled"), "NEEDS-ACTION"),
    **dict.fromkeys(("in-progress", "finalising", "suspended", "partially-met"), "IN-PROCESS"),
    **dict.fromkeys(("completed", "met"), "COMPLETED"),
    **dict.fromkeys(("cancelled", "not-met"), "CANCELLED"),
}


def as_calendar(rows: Sequence[CalendarRow], kind: str) -> str:
    """A calendar of events (`event`: what is open or was cancelled) or of to-dos (`todo`: everything with a date)."""
    calendar = Calendar()
    calendar.add("prodid", "-//ksmy-tracker//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    for row in rows:
        if kind == "todo":
            calendar.add_component(_todo(row))
        elif _TODO_STATUS[row.status] != "COMPLETED":
            calendar.add_component(_event(row))
    return str(calendar.to_ical().decode())


def _event(row: CalendarRow) -> Event:
    """An all-day event on the last day, which keeps nobody from other appointments."""
    event = Event()
    last = date.fromisoformat(row.due_latest)
    cancelled = _TODO_STATUS[row.status] == "CANCELLED"
    _describe(event, row)
    event.add("dtstart", last)
    if last < date.max:
        event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        _remind(event, row)
    return event


def _todo(row: CalendarRow) -> Todo:
    todo = Todo()
    status = _TODO_STATUS[row.status]
    _describe(todo, row)
    todo.add("due", date.fromisoformat(row.due_latest))
    todo.add("status", status)
    if status == "COMPLETED":
        todo.add("percent-complete", 100)
        if row.done_on:
            todo.add("completed", datetime.fromisoformat(f"{row.done_on}T00:00:00+00:00"))
    else:
        met = 100 * row.milestones_met // max(1, row.milestones)
        todo.add("percent-complete", min(99, met))
    if status in ("NEEDS-ACTION", "IN-PROCESS"):
        _remind(todo, row)
    return todo


def _describe(component: Component, row: CalendarRow) -> None:
    recorded = datetime.fromisoformat(row.recorded_at).replace(microsecond=0)
    # A milestone's number stands after a dot: a server of calendars makes a file's name of it, and no ref has a dot.
    _add_text(component, "uid", f"{row.ref.replace('/', '.')}@ksmy-tracker")
    component.add("dtstamp", recorded)
    component.add("last-modified", recorded)
    component.add("sequence", row.moves)
    _add_text(component, "summary", f"{row.ref}: {row.title}")
    component.add("categories", [visible(row.sector)])
    lines = [f"Due {due_date(row.due, row.due_earliest, row.due_latest)}"]
    if row.due_phrase:
        lines.append(f"In the source's words: {row.due_phrase}")
    lines.append(f"Status: {row.status}; agreement: {row.agreement}; parties: {row.parties}")
    _add_text(component, "description", *lines)


def _add_text(component: Component, name: str, *lines: str) -> None:
    """Add a property with text of the register in it; only what parts the lines given is a line break there."""
    component.add(name, "\n".join(map(visible, lines)))


def _remind(component: Component, row: CalendarRow) -> None:
    for days in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        _add_text(alarm, "description", f"{row.ref} is due in {days} days")
        # A to-do has no start that an alarm could be counted from.
        related = {"RELATED": "END"} if component.name == "VTODO" else {}
        alarm.add("trigger", timedelta(days=-days), parameters=related)
        component.add_component(alarm)
