"""ksmy milestone: the commands for steps toward a commitment."""

from typing import Final

from ksmy_tracker.cli.groups import group

COMMANDS: Final = {"add": "milestone_add", "set": "milestone_set"}

milestone = group(
    "milestone",
    COMMANDS,
    "Add a step toward a commitment, or say what became of it.",
    'ksmy milestone add FTA-CONCLUDE "Treaty signed" --due 2026',
)
