"""`export`: the whole register, whole, and nobody kept waiting for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ksmy_tracker import cli
from ksmy_tracker.cli.output import emit
from tests.cli.files import head_of
from tests.conftest import NOW, Contents, Ksmy, execute, sentence


def test_an_export_of_an_import_is_the_same_bytes(ksmy: Ksmy, export: Path, tmp_path: Path) -> None:
    target = tmp_path / "new.db"
    ran = ksmy("import", str(export), "--db", str(target))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"imported into {target}; head {head_of(ksmy)}\n"
    assert ksmy("export", "--db", str(target)).out == export.read_text(encoding="utf-8")
    assert head_of(ksmy, "--db", str(target)) == head_of(ksmy)


def test_a_reader_that_has_enough_of_an_export_is_no_error(process: Ksmy, tmp_path: Path) -> None:
    script = f'"{sys.executable}" -m ksmy_tracker export --db "$1" | head -n 1'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(tmp_path / "register.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["entries"] == 30


def test_a_slow_reader_of_an_export_keeps_no_writer_waiting(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []

    def read_slowly(text: str) -> None:
        if not codes:
            codes.append(-1)
            codes[0] = cli.run(["update", "TOURISM", "--due", "2027", "--timeout", "0"], lambda: NOW)
        emit(text)

    monkeypatch.setattr("ksmy_tracker.cli.output.emit", read_slowly)
    ran = ksmy("export")
    assert codes == [0]
    lines = [line for line in ran.out.splitlines() if line.startswith("{")]
    assert (
        json.loads(lines[0])["entries"] == len([line for line in lines if line.startswith('{"entry":')]) == 30
    )


def test_an_export_changes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    assert ksmy("export").out == ksmy("export").out
    assert contents() == before


@pytest.mark.parametrize("value", ["x'00'", "1.5"])
def test_a_value_that_no_register_has_is_not_exported(ksmy: Ksmy, register: Path, value: str) -> None:
    weaker = "replace(sql, 'actor TEXT NOT NULL', 'actor ANY')"
    execute(
        register,
        "DROP TRIGGER entry_no_update",
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = {weaker} WHERE name = 'entry'",
    )
    execute(register, f"UPDATE entry SET actor = {value} WHERE id = 7")
    ran = ksmy("export")
    assert (ran.code, sentence(ran)) == (
        8,
        (
            f"{register} is damaged: a value in the table entry is of a kind that no register has; "
            "restore the newest sound backup"
        ),
    )


def test_an_empty_register_moves_too(ksmy: Ksmy, tmp_path: Path) -> None:
    empty, new, file = (tmp_path / name for name in ("empty.db", "new.db", "empty.jsonl"))
    ksmy("init", "--empty", "--db", str(empty))
    file.write_text(ksmy("export", "--db", str(empty)).out)
    ran = ksmy("import", str(file), "--db", str(new))
    assert (ran.code, ran.out) == (0, f"imported into {new}; head none\n")
    assert ksmy("export", "--db", str(new)).out == file.read_text()
