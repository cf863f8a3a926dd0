"""What shells are offered: as they ask for it, and in real shells with the script that is installed."""

import contextlib
import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import sqlite3
import string
import struct
import subprocess
import sys
import sysconfig
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shellingham import ShellDetectionFailure
from typer.main import get_command

from ksmy_tracker import cli
from ksmy_tracker.cli import completion, shell_scripts
from ksmy_tracker.domain import rows
from ksmy_tracker.domain.kinds import Agreement, Commitment
from ksmy_tracker.domain.words import AGREEMENT_KINDS, FIRMNESSES, STAGES, STATUSES
from ksmy_tracker.reading.commitments import SORT
from tests.conftest import Ksmy, Ran, everything_in, sentence

SHELLS = ("bash", "zsh", "fish")

#: Texts that a shell evaluating them, or Rich, would act on.
HOSTILE = (
    "$(touch harm)",
    "`touch harm`",
    "${IFS}; touch harm",
    "'; touch harm; '",
    '"; touch harm; "',
    "\\'; touch harm #",
    "(touch harm)",
    "))'; touch harm; _arguments '*: :((",
    "[bold]loud[/bold] [/nothing]",
    "two\nlines\ttab\rreturn",
    "colon: and ;",
    "!! !$ ^a^b",
    "\x1b[31mred\x07",
    "*? ~ {a,b} > harm",
    "%s %d %(x)s",
)

Offers = list[tuple[str, str]]
Complete = Callable[..., Offers]
Ask = Callable[..., Ran]
PressTab = Callable[[str, str], tuple[str, str]]
Trouble = Callable[[Path], contextlib.AbstractContextManager[None]]


# As the shells ask


