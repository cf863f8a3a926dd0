"""What each command imports: nothing that models tables, except where it makes or proves a schema."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ksmy_tracker.cli import COMMANDS

#: Each command is run in a process of its own.
pytestmark = pytest.mark.slow

#: What costs more than all else together. (pydantic comes with Typer.)
HEAVY = ("sqlalchemy", "sqlmodel", "alembic")

#: Commands that make or prove a schema.
MAY = ("init", "import", "migrate", "check")

#: A command line of each command, by what follows its name.
LINES: dict[str, tuple[tuple[str, ...], ...]] = {
    "report": ((), ("--format", "html"), ("--as-of", "2025-06-01")),
    "list": ((), ("--format", "json"), ("--as-of", "2025-06-01")),
    "due": ((),),
    "show": (("FTA-CONCLUDE",),),
    "history": ((), ("--as-of", "2025-06-01")),
    "agreements": ((),),
    "bodies": ((),),
    "sources": ((),),
    "timeline": ((), ("--format", "svg")),
    "diff": (("2024-12-31",),),
    "add": (("NEW-ONE", "--title", "New", "--kind", "memorandum", "--stage", "signed"),),
    "update": (
        ("TOURISM", "--note", "x"),
        ("TOURISM", "--note", "x", "--dry-run"),
    ),
    "milestone": (("add", "TOURISM", "A step"), ("set", "TOURISM", "1", "--state", "met")),
    "body": (
        ("add", "NEW-BODY", "--name", "New", "--kind", "company"),
        ("set", "NEW-BODY", "--name", "Newer"),
    ),
    "source": (("add", "NEW-SOURCE", "--title", "New"), ("set", "NEW-SOURCE", "--publisher", "P")),
    "measure": (
        ("add", "TOURISM:VISITS", "--title", "Visits", "--unit", "people"),
        ("set", "TOURISM:VISITS", "--value", "3"),
        ("list",),
    ),
    "claim": (("TOURISM", "--status", "suspended"), ("drop", "TOURISM#1", "--note", "n")),
    "review": (("TOURISM",),),
    "apply": (("batch.jsonl",),),
    "amend": (("31", "--note", "y"),),
    "undo": (("--list",), ("--dry-run",), ()),
    "redo": ((),),
    "backup": (("copy.db",),),
    "export": ((), ("--format", "ics")),
}

#: Runs each command line in a process of its own, forked from one that has imported what each of them does.
RUN_EACH = """
import json, os, sys
from ksmy_tracker import cli
for line in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = cli.run(line)
        found = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
        os.write(2, (json.dumps([code, found]) + "\\n").encode())
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def register_there(request: pytest.FixtureRequest) -> str:
    """Where a register is that the test may change: a path, or a URL."""
    name = "register" if request.param == "sqlite" else "database_on_server"
    return str(request.getfixturevalue(name))


def imported(
    register: str, folder: Path, lines: list[list[str]], heavy: Sequence[str] = HEAVY
) -> list[tuple[int, list[str]]]:
    """The exit code of each command line on a register, and what it imported of what is heavy."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_EACH, json.dumps(lines), json.dumps(heavy)],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "KSMY_DATABASE_URL": register},
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("[")]
    return [tuple(json.loads(line)) for line in said]


def test_every_command_is_tried() -> None:
    assert {*LINES, *MAY} == set(COMMANDS)


def test_no_command_but_those_that_make_or_prove_a_schema_imports_what_models_tables(
    register_there: str, tmp_path: Path
) -> None:
    (tmp_path / "batch.jsonl").write_text('{"ref": "TOURISM", "status": "suspended", "key": "1"}\n')
    lines = [[name, *rest] for name, some in LINES.items() for rest in some]
    found = imported(register_there, tmp_path, lines)
    on_server = register_there.startswith("postgresql")
    expected: list[tuple[int, list[str]]] = [
        (2 if on_server and line[0] == "backup" else 0, []) for line in lines
    ]
    assert dict(zip(map(" ".join, lines), found, strict=True)) == dict(
        zip(map(" ".join, lines), expected, strict=True)
    )


def test_what_makes_a_schema_would_be_found_out(register: Path, tmp_path: Path) -> None:
    (found,) = imported(str(register), tmp_path, [["check"]])
    assert found[0] == 0
    assert "sqlmodel" in found[1]


def test_templates_are_filled_only_for_what_is_html_or_svg(register: Path, tmp_path: Path) -> None:
    formats = {"report": ("text", "md", "html", "json"), "timeline": ("text", "svg", "json")}
    lines = [[command, "--format", one] for command, some in formats.items() for one in some]
    found = imported(str(register), tmp_path, lines, ["jinja2"])
    assert {line[-1]: names for line, (_, names) in zip(lines, found, strict=True) if names} == {
        "html": ["jinja2"],
        "svg": ["jinja2"],
    }
