"""What is in force keeps what it builds on: undo, redo and amend are refused, naming what to undo first."""

from collections.abc import Callable

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.errors import Refused
from tests.writing.desk import Desk, agreement, commitment, milestone, update


def refusal(desk: Desk, action: Callable[[], Receipt]) -> str:
    """The sentence that refuses; nothing is changed."""
    head = desk.head()
    with pytest.raises(Refused) as refused:
        action()
    assert desk.head() == head
    return str(refused.value)


def test_an_add_that_later_entries_build_on_is_not_undone(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    updated = desk.make(update("NEW", status="completed"))
    assert refusal(desk, lambda: desk.undo(added)) == (
        f"entry 32 (NEW) builds on NEW as it was; undo its invocation first with `ksmy undo {updated}`"
    )
    desk.undo(updated)
    desk.undo(added)
    assert "NEW" not in desk.refs()


def test_a_note_on_what_was_added_stands_in_the_way_too(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    noted = desk.make(update("NEW", note="x"))
    assert f"`ksmy undo {noted}`" in refusal(desk, lambda: desk.undo(added))


def test_a_commitment_with_milestones_is_not_undone(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    stepped = desk.make(milestone("NEW"))
    assert refusal(desk, lambda: desk.undo(added)) == (
        f"entry 32 (NEW/1) builds on NEW as it was; undo its invocation first with `ksmy undo {stepped}`"
    )


def test_an_agreement_that_something_belongs_to_is_not_undone(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    added = desk.make(commitment("NEW", "TREATY"))
    said = f"entry 32 (NEW) builds on TREATY as it was; undo its invocation first with `ksmy undo {added}`"
    assert refusal(desk, lambda: desk.undo(treaty)) == said
    desk.undo(added)
    desk.undo(treaty)
    assert "TREATY" not in desk.refs()


def test_nor_one_that_something_belonged_to_on_some_day(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    desk.make(commitment("NEW", "TREATY"))
    moved = desk.make(update("NEW", agreement="FTA"))
    assert "entry 32 (NEW) builds on TREATY" in refusal(desk, lambda: desk.undo(treaty))
    desk.undo(moved)
    assert desk.show("NEW").agreement == "TREATY"


def test_nor_one_that_something_was_moved_to(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    moved = desk.make(update("TOURISM", agreement="TREATY"))
    assert f"`ksmy undo {moved}`" in refusal(desk, lambda: desk.undo(treaty))


def test_one_record_that_stands_in_the_way_keeps_the_whole_invocation(desk: Desk) -> None:
    first = desk.make(update("TOURISM", due="2026"), commitment("NEW"))
    desk.make(update("NEW", note="x"))
    assert "builds on NEW" in refusal(desk, lambda: desk.undo(first))
    assert desk.show("TOURISM").due == "2026"


@pytest.mark.parametrize("again", [commitment("NEW"), agreement("NEW")])
def test_a_ref_that_was_added_again_is_not_brought_back(desk: Desk, again: Change) -> None:
    desk.make(commitment("NEW"))
    desk.undo()
    new = desk.make(again)
    assert refusal(desk, desk.redo) == (
        f"NEW was added again by entry 33; undo that first with `ksmy undo {new}`"
    )
    desk.undo(new)


def test_a_milestone_s_number_that_was_given_again_is_not_brought_back(desk: Desk) -> None:
    desk.make(milestone("TOURISM"))
    desk.undo()
    new = desk.make(milestone("TOURISM"))
    assert refusal(desk, desk.redo) == (
        f"TOURISM/1 was added again by entry 33; undo that first with `ksmy undo {new}`"
    )


def test_a_milestone_does_not_come_back_without_its_commitment(desk: Desk) -> None:
    added = desk.make(commitment("NEW"))
    desk.make(milestone("NEW"))
    gone = desk.undo().invocation
    desk.undo(added)
    assert "(NEW/1) builds on NEW" in refusal(desk, lambda: desk.undo(gone))


def test_a_commitment_does_not_come_back_without_its_agreement(desk: Desk) -> None:
    treaty = desk.make(agreement("TREATY"))
    desk.make(commitment("NEW", "TREATY"))
    gone = desk.undo().invocation
    desk.undo(treaty)
    assert refusal(desk, lambda: desk.undo(gone)) == (
        "there is no agreement TREATY on 2026-01-15, to which NEW would belong"
    )


def test_a_key_that_was_used_again_does_not_come_back(desk: Desk) -> None:
    def line(due: str, digest: str, ref: str = "TOURISM") -> Change:
        return Change("update", ref, fields={"due": due}, key="k", key_digest=digest * 64)

    desk.make(line("2062", "1"))
    desk.undo()
    new = desk.make(line("2026", "2", "HYDROGEN"))
    assert refusal(desk, desk.redo) == (
        f"the key 'k' was used again by entry 33; undo that first with `ksmy undo {new}`"
    )
    desk.undo(new)


def test_a_creation_is_not_amended_to_a_day_after_what_builds_on_it(desk: Desk) -> None:
    desk.make(
        Change("add", "NEW", record="commitment", fields=commitment("NEW").fields, effective_on="2025-01-01")
    )
    noted = desk.make(update("NEW", note="x", on="2025-02-01"))
    assert refusal(desk, lambda: desk.amend(31, on="2025-02-02")) == (
        f"entry 32 (NEW) builds on NEW as it was; undo its invocation first with `ksmy undo {noted}`"
    )
    desk.amend(31, on="2025-02-01")


def test_an_agreement_is_not_amended_to_a_day_after_its_commitment(desk: Desk) -> None:
    fields = agreement("TREATY").fields
    desk.make(Change("add", "TREATY", record="agreement", fields=fields, effective_on="2025-01-01"))
    desk.make(
        Change(
            "add",
            "NEW",
            record="commitment",
            fields=commitment("NEW", "TREATY").fields,
            effective_on="2025-02-01",
        )
    )
    assert "entry 32 (NEW) builds on TREATY" in refusal(desk, lambda: desk.amend(31, on="2025-02-02"))
    desk.amend(31, on="2025-02-01")


def test_an_undo_of_what_earlier_versions_added_and_withdrew_is_followed(desk: Desk) -> None:
    # A batch may add an agreement and a commitment of it; both go at once, whatever their order.
    desk.make(
        agreement("TREATY"), commitment("NEW", "TREATY"), milestone("NEW"), update("NEW/1", state="met")
    )
    desk.undo()
    desk.redo()
    assert {"TREATY", "NEW"} <= desk.refs()


def test_a_commitment_is_not_amended_to_a_day_after_its_milestone(desk: Desk) -> None:
    desk.make(commitment("NEW"))
    desk.make(milestone("NEW"))
    desk.amend(31, on="2025-02-01")
    desk.amend(32, on="2025-03-01")
    assert refusal(desk, lambda: desk.amend(33, on="2025-03-02")).startswith("entry 34 (NEW/1) builds on NEW")
    desk.undo()
    assert refusal(desk, lambda: desk.amend(32, on="2025-01-31")).startswith(
        "2025-01-31 is before NEW was created (2025-02-01)"
    )


def test_an_entry_is_stated_again_once(desk: Desk) -> None:
    made = desk.make(update("FTA-CONCLUDE", status="finalising"))
    first = desk.amend(31, note="one").invocation
    desk.undo(first)
    second = desk.amend(31, note="two").invocation
    assert refusal(desk, desk.redo) == (
        f"entry 31 was stated again by entry 34; undo that first with `ksmy undo {second}`"
    )
    said = f"entry 34 states entry 31 of it again; undo that first with `ksmy undo {second}`"
    assert refusal(desk, lambda: desk.undo(made)) == said
    desk.undo(second)
    desk.undo(made)
    assert desk.show("FTA-CONCLUDE").status == "in-progress"
