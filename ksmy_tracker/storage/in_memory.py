"""Records and entries of a point in the past, in memory, to be asked as a register is."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from ksmy_tracker.domain.kinds import COLUMNS, Record
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.rows_by_name import AT_ONCE, columns_of, values_of
from ksmy_tracker.storage.sqlite.reader import FileReader

Row = TypeVar("Row", bound=Sequence[Any])

#: Columns by which records and entries are looked for, by table.
_INDEXED: Final = {
    "body": ("ref",),
    "source": ("ref",),
    "agreement": ("ref",),
    "commitment": ("ref", "agreement", "due_latest"),
    "milestone": ("ref", "commitment"),
    "entry": ("ref",),
}


class Memory:
    """Tables that are filled, with entries and then with the records that these leave, before a reader asks them."""

    def __init__(self) -> None:
        # One transaction holds it all: each statement would be one of its own.
        self._connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Connection)
        self._connection.execute("BEGIN")

    def keeping(self, entries: Iterable[Row], of: type[Row]) -> Iterator[Row]:
        """Entries, which are rows of a class with some of their columns, as they come; each is kept."""
        insert = self._new("entry", columns_of(of))
        found = iter(entries)
        while some := list(islice(found, AT_ONCE)):
            self._connection.executemany(insert, map(tuple, some))  # its own tuples are the fastest
            yield from some

    def reader(self, records: Iterable[Record]) -> Reader:
        """A reader of the entries that were kept, and of records."""
        for kind, columns in COLUMNS.items():
            insert = self._new(kind, columns)
            its = (record for record in records if record.record == kind)
            while some := list(islice(its, AT_ONCE)):
                self._connection.executemany(insert, values_of(some))
        for table, columns in _INDEXED.items():
            for column in columns:
                self._connection.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")
        self._connection.execute("COMMIT")
        return FileReader(self._connection)

    def _new(self, table: str, columns: Sequence[str]) -> str:
        """Make a table, and return what inserts a row of it."""
        described = ", ".join(f"{name} INTEGER PRIMARY KEY" if name == "id" else name for name in columns)
        self._connection.execute(f"CREATE TABLE {table} ({described})")
        return f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"


class _Connection(sqlite3.Connection):
    """A connection that is closed once nobody asks it any more: neither a reader nor rows that come one by one."""

    def __del__(self) -> None:
        self.close()
