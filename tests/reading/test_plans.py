"""How SQLite answers what a part of a register is asked: by the stored indexes, never through a table made for it."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.reading.commitments import each_commitment
from ksmy_tracker.reading.deadlines import calendar, deadlines
from ksmy_tracker.reading.entries import each_entry
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.report import report
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.reading.timeline import next_due
from ksmy_tracker.reading.timeline import timeline as timeline_of
from ksmy_tracker.storage.interface import Row
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister

PARTS: Final = {
    "sector": Filters(sector=["trade"]),
    "party": Filters(party=["KR"]),
    "agreement": Filters(agreement=["FTA"]),
    "search": Filters(search=["trade"]),
}

#: How the newest entries are read, of which a list may be made.
FEW: Final = "entry USING INTEGER PRIMARY KEY (rowid>?)"

QUESTIONS: Final[dict[str, Callable[[Snapshot], object]]] = {
    "report": lambda part: report(part, since="2026-01-01", stale=90, only=Filters(), most=50),
    "due": deadlines,
    "calendar": lambda part: list(calendar(part)),
    "history": lambda part: list(each_entry(part)),
    "list": lambda part: list(each_commitment(part)),
    "timeline": lambda part: timeline_of(part, Filters(), most=1),
    "page": lambda part: next_due(part, Filters(), 1),
}


class Explained(FileReader):
    """A reader that remembers how SQLite means to answer each SELECT."""

    def __init__(self, reader: FileReader) -> None:
        super().__init__(reader._connection)
        self.plans: list[tuple[str, list[str]]] = []

    def rows(self, row: type[Row], sql: str, /, **parameters: Any) -> list[Row]:
        self._explain(sql, parameters)
        return super().rows(row, sql, **parameters)

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        self._explain(sql, parameters)
        return super().stream(row, sql, **parameters)

    def _explain(self, sql: str, parameters: dict[str, Any]) -> None:
        steps = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        self.plans.append((sql, [step for *_, step in steps]))


def plans(register: Path, question: str, only: Filters) -> list[tuple[str, list[str]]]:
    """The SELECTs of a question, with the steps that SQLite takes."""
    with FileRegister(register).reading() as reader:
        assert isinstance(reader, FileReader)
        explained = Explained(reader)
        QUESTIONS[question](narrowed(Snapshot(explained, Day(date(2026, 1, 15), as_it_stood=False)), only))
    return explained.plans


@pytest.mark.parametrize("only", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_part_of_a_table_is_copied_or_gone_through_for_a_row(
    question: str, only: Filters, register: Path
) -> None:
    asked = plans(register, question, only)
    assert asked
    for sql, steps in asked:
        for at, step in enumerate(steps):
            following = steps[at + 1] if at + 1 < len(steps) else ""
            assert not re.search(r"MATERIALIZE (commitment|agreement|milestone|entry)\b|AUTOMATIC", step), (
                sql,
                steps,
            )
            assert not step.startswith("CORRELATED") or not following.startswith("SCAN"), (sql, steps)
            if step.startswith("LIST SUBQUERY"):
                read = next(one for one in steps[at + 1 :] if one.startswith(("SCAN", "SEARCH")))
                assert read.endswith(FEW) or "VIRTUAL TABLE" in read, (sql, steps)
