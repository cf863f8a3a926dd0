"""The words of the register: every closed vocabulary, in the order people list it.

Statuses are IATI ActivityStatus 1 to 6 under the words of the register (planned 1 Pipeline,
in-progress 2 Implementation, finalising 3 Finalisation, completed 4 Closed, cancelled 5, suspended 6);
milestone states are the Open Contracting Data Standard's milestoneStatus codelist.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

STATUSES: Final = ("planned", "in-progress", "finalising", "completed", "suspended", "cancelled")
OPEN_STATUSES: Final = ("planned", "in-progress", "finalising", "suspended")
SETTLED_STATUSES: Final = ("completed", "cancelled")

DEADLINE_STATES: Final = ("overdue", "due-soon", "upcoming", "undated", "met", "met-late", "closed")

#: From firm to soft.
FIRMNESSES: Final = ("signed", "committed", "agreed", "offered", "discussed", "hoped")

#: What stands for all parties: of two, and of more.
SHARED: Final = ("both", "all")

AGREEMENT_KINDS: Final = (
    "joint-statement",
    "memorandum",
    "agreement",
    "treaty",
    "protocol",
    "exchange-of-notes",
    "plan-of-action",
    "letter-of-intent",
    "contract",
)

STAGES: Final = (
    "announced",
    "negotiating",
    "concluded",
    "adopted",
    "initialled",
    "signed",
    "ratified",
    "in-force",
    "expired",
    "terminated",
)

DIRECTIONS: Final = ("up", "down", "none")

CLAIM_STATES: Final = ("standing", "accepted", "dropped")

BODY_KINDS: Final = ("state", "ministry", "agency", "company", "organisation")

MILESTONE_STATES: Final = ("scheduled", "met", "partially-met", "not-met")
OPEN_MILESTONE_STATES: Final = ("scheduled", "partially-met")

#: What a record can be said to be since the day of an event.
EVENTS: Final = (
    *SETTLED_STATUSES,
    "met",
    "partially-met",
    "not-met",
    *(stage for stage in STAGES if stage != "negotiating"),
)

ACTIONS: Final = ("created", "updated", "noted", "undone", "withdrawn", "restored", "reviewed")


def a(kind: str) -> str:
    """A kind of record with its article."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that `word` was probably meant to be, or None where none is near.

    `cutoff` is how alike the two must be, from 0 to 1.
    """
    from difflib import get_close_matches  # a mistake is rare; its cost need not be paid before it

    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean_by_name(word: str, names: Mapping[str, str]) -> str:
    """The end of a sentence about a wrong ref of something that has a name: that of the nearest ref or name."""
    by_name = {name: ref for ref, name in names.items()}
    near = nearest(word.replace("-", " "), (*names, *by_name))
    return f"did you mean {by_name.get(near, near)}?" if near else did_you_mean(word, tuple(names))


def did_you_mean(word: str, known: Sequence[str], *, short: int = 12) -> str:
    """The end of a sentence about a wrong `word`: the nearest known one, else all if they are few."""
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {near}?"
    if 0 < len(known) <= short:
        return f"it is one of {', '.join(known)}"
    return "none is near it"
