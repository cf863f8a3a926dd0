"""`redo`: the newest undo, taken back."""

import json

from tests.cli.batches import BATCH, Apply, rows
from tests.cli.changes import ADD_TIN, refused
from tests.conftest import Contents, Ksmy


def test_redo_says_what_is_in_force_again(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    ksmy("undo")
    ran = ksmy("redo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "FTA-CONCLUDE restored: due 2025 -> 2026; entry 32 taken back (entry 33)\n"
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2026"
    assert ksmy("check").code == 0


def test_redo_as_json_is_a_receipt(ksmy: Ksmy) -> None:
    ksmy("update", "TOURISM", "--note", "seen")
    ksmy("undo")
    receipt = json.loads(ksmy("redo", "--format", "json").out)
    assert (receipt["applied"], receipt["entries"]) == (1, [33])
    assert receipt["changes"] == [
        {
            "ref": "TOURISM",
            "record": "commitment",
            "action": "restored",
            "entry": 33,
            "changes": {},
            "since": {},
            "until": {},
            "retracts": [32],
        }
    ]


def test_redo_again_takes_back_the_undo_before(ksmy: Ksmy) -> None:
    for due in ("2026", "2027"):
        ksmy("update", "FTA-CONCLUDE", "--due", due)
    ksmy("undo")
    ksmy("undo")
    assert ksmy("redo").code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2026"
    assert ksmy("redo").code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2027"


def test_undo_after_a_redo_undoes_the_same_again(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    ksmy("undo")
    ksmy("redo")
    assert ksmy("undo").code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2025"


def test_redo_of_a_whole_batch_leaves_all_as_without_the_undo(apply: Apply, ksmy: Ksmy) -> None:
    apply(BATCH)
    before = {look: ksmy(look, "--format", "json").out for look in ("agreements", "due")}
    ksmy("undo")
    assert ksmy("redo").code == 0
    assert {look: ksmy(look, "--format", "json").out for look in before} == before
    assert ksmy("check").code == 0
    assert apply(BATCH).err == f"ksmy: applied 0, unchanged 0, skipped {len(BATCH)}\n"


def test_redo_dry_run_says_the_same_and_writes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    ksmy("undo")
    before = contents()
    tried = ksmy("redo", "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("redo").out == tried.out


def test_redo_where_nothing_is_undone_is_exit_4(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    assert refused(ksmy("redo"), 4) == "nothing is undone; there is nothing to redo"
    assert contents() == before


def test_redo_of_what_something_else_has_replaced_names_that_and_is_exit_4(
    ksmy: Ksmy, contents: Contents
) -> None:
    ksmy(*ADD_TIN)
    ksmy("undo")
    ksmy(*ADD_TIN)
    *_, again = rows(ksmy, "history")
    before = contents()
    said = refused(ksmy("redo"), 4)
    assert said == (
        f"TIN was added again by entry 33; undo that first with `ksmy undo {again['invocation']}`"
    )
    assert contents() == before
