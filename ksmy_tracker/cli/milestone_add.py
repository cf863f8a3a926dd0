"""ksmy milestone add: a new step toward a commitment."""

from typing import Annotated, Any

from ksmy_tracker.cli.command import argument, command
from ksmy_tracker.cli.fields import fields_of, read
from ksmy_tracker.cli.options import CommitmentRef
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.changes import Change


@command(None, 'ksmy milestone add FTA-CONCLUDE "Treaty signed" --due 2026')
def milestone_add(
    ref: CommitmentRef,
    title: Annotated[str, argument("TITLE", "What the step is, in a line.", read("milestone", "title"))],
    fields: Annotated[dict[str, Any], fields_of("milestone", first=("due",), without=("title",))],
    said: Said,
    by: By,
    changing: Changing,
) -> None:
    """Add a step toward a commitment; it gets the commitment's next number."""
    fields = {"title": title, **fields}
    changing.record([Change("add", ref, record="milestone", fields=fields, **said.of_a_change())], by)
