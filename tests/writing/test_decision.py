"""The decision on one change, by what is known alone: no register is opened."""

from datetime import date
from typing import Any

import pytest

from ksmy_tracker.domain.chain import NewEntry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import Agreement, Body, Commitment
from ksmy_tracker.domain.rules import Missing, Withdrawn
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.errors import Refused, Usage
from ksmy_tracker.writing.decision import Known, decide, was_made

TODAY = date(2026, 1, 15)
DAY = "2026-01-15"
FTA = Agreement("FTA", "Free trade", kind="agreement", stage="negotiating", created_on="2024-11-25")
FIELDS = {"title": "Trade tin", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}


def tin(**more: Any) -> Commitment:
    given = {"ref": "TIN", "parties": "both", "verifiable": True, "status": "planned", **FIELDS, **more}
    return Commitment(**given)


def updating(**more: Any) -> Change:
    circumstances = {name: more.pop(name) for name in tuple(more) if name in Change.__slots__}
    return Change("update", "TIN", fields=more, **circumstances)


def known(record: Commitment | None = None, **more: Any) -> Known:
    """What is known of a change on a day: of the record as it is then, which is as it is after all entries."""
    return Known(DAY, record, **{"latest": record, **more})


def test_a_change_of_a_field_makes_an_entry_with_its_old_and_its_new_value() -> None:
    change = updating(
        firmness="hoped", note="so they say", evidence=("a",), actor="kim", key="k", key_digest="d"
    )
    assert decide(change, known(tin()), TODAY) == NewEntry(
        record="commitment",
        ref="TIN",
        action="updated",
        effective_on="2026-01-15",
        changes={"firmness": ("agreed", "hoped")},
        note="so they say",
        evidence=("a",),
        actor="kim",
        key="k",
        key_digest="d",
    )


@pytest.mark.parametrize("said", [{"note": "seen"}, {"evidence": ("a",)}])
def test_a_note_or_evidence_alone_is_noted(said: dict[str, Any]) -> None:
    new = decide(updating(firmness="agreed", **said), known(tin()), TODAY)
    assert new is not None
    assert (new.action, new.changes) == ("noted", {})


def test_what_is_so_already_makes_no_entry_but_one_that_keeps_a_key() -> None:
    assert decide(updating(firmness="agreed"), known(tin()), TODAY) is None
    kept = decide(updating(firmness="agreed", key="k", key_digest="d"), known(tin()), TODAY)
    assert kept is not None
    assert (kept.action, kept.changes, kept.key) == ("reviewed", {}, "k")


def test_what_is_so_already_of_a_withdrawn_record_is_no_change_of_it() -> None:
    withdrawn = known(tin(withdrawn=True))
    assert decide(updating(firmness="agreed"), withdrawn, TODAY) is None
    with pytest.raises(
        Withdrawn, match="TIN is withdrawn; bring it back with `ksmy undo` before changing it"
    ):
        decide(updating(firmness="hoped"), withdrawn, TODAY)


def test_a_new_record_is_created_with_its_defaults() -> None:
    change = Change("add", "TIN", record="commitment", fields=FIELDS)
    new = decide(change, known(named={"FTA": FTA}), TODAY)
    assert new is not None
    assert (new.record, new.ref, new.action) == ("commitment", "TIN", "created")
    assert new.changes["status"] == (None, "planned")


def test_a_new_milestone_gets_its_number() -> None:
    change = Change("add", "TIN", record="milestone", fields={"title": "Survey"})
    new = decide(change, known(named={"TIN": tin(created_on="2025-01-01")}, number=3), TODAY)
    assert new is not None
    assert (new.record, new.ref, new.action) == ("milestone", "TIN/3", "created")


