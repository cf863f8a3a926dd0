"""Timing of a figure beside its floor: they take turns, each run a process of its own."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Command:
    """A process to run; its result must contain `expects`, so that no failure is ever timed as a success."""

    arguments: tuple[str, ...]
    expects: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One run of a command: wall-clock seconds, and the most memory it held, in MB."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Figure:
    """Something measured, beside its floor if it has one; each is given the number of the run, to prepare it.

    `most` is what it may be: times the floor, or seconds. `most_memory` is in MB; `most_runs` is for what is slow.
    """

    name: str
    most: float
    measured: Callable[[int], Command]
    floor: Callable[[int], Command] | None = None
    most_memory: float | None = None
    most_runs: int = 1000


@dataclass(frozen=True)
class Result:
    """A figure as measured: medians, and the median of the ratios of the pairs."""

    measured: float
    memory: float
    floor: float | None = None
    ratio: float | None = None

    def keeps(self, figure: Figure) -> bool:
        """Whether it is within the figure's bounds."""
        fast = (self.measured if self.ratio is None else self.ratio) <= figure.most
        return fast and (figure.most_memory is None or self.memory <= figure.most_memory)


def measure(figure: Figure, pairs: int) -> Result:
    """Time a figure and its floor in turns, after one run of each that leaves files cached and compiled."""
    runs, floors = [], []
    for number in range(min(pairs, figure.most_runs) + 1):
        runs.append(timed(figure.measured(number)))
        if figure.floor is not None:
            floors.append(timed(figure.floor(number)))
    del runs[:1], floors[:1]
    seconds = median(run.seconds for run in runs)
    memory = median(run.memory for run in runs)
    if not floors:
        return Result(seconds, memory)
    ratios = [run.seconds / floor.seconds for run, floor in zip(runs, floors, strict=True)]
    return Result(seconds, memory, median(floor.seconds for floor in floors), median(ratios))


def timed(command: Command) -> Run:
    """Run a command once. Its result goes to a file in the current directory, not to a terminal."""
    with open("out", "wb") as stdout, open("err", "wb") as stderr:
        streams = [(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1), (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)]
        begun = perf_counter()
        process = os.posix_spawn(
            command.arguments[0], command.arguments, command.environment, file_actions=streams
        )
        _, status, usage = os.wait4(process, 0)
        seconds = perf_counter() - begun
    if status != 0 or not _contains(Path("out"), command.expects):
        code = os.waitstatus_to_exitcode(status)
        said = Path("err").read_text(encoding="utf-8")[:2000]
        sys.exit(f"{' '.join(command.arguments)} ended with {code}, or not as expected:\n{said}")
    return Run(seconds, usage.ru_maxrss / 1024)


def _contains(file: Path, text: str) -> bool:
    """Whether a line of a file has a text; a result may be larger than what memory should hold here."""
    with file.open(encoding="utf-8") as lines:
        return any(text in line for line in lines)
