"""The command line: `ksmy`. Each command's module is imported when that command runs, not before."""

import os
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_command_from_info, get_group

from ksmy_tracker import signals
from ksmy_tracker.cli.output import Held, complain, emit
from ksmy_tracker.errors import Damaged, KsmyError

if TYPE_CHECKING:
    from ksmy_tracker.storage.interface import Register

#: Every command and its module, in the order of the help.
COMMANDS: Final[Mapping[str, str]] = {
    "report": "reporting",
    "list": "looking",
    "due": "looking",
    "show": "looking",
    "history": "looking",
    "agreements": "looking",
    "timeline": "reporting",
    "add": "changing",
    "update": "changing",
    "milestone": "milestones",
    "apply": "batches",
    "undo": "batches",
    "init": "keeping",
    "check": "keeping",
    "backup": "keeping",
    "export": "moving",
    "import": "moving",
    "migrate": "keeping",
}

#: The exit code that Typer gives what Ctrl-C ended.
INTERRUPTED: Final = 130


class _Commands(Mapping[str, Any]):
    """The commands by name, each built when it is first asked for."""

    def __getitem__(self, name: str) -> Any:
        return _built(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _built(name: str) -> Any:
    app: typer.Typer = import_module(f"ksmy_tracker.cli.{COMMANDS[name]}").app
    for info in app.registered_commands:
        if info.name == name:
            return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
    group = get_group(app)
    group.rich_help_panel = "Change"
    return group


class _Group(TyperGroup):
    """A group whose commands are built on demand."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]  # read by name, never changed


app = typer.Typer(
    cls=_Group,
    pretty_exceptions_enable=False,
    add_completion=False,  # its own scripts stand in shells.py
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker import __version__

        emit(f"ksmy {__version__}\n")
        raise typer.Exit


def _install_completion(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker.cli import shells
        from ksmy_tracker.domain.safe_text import visible

        shell = shells.current()
        emit(
            f"{shell} completion installed in {visible(str(shells.install(shell)))}\n"
            "Completion will take effect once you restart the terminal\n"
        )
        raise typer.Exit


def _show_completion(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker.cli import shells

        emit(shells.SCRIPTS[shells.current()])
        raise typer.Exit


@app.callback(invoke_without_command=True)
def ksmy(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            help="Install completion for the current shell.",
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            help="Show completion for the current shell, to copy it or customize the installation.",
        ),
    ] = False,
) -> None:
    """Keep the register of what South Korea and Malaysia promised each other.

    Start with `ksmy init`, then `ksmy report`.
    """
    if context.invoked_subcommand is None:
        print(context.get_help())  # into what is held back


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code, with every failure told on stderr."""
    if os.environ.get("_KSMY_COMPLETE", "").startswith("complete_"):
        signals.afresh(silent=True)
        return _complete()
    signals.afresh()
    opened: list[Register] = []
    try:
        return _told(arguments, opened)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        if signals.is_ending():  # what then fails does so for that reason
            return _interrupted()
        if isinstance(error, KsmyError):
            return _failed(error)
        damage = _damage_behind(opened)
        if damage is None:
            raise
        return _failed(damage)


def _told(arguments: list[str], opened: list["Register"]) -> int:
    """Run a command, and say what is wrong with a command line that is none; `opened` gets the register it opens."""
    try:
        code = _call(arguments, opened)
    except typer.TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "ksmy")
        message = error.format_message().rstrip(".")
        complain(message if message.endswith("?") else f"{message}; see `{command} --help`")
        return error.exit_code
    if code == INTERRUPTED:
        return _interrupted()
    return code if isinstance(code, int) else 0


def _interrupted() -> int:
    complain(signals.sentence())
    return signals.code()


def _failed(error: KsmyError) -> int:
    complain(str(error), *error.faults)
    return error.exit_code


def _damage_behind(opened: list["Register"]) -> KsmyError | None:
    """The sentence for a damaged register behind a failure that has none: what fails for its values is no bug."""
    from ksmy_tracker.reading import check as audit

    for register in opened:
        try:
            with register.reading(1.0) as reader:
                faults = audit.check(reader).faults
        except Damaged as error:
            return error
        except KsmyError:  # gone, or busy: that tells nothing of what failed
            continue
        if faults:
            return Damaged(f"{register} is damaged ({faults[0]}); restore the newest sound backup")
    return None


def _complete() -> int:
    """Offer a shell what may stand where the cursor is; on any trouble nothing, and nothing is said."""
    os.environ["COLUMNS"] = "1000000"  # Typer folds what an offer means at the width of a terminal
    held = StringIO()
    with suppress(Exception, KeyboardInterrupt):
        from ksmy_tracker.cli import offering
        from ksmy_tracker.cli.completing import FILE_MEANT, FileMeant

        offering.register()
        try:
            with redirect_stdout(held), redirect_stderr(StringIO()):
                get_command(app).main([], prog_name="ksmy", standalone_mode=False)
        except SystemExit as end:  # as Typer ends it; fish asks by the code
            emit(held.getvalue())
            return end.code if isinstance(end.code, int) else 0
        except FileMeant:
            return FILE_MEANT
    return 0


def _call(arguments: list[str], opened: list["Register"]) -> Any:
    """Call Typer; a closed pipe or a full disk would end what it prints by itself in a traceback."""
    command = get_command(app)
    held = Held()
    try:
        with redirect_stdout(held):
            return command.main(arguments, prog_name="ksmy", standalone_mode=False, obj=opened)
    except typer.TyperException as error:
        if error.format_message():
            raise
        return 0  # a group without a command, which has printed its help
    finally:
        held.flush()
