"""What keeps a user from a register on a server is said in a sentence, without a password."""

from pathlib import Path

import psycopg
import pytest

from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.locate import locate
from tests.conftest import Ksmy, sentence
from tests.servers import Cluster
from tests.storage.postgres.conftest import Run

SECRET = "s3cret-word"


@pytest.fixture
def guarded(own_cluster: Cluster, free_port: int) -> str:
    """A server on the loopback interface that asks for a password, and a URL without one."""
    own_cluster.start()
    own_cluster.execute(
        f"CREATE ROLE desk LOGIN PASSWORD '{SECRET}'",
        "CREATE DATABASE reg OWNER desk",
        "CREATE DATABASE other",
    )
    own_cluster.stop("fast")
    rules = own_cluster.data / "pg_hba.conf"
    rules.write_text(
        "local all all trust\nhostssl other all 127.0.0.1/32 trust\nhost reg,missing all 127.0.0.1/32 scram-sha-256\n"
    )
    own_cluster.start("listen_addresses=127.0.0.1", f"port={free_port}")
    return f"postgresql://desk@127.0.0.1:{free_port}/reg"


def test_passwords_come_from_url_variable_or_file(guarded: str, run: Run, tmp_path: Path) -> None:
    url = guarded
    named = url.replace("desk@", f"desk:{SECRET}@")
    ran = run(named, "init")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"created {url} with 6 agreements")
    assert run(url, "list", PGPASSWORD=SECRET).code == 0
    home = tmp_path / "home"
    home.mkdir()
    passwords = home / ".pgpass"
    passwords.write_text(f"127.0.0.1:*:reg:desk:{SECRET}\n")
    passwords.chmod(0o600)
    assert run(url, "update", "TOURISM", "--note", "x", HOME=str(home), PGPASSFILE=str(passwords)).code == 0
    assert run(f"{url}?password={SECRET}", "check").code == 0


def test_trouble_with_a_connection_is_told_in_a_sentence_without_a_password(guarded: str, run: Run) -> None:
    url = guarded
    cases = [
        (
            url.replace("desk@", "desk:wr0ng@"),
            {},
            "password authentication failed",
            "check the user and the password",
        ),
        (url, {"PGPASSWORD": "wr0ng"}, "password authentication failed", "check the user and the password"),
        (url, {}, "no password supplied", "check the user and the password"),
        (
            url.replace("/reg", "/missing"),
            {"PGPASSWORD": SECRET},
            'database "missing" does not exist',
            "createdb",
        ),
        (url.replace("/reg", "/other"), {}, "no encryption", "sslmode"),
        (f"{url}?sslmode=require", {"PGPASSWORD": SECRET}, "SSL", "sslmode"),
        (f"postgresql://desk:{SECRET}@127.0.0.1:1/reg", {}, "Connection refused", "that the server runs"),
        (
            f"postgresql://desk:{SECRET}@no-such-host.invalid/reg",
            {},
            "no-such-host.invalid",
            "check the host",
        ),
        (
            f"postgresql://desk:{SECRET}@/reg?host=/nonexistent",
            {},
            "No such file or directory",
            "that the server runs",
        ),
    ]
    for place, variables, reason, hint in cases:
        for command in (("list",), ("update", "TOURISM", "--note", "x")):
            ran = run(place, *command, **variables)
            assert ran.code == 6, (place, ran)
            said = sentence(ran)
            assert "cannot be reached" in said
            assert reason in said, (place, said)
            assert hint in said, (place, said)
            for secret in (SECRET, "wr0ng"):
                assert secret not in said


def test_a_role_that_the_server_does_not_know_is_told(empty_database: str, ksmy: Ksmy) -> None:
    url = empty_database.replace("ksmy@", "stranger@")
    ran = ksmy("list", "--db", url)
    assert (ran.code, sentence(ran)) == (
        6,
        f'{url} cannot be reached: role "stranger" does not exist; check the user, and sslmode in the URL',
    )


def test_a_database_without_a_register_is_told(empty_database: str, run: Run) -> None:
    for command in (("list",), ("update", "TOURISM", "--note", "x"), ("migrate",), ("check",)):
        ran = run(empty_database, *command)
        assert ran.code == 6
        assert sentence(ran) == f"there is no register in {empty_database}; create one with `ksmy init`"


