"""The commands that look: what they find, in which form, on a terminal, in a pipe and on a past day."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from ksmy_tracker import cli, clock
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.record import Recording, record
from tests.conftest import NOW, Ksmy, Ran, sentence
from tests.terminal import all_sent, columns

COMMITMENT = [
    *("ref", "title", "detail", "agreement", "sector", "parties", "firmness", "verifiable", "source"),
    *("status", "deadline", "days_left", "due", "due_earliest", "due_latest", "due_phrase"),
    *("baseline_due", "slip_days", "milestones_met", "milestones", "evidence", "created_on", "updated_on"),
    *("withdrawn", "newest_entry"),
]
AGREEMENT = [
    *("ref", "title", "kind", "stage", "dated", "place", "parties", "source"),
    *("commitments", "open", "overdue", "withdrawn"),
]
ENTRY = [
    *("id", "invocation", "key", "key_digest", "recorded_at", "effective_on", "actor", "record", "ref"),
    *("action", "changes", "note", "evidence", "previous_hash", "hash"),
]
MILESTONE = [
    *("ref", "number", "title", "state", "deadline", "days_left", "due", "due_earliest", "due_latest"),
    *("met_on", "evidence", "withdrawn"),
]
DEADLINE = [
    *("ref", "record", "title", "agreement", "sector", "parties", "status", "deadline", "days_left"),
    *("due", "due_earliest", "due_latest", "due_phrase", "slip_days"),
]
REPORT = [
    *("today", "within", "since", "commitments", "open", "agreements", "by_status", "by_deadline"),
    *("overdue", "overdue_count", "due_soon", "due_soon_count", "changed", "changed_count"),
    *("contradictions", "contradiction_count", "head", "summary", "by_sector", "stale"),
    *("quiet", "quiet_count", "next_milestones", "next_milestone_count", "needs_attention"),
]
LOOKING = (
    ("list",),
    ("due",),
    ("history",),
    ("agreements",),
    ("show", "FTA-CONCLUDE"),
    ("show", "FTA"),
    ("report",),
)
LISTINGS = ("list", "due", "history", "agreements")

PAST = "2025-06-30"
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:\d;)*3\d(?:;\d+)*m")

HOSTILE = (
    "\x1b[31mred\x1b[0m\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\ \x9b31m \x85 \x08 \x7f "
    "\u202eexe.fdp\u2066 \u200f \u2028 \u00ad\u200b\U000e0041 line\r\nbreak\ttab"
)
MARKUP = "[bold]b[/bold] [/] | `code` <script>alert(1)</script> &amp; **x** _y_ [a](http://x) \\"
FORMULA = '=HYPERLINK("http://x","y")'
KOREAN = "한국과 말레이시아의 자유무역협정"
LONG = "y" * 20_000


def shown(ran: Ran) -> str:
    """The result of a run that went well."""
    assert (ran.err, ran.code) == ("", 0)
    return ran.out


def rows(ran: Ran) -> list[list[str]]:
    """The rows of a result in tsv."""
    return [line.split("\t") for line in shown(ran).splitlines()]


def found(ran: Ran) -> Any:
    """The value of a result in JSON."""
    return json.loads(shown(ran))


# Registers to look at


def add(ref: str, on: str, record: str, **fields: str) -> Change:
    """A change that adds a record; a milestone has its commitment's ref."""
    return Change("add", ref, record=record, fields=fields, effective_on=on, new_sector=True)


def update(
    ref: str, on: str, *, note: str | None = None, evidence: tuple[str, ...] = (), **fields: str
) -> Change:
    return Change(
        "update", ref, fields=fields, effective_on=on, note=note, evidence=evidence, new_sector=True
    )


#: What happened after the summit: entries 31 to 46 by a clerk, 47 to 49 by an analyst, each recorded on its day.
CLERK = (
    update("DEFENCE-RESEARCH", "2025-01-10", due="2025-04"),
    update("FTA-SCOPE", "2025-02-01", due="2025-06", due_phrase="by mid-2025"),
    update("FTA-CONCLUDE/1", "2025-02-15", due="2025-03"),
    update("FTA-CONCLUDE/2", "2025-02-15", due="2025-10"),
    update("FTA-CONCLUDE/1", "2025-03-20", state="met", evidence=("https://example.org/talks",)),
    update("DEFENCE-RESEARCH", "2025-05-01", status="completed", evidence=("Ministry release",)),
    add("TOURISM", "2025-06-01", "milestone", title="Open an office", due="2025-12"),
    update("TOURISM", "2025-07-01", status="completed"),
    add(
        "HALAL",
        "2025-08-01",
        "commitment",
        title="Recognise halal certificates",
        agreement="SP-2024",
        sector="trade",
        firmness="agreed",
        parties="MY",
        due="2026-03-31",
    ),
    update("HYDROGEN", "2025-08-01", firmness="agreed"),
    update("MULTILATERAL", "2025-08-15", sector="forums"),
    update("JETS-UPGRADE", "2025-08-20", parties="both"),
    update("TRADE-GROWTH", "2025-09-01", status="suspended", note="Tariffs first"),
    update("INVESTMENT", "2025-09-05", title="High-value projects in Malaysia"),
    update("DEFENCE-TRAINING", "2025-09-10", agreement="FA50M-2023"),
    update("CCS-START", "2025-10-01", due="2030"),
)
ANALYST = (
    update("DEFENCE-INDUSTRY", "2025-11-01", status="cancelled"),
    update("PARIS-REDUCTIONS", "2025-12-20", due="2026-02"),
    update("GREEN-ENERGY", "2026-01-10", note="Asked Seoul for news"),
)


