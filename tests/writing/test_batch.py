"""Batch lines to changes: what each says, and what is wrong with those that say nothing."""

import json
import re
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.kinds import GIVEN, Commitment
from ksmy_tracker.domain.rules import differences
from ksmy_tracker.domain.stale_listing import LISTED
from ksmy_tracker.domain.values import LONGEST_TEXT
from ksmy_tracker.render.formats import to_csv
from ksmy_tracker.writing import batch
from ksmy_tracker.writing.batch import MOST_KEYS
from ksmy_tracker.writing.lines import LONGEST

Lines = list[Change | BadLine]


def in_json(content: str | bytes) -> Lines:
    return list(batch.read_json_lines(BytesIO(content.encode() if isinstance(content, str) else content)))


def in_csv(content: str | bytes) -> Lines:
    return list(batch.read_csv(BytesIO(content.encode() if isinstance(content, str) else content)))


def the_change(lines: Lines) -> Change:
    assert len(lines) == 1
    assert isinstance(lines[0], Change), lines[0]
    return lines[0]


def asked(**content: Any) -> Change:
    return the_change(in_json(json.dumps(content)))


def problems(lines: Lines) -> list[str]:
    return [f"{line.place}: {one}" for line in lines if isinstance(line, BadLine) for one in line.problems]


def wrong_with(**content: Any) -> list[str]:
    return problems(in_json(json.dumps(content)))


def refs(lines: Lines) -> list[str | None]:
    return [line.ref if isinstance(line, Change) else None for line in lines]


# What a line asks for


def test_a_line_without_op_is_an_update() -> None:
    change = asked(ref="FTA-CONCLUDE", status="completed")
    assert (change.op, change.ref, change.record, change.fields) == (
        "update",
        "FTA-CONCLUDE",
        None,
        {"status": "completed"},
    )


def test_a_ref_is_taken_in_any_case() -> None:
    assert asked(ref=" fta-Conclude ", status="completed").ref == "FTA-CONCLUDE"


def test_an_add_is_of_a_commitment_unless_it_has_a_kind() -> None:
    assert asked(op="add", ref="X", title="t").record == "commitment"
    assert asked(op="add", ref="X", title="t", kind="treaty", stage="signed").record == "agreement"


def test_a_milestone_without_a_number_is_added() -> None:
    change = asked(op="milestone", ref="FTA-CONCLUDE", title="Signed", due="2026")
    assert (change.op, change.ref, change.record) == ("add", "FTA-CONCLUDE", "milestone")
    assert change.fields == {"title": "Signed", "due": "2026"}


@pytest.mark.parametrize(
    "line",
    [
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 2},
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": "2"},
        {"op": "milestone", "ref": "fta-conclude/2"},
        {"ref": "FTA-CONCLUDE/2"},
    ],
)
def test_a_milestone_with_a_number_is_changed(line: dict[str, Any]) -> None:
    change = asked(**line, state="met")
    assert (change.op, change.ref, change.fields) == ("update", "FTA-CONCLUDE/2", {"state": "met"})


def test_a_line_has_the_circumstances_of_its_change() -> None:
    change = asked(
        ref="X",
        note="why",
        evidence=["https://a.example", "a paper"],
        on="2025-10-26",
        by="desk",
        expect="in-progress",
        new_sector=True,
        new_topic="yes",
        key="k-1",
        sector="trade",
    )
    assert change.note == "why"
    assert change.evidence == ("https://a.example", "a paper")
    assert change.effective_on == "2025-10-26"
    assert change.actor == "desk"
    assert change.expect == "in-progress"
    assert change.new == ("sector", "topics")
    assert change.key == "k-1"


@pytest.mark.parametrize("name", ["new_sector", "new-topic"])
def test_a_word_is_no_new_one_where_a_line_says_that_it_is_not(name: str) -> None:
    assert asked(ref="X", sector="trade", **{name: False}).new == ()


def test_evidence_is_one_text_or_several() -> None:
    assert asked(ref="X", evidence="SBS News").evidence == ("SBS News",)
    assert asked(ref="X", evidence=["SBS News", "eToday"]).evidence == ("SBS News", "eToday")


@pytest.mark.parametrize("name", ["due-phrase", "due_phrase"])
def test_a_key_is_an_option_s_name_with_hyphens_or_underscores(name: str) -> None:
    assert asked(ref="X", **{name: "by next year"}).fields == {"due_phrase": "by next year"}


@pytest.mark.parametrize(
    "name", sorted({name for kind in ("agreement", "commitment") for name in GIVEN[kind]})
)
def test_every_field_of_add_and_update_is_a_key(name: str) -> None:
    value = {
        "verifiable": False,
        "agreement": "FTA",
        "parties": "KR",
        "firmness": "signed",
        "status": "planned",
        "due": "2025",
        "dated": "2025-10-27",
        "expected": "2026",
        "kind": "treaty",
        "stage": "signed",
        "topics": ("수소", "hydrogen"),
        "leads": ("KR-MOTIE", "MY-MITI"),
        "partners": ("MY-MIDA",),
        "said_by": "both",
        "under": "SP-2024",
    }.get(name, "text")
    assert asked(ref="X", **{name: value}).fields == {name: value}


