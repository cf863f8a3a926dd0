"""The roles of docs/server.md: who may only look, who may write, and that nobody rewrites the past."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ksmy_tracker.domain.entries import ENTRY_FIELDS
from tests.conftest import Ksmy, sentence
from tests.servers import Cluster

PAGE = (Path(__file__).parents[3] / "docs" / "server.md").read_text(encoding="utf-8")
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def offices(own_cluster: Cluster, ksmy: Ksmy) -> Iterator[Cluster]:
    """A server set up as the page says, statement by statement, by those whom it names."""
    own_cluster.start("fsync=off")
    administrator, owner, people = SQL
    own_cluster.execute(*statements(administrator))
    assert ksmy("init", "--db", own_cluster.url("ksmy", "ksmy_owner")).code == 0
    with psycopg.connect(own_cluster.url("ksmy", "ksmy_owner")) as connection:
        for statement in statements(owner):
            connection.execute(statement.encode())
    own_cluster.execute(*statements(people))
    return own_cluster  # type: ignore[return-value]


def statements(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]


def test_a_reader_can_run_every_command_that_looks_and_change_nothing(offices: Cluster, ksmy: Ksmy) -> None:
    url = offices.url("ksmy", "press")
    for command in (
        *(
            ("list",),
            ("due",),
            ("show", "FTA-CONCLUDE"),
            ("history",),
            ("agreements",),
            ("bodies",),
            ("sources",),
            ("measure", "list"),
            ("report",),
            ("timeline",),
        ),
        *(("list", "--as-of", "2025-01-01"), ("report", "--format", "html"), ("export",), ("check",)),
        ("export", "--format", "ics"),
        ("update", "TOURISM", "--note", "x", "--dry-run"),
    ):
        ran = ksmy(*command, "--db", url)
        assert ran.code == 0, (command, ran.err)
    changing: tuple[tuple[str, ...], ...] = (("update", "TOURISM", "--note", "x"), ("undo",))
    for refused in changing:
        ran = ksmy(*refused, "--db", url)
        assert ran.code == 1
        assert "this user may not do that" in sentence(ran)


def test_a_writer_changes_records_and_cannot_touch_the_history(
    offices: Cluster, ksmy: Ksmy, tmp_path: Path
) -> None:
    url = offices.url("ksmy", "seoul")
    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        '{"ref": "TOURISM", "status": "suspended"}\n{"ref": "HYDROGEN", "sector": "green-energy", "key": "k"}\n'
        '{"op": "milestone", "ref": "TOURISM", "title": "Step"}\n'
        '{"op": "add", "ref": "MOU", "title": "M", "kind": "treaty", "stage": "signed"}\n'
        '{"op": "body", "ref": "KAI", "name": "K", "kind": "company"}\n'
        '{"op": "source", "ref": "STAR", "title": "S"}\n'
        '{"op": "measure", "ref": "TOURISM:VISITS", "title": "V", "unit": "people"}\n'
        '{"op": "claim", "ref": "TOURISM", "field": "firmness", "value": "hoped"}\n'
    )
    assert ksmy("apply", str(batch), "--db", url).code == 0
    assert ksmy("undo", "--db", url).code == 0
    assert ksmy("check", "--db", url).code == 0
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "UPDATE entry SET note = 'x'",
            "DELETE FROM entry",
            "TRUNCATE entry",
            "DROP TABLE entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_not_even_the_owner_rewrites_the_history_in_passing(offices: Cluster) -> None:
    with psycopg.connect(offices.url("ksmy", "ksmy_owner"), autocommit=True) as connection:
        for statement in ("UPDATE entry SET note = 'x'", "DELETE FROM entry", "TRUNCATE entry"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                connection.execute(statement.encode())
        columns = ", ".join(("99", *ENTRY_FIELDS[1:]))
        with pytest.raises(psycopg.errors.RaiseException, match="at the end"):
            connection.execute(f"INSERT INTO entry SELECT {columns} FROM entry WHERE id = 2".encode())


TAMPERING = {
    "ALTER TABLE entry DISABLE TRIGGER entry_no_update": "schema: the trigger entry_no_update is not as it should be",
    "DROP TRIGGER entry_append ON entry": "schema: the trigger entry_append is missing",
    "CREATE OR REPLACE FUNCTION entry_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'": (
        "schema: the trigger entry_no_update is not as it should be"
    ),
    "DROP INDEX ix_entry_recorded_at": "schema: the index ix_entry_recorded_at is missing",
    "ALTER TABLE commitment DROP CONSTRAINT ck_commitment_status": (
        "schema: the constraint ck_commitment_status is missing"
    ),
    "ALTER TABLE entry ALTER note TYPE varchar(999)": "schema: the column note of entry is not as it should be",
    "UPDATE commitment SET title = 'x' WHERE ref = 'TOURISM'": "commitment TOURISM: title is 'x', but its history says",
    "DELETE FROM milestone WHERE number = 5": "milestone FTA-CONCLUDE/5 is missing, though the history has it",
    "ALTER TABLE entry DISABLE TRIGGER USER; UPDATE entry SET note = 'x' WHERE id = 9; "
    "ALTER TABLE entry ENABLE TRIGGER USER": "entry 9 (",
    "ALTER TABLE entry DISABLE TRIGGER USER; DELETE FROM entry WHERE id = 30; "
    "ALTER TABLE entry ENABLE TRIGGER USER": "milestone FTA-CONCLUDE/5 has no history",
}


@pytest.mark.parametrize(("statement", "fault"), TAMPERING.items(), ids=range(len(TAMPERING)))
def test_check_finds_what_was_done_behind_its_back(
    ksmy: Ksmy, database_on_server: str, statement: str, fault: str
) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute(statement.encode())
    ran = ksmy("check", "--db", database_on_server)
    assert ran.code == 8
    assert fault in ran.err


def test_check_asks_for_a_head_on_a_server_too(ksmy: Ksmy, database_on_server: str) -> None:
    head = ksmy("check", "--db", database_on_server).out.split()[-1]
    assert ksmy("check", "--expect-head", head, "--db", database_on_server).code == 0
    assert ksmy("check", "--expect-head", "0" * 64, "--db", database_on_server).code == 8
