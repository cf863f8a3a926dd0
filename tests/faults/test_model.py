"""Batches that nobody would think of: the register is what a tiny model of it is, or nothing has changed.

The model keeps dictionaries and knows the rules as docs/scripting.md and the help state them; it shares no code
with the program.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ksmy_tracker.errors import BadInput, Faults
from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.sqlite import connection as sqlite
from ksmy_tracker.storage.sqlite.reader import FileReader
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import batch
from ksmy_tracker.writing.record import Recording, record
from tests.conftest import NOW, run
from tests.faults.conftest import Tell

TODAY = "2026-01-15"

#: Due dates as they may be given: as they are stored, with the first and the last day.
DUES = {
    "2025": ("2025", "2025-01-01", "2025-12-31"),
    "2026-06": ("2026-06", "2026-06-01", "2026-06-30"),
    "2026-Q3": ("2026-35", "2026-07-01", "2026-09-30"),
    "2028-02-29": ("2028-02-29", "2028-02-29", "2028-02-29"),
}
LAST_DAY = {stored: last for stored, _, last in DUES.values()}

#: What may be given for a field, and what is then stored.
TAKEN: dict[str, list[tuple[Any, Any]]] = {
    "title": [("M", "M"), ("N", "N"), (" 둘", " 둘")],
    "detail": [("more", "more"), (" two\nlines", " two\nlines"), (None, None), ("", None)],
    "agreement": [
        ("AG-A", "AG-A"),
        ("ag-b", "AG-B"),
        ("ag-a", "AG-A"),
        ("AG-B", "AG-B"),
        ("AG-N", "AG-N"),
        ("C-1", "C-1"),
    ],
    "sector": [("trade", "trade"), ("Space", "space"), ("trades", "trades"), ("water", "water")],
    "parties": [("KR", "KR"), ("my", "MY"), ("both", "both")],
    "firmness": [("agreed", "agreed"), ("hoped", "hoped"), ("HOPED", "hoped")],
    "verifiable": [(True, 1), ("no", 0)],
    "source": [("a report", "a report"), (None, None)],
    "status": [(word, word) for word in ("planned", "in-progress", "completed", "cancelled")],
    "due": [*((given, stored) for given, (stored, _, _) in DUES.items()), (None, None)],
    "expected": [*((given, stored) for given, (stored, _, _) in DUES.items()), (None, None)],
    "due_phrase": [("by then", "by then"), ("", None)],
    "kind": [("treaty", "treaty")],
    "stage": [("signed", "signed"), ("In-Force", "in-force"), ("negotiating", "negotiating")],
    "dated": [("2025", "2025"), (None, None)],
    "place": [("Seoul", "Seoul"), ("", None)],
    "state": [(word, word) for word in ("scheduled", "met", "not-met")],
}
#: What no field takes.
REFUSED: dict[str, list[Any]] = {
    "title": ["", " ", None, 7],
    "agreement": ["not a ref", None],
    "sector": ["two words", ""],
    "parties": ["SG"],
    "verifiable": ["perhaps", 1],
    "status": ["done", None, ["planned"]],
    "due": ["soon", 2025, "2026-13"],
    "expected": ["later", 2026],
    "reviewed_on": ["2026-01-15"],
    "detail": ["\0", {}],
    "state": ["missed"],
    "note": ["", 3],
    "evidence": ["", [3]],
    "on": ["yesterday", 20250101, "2025-02-30"],
    "by": [""],
    "key": ["", 5],
    "expect": ["finished"],
    "new_sector": ["perhaps"],
    "colour": ["red"],
    "deadline": ["overdue"],
}
#: What says none of what is no field.
NONE = (None, "-")
#: Lines that are no changes at all.
JUNK = [
    b"{",
    b"[]",
    b'"ref"',
    b"\xff{}",
    b"{}",
    b'{"ref": "C-1", "ref": "C-1", "note": "twice"}',
    b'{"status": "planned"}',
    b'{"ref": "C-1", "op": "delete"}',
    b'{"ref": "C-1", "number": 1, "title": "One"}',
    b'{"ref": "C-1/1", "op": "add", "title": "One"}',
    b'{"ref": "", "note": "x"}',
    b'{"ref": "C 1", "note": "x"}',
]

FIELDS = {
    "agreement": ("title", "kind", "stage", "dated", "place", "parties", "source"),
    "commitment": (
        *("title", "detail", "agreement", "sector", "parties", "firmness", "verifiable", "source"),
        *("status", "due", "due_phrase", "expected"),
    ),
    "milestone": ("title", "due", "expected", "state"),
}
REQUIRED = {
    "agreement": ("title", "kind", "stage"),
    "commitment": ("title", "agreement", "sector", "firmness"),
    "milestone": ("title",),
}
#: What is said of a record's progress, and what of that happened on a day.
STATE = {"agreement": "stage", "commitment": "status", "milestone": "state"}
EVENTS = ("completed", "cancelled", "met", "not-met", "signed", "in-force")
DEFAULTS: dict[str, dict[str, Any]] = {
    "agreement": {"parties": "both"},
    "commitment": {"parties": "both", "verifiable": 1, "status": "planned"},
    "milestone": {"state": "scheduled"},
}


class Bad(Exception):
    """The model does not take a line."""


class Said(NamedTuple):
    """An entry, as far as it changes records."""

    ref: str
    kind: str
    day: str
    changed: dict[str, Any]
    is_news: bool
    has_evidence: bool


@dataclass
class Model:
    """The columns of each kind's table; what was said, in its order; what each key stood for; the entries."""

    columns: dict[str, tuple[str, ...]]
    said: list[Said] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)
    sectors: set[str] = field(default_factory=set)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Take note of what a batch finds."""
        self.counts.clear()
        self.sectors = {record["sector"] for record in self.records().values() if "sector" in record}

    def records(self, day: str = TODAY) -> dict[str, dict[str, Any]]:
        """Records by ref as they are on a day, as the tables keep them."""
        found: dict[str, dict[str, Any]] = {}
        for said in sorted(self.said, key=lambda said: said.day):
            if said.day <= day:
                self._step(found, said)
        return found

    def take(self, line: dict[str, Any]) -> None:  # noqa: C901, PLR0912  # the whole contract in one place
        """Make the change a line asks for; raises `Bad`."""
        line = {name: value for name, value in line.items() if name in TAKEN or value not in NONE}
        if "ref" not in line or ("number" in line and line.get("op") != "milestone"):
            raise Bad
        given = {name: value for name, value in line.items() if name in TAKEN}
        fields = {name: _stored(name, value) for name, value in given.items()}
        about = {name: _read(name, line[name]) for name in line.keys() - given.keys()}
        op, ref = about.pop("op", "update"), about.pop("ref")
        key, _ = about.pop("key", None), about.pop("new_sector", None)
        if "number" in about:
            ref = f"{ref}/{about.pop('number')}"
        asked = (op, ref, fields, about)
        if key is not None and key in self.keys:
            if self.keys[key] != asked:
                raise Bad
            self.counts["skipped"] += 1
            return
        records = self.records()
        kind = _kind(records.get(ref))
        new = ""
        if op == "add":
            new = "agreement" if "kind" in fields else "commitment"
            if kind is not None:
                raise Bad
        elif op == "milestone" and "/" not in ref:
            new = "milestone"
            if kind != "commitment":
                raise Bad
            numbers = [one["number"] for one in records.values() if one.get("commitment") == ref]
            ref = f"{ref}/{1 + max(numbers, default=0)}"
        elif kind is None:
            raise Bad
        if new and "expect" in about:
            raise Bad
        day, changed = self._changed(ref, new or str(kind), bool(new), fields, about)
        if "sector" in changed:
            # "trades" is the only one here that is close to another.
            close = changed["sector"] in ("trade", "trades") and bool(self.sectors & {"trade", "trades"})
            if changed["sector"] not in self.sectors and close and not line.get("new_sector"):
                raise Bad
            self.sectors.add(changed["sector"])
        note, evidence = about.get("note"), about.get("evidence", ())
        is_news = bool(new or changed or note or evidence)
        if is_news or key is not None:  # which an entry keeps that says nothing else
            old = self.records(day).get(ref, {})
            pairs = {name: [old.get(name), value] for name, value in changed.items()}
            self.entries.append((ref, day, about.get("by", "model"), note, evidence, key, pairs))
            self.said.append(Said(ref, new or str(kind), day, changed, is_news, bool(evidence)))
        self.counts["applied" if is_news else "unchanged"] += 1
        if key is not None:
            self.keys[key] = asked

    def _changed(
        self, ref: str, kind: str, new: bool, fields: dict[str, Any], about: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """The day of a change and the fields that it gives another value on that day; raises `Bad`."""
        if not fields.keys() <= set(FIELDS[kind]):
            raise Bad
        if new and any(fields.get(name) is None for name in REQUIRED[kind]):
            raise Bad
        records = self.records()
        latest = records.get(ref, {})
        parent = ref.partition("/")[0] if kind == "milestone" else fields.get("agreement")
        if parent and _kind(records.get(parent)) != ("commitment" if kind == "milestone" else "agreement"):
            raise Bad
        first = max(latest.get("created_on", ""), records[parent]["created_on"] if parent else "")
        day = about.get("on", TODAY)
        if not first <= day <= TODAY:
            raise Bad
        old = self.records(day).get(ref, {})
        if about.get("expect", _stands(old)) != _stands(old):
            raise Bad
        event = fields.get(STATE[kind])
        if "on" in about and event == _stands(latest) and event in EVENTS and day != self._since(ref, kind):
            raise Bad
        wanted = {**(DEFAULTS[kind] if new else {}), **fields}
        changed = {name: value for name, value in wanted.items() if value != old.get(name)}
        if "status" in changed and old.get("status") in ("completed", "cancelled") and "note" not in about:
            raise Bad
        return day, changed

    def _since(self, ref: str, kind: str) -> str:
        """The day since which a record's status, stage or state is what it is."""
        day, stood = "", None
        for said in sorted(self.said, key=lambda said: said.day):
            if said.ref == ref and said.changed.get(STATE[kind], stood) != stood:
                day, stood = said.day, said.changed[STATE[kind]]
        return day

    def _step(self, records: dict[str, dict[str, Any]], said: Said) -> None:
        """Lay an entry on top of the records."""
        record = records.get(said.ref)
        if record is None:
            columns = self.columns[said.kind]
            record = {**dict.fromkeys(columns), "ref": said.ref, "withdrawn": 0}
            record |= {name: "[]" for name in ("topics", "leads", "partners") if name in columns}
            record["created_on"] = said.day
            if said.kind == "milestone":
                record["commitment"], _, number = said.ref.partition("/")
                record["number"] = int(number)
            records[said.ref] = record
        record |= said.changed
        self._derive(record, said)
        about = (record, *([records[record["commitment"]]] if said.kind == "milestone" else []))
        if not said.is_news:
            if said.kind != "agreement":
                about[-1]["reviewed_on"] = max(about[-1]["reviewed_on"] or "", said.day)
            return
        for touched in about:
            touched["updated_on"] = max(touched["updated_on"] or "", said.day)
            if said.kind != "agreement":
                touched["evidence"] = (touched["evidence"] or 0) + said.has_evidence

    @staticmethod
    def _derive(record: dict[str, Any], said: Said) -> None:
        if said.kind == "milestone" and "state" in said.changed:
            record["met_on"] = (record["met_on"] or said.day) if record["state"] == "met" else None
        if said.kind != "agreement":
            _, record["due_earliest"], record["due_latest"] = next(
                (window for window in DUES.values() if window[0] == record["due"]), (None, None, None)
            )
        if said.kind == "commitment":
            record["baseline_due"] = record["baseline_due"] or record["due"]
            record["slip_days"] = record["due"] and _days(record["baseline_due"], record["due"])
            if record["status"] != "completed":
                record["completed_on"] = record["completed_due"] = None
            elif record["completed_on"] is None:
                record["completed_on"], record["completed_due"] = said.day, record["due"]
            record["completed_latest"] = LAST_DAY.get(record["completed_due"] or "")


