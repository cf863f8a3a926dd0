"""Rows for a terminal: aligned by what the terminal shows, nothing in them cut in silence, nothing obeyed."""

import re
import unicodedata
from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from ksmy_tracker.domain.kinds import TEXTS
from ksmy_tracker.render.text.table import Rows
from ksmy_tracker.render.wording import field_name
from tests.terminal import columns

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
KOREAN = "한국과 말레이시아의 자유무역협정"


def shown(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, width: int = 80, colour: bool = False
) -> list[str]:
    """The lines that a terminal of this width is sent."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        _environ={},
    )
    console.print(Rows(header, rows))
    return out.getvalue().split("\n")[:-1]


def test_a_table_is_its_header_and_a_line_for_each_row_without_a_box() -> None:
    lines = shown(("ref", "status"), [("FTA", "planned"), ("CCS", "completed")])
    assert [line.rstrip() for line in lines] == ["ref  status", "FTA  planned", "CCS  completed"]


def test_the_header_is_bold_and_a_row_is_not() -> None:
    header, row = shown(("ref", "status"), [("FTA", "planned")], colour=True)
    assert re.findall(r"\x1b\[1m([^\x1b]*\w)", header) == ["ref", "status"]
    assert "\x1b" not in row


def test_a_table_of_nothing_is_its_header() -> None:
    assert [line.split() for line in shown(("ref", "status"), [])] == [["ref", "status"]]


@pytest.mark.parametrize("title", [KOREAN, unicodedata.normalize("NFD", KOREAN), "\uff21 full width", "漢字"])
def test_columns_align_after_wide_characters(title: str) -> None:
    lines = shown(("title", "ref"), [(title, "WIDE"), ("Free trade", "NARROW")])
    wide = next(line for line in lines if "WIDE" in line)
    narrow = next(line for line in lines if "NARROW" in line)
    assert columns(wide.partition("WIDE")[0]) == columns(narrow.partition("NARROW")[0])


def test_columns_align_after_wide_characters_that_were_cut_short() -> None:
    lines = shown(("title", "ref"), [(KOREAN * 5, "WIDE"), ("Free trade", "NARROW")], width=40)
    wide = next(line for line in lines if "WIDE" in line)
    narrow = next(line for line in lines if "NARROW" in line)
    assert columns(wide.partition("WIDE")[0]) == columns(narrow.partition("NARROW")[0])
    assert max(map(columns, lines)) <= 40


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_column_of_any_text_gives_way_where_a_terminal_is_narrow(name: str) -> None:
    header, *lines = shown(("ref", field_name(name)), [("A", "words " * 20)], width=40)
    assert header.split() == ["ref", *name.split("_")]
    assert max(map(columns, lines)) <= 40


@pytest.mark.parametrize(
    "text", ["[bold]loud[/bold]", "[link=http://x]here[/link]", "[/]", "[red", ":smile:"]
)
def test_nothing_in_a_cell_is_taken_for_markup(text: str) -> None:
    for colour in (False, True):
        assert any(
            text in ESCAPE.sub("", line) for line in shown(("ref", "title"), [("A", text)], colour=colour)
        )


def test_a_control_character_in_a_cell_is_shown() -> None:
    lines = shown(("ref", "title"), [("A", "\x1b[31mred\a \u202e \x9b \r\n\t")])
    assert "␛[31mred␇ \\u202e \\u009b ␍␊␉" in "\n".join(lines)


@pytest.mark.parametrize("word", ["overdue", "due-soon", "met", "met-late", "completed", "suspended"])
def test_a_word_that_matters_has_a_colour(word: str) -> None:
    line = next(line for line in shown(("ref", "deadline"), [("A", word)], colour=True) if "A" in line)
    assert re.search(rf"\x1b\[(?:\d;)*3\d(?:;\d+)*m{word}", line)


def test_a_word_in_the_middle_has_none() -> None:
    line = next(line for line in shown(("ref", "deadline"), [("A", "upcoming")], colour=True) if "A" in line)
    assert "\x1b" not in line


@pytest.mark.parametrize("title", ["overdue library books", "completed forms", "met office"])
def test_a_title_that_begins_with_such_a_word_has_no_colour(title: str) -> None:
    line = next(line for line in shown(("ref", "title"), [("A", title)], colour=True) if "A" in line)
    assert "\x1b" not in line


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    header = ("ref", "status", "deadline", "due", "title", "detail")
    rows = [("R" * 64, "in-progress", "overdue", "2025-12-31", KOREAN * 10, "x" * 1000)]
    assert max(map(columns, shown(header, rows, width=width))) <= width


def test_a_title_that_does_not_fit_ends_in_an_ellipsis() -> None:
    line = next(line for line in shown(("ref", "title"), [("A", "x" * 100)], width=40) if "A" in line)
    assert re.fullmatch(r"A +x+…", line)


def test_a_detail_that_does_not_fit_is_broken_and_not_cut() -> None:
    lines = shown(("ref", "detail"), [("A", "x" * 100)], width=40)
    assert "".join(lines).count("x") == 100


def test_a_title_gives_way_before_a_ref_a_status_or_a_date() -> None:
    rows = [("DEFENCE-INDUSTRY", "in-progress", "due-soon", "2025-12-31", "x" * 100)]
    lines = shown(("ref", "status", "deadline", "due", "title"), rows, width=80)
    assert lines[-1].split()[:4] == ["DEFENCE-INDUSTRY", "in-progress", "due-soon", "2025-12-31"]


def test_rows_that_fit_no_table_are_a_block_each_with_every_cell_whole() -> None:
    header = ("ref", "status", "due", "title")
    rows = [
        ("MIDDLE-EAST-PEACE", "in-progress", "", "Work for peace in the Middle East"),
        ("FTA-CONCLUDE", "in-progress", "2025", "Conclude the agreement"),
    ]
    assert [line.rstrip() for line in shown(header, rows, width=40)] == [
        "ref: MIDDLE-EAST-PEACE",
        "status: in-progress",
        "title: Work for peace in the Middle East",
        "",
        "ref: FTA-CONCLUDE",
        "status: in-progress",
        "due: 2025",
        "title: Conclude the agreement",
    ]


@pytest.mark.parametrize("width", [8, 16, 30])
def test_a_block_breaks_a_long_cell_and_cuts_nothing(width: int) -> None:
    title = "x" * 50 + KOREAN.replace(" ", "") * 3
    lines = shown(("ref", "status", "title"), [("R" * 20, "in-progress", title)], width=width)
    sent = "".join(line.strip() for line in lines).replace(" ", "")
    assert sent == f"ref:{'R' * 20}status:in-progresstitle:{title}"
    assert max(map(columns, lines)) <= width


def test_a_block_obeys_no_control_and_no_markup() -> None:
    lines = shown(("ref", "title"), [("R" * 20, "[bold]x[/bold] \x1b[31m\u202e\n")], width=16)
    assert (
        "".join(line.strip() for line in lines).replace(" ", "").endswith("title:[bold]x[/bold]␛[31m\\u202e␊")
    )


def test_the_widest_row_decides_for_all_between_table_and_blocks() -> None:
    header = ("ref", "status")
    short, long = ("A", "planned"), ("MIDDLE-EAST-PEACE", "in-progress")
    needed = len("MIDDLE-EAST-PEACE  in-progress")
    assert shown(header, [short, long], width=needed)[0].split() == ["ref", "status"]
    assert shown(header, [short, long], width=needed - 1)[0] == "ref: A"
    assert shown(header, [short], width=needed - 1)[0].split() == ["ref", "status"]


@pytest.mark.parametrize("width", range(8, 60, 3))
def test_whatever_is_cut_short_says_so_and_only_a_title_is(width: int) -> None:
    ref, word, title = "MIDDLE-EAST-PEACE", "in-progress", "Work for peace in the Middle East"
    sent = "".join("".join(shown(("ref", "status", "title"), [(ref, word, title)], width=width)).split())
    row, cut, after = sent.partition("…")
    assert ref in row
    start = row.rpartition(word)[2].removeprefix("title:")
    assert title.replace(" ", "").startswith(start)
    assert bool(cut) == (start != title.replace(" ", ""))
    assert len(start) >= 8
    assert after == ""


DUE = ("deadline", "days left", "ref", "window", "title")
DUE_ROWS = [
    (
        "overdue",
        "1,448 days ago",
        "MIDDLE-EAST-PEACE/2",
        "2025-10-01 to 2026-03-31",
        "Convene the second round",
    ),
    ("due-soon", "in 60 days", "FTA-CONCLUDE", "2025-01-01 to 12-31", "Conclude the free trade agreement"),
]
AGREEMENTS = ("ref", "stage", "dated", "in all", "open", "overdue", "title")
AGREEMENTS_ROWS = [
    ("MOU-MINERALS", "negotiating", "2024-11-25", "11", "9", "2", "Critical mineral supply chains")
]


@pytest.mark.parametrize("width", [64, 70, 80, 100])
def test_deadlines_stay_a_table_in_which_a_window_is_broken_and_a_title_cut(width: int) -> None:
    lines = shown(DUE, DUE_ROWS, width=width)
    assert lines[0].split() == ["deadline", "days", "left", "ref", "window", "title"]
    assert max(map(columns, lines)) <= width
    whole = " ".join(lines).split()
    for row in DUE_ROWS:
        for text in row[:4]:
            assert set(text.split()) <= set(whole)
    assert any(re.search(r"due-soon .*Concl[\w ]*…$", line.rstrip()) for line in lines)


def test_a_title_is_cut_before_a_window_is_broken() -> None:
    assert len(shown(DUE, DUE_ROWS[1:], width=80)) == 2
    assert "2025-01-01 to 12-31" in shown(DUE, DUE_ROWS[1:], width=72)[1]


@pytest.mark.parametrize("width", [72, 80, 100])
def test_agreements_stay_a_table(width: int) -> None:
    lines = shown(AGREEMENTS, AGREEMENTS_ROWS, width=width)
    assert len(lines) == 2
    assert lines[1].split()[:6] == list(AGREEMENTS_ROWS[0][:6])
    assert "…" in lines[1] or width == 100


@pytest.mark.parametrize("name", ["title", "source", "place", "actor"])
def test_a_long_text_gives_way_and_says_so(name: str) -> None:
    header, row = shown(("ref", name, "status"), [("FTA", "x" * 100, "planned")], width=40)
    assert header.split() == ["ref", name, "status"]
    assert re.fullmatch(r"FTA  x{25}…  planned *", row)
