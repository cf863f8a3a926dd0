"""The laws of a history through the writer: whatever is done, every point is what the model says, and stays so."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from sqlite3 import Row, connect
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ksmy_tracker.domain.chain import read_entry
from ksmy_tracker.domain.changes import Amendment, Change
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry
from ksmy_tracker.domain.kinds import COLUMNS, kept, kept_value
from ksmy_tracker.domain.projection import project
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.errors import KsmyError, Refused
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.amend import amend
from ksmy_tracker.writing.record import Recording, record
from ksmy_tracker.writing.undo import redo, undo
from tests.conftest import NOW
from tests.model import Said, states
from tests.writing.changing import TODAY, adding, faults, make_in, query, updating

#: The days that entries are of: some before there was a record, some after today in another zone, one by a wrong clock.
DAYS = [(TODAY - timedelta(days=ago)).isoformat() for ago in (417, 300, 250, 200, 150, 100, 10, 1, 0, -1)]
TODAYS = [TODAY, TODAY, TODAY + timedelta(days=1), TODAY - timedelta(days=1), date(2099, 1, 1)]
BEGUN = DAYS[1]
REFS = ["TIN", "TIN", "TIN", "TIN/1", "TIN/2", "HYDROGEN", "TREATY", "KR-MOTIE"]
SEEDED = 30

NEW = {
    "body": {"name": "Ministry of Trade", "kind": "ministry"},
    "agreement": {"title": "T", "kind": "treaty", "stage": "signed"},
    "commitment": {"title": "T", "agreement": "TREATY", "sector": "trade", "firmness": "agreed"},
    "milestone": {"title": "T"},
}

Act = Callable[[Transaction, Recording], Receipt]

_values: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["A", "B"]),
    "status": st.sampled_from(["planned", "finalising", "completed"]),
    "due": st.sampled_from([None, "2025", "2026-06"]),
    "agreement": st.sampled_from(["FTA", "SP-2024", "TREATY"]),
    "state": st.sampled_from(["scheduled", "met"]),
    "stage": st.sampled_from(["signed", "in-force"]),
    "topics": st.sampled_from([(), ("tin",), ("tin", "수소"), ("수소", "tin")]),
    "leads": st.sampled_from([(), ("KR-MOTIE",), ("MY-MITI", "KR-MOTIE")]),
    "said_by": st.sampled_from([None, "KR", "KR-MOTIE"]),
    "under": st.sampled_from([None, "FTA"]),
    "name": st.sampled_from(["A", "산업통상자원부"]),
}
_FIELDS = {
    "commitment": ("title", "status", "due", "agreement", "topics", "leads", "said_by"),
    "milestone": ("title", "state", "due", "leads"),
    "agreement": ("title", "stage", "under"),
    "body": ("name",),
}
_KINDS = {"TREATY": "agreement", "KR-MOTIE": "body", "MY-MITI": "body"}


def _kind(ref: str) -> str:
    return "milestone" if "/" in ref else _KINDS.get(ref, "commitment")


@st.composite
def _fields(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(_FIELDS[kind]), max_size=2, unique=True))
    return {name: draw(_values[name]) for name in names}


@st.composite
def _changes(draw: st.DrawFn) -> Change:
    ref = draw(st.sampled_from(REFS))
    more: dict[str, Any] = {"effective_on": draw(st.none() | st.sampled_from(DAYS))}
    if draw(st.integers(0, 3)) == 0:
        more |= {"key": draw(st.sampled_from("kl")), "key_digest": draw(st.sampled_from("12")) * 64}
    kind = _kind(ref)
    if ref != "HYDROGEN" and draw(st.integers(0, 4)) == 0:
        return adding(ref.partition("/")[0], kind, fields=NEW[kind] | draw(_fields(kind)), **more)
    more["note"] = draw(st.sampled_from([None, "n"]))
    more["evidence"] = draw(st.sampled_from([(), ("a",)]))
    return updating(ref, **draw(_fields(kind)), **more)


@st.composite
def _acts(draw: st.DrawFn) -> Act:
    """A command: a batch, an undo of the newest or of some entry, a redo, an amendment of some entry."""
    act = draw(st.sampled_from(["record"] * 4 + ["undo", "undo one", "redo", "amend", "amend"]))
    back = draw(st.integers(0, 4))
    if act == "record":
        changes = draw(st.lists(_changes(), min_size=1, max_size=2))
        return lambda transaction, recording: record(transaction, changes, recording)
    if act == "undo":
        return _undo
    if act == "undo one":
        return lambda transaction, recording: undo(transaction, str(_recent(transaction, back)), recording)
    if act == "redo":
        return redo
    day = draw(st.none() | st.sampled_from(DAYS))
    fields = draw(_fields("commitment") | _fields("milestone") | _fields("body") | st.just({"title": "C"}))
    said = Amendment(fields, effective_on=day)
    return lambda transaction, recording: amend(transaction, _recent(transaction, back), said, recording)


def _undo(transaction: Transaction, recording: Recording) -> Receipt:
    """Undo the newest command, but for the one that laid down the seed."""
    receipt = undo(transaction, None, recording)
    if any(outcome.retracts[0] <= SEEDED for outcome in receipt.outcomes):
        raise Refused("that is the seed")
    return receipt


def _recent(transaction: Transaction, back: int) -> int:
    """A recent entry, after the seed."""
    (newest,) = transaction.values(int, "SELECT max(id) FROM entry")
    return max(SEEDED + 1, newest - back)


@pytest.fixture
def begun(register: Path) -> Path:
    """A register with an agreement, a commitment, a milestone and two bodies, each added by a command of its own."""
    for number, ref in enumerate(("TREATY", "TIN", "TIN/1", "MY-MITI", "KR-MOTIE")):
        kind = _kind(ref)
        change = adding(ref.partition("/")[0], kind, fields=NEW[kind], effective_on=BEGUN)
        make_in(register, change, invocation=str(number))
    return register


def history(path: Path) -> list[StoredEntry]:
    return [
        StoredEntry(**row) for row in query(path, f"SELECT {', '.join(ENTRY_FIELDS)} FROM entry ORDER BY id")
    ]


def said_in(entries: list[StoredEntry]) -> list[Said]:
    """A history as the model has it."""
    return [
        Said(
            id=one.id,
            ref=one.ref,
            day=one.effective_on,
            says=None if one.action in ("undone", "restored") else _says(one),
            retracts=tuple(json.loads(one.retracts)),
            has_evidence=one.evidence != "[]",
        )
        for one in entries
        if one.action != "reviewed"
    ]


def _says(one: StoredEntry) -> dict[str, Any]:
    said = json.loads(one.changes).items()
    return {name: kept_value(tuple(new) if isinstance(new, list) else new) for name, (_, new) in said}


def compare(entries: list[StoredEntry], day: str) -> dict[str, dict[str, Any]]:
    """The states that entries leave by a day, which must be what the model says."""
    found = {ref: kept(state) for ref, state in project(map(read_entry, entries), day).items()}
    said = states(said_in(entries), day)
    assert found.keys() == said.keys()
    for ref, state in found.items():
        its = {name: value for name, value in said[ref].items() if name in state}
        assert {name: state[name] for name in its} == its, (ref, day)
    return found


def stored(path: Path) -> dict[str, dict[str, Any]]:
    """The records as the tables have them."""
    found = {}
    with closing(connect(path)) as connection:
        connection.row_factory = Row
        for kind, columns in COLUMNS.items():
            for row in connection.execute(f"SELECT {', '.join(columns)} FROM {kind}"):
                found[str(row["ref"])] = dict(row)
    return found


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(_acts(), st.sampled_from(TODAYS), st.sampled_from(["kim", "lee"])), min_size=4, max_size=12
    )
)
def test_whatever_is_done_every_point_is_what_the_model_says_and_stays_so(
    begun: Path, commands: list[tuple[Act, date, str]]
) -> None:
    path = Path(shutil.copy(begun, begun.with_name("any.db")))
    told: list[list[StoredEntry]] = []
    for act, today, actor in commands:
        before = path.read_bytes()
        try:
            with FileRegister(path).writing() as transaction:
                act(transaction, Recording(actor, NOW, today))
        except KsmyError:
            assert path.read_bytes() == before
            continue
        assert faults(path) == []
        entries = history(path)
        for day in DAYS:
            compare(entries, day)
        assert stored(path) == compare(entries, "9999-12-31")
        told.append(entries)
    # What was told of any day followed from the history until then alone, and will again.
    entries = history(path)
    assert [entries[: len(until_then)] for until_then in told] == told


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_acts(), min_size=2, max_size=6), st.lists(_changes(), min_size=1, max_size=3))
def test_what_is_recorded_and_undone_leaves_every_day_as_before_and_redone_as_after(
    begun: Path, earlier: list[Act], changes: list[Change]
) -> None:
    path = Path(shutil.copy(begun, begun.with_name("any.db")))

    def done(act: Act) -> bool:
        try:
            with FileRegister(path).writing() as transaction:
                return act(transaction, Recording("kim", NOW, TODAY)).applied > 0
        except KsmyError:
            return False

    def on_every_day() -> list[dict[str, dict[str, Any]]]:
        return [compare(history(path), day) for day in (*DAYS, "9999-12-31")]

    for act in earlier:
        done(act)
    before = on_every_day()
    if not done(lambda transaction, recording: record(transaction, changes, recording)):
        return
    after = on_every_day()
    assert done(lambda transaction, recording: undo(transaction, None, recording))
    assert on_every_day() == before
    assert done(redo)
    assert on_every_day() == after
    assert faults(path) == []
