"""The decision on one change, by what is known alone: no register is opened."""

from datetime import date
from typing import Any

import pytest

from ksmy_tracker.domain.chain import NewEntry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import Agreement, Commitment
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
    new = decide(change, known(parent=FTA), TODAY)
    assert new is not None
    assert (new.record, new.ref, new.action) == ("commitment", "TIN", "created")
    assert new.changes["status"] == (None, "planned")


def test_a_new_milestone_gets_its_number() -> None:
    change = Change("add", "TIN", record="milestone", fields={"title": "Survey"})
    new = decide(change, known(parent=tin(created_on="2025-01-01"), number=3), TODAY)
    assert new is not None
    assert (new.record, new.ref, new.action) == ("milestone", "TIN/3", "created")


@pytest.mark.parametrize(
    ("withdrawn", "how"), [(False, "change it with"), (True, "it was withdrawn and keeps")]
)
def test_a_ref_is_given_once(withdrawn: bool, how: str) -> None:
    change = Change("add", "TIN", record="commitment", fields=FIELDS)
    with pytest.raises(Refused, match=f"there is already a commitment TIN; {how}"):
        decide(change, known(latest=tin(withdrawn=withdrawn), parent=FTA), TODAY)


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
        decide(change, known(tin(), parent=tin(ref="SP")), TODAY)
    with pytest.raises(Withdrawn, match="SP is withdrawn; bring it back with `ksmy undo` first"):
        decide(change, known(tin(), parent=Agreement("SP", withdrawn=True)), TODAY)


def test_the_agreement_that_a_commitment_has_already_is_not_looked_at() -> None:
    assert decide(updating(agreement="FTA"), known(tin()), TODAY) is None


def test_a_field_of_another_kind_is_said_before_what_is_expected() -> None:
    with pytest.raises(Usage, match="TIN is a commitment, which has no stage"):
        decide(updating(stage="signed", expect="completed"), known(tin()), TODAY)


def test_a_sector_that_a_known_one_is_near_to_is_refused_only_where_it_is_new_to_the_record() -> None:
    with pytest.raises(
        Refused, match="sector 'trad' is new and close to 'trade'; use that, or give --new-sector"
    ):
        decide(updating(sector="trad"), known(tin(), near_sector="trade"), TODAY)
    assert decide(updating(sector="trade"), known(tin(), near_sector="trad"), TODAY) is None


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