@pytest.fixture(scope="session")
def lived_path(_seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeded register after a year of changes; only read."""
    path = Path(shutil.copy(_seeded, tmp_path_factory.mktemp("lived") / "register.db"))
    with FileRegister(path).writing() as session:
        for actor, changes in (("clerk", CLERK), ("analyst", ANALYST)):
            for change in changes:
                day = date.fromisoformat(str(change.effective_on))
                recording = Recording(actor, datetime.combine(day, time(4), UTC), day)
                record(session, [replace(change)], recording)
    return path


def commitment(ref: str, **fields: Any) -> dict[str, Any]:
    return {"ref": ref, "title": ref, "agreement": "PACT", "sector": "x", "firmness": "agreed", **fields}


def seeded(
    directory: Path, commitments: Sequence[dict[str, Any]], *, by: str = "seeder", **pact: Any
) -> Path:
    """A register from a seed of these commitments, all under one agreement."""
    agreement = {"ref": "PACT", "title": "Pact", "kind": "treaty", "stage": "signed", **pact}
    seed = {
        "format": "ksmy-seed/1",
        "effective_on": "2026-01-01",
        "agreements": [agreement],
        "commitments": list(commitments),
    }
    (directory / "seed.json").write_text(json.dumps(seed))
    path = directory / "seeded.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        code = cli.run(["init", "--db", str(path), "--seed", str(directory / "seed.json"), "--by", by])
    assert code == 0
    return path


@pytest.fixture(scope="session")
def hostile_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose every text is meant to harm whoever looks at it; only read."""
    hostile = {"detail": HOSTILE, "source": HOSTILE, "due_phrase": HOSTILE, "note": HOSTILE}
    return seeded(
        tmp_path_factory.mktemp("hostile"),
        [
            commitment("CONTROLS", title=HOSTILE, due="2025", evidence=[HOSTILE, FORMULA], **hostile),
            commitment("MARKUP", title=MARKUP, detail=MARKUP, due="2026-02", note=MARKUP),
            commitment("FORMULA", title=FORMULA, detail="+1", source="-1", due_phrase="@SUM(1)"),
            commitment("LONG", title=LONG, detail="한" * 20_000, due="2026-03", note="z " * 10_000),
            commitment("KOREAN", title=KOREAN),
            commitment("KOREAN-APART", title=unicodedata.normalize("NFD", KOREAN)),
            commitment("LATIN", title="Free trade"),
        ],
        by=HOSTILE,
        title=HOSTILE,
        place=HOSTILE,
        source=MARKUP,
        note=HOSTILE,
        evidence=[HOSTILE],
    )


@pytest.fixture
def on(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Ksmy]:
    """The program in this process, on another register than the seeded one."""

    def run_on(path: Path) -> Ksmy:
        monkeypatch.setenv("KSMY_DATABASE_URL", str(path))
        return ksmy

    return run_on


@pytest.fixture
def lived(on: Callable[[Path], Ksmy], lived_path: Path) -> Ksmy:
    """The program on the register that a year has passed over; it is 15 January 2026."""
    return on(lived_path)


@pytest.fixture
def hostile(on: Callable[[Path], Ksmy], hostile_path: Path) -> Ksmy:
    """The program on the hostile register."""
    return on(hostile_path)


@pytest.fixture(scope="session")
def bare_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with nothing in it; only read."""
    path = tmp_path_factory.mktemp("bare") / "register.db"
    assert cli.run(["init", "--empty", "--db", str(path)]) == 0
    return path


@pytest.fixture
def bare(on: Callable[[Path], Ksmy], bare_path: Path) -> Ksmy:
    """The program on a register with nothing in it."""
    return on(bare_path)


# list: every filter, today and on a past day

EVERY_REF = {
    *("CCS-START", "CCS-TECHNOLOGY", "DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "DEFENCE-TRAINING"),
    *("FA50M-DELIVERY", "FTA-CONCLUDE", "FTA-SCOPE", "GREEN-ENERGY", "HALAL", "HYDROGEN", "INVESTMENT"),
    *("JETS-UPGRADE", "MIDDLE-EAST-PEACE", "MINERALS-SUPPLY", "MULTILATERAL", "PARIS-REDUCTIONS"),
    *("REGIONAL-STABILITY", "TOURISM", "TRADE-GROWTH"),
}
UNTOUCHED = {"CCS-TECHNOLOGY", "FA50M-DELIVERY", "MIDDLE-EAST-PEACE", "MINERALS-SUPPLY", "REGIONAL-STABILITY"}
#: Options, the refs they let through on 15 January 2026, and those on 30 June 2025.
FILTERED: tuple[tuple[str, set[str], set[str] | None], ...] = (
    ("", EVERY_REF, EVERY_REF - {"HALAL"}),
    ("--status completed", {"DEFENCE-RESEARCH", "TOURISM"}, {"DEFENCE-RESEARCH"}),
    ("--status suspended", {"TRADE-GROWTH"}, set()),
    (
        "--status completed --status cancelled",
        {"DEFENCE-INDUSTRY", "DEFENCE-RESEARCH", "TOURISM"},
        {"DEFENCE-RESEARCH"},
    ),
    ("--status Suspended,CANCELLED", {"DEFENCE-INDUSTRY", "TRADE-GROWTH"}, set()),
    (
        "--sector trade",
        {"FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "TRADE-GROWTH"},
        {"FTA-CONCLUDE", "FTA-SCOPE", "TRADE-GROWTH"},
    ),
    (
        "--sector regional",
        {"MIDDLE-EAST-PEACE", "REGIONAL-STABILITY"},
        {"MIDDLE-EAST-PEACE", "MULTILATERAL", "REGIONAL-STABILITY"},
    ),
    ("--sector forums", {"MULTILATERAL"}, set()),
    ("--sector climate --sector tourism", {"PARIS-REDUCTIONS", "TOURISM"}, {"PARIS-REDUCTIONS", "TOURISM"}),
    ("--party KR", EVERY_REF - {"HALAL"}, EVERY_REF - {"HALAL"}),
    ("--party my", EVERY_REF - {"FA50M-DELIVERY"}, EVERY_REF - {"FA50M-DELIVERY", "JETS-UPGRADE", "HALAL"}),
    (
        "--party both",
        EVERY_REF - {"FA50M-DELIVERY", "HALAL"},
        EVERY_REF - {"FA50M-DELIVERY", "HALAL", "JETS-UPGRADE"},
    ),
    ("--party KR --party MY", EVERY_REF, EVERY_REF - {"HALAL"}),
    ("--agreement FA50M-2023", {"DEFENCE-TRAINING", "FA50M-DELIVERY"}, {"FA50M-DELIVERY"}),
    (
        "--agreement fta --agreement mou-ccs",
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
        {"CCS-START", "CCS-TECHNOLOGY", "FTA-CONCLUDE", "FTA-SCOPE"},
    ),
    ("--firmness hoped", {"DEFENCE-INDUSTRY", "INVESTMENT"}, {"DEFENCE-INDUSTRY", "HYDROGEN", "INVESTMENT"}),
    (
        "--firmness agreed --firmness committed",
        {
            *("DEFENCE-RESEARCH", "DEFENCE-TRAINING", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "HYDROGEN"),
            *("MIDDLE-EAST-PEACE", "MULTILATERAL", "PARIS-REDUCTIONS"),
        },
        {
            *("DEFENCE-RESEARCH", "DEFENCE-TRAINING", "FTA-CONCLUDE", "FTA-SCOPE", "MIDDLE-EAST-PEACE"),
            *("MULTILATERAL", "PARIS-REDUCTIONS"),
        },
    ),
    ("--overdue", {"FTA-CONCLUDE", "FTA-SCOPE"}, set()),
    ("--due-before 2025-12-31", {"DEFENCE-RESEARCH", "FTA-SCOPE"}, {"DEFENCE-RESEARCH", "FTA-SCOPE"}),
    (
        "--due-before 2030-01-01",
        {"DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "PARIS-REDUCTIONS"},
        {"CCS-START", "DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE"},
    ),
    ("--due-after 2025-12-31", {"CCS-START", "HALAL", "PARIS-REDUCTIONS"}, {"CCS-START"}),
    (
        "--due-after 2025-12-30 --due-before 2026-03-31",
        {"FTA-CONCLUDE", "PARIS-REDUCTIONS"},
        {"FTA-CONCLUDE"},
    ),
    ("--stale 365", UNTOUCHED, set()),
    (
        "--stale 150",
        UNTOUCHED | {"FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "HYDROGEN", "MULTILATERAL"},
        EVERY_REF - {"DEFENCE-RESEARCH", "FTA-CONCLUDE", "FTA-SCOPE", "HALAL", "TOURISM"},
    ),
    ("--search anwar --search 147", {"INVESTMENT"}, {"INVESTMENT"}),
    ("--search MID-2025", {"FTA-SCOPE"}, {"FTA-SCOPE"}),
    ("--search value --search investment", {"INVESTMENT"}, {"INVESTMENT"}),
    ("--search high-value --search korean", set(), {"INVESTMENT"}),
    ("--sector trade --overdue", {"FTA-CONCLUDE", "FTA-SCOPE"}, set()),
    (
        "--status planned --status in-progress --sector green-energy --agreement MOU-CCS",
        {"CCS-START", "CCS-TECHNOLOGY"},
        {"CCS-START", "CCS-TECHNOLOGY"},
    ),
    (
        "--firmness committed --party KR --search trade --agreement FTA --due-before 2025-12-01",
        {"FTA-SCOPE"},
        {"FTA-SCOPE"},
    ),
    ("--sector defence --firmness agreed --stale 90", {"DEFENCE-TRAINING"}, {"DEFENCE-TRAINING"}),
    ("--party MY --sector defence --status planned", {"DEFENCE-TRAINING", "JETS-UPGRADE"}, None),
)


@pytest.mark.parametrize(("options", "today", "past"), FILTERED, ids=[case[0] or "none" for case in FILTERED])
def test_a_filter_lets_through_what_passes_it(
    lived: Ksmy, options: str, today: set[str], past: set[str] | None
) -> None:
    listed = [ref for (ref,) in rows(lived("list", *options.split(), "--columns", "ref"))]
    assert listed == sorted(today)
    if past is not None:
        asked = ("list", *options.split(), "--columns", "ref", "--as-of", PAST)
        assert [ref for (ref,) in rows(lived(*asked))] == sorted(past)


def test_a_filter_looks_at_the_day_it_is_asked_about(lived: Ksmy) -> None:
    assert rows(lived("list", "--overdue", "--as-of", PAST)) == []
    overdue = rows(lived("list", "--overdue", "--as-of", "2025-07-01", "--columns", "ref,days_left"))
    assert overdue == [["FTA-SCOPE", "-1"]]


def test_a_day_before_the_first_entry_has_nothing_to_list(lived: Ksmy) -> None:
    assert lived("list", "--as-of", "2024-11-24") == Ran("", "", 0)


def test_today_is_the_day_in_the_zone_that_is_asked_for(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    # The last day of 2025 has ended in Seoul and has half an hour to go in Kuala Lumpur.
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 12, 31, 15, 30, tzinfo=UTC))
    overdue = ("list", "--overdue", "--columns", "ref")
    assert rows(ksmy(*overdue)) == []
    assert rows(ksmy(*overdue, "--tz", "Asia/Seoul")) == [["FTA-CONCLUDE"]]
    monkeypatch.setenv("KSMY_TZ", "Asia/Seoul")
    assert rows(ksmy(*overdue)) == [["FTA-CONCLUDE"]]


# list: order, number and columns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--sort due", "DEFENCE-RESEARCH FTA-SCOPE FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--sort -due", "CCS-START HALAL PARIS-REDUCTIONS FTA-CONCLUDE FTA-SCOPE DEFENCE-RESEARCH"),
        ("--sort due --as-of 2025-06-30", "DEFENCE-RESEARCH FTA-SCOPE FTA-CONCLUDE CCS-START"),
        ("--sort -due --as-of 2025-06-30", "CCS-START FTA-CONCLUDE FTA-SCOPE DEFENCE-RESEARCH"),
        ("--sort days_left", "FTA-SCOPE FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--sort -slip-days", "CCS-START"),
        ("--sort -milestones --sort -ref", "FTA-CONCLUDE TOURISM TRADE-GROWTH"),
        ("--sort -milestones,ref", "FTA-CONCLUDE TOURISM CCS-START"),
    ],
)
def test_a_listing_is_sorted_as_asked(lived: Ksmy, options: str, expected: str) -> None:
    listed = [ref for (ref,) in rows(lived("list", *options.split(), "--columns", "ref"))]
    assert listed[: len(expected.split())] == expected.split()


@pytest.mark.parametrize(
    ("spaced", "plain"),
    [
        (("--sort", "-milestones, ref"), ("--sort", "-milestones,ref")),
        (("--sort", " sector , -due "), ("--sort", "sector,-due")),
        (("--columns", "ref, due-phrase , title"), ("--columns", "ref,due_phrase,title")),
        (("--status", "planned, in-progress"), ("--status", "planned,in-progress")),
        (("--sector", "trade , defence"), ("--sector", "trade,defence")),
        (("--party", "kr, both"), ("--party", "kr,both")),
        (("--agreement", "FTA, sp-2024"), ("--agreement", "FTA,SP-2024")),
        (("--firmness", "agreed, hoped"), ("--firmness", "agreed,hoped")),
    ],
)
def test_what_is_separated_by_commas_may_have_spaces(
    lived: Ksmy, spaced: tuple[str, str], plain: tuple[str, str]
) -> None:
    assert lived("list", *spaced, "--format", "json") == lived("list", *plain, "--format", "json")
    assert lived("list", *spaced).code == 0


@pytest.mark.parametrize("sort", ["due", "-due", "days_left", "-days_left", "due_phrase", "-due_phrase"])
@pytest.mark.parametrize("day", ["2026-01-15", PAST])
def test_nulls_come_last_either_way(lived: Ksmy, sort: str, day: str) -> None:
    asked = ("list", "--sort", sort, "--columns", sort.removeprefix("-"), "--as-of", day)
    empty = [value == "" for (value,) in rows(lived(*asked))]
    assert empty == sorted(empty)
    assert set(empty) == {True, False}


@pytest.mark.parametrize(("limit", "count"), [("0", 0), ("1", 1), ("7", 7), ("20", 20), ("1000", 20)])
def test_a_listing_has_no_more_rows_than_its_limit(lived: Ksmy, limit: str, count: int) -> None:
    every = rows(lived("list", "--sort", "title"))
    assert rows(lived("list", "--sort", "title", "--limit", limit)) == every[:count]


def test_a_limit_cuts_after_the_filters_and_the_order(lived: Ksmy) -> None:
    asked = ("list", "--sector", "trade", "--sort", "-due", "--limit", "1", "--columns", "ref")
    assert rows(lived(*asked)) == [["HALAL"]]


@pytest.mark.parametrize("command", ["list", "due", "history"])
def test_a_limit_beyond_what_the_database_can_count_is_no_bug(lived: Ksmy, command: str) -> None:
    ran = lived(command, "--limit", "9" * 30)
    if ran.code == 0:
        assert ran.out == lived(command).out
    else:
        assert ran.code == 2
        assert "--limit" in sentence(ran)


def test_columns_are_shown_in_the_order_asked_for(lived: Ksmy) -> None:
    asked = ("--search", "FTA-CONCLUDE", "--columns", "days_left,ref,verifiable,Due-Latest,slip_days")
    assert rows(lived("list", *asked)) == [["-15", "FTA-CONCLUDE", "true", "2025-12-31", "0"]]
    assert [list(row.items()) for row in found(lived("list", *asked, "--format", "json"))] == [
        [
            ("days_left", -15),
            ("ref", "FTA-CONCLUDE"),
            ("verifiable", True),
            ("due_latest", "2025-12-31"),
            ("slip_days", 0),
        ]
    ]
    assert shown(lived("list", *asked, "--format", "csv")) == (
        "days_left,ref,verifiable,due_latest,slip_days\n-15,FTA-CONCLUDE,true,2025-12-31,0\n"
    )
    assert shown(lived("list", *asked, "--format", "table")).split() == [
        *("days", "left", "ref", "verifiable", "due", "latest", "slip", "days"),
        *("-15", "FTA-CONCLUDE", "yes", "2025-12-31", "0"),
    ]


@pytest.mark.parametrize(
    ("command", "fields"),
    [("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY), ("agreements", AGREEMENT)],
)
def test_every_field_of_the_contract_is_a_column(lived: Ksmy, command: str, fields: list[str]) -> None:
    out = shown(lived(command, "--columns", ",".join(fields), "--format", "csv"))
    assert next(csv.reader(io.StringIO(out))) == fields


# What programs see


def test_the_keys_of_a_commitment_are_frozen(lived: Ksmy) -> None:
    for row in found(lived("list", "--format", "json")):
        assert list(row) == COMMITMENT


def test_the_values_of_a_commitment_are_plain(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "FTA-CONCLUDE", "--format", "json"))
    assert {name: row[name] for name in COMMITMENT if name not in ("title", "detail", "source")} == {
        "ref": "FTA-CONCLUDE",
        "agreement": "FTA",
        "sector": "trade",
        "parties": "both",
        "firmness": "committed",
        "verifiable": True,
        "status": "in-progress",
        "deadline": "overdue",
        "days_left": -15,
        "due": "2025",
        "due_earliest": "2025-01-01",
        "due_latest": "2025-12-31",
        "due_phrase": "by next year",
        "baseline_due": "2025",
        "slip_days": 0,
        "milestones_met": 1,
        "milestones": 5,
        "evidence": 1,
        "created_on": "2024-11-25",
        "updated_on": "2025-03-20",
        "withdrawn": False,
        "newest_entry": 35,  # of a milestone; its own newest is 7
    }


def test_what_a_commitment_has_not_is_null(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "CCS-TECHNOLOGY", "--format", "json"))
    empty = {name for name, value in row.items() if value is None}
    assert empty == {
        *("days_left", "due", "due_earliest", "due_latest", "due_phrase", "baseline_due", "slip_days"),
    }


def test_a_moved_deadline_keeps_its_baseline(lived: Ksmy) -> None:
    (row,) = found(lived("list", "--search", "CCS-START", "--format", "json"))
    assert (row["baseline_due"], row["due"], row["slip_days"]) == ("2029", "2030", 365)


def test_the_keys_of_a_shown_commitment_are_frozen(lived: Ksmy) -> None:
    one = found(lived("show", "FTA-CONCLUDE", "--format", "json"))
    assert list(one) == [*COMMITMENT, "entries", "milestone_list"]
    assert [list(entry) for entry in one["entries"]] == [ENTRY] * 9
    assert [list(milestone) for milestone in one["milestone_list"]] == [MILESTONE] * 5
    (listed,) = found(lived("list", "--search", "FTA-CONCLUDE", "--format", "json"))
    assert {name: one[name] for name in COMMITMENT} == listed


def test_the_keys_of_a_shown_agreement_are_frozen(lived: Ksmy) -> None:
    one = found(lived("show", "FTA", "--format", "json"))
    assert list(one) == [*AGREEMENT, "entries"]
    assert [list(row) for row in one["commitments"]] == [COMMITMENT] * 2
    assert [row["ref"] for row in one["commitments"]] == ["FTA-CONCLUDE", "FTA-SCOPE"]
    assert [list(entry) for entry in one["entries"]] == [ENTRY]


def test_the_keys_of_a_deadline_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("due", "--format", "json"))
    assert [list(row) for row in listed] == [DEADLINE] * 6


def test_the_keys_of_an_entry_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("history", "--format", "json"))
    assert [list(row) for row in listed] == [ENTRY] * 49


def test_the_values_of_an_entry_are_plain(lived: Ksmy) -> None:
    before, entry = found(lived("history", "--format", "json"))[46:48]
    assert {name: entry[name] for name in ENTRY if name not in ("invocation", "hash")} == {
        "id": 48,
        "key": None,
        "key_digest": None,
        "recorded_at": "2025-12-20T04:00:00.000000Z",
        "effective_on": "2025-12-20",
        "actor": "analyst",
        "record": "commitment",
        "ref": "PARIS-REDUCTIONS",
        "action": "updated",
        "changes": {"baseline_due": [None, "2026-02"], "due": [None, "2026-02"]},
        "note": None,
        "evidence": [],
        "previous_hash": before["hash"],
    }
    assert re.fullmatch(r"[0-9a-f]{64}", entry["hash"])


def test_the_keys_of_an_agreement_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("agreements", "--format", "json"))
    assert [list(row) for row in listed] == [AGREEMENT] * 6


def test_the_keys_of_a_report_are_frozen(lived: Ksmy) -> None:
    one = found(lived("report", "--format", "json"))
    assert list(one) == REPORT
    assert [list(row) for row in one["overdue"]] == [DEADLINE] * 3
    assert [list(row) for row in one["due_soon"]] == [DEADLINE] * 2
    assert [list(row) for row in one["changed"]] == [ENTRY] * 2
    assert [list(row) for row in one["contradictions"]] == [["ref", "title", "why"]] * 3
    assert [list(row) for row in one["quiet"]] == [["ref", "title", "updated_on"]] * 7
    assert [list(row) for row in one["next_milestones"]] == [MILESTONE]


def test_the_keys_are_the_same_on_a_past_day(lived: Ksmy) -> None:
    for command, fields in (("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY)):
        listed = found(lived(command, "--as-of", PAST, "--format", "json"))
        assert [list(row) for row in listed] == [fields] * len(listed)
        assert listed


@pytest.mark.parametrize("command", LISTINGS)
@pytest.mark.parametrize(("format", "empty"), [("json", "[]\n"), ("jsonl", ""), ("tsv", ""), ("table", "")])
def test_an_empty_result_is_done_and_says_nothing(bare: Ksmy, command: str, format: str, empty: str) -> None:
    assert bare(command, "--format", format) == Ran(empty, "", 0)


@pytest.mark.parametrize("format", ["csv", "md"])
@pytest.mark.parametrize("command", LISTINGS)
def test_an_empty_result_with_a_header_is_its_header(bare: Ksmy, command: str, format: str) -> None:
    lines = [line for line in shown(bare(command, "--format", format)).splitlines() if re.search(r"\w", line)]
    assert len(lines) == 1
    assert "title" in lines[0] or command == "history"


def test_filters_that_nothing_passes_give_an_empty_list(lived: Ksmy) -> None:
    assert lived("list", "--search", "no such thing", "--format", "json") == Ran("[]\n", "", 0)
    assert lived("history", "--by", "nobody") == Ran("", "", 0)


@pytest.mark.parametrize("command", LISTINGS)
def test_jsonl_is_the_same_objects_one_a_line(lived: Ksmy, command: str) -> None:
    lines = shown(lived(command, "--format", "jsonl")).splitlines()
    assert [json.loads(line) for line in lines] == found(lived(command, "--format", "json"))


@pytest.mark.parametrize("command", [("show", "FTA-CONCLUDE"), ("show", "FTA"), ("report",)])
def test_jsonl_of_one_object_is_one_line(lived: Ksmy, command: tuple[str, ...]) -> None:
    out = shown(lived(*command, "--format", "jsonl"))
    assert out.count("\n") == 1
    assert json.loads(out) == found(lived(*command, "--format", "json"))


@pytest.mark.parametrize(
    ("command", "fields"),
    [("list", COMMITMENT), ("due", DEADLINE), ("history", ENTRY), ("agreements", AGREEMENT)],
)
def test_csv_has_every_field_as_json_has_it(lived: Ksmy, command: str, fields: list[str]) -> None:
    header, *lines = csv.reader(io.StringIO(shown(lived(command, "--format", "csv", "--raw"))))
    assert header == fields
    expected = []
    for row in found(lived(command, "--format", "json")):
        plain = {None: "", True: "true", False: "false"}
        expected.append(
            [
                json.dumps(value, ensure_ascii=False)
                if isinstance(value, dict | list)
                else plain.get(value, str(value))
                if value is None or isinstance(value, bool)
                else str(value)
                for value in row.values()
            ]
        )
    assert lines == expected


@pytest.mark.parametrize("command", [*LISTINGS, "show"])
def test_tsv_has_as_many_cells_in_every_line(lived: Ksmy, command: str) -> None:
    arguments = ("show", "FTA-CONCLUDE") if command == "show" else (command,)
    counts = {len(row) for row in rows(lived(*arguments))}
    assert len(counts) == 1
    assert counts != {1}


def test_a_format_is_known_in_any_case(ksmy: Ksmy) -> None:
    assert ksmy("list", "--format", "JSON").out == ksmy("list", "-f", "json").out


# show


def test_show_takes_a_ref_in_any_case(lived: Ksmy) -> None:
    assert shown(lived("show", "fta-conclude")) == shown(lived("show", "FTA-CONCLUDE"))


def test_show_takes_a_milestone_for_its_commitment(lived: Ksmy) -> None:
    assert shown(lived("show", "FTA-CONCLUDE/1")) == shown(lived("show", "FTA-CONCLUDE"))


def test_the_page_of_a_commitment_has_its_fields_milestones_and_history(lived: Ksmy) -> None:
    heading, _, rest = shown(lived("show", "FTA-CONCLUDE", "--format", "table")).partition("\n")
    assert heading == "FTA-CONCLUDE  Conclude the bilateral free trade agreement"
    text = " ".join(rest.split())
    assert "agreement FTA, Bilateral free trade agreement (negotiating)" in text
    assert "status in-progress deadline overdue, 15 days ago due 2025 (2025-01-01 to 2025-12-31)" in text
    assert "due phrase by next year baseline due 2025 slip days - milestones 1 of 5 met evidence 1" in text
    assert "1. Negotiations concluded: met on 2025-03-20, due 2025-03 (2025-03-01 to 2025-03-31)" in text
    assert "2. Signed: scheduled, due 2025-10 (2025-10-01 to 2025-10-31), 76 days ago" in text
    assert "3. Ratified by Korea: scheduled 4. Ratified by Malaysia: scheduled 5. In force: scheduled" in text
    assert (
        "History: 9 entries 7 2024-11-25 seeder: commitment created: Conclude the bilateral free trade "
        "agreement (" in text
    )
    assert "26 2024-11-25 seeder: milestone created: Negotiations concluded 27" in text
    assert "35 2025-03-20 clerk: state scheduled -> met [1 evidence] https://example.org/talks" in text


def test_the_page_of_a_commitment_is_as_it_was_on_a_past_day(lived: Ksmy) -> None:
    text = " ".join(
        shown(lived("show", "FTA-CONCLUDE", "--format", "table", "--as-of", "2025-03-01")).split()
    )
    assert "deadline upcoming, in 305 days" in text
    assert "milestones 0 of 5 met evidence none" in text
    assert "1. Negotiations concluded: scheduled, due 2025-03 (2025-03-01 to 2025-03-31), in 30 days" in text
    assert "History: 8 entries" in text


def test_the_page_of_an_agreement_has_its_commitments(lived: Ksmy) -> None:
    text = " ".join(shown(lived("show", "FTA", "--format", "table")).split())
    assert text.startswith("FTA Bilateral free trade agreement kind treaty stage negotiating")
    assert "commitments 2 open 2 overdue 2 Commitments: 2 FTA-CONCLUDE: Conclude the bilateral" in text
    assert "FTA-SCOPE: Take the FTA beyond trade and investment (planned, overdue, due 2025-06)" in text
    assert "History: 1 entry 2 2024-11-25 seeder: agreement created" in text


def test_show_in_a_pipe_is_a_field_a_line(lived: Ksmy) -> None:
    assert [name for name, _ in rows(lived("show", "FTA-CONCLUDE"))] == COMMITMENT
    assert [name for name, _ in rows(lived("show", "FTA"))] == AGREEMENT
    assert dict(rows(lived("show", "FTA-CONCLUDE")))["days_left"] == "-15"


def test_show_counts_soon_as_it_is_told(lived: Ksmy) -> None:
    assert dict(rows(lived("show", "HALAL")))["deadline"] == "due-soon"
    assert dict(rows(lived("show", "HALAL", "--within", "74")))["deadline"] == "upcoming"


@pytest.mark.parametrize("format", ["json", "table", "tsv"])
def test_a_commitment_is_not_there_before_it_was_recorded(lived: Ksmy, format: str) -> None:
    ran = lived("show", "HALAL", "--as-of", "2025-07-31", "--format", format)
    assert ran.code == 3
    assert sentence(ran) == "HALAL did not exist yet on 2025-07-31; it was created on 2025-08-01"
    assert lived("show", "HALAL", "--as-of", "2025-08-01", "--format", format).code == 0


def test_a_commitment_can_be_shown_on_every_day_it_existed(ksmy: Ksmy) -> None:
    agreement = ("--title", "Later", "--kind", "treaty", "--stage", "signed", "--on", "2025-06-01")
    assert ksmy("add", "LATER", *agreement).code == 0
    ksmy("update", "HYDROGEN", "--agreement", "LATER", "--on", "2025-03-01")
    assert ksmy("show", "HYDROGEN", "--as-of", "2025-04-01").code == 0


# due


def test_deadlines_come_overdue_then_soon_then_later(lived: Ksmy) -> None:
    listed = rows(lived("due", "--columns", "deadline,days_left,ref,record,status,due_earliest,due_latest"))
    assert [" ".join(row) for row in listed] == [
        "overdue -199 FTA-SCOPE commitment planned 2025-06-01 2025-06-30",
        "overdue -76 FTA-CONCLUDE/2 milestone scheduled 2025-10-01 2025-10-31",
        "overdue -15 FTA-CONCLUDE commitment in-progress 2025-01-01 2025-12-31",
        "due-soon 44 PARIS-REDUCTIONS commitment in-progress 2026-02-01 2026-02-28",
        "due-soon 75 HALAL commitment planned 2026-03-31 2026-03-31",
        "upcoming 1811 CCS-START commitment planned 2030-01-01 2030-12-31",
    ]


def test_deadlines_on_a_past_day_are_counted_from_that_day(lived: Ksmy) -> None:
    listed = rows(lived("due", "--as-of", PAST, "--columns", "deadline,days_left,ref"))
    assert listed == [
        ["due-soon", "0", "FTA-SCOPE"],
        ["upcoming", "123", "FTA-CONCLUDE/2"],
        ["upcoming", "184", "FTA-CONCLUDE"],
        ["upcoming", "184", "TOURISM/1"],
        ["upcoming", "1645", "CCS-START"],
    ]


@pytest.mark.parametrize(
    ("within", "soon"),
    [("0", []), ("43", []), ("44", ["44"]), ("75", ["44", "75"]), ("1811", ["44", "75", "1811"])],
)
def test_soon_is_as_far_ahead_as_asked(lived: Ksmy, within: str, soon: list[str]) -> None:
    listed = rows(lived("due", "--within", within, "--columns", "deadline,days_left"))
    assert [days for state, days in listed if state == "due-soon"] == soon
    assert [state for state, _ in listed].count("overdue") == 3


def test_the_table_of_deadlines_says_how_long_and_which_days(lived: Ksmy) -> None:
    header, *lines = shown(lived("due", "--format", "table")).splitlines()
    assert re.split(r"\s{2,}", header.strip())[:3] == ["deadline", "days left", "ref"]
    listed = [re.split(r"\s{2,}", line.strip()) for line in lines if re.search(r"\w", line)]
    assert [row[:3] for row in listed] == [
        ["overdue", "199 days ago", "FTA-SCOPE"],
        ["overdue", "76 days ago", "FTA-CONCLUDE/2"],
        ["overdue", "15 days ago", "FTA-CONCLUDE"],
        ["due-soon", "in 44 days", "PARIS-REDUCTIONS"],
        ["due-soon", "in 75 days", "HALAL"],
        ["upcoming", "in 1,811 days", "CCS-START"],
    ]
    assert "2025-01-01 to" in " ".join(listed[2])
    assert " ".join(listed[4]).count("2026-03-31") == 1
    today = shown(lived("due", "--format", "table", "--as-of", PAST))
    assert re.search(r"due-soon\s+today\s+FTA-SCOPE", today)


@pytest.mark.parametrize(
    ("options", "refs"),
    [
        ("--sector trade", "FTA-SCOPE FTA-CONCLUDE/2 FTA-CONCLUDE HALAL"),
        ("--sector climate --sector green-energy", "PARIS-REDUCTIONS CCS-START"),
        ("--party MY", "FTA-SCOPE FTA-CONCLUDE/2 FTA-CONCLUDE PARIS-REDUCTIONS HALAL CCS-START"),
        ("--party KR", "FTA-SCOPE FTA-CONCLUDE/2 FTA-CONCLUDE PARIS-REDUCTIONS CCS-START"),
        ("--agreement mou-ccs", "CCS-START"),
        ("--sector trade --agreement FTA --limit 2", "FTA-SCOPE FTA-CONCLUDE/2"),
        (f"--sector tourism --as-of {PAST}", "TOURISM/1"),
        ("--sector defence", ""),
    ],
)
def test_deadlines_are_narrowed_to_a_sector_a_party_an_agreement(
    lived: Ksmy, options: str, refs: str
) -> None:
    assert [ref for (ref,) in rows(lived("due", *options.split(), "--columns", "ref"))] == refs.split()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [("--sector trde", 2, "trade"), ("--party korea", 2, "KR"), ("--agreement mou-ccss", 3, "MOU-CCS")],
)
def test_what_deadlines_cannot_be_narrowed_to_is_told(
    lived: Ksmy, options: str, code: int, said: str
) -> None:
    ran = lived("due", *options.split())
    assert ran.code == code
    assert sentence(ran).endswith(f"did you mean {said}?")


def test_a_limit_keeps_the_nearest_deadlines(lived: Ksmy) -> None:
    assert rows(lived("due", "--limit", "2")) == rows(lived("due"))[:2]
    assert lived("due", "--limit", "0") == Ran("", "", 0)


# history


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("FTA-CONCLUDE", [7, 26, 27, 28, 29, 30, 33, 34, 35]),
        ("fta-conclude", [7, 26, 27, 28, 29, 30, 33, 34, 35]),
        ("FTA-CONCLUDE/1", [26, 33, 35]),
        ("FTA", [2]),
        ("--since 2025-11-01", [47, 48, 49]),
        ("--since 2025-11-02", [48, 49]),
        ("--since 0d", []),
        ("--since 75d", [47, 48, 49]),
        ("--since 74d", [48, 49]),
        ("--since 10w --as-of 2026-01-11", [48, 49]),
        ("--since 2M --as-of 2026-01-01", [47, 48]),
        ("--by analyst", [47, 48, 49]),
        ("--by seeder --since 2024-11-26", []),
        ("--by clerk --since 2025-09-01", [43, 44, 45, 46]),
        ("--by clerk --since 2025-09-01 --as-of 2025-09-10", [43, 44, 45]),
        ("FTA-CONCLUDE --by clerk --since 2025-03-01", [35]),
        ("--limit 2", [48, 49]),
        ("--limit 0", []),
        ("--by clerk --limit 1", [46]),
        ("--as-of 2025-06-30", list(range(1, 38))),
        ("--as-of 2024-11-24", []),
        ("", list(range(1, 50))),
    ],
)
def test_history_gives_the_entries_asked_for_oldest_first(
    lived: Ksmy, options: str, expected: list[int]
) -> None:
    assert [
        int(number) for (number,) in rows(lived("history", *options.split(), "--columns", "id"))
    ] == expected


def test_history_since_a_day_has_what_a_report_counts_as_changed_since(ksmy: Ksmy) -> None:
    assert ksmy("update", "HYDROGEN", "--note", "told late", "--on", "2025-01-10").code == 0
    assert ksmy("update", "TOURISM", "--note", "told at once").code == 0
    since = ("--since", "2025-12-16")
    listed = rows(ksmy("history", *since, "--columns", "ref"))
    assert listed == [["HYDROGEN"], ["TOURISM"]]
    assert found(ksmy("report", *since, "--format", "json"))["changed_count"] == 2


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (
            "2026-01-16",
            "--since 2026-01-16 is after the day of the history (2026-01-15); give an earlier one",
        ),
        ("1y", "--since: '1y' is not a date such as 2025-10-27, nor 7d, 2w or 1m"),
        ("", "--since: '' is not a date such as 2025-10-27, nor 7d, 2w or 1m"),
    ],
)
def test_a_since_that_cannot_be_is_told(lived: Ksmy, since: str, said: str) -> None:
    ran = lived("history", f"--since={since}")
    assert (sentence(ran), ran.code) == (said, 2)


def test_history_of_a_record_that_was_not_there_yet_is_refused(lived: Ksmy) -> None:
    ran = lived("history", "HALAL", "--as-of", "2025-07-31")
    assert ran.code == 3
    assert sentence(ran) == "HALAL did not exist yet on 2025-07-31; it was created on 2025-08-01"


def test_the_table_of_the_history_says_what_changed_and_why(lived: Ksmy) -> None:
    line = shown(lived("history", "TRADE-GROWTH", "--format", "table")).splitlines()[-1]
    assert re.split(r"\s{2,}", line.strip()) == [
        *("43", "2025-09-01", "TRADE-GROWTH", "clerk"),
        "status in-progress -> suspended (Tariffs first)",
    ]


# agreements


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            "2026-01-15",
            {
                "FA50M-2023": (2, 2, 0),
                "FTA": (2, 2, 2),
                "MOU-CCS": (2, 2, 0),
                "MOU-MINERALS": (1, 1, 0),
                "MOU-TOURISM": (1, 0, 0),
                "SP-2024": (12, 10, 0),
            },
        ),
        (
            PAST,
            {
                "FA50M-2023": (1, 1, 0),
                "FTA": (2, 2, 0),
                "MOU-CCS": (2, 2, 0),
                "MOU-MINERALS": (1, 1, 0),
                "MOU-TOURISM": (1, 1, 0),
                "SP-2024": (12, 11, 0),
            },
        ),
        ("2024-11-24", {}),
    ],
)
def test_agreements_count_their_commitments(
    lived: Ksmy, day: str, expected: dict[str, tuple[int, int, int]]
) -> None:
    listed = found(lived("agreements", "--as-of", day, "--format", "json"))
    assert {row["ref"]: (row["commitments"], row["open"], row["overdue"]) for row in listed} == expected
    assert [row["ref"] for row in listed] == sorted(expected)


# report


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
    assert one["head"] == found(lived("history", "--as-of", PAST, "--format", "json"))[-1]["hash"]


def sections(out: str) -> dict[str, str]:
    """The text under each heading of a report."""
    blocks = (block.partition("\n") for block in out.rstrip("\n").split("\n\n"))
    return {heading: " ".join(lines.split()) for heading, _, lines in blocks}


def test_the_text_of_a_report_has_every_section(lived: Ksmy) -> None:
    page = sections(shown(lived("report")))
    assert list(page) == [
        "Republic of Korea - Malaysia: what was promised, as of 2026-01-15",
        "By status",
        "By sector",
        "By deadline",
        "Overdue: 3 (2 commitments, 1 milestone)",
        "Due within 90 days: 2",
        "Contradicts itself: 3",
        "Next milestones: 1",
        "Changed since 2025-12-16: 2",
        "Gone quiet, no entry for 180 days: 7",
        "Head",
    ]
    assert next(iter(page.values())) == (
        "Of 20 commitments under 6 agreements, 17 are open and 2 completed. 2 commitments and 1 milestone are "
        'overdue; 2 commitments are due within 90 days. Longest overdue is "Take the FTA beyond trade and '
        'investment" (FTA-SCOPE), by 199 days. Contradictions: 2 commitments are open though their deadlines '
        "have passed, and 1 is completed without evidence or with a milestone open. There have been 2 changes "
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
    assert page["Changed since 2025-12-16: 2"] == (
        "2025-12-20 PARIS-REDUCTIONS: due 2026-02 2026-01-10 GREEN-ENERGY: noted (Asked Seoul for news)"
    )
    assert "and 2 more: ksmy list --stale 180" in page["Gone quiet, no entry for 180 days: 7"]
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


def test_a_report_in_a_pipe_fits_into_a_mail(lived: Ksmy) -> None:
    assert max(map(len, shown(lived("report")).splitlines())) <= 78


def test_a_report_of_an_empty_register_says_that_there_is_nothing(bare: Ksmy) -> None:
    page = sections(shown(bare("report")))
    assert next(iter(page.values())) == "There is no commitment here yet."
    assert list(page)[1:] == [
        *("By status", "By sector", "By deadline", "Overdue: none", "Due within 90 days: none"),
        *("Contradicts itself: none", "Next milestones: none"),
        *("Changed since 2025-12-16: none", "Gone quiet, no entry for 180 days: none", "Head"),
    ]
    one = found(bare("report", "--format", "json"))
    assert list(one) == REPORT
    assert (one["commitments"], one["overdue"], one["head"]) == (0, [], None)
    assert "There is no commitment here yet." in shown(bare("report", "--format", "md"))


def test_a_report_where_all_is_done_has_nothing_overdue(on: Callable[[Path], Ksmy], tmp_path: Path) -> None:
    done = {"status": "completed", "due": "2025", "evidence": ["a source"]}
    path = seeded(tmp_path, [commitment(ref, **done) for ref in ("ONE", "TWO")])
    ran = on(path)("report")
    page = sections(shown(ran))
    assert "none is open and 2 completed" in " ".join(ran.out.split())
    assert page["By status"] == "completed 2"
    assert page["By deadline"] == "met-late 2"
    assert {"Overdue: none", "Due within 90 days: none", "Contradicts itself: none"} <= set(page)


def test_a_report_says_how_many_more_there_are(on: Callable[[Path], Ksmy], tmp_path: Path) -> None:
    late = [commitment(f"LATE-{number}", due=f"2025-12-{number}") for number in range(10, 22)]
    soon = [commitment(f"SOON-{number}", due=f"2026-02-{number}") for number in range(10, 23)]
    ran = on(seeded(tmp_path, [*soon, *late]))
    page = sections(shown(ran("report")))
    assert page["Overdue: 12"].startswith("LATE-10: ")
    assert "and 7 more: ksmy list --overdue" in page["Overdue: 12"]
    assert "and 8 more: ksmy due" in page["Due within 90 days: 13"]
    assert "and 21 earlier: ksmy history --since 2025-12-16" in page["Changed since 2025-12-16: 26"]
    assert page["Contradicts itself: 12"].endswith("and 7 more")


def test_a_document_lists_fifty_of_a_kind(on: Callable[[Path], Ksmy], tmp_path: Path) -> None:
    days = [(date(2025, 6, 1) + timedelta(days=number)).isoformat() for number in range(60)]
    ran = on(seeded(tmp_path, [commitment(f"LATE-{number}", due=due) for number, due in enumerate(days)]))
    one = found(ran("report", "--format", "json"))
    assert [row["ref"] for row in one["overdue"]] == [f"LATE-{number}" for number in range(50)]
    assert [entry["id"] for entry in one["changed"]] == list(range(12, 62))
    assert [len(one[name]) for name in ("overdue", "changed", "contradictions")] == [50, 50, 50]
    counts = ("overdue_count", "changed_count", "contradiction_count")
    assert [one[name] for name in counts] == [60, 61, 60]
    assert one["by_deadline"]["overdue"] == 60
    document = shown(ran("report", "--format", "md"))
    assert len(re.findall(r"^and 10 more\b", document, re.MULTILINE)) == 2
    assert len(re.findall(r"^and 11 earlier\b", document, re.MULTILINE)) == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_the_first_and_the_last_day_of_the_calendar_are_days(
    lived: Ksmy, command: tuple[str, ...], day: str
) -> None:
    ran = lived(*command, "--as-of", day, "--format", "json")
    assert ran.code == (3 if command[0] == "show" and day == "0001-01-01" else 0)


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "code", "meant"),
    [
        ("show FTA-CONLUDE", 3, "FTA-CONCLUDE"),
        ("show fta-scop --as-of 2025-06-30", 3, "FTA-SCOPE"),
        ("show MOU-CSS", 3, "MOU-CCS"),
        ("history FTA-CONCLUD", 3, "FTA-CONCLUDE"),
        ("list --agreement SP-2023", 3, "SP-2024"),
        ("list --columns ref,titel", 2, "title"),
        ("due --columns day_left", 2, "days_left"),
        ("history --columns efective_on", 2, "effective_on"),
        ("agreements --columns stages", 2, "stage"),
        ("list --sort -titel", 2, "title"),
        ("list --sort ref,baseline", 2, "baseline_due"),
        ("list --format tabel", 2, "table"),
        ("show FTA --format jsn", 2, "json"),
        ("report --format txt", 2, "text"),
        ("list --status complete", 2, "completed"),
        ("list --status planned --status finalizing", 2, "finalising"),
        ("list --firmness sign", 2, "signed"),
        ("list --sector green-enrgy", 2, "green-energy"),
        ("list --party korea", 2, "KR"),
        ("list --party South-Korea", 2, "KR"),
        ("report --party Malaysa", 2, "MY"),
        ("list --overdu", 2, "--overdue"),
        ("lsit", 2, "list"),
    ],
)
def test_a_mistake_is_answered_with_what_was_probably_meant(
    lived: Ksmy, arguments: str, code: int, meant: str
) -> None:
    ran = lived(*arguments.split())
    assert ran.code == code
    assert re.search(rf"(did you mean|Did you mean|options:).*{re.escape(meant)}", sentence(ran))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("list --party US", "KR, MY, both"),
        ("list --sector nosuch", "climate, critical-minerals, defence"),
        ("list --sector trade,nosuch --format json", "climate, critical-minerals, defence"),
        ("report --sector econ --only-attention --exit-code", "climate, critical-minerals, defence"),
        ("export --format ics --sector nosuch", "climate, critical-minerals, defence"),
        ("timeline --sector nosuch", "climate, critical-minerals, defence"),
        ("report --format csv", "text, md, html, json, jsonl"),
        ("list --columns zzz", "ref, title, detail"),
        ("list --sort zzz", "ref, title, detail"),
    ],
)
def test_a_word_that_is_near_nothing_is_answered_with_all_there_are(
    lived: Ksmy, arguments: str, words: str
) -> None:
    ran = lived(*arguments.split())
    assert ran.code == 2
    assert words in sentence(ran)


@pytest.mark.parametrize(
    "arguments",
    [
        "list --as-of yesterday",
        "list --as-of 2025-02-30",
        "due --as-of 20250101",
        "list --due-before 2025-13-01",
        "list --due-after 2025",
        "history --since 1.1.2025",
        "report --as-of -",
        "list --stale -1",
        "list --stale few",
        "list --limit -1",
        "due --within soon",
        "list --tz Asia/Soul",
        "list --status ",
    ],
)
def test_a_value_that_cannot_be_read_names_its_option(lived: Ksmy, arguments: str) -> None:
    command, option, value = arguments.split(" ")
    ran = lived(command, option, value)
    assert ran.code == 2
    assert option in sentence(ran) or "time zone" in ran.err


@pytest.mark.parametrize("command", ["show", "history"])
@pytest.mark.parametrize(
    ("step", "code"),
    [("6", 3), ("0", 3), ("x", 2), ("1x", 2), ("1/1", 2), ("-1", 2), ("", 2), ("1" * 5000, 2)],
    ids=lambda value: str(value)[:3] or "none",
)
def test_what_is_no_milestone_is_not_taken_for_its_commitment(
    lived: Ksmy, command: str, step: str, code: int
) -> None:
    ran = lived(command, f"FTA-CONCLUDE/{step}")
    assert ran.code == code
    assert "FTA-CONCLUDE" in sentence(ran)
    assert len(ran.err) < 500


# What a command that looks loads

PROBE = """
import io, json, sys
from contextlib import redirect_stdout
from ksmy_tracker import cli
heavy = ("sqlalchemy", "sqlmodel", "alembic")
found = {}
for arguments, more in json.loads(sys.argv[1]):
    with redirect_stdout(io.StringIO()) as out:
        code = cli.run(arguments)
    assert code == 0 and out.getvalue(), (arguments, code)
    found[" ".join(arguments)] = [name for name in (*heavy, *more) if name in sys.modules]
print(json.dumps(found))
"""


def test_no_command_that_looks_loads_what_only_a_change_needs(lived_path: Path) -> None:
    rich = ["rich.table", "rich.console"]
    day = ["--as-of", PAST]
    programs = [
        ([*command, "--format", form, *past], rich)
        for command in LOOKING
        for form in ("json", "jsonl", "tsv", "csv", "md")
        for past in ([], day)
        if command != ("report",) or form not in ("tsv", "csv")
    ]
    programs += [(["report", *past], rich) for past in ([], day)]
    people: list[tuple[list[str], list[str]]] = [
        ([*command, "--format", "table", *past], [])
        for command in LOOKING
        for past in ([], day)
        if command != ("report",)
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps([*programs, *people])],
        capture_output=True,
        text=True,
        env={"KSMY_DATABASE_URL": str(lived_path), "PATH": os.environ["PATH"]},
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    loaded = json.loads(done.stdout)
    assert len(loaded) == len(programs) + len(people)
    assert {command: names for command, names in loaded.items() if names} == {}


# A pipe


@pytest.mark.parametrize(
    "arguments",
    [*LOOKING, *((*command, "--format", "table") for command in LOOKING if command != ("report",))],
    ids=" ".join,
)
def test_a_pipe_is_not_influenced_by_the_terminal(
    lived: Ksmy, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    plain = shown(lived(*arguments))
    for name, value in {
        "COLUMNS": "20",
        "LINES": "5",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "FORCE_COLOR": "1",
        "CLICOLOR_FORCE": "1",
        "TTY_COMPATIBLE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert shown(lived(*arguments)) == plain
    assert "\x1b" not in plain


def test_a_process_in_a_pipe_prints_tsv_without_header_colour_or_wrapping(
    process: Ksmy, hostile_path: Path
) -> None:
    variables = {"KSMY_DATABASE_URL": str(hostile_path), "COLUMNS": "20", "FORCE_COLOR": "1"}
    listed = rows(process("list", "--as-of", "2026-01-15", env=variables))
    assert [row[0] for row in listed] == [
        *("CONTROLS", "FORMULA", "KOREAN", "KOREAN-APART", "LATIN", "LONG", "MARKUP"),
    ]
    assert listed[5] == ["LONG", "planned", "due-soon", "2026-03", LONG]


@pytest.mark.parametrize("title", [LONG, "한" * 60_000], ids=["letters", "Korean"])
def test_a_table_in_a_pipe_cuts_nothing(on: Callable[[Path], Ksmy], tmp_path: Path, title: str) -> None:
    out = shown(on(seeded(tmp_path, [commitment("A", title=title)]))("list", "--format", "table"))
    assert out.splitlines()[-1].endswith(title)


def test_text_is_utf_8_whatever_the_locale(process: Ksmy, hostile_path: Path) -> None:
    variables = {
        "KSMY_DATABASE_URL": str(hostile_path),
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    listed = rows(process("list", "--search", "KOREAN", "--columns", "title", env=variables))
    assert listed == [[KOREAN], [unicodedata.normalize("NFD", KOREAN)]]


A_LOT = (
    ("list", "--format", "json"),
    ("list", "--format", "table", "--columns", "ref,title,detail"),
    ("history",),
    ("show", "LONG", "--format", "table"),
    ("report", "--format", "md"),
)


@pytest.mark.parametrize("command", A_LOT, ids=" ".join)
def test_a_reader_that_leaves_after_a_line_is_no_error(hostile_path: Path, command: tuple[str, ...]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ksmy_tracker", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"KSMY_DATABASE_URL": str(hostile_path), "PATH": os.environ["PATH"]},
    )
    assert child.stdout is not None
    assert child.stdout.read(1)
    child.stdout.close()
    _, err = child.communicate()
    assert (err, child.returncode) == (b"", 0)


@pytest.mark.parametrize(
    "arguments", [("list", "--format", "json"), ("report",), ("--help",), ("list", "--help")], ids=" ".join
)
def test_a_reader_that_was_never_there_is_no_error(place: str, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "ksmy_tracker", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={"KSMY_DATABASE_URL": place, "PATH": os.environ["PATH"]},
        check=False,
    )
    os.close(writer)
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments",
    [("list", "--format", "json"), ("show", "FTA", "--format", "table"), ("report",), ("list", "--help")],
    ids=" ".join,
)
def test_a_full_disk_is_one_sentence_and_exit_1(place: str, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={"KSMY_DATABASE_URL": place, "PATH": os.environ["PATH"]},
            check=False,
        )
    assert "could not be written" in sentence(Ran("", done.stderr, done.returncode))
    assert done.returncode == 1


# A terminal


def on_terminal(
    path: Path, *arguments: str, width: int = 80, variables: Mapping[str, str] | None = None, said: str = ""
) -> str:
    """What a terminal of this width is sent (its line ends as `\\n`), and `said` on stderr."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {
        "KSMY_DATABASE_URL": str(path),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        **(variables or {}),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "ksmy_tracker", *arguments],
        stdin=there,
        stdout=there,
        stderr=subprocess.PIPE,
        env=environment,
    )
    os.close(there)
    sent = all_sent(here)
    _, err = child.communicate()
    assert (err.decode(), child.returncode) == (said, 0)
    return sent.decode().replace("\r\n", "\n")


