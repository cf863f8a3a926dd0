"""What is long is written as it is read: few of its rows are in memory at once, and nobody waits for it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ksmy_tracker import cli
from ksmy_tracker.cli import listing
from ksmy_tracker.cli.output import emit
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.rows import CalendarRow
from ksmy_tracker.render.ical import as_calendar
from ksmy_tracker.storage.sqlite.reader import FileReader
from tests.conftest import NOW, Ksmy
from tests.rows import COMMITMENT

LISTINGS = ("list", "due", "history")
FORMATS = ("json", "jsonl", "csv", "tsv", "md")
ROWS = 2_000


class Counted(Commitment):
    """A commitment that counts how many there are."""

    alive: ClassVar[int] = 0
    most: ClassVar[int] = 0

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        Counted.alive += 1
        Counted.most = max(Counted.most, Counted.alive)

    def __del__(self) -> None:
        Counted.alive -= 1


@pytest.mark.parametrize("format", FORMATS)
def test_a_row_of_a_listing_is_gone_before_many_more_are_read(
    format: str, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {field.name: getattr(COMMITMENT, field.name) for field in fields(COMMITMENT)}

    def many(*_: Any, **__: Any) -> Iterator[Commitment]:
        return (Counted(**values | {"ref": f"R-{number}"}) for number in range(ROWS))

    Counted.most = 0
    monkeypatch.setattr("ksmy_tracker.cli.list_.each_commitment", many)
    assert f"R-{ROWS - 1}" in ksmy("list", "--format", format).out
    assert 0 < Counted.most < 10


@pytest.mark.parametrize("command", LISTINGS)
def test_a_listing_asks_for_its_rows_one_by_one(
    command: str, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = FileReader.rows
    asked: list[str] = []

    def noted(self: FileReader, row: type[Any], sql: str, /, **parameters: Any) -> list[Any]:
        asked.append(row.__name__)
        return rows(self, row, sql, **parameters)

    monkeypatch.setattr(FileReader, "rows", noted)
    assert ksmy(command).out
    assert not {"Commitment", "DeadlineRow", "StoredEntry"} & {*asked}


def test_a_calendar_is_made_an_entry_at_a_time() -> None:
    row = CalendarRow(
        *("A", "Title", "FTA", "trade", "both", "planned", "2026", "2026-01-01", "2026-12-31"),
        *(None, None, 0, 0, "2025-10-26T04:00:00.000000Z", 0),
    )
    read: list[int] = []

    def rows() -> Iterator[CalendarRow]:
        for number in range(3):
            read.append(number)
            yield row

    head, *pieces = ((piece, len(read)) for piece in as_calendar(rows(), "event", "A - B"))
    assert head[1] == 0
    assert [count for _, count in pieces] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    "command", [("list",), ("history", "--format", "json"), ("export", "--format", "ics")]
)
def test_a_slow_reader_keeps_no_writer_waiting(
    command: tuple[str, ...], ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []

    def read_slowly(text: str) -> None:
        if not codes:
            codes.append(-1)
            codes[0] = cli.run(["update", "TOURISM", "--due", "2027", "--timeout", "0"], lambda: NOW)
        emit(text)

    for module in ("listing", "output"):
        monkeypatch.setattr(f"ksmy_tracker.cli.{module}.emit", read_slowly)
    assert ksmy(*command).code == 0
    assert codes == [0]


@pytest.mark.parametrize("block", [1, 100, 1 << 20])
def test_what_is_set_aside_is_given_back_whole_however_much_it_is(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FEW", block)
    pieces = [f"{number} 한국\r\n" for number in range(50)]
    assert "".join(listing.set_aside(pieces)) == "".join(pieces)


def test_all_is_read_before_the_first_of_it_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_FEW", 10)
    read: list[int] = []

    def pieces() -> Iterator[str]:
        for number in range(100):
            read.append(number)
            yield f"{number}\n"

    given_back = listing.set_aside(pieces())
    assert len(read) == 100
    assert "".join(given_back) == "".join(f"{number}\n" for number in range(100))


@pytest.fixture
def broken(register: Path) -> None:
    """A register in which the last record and the last entry are damaged."""
    with sqlite3.connect(register) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE commitment SET due_latest = 'soon' WHERE ref = 'FTA-CONCLUDE'")
        for (sql,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {sql}")
        connection.execute("UPDATE entry SET changes = '[' WHERE id = (SELECT max(id) FROM entry)")


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("command", [("list",), ("history",), ("export", "--format", "ics")])
def test_an_error_midway_leaves_nothing_half_written(
    command: tuple[str, ...], ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FEW", 1)
    ran = ksmy(*command)
    assert (ran.out, ran.code) == ("", 8)
    if command[0] == "export":
        target = tmp_path / "calendar.ics"
        assert ksmy(*command, "--output", str(target)).code == 8
        assert not target.exists()
