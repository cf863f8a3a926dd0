"""Any call on files fails, or the process dies at it: one sentence, a whole file or none, and nothing left behind."""

import errno
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell, content
from tests.faults.processes import Ended, Forks
from tests.faults.processes import forks as starting

FIRST = Path(__file__).parents[1] / "registers" / "0001.sql"

#: What a call may answer; 0 stands for the end of the process.
ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EPERM)

#: Calls of which a run makes many: the short form has two of them fail.
MANY = ("open", "close", "write", "pwrite64", "unlink", "unlinkat", "fdatasync")


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Processes whose calls on files can be made to fail."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler here")
    library = tmp_path_factory.mktemp("failing") / "failing.so"
    source = Path(__file__).with_name("failing.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    with starting("env", f"LD_PRELOAD={library}") as ready:
        yield ready


@dataclass(frozen=True)
class Work:
    """A command in a folder of its own, and the file that it makes or changes."""

    name: str
    #: Fill the folder, and return the command and its target.
    prepare: Callable[["Sources", Path], tuple[list[str], Path]]
    #: Whether doing it again, once it is done, is refused, because a file is there.
    is_once: bool = False
    #: Whether doing it again, once it is done, records something else.
    is_a_change: bool = False


@dataclass(frozen=True)
class Sources:
    """What the commands start from."""

    register: Path
    newer: Path
    old: Path
    export: Path


def _init(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = folder / "deep" / "er" / "register.db"
    return ["init", "--empty", "--db", str(target)], target


def _import(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = folder / "register.db"
    return ["import", str(sources.export), "--db", str(target)], target


def _backup(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = folder / "copy.db"
    return ["backup", str(target), "--db", str(sources.register)], target


def _backup_force(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.register, folder / "copy.db"))
    return ["backup", "--force", str(target), "--db", str(sources.newer)], target


def _export(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = folder / "export.jsonl"
    target.write_text("old")
    return ["export", "--output", str(target), "--db", str(sources.register)], target


def _report(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = folder / "report.txt"
    return ["report", "--output", str(target), "--db", str(sources.register)], target


def _migrate(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.old, folder / "register.db"))
    return ["migrate", "--db", str(target)], target


def _update(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.register, folder / "register.db"))
    return ["update", "TOURISM", "--note", "news", "--db", str(target)], target


def _apply(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.register, folder / "register.db"))
    lines = "".join(f'{{"ref": "TOURISM", "detail": "{number}", "note": "news"}}\n' for number in range(9))
    batch = sources.export.with_name("batch.jsonl")
    batch.write_text(lines)
    return ["apply", str(batch), "--db", str(target)], target


def _late_apply(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.newer, folder / "register.db"))
    lines = "".join(
        f'{{"ref": "TOURISM", "detail": "{number}", "on": "2025-0{9 - number}-01"}}\n' for number in range(9)
    )
    batch = sources.export.with_name("late.jsonl")
    batch.write_text(lines)
    return ["apply", str(batch), "--db", str(target)], target


def _undo(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.newer, folder / "register.db"))
    return ["undo", "--db", str(target)], target


def _amend(sources: Sources, folder: Path) -> tuple[list[str], Path]:
    target = Path(shutil.copy(sources.newer, folder / "register.db"))
    return ["amend", "31", "--on", "2025-06-01", "--detail", "newer still", "--db", str(target)], target


WORKS = (
    Work("init", _init, is_once=True),
    Work("import", _import, is_once=True),
    Work("backup", _backup, is_once=True),
    Work("backup --force", _backup_force),
    Work("export --output", _export),
    Work("report --output", _report),
    Work("migrate", _migrate),
    Work("update", _update, is_a_change=True),
    Work("apply", _apply, is_a_change=True),
    Work("late apply", _late_apply, is_a_change=True),
    Work("undo", _undo, is_a_change=True),
    Work("amend", _amend, is_a_change=True),
)


@pytest.fixture
def sources(register: Path, ksmy: Ksmy, tmp_path: Path) -> Sources:
    newer, old, export = (tmp_path / name for name in ("newer.db", "old.db", "export.jsonl"))
    shutil.copy(register, newer)
    assert ksmy("update", "TOURISM", "--detail", "newer", "--note", "newer", "--db", str(newer)).code == 0
    assert ksmy("export", "--output", str(export)).code == 0
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return Sources(register, newer, old, export)


def said(path: Path) -> Any:
    """What a file says, apart from what tells one run of a command from another; None where there is no file.

    A register is looked at in a copy: whether a journal is to be undone is for the program to see.
    """
    if not path.exists():
        return None
    if path.suffix != ".db":
        return path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for found in path.parent.glob(f"{path.name}*"):
            shutil.copy(found, folder)
        return _said_in(Path(folder, path.name))


