"""What khal and todoman make of the calendar.

A run of either takes about half a second, the file about ten seconds.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import registers
from tests.calendar_programs.conftest import Khal, Todoman


@pytest.fixture
def changing(after_summit: Path, tmp_path: Path) -> Path:
    """A register of the test's own, with a deadline, a step and one of each that is over."""
    register = Path(shutil.copy(after_summit, tmp_path / "register.db"))
    for arguments in (
        ("milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-Q3"),
        ("update", "HYDROGEN", "--due", "2026-06", "--title", "수소 협력, 2026; \\n"),
        ("update", "TOURISM", "--due", "2026-02-28", "--status", "completed", "--on", "2026-01-09"),
        ("update", "TRADE-GROWTH", "--due", "2027", "--status", "cancelled"),
    ):
        registers.run(register, *arguments, "--by", "desk")
    return register


def export(register: Path, target: Path, *arguments: str) -> Path:
    registers.run(register, "export", "--format", "ics", "--output", str(target), *arguments)
    return target


def days(events: list[dict[str, Any]]) -> dict[str, str]:
    """The day of each event; one that took several days would come several times."""
    found = {event["title"].partition(":")[0]: event["start-date"] for event in events}
    assert len(found) == len(events)
    return found


# --- khal ------------------------------------------------------------------------------------------------


def test_khal_lists_each_deadline_on_its_last_day(khal: Khal, changing: Path, tmp_path: Path) -> None:
    khal.take_in(export(changing, tmp_path / "deadlines.ics"))
    events = khal.events()
    assert days(events) == {
        "FTA-CONCLUDE": "2025-12-31",
        "HYDROGEN": "2026-06-30",
        "FTA-CONCLUDE/2": "2026-09-30",
        "FA50M-DELIVERY/1": "2026-12-31",
        "TRADE-GROWTH": "2027-12-31",
        "FA50M-DELIVERY": "2028-12-31",
        "CCS-START": "2029-12-31",
    }
    for event in events:
        assert (event["all-day"], event["end-date"]) == ("True", event["start-date"])
        cancelled = event["title"].startswith("TRADE-GROWTH")
        assert event["status"].strip() == ("CANCELLED" if cancelled else "CONFIRMED")


def test_khal_shows_title_sector_and_description(khal: Khal, changing: Path, tmp_path: Path) -> None:
    khal.take_in(export(changing, tmp_path / "deadlines.ics"))
    shown = {event["title"]: event for event in khal.events()}
    assert "HYDROGEN: 수소 협력, 2026; \\n" in shown
    event = shown["FTA-CONCLUDE: Conclude the bilateral free trade agreement"]
    assert event["categories"] == "trade"
    assert event["description"] == (
        "Due 2025 (2025-01-01 to 2025-12-31)\n"
        "In the source's words: by next year\n"
        "Expected now: 2026-H1\n"
        "Status: finalising; agreement: FTA; parties: both\n"
        "To be delivered by: MITI, KR-TRADE\n"
        "Sources disagree about: /1 met on, /1 leads"
    )
    assert event["uid"] == "FTA-CONCLUDE@ksmy-tracker"


def test_khal_shows_hostile_titles_as_they_are_and_no_event_but_ours(
    khal: Khal, hostile: Path, tmp_path: Path
) -> None:
    khal.take_in(export(hostile, tmp_path / "deadlines.ics"))
    events = khal.events()
    titles = {event["title"] for event in events}
    for name, text in registers.SHOWN.items():
        if name != "style":  # that one is completed
            assert f"{registers.REFS[name]}: {text}" in titles
    ours = {event["uid"].removesuffix("@ksmy-tracker").removesuffix(".1") for event in events}
    assert ours <= set(registers.REFS.values())
    for ref, last_day in registers.LAST_DAYS.items():
        if ref != registers.REFS["style"]:
            assert days(events)[ref] == last_day


