"""What a report asks: counts and the first few of each kind, of the whole register or a part, on any day."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.report import Counts, Quiet
from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.reading.agreements import count_agreements
from ksmy_tracker.reading.commitments import commitments
from ksmy_tracker.reading.deadlines import calendar, deadlines, first_deadlines
from ksmy_tracker.reading.entries import entries, latest_news
from ksmy_tracker.reading.filters import narrowed
from ksmy_tracker.reading.report import contradictions, counts, next_milestones, quiet
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.locate import locate
from tests.conftest import NOW, At, Ksmy, run

TODAY = "2026-01-15"
EVERYTHING = Filters()

Line = dict[str, Any]


def added(ref: str, agreement: str, sector: str, on: str, **more: str) -> Line:
    fields = {"title": ref.capitalize(), "agreement": agreement, "sector": sector, "firmness": "agreed"}
    return {"op": "add", "ref": ref, **fields, "on": on, **more}


def step(ref: str, on: str, **more: Any) -> Line:
    return {"op": "milestone", "ref": ref, "on": on, **more}


#: The first news of the halal agreement, with all that belongs to it.
HALAL: Sequence[Line] = (
    {"op": "add", "ref": "HALAL-2025", "title": "Halal", "kind": "memorandum", "stage": "signed"}
    | {"on": "2025-06-01"},
    added("HALAL-CERT", "HALAL-2025", "halal", "2025-06-02", parties="KR", due="2026-02"),
    added("HALAL-PORT", "HALAL-2025", "halal", "2025-06-02", parties="MY", due="2025-Q3"),
    step("HALAL-PORT", "2025-06-03", title="Site", due="2025-07-01"),
    step("HALAL-PORT", "2025-06-03", title="Quay", due="2026-03"),
    step("HALAL-CERT", "2025-06-03", title="Text"),
)

#: What happened after the summit, by the day it was recorded.
NEWS: dict[str, Sequence[Line]] = {
    "2025-06-10": (
        *HALAL,
        {"ref": "MINERALS-SUPPLY", "status": "suspended", "due": "2024-12", "on": "2025-06-04"},
        {"ref": "HYDROGEN", "status": "cancelled", "on": "2025-06-04"},
    ),
    "2025-12-20": (
        step("HALAL-PORT", "2025-12-10", number=1, state="met", evidence="Bernama"),
        {"ref": "TOURISM", "status": "completed", "on": "2025-12-11"},
        {"ref": "FTA-CONCLUDE", "status": "completed", "on": "2025-12-12", "evidence": "SBS News"},
        step("FTA-CONCLUDE", "2025-12-12", number=1, state="met"),
        step("FTA-CONCLUDE", "2025-12-12", number=2, state="not-met"),
        step("FTA-CONCLUDE", "2025-12-12", number=3, state="partially-met"),
        {"ref": "CCS-START", "due": "2026-01-15", "on": "2025-12-13"},
    ),
    "2026-01-14": (
        {"ref": "INVESTMENT", "status": "completed", "on": "2025-08-01", "evidence": "MIDA"},
        {"ref": "JETS-UPGRADE", "note": "Talks", "on": "2026-01-14"},
    ),
}

NARROWED = [
    Filters(sector=["trade"]),
    Filters(sector=["halal", "tourism"]),
    Filters(party=["KR"]),
    Filters(party=["MY"]),
    Filters(party=["both"]),
    Filters(agreement=["SP-2024"]),
    Filters(agreement=["FTA", "MOU-TOURISM"]),
    Filters(sector=["defence"], agreement=["SP-2024"]),
    Filters(sector=["trade", "halal"], party=["MY"]),
    Filters(sector=["trade"], agreement=["MOU-TOURISM"]),
]
DAYS = ["2025-03-01", "2025-06-03", "2025-12-11", "2025-12-31", TODAY, "2026-06-30"]


def apply(register: Path, lines: Sequence[Line], on: str) -> None:
    """Record lines of a batch as one invocation, at noon in Kuala Lumpur of a day."""
    file = register.with_suffix(".jsonl")
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    noon = datetime.fromisoformat(f"{on}T04:00:00+00:00")
    assert run("apply", str(file), "--db", str(register), "--by", "tester", now=noon) == 0


@pytest.fixture
def record(register: Path) -> Callable[..., None]:
    """Record lines in the test's own register."""
    return lambda *lines, on=TODAY: apply(register, lines, on)


