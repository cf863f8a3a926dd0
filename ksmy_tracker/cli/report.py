"""ksmy report: where things stand."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ksmy_tracker.cli.command import LOOK, command, flag, option
from ksmy_tracker.cli.options import AsOf, KnownOn, Narrowing, Output, Within, Zone, day_of, format_option
from ksmy_tracker.cli.output import as_object, put, terminal_width
from ksmy_tracker.cli.since_option import Since, read_since
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.report import IN_DOCUMENT, LATELY_DAYS, ON_SCREEN, QUIET_DAYS, Report
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.domain.values import read_count

if TYPE_CHECKING:
    from ksmy_tracker.render.text.page import Page

#: Exit code of `report --exit-code` where something needs attention.
ATTENTION = 10

#: How many commitments the page's drawing has at most: what fits on a sheet of paper in readable letters.
DRAWN = 24

_FORMATS = ("text", "md", "html", "json", "jsonl")


@command(LOOK, "ksmy report --since 7d --only-attention --output monday.txt")
def report(
    within: Within,
    since: Annotated[
        Since,
        option(
            "--since",
            "DATE",
            "What changed since: a date, or 7d, 2w, 1m. Default: 30d.",
            read_since,
            settle=lambda since: since or Since(days=LATELY_DAYS),
        ),
    ],
    stale: Annotated[
        int,
        option(
            "--stale", "DAYS", "After how long without an entry or a review.", read_count, default=QUIET_DAYS
        ),
    ],
    only: Narrowing,
    only_attention: Annotated[
        bool,
        flag(
            "--only-attention",
            "Write nothing at all unless something is overdue, due soon, contradictory or changed.",
        ),
    ],
    only_moved: Annotated[
        bool,
        flag(
            "--only-moved",
            "Write nothing at all unless a field, a record or a deadline state moved since --since.",
        ),
    ],
    exit_code: Annotated[
        bool,
        flag(
            "--exit-code", "End with 10 if something needs attention (with --only-moved: moved), else with 0."
        ),
    ],
    as_of: AsOf,
    known_on: KnownOn,
    format: Annotated[
        str, format_option("text (the default), md, html, json or jsonl.", _FORMATS, lambda: "text", "table")
    ],
    output: Output,
    tz: Zone,
    where: Where,
    now: datetime,
) -> int:
    """Report what stands where: overdue, due soon, changed, quiet, contradictory, next, and the head."""
    from ksmy_tracker.reading.report import report as report_of  # msgspec, which help need not wait for
    from ksmy_tracker.reading.snapshot import Snapshot
    from ksmy_tracker.reading.timeline import next_due

    filters = only.filters()
    with where.reading() as reader:
        snapshot = Snapshot(reader, day_of(reader, as_of, known_on, tz, now, within))
        first = since.before(snapshot.day.today, "report")
        most = ON_SCREEN if format == "text" else IN_DOCUMENT
        found = report_of(snapshot, since=first, stale=stale, only=filters, most=most)
        timeline = next_due(snapshot, filters, DRAWN) if format == "html" else None
    wanted = (found.has_moved or not only_moved) and (found.needs_attention or not only_attention)
    if wanted:
        put(_rendered(found, timeline, format, output), output, "report")
    return ATTENTION if exit_code and wanted and (only_moved or found.needs_attention) else 0


def _rendered(found: Report, timeline: Timeline | None, format: str, output: Path | None) -> "str | Page":
    if format == "text":
        from ksmy_tracker.render.text.page import WIDTH
        from ksmy_tracker.render.text.report import as_page

        return as_page(found, min(WIDTH, terminal_width()) if output is None else WIDTH)
    if format == "md":
        from ksmy_tracker.render.text.report import as_markdown

        return as_markdown(found)
    if timeline is not None:
        from ksmy_tracker.render.web.report import as_html

        return as_html(found, timeline)
    from ksmy_tracker.render.json_contract import report_object

    return as_object(report_object(found), format)
