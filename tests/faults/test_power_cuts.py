"""What is acknowledged is on the disk: seen by the order of the calls that reach the system, and by what a cut leaves.

A library in C notes each sync, unlink, rename and link of a command, with a copy of what was synced. After a power cut
a disk has of each file what was synced last, and of each folder the names that it had when it was synced itself.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell, entries

#: A register as the first released schema had it.
FIRST = Path(__file__).parents[1] / "registers" / "0001.sql"


@dataclass(frozen=True)
class Step:
    """A step of a command: sync, folder (its sync), unlink, rename, link."""

    what: str
    path: Path
    more: str


Watched = Callable[..., list[Step]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that notes what reaches the system."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None or sys.platform != "linux":
        assert "CI" not in os.environ, "no C compiler"
        pytest.skip("no C compiler here, or no Linux")
    built = tmp_path_factory.mktemp("library") / "syscalls.so"
    source = Path(__file__).with_name("syscalls.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
    return built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the register is, and nothing else."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def watched(library: Path, folder: Path, tmp_path: Path) -> Watched:
    """Run a command and return its steps in the folder; it must succeed."""
    log = tmp_path / "log"

    def run(*arguments: str) -> list[Step]:
        shutil.rmtree(log, ignore_errors=True)
        log.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "LD_PRELOAD": str(library),
                "FOLDER": str(folder),
                "LOG": str(log),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.startswith("ksmy: applied") or not done.stderr) == (0, True), (
            done
        )
        lines = (line.split("\t") for line in (log / "log").read_text().splitlines())
        return [Step(what, Path(path), more) for what, path, more in lines]

    return run


def after_a_cut(before: Path, folder: Path, steps: list[Step], log: Path, place: Path) -> None:
    """Put into `place` what a disk has of a folder when the power goes right after the last step.

    The names in a folder are those at its last sync; of what was done to them since, nothing is there. A name whose
    file was made since then is one of those things.
    """
    synced: dict[str, Path] = {path.name: path for path in before.iterdir()}
    names = {name: name for name in synced}  # on the disk: each name, and whose content it has
    now = dict(names)
    contents = dict(synced)
    for step in steps:
        name = step.path.name
        if step.what == "sync":
            now.setdefault(name, name)
            contents[now[name]] = log / step.more
        elif step.what == "unlink":
            now.pop(name, None)
        elif step.what in ("rename", "link"):
            now[Path(step.more).name] = now[name]
            if step.what == "rename":
                del now[name]
        elif step.path == folder:
            names = dict(now)
    place.mkdir()
    for name, whose in names.items():
        if whose in contents:
            shutil.copyfile(contents[whose], place / name)


def commands(folder: Path, batch: Path) -> dict[str, tuple[str, ...]]:
    """The commands that write, on the register of a folder."""
    db = ("--db", str(folder / "register.db"))
    return {
        "update": ("update", "TOURISM", "--detail", "acknowledged", *db),
        "apply": ("apply", str(batch), *db),
        "undo": ("undo", *db),
        "milestone": ("milestone", "add", "TOURISM", "acknowledged", *db),
    }


def test_the_last_sync_comes_after_the_end_of_the_journal_and_a_power_cut_then_loses_nothing(
    watched: Watched, folder: Path, register: Path, tmp_path: Path, ksmy: Ksmy, tell: Tell
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"ref": "TOURISM", "detail": "of a batch"}\n')
    there = Path(shutil.move(register, folder / "register.db"))
    for name, arguments in commands(folder, batch).items():
        before = Path(shutil.copytree(folder, tmp_path / f"before {name}"))
        steps = watched(*arguments)
        assert steps[-2:] == [
            Step("unlink", folder / "register.db-journal", ""),
            Step("folder", folder, ""),
        ], name
        after_a_cut(before, folder, steps, tmp_path / "log", tmp_path / f"after {name}")
        left = tmp_path / f"after {name}" / "register.db"
        check = ksmy("check", "--db", str(left))
        assert (check.err, check.code) == ("", 0)
        assert entries(left) == entries(there)
        # The cut is one: without the last sync the change is gone.
        after_a_cut(before, folder, steps[:-1], tmp_path / "log", tmp_path / f"earlier {name}")
        earlier = tmp_path / f"earlier {name}" / "register.db"
        assert ksmy("list", "--db", str(earlier)).code == 0
        assert entries(earlier) == entries(before / "register.db")
    tell(f"power cuts right after the receipt: {len(commands(folder, batch))} commands, changes lost: 0")


def test_a_migration_and_its_backup_are_on_the_disk_when_they_are_said_to_be(
    watched: Watched, folder: Path, tmp_path: Path, ksmy: Ksmy
) -> None:
    there = folder / "register.db"
    with closing(sqlite3.connect(there)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    before = Path(shutil.copytree(folder, tmp_path / "before"))
    steps = watched("migrate", "--db", str(there))
    assert steps[-2:] == [Step("unlink", folder / "register.db-journal", ""), Step("folder", folder, "")]
    after_a_cut(before, folder, steps, tmp_path / "log", tmp_path / "after")
    found = sorted(os.listdir(tmp_path / "after"))
    assert found[0] == "register.db"
    assert found[1].startswith("register.db.before-")
    assert ksmy("check", "--db", str(tmp_path / "after" / "register.db")).code == 0
    assert entries(tmp_path / "after" / found[1]) == entries(before / "register.db")


@pytest.mark.parametrize(
    "arguments", ["init --db {}", "import {export} --db {}", "backup {} --db {register}"]
)
def test_a_new_file_is_on_the_disk_under_its_name_when_it_is_said_to_be(
    watched: Watched, folder: Path, register: Path, tmp_path: Path, ksmy: Ksmy, arguments: str
) -> None:
    export = tmp_path / "export.jsonl"
    assert ksmy("export", "--output", str(export)).code == 0
    before = Path(shutil.copytree(folder, tmp_path / "before"))
    new = folder / "new.db"
    steps = watched(*arguments.format(new, export=export, register=register).split())
    after_a_cut(before, folder, steps, tmp_path / "log", tmp_path / "after")
    left = tmp_path / "after" / "new.db"
    assert left.read_bytes() == new.read_bytes()
    assert ksmy("check", "--db", str(left)).code == 0
