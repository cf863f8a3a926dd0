"""Stated due dates and their windows, and what the calendar says of them on either side of both ends."""

import re
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
from edtf import parse_edtf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ksmy_tracker import clock
from ksmy_tracker.domain.edtf import (
    HORIZON_DAYS,
    NotEDTF,
    deadline_state,
    milestone_deadline_state,
    open_state,
    read_due,
    slip_days,
)
from ksmy_tracker.domain.words import DEADLINE_STATES, MILESTONE_STATES, OPEN_STATUSES, STATUSES

DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def window(text: str) -> tuple[str, str]:
    due = read_due(text)
    return due.earliest.isoformat(), due.latest.isoformat()


def refusal(text: str) -> NotEDTF:
    with pytest.raises(NotEDTF) as refused:
        read_due(text)
    return refused.value


def wide(text: str) -> str:
    """A text with the digits of an East Asian keyboard."""
    return re.sub(r"\d", lambda digit: chr(ord(digit[0]) - ord("0") + 0xFF10), text)


def offered(text: str) -> str | None:
    """What is stored for a text, or offered instead of it."""
    try:
        return read_due(text).edtf
    except NotEDTF as error:
        return error.probable


# Windows


@pytest.mark.parametrize(
    ("stated", "earliest", "latest"),
    [
        # Plain forms.
        ("2025", "2025-01-01", "2025-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("2025-01", "2025-01-01", "2025-01-31"),
        ("2026-06", "2026-06-01", "2026-06-30"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-33", "2025-01-01", "2025-03-31"),
        ("2025-34", "2025-04-01", "2025-06-30"),
        ("2025-35", "2025-07-01", "2025-09-30"),
        ("2025-36", "2025-10-01", "2025-12-31"),
        ("2025-12-31", "2025-12-31", "2025-12-31"),
        ("2025-01-01", "2025-01-01", "2025-01-01"),
        # February, in leap years and in others.
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        # Thirds and halves of a year.
        ("2025-37", "2025-01-01", "2025-04-30"),
        ("2025-38", "2025-05-01", "2025-08-31"),
        ("2025-39", "2025-09-01", "2025-12-31"),
        ("2025-40", "2025-01-01", "2025-06-30"),
        ("2025-41", "2025-07-01", "2025-12-31"),
        # Approximate or uncertain: the window is that of what is stated.
        ("2025~", "2025-01-01", "2025-12-31"),
        ("2025?", "2025-01-01", "2025-12-31"),
        ("2025%", "2025-01-01", "2025-12-31"),
        ("2025-06~", "2025-06-01", "2025-06-30"),
        ("2025-06-15?", "2025-06-15", "2025-06-15"),
        # Digits left open.
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("202X~", "2020-01-01", "2029-12-31"),
        ("2025-XX", "2025-01-01", "2025-12-31"),
        ("2025-06-XX", "2025-06-01", "2025-06-30"),
        ("2024-02-XX", "2024-02-01", "2024-02-29"),
        # Intervals and sets.
        ("2025/2026", "2025-01-01", "2026-12-31"),
        ("2025-06/2025-09", "2025-06-01", "2025-09-30"),
        ("2025-12-31/2026-01", "2025-12-31", "2026-01-31"),
        ("2025-06-01/2025-06-01", "2025-06-01", "2025-06-01"),
        ("2025~/2026?", "2025-01-01", "2026-12-31"),
        ("[2026,2024,2025]", "2024-01-01", "2026-12-31"),
        ("{2025-11..2026-02}", "2025-11-01", "2026-02-28"),
    ],
)
def test_a_due_date_has_the_window_of_what_it_states(stated: str, earliest: str, latest: str) -> None:
    assert window(stated) == (earliest, latest)
    assert read_due(stated).edtf == stated


@pytest.mark.parametrize(
    ("stated", "stored"),
    [
        ("2025-Q1", "2025-33"),
        ("2025-Q2", "2025-34"),
        ("2025-Q3", "2025-35"),
        ("2025-Q4", "2025-36"),
        ("2025-q4", "2025-36"),
        ("2025Q4", "2025-36"),
        (" 2025-Q4\n", "2025-36"),
        ("2026-H1", "2026-40"),
        ("2026-H2", "2026-41"),
        ("2026h2", "2026-41"),
        ("  2025 ", "2025"),
    ],
)
def test_a_quarter_or_a_half_as_people_write_it_is_stored_as_edtf(stated: str, stored: str) -> None:
    assert read_due(stated) == read_due(stored)
    assert read_due(stated).edtf == stored


plain_days = st.dates()
plain_forms = st.one_of(
    st.integers(1, 9999).map(lambda year: f"{year:04}"),
    plain_days.map(lambda drawn: drawn.isoformat()[:7]),
    plain_days.map(date.isoformat),
    st.tuples(st.integers(1, 9999), st.integers(33, 36)).map(lambda drawn: f"{drawn[0]:04}-{drawn[1]}"),
)


@given(plain_forms)
@example("2024-02")
@example("1900-02")
@example("2000-02-29")
@example("9999-36")
@settings(deadline=None)
def test_the_plain_forms_are_read_as_the_edtf_package_reads_them(stated: str) -> None:
    parsed = parse_edtf(stated)

    due = read_due(stated)

    assert due.edtf == stated
    assert due.earliest == date(*parsed.lower_strict()[:3])
    assert due.latest == date(*parsed.upper_strict()[:3])


def test_the_plain_forms_are_read_without_the_slow_package() -> None:
    script = (
        "import sys\n"
        "from ksmy_tracker.domain.edtf import read_due\n"
        "plain = ['2025', '2026-06', '2025-33', '2025-34', '2025-35', '2025-36', '2025-Q4', '2025-12-31']\n"
        "for stated in plain: read_due(stated)\n"
        "assert 'edtf' not in sys.modules and 'pyparsing' not in sys.modules\n"
        "read_due('2025~')\n"
        "assert 'edtf' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


# What is no due date


@pytest.mark.parametrize("stated", ["2025-21", "2025-22", "2025-24", "2025-25", "2025-32", "2025-21/2025-22"])
def test_a_season_is_refused_for_it_differs_between_hemispheres(stated: str) -> None:
    assert str(refusal(stated)) == (
        "a season has no fixed months in both hemispheres; give a quarter such as 2025-34"
    )


def test_a_date_written_year_day_month_is_not_taken_for_a_season() -> None:
    assert "season" not in str(refusal("2025-31-12"))


@pytest.mark.parametrize(
    "stated", ["2025/..", "../2025", "2025/", "/2025", "2025-06-30/..", "../..", "[..2025]", "[2025..]"]
)
def test_an_open_interval_is_refused_for_it_has_no_window(stated: str) -> None:
    assert str(refusal(stated)) == "an open interval has no window; give its first and last day"


@pytest.mark.parametrize(
    "stated", ["2025-12-31T10:00:00", "2025-12-31T10:00:00Z", "2025-12-31T23:59:59+09:00"]
)
def test_a_time_of_day_is_refused_and_its_day_is_probably_meant(stated: str) -> None:
    error = refusal(stated)

    assert str(error) == "a deadline is a date without a time of day"
    assert error.probable == "2025-12-31"


@pytest.mark.parametrize("stated", ["2026/2025", "2025-06-30/2025-06-01", "2026-01/2025-12-31"])
def test_an_interval_that_ends_before_it_begins_is_refused(stated: str) -> None:
    assert str(refusal(stated)) == "it ends before it begins"


@pytest.mark.parametrize("stated", ["0000", "0000-01", "0000-01-01", "-0001", "-2025", "Y12025", "XXXX"])
def test_a_year_that_no_calendar_date_has_is_refused(stated: str) -> None:
    assert str(refusal(stated)) == "its window must lie between the years 1 and 9999"


@pytest.mark.parametrize("stated", ["Y2E12", "Y1E400", "-2025/Y12025"])
def test_a_year_too_large_to_count_is_refused_like_any_other(stated: str) -> None:
    refusal(stated)


def test_a_year_written_to_keep_the_computer_busy_is_refused_at_once() -> None:
    script = (
        "from ksmy_tracker.domain.edtf import NotEDTF, read_due\n"
        "try: read_due('Y1E99999999')\n"
        "except NotEDTF: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=10, check=False
    )

    assert (done.stdout, done.stderr, done.returncode) == ("refused\n", "", 0)


def test_a_list_of_hundreds_of_dates_is_no_deadline() -> None:
    refusal(f"[{'2025,' * 400}2026]")


@pytest.mark.parametrize(
    "stated",
    [
        wide("2025"),
        "٢٠٢٥",
        wide("2025-06"),
        f"2025-0{wide('6')}-15",
        f"{wide('2025')}-Q4",
        f"20{wide('25')}",
    ],
)
def test_digits_other_than_ascii_are_refused(stated: str) -> None:
    refusal(stated)


@pytest.mark.parametrize("stated", ["2025-1X", "2025-X1", "2025-0X", "../", "/..", "2025-06-1X"])
def test_reading_a_due_date_prints_nothing(stated: str, capsys: pytest.CaptureFixture[str]) -> None:
    offered(stated)

    assert capsys.readouterr() == ("", "")


# What was probably meant


@pytest.mark.parametrize(
    ("stated", "probable"),
    [
        # A year and words around it.
        ("end of 2025", "2025"),
        ("by end-2025", "2025"),
        ("by 2029", "2029"),
        ("in 2025", "2025"),
        ("mid-2025", "2025"),
        ("circa 2025", "2025"),
        ("2025년", "2025"),
        # Quarters and halves.
        ("Q4 2025", "2025-Q4"),
        ("q1 2026", "2026-Q1"),
        ("2025 Q4", "2025-Q4"),
        ("2025/Q4", "2025-Q4"),
        ("4th quarter 2025", "2025-Q4"),
        ("1st quarter of 2026", "2026-Q1"),
        ("first quarter of 2026", "2026-Q1"),
        ("second quarter of 2026", "2026-Q2"),
        ("third quarter 2026", "2026-Q3"),
        ("fourth quarter of 2025", "2025-Q4"),
        ("4Q 2025", "2025-Q4"),
        ("4Q2025", "2025-Q4"),
        ("H1 2025", "2025-H1"),
        ("2025 H2", "2025-H2"),
        ("first half of 2025", "2025-H1"),
        ("Second Half of 2025", "2025-H2"),
        # Months.
        ("December 2025", "2025-12"),
        ("Dec 2025", "2025-12"),
        ("end of June 2026", "2026-06"),
        ("2025-June", "2025-06"),
        ("06/2026", "2026-06"),
        ("2025-1", "2025-01"),
        # Days.
        ("31/12/2025", "2025-12-31"),
        ("12/31/2025", "2025-12-31"),
        ("31.12.2025", "2025-12-31"),
        ("15 December 2025", "2025-12-15"),
        ("December 15, 2025", "2025-12-15"),
        ("2025/12/31", "2025-12-31"),
        ("2025.12.31", "2025-12-31"),
        ("2025-6-1", "2025-06-01"),
        ("20251231", "2025-12-31"),
        # Days and months that no calendar has.
        ("2025-02-30", "2025-02"),
        ("2025-02-29", "2025-02"),
        ("2025-06-31", "2025-06"),
        ("2025-12-32", "2025-12"),
        ("2025-06-00", "2025-06"),
        ("2025-13", "2025"),
        ("2025-00", "2025"),
        ("2025-13-40", "2025"),
        ("February 30, 2025", "2025"),
    ],
)
def test_what_was_probably_meant_is_offered(stated: str, probable: str) -> None:
    error = refusal(stated)

    assert str(error) == "it is not an EDTF date"
    assert error.probable == probable


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "   ",
        "next year",
        "soon",
        "31 December",
        "12/31",
        "2025 or 2026",
        "2025-2026",
        "end of 2025 or June 2026",
        "20251301",
        "21st century",
        # The year they name is not the one they mean.
        "before 2026",
        "after 2025",
    ],
)
def test_nothing_is_offered_where_it_would_be_a_guess(stated: str) -> None:
    error = refusal(stated)

    assert str(error) == "it is not an EDTF date"
    assert error.probable is None


@pytest.mark.parametrize("stated", ["1/2/2025", "01-02-2025", "5.6.2025"])
def test_a_day_is_not_guessed_where_day_and_month_could_be_either(stated: str) -> None:
    assert refusal(stated).probable in (None, "2025")


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        ("spring 2025", "2025-21"),
        ("2020s", "2020"),
        ("2025 Q5", "2025-05"),
        ("2025-1X", "2025-01"),
        ("2025-06-1X", "2025-06-01"),
        ("2025-06-3X", "2025-06-03"),
        ("1/2/3/2025", "2003-01-02"),
        ("2025-Q1/2025-Q2", "2025-Q1"),
    ],
)
def test_what_was_not_meant_is_not_offered(stated: str, wrong: str) -> None:
    assert offered(stated) != wrong


