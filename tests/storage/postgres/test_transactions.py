"""Writers on a server stand in a line; a unit of work runs again where it must, and never twice for good."""

import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from ksmy_tracker import cli
from ksmy_tracker.domain.chain import canonical_json
from ksmy_tracker.reading.export import export_lines
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.shipped import shipped
from ksmy_tracker.writing.record import record
from tests import exports
from tests.conftest import NOW, Ksmy, Ran, asked, count, forked, sentence

#: A trigger that fails as often as it is told, with a code of PostgreSQL's; a sequence outlives what is rolled back.
FAIL = """
CREATE SEQUENCE tries;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('public.tries') <= {times} THEN {failure}; END IF; RETURN NEW; END $$;
CREATE {kind} TRIGGER fail AFTER INSERT ON entry {deferred} FOR EACH ROW EXECUTE FUNCTION fail();
"""
CUT = "PERFORM pg_terminate_backend(pg_backend_pid())"


def raising(code: str) -> str:
    return f"RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'"


@pytest.fixture
def fail(database_on_server: str) -> Callable[..., None]:
    """Have the server fail the next so many inserts (or, `late`, commits) of an entry."""

    def arrange(failure: str, times: int, *, late: bool = False) -> None:
        kind, deferred = ("CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED") if late else ("", "")
        with psycopg.connect(database_on_server, autocommit=True) as connection:
            connection.execute(
                FAIL.format(failure=failure, times=times, kind=kind, deferred=deferred).encode()
            )

    return arrange


@pytest.fixture
def on_server(ksmy: Ksmy, database_on_server: str, monkeypatch: pytest.MonkeyPatch) -> Ksmy:
    """Run the program on the test's own register on a server."""
    monkeypatch.setenv("KSMY_DATABASE_URL", database_on_server)
    return ksmy


def notes(ksmy: Ksmy, ref: str = "TOURISM") -> list[str]:
    return [entry["note"] for entry in json.loads(ksmy("history", ref, "--format", "json").out)][1:]


# Writers in a line


def update_often(url: str, writer: int, times: int) -> list[str]:
    """Update a commitment again and again; return what went wrong."""
    wrong = []
    for number in range(times):
        code = cli.run(
            ["update", "HYDROGEN", "--note", f"{writer}/{number}", "--by", "w", "--db", url], lambda: NOW
        )
        if code:
            wrong.append(f"{writer}/{number} ended with {code}")
    return wrong


def test_sixteen_writers_at_once_make_one_chain(
    on_server: Ksmy, database_on_server: str, pytestconfig: pytest.Config
) -> None:
    results = [forked(partial(update_often, database_on_server, writer, 50)) for writer in range(16)]
    wrong = [one for result in results for one in result()]
    found = notes(on_server, "HYDROGEN")
    assert not wrong
    assert sorted(found) == sorted(f"{writer}/{number}" for writer in range(16) for number in range(50))
    assert on_server("check").out.startswith("ok: ")
    count(
        pytestconfig,
        f"updates of a server by 16 processes at once: 800, in the chain: {len(found)}, errors: 0",
    )


def test_a_writer_waits_for_its_turn_and_gives_up_in_time(on_server: Ksmy, database_on_server: str) -> None:
    before = on_server("export").out
    with psycopg.connect(database_on_server) as other:
        other.execute("LOCK TABLE commitment IN SHARE ROW EXCLUSIVE MODE")
        ran = on_server("update", "TOURISM", "--note", "x", "--timeout", "0.3")
        assert ran.code == 7
        assert sentence(ran).startswith("another process is writing to postgresql://")
        assert on_server("list").code == 0
    assert on_server("export").out == before


# The whole unit of work runs again


@pytest.mark.parametrize("late", [False, True], ids=["insert", "commit"])
@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_what_the_server_rolls_back_runs_again_from_fresh_reads(
    on_server: Ksmy,
    database_on_server: str,
    fail: Callable[..., None],
    code: str,
    late: bool,
    tmp_path: Path,
) -> None:
    fail(raising(code), 2, late=late)
    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        '{"op": "milestone", "ref": "TOURISM", "title": "Step"}\n{"ref": "TOURISM", "note": "one"}\n'
    )
    ran = on_server("apply", str(batch))
    assert (ran.code, ran.err) == (0, "ksmy: applied 2, unchanged 0, skipped 0\n")
    assert ran.out.splitlines()[0].startswith("TOURISM/1 created")
    assert notes(on_server) == [None, "one"]
    with psycopg.connect(database_on_server) as connection:
        connection.execute("DROP TRIGGER fail ON entry; DROP FUNCTION fail")
    assert on_server("check").code == 0


def test_what_never_succeeds_ends_with_the_timeout(on_server: Ksmy, fail: Callable[..., None]) -> None:
    fail(raising("40001"), 10**6)
    before = on_server("export").out
    ran = on_server("update", "TOURISM", "--note", "x", "--timeout", "0.5")
    assert ran.code == 7
    assert "other writers of postgresql://" in sentence(ran)
    assert on_server("export").out == before


