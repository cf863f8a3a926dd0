"""The commands that change many records at once: apply a batch, undo an invocation."""

from typing import TYPE_CHECKING, Annotated

import typer

from ksmy_tracker.cli import completing, options, recording
from ksmy_tracker.cli.options import CHANGE, DEFAULT_TIMEOUT, DEFAULT_ZONE
from ksmy_tracker.cli.output import complain, opened
from ksmy_tracker.cli.progress import counted
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.errors import BadInput, Faults
from ksmy_tracker.render.wording import plural

if TYPE_CHECKING:
    from ksmy_tracker.storage.interface import Transaction
    from ksmy_tracker.writing.record import Recording

app = typer.Typer()


@app.command("apply", rich_help_panel=CHANGE, epilog="Example: ksmy apply changes.jsonl --dry-run")
def apply_batch(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", autocompletion=completing.files, help="JSON lines, or CSV; - for stdin."
        ),
    ],
    input: Annotated[
        str | None,
        typer.Option(
            "--input", metavar="FORMAT", help="jsonl or csv. Default: by the file's suffix, else jsonl."
        ),
    ] = None,
    max_errors: Annotated[
        int,
        typer.Option("--max-errors", metavar="N", min=0, help="How many bad lines to name before counting."),
    ] = 20,
    by: options.By = None,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Apply a batch of changes, one a line: all of them, or none if a line is bad.

    A line's keys are the names of the options of add and update; see docs/scripting.md.
    """
    by_suffix = "csv" if file.lower().endswith(".csv") else "jsonl"
    chosen = by_suffix if input is None else options.chosen_format(input, ("jsonl", "csv"), "", "", "--input")

    def apply_all(transaction: "Transaction", common: "Recording") -> Receipt:
        from ksmy_tracker.writing.record import record

        faults = Faults(max_errors)
        receipt = record(transaction, counted(kept, "applying"), common, dry_run=dry_run, faults=faults)
        if faults.count:
            name = "stdin" if file == "-" else file
            raise BadInput(f"{name} has {plural(faults.count, 'fault')}; nothing was applied", faults.lines())
        return receipt

    from ksmy_tracker.writing import batch
    from ksmy_tracker.writing.spool import Spool

    read = batch.read_csv if chosen == "csv" else batch.read_json_lines
    # All of it is read and checked before the register is locked: a batch keeps no other writer waiting for that.
    with opened(file) as stream, Spool(counted(read(stream), "reading")) as kept:
        receipt = recording.perform(apply_all, by, tz, db, timeout, dry_run=dry_run, format=format)
    complain(f"applied {receipt.applied:,}, unchanged {receipt.unchanged:,}, skipped {receipt.skipped:,}")


@app.command("undo", rich_help_panel=CHANGE, epilog="Example: ksmy undo --dry-run")
def undo_invocation(
    invocation: Annotated[
        str | None,
        typer.Argument(metavar="INVOCATION", help="Which one, or how it begins. Default: the newest."),
    ] = None,
    by: options.By = None,
    dry_run: options.DryRun = False,
    format: options.ReceiptFormat = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Append the opposite of what one command changed; an undo can itself be undone.

    What that command added is withdrawn: not listed any more, though its ref stays taken and its history stays.
    """

    def undo_one(transaction: "Transaction", common: "Recording") -> Receipt:
        from ksmy_tracker.writing.undo import undo

        return undo(transaction, invocation, common, dry_run=dry_run)

    recording.perform(undo_one, by, tz, db, timeout, dry_run=dry_run, format=format)
