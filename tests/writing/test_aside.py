"""A second process makes what this one uses, and is never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ksmy_tracker.errors import BadInput, KsmyError
from ksmy_tracker.writing.aside import made_aside


def is_running(process: int) -> bool:
    """Whether a child of this process is still there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_items_come_in_their_order_from_another_process() -> None:
    def items() -> Iterator[tuple[int, str | None]]:
        for number in range(1000):
            yield os.getpid(), f"{number}: 한국" if number % 2 else None

    with made_aside(items()) as made:
        found = list(made)
    assert [text for _, text in found] == [
        f"{number}: 한국" if number % 2 else None for number in range(1000)
    ]
    (other,) = {process for process, _ in found}
    assert other != os.getpid()
    assert not is_running(other)


def test_an_error_is_raised_where_the_item_would_have_come() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise BadInput("line 2: is no number", ("one", "two"))

    with made_aside(items()) as made:
        assert next(made) == 1
        with pytest.raises(BadInput, match=r"^line 2: is no number$") as raised:
            next(made)
    assert raised.value.faults == ("one", "two")
    assert not hasattr(raised.value, "__notes__")


def test_a_bug_tells_where_it_is() -> None:
    def items() -> Iterator[int]:
        yield 1 // 0

    with made_aside(items()) as made, pytest.raises(ZeroDivisionError) as raised:
        next(made)
    (note,) = raised.value.__notes__
    assert note.startswith("In the second process:\nTraceback")
    assert "yield 1 // 0" in note


def test_a_second_process_that_is_killed_is_told() -> None:
    def items() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with made_aside(items()) as made:
        assert next(made) == 1
        with pytest.raises(KsmyError, match="was killed; nothing was changed"):
            next(made)


def test_it_ends_with_the_block_even_in_the_middle() -> None:
    def items() -> Iterator[int]:
        while True:
            yield os.getpid()

    with made_aside(items()) as made:
        other = next(made)
    assert not is_running(other)


def test_it_ends_where_the_first_process_is_killed(tmp_path: Path) -> None:
    """A reader of the pipe's other end, which only the second process holds by then, comes to its end."""
    program = tmp_path / "first.py"
    program.write_text(
        "import os, signal\n"
        "from ksmy_tracker.writing.aside import made_aside\n"
        "def items():\n"
        "    while True:\n"
        "        yield os.getpid()\n"
        "with made_aside(items()) as made:\n"
        "    next(made)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The second process has the same stdout: this ends once both are gone.
    done = subprocess.run([sys.executable, str(program)], stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_both_processes_is_answered_by_the_first_alone(number: int) -> None:
    def items() -> Iterator[tuple[int, int]]:
        os.kill(os.getpid(), number)
        yield os.getpid(), 1

    with made_aside(items()) as made:
        (_, one), *rest = made
    assert (one, rest) == (1, [])
