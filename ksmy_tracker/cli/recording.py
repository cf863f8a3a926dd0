"""What the changing commands have in common: the circumstances of a change, the transaction, the receipt."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ksmy_tracker import clock, signals
from ksmy_tracker.cli import options
from ksmy_tracker.cli.options import checked
from ksmy_tracker.cli.output import complain, emit, emit_done
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import READERS, read_field
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.domain.values import read_day, read_evidence, read_filled

if TYPE_CHECKING:
    from ksmy_tracker.storage.interface import Transaction
    from ksmy_tracker.writing.record import Recording


def circumstances(note: str | None, evidence: Sequence[str] | None, on: str | None) -> dict[str, Any]:
    """What a change says of itself, from `--note`, `--evidence` and `--on`."""
    return {
        "note": None if note is None else checked("--note", read_filled, note),
        "evidence": checked("--evidence", read_evidence, list(evidence or ())),
        "effective_on": None if on is None else checked("--on", read_day, on),
    }


def fields(**given: Any) -> dict[str, Any]:
    """The fields of a record among what a command is given, normalised."""
    return {
        name: checked(options.option_of(name), lambda value, name=name: read_field(name, value), value)
        for name, value in given.items()
        if name in READERS and value is not None
    }


def make(
    changes: Sequence[Change],
    by: str | None,
    zone: str,
    db: str | None,
    timeout: float,
    *,
    dry_run: bool,
    format: str | None,
) -> None:
    """Make the changes in one transaction and show the receipt."""

    def record_all(transaction: "Transaction", recording: "Recording") -> Receipt:
        from ksmy_tracker.writing.record import record

        return record(transaction, changes, recording, dry_run=dry_run)

    perform(record_all, by, zone, db, timeout, dry_run=dry_run, format=format)


def perform(
    action: Callable[["Transaction", "Recording"], Receipt],
    by: str | None,
    zone: str,
    db: str | None,
    timeout: float,
    *,
    dry_run: bool,
    format: str | None,
) -> Receipt:
    """Do what changes the register in one transaction, show the receipt and return it."""
    chosen = options.chosen_format(format, ("text", "json", "jsonl"), "text", "text")
    actor = options.actor(by)
    today = clock.today(zone)
    location = options.register_at(db)
    from ksmy_tracker.writing.record import Recording

    common = Recording(actor, clock.now(), today)

    def work(transaction: "Transaction") -> Receipt:
        receipt = action(transaction, common)
        if not dry_run:
            _say_once_committed(receipt)
        return receipt

    receipt = location.write(work, timeout, dry_run=dry_run, invocation=common.invocation)
    from ksmy_tracker.render import formats
    from ksmy_tracker.render.text.receipt import as_text

    if chosen == "text":
        shown = as_text(receipt)
    else:
        from ksmy_tracker.render.json_contract import receipt_object

        value = receipt_object(receipt, dry_run=dry_run)
        shown = formats.to_json(value) if chosen == "json" else formats.to_jsonl([value])
    if dry_run:
        emit(shown)
        complain("dry run: nothing was written")
    else:
        emit_done(shown)
    return receipt


def _say_once_committed(receipt: Receipt) -> None:
    """What is true of a change once it is committed, should the receipt not be seen."""
    from ksmy_tracker.render.wording import plural

    invocation = receipt.invocation
    signals.once(
        signals.COMMITTED,
        f"the change is recorded ({plural(receipt.applied, 'entry')})"
        if receipt.applied
        else "there was nothing to record",
        f"; see `ksmy history --limit 5`, invocation {invocation}",
        in_doubt="whether the change is recorded is not known: "
        f"look for invocation {invocation} in `ksmy history --format json`",
    )
