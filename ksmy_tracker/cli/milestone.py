"""ksmy milestone: the commands for steps toward a commitment."""

from typing import Final

from typer.core import TyperGroup

from ksmy_tracker.cli.command import CHANGE, Commands

COMMANDS: Final = {"add": "milestone_add", "set": "milestone_set"}

milestone = TyperGroup(
    name="milestone",
    commands=Commands(COMMANDS),  # type: ignore[arg-type]  # read by name, never changed
    help="Add a step toward a commitment, or say what became of it.",
    epilog='Example: ksmy milestone add FTA-CONCLUDE "Treaty signed" --due 2026',
    no_args_is_help=True,
    rich_markup_mode="rich",
    rich_help_panel=CHANGE,
)
