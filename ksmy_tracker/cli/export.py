"""ksmy export: a whole register, or its deadlines for a calendar."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from ksmy_tracker import signals
from ksmy_tracker.cli.command import LOOK_AFTER, command, option
from ksmy_tracker.cli.options import AsOf, Narrowing, Output, Zone, day_of, one_of
from ksmy_tracker.cli.output import blocks_of, emit, is_stdout, is_terminal, set_aside
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.safe_text import escaped
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

        day = day_of(as_of, tz, now)

        def lines(reader: Reader) -> Iterator[str]:
            return as_calendar(calendar(narrowed(Snapshot(reader, day), filters)), calendar_of)

        if output is not None and not is_stdout(output):
            _write(where, lines, output, "calendar")
            return
        with where.reading() as reader:
            pieces = set_aside(lines(reader))
        for piece in pieces:
            emit(piece)
        return
    if calendar_of != "event":
        raise Usage("--as goes with --format ics")
    if as_of is not None or any(filters):
        raise Usage("an export in jsonl is of the whole register; --as-of and filters go with --format ics")
    _export_whole(where, output)


def _export_whole(where: Where, output: Path | None) -> None:
    from ksmy_tracker.reading.export import export_lines

    if output is not None and not is_stdout(output):
        _write(where, export_lines, output, "export", private=True)
        return
    from ksmy_tracker.storage.temporary_file import temporary_file

    # All of it is read before any is written: a slow reader keeps no writer waiting.
    with where.reading() as reader:
        spool = temporary_file(line.encode() for line in export_lines(reader))
    on_terminal = is_terminal()
    for block in blocks_of(spool):
        emit(escaped(block) if on_terminal else block)


def _write(
    where: Where, lines: Callable[[Reader], Iterable[str]], output: Path, what: str, *, private: bool = False
) -> None:
    """Write what is read of a register to a file, as it is read; the file appears whole or not at all."""
    from ksmy_tracker.storage import files

    signals.once(signals.PLACED, f"the {what} {output} is made")
    with where.reading() as reader:
        text = lines(reader)
        with (
            files.output(output, what, private=private) as path,
            path.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(text)
