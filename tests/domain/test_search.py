"""What a search takes for the same text."""

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.search import folded, has_all, wanted_of

EVERY_LETTER = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CAFÉ", "cafe\u0301"),
        ("한국", normalize("NFD", "한국")),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("РОССИЯ", "россия"),
        ("\uff26\uff34\uff21", "fta"),
        ("ﬁnal", "FINAL"),
        ("㈜", "(주)"),
        ("\u212b", "å"),
        ("a\u00a0b", "a b"),
    ],
)
def test_case_and_form_tell_no_texts_apart(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("café", "cafe"), ("한", "하"), ("\u0131", "i"), ("中国", "中國")]
)
def test_other_letters_are_others(one: str, other: str) -> None:
    assert folded(one) not in folded(other)
    assert folded(other) not in folded(one)


@pytest.mark.parametrize(
    "written", [str.upper, str.lower, str.casefold, folded], ids=lambda how: how.__name__
)
def test_of_every_letter_the_case_is_told_by_nothing(written: Callable[[str], str]) -> None:
    without = "\u0131"  # a dotless i: another letter than i, with the same capital
    assert [one for one in EVERY_LETTER if one != without and folded(written(one)) != folded(one)] == []


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_a_text_is_the_same_in_every_form(text: str, form: Any) -> None:
    assert folded(normalize(form, text)) == folded(text)


def test_all_that_is_searched_for_must_be_there_each_in_any_text() -> None:
    texts = ["Free trade", "한국과 FTA"]
    assert has_all(texts, wanted_of(["fta", "TRADE", "", " \t "]))
    assert not has_all(texts, wanted_of(["fta", "treaty"]))
    assert not has_all(texts, wanted_of(["trade 한국"]))
