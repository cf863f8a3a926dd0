"""ksmy source: the commands for publications that evidence cites."""

from typing import Final

from ksmy_tracker.cli.groups import group

COMMANDS: Final = {"add": "source_add", "set": "source_set"}

source = group(
    "source",
    COMMANDS,
    "Add a publication that evidence cites, or change it.",
    'ksmy source add STAR-JETS --title "Six jets in 2026" --publisher "The Star"',
)
