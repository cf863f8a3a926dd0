"""ksmy undo: what one command recorded, taken back; and the newest that can be."""

from typing import Annotated

from ksmy_tracker.cli.command import CHANGE, argument, command, flag
from ksmy_tracker.cli.output import as_object, complain, emit
from ksmy_tracker.cli.recording import By, Changing
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.errors import Usage


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
    listing: Annotated[bool, flag("--list", "List the newest ten, and change nothing.")],
    by: By,
    changing: Changing,
) -> None:
    """Take back what one command recorded: from then on it counts on no day, though the history keeps it.

    Undo again to step further back, at last to what the register began with.
    `ksmy redo` takes back the newest undo.
    What the command added is gone, and its refs and keys are free again.
    """
    if not listing:
        receipt = changing.invocation(by).undo(invocation)
        changing.show(receipt)
        if any(1 in outcome.retracts for outcome in receipt.outcomes):
            complain("that takes back what the register began with; `ksmy redo` brings it back")
        return
    if invocation is not None:
        raise Usage("--list lists the newest invocations; name one without it")
    from ksmy_tracker.reading.invocations import invocations
    from ksmy_tracker.reading.snapshot import Snapshot

    with changing.where.reading() as reader:
        found = invocations(Snapshot(reader, Day(changing.today(reader), as_it_stood=False)))
    if changing.format == "text":
        from ksmy_tracker.render.text.invocations import as_text

        emit(as_text(found))
    else:
        from ksmy_tracker.render.json_contract import invocation_object

        emit(as_object([invocation_object(one) for one in found], changing.format))