@pytest.fixture
def with_variables(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run the program as the script of a shell does: without arguments, with variables."""

    def run(**variables: str) -> Ran:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            capsys.readouterr()
            code: object = 0
            try:
                code = cli.run([])
            except SystemExit as end:
                code = end.code
            out, err = capsys.readouterr()
        return Ran(out, err, int(str(code or 0)))

    return run


@pytest.fixture
def ask(with_variables: Ask, place: str) -> Ask:
    """Ask for completions of a line; one that ends in a space asks for another word."""

    def run(shell: str, line: str, **variables: str) -> Ran:
        typed = line.split(" ")
        asked = {"KSMY_DATABASE_URL": place, "_KSMY_COMPLETE": f"complete_{shell}"}
        if shell == "bash":
            asked |= {"COMP_WORDS": "\n".join(typed), "COMP_CWORD": str(len(typed) - 1)}
        else:
            asked |= {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        return with_variables(**{**asked, **variables})

    return run


def offers(shell: str, out: str) -> Offers:
    """The words a shell is offered, and what each means."""
    if shell == "zsh":
        if out.strip() in ("", "_files"):
            return []
        inside = re.fullmatch(r"_arguments '\*: :\(\((.*)\)\)'\n", out, re.DOTALL)
        assert inside
        found = [re.fullmatch(r'"([^"]+)"(?::"([^"]*)")?', line) for line in inside[1].split("\n")]
        return [(one[1], one[2] or "") for one in found if one] if all(found) else [("unreadable", out)]
    parted = [line.partition("\t") for line in out.splitlines() if line]
    return [(word, meaning) for word, _, meaning in parted]


@pytest.fixture
def complete(ask: Ask) -> Complete:
    """What a shell is offered for a line, when all goes well."""

    def run(shell: str, line: str, **variables: str) -> Offers:
        ran = ask(shell, line, **variables)
        assert (ran.err, ran.code) == ("", 0)
        return offers(shell, ran.out)

    return run


def words(found: Offers) -> list[str]:
    return [word for word, _ in found]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_ref_is_offered(complete: Complete, shell: str) -> None:
    found = words(complete(shell, "ksmy show "))
    assert len(found) == 25
    assert found == sorted(found)
    assert {"FTA", "FTA-CONCLUDE", "SP-2024"} <= set(found)


@pytest.mark.parametrize("shell", SHELLS)
def test_refs_come_with_their_titles_where_a_shell_shows_them(complete: Complete, shell: str) -> None:
    assert complete(shell, "ksmy show FTA-") == [
        ("FTA-CONCLUDE", "" if shell == "bash" else "Conclude the bilateral free trade agreement"),
        ("FTA-SCOPE", "" if shell == "bash" else "Take the FTA beyond trade and investment"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ksmy show fta-c", "fta-conclude"),
        ("ksmy history FTA-C", "FTA-CONCLUDE"),
        ("ksmy update fa50m-d", "fa50m-delivery"),
        ("ksmy update TOURISM FTA-C", "FTA-CONCLUDE"),
        ("ksmy update --note x FTA-C", "FTA-CONCLUDE"),
        ("ksmy list --status pl", "planned"),
        ("ksmy list --status planned --status c", "completed cancelled"),
        ("ksmy update TOURISM --status fin", "finalising"),
        ("ksmy update TOURISM --expect sus", "suspended"),
        ("ksmy list --sector def", "defence"),
        ("ksmy add TIN --sector gr", "green-energy"),
        ("ksmy list --agreement mou-", "mou-ccs mou-minerals mou-tourism"),
        ("ksmy add TIN --agreement F", "FA50M-2023 FTA"),
        ("ksmy list --firmness s", "signed"),
        ("ksmy list --party ", "KR MY both"),
        ("ksmy list --sort due", "due due_earliest due_latest due_phrase"),
        ("ksmy list --sort -due", "-due -due_earliest -due_latest -due_phrase"),
        ("ksmy list --overdue --sort ref --sort=-mil", "-milestones_met -milestones"),
        ("ksmy list --sort due --overd", "--overdue"),
        ("ksmy list --columns ref,ti", "ref,title"),
        ("ksmy list --columns ref,title,S", ""),
        ("ksmy agreements --columns ref,o", "ref,open ref,overdue"),
        ("ksmy agreements --columns REF,open,o", "REF,open,overdue"),
        ("ksmy list --tz Asia/Kuala", "Asia/Kuala_Lumpur"),
        ("ksmy update FTA --tz Asia/Seo", "Asia/Seoul"),
        ("ksmy milestone set FTA-CONCLUDE ", "1 2 3 4 5"),
        ("ksmy milestone set fta-conclude ", "1 2 3 4 5"),
        ("ksmy milestone set FTA-CONCLUDE 3", "3"),
        ("ksmy milestone set FTA-CONCLUDE 1 ", ""),
        ("ksmy milestone set TOURISM ", ""),
        ("ksmy milestone set NOSUCH ", ""),
        ("ksmy milestone set FTA-", "FTA-CONCLUDE FTA-SCOPE"),
        ("ksmy list --columns s", "sector said_by source status slip_days"),
        ("ksmy due --columns title,days", "title,days_left"),
        ("ksmy history --columns id,hash,eff", "id,hash,effective_on"),
        ("ksmy agreements --columns ov", "overdue"),
        ("ksmy list --format js", "json jsonl"),
        ("ksmy list --overd", "--overdue"),
        ("ksmy update FTA --evid", "--evidence"),
        ("ksmy rep", "report"),
        ("ksmy milestone ", "add set"),
        ("ksmy milestone add fta-c", "fta-conclude"),
        ("ksmy milestone set FTA-CONCLUDE 1 --state m", "met"),
        ("ksmy list --withd", "--withdrawn"),
        ("ksmy rev", "review"),
        ("ksmy list --sort -days", "-days_left"),
        ("ksmy body ", "add set"),
        ("ksmy measure s", "set"),
        ("ksmy claim a", "add accept"),
        ("ksmy body add X --kind min", "ministry"),
        ("ksmy bodies --columns nam", "name name_ko name_ms"),
        ("ksmy measure list --columns target", "target target_period"),
        ("ksmy sources --columns ref,pub", "ref,publisher"),
        ("ksmy list --und", "--undated"),
        ("ksmy update TOURISM --new-", "--new-sector --new-topic"),
        ("ksmy review fta-c", "fta-conclude"),
        ("ksmy review TOURISM FTA-C", "FTA-CONCLUDE"),
        ("ksmy dif", "diff"),
        ("ksmy diff 2025-10-01 --columns ref,ol", "ref,old"),
        ("ksmy diff --format js", "json jsonl"),
        ("ksmy amend 31 --status fin", "finalising"),
        ("ksmy amend 31 --exp", "--expected"),
        ("ksmy undo --li", "--list"),
        ("ksmy red", "redo"),
        ("ksmy report --only-", "--only-attention --only-moved"),
        ("ksmy list --not-", "--not-reviewed"),
        ("ksmy history --in-", "--in-force"),
        ("ksmy list --known", "--known-on"),
        ("ksmy show ZZZ", ""),
        ("ksmy show FTA-CONCLUDE F", ""),
        ("ksmy nosuch FTA", ""),
    ],
)
def test_what_is_begun_is_completed(complete: Complete, line: str, expected: str) -> None:
    assert words(complete("fish", line)) == expected.split()


def test_a_column_that_is_named_is_not_offered_again(complete: Complete) -> None:
    found = words(complete("fish", "ksmy agreements --columns stage,ref,"))
    every = rows.names(Agreement)
    assert found == [f"stage,ref,{name}" for name in every if name not in ("ref", "stage")]


def test_the_numbers_of_milestones_come_with_their_titles_and_without_the_withdrawn(
    complete: Complete, ksmy: Ksmy
) -> None:
    ksmy("milestone", "add", "TOURISM", "Campaign opened")
    ksmy("milestone", "add", "TOURISM", "By mistake")
    ksmy("undo")
    assert complete("fish", "ksmy milestone set tourism ") == [("1", "Campaign opened")]


@pytest.mark.parametrize("shell", SHELLS)
def test_all_words_of_a_vocabulary_are_offered_in_its_order(complete: Complete, shell: str) -> None:
    assert words(complete(shell, "ksmy list --status ")) == list(STATUSES)
    assert words(complete(shell, "ksmy list --firmness ")) == list(FIRMNESSES)
    assert words(complete(shell, "ksmy list --columns ")) == list(rows.names(Commitment))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_listing_can_be_sorted_by_every_field_each_way(complete: Complete, shell: str) -> None:
    assert words(complete(shell, "ksmy list --sort ")) == list(SORT)
    assert words(complete(shell, "ksmy list --sort -")) == [f"-{name}" for name in SORT]


@pytest.mark.parametrize(("option", "vocabulary"), [("--kind", AGREEMENT_KINDS), ("--stage", STAGES)])
def test_the_words_of_an_agreement_are_offered_too(
    complete: Complete, option: str, vocabulary: tuple[str, ...]
) -> None:
    assert words(complete("fish", f"ksmy add TREATY {option} ")) == list(vocabulary)
    assert words(complete("fish", f"ksmy update FTA {option} ")) == list(vocabulary)


@pytest.mark.parametrize("command", ["report", "timeline", "list", "update", "add", "milestone add", "undo"])
def test_the_formats_of_a_command_are_the_ones_it_takes(complete: Complete, ksmy: Ksmy, command: str) -> None:
    arguments = {"update": ("TOURISM", "--note", "x"), "milestone add": ("TOURISM", "T")}.get(command, ())
    for offered in words(complete("fish", f"ksmy {command} --format ")):
        assert "--format" not in ksmy(*command.split(), *arguments, "--format", offered).err
    assert "json" in words(complete("fish", f"ksmy {command} --format "))


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_value_joined_to_its_option_is_completed(complete: Complete, shell: str) -> None:
    assert words(complete(shell, "ksmy list --status=pl")) == ["planned"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_is_asked_for_files_where_a_file_is_meant_and_nowhere_else(ask: Ask, shell: str) -> None:
    lines = [
        "backup ",
        "apply x",
        "import ",
        "list --db ",
        "report --output x",
        "report -o ",
        "init --seed ",
        "timeline --output=x",
    ]
    for line in lines:
        assert ask(shell, f"ksmy {line}") == Ran("", "", completion.FILE_MEANT)
    for line in ("show ", "add ", "apply x ", "list --search ", "", "milestone ", "nosuch ", "backup --"):
        assert ask(shell, f"ksmy {line}").code == 0


def parameters(command: Any) -> Iterator[Any]:
    yield from command.params
    for name in getattr(command, "commands", ()):
        yield from parameters(command.commands[name])


def test_every_option_and_argument_that_names_a_file_says_so() -> None:
    told = set()
    for parameter in parameters(get_command(cli.app)):
        if parameter.metavar in ("FILE", "FILE|-", "PATH"):
            with pytest.raises(completion.FileMeant):
                parameter.shell_complete(None, "")
            told.add(parameter.name)
    assert told == {"db", "output", "seed", "file"}


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_options_are_offered(complete: Complete, shell: str) -> None:
    assert words(complete(shell, "ksmy ")) == list(cli.COMMANDS)
    assert {"--status", "--sort", "--as-of", "--help"} <= set(words(complete(shell, "ksmy list --")))


def test_refs_and_sectors_are_the_ones_of_this_moment(complete: Complete, ksmy: Ksmy) -> None:
    added = ("--title", "Tin", "--agreement", "FTA", "--sector", "semiconductors", "--firmness", "hoped")
    ksmy("add", "TIN-TRADE", *added)
    assert complete("fish", "ksmy show tin") == [("tin-trade", "Tin")]
    assert words(complete("fish", "ksmy list --sector se")) == ["semiconductors"]


def test_the_register_is_the_one_the_line_names(
    complete: Complete, ksmy: Ksmy, register: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    shutil.copy(register, other)
    ksmy("update", "HYDROGEN", "--title", "Other", "--db", str(other))
    assert complete("fish", f"ksmy show --db {other} HYDRO") == [("HYDROGEN", "Other")]
    assert complete("fish", f"ksmy show --db={other} HYDRO") == [("HYDROGEN", "Other")]
    assert complete("fish", "ksmy show HYDRO") == [("HYDROGEN", "Cooperate on clean hydrogen")]


def test_without_a_name_it_is_the_register_in_the_users_data(
    complete: Complete, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "ksmy"
    folder.mkdir(parents=True)
    shutil.copy(register, folder / "register.db")
    found = complete("bash", "ksmy show HYDRO", XDG_DATA_HOME=str(tmp_path / "data"), KSMY_DATABASE_URL="")
    assert words(found) == ["HYDROGEN"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_offer_is_one_line_however_long_its_meaning(complete: Complete, ksmy: Ksmy, shell: str) -> None:
    ksmy("update", "HYDROGEN", "--title", "A long title of many words " * 20)
    [(word, meaning)] = complete(shell, "ksmy show HYDRO")
    assert word == "HYDROGEN"
    assert meaning.startswith("A long title of many words")
    options = complete(shell, "ksmy list -")
    assert all(word.startswith("-") for word in words(options))
    assert all("\n" not in meaning for _, meaning in options)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_letters_of_any_script_stay_in_a_title(complete: Complete, ksmy: Ksmy, shell: str) -> None:
    ksmy("update", "HYDROGEN", "--title", "청정 수소, ASEAN-Korea é 2030/31.")
    assert complete(shell, "ksmy show HYDRO") == [("HYDROGEN", "청정 수소, ASEAN-Korea é 2030/31.")]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize("title", ["two\nlines\ttab\rreturn", "\x1b[31mred\x07"], ids=ascii)
def test_a_hostile_title_is_offered_without_what_makes_it_so(
    complete: Complete, ksmy: Ksmy, shell: str, title: str
) -> None:
    ksmy("update", "HYDROGEN", "--title", title)
    [(word, meaning)] = complete(shell, "ksmy show HYDRO")
    assert word == "HYDROGEN"
    assert re.fullmatch(r"[\w .,/-]*", meaning)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(title=st.text(min_size=1, max_size=30))
def test_no_title_can_leave_its_place_in_what_zsh_evaluates(
    complete: Complete, register: Path, title: str
) -> None:
    # Straight into the database: another program may have written what this one would not take.
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute(
            "UPDATE commitment SET title = ? WHERE ref = 'HYDROGEN'", [title.encode(errors="ignore").decode()]
        )
    [(word, meaning)] = complete("zsh", "ksmy show HYDRO")
    assert word == "HYDROGEN"
    assert all(letter.isalnum() or letter in " .,-/" for letter in meaning)


def test_completing_changes_nothing_and_leaves_nothing(complete: Complete, register: Path) -> None:
    before, modified = register.read_bytes(), register.stat().st_mtime_ns
    for line in ("ksmy show ", "ksmy list --sector ", "ksmy list --agreement "):
        assert complete("bash", line)
    assert (register.read_bytes(), register.stat().st_mtime_ns) == (before, modified)
    assert os.listdir(register.parent) == ["register.db"]


def test_completing_loads_no_more_than_looking(place: str) -> None:
    code = (
        "import sys; from ksmy_tracker import cli\n"
        "try: cli.run([])\n"
        "except SystemExit: pass\n"
        "print('sqlalchemy' in sys.modules, 'ksmy_tracker.cli.update' in sys.modules, file=sys.stderr)"
    )
    variables = {
        "KSMY_DATABASE_URL": place,
        "_KSMY_COMPLETE": "complete_bash",
        "COMP_WORDS": "ksmy show HYDRO",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=True
    )
    assert (done.stdout, done.stderr) == ("HYDROGEN\n", "False False\n")


# On trouble


@contextmanager
def missing(register: Path) -> Iterator[None]:
    register.unlink()
    yield
    assert not register.exists()


@contextmanager
def empty(register: Path) -> Iterator[None]:
    register.write_bytes(b"")
    yield


@contextmanager
def no_database(register: Path) -> Iterator[None]:
    register.write_bytes(b"no database" * 1000)
    yield


@contextmanager
def corrupt(register: Path) -> Iterator[None]:
    content = bytearray(register.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    register.write_bytes(content)
    yield


@contextmanager
def of_another_program(register: Path) -> Iterator[None]:
    register.unlink()
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("CREATE TABLE commitment (ref, title)")
    yield


@contextmanager
def newer(register: Path) -> Iterator[None]:
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    yield


@contextmanager
def a_folder(register: Path) -> Iterator[None]:
    register.unlink()
    register.mkdir()
    yield


@contextmanager
def locked(register: Path) -> Iterator[None]:
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


TROUBLES = (missing, empty, no_database, corrupt, of_another_program, newer, a_folder, locked)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: str(trouble.__name__))
def test_on_any_trouble_nothing_is_offered_and_nothing_said(
    ask: Ask, register: Path, trouble: Trouble
) -> None:
    with trouble(register):
        for line in (
            "ksmy show FTA",
            "ksmy list --sector def",
            "ksmy add TIN --agreement F",
            "ksmy milestone set FTA-CONCLUDE ",
        ):
            ran = ask("zsh", line)
            assert (ran.err, offers("zsh", ran.out)) == ("", [])


def test_a_writer_is_not_waited_for(ask: Ask, register: Path) -> None:
    with locked(register):
        begun = time.monotonic()
        ask("bash", "ksmy show FTA")
        # Far from the timeout of 30 seconds, and far from what a busy machine adds.
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "url", ["mysql://user:hunter2@host/db", "~nobody-of-this-name/x", "\udcff", "x" * 5_000, "//"]
)
def test_a_register_that_cannot_be_named_offers_nothing(ask: Ask, url: str) -> None:
    for shell in SHELLS:
        ran = ask(shell, "ksmy show FTA", KSMY_DATABASE_URL=url)
        assert (ran.err, offers(shell, ran.out)) == ("", [])


@pytest.mark.parametrize(
    "line",
    [
        "ksmy show \udcff",
        "ksmy list --columns \udcff,re",
        "ksmy show 'FTA",
        'ksmy show "FTA',
        "ksmy show $(touch harm)",
        "ksmy list --limit many --status pl",
        "ksmy list --nosuch --status pl",
        "ksmy list --tz Mars --as-of never --status pl",
        "ksmy \x1b[31m",
        "ksmy --nosuch ",
        "ksmy nosuch --status ",
        "",
    ],
    ids=ascii,
)
def test_a_line_that_is_wrong_is_no_reason_to_complain(ask: Ask, line: str) -> None:
    for shell in SHELLS:
        assert ask(shell, line).err == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_an_option_that_acts_at_once_does_not_act(complete: Complete, shell: str) -> None:
    assert words(complete(shell, "ksmy --version lis")) == ["list"]
    assert words(complete(shell, "ksmy --help lis")) == ["list"]


@pytest.mark.parametrize(
    "variables",
    [{}, {"COMP_WORDS": "ksmy show F", "COMP_CWORD": "x"}, {"COMP_WORDS": "ksmy show F", "COMP_CWORD": ""}],
    ids=["no words", "no number", "an empty number"],
)
def test_without_what_a_shell_sets_nothing_is_said(with_variables: Ask, variables: dict[str, str]) -> None:
    ran = with_variables(_KSMY_COMPLETE="complete_bash", **variables)
    assert (ran.out.strip(), ran.err) == ("", "")


@pytest.mark.parametrize("failure", [RuntimeError("a bug"), KeyboardInterrupt()], ids=ascii)
def test_a_failure_while_completing_is_silent(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def broken(*arguments: object) -> None:
        raise failure

    monkeypatch.setattr(completion, "_look", broken)
    for shell in SHELLS:
        ran = ask(shell, "ksmy show FTA")
        assert (ran.err, ran.code, offers(shell, ran.out)) == ("", 0, [])


def test_a_shell_that_is_not_known_is_told_nothing(ask: Ask) -> None:
    ran = ask("nosuch", "ksmy show FTA")
    assert (ran.out, ran.err) == ("", "")


# In real shells


SCRIPTS = sysconfig.get_path("scripts")

#: Makes the terminal it is given its own, as a terminal program does, and becomes the shell.
_SHELL_ON_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""

#: What a user of a test may have in the file the shell reads; the prompt says when it is ready.
_USER_SETTINGS = {
    "bash": (
        ".bashrc",
        (
            "PS1='READY> '\nbind 'set bell-style none' 'set show-all-if-ambiguous on' 2>/dev/null\n"
            "bind 'set enable-bracketed-paste off'\nbind 'set completion-query-items 10000'\n"
            "bind 'set page-completions off'\n"
        ),
    ),
    "zsh": (".zshrc", "PS1='READY> '\nbindkey -e\nunsetopt prompt_sp\nLISTMAX=10000\n"),
    "fish": (".config/fish/config.fish", ""),
}


def variables(home: Path, place: str) -> dict[str, str]:
    return {
        "HOME": str(home),
        "KSMY_DATABASE_URL": place,
        "LC_ALL": "C.UTF-8",
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "TERM": "xterm",
    }


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A home for each shell in which `ksmy --install-completion` has been run, in that shell."""
    made: dict[str, Path] = {}

    def home(shell: str) -> Path:
        if shutil.which(shell) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{shell} is not installed")
            pytest.skip(f"{shell} is not installed")
        if shell not in made:
            made[shell] = tmp_path_factory.mktemp(f"home-of-{shell}")
            env = variables(made[shell], str(made[shell] / "register.db"))
            # Not the shell's last command, which it would become instead of starting it.
            install = [shell, "-c", "ksmy --install-completion; true"]
            done = subprocess.run(install, env=env, capture_output=True, text=True, check=True)
            assert (done.stderr, f"{shell} completion installed in {made[shell]}" in done.stdout) == (
                "",
                True,
            )
            name, settings = _USER_SETTINGS[shell]
            with open(made[shell] / name, "a", encoding="utf-8") as file:
                file.write(f"\n{settings}")
        return made[shell]

    return home


class Terminal:
    """A shell on a terminal of its own, driven key by key."""

    def __init__(self, shell: str, env: dict[str, str], folder: Path) -> None:
        self._controller, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
        self._shell = subprocess.Popen(
            [sys.executable, "-c", _SHELL_ON_TERMINAL, shell, "-i"],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            env=env,
            cwd=folder,
        )
        os.close(screen)
        self._unread = ""
        try:
            self.until("READY> ")
        except BaseException:
            self.close()
            raise

    def type(self, keys: str) -> None:
        os.write(self._controller, keys.encode())

    def until(self, text: str) -> str:
        """What appears up to and with a text; fails if it does not appear."""
        end = time.monotonic() + 30
        while text not in self._unread:
            ready, _, _ = select.select([self._controller], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} did not appear after {self._unread!r}"
            self._unread += os.read(self._controller, 65536).decode(errors="replace")
        seen, _, self._unread = self._unread.partition(text)
        return seen + text

    def line(self) -> tuple[str, str]:
        """The line as it now stands, and what appeared on the screen before it was asked for."""
        # Quotes keep what is typed from being taken for what is printed.
        self.type("\x01echo L''INE: \x05 E''ND\r")
        seen = self.until(" END")
        self.until("READY> ")
        before, _, line = seen.partition("LINE: ")
        return line.removesuffix(" END").strip(), before

    def close(self) -> None:
        self._shell.kill()
        self._shell.wait()
        os.close(self._controller)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The current directory of the shells."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def press_tab(homes: Callable[[str], Path], place: str, folder: Path) -> Iterator[PressTab]:
    """Type a line in a shell and press TAB: the line it becomes, and what the screen shows meanwhile."""
    terminals: dict[str, Terminal] = {}

    def on_terminal(shell: str, line: str) -> tuple[str, str]:
        if shell not in terminals:
            terminals[shell] = Terminal(shell, variables(homes(shell), place), folder)
        terminals[shell].type(f"{line}\t")
        return terminals[shell].line()

    def in_fish(line: str) -> tuple[str, str]:
        asking = ["fish", "-c", 'complete --do-complete "$argv[1]"', line]
        env = variables(homes("fish"), place)
        done = subprocess.run(asking, env=env, cwd=folder, capture_output=True, text=True, check=True)
        found = [offer.partition("\t")[0] for offer in done.stdout.splitlines()]
        begun, space, _ = line.rpartition(" ")
        became = begun + space + found[0] if len(found) == 1 else line
        return became.strip(), done.stdout + done.stderr

    yield lambda shell, line: in_fish(line) if shell == "fish" else on_terminal(shell, line)
    for terminal in terminals.values():
        terminal.close()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_first_tab_in_a_new_shell_completes(press_tab: PressTab, shell: str) -> None:
    assert press_tab(shell, "ksmy show fta-c")[0] == "ksmy show fta-conclude"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes(press_tab: PressTab, ksmy: Ksmy, shell: str) -> None:
    for begun, completed in {
        "ksmy update TOURISM fta-c": "ksmy update TOURISM fta-conclude",
        "ksmy list --status pl": "ksmy list --status planned",
        "ksmy list --sector def": "ksmy list --sector defence",
        "ksmy list --columns ref,ti": "ksmy list --columns ref,title",
        "ksmy list --sort -days": "ksmy list --sort -days_left",
        "ksmy list --overd": "ksmy list --overdue",
    }.items():
        assert press_tab(shell, begun)[0] == completed
    ksmy(
        *(
            "add",
            "TIN-TRADE",
            "--title",
            "T",
            "--agreement",
            "FTA",
            "--sector",
            "trade",
            "--firmness",
            "hoped",
        )
    )
    assert press_tab(shell, "ksmy show tin")[0] == "ksmy show tin-trade"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_lists_what_is_possible_with_titles(press_tab: PressTab, shell: str) -> None:
    line, seen = press_tab(shell, "ksmy show fta-")
    assert line == "ksmy show fta-"
    assert "fta-conclude" in seen
    assert "fta-scope" in seen
    assert ("Conclude the bilateral free trade agreement" in seen) == (shell != "bash")


@pytest.mark.parametrize("shell", SHELLS)
def test_on_trouble_a_real_shell_completes_nothing_and_says_nothing(
    press_tab: PressTab, register: Path, shell: str
) -> None:
    sound = register.read_bytes()
    assert press_tab(shell, "ksmy show fta-c")[0] == "ksmy show fta-conclude"
    for trouble in (missing, corrupt, locked):
        register.write_bytes(sound)
        with trouble(register):
            line, seen = press_tab(shell, "ksmy show FT")
        assert line == "ksmy show FT"
        assert not re.search(r"ksmy: |Traceback|Error|command not found", seen)


@pytest.mark.parametrize("shell", SHELLS)
def test_no_file_is_offered_where_none_is_meant(press_tab: PressTab, folder: Path, shell: str) -> None:
    (folder / "ZZ-file").touch()
    for line in (
        "ksmy show ZZ",
        "ksmy list --status ZZ",
        "ksmy list --search ZZ",
        "ksmy update FTA --note ZZ",
        "ksmy add ZZ",
        "ksmy nosuch ZZ",
        "ksmy ZZ",
    ):
        assert press_tab(shell, line)[0] == line


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "line",
    [
        "ksmy backup ZZ",
        "ksmy apply ZZ",
        "ksmy apply --by me ZZ",
        "ksmy import ZZ",
        "ksmy list --db ZZ",
        "ksmy report --output ZZ",
        "ksmy timeline -o ZZ",
        "ksmy export --output=ZZ",
        "ksmy init --seed ZZ",
    ],
)
def test_a_file_is_offered_where_a_file_is_meant(
    press_tab: PressTab, folder: Path, shell: str, line: str
) -> None:
    (folder / "ZZ-file").touch()
    assert press_tab(shell, line)[0] == f"{line}-file"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_file_in_another_folder_is_offered_as_the_shell_does(
    press_tab: PressTab, folder: Path, shell: str
) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "ZZ-file").touch()
    assert press_tab(shell, "ksmy backup inner/Z")[0] == "ksmy backup inner/ZZ-file"
    if shell != "fish":
        (folder / "inner").rename(folder / "in here")
        assert press_tab(shell, "ksmy backup in\\ here/Z")[0] == "ksmy backup in here/ZZ-file"


