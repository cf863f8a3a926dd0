"""What every command that looks has in common: formats, terminals, hostile texts, mistakes."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.cli.looks import (
    AGREEMENT,
    COMMITMENT,
    DEADLINE,
    ENTRY,
    LOOKING,
    PAST,
    commitment,
    found,
    rows,
    seeded,
    shown,
)
from tests.conftest import Ksmy, Ran, sentence
from tests.terminal import all_sent, columns

LISTINGS = ("list", "due", "history", "agreements")
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:\d;)*3\d(?:;\d+)*m")

HOSTILE = (
    "\x1b[31mred\x1b[0m\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\ \x9b31m \x85 \x08 \x7f "
    "\u202eexe.fdp\u2066 \u200f \u2028 \u00ad\u200b\U000e0041 line\r\nbreak\ttab"
)
MARKUP = "[bold]b[/bold] [/] | `code` <script>alert(1)</script> &amp; **x** _y_ [a](http://x) \\"
FORMULA = '=HYPERLINK("http://x","y")'
KOREAN = "한국과 말레이시아의 자유무역협정"
LONG = "y" * 20_000


@pytest.fixture(scope="session")
def hostile_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose every text is meant to harm whoever looks at it; only read."""
    hostile = {"detail": HOSTILE, "source": HOSTILE, "due_phrase": HOSTILE, "note": HOSTILE}
    return seeded(
        tmp_path_factory.mktemp("hostile"),
        [
            commitment("CONTROLS", title=HOSTILE, due="2025", evidence=[HOSTILE, FORMULA], **hostile),
            commitment("MARKUP", title=MARKUP, detail=MARKUP, due="2026-02", note=MARKUP),
            commitment("FORMULA", title=FORMULA, detail="+1", source="-1", due_phrase="@SUM(1)"),
            commitment("LONG", title=LONG, detail="한" * 20_000, due="2026-03", note="z " * 10_000),
            commitment("KOREAN", title=KOREAN),
            commitment("KOREAN-APART", title=unicodedata.normalize("NFD", KOREAN)),
            commitment("LATIN", title="Free trade"),
        ],
        by=HOSTILE,
        title=HOSTILE,
        place=HOSTILE,
        source=MARKUP,
        note=HOSTILE,
        evidence=[HOSTILE],
    )


@pytest.fixture
def hostile(on: Callable[[Path], Ksmy], hostile_path: Path) -> Ksmy:
    """The program on the hostile register."""
    return on(hostile_path)


@pytest.mark.parametrize("command", ["list", "due", "history"])
def test_a_limit_beyond_what_the_database_can_count_is_no_bug(lived: Ksmy, command: str) -> None:
    ran = lived(command, "--limit", "9" * 30)
    if ran.code == 0:
        assert ran.out == lived(command).out
    else:
        assert ran.code == 2
        assert "--limit" in sentence(ran)


