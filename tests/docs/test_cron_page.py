"""docs/cron.md: every crontab line, script and unit is run as cron, sh and systemd would run it."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import ksmy_tracker
from ksmy_tracker import cli
from tests.conftest import NOW, Ran
from tests.transcripts import TOP

#: Each of its jobs is run, by other users too.
pytestmark = pytest.mark.slow

PAGE = (TOP / "docs" / "cron.md").read_text(encoding="utf-8")
PACKAGE = Path(ksmy_tracker.__file__).parent.parent

#: What cron gives a job besides the crontab's own variables.
CRON = {"HOME": "/", "LOGNAME": "desk", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}

#: A user and a group of whom this machine knows nothing else.
ANOTHER = 54321

#: Overdue on any day that a machine's clock may show, and without news since.
OVERDUE = {
    "ref": "FTA-CONCLUDE",
    "title": "한국과 말레이시아의 자유무역협정을 타결한다",
    "agreement": "FTA",
    "sector": "trade",
    "firmness": "agreed",
    "due": "2000",
}
FAR_AWAY = {**OVERDUE, "due": "9000"}

#: Run a command line with a spare register and no file, so that all it needs is imported from wherever it lies; then
#: again, as it was given, as another user.
AS_ANOTHER_USER = """
import contextlib, io, os, sys
from ksmy_tracker import cli
user, register, spare, *arguments = sys.argv[1:]
os.environ["KSMY_DATABASE_URL"] = spare
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    cli.run([os.devnull if "/" in one else one for one in arguments])
os.environ["KSMY_DATABASE_URL"] = register
os.setgroups([])
os.setgid(int(user))
os.setuid(int(user))
sys.exit(cli.run(arguments))
"""


def blocks(language: str) -> list[str]:
    """The page's blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def crontab() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The variables of all crontab blocks, and the schedule and the command of each job."""
    variables, jobs = {}, []
    for line in "".join(blocks("cron")).splitlines():
        if setting := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            variables[setting[1]] = setting[2].strip('"')
        else:
            fields = line.split(None, 5)
            jobs.append((" ".join(fields[:5]), fields[5]))
    return variables, jobs


VARIABLES, JOBS = crontab()
SERVICE, TIMER = blocks("ini")
FRESH, ATTENTION, SHARING = blocks("sh")


class Server:
    """A machine set up as the page says, with all its paths under a directory of the test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.register = root / "srv" / "ksmy" / "register.db"
        self.www = root / "srv" / "www" / "ksmy"
        self.program = root / "opt" / "ksmy" / "bin" / "ksmy"
        for path in (self.register.parent, self.www, self.program.parent, root / "bin"):
            path.mkdir(parents=True)
        self._install(self.program, f'PYTHONPATH={PACKAGE} exec {sys.executable} -m ksmy_tracker "$@"')

    def _install(self, path: Path, script: str) -> None:
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def stub(self, name: str) -> Path:
        """Put a program on the PATH that only notes its arguments, and its input where there is any."""
        noted = self.root / f"{name}.noted"
        self._install(self.root / "bin" / name, f'printf "%s\\n" "$@" > {noted}; cat >> {noted}')
        return noted

    def mapped(self, text: str) -> str:
        """Text of the page with its paths under this machine's root."""
        return re.sub(r"(?<![\w.])/(opt|srv)/", rf"{self.root}/\1/", text)

    def fill(self, commitment: Mapping[str, str]) -> None:
        """Create a register that has one commitment."""
        seed = {
            "format": "ksmy-seed/1",
            "effective_on": "2000-01-01",
            "agreements": [{"ref": "FTA", "title": "협정", "kind": "treaty", "stage": "negotiating"}],
            "commitments": [commitment],
        }
        file = self.root / "seed.json"
        file.write_text(json.dumps(seed), encoding="utf-8")
        arguments = ["init", "--seed", str(file), "--db", str(self.register), "--by", "desk"]
        assert cli.run(arguments, lambda: NOW) == 0
        shutil.copy(self.register, self.root / "spare.db")

    def sh(self, command: str, environment: Mapping[str, str]) -> Ran:
        """Run a command of the page by /bin/sh, without a terminal and with these variables alone."""
        done = subprocess.run(
            ["/bin/sh", "-c", self.mapped(command)],
            env={name: self.mapped(value) for name, value in environment.items()},
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            check=False,
        )
        return Ran(done.stdout.decode(), done.stderr.decode(), done.returncode)

    def cron(self, command: str) -> Ran:
        return self.sh(command, {**CRON, **VARIABLES})


