"""The scripting page keeps its word: its scripts run, its lists and numbers are those of the program."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker import errors
from ksmy_tracker.domain import report
from ksmy_tracker.domain.kinds import GIVEN, Agreement, Body, Claim, Commitment, Measure, Milestone, Source
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.rows import DeadlineRow, EntryRow, Row, names
from ksmy_tracker.render.json_contract import receipt_object
from ksmy_tracker.storage.interface import TIMEOUT
from ksmy_tracker.writing import batch, lines
from ksmy_tracker.writing.batch_line import OPS
from tests.conftest import Ksmy
from tests.registers import AFTER_THE_SUMMIT

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "scripting.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks of a text: language and content."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def first_cells(text: str) -> list[str]:
    """The first column of a table, without its header."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")][2:]


def listed_after(heading: str) -> list[str]:
    """The list of keys that follows a heading in bold."""
    text = " ".join(section("JSON").split())
    found = re.search(rf"\*\*{heading}\*\*.*?`(\w+, [\w, ]+)`", text)
    assert found is not None, heading
    return found[1].split(", ")


def of(ksmy: Ksmy, *arguments: str) -> Any:
    ran = ksmy(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


# Exit codes and the environment


def test_every_exit_code_is_on_the_page() -> None:
    failures = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.KsmyError)
    ]
    codes = {str(one.exit_code) for one in failures}
    assert len(codes) == 8
    listed = first_cells(section("Exit codes"))
    assert listed == sorted(listed, key=int)
    assert set(listed) == codes | {"0", "10", "129", "130", "143"}


def test_every_variable_that_is_read_is_on_the_page() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (TOP / "ksmy_tracker").rglob("*.py")]
    read = {name for text in sources for name in re.findall(r'"(KSMY_[A-Z_]+|NO_COLOR)"', text)}
    assert {cell.strip("`") for cell in first_cells(section("Environment"))} == read


# JSON


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("A commitment", Commitment),
        ("An agreement", Agreement),
        ("An entry", EntryRow),
        ("A milestone", Milestone),
        ("A deadline", DeadlineRow),
        ("A body", Body),
        ("A source", Source),
        ("A measure", Measure),
        ("A claim", Claim),
    ],
)
def test_the_keys_of_a_row_are_on_the_page(heading: str, row: type[Row]) -> None:
    assert listed_after(heading) == list(names(row))


def test_the_keys_of_a_receipt_are_on_the_page() -> None:
    receipt = receipt_object(Receipt("i", [Outcome("X", "commitment", None, {})]), dry_run=False)
    assert listed_after("A receipt") == list(receipt)
    (changes,) = re.findall(r"`changes` what became of each change: `([^`]+)`", " ".join(PAGE.split()))
    assert changes.split(", ") == list(receipt["changes"][0])


def test_the_program_prints_the_keys_that_are_on_the_page(ksmy: Ksmy) -> None:
    assert list(of(ksmy, "list")[0]) == listed_after("A commitment")
    assert list(of(ksmy, "agreements")[0]) == listed_after("An agreement")
    assert list(of(ksmy, "history")[0]) == listed_after("An entry")
    assert list(of(ksmy, "due")[0]) == listed_after("A deadline")
    assert list(of(ksmy, "report")) == listed_after("A report")
    shown = of(ksmy, "show", "FTA-CONCLUDE")
    assert list(shown) == [
        *listed_after("A commitment"),
        *("entries", "milestone_list", "measure_list", "claims"),
    ]
    assert list(shown["milestone_list"][0]) == listed_after("A milestone")
    assert list(shown["entries"][0]) == listed_after("An entry")
    shown = of(ksmy, "show", "FTA")
    assert sorted(shown) == sorted([*listed_after("An agreement"), "entries", "measure_list", "claims"])
    assert list(of(ksmy, "bodies")[0]) == listed_after("A body")
    assert list(of(ksmy, "sources")[0]) == listed_after("A source")
    assert list(of(ksmy, "measure", "list")[0]) == listed_after("A measure")
    jets = of(ksmy, "show", "FA50M-DELIVERY")
    assert list(jets["measure_list"][0]) == [*listed_after("A measure"), "readings"]
    assert list(jets["claims"][0]) == listed_after("A claim")
    assert list(of(ksmy, "show", "KR")) == [*listed_after("A body"), "entries", "commitments"]
    assert list(of(ksmy, "show", "SUMMIT-REPORT")) == [*listed_after("A source"), "entries", "citing"]
    assert list(shown["commitments"][0]) == listed_after("A commitment")
    assert list(of(ksmy, "update", "FTA", "--note", "n")) == listed_after("A receipt")
    assert f"Lists are cut to {report.IN_DOCUMENT} (to {report.ON_SCREEN} in the text report)" in PAGE


