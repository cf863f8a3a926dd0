"""`update`: what it takes, what it refuses, and the receipt it prints."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.words import MILESTONE_STATES, STAGES, STATUSES
from tests.cli.changes import ADD_TIN, ADD_TREATY, NEEDED, TIN_FIELDS, refused, show
from tests.conftest import At, Ksmy, Ran, execute

RECEIPT_KEYS = ["invocation", "applied", "unchanged", "skipped", "head", "dry_run", "entries", "changes"]


def history(ksmy: Ksmy, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ksmy("history", *arguments, "--format", "json").out)
    return found


def newest(ksmy: Ksmy) -> dict[str, Any]:
    return history(ksmy)[-1]


@pytest.mark.parametrize("arguments", [ADD_TIN, ("update", "TOURISM")], ids=["add", "update"])
def test_a_near_miss_of_a_sector_is_asked_about_and_kept_with_new_sector(
    ksmy: Ksmy, arguments: tuple[str, ...]
) -> None:
    said = refused(ksmy(*arguments, "--sector", "trades"), 4)
    assert said == "sector 'trades' is new and close to 'trade'; use that, or give --new-sector"
    assert ksmy(*arguments, "--sector", "trades", "--new-sector").code == 0
    assert show(ksmy, arguments[1])["sector"] == "trades"


# Fields


@pytest.mark.parametrize(
    ("name", "given", "stored", "line"),
    [
        ("title", "Join APEC", "Join APEC", "title Work together in APEC and ASEAN -> Join APEC"),
        ("detail", "More.", "More.", None),
        ("detail", "", None, None),
        ("agreement", "fta", "FTA", "agreement SP-2024 -> FTA"),
        ("sector", "TRADE", "trade", "sector regional -> trade"),
        ("parties", "kr", "KR", "parties both -> KR"),
        ("firmness", "signed", "signed", "firmness agreed -> signed"),
        ("source", "Hansard", "Hansard", None),
        ("status", "Finalising", "finalising", "status in-progress -> finalising"),
        ("due", "2026-q3", "2026-35", "due set to 2026-Q3"),
        ("due_phrase", "soon", "soon", "due phrase set to soon"),
    ],
)
def test_each_field_of_a_commitment_can_be_updated(
    ksmy: Ksmy, name: str, given: str, stored: str | None, line: str | None
) -> None:
    ran = ksmy("update", "MULTILATERAL", f"--{name.replace('_', '-')}", given)
    assert (ran.err, ran.code) == ("", 0)
    if line is not None:
        assert ran.out == f"MULTILATERAL updated: {line} (entry 31)\n"
    after = show(ksmy, "MULTILATERAL")
    assert after[name] == stored
    assert newest(ksmy)["changes"][name][1] == stored


def test_verifiable_is_updated_by_a_pair_of_options(ksmy: Ksmy) -> None:
    assert (
        ksmy("update", "TOURISM", "--not-verifiable").out
        == "TOURISM updated: verifiable yes -> no (entry 31)\n"
    )
    assert (
        ksmy("update", "TOURISM", "--verifiable").out == "TOURISM updated: verifiable no -> yes (entry 32)\n"
    )


@pytest.mark.parametrize(
    ("name", "given", "stored", "line"),
    [
        ("title", "FTA", "FTA", "title Bilateral free trade agreement -> FTA"),
        ("kind", "memorandum", "memorandum", "kind treaty -> memorandum"),
        ("stage", "concluded", "concluded", "stage negotiating -> concluded"),
        ("dated", "2025-10-26", "2025-10-26", "dated set to 2025-10-26"),
        ("place", "Gyeongju", "Gyeongju", "place set to Gyeongju"),
        ("parties", "MY", "MY", "parties both -> MY"),
        ("source", "", None, None),
    ],
)
def test_each_field_of_an_agreement_can_be_updated(
    ksmy: Ksmy, name: str, given: str, stored: str | None, line: str | None
) -> None:
    ran = ksmy("update", "fta", f"--{name}", given)
    assert (ran.err, ran.code) == ("", 0)
    if line is not None:
        assert ran.out == f"FTA updated: {line} (entry 31)\n"
    assert show(ksmy, "FTA")[name] == stored
    assert newest(ksmy)["record"] == "agreement"


@pytest.mark.usefixtures("unchanged")
def test_a_field_that_every_commitment_has_cannot_be_cleared(ksmy: Ksmy) -> None:
    assert refused(ksmy("update", "TOURISM", "--title", ""), 2) == "--title: cannot be empty"


def test_several_fields_change_in_one_entry(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--status", "finalising", "--due", "2026", "--note", "why")
    assert ran.out == (
        "TOURISM updated: status in-progress -> finalising; due set to 2026; note: why (entry 31)\n"
    )
    assert len(history(ksmy, "TOURISM")) == 2


@pytest.mark.usefixtures("unchanged")
def test_a_field_that_does_not_belong_to_the_record_is_refused(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "FTA", "--status", "planned"), 2)
    assert said.startswith("FTA is an agreement, which has no status; it has title, kind, stage")


@pytest.mark.usefixtures("unchanged")
def test_a_word_that_is_none_of_its_vocabulary_is_answered_with_the_nearest(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "FTA", "--stage", "inforce"), 2)
    assert said == "--stage: 'inforce' is unknown; did you mean in-force?"


# Several at once


def test_several_records_change_together(ksmy: Ksmy) -> None:
    ran = ksmy("update", "tourism", "HYDROGEN", "--due", "2027", "--note", "as agreed")
    assert ran == Ran(
        "TOURISM updated: due set to 2027; note: as agreed (entry 31)\n"
        "HYDROGEN updated: due set to 2027; note: as agreed (entry 32)\n",
        "",
        0,
    )
    first, second = history(ksmy)[-2:]
    assert first["invocation"] == second["invocation"]


@pytest.mark.usefixtures("unchanged")
def test_several_records_change_together_or_not_at_all(ksmy: Ksmy) -> None:
    refused(ksmy("update", "TOURISM", "CCS-START", "--due", "2027", "--expect", "in-progress"), 4)


def test_a_ref_named_twice_changes_once(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "tourism", "Tourism", "--note", "seen")
    assert ran.out == "TOURISM noted: note: seen (entry 31)\n"


# Notes, evidence, and nothing at all


def test_a_note_alone_is_an_entry(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--note", "no news").out == "TOURISM noted: note: no news (entry 31)\n"
    entry = newest(ksmy)
    assert (entry["action"], entry["changes"], entry["note"]) == ("noted", {}, "no news")


def test_evidence_alone_is_an_entry_and_may_be_repeated(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--evidence", "https://example.org/1", "--evidence", "Star, p. 2")
    assert ran.out == "TOURISM noted: evidence: https://example.org/1, Star, p. 2 (entry 31)\n"
    assert newest(ksmy)["evidence"] == ["https://example.org/1", "Star, p. 2"]
    assert show(ksmy, "TOURISM")["evidence"] == 1


@pytest.mark.usefixtures("unchanged")
def test_an_update_that_changes_nothing_makes_no_entry_and_says_so(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--status", "in-progress")
    assert ran == Ran("TOURISM unchanged: everything is so already\n", "", 0)


def test_a_note_to_what_is_so_already_is_still_an_entry(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--status", "in-progress", "--note", "confirmed")
    assert ran.out == "TOURISM noted: note: confirmed (entry 31)\n"


def test_of_several_records_only_those_that_differ_get_an_entry(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "HYDROGEN", "--status", "in-progress")
    assert ran.out == (
        "TOURISM unchanged: everything is so already\n"
        "HYDROGEN updated: status planned -> in-progress (entry 31)\n"
    )


@pytest.mark.parametrize("arguments", [(), ("--on", "2026-01-01"), ("--expect", "planned"), ("--dry-run",)])
@pytest.mark.usefixtures("unchanged")
def test_an_update_with_nothing_to_change_is_refused(ksmy: Ksmy, arguments: tuple[str, ...]) -> None:
    said = refused(ksmy("update", "TOURISM", *arguments), 2)
    assert said == "nothing to change: give a field such as --status, or --note or --evidence"


@pytest.mark.parametrize("option", ["--note", "--evidence", "--by"])
@pytest.mark.usefixtures("unchanged")
def test_a_text_that_says_nothing_is_refused(ksmy: Ksmy, option: str) -> None:
    said = refused(ksmy("update", "TOURISM", "--firmness", "hoped", option, "  "), 2)
    assert said == f"{option}: is empty; give some text"


# Refs


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("TOURSM", "there is no record TOURSM; did you mean TOURISM?"),
        ("QQQ", "there is no record QQQ; none is near it"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_an_unknown_ref_is_answered_with_the_nearest(ksmy: Ksmy, ref: str, said: str) -> None:
    assert refused(ksmy("update", ref, "--note", "x"), 3) == said


@pytest.mark.usefixtures("unchanged")
def test_what_is_no_milestone_is_not_taken_for_its_commitment(ksmy: Ksmy) -> None:
    refused(ksmy("update", "TOURISM/x", "--note", "x"), 2)


# Rules


def test_leaving_a_settled_status_needs_a_note(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--status", "cancelled").code == 0
    said = refused(ksmy("update", "TOURISM", "--status", "in-progress"), 4)
    assert said == "TOURISM is cancelled; say with --note why it is to be in-progress"
    ran = ksmy("update", "TOURISM", "--status", "in-progress", "--note", "a mistake")
    assert ran.out == "TOURISM updated: status cancelled -> in-progress; note: a mistake (entry 32)\n"


def test_an_expectation_that_is_met_lets_the_change_through(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--expect", "In-Progress", "--status", "finalising").code == 0
    assert ksmy("update", "FTA", "--expect", "negotiating", "--stage", "concluded").code == 0


@pytest.mark.usefixtures("unchanged")
def test_an_expectation_that_is_not_met_refuses(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "FTA", "--expect", "signed", "--note", "x"), 4)
    assert said == "FTA is negotiating, not signed as expected; nothing was changed"


@pytest.mark.parametrize(
    ("given", "likely"),
    [("complted", "completed"), ("ratifed", "ratified")],
)
@pytest.mark.usefixtures("unchanged")
def test_an_expectation_that_is_no_word_is_answered_with_the_nearest_status_or_stage(
    ksmy: Ksmy, given: str, likely: str
) -> None:
    said = refused(ksmy("update", "TOURISM", "--expect", given, "--note", "x"), 2)
    assert said == f"--expect: '{given}' is unknown; did you mean {likely}?"


@pytest.mark.usefixtures("unchanged")
def test_an_expectation_far_from_any_word_is_answered_with_all_of_them(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "TOURISM", "--expect", "xyz", "--note", "x"), 2)
    assert all(word in said for word in (*STATUSES, *STAGES, *MILESTONE_STATES))


# Dates


@pytest.mark.usefixtures("unchanged")
def test_a_due_date_that_is_not_edtf_is_refused_with_the_probable_reading(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "TOURISM", "--due", "Q3 of 2026"), 2)
    assert said == "--due: 'Q3 of 2026' cannot be taken: it is not an EDTF date; did you mean 2026-Q3?"


@pytest.mark.usefixtures("unchanged")
def test_a_due_date_with_no_probable_reading_gets_examples_rather_than_a_guess(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "TOURISM", "--due", "next year"), 2)
    assert said.startswith("--due: 'next year' cannot be taken: it is not an EDTF date (2025, 2026-06, ")
    assert "did you mean" not in said


@pytest.mark.parametrize("arguments", [ADD_TIN, ("update", "TOURISM", "--note", "x")], ids=["add", "update"])
@pytest.mark.usefixtures("unchanged")
def test_nothing_takes_effect_in_the_future(ksmy: Ksmy, arguments: tuple[str, ...]) -> None:
    said = refused(ksmy(*arguments, "--on", "2026-01-16"), 4)
    assert said == "2026-01-16 is in the future (today is 2026-01-15); record a change once it is in effect"


def test_a_late_entry_holds_from_its_day_until_the_next_that_set_its_field(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "finalising", "--on", "2025-10-26")
    ran = ksmy("update", "CCS-START", "--status", "in-progress", "--firmness", "agreed", "--on", "2025-03-01")
    assert ran == Ran(
        "CCS-START updated: status planned -> in-progress, 2025-03-01 to 2025-10-25; finalising since; "
        "firmness discussed -> agreed (entry 32)\n",
        "",
        0,
    )
    now = show(ksmy, "CCS-START")
    assert (now["status"], now["firmness"], now["updated_on"]) == ("finalising", "agreed", "2025-10-26")
    for day, status in (
        ("2025-02-28", "planned"),
        ("2025-03-01", "in-progress"),
        ("2025-10-26", "finalising"),
    ):
        shown = json.loads(ksmy("show", "CCS-START", "--as-of", day, "--format", "json").out)
        assert shown["status"] == status, day
    assert newest(ksmy)["changes"] == {
        "status": ["planned", "in-progress"],
        "firmness": ["discussed", "agreed"],
    }
    assert ksmy("check").code == 0


def test_the_receipt_of_a_late_entry_says_in_json_until_when_it_holds(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--due", "2031", "--on", "2025-10-26")
    ran = ksmy("update", "CCS-START", "--due", "2030", "--on", "2025-03-01", "--format", "json")
    (change,) = json.loads(ran.out)["changes"]
    assert change["changes"] == {"due": ["2029", "2030"]}
    assert change["until"] == {"due": ["2025-10-25", "2031"]}


def test_a_late_change_before_a_completion_reopens_nothing(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "completed", "--on", "2025-06-01")
    assert ksmy("update", "CCS-START", "--status", "in-progress", "--on", "2025-03-01").code == 0
    done = show(ksmy, "CCS-START")
    assert (done["status"], done["deadline"]) == ("completed", "met")


def test_a_late_change_may_say_what_is_so_since_a_later_day(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--agreement", "FTA", "--on", "2025-12-01")
    ran = ksmy("update", "TOURISM", "--agreement", "FTA", "--on", "2025-10-01")
    said = "agreement MOU-TOURISM -> FTA, 2025-10-01 to 2025-11-30; FTA since"
    assert ran == Ran(f"TOURISM updated: {said} (entry 32)\n", "", 0)
    assert ksmy("check").code == 0


def test_a_text_that_reads_like_a_stage_is_no_stage(ksmy: Ksmy) -> None:
    ksmy("update", "FTA", "--stage", "signed", "--on", "2025-03-01")
    assert ksmy("update", "FTA", "--title", "signed", "--on", "2025-04-01").code == 0


def test_a_late_note_is_no_news_of_a_later_day(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--note", "x", "--on", "2025-06-02").code == 0
    assert ksmy("update", "TOURISM", "--note", "z", "--on", "2025-06-01").code == 0
    assert show(ksmy, "TOURISM")["updated_on"] == "2025-06-02"
    assert [entry["note"] for entry in history(ksmy, "TOURISM")][1:] == ["x", "z"]


@pytest.mark.usefixtures("unchanged")
def test_nothing_takes_effect_before_its_record_was_created(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "TOURISM", "--note", "z", "--on", "2024-11-24"), 4)
    assert said == (
        "2024-11-24 is before TOURISM was created (2024-11-25); record it with that date or a later one"
    )


@pytest.mark.usefixtures("unchanged")
def test_an_effective_date_is_one_day_of_the_calendar(ksmy: Ksmy) -> None:
    said = refused(ksmy("update", "TOURISM", "--note", "x", "--on", "2025-02-29"), 2)
    assert said == "--on: '2025-02-29' is not a date; give one such as 2025-10-27"


def test_today_is_the_day_in_the_zone_asked_for(ksmy: Ksmy, at: At) -> None:
    # Half past midnight in Seoul, half past eleven of the day before in Kuala Lumpur.
    at(datetime(2026, 1, 15, 15, 30, tzinfo=UTC))
    ksmy("update", "TOURISM", "--note", "in Kuala Lumpur")
    ksmy("update", "HYDROGEN", "--note", "in Seoul", "--tz", "Asia/Seoul")
    assert [entry["effective_on"] for entry in history(ksmy, "--as-of", "2026-02-01")[-2:]] == [
        "2026-01-15",
        "2026-01-16",
    ]


def test_a_moved_due_date_leaves_the_baseline_and_shows_the_slip(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--due", "2030-06")
    moved = show(ksmy, "CCS-START")
    assert (moved["baseline_due"], moved["due"], moved["slip_days"]) == ("2029", "2030-06", 181)


def test_completion_counts_from_the_day_it_took_effect(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--on", "2025-12-31")
    done = show(ksmy, "FTA-CONCLUDE")
    assert (done["deadline"], done["days_left"]) == ("met", None)
    assert newest(ksmy)["changes"] == {"status": ["in-progress", "completed"]}


def test_a_completion_on_another_day_is_refused_with_how_to_correct_it(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "completed")
    said = refused(ksmy("update", "CCS-START", "--status", "completed", "--on", "2025-06-01"), 4)
    assert said == (
        "CCS-START has been completed since 2026-01-15 (entry 31); to correct that day, "
        "`ksmy amend 31 --on 2025-06-01`"
    )
    ran = ksmy("update", "CCS-START", "--status", "completed", "--on", "2026-01-15")
    assert ran == Ran("CCS-START unchanged: everything is so already\n", "", 0)


# Who


def test_the_actor_is_the_one_named_then_the_variable_then_the_system_user(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    ksmy("update", "TOURISM", "--note", "1", "--by", "lee")
    ksmy("update", "TOURISM", "--note", "2")
    monkeypatch.delenv("KSMY_ACTOR")
    ksmy("update", "TOURISM", "--note", "3")
    assert [entry["actor"] for entry in history(ksmy)[-3:]] == ["lee", "tester", "kim"]


# Rehearsal


@pytest.mark.parametrize(
    "arguments",
    [
        ADD_TIN,
        ADD_TREATY,
        ("update", "TOURISM", "HYDROGEN", "--status", "completed", "--evidence", "a", "--note", "b"),
        ("update", "TOURISM", "--status", "in-progress"),
    ],
    ids=["add", "add agreement", "update", "update nothing"],
)
def test_a_dry_run_prints_what_the_real_one_prints_and_writes_nothing(
    ksmy: Ksmy, register: Path, arguments: tuple[str, ...]
) -> None:
    before, modified = register.read_bytes(), register.stat().st_mtime_ns
    rehearsed = ksmy(*arguments, "--dry-run")
    assert (rehearsed.err, rehearsed.code) == ("ksmy: dry run: nothing was written\n", 0)
    assert (register.read_bytes(), register.stat().st_mtime_ns) == (before, modified)
    assert ksmy(*arguments).out == rehearsed.out


def test_a_dry_run_needs_no_permission_to_write(ksmy: Ksmy, register: Path) -> None:
    before = register.read_bytes()
    register.chmod(0o444)
    register.parent.chmod(0o555)
    try:
        ran = ksmy("update", "TOURISM", "--note", "x", "--dry-run")
        assert os.listdir(register.parent) == ["register.db"]
    finally:
        register.parent.chmod(0o755)
    assert (ran.out, ran.code) == ("TOURISM noted: note: x (entry 31)\n", 0)
    assert register.read_bytes() == before


def test_a_dry_run_does_not_wait_for_a_writer(ksmy: Ksmy, register: Path) -> None:
    with writer_in(register):
        ran = ksmy("update", "TOURISM", "--note", "x", "--dry-run", "--timeout", "0")
    assert ran.code == 0


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_refuses_what_the_real_one_refuses(ksmy: Ksmy) -> None:
    assert refused(ksmy("add", "FTA", *NEEDED, "--dry-run"), 4).startswith(
        "there is already an agreement FTA"
    )


def test_the_object_of_a_dry_run_says_so_and_keeps_the_head(ksmy: Ksmy) -> None:
    head = newest(ksmy)["hash"]
    receipt = json.loads(ksmy(*ADD_TIN, "--dry-run", "--format", "json").out)
    assert (receipt["dry_run"], receipt["head"], receipt["entries"]) == (True, head, [31])


# Receipts


def test_a_receipt_as_json_is_one_object(ksmy: Ksmy) -> None:
    ran = ksmy(
        "update", "TOURISM", "FTA-CONCLUDE", "--status", "in-progress", "--firmness", "hoped", "-f", "json"
    )
    assert (ran.err, ran.code) == ("", 0)
    receipt = json.loads(ran.out)
    last = newest(ksmy)
    assert list(receipt) == RECEIPT_KEYS
    assert receipt == {
        "invocation": last["invocation"],
        "applied": 2,
        "unchanged": 0,
        "skipped": 0,
        "head": last["hash"],
        "dry_run": False,
        "entries": [31, 32],
        "changes": [
            {
                "ref": ref,
                "record": "commitment",
                "action": "updated",
                "entry": entry,
                "changes": {"firmness": [was, "hoped"]},
                "since": {},
                "until": {},
                "retracts": [],
            }
            for ref, entry, was in (("TOURISM", 31, "signed"), ("FTA-CONCLUDE", 32, "committed"))
        ],
    }


def test_a_receipt_as_jsonl_is_the_same_object_in_one_line(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--status", "in-progress", "--format", "jsonl")
    assert ran.out.count("\n") == 1
    receipt = json.loads(ran.out)
    assert list(receipt) == RECEIPT_KEYS
    assert (receipt["applied"], receipt["unchanged"], receipt["entries"]) == (0, 1, [])
    assert receipt["changes"] == [
        {
            "ref": "TOURISM",
            "record": "commitment",
            "action": None,
            "entry": None,
            "changes": {},
            "since": {},
            "until": {},
            "retracts": [],
        }
    ]


def test_a_receipt_is_text_unless_told_otherwise(ksmy: Ksmy) -> None:
    assert ksmy(*ADD_TIN, "--format", "TEXT").out == f"TIN created: {TIN_FIELDS} (entry 31)\n"


@pytest.mark.usefixtures("unchanged")
def test_a_receipt_has_no_other_format(ksmy: Ksmy) -> None:
    said = refused(ksmy(*ADD_TIN, "--format", "jsn"), 2)
    assert said == "--format: there is no 'jsn' here; did you mean json?"


# The chain


# When it goes wrong


@contextmanager
def writer_in(register: Path) -> Iterator[None]:
    """Another connection holds the write lock meanwhile."""
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def test_a_change_that_the_database_breaks_off_leaves_nothing_half_written(
    ksmy: Ksmy, register: Path
) -> None:
    execute(
        register,
        "CREATE TRIGGER broken BEFORE UPDATE ON commitment WHEN NEW.ref = 'HYDROGEN' "
        "BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    before = register.read_bytes()
    said = refused(ksmy("update", "TOURISM", "HYDROGEN", "--due", "2030"), 8)
    assert "broken" in said
    assert register.read_bytes() == before
    assert len(history(ksmy)) == 30


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_change_whose_receipt_cannot_be_written_is_told_and_is_in_the_history(
    ksmy: Ksmy, place: str
) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", "update", "TOURISM", "--note", "x", "--by", "kim"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={"KSMY_DATABASE_URL": place, "PATH": os.environ["PATH"]},
            check=False,
        )
    assert done.returncode == 1
    assert re.fullmatch(r"ksmy: [^\n]+ No space left on device[^\n]*\n", done.stderr)
    assert history(ksmy, "--as-of", "9999-12-31")[-1]["note"] == "x"
    # Anything but code 0 means that nothing was changed, unless the sentence says otherwise.
    assert "recorded" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("update", "TOURISM", "--note", "x"), ("add", "TIN", *NEEDED)], ids=["update", "add"]
)
@pytest.mark.usefixtures("unchanged")
def test_an_interrupt_ends_the_wait_for_another_writer_at_once(
    register: Path, arguments: tuple[str, ...]
) -> None:
    # A timeout far beyond what the test allows: the interrupt itself must end the wait.
    command = [sys.executable, "-c", _WAIT, *arguments, "--timeout", "600"]
    env = {"KSMY_DATABASE_URL": str(register), "PATH": os.environ["PATH"]}
    pipe = subprocess.PIPE
    with (
        writer_in(register),
        subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env) as waiting,
    ):
        try:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "waiting\n"
            until_asleep(waiting.pid)
            waiting.send_signal(signal.SIGINT)
            out, err = waiting.communicate(timeout=5)
        finally:
            waiting.kill()
    assert (out, waiting.returncode) == ("", 130)
    assert re.fullmatch(r"ksmy: interrupted[^\n]*\n", err)


#: The program, saying so when it is about to ask for the write lock.
_WAIT = """
import sqlite3
import sys
from ksmy_tracker import cli

