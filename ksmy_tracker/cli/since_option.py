"""The date that `--since` means: a date, or so many days, weeks or months before the day that is looked from."""

import calendar
import re
from datetime import date
from typing import Final, NamedTuple

from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.values import Fault, read_day
from ksmy_tracker.errors import Usage

#: Days of a week, and of a day; months have their own.
_DAYS: Final = {"d": 1, "w": 7}


class Since(NamedTuple):
    """A date, or some days or months before the day that is looked from."""

    day: str | None = None
    days: int = 0
    months: int = 0

    def before(self, today: date, of: str) -> str:
        """The ISO date, where a command looks from `today`; raises `Usage`, with `of` what, for a later one."""
        if self.months:
            return _months_before(today, self.months).isoformat()
        if self.day is None:
            return days_before(today, self.days)
        if self.day > today.isoformat():
            raise Usage(f"--since {self.day} is after the day of the {of} ({today}); give an earlier one")
        return self.day


def read_since(given: str) -> Since:
    """What was given as `2025-10-27`, `7d`, `2w` or `1m`."""
    if back := re.fullmatch(r"(\d{1,6})([dwm])", given.strip().lower(), re.ASCII):
        number = int(back[1])
        return Since(months=number) if back[2] == "m" else Since(days=number * _DAYS[back[2]])
    try:
        return Since(read_day(given))
    except Fault:
        raise Fault(f"{given!r} is not a date such as 2025-10-27, nor 7d, 2w or 1m") from None


def _months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    if month < 12:
        return date.min
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, calendar.monthrange(year, number)[1]))
