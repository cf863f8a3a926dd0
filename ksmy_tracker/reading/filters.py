"""What a listing's filters let through, as SQL: conditions from a closed list, values as parameters."""

import json
from collections.abc import Sequence
from typing import Any, Final

from ksmy_tracker.domain.kinds import Commitment, kept_value, refs_of, texts_of
from ksmy_tracker.domain.rows import Filters, days_before
from ksmy_tracker.domain.search import wanted_of
from ksmy_tracker.domain.words import SHARED, did_you_mean, did_you_mean_by_name
from ksmy_tracker.errors import NotFound, Usage
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import HAS_MARKS, NOT_LOOKED_AT, OPEN, OVERDUE, TOUCHES, all_of, listed
from ksmy_tracker.reading.search import found
from ksmy_tracker.reading.snapshot import Ref, Snapshot
from ksmy_tracker.storage.interface import Row

#: Every commitment but what is withdrawn.
EVERY: Final = Filters()

#: Filters by the last day of a due date.
_DAYS: Final = (("due_before", "<"), ("due_after", ">"))


def narrowed(snapshot: Snapshot, only: Filters) -> Snapshot:
    """The part of a snapshot that has to do with some sectors, topics, parties, leads, partners, agreements and texts.

    Of its milestones and deadlines those are its own that the party, lead or partner itself has to do with.
    """
    if not only.narrows:
        return snapshot
    conditions = _Conditions()
    _add_own(snapshot, only, conditions)
    condition, parameters = where(snapshot, only._replace(withdrawn=True))
    return snapshot.part(condition, {**parameters, **conditions.parameters}, *conditions.own())


def searched(snapshot: Snapshot, only: Filters) -> tuple[Snapshot, Filters]:
    """The part of a snapshot in which its texts are found, and the other filters: for who asks more than once."""
    return narrowed(snapshot, Filters(search=only.search)), only._replace(search=())


