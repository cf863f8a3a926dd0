"""A server that freezes, or a network that is cut, holds no command for longer than its timeout."""

import json
import os
import re
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from ksmy_tracker import cli
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.postgres import connection as server_connection
from ksmy_tracker.storage.postgres.connection import Connection, NoAnswer, connect
from ksmy_tracker.storage.postgres.register import ServerRegister
from tests import servers
from tests.conftest import NOW, Ksmy, forked, sentence
from tests.servers import Cluster
from tests.storage.postgres.conftest import Run

#: What a command may take beyond its timeout: two seconds, and what a very busy machine needs to run it.
BEYOND = 2 + 10

COMMANDS = (
    ("list", "--timeout", "1"),
    ("export", "--timeout", "1"),
    ("check", "--timeout", "1"),
    ("update", "TOURISM", "--note", "x", "--timeout", "1"),
    ("migrate", "--timeout", "1"),
    ("init", "--timeout", "1"),
)


def all_at_once(url: str) -> list[tuple[tuple[str, ...], int, str, float]]:
    """Every command, each in a process of its own: its exit code, what it said, how long it took."""

    def one(command: tuple[str, ...]) -> Callable[[], tuple[int, str, float]]:
        def run() -> tuple[int, str, float]:
            with redirect_stderr(StringIO()) as said:
                began = monotonic()
                code = cli.run([*command, "--db", url], lambda: NOW)
                return code, said.getvalue(), monotonic() - began

        return forked(run)

    started = [(command, one(command)) for command in COMMANDS]
    return [(command, *result()) for command, result in started]


class Wire:
    """Stands between a client and the server on a socket; from a word of the client's on, nothing passes any more."""

    def __init__(self, there: str, folder: Path, until: bytes, *, sends_it: bool = False) -> None:
        self._there, self._until, self._sends_it = there, until, sends_it
        self.cut, self._closed = threading.Event(), threading.Event()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5499"))
        self._listening.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), closing(client), closing(socket.socket(socket.AF_UNIX)) as server:
            server.connect(self._there)
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()
            while data := client.recv(65536):
                if self._until in data:
                    if self._sends_it and not self.cut.is_set():
                        self.cut.set()
                        server.sendall(data)
                    self.cut.set()
                if self.cut.is_set():
                    self._closed.wait()
                    return
                server.sendall(data)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while (data := server.recv(65536)) and not self.cut.is_set():
                client.sendall(data)

    def close(self) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def wire(database_on_server: str) -> Iterator[Callable[..., str]]:
    """The URL of the test's register over a wire that is cut at a word."""
    folder = database_on_server.partition("host=")[2].partition("&")[0]
    with tempfile.TemporaryDirectory(prefix="ksmy-") as own:
        wires = []

        def through(until: bytes, *, sends_it: bool = False) -> str:
            wires.append(Wire(f"{folder}/.s.PGSQL.5432", Path(own), until, sends_it=sends_it))
            return database_on_server.replace(f"host={folder}&port=5432", f"host={own}&port=5499")

        yield through
        for one in wires:
            one.close()


def children(parent: int) -> list[int]:
    """A process's children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def signal_all(processes: list[int], number: signal.Signals) -> None:
    """Signal those processes that are still there."""
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one, number)


@pytest.fixture(scope="module")
def stopped(_server: Cluster) -> Iterator[str]:
    """The URL of a register on a server whose every process was stopped."""
    cluster = Cluster(servers.new_folder())
    cluster.create()
    cluster.start("fsync=off", "autovacuum=off")
    cluster.execute("CREATE DATABASE reg")
    assert cli.run(["init", "--db", cluster.url("reg"), "--by", "tester"], lambda: NOW) == 0
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    processes = [postmaster, *children(postmaster)]
    signal_all(processes, signal.SIGSTOP)
    yield cluster.url("reg")
    signal_all(processes, signal.SIGCONT)
    cluster.stop()
    shutil.rmtree(cluster.folder)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a server up sooner than the program does, lest a test wait for it."""
    monkeypatch.setattr(server_connection, "LEAST", 0.5)
    monkeypatch.setattr(server_connection, "MORE", 0.3)


def test_no_command_waits_for_a_stopped_server_beyond_its_timeout(stopped: str, run: Run) -> None:
    for command, code, said, took in all_at_once(stopped):
        assert code == 7, (command, said)
        assert re.fullmatch(r"ksmy: postgresql://[^ ]+ did not answer in time; [^\n]+\n", said)
        assert took < 1 + BEYOND, (command, took)
    began = monotonic()
    ran = run(stopped, "list", "--timeout", "1", PGCONNECT_TIMEOUT="60")
    assert ran.code == 7
    assert monotonic() - began < 1 + BEYOND + 10


