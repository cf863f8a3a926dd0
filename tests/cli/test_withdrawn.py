"""What an undo before schema 0004 has withdrawn: it keeps its ref and its history, and is listed on request."""

from types import SimpleNamespace
from typing import Any

import pytest

from ksmy_tracker.cli import completion
from ksmy_tracker.storage.locate import locate
from tests.cli.batches import rows
from tests.cli.changes import refused
from tests.conftest import NOW, Ksmy
from tests.withdrawing import withdraw

ADD = (
    *("add", "HALAL-TRADE", "--title", "Recognise certificates", "--agreement", "SP-2024"),
    *("--sector", "halal", "--firmness", "agreed", "--due", "2025"),
)
TREATY = ("add", "TREATY", "--title", "A treaty", "--kind", "treaty", "--stage", "signed")


def test_what_was_withdrawn_is_in_no_listing(ksmy: Ksmy, place: str) -> None:
    # Overdue, and completed with nothing to show for it: it would be in each part of a report.
    looking = (("list",), ("list", "--overdue"), ("due",), ("agreements",), ("show", "SP-2024"))
    plain = {look: rows(ksmy, *look) for look in looking}
    report = rows(ksmy, "report")
    ksmy(*ADD)
    ksmy("milestone", "add", "HALAL-TRADE", "First list", "--due", "2025")
    withdraw(place, "HALAL-TRADE/1", "HALAL-TRADE")
    for look in looking[:4]:
        assert rows(ksmy, *look) == plain[look], look
        assert "HALAL-TRADE" not in ksmy(*look, "--format", "table").out
        assert "HALAL-TRADE" not in ksmy(*look).out
    assert rows(ksmy, "show", "SP-2024")["commitments"] == plain["show", "SP-2024"]["commitments"]
    after = rows(ksmy, "report")
    for name in ("commitments", "open", "by_status", "by_deadline", "overdue", "due_soon", "contradictions"):
        assert after[name] == report[name], name
    assert ksmy("list", "--sector", "halal", "--format", "json").out == "[]\n"
    assert ksmy("check").code == 0


def test_what_was_withdrawn_is_listed_on_request(ksmy: Ksmy, place: str) -> None:
    ksmy(*ADD)
    ksmy(*TREATY)
    withdraw(place, "HALAL-TRADE", "TREATY")
    (listed,) = [row for row in rows(ksmy, "list", "--withdrawn") if row["withdrawn"]]
    assert listed["ref"] == "HALAL-TRADE"
    assert [row["ref"] for row in rows(ksmy, "agreements", "--withdrawn") if row["withdrawn"]] == ["TREATY"]
    assert "HALAL-TRADE" in ksmy("list", "--withdrawn").out
    assert rows(ksmy, "list", "--withdrawn", "--search", "certificates") == [listed]


def test_what_was_withdrawn_keeps_its_ref_and_its_history(ksmy: Ksmy, place: str) -> None:
    ksmy(*ADD)
    withdraw(place, "HALAL-TRADE")
    said = refused(ksmy(*ADD), 4)
    assert said == "there is already a commitment HALAL-TRADE; it was withdrawn and keeps its ref"
    assert [entry["action"] for entry in rows(ksmy, "history", "HALAL-TRADE")] == ["created", "withdrawn"]
    shown = rows(ksmy, "show", "HALAL-TRADE")
    assert shown["withdrawn"] is True
    assert [entry["action"] for entry in shown["entries"]] == ["created", "withdrawn"]
    assert "withdrawn" in ksmy("show", "HALAL-TRADE", "--format", "table").out


def test_a_withdrawn_agreement_can_be_shown(ksmy: Ksmy, place: str) -> None:
    ksmy(*TREATY)
    withdraw(place, "TREATY")
    shown = rows(ksmy, "show", "TREATY")
    assert (shown["withdrawn"], shown["commitments"]) == (True, [])
    assert [entry["action"] for entry in shown["entries"]] == ["created", "withdrawn"]
    ran = ksmy("show", "TREATY", "--format", "table")
    assert (ran.code, ran.err) == (0, "")
    assert "withdrawn" in ran.out


def test_what_was_withdrawn_can_be_listed_by_its_withdrawn_agreement(ksmy: Ksmy, place: str) -> None:
    ksmy(*TREATY)
    ksmy(*("TREATY" if part == "SP-2024" else part for part in ADD))
    withdraw(place, "HALAL-TRADE", "TREATY")
    listed = rows(ksmy, "list", "--agreement", "TREATY", "--withdrawn")
    assert [row["ref"] for row in listed] == ["HALAL-TRADE"]
    assert ksmy("list", "--agreement", "TREATY").code == 3


def test_a_withdrawn_milestone_is_no_milestone_on_the_page(ksmy: Ksmy, place: str) -> None:
    ksmy("milestone", "add", "FTA-CONCLUDE", "A slip of the pen", "--due", "2025")
    withdraw(place, "FTA-CONCLUDE/6")
    page = ksmy("show", "FTA-CONCLUDE", "--format", "table").out
    steps = page.partition("Milestones\n")[2].partition("\nHistory")[0]
    assert "Negotiations concluded" in steps
    assert all("withdrawn" in line for line in steps.splitlines() if "A slip of the pen" in line)
    assert rows(ksmy, "show", "FTA-CONCLUDE")["milestones"] == 5


@pytest.mark.parametrize(("day", "is_withdrawn"), [("2026-01-15", False), ("2026-02-10", True)])
def test_before_that_it_was_there(ksmy: Ksmy, place: str, day: str, is_withdrawn: bool) -> None:
    ksmy(*ADD)
    withdraw(place, "HALAL-TRADE", on="2026-02-10")
    assert rows(ksmy, "show", "HALAL-TRADE", "--as-of", day)["withdrawn"] is is_withdrawn
    assert rows(ksmy, "report", "--as-of", day)["commitments"] == 20 - is_withdrawn


def test_what_was_withdrawn_is_changed_only_once_it_is_back(ksmy: Ksmy, place: str) -> None:
    ksmy(*ADD)
    withdraw(place, "HALAL-TRADE")
    *_, withdrawn = rows(ksmy, "history")
    said = refused(ksmy("update", "HALAL-TRADE", "--note", "x"), 4)
    undo = f"ksmy undo {withdrawn['invocation']}"
    assert said == f"HALAL-TRADE is withdrawn; bring it back with `{undo}` before changing it"
    assert ksmy(*undo.split()[1:]).code == 0
    assert ksmy("update", "HALAL-TRADE", "--note", "x").code == 0
    assert ksmy("check").code == 0


def test_completion_offers_nothing_that_is_withdrawn(ksmy: Ksmy, place: str) -> None:
    ksmy(*ADD)
    ksmy(*TREATY)

    def offered() -> set[str]:
        context: Any = SimpleNamespace(params={"db": locate(place)}, obj=NOW)
        known = (completion.refs, completion.refs_of_a_kind("agreement"), completion.slugs("sector"))
        return {word for one in known for word, _ in one(context, "")}

    assert {"HALAL-TRADE", "TREATY", "halal"} <= offered()
    withdraw(place, "HALAL-TRADE", "TREATY")
    found = offered()
    assert {"FTA-CONCLUDE", "FTA", "trade"} <= found
    assert not {"HALAL-TRADE", "TREATY", "halal"} & found
