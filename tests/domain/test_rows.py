"""The rows of the JSON contract, and what is derived from the day they are looked at."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import Agreement, Body, Claim, Commitment, Measure, Milestone, Source
from ksmy_tracker.domain.rows import (
    Day,
    DeadlineRow,
    EntryRow,
    Row,
    as_dict,
    commitment_deadline,
    days_before,
    milestone_deadline,
    names,
)
from ksmy_tracker.domain.words import OPEN_STATUSES
from tests.rows import MILESTONE

TODAY = date(2026, 1, 15)


def commitment(status: str, due_latest: str | None = None, **more: Any) -> Commitment:
    """What a register stores of a commitment, as far as its deadline goes."""
    return Commitment(status=status, due_latest=due_latest, **more)


def milestone(state: str, due_latest: str | None = None, met_on: str | None = None) -> Milestone:
    """What a register stores of a milestone, as far as its deadline goes."""
    return Milestone(state=state, due_latest=due_latest, met_on=met_on)


@pytest.mark.parametrize(
    ("row_class", "fields"),
    [
        (
            Commitment,
            (
                "ref, title, detail, agreement, sector, topics, parties, leads, partners, said_by, firmness, "
                "verifiable, source, status, deadline, days_left, due, due_earliest, due_latest, due_phrase, "
                "done_when, expected, baseline_due, slip_days, milestones_met, milestones, measures, disputed, "
                "evidence, created_on, updated_on, reviewed_on, withdrawn, newest_entry"
            ),
        ),
        (
            Agreement,
            (
                "ref, title, kind, stage, dated, place, parties, source, under, commitments, open, overdue, "
                "disputed, withdrawn"
            ),
        ),
        (Body, "ref, name, name_ko, name_ms, kind, party, leads, overdue, withdrawn"),
        (Source, "ref, title, publisher, dated, url, archived, language, cited, withdrawn"),
        (
            Measure,
            (
                "ref, about, title, unit, direction, baseline, baseline_period, target, target_period, value, "
                "period, percent, remaining, disputed, evidence, created_on, updated_on, withdrawn"
            ),
        ),
        (
            Claim,
            "ref, about, number, field, value, period, said_by, state, created_on, updated_on, withdrawn",
        ),
        (
            EntryRow,
            (
                "id, invocation, key, key_digest, recorded_at, effective_on, actor, record, ref, action, "
                "changes, note, evidence, retracts, previous_hash, hash, retracted_by, cited"
            ),
        ),
        (
            Milestone,
            (
                "ref, number, title, party, leads, partners, state, deadline, days_left, due, due_earliest, "
                "due_latest, expected, met_on, disputed, evidence, withdrawn"
            ),
        ),
        (
            DeadlineRow,
            (
                "ref, record, title, agreement, sector, parties, status, deadline, days_left, due, due_earliest, "
                "due_latest, due_phrase, slip_days, expected, done_when, leads, disputed"
            ),
        ),
    ],
)
def test_the_fields_of_a_row_are_those_of_the_contract_in_its_order(
    row_class: type[Row], fields: str
) -> None:
    assert ", ".join(names(row_class)) == fields


def test_a_row_is_an_object_with_a_key_for_each_field() -> None:
    row = replace(MILESTONE, number=1, due=None)
    assert tuple(as_dict(row)) == names(Milestone)
    assert as_dict(row)["number"] == 1
    assert as_dict(row)["due"] is None


def test_the_horizon_is_the_last_day_that_counts_as_soon() -> None:
    assert Day(TODAY, 90).horizon == date(2026, 4, 15)
    assert Day(TODAY, 0).horizon == TODAY


def test_a_day_is_looked_at_as_it_stood_unless_said_otherwise() -> None:
    assert Day(TODAY).as_it_stood


def test_soon_is_within_ninety_days_unless_said_otherwise() -> None:
    assert Day(TODAY).horizon == TODAY + timedelta(days=90)


@pytest.mark.parametrize("within", [10**7, 10**30])
def test_a_horizon_beyond_the_calendar_is_its_last_day(within: int) -> None:
    assert Day(TODAY, within).horizon == date.max


@pytest.mark.parametrize(
    ("due_latest", "state", "days_left"),
    [
        ("2026-01-14", "overdue", -1),
        ("2026-01-15", "due-soon", 0),
        ("2026-01-16", "due-soon", 1),
        ("2026-04-15", "due-soon", 90),
        ("2026-04-16", "upcoming", 91),
        (None, "undated", None),
    ],
)
def test_an_open_commitment_counts_the_days_to_its_last_day(
    due_latest: str | None, state: str, days_left: int | None
) -> None:
    for status in OPEN_STATUSES:
        assert commitment_deadline(commitment(status, due_latest), Day(TODAY)) == (state, days_left)


def test_a_completed_commitment_has_no_days_left() -> None:
    stored = commitment("completed", "2025-12-31", completed_on="2026-01-01", completed_latest="2025-12-31")
    assert commitment_deadline(stored, Day(TODAY)) == ("met-late", None)


def test_a_commitment_completed_on_its_last_day_is_met() -> None:
    stored = commitment("completed", "2025-12-31", completed_on="2025-12-31", completed_latest="2025-12-31")
    assert commitment_deadline(stored, Day(TODAY)) == ("met", None)


def test_completion_is_measured_by_the_due_date_then_in_force() -> None:
    stored = commitment("completed", "2027-12-31", completed_on="2026-01-01", completed_latest="2025-12-31")
    assert commitment_deadline(stored, Day(TODAY))[0] == "met-late"


def test_a_cancelled_commitment_is_closed_and_has_no_days_left() -> None:
    assert commitment_deadline(commitment("cancelled", "2025-12-31"), Day(TODAY)) == ("closed", None)


@pytest.mark.parametrize("state", ["scheduled", "partially-met"])
@pytest.mark.parametrize(
    ("due_latest", "expected"),
    [
        ("2026-01-14", ("overdue", -1)),
        ("2026-01-15", ("due-soon", 0)),
        ("2026-04-16", ("upcoming", 91)),
        (None, ("undated", None)),
    ],
)
def test_an_open_milestone_counts_the_days_to_its_last_day(
    state: str, due_latest: str | None, expected: tuple[str, int | None]
) -> None:
    assert milestone_deadline(milestone(state, due_latest), Day(TODAY)) == expected


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (milestone("met", "2025-12-31", "2025-12-31"), "met"),
        (milestone("met", "2025-12-31", "2026-01-01"), "met-late"),
        (milestone("met", None, "2026-01-01"), "met"),
        (milestone("not-met", "2025-12-31"), "closed"),
    ],
)
def test_a_settled_milestone_has_no_days_left(stored: Milestone, expected: str) -> None:
    assert milestone_deadline(stored, Day(TODAY)) == (expected, None)


@pytest.mark.parametrize("state", ["scheduled", "partially-met"])
def test_an_open_milestone_of_a_settled_commitment_is_closed(state: str) -> None:
    stored = replace(milestone(state, "2025-12-31"), settled=True)
    assert milestone_deadline(stored, Day(TODAY)) == ("closed", None)
    met = replace(milestone("met", "2025-12-31", "2026-01-01"), settled=True)
    assert milestone_deadline(met, Day(TODAY)) == ("met-late", None)


def test_days_before_stops_at_the_ends_of_the_calendar() -> None:
    assert days_before(date(2026, 1, 15), 30) == "2025-12-16"
    assert days_before(date(2026, 1, 15), 0) == "2026-01-15"
    assert days_before(date(2026, 1, 15), 10**30) == "0001-01-01"
