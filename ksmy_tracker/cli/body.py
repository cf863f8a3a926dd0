"""ksmy body: the commands for who acts or speaks."""

from typing import Final

from typer.core import TyperGroup

from ksmy_tracker.cli.command import CHANGE, Commands

COMMANDS: Final = {"add": "body_add", "set": "body_set"}

body = TyperGroup(
    name="body",
    commands=Commands(COMMANDS),  # type: ignore[arg-type]  # read by name, never changed
    help="Add a body that acts or speaks (a ministry, a company), or change it.",
    epilog='Example: ksmy body add KAI --name "Korea Aerospace Industries" --kind company --party KR',
    no_args_is_help=True,
    rich_markup_mode="rich",
    rich_help_panel=CHANGE,
)
