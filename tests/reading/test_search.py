"""What a search finds, and what it does not."""

from pathlib import Path
from unicodedata import normalize

import pytest

from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.deadlines import deadlines
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.reading.timeline import timeline
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import Ksmy
from tests.reading.made import TODAY, add, looking, make, refs, update
from tests.withdrawing import withdraw


def found(path: Path, *texts: str, on: str = str(TODAY)) -> list[str]:
    """The refs of the commitments that a search finds on a day."""
    with looking(path, on) as snapshot:
        return refs(snapshot, filters=Filters(search=texts))


@pytest.mark.parametrize("text", ["plain", 'a "quoted" \\ text', "100% _", "line\nbreak\tand \x7f", "한국 Ä"])
def test_a_commitment_is_found_by_every_text_that_belongs_to_it(path: Path, text: str) -> None:
    make(
        path,
        *(add(ref, "2025-01-01") for ref in ("STEP", "NOTE", "SHOWN", "STEPS-NOTE", "OTHER")),
        add("OWN", "2025-01-01", title=f"x{text}x"),
        add("STEP", "2025-01-02", "milestone", title=f"x{text}x"),
        update("NOTE", "2025-01-03", note=f"x{text}x"),
        update("SHOWN", "2025-01-03", evidence=("a", f"x{text}x")),
        add("STEPS-NOTE", "2025-01-02", "milestone"),
        update("STEPS-NOTE/1", "2025-01-03", evidence=(f"x{text}x",)),
    )
    assert found(path, text.upper()) == ["NOTE", "OWN", "SHOWN", "STEP", "STEPS-NOTE"]
    assert found(path, normalize("NFD", text)) == ["NOTE", "OWN", "SHOWN", "STEP", "STEPS-NOTE"]
    assert found(path, f"{text}y") == []


def test_each_text_may_be_in_another_place_but_none_goes_from_one_to_the_next(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01", title="한국", detail="and Malaysia"),
        add("B", "2025-01-01", title="한국"),
    )
    make(path, update("A", "2025-01-02", note="Agreed", evidence=("at the summit",)))
    assert found(path, "한국", "AGREED", "summit", "malaysia") == ["A"]
    assert found(path, "한국", "treaty") == []
    assert [found(path, text) for text in ("한국and", "한국 and", "agreed at", "agreedat")] == [
        [],
        [],
        [],
        [],
    ]


def test_what_was_taken_back_finds_nothing(ksmy: Ksmy, register: Path) -> None:
    ksmy("update", "TOURISM", "--note", "mistaken")
    assert found(register, "mistaken") == ["TOURISM"]
    assert ksmy("undo").code == 0
    assert found(register, "mistaken") == []


def test_a_milestone_that_is_withdrawn_finds_nothing(path: Path) -> None:
    make(path, add("A", "2025-01-01"), add("A", "2025-01-02", "milestone", title="By mistake"))
    assert found(path, "mistake") == ["A"]
    withdraw(str(path), "A/1")
    assert found(path, "mistake") == []


def test_a_past_day_is_searched_as_it_stood(path: Path) -> None:
    make(
        path, add("A", "2025-01-01", title="Earlier"), update("A", "2025-06-01", title="Later", note="가나다")
    )
    assert [found(path, text, on="2025-05-31") for text in ("earlier", "later", "가나다")] == [["A"], [], []]
    assert [found(path, text, on="2025-06-01") for text in ("earlier", "later", "가나다")] == [
        [],
        ["A"],
        ["A"],
    ]


def test_what_was_known_on_a_day_finds_what_was_said_by_then(path: Path) -> None:
    make(path, add("A", "2025-01-01"), update("A", "2025-01-02", note="first"), now=None)
    make(path, update("A", "2025-01-02", note="second"), first=20)
    known = Day(TODAY, known_on=TODAY, known_until="2025-12-31T00:00:00.000000Z")
    with FileRegister(path).reading() as reader:
        snapshot = Snapshot(reader, known)
        assert snapshot.is_past
        assert refs(snapshot, filters=Filters(search=["first"])) == ["A"]
        assert refs(snapshot, filters=Filters(search=["second"])) == []
        assert [one.note for one in entries(snapshot, search=["s"], newest=1)] == ["first"]


def test_an_agreement_is_found_by_its_own_texts_and_entries(path: Path) -> None:
    make(path, add("TREATY", "2025-01-01", "agreement", title="Pacte d'été", place="Séoul"))
    make(path, update("PACT", "2025-01-02", note="Signed in SÉOUL"), first=20)
    make(path, add("A", "2025-01-03", title="séoul", agreement="TREATY"), first=30)
    with looking(path) as snapshot:
        assert [one.ref for one in agreements(snapshot, search=["séoul"])] == ["PACT", "TREATY"]
        assert [one.ref for one in agreements(snapshot, search=["séoul", "ÉTÉ"])] == ["TREATY"]
        assert len(agreements(snapshot, search=[""])) == 2


def test_an_entry_is_found_by_what_it_says_what_it_changed_and_its_ref(path: Path) -> None:
    make(path, add("A", "2025-01-01"), update("A", "2025-01-02", title='The "Final" één'), first=20)
    make(path, update("A", "2025-01-03", note="één", evidence=("https://example.org/een",)), first=30)
    with looking(path) as snapshot:
        first = entries(snapshot)[-2].id
    make(path, *(update("PACT", "2025-06-01", note=note) for note in ("later", "훗날에")), first=40)
    for day in (TODAY, "2025-01-03"):
        with looking(path, day) as snapshot:
            assert snapshot.is_past == (day != TODAY)

            def ids(*texts: str, snapshot: Snapshot = snapshot, **more: int) -> list[int]:
                return [one.id - first for one in entries(snapshot, search=texts, **more)]

            assert ids("ÉÉN") == [0, 1]
            assert ids("ÉÉN", newest=1) == [1]
            assert ids('"FINAL"') == [0]
            assert ids("één", "example.org") == [1]
            assert ids("title of a") == [-1, 0]  # what was, too
            assert ids("firmness") == []  # the name of a field
            assert ids("a", "één", newest=5) == [0, 1]
            assert entries(snapshot, search=["nowhere"]) == []
    with looking(path) as snapshot:
        assert [one.ref for one in entries(snapshot, search=["pAcT"], newest=1)] == ["PACT"]
        assert [one.note for one in entries(snapshot, search=["pact"])][-2:] == ["later", "훗날에"]


def test_what_is_found_narrows_deadlines_and_timelines(path: Path) -> None:
    make(path, *(add(ref, "2025-01-01", due="2026-02") for ref in ("A", "B")))
    make(path, update("A", "2025-01-02", note="한국"), first=20)
    only = Filters(search=["한국"])
    with looking(path, only=only) as part:
        assert [one.ref for one in deadlines(part)] == ["A"]
    with looking(path) as snapshot:
        drawn = timeline(snapshot, only)
    assert [bar.ref for bar in drawn.bars] == ["A"]
