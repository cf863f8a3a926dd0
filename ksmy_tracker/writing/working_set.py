"""What a chunk of changes must know: the records that they are about, and what else the register says of these.

It is read for many changes at once, and kept up to date with the entries that are made of them.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Entry, to_canonical_json
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, Record, commitment_of
from ksmy_tracker.domain.projection import States, step
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.domain.words import did_you_mean, nearest
from ksmy_tracker.errors import KsmyError
from ksmy_tracker.storage.interface import Row, Transaction
from ksmy_tracker.writing.decision import Known


class _Ref(NamedTuple):
    ref: str


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


class _Sector(NamedTuple):
    sector: str


class _Invocation(NamedTuple):
    invocation: str


class WorkingSet:
    """The records that changes touch, and what else must be known to decide on these."""

    def __init__(self, transaction: Transaction, last_id: int) -> None:
        """Begin without any; `last_id` is that of the newest entry, before which listings were made."""
        self.records: States = {}
        self._transaction = transaction
        self._last_id = last_id
        self._changed: set[str] = set()
        self._newest_days: dict[str, str] = {}
        self._listed: dict[str, Listed] = {}
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, str | None] = {}
        self._sectors: set[str] | None = None

    def load(self, changes: Sequence[Change]) -> None:
        """Read what changes are about, unless it is known."""
        refs = {change.ref for change in changes}
        refs |= {ref for change in changes if isinstance(ref := change.fields.get("agreement"), str)}
        self.load_records(refs)
        if listed := {change.ref for change in changes if change.derived} - self._listed.keys():
            self._load_listed(listed)
        if (
            growing := {change.ref for change in changes if change.record == "milestone"}
            - self._numbers.keys()
        ):
            self._numbers |= dict.fromkeys(growing, 0)
            sql = (
                "SELECT commitment AS ref, max(number) AS number FROM milestone "
                f"WHERE {self._among('commitment')} GROUP BY commitment"
            )
            self._numbers |= {row.ref: row.number for row in self._about(growing, _Number, sql)}
        if keys := {change.key for change in changes if change.key is not None} - self._keys.keys():
            for table in ("entry", "unchanged_key"):
                sql = f"SELECT key, key_digest FROM {table} WHERE {self._among('key')}"
                self._keys |= {row.key: row.key_digest for row in self._about(keys, _Key, sql)}
        if self._sectors is None and any("sector" in change.fields for change in changes):
            rows = self._transaction.rows(_Sector, "SELECT DISTINCT sector FROM commitment")
            self._sectors = {row.sector for row in rows}

    def load_records(self, refs: Iterable[str]) -> None:
        """Read records, and the commitments of milestones among them, unless they are known."""
        wanted = {one for ref in refs for one in (ref, commitment_of(ref))} - self.records.keys()
        if not wanted:
            return
        for kind, its in KINDS.items():
            sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} WHERE {self._among('ref')}"
            self.records.update((record.ref, record) for record in self._about(wanted, its, sql))
        sql = (
            "SELECT ref, max(effective_on) AS day FROM entry "
            f"WHERE action <> 'reviewed' AND {self._among('ref')} GROUP BY ref"
        )
        self._newest_days |= {row.ref: row.day for row in self._about(wanted, _NewestDay, sql)}

    def _load_listed(self, refs: set[str]) -> None:
        """Read what listings show of commitments besides their records: of them and their milestones."""
        newest: dict[str, _NewestEntry] = {}
        of_a_milestone = "entry e JOIN milestone m ON m.ref = e.ref"
        for tables, ref in (("entry e", "e.ref"), (of_a_milestone, "m.commitment")):
            sql = (
                f"SELECT {ref} AS ref, max(CASE WHEN e.action <> 'reviewed' THEN e.id ELSE 0 END) AS said, "
                f"max(e.id) AS newest_entry FROM {tables} WHERE e.id <= :last AND {self._among(ref)} GROUP BY {ref}"
            )
            for row in self._about(refs, _NewestEntry, sql, last=self._last_id):
                have = newest.get(row.ref, row)
                newest[row.ref] = _NewestEntry(
                    row.ref, max(row.said, have.said), max(row.newest_entry, have.newest_entry)
                )
        sql = (
            "SELECT commitment AS ref, count(CASE WHEN state = 'met' THEN 1 END) AS met, count(*) AS milestones "
            f"FROM milestone WHERE withdrawn = 0 AND {self._among('commitment')} GROUP BY commitment"
        )
        milestones = {row.ref: row for row in self._about(refs, _Milestones, sql)}
        for ref in refs:
            entry = newest.get(ref, _NewestEntry(ref, 0, 0))
            counted = milestones.get(ref, _Milestones(ref, 0, 0))
            self._listed[ref] = Listed(entry.said, entry.newest_entry, counted.met, counted.milestones)

    def _among(self, column: str) -> str:
        """SQL for "the column is among those that `_about` is asked about"."""
        return self._transaction.among(column, "wanted")

    def _about(self, wanted: set[str], row: type[Row], sql: str, **parameters: int) -> list[Row]:
        """The rows of a SELECT about some refs or keys."""
        return self._transaction.rows(row, sql, wanted=to_canonical_json(list(wanted)), **parameters)

    def about(self, change: Change) -> Known:
        """What is known of what a change is about, which was loaded; its key and its sector are known from then on.

        So is the number of a milestone: that of a refused line is not given to the next.
        """
        key_digest = None
        if change.key is not None and (key_digest := self._keys.get(change.key)) is None:
            self._keys[change.key] = change.key_digest
        is_step = change.record == "milestone"
        record = None if is_step else self.records.get(change.ref)
        kind = change.record or (record.record if record is not None else "")
        named = rules.belongs_to(change, kind, record)
        parent = self.records.get(named[1]) if named is not None else None
        number = 0
        if is_step and parent is not None:
            number = self._numbers[change.ref] = self._numbers[change.ref] + 1
        return Known(
            record,
            parent,
            "" if is_step else self._newest_days.get(change.ref, ""),
            number,
            self._near_sector(change),
            key_digest,
            self._listed.get(change.ref, _UNLISTED),
        )

    def _near_sector(self, change: Change) -> str | None:
        """A known sector that a new one may be a slip of the pen for, unless the change says that it is new."""
        sector = change.fields.get("sector")
        if self._sectors is None or not isinstance(sector, str) or sector in self._sectors:
            return None
        near = None if change.new_sector else nearest(sector, self._sectors, cutoff=0.75)
        if near is None:
            self._sectors.add(sector)
        return near

    def newest_day(self, ref: str) -> str:
        """The latest day on which an entry of a record that is loaded took effect; "" where it has none."""
        return self._newest_days.get(ref, "")

    def follow(self, entry: Entry) -> None:
        """Bring the record of an entry up to date with it."""
        step(self.records, entry)
        self._changed.add(entry.ref)
        if entry.action != "reviewed":
            self._newest_days[entry.ref] = entry.effective_on

    def store(self, most: int = 0) -> None:
        """Write the records that changed, as they now are, and forget them all, where there are more than `most`."""
        if len(self.records) <= most:
            return
        changed = self._changed | {commitment_of(ref) for ref in self._changed}
        for kind in KINDS:
            its = [record for ref in changed if (record := self.records[ref]).record == kind]
            self._transaction.upsert(kind, its)
        self._changed.clear()
        self.records.clear()
        self._newest_days.clear()

    def still_using(self, record: Record) -> list[str]:
        """The refs of what belongs to a record and is not withdrawn, in their order."""
        child = {"agreement": "commitment", "commitment": "milestone"}.get(record.record)
        if child is None:
            return []
        sql = f"SELECT ref FROM {child} WHERE {record.record} = :ref AND withdrawn = 0"
        stored = {row.ref for row in self._transaction.rows(_Ref, sql, ref=record.ref)}
        now = ((ref, self.records.get(ref)) for ref in stored)
        return sorted(
            ref
            for ref, its in now
            if its is None or (not its.withdrawn and getattr(its, record.record) == record.ref)
        )

    def undoing(self, ref: str, action: str) -> str:
        """The command that undoes what was last done to a record in this way."""
        sql = "SELECT invocation FROM entry WHERE ref = :ref AND action = :action ORDER BY id DESC LIMIT 1"
        found = self._transaction.rows(_Invocation, sql, ref=ref, action=action)
        return f"`ksmy undo {found[0].invocation}`" if found else "`ksmy undo`"

    def explained(self, error: KsmyError) -> KsmyError:
        """A refusal with what helps: the nearest ref to one that is missing, how what is withdrawn comes back."""
        if isinstance(error, rules.Missing):
            hint = did_you_mean(error.ref, self._all_refs(*([error.kind] if error.kind else KINDS)))
            return rules.Missing(error.ref, error.kind, hint)
        if isinstance(error, rules.Withdrawn):
            return rules.Withdrawn(error.ref, error.when, self.undoing(error.ref, "withdrawn"))
        return error

    def _all_refs(self, *kinds: str) -> list[str]:
        found = {ref for ref, record in self.records.items() if record.record in kinds}
        for kind in kinds:
            found |= {row.ref for row in self._transaction.rows(_Ref, f"SELECT ref FROM {kind}")}
        return sorted(found)


_UNLISTED = Listed()
