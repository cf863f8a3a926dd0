"""Records and entries of a point in the past, in memory, to be asked as a register is."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

from ksmy_tracker.domain.kinds import COLUMNS, Record
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.rows_by_name import columns_of, values_of
from ksmy_tracker.storage.sqlite.reader import FileReader

#: Columns by which records and entries are looked for, by table.
_INDEXED: Final = {
    "agreement": ("ref",),
    "commitment": ("ref", "agreement", "due_latest"),
    "milestone": ("ref", "commitment"),
    "entry": ("id", "ref"),
}


def in_memory(records: Iterable[Record], entries: Iterable[Any], of: type[Any]) -> Reader:
    """A reader of some records and of entries, which are rows of a class with some of their columns."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Connection)
    for kind, columns in COLUMNS.items():
        its = [record for record in records if record.record == kind]
        _fill(connection, kind, columns, iter([values_of(its)] if its else []))
    _fill(connection, "entry", columns_of(of), _chunks(entries))
    return FileReader(connection)


class _Connection(sqlite3.Connection):
    """A connection that is closed once nobody asks it any more: neither a reader nor rows that come one by one."""

    def __del__(self) -> None:
        self.close()


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    found = iter(rows)
    while some := list(islice(found, 1000)):
        yield some


def _fill(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], chunks: Iterable[Sequence[Any]]
) -> None:
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", chain.from_iterable(chunks))
    for column in _INDEXED[table]:
        connection.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")
