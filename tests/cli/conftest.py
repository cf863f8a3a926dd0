"""What several test files of the command line share."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.record import Recording, record
from tests.cli.batches import Apply, jsonl
from tests.cli.looks import ANALYST, CLERK
from tests.cli.reports import refs, value
from tests.conftest import (
    Ksmy,
    Ran,
    run,
)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Where a register may be made, in a folder that is not there yet."""
    return tmp_path / "new" / "register.db"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a backup may be put, in a folder of its own."""
    folder = tmp_path / "backups"
    folder.mkdir()
    folder.chmod(0o755)  # whatever the umask: nobody else may write there
    return folder / "copy.db"


@pytest.fixture(scope="module")
def _moved(_seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register in which something happened since the seed, to be copied."""
    path = Path(shutil.copy(_seeded, tmp_path_factory.mktemp("moved") / "register.db"))
    db = ("--db", str(path), "--by", "tester")
    for command in (
        ("update", "FTA-CONCLUDE", "--status", "completed", "--note", "한국"),
        ("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met"),
        ("milestone", "add", "TOURISM", "Signed", "--evidence", "x"),
        ("undo",),
    ):
        assert run(*command, *db) == 0
    return path


@pytest.fixture
def export(_moved: Path, ksmy: Ksmy, register: Path, tmp_path: Path) -> Path:
    """The export of the test's own copy of that register."""
    shutil.copy(_moved, register)
    ran = ksmy("export")
    assert (ran.code, ran.err) == (0, "")
    file = tmp_path / "export.jsonl"
    file.write_text(ran.out, encoding="utf-8")
    return file


@pytest.fixture
def unchanged(ksmy: Ksmy, register: Path) -> Iterator[Path]:
    """The register, which must be the same to the byte after the test."""
    before = register.read_bytes()
    yield register
    assert register.read_bytes() == before
    assert [path.name for path in register.parent.glob("register.db*")] == ["register.db"]


@pytest.fixture
def apply(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> Apply:
    """Apply a batch given on stdin: lines of JSON, or any text or bytes."""

    def run(content: str | bytes | list[dict[str, Any]], *options: str) -> Ran:
        if isinstance(content, list):
            content = jsonl(*content)
        data = content.encode() if isinstance(content, str) else content
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return ksmy("apply", "-", *options)

    return run


@pytest.fixture
def batch(ksmy: Ksmy, tmp_path: Path) -> Callable[..., None]:
    """Record lines of a batch as one invocation."""

    def apply(*lines: dict[str, Any]) -> None:
        file = tmp_path / "batch.jsonl"
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        assert ksmy("apply", str(file)).code == 0

    return apply


@pytest.fixture
def empty(ksmy: Ksmy, tmp_path: Path) -> str:
    """The path of a register without a record."""
    path = str(tmp_path / "empty.db")
    assert ksmy("init", "--empty", "--db", path).code == 0
    return path


@pytest.fixture
def finished(ksmy: Ksmy, batch: Callable[..., None]) -> None:
    """Everything in the register was completed on 1 October 2025, with evidence, and every milestone met."""
    lines: list[dict[str, Any]] = [
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": number, "state": "met", "on": "2025-10-01"}
        for number in range(1, 6)
    ]
    lines += [
        {"ref": ref, "status": "completed", "on": "2025-10-01", "evidence": "Minutes"}
        for ref in refs(value(ksmy("list", "--format", "json")))
    ]
    batch(*lines)


@pytest.fixture(scope="session")
def lived_path(_seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeded register after a year of changes; only read."""
    path = Path(shutil.copy(_seeded, tmp_path_factory.mktemp("lived") / "register.db"))
    with FileRegister(path).writing() as session:
        for actor, changes in (("clerk", CLERK), ("analyst", ANALYST)):
            for change in changes:
                day = date.fromisoformat(str(change.effective_on))
                recording = Recording(actor, datetime.combine(day, time(4), UTC), day)
                record(session, [replace(change)], recording)
    return path


@pytest.fixture
def on(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Ksmy]:
    """The program in this process, on another register than the seeded one."""

    def run_on(path: Path) -> Ksmy:
        monkeypatch.setenv("KSMY_DATABASE_URL", str(path))
        return ksmy

    return run_on


@pytest.fixture
def lived(on: Callable[[Path], Ksmy], lived_path: Path) -> Ksmy:
    """The program on the register that a year has passed over; it is 15 January 2026."""
    return on(lived_path)


@pytest.fixture(scope="session")
def bare_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with nothing in it; only read."""
    path = tmp_path_factory.mktemp("bare") / "register.db"
    assert run("init", "--empty", "--db", str(path)) == 0
    return path


@pytest.fixture
def bare(on: Callable[[Path], Ksmy], bare_path: Path) -> Ksmy:
    """The program on a register with nothing in it."""
    return on(bare_path)