def test_in_khal_a_deadline_that_moved_moves_and_what_was_cancelled_is_marked(
    khal: Khal, changing: Path, tmp_path: Path
) -> None:
    khal.take_in(export(changing, tmp_path / "before.ics"))
    registers.run(changing, "update", "CCS-START", "--due", "2030-Q1", "--by", "desk")
    registers.run(changing, "update", "HYDROGEN", "--status", "cancelled", "--by", "desk")
    khal.take_in(export(changing, tmp_path / "after.ics"))
    events = khal.events()
    assert days(events)["CCS-START"] == "2030-03-31"
    assert days(events)["HYDROGEN"] == "2026-06-30"
    assert {event["title"].partition(":")[0] for event in events if "CANCELLED" in event["status"]} == {
        "HYDROGEN",
        "TRADE-GROWTH",
    }


def test_khal_takes_in_what_a_filter_leaves_and_nothing(khal: Khal, changing: Path, tmp_path: Path) -> None:
    khal.take_in(export(changing, tmp_path / "none.ics", "--sector", "tourism"))
    assert khal.events() == []
    khal.take_in(export(changing, tmp_path / "one.ics", "--sector", "defence"))
    assert days(khal.events()) == {"FA50M-DELIVERY": "2028-12-31", "FA50M-DELIVERY/1": "2026-12-31"}


# --- todoman ---------------------------------------------------------------------------------------------


@pytest.fixture
def lists(tmp_path: Path, todoman: Todoman) -> Path:
    """Where todoman looks for to-dos."""
    return tmp_path / "lists" / "deadlines"


def summaries(todoman: Todoman, *arguments: str) -> dict[str, dict[str, Any]]:
    """What todoman says of each to-do, by ref."""
    found = json.loads(todoman("--porcelain", "list", *arguments))
    by_ref = {todo["summary"].partition(":")[0]: todo for todo in found}
    assert len(by_ref) == len(found)
    return by_ref


def test_todoman_lists_what_is_to_be_done_and_how_far_it_is(
    todoman: Todoman, lists: Path, changing: Path
) -> None:
    export(changing, lists / "deadlines.ics", "--as", "todo")
    found = summaries(todoman)
    assert {ref: todo["percent"] for ref, todo in found.items()} == {
        "FTA-CONCLUDE": 16,
        "HYDROGEN": 0,
        "FTA-CONCLUDE/2": 0,
        "FA50M-DELIVERY": 0,
        "FA50M-DELIVERY/1": 0,
        "CCS-START": 0,
    }
    assert {todo["list"] for todo in found.values()} == {"deadlines"}
    assert found["HYDROGEN"]["summary"] == "HYDROGEN: 수소 협력, 2026; \\n"
    assert found["FTA-CONCLUDE"]["categories"] == ["trade"]
    assert found["FTA-CONCLUDE"]["description"].startswith("Due 2025 (2025-01-01 to 2025-12-31)\nIn the ")


def test_todoman_knows_what_is_done_and_what_was_cancelled(
    todoman: Todoman, lists: Path, changing: Path
) -> None:
    export(changing, lists / "deadlines.ics", "--as", "todo")
    done = summaries(todoman, "--status", "COMPLETED")
    assert {ref: (todo["completed"], todo["percent"]) for ref, todo in done.items()} == {
        "TOURISM": (True, 100)
    }
    assert set(summaries(todoman, "--status", "CANCELLED")) == {"TRADE-GROWTH"}
    assert set(summaries(todoman, "--status", "IN-PROCESS")) == {"FTA-CONCLUDE", "FA50M-DELIVERY"}
    assert set(summaries(todoman, "--status", "NEEDS-ACTION")) == {
        "CCS-START",
        "FTA-CONCLUDE/2",
        "FA50M-DELIVERY/1",
        "HYDROGEN",
    }


