"""`show`: the page of a record."""

from tests.cli.looks import AGREEMENT, COMMITMENT, ENTRY, MILESTONE, found, rows, shown
from tests.conftest import Ksmy, sentence


def test_the_keys_of_a_shown_commitment_are_frozen(lived: Ksmy) -> None:
    one = found(lived("show", "FTA-CONCLUDE", "--format", "json"))
    assert list(one) == [*COMMITMENT, "entries", "milestone_list", "measure_list", "claims"]
    assert [list(entry) for entry in one["entries"]] == [ENTRY] * 9
    assert [list(milestone) for milestone in one["milestone_list"]] == [MILESTONE] * 5
    (listed,) = found(lived("list", "--search", "FTA-CONCLUDE", "--format", "json"))
    assert {name: one[name] for name in COMMITMENT} == listed


def test_the_keys_of_a_shown_agreement_are_frozen(lived: Ksmy) -> None:
    one = found(lived("show", "FTA", "--format", "json"))
    assert list(one) == [*AGREEMENT, "entries", "measure_list", "claims"]
    assert [list(row) for row in one["commitments"]] == [COMMITMENT] * 2
    assert [row["ref"] for row in one["commitments"]] == ["FTA-CONCLUDE", "FTA-SCOPE"]
    assert [list(entry) for entry in one["entries"]] == [ENTRY]


def test_show_takes_a_ref_in_any_case(lived: Ksmy) -> None:
    assert shown(lived("show", "fta-conclude")) == shown(lived("show", "FTA-CONCLUDE"))


def test_show_takes_a_milestone_for_its_commitment(lived: Ksmy) -> None:
    assert shown(lived("show", "FTA-CONCLUDE/1")) == shown(lived("show", "FTA-CONCLUDE"))


def test_the_page_of_a_commitment_has_its_fields_milestones_and_history(lived: Ksmy) -> None:
    heading, _, rest = shown(lived("show", "FTA-CONCLUDE", "--format", "table")).partition("\n")
    assert heading == "FTA-CONCLUDE  Conclude the bilateral free trade agreement"
    text = " ".join(rest.split())
    assert "agreement FTA, Bilateral free trade agreement (negotiating)" in text
    assert "status in-progress deadline overdue, 15 days ago due 2025 (2025-01-01 to 2025-12-31)" in text
    assert "due phrase by next year done when - expected - baseline due 2025 slip days - " in text
    assert "milestones 1 of 5 met measures 0 disputed - evidence 1 entry" in text
    assert "sector trade topics - parties both leads - partners - said by - firmness committed" in text
    assert "1. Negotiations concluded: met on 2025-03-20, due 2025-03 (2025-03-01 to 2025-03-31)" in text
    assert "2. Signed: scheduled, due 2025-10 (2025-10-01 to 2025-10-31), 76 days ago" in text
    assert "3. Ratified by Korea: scheduled 4. Ratified by Malaysia: scheduled 5. In force: scheduled" in text
    assert (
        "History: 9 entries 7 2024-11-25 seeder: commitment created: Conclude the bilateral free trade "
        "agreement (" in text
    )
    assert "26 2024-11-25 seeder: FTA-CONCLUDE/1: milestone created: Negotiations concluded 27" in text
    assert "35 2025-03-20 clerk: FTA-CONCLUDE/1: state scheduled -> met https://example.org/talks" in text


def test_the_page_of_a_commitment_is_as_it_was_on_a_past_day(lived: Ksmy) -> None:
    text = " ".join(
        shown(lived("show", "FTA-CONCLUDE", "--format", "table", "--as-of", "2025-03-01")).split()
    )
    assert "deadline upcoming, in 305 days" in text
    assert "milestones 0 of 5 met measures 0 disputed - evidence none" in text
    assert "1. Negotiations concluded: scheduled, due 2025-03 (2025-03-01 to 2025-03-31), in 30 days" in text
    assert "History: 8 entries" in text


def test_the_page_of_an_agreement_has_its_commitments(lived: Ksmy) -> None:
    text = " ".join(shown(lived("show", "FTA", "--format", "table")).split())
    assert text.startswith("FTA Bilateral free trade agreement kind treaty stage negotiating")
    assert (
        "under - commitments 2 open 2 overdue 2 disputed - Commitments: 2 FTA-CONCLUDE: Conclude the bilateral"
        in text
    )
    assert "FTA-SCOPE: Take the FTA beyond trade and investment (planned, overdue, due 2025-06)" in text
    assert "History: 1 entry 2 2024-11-25 seeder: agreement created" in text


def test_show_in_a_pipe_is_a_field_a_line(lived: Ksmy) -> None:
    assert [name for name, _ in rows(lived("show", "FTA-CONCLUDE"))] == COMMITMENT
    assert [name for name, _ in rows(lived("show", "FTA"))] == AGREEMENT
    assert dict(rows(lived("show", "FTA-CONCLUDE")))["days_left"] == "-15"


def test_show_counts_soon_as_it_is_told(lived: Ksmy) -> None:
    assert dict(rows(lived("show", "HALAL")))["deadline"] == "due-soon"
    assert dict(rows(lived("show", "HALAL", "--within", "74")))["deadline"] == "upcoming"


def test_a_commitment_is_not_there_before_it_was_recorded(lived: Ksmy) -> None:
    ran = lived("show", "HALAL", "--as-of", "2025-07-31", "--format", "table")
    assert ran.code == 3
    assert sentence(ran) == "HALAL did not exist yet on 2025-07-31; it was created on 2025-08-01"
    assert lived("show", "HALAL", "--as-of", "2025-08-01", "--format", "table").code == 0


def test_a_commitment_can_be_shown_on_every_day_it_existed(ksmy: Ksmy) -> None:
    agreement = ("--title", "Later", "--kind", "treaty", "--stage", "signed", "--on", "2025-06-01")
    assert ksmy("add", "LATER", *agreement).code == 0
    ksmy("update", "HYDROGEN", "--agreement", "LATER", "--on", "2025-03-01")
    assert ksmy("show", "HYDROGEN", "--as-of", "2025-04-01").code == 0
