"""ksmy milestone set: what became of a step."""

from typing import Annotated, Any

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import argument, command, option
from ksmy_tracker.cli.fields import fields_of
from ksmy_tracker.cli.options import CommitmentRef
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import GIVEN, READERS
from ksmy_tracker.domain.values import read_number
from ksmy_tracker.domain.words import MILESTONE_STATES
from ksmy_tracker.errors import Usage


@command(
    None, 'ksmy milestone set FTA-CONCLUDE 1 --state met --on 2025-10-26 --evidence "SBS News 2025-10-26"'
)
def milestone_set(
    ref: CommitmentRef,
    number: Annotated[
        int, argument("N", "Its number, as `ksmy show` lists it.", read_number, offers=completion.milestones)
    ],
    fields: Annotated[dict[str, Any], fields_of("milestone", first=("state", "due"))],
    said: Said,
    by: By,
    expect: Annotated[
        str | None,
        option(
            "--expect",
            "STATE",
            "Refuse unless this is the state.",
            READERS["milestone"]["state"],
            offers=completion.words(MILESTONE_STATES),
        ),
    ],
    changing: Changing,
) -> None:
    """Say what became of a step: its state, when it is due or expected, a note, evidence."""
    if not fields and not said.is_something():
        raise Usage("nothing to change: give --state, --due, --expected, --title, --note or --evidence")
    fields = {name: fields[name] for name in GIVEN["milestone"] if name in fields}
    change = Change("update", f"{ref}/{number}", fields=fields, expect=expect, **said.of_a_change())
    changing.record([change], by)
