"""A folder that others write to: what a second user plants becomes no part of a register; a group may share one."""

import os
import shutil
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import FORK, everything_in
from tests.faults.conftest import Tell, entries
from tests.faults.processes import PATIENCE, Ended, Forks

#: Users and a group of whom this machine knows nothing: two colleagues of one desk, and somebody else.
ONE, TWO, STRANGER, DESK = 54321, 54322, 65534, 54330

#: Each way to open a register.
OPENING: Sequence[Sequence[str]] = (
    ("list",),
    ("check",),
    ("history",),
    ("export",),
    ("update", "TOURISM", "--note", "news"),
    ("update", "TOURISM", "--note", "news", "--dry-run"),
    ("undo",),
    ("migrate",),
)


def one_line(ended: Ended, code: int) -> str:
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith("ksmy: ")
    assert ended.err.count("\n") == 1
    return ended.err.removeprefix("ksmy: ").rstrip("\n")


def forge(register: Path, forged: Path) -> Path:
    """Make of a register another one with a forged title, and every hash of it right enough to be listed."""
    shutil.copy(register, forged)
    with closing(sqlite3.connect(forged)) as connection:
        connection.execute("UPDATE commitment SET title = 'FORGED' WHERE ref = 'TOURISM'")
        connection.commit()
    return forged


def hot_journal(database: Path) -> bytes:
    """A journal that makes any database beside it into this one, when SQLite rolls it back.

    https://www.sqlite.org/fileformat.html#the_rollback_journal
    """
    content = database.read_bytes()
    (size,) = struct.unpack(">H", content[16:18])
    pages = [content[begin : begin + size] for begin in range(0, len(content), size)]
    header = struct.pack(">8sIIIII", bytes.fromhex("d9d505f920a163d7"), len(pages), 0, len(pages), 512, size)
    records = [
        struct.pack(">I", number)
        + page
        + struct.pack(">I", sum(page[at] for at in range(size - 200, 0, -200)))
        for number, page in enumerate(pages, 1)
    ]
    return header.ljust(512, b"\0") + b"".join(records)


