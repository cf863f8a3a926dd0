"""Changes as tests of the write side ask for them, and what these leave in a register."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing.record import Recording

TODAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 15, 4, 30, 5, 123456, tzinfo=UTC)

#: A commitment with only what one needs.
WANTED = {"title": "Trade tin", "agreement": "SP-2024", "sector": "trade", "firmness": "agreed"}


def recording(**more: Any) -> Recording:
    return Recording(**{"actor": "kim", "now": NOW, "today": TODAY, "invocation": "one", **more})


def adding(ref: str, record: str = "commitment", **more: Any) -> Change:
    fields = more.pop("fields", WANTED if record == "commitment" else {"title": "A step"})
    return Change("add", ref, record=record, fields=fields, **more)


def updating(ref: str, **more: Any) -> Change:
    circumstances = {name: more.pop(name) for name in tuple(more) if name in Change.__slots__}
    return Change("update", ref, fields=more, **circumstances)


Make = Callable[..., Receipt]


def make_in(path: Path, *changes: Change, **more: Any) -> Receipt:
    dry_run = more.pop("dry_run", False)
    with FileRegister(path).writing(dry_run=dry_run) as session:
        return write_side.record(session, changes, recording(**more), dry_run=dry_run)


def query(path: Path, sql: str, *values: Any) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def stored(path: Path, ref: str, table: str = "commitment") -> dict[str, Any]:
    [row] = query(path, f"SELECT * FROM {table} WHERE ref = ?", ref)
    return row


def entries(path: Path) -> list[dict[str, Any]]:
    return query(path, "SELECT * FROM entry ORDER BY id")


def faults(path: Path) -> list[str]:
    with FileRegister(path).reading() as reader:
        return audit.check(reader).faults
