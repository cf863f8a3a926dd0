"""Two processes do to a whole register what only one of them can, or one copies what others change."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ksmy
from tests.faults.conftest import Tell, content, entries
from tests.faults.processes import Forks

ROUNDS = 25

#: A register as the first released schema had it.
FIRST = Path(__file__).parents[1] / "registers" / "0001.sql"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("old") / "register.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return path


def content_of(register: Path) -> list[object]:
    with closing(sqlite3.connect(register)) as connection:
        return content(connection)


def test_two_migrations_at_once_make_one_migrated_register(
    old: Path, tmp_path: Path, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    alone = Path(shutil.copy(old, tmp_path / "alone.db"))
    assert forks.run("migrate", "--db", str(alone)).code == 0
    backups = 0
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        register = Path(shutil.copy(old, folder / "register.db"))
        ended = forks.together(*[["migrate", "--db", str(register)]] * 2)
        assert [(one.code, one.err) for one in ended] == [(0, ""), (0, "")]
        assert content_of(register) == content_of(alone)
        assert entries(register) == entries(old)
        check = ksmy("check", "--db", str(register))
        assert (check.code, check.err) == (0, "")
        # Whatever is called the register as it was, is it.
        made = [file for file in folder.iterdir() if file != register]
        for backup in made:
            assert f"the register as it was is in {backup}\n" in "".join(one.out for one in ended)
            assert content_of(backup) == content_of(old)
        assert made
        backups += len(made)
    tell(f"two migrations at once: {ROUNDS} times, {backups} backups; registers not migrated: 0")


def test_of_two_inits_at_once_one_makes_the_register_and_the_other_is_refused(
    tmp_path: Path, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    for number in range(ROUNDS):
        # The folder is new too.
        register = tmp_path / str(number) / "register.db"
        made, refused = sorted(
            forks.together(*[["init", "--db", str(register)]] * 2), key=lambda ended: ended.code
        )
        assert (made.code, made.err) == (0, "")
        assert made.out == f"created {register} with 6 agreements and 19 commitments\n"
        assert (refused.code, refused.out) == (4, "")
        assert refused.err.startswith("ksmy: there is already a ")
        assert refused.err.count("\n") == 1
        assert list(register.parent.iterdir()) == [register]
        check = ksmy("check", "--db", str(register))
        assert (check.code, check.err) == (0, "")
    tell(f"two inits at once: {ROUNDS} times, one register each time, sound: {ROUNDS}")


def test_a_backup_while_writers_write_holds_all_that_was_acknowledged_before_it(
    register: Path, tmp_path: Path, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    db = ("--db", str(register))
    before = len(entries(register))
    updates = 40
    writers = [
        forks.start(
            *[["update", "TOURISM", "--note", f"{writer}/{number} ", *db] for number in range(updates)]
        )
        for writer in range(4)
    ]

    def acknowledged() -> int:
        return sum(writer.printed.count("\n") for writer in writers)

    sizes = []
    backup = tmp_path / "backup.db"
    while (so_far := acknowledged()) < 4 * updates:
        made = forks.run("backup", str(backup), "--force", *db)
        assert (made.code, made.err) == (0, "")
        check = ksmy("check", "--db", str(backup))
        assert (check.code, check.err) == (0, "")
        held = entries(backup)
        sizes.append(len(held))
        assert len(held) - before >= so_far
        assert held == entries(register)[: len(held)]
        assert made.out == f"backed up to {backup}; head {held[-1][3]}\n"
    ended = [writer.wait() for writer in writers]
    assert [(one.code, one.err) for one in ended] == [(0, "")] * 4
    assert len(entries(register)) - before == 4 * updates
    assert len(set(sizes)) > 1
    tell(f"backups while 4 processes wrote: {len(sizes)}, of {len(set(sizes))} different states; unsound: 0")


ENGINES = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@ENGINES
def test_of_an_undo_and_an_update_that_builds_on_what_it_undoes_one_is_refused(
    place: str, ksmy: Ksmy, forks: Forks, tell: Tell
) -> None:
    db = ("--db", place)
    add = (
        "add",
        "TIN",
        "--title",
        "Tin",
        "--agreement",
        "SP-2024",
        "--sector",
        "trade",
        "--firmness",
        "agreed",
    )
    undone_first = 0
    for number in range(ROUNDS):
        receipt = json.loads(ksmy(*add, "--format", "json").out)
        undo, update = forks.together(
            ["undo", receipt["invocation"], *db], ["update", "TIN", "--note", f"{number}", *db]
        )
        assert (undo.code, update.code) in ((0, 3), (4, 0)), (undo, update)
        assert [ended.out == "" for ended in (undo, update)] == [ended.code != 0 for ended in (undo, update)]
        undone_first += undo.code == 0
        if undo.code == 4:
            assert " builds on TIN as it was; undo its invocation first with `ksmy undo " in undo.err
            assert ksmy("undo").code == ksmy("undo").code == 0
        assert ksmy("show", "TIN").code == 3
    check = ksmy("check")
    assert (check.code, check.err) == (0, "")
    tell(
        f"undos that race with an update of what they undo, {place.partition(':')[0][:10]}: {ROUNDS}, "
        f"{undone_first} first; both done: 0, neither: 0"
    )


@ENGINES
def test_an_undo_and_an_update_at_once_undo_either_what_was_newest_or_the_update(
    place: str, ksmy: Ksmy, forks: Forks
) -> None:
    db = ("--db", place)
    for number in range(ROUNDS):
        assert ksmy("update", "TOURISM", "--due", f"{2027 + number}").code == 0
        undo, update = forks.together(
            ["undo", "--format", "json", *db], ["update", "TOURISM", "--detail", f"{number}", *db]
        )
        assert [(ended.code, ended.err) for ended in (undo, update)] == [(0, "")] * 2
        (undone,) = json.loads(undo.out)["changes"]
        shown = json.loads(ksmy("show", "TOURISM", "--format", "json").out)
        if "due" in undone["changes"]:
            assert (shown["due"], shown["detail"]) == (undone["changes"]["due"][1], f"{number}")
        else:
            assert shown["due"] == f"{2027 + number}"
            assert shown["detail"] == undone["changes"]["detail"][1]
        check = ksmy("check")
        assert (check.code, check.err) == (0, "")