@pytest.mark.parametrize(
    ("command", "fields"),
    [("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY), ("agreements", AGREEMENT)],
)
def test_every_field_of_the_contract_is_a_column(lived: Ksmy, command: str, fields: list[str]) -> None:
    out = shown(lived(command, "--columns", ",".join(fields), "--format", "csv"))
    assert next(csv.reader(io.StringIO(out))) == fields


def test_the_keys_are_the_same_on_a_past_day(lived: Ksmy) -> None:
    for command, fields in (("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY)):
        listed = found(lived(command, "--as-of", PAST, "--format", "json"))
        assert [list(row) for row in listed] == [fields] * len(listed)
        assert listed


@pytest.mark.parametrize("command", LISTINGS)
@pytest.mark.parametrize(("format", "empty"), [("json", "[]\n"), ("tsv", "")])
def test_an_empty_result_is_done_and_says_nothing(bare: Ksmy, command: str, format: str, empty: str) -> None:
    assert bare(command, "--format", format) == Ran(empty, "", 0)


@pytest.mark.parametrize("command", LISTINGS)
def test_an_empty_result_with_a_header_is_its_header(bare: Ksmy, command: str) -> None:
    lines = [line for line in shown(bare(command, "--format", "csv")).splitlines() if re.search(r"\w", line)]
    assert len(lines) == 1
    assert "title" in lines[0] or command == "history"


def test_filters_that_nothing_passes_give_an_empty_list(lived: Ksmy) -> None:
    assert lived("list", "--search", "no such thing", "--format", "json") == Ran("[]\n", "", 0)
    assert lived("history", "--by", "nobody") == Ran("", "", 0)


def test_jsonl_is_the_same_objects_one_a_line(lived: Ksmy) -> None:
    lines = shown(lived("history", "--format", "jsonl")).splitlines()
    assert [json.loads(line) for line in lines] == found(lived("history", "--format", "json"))


def test_jsonl_of_one_object_is_one_line(lived: Ksmy) -> None:
    command = ("show", "FTA")
    out = shown(lived(*command, "--format", "jsonl"))
    assert out.count("\n") == 1
    assert json.loads(out) == found(lived(*command, "--format", "json"))


@pytest.mark.parametrize(
    ("command", "fields"),
    [("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY), ("agreements", AGREEMENT)],
)
def test_csv_has_every_field_as_json_has_it(lived: Ksmy, command: str, fields: list[str]) -> None:
    header, *lines = csv.reader(io.StringIO(shown(lived(command, "--format", "csv", "--raw"))))
    assert header == fields
    listed = found(lived(command, "--format", "json"))
    assert lines == [[in_a_cell(name, value) for name, value in row.items()] for row in listed]


def in_a_cell(name: str, value: Any) -> str:
    """A value of JSON as CSV has it: words and refs with commas, what else has parts as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and name not in ("evidence", "retracts", "cited"):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "code", "meant"),
    [
        ("show FTA-CONLUDE", 3, "FTA-CONCLUDE"),
        ("history FTA-CONCLUD", 3, "FTA-CONCLUDE"),
        ("list --agreement SP-2023", 3, "SP-2024"),
        ("list --columns ref,titel", 2, "title"),
        ("due --columns day_left", 2, "days_left"),
        ("agreements --columns stages", 2, "stage"),
        ("list --sort -titel", 2, "title"),
        ("list --format tabel", 2, "table"),
        ("report --format txt", 2, "text"),
        ("list --status complete", 2, "completed"),
        ("list --firmness sign", 2, "signed"),
        ("list --sector green-enrgy", 2, "green-energy"),
        ("list --party Republic-Korea", 2, "KR"),
        ("list --overdu", 2, "--overdue"),
        ("lsit", 2, "list"),
    ],
)
def test_a_mistake_is_answered_with_what_was_probably_meant(
    lived: Ksmy, arguments: str, code: int, meant: str
) -> None:
    ran = lived(*arguments.split())
    assert ran.code == code
    assert re.search(rf"(did you mean|Did you mean|options:).*{re.escape(meant)}", sentence(ran))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("list --party US", "KR, MY"),
        ("list --sector nosuch", "climate, critical-minerals, defence"),
        ("report --sector econ --only-attention --exit-code", "climate, critical-minerals, defence"),
        ("export --format ics --sector nosuch", "climate, critical-minerals, defence"),
        ("timeline --sector nosuch", "climate, critical-minerals, defence"),
        ("report --format csv", "text, md, html, json, jsonl"),
        ("list --columns zzz", "ref, title, detail"),
    ],
)
def test_a_word_that_is_near_nothing_is_answered_with_all_there_are(
    lived: Ksmy, arguments: str, words: str
) -> None:
    ran = lived(*arguments.split())
    assert ran.code == 2
    assert words in sentence(ran)


@pytest.mark.parametrize(
    "arguments",
    [
        "list --as-of yesterday",
        "list --due-before 2025-13-01",
        "list --due-after 2025",
        "history --since 1.1.2025",
        "report --as-of -",
        "list --stale -1",
        "list --limit -1",
        "due --within soon",
        "list --tz Asia/Soul",
        "list --status ",
    ],
)
def test_a_value_that_cannot_be_read_names_its_option(lived: Ksmy, arguments: str) -> None:
    command, option, value = arguments.split(" ")
    ran = lived(command, option, value)
    assert ran.code == 2
    assert option in sentence(ran) or "time zone" in ran.err


@pytest.mark.parametrize("command", ["show", "history"])
@pytest.mark.parametrize(
    ("step", "code"),
    [("6", 3), ("x", 2)],
    ids=lambda value: str(value)[:3] or "none",
)
def test_what_is_no_milestone_is_not_taken_for_its_commitment(
    lived: Ksmy, command: str, step: str, code: int
) -> None:
    ran = lived(command, f"FTA-CONCLUDE/{step}")
    assert ran.code == code
    assert "FTA-CONCLUDE" in sentence(ran)
    assert len(ran.err) < 500


# What a command that looks loads

PROBE = """
import io, json, sys
from contextlib import redirect_stdout
from ksmy_tracker import cli
heavy = ("sqlalchemy", "sqlmodel", "alembic")
found = {}
for arguments, more in json.loads(sys.argv[1]):
    with redirect_stdout(io.StringIO()) as out:
        code = cli.run(arguments)
    assert code == 0 and out.getvalue(), (arguments, code)
    found[" ".join(arguments)] = [name for name in (*heavy, *more) if name in sys.modules]
print(json.dumps(found))
"""


def test_no_command_that_looks_loads_what_only_a_change_needs(lived_path: Path) -> None:
    rich = ["rich.table", "rich.console"]
    day = ["--as-of", PAST]
    programs = [
        ([*command, "--format", form, *past], rich)
        for command in LOOKING
        for form in ("json", "jsonl", "tsv", "csv", "md")
        for past in ([], day)
        if command != ("report",) or form not in ("tsv", "csv")
    ]
    programs += [(["report", *past], rich) for past in ([], day)]
    people: list[tuple[list[str], list[str]]] = [
        ([*command, "--format", "table", *past], [])
        for command in LOOKING
        for past in ([], day)
        if command != ("report",)
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps([*programs, *people])],
        capture_output=True,
        text=True,
        env={"KSMY_DATABASE_URL": str(lived_path), "PATH": os.environ["PATH"]},
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    loaded = json.loads(done.stdout)
    assert len(loaded) == len(programs) + len(people)
    assert {command: names for command, names in loaded.items() if names} == {}


# A pipe


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("list", "--format", "table"), ("show", "FTA-CONCLUDE", "--format", "table"), ("report",)],
    ids=" ".join,
)
def test_a_pipe_is_not_influenced_by_the_terminal(
    lived: Ksmy, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    plain = shown(lived(*arguments))
    for name, value in {
        "COLUMNS": "20",
        "LINES": "5",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "FORCE_COLOR": "1",
        "CLICOLOR_FORCE": "1",
        "TTY_COMPATIBLE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert shown(lived(*arguments)) == plain
    assert "\x1b" not in plain


def test_a_process_in_a_pipe_prints_tsv_without_header_colour_or_wrapping(
    process: Ksmy, hostile_path: Path
) -> None:
    variables = {"KSMY_DATABASE_URL": str(hostile_path), "COLUMNS": "20", "FORCE_COLOR": "1"}
    listed = rows(process("list", "--as-of", "2026-01-15", env=variables))
    assert [row[0] for row in listed] == [
        *("CONTROLS", "FORMULA", "KOREAN", "KOREAN-APART", "LATIN", "LONG", "MARKUP"),
    ]
    assert listed[5] == ["LONG", "planned", "due-soon", "2026-03", LONG]


@pytest.mark.parametrize("title", [LONG, "한" * 60_000], ids=["letters", "Korean"])
def test_a_table_in_a_pipe_cuts_nothing(on: Callable[[Path], Ksmy], tmp_path: Path, title: str) -> None:
    out = shown(on(seeded(tmp_path, [commitment("A", title=title)]))("list", "--format", "table"))
    assert out.splitlines()[-1].endswith(title)


A_LOT = (
    ("list", "--format", "json"),
    ("list", "--format", "table", "--columns", "ref,title,detail"),
    ("report", "--format", "md"),
)


@pytest.mark.parametrize("command", A_LOT, ids=" ".join)
def test_a_reader_that_leaves_after_a_line_is_no_error(hostile_path: Path, command: tuple[str, ...]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ksmy_tracker", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"KSMY_DATABASE_URL": str(hostile_path), "PATH": os.environ["PATH"]},
    )
    assert child.stdout is not None
    assert child.stdout.read(1)
    child.stdout.close()
    _, err = child.communicate()
    assert (err, child.returncode) == (b"", 0)


# A terminal


def on_terminal(
    path: Path, *arguments: str, width: int = 80, variables: Mapping[str, str] | None = None, said: str = ""
) -> str:
    """What a terminal of this width is sent (its line ends as `\\n`), and `said` on stderr."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {
        "KSMY_DATABASE_URL": str(path),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        **(variables or {}),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "ksmy_tracker", *arguments],
        stdin=there,
        stdout=there,
        stderr=subprocess.PIPE,
        env=environment,
    )
    os.close(there)
    sent = all_sent(here)
    _, err = child.communicate()
    assert (err.decode(), child.returncode) == (said, 0)
    return sent.decode().replace("\r\n", "\n")


TODAY = ("--as-of", "2026-01-15")


@pytest.mark.parametrize(
    ("command", "width"),
    [
        *((command, 80) for command in ("list", "history", "show CONTROLS", "report")),
        ("show LONG", 200),
        ("list --columns title,ref,detail,source,due_phrase", 80),
    ],
)
def test_a_terminal_is_sent_no_line_wider_than_it_and_no_control(
    hostile_path: Path, command: str, width: int
) -> None:
    sent = STYLE.sub("", on_terminal(hostile_path, *command.split(), *TODAY, width=width))
    assert not UNSAFE.search(sent.replace("\n", ""))
    assert max(map(columns, sent.splitlines())) <= width
    assert len(sent.splitlines()) > 1


@pytest.mark.parametrize("command", ["list --format csv --raw", "export"])
def test_what_is_exact_in_a_pipe_has_no_orders_to_a_terminal(hostile_path: Path, command: str) -> None:
    sent = on_terminal(hostile_path, *command.split(), width=400)
    assert not UNSAFE.search(sent.replace("\n", ""))
    if command == "export":
        exported = [json.loads(line) for line in sent.splitlines()]
        piped = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", "export", "--db", str(hostile_path)],
            capture_output=True,
            check=True,
        ).stdout
        assert exported == [json.loads(line) for line in piped.decode().split("\n") if line]
        assert UNSAFE.search(piped.decode().replace("\n", ""))


def test_a_listing_on_a_terminal_is_a_table_with_a_header(lived_path: Path) -> None:
    lines = STYLE.sub("", on_terminal(lived_path, "list", *TODAY)).splitlines()
    assert lines[0].split() == ["ref", "status", "deadline", "due", "title"]
    assert len([line for line in lines if re.match(r"[A-Z]", line)]) == 20
    assert "\t" not in "".join(lines)


@pytest.mark.parametrize("command", ["list", "history"])
def test_a_terminal_is_told_that_there_is_nothing_to_list(bare_path: Path, command: str) -> None:
    assert on_terminal(bare_path, command, *TODAY, said="ksmy: nothing to list\n") == ""


def test_a_wider_terminal_shows_more(lived_path: Path) -> None:
    narrow = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=80))
    wide = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=200))
    title = "Supply critical minerals from Malaysia's reserves to Korean industry"
    assert title not in narrow
    assert "Supply critical minerals" in narrow
    assert "…" in narrow
    assert title in wide
    assert "…" not in wide


