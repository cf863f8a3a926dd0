"""`diff`: what moved between two days, by which entries or by the calendar, and what it refuses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cli.changes import refused
from tests.cli.looks import MOVED, found, rows, shown
from tests.conftest import At, Ksmy

TITLE = "Conclude the bilateral free trade agreement"


@pytest.fixture
def moved(ksmy: Ksmy, at: At) -> Ksmy:
    """The program on a register in which something moved in December; it is 15 January 2026 again."""
    at(datetime(2025, 12, 20, 4, tzinfo=UTC))
    assert ksmy("update", "TOURISM", "--status", "suspended", "--title", "Visits").code == 0
    assert ksmy("update", "HYDROGEN", "--note", "seen").code == 0
    at(datetime(2026, 1, 15, 4, tzinfo=UTC))
    return ksmy


def moves(ksmy: Ksmy, *days: str) -> list[tuple[Any, ...]]:
    listed = found(ksmy("diff", *days, "--format", "json"))
    assert [list(one) for one in listed] == [MOVED] * len(listed)
    return [tuple(one[name] for name in MOVED if name not in ("record", "title")) for one in listed]


def test_diff_says_what_moved_by_which_entries_or_by_the_calendar(moved: Ksmy) -> None:
    assert moves(moved, "2025-12-01") == [
        ("FTA-CONCLUDE", "deadline", "due-soon", "overdue", [], "2026-01-01"),
        ("TOURISM", "title", "Carry out the tourism agreement", "Visits", [31], None),
        ("TOURISM", "status", "in-progress", "suspended", [31], None),
    ]
    assert moves(moved, "2025-12-01", "2025-12-31") == moves(moved, "2025-12-01")[1:]
    assert moves(moved, "2026-01-01") == []


def test_each_day_of_a_diff_is_as_it_was_known_then(moved: Ksmy) -> None:
    assert moved("update", "HYDROGEN", "--due", "2027", "--on", "2025-03-01").code == 0
    assert moves(moved, "2025-02-01", "2025-06-01") == []
    assert moves(moved, "2026-01-14", "2026-01-15") == [
        ("HYDROGEN", "due", None, "2027", [33], None),
        ("HYDROGEN", "deadline", "undated", "upcoming", [33], None),
    ]


def test_a_day_to_come_is_by_what_is_known_today(moved: Ksmy) -> None:
    assert moved("update", "HYDROGEN", "--due", "2026-02", "--on", "2025-12-01").code == 0
    overdue: tuple[Any, ...] = ("HYDROGEN", "deadline", "due-soon", "overdue", [], "2026-03-01")
    assert moves(moved, "2026-01-15", "2026-03-01") == [overdue]
    assert moves(moved, "2026-02-28", "2026-03-01") == [overdue]


def test_a_diff_has_what_came_and_what_an_undo_took_away(moved: Ksmy, at: At) -> None:
    assert moved("milestone", "add", "TOURISM", "Office").code == 0
    assert moves(moved, "2026-01-14") == [("TOURISM/1", "record", None, "Office", [33], None)]
    at(datetime(2026, 1, 16, 4, tzinfo=UTC))
    assert moved("undo").code == 0
    assert moves(moved, "2026-01-15") == [("TOURISM/1", "record", "Office", None, [34], None)]
    assert moves(moved, "2026-01-14") == []


def test_a_diff_comes_as_tsv_csv_markdown_and_as_a_table(moved: Ksmy) -> None:
    assert rows(moved("diff", "2025-12-31")) == [
        ["FTA-CONCLUDE", "deadline", "due-soon", "overdue", "[]", "2026-01-01", TITLE],
    ]
    assert shown(moved("diff", "2025-12-31", "--format", "csv")).splitlines() == [
        ",".join(MOVED),
        f"FTA-CONCLUDE,commitment,{TITLE},deadline,due-soon,overdue,[],2026-01-01",
    ]
    assert shown(moved("diff", "2025-12-31", "--format", "md")).splitlines()[-1] == (
        "| FTA-CONCLUDE | deadline | due-soon | overdue | calendar, overdue since 2026-01-01 |"
    )
    heading, *_, last = shown(moved("diff", "2025-12-01", "--format", "table")).splitlines()
    assert heading.split() == ["ref", "field", "old", "new", "by"]
    assert last.split() == ["TOURISM", "status", "in-progress", "suspended", "entry", "31"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2026-01-02", "2026-01-01"), "FROM 2026-01-02 is after TO 2026-01-01; give the earlier day first"),
        (("2026-01-16",), "FROM 2026-01-16 is in the future (today is 2026-01-15); give TO, a later day"),
        (("x",), "FROM: 'x' is not a date; give one such as 2025-10-27"),
        (("2025", "2026-01-01"), "FROM: '2025' is not a date; give one such as 2025-10-27"),
        (("2025-01-01", "2025-13-01"), "TO: '2025-13-01' is not a date; give one such as 2025-10-27"),
        ((), "Missing argument 'FROM'; see `ksmy diff --help`"),
        (("2025-01-01", "--as-of", "2025-06-01"), "No such option: --as-of; see `ksmy diff --help`"),
    ],
)
def test_days_between_which_there_is_no_difference_are_told(
    ksmy: Ksmy, arguments: tuple[str, ...], said: str
) -> None:
    assert refused(ksmy("diff", *arguments), 2) == said


def test_what_the_calendar_moved_stands_in_the_order_of_refs_whatever_was_recorded_since(
    ksmy: Ksmy, at: At
) -> None:
    at(datetime(2026, 1, 5, 4, tzinfo=UTC))
    for ref in ("TOURISM", "HYDROGEN"):
        for number, day in enumerate(("2026-01-02", "2026-01-01"), 1):
            step = ("milestone", "add", ref, f"Step {number}", "--due", "2026-01-10", "--on", day)
            assert ksmy(*step).code == 0
    at(datetime(2026, 1, 16, 4, tzinfo=UTC))
    refs = [f"{ref}/{number}" for ref in ("HYDROGEN", "TOURISM") for number in (1, 2)]
    for _ in range(2):
        assert [ref for ref, *_ in moves(ksmy, "2026-01-10", "2026-01-11")] == refs
        assert ksmy("update", "TOURISM", "--note", "n").code == 0


def test_an_undo_by_a_clock_of_2099_is_named_as_what_moved(ksmy: Ksmy, at: At) -> None:
    assert ksmy("update", "TOURISM", "--status", "suspended").code == 0
    at(datetime(2099, 1, 1, 4, tzinfo=UTC))
    assert ksmy("undo").code == 0
    at(datetime(2026, 1, 17, 4, tzinfo=UTC))
    back = ("TOURISM", "status", "suspended", "in-progress", [32], None)
    assert moves(ksmy, "2026-01-16") == [back]
    for only in ((), ("--sector", "tourism"), ("--agreement", "MOU-TOURISM")):
        report = ksmy("report", "--since", "2026-01-17", "--only-moved", "--exit-code", *only)
        assert (report.code, "TOURISM: status suspended -> in-progress (entry 32)" in report.out) == (
            10,
            True,
        )
    assert ksmy("report", "--since", "2026-01-17", "--only-moved", "--sector", "trade").out == ""
