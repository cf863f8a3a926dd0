"""The read side: every SELECT of a reading command.

One SQL text serves every engine and every day: a view of the past puts the tables as they were in
front of it, under their own names, and changes nothing else. Values are named parameters, columns come
from an allow-list.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final, cast

from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.domain.kinds import COLUMNS, Agreement, Commitment, Milestone, from_kept
from ksmy_tracker.domain.rows import (
    Day,
    DeadlineRow,
    EntryRow,
    Filters,
    TitledRef,
    commitment_deadline,
    milestone_deadline,
    names,
    sound,
    stored_date,
    truth,
)
from ksmy_tracker.domain.words import (
    DEADLINE_STATES,
    FIRMNESSES,
    OPEN_MILESTONE_STATES,
    OPEN_STATUSES,
    SETTLED_STATUSES,
    STATUSES,
    did_you_mean,
)
from ksmy_tracker.errors import NotFound, Usage
from ksmy_tracker.reading.snapshot import DayView, midnight_after
from ksmy_tracker.storage.interface import Reader


def _listed(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _in_order(value: str, words: Sequence[str]) -> str:
    """SQL to sort by a vocabulary's own order."""
    cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(words))
    return f"CASE {value} {cases} END"


OPEN: Final = f"c.withdrawn = 0 AND c.status IN {_listed(OPEN_STATUSES)}"
OPEN_MILESTONE: Final = f"m.withdrawn = 0 AND m.state IN {_listed(OPEN_MILESTONE_STATES)}"

#: deadlines.deadline_state as SQL, to count and filter by; a test holds the two together.
DEADLINE_SQL: Final = """CASE
 WHEN c.status = 'cancelled' THEN 'closed'
 WHEN c.status = 'completed' THEN CASE WHEN c.completed_on > c.completed_latest THEN 'met-late' ELSE 'met' END
 WHEN c.due_latest IS NULL THEN 'undated'
 WHEN c.due_latest < :today THEN 'overdue'
 WHEN c.due_latest <= :horizon THEN 'due-soon'
 ELSE 'upcoming' END"""

MILESTONES: Final = "(SELECT count(*) FROM milestone m WHERE m.commitment = c.ref AND m.withdrawn = 0)"
MILESTONES_MET: Final = MILESTONES.replace("m.withdrawn = 0", "m.withdrawn = 0 AND m.state = 'met'")
#: The ref of a milestone is its commitment's, a slash and a number; "0" comes after "/". What is added to the id keeps
#: PostgreSQL from going down all ids until one is of the commitment.
NEWEST_ENTRY: Final = (
    "(SELECT max(e.id + 0) FROM entry e "
    "WHERE e.ref = c.ref OR (e.ref > c.ref || '/' AND e.ref < c.ref || '0'))"
)
_DAYS_OF_MILESTONES: Final = (
    "SELECT 1 FROM milestone m WHERE m.commitment = c.ref AND m.withdrawn = 0 "
    "AND coalesce(m.met_on, m.due_latest) IS NOT NULL"
)
_STORED: Final = tuple(name for name in COLUMNS["commitment"])
_COMMITMENTS: Final = (
    f"SELECT {', '.join(f'c.{name}' for name in _STORED)}, {MILESTONES_MET}, {MILESTONES}, {NEWEST_ENTRY} "
    "FROM commitment c"
)
#: Milestones with their commitments' status in front.
_MILESTONES: Final = (
    f"SELECT c.status, {', '.join(f'm.{name}' for name in COLUMNS['milestone'])} "
    "FROM milestone m JOIN commitment c ON c.ref = m.commitment"
)

_SEARCHED: Final = (
    "c.ref || ' ' || c.title || ' ' || coalesce(c.detail, '') || ' ' || coalesce(c.due_phrase, '')"
)

#: What a listing of commitments can be sorted by.
SORT: Final = {
    **{name: f"c.{name}" for name in names(Commitment) if name in COLUMNS["commitment"]},
    "status": _in_order("c.status", STATUSES),
    "firmness": _in_order("c.firmness", FIRMNESSES),
    "deadline": _in_order(f"({DEADLINE_SQL})", DEADLINE_STATES),
    "days_left": f"CASE WHEN c.status IN {_listed(OPEN_STATUSES)} THEN c.due_latest END",
    "due": "c.due_latest",
    "milestones_met": MILESTONES_MET,
    "milestones": MILESTONES,
    "newest_entry": NEWEST_ENTRY,
}


_ALL: Final = Filters()


