"""What no writer writes is not taken for history, though every hash of it is right."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256

import pytest

from ksmy_tracker.domain.chain import as_stored, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS, BrokenEntry, StoredEntry
from ksmy_tracker.domain.kinds import COLUMNS
from ksmy_tracker.errors import BadInput, Damaged
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.history_triggers import HISTORY_TRIGGERS
from ksmy_tracker.storage.migrations import upgrade
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.transaction import FileTransaction
from ksmy_tracker.writing.importing import load
from tests import exports
from tests.exports import CRAFTED, Fields, history, newer


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    """A register in memory without an entry, to be copied."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        upgrade(connection, "sqlite+pysqlite")
        yield connection


@pytest.fixture
def new(empty: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A register in memory, the test's own."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        empty.backup(connection)
        yield connection


@pytest.fixture
def room(new: sqlite3.Connection) -> sqlite3.Connection:
    """A register without rules, to be filled with anything."""
    for name in HISTORY_TRIGGERS:
        new.execute(f"DROP TRIGGER {name}")
    new.execute("PRAGMA ignore_check_constraints = ON")
    return new


def fill(room: sqlite3.Connection, entries: list[Fields]) -> None:
    """Put entries straight into a register, sealed, with the records they lead to."""
    sealed = exports.seal(entries)
    for one in sealed:
        row = {
            **one,
            "changes": to_canonical_json(one["changes"]),
            "evidence": to_canonical_json(one["evidence"]),
            "retracts": to_canonical_json(one.get("retracts", [])),
        }
        room.execute(
            f"INSERT INTO entry ({', '.join(ENTRY_FIELDS)}) VALUES ({', '.join('?' * len(ENTRY_FIELDS))})",
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


@pytest.mark.parametrize("make", [history, newer], ids=["earlier", "newer"])
def test_the_history_that_the_others_are_made_of_is_taken(
    new: sqlite3.Connection, make: Callable[[], list[Fields]]
) -> None:
    assert load(FileTransaction(new), exports.lines(make())) == exports.seal(make())[-1]["hash"]
    audit.require_sound(FileReader(new))


@pytest.mark.parametrize("count", range(13, len(newer())))
def test_it_is_taken_whichever_of_its_entries_is_the_last(new: sqlite3.Connection, count: int) -> None:
    load(FileTransaction(new), exports.lines(newer()[:count]))
    audit.require_sound(FileReader(new))


@pytest.mark.parametrize("name", CRAFTED)
def test_what_no_writer_writes_is_not_imported(new: sqlite3.Connection, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        load(FileTransaction(new), exports.lines(CRAFTED[name]()))
    assert str(refused.value).endswith("; nothing was imported")
    assert "\n" not in str(refused.value)


#: What a register's columns cannot hold at all.
NO_ROW = ("a lone surrogate in a title",)

#: What no record is made of, which is told before its history is gone through.
NO_LISTS = ("a text for a list", "a number in a list", "a list in a list", "null in a list")


def test_a_history_that_was_put_into_a_register_is_sound(room: sqlite3.Connection) -> None:
    fill(room, newer())
    audit.require_sound(FileReader(room))


@pytest.mark.parametrize("name", [name for name in CRAFTED if name not in NO_ROW])
def test_what_no_writer_writes_is_found_in_a_register(room: sqlite3.Connection, name: str) -> None:
    try:
        fill(room, CRAFTED[name]())
    except sqlite3.IntegrityError:
        return  # the tables themselves refuse it, whoever writes it
    if name in NO_LISTS:
        with pytest.raises(BrokenEntry, match="stands where a list of texts should"):
            audit.require_sound(FileReader(room))
    else:
        assert "entry " in faults(room)


@pytest.mark.parametrize(
    ("entry", "column", "value"),
    [
        ("action = 'created' AND record = 'commitment'", "changes", "{broken"),
        ("action = 'created' AND record = 'agreement'", "changes", "{broken"),
        ("changes <> '{}'", "changes", "null"),
        ("changes <> '{}'", "changes", "replace(changes, ':', ': ')"),
        ("changes = '{}'", "changes", "'{ }'"),
        ("evidence <> '[]'", "evidence", "' ' || evidence"),
        ("evidence = '[]'", "evidence", "'[ ]'"),
        ("evidence = '[]'", "evidence", "'[5]'"),
        ("retracts <> '[]'", "retracts", "' ' || retracts"),
        ("retracts = '[]'", "retracts", "'[ ]'"),
        ("retracts = '[]'", "retracts", "'5'"),
    ],
)
def test_json_that_no_writer_writes_is_found_though_every_hash_is_right(
    room: sqlite3.Connection, entry: str, column: str, value: str
) -> None:
    fill(room, newer())
    quoted = value if "'" in value else repr(value)
    (altered,) = room.execute(
        f"UPDATE entry SET {column} = {quoted} WHERE id = (SELECT max(id) FROM entry WHERE {entry}) RETURNING id"
    ).fetchone()
    before = None
    for row in room.execute(f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id").fetchall():
        stored = StoredEntry(*row)._replace(previous_hash=before)
        before = sha256(as_stored(stored)).hexdigest()
        room.execute(
            "UPDATE entry SET previous_hash = ?, hash = ? WHERE id = ?",
            [stored.previous_hash, before, stored.id],
        )
    assert f"entry {altered} " in faults(room)
