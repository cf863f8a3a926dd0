"""The view of a register in a file for reading, in the SQL that is SQLite's own."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ksmy_tracker.domain.words import a
from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.files import APPLICATION_ID
from ksmy_tracker.storage.interface import Reader, Row
from ksmy_tracker.storage.revisions import the_revision
from ksmy_tracker.storage.rows_by_name import made, made_one_by_one, names_in
from ksmy_tracker.storage.sqlite.connection import code_of
from ksmy_tracker.storage.sqlite.failures import damaged
from ksmy_tracker.storage.sqlite.ordinary_tables import fault_in_tables


class _Integrity(NamedTuple):
    integrity_check: str


class _Mode(NamedTuple):
    journal_mode: str


class _Dangling(NamedTuple):
    table: str
    rowid: int
    parent: str
    fkid: int


class _Ref(NamedTuple):
    ref: str


class FileReader(Reader):
    """A consistent view of a register in a file: one transaction, closed by the caller's `with`."""

    failures = (sqlite3.DatabaseError,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, row: type[Row], sql: str, /, **parameters: Any) -> list[Row]:
        """The rows of a SELECT."""
        cursor = self._connection.execute(sql, parameters)
        return made(row, names_in(cursor.description), cursor.fetchall())

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""
        cursor = self._connection.execute(sql, parameters)
        return made_one_by_one(row, names_in(cursor.description), cursor.fetchmany)

    def schema_faults(self) -> Iterator[str]:
        """What is wrong with the schema."""
        from ksmy_tracker.storage.sqlite.schema_check import differences

        yield from differences(self._connection)

    def broken_pages(self) -> Iterator[str]:
        """What SQLite itself finds wrong with its pages, types and CHECKs."""
        for found in self.stream(_Integrity, "PRAGMA integrity_check(20)"):
            if found.integrity_check != "ok":
                yield f"database: {found.integrity_check}"
        for its in self.rows(_Mode, "PRAGMA journal_mode"):
            if its.journal_mode not in ("delete", "memory"):  # the latter only where all of it is in memory
                yield f"database: its journal mode is {its.journal_mode}, not the delete it was made with"

    def dangling(self) -> Iterator[str]:
        """Every record that belongs to one that is not there."""
        for one in self.stream(_Dangling, "PRAGMA foreign_key_check"):
            for child in self.rows(
                _Ref, f"SELECT ref FROM {one.table} WHERE rowid = :rowid", rowid=one.rowid
            ):
                yield f"{one.table} {child.ref} belongs to {a(one.parent)} that is missing"

    @staticmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""
        return f"{column} IN (SELECT value FROM json_each(:{parameter}))"

    @staticmethod
    def listed(parameter: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list bound to the parameter."""
        return f"json_each(:{parameter})"

    @staticmethod
    def new_value(column: str, name: str) -> str:
        """SQL for what the changes in a column set a field to, as text; null where they do not name it."""
        return f"json_extract({column}, '$.{name}[1]')"

    @staticmethod
    def family(column: str) -> str:
        """SQL for the ref of the commitment that a milestone's ref such as `X/2` belongs to; else the ref."""
        return f"CASE instr({column}, '/') WHEN 0 THEN {column} ELSE substr({column}, 1, instr({column}, '/') - 1) END"

    @staticmethod
    def has_member(column: str, name: str) -> str:
        """SQL for "the JSON object in the column has a member of that name"."""
        return f"json_type({column}, '$.{name}') IS NOT NULL"

    def whole(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it is, whatever stands in front of it under its name."""
        return f"SELECT {', '.join(columns)} FROM main.{table}"


def stored_revision(connection: sqlite3.Connection, path: Path) -> str | None:
    """The schema revision a register says it has, once its tables are known to be tables.

    Raises `NoRegister` for another program's database; `Damaged`.
    """
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    another = NoRegister(f"{path} is a database of another program, not a register")
    if application_id != APPLICATION_ID:
        raise another
    if (fault := fault_in_tables(connection)) is not None:
        raise damaged(path, fault)
    try:
        rows = connection.execute("SELECT version_num FROM alembic_version LIMIT 2").fetchall()
    except sqlite3.OperationalError as error:
        if code_of(error) != sqlite3.SQLITE_ERROR:
            raise
        raise another from None
    return the_revision(rows, path)
