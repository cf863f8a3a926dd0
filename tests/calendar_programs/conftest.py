"""Two programs that read calendars, each in a world of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.registers import after_summit, empty, hostile

__all__ = ["after_summit", "empty", "hostile"]

#: Read when the tests are collected: a test's own world has few variables of the machine.
_IN_CI: Final = bool(os.environ.get("CI"))

_KHAL: Final = """
[calendars]
[[deadlines]]
path = {directory}/vdir
[locale]
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Asia/Kuala_Lumpur
default_timezone = Asia/Kuala_Lumpur
[sqlite]
path = {directory}/khal.db
"""

_TODOMAN: Final = """
path = "{directory}/lists/*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
default_list = "deadlines"
cache_path = "{directory}/todoman.db"
"""

#: What khal is asked of each event.
_FIELDS: Final = ("title", "start-date", "end-date", "all-day", "status", "categories", "description", "uid")


def _program(name: str) -> str:
    """A program beside the Python that runs the tests; it may lack, but not where the gate runs."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        if _IN_CI:
            pytest.fail(f"{name} is missing", pytrace=False)
        pytest.skip(f"{name} is missing")
    return str(path)


def _run(directory: Path, *command: str, zone: str = "Asia/Kuala_Lumpur") -> str:
    """What a program prints, with the directory for a home; it must succeed and complain of nothing bad."""
    home = {
        f"XDG_{name}_HOME": str(directory / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")
    }
    done = subprocess.run(
        command,
        capture_output=True,
        cwd=directory,
        env={"HOME": str(directory), **home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": zone},
        check=False,
        timeout=60,
    )
    errors = done.stderr.decode()
    assert done.returncode == 0, errors
    assert not [word for word in ("Traceback", "error", "invalid", "critical") if word in errors.lower()]
    return done.stdout.decode()


@dataclass
class Khal:
    """khal with one empty calendar."""

    program: str
    directory: Path

    def take_in(self, file: Path) -> None:
        """Import a file, as its user would."""
        self._run("import", "--batch", "--include-calendar", "deadlines", str(file))

    def events(self) -> list[dict[str, Any]]:
        """What khal lists of ten years, each event once for every day that it takes."""
        asked = [part for field in _FIELDS for part in ("--json", field)]
        printed = self._run("list", *asked, "2024-01-01", "3650d")
        return [event for line in printed.splitlines() for event in json.loads(line)]

    def _run(self, *arguments: str) -> str:
        return _run(self.directory, self.program, "--config", str(self.directory / "khal.conf"), *arguments)


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    program = _program("khal")
    (tmp_path / "vdir").mkdir()
    (tmp_path / "khal.conf").write_text(_KHAL.format(directory=tmp_path))
    return Khal(program, tmp_path)


Todoman = Callable[..., str]


@pytest.fixture
def todoman(tmp_path: Path) -> Todoman:
    """Run todoman on the files in `lists/deadlines`."""
    program = _program("todo")
    (tmp_path / "lists" / "deadlines").mkdir(parents=True)
    (tmp_path / "todoman.py").write_text(_TODOMAN.format(directory=tmp_path))

    def run(*arguments: str, zone: str = "Asia/Kuala_Lumpur") -> str:
        return _run(tmp_path, program, "--config", str(tmp_path / "todoman.py"), *arguments, zone=zone)

    return run