@pytest.mark.parametrize("command", ["list", "due", "agreements"])
def test_eighty_columns_are_enough_for_refs_dates_words_and_the_start_of_a_title(
    lived_path: Path, lived: Ksmy, command: str
) -> None:
    sent = STYLE.sub("", on_terminal(lived_path, command, *TODAY)).splitlines()
    whole = {"list": "ref,status,deadline,due", "due": "ref,deadline", "agreements": "ref,stage"}
    listed = rows(lived(command, "--columns", f"{whole[command]},title"))
    assert len(listed) > 5
    for *words, title in listed:
        (line,) = [line for line in sent if words[0] in line.split()]
        assert [word for word in words if word and word not in line.split()] == []
        assert title[:8] in line


def test_a_narrow_terminal_gets_a_block_for_each_row_with_nothing_cut(lived_path: Path, lived: Ksmy) -> None:
    known = {ref for (ref,) in rows(lived("list", "--columns", "ref"))}
    sent = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=40))
    blocks = [block.splitlines() for block in sent.rstrip("\n").split("\n\n")]
    assert {block[0].rstrip() for block in blocks} == {f"ref: {ref}" for ref in known}
    assert len(blocks) == 20
    assert "…" not in sent
    assert "title: Supply critical minerals from Malaysia's reserves to Korean industry" in " ".join(
        sent.split()
    )


