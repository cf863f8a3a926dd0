"""A claim settled: what it says becomes the value of its record, or is dropped."""

from collections.abc import Iterator, Mapping
from typing import Any

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.claims import DAYS, as_value
from ksmy_tracker.domain.kinds import Claim
from ksmy_tracker.domain.rules import Missing
from ksmy_tracker.domain.words import a
from ksmy_tracker.errors import Refused, Usage
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.lookups import Lookups


def settling(transaction: Transaction, ref: str, state: str, said: Mapping[str, Any]) -> Iterator[Change]:
    """The changes that settle a claim as `accepted` or `dropped`; `said` is what is said of them.

    Raises `Missing` where there is no such claim, `Refused` for one that was settled before.
    """
    if not said.get("note"):
        raise Usage("say with --note why the claim is settled so")
    found = {one.ref: one for one in Lookups(transaction).records({ref, ref.partition("#")[0]})}
    claim, record = found.get(ref), found.get(ref.partition("#")[0])
    if claim is None or record is None:
        raise Missing(ref, "claim")
    if not isinstance(claim, Claim):
        raise Refused(f"{ref} is {a(claim.record)}, not a claim; give one such as {ref}#1")
    if claim.state != "standing":
        raise Refused(f"{ref} was {claim.state} already; `ksmy undo` takes that back")
    if state == "accepted":
        if claim.field in DAYS.get(record.record, ()):
            raise Refused(
                f"{claim.field.replace('_', ' ')} of {record.ref} follows from its history; amend the entry that says "
                f"so (`ksmy history {record.ref}`), and drop the claim"
            )
        fields = {claim.field: as_value(claim, record.record)}
        if claim.field == "value":
            fields["period"] = claim.period
        yield Change("update", record.ref, fields=fields, **said)
    yield Change("update", ref, fields={"state": state}, **said)