def test_a_hash_is_what_the_page_says(ksmy: Ksmy) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "completed", "--note", "한국 \x1b\u2028")
    ksmy("undo")
    previous, retracted_by = None, {48: 49}
    for entry in of(ksmy, "history"):
        said = entry.pop("hash")
        del entry["cited"]
        assert entry.pop("retracted_by") == retracted_by.get(entry["id"])
        if not entry["retracts"]:
            del entry["retracts"]
        canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sha256(canonical.encode()).hexdigest() == said
        assert entry["previous_hash"] == previous
        previous = said
    assert of(ksmy, "report")["head"] == previous


# Batches


def test_the_keys_of_a_line_are_on_the_page() -> None:
    cells = [re.findall(r"`(\w+)`", cell) for cell in first_cells(section("Batches"))]
    listed = {name for cell in cells for name in cell}
    about = {"op", "ref", "number", "key", "note", "evidence", "on", "by", "expect"}
    about |= {"new_sector", "new_topic"}
    assert about <= listed
    (ops,) = re.findall(r"^\| `op` \| (.*) \|$", section("Batches"), re.MULTILINE)
    assert re.findall(r"`(\w+)`", ops) == [*OPS]
    assert listed - about <= {name for given in GIVEN.values() for name in given}
    for name in listed:
        line = json.dumps({"ref": "X", name: 5}).encode()
        assert "is no field" not in str(list(batch.read_json_lines(BytesIO(line)))), name


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    text = " ".join(PAGE.split())
    assert f"a line has at most {lines.LONGEST:,} bytes" in text
    assert f"up to `--timeout` seconds ({TIMEOUT:.0f})" in text
    assert "up to `--max-errors` (20)" in text


def test_the_lines_on_the_page_apply(ksmy: Ksmy, tmp_path: Path) -> None:
    ((language, lines),) = blocks(section("Batches"))
    assert language == "json"
    file = tmp_path / "lines.jsonl"
    file.write_text(lines)
    ran = ksmy("apply", str(file))
    assert (ran.code, ran.err) == (0, "ksmy: applied 2, unchanged 0, skipped 0\n")


