"""Writers who wait for a register are served in the order in which they came."""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from ksmy_tracker import signals
from ksmy_tracker.storage.sqlite import queue as turn
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import FORK, Ksmy, Ran, sentence
from tests.faults.processes import PATIENCE, once

LOCKS = Path("/proc/locks")

#: Longer than any test.
NEVER = (3600.0, 3600.0)

shown = pytest.mark.skipif(not LOCKS.exists(), reason="nothing shows who waits for a lock")


class Writer:
    """A process that changes a register; it stays when it is done, so that nothing is given back by its end."""

    def __init__(self, change: Callable[[], Ran]) -> None:
        self._here, there = FORK.Pipe(duplex=False)

        def run() -> None:
            signals.answer()
            there.send(change())
            while True:
                signal.pause()

        self._process = FORK.Process(target=run, daemon=True)
        self._process.start()
        there.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def ended(self) -> Ran:
        assert self._here.poll(PATIENCE), "it does not end"
        ran: Ran = self._here.recv()
        return ran

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


@pytest.fixture
def start(ksmy: Ksmy) -> Iterator[Callable[..., Writer]]:
    """Start a process that adds a note."""
    started: list[Writer] = []

    def start(note: str, *more: str) -> Writer:
        started.append(Writer(lambda: ksmy("update", "TOURISM", "--note", note, *more)))
        return started[-1]

    yield start
    for writer in started:
        writer.kill()


Start = Callable[..., Writer]