@pytest.mark.of_a_file
@pytest.mark.parametrize("shell", SHELLS)
def test_a_file_whose_name_is_hostile_is_offered_as_the_shell_does(
    press_tab: PressTab, folder: Path, shell: str
) -> None:
    for number, name in enumerate(("$(touch harm)", "`touch harm`;touch harm", "'$(touch harm)'")):
        (folder / f"Z{number}{name}").touch()
        line, seen = press_tab(shell, f"ksmy backup Z{number}")
        assert name in (seen if shell == "fish" else line)
    assert not (folder / "harm").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes_a_value_joined_to_its_option(press_tab: PressTab, shell: str) -> None:
    assert press_tab(shell, "ksmy list --status=pl")[0] == "ksmy list --status=planned"
    assert press_tab(shell, "ksmy list --sort=-days")[0] == "ksmy list --sort=-days_left"
    assert press_tab(shell, "ksmy show --tz=UTC HYDRO")[0] == "ksmy show --tz=UTC HYDROGEN"


@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_titles_do_no_harm_in_a_real_shell(
    press_tab: PressTab, ksmy: Ksmy, folder: Path, shell: str
) -> None:
    refs = [ref for ref in ksmy("list", "--columns", "ref").out.split() if ref != "FTA-CONCLUDE"]
    for number, title in enumerate(HOSTILE):
        # Numbered, because zsh lays out what has the same meaning side by side.
        assert ksmy("update", refs[number], "--title", f"{title}{number}").code == 0
    line, seen = press_tab(shell, "ksmy show ")
    assert line == "ksmy show"
    assert refs[0] in seen
    assert press_tab(shell, "ksmy show fta-c")[0] == "ksmy show fta-conclude"
    assert os.listdir(folder) == []
    assert not re.search(r"Traceback|parse error|command not found|bad substitution|no matches", seen)


