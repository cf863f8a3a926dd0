"""Measure how fast ksmy is: each figure beside its floor, in pairs that alternate, medians of both.

Not a test: run `python tests/benchmarks/run.py` by hand. The exit code is 1 if a bound is broken. Ratios hold
on a busy machine where seconds do not: the two runs of a pair see nearly the same load. What has no floor is
held against seconds, on a machine that does nothing else.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.benchmarks.bench import Bench  # found by the line above, however this is started
from tests.benchmarks.figures import figures
from tests.benchmarks.timing import Figure, Result, measure


def main() -> None:
    """Measure what the command line asks for and print a Markdown table, a line as soon as it is known."""
    given = read_arguments()
    broken = []
    with work_directory(given.work) as work, ExitStack() as ending:
        os.chdir(work)  # so that no module is found by chance in the current directory
        bench = Bench(work, ending, *((2_000, 10_000, 10) if given.quick else (100_000, 500_000, 100)))
        chosen = [figure for figure in figures(bench) if is_wanted(figure, given.only)]
        if not chosen:
            sys.exit(f"--only: the figures are {', '.join(figure.name for figure in figures(bench))}")
        pairs = 3 if given.quick else given.pairs
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},")
        print(f"typer {version('typer')}, psycopg {version('psycopg')}; medians of {pairs} pairs\n")
        print("| figure                 | ksmy ms | floor ms | ratio | ksmy MB |          bound | holds |")
        print(
            "| ---------------------- | ------: | -------: | ----: | ------: | -------------: | ----- |",
            flush=True,
        )
        for figure in chosen:
            result = measure(figure, pairs)
            holds = result.keeps(figure)
            broken += [] if holds else [figure.name]
            print(as_line(figure, result, holds=holds), flush=True)
    if broken:
        sys.exit(f"over the bound: {', '.join(broken)}")


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