def test_values_are_normalised_as_options_are() -> None:
    change = asked(ref="X", status="COMPLETED", parties="kr", due="2025-Q4", verifiable="yes", sector="Trade")
    assert change.fields == {
        "status": "completed",
        "parties": "KR",
        "due": "2025-36",
        "verifiable": True,
        "sector": "trade",
    }


@pytest.mark.parametrize("empty", [None, ""])
def test_null_or_an_empty_text_clears_a_field_that_may_be_empty(empty: str | None) -> None:
    assert asked(ref="X", due=empty, detail=empty).fields == {"due": None, "detail": None}
    assert wrong_with(ref="X", title=empty) == ["line 1: title: cannot be empty"]


# What is wrong with a line


@pytest.mark.parametrize("name", ["ref", "title", "due", "status", "note", "evidence", "key", "on", "by"])
@pytest.mark.parametrize(
    ("value", "kind"),
    [(2025, "a number"), (2.5, "a number"), (True, "true or false"), ({}, "an object")],
)
def test_what_is_no_text_is_refused_where_text_belongs(name: str, value: object, kind: str) -> None:
    line = {"ref": "X", "detail": "d", name: value}
    assert wrong_with(**line) == [f"line 1: {name}: must be text, not {kind}"]


def test_a_list_is_taken_for_evidence_and_what_has_several_values_only() -> None:
    assert wrong_with(ref="X", title=["a"]) == ["line 1: title: must be text, not a list"]
    assert wrong_with(ref="X", said_by=["a"]) == ["line 1: said_by: must be text, not a list"]
    assert wrong_with(ref="X", evidence=["a", 7]) == ["line 1: evidence: must be text, not a number"]
    assert wrong_with(ref="X", leads=["A", 7]) == ["line 1: leads: must be text, not a number"]


@pytest.mark.parametrize("leads", [["kr-motie", "MY-MITI"], "KR-MOTIE,my-miti", "KR-MOTIE, MY-MITI"])
def test_several_values_are_a_list_or_a_text_with_commas(leads: str | list[str]) -> None:
    assert asked(ref="X", leads=leads).fields == {"leads": ("KR-MOTIE", "MY-MITI")}


@pytest.mark.parametrize("empty", [None, "", []])
def test_no_values_clear_a_list(empty: Any) -> None:
    assert asked(ref="X", topics=empty).fields == {"topics": ()}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_calls_no_number_is_no_value(number: str) -> None:
    assert problems(in_json(f'{{"ref": "X", "title": {number}}}')) != []
    assert problems(in_json(f'{{"ref": "X", "verifiable": {number}}}')) != []
    assert problems(in_json(f'{{"op": "milestone", "ref": "X", "number": {number}}}')) != []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"status": "done"}, "status: 'done' is unknown; it is one of planned, in-progress, finalising, "),
        ({"status": "complete"}, "status: 'complete' is unknown; did you mean completed?"),
        ({"firmness": "sined"}, "firmness: 'sined' is unknown; did you mean signed?"),
        ({"parties": "the two"}, "parties: 'the two' is not a ref: "),
        ({"due": "end of 2025"}, "due: 'end of 2025' cannot be taken: it is not an EDTF date; "),
        ({"on": "2025-13-01"}, "on: '2025-13-01' is not a date; give one such as 2025-10-27"),
        ({"on": "20251026"}, "on: '20251026' is not a date"),
        ({"expect": "completd"}, "expect: 'completd' is unknown; did you mean completed?"),
        ({"verifiable": "maybe"}, "verifiable: 'maybe' is neither true nor false"),
        ({"sector": "Green Energy"}, "sector: 'Green Energy' is not a slug such as green-energy; "),
        (
            {"topics": ["수소 경제"]},
            "topics: '수소 경제' is not a slug such as green-energy; did you mean 수소-경제?",
        ),
        ({"leads": "A, a"}, "leads: 'A' stands twice; give it once"),
        ({"leads": [f"A{number}" for number in range(21)]}, "leads: has 21 values; 20 are the most"),
        ({"new_topic": "maybe"}, "new_topic: 'maybe' is neither true nor false"),
        ({"kind": "memorandom"}, "kind: 'memorandom' is unknown; did you mean memorandum?"),
        ({"agreement": "F T A"}, "agreement: 'F T A' is not a ref: "),
        ({"stauts": "completed"}, "stauts: is no field; did you mean status?"),
        ({"evidences": "x"}, "evidences: is no field; did you mean evidence?"),
        ({"zzzzzz": 1}, "zzzzzz: is no field; "),
        ({"days_left": 5}, "days_left: follows from other fields; leave it out"),
        ({"op": "updat"}, "op: 'updat' is unknown; did you mean update?"),
        ({"op": "delete"}, "op: 'delete' is unknown; "),
        ({"op": ["add"]}, "op: ['add'] is unknown; "),
        ({"number": 2}, "number: only a milestone has one; give op milestone"),
        ({"note": "  "}, "note: is empty; give some text"),
        ({"evidence": [""]}, "evidence: is empty; give some text"),
        ({"key": ""}, "key: is empty; give some text"),
        ({"title": "t" * (LONGEST_TEXT + 1)}, "title: is 100,001 characters long; 100,000 is the most"),
    ],
)
def test_a_bad_value_is_named_with_its_field_and_the_nearest_valid_one(
    line: dict[str, Any], problem: str
) -> None:
    found = wrong_with(**{"ref": "X", **line})
    assert len(found) == 1
    assert found[0].startswith(f"line 1: {problem}")


