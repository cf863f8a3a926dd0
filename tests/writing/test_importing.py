"""A register as JSON lines and back: the same bytes, the same head, or nothing."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ksmy_tracker.domain.chain import Entry, digest, key_hash, to_canonical_json
from ksmy_tracker.domain.changes import Amendment, Change
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.domain.kinds import COLUMNS, KINDS
from ksmy_tracker.errors import BadInput, KsmyError
from ksmy_tracker.reading import check as audit
from ksmy_tracker.reading.export import export_lines
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import amend as amending
from ksmy_tracker.writing import importing
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing import undo as undoing
from ksmy_tracker.writing.record import Recording
from tests.conftest import NOW, asked, execute, run
from tests.exports import KINDS_BEFORE, as_before
from tests.writing.changing import query

TODAY = date(2026, 1, 15)
TakeBack = Callable[[Path, date], None]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register without an entry, to be copied: creating one costs more than copying it."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    with FileRegister(path).creating():
        pass
    return path


def exported(path: Path) -> list[str]:
    with FileRegister(path).reading() as reader:
        return list(export_lines(reader))


@dataclass(frozen=True)
class Importer:
    """Loads exports into new registers."""

    empty: Path
    directory: Path

    def load(self, lines: list[str]) -> tuple[Path, str | None]:
        path = Path(shutil.copy(self.empty, self.directory / "loaded.db"))
        with FileRegister(path).writing() as transaction:
            head = importing.load(transaction, (line.encode() for line in lines))
        return path, head

    def fault(self, lines: list[str]) -> str:
        """The sentence that refuses an export; nothing of it is in the register."""
        path = self.directory / "loaded.db"
        with pytest.raises(BadInput) as refusal:
            self.load(lines)
        assert path.read_bytes() == self.empty.read_bytes()
        return str(refusal.value)


@pytest.fixture
def importer(empty: Path, tmp_path: Path) -> Importer:
    return Importer(empty, tmp_path)


def make(path: Path, *changes: Change, today: date = TODAY) -> None:
    with FileRegister(path).writing() as session:
        write_side.record(session, changes, Recording("desk", NOW, today))


def undo(path: Path, today: date = TODAY) -> None:
    with FileRegister(path).writing() as session:
        undoing.undo(session, None, Recording("desk", NOW, today))


def records(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All records of a register in a file, by kind."""
    return {kind: query(path, f"SELECT * FROM {kind} ORDER BY ref") for kind in COLUMNS}


def redo(path: Path, today: date = TODAY) -> None:
    with FileRegister(path).writing() as session:
        undoing.redo(session, Recording("desk", NOW, today))


def keep_as_before(path: Path, key: str, key_digest: str) -> None:
    """Keep the key of a line that changed nothing as schemas before 0003 did."""
    values = f"'{key}', '{key_digest}', '{key_hash(key, key_digest)}'"
    execute(path, f"INSERT INTO unchanged_key VALUES ({values})")


@pytest.fixture
def busy(register: Path) -> Path:
    """A register in which everything that can happen has happened."""
    make(
        register,
        Change(
            "update",
            "FTA-CONCLUDE",
            fields={"status": "completed", "due": "2027"},
            note='"quoted", 한국\n\x1b[31m\u2028\x7f',
            evidence=("https://a.example", "b"),
            effective_on="2025-12-01",
            key="k-1",
            key_digest="0" * 64,
        ),
        Change("update", "REGIONAL-STABILITY", fields={"verifiable": True, "detail": None}),
        Change(
            "add", "TREATY", record="agreement", fields={"title": "t", "kind": "treaty", "stage": "signed"}
        ),
        Change("add", "FTA-CONCLUDE", record="milestone", fields={"title": "Celebrated", "due": "2025-36"}),
        Change("update", "FTA-CONCLUDE/1", fields={"state": "met"}),
    )
    keep_as_before(register, "as-it-is", "1" * 64)
    new = {"title": "t", "agreement": "TREATY", "sector": "trade", "firmness": "agreed"}
    make(register, Change("add", "NEW", record="commitment", fields=new))
    undo(register)
    return register


