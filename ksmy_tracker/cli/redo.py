"""ksmy redo: the newest undo, taken back."""

from ksmy_tracker.cli.command import CHANGE, command
from ksmy_tracker.cli.recording import By, Changing


@command(CHANGE, "ksmy redo --dry-run")
def redo(by: By, changing: Changing) -> None:
    """Take back the newest undo: what it took away counts again."""
    changing.show(changing.invocation(by).redo())