# What another hand than this program's has put into a register, or what is typed

#: Values that run, or break out of their place, where a shell evaluates them or what they stand in.
INJECTIONS = (
    *("$(touch harm)", r"\$(touch harm)", r"\\$(touch harm)", r"\\\$(touch harm)", "a\\\n$(touch harm)"),
    *("`touch harm`", r"\`touch harm\`", r"\\`touch harm`", "$((`touch harm`))", "${a:=$(touch harm)}"),
    *(
        "<(touch harm)",
        "=(touch harm)",
        "(touch harm)",
        "{touch harm}",
        "$[$(touch harm)]",
        "a[$(touch harm)]",
    ),
    *(";touch harm;", "&touch harm&", "|touch harm", "a;touch harm", "\ntouch harm\n", "\rtouch harm\r"),
    *("';touch harm;'", "'';touch harm;''", r"\';touch harm;\'", "'$(touch harm)'", "'\"$(touch harm)\"'"),
    *(
        '";touch harm;"',
        '"";touch harm;""',
        r"\";touch harm;\"",
        "\"'$(touch harm)'\"",
        "$'\\'$(touch harm)'",
    ),
    *(
        "))';touch harm;_arguments '*: :((",
        ")) ;touch harm; ((",
        "))'\"$(touch harm)\"'((",
        "]';touch harm;'[",
    ),
    *("a:$(touch harm)", r"a\:$(touch harm)", "a:((b$(touch harm)))", "a:->$(touch harm)", "a:{touch harm}"),
    *(
        "%{$(touch harm)%}",
        "%s$(touch harm)%n",
        "!touch harm",
        "~$(touch harm)",
        "a>harm",
        ">harm",
        "a >harm",
    ),
    *("a\t$(touch harm)", "\x1b]0;$(touch harm)\x07", "\x9b$(touch harm)", "\u202e$(touch harm)"),
    *(
        "--$(touch harm)",
        "-o$(touch harm)",
        "$IFS$(touch${IFS}harm)",
        "touch harm #",
        "[bold]$(touch harm)[/]",
    ),
)

