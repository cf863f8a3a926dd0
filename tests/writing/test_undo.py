"""Undo on the write side: the opposite of an invocation, and when it is refused."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.domain.rows import Day, EntryRow, Filters
from ksmy_tracker.errors import NotFound, Refused, Usage
from ksmy_tracker.reading import check as audit
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment as commitment_of
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Reader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing import undo as undoing
from ksmy_tracker.writing.record import Recording
from tests.conftest import NOW, asked

TODAY = date(2026, 1, 15)


@dataclass(frozen=True)
class Desk:
    """A register, and what the tests do with it; every change leaves it sound."""

    location: FileRegister

    def make(self, *changes: Change, today: date = TODAY, invocation: str | None = None) -> str:
        more: Any = {} if invocation is None else {"invocation": invocation}
        recording = Recording("desk", NOW, today, **more)
        return self._do(lambda session: write_side.record(session, changes, recording)).invocation

    def undo(self, wanted: str | None = None, *, today: date = TODAY, dry_run: bool = False) -> Receipt:
        recording = Recording("desk", NOW, today)
        return self._do(
            lambda session: undoing.undo(session, wanted, recording, dry_run=dry_run), dry_run=dry_run
        )

    def _do(self, action: Callable[[Any], Receipt], *, dry_run: bool = False) -> Receipt:
        with self.location.writing(0, dry_run=dry_run) as session:
            receipt = action(session)
        with self.location.reading() as reader:
            assert audit.check(reader).faults == []
        return receipt

    def show(self, ref: str, on: date = TODAY) -> Commitment:
        with self.location.reading() as reader:
            row = commitment_of(Snapshot(reader, Day(on)), ref)
        assert row is not None
        return row

    def record(self, ref: str) -> dict[str, Any]:
        """All of a stored record but what counts its entries."""
        kind = "milestone" if "/" in ref else "commitment"
        with self.location.reading() as reader:
            ((found, *_),) = asked(
                reader,
                f"SELECT json_object({self._pairs(reader, kind)}) FROM {kind} WHERE ref = '{ref}'",
            )
        stored: dict[str, Any] = json.loads(found)
        del stored["updated_on"], stored["evidence"]
        return stored

    @staticmethod
    def _pairs(reader: Reader, kind: str) -> str:
        names = [name for (name,) in asked(reader, f"SELECT name FROM pragma_table_info('{kind}')")]
        return ", ".join(f"'{name}', {name}" for name in names)

    def refs(self, on: date = TODAY, *, withdrawn: bool = False) -> set[str]:
        with self.location.reading() as reader:
            snapshot = Snapshot(reader, Day(on))
            promised = commitments(snapshot, Filters(withdrawn=withdrawn))
            instruments = agreements(snapshot, withdrawn=withdrawn)
        return {row.ref for row in promised} | {row.ref for row in instruments}

    def entries(self, ref: str) -> list[EntryRow]:
        with self.location.reading() as reader:
            return [row for row in entries(Snapshot(reader, Day(date.max)), ref=ref) if row.ref == ref]

    def head(self) -> str | None:
        with self.location.reading() as reader:
            return Snapshot(reader, Day(date.max)).head()


@pytest.fixture
def desk(register: Path) -> Desk:
    return Desk(FileRegister(register))


def update(ref: str, *, on: str | None = None, note: str | None = None, **fields: Any) -> Change:
    return Change("update", ref, fields=fields, effective_on=on, note=note)


def commitment(ref: str, agreement: str = "FTA", **fields: Any) -> Change:
    given = {"title": "A promise", "agreement": agreement, "sector": "trade", "firmness": "agreed", **fields}
    return Change("add", ref, record="commitment", fields=given)


def agreement(ref: str, **fields: Any) -> Change:
    given = {"title": "A treaty", "kind": "treaty", "stage": "signed", **fields}
    return Change("add", ref, record="agreement", fields=given)


def milestone(ref: str, **fields: Any) -> Change:
    return Change("add", ref, record="milestone", fields={"title": "A step", **fields})


# Each kind of change


CHANGES: list[list[Change]] = [
    [update("FTA-CONCLUDE", status="completed")],
    [update("FTA-CONCLUDE", due="2027")],
    [update("FTA-CONCLUDE", due=None)],
    [update("FTA-SCOPE", due="2027")],
    [update("FTA-CONCLUDE", title="New", detail=None, sector="tourism", parties="KR", verifiable=False)],
    [update("DEFENCE-INDUSTRY", agreement="FTA")],
    [update("FTA-CONCLUDE", status="completed", due="2026"), update("FTA-CONCLUDE", due="2027")],
    [update("FTA-CONCLUDE/2", state="met", due="2026", title="New")],
    [update("FTA-CONCLUDE/2", state="partially-met"), update("FTA-CONCLUDE/2", state="not-met")],
]


@pytest.mark.parametrize("changes", CHANGES, ids=range(len(CHANGES)))
def test_an_undone_change_leaves_its_record_as_it_was(desk: Desk, changes: list[Change]) -> None:
    ref = changes[0].ref
    before = desk.record(ref)
    desk.make(*changes)
    assert desk.record(ref) != before
    (outcome,) = desk.undo().outcomes
    assert (outcome.ref, outcome.action) == (ref, "undone")
    assert desk.record(ref) == before


def test_an_undo_is_an_entry_with_the_opposite_of_the_change(desk: Desk) -> None:
    invocation = desk.make(update("FTA-CONCLUDE", status="completed", due="2026"))
    receipt = desk.undo()
    (*_, entry) = desk.entries("FTA-CONCLUDE")
    assert entry.action == "undone"
    assert entry.changes == {
        "status": ("completed", "in-progress"),
        "due": ("2026", "2025"),
        "completed_on": ("2026-01-15", None),
        "completed_due": ("2026", None),
    }
    assert entry.note == f"undoes invocation {invocation}"
    assert entry.invocation == receipt.invocation != invocation
    assert entry.actor == "desk"
    assert receipt.head == desk.head() == entry.hash


def test_several_changes_of_one_field_are_undone_in_one_step(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), update("FTA-CONCLUDE", firmness="hoped"))
    (outcome,) = desk.undo().outcomes
    assert outcome.changes == {"firmness": ("hoped", "committed")}


def test_an_undo_of_an_agreement_s_change_gives_it_back_its_stage(desk: Desk) -> None:
    desk.make(update("FTA", stage="concluded"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.record, outcome.changes) == ("agreement", {"stage": ("concluded", "negotiating")})


def test_reopening_by_undo_needs_no_note(desk: Desk) -> None:
    desk.make(update("TOURISM", status="cancelled"))
    desk.undo()
    assert desk.show("TOURISM").status == "in-progress"


def test_what_came_to_nothing_within_an_invocation_is_not_undone(desk: Desk) -> None:
    desk.make(
        update("FTA-CONCLUDE", firmness="agreed"),
        update("FTA-CONCLUDE", firmness="committed"),
        update("TOURISM", due="2027"),
    )
    (outcome,) = desk.undo().outcomes
    assert outcome.ref == "TOURISM"


def test_an_undo_takes_effect_today_or_with_the_newest_entry(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", status="completed", on="2025-11-01"))
    desk.undo()
    assert desk.entries("FTA-CONCLUDE")[-1].effective_on == "2026-01-15"
    desk.make(update("TOURISM", due="2027"), today=TODAY + timedelta(days=1))
    desk.undo()
    assert desk.entries("TOURISM")[-1].effective_on == "2026-01-16"


# Which invocation


def test_the_newest_invocation_is_undone_unless_another_is_named(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", firmness="agreed"))
    desk.make(update("TOURISM", due="2027"))
    desk.undo(first)
    assert (desk.show("FTA-CONCLUDE").firmness, desk.show("TOURISM").due) == ("committed", "2027")
    desk.make(update("HYDROGEN", due="2030"))
    desk.undo()
    assert desk.show("HYDROGEN").due is None


def test_the_beginning_of_an_invocation_is_enough(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), invocation="beef" + "0" * 28)
    desk.make(update("TOURISM", due="2026"), invocation="bead" + "0" * 28)
    desk.undo("beef")
    assert (desk.show("FTA-CONCLUDE").firmness, desk.show("TOURISM").due) == ("committed", "2026")


def test_an_ambiguous_beginning_is_refused(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), invocation="beef0" + "0" * 27)
    desk.make(update("TOURISM", due="2026"), invocation="beef1" + "0" * 27)
    with pytest.raises(Usage, match=r"^several invocations begin with beef; give more of it$"):
        desk.undo("beef")


@pytest.mark.parametrize("wanted", ["", "b", "bee", "%", "99"])
def test_too_short_a_beginning_is_refused_even_where_one_invocation_alone_has_it(
    desk: Desk, wanted: str
) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), invocation="beef" + "0" * 28)
    head = desk.head()
    with pytest.raises(Usage, match=r"is too short for an invocation; give its first 4 characters or more"):
        desk.undo(wanted)
    assert desk.head() == head


def test_the_number_of_an_entry_is_not_taken_for_an_invocation(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", due="2026"), invocation="beef" + "0" * 28)
    with desk.location.reading() as reader:
        ((number,),) = asked(reader, "SELECT max(id) FROM entry")
    desk.make(update("TOURISM", due="2026"), invocation=f"{number}" + "f" * 28)
    head = desk.head()
    with pytest.raises(Usage, match=rf"^{number} is an entry, .* is undone with `ksmy undo beef0+`$"):
        desk.undo(str(number))
    assert desk.head() == head


def test_an_invocation_as_short_as_it_is_can_be_undone(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"), invocation="31")
    desk.undo("31")
    assert desk.show("TOURISM").due is None


@pytest.mark.parametrize("wanted", ["wxyz", "%%%%", "____", "0" * 64, "'" * 4])
def test_an_unknown_invocation_is_not_found(desk: Desk, wanted: str) -> None:
    with pytest.raises(
        NotFound, match=r"^there is no invocation .*; `ksmy history --format json` shows them$"
    ):
        desk.undo(wanted)


def test_an_empty_register_has_nothing_to_undo(desk: Desk, tmp_path: Path) -> None:
    empty = Desk(FileRegister(tmp_path / "empty.db"))
    with empty.location.creating():
        pass
    with pytest.raises(Refused, match=r"^the register has no entry; there is nothing to undo$"):
        empty.undo()


# When it is refused


def test_a_milestone_is_changed_by_a_command_of_its_own(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE/1", due="2026"))
    desk.make(update("FTA-CONCLUDE/1", due="2027"))
    with pytest.raises(
        Refused, match=r", or change FTA-CONCLUDE/1 with `ksmy milestone set FTA-CONCLUDE 1`$"
    ):
        desk.undo(first)


def test_a_later_change_of_the_same_field_stands_in_the_way(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", status="finalising", firmness="agreed"))
    second = desk.make(update("FTA-CONCLUDE", firmness="hoped"))
    head = desk.head()
    with pytest.raises(Refused) as refusal:
        desk.undo(first)
    assert str(refusal.value) == (
        f"entry 32 changed firmness of FTA-CONCLUDE later; undo its invocation {second} first, "
        "or change FTA-CONCLUDE with `ksmy update`"
    )
    assert desk.head() == head


def test_a_later_change_of_another_field_does_not(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", status="finalising"))
    desk.make(update("FTA-CONCLUDE", firmness="hoped", note="moved"))
    desk.undo(first)
    shown = desk.show("FTA-CONCLUDE")
    assert (shown.status, shown.firmness) == ("in-progress", "hoped")


def test_a_later_note_does_not(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", status="finalising"))
    desk.make(update("FTA-CONCLUDE", note="asked"))
    desk.undo(first)
    assert desk.show("FTA-CONCLUDE").status == "in-progress"


def test_one_record_that_stands_in_the_way_keeps_the_whole_invocation(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", firmness="agreed"), update("TOURISM", due="2026"))
    desk.make(update("FTA-CONCLUDE", firmness="hoped"))
    with pytest.raises(Refused, match="changed firmness of FTA-CONCLUDE later"):
        desk.undo(first)
    assert desk.show("TOURISM").due == "2026"


def test_what_stood_in_the_way_and_was_undone_no_longer_does(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", firmness="agreed"))
    second = desk.make(update("FTA-CONCLUDE", firmness="hoped"))
    third = desk.make(update("FTA-CONCLUDE", firmness="signed"))
    for invocation in (third, second, first):
        desk.undo(invocation)
    assert desk.show("FTA-CONCLUDE").firmness == "committed"


def test_an_add_can_be_undone_once_its_updates_are(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    updated = desk.make(update("NEW", status="completed"))
    with pytest.raises(Refused, match="changed status of NEW later"):
        desk.undo(added)
    desk.undo(updated)
    desk.undo(added)
    assert "NEW" not in desk.refs()


@pytest.mark.parametrize("evidence", [(), ("SBS News",)])
def test_a_note_or_evidence_alone_stays(desk: Desk, evidence: tuple[str, ...]) -> None:
    invocation = desk.make(Change("update", "FTA-CONCLUDE", note="asked", evidence=evidence))
    head = desk.head()
    with pytest.raises(Refused) as refusal:
        desk.undo()
    assert str(refusal.value) == (
        f"invocation {invocation} only added notes or evidence, which stay; nothing to undo"
    )
    assert desk.head() == head


def test_the_notes_of_an_invocation_stay_when_its_changes_are_undone(desk: Desk) -> None:
    desk.make(update("TOURISM", note="asked"), update("FTA-CONCLUDE", firmness="agreed"))
    (outcome,) = desk.undo().outcomes
    assert outcome.ref == "FTA-CONCLUDE"
    assert desk.entries("TOURISM")[-1].note == "asked"


# What was added is withdrawn


def test_an_undone_add_is_withdrawn(desk: Desk) -> None:
    desk.make(commitment("NEW"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.ref, outcome.action, outcome.changes) == (
        "NEW",
        "withdrawn",
        {"withdrawn": (False, True)},
    )
    assert "NEW" not in desk.refs()
    assert "NEW" in desk.refs(withdrawn=True)
    assert desk.show("NEW").withdrawn
    assert [entry.action for entry in desk.entries("NEW")] == ["created", "withdrawn"]


@pytest.mark.parametrize("again", [commitment("NEW"), agreement("NEW")])
def test_a_withdrawn_ref_stays_taken(desk: Desk, again: Change) -> None:
    desk.make(commitment("NEW"))
    desk.undo()
    with pytest.raises(
        Refused, match=r"^there is already a commitment NEW; it was withdrawn and keeps its ref"
    ):
        desk.make(again)


@pytest.mark.parametrize(
    "change",
    [
        update("NEW", status="completed"),
        update("NEW", note="n"),
        milestone("NEW"),
        update("NEW/1", state="met"),
    ],
)
def test_what_is_withdrawn_is_not_changed(desk: Desk, change: Change) -> None:
    desk.make(commitment("NEW"), milestone("NEW"))
    gone = desk.undo().invocation
    desk.make(update("TOURISM", due="2029"))
    with pytest.raises(
        Refused, match=rf"is withdrawn; bring it back with `ksmy undo {gone}` (first|before )"
    ):
        desk.make(change)
    desk.undo(gone)
    desk.make(change)


def test_the_undo_that_is_advised_is_the_newest_that_withdrew_it(desk: Desk) -> None:
    desk.make(commitment("NEW"))
    desk.undo(desk.undo().invocation)
    with pytest.raises(Refused, match="there is already a commitment NEW"):
        desk.make(commitment("NEW"))
    gone = desk.undo(desk.undo(desk.entries("NEW")[0].invocation).invocation)
    assert gone.outcomes[0].action == "restored"
    last = desk.undo(desk.entries("NEW")[0].invocation).invocation
    with pytest.raises(Refused, match=rf"`ksmy undo {last}`"):
        desk.make(update("NEW", note="n"))


def test_nothing_new_belongs_to_what_is_withdrawn(desk: Desk) -> None:
    desk.make(agreement("TREATY"))
    desk.undo()
    with pytest.raises(Refused, match=r"^TREATY is withdrawn; "):
        desk.make(commitment("NEW", "TREATY"))
    with pytest.raises(Refused, match=r"^TREATY is withdrawn; "):
        desk.make(update("FTA-CONCLUDE", agreement="TREATY"))


def test_a_withdrawn_milestone_keeps_its_number(desk: Desk) -> None:
    desk.make(milestone("FTA-CONCLUDE"))
    desk.undo()
    desk.make(milestone("FTA-CONCLUDE"))
    assert [entry.action for entry in desk.entries("FTA-CONCLUDE/6")] == ["created", "withdrawn"]
    assert [entry.action for entry in desk.entries("FTA-CONCLUDE/7")] == ["created"]
    assert desk.show("FTA-CONCLUDE").milestones == 6


def test_nothing_is_withdrawn_from_under_what_belongs_to_it(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    added = desk.make(commitment("NEW", "TREATY"))
    stepped = desk.make(milestone("NEW"))
    with pytest.raises(
        Refused, match=rf"^NEW belongs to TREATY; undo what added that first with `ksmy undo {added}`$"
    ):
        desk.undo(treaty)
    with pytest.raises(
        Refused, match=rf"^NEW/1 belongs to NEW; undo what added that first with `ksmy undo {stepped}`$"
    ):
        desk.undo(added)
    for invocation in (stepped, added, treaty):
        desk.undo(invocation)
    assert not {"NEW", "TREATY"} & desk.refs()


def test_what_was_moved_elsewhere_no_longer_belongs_to_it(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    desk.make(commitment("NEW", "TREATY"))
    desk.make(update("NEW", agreement="FTA"))
    desk.undo(treaty)
    assert "TREATY" not in desk.refs()


def test_an_undo_does_not_move_anything_back_under_what_is_withdrawn(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    desk.make(commitment("NEW", "TREATY"))
    moved = desk.make(update("NEW", agreement="FTA"))
    desk.undo(treaty)
    with pytest.raises(Refused, match=r"TREATY is withdrawn|TREATY, .* is withdrawn"):
        desk.undo(moved)
    assert desk.show("NEW").agreement == "FTA"


def test_a_record_is_withdrawn_once(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    desk.undo()
    with pytest.raises(Refused, match=r"^NEW is withdrawn already; nothing to undo$"):
        desk.undo(added)


def test_a_commitment_comes_back_only_under_an_agreement_that_is_there(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    desk.make(commitment("NEW", "TREATY"))
    gone = desk.undo().invocation
    first = desk.undo(treaty).invocation
    said = rf"^TREATY, to which NEW belongs, is withdrawn; restore that first with `ksmy undo {first}`$"
    with pytest.raises(Refused, match=said):
        desk.undo(gone)


# Undoing an undo


def test_an_undo_can_be_undone_again_and_again(desk: Desk) -> None:
    original = desk.record("FTA-CONCLUDE")
    desk.make(update("FTA-CONCLUDE", status="completed", due="2026"))
    changed = desk.record("FTA-CONCLUDE")
    for _ in range(3):
        desk.undo()
        assert desk.record("FTA-CONCLUDE") == original
        desk.undo()
        assert desk.record("FTA-CONCLUDE") == changed


def test_a_withdrawn_record_comes_back_again_and_again(desk: Desk) -> None:
    desk.make(agreement("TREATY"), commitment("NEW", "TREATY", due="2027"), milestone("NEW"))
    before = desk.record("NEW")
    for _ in range(3):
        assert {outcome.action for outcome in desk.undo().outcomes} == {"withdrawn"}
        assert not {"NEW", "TREATY"} & desk.refs()
        assert {outcome.action for outcome in desk.undo().outcomes} == {"restored"}
        assert {"NEW", "TREATY"} <= desk.refs()
        assert desk.record("NEW") == before
    desk.make(update("NEW/1", state="met"))
    assert desk.show("NEW").milestones_met == 1


def test_an_undo_that_was_undone_stands_in_the_way_of_itself(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"))
    undone = desk.undo().invocation
    desk.undo()
    with pytest.raises(Refused, match="changed firmness of FTA-CONCLUDE later"):
        desk.undo(undone)


# Whole batches


def test_a_whole_batch_is_undone(desk: Desk) -> None:
    refs = ("FTA-CONCLUDE", "TOURISM", "FTA-CONCLUDE/1", "FTA-CONCLUDE/2")
    before = [desk.record(ref) for ref in refs], desk.refs()
    desk.make(
        agreement("TREATY"),
        commitment("NEW", "TREATY"),
        milestone("NEW"),
        update("NEW/1", state="met"),
        update("FTA-CONCLUDE", firmness="agreed"),
        update("FTA-CONCLUDE/1", state="met"),
        milestone("FTA-CONCLUDE"),
        update("FTA-CONCLUDE/2", state="not-met"),
        update("FTA-CONCLUDE", status="completed"),
        update("TOURISM", status="cancelled"),
        update("HYDROGEN", note="asked"),
    )
    receipt = desk.undo()
    assert ([desk.record(ref) for ref in refs], desk.refs()) == before
    assert len(receipt.outcomes) == 8


@pytest.mark.parametrize("early", [True, False])
def test_an_agreement_added_with_what_was_moved_to_it_is_undone(desk: Desk, early: bool) -> None:
    note = [update("DEFENCE-INDUSTRY", note="first in the batch")] if early else []
    desk.make(*note, agreement("TREATY"), update("DEFENCE-INDUSTRY", agreement="TREATY"))
    desk.undo()
    assert desk.show("DEFENCE-INDUSTRY").agreement == "SP-2024"
    assert "TREATY" not in desk.refs()
    desk.undo()
    assert desk.show("DEFENCE-INDUSTRY").agreement == "TREATY"
    assert "TREATY" in desk.refs()


def test_a_batch_larger_than_what_is_read_at_once_is_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 3)
    added = [
        change for number in range(7) for change in (commitment(f"NEW-{number}"), milestone(f"NEW-{number}"))
    ]
    before = desk.refs()
    desk.make(agreement("TREATY"), *added, update("FTA-CONCLUDE", firmness="agreed"))
    assert len(desk.undo().outcomes) == 16
    assert desk.refs() == before
    assert desk.show("FTA-CONCLUDE").firmness == "committed"
    assert len(desk.undo().outcomes) == 16
    assert len(desk.refs()) == len(before) + 8


# Trying, and looking back


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(desk: Desk) -> None:
    desk.make(commitment("NEW"), update("FTA-CONCLUDE", firmness="agreed"))
    head, content = desk.head(), desk.location.path.read_bytes()
    tried = desk.undo(dry_run=True)
    assert [(outcome.ref, outcome.action) for outcome in tried.outcomes] == [
        ("FTA-CONCLUDE", "undone"),
        ("NEW", "withdrawn"),
    ]
    assert tried.head == head
    assert desk.location.path.read_bytes() == content
    assert [outcome.changes for outcome in desk.undo().outcomes] == [one.changes for one in tried.outcomes]


def test_the_past_is_as_it_was_before_the_undo_and_after_it(desk: Desk) -> None:
    added, moved, undone = (date(2026, 1, day) for day in (15, 20, 25))
    desk.make(commitment("NEW"), today=added)
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), today=moved)
    desk.undo(today=undone)
    by_id = desk.entries("NEW")[0].invocation
    desk.undo(by_id, today=undone)
    day = timedelta(days=1)
    for on, firmness, there in [
        (added - day, "committed", False),
        (added, "committed", True),
        (moved, "agreed", True),
        (undone - day, "agreed", True),
        (undone, "committed", False),
        (undone + day, "committed", False),
    ]:
        assert desk.show("FTA-CONCLUDE", on).firmness == firmness, on
        assert ("NEW" in desk.refs(on)) is there, on
