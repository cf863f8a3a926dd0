"""A check finds what was done to a register behind its program's back, and says where."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.chain import digest, key_hash, read_entry
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import KINDS
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.history_triggers import HISTORY_TRIGGERS
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.storage.tables import Table
from tests.conftest import Ksmy, asked

#: The fifth entry of the seeded register, and the record it creates.
ENTRY, ENTRY_REF = 5, "MOU-TOURISM"
#: The last entry of the seeded register.
LAST = 30


@contextmanager
def behind_its_back(register: Path) -> Iterator[sqlite3.Connection]:
    """A connection that nothing is refused to, the triggers as they were afterwards."""
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        for trigger in HISTORY_TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")
        yield connection
        for sql in HISTORY_TRIGGERS.values():
            connection.execute(sql)


def tamper(register: Path, statement: str, *values: object) -> None:
    with behind_its_back(register) as connection:
        assert connection.execute(statement, values).rowcount != 0


def rewrite_table(register: Path, table: str, old: str, new: str) -> None:
    """Alter the SQL of a table where the database keeps it, as no statement can."""
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
        plain = " ".join(sql.split())
        assert old in plain
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = ?", [plain.replace(old, new), table]
        )
        (version,) = connection.execute("PRAGMA schema_version").fetchone()
        connection.execute(f"PRAGMA schema_version = {version + 1}")


def faults(ksmy: Ksmy, register: Path, *arguments: str) -> list[str]:
    """What a check that fails says is wrong, a line each."""
    ran = ksmy("check", *arguments)
    assert (ran.code, ran.out) == (8, "")
    sentence, *found = ran.err.splitlines()
    assert sentence == f"ksmy: {register} failed its check"
    assert found
    assert all(line.startswith("  ") for line in found)
    return [line.strip() for line in found]


def head_of(ksmy: Ksmy) -> str:
    ran = ksmy("check")
    assert ran.code == 0
    return ran.out.split()[-1]


def test_a_sound_register_has_no_faults_and_is_counted(register: Path) -> None:
    with FileRegister(register).reading() as reader:
        found = audit.check(reader)
        (head,) = asked(reader, f"SELECT hash FROM entry WHERE id = {LAST}")[0]
    seeded = {"agreement": 6, "commitment": 19, "milestone": 5, "entry": LAST}
    assert found == audit.Audit([], dict.fromkeys((*KINDS, "entry"), 0) | seeded, head)


# Entries.


@pytest.mark.parametrize(
    ("column", "value"),
    [("changes", '{"title":[null,"Another promise"]}'), ("note", "another note"), ("hash", "0" * 64)],
)
def test_an_altered_entry_is_found(ksmy: Ksmy, register: Path, column: str, value: str | None) -> None:
    tamper(register, f"UPDATE entry SET {column} = ? WHERE id = ?", value, ENTRY)
    assert faults(ksmy, register)[0].startswith(f"entry {ENTRY} ({ENTRY_REF}) was altered")


def test_an_entry_given_a_key_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE entry SET key = 'k', key_digest = hash WHERE id = ?", ENTRY)
    assert f"entry {ENTRY} ({ENTRY_REF}) was altered" in faults(ksmy, register)[0]


def test_a_key_of_an_entry_that_is_also_said_to_have_changed_nothing_is_found(
    ksmy: Ksmy, register: Path, tmp_path: Path
) -> None:
    line = tmp_path / "line.jsonl"
    line.write_text('{"ref": "TOURISM", "note": "n", "key": "k"}\n')
    ksmy("apply", str(line))
    tamper(register, "INSERT INTO unchanged_key VALUES ('k', ?, ?)", "d" * 64, key_hash("k", "d" * 64))
    assert faults(ksmy, register) == ["key 'k' is that of entry 31 and of a line that changed nothing"]
    tamper(register, "UPDATE unchanged_key SET key_digest = ?", "e" * 64)
    assert faults(ksmy, register) == ["key 'k', of a line that changed nothing, was altered"]


@pytest.mark.parametrize("digest_of", [None, b"d" * 64])
def test_a_key_whose_digest_is_none_is_a_fault_even_where_its_hash_is_right(
    ksmy: Ksmy, register: Path, digest_of: Any
) -> None:
    rewrite_table(register, "unchanged_key", "key_digest TEXT NOT NULL", "key_digest ANY")
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        row = "k", digest_of, key_hash("k", digest_of)
        connection.execute("INSERT INTO unchanged_key VALUES (?, ?, ?)", row)
        connection.commit()
    assert "key 'k', of a line that changed nothing, was altered" in faults(ksmy, register)


@pytest.mark.parametrize(("column", "value"), [("record", "commitment"), ("ref", "MOU-TOURIST")])
def test_an_entry_moved_to_another_record_is_found(
    ksmy: Ksmy, register: Path, column: str, value: str
) -> None:
    tamper(register, f"UPDATE entry SET {column} = ? WHERE id = ?", value, ENTRY)
    found = faults(ksmy, register)
    assert found[0].startswith(f"entry {ENTRY} (")
    assert f"agreement {ENTRY_REF} has no history" in found


def test_an_entry_that_follows_another_one_than_it_says_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE entry SET previous_hash = ? WHERE id = ?", "0" * 64, ENTRY)
    assert f"entry {ENTRY} does not follow entry {ENTRY - 1}" in faults(ksmy, register)[0]


def test_an_altered_first_entry_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE entry SET note = 'another note' WHERE id = 1")
    assert "entry 1 (SP-2024) was altered" in faults(ksmy, register)[0]


def test_every_field_of_an_entry_is_covered_by_its_hash(register: Path) -> None:
    with FileRegister(register).reading() as reader:
        row = asked(reader, f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = {ENTRY}")[0]
    genuine = digest(read_entry(StoredEntry(*row)))
    for field in set(ENTRY_FIELDS) - {"hash"}:
        entry = read_entry(StoredEntry(*row))
        another = {"changes": {"title": [None, "another"]}, "evidence": ("another",), "retracts": (1,)}
        setattr(entry, field, another.get(field, "another"))
        assert digest(entry) != genuine, field


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("changes", '{"title":[null,"\\ud800"]}'),
        ("evidence", '["\\ud800"]'),
        ("changes", "{broken"),
        ("changes", ""),
        ("changes", "[]"),
        ("changes", "null"),
        ("changes", '{"title":"no pair"}'),
        ("changes", '{"due":[null,5]}'),
        ("changes", '{"due":[null,["2025",5]]}'),
        ("changes", '{"topics":[null,[["tin"]]]}'),
        ("evidence", "[broken"),
        ("evidence", "5"),
        pytest.param("evidence", "[" * 100_000, id="evidence-deep"),
    ],
)
def test_an_entry_that_cannot_be_read_is_found_and_named(
    ksmy: Ksmy, register: Path, column: str, value: str
) -> None:
    entry = 8
    tamper(register, f"UPDATE entry SET {column} = ? WHERE id = ?", value, entry)
    found = faults(ksmy, register)
    assert found[0] == f"entry {entry} cannot be read: its changes or its evidence was altered"
    assert not any(f"entry {entry + 1} " in fault for fault in found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("changes", '{"due":[null,"some day"]}'),
        ("changes", '{"ref":[null,"OTHER"]}'),
    ],
)
@pytest.mark.parametrize(("entry", "ref"), [(8, "FTA-SCOPE")])
def test_an_entry_that_makes_no_sense_is_found_and_named(
    ksmy: Ksmy, register: Path, column: str, value: str, entry: int, ref: str
) -> None:
    tamper(register, f"UPDATE entry SET {column} = ? WHERE id = ?", value, entry)
    assert faults(ksmy, register)[0].startswith(f"entry {entry} ({ref}) was altered")


def test_an_entry_of_a_milestone_without_its_commitment_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE entry SET record = 'milestone', ref = 'NONE/1' WHERE id = 10")
    assert any(fault.startswith("entry 10 (NONE/1)") for fault in faults(ksmy, register))


def test_the_same_value_in_another_spelling_is_found(ksmy: Ksmy, register: Path) -> None:
    with behind_its_back(register) as connection:
        (changes,) = connection.execute("SELECT changes FROM entry WHERE id = 5").fetchone()
        connection.execute("UPDATE entry SET changes = ? WHERE id = 5", [json.dumps(json.loads(changes))])
    assert faults(ksmy, register) == [f"entry 5 ({ENTRY_REF}) is not stored in its canonical form"]


@pytest.mark.parametrize("entry", [1, ENTRY, LAST - 1])
def test_a_deleted_entry_is_found(ksmy: Ksmy, register: Path, entry: int) -> None:
    tamper(register, "DELETE FROM entry WHERE id = ?", entry)
    assert f"entry {entry} is missing: entry {entry + 1} stands in its place" in faults(ksmy, register)


def test_a_deleted_tail_is_found_by_the_records_that_differ(ksmy: Ksmy, register: Path) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "in-progress", "--due", "2026")
    tamper(register, "DELETE FROM entry WHERE id > ?", LAST)
    found = faults(ksmy, register)
    assert "commitment FTA-CONCLUDE: due is '2026', but its history says '2025'" in found


@pytest.mark.parametrize(
    ("first", "refs"),
    [
        (29, ["milestone FTA-CONCLUDE/4", "milestone FTA-CONCLUDE/5"]),
        (
            24,
            [
                *(f"milestone FTA-CONCLUDE/{number}" for number in range(1, 6)),
                *("commitment MIDDLE-EAST-PEACE", "commitment REGIONAL-STABILITY"),
            ],
        ),
    ],
)
def test_a_deleted_tail_that_created_records_is_found_by_those_records(
    ksmy: Ksmy, register: Path, first: int, refs: list[str]
) -> None:
    tamper(register, "DELETE FROM entry WHERE id >= ?", first)
    assert faults(ksmy, register) == [f"{ref} has no history" for ref in refs]


def test_a_deleted_history_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "DELETE FROM entry")
    assert "agreement FTA has no history" in faults(ksmy, register)


def test_a_deleted_tail_that_no_record_shows_is_found_by_a_head_seen_before(
    ksmy: Ksmy, register: Path
) -> None:
    earlier = head_of(ksmy)
    ksmy("update", "FTA-CONCLUDE", "--note", "heard of a delay", "--on", "2024-11-25")
    seen = head_of(ksmy)
    tamper(register, "DELETE FROM entry WHERE id > ?", LAST)
    assert ksmy("check").code == 0
    assert ksmy("check", "--expect-head", earlier).code == 0
    assert seen in faults(ksmy, register, "--expect-head", seen)[0]


def test_a_history_that_was_forged_from_an_entry_on_is_found_by_a_head_seen_before(
    ksmy: Ksmy, register: Path
) -> None:
    seen = head_of(ksmy)
    with behind_its_back(register) as connection:
        connection.execute("UPDATE entry SET note = 'forged' WHERE id = ?", [ENTRY])
        previous = None
        for row in connection.execute(f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id").fetchall():
            entry = read_entry(StoredEntry(*row))
            entry.previous_hash, previous = previous, digest_after(previous, row)
            connection.execute(
                "UPDATE entry SET previous_hash = ?, hash = ? WHERE id = ?",
                [entry.previous_hash, previous, entry.id],
            )
    assert ksmy("check").code == 0
    assert seen in faults(ksmy, register, "--expect-head", seen)[0]


def digest_after(previous: str | None, row: tuple[Any, ...]) -> str:
    """The hash of an entry once it follows another one."""
    entry = read_entry(StoredEntry(*row))
    entry.previous_hash = previous
    return digest(entry)


# Records.


@pytest.mark.parametrize(
    ("record", "ref", "column", "value", "genuine"),
    [
        ("agreement", "FTA", "title", "Another treaty", "Bilateral free trade agreement"),
        ("agreement", "FTA", "stage", "signed", "negotiating"),
        ("agreement", "SP-2024", "place", None, "Yongsan Presidential Office, Seoul"),
        ("commitment", "FTA-CONCLUDE", "status", "cancelled", "in-progress"),
        ("commitment", "FTA-CONCLUDE", "due_latest", "2026-12-31", "2025-12-31"),
        ("commitment", "FTA-CONCLUDE", "baseline_due", "2026", "2025"),
        ("commitment", "FTA-CONCLUDE", "verifiable", 0, 1),
        ("commitment", "FTA-CONCLUDE", "evidence", 7, 0),
        ("commitment", "FTA-CONCLUDE", "updated_on", "2025-01-01", "2024-11-25"),
        ("commitment", "FTA-CONCLUDE", "agreement", "SP-2024", "FTA"),
        ("milestone", "FTA-CONCLUDE/2", "title", "Another step", "Signed"),
        ("milestone", "FTA-CONCLUDE/2", "met_on", "2025-01-01", None),
        *(
            (record, ref, "withdrawn", 1, 0)
            for record, ref in (
                *(("agreement", "MOU-TOURISM"), ("commitment", "TOURISM")),
                *(("milestone", "FTA-CONCLUDE/2"),),
            )
        ),
    ],
)
def test_a_changed_record_is_found(
    ksmy: Ksmy, register: Path, record: str, ref: str, column: str, value: object, genuine: object
) -> None:
    tamper(register, f"UPDATE {record} SET {column} = ? WHERE ref = ?", value, ref)
    found = f"{record} {ref}: {column} is {value!r}, but its history says {genuine!r}"
    assert faults(ksmy, register) == [found]


@pytest.mark.parametrize(
    ("record", "ref"),
    [("agreement", "FA50M-2023"), ("commitment", "TOURISM"), ("milestone", "FTA-CONCLUDE/3")],
)
def test_a_missing_record_is_found(ksmy: Ksmy, register: Path, record: str, ref: str) -> None:
    tamper(register, f"DELETE FROM {record} WHERE ref = ?", ref)
    assert f"{record} {ref} is missing, though the history has it" in faults(ksmy, register)


def test_a_missing_record_of_others_is_found_by_those_too(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "DELETE FROM commitment WHERE ref = 'FTA-CONCLUDE'")
    *of_it, itself = faults(ksmy, register)
    assert sorted(of_it) == [
        f"milestone FTA-CONCLUDE/{number} belongs to a commitment that is missing" for number in range(1, 6)
    ]
    assert itself == "commitment FTA-CONCLUDE is missing, though the history has it"


@pytest.mark.parametrize(
    ("named", "statement"),
    [
        (
            "agreement SMUGGLED",
            (
                "INSERT INTO agreement (ref, title, kind, stage, parties, created_on, updated_on) "
                "SELECT 'SMUGGLED', title, kind, stage, parties, created_on, updated_on "
                "FROM agreement WHERE ref = 'FTA'"
            ),
        ),
        (
            "body SMUGGLED",
            (
                "INSERT INTO body (ref, name, kind, created_on, updated_on, withdrawn) "
                "VALUES ('SMUGGLED', 'x', 'state', '2025-01-31', '2025-01-31', 0)"
            ),
        ),
        (
            "source ZZ",
            (
                "INSERT INTO source (ref, title, created_on, updated_on, withdrawn) "
                "VALUES ('ZZ', 'x', '2025-01-31', '2025-01-31', 0)"
            ),
        ),
        (
            "milestone FTA-CONCLUDE/6",
            (
                "INSERT INTO milestone (ref, commitment, number, title, state, evidence, created_on, updated_on) "
                "VALUES ('FTA-CONCLUDE/6', 'FTA-CONCLUDE', 6, 'x', 'met', 0, '2025-01-31', '2025-01-31')"
            ),
        ),
    ],
)
def test_a_record_without_history_is_found(ksmy: Ksmy, register: Path, named: str, statement: str) -> None:
    tamper(register, statement)
    assert faults(ksmy, register) == [f"{named} has no history"]


@pytest.mark.parametrize("topics", ['["tin","halal"]', '["tin", "halal"]', "[]"])
def test_a_list_that_was_altered_in_a_record_is_found(ksmy: Ksmy, register: Path, topics: str) -> None:
    assert ksmy("update", "TOURISM", "--topics", "halal,tin").code == 0
    tamper(register, "UPDATE commitment SET topics = ? WHERE ref = 'TOURISM'", topics)
    said = json.dumps(json.loads(topics), separators=(",", ":"))
    assert faults(ksmy, register) == [
        f'commitment TOURISM: topics is {said!r}, but its history says \'["halal","tin"]\''
    ]


@pytest.mark.parametrize("topics", ['["tin",7,"halal"]', '["tin",["a"],"b"]', '["tin"halal"]'])
def test_what_is_no_list_of_texts_is_damage(ksmy: Ksmy, register: Path, topics: str) -> None:
    tamper(register, "UPDATE commitment SET topics = ? WHERE ref = 'TOURISM'", topics)
    for command in (("check",), ("list",), ("show", "TOURISM"), ("update", "TOURISM", "--note", "n")):
        ran = ksmy(*command)
        assert (ran.code, ran.out) == (8, "")
        assert "stands where a list of texts should" in ran.err


def test_what_was_put_into_a_record_does_nothing_to_the_terminal(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE agreement SET title = ? WHERE ref = 'FTA'", "\x1b[2J\u202egone")
    ran = ksmy("check")
    assert "agreement FTA: title is" in ran.err
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


def test_what_cannot_be_read_as_text_is_damage(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE entry SET note = CAST(x'ff41' AS TEXT) WHERE id = 4")
    ran = ksmy("check")
    assert (ran.code, ran.out) == (8, "")
    assert "note" in ran.err


def test_only_so_many_faults_are_named(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE commitment SET title = 'x', detail = 'x', source = 'x'")
    *named, last = faults(ksmy, register)
    assert len(named) == audit.MOST_FAULTS == 20
    assert last == "and more; the search ended here"


# The schema.


@pytest.mark.parametrize("trigger", HISTORY_TRIGGERS)
def test_a_missing_trigger_is_found(ksmy: Ksmy, register: Path, trigger: str) -> None:
    tamper_with_schema(register, f"DROP TRIGGER {trigger}")
    assert faults(ksmy, register) == [f"schema: the trigger {trigger} is missing"]


@pytest.mark.parametrize("trigger", HISTORY_TRIGGERS)
def test_a_trigger_that_refuses_nothing_is_found(ksmy: Ksmy, register: Path, trigger: str) -> None:
    sql = HISTORY_TRIGGERS[trigger]
    harmless = f"{sql[: sql.index(' BEGIN ')]} BEGIN SELECT 1; END"
    tamper_with_schema(register, f"DROP TRIGGER {trigger}", harmless)
    assert faults(ksmy, register) == [f"schema: the trigger {trigger} is not as it should be"]


@pytest.mark.parametrize(
    "index", sorted(str(index.name) for table in Table.metadata.sorted_tables for index in table.indexes)
)
def test_a_missing_index_is_found(ksmy: Ksmy, register: Path, index: str) -> None:
    tamper_with_schema(register, f"DROP INDEX {index}")
    assert faults(ksmy, register) == [f"schema: the index {index} is missing"]


@pytest.mark.parametrize(
    ("index", "sql"),
    [
        ("ix_commitment_updated_on", "CREATE INDEX ix_commitment_updated_on ON commitment (title)"),
        (
            "ix_commitment_due_latest_ref",
            "CREATE INDEX ix_commitment_due_latest_ref ON commitment (ref, due_latest)",
        ),
        ("ix_entry_key", 'CREATE UNIQUE INDEX ix_entry_key ON entry ("key") WHERE key IS NOT NULL'),
        ("ix_entry_retracting", "CREATE INDEX ix_entry_retracting ON entry (id)"),
        ("ix_entry_key", 'CREATE INDEX ix_entry_key ON entry ("key") WHERE key IS NULL'),
    ],
    ids=["other-column", "other-order", "unique", "no-condition", "other-condition"],
)
def test_an_index_of_something_else_is_found(ksmy: Ksmy, register: Path, index: str, sql: str) -> None:
    tamper_with_schema(register, f"DROP INDEX {index}", sql)
    assert faults(ksmy, register) == [f"schema: the index {index} is not as it should be"]


@pytest.mark.parametrize(
    ("kind", "name", "sql"),
    [
        (
            "trigger",
            "sleeper",
            (
                "CREATE TRIGGER sleeper AFTER INSERT ON entry "
                "BEGIN UPDATE commitment SET title = 'x' WHERE ref = NEW.ref; END"
            ),
        ),
        ("table", "notes", "CREATE TABLE notes (note TEXT)"),
        ("view", "open_ones", "CREATE VIEW open_ones AS SELECT ref FROM commitment"),
        ("index", "by_title", "CREATE INDEX by_title ON commitment (title)"),
        ("index", "one_title", "CREATE UNIQUE INDEX one_title ON commitment (title)"),
    ],
    ids=["trigger", "table", "view", "index", "unique-index"],
)
def test_what_does_not_belong_to_a_register_is_found(
    ksmy: Ksmy, register: Path, kind: str, name: str, sql: str
) -> None:
    tamper_with_schema(register, sql)
    assert faults(ksmy, register) == [f"schema: the {kind} {name} does not belong to a register"]


def test_statistics_that_sqlite_keeps_for_itself_are_no_fault(ksmy: Ksmy, register: Path) -> None:
    tamper_with_schema(register, "ANALYZE")
    assert ksmy("check").code == 0


@pytest.mark.parametrize("table", ["agreement", "commitment", "milestone", "entry"])
def test_a_missing_table_is_found(ksmy: Ksmy, register: Path, table: str) -> None:
    tamper_with_schema(register, f"DROP TABLE {table}")
    assert f"schema: the table {table} is missing" in faults(ksmy, register)


def test_a_missing_column_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper_with_schema(register, "ALTER TABLE agreement DROP COLUMN place")
    assert "schema: the table agreement is not as it should be" in faults(ksmy, register)


def test_a_column_too_many_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper_with_schema(register, "ALTER TABLE agreement ADD COLUMN capital TEXT")
    assert faults(ksmy, register) == ["schema: the table agreement is not as it should be"]


def test_a_table_of_something_else_is_found_though_its_rows_point_at_nothing(
    ksmy: Ksmy, register: Path
) -> None:
    tamper_with_schema(
        register,
        "CREATE TABLE memo (about TEXT REFERENCES commitment (ref))",
        "INSERT INTO memo VALUES ('NONE')",
    )
    assert "schema: the table memo does not belong to a register" in faults(ksmy, register)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" STRICT", ""),
        ("CONSTRAINT ck_commitment_evidence CHECK (evidence BETWEEN 0 AND 2147483647), ", ""),
        ("CHECK (evidence BETWEEN 0 AND 2147483647)", "CHECK (evidence BETWEEN -9 AND 2147483647)"),
        ("'planned', ", "'planned', 'done', "),
        ("CONSTRAINT fk_commitment_agreement FOREIGN KEY(agreement) REFERENCES agreement (ref), ", ""),
        ("CONSTRAINT ck_commitment_withdrawn CHECK (withdrawn IN (0, 1)), ", ""),
        ("DEFAULT 0 NOT NULL", "DEFAULT 1 NOT NULL"),
        ("title TEXT NOT NULL", "title TEXT"),
    ],
    ids=[
        *("strict", "no-rule", "weaker-rule", "more-words", "no-foreign-key"),
        *("no-rule-of-another-column", "other-default", "nullable"),
    ],
)
def test_a_table_with_weaker_rules_is_found(ksmy: Ksmy, register: Path, old: str, new: str) -> None:
    rewrite_table(register, "commitment", old, new)
    assert faults(ksmy, register) == ["schema: the table commitment is not as it should be"]


def test_a_table_is_the_same_whatever_the_spaces_in_its_sql(ksmy: Ksmy, register: Path) -> None:
    rewrite_table(register, "commitment", ", CONSTRAINT", ",CONSTRAINT")
    assert ksmy("check").code == 0


def test_what_follows_the_schema_is_checked_too(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE agreement SET title = 'x' WHERE ref = 'MOU-TOURISM'")
    tamper_with_schema(register, "DROP TRIGGER entry_append")
    assert faults(ksmy, register) == [
        "schema: the trigger entry_append is missing",
        "agreement MOU-TOURISM: title is 'x', but its history says 'Tourism'",
    ]


def tamper_with_schema(register: Path, *statements: str) -> None:
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


# The database.


def test_a_broken_foreign_key_is_found(ksmy: Ksmy, register: Path) -> None:
    tamper(register, "UPDATE commitment SET agreement = 'NONE' WHERE ref = 'FTA-CONCLUDE'")
    assert faults(ksmy, register) == [
        "commitment FTA-CONCLUDE belongs to an agreement that is missing",
        "commitment FTA-CONCLUDE: agreement is 'NONE', but its history says 'FTA'",
    ]


def test_a_value_that_its_rule_forbids_is_found(ksmy: Ksmy, register: Path) -> None:
    with behind_its_back(register) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE commitment SET status = 'done' WHERE ref = 'FTA-CONCLUDE'")
    assert faults(ksmy, register) == [
        "commitment FTA-CONCLUDE: status is 'done', but its history says 'in-progress'"
    ]


def overwrite_an_index(register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_commitment_updated_on'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with register.open("r+b") as file:
        file.seek(page * size - 16)
        file.write(b"\0" * 16)


def test_bytes_overwritten_within_an_index_are_found(ksmy: Ksmy, register: Path) -> None:
    overwrite_an_index(register)
    assert any(fault.startswith("database: ") for fault in faults(ksmy, register))


@pytest.mark.parametrize("value", ["x", "{broken", b"\xff"])
def test_of_a_broken_file_nothing_else_is_said(ksmy: Ksmy, register: Path, value: str | bytes) -> None:
    """Neither the faults that are found by reading it meanwhile, nor that it cannot be read."""
    tamper(register, "UPDATE entry SET changes = CAST(? AS TEXT) WHERE id = 5", value)
    overwrite_an_index(register)
    assert {fault.partition(":")[0] for fault in faults(ksmy, register)} == {"database"}


class _Ended(Exception):
    """What ends a block."""


def test_the_search_for_broken_pages_ends_with_its_block(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr(FileReader, "broken_pages", lambda reader: iter(reader.values(int, endless)))
    with FileRegister(register).reading() as reader, pytest.raises(_Ended), reader.seeking_broken_pages():
        raise _Ended


def test_what_the_search_for_broken_pages_raises_is_raised_where_it_is_asked(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileReader, "broken_pages", lambda reader: iter(reader.values(int, "SELECT none")))
    with FileRegister(register).reading() as reader, pytest.raises(sqlite3.OperationalError, match="none"):
        audit.check(reader)
