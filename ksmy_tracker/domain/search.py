"""What a search compares (pure): neither case nor the form in which letters are kept tells texts apart."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from unicodedata import normalize


def folded(text: str) -> str:
    """A text without what tells apart only how it is written: case, composed or not, full width or not, ligatures."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def wanted_of(texts: Iterable[str]) -> tuple[str, ...]:
    """What is searched for, folded; a text that says nothing asks for nothing."""
    return tuple(folded(text) for text in texts if text.strip())


def has_all(texts: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether all that is searched for, folded, stands in some of the texts, each in any."""
    found = [folded(text) for text in texts]
    return all(any(one in text for text in found) for one in wanted)


def said(note: str | None, evidence: Iterable[str]) -> Iterator[str]:
    """The texts of what an entry says, of whatever record: its note, and the evidence that it names."""
    if note is not None:
        yield note
    yield from evidence


def cited_texts(sources: Iterable[Any]) -> Iterator[str]:
    """The texts of sources that evidence cites."""
    for one in sources:
        yield from filter(None, (one.ref, one.title, one.publisher))


def texts_of(entry: Any) -> Iterator[str]:
    """All that is searched of an entry as it is shown: what it says, and of which record, and what it changed."""
    yield entry.ref
    yield from said(entry.note, entry.evidence)
    yield from cited_texts(entry.cited)
    yield from (value for pair in entry.changes.values() for value in pair if isinstance(value, str))
