"""One invocation: what a command changes in a register, in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ksmy_tracker import signals
from ksmy_tracker.domain.changes import Amendment, BadLine, Change
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.errors import BadInput, Faults
from ksmy_tracker.render.wording import plural
from ksmy_tracker.storage.interface import Register, Transaction
from ksmy_tracker.writing.amend import amend
from ksmy_tracker.writing.record import Recording, record
from ksmy_tracker.writing.settling import settling
from ksmy_tracker.writing.undo import redo, undo


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that changes a register: which, what its changes have in common there, and whether it only tries."""

    register: Register
    timeout: float
    recorded: Callable[[Transaction], Recording]
    invocation: str
    dry_run: bool

    def record(self, changes: Sequence[Change]) -> Receipt:
        """Make the changes, all or none; raises what forbids the first that cannot be made."""
        return self._write(
            lambda transaction, recording: record(transaction, changes, recording, dry_run=self.dry_run)
        )

    def undo(self, wanted: str | None) -> Receipt:
        """Retract what an invocation recorded: the newest that counts and is no undo, or the one that is `wanted`."""
        return self._write(
            lambda transaction, recording: undo(transaction, wanted, recording, dry_run=self.dry_run)
        )

    def redo(self) -> Receipt:
        """Retract the newest undo."""
        return self._write(lambda transaction, recording: redo(transaction, recording, dry_run=self.dry_run))

    def amend(self, number: int, said: Amendment) -> Receipt:
        """State the entry of a number again, with what is said in place of what it said."""
        return self._write(
            lambda transaction, recording: amend(transaction, number, said, recording, dry_run=self.dry_run)
        )

    def settle(self, ref: str, state: str, said: Mapping[str, Any]) -> Receipt:
        """Settle a claim as accepted, with its record's value, or as dropped."""

        def change(transaction: Transaction, recording: Recording) -> Receipt:
            changes = [*settling(transaction, ref, state, said)]
            return record(transaction, changes, recording, dry_run=self.dry_run)

        return self._write(change)

    def apply(self, lines: Iterable[Change | BadLine], name: str, most_faults: int) -> Receipt:
        """Make the changes of a batch, all or none; the lines may be gone through several times.

        Raises `BadInput` with the first `most_faults` of the faults in what `name` names.
        """

        def change(transaction: Transaction, recording: Recording) -> Receipt:
            faults = Faults(most_faults)
            receipt = record(transaction, lines, recording, dry_run=self.dry_run, faults=faults)
            if faults.count:
                count = plural(faults.count, "fault")
                raise BadInput(f"{name} has {count}; nothing was applied", faults.lines())
            return receipt

        return self._write(change)

    def _write(self, change: Callable[[Transaction, Recording], Receipt]) -> Receipt:
        def work(transaction: Transaction) -> Receipt:
            receipt = change(transaction, self.recorded(transaction))
            if not self.dry_run:
                _say_once_committed(receipt)
            return receipt

        return self.register.write(work, self.timeout, dry_run=self.dry_run, invocation=self.invocation)


def _say_once_committed(receipt: Receipt) -> None:
    """What is true of a change once it is committed, should the receipt not be seen."""
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