TODAY = ("--as-of", "2026-01-15")


@pytest.mark.parametrize(
    ("command", "width"),
    [
        *((command, 80) for command in ("list", "due", "history", "agreements", "show CONTROLS", "report")),
        *((command, 200) for command in ("list", "show LONG")),
        ("list --columns title,ref,detail,source,due_phrase", 80),
    ],
)
def test_a_terminal_is_sent_no_line_wider_than_it_and_no_control(
    hostile_path: Path, command: str, width: int
) -> None:
    sent = STYLE.sub("", on_terminal(hostile_path, *command.split(), *TODAY, width=width))
    assert not UNSAFE.search(sent.replace("\n", ""))
    assert max(map(columns, sent.splitlines())) <= width
    assert len(sent.splitlines()) > 1


@pytest.mark.parametrize(
    "command", ["list --format csv --raw", "history --format csv --raw", "history --format json", "export"]
)
def test_what_is_exact_in_a_pipe_has_no_orders_to_a_terminal(hostile_path: Path, command: str) -> None:
    sent = on_terminal(hostile_path, *command.split(), width=400)
    assert not UNSAFE.search(sent.replace("\n", ""))
    if command == "export":
        exported = [json.loads(line) for line in sent.splitlines()]
        piped = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", "export", "--db", str(hostile_path)],
            capture_output=True,
            check=True,
        ).stdout
        assert exported == [json.loads(line) for line in piped.decode().split("\n") if line]
        assert UNSAFE.search(piped.decode().replace("\n", ""))


