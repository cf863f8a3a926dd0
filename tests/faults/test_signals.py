"""A signal at any moment ends a command in one line that is true: what it calls recorded is there, all else is not.

The moments are chosen: right before and right after each step by which something is done, while the receipt is made and
while it is written. A few more are not.
"""

import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ksmy_tracker import __main__
from ksmy_tracker.cli import output
from ksmy_tracker.render.text import receipt as rendered
from ksmy_tracker.storage import files
from ksmy_tracker.storage.sqlite import connection as sqlite
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.storage.sqlite.transaction import FileTransaction
from tests.conftest import At, Contents, Ksmy, Ran
from tests.faults.conftest import Tell, entries

#: A register as the first released schema had it.
FIRST = Path(__file__).parents[1] / "registers" / "0001.sql"

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

NAMES = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "ended by SIGTERM",
    signal.SIGHUP: "ended by SIGHUP",
}


class Aimed:
    """A signal that the process sends to itself when it comes to a chosen moment."""

    def __init__(self, moment: str, number: int) -> None:
        self.moment = moment
        self.number = number
        self.sent = False

    def at(self, moment: str) -> None:
        if moment == self.moment and not self.sent:
            self.sent = True
            os.kill(os.getpid(), self.number)

    def around(self, owner: Any, name: str, step: str, only: Callable[..., bool] = lambda *_: True) -> None:
        """Have a function pass the moments before and after a step."""
        function = getattr(owner, name)

        def passing(*given: Any, **named: Any) -> Any:
            if not only(*given):
                return function(*given, **named)
            self.at(f"before {step}")
            done = function(*given, **named)
            self.at(f"after {step}")
            return done

        setattr(owner, name, passing)


