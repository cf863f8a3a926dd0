"""What each filter lets through, and what it says of a word that no register has."""

from pathlib import Path

import pytest

from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.errors import NotFound, Usage
from ksmy_tracker.reading import refs as refs_of
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.deadlines import deadlines, first_deadlines
from ksmy_tracker.reading.filters import slugs
from tests.reading.made import add, looking, make, refs, update
from tests.withdrawing import withdraw


@pytest.mark.parametrize("text", ["100%", "a_b", "!", "'", '"', "\\", "*", "[a]", "Ünïcode", "한국"])
def test_a_search_takes_every_character_as_it_is(path: Path, text: str) -> None:
    make(path, add("WITH", "2025-01-01", detail=f"x{text}x"), add("WITHOUT", "2025-01-01", detail="100 a-b"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(search=[text])) == ["WITH"]


@pytest.mark.parametrize("field", ["title", "detail", "due_phrase"])
def test_a_search_ignores_case_and_looks_into_the_texts(path: Path, field: str) -> None:
    make(path, add("A", "2025-01-01", **{field: "Semiconductors and more"}), add("B", "2025-01-01"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(search=["semiCONDUCTORS"])) == ["A"]


def test_a_search_takes_a_text_of_any_length(path: Path) -> None:
    make(path, add("A", "2025-01-01", detail="x" * 60_000), add("B", "2025-01-01", detail="x" * 59_999))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(search=["x" * 60_000])) == ["A"]
        assert refs(snapshot, filters=Filters(search=["x" * 70_000])) == []


def test_a_search_for_nothing_in_particular_finds_everything(path: Path) -> None:
    make(path, add("A", "2025-01-01"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(search=[" "])) == ["A"]


def test_a_commitment_is_stale_from_the_day_its_last_entry_is_so_old(path: Path) -> None:
    make(path, add("A", "2025-01-01"), update("A", "2025-12-16", note="news"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(stale=30)) == ["A"]
        assert refs(snapshot, filters=Filters(stale=31)) == []


def test_news_of_a_milestone_is_news_of_its_commitment(path: Path) -> None:
    make(path, add("A", "2025-01-01"), add("A", "2025-12-16", "milestone"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(stale=31)) == []


def test_what_is_settled_is_never_stale(path: Path) -> None:
    make(path, add("A", "2025-01-01", status="cancelled"), add("B", "2025-01-01", status="suspended"))
    with looking(path) as snapshot:
        assert refs(snapshot, filters=Filters(stale=0)) == ["B"]


def test_an_unknown_agreement_is_answered_with_the_nearest(path: Path) -> None:
    with looking(path) as snapshot, pytest.raises(NotFound, match=r"no agreement PACTT; did you mean PACT\?"):
        commitments(snapshot, Filters(agreement=["PACTT"]))


def test_a_sector_that_no_commitment_is_in_is_answered_with_the_nearest_or_all(path: Path) -> None:
    make(path, add("A", "2025-01-01", sector="green-energy"), add("B", "2025-01-01", sector="defence"))
    with looking(path) as snapshot:
        with pytest.raises(Usage, match=r"no sector green-enrgy; did you mean green-energy\?"):
            commitments(snapshot, Filters(sector=["green-enrgy"]))
        with pytest.raises(Usage, match=r"no sector fisheries; it is one of defence, green-energy$"):
            commitments(snapshot, Filters(sector=["defence", "fisheries"]))


def test_a_sector_of_another_day_is_known_and_one_of_no_day_is_not(path: Path) -> None:
    make(path, add("A", "2025-01-01", sector="trade"))
    make(path, update("A", "2025-06-01", sector="defence"))
    for day, sector in (("2025-01-02", "defence"), ("2025-01-02", "trade"), ("2024-12-31", "defence")):
        with looking(path, day) as snapshot:
            assert refs(snapshot, filters=Filters(sector=[sector])) == (["A"] if sector == "trade" else [])
    for day in ("2024-12-31", "2025-01-02"):
        with looking(path, day) as snapshot, pytest.raises(Usage, match="no sector fisheries"):
            commitments(snapshot, Filters(sector=["fisheries"]))


def test_a_register_without_commitments_has_every_sector_empty(path: Path) -> None:
    with looking(path) as snapshot:
        assert commitments(snapshot, Filters(sector=["fisheries"])) == []


def test_what_is_withdrawn_is_in_no_listing_unless_asked_for(path: Path) -> None:
    make(path, add("KEPT", "2025-01-01", sector="fisheries"))
    make(path, add("TREATY", "2025-01-01", "agreement"), first=20)
    make(path, add("GONE", "2025-01-01", due="2025", agreement="TREATY"), first=21)
    make(path, add("KEPT", "2025-01-01", "milestone", due="2025"), first=22)
    with looking(path) as snapshot:
        assert refs(snapshot) == ["GONE", "KEPT"]
        assert len(deadlines(snapshot)) == first_deadlines(snapshot, most=9).total == 2
        assert slugs(snapshot, "sector") == ["fisheries", "trade"]
    withdraw(str(path), "KEPT/1", "GONE", "TREATY")
    with looking(path) as snapshot:
        assert refs(snapshot) == ["KEPT"]
        assert refs(snapshot, filters=Filters(withdrawn=True)) == ["GONE", "KEPT"]
        assert refs(snapshot, filters=Filters(withdrawn=True, overdue=True)) == []
        assert [row.withdrawn for row in commitments(snapshot, Filters(withdrawn=True))] == [True, False]
        assert deadlines(snapshot) == []
        assert first_deadlines(snapshot, most=9) == ([], 0)
        assert [row.ref for row in agreements(snapshot)] == ["PACT"]
        assert [row.ref for row in agreements(snapshot, withdrawn=True)] == ["PACT", "TREATY"]
        assert slugs(snapshot, "sector") == ["fisheries"]
        assert [ref for ref, _ in refs_of.refs(snapshot)] == ["KEPT", "PACT"]
        (kept,) = commitments(snapshot)
        assert (kept.milestones, kept.milestones_met) == (0, 0)
    with looking(path, "2026-01-14") as snapshot:
        assert refs(snapshot) == ["GONE", "KEPT"]
