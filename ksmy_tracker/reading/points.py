"""The records of a register at a point other than now, projected from its entries into memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ksmy_tracker.domain.entries import AskedEntry, BrokenEntry
from ksmy_tracker.storage.interface import Reader

if TYPE_CHECKING:
    from ksmy_tracker.domain.chain import Deed


class _Later(NamedTuple):
    id: int


def is_in_force_after(reader: Reader, day: str) -> bool:
    """Whether an entry that counts takes effect after a day: then the stored records are not those of that day."""
    later = reader.stream(
        _Later, "SELECT id FROM entry WHERE effective_on > :day ORDER BY effective_on", day=day
    )
    first = next(later, None)
    if first is None:
        return False
    gone = gone_by(reader)
    return first.id not in gone or any(one.id not in gone for one in later)


class _Retracting(NamedTuple):
    id: int
    retracts: str


class _Retracts(NamedTuple):
    id: int
    retracts: tuple[int, ...]


def gone_by(reader: Reader, newest: int = 2**31) -> dict[int, int]:
    """The entries that count for nothing by those up to one, each with that which retracts it."""
    sql = "SELECT id, retracts FROM entry WHERE retracts <> '[]' AND id <= :newest ORDER BY id"
    found = reader.rows(_Retracting, sql, newest=newest)
    if not found:
        return {}
    from ksmy_tracker.domain.chain import read_retracts
    from ksmy_tracker.domain.projection import retracted

    return retracted([_Retracts(one.id, read_retracts(one.id, one.retracts)) for one in found])


def _retracting(reader: Reader, newest: int) -> "list[Deed]":
    """The entries up to one that retract others."""
    from ksmy_tracker.reading.deeds import read_deed, stored_deeds

    found = stored_deeds(reader, "WHERE retracts <> '[]' AND id <= :newest ORDER BY id", newest=newest)
    return [read_deed(one) for one in found]


def at_point(reader: Reader, day: str, newest: int) -> Reader:
    """A reader of the records as they were on a day by the entries up to one, and of what queries ask of these.

    Raises `BrokenEntry` for a history that no writer can have left.
    """
    from ksmy_tracker.domain.projection import followed, in_order
    from ksmy_tracker.reading.deeds import asked_entries, read_deed
    from ksmy_tracker.storage.in_memory import Memory

    memory = Memory()
    entries = memory.keeping(asked_entries(reader, day, newest), AskedEntry)
    try:
        with without_collecting():
            states = followed(in_order(map(read_deed, entries), _retracting(reader, newest)))
            return memory.reader(states.values())
    except BrokenEntry:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BrokenEntry(f"its history cannot be followed ({error})") from None


@contextmanager
def without_collecting() -> Iterator[None]:
    """Do not look for circles among objects: what is made here has none, and a look at all of it takes its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
