"""What follows from a change, and what the register refuses."""

from datetime import date
from typing import Any

import pytest

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import KINDS, REQUIRED, Agreement, Commitment, Milestone, Record
from ksmy_tracker.domain.words import SETTLED_STATUSES, STATUSES
from ksmy_tracker.errors import Refused, Usage

COMMITMENT: dict[str, Any] = {
    "ref": "FTA-CONCLUDE",
    "title": "Conclude it",
    "detail": None,
    "agreement": "FTA",
    "sector": "trade",
    "parties": "both",
    "firmness": "committed",
    "verifiable": True,
    "source": None,
    "status": "in-progress",
    "due": "2025",
    "due_phrase": None,
    "baseline_due": "2025",
    "completed_on": None,
    "completed_due": None,
}
AGREEMENT: dict[str, Any] = {"ref": "FTA", "title": "A treaty", "kind": "treaty", "stage": "negotiating"}
MILESTONE: dict[str, Any] = {"ref": "FTA-CONCLUDE/1", "title": "Signed", "state": "scheduled", "due": None}

TODAY = date(2026, 1, 15)


def update(**fields: Any) -> Change:
    return Change("update", "FTA-CONCLUDE", fields=fields)


def completed(**more: Any) -> dict[str, Any]:
    done = {"status": "completed", "completed_on": "2025-11-01", "completed_due": "2025"}
    return {**COMMITMENT, **done, **more}


def changed_by(change: Change, state: dict[str, Any] | None = COMMITMENT, kind: str = "commitment") -> Any:
    return rules.differences(kind, None if state is None else KINDS[kind](**state), change)


# What a record needs, and what it has


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in REQUIRED for name in REQUIRED[kind]])
def test_a_new_record_lacks_nothing_it_needs(kind: str, name: str) -> None:
    fields = dict.fromkeys(REQUIRED[kind], "x")
    rules.check_complete(Change("add", "X", fields=fields), kind)
    for incomplete in ({**fields, name: None}, {key: fields[key] for key in fields if key != name}):
        needed = "a title" if kind == "milestone" else f"--{name}"
        with pytest.raises(Usage, match=rf"needs {needed};"):
            rules.check_complete(Change("add", "X", fields=incomplete), kind)


def test_all_that_a_new_record_lacks_is_named_at_once() -> None:
    with pytest.raises(Usage, match=r"^an agreement needs --title, --kind, --stage; see `ksmy add --help`$"):
        rules.check_complete(Change("add", "X"), "agreement")


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("commitment", "stage", "X is a commitment, which has no stage; it has title, detail, agreement, "),
        (
            "agreement",
            "due_phrase",
            "X is an agreement, which has no due phrase; it has title, kind, stage, ",
        ),
        ("milestone", "status", "X is a milestone, which has no status; it has title, due, state"),
    ],
)
def test_a_field_of_another_kind_of_record_is_refused(kind: str, name: str, problem: str) -> None:
    with pytest.raises(Usage) as refusal:
        rules.check_fields(Change("update", "X", fields={"title": "t", name: "x"}), kind)
    assert str(refusal.value).startswith(problem)


@pytest.mark.parametrize(
    ("state", "have", "other"),
    [
        (Commitment(**COMMITMENT), "in-progress", "completed"),
        (Agreement(**AGREEMENT), "negotiating", "signed"),
        (Milestone(**MILESTONE), "scheduled", "met"),
    ],
)
def test_what_is_expected_is_the_status_the_stage_or_the_state(state: Record, have: str, other: str) -> None:
    rules.check_expected(Change("update", "X"), state)
    rules.check_expected(Change("update", "X", expect=have), state)
    with pytest.raises(Refused, match=f"^X is {have}, not {other} as expected; nothing was changed$"):
        rules.check_expected(Change("update", "X", expect=other), state)


@pytest.mark.parametrize("was", SETTLED_STATUSES)
@pytest.mark.parametrize("now", STATUSES)
def test_what_is_settled_is_not_opened_again_without_a_note(was: str, now: str) -> None:
    changed = {} if was == now else {"status": (was, now)}
    rules.check_reopening(Change("update", "X", note="it was not"), changed)
    if was == now:
        rules.check_reopening(Change("update", "X"), changed)
    else:
        with pytest.raises(Refused, match=f"^X is {was}; say with --note why it is to be {now}$"):
            rules.check_reopening(Change("update", "X"), changed)


def test_what_is_open_changes_without_a_note() -> None:
    for was in set(STATUSES) - set(SETTLED_STATUSES):
        rules.check_reopening(Change("update", "X"), {"status": (was, "completed")})


# When it takes effect


def day(on: str | None, *, newest: str = "", begun: str = "2025-06-01") -> str:
    return rules.day_of(Change("update", "X", effective_on=on), TODAY, (begun, "X"), newest)


def test_a_change_takes_effect_today_unless_it_names_a_day() -> None:
    assert day(None) == "2026-01-15"
    assert day("2025-10-26") == "2025-10-26"


def test_any_day_may_be_named_from_the_record_s_first_to_today() -> None:
    assert day("2025-06-01") == "2025-06-01"
    assert day("2026-01-15") == "2026-01-15"
    assert rules.day_of(Change("add", "X", effective_on="0001-01-01"), TODAY, None) == "0001-01-01"


