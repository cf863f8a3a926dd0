"""`amend`: an entry stated again in its place, what that refuses, and the receipt."""

import json

import pytest

from tests.cli.batches import rows
from tests.cli.changes import ADD_TIN, refused
from tests.conftest import Contents, Ksmy


def test_the_day_of_an_entry_can_be_amended(ksmy: Ksmy) -> None:
    ksmy("update", "CCS-START", "--status", "completed", "--evidence", "x")
    ran = ksmy("amend", "31", "--on", "2025-06-01")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "CCS-START amended: on 2026-01-15 -> 2025-06-01; in place of entry 31 (entry 32)\n"
    assert rows(ksmy, "show", "CCS-START", "--as-of", "2025-06-01")["status"] == "completed"
    done = rows(ksmy, "show", "CCS-START")
    assert (done["updated_on"], done["evidence"]) == ("2025-06-01", 1)
    assert ksmy("check").code == 0


def test_an_amended_entry_says_again_what_is_not_given(ksmy: Ksmy) -> None:
    ksmy(
        "update",
        "TOURISM",
        "--due",
        "2026",
        "--note",
        "as anounced",
        "--evidence",
        "Star",
        "--on",
        "2025-02-01",
    )
    assert ksmy("amend", "31", "--note", "as announced").code == 0
    *_, entry = rows(ksmy, "history")
    named = ("ref", "action", "effective_on", "changes", "note", "evidence", "retracts")
    assert [entry[name] for name in named] == [
        *("TOURISM", "updated", "2025-02-01", {"due": [None, "2026"]}, "as announced", ["Star"], [31]),
    ]


