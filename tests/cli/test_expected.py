"""`--expected`: when a promise is expected now, which shows everywhere beside its deadline and moves it nowhere."""

import re

import pytest

from tests.cli.batches import Apply, rows
from tests.cli.changes import ADD_TIN, refused
from tests.cli.looks import shown
from tests.cli.reports import value
from tests.conftest import Ksmy


@pytest.fixture
def awaited(ksmy: Ksmy) -> Ksmy:
    """The program on a register in which an overdue promise and a milestone are expected later."""
    assert ksmy("update", "FTA-CONCLUDE", "--expected", "2027-Q2", "--evidence", "Star").code == 0
    assert ksmy("milestone", "add", "TOURISM", "Office", "--due", "2027", "--expected", "2028-02").code == 0
    return ksmy


def test_what_is_expected_is_taken_by_every_command_that_changes(ksmy: Ksmy, apply: Apply) -> None:
    assert ksmy(*ADD_TIN, "--due", "2026", "--expected", "2027").code == 0
    assert ksmy("update", "TIN", "--expected", "2028").out == (
        "TIN updated: expected 2027 -> 2028 (entry 32)\n"
    )
    assert ksmy("milestone", "add", "TIN", "Mine", "--expected", "2027-H1").code == 0
    assert ksmy("milestone", "set", "TIN", "1", "--expected", "2027-H2").out == (
        "TIN/1 updated: expected 2027-H1 -> 2027-H2 (entry 34)\n"
    )
    lines = [
        {"ref": "TIN", "expected": None},
        {"op": "milestone", "ref": "TIN", "number": 1, "expected": "2028-03"},
        {"op": "milestone", "ref": "TIN", "title": "Port", "expected": "2029"},
    ]
    assert apply(lines).code == 0
    tin = rows(ksmy, "show", "TIN")
    assert (tin["expected"], [one["expected"] for one in tin["milestone_list"]]) == (
        None,
        ["2028-03", "2029"],
    )
    assert ksmy("check").code == 0


def test_what_is_expected_moves_no_deadline_and_cures_nothing(awaited: Ksmy) -> None:
    fta = rows(awaited, "show", "FTA-CONCLUDE")
    assert [fta[name] for name in ("expected", "due", "deadline", "days_left", "slip_days")] == [
        *("2027-34", "2025", "overdue", -15, 0),
    ]
    assert rows(awaited, "report")["overdue_count"] == 1


def test_what_is_expected_stands_beside_what_is_due(awaited: Ksmy) -> None:
    def line_of(ref: str, *command: str) -> str:
        (line,) = (one for one in shown(awaited(*command)).splitlines() if f"{ref}  " in one)
        return line

    assert "  2025, expected 2027-Q2  " in line_of("FTA-CONCLUDE", "list", "--format", "table")
    assert "  2025-01-01 to 12-31, expected 2027-Q2  " in line_of("FTA-CONCLUDE", "due", "--format", "table")
    assert "  2027-01-01 to 12-31, expected 2028-02  " in line_of("TOURISM/1", "due", "--format", "table")
    table = shown(awaited("show", "FTA-CONCLUDE", "--format", "table"))
    assert re.search("^  expected +2027-Q2$", table, re.MULTILINE)
    said = " ".join(shown(awaited("report")).split())
    assert "due 2025 (2025-01-01 to 2025-12-31), 15 days ago, expected 2027-Q2 " in said
    assert "1. Office, scheduled, due 2027, in 715 days, expected 2028-02 " in said


def test_what_is_expected_is_a_hollow_mark_on_a_timeline(awaited: Ksmy) -> None:
    bar, *_ = value(awaited("timeline", "--format", "json"))["bars"]
    assert (bar["ref"], bar["expected"], bar["expected_latest"]) == ("FTA-CONCLUDE", "2027-34", "2027-06-30")
    assert re.search("^FTA-CONCLUDE +overdue +█+ +│ +○$", shown(awaited("timeline")), re.MULTILINE)
    drawing = shown(awaited("timeline", "--format", "svg"))
    assert re.findall('<circle class="mark"[^>]*><title>([^<]*)<', drawing) == [
        "expected 2027-Q2",
        "1. Office: expected 2028-02",
    ]
    assert awaited("undo").code == awaited("undo").code == 0
    assert "<circle" not in shown(awaited("timeline", "--format", "svg"))


def test_a_promise_without_due_date_has_a_line_where_it_is_expected(awaited: Ksmy) -> None:
    assert awaited("update", "INVESTMENT", "--expected", "2028").code == 0
    assert re.search("^INVESTMENT +undated +│ +○$", shown(awaited("timeline")), re.MULTILINE)


def test_an_open_milestone_has_a_hollow_mark_too_also_where_it_has_no_due_date(awaited: Ksmy) -> None:
    assert awaited("milestone", "add", "HYDROGEN", "Plant", "--expected", "2027-03").code == 0
    assert awaited("milestone", "add", "HYDROGEN", "Port", "--expected", "2027-03").code == 0
    bars = {bar["ref"]: bar["marks"] for bar in value(awaited("timeline", "--format", "json"))["bars"]}
    days = [(mark["day"], mark["expected"], mark["expected_latest"]) for mark in bars["HYDROGEN"]]
    assert days == [(None, "2027-03", "2027-03-31")] * 2
    assert bars["TOURISM"][0]["day"] == "2027-12-31"
    drawn = shown(awaited("timeline"))
    assert re.search("^TOURISM +undated +│ +◇ *○$", drawn, re.MULTILINE)
    assert re.search("^HYDROGEN +undated +│ +○$", drawn, re.MULTILINE)
    assert "○ expected\n" in drawn
    assert awaited("milestone", "set", "HYDROGEN", "1", "--state", "met").code == 0
    assert awaited("milestone", "set", "HYDROGEN", "2", "--state", "not-met").code == 0
    assert re.search("^HYDROGEN +undated +◆$", shown(awaited("timeline")), re.MULTILINE)


def test_what_is_expected_is_said_in_a_calendar(awaited: Ksmy) -> None:
    calendar = shown(awaited("export", "--format", "ics")).replace("\n ", "").replace("\r", "")
    assert re.findall(r"Expected now: ([-\w]+)", calendar) == ["2027-Q2", "2028-02"]


@pytest.mark.parametrize(
    "command", ["update TOURISM", "milestone set FTA-CONCLUDE 1", "milestone add TOURISM Office"]
)
def test_what_is_no_date_is_not_expected(ksmy: Ksmy, command: str) -> None:
    said = refused(ksmy(*command.split(), "--expected", "soon"), 2)
    assert said.startswith("--expected: 'soon' cannot be taken: it is not an EDTF date ")


def test_nothing_is_expected_of_an_agreement(ksmy: Ksmy) -> None:
    assert refused(ksmy("update", "FTA", "--expected", "2027"), 2).startswith(
        "FTA is an agreement, which has no expected; it has "
    )
