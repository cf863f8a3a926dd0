"""A sound register is read and written alike, however others have set up the server, the role, the machine, the URL."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from ksmy_tracker import cli
from ksmy_tracker.errors import KsmyError
from ksmy_tracker.storage.locate import locate
from tests.conftest import NOW, Ksmy, Ran, asked, count, sentence
from tests.servers import Cluster

#: Settings that change what statements mean or end them early, each with a value that no register expects.
WRONG = (
    *(("datestyle", style) for style in ("German", "SQL, DMY", "Postgres, MDY")),
    ("intervalstyle", "sql_standard"),
    ("timezone", "America/New_York"),
    *(("client_encoding", encoding) for encoding in ("UHC", "EUC_KR", "SJIS", "LATIN1", "SQL_ASCII")),
    ("quote_all_identifiers", "on"),
    ("standard_conforming_strings", "off"),
    ("transform_null_equals", "on"),
    ("bytea_output", "escape"),
    ("extra_float_digits", "-15"),
    ("row_security", "on"),
    ("array_nulls", "off"),
    ("xmloption", "document"),
    ("default_transaction_isolation", "read uncommitted"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_deferrable", "on"),
    ("synchronous_commit", "off"),
    ("check_function_bodies", "off"),
    ("statement_timeout", "3s"),
    ("lock_timeout", "1ms"),
    ("idle_in_transaction_session_timeout", "3s"),
    ("idle_session_timeout", "3s"),
    ("geqo", "off"),
    ("enable_hashjoin", "off"),
    ("search_path", "pg_catalog, beside, public"),
)

#: One of each, all at once: the first or the last of its values.
ALL_WRONG = (tuple(dict(reversed(WRONG)).items()), tuple(dict(WRONG).items()))

LOOKS = (
    ("list", "--format", "json"),
    ("list", "--as-of", "2025-01-01"),
    ("due", "--within", "400"),
    ("history",),
    ("report", "--format", "md"),
    ("timeline",),
    ("export",),
    ("check",),
    ("migrate",),
    ("update", "TOURISM", "--note", "x", "--dry-run"),
)
#: Makes the settings hold for a register; the URL to use then.
Set = Callable[[tuple[tuple[str, str], ...]], str]


@pytest.fixture(params=["database", "role", "environment", "url"])
def set_there(
    request: pytest.FixtureRequest, database_on_server: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Set]:
    """Settings of the database, of the role, of the user's environment, of the URL; beside another program's tables."""
    url = database_on_server
    name = url.partition("@/")[2].partition("?")[0]
    role = f"role_of_{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        beside = ("entry", "commitment", "alembic_version")
        connection.execute("CREATE SCHEMA beside")
        for table in beside:
            connection.execute(f"CREATE TABLE beside.{table} (version_num text, id text, ref int)".encode())
        connection.execute("INSERT INTO beside.alembic_version VALUES ('abc')")
        connection.execute(f"CREATE ROLE {role} SUPERUSER LOGIN".encode())

        def given(settings: tuple[tuple[str, str], ...]) -> str:
            said = " ".join(f"-c {key}={value.replace(' ', chr(92) + ' ')}" for key, value in settings)
            if request.param == "url":
                return f"{url}&options={quote(said)}"
            if request.param == "environment":
                monkeypatch.setenv("PGOPTIONS", said)
                names = {
                    "datestyle": "PGDATESTYLE",
                    "timezone": "PGTZ",
                    "client_encoding": "PGCLIENTENCODING",
                }
                for key, value in settings:
                    if key in names:
                        monkeypatch.setenv(names[key], value)
                return url
            whose = f"DATABASE {name}" if request.param == "database" else f"ROLE {role}"
            for key, value in settings:
                shown = value if key == "search_path" else f"'{value}'"
                connection.execute(f"ALTER {whose} SET {key} = {shown}".encode())
            return url if request.param == "database" else url.replace("ksmy@", f"{role}@")

        yield given
        for variable in ("PGOPTIONS", "PGDATESTYLE", "PGTZ", "PGCLIENTENCODING"):
            monkeypatch.delenv(variable, raising=False)
        connection.execute("RESET ALL")
        connection.execute(f"DROP ROLE {role}".encode())


def ran(ksmy: Ksmy, url: str, commands: tuple[tuple[str, ...], ...]) -> list[Ran]:
    """What commands on a server give; how it is named differs by the role."""
    done = [ksmy(*command, "--db", url) for command in commands]
    return [Ran(re.sub(r"\w+@/", "ksmy@/", one.out), one.err, one.code) for one in done]


@pytest.mark.parametrize("settings", ALL_WRONG, ids=["first", "last"])
def test_all_wrong_settings_at_once_change_no_byte(
    ksmy: Ksmy, database_on_server: str, set_there: Set, settings: tuple[tuple[str, str], ...]
) -> None:
    right = ran(ksmy, database_on_server, LOOKS)
    assert {one.code for one in right} == {0}
    url = set_there(settings)
    assert ran(ksmy, url, LOOKS) == right
    changed = ksmy("update", "TOURISM", "--note", "두 나라 \\ é", "--on", "2026-01-12", "--db", url)
    assert (changed.code, changed.out) == (0, "TOURISM noted: note: 두 나라 \\ é (entry 31)\n")
    assert ksmy("check", "--db", url).code == 0


@pytest.mark.long
@pytest.mark.parametrize("setting", WRONG, ids="=".join)
def test_each_wrong_setting_alone_changes_no_byte(
    ksmy: Ksmy, database_on_server: str, set_there: Set, setting: tuple[str, str], pytestconfig: pytest.Config
) -> None:
    right = ran(ksmy, database_on_server, LOOKS)
    assert ran(ksmy, set_there((setting,)), LOOKS) == right
    assert ksmy("update", "TOURISM", "--note", "x", "--db", set_there(())).code == 0
    count(pytestconfig, f"a server with {'='.join(setting)}: {len(LOOKS)} commands, all as without it")


def test_a_register_is_made_and_filled_under_wrong_settings(
    ksmy: Ksmy, empty_database: str, tmp_path: Path
) -> None:
    said = " ".join(
        f"-c {key}={value.replace(' ', chr(92) + ' ')}" for key, value in ALL_WRONG[1] if key != "search_path"
    )
    wrong = f"{empty_database}&options={quote(said)}"
    assert ksmy("init", "--db", wrong).code == 0
    export = tmp_path / "export.jsonl"
    assert ksmy("export", "--db", wrong, "--output", str(export)).code == 0
    assert ksmy("check", "--db", empty_database).code == 0
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert ksmy("import", str(export), "--db", wrong).code == 0
    assert ksmy("export", "--db", empty_database).out == export.read_text(encoding="utf-8")


# Which schema


@pytest.fixture
def other_schemas(empty_database: str) -> str:
    """A database with the schemas `office` and `Büro 2` beside `public`."""
    with psycopg.connect(empty_database) as connection:
        connection.execute('CREATE SCHEMA office; CREATE SCHEMA "Büro 2"')
    return empty_database


def within(url: str, path: str) -> str:
    return f"{url}&options={quote('-c search_path=' + path.replace(' ', chr(92) + ' '))}"


def test_a_register_in_a_schema_is_named_by_the_search_path(ksmy: Ksmy, other_schemas: str) -> None:
    for path in ("office", '"Büro 2"'):
        url = within(other_schemas, path)
        assert ksmy("init", "--db", url).code == 0
        assert ksmy("update", "TOURISM", "--note", path, "--db", url).code == 0
        assert ksmy("history", "TOURISM", "--db", url).out.count(path) == 1
        assert ksmy("list", "--as-of", "2025-01-01", "--sector", "tourism", "--db", url).code == 0
        assert ksmy("check", "--db", url).code == 0
        assert "is up to date" in ksmy("migrate", "--db", url).out
        assert ksmy("init", "--db", url).code == 4
    assert ksmy("list", "--db", other_schemas).code == 6


def test_of_two_registers_on_the_search_path_none_is_guessed(ksmy: Ksmy, other_schemas: str) -> None:
    for path in ("office", "public"):
        assert ksmy("init", "--db", within(other_schemas, path)).code == 0
    both = within(other_schemas, "office,public")
    for command in (("list",), ("update", "TOURISM", "--note", "x"), ("check",), ("init",)):
        said = ksmy(*command, "--db", both)
        assert said.code == 6
        assert "a register in each of the schemas office and public; name one" in sentence(said)


def test_a_new_register_shares_no_schema_with_another_program_s_table(ksmy: Ksmy, other_schemas: str) -> None:
    with psycopg.connect(other_schemas) as connection:
        connection.execute("CREATE TABLE public.entry (id int)")
    said = ksmy("init", "--db", other_schemas)
    assert said.code == 4
    assert "has another program's table entry in the schema public; name an empty schema" in sentence(said)
    assert ksmy("init", "--db", within(other_schemas, "office")).code == 0


def test_a_schema_that_is_not_there_is_told(ksmy: Ksmy, other_schemas: str) -> None:
    said = ksmy("init", "--db", within(other_schemas, "nowhere"))
    assert (said.code, "make one with CREATE SCHEMA" in sentence(said)) == (6, True)
    assert ksmy("list", "--db", within(other_schemas, "nowhere")).code == 6


# Encodings


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_KR"])
def test_a_database_in_another_encoding_is_refused_by_name(
    ksmy: Ksmy, cluster: Cluster, encoding: str, tmp_path: Path
) -> None:
    name = f"in_{encoding.lower()}_{tmp_path.parent.name.replace('-', '_')}"
    cluster.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    export = tmp_path / "export.jsonl"
    assert ksmy("export", "--output", str(export)).code == 0
    for command in (
        *(("init",), ("import", str(export)), ("list",), ("report",), ("check",), ("migrate",), ("export",)),
        ("update", "TOURISM", "--note", "x"),
    ):
        said = ksmy(*command, "--db", cluster.url(name))
        assert said.code == 6, (command, said)
        assert f"keeps its text as {encoding}, and a register needs UTF8" in sentence(said)
        assert "createdb --encoding=UTF8 --template=template0" in said.err
    cluster.execute(f"DROP DATABASE {name}")


# Time limits of others


def test_a_writer_waits_its_turn_under_shorter_limits_of_others(ksmy: Ksmy, database_on_server: str) -> None:
    said = quote("-c statement_timeout=300 -c lock_timeout=100 -c idle_in_transaction_session_timeout=300")
    with psycopg.connect(database_on_server) as other:
        other.execute("LOCK TABLE commitment IN SHARE ROW EXCLUSIVE MODE")
        timer = threading.Timer(0.9, other.rollback)
        timer.start()
        done = ksmy("update", "TOURISM", "--note", "x", "--db", f"{database_on_server}&options={said}")
        timer.join()
    assert (done.code, done.err) == (0, "")


# What the server says went wrong


def raising(url: str, sqlstate: str, saying: str = "'on purpose'") -> None:
    """Have every new entry fail with an SQLSTATE, and what an SQL expression says."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION USING ERRCODE = '{sqlstate}', MESSAGE = {saying}; END $$; "
            "CREATE TRIGGER fail BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION fail()".encode()
        )


