"""Stated due dates (EDTF): read, normalised, each with its window, and how far one slipped (pure).

Rules from the Extended Date/Time Format (ISO 8601-2, Library of Congress): the forms people use most
(a year, a half, a quarter, a month, a day) are read here; every other level 0 to 2 form is read by the `edtf`
package, whose import costs more than a command may take and so waits until it is needed.
"""

import re
from calendar import month_name, monthrange
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

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


#: Words as `_FORMS` knows them: a named month is M and its two digits.
_WORDS = {"QUARTER": "Q", "HALF": "H", "FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD", "FOURTH": "4TH"} | {
    name.upper()[:length]: f"M{number:02}" for number, name in enumerate(month_name) for length in (3, 4, 9)
}
_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_MONTH = r"(?<![A-Z])M?(?P<m>0?[1-9]|1[0-2])(?![\dA-Z])"
_TH = "(?:ST|ND|RD|TH)?"
#: A day that is no month, for it is past the twelfth or next to a named month.
_DAY = rf"(?P<d>1[3-9]|[23]\d|(?<=M\d\d.)\d\d?|\d\d?(?={_TH}.M)){_TH}"
_BY = "[-/., ] ?"
_PART = r"(?<![A-Z])(?P<part>Q[1-4]|H[12])(?!\d)"
_NTH_PART = rf"\b(?P<n>[1-4]){_TH} ?(?P<part>[QH])(?![A-Z])"
#: How people write dates, and how EDTF does; the first that is found and can be read is meant.
_FORMS = (
    (_PART, "{year}-{part}"),
    (_NTH_PART, "{year}-{part}{n}"),
    (r"0S\b", "{year:.3}X"),
    (rf"{_YEAR}{_BY}{_MONTH}{_BY}(?P<d>\d\d?)(?!\d)", "{year}-{m:0>2}-{d:0>2}"),
    (r"^\d{4}(?P<m>\d\d)(?P<d>\d\d)$", "{year}-{m}-{d}"),
    (rf"^\D*{_DAY}{_BY}{_MONTH}{_BY}{_YEAR}", "{year}-{m:0>2}-{d:0>2}"),
    (rf"^\D*{_MONTH}{_BY}{_DAY}{_BY}{_YEAR}", "{year}-{m:0>2}-{d:0>2}"),
    (rf"{_YEAR}{_BY}{_MONTH}", "{year}-{m:0>2}"),
    (rf"(?:^\D*|(?=M)){_MONTH}{_BY}{_YEAR}", "{year}-{m:0>2}"),
    (_YEAR, "{year}"),
)
#: A second year, part of a year or named month makes a guess of either; these words and digits, of any.
_YEARS = rf"{_YEAR}|^(?:19|20)\d\d(?=\d{{4}}$)"
_PARTS_OF_YEAR = rf"Q[1-4]|H[12]|[1-4]{_TH} ?[QH](?![A-Z])|M\d\d"
_NOT_THEN = r"\b(BEFORE|AFTER|SINCE)\b|\dX|X\d|[1-9]S\b"


def _probable(text: str) -> str | None:
    """What `text`, which is not EDTF, was probably meant to say, as EDTF; None rather than a guess."""
    words = re.sub("[A-Z]+", lambda word: _WORDS.get(word[0], word[0]), text.upper())
    years, parts, others = (re.findall(of, words) for of in (_YEARS, _PARTS_OF_YEAR, _NOT_THEN))
    if len(years) != 1 or len(parts) > 1 or others:
        return None
    for form, edtf in _FORMS:
        if found := re.search(form, words):
            probable = edtf.format(year=years[0], **found.groupdict())
            if probable != text:
                with suppress(NotEDTF):
                    read_due(probable)
                    return probable
    return None


def slip_days(baseline: str | None, due: str | None) -> int | None:
    """Days (negative: earlier) from the baseline's last day to the present due date's last day."""
    if baseline is None or due is None:
        return None
    return (read_due(due).latest - read_due(baseline).latest).days
