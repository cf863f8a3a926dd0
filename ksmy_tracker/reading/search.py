"""What a search finds: records by texts of their own, and by what entries that count say of them.

SQL knows case in ASCII alone, and each engine its own Unicode. So it lets through every text that may have what is
searched for, and what does is told here (domain/search.py), the same on every engine.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from ksmy_tracker.domain.kinds import NAMED, SEARCHED, family_of
from ksmy_tracker.domain.rows import Cited
from ksmy_tracker.domain.search import cited_texts, folded, said
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Reader

#: Stands between the texts of a record where they are searched as one.
_BETWEEN: Final = "\x1f"

#: What LIKE would take for something else, and what is written otherwise in JSON.
_NOT_PLAIN: Final = re.compile(r'[%_\\"\x00-\x1f\x7f]+')

#: Letters of a text that SQL is asked for: LIKE takes no text of any length.
_ENOUGH: Final = 200


class _Own(NamedTuple):
    """The texts of a record."""

    ref: str
    text: str


class _Said(NamedTuple):
    """What an entry says of a record; `evidence` is JSON."""

    id: int
    ref: str
    note: str | None
    evidence: str


def found(snapshot: Snapshot, kinds: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The refs of the records of a kind that have all that is searched for, each in any text of theirs.

    The texts of a record are also those of the other kinds, which belong to it.
    """
    having: list[set[str]] = [set() for _ in wanted]
    for ref, texts in chain(_own(snapshot, kinds, wanted), _in_entries(snapshot, wanted)):
        record = family_of(ref)
        for one, its in zip(wanted, having, strict=True):
            if record not in its and one in texts:
                its.add(record)
    return sorted(set.intersection(*having))


def entry_may_have(reader: Reader, sources: Mapping[str, Cited], wanted: Sequence[str]) -> str:
    """SQL for "an entry may have some of what is searched for", in what it says, what it changed or its ref."""
    others = (_may_have(reader, column, wanted) for column in ("ref", "changes"))
    return f"({' OR '.join((_may_say(reader, sources, wanted), *others))})"


def _may_say(reader: Reader, sources: Mapping[str, Cited], wanted: Sequence[str]) -> str:
    """The same of what it says, and of the sources that it cites."""
    note, evidence = (_may_have(reader, column, wanted) for column in ("note", "evidence"))
    citing = _citing(sources, wanted)
    cites = [f"replace(evidence, :{mark}, '') <> evidence" for mark in citing]
    if len(citing) > _MOST_CITED:
        cites = ["true"]
    return f"({note} OR evidence <> '[]' AND ({' OR '.join((evidence, *cites))}))"


#: Sources that SQL is asked for; where more have what is searched for, every entry with evidence may cite one.
_MOST_CITED: Final = 50


def _citing(sources: Mapping[str, Cited], wanted: Sequence[str]) -> dict[str, str]:
    """The sources that have any of what is searched for, as they stand in evidence, by the names of parameters."""
    found = (
        f'"{ref}"'
        for ref, source in sources.items()
        if any(one in folded(text) for text in cited_texts([source]) for one in wanted)
    )
    return {f"citing_{number}": ref for number, ref in enumerate(found)}


def _may_have(reader: Reader, column: str, wanted: Sequence[str]) -> str:
    """The same of a text, or of JSON: true wherever it has it."""
    return f"({column} IS NOT NULL AND {reader.like_or_beyond_ascii(column, text_parameters(wanted))})"


def entry_parameters(sources: Mapping[str, Cited], wanted: Sequence[str]) -> dict[str, str]:
    """The parameters of that SQL about entries."""
    citing = _citing(sources, wanted)
    return {**text_parameters(wanted), **(citing if len(citing) <= _MOST_CITED else {})}


def text_parameters(wanted: Sequence[str]) -> dict[str, str]:
    """The parameters of that SQL: of what can stand in ASCII the longest part that stands there as it is."""
    plain = (max(_NOT_PLAIN.split(one), key=len)[:_ENOUGH] for one in wanted if one.isascii())
    return {f"text_{number}": f"%{part}%" for number, part in enumerate(plain)}


def _own(snapshot: Snapshot, kinds: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts of records that may have it, folded; what belongs to another and was withdrawn is not of it."""
    for kind in kinds:
        columns = ("ref", *SEARCHED[kind])
        text = f" || '{_BETWEEN}' || ".join(f"coalesce({name}, '')" for name in columns)
        may = " OR ".join(_may_have(snapshot.reader, name, wanted) for name in columns)
        there = "" if kind in NAMED else "withdrawn = 0 AND "
        sql = f"SELECT ref, {text} AS text FROM {kind} WHERE {there}({may})"
        for one in snapshot.stream(_Own, sql, **text_parameters(wanted)):
            yield one.ref, folded(one.text)


def _in_entries(snapshot: Snapshot, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What entries that count at the point of the snapshot say, folded, with the refs of their records."""
    from ksmy_tracker.domain.chain import read_evidence

    register, gone = snapshot.register, snapshot.gone
    # A snapshot of the past has no texts of entries, and what is added to the day keeps its index out of this.
    until = "AND effective_on || '' <= :until AND id <= :newest" if snapshot.is_past else ""
    sql = f"SELECT id, ref, note, evidence FROM entry WHERE {_may_say(register, snapshot.sources, wanted)} {until}"
    day = {"until": snapshot.day.until, "newest": snapshot.newest}
    sources = snapshot.sources
    for one in register.stream(_Said, sql, **entry_parameters(sources, wanted), **day):
        if one.id not in gone:
            evidence = read_evidence(one.id, one.evidence)
            cited = cited_texts(sources[ref] for ref in evidence if ref in sources)
            yield one.ref, folded(_BETWEEN.join((*said(one.note, evidence), *cited)))
