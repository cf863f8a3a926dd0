"""Bodies, and what refers to other records: who leads, who takes part, who said it, what an agreement is under."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.rules import Missing, Withdrawn
from ksmy_tracker.errors import Refused
from tests.withdrawing import withdraw
from tests.writing.desk import Desk, agreement, commitment, milestone, update


def body(ref: str, *, on: str | None = None, **fields: Any) -> Change:
    given = {"name": f"Of {ref}", "kind": "ministry", **fields}
    return Change("add", ref, record="body", fields=given, effective_on=on)


def refusal(desk: Desk, action: Callable[[], object]) -> str:
    """The sentence that refuses; nothing is changed."""
    head = desk.head()
    with pytest.raises((Refused, Missing, Withdrawn)) as refused:
        action()
    assert desk.head() == head
    return str(refused.value)


def test_a_commitment_and_its_milestone_have_bodies_of_their_own_in_the_order_given(desk: Desk) -> None:
    desk.make(body("KR-MOTIE", party="KR"), body("MY-MITI"))
    desk.make(
        commitment("NEW", leads=("MY-MITI", "KR-MOTIE"), said_by="MY-MITI"),
        milestone("NEW", leads=("KR-MOTIE",), partners=("MY-MITI",), party="KR"),
    )
    new = desk.show("NEW")
    assert (new.leads, new.partners, new.said_by) == (("MY-MITI", "KR-MOTIE"), (), "MY-MITI")
    step = desk.record("NEW/1")
    assert (step["leads"], step["partners"], step["party"]) == ('["KR-MOTIE"]', '["MY-MITI"]', "KR")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (update("TOURISM", leads=("KR-MOTI",)), "there is no body KR-MOTI; did you mean KR-MOTIE?"),
        (update("TOURISM", partners=("KR-MOTIE", "SP-2024")), "SP-2024 is an agreement, not a body"),
        (update("TOURISM", said_by="TOURISM"), "TOURISM is a commitment, not a body"),
        (update("TOURISM", leads=("KR-MOT",)), "there is no body KR-MOT; did you mean KR-MOTIE?"),
        (update("TOURISM", agreement="KR-MOTIE"), "KR-MOTIE is a body, not an agreement"),
        (update("FTA", under="TOURISM"), "TOURISM is a commitment, not an agreement"),
        (update("FTA", under="KR-MOTIE"), "KR-MOTIE is a body, not an agreement"),
        (update("FTA", under="SP-2042"), "there is no agreement SP-2042; did you mean SP-2024?"),
        (body("TOURISM"), "there is already a commitment TOURISM; change it with `ksmy update`"),
        (commitment("KR-MOTIE"), "there is already a body KR-MOTIE; change it with `ksmy body set`"),
    ],
)
def test_what_a_change_names_must_be_there_and_of_its_kind(desk: Desk, change: Change, sentence: str) -> None:
    desk.make(body("KR-MOTIE"))
    assert refusal(desk, lambda: desk.make(change)) == sentence


@pytest.mark.parametrize(
    "fields", [{"leads": ("KR-MOTIE",)}, {"partners": ("KR-MOTIE",)}, {"said_by": "KR-MOTIE"}]
)
def test_a_body_that_was_not_there_yet_on_the_day_is_not_named_on_it(
    desk: Desk, fields: dict[str, Any]
) -> None:
    desk.make(body("KR-MOTIE", on="2025-06-01"))
    assert refusal(desk, lambda: desk.make(update("TOURISM", on="2025-05-31", **fields))) == (
        "2025-05-31 is before KR-MOTIE was created (2025-06-01); record it with that date or a later one"
    )
    desk.make(update("TOURISM", on="2025-06-01", **fields))


def test_nor_is_an_agreement_under_one_that_was_not_there_yet(desk: Desk) -> None:
    desk.make(agreement("TREATY"))
    assert refusal(desk, lambda: desk.make(update("FTA", on="2025-01-01", under="TREATY"))) == (
        "2025-01-01 is before TREATY was created (2026-01-15); record it with that date or a later one"
    )
    desk.make(update("FTA", under="TREATY"))


def test_a_body_that_is_withdrawn_is_named_by_nothing_new(desk: Desk) -> None:
    desk.make(body("KR-MOTIE"))
    desk.make(body("MY-MITI"), update("TOURISM", leads=("MY-MITI",)))
    withdraw(str(desk.location.path), "KR-MOTIE")
    assert refusal(desk, lambda: desk.make(update("TOURISM", leads=("MY-MITI", "KR-MOTIE")))).startswith(
        "KR-MOTIE is withdrawn; bring it back with `ksmy undo "
    )
    assert refusal(desk, lambda: desk.make(update("TOURISM", said_by="KR-MOTIE"))).endswith("first")
    desk.make(update("TOURISM", leads=("MY-MITI",), note="as before"))


@pytest.mark.parametrize(
    ("change", "ref"),
    [
        (update("TOURISM", leads=("MY-MITI", "KR-MOTIE")), "TOURISM"),
        (update("TOURISM", said_by="KR-MOTIE"), "TOURISM"),
        (update("FTA-CONCLUDE/2", partners=("KR-MOTIE",)), "FTA-CONCLUDE/2"),
        (commitment("NEW", leads=("KR-MOTIE",)), "NEW"),
    ],
)
def test_a_body_that_something_names_is_not_undone(desk: Desk, change: Change, ref: str) -> None:
    desk.make(body("MY-MITI"))
    added = desk.make(body("KR-MOTIE"))
    named = desk.make(change)
    assert refusal(desk, lambda: desk.undo(added)) == (
        f"entry 33 ({ref}) builds on KR-MOTIE as it was; undo its invocation first with `ksmy undo {named}`"
    )
    desk.undo(named)
    desk.undo(added)


def test_nor_one_that_something_named_on_some_day(desk: Desk) -> None:
    added = desk.make(body("KR-MOTIE"))
    desk.make(update("TOURISM", leads=("KR-MOTIE",)))
    desk.make(update("TOURISM", leads=()))
    assert "entry 32 (TOURISM) builds on KR-MOTIE" in refusal(desk, lambda: desk.undo(added))


def test_a_body_whose_ref_is_in_that_of_another_is_undone(desk: Desk) -> None:
    added = desk.make(body("KR-MOTI"), body("MOTIE"))
    desk.make(body("KR-MOTIE"), update("TOURISM", leads=("KR-MOTIE",)))
    desk.undo(added)


def test_a_body_of_a_party_s_name_is_not_what_said_something(desk: Desk) -> None:
    added = desk.make(body("KR"))
    desk.make(update("TOURISM", said_by="KR"))
    desk.undo(added)
    assert desk.show("TOURISM").said_by == "KR"


def test_an_agreement_that_another_is_under_is_not_undone(desk: Desk) -> None:
    added = desk.make(agreement("TREATY"))
    named = desk.make(agreement("PROTOCOL", under="TREATY"))
    assert f"`ksmy undo {named}`" in refusal(desk, lambda: desk.undo(added))


def test_what_names_a_body_does_not_come_back_without_it(desk: Desk) -> None:
    added = desk.make(body("KR-MOTIE"))
    desk.make(update("TOURISM", leads=("KR-MOTIE",)))
    gone = desk.undo().invocation
    desk.undo(added)
    assert refusal(desk, lambda: desk.undo(gone)) == (
        "there is no body KR-MOTIE on 2026-01-15, to which TOURISM would belong"
    )


def test_a_body_is_not_amended_to_a_day_after_what_names_it(desk: Desk) -> None:
    desk.make(body("KR-MOTIE", on="2025-01-01"))
    desk.make(update("TOURISM", on="2025-02-01", leads=("KR-MOTIE",)))
    assert "entry 32 (TOURISM) builds on KR-MOTIE" in refusal(desk, lambda: desk.amend(31, on="2025-02-02"))
    desk.amend(31, on="2025-02-01")


def test_a_list_is_amended_and_was_another_on_the_days_before(desk: Desk) -> None:
    desk.make(body("KR-MOTIE", on="2025-01-01"), body("MY-MITI", on="2025-03-01"))
    desk.make(update("TOURISM", on="2025-02-01", leads=("KR-MOTIE",), topics=("tin",)))
    desk.make(update("TOURISM", on="2025-04-01", leads=("KR-MOTIE", "MY-MITI")))
    receipt = desk.amend(33, topics=("tin", "수소"))
    [outcome] = receipt.outcomes
    assert outcome.changes["topics"] == (("tin",), ("tin", "수소"))
    shown = {
        day: desk.show("TOURISM", on=day)
        for day in map(date.fromisoformat, ("2025-01-31", "2025-02-01", "2025-04-01"))
    }
    assert [(one.leads, one.topics) for one in shown.values()] == [
        ((), ()),
        (("KR-MOTIE",), ("tin", "수소")),
        (("KR-MOTIE", "MY-MITI"), ("tin", "수소")),
    ]
    assert "2025-02-01 is before MY-MITI was created" in refusal(
        desk, lambda: desk.amend(35, leads=("KR-MOTIE", "MY-MITI"))
    )


def test_a_late_list_holds_until_the_next_that_sets_it(desk: Desk) -> None:
    desk.make(update("TOURISM", on="2025-06-01", topics=("tin",)))
    desk.make(update("TOURISM", on="2025-03-01", topics=("halal", "tin")))
    assert desk.show("TOURISM", on=date.fromisoformat("2025-05-31")).topics == ("halal", "tin")
    assert desk.show("TOURISM").topics == ("tin",)
    last = desk.entries("TOURISM")[-1]
    assert json.loads(json.dumps(last.changes)) == {"topics": [[], ["halal", "tin"]]}
