"""What a command did to the register (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Outcome(NamedTuple):
    """What became of one change: `action` is None if it changed nothing, `skipped` if its key was known.

    Of each field that is another for some days only, `since` says the first of them, `until` the last, and what it is
    from then on.
    """

    ref: str
    record: str
    action: str | None
    changes: Mapping[str, tuple[Any, Any]]
    entry: int | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    skipped: bool = False
    since: Mapping[str, str] = {}
    until: Mapping[str, tuple[str, Any]] = {}
    retracts: tuple[int, ...] = ()


@dataclass(slots=True)
class Receipt:
    """What one command did. `head` is the register's head afterwards, None where it has no entry.

    `follows` is the UTC timestamp of the entry that was the newest before.
    """

    invocation: str
    outcomes: list[Outcome] = field(default_factory=list)
    head: str | None = None
    follows: str | None = None

    @property
    def applied(self) -> int:
        """How many changes made an entry."""
        return sum(outcome.action is not None for outcome in self.outcomes)

    @property
    def skipped(self) -> int:
        """How many changes had been applied before, by their key."""
        return sum(outcome.skipped for outcome in self.outcomes)

    @property
    def unchanged(self) -> int:
        """How many changes found everything as they ask for it."""
        return len(self.outcomes) - self.applied - self.skipped
