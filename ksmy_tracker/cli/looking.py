"""The commands that look at records: list, show, due, history, agreements. None of them changes anything."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from ksmy_tracker.cli import completing, options
from ksmy_tracker.cli.columns import DEFAULT_COLUMNS, ROW_OF
from ksmy_tracker.cli.options import DEFAULT_TIMEOUT, DEFAULT_WITHIN, DEFAULT_ZONE, LOOK
from ksmy_tracker.cli.output import complain, emit, emit_object, emit_page, emit_rich, is_terminal, page_width
from ksmy_tracker.cli.since import since_day
from ksmy_tracker.domain.kinds import commitment_of
from ksmy_tracker.domain.rows import Filters, Row, as_dict, names
from ksmy_tracker.domain.values import read_text
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.agreements import agreements as agreements_of
from ksmy_tracker.reading.commitments import commitment as commitment_of_ref
from ksmy_tracker.reading.commitments import commitments as commitments_of
from ksmy_tracker.reading.deadlines import deadlines
from ksmy_tracker.reading.entries import entries as entries_of
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.milestones import milestones as milestones_of
from ksmy_tracker.reading.refs import existing, no_such
from ksmy_tracker.reading.snapshot import Snapshot

app = typer.Typer()


@app.command("list", rich_help_panel=LOOK, epilog="Example: ksmy list --sector trade --sort -days_left")
def list_commitments(
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            autocompletion=completing.statuses,
            help="Only of this status. Repeatable, like every filter that takes a word.",
        ),
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option(
            "--sector", metavar="SLUG", autocompletion=completing.sectors, help="Only in this sector."
        ),
    ] = None,
    party: Annotated[
        list[str] | None,
        typer.Option(
            "--party",
            metavar="PARTY",
            autocompletion=completing.parties,
            help="Only where KR (or MY) has a part, alone or with the other; both: only shared ones.",
        ),
    ] = None,
    agreement: Annotated[
        list[str] | None,
        typer.Option(
            "--agreement",
            metavar="REF",
            autocompletion=completing.agreements,
            help="Only under this agreement.",
        ),
    ] = None,
    firmness: Annotated[
        list[str] | None,
        typer.Option(
            "--firmness", metavar="WORD", autocompletion=completing.firmnesses, help="Only said this firmly."
        ),
    ] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only open ones whose last day has passed.")
    ] = False,
    due_before: Annotated[
        str | None,
        typer.Option("--due-before", metavar="DATE", help="Only with a last day before this date."),
    ] = None,
    due_after: Annotated[
        str | None, typer.Option("--due-after", metavar="DATE", help="Only with a last day after this date.")
    ] = None,
    stale: Annotated[
        int | None,
        typer.Option(
            "--stale", metavar="DAYS", min=0, help="Only open ones without an entry for so many days."
        ),
    ] = None,
    search: Annotated[
        list[str] | None,
        typer.Option(
            "--search",
            metavar="TEXT",
            help="Only with this text in ref, title, detail or phrase. Repeated: with all of them.",
        ),
    ] = None,
    withdrawn: options.Withdrawn = False,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            "--sort",
            metavar="FIELD",
            autocompletion=completing.sort_fields,
            help="Sort by a field; -FIELD for descending. Repeatable.",
        ),
    ] = None,
    limit: options.Limit = None,
    columns: options.Columns = None,
    as_of: options.AsOf = None,
    within: options.Within = DEFAULT_WITHIN,
    format: options.Format = None,
    raw: options.Raw = False,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """List commitments, all or those that filters let through."""
    filters = Filters(
        status=options.words("status", status),
        sector=options.words("sector", sector),
        party=options.words("party", party),
        agreement=options.words("agreement", agreement),
        firmness=options.words("firmness", firmness),
        overdue=overdue,
        due_before=options.optional_day("--due-before", due_before),
        due_after=options.optional_day("--due-after", due_after),
        stale=stale,
        search=[options.checked("--search", read_text, text) for text in search or () if text],
        withdrawn=withdrawn,
    )
    fields = options.listed(sort)
    day = options.day(as_of, tz, within)
    with options.register_at(db).reading(timeout) as reader:
        rows = commitments_of(Snapshot(reader, day), filters, sort=fields, limit=limit)
    _show_rows("list", rows, columns, format, raw)


@app.command("due", rich_help_panel=LOOK, epilog="Example: ksmy due --within 180")
def list_deadlines(
    within: options.Within = DEFAULT_WITHIN,
    sector: options.OnlySector = None,
    party: options.OnlyParty = None,
    agreement: options.OnlyAgreement = None,
    limit: options.Limit = None,
    columns: options.Columns = None,
    as_of: options.AsOf = None,
    format: options.Format = None,
    raw: options.Raw = False,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """List open deadlines: overdue, then due soon, then later, with the window of an imprecise date."""
    day = options.day(as_of, tz, within)
    only = options.narrowing(sector, party, agreement)
    with options.register_at(db).reading(timeout) as reader:
        rows = deadlines(narrowed(Snapshot(reader, day), only), limit=limit)
    _show_rows("due", rows, columns, format, raw)


@app.command("history", rich_help_panel=LOOK, epilog="Example: ksmy history FTA-CONCLUDE --since 2025-01-01")
def list_history(
    ref: Annotated[
        str | None,
        typer.Argument(
            metavar="REF", autocompletion=completing.refs, help="Only of this record and its milestones."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE",
            help="Only what took effect, or was recorded, since: a date, or 7d, 2w, 1m.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="ACTOR", help="Only what this person or program recorded.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=0, max=2**63 - 1, help="At most the newest so many."),
    ] = None,
    columns: options.Columns = None,
    as_of: options.AsOf = None,
    format: options.Format = None,
    raw: options.Raw = False,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """List the entries of the history, oldest first."""
    actor = None if by is None else options.checked("--by", read_text, by)
    day = options.day(as_of, tz)
    first = None if since is None else since_day(since, day.today, "history")
    with options.register_at(db).reading(timeout) as reader:
        snapshot = Snapshot(reader, day)
        wanted = None if ref is None else existing(snapshot, options.ref_of(ref))
        rows = entries_of(snapshot, ref=wanted, since=first, by=actor, newest=limit)
    _show_rows("history", rows, columns, format, raw)


@app.command("agreements", rich_help_panel=LOOK, epilog="Example: ksmy agreements --format md")
def list_agreements(
    withdrawn: options.Withdrawn = False,
    columns: options.Columns = None,
    as_of: options.AsOf = None,
    format: options.Format = None,
    raw: options.Raw = False,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """List the agreements, with how many commitments each has, open and overdue."""
    day = options.day(as_of, tz)
    with options.register_at(db).reading(timeout) as reader:
        rows = agreements_of(Snapshot(reader, day), withdrawn=withdrawn)
    _show_rows("agreements", rows, columns, format, raw)


@app.command("show", rich_help_panel=LOOK, epilog="Example: ksmy show FTA-CONCLUDE --as-of 2025-06-30")
def show_record(
    ref: options.Ref,
    as_of: options.AsOf = None,
    within: options.Within = DEFAULT_WITHIN,
    format: options.Format = None,
    raw: options.Raw = False,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Show a commitment with its agreement, milestones and history, or an agreement with its commitments."""
    chosen = options.chosen_format(format, options.FORMATS, "table", "tsv")
    day = options.day(as_of, tz, within)
    named = options.ref_of(ref)
    wanted = commitment_of(named)
    with options.register_at(db).reading(timeout) as reader:
        snapshot = Snapshot(reader, day)
        if named != wanted:
            existing(snapshot, named)
        commitment = commitment_of_ref(snapshot, wanted)
        agreements = agreements_of(snapshot, ref=commitment.agreement if commitment else wanted)
        if not agreements:
            raise no_such(snapshot, wanted)
        milestones = milestones_of(snapshot, wanted)
        commitments = (
            []
            if commitment
            else commitments_of(snapshot, Filters(agreement=[wanted], withdrawn=agreements[0].withdrawn))
        )
        entries = entries_of(snapshot, ref=wanted)
    if chosen == "table":
        from ksmy_tracker.render.text import records

        width = page_width()
        if commitment:
            emit_page(records.commitment_page(commitment, agreements[0], milestones, entries, width))
        else:
            emit_page(records.agreement_page(agreements[0], commitments, entries, width))
        return
    whole = as_dict(commitment or agreements[0])
    if chosen in ("json", "jsonl"):
        more: dict[str, Any] = {"entries": [as_dict(entry) for entry in entries]}
        if commitment:
            more["milestone_list"] = [as_dict(milestone) for milestone in milestones]
        else:
            # Here the count of a listing gives way to the list itself.
            more["commitments"] = [as_dict(one) for one in commitments]
        emit_object({**whole, **more}, chosen)
        return
    _emit_cells(("field", "value"), whole.items(), chosen, raw)


