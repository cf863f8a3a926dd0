"""Commitments in the order that is asked for, all or the first few."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.rows import Filters, as_dict, names
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.commitments import SORT, commitments
from tests.reading.made import add, looking, make, refs, update
from tests.withdrawing import withdraw

#: Fields whose words have an order of their own.
WORDS = {
    "status": vocabulary.STATUSES,
    "firmness": vocabulary.FIRMNESSES,
    "deadline": vocabulary.DEADLINE_STATES,
}


@pytest.fixture(scope="module")
def assorted(empty_register: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose commitments differ in every field, with nulls wherever there may be one; only read."""
    path = Path(shutil.copy(empty_register, tmp_path_factory.mktemp("assorted") / "register.db"))
    make(
        path,
        add("PACT", "2025-01-01", "agreement"),
        add("TREATY", "2025-01-01", "agreement"),
        add("B", "2025-01-02", title="b", detail="z", due="2025-06", firmness="hoped", sector="a-b"),
        add("A", "2025-01-03", title="z", due="2026-03", parties="KR", verifiable=False, source="s"),
        add("D", "2025-01-04", title="a", agreement="TREATY", due_phrase="soon", status="suspended"),
        add("C", "2025-01-05", title="c", due="2025-02", due_phrase="later", detail="a", source="a"),
        add("E", "2025-01-06", title="e", due="2025-01-20"),
        add("B", "2025-01-07", "milestone"),
        add("B", "2025-01-07", "milestone"),
        add("A", "2025-01-08", "milestone"),
        update("B/1", "2025-01-09", state="met"),
        update("C", "2025-01-10", status="completed", evidence=("a", "b")),
        update("A", "2025-01-11", due="2027", evidence=("a",)),
        update("A", "2025-01-12", evidence=("b",)),
    )
    return path


def test_every_field_of_a_commitment_can_be_sorted_by() -> None:
    # What is disputed has no order.
    assert sorted([*SORT, "disputed"]) == sorted(names(Commitment))


def key_of(row: Commitment, field: str) -> Any:
    """What a listing sorts a row by: of a due date its last day, since EDTF has no order of its own."""
    return row.due_latest if field == "due" else as_dict(row)[field]


@pytest.mark.parametrize("field", [name for name in SORT if name not in WORDS])
@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("on", ["2025-01-07", "2026-01-15"])
def test_rows_are_sorted_by_a_field_with_nulls_last(
    assorted: Path, field: str, descending: bool, on: str
) -> None:
    with looking(assorted, on) as snapshot:
        keys = [key_of(row, field) for row in commitments(snapshot, sort=[f"{'-' * descending}{field}"])]
    present = [key for key in keys if key is not None]
    assert len(keys) == 5
    assert keys == sorted(present, reverse=descending) + [None] * (5 - len(present))


@pytest.mark.parametrize("field", WORDS)
@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("on", ["2025-01-07", "2026-01-15"])
def test_rows_are_sorted_by_a_word_in_the_order_of_its_vocabulary(
    assorted: Path, field: str, descending: bool, on: str
) -> None:
    with looking(assorted, on) as snapshot:
        words = [as_dict(row)[field] for row in commitments(snapshot, sort=[f"{'-' * descending}{field}"])]
    assert words == sorted(words, key=WORDS[field].index, reverse=descending)
    assert len(set(words)) > 1


def test_withdrawn_rows_are_sorted_like_any_other(path: Path) -> None:
    make(path, add("SOON", "2025-01-01", due="2026-02"), add("LATER", "2025-01-01", due="2027"))
    make(path, add("GONE", "2025-01-01", due="2025"), first=10)
    withdraw(str(path), "GONE")
    with looking(path) as snapshot:
        for field in ("days_left", "due"):
            assert refs(snapshot, filters=Filters(withdrawn=True), sort=[field]) == ["GONE", "SOON", "LATER"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ([], ["A", "B", "C", "D", "E"]),
        (["-ref"], ["E", "D", "C", "B", "A"]),
        (["agreement"], ["A", "B", "C", "E", "D"]),
        (["agreement", "-ref"], ["E", "C", "B", "A", "D"]),
        (["-milestones", "title"], ["B", "A", "D", "C", "E"]),
        (["days_left"], ["E", "B", "A", "C", "D"]),
        (["-days-left"], ["A", "B", "E", "C", "D"]),
        (["status", "-ref"], ["E", "B", "A", "C", "D"]),
        (["-status", "ref"], ["D", "C", "A", "B", "E"]),
        (["-firmness"], ["B", "A", "C", "D", "E"]),
    ],
)
def test_ties_go_to_the_next_field_and_at_last_to_the_ref(
    assorted: Path, sort: list[str], expected: list[str]
) -> None:
    with looking(assorted) as snapshot:
        assert refs(snapshot, sort=sort) == expected


@pytest.mark.parametrize(
    ("field", "nearest"), [("titel", "title"), ("-due-phras", "due_phrase"), ("stauts", "status")]
)
def test_an_unknown_sort_field_is_answered_with_the_nearest(path: Path, field: str, nearest: str) -> None:
    with looking(path) as snapshot, pytest.raises(Usage, match=rf"did you mean {nearest}\?"):
        commitments(snapshot, sort=[field])


@pytest.mark.parametrize("field", ["c.ref; DROP TABLE commitment", "ref DESC", "completed_on", "1"])
def test_only_a_field_of_the_contract_reaches_the_sql(path: Path, field: str) -> None:
    with looking(path) as snapshot, pytest.raises(Usage):
        commitments(snapshot, sort=[field])


@pytest.mark.parametrize(("limit", "expected"), [(0, ""), (1, "A"), (3, "ABC"), (5, "ABCDE"), (99, "ABCDE")])
def test_a_limit_cuts_the_sorted_rows(assorted: Path, limit: int, expected: str) -> None:
    with looking(assorted) as snapshot:
        assert refs(snapshot, limit=limit) == list(expected)
