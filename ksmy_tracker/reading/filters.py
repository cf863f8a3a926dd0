"""What a listing's filters let through, as SQL: conditions from a closed list, values as parameters."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.kinds import SEARCHED
from ksmy_tracker.domain.rows import Filters, days_before
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import NotFound, Usage
from ksmy_tracker.reading.expressions import HAS_MARKS, NOT_LOOKED_AT, OPEN, OVERDUE, TOUCHES, all_of
from ksmy_tracker.reading.snapshot import Ref, Snapshot

#: Every commitment but what is withdrawn.
EVERY: Final = Filters()

_TEXTS: Final = " || ' ' || ".join(f"coalesce(c.{name}, '')" for name in ("ref", *SEARCHED["commitment"]))

#: Filters by the last day of a due date.
_DAYS: Final = (("due_before", "<"), ("due_after", ">"))


class _Sector(NamedTuple):
    sector: str


def narrowed(snapshot: Snapshot, only: Filters) -> Snapshot:
    """The part of a snapshot that has to do with the commitments of some sectors, parties and agreements."""
    if not (only.sector or only.party or only.agreement):
        return snapshot
    return snapshot.part(*where(snapshot, Filters(only.sector, only.party, only.agreement, withdrawn=True)))


def where(snapshot: Snapshot, filters: Filters) -> tuple[str, dict[str, Any]]:
    """A WHERE clause for the commitments `c` that pass the filters, and its parameters.

    Raises `Usage` for an unknown sector, `NotFound` for an unknown agreement.
    """
    parts: list[str] = []
    parameters: dict[str, Any] = {}

    def add_words(column: str, words: Sequence[str]) -> None:
        if words:
            marks = [f"{column}_{number}" for number in range(len(words))]
            parts.append(f"c.{column} IN ({', '.join(f':{mark}' for mark in marks)})")
            parameters.update(zip(marks, words, strict=True))

    if not filters.withdrawn:
        parts.append("c.withdrawn = 0")
    add_words("status", filters.status)
    add_words("firmness", filters.firmness)
    add_words("agreement", _known_agreements(snapshot, filters))
    add_words("sector", _known_sectors(snapshot, filters.sector))
    add_words("parties", sorted({*filters.party, "both"}) if filters.party else ())
    if filters.overdue:
        parts.append(OVERDUE)
    parts += [f"c.due_latest {sign} :{name}" for name, sign in _DAYS if getattr(filters, name) is not None]
    parameters |= {name: getattr(filters, name) for name, _ in _DAYS}
    if filters.dated is not None:
        parts.append(f"c.due_latest IS {'NOT ' if filters.dated else ''}NULL")
    if filters.marked:
        parts.append(HAS_MARKS)
    if filters.touches is not None:
        parts.append(TOUCHES)
        first, last = filters.touches
        parameters |= {"first": first, "last": last, "first_year": first[:4], "last_year": last[:4]}
    quiet = f"{OPEN} AND c.updated_on <= :quiet_since"
    for days, name, condition in (
        (filters.stale, "quiet_since", quiet),
        (filters.not_reviewed, "looked_at", NOT_LOOKED_AT),
    ):
        if days is not None:
            parts.append(condition)
            parameters[name] = days_before(snapshot.day.today, days)
    for number, text in enumerate(filters.search):
        # Unlike LIKE, this takes any text as it is, of any length.
        parts.append(f"replace(lower({_TEXTS}), :search_{number}, '') <> lower({_TEXTS})")
        parameters[f"search_{number}"] = _lower(text)
    return all_of(parts), parameters


def _lower(text: str) -> str:
    """A text with its ASCII letters in lower case, as SQL makes it."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def _known_agreements(snapshot: Snapshot, filters: Filters) -> Sequence[str]:
    wanted = filters.agreement
    if wanted:
        sql = f"SELECT ref FROM agreement {'' if filters.withdrawn else 'WHERE withdrawn = 0'} ORDER BY ref"
        known = [one.ref for one in snapshot.rows(Ref, sql)]
        for ref in wanted:
            if ref not in known:
                raise NotFound(f"there is no agreement {ref}; {did_you_mean(ref, known)}")
    return wanted


def _known_sectors(snapshot: Snapshot, wanted: Sequence[str]) -> Sequence[str]:
    """The sectors asked for; raises `Usage` for one that no commitment is in, on the snapshot's day or now."""

    def found(sql: str, **parameters: str) -> set[str]:
        both = (
            *snapshot.rows(_Sector, sql, **parameters),
            *snapshot.register.rows(_Sector, sql, **parameters),
        )
        return {one.sector for one in both}

    for sector in wanted:
        if not found("SELECT sector FROM commitment WHERE sector = :sector LIMIT 1", sector=sector):
            known = sorted(found("SELECT DISTINCT sector FROM commitment"))
            if known:
                raise Usage(f"there is no sector {sector}; {did_you_mean(sector, known, short=40)}")
    return wanted


def sectors(snapshot: Snapshot) -> list[str]:
    """The sectors that commitments are in."""
    sql = "SELECT DISTINCT sector FROM commitment WHERE withdrawn = 0 ORDER BY sector"
    return [one.sector for one in snapshot.rows(_Sector, sql)]
