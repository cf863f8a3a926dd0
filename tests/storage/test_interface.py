"""A register reads and writes rows by name in the same way, whichever engine keeps it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

import psycopg
import pytest

from ksmy_tracker.domain.kinds import COLUMNS, Agreement
from ksmy_tracker.errors import KsmyError, Refused
from ksmy_tracker.storage.interface import INSERTED_AT_ONCE, Register, Transaction
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.rows_by_name import AT_ONCE

pytestmark = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)

ALL = f"SELECT {', '.join(COLUMNS['agreement'])} FROM agreement"

MANY = 2 * max(INSERTED_AT_ONCE, AT_ONCE) + 1


class Counted(NamedTuple):
    number: int


@pytest.fixture
def opened(place: str) -> Register:
    """The test's register."""
    return locate(place)


def agreements(number: int) -> list[Agreement]:
    """So many that no register has."""
    one = Agreement(
        title="한국",
        kind="treaty",
        stage="signed",
        parties="both",
        created_on="2024-01-01",
        updated_on="2024-01-01",
    )
    return [replace(one, ref=f"N-{at:05}", withdrawn=at % 2 == 0) for at in range(number)]


def counted(register: Register) -> int:
    with register.reading() as reader:
        return reader.rows(Counted, "SELECT count(*) AS number FROM agreement WHERE ref LIKE 'N-%'")[0].number


def test_rows_are_read_as_they_were_inserted_however_many(opened: Register) -> None:
    made = agreements(MANY)
    sql = f"{ALL} WHERE ref >= :first AND ref < 'N-A' ORDER BY ref"

    def work(transaction: Transaction) -> None:
        transaction.insert("agreement", made)
        assert transaction.rows(Agreement, sql, first="N-00000") == made

    opened.write(work, invocation="1")
    with opened.reading() as reader:
        assert reader.rows(Agreement, sql, first="N-00001") == made[1:]
        assert list(reader.stream(Agreement, sql, first="N-00000")) == made


def test_a_row_that_is_there_is_updated_and_another_inserted(opened: Register) -> None:
    first, second = agreements(2)
    opened.write(lambda transaction: transaction.insert("agreement", [first]), invocation="1")
    changed = replace(first, stage="in-force", withdrawn=False)
    opened.write(lambda transaction: transaction.upsert("agreement", [changed, second]), invocation="2")
    with opened.reading() as reader:
        sql = f"{ALL} WHERE {reader.among('ref', 'wanted')} ORDER BY ref"
        assert reader.rows(Agreement, sql, wanted='["N-00000","N-00001"]') == [changed, second]


def test_nothing_is_inserted_where_there_is_nothing(opened: Register) -> None:
    def work(transaction: Transaction) -> None:
        transaction.insert("agreement", [])
        transaction.upsert("agreement", [])

    opened.write(work, invocation="1")
    assert counted(opened) == 0


def test_what_fails_leaves_nothing(opened: Register) -> None:
    def work(transaction: Transaction) -> None:
        transaction.insert("agreement", agreements(1))
        raise Refused("not this one")

    with pytest.raises(Refused, match="not this one"):
        opened.write(work, invocation="1")
    assert counted(opened) == 0


def test_a_dry_run_and_a_reader_can_write_nothing(opened: Register) -> None:
    with pytest.raises(KsmyError):
        opened.write(
            lambda transaction: transaction.insert("agreement", agreements(1)), dry_run=True, invocation="1"
        )
    with pytest.raises(KsmyError), opened.reading() as reader:
        reader.rows(Counted, "DELETE FROM milestone")
    assert counted(opened) == 0


def test_rows_that_break_a_rule_are_refused_by_name(opened: Register) -> None:
    def work(transaction: Transaction) -> None:
        with pytest.raises(transaction.refusals):
            transaction.insert("agreement", [replace(agreements(1)[0], kind="promise")])
        raise Refused("as it should be")

    with pytest.raises(Refused, match="as it should be"):
        opened.write(work, invocation="1")


def test_a_record_that_belongs_to_none_is_told(opened: Register, engine: str, place: str) -> None:
    sql = "UPDATE commitment SET agreement = 'NONE' WHERE ref = 'FTA-CONCLUDE'"
    if engine == "sqlite":
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(sql)
    else:
        with psycopg.connect(place) as server:
            server.execute("SET session_replication_role = replica")  # without the triggers of references
            server.execute(sql)
    with opened.reading() as reader:
        assert list(reader.dangling()) == ["commitment FTA-CONCLUDE belongs to an agreement that is missing"]
