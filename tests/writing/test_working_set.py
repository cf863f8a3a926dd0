"""What a chunk of changes must know, and how it follows the entries that are made of them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ksmy_tracker.domain.chain import Entry, NewEntry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import FORMER_PARTIES, Record
from ksmy_tracker.domain.rules import Missing, Withdrawn
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.errors import Refused
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.chain_end import ChainEnd
from ksmy_tracker.writing.record import record
from ksmy_tracker.writing.undo import redo, undo
from ksmy_tracker.writing.working_set import WorkingSet
from tests.writing.changing import TODAY, adding, entries, make_in, recording, updating

LAST = 30


@pytest.fixture
def transaction(register: Path) -> Iterator[Transaction]:
    with FileRegister(register).writing() as transaction:
        yield transaction


@pytest.fixture
def working_set(transaction: Transaction) -> WorkingSet:
    return WorkingSet(transaction, LAST, TODAY)


def listed(path: Path, *refs: str) -> list[Listed]:
    lines = [Change("update", ref, derived={"milestones": "0"}) for ref in refs]
    with FileRegister(path).writing(dry_run=True) as transaction:
        working_set = WorkingSet(transaction, len(entries(path)), TODAY)
        working_set.load(lines)
        return [working_set.about(line).listed for line in lines]


def test_a_change_is_about_its_record_and_what_that_is_to_belong_to(working_set: WorkingSet) -> None:
    change = updating("HYDROGEN", agreement="FTA")
    working_set.load([change])
    known = working_set.about(change)
    assert known.record is working_set.records["HYDROGEN"]
    assert known.named == {"FTA": working_set.records["FTA"]}
    assert known.day == "2026-01-15"


def test_a_milestone_comes_with_its_commitment(working_set: WorkingSet) -> None:
    change = updating("FTA-CONCLUDE/2", state="met")
    working_set.load([change])
    known = working_set.about(change)
    assert (known.record, known.named["FTA-CONCLUDE"]) == (
        working_set.records["FTA-CONCLUDE/2"],
        working_set.records["FTA-CONCLUDE"],
    )


def test_new_milestones_are_numbered_on_from_those_that_are_there(working_set: WorkingSet) -> None:
    changes = [adding(ref, "milestone") for ref in ("FTA-CONCLUDE", "TOURISM", "FTA-CONCLUDE", "NOWHERE")]
    working_set.load(changes)
    assert [working_set.about(change).number for change in changes] == [6, 1, 7, 0]
    working_set.load(changes)
    assert working_set.about(changes[0]).number == 8


def test_milestones_are_counted_without_those_undone(register: Path) -> None:
    def counts() -> list[tuple[int, int]]:
        return [(one.milestones_met, one.milestones) for one in listed(register, "FTA-CONCLUDE", "TOURISM")]

    assert counts() == [(0, 5), (0, 0)]
    make_in(
        register, updating("FTA-CONCLUDE/1", state="met"), updating("FTA-CONCLUDE/2", state="partially-met")
    )
    make_in(
        register,
        adding("FTA-CONCLUDE", "milestone", fields={"title": "A step", "state": "met"}),
        adding("TOURISM", "milestone"),
        invocation="two",
    )
    assert counts() == [(2, 6), (0, 1)]
    with FileRegister(register).writing() as transaction:
        undo(transaction, None, recording(invocation="three"))
    assert counts() == [(1, 5), (0, 0)]


def test_the_newest_entry_is_that_of_a_commitment_or_its_milestones(register: Path) -> None:
    make_in(register, updating("FTA-CONCLUDE/1", note="x"), updating("TOURISM", note="x"))
    make_in(register, updating("TOURISM", sector="tourism", key="k", key_digest="d" * 64), invocation="two")
    about_fta, about_tourism = listed(register, "FTA-CONCLUDE", "TOURISM")
    assert (about_fta.said, about_fta.newest_entry) == (31, 31)
    assert (about_tourism.said, about_tourism.newest_entry) == (32, 33)


def test_what_a_listing_shows_is_that_before_the_first_change(
    transaction: Transaction, working_set: WorkingSet
) -> None:
    record(transaction, [updating("TOURISM", note="x"), adding("TOURISM", "milestone")], recording())
    line = Change("update", "TOURISM", derived={"newest_entry": "1"})
    working_set.load([line])
    before = working_set.about(line).listed
    assert 0 < before.newest_entry <= LAST
    record(transaction, [adding("TOURISM", "milestone")], recording(invocation="two"))
    working_set.load([line])
    assert working_set.about(line).listed == before


def test_a_key_is_known_from_the_first_change_that_has_it(working_set: WorkingSet) -> None:
    one, other = (updating("TOURISM", note="x", key="k", key_digest=digest * 64) for digest in "ab")
    working_set.load([one, other])
    assert [working_set.about(change).key_digest for change in (one, other)] == [None, "a" * 64]
    working_set.load([one])
    assert working_set.about(one).key_digest == "a" * 64


def test_a_new_sector_is_known_to_the_next_change(working_set: WorkingSet) -> None:
    changes = [
        updating("TOURISM", sector="touris"),
        updating("TOURISM", sector="touris", new=("sector",)),
        updating("TOURISM", sector="touris"),
        updating("TOURISM", sector="quantum"),
        updating("TOURISM", sector="quantums"),
    ]
    working_set.load(changes)
    assert [working_set.about(change).near for change in changes] == [
        ("sector", "touris", "tourism"),
        None,
        None,
        None,
        ("sector", "quantums", "quantum"),
    ]


def test_a_record_follows_its_entries_and_is_stored_as_they_leave_it(working_set: WorkingSet) -> None:
    change = updating("HYDROGEN", note="x")
    working_set.load([change])
    working_set.follow(
        Entry(
            id=31,
            invocation="one",
            key=None,
            key_digest=None,
            recorded_at="2026-01-15T00:00:00.000000Z",
            effective_on="2026-01-15",
            actor="kim",
            record="commitment",
            ref="HYDROGEN",
            action="updated",
            changes={"due": (None, "2027")},
            note=None,
            evidence=(),
            previous_hash=None,
        )
    )
    working_set.store(most=1)
    assert working_set.records, "there are no more than that"
    working_set.store()
    assert not working_set.records
    working_set.load([change])
    record = working_set.about(change).record
    assert record is not None
    assert getattr(record, "due_latest", None) == "2027-12-31"


def test_a_refusal_is_explained_by_what_the_register_has(working_set: WorkingSet) -> None:
    explained = working_set.explained
    assert str(explained(Missing("TOURISMS"))) == "there is no record TOURISMS; did you mean TOURISM?"
    assert "FTA?" in str(explained(Missing("FTAA", "agreement")))
    other = Refused("no")
    assert explained(other) is other


def test_what_is_withdrawn_is_brought_back_by_the_undo_that_withdrew_it(
    register: Path, transaction: Transaction
) -> None:
    # As earlier versions wrote it.
    end = ChainEnd(transaction, invocation="back", recorded_at="2026-01-15T00:00:00.000000Z", actor="kim")
    for ref in ("TOURISM", "HYDROGEN"):
        end.append(NewEntry("commitment", ref, "withdrawn", "2026-01-15", {"withdrawn": (False, True)}))
    end.store()
    working_set = WorkingSet(transaction, 32, TODAY)
    assert str(working_set.explained(Withdrawn("TOURISM", "first"))) == (
        "TOURISM is withdrawn; bring it back with `ksmy undo back` first"
    )


# Late changes


def test_a_late_change_finds_the_record_as_it_was_on_its_day(register: Path) -> None:
    make_in(register, updating("TOURISM", status="finalising", effective_on="2025-10-26"))
    with FileRegister(register).writing(dry_run=True) as transaction:
        working_set = WorkingSet(transaction, 31, TODAY)
        late, on_its_day, now = (
            updating("TOURISM", note="x", effective_on=day) for day in ("2025-10-25", "2025-10-26", None)
        )
        working_set.load([late, on_its_day, now])
        assert [
            (known.day, status(known.record), status(known.latest))
            for known in map(working_set.about, (late, on_its_day, now))
        ] == [
            ("2025-10-25", "in-progress", "finalising"),
            ("2025-10-26", "finalising", "finalising"),
            ("2026-01-15", "finalising", "finalising"),
        ]


def status(record: Record | None) -> str | None:
    return getattr(record, "status", None)


def test_an_entry_that_is_dated_ahead_is_no_newest_day(register: Path) -> None:
    make_in(register, updating("TOURISM", status="finalising"), today=date(2099, 1, 1))
    change = updating("TOURISM", note="x")
    with FileRegister(register).writing(dry_run=True) as transaction:
        working_set = WorkingSet(transaction, 31, TODAY)
        working_set.load([change])
        known = working_set.about(change)
    assert (known.day, status(known.record), status(known.latest)) == (
        "2026-01-15",
        "in-progress",
        "finalising",
    )


@pytest.mark.parametrize("day", ["2025-06-01", "2025-10-26"])
def test_since_when_what_is_said_to_have_happened_is_so_is_known(register: Path, day: str) -> None:
    make_in(register, updating("TOURISM", status="completed", effective_on="2025-10-26"))
    make_in(register, updating("TOURISM", note="x"), invocation="two")
    again = updating("TOURISM", status="completed", effective_on=day)
    other = updating("TOURISM", status="cancelled", effective_on=day)
    with FileRegister(register).writing(dry_run=True) as transaction:
        working_set = WorkingSet(transaction, 32, TODAY)
        working_set.load([again, other])
        assert [working_set.about(change).since for change in (again, other)] == [("2025-10-26", 31), None]


def test_the_key_of_what_was_undone_is_not_known(register: Path) -> None:
    said = {"key": "k", "key_digest": "d" * 64}
    make_in(register, updating("TOURISM", note="x", **said))
    change = updating("TOURISM", note="y", **{**said, "key_digest": "e" * 64})

    def known() -> str | None:
        with FileRegister(register).writing(dry_run=True) as transaction:
            working_set = WorkingSet(transaction, 99, TODAY)
            working_set.load([change])
            return working_set.about(change).key_digest

    assert known() == "d" * 64
    with FileRegister(register).writing() as transaction:
        undo(transaction, None, recording(invocation="two"))
    assert known() is None
    with FileRegister(register).writing() as transaction:
        redo(transaction, recording(invocation="three"))
    assert known() == "d" * 64


def test_the_number_of_a_milestone_that_was_undone_is_free_again(register: Path) -> None:
    make_in(register, adding("FTA-CONCLUDE", "milestone"))
    with FileRegister(register).writing() as transaction:
        undo(transaction, None, recording(invocation="two"))
    with FileRegister(register).writing(dry_run=True) as transaction:
        working_set = WorkingSet(transaction, 32, TODAY)
        change = adding("FTA-CONCLUDE", "milestone")
        working_set.load([change])
        assert working_set.about(change).number == 6


def test_a_change_comes_with_the_bodies_that_it_names(
    working_set: WorkingSet, transaction: Transaction
) -> None:
    bodies = [
        adding(ref, "body", fields={"name": ref, "kind": "ministry"}) for ref in ("KR-MOTIE", "MY-MITI")
    ]
    record(transaction, bodies, recording())
    change = updating("HYDROGEN", leads=("MY-MITI", "NONE"), partners=("KR-MOTIE",), said_by="KR")
    working_set.load([change])
    # A register from before parties were records has them all the same.
    assert working_set.about(change).named == {
        **{ref: working_set.records[ref] for ref in ("MY-MITI", "KR-MOTIE")},
        "KR": FORMER_PARTIES["KR"],
    }


def test_a_body_s_day_is_the_first_on_which_it_is_named(
    working_set: WorkingSet, transaction: Transaction
) -> None:
    new = adding("MY-MITI", "body", fields={"name": "M", "kind": "ministry"}, effective_on="2026-01-10")
    record(transaction, [new], recording())
    change = updating("HYDROGEN", leads=("MY-MITI",), effective_on="2026-01-09")
    working_set.load([change])
    with pytest.raises(Refused, match="2026-01-09 is before MY-MITI was created"):
        working_set.about(change)


def test_a_new_topic_is_known_to_the_next_change_and_is_no_sector(working_set: WorkingSet) -> None:
    changes = [
        updating("TOURISM", topics=("hydrogen", "hydrogens")),
        updating("TOURISM", topics=("hydrogens",)),
        updating("TOURISM", topics=("hydrogens",), new=("topics",)),
        updating("TOURISM", topics=("수소", "hydrogens")),
        updating("TOURISM", topics=("touris",), sector="hydrogen"),
        updating("TOURISM", topics=("수소경제", "수소경재")),
    ]
    working_set.load(changes)
    assert [working_set.about(change).near for change in changes] == [
        ("topics", "hydrogens", "hydrogen"),
        ("topics", "hydrogens", "hydrogen"),
        None,
        None,
        None,
        ("topics", "수소경재", "수소경제"),
    ]


def test_what_is_missing_is_explained_by_the_nearest_of_its_kind(
    working_set: WorkingSet, transaction: Transaction
) -> None:
    record(transaction, [adding("TOURISM-BODY", "body", fields={"name": "T", "kind": "agency"})], recording())
    assert str(working_set.explained(Missing("TOURISM-BOD", "body"))).endswith("; did you mean TOURISM-BODY?")
    assert str(working_set.explained(Missing("TOURIS", "commitment"))).endswith("; did you mean TOURISM?")
