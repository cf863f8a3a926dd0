"""Signals that end a command (Ctrl-C, SIGTERM, SIGHUP): never inside a commit, and always with a sentence that is true.

Before anything is done an exception ends the command, so that what it began is undone. Once it is done nothing is left
to undo: the process says what it did and is gone, and no library is asked.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import FrameType
from typing import Any, Final

#: The signals that end a command.
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: The steps that do what a command is for: its transaction is committed, its file is in place.
COMMITTED: Final = "committed"
PLACED: Final = "placed"

#: Seconds in which what was begun is undone, and a server answers a commit; a signal after that ends the process.
PATIENCE: Final = 1.0


class Ended(KeyboardInterrupt):
    """A signal told the command to end."""


class _Command:
    """How far a command has come."""

    def __init__(self) -> None:
        self.begin(silent=False)

    def begin(self, *, silent: bool) -> None:
        """Nothing of it is done yet."""
        self.step = self.sentence = self.then = self.in_doubt = ""
        self.done = self.doubtful = False
        self.held = 0
        self.waits_for_an_answer = False
        self.noted: int | None = None
        self.number: int = signal.SIGINT
        self.ending_since: float | None = None
        self.silent = silent


_command = _Command()


def answer() -> None:
    """From now on, answer each signal that ends a command, unless this process was started to ignore it."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _answer)
    signal.signal(signal.SIGALRM, _answer_late)
    _command.silent = "_KSMY_COMPLETE" in os.environ
    sys.unraisablehook = _not_lost


def afresh(*, silent: bool = False) -> None:
    """A command begins; a silent one says nothing of a signal either."""
    _command.begin(silent=silent)


def once(step: str, sentence: str, then: str = "", *, in_doubt: str = "") -> None:
    """Say what will be true once a step is taken, and what to do `then`; `in_doubt`: while nobody can tell."""
    _command.step, _command.sentence, _command.then, _command.in_doubt = step, sentence, then, in_doubt


def reached(step: str) -> None:
    """A step is taken; where it is the one that the command is for, what was said to be true then is."""
    if step == _command.step:
        _command.done, _command.doubtful = True, False


def doubt(doubtful: bool) -> None:
    """Whether nobody can tell if the commit that was asked for is done."""
    _command.doubtful = doubtful


def done(but: str) -> str | None:
    """What the command has done, `but` what went wrong after it; None if it has done nothing."""
    return f"{_command.sentence}, but {but}{_command.then}" if _command.done else None


def sentence() -> str:
    """What to say of a command that a signal ended."""
    number = _command.number
    ended = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    if _command.done:
        return f"{ended}, but {_command.sentence}{_command.then}"
    if _command.doubtful and _command.in_doubt:
        return f"{ended}; {_command.in_doubt}"
    return f"{ended}; nothing was recorded"


def code() -> int:
    """The exit code of a command that a signal ended, as shells have it."""
    return 128 + _command.number


def is_ending() -> bool:
    """Whether a signal is ending the command, whatever else goes wrong on the way."""
    return _command.ending_since is not None


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let no signal into the block; one that comes meanwhile is answered at its end."""
    _command.held += 1
    try:
        yield
    finally:
        _command.held -= 1
        if not _command.held:
            raise_noted()


@contextmanager
def committing(*, waits_for_an_answer: bool = False) -> Iterator[None]:
    """Let no signal into a commit; a server's answer is waited for only a moment once one has come."""
    with uninterrupted():
        _command.waits_for_an_answer = waits_for_an_answer
        try:
            yield
            reached(COMMITTED)
        finally:
            _command.waits_for_an_answer = False


def raise_noted() -> None:
    """Answer a signal that came while none was let in."""
    if _command.noted is not None:
        number, _command.noted = _command.noted, None
        _end(number)


def leave(exit_code: int) -> None:
    """End the process at once: all is written, and a signal during Python's own end would show a traceback."""
    os._exit(exit_code)


def _answer(number: int, _: FrameType | None) -> None:
    if _command.held:
        _command.noted = _command.noted or number
        if _command.waits_for_an_answer:
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        return
    if _command.ending_since is not None and monotonic() < _command.ending_since + PATIENCE:
        return  # what was begun is being undone
    _end(number)


def _end(number: int) -> None:
    if _command.ending_since is None:
        _command.number = number
    if _command.done or _command.ending_since is not None:
        say_and_leave()
    _command.ending_since = monotonic()
    raise Ended


def _answer_late(_number: int, _: FrameType | None) -> None:
    """Answer a signal whose exception was lost, or that came during a commit that got no answer in time."""
    if _command.noted is None or (_command.held and not _command.waits_for_an_answer):
        return
    if _command.held:
        _command.number, _command.doubtful = _command.noted, True
        say_and_leave()
    raise_noted()


def _not_lost(unraisable: Any) -> None:
    """Raise again, a moment later, what was raised where Python can only print and drop it."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _command.noted, _command.ending_since = _command.number, None
        signal.setitimer(signal.ITIMER_REAL, 0.001)
    else:
        sys.__unraisablehook__(unraisable)


def say_and_leave() -> None:
    """End the process with the sentence and the exit code of a command that a signal ended."""
    if not _command.silent:
        from ksmy_tracker.domain.safe_text import visible

        with suppress(OSError):  # nobody is there to be told
            os.write(2, f"ksmy: {visible(sentence())}\n".encode(errors="backslashreplace"))
    leave(code())
