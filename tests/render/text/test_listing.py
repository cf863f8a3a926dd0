"""The listings in words: what a person sees who did not choose columns, and who did."""

from dataclasses import replace
from typing import Any

import pytest

from ksmy_tracker.domain.rows import Row
from ksmy_tracker.render.text.listing import cells
from tests.rows import AGREEMENT, BODY, CITED, COMMITMENT, DEADLINE, ENTRY, MEASURE, SOURCE

#: An agreement whose counts and date all differ.
DATED = replace(AGREEMENT, dated="2024-11-25", commitments=12, open=11, overdue=2)


def one(command: str, row: Row, *columns: str) -> dict[str, str]:
    """The cells of a row by their header, in order."""
    header, rows = cells(command, columns or None, [row])
    (words,) = rows
    return dict(zip(header, words, strict=True))


def changed(**changes: Any) -> str:
    """What a history says of an entry that changed this and nothing else."""
    return one("history", ENTRY._replace(changes=changes, note=None, evidence=[]))["what"]


def test_list_shows_ref_status_deadline_due_and_title() -> None:
    assert list(one("list", COMMITMENT).items()) == [
        ("ref", "FTA-CONCLUDE"),
        ("status", "in-progress"),
        ("deadline", "overdue"),
        ("due", "2025"),
        ("title", "Conclude the agreement"),
    ]


def test_a_commitment_without_a_due_date_leaves_its_cell_empty() -> None:
    undated = replace(COMMITMENT, deadline="undated", due=None, due_earliest=None, due_latest=None)
    assert one("list", undated)["due"] == ""


def test_list_shows_a_quarter_as_people_write_it() -> None:
    assert one("list", replace(COMMITMENT, due="2025-36"))["due"] == "2025-Q4"


def test_due_shows_deadline_days_left_ref_window_and_title() -> None:
    assert list(one("due", DEADLINE).items()) == [
        ("deadline", "overdue"),
        ("days left", "15 days ago"),
        ("ref", "FTA-CONCLUDE"),
        ("window", "2025-01-01 to 12-31"),
        ("title", "Conclude the agreement"),
    ]


def test_due_shows_a_date_that_is_one_day_once() -> None:
    one_day = DEADLINE._replace(due="2025-12-31", due_earliest="2025-12-31")
    assert one("due", one_day)["window"] == "2025-12-31"


def test_due_shows_a_window_over_two_years_with_both() -> None:
    two_years = DEADLINE._replace(due="2025-12/2026-01", due_earliest="2025-12-01", due_latest="2026-01-31")
    assert one("due", two_years)["window"] == "2025-12-01 to 2026-01-31"


@pytest.mark.parametrize(("days_left", "words"), [(0, "today"), (1, "in 1 day"), (90, "in 90 days")])
def test_due_says_how_long_there_is(days_left: int, words: str) -> None:
    assert one("due", DEADLINE._replace(days_left=days_left))["days left"] == words


def test_history_shows_what_changed_why_and_on_what_evidence() -> None:
    assert list(one("history", ENTRY).items()) == [
        ("id", "26"),
        ("effective on", "2025-10-26"),
        ("ref", "FTA-CONCLUDE"),
        ("actor", "desk"),
        ("what", "status in-progress -> finalising (Talks concluded) [SBS News; Joint statement]"),
    ]


def test_history_names_what_was_created_by_its_title_and_why() -> None:
    created = ENTRY._replace(
        record="agreement",
        action="created",
        changes={"title": [None, "Free trade"], "kind": [None, "treaty"]},
    )
    assert one("history", created)["what"] == (
        "agreement created: Free trade (Talks concluded) [SBS News; Joint statement]"
    )


def test_history_tells_no_consequence_of_a_change() -> None:
    assert changed(status=["planned", "completed"], completed_on=[None, "2025"]) == (
        "status planned -> completed"
    )


@pytest.mark.parametrize("action", ["noted", "withdrawn", "restored"])
def test_history_calls_an_entry_that_changed_no_field_by_its_action(action: str) -> None:
    entry = ENTRY._replace(action=action, changes={}, note=None, evidence=[])
    assert one("history", entry)["what"] == action


def test_agreements_shows_how_many_commitments_there_are_open_and_overdue() -> None:
    assert list(one("agreements", DATED).items()) == [
        ("ref", "FTA"),
        ("stage", "negotiating"),
        ("dated", "2024-11-25"),
        ("in all", "12"),
        ("open", "11"),
        ("overdue", "2"),
        ("title", "Free trade agreement"),
    ]


def test_an_agreement_without_a_date_leaves_its_cell_empty() -> None:
    assert one("agreements", replace(DATED, dated=None))["dated"] == ""


@pytest.mark.parametrize(("dated", "shown"), [("2024-36", "2024-Q4"), ("2024-11", "2024-11")])
def test_an_agreement_made_in_a_quarter_says_so_as_people_write_it(dated: str, shown: str) -> None:
    assert one("agreements", replace(DATED, dated=dated))["dated"] == shown
    assert one("agreements", replace(DATED, dated=dated), "dated")["dated"] == shown


