"""All there is about one record, asked in one call."""

from pathlib import Path

import pytest

from ksmy_tracker.domain.rows import Filters, FullAgreement, FullCommitment
from ksmy_tracker.errors import NotFound
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.full_record import full_record
from ksmy_tracker.reading.milestones import milestones
from tests.reading.made import add, looking, make


@pytest.fixture
def filled(path: Path) -> Path:
    """A register with an agreement of two commitments, one of which has a milestone, beside another agreement."""
    make(
        path,
        add("OTHER", "2025-01-01", "agreement"),
        add("A", "2025-01-01"),
        add("B", "2025-01-01"),
        add("C", "2025-01-01", agreement="OTHER"),
        add("A", "2025-01-02", "milestone"),
    )
    return path


@pytest.mark.parametrize("ref", ["A", "A/1"])
def test_a_commitment_comes_with_its_agreement_milestones_and_history(filled: Path, ref: str) -> None:
    with looking(filled) as snapshot:
        (pact,) = agreements(snapshot, ref="PACT")
        steps, history = milestones(snapshot, "A"), entries(snapshot, ref="A")
        found = commitment(snapshot, "A")
        assert found
        assert full_record(snapshot, ref) == FullCommitment(found, pact, steps, history, [], [])
        assert (len(steps), len(history)) == (1, 2)


def test_an_agreement_comes_with_its_commitments_and_history(filled: Path) -> None:
    with looking(filled) as snapshot:
        (pact,) = agreements(snapshot, ref="PACT")
        under, history = commitments(snapshot, Filters(agreement=["PACT"])), entries(snapshot, ref="PACT")
        assert full_record(snapshot, "PACT") == FullAgreement(pact, under, history, [], [])
        assert [one.ref for one in under] == ["A", "B"]


@pytest.mark.parametrize("ref", ["NONE", "NONE/1", "A/2", "PACT/1"])
def test_a_ref_that_names_nothing_is_told(filled: Path, ref: str) -> None:
    with looking(filled) as snapshot, pytest.raises(NotFound, match=f"^there is no record {ref}; "):
        full_record(snapshot, ref)
