"""Where results and complaints go, what a terminal gets and what a pipe gets, and when neither can be had."""

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from ksmy_tracker.cli import output
from ksmy_tracker.errors import KsmyError
from ksmy_tracker.render.text.page import Page
from tests.conftest import Ksmy, Ran, sentence
from tests.terminal import all_sent

HOSTILE = "\x1b[31mred\x07\u202e\x9b2J\r\n\u2028"

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


@pytest.fixture
def to(register: Path) -> Any:
    """Run the program with stdout (or another stream) going to a file descriptor."""

    def run(
        descriptor: int, *arguments: str, stream: str = "stdout", env: dict[str, str] | None = None
    ) -> Ran:
        streams: dict[str, int] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: descriptor}
        done = subprocess.run(
            [sys.executable, "-m", "ksmy_tracker", *arguments],
            env={"KSMY_DATABASE_URL": str(register), "PATH": os.environ["PATH"], **(env or {})},
            text=True,
            encoding="utf-8",
            check=False,
            **streams,  # type: ignore[call-overload]
        )
        return Ran(done.stdout or "", done.stderr or "", done.returncode)

    return run


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """The end to write to of a pipe nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.fixture
def full_disk() -> Iterator[int]:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


# What goes where


def test_a_result_goes_to_stdout_and_nothing_to_stderr(ksmy: Ksmy) -> None:
    ran = ksmy("list", "--columns", "ref", "--limit", "1")
    assert (ran.out, ran.err, ran.code) == ("CCS-START\n", "", 0)


def test_a_complaint_goes_to_stderr_and_nothing_to_stdout(ksmy: Ksmy) -> None:
    ran = ksmy("show", "NOWHERE")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.err.startswith("ksmy: there is no record NOWHERE")
    assert ran.err.count("\n") == 1


def test_a_complaint_is_one_line_and_each_fault_another(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain("two\nlines", "first\nfault", "second")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "ksmy: two␊lines\n  first␊fault\n  second\n")


def test_a_complaint_shows_control_characters_and_never_sends_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.complain(f"a{HOSTILE}b", HOSTILE)
    err = capsys.readouterr().err
    assert all(line.isprintable() for line in err.split("\n"))
    assert "red" in err


def test_a_complaint_quotes_at_most_as_much_as_a_person_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain(f"'{'x' * 100_000}' is no word; did you mean y?", "z" * 100_000)
    err = capsys.readouterr().err
    assert len(err) < 4_000
    assert err.startswith("ksmy: 'xxx")
    # What is wrong stands at the end as often as at the beginning.
    assert "xxx' is no word; did you mean y?\n" in err


def test_text_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit("한국 🇰🇷\ttab\n")
    assert capsys.readouterr().out == "한국 🇰🇷\ttab\n"


# Encodings


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "euc_kr", "cp1252"])
def test_output_is_utf_8_whatever_the_locale_says(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    out, err = io.TextIOWrapper(io.BytesIO(), encoding), io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    output.emit("한국 é\n")
    output.complain("말레이시아 é")
    assert bytes(out.buffer.getvalue()).decode() == "한국 é\n"
    assert bytes(err.buffer.getvalue()).decode() == "ksmy: 말레이시아 é\n"


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=" ".join,
)
def test_a_process_in_any_locale_writes_utf_8(process: Ksmy, ksmy: Ksmy, locale: dict[str, str]) -> None:
    ksmy("update", "TOURISM", "--title", "관광 🇲🇾", "--on", "2025-01-01")
    ran = process("list", "--search", "TOURISM", "--columns", "title", "--as-of", "2026-01-15", env=locale)
    assert ran == Ran("관광 🇲🇾\n", "", 0)


# When it cannot be written


@needs_dev_full
@pytest.mark.parametrize("arguments", [("list",), ("--help",)], ids=" ".join)
def test_a_result_that_cannot_be_written_is_told_in_one_sentence(
    to: Any, full_disk: int, arguments: tuple[str, ...]
) -> None:
    ran = to(full_disk, *arguments)
    assert (ran.err, ran.code) == ("ksmy: the result could not be written: No space left on device\n", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("update", "TOURISM", "--note", "x", "--on", "2026-01-15"),
        ("--help",),
        ("milestone",),
        ("list", "-hf", "json"),
        (),
    ],
    ids=" ".join,
)
def test_a_reader_that_closes_the_pipe_is_no_error(
    to: Any, closed_pipe: int, arguments: tuple[str, ...]
) -> None:
    ran = to(closed_pipe, *arguments)
    assert (ran.err, ran.code) == ("", 0)


@needs_dev_full
def test_a_complaint_that_cannot_be_written_keeps_its_exit_code(to: Any, full_disk: int) -> None:
    assert to(full_disk, "show", "NOWHERE", stream="stderr") == Ran("", "", 3)


def test_a_complaint_to_nobody_keeps_its_exit_code(to: Any, closed_pipe: int) -> None:
    assert to(closed_pipe, "show", "NOWHERE", stream="stderr") == Ran("", "", 3)


def test_without_streams_nothing_is_said_and_a_result_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert not output.is_terminal()
    output.emit("")
    output.complain("x")
    with pytest.raises(KsmyError, match=r"^the result could not be written: stdout is closed$"):
        output.emit("x")


@pytest.fixture
def closed(register: Path, tmp_path: Path) -> Any:
    """Run the program with streams closed by a shell, such as `>&-`."""

    def run(closing: str, *arguments: str) -> Ran:
        env = {"KSMY_DATABASE_URL": str(register), "KSMY_ACTOR": "tester", "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {closing}', "sh", sys.executable, "-m", "ksmy_tracker", *arguments],
            capture_output=True,
            text=True,
            env=env,
            cwd=tmp_path,
            check=False,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    return run


@pytest.mark.parametrize(
    "arguments",
    ["report", "list", "show FTA", "check", "export", "--help", "milestone", "update FTA --note x --dry-run"],
)
def test_a_result_for_a_stdout_that_is_closed_is_told_in_one_sentence(closed: Any, arguments: str) -> None:
    assert closed(">&-", *arguments.split()) == Ran(
        "", "ksmy: the result could not be written: stdout is closed\n", 1
    )


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(
    "arguments", ["report", "report --format html", "timeline --format svg", "export", "export --format ics"]
)
@pytest.mark.of_a_file
def test_no_result_takes_the_place_of_a_register(
    ksmy: Ksmy, register: Path, tmp_path: Path, arguments: str, linked: bool
) -> None:
    target = tmp_path / "link" if linked else register
    if linked:
        target.symlink_to(register)
    before = register.read_bytes()
    ran = ksmy(*arguments.split(), "--output", str(target))
    assert ran.code == 4
    assert re.search(r"is (a register|not a regular file); name another( file)? for the ", sentence(ran))
    assert register.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "done"),
    [
        ("init --empty --db new.db", "new.db is created"),
        ("backup copy.db", "the backup copy.db is made"),
        ("import export.jsonl --db new.db", "new.db is imported into"),
    ],
)
def test_what_was_made_though_stdout_is_closed_is_said_to_be_there(
    closed: Any, ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, done: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ksmy("export", "--output", "export.jsonl").code == 0
    assert closed(">&-", *arguments.split()) == Ran(
        "", f"ksmy: {done}, but the result could not be written: stdout is closed\n", 1
    )
    made = "copy.db" if "copy" in arguments else "new.db"
    assert ksmy("check", "--db", made).code == 0


def test_a_change_whose_receipt_goes_to_a_closed_stdout_is_recorded_and_said_to_be(
    closed: Any, ksmy: Ksmy
) -> None:
    ran = closed(">&-", "update", "FTA", "--note", "x")
    assert (ran.code, ran.err.partition(";")[0]) == (
        1,
        "ksmy: the change is recorded (1 entry), but the result could not be written: stdout is closed",
    )
    assert ksmy("check").code == 0


def test_nothing_to_write_needs_no_stdout(closed: Any) -> None:
    assert closed(">&-", "list", "--search", "nowhere to be found") == Ran("", "", 0)
    assert closed(">&-", "report", "--output", "report.txt") == Ran("", "", 0)


def test_a_closed_stderr_breaks_nothing(closed: Any) -> None:
    assert closed("2>&-", "list", "--columns", "ref", "--limit", "1") == Ran("CCS-START\n", "", 0)
    assert closed("2>&-", "show", "NOWHERE") == Ran("", "", 3)
    assert closed("2>&-", "update", "FTA", "--note", "x", "--dry-run").code == 0
    assert closed(">&- 2>&-", "list") == Ran("", "", 1)
    assert closed("<&- >&- 2>&-", "update", "FTA", "--note", "x").code == 1
    assert closed("2>&-", "check").code == 0


@pytest.mark.parametrize("command", ["apply", "import"])
def test_a_closed_stdin_is_told_in_one_sentence(closed: Any, command: str) -> None:
    more = ("--db", "new.db") if command == "import" else ()
    ran = closed("<&-", command, "-", *more)
    assert (ran.err, ran.code) == ("ksmy: stdin is closed; name a file, or redirect stdin from one\n", 5)


@needs_dev_full
def test_a_result_that_cannot_be_written_is_an_error_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    # A duplicate, as what cannot be written is turned away from the descriptor itself.
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(KsmyError, match=r"^the result could not be written: No space left on device$"):
            output.emit("x")


# Terminal and pipe


@pytest.fixture
def terminal(register: Path) -> Any:
    """Run the program with stdout on a terminal of so many columns; its output, as the terminal got it."""

    def run(*arguments: str, columns: int = 80, env: dict[str, str] | None = None) -> str:
        controller, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        with subprocess.Popen(
            [sys.executable, "-m", "ksmy_tracker", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.PIPE,
            env={
                "KSMY_DATABASE_URL": str(register),
                "PATH": os.environ["PATH"],
                "TERM": "xterm",
                **(env or {}),
            },
        ) as program:
            os.close(screen)
            got = all_sent(controller)
            assert program.stderr is not None
            assert program.stderr.read() == b""
        assert program.returncode == 0
        return got.decode().replace("\r\n", "\n")

    return run


LISTING = ("list", "--search", "FTA-CONCLUDE", "--as-of", "2026-01-15")


def test_a_terminal_gets_a_table_with_a_header_and_colour(terminal: Any) -> None:
    shown = terminal(*LISTING)
    assert "\x1b[" in shown
    assert "deadline" in shown
    assert "FTA-CONCLUDE" in shown


def test_no_color_is_honoured_and_a_dumb_terminal_gets_none(terminal: Any) -> None:
    assert "\x1b" not in terminal(*LISTING, env={"NO_COLOR": "1"})
    assert "\x1b" not in terminal("report", "--as-of", "2026-01-15", env={"NO_COLOR": "1"})
    assert "\x1b" not in terminal(*LISTING, env={"TERM": "dumb"})


def test_an_export_on_a_terminal_has_no_orders_to_it_and_the_same_values(terminal: Any, ksmy: Ksmy) -> None:
    ksmy("update", "HYDROGEN", "--title", "\x9b31m \u202e \x7f")
    exported = ksmy("export").out
    assert "\x9b" in exported
    shown = terminal("export")
    assert not {"\x9b", "\u202e", "\x7f"} & set(shown)
    assert [json.loads(line) for line in shown.splitlines()] == [
        json.loads(line) for line in exported.split("\n")[:-1]
    ]


def test_a_table_is_no_wider_than_its_terminal(terminal: Any) -> None:
    for columns in (60, 120):
        shown = terminal("list", "--as-of", "2026-01-15", columns=columns, env={"NO_COLOR": "1"})
        assert max(map(len, shown.splitlines())) <= columns


@pytest.mark.parametrize("arguments", [(*LISTING, "--format", "table"), ("report", "--as-of", "2026-01-15")])
def test_what_a_pipe_gets_never_depends_on_a_terminal(process: Ksmy, arguments: tuple[str, ...]) -> None:
    plain = process(*arguments)
    assert "\x1b" not in plain.out
    assert process(*arguments, env={"COLUMNS": "20", "LINES": "5"}) == plain
    forced = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    assert process(*arguments, env=forced) == plain


def test_a_pipe_gets_tsv_without_a_header(ksmy: Ksmy) -> None:
    assert ksmy(*LISTING).out == (
        "FTA-CONCLUDE\tin-progress\toverdue\t2025\tConclude the bilateral free trade agreement\n"
    )


def test_a_page_in_a_pipe_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page()
    page.heading("heading")
    page.text("text", indent=2, style="overdue")
    output.emit_page(page)
    assert capsys.readouterr().out == "heading\n  text\n"


def test_a_renderable_in_a_pipe_is_neither_wrapped_nor_padded(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit_rich(Text("word " * 500 + "   "))
    out = capsys.readouterr().out
    assert out == ("word " * 500).rstrip() + "\n"


# One rule for every command that places a file.

PLACING = (
    ("report",),
    ("report", "--format", "html"),
    ("timeline", "--format", "svg"),
    ("export",),
    ("export", "--format", "ics"),
)

placing = pytest.mark.parametrize("command", PLACING, ids=" ".join)


@placing
def test_a_result_goes_into_no_pipe_and_no_device(
    ksmy: Ksmy, tmp_path: Path, command: tuple[str, ...]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (pipe, Path(os.devnull)):
        before = target.lstat()
        ran = ksmy(*command, "--output", str(target))
        assert ran.code == 4
        assert sentence(ran).startswith(f"{target} is not a regular file; name another for the ")
        assert target.lstat() == before


@placing
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link of another user")
def test_a_result_goes_through_no_link_of_another_user(
    ksmy: Ksmy, tmp_path: Path, command: tuple[str, ...]
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(precious)
    os.lchown(link, 54321, 54321)
    ran = ksmy(*command, "--output", str(link))
    assert (ran.code, sentence(ran)) == (
        4,
        f"{link} is a symbolic link of user 54321; name the place that it leads to, {precious}, if that is meant",
    )
    assert precious.read_text() == "old"


@placing
def test_a_result_goes_through_a_user_s_own_link_and_keeps_the_mode(
    ksmy: Ksmy, tmp_path: Path, command: tuple[str, ...]
) -> None:
    real = tmp_path / "real"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    assert ksmy(*command, "--output", str(tmp_path / "link")) == Ran("", "", 0)
    assert os.readlink(tmp_path / "link") == "real"
    assert (real.read_text(encoding="utf-8") != "old", real.stat().st_mode & 0o777) == (True, 0o640)
    assert not list(tmp_path.glob(".*"))


@placing
@pytest.mark.parametrize("stdout", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_stdout_has_several_names(ksmy: Ksmy, command: tuple[str, ...], stdout: str) -> None:
    expected = ksmy(*command)
    assert expected.code == 0
    assert ksmy(*command, "--output", stdout) == expected


def test_an_export_is_its_user_s_alone(ksmy: Ksmy, tmp_path: Path) -> None:
    target = tmp_path / "export.jsonl"
    assert ksmy("export", "--output", str(target)).code == 0
    assert target.stat().st_mode & 0o777 == 0o600
