"""The command line as a whole: help, version, exit codes, and what is loaded when."""

import builtins
import json
import keyword
import re
import shlex
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from typer.core import TyperGroup
from typer.models import CommandInfo

from ksmy_tracker import __version__, cli
from ksmy_tracker.cli import body, claim, measure, milestone, source
from tests.conftest import Contents, Ksmy, Ran, sentence

COMMANDS = list(cli.COMMANDS)


# Help


def groups(help_text: str) -> dict[str, list[str]]:
    """The commands under each heading of a help text, in order."""
    found: dict[str, list[str]] = {}
    for line in help_text.splitlines():
        if heading := re.match(r"╭─ (.+?) ─+╮", line):
            found[heading[1]] = []
        elif (command := re.match(r"│ ([a-z][a-z-]*)  ", line)) and found:
            found[list(found)[-1]].append(command[1])
    return {heading: commands for heading, commands in found.items() if commands}


def test_help_groups_the_commands_as_look_change_and_look_after(ksmy: Ksmy) -> None:
    ran = ksmy("--help")
    assert (ran.err, ran.code) == ("", 0)
    found = groups(ran.out)
    assert list(found) == ["Look", "Change", "Look after"]
    assert set(found["Look"]) >= {"list", "show", "due", "history", "agreements", "report"}
    assert set(found["Change"]) >= {"add", "update"}
    assert set(found["Look after"]) >= {"init", "check", "backup", "migrate"}


def test_help_lists_every_command_once_in_the_order_of_the_table(ksmy: Ksmy) -> None:
    assert [command for commands in groups(ksmy("--help").out).values() for command in commands] == COMMANDS


def test_ksmy_alone_shows_the_help(ksmy: Ksmy) -> None:
    assert ksmy() == ksmy("--help")


@pytest.mark.of_no_engine
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_a_short_option_too(ksmy: Ksmy, command: str) -> None:
    assert ksmy(*command.split(), "-h") == ksmy(*command.split(), "--help")


def test_help_says_how_to_begin(ksmy: Ksmy) -> None:
    assert "Start with `ksmy init`, then `ksmy report`." in ksmy("--help").out