@pytest.fixture(scope="module")
def _busy(_seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(_seeded, tmp_path_factory.mktemp("busy") / "register.db"))
    for day, lines in NEWS.items():
        apply(path, lines, day)
    return path


@pytest.fixture
def busy(_busy: Path, register: Path) -> Path:
    """The seeded register after a year of news, in the place of the test's own."""
    return Path(shutil.copy(_busy, register))


@contextmanager
def looking(register: Path, day: str = TODAY, only: Filters = EVERYTHING, **more: Any) -> Iterator[Snapshot]:
    with locate(str(register)).reading() as reader:
        yield narrowed(Snapshot(reader, Day(date.fromisoformat(day), **more)), only)


def whys(register: Path, day: str = TODAY) -> list[tuple[str, str]]:
    with looking(register, day) as snapshot:
        found, total = contradictions(snapshot, limit=1000)
        assert total == len(found)
        return [(ref, why) for ref, _, why in found]


def family(ref: str) -> str:
    return ref.partition("/")[0]


def counted(rows: Iterable[Commitment]) -> tuple[Counter[str], ...]:
    """What `counts` should say of commitments, but for what there is none of."""
    return tuple(
        Counter(getattr(row, name) for row in rows) for name in ("status", "deadline", "firmness", "sector")
    )


def present(found: Counts) -> tuple[Counter[str], ...]:
    """The same of what was counted."""
    by = (found.by_status, found.by_deadline, found.by_firmness, found.by_sector)
    return tuple(+Counter(each) for each in by)


def test_each_status_deadline_state_and_sector_is_counted(busy: Path) -> None:
    with looking(busy) as snapshot:
        found = counts(snapshot)
        assert present(found) == counted(commitments(snapshot))
    assert {"overdue", "met", "closed"} <= {state for state, count in found.by_deadline.items() if count}


def test_what_was_undone_is_not_counted(ksmy: Ksmy, record: Callable[..., None], register: Path) -> None:
    record(
        {"op": "add", "ref": "A", "title": "A", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}
    )
    assert ksmy("undo").code == 0
    with looking(register) as snapshot:
        assert [each.total() for each in present(counts(snapshot))] == [19, 19, 19, 19]
        assert count_agreements(snapshot) == 6


def test_contradictions_are_found_those_that_are_alike_together_and_by_ref(busy: Path) -> None:
    assert whys(busy) == [
        ("FTA-CONCLUDE", "completed with 3 milestones open"),
        ("TOURISM", "completed with no evidence"),
        ("HALAL-PORT", "planned though its deadline has passed"),
        ("MINERALS-SUPPLY", "suspended though its deadline has passed"),
    ]


def test_evidence_of_the_promise_is_none_of_its_completion(
    register: Path, record: Callable[..., None]
) -> None:
    record(
        added("SAID", "FTA", "trade", "2025-01-01", evidence="Report"), {"ref": "SAID", "status": "completed"}
    )
    record(added("DONE", "FTA", "trade", TODAY, evidence="Report", status="completed"))
    for day in (TODAY, "2026-01-20"):
        assert [ref for ref, why in whys(register, day) if why == "completed with no evidence"] == ["SAID"]
    record({"ref": "SAID", "evidence": "Seen"})
    assert "SAID" not in dict(whys(register))


def test_a_contradiction_has_the_commitments_title(busy: Path) -> None:
    with looking(busy) as snapshot:
        found, _ = contradictions(snapshot, limit=2)
    assert found[-1] == ("TOURISM", "Carry out the tourism agreement", "completed with no evidence")