def test_bodies_and_lists_go_there_and_back(busy: Path, importer: Importer) -> None:
    make(
        busy,
        Change("add", "KR-MOTIE", record="body", fields={"name": "산업통상자원부", "kind": "ministry"}),
        Change(
            "update", "TOURISM", fields={"leads": ("KR-MOTIE",), "topics": ("수소", "tin"), "said_by": "both"}
        ),
        Change("add", "GAZETTE", record="source", fields={"title": "Gazette", "language": "ms"}),
        Change("update", "FTA", fields={"under": "SP-2024"}),
    )
    path, _ = importer.load(exported(busy))
    assert exported(path) == exported(busy)
    assert records(path) == records(busy)
    [body], [source] = records(path)["body"], records(path)["source"]
    assert (body["name"], source["language"]) == ("산업통상자원부", "ms")


# What an export says


def test_the_first_line_names_the_format_the_head_and_the_number_of_entries(register: Path) -> None:
    header = exported(register)[0]
    with FileRegister(register).reading() as reader:
        ((head,),) = asked(reader, "SELECT hash FROM entry WHERE id = (SELECT max(id) FROM entry)")
    assert header == f'{{"entries":30,"format":"ksmy-export/2","head":"{head}"}}\n'


def test_the_keys_that_earlier_versions_kept_come_first_and_then_the_history_by_id(busy: Path) -> None:
    keys, *entries = [json.loads(line) for line in exported(busy)][1:]
    assert list(keys) == ["unchanged_key"]
    assert all(list(line) == ["entry"] for line in entries)
    assert [line["entry"]["id"] for line in entries] == list(range(1, 38))


def test_a_line_has_every_column_of_its_key_and_every_field_of_its_entry(busy: Path) -> None:
    columns = {"unchanged_key": {"key", "key_digest", "hash"}, "entry": set(ENTRY_FIELDS)}
    for line in exported(busy)[1:]:
        ((kind, fields),) = json.loads(line).items()
        may_lack = {"retracts"} if kind == "entry" else set()  # as all entries of earlier versions do
        assert columns[kind] - may_lack <= set(fields) <= columns[kind]


def test_the_keys_of_lines_that_changed_nothing_are_exported_by_key(register: Path) -> None:
    for key in ("b", "a"):
        keep_as_before(register, key, key * 64)
    assert [line for line in exported(register) if "unchanged_key" in line] == [
        f'{{"unchanged_key":{{"hash":"{key_hash(key, key * 64)}","key":"{key}","key_digest":"{key * 64}"}}}}\n'
        for key in ("a", "b")
    ]


def test_a_key_that_an_entry_has_too_is_refused(importer: Importer, busy: Path) -> None:
    lines = exported(busy)
    old, new = (
        f'{{"unchanged_key":{{"hash":"{key_hash(key, "1" * 64)}","key":"{key}"' for key in ("as-it-is", "k-1")
    )
    assert importer.fault([line.replace(old, new) for line in lines]) == (
        "the export contradicts itself: key 'k-1' is that of entry 31 and of a line that changed nothing; "
        "nothing was imported"
    )
    assert importer.fault([line.replace("as-it-is", "k-1") for line in lines]) == (
        "the export contradicts itself: key 'k-1', of a line that changed nothing, was altered; nothing was imported"
    )


def test_every_line_is_canonical_json(busy: Path) -> None:
    for line in exported(busy):
        assert line == to_canonical_json(json.loads(line)) + "\n"
        assert line.count("\n") == 1


def test_an_entry_s_line_is_enough_to_check_its_hash(busy: Path) -> None:
    for line in exported(busy):
        content = json.loads(line)
        if "entry" in content:
            entry = Entry(**content["entry"])
            assert digest(entry) == entry.hash


def test_only_an_entry_that_retracts_says_so(busy: Path) -> None:
    lines = exported(busy)
    assert [line for line in lines if '"retracts":' in line] == lines[-1:]
    assert json.loads(lines[-1])["entry"]["retracts"] == [36]


# There and back


def test_an_import_exports_the_same_bytes(busy: Path, importer: Importer) -> None:
    lines = exported(busy)
    path, head = importer.load(lines)
    assert exported(path) == lines
    assert head == json.loads(lines[0])["head"]