@pytest.fixture
def server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Server:
    """A machine with a register in which one commitment is overdue."""
    made = Server(tmp_path / "machine")
    made.fill(OVERDUE)
    capsys.readouterr()
    return made


@pytest.fixture
def calm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Server:
    """A machine with a register in which nothing needs attention."""
    made = Server(tmp_path / "calm")
    made.fill(FAR_AWAY)
    capsys.readouterr()
    return made


def test_the_page_has_the_jobs_scripts_and_units_that_are_tested_here() -> None:
    assert [command.split()[1] for _, command in JOBS] == ["report", "report", "report", "report", "export"]
    assert set(re.findall(r"^```(\w*)$", PAGE, re.MULTILINE)) == {"cron", "sh", "ini", ""}
    assert set(VARIABLES) == {"MAILTO", "CONTENT_TYPE", "KSMY_DATABASE_URL"}


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in JOBS])
def test_every_schedule_is_one_that_cron_knows(schedule: str) -> None:
    most = (59, 23, 31, 12, 7)
    for field, limit in zip(schedule.split(), most, strict=True):
        assert re.fullmatch(r"\*(/\d+)?|\d+", field)
        assert all(int(number) <= limit for number in re.findall(r"\d+", field))


@pytest.mark.parametrize("command", [command for _, command in JOBS])
def test_no_job_has_what_cron_takes_for_a_line_break(command: str) -> None:
    assert "%" not in command


@pytest.mark.parametrize("command", [command for _, command in JOBS if "--output" not in command])
def test_a_job_that_mails_prints_the_report_where_something_needs_attention(
    command: str, server: Server
) -> None:
    if "--only-moved" in command:
        assert server.cron(command) == Ran("", "", 0)  # it stays overdue
        moved = ["update", OVERDUE["ref"], "--due", "2001", "--db", str(server.register), "--by", "desk"]
        with redirect_stdout(StringIO()):
            assert cli.run(moved) == 0
    ran = server.cron(command)
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out.startswith("Republic of Korea - Malaysia: what was promised")
    assert OVERDUE["title"] in " ".join(ran.out.split())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2190-\u2bff]", ran.out)


@pytest.mark.parametrize("command", [command for _, command in JOBS if "--output" not in command])
def test_a_job_that_mails_prints_nothing_where_nothing_needs_attention(command: str, calm: Server) -> None:
    assert calm.cron(command) == Ran("", "", 0)


@pytest.mark.parametrize("command", [command for _, command in JOBS if "--output" not in command])
def test_a_job_that_mails_says_in_a_sentence_what_went_wrong(command: str, server: Server) -> None:
    server.register.write_bytes(b"no register" * 1000)
    ran = server.cron(command)
    assert (ran.out, ran.code) == ("", 6)
    assert ran.err == f"ksmy: {server.register} is not a register: it is no SQLite database\n"
    server.register.unlink()
    ran = server.cron(command)
    assert (ran.out, ran.code, ran.err.count("\n")) == ("", 6, 1)
    assert f"there is no register at {server.register}" in ran.err


def test_the_mail_is_said_to_be_utf_8_and_is(server: Server) -> None:
    assert VARIABLES["CONTENT_TYPE"] == "text/plain; charset=utf-8"
    environment = {**CRON, **VARIABLES, "LANG": "C", "LC_ALL": "C"}
    assert "자유무역협정" in server.sh(JOBS[0][1], environment).out


@pytest.mark.parametrize("command", [command for _, command in JOBS if "--output" in command])
def test_a_job_for_a_web_server_writes_its_file_and_prints_nothing(command: str, server: Server) -> None:
    file = Path(server.mapped(shlex.split(command)[-1]))
    assert file.parent == server.www
    assert server.cron(command) == Ran("", "", 0)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>" if file.suffix == ".html" else "BEGIN:VCALENDAR")
    assert "FTA-CONCLUDE" in text
    assert os.listdir(server.www) == [file.name]


@pytest.mark.parametrize("command", [command for _, command in JOBS if "--output" in command])
def test_a_job_for_a_web_server_keeps_the_files_mode_and_the_old_file_where_it_fails(
    command: str, server: Server
) -> None:
    file = Path(server.mapped(shlex.split(command)[-1]))
    file.write_text("old")
    file.chmod(0o664)
    assert server.cron(command).code == 0
    new = file.read_bytes()
    assert (file.stat().st_mode & 0o777, new != b"old") == (0o664, True)
    server.register.write_bytes(b"damaged" * 1000)
    assert server.cron(command).code == 6
    assert file.read_bytes() == new
    assert os.listdir(server.www) == [file.name]