def test_a_listing_on_a_terminal_is_a_table_with_a_header(lived_path: Path) -> None:
    lines = STYLE.sub("", on_terminal(lived_path, "list", *TODAY)).splitlines()
    assert lines[0].split() == ["ref", "status", "deadline", "due", "title"]
    assert len([line for line in lines if re.match(r"[A-Z]", line)]) == 20
    assert "\t" not in "".join(lines)


@pytest.mark.parametrize("command", LISTINGS)
def test_a_terminal_is_told_that_there_is_nothing_to_list(bare_path: Path, command: str) -> None:
    assert on_terminal(bare_path, command, *TODAY, said="ksmy: nothing to list\n") == ""


def test_a_wider_terminal_shows_more(lived_path: Path) -> None:
    narrow = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=80))
    wide = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=200))
    title = "Supply critical minerals from Malaysia's reserves to Korean industry"
    assert title not in narrow
    assert "Supply critical minerals" in narrow
    assert "…" in narrow
    assert title in wide
    assert "…" not in wide


@pytest.mark.parametrize("command", ["list", "due", "agreements"])
def test_eighty_columns_are_enough_for_refs_dates_words_and_the_start_of_a_title(
    lived_path: Path, lived: Ksmy, command: str
) -> None:
    sent = STYLE.sub("", on_terminal(lived_path, command, *TODAY)).splitlines()
    whole = {"list": "ref,status,deadline,due", "due": "ref,deadline", "agreements": "ref,stage"}
    listed = rows(lived(command, "--columns", f"{whole[command]},title"))
    assert len(listed) > 5
    for *words, title in listed:
        (line,) = [line for line in sent if words[0] in line.split()]
        assert [word for word in words if word and word not in line.split()] == []
        assert title[:8] in line


