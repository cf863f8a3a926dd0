"""`report`: what it says, where it goes, when it asks for attention."""

import errno
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from ksmy_tracker.domain.words import DEADLINE_STATES, STATUSES
from ksmy_tracker.render.formats import markdown
from tests.cli.looks import (
    DEADLINE,
    ENTRY,
    MILESTONE,
    MOVED,
    PAST,
    UNTOUCHED,
    found,
    shown,
)
from tests.cli.reports import BAR, MARK, TIMELINE, done, refs, told, value
from tests.conftest import At, Ksmy, Ran
from tests.transcripts import TOP, on_terminal

#: The keys of the JSON contract, in its order; a key may be added, none may go or change its name.
REPORT = [
    *("today", "within", "since", "commitments", "open", "agreements", "by_status", "by_deadline"),
    *("by_firmness", "by_lead", "without_lead", "one_sided"),
    *(
        "overdue",
        "overdue_count",
        "due_soon",
        "due_soon_count",
        "moved",
        "moved_count",
        "changed",
        "changed_count",
    ),
    *("contradictions", "contradiction_count", "head", "summary", "by_sector", "stale"),
    *("quiet", "quiet_count", "next_milestones", "next_milestone_count"),
    *("measures", "measure_count", "disagreements", "disagreement_count", "needs_attention"),
]

DISAGREEMENT = ["ref", "title", "field", "register", "claims"]
VOICE = ["value", "period", "said_by", "evidence", "cited"]

SEED_CALM = "2025-06-01"  # nothing of the seed is overdue, due soon, contradictory or new on that day
KOREAN = "한국과 말레이시아의 자유무역협정을 2025년까지 타결하기로 두 정상이 함께 약속했다"
ESCAPES_OR_DRAWING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2190-\u2bff]")

#: Run the command line, and get a signal while the result is written but not yet in place.
DISTURBED = """
import os, sys
from ksmy_tracker.__main__ import main
number = int(sys.argv.pop(1))
os.fsync = lambda descriptor: os.kill(os.getpid(), number)
main()
"""


def report(ksmy: Ksmy, *arguments: str) -> dict[str, Any]:
    """The report as JSON."""
    found: dict[str, Any] = value(ksmy("report", "--format", "json", *arguments))
    return found


def section(text: str, title: str) -> str:
    """What a report's text has under the heading that begins so, in one line."""
    (found,) = [block for block in text.split("\n\n") if block.startswith(title)]
    return " ".join(found.split("\n", 1)[1].split()) if "\n" in found else ""


def test_a_report_is_text_unless_told_otherwise(ksmy: Ksmy) -> None:
    assert done(ksmy("report")) == done(ksmy("report", "--format", "text"))
    assert done(ksmy("report")).startswith(
        "Republic of Korea - Malaysia: what was promised, as of 2026-01-15\n"
    )


def test_a_report_has_every_section_in_text_and_in_markdown(ksmy: Ksmy) -> None:
    sections = [
        *("By status", "By firmness", "By sector", "By deadline"),
        *("Overdue: 1", "Due within 90 days: none", "Contradicts itself: 1", "Next milestones: 1"),
        *("Quantities: none", "Sources disagree: none"),
        *("Moved since 2025-12-16: 1", "Entries since 2025-12-16: none"),
        "Not looked at for 180 days: 19",
    ]
    *blocks, last = done(ksmy("report")).split("\n\n")
    assert [block.splitlines()[0] for block in blocks[1:]] == sections
    assert last == f"Head {report(ksmy)['head']}\n"
    markdown = done(ksmy("report", "--format", "md"))
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == sections


def test_a_report_comes_as_a_page_for_a_browser(ksmy: Ksmy) -> None:
    page = done(ksmy("report", "--format", "html"))
    assert page.startswith("<!DOCTYPE html>\n")
    assert page.rstrip().endswith("</html>")
    assert "FTA-CONCLUDE" in page


def test_a_report_comes_as_one_json_object_also_in_a_line(ksmy: Ksmy) -> None:
    line = done(ksmy("report", "--format", "jsonl"))
    assert line.count("\n") == 1
    assert json.loads(line) == report(ksmy)


def test_every_format_has_the_same_head_and_summary(ksmy: Ksmy) -> None:
    found = report(ksmy)
    for chosen, written in (("text", str), ("md", markdown), ("html", escape)):
        said = " ".join(done(ksmy("report", "--format", chosen)).split())
        assert found["head"] in said
        assert written(found["summary"]) in re.sub("</?time>", "", said).replace("&#34;", "&quot;")


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_format_there_is_not_is_answered_with_the_nearest(command: str, ksmy: Ksmy) -> None:
    assert "'jsn'" in told(ksmy(command, "--format", "jsn"), 2)
    assert "did you mean json" in told(ksmy(command, "--format", "jsn"), 2)


def test_the_json_of_a_report_has_these_keys_in_this_order(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "add", "CCS-START", "Site", "--due", "2026-02").code == 0
    found = report(ksmy)
    assert list(found) == REPORT
    assert list(found["by_status"]) == list(STATUSES)
    assert list(found["by_deadline"]) == list(DEADLINE_STATES)
    assert list(found["overdue"][0]) == list(found["due_soon"][0]) == DEADLINE
    assert list(found["changed"][0]) == ENTRY
    assert list(found["contradictions"][0]) == ["ref", "title", "why"]
    assert list(found["moved"][0]) == MOVED
    assert list(found["quiet"][0]) == ["ref", "title", "updated_on", "reviewed_on"]
    assert list(found["next_milestones"][0]) == MILESTONE


def test_the_json_of_a_report_without_anything_has_the_same_keys(ksmy: Ksmy, empty: str) -> None:
    found = report(ksmy, "--db", empty)
    assert list(found) == REPORT
    assert (found["by_status"], found["by_sector"]) == (dict.fromkeys(STATUSES, 0), {})
    assert [found[name] for name in REPORT if isinstance(found[name], list)] == [[]] * 9


def test_the_keys_of_the_report_and_the_timeline_are_written_down() -> None:
    documented = (TOP / "docs" / "scripting.md").read_text(encoding="utf-8")
    assert _names_after("**A report**", documented) == [*REPORT, *DISAGREEMENT, *VOICE]
    assert _names_after("**A timeline**", documented) == [*TIMELINE, *BAR, *MARK]
    assert _names_after("**A deadline**", documented) == DEADLINE


def _names_after(title: str, document: str) -> list[str]:
    """The names that a paragraph of the contract lists, those of its parts after its own."""
    (paragraph,) = re.findall(rf"^{re.escape(title)}.*?\n\n", document, re.MULTILINE | re.DOTALL)
    listed = [one for one in re.findall(r"`([^`]+)`", paragraph) if "," in one]
    return [name.strip() for one in listed for name in one.split(",")]