def test_a_quiet_run_leaves_the_file_of_last_week_unless_it_was_removed(calm: Server) -> None:
    file = calm.register.with_name("monday.txt")
    file.write_text("last week's")
    alone = FRESH.splitlines()[-1]
    assert calm.sh(alone, {**CRON, **VARIABLES}) == Ran("", "", 0)
    assert file.read_text() == "last week's"
    assert calm.sh(FRESH, {**CRON, **VARIABLES}) == Ran("", "", 0)
    assert not file.exists()


def test_a_run_that_is_not_quiet_writes_the_file(server: Server) -> None:
    assert server.sh(FRESH, {**CRON, **VARIABLES}) == Ran("", "", 0)
    assert "FTA-CONCLUDE" in server.register.with_name("monday.txt").read_text(encoding="utf-8")


def test_the_script_mails_where_something_needs_attention(server: Server) -> None:
    mailed, logged = server.stub("mail"), server.stub("logger")
    ran = server.sh(ATTENTION, _with_stubs(server))
    assert ran == Ran("", "", 0)
    assert mailed.read_text(encoding="utf-8").startswith(
        "-s\nKorea - Malaysia: attention\ndesk@example.org\nRepublic of Korea - Malaysia"
    )
    assert not logged.exists()


def test_the_script_does_nothing_where_nothing_needs_attention(calm: Server) -> None:
    mailed, logged = calm.stub("mail"), calm.stub("logger")
    assert calm.sh(ATTENTION, _with_stubs(calm)) == Ran("", "", 0)
    assert (mailed.exists(), logged.exists()) == (False, False)


def test_the_script_logs_that_the_report_failed(server: Server) -> None:
    mailed, logged = server.stub("mail"), server.stub("logger")
    server.register.unlink()
    ran = server.sh(ATTENTION, _with_stubs(server))
    assert (ran.out, ran.code, ran.err.count("\n")) == ("", 0, 1)
    assert logged.read_text() == "-t\nksmy\nthe report failed\n"
    assert not mailed.exists()


def _with_stubs(server: Server) -> dict[str, str]:
    return {**CRON, **VARIABLES, "PATH": f"{server.root}/bin:/usr/bin:/bin"}


def unit(text: str) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(text)
    return read


def test_the_service_writes_the_page_with_its_own_variables_alone(server: Server) -> None:
    service = unit(SERVICE)["Service"]
    assert service["Type"] == "oneshot"
    name, _, value = service["Environment"].partition("=")
    ran = server.sh(f"exec {service['ExecStart']}", {name: value})
    assert ran == Ran("", "", 0)
    (page,) = server.www.iterdir()
    assert "FTA-CONCLUDE" in page.read_text(encoding="utf-8")


def test_the_service_may_write_where_its_output_goes_and_nowhere_else() -> None:
    service = unit(SERVICE)["Service"]
    output = shlex.split(service["ExecStart"])[-1]
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"].split() == [str(Path(output).parent)]
    assert not VARIABLES["KSMY_DATABASE_URL"].startswith(service["ReadWritePaths"])


def test_the_timer_starts_the_service_and_can_be_enabled() -> None:
    files = re.findall(r"^`/etc/systemd/system/([\w.-]+)`:$", PAGE, re.MULTILINE)
    assert files == ["ksmy-report.service", "ksmy-report.timer"]
    timer = unit(TIMER)
    assert timer.sections() == ["Unit", "Timer", "Install"]
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert "`systemctl enable --now ksmy-report.timer`" in PAGE


def test_systemd_finds_nothing_wrong_with_the_units(server: Server) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    units = [server.root / f"ksmy-report.{kind}" for kind in ("service", "timer")]
    for path, text in zip(units, (SERVICE, TIMER), strict=True):
        path.write_text(server.mapped(text))
    verified = _systemd_analyze("verify", *map(str, units))
    own = [line for line in (verified.out + verified.err).splitlines() if "ksmy-report" in line]
    assert (own, verified.code) == ([], 0)
    assert _systemd_analyze("calendar", unit(TIMER)["Timer"]["OnCalendar"]).code == 0


