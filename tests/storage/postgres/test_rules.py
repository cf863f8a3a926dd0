"""The rules on the form of a value say the same on both engines, and what the readers of changes say."""

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any, Final

import psycopg
import pytest

from ksmy_tracker.domain.values import (
    CLAIM_FORM,
    NUMBERED_FORM,
    Fault,
    read_amount,
    read_any_ref,
    read_edtf,
    read_measure_ref,
    read_ref,
    read_slug,
)
from ksmy_tracker.storage.tables import FORMS
from tests.storage.test_tables import DATES, NEW, RULES, VOCABULARIES, with_word

#: What goes into a column of the form: letters and signs that mean something somewhere.
SIGNS: Final = (
    *(
        "A",
        "z",
        "0",
        "9",
        "-",
        "--",
        "/",
        "/1",
        "/01",
        " ",
        "\t",
        "\n",
        "\r",
        "\x0b",
        "\x1b",
        "$",
        "'",
        '"',
        ";",
        "`",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "..",
        ".",
        ",",
        "?",
        "~",
        "%",
        "+",
        ":",
        "^",
        "_",
        "\\",
        "*",
        "\u0410",
        "\uff11",
    ),
    *("#", "#1", "#01", "/2#1", ":A", "[]", '["', '"]', "국", "e\u0301"),
    *("2025", "2025-06", "2025-02-30", "a" * 64, "A" * 65, "1" * 10, "T04:00:00.000000Z"),
)
VALUES: Final = [
    one + other + last for one in SIGNS for other in ("", *SIGNS) for last in ("", "A", "b", "3")
]


def on_sqlite(kind: str, record: str) -> dict[str, bool]:
    """The values that the rule takes."""
    connection = sqlite3.connect(":memory:")
    sql = FORMS[kind]["sqlite"].format("x")
    return {
        value: bool(
            connection.execute(f"SELECT {sql} FROM (SELECT ? AS x, ? AS record)", (value, record)).fetchone()[
                0
            ]
        )
        for value in VALUES
    }


def on_postgresql(url: str, kind: str, record: str) -> dict[str, bool]:
    sql = FORMS[kind]["postgresql"].format("x").replace("%", "%%")
    with psycopg.connect(url) as connection:
        query = f'SELECT x, {sql} FROM (SELECT u COLLATE "C" AS x, %s AS record FROM unnest(%s::text[]) AS u) AS v'
        return dict(connection.execute(query, [record, VALUES]).fetchall())


def takes(read: Callable[[Any], Any]) -> Callable[[str], bool]:
    def as_it_is(value: str) -> bool:
        try:
            return bool(read(value) == value)
        except Fault:
            return False

    return as_it_is


def is_hash(value: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", value, re.ASCII) is not None


READ_BY: Final[dict[tuple[str, str], Callable[[str], bool]]] = {
    ("ref", ""): takes(read_ref),
    ("any ref", "agreement"): takes(read_ref),
    ("any ref", "milestone"): lambda value: (
        bool(NUMBERED_FORM.fullmatch(value)) and takes(read_any_ref)(value)
    ),
    ("any ref", "measure"): takes(read_measure_ref),
    ("any ref", "claim"): lambda value: bool(CLAIM_FORM.fullmatch(value)) and takes(read_any_ref)(value),
    ("hash", ""): is_hash,
    ("key", ""): lambda value: len(value.encode()) <= 2000,
}


#: Rules that know less than the reader: what this takes they take, and of these values nothing else that is told.
LOOSER: Final[dict[str, tuple[Callable[[str], bool], Callable[[str], bool]]]] = {
    "edtf": (lambda value: len(value) > 6 and takes(read_edtf)(value), lambda _: False),
    "slug": (takes(read_slug), lambda value: re.search(r'[ \t\r\n",]|^-|-$|--|^$', value) is not None),
    "amount": (
        takes(read_amount),
        lambda value: re.search("[^0-9.-]|[^0-9]$|^$", value, re.ASCII) is not None,
    ),
    "list": (lambda value: value == "[]" or is_list_of_texts(value), lambda value: value[:1] != "["),
}


def is_list_of_texts(value: str) -> bool:
    try:
        found = json.loads(value)
    except ValueError:
        return False
    return type(found) is list and len(found) > 0 and all(type(one) is str for one in found)


@pytest.mark.parametrize(("kind", "record"), [*READ_BY, *((kind, "") for kind in LOOSER)])
def test_a_rule_takes_the_same_values_on_both_engines_and_those_that_the_reader_takes(
    database_on_server: str, kind: str, record: str
) -> None:
    found = on_sqlite(kind, record)
    assert found == on_postgresql(database_on_server, kind, record)
    if kind in LOOSER:
        is_taken, is_refused = LOOSER[kind]
        assert [value for value in VALUES if is_taken(value) and not found[value]] == []
        assert [value for value in VALUES if is_refused(value) and found[value]] == []
    else:
        assert found == {value: READ_BY[kind, record](value) for value in VALUES}
    assert sum(found.values()) > 0


def refused_by(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> str | None:
    """The rule that a row breaks."""
    marks = ", ".join(f"%({column})s" for column in row)
    try:
        with connection.transaction():
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)
            raise psycopg.Rollback
    except psycopg.errors.CheckViolation as error:
        return error.diag.constraint_name
    except psycopg.errors.DataError:
        return "a value of no kind"
    return None


def test_the_rules_of_a_server_are_those_of_a_file(database_on_server: str) -> None:
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # neither triggers nor references
        for table, new in NEW.items():
            assert refused_by(connection, table, new()) is None
        for rule, table, fields in RULES:
            row = NEW[table](**fields)
            assert refused_by(connection, table, row) in (rule, "a value of no kind"), (rule, fields)
        for (table, column), words in VOCABULARIES.items():
            for word in (*words, f"{words[0]} ", words[0].swapcase(), ""):
                if column != "action" or word != "created":  # which is there already
                    broken = None if word in words else f"ck_{table}_{column}"
                    assert refused_by(connection, table, with_word(table, column, word)) == broken
        for table, columns in DATES.items():
            for column in columns:
                for day in ("infinity", "10000-01-01", "2025-1-1", "2025-02-30", "0001-01-01 BC"):
                    assert refused_by(connection, table, NEW[table](**{column: day})), (column, day)


@pytest.mark.parametrize("style", ["German", "SQL, DMY", "Postgres, MDY"])
def test_no_date_style_of_a_session_makes_the_rules_refuse_a_day(database_on_server: str, style: str) -> None:
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"SET datestyle = '{style}'")
        for table, new in NEW.items():
            assert refused_by(connection, table, new()) is None
