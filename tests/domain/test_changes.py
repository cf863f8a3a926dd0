"""What a change may say: each field's value as it is taken, and the sentence for one that is not."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain import kinds
from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.changes import Change, kind_added
from ksmy_tracker.domain.kinds import (
    DATES,
    DECLARED,
    DEFAULTS,
    GIVEN,
    OPEN_LISTS,
    READ_BY,
    READERS,
    REQUIRED,
    Field,
    read_field,
)
from ksmy_tracker.domain.rules import check_fields
from ksmy_tracker.domain.values import (
    LONGEST_TEXT,
    MOST_OF_A_LIST,
    Fault,
    is_kept,
    read_address,
    read_amount,
    read_any_ref,
    read_count,
    read_day,
    read_edtf,
    read_evidence,
    read_filled,
    read_language,
    read_ref,
    read_sayer,
    read_seconds,
    read_several,
    read_slug,
    read_text,
    read_truth,
    read_word,
)
from ksmy_tracker.errors import Usage

#: The fields that hold a word of a vocabulary.
WORDS = {
    "status": vocabulary.STATUSES,
    "firmness": vocabulary.FIRMNESSES,
    "kind": (*vocabulary.BODY_KINDS, *vocabulary.AGREEMENT_KINDS),
    "stage": vocabulary.STAGES,
    "state": (*vocabulary.MILESTONE_STATES, *vocabulary.CLAIM_STATES),
}

#: Those that a number may stand in.
AMOUNTS = {name for readers in READERS.values() for name, read in readers.items() if read is read_amount}

#: Those that have several values.
LISTS = {name for its in DECLARED.values() for name, one in its.items() if one.is_list}


def fault(read: Callable[[Any], Any], value: Any) -> str:
    with pytest.raises(Fault) as found:
        read(value)
    return str(found.value)


def field_fault(name: str, value: Any) -> str:
    return fault(lambda given: read_field(None, name, given), value)


# Any text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " kept as given ",
        "두 나라",
        "[bold]no markup[/bold]",
        "line\nline\ttab",
        "\x1b[31m\u202e\u200f",
        "=1+1",
        "e\u0301 is not é",
        "\U0001f1f0\U0001f1f7",
        "x" * LONGEST_TEXT,
    ],
)
def test_a_text_is_taken_as_it_is_given(text: str) -> None:
    assert read_text(text) == text


@given(st.text())
def test_any_text_that_utf8_can_hold_is_taken_unless_it_has_a_nul(text: str) -> None:
    if "\0" in text:
        assert fault(read_text, text) == "has a NUL character; take it out"
    else:
        assert read_text(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\0b", "has a NUL character; take it out"),
        ("\ud800", "is not valid UTF-8; give it in UTF-8"),
        ("caf\udce9", "is not valid UTF-8; give it in UTF-8"),
        ("x" * (LONGEST_TEXT + 1), "is 100,001 characters long; 100,000 is the most"),
    ],
    ids=["NUL", "surrogate", "latin-1", "long"],
)
def test_no_field_takes_what_cannot_be_kept(text: str, problem: str) -> None:
    assert {name: field_fault(name, text) for name in READ_BY} == dict.fromkeys(READ_BY, problem)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2025, "a number"),
        (0, "a number"),
        (1.5, "a number"),
        (True, "true or false"),
        (False, "true or false"),
        (["trade"], "a list"),
        ([], "a list"),
        ({}, "an object"),
    ],
)
def test_text_is_text_and_nothing_else_that_json_has(value: Any, kind: str) -> None:
    texts = {name for name in READ_BY if name != "verifiable"} - {"a list": LISTS, "a number": AMOUNTS}.get(
        kind, set()
    )
    assert {name: field_fault(name, value) for name in texts} == dict.fromkeys(
        texts, f"must be text, not {kind}"
    )


def test_null_is_no_text() -> None:
    assert fault(read_text, None) == "must be text, not null"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_a_text_that_must_say_something_may_not_be_blank(text: str) -> None:
    assert fault(read_filled, text) == "is empty; give some text"


def test_a_text_that_says_something_keeps_its_spaces() -> None:
    assert read_filled(" a ") == " a "


# Refs


@pytest.mark.parametrize(
    ("given_as", "ref"),
    [
        ("FTA-CONCLUDE", "FTA-CONCLUDE"),
        ("fta-conclude", "FTA-CONCLUDE"),
        ("Sp-2024", "SP-2024"),
        (" fta\n", "FTA"),
        ("7", "7"),
        ("a" * 64, "A" * 64),
    ],
)
def test_a_ref_is_matched_in_any_case(given_as: str, ref: str) -> None:
    assert read_ref(given_as) == ref


@pytest.mark.parametrize(
    ("given_as", "hint"),
    [
        ("fta conclude", "; did you mean FTA-CONCLUDE?"),
        ("FTA_CONCLUDE", "; did you mean FTA-CONCLUDE?"),
        ("FTA--CONCLUDE", "; did you mean FTA-CONCLUDE?"),
        ("-FTA-", "; did you mean FTA?"),
        ("FTA/1", "; did you mean FTA-1?"),
        ("FTA.", "; did you mean FTA?"),
        ("a" * 65, f"; did you mean {'A' * 64}?"),
        (f"{'a' * 63}-b", f"; did you mean {'A' * 63}?"),
        ("", ""),
        ("---", ""),
        ("한국", ""),
    ],
)
def test_what_is_no_ref_is_refused_with_the_nearest_form_that_is(given_as: str, hint: str) -> None:
    assert fault(read_ref, given_as) == (
        f"{given_as!r} is not a ref: letters A-Z, digits and single hyphens, 64 at most{hint}"
    )


@pytest.mark.parametrize("given_as", ["straße", "\ufb01sh", "m\u0131d", "FTA-\u0661", "\uff26TA"])
def test_a_ref_has_ascii_letters_and_digits_only(given_as: str) -> None:
    assert "is not a ref" in fault(read_ref, given_as)


@given(st.text(max_size=80))
def test_a_ref_that_is_taken_or_offered_can_be_taken_again(text: str) -> None:
    try:
        ref = read_ref(text)
    except Fault as error:
        _, hinted, hint = str(error).rpartition("; did you mean ")
        ref = hint.removesuffix("?") if hinted else "NO-HINT"

    assert read_ref(ref) == ref
    assert read_ref(ref.lower()) == ref


@pytest.mark.parametrize(
    ("given_as", "ref"), [("fta-conclude", "FTA-CONCLUDE"), ("fta/2", "FTA/2"), ("FTA/012", "FTA/12")]
)
def test_a_milestone_s_ref_ends_in_its_number(given_as: str, ref: str) -> None:
    assert read_any_ref(given_as) == ref


@pytest.mark.parametrize("number", ["", " ", "x", "1x", "1/1", "1.5", "-1", "²", "1" * 5000])
def test_what_is_no_milestone_s_ref_is_not_taken_for_its_commitment_s(number: str) -> None:
    assert fault(read_any_ref, f"FTA/{number}").endswith(" is not a milestone's ref, such as FTA/2")


# Sectors


@pytest.mark.parametrize(
    ("given_as", "slug"),
    [
        ("trade", "trade"),
        ("Green-Energy", "green-energy"),
        (" trade ", "trade"),
        ("5g", "5g"),
        ("a" * 64, "a" * 64),
    ],
)
def test_a_sector_is_a_lower_case_slug(given_as: str, slug: str) -> None:
    assert read_slug(given_as) == slug


def test_a_sector_nobody_has_heard_of_is_a_slug_too() -> None:
    assert read_slug("halal-food") == "halal-food"


@pytest.mark.parametrize(
    ("given_as", "slug"),
    [
        *(("국방", "국방"), ("수소-경제", "수소-경제"), ("pertahanan", "pertahanan"), ("氢能", "氢能")),
        *(("Énergie", "énergie"), ("ОБОРОНА", "оборона"), ("5세대", "5세대"), ("हिन्दी", "हिन्दी")),
        *(("الطاقة", "الطاقة"), ("\u212aorea", "korea"), ("x" * 63 + "é", "x" * 63 + "é")),
    ],
)
def test_a_slug_may_be_in_any_script(given_as: str, slug: str) -> None:
    assert read_slug(given_as) == slug


@pytest.mark.parametrize("slug", ["énergie-verte", "국방", "수소-경제", "оборона-й", "ươm-tạo"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_slug_is_the_same_however_its_letters_are_composed_and_in_any_case(
    slug: str, form: Literal["NFC", "NFD"]
) -> None:
    for given_as in (slug, slug.upper(), slug.title()):
        assert read_slug(normalize(form, given_as)) == slug


@pytest.mark.parametrize(
    ("given_as", "hint"),
    [
        ("green energy", "; did you mean green-energy?"),
        ("Green_Energy", "; did you mean green-energy?"),
        ("trade,", "; did you mean trade?"),
        (f"{'a' * 63}-b", f"; did you mean {'a' * 63}?"),
        ("수소 경제", "; did you mean 수소-경제?"),
        ("국방、무역", "; did you mean 국방-무역?"),
        ("국" * 65, f"; did you mean {'국' * 64}?"),
        ("énergie\u200bverte", "; did you mean énergie-verte?"),
        ('"국방"', "; did you mean 국방?"),
        ("-", ""),
        ("", ""),
        ("☢", ""),
        ("\U0001f1f0\U0001f1f7", ""),
    ],
)
def test_what_is_no_slug_is_refused_with_the_nearest_form_that_is(given_as: str, hint: str) -> None:
    assert fault(read_slug, given_as) == f"{given_as!r} is not a slug such as green-energy{hint}"


@given(st.text(max_size=80))
def test_a_slug_that_is_taken_or_offered_can_be_taken_again(text: str) -> None:
    try:
        slug = read_slug(text)
    except Fault as error:
        _, hinted, hint = str(error).rpartition("; did you mean ")
        slug = hint.removesuffix("?") if hinted else "no-hint"

    assert read_slug(slug) == slug


# Lists


@pytest.mark.parametrize(
    ("given_as", "values"),
    [
        ("Trade, halal ,국방", ("trade", "halal", "국방")),
        ("halal,", ("halal",)),
        ("halal", ("halal",)),
        (",", ()),
        (" ", ()),
        (["Trade", "halal"], ("trade", "halal")),
        (("halal", "trade"), ("halal", "trade")),
        ([], ()),
        (",".join(f"s{number}" for number in range(MOST_OF_A_LIST)), tuple(f"s{n}" for n in range(20))),
    ],
)
def test_a_list_is_one_of_json_or_texts_parted_by_commas_in_the_order_given(
    given_as: Any, values: tuple[str, ...]
) -> None:
    assert read_several(read_slug)(given_as) == values


@pytest.mark.parametrize(
    ("given_as", "sentence"),
    [
        ("kr-motie, KR-MOTIE", "'KR-MOTIE' stands twice; give it once"),
        (["A", "a"], "'A' stands twice; give it once"),
        (",".join(f"A{number}" for number in range(21)), "has 21 values; 20 are the most"),
        (["A", None], "must be text, not null"),
        (["A", ["B"]], "must be text, not a list"),
        ({"A": 1}, "must be text, not an object"),
        (None, "must be text, not null"),
        (7, "must be text, not a number"),
        (
            ["A,B"],
            "'A,B' is not a ref: letters A-Z, digits and single hyphens, 64 at most; did you mean A-B?",
        ),
        (["A", ""], "'' is not a ref: letters A-Z, digits and single hyphens, 64 at most"),
    ],
)
def test_what_is_no_list_is_refused_and_so_is_a_value_that_stands_in_it_twice(
    given_as: Any, sentence: str
) -> None:
    assert fault(read_several(read_ref), given_as) == sentence


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("value", ["", None, [], ()])
def test_an_empty_list_clears_a_field_of_several_values(name: str, value: Any) -> None:
    assert read_field(None, name, value) == ()


def test_a_slug_in_a_list_is_the_same_in_any_case_and_form() -> None:
    assert (
        fault(read_several(read_slug), ["énergie", "E\u0301NERGIE"]) == "'énergie' stands twice; give it once"
    )
    assert OPEN_LISTS == ("sector", "topics")


# Who said it, addresses, languages


@pytest.mark.parametrize(
    ("given_as", "sayer"),
    [("kr", "KR"), ("MY", "MY"), (" Both ", "both"), ("BOTH", "both"), ("kr-motie", "KR-MOTIE")],
)
def test_who_said_something_is_a_party_both_or_a_body(given_as: str, sayer: str) -> None:
    assert read_sayer(given_as) == sayer


def test_who_said_something_is_no_sentence() -> None:
    assert "is not a ref" in fault(read_sayer, "the minister")


@pytest.mark.parametrize(
    "address", ["https://a.example", "http://a.example/b?c=d#e", "https://한국.example/길", "https://[::1]/"]
)
def test_an_address_is_that_of_a_page_and_stays_as_it_is(address: str) -> None:
    assert read_address(f" {address}\n") == address


@pytest.mark.parametrize(
    "given_as",
    ["a.example", "ftp://a.example", "javascript:alert(1)", "https://", "https:///b", "https://a b"],
)
def test_what_is_no_address_is_refused(given_as: str) -> None:
    assert fault(read_address, given_as) == f"{given_as!r} is no address; give one that begins with https://"


@pytest.mark.parametrize(
    ("given_as", "tag"),
    [("ko", "ko"), ("MS", "ms"), (" en ", "en"), ("zh-Hant", "zh-Hant"), ("EN-GB", "en-GB"), ("yue", "yue")],
)
def test_a_language_is_a_tag_with_its_first_part_in_lower_case(given_as: str, tag: str) -> None:
    assert read_language(given_as) == tag
    assert is_kept(read_language, tag)


@pytest.mark.parametrize("given_as", ["Korean", "k", "ko_KR", "ko-", "한국어", "ko-한국", "ko ms"])
def test_what_is_no_language_is_refused_with_tags_that_are(given_as: str) -> None:
    assert (
        fault(read_language, given_as) == f"{given_as!r} is no language; give its tag, such as ko, ms or en"
    )


# Dates


@pytest.mark.parametrize("given_as", ["2025-10-27", " 2025-10-27\n"])
def test_a_day_is_an_iso_date(given_as: str) -> None:
    assert read_day(given_as) == "2025-10-27"


@given(st.dates())
def test_any_day_of_the_calendar_is_taken(drawn: date) -> None:
    assert read_day(drawn.isoformat()) == drawn.isoformat()


@pytest.mark.parametrize(
    "given_as",
    [
        *("", "today", "2025", "2025-10", "2025-02-29", "2025-13-01", "2025-10-32", "0000-01-01"),
        *("20251027", "2025-W44-1", "2025-300", "27/10/2025", "2025-10-27T00:00", "+2025-10-27"),
        "\u0662\u0660\u0662\u0665-10-27",
    ],
)
def test_what_is_no_day_is_refused_with_one_that_is(given_as: str) -> None:
    assert fault(read_day, given_as) == f"{given_as!r} is not a date; give one such as 2025-10-27"


@pytest.mark.parametrize(
    ("given_as", "taken"), [("0", 0), (" 20 ", 20), (90, 90), (str(2**63 - 1), 2**63 - 1)]
)
def test_a_count_is_a_whole_number(given_as: str | int, taken: int) -> None:
    assert read_count(given_as) == taken


@pytest.mark.parametrize("given_as", ["", "x", "-1", "1.5", "1e3", "1_000", "0x1", "\u0662"])
def test_what_is_no_count_is_refused_with_one_that_is(given_as: str) -> None:
    assert fault(read_count, given_as) == f"{given_as!r} is not a whole number from 0 up; give one such as 20"


@pytest.mark.parametrize("given_as", [str(2**63), "9" * 20])
def test_a_count_that_no_database_has_is_too_large(given_as: str) -> None:
    assert fault(read_count, given_as) == f"'{given_as}' is too large; give one such as 20"


@pytest.mark.parametrize(
    ("given_as", "taken"), [("0", 0.0), ("2.5", 2.5), (".5", 0.5), ("3.", 3.0), (30.0, 30.0)]
)
def test_seconds_may_have_a_fraction(given_as: str | float, taken: float) -> None:
    assert read_seconds(given_as) == taken


@pytest.mark.parametrize("given_as", ["", "x", "-1", "nan", "inf", "1e3", ".", "5m"])
def test_what_is_no_number_of_seconds_is_refused_with_one_that_is(given_as: str) -> None:
    assert fault(read_seconds, given_as) == f"{given_as!r} is not a number of seconds; give one such as 30"


@pytest.mark.parametrize("name", ["due", "dated"])
@pytest.mark.parametrize(
    ("given_as", "stored"),
    [("2025", "2025"), (" 2025-06 ", "2025-06"), ("2025-Q4", "2025-36"), ("2023~", "2023~")],
)
def test_a_due_date_and_the_date_of_an_agreement_are_stored_as_edtf(
    name: str, given_as: str, stored: str
) -> None:
    assert read_field(None, name, given_as) == stored


@pytest.mark.parametrize(
    ("given_as", "sentence"),
    [
        (
            "end of 2025",
            "'end of 2025' cannot be taken: it is not an EDTF date; did you mean 2025?",
        ),
        (
            "Q4 2025",
            "'Q4 2025' cannot be taken: it is not an EDTF date; did you mean 2025-Q4?",
        ),
        (
            "next year",
            (
                "'next year' cannot be taken: it is not an EDTF date "
                "(2025, 2026-06, 2025-36 for a fourth quarter, 2025-12-31)"
            ),
        ),
        (
            "2025/..",
            (
                "'2025/..' cannot be taken: an open interval has no window; give its first and last day "
                "(2025, 2026-06, 2025-36 for a fourth quarter, 2025-12-31)"
            ),
        ),
    ],
)
def test_what_is_no_due_date_is_refused_with_what_was_probably_meant_or_with_examples(
    given_as: str, sentence: str
) -> None:
    assert fault(read_edtf, given_as) == sentence


# True and false


@pytest.mark.parametrize(
    ("given_as", "truth"),
    [
        *((True, True), ("true", True), ("TRUE", True), ("yes", True), (" Yes ", True), ("1", True)),
        *((False, False), ("false", False), ("False", False), ("no", False), ("NO", False), ("0", False)),
    ],
)
def test_true_and_false_are_taken_as_json_or_a_table_has_them(given_as: Any, truth: bool) -> None:
    assert read_truth(given_as) is truth


@pytest.mark.parametrize("given_as", ["maybe", "2", "ja", "y e s"])
def test_what_is_neither_true_nor_false_is_refused(given_as: str) -> None:
    assert fault(read_truth, given_as) == f"{given_as!r} is neither true nor false"


@pytest.mark.parametrize("given_as", [0, 1, 2, 1.0, [], {}])
def test_a_number_or_a_list_is_neither_true_nor_false(given_as: Any) -> None:
    fault(read_truth, given_as)


# Vocabularies


@pytest.mark.parametrize("name", WORDS)
def test_a_word_of_a_vocabulary_is_taken_in_any_case(name: str) -> None:
    for word in WORDS[name]:
        for given_as in (word, word.upper(), word.lower(), word.title(), word.swapcase(), f" {word}\n"):
            assert read_field(None, name, given_as) == word


@pytest.mark.parametrize(
    ("name", "given_as", "meant"),
    [
        ("status", "compleet", "completed"),
        ("status", "In Progress", "in-progress"),
        ("status", "canceled", "cancelled"),
        ("status", "finalizing", "finalising"),
        ("firmness", "comitted", "committed"),
        ("firmness", "discuss", "discussed"),
        ("kind", "joint statement", "joint-statement"),
        ("kind", "memorandom", "memorandum"),
        ("stage", "inforce", "in-force"),
        ("stage", "negotiation", "negotiating"),
        ("state", "partially met", "partially-met"),
        ("state", "not met", "not-met"),
    ],
)
def test_a_mistyped_word_is_refused_with_the_nearest_of_its_own_vocabulary(
    name: str, given_as: str, meant: str
) -> None:
    assert field_fault(name, given_as) == f"{given_as!r} is unknown; did you mean {meant}?"


@pytest.mark.parametrize("name", WORDS)
def test_a_word_near_none_is_refused_with_all_of_the_vocabulary(name: str) -> None:
    assert field_fault(name, "xyz") == f"'xyz' is unknown; it is one of {', '.join(WORDS[name])}"


@pytest.mark.parametrize(
    ("given_as", "parties"),
    [("kr", "KR"), ("Both", "both"), ("ALL", "all"), ("kr,my", "KR, MY"), (" MY , kr ", "MY, KR")],
)
def test_parties_are_bodies_or_all_of_them(given_as: str, parties: str) -> None:
    assert read_field(None, "parties", given_as) == parties
    assert read_field(None, "parties", parties) == parties


@pytest.mark.parametrize(
    ("given_as", "sentence"),
    [("kr, KR", "'KR' stands twice; give it once"), ("republic of korea", "did you mean REPUBLIC-OF-KOREA?")],
)
def test_what_names_no_parties_is_refused(given_as: str, sentence: str) -> None:
    assert field_fault("parties", given_as).endswith(sentence)


def test_a_word_of_another_vocabulary_is_unknown() -> None:
    assert "is unknown" in field_fault("status", "signed")
    assert "is unknown" in field_fault("stage", "completed")
    assert "is unknown" in field_fault("state", "planned")


# Evidence


@pytest.mark.parametrize(
    ("given_as", "evidence"),
    [
        ("https://example.org/a", ("https://example.org/a",)),
        (["a", "b"], ("a", "b")),
        (("a", "b", "a"), ("a", "b", "a")),
        ([], ()),
        ("-", ()),
        (["-", "a"], ("a",)),
    ],
)
def test_evidence_is_one_text_or_several(given_as: Any, evidence: tuple[str, ...]) -> None:
    assert read_evidence(given_as) == evidence


@pytest.mark.parametrize(
    ("given_as", "sentence"),
    [
        ("", "is empty; give some text"),
        (["a", " "], "is empty; give some text"),
        (None, "must be text, not null"),
        (["a", None], "must be text, not null"),
        ([["a"]], "must be text, not a list"),
        ({"url": "a"}, "must be text, not an object"),
        (5, "must be text, not a number"),
        (["a\0"], "has a NUL character; take it out"),
    ],
)
def test_evidence_that_says_nothing_is_refused(given_as: Any, sentence: str) -> None:
    assert fault(read_evidence, given_as) == sentence


# Fields


@pytest.mark.parametrize("name", ["detail", "source", "due", "due_phrase", "dated", "place"])
@pytest.mark.parametrize("value", ["", None])
def test_an_empty_value_clears_a_field_that_may_be_empty(name: str, value: str | None) -> None:
    assert read_field(None, name, value) is None


@pytest.mark.parametrize(
    "name",
    [
        *("title", "agreement", "sector", "parties", "firmness", "verifiable"),
        *("status", "kind", "stage", "state"),
    ],
)
@pytest.mark.parametrize("value", ["", None])
def test_an_empty_value_is_refused_where_a_record_needs_one(name: str, value: str | None) -> None:
    assert field_fault(name, value) == "cannot be empty"


def test_a_blank_title_is_refused() -> None:
    assert field_fault("title", "  ") == "is empty; give some text"


def test_false_is_a_value_and_does_not_clear() -> None:
    assert read_field("commitment", "verifiable", False) is False


def test_every_field_of_every_record_can_be_read() -> None:
    assert {kind: set(readers) for kind, readers in READERS.items()} == {
        kind: set(names) for kind, names in GIVEN.items()
    }


def test_the_fields_that_are_dates_are_read_as_dates() -> None:
    read = {name: reader for readers in READERS.values() for name, reader in readers.items()}
    assert {name for name, reader in read.items() if reader is read_edtf} == DATES & set(read)


def test_only_an_agreement_is_added_with_a_kind() -> None:
    assert kind_added({"title": "T", "kind": "treaty"}) == "agreement"
    assert kind_added({"title": "T"}) == "commitment"


@pytest.mark.parametrize("record", GIVEN)
def test_what_a_new_record_needs_and_what_it_is_taken_to_be_are_fields_of_it(record: str) -> None:
    assert set(REQUIRED[record]) <= set(GIVEN[record])
    assert set(DEFAULTS[record]) <= set(GIVEN[record])
    assert not set(DEFAULTS[record]) & set(REQUIRED[record])


def test_a_record_is_taken_to_be_what_its_own_reader_would_take() -> None:
    for kind, defaults in DEFAULTS.items():
        for name, value in defaults.items():
            assert read_field(kind, name, value) == value


def test_a_new_commitment_is_planned_of_both_parties_and_verifiable() -> None:
    assert DEFAULTS["commitment"] == {"parties": "both", "verifiable": True, "status": "planned"}


@given(st.sampled_from([(kind, name) for kind in GIVEN for name in GIVEN[kind]]), st.text(max_size=30))
def test_a_value_that_was_taken_is_taken_again_and_stays_as_it_is(field: tuple[str, str], text: str) -> None:
    try:
        value = read_field(*field, text)
    except Fault:
        return

    assert read_field(*field, value) == value
    assert read_field(None, field[1], text) == value


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Milestones that have a `kind` too, other words than those of agreements."""
    gate = Field("Which.", read_word(("gate", "step")), words=("gate", "step"), is_clearable=True)
    more = {"kind": gate}
    monkeypatch.setattr(
        kinds, "DECLARED", {**kinds.DECLARED, "milestone": {**kinds.DECLARED["milestone"], **more}}
    )
    monkeypatch.setattr(
        kinds, "READERS", {**READERS, "milestone": {**READERS["milestone"], "kind": gate.read}}
    )
    monkeypatch.setattr(kinds, "READ_BY", kinds._ways())


