"""Changes kept until the register is locked: the same, in the same order, as often as need be."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.writing.spool import Spool

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
CHANGES = st.builds(
    Change,
    op=st.sampled_from(["add", "update"]),
    ref=TEXTS,
    record=st.none() | TEXTS,
    fields=st.dictionaries(TEXTS, st.none() | st.booleans() | TEXTS | st.lists(TEXTS).map(tuple)),
    note=st.none() | TEXTS,
    evidence=st.lists(TEXTS).map(tuple),
    effective_on=st.none() | TEXTS,
    actor=st.none() | TEXTS,
    expect=st.none() | TEXTS,
    new=st.lists(TEXTS).map(tuple),
    record_is=st.none() | TEXTS,
    derived=st.dictionaries(TEXTS, TEXTS),
    as_shown=st.booleans(),
    key=st.none() | TEXTS,
    key_digest=st.none() | TEXTS,
    place=TEXTS,
)
BAD = st.builds(BadLine, place=TEXTS, problems=st.lists(TEXTS).map(tuple), ref=st.none() | TEXTS)


@given(st.lists(CHANGES | BAD, max_size=20))
def test_what_is_kept_comes_out_as_it_went_in_every_time(lines: list[Change | BadLine]) -> None:
    with Spool(iter(lines)) as kept:
        assert list(kept) == lines
        assert next(iter(kept), None) == (lines[0] if lines else None)
        assert list(kept) == lines


def test_all_is_read_before_anything_is_given_back() -> None:
    read = []

    def each() -> Iterator[Change]:
        for number in range(3000):
            read.append(number)
            yield replace(Change("update", "X"), place=f"line {number}")

    with Spool(each()) as kept:
        assert len(read) == 3000
        assert [change.place for change in kept] == [f"line {number}" for number in range(3000)]


def test_a_failure_of_the_lines_is_the_failure() -> None:
    def broken() -> Iterator[Change]:
        yield Change("update", "X")
        raise KeyError("x")

    with pytest.raises(KeyError):
        Spool(broken())
