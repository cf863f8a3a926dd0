"""Any past day, after any history: what is looked at is what was printed on that day."""

import io
import json
import shutil
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.errors import NotFound, Refused
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.refs import existing
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import NOW, run
from tests.reading.made import TODAY, add, looking, make, refs, update


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
    # Above all the days on which something took effect.
    return changes, START + timedelta(days=draw(st.sampled_from(days) | st.integers(-1, 70)))


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
    noon = datetime.combine(today, time(4), UTC)
    for command in commands:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(*command, "--db", str(path), "--format", "json", *options, now=noon)
        # Of a record to come, the past says more than that day could: when it was created.
        shown = json.loads(out.getvalue()) if code == 0 else None
        assert code in (0, 3), err.getvalue()
        found[" ".join(command)] = (code, shown)
    return found


def without(left_out: Sequence[str], value: Any) -> Any:
    """The same without what depends on which entries were recorded when."""
    if isinstance(value, dict):
        return {name: without(left_out, one) for name, one in value.items() if name not in left_out}
    if isinstance(value, list | tuple):
        return [without(left_out, one) for one in value]
    return value


def counted(shown: dict[str, Any]) -> dict[str, Any]:
    """The same with how many entries moved something, in place of their ids."""
    for _, one in shown.values():
        for moved in one.get("moved", ()) if isinstance(one, dict) else ():
            moved["entries"] = len(moved["entries"])
    return shown


def both_ways(
    empty: Path, directory: Path, changes: Sequence[Change], day: date, *, in_time: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is printed as of a day from a whole register, and by one that ends there.

    Each change is recorded on its own day, `in_time`, and the other register looked at on that day; or all are late,
    and it is looked at as of that day too.
    """
    now, as_of = None if in_time else NOW, ("--as-of", day.isoformat())
    whole = Path(shutil.copy(empty, directory / "whole.db"))
    until = Path(shutil.copy(empty, directory / "until.db"))
    agreement = add("PACT", START.isoformat(), "agreement")
    made = make(whole, agreement, *changes, drop_refused=True, now=now)
    make(until, *(change for change in made if (change.effective_on or "") <= day.isoformat()), now=now)
    return printed(whole, TODAY, *as_of), printed(until, day) if in_time else printed(until, TODAY, *as_of)


#: A failing history is shown as it was found: each try costs half a second, and making it smaller takes hundreds.
AS_FOUND = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=15, phases=AS_FOUND)
@given(histories(ordered=True))
def test_as_of_a_day_is_what_was_printed_on_that_day(
    empty_register: Path, tmp_path_factory: pytest.TempPathFactory, history: tuple[list[Change], date]
) -> None:
    as_of, then = both_ways(empty_register, tmp_path_factory.mktemp("ordered"), *history, in_time=True)
    assert without(("head",), as_of) == without(("head",), then)


@settings(max_examples=12, phases=AS_FOUND)
@given(histories(ordered=False))
def test_as_of_a_day_leaves_out_what_took_effect_later_though_it_was_recorded_before(
    empty_register: Path, tmp_path_factory: pytest.TempPathFactory, history: tuple[list[Change], date]
) -> None:
    as_of, then = both_ways(empty_register, tmp_path_factory.mktemp("shuffled"), *history, in_time=False)
    chain = ("id", "invocation", "previous_hash", "hash", "head", "newest_entry")
    assert counted(without(chain, as_of)) == counted(without(chain, then))