@pytest.mark.parametrize(
    ("withdrawn", "how"), [(False, "change it with"), (True, "it was withdrawn and keeps")]
)
def test_a_ref_is_given_once(withdrawn: bool, how: str) -> None:
    change = Change("add", "TIN", record="commitment", fields=FIELDS)
    with pytest.raises(Refused, match=f"there is already a commitment TIN; {how}"):
        decide(change, known(latest=tin(withdrawn=withdrawn), named={"FTA": FTA}), TODAY)


def test_what_is_not_there_cannot_be_changed_nor_belonged_to() -> None:
    with pytest.raises(Missing, match="there is no record TIN; none has this ref"):
        decide(updating(note="x"), known(), TODAY)
    for change, parent in (
        (Change("add", "TIN", record="commitment", fields=FIELDS), "agreement FTA"),
        (Change("add", "TIN", record="milestone", fields={"title": "Survey"}), "commitment TIN"),
    ):
        with pytest.raises(Missing, match=f"there is no {parent}; none"):
            decide(change, known(), TODAY)


def test_a_parent_must_be_of_its_kind_and_not_withdrawn() -> None:
    change = updating(agreement="SP")
    with pytest.raises(Refused, match="SP is a commitment, not an agreement"):
        decide(change, known(tin(), named={"SP": tin(ref="SP")}), TODAY)
    with pytest.raises(Withdrawn, match="SP is withdrawn; bring it back with `ksmy undo` first"):
        decide(change, known(tin(), named={"SP": Agreement("SP", withdrawn=True)}), TODAY)


def test_the_agreement_that_a_commitment_has_already_is_not_looked_at() -> None:
    assert decide(updating(agreement="FTA"), known(tin()), TODAY) is None


def test_a_field_of_another_kind_is_said_before_what_is_expected() -> None:
    with pytest.raises(Usage, match="TIN is a commitment, which has no stage"):
        decide(updating(stage="signed", expect="completed"), known(tin()), TODAY)


@pytest.mark.parametrize(("name", "what"), [("leads", "body"), ("partners", "body"), ("said_by", "body")])
def test_a_body_that_a_change_names_must_be_there(name: str, what: str) -> None:
    value = "KR-MOTIE" if name == "said_by" else ("KR-MOTIE",)
    change = updating(**{name: value})
    body = Body("KR-MOTIE", "Ministry of Trade", kind="ministry")
    new = decide(change, known(tin(), named={"KR-MOTIE": body}), TODAY)
    assert new is not None
    assert new.changes == {name: (None if name == "said_by" else (), value)}
    with pytest.raises(Missing, match=f"there is no {what} KR-MOTIE; none has this ref"):
        decide(change, known(tin()), TODAY)
    with pytest.raises(Refused, match="KR-MOTIE is a commitment, not a body"):
        decide(change, known(tin(), named={"KR-MOTIE": tin(ref="KR-MOTIE")}), TODAY)
    with pytest.raises(Withdrawn, match="KR-MOTIE is withdrawn; bring it back with `ksmy undo` first"):
        decide(change, known(tin(), named={"KR-MOTIE": Body("KR-MOTIE", withdrawn=True)}), TODAY)


def test_only_the_bodies_that_a_record_did_not_have_are_looked_at() -> None:
    led = tin(leads=("KR-MOTIE",))
    for leads in (("KR-MOTIE",), ()):
        decide(updating(leads=leads, note="x"), known(led), TODAY)
    with pytest.raises(Missing, match="there is no body MY-MITI"):
        decide(updating(leads=("KR-MOTIE", "MY-MITI")), known(led), TODAY)


@pytest.mark.parametrize("shared", ["both", "all"])
def test_all_parties_may_have_said_something_which_is_no_body(shared: str) -> None:
    new = decide(updating(said_by=shared), known(tin()), TODAY)
    assert new is not None
    assert new.changes == {"said_by": (None, shared)}


