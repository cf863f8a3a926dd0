"""Stated due dates and their windows, and what the calendar says of them on either side of both ends."""

import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from edtf import parse_edtf
from hypothesis import example, given
from hypothesis import strategies as st

from ksmy_tracker.domain.edtf import NotEDTF, read_due, slip_days

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
        ("2H 2025", "2025-H2"),
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
        ("June 5, 2026", "2026-06-05"),
        ("5-Jun-2026", "2026-06-05"),
        ("no later than 30th June 2026", "2026-06-30"),
        ("2026. 6. 30.", "2026-06-30"),
        ("2026-06-30 00:00", "2026-06-30"),
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
        ("30/02/2025", "2025"),
        ("Q5 2025", "2025"),
        # A decade.
        ("the 2030s", "203X"),
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
        "2025-33/2025-34",
        "Q1 or 2Q 2025",
        "H1 or 2H 2025",
        "2025-X1",
        "first half of June 2026",
        "3 May-9 Aug 2027",
        "20251301",
        "21st century",
        # The year they name is not the one they mean.
        "before 2026",
        "after 2025",
        "Before 2026",
        "2035s",
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
@example("H2..2025")
@example("2025..H2")
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