def test_the_summary_is_what_a_minister_would_read(ksmy: Ksmy) -> None:
    assert report(ksmy)["summary"] == (
        "Of 19 commitments under 6 agreements, 19 are open and none completed. "
        "7 are firm (signed or committed), 9 agreed, offered or discussed, 3 only hoped for; "
        "17 of 19 open have no date (ksmy list --undated). "
        "1 commitment is overdue; nothing is due within 90 days. "
        'Longest overdue is "Conclude the bilateral free trade agreement" (FTA-CONCLUDE), by 15 days. '
        "Contradiction: 1 commitment is open though its deadline has passed. "
        "No entry since 2025-12-16, but the calendar moved what was due."
    )


def test_commitments_are_counted_by_status_sector_and_deadline(ksmy: Ksmy) -> None:
    text = done(ksmy("report"))
    assert section(text, "By status") == "planned 8, in-progress 11"
    assert section(text, "By deadline") == "overdue 1, upcoming 1, undated 17"
    assert section(text, "By sector") == (
        "climate 1, critical-minerals 1, defence 5, green-energy 4, investment 1, "
        "regional 3, tourism 1, trade 3"
    )


def test_what_is_overdue_says_how_long_how_much_it_slipped_and_who_is_party(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2026-01-05", "--on", "2025-12-01").code == 0
    assert section(done(ksmy("report")), "Overdue: 1") == (
        "FTA-CONCLUDE: Conclude the bilateral free trade agreement, both parties, due 2026-01-05, "
        "10 days ago, 5 days later than first stated"
    )
    (row,) = report(ksmy)["overdue"]
    assert (row["days_left"], row["slip_days"], row["parties"]) == (-10, 5, "both")


def test_the_longest_overdue_stands_first_and_milestones_stand_among_the_commitments(
    ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    batch(
        {"ref": "JETS-UPGRADE", "due": "2025-06", "on": "2025-06-01"},
        {"op": "milestone", "ref": "CCS-START", "title": "Site", "due": "2025-09", "on": "2025-06-01"},
    )
    found = report(ksmy)
    assert refs(found["overdue"]) == ["JETS-UPGRADE", "CCS-START/1", "FTA-CONCLUDE"]
    assert [row["record"] for row in found["overdue"]] == ["commitment", "milestone", "commitment"]
    assert '" (JETS-UPGRADE), by 199 days.' in found["summary"]
    assert "Korea" in section(done(ksmy("report")), "Overdue: 3 (2 commitments, 1 milestone)")


def test_the_summary_counts_milestones_beside_the_commitments_of_the_counts_by_deadline(
    ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    batch(
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 2, "due": "2025-06"},
        {"op": "milestone", "ref": "CCS-START", "title": "Site", "due": "2026-02"},
    )
    found = report(ksmy)
    assert (found["overdue_count"], found["due_soon_count"]) == (2, 1)
    assert (found["by_deadline"]["overdue"], found["by_deadline"]["due-soon"]) == (1, 0)
    assert "1 commitment and 1 milestone are overdue; 1 milestone is due within 90 days." in found["summary"]
    assert 'Longest overdue is the milestone "Signed" (FTA-CONCLUDE/2), by 199 days.' in found["summary"]
    text = done(ksmy("report"))
    assert section(text, "Overdue: 2 (1 commitment, 1 milestone)")
    assert section(text, "Due within 90 days: 1 (1 milestone)")


@pytest.mark.parametrize(
    ("within", "soon"), [("0", ["A"]), ("1", ["A", "B"]), ("30", ["A", "B", "C"]), ("29", ["A", "B"])]
)
def test_what_is_due_on_the_day_itself_until_the_horizon_is_due_soon(
    within: str, soon: list[str], ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    more = {"op": "add", "title": "t", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}
    dues = {"A": "2026-01-15", "B": "2026-01-16", "C": "2026-02-14", "D": "2026-02-15", "E": "2026"}
    batch(*({"ref": ref, "due": due, **more} for ref, due in dues.items()))
    found = report(ksmy, "--within", within)
    assert refs(found["due_soon"]) == soon
    assert found["due_soon_count"] == found["by_deadline"]["due-soon"] == len(soon)
    assert found["within"] == int(within)
    heading = f"Due within {within} day{'' if within == '1' else 's'}: {len(soon)}\n"
    assert heading in done(ksmy("report", "--within", within))


def test_the_order_of_contradictions_is_by_what_contradicts_and_then_by_ref(
    ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    batch(
        {"ref": "FTA-CONCLUDE", "status": "completed", "on": "2025-12-01", "evidence": "SBS News"},
        {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 1, "state": "met", "on": "2025-12-01"},
        {"ref": "TOURISM", "status": "completed", "on": "2025-12-01"},
        {"ref": "HYDROGEN", "status": "completed", "on": "2025-12-01"},
        {"ref": "JETS-UPGRADE", "status": "suspended", "due": "2025", "on": "2025-12-01"},
    )
    assert [(row["ref"], row["why"]) for row in report(ksmy)["contradictions"]] == [
        ("FTA-CONCLUDE", "completed with 4 milestones open"),
        *((ref, "completed with no evidence") for ref in ("HYDROGEN", "TOURISM")),
        ("JETS-UPGRADE", "suspended though its deadline has passed"),
    ]
    text = done(ksmy("report"))
    assert section(text, "Contradicts itself: 4") == (
        "FTA-CONCLUDE: completed with 4 milestones open HYDROGEN: completed with no evidence "
        "TOURISM: completed with no evidence JETS-UPGRADE: suspended though its deadline has passed"
    )


def test_what_has_no_entry_for_so_many_days_was_not_looked_at(ksmy: Ksmy) -> None:
    found = report(ksmy, "--stale", "416")
    assert (found["stale"], found["quiet_count"], len(found["quiet"])) == (416, 19, 19)
    assert "Not looked at for 416 days: 19\n" in done(ksmy("report", "--stale", "416"))


def test_an_entry_ends_the_quiet(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--note", "A call", "--on", "2026-01-10").code == 0
    assert "TOURISM" not in refs(report(ksmy)["quiet"])
    assert "TOURISM" in refs(report(ksmy, "--stale", "5")["quiet"])


def test_the_next_milestone_of_an_open_commitment_follows_the_one_that_was_met(ksmy: Ksmy) -> None:
    assert section(done(ksmy("report")), "Next milestones: 1") == (
        "FTA-CONCLUDE/1: 1. Negotiations concluded, scheduled"
    )
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-26").code == 0
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-06", "--on", "2025-10-26").code == 0
    assert section(done(ksmy("report")), "Next milestones: 1") == (
        "FTA-CONCLUDE/2: 2. Signed, scheduled, due 2026-06, in 166 days"
    )


def test_the_head_is_the_hash_of_the_newest_entry(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--note", "A call").code == 0
    newest = value(ksmy("history", "--limit", "1", "--format", "json"))[0]["hash"]
    assert report(ksmy)["head"] == newest
    assert done(ksmy("report")).endswith(f"\n\nHead {newest}\n")


def test_since_is_a_date_or_so_many_days_weeks_or_months_before(ksmy: Ksmy) -> None:
    assert report(ksmy, "--as-of", "2026-01-15", "--since", "7d")["since"] == "2026-01-08"


def test_since_is_thirty_days_unless_told_otherwise(ksmy: Ksmy) -> None:
    assert report(ksmy)["since"] == "2025-12-16"


def test_what_took_effect_on_the_day_since_or_later_is_listed(ksmy: Ksmy, at: At) -> None:
    for day in ("2025-10-01", "2025-10-02", "2025-10-03"):
        at(datetime.fromisoformat(f"{day}T04:00Z"))
        assert ksmy("update", "TOURISM", "--note", f"On {day}").code == 0
    at(datetime.fromisoformat("2025-10-04T04:00Z"))
    found = report(ksmy, "--since", "2025-10-02")
    assert [entry["note"] for entry in found["changed"]] == ["On 2025-10-02", "On 2025-10-03"]
    assert section(done(ksmy("report", "--since", "2d")), "Entries since 2025-10-02: 2") == (
        "2025-10-02 TOURISM: noted (On 2025-10-02) 2025-10-03 TOURISM: noted (On 2025-10-03)"
    )


def test_what_was_recorded_lately_is_listed_also_where_it_took_effect_before(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--status", "suspended", "--on", "2025-03-01").code == 0
    found = report(ksmy, "--since", "7d")
    assert [(entry["ref"], entry["effective_on"]) for entry in found["changed"]] == [
        ("TOURISM", "2025-03-01")
    ]
    assert found["changed_count"] == 1
    assert section(done(ksmy("report", "--since", "7d")), "Entries since 2026-01-08: 1").startswith(
        "2025-03-01 (recorded 2026-01-15) TOURISM: "
    )


def test_what_was_recorded_before_and_took_effect_before_is_not_listed(ksmy: Ksmy, at: At) -> None:
    at(datetime.fromisoformat("2025-12-01T04:00Z"))
    assert ksmy("update", "TOURISM", "--status", "suspended", "--on", "2025-03-01").code == 0
    at(datetime.fromisoformat("2026-01-15T04:00Z"))
    assert report(ksmy, "--since", "7d")["changed_count"] == 0
    assert report(ksmy, "--since", "2m")["changed_count"] == 1


def test_the_entries_that_created_the_register_are_no_news_by_when_they_were_recorded(ksmy: Ksmy) -> None:
    assert value(ksmy("history", "--format", "json"))[0]["recorded_at"].startswith("2026-01-15")
    assert report(ksmy, "--since", "7d")["changed_count"] == 0
    assert report(ksmy, "--since", "2024-11-25")["changed_count"] == 30


SHARED_DEFENCE = ["DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "DEFENCE-TRAINING"]
TRADE = ["FTA-CONCLUDE", "FTA-SCOPE", "TRADE-GROWTH"]


@pytest.mark.parametrize(
    ("narrowing", "named", "expected"),
    [
        (("--sector", "TRADE"), "trade", TRADE),
        (("--party", "MY", "--sector", "defence"), "defence, MY", SHARED_DEFENCE),
        (("--sector", "climate,tourism"), "climate, tourism", ["PARIS-REDUCTIONS", "TOURISM"]),
        (("--sector", "trade", "--search", "free TRADE"), "trade, free TRADE", ["FTA-CONCLUDE"]),
    ],
)
def test_a_report_can_be_narrowed(
    narrowing: Sequence[str], named: str, expected: list[str], ksmy: Ksmy
) -> None:
    found = report(ksmy, *narrowing)
    assert refs(found["quiet"]) == expected
    assert found["commitments"] == sum(found["by_sector"].values()) == len(expected)
    assert found["head"] == report(ksmy)["head"]
    title = " ".join(done(ksmy("report", *narrowing)).split("\n\n")[0].split())
    assert title.startswith(f"Republic of Korea - Malaysia: what was promised ({named}), as of 2026-01-15")


def test_narrowing_reaches_every_part_of_a_report(ksmy: Ksmy, batch: Callable[..., None]) -> None:
    batch(
        {"op": "milestone", "ref": "CCS-START", "title": "Site", "due": "2025-09", "on": "2025-06-01"},
        {"op": "milestone", "ref": "CCS-START", "title": "Well", "due": "2026-02", "on": "2025-06-01"},
        {"ref": "HYDROGEN", "status": "completed", "on": "2026-01-01"},
        {"ref": "TOURISM", "note": "A call", "on": "2026-01-10"},
    )
    energy = report(ksmy, "--sector", "green-energy")
    assert refs(energy["overdue"]) == ["CCS-START/1"]
    assert refs(energy["due_soon"]) == ["CCS-START/2"]
    assert refs(energy["changed"]) == ["CCS-START/1", "CCS-START/2", "HYDROGEN"]
    assert refs(energy["contradictions"]) == ["HYDROGEN"]
    assert refs(energy["next_milestones"]) == ["CCS-START/1"]
    assert refs(energy["quiet"]) == ["CCS-TECHNOLOGY", "GREEN-ENERGY", "CCS-START"]
    assert (energy["commitments"], energy["agreements"]) == (4, 2)
    for name in ("overdue", "due_soon", "changed", "quiet"):
        assert energy[f"{name}_count"] == len(energy[name])
    page = done(ksmy("report", "--sector", "green-energy", "--format", "html"))
    assert "CCS-START" in page
    assert not re.search("FTA-CONCLUDE|TOURISM", page)


def test_a_narrowed_report_of_a_past_day_is_of_that_day(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--on", "2026-01-10").code == 0
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2026-01-10").code == 0
    found = report(ksmy, "--sector", "trade", "--as-of", "2026-01-05")
    assert found["by_status"]["completed"] == 0
    assert refs(found["overdue"]) == ["FTA-CONCLUDE"]
    assert refs(found["next_milestones"]) == ["FTA-CONCLUDE/1"]
    assert found["changed"] == []
    assert report(ksmy, "--sector", "trade", "--as-of", "2024-11-24")["commitments"] == 0
    assert found["head"] == report(ksmy, "--as-of", "2026-01-05")["head"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--sector", "trad"), 2, "did you mean trade?"),
        (("--agreement", "FTAA"), 3, "there is no agreement FTAA; did you mean FTA?"),
    ],
)
@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_part_there_is_not_is_answered_with_what_was_probably_meant(
    command: str, arguments: Sequence[str], code: int, said: str, ksmy: Ksmy
) -> None:
    assert said in told(ksmy(command, *arguments), code)


@pytest.mark.parametrize("command", ["report --only-attention --exit-code", "timeline"])
def test_a_sector_without_commitments_is_refused_but_in_an_empty_register(
    ksmy: Ksmy, tmp_path: Path, command: str
) -> None:
    assert "there is no sector space; it is one of climate, " in told(
        ksmy(*command.split(), "--sector", "space"), 2
    )
    empty = str(tmp_path / "empty.db")
    assert ksmy("init", "--empty", "--db", empty).code == 0
    done(ksmy(*command.split(), "--sector", "space", "--db", empty))


@pytest.mark.parametrize(
    "arguments",
    [(), ("--sector", "tourism,trade", "--format", "md")],
)
def test_a_report_known_on_a_day_is_what_was_reported_on_that_day(
    arguments: Sequence[str], ksmy: Ksmy, at: At
) -> None:
    changes: dict[str, list[tuple[str, ...]]] = {
        "2025-02-03": [
            ("update", "FTA-CONCLUDE", "--due", "2025-Q3"),
            ("update", "TOURISM", "--note", "Call"),
        ],
        "2025-10-01": [("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")],
        "2025-11-20": [
            ("milestone", "add", "CCS-START", "Site", "--due", "2026-01"),
            ("update", "FTA-CONCLUDE", "--status", "completed"),
            ("update", "FTA-SCOPE", "--sector", "investment"),
        ],
        "2026-01-14": [("update", "TOURISM", "--status", "completed", "--evidence", "Minutes")],
    }
    printed = {}
    for day, commands in changes.items():
        at(datetime.fromisoformat(f"{day}T04:00Z"))
        for command in commands:
            assert ksmy(*command).code == 0
        printed[day] = done(ksmy("report", *arguments))
    at(datetime.fromisoformat("2026-01-15T04:00Z"))
    assert ksmy("undo").code == ksmy("amend", "33", "--on", "2025-08-01").code == 0
    assert ksmy("update", "TOURISM", "--status", "suspended", "--on", "2025-01-10").code == 0
    for day, text in printed.items():
        assert done(ksmy("report", *arguments, "--known-on", day)) == text
    assert len(set(printed.values())) == len(printed)


@pytest.fixture
def crowded(batch: Callable[..., None]) -> None:
    """60 overdue commitments with an open milestone each, 60 due soon, 60 completed without evidence."""
    more = {"op": "add", "title": "t", "agreement": "FTA", "sector": "crowd", "firmness": "agreed"}
    lines: list[dict[str, Any]] = []
    for number in range(60):
        lines += [
            {"ref": f"LATE-{number:02}", "due": "2025", "on": "2025-06-01", **more},
            {"op": "milestone", "ref": f"LATE-{number:02}", "title": "Step", "on": "2025-06-01"},
            {"ref": f"SOON-{number:02}", "due": "2026-03", "on": "2025-06-01", **more},
            {"ref": f"DONE-{number:02}", "status": "completed", "on": "2025-06-01", **more},
        ]
    batch(*lines)


PARTS = {
    "overdue": (61, "Overdue"),
    "due_soon": (60, "Due within"),
    "contradictions": (121, "Contradicts itself"),
    "next_milestones": (61, "Next milestones"),
    "moved": (241, "Moved since"),
    "changed": (240, "Entries since"),
    "quiet": (139, "Not looked at"),
}


@pytest.mark.usefixtures("crowded")
def test_a_screen_lists_the_first_five_of_a_kind_and_says_how_many_more(ksmy: Ksmy, tmp_path: Path) -> None:
    text = done(ksmy("report"))
    for total, title in PARTS.values():
        (block,) = [one for one in text.split("\n\n") if one.startswith(title)]
        heading, *lines = block.splitlines()
        assert heading.endswith(f": {total}")
        assert sum(bool(re.match(r"  \S", line)) for line in lines) == 6
        said = lines[-2] if lines[-1].startswith("    ksmy") else lines[-1]
        assert said.partition(":")[0] == f"  and {total - 5} {_rest(title)}"
    assert ksmy("report", "--output", str(tmp_path / "report.txt")).code == 0
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == text


@pytest.mark.usefixtures("crowded")
def test_a_document_lists_the_first_fifty_of_a_kind_and_says_how_many_more(ksmy: Ksmy) -> None:
    found = report(ksmy)
    markdown = done(ksmy("report", "--format", "md"))
    page = done(ksmy("report", "--format", "html"))
    for name, (total, _) in PARTS.items():
        assert len(found[name]) == 50
        assert found[_count_of(name)] == total
    said = [f"and {total - 50} {_rest(title)}" for total, title in PARTS.values()]
    assert re.findall(r"^and \d+ \w+", markdown, re.MULTILINE) == said
    assert re.findall(r"<p>(and \d+ \w+)(?=<|: <code>)", page) == said
    assert found["changed"][-1]["id"] == value(ksmy("history", "--limit", "1", "--format", "json"))[0]["id"]


def _rest(title: str) -> str:
    """What is left out of a list: of entries the earlier ones."""
    return "earlier" if title == "Entries since" else "more"


@pytest.mark.usefixtures("crowded")
def test_the_command_that_a_list_cut_short_names_lists_it_whole(ksmy: Ksmy) -> None:
    found = report(ksmy)
    commands = re.findall(r"^  and .* \w+:\s+ksmy (.*)$", done(ksmy("report")), re.MULTILINE)
    listed = {command: value(ksmy(*command.split(), "--format", "json")) for command in commands}
    assert {command.partition(" --known-on")[0]: len(rows) for command, rows in listed.items()} == {
        "list --overdue": found["overdue_count"],
        "due --within 90": found["overdue_count"] + found["due_soon_count"] + 1,  # one is upcoming
        "diff 2025-12-15 2026-01-15": found["moved_count"],
        "history --since 2025-12-16 --news": found["changed_count"],
        "list --not-reviewed 180": found["quiet_count"],
    }
    narrowed = re.findall(r":\s+ksmy (.*)", done(ksmy("report", "--sector", "crowd")))
    assert [command.partition(" --known-on")[0] for command in narrowed] == [
        "list --overdue --sector crowd",
        "due --within 90 --sector crowd",
        "list --not-reviewed 180 --sector crowd",
    ]
    due = value(ksmy(*narrowed[1].split(), "--format", "json"))
    assert [row["deadline"] for row in due].count("due-soon") == found["due_soon_count"]


def _count_of(name: str) -> str:
    return {"contradictions": "contradiction_count", "next_milestones": "next_milestone_count"}.get(
        name, f"{name}_count"
    )


def test_the_drawing_of_a_page_has_the_nearest_deadlines_where_there_are_too_many(
    ksmy: Ksmy, batch: Callable[..., None]
) -> None:
    more = {"op": "add", "title": "t", "agreement": "FTA", "sector": "crowd", "firmness": "agreed"}
    batch(*({"ref": f"R-{2026 + number}", "due": str(2026 + number), **more} for number in range(60)))
    figure = re.search("<svg.*</svg>", done(ksmy("report", "--format", "html")), re.DOTALL)
    assert figure is not None
    assert "R-2026" in figure[0]
    assert "R-2085" not in figure[0]


@pytest.mark.parametrize("format", ["text", "html"])
def test_a_file_has_what_would_have_been_printed_and_nothing_is_printed(
    format: str, ksmy: Ksmy, tmp_path: Path
) -> None:
    file = tmp_path / "report"
    assert done(ksmy("report", "--format", format, "--output", str(file))) == ""
    assert file.read_text(encoding="utf-8") == done(ksmy("report", "--format", format))


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_dash_is_stdout(command: str, ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert done(ksmy(command, "--format", "json", "--output", "-")) == done(ksmy(command, "--format", "json"))
    assert done(ksmy(command, "--output", "-")) == done(ksmy(command))
    assert not (tmp_path / "-").exists()


def test_a_file_that_is_replaced_keeps_its_mode(ksmy: Ksmy, tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_text("old")
    file.chmod(0o664)
    assert ksmy("report", "--format", "html", "--output", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_directory_as_output_is_refused(ksmy: Ksmy, tmp_path: Path) -> None:
    for command in ("report", "timeline"):
        assert told(ksmy(command, "--output", str(tmp_path)), 4) == (
            f"{tmp_path} is a directory; name a file for the {command}"
        )


def test_an_output_that_cannot_be_written_is_told(ksmy: Ksmy, tmp_path: Path) -> None:
    assert told(ksmy("report", "--output", str(tmp_path / "missing" / "report.txt")), 1) == (
        f"the report {tmp_path}/missing/report.txt could not be written: No such file or directory"
    )


def test_nothing_is_written_where_the_register_cannot_be_read(ksmy: Ksmy, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("old")
    assert "there is no register at" in told(
        ksmy("report", "--db", str(tmp_path / "none.db"), "--output", str(file)), 6
    )
    assert file.read_text() == "old"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_report_that_is_stopped_leaves_the_old_file_and_no_remains(
    number: signal.Signals, place: str, tmp_path: Path
) -> None:
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "report.txt").write_text("old")
    arguments = ["report", "--db", place, "--output", str(folder / "report.txt")]
    ended = subprocess.run(
        [sys.executable, "-c", DISTURBED, str(int(number)), *arguments], capture_output=True, check=False
    )
    assert ended.returncode in (128 + number, -number)
    assert ended.stdout == b""
    assert (folder / "report.txt").read_text() == "old"
    assert os.listdir(folder) == ["report.txt"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_remains(place: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'mount -t tmpfs -o size=12k tmpfs "$0" || exit 99; echo old > "$0/report.json"; "$@"; code=$?; '
        'cat "$0/report.json"; ls -A "$0"; exit $code'
    )
    command = [sys.executable, "-m", "ksmy_tracker", "report", "--db", place, "--format", "json"]
    command += ["--since", "2024-01-01", "--output", str(disk / "report.json")]
    namespace = _own_mounts()
    ended = subprocess.run(
        [*namespace, "/bin/sh", "-c", script, str(disk), *command],
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode == 99:
        pytest.skip("this machine lets nobody mount a file system")
    assert told(Ran("", ended.stderr, ended.returncode), 1) == (
        f"the report {disk}/report.json could not be written: No space left on device"
    )
    assert ended.stdout == "old\nreport.json\n"


def _own_mounts() -> list[str]:
    """A command that gives what it runs its own mounts."""
    for command in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    pytest.skip("this machine gives nobody mounts of their own")


def test_a_file_that_may_not_grow_leaves_the_old_one_and_no_remains(process: Ksmy, tmp_path: Path) -> None:
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "report.json").write_text("old")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    ran = process(
        *("report", "--format", "json", "--output", str(folder / "report.json")),
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit,
    )
    assert told(ran, 1) == (
        f"the report {folder}/report.json could not be written: {os.strerror(errno.EFBIG)}"
    )
    assert (folder / "report.json").read_text() == "old"
    assert os.listdir(folder) == ["report.json"]


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no /dev/stdout")
def test_stdout_by_its_path_is_stdout(process: Ksmy) -> None:
    expected = done(process("report", "--as-of", SEED_CALM))
    assert done(process("report", "--as-of", SEED_CALM, "--output", "/dev/stdout")) == expected


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no /dev/stdout")
def test_stdout_by_its_path_adds_to_what_a_log_has_already(
    process: Ksmy, register: Path, tmp_path: Path
) -> None:
    expected = done(process("report", "--as-of", SEED_CALM))
    log = tmp_path / "log" / "reports"
    log.parent.mkdir()
    log.write_text("yesterday\n")
    command = [sys.executable, "-m", "ksmy_tracker", "report", "--db", str(register), "--as-of", SEED_CALM]
    with log.open("a") as stream:
        subprocess.run([*command, "--output", "/dev/stdout"], stdout=stream, check=True)
    assert log.read_text(encoding="utf-8") == f"yesterday\n{expected}"
    assert os.listdir(log.parent) == ["reports"]


def test_a_report_that_needs_attention_is_printed_in_full_and_asked_for_its_code_ends_in_ten(
    ksmy: Ksmy,
) -> None:
    whole = done(ksmy("report"))
    assert done(ksmy("report", "--only-attention")) == whole
    assert ksmy("report", "--exit-code") == Ran(whole, "", 10)
    assert ksmy("report", "--exit-code", "--only-attention") == Ran(whole, "", 10)
    assert report(ksmy)["needs_attention"] is True


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_report_that_needs_no_attention_prints_nothing_at_all_where_only_that_is_asked_for(
    format: str, ksmy: Ksmy, tmp_path: Path
) -> None:
    calm = ("report", "--as-of", SEED_CALM, "--format", format, "--only-attention")
    assert ksmy(*calm) == Ran("", "", 0)
    assert ksmy(*calm, "--exit-code") == Ran("", "", 0)
    assert ksmy(*calm, "--output", str(tmp_path / "report")) == Ran("", "", 0)
    assert not (tmp_path / "report").exists()


def test_a_report_that_needs_no_attention_is_printed_where_all_is_asked_for_and_ends_in_nought(
    ksmy: Ksmy,
) -> None:
    ran = ksmy("report", "--as-of", SEED_CALM, "--exit-code")
    assert done(ran).startswith("Republic of Korea - Malaysia")
    assert report(ksmy, "--as-of", SEED_CALM)["needs_attention"] is False


def test_what_is_quiet_or_comes_next_needs_no_attention_by_itself(ksmy: Ksmy) -> None:
    found = report(ksmy, "--as-of", SEED_CALM, "--stale", "1")
    assert (found["quiet_count"], found["next_milestone_count"]) == (19, 1)
    assert found["needs_attention"] is False


def test_attention_is_that_of_the_part_the_report_is_narrowed_to(ksmy: Ksmy) -> None:
    assert ksmy("report", "--sector", "trade", "--exit-code").code == 10
    assert ksmy("report", "--sector", "tourism", "--exit-code").code == 0
    assert ksmy("report", "--sector", "tourism", "--only-attention") == Ran("", "", 0)


def test_attention_is_within_the_horizon_and_since_the_day_that_were_asked_for(ksmy: Ksmy) -> None:
    assert ksmy("report", "--as-of", SEED_CALM, "--within", "212", "--exit-code").code == 0
    assert ksmy("report", "--as-of", SEED_CALM, "--within", "213", "--exit-code").code == 10
    assert ksmy("report", "--as-of", SEED_CALM, "--since", "2024-11-25", "--exit-code").code == 10


def test_attention_goes_into_a_file_and_into_the_code_at_once(ksmy: Ksmy, tmp_path: Path) -> None:
    file = tmp_path / "today.txt"
    assert ksmy("report", "--exit-code", "--only-attention", "--output", str(file)) == Ran("", "", 10)
    assert file.read_text(encoding="utf-8") == done(ksmy("report"))


def test_a_report_that_fails_does_not_end_in_ten(ksmy: Ksmy, tmp_path: Path) -> None:
    told(ksmy("report", "--exit-code", "--db", str(tmp_path / "none.db")), 6)
    told(ksmy("report", "--exit-code", "--output", str(tmp_path)), 4)


def test_text_is_never_wider_than_a_mail_whatever_the_terminal_is_said_to_be(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--title", KOREAN * 4, "--note", "x" * 200).code == 0
    expected = done(ksmy("report"))
    assert 70 < max(map(cell_len, expected.splitlines())) <= 78
    assert KOREAN.replace(" ", "") in re.sub(r"\s", "", expected)
    for columns in ("10", "40", "200", "nonsense"):
        monkeypatch.setenv("COLUMNS", columns)
        assert done(ksmy("report")) == expected


def test_text_has_neither_escapes_nor_drawing(ksmy: Ksmy) -> None:
    assert not ESCAPES_OR_DRAWING.search(done(ksmy("report")))


CRON = {
    "nothing": {},
    "LANG=C": {"LANG": "C"},
    "POSIX": {"LC_ALL": "POSIX"},
    "a locale that is not installed": {"LC_ALL": "ko_KR.EUC-KR"},
    "ASCII without mercy": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "another encoding": {"PYTHONIOENCODING": "euc-kr:strict"},
    "another zone": {"TZ": "Pacific/Kiritimati"},
    "a terminal that is none": {"TERM": "xterm-256color", "COLUMNS": "200", "FORCE_COLOR": "1"},
    "no home": {"HOME": "/nonexistent"},
}


@pytest.mark.parametrize("environment", CRON.values(), ids=CRON)
def test_a_report_is_the_same_in_every_environment(
    environment: dict[str, str], ksmy: Ksmy, process: Ksmy
) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--title", KOREAN).code == 0
    expected = done(ksmy("report", "--as-of", "2026-01-16"))
    assert KOREAN[:10] in expected
    ran = process(
        *("report", "--as-of", "2026-01-16"),
        env={"PATH": "/usr/bin:/bin", **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert done(ran) == expected


def test_a_file_is_the_same_in_an_environment_that_knows_no_korean(
    ksmy: Ksmy, process: Ksmy, tmp_path: Path
) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--title", KOREAN).code == 0
    file = tmp_path / "보고서.txt"
    arguments = ("report", "--as-of", "2026-01-16", "--output", str(file))
    assert done(process(*arguments, env=CRON["ASCII without mercy"])) == ""
    assert file.read_text(encoding="utf-8") == done(ksmy("report", "--as-of", "2026-01-16"))


def test_a_sentence_about_a_korean_name_comes_out_in_any_locale(process: Ksmy, tmp_path: Path) -> None:
    (tmp_path / "보고서").mkdir()
    ran = process("report", "--output", str(tmp_path / "보고서"), env={"LANG": "C", "PATH": "/usr/bin:/bin"})
    assert told(ran, 4) == f"{tmp_path}/보고서 is a directory; name a file for the report"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "UTC"])
def test_the_zone_of_the_machine_does_not_matter(
    zone: str, ksmy: Ksmy, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        at(datetime.fromisoformat("2025-12-31T15:59Z"))
        assert (report(ksmy)["today"], report(ksmy)["overdue_count"]) == ("2025-12-31", 0)
        at(datetime.fromisoformat("2025-12-31T16:00Z"))
        assert (report(ksmy)["today"], report(ksmy)["overdue_count"]) == ("2026-01-01", 1)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_another_zone_can_be_named_by_option_or_variable(
    ksmy: Ksmy, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime.fromisoformat("2025-12-31T15:30Z"))
    assert report(ksmy)["today"] == "2025-12-31"
    assert report(ksmy, "--tz", "Asia/Seoul")["today"] == "2026-01-01"
    monkeypatch.setenv("KSMY_TZ", "Asia/Seoul")
    assert report(ksmy)["today"] == "2026-01-01"
    assert report(ksmy, "--tz", "America/New_York")["today"] == "2025-12-31"
    assert value(ksmy("timeline", "--format", "json"))["today"] == "2026-01-01"


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_zone_there_is_not_is_told(command: str, ksmy: Ksmy) -> None:
    assert "there is no time zone" in told(ksmy(command, "--tz", "Mars/Olympus"), 2)
    assert "such as Asia/Kuala_Lumpur or Asia/Seoul" in told(ksmy(command, "--tz", "Mars/Olympus"), 2)


def test_a_since_that_cannot_be_is_told(ksmy: Ksmy) -> None:
    assert (
        told(ksmy("report", "--since", "yesterday"), 2)
        == "--since: 'yesterday' is not a date such as 2025-10-27, nor 7d, 2w or 1m"
    )


def test_since_may_not_be_after_the_day_the_report_is_as_of(ksmy: Ksmy) -> None:
    ran = ksmy("report", "--as-of", "2025-06-01", "--since", "2025-06-02")
    assert "--since 2025-06-02 is after the day of the report (2025-06-01)" in told(ran, 2)


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_horizon_below_nought_or_that_is_no_number_is_told(command: str, ksmy: Ksmy) -> None:
    assert "--within" in told(ksmy(command, "--within=-1"), 2)


def test_a_horizon_of_nought_is_today_alone(ksmy: Ksmy) -> None:
    assert "Due within 0 days: none\n" in done(ksmy("report", "--within", "0"))
    assert refs(report(ksmy, "--within", "0", "--as-of", "2025-12-31")["due_soon"]) == ["FTA-CONCLUDE"]


def test_a_horizon_beyond_the_end_of_time_is_all_there_is(ksmy: Ksmy) -> None:
    assert refs(report(ksmy, "--within", str(10**18))["due_soon"]) == ["CCS-START"]


def test_a_quiet_time_below_nought_is_told(ksmy: Ksmy) -> None:
    assert "--stale" in told(ksmy("report", "--stale=-1"), 2)


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_day_that_is_none_is_told(command: str, ksmy: Ksmy) -> None:
    assert "--as-of: '2025-13-01' is not a date" in told(ksmy(command, "--as-of", "2025-13-01"), 2)


def test_a_report_can_be_as_of_the_first_and_the_last_day_there_are(ksmy: Ksmy) -> None:
    assert report(ksmy, "--as-of", "0001-01-01")["commitments"] == 0
    assert refs(report(ksmy, "--as-of", "9999-12-31")["overdue"]) == ["FTA-CONCLUDE", "CCS-START"]


def test_the_report_of_an_empty_register_says_so(ksmy: Ksmy, empty: str) -> None:
    text = done(ksmy("report", "--db", empty))
    assert "There is no commitment here yet." in text
    assert text.endswith("\n\nHead none: the register has no entry\n")
    counts = ("By status", "By firmness", "By sector", "By deadline")
    assert [section(text, title) for title in counts] == ["none"] * 4
    assert text.count(": none\n") == 9
    assert ksmy("report", "--db", empty, "--exit-code").code == 0
    assert ksmy("report", "--db", empty, "--only-attention") == Ran("", "", 0)
    for chosen in ("md", "html"):
        assert "There is no commitment here yet" in done(ksmy("report", "--db", empty, "--format", chosen))


@pytest.mark.usefixtures("finished")
def test_the_report_of_a_register_where_everything_is_done_says_so(ksmy: Ksmy) -> None:
    found = report(ksmy, "--as-of", "2026-03-01")
    assert found["summary"] == (
        "Of 19 commitments under 6 agreements, none is open and 19 completed. "
        "7 are firm (signed or committed), 9 agreed, offered or discussed, 3 only hoped for. "
        "Nothing is overdue or due within 90 days. No entry since 2026-01-30."
    )
    assert (found["open"], found["by_status"]["completed"], found["by_deadline"]["met"]) == (0, 19, 19)
    assert (found["quiet"], found["next_milestones"], found["contradictions"]) == ([], [], [])
    assert ksmy("report", "--as-of", "2026-03-01", "--exit-code").code == 0
    assert ksmy("report", "--as-of", "2026-03-01", "--only-attention") == Ran("", "", 0)


@pytest.mark.parametrize("columns", [40, 200])
def test_a_report_fits_a_terminal_and_is_no_wider_than_a_mail(columns: int, register: Path) -> None:
    shown = on_terminal("ksmy report --as-of 2026-01-15", register, columns)
    head = re.compile("[0-9a-f]{20,}")
    assert max(cell_len(line) for line in shown.splitlines() if not head.search(line)) <= min(columns, 78)
    assert not ESCAPES_OR_DRAWING.search(shown)


def test_a_report_has_colour_on_a_terminal_and_says_the_same_words(register: Path, process: Ksmy) -> None:
    shown = on_terminal("ksmy report --as-of 2026-01-15", register, 80, colour=True)
    assert "\x1b[1;31m  FTA-CONCLUDE: " in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == done(process("report", "--as-of", "2026-01-15"))


@pytest.mark.parametrize("command", ["report", "timeline"])
@pytest.mark.parametrize("columns", [40, 200])
def test_a_file_does_not_depend_on_the_terminal_it_is_written_from(
    command: str, columns: int, register: Path, process: Ksmy, tmp_path: Path
) -> None:
    file = tmp_path / "file.txt"
    shown = on_terminal(f"ksmy {command} --as-of 2026-01-15 --output {file}", register, columns, colour=True)
    assert shown == ""
    assert file.read_text(encoding="utf-8") == done(process(command, "--as-of", "2026-01-15"))


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_reporting_leaves_the_register_as_it_is(command: str, ksmy: Ksmy, register: Path) -> None:
    before = register.read_bytes(), register.stat().st_mtime_ns
    for chosen in ("text", "json", {"report": "html", "timeline": "svg"}[command]):
        done(ksmy(command, "--format", chosen))
    assert (register.read_bytes(), register.stat().st_mtime_ns) == before


@pytest.mark.parametrize("command", ["report", "timeline"])
def test_a_report_loads_nothing_that_only_a_change_needs(command: str, place: str) -> None:
    program = (
        "import sys; from ksmy_tracker import cli; code = cli.run(sys.argv[1:]); "
        "sys.exit(code or 'sqlalchemy' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, command, "--db", place], capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


REPORT = [
    *("today", "within", "since", "commitments", "open", "agreements", "by_status", "by_deadline"),
    *("by_firmness", "by_lead", "without_lead", "one_sided"),
    *(
        "overdue",
        "overdue_count",
        "due_soon",
        "due_soon_count",
        "moved",
        "moved_count",
        "changed",
        "changed_count",
    ),
    *("contradictions", "contradiction_count", "head", "summary", "by_sector", "stale"),
    *("quiet", "quiet_count", "next_milestones", "next_milestone_count"),
    *("measures", "measure_count", "disagreements", "disagreement_count", "needs_attention"),
]


def test_the_keys_of_a_report_are_frozen(lived: Ksmy) -> None:
    one = found(lived("report", "--format", "json"))
    assert list(one) == REPORT
    assert [list(row) for row in one["overdue"]] == [DEADLINE] * 3
    assert [list(row) for row in one["due_soon"]] == [DEADLINE] * 2
    assert [list(row) for row in one["moved"]] == [MOVED] * 4
    assert [list(row) for row in one["changed"]] == [ENTRY] * 2
    assert [list(row) for row in one["contradictions"]] == [["ref", "title", "why"]] * 3
    assert [list(row) for row in one["quiet"]] == [["ref", "title", "updated_on", "reviewed_on"]] * 7
    assert [list(row) for row in one["next_milestones"]] == [MILESTONE]


# A report of the same register


def test_a_report_counts_everything_once(lived: Ksmy) -> None:
    one = found(lived("report", "--format", "json"))
    assert (one["today"], one["within"], one["since"]) == ("2026-01-15", 90, "2025-12-16")
    assert (one["commitments"], one["open"], one["agreements"]) == (20, 17, 6)
    assert list(one["by_status"].items()) == [
        ("planned", 7),
        ("in-progress", 9),
        ("finalising", 0),
        ("completed", 2),
        ("suspended", 1),
        ("cancelled", 1),
    ]
    assert list(one["by_deadline"].items()) == [
        ("overdue", 2),
        ("due-soon", 2),
        ("upcoming", 1),
        ("undated", 12),
        ("met", 1),
        ("met-late", 1),
        ("closed", 1),
    ]
    assert list(one["by_sector"].items()) == [
        ("climate", 1),
        ("critical-minerals", 1),
        ("defence", 5),
        ("forums", 1),
        ("green-energy", 4),
        ("investment", 1),
        ("regional", 2),
        ("tourism", 1),
        ("trade", 4),
    ]
    assert [row["ref"] for row in one["overdue"]] == ["FTA-SCOPE", "FTA-CONCLUDE/2", "FTA-CONCLUDE"]
    assert [row["ref"] for row in one["due_soon"]] == ["PARIS-REDUCTIONS", "HALAL"]
    assert [entry["id"] for entry in one["changed"]] == [48, 49]
    assert [(row["ref"], row["why"]) for row in one["contradictions"]] == [
        ("TOURISM", "completed with milestone 1 open and no evidence"),
        ("FTA-CONCLUDE", "in-progress though its deadline has passed"),
        ("FTA-SCOPE", "planned though its deadline has passed"),
    ]
    assert [row["ref"] for row in one["next_milestones"]] == ["FTA-CONCLUDE/2"]
    counts = ("overdue_count", "due_soon_count", "changed_count", "contradiction_count")
    assert [one[name] for name in counts] == [3, 2, 2, 3]
    assert [one[name] for name in ("quiet_count", "next_milestone_count")] == [7, 1]
    assert [row["ref"] for row in one["quiet"]] == [*sorted(UNTOUCHED), "FTA-SCOPE", "FTA-CONCLUDE"]
    assert one["head"] == found(lived("history", "--limit", "1", "--format", "json"))[0]["hash"]


def test_a_report_of_a_past_day_is_of_that_day(lived: Ksmy) -> None:
    one = found(lived("report", "--as-of", PAST, "--within", "184", "--format", "json"))
    assert (one["today"], one["within"], one["commitments"], one["open"]) == (PAST, 184, 19, 18)
    assert one["overdue"] == []
    assert [row["ref"] for row in one["due_soon"]] == [
        *("FTA-SCOPE", "FTA-CONCLUDE/2", "FTA-CONCLUDE", "TOURISM/1"),
    ]
    assert [entry["id"] for entry in one["changed"]] == [37]
    assert one["contradictions"] == []
    assert one["head"] == found(lived("report", "--format", "json"))["head"]


def test_a_report_by_what_was_known_has_the_head_of_that_day(lived: Ksmy) -> None:
    one = found(lived("report", "--known-on", PAST, "--format", "json"))
    assert one["today"] == PAST
    assert one["head"] == found(lived("history", "--known-on", PAST, "--format", "json"))[-1]["hash"]


def sections(out: str) -> dict[str, str]:
    """The text under each heading of a report."""
    blocks = (block.partition("\n") for block in out.rstrip("\n").split("\n\n"))
    return {heading: " ".join(lines.split()) for heading, _, lines in blocks}


def test_the_text_of_a_report_has_every_section(lived: Ksmy) -> None:
    page = sections(shown(lived("report")))
    assert list(page) == [
        "Republic of Korea - Malaysia: what was promised, as of 2026-01-15",
        *("By status", "By firmness", "By sector", "By deadline"),
        "Overdue: 3 (2 commitments, 1 milestone)",
        "Due within 90 days: 2",
        "Contradicts itself: 3",
        "Next milestones: 1",
        *("Quantities: none", "Sources disagree: none"),
        "Moved since 2025-12-16: 4",
        "Entries since 2025-12-16: 2",
        "Not looked at for 180 days: 7",
        f"Head {found(lived('report', '--format', 'json'))['head']}",
    ]
    assert next(iter(page.values())) == (
        "Of 20 commitments under 6 agreements, 17 are open and 2 completed. "
        "7 are firm (signed or committed), 11 agreed, offered or discussed, 2 only hoped for; "
        "12 of 17 open have no date (ksmy list --undated). 2 commitments and 1 milestone are "
        'overdue; 2 commitments are due within 90 days. Longest overdue is "Take the FTA beyond trade and '
        'investment" (FTA-SCOPE), by 199 days. Contradictions: 2 commitments are open though their deadlines '
        "have passed, and 1 is completed without evidence or with a milestone open. There have been 2 entries "
        "since 2025-12-16."
    )
    assert page["By status"] == "planned 7, in-progress 9, completed 2, suspended 1, cancelled 1"
    assert page["By deadline"] == (
        "overdue 2, due-soon 2, upcoming 1, undated 12, met 1, met-late 1, closed 1"
    )
    assert (
        "FTA-CONCLUDE/2: Signed, both parties, due 2025-10 (2025-10-01 to 2025-10-31), 76 days ago"
        in page["Overdue: 3 (2 commitments, 1 milestone)"]
    )
    assert (
        "HALAL: Recognise halal certificates, Malaysia, due 2026-03-31, in 75 days"
        in page["Due within 90 days: 2"]
    )
    assert page["Entries since 2025-12-16: 2"] == (
        "2025-12-20 PARIS-REDUCTIONS: due set to 2026-02 2026-01-10 GREEN-ENERGY: noted (Asked Seoul for news)"
    )
    assert "and 2 more: ksmy list --not-reviewed 180" in page["Not looked at for 180 days: 7"]
    assert "TOURISM: completed with milestone 1 open and no evidence" in page["Contradicts itself: 3"]
    assert (
        page["Next milestones: 1"]
        == "FTA-CONCLUDE/2: 2. Signed, scheduled, overdue, due 2025-10, 76 days ago"
    )


def test_a_summary_that_counts_nothing_overdue_names_nothing_as_longest_overdue(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2027").code == 0
    assert ksmy("update", "FTA-CONCLUDE/1", "--due", "2025-10").code == 0
    one = found(ksmy("report", "--format", "json"))
    assert (one["by_deadline"]["overdue"], one["overdue_count"]) == (0, 1)
    assert not ("None are overdue" in one["summary"] and "Longest overdue" in one["summary"])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", [("list",), ("due",), ("show", "FTA-CONCLUDE")], ids=" ".join)
def test_the_first_and_the_last_day_of_the_calendar_are_days(
    lived: Ksmy, command: tuple[str, ...], day: str
) -> None:
    ran = lived(*command, "--as-of", day, "--format", "json")
    assert ran.code == (3 if command[0] == "show" and day == "0001-01-01" else 0)


def test_only_moved_is_silent_again_the_next_time_though_something_stays_overdue(ksmy: Ksmy, at: At) -> None:
    weekly = ("report", "--since", "2w", "--only-moved", "--exit-code")
    whole = done(ksmy("report", "--since", "2w"))
    assert ksmy(*weekly) == Ran(whole, "", 10)  # it is overdue since 1 January
    assert section(whole, "Moved since 2026-01-01: 1") == (
        "FTA-CONCLUDE: deadline due-soon -> overdue (calendar, overdue since 2026-01-01)"
    )
    at(datetime.fromisoformat("2026-01-29T04:00Z"))
    assert ksmy(*weekly) == Ran("", "", 0)
    assert ksmy("report", "--since", "2w", "--only-attention", "--exit-code").code == 10
    assert ksmy("update", "TOURISM", "--note", "A call").code == 0
    assert ksmy("update", "TOURISM", "--due", "2027").code == 0
    assert ksmy(*weekly).code == 10
    assert ksmy("undo").code == 0
    assert ksmy(*weekly) == Ran("", "", 0)
    assert ksmy(*weekly, "--only-attention") == Ran("", "", 0)


def test_only_moved_is_about_the_part_the_report_is_narrowed_to(ksmy: Ksmy) -> None:
    assert ksmy("report", "--only-moved", "--exit-code", "--sector", "tourism") == Ran("", "", 0)
    assert ksmy("report", "--only-moved", "--exit-code", "--sector", "trade").code == 10


def test_what_the_calendar_moved_is_listed_also_where_somebody_noted_something(ksmy: Ksmy) -> None:
    moved = report(ksmy)["moved"]
    assert ksmy("update", "FTA-CONCLUDE", "--note", "A call").code == 0
    assert report(ksmy)["moved"] == moved
    assert [one["new"] for one in moved] == ["overdue"]


def test_what_an_undo_took_back_has_moved(ksmy: Ksmy, at: At) -> None:
    at(datetime.fromisoformat("2026-01-16T04:00Z"))
    assert ksmy("update", "TOURISM", "--due", "2027").code == 0
    at(datetime.fromisoformat("2026-03-16T04:00Z"))
    assert ksmy("undo").code == 0
    found = report(ksmy, "--since", "7d")
    assert [(one["field"], one["old"], one["new"], one["entries"]) for one in found["moved"]] == [
        ("due", "2027", None, [32]),
        ("deadline", "upcoming", "undated", [32]),
    ]