def test_the_reading_that_a_bad_date_probably_meant_is_offered() -> None:
    assert wrong_with(ref="X", due="end of 2025")[0].endswith("did you mean 2025?")


@pytest.mark.parametrize("op", ["add", "milestone"])
def test_only_an_update_can_expect_something(op: str) -> None:
    found = wrong_with(op=op, ref="X", title="t", expect="planned" if op == "add" else "scheduled")
    assert len(found) == 1
    assert found[0].startswith("line 1: expect: ")


def test_a_due_date_of_a_thousand_parts_is_refused() -> None:
    # It is EDTF, but nobody's deadline; reading it takes longer the longer it is.
    found = wrong_with(ref="X", due=f"{{{'2025,' * 300}2026}}")
    assert len(found) == 1
    assert found[0].startswith("line 1: due: ")


@pytest.mark.parametrize(
    "name", ["status", "due", "on", "ref", "sector", "verifiable", "expect", "op", "number", "x"]
)
def test_a_fault_is_a_line_that_can_be_read(name: str) -> None:
    (found,) = wrong_with(**{"op": "milestone", "ref": "X", name: "x" * 90_000})
    assert len(found) < 1000


def test_everything_that_is_wrong_with_a_line_is_named() -> None:
    found = wrong_with(ref="x y", status="complete", due="soon", colour="red")
    assert [problem.split(": ")[1] for problem in found] == ["ref", "status", "due", "colour"]


def test_a_line_needs_a_ref() -> None:
    assert wrong_with(status="completed") == ["line 1: ref: is missing"]


@pytest.mark.parametrize("number", [0.5, -1, "two", "1.0", True, [2], "9" * 5000, "²"])
def test_a_milestone_s_number_is_a_whole_number(number: object) -> None:
    found = wrong_with(op="milestone", ref="X", number=number, state="met")
    assert len(found) == 1
    assert found[0].startswith("line 1: number: ")


@pytest.mark.parametrize("ref", ["X/", "X/two", "X/-1", "X/1/2", "/1", "X/²", "X/" + "9" * 5000])
def test_a_milestone_s_ref_ends_in_a_whole_number(ref: str) -> None:
    found = wrong_with(ref=ref, state="met")
    assert len(found) == 1
    assert found[0].startswith("line 1: ref: ")


def test_a_number_beside_a_milestone_s_whole_ref_is_refused() -> None:
    assert len(wrong_with(op="milestone", ref="X/1", number=1, state="met")) == 1


def test_a_milestone_is_not_added_by_its_whole_ref() -> None:
    assert wrong_with(op="add", ref="X/1", title="t") == [
        "line 1: ref: a milestone is added with op milestone, a ref and a title"
    ]


def test_a_bad_line_keeps_the_ref_it_would_have_added() -> None:
    (bad,) = in_json('{"op": "add", "ref": "X", "status": "nonsense"}')
    assert isinstance(bad, BadLine)
    assert bad.ref == "X"
    (bad,) = in_json('{"ref": "X", "status": "nonsense"}')
    assert isinstance(bad, BadLine)
    assert bad.ref is None


def test_a_key_twice_in_an_object_is_refused() -> None:
    assert problems(in_json('{"ref": "X", "status": "planned", "status": "completed"}')) == [
        "line 1: is not JSON: the key 'status' stands twice in one object"
    ]


def test_a_key_twice_in_two_spellings_is_refused() -> None:
    found = problems(in_json('{"ref": "X", "due-phrase": "this year", "due_phrase": "next year"}'))
    assert len(found) == 1
    assert "twice" in found[0]


@pytest.mark.parametrize("line", ["[]", '"FTA"', "5", "null", "true", "NaN", '[{"ref": "X"}]'])
def test_a_line_that_is_no_object_is_refused(line: str) -> None:
    (found,) = problems(in_json(line))
    assert found.startswith("line 1: must be an object, such as {")


