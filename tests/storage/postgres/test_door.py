"""What one engine refuses the other refuses, and no receipt is given for what the server did not keep."""

from datetime import date
from pathlib import Path

import psycopg
import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.errors import Damaged
from ksmy_tracker.reading.export import export_lines
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing.record import Recording
from tests import exports
from tests.conftest import NOW, Ksmy, asked, sentence
from tests.exports import CRAFTED


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE RULE swallow AS ON INSERT TO entry DO INSTEAD NOTHING",
        "CREATE RULE swallow AS ON INSERT TO entry WHERE NEW.ref = 'TOURISM' DO INSTEAD NOTHING",
    ],
)
def test_no_receipt_is_given_for_an_entry_that_a_rule_swallowed(
    database_on_server: str, statement: str
) -> None:
    place = locate(database_on_server)
    with place.reading() as reader:
        before = list(export_lines(reader))
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        connection.execute(statement)
    recording = Recording("desk", NOW, date(2026, 1, 15))
    changes = [Change("update", "TOURISM", note="said")]
    with pytest.raises(Damaged, match="did not keep entry 31 as it was written; nothing was changed"):
        place.write(
            lambda transaction: write_side.record(transaction, changes, recording),
            invocation=recording.invocation,
        )
    with place.reading() as reader:
        assert list(export_lines(reader)) == before


def test_a_sound_history_is_the_same_register_on_both_engines(
    ksmy: Ksmy, empty_database: str, tmp_path: Path
) -> None:
    file, copy = tmp_path / "export.jsonl", str(tmp_path / "copy.db")
    file.write_bytes(b"".join(exports.lines(exports.history())))
    entries = [line for line in file.read_text().splitlines() if line.startswith('{"entry":')]
    exported = set()
    for place in (empty_database, copy):
        assert ksmy("import", str(file), "--db", place).code == 0
        assert ksmy("check", "--db", place).code == 0
        exported.add(ksmy("export", "--db", place).out)
    (export,) = exported
    assert export.splitlines()[1:] == entries


@pytest.mark.parametrize(
    "name",
    [
        "a sector that a shell would run",
        "a NUL in a title",
        "a lone surrogate in a title",
        "a Cyrillic ref",
        "a huge milestone",
        "a key that is too long",
        "a moved baseline",
        "an undo that puts back something else",
    ],
)
def test_what_no_writer_writes_is_refused_in_the_same_words_on_both_engines(
    ksmy: Ksmy, empty_database: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "export.jsonl"
    file.write_bytes(b"".join(exports.lines(CRAFTED[name]())))
    said = set()
    for place in (empty_database, str(tmp_path / "folder" / "new.db")):
        ran = ksmy("import", str(file), "--db", place)
        assert ran.code == 5
        said.add(sentence(ran))
    assert len(said) == 1
    assert not (tmp_path / "folder").exists()
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'entry'").fetchone() == (0,)


def test_what_was_put_straight_into_a_server_with_right_hashes_is_found(
    ksmy: Ksmy, database_on_server: str
) -> None:
    place = locate(database_on_server)
    with place.reading() as reader:
        ((last, head),) = asked(reader, "SELECT id, hash FROM public.entry ORDER BY id DESC LIMIT 1")
    forged = exports.entry(
        "TOURISM",
        "updated",
        "2026-01-15",
        {"due": [None, "2030"], "baseline_due": [None, "1999"]},
        record="commitment",
    )
    row = seal_after(last, head, forged)
    with psycopg.connect(database_on_server, autocommit=True) as connection:
        marks = ", ".join(["%s"] * len(row))
        connection.execute(f"INSERT INTO entry ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    ran = ksmy("check", "--db", database_on_server)
    assert ran.code == 8
    assert f"entry {last + 1} (TOURISM): baseline_due does not follow from what it changes" in ran.err


def seal_after(last: int, head: str, entry: exports.Fields) -> exports.Fields:
    """An entry as a row that follows another."""
    from hashlib import sha256

    from ksmy_tracker.domain.chain import canonical_json, to_canonical_json

    fields = {"id": last + 1, **entry, "previous_hash": head}
    fields["hash"] = sha256(canonical_json(fields)).hexdigest()
    fields.setdefault("retracts", [])  # left out of what the hash covers
    for name in ("changes", "evidence", "retracts"):
        fields[name] = to_canonical_json(fields[name])
    return {name: fields[name] for name in ENTRY_FIELDS}