def test_a_narrow_terminal_gets_a_block_for_each_row_with_nothing_cut(lived_path: Path, lived: Ksmy) -> None:
    known = {ref for (ref,) in rows(lived("list", "--columns", "ref"))}
    sent = STYLE.sub("", on_terminal(lived_path, "list", *TODAY, width=40))
    blocks = [block.splitlines() for block in sent.rstrip("\n").split("\n\n")]
    assert {block[0].rstrip() for block in blocks} == {f"ref: {ref}" for ref in known}
    assert len(blocks) == 20
    assert "…" not in sent
    assert "title: Supply critical minerals from Malaysia's reserves to Korean industry" in " ".join(
        sent.split()
    )


def test_a_report_on_a_narrow_terminal_keeps_its_form(lived_path: Path) -> None:
    lines = STYLE.sub("", on_terminal(lived_path, "report", *TODAY, width=60)).splitlines()
    start = lines.index("Overdue: 3 (2 commitments, 1 milestone)")
    section = lines[start + 1 : lines.index("", start)]
    assert len(section) > 3
    assert [line for line in section if not line.startswith("  ")] == []


@pytest.mark.parametrize("command", ["list", "due", "report"])
def test_a_terminal_has_colour(lived_path: Path, command: str) -> None:
    assert COLOUR.search(on_terminal(lived_path, *command.split(), *TODAY))


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
@pytest.mark.parametrize("command", ["list", "report"])
def test_a_terminal_has_no_colour_where_it_is_not_wanted(
    lived_path: Path, command: str, variables: dict[str, str]
) -> None:
    plain = on_terminal(lived_path, command, *TODAY, variables=variables)
    assert "\x1b" not in plain
    assert "overdue" in plain


