"""`add`: what a new record takes, what it is refused for."""

import pytest

from tests.cli.changes import ADD_TIN, ADD_TREATY, NEEDED, TIN_FIELDS, refused, show
from tests.conftest import Ksmy, Ran


def test_a_commitment_is_added_with_only_what_it_needs(ksmy: Ksmy) -> None:
    assert ksmy(*ADD_TIN) == Ran(f"TIN created: {TIN_FIELDS} (entry 31)\n", "", 0)
    added = show(ksmy, "TIN")
    [entry] = added.pop("entries")
    assert added == {
        "ref": "TIN",
        "title": "Trade tin",
        "detail": None,
        "agreement": "SP-2024",
        "sector": "trade",
        "parties": "both",
        "topics": [],
        "leads": [],
        "partners": [],
        "said_by": None,
        "done_when": None,
        "measures": 0,
        "disputed": [],
        "claims": [],
        "measure_list": [],
        "firmness": "agreed",
        "verifiable": True,
        "source": None,
        "status": "planned",
        "deadline": "undated",
        "days_left": None,
        "due": None,
        "due_earliest": None,
        "due_latest": None,
        "due_phrase": None,
        "expected": None,
        "baseline_due": None,
        "slip_days": None,
        "milestones_met": 0,
        "milestones": 0,
        "evidence": 0,
        "created_on": "2026-01-15",
        "reviewed_on": None,
        "updated_on": "2026-01-15",
        "withdrawn": False,
        "newest_entry": 31,
        "milestone_list": [],
    }
    assert (entry["action"], entry["actor"], entry["note"], entry["evidence"]) == (
        "created",
        "tester",
        None,
        [],
    )


def test_a_commitment_is_added_with_every_field_as_an_option(ksmy: Ksmy) -> None:
    ran = ksmy(
        *("add", "tin-1", "--title", "Trade tin", "--detail", "From Perak.", "--agreement", "sp-2024"),
        *("--sector", "Trade", "--parties", "my", "--firmness", "Signed", "--not-verifiable"),
        *("--source", "A report", "--status", "in-progress", "--due", "2026-Q2", "--due-phrase", "by June"),
        *("--note", "as read", "--evidence", "https://example.org/a", "--evidence", "Times, p. 3"),
        *("--topics", "Tin,수소", "--said-by", "Both", "--done-when", "It is on the market", "--leads", ""),
        *("--on", "2025-12-01", "--by", "kim", "--new-sector"),
    )
    assert ran == Ran(
        "TIN-1 created: title Trade tin; detail From Perak.; agreement SP-2024; sector trade; "
        "topics tin, 수소; parties MY; said by both; firmness signed; verifiable no; source A report; "
        "status in-progress; due 2026-Q2; due phrase by June; done when It is on the market; "
        "note: as read; evidence: https://example.org/a, Times, p. 3 (entry 31)\n",
        "",
        0,
    )
    added = show(ksmy, "TIN-1")
    [entry] = added.pop("entries")
    assert added == {
        "ref": "TIN-1",
        "title": "Trade tin",
        "detail": "From Perak.",
        "agreement": "SP-2024",
        "sector": "trade",
        "parties": "MY",
        "topics": ["tin", "수소"],
        "leads": [],
        "partners": [],
        "said_by": "both",
        "done_when": "It is on the market",
        "measures": 0,
        "disputed": [],
        "claims": [],
        "measure_list": [],
        "firmness": "signed",
        "verifiable": False,
        "source": "A report",
        "status": "in-progress",
        "deadline": "upcoming",
        "days_left": 166,
        "due": "2026-34",
        "due_earliest": "2026-04-01",
        "due_latest": "2026-06-30",
        "due_phrase": "by June",
        "expected": None,
        "baseline_due": "2026-34",
        "slip_days": 0,
        "milestones_met": 0,
        "milestones": 0,
        "evidence": 1,
        "created_on": "2025-12-01",
        "reviewed_on": None,
        "updated_on": "2025-12-01",
        "withdrawn": False,
        "newest_entry": 31,
        "milestone_list": [],
    }
    assert (entry["actor"], entry["effective_on"], entry["recorded_at"]) == (
        "kim",
        "2025-12-01",
        "2026-01-15T04:00:00.000000Z",
    )
    assert entry["evidence"] == ["https://example.org/a", "Times, p. 3"]


def test_an_agreement_is_added_with_only_what_it_needs(ksmy: Ksmy) -> None:
    assert ksmy(*ADD_TREATY) == Ran(
        "TREATY created: title A treaty; kind treaty; stage negotiating; parties both (entry 31)\n", "", 0
    )
    added = show(ksmy, "TREATY")
    assert {name: added[name] for name in ("kind", "stage", "dated", "place", "parties", "source")} == {
        "kind": "treaty",
        "stage": "negotiating",
        "dated": None,
        "place": None,
        "parties": "both",
        "source": None,
    }
    assert (added["commitments"], added["open"], added["overdue"]) == ([], 0, 0)


