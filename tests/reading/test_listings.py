"""The read side: the same answers from SQL as from the rules, today and on any past day."""

import io
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ksmy_tracker import cli, clock
from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.deadline import deadline_state
from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.rows import Day, DeadlineRow, Filters, as_dict, days_before, names
from ksmy_tracker.errors import KsmyError, NotFound, Refused, Usage
from ksmy_tracker.reading import refs as refs_of
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import SORT, commitment, commitments
from ksmy_tracker.reading.deadlines import count_deadlines, deadlines
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.expressions import DEADLINE
from ksmy_tracker.reading.filters import narrowed, sectors
from ksmy_tracker.reading.refs import existing
from ksmy_tracker.reading.report import counts
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.record import Recording, record, undo
from tests.conftest import NOW

TODAY = date(2026, 1, 15)

#: Fields whose words have an order of their own.
WORDS = {
    "status": vocabulary.STATUSES,
    "firmness": vocabulary.FIRMNESSES,
    "deadline": vocabulary.DEADLINE_STATES,
}


def add(ref: str, on: str, record: str = "commitment", **fields: Any) -> Change:
    """A change that adds a record; what it must have is filled in. A milestone has its commitment's ref."""
    required: dict[str, dict[str, Any]] = {
        "agreement": {"kind": "treaty", "stage": "negotiating"},
        "commitment": {"agreement": "PACT", "sector": "trade", "firmness": "agreed"},
        "milestone": {},
    }
    filled = {"title": f"Title of {ref}", **required[record], **fields}
    return Change("add", ref, record=record, fields=filled, effective_on=on, new_sector=True)


def update(
    ref: str, on: str, *, note: str | None = None, evidence: tuple[str, ...] = (), **fields: Any
) -> Change:
    """A change of a record."""
    return Change(
        "update", ref, fields=fields, effective_on=on, note=note, evidence=evidence, new_sector=True
    )


def make(
    path: Path, *changes: Change, drop_refused: bool = False, now: datetime = NOW, first: int = 0
) -> list[Change]:
    """Record copies of changes, each as a command of its own, and return those of which an entry was made.

    Invocation and time follow from the place in the history alone, so equal histories have equal heads.
    """
    made: list[Change] = []
    with FileRegister(path).writing() as session:
        for change in changes:
            recording = Recording("clerk", now, TODAY, invocation=f"{first + len(made):032x}")
            try:
                # A copy: a milestone that is added is given its number.
                receipt = record(session, [replace(change)], recording)
            except KsmyError:
                if not drop_refused:
                    raise
            else:
                made += [change] * receipt.applied
    return made


