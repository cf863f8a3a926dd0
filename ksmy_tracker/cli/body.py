"""ksmy body: the commands for who acts or speaks."""

from typing import Final

from ksmy_tracker.cli.groups import group

COMMANDS: Final = {"add": "body_add", "set": "body_set"}

body = group(
    "body",
    COMMANDS,
    "Add a body that acts or speaks (a ministry, a company), or change it.",
    'ksmy body add KAI --name "Korea Aerospace Industries" --kind company --party KR',
)