@pytest.fixture
def corrected(busy: Path) -> Path:
    """The same with late news, amendments, undos of undos, reviews, and refs that were free again."""
    make(
        busy,
        Change("update", "TOURISM", fields={"status": "completed"}, effective_on="2025-11-01"),
        Change("update", "TOURISM", fields={"firmness": "agreed"}, effective_on="2025-03-01"),
        Change("review", "HYDROGEN", note="Asked the ministry.", effective_on="2025-06-01"),
        Change("update", "HYDROGEN", fields={"expected": "2029"}, evidence=("https://a.example",)),
    )
    with FileRegister(busy).writing() as session:
        said = Amendment(effective_on="2025-10-01", note="A slip.")
        amending.amend(session, 38, said, Recording("desk", NOW, TODAY))
    undo(busy)
    redo(busy)
    treaty = {"title": "t", "kind": "treaty", "stage": "signed"}
    make(busy, Change("add", "NEW", record="agreement", fields=treaty))  # a commitment's until it was undone
    for ref, title in (("FTA-CONCLUDE", "Gone"), ("FTA-CONCLUDE", "Kept")):
        make(busy, Change("add", ref, record="milestone", fields={"title": title, "expected": "2027"}))
        if title == "Gone":
            undo(busy)
    make(busy, Change("review", "FTA-CONCLUDE/1"))
    return busy


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_was_corrected_goes_there_and_back_on_every_engine(
    engine: str, corrected: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "export.jsonl"
    file.write_text("".join(exported(corrected)), encoding="utf-8")
    actions = {json.loads(line)["entry"]["action"] for line in exported(corrected)[2:]}
    assert actions == {"created", "updated", "reviewed", "undone", "restored"}
    new = tmp_path / "new.db"
    place = str(new if engine == "sqlite" else request.getfixturevalue("empty_database"))
    assert run("import", str(file), "--db", place) == 0
    with FileRegister(corrected).reading() as old, locate(place).reading() as reader:
        assert "".join(export_lines(reader)) == file.read_text(encoding="utf-8")
        for kind, its in KINDS.items():
            sql = f"SELECT {', '.join(COLUMNS[kind])} FROM {kind}"
            found, wanted = ({one.ref: one for one in each.rows(its, sql)} for each in (reader, old))
            assert found == wanted
        assert audit.check(reader, audit.check(old).head).faults == []
        assert audit.check(reader).head == audit.check(old).head
    assert {row["ref"] for row in records(corrected)["agreement"]} > {"NEW"}


def test_an_import_is_a_sound_register_that_goes_on(busy: Path, importer: Importer) -> None:
    path, head = importer.load(exported(busy))
    with FileRegister(path).reading() as reader:
        assert audit.check(reader, head).faults == []
    for one in (path, busy):
        redo(one)
        make(one, Change("update", "NEW", fields={"status": "completed"}))
    with FileRegister(path).reading() as reader:
        assert audit.check(reader, head).faults == []
    restored, made = exported(path)[-2:]
    assert json.loads(restored)["entry"]["action"] == "restored"
    assert json.loads(made)["entry"]["id"] == 39


def test_an_imported_history_is_still_append_only(busy: Path, importer: Importer) -> None:
    path, _ = importer.load(exported(busy))
    with FileRegister(busy).reading() as old, FileRegister(path).reading() as new:
        sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        assert asked(new, sql) == asked(old, sql)


def test_an_empty_register_goes_there_and_back(empty: Path, importer: Importer) -> None:
    lines = exported(empty)
    assert lines == ['{"entries":0,"format":"ksmy-export/2","head":null}\n']
    path, head = importer.load(lines)
    assert head is None
    assert exported(path) == lines


def test_more_than_is_inserted_at_once_goes_there_and_back(empty: Path, importer: Importer) -> None:
    path = Path(shutil.copy(empty, importer.directory / "many.db"))
    treaty = Change(
        "add", "T", record="agreement", fields={"title": "t", "kind": "treaty", "stage": "signed"}
    )
    fields = {"title": "t", "agreement": "T", "sector": "trade", "firmness": "agreed"}
    make(path, treaty, *(Change("add", f"C-{n}", record="commitment", fields=fields) for n in range(2100)))
    lines = exported(path)
    loaded, _ = importer.load(lines)
    assert exported(loaded) == lines


AGREEMENTS = st.sampled_from(["A", "B"])
COMMITMENTS = st.sampled_from(["C", "D", "E"])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
TITLES = TEXTS.filter(lambda text: bool(text.strip()))
DUES = st.sampled_from([None, "2025", "2026-06", "2025-36", "2027-12-31", "2026?", "2027/2028"])
STATUSES = st.sampled_from(["planned", "in-progress", "completed", "cancelled"])


def changes_of(strategy: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Change]:
    return strategy.flatmap(
        lambda given: st.builds(
            lambda note, evidence, actor, on: Change(
                **given,
                note=note,
                evidence=() if given["op"] == "review" else tuple(evidence),
                actor=actor,
                effective_on=on,
            ),
            note=st.none() | TITLES,
            evidence=st.lists(TITLES, max_size=2),
            actor=st.none() | TITLES,
            on=st.none() | st.sampled_from(["2026-01-10", "2026-01-15", "2026-01-20"]),
        )
    )


CHANGES = changes_of(
    st.fixed_dictionaries(
        {
            "op": st.just("add"),
            "ref": AGREEMENTS,
            "record": st.just("agreement"),
            "fields": st.fixed_dictionaries(
                {"title": TITLES, "kind": st.just("treaty"), "stage": st.just("signed")},
                optional={"place": TEXTS, "dated": DUES},
            ),
        }
    )
    | st.fixed_dictionaries(
        {
            "op": st.just("add"),
            "ref": COMMITMENTS,
            "record": st.just("commitment"),
            "fields": st.fixed_dictionaries(
                {
                    "title": TITLES,
                    "agreement": AGREEMENTS,
                    "sector": st.just("s"),
                    "firmness": st.just("agreed"),
                },
                optional={"detail": TEXTS, "due": DUES, "status": STATUSES, "verifiable": st.booleans()},
            ),
        }
    )
    | st.fixed_dictionaries(
        {
            "op": st.just("add"),
            "ref": COMMITMENTS,
            "record": st.just("milestone"),
            "fields": st.fixed_dictionaries({"title": TITLES}, optional={"due": DUES}),
        }
    )
    | st.fixed_dictionaries(
        {
            "op": st.just("update"),
            "ref": COMMITMENTS,
            "fields": st.fixed_dictionaries(
                {},
                optional={
                    "due": DUES,
                    "expected": DUES,
                    "status": STATUSES,
                    "detail": TEXTS,
                    "agreement": AGREEMENTS,
                },
            ),
        }
    )
    | st.fixed_dictionaries({"op": st.just("review"), "ref": COMMITMENTS})
    | st.fixed_dictionaries(
        {
            "op": st.just("update"),
            "ref": st.builds("{}/{}".format, COMMITMENTS, st.integers(1, 3)),
            "fields": st.fixed_dictionaries({}, optional={"state": st.sampled_from(["met", "not-met"])}),
        }
    )
)
STEPS = st.lists(
    st.tuples(st.lists(CHANGES, max_size=4), st.sampled_from([None, undo, redo]), st.integers(0, 9)),
    max_size=8,
)


@settings(max_examples=25)
@given(STEPS)
def test_any_register_goes_there_and_back(
    empty: Path,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[Change], TakeBack | None, int]],
) -> None:
    directory = tmp_path_factory.mktemp("random")
    path = Path(shutil.copy(empty, directory / "random.db"))
    today = TODAY
    for changes, take_back, days in steps:
        today += timedelta(days=days)
        for change in changes:
            try:
                make(path, change, today=today)
            except KsmyError:
                continue
        try:
            if take_back:
                take_back(path, today)
        except KsmyError:
            continue
    lines = exported(path)
    loaded, head = Importer(empty, directory).load(lines)
    assert exported(loaded) == lines
    assert records(loaded) == records(path)
    with FileRegister(loaded).reading() as reader:
        found = audit.check(reader)
    assert (found.faults, found.head) == ([], head)
    assert Importer(empty, directory).load(as_before(lines, path))[1] == head
    shutil.rmtree(directory)