@pytest.mark.usefixtures("soon")
def test_several_servers_that_do_not_answer_share_the_time(stopped: str, ksmy: Ksmy) -> None:
    host = re.search("host=([^&]+)", stopped)
    assert host
    several = stopped.replace(host[0], f"host={','.join([host[1]] * 4)}") + "&connect_timeout=60"
    began = monotonic()
    ran = ksmy("list", "--db", several, "--timeout", "1")
    assert (ran.code, "did not answer in time" in sentence(ran)) == (7, True)
    assert monotonic() - began < 1 + BEYOND


@pytest.mark.usefixtures("soon")
def test_a_silent_server_is_passed_over_for_one_that_answers(
    stopped: str, ksmy: Ksmy, database_on_server: str
) -> None:
    host, other = (re.search("host=([^&]+)", url) for url in (stopped, database_on_server))
    assert host
    assert other
    both = database_on_server.replace(other[0], f"host={host[1]},{other[1]}")
    assert ksmy("list", "--db", both, "--timeout", "1").code == 0


def test_no_command_waits_for_a_cut_wire_beyond_its_timeout(
    wire: Callable[..., str], database_on_server: str
) -> None:
    for command, code, said, took in all_at_once(wire(b"BEGIN")):
        assert code == 7, (command, said)
        assert re.fullmatch(
            r"ksmy: postgresql://[^ ]+ (has not answered in time; nothing was changed|did not answer in time); "
            r"[^\n]+\n",
            said,
        ), said
        assert took < 1 + BEYOND, (command, took)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("arrives", [True, False], ids=["landed", "not landed"])
def test_a_commit_without_an_answer_is_told_as_not_known(
    wire: Callable[..., str], ksmy: Ksmy, database_on_server: str, arrives: bool
) -> None:
    url = wire(b"COMMIT\0", sends_it=arrives)
    began = monotonic()
    ran = ksmy("update", "TOURISM", "--note", "maybe", "--db", url, "--timeout", "0.5")
    assert monotonic() - began < 1 + BEYOND
    assert ran.code == 7
    said = sentence(ran)
    assert "has not answered while the change was being recorded; whether it was is not known" in said
    invocation = said.partition("look for invocation ")[2].split()[0]
    found = json.loads(ksmy("history", "TOURISM", "--format", "json", "--db", database_on_server).out)
    assert ([entry["invocation"] for entry in found[1:]] == [invocation]) is arrives


@pytest.mark.usefixtures("soon")
def test_an_init_whose_commit_has_no_answer_is_told_as_not_known(
    wire: Callable[..., str], ksmy: Ksmy, database_on_server: str
) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    ran = ksmy("init", "--timeout", "0.5", "--db", wire(b"COMMIT\0"))
    assert ran.code == 7
    assert "whether it was is not known: look with `ksmy check`" in sentence(ran)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("late", [False, True], ids=["insert", "commit"])
def test_a_stopped_backend_holds_no_writer(ksmy: Ksmy, database_on_server: str, late: bool) -> None:
    kind, deferred = ("CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED") if late else ("", "")
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "COPY (SELECT 1) TO PROGRAM 'kill -STOP $PPID'; RETURN NEW; END $$; "
            f"CREATE {kind} TRIGGER stop AFTER INSERT ON entry {deferred} FOR EACH ROW EXECUTE FUNCTION stop()".encode()
        )
        began = monotonic()
        ran = ksmy("update", "TOURISM", "--note", "x", "--db", database_on_server, "--timeout", "0.5")
        took = monotonic() - began
        for (pid,) in connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall():
            os.kill(pid, signal.SIGCONT)
    assert took < 1 + BEYOND
    assert ran.code == 7
    assert (
        "whether it was is not known" if late else "has not answered in time; nothing was changed"
    ) in sentence(ran)


def test_patience_is_for_the_next_answer_not_for_all_of_them(database_on_server: str) -> None:
    place = locate(database_on_server)
    assert isinstance(place, ServerRegister)
    with closing(connect(place.server, 1)) as connection:
        assert isinstance(connection, Connection)
        connection.patience = 0.5
        began = monotonic()
        for _ in range(4):
            connection.execute("SELECT pg_sleep(0.2)")
        assert monotonic() - began > 0.7
        with connection.cursor(name="slow") as cursor:
            cursor.itersize = 1
            cursor.execute("SELECT pg_sleep(0.2) FROM generate_series(1, 4)")
            assert len(list(cursor)) == 4
        began = monotonic()
        with pytest.raises(NoAnswer):
            connection.execute("SELECT pg_sleep(9)")
        assert monotonic() - began < 2
        assert connection.closed


def test_an_interrupted_wait_for_a_stopped_server_ends_too(stopped: str) -> None:
    def interrupted() -> tuple[int, float]:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = monotonic()
        return cli.run(["list", "--db", stopped, "--timeout", "30"], lambda: NOW), monotonic() - began

    code, took = forked(interrupted)()
    assert code == 130
    assert took < 5 + 10
