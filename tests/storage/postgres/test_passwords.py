"""No password is shown, however it is spelled and whatever fails: not by libpq's spellings, and not by near misses."""

import socket
from collections.abc import Iterator

import pytest

from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.postgres import url
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import Ksmy, Ran
from tests.storage.postgres.conftest import Run

SECRET = "s3cretW0rd"
ENCODED = "%73%33cretW0rd"

#: Spellings of a server with a password, at {at} (host and port), in the database {db}.
SPELLINGS = (
    "postgresql://desk:{word}@{at}/{db}",
    "postgres://desk:{word}@{at}/{db}",
    "postgresql+psycopg://desk:{word}@{at}/{db}",
    "POSTGRESQL://desk:{word}@{at}/{db}",
    " postgresql://desk:{word}@{at}/{db}",
    "postgresql://desk:{code}@{at}/{db}",
    "postgresql://:{word}@{at}/{db}",
    "postgresql://desk:{word}@{at}",
    "postgresql://desk:{word}@{at}/{db}?connect_timeout=2",
    "postgresql://desk:{word}@{at},{at}/{db}",
    "postgresql://desk:{word}@[::1]:1/{db}",
    "postgresql://desk@{at}/{db}?password={word}",
    "postgresql://desk@{at}/{db}?PASSWORD={word}",
    "postgresql://desk@{at}/{db}?Password={word}",
    "postgresql://desk@{at}/{db}?%70assword={word}",
    "postgresql://desk@{at}/{db}?p%61ssword={code}",
    "postgresql://desk@{at}/{db}?sslmode=disable&password={word}",
    "postgresql://desk@{at}/{db}?sslmode=disable;password={word}",
    "postgresql://desk@{at}/{db}?;password={word}",
    "postgresql://desk@{at}/{db};password={word}",
    "postgresql://desk@{at}/{db}&password={word}",
    "postgresql://desk@{at}/{db}#password={word}",
    "postgresql://desk@{at}/{db}?passwd={word}",
    "postgresql://desk@{at}/{db}?password%3D{word}",
    "postgresql://desk@{at}/{db}?password={word}&password={word}",
    "postgresql://desk@{at}/{db}?sslpassword={word}",
    "postgresql://desk@{at}/{db}?sslkey=/none&sslpassword={word}&password={word}",
    "postgresql://desk@{at}/{db}?options=-csecret.word%3D{word}",
    "postgresql://desk:{word}/{db}",
    "postgresql://desk:{word}",
    "postgresql://desk:{word}%40{at}/{db}",
    "postgresql://desk:x@{word}@{at}/{db}",
    "postgresql://desk:x/{word}@{at}/{db}",
    "postgresql://desk:x?{word}@{at}/{db}",
    "postgresql://desk:x#{word}@{at}/{db}",
    "postgresql://desk:x%zz{word}@{at}/{db}",
    "postgresql://desk:x%00{word}@{at}/{db}",
    "postgresql://desk:%ff{word}@{at}/{db}",
    "postgresql://desk:12/{word}@{at}/{db}",
    "postgresql://desk:{word}@{at}:port/{db}",
    "postgresql://desk:{word}@/{db}?host=/nonexistent",
    "postgresql://desk@{at}/{db}?user=desk:{word}@x",
    "postgresql://desk@{at}/{db}?dbname=postgresql://desk:{word}@{at}/{db}",
    "postgresql:/desk:{word}@{at}/{db}",
    "postgresql:desk:{word}@{at}/{db}",
    "postgres:/desk:{word}@{at}/{db}",
    "postgres:{word}@{at}/{db}",
    "host=127.0.0.1 port={port} user=desk dbname={db} password={word}",
    "host=127.0.0.1 port={port} user=desk dbname={db} password='{word}'",
    "password = {word} host=127.0.0.1 port={port} dbname={db}",
    "PASSWORD={word} host=127.0.0.1 port={port}",
    "sslpassword={word} host=127.0.0.1 port={port} dbname={db}",
    "host=127.0.0.1;password={word}",
    "dbname='{word}@x' password={word} host=127.0.0.1 port={port}",
    "user=desk password={word} nonsense=1",
    "mysql://desk:{word}@{at}/{db}",
    "jdbc:postgresql://{at}/{db}?user=desk&password={word}",
    "desk:{word}@postgresql://{at}/{db}",
)

COMMANDS = (
    ("list",),
    ("update", "TOURISM", "--note", "x", "--timeout", "1"),
    ("init",),
    ("migrate",),
    ("check",),
    ("backup", "copy.db"),
)


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port at which nobody listens, kept from others."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


