"""A field that was declared after registers were made: their histories and their exports lack it, and are taken."""

import subprocess
import sys
from pathlib import Path

import pytest

from ksmy_tracker.reading.export import FORMAT
from tests import exports
from tests.conftest import run

#: The program as it would be if the parties of a commitment had been declared after its first registers were made;
#: it runs a command a line, until one fails.
LATER = """
import sys
from ksmy_tracker.domain import kinds
kinds.LATER = {**kinds.LATER, "commitment": {**kinds.LATER["commitment"], "parties": "both"}}
from ksmy_tracker import cli
sys.exit(any(cli.run(command.split()) for command in sys.argv[1].splitlines()))
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


@pytest.mark.parametrize("form", [FORMAT, exports.BEFORE])
def test_a_register_from_before_a_field_has_its_default(tmp_path: Path, form: str) -> None:
    commands = [
        "import -",
        "check",
        "list --columns ref,parties",
        "list --columns ref,parties --as-of 2025-01-05",
    ]
    done = subprocess.run(
        [sys.executable, "-c", LATER, "\n".join(commands)],
        input=earlier_export(form),
        env={"KSMY_DATABASE_URL": str(tmp_path / "register.db")},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[-2:] == [b"C\tboth"] * 2


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (FORMAT, "the export contradicts itself: entry 2 (C): "),
        (exports.BEFORE, "line 4: is not a part of an export in its place; "),
    ],
)
def test_a_history_that_lacks_what_there_always_was_is_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, fault: str
) -> None:
    register, export = tmp_path / "register.db", tmp_path / "export.jsonl"
    export.write_bytes(earlier_export(form))
    assert run("import", str(export), "--db", str(register)) == 5
    assert fault in capsys.readouterr().err
    assert not register.exists()
