"""ksmy add: a new commitment, or a new agreement."""

from typing import Annotated, Any

from ksmy_tracker.cli.command import CHANGE, argument, command
from ksmy_tracker.cli.fields import fields_of, option_of
from ksmy_tracker.cli.recording import By, Changing, NewWords, Said
from ksmy_tracker.domain.changes import Change, kind_added
from ksmy_tracker.domain.kinds import GIVEN
from ksmy_tracker.domain.values import read_ref
from ksmy_tracker.domain.words import a
from ksmy_tracker.errors import Usage

_FIRST = ("title", "agreement", "sector", "firmness", "parties", "status", "due", "due_phrase")


@command(
    CHANGE,
    'ksmy add HALAL-TRADE --title "Recognise halal certificates" --agreement SP-2024 '
    "--sector trade --firmness agreed --due 2026",
)
def add(
    ref: Annotated[str, argument("REF", "A ref of its own: letters, digits, hyphens.", read_ref)],
    fields: Annotated[dict[str, Any], fields_of("commitment", "agreement", first=_FIRST)],
    said: Said,
    by: By,
    new: NewWords,
    changing: Changing,
) -> None:
    """Add a commitment; or, with --kind, an agreement.

    A commitment needs --title, --agreement, --sector and --firmness; it is taken to be of both parties,
    verifiable and planned unless you say otherwise. An agreement needs --title, --kind and --stage.
    """
    kind = kind_added(fields)
    for name in fields:
        if name not in GIVEN[kind]:
            raise Usage(f"{option_of(name)} is no field of {a(kind)}; see `ksmy add --help`")
    change = Change("add", ref, record=kind, fields=fields, new=new.fields(), **said.of_a_change())
    changing.record([change], by)
