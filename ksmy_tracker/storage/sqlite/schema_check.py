"""Whether the schema of a register in a file is the one that the migrations make, as they make it in memory."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache

from ksmy_tracker.storage.migrations import upgrade
from ksmy_tracker.storage.sqlite.ordinary_tables import stored_schema


def differences(connection: sqlite3.Connection) -> Iterator[str]:
    """What differs, by the names of tables, indexes and triggers."""
    expected, stored = _expected(), _schema(connection)
    for name, (kind, *its) in expected.items():
        if name not in stored:
            yield f"schema: the {kind} {name} is missing"
        elif stored[name] != (kind, *its):
            yield f"schema: the {kind} {name} is not as it should be"
    for name, (kind, *_) in stored.items():
        if name not in expected:
            yield f"schema: the {kind} {name} does not belong to a register"


@cache
def _expected() -> dict[str, tuple[str, str, str]]:
    """The schema that the migrations make: the same for every register."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        upgrade(model, "sqlite+pysqlite")
        return _schema(model)


def _schema(connection: sqlite3.Connection) -> dict[str, tuple[str, str, str]]:
    """The kind, the table and the SQL of what is stored, by name; an index that a key brings has no SQL."""
    return {name: (kind, table, _plain(sql)) for name, kind, table, sql in stored_schema(connection) if sql}


def _plain(sql: str) -> str:
    """SQL without needless spaces."""
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.split()))