@pytest.mark.usefixtures("gates")
def test_a_field_that_two_kinds_read_differently_is_read_as_its_kind_reads_it() -> None:
    assert read_field("milestone", "kind", "GATE") == "gate"
    assert read_field("milestone", "kind", "") is None
    with pytest.raises(Fault, match="'treaty' is unknown; it is one of gate, step"):
        read_field("milestone", "kind", "treaty")


@pytest.mark.usefixtures("gates")
def test_where_the_kind_is_not_known_the_first_that_takes_a_value_reads_it() -> None:
    assert [read_field(None, "kind", value) for value in ("TREATY", "GATE", "")] == ["treaty", "gate", None]
    known = ", ".join((*WORDS["kind"], "gate", "step"))
    assert field_fault("kind", "xyz") == f"'xyz' is unknown; it is one of {known}"
    assert field_fault("kind", "gates") == "'gates' is unknown; did you mean gate?"


@pytest.mark.usefixtures("gates")
def test_once_the_kind_is_known_what_another_kind_took_is_refused() -> None:
    check_fields(Change("update", "FTA", fields={"kind": "treaty"}), "agreement")
    with pytest.raises(Usage, match=r"^FTA is an agreement; kind: 'gate' is unknown; it is one of joint-"):
        check_fields(Change("update", "FTA", fields={"kind": "gate"}), "agreement")


def test_changes_do_not_share_their_fields() -> None:
    one, other = Change("update", "FTA"), Change("update", "FTA")
    assert one.fields == other.fields == {}
    assert one.fields is not other.fields
