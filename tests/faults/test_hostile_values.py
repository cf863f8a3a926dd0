"""A register by somebody who may write its file: any value in any column, and every command still says a sentence.

The tables are made anew without types and rules, as SQLite lets anybody do, and one column of one table gets one value
that this program never writes, in one of its rows or in all of them.
"""

import json
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import TABLES, Ksmy, sentence
from tests.faults.conftest import Tell

#: What is put into a column, as SQL; the last is what another row has there.
VALUES = {
    "null": "NULL",
    "blob": "x'00ff1b'",
    "no UTF-8": "CAST(x'41ff1b5b33316d' AS TEXT)",
    "huge": "9223372036854775807",
    "real": "0.5",
    "empty": "''",
    "escapes": "'a' || char(27) || '[31mb' || char(10, 155, 8238)",
    "wrong word": "'nonsense'",
    "other": "(SELECT max({column}) FROM {table})",
}

#: What is put into the columns that hold JSON besides.
JSON = {
    "a list": "'[1, [2]]'",
    "other types": """'{"title": ["", 5], "withdrawn": [5, "x"], "due": [null, "nonsense"]}'""",
    "no such field": """'{"nonsense": [null, "x"]}'""",
    "deep": "replace(hex(zeroblob(60000)), '0', '[')",
}

COMMANDS = (
    "check",
    "list",
    "list --format json",
    "list --format table --sector trade --sort -days_left",
    "list --as-of 2025-06-01",
    "list --stale 10 --withdrawn",
    "due --format csv",
    "show TOURISM --format table",
    "show SP-2024 --format json",
    "history --format json",
    "history FTA-CONCLUDE --since 2025-01-01",
    "agreements --format md",
    "report",
    "report --format html",
    "report --format json --since 2024-01-01 --sector trade",
    "timeline",
    "timeline --format svg",
    "timeline --format json --as-of 2025-06-01",
    "export",
    "export --format ics",
    "backup copy.db --force",
    "update TOURISM --status in-progress --note x",
    "update FTA-CONCLUDE --due 2027 --dry-run",
    "update DEFENCE-INDUSTRY --detail x",
    "milestone add FTA-CONCLUDE Step --due 2027",
    "milestone set FTA-CONCLUDE 1 --state met",
    "add TIN --title Tin --agreement SP-2024 --sector trade --firmness hoped",
    "apply batch.jsonl",
    "undo",
    "migrate",
)

HOLD_JSON = (("entry", "changes"), ("entry", "evidence"))

#: What may come of a command: all that is documented but a busy register.
CODES = (0, 1, 2, 3, 4, 5, 6, 8)

#: What no output may have but where it is a line's end, or parts the cells of a line.
RAW = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F))} - {"\n", "\t"}