@pytest.mark.parametrize(
    "stated",
    ["31 December 2025 10:00 +2500", "2025-12-31 10:00+2600", "2025-12-31T10:00+99:00", "2025" * 5000],
)
def test_text_that_no_date_reader_understands_is_refused_all_the_same(stated: str) -> None:
    refusal(stated)


MIXED_YEAR = f"20{wide('25')}"
WORDS = (
    *("2025", "2026", "1999", "33", "31", "29", "13", "12", "02", "1", "2", "00", MIXED_YEAR),
    *("X", "XX", "~", "?", "%", "S2", "Y", "T", "Z", "..", "[", "]", "{", "}", ",", "/", "-", ".", "+"),
    *("Q4", "H2", "4Q", "2H", "FY", "by", "end", "of", "the", "first", "second", "half", "quarter", "4th"),
    *("December", "feb", "spring", "winter", "AD", "century", "Monday", "UTC", "년", " ", " ", " "),
)


@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
@example("spring 2025")
@example("33 AD 2025")
@example("2025 ended on 2033 ")
@example(f"{MIXED_YEAR} ")
@example("2025..H2")
@settings(deadline=None)
def test_any_text_is_read_or_refused_and_what_is_offered_for_it_can_be_read(stated: str) -> None:
    offer = offered(stated)

    if offer is not None:
        due = read_due(offer)
        assert due.edtf == read_due(due.edtf).edtf
        assert offer == due.edtf or re.fullmatch(r"\d{4}-(Q[1-4]|H[12])", offer)
        assert due.earliest <= due.latest
        assert offer[:4] in stated


