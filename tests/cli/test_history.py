"""`history`: which entries."""

import re

import pytest

from tests.cli.looks import ENTRY, found, rows, shown
from tests.conftest import Ksmy, sentence


def test_the_keys_of_an_entry_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("history", "--format", "json"))
    assert [list(row) for row in listed] == [ENTRY] * 49


def test_the_values_of_an_entry_are_plain(lived: Ksmy) -> None:
    before, entry = found(lived("history", "--format", "json"))[46:48]
    assert {name: entry[name] for name in ENTRY if name not in ("invocation", "hash")} == {
        "id": 48,
        "key": None,
        "key_digest": None,
        "recorded_at": "2025-12-20T04:00:00.000000Z",
        "effective_on": "2025-12-20",
        "actor": "analyst",
        "record": "commitment",
        "ref": "PARIS-REDUCTIONS",
        "action": "updated",
        "changes": {"due": [None, "2026-02"]},
        "note": None,
        "evidence": [],
        "retracts": [],
        "previous_hash": before["hash"],
        "retracted_by": None,
        "cited": [],
    }
    assert re.fullmatch(r"[0-9a-f]{64}", entry["hash"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("FTA-CONCLUDE", [7, 26, 27, 28, 29, 30, 33, 34, 35]),
        ("FTA-CONCLUDE/1", [26, 33, 35]),
        ("--since 2025-11-02", [48, 49]),
        ("--since 75d", [47, 48, 49]),
        ("--since 2M --as-of 2026-01-01", [47, 48]),
        ("--by analyst", [47, 48, 49]),
        ("--by clerk --since 2025-09-01 --as-of 2025-09-10", [43, 44, 45]),
        ("FTA-CONCLUDE --by clerk --since 2025-03-01", [35]),
        ("--limit 2", [48, 49]),
        ("--search 2026-02", [48]),
        ("--search fta-conclude --search EXAMPLE.org", [35]),
        ("--search seoul --by analyst --limit 1", [49]),
        ("--limit 0", []),
        ("--by clerk --limit 1", [46]),
        ("--as-of 2025-06-30", list(range(1, 38))),
        ("", list(range(1, 50))),
    ],
)
def test_history_gives_the_entries_asked_for_oldest_first(
    lived: Ksmy, options: str, expected: list[int]
) -> None:
    assert [
        int(number) for (number,) in rows(lived("history", *options.split(), "--columns", "id"))
    ] == expected


def test_history_since_a_day_has_what_a_report_counts_as_changed_since(ksmy: Ksmy) -> None:
    assert ksmy("update", "HYDROGEN", "--note", "told late", "--on", "2025-01-10").code == 0
    assert ksmy("update", "TOURISM", "--note", "told at once").code == 0
    since = ("--since", "2025-12-16")
    listed = rows(ksmy("history", *since, "--columns", "ref"))
    assert listed == [["HYDROGEN"], ["TOURISM"]]
    assert found(ksmy("report", *since, "--format", "json"))["changed_count"] == 2


def test_a_since_that_cannot_be_is_told(lived: Ksmy) -> None:
    ran = lived("history", "--since", "2026-01-16")
    assert (sentence(ran), ran.code) == (
        "--since 2026-01-16 is after the day of the history (2026-01-15); give an earlier one",
        2,
    )


def test_history_of_a_record_that_was_not_there_yet_is_refused(lived: Ksmy) -> None:
    ran = lived("history", "HALAL", "--as-of", "2025-07-31")
    assert ran.code == 3
    assert sentence(ran) == "HALAL did not exist yet on 2025-07-31; it was created on 2025-08-01"


def test_the_table_of_the_history_says_what_changed_and_why(lived: Ksmy) -> None:
    line = shown(lived("history", "TRADE-GROWTH", "--format", "table")).splitlines()[-1]
    assert re.split(r"\s{2,}", line.strip()) == [
        *("43", "2025-09-01", "TRADE-GROWTH", "clerk"),
        "status in-progress -> suspended (Tariffs first)",
    ]


def test_history_in_force_leaves_out_what_was_retracted_and_what_retracted_it(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--due", "2026").code == 0
    assert ksmy("update", "TOURISM", "--note", "seen").code == 0
    assert ksmy("undo").code == 0
    assert ksmy("amend", "31", "--due", "2027").code == 0
    assert rows(ksmy("history", "TOURISM", "--columns", "id,retracted_by")) == [
        *(["22", ""], ["31", "34"], ["32", "33"], ["33", ""], ["34", ""]),
    ]
    assert rows(ksmy("history", "TOURISM", "--in-force", "--columns", "id")) == [["22"], ["34"]]