def test_a_party_is_a_body_that_must_be_there_and_no_agreement() -> None:
    for fields in ({"said_by": "KR"}, {"parties": "KR"}, {"parties": "MY, KR"}):
        with pytest.raises(Missing, match="there is no body KR; none has this ref"):
            decide(updating(**fields), known(tin(), named={"MY": Body("MY", kind="state")}), TODAY)
    with pytest.raises(Missing, match="there is no body KR; none has this ref"):
        decide(updating(leads=("KR",)), known(tin()), TODAY)
    with pytest.raises(Missing, match="there is no agreement KR; none has this ref"):
        decide(updating(agreement="KR"), known(tin()), TODAY)


def test_an_agreement_is_under_an_agreement() -> None:
    change = Change("update", "FTA", fields={"under": "TIN"})
    for named, sentence in (
        ({"TIN": tin()}, "TIN is a commitment, not an agreement"),
        ({}, "there is no agreement TIN; none has this ref"),
    ):
        with pytest.raises((Missing, Refused), match=sentence):
            decide(change, Known(DAY, FTA, latest=FTA, named=named), TODAY)


def test_a_list_is_another_where_its_order_is_and_none_is_no_change() -> None:
    body = {ref: Body(ref) for ref in ("A", "B")}
    new = decide(updating(leads=("B", "A")), known(tin(leads=("A", "B")), named=body), TODAY)
    assert new is not None
    assert new.changes == {"leads": (("A", "B"), ("B", "A"))}
    assert decide(updating(leads=()), known(tin()), TODAY) is None


def test_a_new_record_says_nothing_of_a_list_that_is_empty() -> None:
    change = Change("add", "TIN", record="commitment", fields={**FIELDS, "leads": (), "topics": ("tin",)})
    new = decide(change, known(named={"FTA": FTA}), TODAY)
    assert new is not None
    assert new.changes["topics"] == (None, ("tin",))
    assert "leads" not in new.changes


@pytest.mark.parametrize(
    ("name", "value", "had", "what"),
    [("sector", "trad", "trade", "sector"), ("topics", ("tin", "trad"), ("trade",), "topic")],
)
def test_a_word_that_a_known_one_is_near_to_is_refused_only_where_it_is_new_to_the_record(
    name: str, value: Any, had: Any, what: str
) -> None:
    with pytest.raises(
        Refused, match=f"^{what} 'trad' is new and close to 'trade'; use that, or give --new-{what}$"
    ):
        decide(updating(**{name: value}), known(tin(), near=(name, "trad", "trade")), TODAY)
    same = known(tin(**{name: had}), near=(name, "trade", "trad"))
    assert decide(updating(**{name: had}), same, TODAY) is None


def test_a_line_of_an_old_listing_is_refused_where_it_would_change_something() -> None:
    now = Listed(said=8, newest_entry=9)
    for entry in ("8", "9"):
        line = updating(firmness="hoped", derived={"newest_entry": entry})
        assert decide(line, known(tin(), listed=now), TODAY) is not None
    old = {"newest_entry": "7"}
    assert decide(updating(firmness="agreed", derived=old), known(tin(), listed=now), TODAY) is None
    with pytest.raises(Refused, match="the newest entry of TIN is 9, not '7'"):
        decide(updating(firmness="hoped", derived=old), known(tin(), listed=now), TODAY)


def test_a_line_of_a_listing_is_compared_with_the_milestones_that_are_known() -> None:
    line = updating(firmness="hoped", derived={"milestones": "5"})
    assert decide(line, known(tin(), listed=Listed(milestones=5)), TODAY) is not None
    with pytest.raises(Refused, match="milestones: it follows from other fields and is 6 now"):
        decide(line, known(tin(), listed=Listed(milestones=6)), TODAY)


def test_a_change_was_made_where_its_key_was_used_for_the_same_content() -> None:
    change = updating(note="x", key="k", key_digest="d")
    assert not was_made(change, known(tin()))
    assert was_made(change, known(tin(), key_digest="d"))
    with pytest.raises(Refused, match="key 'k' was used before with other content"):
        was_made(change, known(tin(), key_digest="e"))
