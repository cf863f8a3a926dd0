"""ksmy export: a whole register, or its deadlines for a calendar."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from ksmy_tracker import signals
from ksmy_tracker.cli.command import LOOK_AFTER, command, option
from ksmy_tracker.cli.options import AsOf, KnownOn, Narrowing, Output, Zone, day_of, one_of
from ksmy_tracker.cli.output import emit, is_stdout, is_terminal, put
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.safe_text import escaped
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage


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
    filters = only.filters()
    if format == "ics":
        from ksmy_tracker.reading.deadlines import calendar
        from ksmy_tracker.reading.filters import narrowed
        from ksmy_tracker.reading.snapshot import Snapshot
        from ksmy_tracker.render.ical import as_calendar

        day = day_of(as_of, known_on, tz, now)
        with where.reading() as reader:
            rows = calendar(narrowed(Snapshot(reader, day), filters))
        put(as_calendar(rows, calendar_of), output, "calendar")
        return
    if calendar_of != "event":
        raise Usage("--as goes with --format ics")
    if as_of is not None or known_on is not None or any(filters):
        raise Usage("an export in jsonl is of the whole register; days and filters go with --format ics")
    _export_whole(where, output)


def _export_whole(where: Where, output: Path | None) -> None:
    from io import TextIOWrapper

    from ksmy_tracker.reading.export import export_lines
    from ksmy_tracker.storage import files

    if output is not None and not is_stdout(output):
        signals.once(signals.PLACED, f"the export {output} is made")
        with (
            where.reading() as reader,
            files.output(output, "export", private=True) as path,
            path.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(export_lines(reader))
        return
    from ksmy_tracker.storage.temporary_file import temporary_file

    # All of it is read before any is written: a slow reader keeps no writer waiting.
    with where.reading() as reader:
        spool = temporary_file(line.encode() for line in export_lines(reader))
    with TextIOWrapper(spool, encoding="utf-8", newline="") as whole:
        on_terminal = is_terminal()
        while block := whole.read(1 << 20):
            emit(escaped(block) if on_terminal else block)
