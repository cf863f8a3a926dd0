"""Registers that a test makes by changes with days, and a look at them on a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.errors import KsmyError
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.record import Recording, record
from tests.conftest import NOW

TODAY = date(2026, 1, 15)


def add(ref: str, on: str, record: str = "commitment", **fields: Any) -> Change:
    """A change that adds a record; what it must have is filled in. A milestone has its commitment's ref."""
    required: dict[str, dict[str, Any]] = {
        "agreement": {"kind": "treaty", "stage": "negotiating"},
        "commitment": {"agreement": "PACT", "sector": "trade", "firmness": "agreed"},
        "milestone": {},
    }
    filled = {"title": f"Title of {ref}", **required[record], **fields}
    return Change("add", ref, record=record, fields=filled, effective_on=on, new=("sector",))


def update(
    ref: str, on: str, *, note: str | None = None, evidence: tuple[str, ...] = (), **fields: Any
) -> Change:
    """A change of a record."""
    return Change(
        "update", ref, fields=fields, effective_on=on, note=note, evidence=evidence, new=("sector",)
    )


def make(
    path: Path, *changes: Change, drop_refused: bool = False, now: datetime | None = NOW, first: int = 0
) -> list[Change]:
    """Record copies of changes, each as a command of its own, and return those of which an entry was made.

    Without `now` each is recorded at noon of its day.
    Invocation and time follow from the place in the history alone, so equal histories have equal heads.
    """
    made: list[Change] = []
    with FileRegister(path).writing() as session:
        for change in changes:
            moment = now or datetime.combine(date.fromisoformat(str(change.effective_on)), time(4), UTC)
            recording = Recording("clerk", moment, TODAY, invocation=f"{first + len(made):032x}")
            try:
                # A copy: a milestone that is added is given its number.
                receipt = record(session, [replace(change)], recording)
            except KsmyError:
                if not drop_refused:
                    raise
            else:
                made += [change] * receipt.applied
    return made


@contextmanager
def looking(
    path: Path, on: date | str = TODAY, *, within: int = 90, only: Filters | None = None
) -> Iterator[Snapshot]:
    """A view of a register as it stood at the end of a day."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with FileRegister(path).reading() as reader:
        yield narrowed(Snapshot(reader, Day(day, within)), only or Filters())


def refs(snapshot: Snapshot, **more: Any) -> list[str]:
    """The refs of a listing."""
    return [row.ref for row in commitments(snapshot, **more)]
