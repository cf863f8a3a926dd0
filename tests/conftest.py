"""What the tests share: a seeded register, a clock that stands still, ways to run the program and judge it."""

import inspect
import itertools
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from ksmy_tracker import cli, signals
from ksmy_tracker.domain.kinds import KINDS
from ksmy_tracker.reading.export import export_lines
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.locate import locate
from tests import servers
from tests.servers import Cluster

#: Noon of 15 January 2026 in Kuala Lumpur: the FTA's deadline (2025) has passed, nothing else has.
NOW = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """What one run of the program left behind."""

    out: str
    err: str
    code: int


#: The summit's seed as it stood when the tests began to count its entries: the shipped one can grow.
SUMMIT = Path(__file__).parent / "registers" / "summit.json"

Ksmy = Callable[..., Ran]

#: Sets the moment at which the commands of a test begin from now on.
At = Callable[[datetime], None]

Contents = Callable[[], bytes]

#: Those of a register, children first.
TABLES = ("unchanged_key", "entry", *reversed(tuple(KINDS)))

#: A copy of this process costs a fiftieth of a Python that starts anew.
FORK = multiprocessing.get_context("fork")

Result = TypeVar("Result")

# The gate tries the same values each time: hypothesis's own profile "ci". A developer's run tries others, keeps those
# that failed, and says how to try them elsewhere. Neither fails because the machine is slow.
settings.register_profile(
    "developer",
    settings.get_profile("default"),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if "CI" in os.environ else "developer")


def run(*arguments: str, now: datetime = NOW) -> int:
    """Run the program in this process at a moment; its exit code."""
    return cli.run(list(arguments), lambda: now)


def sentence(ran: Ran) -> str:
    """The one line on stderr of a run that failed with nothing on stdout."""
    assert ran.out == ""
    assert re.fullmatch(r"ksmy: [^\n]+\n", ran.err)
    return ran.err.removeprefix("ksmy: ").removesuffix("\n")


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Every path under a folder, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def execute(path: Path, *statements: str) -> None:
    """Change a register as the program never does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def asked(reader: Reader, sql: str) -> list[tuple[Any, ...]]:
    """The rows of any SQL, by the driver under a reader: what no command asks."""
    connection: Any = reader._connection  # type: ignore[attr-defined]
    found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def forked(action: Callable[[], Result]) -> Callable[[], Result]:
    """Start an action in a process of its own; call what is returned to have its result."""
    here, there = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: there.send(action()))
    child.start()
    there.close()

    def result() -> Result:
        try:
            found: Result = here.recv()
        finally:
            child.join()
            here.close()
        return found

    return result


_COUNTS = pytest.StashKey[list[str]]()


def count(config: pytest.Config, line: str) -> None:
    """Put a line at the end of the run's output, also from a process that runs a part of the tests."""
    sent = getattr(config, "workeroutput", None)
    lines = config.stash.setdefault(_COUNTS, []) if sent is None else sent.setdefault("counts", [])
    lines.append(line)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process has counted."""
    for line in getattr(node, "workeroutput", {}).get("counts", []):
        count(node.config, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was counted."""
    if lines := terminalreporter.config.stash.get(_COUNTS, []):
        terminalreporter.section("what the register survived")
        for line in sorted(lines):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _signals_are_answered() -> None:
    """What the tests start answers signals, though a run in the background, or under nohup, ignores some itself."""
    for number in signals.ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            # A program that is started would inherit SIG_IGN, but does not inherit a handler; a fork does.
            signal.signal(number, lambda *_: None)
            os.register_at_fork(after_in_child=partial(signal.signal, number, usual))


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine and no home of the user."""
    for name in list(os.environ):
        if name.startswith(("KSMY_", "XDG_")) or name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def _clock() -> list[datetime]:
    """What the clock of a test shows, alone in a list."""
    return [NOW]


@pytest.fixture
def at(_clock: list[datetime]) -> At:
    """Set the clock that the test's `ksmy` reads; it stands still at `NOW` until then."""

    def set_clock(moment: datetime) -> None:
        _clock[:] = [moment]

    return set_clock


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One register with the seed, to be copied: creating it costs more than a test may."""
    path = tmp_path_factory.mktemp("seeded") / "register.db"
    assert run("init", "--db", str(path), "--seed", str(SUMMIT), "--by", "seeder") == 0
    return path


@pytest.fixture
def register(_seeded: Path, tmp_path: Path) -> Path:
    """A register with the seed, the test's own."""
    return Path(shutil.copy(_seeded, tmp_path / "register.db"))


@pytest.fixture
def behind(register: Path) -> Path:
    """A register from before the first revision: nothing but its mark and an empty table of revisions."""
    return without_tables(register)


def without_tables(register: Path) -> Path:
    """Take from a register its tables and its revision."""
    execute(register, "DELETE FROM alembic_version", *(f"DROP TABLE {table}" for table in TABLES))
    return register


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that every user can reach, for tests that become another user."""
    if os.geteuid() != 0:
        if "CI" in os.environ:
            pytest.fail("only root can become another user; run the tests as root here")
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def generous_umask() -> Iterator[None]:
    """What a user has set who hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


#: Folders of slow tests: killed writers, full disks, a browser, other programs.
SLOW_FOLDERS = ("faults", "browser", "calendar_programs")
TESTS = Path(__file__).parent

#: Fixtures that cost a test time: a server, a process for each run of the program, a shell on a terminal.
SLOW_FIXTURES = frozenset({"_server", "process", "to", "closed", "homes"})

