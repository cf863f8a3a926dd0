"""The validated input of a change, from an option, a seed or a batch line alike (pure)."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

#: A field's normalised value; None clears it.
Given = str | bool | tuple[str, ...] | None


@dataclass(slots=True)
class Change:
    """One change asked for: everything checked that can be checked without the register.

    `record` is the kind of what an `add` adds; an `update` finds it by its ref, as does a `review`, which says that
    there is no news of it; `record_is` is the kind that it must then be of. The ref of a milestone to add is its
    commitment's; its number is the next. `derived` is what a listing said of fields that cannot be set, to be compared.
    `new` are fields of open lists in which a word that is close to a known one is a new one. `as_shown`: texts may have
    control characters made visible. `said_of_all`: its note and its evidence are those of every line, so on a line of a
    listing they alone make no entry. `effective_on` is an ISO date, None for today. `place` says where it stands in its
    file, for messages.
    """

    op: Literal["add", "update", "review"]
    ref: str
    record: str | None = None
    record_is: str | None = None
    fields: Mapping[str, Given] = field(default_factory=dict)
    note: str | None = None
    evidence: tuple[str, ...] = ()
    effective_on: str | None = None
    actor: str | None = None
    expect: str | None = None
    new: tuple[str, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    as_shown: bool = False
    said_of_all: bool = False
    key: str | None = None
    key_digest: str | None = None
    place: str = ""


class Amendment(NamedTuple):
    """What is said in place of what an entry said; None leaves that as it was, an empty note or evidence removes it."""

    fields: Mapping[str, Given] = {}
    note: str | None = None
    evidence: tuple[str, ...] | None = None
    effective_on: str | None = None


def completed(
    change: Change, note: str | None, evidence: tuple[str, ...], effective_on: str | None
) -> Change:
    """A change with what is said of every line of its batch, where it does not say so itself."""
    return replace(
        change,
        note=change.note or note,
        evidence=change.evidence or evidence,
        effective_on=change.effective_on or effective_on,
        said_of_all=change.note is None and not change.evidence,
    )


def kind_added(fields: Container[str]) -> str:
    """The kind of record that these fields add, unless it is a milestone: only an agreement has a kind of its own."""
    return "agreement" if "kind" in fields else "commitment"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no change: its problems. `ref` is what it would have added, if that can be told."""

    place: str
    problems: tuple[str, ...]
    ref: str | None = None
