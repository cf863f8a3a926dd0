"""The zone in which the days of a register end (pure)."""

from datetime import datetime, timedelta
from typing import Final

#: Of the two capitals the day ends last in Kuala Lumpur (UTC+8; Seoul is UTC+9), so a deadline has
#: passed in both once it has passed there.
ZONE: Final = "Asia/Kuala_Lumpur"
_HOURS_AHEAD: Final = 8


def midnight_after(day: str) -> str:
    """The moment in UTC at which an ISO date ends there, as entries have it."""
    return f"{day}T{24 - _HOURS_AHEAD}:00:00.000000Z"


def day_of(moment: str) -> str:
    """The ISO date it was there at a moment that an entry has; raises `ValueError` for what is none."""
    return (datetime.fromisoformat(moment) + timedelta(hours=_HOURS_AHEAD)).date().isoformat()
