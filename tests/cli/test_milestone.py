"""`ksmy milestone`: steps toward a commitment, where they show, and what is refused; agreements by the same verbs."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import Contents, Ksmy, Ran


def shown(ksmy: Ksmy, *arguments: str) -> Any:
    ran = ksmy(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def step(ksmy: Ksmy, number: int, ref: str = "FTA-CONCLUDE", *options: str) -> dict[str, Any]:
    found: dict[str, Any] = shown(ksmy, "show", ref, *options)["milestone_list"][number - 1]
    assert found["number"] == number
    return found


def apply(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, *lines: dict[str, Any]) -> Ran:
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return ksmy("apply", "-")


def refused(ran: Ran, code: int, sentence: str) -> None:
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith(f"ksmy: {sentence}"), ran.err
    assert len(ran.err.splitlines()) == 1


# The seed's


# Adding


def test_a_milestone_gets_the_next_number(ksmy: Ksmy, register: Path) -> None:
    ran = ksmy("milestone", "add", "FTA-CONCLUDE", "Celebrated", "--due", "2027")
    assert (ran.code, ran.out, ran.err) == (
        0,
        "FTA-CONCLUDE/6 created: title Celebrated; due 2027; state scheduled (entry 31)\n",
        "",
    )
    assert ksmy("milestone", "add", "tourism", "First tour").out == (
        "TOURISM/1 created: title First tour; state scheduled (entry 32)\n"
    )
    assert ksmy("milestone", "add", "TOURISM", "Second tour").out == (
        "TOURISM/2 created: title Second tour; state scheduled (entry 33)\n"
    )
    added = step(ksmy, 6)
    assert (added["title"], added["state"], added["due"]) == ("Celebrated", "scheduled", "2027")
    assert (added["due_earliest"], added["due_latest"]) == ("2027-01-01", "2027-12-31")
    assert (added["deadline"], added["days_left"]) == ("upcoming", 715)
    with FileRegister(register).reading() as reader:
        assert audit.check(reader).faults == []


def test_the_tenth_milestone_comes_after_the_ninth(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"op": "milestone", "ref": "TOURISM", "title": f"Step {number}"} for number in range(1, 12)]
    apply(ksmy, monkeypatch, *lines)
    titles = [one["title"] for one in shown(ksmy, "show", "TOURISM")["milestone_list"]]
    assert titles == [f"Step {number}" for number in range(1, 12)]


def test_a_milestone_may_be_added_as_met_with_its_circumstances(ksmy: Ksmy) -> None:
    ksmy(
        *("milestone", "add", "TOURISM", "Signed", "--state", "met", "--on", "2025-01-18"),
        *("--evidence", "Malay Mail", "--evidence", "Bernama", "--note", "at the forum", "--by", "desk"),
    )
    added = step(ksmy, 1, "TOURISM")
    assert (added["state"], added["met_on"], added["evidence"]) == ("met", "2025-01-18", 1)
    (*_, entry) = shown(ksmy, "history", "TOURISM")
    assert (entry["ref"], entry["record"], entry["action"]) == ("TOURISM/1", "milestone", "created")
    assert (entry["evidence"], entry["note"], entry["actor"]) == (
        ["Malay Mail", "Bernama"],
        "at the forum",
        "desk",
    )


def test_a_milestone_is_news_of_its_commitment(ksmy: Ksmy) -> None:
    ksmy("milestone", "add", "TOURISM", "Signed", "--on", "2025-01-18", "--evidence", "x")
    row = shown(ksmy, "show", "TOURISM")
    assert (row["milestones"], row["milestones_met"]) == (1, 0)
    assert (row["updated_on"], row["evidence"]) == ("2025-01-18", 1)


def test_a_milestone_is_no_older_than_its_commitment_where_today_is_still_yesterday(ksmy: Ksmy) -> None:
    new = ("--agreement", "FTA", "--sector", "trade", "--firmness", "agreed")
    assert ksmy("add", "TARIFFS", "--title", "Cut tariffs", *new).code == 0
    assert ksmy("milestone", "add", "TARIFFS", "First list", "--tz", "America/New_York").code == 0
    days = [entry["effective_on"] for entry in shown(ksmy, "history", "TARIFFS")]
    assert days == ["2026-01-15", "2026-01-15"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("FTA", "t"), 4, "FTA is an agreement, not a commitment"),
        (("TOURISM", "t", "--due", "end of 2026"), 2, "--due: 'end of 2026' cannot be taken: "),
        (("TOURISM", "t", "--on", "2024-11-24"), 4, "2024-11-24 is before "),
    ],
)
def test_what_is_no_milestone_is_refused(
    ksmy: Ksmy, contents: Contents, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = contents()
    refused(ksmy("milestone", "add", *arguments), code, sentence)
    assert contents() == before


# What became of it


@pytest.mark.parametrize("state", ["met", "not-met"])
def test_a_milestone_is_met_or_not(ksmy: Ksmy, state: str) -> None:
    ksmy("milestone", "add", "TOURISM", "Signed", "--on", "2025-01-01")
    ran = ksmy("milestone", "set", "TOURISM", "1", "--state", state, "--on", "2025-01-18")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"TOURISM/1 updated: state scheduled -> {state} (entry 32)\n"
    found = step(ksmy, 1, "TOURISM")
    assert (found["state"], found["met_on"]) == (state, "2025-01-18" if state == "met" else None)
    assert found["deadline"] == {"met": "met", "not-met": "closed"}[state]
    assert shown(ksmy, "show", "TOURISM")["milestones_met"] == (1 if state == "met" else 0)


def test_a_milestone_that_is_no_longer_met_has_no_day(ksmy: Ksmy) -> None:
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-26")
    assert step(ksmy, 1)["met_on"] == "2025-10-26"
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "partially-met", "--on", "2025-11-01")
    assert (step(ksmy, 1)["met_on"], step(ksmy, 1)["state"]) == (None, "partially-met")


def test_due_date_and_title_of_a_milestone_can_change(ksmy: Ksmy) -> None:
    ran = ksmy("milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-Q2", "--title", "Treaty signed")
    assert ran.out == "FTA-CONCLUDE/2 updated: title Signed -> Treaty signed; due set to 2026-Q2 (entry 31)\n"
    found = step(ksmy, 2)
    assert (found["due_earliest"], found["due_latest"]) == ("2026-04-01", "2026-06-30")
    ksmy("milestone", "set", "FTA-CONCLUDE", "2", "--due", "")
    assert (step(ksmy, 2)["due"], step(ksmy, 2)["deadline"]) == (None, "undated")


def test_a_milestone_takes_notes_and_evidence_alone(ksmy: Ksmy) -> None:
    ran = ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--evidence", "SBS News", "--note", "reported")
    assert ran.out == "FTA-CONCLUDE/1 noted: note: reported; evidence: SBS News (entry 31)\n"
    assert (step(ksmy, 1)["state"], step(ksmy, 1)["evidence"]) == ("scheduled", 1)


def test_a_milestone_that_is_so_already_makes_no_entry(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    ran = ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "scheduled")
    assert (ran.code, ran.out) == (0, "FTA-CONCLUDE/1 unchanged: everything is so already\n")
    assert contents() == before


def test_expect_holds_a_milestone_s_state_fast(ksmy: Ksmy) -> None:
    ran = ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--expect", "partially-met")
    refused(ran, 4, "FTA-CONCLUDE/1 is scheduled, not partially-met as expected; nothing was changed")
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--expect", "scheduled").code == 0
    refused(
        ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--expect", "planned"),
        2,
        "--expect: 'planned' is unknown; ",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ("FTA-CONCLUDE", "6", "--state", "met"),
            3,
            "there is no record FTA-CONCLUDE/6; did you mean FTA-CONCLUDE/",
        ),
        (
            ("FTA-CONCLUDE", "1"),
            2,
            "nothing to change: give --state, --due, --expected, --title, --note or --evidence",
        ),
        (("FTA-CONCLUDE", "0", "--state", "met"), 2, ""),
        (("FTA-CONCLUDE", "1", "--state", "met", "--on", "2024-11-24"), 4, "2024-11-24 is before "),
    ],
)
def test_what_cannot_be_set_is_refused(
    ksmy: Ksmy, contents: Contents, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = contents()
    refused(ksmy("milestone", "set", *arguments), code, sentence)
    assert contents() == before


@pytest.mark.parametrize("command", [("add", "TOURISM", "t"), ("set", "FTA-CONCLUDE", "1", "--state", "met")])
def test_a_dry_run_prints_the_same_receipt_and_writes_nothing(
    ksmy: Ksmy, contents: Contents, command: tuple[str, ...]
) -> None:
    before = contents()
    tried = ksmy("milestone", *command, "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("milestone", *command).out == tried.out


def test_the_json_receipt_names_the_milestone(ksmy: Ksmy) -> None:
    receipt = shown(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-26")
    assert (receipt["applied"], receipt["entries"]) == (1, [31])
    assert receipt["changes"] == [
        {
            "ref": "FTA-CONCLUDE/1",
            "record": "milestone",
            "action": "updated",
            "entry": 31,
            "changes": {"state": ["scheduled", "met"]},
            "since": {},
            "until": {},
            "retracts": [],
        }
    ]


def test_update_takes_a_milestone_s_ref_too(ksmy: Ksmy) -> None:
    ran = ksmy("update", "fta-conclude/1", "--note", "reported")
    assert (ran.code, ran.out) == (0, "FTA-CONCLUDE/1 noted: note: reported (entry 31)\n")
    refused(
        ksmy("update", "FTA-CONCLUDE/1", "--status", "completed"),
        2,
        "FTA-CONCLUDE/1 is a milestone, which has no status; it has title, due, state",
    )


def test_milestone_without_a_verb_shows_its_help(ksmy: Ksmy) -> None:
    ran = ksmy("milestone")
    assert (ran.code, ran.err) == (0, "")
    assert "add" in ran.out
    assert "set" in ran.out


# In a batch


def test_milestones_go_in_by_a_batch(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = apply(
        ksmy,
        monkeypatch,
        {"op": "milestone", "ref": "TOURISM", "title": "Signed", "due": "2025-01"},
        {
            "op": "milestone",
            "ref": "TOURISM",
            "number": 1,
            "state": "met",
            "on": "2026-01-15",
            "evidence": "x",
        },
        {"ref": "fta-conclude/2", "due": "2026"},
        {"op": "milestone", "ref": "TOURISM", "title": "Renewed", "state": "not-met"},
        {
            "op": "milestone",
            "ref": "FTA-CONCLUDE",
            "number": "1",
            "expect": "scheduled",
            "state": "partially-met",
        },
    )
    assert ran.code == 0, ran.err
    assert [line.split(" (")[0] for line in ran.out.splitlines()] == [
        "TOURISM/1 created: title Signed; due 2025-01; state scheduled",
        "TOURISM/1 updated: state scheduled -> met; evidence: x",
        "FTA-CONCLUDE/2 updated: due set to 2026",
        "TOURISM/2 created: title Renewed; state not-met",
        "FTA-CONCLUDE/1 updated: state scheduled -> partially-met",
    ]
    first, second = shown(ksmy, "show", "TOURISM")["milestone_list"]
    assert (first["state"], first["deadline"], first["met_on"]) == ("met", "met-late", "2026-01-15")
    assert (second["state"], second["deadline"]) == ("not-met", "closed")


# Where they show


@pytest.fixture
def dated(ksmy: Ksmy) -> Ksmy:
    """Steps of every deadline state, on 15 January 2026."""
    for number, due in enumerate(("2025-12-31", "2026-01-15", "2026-04-15", "2026-04-16"), 2):
        ksmy("milestone", "set", "FTA-CONCLUDE", str(number), "--due", due)
    return ksmy


def test_an_open_milestone_has_a_deadline_state(dated: Ksmy) -> None:
    steps = shown(dated, "show", "FTA-CONCLUDE")["milestone_list"]
    assert [(one["deadline"], one["days_left"]) for one in steps] == [
        ("undated", None),
        ("overdue", -15),
        ("due-soon", 0),
        ("due-soon", 90),
        ("upcoming", 91),
    ]
    narrow = shown(dated, "show", "FTA-CONCLUDE", "--within", "10")["milestone_list"]
    assert [one["deadline"] for one in narrow] == ["undated", "overdue", "due-soon", "upcoming", "upcoming"]


def test_a_partially_met_milestone_is_still_open(dated: Ksmy) -> None:
    dated("milestone", "set", "FTA-CONCLUDE", "2", "--state", "partially-met")
    found = step(dated, 2)
    assert (found["deadline"], found["days_left"]) == ("overdue", -15)
    assert "FTA-CONCLUDE/2" in {row["ref"] for row in shown(dated, "due")}


def test_due_lists_open_milestones_among_the_commitments(dated: Ksmy) -> None:
    listed = shown(dated, "due")
    assert [(row["ref"], row["record"], row["deadline"], row["days_left"]) for row in listed] == [
        ("FTA-CONCLUDE", "commitment", "overdue", -15),
        ("FTA-CONCLUDE/2", "milestone", "overdue", -15),
        ("FTA-CONCLUDE/3", "milestone", "due-soon", 0),
        ("FTA-CONCLUDE/4", "milestone", "due-soon", 90),
        ("FTA-CONCLUDE/5", "milestone", "upcoming", 91),
        ("CCS-START", "commitment", "upcoming", 1446),
    ]
    signed = listed[1]
    assert (signed["title"], signed["status"], signed["due"]) == ("Signed", "scheduled", "2025-12-31")
    assert (signed["agreement"], signed["sector"], signed["parties"]) == ("FTA", "trade", "both")
    assert signed["due_phrase"] is None
    assert "FTA-CONCLUDE/2" in dated("due").out
    assert "FTA-CONCLUDE/2" in dated("due", "--format", "table").out


def test_a_milestone_that_is_settled_is_no_longer_due(dated: Ksmy) -> None:
    dated("milestone", "set", "FTA-CONCLUDE", "2", "--state", "not-met")
    assert "FTA-CONCLUDE/2" not in {row["ref"] for row in shown(dated, "due")}


def test_the_report_lists_open_milestones(dated: Ksmy) -> None:
    report = shown(dated, "report")
    assert [row["ref"] for row in report["overdue"]] == ["FTA-CONCLUDE", "FTA-CONCLUDE/2"]
    assert report["overdue_count"] == 2
    assert [row["ref"] for row in report["due_soon"]] == ["FTA-CONCLUDE/3", "FTA-CONCLUDE/4"]
    assert report["due_soon_count"] == 2
    assert report["commitments"] == 19
    assert report["by_deadline"]["overdue"] == 1
    page = dated("report").out
    assert "FTA-CONCLUDE/2: Signed, both parties, due 2025-12-31, 15 days ago" in " ".join(page.split())


def test_the_report_names_an_open_milestone_of_a_completed_commitment(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--evidence", "x")
    for number in ("1", "2", "3"):
        ksmy("milestone", "set", "FTA-CONCLUDE", number, "--state", "met")
    ksmy("milestone", "set", "FTA-CONCLUDE", "4", "--state", "not-met")
    report = shown(ksmy, "report")
    assert [(found["ref"], found["why"]) for found in report["contradictions"]] == [
        ("FTA-CONCLUDE", "completed with milestone 5 open")
    ]


def test_the_page_of_a_commitment_shows_its_milestones(dated: Ksmy) -> None:
    dated("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-26")
    page = dated("show", "FTA-CONCLUDE", "--format", "table").out
    steps = page.partition("Milestones\n")[2].partition("\nHistory")[0]
    assert [line.strip() for line in steps.splitlines() if line] == [
        "1. Negotiations concluded: met on 2025-10-26",
        "2. Signed: scheduled, due 2025-12-31, 15 days ago",
        "3. Ratified by Korea: scheduled, due 2026-01-15, today",
        "4. Ratified by Malaysia: scheduled, due 2026-04-15, in 90 days",
        "5. In force: scheduled, due 2026-04-16, in 91 days",
    ]
    assert "1 of 5 met" in page


def test_listings_count_milestones(ksmy: Ksmy) -> None:
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")
    ksmy("milestone", "add", "TOURISM", "Signed", "--state", "met")
    rows = {row["ref"]: (row["milestones_met"], row["milestones"]) for row in shown(ksmy, "list")}
    assert rows["FTA-CONCLUDE"] == (1, 5)
    assert rows["TOURISM"] == (1, 1)
    assert rows["HYDROGEN"] == (0, 0)
    listed = ksmy(
        "list", "--columns", "ref,milestones_met,milestones", "--sort", "-milestones", "--limit", "1"
    )
    assert listed.out == "FTA-CONCLUDE\t1\t5\n"


def test_milestones_are_as_they_were_on_a_past_day(ksmy: Ksmy) -> None:
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-26")
    ksmy("milestone", "add", "FTA-CONCLUDE", "Celebrated", "--due", "2025-12", "--on", "2025-11-01")
    for day, met, count in (("2025-10-25", 0, 5), ("2025-10-26", 1, 5), ("2025-11-01", 1, 6)):
        row = shown(ksmy, "show", "FTA-CONCLUDE", "--as-of", day)
        assert (row["milestones_met"], row["milestones"]) == (met, count), day
        assert len(row["milestone_list"]) == count
    assert "FTA-CONCLUDE/6" not in {row["ref"] for row in shown(ksmy, "due", "--as-of", "2025-10-31")}
    assert "FTA-CONCLUDE/6" in {row["ref"] for row in shown(ksmy, "due", "--as-of", "2025-11-01")}


def test_hostile_titles_of_milestones_are_made_visible(ksmy: Ksmy) -> None:
    ran = ksmy("milestone", "add", "TOURISM", "\x1b[31m[bold]\u202e", "--due", "2025")
    assert ran.code == 0
    for look in (("show", "TOURISM"), ("due",), ("report",), ("history", "TOURISM")):
        for form in ("table", "text"):
            out = ksmy(*look, "--format", form).out
            assert not set(out) & {"\x1b", "\u202e"}
    assert "␛[31m[bold]\\u202e" in ksmy("show", "TOURISM", "--format", "table").out


# Agreements, by the same verbs


def test_an_agreement_is_added_and_updated_by_the_same_verbs(ksmy: Ksmy) -> None:
    ran = ksmy(
        *("add", "HALAL", "--title", "Halal recognition", "--kind", "memorandum", "--stage", "negotiating"),
        *("--place", "Seoul", "--source", "Bernama", "--on", "2025-10-27", "--evidence", "x"),
    )
    assert (ran.code, ran.out) == (
        0,
        (
            "HALAL created: title Halal recognition; kind memorandum; stage negotiating; place Seoul; "
            "parties both; source Bernama; evidence: x (entry 31)\n"
        ),
    )
    ran = ksmy("update", "HALAL", "--stage", "signed", "--dated", "2026-01", "--expect", "negotiating")
    assert ran.out == "HALAL updated: stage negotiating -> signed; dated set to 2026-01 (entry 32)\n"
    found = shown(ksmy, "show", "HALAL")
    assert (found["kind"], found["stage"], found["dated"], found["place"]) == (
        *("memorandum", "signed", "2026-01", "Seoul"),
    )
    assert (found["parties"], found["source"], found["commitments"]) == ("both", "Bernama", [])
    assert [(entry["record"], entry["action"]) for entry in found["entries"]] == [
        ("agreement", "created"),
        ("agreement", "updated"),
    ]
    ksmy("update", "TOURISM", "--agreement", "HALAL")
    (listed,) = [row for row in shown(ksmy, "agreements") if row["ref"] == "HALAL"]
    assert (listed["commitments"], listed["open"], listed["overdue"]) == (1, 1, 0)


def test_an_agreement_is_as_it_was_on_a_past_day(ksmy: Ksmy) -> None:
    ksmy("update", "FTA", "--stage", "concluded", "--on", "2025-10-26")
    assert shown(ksmy, "show", "FTA", "--as-of", "2025-10-25")["stage"] == "negotiating"
    assert shown(ksmy, "show", "FTA", "--as-of", "2025-10-26")["stage"] == "concluded"


def test_agreements_go_in_by_a_batch(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = apply(
        ksmy,
        monkeypatch,
        {"op": "add", "ref": "HALAL", "title": "t", "kind": "treaty", "stage": "signed", "dated": "2025"},
        {"ref": "HALAL", "stage": "ratified", "expect": "signed", "dated": None},
        {"ref": "FTA", "place": "Kuala Lumpur", "on": "2025-10-26"},
    )
    assert [line.split(" (")[0] for line in ran.out.splitlines()] == [
        "HALAL created: title t; kind treaty; stage signed; dated 2025; parties both",
        "HALAL updated: stage signed -> ratified; dated 2025 removed",
        "FTA updated: place set to Kuala Lumpur",
    ]


def test_a_milestone_of_what_is_settled_is_closed_everywhere(ksmy: Ksmy) -> None:
    ksmy("milestone", "add", "TOURISM", "Offices opened", "--due", "2025-12")
    assert (
        json.loads(ksmy("show", "TOURISM", "--format", "json").out)["milestone_list"][0]["deadline"]
        == "overdue"
    )
    ksmy("update", "TOURISM", "--status", "completed", "--on", "2026-01-10")
    shown = json.loads(ksmy("show", "TOURISM", "--format", "json").out)["milestone_list"][0]
    assert (shown["state"], shown["deadline"], shown["days_left"]) == ("scheduled", "closed", None)
    bars = json.loads(ksmy("timeline", "--format", "json").out)["bars"]
    marks = [mark["deadline"] for bar in bars if bar["ref"] == "TOURISM" for mark in bar["marks"]]
    assert marks in ([], ["closed"])
    assert "Offices opened" not in ksmy("due", "--format", "json").out
    assert "Offices opened" not in ksmy("export", "--format", "ics").out
    report = json.loads(ksmy("report", "--format", "json").out)
    assert "Offices opened" not in json.dumps(
        [report["next_milestones"], report["overdue"], report["due_soon"]]
    )
