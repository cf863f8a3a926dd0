"""A register's file: what it may be, who else holds it, and what a reader leaves behind."""

import ctypes
import errno
import os
import re
import resource
import shutil
import signal
import sqlite3
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from ksmy_tracker.errors import KsmyError, NoRegister
from ksmy_tracker.storage.files import APPLICATION_ID
from ksmy_tracker.storage.interface import TIMEOUT, Transaction
from ksmy_tracker.storage.revisions import REVISIONS
from ksmy_tracker.storage.sqlite import connection as sqlite
from ksmy_tracker.storage.sqlite import queue as turn
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import FORK, Ksmy, Ran, asked, everything_in, execute, forked, sentence, without_tables

LOOKING = (
    ("report",),
    ("list",),
    ("list", "--as-of", "2024-12-31"),
    ("due",),
    ("show", "FTA-CONCLUDE"),
    ("history",),
    ("agreements",),
)
CHANGING = (
    ("update", "FTA-CONCLUDE", "--note", "seen"),
    ("add", "TIN", "--title", "Tin", "--agreement", "FTA", "--sector", "tin", "--firmness", "agreed"),
)
READING = (*LOOKING, ("check",))
DRY = (*CHANGING[0], "--dry-run")
#: One of each way to open a register.
OPENING = (("list",), ("show", "FTA"), ("check",), CHANGING[0], DRY, ("backup", "copy.db"), ("migrate",))


def words(arguments: Sequence[str]) -> str:
    return " ".join(arguments[:2])


# A reader leaves everything as it is.


@pytest.mark.parametrize("arguments", [*READING, DRY, ("migrate",)], ids=words)
def test_reading_leaves_bytes_and_times_alone_and_no_file_behind(
    ksmy: Ksmy, register: Path, arguments: tuple[str, ...]
) -> None:
    os.utime(register, ns=(10**18, 10**18))
    before = everything_in(register.parent)
    status = register.stat()
    assert ksmy(*arguments).code == 0
    after = register.stat()
    assert everything_in(register.parent) == before
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino, after.st_mode) == (
        10**18,
        status.st_ctime_ns,
        status.st_ino,
        status.st_mode,
    )


def test_a_reader_can_write_nothing(register: Path) -> None:
    before = register.read_bytes()
    forbidden = pytest.raises(KsmyError, match="cannot be written")
    with forbidden, FileRegister(register).reading() as reader:
        asked(reader, "DELETE FROM milestone")
    assert register.read_bytes() == before


def test_a_reader_sees_one_state_from_its_first_row_to_its_last(register: Path) -> None:
    with closing(sqlite3.connect(register, timeout=0)) as writer:
        with FileRegister(register).reading() as reader:
            before = asked(reader, "SELECT title FROM agreement ORDER BY ref")
            writer.execute("UPDATE agreement SET title = 'Changed meanwhile'")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                writer.commit()
            assert asked(reader, "SELECT title FROM agreement ORDER BY ref") == before
        writer.commit()
    with FileRegister(register).reading() as reader:
        assert asked(reader, "SELECT DISTINCT title FROM agreement") == [("Changed meanwhile",)]


# What is no register that this program can use.


def _missing(register: Path) -> Path:
    register.unlink()
    return register


def _in_no_folder(register: Path) -> Path:
    return register.parent / "nowhere" / "register.db"


def _below_a_file(register: Path) -> Path:
    return register / "register.db"


def _endless(register: Path) -> Path:
    return register.with_name("x" * 300)


def _folder(register: Path) -> Path:
    register.unlink()
    register.mkdir()
    return register


def _empty(register: Path) -> Path:
    register.write_bytes(b"")
    return register


def _note(register: Path) -> Path:
    register.write_text("to do\n")
    return register


def _text(register: Path) -> Path:
    register.write_text("Dear colleague,\n" * 1000)
    return register


def _of_another_program(register: Path) -> Path:
    register.unlink()
    execute(register, "CREATE TABLE bookmark (url TEXT)", "INSERT INTO bookmark VALUES ('x')")
    return register


def _of_another_program_with_migrations(register: Path) -> Path:
    register.unlink()
    execute(
        register,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        f"INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}')",
    )
    return register


def _of_nothing_but_the_id(register: Path) -> Path:
    register.unlink()
    execute(register, f"PRAGMA application_id = {APPLICATION_ID}", "CREATE TABLE alembic_version (x TEXT)")
    return register


