"""ksmy claim drop: a claim that turned out to be wrong."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import argument, command
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.values import read_any_ref


@command(None, 'ksmy claim drop FA50M-DELIVERY#1 --note "The contract says from 2026"')
def claim_drop(
    ref: Annotated[
        str, argument("CLAIM", "Its ref, such as FA50M-DELIVERY#1.", read_any_ref, offers=completion.claims)
    ],
    said: Said,
    by: By,
    changing: Changing,
) -> None:
    """Settle a claim without taking what it says; --note says why."""
    changing.show(changing.invocation(by).settle(ref, "dropped", said.of_a_change()))