def test_a_value_is_amended_in_the_place_of_its_entry(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--due", "2026", "--on", "2025-02-01")
    ksmy("update", "TOURISM", "--due", "2028", "--on", "2025-02-01")
    ran = ksmy("amend", "31", "--due", "2027")
    assert ran.out == "TOURISM amended: due 2026 -> 2027; in place of entry 31 (entry 33)\n"
    shown = rows(ksmy, "show", "TOURISM")
    assert (shown["due"], shown["baseline_due"]) == ("2028", "2027")
    assert ksmy("check").code == 0


def test_an_amendment_says_for_which_days_it_holds(ksmy: Ksmy) -> None:
    for status, day in (("in-progress", "2025-06-01"), ("finalising", "2025-10-26")):
        ksmy("update", "CCS-START", "--status", status, "--on", day)
    days = "2025-03-01 to 2025-10-25; finalising since"
    assert ksmy("amend", "31", "--on", "2025-03-01").out == (
        "CCS-START amended: on 2025-06-01 -> 2025-03-01; "
        f"status planned -> in-progress, {days}; in place of entry 31 (entry 33)\n"
    )
    assert ksmy("amend", "33", "--status", "suspended").out == (
        f"CCS-START amended: status in-progress -> suspended, {days}; in place of entry 33 (entry 34)\n"
    )


def test_what_an_addition_says_can_be_amended(ksmy: Ksmy) -> None:
    ksmy(*ADD_TIN, "--on", "2025-06-01")
    ksmy("update", "TIN", "--due", "2027", "--on", "2025-07-01")
    ran = ksmy("amend", "31", "--title", "Trade in tin", "--on", "2025-05-01")
    assert ran.code == 0, ran.err
    shown = rows(ksmy, "show", "TIN")
    assert (shown["title"], shown["due"], shown["created_on"]) == ("Trade in tin", "2027", "2025-05-01")
    assert ksmy("check").code == 0


def test_an_amendment_can_be_undone(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--due", "2026", "--on", "2025-02-01")
    before = rows(ksmy, "show", "TOURISM", "--as-of", "2025-06-01")
    ksmy("amend", "31", "--due", "2027", "--on", "2025-08-01")
    assert rows(ksmy, "show", "TOURISM", "--as-of", "2025-06-01")["due"] is None
    assert ksmy("undo").code == 0
    after = rows(ksmy, "show", "TOURISM", "--as-of", "2025-06-01")
    assert [after[name] for name in ("due", "baseline_due", "updated_on")] == ["2026", "2026", "2025-02-01"]
    assert {name: after[name] for name in after if name not in ("entries", "newest_entry")} == {
        name: before[name] for name in before if name not in ("entries", "newest_entry")
    }


def test_amend_as_json_is_a_receipt(ksmy: Ksmy) -> None:
    ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")
    receipt = json.loads(ksmy("amend", "31", "--on", "2025-10-26", "--format", "json").out)
    assert receipt["entries"] == [32]
    assert receipt["changes"] == [
        {
            "ref": "FTA-CONCLUDE/1",
            "record": "milestone",
            "action": "amended",
            "entry": 32,
            "changes": {"on": ["2026-01-15", "2025-10-26"]},
            "since": {},
            "until": {},
            "retracts": [31],
        }
    ]


def test_a_note_and_evidence_that_were_slips_can_be_removed(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--due", "2026", "--note", "slip", "--evidence", "Star", "--evidence", "Sun")
    assert ksmy("amend", "31", "--note", "", "--evidence", "").out == (
        "TOURISM amended: note slip removed; evidence Star, Sun removed; in place of entry 31 (entry 32)\n"
    )
    *_, entry = rows(ksmy, "history")
    assert (entry["note"], entry["evidence"]) == (None, [])


def test_a_note_that_is_all_an_entry_says_is_undone_instead(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--note", "slip")
    said = refused(ksmy("amend", "31", "--note", ""), 4)
    assert said.startswith("nothing would be left of entry 31 (TOURISM); undo it with `ksmy undo ")


def test_amend_dry_run_says_the_same_and_writes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "TOURISM", "--due", "2026")
    before = contents()
    tried = ksmy("amend", "31", "--due", "2027", "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("amend", "31", "--due", "2027").out == tried.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("99", "--note", "x"), 3, "there is no entry 99; `ksmy history` shows them"),
        (
            ("x", "--note", "x"),
            2,
            "ENTRY: 'x' is not the number of an entry, such as 31; `ksmy history` shows them",
        ),
        (
            ("0", "--note", "x"),
            2,
            "ENTRY: '0' is not the number of an entry, such as 31; `ksmy history` shows them",
        ),
        (
            ("1e9", "--note", "x"),
            2,
            "ENTRY: '1e9' is not the number of an entry, such as 31; `ksmy history` shows them",
        ),
        ((), 2, "Missing argument 'ENTRY'; see `ksmy amend --help`"),
        (("22", "--note", " "), 2, "--note: is empty; give some text"),
        (("22", "--evidence", ""), 4, "entry 22 (TOURISM) says so already; nothing was changed"),
        (("22", "--due", "soon"), 2, "--due: 'soon' cannot be taken: it is not an EDTF date "),
        (("22", "--stage", "signed"), 2, "TOURISM is a commitment, which has no stage; it has "),
        (("22", "--agreement", "NOPE"), 3, "there is no agreement NOPE; "),
        (("22",), 2, "nothing to amend: give --on, --note, --evidence or a field such as --status"),
        (
            ("22", "--status", "in-progress"),
            4,
            "entry 22 (TOURISM) says so already; nothing was changed",
        ),
        (
            ("22", "--on", "2024-11-24"),
            4,
            "2024-11-24 is before MOU-TOURISM was created (2024-11-25); record it with that date or a later one",
        ),
        (
            ("22", "--on", "2026-01-16"),
            4,
            "2026-01-16 is in the future (today is 2026-01-15); record a change once it is in effect",
        ),
    ],
)
def test_an_amendment_that_cannot_be_made_changes_nothing(
    ksmy: Ksmy, contents: Contents, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = contents()
    found = refused(ksmy("amend", *arguments), code)
    assert found.startswith(said) if said.endswith(" ") else found == said
    assert contents() == before


def test_what_was_retracted_cannot_be_amended(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "TOURISM", "--due", "2026")
    ksmy("amend", "31", "--due", "2027")
    before = contents()
    said = refused(ksmy("amend", "31", "--due", "2028"), 4)
    assert said == "entry 32 stands in the place of entry 31 (TOURISM); amend that"
    assert contents() == before


def test_an_undo_cannot_be_amended(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "TOURISM", "--due", "2026")
    ksmy("undo")
    *_, undone = rows(ksmy, "history")
    before = contents()
    said = refused(ksmy("amend", "32", "--note", "x"), 4)
    assert said == f"entry 32 (TOURISM) is an undo; take it back with `ksmy undo {undone['invocation']}`"
    assert contents() == before


def test_an_addition_cannot_be_amended_to_a_day_after_what_builds_on_it(
    ksmy: Ksmy, contents: Contents
) -> None:
    ksmy(*ADD_TIN, "--on", "2025-06-01")
    ksmy("update", "TIN", "--due", "2027", "--on", "2025-07-01")
    *_, later = rows(ksmy, "history")
    before = contents()
    said = refused(ksmy("amend", "31", "--on", "2025-08-01"), 4)
    assert said == (
        "entry 32 (TIN) builds on TIN as it was; undo its invocation first with "
        f"`ksmy undo {later['invocation']}`"
    )
    assert contents() == before
