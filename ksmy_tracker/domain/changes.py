"""The validated input of a change, from an option, a seed or a batch line alike (pure)."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: A field's normalised value; None clears it.
Given = str | bool | None


@dataclass(slots=True)
class Change:
    """One change asked for: everything checked that can be checked without the register.

    `record` is the kind of what an `add` adds; an `update` finds it by its ref. The ref of a milestone to add is
    its commitment's; its number is the next. `derived` is what a listing said of fields that cannot be set, to be
    compared. `as_shown`: texts may have control characters made visible. `effective_on` is an ISO date, None for
    today. `place` says where it stands in its file, for messages.
    """

    op: Literal["add", "update"]
    ref: str
    record: str | None = None
    fields: Mapping[str, Given] = field(default_factory=dict)
    note: str | None = None
    evidence: tuple[str, ...] = ()
    effective_on: str | None = None
    actor: str | None = None
    expect: str | None = None
    new_sector: bool = False
    derived: Mapping[str, str] = field(default_factory=dict)
    as_shown: bool = False
    key: str | None = None
    key_digest: str | None = None
    place: str = ""


def kind_added(fields: Container[str]) -> str:
    """The kind of record that these fields add, unless it is a milestone: only an agreement has a kind of its own."""
    return "agreement" if "kind" in fields else "commitment"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no change: its problems. `ref` is what it would have added, if that can be told."""

    place: str
    problems: tuple[str, ...]
    ref: str | None = None