def test_evidence_given_later_settles_a_completion_without_any(
    busy: Path, record: Callable[..., None]
) -> None:
    record({"ref": "TOURISM", "evidence": "Malay Mail", "on": "2026-01-15"})
    assert ("TOURISM", "completed with no evidence") not in whys(busy)
    assert ("TOURISM", "completed with no evidence") in whys(busy, "2026-01-14")


@pytest.mark.parametrize(("day", "found"), [("2025-12-31", False), ("2026-01-01", True)])
def test_an_open_commitment_contradicts_its_deadline_from_the_day_after(
    day: str, found: bool, register: Path
) -> None:
    expected = [("FTA-CONCLUDE", "in-progress though its deadline has passed")] if found else []
    assert whys(register, day) == expected


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_settled_commitment_does_not_contradict_its_deadline(
    status: str, register: Path, record: Callable[..., None]
) -> None:
    record({"ref": "CCS-START", "status": status, "due": "2025-01", "on": TODAY, "evidence": "x"})
    assert "CCS-START" not in dict(whys(register))


def test_what_was_undone_contradicts_nothing(ksmy: Ksmy, register: Path, record: Callable[..., None]) -> None:
    record(
        added("GONE", "FTA", "trade", TODAY, status="completed"),
        step("GONE", TODAY, title="Step", due="2025"),
    )
    assert dict(whys(register))["GONE"] == "completed with milestone 1 open and no evidence"
    assert ksmy("undo").code == 0
    assert [ref for ref, _ in whys(register)] == ["FTA-CONCLUDE"]
    with looking(register) as snapshot:
        assert [row.ref for row in deadlines(snapshot)] == ["FTA-CONCLUDE", "CCS-START"]
        assert [row.ref for _, row in next_milestones(snapshot, limit=9)[0]] == ["FTA-CONCLUDE/1"]
        assert "GONE" not in [ref for ref, *_ in quiet(snapshot, 0, limit=99).items]


def test_contradictions_are_cut_and_counted_in_full(busy: Path) -> None:
    with looking(busy) as snapshot:
        found, total = contradictions(snapshot, limit=2)
    assert [ref for ref, _, _ in found] == ["FTA-CONCLUDE", "TOURISM"]
    assert total == 4


@pytest.mark.parametrize(
    ("steps", "evidence", "why"),
    [
        (0, False, "completed with no evidence"),
        (1, True, "completed with milestone 1 open"),
        (1, False, "completed with milestone 1 open and no evidence"),
        (5, True, "completed with 5 milestones open"),
        (5, False, "completed with 5 milestones open and no evidence"),
    ],
)
def test_a_completed_commitment_has_one_row_whatever_contradicts_it(
    steps: int, evidence: bool, why: str, register: Path, record: Callable[..., None]
) -> None:
    shown = {"evidence": "Minutes"} if evidence else {}
    record(
        *(step("HYDROGEN", TODAY, title=f"Step {number}") for number in range(steps)),
        {"ref": "HYDROGEN", "status": "completed", "on": TODAY, **shown},
    )
    assert [found for ref, found in whys(register) if ref == "HYDROGEN"] == [why]


def test_a_completed_commitment_whose_milestones_are_met_contradicts_nothing(
    register: Path, record: Callable[..., None]
) -> None:
    record(
        step("HYDROGEN", TODAY, title="First", state="met"),
        step("HYDROGEN", TODAY, title="Second", state="not-met"),
        {"ref": "HYDROGEN", "status": "completed", "on": TODAY, "evidence": "Minutes"},
    )
    assert "HYDROGEN" not in dict(whys(register))


@pytest.mark.parametrize(
    ("days", "is_quiet"), [(416, True), (415, True), (417, False), (0, True), (10**12, False)]
)
def test_a_commitment_is_quiet_from_the_day_its_newest_entry_is_so_many_days_old(
    days: int, is_quiet: bool, register: Path
) -> None:
    assert (date.fromisoformat(TODAY) - date(2024, 11, 25)) == timedelta(days=416)
    with looking(register) as snapshot:
        found, total = quiet(snapshot, days, limit=100)
    assert len(found) == total == (19 if is_quiet else 0)


