"""The commands that report: report, timeline."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ksmy_tracker.cli import completing, options
from ksmy_tracker.cli.options import DEFAULT_TIMEOUT, DEFAULT_WITHIN, DEFAULT_ZONE, LOOK
from ksmy_tracker.cli.output import emit_page, put, terminal_width
from ksmy_tracker.cli.since import since_day
from ksmy_tracker.domain.report import IN_DOCUMENT, LATELY_DAYS, ON_SCREEN, QUIET_DAYS, Report
from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.domain.values import read_text
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.report import report as report_of
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.reading.timeline import timeline as timeline_of

app = typer.Typer()

#: Exit code of `report --exit-code` where something needs attention.
ATTENTION = 10

#: How many commitments the page's drawing has at most: what fits on a sheet of paper in readable letters.
DRAWN = 24


@app.command(
    "report",
    rich_help_panel=LOOK,
    epilog="Example: ksmy report --since 7d --only-attention --output monday.txt",
)
def show_report(
    within: options.Within = DEFAULT_WITHIN,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="What changed since: a date, or 7d, 2w, 1m. Default: 30d."
        ),
    ] = None,
    stale: Annotated[
        int,
        typer.Option("--stale", metavar="DAYS", min=0, help="After how long without an entry it is quiet."),
    ] = QUIET_DAYS,
    sector: options.OnlySector = None,
    party: options.OnlyParty = None,
    agreement: options.OnlyAgreement = None,
    only_attention: Annotated[
        bool,
        typer.Option(
            "--only-attention",
            help="Write nothing at all unless something is overdue, due soon, contradictory or changed.",
        ),
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 10 if something needs attention, else with 0.")
    ] = False,
    as_of: options.AsOf = None,
    format: Annotated[
        str | None,
        options.format_option(
            "text (the default), md, html, json or jsonl.", autocompletion=completing.report_formats
        ),
    ] = None,
    output: options.Output = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Report what stands where: overdue, due soon, changed, quiet, contradictory, next, and the head."""
    chosen = options.chosen_format(format, ("text", "md", "html", "json", "jsonl", "table"), "text", "text")
    chosen = "text" if chosen == "table" else chosen
    day = options.day(as_of, tz, within)
    first = days_before(day.today, LATELY_DAYS) if since is None else since_day(since, day.today, "report")
    only = options.narrowing(sector, party, agreement)
    with options.register_at(db).reading(timeout) as reader:
        snapshot = Snapshot(reader, day)
        most = ON_SCREEN if chosen == "text" else IN_DOCUMENT
        found = report_of(snapshot, since=first, stale=stale, only=only, most=most)
        timeline = timeline_of(snapshot, only, most=DRAWN) if chosen == "html" else None
    if found.needs_attention or not only_attention:
        _show_report(found, timeline, chosen, output)
    if exit_code and found.needs_attention:
        raise typer.Exit(ATTENTION)


def _show_report(found: Report, timeline: Timeline | None, chosen: str, output: Path | None) -> None:
    if chosen == "text":
        from ksmy_tracker.render.text.page import WIDTH
        from ksmy_tracker.render.text.report import as_page

        page = as_page(found, min(WIDTH, terminal_width()) if output is None else WIDTH)
        if output is None:
            emit_page(page)
            return
        text = str(page)
    elif chosen == "md":
        from ksmy_tracker.render.text.report import as_markdown

        text = as_markdown(found)
    elif timeline is not None:
        from ksmy_tracker.render.web.report import as_html

        text = as_html(found, timeline)
    else:
        from ksmy_tracker.render import formats
        from ksmy_tracker.render.json_contract import report_object

        value = report_object(found)
        text = formats.to_json(value) if chosen == "json" else formats.to_jsonl([value])
    put(text, output, "report")


@app.command(
    "timeline",
    rich_help_panel=LOOK,
    epilog="Example: ksmy timeline --from 2024 --to 2030 --format svg -o plan.svg",
)
def show_timeline(
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From this date (or year, month, quarter).")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="To this date (or year, month, quarter).")
    ] = None,
    sector: options.OnlySector = None,
    party: options.OnlyParty = None,
    agreement: options.OnlyAgreement = None,
    within: options.Within = DEFAULT_WITHIN,
    as_of: options.AsOf = None,
    format: Annotated[
        str | None,
        options.format_option(
            "text (the default), svg, json or jsonl.", autocompletion=completing.timeline_formats
        ),
    ] = None,
    output: options.Output = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Draw the deadlines by year and quarter: windows, first due dates, milestones and today."""
    chosen = options.chosen_format(format, ("text", "svg", "json", "jsonl"), "text", "text")
    day = options.day(as_of, tz, within)
    begin = None if start is None else _end_of("--from", start, 0)
    finish = None if end is None else _end_of("--to", end, 1)
    if begin and finish and finish < begin:
        raise Usage(f"--to {end} is before --from {start}; turn them round")
    only = options.narrowing(sector, party, agreement)
    with options.register_at(db).reading(timeout) as reader:
        timeline = timeline_of(Snapshot(reader, day), only, begin, finish)
    if chosen == "text":
        from ksmy_tracker.render.text.page import WIDTH
        from ksmy_tracker.render.text.timeline import as_page

        page = as_page(timeline, max(40, terminal_width()) if output is None else WIDTH)
        if output is None:
            emit_page(page)
        else:
            put(str(page), output, "timeline")
    elif chosen == "svg":
        from ksmy_tracker.render.web.timeline import as_svg

        put(as_svg(timeline), output, "timeline")
    else:
        from ksmy_tracker.render import formats
        from ksmy_tracker.render.json_contract import timeline_object

        value = timeline_object(timeline)
        put(formats.to_json(value) if chosen == "json" else formats.to_jsonl([value]), output, "timeline")


def _end_of(option: str, given: str, end: int) -> date:
    """The first or the last day of a date given as EDTF."""
    from ksmy_tracker.domain.edtf import NotEDTF, read_due

    try:
        due = read_due(options.checked(option, read_text, given))
    except NotEDTF as error:
        hint = f"; did you mean {error.probable}?" if error.probable else ""
        raise Usage(f"{option}: {given!r} cannot be taken: {error}{hint}") from None
    return due.latest if end else due.earliest
