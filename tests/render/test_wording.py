"""How values read to a person."""

from typing import Any

import pytest

from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.rows import EntryRow
from ksmy_tracker.render.wording import (
    cell,
    days,
    describe,
    due_date,
    entry_summary,
    field_name,
    left,
    plural,
    slip,
    window,
)
from tests.rows import BARE, CREATED, UPDATED


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (True, "yes"), (False, "no"), (0, "0"), (-15, "-15"), ("trade", "trade"), ("a\tb", "a␉b")],
)
def test_a_cell(value: Any, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1446, "1,446 days")]
)
def test_days_are_counted(count: int, expected: str) -> None:
    assert days(count) == expected


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (0, "today"),
        (1, "in 1 day"),
        (2, "in 2 days"),
        (1446, "in 1,446 days"),
        (-1, "1 day ago"),
        (-15, "15 days ago"),
    ],
)
def test_the_time_left_reads_as_a_person_says_it(days_left: int, expected: str) -> None:
    assert left(days_left) == expected


def test_an_imprecise_date_shows_its_window() -> None:
    assert due_date("2025", "2025-01-01", "2025-12-31") == "2025 (2025-01-01 to 2025-12-31)"


def test_a_date_that_is_one_day_has_no_window_to_show() -> None:
    assert due_date("2025-12-31", "2025-12-31", "2025-12-31") == "2025-12-31"


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [
        ("2025-12-31", "2025-12-31", "2025-12-31"),
        ("2025-01-01", "2025-12-31", "2025-01-01 to 12-31"),
        ("2025-12-01", "2026-01-31", "2025-12-01 to 2026-01-31"),
    ],
)
def test_a_window_where_room_is_short_says_a_year_once(earliest: str, latest: str, expected: str) -> None:
    assert window(earliest, latest) == expected


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2025", "2025"),
        ("2026-06", "2026-06"),
        ("2026-12", "2026-12"),
        ("2025-12-31", "2025-12-31"),
        ("2025-33", "2025-Q1"),
        ("2025-34", "2025-Q2"),
        ("2025-35", "2025-Q3"),
        ("2025-36", "2025-Q4"),
        ("2026-40", "2026-H1"),
        ("2026-41", "2026-H2"),
        ("2025-11/2026-01", "2025-11/2026-01"),
        ("2025~", "2025~"),
        ("202X", "202X"),
    ],
)
def test_a_due_date_reads_as_people_write_it(edtf: str, expected: str) -> None:
    assert due_date(edtf) == expected


@pytest.mark.parametrize("edtf", [f"2026-{part}" for part in range(33, 42)])
def test_a_due_date_as_it_is_shown_is_read_as_it_was_stored(edtf: str) -> None:
    assert read_due(due_date(edtf)).edtf == edtf


@pytest.mark.parametrize(
    ("slip_days", "expected"),
    [
        (None, ""),
        (0, ""),
        (1, "1 day later than first stated"),
        (365, "365 days later than first stated"),
        (-30, "30 days earlier than first stated"),
    ],
)
def test_a_slip_says_which_way_the_deadline_moved(slip_days: int | None, expected: str) -> None:
    assert slip(slip_days) == expected


def test_a_field_is_named_without_underscores() -> None:
    assert field_name("due_phrase") == "due phrase"


def test_a_change_names_the_old_value_and_the_new() -> None:
    assert describe({"status": ["planned", "completed"], "due": ["2025", "2026"]}) == (
        "status planned -> completed; due 2025 -> 2026"
    )


def test_a_first_value_is_set() -> None:
    assert describe({"due_phrase": [None, "by next year"]}) == "due phrase set to by next year"


def test_of_a_new_record_its_fields_are_listed() -> None:
    assert describe({"title": [None, "Office"], "due": [None, "2026"]}) == "title Office; due 2026"


def test_a_cleared_field_is_removed() -> None:
    assert describe({"due": ["2025", None]}) == "due 2025 removed"


def test_quarters_and_halves_in_a_change_read_as_people_write_them() -> None:
    assert describe({"due": ["2025-36", "2026-41"]}) == "due 2025-Q4 -> 2026-H2"
    assert describe({"dated": [None, "2025-33"]}) == "dated set to 2025-Q1"


def test_truths_in_a_change_read_as_yes_and_no() -> None:
    assert describe({"verifiable": [True, False]}) == "verifiable yes -> no"


@pytest.mark.parametrize("name", ["baseline_due", "completed_on", "completed_due", "met_on", "withdrawn"])
def test_what_follows_from_a_change_is_not_told_again(name: str) -> None:
    assert (
        describe({"status": ["planned", "completed"], name: [None, "2025"]}) == "status planned -> completed"
    )


def test_no_change_is_described_as_nothing() -> None:
    assert describe({}) == ""


def test_a_change_shows_controls_and_obeys_none() -> None:
    assert describe({"title": ["\x1b[1mold", "new\u202e"]}) == r"title ␛[1mold -> new\u202e"


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (0, "commitment", "0 commitments"),
        (1, "commitment", "1 commitment"),
        (19, "commitment", "19 commitments"),
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (100000, "entry", "100,000 entries"),
        (2, "unchanged key", "2 unchanged keys"),
    ],
)
def test_a_noun_agrees_with_its_number(count: int, noun: str, expected: str) -> None:
    assert plural(count, noun) == expected


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (UPDATED, "status planned -> in-progress (Talks began) [1 evidence]"),
        (CREATED, "milestone created: Port opened"),
        (UPDATED._replace(action="noted", changes={}, evidence=[]), "noted (Talks began)"),
        (BARE._replace(action="noted", changes={}, evidence=["a", "b"]), "noted [2 evidence]"),
        (BARE._replace(action="withdrawn", changes={"withdrawn": [False, True]}), "withdrawn"),
        (BARE._replace(action="undone", changes={}, retracts=[3, 5, 6, 7]), "took back entries 3, 5 to 7"),
        (BARE._replace(action="restored", changes={}, retracts=[8]), "brought back what entry 8 took back"),
        (
            BARE._replace(changes={"due": [None, "2025"]}, retracts=[3]),
            "due set to 2025, in place of entry 3",
        ),
        (
            BARE._replace(changes={"due": [None, "2025"]}, retracted_by=9),
            "taken back by entry 9: due set to 2025",
        ),
        (
            BARE._replace(changes={"due": ["2025-36", None], "baseline_due": [None, "2025"]}),
            "due 2025-Q4 removed",
        ),
    ],
)
def test_an_entry_says_in_a_line_what_it_did(entry: EntryRow, said: str) -> None:
    assert entry_summary(entry) == said