def test_a_statement_that_the_server_ended_is_no_other_writer(ksmy: Ksmy, database_on_server: str) -> None:
    raising(database_on_server, "57014")
    said = ksmy("update", "TOURISM", "--note", "x", "--db", database_on_server)
    assert said.code == 1
    assert "another process" not in sentence(said)
    assert "on purpose" in said.err


@pytest.mark.parametrize(("given", "seen"), [("", "ksmy"), ("&application_name=nightly", "nightly")])
def test_a_server_sees_the_program_by_its_name(
    ksmy: Ksmy, database_on_server: str, given: str, seen: str
) -> None:
    raising(database_on_server, "57014", saying="current_setting('application_name')")
    said = ksmy("update", "TOURISM", "--note", "x", "--db", f"{database_on_server}{given}")
    assert sentence(said).endswith(f": {seen}")


@pytest.mark.parametrize("sqlstate", ["22012", "23514", "42P01"])
def test_what_cannot_fail_is_damage_where_the_schema_is_not_as_it_should_be(
    ksmy: Ksmy, database_on_server: str, sqlstate: str
) -> None:
    raising(database_on_server, sqlstate)
    said = ksmy("update", "TOURISM", "--note", "x", "--db", database_on_server)
    assert said.code == 8
    assert "schema: the trigger fail on entry does not belong to a register" in said.err


