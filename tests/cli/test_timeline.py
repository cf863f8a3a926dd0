"""`timeline`: what it draws."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.reports import BAR, MARK, TIMELINE, done, refs, told, value
from tests.conftest import Ksmy, Ran
from tests.transcripts import on_terminal

#: What is drawn of the same rows; that both engines give the same is in test_both_engines.py.
pytestmark = pytest.mark.of_no_engine


@pytest.mark.parametrize("format", ["text", "svg"])
def test_a_timelines_file_has_what_would_have_been_printed_and_nothing_is_printed(
    format: str, ksmy: Ksmy, tmp_path: Path
) -> None:
    file = tmp_path / "timeline"
    assert done(ksmy("timeline", "--format", format, "-o", str(file))) == ""
    assert file.read_text(encoding="utf-8") == done(ksmy("timeline", "--format", format))


@pytest.mark.usefixtures("finished")
def test_the_timeline_of_a_register_where_everything_is_done_shows_what_was_met(ksmy: Ksmy) -> None:
    lines = done(ksmy("timeline")).splitlines()
    assert [line.split()[:2] for line in lines[2:4]] == [["FTA-CONCLUDE", "met"], ["CCS-START", "met"]]


@pytest.mark.parametrize("columns", [40, 200])
def test_a_timeline_is_as_wide_as_the_terminal_and_no_wider(columns: int, register: Path) -> None:
    lines = on_terminal("ksmy timeline --as-of 2026-01-15", register, columns).splitlines()
    assert columns - 3 <= max(map(cell_len, lines)) <= columns
    assert [line.split()[0] for line in lines[2:4]] == ["FTA-CONCLUDE", "CCS-START"]


def test_a_timeline_has_colour_on_a_terminal_and_says_the_same_words(register: Path) -> None:
    colourful = on_terminal("ksmy timeline --as-of 2026-01-15", register, 80, colour=True)
    plain = on_terminal("ksmy timeline --as-of 2026-01-15", register, 80)
    assert "\x1b[1;31mFTA-CONCLUDE  overdue" in colourful
    assert "\x1b" not in plain
    lines = re.sub(r"\x1b\[[0-9;]*m", "", colourful).splitlines()
    assert [line.rstrip() for line in lines] == plain.splitlines()


def test_a_timeline_draws_what_is_dated_and_counts_what_is_not(ksmy: Ksmy) -> None:
    years, quarters, *rows = done(ksmy("timeline")).splitlines()
    assert years.split() == ["2025", "2026", "2027", "2028", "2029"]
    assert "".join(quarters.split()) == "|'''" * 5
    assert [row.split()[:2] for row in rows[:2]] == [["FTA-CONCLUDE", "overdue"], ["CCS-START", "upcoming"]]
    assert rows[2:] == [
        "",
        "█ due  ░ first due  ◆ milestone met  ◇ open  ✕ not met  │ today",
        "Today is 2026-01-15; from 2025-01-01 to 2029-12-31.",
        "17 commitments have no due date.",
    ]


def test_a_timeline_in_a_pipe_does_not_depend_on_the_width_of_a_terminal(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = done(ksmy("timeline"))
    assert max(map(cell_len, expected.splitlines())) <= 78
    for columns in ("20", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        assert done(ksmy("timeline")) == expected


def test_a_timeline_draws_windows_first_due_dates_and_milestones(
    ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    batch(
        {"ref": "CCS-START", "due": "2030-06", "on": "2025-10-27"},
        {"op": "milestone", "ref": "CCS-START", "title": "Site", "due": "2027", "on": "2025-10-27"},
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 1, "state": "met", "on": "2025-05-26"},
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 2, "state": "not-met", "due": "2025-08"},
    )
    found = value(ksmy("timeline", "--format", "json"))
    assert {name: one for name, one in found.items() if name != "bars"} == {
        "start": "2025-01-01",
        "end": "2030-06-30",
        "today": "2026-01-15",
        "undated": 17,
        "outside": 0,
    }
    fta, ccs = found["bars"]
    assert fta == {
        "ref": "FTA-CONCLUDE",
        "title": "Conclude the bilateral free trade agreement",
        "status": "in-progress",
        "deadline": "overdue",
        "due": "2025",
        "earliest": "2025-01-01",
        "latest": "2025-12-31",
        "baseline_earliest": None,
        "baseline_latest": None,
        "marks": [
            dict(
                zip(MARK, (1, "Negotiations concluded", "met", "met", "2025-05-26", None, None), strict=True)
            ),
            dict(zip(MARK, (2, "Signed", "not-met", "closed", "2025-08-31", None, None), strict=True)),
        ],
        "expected": None,
        "expected_latest": None,
    }
    assert (ccs["earliest"], ccs["latest"]) == ("2030-06-01", "2030-06-30")
    assert (ccs["baseline_earliest"], ccs["baseline_latest"]) == ("2029-01-01", "2029-12-31")
    assert [(mark["day"], mark["state"]) for mark in ccs["marks"]] == [("2027-12-31", "scheduled")]
    fta_line, ccs_line = done(ksmy("timeline")).splitlines()[2:4]
    assert re.fullmatch(r"FTA-CONCLUDE  overdue   █+◆█+✕█+ *│?", fta_line)
    assert re.fullmatch(r"CCS-START     upcoming  +│ +◇ +░+ +█+", ccs_line)


def test_a_timeline_counts_what_lies_outside_its_range(ksmy: Ksmy) -> None:
    assert value(ksmy("timeline", "--from", "2028", "--format", "json"))["outside"] == 1
    assert "1 dated commitment lies outside this range.\n" in done(ksmy("timeline", "--from", "2028"))
    assert done(ksmy("timeline", "--from", "2026-Q3", "--to", "2026-Q4")) == (
        "Nothing is due from 2026-07-01 to 2026-12-31.\n"
        "2 dated commitments lie outside this range.\n17 commitments have no due date.\n"
    )


def test_a_timeline_shows_the_milestones_of_what_has_no_due_date_itself(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "add", "HYDROGEN", "Plant", "--due", "2027-05").code == 0
    assert ksmy("milestone", "add", "TOURISM", "Some day").code == 0
    found = value(ksmy("timeline", "--format", "json"))
    assert refs(found["bars"]) == ["FTA-CONCLUDE", "HYDROGEN", "CCS-START"]
    bar = found["bars"][1]
    assert [bar[name] for name in ("deadline", "due", "earliest", "latest")] == ["undated", None, None, None]
    assert [mark["day"] for mark in bar["marks"]] == ["2027-05-31"]
    assert found["undated"] == 17
    line = done(ksmy("timeline")).splitlines()[3]
    assert re.fullmatch(r"HYDROGEN      undated   +│ +◇", line)


def test_a_timeline_shows_a_milestone_that_was_met_without_a_due_date(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "add", "TOURISM", "Opened", "--state", "met", "--on", "2025-12-01").code == 0
    (bar,) = (one for one in value(ksmy("timeline", "--format", "json"))["bars"] if one["ref"] == "TOURISM")
    assert [mark["day"] for mark in bar["marks"]] == ["2025-12-01"]


def test_the_json_of_a_timeline_has_these_keys_in_this_order(ksmy: Ksmy, empty: str) -> None:
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met").code == 0
    found = value(ksmy("timeline", "--format", "json"))
    assert list(found) == TIMELINE
    assert list(found["bars"][0]) == BAR
    assert list(found["bars"][0]["marks"][0]) == MARK
    assert value(ksmy("timeline", "--format", "json", "--db", empty)) == {
        "start": "2026-01-01",
        "end": "2026-03-31",
        "today": "2026-01-15",
        "bars": [],
        "undated": 0,
        "outside": 0,
    }
    line = done(ksmy("timeline", "--format", "jsonl"))
    assert line.count("\n") == 1
    assert json.loads(line) == found


def test_a_timeline_comes_as_a_drawing_for_a_browser(ksmy: Ksmy) -> None:
    drawing = done(ksmy("timeline", "--format", "svg"))
    assert drawing.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    assert drawing.endswith("</svg>\n")
    assert "FTA-CONCLUDE" in drawing


@pytest.mark.parametrize(
    ("arguments", "start", "end"),
    [
        (("--from", "2025-Q3", "--to", "2026-Q1"), "2025-07-01", "2026-03-31"),
        (("--from", "2025-08", "--to", "2026-02"), "2025-07-01", "2026-03-31"),
        (("--from", "2010", "--to", "2050"), "2010-01-01", "2050-12-31"),
    ],
)
def test_a_timeline_goes_from_and_to_a_year_a_quarter_a_month_or_a_day(
    arguments: Sequence[str], start: str | None, end: str | None, ksmy: Ksmy
) -> None:
    found = value(ksmy("timeline", "--format", "json", *arguments))
    assert start in (None, found["start"])
    assert end in (None, found["end"])
    assert found["start"] < found["end"]
    for bar in found["bars"]:
        assert bar["earliest"] <= found["end"]
        assert bar["latest"] >= found["start"]


def test_a_range_the_wrong_way_round_is_told(ksmy: Ksmy) -> None:
    assert told(ksmy("timeline", "--from", "2026-Q2", "--to", "2026-Q1"), 2) == (
        "--to 2026-Q1 is before --from 2026-Q2; turn them round"
    )


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_range_that_is_no_date_is_told_with_what_was_probably_meant(option: str, ksmy: Ksmy) -> None:
    said = told(ksmy("timeline", option, "Q3 2026"), 2)
    assert said.startswith(f"{option}: 'Q3 2026' cannot be taken: ")
    assert said.endswith("; did you mean 2026-Q3?")


@pytest.mark.parametrize("given", ["soon", ""])
def test_a_range_of_nonsense_is_told(given: str, ksmy: Ksmy) -> None:
    assert told(ksmy("timeline", f"--from={given}"), 2).startswith("--from: ")


@pytest.mark.parametrize(
    ("narrowing", "expected", "undated"),
    [(("--sector", "trade"), ["FTA-CONCLUDE"], 2), (("--agreement", "MOU-CCS"), ["CCS-START"], 1)],
)
def test_a_timeline_can_be_narrowed(
    narrowing: Sequence[str], expected: list[str], undated: int, ksmy: Ksmy
) -> None:
    found = value(ksmy("timeline", "--format", "json", *narrowing))
    assert (refs(found["bars"]), found["undated"]) == (expected, undated)


def test_a_timeline_of_a_past_day_is_of_that_day(ksmy: Ksmy) -> None:
    assert ksmy("update", "CCS-START", "--due", "2031", "--on", "2026-01-10").code == 0
    past = value(ksmy("timeline", "--format", "json", "--as-of", "2025-12-31", "--sector", "green-energy"))
    assert (past["today"], past["bars"][0]["due"], past["end"]) == ("2025-12-31", "2029", "2029-12-31")
    assert value(ksmy("timeline", "--format", "json"))["bars"][-1]["due"] == "2031"


def test_the_horizon_of_a_timeline_decides_what_is_due_soon(ksmy: Ksmy) -> None:
    for within, state in (("1445", "upcoming"), ("1446", "due-soon")):
        found = value(ksmy("timeline", "--format", "json", "--within", within))
        assert (date(2029, 12, 31) - date(2026, 1, 15)).days == 1446
        assert found["bars"][1]["deadline"] == state


@pytest.mark.parametrize(
    ("command", "format"),
    [("timeline", "text"), ("report", "html")],
)
@pytest.mark.parametrize("due", ["9999", "0001-01-01"])
def test_a_due_date_at_the_end_of_time_is_drawn_as_any_other(
    due: str, command: str, format: str, ksmy: Ksmy
) -> None:
    assert ksmy("update", "CCS-START", "--due", due).code == 0
    assert "CCS-START" in done(ksmy(command, "--format", format))


def test_the_timeline_of_an_empty_register_says_so(ksmy: Ksmy, empty: str) -> None:
    assert done(ksmy("timeline", "--db", empty)) == "There is no due date to draw.\n"
    assert "There is no due date to draw." in done(ksmy("timeline", "--db", empty, "--format", "svg"))


@pytest.fixture
def crowd(batch: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven dated commitments, two of them overdue, of which eight are drawn at most."""
    new = {"op": "add", "title": "x", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}
    months = (
        "2026-02",
        "2026-03",
        "2026-04",
        "2026-05",
        "2026-06",
        "2026-07",
        "2026-08",
        "2026-09",
        "2025-11",
    )
    batch(*({**new, "ref": f"IN-{month}", "due": month, "on": "2025-10-27"} for month in months))
    monkeypatch.setattr("ksmy_tracker.cli.timeline.DRAWN", 8)


