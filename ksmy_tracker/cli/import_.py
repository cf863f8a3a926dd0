"""ksmy import: a register from an export."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK_AFTER, argument, command
from ksmy_tracker.cli.output import emit_done, opened
from ksmy_tracker.cli.progress import Counted
from ksmy_tracker.cli.where import Where


@command(LOOK_AFTER, "ksmy import register.jsonl --db copy.db")
def import_(
    file: Annotated[
        str, argument("FILE|-", "What `ksmy export` wrote; - for stdin.", offers=completion.files)
    ],
    where: Where,
) -> None:
    """Create a register from an export: with the same history and the same head, or not at all."""
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.writing import importing

    where.once_made("imported into")
    with opened(file) as stream, where.db.creating(where.timeout) as transaction:
        head = importing.load(transaction, Counted(importing.lines_in(stream), "importing"))
    emit_done(f"imported into {visible(str(where.db))}; head {head or 'none'}\n")