@pytest.mark.parametrize("line", ['{"ref": "X"', "{'ref': 'X'}", '{"ref": "X"} {"ref": "Y"}', "ref=X", "{"])
def test_a_line_that_is_not_json_is_refused(line: str) -> None:
    (found,) = problems(in_json(line))
    assert found.startswith("line 1: is not JSON: ")


@pytest.mark.parametrize("opening", ["[", '{"ref":', '{"ref": "X", "evidence": ['])
def test_deep_nesting_is_a_bad_line(opening: str) -> None:
    line = opening + "[" * 100_000
    found = problems(in_json(f'{line}\n{{"ref": "Y", "status": "planned"}}\n'))
    assert len(found) == 1
    assert found[0].startswith("line 1: ")


@pytest.mark.parametrize("name", ["title", "note", "evidence", "key", "by"])
def test_an_escaped_nul_is_refused(name: str) -> None:
    (found,) = problems(in_json(f'{{"ref": "X", "{name}": "a\\u0000b"}}'))
    assert found == f"line 1: {name}: has a NUL character; take it out"


@pytest.mark.parametrize("line", [b'{"ref": "X", "title": "a\0b"}', b'{"ref": "X",\0"title": "a"}', b"\0"])
def test_a_raw_nul_is_refused(line: bytes) -> None:
    assert len(problems(in_json(line))) == 1


def test_a_lone_surrogate_is_refused() -> None:
    assert problems(in_json('{"ref": "X", "title": "\\ud800"}')) == [
        "line 1: title: is not valid UTF-8; give it in UTF-8"
    ]


def test_bad_utf8_is_named_with_its_byte_and_spoils_its_own_line_only() -> None:
    lines = in_json(b'{"ref": "X", "note": "n"}\n{"ref": "\xff"}\n{"ref": "Y", "note": "n"}\n')
    assert refs(lines) == ["X", None, "Y"]
    assert problems(lines) == ["line 2: is not UTF-8 (byte 10)"]


# The form of a file


