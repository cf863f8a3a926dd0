"""Claims: what other sources say of records, and which records these dispute."""

import json
from collections.abc import Iterable, Mapping

from ksmy_tracker.domain.claims import disputed, is_of_another_time
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, Claim, Record, family_of
from ksmy_tracker.domain.quantities import Reading
from ksmy_tracker.reading.expressions import columns_of
from ksmy_tracker.reading.readings import readings_of
from ksmy_tracker.reading.snapshot import Snapshot


def claims(snapshot: Snapshot, *, family: str | None = None) -> list[Claim]:
    """The claims about a record and its parts, or about all, by ref."""
    where = "1 = 1" if family is None else f"{snapshot.reader.family('k.about')} = :family"
    sql = f"SELECT {columns_of(COLUMNS['claim'], 'k')} FROM claim k WHERE k.withdrawn = 0 AND {where}"
    return snapshot.rows(Claim, f"{sql} ORDER BY k.about, k.number", family=family)


def disputes(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The fields of each record that claims contradict, by its ref; under a commitment's those of its parts, too."""
    if "disputes" not in snapshot.found:
        snapshot.found["disputes"] = _disputes(snapshot)
    found: dict[str, tuple[str, ...]] = snapshot.found["disputes"]
    return found


def _disputes(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    by_record: dict[str, list[Claim]] = {}
    for one in claims(snapshot):
        if one.state == "standing":
            by_record.setdefault(one.about, []).append(one)
    found: dict[str, tuple[str, ...]] = {}
    among = records(snapshot, by_record)
    read = older_readings(snapshot, among, by_record)
    for record in among:
        fields = disputed(record, by_record[record.ref], read.get(record.ref, ()))
        family = family_of(record.ref)
        if fields:
            found[record.ref] = (*found.get(record.ref, ()), *fields)
        if fields and family != record.ref:
            part = record.ref.removeprefix(family)
            found[family] = (*found.get(family, ()), *(f"{part} {field}" for field in fields))
    return found


def older_readings(
    snapshot: Snapshot, records: Iterable[Record], claims: Mapping[str, Iterable[Claim]]
) -> dict[str, list[Reading]]:
    """The readings of those records of which claims, by ref, are about another than the newest."""
    wanted = [
        one.ref for one in records if any(is_of_another_time(claim, one) for claim in claims.get(one.ref, ()))
    ]
    return readings_of(snapshot, wanted)


def records(snapshot: Snapshot, refs: Iterable[str]) -> list[Record]:
    """Records of any kind by their refs, by kind and ref."""
    wanted = json.dumps(sorted(refs))
    if wanted == "[]":
        return []
    among = snapshot.reader.among("ref", "wanted")
    return [
        record
        for kind, its in KINDS.items()
        for record in snapshot.rows(
            its, f"SELECT {', '.join(COLUMNS[kind])} FROM {kind} WHERE {among} ORDER BY ref", wanted=wanted
        )
    ]
