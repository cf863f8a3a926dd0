"""A progress bar on stderr, where that is a terminal and the work takes long."""

import sys
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

#: Seconds of work before a bar is worth a look.
PATIENCE = 1.0


class Counted(Generic[Thing]):
    """The same things, their lines counted on the terminal once they take long; each time from the first."""

    def __init__(
        self, things: Iterable[Thing], doing: str, lines_of: Callable[[Thing], int] = lambda _: 1
    ) -> None:
        self._things, self._doing, self._lines_of = things, doing, lines_of

    def __iter__(self) -> Iterator[Thing]:
        return _counted(self._things, self._doing, self._lines_of)


def _counted(things: Iterable[Thing], doing: str, lines_of: Callable[[Thing], int]) -> Iterator[Thing]:
    if sys.stderr is None or not sys.stderr.isatty():
        yield from things
        return
    begun = monotonic()
    iterator = iter(things)
    done = 0
    for thing in iterator:
        yield thing
        looked = done // 500
        done += lines_of(thing)
        if done // 500 > looked and monotonic() - begun > PATIENCE:
            break
    else:
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description} {task.completed:,.0f} lines"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=None, completed=done)
        for thing in iterator:
            yield thing
            progress.advance(task, lines_of(thing))