def drawn(ran: Ran) -> list[str]:
    """The refs of the lines of a timeline on a page."""
    return re.findall(
        r"^([A-Z][A-Z0-9-]+) +(?:overdue|upcoming|due-soon|undated|met)", done(ran), re.MULTILINE
    )


@pytest.mark.usefixtures("crowd")
def test_a_timeline_of_too_many_draws_those_nearest_to_today_and_counts_the_rest(ksmy: Ksmy) -> None:
    ran = ksmy("timeline")
    first = [f"IN-2026-0{month}" for month in range(2, 8)]
    assert drawn(ran) == ["IN-2025-11", "FTA-CONCLUDE", *first]
    assert "\nOnly the 8 nearest to today are drawn, not 3 later.\n" in ran.out
    assert "outside" not in ran.out
    svg = done(ksmy("timeline", "--format", "svg"))
    assert svg.count("<g>") == 8
    assert svg.count("Only the 8 nearest to today are drawn, not 3 later.") == 2  # for eyes, and for ears


@pytest.mark.usefixtures("crowd")
def test_a_timeline_for_programs_has_everything(ksmy: Ksmy) -> None:
    found = value(ksmy("timeline", "--format", "json"))
    assert len(found["bars"]) == 11
    assert list(found) == TIMELINE


@pytest.mark.usefixtures("crowd")
def test_a_range_shows_what_a_timeline_of_too_many_left_out(ksmy: Ksmy) -> None:
    ran = ksmy("timeline", "--from", "2026-08")
    assert drawn(ran) == ["IN-2026-07", "IN-2026-08", "IN-2026-09", "CCS-START"]  # its whole quarter
    assert "Only the" not in ran.out
    assert "7 dated commitments lie outside this range.\n" in ran.out


