"""Records that are withdrawn, as an undo left them before schema 0004."""

from datetime import date

from ksmy_tracker.domain.chain import NewEntry
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.writing.record import Recording, chain_end
from ksmy_tracker.writing.working_set import WorkingSet
from tests.conftest import NOW


def withdraw(place: str, *refs: str, on: str = "2026-01-15") -> None:
    """Withdraw records, what belongs to others first, each undoing what added it."""
    recording = Recording("tester", NOW, date.fromisoformat(on))

    def work(transaction: Transaction) -> None:
        end = chain_end(transaction, recording)
        working_set = WorkingSet(transaction, end.last_id, recording.today)
        working_set.load_records(refs)
        for ref in refs:
            added = next(entry for entry in working_set.history(ref) if entry.ref == ref)
            entry = end.append(
                NewEntry(
                    record=added.record,
                    ref=ref,
                    action="withdrawn",
                    effective_on=on,
                    changes={"withdrawn": (False, True)},
                    note=f"undoes invocation {added.invocation}",
                )
            )
            working_set.follow(entry)
        end.store()
        working_set.store()

    locate(place).write(work, invocation=recording.invocation)
