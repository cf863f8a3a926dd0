"""Text of the register is safe to look at."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.safe_text import FORMULA, escaped, inert, visible

#: Spelled out here, apart from the code: C0, DEL, C1, every bidirectional control of Unicode, and what has no shape.
C0 = [chr(code) for code in range(0x20)]
DEL_AND_C1 = [chr(code) for code in range(0x7F, 0xA0)]
BIDI = [*"\u061c\u200e\u200f", *"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"]
BREAKS = ["\u2028", "\u2029"]
INVISIBLE = [*"\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"]
TAGS = ["\U000e0001", "\U000e0020", "\U000e0041", "\U000e007f"]
EVERY = C0 + DEL_AND_C1 + BIDI + BREAKS + INVISIBLE + TAGS
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)

# As lists: the alphabet of a text is one set of characters, in which these few would hardly ever be drawn.
texts = st.lists(st.one_of(st.characters(), st.sampled_from(EVERY))).map("".join)
storable = st.lists(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(EVERY))).map("".join)


def test_a_control_character_is_shown_and_not_emitted() -> None:
    for control in EVERY:
        shown = visible(f"a{control}b")
        assert control not in shown
        assert re.fullmatch("a.+b", shown), ascii(control)


def test_a_c0_control_is_shown_as_its_picture() -> None:
    assert visible("\x1b[31m\a\t\r\n") == "␛[31m␇␉␍␊"


def test_delete_is_shown_as_its_picture() -> None:
    assert visible("\x7f") == "␡"


def test_a_bidirectional_override_is_shown_as_its_escape() -> None:
    assert visible("invoice\u202efdp.exe") == r"invoice\u202efdp.exe"


def test_what_has_no_shape_is_shown_as_its_escape() -> None:
    assert visible("pay\u00adpal \u200b \ufeff") == r"pay\u00adpal \u200b \ufeff"
    assert visible("flag\U000e0067\U000e007f") == r"flag\U000e0067\U000e007f"


def test_two_controls_are_not_shown_alike() -> None:
    assert len({visible(control) for control in EVERY}) == len(EVERY)


def test_a_lone_surrogate_is_shown_as_its_escape() -> None:
    assert visible("\udcff") == r"\udcff"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "한국과 말레이시아",
        "café",
        "עברית",
        "😀",
        "👨\u200d👩\u200d👧",
        "می\u200cشود",
        "[bold]x[/bold]",
        "\\n",
    ],
)
def test_text_without_controls_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(texts)
def test_nothing_unsafe_is_left_whatever_the_text(text: str) -> None:
    shown = visible(text)
    assert not UNSAFE.search(shown)
    shown.encode()


@given(texts)
def test_what_is_shown_once_is_shown_the_same_again(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(storable)
def test_escaped_json_is_the_same_value_without_its_controls(text: str) -> None:
    written = escaped(json.dumps({text: [text]}, ensure_ascii=False))
    assert json.loads(written) == {text: [text]}
    assert not UNSAFE.search(written)


def test_escaped_json_escapes_what_json_would_let_through() -> None:
    assert escaped('"\x7f\x9b\u202e\u2028"') == r'"\u007f\u009b\u202e\u2028"'


def test_escaped_json_emits_nothing_that_would_be_shown_elsewhere() -> None:
    for control in DEL_AND_C1 + BIDI + BREAKS + INVISIBLE + TAGS:
        written = escaped(f'"{control}"')
        assert control not in written
        assert json.loads(written) == control


def test_escaped_json_keeps_korean_as_it_is() -> None:
    assert escaped('"한국"') == '"한국"'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert inert(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "1+1", "a=b", "'tis", "''", "한국", "(=1)"])
def test_a_cell_that_no_spreadsheet_runs_is_left_alone(text: str) -> None:
    assert inert(text) == text


def test_an_apostrophe_of_its_own_is_told_from_the_one_that_was_put_there() -> None:
    assert inert("'=1") == "''=1"


@given(st.text(st.sampled_from("'=+-@\t\r1 \uff1d")))
def test_the_apostrophe_put_before_a_cell_can_be_told_and_taken_off(text: str) -> None:
    cell = inert(text)
    put_there = cell.startswith("'") and FORMULA.match(cell[1:])
    assert (cell[1:] if put_there else cell) == text