def test_an_agreement_is_added_with_every_field_as_an_option(ksmy: Ksmy) -> None:
    ran = ksmy(
        *("add", "TREATY", "--kind", "contract", "--title", "A contract", "--stage", "in-force"),
        *("--dated", "2025-11", "--place", "Putrajaya", "--parties", "KR", "--source", "A report"),
    )
    assert (ran.err, ran.code) == ("", 0)
    added = show(ksmy, "TREATY")
    assert {name: added[name] for name in ("kind", "stage", "dated", "place", "parties", "source")} == {
        "kind": "contract",
        "stage": "in-force",
        "dated": "2025-11",
        "place": "Putrajaya",
        "parties": "KR",
        "source": "A report",
    }


def test_a_commitment_can_be_added_under_an_agreement_just_added(ksmy: Ksmy) -> None:
    ksmy(*ADD_TREATY)
    assert ksmy("add", "TIN", *NEEDED, "--agreement", "treaty").code == 0
    assert show(ksmy, "TIN")["agreement"] == "TREATY"


@pytest.mark.usefixtures("unchanged")
def test_what_is_missing_is_named_in_one_sentence(ksmy: Ksmy) -> None:
    assert refused(ksmy("add", "TIN"), 2) == (
        "a commitment needs --title, --agreement, --sector, --firmness; see `ksmy add --help`"
    )
    assert refused(ksmy("add", "TIN", "--title", "T", "--sector", "trade"), 2) == (
        "a commitment needs --agreement, --firmness; see `ksmy add --help`"
    )
    assert refused(ksmy("add", "TIN", "--kind", "treaty"), 2) == (
        "an agreement needs --title, --stage; see `ksmy add --help`"
    )
    assert "REF" in refused(ksmy("add"), 2)


@pytest.mark.usefixtures("unchanged")
def test_a_ref_that_is_taken_is_refused_across_kinds_too(ksmy: Ksmy) -> None:
    said = refused(ksmy("add", "fta-conclude", *ADD_TREATY[2:]), 4)
    assert said == "there is already a commitment FTA-CONCLUDE; change it with `ksmy update`"


@pytest.mark.usefixtures("unchanged")
def test_an_unknown_agreement_is_answered_with_the_nearest(ksmy: Ksmy) -> None:
    said = refused(ksmy("add", "TIN", *NEEDED, "--agreement", "sp-2025"), 3)
    assert said == "there is no agreement SP-2025; did you mean SP-2024?"
    assert refused(ksmy("update", "TOURISM", "--agreement", "MOU-TOURSM"), 3) == (
        "there is no agreement MOU-TOURSM; did you mean MOU-TOURISM?"
    )


@pytest.mark.usefixtures("unchanged")
def test_an_agreement_takes_no_field_of_a_commitment(ksmy: Ksmy) -> None:
    said = refused(ksmy(*ADD_TREATY, "--due", "2026"), 2)
    assert said == "--due is no field of an agreement; see `ksmy add --help`"


@pytest.mark.usefixtures("unchanged")
def test_a_commitment_takes_no_field_of_an_agreement(ksmy: Ksmy) -> None:
    said = refused(ksmy(*ADD_TIN, "--stage", "signed"), 2)
    assert said == "--stage is no field of a commitment; see `ksmy add --help`"


@pytest.mark.parametrize(
    ("ref", "likely"),
    [("tin!", "TIN"), ("한국", None)],
)
@pytest.mark.usefixtures("unchanged")
def test_a_ref_of_another_form_is_answered_with_the_likely_one(
    ksmy: Ksmy, ref: str, likely: str | None
) -> None:
    said = refused(ksmy("add", *NEEDED, "--", ref), 2)
    assert said.startswith(f"REF: '{ref}' is not a ref: letters A-Z, digits and single hyphens, 64 at most")
    assert said.endswith(f"; did you mean {likely}?" if likely else "64 at most")


def test_a_ref_may_be_64_characters_long_and_no_longer(ksmy: Ksmy) -> None:
    assert ksmy("add", "X" * 64, *NEEDED).out == f"{'X' * 64} created: {TIN_FIELDS} (entry 31)\n"
    assert "is not a ref" in refused(ksmy("add", "X" * 65, *NEEDED), 2)


# Sectors


def test_a_new_sector_is_taken_and_offered_from_then_on(ksmy: Ksmy) -> None:
    assert ksmy("add", "TIN", *NEEDED, "--sector", "semiconductors").code == 0
    assert ksmy("list", "--sector", "semiconductors", "--columns", "ref").out == "TIN\n"
