"""How values read to a person."""

from dataclasses import replace
from typing import Any

import pytest

from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.kinds import Claim, Measure
from ksmy_tracker.domain.rows import Cited, EntryRow, Voice
from ksmy_tracker.render.wording import (
    cell,
    cited,
    claim_words,
    days,
    describe,
    due_date,
    entry_summary,
    field_name,
    left,
    plural,
    progress,
    reading,
    slip,
    source_words,
    voice,
    window,
)
from tests.rows import BARE, CITED, CLAIM, CREATED, MEASURE, UPDATED, VOICE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            (None, ""),
            (True, "yes"),
            (False, "no"),
            (0, "0"),
            (-15, "-15"),
            ("trade", "trade"),
            ("a\tb", "a␉b"),
        ),
        *(((), ""), (("MITI",), "MITI"), (("steel", "a\tb"), "steel, a␉b"), ((26, 27), "26, 27")),
    ],
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ((), ("MITI",), "leads set to MITI"),
        (("MITI",), ("MITI", "KAI"), "leads MITI -> MITI, KAI"),
        (("MITI", "KAI"), (), "leads MITI, KAI removed"),
    ],
)
def test_a_list_is_told_by_its_values(old: tuple[str, ...], new: tuple[str, ...], said: str) -> None:
    assert describe({"leads": (old, new)}) == said


def test_a_list_that_is_empty_again_since_some_day_is_none() -> None:
    changes = {"leads": ((), ("MITI",))}
    assert describe(changes, {"leads": "2025-03-01"}, {"leads": ("2025-03-05", ())}) == (
        "leads set to MITI, 2025-03-01 to 2025-03-05; none since"
    )


def test_a_first_value_is_set() -> None:
    assert describe({"due_phrase": [None, "by next year"]}) == "due phrase set to by next year"


def test_of_a_new_record_its_fields_are_listed() -> None:
    assert describe({"title": [None, "Office"], "due": [None, "2026"]}) == "title Office; due 2026"
    assert describe({"name": [None, "MITI"], "party": [None, "MY"]}) == "name MITI; party MY"
    assert describe({"field": [None, "due"], "value": [None, "2026"]}) == "field due; value 2026"


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
        (UPDATED, "status planned -> in-progress (Talks began) [SBS News]"),
        (CREATED, "milestone created: Port opened"),
        (CREATED._replace(record="body", changes={"name": [None, "KAI\x1b"]}), "body created: KAI␛"),
        (
            CREATED._replace(record="claim", changes={"field": [None, "due"], "value": [None, "2026"]}),
            "claim created: due 2026",
        ),
        (
            UPDATED._replace(note=None, evidence=["STAR-JETS", "a\x1b"], cited=[CITED]),
            "status planned -> in-progress [The Star, 2025-12-18 (STAR-JETS); a␛]",
        ),
        (UPDATED._replace(action="noted", changes={}, evidence=[]), "noted (Talks began)"),
        (BARE._replace(action="noted", changes={}, evidence=["a", "b"]), "noted [a; b]"),
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


def test_where_evidence_is_listed_in_full_the_line_says_nothing_of_it() -> None:
    assert entry_summary(UPDATED, evidence=False) == "status planned -> in-progress (Talks began)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (CITED, "The Star, 2025-12-18 (STAR-JETS)"),
        (CITED._replace(publisher=None), "Six jets in 2026, 2025-12-18 (STAR-JETS)"),
        (CITED._replace(dated="2025-36"), "The Star, 2025-Q4 (STAR-JETS)"),
        (CITED._replace(dated=None), "The Star (STAR-JETS)"),
        (CITED._replace(publisher="\x1bStar", dated=None), "␛Star (STAR-JETS)"),
    ],
)
def test_a_source_is_cited_by_who_published_it_when_and_its_ref(source: Cited, said: str) -> None:
    assert source_words(source) == said


def test_evidence_that_is_no_source_is_cited_as_it_is() -> None:
    assert cited(UPDATED._replace(evidence=["A speech", "STAR-JETS", "OTHER"], cited=[CITED])) == [
        "A speech",
        "The Star, 2025-12-18 (STAR-JETS)",
        "OTHER",
    ]


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (MEASURE, "6 lines (2025-Q4)"),
        (replace(MEASURE, period=None), "6 lines"),
        (replace(MEASURE, value="18..20", unit="%"), "18..20 % (2025-Q4)"),
        (replace(MEASURE, value=None, period=None), ""),
    ],
)
def test_a_reading_has_its_unit_and_its_period(measure: Measure, said: str) -> None:
    assert reading(measure) == said


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (MEASURE, f"6 of 18 lines by 2026 (2025-Q4), 33 % {'█' * 6}{'·' * 14}"),
        (
            replace(MEASURE, period=None, target_period=None, percent="0"),
            f"6 of 18 lines, 0 % {'·' * 20}",
        ),
        (replace(MEASURE, value=None, period=None, percent=None), "- of 18 lines by 2026"),
        (replace(MEASURE, value="5..7", percent=None), "5..7 of 18 lines by 2026 (2025-Q4)"),
        (replace(MEASURE, target=None, percent=None), "6 lines (2025-Q4)"),
        (replace(MEASURE, target=None, value=None, period=None, percent=None), "no reading, in lines"),
        (replace(MEASURE, target=None, value=None, percent=None, unit="\x1b"), "no reading, in ␛"),
    ],
)
def test_how_far_a_measure_has_come_is_told_in_words(measure: Measure, said: str) -> None:
    assert progress(measure) == said


@pytest.mark.parametrize(
    ("percent", "cells"),
    [("-50", 0), ("4", 0), ("5", 1), ("50", 10), ("99", 19), ("100", 20), ("250", 20)],
)
def test_the_bar_of_a_measure_has_a_cell_for_every_five_per_cent(percent: str, cells: int) -> None:
    said = progress(replace(MEASURE, percent=percent))
    assert said.endswith(f" {percent} % {'█' * cells}{'·' * (20 - cells)}")


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (CLAIM, "FTA-CONCLUDE#1  status: completed, says KR"),
        (replace(CLAIM, said_by=None), "FTA-CONCLUDE#1  status: completed"),
        (replace(CLAIM, state="dropped"), "FTA-CONCLUDE#1  status: completed, says KR; dropped"),
        (
            replace(CLAIM, field="due_phrase", value="soon", state="accepted"),
            "FTA-CONCLUDE#1  due phrase: soon, says KR; accepted",
        ),
        (replace(CLAIM, field="due", value="2025-36"), "FTA-CONCLUDE#1  due: 2025-Q4, says KR"),
        (
            replace(CLAIM, field="value", value="7", period="2025-33"),
            "FTA-CONCLUDE#1  value: 7 (2025-Q1), says KR",
        ),
    ],
)
def test_a_claim_says_of_which_field_what_and_who_says_so(claim: Claim, said: str) -> None:
    assert claim_words(claim) == said


@pytest.mark.parametrize(
    ("field", "who", "said"),
    [
        ("status", VOICE, "completed, says KR [The Star, 2025-12-18 (STAR-JETS); A speech]"),
        ("status", Voice("completed", None, None), "completed"),
        ("due", Voice(None, None, None, ["A speech"]), "not stated [A speech]"),
        ("due", Voice("2025-36", None, "MITI"), "2025-Q4, says MITI"),
        ("value", Voice("6", "2025-33", "MY"), "6 (2025-Q1), says MY"),
    ],
)
def test_a_voice_says_what_it_is_who_says_so_and_on_what_evidence(field: str, who: Voice, said: str) -> None:
    assert voice(who, field) == said
