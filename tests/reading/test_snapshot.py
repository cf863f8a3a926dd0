"""A register as of a day: what had taken effect by its end, by what is known, and the head of that."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.filters import narrowed, slugs
from ksmy_tracker.reading.milestones import milestones
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.interface import Row
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import NOW, At, Ksmy

#: Half past midnight in Seoul on the 16th; still the 15th in Kuala Lumpur and in New York.
AFTER_MIDNIGHT_IN_SEOUL = datetime(2026, 1, 15, 15, 30, tzinfo=UTC)

EVERYTHING = Filters()


class Asked(FileReader):
    """A reader that remembers what it was asked."""

    def __init__(self, reader: FileReader) -> None:
        super().__init__(reader._connection)
        self.asked: list[str] = []

    def fetched(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
        self.asked.append(sql)
        return super().fetched(sql, parameters)

    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        self.asked.append(sql)
        return super().stream(row, sql, **parameters)


@contextmanager
def looking(register: Path, day: Day | str, only: Filters = EVERYTHING) -> Iterator[Snapshot]:
    """A view of a day, or as the register is now."""
    with locate(str(register)).reading() as reader:
        whole = Snapshot(reader, Day(date.fromisoformat(day)) if isinstance(day, str) else day)
        yield narrowed(whole, only)


def now(today: str) -> Day:
    """A day as commands without `--as-of` have it."""
    return Day(date.fromisoformat(today), as_it_stood=False)


def status_of(register: Path, day: Day | str, ref: str) -> str | None:
    with looking(register, day) as snapshot:
        row = commitment(snapshot, ref)
        return row.status if row else None


def changed(ksmy: Ksmy, *arguments: str) -> None:
    assert ksmy(*arguments).code == 0


def hashes(register: Path) -> list[str]:
    """The hash of every entry, in the order of the chain."""
    with looking(register, now("2026-01-15")) as snapshot:
        return [entry.hash for entry in entries(snapshot)]


@pytest.fixture
def in_seoul(ksmy: Ksmy, at: At) -> None:
    """A change made just after midnight in Seoul, by Seoul's date."""
    at(AFTER_MIDNIGHT_IN_SEOUL)
    changed(ksmy, "update", "FTA-CONCLUDE", "--status", "completed", "--tz", "Asia/Seoul")
    at(NOW)


@pytest.mark.usefixtures("in_seoul")
def test_a_view_of_now_sees_what_is_dated_tomorrow_elsewhere(register: Path) -> None:
    assert status_of(register, now("2026-01-15"), "FTA-CONCLUDE") == "completed"
    with looking(register, now("2026-01-15")) as snapshot:
        assert entries(snapshot)[-1].effective_on == "2026-01-16"
        assert snapshot.head() == hashes(register)[-1]


@pytest.mark.usefixtures("in_seoul")
def test_a_view_of_the_day_before_does_not_see_it(register: Path) -> None:
    assert status_of(register, "2026-01-15", "FTA-CONCLUDE") == "in-progress"
    assert status_of(register, "2026-01-16", "FTA-CONCLUDE") == "completed"
    with looking(register, "2026-01-15") as snapshot:
        assert snapshot.head() == hashes(register)[-1]


@pytest.mark.usefixtures("in_seoul")
def test_every_reading_command_in_another_zone_sees_what_seoul_recorded(ksmy: Ksmy, at: At) -> None:
    at(AFTER_MIDNIGHT_IN_SEOUL)
    there = ("--tz", "America/New_York")
    assert "\tcompleted\t" in ksmy("list", "--search", "FTA-CONCLUDE", *there).out
    assert "status\tcompleted" in ksmy("show", "FTA-CONCLUDE", *there).out
    assert "2026-01-16" in ksmy("history", "FTA-CONCLUDE", *there).out
    assert "FTA-CONCLUDE\t" not in ksmy("due", *there).out
    assert "1 completed" in ksmy("report", *there).out
    assert "2026-01-16  FTA-CONCLUDE: status in-progress -> completed" in ksmy("report", *there).out
    assert "FTA-CONCLUDE  met" in ksmy("timeline", *there).out


def test_what_took_effect_on_the_day_is_seen_and_what_did_the_day_after_is_not(
    ksmy: Ksmy, register: Path
) -> None:
    changed(ksmy, "update", "TOURISM", "--status", "suspended", "--on", "2025-06-01")
    changed(ksmy, "update", "TOURISM", "--status", "in-progress", "--on", "2025-06-02")
    days = ("2025-05-31", "2025-06-01", "2025-06-02")
    assert [status_of(register, day, "TOURISM") for day in days] == [
        *("in-progress", "suspended", "in-progress")
    ]


def test_a_record_is_not_there_before_the_day_it_was_created(ksmy: Ksmy, register: Path) -> None:
    changed(
        *(ksmy, "add", "HALAL", "--title", "Halal", "--agreement", "SP-2024", "--sector", "halal"),
        *("--firmness", "agreed", "--on", "2025-06-01"),
    )
    changed(ksmy, "milestone", "add", "HALAL", "Port", "--on", "2025-06-03")
    with looking(register, "2025-05-31") as snapshot:
        assert commitment(snapshot, "HALAL") is None
        assert milestones(snapshot, "HALAL") == []
        assert entries(snapshot, ref="HALAL") == []
        assert "halal" not in slugs(snapshot, "sector")
    with looking(register, "2025-06-02") as snapshot:
        assert commitment(snapshot, "HALAL") is not None
        assert milestones(snapshot, "HALAL") == []
    with looking(register, "2025-06-03") as snapshot:
        assert [milestone.title for milestone in milestones(snapshot, "HALAL")] == ["Port"]


