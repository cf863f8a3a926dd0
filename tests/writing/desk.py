"""A register, and what the tests of undo, redo and amend do with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ksmy_tracker.domain.changes import Amendment, Change
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.domain.rows import Day, EntryRow, Filters
from ksmy_tracker.reading import check as audit
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment as commitment_of
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import amend as amending
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing import undo as undoing
from ksmy_tracker.writing.record import Recording
from tests.conftest import NOW, asked

TODAY = date(2026, 1, 15)


@dataclass(frozen=True)
class Desk:
    """A register, and what the tests do with it; every change leaves it sound."""

    location: FileRegister

    def make(self, *changes: Change, today: date = TODAY, invocation: str | None = None) -> str:
        more: Any = {} if invocation is None else {"invocation": invocation}
        recording = Recording("desk", NOW, today, **more)
        return self._do(lambda session: write_side.record(session, changes, recording)).invocation

    def undo(self, wanted: str | None = None, *, today: date = TODAY, dry_run: bool = False) -> Receipt:
        recording = Recording("desk", NOW, today)
        return self._do(
            lambda session: undoing.undo(session, wanted, recording, dry_run=dry_run), dry_run=dry_run
        )

    def redo(self, *, today: date = TODAY, dry_run: bool = False) -> Receipt:
        recording = Recording("desk", NOW, today)
        return self._do(lambda session: undoing.redo(session, recording, dry_run=dry_run), dry_run=dry_run)

    def amend(
        self,
        number: int,
        *,
        on: str | None = None,
        note: str | None = None,
        evidence: tuple[str, ...] | None = None,
        dry_run: bool = False,
        **fields: Any,
    ) -> Receipt:
        said = Amendment(fields, note, evidence, on)
        recording = Recording("desk", NOW, TODAY)
        return self._do(
            lambda session: amending.amend(session, number, said, recording, dry_run=dry_run), dry_run=dry_run
        )

    def _do(self, action: Callable[[Any], Receipt], *, dry_run: bool = False) -> Receipt:
        with self.location.writing(0, dry_run=dry_run) as session:
            receipt = action(session)
        with self.location.reading() as reader:
            assert audit.check(reader).faults == []
        return receipt

    def show(self, ref: str, on: date = TODAY) -> Commitment:
        with self.location.reading() as reader:
            row = commitment_of(Snapshot(reader, Day(on)), ref)
        assert row is not None
        return row

    def record(self, ref: str) -> dict[str, Any]:
        """All of a stored record but what counts its entries."""
        kind = "milestone" if "/" in ref else "commitment"
        with self.location.reading() as reader:
            ((found, *_),) = asked(
                reader,
                f"SELECT json_object({self._pairs(reader, kind)}) FROM {kind} WHERE ref = '{ref}'",
            )
        stored: dict[str, Any] = json.loads(found)
        del stored["updated_on"], stored["evidence"]
        return stored

    @staticmethod
    def _pairs(reader: Reader, kind: str) -> str:
        names = [name for (name,) in asked(reader, f"SELECT name FROM pragma_table_info('{kind}')")]
        return ", ".join(f"'{name}', {name}" for name in names)

    def refs(self, on: date = TODAY, *, withdrawn: bool = False) -> set[str]:
        with self.location.reading() as reader:
            snapshot = Snapshot(reader, Day(on))
            promised = commitments(snapshot, Filters(withdrawn=withdrawn))
            instruments = agreements(snapshot, withdrawn=withdrawn)
        return {row.ref for row in promised} | {row.ref for row in instruments}

    def entries(self, ref: str) -> list[EntryRow]:
        with self.location.reading() as reader:
            return [row for row in entries(Snapshot(reader, Day(date.max)), ref=ref) if row.ref == ref]

    def head(self) -> str | None:
        with self.location.reading() as reader:
            return Snapshot(reader, Day(date.max)).head()


def update(ref: str, *, on: str | None = None, note: str | None = None, **fields: Any) -> Change:
    return Change("update", ref, fields=fields, effective_on=on, note=note)


def commitment(ref: str, agreement: str = "FTA", **fields: Any) -> Change:
    given = {"title": "A promise", "agreement": agreement, "sector": "trade", "firmness": "agreed", **fields}
    return Change("add", ref, record="commitment", fields=given)


def agreement(ref: str, **fields: Any) -> Change:
    given = {"title": "A treaty", "kind": "treaty", "stage": "signed", **fields}
    return Change("add", ref, record="agreement", fields=given)


def milestone(ref: str, **fields: Any) -> Change:
    return Change("add", ref, record="milestone", fields={"title": "A step", **fields})
