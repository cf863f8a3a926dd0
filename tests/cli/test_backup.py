"""`backup`: a copy of one moment, and nothing put in danger for it."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.files import disk_with, dump, head_of, leave_a_hot_journal, leave_a_private_folder
from tests.conftest import Ksmy, Ran, everything_in, sentence


@pytest.mark.parametrize("command", ["init", "import", "backup", "migrate", "export"])
def test_the_next_command_that_places_a_file_removes_what_a_killed_one_left(
    ksmy: Ksmy, register: Path, tmp_path: Path, command: str
) -> None:
    assert ksmy("export", "--output", str(tmp_path / "export.jsonl")).code == 0
    folder = tmp_path / "next"
    folder.mkdir()
    new = str(folder / "new.db")
    leave_a_private_folder(folder)
    part = folder / f".{'0123456789abcdef' * 2}.part"  # an earlier version's
    part.write_text("half a register")
    os.utime(part, (10**9, 10**9))
    if command == "migrate":
        shutil.copy(register, new)
    arguments = {
        "init": ("init", "--db", new),
        "import": ("import", str(tmp_path / "export.jsonl"), "--db", new),
        "backup": ("backup", new),
        "migrate": ("migrate", "--db", new),
        "export": ("export", "--output", new),
    }[command]
    assert ksmy(*arguments).code == 0
    assert os.listdir(folder) == ["new.db"]


@pytest.mark.usefixtures("generous_umask")
def test_a_backup_is_the_same_register(ksmy: Ksmy, register: Path, copy: Path) -> None:
    ksmy("update", "FTA-CONCLUDE", "--status", "suspended", "--note", "talks paused")
    before = register.read_bytes()
    head = head_of(ksmy)
    assert ksmy("backup", str(copy)) == Ran(f"backed up to {copy}; head {head}\n", "", 0)
    assert dump(copy) == dump(register)
    assert register.read_bytes() == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert os.listdir(copy.parent) == ["copy.db"]
    for command in (("check",), ("show", "FTA-CONCLUDE", "--format", "json"), ("history",)):
        assert ksmy(*command, "--db", str(copy)) == ksmy(*command)


@pytest.mark.of_a_file
def test_a_backup_can_be_changed_like_any_register(ksmy: Ksmy, copy: Path) -> None:
    ksmy("backup", str(copy))
    assert ksmy("update", "FTA-CONCLUDE", "--note", "seen", "--db", str(copy)).code == 0
    assert ksmy("check", "--db", str(copy)).code == 0


def test_an_empty_register_can_be_backed_up(ksmy: Ksmy, new: Path, copy: Path) -> None:
    ksmy("init", "--empty", "--db", str(new))
    assert ksmy("backup", str(copy), "--db", str(new)) == Ran(f"backed up to {copy}; head none\n", "", 0)
    assert ksmy("check", "--db", str(copy)).code == 0


@pytest.mark.of_a_file
def test_backup_refuses_a_file_that_is_there_and_leaves_it_as_it_was(ksmy: Ksmy, copy: Path) -> None:
    copy.write_text("the only copy of something else")
    os.utime(copy, ns=(10**18, 10**18))
    ran = ksmy("backup", str(copy))
    assert ran.code == 4
    assert sentence(ran) == f"there is already a file at {copy}; nothing was changed; --force replaces it"
    assert copy.read_text() == "the only copy of something else"
    assert copy.stat().st_mtime_ns == 10**18
    assert os.listdir(copy.parent) == ["copy.db"]


@pytest.mark.usefixtures("generous_umask")
def test_backup_replaces_a_file_by_force(ksmy: Ksmy, register: Path, copy: Path) -> None:
    copy.write_text("the older copy")
    copy.chmod(0o644)
    assert ksmy("backup", str(copy), "--force").code == 0
    assert dump(copy) == dump(register)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert os.listdir(copy.parent) == ["copy.db"]


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("way", ["its path", "a relative path", "a symbolic link", "a hard link"])
def test_backup_refuses_the_register_itself(
    ksmy: Ksmy,
    register: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    force: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    target = register
    if way == "a relative path":
        target = Path("../") / tmp_path.name / "register.db"
    elif way == "a symbolic link":
        target = tmp_path / "link.db"
        target.symlink_to(register)
    elif way == "a hard link":
        target = tmp_path / "link.db"
        os.link(register, target)
    before = everything_in(tmp_path)
    ran = ksmy("backup", str(target), *force)
    assert ran.code == 4
    assert "is the register itself" in sentence(ran)
    assert everything_in(tmp_path) == before
    assert os.path.samefile(target, register)


@pytest.mark.of_a_file
def test_backup_makes_no_folder(ksmy: Ksmy, tmp_path: Path) -> None:
    before = everything_in(tmp_path)
    ran = ksmy("backup", str(tmp_path / "missing" / "copy.db"))
    assert ran.code == 1
    assert sentence(ran).endswith(
        f"{tmp_path / 'missing' / 'copy.db'} could not be written: No such file or directory"
    )
    assert everything_in(tmp_path) == before


@pytest.mark.of_a_file
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_backup_refuses_the_name_of_a_folder(ksmy: Ksmy, copy: Path, force: tuple[str, ...]) -> None:
    copy.mkdir()
    ran = ksmy("backup", str(copy), *force)
    assert ran.code == 4
    assert f"{copy} is a directory; name a file for the backup" in sentence(ran)
    assert os.listdir(copy) == []
    assert os.listdir(copy.parent) == ["copy.db"]


@pytest.mark.of_a_file
def test_backup_refuses_a_link_to_nothing(ksmy: Ksmy, copy: Path) -> None:
    copy.symlink_to("nowhere.db")
    assert ksmy("backup", str(copy)).code == 4
    assert os.readlink(copy) == "nowhere.db"
    assert os.listdir(copy.parent) == ["copy.db"]


@pytest.mark.of_a_file
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("x" * 300, 1, "File name too long"),
        ("~no-such-user/copy.db", 2, "the home directory in ~no-such-user/copy.db is not known"),
    ],
    ids=["file", "home"],
)
def test_backup_refuses_a_name_that_cannot_exist_in_a_sentence(
    ksmy: Ksmy, copy: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int, said: str
) -> None:
    monkeypatch.chdir(copy.parent)
    ran = ksmy("backup", name)
    assert ran.code == code
    assert said in sentence(ran)
    assert os.listdir(copy.parent) == []


def test_a_backup_that_fails_leaves_nothing_and_the_older_one_as_it_was(
    ksmy: Ksmy, register: Path, copy: Path
) -> None:
    copy.write_text("the older copy")
    with disk_with(room=register.stat().st_size // 2):
        ran = ksmy("backup", str(copy), "--force")
    assert ran.code == 1
    assert str(copy) in sentence(ran)
    assert copy.read_text() == "the older copy"
    assert os.listdir(copy.parent) == ["copy.db"]


def test_a_register_that_is_damaged_is_not_backed_up_over_a_sound_copy(
    ksmy: Ksmy, register: Path, copy: Path
) -> None:
    assert ksmy("backup", str(copy)).code == 0
    sound = copy.read_bytes()
    break_an_index(register)
    assert ksmy("list").code == 0
    ran = ksmy("backup", str(copy), "--force")
    assert ran.code == 8
    assert f"{register} is damaged" in sentence(ran)
    assert copy.read_bytes() == sound
    assert os.listdir(copy.parent) == ["copy.db"]


def break_an_index(register: Path) -> None:
    """Overwrite what only an integrity check reads."""
    with closing(sqlite3.connect(register)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_commitment_updated_on'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with register.open("r+b") as file:
        file.seek(page * size - 16)
        file.write(b"\0" * 16)


def test_a_backup_is_not_spoilt_by_what_a_killed_writer_left_of_the_file_it_replaces(
    ksmy: Ksmy, register: Path, copy: Path
) -> None:
    shutil.copy(register, copy)
    leave_a_hot_journal(copy)
    ksmy("update", "FTA-CONCLUDE", "--title", "A title that the journal does not have", "--note", "x" * 9000)
    left = everything_in(copy.parent)
    ran = ksmy("backup", str(copy), "--force")
    assert ran.code == 4
    assert sentence(ran) == f"{copy}-journal was left by another database; remove it, or name another place"
    assert everything_in(copy.parent) == left


@pytest.mark.of_a_file
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_backup_refuses_what_is_no_regular_file(
    ksmy: Ksmy, place: str, copy: Path, force: tuple[str, ...]
) -> None:
    os.mkfifo(copy)
    ran = ksmy("backup", str(copy), *force)
    assert ran.code == 4
    assert str(copy) in sentence(ran)
    assert stat.S_ISFIFO(copy.lstat().st_mode)
    assert os.listdir(copy.parent) == ["copy.db"]
