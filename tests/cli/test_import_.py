"""`import`: what it brings in, and what it refuses."""

import io
import json
import stat
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.chain import Entry, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from tests.cli.files import head_of
from tests.conftest import Contents, Ksmy

Content = dict[str, Any]


def test_an_imported_register_passes_its_check_and_shows_the_same(
    ksmy: Ksmy, export: Path, tmp_path: Path
) -> None:
    new = ("--db", str(tmp_path / "new.db"))
    ksmy("import", str(export), *new)
    assert ksmy("check", "--expect-head", head_of(ksmy), *new).code == 0
    for look in (
        ("list", "--withdrawn"),
        ("agreements", "--withdrawn"),
        ("due",),
        ("history",),
        ("show", "FTA-CONCLUDE"),
        ("report",),
        ("list", "--as-of", "2025-06-30"),
    ):
        assert ksmy(*look, "--format", "json", *new).out == ksmy(*look, "--format", "json").out, look


def test_an_imported_register_can_be_changed_and_undone(ksmy: Ksmy, export: Path, tmp_path: Path) -> None:
    new = ("--db", str(tmp_path / "new.db"))
    ksmy("import", str(export), *new)
    assert ksmy("redo", *new).code == 0
    assert json.loads(ksmy("show", "TOURISM", "--format", "json", *new).out)["milestones"] == 1
    assert ksmy("undo", *new).code == 0
    assert json.loads(ksmy("show", "TOURISM", "--format", "json", *new).out)["milestones"] == 0
    assert ksmy("update", "TOURISM", "--due", "2027", *new).code == 0
    assert ksmy("check", *new).code == 0


def test_an_import_from_stdin(
    ksmy: Ksmy, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(export.read_bytes())))
    ran = ksmy("import", "-", "--db", str(tmp_path / "new.db"))
    assert (ran.code, ran.err) == (0, "")


def test_an_import_through_pipes(process: Ksmy, tmp_path: Path) -> None:
    whole = process("export")
    assert (whole.code, whole.err) == (0, "")
    new = str(tmp_path / "new.db")
    assert process("import", "-", "--db", f"sqlite:///{new}", input=whole.out).code == 0
    assert process("export", "--db", new).out == whole.out


def test_an_imported_register_is_the_user_s_own(ksmy: Ksmy, export: Path, tmp_path: Path) -> None:
    target = tmp_path / "folder" / "new.db"
    assert ksmy("import", str(export), "--db", str(target)).code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700


def test_an_import_never_touches_a_register_that_is_there(
    ksmy: Ksmy, export: Path, contents: Contents, place: str
) -> None:
    before = contents()
    ran = ksmy("import", str(export))
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (f"ksmy: there is already a file at {place}; nothing was changed\n")
    assert contents() == before


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_bad_input(ksmy: Ksmy, tmp_path: Path, name: str) -> None:
    ran = ksmy("import", str(tmp_path / name), "--db", str(tmp_path / "new.db"))
    assert (ran.code, ran.out) == (5, "")
    assert "cannot be read" in ran.err
    assert not (tmp_path / "new.db").exists()


# What is refused


def refused(ksmy: Ksmy, export: Path, lines: list[str]) -> str:
    """The sentence that refuses an export; nothing is left of it."""
    folder = export.parent / "target"
    folder.mkdir()
    export.write_text("".join(lines), encoding="utf-8")
    ran = ksmy("import", str(export), "--db", str(folder / "new.db"))
    assert (ran.code, ran.out) == (5, ""), ran.err
    assert list(folder.iterdir()) == []
    (sentence,) = ran.err.splitlines()
    assert str(folder) not in sentence
    return sentence


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (lambda lines: lines[:-1], "the export is not whole"),
        (
            lambda lines: [*lines[:-1], lines[-1].replace('"actor":"tester"', '"actor":"someone"')],
            "line 35: entry 34 (TOURISM/1) was altered",
        ),
    ],
)
def test_a_broken_export_is_refused_and_leaves_nothing_behind(
    ksmy: Ksmy, export: Path, tamper: Callable[[list[str]], list[str]], fault: str
) -> None:
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    assert fault in refused(ksmy, export, tamper(lines))


def test_an_import_that_fails_leaves_no_folder_behind(ksmy: Ksmy, export: Path, tmp_path: Path) -> None:
    export.write_text("nonsense\n")
    assert ksmy("import", str(export), "--db", str(tmp_path / "new" / "folder" / "new.db")).code == 5
    assert not (tmp_path / "new").exists()