def _behind(register: Path) -> Path:
    execute(register, "DELETE FROM alembic_version")
    return register


def _behind_by_one(register: Path) -> Path:
    execute(register, f"UPDATE alembic_version SET version_num = '{REVISIONS[-2]}'")
    return register


def _ahead(register: Path) -> Path:
    execute(register, "UPDATE alembic_version SET version_num = '9999'")
    return register


def _overwritten(register: Path) -> Path:
    content = bytearray(register.read_bytes())
    middle = range(len(content) // 8, len(content) * 7 // 8)
    content[middle.start : middle.stop] = b"\xa5" * len(middle)
    register.write_bytes(content)
    return register


def _cut_short(register: Path) -> Path:
    os.truncate(register, register.stat().st_size // 3)
    return register


def _with_a_second_name(register: Path) -> Path:
    os.link(register, register.with_name("second.db"))
    return register


def _beside_a_log(register: Path) -> Path:
    register.with_name(f"{register.name}-wal").touch()
    return register


def _that_any_user_may_write(register: Path) -> Path:
    register.chmod(0o666)
    return register


class Case(NamedTuple):
    spoil: Callable[[Path], Path]
    code: int
    said: str


NONE = "there is no register at"
ANOTHER = "is a database of another program"
OLDER = "is older than this program; run `ksmy migrate`"
UNUSABLE = (
    Case(_missing, 6, NONE),
    Case(_in_no_folder, 6, NONE),
    Case(_below_a_file, 6, NONE),
    Case(_endless, 6, "File name too long"),
    Case(_folder, 6, "is not a file"),
    Case(_empty, 6, "is empty"),
    Case(_note, 6, "it is no SQLite database"),
    Case(_text, 6, "it is no SQLite database"),
    Case(_of_another_program, 6, ANOTHER),
    Case(_of_another_program_with_migrations, 6, ANOTHER),
    Case(_of_nothing_but_the_id, 6, ANOTHER),
    Case(_behind, 6, OLDER),
    Case(_behind_by_one, 6, OLDER),
    Case(without_tables, 6, OLDER),
    Case(_ahead, 6, "is newer than this program; install a newer ksmy-tracker"),
    Case(_with_a_second_name, 6, "has a second name (a hard link)"),
    Case(_beside_a_log, 6, "-wal was left by another database"),
    Case(_that_any_user_may_write, 6, "any user may write to"),
    Case(_overwritten, 8, "is damaged"),
    Case(_cut_short, 8, "is damaged"),
)


@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        pytest.param(case, arguments, id=f"{case.spoil.__name__.strip('_')}-{words(arguments)}")
        for case in UNUSABLE
        for arguments in OPENING
        if not (case.said == OLDER and arguments == ("migrate",))
    ],
)
def test_what_cannot_be_used_is_named_in_one_sentence_and_left_as_it_is(
    ksmy: Ksmy,
    register: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = case.spoil(register)
    before = everything_in(tmp_path)
    ran = ksmy(*arguments, "--db", str(path))
    said = sentence(ran)
    assert ran.code == case.code
    assert case.said in said
    assert str(path) in said
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("arguments", [*READING, *CHANGING], ids=words)
def test_where_there_is_no_register_every_command_names_init_and_creates_none(
    ksmy: Ksmy, register: Path, arguments: tuple[str, ...]
) -> None:
    register.unlink()
    ran = ksmy(*arguments)
    assert ran.code == 6
    assert "create one with `ksmy init`, or name one with --db" in sentence(ran)
    assert not register.exists()


@pytest.mark.parametrize("arguments", [("list",), ("check",), CHANGING[0]], ids=words)
def test_a_damaged_register_is_to_be_restored_from_a_backup(
    ksmy: Ksmy, register: Path, arguments: tuple[str, ...]
) -> None:
    said = sentence(ksmy(*arguments, "--db", str(_overwritten(register))))
    assert re.fullmatch(
        rf"{re.escape(str(register))} is damaged \([^()]+\); restore the newest sound backup", said
    )


@pytest.mark.parametrize("arguments", [("history",), ("list", "--as-of", "2024-12-01")], ids=words)
@pytest.mark.parametrize("changes", ["{broken", "[]", '{"title":"no pair"}'])
def test_a_history_that_cannot_be_read_is_damage(
    ksmy: Ksmy, register: Path, changes: str, arguments: tuple[str, ...]
) -> None:
    ksmy("update", "SP-2024", "--title", "Newer", "--on", "2025-05-05")
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute("UPDATE entry SET changes = ? WHERE ref = 'SP-2024'", [changes])
        connection.commit()
    ran = ksmy(*arguments)
    assert ran.code == 8
    assert re.fullmatch(
        rf"{re.escape(str(register))} is damaged: entry (1|31) cannot be read; restore the newest sound backup",
        sentence(ran),
    )


def test_a_value_that_only_damage_can_have_put_there_is_told_in_a_sentence(
    ksmy: Ksmy, register: Path
) -> None:
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        weaker = "replace(sql, 'title TEXT NOT NULL', 'title ANY')"
        connection.execute(f"UPDATE sqlite_master SET sql = {weaker} WHERE name = 'commitment'")
        connection.commit()
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("UPDATE commitment SET title = NULL WHERE ref = 'FTA-CONCLUDE'")
        connection.commit()
    ran = ksmy("report", "--as-of", "2026-01-15")
    assert ran.code == 8
    assert " is damaged: title is None; " in sentence(ran)


@pytest.mark.parametrize("then", [lambda path: None, Path.unlink], ids=["sound", "gone"])
def test_a_bug_is_not_called_damage(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch, then: Callable[[Path], None]
) -> None:
    def fail(*_: object, **__: object) -> None:
        then(register)
        raise RuntimeError("a bug")

    monkeypatch.setattr("ksmy_tracker.reading.snapshot.Snapshot.stream", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        ksmy("list")


def test_a_history_that_lacks_an_entry_is_damage(ksmy: Ksmy, register: Path) -> None:
    ksmy("update", "FTA-CONCLUDE", "--title", "Newer", "--on", "2025-05-05")
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("DROP TRIGGER entry_no_delete")
        connection.execute("DELETE FROM entry WHERE ref = 'FTA-CONCLUDE' AND action = 'created'")
        connection.commit()
    ran = ksmy("list", "--as-of", "2024-12-01")
    assert ran.code == 8
    assert sentence(ran) == (
        f"{register} is damaged: its history cannot be followed ('FTA-CONCLUDE'); restore the newest sound backup"
    )


def test_a_due_date_that_only_damage_can_have_put_into_the_history_is_damage(
    ksmy: Ksmy, register: Path
) -> None:
    ksmy("update", "FTA-CONCLUDE", "--title", "Newer", "--on", "2025-05-05")
    execute(
        register,
        "DROP TRIGGER entry_no_update",
        """UPDATE entry SET changes = replace(changes, '"due":[null,"2025"]', '"due":[null,"soon"]')""",
    )
    ran = ksmy("list", "--as-of", "2024-12-01")
    assert ran.code == 8
    assert sentence(ran) == (
        f"{register} is damaged: its history cannot be followed (it is not an EDTF date); "
        "restore the newest sound backup"
    )


# Who may read and write it. The superuser may do anything, so these run without its powers.

_CAPABILITIES_3 = 0x20080522


def give_up_powers() -> None:
    """Let permissions apply to this process, also where root runs the tests."""
    if os.geteuid() == 0 and sys.platform == "linux":
        none = bytes(24)
        ctypes.CDLL(None).capset(struct.pack("Ii", _CAPABILITIES_3, 0), none)


@pytest.fixture(scope="session")
def _permissions_apply(tmp_path_factory: pytest.TempPathFactory) -> None:
    locked = tmp_path_factory.mktemp("locked") / "file"
    locked.touch(mode=0o400)

    def may_write() -> bool:
        give_up_powers()
        return os.access(locked, os.W_OK)

    if forked(may_write)():
        pytest.skip("root keeps its powers here; run the tests as another user")


@pytest.fixture
def powerless(ksmy: Ksmy, _permissions_apply: None) -> Ksmy:
    """Run the program in a process that permissions apply to."""

    def run(*arguments: str) -> Ran:
        def without_powers() -> Ran:
            give_up_powers()
            return ksmy(*arguments)

        return forked(without_powers)()

    return run


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Give a path other permissions for a while."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


def test_a_read_only_file_can_be_read_checked_and_backed_up(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    before = everything_in(tmp_path)
    with mode(register, 0o444):
        listed = powerless("list")
        checked = powerless("check")
        assert everything_in(tmp_path) == before
        backed_up = powerless("backup", str(tmp_path / "copy.db"))
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.count("\n") == 19
    assert (checked.code, checked.err) == (0, "")
    assert (backed_up.code, backed_up.err) == (0, "")


def test_a_register_in_a_read_only_folder_can_be_read_and_checked(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    before = everything_in(tmp_path)
    with mode(register, 0o444), mode(tmp_path, 0o555):
        assert [powerless(*words).code for words in (("list",), ("check",))] == [0, 0]
    assert everything_in(tmp_path) == before


def test_the_register_of_a_colleague_can_be_read_but_not_changed(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    register.chmod(0o644)
    try:
        os.chown(register, 65534, -1)
    except PermissionError:  # only root can give a file away
        register.chmod(0o444)
    with mode(tmp_path, 0o2555):  # a folder that a group shares
        listed = powerless("list")
        changed = powerless("update", "FTA-CONCLUDE", "--note", "seen")
    assert (listed.code, listed.err) == (0, "")
    assert changed.code == 1
    assert "cannot be written; ask for write permission" in sentence(changed)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o644, 0o555)])
def test_a_change_that_permissions_forbid_is_refused_and_changes_nothing(
    powerless: Ksmy, register: Path, tmp_path: Path, file_mode: int, folder_mode: int
) -> None:
    before = everything_in(tmp_path)
    with mode(register, file_mode), mode(tmp_path, folder_mode):
        ran = powerless(*CHANGING[0])
    assert ran.code == 1
    assert f"{register} cannot be written; ask for write permission" in sentence(ran)
    assert everything_in(tmp_path) == before


def test_a_register_that_may_not_be_read_is_told_apart_from_none(powerless: Ksmy, register: Path) -> None:
    with mode(register, 0):
        ran = powerless("list")
    assert ran.code == 6
    assert f"{register} may not be read" in sentence(ran)


def test_a_folder_that_may_not_be_searched_is_told_apart_from_no_register(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    shutil.copy(register, folder / "register.db")
    with mode(folder, 0o600):
        looked = powerless("list", "--db", str(folder / "register.db"))
        created = powerless("init", "--db", str(folder / "new.db"))
        backed_up = powerless("backup", str(folder / "copy.db"))
    assert looked.code == 6
    assert created.code == 1
    assert backed_up.code == 1
    for ran in (looked, created, backed_up):
        assert "Permission denied" in sentence(ran)
    assert os.listdir(folder) == ["register.db"]


def test_nothing_is_created_or_backed_up_into_a_read_only_folder(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir()
    with mode(folder, 0o555):
        created = powerless("init", "--db", str(folder / "new.db"))
        below = powerless("init", "--db", str(folder / "deeper" / "new.db"))
        backed_up = powerless("backup", str(folder / "copy.db"))
    for ran in (created, below, backed_up):
        assert ran.code == 1
        assert "Permission denied" in sentence(ran)
    assert os.listdir(folder) == []


# A writer that was killed.


@contextmanager
def writer_in_mid_commit(register: Path) -> Iterator[None]:
    """A process whose transaction outgrew its cache, so that half of it is in the file; then killed."""
    here, there = FORK.Pipe(duplex=False)

    def write() -> None:
        connection = sqlite3.connect(register, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE commitment SET title = title || hex(zeroblob(5000)), due_phrase = 'half-written'"
        )
        connection.execute("UPDATE agreement SET title = title || hex(zeroblob(5000))")
        there.send("spilled")
        signal.pause()

    writer = FORK.Process(target=write)
    writer.start()
    there.close()
    with here, closing(writer):
        try:
            assert here.recv() == "spilled"
            yield
        finally:
            writer.kill()
            writer.join()


def kill_a_writer(register: Path) -> None:
    """Leave half a transaction in the file and a hot journal beside it, as a killed writer does."""
    before = register.read_bytes()
    with writer_in_mid_commit(register):
        pass
    assert journal_of(register).stat().st_size > 512
    assert register.read_bytes() != before


def journal_of(register: Path) -> Path:
    return register.with_name(f"{register.name}-journal")


@pytest.mark.parametrize("arguments", READING, ids=words)
def test_a_reader_after_a_writer_killed_in_mid_commit_sees_the_state_before(
    ksmy: Ksmy, register: Path, arguments: tuple[str, ...]
) -> None:
    before = register.read_bytes()
    expected = ksmy(*arguments)
    kill_a_writer(register)
    assert ksmy(*arguments) == expected
    assert expected.code == 0
    assert not journal_of(register).exists()
    assert register.read_bytes() == before


def test_a_writer_after_a_writer_killed_in_mid_commit_adds_to_the_state_before(
    ksmy: Ksmy, register: Path
) -> None:
    kill_a_writer(register)
    assert ksmy(*CHANGING[0]).code == 0
    assert ksmy("check").code == 0
    assert "half-written" not in ksmy("show", "FTA-CONCLUDE").out


def test_a_backup_after_a_writer_killed_in_mid_commit_is_of_the_state_before(
    ksmy: Ksmy, register: Path, tmp_path: Path
) -> None:
    kill_a_writer(register)
    copy = str(tmp_path / "copy.db")
    assert ksmy("backup", copy).code == 0
    assert ksmy("check", "--db", copy).code == 0


def test_what_a_killed_writer_left_cannot_be_undone_without_permission(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    kill_a_writer(register)
    left = everything_in(tmp_path)
    with mode(register, 0o444), mode(tmp_path, 0o555):
        ran = powerless("list")
    assert ran.code == 6
    assert sentence(ran) == (
        f"a writer of {register} was killed half-way; ask somebody who may write it to run any command once"
    )
    assert everything_in(tmp_path) == left


def test_what_a_killed_writer_left_in_a_read_only_folder_asks_for_permission_too(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    kill_a_writer(register)
    with mode(tmp_path, 0o555):
        ran = powerless("list")
    assert ran.code == 1
    assert "permission" in sentence(ran)


# Several at once.


@pytest.mark.parametrize("arguments", [*CHANGING, ("update", "FTA", "--stage", "signed")], ids=words)
def test_a_writer_gives_up_after_its_timeout(ksmy: Ksmy, register: Path, arguments: tuple[str, ...]) -> None:
    before = register.read_bytes()
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        ran = ksmy(*arguments, "--timeout", "0.2")
        waited = time.monotonic() - began
        other.execute("ROLLBACK")
    assert ran.code == 7
    assert 0.2 <= waited < TIMEOUT / 2
    said = sentence(ran)
    assert f"another process is writing to {register}" in said
    assert "--timeout" in said
    assert register.read_bytes() == before


def test_a_writer_gives_up_while_another_process_holds_the_register(ksmy: Ksmy, register: Path) -> None:
    with writer_in_mid_commit(register):
        ran = ksmy(*CHANGING[0], "--timeout", "0.2")
    assert ran.code == 7
    assert "another process is writing to" in sentence(ran)


@pytest.mark.parametrize("arguments", [*READING, DRY, ("backup", "copy.db"), ("migrate",)], ids=words)
def test_a_reader_is_not_kept_waiting_by_a_writer_that_has_begun(
    ksmy: Ksmy,
    register: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE commitment SET title = 'Not committed'")
        ran = ksmy(*arguments, "--timeout", "0")
        other.execute("ROLLBACK")
    assert ran.code == 0
    assert "Not committed" not in ran.out


@pytest.mark.parametrize("arguments", OPENING, ids=words)
def test_a_reader_gives_up_on_a_writer_that_does_not_end_its_commit(
    ksmy: Ksmy,
    register: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        ran = ksmy(*arguments, "--timeout", "0.05")
        waited = time.monotonic() - began
        other.execute("ROLLBACK")
    assert ran.code == 7
    assert 0.05 <= waited < TIMEOUT / 2
    assert "another process is writing to" in sentence(ran)
    assert os.listdir(tmp_path) == ["register.db"]


def test_a_writer_that_waits_can_be_interrupted(ksmy: Ksmy, register: Path) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    ksmy(*DRY)  # an interrupted import is another matter
    before = register.read_bytes()
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        with closing(sqlite3.connect(register, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            ran = ksmy(*CHANGING[0])
            waited = time.monotonic() - began
            other.execute("ROLLBACK")
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert ran.code == 130
    assert sentence(ran) == "interrupted; nothing was recorded"
    assert waited < TIMEOUT / 2
    assert register.read_bytes() == before


def test_a_writer_waits_for_another_to_end(ksmy: Ksmy, register: Path) -> None:
    other = sqlite3.connect(register, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    release.start()
    ran = ksmy(*CHANGING[0])
    release.join()
    other.close()
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("error", [errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP], ids=os.strerror)
def test_without_a_line_who_has_waited_long_asks_for_the_lock_as_often_as_who_has_just_come(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def flock(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(turn, "flock", flock)
    pauses: list[float] = []
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 200:
                other.execute("ROLLBACK")

        monkeypatch.setattr(sqlite, "sleep", pause)
        assert ksmy(*CHANGING[0]).code == 0
    assert len(pauses) == 200
    assert 0 < min(pauses) < max(pauses) < 0.02
    # No two who wait do so in step.
    assert len(set(pauses)) > 190


def test_a_writer_waits_in_a_folder_that_may_not_be_listed_too(
    powerless: Ksmy, register: Path, tmp_path: Path
) -> None:
    with writer_in_mid_commit(register), mode(tmp_path, 0o300):
        ran = powerless(*CHANGING[0], "--timeout", "0.1")
    assert ran.code == 7
    assert "another process is writing to" in sentence(ran)


def test_writers_at_the_same_time_all_get_their_entries(ksmy: Ksmy, register: Path) -> None:
    start = FORK.Barrier(3, timeout=60)

    def writer(number: int) -> Callable[[], list[Ran]]:
        def write() -> list[Ran]:
            start.wait()
            note = f"by writer {number}"
            return [ksmy("update", "FTA-CONCLUDE", "--note", note) for _ in range(3)]

        return forked(write)

    writers = [writer(number) for number in range(3)]
    assert [(ran.code, ran.err) for write in writers for ran in write()] == [(0, "")] * 9
    with closing(sqlite3.connect(register)) as connection:
        notes = connection.execute("SELECT note FROM entry WHERE id > 30 ORDER BY note").fetchall()
    assert [note for (note,) in notes] == [f"by writer {number}" for number in range(3) for _ in range(3)]
    assert ksmy("check").code == 0


def test_a_writer_holds_the_register_from_its_start_to_its_end(register: Path) -> None:
    with closing(sqlite3.connect(register, isolation_level=None, timeout=0)) as other:
        with FileRegister(register).writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


def test_what_a_writer_did_before_an_error_is_undone(register: Path) -> None:
    before = register.read_bytes()
    with pytest.raises(ZeroDivisionError), FileRegister(register).writing() as transaction:
        assert transaction._connection.execute("DELETE FROM milestone").rowcount / 0
    assert register.read_bytes() == before
    assert not journal_of(register).exists()


@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("synchronous", 3), ("trusted_schema", 0)]
)
def test_a_writer_takes_no_risk(register: Path, pragma: str, value: int) -> None:
    with FileRegister(register).writing() as transaction:
        assert asked(transaction, f"PRAGMA {pragma}") == [(value,)]


def test_a_reader_trusts_no_schema(register: Path) -> None:
    with FileRegister(register).reading() as reader:
        assert asked(reader, "PRAGMA trusted_schema") == [(0,)]


def test_a_dry_run_can_write_nothing(register: Path) -> None:
    before = register.read_bytes()
    dry_run = FileRegister(register).writing(dry_run=True)
    with pytest.raises(KsmyError, match="cannot be written"), dry_run as transaction:
        asked(transaction, "DELETE FROM milestone")
    assert register.read_bytes() == before


def test_a_full_disk_ends_a_change_in_a_sentence_with_nothing_changed(ksmy: Ksmy, register: Path) -> None:
    before = everything_in(register.parent)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (register.stat().st_size, hard))
    try:
        ran = ksmy("update", "FTA-CONCLUDE", "--note", "much to say " * 8_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ran.code == 1
    assert "nothing was changed" in sentence(ran)
    assert everything_in(register.parent) == before


def test_what_a_full_disk_left_half_written_is_undone_at_once(register: Path) -> None:
    before = everything_in(register.parent)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sql = "UPDATE commitment SET detail = hex(zeroblob(100000))"

    def fill(transaction: Transaction) -> None:
        asked(transaction, "PRAGMA cache_size = 10")
        resource.setrlimit(resource.RLIMIT_FSIZE, (register.stat().st_size, hard))
        try:
            asked(transaction, sql)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with pytest.raises(KsmyError, match="nothing was changed"):
        FileRegister(register).write(fill, 1.0)
    assert everything_in(register.parent) == before


def test_opening_creates_no_register(tmp_path: Path) -> None:
    register = FileRegister(tmp_path / "none.db")
    for opened in (register.reading, register.writing):
        with pytest.raises(NoRegister), opened():
            pass
    with pytest.raises(sqlite3.OperationalError):
        sqlite.connect(tmp_path / "none.db", 0)
    assert os.listdir(tmp_path) == []