def test_another_program_s_database_is_told(empty_database: str, run: Run) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES ('abc')")
    ran = run(empty_database, "list")
    assert (ran.code, "is a database of another program" in sentence(ran)) == (6, True)
    assert run(empty_database, "init").code == 4


@pytest.mark.parametrize(
    ("revision", "advice"), [("0001", "run `ksmy migrate`"), ("9999", "install a newer")]
)
def test_another_schema_is_told(database_on_server: str, run: Run, revision: str, advice: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [revision])
    for command in (("list",), ("update", "TOURISM", "--note", "x")):
        ran = run(database_on_server, *command)
        assert (ran.code, advice in sentence(ran)) == (6, True)


@pytest.mark.parametrize("named", ["postgresql://desk@localhost/reg", "host=localhost dbname=reg"])
def test_without_psycopg_one_sentence_says_what_to_install(run: Run, named: str) -> None:
    ran = run(named, "list", before="import sys; sys.modules['psycopg'] = None")
    assert ran.code == 6
    assert sentence(ran) == (
        "a register on a server needs psycopg; install it with: pip install 'psycopg[binary]'"
    )


def test_a_register_in_a_file_imports_no_psycopg(run: Run, register: Path) -> None:
    forbidden = "import sys; sys.modules['psycopg'] = None"
    assert run(str(register), "list", before=forbidden).code == 0
    assert run(str(register), "update", "TOURISM", "--note", "x", before=forbidden).code == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_three_spellings_mean_the_same_server(scheme: str, database_on_server: str, ksmy: Ksmy) -> None:
    url = database_on_server.replace("postgresql://", f"{scheme}://")
    assert ksmy("list", "--db", url).code == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/d", "postgresql://u@h/d"),
        ("postgresql://u:p@x@h/d", "postgresql://u@***/d"),
        ("postgresql://u:p/w@h/d", "postgresql://u:***/***"),
        ("postgresql://u:p/w?x@h/d", "postgresql://..."),
        (
            "postgres://u@h1:1,h2:2/d?password=p&sslmode=require",
            "postgresql://u@h1:1,h2:2/d?sslmode=require",
        ),
        (
            "postgresql://u@h/d?sslmode=require&sslpassword=p",
            "postgresql://u@h/d?sslmode=require",
        ),
        ("postgresql://h/d", "postgresql://h/d"),
    ],
)
def test_a_server_is_shown_without_its_password(url: str, shown: str) -> None:
    place = locate(url)
    assert str(place) == shown
    assert repr(place) == shown


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}/x@h/d",
        f"postgresql://u:{SECRET}@h:port/d",
        f"postgresql://u:{SECRET}@h/d?nonsense=1",
    ],
)
def test_a_url_that_libpq_cannot_read_does_not_show_its_password(url: str, ksmy: Ksmy) -> None:
    for command in (("list",), ("update", "TOURISM", "--note", "x")):
        ran = ksmy(*command, "--db", url)
        assert ran.code in (2, 6)
        assert SECRET not in sentence(ran)


def test_another_driver_is_refused() -> None:
    with pytest.raises(Usage, match=r"mysql:// is not one this program can open"):
        locate("mysql://u@h/d")


def test_a_backup_is_the_server_s_own(ksmy: Ksmy, database_on_server: str, tmp_path: Path) -> None:
    ran = ksmy("backup", str(tmp_path / "copy"), "--db", database_on_server)
    assert ran.code == 2
    assert "pg_dump --format=custom --file=" in sentence(ran)
    assert not (tmp_path / "copy").exists()


def test_refs_are_completed_from_a_server(database_on_server: str, run: Run) -> None:
    words = {"COMP_WORDS": "ksmy show FTA", "COMP_CWORD": "2", "_KSMY_COMPLETE": "complete_bash"}
    ran = run(database_on_server, **words)
    assert "FTA-CONCLUDE" in ran.out
    gone = run("postgresql://desk@127.0.0.1:1/reg", **words)
    assert (gone.out.strip(), gone.err) == ("", "")