# What is no export, or not a whole one

Lines = list[str]


def at(lines: Lines, kind: str, number: int = 0) -> int:
    """Where in an export the line of a record or an entry stands."""
    return [index for index, line in enumerate(lines) if line.startswith(f'{{"{kind}":')][number]


def edit(lines: Lines, index: int, old: str, new: str) -> Lines:
    assert lines[index].count(old) == 1, lines[index]
    return [*lines[:index], lines[index].replace(old, new), *lines[index + 1 :]]


def swap(lines: Lines, one: int, other: int) -> Lines:
    lines = list(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (lambda lines: [], "this is no export: it is empty"),
        (lambda lines: ["\n"], 'this is no export: its first line must have "format": "ksmy-export/2"'),
        (lambda lines: lines[1:], 'this is no export: its first line must have "format": "ksmy-export/2"'),
        (
            lambda lines: edit(lines, 0, "export/2", "export/3"),
            "this is no export: its format is 'ksmy-export/3', and this program reads ksmy-export/2; ",
        ),
        (lambda lines: edit(lines, 0, '"format":"ksmy-export/2",', ""), "this is no export: "),
        (lambda lines: ["[]\n", *lines[1:]], "this is no export: "),
        (lambda lines: ['{"ref":"FTA","note":"n"}\n'], "this is no export: "),
        (
            lambda lines: lines[:1],
            "the export is not whole: its history does not end with the head that line 1 ",
        ),
        (lambda lines: lines[:-1], "the export is not whole: "),
        (
            lambda lines: edit(lines, 0, '"entries":37', '"entries":36'),
            "the export is not whole: line 1 names 36 entries, and it has 37; ",
        ),
        (
            lambda lines: edit(lines, 0, '"entries":37', '"entries":"37"'),
            "this is no export: its first line ",
        ),
        (lambda lines: edit(lines, 0, '"head":"', '"head":"0'), "the export is not whole: "),
        (
            lambda lines: [*lines[:5], lines[5][:20]],
            "line 6: is not a line of an export (Input data was truncated); ",
        ),
        (
            lambda lines: [*lines[:5], "\n", *lines[5:]],
            "line 6: is not a line of an export (Input data was truncated); ",
        ),
        (lambda lines: [*lines[:5], "nonsense\n"], "line 6: is not a line of an export (JSON is malformed: "),
        (
            lambda lines: [*lines[:5], "[" * 100_000],
            "line 6: is not a line of an export (Expected `object`, got `array`); ",
        ),
        (lambda lines: [*lines, lines[-1]], "line 40: entry 38 is missing: entry 37 stands in its place; "),
        (lambda lines: swap(lines, -1, -2), "line 38: entry 36 is missing: entry 37 stands in its place; "),
        (
            lambda lines: [*lines[:-3], *lines[-2:]],
            "line 37: entry 35 is missing: entry 36 stands in its place; ",
        ),
        (
            lambda lines: edit(lines, -1, '"actor":"desk"', '"actor":"duck"'),
            "line 39: entry 37 (NEW) was altered: ",
        ),
        (lambda lines: edit(lines, -2, '"note":null', '"note":"n"'), "line 38: entry 36 (NEW) was altered: "),
        (
            lambda lines: edit(lines, -1, '"note":', '"nota":'),
            "line 39: is not a line of an export (Object contains unknown field `nota` - at `$.entry`); ",
        ),
        (
            lambda lines: edit(lines, -1, '"note":', '"more":1,"note":'),
            "line 39: is not a line of an export (Object contains unknown field `more` - at `$.entry`); ",
        ),
        (
            lambda lines: [*lines, '{"entry":[]}\n'],
            "line 40: is not a line of an export (Expected `object | null`, ",
        ),
        (lambda lines: [*lines, '{"entry":null}\n'], "line 40: is not a part of an export in its place; "),
        (lambda lines: [*lines, "{}\n"], "line 40: is not a part of an export in its place; "),
        (
            lambda lines: [*lines[:-1], lines[-1][:-2] + "," + lines[1][1:]],
            "line 39: is not a part of an export in its place; ",
        ),
        (
            lambda lines: edit(lines, -1, '"evidence":[]', '"evidence":"x"'),
            "line 39: is not a line of an export (Expected `array`, got `str` - at `$.entry.evidence`); ",
        ),
        (
            lambda lines: edit(lines, -1, '"retracts":[36]', '"retracts":["36"]'),
            "line 39: is not a line of an export (Expected `int`, got `str` - at `$.entry.retracts[0]`); ",
        ),
        (
            lambda lines: edit(lines, -1, '"retracts":[36]', '"retracts":[35]'),
            "line 39: entry 37 (NEW) was altered: ",
        ),
        (
            lambda lines: edit(lines, -1, '"id":37', '"id":true'),
            "line 39: is not a line of an export (Expected `int`, got `bool` - at `$.entry.id`); ",
        ),
        (
            lambda lines: edit(lines, -2, '"verifiable":[null,true]', '"verifiable":[null,1]'),
            "line 38: is not a line of an export (Expected `bool | str | array | null`, got `int`",
        ),
        (
            lambda lines: edit(lines, -1, '"note":', '"note":"\\ud800","x":'),
            "line 39: is not a line of an export (",
        ),
        (
            lambda lines: [lines[0], *lines[2:], lines[1]],
            "line 39: is not a part of an export in its place; ",
        ),
        (
            lambda lines: [*lines[:2], lines[1], *lines[2:]],
            "line 3: unchanged_key as-it-is stands twice, or after one that it comes before; ",
        ),
        (
            lambda lines: edit(lines, 1, '"key":', '"kee":'),
            "line 2: is not a part of an export in its place; ",
        ),
        (
            lambda lines: edit(lines, 1, '"key":"as-it-is",', ""),
            "line 2: is not a part of an export in its place; ",
        ),
        (
            lambda lines: edit(lines, 1, '"key":"as-it-is"', '"key":7'),
            "line 2: key is 7, which is of another kind than a register has there; ",
        ),
        (lambda lines: [*lines, lines[1]], "line 40: is not a part of an export in its place; "),
    ],
)
def test_what_is_not_a_whole_export_is_refused(
    busy: Path, importer: Importer, tamper: Callable[[Lines], Lines], fault: str
) -> None:
    sentence = importer.fault(tamper(exported(busy)))
    assert sentence.startswith(fault)
    assert sentence.endswith("; nothing was imported")


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize(
    "place", [1, 2, -1, None], ids=["first", "after the keys", "before the last", "last"]
)
def test_an_export_has_no_records(
    busy: Path, before: Lines, importer: Importer, kind: str, place: int | None
) -> None:
    lines = exported(busy)
    record = before[at(before, kind)] if kind in KINDS_BEFORE else f'{{"{kind}":{{"ref":"A"}}}}\n'
    lines.insert(len(lines) if place is None else place, record)
    number = lines.index(record) + 1
    assert importer.fault(lines) == (
        f"line {number}: is not a part of an export in its place; nothing was imported"
    )