#: The script that was installed for zsh before, and the one that Typer makes: both evaluate the answer.
BEFORE = r"""#compdef ksmy
_ksmy() {
    local answer
    answer=$(env _TYPER_COMPLETE_ARGS="${words[1,CURRENT]}" _KSMY_COMPLETE=complete_zsh "${(Q)words[1]}" 2>/dev/null)
    local code=$?
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    case $code:$answer in
        0:_arguments*) eval "$answer" ;;
        12:*) _files ;;
    esac
}
if [[ $funcstack[1] == _ksmy ]]; then _ksmy "$@"; else compdef _ksmy ksmy; fi
"""
TYPERS = r"""#compdef ksmy
_ksmy_completion() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _KSMY_COMPLETE=complete_zsh ksmy)
}
compdef _ksmy_completion ksmy
"""


@pytest.fixture
def planted(place: str) -> Iterator[str]:
    """A register in which these values stand wherever completion finds what it offers."""
    if "://" not in place:
        with closing(sqlite3.connect(place)) as file, file:
            file.execute("PRAGMA ignore_check_constraints = ON")
            plant(file, lambda column: f":{column}")
        yield place
        return
    import psycopg

    with psycopg.connect(place, autocommit=True) as server:
        checks = server.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c' AND conrelid IN ('agreement'::regclass, 'commitment'::regclass, 'milestone'::regclass)"
        ).fetchall()
        for table, name, _ in checks:
            server.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        server.execute("SET session_replication_role = replica")
        plant(server, lambda column: f"%({column})s")
        yield place
        server.execute("TRUNCATE agreement, commitment, milestone")
        for table, name, definition in checks:
            server.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def plant(database: Any, parameter: Callable[[str], str]) -> None:
    for table, ref in (("agreement", "FTA"), ("commitment", "HYDROGEN"), ("milestone", "FTA-CONCLUDE/1")):
        found = database.execute(f"SELECT * FROM {table} WHERE ref = '{ref}'")
        columns = [column[0] for column in found.description]
        row = dict(zip(columns, found.fetchone(), strict=True))
        into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(map(parameter, columns))})"
        for number, value in enumerate(INJECTIONS, 10):
            if table == "milestone":
                database.execute(into, row | {"ref": f"{ref[:-1]}{number}", "number": number, "title": value})
                continue
            database.execute(into, row | {"ref": value, "title": f"Hostile {number}"})
            database.execute(into, row | {"ref": f"HOSTILE-{number}", "title": value} | sector(table, value))


