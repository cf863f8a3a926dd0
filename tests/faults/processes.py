"""The other end of forkserver.py: commands as real processes that cost a fork and can be killed at any moment."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds after which what should have happened will not: far more than any machine needs.
PATIENCE = 120.0


@dataclass(frozen=True)
class Ended:
    """What a process left behind; `code` is negative if a signal ended it. `runs` and `longest` (seconds) are
    of its commands, and `calls` are those on files, where one was to fail; none unless all of them went well.
    """

    out: str
    err: str
    code: int
    runs: int
    longest: float
    calls: list[str]


class Forks:
    """Starts commands as processes."""

    def __init__(self, server: subprocess.Popen[str], folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._started = 0

    def start(
        self,
        *commands: Sequence[str],
        input: Path | None = None,
        pragmas: Sequence[str] = (),
        gate: Path | None = None,
        until: Path | None = None,
        linger: bool = False,
        user: Sequence[int] = (),
        umask: int = 0o022,
        fault: tuple[str, int, int] | None = None,
    ) -> "Process":
        """Start a process that runs commands one after another, again until the file `until` exists.

        `pragmas` hold for each of its connections; it begins once `gate`, a FIFO, is opened and closed. With
        `linger` it does not end by itself if all goes well. `user` is a user, a group and further groups. `fault` is a
        folder, the number of the call on files in it that fails (0: none), and the error (0: the process is killed).
        """
        self._started += 1
        folder = self._folder / str(self._started)
        folder.mkdir()
        pid = self._ask(
            commands=commands,
            input=input and str(input),
            pragmas=pragmas,
            gate=gate and str(gate),
            until=until and str(until),
            linger=linger,
            user=user,
            umask=umask,
            fault=fault,
            folder=str(folder),
        )["pid"]
        return Process(pid, folder, lambda: self._ask(wait=pid)["code"])

    def run(self, *command: str, **more: Any) -> Ended:
        """Run one command to its end; `more` as for `start`."""
        return self.start(command, **more).wait()

    def together(self, *commands: Sequence[str]) -> list[Ended]:
        """Run commands that begin at the same moment."""
        gates = [self._folder / f"gate-{self._started}-{number}" for number in range(len(commands))]
        for gate in gates:
            os.mkfifo(gate)
        processes = [self.start(command, gate=gate) for command, gate in zip(commands, gates, strict=True)]
        opened = [once(lambda gate=gate: _open_gate(gate)) for gate in gates]  # type: ignore[misc]
        for descriptor in opened:
            os.close(descriptor)
        return [process.wait() for process in processes]

    def call(self, *command: str) -> str:
        """Run another program where these processes run, and return its stdout."""
        answer = self._ask(call=command)
        assert answer["code"] == 0, answer["err"]
        return str(answer["out"])

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        reply: dict[str, Any] = json.loads(self._server.stdout.readline())
        return reply


@dataclass(frozen=True)
class Process:
    """A process that runs; nobody else gets its id before `wait`."""

    pid: int
    folder: Path
    _wait: Callable[[], int]

    @property
    def printed(self) -> str:
        """What it has printed so far."""
        out = self.folder / "out"
        return out.read_text() if out.exists() else ""

    def kill(self) -> None:
        """End it by SIGKILL, wherever it is; nothing happens if it has ended."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        """Wait for its end."""
        code = self._wait()
        err, done = self.folder / "err", self.folder / "done"
        counts = json.loads(done.read_text()) if code == 0 else {"runs": 0, "longest": 0.0, "calls": []}
        return Ended(self.printed, err.read_text() if err.exists() else "", code, **counts)


@contextmanager
def forks(*wrapper: str) -> Iterator[Forks]:
    """The means to start processes; `wrapper` is a command that runs the rest of its line in a place of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [*wrapper, sys.executable, "-m", "tests.faults.forkserver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ["PATH"], "HOME": folder, "KSMY_ACTOR": "tester"},
        )
        with server:
            yield Forks(server, Path(folder))
            assert server.stdin is not None
            server.stdin.close()


def once(ready: Callable[[], Any]) -> Any:
    """Wait until something is ready, and return what it says."""
    deadline = time.monotonic() + PATIENCE
    while not (found := ready()):
        assert time.monotonic() < deadline, "what the test waits for does not happen"
        time.sleep(0.00005)
    return found


def _open_gate(gate: Path) -> int | None:
    """The open gate once somebody waits behind it."""
    try:
        return os.open(gate, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None