def hash_of(entry: Entry) -> str:
    """The hash of an entry, whatever stands in its fields."""
    fields = {name: getattr(entry, name) for name in ENTRY_FIELDS if name != "hash"}
    if not fields["retracts"]:
        del fields["retracts"]
    return sha256(to_canonical_json(fields).encode("utf-8", "surrogatepass")).hexdigest()


def forged(contents: list[Content]) -> list[str]:
    """An export with its chain made anew, as somebody could who wants to bring in what no command would write."""
    head, previous, count = None, None, 0
    for content in contents[1:]:
        if "entry" in content:
            entry = Entry(**content["entry"])
            entry.previous_hash = previous
            try:
                entry.hash = hash_of(entry)
            except UnicodeEncodeError:
                entry.hash = "0" * 64
            content["entry"] |= {"previous_hash": previous, "hash": entry.hash}
            head = previous = entry.hash
            count += 1
    contents[0] |= {"head": head, "entries": count}
    return [json.dumps(content) + "\n" for content in contents]


def of_kind(contents: list[Content], kind: str) -> list[Content]:
    return [content[kind] for content in contents if kind in content]


def last_entry(**fields: Any) -> Callable[[list[Content]], Any]:
    return lambda contents: contents[-1]["entry"].update(fields)


def first_change(**fields: Any) -> Callable[[list[Content]], Any]:
    new = {name: [None, value] for name, value in fields.items()}
    return lambda contents: of_kind(contents, "entry")[0]["changes"].update(new)


def entry_twice(contents: list[Content]) -> None:
    created = of_kind(contents, "entry")[0]
    contents.append({"entry": {**created, "id": 35}})


def key_twice(contents: list[Content]) -> None:
    for entry in of_kind(contents, "entry")[-2:]:
        entry.update(key="k", key_digest="0" * 64)


def unknown_status(contents: list[Content]) -> None:
    entry = next(one for one in of_kind(contents, "entry") if one["ref"] == "CCS-START")
    entry["changes"]["status"] = [None, "done"]


def unknown_agreement(contents: list[Content]) -> None:
    entry = next(one for one in of_kind(contents, "entry") if one["ref"] == "CCS-START")
    entry["changes"]["agreement"] = [None, "NONE"]


FORGERIES: dict[str, Callable[[list[Content]], Any]] = {
    "an entry twice": entry_twice,
    "a key twice": key_twice,
    "a list for a title": first_change(title=["a", "list"]),
    "an object for a title": first_change(title={"an": "object"}),
    "no title": first_change(title=None),
    "a surrogate in a title": first_change(title="\ud800"),
    "a surrogate in a note": last_entry(note="\ud800"),
    "a number for a note": last_entry(note=5),
    "a number for a key": last_entry(key=5, key_digest="0" * 64),
    "no changes at all": last_entry(changes=None),
    "a text for what it retracts": last_entry(retracts="33"),
    "retracting itself": last_entry(retracts=[34]),
    "a list for changes": last_entry(changes=[]),
    "half a change": last_entry(changes={"state": "met"}),
    "a change of no field": last_entry(changes={"nonsense": [None, 1]}),
    "an unknown ref": last_entry(ref="NONE"),
    "no ref": last_entry(ref=None),
    "no actor": last_entry(actor=None),
    "a text for the list of evidence": last_entry(evidence="a text"),
    "a number for the list of evidence": last_entry(evidence=5),
    "numbers for evidence": last_entry(evidence=[5]),
    "a text for an id": last_entry(id="34"),
    "no id": last_entry(id=None),
    "a huge id": last_entry(id=10**30),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_no_command_would_write_is_not_brought_in(ksmy: Ksmy, export: Path, forgery: str) -> None:
    contents = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    FORGERIES[forgery](contents)
    sentence = refused(ksmy, export, forged(contents))
    assert sentence.startswith("ksmy: ")


def test_a_forgery_that_changes_nothing_is_an_export(ksmy: Ksmy, export: Path, tmp_path: Path) -> None:
    # The forgeries above are refused for what they say, not for how they are made.
    contents = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    lines = [to_canonical_json(json.loads(line)) + "\n" for line in forged(contents)]
    assert "".join(lines) == export.read_text(encoding="utf-8")
    assert ksmy("import", str(export), "--db", str(tmp_path / "new.db")).code == 0
