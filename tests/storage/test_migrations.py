"""The migrations run on a connection that is lent to them: how its transaction ends is for its owner to say."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from ksmy_tracker.storage.migrations import upgrade
from ksmy_tracker.storage.revisions import REVISIONS


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database in memory, in a transaction."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection


def names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_they_make_a_register_and_leave_the_transaction_open(connection: sqlite3.Connection) -> None:
    upgrade(connection, "sqlite+pysqlite")
    assert connection.in_transaction
    assert {"agreement", "commitment", "milestone", "entry", "unchanged_key"} <= names(connection)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[-1],)]


def test_what_they_did_is_undone_with_the_transaction(connection: sqlite3.Connection) -> None:
    upgrade(connection, "sqlite+pysqlite")
    connection.execute("ROLLBACK")
    assert names(connection) == set()


def test_a_second_time_they_do_nothing(connection: sqlite3.Connection) -> None:
    upgrade(connection, "sqlite+pysqlite")
    before = connection.execute("SELECT * FROM sqlite_master").fetchall()
    upgrade(connection, "sqlite+pysqlite")
    assert connection.execute("SELECT * FROM sqlite_master").fetchall() == before
