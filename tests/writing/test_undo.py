"""Undo and redo on the write side: which invocation is meant, and that nothing of it counts any more."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.errors import NotFound, Refused, Usage
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import undo as undoing
from tests.writing.desk import TODAY, Desk, agreement, commitment, milestone, update

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


def test_an_undo_is_an_entry_that_retracts_and_nothing_else(desk: Desk) -> None:
    invocation = desk.make(update("FTA-CONCLUDE", status="completed", due="2026", on="2025-11-01"))
    receipt = desk.undo()
    (*_, undone, entry) = desk.entries("FTA-CONCLUDE")
    assert (entry.action, entry.changes, entry.note, entry.evidence) == ("undone", {}, None, [])
    assert (entry.retracts, undone.retracted_by) == ([undone.id], entry.id)
    assert (entry.effective_on, entry.actor) == ("2026-01-15", "desk")
    assert entry.invocation == receipt.invocation != invocation
    assert receipt.head == desk.head() == entry.hash


def test_several_changes_of_one_record_are_undone_by_one_entry(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), update("FTA-CONCLUDE", firmness="hoped"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.changes, outcome.retracts) == ({"firmness": ("hoped", "committed")}, (31, 32))


def test_an_undo_of_an_agreement_s_change_gives_it_back_its_stage(desk: Desk) -> None:
    desk.make(update("FTA", stage="concluded"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.record, outcome.changes) == ("agreement", {"stage": ("concluded", "negotiating")})


def test_reopening_by_undo_needs_no_note(desk: Desk) -> None:
    desk.make(update("TOURISM", status="cancelled"))
    desk.undo()
    assert desk.show("TOURISM").status == "in-progress"


def test_what_came_to_nothing_within_an_invocation_is_undone_too(desk: Desk) -> None:
    desk.make(update("TOURISM", firmness="hoped"), update("TOURISM", firmness="committed", note="no"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.ref, outcome.retracts) == ("TOURISM", (31, 32))


@pytest.mark.parametrize("evidence", [(), ("SBS News",)])
def test_a_note_or_evidence_alone_is_undone(desk: Desk, evidence: tuple[str, ...]) -> None:
    before = desk.show("FTA-CONCLUDE")
    desk.make(Change("update", "FTA-CONCLUDE", note="asked", evidence=evidence))
    assert desk.show("FTA-CONCLUDE").updated_on == "2026-01-15"
    (outcome,) = desk.undo().outcomes
    assert (outcome.action, outcome.changes) == ("undone", {})
    after = desk.show("FTA-CONCLUDE")
    assert (after.updated_on, after.evidence) == (before.updated_on, before.evidence)


def test_a_later_change_of_the_same_field_does_not_stand_in_the_way(desk: Desk) -> None:
    first = desk.make(update("FTA-CONCLUDE", status="finalising", firmness="agreed"))
    desk.make(update("FTA-CONCLUDE", firmness="hoped"))
    desk.undo(first)
    shown = desk.show("FTA-CONCLUDE")
    assert (shown.status, shown.firmness) == ("in-progress", "hoped")


def test_undone_gives_the_day_back(desk: Desk) -> None:
    desk.make(update("TOURISM", status="completed"))
    desk.undo()
    desk.make(update("TOURISM", status="completed", on="2025-06-01"))
    shown = desk.show("TOURISM")
    assert (shown.completed_on, shown.deadline) == ("2025-06-01", "met")
    assert desk.show("TOURISM", date(2025, 7, 1)).status == "completed"


def test_what_was_undone_counts_on_no_day(desk: Desk) -> None:
    days = [TODAY - timedelta(days=ago) for ago in (0, 1, 200, 400)]
    before = [desk.show("FTA-CONCLUDE", day) for day in days]
    desk.make(update("FTA-CONCLUDE", status="completed", on="2025-06-01"))
    assert [desk.show("FTA-CONCLUDE", day).status for day in days[:2]] == ["completed", "completed"]
    desk.undo()
    after = [desk.show("FTA-CONCLUDE", day) for day in days]
    assert [(one.status, one.completed_on, one.updated_on) for one in after] == [
        (one.status, one.completed_on, one.updated_on) for one in before
    ]


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


def test_undo_steps_further_back(desk: Desk) -> None:
    before = desk.record("TOURISM")
    for due in ("2026", "2027", "2028"):
        desk.make(update("TOURISM", due=due))
    assert [desk.undo().outcomes[0].changes["due"] for _ in range(3)] == [
        ("2028", "2027"),
        ("2027", "2026"),
        ("2026", None),
    ]
    assert desk.record("TOURISM") == before


def test_undo_passes_over_undos_and_redos(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    desk.make(update("TOURISM", due="2027"))
    desk.undo()
    desk.redo()
    assert desk.undo().outcomes[0].changes == {"due": ("2027", "2026")}


def test_undo_passes_over_what_was_undone_by_name(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    named = desk.make(update("FTA-CONCLUDE", due="2027"))
    desk.undo(named)
    assert desk.undo().outcomes[0].ref == "TOURISM"


def test_an_entry_s_number_undoes_what_made_it(desk: Desk) -> None:
    desk.make(update("FTA-CONCLUDE", due="2026"), update("TOURISM", due="2026"))
    desk.make(update("HYDROGEN", due="2030"))
    assert [outcome.ref for outcome in desk.undo("31").outcomes] == ["FTA-CONCLUDE", "TOURISM"]


def test_a_number_that_an_invocation_begins_with_too_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "SHORTEST", 2)  # there are no thousands of entries here
    desk.make(update("FTA-CONCLUDE", due="2026"))
    desk.make(update("TOURISM", due="2026"), invocation="31" + "f" * 30)
    head = desk.head()
    with pytest.raises(Usage) as refused:
        desk.undo("31")
    assert str(refused.value) == "31 is an entry, and an invocation begins so; give more of the invocation"
    assert desk.head() == head


def test_an_invocation_as_short_as_it_is_can_be_undone(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"), invocation="31")
    desk.make(update("HYDROGEN", due="2026"), invocation="31" + "0" * 30)
    desk.undo("31")
    assert desk.show("TOURISM").due is None


@pytest.mark.parametrize("wanted", ["", "b", "bee", "%", "031", "0"])
def test_what_is_neither_an_entry_nor_long_enough_is_refused(desk: Desk, wanted: str) -> None:
    desk.make(update("FTA-CONCLUDE", firmness="agreed"), invocation="beef" + "0" * 28)
    head = desk.head()
    with pytest.raises(
        Usage, match=r"is neither an entry nor long enough for an invocation; give its first 4 "
    ):
        desk.undo(wanted)
    assert desk.head() == head


@pytest.mark.parametrize("wanted", ["wxyz", "%%%%", "____", "0" * 64, "'" * 4, "9999", "9" * 18, "9" * 40])
def test_an_unknown_invocation_is_not_found(desk: Desk, wanted: str) -> None:
    with pytest.raises(NotFound) as refused:
        desk.undo(wanted)
    named = "entry or invocation" if wanted == "9999" else "invocation"
    assert str(refused.value) == f"there is no {named} {wanted}; `ksmy undo --list` shows the newest"


def test_an_empty_register_has_nothing_to_undo_or_redo(tmp_path: Path) -> None:
    empty = Desk(FileRegister(tmp_path / "empty.db"))
    with empty.location.creating():
        pass
    with pytest.raises(Refused, match=r"^the register has no entry that counts; there is nothing to undo$"):
        empty.undo()
    with pytest.raises(Refused, match=r"^nothing is undone; there is nothing to redo$"):
        empty.redo()


def test_what_was_undone_is_not_undone_again(desk: Desk) -> None:
    first = desk.make(update("TOURISM", due="2026"))
    desk.undo()
    head = desk.head()
    with pytest.raises(Refused) as refused:
        desk.undo(first)
    assert str(refused.value) == f"invocation {first} was undone by entry 32 already; nothing to undo"
    assert desk.head() == head


# What was added is gone


def test_an_undone_add_is_gone_on_every_day_and_its_ref_is_free(desk: Desk) -> None:
    desk.make(commitment("NEW"))
    (outcome,) = desk.undo().outcomes
    assert (outcome.ref, outcome.action, outcome.changes, outcome.retracts) == ("NEW", "undone", {}, (31,))
    assert "NEW" not in desk.refs(withdrawn=True)
    assert [entry.action for entry in desk.entries("NEW")] == ["created", "undone"]
    desk.make(agreement("NEW"))
    assert "NEW" in desk.refs()


def test_an_undone_milestone_s_number_is_free(desk: Desk) -> None:
    desk.make(milestone("FTA-CONCLUDE"))
    desk.undo()
    desk.make(milestone("FTA-CONCLUDE"))
    assert [entry.action for entry in desk.entries("FTA-CONCLUDE/6")] == ["created", "undone", "created"]
    assert desk.show("FTA-CONCLUDE").milestones == 6


@pytest.mark.parametrize("change", [update("NEW", note="n"), milestone("NEW"), update("NEW/1", state="met")])
def test_what_is_gone_is_not_changed(desk: Desk, change: Change) -> None:
    desk.make(commitment("NEW"), milestone("NEW"))
    desk.undo()
    with pytest.raises(NotFound, match=r"^there is no (record|commitment) NEW"):
        desk.make(change)
    desk.redo()
    desk.make(change)


def test_the_keys_of_an_undone_batch_are_free(desk: Desk) -> None:
    def line(due: str, digest: str) -> Change:
        return Change("update", "TOURISM", fields={"due": due}, key="k", key_digest=digest * 64)

    desk.make(line("2062", "1"))
    desk.undo()
    desk.make(line("2026", "2"))
    assert desk.show("TOURISM").due == "2026"


# Redo


def test_redo_takes_back_the_newest_undo(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    desk.make(update("FTA-CONCLUDE", firmness="hoped"))
    done = desk.record("TOURISM"), desk.record("FTA-CONCLUDE")
    desk.undo()
    desk.undo()
    assert [outcome.ref for outcome in desk.redo().outcomes] == ["TOURISM"]
    (outcome,) = desk.redo().outcomes
    assert (outcome.ref, outcome.action, outcome.changes) == (
        "FTA-CONCLUDE",
        "restored",
        {"firmness": ("committed", "hoped")},
    )
    assert (desk.record("TOURISM"), desk.record("FTA-CONCLUDE")) == done
    with pytest.raises(Refused, match=r"^nothing is undone; there is nothing to redo$"):
        desk.redo()


def test_undo_and_redo_go_on_for_ever(desk: Desk) -> None:
    before = desk.record("FTA-CONCLUDE")
    desk.make(update("FTA-CONCLUDE", status="completed", due="2026"))
    after = desk.record("FTA-CONCLUDE")
    for _ in range(3):
        desk.undo()
        assert desk.record("FTA-CONCLUDE") == before
        desk.redo()
        assert desk.record("FTA-CONCLUDE") == after


def test_an_undo_that_is_named_is_undone(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    undone = desk.undo().invocation
    desk.undo(undone)
    assert desk.show("TOURISM").due == "2026"
    desk.redo()  # that was an undo, too
    assert desk.show("TOURISM").due is None


def test_what_was_added_comes_back_with_all_that_belongs_to_it(desk: Desk) -> None:
    desk.make(agreement("TREATY"), commitment("NEW", "TREATY", due="2027"), milestone("NEW"))
    before = desk.record("NEW")
    for _ in range(2):
        assert [outcome.ref for outcome in desk.undo().outcomes] == ["NEW/1", "NEW", "TREATY"]
        assert not {"NEW", "TREATY"} & desk.refs()
        assert [outcome.ref for outcome in desk.redo().outcomes] == ["TREATY", "NEW", "NEW/1"]
        assert desk.record("NEW") == before


def test_an_undo_that_is_named_brings_back_all_that_belongs_to_what_was_added(desk: Desk) -> None:
    desk.make(commitment("NEW"), milestone("NEW"))
    before = desk.record("NEW")
    first = desk.undo().outcomes[0].entry
    desk.make(update("TOURISM", due="2026"))
    desk.undo()
    assert [outcome.ref for outcome in desk.undo(str(first)).outcomes] == ["NEW", "NEW/1"]
    assert desk.record("NEW") == before


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
    assert len(receipt.outcomes) == 9


@pytest.mark.parametrize("early", [True, False])
def test_an_agreement_added_with_what_was_moved_to_it_is_undone(desk: Desk, early: bool) -> None:
    note = [update("DEFENCE-INDUSTRY", note="first in the batch")] if early else []
    desk.make(*note, agreement("TREATY"), update("DEFENCE-INDUSTRY", agreement="TREATY"))
    desk.undo()
    assert desk.show("DEFENCE-INDUSTRY").agreement == "SP-2024"
    assert "TREATY" not in desk.refs()
    desk.redo()
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
    assert len(desk.redo().outcomes) == 16
    assert len(desk.refs()) == len(before) + 8


# Trying


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(desk: Desk) -> None:
    desk.make(commitment("NEW"), update("FTA-CONCLUDE", firmness="agreed"))
    head, content = desk.head(), desk.location.path.read_bytes()
    tried = desk.undo(dry_run=True)
    assert [(outcome.ref, outcome.action) for outcome in tried.outcomes] == [
        ("NEW", "undone"),
        ("FTA-CONCLUDE", "undone"),
    ]
    assert tried.head == head
    assert desk.location.path.read_bytes() == content
    assert [outcome.changes for outcome in desk.undo().outcomes] == [one.changes for one in tried.outcomes]