def _show_rows(command: str, rows: Sequence[Row], columns: str | None, format: str | None, raw: bool) -> None:
    """Show a listing in the format asked for."""
    chosen = options.chosen_format(format, options.FORMATS, "table", "tsv")
    wanted = _columns(command, columns)
    if chosen in ("json", "jsonl"):
        shown = [
            as_dict(row) if columns is None else {name: getattr(row, name) for name in wanted} for row in rows
        ]
        emit_object(shown, chosen)
    elif chosen == "table":
        from ksmy_tracker.render.text.listing import cells
        from ksmy_tracker.render.text.table import Rows

        if rows:
            emit_rich(Rows(*cells(command, columns and wanted, rows)))
        elif is_terminal():
            complain("nothing to list")
    elif chosen == "md":
        from ksmy_tracker.render.text.listing import cells

        _emit_cells(*cells(command, columns and wanted, rows), chosen, raw)
    else:
        every = columns is None and chosen == "csv"
        wanted = names(ROW_OF[command]) if every else wanted
        _emit_cells(wanted, ([getattr(row, name) for name in wanted] for row in rows), chosen, raw)


def _columns(command: str, given: str | None) -> Sequence[str]:
    if given is None:
        return DEFAULT_COLUMNS[command]
    known = names(ROW_OF[command])
    wanted = [name.lower().replace("-", "_") for name in options.listed([given])]
    for name in wanted:
        if name not in known:
            raise Usage(f"--columns: there is no column {name!r}; {did_you_mean(name, known, short=30)}")
    return wanted


def _emit_cells(header: Sequence[str], rows: Any, chosen: str, raw: bool) -> None:
    from ksmy_tracker.render import formats

    if chosen == "csv":
        emit(formats.to_csv(header, rows, raw=raw and not is_terminal()))
    elif chosen == "md":
        emit(formats.to_markdown(header, rows))
    else:
        emit(formats.to_tsv(rows))