def test_the_quietest_come_first_and_then_by_ref(busy: Path) -> None:
    with looking(busy) as snapshot:
        found, total = quiet(snapshot, 180, limit=100)
        assert quiet(snapshot, 180, limit=3) == (found[:3], 14)
        assert total == len(found) == 14
    assert [(one.ref, one.updated_on) for one in found[-2:]] == [
        ("HALAL-CERT", "2025-06-03"),
        ("MINERALS-SUPPLY", "2025-06-04"),
    ]
    assert [one.ref for one in found[:-2]] == sorted(one.ref for one in found[:-2])
    assert {one.updated_on for one in found[:-2]} == {"2024-11-25"}
    assert Quiet("FTA-SCOPE", "Take the FTA beyond trade and investment", "2024-11-25") in found


def test_what_was_looked_at_is_not_quiet(register: Path) -> None:
    assert run("review", "FTA-SCOPE", "--on", "2026-01-10", "--db", str(register)) == 0
    assert run("review", "FTA-CONCLUDE/1", "--on", "2025-07-01", "--db", str(register)) == 0
    with looking(register) as snapshot:
        found = {one.ref: one for one in quiet(snapshot, 180, limit=100).items}
        assert "FTA-SCOPE" not in found
        assert found["FTA-CONCLUDE"].reviewed_on == "2025-07-01"
        assert [one.ref for one in quiet(snapshot, 180, limit=100).items][-1] == "FTA-CONCLUDE"


def test_news_of_a_milestone_is_news_of_its_commitment(busy: Path) -> None:
    with looking(busy) as snapshot:
        assert "HALAL-PORT" not in [ref for ref, *_ in quiet(snapshot, 180, limit=100).items]
    with looking(busy, "2025-12-09") as snapshot:
        assert "HALAL-PORT" in [ref for ref, *_ in quiet(snapshot, 180, limit=100).items]


def test_what_is_completed_or_cancelled_is_never_quiet(busy: Path) -> None:
    with looking(busy) as snapshot:
        refs = {ref for ref, *_ in quiet(snapshot, 0, limit=100).items}
    assert refs.isdisjoint({"TOURISM", "FTA-CONCLUDE", "INVESTMENT", "HYDROGEN"})
    assert {"MINERALS-SUPPLY", "CCS-START"} <= refs


def test_the_next_milestone_is_the_first_open_one_of_each_open_commitment(busy: Path) -> None:
    with looking(busy) as snapshot:
        found, total = next_milestones(snapshot, limit=100)
        assert total == len(found)
    assert [(title, row.ref, row.title, row.state, row.days_left) for title, row in found] == [
        ("Halal-port", "HALAL-PORT/2", "Quay", "scheduled", 75),
        ("Halal-cert", "HALAL-CERT/1", "Text", "scheduled", None),
    ]


def test_a_partially_met_milestone_is_still_the_next_one(busy: Path, record: Callable[..., None]) -> None:
    record(
        {"ref": "FTA-CONCLUDE", "status": "suspended", "note": "Reopened", "on": TODAY},
    )
    with looking(busy) as snapshot:
        assert [(row.ref, row.state) for _, row in next_milestones(snapshot, limit=9)[0]][-1] == (
            "HALAL-CERT/1",
            "scheduled",
        )
        assert ("FTA-CONCLUDE/3", "partially-met") in [
            (row.ref, row.state) for _, row in next_milestones(snapshot, limit=9)[0]
        ]