def test_before_its_first_entry_a_register_is_empty(register: Path) -> None:
    with looking(register, "2024-11-24") as snapshot:
        assert (commitments(snapshot), agreements(snapshot), entries(snapshot)) == ([], [], [])
        assert snapshot.head() == hashes(register)[-1]


def test_the_head_is_the_hash_of_the_newest_entry(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--note", "News")
    with looking(register, now("2026-01-15")) as snapshot:
        assert snapshot.head() == hashes(register)[-1]


def test_the_head_is_that_of_the_newest_entry_that_is_known_whichever_the_day(
    ksmy: Ksmy, register: Path, at: At
) -> None:
    changed(ksmy, "update", "TOURISM", "--note", "Later", "--on", "2025-10-01")
    at(NOW + timedelta(days=1))
    changed(ksmy, "update", "HYDROGEN", "--note", "Earlier, recorded afterwards", "--on", "2025-06-01")
    chain = hashes(register)
    for day in (date(2025, 5, 31), date(2025, 6, 1), date(2025, 10, 1)):
        with looking(register, Day(day)) as snapshot:
            assert snapshot.head() == chain[-1]
        with looking(
            register, Day(day, known_on=date(2026, 1, 15), known_until="2026-01-15T16:00:00.000000Z")
        ) as then:
            assert then.head() == chain[-2]
            assert entries(then, ref="HYDROGEN", since="2025-01-01") == []


def test_an_empty_register_has_no_head(ksmy: Ksmy, tmp_path: Path) -> None:
    changed(ksmy, "init", "--empty", "--db", str(tmp_path / "empty.db"))
    for day in (now("2026-01-15"), "2026-01-15"):
        with looking(tmp_path / "empty.db", day) as snapshot:
            assert snapshot.head() is None


@pytest.mark.parametrize("day", [now("2026-01-15"), "2026-01-15", "2025-06-01"], ids=str)
def test_a_narrowed_view_has_the_head_of_the_whole_register(
    day: Day | str, ksmy: Ksmy, register: Path
) -> None:
    changed(ksmy, "update", "TOURISM", "--note", "A")
    changed(ksmy, "update", "HYDROGEN", "--note", "B", "--on", "2025-06-01")
    with looking(register, day) as whole, looking(register, day, Filters(sector=["defence"])) as narrowed:
        assert narrowed.head() == whole.head()
        assert len(entries(narrowed)) < len(entries(whole))


def test_a_narrowed_view_of_a_past_day_shows_that_day(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "FTA-CONCLUDE", "--status", "completed", "--on", "2025-10-01")
    changed(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--state", "met", "--on", "2025-10-01")
    changed(ksmy, "update", "FTA-SCOPE", "--sector", "investment", "--on", "2025-10-01")
    with looking(register, "2025-09-30", Filters(sector=["trade"])) as snapshot:
        assert {row.ref: row.status for row in commitments(snapshot)} == {
            "FTA-CONCLUDE": "in-progress",
            "FTA-SCOPE": "planned",
            "TRADE-GROWTH": "in-progress",
        }
        assert [one.state for one in milestones(snapshot, "FTA-CONCLUDE")] == ["scheduled"] * 5
        assert max(entry.effective_on for entry in entries(snapshot)) == "2024-11-25"
    with looking(register, "2024-11-24", Filters(sector=["trade"])) as snapshot:
        assert (commitments(snapshot), entries(snapshot), agreements(snapshot)) == ([], [], [])


def test_a_view_of_now_reads_the_tables_as_they_are(ksmy: Ksmy, register: Path) -> None:
    changed(ksmy, "update", "TOURISM", "--note", "News")
    with FileRegister(register).reading() as reader:
        asked = Asked(reader)
        snapshot = Snapshot(asked, now("2026-01-15"))
        assert (snapshot.is_past, snapshot.reader) == (False, asked)
        commitments(snapshot)
        assert not any(sql.startswith("WITH") for sql in asked.asked)


def test_a_view_of_a_day_that_nothing_came_after_reads_the_tables_as_they_are(register: Path) -> None:
    with FileRegister(register).reading() as reader:
        asked = Asked(reader)
        commitments(Snapshot(asked, Day(date(2024, 11, 25))))
        assert not any(sql.startswith("WITH") for sql in asked.asked)
        assert len(asked.asked) == 5  # the zone, the newest entry, one that is later, claims, and the list


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_there_are_can_be_looked_from(day: date, register: Path) -> None:
    for as_it_stood in (True, False):
        with looking(register, Day(day, as_it_stood=as_it_stood)) as snapshot:
            assert len(commitments(snapshot)) == (0 if day == date.min else 19)
            assert snapshot.day.today == day
