"""The view of a register on a PostgreSQL server for reading, in the SQL that is PostgreSQL's own."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.interface import TABLES, Reader, Row
from ksmy_tracker.storage.postgres.attempts import psycopg
from ksmy_tracker.storage.postgres.connection import Connection
from ksmy_tracker.storage.postgres.url import Server
from ksmy_tracker.storage.revisions import the_revision
from ksmy_tracker.storage.rows_by_name import made_one_by_one, names_in

_PARAMETER: Final = re.compile(r":([a-z_][a-z_0-9]*)")

_TABLE: Final = "|".join(TABLES)
#: A table that is read, and one that a view puts in front of it.
_READ: Final = re.compile(rf"\b(FROM|JOIN) ({_TABLE})(?![.\w])")
_IN_FRONT: Final = re.compile(rf"\b({_TABLE}) AS NOT MATERIALIZED \(")


class ServerReader(Reader):
    """A consistent view of a register on a server: one transaction, closed by the caller's `with`."""

    failures = (psycopg.Error,)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._schema = str(connection.schema)
        self._streams = itertools.count(1)

    def fetched(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
        """The names of the columns of a SELECT, and its rows as the driver has them."""
        cursor = psycopg.ClientCursor(self._connection).execute(_placed(sql, self._schema), parameters)
        return names_in(cursor.description), cursor.fetchall()

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""
        with self._connection.cursor(name=f"stream_{next(self._streams)}") as cursor:
            cursor.execute(_placed(sql, self._schema), parameters)
            yield from made_one_by_one(row, names_in(cursor.description), cursor.fetchmany)

    def schema_faults(self) -> Iterator[str]:
        """What is wrong with the schema; the server looks after its pages, types and CHECKs itself."""
        from ksmy_tracker.storage.postgres.schema_check import differences, planted

        execute = self._connection.execute
        yield from differences(execute, self._schema)
        yield from (f"schema: {one} does not belong to a register" for one in planted(execute, self._schema))

    @staticmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""
        return f"{column} IN (SELECT jsonb_array_elements_text(CAST(:{parameter} AS jsonb)))"

    @staticmethod
    def listed(parameter: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list bound to the parameter."""
        return f"jsonb_array_elements_text(CAST(:{parameter} AS jsonb))"

    @staticmethod
    def items(column: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list in a column."""
        return f"jsonb_array_elements_text(CAST({column} AS jsonb))"

    @staticmethod
    def new_value(column: str, name: str) -> str:
        """SQL for what the changes in a column set a field to, as text; null where they do not name it."""
        return f"CAST({column} AS jsonb) -> '{name}' ->> 1"

    @staticmethod
    def has_member(column: str, name: str) -> str:
        """SQL for "the JSON object in the column has a member of that name"."""
        return f"CAST({column} AS jsonb) ? '{name}'"

    @staticmethod
    def like_or_beyond_ascii(column: str, parameters: Iterable[str]) -> str:
        """SQL for "the text in the column is like a pattern of some parameters, in any case, or is not of ASCII"."""
        likes = (f"{column} ILIKE :{one} OR " for one in parameters)
        return f"({''.join(likes)}length({column}) <> octet_length({column}))"

    def whole(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it is, whatever stands in front of it under its name."""
        return f"SELECT {', '.join(columns)} FROM {self._schema}.{table}"


@lru_cache(maxsize=256)
def _placed(sql: str, schema: str) -> Any:
    """SQL with its parameters marked as psycopg has them, and its tables with the schema that they are in."""
    in_front = set(_IN_FRONT.findall(sql))
    marked = _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))
    return _READ.sub(
        lambda read: read[0] if read[2] in in_front else f"{read[1]} {schema.replace('%', '%%')}.{read[2]}",
        marked,
    )


def stored_revision(driver: Connection, server: Server) -> str | None:
    """The schema revision a register says it has; raises `NoRegister` where there is none."""
    if driver.schema is None:
        raise NoRegister(f"there is no register in {server}; create one with `ksmy init`")
    rows = driver.execute(f"SELECT version_num FROM {driver.schema}.alembic_version LIMIT 2").fetchall()
    if rows and not driver.has_tables:
        raise NoRegister(f"{server} is a database of another program, not a register")
    return the_revision(rows, server)