def test_an_empty_no_color_asks_for_nothing(lived_path: Path) -> None:
    assert COLOUR.search(on_terminal(lived_path, "list", *TODAY, variables={"NO_COLOR": ""}))


@pytest.mark.parametrize("format", ["tsv", "json"])
def test_a_format_for_programs_is_the_same_on_a_terminal(lived_path: Path, lived: Ksmy, format: str) -> None:
    sent = on_terminal(lived_path, "list", *TODAY, "--format", format, width=40)
    assert sent.expandtabs() == shown(lived("list", "--format", format)).expandtabs()


@pytest.mark.parametrize("width", [50, 200])
def test_korean_titles_align_on_a_terminal(hostile_path: Path, width: int) -> None:
    asked = ("list", "--columns", "title,ref", "--sort", "ref", *TODAY)
    sent = STYLE.sub("", on_terminal(hostile_path, *asked, width=width)).splitlines()
    starts = {
        columns(line[: line.rindex(ref)])
        for line in sent
        for ref in ("KOREAN", "KOREAN-APART", "LATIN")
        if line.rstrip().endswith(f" {ref}")
    }
    assert len(starts) == 1


# Hostile text

ROWS = (*LISTINGS, "show CONTROLS", "show PACT")
HUMAN = [
    *((command, form) for command in ROWS for form in ("table", "tsv", "csv", "md")),
    *(("report", form) for form in ("text", "md")),
    ("list --columns ref,title,detail,source,due_phrase", "table"),
    ("history --columns actor,note,evidence,changes", "table"),
]


