"""The view of a register in a file for reading, in the SQL that is SQLite's own."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.files import APPLICATION_ID
from ksmy_tracker.storage.interface import Reader, Row
from ksmy_tracker.storage.revisions import the_revision
from ksmy_tracker.storage.rows_by_name import made_one_by_one, names_in
from ksmy_tracker.storage.sqlite.connection import Connection, code_of, connect
from ksmy_tracker.storage.sqlite.failures import damaged
from ksmy_tracker.storage.sqlite.ordinary_tables import fault_in_tables


class FileReader(Reader):
    """A consistent view of a register in a file: one transaction, closed by the caller's `with`."""

    failures = (sqlite3.DatabaseError,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fetched(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
        """The names of the columns of a SELECT, and its rows as the driver has them."""
        cursor = self._connection.execute(sql, parameters)
        return names_in(cursor.description), cursor.fetchall()

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""
        cursor = self._connection.execute(sql, parameters)
        return made_one_by_one(row, names_in(cursor.description), cursor.fetchmany)

    def schema_faults(self) -> Iterator[str]:
        """What is wrong with the schema."""
        from ksmy_tracker.storage.sqlite.schema_check import differences

        yield from differences(self._connection)

    def broken_pages(self) -> Iterator[str]:
        """What SQLite itself finds wrong with its pages, indexes and types."""
        # Its CHECKs take longer than all that, and a check asks more of each value than they do.
        self._connection.execute("PRAGMA ignore_check_constraints = ON")
        answers = self.values(str, "PRAGMA integrity_check(20)")
        self._connection.execute("PRAGMA ignore_check_constraints = OFF")
        for found in answers:
            if found != "ok":
                yield f"database: {found}"
        for mode in self.values(str, "PRAGMA journal_mode"):
            if mode not in ("delete", "memory"):  # the latter only where all of it is in memory
                yield f"database: its journal mode is {mode}, not the delete it was made with"

    @contextmanager
    def seeking_broken_pages(self) -> Iterator[Callable[[], list[str]]]:
        """What is to be called for the broken pages, which a thread seeks in the same file: no writer can change it."""
        if not isinstance(self._connection, Connection):  # all of it is in memory
            yield lambda: [*self.broken_pages()]
            return
        from concurrent.futures import ThreadPoolExecutor, wait

        path, patience = self._connection.path, self._connection.patience
        with (
            closing(connect(path, patience, in_one_thread=False)) as another,
            ThreadPoolExecutor(1) as thread,
        ):
            another.set_progress_handler(None, 0)  # signals are let in where the register is read
            found = thread.submit(lambda: [*FileReader(another).broken_pages()])
            try:
                yield found.result
            finally:
                while not found.done():
                    another.interrupt()
                    wait([found], 0.01)

    @staticmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""
        return f"{column} IN (SELECT value FROM json_each(:{parameter}))"

    @staticmethod
    def listed(parameter: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list bound to the parameter."""
        return f"json_each(:{parameter})"

    @staticmethod
    def items(column: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list in a column."""
        return f"json_each({column})"

    @staticmethod
    def new_value(column: str, name: str) -> str:
        """SQL for what the changes in a column set a field to, as text; null where they do not name it."""
        return f"json_extract({column}, '$.{name}[1]')"

    @staticmethod
    def has_member(column: str, name: str) -> str:
        """SQL for "the JSON object in the column has a member of that name"."""
        return f"json_type({column}, '$.{name}') IS NOT NULL"

    @staticmethod
    def like_or_beyond_ascii(column: str, parameters: Iterable[str]) -> str:
        """SQL for "the text in the column is like a pattern of some parameters, in any case, or is not of ASCII"."""
        likes = (f"{column} LIKE :{one} OR " for one in parameters)
        return f"({''.join(likes)}length({column}) <> length(CAST({column} AS BLOB)))"

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
