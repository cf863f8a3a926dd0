"""ksmy export: a whole register, or its deadlines for a calendar."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from ksmy_tracker.cli.command import LOOK_AFTER, command, option
from ksmy_tracker.cli.options import AsOf, KnownOn, Narrowing, Output, Zone, day_of, one_of
from ksmy_tracker.cli.output import put_lines
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.interface import Reader


def _read_kind(given: str) -> str:
    if given not in ("event", "todo"):
        raise Fault(f"{given!r} is no kind of entry; {did_you_mean(given, ('event', 'todo'))}")
    return given


@command(LOOK_AFTER, "ksmy export --format ics --output deadlines.ics")
def export(
    format: Annotated[
        str,
        option(
            "--format",
            "FORMAT",
            "jsonl: the whole register; ics: a calendar.",
            one_of(("jsonl", "ics")),
            short="-f",
            default="jsonl",
        ),
    ],
    calendar_of: Annotated[
        str, option("--as", "KIND", "In a calendar: event or todo.", _read_kind, default="event")
    ],
    output: Output,
    only: Narrowing,
    as_of: AsOf,
    known_on: KnownOn,
    tz: Zone,
    where: Where,
    now: datetime,
) -> None:
    """Write a whole register with its history and every hash as JSON lines, or its deadlines as a calendar."""
    if format == "ics":
        from ksmy_tracker.reading.deadlines import calendar
        from ksmy_tracker.reading.filters import narrowed
        from ksmy_tracker.reading.snapshot import Snapshot
        from ksmy_tracker.render.ical import as_calendar

        def lines(reader: Reader) -> Iterator[str]:
            day = day_of(reader, as_of, known_on, tz, now)
            part = narrowed(Snapshot(reader, day), only.filters())
            return as_calendar(calendar(part), calendar_of, part.partnership.title)

        put_lines(where.reading(), lines, output, "calendar", private=False)
        return
    if calendar_of != "event":
        raise Usage("--as goes with --format ics")
    if as_of is not None or known_on is not None or any(only.filters()):
        raise Usage("an export in jsonl is of the whole register; days and filters go with --format ics")
    from ksmy_tracker.reading.export import export_lines

    put_lines(where.reading(), export_lines, output, "export")
