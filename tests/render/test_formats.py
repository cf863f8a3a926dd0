"""Rows for programs and documents: tsv, csv, json, jsonl, md."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.formats import (
    json_list,
    markdown,
    plain,
    to_csv,
    to_json,
    to_jsonl,
    to_markdown,
    to_tsv,
)

FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "\uff1d1"]
MARKUP = [
    "a | b",
    "`code`",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "**bold** _it_ ~~gone~~",
    "[link](http://x)",
    "![image](http://x)",
    "back\\slash",
    "trailing\\",
    "# heading",
    "two\nlines",
    "[bold]rich[/bold]",
]

texts = st.text(st.characters(exclude_categories=["Cs"]))


def cells_of(document: str) -> list[list[str]]:
    """The body of the only table of a Markdown document, as the reader of the page sees it."""
    found: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document):
        if token.type == "tr_open":
            found.append([])
        if token.type == "inline":
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special"}, token.content
            found[-1].append("".join(child.content for child in children))
    return found[1:]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (True, "true"), (False, "false"), (0, "0"), (-15, "-15"), ("한국", "한국")],
)
def test_a_value_in_one_line(value: Any, expected: str) -> None:
    assert plain(value) == expected


def test_a_value_with_parts_is_json() -> None:
    assert json.loads(plain({"due": ["2025", None]})) == {"due": ["2025", None]}
    assert plain(["한국"]) == '["한국"]'


def test_controls_inside_a_value_with_parts_are_shown_too() -> None:
    assert "\x9b" not in plain({"title": [None, "\x9b31m"]})


def test_tsv_is_a_line_a_row_without_a_header() -> None:
    assert to_tsv([("A", None, True), ("B", 1, "x")]) == "A\t\ttrue\nB\t1\tx\n"


def test_tsv_of_nothing_is_nothing() -> None:
    assert to_tsv([]) == ""


@given(st.lists(st.lists(texts, min_size=3, max_size=3), max_size=4))
def test_tsv_has_the_same_fields_and_lines_whatever_the_texts(rows: list[list[str]]) -> None:
    written = to_tsv(rows)
    assert written.count("\n") == len(rows)
    assert [line.count("\t") for line in written.splitlines()] == [2] * len(rows)


def test_csv_starts_with_its_header() -> None:
    assert to_csv(("ref", "due"), [("A", None)]) == "ref,due\nA,\n"


def test_csv_of_nothing_is_its_header() -> None:
    assert to_csv(("ref", "due"), []) == "ref,due\n"


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_neutralises_what_a_spreadsheet_would_run(formula: str) -> None:
    assert list(csv.reader(StringIO(to_csv(("a",), [(formula,)])))) == [["a"], [f"'{formula}"]]


def test_csv_marks_a_text_that_only_looks_as_if_it_had_been_made_inert() -> None:
    assert to_csv(("a",), [("'=1",)]) == "a\n''=1\n"


def test_raw_csv_quotes_every_cell() -> None:
    assert to_csv(("ref", "due", "days_left"), [("A", None, -15), ('q"q', "x", True)], raw=True) == (
        '"ref","due","days_left"\n"A","","-15"\n"q""q","x","true"\n'
    )


@pytest.mark.parametrize("formula", [*FORMULAS, "'=1", "\t=1", "\r=1", "a\rb", "a\nb", 'q"q', "a,b"])
def test_raw_csv_gives_texts_exactly(formula: str) -> None:
    written = to_csv(("a", "b"), [(formula, "x")], raw=True)
    assert list(csv.reader(StringIO(written, newline=""))) == [["a", "b"], [formula, "x"]]


def test_csv_leaves_a_negative_number_a_number() -> None:
    assert to_csv(("days_left",), [(-15,)]) == "days_left\n-15\n"


def test_csv_emits_no_control_character() -> None:
    assert to_csv(("a",), [("\x1b[31m\r\n\tx\u202e\u200b",)]) == "a\n␛[31m␍␊␉x\\u202e\\u200b\n"


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_raw_csv_reads_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    written = to_csv(("a", "b"), rows, raw=True)
    assert [tuple(row) for row in csv.reader(StringIO(written, newline=""))] == [("a", "b"), *rows]


def test_json_is_indented_and_ends_in_a_newline() -> None:
    assert to_json([{"ref": "A", "due": None}]) == '[\n  {\n    "ref": "A",\n    "due": null\n  }\n]\n'


def test_json_of_nothing_is_an_empty_list() -> None:
    assert to_json([]) == "[]\n"


def test_json_keeps_korean_readable() -> None:
    assert to_json("한국") == '"한국"\n'


@given(st.dictionaries(texts, st.one_of(texts, st.none(), st.booleans(), st.integers())))
def test_json_reads_back_as_it_was_and_emits_no_control(value: dict[str, Any]) -> None:
    for written in (to_json(value), to_jsonl([value])):
        assert json.loads(written) == value
        assert visible(written.replace("\n", "")) == written.replace("\n", "")


def test_jsonl_is_an_object_a_line() -> None:
    assert to_jsonl([{"a": 1}, {"a": "x\ny"}]) == '{"a": 1}\n{"a": "x\\ny"}\n'


def test_jsonl_of_nothing_is_nothing() -> None:
    assert to_jsonl([]) == ""


def test_markdown_is_a_table() -> None:
    assert to_markdown(("ref", "due"), [("A", None)]) == "| ref | due |\n| --- | --- |\n| A |  |\n"


@pytest.mark.parametrize("text", [*MARKUP, *FORMULAS])
def test_no_text_is_markup_in_a_markdown_cell(text: str) -> None:
    document = to_markdown(("first", "second"), [(text, "B"), ("A", text)])
    assert cells_of(document) == [[visible(text), "B"], ["A", visible(text)]]


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"])))
def test_a_reader_of_the_page_sees_the_text_whatever_its_punctuation(text: str) -> None:
    assert cells_of(to_markdown(("a", "b"), [("A", f"x{text}x")])) == [["A", f"x{text}x"]]


def test_markdown_leaves_words_alone() -> None:
    assert markdown("in-progress, due 2025: 한국") == "in-progress, due 2025: 한국"


@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_list_in_pieces_is_the_list_to_the_byte(most: int) -> None:
    rows: list[Any] = [
        {"ref": "A", "changes": {"status": ["a", "b"], "x": [None, True]}, "evidence": []},
        {"ref": "한\n\u2028\x7f", "changes": {}, "evidence": ["a\nb", "\u202e"], "days_left": -1},
        {"verifiable": False, "note": None},
    ][:most]
    pieces = list(json_list(rows))
    assert "".join(pieces) == to_json(rows)
    assert len(pieces) == most + 1
