"""ksmy amend: an entry stated again, without its slip."""

from typing import Annotated, Any

from ksmy_tracker.cli.command import CHANGE, argument, command
from ksmy_tracker.cli.fields import fields_of
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.values import read_entry
from ksmy_tracker.errors import Usage


@command(CHANGE, "ksmy amend 31 --on 2025-06-01")
def amend(
    entry: Annotated[
        int, argument("ENTRY", "The number of the entry, as `ksmy history` shows it.", read_entry)
    ],
    said: Said,
    fields: Annotated[
        dict[str, Any],
        fields_of("commitment", "agreement", "milestone", first=("status", "due", "due_phrase")),
    ],
    by: By,
    changing: Changing,
) -> None:
    """State an entry again with another day, note, evidence or value; what is not given stays as it was.

    From then on the entry itself counts on no day, though the history keeps it.
    """
    if not fields and not said.is_something() and said.on is None:
        raise Usage("nothing to amend: give --on, --note, --evidence or a field such as --status")
    change = Change("update", "", fields=fields, **said.of_a_change())
    changing.show(changing.invocation(by).amend(entry, change))