@pytest.mark.parametrize(("command", "format"), HUMAN)
@pytest.mark.parametrize("day", ["2026-01-15", "2025-12-31"])
def test_no_control_character_is_ever_emitted(hostile: Ksmy, command: str, format: str, day: str) -> None:
    out = hostile(*command.split(), "--format", format, "--as-of", day).out
    allowed = "\n\t" if format == "tsv" else "\n"
    assert not UNSAFE.search(out.translate({ord(letter): None for letter in allowed}))
    if day == "2026-01-15":
        assert "␛[31mred␛[0m" in out or r"␛\[31mred␛\[0m" in out


@pytest.mark.parametrize("format", ["tsv", "md", "table"])
def test_a_line_break_in_a_text_makes_no_line(hostile: Ksmy, format: str) -> None:
    for command, count in {"list": 7, "history": 8, "agreements": 1}.items():
        lines = [
            line
            for line in shown(hostile(command, "--format", format)).splitlines()
            if re.search(r"\w", line)
        ]
        assert len(lines) == count + (format != "tsv")


def test_a_tab_in_a_text_makes_no_cell(hostile: Ksmy) -> None:
    for command, width in (("list", 5), ("history", 7), ("agreements", 8), ("show CONTROLS", 2)):
        assert {len(row) for row in rows(hostile(*command.split()))} == {width}


