"""The commands that look after a register: init, check, backup, migrate."""

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.private_folder import private_file
from ksmy_tracker.storage.revisions import REVISIONS
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import FORK, Ksmy, Ran, everything_in, execute, forked, sentence, without_tables


def dump(register: Path) -> list[str]:
    with closing(sqlite3.connect(register)) as connection:
        return list(connection.iterdump())


@contextmanager
def disk_with(room: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Where a register may be made, in a folder that is not there yet."""
    return tmp_path / "new" / "register.db"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a backup may be put, in a folder of its own."""
    folder = tmp_path / "backups"
    folder.mkdir()
    folder.chmod(0o755)  # whatever the umask: nobody else may write there
    return folder / "copy.db"


# init


@pytest.mark.usefixtures("generous_umask")
def test_init_makes_a_register_with_the_summit_in_it(ksmy: Ksmy, new: Path) -> None:
    ran = ksmy("init", "--db", str(new))
    assert ran == Ran(f"created {new} with 6 agreements and 19 commitments\n", "", 0)
    assert os.listdir(new.parent) == ["register.db"]
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert stat.S_IMODE(new.parent.stat().st_mode) == 0o700
    assert ksmy("list", "--db", str(new)).out.count("\n") == 19
    assert ksmy("check", "--db", str(new)).code == 0


def test_init_empty_makes_a_register_without_records(ksmy: Ksmy, new: Path) -> None:
    ran = ksmy("init", "--empty", "--db", str(new))
    assert ran == Ran(f"created {new} with 0 agreements and 0 commitments\n", "", 0)
    assert ksmy("list", "--db", str(new)) == Ran("", "", 0)
    checked = ksmy("check", "--db", str(new))
    assert checked == Ran("ok: 0 agreements, 0 commitments, 0 milestones, 0 entries; head none\n", "", 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep a user's data elsewhere")
@pytest.mark.parametrize("variable", [None, "XDG_DATA_HOME"])
def test_without_a_place_the_register_is_made_and_found_in_the_users_data(
    ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None
) -> None:
    monkeypatch.delenv("KSMY_DATABASE_URL")
    place = tmp_path / "home/.local/share/ksmy/register.db"
    if variable is not None:
        monkeypatch.setenv(variable, str(tmp_path / "data"))
        place = tmp_path / "data/ksmy/register.db"
    assert str(place) in sentence(ksmy("list"))
    assert ksmy("init", "--empty") == Ran(f"created {place} with 0 agreements and 0 commitments\n", "", 0)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert ksmy("list") == Ran("", "", 0)


@pytest.mark.parametrize("name", ["here.db", "a?b#c%20d.db", "대장.db"])
def test_init_takes_a_place_in_the_working_directory(
    ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert ksmy("init", "--empty", "--db", name).code == 0
    assert os.listdir(folder) == [name]


def test_init_takes_an_sqlite_url(ksmy: Ksmy, new: Path) -> None:
    assert ksmy("init", "--empty", "--db", f"sqlite:///{new}").code == 0
    assert new.is_file()


def test_init_never_repeats_the_password_of_a_url(ksmy: Ksmy) -> None:
    ran = ksmy("init", "--db", "oracle://clerk:s3cret@server/register?password=s3cret")
    assert ran.code == 2
    assert "s3cret" not in sentence(ran)


def test_init_records_who_ran_it(ksmy: Ksmy, new: Path) -> None:
    ksmy("init", "--by", "Kim Min-ji", "--db", str(new))
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("SELECT DISTINCT actor FROM entry").fetchall() == [("Kim Min-ji",)]


@pytest.mark.parametrize("options", [(), ("--empty",), ("--seed", "faulty.json")])
def test_init_refuses_a_register_that_is_there_and_leaves_it_alone(
    ksmy: Ksmy, register: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    os.utime(register, ns=(10**18, 10**18))
    before = everything_in(tmp_path)
    ran = ksmy("init", *options)
    assert ran.code == 4
    assert sentence(ran) == f"there is already a file at {register}; nothing was changed"
    assert everything_in(tmp_path) == before
    assert register.stat().st_mtime_ns == 10**18


@pytest.mark.parametrize("kind", ["empty", "text", "folder", "link to nothing"])
def test_init_refuses_whatever_is_there(ksmy: Ksmy, new: Path, tmp_path: Path, kind: str) -> None:
    new.parent.mkdir()
    if kind == "folder":
        new.mkdir()
    elif kind == "link to nothing":
        new.symlink_to("nowhere.db")
    else:
        new.write_text("to do" if kind == "text" else "")
    before = everything_in(tmp_path)
    ran = ksmy("init", "--empty", "--db", str(new))
    assert ran.code == 4
    assert str(new) in sentence(ran)
    assert everything_in(tmp_path) == before


def test_init_takes_a_seed(ksmy: Ksmy, new: Path, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    agreement = {"ref": "TIN", "title": "Tin", "kind": "treaty", "stage": "signed"}
    content = {"format": "ksmy-seed/1", "effective_on": "2025-03-01", "agreements": [agreement]}
    seed.write_text(json.dumps(content))
    ran = ksmy("init", "--seed", str(seed), "--db", str(new))
    assert ran == Ran(f"created {new} with 1 agreement and 0 commitments\n", "", 0)
    with closing(sqlite3.connect(new)) as connection:
        rows = connection.execute("SELECT ref, action, effective_on FROM entry").fetchall()
    assert rows == [("TIN", "created", "2025-03-01")]


def test_init_takes_a_seed_or_none_but_not_both(ksmy: Ksmy, new: Path) -> None:
    ran = ksmy("init", "--empty", "--seed", "seed.json", "--db", str(new))
    assert ran.code == 2
    assert "--seed and --empty exclude each other" in sentence(ran)
    assert not new.parent.exists()


def a_commitment(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "TIN-MINE",
        "title": "Open a mine",
        "agreement": "TIN",
        "sector": "mining",
        "firmness": "agreed",
        **fields,
    }


@pytest.mark.parametrize(
    ("faults", "places"),
    [
        ({"format": "ksmy-seed/0"}, ["format"]),
        ({"effective_on": "2025-02-30"}, ["effective_on"]),
        ({"effective_on": "2026-01-16"}, ["effective_on"]),
        ({"effective_on": None}, ["effective_on"]),
        ({"commitments": [a_commitment(), a_commitment()]}, ["commitments[1].ref"]),
        ({"commitments": [a_commitment(agreement="TEN")]}, ["commitments[0].agreement"]),
        (
            {
                "commitments": [a_commitment()],
                "milestones": [
                    {"commitment": "TIN-MINE", "title": "Licensed"},
                    {"commitment": "TIN", "title": "Licensed"},
                    {"commitment": "TIN-MINE", "due": "soon"},
                ],
            },
            ["milestones[2].due", "milestones[2].title", "milestones[1].commitment"],
        ),
        (
            {"commitments": [a_commitment(due="soon"), a_commitment(ref="TIN-2", status="done"), 5]},
            ["commitments[0].due", "commitments[1].status", "commitments[2]"],
        ),
    ],
    ids=["format", "no-date", "future", "null", "twice", "no-agreement", "milestones", "several"],
)
def test_init_names_every_fault_of_a_seed_and_creates_nothing(
    ksmy: Ksmy, new: Path, tmp_path: Path, faults: dict[str, Any], places: list[str]
) -> None:
    seed = tmp_path / "seed.json"
    agreement = {"ref": "TIN", "title": "Tin", "kind": "treaty", "stage": "signed"}
    content = {"format": "ksmy-seed/1", "effective_on": "2025-03-01", "agreements": [agreement], **faults}
    seed.write_text(json.dumps(content))
    before = everything_in(tmp_path)
    ran = ksmy("init", "--seed", str(seed), "--db", str(new))
    assert (ran.code, ran.out) == (5, "")
    first, *lines = ran.err.splitlines()
    assert first.startswith(f"ksmy: the seed {seed} has ")
    assert first.endswith("; nothing was created")
    assert [line.strip().partition(": ")[0] for line in lines] == places
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[" * 100_000, None])
def test_init_creates_nothing_from_what_is_no_seed(
    ksmy: Ksmy, new: Path, tmp_path: Path, content: bytes | None
) -> None:
    seed = tmp_path / "seed.json"
    if content is not None:
        seed.write_bytes(content)
    ran = ksmy("init", "--seed", str(seed), "--db", str(new))
    assert ran.code == 5
    assert str(seed) in sentence(ran)
    assert not new.parent.exists()


def test_of_two_inits_at_once_exactly_one_makes_the_register(
    new: Path, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = FORK.Barrier(2, timeout=60)
    creating = FileRegister.creating

    @contextmanager
    def creating_with_the_other(register: FileRegister, timeout: float) -> Iterator[Transaction]:
        # Neither looks for a file before the other may, nor has one before the other has looked.
        both.wait()
        with creating(register, timeout) as transaction:
            both.wait()
            yield transaction

    monkeypatch.setattr(FileRegister, "creating", creating_with_the_other)
    inits = [forked(lambda: ksmy("init", "--empty", "--db", str(new))) for _ in range(2)]
    won, lost = sorted((ended() for ended in inits), key=lambda ran: ran.code)
    assert won == Ran(f"created {new} with 0 agreements and 0 commitments\n", "", 0)
    assert lost.code == 4
    assert sentence(lost) == f"there is already a file at {new}; nothing was changed"
    assert os.listdir(new.parent) == ["register.db"]
    assert ksmy("check", "--db", str(new)).code == 0


def test_init_on_a_full_disk_is_a_sentence_and_leaves_nothing(ksmy: Ksmy, new: Path, tmp_path: Path) -> None:
    before = everything_in(tmp_path)
    with disk_with(room=50_000):
        ran = ksmy("init", "--db", str(new))
    assert ran.code == 1
    assert str(new) in sentence(ran)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [
        ("x" * 300, 1, "File name too long"),
        ("x" * 300 + "/register.db", 1, "File name too long"),
        ("~no-such-user/register.db", 2, "the home directory in ~no-such-user/register.db is not known"),
    ],
    ids=["file", "folder", "home"],
)
def test_init_refuses_a_place_that_cannot_exist_in_a_sentence(
    ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = everything_in(tmp_path)
    ran = ksmy("init", "--empty", "--db", place)
    assert ran.code == code
    assert said in sentence(ran)
    assert everything_in(tmp_path) == before


def test_init_refuses_a_place_below_a_file(ksmy: Ksmy, register: Path) -> None:
    ran = ksmy("init", "--empty", "--db", str(register / "register.db"))
    assert ran.code == 1
    assert str(register) in sentence(ran)


def test_init_is_not_spoilt_by_what_a_killed_writer_left_of_an_older_register(
    ksmy: Ksmy, register: Path
) -> None:
    # SQLite would roll the journal of the register that was here back into the new one.
    execute(register, "UPDATE commitment SET title = 'Of the older register, ' || title")
    leave_a_hot_journal(register)
    register.unlink()
    left = everything_in(register.parent)
    ran = ksmy("init", "--db", str(register))
    assert ran.code == 4
    assert sentence(ran) == (
        f"{register}-journal was left by another database; remove it, or name another place"
    )
    assert everything_in(register.parent) == left


@pytest.mark.of_a_file
@pytest.mark.parametrize("mode", [0o777, 0o1777])
@pytest.mark.parametrize("command", [("init", "--db"), ("backup",)], ids=["init", "backup"])
def test_no_register_is_made_where_any_user_may_put_a_file(
    ksmy: Ksmy, tmp_path: Path, command: tuple[str, ...], mode: int
) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    folder.chmod(mode)
    ran = ksmy(*command, str(folder / "new.db"))
    assert ran.code == 6
    what = (
        f"run `chmod o-w {folder}`"
        if mode == 0o777
        else f"`mkdir -m 700 {folder}/ksmy` makes a folder of your own"
    )
    assert sentence(ran) == (
        f"any user may put a file into {folder}, and so into a register that is there; {what}"
    )
    assert os.listdir(folder) == []
    # In a new folder of one's own it may.
    assert ksmy("init", "--empty", "--db", str(folder / "ksmy" / "new.db")).code == 0


@pytest.mark.usefixtures("generous_umask")
def test_each_folder_that_init_makes_is_its_user_s_alone(ksmy: Ksmy, register: Path) -> None:
    folder = register.parent / "a" / "b" / "c"
    assert ksmy("init", "--empty", "--db", str(folder / "new.db")).code == 0
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent, folder.parent.parent)} == {0o700}


@pytest.mark.parametrize("beside", ["-journal", "-wal"])
def test_what_is_put_beside_a_register_while_it_is_made_is_no_part_of_it(
    ksmy: Ksmy, register: Path, new: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    from ksmy_tracker.writing import record as recording

    def record(*arguments: Any) -> Any:
        Path(f"{new}{beside}").write_bytes(b"planted")
        return done(*arguments)

    done = recording.record
    monkeypatch.setattr(recording, "record", record)
    ran = ksmy("init", "--db", str(new))
    assert (ran.code, sentence(ran)) == (
        4,
        f"{new}{beside} was left by another database; remove it, or name another place",
    )
    assert os.listdir(new.parent) == [f"{new.name}{beside}"]


ODD = ("file:folder", "a?mode=memory", "a%41 b#c")


@pytest.mark.of_a_file
@pytest.mark.parametrize("name", ODD)
def test_a_folder_of_any_name_is_a_folder(
    ksmy: Ksmy, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    new, copy, old = (f"{name}/{name}.{ending}" for ending in ("db", "copy", "old"))
    assert ksmy("init", "--db", new).code == 0
    assert ksmy("update", "TOURISM", "--note", "x", "--db", new).code == 0
    assert ksmy("backup", copy, "--db", new).code == 0
    without_tables(Path(shutil.copy(place, tmp_path / old)))
    assert ksmy("migrate", "--db", old).code == 0
    assert ksmy("check", "--db", copy).out == ksmy("check", "--db", new).out
    assert ksmy("export", "--output", f"{name}/export", "--db", new).code == 0
    assert ksmy("import", f"{name}/export", "--db", f"{name}/imported.db").code == 0
    assert sorted(os.listdir(name)) == sorted(
        [
            *(Path(one).name for one in (new, copy, old, f"{old}.before-{REVISIONS[-1]}")),
            "export",
            "imported.db",
        ]
    )
    assert sorted(os.listdir()) == sorted([name, "register.db"])


def leave_a_hot_journal(register: Path) -> None:
    """Leave half a transaction in a file and its journal beside it, as a killed writer does."""

    def write() -> None:
        connection = sqlite3.connect(register, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE commitment SET title = title || hex(zeroblob(5000))")
        connection.execute("UPDATE agreement SET title = title || hex(zeroblob(5000))")
        os.kill(os.getpid(), signal.SIGKILL)

    writer = FORK.Process(target=write)
    writer.start()
    writer.join()
    assert register.with_name(f"{register.name}-journal").stat().st_size > 512


# check


def test_check_says_ok_with_counts_and_the_head(ksmy: Ksmy, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        (head,) = connection.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    expected = f"ok: 6 agreements, 19 commitments, 5 milestones, 30 entries; head {head}\n"
    assert ksmy("check") == Ran(expected, "", 0)


def head_of(ksmy: Ksmy) -> str:
    found = re.search(r"head ([0-9a-f]{64})$", ksmy("check").out)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("spelt", ["{}", " {}\n"])
def test_check_finds_a_head_seen_earlier_after_later_entries(ksmy: Ksmy, spelt: str) -> None:
    earlier = head_of(ksmy)
    assert ksmy("update", "FTA-CONCLUDE", "--note", "seen").code == 0
    assert head_of(ksmy) != earlier
    ran = ksmy("check", "--expect-head", spelt.format(earlier))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ok: ")


def test_check_takes_a_head_in_upper_case_and_the_newest_one(ksmy: Ksmy) -> None:
    assert ksmy("check", "--expect-head", head_of(ksmy).upper()).code == 0


def test_check_misses_a_head_of_another_register(ksmy: Ksmy, place: str) -> None:
    ran = ksmy("check", "--expect-head", "0" * 64)
    assert (ran.code, ran.out) == (8, "")
    first, found = ran.err.splitlines()
    assert first == f"ksmy: {place} failed its check"
    assert f"the head {'0' * 64} is not in the history" in found


def test_check_misses_a_head_in_an_empty_register(ksmy: Ksmy, new: Path) -> None:
    ksmy("init", "--empty", "--db", str(new))
    assert ksmy("check", "--db", str(new), "--expect-head", "0" * 64).code == 8


@pytest.mark.parametrize(
    "garbage",
    ["", "garbage", "0" * 63, "0" * 65, "g" * 64, "\x1b[31m"],
    ids=["empty", "word", "short", "long", "no-digits", "escape"],
)
def test_check_refuses_a_head_that_is_none(ksmy: Ksmy, garbage: str) -> None:
    ran = ksmy("check", "--expect-head", garbage)
    assert ran.code == 2
    said = sentence(ran)
    assert "a head is 64 hexadecimal digits" in said
    assert "\x1b" not in said


def test_a_check_that_fails_is_a_sentence_with_a_line_for_each_fault(ksmy: Ksmy, register: Path) -> None:
    execute(register, "UPDATE commitment SET title = 'x' WHERE ref IN ('TOURISM', 'FTA-CONCLUDE')")
    ran = ksmy("check")
    assert (ran.code, ran.out) == (8, "")
    first, *faults = ran.err.splitlines()
    assert first == f"ksmy: {register} failed its check"
    assert [fault.partition(":")[0] for fault in faults] == [
        "  commitment FTA-CONCLUDE",
        "  commitment TOURISM",
    ]


# backup


def leave_a_private_folder(folder: Path) -> Path:
    """Leave what a command does that is killed while it makes a file."""

    def die() -> None:
        with private_file(folder) as path:
            path.write_text("half a register")
            os._exit(9)

    process = FORK.Process(target=die)
    process.start()
    process.join()
    (left,) = folder.glob(".ksmy-*")
    return left


def test_check_names_what_killed_commands_left_and_is_as_content(ksmy: Ksmy, register: Path) -> None:
    sound = ksmy("check")
    left = leave_a_private_folder(register.parent)
    said = f"ksmy: {left} was left by a command that was killed; `ksmy migrate` removes it\n"
    assert ksmy("check") == Ran(sound.out, said, 0)
    with private_file(register.parent):  # which a command holds
        assert ksmy("check").err == said
    assert ksmy("migrate").code == 0
    assert ksmy("check") == sound
    assert os.listdir(register.parent) == [register.name]


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


def test_an_init_that_is_refused_because_a_killed_one_made_the_register_removes_what_it_left(
    ksmy: Ksmy, register: Path
) -> None:
    leave_a_private_folder(register.parent)
    assert ksmy("init").code == 4
    assert os.listdir(register.parent) == [register.name]


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


# migrate


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
