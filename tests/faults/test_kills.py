"""A process is killed at any moment: the register is sound, and what was acknowledged is there."""

import json
import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Ksmy, run
from tests.faults.conftest import Tell, entries
from tests.faults.processes import Forks, Process, once

if TYPE_CHECKING:
    from collections.abc import Sequence

REFS = ("TOURISM", "FTA-CONCLUDE", "MINERALS-SUPPLY", "DEFENCE-INDUSTRY")


@dataclass
class Runs:
    """Runs of a command on one register: how many entries each was to make, and the receipts that were printed.

    Each is recorded by an actor of its own.
    """

    command: str
    register: Path
    forks: Forks
    dice: random.Random
    planned: dict[str, int] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """Where SQLite keeps what a transaction overwrites."""
        return Path(f"{self.register}-journal")

    def start(self, *, linger: bool = False) -> Process:
        """Start one."""
        name = f"run {len(self.planned)}"
        common = ("--db", str(self.register), "--format", "json", "--by", name)
        refs = self.dice.sample(REFS, self.dice.randint(1, len(REFS)))
        self.planned[name] = len(refs)
        if self.command == "update":
            command: Sequence[str] = ["update", *refs, "--detail", name * 9, "--note", name, *common]
        elif self.command == "undo":
            self.before("update", *refs, "--detail", name * 9)
            command = ["undo", *common]
        elif self.command == "amend":
            self.before("update", "TOURISM", "--detail", name * 9)
            self.planned[name] = 1
            newest = str(len(entries(self.register)))
            command = ["amend", newest, "--on", self.day(), "--detail", f"{name}, amended", *common]
        else:
            self.planned[name] = self.dice.randint(2, 40)
            batch = self.register.with_suffix(".jsonl")
            lines = [
                {"ref": self.dice.choice(REFS), "detail": f"{name} {number} " * 9, "note": name}
                | ({"on": self.day()} if self.command == "late apply" else {})
                for number in range(self.planned[name])
            ]
            batch.write_text("".join(json.dumps(line) + "\n" for line in lines))
            command = ["apply", str(batch), *common]
        # With room in memory for ten pages only, much of a batch reaches the file before the commit.
        pragmas = self.dice.choice([[], ["cache_size = 10"]])
        return self.forks.start(command, pragmas=pragmas, linger=linger)

    def before(self, *command: str) -> None:
        """Record what a run is to take back."""
        assert run(*command, "--db", str(self.register), "--by", "before") == 0

    def day(self) -> str:
        """A day since the seed's."""
        return f"2025-{self.dice.randint(1, 12):02}-{self.dice.randint(1, 28):02}"

    def made(self) -> Counter[str]:
        """How many entries there are of each run."""
        with closing(sqlite3.connect(self.register)) as connection:
            return Counter(actor for (actor,) in connection.execute("SELECT actor FROM entry"))

    def writing(self, process: Process) -> None:
        """Wait until a process writes, or has written."""
        once(lambda: self.journal.exists() or process.printed)

    def end(self, process: Process) -> tuple[bool, bool]:
        """Wait for the end of one, and tell whether it was killed, and whether its receipt was printed."""
        ended = process.wait()
        killed, printed = ended.code == -signal.SIGKILL, ended.out.endswith("}\n")
        assert killed or (printed and ended.code == 0), ended.err
        if printed:
            self.receipts.append(json.loads(ended.out))
        return killed, printed

    def lost(self) -> list[dict[str, Any]]:
        """The receipts whose entries are not in the register as they say."""
        found: dict[str, list[tuple[int, str]]] = {}
        for number, invocation, _, hash_ in entries(self.register):
            found.setdefault(invocation, []).append((number, hash_))
        return [
            receipt
            for receipt in self.receipts
            if [number for number, _ in found.get(receipt["invocation"], [])] != receipt["entries"]
            or found[receipt["invocation"]][-1][1] != receipt["head"]
        ]

    def halves(self) -> dict[str, int]:
        """The runs of which some entries are there and others are not."""
        made = self.made()
        return {name: made[name] for name, planned in self.planned.items() if made[name] not in (0, planned)}


def measured(runs: Runs) -> tuple[float, float]:
    """Seconds that an undisturbed run takes, and those of them in which it writes."""
    whole, writing = [], []
    for _ in range(9):
        begun = time.perf_counter()
        process = runs.start()
        runs.writing(process)
        wrote = time.perf_counter()
        assert runs.end(process) == (False, True)
        whole.append(time.perf_counter() - begun)
        writing.append(time.perf_counter() - wrote)
    return median(whole), median(writing)


@pytest.mark.parametrize("planned", [30, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.parametrize("command", ["update", "apply", "late apply", "undo", "amend"])
def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged(
    command: str, planned: int, register: Path, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    dice = random.Random(f"kills of {command}")
    runs = Runs(command, register, forks, dice)
    whole, writing = measured(runs)
    kills = rolled_back = unprinted = printed_before = 0
    while kills < planned:
        # Of ten kills one comes after the receipt, four while the run writes, five at any moment.
        process = runs.start(linger=kills % 10 == 0)
        if kills % 10 == 0:
            once(lambda process=process: process.printed)  # type: ignore[misc]
        elif kills % 10 < 5:
            runs.writing(process)
            time.sleep(dice.uniform(0, 1.2 * writing))
        else:
            time.sleep(dice.uniform(0, 1.2 * whole))
        process.kill()
        killed, printed = runs.end(process)
        if not killed:
            continue
        kills += 1
        printed_before += printed
        rolled_back += runs.journal.exists()

        following = ["list"] if kills % 3 else ["update", "TOURISM", "--evidence", f"after kill {kills}"]
        after = ksmy(*following)
        assert (after.code, after.err) == (0, "")
        check = ksmy("check")
        assert (check.code, check.err) == (0, "")
        assert runs.lost() == []
        assert runs.halves() == {}
        newest = list(runs.planned)[-1]
        unprinted += not printed and newest in runs.made()
    assert ksmy("update", "TOURISM", "--note", "the end").code == 0
    assert [path.name for path in register.parent.glob(f"{register.name}*")] == [register.name]
    tell(
        f"kills of {command}: {kills}, {rolled_back} while the file was being changed, {unprinted} between "
        f"commit and receipt, {printed_before} after the receipt; "
        f"changes acknowledged: {sum(len(receipt['entries']) for receipt in runs.receipts):,}, "
        f"lost: {len(runs.lost())}, batches half there: {len(runs.halves())}"
    )
