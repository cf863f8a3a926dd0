"""Turns of writers: those who wait for a register stand in line, and the first in line is the next to write.

The line is the kernel's: an flock on the register's folder goes to those who wait for it in the order in which they
came, and a process that ends is out of it. On the register's own file it would take SQLite's locks away: closing any
descriptor of a file drops all that the process holds on it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from random import uniform
from threading import Event, Lock, Thread
from time import monotonic, sleep

#: Seconds between two tries of the first in line.
_FIRST = 0.001

#: Seconds, at random, between two tries of all others, since whoever is first may wait for another register in the
#: folder. Twice as often, and every third turn is taken out of turn. A signal right before a wait is answered after it.
_BEHIND = (0.1, 0.2)


@contextmanager
def in_line(register: Path) -> Iterator[Callable[[float], None] | None]:
    """Stand in line for a register until the block ends; give what waits for the next try, but not past a moment.

    Nothing is given where there is no line: on file systems without such locks, in folders that may not be listed.
    """
    try:
        descriptor = os.open(os.path.dirname(os.path.realpath(register)), os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield None
        return
    is_first = Event()
    is_last_user = Lock()  # of the descriptor: taken while there is one, so by the first of two to leave
    is_last_user.acquire()

    def stand() -> None:
        """Wait for the lock in a thread of its own, so that a signal or the timeout can end the other's wait."""
        with suppress(OSError):
            try:
                flock(descriptor, LOCK_EX)
            finally:
                leave()
            is_first.set()

    def leave() -> None:
        if not is_last_user.acquire(blocking=False):
            with suppress(OSError):  # closing alone does not, where a child was forked with the descriptor
                flock(descriptor, LOCK_UN)
            os.close(descriptor)

    def wait(until: float) -> None:
        left = max(0.0, until - monotonic())
        if is_first.is_set():
            sleep(min(_FIRST, left))
        else:
            is_first.wait(min(uniform(*_BEHIND), left))  # noqa: S311

    given: Callable[[float], None] | None = wait
    try:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
            is_first.set()
        except BlockingIOError:
            is_last_user.release()
            try:
                Thread(target=stand, daemon=True).start()
            except RuntimeError:  # no room for a thread
                is_last_user.acquire()
                given = None
        except OSError:
            given = None
        yield given
    finally:
        leave()