def test_a_report_on_a_narrow_terminal_keeps_its_form(lived_path: Path) -> None:
    lines = STYLE.sub("", on_terminal(lived_path, "report", *TODAY, width=60)).splitlines()
    start = lines.index("Overdue: 3 (2 commitments, 1 milestone)")
    section = lines[start + 1 : lines.index("", start)]
    assert len(section) > 3
    assert [line for line in section if not line.startswith("  ")] == []


@pytest.mark.parametrize("command", ["list", "report"])
def test_a_terminal_has_colour(lived_path: Path, command: str) -> None:
    assert COLOUR.search(on_terminal(lived_path, *command.split(), *TODAY))


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_a_terminal_has_no_colour_where_it_is_not_wanted(lived_path: Path, variables: dict[str, str]) -> None:
    plain = on_terminal(lived_path, "list", *TODAY, variables=variables)
    assert "\x1b" not in plain
    assert "overdue" in plain


def test_an_empty_no_color_asks_for_nothing(lived_path: Path) -> None:
    assert COLOUR.search(on_terminal(lived_path, "list", *TODAY, variables={"NO_COLOR": ""}))


@pytest.mark.parametrize("format", ["tsv", "json"])
def test_a_format_for_programs_is_the_same_on_a_terminal(lived_path: Path, lived: Ksmy, format: str) -> None:
    sent = on_terminal(lived_path, "list", *TODAY, "--format", format, width=40)
    assert sent.expandtabs() == shown(lived("list", "--format", format)).expandtabs()