def program(folder: Path, *arguments: str, aimed: Aimed | None = None, signal_after: float = 0.0) -> Ran:
    """Run the program from its entry on in a copy of this process, with a signal on its way."""
    folder.mkdir(exist_ok=True)
    out, err = folder / "out", folder / "err"
    ready, begins = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for descriptor, path in ((1, out), (2, err)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            sys.argv = ["ksmy", *arguments]
            if aimed is not None:
                aim(aimed)
            os.close(begins)
            __main__.main()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(99)
    os.close(begins)
    os.read(ready, 1)
    os.close(ready)
    if signal_after:
        time.sleep(signal_after)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Ran(out.read_text() if out.exists() else "", err.read_text() if err.exists() else "", code)


def aim(aimed: Aimed) -> None:
    """Have this process pass every moment."""
    aimed.around(sqlite, "_tried", "the lock", lambda _, statements, __: statements != ("COMMIT",))
    aimed.around(sqlite, "_tried", "the commit", lambda _, statements, __: statements == ("COMMIT",))
    aimed.around(psycopg.Connection, "commit", "the commit")
    aimed.around(os, "mkdir", "making a private folder", lambda path, *_: ".ksmy-" in str(path))
    for place, name in ((files, "rename_new"), (os, "replace")):
        aimed.around(place, name, "placing")
    aimed.around(rendered, "as_text", "the receipt")
    aimed.around(output, "emit", "writing")


@pytest.fixture
def register_of_old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return path


CHANGES = {
    "update": ("update", "TOURISM", "--detail", "interrupted"),
    "apply": ("apply", "batch.jsonl"),
    "undo": ("undo",),
}

#: Each moment, and whether the change is recorded by then.
MOMENTS = {
    "before the lock": False,
    "after the lock": False,
    "before the commit": False,
    "after the commit": True,
    "before the receipt": True,
    "after the receipt": True,
    "before writing": True,
    "after writing": True,
}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_a_signal_to_a_change_says_whether_it_is_recorded(
    ksmy: Ksmy,
    at: At,
    place: str,
    contents: Contents,
    engine: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at(datetime.now(UTC))  # what a signal ends goes by the machine's clock
    monkeypatch.chdir(tmp_path)
    Path("batch.jsonl").write_text('{"ref": "TOURISM", "detail": "by a signal"}\n')
    assert ksmy("update", "TOURISM", "--detail", "to be undone").code == 0
    numbers = cycle(ENDING)
    for command, arguments in CHANGES.items():
        for moment, recorded in MOMENTS.items():
            if engine == "postgresql" and "lock" in moment:
                continue
            number = next(numbers)
            before = contents()
            count = len(ksmy("history").out.splitlines())
            ran = program(tmp_path / "run", *arguments, "--db", place, aimed=Aimed(moment, number))
            what = f"{command}, {moment}: {ran}"
            # A signal before a commit, but in it, comes too late to stop that.
            recorded_now = len(ksmy("history").out.splitlines()) > count
            too_late = recorded or moment == "before the commit"
            assert recorded_now == too_late, what
            assert ran.code == 128 + number, what
            assert (ran.out == "") == (moment != "after writing"), what
            if not too_late:
                assert ran.err == f"ksmy: {NAMES[number]}; nothing was recorded\n", what
                assert contents() == before
            else:
                start = f"ksmy: {NAMES[number]}, but the change is recorded (1 entry); see `ksmy history --limit 5`"
                assert ran.err.startswith(start), what
                assert ran.err.count("\n") == 1, what
                invocation = ran.err.split()[-1]
                assert invocation in ksmy("history", "--limit", "1", "--format", "json").out
                assert ksmy("undo", invocation).code == 0
            if engine == "sqlite":
                assert not Path(f"{place}-journal").exists()
    assert ksmy("check").code == 0


@pytest.mark.parametrize(
    ("arguments", "made", "done"),
    [
        (("init", "--db", "new/new.db"), "new/new.db", "new/new.db is created"),
        (("init", "--empty", "--db", "new.db"), "new.db", "new.db is created"),
        (("import", "export.jsonl", "--db", "new.db"), "new.db", "new.db is imported into"),
        (("backup", "copy.db"), "copy.db", "the backup copy.db is made"),
        (("export", "--output", "all.jsonl"), "all.jsonl", "the export all.jsonl is made"),
        (
            ("export", "--format", "ics", "--output", "all.ics"),
            "all.ics",
            "the calendar all.ics is made",
        ),
        (("report", "--output", "report.txt"), "report.txt", "the report report.txt is made"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_signal_to_what_makes_a_file_says_whether_it_is_made(
    ksmy: Ksmy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    made: str,
    done: str,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert ksmy("export", "--output", "export.jsonl").code == 0
    moments = {"after making a private folder": False, "before placing": True, "after placing": True}
    if "--output" not in arguments:
        moments |= {"before writing": True, "after writing": True}
    if made.endswith("new.db"):
        moments |= {"before the lock": False, "before the commit": False, "after the commit": False}
    numbers = cycle(ENDING)
    for moment, is_made in moments.items():
        number = next(numbers)
        ran = program(tmp_path / "run", *arguments, aimed=Aimed(moment, number))
        assert ran.code == 128 + number, f"{moment}: {ran}"
        told = f"{NAMES[number]}, but {done}" if is_made else f"{NAMES[number]}; nothing was recorded"
        assert ran.err == f"ksmy: {told}\n", moment
        expected = {"export.jsonl", *([made.partition("/")[0]] if is_made else [])}
        assert set(os.listdir()) == expected, moment
        if is_made:
            if made.endswith(".db"):
                assert ksmy("check", "--db", made).code == 0
            Path(made).unlink()
            if "/" in made:
                Path(made).parent.rmdir()


def test_a_signal_to_a_migration_says_whether_it_is_done(
    ksmy: Ksmy, register_of_old: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    register = folder / "register.db"
    content = register_of_old.read_bytes()
    numbers = cycle(ENDING)
    for moment, done in {
        "before the lock": False,
        "before the commit": True,
        "after the commit": True,
        "before writing": True,
        "after writing": True,
    }.items():
        register.write_bytes(content)
        number = next(numbers)
        ran = program(tmp_path / "run", "migrate", "--db", str(register), aimed=Aimed(moment, number))
        assert ran.code == 128 + number, f"{moment}: {ran}"
        told = (
            f"{NAMES[number]}, but {register} is migrated"
            if done
            else f"{NAMES[number]}; nothing was recorded"
        )
        assert ran.err == f"ksmy: {told}\n", moment
        assert (ksmy("list", "--db", str(register)).code == 0) == done
        assert len(os.listdir(folder)) == (2 if done else 1), moment
        for path in folder.iterdir():
            path.unlink()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_a_change_that_finds_nothing_to_record_says_so(ksmy: Ksmy, place: str, tmp_path: Path) -> None:
    assert ksmy("update", "TOURISM", "--detail", "known").code == 0
    for arguments, told in (
        ((), "interrupted, but there was nothing to record"),
        (("--dry-run",), "interrupted; nothing was recorded"),
    ):
        aimed = Aimed("before the receipt", signal.SIGINT)
        same = ("update", "TOURISM", "--detail", "known", "--db", place)
        ran = program(tmp_path / "run", *same, *arguments, aimed=aimed)
        assert (ran.out, ran.code) == ("", 130)
        assert ran.err.startswith(f"ksmy: {told}")


def test_a_signal_ends_a_commit_that_waits_for_a_reader_with_nothing_recorded(
    register: Path, tmp_path: Path
) -> None:
    before = register.read_bytes()
    with closing(sqlite3.connect(register, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        began = time.monotonic()
        arguments = ("update", "TOURISM", "--note", "x", "--timeout", "600", "--db", str(register))
        aimed = Aimed("before waiting", signal.SIGINT)
        sleep = time.sleep

        def waiting(seconds: float) -> None:
            aimed.at("before waiting")
            sleep(seconds)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite, "sleep", waiting)
            ran = program(tmp_path / "run", *arguments, aimed=aimed)
    assert time.monotonic() - began < 60
    assert ran == Ran("", "ksmy: interrupted; nothing was recorded\n", 130)
    assert register.read_bytes() == before


#: As long as nobody ends it; it says once when it is under way.
ENDLESS = (
    "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n FROM x WHERE n = 9 AND begun()"
)


def go_on_for_ever(connection: sqlite3.Connection, number: int) -> None:
    """Run a statement without end; another thread sends a signal once it is inside."""
    begun = threading.Event()

    def send() -> None:
        begun.wait()
        os.kill(os.getpid(), number)

    threading.Thread(target=send, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # should nothing else end it
    connection.create_function("begun", 0, begun.set)
    connection.execute(ENDLESS).fetchall()


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(
    ("where", "arguments"),
    [
        ("stream", ("list",)),
        ("dangling", ("check",)),
        ("write", ("update", "TOURISM", "--note", "x")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_signal_ends_a_statement_that_does_not_end_by_itself(
    register: Path, tmp_path: Path, number: signal.Signals, where: str, arguments: tuple[str, ...]
) -> None:
    before = register.read_bytes()

    def reading(reader: FileReader, *_: Any, **__: Any) -> Any:
        go_on_for_ever(reader._connection, number)

    def searching(reader: FileReader) -> Any:
        yield "a fault that was found before"
        reading(reader)

    def inserting(transaction: FileTransaction, *_: Any) -> None:
        transaction._connection.execute("UPDATE commitment SET title = 'half-way'")
        go_on_for_ever(transaction._connection, number)

    with pytest.MonkeyPatch.context() as patch:
        if where == "stream":
            patch.setattr(FileReader, "stream", reading)
        elif where == "dangling":
            patch.setattr(FileReader, "dangling", searching)
        else:
            patch.setattr(FileTransaction, "insert_tuples", inserting)
        ran = program(tmp_path / "run", *arguments, "--db", str(register))
    assert ran == Ran("", f"ksmy: {NAMES[number]}; nothing was recorded\n", 128 + number)
    assert register.read_bytes() == before
    assert not Path(f"{register}-journal").exists()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_signal_to_a_commit_that_a_server_does_not_answer_says_that_nobody_can_tell(
    place: str, tmp_path: Path
) -> None:
    def unanswered(_: Any) -> None:
        time.sleep(60)

    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "commit", unanswered)
        aimed = Aimed("before the commit", signal.SIGTERM)
        ran = program(tmp_path / "run", "update", "TOURISM", "--note", "x", "--db", place, aimed=aimed)
    assert time.monotonic() - began < 50
    assert (ran.out, ran.code) == ("", 143)
    assert re.fullmatch(
        r"ksmy: ended by SIGTERM; whether the change is recorded is not known: "
        r"look for invocation [0-9a-f]{32} in `ksmy history --format json`\n",
        ran.err,
    )


def test_a_commit_waits_for_a_reader_to_end(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []
    with closing(sqlite3.connect(register, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()

        def wait(_: float) -> None:
            waited.append(1)
            if len(waited) == 3:
                reader.execute("ROLLBACK")

        monkeypatch.setattr(sqlite, "sleep", wait)
        assert ksmy("update", "TOURISM", "--note", "x").code == 0
    assert len(waited) == 3


def test_a_signal_that_python_can_only_drop_is_answered_all_the_same(
    ksmy: Ksmy, register: Path, tmp_path: Path
) -> None:
    """What is raised while an object is taken down is printed and forgotten by Python."""

    class Falling:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)

    def fall(*_: Any, **__: Any) -> Any:
        Falling()
        time.sleep(60)

    before = register.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileRegister, "write", fall)
        ran = program(tmp_path / "run", "update", "TOURISM", "--note", "x", "--db", str(register))
    assert ran == Ran("", "ksmy: interrupted; nothing was recorded\n", 130)
    assert register.read_bytes() == before


def test_a_second_signal_leaves_time_to_undo_what_was_begun(register: Path, tmp_path: Path) -> None:
    unlink = os.unlink

    def unlinking(path: Any, **of: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        unlink(path, **of)

    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", unlinking)
        patch.setattr(files, "sync", lambda _: os.kill(os.getpid(), signal.SIGINT))
        ran = program(tmp_path / "run", "backup", str(folder / "copy.db"), "--db", str(register))
    assert ran == Ran("", "ksmy: interrupted; nothing was recorded\n", 130)
    assert os.listdir(folder) == []


def test_a_process_that_was_told_to_ignore_a_signal_does(register: Path, tmp_path: Path) -> None:
    script = "trap '' HUP INT; exec \"$@\""
    aimed = (
        "import os, signal, sys; from ksmy_tracker import __main__, clock; now = clock.now; "
        "clock.now = lambda: (os.kill(os.getpid(), signal.SIGHUP), os.kill(os.getpid(), signal.SIGINT), now())[2]; "
        "__main__.main()"
    )
    ended = subprocess.run(
        ["/bin/sh", "-c", script, "sh", sys.executable, "-c", aimed, "update", "TOURISM", "--note", "x"],
        env={"PATH": os.environ["PATH"], "KSMY_DATABASE_URL": str(register)},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


_START = """
import os, signal, sys
from ksmy_tracker.__main__ import main

class Aimed:
    def __init__(self, left):
        self.left = left
    def find_spec(self, name, path=None, target=None):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGINT)

def late():
    os.kill(os.getpid(), signal.SIGINT)

import atexit
atexit.register(late)
for number in map(int, sys.argv.pop(1).split(",")):
    if not (pid := os.fork()):
        os.dup2(os.open(f"{os.environ['FOLDER']}/{number}", os.O_WRONLY | os.O_CREAT), 2)
        sys.meta_path.insert(0, Aimed(number))
        main()
    print(number, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.parametrize("completing", [False, True], ids=["a command", "completion"])
def test_ctrl_c_at_any_import_of_the_start_is_one_line(
    register: Path, tmp_path: Path, tell: Tell, completing: bool
) -> None:
    imports = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233] if not completing else [1, 3, 8, 55, 144]
    env = {"PATH": os.environ["PATH"], "KSMY_DATABASE_URL": str(register), "FOLDER": str(tmp_path)}
    if completing:
        env |= {"_KSMY_COMPLETE": "complete_bash", "COMP_WORDS": "ksmy show T", "COMP_CWORD": "2"}
    numbers = ",".join(map(str, imports))
    done = subprocess.run(
        [sys.executable, "-c", _START, numbers, "update", "TOURISM", "--note", "x", "--dry-run"],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines() if line[:1].isdigit() and " " in line]
    codes = {int(number): int(code) for number, code in lines if number.isdigit()}
    assert set(codes) == set(imports)
    for number, code in codes.items():
        err = (tmp_path / str(number)).read_text()
        if completing:
            assert (code in (0, 130), err) == (True, "")
        else:
            assert (code, err) == (130, "ksmy: interrupted; nothing was recorded\n"), number
    tell(
        f"Ctrl-C while {'completion' if completing else 'a command'} starts: {len(codes)} moments; tracebacks: 0"
    )


def test_a_signal_at_any_moment_ends_in_a_true_sentence(
    ksmy: Ksmy, register: Path, tmp_path: Path, tell: Tell
) -> None:
    dice = random.Random("signals at any moment")
    arguments = ("update", "TOURISM", "--db", str(register), "--note")
    began = time.monotonic()
    assert program(tmp_path / "run", *arguments, "alone").code == 0
    whole = time.monotonic() - began
    counts: Counter[str] = Counter()
    for number in range(25):
        note = f"run {number}"
        ran = program(tmp_path / "run", *arguments, note, signal_after=dice.uniform(0.001, 1.1 * whole))
        recorded = any(found == note for _, _, found, _ in entries(register))
        if ran.code == 0:
            assert ran.out.count("\n") == 1
            assert (ran.err, recorded) == ("", True)
            counts["done"] += 1
            continue
        assert ran.code == 130
        assert ran.err.count("\n") == 1
        assert ("but the change is recorded" in ran.err) == recorded
        assert ("nothing was recorded" in ran.err) != recorded
        counts["recorded" if recorded else "not recorded"] += 1
    assert ksmy("check").code == 0
    tell(f"signals at any moment: 25, {dict(counts)}; untrue sentences: 0")


#: A test of what becomes of each signal in another program and in a fork.
_STARTING = """
import signal, subprocess, sys
from tests.conftest import forked

ASKED = f"[signal.getsignal(number) for number in {[*map(int, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))]}]"
USUAL = [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]

def test_a_program():
    asked = [sys.executable, "-c", f"import signal; print({ASKED})"]
    assert subprocess.check_output(asked, text=True) == f"{USUAL}\\n"

def test_a_fork():
    assert forked(lambda: eval(ASKED))() == USUAL
"""


def test_what_a_run_of_the_tests_in_the_background_starts_answers_signals(tmp_path: Path) -> None:
    test = tmp_path / "test_starting.py"
    test.write_text(_STARTING)
    in_the_background = "trap '' INT TERM HUP; exec \"$@\""  # as `&` in a script and nohup leave it
    folders = ("--rootdir", str(tmp_path), "--basetemp", str(tmp_path / "run"))
    pytest_run = ("pytest", "-n", "0", "-p", "tests.conftest", *folders, str(test))
    done = subprocess.run(
        ["/bin/sh", "-c", in_the_background, "sh", sys.executable, "-m", *pytest_run],
        env={"PATH": os.environ["PATH"]},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout
