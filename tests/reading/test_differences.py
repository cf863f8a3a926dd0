"""What moved in a register between two days, each as known then."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Day, Filters, Moved, days_before
from ksmy_tracker.domain.zone import midnight_after
from ksmy_tracker.reading.differences import differences, moved_since
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.locate import locate
from tests.conftest import NOW, At, Ksmy

EVERYTHING = Filters()

#: What the calendar moves in the seed when 2026 begins.
TURNED = ("FTA-CONCLUDE", "deadline", "due-soon", "overdue", (), "2026-01-01")

#: The seed's entries are numbered up to this.
SEED = 30


def known(on: str) -> Day:
    """A day, by what was known at its end."""
    return Day(date.fromisoformat(on), known_until=midnight_after(on))


def plain(moves: Sequence[Moved]) -> list[tuple[object, ...]]:
    return [(one.ref, one.field, one.old, one.new, one.entries, one.since) for one in moves]


def between(register: Path, first: str, last: str) -> list[tuple[object, ...]]:
    with locate(str(register)).reading() as reader:
        return plain(differences(reader, known(first), known(last)))


def since(
    register: Path,
    day: str,
    *,
    on: str = "2026-01-15",
    most: int = 50,
    only: Filters = EVERYTHING,
    as_it_stood: bool = False,
) -> Listed[Moved]:
    with locate(str(register)).reading() as reader:
        snapshot = Snapshot(reader, Day(date.fromisoformat(on), as_it_stood=as_it_stood))
        return moved_since(narrowed(snapshot, only), day, most=most)


def changed(ksmy: Ksmy, *arguments: str) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 0, ran.err


def test_the_first_invocation_tells_what_was_so_already(register: Path) -> None:
    # All of it was recorded on 15 January.
    assert between(register, "2024-12-01", "2025-01-15") == []
    assert between(register, "2025-12-31", "2026-01-15") == [TURNED]


def test_what_the_first_invocation_says_came_on_its_day_came_then(register: Path) -> None:
    came = between(register, "2024-11-24", "2026-01-15")
    assert len(came) == SEED
    assert {field for _, field, *_ in came} == {"record"}


def test_what_is_recorded_late_moves_on_the_day_it_was_recorded(ksmy: Ksmy, register: Path, at: At) -> None:
    at(NOW + timedelta(days=2))
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    moved = ("TOURISM", "status", "in-progress", "suspended", (SEED + 1,), None)
    assert between(register, "2025-05-31", "2025-06-01") == []
    assert between(register, "2026-01-16", "2026-01-17") == [moved]


def test_an_undo_moves_back_what_it_retracts(ksmy: Ksmy, register: Path, at: At) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    at(NOW + timedelta(days=2))
    changed(ksmy, "undo")
    moved = ("TOURISM", "status", "suspended", "in-progress", (SEED + 2,), None)
    assert between(register, "2026-01-16", "2026-01-17") == [moved]
    assert plain(since(register, "2026-01-16", on="2026-01-17").items) == [moved]
    assert plain(since(register, "2026-01-15", on="2026-01-17").items) == []


def test_a_note_hides_nothing_that_the_calendar_moved(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "FTA-CONCLUDE", "--note", "Talks go on")
    changed(ksmy, "review", "FTA-CONCLUDE")
    assert between(register, "2025-12-31", "2026-01-15") == [TURNED]
    assert plain(since(register, "2026-01-01").items) == [TURNED]


def test_what_the_calendar_moves_of_a_record_that_an_entry_changed_is_there_once(
    ksmy: Ksmy, register: Path
) -> None:
    changed(ksmy, "update", "FTA-CONCLUDE", "--status", "finalising")
    status = ("FTA-CONCLUDE", "status", "in-progress", "finalising", (SEED + 1,), None)
    assert between(register, "2025-12-31", "2026-01-15") == [status, TURNED]
    assert since(register, "2026-01-01").total == 2
    assert plain(since(register, "2026-01-01").items) == [status, TURNED]


def test_a_milestone_that_the_calendar_moves_is_not_where_its_commitment_is_settled(
    ksmy: Ksmy, register: Path
) -> None:
    changed(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--due", "2025-12-31")
    overdue = "FTA-CONCLUDE/1"
    # What is due was first said on 15 January.
    assert (overdue, "due", None, "2025-12-31", (SEED + 1,), None) in between(
        register, "2026-01-14", "2026-01-15"
    )
    changed(ksmy, "update", "FTA-CONCLUDE", "--status", "cancelled", "--note", "Given up")
    with locate(str(register)).reading() as reader:
        later = [Day(date(2026, 1, 15) + timedelta(days=days)) for days in (0, 400)]
        assert plain(differences(reader, *later)) == []


def test_since_counts_from_the_beginning_of_its_day(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2026-01-10")
    status = ("TOURISM", "status", "in-progress", "suspended", (SEED + 1,), None)
    assert plain(since(register, "2026-01-15").items) == [status]  # it was recorded then
    assert plain(since(register, "2026-01-01").items) == [status, TURNED]
    assert plain(since(register, "2026-01-02").items) == [status]


def test_as_of_a_day_what_moved_is_what_took_effect_in_between_whenever_it_was_recorded(
    ksmy: Ksmy, register: Path, at: At
) -> None:
    at(NOW + timedelta(days=60))
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2026-01-10")
    status = ("TOURISM", "status", "in-progress", "suspended", (SEED + 1,), None)
    assert plain(since(register, "2026-01-10", as_it_stood=True).items) == [status]
    assert plain(since(register, "2026-01-11", as_it_stood=True).items) == []
    assert plain(since(register, "2026-03-16", on="2026-03-16", as_it_stood=True).items) == []
    assert plain(since(register, "2026-03-16", on="2026-03-16").items) == [status]


def test_as_of_a_day_what_is_retracted_since_has_not_moved(ksmy: Ksmy, register: Path, at: At) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2026-01-10")
    at(NOW + timedelta(days=60))
    changed(ksmy, "undo")
    assert plain(since(register, "2026-01-02", as_it_stood=True).items) == []


def test_of_many_records_those_with_the_newest_entries_are_shown_and_all_are_counted(
    ksmy: Ksmy, register: Path
) -> None:
    for ref in ("TOURISM", "HYDROGEN", "CCS-START"):
        changed(ksmy, "update", ref, "--status", "suspended")
    found = since(register, "2026-01-01", most=1)
    assert [one.ref for one in found.items] == ["CCS-START"]
    assert found.total == 4
    assert since(register, "2026-01-01", most=50).total == 4


def test_a_record_about_which_somebody_only_said_something_is_not_counted(ksmy: Ksmy, register: Path) -> None:
    for ref in ("TOURISM", "HYDROGEN", "CCS-START"):
        changed(ksmy, "update", ref, "--note", "Talks go on")
    assert since(register, "2026-01-01", most=1).total == 1
    assert since(register, "2026-01-02", most=0) == ([], 0)


def test_of_very_many_records_of_which_all_was_undone_nothing_is_counted(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ksmy_tracker.reading.differences._ALL", 2)
    monkeypatch.setattr("ksmy_tracker.reading.differences._SOME", 2)
    changed(ksmy, "update", "GREEN-ENERGY", "--status", "suspended")
    for ref in ("TOURISM", "HYDROGEN", "CCS-START"):
        changed(ksmy, "update", ref, "--status", "suspended")
        changed(ksmy, "undo")
    assert [one.ref for one in since(register, "2026-01-02").items] == ["GREEN-ENERGY"]
    changed(ksmy, "undo")
    assert since(register, "2026-01-02") == ([], 0)


@pytest.mark.parametrize(
    ("only", "refs"),
    [
        (EVERYTHING, ["FTA-CONCLUDE", "FTA-CONCLUDE/1", "HYDROGEN", "TOURISM"]),
        (Filters(sector=["trade"]), ["FTA-CONCLUDE", "FTA-CONCLUDE/1"]),
        (Filters(sector=["tourism"]), ["TOURISM"]),
        (Filters(sector=["defence"]), []),
    ],
)
def test_a_part_has_what_moved_of_its_records(
    only: Filters, refs: list[str], ksmy: Ksmy, register: Path
) -> None:
    for ref in ("TOURISM", "HYDROGEN"):
        changed(ksmy, "update", ref, "--status", "suspended")
    changed(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--title", "All talks concluded")
    found = since(register, "2026-01-01", only=only)
    assert sorted(one.ref for one in found.items) == refs
    assert found.total == len(refs)


def test_what_moved_is_listed_by_ref_a_milestone_after_its_commitment(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    changed(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--title", "All talks concluded")
    moves = between(register, "2025-12-31", "2026-01-15")
    assert [ref for ref, *_ in moves] == ["FTA-CONCLUDE", "FTA-CONCLUDE/1", "TOURISM"]


def test_an_empty_register_has_moved_nothing(ksmy: Ksmy, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    changed(ksmy, "init", "--empty", "--db", str(empty))
    assert between(empty, "2025-01-01", "2026-01-15") == []
    assert since(empty, "2025-01-01") == ([], 0)


def test_an_entry_of_2099_moves_nothing_before(ksmy: Ksmy, register: Path, at: At) -> None:
    at(datetime.combine(date(2099, 1, 1), time(4), UTC))
    changed(ksmy, "update", "TOURISM", "--status", "suspended")
    at(NOW)
    assert between(register, "2025-12-31", "2026-01-15") == [TURNED]
    assert days_before(date(2026, 1, 15), 14) == "2026-01-01"
    assert plain(since(register, "2026-01-01").items) == [TURNED]
