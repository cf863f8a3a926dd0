"""`undo`: what it takes back, what it refuses, and the receipt it prints."""

import json
from datetime import UTC, datetime

import pytest

from tests.cli.batches import BATCH, Apply, rows
from tests.cli.changes import ADD_TIN, ADD_TREATY, NEEDED, refused
from tests.cli.looks import ENTRY, INVOCATION
from tests.conftest import At, Contents, Ksmy


def invocations(ksmy: Ksmy, number: int) -> list[str]:
    """Those of the newest entries."""
    return [entry["invocation"] for entry in rows(ksmy, "history")[-number:]]


def test_undo_says_in_words_what_it_did(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--due", "2026")
    ran = ksmy("undo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "FTA-CONCLUDE undone: status completed -> in-progress; due 2026 -> 2025; entry 31 taken back (entry 32)\n"
    )
    assert ksmy("check").code == 0


def test_undo_as_json_is_a_receipt(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--firmness", "agreed")
    receipt = json.loads(ksmy("undo", "--format", "json").out)
    assert (receipt["applied"], receipt["unchanged"], receipt["skipped"]) == (1, 0, 0)
    assert receipt["entries"] == [32]
    assert receipt["changes"] == [
        {
            "ref": "FTA-CONCLUDE",
            "record": "commitment",
            "action": "undone",
            "entry": 32,
            "changes": {"firmness": ["agreed", "committed"]},
            "since": {},
            "until": {},
            "retracts": [31],
        }
    ]
    assert receipt["head"] == rows(ksmy, "report")["head"]


def test_the_entry_of_an_undo_only_names_what_it_retracts(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026", "--evidence", "x")
    ksmy("undo")
    *_, entry = rows(ksmy, "history")
    assert (entry["action"], entry["changes"], entry["note"], entry["evidence"], entry["retracts"]) == (
        *("undone", {}, None, []),
        [31],
    )


def test_undo_again_steps_further_back(ksmy: Ksmy) -> None:
    before = rows(ksmy, "list")
    for due in ("2026", "2027"):
        ksmy("update", "FTA-CONCLUDE", "--due", due)
    assert ksmy("undo").code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2026"
    assert ksmy("undo").code == 0
    (now,) = (one for one in rows(ksmy, "list") if one["ref"] == "FTA-CONCLUDE")
    assert now | {"newest_entry": 30} == next(one for one in before if one["ref"] == "FTA-CONCLUDE")


def test_undo_gives_the_day_back(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "completed")
    ksmy("undo")
    ran = ksmy("update", "CCS-START", "--status", "completed", "--on", "2025-06-01")
    assert (ran.code, ran.err) == (0, "")
    done = rows(ksmy, "show", "CCS-START")
    assert (done["deadline"], done["updated_on"]) == ("met", "2025-06-01")
    assert rows(ksmy, "show", "CCS-START", "--as-of", "2025-06-01")["status"] == "completed"


def test_what_was_undone_counts_on_no_day(ksmy: Ksmy, at: At) -> None:
    ksmy("update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    at(datetime(2026, 2, 10, 4, tzinfo=UTC))
    ksmy("undo")
    assert rows(ksmy, "show", "TOURISM", "--as-of", "2025-12-01")["status"] == "in-progress"


def test_undo_is_recorded_by_whoever_undoes(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026", "--by", "desk")
    ksmy("undo", "--by", "head of desk")
    assert [entry["actor"] for entry in rows(ksmy, "history")[-2:]] == ["desk", "head of desk"]


def test_undo_takes_how_an_invocation_begins(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    ksmy("update", "TOURISM", "--due", "2027")
    first, _ = invocations(ksmy, 2)
    assert ksmy("undo", first[:12]).code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2025"
    assert rows(ksmy, "show", "TOURISM")["due"] == "2027"


def test_undo_of_an_entry_undoes_all_that_its_command_did(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "HYDROGEN", "--due", "2027")
    ksmy("update", "CCS-START", "--due", "2031")
    ran = ksmy("undo", "32")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "TOURISM undone: due 2027 removed; entry 31 taken back (entry 34)\n"
        "HYDROGEN undone: due 2027 removed; entry 32 taken back (entry 35)\n"
    )
    assert rows(ksmy, "show", "CCS-START")["due"] == "2031"


def test_undo_of_a_late_entry_says_for_which_days_as_the_entry_did(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "finalising", "--on", "2025-10-26")
    ksmy("update", "CCS-START", "--status", "in-progress", "--firmness", "agreed", "--on", "2025-03-01")
    assert ksmy("undo").out == (
        "CCS-START undone: firmness agreed -> discussed; "
        "status in-progress -> planned, 2025-03-01 to 2025-10-25; finalising since; entry 32 taken back (entry 33)\n"
    )
    receipt = json.loads(ksmy("redo", "--format", "json").out)["changes"][0]
    assert receipt["changes"] == {"status": ["planned", "in-progress"], "firmness": ["discussed", "agreed"]}
    assert receipt["since"] == {"status": "2025-03-01"}
    assert receipt["until"] == {"status": ["2025-10-25", "finalising"]}


def test_undo_behind_a_later_change_of_the_field_leaves_that(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--firmness", "agreed")
    ksmy("update", "FTA-CONCLUDE", "--firmness", "hoped")
    assert ksmy("undo", "31").out == "FTA-CONCLUDE undone: entry 31 taken back (entry 33)\n"
    assert rows(ksmy, "show", "FTA-CONCLUDE")["firmness"] == "hoped"
    assert ksmy("check").code == 0


def test_undo_dry_run_says_the_same_and_writes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    before = contents()
    tried = ksmy("undo", "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("undo").out == tried.out


@pytest.mark.parametrize(
    ("wanted", "code", "said"),
    [
        ("nosuch", 3, "there is no invocation nosuch; `ksmy undo --list` shows the newest"),
        ("99", 3, "there is no entry 99; `ksmy history` shows them"),
        (
            "tourism",
            2,
            "TOURISM is a record; give the number of an entry, which `ksmy history TOURISM` shows, or an invocation",
        ),
        (
            "123456789012345678901",
            3,
            "there is no invocation 123456789012345678901; `ksmy undo --list` shows the newest",
        ),
        (
            "0",
            2,
            (
                "'0' is neither an entry nor long enough for an invocation; give its first 4 characters or more, "
                "as `ksmy undo --list` shows them"
            ),
        ),
        (
            "abc",
            2,
            (
                "'abc' is neither an entry nor long enough for an invocation; give its first 4 characters or more, "
                "as `ksmy undo --list` shows them"
            ),
        ),
    ],
)
def test_undo_of_what_is_not_there_changes_nothing(
    ksmy: Ksmy, contents: Contents, wanted: str, code: int, said: str
) -> None:
    before = contents()
    assert refused(ksmy("undo", wanted), code) == said
    assert contents() == before


def test_undo_of_what_was_undone_already_is_exit_4(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "TOURISM", "--due", "2026")
    ksmy("undo")
    made, _ = invocations(ksmy, 2)
    before = contents()
    said = refused(ksmy("undo", "31"), 4)
    assert said == f"invocation {made} was undone by entry 32 already; nothing to undo"
    assert contents() == before


def test_undo_of_what_a_later_entry_builds_on_names_that_and_is_exit_4(
    ksmy: Ksmy, contents: Contents
) -> None:
    ksmy(*ADD_TIN)
    ksmy("update", "TIN", "--note", "seen")
    _, noted = invocations(ksmy, 2)
    before = contents()
    said = refused(ksmy("undo", "31"), 4)
    assert said == (
        f"entry 32 (TIN) builds on TIN as it was; undo its invocation first with `ksmy undo {noted}`"
    )
    assert contents() == before
    assert ksmy("undo").code == 0
    assert ksmy("undo", "31").code == 0


def test_an_agreement_that_a_commitment_belongs_to_cannot_be_undone_before_it(
    ksmy: Ksmy, contents: Contents
) -> None:
    ksmy(*ADD_TREATY)
    ksmy(*("TREATY" if part == "SP-2024" else part for part in ADD_TIN))
    _, added = invocations(ksmy, 2)
    before = contents()
    said = refused(ksmy("undo", "31"), 4)
    assert said == (
        f"entry 32 (TIN) builds on TREATY as it was; undo its invocation first with `ksmy undo {added}`"
    )
    assert contents() == before


def test_an_undone_addition_is_gone_and_its_ref_is_free(ksmy: Ksmy) -> None:
    plain = {look: ksmy(look, "--format", "json").out for look in ("list", "due", "agreements")}
    ksmy(*ADD_TIN, "--due", "2025")
    assert ksmy("undo").out == "TIN undone: entry 31 taken back (entry 32)\n"
    assert {look: ksmy(look, "--format", "json").out for look in plain} == plain
    assert refused(ksmy("show", "TIN"), 3).startswith("there is no record TIN; ")
    assert ksmy("add", "TIN", *NEEDED, "--title", "Tin again").code == 0
    assert rows(ksmy, "show", "TIN")["title"] == "Tin again"
    assert [entry["action"] for entry in rows(ksmy, "history", "TIN")] == ["created", "undone", "created"]
    assert ksmy("check").code == 0


def test_the_number_of_an_undone_milestone_is_free(ksmy: Ksmy) -> None:
    ksmy("milestone", "add", "TOURISM", "By mistake")
    ksmy("undo")
    assert ksmy("milestone", "add", "TOURISM", "Meant").out.startswith("TOURISM/1 created: title Meant")
    assert [one["title"] for one in rows(ksmy, "show", "TOURISM")["milestone_list"]] == ["Meant"]


def test_undo_of_a_whole_batch_leaves_all_as_before(apply: Apply, ksmy: Ksmy) -> None:
    listed = {look: ksmy(look, "--format", "json").out for look in ("agreements", "due")}
    statuses = {row["ref"]: row["status"] for row in rows(ksmy, "list")}
    apply(BATCH)
    ran = ksmy("undo")
    assert ran.code == 0
    # What belongs to a record goes before it.
    assert [line.split(":")[0] for line in ran.out.splitlines()] == [
        "FTA-CONCLUDE/1 undone",
        "HALAL-TRADE/1 undone",
        "FTA-CONCLUDE undone",
        "HALAL-TRADE undone",
        "TOURISM undone",
        # Agreements may be under others: the newest entry first.
        "FTA undone",
        "HALAL undone",
    ]
    assert {look: ksmy(look, "--format", "json").out for look in listed} == listed
    assert {row["ref"]: row["status"] for row in rows(ksmy, "list")} == statuses
    assert ksmy("check").code == 0


def test_undo_list_shows_what_the_newest_commands_did(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "TOURISM", "HYDROGEN", "--due", "2027")
    ksmy("update", "CCS-START", "--note", "seen")
    ksmy("undo")
    made = {entry["invocation"]: entry["id"] for entry in reversed(rows(ksmy, "history"))}
    before = contents()
    ran = ksmy("undo", "--list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("  ") for line in ran.out.splitlines()[:3]] == [
        [invocation[:8], "2026-01-15 04:00 UTC", "tester", said]
        for invocation, said in zip(
            made,
            (
                "CCS-START: took back entry 33",
                "CCS-START: noted (seen); taken back by entry 34",
                "TOURISM: due set to 2027, and 1 more",
            ),
            strict=False,
        )
    ]
    assert ran.out.splitlines()[3].endswith(", and 29 more")
    assert contents() == before


def test_undo_list_as_json_has_the_first_entry_of_each(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "HYDROGEN", "--due", "2027")
    ksmy("undo")
    undone, made, seed = rows(ksmy, "undo", "--list")
    assert [list(one) for one in (undone, made, seed)] == [INVOCATION] * 3
    assert [one["first"]["id"] for one in (undone, made, seed)] == [33, 31, 1]
    assert [list(one["first"]) for one in (undone, made, seed)] == [ENTRY] * 3
    assert [(one["entries"], one["in_force"], one["retracted_by"]) for one in (undone, made, seed)] == [
        (2, 2, None),
        (2, 0, 34),
        (30, 30, None),
    ]
    ran = ksmy("undo", "--list", "--format", "jsonl")
    assert [json.loads(line) for line in ran.out.splitlines()] == [undone, made, seed]


def test_undo_list_has_ten_at_most(ksmy: Ksmy) -> None:
    for number in range(11):
        ksmy("update", "TOURISM", "--note", f"Call {number}")
    listed = rows(ksmy, "undo", "--list")
    assert [one["first"]["note"] for one in listed] == [f"Call {number}" for number in range(10, 0, -1)]


def test_undo_list_takes_no_invocation(ksmy: Ksmy) -> None:
    assert refused(ksmy("undo", "--list", "31"), 2) == (
        "--list lists the newest invocations; name one without it"
    )


def test_undo_of_what_the_register_began_with_says_so_and_can_be_redone(
    ksmy: Ksmy, contents: Contents
) -> None:
    listed = {look: ksmy(look, "--format", "json").out for look in ("agreements", "due")}
    warned = "ksmy: that takes back what the register began with; `ksmy redo` brings it back\n"
    before = contents()
    tried = ksmy("undo", "--dry-run")
    assert (tried.code, tried.err) == (0, f"ksmy: dry run: nothing was written\n{warned}")
    assert contents() == before
    ran = ksmy("undo")
    assert (ran.out, ran.err, ran.code) == (tried.out, warned, 0)
    assert ran.out.count(" undone: ") == 30
    assert rows(ksmy, "list") == []
    assert refused(ksmy("undo"), 4) == "the register has no entry that counts; there is nothing to undo"
    ran = ksmy("redo")
    assert (ran.code, ran.err) == (0, "")
    assert {look: ksmy(look, "--format", "json").out for look in listed} == listed
    assert ksmy("check").code == 0