def test_json_holds_a_hostile_text_exactly_and_emits_none_of_it(hostile: Ksmy) -> None:
    for command in ("list", "show CONTROLS", "show PACT", "history", "report"):
        out = shown(hostile(*command.split(), "--format", "json"))
        assert not UNSAFE.search(out.replace("\n", ""))
    listed = {row["ref"]: row for row in found(hostile("list", "--format", "json"))}
    assert listed["CONTROLS"]["title"] == listed["CONTROLS"]["detail"] == HOSTILE
    assert listed["MARKUP"]["title"] == MARKUP
    assert listed["LONG"]["detail"] == "한" * 20_000
    entry = found(hostile("history", "CONTROLS", "--format", "json"))[0]
    assert (entry["actor"], entry["note"], entry["evidence"]) == (HOSTILE, HOSTILE, [HOSTILE, FORMULA])


def test_raw_csv_is_a_round_trip_of_every_text(hostile: Ksmy) -> None:
    out = shown(hostile("list", "--format", "csv", "--raw"))
    header, *lines = csv.reader(io.StringIO(out, newline=""))
    listed = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert listed["CONTROLS"]["title"] == listed["CONTROLS"]["detail"] == HOSTILE
    assert listed["FORMULA"]["title"] == FORMULA
    assert listed["MARKUP"]["title"] == MARKUP


def test_csv_runs_no_formula_in_a_spreadsheet(hostile: Ksmy) -> None:
    for command in (*LISTINGS, "show FORMULA", "show CONTROLS"):
        out = shown(hostile(*command.split(), "--format", "csv"))
        for line in csv.reader(io.StringIO(out, newline="")):
            for value in line:
                assert not re.match(r"[=+@\t\r]|-(?!\d+$)", value)
    listed = csv.DictReader(io.StringIO(shown(hostile("list", "--search", "FORMULA", "--format", "csv"))))
    (row,) = [row for row in listed if row["ref"] == "FORMULA"]
    assert (row["title"], row["detail"], row["due_phrase"]) == (f"'{FORMULA}", "'+1", "'@SUM(1)")
    assert row["source"] == "'-1"


@pytest.mark.parametrize("command", ["list", "due", "history", "agreements", "show MARKUP", "show CONTROLS"])
def test_markdown_takes_nothing_for_markup(hostile: Ksmy, command: str) -> None:
    document = shown(hostile(*command.split(), "--format", "md"))
    kinds = set()
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document):
        kinds |= {token.type} | {child.type for child in token.children or []}
    assert kinds <= {
        *("table_open", "thead_open", "tr_open", "th_open", "inline", "text", "text_special", "th_close"),
        *("tr_close", "thead_close", "tbody_open", "td_open", "td_close", "tbody_close", "table_close"),
    }


def test_a_markdown_report_takes_nothing_for_markup(hostile: Ksmy) -> None:
    document = shown(hostile("report", "--format", "md"))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds <= {"text", "text_special"}
    headings = [one.content for kind, one in pairwise(tokens) if kind.type == "heading_open"]
    assert headings[1:] == [
        *("By status", "By sector", "By deadline", "Overdue: 1", "Due within 90 days: 2"),
        *("Contradicts itself: 1", "Next milestones: none"),
        *("Changed since 2025-12-16: 8", "Gone quiet, no entry for 180 days: none", "Head"),
    ]
    assert sum(token.type == "table_open" for token in tokens) == 7


def test_nothing_is_taken_for_the_markup_of_a_terminal(hostile: Ksmy) -> None:
    assert MARKUP in shown(hostile("list", "--format", "table"))
    assert MARKUP in " ".join(shown(hostile("show", "MARKUP", "--format", "table")).split())
    assert MARKUP in " ".join(shown(hostile("report")).split())


def test_korean_titles_align_in_a_pipe(on: Callable[[Path], Ksmy], tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", KOREAN)
    titles = {"KOREAN": KOREAN, "APART": apart, "LATIN": "Free trade", "BOTH": "한국 and Korea"}
    path = seeded(tmp_path, [commitment(ref, title=title) for ref, title in titles.items()])
    lines = shown(on(path)("list", "--columns", "title,ref", "--format", "table")).splitlines()
    starts = {columns(line[: -len(ref)]) for line in lines for ref in titles if line.endswith(f" {ref}")}
    assert len(starts) == 1


ARGUMENTS = [
    (HOSTILE,),
    ("show", HOSTILE),
    ("history", HOSTILE),
    ("list", HOSTILE),
    ("list", f"--{HOSTILE}"),
    *(
        ("list", option, HOSTILE)
        for option in (
            *("--status", "--sector", "--party", "--agreement", "--firmness", "--due-before", "--due-after"),
            *("--stale", "--sort", "--limit", "--columns", "--as-of", "--within", "--format", "--tz"),
            *("--timeout", "--db"),
        )
    ),
    ("history", "--since", HOSTILE),
    ("show", "\udcff\udc9b"),
    ("list", "--status", "\udcff"),
    ("list", "--tz", "x" * 20_000),
    ("list", "--status", LONG),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda arguments: ascii(" ".join(arguments))[:40])
def test_an_error_shows_the_argument_it_quotes_and_obeys_nothing(
    ksmy: Ksmy, arguments: tuple[str, ...]
) -> None:
    ran = ksmy(*arguments)
    assert ran.code in (2, 3, 6)
    assert not UNSAFE.search(sentence(ran))
    ran.err.encode()


@pytest.mark.parametrize(("command", "option"), [("list", "--search"), ("history", "--by")])
def test_a_question_that_is_not_utf_8_is_no_bug(ksmy: Ksmy, command: str, option: str) -> None:
    ran = ksmy(command, option, "\udcff")
    if ran.code == 0:
        assert ran.out == ""
    else:
        assert ran.code == 2
        assert option in sentence(ran)


def test_a_hostile_question_finds_what_holds_it(hostile: Ksmy) -> None:
    assert [ref for ref, *_ in rows(hostile("list", "--search", HOSTILE))] == ["CONTROLS"]
    assert len(rows(hostile("history", "--by", HOSTILE))) == 8
