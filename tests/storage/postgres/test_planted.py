"""What somebody who may create in the register's schema puts there: no command calls it, and `check` names it."""

from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from ksmy_tracker.reading.check import require_sound
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.postgres.schema_check import planted
from tests.conftest import Ksmy

STRANGE = "does not belong to a register"

POPULATE = (
    "CREATE FUNCTION json_populate_recordset(base commitment, j json) RETURNS SETOF commitment LANGUAGE"
)
JOINS = (
    "CREATE FUNCTION joins(name, name) RETURNS name LANGUAGE sql IMMUTABLE AS $$SELECT 'pg_catalog.C'::name$$; "
    "CREATE OPERATOR || (leftarg = name, rightarg = name, function = joins)"
)
PICKS = (
    "CREATE FUNCTION picks(jsonb, jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT NULL::text'; "
    "CREATE OPERATOR ->> (leftarg = jsonb, rightarg = jsonb, function = picks)"
)


def run_on(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_a_function_under_a_statements_name_takes_no_change_away(ksmy: Ksmy, database_on_server: str) -> None:
    url = database_on_server
    run_on(url, f"{POPULATE} sql AS 'SELECT * FROM commitment WHERE false'")
    assert ksmy("update", "TOURISM", "--status", "completed", "--evidence", "e", "--db", url).code == 0
    assert "completed" in ksmy("show", "TOURISM", "--db", url).out
    checked = ksmy("check", "--db", url)
    assert checked.code == 8
    assert (
        f"  schema: the function public.json_populate_recordset(public.commitment, json) {STRANGE}\n"
        in checked.err
    )


def test_a_function_under_a_statements_name_does_not_run_with_the_writers_rights(
    ksmy: Ksmy, database_on_server: str
) -> None:
    url = database_on_server
    run_on(url, f"{POPULATE} plpgsql AS 'BEGIN RAISE EXCEPTION ''it ran''; END'")
    assert ksmy("update", "TOURISM", "--note", "x", "--db", url).code == 0


def test_an_operator_does_not_hide_another_collation_from_check(ksmy: Ksmy, database_on_server: str) -> None:
    url = database_on_server
    run_on(url, JOINS, 'ALTER TABLE commitment ALTER title TYPE text COLLATE "und-x-icu"')
    checked = ksmy("check", "--db", url)
    assert "schema: the column title of commitment is not as it should be\n" in checked.err
    assert f"schema: the operator public.||(name, name) {STRANGE}\n" in checked.err


def test_an_operator_does_not_break_the_view_of_the_past(ksmy: Ksmy, database_on_server: str) -> None:
    url = database_on_server
    assert ksmy("update", "TOURISM", "--status", "in-progress", "--db", url).code == 0
    before = ksmy("list", "--as-of", "2025-01-01", "--db", url)
    run_on(url, PICKS)
    assert ksmy("list", "--as-of", "2025-01-01", "--db", url) == before
    assert f"the operator public.->>(jsonb, jsonb) {STRANGE}\n" in ksmy("check", "--db", url).err


#: What the statements of the program call, and the types that they call it with, or that come near those.
OPERATORS = ("=", "<>", "<", "<=", ">", ">=", "||", "->>", "+", "-", "~", "~~")
TYPES = (
    *("text", "varchar", "bpchar", "name", '"char"', "int2", "int4", "int8", "numeric", "oid", "bool"),
    *("json", "jsonb", "date", "timestamp", "text[]", "regclass", "regnamespace", "commitment", "entry"),
)
FUNCTIONS = (
    *("count", "max", "min", "sum", "lower", "replace", "length", "octet_length", "substr", "split_part"),
    *("json_populate_recordset", "jsonb_array_elements", "jsonb_array_elements_text", "to_char", "array_agg"),
    *("json_array_elements_text", "current_setting", "set_config", "current_schemas", "array_to_json"),
    *("array_remove", "quote_ident", "format", "format_type", "to_regnamespace", "pg_get_expr"),
    *("pg_get_constraintdef", "pg_get_indexdef", "pg_get_triggerdef", "pg_advisory_xact_lock"),
    *("text", "varchar", "int4", "date", "timestamp", "jsonb"),
)
#: The arguments of each function: every type, and pairs and threes of those nearest to what is called.
ARGUMENTS = (
    *((one,) for one in TYPES),
    *product(("text", "varchar", "json", "jsonb", "commitment", "entry", "oid", "int4"), repeat=2),
    *product(("text", "varchar"), ("text", "varchar"), ("text", "varchar", "int4", "bool")),
)


@pytest.fixture
def sown(database_on_server: str) -> str:
    """A register in whose schema each of these has overloads of all sorts, which raise when they are called."""
    made = []
    for name, arguments in product(FUNCTIONS, ARGUMENTS):
        made.append(f'FUNCTION "{name}"({", ".join(arguments)}) RETURNS {{}}')
    kinds = {"count": "bigint", "length": "int"}
    with psycopg.connect(database_on_server) as connection:
        body = "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''it ran''; END'"
        for one in made:
            name = one.split('"')[1]
            connection.execute(f"CREATE {one.format(kinds.get(name, 'text'))} {body}".encode())
        for left, right in product(TYPES, repeat=2):
            connection.execute(f"CREATE FUNCTION does({left}, {right}) RETURNS bool {body}".encode())
            for operator in OPERATORS:
                connection.execute(
                    f"CREATE OPERATOR {operator} (leftarg = {left}, rightarg = {right}, function = does)".encode()
                )
    return database_on_server


def test_nothing_planted_runs_whatever_is_asked_and_all_of_it_is_named(
    ksmy: Ksmy, sown: str, tmp_path: Path
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        '{"ref": "TOURISM", "status": "suspended"}\n{"ref": "HYDROGEN", "sector": "green-energy", "key": "k"}\n'
        '{"ref": "HYDROGEN", "sector": "green-energy", "key": "again"}\n'
        '{"op": "milestone", "ref": "TOURISM", "title": "Step", "due": "2027"}\n'
        '{"op": "add", "ref": "MOU", "title": "M", "kind": "treaty", "stage": "signed"}\n'
    )
    changes: tuple[tuple[str, ...], ...] = (
        ("update", "TOURISM", "--status", "in-progress", "--note", "n", "--evidence", "e"),
        ("apply", str(batch)),
        ("undo",),
        ("update", "TOURISM", "--note", "x", "--dry-run"),
    )
    looks: tuple[tuple[str, ...], ...] = (
        ("list", "--search", "a", "--sort", "deadline", "--sort", "newest-entry", "--columns", "ref"),
        ("list", "--sector", "tourism", "--format", "json"),
        ("list", "--as-of", "2025-01-01"),
        ("list", "--stale", "30"),
        ("report", "--since", "2025-01-01"),
        ("report", "--format", "html"),
        ("report", "--as-of", "2025-12-01"),
        *(("history",), ("history", "TOURISM"), ("history", "--since", "2025-01-01")),
        *(("due", "--within", "900"), ("show", "FTA-CONCLUDE"), ("agreements",), ("timeline",)),
        *(("export",), ("export", "--format", "ics")),
    )
    for command in (*changes, *looks):
        ran = ksmy(*command, "--db", sown)
        assert ran.code == 0, (command, ran.err)
    checked = ksmy("check", "--db", sown)
    assert checked.code == 8
    assert "it ran" not in checked.err
    # The sentence of `check` ends after some faults; what it would ask afterwards is asked here.
    with locate(sown).reading() as reader:
        require_sound(reader)
        faults = list(reader.schema_faults())
    assert len(faults) == len(FUNCTIONS) * len(ARGUMENTS) + len(TYPES) ** 2 * (len(OPERATORS) + 1)
    assert all(fault.endswith(STRANGE) for fault in faults)


PLANTED = {
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'": ["the function public.f(integer)"],
    "CREATE FUNCTION entry_refuse(int) RETURNS int LANGUAGE sql AS 'SELECT 1'": [
        "the function public.entry_refuse(integer)"
    ],
    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'": ["the procedure public.p()"],
    "CREATE AGGREGATE max (varchar) (sfunc = pg_catalog.text_larger, stype = text)": [
        "the aggregate public.max(character varying)"
    ],
    "CREATE DOMAIN jsonb AS text": ["the domain public.jsonb"],
    "CREATE TYPE mood AS ENUM ('good')": ["the type public.mood"],
    "CREATE TYPE pair AS (a int, b int)": ["the type public.pair"],
    'CREATE COLLATION c FROM pg_catalog."C"': ["the collation public.c"],
    "CREATE CAST (commitment AS jsonb) WITH INOUT AS IMPLICIT": ["the cast (public.commitment AS jsonb)"],
    "CREATE EXTENSION citext": [],
    "CREATE SCHEMA other; CREATE FUNCTION other.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'": [],
    "CREATE TABLE other_program (id int); CREATE VIEW other_view AS SELECT 1 AS id": [],
}


@pytest.mark.parametrize(("statement", "named"), PLANTED.items(), ids=range(len(PLANTED)))
def test_whatever_a_statement_could_call_is_named(
    seeded_on_server: str, statement: str, named: list[str]
) -> None:
    with psycopg.connect(seeded_on_server) as connection:
        connection.execute(statement.encode())
        assert list(planted(connection.execute, "public")) == named
        connection.rollback()


def test_no_register_is_made_where_something_is_planted(ksmy: Ksmy, empty_database: str) -> None:
    run_on(empty_database, "CREATE FUNCTION length(varchar) RETURNS int LANGUAGE sql AS 'SELECT 64'")
    ran = ksmy("init", "--db", empty_database)
    assert ran.code == 4
    assert "the function public.length(character varying) in " in ran.err
    with psycopg.connect(empty_database) as connection:
        tables: Any = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert tables[0] == 0


@pytest.mark.parametrize("schema", ["office", "Of%fi ce", "entry", "user"])
def test_a_register_in_a_schema_of_any_name_is_read_and_written(
    ksmy: Ksmy, empty_database: str, schema: str
) -> None:
    run_on(empty_database, f'CREATE SCHEMA "{schema}"')
    path = f'-csearch_path="{schema}"'.replace(" ", "\\ ")
    url = f"{empty_database}&options={quote(path)}"
    for command in (
        ("init",),
        ("update", "TOURISM", "--status", "suspended", "--evidence", "e"),
        ("list", "--as-of", "2025-01-01", "--sector", "tourism"),
        ("report",),
        ("undo",),
        ("export",),
        ("check",),
        ("migrate",),
    ):
        ran = ksmy(*command, "--db", url)
        assert ran.code == 0, (command, ran.err)