@contextmanager
def looking(
    path: Path, on: date | str = TODAY, *, within: int = 90, only: Filters | None = None
) -> Iterator[Snapshot]:
    """A view of a register as it stood at the end of a day."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with FileRegister(path).reading() as reader:
        yield narrowed(Snapshot(reader, Day(day, within)), only or Filters())


def take_back(path: Path, invocation: int) -> None:
    """Undo a command by its place in the history."""
    with FileRegister(path).writing() as session:
        undo(session, f"{invocation:032x}", Recording("clerk", NOW, TODAY, invocation="f" * 32))


def refs(snapshot: Snapshot, **more: Any) -> list[str]:
    """The refs of a listing."""
    return [row.ref for row in commitments(snapshot, **more)]


@pytest.fixture(scope="module")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "register.db"
    with redirect_stdout(io.StringIO()):
        assert cli.run(["init", "--empty", "--db", str(path), "--by", "clerk"]) == 0
    return path


@pytest.fixture
def path(empty_register: Path, tmp_path: Path) -> Path:
    """A register with one agreement, PACT, since 1 January 2025."""
    copy = Path(shutil.copy(empty_register, tmp_path / "own.db"))
    make(copy, add("PACT", "2025-01-01", "agreement"))
    return copy


# The deadline state, in SQL and in Python


def test_the_deadline_state_in_sql_is_the_rule_for_every_combination() -> None:
    today, horizon = date(2026, 1, 15), date(2026, 4, 15)
    day = timedelta(days=1)
    due = [None, today - day, today, today + day, horizon, horizon + day]
    completed = [None, today - day, today, today + day]
    combinations = list(product(vocabulary.STATUSES, due, completed, completed))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE commitment "
            "(id INTEGER PRIMARY KEY, status, due_latest, completed_on, completed_latest)"
        )
        connection.executemany(
            "INSERT INTO commitment (status, due_latest, completed_on, completed_latest) VALUES (?, ?, ?, ?)",
            [(status, *(one and one.isoformat() for one in dates)) for status, *dates in combinations],
        )
        found = connection.execute(
            f"SELECT {DEADLINE} FROM commitment c ORDER BY c.id",
            {"today": today.isoformat(), "horizon": horizon.isoformat()},
        ).fetchall()
    expected = [deadline_state(*combination, today, horizon) for combination in combinations]
    assert [state for (state,) in found] == expected
    assert set(expected) == set(vocabulary.DEADLINE_STATES)


def test_counts_filters_and_rows_agree_on_the_deadline_state(path: Path) -> None:
    make(
        path,
        *(add(f"DUE-{due}", "2025-01-01", due=due) for due in ("2025", "2026-01-14", "2026-01-15", "2027")),
        add("UNDATED", "2025-01-01"),
        add("LATE", "2025-01-01", due="2025-01"),
        update("LATE", "2025-02-01", status="completed"),
        add("CLOSED", "2025-01-01", status="cancelled"),
    )
    with looking(path) as snapshot:
        rows = commitments(snapshot)
        assert {row.ref for row in rows if row.deadline == "overdue"} == set(
            refs(snapshot, filters=Filters(overdue=True))
        )
        counted = sorted(counts(snapshot))
    assert counted == [
        ("cancelled", "closed", "trade", 1),
        ("completed", "met-late", "trade", 1),
        ("planned", "due-soon", "trade", 1),
        ("planned", "overdue", "trade", 2),
        ("planned", "undated", "trade", 1),
        ("planned", "upcoming", "trade", 1),
    ]


# Sorting and limits


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
    assert sorted(SORT) == sorted(names(Commitment))


def key_of(row: Commitment, field: str) -> Any:
    """What a listing sorts a row by: of a due date its last day, since EDTF has no order of its own."""
    return row.due_latest if field == "due" else as_dict(row)[field]


@pytest.mark.parametrize("field", [name for name in names(Commitment) if name not in WORDS])
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
    take_back(path, 10)
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


# Filters that have an edge


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


# Deadlines


def test_deadlines_are_those_of_open_commitments_and_their_open_milestones(path: Path) -> None:
    make(
        path,
        add("OPEN", "2025-01-01", due="2026-02"),
        add("OPEN", "2025-01-01", "milestone", due="2026-01"),
        add("OPEN", "2025-01-01", "milestone", due="2025-12"),
        update("OPEN/2", "2025-02-01", state="met"),
        add("OPEN", "2025-01-01", "milestone"),
        add("UNDATED", "2025-01-01"),
        add("UNDATED", "2025-01-01", "milestone", due="2025-06"),
        add("DONE", "2025-01-01", due="2025-03", status="completed"),
        add("DONE", "2025-01-01", "milestone", due="2025-03"),
        add("GONE", "2025-01-01", due="2025-03", status="cancelled"),
    )
    with looking(path) as snapshot:
        found = [
            (row.ref, row.record, row.status, row.deadline, row.days_left) for row in deadlines(snapshot)
        ]
    assert found == [
        ("UNDATED/1", "milestone", "scheduled", "overdue", -199),
        ("OPEN/1", "milestone", "scheduled", "due-soon", 16),
        ("OPEN", "commitment", "planned", "due-soon", 44),
    ]


def test_a_deadline_says_what_is_due_and_by_how_much_it_slipped(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01", title="Sign it", due="2025", due_phrase="by then", parties="KR"),
        add("A", "2025-01-01", "milestone", title="Draft it", due="2026-01"),
        update("A", "2025-02-01", due="2026-02"),
    )
    with looking(path) as snapshot:
        step, whole = deadlines(snapshot)
    assert step == DeadlineRow(
        ref="A/1",
        record="milestone",
        title="Draft it",
        agreement="PACT",
        sector="trade",
        parties="KR",
        status="scheduled",
        deadline="due-soon",
        days_left=16,
        due="2026-01",
        due_earliest="2026-01-01",
        due_latest="2026-01-31",
        due_phrase=None,
        slip_days=None,
    )
    assert whole == step._replace(
        ref="A",
        record="commitment",
        title="Sign it",
        status="planned",
        days_left=44,
        due="2026-02",
        due_earliest="2026-02-01",
        due_latest="2026-02-28",
        due_phrase="by then",
        slip_days=59,
    )


def test_deadlines_of_the_same_last_day_come_by_first_day_and_then_by_ref(path: Path) -> None:
    make(
        path,
        *(
            add(ref, "2025-01-01", due=due)
            for ref, due in (("C", "2026-12"), ("B", "2026-12"), ("D", "2026"))
        ),
    )
    with looking(path) as snapshot:
        assert [row.ref for row in deadlines(snapshot)] == ["D", "B", "C"]


def test_deadlines_lie_after_one_day_and_until_another_inclusive(path: Path) -> None:
    make(path, *(add(f"D{day}", "2025-01-01", due=f"2026-02-0{day}") for day in (1, 2, 3)))
    with looking(path) as snapshot:
        after, until = "2026-02-01", "2026-02-02"
        assert [row.ref for row in deadlines(snapshot, after=after, until=until)] == ["D2"]
        assert count_deadlines(snapshot, after=after, until=until) == 1
        assert count_deadlines(snapshot) == 3
        assert [row.ref for row in deadlines(snapshot, limit=2)] == ["D1", "D2"]


# Entries


def test_entries_of_a_record_are_its_own_and_its_milestones(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01"),
        add("A-B", "2025-01-01"),
        add("A0", "2025-01-01"),
        *(add("A", "2025-01-02", "milestone") for _ in range(10)),
    )
    with looking(path) as snapshot:
        steps = [f"A/{number}" for number in range(1, 11)]
        assert [entry.ref for entry in entries(snapshot, ref="A")] == ["A", *steps]
        assert [entry.ref for entry in entries(snapshot, ref="A/1")] == ["A/1"]


def test_the_newest_entry_of_a_commitment_is_its_own_or_its_milestone_s(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01"),
        add("A", "2025-01-02", "milestone"),
        *(add(ref, "2025-01-01") for ref in ("A-B", "A0", "AB")),
    )
    with looking(path) as snapshot:
        newest = {row.ref: row.newest_entry for row in commitments(snapshot)}
    assert newest == {"A": 3, "A-B": 4, "A0": 5, "AB": 6}


def test_the_newest_entries_come_oldest_first(path: Path) -> None:
    make(path, *(update("PACT", f"2025-02-0{day}", note=f"{day}") for day in range(1, 6)))
    with looking(path) as snapshot:
        assert [entry.note for entry in entries(snapshot, newest=2)] == ["4", "5"]
        assert entries(snapshot, newest=0) == []
        assert snapshot.head() == entries(snapshot)[-1].hash


# Withdrawn records


def test_what_is_withdrawn_is_in_no_listing_unless_asked_for(path: Path) -> None:
    make(path, add("KEPT", "2025-01-01", sector="fisheries"))
    make(path, add("TREATY", "2025-01-01", "agreement"), first=20)
    make(path, add("GONE", "2025-01-01", due="2025", agreement="TREATY"), first=21)
    make(path, add("KEPT", "2025-01-01", "milestone", due="2025"), first=22)
    with looking(path) as snapshot:
        assert refs(snapshot) == ["GONE", "KEPT"]
        assert len(deadlines(snapshot)) == count_deadlines(snapshot) == 2
        assert sectors(snapshot) == ["fisheries", "trade"]
    for invocation in (22, 21, 20):
        take_back(path, invocation)
    with looking(path) as snapshot:
        assert refs(snapshot) == ["KEPT"]
        assert refs(snapshot, filters=Filters(withdrawn=True)) == ["GONE", "KEPT"]
        assert refs(snapshot, filters=Filters(withdrawn=True, overdue=True)) == []
        assert [row.withdrawn for row in commitments(snapshot, Filters(withdrawn=True))] == [True, False]
        assert deadlines(snapshot) == []
        assert count_deadlines(snapshot) == 0
        assert [row.ref for row in agreements(snapshot)] == ["PACT"]
        assert [row.ref for row in agreements(snapshot, withdrawn=True)] == ["PACT", "TREATY"]
        assert sectors(snapshot) == ["fisheries"]
        assert [ref for ref, _ in refs_of.refs(snapshot)] == ["KEPT", "PACT"]
        (kept,) = commitments(snapshot)
        assert (kept.milestones, kept.milestones_met) == (0, 0)
    with looking(path, "2026-01-14") as snapshot:
        assert refs(snapshot) == ["GONE", "KEPT"]


# A past day


def test_without_a_day_the_register_is_as_it_is_now_whatever_day_it_is_elsewhere(path: Path) -> None:
    make(path, add("A", "2026-01-15", due="2026-01-14"))
    yesterday = date(2026, 1, 14)
    with FileRegister(path).reading() as reader:
        (row,) = commitments(Snapshot(reader, Day(yesterday, as_it_stood=False)))
        assert (row.ref, row.deadline, row.days_left) == ("A", "due-soon", 0)
        assert commitments(Snapshot(reader, Day(yesterday))) == []


def test_a_record_is_not_there_before_it_was_created(path: Path) -> None:
    make(path, add("A", "2025-02-01"))
    with looking(path, "2025-01-31") as snapshot:
        assert commitments(snapshot) == []
        assert commitment(snapshot, "A") is None
        expected = r"A did not exist yet on 2025-01-31; it was created on 2025-02-01"
        with pytest.raises(NotFound, match=expected):
            existing(snapshot, "A")
    with looking(path, "2025-02-01") as snapshot:
        assert refs(snapshot) == ["A"]
        assert existing(snapshot, "A") == "A"


def test_the_past_keeps_the_evidence_and_the_slip_of_its_day(path: Path) -> None:
    make(
        path,
        add("A", "2025-01-01", due="2025"),
        add("A", "2025-01-02", "milestone"),
        update("A/1", "2025-02-01", state="met", evidence=("a source",)),
        update("A", "2025-03-01", due="2026", evidence=("another",)),
    )
    seen = []
    for on in ("2025-01-31", "2025-02-28", "2025-03-01"):
        with looking(path, on) as snapshot:
            row = commitment(snapshot, "A")
            assert row is not None
            seen.append((row.due, row.slip_days, row.evidence, row.milestones_met, row.updated_on))
    assert seen == [
        ("2025", 0, 0, 0, "2025-01-02"),
        ("2025", 0, 1, 1, "2025-02-01"),
        ("2026", 365, 2, 1, "2025-03-01"),
    ]


def test_a_commitment_can_be_seen_on_every_day_under_the_agreement_it_had(path: Path) -> None:
    """An agreement must exist on the day a commitment moves under it, or the past has an orphan."""
    make(path, add("A", "2025-01-01"), add("LATER", "2025-06-01", "agreement"))
    with suppress(Refused):
        make(path, update("A", "2025-03-01", agreement="LATER"))
    with looking(path, "2025-04-01") as snapshot:
        row = commitment(snapshot, "A")
        assert row is not None
        assert [agreement.ref for agreement in agreements(snapshot, ref=row.agreement)] == [row.agreement]


def test_days_before_stops_at_the_ends_of_the_calendar() -> None:
    assert days_before(date(2026, 1, 15), 30) == "2025-12-16"
    assert days_before(date(2026, 1, 15), 0) == "2026-01-15"
    assert days_before(date(2026, 1, 15), 10**30) == "0001-01-01"


# Any past day, after any history

START = date(2025, 1, 1)
REFS = ("ALPHA", "BETA", "GAMMA")

fields = st.one_of(
    st.builds(lambda status: {"status": status}, st.sampled_from(vocabulary.STATUSES)),
    st.builds(
        lambda due: {"due": due},
        st.sampled_from([None, "2024", "2025", "2025-01", "2025-02", "2025-33", "2025-01-20"]),
    ),
    st.builds(lambda ref: {"agreement": ref}, st.sampled_from(["PACT", "TREATY"])),
    st.builds(lambda word: {"firmness": word}, st.sampled_from(vocabulary.FIRMNESSES)),
    st.builds(lambda word: {"sector": word}, st.sampled_from(["trade", "defence"])),
    st.builds(lambda text: {"title": text}, st.sampled_from(["한국", "Title", "'quoted' \"twice\" \\"])),
    st.just({}),
)
steps = st.one_of(
    st.tuples(st.just("update"), st.sampled_from(REFS), fields),
    st.tuples(st.just("add"), st.sampled_from(REFS), fields),
    st.tuples(st.just("add milestone"), st.sampled_from(REFS), st.just({"due": "2025-02"})),
    st.tuples(
        st.just("update milestone"),
        st.sampled_from(REFS),
        st.builds(lambda state: {"state": state}, st.sampled_from(vocabulary.MILESTONE_STATES)),
    ),
    st.tuples(st.just("add agreement"), st.just("TREATY"), st.just({})),
    st.tuples(
        st.just("update"),
        st.sampled_from(["PACT", "TREATY"]),
        st.builds(lambda stage: {"stage": stage}, st.sampled_from(vocabulary.STAGES)),
    ),
)


@st.composite
def histories(draw: st.DrawFn, *, ordered: bool) -> tuple[list[Change], date]:
    """Changes (some of which the register will refuse) with their days, and a day to look at them from."""
    drawn = draw(st.lists(st.tuples(steps, st.integers(0, 60), st.booleans()), min_size=3, max_size=14))
    days = [day for _, day, _ in drawn]
    if ordered:
        days.sort()
    changes = [add("ALPHA", START.isoformat(), due="2025-01"), add("BETA", START.isoformat())]
    grown: set[str] = set()
    for ((verb, ref, wanted), _, evident), day in zip(drawn, days, strict=True):
        on = (START + timedelta(days=day)).isoformat()
        if verb == "add milestone":
            # Their numbers follow the order of recording, so out of order one for each commitment is enough.
            if ordered or ref not in grown:
                changes.append(add(ref, on, "milestone", **wanted))
            grown.add(ref)
        elif verb.startswith("add"):
            kind = verb.removeprefix("add").strip() or "commitment"
            changes.append(add(ref, on, kind, **wanted))
        else:
            name = f"{ref}/1" if verb == "update milestone" else ref
            evidence = ("a source",) if evident else ()
            changes.append(update(name, on, note="why", evidence=evidence, **wanted))
    return changes, START + timedelta(days=draw(st.integers(-1, 70)))


def printed(path: Path, today: date, *options: str) -> dict[str, Any]:
    """What every looking command prints (its exit code, and JSON, parsed) where this is today."""
    commands = [
        ["list", "--sort", "-days_left"],
        ["list", "--overdue", "--stale", "5"],
        ["due", "--within", "20"],
        ["history"],
        ["agreements"],
        ["report", "--within", "20", "--stale", "5"],
        ["report", "--sector", "trade", "--agreement", "PACT"],
        ["timeline"],
        *(["show", ref] for ref in ("ALPHA", "PACT", "TREATY")),
    ]
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.combine(today, time(4), UTC))
        for command in commands:
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                code = cli.run([*command, "--db", str(path), "--format", "json", *options])
            # Of a record to come, the past says more than that day could: when it was created.
            shown = json.loads(out.getvalue()) if code == 0 else None
            assert code in (0, 3), err.getvalue()
            found[" ".join(command)] = (code, shown)
    return found


def without_chain(value: Any) -> Any:
    """The same without what depends on the order in which entries were recorded."""
    if isinstance(value, dict):
        chain = ("id", "invocation", "previous_hash", "hash", "head", "newest_entry")
        return {name: without_chain(one) for name, one in value.items() if name not in chain}
    if isinstance(value, list | tuple):
        return [without_chain(one) for one in value]
    return value


def both_ways(
    empty: Path, directory: Path, changes: Sequence[Change], day: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is printed as of a day from a whole register, and on that day by one that ends there."""
    whole = Path(shutil.copy(empty, directory / "whole.db"))
    until = Path(shutil.copy(empty, directory / "until.db"))
    agreement = add("PACT", START.isoformat(), "agreement")
    made = make(whole, agreement, *changes, drop_refused=True)
    make(until, *(change for change in made if (change.effective_on or "") <= day.isoformat()))
    return printed(whole, TODAY, "--as-of", day.isoformat()), printed(until, day)


#: A failing history is shown as it was found: each try costs half a second, and making it smaller takes hundreds.
AS_FOUND = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=30, phases=AS_FOUND)
@given(histories(ordered=True))
def test_as_of_a_day_is_what_was_printed_on_that_day(
    empty_register: Path, tmp_path_factory: pytest.TempPathFactory, history: tuple[list[Change], date]
) -> None:
    as_of, then = both_ways(empty_register, tmp_path_factory.mktemp("ordered"), *history)
    assert as_of == then


@settings(max_examples=12, phases=AS_FOUND)
@given(histories(ordered=False))
def test_as_of_a_day_leaves_out_what_took_effect_later_though_it_was_recorded_before(
    empty_register: Path, tmp_path_factory: pytest.TempPathFactory, history: tuple[list[Change], date]
) -> None:
    as_of, then = both_ways(empty_register, tmp_path_factory.mktemp("shuffled"), *history)
    assert without_chain(as_of) == without_chain(then)
