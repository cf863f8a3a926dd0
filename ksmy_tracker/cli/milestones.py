"""The commands that change milestones: milestone add, milestone set."""

from typing import Annotated

import typer

from ksmy_tracker.cli import completing, options, recording
from ksmy_tracker.cli.options import CHANGE, DEFAULT_TIMEOUT, DEFAULT_ZONE, checked
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import READERS
from ksmy_tracker.domain.words import MILESTONE_STATES
from ksmy_tracker.errors import Usage

app = typer.Typer(
    name="milestone",
    help="Add a step toward a commitment, or say what became of it.",
    rich_help_panel=CHANGE,
    no_args_is_help=True,
    epilog='Example: ksmy milestone add FTA-CONCLUDE "Treaty signed" --due 2026',
)

_State = Annotated[
    str | None,
    options.field_option(
        "state", "STATE", f"{', '.join(MILESTONE_STATES)}.", autocompletion=completing.milestone_states
    ),
]


@app.command("add", epilog='Example: ksmy milestone add FTA-CONCLUDE "Treaty signed" --due 2026')
def add_milestone(
    ref: options.Ref,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What the step is, in a line.")],
    due: options.Due = None,
    state: _State = None,
    note: options.Note = None,
    evidence: options.Evidence = None,
    on: options.On = None,
    by: options.By = None,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Add a step toward a commitment; it gets the commitment's next number."""
    change = Change(
        "add",
        checked("REF", READERS["agreement"], ref),
        record="milestone",
        fields=recording.fields(title=title, due=due, state=state),
        **recording.circumstances(note, evidence, on),
    )
    recording.make([change], by, tz, db, timeout, dry_run=dry_run, format=format)


@app.command(
    "set",
    epilog="Example: ksmy milestone set FTA-CONCLUDE 1 --state met --on 2025-10-26 "
    '--evidence "SBS News 2025-10-26"',
)
def set_milestone(
    ref: options.Ref,
    number: Annotated[
        int,
        typer.Argument(
            metavar="N",
            min=1,
            autocompletion=completing.milestones,
            help="Its number, as `ksmy show` lists it.",
        ),
    ],
    state: _State = None,
    due: options.Due = None,
    title: options.Title = None,
    note: options.Note = None,
    evidence: options.Evidence = None,
    on: options.On = None,
    by: options.By = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="STATE",
            autocompletion=completing.milestone_states,
            help="Refuse unless this is the state.",
        ),
    ] = None,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Say what became of a step: its state, a new due date, a note, evidence."""
    fields = recording.fields(title=title, due=due, state=state)
    if not fields and not note and not evidence:
        raise Usage("nothing to change: give --state, --due, --title, --note or --evidence")
    change = Change(
        "update",
        f"{checked('REF', READERS['agreement'], ref)}/{number}",
        fields=fields,
        expect=None if expect is None else checked("--expect", READERS["state"], expect),
        **recording.circumstances(note, evidence, on),
    )
    recording.make([change], by, tz, db, timeout, dry_run=dry_run, format=format)
