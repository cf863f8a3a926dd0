"""What a chunk of changes must know: the records that they are about, and what else the register says of these.

It is read for many changes at once (lookups.py), and kept up to date with the entries that are made of them.

Longer than other modules: the records, their histories, and what is gone or changed must be kept in step.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ksmy_tracker.domain import rules
from ksmy_tracker.domain.chain import Entry
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import (
    FORMER,
    FORMER_PARTIES,
    KINDS,
    NUMBERED,
    OPEN_LISTS,
    PARTNERSHIP,
    REFERRING,
    Partnership,
    Record,
    family_of,
    owner_of,
    refs_of,
    state_of,
    texts_of,
)
from ksmy_tracker.domain.projection import States, laid_down, project, retracted, step
from ksmy_tracker.domain.receipt import Outcome
from ksmy_tracker.domain.rows import days_before
from ksmy_tracker.domain.spans import Span, days_of, ended_spans
from ksmy_tracker.domain.stale_listing import Listed
from ksmy_tracker.domain.words import did_you_mean, nearest
from ksmy_tracker.errors import KsmyError, Refused
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.writing.decision import Known, edited
from ksmy_tracker.writing.lookups import Lookups


class WorkingSet:
    """The records that changes touch, and what else must be known to decide on these."""

    def __init__(self, transaction: Transaction, last_id: int, today: date) -> None:
        """Begin without any; `last_id` is that of the newest entry, before which listings were made."""
        self.records: States = {}
        self._transaction = transaction
        self._lookups = Lookups(transaction)
        self._last_id = last_id
        self._today = today
        self._histories: dict[str, list[Entry]] = {}
        self._made: dict[str, list[Entry]] = {}
        self._changed: set[str] = set()
        self._gone: dict[str, str] = {}
        self._newest_days: dict[str, str] = {}
        self._listed: dict[str, Listed] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._keys: dict[str, str | None] = {}
        self._words: dict[str, set[str]] = {}

    def load(self, changes: Sequence[Change]) -> None:
        """Read what changes are about, unless it is known."""
        refs = {change.ref for change in changes}
        for change in changes:
            refs.update(*(refs_of(name, change.fields[name]) for name in change.fields if name in _REFERRING))
        self.load_records(refs)
        self.load_histories(change.ref for change in changes if change.op != "add" and self._is_late(change))
        if listed := {change.ref for change in changes if change.derived} - self._listed.keys():
            self._listed |= self._lookups.listed(listed, self._last_id, self._today)
        for kind in NUMBERED:
            growing = {change.ref for change in changes if change.record == kind}
            if growing := {ref for ref in growing if (kind, ref) not in self._numbers}:
                found = self._lookups.numbers(kind, growing)
                self._numbers |= {(kind, ref): number for ref, number in found.items()}
        if keys := {change.key for change in changes if change.key is not None} - self._keys.keys():
            self._keys |= self._lookups.keys(keys)
        for name in OPEN_LISTS:
            if name not in self._words and any(name in change.fields for change in changes):
                self._words[name] = self._lookups.words(name)

    def _is_late(self, change: Change) -> bool:
        """Whether the state on a change's day may be another than that after all entries, or is named by an event."""
        latest = self.records.get(change.ref)
        if self._newest_days.get(change.ref, "") > (change.effective_on or self._today.isoformat()):
            return True
        return (
            latest is not None
            and rules.names_an_event(change, latest)
            and state_of(latest) == change.fields[latest.state_field]
        )

    def load_records(self, refs: Iterable[str]) -> None:
        """Read records, and what parts among them belong to, unless they are known."""
        wanted = {PARTNERSHIP, *(one for ref in refs for one in _with_owners(ref))}
        wanted -= self.records.keys() | self._gone.keys()
        if not wanted:
            return
        self.records.update((record.ref, record) for record in self._lookups.records(wanted))
        self._newest_days |= self._lookups.newest_days(wanted)

    @property
    def partnership(self) -> Partnership:
        """The register's own record, or what it is taken to be where there is none; records must have been loaded."""
        found = self.records.get(PARTNERSHIP)
        return found if isinstance(found, Partnership) else FORMER

    def referred(self, ref: str) -> Record | None:
        """A loaded record that others refer to; a party also in a register from before parties were records."""
        found = self.records.get(ref)
        return FORMER_PARTIES.get(ref) if found is None and self.partnership is FORMER else found

    def load_histories(self, refs: Iterable[str]) -> None:
        """Read all entries of records, of their milestones, and of the commitments of these, unless they are known."""
        wanted = {family_of(ref) for ref in refs} - self._histories.keys()
        if not wanted:
            return
        self._histories |= {ref: [] for ref in wanted}
        for entry in self._lookups.histories(wanted):
            self._histories[family_of(entry.ref)].append(entry)
        for ref in wanted & self._made.keys():
            self._histories[ref] += self._made[ref]
        self.load_records({entry.ref for ref in wanted for entry in self._histories[ref]})

    def history(self, ref: str) -> list[Entry]:
        """All entries of a record, of its milestones, and of the commitment that it is one of."""
        self.load_histories([ref])
        return self._histories[family_of(ref)]

    def about(self, change: Change) -> Known:
        """What is known of what a change is about, which was loaded; its key and its sector are known from then on.

        So is the number of a milestone: that of a refused line is not given to the next.
        """
        is_step = change.record in NUMBERED
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
        if (above := change.fields.get("under")) is not None:
            self._check_under(change.ref, str(above))
        refs = [ref for _, ref in rules.named_by(edited(change, latest), kind, record)] if kind else []
        named = {ref: found for ref in refs if (found := self.referred(ref)) is not None}
        if named:
            begun = max(begun or ("", ""), *((one.created_on, one.ref) for one in named.values()))
            day = rules.day_of(change, self._today, begun, newest)
        number = 0
        if is_step and change.ref in named:
            number = self._numbers[kind, change.ref] = self._numbers[kind, change.ref] + 1
        return Known(
            day=day,
            record=record,
            latest=latest,
            named=named,
            partnership=self.partnership,
            number=number,
            near=self._near(change),
            since=self._since(change, latest, day),
            listed=self._listed.get(change.ref, _UNLISTED),
        )

    def _check_under(self, ref: str, above: str) -> None:
        """Refuse an agreement that would be under itself."""
        seen = above
        while seen:
            if seen == ref:
                raise Refused(
                    f"{ref} cannot be under {above}, which is {'itself' if above == ref else f'under {ref}'}"
                )
            self.load_records([seen])
            seen = getattr(self.records.get(seen), "under", None) or ""

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

    def _since(self, change: Change, latest: Record | None, day: str) -> tuple[str, int] | None:
        """Since when, and by which entry, what a change says has happened is so on its day, or next after it."""
        if latest is None or not rules.names_an_event(change, latest):
            return None
        wanted = change.fields[latest.state_field]
        if wanted != state_of(latest) and day >= self._newest_days.get(latest.ref, ""):
            return None
        found: tuple[str, int] | None = None
        was = None
        states: States = {}
        for entry in laid_down(self.history(latest.ref)):
            now = step(states, entry)
            if now.ref != latest.ref or state_of(now) == was:
                continue
            was = state_of(now)
            is_so = (entry.effective_on, entry.id) if was == wanted else None
            if entry.effective_on > day:
                return found or is_so
            found = is_so
        return found

    def _near(self, change: Change) -> tuple[str, str, str] | None:
        """A field of an open list, its new word and a known one that this may be a slip of the pen for.

        None where there is no such, or the change says that it is new; what is new is known from then on.
        """
        for name in OPEN_LISTS:
            for word in texts_of(change.fields.get(name)):
                if word in self._words[name]:
                    continue
                near = None if name in change.new else nearest(word, self._words[name], cutoff=0.75)
                if near is not None:
                    return name, word, near
                self._words[name].add(word)
        return None

    def follow(self, entry: Entry) -> None:
        """Bring the record of an entry up to date with it."""
        family = family_of(entry.ref)
        newest = self._newest_days.get(entry.ref, "")
        self._newest_days[entry.ref] = max(newest, entry.effective_on)
        self._made.setdefault(family, []).append(entry)
        if family in self._histories:
            self._histories[family].append(entry)
        if not entry.retracts and entry.effective_on >= newest:
            step(self.records, entry)
            self._changed |= {*_with_owners(entry.ref)}
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
        """What became of a change that an entry was made of; of a late one, for which days."""
        spans: dict[str, Span] = {}
        if family_of(entry.ref) in self._histories:
            laid = laid_down(self.history(entry.ref))
            spans = ended_spans([one for one in laid if one.id != entry.id], laid, entry.ref)
        since, until = days_of(spans)
        return Outcome(
            ref=entry.ref,
            record=entry.record,
            action=entry.action,
            changes=entry.changes,
            entry=entry.id,
            note=entry.note,
            evidence=entry.evidence,
            since=since,
            until=until,
        )

    def entry(self, number: int) -> Entry | None:
        """The entry of a number."""
        return self._lookups.entry(number)

    def other_user(self, entry: Entry) -> Entry | None:
        """Another entry that counts and has the same key."""
        found = self._lookups.users(entry.key)
        found += [one for made in self._made.values() for one in made if one.key == entry.key]
        for one in found:
            if one.id != entry.id and one.id not in retracted(self.history(one.ref)):
                return one
        return None

    def undoing(self, ref: str, action: str) -> str:
        """The command that undoes what was last done to a record in this way."""
        invocation = self._lookups.newest_invocation(ref, action)
        return f"`ksmy undo {invocation}`" if invocation else "`ksmy undo`"

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
        return sorted(found | self._lookups.all_refs(kinds))


def _with_owners(ref: str) -> Iterator[str]:
    """A ref with those of what it is a part of."""
    part: str | None = ref
    while part is not None:
        yield part
        part = owner_of(part)


_UNLISTED = Listed()

#: Fields that refer to other records, whichever kind has them.
_REFERRING = frozenset(name for found in REFERRING.values() for name in found)
