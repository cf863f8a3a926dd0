"""Measure how fast ksmy is: each figure beside its floor, in pairs that alternate, medians of both.

Not a test: run `python tests/benchmarks/run.py` by hand. The exit code is 1 if a bound is broken. Ratios hold
on a busy machine where seconds do not: the two runs of a pair see nearly the same load. What has no floor is
held against seconds, on a machine that does nothing else.
"""

import argparse
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from tests import servers  # noqa: E402  # found by the line above, however this is started

KSMY: Final = (sys.executable, "-m", "ksmy_tracker")
TWO_COMMANDS: Final = (sys.executable, str(HERE / "floors" / "two_commands.py"))
ONE_ROW: Final = (sys.executable, str(HERE / "floors" / "one_row.py"))
BARE_IMPORT: Final = (sys.executable, str(HERE / "floors" / "bare_import.py"))
ONE_SELECT: Final = (sys.executable, str(HERE / "floors" / "one_select.py"))
BARE_BATCH: Final = (sys.executable, str(HERE / "floors" / "bare_batch.py"))

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


class Bench:
    """The directory where it all happens, and the registers in it, made when they are first needed."""

    def __init__(self, work: Path, commitments: int, entries: int) -> None:
        self.work = work
        self.commitments = commitments
        self.entries = entries
        self._batches: dict[int, Path] = {}
        self._cluster: servers.Cluster | None = None
        self._on_server: set[str] = set()

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
        return self._generated(self.commitments, self.entries)

    @cached_property
    def big_export(self) -> Path:
        """The big register as JSON lines."""
        path = self.work / "big.jsonl"
        self._prepare(*KSMY, "export", "--db", str(self.big), "--output", str(path))
        return path

    def batch(self, lines: int) -> Path:
        """A batch of so many lines about every fifth as many commitments, at most 20,000."""
        path = self._batches.get(lines)
        if path is not None:
            return path
        path = self._batches[lines] = self.work / f"batch-{lines}.jsonl"
        refs = self._refs[: max(1, lines // 5)]
        words = ("in-progress", "finalising", "suspended", "planned")
        with path.open("w", encoding="utf-8") as file:
            for number in range(lines):
                content = {
                    "ref": refs[number % len(refs)],
                    "status": words[number // len(refs) % len(words)],
                    "note": f"As the ministry's list of the week says, line {number}.",
                    "evidence": f"https://example.org/list/{number}",
                }
                file.write(json.dumps(content) + "\n")
        return path

    @cached_property
    def _refs(self) -> list[str]:
        with closing(sqlite3.connect(self._for_batches)) as connection:
            return [ref for (ref,) in connection.execute("SELECT ref FROM commitment ORDER BY ref")]

    @cached_property
    def _for_batches(self) -> Path:
        commitments = self.commitments // 5
        return self._generated(commitments, 2 * commitments)

    def empty(self) -> Path:
        """A register without a record, new for each run."""
        path = self.work / "empty.db"
        path.unlink(missing_ok=True)
        self._prepare(*KSMY, "init", "--empty", "--db", str(path))
        return path

    def to_change(self) -> Path:
        """A register with a fifth of the big one's commitments, new for each run."""
        return Path(shutil.copy(self._for_batches, self.work / "changed.db"))

    def _generated(self, commitments: int, entries: int) -> Path:
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

    def server(self, name: str, *, anew: bool = False) -> str:
        """The URL of a database with the register of that name: seed, big, or the one for batches."""
        files = {"seed": lambda: self.seed, "big": lambda: self.big, "batches": lambda: self._for_batches}
        if self._cluster is None:
            self._cluster = servers.Cluster(servers.new_folder())
            self._cluster.create()
            self._cluster.start("autovacuum=off")
        url = self._cluster.url(name)
        if name not in self._on_server:
            export = self.work / f"{name}.jsonl"
            self._prepare(*KSMY, "export", "--db", str(files[name]()), "--output", str(export))
            self._cluster.execute(f"CREATE DATABASE {name}")
            self._prepare(*KSMY, "import", str(export), "--db", url)
            self._cluster.execute("ANALYZE", "CHECKPOINT", database=name)
            self._on_server.add(name)
        if anew:
            url = self._cluster.url(f"{name}_anew")
            self._cluster.execute(
                f"DROP DATABASE IF EXISTS {name}_anew", f"CREATE DATABASE {name}_anew TEMPLATE {name}"
            )
        return url

    def close(self) -> None:
        """Stop the server, if there is one."""
        if self._cluster is not None:
            self._cluster.stop()
            shutil.rmtree(self._cluster.folder)

    def ksmy(self, register: Path | str, *arguments: str, expects: str, **variables: str) -> Command:
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
        if status != 0 or not contains(out, command.expects):
            code = os.waitstatus_to_exitcode(status)
            said = err.read_text(encoding="utf-8")[:2000]
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
    yield Figure("report html", 2.2, look("report", "--format", "html"), one_line)

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
    for form in ("text", "md", "html", "json"):
        arguments = ("report", "--format", form, *AS_OF)
        yield Figure(f"big report {form}", 3, look_at_big(*arguments), most_memory=300, most_runs=7)
    yield from whole_files(bench)
    yield from on_a_server(bench)


def whole_files(bench: Bench) -> Iterator[Figure]:
    """The figures of batches, export and import, which take seconds."""

    def apply(lines: int) -> Callable[[int], Command]:
        def command(_: int) -> Command:
            batch = str(bench.batch(lines))
            return bench.ksmy(bench.to_change(), "apply", batch, expects=f"line {lines - 1}")

        return command

    def bare(lines: int) -> Callable[[int], Command]:
        def command(_: int) -> Command:
            files = (str(bench.to_change()), str(bench.batch(lines)))
            return bench.script(*BARE_BATCH, *files, expects=f"applied {lines}")

        return command

    many = bench.commitments
    yield Figure(f"apply {many:,}", 5, apply(many), bare(many), most_memory=250, most_runs=5)
    # Ten times the lines take at most ten times as long.
    for lines in (many, many // 10):
        name = f"apply {lines:,} : {lines // 10:,}"
        yield Figure(name, 10, apply(lines), apply(lines // 10), most_runs=5)

    def export(_: int) -> Command:
        return bench.ksmy(bench.big, "export", expects='"format":"ksmy-export/1"')

    def load(_: int) -> Command:
        copy = bench.work / "imported.db"
        copy.unlink(missing_ok=True)
        return bench.ksmy(copy, "import", str(bench.big_export), expects="imported into")

    # 50,000 rows a second; agreements and milestones are not even counted.
    most = (bench.commitments + bench.entries) / 50_000
    yield Figure("big export", most, export, most_memory=100, most_runs=5)
    yield Figure("big import", most, load, most_memory=100, most_runs=5)

    def bare_load(_: int) -> Command:
        files = (str(bench.empty()), str(bench.big_export))
        return bench.script(*BARE_IMPORT, *files, expects="imported")

    yield Figure("big import : bare", 2, load, bare_load, most_runs=3)


def on_a_server(bench: Bench) -> Iterator[Figure]:
    """The figures of a register on a PostgreSQL server of this machine."""

    def one_select(_: int) -> Command:
        return bench.script(*ONE_SELECT, bench.server("seed"), expects="1")

    def look(name: str) -> Callable[[int], Command]:
        return lambda _: bench.ksmy(bench.server("seed"), name, "--format", "json", expects="FTA")

    for name in ("list", "due", "report"):
        yield Figure(f"server {name} json", 1.3, look(name), one_select)

    def update(place: Callable[[], str | Path]) -> Callable[[int], Command]:
        def command(number: int) -> Command:
            status = ("in-progress", "planned")[number % 2]
            return bench.ksmy(place(), "update", "HYDROGEN", "--status", status, expects=f"-> {status}")

        return command

    yield Figure("server update", 1.4, update(lambda: bench.server("seed")), update(lambda: bench.seed))
    many = bench.commitments

    def apply(place: Callable[[], str | Path]) -> Callable[[int], Command]:
        return lambda _: bench.ksmy(place(), "apply", str(bench.batch(many)), expects=f"line {many - 1}")

    yield Figure(
        f"server apply {many:,}",
        3,
        apply(lambda: bench.server("batches", anew=True)),
        apply(bench.to_change),
        most_runs=3,
    )

    def overdue(name: str) -> Callable[[int], Command]:
        arguments = ("list", "--overdue", "--limit", "20", "--format", "json", *AS_OF)
        return lambda _: bench.ksmy(bench.server(name), *arguments, expects="overdue")

    yield Figure("server big list", 1.3, overdue("big"), overdue("seed"))


def measure(bench: Bench, figure: Figure, pairs: int) -> Result:
    """Time a figure and its floor in turns, after one run of each that leaves files cached and compiled."""
    runs, floors = [], []
    for number in range(min(pairs, figure.most_runs) + 1):
        runs.append(bench.time(figure.measured(number)))
        if figure.floor is not None:
            floors.append(bench.time(figure.floor(number)))
    del runs[:1], floors[:1]
    seconds = [run.seconds for run in runs]
    return Result(
        measured=median(seconds),
        memory=median(run.memory for run in runs),
        floor=median(floor.seconds for floor in floors) if floors else None,
        ratio=median(mine / floor.seconds for mine, floor in zip(seconds, floors, strict=True))
        if floors
        else None,
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
        print("| figure                 | ksmy ms | floor ms | ratio | ksmy MB |          bound | holds |")
        print(
            "| ---------------------- | ------: | -------: | ----: | ------: | -------------: | ----- |",
            flush=True,
        )
        try:
            for figure in chosen:
                result = measure(bench, figure, pairs)
                holds = result.keeps(figure)
                broken += [] if holds else [figure.name]
                print(as_line(figure, result, holds=holds), flush=True)
        finally:
            bench.close()
    if broken:
        sys.exit(f"over the bound: {', '.join(broken)}")


def contains(file: Path, text: str) -> bool:
    """Whether a line of a file has a text; a result may be larger than what memory should hold here."""
    with file.open(encoding="utf-8") as lines:
        return any(text in line for line in lines)


def as_line(figure: Figure, result: Result, *, holds: bool) -> str:
    """A line of the table."""
    floor = f"{result.floor * 1000:.0f}" if result.floor is not None else ""
    ratio = f"{result.ratio:.2f}" if result.ratio is not None else ""
    bound = f"{figure.most:.2f} x" if figure.floor else f"{figure.most:.1f} s"
    bound += f", {figure.most_memory:.0f} MB" if figure.most_memory is not None else ""
    return (
        f"| {figure.name:22} | {result.measured * 1000:7.0f} | {floor:>8} | {ratio:>5} | {result.memory:7.0f} "
        f"| {bound:>14} | {'yes' if holds else 'no':5} |"
    )


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
