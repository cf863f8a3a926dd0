"""The end of the chain of entries: what is appended to it, and whether the database kept that."""

from typing import NamedTuple

from ksmy_tracker.domain.chain import Entry, NewEntry, digest, entry_row
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.errors import Damaged
from ksmy_tracker.storage.interface import Transaction


class _End(NamedTuple):
    id: int
    hash: str
    recorded_at: str


class ChainEnd:
    """The newest entry of a register, and those of one command that follow it."""

    def __init__(self, transaction: Transaction, *, invocation: str, recorded_at: str, actor: str) -> None:
        """Find the end; the rest is what the entries of the command have in common."""
        self._transaction = transaction
        self._invocation = invocation
        self._recorded_at = recorded_at
        self._actor = actor
        newest = transaction.rows(_End, "SELECT id, hash, recorded_at FROM entry ORDER BY id DESC LIMIT 1")
        self.head: str | None = newest[0].hash if newest else None
        self.last_id = self._first_id = newest[0].id if newest else 0
        self.recorded_at = newest[0].recorded_at if newest else None
        self._waiting: list[StoredEntry] = []
        self._stored: StoredEntry | None = None

    def append(self, new: NewEntry) -> Entry:
        """Give an entry its place and its hash; it waits to be stored."""
        entry = Entry(
            id=self.last_id + 1,
            invocation=self._invocation,
            key=new.key,
            key_digest=new.key_digest,
            recorded_at=self._recorded_at,
            effective_on=new.effective_on,
            actor=new.actor or self._actor,
            record=new.record,
            ref=new.ref,
            action=new.action,
            changes=new.changes,
            note=new.note,
            evidence=new.evidence,
            previous_hash=self.head,
            retracts=new.retracts,
        )
        entry.hash = self.head = digest(entry)
        self.last_id = entry.id
        self._waiting.append(entry_row(entry))
        return entry

    def store(self) -> None:
        """Write the entries that wait."""
        if self._waiting:
            self._transaction.insert("entry", self._waiting)
            self._stored = self._waiting[-1]
        self._waiting.clear()

    def forget(self) -> None:
        """Leave the entries that wait unwritten."""
        self._waiting.clear()

    def read_back(self) -> None:
        """Raise `Damaged` unless the database has the entries that were stored, in this same transaction."""
        if self._stored is None:
            return
        newest = self._transaction.rows(
            StoredEntry, f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry WHERE id = :last", last=self.last_id
        )
        (counted,) = self._transaction.values(
            int,
            "SELECT count(*) FROM entry WHERE id > :first AND invocation = :invocation",
            first=self._first_id,
            invocation=self._invocation,
        )
        if newest != [self._stored] or counted != self.last_id - self._first_id:
            raise Damaged(
                f"the database did not keep entry {self.last_id} as it was written; nothing was changed; "
                "`ksmy check` tells what is wrong with it"
            )