def test_chosen_columns_come_in_the_order_they_were_chosen() -> None:
    unsourced = replace(COMMITMENT, source=None)
    assert list(one("list", unsourced, "days_left", "ref", "verifiable", "source").items()) == [
        ("days left", "-15"),
        ("ref", "FTA-CONCLUDE"),
        ("verifiable", "yes"),
        ("source", ""),
    ]


@pytest.mark.parametrize("name", ["due", "baseline_due"])
def test_a_chosen_due_date_reads_as_people_write_it(name: str) -> None:
    quarter = replace(COMMITMENT, due="2025-36", baseline_due="2025-36")
    assert list(one("list", quarter, name).values()) == ["2025-Q4"]
    undated = replace(COMMITMENT, due=None, baseline_due=None)
    assert list(one("list", undated, name).values()) == [""]


def test_chosen_changes_are_told_in_words() -> None:
    assert one("history", ENTRY, "changes") == {"changes": "status in-progress -> finalising"}


def test_chosen_evidence_is_shown_as_its_texts() -> None:
    shown = one("history", ENTRY, "evidence")["evidence"]
    assert shown.startswith("SBS News")
    assert shown.endswith("Joint statement")
    assert one("history", ENTRY._replace(evidence=[]), "evidence")["evidence"] == ""


@pytest.mark.parametrize(
    ("command", "row", "shown"),
    [
        (
            "bodies",
            BODY,
            {
                "ref": "MITI",
                "kind": "ministry",
                "party": "MY",
                "leads": "3",
                "overdue": "1",
                "name": "Ministry of Investment, Trade and Industry",
            },
        ),
        (
            "sources",
            SOURCE,
            {
                "ref": "STAR-JETS",
                "publisher": "The Star",
                "dated": "2025-12-18",
                "cited": "2",
                "title": "Six jets in 2026",
            },
        ),
        (
            "measure list",
            MEASURE,
            {
                "ref": "FTA-CONCLUDE:LINES",
                "reading": "6 lines (2025-Q4)",
                "target": "18",
                "%": "33",
                "title": "Tariff lines freed",
            },
        ),
    ],
)
def test_bodies_sources_and_measures_have_listings_of_their_own(
    command: str, row: Row, shown: dict[str, str]
) -> None:
    assert list(one(command, row).items()) == list(shown.items())


@pytest.mark.parametrize(
    ("command", "row", "empty"),
    [
        ("bodies", replace(BODY, party=None), ["party"]),
        ("sources", replace(SOURCE, publisher=None, dated=None), ["publisher", "dated"]),
        ("measure list", replace(MEASURE, value=None, target=None, percent=None), ["reading", "target", "%"]),
    ],
)
def test_what_is_not_known_of_them_leaves_its_cell_empty(command: str, row: Row, empty: list[str]) -> None:
    assert [name for name, word in one(command, row).items() if not word] == empty


@pytest.mark.parametrize(
    ("command", "row", "column", "said"),
    [
        ("list", replace(COMMITMENT, disputed=("due", "status")), "status", "in-progress, disputed"),
        ("due", DEADLINE._replace(disputed=("due",)), "days left", "15 days ago, disputed"),
        ("measure list", replace(MEASURE, disputed=("value",)), "reading", "6 lines (2025-Q4), disputed"),
    ],
)
def test_what_sources_disagree_about_says_so(command: str, row: Row, column: str, said: str) -> None:
    assert one(command, row)[column] == said


def test_chosen_lists_are_shown_with_commas() -> None:
    row = replace(
        COMMITMENT, topics=("steel", "\u200bhalal"), leads=("MITI",), disputed=("due_phrase", "/1 due")
    )
    assert list(one("list", row, "topics", "leads", "partners", "disputed").values()) == [
        r"steel, \u200bhalal",
        "MITI",
        "",
        "due_phrase, /1 due",
    ]


def test_chosen_sources_are_shown_as_an_entry_cites_them() -> None:
    citing = ENTRY._replace(evidence=["STAR-JETS", "A speech"], cited=[CITED])
    assert one("history", citing)["what"].endswith(" [The Star, 2025-12-18 (STAR-JETS); A speech]")
    assert one("history", citing, "evidence") == {"evidence": "STAR-JETS; A speech"}
    assert one("history", citing, "cited") == {"cited": "The Star, 2025-12-18 (STAR-JETS)"}
    assert one("history", ENTRY, "cited") == {"cited": ""}


@pytest.mark.parametrize(
    "command", ["list", "due", "history", "agreements", "bodies", "sources", "measure list"]
)
def test_a_listing_of_nothing_has_its_header_all_the_same(command: str) -> None:
    header, rows = cells(command, None, [])
    assert len(header) >= 5
    assert rows == []
