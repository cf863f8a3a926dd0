"""Measure how fast ksmy is: each figure beside its floor, in pairs that alternate, medians of both.

Not a test: run `python tests/benchmarks/run.py` by hand. The exit code is 1 if a bound is broken. Ratios hold
on a busy machine where seconds do not: the two runs of a pair see nearly the same load.
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

HERE: Final = Path(__file__).resolve().parent
KSMY: Final = (sys.executable, "-m", "ksmy_tracker")
TWO_COMMANDS: Final = (sys.executable, str(HERE / "floors" / "two_commands.py"))
ONE_ROW: Final = (sys.executable, str(HERE / "floors" / "one_row.py"))

#: The day the big register ends on, so that what is overdue in it does not depend on when this runs.
AS_OF: Final = ("--as-of", "2026-01-15")


@dataclass(frozen=True)
class Command:
    """A process to run: what its result must contain, so that no failure is ever timed as a success."""

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
    """Something measured beside its floor; each is given the number of the run, to make a change anew."""

    name: str
    bound: float
    measured: Callable[[int], Command]
    floor: Callable[[int], Command]


@dataclass(frozen=True)
class Result:
    """A figure as measured: medians, and the median of the ratios of the pairs."""

    measured: float
    floor: float
    ratio: float
    memory: float


class Bench:
    """The directory where it all happens, and the registers in it, made when they are first needed."""

    def __init__(self, work: Path, commitments: int, entries: int) -> None:
        self.work = work
        self._size = (commitments, entries)

    @cached_property
    def seed(self) -> Path:
        """A register with the seed, new for each run of the script."""
        path = self.work / "seed.db"
        path.unlink(missing_ok=True)
        self._prepare(*KSMY, "init", "--db", str(path))
        return path

    @cached_property
    def big(self) -> Path:
        """The big register, kept from an earlier run if there was one with this directory."""
        commitments, entries = self._size
        path = self.work / f"register-{commitments}-{entries}.db"
        if not path.exists():
            size = ("--commitments", str(commitments), "--entries", str(entries))
            self._prepare(sys.executable, str(HERE / "generate.py"), str(path), "--seed", "1", *size)
        return path

    @cached_property
    def table(self) -> Path:
        """The floor's own database."""
        path = self.work / "floor.db"
        path.unlink(missing_ok=True)
        self._prepare(*ONE_ROW, str(path), "--create")
        return path

    def ksmy(self, register: Path, *arguments: str, expects: str, **variables: str) -> Command:
        """A run of ksmy on a register."""
        environment = {"KSMY_DATABASE_URL": str(register), "KSMY_ACTOR": "benchmark", **variables}
        return Command((*KSMY, *arguments), expects, self._environment(environment))

    def script(self, *arguments: str, expects: str, **variables: str) -> Command:
        """A run of a floor."""
        return Command(arguments, expects, self._environment(variables))

    def time(self, command: Command) -> Run:
        """Run a command once. Its result goes to a file, not to a terminal."""
        out, err = self.work / "out", self.work / "err"
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            streams = [(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1), (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)]
            program = command.arguments[0]
            begun = perf_counter()
            process = os.posix_spawn(program, command.arguments, command.environment, file_actions=streams)
            _, status, usage = os.wait4(process, 0)
            seconds = perf_counter() - begun
        if status != 0 or command.expects not in out.read_text(encoding="utf-8"):
            code = os.waitstatus_to_exitcode(status)
            said = err.read_text(encoding="utf-8") or out.read_text(encoding="utf-8")[:500]
            sys.exit(f"{' '.join(command.arguments)} ended with {code}, or not as expected:\n{said}")
        return Run(seconds, usage.ru_maxrss / 1024)

    def _prepare(self, *arguments: str) -> None:
        """Run what is not measured, in a process of its own: memory held here would count for every child."""
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=self._environment({}))

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.defpath, "HOME": str(self.work), "LANG": "C.UTF-8", **variables}


