"""The commands that add records of a kind and change them, drawn from what is declared of it, and settle claims."""

from collections.abc import Callable
from typing import Annotated, Any

from typer.models import CommandInfo

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import argument, command
from ksmy_tracker.cli.fields import fields_of, option_of
from ksmy_tracker.cli.recording import By, Changing, Said
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.values import read_any_ref, read_ref
from ksmy_tracker.errors import Usage


def adding(
    kind: str,
    text: str,
    example: str,
    *first: str,
    read: Callable[[str], str] = read_ref,
    means: str = "A ref of its own: letters, digits, hyphens.",
) -> CommandInfo:
    """The command that adds a record; the fields named first stand first in its help."""
    ref = Annotated[str, argument("REF", means, read)]
    fields = Annotated[dict[str, Any], fields_of(kind, first=first)]

    def add(ref: ref, fields: fields, said: Said, by: By, changing: Changing) -> None:
        changing.record([Change("add", ref, record=kind, fields=fields, **said.of_a_change())], by)

    add.__doc__ = text
    return command(None, example)(add)


def setting(kind: str, text: str, example: str, *first: str) -> CommandInfo:
    """The command that changes fields of a record; it refuses a record of another kind."""
    offers = completion.refs_of_a_kind(kind)
    ref = Annotated[str, argument("REF", "Its ref, in any case.", read_any_ref, offers=offers)]
    fields = Annotated[dict[str, Any], fields_of(kind, first=first)]

    def change(ref: ref, fields: fields, said: Said, by: By, changing: Changing) -> None:
        if not fields and not said.is_something():
            options = ", ".join(map(option_of, first))
            raise Usage(f"nothing to change: give {options}, --note or --evidence")
        changing.record([Change("update", ref, record_is=kind, fields=fields, **said.of_a_change())], by)

    change.__doc__ = text
    return command(None, example)(change)


def settling(state: str, text: str, example: str) -> CommandInfo:
    """The command that settles a claim as `accepted` or `dropped`."""
    means = "Its ref, such as FA50M-DELIVERY#1."
    ref = Annotated[str, argument("CLAIM", means, read_any_ref, offers=completion.claims)]

    def settle(ref: ref, said: Said, by: By, changing: Changing) -> None:
        changing.show(changing.invocation(by).settle(ref, state, said.of_a_change()))

    settle.__doc__ = text
    return command(None, example)(settle)
