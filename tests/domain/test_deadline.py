"""What the calendar says of a deadline, on either side of both ends of its window."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker import clock
from ksmy_tracker.domain.deadline import HORIZON_DAYS, deadline_state, milestone_deadline_state, open_state
from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.words import DEADLINE_STATES, MILESTONE_STATES, OPEN_STATUSES, STATUSES
from ksmy_tracker.domain.zone import ZONE

DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Deadline states


@pytest.mark.parametrize(
    ("stated", "today", "state"),
    [
        # A year: its first day is far from its last.
        ("2025", "2024-12-31", "upcoming"),
        ("2025", "2025-01-01", "upcoming"),
        ("2025", "2025-10-01", "upcoming"),
        ("2025", "2025-10-02", "due-soon"),
        ("2025", "2025-12-31", "due-soon"),
        ("2025", "2026-01-01", "overdue"),
        # A quarter: its first day is out of sight by one.
        ("2025-Q4", "2025-09-30", "upcoming"),
        ("2025-Q4", "2025-10-01", "upcoming"),
        ("2025-Q4", "2025-10-02", "due-soon"),
        ("2025-Q4", "2025-12-31", "due-soon"),
        ("2025-Q4", "2026-01-01", "overdue"),
        # A month that ends in a leap day.
        ("2024-02", "2023-11-30", "upcoming"),
        ("2024-02", "2023-12-01", "due-soon"),
        ("2024-02", "2024-02-01", "due-soon"),
        ("2024-02", "2024-02-29", "due-soon"),
        ("2024-02", "2024-03-01", "overdue"),
        # A day.
        ("2025-06-15", "2025-06-14", "due-soon"),
        ("2025-06-15", "2025-06-15", "due-soon"),
        ("2025-06-15", "2025-06-16", "overdue"),
        # Open digits and an interval: the last day counts.
        ("202X", "2029-12-31", "due-soon"),
        ("202X", "2030-01-01", "overdue"),
        ("2025-06/2025-09", "2025-09-30", "due-soon"),
        ("2025-06/2025-09", "2025-10-01", "overdue"),
    ],
)
def test_an_open_deadline_turns_at_the_ends_of_its_window(stated: str, today: str, state: str) -> None:
    now = day(today)
    latest = read_due(stated).latest

    for status in OPEN_STATUSES:
        assert deadline_state(status, latest, None, None, now, now + HORIZON_DAYS * DAY) == state, status


def test_the_horizon_is_ninety_days_unless_another_is_given() -> None:
    today, latest = day("2025-01-01"), day("2025-01-31")

    assert HORIZON_DAYS == 90
    assert open_state(latest, today, today + 30 * DAY) == "due-soon"
    assert open_state(latest, today, today + 29 * DAY) == "upcoming"
    assert open_state(today, today, today) == "due-soon"


@pytest.mark.parametrize("status", OPEN_STATUSES)
def test_without_a_due_date_an_open_commitment_is_undated(status: str) -> None:
    today = day("2026-01-15")

    assert deadline_state(status, None, None, None, today, today + HORIZON_DAYS * DAY) == "undated"


@pytest.mark.parametrize(
    ("completed_on", "completed_due", "state"),
    [
        ("2025-06-01", "2025", "met"),
        ("2025-12-31", "2025", "met"),
        ("2026-01-01", "2025", "met-late"),
        ("2024-12-31", "2025", "met"),
        ("2026-01-01", None, "met"),
        (None, None, "met"),
    ],
)
def test_a_completed_commitment_is_met_by_the_due_date_then_in_force(
    completed_on: str | None, completed_due: str | None, state: str
) -> None:
    today = day("2026-06-01")
    completed = day(completed_on) if completed_on else None
    then = read_due(completed_due).latest if completed_due else None

    # The due date may have been moved since, to either side: it no longer matters.
    for latest in (None, day("2000-01-01"), day("2999-12-31")):
        assert deadline_state("completed", latest, completed, then, today, today) == state


def test_a_cancelled_commitment_is_closed_whatever_its_deadline() -> None:
    today = day("2026-01-15")

    for latest in (None, today - DAY, today, today + DAY):
        assert deadline_state("cancelled", latest, None, None, today, today) == "closed"


days_of_this_century = st.dates(date(2000, 1, 1), date(2099, 12, 31))
maybe_a_day = st.none() | days_of_this_century


@given(
    st.sampled_from(STATUSES),
    maybe_a_day,
    maybe_a_day,
    maybe_a_day,
    days_of_this_century,
    st.integers(0, 400),
)
def test_a_deadline_has_one_state_and_is_overdue_only_when_open_and_past(
    status: str,
    latest: date | None,
    completed_on: date | None,
    completed_latest: date | None,
    today: date,
    within: int,
) -> None:
    state = deadline_state(status, latest, completed_on, completed_latest, today, today + within * DAY)

    assert state in DEADLINE_STATES
    assert (state == "overdue") == (status in OPEN_STATUSES and latest is not None and latest < today)
    assert (state in ("met", "met-late")) == (status == "completed")


@given(days_of_this_century, days_of_this_century, st.integers(0, 400))
def test_as_days_pass_an_open_deadline_never_goes_back(latest: date, today: date, within: int) -> None:
    order = ("upcoming", "due-soon", "overdue")

    on, after = (open_state(latest, now, now + within * DAY) for now in (today, today + DAY))

    assert order.index(on) <= order.index(after)


@pytest.mark.parametrize(
    ("moment", "in_kuala_lumpur", "in_seoul"),
    [
        ("2025-12-31T14:59:59+00:00", "due-soon", "due-soon"),
        # Evening in UTC: tomorrow in Seoul already, still the last day in Kuala Lumpur.
        ("2025-12-31T15:30:00+00:00", "due-soon", "overdue"),
        ("2025-12-31T16:00:00+00:00", "overdue", "overdue"),
    ],
)
def test_a_deadline_is_overdue_only_when_its_last_day_has_ended_in_both_capitals(
    moment: str, in_kuala_lumpur: str, in_seoul: str
) -> None:
    latest = read_due("2025").latest

    def state(zone: str) -> str:
        today = clock.today(datetime.fromisoformat(moment), clock.zone(zone))
        return deadline_state("in-progress", latest, None, None, today, today + HORIZON_DAYS * DAY)

    assert state("Asia/Kuala_Lumpur") == in_kuala_lumpur
    assert state("Asia/Seoul") == in_seoul
    assert state(ZONE) == in_kuala_lumpur


# Milestones


@pytest.mark.parametrize("state", ["scheduled", "partially-met"])
@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2025-10-01", "upcoming"),
        ("2025-10-02", "due-soon"),
        ("2025-12-31", "due-soon"),
        ("2026-01-01", "overdue"),
    ],
)
def test_an_open_milestone_turns_like_a_commitment(state: str, today: str, expected: str) -> None:
    now = day(today)

    found = milestone_deadline_state(state, day("2025-12-31"), None, now, now + HORIZON_DAYS * DAY)

    assert found == expected


@pytest.mark.parametrize(
    ("met_on", "latest", "expected"),
    [
        ("2025-12-31", "2025-12-31", "met"),
        ("2026-01-01", "2025-12-31", "met-late"),
        ("2026-01-01", None, "met"),
        (None, "2025-12-31", "met"),
    ],
)
def test_a_met_milestone_is_met_or_met_late(met_on: str | None, latest: str | None, expected: str) -> None:
    today = day("2026-06-01")

    found = milestone_deadline_state(
        "met", day(latest) if latest else None, day(met_on) if met_on else None, today, today
    )

    assert found == expected


def test_a_milestone_that_was_not_met_is_closed() -> None:
    today = day("2026-01-15")

    assert milestone_deadline_state("not-met", day("2025-12-31"), None, today, today) == "closed"


def test_an_undated_milestone_is_undated_until_it_is_settled() -> None:
    today = day("2026-01-15")

    assert {
        state: milestone_deadline_state(state, None, None, today, today) for state in MILESTONE_STATES
    } == {"scheduled": "undated", "met": "met", "partially-met": "undated", "not-met": "closed"}
