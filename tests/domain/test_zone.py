"""A register's days end in Kuala Lumpur, eight hours before they do in UTC."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ksmy_tracker.domain.zone import ZONE, day_of, midnight_after


@pytest.mark.parametrize("day", ["0001-01-01", "2025-02-28", "2025-12-31", "9999-12-31"])
def test_a_day_ends_eight_hours_before_it_does_in_utc(day: str) -> None:
    assert midnight_after(day) == f"{day}T16:00:00.000000Z"


@pytest.mark.parametrize("hour", range(24))
def test_a_moment_is_of_the_day_that_the_zone_says(hour: int) -> None:
    moment = f"2025-12-31T{hour:02}:30:00.000000Z"
    assert day_of(moment) == datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)).date().isoformat()


def test_the_next_day_begins_where_one_ends() -> None:
    midnight = midnight_after("2025-12-31")
    before = datetime.fromisoformat(midnight) - timedelta(microseconds=1)
    assert (day_of(before.isoformat()), day_of(midnight)) == ("2025-12-31", "2026-01-01")
