"""The chain's end: every entry follows the one before, and what was written is read back."""

from pathlib import Path

import pytest

from ksmy_tracker.domain.chain import digest, read_entry
from ksmy_tracker.domain.entries import StoredEntry
from ksmy_tracker.errors import Damaged, NotFound
from ksmy_tracker.storage.sqlite import reader, register
from tests.conftest import execute
from tests.writing.changing import Make, adding, entries, query, updating


def test_every_entry_follows_the_one_before_without_gaps(make: Make, register: Path) -> None:
    make(updating("HYDROGEN", note="x"), adding("TIN"))
    make(updating("TIN", firmness="hoped"))
    found = entries(register)
    assert [entry["id"] for entry in found] == list(range(1, 34))
    assert [entry["previous_hash"] for entry in found] == [None, *(entry["hash"] for entry in found[:-1])]
    for row in query(register, "SELECT * FROM entry"):
        assert row["hash"] == digest(read_entry(StoredEntry(**row)))


def test_the_receipt_has_the_head_that_the_register_has_then(make: Make, register: Path) -> None:
    assert make(updating("HYDROGEN", note="x")).head == entries(register)[-1]["hash"]


def test_without_an_entry_the_head_stays(make: Make, register: Path) -> None:
    before = entries(register)[-1]["hash"]
    assert make(updating("HYDROGEN", status="planned")).head == before
    assert make().head == before


def test_a_failed_transaction_takes_no_id(make: Make, register: Path) -> None:
    with pytest.raises(NotFound):
        make(updating("HYDROGEN", note="x"), updating("NOWHERE", note="x"))
    make(updating("HYDROGEN", note="y"))
    assert [entry["id"] for entry in entries(register)][-2:] == [30, 31]
    assert entries(register)[-1]["note"] == "y"


# What was written is read back.


@pytest.fixture
def unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others put beside the tables of a file is not looked for before a change, as it would be."""
    monkeypatch.setattr(reader, "fault_in_tables", lambda _: None)
    monkeypatch.setattr(register, "fault_in_what_runs", lambda _: None)


@pytest.mark.parametrize(
    "hostile",
    [
        (
            "CREATE VIEW v AS SELECT * FROM entry",
            "ALTER TABLE entry RENAME TO kept",
            "DROP VIEW v",
            "CREATE VIEW entry AS SELECT * FROM kept",
            "CREATE TRIGGER swallow INSTEAD OF INSERT ON entry BEGIN SELECT 1; END",
        ),
        (
            "DROP TRIGGER entry_no_update",
            (
                "CREATE TRIGGER forge AFTER INSERT ON entry "
                "BEGIN UPDATE entry SET note = 'forged' WHERE id = NEW.id; END"
            ),
        ),
        (
            "DROP TRIGGER entry_no_delete",
            "CREATE TRIGGER drop_it AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE id = NEW.id; END",
        ),
    ],
    ids=["swallowed", "altered", "deleted"],
)
@pytest.mark.usefixtures("unnoticed")
def test_no_receipt_is_given_for_an_entry_that_the_file_does_not_keep(
    register: Path, make: Make, hostile: tuple[str, ...]
) -> None:
    execute(register, *hostile)
    before = register.read_bytes()
    with pytest.raises(Damaged, match="did not keep entry 31 as it was written; nothing was changed"):
        make(updating("TOURISM", note="said"))
    assert register.read_bytes() == before


@pytest.mark.usefixtures("unnoticed")
def test_a_part_of_a_batch_that_is_not_kept_is_noticed(register: Path, make: Make) -> None:
    execute(
        register,
        "DROP TRIGGER entry_append",
        "DROP TRIGGER entry_no_delete",
        "CREATE TRIGGER drop_it AFTER INSERT ON entry WHEN NEW.ref = 'HYDROGEN' "
        "BEGIN DELETE FROM entry WHERE id = NEW.id; END",
    )
    with pytest.raises(Damaged, match="did not keep"):
        make(updating("HYDROGEN", note="said"), updating("TOURISM", note="said"))
