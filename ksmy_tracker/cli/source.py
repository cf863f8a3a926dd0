"""ksmy source: the commands for publications that evidence cites."""

from typing import Final

from typer.core import TyperGroup

from ksmy_tracker.cli.command import CHANGE, Commands

COMMANDS: Final = {"add": "source_add", "set": "source_set"}

source = TyperGroup(
    name="source",
    commands=Commands(COMMANDS),  # type: ignore[arg-type]  # read by name, never changed
    help="Add a publication that evidence cites, or change it.",
    epilog='Example: ksmy source add STAR-JETS --title "Six jets in 2026" --publisher "The Star"',
    no_args_is_help=True,
    rich_markup_mode="rich",
    rich_help_panel=CHANGE,
)
