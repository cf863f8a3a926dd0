"""What no writer writes is not taken for history, though every hash of it is right."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from ksmy_tracker.domain.chain import to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.domain.kinds import COLUMNS
from ksmy_tracker.errors import BadInput, Damaged
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.place import Location
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.writing import transfer
from tests import exports
from tests.exports import CRAFTED, Fields, history


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A register in memory without rules, to be filled with anything."""
    from ksmy_tracker.writing import schema

    path = tmp_path_factory.mktemp("room") / "register.db"
    schema.create(Location(path), lambda session: None)
    with closing(sqlite3.connect(path)) as made, closing(sqlite3.connect(":memory:")) as connection:
        made.backup(connection)
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.commit()
        yield connection


def fill(room: sqlite3.Connection, entries: list[Fields]) -> None:
    """Put entries straight into a register, sealed, with the records they lead to."""
    sealed = exports.seal(entries)
    for one in sealed:
        row = {
            **one,
            "changes": to_canonical_json(one["changes"]),
            "evidence": to_canonical_json(one["evidence"]),
        }
        room.execute(
            f"INSERT INTO entry VALUES ({', '.join('?' * len(ENTRY_FIELDS))})",
            [row[name] for name in ENTRY_FIELDS],
        )
    for kind, found in exports.records(sealed).items():
        for one in found.values():
            room.execute(
                f"INSERT INTO {kind} ({', '.join(COLUMNS[kind])}) VALUES ({', '.join('?' * len(one))})",
                [*one.values()],
            )


def faults(room: sqlite3.Connection) -> str:
    """What `migrate` refuses a register for."""
    with pytest.raises(Damaged) as refused:
        audit.require_sound(FileReader(room))
    return str(refused.value)


def test_the_history_that_the_others_are_made_of_is_taken(room: sqlite3.Connection) -> None:
    lines = exports.lines(history())
    assert [table for table, _ in transfer.proved(lines)] == [
        "agreement",
        "commitment",
        "milestone",
        "entry",
        "",
    ]
    fill(room, history())
    audit.require_sound(FileReader(room))
    room.rollback()


@pytest.mark.parametrize("name", CRAFTED)
def test_what_no_writer_writes_is_not_imported(name: str) -> None:
    lines = exports.lines(CRAFTED[name]())
    with pytest.raises(BadInput) as refused:
        for _ in transfer.proved(lines):
            pass
    assert str(refused.value).endswith("; nothing was imported")
    assert "\n" not in str(refused.value)


#: What a register's columns cannot hold at all.
NO_ROW = ("a lone surrogate in a title",)


@pytest.mark.parametrize("name", [name for name in CRAFTED if name not in NO_ROW])
def test_what_no_writer_writes_is_found_in_a_register(room: sqlite3.Connection, name: str) -> None:
    try:
        try:
            fill(room, CRAFTED[name]())
        except sqlite3.IntegrityError:
            return  # the tables themselves refuse it, whoever writes it
        assert "entry " in faults(room)
    finally:
        room.rollback()