@pytest.mark.of_no_engine
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_needs_no_register(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("KSMY_DATABASE_URL", str(tmp_path / "nowhere.db"))
    ran = ksmy(command, "--help")
    assert (ran.err, ran.code) == ("", 0)
    assert f"Usage: ksmy {command}" in ran.out


def test_help_does_not_repeat_the_password_of_a_url(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSMY_DATABASE_URL", "mysql://user:hunter2@host/db?password=hunter2")
    assert "hunter2" not in ksmy("list", "--help").out
    assert "hunter2" not in sentence(ksmy("list"))


# Examples


def example(ksmy: Ksmy, command: str, folder: Path) -> list[str]:
    """The arguments of the example in a command's help, as a shell would part them."""
    lines = ksmy(command, "--help").out.splitlines()
    [start] = [number for number, line in enumerate(lines) if line.strip().startswith("Example:")]
    text = " ".join(line.strip() for line in lines[start:]).strip().removeprefix("Example:")
    text = re.sub(r"\$\(cat (\S+)\)", lambda named: (folder / named[1]).read_text().strip(), text)
    program, *arguments = shlex.split(text)
    assert (program, arguments[0]) == ("ksmy", command)
    return arguments


@pytest.fixture
def folder(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory of who types the examples, with the files that they name."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with closing(sqlite3.connect(register)) as connection:
        [head] = connection.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    (folder / "last-head").write_text(f"{head}\n")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_in_the_help_of_a_command_is_a_command_line(
    ksmy: Ksmy, folder: Path, command: str
) -> None:
    arguments = example(ksmy, command, folder)
    assert len(arguments) > 1 or command in ("migrate", "undo")
    ran = ksmy(*arguments, "--help")
    assert (ran.err, ran.code) == ("", 0)


@pytest.mark.parametrize("command", ["list", "due", "history", "agreements", "show", "report", "check"])
def test_the_example_of_a_command_that_looks_works_and_shows_something(
    ksmy: Ksmy, folder: Path, command: str
) -> None:
    ran = ksmy(*example(ksmy, command, folder))
    assert (ran.err, ran.code) == ("", 0)
    # Nothing has happened yet in a register just seeded, so a history since then is empty.
    assert ran.out or command in ("history", "report")
    assert command != "report" or (folder / "monday.txt").read_text().startswith(
        "Republic of Korea - Malaysia: "
    )


@pytest.mark.parametrize("command", ["add", "update", "init", "backup", "migrate"])
def test_the_example_of_a_command_that_writes_works(ksmy: Ksmy, folder: Path, command: str) -> None:
    ran = ksmy(*example(ksmy, command, folder))
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out.count("\n") == 1
    assert ksmy("check").code == 0


# Version


def test_the_version_is_the_one_of_the_package(ksmy: Ksmy) -> None:
    assert ksmy("--version") == Ran(f"ksmy {__version__}\n", "", 0)
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", __version__)


def test_the_script_and_the_module_are_the_same_program(process: Ksmy) -> None:
    script = Path(sysconfig.get_path("scripts")) / "ksmy"
    run = subprocess.run([script, "--version"], capture_output=True, text=True, env={}, check=False)
    assert (
        Ran(run.stdout, run.stderr, run.returncode)
        == process("--version")
        == Ran(f"ksmy {__version__}\n", "", 0)
    )


# Mistakes


@pytest.mark.parametrize(("given", "meant"), [("updat", "update"), ("lst", "list"), ("shw", "show")])
def test_an_unknown_command_is_answered_with_the_nearest(ksmy: Ksmy, given: str, meant: str) -> None:
    ran = ksmy(given)
    assert ran.code == 2
    assert sentence(ran) == f"No such command '{given}'. Did you mean '{meant}'?"


def test_an_unknown_command_close_to_several_is_answered_with_them_nearest_first(ksmy: Ksmy) -> None:
    ran = ksmy("reports")
    assert ran.code == 2
    assert sentence(ran) == "No such command 'reports'. Did you mean 'report', 'export', 'import'?"


def test_a_command_far_from_any_is_refused(ksmy: Ksmy) -> None:
    ran = ksmy("qqqq")
    assert ran.code == 2
    assert "No such command 'qqqq'" in sentence(ran)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("list", "--statu", "planned"), "--status"),
        (("list", "--colums", "ref"), "--columns"),
        (("update", "FTA", "--evidense", "x"), "--evidence"),
        (("add", "TIN", "--frmness", "hoped"), "--firmness"),
        (("--verson",), "--version"),
    ],
)
def test_an_unknown_option_is_answered_with_the_nearest(
    ksmy: Ksmy, arguments: tuple[str, ...], meant: str
) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 2
    said = sentence(ran)
    assert "No such option: " in said
    assert re.search(rf"{meant}\b", said.partition("(")[2])


@pytest.mark.of_no_engine
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show",), "REF"),
        (("update",), "REF"),
        (("backup",), "FILE"),
        (("show", "FTA", "SP-2024"), "SP-2024"),
        (("list", "--status"), "--status"),
        (("list", "--limit", "many"), "--limit: 'many' is not a whole number"),
        (("history", "--limit", "-1"), "--limit: '-1' is not a whole number"),
        (("due", "--within", "1.5"), "--within: '1.5' is not a whole number"),
        (("report", "--stale", "x"), "--stale: 'x' is not a whole number"),
        (("list", "--not-reviewed", "x"), "--not-reviewed: 'x' is not a whole number"),
        (("apply", "--max-errors", "x", "-"), "--max-errors: 'x' is not a whole number"),
        (
            ("milestone", "set", "FTA-CONCLUDE", "0", "--note", "x"),
            "N: '0' is not a milestone's number, such as 2",
        ),
        (("milestone", "add", "FTA-CONCLUDE", ""), "TITLE: cannot be empty"),
        (("list", "--overdue=yes"), "--overdue"),
        (("list", "--timeout", "nan"), "--timeout: 'nan' is not a number of seconds"),
    ],
)
def test_a_wrong_command_line_names_what_is_wrong(ksmy: Ksmy, arguments: tuple[str, ...], said: str) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 2
    assert said in sentence(ran)


