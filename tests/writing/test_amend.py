"""Amend on the write side: an entry stated again in its place, and when that is refused."""

from datetime import date
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.errors import NotFound, Refused, Usage
from tests.writing.desk import Desk, agreement, commitment, milestone, update


def test_an_amendment_states_an_entry_again_with_what_it_does_not_say_as_it_was(desk: Desk) -> None:
    desk.make(
        Change(
            "update",
            "TOURISM",
            fields={"status": "completed", "due": "2026"},
            note="seen",
            evidence=("a",),
            effective_on="2025-10-26",
            key="k",
            key_digest="1" * 64,
        )
    )
    (outcome,) = desk.amend(31, on="2025-06-01").outcomes
    assert (outcome.action, outcome.changes, outcome.retracts) == (
        "amended",
        {"on": ("2025-10-26", "2025-06-01")},
        (31,),
    )
    (*_, was, entry) = desk.entries("TOURISM")
    assert (entry.action, entry.effective_on, entry.note, entry.evidence, entry.key, entry.retracts) == (
        "updated",
        "2025-06-01",
        "seen",
        ["a"],
        "k",
        [31],
    )
    assert (entry.changes, was.retracted_by) == (was.changes, 32)
    shown = desk.show("TOURISM")
    assert (shown.completed_on, shown.due, shown.evidence) == ("2025-06-01", "2026", 1)
    assert desk.show("TOURISM", date(2025, 6, 1)).status == "completed"
    assert desk.show("TOURISM", date(2025, 5, 31)).status == "in-progress"


def test_a_field_a_note_and_evidence_can_be_amended(desk: Desk) -> None:
    desk.make(Change("update", "TOURISM", fields={"due": "2062"}, note="slip", evidence=("a",)))
    (outcome,) = desk.amend(31, due="2026", note="right", evidence=("b",), firmness="hoped").outcomes
    assert outcome.changes == {"firmness": ("signed", "hoped"), "due": ("2062", "2026")}
    assert (outcome.note, outcome.evidence) == ("right", ("b",))
    shown = desk.show("TOURISM")
    assert (shown.due, shown.baseline_due, shown.firmness, shown.evidence) == ("2026", "2026", "hoped", 1)


def test_a_note_with_a_slip_is_amended(desk: Desk) -> None:
    desk.make(update("TOURISM", note="slip"))
    desk.amend(31, note="right")
    (*_, was, entry) = desk.entries("TOURISM")
    assert [(one.action, one.note, one.retracted_by) for one in (was, entry)] == [
        ("noted", "slip", 32),
        ("noted", "right", None),
    ]


def test_an_empty_note_and_empty_evidence_are_taken_away(desk: Desk) -> None:
    desk.make(Change("update", "TOURISM", fields={"due": "2026"}, note="slip", evidence=("a", "b")))
    (outcome,) = desk.amend(31, note="").outcomes
    assert (outcome.changes, outcome.note) == ({"note": ("slip", None)}, None)
    (outcome,) = desk.amend(32, evidence=()).outcomes
    assert outcome.changes == {"evidence": ("a, b", None)}
    entry = desk.entries("TOURISM")[-1]
    assert (entry.changes, entry.note, entry.evidence) == ({"due": (None, "2026")}, None, [])
    assert desk.show("TOURISM").evidence == 0
    with pytest.raises(Refused, match=r"^entry 33 \(TOURISM\) says so already; nothing was changed$"):
        desk.amend(33, note="", evidence=())


def test_a_note_alone_is_not_taken_away_but_undone(desk: Desk) -> None:
    invocation = desk.make(update("TOURISM", note="slip"))
    with pytest.raises(Refused, match=f"nothing would be left of entry 31 .*`ksmy undo {invocation}`"):
        desk.amend(31, note="")


def test_a_note_that_is_to_change_something_is_an_update(desk: Desk) -> None:
    desk.make(update("TOURISM", note="x"))
    desk.amend(31, due="2026")
    assert desk.entries("TOURISM")[-1].action == "updated"


