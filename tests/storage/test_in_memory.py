"""Records and entries in memory are asked as a register is."""

import gc
import sqlite3
import weakref
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from ksmy_tracker.domain.kinds import COLUMNS, Record
from ksmy_tracker.storage.in_memory import Memory
from ksmy_tracker.storage.interface import Reader
from tests.rows import AGREEMENT, COMMITMENT, MILESTONE


class Said(NamedTuple):
    """What is asked of an entry."""

    id: int
    ref: str
    effective_on: str


def said(count: int) -> Iterator[Said]:
    return (Said(number, f"REF-{number}", "2026-01-15") for number in range(1, count + 1))


def in_memory(count: int, *records: Record) -> Reader:
    memory = Memory()
    assert [*memory.keeping(said(count), Said)] == [*said(count)]
    return memory.reader(records)


def test_a_record_comes_back_as_it_was() -> None:
    reader = in_memory(1, AGREEMENT, COMMITMENT, MILESTONE)
    for kind, record in (("agreement", AGREEMENT), ("commitment", COMMITMENT), ("milestone", MILESTONE)):
        columns = COLUMNS[kind]
        (found,) = reader.rows(type(record), f"SELECT {', '.join(columns)} FROM {kind}")
        assert {name: getattr(found, name) for name in columns} == {
            name: getattr(record, name) for name in columns
        }


def test_entries_have_the_columns_that_are_asked_for() -> None:
    reader = in_memory(2)
    assert reader.rows(Said, "SELECT * FROM entry ORDER BY id") == [*said(2)]


def test_tables_without_records_are_there() -> None:
    reader = in_memory(0)
    for table in (*COLUMNS, "entry"):
        assert reader.values(int, f"SELECT count(*) FROM {table}") == [0]


def test_more_entries_than_are_read_at_once_are_all_there() -> None:
    reader = in_memory(2500)
    assert reader.values(int, "SELECT count(*) FROM entry") == [2500]
    assert reader.values(int, "SELECT max(id) FROM entry") == [2500]


def test_an_entry_is_found_by_its_ref_and_a_record_by_what_it_belongs_to_without_a_scan() -> None:
    reader = in_memory(1, AGREEMENT, COMMITMENT, MILESTONE)
    for sql in (
        "SELECT * FROM entry WHERE id = 1",
        "SELECT * FROM entry WHERE ref = 'REF-1'",
        "SELECT * FROM commitment WHERE agreement = 'FTA'",
        "SELECT * FROM milestone WHERE commitment = 'FTA-CONCLUDE'",
        "SELECT * FROM agreement WHERE ref = 'FTA'",
    ):
        plan = reader._connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()  # type: ignore[attr-defined]
        assert [step for *_, step in plan if not step.startswith("SEARCH")] == []


def test_rows_that_come_one_by_one_outlive_their_reader() -> None:
    rows = in_memory(1500).stream(Said, "SELECT * FROM entry ORDER BY id")
    gc.collect()
    assert [row.id for row in rows] == [*range(1, 1501)]


def test_what_nobody_asks_any_more_is_closed() -> None:
    reader = in_memory(1)
    connection = reader._connection  # type: ignore[attr-defined]
    kept = weakref.ref(connection)
    connection.__del__()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    del reader, connection
    gc.collect()
    assert kept() is None
