"""`migrate`: from an older schema to the newest, after a backup."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ksmy_tracker.storage.revisions import REVISIONS
from tests.cli.files import disk_with, dump, leave_a_hot_journal
from tests.conftest import Ksmy, Ran, everything_in, execute, sentence


def test_migrate_leaves_a_register_that_is_up_to_date_alone(
    ksmy: Ksmy, register: Path, tmp_path: Path
) -> None:
    os.utime(register, ns=(10**18, 10**18))
    before = everything_in(tmp_path)
    assert ksmy("migrate") == Ran(f"{register} is up to date (schema {REVISIONS[-1]})\n", "", 0)
    assert everything_in(tmp_path) == before
    assert register.stat().st_mtime_ns == 10**18


def test_migrate_backs_up_first_and_then_brings_the_schema_up_to_date(
    ksmy: Ksmy, behind: Path, tmp_path: Path
) -> None:
    before = dump(behind)
    assert ksmy("list").code == 6
    backup = tmp_path / f"register.db.before-{REVISIONS[-1]}"
    assert ksmy("migrate") == Ran(
        f"{behind} migrated from schema none to {REVISIONS[-1]}; the register as it was is in {backup}\n",
        "",
        0,
    )
    assert dump(backup) == before
    assert sorted(os.listdir(tmp_path)) == ["register.db", backup.name]
    assert ksmy("check").code == 0
    assert ksmy("migrate").out == f"{behind} is up to date (schema {REVISIONS[-1]})\n"


def test_a_migration_that_cannot_be_done_is_a_sentence_and_changes_nothing(
    ksmy: Ksmy, register: Path
) -> None:
    # Its tables are there already, so the first revision cannot create them.
    execute(register, "DELETE FROM alembic_version")
    before = register.read_bytes()
    ran = ksmy("migrate")
    assert ran.code == 8
    assert sentence(ran).startswith(f"{register} is damaged (")
    assert register.read_bytes() == before


def test_migrate_gives_up_after_its_timeout(ksmy: Ksmy, behind: Path) -> None:
    before = behind.read_bytes()
    with closing(sqlite3.connect(behind, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = ksmy("migrate", "--timeout", "0.2")
        other.execute("ROLLBACK")
    assert ran.code == 7
    assert "another process is writing to" in sentence(ran)
    assert behind.read_bytes() == before


def test_migrate_stops_where_there_is_no_room_for_the_backup(ksmy: Ksmy, behind: Path) -> None:
    before = everything_in(behind.parent)
    with disk_with(room=behind.stat().st_size // 2):
        ran = ksmy("migrate")
    assert ran.code == 1
    sentence(ran)
    assert everything_in(behind.parent) == before


def test_the_backup_before_a_migration_is_not_spoilt_by_what_a_killed_writer_left_of_an_older_one(
    ksmy: Ksmy, of_an_older_backup: Path, behind: Path
) -> None:
    leave_a_hot_journal(of_an_older_backup)
    of_an_older_backup.unlink()
    before = dump(behind)
    ran = ksmy("migrate")
    assert (ran.code, ran.err) == (0, "")
    backup = ran.out.rstrip("\n").rpartition(" is in ")[2]
    assert dump(Path(backup)) == before


@pytest.fixture
def of_an_older_backup(register: Path) -> Path:
    """A register where the backup before a migration goes."""
    return Path(shutil.copy(register, f"{register}.before-{REVISIONS[-1]}"))