def _systemd_analyze(*arguments: str) -> Ran:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return Ran(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def shared() -> Iterator[Server]:
    """A machine whose paths another user can reach, which those of pytest are not made for."""
    if os.geteuid() != 0:
        if "CI" in os.environ:
            pytest.fail("only root can become another user; run the tests as root here")
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        made = Server(root / "machine")
        made.fill(OVERDUE)
        yield made


def share(server: Server) -> None:
    """Do what the page says, for a group that this machine has."""
    script = SHARING.replace("ksmy-readers", str(ANOTHER))
    assert server.sh(f"set -e\n{script}", CRON) == Ran("", "", 0)


def as_another(server: Server, *arguments: str) -> Ran:
    """Run the command line as a user without a name, a home, a terminal or any right but what the group has."""
    spare = server.root / "spare.db"
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, str(ANOTHER), str(server.register), str(spare), *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PACKAGE)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    return Ran(done.stdout.decode(), done.stderr.decode(), done.returncode)


def test_another_user_reports_from_a_register_it_may_only_read(shared: Server) -> None:
    share(shared)
    assert (shared.register.parent.stat().st_mode & 0o777, shared.register.stat().st_mode & 0o777) == (
        0o750,
        0o640,
    )
    before = shared.register.read_bytes(), shared.register.stat().st_mtime_ns
    for arguments in (
        ("report",),
        ("report", "--format", "json"),
        ("timeline",),
        ("report", "--format", "md"),
    ):
        ran = as_another(shared, *arguments)
        assert (ran.err, ran.code) == ("", 0)
        assert "FTA-CONCLUDE" in ran.out
    assert (shared.register.read_bytes(), shared.register.stat().st_mtime_ns) == before
    assert os.listdir(shared.register.parent) == ["register.db"]


def test_another_user_changes_nothing_there(shared: Server) -> None:
    share(shared)
    before = shared.register.read_bytes()
    ran = as_another(shared, "update", "FTA-CONCLUDE", "--note", "News", "--by", "reader")
    assert (ran.out, ran.code, ran.err.count("\n")) == ("", 1, 1)
    assert "cannot be written" in ran.err
    assert shared.register.read_bytes() == before


def test_another_user_writes_its_page_where_it_may_and_nowhere_else(shared: Server) -> None:
    share(shared)
    os.chown(shared.www, ANOTHER, ANOTHER)
    arguments = shlex.split(shared.mapped(unit(SERVICE)["Service"]["ExecStart"]))[1:]
    assert as_another(shared, *arguments) == Ran("", "", 0)
    (page,) = shared.www.iterdir()
    assert "FTA-CONCLUDE" in page.read_text(encoding="utf-8")
    forbidden = shared.root / "srv" / "report.txt"
    ran = as_another(shared, "report", "--output", str(forbidden))
    assert ran == Ran("", f"ksmy: the report {forbidden} could not be written: Permission denied\n", 1)
    assert sorted(os.listdir(forbidden.parent)) == ["ksmy", "www"]


def test_another_user_who_may_not_read_is_told_so(shared: Server) -> None:
    shared.register.chmod(0o600)
    ran = as_another(shared, "report")
    assert (ran.out, ran.code, ran.err.count("\n")) == ("", 6, 1)
    assert str(shared.register) in ran.err


def test_another_user_cannot_clean_up_after_a_killed_writer_and_is_told_who_can(shared: Server) -> None:
    share(shared)
    _kill_a_writer(shared.register)
    shutil.chown(f"{shared.register}-journal", group=ANOTHER)
    os.chmod(f"{shared.register}-journal", 0o640)
    ran = as_another(shared, "report")
    assert (ran.out, ran.code) == ("", 6)
    assert ran.err == (
        f"ksmy: a writer of {shared.register} was killed half-way; "
        "ask somebody who may write it to run any command once\n"
    )
    assert shared.cron(JOBS[0][1]).code == 0
    assert as_another(shared, "report").code == 0


def _kill_a_writer(register: Path) -> None:
    """Leave the register and its journal as a writer does that is killed while it writes pages."""
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE commitment SET detail = ?", ("x" * 500_000,))
        torn = register.with_suffix(".torn")
        shutil.copy2(register, torn)
        shutil.copy2(f"{register}-journal", f"{torn}-journal")
        connection.execute("ROLLBACK")
    mode, group = register.stat().st_mode, register.stat().st_gid
    os.replace(torn, register)
    os.replace(f"{torn}-journal", f"{register}-journal")
    os.chown(register, -1, group)
    register.chmod(mode)
