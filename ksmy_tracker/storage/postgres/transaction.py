"""A transaction that changes a register on a server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ksmy_tracker.domain.chain import to_canonical_json
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.postgres.attempts import psycopg
from ksmy_tracker.storage.postgres.reader import ServerReader


class ServerTransaction(ServerReader, Transaction):
    """What a connection sees and changes; who opened it commits."""

    refusals = (psycopg.IntegrityError, psycopg.DataError)

    def insert_tuples(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], then: str = ""
    ) -> None:
        """Insert rows with one statement; `then` ends it.

        They go as one JSON value: the server takes half the time that a parameter for each of their fields would cost
        it. The trigger of the entries looks for their table on the search path, so there the schema is put on it
        meanwhile, by statements that are sent together. All that is looked for then has its schema with it, or, in the
        trigger, types that fit pg_catalog's own functions and operators exactly.
        """
        names = ", ".join(columns)
        schema = self._schema.replace("%", "%%")
        its = f"{schema}.{table}"
        sql = (
            f"INSERT INTO {its} ({names}) SELECT {names} "
            f"FROM pg_catalog.json_populate_recordset(NULL::{its}, CAST(%s AS pg_catalog.json)){then}"
        )
        if table == "entry" and not self._connection.at_home:
            sql = f"SET LOCAL search_path = {schema}, pg_temp; {sql}; SET LOCAL search_path = pg_catalog, pg_temp"
        given = to_canonical_json([dict(zip(columns, row, strict=True)) for row in rows])
        psycopg.ClientCursor(self._connection).execute(sql.encode(), [given])

    def delete(self, table: str, refs: Sequence[str]) -> None:
        """Delete the records of some refs; where there are none, that right is not needed."""
        if refs:
            its = f"{self._schema.replace('%', '%%')}.{table}"
            self._connection.execute(f"DELETE FROM {its} WHERE ref = ANY (%s)", [list(refs)])

    @contextmanager
    def bulk_loading(self) -> Iterator[None]:
        """Without triggers, for the entries have some that cost time."""
        self._connection.execute(f"ALTER TABLE {self._schema}.entry DISABLE TRIGGER USER")
        yield
        self._connection.execute(f"ALTER TABLE {self._schema}.entry ENABLE TRIGGER USER")