def spelled(spelling: str, port: int, db: str = "reg") -> str:
    return spelling.format(word=SECRET, code=ENCODED, at=f"127.0.0.1:{port}", port=port, db=db)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_password_is_shown_whatever_fails(ksmy: Ksmy, refusing: int, spelling: str) -> None:
    for command in COMMANDS:
        ran = ksmy(*command, "--db", spelled(spelling, refusing))
        assert ran.code in (2, 6, 7), (command, ran)
        assert hidden(ran), (command, ran)
        assert ran.err.count("\n") == 1, ran.err


def hidden(ran: Ran) -> bool:
    return not any(word in text for word in (SECRET, SECRET[1:], ENCODED) for text in (ran.out, ran.err))


FAILING = (
    "{url}&password={word}",
    "{url}&sslpassword={word}",
    "{url}&sslpassword={word}&requirepeer={word}",
    "{url}&password={word}&sslmode=require",
    "{url}&password={word}&sslmode={word}",
    "{url}&password={word}&target_session_attrs=standby",
    "{url};password={word}",
    "{missing}&password={word}",
    "{missing}{word}&password={word}",
    "{nobody}&password={word}",
)


@pytest.mark.parametrize("spelling", FAILING)
def test_no_password_is_shown_by_what_a_server_answers(
    ksmy: Ksmy, empty_database: str, spelling: str
) -> None:
    name = empty_database.partition("@/")[2].partition("?")[0]
    url = spelling.format(
        url=empty_database,
        missing=empty_database.replace(f"/{name}", "/missing;password%3D" + SECRET),
        nobody=empty_database.replace("ksmy@", f"{SECRET}%40x:{SECRET}@"),
        word=SECRET,
    )
    for command in COMMANDS[:2] + COMMANDS[3:5]:
        ran = ksmy(*command, "--db", url)
        assert ran.code in (2, 6), (command, ran)
        assert hidden(ran), (command, ran)


def test_a_receipt_shows_no_password_either(ksmy: Ksmy, empty_database: str) -> None:
    for command in (("init",), ("migrate",), ("check",), ("backup", "copy.db")):
        ran = ksmy(*command, "--db", f"{empty_database}&password={SECRET}")
        assert ran.code == (2 if command[0] == "backup" else 0)
        assert hidden(ran)


@pytest.mark.parametrize("spelling", SPELLINGS[:10])
def test_without_psycopg_nothing_but_the_scheme_is_shown(run: Run, spelling: str) -> None:
    if spelling is not SPELLINGS[0]:
        place = locate(spelled(spelling, 1))
        assert SECRET not in f"{place} {place!r} {[place]}"
        return
    ran = run(spelled(spelling, 1), "check", before="import sys; sys.modules['psycopg'] = None")
    assert ran.code == 6
    assert hidden(ran)
    ran = run(spelled(spelling, 1), "backup", "x.db", before="import sys; sys.modules['psycopg'] = None")
    assert " postgresql://... " in ran.err


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("host=h user=u dbname=d password=x", "postgresql://u@h/d"),
        ("keepalives=1 host=h dbname=d", "postgresql://h/d"),
        ("HOST=h dbname=d", "postgresql://..."),
        ("postgresql:///d?service=office&password=x", "postgresql:///d?service=office"),
        ("postgresql://u@[2001:db8::7]:5433/d", "postgresql://u@[2001:db8::7]:5433/d"),
        ("postgresql://u@a:1,b,c:3/d", "postgresql://u@a:1,b,c:3/d"),
        ("postgresql:///d?host=/run/a,/run/b&port=1,2", "postgresql:///d?host=/run/a,/run/b&port=1,2"),
        ("postgresql://한국@h/등록부", "postgresql://한국@h/등록부"),
        ("postgresql://u@h/d?application_name=x&options=-ca%3Db", "postgresql://u@h/d"),
        ("postgresql://u@h/d?sslmode=verify-full&sslrootcert=/x", "postgresql://u@h/d?sslmode=verify-full"),
    ],
)
def test_what_libpq_understood_is_what_is_shown(named: str, shown: str) -> None:
    assert str(locate(named)) == shown


def test_a_server_by_keywords_is_the_same_place(ksmy: Ksmy, database_on_server: str) -> None:
    parameters = url.required_parameters(database_on_server)
    named = " ".join(f"{name}={value}" for name, value in parameters.items())
    assert ksmy("list", "--db", named) == ksmy("list", "--db", database_on_server)


@pytest.mark.parametrize(
    "named", ["./host=a.db", "a&b=c.db", "postgres", "my postgresql: copy.db", "hosts=1.db"]
)
def test_a_file_s_name_is_taken_for_no_server(named: str) -> None:
    assert isinstance(locate(named), FileRegister)


def test_a_url_with_one_slash_is_told_without_being_shown() -> None:
    with pytest.raises(Usage, match="with two slashes") as said:
        locate(f"postgresql:/desk:{SECRET}@h/d")
    assert SECRET not in str(said.value)
