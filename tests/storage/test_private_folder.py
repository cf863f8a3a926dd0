"""Private folders: nobody else's, held while in use, and gone once nobody holds them."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ksmy_tracker.storage.private_folder import private_file, remains
from tests.conftest import FORK, forked

NAME = ".ksmy-0123456789abcdef"
PART = f".{'0123456789abcdef' * 2}.part"


def left_behind(folder: Path) -> Path:
    """What a process leaves that is killed while it makes a file."""

    def die() -> None:
        with private_file(folder) as path:
            path.write_text("half")
            path.with_name("new-journal").touch()
            os._exit(9)

    process = FORK.Process(target=die)
    process.start()
    process.join()
    (private,) = folder.iterdir()
    return private


@pytest.mark.usefixtures("generous_umask")
def test_a_private_folder_is_its_user_s_alone_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with private_file(tmp_path) as path:
        assert (path.parent.parent, path.read_bytes()) == (tmp_path, b"")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.with_name("new-journal").touch()
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_is_found_and_removed(tmp_path: Path) -> None:
    private = left_behind(tmp_path)
    assert remains(tmp_path) == [private]
    assert sorted(os.listdir(private)) == ["new", "new-journal"]
    assert remains(tmp_path, remove=True) == [private]
    assert remains(tmp_path) == []
    assert os.listdir(tmp_path) == []


def test_what_is_held_is_not_taken_for_left_behind(tmp_path: Path) -> None:
    with private_file(tmp_path) as path:
        assert forked(lambda: remains(tmp_path, remove=True))() == []
        assert remains(tmp_path, remove=True) == []
        assert path.exists()


def _of_another_program(folder: Path) -> None:
    (folder / NAME).mkdir()
    (folder / NAME / "precious").touch()


def _by_a_link(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "new").touch()
    (folder / NAME).symlink_to("elsewhere")


def _with_another_name(folder: Path) -> None:
    (folder / f"{NAME}0").mkdir()
    (folder / ".ksmy-").mkdir()
    (folder / "x.part").touch()


def _a_file(folder: Path) -> None:
    (folder / NAME).touch()


def _young(folder: Path) -> None:
    (folder / PART).touch()


def _older_folder(folder: Path) -> None:
    (folder / PART).mkdir()
    os.utime(folder / PART, (0, 0))


@pytest.mark.parametrize(
    "make", [_of_another_program, _by_a_link, _with_another_name, _a_file, _young, _older_folder]
)
def test_what_is_not_known_to_be_left_behind_stays(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert remains(tmp_path, remove=True) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_what_an_earlier_version_left_goes_once_it_is_an_hour_old(tmp_path: Path) -> None:
    parts = [tmp_path / PART, tmp_path / f"{PART}-journal"]
    for part in parts:
        part.touch()
        os.utime(part, (time.time() - 3700, time.time() - 3700))
    assert remains(tmp_path) == parts
    assert remains(tmp_path, remove=True) == parts
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_what_is_another_user_s_stays(tmp_path: Path) -> None:
    private = left_behind(tmp_path)
    os.chown(private, 54321, 54321)
    tmp_path.chmod(0o777)

    def look() -> list[Path]:
        os.chdir(tmp_path)
        os.setuid(54322)
        return remains(Path(), remove=True)

    assert forked(look)() == []
    assert private.exists()


def test_where_there_is_no_folder_nothing_is_left_in_it(tmp_path: Path) -> None:
    assert remains(tmp_path / "none", remove=True) == []
    with pytest.raises(FileNotFoundError), private_file(tmp_path / "none"):
        pass
