"""What the tests of faults share, above all the counts that stand at the end of their output."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import count
from tests.faults.processes import Forks
from tests.faults.processes import forks as starting
from tests.registers import after_summit

__all__ = ["after_summit"]

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Tell:
    """Put a line of counts at the end of the run's output."""
    return partial(count, request.config)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """The means to start processes quickly."""
    with starting() as ready:
        yield ready


def entries(register: Path) -> list[tuple[int, str, str | None, str]]:
    """The id, invocation, note and hash of every entry, in the order of the chain."""
    with closing(sqlite3.connect(register)) as connection:
        sql = "SELECT id, invocation, note, hash FROM entry ORDER BY id"
        return connection.execute(sql).fetchall()


def content(connection: sqlite3.Connection) -> list[Any]:
    """All that a register says: its schema, every row of every table with its types, whose file it is."""
    schema = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
    ).fetchall()
    found: list[Any] = [schema, connection.execute("PRAGMA application_id").fetchone()]
    for kind, name, _, _ in schema:
        if kind == "table":
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            # repr tells 1 from 1.0, as comparing does not.
            found.append((name, sorted(map(repr, rows))))
    return found
