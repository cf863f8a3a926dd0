"""A transaction that changes a register in a file."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.sqlite.reader import FileReader


class FileTransaction(FileReader, Transaction):
    """What a connection sees and changes; who opened it commits."""

    refusals = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError)

    def insert_tuples(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], then: str = ""
    ) -> None:
        """Insert rows with one statement; `then` ends it."""
        marks = f"({', '.join('?' * len(columns))})"
        places = ", ".join([marks] * len(rows))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}{then}"
        self._connection.execute(sql, tuple(chain.from_iterable(rows)))

    def delete(self, table: str, refs: Sequence[str]) -> None:
        """Delete the records of some refs."""
        self._connection.executemany(f"DELETE FROM {table} WHERE ref = ?", [(ref,) for ref in refs])

    @contextmanager
    def bulk_loading(self) -> Iterator[None]:
        """Without CHECKs, which cost as much as all else, and without triggers and indexes, which are built again."""
        execute = self._connection.execute
        found = execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        for kind, name, _ in found:
            execute(f"DROP {kind} {name}")
        execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            execute("PRAGMA ignore_check_constraints = OFF")
        for _, _, sql in found:
            execute(sql)
