"""ksmy update: fields of records, or notes and evidence about them."""

from typing import Annotated, Any

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import CHANGE, argument, command, option
from ksmy_tracker.cli.fields import fields_of
from ksmy_tracker.cli.recording import By, Changing, NewWords, Said
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import read_expected
from ksmy_tracker.domain.values import read_any_ref
from ksmy_tracker.domain.words import STATUSES
from ksmy_tracker.errors import Usage


@command(
    CHANGE,
    "ksmy update FTA-CONCLUDE --status completed --on 2025-10-26 "
    "--evidence https://example.org/joint-declaration",
)
def update(
    refs: Annotated[
        list[str],
        argument("REF", "Refs such as FTA-CONCLUDE, in any case.", read_any_ref, offers=completion.refs),
    ],
    fields: Annotated[
        dict[str, Any], fields_of("commitment", "agreement", first=("status", "due", "due_phrase"))
    ],
    said: Said,
    by: By,
    expect: Annotated[
        str | None,
        option(
            "--expect",
            "STATUS",
            "Refuse unless this is the status (of an agreement: the stage).",
            read_expected,
            offers=completion.words(STATUSES),
        ),
    ],
    new: NewWords,
    changing: Changing,
) -> None:
    """Change records: their fields, or only their history, with a note or evidence.

    All refs change together or not at all. An empty value clears a field that may be empty.
    """
    if not fields and not said.is_something():
        raise Usage("nothing to change: give a field such as --status, or --note or --evidence")
    changes = [
        Change("update", ref, fields=fields, expect=expect, new=new.fields(), **said.of_a_change())
        for ref in dict.fromkeys(refs)
    ]
    changing.record(changes, by)