def _kind(record: dict[str, Any] | None) -> str | None:
    if record is None:
        return None
    return "commitment" if "status" in record else "milestone" if "number" in record else "agreement"


def _stands(record: dict[str, Any]) -> Any:
    return record.get("status", record.get("stage", record.get("state")))


def _days(earlier: str, later: str) -> int:
    return (date.fromisoformat(LAST_DAY[later]) - date.fromisoformat(LAST_DAY[earlier])).days


def _stored(name: str, value: Any) -> Any:
    """What a field keeps of a value; raises `Bad` where it takes none such."""
    for taken, stored in TAKEN[name]:
        if (type(taken), taken) == (type(value), value):
            return stored
    raise Bad


def _read(name: str, value: Any) -> Any:
    """What a line says of itself; raises `Bad` for what cannot be."""
    if name in REFUSED and any((type(one), one) == (type(value), value) for one in REFUSED[name]):
        raise Bad
    if name == "ref":
        return value.upper()
    if name == "evidence":
        return (value,) if isinstance(value, str) else tuple(value)
    return value


def read_register(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """The records of a register by ref."""
    found = {}
    for kind in FIELDS:
        cursor = connection.execute(f"SELECT * FROM {kind}")
        names = [column[0] for column in cursor.description]
        for row in cursor:
            found[row[names.index("ref")]] = dict(zip(names, row, strict=True))
    return found


def read_entries(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    sql = "SELECT ref, effective_on, actor, note, evidence, key, changes FROM entry ORDER BY id"
    return [
        (*row[:4], tuple(json.loads(row[4])), row[5], json.loads(row[6])) for row in connection.execute(sql)
    ]


COMMITMENT = {"title": "N", "agreement": "AG-A", "sector": "trade", "firmness": "agreed", "on": "2025-03-01"}
START: list[dict[str, Any]] = [
    {"op": "add", "ref": "AG-A", "title": "M", "kind": "treaty", "stage": "negotiating", "on": "2025-01-01"},
    {"op": "add", "ref": "AG-B", "title": "N", "kind": "treaty", "stage": "signed", "on": "2025-06-01"},
    *({"op": "add", "ref": ref, **COMMITMENT} for ref in ("C-1", "C-2", "C-3")),
    {"ref": "C-2", "status": "completed", "on": "2025-05-01"},
    {"ref": "C-3", "due": "2025", "on": "2025-05-01"},
    {"op": "milestone", "ref": "C-1", "title": "M", "due": "2025", "on": "2025-04-01"},
]


#: The real one.
CONNECT = sqlite3.connect


class Room:
    """A register in memory that can be put back to its start, and the counts of what came of the batches."""

    def __init__(self, start: Path) -> None:
        self.location = FileRegister(start)
        self._start = sqlite3.connect(start)
        self.counts: Counter[str] = Counter()
        self.memory = self.connect()
        self._start.backup(self.memory)
        columns = {str(_kind(one)): tuple(one) for one in read_register(self.memory).values()}
        self._model = Model(columns)
        for line in START:
            self._model.take(line)
        assert read_register(self.memory) == self._model.records()

    def connect(self, *_: object, **__: object) -> sqlite3.Connection:
        """What stands in for sqlite3.connect: the same room for every connection."""
        room = "file:/room?vfs=memdb"
        made = CONNECT(
            room, uri=True, isolation_level=None, factory=sqlite.Connection, check_same_thread=False
        )
        made.path, made.patience = self.location.path, 1.0
        return made

    def model(self) -> Model:
        """The model of the start, and the register put back to it."""
        self._start.backup(self.memory)
        return deepcopy(self._model)

    def apply(self, lines: list[bytes]) -> tuple[dict[str, int], Faults]:
        """Apply a batch as `ksmy apply` does."""
        faults = Faults(20)
        counts: dict[str, int] = {}
        try:
            with self.location.writing() as session:
                changes = batch.read_json_lines(BytesIO(b"\n".join(lines)))
                recording = Recording("model", NOW, date.fromisoformat(TODAY))
                receipt = record(session, changes, recording, faults=faults)
                counts = {name: getattr(receipt, name) for name in ("applied", "unchanged", "skipped")}
                if faults.count:
                    raise BadInput("the batch has faults")
        except BadInput:
            counts = {}
        return counts, faults

    def compare(self, batches: list[list[dict[str, Any] | bytes]]) -> None:
        """Apply batches, one after another, to register and model."""
        model = self.model()
        for lines in batches:
            self.counts["batches"] += 1
            self.counts["lines"] += len(lines)
            next_model = deepcopy(model)
            next_model.begin()
            bad = None
            for number, line in enumerate(lines, 1):
                try:
                    if isinstance(line, bytes):
                        raise Bad
                    next_model.take(line)
                except Bad:
                    bad = number
                    break
            written = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
            counts, faults = self.apply(written)
            first = int(faults.listed[0].split(":")[0].removeprefix("line ")) if faults.count else None
            assert first == bad, (faults.listed, written)
            if bad is None:
                model = next_model
                assert {name: count for name, count in counts.items() if count} == +model.counts
            assert read_register(self.memory) == model.records()
            assert read_entries(self.memory) == model.entries
            self.counts["applied"] += bad is None
            self.counts["changes"] += counts.get("applied", 0)
            self.counts["as the model"] += 1
        if len(model.entries) > len(START):
            assert audit.check(FileReader(self.memory)).faults == []


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, tell: Tell) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("model")
    start, first = folder / "register.db", folder / "first.jsonl"
    first.write_text("".join(json.dumps(line) + "\n" for line in START))
    with pytest.MonkeyPatch.context() as patch:
        assert run("init", "--empty", "--db", str(start)) == 0
        assert run("apply", str(first), "--db", str(start), "--by", "model") == 0
        ready = Room(start)
        patch.setattr(sqlite3, "connect", ready.connect)
        yield ready
    counts = ready.counts
    tell(
        f"hypothesis-made batches: {counts['batches']:,} of {counts['lines']:,} lines; as the model says: "
        f"{counts['as the model']:,}, {counts['applied']:,} applied with {counts['changes']:,} changes, "
        f"{counts['as the model'] - counts['applied']:,} refused with nothing changed"
    )


#: What a line may say of itself. What is listed twice here and below is said twice as often.
ABOUT: dict[str, list[Any]] = {
    "note": ["why", "because"],
    "evidence": ["news", ["news", "a paper"]],
    "on": [TODAY, TODAY, "2026-01-10", "2026-01-10", "2025-12-01", "2025-05-01", "2026-01-16"],
    "key": ["first", "second", "third"],
    "by": ["another"],
    "new_sector": [True],
    "expect": ["planned"],
}
COMMITMENTS = ["C-1", "C-2", "c-3"]
AGREEMENTS = ["AG-A", "ag-a", "ag-b", "AG-B"]

NEW = {"title": ["N"], "sector": ["trade"], "firmness": ["hoped"]}

#: Sorts of lines: the records they are about, what they always say and what they may say.
SORTS: list[tuple[list[str], dict[str, list[Any]], tuple[str, ...]]] = [
    ([*COMMITMENTS, *COMMITMENTS, "C-N"], {}, FIELDS["commitment"]),
    (COMMITMENTS, {"due": list(DUES)}, ("status", "due_phrase")),
    (["C-1"], {"key": ["first"], "note": ["why"]}, ("evidence",) * 9),
    (COMMITMENTS, {"status": ["in-progress", "completed", "cancelled"]}, ("due", "note", "note", "note")),
    (COMMITMENTS, {"sector": ["trades", "trade"], "new_sector": [True, True, False]}, ("status",)),
    ([*AGREEMENTS, "AG-N"], {}, FIELDS["agreement"]),
    (["C-1/1", "c-1/1", "C-1/1", "C-1/2"], {}, FIELDS["milestone"]),
    ([*COMMITMENTS, *COMMITMENTS, "AG-A"], {"op": ["milestone"], "title": ["M"]}, FIELDS["milestone"]),
    (["C-1", "c-1", "C-1", "C-2"], {"op": ["milestone"], "number": [1, 1, 2]}, FIELDS["milestone"]),
    (
        ["C-N", "C-M", "C-O"],
        {"op": ["add"], **NEW, "agreement": [*AGREEMENTS, "AG-N"]},
        FIELDS["commitment"],
    ),
    (
        ["AG-N", "AG-M"],
        {"op": ["add"], "title": ["N"], "kind": ["treaty"], "stage": ["signed"]},
        ("dated", "place"),
    ),
]


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any] | bytes:
    """A line that reads well, mostly; whether it fits the register is another matter."""
    # Not the ends of the range, which hypothesis likes best.
    luck = draw(st.integers(0, 39))
    if luck == 23:
        return draw(st.sampled_from(JUNK))
    refs, always, sometimes = draw(st.sampled_from(SORTS))
    line = {"ref": draw(st.sampled_from(refs))}
    line |= {name: draw(st.sampled_from(values)) for name, values in always.items()}
    for name in draw(st.lists(st.sampled_from([*sometimes, *ABOUT]), max_size=3, unique=True)):
        line[name] = draw(st.sampled_from(ABOUT.get(name) or [taken for taken, _ in TAKEN[name]]))
    if luck in (15, 16):
        del line[draw(st.sampled_from(sorted(line)))]
    if luck == 31:
        name = draw(st.sampled_from(sorted(REFUSED)))
        line[name] = draw(st.sampled_from(REFUSED[name]))
    if luck in (33, 34):
        line[draw(st.sampled_from([*ABOUT, "op", "number"]))] = draw(st.sampled_from(NONE))
    return line


BATCH = st.lists(lines(), min_size=1, max_size=6)


@settings(max_examples=600, derandomize=True, database=None)
@given(lines=BATCH)
def test_a_batch_does_what_the_model_does_or_nothing(room: Room, lines: list[dict[str, Any] | bytes]) -> None:
    room.compare([lines])


@settings(max_examples=200, derandomize=True, database=None)
@given(first=BATCH, second=BATCH)
def test_a_batch_after_another_does_what_the_model_does_or_nothing(
    room: Room, first: list[dict[str, Any] | bytes], second: list[dict[str, Any] | bytes]
) -> None:
    """Above all, keys that an earlier batch has used."""
    room.compare([first, second])


@pytest.mark.long
@settings(max_examples=3000, derandomize=True, database=None)
@given(batches=st.lists(BATCH, min_size=1, max_size=2))
def test_many_batches_do_what_the_model_does_or_nothing(
    room: Room, batches: list[list[dict[str, Any] | bytes]]
) -> None:
    room.compare(batches)
