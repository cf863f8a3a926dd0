"""What a register has of some refs or keys, each read for many of them at once: every SELECT of a change."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ksmy_tracker.domain.chain import Entry, read_entry, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, OWNER, Commitment, Record, texts_of
from ksmy_tracker.domain.projection import retracted
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.reading.claims import disputes
from ksmy_tracker.reading.expressions import about
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Row, Transaction


class _NewestDay(NamedTuple):
    ref: str
    day: str


class _NewestEntry(NamedTuple):
    ref: str
    said: int
    newest_entry: int


class _Milestones(NamedTuple):
    ref: str
    met: int
    milestones: int


class _Number(NamedTuple):
    ref: str
    number: int


class _Key(NamedTuple):
    key: str
    key_digest: str | None


class _KeyOfEntry(NamedTuple):
    id: int
    ref: str
    key: str
    key_digest: str | None


class Lookups:
    """The questions that changes ask of a register."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def _among(self, column: str) -> str:
        """SQL for "the column is among those that `_about` is asked about"."""
        return self._transaction.among(column, "wanted")

    def _about(self, wanted: set[str], row: type[Row], sql: str, **parameters: int) -> list[Row]:
        """The rows of a SELECT about some refs or keys."""
        return self._transaction.rows(row, sql, wanted=to_canonical_json(list(wanted)), **parameters)

    def records(self, refs: set[str]) -> Iterator[Record]:
        """The records of some refs."""
        for kind, its in KINDS.items():
            sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} WHERE {self._among('ref')}"
            yield from self._about(refs, its, sql)

    def newest_days(self, refs: set[str]) -> dict[str, str]:
        """The newest day of the entries of each ref."""
        sql = f"SELECT ref, max(effective_on) AS day FROM entry WHERE {self._among('ref')} GROUP BY ref"
        return {row.ref: row.day for row in self._about(refs, _NewestDay, sql)}

    def histories(self, refs: set[str]) -> Iterator[Entry]:
        """All entries of records and of their parts, in the order of the chain."""
        columns = ", ".join(f"e.{name} AS {name}" for name in ENTRY_FIELDS)
        its = f"SELECT {columns} FROM {self._transaction.listed('wanted')} w JOIN entry e"
        found = (f"{its} ON {condition}" for condition in about("e.ref", "w.value"))
        sql = f"{' UNION ALL '.join(found)} ORDER BY id"
        return map(read_entry, self._about(refs, StoredEntry, sql))

    def numbers(self, kind: str, refs: set[str]) -> dict[str, int]:
        """The highest number among the parts of a kind of each record, 0 where there is none."""
        of = OWNER[kind]
        sql = f"SELECT {of} AS ref, max(number) AS number FROM {kind} WHERE {self._among(of)} GROUP BY {of}"
        return dict.fromkeys(refs, 0) | {row.ref: row.number for row in self._about(refs, _Number, sql)}

    def keys(self, keys: set[str]) -> dict[str, str | None]:
        """What keys were used for: by entries that count, and by lines of which older schemas kept no entry."""
        sql = f"SELECT key, key_digest FROM unchanged_key WHERE {self._among('key')}"
        used = {row.key: row.key_digest for row in self._about(keys, _Key, sql)}
        sql = f"SELECT id, ref, key, key_digest FROM entry WHERE {self._among('key')}"
        found = self._about(keys, _KeyOfEntry, sql)
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE retracts <> '[]' AND {self._among('ref')} ORDER BY id"
        retracting = self._about({row.ref for row in found}, StoredEntry, sql) if found else []
        gone = retracted(read_entry(row) for row in retracting)
        return used | {row.key: row.key_digest for row in found if row.id not in gone}

    def words(self, name: str) -> set[str]:
        """Every word of an open list that commitments have in a field."""
        found = self._transaction.rows(Commitment, f"SELECT DISTINCT {name} FROM commitment")
        return {word for one in found for word in texts_of(getattr(one, name))}

    def listed(self, refs: set[str], last_id: int, today: date) -> Iterator[tuple[str, Listed]]:
        """What listings show of commitments besides their records, up to an entry: of them and their parts."""
        newest: dict[str, _NewestEntry] = {}
        for condition in about("e.ref", "w.value"):
            sql = (
                "SELECT w.value AS ref, max(CASE WHEN e.action <> 'reviewed' THEN e.id ELSE 0 END) AS said, "
                f"max(e.id) AS newest_entry FROM {self._transaction.listed('wanted')} w JOIN entry e ON {condition} "
                "WHERE e.id <= :last GROUP BY w.value"
            )
            for row in self._about(refs, _NewestEntry, sql, last=last_id):
                have = newest.get(row.ref, row)
                newest[row.ref] = _NewestEntry(
                    row.ref, max(row.said, have.said), max(row.newest_entry, have.newest_entry)
                )
        sql = (
            "SELECT commitment AS ref, count(CASE WHEN state = 'met' THEN 1 END) AS met, count(*) AS milestones "
            f"FROM milestone WHERE withdrawn = 0 AND {self._among('commitment')} GROUP BY commitment"
        )
        milestones = {row.ref: row for row in self._about(refs, _Milestones, sql)}
        sql = (
            "SELECT about AS ref, count(*) AS number FROM measure "
            f"WHERE withdrawn = 0 AND {self._among('about')} GROUP BY about"
        )
        measures = {row.ref: row.number for row in self._about(refs, _Number, sql)}
        disputed = disputes(Snapshot(self._transaction, Day(today, as_it_stood=False)))
        for ref in refs:
            entry = newest.get(ref, _NewestEntry(ref, 0, 0))
            counted = milestones.get(ref, _Milestones(ref, 0, 0))
            yield (
                ref,
                Listed(
                    entry.said,
                    entry.newest_entry,
                    counted.met,
                    counted.milestones,
                    measures.get(ref, 0),
                    disputed.get(ref, ()),
                ),
            )

    def entry(self, number: int) -> Entry | None:
        """The entry of a number."""
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = :id"
        return next(map(read_entry, self._transaction.rows(StoredEntry, sql, id=number)), None)

    def users(self, key: str | None) -> list[Entry]:
        """The entries that have a key."""
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE key = :key"
        return [read_entry(row) for row in self._transaction.rows(StoredEntry, sql, key=key)]

    def newest_invocation(self, ref: str, action: str) -> str | None:
        """The newest invocation that did something to a record in this way."""
        sql = "SELECT invocation FROM entry WHERE ref = :ref AND action = :action ORDER BY id DESC LIMIT 1"
        return next(iter(self._transaction.values(str, sql, ref=ref, action=action)), None)

    def all_refs(self, kinds: Iterable[str]) -> set[str]:
        """The refs of all records of some kinds."""
        return {ref for kind in kinds for ref in self._transaction.values(str, f"SELECT ref FROM {kind}")}