def test_next_milestones_stand_by_last_day_those_without_one_last_and_are_cut(
    register: Path, record: Callable[..., None]
) -> None:
    record(
        step("TOURISM", TODAY, title="Undated"),
        step("HYDROGEN", TODAY, title="Late", due="2027"),
        step("INVESTMENT", TODAY, title="Early", due="2026-02"),
        step("CCS-START", TODAY, title="Same day", due="2026-02-28"),
    )
    with looking(register) as snapshot:
        refs = [row.ref for _, row in next_milestones(snapshot, limit=9)[0]]
        assert refs == ["CCS-START/1", "INVESTMENT/1", "HYDROGEN/1", "FTA-CONCLUDE/1", "TOURISM/1"]
        assert [row.ref for _, row in next_milestones(snapshot, limit=2)[0]] == refs[:2]
        assert next_milestones(snapshot, limit=2)[1] == 5


def test_an_undone_milestone_is_not_the_next_one(
    ksmy: Ksmy, register: Path, record: Callable[..., None]
) -> None:
    record(step("TOURISM", TODAY, title="By mistake", due="2026-02"))
    assert ksmy("undo").code == 0
    record(step("TOURISM", TODAY, title="Meant", due="2026-03"))
    with looking(register) as snapshot:
        assert [(row.ref, row.title) for _, row in next_milestones(snapshot, limit=1)[0]] == [
            ("TOURISM/1", "Meant")
        ]


def test_open_deadlines_are_counted_as_they_are_listed(busy: Path) -> None:
    with looking(busy) as snapshot:
        for after, until in (
            *((None, "2026-01-14"), ("2026-01-14", "2026-04-15"), ("2026-04-15", None)),
            *((None, None), (None, "1999-01-01")),
        ):
            listed = deadlines(snapshot, after=after, until=until)
            for most in (1, 3, 99):
                first = first_deadlines(snapshot, after=after, until=until, most=most)
                assert first == (listed[:most], len(listed))
            assert deadlines(snapshot, after=after, until=until, limit=1) == listed[:1]
        assert [row.ref for row in deadlines(snapshot)] == [
            *("MINERALS-SUPPLY", "HALAL-PORT", "CCS-START", "HALAL-CERT", "HALAL-PORT/2")
        ]


@pytest.mark.parametrize(("since", "count"), [("2026-01-14", 2), ("2026-01-15", 0), ("2025-12-20", 9)])
def test_what_was_recorded_lately_is_news_also_where_it_took_effect_before(
    since: str, count: int, busy: Path
) -> None:
    with looking(busy) as snapshot:
        news = entries(snapshot, since=since)
        assert len(news) == count
        for most in (1, 3, 99):
            assert latest_news(snapshot, since=since, most=most) == (news[-most:], count)
    refs = {"INVESTMENT", "JETS-UPGRADE"}
    with looking(busy) as snapshot:
        assert since == TODAY or refs <= {entry.ref for entry in entries(snapshot, since=since)}


def test_what_took_effect_lately_is_news(busy: Path) -> None:
    with looking(busy) as snapshot:
        refs = [entry.ref for entry in entries(snapshot, since="2025-12-12")]
    assert refs == [
        *("HALAL-PORT/1", "TOURISM", "FTA-CONCLUDE", "FTA-CONCLUDE/1", "FTA-CONCLUDE/2", "FTA-CONCLUDE/3"),
        *("CCS-START", "INVESTMENT", "JETS-UPGRADE"),
    ]


def test_a_registers_first_invocation_is_no_news_because_it_was_recorded_lately(register: Path) -> None:
    with looking(register) as snapshot:
        assert latest_news(snapshot, since="2026-01-01", most=9).total == 0
        assert latest_news(snapshot, since="2024-11-26", most=9).total == 0
        assert latest_news(snapshot, since="2024-11-25", most=9).total == 30


def test_the_first_invocation_of_a_part_of_the_register_is_news_as_any_other(
    register: Path, record: Callable[..., None]
) -> None:
    record(*HALAL[:3])
    with looking(register, only=Filters(sector=["halal"])) as snapshot:
        assert latest_news(snapshot, since="2026-01-01", most=9).total == 3


