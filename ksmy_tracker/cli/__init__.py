"""The command line: `ksmy`. Each command's module is imported when that command runs, not before."""

import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import datetime
from io import StringIO
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from ksmy_tracker import clock, signals
from ksmy_tracker.cli.groups import Commands
from ksmy_tracker.cli.output import Held, complain, emit
from ksmy_tracker.errors import KsmyError

#: Every command and its module, in the order of the help; a name that Python has already gets an underscore.
COMMANDS: Final[Mapping[str, str]] = {
    "report": "report",
    "list": "list_",
    "due": "due",
    "show": "show",
    "history": "history",
    "agreements": "agreements",
    "bodies": "bodies",
    "sources": "sources",
    "timeline": "timeline",
    "diff": "diff",
    "add": "add",
    "update": "update",
    "milestone": "milestone",
    "body": "body",
    "source": "source",
    "measure": "measure",
    "claim": "claim",
    "review": "review",
    "apply": "apply",
    "amend": "amend",
    "undo": "undo",
    "redo": "redo",
    "init": "init",
    "check": "check",
    "backup": "backup",
    "export": "export",
    "import": "import_",
    "migrate": "migrate",
}

#: The exit code that Typer gives what Ctrl-C ended.
INTERRUPTED: Final = 130


class _Group(TyperGroup):
    """A group whose commands are built on demand."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands(COMMANDS)  # type: ignore[assignment]  # read by name, never changed


app = typer.Typer(
    cls=_Group,
    pretty_exceptions_enable=False,
    add_completion=False,  # its own scripts stand in shell_scripts.py
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker import __version__

        emit(f"ksmy {__version__}\n")
        raise typer.Exit


def _install_completion(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker.cli import shell_scripts
        from ksmy_tracker.domain.safe_text import visible

        shell = shell_scripts.current()
        emit(
            f"{shell} completion installed in {visible(str(shell_scripts.install(shell)))}\n"
            "Completion will take effect once you restart the terminal\n"
        )
        raise typer.Exit


def _show_completion(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ksmy_tracker.cli import shell_scripts

        emit(shell_scripts.SCRIPTS[shell_scripts.current()])
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
    """Keep a register of what states promised each other: who, what, how much, by when, on whose word.

    Start with `ksmy init`, then `ksmy report`.
    """
    if context.invoked_subcommand is None:
        print(context.get_help())  # noqa: T201  # into what is held back


def run(arguments: list[str], clock: Callable[[], datetime] = clock.now) -> int:
    """Run the command line and return its exit code, with every failure told on stderr.

    The clock is read once; what it says, aware, is the moment of all that the command does.
    """
    if os.environ.get("_KSMY_COMPLETE", "").startswith("complete_"):
        signals.afresh(silent=True)
        return _complete(clock)
    signals.afresh()
    try:
        return _told(arguments, clock())
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        if signals.is_ending():  # what then fails does so for that reason
            return _interrupted()
        if not isinstance(error, KsmyError):
            raise
        complain(str(error), *error.faults)
        return error.exit_code


def _told(arguments: list[str], moment: datetime) -> int:
    """Run a command that begins at a moment, and say what is wrong with a command line that is none."""
    try:
        code = _call(arguments, moment)
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


def _complete(clock: Callable[[], datetime]) -> int:
    """Offer a shell what may stand where the cursor is; on any trouble nothing, and nothing is said."""
    os.environ["COLUMNS"] = "1000000"  # Typer folds what an offer means at the width of a terminal
    held = StringIO()
    with suppress(Exception, KeyboardInterrupt):
        from ksmy_tracker.cli import completion_filter
        from ksmy_tracker.cli.completion import FILE_MEANT, FileMeant

        completion_filter.register()
        try:
            with redirect_stdout(held), redirect_stderr(StringIO()):
                get_command(app).main([], prog_name="ksmy", standalone_mode=False, obj=clock())
        except SystemExit as end:  # as Typer ends it; fish asks by the code
            emit(held.getvalue())
            return end.code if isinstance(end.code, int) else 0
        except FileMeant:
            return FILE_MEANT
    return 0


def _call(arguments: list[str], moment: datetime) -> Any:
    """Call Typer; a closed pipe or a full disk would end what it prints by itself in a traceback."""
    command = get_command(app)
    held = Held()
    try:
        with redirect_stdout(held):
            return command.main(arguments, prog_name="ksmy", standalone_mode=False, obj=moment)
    except typer.TyperException as error:
        if error.format_message():
            raise
        return 0  # a group without a command, which has printed its help
    finally:
        held.flush()
