"""`list`: filters, order, columns, and the rows that programs see."""

from datetime import UTC, datetime

import pytest

from tests.cli.looks import COMMITMENT, PAST, UNTOUCHED, found, rows, shown
from tests.conftest import At, Ksmy, Ran

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
    ("--status completed", {"DEFENCE-RESEARCH", "TOURISM"}, {"DEFENCE-RESEARCH"}),
    ("--status suspended", {"TRADE-GROWTH"}, set()),
    (
        "--status completed --status cancelled",
        {"DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "TOURISM"},
        {"DEFENCE-RESEARCH"},
    ),
    ("--status Suspended,CANCELLED", {"DEFENCE-INDUSTRY", "TRADE-GROWTH"}, set()),
    (
        "--sector trade",
        {"FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "TRADE-GROWTH"},
        {"FTA-CONCLUDE", "FTA-SCOPE", "TRADE-GROWTH"},
    ),
    (
        "--sector regional",
        {"MIDDLE-EAST-PEACE", "REGIONAL-STABILITY"},
        {"MIDDLE-EAST-PEACE", "MULTILATERAL", "REGIONAL-STABILITY"},
    ),
    ("--sector forums", {"MULTILATERAL"}, set()),
    ("--sector climate --sector tourism", {"PARIS-REDUCTIONS", "TOURISM"}, {"PARIS-REDUCTIONS", "TOURISM"}),
    ("--party KR", EVERY_REF - {"HALAL"}, EVERY_REF - {"HALAL"}),
    ("--party my", EVERY_REF - {"FA50M-DELIVERY"}, EVERY_REF - {"FA50M-DELIVERY", "JETS-UPGRADE", "HALAL"}),
    (
        "--party both",
        EVERY_REF - {"FA50M-DELIVERY", "HALAL"},
        EVERY_REF - {"FA50M-DELIVERY", "HALAL", "JETS-UPGRADE"},
    ),
    ("--party KR --party MY", EVERY_REF, EVERY_REF - {"HALAL"}),
    ("--agreement FA50M-2023", {"DEFENCE-TRAINING", "FA50M-DELIVERY"}, {"FA50M-DELIVERY"}),
    (
        "--agreement fta --agreement mou-ccs",
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
    ),
    ("--firmness hoped", {"DEFENCE-INDUSTRY", "INVESTMENT"}, {"DEFENCE-INDUSTRY", "HYDROGEN", "INVESTMENT"}),
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
        "--due-before 2030-01-01",
        {"DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "PARIS-REDUCTIONS"},
        {"CCS-START", "DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE"},
    ),
    ("--due-after 2025-12-31", {"CCS-START", "HALAL", "PARIS-REDUCTIONS"}, {"CCS-START"}),
    (
        "--due-after 2025-12-30 --due-before 2026-03-31",
        {"FTA-CONCLUDE", "PARIS-REDUCTIONS"},
        {"FTA-CONCLUDE"},
    ),
    ("--stale 365", UNTOUCHED, set()),
    (
        "--stale 150",
        UNTOUCHED | {"FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "HYDROGEN", "MULTILATERAL"},
        EVERY_REF - {"DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "TOURISM"},
    ),
    ("--search anwar --search 147", {"INVESTMENT"}, {"INVESTMENT"}),
    ("--search MID-2025", {"FTA-SCOPE"}, {"FTA-SCOPE"}),
    ("--search value --search investment", {"INVESTMENT"}, {"INVESTMENT"}),
    ("--search high-value --search korean", set(), {"INVESTMENT"}),
    ("--sector trade --overdue", {"FTA-CONCLUDE", "FTA-SCOPE"}, set()),
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
    ("--sector defence --firmness agreed --stale 90", {"DEFENCE-TRAINING"}, {"DEFENCE-TRAINING"}),
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


def test_today_is_the_day_in_the_zone_that_is_asked_for(
    ksmy: Ksmy, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The last day of 2025 has ended in Seoul and has half an hour to go in Kuala Lumpur.
    at(datetime(2025, 12, 31, 15, 30, tzinfo=UTC))
    overdue = ("list", "--overdue", "--columns", "ref")
    assert rows(ksmy(*overdue)) == []
    assert rows(ksmy(*overdue, "--tz", "Asia/Seoul")) == [["FTA-CONCLUDE"]]
    monkeypatch.setenv("KSMY_TZ", "Asia/Seoul")
    assert rows(ksmy(*overdue)) == [["FTA-CONCLUDE"]]


# Order, number and columns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--sort due", "DEFENCE-RESEARCH FTA-SCOPE FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--sort -due", "CCS-START HALAL PARIS-REDUCTIONS FTA-CONCLUDE FTA-SCOPE DEFENCE-RESEARCH"),
        ("--sort due --as-of 2025-06-30", "DEFENCE-RESEARCH FTA-SCOPE FTA-CONCLUDE CCS-START"),
        ("--sort -due --as-of 2025-06-30", "CCS-START FTA-CONCLUDE FTA-SCOPE DEFENCE-RESEARCH"),
        ("--sort days_left", "FTA-SCOPE FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--sort -slip-days", "CCS-START"),
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
        (("--sort", " sector , -due "), ("--sort", "sector,-due")),
        (("--columns", "ref, due-phrase , title"), ("--columns", "ref,due_phrase,title")),
        (("--status", "planned, in-progress"), ("--status", "planned,in-progress")),
        (("--sector", "trade , defence"), ("--sector", "trade,defence")),
        (("--party", "kr, both"), ("--party", "kr,both")),
        (("--agreement", "FTA, sp-2024"), ("--agreement", "FTA,SP-2024")),
        (("--firmness", "agreed, hoped"), ("--firmness", "agreed,hoped")),
    ],
)
def test_what_is_separated_by_commas_may_have_spaces(
    lived: Ksmy, spaced: tuple[str, str], plain: tuple[str, str]
) -> None:
    assert lived("list", *spaced, "--format", "json") == lived("list", *plain, "--format", "json")
    assert lived("list", *spaced).code == 0


@pytest.mark.parametrize("sort", ["due", "-due", "days_left", "-days_left", "due_phrase", "-due_phrase"])
@pytest.mark.parametrize("day", ["2026-01-15", PAST])
def test_nulls_come_last_either_way(lived: Ksmy, sort: str, day: str) -> None:
    asked = ("list", "--sort", sort, "--columns", sort.removeprefix("-"), "--as-of", day)
    empty = [value == "" for (value,) in rows(lived(*asked))]
    assert empty == sorted(empty)
    assert set(empty) == {True, False}


@pytest.mark.parametrize(("limit", "count"), [("0", 0), ("1", 1), ("7", 7), ("20", 20), ("1000", 20)])
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
        "parties": "both",
        "firmness": "committed",
        "verifiable": True,
        "status": "in-progress",
        "deadline": "overdue",
        "days_left": -15,
        "due": "2025",
        "due_earliest": "2025-01-01",
        "due_latest": "2025-12-31",
        "due_phrase": "by next year",
        "baseline_due": "2025",
        "slip_days": 0,
        "milestones_met": 1,
        "milestones": 5,
        "evidence": 1,
        "created_on": "2024-11-25",
        "updated_on": "2025-03-20",
        "withdrawn": False,
        "newest_entry": 35,  # of a milestone; its own newest is 7
    }


def test_what_a_commitment_has_not_is_null(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "CCS-TECHNOLOGY", "--format", "json"))
    empty = {name for name, value in row.items() if value is None}
    assert empty == {
        *("days_left", "due", "due_earliest", "due_latest", "due_phrase", "baseline_due", "slip_days"),
    }


def test_a_moved_deadline_keeps_its_baseline(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "CCS-START", "--format", "json"))
    assert (row["baseline_due"], row["due"], row["slip_days"]) == ("2029", "2030", 365)
