"""A register as it stood at the end of a day: the tables that every query of a reading command reads.

A snapshot of the past, or of a part, puts its tables in front of the stored ones, under their own names, so one SQL
text serves every day; a snapshot of today puts nothing there and pays nothing.
"""

import json
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any, NamedTuple

from ksmy_tracker.domain.entries import ENTRY_FIELDS, BrokenEntry, StoredEntry
from ksmy_tracker.domain.kinds import COLUMNS, commitment_of, kept
from ksmy_tracker.domain.projection import States, replay
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.storage.interface import Reader, Row

#: Tables by their names, each as a SELECT.
_Tables = Mapping[str, str]


class Ref(NamedTuple):
    """The ref of a record."""

    ref: str


class _Newest(NamedTuple):
    effective_on: str | None


class _Head(NamedTuple):
    hash: str


class _Count(NamedTuple):
    total: int


class Snapshot:
    """The tables of a register as of a day, and the one way to ask them.

    `reader` asks the whole register as it is now. Every query has the parameters `:today`, `:until_moment` (when that
    day ended) and `:horizon`.
    """

    def __init__(self, reader: Reader, day: Day) -> None:
        self.reader = reader
        self.day = day
        self._in_front: _Tables = {}
        self._parameters: dict[str, Any] = {
            "today": day.today.isoformat(),
            "until_moment": midnight_after(day.today.isoformat()),
            "horizon": day.horizon.isoformat(),
        }
        if day.as_it_stood:
            (newest,) = reader.rows(_Newest, "SELECT max(effective_on) AS effective_on FROM entry")
            if (newest.effective_on or "") > self._parameters["today"]:
                self._in_front = self._as_they_were()
        self._whole = self._in_front

    def rows(self, row: type[Row], sql: str, /, **parameters: Any) -> list[Row]:
        """The rows of a SELECT, built by the names of its columns."""
        return self.reader.rows(row, self._from(self._in_front, sql), **{**self._parameters, **parameters})

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""
        return self.reader.stream(row, self._from(self._in_front, sql), **{**self._parameters, **parameters})

    def count(self, source: str, /, **parameters: Any) -> int:
        """How many rows a FROM clause has."""
        (found,) = self.rows(_Count, f"SELECT count(*) AS total {source}", **parameters)
        return found.total

    def head(self) -> str | None:
        """The hash of the newest entry of the whole register, also where this is a part."""
        sql = self._from(self._whole, "SELECT hash FROM entry ORDER BY id DESC LIMIT 1")
        found = self.reader.rows(_Head, sql, **self._parameters)
        return found[0].hash if found else None

    def part(self, condition: str, parameters: Mapping[str, Any]) -> "Snapshot":
        """The commitments `c` that a WHERE clause lets through, and what has to do with them.

        None of it is made beforehand: a query on a part goes by the stored indexes, as one on the whole does.
        Milestones are all there, for each is asked for with its commitment.
        """

        def narrowed(table: str, condition: str) -> str:
            columns = COLUMNS.get(table, ENTRY_FIELDS)
            whole = self._whole.get(table) or self.reader.whole(table, columns)
            return f"SELECT c.* FROM ({whole}) c {condition}"

        def has(table: str, column: str, value: str) -> str:
            if self._whole:
                return f"{value} IN (SELECT {column} FROM {table})"
            return f"EXISTS (SELECT 1 FROM {table} n WHERE n.{column} = {value})"

        part = copy(self)
        part._parameters = {**self._parameters, **parameters}  # noqa: SLF001  # it is of this class
        of_agreement = has("agreement", "ref", "c.ref")
        of_commitment = has("commitment", "ref", self.reader.family("c.ref"))
        has_record = f"CASE c.record WHEN 'agreement' THEN {of_agreement} ELSE {of_commitment} END"
        part._in_front = {  # noqa: SLF001
            "commitment": narrowed("commitment", condition),
            "agreement": narrowed("agreement", f"WHERE {has('commitment', 'agreement', 'c.ref')}"),
            "entry": narrowed("entry", f"WHERE {has_record}"),
            **{name: past for name, past in self._whole.items() if name == "milestone"},
        }
        return part

    def _from(self, in_front: _Tables, sql: str) -> str:
        """A SELECT with the tables that stand in front of the stored ones; records of the past are made once each."""
        made = COLUMNS if self._whole else ()
        tables = ", ".join(
            f"{name} AS {'' if name in made else 'NOT MATERIALIZED '}({select})"
            for name, select in in_front.items()
        )
        return f"WITH {tables} {sql}" if tables else sql

    def _as_they_were(self) -> _Tables:
        """The tables without what happened after the day to the records that changed later."""
        states = self._followed(self._changed_later())
        tables = {}
        for kind, columns in COLUMNS.items():
            rows = [kept(state) for state in states.values() if state.record == kind]
            self._parameters[f"past_{kind}"] = json.dumps(rows)
            tables[kind] = self.reader.past(kind, columns)
        tables["entry"] = self.reader.until("entry", ENTRY_FIELDS)
        return tables

    def _changed_later(self) -> Iterator[StoredEntry]:
        """The entries up to the day of every record that changed later, and of its milestones."""
        reader, parameters = self.reader, self._parameters
        sql = "SELECT DISTINCT ref FROM entry WHERE effective_on > :today"
        families = {commitment_of(one.ref) for one in reader.rows(Ref, sql, **parameters)}
        sql = f"SELECT ref FROM milestone WHERE {reader.among('commitment', 'families')}"
        steps = reader.rows(Ref, sql, families=json.dumps(sorted(families)))
        parameters["changed"] = json.dumps(sorted(families | {one.ref for one in steps}))
        return reader.stream(
            StoredEntry,
            f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry "
            f"WHERE {reader.among('ref', 'changed')} AND effective_on <= :today ORDER BY id",
            **parameters,
        )

    @staticmethod
    def _followed(entries: Iterator[StoredEntry]) -> States:
        """The states that entries leave behind; raises `BrokenEntry` for a history that no writer can have left."""
        from ksmy_tracker.domain.chain import read_entry

        try:
            return replay(read_entry(entry) for entry in entries)
        except BrokenEntry:
            raise
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BrokenEntry(f"its history cannot be followed ({error})") from None
