"""When each record was there that others refer to, at every entry of a history (pure)."""

from bisect import bisect_left
from operator import attrgetter
from typing import Any, Final, NamedTuple

from ksmy_tracker.domain.chain import Entry
from ksmy_tracker.domain.kinds import FORMER_PARTIES, REFERRED
from ksmy_tracker.domain.projection import laid_down


class _Version(NamedTuple):
    """What an entry left of a record: its kind, the day it was created (None: it is no more), if it was withdrawn."""

    entry: int
    record: str
    created_on: str | None
    is_withdrawn: bool


#: The kinds of record that it is told of.
FOLLOWED: Final = REFERRED | {"partnership"}


class References:
    """When each record of a history that others may refer to was there, by the ids of entries."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._versions: dict[str, list[_Version]] = {}
        self.have_changed = False
        self._has_partnership = False

    def follow(self, entry: Entry) -> None:
        """Take the next entry of the history."""
        self._has_partnership |= entry.record == "partnership"
        if entry.record not in REFERRED or not (
            entry.action == "created" or entry.retracts or "withdrawn" in entry.changes
        ):
            return
        entries = self._entries.setdefault(entry.ref, [])
        entries.append(entry)
        self.have_changed |= len(entries) > 1
        laid = laid_down(entries)
        created_on = next((one.effective_on for one in laid if one.action == "created"), None)
        turns = [one.changes["withdrawn"][1] for one in laid if "withdrawn" in one.changes]
        version = _Version(entry.id, entry.record, created_on, bool(turns and turns[-1]))
        self._versions.setdefault(entry.ref, []).append(version)

    def before(self, ref: Any, entry: float) -> _Version:
        """What there was of a record before an entry; a register without a partnership has its parties for ever."""
        if ref in FORMER_PARTIES and not self._has_partnership:
            return _Version(0, "body", FORMER_PARTIES[ref].created_on, is_withdrawn=False)
        versions = self._versions.get(ref, [])
        place = bisect_left(versions, entry, key=attrgetter("entry"))
        return versions[place - 1] if place else _Version(0, "", None, is_withdrawn=False)
