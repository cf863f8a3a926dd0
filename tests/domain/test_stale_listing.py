"""A listing that is fed back: what follows from other fields may stay as it was and not be edited."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.deadline import HORIZON_DAYS
from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.kinds import GIVEN, Commitment
from ksmy_tracker.domain.rows import Day, commitment_deadline, names
from ksmy_tracker.domain.stale_listing import DERIVED, Listed, check_derived, is_current, outdated
from ksmy_tracker.domain.words import OPEN_STATUSES, STATUSES
from ksmy_tracker.errors import Refused
from ksmy_tracker.render import formats

TODAY = date(2026, 1, 15)
UPDATED = date(2025, 12, 1)

STATE: dict[str, Any] = {
    "ref": "CCS-START",
    "status": "planned",
    "due": "2026-03",
    "due_earliest": "2026-03-01",
    "due_latest": "2026-03-31",
    "baseline_due": "2025",
    "slip_days": 90,
    "completed_on": None,
    "completed_latest": None,
    "evidence": 3,
    "created_on": "2024-11-25",
    "updated_on": UPDATED.isoformat(),
    "reviewed_on": "2026-01-10",
    "withdrawn": False,
}


#: What the register has of the record besides it.
NOW = Listed(said=7, newest_entry=9, milestones_met=2, milestones=5)


def listed(state: dict[str, Any], on: date, within: int = HORIZON_DAYS) -> dict[str, str]:
    """The derived cells that a listing made on a day has for a record."""
    deadline, days_left = commitment_deadline(Commitment(**state), Day(on, within))
    known = {**state, "deadline": deadline, "days_left": days_left, "milestones_met": 2, "milestones": 5}
    known |= {"measures": 0, "disputed": ()}
    ((_, row),) = [formats.to_csv(DERIVED, [[known[name] for name in DERIVED]]).splitlines()]
    return dict(zip(DERIVED, row.split(","), strict=True))


def check(derived: dict[str, str], state: dict[str, Any] = STATE, today: date = TODAY) -> None:
    check_derived(Change("update", "CCS-START", derived=derived), Commitment(**state), Day(today), NOW)


def test_what_a_listing_shows_is_either_set_or_derived() -> None:
    assert {"ref", *GIVEN["commitment"], *DERIVED, "newest_entry"} == set(names(Commitment))
    assert not set(DERIVED) & set(GIVEN["commitment"])


def test_a_listing_of_today_is_accepted() -> None:
    check(listed(STATE, TODAY))


def test_a_change_without_a_listing_is_accepted() -> None:
    check({})


@pytest.mark.parametrize("cell", ["FALSE", "False", "false"])
def test_a_spreadsheet_may_write_a_truth_in_its_own_way(cell: str) -> None:
    check({**listed(STATE, TODAY), "withdrawn": cell})
    with pytest.raises(Refused, match=r"^withdrawn: it follows from other fields and is true now; "):
        check({"withdrawn": cell}, {**STATE, "withdrawn": 1})


@pytest.mark.parametrize("days", [0, 1, 20, 44, 45])
def test_a_listing_some_days_old_is_accepted(days: int) -> None:
    check(listed(STATE, TODAY - timedelta(days=days)))


def test_a_listing_older_than_the_record_s_newest_entry_is_refused() -> None:
    with pytest.raises(Refused, match=r"^days_left: it follows from other fields and is 75 now; '121' "):
        check(listed(STATE, UPDATED - timedelta(days=1)))


def test_a_listing_of_a_day_to_come_is_refused() -> None:
    with pytest.raises(Refused, match=r"^days_left: it follows from other fields and is 75 now; '74' "):
        check(listed(STATE, TODAY + timedelta(days=1)))


@pytest.mark.parametrize("cell", ["", "2025-12-31", "2026-01-10"])
def test_a_listing_made_before_its_record_was_looked_at_is_accepted(cell: str) -> None:
    check({**listed(STATE, TODAY), "reviewed_on": cell})
    with pytest.raises(Refused, match=r"^reviewed_on: it follows from other fields and is 2026-01-10 now; "):
        check({**listed(STATE, TODAY), "reviewed_on": "2026-01-11"})


@pytest.mark.parametrize("name", DERIVED)
def test_an_edited_cell_is_refused_by_its_name(name: str) -> None:
    for cell in ("999", "nonsense", "2031-01-01", "-", " ", "upcoming"):
        with pytest.raises(Refused, match=f"^{name}: it follows from other fields and is .* cannot be set$"):
            check({**listed(STATE, TODAY), name: cell})


@pytest.mark.parametrize(
    "name", [name for name in DERIVED if name not in ("baseline_due", "reviewed_on", "disputed")]
)
def test_an_emptied_cell_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Refused, match=f"^{name}: it follows "):
        check({**listed(STATE, TODAY), name: ""})


@pytest.mark.parametrize(
    ("name", "cell"),
    [("days_left", "75"), ("deadline", "due-soon"), ("milestones", "5"), ("updated_on", "2025-12-01")],
)
def test_a_derived_column_may_stand_alone(name: str, cell: str) -> None:
    check({name: cell})
    with pytest.raises(Refused, match=f"^{name}: "):
        check({name: "7"})


@pytest.mark.parametrize("days_left", ["9" * 400, "9" * 5000, "-9999999", "1e3", "75.0"])
def test_days_left_that_no_listing_shows_are_refused(days_left: str) -> None:
    with pytest.raises(Refused, match=r"^days_left: "):
        check({"days_left": days_left})


def test_the_deadline_state_is_that_of_the_listing_s_own_day() -> None:
    overdue = {**STATE, "due_earliest": "2025-12-01", "due_latest": "2025-12-31"}
    before = listed(overdue, date(2025, 12, 31))
    assert (before["deadline"], before["days_left"]) == ("due-soon", "0")
    check(before, overdue)
    after = listed(overdue, date(2026, 1, 1))
    assert (after["deadline"], after["days_left"]) == ("overdue", "-1")
    check(after, overdue)
    with pytest.raises(
        Refused, match=r"^deadline: it follows from other fields and is overdue now; 'overdue' "
    ):
        check({**before, "deadline": "overdue"}, overdue)


def test_without_days_left_the_deadline_state_may_be_that_of_any_day_since_the_newest_entry() -> None:
    passed = {**STATE, "updated_on": "2025-01-01", "due_earliest": "2025-12-01", "due_latest": "2025-12-31"}
    for state in ("upcoming", "due-soon", "overdue"):
        check({"deadline": state}, passed)
    for state in ("undated", "met", "met-late", "closed"):
        with pytest.raises(Refused, match=r"^deadline: "):
            check({"deadline": state}, passed)


def test_a_record_without_a_deadline_has_no_days_left() -> None:
    undated = {**STATE, "due": None, "due_earliest": None, "due_latest": None}
    check(listed(undated, TODAY), undated)
    with pytest.raises(
        Refused, match=r"^days_left: it follows from other fields and is empty now; '5' cannot "
    ):
        check({"days_left": "5"}, undated)


def test_a_settled_record_is_met_or_met_late_or_closed_on_every_day() -> None:
    done = {**STATE, "status": "completed", "completed_on": "2025-12-01", "completed_latest": "2026-03-31"}
    check({"deadline": "met", "days_left": ""}, done)
    late = {**done, "completed_latest": "2025-06-30"}
    check({"deadline": "met-late", "days_left": ""}, late)
    with pytest.raises(Refused, match=r"^deadline: it follows from other fields and is met-late now; 'met' "):
        check({"deadline": "met"}, late)
    check({"deadline": "closed", "days_left": ""}, {**STATE, "status": "cancelled"})


def test_a_record_that_gained_a_milestone_since_the_listing_is_refused() -> None:
    change = Change("update", "CCS-START", derived=listed(STATE, TODAY))
    now = NOW._replace(milestones_met=3, milestones=6)
    with pytest.raises(Refused, match=r"^milestones_met: it follows from other fields and is 3 now; '2' "):
        check_derived(change, Commitment(**STATE), Day(TODAY), now)


@pytest.mark.parametrize("named", ["", "7", "8", "9"])
def test_a_line_that_names_the_newest_entry_or_one_after_it_that_only_keeps_a_key_is_current(
    named: str,
) -> None:
    assert is_current(Change("update", "CCS-START", derived={"newest_entry": named}), NOW)


@pytest.mark.parametrize("named", ["6", "10", "0", "07", "-8", "8.0", "eight", "8" * 20, "٨"])
def test_a_line_that_names_another_entry_is_out_of_date(named: str) -> None:
    change = Change("update", "CCS-START", derived={"newest_entry": named})
    assert not is_current(change, NOW)
    assert str(outdated(change, NOW)).startswith(
        f"newest_entry: the newest entry of CCS-START is 9, not {named!r}; it was changed since the listing"
    )


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
DUES = st.none() | st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from([4, 7, 10]))


@given(st.sampled_from(STATUSES), DUES, st.lists(DAYS, min_size=3, max_size=3))
def test_a_listing_made_on_any_day_since_the_newest_entry_is_accepted(
    status: str, due: str | None, days: list[date]
) -> None:
    updated, made, today = sorted(days)
    window = read_due(due) if due else None
    latest = window.latest.isoformat() if window else None
    state = {
        **STATE,
        "status": status,
        "due": due,
        "due_earliest": window.earliest.isoformat() if window else None,
        "due_latest": latest,
        "completed_on": updated.isoformat() if status == "completed" else None,
        "completed_latest": latest if status == "completed" else None,
        "updated_on": updated.isoformat(),
    }
    cells = listed(state, made)
    check(cells, state, today)
    del cells["days_left"]
    check(cells, state, today)


@given(DAYS, DAYS, st.integers(-4000, 4000))
def test_days_left_are_those_of_a_day_since_the_newest_entry(
    updated: date, latest: date, days_left: int
) -> None:
    state = {**STATE, "due_latest": latest.isoformat(), "updated_on": updated.isoformat()}
    assert state["status"] in OPEN_STATUSES
    day = latest - timedelta(days=days_left)
    today = updated + timedelta(days=500)
    if updated <= day <= today:
        check({"days_left": str(days_left)}, state, today)
    else:
        with pytest.raises(Refused, match=r"^days_left: "):
            check({"days_left": str(days_left)}, state, today)
