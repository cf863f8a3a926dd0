"""`undo`, and what was withdrawn by it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ksmy_tracker.cli import completion
from ksmy_tracker.storage.locate import locate
from tests.cli.batches import BATCH, Apply, is_sound, rows
from tests.conftest import NOW, At, Contents, Ksmy


def test_undo_says_in_words_what_it_did(ksmy: Ksmy, register: Path) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--due", "2026")
    (*_, entry) = rows(ksmy, "history")
    ran = ksmy("undo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "FTA-CONCLUDE undone: due 2026 -> 2025; status completed -> in-progress; "
        f"note: undoes invocation {entry['invocation']} (entry 32)\n"
    )
    assert is_sound(register)


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
        }
    ]
    assert receipt["head"] == rows(ksmy, "report")["head"]


def test_undo_is_recorded_by_whoever_undoes(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026", "--by", "desk")
    ksmy("undo", "--by", "head of desk")
    assert [entry["actor"] for entry in rows(ksmy, "history")[-2:]] == ["desk", "head of desk"]


def test_undo_takes_an_invocation_as_the_history_shows_it(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    ksmy("update", "TOURISM", "--due", "2027")
    first, _ = (entry["invocation"] for entry in rows(ksmy, "history")[-2:])
    assert ksmy("undo", first[:12]).code == 0
    assert rows(ksmy, "show", "FTA-CONCLUDE")["due"] == "2025"
    assert rows(ksmy, "show", "TOURISM")["due"] == "2027"


def test_undo_dry_run_says_the_same_and_writes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "FTA-CONCLUDE", "--due", "2026")
    before = contents()
    tried = ksmy("undo", "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("undo").out == tried.out


def test_undo_of_an_unknown_invocation_is_exit_3(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    ran = ksmy("undo", "nosuch")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "ksmy: there is no invocation nosuch; `ksmy history --format json` shows them\n"
    assert contents() == before


def test_undo_behind_a_later_change_of_the_field_is_exit_4(ksmy: Ksmy, contents: Contents) -> None:
    ksmy("update", "FTA-CONCLUDE", "--firmness", "agreed")
    ksmy("update", "FTA-CONCLUDE", "--firmness", "hoped")
    first, second = (entry["invocation"] for entry in rows(ksmy, "history")[-2:])
    before = contents()
    ran = ksmy("undo", first)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"ksmy: entry 32 changed firmness of FTA-CONCLUDE later; undo its invocation {second} first, "
        "or change FTA-CONCLUDE with `ksmy update`\n"
    )
    assert contents() == before


def test_undo_of_a_whole_batch_and_back(apply: Apply, ksmy: Ksmy, register: Path) -> None:
    listed = {form: ksmy(*form.split(), "--format", "json").out for form in ("agreements", "due")}
    statuses = {row["ref"]: row["status"] for row in rows(ksmy, "list")}
    apply(BATCH)
    ran = ksmy("undo")
    assert ran.code == 0
    assert sorted(line.split(":")[0] for line in ran.out.splitlines()) == [
        "FTA undone",
        "FTA-CONCLUDE undone",
        "FTA-CONCLUDE/1 undone",
        "HALAL withdrawn",
        "HALAL-TRADE withdrawn",
        "HALAL-TRADE/1 withdrawn",
    ]
    assert {form: ksmy(*form.split(), "--format", "json").out for form in listed} == listed
    assert {row["ref"]: row["status"] for row in rows(ksmy, "list")} == statuses
    assert is_sound(register)
    ran = ksmy("undo")
    assert ran.code == 0
    assert {row["ref"] for row in rows(ksmy, "list")} == {*statuses, "HALAL-TRADE"}
    assert is_sound(register)


ADD = (
    *("add", "HALAL-TRADE", "--title", "Recognise certificates", "--agreement", "SP-2024"),
    *("--sector", "halal", "--firmness", "agreed", "--due", "2025"),
)


def test_what_was_withdrawn_is_in_no_listing(ksmy: Ksmy) -> None:
    # Overdue, and completed with nothing to show for it: it would be in each part of a report.
    looking = (("list",), ("list", "--overdue"), ("due",), ("agreements",), ("show", "SP-2024"))
    plain = {look: rows(ksmy, *look) for look in looking}
    report = rows(ksmy, "report")
    ksmy(*ADD)
    ksmy("milestone", "add", "HALAL-TRADE", "First list", "--due", "2025")
    ksmy("undo")
    assert ksmy("undo", rows(ksmy, "history", "HALAL-TRADE")[0]["invocation"]).code == 0
    for look in looking[:4]:
        assert rows(ksmy, *look) == plain[look], look
        assert "HALAL-TRADE" not in ksmy(*look, "--format", "table").out
        assert "HALAL-TRADE" not in ksmy(*look).out
    assert rows(ksmy, "show", "SP-2024")["commitments"] == plain["show", "SP-2024"]["commitments"]
    after = rows(ksmy, "report")
    for name in ("commitments", "open", "by_status", "by_deadline", "overdue", "due_soon", "contradictions"):
        assert after[name] == report[name], name
    assert ksmy("list", "--sector", "halal", "--format", "json").out == "[]\n"


def test_what_was_withdrawn_is_listed_on_request(ksmy: Ksmy) -> None:
    ksmy(*ADD)
    ksmy("undo")
    ksmy("add", "TREATY", "--title", "t", "--kind", "treaty", "--stage", "signed")
    ksmy("undo")
    (listed,) = [row for row in rows(ksmy, "list", "--withdrawn") if row["withdrawn"]]
    assert listed["ref"] == "HALAL-TRADE"
    assert [row["ref"] for row in rows(ksmy, "agreements", "--withdrawn") if row["withdrawn"]] == ["TREATY"]
    assert "HALAL-TRADE" in ksmy("list", "--withdrawn").out
    assert rows(ksmy, "list", "--withdrawn", "--search", "certificates") == [listed]


def test_what_was_withdrawn_keeps_its_ref_and_its_history(ksmy: Ksmy) -> None:
    ksmy(*ADD)
    ksmy("undo")
    ran = ksmy(*ADD)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(
        "ksmy: there is already a commitment HALAL-TRADE; it was withdrawn and keeps its ref"
    )
    assert [entry["action"] for entry in rows(ksmy, "history", "HALAL-TRADE")] == ["created", "withdrawn"]
    shown = rows(ksmy, "show", "HALAL-TRADE")
    assert shown["withdrawn"] is True
    assert [entry["action"] for entry in shown["entries"]] == ["created", "withdrawn"]
    assert "withdrawn" in ksmy("show", "HALAL-TRADE", "--format", "table").out


def test_a_withdrawn_agreement_can_be_shown(ksmy: Ksmy) -> None:
    ksmy("add", "TREATY", "--title", "A treaty", "--kind", "treaty", "--stage", "signed")
    ksmy("undo")
    shown = rows(ksmy, "show", "TREATY")
    assert (shown["withdrawn"], shown["commitments"]) == (True, [])
    assert [entry["action"] for entry in shown["entries"]] == ["created", "withdrawn"]
    ran = ksmy("show", "TREATY", "--format", "table")
    assert (ran.code, ran.err) == (0, "")
    assert "withdrawn" in ran.out


def test_what_was_withdrawn_can_be_listed_by_its_withdrawn_agreement(ksmy: Ksmy) -> None:
    ksmy("add", "TREATY", "--title", "A treaty", "--kind", "treaty", "--stage", "signed")
    added = rows(ksmy, "history")[-1]["invocation"]
    ksmy(*("TREATY" if part == "SP-2024" else part for part in ADD))
    ksmy("undo")
    ksmy("undo", added)
    listed = rows(ksmy, "list", "--agreement", "TREATY", "--withdrawn")
    assert [row["ref"] for row in listed] == ["HALAL-TRADE"]
    assert ksmy("list", "--agreement", "TREATY").code == 3


def test_a_withdrawn_milestone_is_no_milestone_on_the_page(ksmy: Ksmy) -> None:
    ksmy("milestone", "add", "FTA-CONCLUDE", "A slip of the pen", "--due", "2025")
    ksmy("undo")
    page = ksmy("show", "FTA-CONCLUDE", "--format", "table").out
    steps = page.partition("Milestones\n")[2].partition("\nHistory")[0]
    assert "Negotiations concluded" in steps
    assert all("withdrawn" in line for line in steps.splitlines() if "A slip of the pen" in line)
    assert rows(ksmy, "show", "FTA-CONCLUDE")["milestones"] == 5


def test_the_register_before_and_after_an_undo_can_be_looked_at(ksmy: Ksmy, at: At) -> None:
    ksmy(*ADD)
    ksmy("milestone", "add", "HALAL-TRADE", "First list")
    at(datetime(2026, 2, 10, 4, tzinfo=UTC))
    ksmy("undo")
    ksmy("undo", rows(ksmy, "history", "HALAL-TRADE")[0]["invocation"])
    for day, commitments in (("2026-01-14", 19), ("2026-01-15", 20), ("2026-02-09", 20), ("2026-02-10", 19)):
        assert len(rows(ksmy, "list", "--as-of", day)) == commitments, day
        assert rows(ksmy, "report", "--as-of", day)["commitments"] == commitments, day
    assert rows(ksmy, "show", "HALAL-TRADE", "--as-of", "2026-02-09")["withdrawn"] is False
    assert rows(ksmy, "show", "HALAL-TRADE", "--as-of", "2026-02-09")["milestones"] == 1
    assert rows(ksmy, "show", "HALAL-TRADE", "--as-of", "2026-02-10")["withdrawn"] is True


def test_completion_offers_nothing_that_is_withdrawn(ksmy: Ksmy, place: str) -> None:
    ksmy(*ADD)
    ksmy("add", "TREATY", "--title", "t", "--kind", "treaty", "--stage", "signed")

    def offered() -> set[str]:
        context: Any = SimpleNamespace(params={"db": locate(place)}, obj=NOW)
        offers = [one(context, "") for one in (completion.refs, completion.agreements, completion.sectors)]
        return {word for found in offers for word, _ in found}

    assert {"HALAL-TRADE", "TREATY", "halal"} <= offered()
    ksmy("undo")
    ksmy("undo", rows(ksmy, "history", "HALAL-TRADE")[0]["invocation"])
    found = offered()
    assert {"FTA-CONCLUDE", "FTA", "trade"} <= found
    assert not {"HALAL-TRADE", "TREATY", "halal"} & found
