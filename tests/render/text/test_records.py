"""One record with all that belongs to it, as a page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import Commitment, Milestone
from ksmy_tracker.domain.rows import (
    EntryRow,
    FullAgreement,
    FullBody,
    FullCommitment,
    FullPartnership,
    FullSource,
    MeasureRow,
)
from ksmy_tracker.render.text.records import as_page, page_with_commitments
from tests.rows import (
    AGREEMENT,
    BODY,
    CITED,
    CLAIM,
    COMMITMENT,
    ENTRY,
    MEASURE,
    MEASURED,
    MILESTONE,
    PARTNERSHIP,
    READINGS,
    SOURCE,
)
from tests.terminal import columns

MET = replace(
    MILESTONE,
    ref="FTA-CONCLUDE/1",
    number=1,
    title="Finish the talks",
    state="met",
    deadline="met",
    days_left=None,
    due="2025-03",
    due_earliest="2025-03-01",
    due_latest="2025-03-31",
    met_on="2025-03-20",
    evidence=1,
)
OPEN = replace(
    MILESTONE,
    title="Sign the treaty",
    deadline="due-soon",
    days_left=30,
    due="2026-02-14",
    due_earliest="2026-02-14",
    due_latest="2026-02-14",
)
CREATED = ENTRY._replace(
    id=7,
    recorded_at="2024-11-25T04:00:00.000000Z",
    effective_on="2024-11-25",
    action="created",
    changes={"title": [None, "Conclude the agreement"]},
    note="By next year is 2025",
    evidence=["https://example.org/report", "The leaders' statement"],
    previous_hash=None,
)


def commitment_lines(
    row: Commitment = COMMITMENT,
    milestones: Sequence[Milestone] = (),
    entries: Sequence[EntryRow] = (CREATED,),
    width: int = 78,
) -> list[str]:
    return str(as_page(FullCommitment(row, AGREEMENT, milestones, entries), width)).splitlines()


def test_a_commitment_is_headed_by_its_ref_and_title() -> None:
    assert commitment_lines()[0] == "FTA-CONCLUDE  Conclude the agreement"


def test_a_commitment_shows_its_fields_in_words() -> None:
    found = {" ".join(line.split()) for line in commitment_lines()}
    assert found >= {
        "detail Both leaders took it on",
        "agreement FTA, Free trade agreement (negotiating)",
        "sector trade",
        "parties both",
        "firmness committed",
        "verifiable yes",
        "source Summit report",
        "status in-progress",
        "deadline overdue, 15 days ago",
        "due 2025 (2025-01-01 to 2025-12-31)",
        "due phrase by next year",
        "baseline due 2024",
        "slip days 365 days later than first stated",
        "milestones 1 of 2 met",
        "evidence 1 entry",
        "created on 2024-11-25",
        "updated on 2025-03-20",
    }


def test_a_field_without_a_value_is_a_dash() -> None:
    bare = replace(
        COMMITMENT,
        detail=None,
        source=None,
        deadline="undated",
        days_left=None,
        due=None,
        due_earliest=None,
        due_latest=None,
        due_phrase=None,
        baseline_due=None,
        slip_days=None,
        milestones=0,
        milestones_met=0,
        evidence=0,
    )
    found = {" ".join(line.split()) for line in commitment_lines(bare)}
    assert found >= {"detail -", "source -", "due -", "due phrase -", "baseline due -", "slip days -"}
    assert found >= {"deadline undated", "milestones none", "evidence none"}
    assert "None" not in "\n".join(commitment_lines(bare))


def test_a_due_date_that_is_one_day_shows_no_window() -> None:
    one_day = replace(COMMITMENT, due="2025-12-31", due_earliest="2025-12-31")
    assert "due 2025-12-31" in {" ".join(line.split()) for line in commitment_lines(one_day)}


def test_a_met_milestone_says_when_and_an_open_one_how_long() -> None:
    lines = commitment_lines(milestones=[MET, OPEN], width=100)
    start = lines.index("Milestones")
    assert lines[start - 1] == ""
    assert lines[start + 1 : start + 3] == [
        "  1. Finish the talks: met on 2025-03-20, due 2025-03 (2025-03-01 to 2025-03-31)",
        "  2. Sign the treaty: scheduled, due 2026-02-14, in 30 days",
    ]


QUARTER = replace(COMMITMENT, due="2025-36", due_earliest="2025-10-01", baseline_due="2025-33")


def test_a_quarter_reads_as_people_write_it() -> None:
    step = replace(OPEN, due="2026-33", due_earliest="2026-01-01", due_latest="2026-03-31")
    found = {" ".join(line.split()) for line in commitment_lines(QUARTER, [step], width=100)}
    assert "due 2025-Q4 (2025-10-01 to 2025-12-31)" in found
    assert "2. Sign the treaty: scheduled, due 2026-Q1 (2026-01-01 to 2026-03-31), in 30 days" in found
    page = str(page_with_commitments(AGREEMENT, [QUARTER], [CREATED], 100))
    assert "(in-progress, overdue, due 2025-Q4)" in page


def test_the_first_due_date_and_an_agreements_date_read_so_too() -> None:
    assert "baseline due 2025-Q1" in {" ".join(line.split()) for line in commitment_lines(QUARTER)}
    page = str(page_with_commitments(replace(AGREEMENT, dated="2024-36"), [], [CREATED], 100))
    assert "dated 2024-Q4" in " ".join(page.split())


def test_what_is_withdrawn_says_so_and_what_is_not_says_nothing() -> None:
    found = {" ".join(line.split()) for line in commitment_lines(replace(COMMITMENT, withdrawn=True))}
    assert "withdrawn yes" in found
    gone = str(page_with_commitments(replace(AGREEMENT, withdrawn=True), [], [CREATED], 78))
    assert "withdrawn yes" in {" ".join(line.split()) for line in gone.splitlines()}
    for page in ("\n".join(commitment_lines()), str(page_with_commitments(AGREEMENT, [], [CREATED], 78))):
        assert "withdrawn" not in page


def test_a_withdrawn_milestone_is_not_shown_as_one_to_come() -> None:
    gone = replace(OPEN, withdrawn=True)
    lines = commitment_lines(milestones=[MET, gone], width=100)
    assert [line for line in lines if "Sign the treaty" in line and "withdrawn" not in line] == []


def test_a_commitment_without_milestones_has_no_such_heading() -> None:
    assert "Milestones" not in commitment_lines()


def test_history_gives_every_evidence_in_full() -> None:
    lines = commitment_lines(width=100)
    start = lines.index("History: 1 entry")
    assert lines[start + 1 :] == [
        "  7  2024-11-25  desk: commitment created: Conclude the agreement (By next year is 2025)",
        "      https://example.org/report",
        "      The leaders' statement",
    ]


def test_an_agreement_shows_its_fields_and_its_commitments() -> None:
    second = replace(COMMITMENT, ref="FTA-SCOPE", title="Widen it", deadline="undated", due=None)
    lines = str(page_with_commitments(AGREEMENT, [COMMITMENT, second], [CREATED], 78)).splitlines()
    assert lines[0] == "FTA  Free trade agreement"
    found = {" ".join(line.split()) for line in lines}
    assert found >= {"kind treaty", "stage negotiating", "dated -", "place -", "commitments 2", "overdue 1"}
    start = lines.index("Commitments: 2")
    assert lines[start + 1 : start + 3] == [
        "  FTA-CONCLUDE: Conclude the agreement (in-progress, overdue, due 2025)",
        "  FTA-SCOPE: Widen it (in-progress, undated)",
    ]
    assert "History: 1 entry" in lines


def test_an_agreement_without_commitments_says_so() -> None:
    assert "Commitments: none" in str(page_with_commitments(AGREEMENT, [], [CREATED], 78)).splitlines()


def block(page: str, heading: str) -> list[str]:
    """The lines under a heading."""
    (found,) = [one for one in page.split("\n\n") if one.startswith(f"{heading}\n")]
    return found.splitlines()[1:]


def test_a_body_shows_its_fields_its_commitments_and_its_history() -> None:
    page = str(as_page(FullBody(BODY, [COMMITMENT], [CREATED._replace(ref="MITI")]), 100))
    assert page.splitlines()[0] == "MITI  Ministry of Investment, Trade and Industry"
    found = {" ".join(line.split()) for line in page.splitlines()}
    assert found >= {
        "name ko -",
        "name ms Kementerian Pelaburan, Perdagangan dan Industri",
        "kind ministry",
        "party MY",
        "leads 3",
        "overdue 1",
    }
    assert block(page, "Commitments: 1") == [
        "  FTA-CONCLUDE: Conclude the agreement (in-progress, overdue, due 2025)"
    ]
    assert block(page, "History: 1 entry")
    assert "withdrawn" not in page
    assert "Measures" not in page
    gone = str(as_page(FullBody(replace(BODY, withdrawn=True), [], []), 100))
    assert "withdrawn yes" in {" ".join(line.split()) for line in gone.splitlines()}
    assert "Commitments: none" in gone.splitlines()


def test_a_source_shows_its_fields_what_cites_it_and_its_history() -> None:
    citing = ENTRY._replace(evidence=["STAR-JETS"], cited=[CITED], note=None)
    page = str(as_page(FullSource(SOURCE, [citing], [CREATED._replace(ref="STAR-JETS", evidence=[])]), 100))
    assert page.splitlines()[0] == "STAR-JETS  Six jets in 2026"
    found = {" ".join(line.split()) for line in page.splitlines()}
    assert found >= {
        "publisher The Star",
        "dated 2025-12-18",
        "url https://star.example/jets",
        "archived -",
        "language en",
        "cited 2",
    }
    assert block(page, "Cited by: 1 entry") == [
        "  26  2025-10-26  desk: FTA-CONCLUDE: status in-progress -> finalising",
        "      The Star, 2025-12-18 (STAR-JETS)",
    ]
    assert block(page, "History: 1 entry") == [
        "  7  2024-11-25  desk: commitment created: Conclude the agreement (By next year is 2025)"
    ]
    assert "Cited by: 0 entries" in str(as_page(FullSource(SOURCE, [], []), 100)).splitlines()


def test_the_partnership_shows_its_fields_and_its_history() -> None:
    page = str(as_page(FullPartnership(PARTNERSHIP, [CREATED._replace(ref="PARTNERSHIP")]), 100))
    assert page.splitlines()[0] == "PARTNERSHIP  Republic of Korea - Malaysia"
    assert {" ".join(line.split()) for line in page.splitlines()} >= {
        "zone Asia/Kuala_Lumpur",
        "states KR, MY",
    }
    assert block(page, "History: 1 entry")
    assert "Commitments" not in page


MEASURE_LINES = [
    f"  FTA-CONCLUDE:LINES  Tariff lines freed: 6 of 18 lines by 2026 (2025-Q4), 33 % {'█' * 6}{'·' * 14}",
    "    readings: 2025-Q1 2, 2026-01-02 6",
    "  FTA-CONCLUDE:SHARE  Tariff lines freed: no reading, in %",
]


@pytest.mark.parametrize("kind", [FullCommitment, FullAgreement])
def test_measures_with_their_readings_and_claims_stand_before_the_history(kind: type) -> None:
    readings = [READINGS[0], READINGS[1]._replace(period=None)]  # without a period it is told by its day
    bare = replace(MEASURE, ref="FTA-CONCLUDE:SHARE", unit="%", target=None, value=None, percent=None)
    measures = [MEASURED._replace(readings=readings), MeasureRow(bare, [])]
    claims = [CLAIM, replace(CLAIM, ref="FTA-CONCLUDE/2#1", state="dropped")]
    found: Any = (
        FullCommitment(COMMITMENT, AGREEMENT, [], [CREATED], measures, claims)
        if kind is FullCommitment
        else FullAgreement(AGREEMENT, [], [CREATED], measures, claims)
    )
    page = str(as_page(found, 110))
    assert block(page, "Measures") == MEASURE_LINES
    assert block(page, "Claims") == [
        "  FTA-CONCLUDE#1  status: completed, says KR",
        "  FTA-CONCLUDE/2#1  status: completed, says KR; dropped",
    ]
    assert page.index("Measures\n") < page.index("Claims\n") < page.index("History: 1 entry\n")


def test_what_has_no_measure_and_no_claim_has_no_such_heading() -> None:
    for found in (FullCommitment(COMMITMENT, AGREEMENT, [], []), FullAgreement(AGREEMENT, [], [])):
        lines = str(as_page(found, 78)).splitlines()
        assert not {"Measures", "Claims"} & set(lines)


def test_a_measure_with_one_reading_tells_it_once() -> None:
    one = MEASURED._replace(readings=READINGS[1:])
    assert "readings" not in str(as_page(FullCommitment(COMMITMENT, AGREEMENT, [], [], [one]), 78))


def test_lists_of_a_commitment_are_shown_with_commas_and_an_empty_one_as_a_dash() -> None:
    row = replace(COMMITMENT, topics=("steel", "halal"), leads=("MITI", "KAI"), disputed=("due", "/1 due"))
    found = {" ".join(line.split()) for line in commitment_lines(row)}
    assert found >= {"topics steel, halal", "leads MITI, KAI", "partners -", "disputed due, /1 due"}


def test_names_and_values_line_up() -> None:
    lines = commitment_lines()
    block = lines[1 : lines.index("")]
    names = ("sector", "status", "created on")
    values = ("trade", "in-progress", "2024-11-25")
    starts = {
        line.index(value)
        for line in block
        for name, value in zip(names, values, strict=True)
        if line.startswith(f"  {name} ")
    }
    assert len(starts) == 1


@pytest.mark.parametrize("width", [40, 78, 100])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    korean = "한국과 말레이시아의 자유무역협정 " * 20
    row = replace(COMMITMENT, title=korean, detail="x" * 500, source=korean, due_phrase=korean)
    entry = CREATED._replace(note=korean, actor=korean, evidence=["https://example.org/" + "x" * 200, korean])
    step = replace(OPEN, title=korean)
    measure = replace(MEASURE, title=korean, unit="x" * 200)
    claim = replace(CLAIM, value=korean * 3)
    more: Any = [MeasureRow(measure, [READINGS[0]._replace(value="9" * 30)] * 9)], [claim]
    for page in (
        as_page(FullCommitment(row, AGREEMENT, [step], [entry], *more), width),
        as_page(FullAgreement(replace(AGREEMENT, title=korean), [row], [entry], *more), width),
        as_page(FullBody(replace(BODY, name=korean), [row], [entry]), width),
        as_page(FullSource(replace(SOURCE, title=korean, url="x" * 500), [entry], [entry]), width),
    ):
        assert max(map(columns, str(page).splitlines())) <= width


def test_controls_are_shown_wherever_they_stand() -> None:
    hostile = "\x1b[31m\r\n\t\x9b\u202e"
    row = replace(
        COMMITMENT, title=hostile, detail=hostile, source=hostile, due_phrase=hostile, sector=hostile
    )
    entry = CREATED._replace(note=hostile, actor=hostile, evidence=[hostile])
    agreement = replace(AGREEMENT, title=hostile, place=hostile, source=hostile)
    step = replace(OPEN, title=hostile)
    pages = (
        str(as_page(FullCommitment(row, agreement, [step], [entry]), 78)),
        str(page_with_commitments(agreement, [row], [entry], 78)),
    )
    for page in pages:
        assert not set(page) & set("\x1b\r\t\x9b\u202e")
        assert "␛[31m␍␊␉" in page
