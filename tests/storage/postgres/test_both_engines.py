"""The same register on both engines gives the same bytes, and moves either way with the same head."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker import cli
from tests.conftest import NOW, Ksmy, Ran

BATCH: list[dict[str, Any]] = [
    {
        "op": "add",
        "ref": "TREATY",
        "title": "자유무역협정 é",
        "kind": "treaty",
        "stage": "signed",
        "on": "2026-01-09",
    },
    {"op": "add", "ref": "z-last", "title": "Zuletzt", "firmness": "hoped"},
    {"op": "add", "ref": "A-1", "title": "= 1+1", "firmness": "agreed", "due": "2026-Q1", "on": "2026-01-09"},
    {"op": "milestone", "ref": "A-1", "title": "Étape", "due": "2026-02", "on": "2026-01-10"},
    {"ref": "A-1", "due": "2026-06", "note": "moved \u202e", "on": "2026-01-11", "key": "k-1"},
    {"ref": "A-1", "detail": "양국 % _ ' \" \\ :today", "on": "2026-01-12"},
    {"ref": "TOURISM", "status": "completed", "on": "2025-12-01", "evidence": ["https://example.org", "b"]},
    {"ref": "HYDROGEN", "sector": "green-energy", "key": "as-it-is"},
]
for _line in BATCH[1:3]:
    _line |= {"agreement": "TREATY", "sector": "trade"}

LOOKS = (
    *(("list",), ("list", "--sort", "title"), ("list", "--sort", "-days-left"), ("list", "--overdue")),
    *(
        ("list", "--search", "é"),
        ("list", "--search", "%"),
        ("list", "--search", "ALL"),
        ("list", "--withdrawn"),
    ),
    *(("list", "--stale", "10"), ("list", "--due-before", "2029-12-31", "--party", "KR", "--limit", "3")),
    *(
        ("due",),
        ("due", "--within", "400"),
        ("history",),
        ("history", "A-1"),
        ("history", "--since", "2025-01-01"),
    ),
    *(("agreements",), ("show", "A-1"), ("show", "TREATY"), ("show", "FTA-CONCLUDE/1")),
)
PAST = (("list",), ("due",), ("history",), ("agreements",), ("report",))
Both = Callable[..., Ran]

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")


@pytest.fixture
def both(register: Path, empty_database: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Both:
    """Run a command on a register and on its copy on a server: the same must come of it."""

    def one(place: str, *arguments: str) -> Ran:
        capsys.readouterr()
        code = cli.run([*arguments, "--db", place], lambda: NOW)
        return Ran(*capsys.readouterr(), code)

    def run(*arguments: str) -> Ran:
        ran = one(str(register), *arguments)
        assert one(empty_database, *arguments) == ran, arguments
        return ran

    batch, export = tmp_path / "batch.jsonl", tmp_path / "export.jsonl"
    batch.write_text("".join(f"{json.dumps(line)}\n" for line in BATCH))
    for arguments in (
        ("apply", str(batch), "--by", "desk"),
        ("add", "MISTAKE", "--title", "x", "--kind", "treaty", "--stage", "signed"),
        ("undo",),
        ("export", "--output", str(export)),
    ):
        assert one(str(register), *arguments).code == 0
    assert one(empty_database, "import", str(export)).code == 0
    return run


@pytest.mark.parametrize("format", FORMATS)
def test_every_look_in_every_format_is_the_same_to_the_byte(both: Both, format: str) -> None:
    for look in LOOKS:
        ran = both(*look, "--format", format, "--tz", "Asia/Seoul")
        assert ran.code == 0, (look, ran.err)
        assert ran.out or look[-1] == "%" or format != "json"


@pytest.mark.parametrize("day", ["2024-11-25", "2025-12-01", "2026-01-11"])
def test_every_look_at_a_past_day_is_the_same_to_the_byte(both: Both, day: str) -> None:
    for look in PAST:
        assert both(*look, "--as-of", day, "--format", "json").code == 0


@pytest.mark.parametrize("day", ["2026-01-14", "2026-01-15"])
def test_every_look_by_what_was_known_on_a_day_is_the_same_to_the_byte(both: Both, day: str) -> None:
    for look in PAST:
        assert both(*look, "--known-on", day, "--format", "json").code == 0


@pytest.mark.parametrize("format", ["text", "md", "html", "json"])
def test_a_report_is_the_same_to_the_byte(both: Both, format: str) -> None:
    for narrowed in (
        (),
        ("--sector", "trade"),
        ("--agreement", "TREATY"),
        ("--party", "KR", "--since", "1m"),
    ):
        assert both("report", "--format", format, *narrowed).code == 0


def test_timelines_calendars_and_exports_are_the_same_to_the_byte(both: Both) -> None:
    for arguments in (
        *(("timeline",), ("timeline", "--format", "svg"), ("timeline", "--format", "json")),
        *(("export",), ("export", "--format", "ics"), ("export", "--format", "ics", "--as", "todo")),
    ):
        assert both(*arguments).code == 0


def test_a_register_moves_either_way_with_the_same_head(
    ksmy: Ksmy, empty_database: str, tmp_path: Path
) -> None:
    ksmy("update", "TOURISM", "--status", "suspended", "--note", "한국")
    there, back, returned = tmp_path / "there.jsonl", tmp_path / "back.jsonl", str(tmp_path / "back.db")
    ksmy("export", "--output", str(there))
    first = ksmy("import", str(there), "--db", empty_database)
    ksmy("export", "--output", str(back), "--db", empty_database)
    second = ksmy("import", str(back), "--db", returned)
    assert there.read_bytes() == back.read_bytes()
    assert ksmy("export", "--db", returned).out == there.read_text()
    assert first.out.split()[-1] == second.out.split()[-1] == ksmy("check").out.split()[-1]
    assert ksmy("check", "--db", empty_database).out == ksmy("check").out
    again = ksmy("import", str(there), "--db", empty_database)
    assert (again.code, again.out) == (4, "")
