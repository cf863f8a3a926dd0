"""What `--since` means: a date, or so long before the day that is looked from."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.cli.since_option import read_since
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.errors import Usage


@pytest.mark.parametrize(
    ("today", "since", "first"),
    [
        ("2026-01-15", "2025-10-27", "2025-10-27"),
        ("2026-01-15", "2026-01-15", "2026-01-15"),
        ("2026-01-15", " 7D ", "2026-01-08"),
        ("2024-03-01", "1d", "2024-02-29"),
        ("2026-01-15", "2w", "2026-01-01"),
        ("2026-03-31", "1m", "2026-02-28"),
        ("2026-01-31", "2m", "2025-11-30"),
        ("2026-12-31", "1m", "2026-11-30"),
        ("2024-02-29", "12m", "2023-02-28"),
        ("2026-01-15", "0m", "2026-01-15"),
        ("2026-01-15", "999999m", "0001-01-01"),
        ("2026-01-15", "999999w", "0001-01-01"),
    ],
)
def test_it_is_a_date_or_so_many_days_weeks_or_months_before(today: str, since: str, first: str) -> None:
    assert read_since(since).before(date.fromisoformat(today), "report") == first


@given(st.dates(min_value=date(2, 1, 1)), st.integers(0, 30))
def test_a_month_back_is_in_the_month_before_and_never_later_in_it(today: date, months: int) -> None:
    first = date.fromisoformat(read_since(f"{months}m").before(today, "report"))
    assert first == date.min or (today.year - first.year) * 12 + today.month - first.month == months
    assert first == date.min or first.day <= today.day


@pytest.mark.parametrize("since", ["yesterday", "7", "-7d", "1y", "2025-02-30", "", "1234567d", "\uff17d"])
def test_what_is_neither_is_told(since: str) -> None:
    with pytest.raises(Fault, match="is not a date such as 2025-10-27, nor 7d, 2w or 1m"):
        read_since(since)


def test_a_later_day_is_told() -> None:
    with pytest.raises(Usage, match=r"--since 2026-01-16 is after the day of the history \(2026-01-15\)"):
        read_since("2026-01-16").before(date(2026, 1, 15), "history")