@pytest.mark.parametrize("failing", ["SELECT 1 / 0", "SELECT nothing", "SELECT CAST('x' AS date)"])
def test_the_same_in_a_sound_register_is_what_the_server_said(seeded_on_server: str, failing: str) -> None:
    with (
        pytest.raises(KsmyError, match="the server could not go on with") as said,
        locate(seeded_on_server).reading() as reader,
    ):
        asked(reader, failing)
    assert said.value.exit_code == 1


def test_a_policy_hides_no_row_unseen(ksmy: Ksmy, database_on_server: str) -> None:
    role = f"reader_{database_on_server.partition('@/')[2].partition('?')[0]}"
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute(
            f"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; "
            "ALTER TABLE entry ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON entry USING (id < 9)".encode()
        )
        for command in (("list",), ("history",), ("check",)):
            said = ksmy(*command, "--db", database_on_server.replace("ksmy@", f"{role}@"))
            assert said.code == 8, (command, said)
            assert "the policy few on entry does not belong to a register" in said.err
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_who_may_not_make_a_register_is_told_that_and_nothing_of_damage(
    ksmy: Ksmy, empty_database: str
) -> None:
    role = f"guest_{empty_database.partition('@/')[2].partition('?')[0]}"
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        said = ksmy("init", "--db", empty_database.replace("ksmy@", f"{role}@"))
        assert (said.code, "this user may not do that" in sentence(said)) == (1, True)
        connection.execute(f"DROP ROLE {role}".encode())


