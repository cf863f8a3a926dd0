"""Deadlines: a stated due date (EDTF) and its window, and what the calendar says of it on a given day.

Rules from the Extended Date/Time Format (ISO 8601-2, Library of Congress): the forms people use most
(a year, a half, a quarter, a month, a day) are read here; every other level 0 to 2 form is read by the `edtf`
package, whose import costs more than a command may take and so waits until it is needed.
"""

import re
from calendar import monthrange
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES

#: Days ahead within which an open deadline is due soon.
HORIZON_DAYS = 90

#: Characters a due date may have; reading a longer list of dates takes seconds.
_LONGEST = 100

_PLAIN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
#: Quarters and halves as people write them; EDTF has months beyond the twelfth for them.
_PART_INPUT = re.compile(r"(\d{4})-?(Q[1-4]|H[12])", re.ASCII | re.IGNORECASE)
_PART_CODES = {"Q1": 33, "Q2": 34, "Q3": 35, "Q4": 36, "H1": 40, "H2": 41}
#: The first and the last month of each.
_PARTS = {33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12), 40: (1, 6), 41: (7, 12)}
#: EDTF writes seasons as months 21 to 32; which months those are depends on the hemisphere.
_SEASON = re.compile(r"\d{4}-(2[1-9]|3[0-2])(?![\d-])", re.ASCII)
_OUTSIDE = "its window must lie between the years 1 and 9999"