def test_korean_titles_align_on_a_terminal(hostile_path: Path) -> None:
    asked = ("list", "--columns", "title,ref", "--sort", "ref", *TODAY)
    sent = STYLE.sub("", on_terminal(hostile_path, *asked, width=50)).splitlines()
    starts = {
        columns(line[: line.rindex(ref)])
        for line in sent
        for ref in ("KOREAN", "KOREAN-APART", "LATIN")
        if line.rstrip().endswith(f" {ref}")
    }
    assert len(starts) == 1


# Hostile text

HUMAN = [
    *(("list", form) for form in ("table", "tsv", "csv", "md")),
    *((command, "table") for command in ("due", "history", "agreements", "show CONTROLS", "show PACT")),
    *(("report", form) for form in ("text", "md")),
    ("list --columns ref,title,detail,source,due_phrase", "table"),
    ("history --columns actor,note,evidence,changes", "table"),
]


@pytest.mark.parametrize(("command", "format"), HUMAN)
def test_no_control_character_is_ever_emitted(hostile: Ksmy, command: str, format: str) -> None:
    out = hostile(*command.split(), "--format", format).out
    allowed = "\n\t" if format == "tsv" else "\n"
    assert not UNSAFE.search(out.translate({ord(letter): None for letter in allowed}))
    assert "␛[31mred␛[0m" in out or r"␛\[31mred␛\[0m" in out


@pytest.mark.parametrize("format", ["tsv", "table"])
def test_a_line_break_in_a_text_makes_no_line(hostile: Ksmy, format: str) -> None:
    for command, count in {"list": 7, "history": 8, "agreements": 1}.items():
        lines = [
            line
            for line in shown(hostile(command, "--format", format)).splitlines()
            if re.search(r"\w", line)
        ]
        assert len(lines) == count + (format != "tsv")


def test_a_tab_in_a_text_makes_no_cell(hostile: Ksmy) -> None:
    for command, width in (("list", 5), ("history", 8), ("agreements", 8), ("show CONTROLS", 2)):
        assert {len(row) for row in rows(hostile(*command.split()))} == {width}


def test_json_holds_a_hostile_text_exactly_and_emits_none_of_it(hostile: Ksmy) -> None:
    for command in ("list", "show CONTROLS", "show PACT", "history", "report"):
        out = shown(hostile(*command.split(), "--format", "json"))
        assert not UNSAFE.search(out.replace("\n", ""))
    listed = {row["ref"]: row for row in found(hostile("list", "--format", "json"))}
    assert listed["CONTROLS"]["title"] == listed["CONTROLS"]["detail"] == HOSTILE
    assert listed["MARKUP"]["title"] == MARKUP
    assert listed["LONG"]["detail"] == "한" * 20_000
    entry = found(hostile("history", "CONTROLS", "--format", "json"))[0]
    assert (entry["actor"], entry["note"], entry["evidence"]) == (HOSTILE, HOSTILE, [HOSTILE, FORMULA])


def test_raw_csv_is_a_round_trip_of_every_text(hostile: Ksmy) -> None:
    out = shown(hostile("list", "--format", "csv", "--raw"))
    header, *lines = csv.reader(io.StringIO(out, newline=""))
    listed = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert listed["CONTROLS"]["title"] == listed["CONTROLS"]["detail"] == HOSTILE
    assert listed["FORMULA"]["title"] == FORMULA
    assert listed["MARKUP"]["title"] == MARKUP


