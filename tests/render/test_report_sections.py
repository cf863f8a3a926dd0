"""What a line of a report's lists says; the lists as a whole are read in text/test_report.py."""

from dataclasses import replace
from datetime import date

import pytest

from ksmy_tracker.domain.kinds import Milestone
from ksmy_tracker.domain.report import Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import Day, Filters, MeasureRow, Voice
from ksmy_tracker.render.report_sections import (
    Section,
    counted,
    lead_words,
    milestone_summary,
    quiet_since,
    sections,
)
from tests.rows import DISAGREEMENT, EMPTY, FULL, MEASURE, MEASURED, MILESTONE, OVERDUE, READINGS


def test_what_is_quiet_says_since_when() -> None:
    day = Day(date(2026, 1, 15))
    assert quiet_since(Quiet("A", "t", "2026-01-14"), day) == "2026-01-14, 1 day ago"
    assert quiet_since(Quiet("A", "t", "2026-01-15"), day) == "2026-01-15, 0 days ago"


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        (MILESTONE, "2. Signed, scheduled, due 2026, in 350 days"),
        (replace(MILESTONE, due="2025-36", days_left=-15), "2. Signed, scheduled, due 2025-Q4, 15 days ago"),
        (replace(MILESTONE, due=None, days_left=None, state="partially-met"), "2. Signed, partially-met"),
        (
            replace(MILESTONE, expected="2027", leads=("MITI", "KAI")),
            "2. Signed, scheduled, due 2026, in 350 days, expected 2027, leads MITI, KAI",
        ),
    ],
)
def test_a_next_milestone_says_its_state_and_when_it_is_due(milestone: Milestone, said: str) -> None:
    assert milestone_summary(NextMilestone("Conclude the agreement", milestone)) == said


def test_a_milestone_that_is_overdue_says_so_beside_its_state() -> None:
    milestone = replace(MILESTONE, deadline="overdue", days_left=-3)
    said = milestone_summary(NextMilestone("Conclude the agreement", milestone))
    assert said == "2. Signed, scheduled, overdue, due 2026, 3 days ago"


@pytest.mark.parametrize(
    ("leads", "said"), [((), ""), (("KAI",), "lead KAI"), (("KAI", "MITI"), "leads KAI, MITI")]
)
def test_who_must_deliver_is_named(leads: tuple[str, ...], said: str) -> None:
    assert lead_words(leads) == said


def only_section(report: Report, key: str) -> Section:
    (found,) = [one for one in sections(report) if one.key == key]
    return found


def test_a_deadline_says_who_leads_what_counts_as_done_and_what_is_disputed() -> None:
    row = OVERDUE._replace(
        leads=("MITI", "KAI"), done_when="Both have ratified", disputed=("due_phrase", "due")
    )
    overdue = only_section(FULL._replace(overdue=Listed([row], 1)), "overdue")
    (item,) = overdue.items
    assert item.sentence == (
        "FTA-CONCLUDE: Conclude the agreement, both parties, leads MITI, KAI, "
        "due 2025 (2025-01-01 to 2025-12-31), 15 days ago, 31 days later than first stated; "
        "done when: Both have ratified; disputed: due phrase, due"
    )
    assert dict(zip(overdue.columns, item.cells, strict=True))["leads"] == "MITI, KAI"


def test_what_is_counted_by_lead_is_told_where_anybody_leads() -> None:
    assert list(counted(FULL)) == ["status", "firmness", "sector", "deadline", "lead"]
    assert counted(FULL)["lead"] == {"MITI": 1, "none": 1}
    assert list(counted(EMPTY._replace(without_lead=4))) == ["status", "firmness", "sector", "deadline"]


@pytest.mark.parametrize(
    ("row", "sentence", "cells"),
    [
        (
            MEASURED,
            (
                f"FTA-CONCLUDE:LINES: Tariff lines freed, 6 of 18 lines by 2026 (2025-Q4), 33 % {'█' * 6}{'·' * 14}"
                "; readings 2025-Q1 2, 2025-Q4 6"
            ),
            {
                "ref": "FTA-CONCLUDE:LINES",
                "title": "Tariff lines freed",
                "reading": "6 lines (2025-Q4)",
                "target": "18",
                "%": "33",
                "readings": "2025-Q1 2, 2025-Q4 6",
            },
        ),
        (
            MEASURED._replace(
                record=replace(MEASURE, target=None, percent=None),
                readings=[READINGS[1]._replace(period=None)],
            ),
            "FTA-CONCLUDE:LINES: Tariff lines freed, 6 lines (2025-Q4)",
            {
                "ref": "FTA-CONCLUDE:LINES",
                "title": "Tariff lines freed",
                "reading": "6 lines (2025-Q4)",
                "readings": "6",
            },
        ),
        (
            MeasureRow(replace(MEASURE, target=None, value=None, period=None, percent=None), []),
            "FTA-CONCLUDE:LINES: Tariff lines freed, no reading, in lines",
            {"ref": "FTA-CONCLUDE:LINES", "title": "Tariff lines freed"},
        ),
    ],
)
def test_a_quantity_says_how_far_it_has_come_and_by_which_readings(
    row: MeasureRow, sentence: str, cells: dict[str, str]
) -> None:
    found = only_section(FULL._replace(measures=Listed([row], 1)), "quantities")
    (item,) = found.items
    assert item.sentence == sentence
    assert dict(zip(found.columns, item.cells, strict=True)) == cells


def test_a_disagreement_has_the_register_beside_all_others() -> None:
    about = DISAGREEMENT._replace(field="due_phrase", register=Voice(None, None, None))
    found = only_section(FULL._replace(disagreements=Listed([about], 1)), "disagreements")
    others = "completed, says KR [The Star, 2025-12-18 (STAR-JETS); A speech]; cancelled"
    (item,) = found.items
    assert item.sentence == f"FTA-CONCLUDE due phrase: not stated; against it {others}"
    assert dict(zip(found.columns, item.cells, strict=True)) == {
        "ref": "FTA-CONCLUDE",
        "field": "due phrase",
        "the register": "not stated",
        "others": others,
    }


@pytest.mark.parametrize(
    ("key", "part", "command"),
    [
        ("quantities", "measures", "ksmy measure list"),
        ("disagreements", "disagreements", "ksmy list --disputed"),
    ],
)
def test_quantities_and_disagreements_that_are_cut_off_name_the_command_that_lists_them(
    key: str, part: str, command: str
) -> None:
    cut = FULL._replace(**{part: Listed([], 7)})  # type: ignore[arg-type]
    narrowed = cut._replace(only=Filters(topic=["steel"], lead=["MITI"], partner=["KAI"]))
    for report, options in ((cut, ""), (narrowed, " --topic steel --lead MITI --partner KAI")):
        found = only_section(report, key)
        assert (found.left_out, found.command) == ("and 7 more", f"{command}{options} --as-of 2026-01-15")