@pytest.mark.parametrize(
    "content",
    [
        b'{"ref": "X", "note": "n"}\n{"ref": "Y", "note": "n"}\n',
        b'{"ref": "X", "note": "n"}\n{"ref": "Y", "note": "n"}',
        b'\xef\xbb\xbf{"ref": "X", "note": "n"}\n{"ref": "Y", "note": "n"}\n',
        b'{"ref": "X", "note": "n"}\r\n{"ref": "Y", "note": "n"}\r\n',
        b'\n\r\n{"ref": "X", "note": "n"}\n  \t\n{"ref": "Y", "note": "n"}\n\n',
        b'\xef\xbb\xbf\r\n{"ref": "X", "note": "n"}\r\n\r\n{"ref": "Y", "note": "n"}',
        b'  {"ref": "X", "note": "n"}  \n\t{"ref": "Y", "note": "n"}\n',
    ],
)
def test_byte_order_marks_line_ends_and_blank_lines_do_not_matter(content: bytes) -> None:
    assert refs(in_json(content)) == ["X", "Y"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_input_has_no_lines(content: bytes) -> None:
    assert in_json(content) == []
    assert in_csv(content) == []


def test_a_byte_order_mark_within_a_file_is_no_blank() -> None:
    assert refs(in_json(b'{"ref": "X", "note": "n"}\n\xef\xbb\xbf{"ref": "Y", "note": "n"}\n')) == ["X", None]


def test_blank_lines_count_in_the_numbers_of_lines() -> None:
    assert problems(in_json("\n\n{}\n\r\n[]\n"))[1].startswith("line 5: ")


def test_korean_text_is_kept() -> None:
    title = "한-말레이시아 자유무역협정"
    assert asked(ref="X", title=title).fields == {"title": title}
    assert the_change(in_json(f'{{"ref": "X", "title": "{title}"}}')).fields == {"title": title}


def padded(length: int) -> bytes:
    start, end = b'{"ref": "LONG", ', b'"note": "n"}'
    return start + b" " * (length - len(start) - len(end)) + end


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_may_have_so_many_bytes_and_no_more(end: bytes) -> None:
    assert refs(in_json(padded(LONGEST) + end)) == ["LONG"]
    assert problems(in_json(padded(LONGEST + 1) + end)) == ["line 1: is longer than 1,048,576 bytes"]


def test_a_line_too_long_spoils_itself_only() -> None:
    short = b'{"ref": "X", "note": "n"}\n'
    lines = in_json(short + padded(3 * LONGEST + 7) + b"\n" + short + b"[]\n")
    assert refs(lines) == ["X", None, "X", None]
    assert [problem.split(": ")[0] for problem in problems(lines)] == ["line 2", "line 4"]


class Counted(BytesIO):
    """A file that remembers the most it was asked for at once."""

    most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.most = max(self.most, len(line))
        return line


def test_a_line_too_long_is_never_held_as_a_whole() -> None:
    stream = Counted(padded(4 * LONGEST))
    assert len(list(batch.read_json_lines(stream))) == 1
    assert stream.most <= LONGEST + 1


@pytest.mark.parametrize("read", [batch.read_json_lines, batch.read_csv])
def test_a_file_is_read_as_it_is_used(read: Any) -> None:
    rest = b'{"ref": "X", "note": "n"}\n' * 10_000 if read is batch.read_json_lines else b"X,n\n" * 10_000
    stream = BytesIO((b"" if read is batch.read_json_lines else b"ref,note\n") + rest)
    assert next(read(stream)).ref == "X"
    assert stream.tell() < 1000


# However long, wide or deep


def in_time(content: str | bytes, read: Callable[[str | bytes], Lines] = in_json) -> list[str]:
    """What is wrong with it, found in far less than what a reading that is not linear takes."""
    begun = time.process_time()
    found = problems(read(content))
    assert time.process_time() - begun < 2
    assert all(len(problem) < 300 for problem in found)
    return found


def test_an_object_has_as_many_keys_as_there_are_names_for_and_no_more() -> None:
    keys = ",".join(f'"{number}":1' for number in range(95_000))
    assert in_time(f'{{"ref":"X",{keys}}}') == ["line 1: has 95,001 keys; 100 are the most"]
    keys = ",".join(f'"{number}":1' for number in range(MOST_KEYS + 1))
    assert in_time(f"{{{keys}}}") == ["line 1: has 101 keys; 100 are the most"]
    assert len(in_time(f'{{"ref":"X",{",".join(keys.split(",")[: MOST_KEYS - 1])}}}')) == MOST_KEYS - 1


def test_a_key_that_is_repeated_late_is_found() -> None:
    keys = ",".join(f'"{number}":1' for number in range(94_000))
    for again in ('"93999":1', ",".join(f'"{number}":1' for number in range(93_999, 90_000, -1))):
        assert in_time(f"{{{keys},{again}}}") == [
            "line 1: is not JSON: the key '93999' stands twice in one object"
        ]
    assert in_time(f'{{"ref":{{{keys},"1":1}}}}') == [
        "line 1: is not JSON: the key '1' stands twice in one object"
    ]


def test_a_line_of_a_million_keys_is_refused() -> None:
    keys = ",".join(f'"{number}":1' for number in range(1_000_000))
    assert in_time(f"{{{keys}}}") == ["line 1: is longer than 1,048,576 bytes"]


@pytest.mark.parametrize(
    "deep", ["[", '{"a":', '{"ref":[', '{"op":[', '{"op":"milestone","ref":"X","number":[']
)
@pytest.mark.parametrize("depth", [100_000, 940, 200])
def test_what_is_nested_deeply_is_refused_in_a_sentence(deep: str, depth: int) -> None:
    nested = deep * depth if deep == '{"a":' else deep + "[" * depth
    closed = nested + "1" + "".join("}" if one == "{" else "]" for one in reversed(nested) if one in "[{")
    for line in (nested, closed):
        (found,) = in_time(f"{line}\n")[:1]
        assert not re.search("recursion|[Ee]xceeded", found)


@pytest.mark.parametrize(
    "value", ["9" * 5_000, "-" + "9" * 900_000, "1e999", "-1e999", "NaN", "1" * 900, "1e-999"]
)
def test_a_number_beyond_all_measure_is_refused_in_a_sentence(value: str) -> None:
    for name in (
        "ref",
        "title",
        "note",
        "number",
        "op",
        "verifiable",
        "new_sector",
        "evidence",
        "expect",
        "key",
    ):
        line = {"ref": '"X"', "op": '"milestone"', name: value}
        found = in_time(f"{{{','.join(f'{json.dumps(key)}:{one}' for key, one in line.items())}}}")
        assert found
        assert not any("sys." in problem or "limit" in problem for problem in found)


def test_a_header_has_as_many_columns_as_there_are_names_for_and_no_more() -> None:
    assert in_time(",".join(f"c{number}" for number in range(100_000)) + "\nx\n", in_csv) == [
        "line 1: the header has 100,000 columns; 100 are the most"
    ]
    assert in_time("ref," * 100_000 + "ref\nx\n", in_csv) == [
        "line 1: the header has 100,001 columns; 100 are the most"
    ]


def test_a_row_of_csv_that_goes_on_after_line_breaks_is_bounded_too() -> None:
    stream = Endless(b'ref,note\nX,"a\n', b'","a\n')
    assert problems(list(batch.read_csv(stream))) == [
        "line 2: is not CSV: a row is longer than 1,048,576 bytes; is a quote not closed?"
    ]
    assert stream.given < 3 * LONGEST
    rows = b"ref,note\n" + b'X,"%b\nb"\n' % (b"a" * 1_000) * 2_000
    assert len(in_csv(rows)) == 2_000


class Endless(BytesIO):
    """A file whose last line comes again and again."""

    def __init__(self, begin: bytes, line: bytes) -> None:
        super().__init__(begin)
        self._line = line
        self.given = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size) or self._line
        self.given += len(line)
        return line


