"""A field that was declared after registers were made: their histories and their exports lack it, and are taken."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ksmy_tracker.reading.export import FORMAT
from tests import exports

#: The program as it would be if the parties of a commitment had been declared after its first registers were made.
LATER = """
import sys
from ksmy_tracker.domain import kinds
kinds.LATER = {**kinds.LATER, "commitment": {"parties": "both"}}
from ksmy_tracker import cli
sys.exit(cli.run(sys.argv[1:]))
"""


def earlier_export(form: str) -> bytes:
    """An export of a register in which no commitment has parties."""
    entries = exports.without(2, "parties")()
    if form == FORMAT:
        return b"".join(exports.lines(entries))
    stored = [
        (kind, {name: value for name, value in one.items() if (kind, name) != ("commitment", "parties")})
        for kind, found in exports.records(exports.seal(entries)).items()
        for one in found.values()
    ]
    return b"".join(exports.lines(entries, stored=stored))


def run(program: list[str], *arguments: str, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *program, *arguments], input=sent, capture_output=True, check=False
    )


@pytest.mark.parametrize("form", [FORMAT, exports.BEFORE])
def test_a_register_from_before_a_field_has_its_default(tmp_path: Path, form: str) -> None:
    db = ("--db", str(tmp_path / "register.db"))
    taken = run(["-c", LATER], "import", "-", *db, sent=earlier_export(form))
    assert (taken.returncode, taken.stderr) == (0, b"")
    assert run(["-c", LATER], "check", *db).returncode == 0
    shown = run(["-c", LATER], "show", "C", "--format", "json", *db)
    assert json.loads(shown.stdout)["parties"] == "both"
    past = run(["-c", LATER], "show", "C", "--format", "json", "--as-of", "2025-01-05", *db)
    assert json.loads(past.stdout)["parties"] == "both"


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (FORMAT, "the export contradicts itself: entry 2 (C): "),
        (exports.BEFORE, "line 4: is not a part of an export in its place; "),
    ],
)
def test_a_history_that_lacks_what_there_always_was_is_not_taken(
    tmp_path: Path, form: str, fault: str
) -> None:
    db = ("--db", str(tmp_path / "register.db"))
    refused = run(["-m", "ksmy_tracker"], "import", "-", *db, sent=earlier_export(form))
    assert refused.returncode == 5
    assert fault in refused.stderr.decode()
    assert not (tmp_path / "register.db").exists()