def _said_in(path: Path) -> Any:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = re.sub(r"[0-9a-f]{32,64}", "ID", repr(content(connection)))
        return sorted(re.split(r"[()\[\]]", found))


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@dataclass
class Trial:
    """A command of which one call after another fails."""

    work: Work
    sources: Sources
    folder: Path
    failing: Forks
    counts: Counter[str]

    def fresh(self) -> tuple[list[str], Path]:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir()
        return self.work.prepare(self.sources, self.folder)

    def undisturbed(self) -> list[str]:
        """The calls of an undisturbed run, whose results are those to expect."""
        command, target = self.fresh()
        self.before, self.files_before = said(target), listing(self.folder)
        ended = self.failing.run(*command, fault=(str(self.folder), 0, 0))
        assert (ended.code, "\n" not in ended.err.rstrip("\n")) == (0, True), ended.err
        self.after, self.files_after = said(target), listing(self.folder)
        assert self.after != self.before
        return ended.calls

    def disturb(self, number: int, error: int) -> None:
        """Have one call fail, and judge what comes of it."""
        command, target = self.fresh()
        ended = self.failing.run(*command, fault=(str(self.folder), number, error))
        where = f"{self.work.name}, call {number}, error {error}: {ended}"
        self.counts["killed" if error == 0 else "failed"] += 1
        is_done = self._judge(ended, error, target, where)
        if is_done and self.work.is_once:
            again = self.failing.run(*command)
            assert again.code == 4, where
        elif not (is_done and self.work.is_a_change):
            again = self.failing.run(*command)
            assert again.code == 0, (where, again)
        # Whatever was left behind is gone, and no backup was made twice.
        assert listing(self.folder) == self.files_after, where
        assert said(target) == self.after, where

    def _judge(self, ended: Ended, error: int, target: Path, where: str) -> bool:
        """Whether the work is done; the exit code and the sentence must say so."""
        found = said(target)
        assert found in (self.before, self.after), where
        is_done: bool = found == self.after
        if error == 0:
            assert ended.code == -signal.SIGKILL, where
        elif ended.code == 0:
            assert is_done, where
            self.counts["borne"] += 1
        else:
            assert ended.out == "", where
            assert re.fullmatch(r"ksmy: [^\n]+\n", ended.err), where
            assert ended.code in (1, 6, 8), where
            says_done = re.search(r" is in place,| is changed,", ended.err) is not None
            assert is_done == (says_done and self._is_of(target, ended.err)), where
            self.counts["said to be done"] += says_done
        return is_done

    def _is_of(self, target: Path, sentence: str) -> bool:
        """Whether a sentence is about the target, not about the backup that is made first."""
        return f"{target} is" in sentence


@pytest.fixture(params=WORKS, ids=lambda work: work.name)
def trial(request: pytest.FixtureRequest, sources: Sources, tmp_path: Path, failing: Forks) -> Trial:
    return Trial(request.param, sources, tmp_path / "work", failing, Counter())


def test_few_calls_of_each_kind_fail_or_are_the_last(trial: Trial, tell: Tell) -> None:
    calls = trial.undisturbed()
    for place, number in enumerate(few(calls)):
        trial.disturb(number, ERRORS[number % len(ERRORS)])
        if place % 4 == 0:
            trial.disturb(number, 0)
    told(trial, calls, tell)


@pytest.mark.long
def test_each_call_fails_in_each_way_or_is_the_last(trial: Trial, tell: Tell) -> None:
    calls = trial.undisturbed()
    for number in range(1, len(calls) + 1):
        for error in (*ERRORS, 0):
            trial.disturb(number, error)
    told(trial, calls, tell)


def few(calls: list[str]) -> list[int]:
    """The numbers of calls that stand for all: the rare ones, and two of each kind of which there are many."""
    chosen = []
    for name in dict.fromkeys(calls):
        numbers = [number for number, call in enumerate(calls, 1) if call == name]
        if name in MANY:
            numbers = sorted({numbers[0], numbers[-1]})
        chosen += numbers
    return sorted(chosen)


def told(trial: Trial, calls: list[str], tell: Tell) -> None:
    counts = trial.counts
    tell(
        f"calls on files that fail, {trial.work.name}: {counts['failed']}, and {counts['killed']} kills, of "
        f"{len(calls)} calls; borne {counts['borne']}, said to be done all the same {counts['said to be done']}, "
        "all others with nothing changed; files half there: 0, left behind: 0"
    )