def sector(table: str, value: str) -> dict[str, str]:
    return {"sector": value} if table == "commitment" else {}


#: Where each of the columns above is offered.
OFFERED = (
    "ksmy show ",
    "ksmy list --sector ",
    "ksmy list --agreement ",
    "ksmy milestone set fta-conclude ",
    "ksmy add X --sector=",
)


def test_a_hostile_value_is_never_offered_and_takes_no_other_with_it(
    complete: Complete, planted: str
) -> None:
    for shell in (*SHELLS, "plain"):
        for line in OFFERED[:-1]:
            found = complete("fish" if shell == "plain" else shell, line)
            assert len(found) >= 5, (shell, line)
            for word, meaning in found:
                assert re.fullmatch(r"[A-Za-z0-9-]+", word), (shell, line, word)
                assert re.fullmatch(r"[\w .,/-]*", meaning), (shell, line, meaning)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(value=st.text(min_size=1, max_size=30) | st.text("$(`'\"\\:;)[]{}\n touch!", min_size=1, max_size=30))
def test_whatever_is_offered_is_a_word_that_no_shell_acts_on(value: str) -> None:
    from typer._click.shell_completion import CompletionItem

    from ksmy_tracker.cli.completion_filter import filtered

    for item in filtered([CompletionItem(value, help=value), CompletionItem("word", help=value)]):
        assert shlex.quote(item.value) == item.value or set(item.value) <= set(
            string.ascii_letters + string.digits + "_./,+-"
        )
        assert re.fullmatch(r"(\w|[ .,/-])*", item.help or "")


