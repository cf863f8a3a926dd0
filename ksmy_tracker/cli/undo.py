"""ksmy undo: what one command recorded, taken back."""

from typing import Annotated

from ksmy_tracker.cli.command import CHANGE, argument, command
from ksmy_tracker.cli.recording import By, Changing


@command(CHANGE, "ksmy undo --dry-run")
def undo(
    invocation: Annotated[
        str | None,
        argument(
            "INVOCATION|ENTRY",
            "Which one, how it begins, or the number of one of its entries. Default: the newest that is no undo.",
            default=None,
        ),
    ],
    by: By,
    changing: Changing,
) -> None:
    """Take back what one command recorded: from then on it counts on no day, though the history keeps it.

    Undo again to step further back; `ksmy redo` takes back the newest undo. What the command added is gone, and its
    refs and keys are free again.
    """
    changing.show(changing.invocation(by).undo(invocation))