# What an export of the format before says of its records


@pytest.fixture
def before(busy: Path) -> Lines:
    """An export of the format before, in which the records stand."""
    return as_before(exported(busy), busy)


def test_an_export_of_the_format_before_makes_the_register_that_one_of_now_makes(
    busy: Path, before: Lines, importer: Importer
) -> None:
    assert before[0] == exported(busy)[0].replace("/2", "/1")
    path, head = importer.load(before)
    assert head == json.loads(before[0])["head"]
    assert exported(path) == exported(busy)
    assert records(path) == records(busy)


def test_an_export_of_the_format_before_may_have_what_was_declared_later(
    busy: Path, before: Lines, importer: Importer
) -> None:
    index = at(before, "commitment")
    new = edit(before, index, '"evidence":', '"expected":null,"reviewed_on":null,"evidence":')
    assert exported(importer.load(new)[0]) == exported(busy)
    fault = importer.fault(edit(before, index, '"evidence":', '"expected":"2027","evidence":'))
    assert "CCS-START: expected is '2027', but its history says None; " in fault


def test_an_empty_export_of_the_format_before_is_one_too(empty: Path, importer: Importer) -> None:
    path, head = importer.load(as_before(exported(empty), empty))
    assert (head, exported(path)) == (None, exported(empty))


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (
            lambda lines: edit(lines, at(lines, "commitment"), '"slip_days":0', '"slip_days":[0]'),
            "line 9: is not a line of an export (Expected `int | str | null`, got `array`",
        ),
        (
            lambda lines: [*lines[:10], lines[9], *lines[10:]],
            "line 11: commitment CCS-TECHNOLOGY stands twice, or after one that it comes before; ",
        ),
        (
            lambda lines: swap(lines, at(lines, "commitment"), at(lines, "commitment") + 1),
            "line 10: commitment CCS-START stands twice, or after one that it comes before; ",
        ),
        (
            lambda lines: swap(lines, at(lines, "agreement"), at(lines, "commitment")),
            "line 3: is not a part of ",
        ),
        (
            lambda lines: swap(lines, at(lines, "commitment"), at(lines, "milestone")),
            "line 10: is not a part of ",
        ),
        (lambda lines: swap(lines, at(lines, "milestone"), at(lines, "entry")), "line 29: is not a part of "),
        (
            lambda lines: edit(lines, 1, '{"agreement":', '{"treaty":'),
            "line 2: is not a line of an export (Object contains unknown field `treaty`); ",
        ),
        (
            lambda lines: edit(lines, 1, '{"agreement":', '{"x":1,"agreement":'),
            "line 2: is not a line of an export (Object contains unknown field `x`); ",
        ),
        (
            lambda lines: edit(lines, 1, '"place":', '"plaice":'),
            "line 2: is not a part of an export in its place",
        ),
        (
            lambda lines: edit(lines, 1, '"place":null,', ""),
            "line 2: is not a part of an export in its place",
        ),
        (
            lambda lines: edit(lines, 1, '"ref":', '"ref":"X","ref":'),
            "line 2: has the key 'ref' twice; ",
        ),
        (
            lambda lines: [*lines, lines[1]],
            "line 72: is not a part of an export in its place; ",
        ),
    ],
)
def test_an_export_of_the_format_before_with_other_lines_is_refused(
    before: Lines, importer: Importer, tamper: Callable[[Lines], Lines], fault: str
) -> None:
    sentence = importer.fault(tamper(before))
    assert sentence.startswith(fault)
    assert sentence.endswith("; nothing was imported")


