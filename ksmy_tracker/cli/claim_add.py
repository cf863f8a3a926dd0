"""ksmy claim add: what another source says."""

from typing import Annotated, Any

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import argument, command, option
from ksmy_tracker.cli.fields import fields_of, option_of, read
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.claims import DAYS, as_text
from ksmy_tracker.domain.kinds import owner_of
from ksmy_tracker.domain.values import read_any_ref, read_day
from ksmy_tracker.errors import Usage

_KINDS = ("commitment", "agreement", "milestone", "measure", "body", "source")
#: Options that say something of the claim itself.
_OWN = ("said_by", "period")


@command(None, "ksmy claim FA50M-DELIVERY --status completed --said-by KR --evidence SUMMIT-REPORT")
def claim_add(
    ref: Annotated[
        str, argument("REF", "The record, milestone or measure.", read_any_ref, offers=completion.refs)
    ],
    fields: Annotated[dict[str, Any], fields_of(*_KINDS, first=("status", "due", "value"), without=(*_OWN,))],
    completed_on: Annotated[
        str | None, option("--completed-on", "DATE", "The day it was completed.", read_day)
    ],
    met_on: Annotated[
        str | None, option("--met-on", "DATE", "Of a milestone: the day it was met.", read_day)
    ],
    said_by: Annotated[
        str | None,
        option(
            "--said-by",
            "REF",
            "Who says so: KR, MY, both or a body.",
            read("claim", "said_by"),
            offers=completion.refs_of_a_kind("body"),
        ),
    ],
    period: Annotated[
        str | None, option("--period", "EDTF", "Of a reading: what it is of.", read("claim", "period"))
    ],
    said: Said,
    by: By,
    changing: Changing,
) -> None:
    """Record what another source says a field is: give that field, who says so, and the evidence.

    The record keeps its own value, and is disputed while a claim says otherwise. To settle a claim, accept or drop it.
    """
    if "#" in ref:
        raise Usage(f"REF: {ref} is a claim; name what it is about, {owner_of(ref)}")
    days = zip((name for (name,) in DAYS.values()), (completed_on, met_on), strict=True)
    given = {**fields, **{name: day for name, day in days if day is not None}}
    if len(given) != 1:
        named = ", ".join(option_of(name) for name in given) or "none"
        raise Usage(f"a claim is about one field; give one option such as --status (given: {named})")
    ((name, value),) = given.items()
    its = {"field": name, "value": as_text(value), "said_by": said_by, "period": period}
    if its["value"] is None:
        raise Usage(f"{option_of(name)}: a claim says what a field is; give a value")
    change = Change(
        "add",
        ref,
        record="claim",
        fields={key: one for key, one in its.items() if one is not None},
        **said.of_a_change(),
    )
    changing.record([change], by)
