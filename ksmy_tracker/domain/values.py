"""Readers of the values that people and files give: normalised, or a `Fault` (pure)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from ksmy_tracker.domain.edtf import NotEDTF, read_due
from ksmy_tracker.domain.words import did_you_mean, nearest

#: Characters a text may have; far above any real one, and a bound on what a mistake can store.
LONGEST_TEXT: Final = 100_000

#: Bytes a key may have: every engine can keep an index of that.
LONGEST_KEY: Final = 2_000

#: What `read_ref` makes of a ref, but for its length.
REF_FORM: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
#: The same with a number, of what is a part of another record.
NUMBERED_FORM: Final = re.compile(f"{REF_FORM.pattern}/[1-9][0-9]{{0,8}}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Fault(ValueError):
    """One value that cannot be taken; the message is a sentence without the name of its field."""


def quoted(value: object) -> str:
    """What a user gave, in a message: no more of it than is needed to know it again."""
    shown = repr(value)
    return shown if len(shown) <= 100 else f"{shown[:80]}...{shown[-1]}"


def is_kept(read: Callable[[Any], Any], value: Any) -> bool:
    """Whether a reader takes a value, and keeps it as it is."""
    try:
        return bool(read(value) == value)
    except Fault:
        return False


def read_text(value: Any) -> str:
    """Any text as it is given, but for what no database or terminal can hold."""
    if not isinstance(value, str):
        raise Fault(f"must be text, not {_json_kind(value)}")
    if "\0" in value:
        raise Fault("has a NUL character; take it out")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Fault("is not valid UTF-8; give it in UTF-8") from None
    if len(value) > LONGEST_TEXT:
        raise Fault(f"is {len(value):,} characters long; {LONGEST_TEXT:,} is the most")
    return value


def read_filled(value: Any) -> str:
    """A text that says something."""
    text = read_text(value)
    if not text.strip():
        raise Fault("is empty; give some text")
    return text


def read_key(value: Any) -> str:
    """The key of a batch's line."""
    key = read_filled(value)
    if (length := len(key.encode())) > LONGEST_KEY:
        raise Fault(f"is {length:,} bytes long; {LONGEST_KEY:,} is the most")
    return key


def read_ref(value: Any) -> str:
    """The ref of an agreement or a commitment, in any case; upper case afterwards."""
    given = read_text(value).strip()
    ref = given.upper() if given.isascii() else ""
    if REF_FORM.fullmatch(ref) and len(ref) <= 64:
        return ref
    likely = "-".join(re.findall(r"[A-Z0-9]+", ref))[:64].strip("-")
    hint = f"; did you mean {likely}?" if likely else ""
    raise Fault(f"{quoted(given)} is not a ref: letters A-Z, digits and single hyphens, 64 at most{hint}")


def read_any_ref(value: Any) -> str:
    """A ref, or a milestone's with its number."""
    commitment, slash, number = read_text(value).partition("/")
    ref = read_ref(commitment)
    if not slash:
        return ref
    if not _NUMBER.fullmatch(number):
        raise Fault(f"{quoted(value)} is not a milestone's ref, such as {ref}/2")
    return f"{ref}/{int(number)}"


def read_number(value: Any) -> int:
    """A milestone's number."""
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)) or int(value) == 0:
        raise Fault(f"{quoted(str(value))} is not a milestone's number, such as 2")
    return int(value)


def read_entry(given: str) -> int:
    """The number of an entry."""
    if not re.fullmatch("[1-9][0-9]{0,9}", given, re.ASCII):
        raise Fault(f"{quoted(given)} is not the number of an entry, such as 31; `ksmy history` shows them")
    return int(given)


def read_count(value: Any) -> int:
    """How many: rows, or days."""
    text = str(value).strip()
    if not re.fullmatch("[0-9]+", text, re.ASCII):
        raise Fault(f"{quoted(text)} is not a whole number from 0 up; give one such as 20")
    if len(text) > 19 or int(text) >= 2**63:
        raise Fault(f"{quoted(text)} is too large; give one such as 20")
    return int(text)


def read_seconds(value: Any) -> float:
    """How many seconds, or parts of one."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?|\.[0-9]+", text, re.ASCII):
        raise Fault(f"{quoted(text)} is not a number of seconds; give one such as 30")
    return float(text)


def read_day(value: Any) -> str:
    """A calendar date in ISO form."""
    text = read_text(value).strip()
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Fault(f"{quoted(text)} is not a date; give one such as 2025-10-27") from None


def read_sector(value: Any) -> str:
    """A lower-case slug; whether the register knows it is for the register to say."""
    given = read_text(value).strip()
    slug = given.lower()
    if not given.isascii() or not _SLUG.fullmatch(slug) or len(slug) > 64:
        likely = "-".join(re.findall(r"[a-z0-9]+", slug))[:64].strip("-")
        hint = f"; did you mean {likely}?" if likely else ""
        raise Fault(f"{quoted(given)} is not a sector: a slug such as green-energy{hint}")
    return slug


def read_edtf(value: Any) -> str:
    """A date in EDTF, as it will be stored."""
    text = read_text(value)
    try:
        return read_due(text).edtf
    except NotEDTF as error:
        hint = f"; did you mean {error.probable}?" if error.probable else ""
        example = "" if hint else " (2025, 2026-06, 2025-36 for a fourth quarter, 2025-12-31)"
        raise Fault(f"{quoted(text)} cannot be taken: {error}{example}{hint}") from None


def read_truth(value: Any) -> bool:
    """True or false, as JSON has it or as a table cell spells it."""
    if isinstance(value, bool):
        return value
    text = read_text(value).strip().lower()
    if text in ("true", "yes", "1"):
        return True
    if text in ("false", "no", "0"):
        return False
    raise Fault(f"{quoted(text)} is neither true nor false")


def read_word(words: tuple[str, ...], names: Mapping[str, str] | None = None) -> Callable[[Any], str]:
    """A reader of one of a vocabulary's words, in any case; one of its other names is answered with the word."""
    by_folded = {word.casefold(): word for word in words}

    def read(value: Any) -> str:
        text = read_text(value).strip()
        word = by_folded.get(text.casefold())
        if word is None:
            named = names and names.get(nearest(text[:100], (*words, *names)) or "")
            hint = f"did you mean {named}?" if named else did_you_mean(text[:100], words, short=len(words))
            raise Fault(f"{quoted(text)} is unknown; {hint}")
        return word

    return read


def read_evidence(value: Any) -> tuple[str, ...]:
    """What shows a change to be so: addresses or citations, one text or a list of them; a lone hyphen is none."""
    several = value if isinstance(value, list | tuple) else [value]
    return tuple(read_filled(one) for one in several if one != "-")


def _json_kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"