def test_what_is_wrong_in_every_line_is_explained_as_fast_as_it_is_read() -> None:
    assert len(in_time('{"ref": "X", "stauts": "completed"}\n' * 20_000)) == 20_000


# Keys


def digest_of(**content: Any) -> str:
    digest = asked(**{"ref": "X", "key": "k", **content}).key_digest
    assert digest is not None
    return digest


def test_a_line_without_a_key_has_no_digest() -> None:
    assert asked(ref="X", note="n").key_digest is None


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ('{"key": "k", "ref": "X", "status": "planned"}', '{"status": "PLANNED", "ref": "x", "key": "k"}'),
        ('{"key": "k", "ref": "X", "due": "2025-Q4"}', '{"key": "k", "ref": "X", "due": "2025-36"}'),
        (
            '{"key": "k", "ref": "X", "note": "\\u00e9"}',
            '{"key": "k", "op": "update", "ref": "X", "note": "é"}',
        ),
        ('{"key": "k", "ref": "X", "evidence": "a"}', '{"key": "k", "ref": "X", "evidence": ["a"]}'),
        (
            '{"key": "k", "op": "milestone", "ref": "X", "number": 2, "state": "met"}',
            '{"key": "k", "op": "milestone", "ref": "X/2", "state": "met"}',
        ),
    ],
)
def test_the_same_content_in_another_spelling_has_the_same_digest(one: str, same: str) -> None:
    assert the_change(in_json(one)).key_digest == the_change(in_json(same)).key_digest


def test_the_same_content_as_csv_has_the_same_digest() -> None:
    as_csv = the_change(in_csv("ref,status,evidence,key\nX,planned,SBS News,k\n"))
    assert as_csv.key_digest == digest_of(status="planned", evidence="SBS News")


def test_every_part_of_a_line_counts_in_its_digest() -> None:
    contents: list[dict[str, Any]] = [
        {},
        {"op": "add"},
        {"op": "milestone"},
        {"ref": "Y"},
        {"title": "t"},
        {"title": "u"},
        {"detail": "t"},
        {"detail": None},
        {"note": "t"},
        {"evidence": "t"},
        {"evidence": ["t", "u"]},
        {"on": "2025-01-01"},
        {"by": "t"},
        {"expect": "planned"},
    ]
    assert len({digest_of(**content) for content in contents}) == len(contents)


# CSV


def test_a_csv_line_is_a_change_under_its_header() -> None:
    change = the_change(in_csv("ref,status,on,note\nfta-conclude,completed,2025-10-26,done\n"))
    assert (change.op, change.ref, change.fields) == ("update", "FTA-CONCLUDE", {"status": "completed"})
    assert (change.effective_on, change.note) == ("2025-10-26", "done")


def test_a_header_is_taken_in_any_case_and_with_hyphens() -> None:
    assert the_change(in_csv(" Ref ,Due-Phrase\nX,soon\n")).fields == {"due_phrase": "soon"}


def test_an_empty_cell_leaves_a_field_and_a_hyphen_clears_it() -> None:
    assert the_change(in_csv("ref,detail,source,due\nX,,-,2026\n")).fields == {"source": None, "due": "2026"}


NAMES = ("op", "number", "note", "evidence", "on", "by", "key", "expect", "new_sector")


@pytest.mark.parametrize("name", NAMES)
def test_none_is_none_in_every_column(name: str) -> None:
    without = the_change(in_csv("ref,due\nX,2026\n"))
    for content in (f"ref,due,{name}\nX,2026,-\n", f"ref,due,{name}\nX,2026,\n"):
        change = the_change(in_csv(content))
        change.as_shown = without.as_shown
        assert change == without
    for none in (None, "-"):
        assert asked(ref="X", due="2026", **{name: none}) == asked(ref="X", due="2026")
    keyed = {"ref": "X", "due": "2026", "key": "k"}
    if name != "key":
        assert asked(**keyed, **{name: None}).key_digest == asked(**keyed).key_digest


def test_none_for_a_ref_is_no_ref() -> None:
    assert problems(in_csv("ref,note\n-,n\n")) == ["line 2: ref: is missing"]
    for none in (None, "-"):
        assert wrong_with(ref=none, note="n") == ["line 1: ref: is missing"]


