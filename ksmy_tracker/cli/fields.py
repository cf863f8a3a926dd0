"""The fields of records as options, drawn from their declaration in domain/kinds.py."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import Drawn, Option, option, several
from ksmy_tracker.domain.kinds import DECLARED, GIVEN, Field, read_field
from ksmy_tracker.domain.values import read_text, read_truth
from ksmy_tracker.domain.words import a


def option_of(field: str) -> str:
    """The option of a field, as it is given."""
    return f"--{field.replace('_', '-')}"


def read(kind: str | None, field: str) -> Callable[[str], Any]:
    """How a field of a kind of record is read, None where that is not known; an empty value clears it."""
    return lambda given: read_field(kind, field, given)


def fields_of(*kinds: str, first: tuple[str, ...], without: tuple[str, ...] = ()) -> Drawn:
    """The fields of records of some kinds, those that are given by their names; `first` stand first in the help.

    Of what the first kind has not, the help says which has it.
    """
    options: dict[str, Any] = dict.fromkeys(first)
    known = kinds[0] if len(kinds) == 1 else None
    for kind in kinds:
        for name in GIVEN[kind]:
            if name not in without and options.get(name) is None:
                of = "" if kind == kinds[0] else f"Of {a(kind)}: "
                options[name] = _option(name, DECLARED[kind][name], of, read(known, name))

    def given(values: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: value for name, value in values.items() if name in options and value is not None}
        return {name: value[0] if isinstance(value, tuple) else value for name, value in found.items()}

    return Drawn(options, given)


def only(field: str, text: str, *, name: str | None = None) -> Option:
    """The option that narrows a listing to some values of a commitment's field; `name` is its own."""
    declared = DECLARED["commitment"][field]
    read_one = declared.read_one or read_text
    metavar = name.upper() if name else declared.metavar
    return several(option_of(name or field), metavar, text, read_one, offers=offers_of(field, declared))


def offers_of(name: str, declared: Field) -> completion.Complete | None:
    """What a shell may offer for a field."""
    if name == "parties":
        return completion.parties
    if declared.refers_to:
        return completion.refs_of_a_kind(declared.refers_to)
    if declared.is_open:
        return completion.slugs(name)
    return completion.words(declared.words) if declared.words else None


def _option(name: str, declared: Field, of: str, reader: Callable[[str], Any]) -> Any:
    text = of + (declared.means[0].lower() + declared.means[1:] if of else declared.means)
    named = option_of(name)
    if declared.read is read_truth:
        return Annotated[bool | None, option(f"{named}/--not-{named[2:]}", None, text)]
    return Annotated[
        Any,
        option(
            named,
            declared.metavar,
            text,
            lambda given: (reader(given),),  # not None, which stands for what is not given
            offers=offers_of(name, declared),
        ),
    ]