def test_a_bad_line_is_counted_once_though_the_batch_runs_again(
    on_server: Ksmy, fail: Callable[..., None], tmp_path: Path
) -> None:
    fail(raising("40001"), 1)
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"ref": "TOURISM", "note": "one"}\n' * 2001 + '{"ref": "NONE", "note": "x"}\n')
    ran = on_server("apply", str(batch))
    assert ran.code == 5
    assert "has 1 fault; nothing was applied" in ran.err


def test_a_real_conflict_in_the_middle_of_the_work_is_run_again(
    on_server: Ksmy, database_on_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = list[int]()

    def record_after_another(transaction: Transaction, *rest: object, **more: object) -> object:
        if not met:
            met.append(1)
            _read_the_chain(transaction)
            _append_behind_its_back(database_on_server)
        return record(transaction, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("ksmy_tracker.writing.invocation.record", record_after_another)
    assert on_server("update", "TOURISM", "--note", "second").code == 0
    assert notes(on_server) == ["first", "second"]
    assert on_server("check").code == 0


def _read_the_chain(transaction: Transaction) -> None:
    asked(transaction, "SELECT max(id) FROM public.entry")


def _append_behind_its_back(url: str) -> None:
    """A noted entry at the end of the chain, by somebody who knows of no lock."""
    from ksmy_tracker.domain.chain import digest, entry_row, read_entry
    from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry

    with psycopg.connect(url) as other:
        row = other.execute(
            f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id DESC LIMIT 1"
        ).fetchone()
        assert row is not None
        entry = read_entry(StoredEntry(*row))
        entry.previous_hash, entry.id, entry.invocation = entry.hash, entry.id + 1, "0" * 32
        entry.record, entry.ref, entry.action, entry.changes = "commitment", "TOURISM", "noted", {}
        entry.note, entry.evidence = "first", ()
        entry.hash = digest(entry)
        values = list(entry_row(entry))
        marks = ", ".join(["%s"] * len(values))
        other.execute(f"INSERT INTO entry ({', '.join(ENTRY_FIELDS)}) VALUES ({marks})", values)


# The connection is cut


@pytest.mark.parametrize("late", [False, True], ids=["insert", "commit"])
def test_a_connection_cut_in_the_middle_is_made_again_and_nothing_doubled(
    on_server: Ksmy, fail: Callable[..., None], late: bool
) -> None:
    fail(CUT, 2, late=late)
    ran = on_server("update", "TOURISM", "--note", "once")
    assert ran.code == 0, ran.err
    assert notes(on_server) == ["once"]


@pytest.mark.parametrize("code", ["57P02", "57P03"], ids=["crashed", "starting"])
def test_a_server_that_goes_down_is_a_lost_connection(
    on_server: Ksmy, fail: Callable[..., None], code: str
) -> None:
    fail(raising(code), 2)
    assert on_server("update", "TOURISM", "--note", "once").code == 0
    assert notes(on_server) == ["once"]


def test_a_connection_cut_again_and_again_is_told(on_server: Ksmy, fail: Callable[..., None]) -> None:
    fail(CUT, 10**6)
    ran = on_server("update", "TOURISM", "--note", "x", "--timeout", "0.5")
    assert ran.code == 7
    assert "was lost again and again; nothing was changed" in sentence(ran)
    assert notes(on_server) == []


class Between:
    """Stands between a client and the server, and cuts the first so many commits: before or after they arrive."""

    def __init__(self, socket_of_server: str, folder: Path, port: int) -> None:
        self.port = port
        self.cut, self.arrives, self.shut_after, self.leaves_open = 0, True, False, False
        self._left: list[socket.socket] = []
        self._server = socket_of_server
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / f".s.PGSQL.{port}"))
        self._listening.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        cutting, answered = threading.Event(), threading.Event()
        with closing(client), closing(socket.socket(socket.AF_UNIX)) as server:
            server.connect(self._server)
            threading.Thread(target=_pump, args=(server, client, cutting, answered), daemon=True).start()
            with suppress(OSError):
                while data := client.recv(65536):
                    if b"COMMIT" in data and self.cut:
                        cutting.set()
                        self._cut(client, server, data, answered)
                        return
                    server.sendall(data)

    def _cut(
        self, client: socket.socket, server: socket.socket, data: bytes, answered: threading.Event
    ) -> None:
        self.cut -= 1
        if self.shut_after:
            self.close()
        if self.arrives:
            server.sendall(data)
            assert answered.wait(10)
        if self.leaves_open:
            self._left.append(server.dup())
        else:
            server.shutdown(socket.SHUT_RDWR)
        client.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let nobody through any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._left:
            one.close()


def _pump(
    source: socket.socket, target: socket.socket, cutting: threading.Event, answered: threading.Event
) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if cutting.is_set():
                answered.set()
                return
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def between(
    database_on_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Between, str]]:
    """Something between, and the URL that goes through it."""
    folder = database_on_server.partition("host=")[2].partition("&")[0]
    with tempfile.TemporaryDirectory(prefix="ksmy-") as own:
        found = Between(f"{folder}/.s.PGSQL.5432", Path(own), 5499)
        yield found, database_on_server.replace(f"host={folder}&port=5432", f"host={own}&port=5499")
        found.close()


