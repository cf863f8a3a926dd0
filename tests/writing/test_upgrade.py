"""A register of every released schema is brought up to date with its rows, its chain and a backup."""

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.chain import Entry, digest, entry_row, read_entry
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import KINDS, kept
from ksmy_tracker.domain.projection import project
from ksmy_tracker.reading.export import export_lines
from ksmy_tracker.storage.revisions import REVISIONS
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import At, Ksmy, execute, sentence
from tests.exports import as_before

DUMPS = Path(__file__).parents[1] / "registers"

#: The head of each dump's history, as it was before anything newer touched it.
HEADS = {
    "0001": "6a1722eb71db679fcb50eb4ec68088924d39524aae651b0d8303afb9da67973a",
    "0002": "53909234defdfee85abedee289f4c49e59710107fa3ab1266ce54224b6d1c2a5",
    "0003": "9b74ceaa22ef96abf7d25f269bef37e1cc5ffcca48b691ea0d2f4cb72ba8cf68",
    "0004": "ac8a10a8f966a30306d89044f7fb9138dd2ab5aa9e85c6ebeb6e1553e598d714",
}
ENTRIES = {"0001": 29, "0002": 42, "0003": 58, "0004": 84}

#: Those that every release had.
TABLES = ("agreement", "commitment", "milestone", "entry")


@pytest.fixture(params=sorted(HEADS))
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(revision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ksmy: Ksmy) -> Path:
    """A register as an older version left it; the test's commands are about it."""
    path = tmp_path / "old" / "register.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DUMPS / f"{revision}.sql").read_text(encoding="utf-8"))
    monkeypatch.setenv("KSMY_DATABASE_URL", str(path))
    return path


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        ((application_id,),) = connection.execute("PRAGMA application_id").fetchall()
        return [str(application_id), *connection.iterdump()]