class _Conditions:
    """Conditions that all must hold, with their parameters; of milestones those that are not their commitment's."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.of_milestones: list[str] = []
        self.parameters: dict[str, Any] = {}

    def add(self, condition: str, **parameters: Any) -> None:
        self.parts.append(condition)
        self.parameters |= parameters

    def marks(self, name: str, values: Sequence[Any]) -> list[str]:
        """The parameters of values, marked."""
        self.parameters |= {f"{name}_{number}": value for number, value in enumerate(values)}
        return [f":{name}_{number}" for number in range(len(values))]

    def add_words(self, column: str, words: Sequence[str]) -> None:
        """Let through what has one of the words."""
        if words:
            self.parts.append(f"c.{column} IN ({', '.join(self.marks(column, words))})")

    def add_items(self, column: str, words: Sequence[str]) -> None:
        """Let through what has one of the words in a list."""
        if words:
            self.parts.append(
                _has_one(f"c.{column}", self.marks(column, [in_a_list(word) for word in words]))
            )

    def own(self) -> tuple[str, str]:
        """SQL for "the commitment `c` itself", and "the milestone `m` of it itself"."""
        return " AND ".join(self.parts) or "1 = 1", " AND ".join(self.of_milestones) or "1 = 1"


def _has_one(column: str, marks: Sequence[str]) -> str:
    """SQL for "the list in a column, which is kept as JSON, has one of the parameters"."""
    found = (f"replace({column}, {mark}, '') <> {column}" for mark in marks)
    return f"({' OR '.join(found)})"


def in_a_list(word: str) -> str:
    """A word as it stands in a list that is kept as JSON."""
    return str(kept_value((word,)))[1:-1]


def _is_of(column: str, marks: Sequence[str]) -> str:
    """SQL for "one of the parties, or all of them, is in a column that has them parted by commas"."""
    found = (f"replace({column} || ',', {mark} || ',', '') <> {column} || ','" for mark in marks)
    return f"({column} IN {listed(SHARED)} OR {' OR '.join(found)})"


def _add_own(snapshot: Snapshot, filters: Filters, conditions: _Conditions) -> None:
    """Let through what parties, leads or partners have to do with; a milestone without any is as its commitment."""
    if filters.party:
        marks = conditions.marks("party", _known_parties(snapshot, filters.party))
        for condition, column in (
            (conditions.parts, "c.parties"),
            (conditions.of_milestones, "coalesce(m.party, c.parties)"),
        ):
            condition.append(_is_of(column, marks))
    for column, wanted in (("leads", filters.lead), ("partners", filters.partner)):
        if wanted:
            known = _known_bodies(snapshot, wanted)
            marks = conditions.marks(column, [in_a_list(ref) for ref in known])
            own, step = _has_one(f"c.{column}", marks), _has_one(f"m.{column}", marks)
            conditions.parts.append(own)
            conditions.of_milestones.append(f"({step} OR (m.{column} = '[]' AND {own}))")


def _add_days(snapshot: Snapshot, filters: Filters, conditions: _Conditions) -> None:
    """Let through what has, or has not, something on some days."""
    for name, sign in _DAYS:
        if (day := getattr(filters, name)) is not None:
            conditions.add(f"c.due_latest {sign} :{name}", **{name: day})
    if filters.dated is not None:
        conditions.add(f"c.due_latest IS {'NOT ' if filters.dated else ''}NULL")
    if filters.marked:
        conditions.add(HAS_MARKS)
    if filters.touches is not None:
        first, last = filters.touches
        conditions.add(TOUCHES, first=first, last=last, first_year=first[:4], last_year=last[:4])
    quiet = f"{OPEN} AND c.updated_on <= :quiet_since"
    for days, name, condition in (
        (filters.stale, "quiet_since", quiet),
        (filters.not_reviewed, "looked_at", NOT_LOOKED_AT),
    ):
        if days is not None:
            conditions.add(condition, **{name: days_before(snapshot.day.today, days)})


def where(snapshot: Snapshot, filters: Filters) -> tuple[str, dict[str, Any]]:
    """A WHERE clause for the commitments `c` that pass the filters, and its parameters.

    With a party, a lead or a partner also those of which only a milestone has to do with it. Raises `Usage` for an
    unknown sector or topic, `NotFound` for an unknown agreement or body.
    """
    conditions = _Conditions()
    _add_own(snapshot, filters, conditions)
    if conditions.parts:
        own, step = conditions.own()
        steps = (
            f"EXISTS (SELECT 1 FROM milestone m WHERE m.commitment = c.ref AND m.withdrawn = 0 AND {step})"
        )
        conditions.parts = [f"({own} OR {steps})"]
    if not filters.withdrawn:
        conditions.add("c.withdrawn = 0")
    conditions.add_words("status", filters.status)
    conditions.add_words("firmness", filters.firmness)
    conditions.add_words("agreement", _known_agreements(snapshot, filters))
    conditions.add_words("sector", _known_slugs(snapshot, "sector", filters.sector))
    conditions.add_items("topics", _known_slugs(snapshot, "topics", filters.topic))
    if filters.overdue:
        conditions.add(OVERDUE)
    if filters.disputed:
        conditions.add(
            snapshot.reader.among("c.ref", "disputed"), disputed=json.dumps(sorted(disputes(snapshot)))
        )
    _add_days(snapshot, filters, conditions)
    if wanted := wanted_of(filters.search):
        refs = found(snapshot, ("commitment", "milestone", "measure"), wanted)
        conditions.add(snapshot.reader.among("c.ref", "found"), found=json.dumps(refs))
    return all_of(conditions.parts), conditions.parameters


def _known_agreements(snapshot: Snapshot, filters: Filters) -> Sequence[str]:
    wanted = filters.agreement
    if wanted:
        sql = f"SELECT ref FROM agreement {'' if filters.withdrawn else 'WHERE withdrawn = 0'} ORDER BY ref"
        known = [one.ref for one in snapshot.rows(Ref, sql)]
        for ref in wanted:
            if ref not in known:
                raise NotFound(f"there is no agreement {ref}; {did_you_mean(ref, known)}")
    return wanted


def _known_parties(snapshot: Snapshot, wanted: Sequence[str]) -> Sequence[str]:
    """The parties asked for; raises `Usage` for one that the partnership does not have."""
    known = snapshot.partnership.states
    for given in wanted:
        for ref in refs_of("parties", given):
            if ref not in known:
                raise Usage(f"there is no party {ref}; {did_you_mean_by_name(ref, snapshot.party_names)}")
    return wanted


def _known_bodies(snapshot: Snapshot, wanted: Sequence[str]) -> Sequence[str]:
    """The bodies asked for; raises `NotFound` for one that there is not, on the snapshot's day or now."""
    known = sorted({one.ref for one in _then_and_now(snapshot, Ref, "SELECT ref FROM body")})
    for ref in wanted:
        if ref not in known:
            raise NotFound(f"there is no body {ref}; {did_you_mean(ref, known, short=40)}")
    return wanted


def _then_and_now(snapshot: Snapshot, row: type[Row], sql: str) -> list[Row]:
    """The rows of a SELECT at the point of a snapshot, and of the whole register now, which has all that a part has."""
    now = snapshot.register.rows(row, sql)
    return [*snapshot.rows(row, sql), *now] if snapshot.is_past else now


def _known_slugs(snapshot: Snapshot, field: str, wanted: Sequence[str]) -> Sequence[str]:
    """The words of an open list that are asked for; raises `Usage` for one that no commitment has, then or now."""
    if wanted:
        sql = f"SELECT DISTINCT {field} FROM commitment"
        rows = _then_and_now(snapshot, Commitment, sql)
        known = sorted({slug for row in rows for slug in texts_of(getattr(row, field))})
        for slug in wanted:
            if known and slug not in known:
                what = field.removesuffix("s")
                raise Usage(f"there is no {what} {slug}; {did_you_mean(slug, known, short=40)}")
    return wanted


def slugs(snapshot: Snapshot, field: str) -> list[str]:
    """The words that commitments have in a field that is an open list."""
    found = snapshot.rows(Commitment, f"SELECT DISTINCT {field} FROM commitment WHERE withdrawn = 0")
    return sorted({slug for row in found for slug in texts_of(getattr(row, field))})