@pytest.mark.parametrize("arrives", [True, False], ids=["landed", "not landed"])
def test_a_commit_whose_answer_was_lost_is_recorded_once(
    on_server: Ksmy, between: tuple[Between, str], arrives: bool
) -> None:
    middle, url = between
    middle.cut, middle.arrives = 1, arrives
    ran = on_server("update", "TOURISM", "--status", "suspended", "--note", "once", "--db", url)
    assert ran == Ran("TOURISM updated: status in-progress -> suspended; note: once (entry 31)\n", "", 0)
    assert notes(on_server) == ["once"]
    assert on_server("check").code == 0


@pytest.mark.parametrize("arrives", [True, False], ids=["landed", "not landed"])
def test_where_nobody_can_say_whether_a_commit_landed_the_receipt_says_so(
    on_server: Ksmy, between: tuple[Between, str], arrives: bool
) -> None:
    middle, url = between
    middle.cut, middle.arrives, middle.shut_after = 1, arrives, True
    ran = on_server("update", "TOURISM", "--note", "maybe", "--db", url, "--timeout", "1")
    assert ran.code == 7
    said = sentence(ran)
    assert "whether it was is not known" in said
    invocation = said.partition("look for invocation ")[2].split()[0]
    found = json.loads(on_server("history", "TOURISM", "--format", "json").out)
    assert ([entry["invocation"] for entry in found[1:]] == [invocation]) is arrives


def test_a_lost_commit_that_still_holds_its_lock_is_not_called_undone(
    on_server: Ksmy, between: tuple[Between, str], database_on_server: str
) -> None:
    middle, url = between
    middle.cut, middle.arrives, middle.leaves_open = 1, False, True
    ran = on_server("update", "TOURISM", "--note", "maybe", "--db", url, "--timeout", "1")
    assert ran.code == 7
    assert "whether it was is not known" in sentence(ran)


def test_an_undo_whose_answer_was_lost_is_not_undone_in_turn(
    on_server: Ksmy, between: tuple[Between, str]
) -> None:
    on_server("update", "TOURISM", "--status", "suspended", "--note", "x")
    middle, url = between
    middle.cut = 1
    assert on_server("undo", "--db", url).code == 0
    (tourism,) = json.loads(on_server("list", "--search", "TOURISM", "--format", "json").out)
    assert tourism["status"] == "in-progress"
    assert len(notes(on_server)) == 2


# A look while others write


def test_an_export_is_of_one_state_though_others_write_meanwhile(
    on_server: Ksmy, database_on_server: str
) -> None:
    before = on_server("export").out
    with locate(database_on_server).reading() as reader:
        lines = export_lines(reader)
        first = next(lines)
        assert on_server("update", "TOURISM", "--note", "meanwhile").code == 0
        assert "".join((first, *lines)) == before


def test_a_look_changes_nothing_whatever_it_is_made_to_call(on_server: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute(
            "CREATE SEQUENCE looks; ALTER TABLE commitment RENAME TO kept; "
            "CREATE VIEW commitment AS SELECT * FROM kept WHERE nextval('public.looks') > 0"
        )
        assert on_server("list").code == 1
        assert connection.execute("SELECT is_called FROM looks").fetchone() == (False,)


# Schemas


def test_two_inits_at_once_make_one_register(empty_database: str) -> None:
    results = [forked(lambda: cli.run(["init", "--db", empty_database], lambda: NOW)) for _ in range(2)]
    assert sorted(result() for result in results) == [0, 4]
    assert cli.run(["check", "--db", empty_database], lambda: NOW) == 0


def test_two_migrations_at_once_bring_an_old_register_up_to_date_once(
    on_server: Ksmy, empty_database: str, tmp_path: Path
) -> None:
    old_register(empty_database)
    assert on_server("list", "--db", empty_database).code == 6
    results = [forked(lambda: cli.run(["migrate", "--db", empty_database], lambda: NOW)) for _ in range(2)]
    assert [result() for result in results] == [0, 0]
    assert on_server(
        "agreements", "--format", "csv", "--columns", "ref,stage", "--db", empty_database
    ).out == ("ref,stage\nOLD,signed\n")
    assert on_server("migrate", "--db", empty_database).out.endswith("is up to date (schema 0005)\n")


def old_register(url: str) -> None:
    """A register on a server as the first version made it, with one agreement."""
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO agreement VALUES ('OLD', 'A treaty', 'treaty', 'signed', NULL, NULL, 'both', NULL, "
            "'2024-11-25', '2024-11-25')"
        )
        (created,) = exports.seal(
            [exports.entry("OLD", "created", "2024-11-25", exports.new(**exports.AGREEMENT))]
        )
        names = ", ".join(created)
        connection.exec_driver_sql(
            f"INSERT INTO entry ({names}) SELECT {names} FROM json_populate_record(NULL::entry, %s)",
            (canonical_json(created).decode(),),
        )
    engine.dispose()