def test_what_is_recorded_on_a_morning_is_news_of_that_day_in_its_zone(ksmy: Ksmy, at: At) -> None:
    seven_in_kuala_lumpur = datetime(2026, 1, 14, 23, 0, tzinfo=UTC)
    at(seven_in_kuala_lumpur)
    assert ksmy("update", "TOURISM", "--note", "News", "--on", "2026-01-10").code == 0
    at(NOW)
    found = json.loads(ksmy("report", "--since", TODAY, "--format", "json").out)
    assert [entry["ref"] for entry in found["changed"]] == ["TOURISM"]


def test_a_day_of_news_ends_at_midnight_in_kuala_lumpur(ksmy: Ksmy, at: At) -> None:
    midnight = datetime(2026, 1, 15, 16, 0, tzinfo=UTC)
    for ref, moment in (("HYDROGEN", midnight - timedelta(seconds=1)), ("TOURISM", midnight)):
        at(moment)
        assert ksmy("update", ref, "--note", "Told late", "--on", "2026-01-10").code == 0
    at(NOW)
    for day, ref in (("2026-01-15", "HYDROGEN"), ("2026-01-16", "TOURISM")):
        found = json.loads(ksmy("report", "--since", day, "--as-of", day, "--format", "json").out)
        assert [entry["ref"] for entry in found["changed"]] == [ref]


def test_what_was_recorded_after_a_past_day_is_no_news_of_that_day(busy: Path) -> None:
    with looking(busy, "2025-08-15") as snapshot:
        assert [entry.ref for entry in entries(snapshot, since="2025-08-10")] == []
    with looking(busy, "2025-08-15") as snapshot:
        assert [entry.ref for entry in entries(snapshot, since="2025-08-01")] == ["INVESTMENT"]


@pytest.mark.parametrize(
    "only", NARROWED, ids=lambda only: "+".join([*only.sector, *only.party, *only.agreement])
)
@pytest.mark.parametrize("day", DAYS)
def test_a_narrowed_report_has_that_part_of_the_whole_one(day: str, only: Filters, busy: Path) -> None:
    with looking(busy, day) as whole, looking(busy, day, only) as part:
        kept = {row.ref: row for row in commitments(whole) if _passes(row, only)}
        named = kept.keys() | {row.agreement for row in kept.values()}
        assert commitments(part) == list(kept.values())
        assert present(counts(part)) == counted(kept.values())
        assert count_agreements(part) == len({row.agreement for row in kept.values()})
        assert deadlines(part) == [row for row in deadlines(whole) if family(row.ref) in kept]
        assert first_deadlines(part, most=99) == (deadlines(part), len(deadlines(part)))
        silent = [row for row in quiet(whole, 60, limit=99).items if row.ref in kept]
        assert quiet(part, 60, limit=99) == (silent, len(silent))
        found = [row for row in contradictions(whole, limit=99)[0] if row[0] in kept]
        assert contradictions(part, limit=99) == (found, len(found))
        steps = [row for row in next_milestones(whole, limit=99)[0] if family(row[1].ref) in kept]
        assert next_milestones(part, limit=99) == (steps, len(steps))
        since = str(date.fromisoformat(day) - timedelta(days=30))
        news = [entry for entry in entries(whole, since=since) if family(entry.ref) in named]
        assert entries(part, since=since) == news
        assert latest_news(part, since=since, most=99) == (news, len(news))
        assert [row for row in calendar(whole) if family(row.ref) in kept] == list(calendar(part))
        assert part.head() == whole.head()


def _passes(row: Commitment, only: Filters) -> bool:
    return (
        (not only.sector or row.sector in only.sector)
        and (not only.party or row.parties in (*only.party, "both"))
        and (not only.agreement or row.agreement in only.agreement)
    )


def test_the_horizon_decides_what_counts_as_due_soon(busy: Path) -> None:
    for within, soon in ((0, 1), (43, 1), (44, 2), (10**10, 2)):
        with looking(busy, within=within) as snapshot:
            assert counts(snapshot).by_deadline["due-soon"] == soon
