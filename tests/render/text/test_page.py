"""A page of text: wrapped by what a terminal shows, not by characters."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.text.page import WIDTH, Page, padded, wrapped

KOREAN = "한국과 말레이시아의 전략적 동반자 관계"
VARIATION = "\ufe0f"

texts = st.text(st.one_of(st.sampled_from("ab 한국각❤\ufe0f"), st.characters(exclude_categories=["Cs"]))).map(
    visible
)
words = st.text(st.sampled_from("ab 한국각"))


def columns(text: str) -> int:
    """Terminal columns of text in letters and Hangul, computed apart from the code under test."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def test_a_line_that_fits_is_left_as_it_is() -> None:
    assert wrapped("two  spaces stay ", 20) == ["two  spaces stay "]


def test_a_line_is_broken_at_a_space() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]


def test_a_line_as_wide_as_the_page_is_not_broken() -> None:
    assert wrapped("seven77", 7) == ["seven77"]


def test_a_word_wider_than_the_page_is_broken_where_the_page_ends() -> None:
    assert wrapped("x" * 10, 4) == ["xxxx", "xxxx", "xx"]


def test_a_korean_letter_takes_two_columns() -> None:
    assert wrapped("한국과말", 4) == ["한국", "과말"]
    assert wrapped("한국과", 5) == ["한국", "과"]


def test_a_korean_paragraph_stays_within_the_page() -> None:
    lines = wrapped(" ".join([KOREAN] * 20), WIDTH)
    assert max(map(columns, lines)) <= WIDTH
    assert " ".join(lines) == " ".join([KOREAN] * 20)


@given(texts, st.integers(2, 40))
def test_no_character_is_lost_in_wrapping(text: str, width: int) -> None:
    assert "".join(wrapped(text, width)).replace(" ", "") == text.replace(" ", "")


@given(words, st.integers(2, 40))
def test_no_line_is_wider_than_the_page(text: str, width: int) -> None:
    assert max(map(columns, wrapped(text, width))) <= width


def test_an_emoji_made_wide_by_its_variation_selector_stays_within_the_page() -> None:
    lines = wrapped(f"❤{VARIATION}" * 40, WIDTH)
    assert max(2 * line.count("❤") for line in lines) <= WIDTH


def test_padding_counts_terminal_columns() -> None:
    assert padded("한국", 6) == "한국  "
    assert padded("trade", 6) == "trade "
    assert padded("too wide", 6) == "too wide"


def test_a_blank_line_stands_before_every_heading_but_the_first() -> None:
    page = Page()
    page.heading("One")
    page.text("text")
    page.heading("Two")
    assert str(page) == "One\ntext\n\nTwo\n"
    assert [style for _, style in page.lines] == ["bold", "", "", "bold"]


def test_a_paragraph_hangs_under_its_first_line() -> None:
    page = Page(width=10)
    page.text("one two three four", indent=1, hanging=2, style="overdue")
    assert page.lines == [(" one two", "overdue"), ("   three", "overdue"), ("   four", "overdue")]


def test_names_and_values_stand_in_two_columns() -> None:
    page = Page(width=30)
    page.pairs([("ref", "FTA"), ("due phrase", "by the end of next year"), ("due", "")])
    assert str(page) == (
        "  ref         FTA\n"
        "  due phrase  by the end of\n"
        "              next year\n"
        "  due\n"
    )  # fmt: skip


def test_values_align_after_korean_names() -> None:
    page = Page()
    page.pairs([("상태", "planned"), ("due", "2025")])
    lines = str(page).splitlines()
    assert columns(lines[0].partition("planned")[0]) == columns(lines[1].partition("2025")[0])


@given(words, st.integers(40, 100))
def test_no_line_of_a_page_is_wider_than_the_page(text: str, width: int) -> None:
    page = Page(width)
    page.heading(text)
    page.text(text, indent=6, hanging=4)
    page.pairs([("due phrase", text)])
    assert max(map(columns, str(page).splitlines()), default=0) <= width