@pytest.fixture(scope="module")
def without_rules(after_summit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose tables have lost their types, keys and rules."""
    path = Path(shutil.copy(after_summit, tmp_path_factory.mktemp("hostile") / "register.db"))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in (*TABLES, "alembic_version"):
            columns = ", ".join(column for _, column in columns_of(connection, table))
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {table} RENAME TO old")
            connection.execute(f"CREATE TABLE {table} ({columns})")
            connection.execute(f"INSERT INTO {table} SELECT {columns} FROM old")
            connection.execute("DROP TABLE old")
    return path


def columns_of(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """The columns of a table, each with the table's name."""
    return [(table, row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]


def damages(register: Path, rows: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Every table and column with every value, in one row and in all."""
    with closing(sqlite3.connect(register)) as connection:
        columns = [pair for table in (*TABLES, "alembic_version") for pair in columns_of(connection, table)]
    for (table, column), which in product(columns, rows):
        for value in (*VALUES, *(JSON if (table, column) in HOLD_JSON else ())):
            yield table, column, value, which


def put(register: Path, table: str, column: str, value: str, which: str) -> None:
    """Put a value into a column, in all rows or in the one in the middle."""
    middle = f"(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM {table}))"
    where = f" WHERE rowid = {middle}" if which == "one" else ""
    sql = {**VALUES, **JSON}[value]
    with closing(sqlite3.connect(register)) as connection, connection:
        if table == "unchanged_key":
            connection.execute("INSERT INTO unchanged_key VALUES ('a key', 'a digest', 'a hash')")
        connection.execute(
            f"UPDATE {table} SET {column} = {sql.replace('{column}', column).replace('{table}', table)}{where}"
        )


def survive(
    without_rules: Path,
    register: Path,
    chosen: Iterable[tuple[tuple[str, str, str, str], Iterable[str]]],
    ksmy: Ksmy,
    monkeypatch: pytest.MonkeyPatch,
) -> Counter[int]:
    """Run commands on registers with such values; count the exit codes."""
    monkeypatch.chdir(register.parent)
    batch = [{"ref": "TOURISM", "note": "x", "key": "a key"}, {"ref": "FTA-CONCLUDE", "detail": "y"}]
    Path("batch.jsonl").write_text("".join(json.dumps(line) + "\n" for line in batch))
    damaged = register.with_name("damaged.db")
    codes: Counter[int] = Counter()
    wrong: list[str] = []
    for damage, commands in chosen:
        shutil.copyfile(without_rules, damaged)
        put(damaged, *damage)
        content = damaged.read_bytes()
        for command in commands:
            what = f"{' '.join(damage)}: {command}"
            try:
                ran = ksmy(*command.split(), "--db", str(damaged))
            except Exception as error:
                wrong.append(f"{what} ends with a traceback: {error!r}")
                continue
            codes[ran.code] += 1
            if ran.code not in CODES or (ran.code and not ran.err.startswith("ksmy: ")):
                wrong.append(f"{what} ends with {ran.code}: {ran.err!r}")
            # An export is data, which JSON may hold as it is.
            if command != "export" and (raw := RAW & set((ran.out + ran.err).replace("\r\n", "\n"))):
                wrong.append(f"{what} prints {raw!r} as it is")
            if damaged.read_bytes() != content:
                damaged.write_bytes(content)
    assert not wrong, f"{len(wrong)} of {codes.total()}:\n" + "\n".join(wrong)
    return codes


def test_any_value_in_any_column_ends_each_command_in_a_sentence(
    without_rules: Path, register: Path, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    dice = random.Random("hostile values")
    every = list(damages(without_rules, ["one", "all"]))
    chosen = [(damage, dice.sample(COMMANDS, 5)) for damage in dice.sample(every, 60)]
    codes = survive(without_rules, register, chosen, ksmy, monkeypatch)
    tell(
        f"hostile values: {len(chosen)} of {len(every):,}, commands: {codes.total()}, "
        f"of which done: {codes[0]}; tracebacks: 0"
    )


@pytest.mark.parametrize(
    "revisions",
    [
        [],
        ["'0001'"],
        ["'0002'", "'0002'"],
        ["'0001'", "'0002'"],
        ["'9999'"],
        ["2"],
        ["x'30303032'"],
        ["CAST(x'30ff3032' AS TEXT)"],
        ["'0002' || char(0)"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "command", ["check", "list", "update TOURISM --note x", "apply batch.jsonl", "backup copy.db", "migrate"]
)
def test_a_revision_that_is_not_the_registers_own_ends_a_command_in_a_sentence(
    without_rules: Path,
    tmp_path: Path,
    ksmy: Ksmy,
    monkeypatch: pytest.MonkeyPatch,
    revisions: list[str],
    command: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("batch.jsonl").write_text('{"ref": "TOURISM", "note": "x"}\n')
    damaged = Path(shutil.copy(without_rules, "damaged.db"))
    with closing(sqlite3.connect(damaged)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
        for revision in revisions:
            connection.execute(f"INSERT INTO alembic_version VALUES ({revision})")
    before = damaged.read_bytes()
    ran = ksmy(*command.split(), "--db", str(damaged))
    assert "damaged.db" in sentence(ran)
    assert ran.code in (6, 8)
    assert damaged.read_bytes() == before


@pytest.mark.long
@pytest.mark.parametrize("table", [*TABLES, "alembic_version"])
def test_every_value_in_every_column_ends_every_command_in_a_sentence(
    without_rules: Path, register: Path, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tell: Tell, table: str
) -> None:
    chosen = [(damage, COMMANDS) for damage in damages(without_rules, ["one", "all"]) if damage[0] == table]
    codes = survive(without_rules, register, chosen, ksmy, monkeypatch)
    tell(
        f"hostile values of {table}: {len(chosen):,}, commands: {codes.total():,}, by exit code: "
        + ", ".join(f"{code}: {count:,}" for code, count in sorted(codes.items()))
        + "; tracebacks: 0"
    )