def test_a_failed_migration_is_no_damage(ksmy: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    said = ksmy("migrate", "--db", database_on_server)
    assert said.code == 1
    assert "could not go on" in sentence(said)


def test_two_revisions_are_told_as_damage(ksmy: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    said = ksmy("list", "--db", database_on_server)
    assert (said.code, "its schema's revision is '0005', '0001'" in sentence(said)) == (8, True)


def test_a_register_without_its_revision_is_told_as_damage(ksmy: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("DROP TABLE alembic_version")
    said = ksmy("list", "--db", database_on_server)
    assert (said.code, "the table alembic_version is missing" in sentence(said)) == (8, True)


def test_no_hint_depends_on_the_server_s_language(
    ksmy: Ksmy, own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "ko")
    own_cluster.start("fsync=off", "lc_messages=C.UTF-8")
    own_cluster.execute(
        "CREATE DATABASE reg", "CREATE ROLE desk LOGIN PASSWORD 's3cret'", "CREATE DATABASE old"
    )
    own_cluster.execute("CREATE TABLE entry (id int)", database="old")
    own_cluster.stop("fast")
    (own_cluster.data / "pg_hba.conf").write_text(
        "local all ksmy trust\nlocal reg desk scram-sha-256\nlocal all nobody reject\n"
    )
    own_cluster.start("fsync=off", "lc_messages=C.UTF-8")
    assert cli.run(["init", "--db", own_cluster.url("reg")], lambda: NOW) == 0
    hints = []
    for url in (
        own_cluster.url("missing"),
        own_cluster.url("reg", "desk") + "&password=wrong",
        own_cluster.url("reg", "nobody"),
    ):
        said = ksmy("list", "--db", url)
        assert said.code == 6
        text, _, hint = sentence(said).rpartition("; ")
        if not re.search("[가-힣]", text):
            pytest.skip("this machine's PostgreSQL has no Korean")
        hints.append(hint)
    assert [hint.partition(" ")[0] for hint in hints] == ["have", "check", "check"]
    assert ["createdb" in hints[0], "password" in hints[1], "sslmode" in hints[2]] == [True] * 3
    with psycopg.connect(own_cluster.url("reg")) as other:
        other.execute("LOCK TABLE commitment IN SHARE ROW EXCLUSIVE MODE")
        said = ksmy("update", "TOURISM", "--note", "x", "--timeout", "0.3", "--db", own_cluster.url("reg"))
        assert (said.code, "another process is writing" in sentence(said)) == (7, True)
