"""The fields of records as options: each with what it means, how it is read, and what may be offered for it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, NamedTuple

from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import Drawn, option
from ksmy_tracker.domain import words
from ksmy_tracker.domain.changes import FIELDS, read_field


class _Field(NamedTuple):
    means: str
    metavar: str = "TEXT"
    words: tuple[str, ...] = ()
    offers: str | None = None


_TITLE = _Field("What it is, in a line.")
_PARTIES = _Field("KR, MY or both.", "PARTIES", words.PARTIES)
_SOURCE = _Field("Where it was read.")
_DUE = _Field("The deadline as stated: 2025, 2026-06, 2025-Q4, 2025-12-31. Empty: none.", "EDTF")

DECLARED: Final[Mapping[str, Mapping[str, _Field]]] = {
    "agreement": {
        "title": _TITLE,
        "kind": _Field(f"{', '.join(words.KINDS)}.", "KIND", words.KINDS),
        "stage": _Field(f"{', '.join(words.STAGES)}.", "STAGE", words.STAGES),
        "dated": _Field("When it was made.", "EDTF"),
        "place": _Field("Where it was made."),
        "parties": _PARTIES,
        "source": _SOURCE,
    },
    "commitment": {
        "title": _TITLE,
        "detail": _Field("Figures and circumstances."),
        "agreement": _Field("The agreement it belongs to.", "REF", offers="agreements"),
        "sector": _Field("Such as green-energy.", "SLUG", offers="sectors"),
        "parties": _PARTIES,
        "firmness": _Field(
            f"How firmly the source says it: {', '.join(words.FIRMNESSES)}.", "WORD", words.FIRMNESSES
        ),
        "verifiable": _Field("Whether any evidence could show it done."),
        "source": _SOURCE,
        "status": _Field(f"What is declared: {', '.join(words.STATUSES)}.", "STATUS", words.STATUSES),
        "due": _DUE,
        "due_phrase": _Field("The deadline in the source's words."),
    },
    "milestone": {
        "title": _TITLE,
        "state": _Field(f"{', '.join(words.MILESTONE_STATES)}.", "STATE", words.MILESTONE_STATES),
        "due": _DUE,
    },
}


def option_of(field: str) -> str:
    """The option of a field, as it is given."""
    return f"--{field.replace('_', '-')}"


def read(field: str) -> Callable[[str], Any]:
    """How a field is read."""
    return lambda given: read_field(field, given)


def fields_of(*kinds: str, first: tuple[str, ...], without: tuple[str, ...] = ()) -> Drawn:
    """The fields of records of some kinds, those that are given by their names; `first` stand first in the help.

    What only a later kind has is said to be of that.
    """
    options: dict[str, Any] = dict.fromkeys(first)
    for kind in kinds:
        for name in FIELDS[kind]:
            if name not in without and options.get(name) is None:
                options[name] = _option(kind, name, of="" if kind == kinds[0] else f"Of an {kind}: ")

    def given(values: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: values[name] for name in options if values[name] is not None}
        return {name: value[0] if isinstance(value, tuple) else value for name, value in found.items()}

    return Drawn(options, given)


def _option(kind: str, name: str, of: str) -> Any:
    declared = DECLARED[kind][name]
    text = of + (declared.means[0].lower() + declared.means[1:] if of else declared.means)
    named = option_of(name)
    if name == "verifiable":
        return Annotated[bool | None, option(f"{named}/--not-{named[2:]}", help=text)]
    offered: Any = completion.words(declared.words) if declared.words else None
    if declared.offers:
        offered = getattr(completion, declared.offers)
    # In a tuple: a field that is cleared is not one that is not given.
    parsed = option(
        named,
        read=lambda given: (read_field(name, given),),
        metavar=declared.metavar,
        help=text,
        autocompletion=offered,
    )
    return Annotated[Any, parsed]
