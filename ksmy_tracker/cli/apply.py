"""ksmy apply: many changes at once."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import CHANGE, argument, command, option
from ksmy_tracker.cli.options import one_of
from ksmy_tracker.cli.output import complain, opened
from ksmy_tracker.cli.progress import Counted
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.values import read_count


@command(CHANGE, "ksmy apply changes.jsonl --dry-run")
def apply(
    file: Annotated[str, argument("FILE|-", "JSON lines, or CSV; - for stdin.", offers=completion.files)],
    input: Annotated[
        str | None,
        option(
            "--input",
            "FORMAT",
            "jsonl or csv. Default: by the file's suffix, else jsonl.",
            one_of(("jsonl", "csv")),
        ),
    ],
    max_errors: Annotated[
        int,
        option("--max-errors", "N", "How many bad lines to name before counting.", read_count, default=20),
    ],
    said: Said,
    by: By,
    changing: Changing,
) -> None:
    """Apply a batch of changes, one a line: all of them, or none if a line is bad.

    A line's keys are the names of the options of add and update; see docs/scripting.md.
    --on, --note, --evidence and --by hold for lines that do not say so themselves.
    """
    from ksmy_tracker.writing import batch
    from ksmy_tracker.writing.spool import Spool

    by_suffix = "csv" if file.lower().endswith(".csv") else "jsonl"
    read = batch.read_csv if (input or by_suffix) == "csv" else batch.read_json_lines
    # All of it is read and checked before the register is locked: a batch keeps no other writer waiting for that.
    with opened(file) as stream, Spool(Counted(said.of_lines(read(stream)), "reading")) as kept:
        name = "stdin" if file == "-" else file
        receipt = changing.invocation(by).apply(Counted(kept, "applying"), name, max_errors)
    changing.show(receipt)
    complain(f"applied {receipt.applied:,}, unchanged {receipt.unchanged:,}, skipped {receipt.skipped:,}")
