"""Readers of the values that people and files give: normalised, or a `Fault` (pure).

Longer than other modules: the readers of every kind of value, so that each is found beside the others.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ksmy_tracker.domain.edtf import NotEDTF, read_due
from ksmy_tracker.domain.words import SHARED, did_you_mean, nearest

#: Characters a text may have; far above any real one, and a bound on what a mistake can store.
LONGEST_TEXT: Final = 100_000

#: Bytes a key may have: every engine can keep an index of that.
LONGEST_KEY: Final = 2_000

#: What `read_ref` makes of a ref, but for its length.
REF_FORM: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
#: The same with a number, of what is a part of another record.
NUMBERED_FORM: Final = re.compile(f"{REF_FORM.pattern}/[1-9][0-9]{{0,8}}")
#: With a name, of a quantity of another record; and with a number after all that, of what others say of a record.
MEASURE_FORM: Final = re.compile(f"{REF_FORM.pattern}:{REF_FORM.pattern}")
CLAIM_FORM: Final = re.compile(
    f"{REF_FORM.pattern}(?:/[1-9][0-9]{{0,8}}|:{REF_FORM.pattern})?#[1-9][0-9]{{0,8}}"
)
_NUMBER = re.compile(r"[0-9]{1,9}")


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
    """A ref, or that of a part: a milestone's with its number, a measure's with its name, a claim's."""
    of, hash_, claim = read_text(value).partition("#")
    if hash_:
        ref = read_any_ref(of)
        if not _NUMBER.fullmatch(claim):
            raise Fault(f"{quoted(value)} is not a claim's ref, such as {ref}#1")
        return f"{ref}#{int(claim)}"
    owner, colon, name = of.partition(":")
    if colon:
        return f"{read_ref(owner)}:{read_ref(name)}"
    commitment, slash, number = of.partition("/")
    ref = read_ref(commitment)
    if not slash:
        return ref
    if not _NUMBER.fullmatch(number):
        raise Fault(f"{quoted(value)} is not a milestone's ref, such as {ref}/2")
    return f"{ref}/{int(number)}"


def read_measure_ref(value: Any) -> str:
    """The ref of a measure: that of its commitment or agreement, and its own name."""
    text = read_text(value)
    ref = "" if "/" in text or ":" not in text else read_any_ref(text)
    if not MEASURE_FORM.fullmatch(ref):
        what = "a milestone has no measures" if "/" in text else "a measure has a name of its own"
        of = re.split("[/:#]", text)[0].strip().upper()
        raise Fault(
            f"{quoted(value)} is no measure's ref: {what}; give a commitment's or an agreement's with a name, "
            f"such as {of}:JETS"
        )
    return ref


def read_amount(value: Any) -> str:
    """A number as it is stated, or the range that it is in, such as `18..20`; never rounded or converted."""
    text = (
        str(value).strip()
        if isinstance(value, int) and not isinstance(value, bool)
        else read_text(value).strip()
    )
    if not re.fullmatch(f"{_DECIMAL}(\\.\\.{_DECIMAL})?", text, re.ASCII):
        raise Fault(
            f"{quoted(text)} is no number; give one such as 26.7, a range such as 18..20, "
            "or what somebody says of it as a claim (`ksmy claim`)"
        )
    low, dots, high = text.partition("..")
    if dots and not Decimal(low) < Decimal(high):
        raise Fault(f"{quoted(text)} is no range; give the lower number first")
    return text


_DECIMAL: Final = r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?"


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


def read_slug(value: Any) -> str:
    """A slug of letters and digits of any script, in lower case; whether the register knows it is for that to say."""
    given = read_text(value).strip()
    slug = given.lower()
    if given.isascii():
        words = re.findall("[a-z0-9]+", slug)
    else:
        from unicodedata import category, normalize

        slug = normalize("NFC", normalize("NFC", slug).lower())
        words = "".join(one if category(one)[0] in "LMN" else " " for one in slug).split()
    if not words or "-".join(words) != slug or len(slug) > 64:
        likely = "-".join(words)[:64].strip("-")
        hint = f"; did you mean {likely}?" if likely else ""
        raise Fault(f"{quoted(given)} is not a slug such as green-energy{hint}")
    return slug


#: Values that a list may have.
MOST_OF_A_LIST: Final = 20


def read_several(read: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    """A reader of a list of values: a list as JSON has it, or a text of values parted by commas."""

    def read_list(value: Any) -> tuple[str, ...]:
        given = (
            value
            if isinstance(value, list | tuple)
            else [one for one in read_text(value).split(",") if one.strip()]
        )
        found: list[str] = []
        for one in given:
            if (item := read(one)) in found:
                raise Fault(f"{quoted(item)} stands twice; give it once")
            found.append(item)
        if len(found) > MOST_OF_A_LIST:
            raise Fault(f"has {len(found):,} values; {MOST_OF_A_LIST} are the most")
        return tuple(found)

    return read_list


def read_sayer(value: Any) -> str:
    """The ref of who said something, or all parties."""
    shared = read_text(value).strip().lower()
    return shared if shared in SHARED else read_ref(value)


def read_parties(value: Any) -> str:
    """One or several parties by their refs, parted by commas; or all of them."""
    shared = read_text(value).strip().lower()
    return shared if shared in SHARED else ", ".join(read_several(read_ref)(value)) or _no_party()


def _no_party() -> str:
    raise Fault("cannot be empty; give the ref of a party, or both (of more than two: all)")


def read_zone(value: Any) -> str:
    """An IANA time zone, as far as its form tells."""
    text = read_text(value).strip()
    if not re.fullmatch(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*", text, re.ASCII):
        raise Fault(f"{quoted(text)} is no time zone; give an IANA name such as Asia/Seoul")
    return text


def read_address(value: Any) -> str:
    """The address of a page."""
    text = read_filled(value).strip()
    if not re.fullmatch(r"https?://[^\s/]\S*", text):
        raise Fault(f"{quoted(text)} is no address; give one that begins with https://")
    return text


def read_language(value: Any) -> str:
    """A language by its tag (BCP 47), such as ko or zh-Hant."""
    text = read_text(value).strip()
    if not re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text, re.ASCII):
        raise Fault(f"{quoted(text)} is no language; give its tag, such as ko, ms or en")
    language, *rest = text.split("-")
    return "-".join([language.lower(), *rest])


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
    return tuple(read_filled(one) for one in several if not _is_no_evidence(one))


#: What people write where there is no evidence.
_NO_EVIDENCE: Final = frozenset(
    (
        "-",
        "--",
        "\u2013",
        "\u2014",
        "n/a",
        "n.a.",
        "na",
        "none",
        "nil",
        "tbd",
        "?",
        "unknown",
        "없음",
        "tiada",
    )
)


def _is_no_evidence(value: Any) -> bool:
    return isinstance(value, str) and value.strip().casefold() in _NO_EVIDENCE


def _json_kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"