# Slip


@pytest.mark.parametrize(
    ("baseline", "due", "days"),
    [
        ("2025", "2025", 0),
        ("2025", "2026", 365),
        ("2027", "2028", 366),
        ("2025", "2025-36", 0),
        ("2025", "2025-12-30", -1),
        ("2026", "2025-06", -549),
        ("2025-12-31", "2026-01-01", 1),
        (None, "2025", None),
        ("2025", None, None),
        (None, None, None),
    ],
)
def test_slip_counts_the_days_between_the_last_days(
    baseline: str | None, due: str | None, days: int | None
) -> None:
    assert slip_days(baseline, due) == days


# Deadline states


@pytest.mark.parametrize("status", OPEN_STATUSES)
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
def test_an_open_deadline_turns_at_the_ends_of_its_window(
    status: str, stated: str, today: str, state: str
) -> None:
    now = day(today)
    latest = read_due(stated).latest

    assert deadline_state(status, latest, None, None, now, now + HORIZON_DAYS * DAY) == state


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
    assert state(clock.DEFAULT_ZONE) == in_kuala_lumpur


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


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025-01 /\n2025-03", "2025-01/2025-03"),
        ("{2025-01,\t2025-02}", "{2025-01,2025-02}"),
        ("\t2026-06\r\n", "2026-06"),
        ("[2025-01-01, 2025-01-02]", "[2025-01-01,2025-01-02]"),
    ],
)
def test_a_due_date_is_stored_without_spaces_tabs_and_line_breaks(given: str, stored: str) -> None:
    due = read_due(given)
    assert due == read_due(stored)
    assert due.edtf == stored


@pytest.mark.parametrize("given", ["2025-1 2", "20 25", "2025-06 2025-07"])
def test_spaces_that_part_numbers_are_not_left_out(given: str) -> None:
    with pytest.raises(NotEDTF):
        read_due(given)