@pytest.mark.parametrize(
    ("kind", "old", "new", "fault"),
    [
        (
            "commitment",
            '"status":"planned"',
            '"status":"suspended"',
            "CCS-START: status is 'suspended', but its ",
        ),
        ("commitment", '"slip_days":0', '"slip_days":5', "CCS-START: slip_days is 5, but its history says 0"),
        ("commitment", '"withdrawn":0', '"withdrawn":1', "CCS-START: withdrawn is 1, but its history says 0"),
        ("commitment", '"evidence":0', '"evidence":1', "CCS-START: evidence is 1, but its history says 0"),
        ("commitment", '"ref":"CCS-START"', '"ref":"CCS-STARTS"', "CCS-STARTS has no history"),
        (
            "agreement",
            '"place":null',
            '"place":"Seoul"',
            "FA50M-2023: place is 'Seoul', but its history says None",
        ),
        ("milestone", '"state":"met"', '"state":"not-met"', "FTA-CONCLUDE/1: state is 'not-met', but its "),
    ],
)
def test_a_record_that_contradicts_its_history_is_refused(
    before: Lines, importer: Importer, kind: str, old: str, new: str, fault: str
) -> None:
    sentence = importer.fault(edit(before, at(before, kind), old, new))
    assert sentence.startswith("the export contradicts itself: ")
    assert fault in sentence or (kind == "commitment" and "CCS-START is missing" in sentence)
    assert sentence.endswith("; nothing was imported")


