"""`list`: filters, order, columns, and the rows that programs see."""

import pytest

from tests.cli.looks import COMMITMENT, PAST, UNTOUCHED, found, rows, shown
from tests.conftest import Ksmy, Ran

# Every filter, today and on a past day

EVERY_REF = {
    *("CCS-START", "CCS-TECHNOLOGY", "DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "DEFENCE-TRAINING"),
    *("FA50M-DELIVERY", "FTA-CONCLUDE", "FTA-SCOPE", "GREEN-ENERGY", "HALAL", "HYDROGEN", "INVESTMENT"),
    *("JETS-UPGRADE", "MIDDLE-EAST-PEACE", "MINERALS-SUPPLY", "MULTILATERAL", "PARIS-REDUCTIONS"),
    *("REGIONAL-STABILITY", "TOURISM", "TRADE-GROWTH"),
}
#: Options, the refs they let through on 15 January 2026, and those on 30 June 2025.
FILTERED: tuple[tuple[str, set[str], set[str] | None], ...] = (
    ("", EVERY_REF, EVERY_REF - {"HALAL"}),
    (
        "--status completed --status cancelled",
        {"DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "TOURISM"},
        {"DEFENCE-RESEARCH"},
    ),
    ("--status Suspended,CANCELLED", {"DEFENCE-INDUSTRY", "TRADE-GROWTH"}, set()),
    ("--sector climate --sector tourism", {"PARIS-REDUCTIONS", "TOURISM"}, {"PARIS-REDUCTIONS", "TOURISM"}),
    ("--party my", EVERY_REF - {"FA50M-DELIVERY"}, EVERY_REF - {"FA50M-DELIVERY", "JETS-UPGRADE", "HALAL"}),
    ("--party KR --party MY", EVERY_REF, EVERY_REF - {"HALAL"}),
    (
        "--agreement fta --agreement mou-ccs",
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
    ),
    (
        "--firmness agreed --firmness committed",
        {
            *("DEFENCE-RESEARCH", "DEFENCE-TRAINING", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "HYDROGEN"),
            *("MIDDLE-EAST-PEACE", "MULTILATERAL", "PARIS-REDUCTIONS"),
        },
        {
            *("DEFENCE-RESEARCH", "DEFENCE-TRAINING", "FTA-CONCLUDE", "FTA-SCOPE", "MIDDLE-EAST-PEACE"),
            *("MULTILATERAL", "PARIS-REDUCTIONS"),
        },
    ),
    ("--overdue", {"FTA-CONCLUDE", "FTA-SCOPE"}, set()),
    ("--due-before 2025-12-31", {"DEFENCE-RESEARCH", "FTA-SCOPE"}, {"DEFENCE-RESEARCH", "FTA-SCOPE"}),
    (
        "--due-after 2025-12-30 --due-before 2026-03-31",
        {"FTA-CONCLUDE", "PARIS-REDUCTIONS"},
        {"FTA-CONCLUDE"},
    ),
    (
        "--stale 150",
        UNTOUCHED | {"FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "HYDROGEN", "MULTILATERAL"},
        EVERY_REF - {"DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "TOURISM"},
    ),
    ("--search anwar --search 147", {"INVESTMENT"}, {"INVESTMENT"}),
    ("--search high-value --search korean", set(), {"INVESTMENT"}),
    ("--search tariffs", {"TRADE-GROWTH"}, set()),  # a note
    ("--search EXAMPLE.org/talks", {"FTA-CONCLUDE"}, {"FTA-CONCLUDE"}),  # evidence of a milestone
    ("conclude --search talks", {"FTA-CONCLUDE"}, {"FTA-CONCLUDE"}),
    ("Open office --status completed", {"TOURISM"}, set()),  # a milestone's title
    (
        "--status planned --status in-progress --sector green-energy --agreement MOU-CCS",
        {"CCS-START", "CCS-TECHNOLOGY"},
        {"CCS-START", "CCS-TECHNOLOGY"},
    ),
    (
        "--firmness committed --party KR --search trade --agreement FTA --due-before 2025-12-01",
        {"FTA-SCOPE"},
        {"FTA-SCOPE"},
    ),
    ("--party MY --sector defence --status planned", {"DEFENCE-TRAINING", "JETS-UPGRADE"}, None),
)


@pytest.mark.parametrize(("options", "today", "past"), FILTERED, ids=[case[0] or "none" for case in FILTERED])
def test_a_filter_lets_through_what_passes_it(
    lived: Ksmy, options: str, today: set[str], past: set[str] | None
) -> None:
    listed = [ref for (ref,) in rows(lived("list", *options.split(), "--columns", "ref"))]
    assert listed == sorted(today)
    if past is not None:
        asked = ("list", *options.split(), "--columns", "ref", "--as-of", PAST)
        assert [ref for (ref,) in rows(lived(*asked))] == sorted(past)


def test_a_filter_looks_at_the_day_it_is_asked_about(lived: Ksmy) -> None:
    assert rows(lived("list", "--overdue", "--as-of", PAST)) == []
    overdue = rows(lived("list", "--overdue", "--as-of", "2025-07-01", "--columns", "ref,days_left"))
    assert overdue == [["FTA-SCOPE", "-1"]]


def test_a_day_before_the_first_entry_has_nothing_to_list(lived: Ksmy) -> None:
    assert lived("list", "--as-of", "2024-11-24") == Ran("", "", 0)


# Order, number and columns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--sort due --as-of 2025-06-30", "DEFENCE-RESEARCH FTA-SCOPE FTA-CONCLUDE CCS-START"),
        ("--sort -milestones --sort -ref", "FTA-CONCLUDE TOURISM TRADE-GROWTH"),
        ("--sort -milestones,ref", "FTA-CONCLUDE TOURISM CCS-START"),
    ],
)
def test_a_listing_is_sorted_as_asked(lived: Ksmy, options: str, expected: str) -> None:
    listed = [ref for (ref,) in rows(lived("list", *options.split(), "--columns", "ref"))]
    assert listed[: len(expected.split())] == expected.split()


@pytest.mark.parametrize(
    ("spaced", "plain"),
    [
        (("--sort", "-milestones, ref"), ("--sort", "-milestones,ref")),
        (("--columns", "ref, due-phrase , title"), ("--columns", "ref,due_phrase,title")),
        (("--status", "planned, in-progress"), ("--status", "planned,in-progress")),
        (("--agreement", "FTA, sp-2024"), ("--agreement", "FTA,SP-2024")),
    ],
)
def test_what_is_separated_by_commas_may_have_spaces(
    lived: Ksmy, spaced: tuple[str, str], plain: tuple[str, str]
) -> None:
    assert lived("list", *spaced, "--format", "json") == lived("list", *plain, "--format", "json")
    assert lived("list", *spaced).code == 0


@pytest.mark.parametrize("sort", ["-due", "days_left"])
def test_nulls_come_last_either_way(lived: Ksmy, sort: str) -> None:
    asked = ("list", "--sort", sort, "--columns", sort.removeprefix("-"))
    empty = [value == "" for (value,) in rows(lived(*asked))]
    assert empty == sorted(empty)
    assert set(empty) == {True, False}


@pytest.mark.parametrize(("limit", "count"), [("0", 0), ("7", 7)])
def test_a_listing_has_no_more_rows_than_its_limit(lived: Ksmy, limit: str, count: int) -> None:
    every = rows(lived("list", "--sort", "title"))
    assert rows(lived("list", "--sort", "title", "--limit", limit)) == every[:count]


def test_a_limit_cuts_after_the_filters_and_the_order(lived: Ksmy) -> None:
    asked = ("list", "--sector", "trade", "--sort", "-due", "--limit", "1", "--columns", "ref")
    assert rows(lived(*asked)) == [["HALAL"]]


def test_columns_are_shown_in_the_order_asked_for(lived: Ksmy) -> None:
    asked = ("--search", "FTA-CONCLUDE", "--columns", "days_left,ref,verifiable,Due-Latest,slip_days")
    assert rows(lived("list", *asked)) == [["-15", "FTA-CONCLUDE", "true", "2025-12-31", "0"]]
    assert [list(row.items()) for row in found(lived("list", *asked, "--format", "json"))] == [
        [
            ("days_left", -15),
            ("ref", "FTA-CONCLUDE"),
            ("verifiable", True),
            ("due_latest", "2025-12-31"),
            ("slip_days", 0),
        ]
    ]
    assert shown(lived("list", *asked, "--format", "csv")) == (
        "days_left,ref,verifiable,due_latest,slip_days\n-15,FTA-CONCLUDE,true,2025-12-31,0\n"
    )
    assert shown(lived("list", *asked, "--format", "table")).split() == [
        *("days", "left", "ref", "verifiable", "due", "latest", "slip", "days"),
        *("-15", "FTA-CONCLUDE", "yes", "2025-12-31", "0"),
    ]


# What programs see


def test_the_keys_of_a_commitment_are_frozen(lived: Ksmy) -> None:
    for row in found(lived("list", "--format", "json")):
        assert list(row) == COMMITMENT


def test_the_values_of_a_commitment_are_plain(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "FTA-CONCLUDE", "--format", "json"))
    assert {name: row[name] for name in COMMITMENT if name not in ("title", "detail", "source")} == {
        "ref": "FTA-CONCLUDE",
        "agreement": "FTA",
        "sector": "trade",
        "topics": [],
        "parties": "both",
        "leads": [],
        "partners": [],
        "said_by": None,
        "firmness": "committed",
        "verifiable": True,
        "status": "in-progress",
        "deadline": "overdue",
        "days_left": -15,
        "due": "2025",
        "due_earliest": "2025-01-01",
        "due_latest": "2025-12-31",
        "due_phrase": "by next year",
        "done_when": None,
        "expected": None,
        "baseline_due": "2025",
        "slip_days": 0,
        "milestones_met": 1,
        "milestones": 5,
        "measures": 0,
        "disputed": [],
        "evidence": 1,
        "created_on": "2024-11-25",
        "updated_on": "2025-03-20",
        "reviewed_on": None,
        "withdrawn": False,
        "newest_entry": 35,  # of a milestone; its own newest is 7
    }


def test_what_a_commitment_has_not_is_null(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "CCS-TECHNOLOGY", "--format", "json"))
    empty = {name for name, value in row.items() if value is None}
    assert empty == {
        *("days_left", "due", "due_earliest", "due_latest", "due_phrase", "baseline_due", "slip_days"),
        *("expected", "reviewed_on", "said_by", "done_when"),
    }
