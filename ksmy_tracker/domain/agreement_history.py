"""When each agreement was there, at every entry of a history: what a commitment could belong to (pure)."""

from bisect import bisect_left
from operator import attrgetter
from typing import Any, NamedTuple

from ksmy_tracker.domain.chain import Entry
from ksmy_tracker.domain.projection import laid_down


class _Version(NamedTuple):
    """What an entry left of an agreement: the day it was created, None where it is no more; and if it was withdrawn."""

    entry: int
    created_on: str | None
    is_withdrawn: bool


class Agreements:
    """When each agreement of a history was there, by the ids of entries."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._versions: dict[str, list[_Version]] = {}
        self.have_changed = False

    def follow(self, entry: Entry) -> None:
        """Take the next entry of the history."""
        if entry.record != "agreement" or not (
            entry.action == "created" or entry.retracts or "withdrawn" in entry.changes
        ):
            return
        entries = self._entries.setdefault(entry.ref, [])
        entries.append(entry)
        self.have_changed |= len(entries) > 1
        laid = laid_down(entries)
        created_on = next((one.effective_on for one in laid if one.action == "created"), None)
        turns = [one.changes["withdrawn"][1] for one in laid if "withdrawn" in one.changes]
        version = _Version(entry.id, created_on, bool(turns and turns[-1]))
        self._versions.setdefault(entry.ref, []).append(version)

    def before(self, ref: Any, entry: float) -> _Version:
        """What there was of an agreement before an entry."""
        versions = self._versions.get(ref, [])
        place = bisect_left(versions, entry, key=attrgetter("entry"))
        return versions[place - 1] if place else _Version(0, None, is_withdrawn=False)
