"""ksmy claim accept: a claim that turned out to be right."""

from typing import Annotated

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import argument, command
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.values import read_any_ref


@command(None, 'ksmy claim accept FA50M-DELIVERY#1 --note "Seen on the airfield"')
def claim_accept(
    ref: Annotated[
        str, argument("CLAIM", "Its ref, such as FA50M-DELIVERY#1.", read_any_ref, offers=completion.claims)
    ],
    said: Said,
    by: By,
    changing: Changing,
) -> None:
    """Take what a claim says for the value of its record; --note says why."""
    changing.show(changing.invocation(by).settle(ref, "accepted", said.of_a_change()))
