"""What a chunk of changes must know: the records that they are about, and what else the register says of these.

It is read for many changes at once, and kept up to date with the entries that are made of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Entry, read_entry, to_canonical_json
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, Record, commitment_of, state_of
from ksmy_tracker.domain.projection import States, laid_down, project, retracted, step
from ksmy_tracker.domain.receipt import Outcome
from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.domain.words import did_you_mean, nearest
from ksmy_tracker.errors import KsmyError
from ksmy_tracker.storage.interface import Row, Transaction
from ksmy_tracker.writing.decision import Known, edited


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


class _KeyOfEntry(NamedTuple):
    id: int
    ref: str
    key: str
    key_digest: str | None


class _Sector(NamedTuple):
    sector: str


class _Invocation(NamedTuple):
    invocation: str


class WorkingSet:
    """The records that changes touch, and what else must be known to decide on these."""

    def __init__(self, transaction: Transaction, last_id: int, today: date) -> None:
        """Begin without any; `last_id` is that of the newest entry, before which listings were made."""
        self.records: States = {}
        self._transaction = transaction
        self._last_id = last_id
        self._today = today
        self._histories: dict[str, list[Entry]] = {}
        self._made: dict[str, list[Entry]] = {}
        self._changed: set[str] = set()
        self._gone: dict[str, str] = {}
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
        self.load_histories(change.ref for change in changes if change.op != "add" and self._is_late(change))
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
            self._load_keys(keys)
        if self._sectors is None and any("sector" in change.fields for change in changes):
            rows = self._transaction.rows(_Sector, "SELECT DISTINCT sector FROM commitment")
            self._sectors = {row.sector for row in rows}

    def _is_late(self, change: Change) -> bool:
        """Whether the state on a change's day may be another than that after all entries."""
        newest = self._newest_days.get(change.ref, "")
        return newest > (change.effective_on or self._today.isoformat()) or rules.names_an_event(
            change, self.records.get(change.ref)
        )

    def _load_keys(self, keys: set[str]) -> None:
        """Read what keys were used for: by entries that count, and by lines of which older schemas kept no entry."""
        sql = f"SELECT key, key_digest FROM unchanged_key WHERE {self._among('key')}"
        self._keys |= {row.key: row.key_digest for row in self._about(keys, _Key, sql)}
        sql = f"SELECT id, ref, key, key_digest FROM entry WHERE {self._among('key')}"
        found = self._about(keys, _KeyOfEntry, sql)
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE retracts <> '[]' AND {self._among('ref')} ORDER BY id"
        retracting = self._about({row.ref for row in found}, StoredEntry, sql) if found else []
        gone = retracted(read_entry(row) for row in retracting)
        self._keys |= {row.key: row.key_digest for row in found if row.id not in gone}

    def load_records(self, refs: Iterable[str]) -> None:
        """Read records, and the commitments of milestones among them, unless they are known."""
        wanted = {one for ref in refs for one in (ref, commitment_of(ref))}
        wanted -= self.records.keys() | self._gone.keys()
        if not wanted:
            return
        for kind, its in KINDS.items():
            sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} WHERE {self._among('ref')}"
            self.records.update((record.ref, record) for record in self._about(wanted, its, sql))
        sql = f"SELECT ref, max(effective_on) AS day FROM entry WHERE {self._among('ref')} GROUP BY ref"
        self._newest_days |= {row.ref: row.day for row in self._about(wanted, _NewestDay, sql)}

    def load_histories(self, refs: Iterable[str]) -> None:
        """Read all entries of records, of their milestones, and of the commitments of these, unless they are known."""
        wanted = {commitment_of(ref) for ref in refs} - self._histories.keys()
        if not wanted:
            return
        self._histories |= {ref: [] for ref in wanted}
        columns = ", ".join(f"e.{name} AS {name}" for name in ENTRY_FIELDS)
        its = f"SELECT {columns} FROM {self._transaction.listed('wanted')} w JOIN entry e"
        # The ref of a milestone is its commitment's, a slash and a number; "0" comes after "/".
        sql = (
            f"{its} ON e.ref = w.value UNION ALL {its} ON e.ref > w.value || '/' AND e.ref < w.value || '0' "
            "ORDER BY id"
        )
        for row in self._about(wanted, StoredEntry, sql):
            self._histories[commitment_of(row.ref)].append(read_entry(row))
        for ref in wanted & self._made.keys():
            self._histories[ref] += self._made[ref]
        self.load_records({entry.ref for ref in wanted for entry in self._histories[ref]})

    def history(self, ref: str) -> list[Entry]:
        """All entries of a record, of its milestones, and of the commitment that it is one of."""
        self.load_histories([ref])
        return self._histories[commitment_of(ref)]

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
        is_step = change.record == "milestone"
        latest = None if is_step else self.records.get(change.ref)
        if change.key is not None:
            if (key_digest := self._keys.get(change.key)) is not None:
                # Its day may be tomorrow in the zone of whoever applies it again.
                return Known("", None, latest, key_digest=key_digest)
            self._keys[change.key] = change.key_digest
        kind = change.record or (latest.record if latest is not None else "")
        newest = self._newest_day(change.ref)
        begun = None if latest is None else (latest.created_on, latest.ref)
        day = rules.day_of(change, self._today, begun, newest)
        record = None if change.record else self._on_its_day(latest, day)
        # On its day a record may belong elsewhere than now.
        named = rules.belongs_to(edited(change, latest), kind, record)
        parent = self.records.get(named[1]) if named is not None else None
        if parent is not None:
            begun = max(begun or ("", ""), (parent.created_on, parent.ref))
            day = rules.day_of(change, self._today, begun, newest)
        number = 0
        if is_step and parent is not None:
            number = self._numbers[change.ref] = self._numbers[change.ref] + 1
        return Known(
            day=day,
            record=record,
            latest=latest,
            parent=parent,
            number=number,
            near_sector=self._near_sector(change),
            since=self._since(change, latest),
            listed=self._listed.get(change.ref, _UNLISTED),
        )

    def _newest_day(self, ref: str) -> str:
        """The newest day of a record's entries, of those in force by tomorrow where a later one is among them."""
        newest = self._newest_days.get(ref, "")
        if newest <= self._today.isoformat():
            return newest
        in_force = laid_down(self.history(ref), days_before(self._today, -1))
        return max((entry.effective_on for entry in in_force if entry.ref == ref), default="")

    def _on_its_day(self, latest: Record | None, day: str) -> Record | None:
        """A record as it was on a day."""
        if latest is None or day >= self._newest_days.get(latest.ref, ""):
            return latest
        return project(self.history(latest.ref), day).get(latest.ref)

    def _since(self, change: Change, latest: Record | None) -> tuple[str, int] | None:
        """Since when, and by which entry, what a change says has happened is so, where the register has it so."""
        if latest is None or not rules.names_an_event(change, latest):
            return None
        found = None
        states: States = {}
        for entry in laid_down(self.history(latest.ref)):
            before = states.get(latest.ref)
            was = None if before is None else state_of(before)
            if state_of(now := step(states, entry)) != was and now.ref == latest.ref:
                found = entry.effective_on, entry.id
        return found

    def _near_sector(self, change: Change) -> str | None:
        """A known sector that a new one may be a slip of the pen for, unless the change says that it is new."""
        sector = change.fields.get("sector")
        if self._sectors is None or not isinstance(sector, str) or sector in self._sectors:
            return None
        near = None if change.new_sector else nearest(sector, self._sectors, cutoff=0.75)
        if near is None:
            self._sectors.add(sector)
        return near

    def follow(self, entry: Entry) -> None:
        """Bring the record of an entry up to date with it."""
        family = commitment_of(entry.ref)
        newest = self._newest_days.get(entry.ref, "")
        self._newest_days[entry.ref] = max(newest, entry.effective_on)
        self._made.setdefault(family, []).append(entry)
        if family in self._histories:
            self._histories[family].append(entry)
        if not entry.retracts and entry.effective_on >= newest:
            step(self.records, entry)
            self._changed |= {entry.ref, family}
            self._gone.pop(entry.ref, None)
        else:
            self._project_again(self.history(family))

    def _project_again(self, history: Sequence[Entry]) -> None:
        """Bring all records of a history up to date with it."""
        states = project(history)
        for ref, kind in {entry.ref: entry.record for entry in history}.items():
            if (state := states.get(ref)) is not None:
                self.records[ref] = state
                self._changed.add(ref)
                self._gone.pop(ref, None)
            elif self.records.pop(ref, None) is not None:
                self._changed.discard(ref)
                self._gone[ref] = kind

    def forget_entries(self) -> None:
        """Take the entries that were followed for stored: the database has them."""
        self._made.clear()

    def store(self, most: int = 0) -> None:
        """Write the records that changed, as they now are, and forget them all, where there are more than `most`."""
        if len(self.records) + sum(map(len, self._histories.values())) <= most:
            return
        for kind in KINDS:
            its = [record for ref in self._changed if (record := self.records[ref]).record == kind]
            self._transaction.upsert(kind, its)
        for kind in reversed(list(KINDS)):
            self._transaction.delete(kind, [ref for ref, its in self._gone.items() if its == kind])
        self._changed.clear()
        self._gone.clear()
        self.records.clear()
        self._histories.clear()
        self._newest_days.clear()

    def outcome(self, entry: Entry) -> Outcome:
        """What became of a change that an entry was made of; of a late one, until when it holds."""
        until: dict[str, tuple[str, Any]] = {}
        if commitment_of(entry.ref) in self._histories:
            its = [one for one in laid_down(self.history(entry.ref)) if one.ref == entry.ref]
            for later in its[its.index(entry) + 1 :] if entry in its else ():
                for name in entry.changes.keys() & later.changes.keys() - until.keys():
                    if (now := later.changes[name][1]) != entry.changes[name][1]:
                        until[name] = days_before(date.fromisoformat(later.effective_on), 1), now
        return Outcome(
            ref=entry.ref,
            record=entry.record,
            action=entry.action,
            changes=entry.changes,
            entry=entry.id,
            note=entry.note,
            evidence=entry.evidence,
            effective_on=entry.effective_on,
            until=until,
        )

    def entry(self, number: int) -> Entry | None:
        """The entry of a number."""
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = :id"
        return next(map(read_entry, self._transaction.rows(StoredEntry, sql, id=number)), None)

    def other_user(self, entry: Entry) -> Entry | None:
        """Another entry that counts and has the same key."""
        sql = f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE key = :key"
        found = [read_entry(row) for row in self._transaction.rows(StoredEntry, sql, key=entry.key)]
        found += [one for made in self._made.values() for one in made if one.key == entry.key]
        for one in found:
            if one.id != entry.id and one.id not in retracted(self.history(one.ref)):
                return one
        return None

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
