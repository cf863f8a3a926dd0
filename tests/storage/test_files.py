"""A file appears whole or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from ksmy_tracker.errors import KsmyError, Refused
from ksmy_tracker.storage import files
from ksmy_tracker.storage.files import placed, write_whole


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A path in an empty folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "target"


#: What a file system has to move a file without replacing another.
MEANS = ("a rename", "hard links", "neither")


@pytest.fixture
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Be on a file system that has one of these means."""

    def no_hard_links(source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if request.param != "a rename":
        monkeypatch.setattr(files, "_rename_noreplace", lambda source, target: False)
    if request.param == "neither":
        monkeypatch.setattr(os, "link", no_hard_links)
    return str(request.param)


def place(target: Path, text: str = "new", *, replace: bool = False) -> None:
    with placed(target, replace=replace, what="backup") as path:
        path.write_text(text)


def test_a_new_file_is_put_in_place(target: Path) -> None:
    place(target)
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["target"]


@pytest.mark.usefixtures("generous_umask")
@pytest.mark.parametrize("replace", [False, True])
def test_a_file_is_its_owners_alone(target: Path, replace: bool) -> None:
    if replace:
        target.write_text("old")
        target.chmod(0o666)
    place(target, replace=replace)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.usefixtures("generous_umask")
def test_a_file_is_its_owners_alone_while_it_is_written(target: Path) -> None:
    with placed(target, replace=False, what="backup") as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("replace", [False, True])
def test_nothing_is_at_the_target_until_the_file_is_whole(target: Path, replace: bool) -> None:
    with placed(target, replace=replace, what="backup") as path:
        path.write_text("half")
        assert not target.exists()
        assert path.parent.parent == target.parent
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_an_error_leaves_nothing_behind(target: Path, error: BaseException, replace: bool) -> None:
    with pytest.raises(type(error)), placed(target, replace=replace, what="backup"):
        raise error
    assert os.listdir(target.parent) == []


def test_an_error_leaves_the_file_to_be_replaced_as_it_was(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        place(target, "half \ud800", replace=True)
    assert target.read_text() == "old"
    assert os.listdir(target.parent) == ["target"]


def test_a_full_disk_is_told_in_a_sentence_that_names_the_file(target: Path) -> None:
    with pytest.raises(KsmyError) as failed, placed(target, replace=False, what="backup"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(failed.value) == f"the backup {target} could not be written: No space left on device"
    assert os.listdir(target.parent) == []


def test_a_file_that_is_there_is_refused_and_stays(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(Refused) as refused:
        place(target)
    assert str(refused.value) == (
        f"there is already a file at {target}; nothing was changed; --force replaces it"
    )
    assert target.read_text() == "old"
    assert os.listdir(target.parent) == ["target"]


def test_a_file_that_is_there_can_be_replaced(target: Path) -> None:
    target.write_text("old")
    place(target, replace=True)
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["target"]


def test_a_link_to_nothing_is_refused_and_not_followed(target: Path) -> None:
    target.symlink_to("nowhere")
    with pytest.raises(Refused):
        place(target)
    assert os.readlink(target) == "nowhere"
    assert not (target.parent / "nowhere").exists()


def test_what_cannot_be_replaced_is_refused_without_naming_force(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(Refused) as refused, placed(target, replace=False, what="register"):
        pass
    assert str(refused.value) == f"there is already a file at {target}; nothing was changed"


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("what", ["register", "backup", "report"])
@pytest.mark.parametrize("replace", [False, True])
def test_nothing_is_put_where_sqlite_would_take_it_for_its_own(
    target: Path, ending: str, what: str, replace: bool
) -> None:
    beside = Path(f"{target}{ending}")
    with pytest.raises(Refused) as refused, placed(beside, replace=replace, what=what):
        pass
    assert str(refused.value) == (
        f"{beside} is what SQLite calls a file of its own beside a database {target.name}; "
        f"name another file for the {what}"
    )
    assert os.listdir(target.parent) == []


@pytest.mark.parametrize("kind", ["link", "link to nothing", "pipe"])
def test_what_is_no_regular_file_is_not_replaced(target: Path, kind: str) -> None:
    other = target.with_name("other")
    if kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to(other)
    if kind == "link":
        other.write_text("old")
    before = [(path.name, path.lstat()) for path in sorted(target.parent.iterdir())]
    with pytest.raises(Refused) as refused:
        place(target, replace=True)
    assert str(refused.value) == f"{target} is not a regular file; name another for the backup"
    assert [(path.name, path.lstat()) for path in sorted(target.parent.iterdir())] == before


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_is_refused_and_stays(target: Path, replace: bool) -> None:
    target.mkdir()
    with pytest.raises(Refused, match="is a directory; name a file for the backup"):
        place(target, replace=replace)
    assert os.listdir(target) == []


@pytest.mark.parametrize("means", MEANS, indirect=True)
def test_a_file_that_another_process_made_meanwhile_stays(target: Path, means: str) -> None:
    with pytest.raises(Refused) as refused, placed(target, replace=False, what="register"):
        target.write_text("of the other process")
    assert str(refused.value) == f"there is already a file at {target}; nothing was changed"
    assert target.read_text() == "of the other process"
    assert os.listdir(target.parent) == ["target"]


@pytest.mark.usefixtures("generous_umask")
@pytest.mark.parametrize("means", MEANS, indirect=True)
def test_any_file_system_will_do(target: Path, means: str) -> None:
    place(target)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.stat().st_nlink == 1
    assert os.listdir(target.parent) == ["target"]


@pytest.mark.parametrize(("replace", "step"), [(False, "rename_new"), (True, "replace")])
def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    target: Path, replace: bool, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    module = os if replace else files
    fsync, move = os.fsync, getattr(module, step)

    def recorded_fsync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content"
        done.append(kind)
        fsync(descriptor)

    def recorded_move(source: Path, destination: Path) -> None:
        done.append("name")
        move(source, destination)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(module, step, recorded_move)
    place(target, replace=replace)
    assert done == ["content", "name", "folder"]


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_that_cannot_be_synced_leaves_the_file_in_place_and_says_so(
    target: Path, replace: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def fail_for_a_folder(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_for_a_folder)
    with pytest.raises(KsmyError) as failed:
        place(target, replace=replace)
    assert str(failed.value) == (
        f"the backup {target} is in place, but its folder could not be synced (Input/output error); "
        "it may be gone after a power cut"
    )
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["target"]


@pytest.mark.parametrize("step", ["unlink", "rmdir"])
@pytest.mark.parametrize("means", MEANS, indirect=True)
def test_tidying_that_fails_is_no_failure(
    target: Path, means: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        place(target)
    assert target.read_text() == "new"
    place(target.with_name("next"))
    assert sorted(os.listdir(target.parent)) == ["next", "target"]
    assert target.stat().st_nlink == 1


@pytest.mark.parametrize("replace", [False, True])
def test_a_missing_folder_is_told_and_not_made(target: Path, replace: bool) -> None:
    missing = target / "target"
    with pytest.raises(KsmyError, match="No such file or directory"):
        place(missing, replace=replace)
    assert os.listdir(target.parent) == []


@pytest.mark.parametrize("replace", [False, True])
def test_a_name_that_is_too_long_is_told_in_a_sentence(target: Path, replace: bool) -> None:
    with pytest.raises(KsmyError, match="File name too long"):
        place(target.with_name("x" * 300), replace=replace)
    assert os.listdir(target.parent) == []


@pytest.mark.parametrize(
    "name", ["x" * 240, "대" * 80, "-", " ", "a\nb"], ids=["long", "wide", "hyphen", "space", "newline"]
)
def test_any_name_the_file_system_takes_will_do(target: Path, name: str) -> None:
    place(target.with_name(name))
    assert os.listdir(target.parent) == [name]


# A text that the user named a file for.


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_text_has_the_mode_that_the_user_gives_new_files(target: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(target, "한국\n", "report")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert target.read_bytes() == "한국\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize("mode", [0o604, 0o640])
def test_a_text_that_replaces_another_keeps_its_mode(target: Path, mode: int) -> None:
    target.write_text("old")
    target.chmod(mode)
    write_whole(target, "new", "report")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert os.listdir(target.parent) == ["target"]


def test_a_text_is_written_where_a_link_leads(target: Path) -> None:
    target.write_text("old")
    link = target.with_name("link")
    link.symlink_to("target")
    write_whole(link, "new", "report")
    assert os.readlink(link) == "target"
    assert target.read_text() == "new"


def test_a_text_goes_into_no_pipe_and_it_stays_one(target: Path) -> None:
    os.mkfifo(target)
    with pytest.raises(Refused) as refused:
        write_whole(target, "new", "report")
    assert str(refused.value) == f"{target} is not a regular file; name another for the report"
    assert stat.S_ISFIFO(target.lstat().st_mode)


def test_a_text_goes_to_no_folder(target: Path) -> None:
    target.mkdir()
    with pytest.raises(Refused, match="is a directory; name a file for the report"):
        write_whole(target, "new", "report")
    assert os.listdir(target.parent) == ["target"]


def test_a_text_that_does_not_fit_leaves_the_older_one(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KsmyError) as failed:
        write_whole(target, "new", "report")
    assert str(failed.value) == f"the report {target} could not be written: No space left on device"
    assert target.read_text() == "old"
    assert os.listdir(target.parent) == ["target"]
