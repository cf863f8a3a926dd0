"""ksmy measure: the commands for quantities."""

from typing import Final

from ksmy_tracker.cli.groups import group

COMMANDS: Final = {"add": "measure_add", "set": "measure_set", "list": "measure_list"}

measure = group(
    "measure",
    COMMANDS,
    "Add a quantity of a commitment or an agreement, record a reading of it, or list all.",
    "ksmy measure set FA50M-DELIVERY:JETS --value 6 --period 2026",
)
