"""The progress bar: on a terminal, for work that takes long, and nowhere else."""

import io
import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from ksmy_tracker.cli import progress
from ksmy_tracker.cli.progress import PATIENCE, Counted
from tests.conftest import Ksmy
from tests.terminal import all_sent


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which every look takes longer than anyone waits."""
    looks = iter(range(0, 1_000_000, int(PATIENCE) + 1))
    monkeypatch.setattr(progress, "monotonic", lambda: float(next(looks)))
    monkeypatch.setenv("TERM", "xterm")


def seen_of(things: Iterable[int]) -> tuple[list[int], str]:
    """What comes out of counting, and what a terminal shows of it."""
    with redirect_stderr(Terminal()) as terminal:
        found = list(Counted(things, "applying"))
    return found, terminal.getvalue()


@pytest.mark.usefixtures("slow")
def test_long_work_is_counted_on_a_terminal() -> None:
    found, shown = seen_of(range(1200))
    assert found == list(range(1200))
    assert "applying" in shown
    assert "1,200 lines" in shown


@pytest.mark.usefixtures("slow")
def test_the_bar_is_gone_when_the_work_is_done() -> None:
    _, shown = seen_of(range(1200))
    erase_line = "\x1b[2K"
    assert shown.endswith(erase_line)


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "monotonic", lambda: 0.0)
    assert seen_of(range(5000)) == (list(range(5000)), "")


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("count", [0, 1, 499])
def test_few_things_show_nothing_however_long_they_take(count: int) -> None:
    assert seen_of(range(count)) == (list(range(count)), "")


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("count", [500, 501, 1000])
def test_nothing_is_lost_where_the_bar_begins(count: int) -> None:
    assert seen_of(range(count))[0] == list(range(count))


@pytest.mark.usefixtures("slow")
def test_a_pipe_sees_nothing() -> None:
    with redirect_stderr(io.StringIO()) as pipe:
        assert list(Counted(range(1200), "applying")) == list(range(1200))
    assert pipe.getvalue() == ""


@pytest.mark.usefixtures("slow")
def test_a_process_without_stderr_works_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert list(Counted(range(1200), "applying")) == list(range(1200))


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_things_are_taken_one_at_a_time(stream: type[io.StringIO]) -> None:
    taken = []

    def things() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    with redirect_stderr(stream()):
        iterator = iter(Counted(things(), "applying"))
        assert taken == []
        assert next(iterator) == 0
        assert taken == [0]


@pytest.mark.usefixtures("slow")
def test_an_error_in_the_work_passes_through() -> None:
    def things() -> Iterator[int]:
        yield from range(700)
        raise ValueError("line 700")

    with pytest.raises(ValueError, match="line 700"):
        seen_of(things())


RUN = (
    "import sys; from ksmy_tracker import cli; from ksmy_tracker.cli import progress; "
    "progress.PATIENCE = float(sys.argv[1]); sys.exit(cli.run(sys.argv[2:]))"
)


def on_a_terminal(patience: float, *arguments: str) -> tuple[str, str]:
    """What a command writes to a terminal as its stderr, and to a file as its stdout."""
    here, there = pty.openpty()
    # stdout is a file: a pipe that nobody empties meanwhile would stop the command.
    with tempfile.TemporaryFile() as result:
        child = subprocess.Popen(
            [sys.executable, "-c", RUN, str(patience), *arguments],
            stdout=result,
            stderr=there,
            env={"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        )
        os.close(there)
        shown = all_sent(here)
        assert child.wait() == 0, shown
        result.seek(0)
        return shown.decode(), result.read().decode()


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    file = tmp_path / "batch.jsonl"
    file.write_text('{"ref": "TOURISM", "title": "Carry out the tourism agreement"}\n' * 1500)
    return file


@pytest.mark.parametrize(("patience", "seen"), [(0, True), (1e9, False)])
def test_apply_counts_on_a_terminal_when_it_takes_long(
    place: str, batch: Path, patience: float, seen: bool
) -> None:
    shown, out = on_a_terminal(patience, "apply", str(batch), "--db", place, "--by", "desk")
    assert ("applying" in shown and "lines" in shown) is seen
    assert ("\x1b" in shown) is seen
    assert shown.endswith("ksmy: applied 0, unchanged 1,500, skipped 0\r\n")
    assert "applying" not in out
    assert len(out.splitlines()) == 1500


def test_import_counts_on_a_terminal_too(ksmy: Ksmy, batch: Path, tmp_path: Path) -> None:
    batch.write_text('{"ref": "TOURISM", "note": "n"}\n' * 1000)
    assert ksmy("apply", str(batch)).code == 0
    batch.write_text(ksmy("export").out)
    shown, out = on_a_terminal(0, "import", str(batch), "--db", str(tmp_path / "new.db"))
    assert "importing" in shown
    assert out.startswith("imported into ")
