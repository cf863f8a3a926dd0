"""The disk fills up in the middle of a batch: a sentence, an exit code, and the register as it was."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell
from tests.faults.processes import Ended, Forks
from tests.faults.processes import forks as starting

#: Bytes of a page, of a tmpfs as of a new register.
PAGE = 4096

#: By how many pages a disk grows from one try to the next.
STEPS = pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])

SENTENCE = "ksmy: there is no room left to write {}; nothing was changed\n"


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A batch that adds some sixty pages: records of every kind, their entries and what indexes them."""
    lines: list[dict[str, object]] = []
    for number in range(120):
        lines += [
            {"op": "add", "ref": f"A-{number}", "title": "An agreement", "kind": "treaty", "stage": "signed"},
            {"ref": "TOURISM", "detail": f"{number} " * 60, "key": f"key {number}"},
            {"op": "milestone", "ref": "TOURISM", "title": "A step", "due": "2026", "evidence": "news"},
        ]
    path = tmp_path / "batch.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def pages(register: Path) -> int:
    with closing(sqlite3.connect(register)) as connection:
        count: int = connection.execute("PRAGMA page_count").fetchone()[0]
    return count


# With room in memory for ten pages only, most of the batch is in the file when the room runs out.
@STEPS
@pytest.mark.parametrize("memory", [[], ["cache_size = 10"]], ids=["in memory", "in the file"])
def test_a_register_that_may_not_grow_stays_as_it_was(
    memory: list[str], step: int, batch: Path, register: Path, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    grown = Path(shutil.copy(register, register.with_name("grown.db")))
    assert forks.run("apply", str(batch), "--db", str(grown)).code == 0
    first, last = pages(register), pages(grown)
    assert last - first >= 50
    before = register.read_bytes()
    files = sorted(register.parent.iterdir())
    counts = [*range(first, last - 1, step), last - 1]
    for most in counts:
        pragmas = [*memory, f"max_page_count = {most}"]
        full = forks.run("apply", str(batch), "--db", str(register), pragmas=pragmas)
        assert (full.code, full.out, full.err) == (1, "", SENTENCE.format(register))
        assert register.read_bytes() == before
        assert sorted(register.parent.iterdir()) == files
        assert ksmy("check").code == 0
    enough = forks.run(
        "apply", str(batch), "--db", str(register), pragmas=[*memory, f"max_page_count = {last}"]
    )
    assert (enough.code, enough.err) == (0, "ksmy: applied 360, unchanged 0, skipped 0\n")
    assert ksmy("check").code == 0
    tell(
        f"no room left, a batch {'in the file' if memory else 'in memory'}: refused at each of "
        f"{len(counts)} page counts, applied at the next; registers harmed: 0, files left behind: 0"
    )


class SmallDisk:
    """A file system in memory, of any size, that only the processes started here see."""

    def __init__(self, forks: Forks, folder: Path) -> None:
        self._forks = forks
        self.folder = folder

    def resize(self, pages: int) -> None:
        self._forks.call("mount", "-o", f"remount,size={pages * PAGE}", str(self.folder))

    def used(self) -> int:
        """Pages that are taken."""
        blocks = self._forks.call("stat", "--file-system", "--format", "%b %f %S", str(self.folder))
        total, free, size = map(int, blocks.split())
        return (total - free) * size // PAGE

    def listing(self) -> str:
        """Every file with a sum of its content."""
        return self._forks.call("find", str(self.folder), "-type", "f", "-exec", "sha256sum", "{}", ";")

    def put(self, file: Path, name: str) -> Path:
        self._forks.call("cp", str(file), str(self.folder / name))
        return self.folder / name

    def remove(self, name: str) -> None:
        self._forks.call("rm", str(self.folder / name))

    def run(self, *command: str, pragmas: tuple[str, ...] = ()) -> Ended:
        return self._forks.run(*command, pragmas=pragmas)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    """A small disk, where this user may mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["sh", "-c", f'mount -t tmpfs -o size=1M,mode=0755 tmpfs "{folder}" && exec "$@"', "sh"]
    privileged = [] if os.geteuid() == 0 else ["--map-root-user"]
    wrapper = ["unshare", *privileged, "--mount", *mount]
    try:
        tried = subprocess.run([*wrapper, "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no unshare(1) here to mount a small disk with")
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.strip()}")
    with starting(*wrapper) as ready:
        yield SmallDisk(ready, folder)


@STEPS
@pytest.mark.parametrize("memory", [(), ("cache_size = 10",)], ids=["in memory", "in the file"])
def test_a_full_disk_leaves_the_register_as_it_was(
    memory: tuple[str, ...], step: int, batch: Path, register: Path, disk: SmallDisk, tell: Tell
) -> None:
    disk.resize(1000)
    there = disk.put(register, "register.db")
    size, before = disk.used(), disk.listing()
    disk.resize(size)
    refused = 0
    while (ran := disk.run("apply", str(batch), "--db", str(there), pragmas=memory)).code:
        assert (ran.code, ran.out, ran.err) == (1, "", SENTENCE.format(there))
        assert disk.listing() == before
        check = disk.run("check", "--db", str(there))
        assert (check.code, check.err) == (0, "")
        refused += 1
        disk.resize(size + refused * step)
    assert refused * step >= 50
    assert ran.err == "ksmy: applied 360, unchanged 0, skipped 0\n"
    assert disk.run("check", "--db", str(there)).code == 0
    disk.remove("register.db")
    assert disk.listing() == ""
    tell(
        f"a full disk, a batch {'in the file' if memory else 'in memory'}: refused at each of {refused} sizes, "
        "applied at the next; registers harmed: 0, files left behind: 0"
    )


@STEPS
@pytest.mark.parametrize("command", ["init", "backup", "import"])
@pytest.mark.parametrize("memory", [(), ("cache_size = 10",)], ids=["in memory", "in the file"])
def test_a_full_disk_gets_no_part_of_a_new_file(
    command: str,
    memory: tuple[str, ...],
    step: int,
    register: Path,
    ksmy: Ksmy,
    disk: SmallDisk,
    tell: Tell,
) -> None:
    disk.resize(1000)
    new = disk.folder / "new.db"
    size = disk.used()
    export = register.with_name("export.jsonl")
    assert ksmy("export", "--output", str(export)).code == 0
    arguments = {
        "init": ["init", "--db", str(new)],
        "backup": ["backup", str(new), "--db", str(register)],
        "import": ["import", str(export), "--db", str(new)],
    }[command]
    refused = 0
    while True:
        disk.resize(size + refused * step + 1)
        ran = disk.run(*arguments, pragmas=memory)
        if ran.code == 0:
            break
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("ksmy: ")
        assert ran.err.count("\n") == 1
        assert "room" in ran.err or "No space left" in ran.err
        assert disk.listing() == ""
        refused += 1
    assert refused * step >= 20
    assert disk.run("check", "--db", str(new)).code == 0
    disk.remove("new.db")
    assert disk.listing() == ""
    where = "in the file" if memory else "in memory"
    tell(f"a full disk at {command}, {where}: refused at each of {refused} sizes, files left behind: 0")
