"""A register at a point, as it stood on a day by what was known on a day: the tables that every reading query reads.

At another point than now the records are projected from the entries into tables in memory, under their own names, so
one SQL text serves every point; now the stored tables are read. A part puts its tables in front of either.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import tzinfo
from functools import cached_property
from typing import Any, NamedTuple

from ksmy_tracker import clock
from ksmy_tracker.domain.entries import ENTRY_FIELDS, AskedEntry
from ksmy_tracker.domain.kinds import COLUMNS, FORMER, FORMER_PARTIES, NAMED, Partnership
from ksmy_tracker.domain.rows import Cited, Day
from ksmy_tracker.domain.zone import ZONE, midnight_after
from ksmy_tracker.reading.points import at_point, gone_by, is_in_force_after
from ksmy_tracker.storage.interface import Reader, Row

#: Tables by their names, each as a SELECT.
_Tables = Mapping[str, str]


class Ref(NamedTuple):
    """The ref of a record."""

    ref: str


class _Named(NamedTuple):
    ref: str
    name: str


class _Count(NamedTuple):
    total: int


class Snapshot:
    """The tables of a register at a point, and the one way to ask them.

    `reader` asks them, `register` the whole register as it is now. Every query has the parameters `:today`,
    `:until_moment` (when that day ended) and `:horizon`.
    """

    def __init__(self, reader: Reader, day: Day) -> None:
        self.register = self.reader = reader
        #: What functions of it have found, to be found once.
        self.found: dict[str, Any] = {}
        self.day = day
        #: SQL for "the commitment `c` itself, the milestone `m` of it itself, is what this part is about".
        self.own_commitment = self.own_milestone = "1 = 1"
        self._in_front: _Tables = {}
        self.zone = zone_of(reader)
        self._parameters: dict[str, Any] = {
            "today": day.today.isoformat(),
            "until_moment": midnight_after(day.today.isoformat(), self.zone),
            "horizon": day.horizon.isoformat(),
        }
        newest = self.newest = newest_known(reader, None)
        if day.known_until is not None:
            self.newest = newest_known(reader, day.known_until)
        if self.newest < newest or is_in_force_after(reader, day.until):
            self.reader = at_point(reader, day.until, self.newest)

    @property
    def is_past(self) -> bool:
        """Whether it is of a point other than now, so that `reader` has of entries only what queries ask for."""
        return self.reader is not self.register

    @cached_property
    def gone(self) -> dict[int, int]:
        """The entries that are retracted by what is known, each with the one that does it."""
        return gone_by(self.register, self.newest)

    @cached_property
    def partnership(self) -> Partnership:
        """The register's own record; of a register that was made before there was any, what it is about."""
        columns = ", ".join(COLUMNS["partnership"])
        found = self.rows(Partnership, f"SELECT {columns} FROM partnership")
        return found[0] if found else FORMER

    @cached_property
    def party_names(self) -> dict[str, str]:
        """The names of the parties, by their refs."""
        among = self.reader.among("ref", "wanted")
        wanted = json.dumps(self.partnership.states)
        rows = self.rows(_Named, f"SELECT ref, name FROM body WHERE {among}", wanted=wanted)
        known = {ref: body.name for ref, body in FORMER_PARTIES.items()} | {one.ref: one.name for one in rows}
        return {ref: known.get(ref, ref) for ref in self.partnership.states}

    @cached_property
    def sources(self) -> dict[str, Cited]:
        """The sources that evidence may cite, by their refs."""
        columns = ", ".join(Cited._fields)
        found = self.rows(Cited, f"SELECT {columns} FROM source WHERE withdrawn = 0")
        return {one.ref: one for one in found}

    def of_any_day(self) -> "Snapshot":
        """The whole register's stored tables, with the entries whose day is yet to come."""
        whole = copy(self)
        whole.reader, whole._in_front = self.register, {}  # noqa: SLF001  # it is of this class
        return whole

    def rows(self, row: type[Row], sql: str, /, **parameters: Any) -> list[Row]:
        """The rows of a SELECT, built by the names of its columns."""
        return self.reader.rows(row, self._from(sql), **{**self._parameters, **parameters})

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""
        return self.reader.stream(row, self._from(sql), **{**self._parameters, **parameters})

    def among(self, refs: Sequence[str]) -> list[str]:
        """Those refs of agreements and commitments that are in this part of the register; of the whole, all."""
        if not self._in_front:
            return list(refs)
        among = self.reader.among("ref", "wanted")
        sql = " UNION ALL ".join(f"SELECT ref FROM {kind} WHERE {among}" for kind in NAMED)
        return [one.ref for one in self.rows(Ref, sql, wanted=json.dumps(refs))]

    def count(self, source: str, /, **parameters: Any) -> int:
        """How many rows a FROM clause has."""
        (found,) = self.rows(_Count, f"SELECT count(*) AS total {source}", **parameters)
        return found.total

    def head(self) -> str | None:
        """The hash of the newest entry that is known, whichever part of the register and whichever day this is of."""
        found = self.register.values(str, "SELECT hash FROM entry WHERE id = :newest", newest=self.newest)
        return found[0] if found else None

    def part(
        self, condition: str, parameters: Mapping[str, Any], own_commitment: str, own_milestone: str
    ) -> "Snapshot":
        """The commitments `c` that a WHERE clause lets through, and what has to do with them.

        None of it is made beforehand: a query on a part goes by the stored indexes, as one on the whole does.
        Milestones are all there, for each is asked for with its commitment.
        """

        def has(table: str, column: str, value: str) -> str:
            return f"EXISTS (SELECT 1 FROM {table} n WHERE n.{column} = {value})"

        def narrowed(table: str, condition: str) -> str:
            columns = COLUMNS.get(table, AskedEntry._fields if self.is_past else ENTRY_FIELDS)
            return f"SELECT c.* FROM ({self.reader.whole(table, columns)}) c {condition}"

        part = copy(self)
        part.found = {}
        part.own_commitment, part.own_milestone = own_commitment, own_milestone
        part._parameters = {**self._parameters, **parameters}  # noqa: SLF001  # it is of this class
        of_agreement = has("agreement", "ref", "c.ref")
        of_commitment = has("commitment", "ref", self.reader.family("c.ref"))
        has_record = f"CASE c.record WHEN 'agreement' THEN {of_agreement} ELSE {of_commitment} END"
        part._in_front = {  # noqa: SLF001
            "commitment": narrowed("commitment", condition),
            "agreement": narrowed("agreement", f"WHERE {has('commitment', 'agreement', 'c.ref')}"),
            "entry": narrowed("entry", f"WHERE {has_record}"),
        }
        return part

    def _from(self, sql: str) -> str:
        """A SELECT with the tables of a part in front of the stored ones."""
        tables = ", ".join(
            f"{name} AS NOT MATERIALIZED ({select})" for name, select in self._in_front.items()
        )
        return f"WITH {tables} {sql}" if tables else sql


def zone_of(reader: Reader) -> tzinfo:
    """The time zone in which a register's days end."""
    found = reader.values(str, "SELECT zone FROM partnership")
    return clock.zone(found[0] if found else ZONE)


def newest_known(reader: Reader, until: str | None) -> int:
    """The id of the newest entry recorded before a moment, or of all; 0 where there is none."""
    where = "" if until is None else "WHERE recorded_at < :until"
    (found,) = reader.values(int, f"SELECT coalesce(max(id), 0) FROM entry {where}", until=until)
    return found