#: Fixtures with which a test of the command line is about a file: it runs there alone.
ON_A_FILE = frozenset({"register", "process", "behind", "homes", "on"})

#: What a test calls that starts a program.
STARTING = frozenset({"subprocess", "on_terminal"})


def _takes_long(item: pytest.Function) -> bool:
    on_server = hasattr(item, "callspec") and "postgresql" in item.callspec.params.values()
    calls = inspect.unwrap(item.function).__code__.co_names
    return on_server or not (SLOW_FIXTURES.isdisjoint(item.fixturenames) and STARTING.isdisjoint(calls))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as slow what follows from where a test is and what it needs; leave out what is long, unless asked for."""
    asked = "long" in str(config.getoption("markexpr"))
    left_out = {item for item in items if not asked and item.get_closest_marker("long")}
    for item in items:
        # A run of the tests may have one from elsewhere, with these fixtures.
        is_ours = item.path.is_relative_to(TESTS)
        folder = item.path.relative_to(TESTS).parts[0] if is_ours else ""
        if folder in SLOW_FOLDERS or (isinstance(item, pytest.Function) and _takes_long(item)):
            item.add_marker(pytest.mark.slow)
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.no_cover)  # tracing doubles their time; what they reach, others do
    if left_out:
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]
    # What takes longest comes first, lest one process wait for another at the end.
    items.sort(key=lambda item: ("no_cover" not in item.keywords, "slow" not in item.keywords))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the command line on both engines, unless it is about a file, a shell, or what engines share."""
    names = metafunc.fixturenames
    if any(map(metafunc.definition.get_closest_marker, ("of_a_file", "of_no_engine"))):
        return
    of_the_program = "engine" in names and Path(str(metafunc.module.__file__)).parent.name == "cli"
    if of_the_program and ON_A_FILE.isdisjoint(names):
        metafunc.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """What keeps the test's register: sqlite or postgresql."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The run's PostgreSQL server, with a database that has the seed, to be copied."""
    if not servers.is_installed():
        assert "CI" not in os.environ, "PostgreSQL 15 is not installed"
        pytest.skip("PostgreSQL 15 is not installed")
    with servers.shared(_marker(tmp_path_factory)) as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'seeded'").fetchone():
                return cluster
            connection.execute("CREATE DATABASE seeded")
        assert run("init", "--db", cluster.url("seeded"), "--seed", str(SUMMIT), "--by", "seeder") == 0
    return cluster


def _marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes of a run leave word for each other."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "server"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server when the run ends, which is when its first process does."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        servers.stop_shared(factory.getbasetemp() / "server")


_made = itertools.count(1)


@contextmanager
def _database(cluster: Cluster, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_made)}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_on_server(_server: Cluster) -> Iterator[str]:
    """The URL of a database with the seed, the test's own, to do anything with."""
    with _database(_server, "seeded") as url:
        yield url


@pytest.fixture(scope="session")
def _database_of_this_process(_server: Cluster) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """A database with the seed, kept a second time in a schema of its own, and a connection that may do anything."""
    with _database(_server, "seeded") as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA as_seeded")
        for table in TABLES:
            connection.execute(f"CREATE TABLE as_seeded.{table} AS TABLE {table}")
        connection.execute("SET session_replication_role = replica")  # no trigger, no reference is looked at
        yield url, connection


@pytest.fixture
def seeded_on_server(_database_of_this_process: tuple[str, psycopg.Connection[Any]]) -> Iterator[str]:
    """The URL of a database with the seed, the test's own, for what changes it by the program alone.

    It gets its rows back afterwards, which costs a fraction of a new database.
    """
    url, connection = _database_of_this_process
    yield url
    with connection.transaction():
        connection.execute(f"TRUNCATE {', '.join(TABLES)}")
        for table in TABLES:
            connection.execute(f"INSERT INTO {table} TABLE as_seeded.{table}")


@pytest.fixture
def empty_database(_server: Cluster) -> Iterator[str]:
    """The URL of a database without a register, the test's own."""
    with _database(_server, "template0") as url:
        yield url


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest) -> str:
    """Where the test's register is: a path or a URL."""
    return str(request.getfixturevalue("register" if engine == "sqlite" else "seeded_on_server"))


@pytest.fixture
def contents(engine: str, place: str) -> Contents:
    """What the test's register holds, to the byte: its file, or its export."""
    if engine == "sqlite":
        return Path(place).read_bytes

    def exported() -> bytes:
        with locate(place).reading() as reader:
            return "".join(export_lines(reader)).encode()

    return exported


@pytest.fixture
def ksmy(
    place: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    _clock: list[datetime],
) -> Ksmy:
    """Run the program in this process, its output going to a pipe, on the test's own register."""
    monkeypatch.setenv("KSMY_DATABASE_URL", place)
    monkeypatch.setenv("KSMY_ACTOR", "tester")

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = cli.run(list(arguments), lambda: _clock[0])
        out, err = capsys.readouterr()
        return Ran(out, err, code)

    return run


@pytest.fixture
def process(register: Path) -> Ksmy:
    """Run the program as a process of its own; `env=`, `cwd=`, `input=` and `user=` go to subprocess.

    Its clock is the machine's: give `--as-of` or `--on`.
    """

    def run(*arguments: str, env: dict[str, str] | None = None, **more: object) -> Ran:
        variables = {"KSMY_DATABASE_URL": str(register), "PATH": os.environ["PATH"], **(env or {})}
        done = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=variables,
            check=False,
            **more,  # type: ignore[call-overload]
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    return run
