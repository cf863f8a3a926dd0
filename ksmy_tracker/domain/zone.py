"""The zone in which the days of a register end (pure)."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

#: Of the two capitals the day ends last in Kuala Lumpur (UTC+8; Seoul is UTC+9), so a deadline has
#: passed in both once it has passed there.
ZONE: Final = "Asia/Kuala_Lumpur"
_THERE: Final = timezone(timedelta(hours=8))


def midnight_after(day: str, zone: tzinfo = _THERE) -> str:
    """The moment in UTC at which an ISO date ends there, as entries have it."""
    its = date.fromisoformat(day)
    if its == date.max:  # after which there is none: as long after its beginning as a day is
        midnight = datetime.combine(its, time.min, zone).astimezone(UTC) + timedelta(days=1)
    else:
        midnight = datetime.combine(its + timedelta(days=1), time.min, zone).astimezone(UTC)
    return midnight.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(len("2026-01-15T16:00:00.000000Z"), "0")


def day_of(moment: str, zone: tzinfo = _THERE) -> str:
    """The ISO date it was there at a moment that an entry has; raises `ValueError` for what is none."""
    try:
        return datetime.fromisoformat(moment).astimezone(zone).date().isoformat()
    except OverflowError:
        raise ValueError(moment) from None