connect = sqlite3.connect

def telling(*arguments, **more):
    connection = connect(*arguments, **more)
    print("waiting", flush=True)
    return connection

sqlite3.connect = telling
sys.exit(cli.run(sys.argv[1:]))
"""


def until_asleep(pid: int) -> None:
    """Return once a process waits for something, where the system can tell."""
    stat = Path(f"/proc/{pid}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "R":
        time.sleep(0.01)


# Hostile arguments


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred\x1b[0m", "[bold]not markup[/bold]", "-starts-like-an-option", "x" * 100_000],
    ids=lambda text: ascii(text[:12]),
)
def test_texts_are_stored_as_given(ksmy: Ksmy, text: str) -> None:
    ran = ksmy(
        *("add", "TIN", *NEEDED, f"--title={text}", f"--detail={text}", f"--source={text}"),
        *(f"--due-phrase={text}", f"--note={text}", f"--evidence={text}", f"--by={text}"),
    )
    assert (ran.err, ran.code) == ("", 0)
    shown = visible(text)
    assert ran.out == (
        f"TIN created: title {shown}; detail {shown}; agreement SP-2024; sector trade; parties both; "
        f"firmness agreed; verifiable yes; source {shown}; status planned; due phrase {shown}; "
        f"note: {shown}; evidence: {shown} (entry 31)\n"
    )
    assert ran.out.removesuffix("\n").isprintable()
    added = show(ksmy, "TIN")
    assert [added[name] for name in ("title", "detail", "source", "due_phrase")] == [text] * 4
    [entry] = added["entries"]
    assert [entry["note"], entry["evidence"], entry["actor"]] == [text, [text], text]
    assert ksmy("check").code == 0


@pytest.mark.parametrize("option", ["--note", "--evidence", "--by"])
@pytest.mark.usefixtures("unchanged")
def test_a_text_beyond_any_real_one_is_refused(ksmy: Ksmy, option: str) -> None:
    said = refused(ksmy("update", "TOURISM", "--status", "planned", option, "x" * 200_000), 2)
    assert said == f"{option}: is 200,000 characters long; 100,000 is the most"


@pytest.mark.parametrize("letter", ["x", "2025 "], ids=ascii)
@pytest.mark.usefixtures("unchanged")
def test_a_very_long_value_is_refused_in_a_sentence_a_person_can_read(ksmy: Ksmy, letter: str) -> None:
    for option in (
        *("--status", "--due", "--sector", "--agreement", "--firmness", "--parties"),
        *("--on", "--expect", "--tz", "--format"),
    ):
        ran = ksmy("update", "TOURISM", "--note", "x", f"{option}={letter * 99_999}"[:99_999])
        assert len(refused(ran, 2)) < 2_000, option


@pytest.mark.usefixtures("unchanged")
def test_a_very_long_ref_is_refused_in_a_sentence_a_person_can_read(ksmy: Ksmy) -> None:
    assert len(refused(ksmy("update", "x" * 99_999, "--note", "x"), 2)) < 2_000
    assert len(refused(ksmy("add", "x" * 200_000, *NEEDED), 2)) < 2_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("update", "\udcff", "--note", "x"),
        ("add", "\udcff", *NEEDED),
        *(
            ("update", "TOURISM", "--note", "x", option, "\udcff\udcfe")
            for option in ("--title", "--note", "--evidence", "--on", "--by", "--expect")
        ),
    ],
    ids=lambda arguments: ascii(" ".join(arguments[-2:])),
)
@pytest.mark.usefixtures("unchanged")
def test_bytes_that_are_not_utf_8_are_refused(ksmy: Ksmy, arguments: tuple[str, ...]) -> None:
    assert refused(ksmy(*arguments), 2).endswith(": is not valid UTF-8; give it in UTF-8")


def test_bytes_that_are_not_utf_8_are_refused_as_a_shell_passes_them(process: Ksmy, register: Path) -> None:
    before = register.read_bytes()
    assert refused(process("update", "TOURISM", "--note", os.fsdecode(b"caf\xe9")), 2) == (
        "--note: is not valid UTF-8; give it in UTF-8"
    )
    assert register.read_bytes() == before


def test_korean_arrives_whatever_the_locale(process: Ksmy, ksmy: Ksmy) -> None:
    ran = process("update", "TOURISM", "--note", "한국 🇲🇾", "--on", "2026-01-15", env={"LC_ALL": "C"})
    assert ran == Ran("TOURISM noted: note: 한국 🇲🇾 (entry 31)\n", "", 0)
    assert newest(ksmy)["note"] == "한국 🇲🇾"


@pytest.mark.usefixtures("unchanged")
def test_a_nul_is_refused(ksmy: Ksmy) -> None:
    assert (
        refused(ksmy("update", "TOURISM", "--note", "a\0b"), 2) == "--note: has a NUL character; take it out"
    )


@pytest.mark.parametrize("option", ["--due", "--format"])
@pytest.mark.usefixtures("unchanged")
def test_a_refusal_shows_control_characters_and_never_sends_them(ksmy: Ksmy, option: str) -> None:
    ran = ksmy("update", "TOURISM", "--note", "x", option, "\x1b]0;title\x07\u202e\n\x9b2J")
    assert refused(ran, 2).isprintable()


def test_a_password_in_a_url_is_not_repeated(ksmy: Ksmy) -> None:
    ran = ksmy("update", "TOURISM", "--note", "x", "--db", "mysql://user:hunter2@host/db?password=hunter2")
    assert "hunter2" not in refused(ran, 2)


def test_a_late_entry_that_says_what_is_so_since_holds_until_then(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--due", "2026", "--on", "2025-10-01").code == 0
    assert ksmy("update", "TOURISM", "--due", "2027", "--on", "2025-12-01").code == 0
    late = ("update", "TOURISM", "--due", "2026", "--on", "2025-08-01", "--format", "json")
    (change,) = json.loads(ksmy(*late).out)["changes"]
    assert change["until"] == {"due": ["2025-09-30", "2026"]}
    assert ksmy("update", "TOURISM", "--due", "2027", "--on", "2025-11-01").out == (
        "TOURISM updated: due 2026 -> 2027, 2025-11-01 to 2025-11-30; 2027 since (entry 34)\n"
    )


def test_a_clock_more_than_an_hour_behind_the_newest_entry_is_told(ksmy: Ksmy, at: At) -> None:
    at(datetime(2026, 1, 15, 3, tzinfo=UTC))
    assert ksmy("update", "TOURISM", "--note", "seen").err == ""
    at(datetime(2026, 1, 15, 1, 59, 59, tzinfo=UTC))
    behind = (
        "ksmy: this machine's clock (2026-01-15T01:59:59.000000Z) is behind the newest entry "
        "(2026-01-15T03:00:00.000000Z); set it right, or undo that entry if another clock was wrong\n"
    )
    tried = ksmy("update", "TOURISM", "--note", "again", "--dry-run")
    assert (tried.code, tried.err) == (0, f"ksmy: dry run: nothing was written\n{behind}")
    ran = ksmy("update", "TOURISM", "--note", "again")
    assert (ran.code, ran.err) == (0, behind)
    assert ran.out == tried.out
