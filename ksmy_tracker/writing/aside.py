"""Run a generator in a child process while this one uses what it makes."""

import gc
import marshal
import pickle
import signal
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.errors import KsmyError

Item = TypeVar("Item")

_ITEM, _ERROR, _END = range(3)


@contextmanager
def made_aside(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Give the items of an iterable that is gone through in a child of this process; what it raises is raised here.

    Items are of the kinds that `marshal` knows: tuples, texts, numbers. The child ends with the block, done or not.
    Raises `KsmyError` where it was killed.
    """
    receiving, sending = get_context("fork").Pipe(duplex=False)
    child = get_context("fork").Process(target=_make, args=(items, receiving, sending), daemon=True)
    try:
        with signals.uninterrupted():  # nor is one let into the child, ever: they are the parent's to answer
            child.start()
        sending.close()
        yield _received(receiving)
    finally:
        receiving.close()
        if child.pid is not None:
            child.kill()
            child.join()


def _make(items: Iterable[object], receiving: "Connection", sending: "Connection") -> None:
    """Send each item, then the end or what was raised."""
    for number in signals.ENDING:
        signal.signal(number, signal.SIG_IGN)
    receiving.close()  # so that a parent that is gone is noticed
    gc.disable()  # what is made has no circles: to look for them would only take time

    def send(kind: int, value: Any) -> None:
        sending.send_bytes(marshal.dumps((kind, value)))

    try:
        for item in items:
            send(_ITEM, item)
        send(_END, None)
    except BrokenPipeError:  # nobody waits for it any more
        return
    except Exception as error:
        if not isinstance(error, KsmyError):
            error.add_note(f"In the second process:\n{traceback.format_exc()}")
        with suppress(BrokenPipeError):
            send(_ERROR, pickle.dumps(error))


def _received(receiving: "Connection") -> Iterator[Item]:
    while True:
        try:
            kind, value = marshal.loads(receiving.recv_bytes())  # noqa: S302  # from our own child
        except EOFError:
            raise KsmyError("the second process of this command was killed; nothing was changed") from None
        if kind == _END:
            return
        if kind == _ERROR:
            raise pickle.loads(value)  # noqa: S301  # from our own child
        yield value
