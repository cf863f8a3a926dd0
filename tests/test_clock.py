"""The one place that reads the time: what day it is in which of the two capitals."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker import clock
from ksmy_tracker.domain.zone import ZONE
from ksmy_tracker.errors import Usage

LAST_DAY, FIRST_DAY = date(2025, 12, 31), date(2026, 1, 1)


def test_the_present_moment_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    moment = clock.now()

    assert moment.utcoffset() == timedelta(0)
    assert before <= moment <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("moment", "kuala_lumpur", "seoul"),
    [
        ("2025-12-31T14:59:59.999999+00:00", LAST_DAY, LAST_DAY),
        ("2025-12-31T15:00:00+00:00", LAST_DAY, FIRST_DAY),
        ("2025-12-31T15:59:59.999999+00:00", LAST_DAY, FIRST_DAY),
        ("2025-12-31T16:00:00+00:00", FIRST_DAY, FIRST_DAY),
    ],
)
def test_the_day_ends_in_seoul_an_hour_before_it_ends_in_kuala_lumpur(
    moment: str, kuala_lumpur: date, seoul: date
) -> None:
    now = datetime.fromisoformat(moment)

    assert clock.today(now, clock.zone("Asia/Kuala_Lumpur")) == kuala_lumpur
    assert clock.today(now, clock.zone("Asia/Seoul")) == seoul
    assert clock.today(now, clock.zone(ZONE)) == kuala_lumpur


@pytest.mark.parametrize(
    "zone",
    ["Asia/Seol", "", "Asia", "KST+9:99", "../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "+08:00"],
)
def test_an_unknown_zone_is_refused_with_two_that_are_known(zone: str) -> None:
    with pytest.raises(Usage) as refused:
        clock.zone(zone)

    assert str(refused.value) == (
        f"there is no time zone {zone!r}; give an IANA name such as Asia/Kuala_Lumpur or Asia/Seoul"
    )


def test_a_recording_time_is_written_in_utc_whatever_zone_it_comes_in() -> None:
    korean = timezone(timedelta(hours=9))

    assert clock.timestamp(datetime(2026, 1, 1, 0, 30, tzinfo=korean)) == "2025-12-31T15:30:00.000000Z"


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),
)
def test_recording_times_sort_as_text_like_the_moments_they_name(one: datetime, other: datetime) -> None:
    written = clock.timestamp(one)

    assert len(written) == len("2026-01-15T04:00:00.000000Z")
    assert datetime.fromisoformat(written) == one
    assert (written < clock.timestamp(other)) == (one < other)
