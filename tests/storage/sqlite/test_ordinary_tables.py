"""A register whose tables are not ordinary tables, or in which more than its own would run, is left alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ksmy_tracker.storage.sqlite import ordinary_tables as tables
from ksmy_tracker.storage.tables import Table
from tests.conftest import Ksmy, execute, sentence

#: Rows without number, and none of them is given: what runs in it ends only so that a test which fails does.
ENDLESS = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x LIMIT 9000000) SELECT max(n) FROM x"

OF_OLD = Path(__file__).parents[2] / "registers" / "0001.sql"

CHANGING = (
    ("update", "TOURISM", "--note", "x"),
    ("update", "TOURISM", "--note", "x", "--dry-run"),
    ("apply", "batch.jsonl"),
    ("undo",),
)
COMMANDS = (
    ("list",),
    ("list", "--as-of", "2025-06-01"),
    ("show", "TOURISM"),
    ("report",),
    ("timeline",),
    ("due",),
    ("history",),
    ("agreements",),
    ("check",),
    ("export",),
    ("export", "--format", "ics"),
    ("export", "--output", "all.jsonl"),
    ("backup", "copy.db"),
    ("migrate",),
    *CHANGING,
)


@pytest.fixture(autouse=True)
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "batch.jsonl").write_text('{"ref": "TOURISM", "note": "x"}\n')


def replaced(register: Path, table: str, by: str) -> None:
    """Put something else where a table was; its rows stay in another."""
    execute(
        register,
        "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE {table} RENAME TO its_rows",
        f"CREATE VIEW {by} AS SELECT its_rows.* FROM its_rows WHERE ({ENDLESS}) = 0",
    )


def damaged(register: Path, fault: str) -> str:
    return f"{register} is damaged (schema: {fault}); restore the newest sound backup"


def test_the_tables_are_those_of_the_models() -> None:
    assert set(tables.NAMES) == {*Table.metadata.tables, "alembic_version"}


def test_every_command_refuses_a_register_in_which_a_table_is_a_view(ksmy: Ksmy, register: Path) -> None:
    replaced(register, "commitment", "commitment")
    before = register.read_bytes()
    for arguments in COMMANDS:
        ran = ksmy(*arguments, "--timeout", "2")
        assert (ran.code, sentence(ran)) == (8, damaged(register, "the table commitment is a view")), (
            arguments
        )
    assert register.read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["batch.jsonl"]


@pytest.mark.parametrize("table", tables.NAMES)
def test_no_table_may_be_a_view_under_its_name_in_any_case(ksmy: Ksmy, register: Path, table: str) -> None:
    replaced(register, table, table.title())
    ran = ksmy("list")
    assert (ran.code, sentence(ran)) == (8, damaged(register, f"the table {table.title()} is a view"))


def test_a_view_in_a_register_of_an_older_schema_stops_its_migration(ksmy: Ksmy, tmp_path: Path) -> None:
    of_old = tmp_path / "old.db"
    with closing(sqlite3.connect(of_old)) as connection:
        connection.executescript(OF_OLD.read_text(encoding="utf-8"))
    replaced(of_old, "entry", "entry")
    ran = ksmy("migrate", "--db", str(of_old))
    assert (ran.code, sentence(ran)) == (8, damaged(of_old, "the table entry is a view"))
    assert sorted(path.name for path in tmp_path.glob("old.db*")) == ["old.db"]


def write_schema(register: Path, *statements: str) -> None:
    execute(register, "PRAGMA writable_schema = ON", *statements)


def virtual(name: str) -> str:
    sql = f"CREATE VIRTUAL TABLE {name} USING what_others_wrote"
    return f"INSERT INTO sqlite_master VALUES ('table', '{name}', '{name}', 0, '{sql}')"


def test_no_table_may_be_virtual(ksmy: Ksmy, register: Path) -> None:
    write_schema(
        register, "UPDATE sqlite_master SET name = 'x' WHERE name = 'milestone'", virtual("milestone")
    )
    write_schema(register, "DELETE FROM sqlite_master WHERE name = 'x' OR name LIKE 'ix_milestone%'")
    write_schema(register, "DELETE FROM sqlite_master WHERE tbl_name = 'milestone' AND type = 'index'")
    for arguments in (("show", "TOURISM"), ("check",), CHANGING[0]):
        ran = ksmy(*arguments)
        assert (ran.code, sentence(ran)) == (8, damaged(register, "the table milestone is a virtual table"))


@pytest.mark.parametrize("kept", ["VIRTUAL", ""])
def test_no_column_may_be_computed(ksmy: Ksmy, register: Path, kept: str) -> None:
    execute(register, f"ALTER TABLE commitment ADD COLUMN slow TEXT AS (replace(ref, 'a', title)) {kept}")
    for arguments in (("list",), ("check",), CHANGING[0]):
        ran = ksmy(*arguments)
        fault = "the column slow of the table commitment is computed"
        assert (ran.code, sentence(ran)) == (8, damaged(register, fault))


@pytest.mark.parametrize(
    ("statements", "fault", "found"),
    [
        (
            [f"CREATE TRIGGER sleeper AFTER INSERT ON entry BEGIN {ENDLESS}; END"],
            "the trigger sleeper does not belong to a register",
            "the trigger sleeper does not belong to a register",
        ),
        (
            [f"CREATE TRIGGER commitment BEFORE UPDATE ON commitment BEGIN {ENDLESS}; END"],
            "the trigger commitment does not belong to a register",
            "the table commitment is not as it should be",
        ),
        (
            [
                "DROP TRIGGER entry_append",
                f"CREATE TRIGGER entry_append BEFORE INSERT ON entry BEGIN {ENDLESS}; END",
            ],
            "the trigger entry_append is not as it should be",
            "the trigger entry_append is not as it should be",
        ),
        (
            ["PRAGMA writable_schema = ON", virtual("others")],
            "the virtual table others does not belong to a register",
            "the table others does not belong to a register",
        ),
    ],
    ids=["trigger", "trigger-with-a-table's-name", "trigger-of-a-known-name", "virtual-table"],
)
def test_what_would_run_while_a_row_is_written_stops_a_writer_and_no_reader(
    ksmy: Ksmy, register: Path, statements: list[str], fault: str, found: str
) -> None:
    execute(register, *statements)
    before = register.read_bytes()
    for arguments in CHANGING:
        ran = ksmy(*arguments)
        assert (ran.code, sentence(ran)) == (8, damaged(register, fault)), arguments
    assert register.read_bytes() == before
    assert ksmy("list").code == 0
    ran = ksmy("check")
    assert ran.code == 8
    assert ran.err.splitlines()[1].strip() == f"schema: {found}"


def test_a_trigger_of_an_older_register_stops_its_migration_before_its_backup(
    ksmy: Ksmy, tmp_path: Path
) -> None:
    of_old = tmp_path / "old.db"
    with closing(sqlite3.connect(of_old)) as connection:
        connection.executescript(OF_OLD.read_text(encoding="utf-8"))
    execute(of_old, f"CREATE TRIGGER sleeper AFTER INSERT ON entry BEGIN {ENDLESS}; END")
    ran = ksmy("migrate", "--db", str(of_old))
    fault = "the trigger sleeper does not belong to a register"
    assert (ran.code, sentence(ran)) == (8, damaged(of_old, fault))
    assert sorted(path.name for path in tmp_path.glob("old.db*")) == ["old.db"]


def test_a_header_that_forbids_writing_is_damage(ksmy: Ksmy, register: Path) -> None:
    content = bytearray(register.read_bytes())
    content[18] = 9
    register.write_bytes(content)
    ran = ksmy(*CHANGING[0])
    fault = "its header has 9 as its write version, not 1"
    assert ran.code == 8
    assert sentence(ran) == f"{register} is damaged ({fault}); restore the newest sound backup"
    assert ksmy("list").code == 0
    ran = ksmy("check")
    assert ran.code == 8
    assert ran.err.splitlines() == [f"ksmy: {register} failed its check", f"  database: {fault}"]


def test_check_names_the_schemas_faults_before_those_of_the_records(ksmy: Ksmy, register: Path) -> None:
    execute(
        register,
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE commitment SET firmness = 'x' WHERE ref = 'TOURISM'",
        "CREATE TABLE notes (note TEXT)",
    )
    lines = [line.strip() for line in ksmy("check").err.splitlines()]
    assert lines[1] == "schema: the table notes does not belong to a register"
    assert lines[2].startswith("commitment TOURISM: firmness is 'x'")