@pytest.mark.of_a_file
def test_what_is_typed_so_far_comes_back_only_as_a_word(complete: Complete) -> None:
    for typed in INJECTIONS:
        for shell, line in (
            ("zsh", f"--columns {typed},ti"),
            ("bash", f"--sector {typed}"),
            ("fish", f"--{typed}"),
        ):
            for word in words(complete(shell, f"ksmy list {line}")):
                assert re.fullmatch(r"[A-Za-z0-9_,-]+", word)


@pytest.fixture
def with_script(homes: Callable[[str], Path]) -> Iterator[Callable[[str], None]]:
    """Put another script for zsh where the one of this program is installed."""
    place = homes("zsh") / ".zfunc" / "_ksmy"
    installed = place.read_text()

    def put(script: str) -> None:
        place.write_text(script)

    yield put
    place.write_text(installed)


@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_values_do_no_harm_in_a_real_shell(
    press_tab: PressTab, planted: str, folder: Path, shell: str
) -> None:
    for line in OFFERED[:2] if "://" in planted else OFFERED:
        became, _ = press_tab(shell, line)
        assert became == line.strip()
        assert os.listdir(folder) == [], line
    assert press_tab(shell, "ksmy list --sector=def")[0] == "ksmy list --sector=defence"


@pytest.mark.of_a_file
@pytest.mark.parametrize("script", [BEFORE, TYPERS], ids=["before", "Typer's"])
def test_hostile_values_do_no_harm_where_an_old_script_evaluates_the_answer(
    press_tab: PressTab, with_script: Callable[[str], None], planted: str, folder: Path, script: str
) -> None:
    with_script(script)
    for line in OFFERED[:-1]:
        press_tab("zsh", line)
        assert os.listdir(folder) == [], line
    assert press_tab("zsh", "ksmy list --sector def")[0] == "ksmy list --sector defence"


@pytest.mark.of_a_file
@pytest.mark.parametrize(("shell", "script"), [("bash", ""), ("zsh", ""), ("zsh", BEFORE)])
def test_what_is_typed_does_not_run_at_tab(
    homes: Callable[[str], Path],
    with_script: Callable[[str], None],
    place: str,
    folder: Path,
    shell: str,
    script: str,
) -> None:
    if script:
        with_script(script)
    terminal = Terminal(shell, variables(homes(shell), place), folder)
    try:
        if shell == "zsh":  # by itself it expands what is typed before it asks anybody
            terminal.type("bindkey '^I' complete-word\r")
            terminal.until("READY> ")
        for typed in ("$(touch harm)", "'$(touch harm)'", "`touch harm`"):
            for line in (f"ksmy list --columns {typed},ti", f"ksmy list --sector={typed}"):
                terminal.type(f"{line}\t\x01\x0becho D''ONE\r")
                terminal.until("DONE")
                terminal.until("READY> ")
                assert os.listdir(folder) == [], line
    finally:
        terminal.close()


# Installing


