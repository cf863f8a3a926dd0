"""The transcripts in the documentation: run as on a terminal, compared; with -m, rewritten."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from tests.terminal import all_sent

TOP = Path(__file__).parent.parent
DOCUMENTS = ("README.md",)
COLUMNS = 100

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HASH = re.compile(r"\b([0-9a-f]{32}|[0-9a-f]{64})\b")


def on_terminal(command: str, register: Path, columns: int = COLUMNS, *, colour: bool = False) -> str:
    """What a shell command that runs `ksmy` shows on a terminal, stdout and stderr together."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {
        "KSMY_DATABASE_URL": str(register),
        "HOME": str(register.parent),
        "PATH": "/usr/bin:/bin",
        "TERM": "xterm-256color",
        **({} if colour else {"NO_COLOR": "1"}),
    }
    command = re.sub(r"\bksmy\b", f"{sys.executable} -m ksmy_tracker", command, count=1)
    child = subprocess.Popen(
        ["/bin/sh", "-c", command], stdin=there, stdout=there, stderr=there, env=environment
    )
    os.close(there)
    shown = all_sent(here)
    child.wait()
    lines = shown.decode().replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines)


def blocks(document: str) -> list[str]:
    """The transcripts of a document."""
    return _BLOCK.findall((TOP / document).read_text())


def replay(block: str, register: Path) -> str:
    """A transcript with what its commands show now."""
    return "".join(
        f"{line}\n{on_terminal(line[2:], register)}" for line in block.splitlines() if line.startswith("$ ")
    )


def comparable(transcripts: list[str]) -> list[str]:
    """Transcripts without what differs between registers: of hashes and invocations it stays which are the same."""
    met: dict[str, str] = {}
    return [_HASH.sub(lambda one: met.setdefault(one[0], f"<hash {len(met)}>"), text) for text in transcripts]


def new_register(directory: Path) -> Path:
    """A seeded register for a document's transcripts, which run on it in their order."""
    register = directory / "register.db"
    subprocess.run(
        [sys.executable, "-m", "ksmy_tracker", "init", "--db", str(register), "--by", "desk"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return register


def rewrite(document: str) -> None:
    """Put into a document what its transcripts show now, unless they show nothing else already."""
    path = TOP / document
    found = blocks(document)
    with tempfile.TemporaryDirectory() as directory:
        register = new_register(Path(directory))
        now = [replay(block, register) for block in found]
    if comparable(now) != comparable(found):
        shown = iter(now)
        path.write_text(_BLOCK.sub(lambda _: f"```console\n{next(shown)}```", path.read_text()))


if __name__ == "__main__":
    for name in DOCUMENTS:
        rewrite(name)
