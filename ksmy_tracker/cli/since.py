"""The date that `--since` means: a date, or so many days, weeks or months before the day that is looked from."""

import calendar
import re
from datetime import date

from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.values import Fault, read_day
from ksmy_tracker.errors import Usage


def since_day(given: str, today: date, of: str) -> str:
    """The ISO date that was given as `2025-10-27`, `7d`, `2w` or `1m`; raises `Usage` for what is none, or later.

    `of` is what is looked at on `today`, for the message.
    """
    if back := re.fullmatch(r"(\d{1,6})([dwm])", given.strip().lower(), re.ASCII):
        number = int(back[1])
        if back[2] == "m":
            return _months_before(today, number).isoformat()
        return days_before(today, number * (7 if back[2] == "w" else 1))
    try:
        since = read_day(given)
    except Fault:
        raise Usage(f"--since: {given!r} is not a date such as 2025-10-27, nor 7d, 2w or 1m") from None
    if since > today.isoformat():
        raise Usage(f"--since {since} is after the day of the {of} ({today}); give an earlier one")
    return since


def _months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    if month < 12:
        return date.min
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, calendar.monthrange(year, number)[1]))