class View(DayView):
    """The listings of a register as it stood at the end of a day."""

    def __init__(self, reader: Reader, day: Day, only: Filters = _ALL) -> None:
        """See the whole register, or what has to do with the commitments of some sectors, parties, agreements."""
        super().__init__(reader, day)
        if only.sector or only.party or only.agreement:
            self._narrow(*self._where(Filters(only.sector, only.party, only.agreement, withdrawn=True)))

    def commitments(
        self, filters: Filters = _ALL, *, sort: Sequence[str] = (), limit: int | None = None
    ) -> list[Commitment]:
        """Commitments that pass the filters; `sort` names fields, `-field` for descending; nulls come last.

        Raises `Usage` for an unknown field or sector, `NotFound` for an unknown agreement.
        """
        where, parameters = self._where(filters)
        order = ", ".join([*(_order(name) for name in sort), "c.ref"])
        sql = f"{_COMMITMENTS} {where} ORDER BY {order}{_limited(limit)}"
        rows = [self._commitment(row) for row in self._rows(sql, **parameters, limit=limit)]
        return sound(rows, Commitment)

    def count(self, filters: Filters = _ALL) -> int:
        """How many commitments pass the filters."""
        where, parameters = self._where(filters)
        count: int = self._rows(f"SELECT count(*) FROM commitment c {where}", **parameters)[0][0]
        return count

    def commitment(self, ref: str) -> Commitment | None:
        """One commitment, or None."""
        rows = self._rows(f"{_COMMITMENTS} WHERE c.ref = :ref", ref=ref)
        return sound([self._commitment(rows[0])], Commitment)[0] if rows else None

    def _commitment(self, row: tuple[Any, ...]) -> Commitment:
        stored = dict(zip(_STORED, row, strict=False))
        record = cast("Commitment", from_kept("commitment", stored))
        record.deadline, record.days_left = commitment_deadline(record, self.day)
        record.milestones_met, record.milestones, record.newest_entry = row[-3:]
        return record

    def _where(self, filters: Filters) -> tuple[str, dict[str, Any]]:
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
        add_words("agreement", self._known_agreements(filters))
        add_words("sector", self._known_sectors(filters.sector))
        if filters.party:
            add_words("parties", sorted({*filters.party, "both"}))
        if filters.overdue:
            parts.append(f"{OPEN} AND c.due_latest < :today")
        if filters.due_before is not None:
            parts.append("c.due_latest < :due_before")
            parameters["due_before"] = filters.due_before
        if filters.due_after is not None:
            parts.append("c.due_latest > :due_after")
            parameters["due_after"] = filters.due_after
        if filters.dated is not None:
            parts.append(f"c.due_latest IS {'NOT ' if filters.dated else ''}NULL")
        if filters.marked:
            parts.append(f"EXISTS ({_DAYS_OF_MILESTONES})")
        if filters.stale is not None:
            parts.append(f"{OPEN} AND c.updated_on <= :quiet_since")
            parameters["quiet_since"] = days_before(self.day.today, filters.stale)
        for number, text in enumerate(filters.search):
            # Unlike LIKE, this takes any text as it is, of any length.
            parts.append(f"replace(lower({_SEARCHED}), :search_{number}, '') <> lower({_SEARCHED})")
            parameters[f"search_{number}"] = "".join(one.lower() if one.isascii() else one for one in text)
        return _all(parts), parameters

    def _known_agreements(self, filters: Filters) -> Sequence[str]:
        wanted = filters.agreement
        if wanted:
            known = [row.ref for row in self.agreements(withdrawn=filters.withdrawn)]
            for ref in wanted:
                if ref not in known:
                    raise NotFound(f"there is no agreement {ref}; {did_you_mean(ref, known)}")
        return wanted

    def _known_sectors(self, wanted: Sequence[str]) -> Sequence[str]:
        """The sectors asked for; raises `Usage` for one that no commitment is in, on the day of the view or now."""
        if wanted:
            sql = "SELECT DISTINCT sector FROM commitment"
            known = sorted({sector for (sector,) in (*self._rows(sql), *self._reader.tuples(sql))})
            for sector in wanted:
                if known and sector not in known:
                    raise Usage(f"there is no sector {sector}; {did_you_mean(sector, known, short=40)}")
        return wanted

    def sectors(self) -> list[str]:
        """The sectors that commitments are in."""
        return [
            sector
            for (sector,) in self._rows(
                "SELECT DISTINCT sector FROM commitment WHERE withdrawn = 0 ORDER BY 1"
            )
        ]

    def agreements(self, *, ref: str | None = None, withdrawn: bool = False) -> list[Agreement]:
        """The agreements, by ref, with those that are withdrawn or without; or the one named."""
        stored = ("withdrawn", *names(Agreement)[:-4])
        where = "(:withdrawn = 1 OR a.withdrawn = 0)" if ref is None else "a.ref = :ref"
        sql = (
            f"SELECT {', '.join(f'a.{name}' for name in stored)}, count(c.ref), "
            f"count(CASE WHEN {OPEN} THEN 1 END), "
            f"count(CASE WHEN {OPEN} AND c.due_latest < :today THEN 1 END) "
            "FROM agreement a LEFT JOIN commitment c ON c.agreement = a.ref AND c.withdrawn = 0 "
            f"WHERE {where} "
            f"GROUP BY {', '.join(f'a.{name}' for name in stored)} ORDER BY a.ref"
        )
        rows = self._rows(sql, ref=ref, withdrawn=int(withdrawn))
        return sound(
            [
                Agreement(
                    **dict(zip((*names(Agreement)[:-1], "withdrawn"), (*row[1:], truth(row[0])), strict=True))
                )
                for row in rows
            ],
            Agreement,
        )

    def milestones(self, commitment: str) -> list[Milestone]:
        """The milestones of a commitment, by number."""
        columns = COLUMNS["milestone"]
        sql = f"{_MILESTONES} WHERE m.commitment = :ref ORDER BY m.number"
        rows = self._rows(sql, ref=commitment)
        found = [self._milestone(dict(zip(columns, row[1:], strict=True)), row[0]) for row in rows]
        return sound(found, Milestone)

    def milestones_of(self, commitments: Sequence[str]) -> dict[str, list[Milestone]]:
        """The milestones of several commitments, each one's by number."""
        columns = COLUMNS["milestone"]
        sql = (
            f"{_MILESTONES} WHERE {self._reader.among('m.commitment', 'wanted')} "
            "ORDER BY m.commitment, m.number"
        )
        found: dict[str, list[Milestone]] = {}
        for row in self._rows(sql, wanted=json.dumps(list(commitments))):
            stored = dict(zip(columns, row[1:], strict=True))
            found.setdefault(stored["commitment"], []).append(self._milestone(stored, row[0]))
        for steps in found.values():
            sound(steps, Milestone)
        return found

    def _milestone(self, stored: dict[str, Any], status: str) -> Milestone:
        record = cast("Milestone", from_kept("milestone", stored))
        settled = status in SETTLED_STATUSES
        record.deadline, record.days_left = milestone_deadline(record, self.day, settled=settled)
        return record

    def deadlines(
        self, *, after: str | None = None, until: str | None = None, limit: int | None = None
    ) -> list[DeadlineRow]:
        """Open deadlines whose last day lies after one day and until another (inclusive), nearest first."""
        order = "ORDER BY x.due_latest, x.due_earliest, x.ref"
        sql = (
            "SELECT x.ref, x.record, coalesce(m.title, c.title), c.agreement, c.sector, c.parties, "
            "coalesce(m.state, c.status), CASE WHEN m.ref IS NULL THEN c.due ELSE m.due END, "
            "x.due_earliest, x.due_latest, CASE WHEN m.ref IS NULL THEN c.due_phrase END, "
            "CASE WHEN m.ref IS NULL THEN c.slip_days END "
            f"FROM (SELECT x.* FROM ({open_deadlines(after, until)}) x {order}{_limited(limit)}) x "
            f"JOIN commitment c ON c.ref = x.commitment LEFT JOIN milestone m ON m.ref = x.ref {order}"
        )
        rows = self._rows(sql, after=after, until=until, limit=limit)
        return sound([self._deadline(row) for row in rows], DeadlineRow)

    def _deadline(self, row: tuple[Any, ...]) -> DeadlineRow:
        latest = stored_date(row[9])
        days_left = (latest - self.day.today).days
        state = "overdue" if days_left < 0 else "due-soon" if latest <= self.day.horizon else "upcoming"
        return DeadlineRow._make((*row[:7], state, days_left, *row[7:]))

    def entries(
        self,
        *,
        ref: str | None = None,
        since: str | None = None,
        by: str | None = None,
        newest: int | None = None,
        news: bool = False,
    ) -> list[EntryRow]:
        """Entries in the order of the chain: of a record and its milestones, since a date, by an actor.

        With `news` those that changed or said something, without those that only keep a key.
        """
        parts = [NEWS] if news else []
        if ref is not None:
            parts.append("(ref = :ref OR (ref >= :first_step AND ref < :past_steps))")
        if since is not None:
            parts.append(changed_since())
        if by is not None:
            parts.append("actor = :by")
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry {_all(parts)} ORDER BY id"
        if newest is not None:
            sql = f"{sql} DESC LIMIT :newest"
        # "0" is the character after "/", which parts a milestone's number from its commitment's ref.
        rows = self._rows(
            sql,
            **self._since(since),
            ref=ref,
            first_step=f"{ref}/",
            past_steps=f"{ref}0",
            by=by,
            newest=newest,
        )
        found = [_entry_row(row) for row in (reversed(rows) if newest is not None else rows)]
        return sound(found, EntryRow)

    def existing(self, ref: str) -> str:
        """The ref, if a record of the view has it; raises `NotFound` naming the nearest."""
        sql = (
            "SELECT 1 FROM commitment WHERE ref = :ref UNION ALL SELECT 1 FROM agreement "
            "WHERE ref = :ref UNION ALL SELECT 1 FROM milestone WHERE ref = :ref"
        )
        if not self._rows(sql, ref=ref):
            raise self.no_such(ref)
        return ref

    def _since(self, since: str | None) -> dict[str, str | None]:
        """The parameters of `changed_since`."""
        if since is None:
            return {}
        first = self._reader.tuples("SELECT invocation FROM entry WHERE id = 1")
        day_before = days_before(date.fromisoformat(since), 1)
        return {
            "since": since,
            "since_moment": midnight_after(day_before),
            "first_invocation": first[0][0] if first else "",
        }

    def refs(self) -> list[tuple[Any, ...]]:
        """Every ref of a commitment or an agreement, with its title."""
        sql = (
            "SELECT ref, title FROM commitment WHERE withdrawn = 0 UNION ALL "
            "SELECT ref, title FROM agreement WHERE withdrawn = 0 ORDER BY 1"
        )
        return sound(self._rows(sql), TitledRef)

    def no_such(self, ref: str) -> NotFound:
        """The error for a ref that names nothing, with the nearest one that does."""
        created = self._reader.tuples(
            "SELECT effective_on FROM entry WHERE ref = :ref AND action = 'created'", {"ref": ref}
        )
        if created:
            return NotFound(f"{ref} did not exist yet on {self.day.today}; it was created on {created[0][0]}")
        known = [known_ref for known_ref, _ in self.refs()]
        return NotFound(f"there is no record {ref}; {did_you_mean(ref, known)}")


