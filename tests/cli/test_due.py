"""`due`: which deadlines, in which order."""

import re

import pytest

from tests.cli.looks import DEADLINE, PAST, found, rows, shown
from tests.conftest import Ksmy, Ran, sentence


def test_the_keys_of_a_deadline_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("due", "--format", "json"))
    assert [list(row) for row in listed] == [DEADLINE] * 6


def test_deadlines_come_overdue_then_soon_then_later(lived: Ksmy) -> None:
    listed = rows(lived("due", "--columns", "deadline,days_left,ref,record,status,due_earliest,due_latest"))
    assert [" ".join(row) for row in listed] == [
        "overdue -199 FTA-SCOPE commitment planned 2025-06-01 2025-06-30",
        "overdue -76 FTA-CONCLUDE/2 milestone scheduled 2025-10-01 2025-10-31",
        "overdue -15 FTA-CONCLUDE commitment in-progress 2025-01-01 2025-12-31",
        "due-soon 44 PARIS-REDUCTIONS commitment in-progress 2026-02-01 2026-02-28",
        "due-soon 75 HALAL commitment planned 2026-03-31 2026-03-31",
        "upcoming 1811 CCS-START commitment planned 2030-01-01 2030-12-31",
    ]


def test_deadlines_on_a_past_day_are_counted_from_that_day(lived: Ksmy) -> None:
    listed = rows(lived("due", "--as-of", PAST, "--columns", "deadline,days_left,ref"))
    assert listed == [
        ["due-soon", "0", "FTA-SCOPE"],
        ["upcoming", "123", "FTA-CONCLUDE/2"],
        ["upcoming", "184", "FTA-CONCLUDE"],
        ["upcoming", "184", "TOURISM/1"],
        ["upcoming", "1645", "CCS-START"],
    ]


@pytest.mark.parametrize(
    ("within", "soon"),
    [("43", []), ("44", ["44"])],
)
def test_soon_is_as_far_ahead_as_asked(lived: Ksmy, within: str, soon: list[str]) -> None:
    listed = rows(lived("due", "--within", within, "--columns", "deadline,days_left"))
    assert [days for state, days in listed if state == "due-soon"] == soon
    assert [state for state, _ in listed].count("overdue") == 3


def test_the_table_of_deadlines_says_how_long_and_which_days(lived: Ksmy) -> None:
    header, *lines = shown(lived("due", "--format", "table")).splitlines()
    assert re.split(r"\s{2,}", header.strip())[:3] == ["deadline", "days left", "ref"]
    listed = [re.split(r"\s{2,}", line.strip()) for line in lines if re.search(r"\w", line)]
    assert [row[:3] for row in listed] == [
        ["overdue", "199 days ago", "FTA-SCOPE"],
        ["overdue", "76 days ago", "FTA-CONCLUDE/2"],
        ["overdue", "15 days ago", "FTA-CONCLUDE"],
        ["due-soon", "in 44 days", "PARIS-REDUCTIONS"],
        ["due-soon", "in 75 days", "HALAL"],
        ["upcoming", "in 1,811 days", "CCS-START"],
    ]
    assert "2025-01-01 to" in " ".join(listed[2])
    assert " ".join(listed[4]).count("2026-03-31") == 1
    today = shown(lived("due", "--format", "table", "--as-of", PAST))
    assert re.search(r"due-soon\s+today\s+FTA-SCOPE", today)


@pytest.mark.parametrize(
    ("options", "refs"),
    [
        ("--sector trade", "FTA-SCOPE FTA-CONCLUDE/2 FTA-CONCLUDE HALAL"),
        ("--party MY", "FTA-SCOPE FTA-CONCLUDE/2 FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--sector trade --agreement FTA --limit 2", "FTA-SCOPE FTA-CONCLUDE/2"),
        (f"--sector tourism --as-of {PAST}", "TOURISM/1"),
    ],
)
def test_deadlines_are_narrowed_to_a_sector_a_party_an_agreement(
    lived: Ksmy, options: str, refs: str
) -> None:
    assert [ref for (ref,) in rows(lived("due", *options.split(), "--columns", "ref"))] == refs.split()


def test_what_deadlines_cannot_be_narrowed_to_is_told(lived: Ksmy) -> None:
    ran = lived("due", "--agreement", "mou-ccss")
    assert ran.code == 3
    assert sentence(ran).endswith("did you mean MOU-CCS?")


def test_a_limit_keeps_the_nearest_deadlines(lived: Ksmy) -> None:
    assert rows(lived("due", "--limit", "2")) == rows(lived("due"))[:2]
    assert lived("due", "--limit", "0") == Ran("", "", 0)


def test_deadlines_are_those_of_what_a_search_finds(lived: Ksmy) -> None:
    assert rows(lived("due", "--search", "TALKS", "--columns", "ref")) == [
        ["FTA-CONCLUDE/2"],
        ["FTA-CONCLUDE"],
    ]
