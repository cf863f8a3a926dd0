"""Many processes use one register at once: every change is there, and nobody is turned away."""

import json
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell, entries
from tests.faults.processes import Forks

READERS = 4

#: Between two entries of one writer are at most so many of each other one, on the average. In a line it is one; a few
#: more go before who stands in line where the lock is free for a moment. Where all only have the same chance, it is
#: eight for one of 3,200, and five for one of 800.
UNFAIR = 4

REFS = ("TOURISM", "FTA-CONCLUDE", "MINERALS-SUPPLY", "DEFENCE-INDUSTRY")


@pytest.mark.parametrize(("writing", "updates"), [(16, 50), pytest.param(32, 100, marks=pytest.mark.long)])
def test_many_writers_and_four_readers_never_lose_a_change_or_meet_a_lock(
    register: Path, tmp_path: Path, ksmy: Ksmy, forks: Forks, tell: Tell, writing: int, updates: int
) -> None:
    before = entries(register)
    over = tmp_path / "over"
    db = ("--db", str(register))
    patient = (*db, "--timeout", "600")  # turns are counted, however slow the disk is
    looking = (["list"], ["report"], ["history", "TOURISM"])
    loops = [*([looking] * (READERS - 1)), (["check"],)]
    readers = [forks.start(*[[*look, *db] for look in loop], until=over) for loop in loops]
    began = time.monotonic()
    writers = [
        forks.start(
            *[
                ["update", REFS[number % 4], "--note", f"{writer}/{number}", "--format", "jsonl", *patient]
                for number in range(updates)
            ]
        )
        for writer in range(writing)
    ]
    wrote = [writer.wait() for writer in writers]
    took = time.monotonic() - began
    over.touch()
    looked = [reader.wait() for reader in readers]

    assert [(ended.code, ended.err) for ended in wrote + looked] == [(0, "")] * (writing + READERS)
    receipts = [json.loads(line) for ended in wrote for line in ended.out.splitlines()]
    new = entries(register)[len(before) :]
    assert entries(register)[: len(before)] == before
    assert sorted(note or "" for _, _, note, _ in new) == sorted(
        f"{writer}/{number}" for writer in range(writing) for number in range(updates)
    )
    # Each receipt names the one entry it made and that entry's hash, so no two writers saw the same head.
    assert sorted((receipt["entries"], receipt["head"]) for receipt in receipts) == [
        ([number], hash_) for number, _, _, hash_ in new
    ]
    with closing(sqlite3.connect(register)) as connection:
        links = connection.execute("SELECT id, previous_hash FROM entry ORDER BY id").fetchall()
    hashes = [None, *(hash_ for _, _, _, hash_ in entries(register))]
    assert links == [(number, hashes[number - 1]) for number in range(1, len(hashes))]
    longest = max(ended.longest for ended in wrote)
    turns = [int((note or "").split("/")[0]) for _, _, note, _ in new]
    places = [[place for place, turn in enumerate(turns) if turn == writer] for writer in range(writing)]
    waited = max(then - now - 1 for own in places for now, then in pairwise(own))
    assert waited < UNFAIR * writing
    check = ksmy("check")
    assert (check.code, check.err) == (0, "")
    assert [path.name for path in tmp_path.glob(f"{register.name}*")] == [register.name]
    tell(
        f"updates by {writing} processes at once: {len(receipts)}, in the chain: {len(new)}, "
        f"the longest took {longest:.1f} s, the mean "
        f"{took / updates:.1f} s, at most {waited} others had their turn before; meanwhile {READERS} readers "
        f"looked {sum(ended.runs for ended in looked):,} times; errors: 0"
    )
