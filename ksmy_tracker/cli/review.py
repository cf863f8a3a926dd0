"""ksmy review: records looked at, without news."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import CHANGE, argument, command, option
from ksmy_tracker.cli.recording import By, Changing, On
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.values import read_any_ref, read_filled


@command(CHANGE, 'ksmy review FTA-CONCLUDE --note "Asked the ministry"')
def review(
    refs: Annotated[
        list[str],
        argument("REF", "Refs such as FTA-CONCLUDE, in any case.", read_any_ref, offers=completion.refs),
    ],
    note: Annotated[str | None, option("--note", "TEXT", "What was looked at.", read_filled)],
    on: On,
    by: By,
    changing: Changing,
) -> None:
    """Record that records were looked at and there is no news of them."""
    changes = [Change("review", ref, note=note, effective_on=on) for ref in dict.fromkeys(refs)]
    changing.record(changes, by)