@pytest.mark.parametrize("name", LISTED)
def test_none_in_a_column_that_a_listing_shows_is_compared_as_empty(name: str) -> None:
    change = the_change(in_csv(f"ref,note,{name}\nX,n,-\n"))
    assert change.derived.get(name, "") == ""
    assert change.evidence == ()


def test_a_hyphen_among_evidence_is_none() -> None:
    assert the_change(in_csv('ref,evidence\nX,"-\nSBS News\n-"\n')).evidence == ("SBS News",)
    assert the_change(in_csv("ref,evidence\nX,'-\n")).evidence == ()
    assert asked(ref="X", evidence=["-", "SBS News"]).evidence == ("SBS News",)


def test_a_hyphen_that_a_listing_tamed_is_a_text() -> None:
    assert the_change(in_csv("ref,detail\nX,'-\n")).fields == {"detail": "-"}


def test_a_field_that_may_not_be_empty_is_not_cleared() -> None:
    assert problems(in_csv("ref,title\nX,-\n")) == ["line 2: title: cannot be empty"]


def test_lines_of_an_evidence_cell_are_one_evidence_each() -> None:
    assert the_change(in_csv('ref,evidence\nX,"https://a.example\nSBS News"\n')).evidence == (
        "https://a.example",
        "SBS News",
    )
    assert the_change(in_csv("ref,note,evidence\nX,n,\n")).evidence == ()


def test_a_quoted_cell_may_have_commas_quotes_and_line_ends() -> None:
    content = 'ref,detail\r\nX,"one, ""two""\nthree"\r\nY,four\r\n'
    assert [line.fields for line in in_csv(content) if isinstance(line, Change)] == [
        {"detail": 'one, "two"\nthree'},
        {"detail": "four"},
    ]


def test_a_csv_line_is_named_by_the_line_it_begins_on() -> None:
    content = 'ref,detail,status\nX,"one\ntwo\nthree",nonsense\n\nY,d,nonsense\n'
    assert [problem.split(": ")[0] for problem in problems(in_csv(content))] == ["line 2", "line 6"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [("X", "1 cell"), ("X,planned,extra", "3 cells"), ("X,planned,", "3 cells"), ('"X,planned"', "1 cell")],
)
def test_a_ragged_line_is_refused(line: str, cells: str) -> None:
    lines = in_csv(f"ref,status\n{line}\nY,planned\n")
    assert problems(lines) == [f"line 2: has {cells} under a header of 2"]
    assert refs(lines) == [None, "Y"]


@pytest.mark.parametrize("content", ["ref,status\nX,planned\n".encode("utf-16"), b"\xfe\xff\0r\0e\0f\0\n"])
def test_a_table_in_utf_16_is_told_at_once(content: bytes) -> None:
    assert problems(in_csv(content)) == ["line 1: is UTF-16, not UTF-8; save the table as CSV in UTF-8"]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("ref,stauts", "the header has 'stauts'; did you mean status?"),
        ("ref,Colour of it", "the header has 'colour of it'; "),
        ("ref,status,status", "the header has 'status' twice"),
        ("ref,due-phrase,due_phrase", "the header has 'due_phrase' twice"),
        ("title,status", "the header lacks 'ref'"),
        ("ref,", "the header has ''; "),
    ],
)
def test_a_bad_header_is_named_and_nothing_under_it_is_read(header: str, problem: str) -> None:
    (found,) = problems(in_csv(f"{header}\n{','.join('x' for _ in header.split(','))}\n"))
    assert found.startswith(f"line 1: {problem}")


@pytest.mark.parametrize(
    "content",
    [
        b"ref,note\nX,n\nY,n\n",
        b"\xef\xbb\xbfref,note\nX,n\nY,n\n",
        b"ref,note\r\nX,n\r\nY,n",
        b"ref,note\n\nX,n\n\r\nY,n\n\n",
        b"ref,note\n,\nX,n\nY,n\n",
        b"\nref,note\nX,n\nY,n\n",
        b"\xef\xbb\xbf\r\nref,note\r\nX,n\r\nY,n\r\n",
    ],
)
def test_byte_order_marks_line_ends_and_blank_lines_do_not_matter_in_csv(content: bytes) -> None:
    assert refs(in_csv(content)) == ["X", "Y"]


def test_a_header_alone_asks_for_nothing() -> None:
    assert in_csv("ref,status\n") == []


def test_bad_utf8_in_a_cell_spoils_its_own_line_only() -> None:
    lines = in_csv(b"ref,note\nX,\xff\nY,n\n")
    assert problems(lines) == ["line 2: note: is not valid UTF-8; give it in UTF-8"]
    assert refs(lines) == [None, "Y"]


def test_a_nul_in_a_cell_is_refused() -> None:
    assert len(problems(in_csv(b"ref,note\nX,a\0b\n"))) == 1