@pytest.fixture
def in_shell(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Run the program as if a shell had started it."""
    return lambda shell: monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, f"/bin/{shell}"))


def test_the_script_shown_is_the_script_installed(homes: Callable[[str], Path]) -> None:
    home = homes("bash")
    env = variables(home, str(home / "register.db"))
    show = ["bash", "-c", "ksmy --show-completion; true"]
    done = subprocess.run(show, env=env, capture_output=True, text=True, check=True)
    installed = (home / ".bash_completions" / "ksmy.sh").read_text()
    assert (done.stdout, done.stderr) == (installed, "")


@pytest.mark.parametrize(
    ("shell", "files"),
    [
        ("bash", {".bash_completions/ksmy.sh", ".bashrc"}),
        ("zsh", {".zfunc/_ksmy", ".zshrc"}),
        ("fish", {".config/fish/completions/ksmy.fish"}),
    ],
)
def test_installing_again_changes_nothing(
    ksmy: Ksmy, in_shell: Callable[[str], None], tmp_path: Path, shell: str, files: set[str]
) -> None:
    in_shell(shell)
    first = ksmy("--install-completion")
    assert (first.err, first.code) == ("", 0)
    made = everything_in(tmp_path / "home")
    assert {name for name, content in made.items() if content is not None} == files
    assert ksmy("--install-completion") == first
    assert everything_in(tmp_path / "home") == made


@pytest.mark.parametrize(("shell", "name"), [("bash", ".bashrc"), ("zsh", ".zshrc")])
def test_installing_keeps_what_a_user_has_set(
    ksmy: Ksmy, in_shell: Callable[[str], None], tmp_path: Path, shell: str, name: str
) -> None:
    in_shell(shell)
    (tmp_path / "home").mkdir()
    settings = tmp_path / "home" / name
    settings.write_bytes(b"alias k=ksmy # \xff")
    assert ksmy("--install-completion").code == 0
    first, second = settings.read_bytes().splitlines()
    assert first == b"alias k=ksmy # \xff"
    assert second.startswith((b"source '", b"fpath+="))


def test_installing_heeds_where_a_shell_keeps_its_settings(
    ksmy: Ksmy, in_shell: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dots").mkdir()
    monkeypatch.setenv("ZDOTDIR", str(tmp_path / "dots"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "dots"))
    for shell in ("zsh", "fish"):
        in_shell(shell)
        assert ksmy("--install-completion").code == 0
    assert {".zshrc", "fish/completions/ksmy.fish"} <= set(everything_in(tmp_path / "dots"))


@pytest.mark.parametrize("shell", SHELLS)
def test_where_there_is_no_home_installing_says_so_and_showing_works(
    ksmy: Ksmy, in_shell: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    in_shell(shell)
    monkeypatch.setattr(Path, "home", homeless)
    ran = ksmy("--install-completion")
    assert (sentence(ran), ran.code) == ("the home directory is not known; set HOME", 2)
    assert ksmy("--show-completion") == Ran(shell_scripts.SCRIPTS[shell], "", 0)


def test_a_home_with_a_quote_in_its_name_is_quoted(
    ksmy: Ksmy, in_shell: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "it's $(touch harm) home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    in_shell("bash")
    assert ksmy("--install-completion").code == 0
    asked = ["bash", "-c", ". ./.bashrc; complete -p ksmy"]
    done = subprocess.run(asked, cwd=home, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("complete -F _ksmy ksmy\n", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_where_the_home_cannot_be_written_installing_says_so(
    ksmy: Ksmy, in_shell: Callable[[str], None], tmp_path: Path, shell: str
) -> None:
    in_shell(shell)
    (tmp_path / "home").write_text("no folder")
    ran = ksmy("--install-completion")
    assert ran.code == 1
    assert "cannot be installed" in sentence(ran)
    assert "--show-completion" in sentence(ran)


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
def test_a_shell_without_a_script_or_none_at_all_is_told_in_a_sentence(
    ksmy: Ksmy, in_shell: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    in_shell("tcsh")
    ran = ksmy(option)
    assert ran.code == 2
    assert sentence(ran) == "there is no completion for tcsh; there is one for bash, zsh and fish"

    def none() -> tuple[str, str]:
        raise ShellDetectionFailure

    monkeypatch.setattr("shellingham.detect_shell", none)
    ran = ksmy(option)
    assert ran.code == 2
    assert sentence(ran) == "the shell cannot be told; start this from bash, zsh or fish"


@pytest.mark.parametrize(("shell", "flag"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
def test_a_script_is_one_its_shell_can_read(tmp_path: Path, shell: str, flag: str) -> None:
    (tmp_path / "script").write_text(shell_scripts.SCRIPTS[shell])
    if shutil.which(shell) is None and not os.environ.get("CI"):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, flag, str(tmp_path / "script")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_bodies_sources_and_topics_are_offered_where_they_are_meant(ksmy: Ksmy, complete: Complete) -> None:
    for arguments in (
        ("body", "add", "KAI", "--name", "Korea Aerospace", "--kind", "company"),
        ("source", "add", "STAR", "--title", "Six jets"),
        ("update", "TOURISM", "--topics", "halal-food,tin"),
        ("measure", "add", "TOURISM:VISITS", "--title", "Visits", "--unit", "visits"),
        ("claim", "TOURISM", "--status", "completed"),
        ("claim", "TOURISM", "--due", "2027"),
        ("claim", "drop", "TOURISM#2", "--note", "A slip"),
    ):
        assert ksmy(*arguments).code == 0, arguments
    for line, expected in (
        ("ksmy list --lead ", [("KAI", "Korea Aerospace")]),
        ("ksmy list --partner k", [("kai", "Korea Aerospace")]),
        ("ksmy update TOURISM --leads ", [("KAI", "Korea Aerospace")]),
        ("ksmy claim TOURISM --said-by ", [("KAI", "Korea Aerospace")]),
        ("ksmy body set ", [("KAI", "Korea Aerospace")]),
        ("ksmy source set ", [("STAR", "Six jets")]),
        ("ksmy list --topic h", [("halal-food", "")]),
        # A colon and a number sign mean something to some shell: such refs are typed.
        ("ksmy measure set ", []),
        ("ksmy claim drop ", []),
        ("ksmy report --party M", [("MY", "Malaysia")]),
    ):
        assert complete("fish", line) == expected, line