@pytest.mark.parametrize("kind", KINDS_BEFORE)
def test_a_record_that_only_the_history_has_is_refused(before: Lines, importer: Importer, kind: str) -> None:
    index = at(before, kind)
    ref = json.loads(before[index])[kind]["ref"]
    assert importer.fault([*before[:index], *before[index + 1 :]]) == (
        f"the export contradicts itself: {kind} {ref} is missing, though the history has it; nothing was imported"
    )


@pytest.mark.parametrize("kind", KINDS_BEFORE)
def test_a_record_without_a_history_is_refused(before: Lines, importer: Importer, kind: str) -> None:
    index = at(before, kind, -1)
    record = json.loads(before[index])[kind]
    record["ref"] = "ZZ/1" if kind == "milestone" else "ZZ"
    more = to_canonical_json({kind: record}) + "\n"
    assert importer.fault([*before[: index + 1], more, *before[index + 1 :]]) == (
        f"the export contradicts itself: {kind} {record['ref']} has no history; nothing was imported"
    )


@pytest.mark.parametrize("kind", [kind for kind in COLUMNS if kind not in KINDS_BEFORE])
def test_an_export_of_the_format_before_knew_fewer_kinds(
    before: Lines, importer: Importer, kind: str
) -> None:
    assert importer.fault([before[0], f'{{"{kind}":{{"ref":"A"}}}}\n', *before[1:]]).startswith("line 2: ")