class NotEDTF(ValueError):
    """A due date that cannot be read; the message says why, `probable` what was probably meant."""

    def __init__(self, reason: str, probable: str | None = None) -> None:
        super().__init__(reason)
        self.probable = probable


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as stated: normalised EDTF, and the first and last day (inclusive) of its window."""

    edtf: str
    earliest: date
    latest: date


@lru_cache(maxsize=4096)
def read_due(text: str) -> Due:
    """Read a due date; `2025-Q4` is taken for the EDTF quarter `2025-36`, `2025-H2` for the half `2025-41`.

    Raises `NotEDTF` for what is not EDTF, has no first and last day between the years 1 and 9999, or
    names a season.
    """
    stated = text.strip()
    if part := _PART_INPUT.fullmatch(stated):
        stated = f"{part[1]}-{_PART_CODES[part[2].upper()]}"
    if _SEASON.search(stated):
        raise NotEDTF("a season has no fixed months in both hemispheres; give a quarter such as 2025-34")
    if plain := _PLAIN.fullmatch(stated):
        window = _plain_window(*(int(part) if part else None for part in plain.groups()))
        if window is not None:
            return Due(stated, *window)
    return _read_any(stated)


def _plain_window(year: int | None, month: int | None, day: int | None) -> tuple[date, date] | None:
    """The window of a year, half, quarter, month or day; None where it is none of these."""
    if not year:
        return None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if month in _PARTS and day is None:
        first, last = _PARTS[month]
        return date(year, first, 1), date(year, last, monthrange(year, last)[1])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    return (date(year, month, day),) * 2 if 1 <= day <= last else None


def _read_any(stated: str) -> Due:
    if len(stated) > _LONGEST:
        raise NotEDTF("it is too long")
    if re.match(r"Y-?\d", stated):  # years of five digits and more; counting out Y1E99999999 would not end
        raise NotEDTF(_OUTSIDE)
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

    try:
        with redirect_stdout(None):  # the package prints what it cannot build
            parsed = parse_edtf(stated)
            first, last = parsed.lower_strict(), parsed.upper_strict()
    except (EDTFParseException, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise NotEDTF("it is not an EDTF date", _probable(stated)) from None
    ends = stated.strip("[]{}")
    if ".." in (ends[:2], ends[-2:]) or "/" in (ends[:1], ends[-1:]):
        raise NotEDTF("an open interval has no window; give its first and last day")
    if "T" in stated:
        raise NotEDTF("a deadline is a date without a time of day", stated.partition("T")[0])
    try:
        years = first[0], last[0]
        window = date(*first[:3]), date(*last[:3])
    except (ValueError, TypeError, IndexError, OverflowError):
        if all(1 <= year <= 9999 for year in years):
            raise NotEDTF("it is not an EDTF date", _probable(stated)) from None
        raise NotEDTF(_OUTSIDE) from None
    if window[0] > window[1]:
        raise NotEDTF("it ends before it begins")
    return _without_spaces(Due(stated, *window))


def _without_spaces(due: Due) -> Due:
    """The same without the spaces, tabs and line breaks that may stand between its parts."""
    compact = "".join(due.edtf.split())
    if compact == due.edtf:
        return due
    found = read_due(compact)
    if (found.earliest, found.latest) != (due.earliest, due.latest):
        raise NotEDTF("its spaces change what it says; leave them out")
    return found


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def _probable(text: str) -> str | None:
    """What `text`, which is not EDTF, was probably meant to say, as EDTF; None rather than a guess."""
    years: list[str] = re.findall(r"(?<!\d)(?:19|20)[0-9]{2}(?!\d)", text)
    if not years and re.fullmatch(r"[0-9]{8}", text):
        years = [text[:4]]
    if len(set(years)) != 1 or re.search(r"\b(before|after|since)\b|\dX|X\d", text):
        return None
    year = years[0]
    quarters = re.findall(
        r"\bQ([1-4])(?!\d)|\b([1-4])Q|\b([1-4])(?:st|nd|rd|th) quarter|\b(first|second|third|fourth) quarter",
        text,
        re.IGNORECASE,
    )
    numbers = {_ORDINALS.get(word.lower()) or int(word) for found in quarters for word in found if word}
    if numbers:
        return f"{year}-Q{numbers.pop()}" if len(numbers) == 1 else None
    if half := re.search(r"\bH([12])\b|\b(first|second) half", text, re.IGNORECASE):
        return f"{year}-H{2 if '2' in half[0] or 'second' in half[0].lower() else 1}"
    if re.search(rf"{year}s\b", text):
        return f"{year[:3]}X" if year.endswith("0") else None
    if impossible := re.fullmatch(r"(\d{4})-(\d\d)-\d\d", text):
        return f"{year}-{impossible[2]}" if 1 <= int(impossible[2]) <= 12 else year
    either = re.search(r"(?<!\d)(\d\d?)[-/.](\d\d?)[-/.]\d{4}(?!\d)", text)
    if either and int(either[1]) != int(either[2]) and max(int(either[1]), int(either[2])) <= 12:
        return year
    if re.fullmatch(r"\d{4}-\d\d", text) or re.search("Q", text, re.IGNORECASE):
        return year
    from edtf import text_to_edtf

    try:
        guess = _PLAIN.fullmatch(str(text_to_edtf(text)))
    except (ValueError, OverflowError):
        guess = None
    if (
        guess
        and guess[1] == year
        and _plain_window(*(int(part) if part else None for part in guess.groups()))
    ):
        return guess[0]
    return year if len(text) != 8 or not text.isdigit() else None


def slip_days(baseline: str | None, due: str | None) -> int | None:
    """Days (negative: earlier) from the baseline's last day to the present due date's last day."""
    if baseline is None or due is None:
        return None
    return (read_due(due).latest - read_due(baseline).latest).days


def deadline_state(
    status: str,
    due_latest: date | None,
    completed_on: date | None,
    completed_latest: date | None,
    today: date,
    horizon: date,
) -> str:
    """What the calendar says of a commitment on `today`.

    `horizon` is the last day that counts as soon, `completed_latest` the last day of the due date in force
    when it was completed. A deadline has passed when its last day has
    ended: it is not overdue on that day.
    """
    if status == "cancelled":
        return "closed"
    if status == "completed":
        late = completed_on and completed_latest and completed_on > completed_latest
        return "met-late" if late else "met"
    return open_state(due_latest, today, horizon)


def milestone_deadline_state(
    state: str,
    due_latest: date | None,
    met_on: date | None,
    today: date,
    horizon: date,
    *,
    settled: bool = False,
) -> str:
    """What the calendar says of a milestone on `today`; one not met is closed.

    So is an open one of a commitment that is `settled`, completed or cancelled: nobody waits for it any more.
    """
    if state in OPEN_MILESTONE_STATES:
        return "closed" if settled else open_state(due_latest, today, horizon)
    if state == "met":
        return "met-late" if met_on and due_latest and met_on > due_latest else "met"
    return "closed"


def open_state(due_latest: date | None, today: date, horizon: date) -> str:
    """The deadline state of anything still open."""
    if due_latest is None:
        return "undated"
    if due_latest < today:
        return "overdue"
    return "due-soon" if due_latest <= horizon else "upcoming"