@contextmanager
def held(register: Path) -> Iterator[None]:
    """Let nobody write a register, by a process of its own: what this one holds, those it forks believe to hold."""
    here, there = FORK.Pipe()

    def hold() -> None:
        with closing(sqlite3.connect(register, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            there.send("held")
            there.recv()
            connection.execute("ROLLBACK")
        there.send("released")

    holder = FORK.Process(target=hold, daemon=True)
    holder.start()
    try:
        assert here.recv() == "held"
        yield
        here.send("release")
        assert here.recv() == "released"
    finally:
        holder.kill()
        holder.join()


def line(register: Path) -> list[int]:
    """The processes that stand in line for a register, in their order."""
    of_its_folder = f":{register.parent.stat().st_ino} "
    return [
        int(lock.split(" WRITE ")[1].split()[0])
        for lock in LOCKS.read_text().splitlines()
        if " FLOCK " in lock and of_its_folder in lock
    ]


def in_line(start: Start, register: Path, *notes: str, more: tuple[str, ...] = ()) -> list[Writer]:
    """Start writers, each once the one before it stands in line."""
    writers: list[Writer] = []
    before = line(register)
    for note in notes:
        writers.append(start(note, *more))
        expected = [*before, *(writer.pid for writer in writers)]
        once(lambda expected=expected: line(register) == expected)  # type: ignore[misc]
    return writers


def notes(register: Path, last: int) -> list[str]:
    with closing(sqlite3.connect(register)) as connection:
        found = connection.execute("SELECT note FROM entry ORDER BY id DESC LIMIT ?", (last,)).fetchall()
    return [note for (note,) in reversed(found)]


@pytest.fixture
def only_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but the first in line asks for the lock."""
    monkeypatch.setattr(turn, "_BEHIND", NEVER)


@shown
@pytest.mark.usefixtures("only_in_turn")
def test_who_came_first_writes_first(start: Start, register: Path) -> None:
    came = [str(number) for number in range(5)]
    with held(register):
        writers = in_line(start, register, *came)
    assert [writer.ended().code for writer in writers] == [0] * 5
    assert notes(register, 5) == came
    assert line(register) == []


@shown
@pytest.mark.usefixtures("only_in_turn")
@pytest.mark.parametrize("killed", range(3))
def test_who_is_killed_is_out_of_the_line(start: Start, register: Path, killed: int) -> None:
    came = ["a", "b", "c"]
    with held(register):
        writers = in_line(start, register, *came)
        writers.pop(killed).kill()
        came.pop(killed)
        once(lambda: line(register) == [writer.pid for writer in writers])
    assert [writer.ended().code for writer in writers] == [0, 0]
    assert notes(register, 2) == came


@shown
@pytest.mark.usefixtures("only_in_turn")
def test_who_was_first_and_gave_up_does_not_hold_up_the_line(start: Start, register: Path) -> None:
    with held(register):
        gave_up = start("a", "--timeout", "0.1").ended()
        assert line(register) == []
    assert gave_up.code == 7
    assert f"another process is writing to {register}" in sentence(gave_up)


@shown
@pytest.mark.usefixtures("only_in_turn")
def test_who_gave_up_behind_others_lets_those_behind_it_pass(start: Start, register: Path) -> None:
    with held(register):
        (first,) = in_line(start, register, "a")
        gave_up = start("b", "--timeout", "0.1")
        assert gave_up.ended().code == 7
        (last,) = in_line(start, register, "c")
        assert line(register) == [first.pid, gave_up.pid, last.pid]
    assert [writer.ended().code for writer in (first, last)] == [0, 0]
    assert notes(register, 2) == ["a", "c"]
    assert line(register) == []


@shown
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGINT, "interrupted"),
        (signal.SIGTERM, "ended by SIGTERM"),
        (signal.SIGHUP, "ended by SIGHUP"),
    ],
)
def test_a_signal_ends_the_wait_at_once(start: Start, register: Path, number: int, said: str) -> None:
    with held(register):
        # So that a machine that stands still for half a minute is not taken for a lost signal.
        first, last = in_line(start, register, "a", "b", more=("--timeout", "3600"))
        for writer in (last, first):
            os.kill(writer.pid, number)
            ran = writer.ended()
            assert (ran.code, sentence(ran)) == (128 + number, f"{said}; nothing was recorded")
        once(lambda: line(register) == [])


@shown
def test_who_waits_for_one_register_does_not_keep_from_another_in_its_folder(
    start: Start, register: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copy(register, tmp_path / "other.db"))
    with held(register):
        with held(other):
            (first,) = in_line(start, register, "a")
            (behind,) = in_line(start, register, "b", more=("--db", str(other)))
        assert behind.ended().code == 0
        assert line(register)[0] == first.pid
    assert first.ended().code == 0
    once(lambda: line(register) == [])
    assert notes(register, 1) == ["a"]
    assert notes(other, 1) == ["b"]


@shown
@pytest.mark.usefixtures("only_in_turn")
def test_whoever_names_a_register_by_a_link_stands_in_the_same_line(
    start: Start, register: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "link.db"
    link.symlink_to(register)
    with held(register):
        writers = [
            *in_line(start, register, "a"),
            *in_line(start, register, "b", more=("--db", str(link))),
        ]
    assert [writer.ended().code for writer in writers] == [0, 0]
    assert notes(register, 2) == ["a", "b"]


@shown
def test_a_child_forked_while_waiting_keeps_no_place(register: Path) -> None:
    with turn.in_line(register):
        assert line(register) == [os.getpid()]
        child = FORK.Process(target=signal.pause)
        child.start()
    assert line(register) == []
    child.kill()
    child.join()


@pytest.mark.parametrize("is_first", [True, False])
def test_nobody_waits_past_its_timeout(
    register: Path, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    monkeypatch.setattr(turn, "_FIRST", NEVER[0])
    monkeypatch.setattr(turn, "_BEHIND", NEVER)
    with turn.in_line(register) as wait, turn.in_line(register) as wait_behind:
        chosen = wait if is_first else wait_behind
        assert chosen is not None
        until = monotonic() + 0.05
        chosen(until)
        assert until <= monotonic() < until + PATIENCE


@shown
def test_where_no_thread_can_be_started_there_is_no_line(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", start)
    with turn.in_line(register) as wait, turn.in_line(register) as wait_behind:
        assert wait is not None
        assert wait_behind is None
    assert line(register) == []
    assert not [
        path
        for path in Path("/proc/self/fd").iterdir()
        if path.is_symlink() and path.resolve() == register.parent
    ]


@pytest.mark.usefixtures("register")
def test_who_need_not_wait_does_not_know_of_a_line(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, turn.__name__)
    assert ksmy("update", "TOURISM", "--note", "x").code == 0
    assert turn.__name__ not in sys.modules


@pytest.mark.parametrize(
    "arguments", [("list",), ("check",), ("update", "TOURISM", "--note", "x", "--dry-run")]
)
def test_who_only_reads_stands_in_no_line(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.delitem(sys.modules, turn.__name__)
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert ksmy(*arguments, "--timeout", "0.05").code == 7
    assert turn.__name__ not in sys.modules


@shown
def test_who_has_the_register_has_given_its_place_to_the_next(register: Path) -> None:
    other = sqlite3.connect(register, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def release() -> None:
        once(lambda: line(register))
        other.execute("ROLLBACK")

    releasing = Thread(target=release)
    releasing.start()
    with FileRegister(register).writing():
        assert line(register) == []
    releasing.join()
    other.close()