# How a file is read


def test_a_byte_order_mark_and_an_empty_last_line_are_fine(busy: Path, importer: Importer) -> None:
    lines = exported(busy)
    text = "\ufeff" + "".join(lines) + "\n"
    read = [line.decode() for line in importing.lines_in(BytesIO(text.encode()))]
    path, _ = importer.load(read)
    assert exported(path) == lines
    windows = [line.replace("\n", "\r\n") for line in lines]
    assert exported(importer.load([*windows, "\r\n"])[0]) == lines
    assert exported(importer.load([*lines[:-1], lines[-1].rstrip()])[0]) == lines


@pytest.mark.parametrize("more", [["\n", "\n"], [" \n", "{}"]], ids=["two", "and more"])
def test_an_empty_line_is_fine_only_at_the_end(busy: Path, importer: Importer, more: list[str]) -> None:
    assert " is not a line of an export" in importer.fault([*exported(busy), *more])


class Endless(RawIOBase):
    """A file of one line that never ends; it counts what is read of it."""

    def __init__(self) -> None:
        self.read_so_far = 0

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0
        self.read_so_far += size
        return b"x" * size


def test_a_line_of_a_gigabyte_is_not_read_to_its_end(importer: Importer) -> None:
    file = Endless()
    with pytest.raises(BadInput) as refused:
        list(importing.lines_in(file))  # type: ignore[arg-type]
    assert str(refused.value) == "line 1: is longer than 67,108,864 bytes; nothing was imported"
    assert file.read_so_far == importing.LONGEST_LINE + 1


DEEP = 200_000


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [
            '{"entries":0,"format":"ksmy-export/2","head":null,"more":' + "[" * DEEP + "]" * DEEP + "}\n"
        ],
        lambda lines: ["[" * DEEP + "\n"],
        lambda lines: [*lines[:3], '{"entry":' * DEEP + "\n"],
        lambda lines: [*lines[:3], '{"agreement":{"ref":' + "[" * DEEP + "]" * DEEP + "}}\n"],
        lambda lines: [lines[0].replace("{", '{"format":"x",', 1), *lines[1:]],
        lambda lines: [lines[0], lines[1].replace('"key":', '"key":"X","key":'), *lines[2:]],
        lambda lines: [*lines[:-1], lines[-1].replace('"note":', '"note":"hidden","note":')],
        lambda lines: [
            *lines[:-1],
            lines[-1].replace('{"entry":', '{"agreement":null,"entry":null,"entry":'),
        ],
        lambda lines: [
            *lines[:-1],
            lines[-1].replace('"changes":{', '"changes":{"title":[null,"x"],"title":[null,"x"],'),
        ],
    ],
)
def test_what_nests_too_deep_or_says_a_thing_twice_is_a_sentence(
    busy: Path, importer: Importer, tamper: Callable[[list[str]], list[str]]
) -> None:
    lines = exported(busy)
    tampered = tamper(lines)
    assert tampered != lines
    assert importer.fault(tampered).endswith("; nothing was imported")


def test_a_key_that_stands_twice_is_named(busy: Path, importer: Importer) -> None:
    lines = exported(busy)
    twice = lines[-1].replace('"note":', '"note":"hidden","note":')
    assert importer.fault([*lines[:-1], twice]) == (
        f"line {len(lines)}: has the key 'note' twice; nothing was imported"
    )


def test_an_export_in_another_layout_is_one_too(busy: Path, importer: Importer) -> None:
    lines = [json.dumps(json.loads(line), indent=None) + "\n" for line in exported(busy)]
    assert exported(importer.load(lines)[0]) == exported(busy)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("evidence", "0"),
        ("withdrawn", "0"),
        ("slip_days", " 0.0 "),
        ("due", 2025),
        ("title", 7),
        ("title", None),
    ],
)
def test_a_value_of_another_kind_than_its_column_is_not_converted(
    before: Lines, importer: Importer, column: str, value: object
) -> None:
    index = at(before, "commitment")
    record = json.loads(before[index])
    record["commitment"][column] = value
    before[index] = to_canonical_json(record) + "\n"
    assert importer.fault(before) == (
        f"line {index + 1}: {column} is {value!r}, which is of another kind than a register has there; "
        "nothing was imported"
    )
