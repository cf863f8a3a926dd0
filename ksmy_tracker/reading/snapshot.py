"""A register as it stood at the end of a day: the tables that every query of a reading command reads.

A view of the past puts the tables as they were in front of the stored ones, under their own names, so one SQL
text serves every day; a view of today puts nothing there and pays nothing.
"""

import json
from typing import Any

from ksmy_tracker.domain.entries import ENTRY_FIELDS, BrokenEntry
from ksmy_tracker.domain.kinds import COLUMNS, commitment_of, kept
from ksmy_tracker.domain.projection import replay
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.storage.interface import Reader


def midnight_after(day: str) -> str:
    """The moment at which a day ends in Kuala Lumpur, eight hours before it does in UTC, as entries have it."""
    return f"{day}T16:00:00.000000Z"


class DayView:
    """The tables of a register as of a day, and the one way to ask them."""

    def __init__(self, reader: Reader, day: Day) -> None:
        self.day = day
        self._reader = reader
        self._with = ""
        self._tables: dict[str, str] = {}
        self._parameters: dict[str, Any] = {
            "today": day.today.isoformat(),
            "until_moment": midnight_after(day.today.isoformat()),
            "horizon": day.horizon.isoformat(),
        }
        if day.as_it_stood and self._newest() > self._parameters["today"]:
            sql = "SELECT DISTINCT ref FROM entry WHERE effective_on > :today"
            self._put_in_front(self._as_they_were([ref for (ref,) in reader.tuples(sql, self._parameters)]))
        self._whole = self._with

    def _newest(self) -> str:
        """The latest day on which an entry takes effect."""
        return self._reader.tuples("SELECT max(effective_on) FROM entry")[0][0] or ""

    def head(self) -> str | None:
        """The hash of the newest entry, whatever the view is narrowed to."""
        rows = self._reader.tuples(
            self._whole + "SELECT hash FROM entry ORDER BY id DESC LIMIT 1", self._parameters
        )
        return rows[0][0] if rows else None

    def _put_in_front(self, tables: dict[str, str]) -> None:
        """Have every query read these in place of the tables of their names."""
        self._tables = tables
        self._with = (
            f"WITH {', '.join(f'{name} AS ({sql})' for name, sql in tables.items())} " if tables else ""
        )

    def _as_they_were(self, later: list[str]) -> dict[str, str]:
        """The tables without what happened after the day to the records that changed later."""
        from ksmy_tracker.domain.chain import read_entry

        families = {commitment_of(ref) for ref in later}
        parameters: dict[str, Any] = {**self._parameters, "families": json.dumps(sorted(families))}
        among = self._reader.among
        steps = self._reader.tuples(
            f"SELECT ref FROM milestone WHERE {among('commitment', 'families')}", parameters
        )
        parameters["changed"] = json.dumps(sorted(families | {ref for (ref,) in steps}))
        past = self._reader.tuple_stream(
            f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry "
            f"WHERE {among('ref', 'changed')} AND effective_on <= :today ORDER BY id",
            parameters,
        )
        try:
            states = replay(read_entry(row) for row in past)
        except BrokenEntry:
            raise
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BrokenEntry(f"its history cannot be followed ({error})") from None
        self._parameters["changed"] = parameters["changed"]
        tables = {}
        for record, columns in COLUMNS.items():
            rows = [kept(state) for state in states.values() if state.record == record]
            self._parameters[f"past_{record}"] = json.dumps(rows)
            tables[record] = self._reader.past(record, columns)
        tables["entry"] = self._reader.until("entry", ENTRY_FIELDS)
        return tables

    def _narrow(self, where: str, parameters: dict[str, Any]) -> None:
        """Leave in view the commitments `c` that a condition lets through, and what has to do with them."""
        self._parameters |= parameters

        def narrowed(table: str, condition: str) -> str:
            columns = COLUMNS.get(table, ENTRY_FIELDS)
            whole = self._tables.get(table) or self._reader.whole(table, columns)
            return f"SELECT c.* FROM ({whole}) c {condition}"

        named = "SELECT ref FROM commitment UNION SELECT ref FROM agreement"
        self._put_in_front(
            {
                "commitment": narrowed("commitment", where),
                "milestone": narrowed("milestone", "WHERE c.commitment IN (SELECT ref FROM commitment)"),
                "agreement": narrowed("agreement", "WHERE c.ref IN (SELECT agreement FROM commitment)"),
                "entry": narrowed("entry", f"WHERE {self._reader.family('c.ref')} IN ({named})"),
            }
        )

    def _rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._reader.tuples(self._with + sql, {**self._parameters, **parameters})
