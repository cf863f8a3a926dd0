"""The registers, batches and tables that the benchmarks run on, each made when it is first needed."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.timing import Command

if TYPE_CHECKING:
    from tests.servers import Cluster

HERE: Final = Path(__file__).resolve().parent
KSMY: Final = (sys.executable, "-m", "ksmy_tracker")


#: A command on a day in January of the year that comes before it.
_ON_15_JANUARY: Final = (
    "import sys; from datetime import UTC, datetime; from ksmy_tracker.cli import run; "
    "sys.exit(run(sys.argv[2:], lambda: datetime(int(sys.argv[1]), 1, 15, tzinfo=UTC)))"
)


def floor(name: str) -> tuple[str, ...]:
    """How a floor is run."""
    return (sys.executable, str(HERE / "floors" / f"{name}.py"))


class Bench:
    """The directory where it all happens; `ending` stops the server, if one was needed.

    `commitments` and `entries` are the big register's; `loop` is how many commands a shell's loop runs.
    """

    def __init__(self, work: Path, ending: ExitStack, commitments: int, entries: int, loop: int) -> None:
        self.work = work
        self.commitments = commitments
        self.entries = entries
        self.loop = loop
        self._ending = ending
        self._batches: dict[int, Path] = {}
        self._on_server: set[str] = set()

    @cached_property
    def seed(self) -> Path:
        """A register with the seed, to be looked at."""
        path = self._new("seed.db")
        self.prepare(path, "init")
        return path

    @cached_property
    def changed_since(self) -> Path:
        """The seed as it was recorded at the beginning of 2025, and a change of the year after."""
        path = self._new("changed-since.db")
        for year, *arguments in (("2025", "init"), ("2026", "update", "HYDROGEN", "--status", "in-progress")):
            self._run(sys.executable, "-c", _ON_15_JANUARY, year, *arguments, "--db", str(path))
        return path

    @cached_property
    def changing(self) -> Path:
        """A copy of the seed, to be changed."""
        return self._copy(self.seed, "changing.db")

    def for_loop(self) -> Path:
        """Another, new for each run."""
        return self._copy(self.seed, "loop.db")

    @cached_property
    def entries_of_seed(self) -> int:
        """How many entries the seed makes."""
        with closing(sqlite3.connect(self.seed)) as connection:
            (count,) = connection.execute("SELECT max(id) FROM entry").fetchone()
        return int(count)

    @cached_property
    def big(self) -> Path:
        """The big register, kept from an earlier run if there was one with this directory."""
        return self._generated(self.commitments, self.entries)

    @cached_property
    def big_export(self) -> Path:
        """The big register as JSON lines."""
        return self._export("big", self.big)

    def imported(self) -> Path:
        """Where an import can make its register."""
        return self._new("imported.db")

    @cached_property
    def fifth(self) -> Path:
        """A register with a fifth of the big one's commitments, which batches are about."""
        commitments = self.commitments // 5
        return self._generated(commitments, 2 * commitments)

    def for_batch(self) -> Path:
        """A copy of that, new for each run."""
        return self._copy(self.fifth, "changed.db")

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
        with closing(sqlite3.connect(self.fifth)) as connection:
            return [ref for (ref,) in connection.execute("SELECT ref FROM commitment ORDER BY ref")]

    @cached_property
    def table(self) -> Path:
        """The file of the floor of a change."""
        path = self._new("floor.db")
        self._run(*floor("one_row"), "create", str(path))
        return path

    def new_tables(self) -> Path:
        """Where the floor of a batch can make its tables."""
        return self._new("tables.db")

    @cached_property
    def server_table(self) -> str:
        """The URL of the database of the server's floors."""
        self._cluster.execute("CREATE DATABASE floor")
        self._cluster.execute(
            "CREATE TABLE line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)",
            "INSERT INTO line (text) SELECT 'line ' || number FROM generate_series(1, 20) AS number",
            "ANALYZE",
            "CHECKPOINT",
            database="floor",
        )
        return self._cluster.url("floor")

    def server(self, name: str, *, anew: bool = False) -> str:
        """The URL of a database with the register of that name: seed, changing (the same), big, or fifth."""
        url = self._cluster.url(name)
        if name not in self._on_server:
            register: Path = getattr(self, "seed" if name == "changing" else name)
            export = self._export(name, register)
            self._cluster.execute(f"CREATE DATABASE {name}")
            self.prepare(url, "import", str(export))
            self._cluster.execute("ANALYZE", "CHECKPOINT", database=name)
            self._on_server.add(name)
        if anew:
            url = self._cluster.url(f"{name}_anew")
            self._cluster.execute(
                f"DROP DATABASE IF EXISTS {name}_anew", f"CREATE DATABASE {name}_anew TEMPLATE {name}"
            )
        return url

    @cached_property
    def _cluster(self) -> "Cluster":
        from tests import servers  # psycopg's memory would count for every command before

        cluster = servers.Cluster(servers.new_folder())
        self._ending.callback(shutil.rmtree, cluster.folder)
        cluster.create()
        cluster.start("autovacuum=off")
        self._ending.callback(cluster.stop)
        return cluster

    def ksmy(self, register: Path | str, *arguments: str, expects: str, **variables: str) -> Command:
        """A run of ksmy on a register."""
        place = {"KSMY_DATABASE_URL": str(register), "KSMY_ACTOR": "benchmark"}
        return self.script(*KSMY, *arguments, expects=expects, **place, **variables)

    def script(self, *arguments: str, expects: str, **variables: str) -> Command:
        """A run of something else, such as a floor."""
        return Command(arguments, expects, self._environment(variables))

    def looped(self, *arguments: str, expects: str) -> Command:
        """A shell's loop over a command, which may use its counter `$i`."""
        words = " ".join(f'"{word}"' for word in arguments)
        loop = f"for i in $(seq {self.loop}); do {words} || exit; done"
        return self.script("/bin/sh", "-c", loop, expects=expects)

    def prepare(self, register: Path | str, *arguments: str) -> None:
        """Run ksmy on a register without measuring it."""
        self._run(*KSMY, *arguments, "--db", str(register))

    def _run(self, *arguments: str) -> None:
        """Run what is not measured, in a process of its own: memory held here would count for every child."""
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=self._environment({}))

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.defpath, "HOME": str(self.work), "LANG": "C.UTF-8", **variables}

    def _new(self, name: str) -> Path:
        """A path where no file is."""
        path = self.work / name
        path.unlink(missing_ok=True)
        return path

    def _copy(self, register: Path, name: str) -> Path:
        """A copy, on the disk before any commit is timed."""
        path = Path(shutil.copy(register, self._new(name)))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return path

    def _export(self, name: str, register: Path) -> Path:
        path = self.work / f"{name}.jsonl"
        self.prepare(register, "export", "--output", str(path))
        return path

    def _generated(self, commitments: int, entries: int) -> Path:
        path = self.work / f"register-{commitments}-{entries}.db"
        if not path.exists():
            size = ("--commitments", str(commitments), "--entries", str(entries))
            self._run(sys.executable, str(HERE / "generate.py"), str(path), "--seed", "1", *size)
        return path
