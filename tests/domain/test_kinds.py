"""The kinds of record, and what each declares besides its fields."""

import pytest

from ksmy_tracker.domain.kinds import (
    KINDS,
    NAMED,
    REFERRING,
    Agreement,
    Commitment,
    Milestone,
    Record,
    read_expected,
    state_of,
)
from ksmy_tracker.domain.values import Fault


def test_the_kinds_are_those_of_the_design() -> None:
    assert tuple(KINDS) == (
        *("body", "partnership", "source", "agreement", "commitment", "milestone", "measure", "claim"),
    )


def test_a_kind_comes_after_those_that_it_is_a_part_of_or_refers_to() -> None:
    order = list(KINDS)
    assert REFERRING["commitment"]["agreement"] == "agreement"
    assert KINDS["milestone"].part_of == ("commitment",)
    for kind, its in KINDS.items():
        for other in (*its.part_of, *REFERRING[kind].values()):
            assert order.index(other) < order.index(kind) or (other == kind and kind in ("agreement", "body"))


@pytest.mark.parametrize(
    ("kind", "refs"),
    [("agreement", ["A-1"]), ("commitment", ["A-1"]), ("milestone", ["A-1/1", "A-1/999999999"])],
)
def test_a_ref_has_the_form_of_its_kind(kind: str, refs: list[str]) -> None:
    known = (
        "A-1",
        "A-1/1",
        "A-1/999999999",
        "A-1/0",
        "A-1/01",
        "A-1/1000000000",
        "A--1",
        "a-1",
        "A-1/",
        "A-1\n",
    )
    assert [ref for ref in known if KINDS[kind].ref_form.fullmatch(ref)] == refs
    assert (kind in NAMED) == (refs == ["A-1"])


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (Agreement(stage="signed"), "signed"),
        (Commitment(status="planned"), "planned"),
        (Milestone(state="met"), "met"),
    ],
)
def test_what_is_declared_of_a_record_can_be_expected(record: Record, state: str) -> None:
    assert state_of(record) == read_expected(state) == state


def test_what_can_be_expected_is_listed_statuses_first() -> None:
    with pytest.raises(
        Fault, match=r"^'x' is unknown; it is one of planned, .*, negotiating, .*, scheduled, "
    ):
        read_expected("x")