# Bodies, sources, measures, claims


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, register: Path) -> Run:
    """Run a script as a user would: `ksmy` is on the PATH, and the register is named by the environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    ksmy = folder / "ksmy"
    ksmy.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ksmy_tracker "$@"\n')
    ksmy.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "KSMY_DATABASE_URL": str(register)}
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]

    def run_one(*command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
        )

    return run_one


def test_the_commands_of_the_page_do_what_it_says(run: Run, ksmy: Ksmy) -> None:
    scripts = blocks(section("Bodies, sources, measures, claims"))
    assert [language for language, _ in scripts] == ["sh"] * 4
    bodies, sources, measures, claims = (run("/bin/sh", "-ec", script) for _, script in scripts)
    assert [one.stderr for one in (bodies, sources, measures, claims)] == [""] * 4
    assert bodies.stdout.splitlines()[-1].split("\t")[:2] == ["FTA-CONCLUDE", "in-progress"]
    cited = {row.split("\t")[0]: row.split("\t")[3] for row in sources.stdout.splitlines()[2:]}
    assert cited["STAR-JETS"] == "1"
    assert "FTA-CONCLUDE:LINES\t6\tlines\t33\t12" in measures.stdout.splitlines()
    assert [line.split("\t")[0] for line in claims.stdout.splitlines()[1:3]] == [
        "FA50M-DELIVERY",
        "FTA-CONCLUDE",
    ]
    now = ("--as-of", "9999-12-31")  # the scripts run by the clock of the machine
    assert of(ksmy, "show", "FTA-CONCLUDE", *now)["status"] == "finalising"
    assert [row["ref"] for row in of(ksmy, "list", "--disputed", *now)] == ["FA50M-DELIVERY"]
    assert ksmy("check").code == 0


# The example


def test_the_example_is_named_on_the_page() -> None:
    assert "](examples/after-the-summit.jsonl)" in PAGE


# The three scripts


def scripts() -> dict[str, str]:
    (loop, table, python) = blocks(section("Three scripts"))
    assert (loop[0], table[0], python[0]) == ("sh", "sh", "python")
    return {"loop": loop[1], "table": table[1], "python": python[1]}


def test_the_shell_loop_notes_each_record(run: Run, ksmy: Ksmy) -> None:
    done = run("/bin/sh", "-c", scripts()["loop"])
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(" (")[0] for line in done.stdout.splitlines()] == [
        "MINERALS-SUPPLY noted: note: Asked the ministry for news",
        "TOURISM noted: note: Asked the ministry for news",
    ]
    notes = ksmy("history", "--by", "desk", "--as-of", "9999-12-31", "--columns", "ref,note")
    assert notes.out.splitlines() == [
        "MINERALS-SUPPLY\tAsked the ministry for news",
        "TOURISM\tAsked the ministry for news",
    ]


def test_the_shell_loop_stops_at_the_first_refusal(run: Run, ksmy: Ksmy) -> None:
    broken = scripts()["loop"].replace("MINERALS-SUPPLY", "MINERALS")
    done = run("/bin/sh", "-c", broken)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("ksmy: there is no record MINERALS; did you mean ")
    assert ksmy("history", "--by", "desk", "--as-of", "9999-12-31").out == ""


def test_the_spreadsheet_s_table_is_tried_and_applied(run: Run, ksmy: Ksmy) -> None:
    for applied, skipped in ((2, 0), (0, 2)):
        done = run("/bin/sh", "-c", scripts()["table"])
        totals = f"ksmy: applied {applied}, unchanged 0, skipped {skipped}\n"
        assert done.returncode == 0
        assert done.stderr == f"ksmy: dry run: nothing was written\n{totals}{totals}"
        tried, made = (done.stdout.splitlines()[:2], done.stdout.splitlines()[2:])
        assert tried == made
    assert [(entry["ref"], entry["key"]) for entry in of(ksmy, "history")[-2:]] == [
        ("TOURISM", "mm-2025-01-19"),
        ("DEFENCE-INDUSTRY", "nst-defence-2025-10-27"),
    ]
    assert of(ksmy, "show", "DEFENCE-INDUSTRY")["status"] == "in-progress"


def test_the_python_script_notes_what_is_overdue(run: Run, ksmy: Ksmy, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(scripts()["python"])
    done = run(sys.executable, str(script))
    assert (done.returncode, done.stdout) == (0, "1 noted\n")
    (*_, entry) = of(ksmy, "history", "FTA-CONCLUDE", "--as-of", "9999-12-31")
    assert entry["note"] == "15 days overdue"


@pytest.mark.slow
@pytest.mark.parametrize(
    "order", [("shell", "python", "batches"), ("batches", "python", "shell")], ids="-".join
)
def test_the_examples_work_in_any_order(order: Sequence[str], run: Run, ksmy: Ksmy, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(scripts()["python"])
    commands: dict[str, list[tuple[str, ...]]] = {
        "shell": [("/bin/sh", "-c", scripts()["loop"])],
        "python": [(sys.executable, str(script))],
        "batches": [("/bin/sh", "-c", scripts()["table"]), ("ksmy", "apply", str(AFTER_THE_SUMMIT))],
    }
    for command in (one for name in order for one in commands[name]):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    states = {row["ref"]: row["status"] for row in of(ksmy, "list")}
    assert [states[ref] for ref in ("FTA-CONCLUDE", "TOURISM", "DEFENCE-INDUSTRY")] == [
        *("finalising", "in-progress", "in-progress"),
    ]
    assert ksmy("check").code == 0
