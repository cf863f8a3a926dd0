"""The stored records of a kind, family by family, for a check that goes through the history by family."""

from collections.abc import Iterator
from itertools import groupby

from ksmy_tracker.domain.kinds import COLUMNS, KINDS, NAMED, Record, family_of
from ksmy_tracker.domain.projection import States
from ksmy_tracker.storage.interface import Reader


class StoredRecords:
    """The stored records of a kind, in the order of the agreement or commitment they are or belong to: `next_ref`."""

    def __init__(self, reader: Reader, kind: str) -> None:
        self.kind = kind
        order = "ref" if kind in NAMED else f"{reader.family('ref')}, ref"
        sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} ORDER BY {order}"
        self._families = groupby(reader.stream(KINDS[kind], sql), key=lambda one: family_of(one.ref))
        self.next_ref: str | None = None
        self._next: Iterator[Record] = iter(())
        self._step()

    def _step(self) -> None:
        self.next_ref, self._next = next(self._families, (None, iter(())))

    def without_history(self, ref: str | None) -> Iterator[str]:
        """A fault for each of those that come before a ref (None: all that are left)."""
        while self.next_ref is not None and (ref is None or self.next_ref < ref):
            yield from (f"{self.kind} {one.ref} has no history" for one in self._next)
            self._step()

    def of(self, ref: str) -> States:
        """Those of a ref, each by its own."""
        if self.next_ref != ref:
            return {}
        found = {one.ref: one for one in self._next}
        self._step()
        return found