def test_what_an_amended_field_is_changed_back_to_says_nothing_more_of_it(desk: Desk) -> None:
    desk.make(update("TOURISM", status="finalising", due="2026"))
    desk.amend(31, status="in-progress")
    assert desk.entries("TOURISM")[-1].changes == {"due": (None, "2026")}


def test_an_amendment_stands_in_the_place_of_what_it_states_again(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    desk.make(update("TOURISM", due="2027"))
    desk.amend(31, due="2025")
    shown = desk.show("TOURISM")
    assert (shown.due, shown.baseline_due) == ("2027", "2025")


def test_an_amendment_can_be_amended_and_what_it_retracted_stays_so(desk: Desk) -> None:
    desk.make(update("TOURISM", status="completed", on="2025-10-26"))
    desk.amend(31, on="2025-08-01")
    (outcome,) = desk.amend(32, on="2025-06-01").outcomes
    assert outcome.retracts == (32,)
    assert [(one.id, one.retracts, one.retracted_by) for one in desk.entries("TOURISM")[-3:]] == [
        (31, [], 33),
        (32, [31], 33),
        (33, [31, 32], None),
    ]
    assert desk.show("TOURISM").completed_on == "2025-06-01"
    desk.amend(33, on="2025-12-01")
    assert [desk.show("TOURISM", date(2025, month, 2)).status for month in (7, 9, 11, 12)] == [
        "in-progress",
        "in-progress",
        "in-progress",
        "completed",
    ]


def test_an_amendment_that_is_undone_leaves_what_it_amended(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    as_made = desk.record("TOURISM")
    desk.amend(31, due="2027")
    amended = desk.record("TOURISM")
    desk.amend(32, due="2028")
    desk.undo()
    assert desk.record("TOURISM") == amended
    desk.undo()
    assert desk.record("TOURISM") == as_made
    desk.redo()
    assert desk.record("TOURISM") == amended


def test_a_creation_can_be_amended(desk: Desk) -> None:
    desk.make(agreement("TREATY"), commitment("NEW", "TREATY", due="2062"), milestone("NEW"))
    desk.amend(32, due="2026", on="2026-01-15")
    desk.amend(31, on="2025-01-01")
    desk.amend(34, on="2025-02-01")
    shown = desk.show("NEW")
    assert (shown.due, shown.baseline_due, shown.created_on) == ("2026", "2026", "2025-02-01")
    assert "NEW" in desk.refs(date(2025, 2, 1))
    assert "NEW" not in desk.refs(date(2025, 1, 31))


@pytest.mark.parametrize("note", [None, "Asked the ministry."])
def test_a_review_can_be_amended(desk: Desk, note: str | None) -> None:
    desk.make(Change("review", "TOURISM", note=note))
    desk.amend(31, on="2025-06-01")
    assert desk.show("TOURISM").reviewed_on == "2025-06-01"
    desk.amend(32, note="Asked the embassy.")
    assert (desk.entries("TOURISM")[-1].action, desk.entries("TOURISM")[-1].note) == (
        "reviewed",
        "Asked the embassy.",
    )


@pytest.mark.parametrize(
    ("said", "action"), [({"due": "2027"}, "updated"), ({"evidence": ("https://a.example",)}, "noted")]
)
def test_a_review_that_is_amended_to_have_news_is_none(desk: Desk, said: dict[str, Any], action: str) -> None:
    desk.make(Change("review", "TOURISM", note="Asked."))
    desk.amend(31, **said)
    assert desk.entries("TOURISM")[-1].action == action
    shown = desk.show("TOURISM")
    assert (shown.reviewed_on, shown.updated_on) == (None, "2026-01-15")
    desk.undo()
    assert desk.show("TOURISM").reviewed_on == "2026-01-15"


def test_an_entry_that_was_dated_ahead_can_be_amended(desk: Desk) -> None:
    desk.make(update("TOURISM", status="finalising"), today=date(2099, 1, 1))
    assert desk.show("TOURISM").status == "in-progress"
    desk.amend(31, on="2026-01-15")
    assert desk.show("TOURISM").status == "finalising"


def test_a_dry_run_of_an_amendment_writes_nothing(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    before = desk.location.path.read_bytes()
    tried = desk.amend(31, due="2027", dry_run=True)
    assert desk.location.path.read_bytes() == before
    assert desk.amend(31, due="2027").outcomes == tried.outcomes


# What is refused


def refusal(desk: Desk, number: int, **said: str) -> str:
    """The sentence that refuses an amendment; nothing is changed."""
    head = desk.head()
    with pytest.raises(Refused) as refused:
        desk.amend(number, **said)  # type: ignore[arg-type]  # texts alone
    assert desk.head() == head
    return str(refused.value)


def test_an_entry_that_is_not_there_is_not_amended(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"^there is no entry 99; `ksmy history` shows them$"):
        desk.amend(99, note="x")


def test_an_amendment_without_a_change_is_refused(desk: Desk) -> None:
    desk.make(Change("update", "TOURISM", fields={"due": "2026"}, note="n", evidence=("a",)))
    for said in ({"due": "2026"}, {"on": "2026-01-15"}, {"note": "n"}):
        assert refusal(desk, 31, **said) == "entry 31 (TOURISM) says so already; nothing was changed"


def test_what_was_retracted_is_not_amended(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    desk.amend(31, due="2027")
    assert refusal(desk, 31, due="2028") == ("entry 32 stands in the place of entry 31 (TOURISM); amend that")


def test_an_undo_is_not_amended(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    undone = desk.undo().invocation
    said = f"entry 32 (TOURISM) is an undo; take it back with `ksmy undo {undone}`"
    assert refusal(desk, 32, note="x") == said


def test_an_amendment_that_leaves_nothing_is_refused(desk: Desk) -> None:
    invocation = desk.make(update("TOURISM", status="finalising"))
    assert refusal(desk, 31, status="in-progress") == (
        f"nothing would be left of entry 31 (TOURISM); undo it with `ksmy undo {invocation}`"
    )


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2024-11-24", "2024-11-24 is before TOURISM was created (2024-11-25)"),
        ("2026-01-16", "2026-01-16 is in the future"),
    ],
)
def test_an_amendment_is_of_a_day_from_the_record_s_first_to_today(desk: Desk, on: str, said: str) -> None:
    desk.make(update("TOURISM", due="2026"))
    assert refusal(desk, 31, on=on).startswith(said)


def test_an_amendment_reopens_nothing_without_a_note(desk: Desk) -> None:
    desk.make(update("TOURISM", status="completed", on="2025-10-26"))
    desk.make(update("TOURISM", status="suspended", note="it was not"))
    assert refusal(desk, 31, status="cancelled", on="2026-01-16").startswith("2026-01-16 is in the future")
    desk.make(update("TOURISM", due="2027", on="2025-09-01"))
    assert refusal(desk, 33, status="finalising", on="2025-11-01") == (
        "TOURISM is completed; say with --note why it is to be finalising"
    )


def test_a_field_of_another_kind_is_no_amendment(desk: Desk) -> None:
    desk.make(update("TOURISM", due="2026"))
    with pytest.raises(Usage, match=r"^TOURISM is a commitment, which has no stage; "):
        desk.amend(31, stage="signed")


def test_an_amendment_belongs_to_an_agreement_that_is_there(desk: Desk) -> None:
    desk.make(update("TOURISM", agreement="FTA"))
    with pytest.raises(NotFound, match=r"^there is no agreement FTB; did you mean FTA\?$"):
        desk.amend(31, agreement="FTB")
    desk.make(agreement("TREATY"))
    assert refusal(desk, 31, agreement="TREATY", on="2026-01-14").startswith(
        "2026-01-14 is before TREATY was created (2026-01-15)"
    )