@pytest.mark.parametrize("zone", ["Asia/Kuala_Lumpur", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_todoman_has_the_same_due_days_in_every_zone(
    todoman: Todoman, lists: Path, changing: Path, zone: str
) -> None:
    export(changing, lists / "deadlines.ics", "--as", "todo")
    lines = todoman("list", "--status", "ANY", zone=zone).splitlines()
    found = {
        seen[2]: (seen[1], line[1])
        for line in lines
        if (seen := re.search(r"(\d{4}-\d\d-\d\d) ([A-Z0-9/-]+): ", line))
    }
    assert found == {
        "FTA-CONCLUDE": ("2025-12-31", " "),
        "TOURISM": ("2026-02-28", "X"),
        "HYDROGEN": ("2026-06-30", " "),
        "FTA-CONCLUDE/2": ("2026-09-30", " "),
        "FA50M-DELIVERY/1": ("2026-12-31", " "),
        "TRADE-GROWTH": ("2027-12-31", "X"),
        "FA50M-DELIVERY": ("2028-12-31", " "),
        "CCS-START": ("2029-12-31", " "),
    }


def test_todoman_shows_hostile_titles_as_they_are_and_no_to_do_but_ours(
    todoman: Todoman, lists: Path, hostile: Path
) -> None:
    export(hostile, lists / "deadlines.ics", "--as", "todo")
    found = summaries(todoman, "--status", "ANY")
    assert {ref.removesuffix("/1") for ref in found} == set(registers.REFS.values())
    for name, text in registers.SHOWN.items():
        ref = registers.REFS[name]
        assert found[ref]["summary"] == f"{ref}: {text}"
        assert found[f"{ref}/1"]["summary"] == f"{ref}/1: {text}"


def test_todoman_has_nothing_to_list_of_an_empty_register(todoman: Todoman, lists: Path, empty: Path) -> None:
    export(empty, lists / "deadlines.ics", "--as", "todo")
    assert summaries(todoman, "--status", "ANY") == {}


# --- both ------------------------------------------------------------------------------------------------

#: Titles and due dates on which programs have broken, with the titles as they are shown.
BREAKING: dict[str, tuple[str, str, str]] = {
    "KR-LONG": ("전략적 동반자 관계에 관한 공동 이행 계획을 " * 6, "2027-01-29", ""),
    "FOLDED": ("mnopqrs " * 7 + "abcdef🛳👩‍🔬🇲🇾 é e\u0301", "2027-02-28", ""),
    "ESCAPES": ('semi; comma, back\\slash "q": \\n literal \\, \\; ^n', "2027-03-31", ""),
    "BREAKS": (
        "line\nbreak\r\nCRLF\ttab\x0b\u2028\x85",
        "2027-04-30",
        "line␊break␍␊CRLF␉tab␋\\u2028\\u0085",
    ),
    "ENDING": ("x\r\nEND:VEVENT\r\nEND:VCALENDAR", "2027-Q2", "x␍␊END:VEVENT␍␊END:VCALENDAR"),
    "SPAN": ("Interval", "2027-06-01/2027-06-30", ""),
    "FAR": ("Far", "9999-12-30", ""),
    "OLD": ("Old", "0001-01-03", ""),
    "SET": ("Set", "[2027, 2029]", ""),
}


@pytest.fixture
def breaking(after_summit: Path, tmp_path: Path) -> Path:
    register = Path(shutil.copy(after_summit, tmp_path / "register.db"))
    more = ("--agreement", "SP-2024", "--sector", "trade", "--firmness", "agreed", "--by", "desk")
    for ref, (title, due, _) in BREAKING.items():
        registers.run(register, "add", ref, "--title", title, "--due", due, *more)
    return register


def shown_titles() -> set[str]:
    return {f"{ref}: {shown or title}".rstrip() for ref, (title, _, shown) in BREAKING.items()}


def test_khal_reads_whole_what_has_broken_calendars(khal: Khal, breaking: Path, tmp_path: Path) -> None:
    khal.take_in(export(breaking, tmp_path / "deadlines.ics"))
    titles = {event["title"].rstrip() for event in khal.events()}
    within_ten_years = {title for title in shown_titles() if not title.startswith(("FAR", "OLD"))}
    assert within_ten_years <= titles


def test_todoman_reads_whole_what_has_broken_calendars(todoman: Todoman, lists: Path, breaking: Path) -> None:
    export(breaking, lists / "deadlines.ics", "--as", "todo")
    found = summaries(todoman, "--status", "ANY")
    assert {
        f"{ref}: {one['summary'].partition(': ')[2]}".rstrip() for ref, one in found.items()
    } >= shown_titles()
