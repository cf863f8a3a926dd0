"""The newest invocations as lines: what `ksmy undo` can take back."""

from collections.abc import Sequence

from ksmy_tracker.domain.rows import InvocationRow
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import entry_summary


def as_text(rows: Sequence[InvocationRow]) -> str:
    """A line for each: how it begins, when and by whom it was recorded, what it did, and whether that counts."""
    return "".join(f"{visible(_line(row))}\n" for row in rows)


def _line(row: InvocationRow) -> str:
    first = row.first._replace(retracted_by=None)
    said = f"{first.ref}: {entry_summary(first)}"
    if row.entries > 1:
        said += f", and {row.entries - 1:,} more"
    if row.retracted_by is not None:
        which = "" if row.in_force == 0 else f"{row.entries - row.in_force:,} of {row.entries:,} "
        said += f"; {which}taken back by entry {row.retracted_by}"
    moment = row.recorded_at[:16].replace("T", " ")
    return f"{row.invocation[:8]}  {moment} UTC  {row.actor}  {said}"
