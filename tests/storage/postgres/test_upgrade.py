"""A register of every released schema is brought up to date on a server as its like in a file is."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from ksmy_tracker.storage.shipped import shipped
from tests.conftest import Ksmy

DUMPS = Path(__file__).parents[2] / "registers"

#: Those of a register, parents first.
TABLES = ("agreement", "commitment", "milestone", "entry", "unchanged_key")


def put_on_server(file: Path, revision: str, url: str) -> None:
    """Make the tables of a schema on a server, and copy the rows of a file."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    with closing(sqlite3.connect(file)) as old, psycopg.connect(url) as connection:
        known = {name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in TABLES:
            if table not in known:
                continue
            rows = old.execute(f"SELECT * FROM {table} ORDER BY 1")
            names = [column for column, *_ in rows.description]
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
            connection.cursor().executemany(sql.encode(), rows.fetchall())


@pytest.mark.parametrize("revision", sorted(path.stem for path in DUMPS.glob("*.sql")))
def test_it_is_the_same_register_afterwards(
    revision: str, ksmy: Ksmy, empty_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((DUMPS / f"{revision}.sql").read_text(encoding="utf-8"))
    put_on_server(file, revision, empty_database)
    for place in (str(file), empty_database):
        ran = ksmy("migrate", "--db", place)
        assert ran.code == 0, ran.err
    checks = [ksmy("check", "--db", place) for place in (str(file), empty_database)]
    assert checks[0].code == 0, checks[0].err
    assert checks[0] == checks[1]
    for look in (("export",), ("list", "--format", "json"), ("history", "--format", "json")):
        there, here = (ksmy(*look, "--db", place) for place in (str(file), empty_database))
        assert there == here