def test_csv_runs_no_formula_in_a_spreadsheet(hostile: Ksmy) -> None:
    for command in (*LISTINGS, "show FORMULA", "show CONTROLS"):
        out = shown(hostile(*command.split(), "--format", "csv"))
        for line in csv.reader(io.StringIO(out, newline="")):
            for value in line:
                assert not re.match(r"[=+@\t\r]|-(?!\d+$)", value)
    listed = csv.DictReader(io.StringIO(shown(hostile("list", "--search", "FORMULA", "--format", "csv"))))
    (row,) = [row for row in listed if row["ref"] == "FORMULA"]
    assert (row["title"], row["detail"], row["due_phrase"]) == (f"'{FORMULA}", "'+1", "'@SUM(1)")
    assert row["source"] == "'-1"


@pytest.mark.parametrize("command", ["list", "show MARKUP"])
def test_markdown_takes_nothing_for_markup(hostile: Ksmy, command: str) -> None:
    document = shown(hostile(*command.split(), "--format", "md"))
    kinds = set()
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document):
        kinds |= {token.type} | {child.type for child in token.children or []}
    assert kinds <= {
        *("table_open", "thead_open", "tr_open", "th_open", "inline", "text", "text_special", "th_close"),
        *("tr_close", "thead_close", "tbody_open", "td_open", "td_close", "tbody_close", "table_close"),
    }


def test_a_markdown_report_takes_nothing_for_markup(hostile: Ksmy) -> None:
    document = shown(hostile("report", "--format", "md"))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds <= {"text", "text_special"}
    headings = [one.content for kind, one in pairwise(tokens) if kind.type == "heading_open"]
    assert headings[1:] == [
        *("By status", "By firmness", "By sector", "By deadline", "Overdue: 1", "Due within 90 days: 2"),
        *("Contradicts itself: 1", "Next milestones: none", "Quantities: none", "Sources disagree: none"),
        *("Moved since 2025-12-16: 8", "Entries since 2025-12-16: 8"),
        "Not looked at for 180 days: none",
    ]
    assert sum(token.type == "table_open" for token in tokens) == 9


def test_nothing_is_taken_for_the_markup_of_a_terminal(hostile: Ksmy) -> None:
    assert MARKUP in shown(hostile("list", "--format", "table"))
    assert MARKUP in " ".join(shown(hostile("show", "MARKUP", "--format", "table")).split())
    assert MARKUP in " ".join(shown(hostile("report")).split())


def test_korean_titles_align_in_a_pipe(on: Callable[[Path], Ksmy], tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", KOREAN)
    titles = {"KOREAN": KOREAN, "APART": apart, "LATIN": "Free trade", "BOTH": "한국 and Korea"}
    path = seeded(tmp_path, [commitment(ref, title=title) for ref, title in titles.items()])
    lines = shown(on(path)("list", "--columns", "title,ref", "--format", "table")).splitlines()
    starts = {columns(line[: -len(ref)]) for line in lines for ref in titles if line.endswith(f" {ref}")}
    assert len(starts) == 1


ARGUMENTS = [
    (HOSTILE,),
    ("show", HOSTILE),
    ("history", HOSTILE),
    ("due", HOSTILE),
    ("list", f"--{HOSTILE}"),
    *(
        ("list", option, HOSTILE)
        for option in (
            "--status",
            "--sector",
            "--agreement",
            "--due-before",
            "--sort",
            "--limit",
            "--tz",
            "--db",
        )
    ),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda arguments: ascii(" ".join(arguments))[:40])
def test_an_error_shows_the_argument_it_quotes_and_obeys_nothing(
    ksmy: Ksmy, arguments: tuple[str, ...]
) -> None:
    ran = ksmy(*arguments)
    assert ran.code in (2, 3, 6)
    assert not UNSAFE.search(sentence(ran))
    ran.err.encode()


@pytest.mark.parametrize(("command", "option"), [("list", "--search"), ("history", "--by")])
def test_a_question_that_is_not_utf_8_is_no_bug(ksmy: Ksmy, command: str, option: str) -> None:
    ran = ksmy(command, option, "\udcff")
    if ran.code == 0:
        assert ran.out == ""
    else:
        assert ran.code == 2
        assert option in sentence(ran)


def test_a_hostile_question_finds_what_holds_it(hostile: Ksmy) -> None:
    assert [ref for ref, *_ in rows(hostile("list", "--search", HOSTILE))] == ["CONTROLS"]
    assert len(rows(hostile("history", "--by", HOSTILE))) == 8
