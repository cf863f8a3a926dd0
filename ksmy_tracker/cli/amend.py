"""ksmy amend: an entry stated again, without its slip."""

from typing import Annotated, Any

from ksmy_tracker.cli.command import CHANGE, argument, command, joined, option, repeatable
from ksmy_tracker.cli.fields import fields_of
from ksmy_tracker.cli.recording import By, Changing
from ksmy_tracker.domain.changes import Amendment
from ksmy_tracker.domain.values import read_day, read_entry, read_evidence, read_filled
from ksmy_tracker.errors import Usage


@command(CHANGE, "ksmy amend 31 --on 2025-06-01")
def amend(
    entry: Annotated[
        int, argument("ENTRY", "The number of the entry, as `ksmy history` shows it.", read_entry)
    ],
    note: Annotated[
        str | None,
        option(
            "--note",
            "TEXT",
            "Why, or what else is to be said. Empty: none.",
            lambda given: given and read_filled(given),
        ),
    ],
    evidence: Annotated[
        tuple[str, ...] | None,
        repeatable(
            "--evidence",
            "URL",
            "What shows it, in place of all that is named. Empty: nothing. Repeatable.",
            lambda given: read_evidence(given or "-"),
            settle=lambda given: given and tuple(joined(given)),
        ),
    ],
    on: Annotated[str | None, option("--on", "DATE", "The day it took effect.", read_day)],
    fields: Annotated[
        dict[str, Any],
        fields_of(
            "commitment", "agreement", "milestone", "body", "source", first=("status", "due", "due_phrase")
        ),
    ],
    by: By,
    changing: Changing,
) -> None:
    """State an entry again with another day, note, evidence or value; what is not given stays as it was.

    From then on the entry itself counts on no day, though the history keeps it.
    """
    said = Amendment(fields, note, evidence, on)
    if said == Amendment():
        raise Usage("nothing to amend: give --on, --note, --evidence or a field such as --status")
    changing.show(changing.invocation(by).amend(entry, said))