def _entry_row(row: Sequence[Any]) -> EntryRow:
    from ksmy_tracker.domain.chain import read_changes

    changes, evidence = read_changes(row[0], row[10], row[12])
    return EntryRow._make((*row[:10], changes, row[11], list(evidence), *row[13:]))


#: What tells an entry that changed or said something.
NEWS: Final = "action <> 'reviewed'"


def changed_since() -> str:
    """SQL for entries that took effect since `:since`, or were recorded since then with an earlier date.

    A register's first invocation tells what was so already, so when it was recorded is no news.
    """
    return (
        "(effective_on >= :since OR (recorded_at >= :since_moment AND recorded_at < :until_moment "
        "AND invocation <> :first_invocation))"
    )


def open_deadlines(after: str | None, until: str | None) -> str:
    """SELECT the open deadlines of commitments and milestones, each of an open commitment: what an index has."""

    def within(table: str) -> str:
        parts = [f"{table}.due_latest IS NOT NULL"]
        parts += [f"{table}.due_latest > :after"] if after else []
        parts += [f"{table}.due_latest <= :until"] if until else []
        return " AND ".join(parts)

    return (
        "SELECT c.ref, 'commitment' AS record, c.ref AS commitment, c.due_earliest, c.due_latest "
        f"FROM commitment c WHERE {OPEN} AND {within('c')} UNION ALL "
        "SELECT m.ref, 'milestone', m.commitment, m.due_earliest, m.due_latest FROM milestone m "
        f"JOIN commitment c ON c.ref = m.commitment WHERE {OPEN} AND {OPEN_MILESTONE} AND {within('m')}"
    )


def days_before(day: date, days: int) -> str:
    """The ISO date so many days before a day, or the first there is."""
    try:
        return (day - timedelta(days=days)).isoformat()
    except OverflowError:
        return date.min.isoformat() if days > 0 else date.max.isoformat()


def _all(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _limited(limit: int | None) -> str:
    return "" if limit is None else " LIMIT :limit"


def _order(name: str) -> str:
    descending = name.startswith("-")
    field = name.removeprefix("-").replace("-", "_")
    if field not in SORT:
        raise Usage(f"cannot sort by {field!r}; {did_you_mean(field, tuple(SORT), short=30)}")
    return f"{SORT[field]} {'DESC' if descending else 'ASC'} NULLS LAST"
