"""ksmy measure: the commands for quantities."""

from typing import Final

from typer.core import TyperGroup

from ksmy_tracker.cli.command import CHANGE, Commands

COMMANDS: Final = {"add": "measure_add", "set": "measure_set", "list": "measure_list"}

measure = TyperGroup(
    name="measure",
    commands=Commands(COMMANDS),  # type: ignore[arg-type]  # read by name, never changed
    help="Add a quantity of a commitment or an agreement, record a reading of it, or list all.",
    epilog="Example: ksmy measure set FA50M-DELIVERY:JETS --value 6 --period 2026",
    no_args_is_help=True,
    rich_markup_mode="rich",
    rich_help_panel=CHANGE,
)
