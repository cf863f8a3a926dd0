"""`init`: a new register, in its place whole or not at all."""

import json
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.revisions import REVISIONS
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.cli.files import disk_with, leave_a_hot_journal, leave_a_private_folder
from tests.conftest import FORK, Ksmy, Ran, everything_in, execute, forked, sentence, without_tables


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
    assert checked == Ran(
        "ok: 0 bodies, 0 partnerships, 0 sources, 0 agreements, 0 commitments, 0 milestones, 0 measures, "
        "0 claims, 0 entries; head none\n",
        "",
        0,
    )


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


def test_init_takes_a_seed_or_none_but_not_both(ksmy: Ksmy, new: Path) -> None:
    ran = ksmy("init", "--empty", "--seed", "seed.json", "--db", str(new))
    assert ran.code == 2
    assert "--seed, --empty and --example exclude each other" in sentence(ran)
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


def test_init_names_every_fault_of_a_seed_and_creates_nothing(ksmy: Ksmy, new: Path, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    agreement = {"ref": "TIN", "title": "Tin", "kind": "treaty", "stage": "signed"}
    steps = [
        {"commitment": "TIN-MINE", "title": "Licensed"},
        {"commitment": "TIN", "title": "Licensed"},
        {"commitment": "TIN-MINE", "due": "soon"},
    ]
    content = {"format": "ksmy-seed/1", "effective_on": "2025-03-01", "agreements": [agreement]}
    seed.write_text(json.dumps({**content, "commitments": [a_commitment()], "milestones": steps}))
    before = everything_in(tmp_path)
    ran = ksmy("init", "--seed", str(seed), "--db", str(new))
    assert (ran.code, ran.out) == (5, "")
    first, *lines = ran.err.splitlines()
    assert first.startswith(f"ksmy: the seed {seed} has ")
    assert first.endswith("; nothing was created")
    assert [line.strip().partition(": ")[0] for line in lines] == [
        *("milestones[2].due", "milestones[2].title", "milestones[1].commitment"),
    ]
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("content", [b"{", None])
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


def test_an_init_that_is_refused_because_a_killed_one_made_the_register_removes_what_it_left(
    ksmy: Ksmy, register: Path
) -> None:
    leave_a_private_folder(register.parent)
    assert ksmy("init").code == 4
    assert os.listdir(register.parent) == [register.name]