def figures(bench: Bench) -> Iterator[Figure]:
    """Every figure, with the bound it must keep. No register is made before a figure that needs it is run."""

    def one_line(_: int) -> Command:
        return bench.script(*TWO_COMMANDS, "hello", expects="hello")

    def look(*arguments: str, expects: str = "FTA") -> Callable[[int], Command]:
        return lambda _: bench.ksmy(bench.seed, *arguments, expects=expects)

    looking = {
        "list": ("list",),
        "show": ("show", "FTA-CONCLUDE"),
        "due": ("due",),
        "history": ("history",),
        "agreements": ("agreements",),
    }
    for name, arguments in looking.items():
        for form, bound in (("json", 1.35), ("tsv", 1.35), ("table", 1.7)):
            yield Figure(f"{name} {form}", bound, look(*arguments, "--format", form), one_line)
    for form in ("json", "text"):
        yield Figure(f"report {form}", 1.35, look("report", "--format", form), one_line)

    def update(number: int) -> Command:
        status = ("in-progress", "planned")[number % 2]
        return bench.ksmy(bench.seed, "update", "HYDROGEN", "--status", status, expects=f"-> {status}")

    def one_row(_: int) -> Command:
        return bench.script(*ONE_ROW, str(bench.table), expects="committed")

    yield Figure("update", 1.25, update, one_row)

    def complete_ref(_: int) -> Command:
        words = {"COMP_WORDS": "ksmy show FTA", "COMP_CWORD": "2"}
        return bench.ksmy(bench.seed, expects="FTA-CONCLUDE", _KSMY_COMPLETE="complete_bash", **words)

    def complete_command(_: int) -> Command:
        words = {"COMP_WORDS": "floor he", "COMP_CWORD": "1"}
        return bench.script(*TWO_COMMANDS, expects="hello", _FLOOR_COMPLETE="complete_bash", **words)

    yield Figure("completion", 1.35, complete_ref, complete_command)

    def look_at_big(*arguments: str) -> Callable[[int], Command]:
        return lambda _: bench.ksmy(bench.big, *arguments, expects="overdue")

    for name, bound, big_arguments in (
        ("big list", 1.3, ("list", "--overdue", "--limit", "20", "--format", "json", *AS_OF)),
        ("big report", 3.0, ("report", *AS_OF)),
    ):
        yield Figure(name, bound, look_at_big(*big_arguments), look(*big_arguments, expects="overdue"))


def measure(bench: Bench, figure: Figure, pairs: int) -> Result:
    """Time a figure and its floor in turns, after one run of each that leaves files cached and compiled."""
    bench.time(figure.measured(0))
    bench.time(figure.floor(0))
    runs = [
        (bench.time(figure.measured(number)), bench.time(figure.floor(number)))
        for number in range(1, pairs + 1)
    ]
    return Result(
        measured=median(mine.seconds for mine, _ in runs),
        floor=median(floor.seconds for _, floor in runs),
        ratio=median(mine.seconds / floor.seconds for mine, floor in runs),
        memory=median(mine.memory for mine, _ in runs),
    )


def main() -> None:
    """Measure what the command line asks for and print a Markdown table, a line as soon as it is known."""
    given = read_arguments()
    broken = []
    with work_directory(given.work) as work:
        os.chdir(work)  # so that no module is found by chance in the current directory
        bench = Bench(work, *((2_000, 10_000) if given.quick else (100_000, 500_000)))
        chosen = [figure for figure in figures(bench) if is_wanted(figure, given.only)]
        if not chosen:
            sys.exit(f"--only: the figures are {', '.join(figure.name for figure in figures(bench))}")
        pairs = 3 if given.quick else given.pairs
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},")
        print(f"typer {version('typer')}, sqlmodel {version('sqlmodel')}; medians of {pairs} pairs\n")
        print("| figure           | ksmy ms | floor ms | ratio | bound | ksmy MB | holds |")
        print("| ---------------- | ------: | -------: | ----: | ----: | ------: | ----- |", flush=True)
        for figure in chosen:
            result = measure(bench, figure, pairs)
            holds = result.ratio <= figure.bound
            broken += [] if holds else [figure.name]
            print(
                f"| {figure.name:16} | {result.measured * 1000:7.0f} | {result.floor * 1000:8.0f} "
                f"| {result.ratio:5.2f} | {figure.bound:5.2f} | {result.memory:7.0f} "
                f"| {'yes' if holds else 'no':5} |",
                flush=True,
            )
    if broken:
        sys.exit(f"over the bound: {', '.join(broken)}")


def read_arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", metavar="NAME", help="one figure, or all whose name starts with this word")
    parser.add_argument("--pairs", type=int, default=21, metavar="N", help="how often (default 21)")
    parser.add_argument("--quick", action="store_true", help="three pairs and a small register: a trial")
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="keep the registers here, and use the big one that is here (default: a temporary directory)",
    )
    return parser.parse_args()


def is_wanted(figure: Figure, only: str | None) -> bool:
    """Whether a figure is among those asked for."""
    return only is None or figure.name == only or figure.name.startswith(f"{only} ")


@contextmanager
def work_directory(given: Path | None) -> Iterator[Path]:
    """The directory to work in; a temporary one unless one is given."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="ksmy-benchmarks-") as temporary:
            yield Path(temporary)
    else:
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve()


if __name__ == "__main__":
    main()
