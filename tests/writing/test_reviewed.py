"""A batch's line that changed nothing, with a key: it is in the chain, and its record was looked at, and no more."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.errors import Refused
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing import undo as undoing
from ksmy_tracker.writing.record import Recording
from tests.conftest import NOW, Ksmy, asked, execute
from tests.writing.changing import stored

TODAY = date(2026, 1, 15)
Make = Callable[..., Receipt]


def unchanged(key: str = "k", **more: Any) -> Change:
    """A line that finds everything as it asks for it."""
    return Change("update", "TOURISM", fields={"parties": "both"}, key=key, key_digest="1" * 64, **more)


@pytest.fixture
def make(register: Path) -> Make:
    def record(*changes: Change, today: date = TODAY) -> Receipt:
        with FileRegister(register).writing() as session:
            return write_side.record(session, changes, Recording("desk", NOW, today))

    return record


def undo(register: Path, wanted: str | None = None) -> Receipt:
    with FileRegister(register).writing() as session:
        return undoing.undo(session, wanted, Recording("desk", NOW, TODAY))


def tourism(register: Path) -> dict[str, Any]:
    return stored(register, "TOURISM")


def rows(register: Path, sql: str) -> list[tuple[Any, ...]]:
    with FileRegister(register).reading() as reader:
        return asked(reader, sql)


def test_its_entry_has_the_key_and_no_more(register: Path, make: Make) -> None:
    before = tourism(register)
    assert before["reviewed_on"] is None
    receipt = make(unchanged())
    said = "id, record, ref, action, changes, note, evidence, key, key_digest, effective_on"
    assert rows(register, f"SELECT {said} FROM entry WHERE id > 30") == [
        (31, "commitment", "TOURISM", "reviewed", "{}", None, "[]", "k", "1" * 64, "2026-01-15")
    ]
    assert tourism(register) == {**before, "reviewed_on": "2026-01-15"}
    assert rows(register, "SELECT * FROM unchanged_key") == []
    assert (receipt.applied, receipt.unchanged, receipt.skipped) == (0, 1, 0)
    assert [(outcome.action, outcome.entry) for outcome in receipt.outcomes] == [(None, None)]
    assert [(receipt.head,)] == rows(register, "SELECT hash FROM entry WHERE id = 31")
    with FileRegister(register).reading() as reader:
        assert audit.check(reader).faults == []


def test_a_line_without_a_key_leaves_no_entry(register: Path, make: Make) -> None:
    make(Change("update", "TOURISM", fields={"parties": "both"}))
    assert rows(register, "SELECT max(id) FROM entry") == [(30,)]


def test_its_key_is_known_and_its_content_compared(make: Make) -> None:
    make(unchanged())
    assert make(unchanged()).skipped == 1
    with pytest.raises(Refused, match="used before with other content"):
        make(Change("update", "TOURISM", note="n", key="k", key_digest="2" * 64))


def test_a_key_of_an_earlier_schema_is_known_too(register: Path, make: Make) -> None:
    execute(
        register,
        f"INSERT INTO unchanged_key VALUES ('k', '{'1' * 64}', 'h' )".replace("'h'", f"'{'0' * 64}'"),
    )
    assert make(unchanged()).skipped == 1


def test_a_later_change_may_take_effect_before_its_day(register: Path, make: Make) -> None:
    make(unchanged())
    make(Change("update", "TOURISM", fields={"due": "2027"}, effective_on="2025-06-01"))
    with FileRegister(register).reading() as reader:
        assert audit.check(reader).faults == []


def test_an_undo_of_it_frees_its_key(register: Path, make: Make) -> None:
    make(Change("update", "TOURISM", fields={"due": "2027"}))
    make(unchanged())
    (outcome,) = undo(register).outcomes
    assert (outcome.ref, outcome.action, outcome.retracts) == ("TOURISM", "undone", (32,))
    assert make(unchanged()).unchanged == 1
    with FileRegister(register).reading() as reader:
        assert audit.check(reader).faults == []


def test_an_undo_of_a_batch_frees_all_its_keys(register: Path, make: Make) -> None:
    make(unchanged(), Change("update", "HYDROGEN", fields={"due": "2030"}, key="l", key_digest="2" * 64))
    assert [outcome.ref for outcome in undo(register).outcomes] == ["TOURISM", "HYDROGEN"]
    assert make(unchanged()).unchanged == 1


def test_a_listing_made_before_it_is_as_good_as_one_made_after(register: Path, make: Make) -> None:
    def edited(newest: str, due: str = "2027") -> Change:
        cells = {"newest_entry": newest, "reviewed_on": ""}
        return Change("update", "TOURISM", fields={"due": due}, derived=cells)

    ((before,),) = rows(register, "SELECT max(id) FROM entry WHERE ref = 'TOURISM'")
    make(unchanged())
    for wrong in (str(before - 1), "32", "0", "x", f"0{before}"):
        with pytest.raises(Refused, match="it was changed since the listing"):
            make(edited(wrong))
    make(edited(str(before)))
    with pytest.raises(Refused, match="it was changed since the listing"):
        make(edited("31", "2028"))


def test_one_deleted_or_planted_is_found(register: Path, make: Make) -> None:
    make(unchanged("k"), unchanged("l"))
    (kept,) = rows(register, "SELECT * FROM entry WHERE id = 32")
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entry_no_delete")
        connection.execute("DELETE FROM entry WHERE id = 31")
        assert (
            "entry 31 is missing: entry 32 stands in its place" in audit.check(FileReader(connection)).faults
        )
        connection.execute("DELETE FROM entry WHERE id = 32")
        planted = (31, *kept[1:])
        connection.execute("DROP TRIGGER entry_append")
        connection.execute(f"INSERT INTO entry VALUES ({', '.join('?' * len(planted))})", planted)
        assert (
            "entry 31 does not follow entry 30: its previous hash is another"
            in audit.check(FileReader(connection)).faults
        )


def test_old_keys_are_counted_by_check(register: Path, ksmy: Ksmy) -> None:
    assert "unchanged key" not in ksmy("check").out
    from ksmy_tracker.domain.chain import key_hash

    digest = "1" * 64
    execute(register, f"INSERT INTO unchanged_key VALUES ('k', '{digest}', '{key_hash('k', digest)}')")
    assert ", 30 entries, 1 unchanged key; head " in ksmy("check").out


def test_no_report_or_calendar_takes_it_for_news_but_for_its_being_looked_at(
    ksmy: Ksmy, tmp_path: Path
) -> None:
    before = [ksmy("report", "--format", "json").out, ksmy("export", "--format", "ics").out]
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"ref": "TOURISM", "parties": "both", "key": "k"}\n')
    assert ksmy("apply", str(batch)).err == "ksmy: applied 0, unchanged 1, skipped 0\n"
    after = [ksmy("report", "--format", "json").out, ksmy("export", "--format", "ics").out]

    def without_head(report: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(report)
        del found["head"]
        return found

    then, now = without_head(before[0]), without_head(after[0])
    then["quiet"] = [one for one in then["quiet"] if one["ref"] != "TOURISM"]
    assert now == {**then, "quiet_count": then["quiet_count"] - 1}
    assert after[1] == before[1]
    assert [line.split("\t")[4] for line in ksmy("history", "TOURISM", "--format", "tsv").out.splitlines()][
        -1
    ] == "reviewed"
