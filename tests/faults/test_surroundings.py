"""What a command finds around it is not there, or is nonsense: one sentence, and nothing half-made."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import At, Ksmy, Ran, everything_in

COMMANDS = (
    "list",
    "due",
    "show TOURISM",
    "history",
    "agreements",
    "report",
    "timeline",
    "check",
    "export",
    "export --format ics",
    "backup copy.db",
    "migrate",
    "init --db new.db",
    "import export.jsonl --db other.db",
    "update TOURISM --note x",
    "add TIN --title Tin --agreement SP-2024 --sector trade --firmness hoped",
    "milestone add TOURISM Step",
    "apply batch.jsonl",
    "apply -",
    "undo",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with what the commands name."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("batch.jsonl").write_text('{"ref": "TOURISM", "detail": "x"}\n')
    assert ksmy("export", "--output", "export.jsonl").code == 0
    return folder


def sensible(ran: Ran) -> bool:
    """Whether a command did what it is for, or said in a sentence why not."""
    if ran.code:
        return bool(re.fullmatch(r"ksmy: [^\n]+\n", ran.err)) and ran.out == ""
    return "Traceback" not in ran.err


@pytest.mark.parametrize(
    "moment", [datetime.min, datetime(1969, 12, 31), datetime(9999, 12, 31, 23, 59)], ids=str
)
def test_a_clock_that_nobody_set_is_told(ksmy: Ksmy, folder: Path, at: At, moment: datetime) -> None:
    at(moment.replace(tzinfo=UTC))
    told = f"ksmy: the clock of this machine says that it is the year {moment.year}; set it right\n"
    for command in COMMANDS:
        if command.startswith("apply -"):
            continue
        before = everything_in(folder)
        ran = ksmy(*command.split())
        if command.split()[0] in ("check", "export", "backup", "migrate", "import") and "ics" not in command:
            assert (ran.code, ran.err) == (0, ""), command
        else:
            assert ran == Ran("", told, 1), command
            assert everything_in(folder) == before


def run(register: Path, command: str, **variables: str) -> Ran:
    """Run the program as a process of its own with variables of its environment and a batch on stdin."""
    done = subprocess.run(
        [sys.executable, "-m", "ksmy_tracker", *command.split()],
        env={"PATH": os.environ["PATH"], "KSMY_DATABASE_URL": str(register), **variables},
        input='{"ref": "TOURISM", "detail": "piped"}\n',
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.stdout, done.stderr, done.returncode)


@pytest.mark.parametrize("command", ["list", "update TOURISM --note x", "undo --dry-run"])
def test_a_machine_without_time_zones_is_told(register: Path, command: str, tmp_path: Path) -> None:
    """Neither the system's nor those of the package tzdata, which a folder without any stands in front of."""
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata" / "__init__.py").touch()
    ran = run(register, command, PYTHONTZPATH="", PYTHONPATH=str(tmp_path))
    assert ran == Ran(
        "", "ksmy: this machine has no time zones; install the package tzdata beside this program\n", 1
    )


def test_time_zones_that_are_damaged_are_told(register: Path, tmp_path: Path) -> None:
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Kuala_Lumpur").write_bytes(b"TZif2" + b"\0" * 15 + b"\xff" * 40)
    assert sensible(ran := run(register, "list", PYTHONTZPATH=str(tmp_path)))
    assert ran.code == 1


@pytest.mark.parametrize(
    "command", ["list", "update TOURISM --note x", "apply -", "export", "check", "backup copy.db"]
)
def test_folders_of_the_user_that_are_not_there_matter_to_no_command(register: Path, command: str) -> None:
    variables = ("TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    ran = run(register, command, **dict.fromkeys(variables, "/dev/null/nowhere"))
    assert ran.code == 0, ran


@pytest.mark.parametrize("command", ["list", "init", "update TOURISM --note x", "--install-completion"])
def test_a_home_that_cannot_be_is_told(command: str) -> None:
    ran = run(Path(), command, HOME="/dev/null/nowhere", KSMY_DATABASE_URL="~/register.db", SHELL="/bin/bash")
    assert sensible(ran)
    assert ran.code


def test_a_temporary_file_without_room_is_told(register: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=8k tmpfs "$1" && shift && exec "$@"'
    for command in ("apply -", "export"):
        done = subprocess.run(
            [
                *("unshare", "--mount", "sh", "-c", script, "sh", str(disk)),
                *(sys.executable, "-m", "ksmy_tracker", *command.split()),
            ],
            env={"PATH": os.environ["PATH"], "KSMY_DATABASE_URL": str(register), "TMPDIR": str(disk)},
            input='{"ref": "TOURISM", "detail": "much"}\n' * 2000,
            capture_output=True,
            text=True,
            check=False,
        )
        if "unshare:" in done.stderr or "mount:" in done.stderr:
            pytest.skip("no small disk can be mounted here")
        assert (done.stdout, done.returncode) == ("", 1)
        assert done.stderr == (
            "ksmy: a temporary file could not be written: No space left on device; "
            "name a folder with room in TMPDIR\n"
        )
