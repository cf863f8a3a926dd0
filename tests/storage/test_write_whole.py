"""Writing a report to a file: whole or not at all, with the right mode, through links, to what is no file."""

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ksmy_tracker
from ksmy_tracker.errors import KsmyError, Refused, Usage
from ksmy_tracker.storage.files import write_whole

TEXT = "Korea - Malaysia: 한국\nsecond line\n"

#: A user that owns nothing here.
NOBODY = 54321

#: Write, and when it is all written but not yet in place, get the signal that is the second argument.
DISTURBED = """
import os, sys
from pathlib import Path
from ksmy_tracker.storage.files import write_whole
os.fsync = lambda descriptor: os.kill(os.getpid(), int(sys.argv[2]))
write_whole(Path(sys.argv[1]), "new" * 10000, "report")
"""


def put(target: Path, text: str = TEXT) -> None:
    write_whole(target, text, "report")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "www"
    made.mkdir()
    return made


@contextmanager
def another_user() -> Iterator[None]:
    """Be a user without rights for a while; whoever is not root is one already."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_new_file_has_the_text_in_utf_8(folder: Path) -> None:
    put(folder / "report.txt")
    assert (folder / "report.txt").read_bytes() == TEXT.encode()
    assert names(folder) == ["report.txt"]


def test_line_ends_stay_as_they_are(folder: Path) -> None:
    put(folder / "deadlines.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\n\r")
    assert (folder / "deadlines.ics").read_bytes() == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\n\r"


def test_an_empty_text_makes_an_empty_file(folder: Path) -> None:
    put(folder / "report.txt", "")
    assert (folder / "report.txt").read_bytes() == b""


def test_a_file_that_is_there_is_replaced_as_a_whole(folder: Path) -> None:
    target = folder / "report.txt"
    target.write_text("old " * 10000)
    put(target)
    assert target.read_text(encoding="utf-8") == TEXT
    assert names(folder) == ["report.txt"]


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o002])
def test_a_new_file_has_the_mode_that_the_umask_gives(mask: int, folder: Path) -> None:
    with umask(mask):
        put(folder / "report.txt")
        (folder / "other.txt").touch()
    assert mode(folder / "report.txt") == mode(folder / "other.txt") == 0o666 & ~mask


def test_asking_for_the_umask_does_not_change_it(folder: Path) -> None:
    with umask(0o027):
        put(folder / "report.txt")
        assert os.umask(0o027) == 0o027


@pytest.mark.parametrize("had", [0o600, 0o640, 0o644, 0o664, 0o444, 0o606])
def test_a_file_that_is_replaced_keeps_its_mode_whatever_the_umask(had: int, folder: Path) -> None:
    target = folder / "report.txt"
    target.write_text("old")
    target.chmod(had)
    with umask(0o077):
        put(target)
    assert target.read_text(encoding="utf-8") == TEXT
    assert mode(target) == had


def test_nobody_else_can_read_it_before_it_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = folder / "report.txt"
    target.write_text("old")
    target.chmod(0o600)
    seen = []
    original = os.replace

    def look(source: Path, destination: Path) -> None:
        seen.append((mode(Path(source)), mode(Path(source).parent), destination))
        original(source, destination)

    monkeypatch.setattr(os, "replace", look)
    with umask(0o000):
        put(target)
    assert seen == [(0o600, 0o700, target)]


def test_the_text_is_on_the_disk_before_it_takes_the_place_of_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "report.txt"
    target.write_text("old")
    steps = []
    sync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        what = os.readlink(f"/proc/self/fd/{descriptor}")
        steps.append("folder" if what == str(folder) else f"text of {os.fstat(descriptor).st_size} bytes")
        sync(descriptor)

    def replaced(source: Path, destination: Path) -> None:
        steps.append("replace")
        replace(source, destination)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not tell what a descriptor is of")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    put(target)
    assert steps == [f"text of {len(TEXT.encode())} bytes", "replace", "folder"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_failing_write_leaves_the_old_file_and_no_remains(
    step: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "report.txt"
    target.write_text("old")

    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(KsmyError) as failed:
        put(target)
    assert str(failed.value) == f"the report {target} could not be written: Input/output error"
    assert failed.value.exit_code == 1
    assert target.read_text() == "old"
    assert names(folder) == ["report.txt"]


def test_a_failing_write_of_a_new_file_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KsmyError, match=r"report\.txt could not be written: No space left on device$"):
        put(folder / "report.txt")
    assert names(folder) == []


def test_an_interrupted_write_leaves_the_old_file_and_no_remains(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "report.txt"
    target.write_text("old")

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        put(target)
    assert target.read_text() == "old"
    assert names(folder) == ["report.txt"]


@pytest.mark.parametrize("killed_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_write_leaves_the_old_file_whole_and_the_next_one_works(
    killed_by: signal.Signals, folder: Path
) -> None:
    target = folder / "report.txt"
    target.write_text("old")
    ended = subprocess.run(
        [sys.executable, "-c", DISTURBED, str(target), str(int(killed_by))],
        env={"PYTHONPATH": str(Path(ksmy_tracker.__file__).parent.parent)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -killed_by
    assert target.read_text() == "old"
    put(target)
    assert target.read_text(encoding="utf-8") == TEXT


def test_a_reader_sees_the_old_text_or_the_new_one_and_nothing_between(folder: Path) -> None:
    target = folder / "report.txt"
    texts = ["a" * 300_000, "b" * 200_000]
    put(target, texts[0])
    done = threading.Event()
    seen = []

    def read() -> None:
        while not done.is_set():
            seen.append(target.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(30):
            put(target, texts[number % 2])
    finally:
        done.set()
        reader.join()
    assert len(seen) > 1
    assert set(seen) <= set(texts)


def test_two_writers_at_once_leave_one_of_their_texts_and_no_remains(folder: Path) -> None:
    target = folder / "report.txt"
    texts = [letter * 200_000 for letter in "abcd"]
    put(target, texts[0])
    writers = [threading.Thread(target=put, args=(target, text)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert target.read_text() in texts
    assert names(folder) == ["report.txt"]


def test_a_link_stays_a_link_and_what_it_points_at_is_replaced(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "reports"
    elsewhere.mkdir()
    (elsewhere / "2026.txt").write_text("old")
    (elsewhere / "2026.txt").chmod(0o640)
    link = folder / "report.txt"
    link.symlink_to("../reports/2026.txt")
    put(link)
    assert os.readlink(link) == "../reports/2026.txt"
    assert (elsewhere / "2026.txt").read_text(encoding="utf-8") == TEXT
    assert mode(elsewhere / "2026.txt") == 0o640
    assert (names(folder), names(elsewhere)) == (["report.txt"], ["2026.txt"])


def test_a_link_to_a_file_that_is_not_there_yet_makes_it(folder: Path) -> None:
    (folder / "report.txt").symlink_to("2026.txt")
    put(folder / "report.txt")
    assert (folder / "report.txt").is_symlink()
    assert (folder / "2026.txt").read_text(encoding="utf-8") == TEXT


def test_links_in_a_circle_are_told_in_a_sentence(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    with pytest.raises(KsmyError, match="a") as failed:
        put(folder / "a")
    assert "\n" not in str(failed.value)
    assert names(folder) == ["a", "b"]


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "there").mkdir()
    (folder / "report.txt").symlink_to("there")
    with pytest.raises(Refused, match="is a directory; name a file for the report"):
        put(folder / "report.txt")
    assert names(folder) == ["report.txt", "there"]


def test_a_folder_is_refused_and_stays(folder: Path) -> None:
    (folder / "report").mkdir()
    with pytest.raises(Refused) as refused:
        put(folder / "report")
    assert str(refused.value) == f"{folder}/report is a directory; name a file for the report"
    assert refused.value.exit_code == 4
    assert names(folder) == ["report"]


@pytest.mark.parametrize("path", ["missing/report.txt", "file/report.txt"])
def test_a_folder_that_is_none_is_told_and_not_made(path: str, folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(KsmyError, match=r"could not be written: (No such file|Not a directory)"):
        put(folder / path)
    assert names(folder) == ["file"]


def test_a_folder_one_may_not_write_is_told_and_the_old_file_stays() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "report.txt").write_text("old")
        folder.chmod(0o555)
        try:
            with another_user(), pytest.raises(KsmyError) as failed:
                put(folder / "report.txt")
        finally:
            folder.chmod(0o755)
        assert str(failed.value) == f"the report {folder}/report.txt could not be written: Permission denied"
        assert failed.value.exit_code == 1
        assert (folder / "report.txt").read_text() == "old"
        assert names(folder) == ["report.txt"]


@pytest.mark.parametrize("name", ["보고서.html", "a b\n'c'.txt", "-", "report", "한" * 85, "x" * 255])
def test_any_name_that_a_file_may_have_will_do(name: str, folder: Path) -> None:
    put(folder / name)
    put(folder / name, "again")
    assert (folder / name).read_text() == "again"
    assert names(folder) == [name]


def test_a_name_that_no_file_may_have_is_told(folder: Path) -> None:
    with pytest.raises(KsmyError, match="could not be written: File name too long"):
        put(folder / ("x" * 256))
    assert names(folder) == []


def test_a_path_relative_to_where_one_is_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    put(Path("report.txt"))
    assert names(folder) == ["report.txt"]


def test_a_path_from_home_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    put(Path("~/report.txt"))
    assert names(folder) == ["report.txt"]


def test_the_home_of_nobody_known_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(Usage, match=r"home directory .* is not known; give the whole path"):
        put(Path("~no-such-user-here/report.txt"))
    assert names(folder) == []


def test_a_pipe_with_a_name_is_refused_and_stays(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Refused) as refused:
            put(pipe)
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)
    assert str(refused.value) == f"{pipe} is not a regular file; name another for the report"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(folder) == ["pipe"]


@pytest.mark.parametrize("device", [os.devnull, "/dev/stderr", "/dev/fd/2", "/proc/self/fd/0"])
def test_a_device_or_a_descriptor_is_refused_and_stays(device: str) -> None:
    before = os.lstat(device).st_mode
    with pytest.raises(Refused) as refused:
        put(Path(device))
    assert str(refused.value) == f"{device} is not a regular file; name another for the report"
    assert os.lstat(device).st_mode == before


# A folder that others write to.


def link_of_another(link: Path, leads: str) -> None:
    """Make a symbolic link as another user would."""
    link.symlink_to(leads)
    if os.geteuid() != 0:
        pytest.skip("only root can make a link of another user")
    os.lchown(link, NOBODY, NOBODY)


@pytest.mark.parametrize(
    ("owner", "shared", "mode"), [(NOBODY, False, 0o640), (NOBODY, True, 0o777), (0, False, 0o777)]
)
def test_the_mode_that_is_kept_is_not_one_that_another_user_chose(
    owner: int, shared: bool, mode: int, folder: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file of another user")
    (folder / "report.txt").write_text("old")
    os.chown(folder / "report.txt", owner, owner)
    (folder / "report.txt").chmod(0o4777)
    folder.chmod(0o2770 if shared else 0o770)
    before = os.umask(0o027)
    try:
        put(folder / "report.txt")
    finally:
        os.umask(before)
    found = (folder / "report.txt").stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (0, mode)


def test_no_link_of_another_user_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("old")
    link_of_another(folder / "report.txt", "../precious.txt")
    with pytest.raises(Refused) as refused:
        put(folder / "report.txt")
    assert str(refused.value) == (
        f"{folder}/report.txt is a symbolic link of user {NOBODY}; name the place that it leads to, "
        "../precious.txt, if that is meant"
    )
    assert (tmp_path / "precious.txt").read_text() == "old"
    assert names(tmp_path) == ["precious.txt", "www"]


@pytest.mark.parametrize("path", ["theirs/report.txt", "mine/report.txt", "own.txt"])
def test_none_is_followed_on_the_way_either(path: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    link_of_another(folder / "theirs", str(tmp_path / "precious"))
    (folder / "mine").symlink_to("theirs")
    (folder / "own.txt").symlink_to("mine/report.txt")
    with pytest.raises(Refused, match=f"theirs is a symbolic link of user {NOBODY}"):
        put(folder / path)
    assert names(tmp_path / "precious") == []


def test_a_user_s_own_links_are_followed_on_the_way(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "reports" / "2026").mkdir(parents=True)
    (folder / "reports").symlink_to("../reports/2026/..")
    put(folder / "reports" / "report.txt")
    assert names(tmp_path / "reports") == ["2026", "report.txt"]
