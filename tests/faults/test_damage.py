"""One byte of the file is not what it was: no traceback, and no register called sound that says something else.

How the tests know that a byte which `check` passes over says nothing: all that can be asked of the file has the
same answer as before. That is every row of every table with its types, the same through each index, the schema,
and what the header declares; a byte in none of these lies in a free page, in the unused part of a page, in what
is left of a cell that was freed, or in a field of the header that only counts or that this program does not use.
"""

import json
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell, content

#: How many bytes of each sort are damaged.
PLACES = pytest.mark.parametrize("places", [150, pytest.param(1000, marks=pytest.mark.long)])

#: Bytes of the header of an SQLite file.
HEADER = 100

LOOKING = (
    ("list", "--format", "json"),
    ("list", "--as-of", "2025-06-01"),
    ("show", "TOURISM"),
    ("due",),
    ("history", "--format", "json"),
    ("agreements",),
    ("report",),
    ("export",),
)

#: What may come of a damaged register: done, no such record, no register, damaged.
CODES = (0, 3, 6, 8)


@pytest.fixture
def busy(register: Path, tmp_path: Path, ksmy: Ksmy) -> Path:
    """A register with some hundred entries of every sort."""
    dice = random.Random("a busy register")
    lines: list[dict[str, Any]] = [
        {
            "op": "add",
            "ref": "TREATY",
            "title": "A treaty",
            "kind": "treaty",
            "stage": "signed",
            "dated": "2025",
        }
    ]
    for number in range(240):
        line: dict[str, Any] = {
            "ref": dice.choice(["TOURISM", "FTA-CONCLUDE", "MINERALS-SUPPLY", "DEFENCE-INDUSTRY"]),
            "on": f"2025-{number // 24 + 1:02}-01",
            "key": f"key {number}",
        }
        if number % 24 == 0:
            line |= {"op": "milestone", "title": f"Step {number}", "due": f"{2026 + number % 4}"}
        else:
            line |= dice.choice(
                [
                    {"status": dice.choice(["in-progress", "finalising", "suspended"])},
                    {"due": f"{dice.randint(2026, 2030)}-{dice.randint(1, 12):02}"},
                    {"detail": f"number {number}, " * dice.randint(1, 9)},
                    {"note": "한국과 말레이시아", "evidence": [f"https://example.org/{number}", "a paper"]},
                ]
            )
        lines.append(line)
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert ksmy("apply", str(batch)).code == 0
    assert ksmy("add", "MISTAKE", "--title", "x", "--kind", "treaty", "--stage", "signed").code == 0
    assert ksmy("undo").code == 0
    assert ksmy("check").code == 0
    return register


def everything(register: Path) -> list[Any] | None:
    """All that a register says, by its tables and by each of its indexes; None where SQLite cannot read it."""
    try:
        with closing(sqlite3.connect(register)) as connection:
            found = content(connection)
            for setting in ("encoding", "journal_mode", "auto_vacuum"):
                found.append(connection.execute(f"PRAGMA {setting}").fetchone())
            for kind, name, table, sql in found[0]:
                if kind == "index":
                    names = connection.execute(f"SELECT name FROM pragma_index_info('{name}')").fetchall()
                    columns = ", ".join(column for (column,) in names)
                    only = re.search(" WHERE .*", sql or "")
                    rows = connection.execute(
                        f"SELECT {columns}, rowid FROM {table} INDEXED BY {name}{only[0] if only else ''}"
                    )
                    found.append((name, sorted(map(repr, rows))))
            return found
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def survive(
    register: Path, damages: Iterable[tuple[int, int]], looking: Iterable[tuple[str, ...]], ksmy: Ksmy
) -> Counter[str]:
    """Change one byte at a time, by XOR, and look; count what `check` found and what it passed."""
    sound = register.read_bytes()
    said = everything(register)
    assert said is not None
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for place, flipped in damages:
        damaged = bytearray(sound)
        damaged[place] ^= flipped
        register.write_bytes(damaged)
        for rest in register.parent.glob(f"{register.name}-*"):
            rest.unlink()  # a damaged header may declare another journal
        what = f"byte {place} from {sound[place]:#04x} to {damaged[place]:#04x}"
        for command in (("check",), *looking):
            counts["looks"] += 1
            try:
                ran = ksmy(*command)
            except Exception as error:
                wrong.append(f"{what}: {' '.join(command)} ends with a traceback: {error!r}")
                continue
            told = ran.err.startswith("ksmy: ") if ran.code else not ran.err
            if ran.code not in CODES or not told:
                wrong.append(f"{what}: {' '.join(command)} ends with {ran.code}: {ran.err!r}")
            if command == ("check",):
                counts["found" if ran.code else "passed"] += 1
                if ran.code == 0 and everything(register) != said:
                    wrong.append(f"{what}: check calls it sound, but it says something else")
    register.write_bytes(sound)
    assert not wrong, "\n".join(wrong)
    return counts


@PLACES
def test_a_damaged_byte_anywhere_is_found_or_says_nothing(
    places: int, busy: Path, ksmy: Ksmy, tell: Tell
) -> None:
    dice = random.Random("damage anywhere")
    damages = [(place, dice.randint(1, 255)) for place in dice.sample(range(busy.stat().st_size), places)]
    counts = survive(busy, damages, LOOKING, ksmy)
    tell(
        f"damaged bytes: {places:,}; found by check: {counts['found']}, passed as sound: {counts['passed']}, "
        f"of which with the same content: {counts['passed']}; looks: {counts['looks']:,}, tracebacks: 0"
    )


def test_a_damaged_byte_of_the_header_is_found_or_says_nothing(busy: Path, ksmy: Ksmy, tell: Tell) -> None:
    damages = [(place, flipped) for place in range(HEADER) for flipped in (0x01, 0x02, 0x03, 0xFF)]
    counts = survive(busy, damages, [], ksmy)
    tell(f"damages of the header: {len(damages)}; found by check: {counts['found']}, the rest said nothing")


def test_a_damaged_byte_of_the_schema_is_found(busy: Path, ksmy: Ksmy, tell: Tell) -> None:
    """The rules that hold the history together are text in the file, like any other."""
    file = busy.read_bytes()
    with closing(sqlite3.connect(busy)) as connection:
        texts = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'").fetchall()
    places = [
        place
        for (text,) in texts
        for rule in re.findall(r"CONSTRAINT .*", text)
        for start in [file.find(rule.encode())]
        if start >= 0
        for place in range(start, start + len(rule))
    ]
    dice = random.Random("damage of rules")
    damages = [(place, dice.randint(1, 31)) for place in dice.sample(places, 250)]
    counts = survive(busy, damages, [("list",)], ksmy)
    assert counts["passed"] == 0
    tell(f"damaged bytes of the schema's rules: {len(damages)}; found by check: {counts['found']}")