@pytest.mark.parametrize("content", ['ref,note\nX,"never closed\n', 'ref,note\nX,"a"b\n'])
def test_bad_quoting_is_refused(content: str) -> None:
    (found,) = problems(in_csv(content))
    assert found.startswith("line 2: is not CSV: ")


def test_a_csv_line_too_long_is_named_by_its_number() -> None:
    content = b"ref,note\nX,n\nY," + b"n" * LONGEST + b"\n"
    lines = in_csv(content)
    assert refs(lines) == ["X", None]
    assert problems(lines) == ["line 3: is not CSV: a line is longer than 1,048,576 bytes"]


def test_a_csv_may_add_and_set_milestones() -> None:
    added, changed = in_csv(
        "op,ref,number,title,state\nmilestone,FTA,,Ratified,\nmilestone,FTA,2,,met\n",
    )
    assert isinstance(added, Change)
    assert isinstance(changed, Change)
    assert (added.op, added.record, added.fields) == ("add", "milestone", {"title": "Ratified"})
    assert (changed.op, changed.ref, changed.fields) == ("update", "FTA/2", {"state": "met"})


def test_the_apostrophe_before_a_formula_is_taken_off() -> None:
    lines = in_csv("ref,detail\nX,'=1+1\nX,'@cmd\nX,''=1\nX,'quoted'\n")
    assert [line.fields["detail"] for line in lines if isinstance(line, Change)] == [
        "=1+1",
        "@cmd",
        "'=1",
        "'quoted'",
    ]


HOSTILE = [
    "=1+1",
    "'=1+1",
    "''=1+1",
    "+82 2 1234",
    "-",
    "--",
    "'-",
    "- a list",
    "@cmd",
    "\uff1d1",
    "'",
    "''",
    "'quoted'",
    '"double"',
    ",",
    ";",
    "a,b\tc",
    "\ttab",
    "\rreturn",
    "a\rb",
    "a\nb",
    "a\r\nb",
    "\n",
    "a\n",
    " padded ",
    "\x1b[31mred\x1b[0m",
    "\x7f\x85\u2028",
    "\u202eevil",
    "␛[31m",
    "\\u202e",
    "[bold]x[/bold]",
    "<script>",
    "한국-말레이시아",
    "5",
    "null",
    "x" * 100_000,
]


#: But for a bare hyphen, which in a raw cell says that the field is to be cleared.
LISTED_TEXTS = [(text, raw) for text in HOSTILE for raw in (False, True) if (text, raw) != ("-", True)]


@pytest.mark.parametrize(("text", "raw"), LISTED_TEXTS, ids=range(len(LISTED_TEXTS)))
def test_a_text_is_no_change_where_it_is_read_as_it_was_listed(text: str, raw: bool) -> None:
    change = the_change(in_csv(to_csv(("ref", "detail", "deadline"), [("X", text, "met")], raw=raw)))
    assert differences("commitment", Commitment(detail=text), change) == {}


def test_a_listing_s_derived_columns_are_kept_for_comparison() -> None:
    change = the_change(in_csv("ref,status,deadline,days_left,evidence,slip_days\nX,planned,overdue,-3,2,\n"))
    assert change.fields == {"status": "planned"}
    assert change.evidence == ()
    assert change.derived == {"deadline": "overdue", "days_left": "-3", "evidence": "2", "slip_days": ""}
    assert change.as_shown


def test_evidence_that_is_no_count_is_evidence() -> None:
    change = the_change(in_csv("ref,deadline,evidence\nX,overdue,SBS News 2025-10-26\n"))
    assert change.evidence == ("SBS News 2025-10-26",)
    assert change.derived == {"deadline": "overdue"}


# No input makes the reader fail

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text("0123456789/-X ", max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        *GIVEN["commitment"],
        "op",
        "ref",
        "number",
        "key",
        "note",
        "evidence",
        "on",
        "by",
        "expect",
        "new_sector",
    ]
)
OPS = st.sampled_from(["add", "update", "milestone"])


def texts_of(lines: Lines) -> Iterator[str]:
    for line in lines:
        assert line.place.startswith("line ")
        if isinstance(line, BadLine):
            assert line.problems
            yield from line.problems


@given(st.binary(max_size=300))
def test_any_bytes_are_changes_or_bad_lines(content: bytes) -> None:
    assert all(texts_of(in_json(content)))
    assert all(texts_of(in_csv(content)))
    assert all(texts_of(in_csv(b"ref,status,deadline,evidence,number\n" + content)))


@given(st.lists(st.dictionaries(KEYS | st.text(max_size=10), VALUES, max_size=5), max_size=3), OPS)
def test_any_objects_are_changes_or_bad_lines(contents: list[dict[str, Any]], op: str) -> None:
    lines = in_json("\n".join(json.dumps({"op": op, "ref": "X", **content}) for content in contents))
    assert len(lines) == len(contents)
    assert all(texts_of(lines))