@pytest.mark.parametrize(
    "arguments", [("\x1b[31m",), ("list", "--\x1b[31m"), ("show", "FTA", "\u202e\n\x9b")], ids=ascii
)
def test_a_wrong_command_line_cannot_reach_the_terminal(ksmy: Ksmy, arguments: tuple[str, ...]) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 2
    assert sentence(ran).isprintable()


HOSTILE: list[Sequence[str]] = [
    ("",),
    ("\udcff",),
    ("list", "\udcff"),
    ("list", "--\udcff"),
    ("list", "--db", "\udcff.db"),
    ("list", "--db", "sqlite:///\udcff.db"),
    ("list", "--db", "~nobody-of-this-name/register.db"),
    ("list", "--db", "x" * 5_000),
    ("list", "--db", "a\0b"),
    ("list", "--tz", "\udcff"),
    ("list", "--search", "\udcff"),
    ("list", "--search", "x" * 100_000),
    ("list", "--limit", "9" * 20),
    ("list", "--limit", "9" * 5_000),
    ("list", "--sort", ""),
    ("list", "--sort", "-"),
    ("list", "--columns", ""),
    ("list", "--columns", ","),
    ("list", "--columns", "\udcff"),
    ("list", "--as-of", "9" * 5_000),
    ("list", "--status", "\udcff"),
    ("list", "--agreement", "x" * 100_000),
    ("show", "\udcff"),
    ("show", "FTA-CONCLUDE/" + "1" * 5_000),
    ("show", "x" * 100_000),
    ("history", "FTA/\udcff"),
    ("history", "--by", "\udcff"),
    ("history", "--limit", "9" * 20),
    ("due", "--limit", "9" * 20),
    ("due", "--columns", "x" * 100_000),
    ("check", "--expect-head", "\udcff"),
    ("check", "--expect-head", "x" * 100_000),
    ("backup", ""),
    ("backup", "a\0b"),
    ("backup", "x" * 5_000),
    ("init", "--db", "x" * 5_000),
    ("init", "--seed", "\udcff", "--db", "new.db"),
    ("init", "--seed", "x" * 5_000, "--db", "new.db"),
    ("init", "--seed", "", "--db", "new.db"),
]


