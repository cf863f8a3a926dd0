"""A model of a history in a few lines, which shares no code with the program: what stands, and what that leaves."""

from collections.abc import Sequence
from typing import Any, NamedTuple

State = dict[str, Any]


class Said(NamedTuple):
    """One line of a history: what it says of a record on a day (None: nothing), and which lines it retracts."""

    id: int
    ref: str
    day: str
    says: State | None
    retracts: tuple[int, ...] = ()
    has_evidence: bool = False


def standing(history: Sequence[Said]) -> list[Said]:
    """The lines that none that stands itself retracts."""

    def stands(one: Said) -> bool:
        return not any(one.id in other.retracts and stands(other) for other in history)

    return [one for one in history if stands(one)]


def states(history: Sequence[Said], day: str) -> dict[str, State]:
    """What a history leaves of each record by the end of a day."""
    found: dict[str, State] = {}
    counted = [one for one in standing(history) if one.says is not None and one.day <= day]
    for one in sorted(counted, key=lambda one: (one.day, min((*one.retracts, one.id)))):
        new = {"created_on": one.day, "updated_on": one.day, "evidence": 0}
        record = found.setdefault(one.ref, new)
        before = record.get("status"), record.get("state")
        record.update(one.says or {})
        if "/" not in one.ref:
            record["baseline_due"] = record.get("baseline_due") or record.get("due")
        for name, was, done, since in (
            ("status", before[0], "completed", "completed_on"),
            ("state", before[1], "met", "met_on"),
        ):
            if name in record and record[name] != was:
                record[since] = one.day if record[name] == done else None
        for touched in {one.ref, one.ref.partition("/")[0]}:
            found[touched]["updated_on"] = one.day
            found[touched]["evidence"] += one.has_evidence
    return found
