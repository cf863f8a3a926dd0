"""The commands that change records: add, update. Each prints a line for every ref it names."""

from typing import Annotated

import typer

from ksmy_tracker.cli import completing, options, recording
from ksmy_tracker.cli.options import CHANGE, DEFAULT_TIMEOUT, DEFAULT_ZONE, checked
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import GIVEN, READERS, read_expected
from ksmy_tracker.domain.words import a
from ksmy_tracker.errors import Usage

app = typer.Typer()


@app.command(
    "add",
    rich_help_panel=CHANGE,
    epilog='Example: ksmy add HALAL-TRADE --title "Recognise halal certificates" --agreement SP-2024 '
    "--sector trade --firmness agreed --due 2026",
)
def add_record(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="A ref of its own: letters, digits, hyphens.")],
    title: options.Title = None,
    agreement: options.AgreementRef = None,
    sector: options.Sector = None,
    firmness: options.Firmness = None,
    parties: options.Parties = None,
    status: options.Status = None,
    due: options.Due = None,
    due_phrase: options.DuePhrase = None,
    detail: options.Detail = None,
    verifiable: options.Verifiable = None,
    source: options.Source = None,
    kind: options.Kind = None,
    stage: options.Stage = None,
    dated: options.Dated = None,
    place: options.Place = None,
    note: options.Note = None,
    evidence: options.Evidence = None,
    on: options.On = None,
    by: options.By = None,
    new_sector: options.NewSector = False,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Add a commitment; or, with --kind, an agreement.

    A commitment needs --title, --agreement, --sector and --firmness; it is taken to be of both parties,
    verifiable and planned unless you say otherwise. An agreement needs --title, --kind and --stage.
    """
    record = "commitment" if kind is None else "agreement"
    fields = recording.fields(**context.params)
    for name in fields:
        if name not in GIVEN[record]:
            raise Usage(f"{options.option_of(name)} is no field of {a(record)}; see `ksmy add --help`")
    change = Change(
        "add",
        checked("REF", READERS["agreement"], ref),
        record=record,
        fields=fields,
        new_sector=new_sector,
        **recording.circumstances(note, evidence, on),
    )
    recording.make([change], by, tz, db, timeout, dry_run=dry_run, format=format)


@app.command(
    "update",
    rich_help_panel=CHANGE,
    epilog="Example: ksmy update FTA-CONCLUDE --status completed --on 2025-10-26 "
    "--evidence https://example.org/joint-declaration",
)
def update_records(
    context: typer.Context,
    refs: options.Refs,
    status: options.Status = None,
    due: options.Due = None,
    due_phrase: options.DuePhrase = None,
    title: options.Title = None,
    detail: options.Detail = None,
    agreement: options.AgreementRef = None,
    sector: options.Sector = None,
    parties: options.Parties = None,
    firmness: options.Firmness = None,
    verifiable: options.Verifiable = None,
    source: options.Source = None,
    kind: options.Kind = None,
    stage: options.Stage = None,
    dated: options.Dated = None,
    place: options.Place = None,
    note: options.Note = None,
    evidence: options.Evidence = None,
    on: options.On = None,
    by: options.By = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="STATUS",
            autocompletion=completing.statuses,
            help="Refuse unless this is the status (of an agreement: the stage).",
        ),
    ] = None,
    new_sector: options.NewSector = False,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Change records: their fields, or only their history, with a note or evidence.

    All refs change together or not at all. An empty value clears a field that may be empty.
    """
    fields = recording.fields(**context.params)
    circumstances = recording.circumstances(note, evidence, on)
    if not fields and not note and not evidence:
        raise Usage("nothing to change: give a field such as --status, or --note or --evidence")
    changes = [
        Change(
            "update",
            ref,
            fields=fields,
            expect=None if expect is None else checked("--expect", read_expected, expect),
            new_sector=new_sector,
            **circumstances,
        )
        for ref in dict.fromkeys(options.ref_of(given) for given in refs)
    ]
    recording.make(changes, by, tz, db, timeout, dry_run=dry_run, format=format)