@pytest.mark.parametrize("arguments", HOSTILE, ids=lambda arguments: ascii(" ".join(arguments))[:40])
def test_no_argument_is_a_bug(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: Sequence[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    ran = ksmy(*arguments)
    assert ran.code in (0, 1, 2, 3, 4, 5, 6)
    if ran.code:
        assert len(sentence(ran)) < 6_000
    else:
        assert ran.err == ""
    assert ksmy("check").code == 0


def test_a_register_may_have_a_name_that_is_not_utf_8(ksmy: Ksmy, register: Path) -> None:
    odd = register.rename(register.with_name("caf\udce9.db"))
    assert ksmy("list", "--db", str(odd)).out.count("\n") == 19
    assert ksmy("update", "TOURISM", "--note", "x", "--db", str(odd)).code == 0
    assert ksmy("backup", str(odd.with_name("copie-caf\udce9.db")), "--db", str(odd)).code == 0
    assert ksmy("init", "--db", str(odd.with_name("\udcff.db"))).code == 0


def test_a_search_for_a_long_text_finds_nothing(ksmy: Ksmy) -> None:
    assert ksmy("list", "--search", "x" * 60_000) == Ran("", "", 0)


# Exit codes


def test_0_an_empty_result_too(ksmy: Ksmy) -> None:
    assert ksmy("list", "--search", "nowhere to be found") == Ran("", "", 0)
    assert ksmy("list", "--search", "nowhere to be found", "--format", "json") == Ran("[]\n", "", 0)


@pytest.mark.of_a_file
def test_1_what_cannot_be_written(ksmy: Ksmy, tmp_path: Path) -> None:
    ran = ksmy("backup", str(tmp_path / "no" / "folder" / "copy.db"))
    assert ran.code == 1
    assert "could not be written" in sentence(ran)


def test_2_a_wrong_command_line(ksmy: Ksmy) -> None:
    assert ksmy("nothing").code == ksmy("list", "--status", "done").code == ksmy("update", "FTA").code == 2


def test_3_no_such_record(ksmy: Ksmy) -> None:
    codes = [ksmy(*words).code for words in (("show", "X"), ("history", "X"), ("update", "X", "--note", "x"))]
    assert codes == [3, 3, 3]


def test_4_refused_by_a_rule(ksmy: Ksmy) -> None:
    assert ksmy("update", "TOURISM", "--expect", "planned", "--note", "x").code == 4
    assert ksmy("init").code == 4


def test_5_bad_input_data(ksmy: Ksmy, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text("{")
    ran = ksmy("init", "--seed", str(seed), "--db", str(tmp_path / "new.db"))
    assert (ran.out, ran.code) == ("", 5)
    assert not (tmp_path / "new.db").exists()


def test_6_no_register(ksmy: Ksmy, tmp_path: Path) -> None:
    ran = ksmy("list", "--db", str(tmp_path / "nowhere.db"))
    assert ran.code == 6
    assert "ksmy init" in sentence(ran)


def test_7_busy(ksmy: Ksmy, register: Path) -> None:
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = ksmy("update", "TOURISM", "--note", "x", "--timeout", "0")
    assert ran.code == 7
    assert "another process" in sentence(ran)


def test_8_failed_its_check(ksmy: Ksmy, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("UPDATE commitment SET title = 'Forged' WHERE ref = 'TOURISM'")
    ran = ksmy("check")
    assert (ran.out, ran.code) == ("", 8)
    assert "TOURISM" in ran.err


@pytest.mark.usefixtures("ksmy")
def test_130_interrupted(contents: Contents, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> datetime:
        raise KeyboardInterrupt

    before = contents()
    code = cli.run(["update", "TOURISM", "--note", "x"], interrupted)
    ran = Ran(*capsys.readouterr(), code)
    assert ran.code == 130
    assert sentence(ran).startswith("interrupted")
    assert contents() == before


@pytest.mark.usefixtures("ksmy")
def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> datetime:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        cli.run(["list"], broken)
    monkeypatch.setattr("ksmy_tracker.cli.listing.Listing.show", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.run(["list"])


# What is loaded when


def test_every_command_has_a_module_of_its_name_and_every_module_with_a_command_is_in_the_table() -> None:
    declared = {
        name
        for name in (module.name for module in iter_modules(cli.__path__))
        if isinstance(
            getattr(import_module(f"ksmy_tracker.cli.{name}"), name, None), CommandInfo | TyperGroup
        )
    }
    parts = {
        f"{group} {name}": module
        for group, its in (
            *(("milestone", milestone), ("body", body), ("source", source)),
            *(("measure", measure), ("claim", claim)),
        )
        for name, module in its.COMMANDS.items()
    }
    table = {**cli.COMMANDS, **parts}
    assert set(table.values()) == declared
    for name, module in table.items():
        plain = name.replace(" ", "_")
        assert module == (f"{plain}_" if hasattr(builtins, plain) or keyword.iskeyword(plain) else plain)


_MODULES = """
import json, sys
from ksmy_tracker import cli
cli.run(sys.argv[1:])
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules(register: Path, *arguments: str) -> set[str]:
    """What is loaded after a command."""
    done = subprocess.run(
        [sys.executable, "-c", _MODULES, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"KSMY_DATABASE_URL": str(register), "PYTHONUTF8": "1"},
        check=True,
    )
    return set(json.loads(done.stderr))


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (("--version",), set()),
        (("list",), {"list_"}),
        (("check",), {"check"}),
        (("update", "--help"), {"update"}),
        (("--help",), set(cli.COMMANDS.values())),
    ],
)
def test_a_command_loads_its_own_module_and_no_other(
    register: Path, arguments: tuple[str, ...], loaded: set[str]
) -> None:
    found = modules(register, *arguments)
    mine = {f"ksmy_tracker.cli.{module}" for module in set(cli.COMMANDS.values())}
    assert {name.removeprefix("ksmy_tracker.cli.") for name in found & mine} >= loaded
    if arguments != ("--help",):
        assert {name.removeprefix("ksmy_tracker.cli.") for name in found & mine} == loaded
    if arguments != ("check",):
        # They cost more time than help, or a look, may take.
        assert not {"sqlalchemy", "sqlmodel", "alembic", "edtf", "msgspec", "multiprocessing"} & found