def test_a_day_may_be_before_newer_entries() -> None:
    assert day("2025-06-01", newest="2026-01-15") == "2025-06-01"
    assert day("2026-01-15", newest="2026-01-16") == "2026-01-15"


def test_a_change_does_not_take_effect_in_the_future() -> None:
    said = r"^2026-01-16 is in the future \(today is 2026-01-15\); record a change once it is in effect$"
    with pytest.raises(Refused, match=said):
        day("2026-01-16", newest="2026-01-16")


def test_a_change_does_not_take_effect_before_its_record_s_first_day() -> None:
    said = r"^2025-05-31 is before X was created \(2025-06-01\); record it with that date or a later one$"
    with pytest.raises(Refused, match=said):
        day("2025-05-31")


def test_a_change_without_a_day_never_fails_on_it() -> None:
    # A colleague one time zone ahead may have recorded something that takes effect tomorrow, or added the record then.
    assert day(None, newest="2026-01-16") == "2026-01-16"
    assert day(None, begun="2026-01-16") == "2026-01-16"


def test_a_day_that_was_wrong_by_more_than_a_zone_does_not_draw_others_after_it() -> None:
    assert day(None, newest="2026-01-17") == "2026-01-15"
    assert day(None, newest="2099-01-01") == "2026-01-15"
    with pytest.raises(Refused, match=r"^2026-01-15 is before X was created \(2099-01-01\)"):
        day(None, begun="2099-01-01")


@pytest.mark.parametrize(
    ("record", "fields", "names"),
    [
        (Commitment(status="completed"), {"status": "completed"}, True),
        (Commitment(status="cancelled"), {"status": "cancelled"}, True),
        (Milestone(state="met"), {"state": "met"}, True),
        (Agreement(stage="signed"), {"stage": "signed"}, True),
        (Commitment(status="in-progress"), {"status": "in-progress"}, False),
        (Agreement(stage="negotiating"), {"stage": "negotiating"}, False),
        (Commitment(status="completed"), {"status": "cancelled"}, True),
        (Commitment(status="completed"), {"due": "2026"}, False),
        (None, {"status": "completed"}, False),
    ],
)
def test_a_change_names_the_day_of_an_event(
    record: Record | None, fields: dict[str, Any], names: bool
) -> None:
    change = Change("update", "X", fields=fields, effective_on="2025-10-26")
    assert rules.names_an_event(change, record) is names
    assert not rules.names_an_event(Change("update", "X", fields=fields), record)
    listed = Change("update", "X", fields=fields, effective_on="2025-10-26", derived={"deadline": "met"})
    assert not rules.names_an_event(listed, record)


# What an entry says


def test_only_what_differs_is_a_change() -> None:
    assert changed_by(update(status="in-progress", title="Conclude it", due="2025")) == {}
    assert changed_by(update(status="in-progress", title="New")) == {"title": ("Conclude it", "New")}


def test_a_truth_is_compared_with_the_number_that_is_stored() -> None:
    assert changed_by(update(verifiable=True)) == {}
    assert changed_by(update(verifiable=False)) == {"verifiable": (True, False)}


def test_a_field_can_be_cleared_once() -> None:
    assert changed_by(update(detail=None)) == {}
    assert changed_by(update(detail=None), {**COMMITMENT, "detail": "d"}) == {"detail": ("d", None)}


def test_a_new_record_has_its_defaults_and_nothing_that_is_empty() -> None:
    change = Change("add", "X", fields={"title": "t", "detail": None, "firmness": "agreed"})
    assert changed_by(change, None) == {
        "parties": (None, "both"),
        "verifiable": (None, True),
        "status": (None, "planned"),
        "title": (None, "t"),
        "firmness": (None, "agreed"),
    }
    assert changed_by(Change("add", "X", fields={"title": "t"}), None, "milestone") == {
        "title": (None, "t"),
        "state": (None, "scheduled"),
    }
    assert changed_by(Change("add", "X", fields={"title": "t"}), None, "agreement") == {
        "parties": (None, "both"),
        "title": (None, "t"),
    }


def test_what_follows_from_a_change_is_not_said_in_it() -> None:
    undated = {**COMMITMENT, "due": None, "baseline_due": None}
    assert changed_by(update(due="2026"), undated) == {"due": (None, "2026")}
    assert changed_by(update(status="completed")) == {"status": ("in-progress", "completed")}
    assert changed_by(update(status="suspended"), completed()) == {"status": ("completed", "suspended")}
    assert changed_by(update(state="met"), MILESTONE, "milestone") == {"state": ("scheduled", "met")}


def test_a_text_as_a_listing_shows_it_is_no_change() -> None:
    stored = {**COMMITMENT, "title": "red \x1b[31m alert"}
    shown = update(title="red ␛[31m alert")
    assert changed_by(shown, stored) == {"title": ("red \x1b[31m alert", "red ␛[31m alert")}
    shown.as_shown = True
    assert changed_by(shown, stored) == {}
    shown.fields = {"title": "red alert"}
    assert changed_by(shown, stored) == {"title": ("red \x1b[31m alert", "red alert")}