@pytest.mark.usefixtures("crowd")
def test_a_range_of_too_many_is_cut_as_well_and_has_what_only_a_milestone_touches(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ksmy("milestone", "add", "CCS-START", "Site", "--due", "2026-06").code == 0
    ran = ksmy("timeline", "--from", "2026-Q2", "--to", "2026-Q2")
    assert drawn(ran) == ["IN-2026-04", "IN-2026-05", "IN-2026-06", "CCS-START"]
    monkeypatch.setattr("ksmy_tracker.cli.timeline.DRAWN", 2)
    ran = ksmy("timeline", "--from", "2026-Q2", "--to", "2026-Q2")
    assert drawn(ran) == ["IN-2026-04", "IN-2026-05"]
    assert "\nOnly the 2 nearest to today are drawn, not 2 later.\n" in ran.out
    assert "7 dated commitments lie outside this range.\n" in ran.out


@pytest.mark.usefixtures("crowd")
def test_where_little_is_to_come_a_timeline_has_more_of_what_was(ksmy: Ksmy) -> None:
    ran = ksmy("timeline", "--as-of", "2026-08-15")
    assert drawn(ran)[-2:] == ["IN-2026-09", "CCS-START"]
    assert len(drawn(ran)) == 8
    assert "\nOnly the 8 nearest to today are drawn, not 3 earlier.\n" in ran.out


@pytest.mark.usefixtures("crowd")
def test_what_has_no_due_date_has_the_room_that_is_left(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ksmy("milestone", "add", "HYDROGEN", "Plant", "--due", "2027-05").code == 0
    said = " ".join(done(ksmy("timeline")).split())
    assert "not 3 later, 1 whose milestones alone have dates." in said
    assert "milestones alone" not in done(
        ksmy("timeline", "--to", "2026")
    )  # nothing of it is there to be drawn
    monkeypatch.setattr("ksmy_tracker.cli.timeline.DRAWN", 12)
    ran = ksmy("timeline")
    assert "HYDROGEN" in drawn(ran)
    assert "Only the" not in ran.out


def test_help_says_how_much_is_drawn(ksmy: Ksmy) -> None:
    said = " ".join(re.sub("[│ \n]+", " ", done(ksmy("timeline", "--help"))).split())
    assert "at most the 500 nearest to today" in said
