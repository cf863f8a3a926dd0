"""A progress bar on stderr, where that is a terminal and the work takes long."""

import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

#: Seconds of work before a bar is worth a look.
PATIENCE = 1.0


class Counted(Generic[Thing]):
    """The same lines, counted on the terminal once they take long; each time from the first."""

    def __init__(self, lines: Iterable[Thing], doing: str) -> None:
        self._lines, self._doing = lines, doing

    def __iter__(self) -> Iterator[Thing]:
        return _counted(self._lines, self._doing)


def _counted(lines: Iterable[Thing], doing: str) -> Iterator[Thing]:
    if sys.stderr is None or not sys.stderr.isatty():
        yield from lines
        return
    begun = monotonic()
    numbered = enumerate(lines, 1)
    for done, line in numbered:
        yield line
        if done % 500 == 0 and monotonic() - begun > PATIENCE:
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
        for done, line in numbered:
            yield line
            if done % 100 == 0:  # to tell it of each would cost more than many of them do
                progress.update(task, completed=done)
        progress.update(task, completed=done)
