"""The commands that move a whole register, or its deadlines into a calendar: export, import."""

from pathlib import Path
from typing import Annotated

import typer

from ksmy_tracker import signals
from ksmy_tracker.cli import completing, options
from ksmy_tracker.cli.options import DEFAULT_TIMEOUT, DEFAULT_ZONE, LOOK_AFTER
from ksmy_tracker.cli.output import emit, emit_done, is_stdout, is_terminal, opened, put, spooled
from ksmy_tracker.cli.progress import counted
from ksmy_tracker.domain.safe_text import escaped
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.interface import Register

app = typer.Typer()


@app.command(
    "export", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy export --format ics --output deadlines.ics"
)
def export_register(
    format: Annotated[str, options.format_option("jsonl: the whole register; ics: a calendar.")] = "jsonl",
    calendar_of: Annotated[
        str, typer.Option("--as", metavar="KIND", help="In a calendar: event or todo.")
    ] = "event",
    output: options.Output = None,
    sector: options.OnlySector = None,
    party: options.OnlyParty = None,
    agreement: options.OnlyAgreement = None,
    as_of: options.AsOf = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Write a whole register with its history and every hash as JSON lines, or its deadlines as a calendar."""
    chosen = options.chosen_format(format, ("jsonl", "ics"), "", "")
    if calendar_of not in ("event", "todo"):
        raise Usage(
            f"--as: {calendar_of!r} is no kind of entry; {did_you_mean(calendar_of, ('event', 'todo'))}"
        )
    only = options.narrowing(sector, party, agreement)
    location = options.register_at(db)
    if chosen == "ics":
        from ksmy_tracker.reading.deadlines import calendar
        from ksmy_tracker.reading.filters import narrowed
        from ksmy_tracker.reading.snapshot import Snapshot
        from ksmy_tracker.render.ical import as_calendar

        with location.reading(timeout) as reader:
            rows = calendar(narrowed(Snapshot(reader, options.day(as_of, tz)), only))
        put(as_calendar(rows, calendar_of), output, "calendar")
        return
    if calendar_of != "event":
        raise Usage("--as goes with --format ics")
    if as_of is not None or any(only):
        raise Usage("an export in jsonl is of the whole register; --as-of and filters go with --format ics")
    _export_whole(location, timeout, output)


def _export_whole(location: Register, timeout: float, output: Path | None) -> None:
    from io import TextIOWrapper

    from ksmy_tracker.reading.export import export_lines
    from ksmy_tracker.storage import files

    if output is not None and not is_stdout(output):
        signals.once(signals.PLACED, f"the export {output} is made")
        with (
            location.reading(timeout) as reader,
            files.output(output, "export", private=True) as path,
            path.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(export_lines(reader))
        return
    # All of it is read before any is written: a slow reader keeps no writer waiting.
    with location.reading(timeout) as reader:
        spool = spooled(line.encode() for line in export_lines(reader))
    with TextIOWrapper(spool, encoding="utf-8", newline="") as whole:
        on_terminal = is_terminal()
        while block := whole.read(1 << 20):
            emit(escaped(block) if on_terminal else block)


@app.command("import", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy import register.jsonl --db copy.db")
def import_register(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            autocompletion=completing.files,
            help="What `ksmy export` wrote; - for stdin.",
        ),
    ],
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Create a register from an export: with the same history and the same head, or not at all."""
    from ksmy_tracker.writing import importing

    location = options.register_at(db)
    options.once_made(location, "imported into")
    with opened(file) as stream, location.creating(timeout) as transaction:
        head = importing.load(transaction, counted(importing.lines_in(stream), "importing"))
    from ksmy_tracker.domain.safe_text import visible

    emit_done(f"imported into {visible(str(location))}; head {head or 'none'}\n")
