"""A register in whose file somebody wrote a hostile text, one column at a time: what every command sends out."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell
from tests.render.test_hostile_values import HOSTILE, has_nothing_raw

#: What a database can hold of it.
TEXT: Final = HOSTILE.replace("\ud800", "")

_LISTED: Final = (
    "list",
    "due",
    "history",
    "agreements",
    "show FTA-CONCLUDE",
    "show FTA",
    "list --columns ref,due_phrase,baseline_due,created_on,updated_on,source,detail,firmness,parties,agreement,sector",
)
#: Everything that a looking command prints, and what a changing one says before it would write.
LOOKING: Final = (
    *(
        f"{command} --format {form}"
        for form in ("table", "tsv", "csv", "json", "jsonl", "md")
        for command in _LISTED
    ),
    *(f"report --since 2020-01-01 --format {form}" for form in ("text", "md", "html", "json")),
    *(f"timeline --format {form}" for form in ("text", "svg", "json")),
    *(f"export --format ics --as {kind}" for kind in ("event", "todo")),
    *("list --as-of 2025-01-01", "report --as-of 2025-01-01", "show NOSUCH", "list --sector nosuch", "check"),
    *("undo --dry-run", "update FTA-CONCLUDE --status planned --dry-run", "update FTA --note n --dry-run"),
    "milestone set FTA-CONCLUDE 1 --state met --dry-run",
)

#: One of each way that a text goes.
SHORT: Final = (
    *(
        "list --format table",
        "show FTA-CONCLUDE --format table",
        "history --format tsv",
        "report --format html",
    ),
    *("timeline --format svg", "export --format ics --as todo", "check", "undo --dry-run"),
)

_ROWS: Final = {
    "agreement": "ref = 'FTA'",
    "commitment": "ref = 'FTA-CONCLUDE'",
    "milestone": "ref = 'FTA-CONCLUDE/1'",
    "entry": "id >= 24",
}


def try_all(
    ksmy: Ksmy, register: Path, columns: list[tuple[str, str]], commands: tuple[str, ...]
) -> tuple[int, int]:
    """Write the text into each column in turn; how many columns took it, and how many commands were run."""
    sound = register.with_suffix(".sound")
    shutil.copy(register, sound)
    taken = run = 0
    for table, column in columns:
        shutil.copy(sound, register)
        if not write(register, table, column):
            continue
        taken += 1
        for command in commands:
            ran = ksmy(*command.split())
            run += 1
            has_nothing_raw(ran.out.replace("\r\n", "\n") + ran.err)
            assert "Traceback" not in ran.err
            if "html" in command or "svg" in command:
                assert "<evil" not in ran.out
            if "ics" in command:
                assert not re.search("^(BEGIN:)?EVIL", ran.out, re.MULTILINE)
    return taken, run


def write(register: Path, table: str, column: str) -> bool:
    """Write the text there, past what the schema forbids; not where the column cannot hold a text."""
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {_ROWS[table]}", [TEXT])
        except sqlite3.IntegrityError:
            return False
    return True


def columns_of(register: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(register)) as connection:
        return [
            (table, name)
            for table in _ROWS
            for (name,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')")
        ]


@pytest.fixture
def dated(ksmy: Ksmy, register: Path) -> Path:
    """A register with a milestone that has a date, and with changes to look at and to undo."""
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--due", "2026-Q4", "--note", "n")
    ksmy("update", "FTA-CONCLUDE", "--due", "2027", "--note", "n", "--evidence", "u")
    return register


def test_a_hostile_text_in_a_column_comes_out_shown(ksmy: Ksmy, dated: Path) -> None:
    columns = [
        ("commitment", "status"),
        ("commitment", "due"),
        ("commitment", "sector"),
        ("milestone", "title"),
    ]
    columns += [
        ("agreement", "stage"),
        ("entry", "actor"),
        ("entry", "action"),
        ("entry", "hash"),
        ("entry", "ref"),
    ]
    taken, run = try_all(ksmy, dated, columns, SHORT)
    assert (taken > 6, run) == (True, taken * len(SHORT))


@pytest.mark.long
def test_a_hostile_text_in_any_column_comes_out_shown_by_any_command(
    ksmy: Ksmy, dated: Path, tell: Tell
) -> None:
    taken, run = try_all(ksmy, dated, columns_of(dated), LOOKING)
    assert taken > 30
    tell(
        f"columns with a hostile text: {taken}; commands run on them: {run}; raw controls or markup that came out: 0"
    )
