"""ksmy undo: the opposite of what one command changed."""

from typing import Annotated

from ksmy_tracker.cli.command import CHANGE, argument, command
from ksmy_tracker.cli.recording import By, Changing


@command(CHANGE, "ksmy undo --dry-run")
def undo(
    invocation: Annotated[
        str | None, argument("INVOCATION", "Which one, or how it begins. Default: the newest.", default=None)
    ],
    by: By,
    changing: Changing,
) -> None:
    """Append the opposite of what one command changed; an undo can itself be undone.

    What that command added is withdrawn: not listed any more, though its ref stays taken and its history stays.
    """
    changing.show(changing.invocation(by).undo(invocation))