def write_ahead_log(database: Path, folder: Path) -> bytes:
    """A write-ahead log with the newest pages of this database."""
    shutil.copy(database, folder / "wal.db")
    with closing(sqlite3.connect(folder / "wal.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("VACUUM")  # so that each page is in it
        return Path(f"{folder / 'wal.db'}-wal").read_bytes()


def titles(register: Path) -> set[str]:
    """What SQLite itself takes for a register's titles, beside whatever lies there."""
    with closing(sqlite3.connect(register)) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM commitment")}


@pytest.mark.parametrize("kind", ["-journal", "-wal"])
def test_what_a_stranger_plants_in_a_sticky_folder_is_taken_by_no_command(
    kind: str, register: Path, root: Path, forks: Forks, tell: Tell
) -> None:
    forged = forge(register, register.with_name("forged.db"))
    planted = hot_journal(forged) if kind == "-journal" else write_ahead_log(forged, register.parent)
    for name in ("attacked", "shared"):
        (root / name).mkdir()
        (root / name).chmod(0o1777)
        shutil.copy(register, root / name / "register.db")
        file = root / name / f"register.db{kind}"
        file.write_bytes(planted)
        os.chown(file, STRANGER, STRANGER)
    # So that this is known to be an attack.
    assert "FORGED" in titles(root / "attacked" / "register.db")
    before = everything_in(root / "shared")
    for command in OPENING:
        refused = forks.run(*command, "--db", str(root / "shared" / "register.db"))
        assert "any user may put a file into" in one_line(refused, 6)
        assert everything_in(root / "shared") == before
    # It stays what it is where nobody else may plant any more.
    (root / "shared").chmod(0o755)
    for command in OPENING:
        refused = forks.run(*command, "--db", str(root / "shared" / "register.db"))
        assert f"register.db{kind}" in one_line(refused, 6)
        assert everything_in(root / "shared") == before
    tell(
        f"a planted {kind}: refused by {len(OPENING)} commands of {len(OPENING)}, in a shared folder and in one's own"
    )


def test_no_register_is_made_in_a_sticky_folder_while_a_stranger_plants_a_journal(
    register: Path, root: Path, forks: Forks, tell: Tell
) -> None:
    journal = hot_journal(forge(register, register.with_name("forged.db")))
    export, shared = root / "export.jsonl", root / "shared"
    assert forks.run("export", "--output", str(export), "--db", str(register)).code == 0
    shared.mkdir()
    shared.chmod(0o1777)

    def plant() -> None:
        os.setgroups([])
        os.setgid(STRANGER)
        os.setuid(STRANGER)
        ready.set()
        while True:
            if os.listdir(shared):  # somebody is making something
                (shared / "register.db-journal").write_bytes(journal)

    ready = FORK.Event()
    stranger = FORK.Process(target=plant)
    stranger.start()
    try:
        assert ready.wait(PATIENCE)
        target = str(shared / "register.db")
        tried = 0
        for command in (
            ("init", "--db", target),
            ("import", str(export), "--db", target),
            ("backup", target, "--db", str(register)),
        ):
            for _ in range(3):
                assert "any user may put a file into" in one_line(forks.run(*command), 6)
                tried += 1
    finally:
        stranger.kill()
        stranger.join()
    assert os.listdir(shared) == []
    tell(f"registers made in a shared folder while a stranger plants journals: 0 of {tried}")


# An office.


@pytest.fixture
def office(root: Path, forks: Forks) -> Path:
    """A register that one of two colleagues has made in a folder that their group shares, as docs/scripting.md says."""
    folder = root / "office"
    folder.mkdir()
    os.chown(folder, ONE, DESK)
    folder.chmod(0o2770)
    register = folder / "register.db"
    made = forks.run("init", "--db", str(register), user=(ONE, ONE, DESK), umask=0o007)
    assert (made.code, made.err) == (0, "")
    return register


def test_colleagues_share_a_register_by_their_group(office: Path, forks: Forks) -> None:
    db = ("--db", str(office))
    found = office.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (ONE, DESK, 0o660)
    assert [path.name for path in office.parent.iterdir()] == ["register.db"]
    for number, user in enumerate([TWO, ONE, TWO, 0]):
        ended = forks.run(
            "update", "TOURISM", "--note", f"{number}", *db, user=(user, user, DESK), umask=0o077
        )
        assert (ended.code, ended.err) == (0, "")
    found = office.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (ONE, DESK, 0o660)
    copy = office.with_name("copy.db")
    made = forks.run("backup", str(copy), *db, user=(TWO, TWO, DESK), umask=0o007)
    assert (made.code, made.err) == (0, "")
    assert (copy.stat().st_uid, copy.stat().st_gid, copy.stat().st_mode & 0o777) == (TWO, DESK, 0o660)
    for path in (office, copy):
        checked = forks.run("check", "--db", str(path), user=(ONE, ONE, DESK))
        assert (checked.code, checked.err) == (0, "")
    assert [note for _, _, note, _ in entries(office)][-4:] == ["0", "1", "2", "3"]
    assert "cannot be opened: Permission denied" in one_line(
        forks.run("list", *db, user=(STRANGER, STRANGER)), 6
    )


@pytest.mark.parametrize("command", [("list",), ("update", "TOURISM", "--note", "news")], ids=" ".join)
def test_a_colleague_undoes_what_a_killed_writer_left(
    command: Sequence[str], office: Path, forks: Forks
) -> None:
    before = entries(office)
    _die_in_mid_commit(office, TWO)
    journal = Path(f"{office}-journal")
    found = journal.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (TWO, DESK, 0o660)
    ended = forks.run(*command, "--db", str(office), user=(ONE, ONE, DESK))
    assert (ended.code, ended.err) == (0, "")
    assert not journal.exists()
    assert entries(office)[: len(before)] == before
    assert "half-written" not in titles(office)


def test_a_journal_that_a_stranger_could_have_left_there_is_not_undone(office: Path, forks: Forks) -> None:
    journal = Path(f"{office}-journal")
    _die_in_mid_commit(office, TWO)
    os.chown(journal, STRANGER, STRANGER)
    said = one_line(forks.run("list", "--db", str(office), user=(ONE, ONE, DESK)), 6)
    assert said.startswith(f"{journal}, the journal of the register, belongs to ")
    assert journal.exists()


def _die_in_mid_commit(register: Path, user: int) -> None:
    """Have a user's process leave half a transaction in the file, and its journal beside it."""

    def die() -> None:
        os.setgroups([DESK])
        os.setgid(user)
        os.setuid(user)
        connection = sqlite3.connect(register, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE commitment SET title = 'half-written', detail = hex(zeroblob(5000))")
        connection.execute("UPDATE agreement SET title = title || hex(zeroblob(5000))")
        os._exit(9)

    process = FORK.Process(target=die)
    process.start()
    process.join()