def rows(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, or only some columns of them."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for table in TABLES:
            names = ", ".join(columns[table]) if columns else "*"
            order = "id" if table == "entry" else "ref"
            found[table] = [
                dict(row) for row in connection.execute(f"SELECT {names} FROM {table} ORDER BY {order}")
            ]
    return found


def exported(path: Path) -> list[str]:
    """The lines of an export of a register, which may be older than what its entries retract."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN")
        if "retracts" not in [row[1] for row in connection.execute("PRAGMA table_info(entry)")]:
            connection.execute("ALTER TABLE entry ADD COLUMN retracts TEXT NOT NULL DEFAULT '[]'")
        return list(export_lines(FileReader(connection)))


def structure(path: Path) -> dict[str, list[Any]]:
    """What a schema is made of, however the statements that made it are spelt."""
    with closing(sqlite3.connect(path)) as connection:
        found = {
            "others": connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY 1, 2"
            ).fetchall()
        }
        for table in (*KINDS, "entry", "unchanged_key"):
            found[table] = connection.execute(f"PRAGMA table_info({table})").fetchall()
            found[f"{table} refers to"] = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    return found


def test_there_is_a_dump_of_every_released_schema() -> None:
    assert {path.stem for path in DUMPS.glob("*.sql")} == set(HEADS) == set(REVISIONS[:-1])


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("show", "FTA-CONCLUDE"),
        ("due",),
        ("history",),
        ("agreements",),
        ("report",),
        ("check",),
        ("export",),
        ("add", "NEW", "--title", "t", "--kind", "treaty", "--stage", "signed"),
        ("update", "FTA-CONCLUDE", "--note", "n"),
        ("update", "FTA-CONCLUDE", "--note", "n", "--dry-run"),
        ("milestone", "add", "FTA-CONCLUDE", "t"),
        ("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met"),
        ("apply", "batch.jsonl"),
        ("undo",),
    ],
)
def test_an_older_register_is_refused_with_what_to_do(
    ksmy: Ksmy, old: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(old.parent)
    (old.parent / "batch.jsonl").write_text('{"ref": "FTA-CONCLUDE", "note": "n"}\n')
    before = old.read_bytes()
    ran = ksmy(*command)
    assert (ran.code, ran.out) == (6, "")
    assert ran.err == f"ksmy: the schema of {old} is older than this program; run `ksmy migrate`\n"
    assert old.read_bytes() == before


def test_a_migrated_register_has_its_rows_and_its_chain(ksmy: Ksmy, old: Path, revision: str) -> None:
    before = rows(old)
    columns = {table: list(found[0]) if found else ["ref"] for table, found in before.items()}
    ran = ksmy("migrate")
    assert (ran.code, ran.err) == (0, "")
    assert rows(old, columns) == before
    ran = ksmy("check", "--expect-head", HEADS[revision])
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"head {HEADS[revision]}\n")
    assert len(before["entry"]) == ENTRIES[revision]


@pytest.mark.parametrize("revision", ["0001"])
def test_nothing_is_withdrawn_by_a_migration(ksmy: Ksmy, old: Path) -> None:
    ksmy("migrate")
    assert {row["withdrawn"] for table in TABLES[:3] for row in rows(old)[table]} == {0}
    assert len(ksmy("list").out.splitlines()) == 20
    assert len(ksmy("list", "--as-of", "2025-10-26").out.splitlines()) == 19


def migrated(path: Path) -> list[Entry]:
    with FileRegister(path).reading() as reader:
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id"
        return [read_entry(row) for row in reader.stream(StoredEntry, sql)]


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_every_state_on_every_day_is_as_it_was(ksmy: Ksmy, old: Path) -> None:
    entries = rows(old)["entry"]
    ksmy("migrate")
    for day in {entry["effective_on"] for entry in entries}:
        # As those versions had it: entries in the order of the chain, each setting all that it names.
        before: dict[str, dict[str, Any]] = {}
        for entry in entries:
            if entry["effective_on"] <= day:
                said = {name: new for name, (_, new) in json.loads(entry["changes"]).items()}
                before.setdefault(entry["ref"], {}).update(said)
        after = project(migrated(old), day)
        assert {
            ref: {name: getattr(after[ref], name) for name in its} for ref, its in before.items()
        } == before, day
        assert after.keys() == before.keys()


@pytest.mark.parametrize("revision", ["0004"])
def test_every_column_on_every_day_is_as_the_release_before_had_it(
    ksmy: Ksmy, old: Path, revision: str
) -> None:
    """Its own program said it: of each day with an entry, what is another than on the one before."""
    ksmy("migrate")
    entries = migrated(old)
    before: dict[str, dict[str, Any]] = {}
    lines = (DUMPS / f"{revision}.states.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len({entry.effective_on for entry in entries})
    for line in map(json.loads, lines):
        for ref, changed in line["records"].items():
            before.setdefault(ref, {}).update(changed)
        after = {ref: kept(record) for ref, record in project(entries, line["day"]).items()}
        assert {ref: {name: after[ref][name] for name in its} for ref, its in before.items()} == before, line[
            "day"
        ]
        assert after.keys() == before.keys()


def test_a_migration_leaves_the_old_register_beside_the_new(ksmy: Ksmy, old: Path, revision: str) -> None:
    before = dump(old)
    ran = ksmy("migrate")
    backup = old.with_name(f"register.db.before-{REVISIONS[-1]}")
    assert ran.out == (
        f"{old} migrated from schema {revision} to {REVISIONS[-1]}; the register as it was is in {backup}\n"
    )
    assert sorted(old.parent.iterdir()) == [old, backup]
    assert dump(backup) == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert dump(old) != before


def test_a_migrated_register_has_the_schema_of_a_new_one(ksmy: Ksmy, old: Path, register: Path) -> None:
    ksmy("migrate")
    assert structure(old) == structure(register)
    with FileRegister(old).reading() as reader:
        assert [*reader.schema_faults(), *reader.broken_pages()] == []


def test_a_second_migration_does_nothing(ksmy: Ksmy, old: Path) -> None:
    ksmy("migrate")
    before = old.read_bytes()
    ran = ksmy("migrate")
    assert (ran.code, ran.out, ran.err) == (0, f"{old} is up to date (schema {REVISIONS[-1]})\n", "")
    assert old.read_bytes() == before
    assert len(list(old.parent.iterdir())) == 2


@pytest.mark.parametrize("revision", ["0002", "0003", "0004"])
def test_a_migration_alters_no_line_of_an_export(ksmy: Ksmy, old: Path, revision: str) -> None:
    before = "".join(exported(old))
    assert all(f'"action":"{one}"' in before for one in ("undone", "withdrawn", "restored"))
    assert before.count('{"unchanged_key":') == (2 if revision == "0002" else 0)
    ksmy("migrate")
    assert ksmy("export").out == before


@pytest.mark.parametrize("revision", ["0002", "0003", "0004"])
def test_an_export_of_the_version_before_makes_the_register_that_a_migration_makes(
    ksmy: Ksmy, old: Path, revision: str, tmp_path: Path
) -> None:
    file, new = tmp_path / "export.jsonl", tmp_path / "new.db"
    before = exported(old)
    if revision < "0004":
        before = as_before(before, old)
        assert any(line.startswith('{"milestone":') for line in before)
    file.write_text("".join(before), encoding="utf-8")
    ksmy("migrate")
    ran = ksmy("import", str(file), "--db", str(new))
    assert (ran.code, ran.err) == (0, "")
    assert rows(new) == rows(old)
    assert ksmy("export", "--db", str(new)).out == ksmy("export").out


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE commitment SET sector = '$(touch pwned)' WHERE ref > 'F'",
            "commitment FA50M-DELIVERY: its sector is",
        ),
        ("UPDATE milestone SET due = ';' WHERE ref = 'TIN/1'", "milestone TIN/1: its due is"),
        ("UPDATE agreement SET ref = 'A B' WHERE ref = 'MOU-CCS'", "agreement A B: its ref is"),
        ("UPDATE unchanged_key SET key_digest = 'd'", "key as-it-was: its key_digest is"),
    ],
)
@pytest.mark.parametrize("revision", ["0002"])
def test_a_register_with_what_no_register_may_have_is_not_migrated(
    ksmy: Ksmy, old: Path, statement: str, fault: str
) -> None:
    execute(old, statement)
    before = old.read_bytes()
    ran = ksmy("migrate")
    assert (ran.code, ran.out) == (8, "")
    assert sentence(ran).startswith(fault)
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


def test_a_migrated_register_can_be_changed(
    ksmy: Ksmy, at: At, old: Path, revision: str, tmp_path: Path
) -> None:
    at(datetime(2026, 3, 15, 4, 0, tzinfo=UTC))  # after the newest entry of each
    ksmy("migrate")
    ran = ksmy("update", "FTA-CONCLUDE", "--firmness", "hoped", "--note", "migrated")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"FTA-CONCLUDE updated: firmness committed -> hoped; note: migrated (entry {ENTRIES[revision] + 1})\n"
    )
    assert ksmy("milestone", "add", "FTA-CONCLUDE", "Signed").code == 0
    undone = ENTRIES[revision] + 2
    assert ksmy("undo").out.endswith(f" undone: entry {undone} taken back (entry {undone + 1})\n")
    assert ksmy("check").code == 0
    file, new = tmp_path / "export.jsonl", ("--db", str(tmp_path / "new.db"))
    file.write_text(ksmy("export").out)
    assert ksmy("import", str(file), *new).code == 0
    assert ksmy("export", *new).out == file.read_text()


@pytest.mark.parametrize("revision", ["0002"])
def test_a_register_whose_history_no_writer_wrote_is_not_migrated(ksmy: Ksmy, old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        names = [name for name in ENTRY_FIELDS if name != "retracts"]
        connection.row_factory = sqlite3.Row
        row = connection.execute(f"SELECT {', '.join(names)} FROM entry ORDER BY id DESC").fetchone()
        last = read_entry(StoredEntry(**dict(row), retracts="[]"))
        last.id, last.previous_hash, last.note = last.id + 1, last.hash, "x"
        last.action, last.changes = (
            "updated",
            {"due": ("2026-35", "2030"), "baseline_due": ("2026-35", "2030")},
        )
        last.hash = digest(last)
        marks = ", ".join(f":{name}" for name in names)
        connection.execute(
            f"INSERT INTO entry ({', '.join(names)}) VALUES ({marks})", entry_row(last)._asdict()
        )
        connection.commit()
    before = old.read_bytes()
    ran = ksmy("migrate")
    assert (ran.code, ran.out) == (8, "")
    assert sentence(ran).startswith(
        "entry 43 (TIN): baseline_due does not follow from what it changes; nothing was changed"
    )
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]
