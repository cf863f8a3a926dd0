"""ksmy timeline: the deadlines, drawn."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from ksmy_tracker.cli.command import LOOK, command, option
from ksmy_tracker.cli.options import AsOf, KnownOn, Narrowing, Output, Within, Zone, day_of, format_option
from ksmy_tracker.cli.output import as_object, put, terminal_width
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.domain.values import Fault, read_text
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.reading.timeline import timeline as timeline_of

if TYPE_CHECKING:
    from ksmy_tracker.render.text.page import Page


#: How many commitments are drawn at most: what a browser shows at once, and a person can go through.
DRAWN: Final = 500


class _Span(NamedTuple):
    """A date in EDTF as it was given, with its first and its last day."""

    given: str
    first: date
    last: date


def _read_span(given: str) -> _Span:
    from ksmy_tracker.domain.edtf import NotEDTF, read_due

    try:
        due = read_due(read_text(given))
    except NotEDTF as error:
        hint = f"; did you mean {error.probable}?" if error.probable else ""
        raise Fault(f"{given!r} cannot be taken: {error}{hint}") from None
    return _Span(given, due.earliest, due.latest)


@command(LOOK, "ksmy timeline --from 2024 --to 2030 --format svg -o plan.svg")
def timeline(
    start: Annotated[
        _Span | None, option("--from", "DATE", "From this date (or year, month, quarter).", _read_span)
    ],
    end: Annotated[
        _Span | None, option("--to", "DATE", "To this date (or year, month, quarter).", _read_span)
    ],
    only: Narrowing,
    within: Within,
    as_of: AsOf,
    known_on: KnownOn,
    format: Annotated[
        str,
        format_option(
            f"text (the default) and svg: at most the {DRAWN} nearest to today; json or jsonl: all.",
            ("text", "svg", "json", "jsonl"),
            lambda: "text",
        ),
    ],
    output: Output,
    tz: Zone,
    where: Where,
    now: datetime,
) -> None:
    """Draw the deadlines by year and quarter: windows, first due dates, milestones and today."""
    if start and end and end.last < start.first:
        raise Usage(f"--to {end.given} is before --from {start.given}; turn them round")
    with where.reading() as reader:
        day = day_of(reader, as_of, known_on, tz, now, within)
        most = DRAWN if format in ("text", "svg") else None
        found = timeline_of(
            Snapshot(reader, day), only.filters(), start and start.first, end and end.last, most
        )
    put(_rendered(found, format, output), output, "timeline")


def _rendered(found: Timeline, format: str, output: Path | None) -> "str | Page":
    if format == "text":
        from ksmy_tracker.render.text.page import WIDTH
        from ksmy_tracker.render.text.timeline import as_page

        return as_page(found, max(40, terminal_width()) if output is None else WIDTH)
    if format == "svg":
        from ksmy_tracker.render.web.timeline import as_svg

        return as_svg(found)
    from ksmy_tracker.render.json_contract import timeline_object

    return as_object(timeline_object(found), format)
