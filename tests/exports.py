"""Exports with right hashes that say anything: how somebody would bring in what no command writes."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ksmy_tracker.domain.chain import Entry, canonical_json, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.domain.kinds import COLUMNS, LATER, kept
from ksmy_tracker.domain.projection import States, laid_down, step
from ksmy_tracker.reading.export import FORMAT

#: The format before, in which the records stand beside the entries.
BEFORE: Final = "ksmy-export/1"

#: The kinds of record that it knows.
KINDS_BEFORE: Final = ("agreement", "commitment", "milestone")

#: An entry as JSON has it; `id`, `previous_hash` and `hash` are given when it is sealed.
Fields = dict[str, Any]


def entry(ref: str, action: str, on: str, changes: Mapping[str, Any] = {}, **more: Any) -> Fields:
    """An entry as the writer makes it."""
    record = "milestone" if "/" in ref else "commitment" if ref.startswith("C") else "agreement"
    return {
        "invocation": "0" * 32,
        "key": None,
        "key_digest": None,
        "recorded_at": "2026-01-15T04:00:00.000000Z",
        "effective_on": on,
        "actor": "desk",
        "record": record,
        "ref": ref,
        "action": action,
        "changes": dict(changes),
        "note": None,
        "evidence": [],
        **more,
    }


def new(**fields: Any) -> dict[str, Any]:
    """The changes of an entry that creates a record."""
    return {name: [None, value] for name, value in fields.items()}


AGREEMENT: Final = {"title": "A treaty", "kind": "treaty", "stage": "signed", "parties": "both"}
COMMITMENT: Final = {
    "title": "A promise",
    "agreement": "A",
    "sector": "trade",
    "parties": "both",
    "firmness": "agreed",
    "verifiable": True,
    "status": "planned",
    "due": "2026",
    "baseline_due": "2026",
}
MILESTONE: Final = {"title": "A step", "state": "scheduled"}


def history() -> list[Fields]:
    """A history with an entry of each kind, by the numbers of its entries: 1 is the first."""
    entries = [
        entry("A", "created", "2025-01-01", new(**AGREEMENT)),
        entry("C", "created", "2025-01-02", new(**COMMITMENT), evidence=["https://a.example"]),
        entry("C/1", "created", "2025-01-03", new(**MILESTONE)),
        entry(
            "C",
            "updated",
            "2025-02-01",
            {
                "status": ["planned", "completed"],
                "completed_on": [None, "2025-02-01"],
                "completed_due": [None, "2026"],
            },
        ),
        entry(
            "C",
            "updated",
            "2025-02-02",
            {
                "status": ["completed", "in-progress"],
                "completed_on": ["2025-02-01", None],
                "completed_due": ["2026", None],
            },
            note="It was not done.",
        ),
        entry(
            "C",
            "undone",
            "2025-02-03",
            {
                "status": ["in-progress", "completed"],
                "completed_on": [None, "2025-02-01"],
                "completed_due": [None, "2026"],
            },
            note=f"undoes invocation {5:032x}",
        ),
        entry(
            "C/1", "updated", "2025-02-04", {"state": ["scheduled", "met"], "met_on": [None, "2025-02-04"]}
        ),
        entry("B", "created", "2025-02-05", new(**AGREEMENT)),
        entry(
            "B", "withdrawn", "2025-02-06", {"withdrawn": [False, True]}, note=f"undoes invocation {8:032x}"
        ),
        entry("C", "noted", "2025-02-07", note="Both sides met.", key="k-1", key_digest="1" * 64),
        entry("C", "reviewed", "2025-02-08", key="k-2", key_digest="2" * 64),
        entry("C/2", "created", "2025-02-09", new(**MILESTONE, due="2025-36")),
    ]
    for number, one in enumerate(entries, 1):
        one["invocation"] = f"{number:032x}"
    return entries


def seal(entries: Iterable[Fields]) -> list[Fields]:
    """The entries with their places in the chain and right hashes, whatever stands in their fields."""
    sealed: list[Fields] = []
    for number, one in enumerate(entries, 1):
        fields = {"id": number, **one, "previous_hash": sealed[-1]["hash"] if sealed else None}
        covered = {name: value for name, value in fields.items() if name != "hash"}
        try:
            said = canonical_json(covered)
        except UnicodeEncodeError:  # a lone surrogate
            said = json.dumps(covered, sort_keys=True, separators=(",", ":")).encode()
        sealed.append({**fields, "hash": sha256(said).hexdigest()})
    return sealed


def records(entries: Iterable[Fields]) -> dict[str, dict[str, Any]]:
    """The records that entries lead to, by kind and ref, as far as they can be followed."""
    states: States = {}
    for one in _laid([Entry(**_listed(one)) for one in entries if one.keys() <= _FIELDS]):
        try:
            step(states, one)
        except (KeyError, ValueError, TypeError, AttributeError):
            continue
    found: dict[str, dict[str, Any]] = {kind: {} for kind in COLUMNS}
    for ref, state in sorted(states.items(), key=lambda item: str(item[0])):
        found[state.record][ref] = kept(state)
    return found


def _listed(one: Fields) -> Fields:
    """An entry with the lists in its changes as a reader makes them."""
    if not isinstance(one["changes"], dict):
        return one
    pairs = one["changes"].items()
    return {
        **one,
        "changes": {
            name: [tuple(value) if isinstance(value, list) else value for value in pair]
            for name, pair in pairs
        },
    }


def _laid(entries: list[Entry]) -> list[Entry]:
    """Entries as they are laid down; in the order of the chain where that cannot be told."""
    try:
        return laid_down(entries)
    except (ValueError, TypeError, AttributeError, IndexError):
        return entries


_FIELDS: Final = frozenset(ENTRY_FIELDS)


def lines(entries: Iterable[Fields], *, stored: Iterable[tuple[str, Fields]] | None = None) -> list[bytes]:
    """An export of entries, sealed; of the format before where records are given, which that has too."""
    sealed = seal(entries)
    export = FORMAT if stored is None else BEFORE
    contents: list[Any] = [
        {"entries": len(sealed), "format": export, "head": sealed[-1]["hash"] if sealed else None},
        *({kind: one} for kind, one in stored or ()),
        *({"entry": one} for one in sealed),
    ]
    return [_line(content) for content in contents]


def as_before(export: Iterable[str], register: Path) -> list[str]:
    """The export of a register in a file in the format before: its records, by kind and ref, follow line 1.

    They lack the fields that were declared later, as they did.
    """
    header, *rest = export
    said = [header.replace(FORMAT, BEFORE)]
    with closing(sqlite3.connect(register)) as connection:
        connection.row_factory = sqlite3.Row
        for kind in KINDS_BEFORE:
            names = ", ".join(name for name in COLUMNS[kind] if name not in LATER[kind])
            rows = connection.execute(f"SELECT {names} FROM {kind} ORDER BY ref")
            said += [to_canonical_json({kind: dict(row)}) + "\n" for row in rows]
    return said + rest


def _line(content: Any) -> bytes:
    try:
        return canonical_json(content) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(content, sort_keys=True).encode() + b"\n"


def changed(number: int, **fields: Any) -> Callable[[], list[Fields]]:
    """The history with fields of an entry replaced; a name such as `changes_due` is one of its changes."""

    def make() -> list[Fields]:
        entries = history()
        for name, value in deepcopy(fields).items():
            if name.startswith("changes_"):
                entries[number - 1]["changes"][name.removeprefix("changes_")] = value
            else:
                entries[number - 1][name] = value
        return entries

    return make


def without(number: int, *names: str) -> Callable[[], list[Fields]]:
    """The history without some changes of an entry, or (none named) without the entry."""

    def make() -> list[Fields]:
        entries = history()
        if not names:
            return entries[: number - 1] + entries[number:]
        for name in names:
            del entries[number - 1]["changes"][name]
        return entries

    return make


def then(*more: Fields) -> Callable[[], list[Fields]]:
    """The history with entries after it."""

    def make() -> list[Fields]:
        entries = history()
        for number, one in enumerate(more, len(entries) + 1):
            entries.append(deepcopy(one) | {"invocation": f"{number:032x}"})
        return entries

    return make


_DAY: Final = "2025-03-01"
_STEP: Final = new(**MILESTONE)


def undo(ref: str, *retracts: int, action: str = "undone", **more: Any) -> Fields:
    """An undo or a redo, as it is now: an entry that only retracts."""
    return entry(ref, action, _DAY, retracts=list(retracts), **more)


def _noted(on: str = _DAY, **more: Any) -> Fields:
    """A note on the commitment."""
    return entry("C", "noted", on, note="x", **more)


def body(ref: str, on: str = _DAY, **more: Any) -> Fields:
    """A body that is added."""
    return entry(ref, "created", on, new(name="A ministry", kind="ministry"), record="body", **more)


def _withdrawn_body(ref: str, added: int) -> Fields:
    """An undo of an earlier version of what added a body."""
    gone = {"withdrawn": [False, True]}
    return entry(ref, "withdrawn", _DAY, gone, record="body", note=f"undoes invocation {added:032x}")


def _led(*leads: Any, on: str = _DAY) -> Fields:
    """The commitment is led by somebody."""
    return entry("C", "updated", on, {"leads": [[], list(leads)]})


def newer() -> list[Fields]:
    """The history, then what only later versions do: late entries, undos that retract, redos and amendments."""
    firm = {"firmness": ["agreed", "committed"]}
    met = {"state": ["scheduled", "met"]}
    due = {"due": ["2026", "2099"]}
    return then(
        entry("C", "updated", "2025-01-15", firm),
        undo("C", 13),
        undo("C", 14, action="restored"),
        entry("C/1", "updated", "2025-02-03", met, retracts=[7]),
        entry("C/1", "updated", "2025-02-05", met, note="x", retracts=[7, 16]),
        undo("C/2", 12),
        entry("C/2", "created", "2025-02-10", _STEP),
        entry("C", "updated", "2099-01-01", due),
        _noted("2025-01-20"),
        undo("C", 20),
        entry("A", "created", "2024-12-31", new(**{**AGREEMENT, "stage": "concluded"}), retracts=[1]),
        entry("A", "updated", "2025-01-01", {"stage": ["concluded", "signed"]}),
        undo("C", 10),
        entry("C", "updated", _DAY, {"title": ["A promise", "A vow"]}, key="k-1", key_digest="1" * 64),
        entry("B", "noted", "2025-02-05", note="late", evidence=["a"]),
        entry("C", "updated", "2025-01-15", {"firmness": ["agreed", "hoped"]}, retracts=[13]),
        undo("C", 28),
        body("M", "2025-01-02"),
        entry("C", "updated", "2025-01-06", {"leads": [[], ["M"]], "said_by": [None, "M"]}),
        entry("C", "updated", _DAY, {"leads": [["M"], []], "topics": [[], ["tin", "수소"]]}),
        entry("C/1", "updated", _DAY, {"partners": [[], ["M"]], "party": [None, "KR"]}),
        entry("AB", "created", "2025-01-02", new(**AGREEMENT, under="A")),
        entry("C", "updated", "2025-01-06", {"leads": [[], ["M"]], "said_by": [None, "both"]}, retracts=[31]),
        body("M-2", _DAY),
        undo("M-2", 36, record="body"),
    )()


#: What no writer writes, each in a history that is sound without it.
CRAFTED: Final[dict[str, Callable[[], list[Fields]]]] = {
    "an unknown field": changed(2, changes_colour=[None, "red"]),
    "a field of another kind of record": changed(1, changes_sector=[None, "trade"]),
    "a computed column": changed(2, changes_slip_days=[None, "0"]),
    "the ref as a field": changed(2, changes_ref=[None, "D"]),
    "a sector that a shell would run": changed(2, changes_sector=[None, "$(touch pwned)"]),
    "a sector in capitals": changed(2, changes_sector=[None, "Trade"]),
    "an unknown status": changed(2, changes_status=[None, "done"]),
    "a status in capitals": changed(2, changes_status=[None, "Planned"]),
    "an unknown party": changed(1, changes_parties=[None, "SG"]),
    "a due date that is none": changed(2, changes_due=[None, "soon"], changes_baseline_due=[None, "soon"]),
    "a due date as people write it": changed(
        2, changes_due=[None, "2026-Q4"], changes_baseline_due=[None, "2026-Q4"]
    ),
    "spaces around a due date": changed(2, changes_due=[None, " 2026"], changes_baseline_due=[None, " 2026"]),
    "a text for true": changed(2, changes_verifiable=[None, "true"]),
    "true for a text": changed(2, changes_title=[None, True]),
    "a number for a text": changed(2, changes_title=[None, 7]),
    "an empty title": changed(2, changes_title=[None, " "]),
    "no title": changed(2, changes_title=[None, None]),
    "an empty text for none": changed(2, changes_detail=[None, ""]),
    "a NUL in a title": changed(2, changes_title=[None, "a\0b"]),
    "a NUL in a note": changed(10, note="a\0b"),
    "a NUL in a key": changed(10, key="k\0"),
    "a lone surrogate in a title": changed(2, changes_title=[None, "\ud800"]),
    "a text that is too long": changed(2, changes_detail=[None, "x" * 100_001]),
    "a lower-case ref of an agreement": changed(2, changes_agreement=[None, "a"]),
    "a list for a text": changed(2, changes_title=[None, ["A promise"]]),
    "a text for a list": changed(2, changes_topics=[None, "tin"]),
    "a number in a list": changed(2, changes_topics=[None, ["tin", 7]]),
    "a list in a list": changed(2, changes_topics=[None, [["tin"]]]),
    "null in a list": changed(2, changes_topics=[None, [None]]),
    "a value twice in a list": changed(2, changes_topics=[None, ["tin", "tin"]]),
    "a topic in capitals": changed(2, changes_topics=[None, ["Tin"]]),
    "a topic whose letters are parted": changed(2, changes_topics=[None, ["e\u0301"]]),
    "a list that is too long": changed(2, changes_topics=[None, [f"t{number}" for number in range(21)]]),
    "an empty list of a new record": changed(2, changes_topics=[None, []]),
    "an old list that was not": then(entry("C", "updated", _DAY, {"topics": [["tin"], ["halal"]]})),
    "no old list": then(entry("C", "updated", _DAY, {"topics": [None, ["halal"]]})),
    "null for an empty list": then(
        entry("C", "updated", _DAY, {"topics": [[], ["tin"]]}),
        entry("C", "updated", _DAY, {"topics": [["tin"], None]}),
    ),
    "a list to what was so": then(entry("C", "updated", _DAY, {"topics": [[], []]})),
    "a lower-case ref that leads": then(body("M"), _led("m")),
    "a lead that never was": then(_led("M")),
    "a lead that never was, of a new record": changed(2, changes_leads=[None, ["M"]]),
    "a lead beside one that is there": then(body("M"), _led("M", "N")),
    "an agreement that leads": then(_led("A")),
    "a commitment that leads": then(_led("C")),
    "all parties that lead": then(_led("both")),
    "a partner that never was": then(entry("C/1", "updated", _DAY, {"partners": [[], ["M"]]})),
    "a lead of a later entry": then(_led("M"), body("M")),
    "a lead of a later day": then(body("M"), _led("M", on="2025-02-20")),
    "a lead that is withdrawn": then(
        body("M"),
        _withdrawn_body("M", 13),
        _led("M"),
    ),
    "a withdrawal of a body that leads": then(
        body("M"),
        _led("M"),
        _withdrawn_body("M", 13),
    ),
    "an undo of a body that leads": then(body("M"), _led("M"), undo("M", 13, record="body")),
    "an undo of a body that led": then(
        body("M"),
        _led("M"),
        entry("C", "updated", _DAY, {"leads": [["M"], []]}),
        undo("M", 13, record="body"),
    ),
    "an amendment of a body to a day after it led": then(
        body("M", "2025-02-10"), _led("M", on="2025-02-20"), body("M", "2025-02-21", retracts=[13])
    ),
    "a redo of a lead that is gone": then(
        body("M"), _led("M"), undo("C", 14), undo("M", 13, record="body"), undo("C", 15, action="restored")
    ),
    "said by who never was": then(entry("C", "updated", _DAY, {"said_by": [None, "M"]})),
    "said by an agreement": then(entry("C", "updated", _DAY, {"said_by": [None, "A"]})),
    "said by both in capitals": then(entry("C", "updated", _DAY, {"said_by": [None, "BOTH"]})),
    "an agreement with the name of a party": changed(2, changes_agreement=[None, "KR"]),
    "an agreement under what never was": then(entry("A", "updated", _DAY, {"under": [None, "AB"]})),
    "an agreement under a commitment": then(entry("A", "updated", _DAY, {"under": [None, "C"]})),
    "an agreement under a withdrawn one": then(entry("A", "updated", _DAY, {"under": [None, "B"]})),
    "a milestone of both": then(entry("C/1", "updated", _DAY, {"party": [None, "both"]})),
    "a body without a name": then(entry("M", "created", _DAY, new(kind="ministry"), record="body")),
    "a body without a kind": then(entry("M", "created", _DAY, new(name="M"), record="body")),
    "a body of an unknown kind": then(
        entry("M", "created", _DAY, new(name="M", kind="party"), record="body")
    ),
    "a body with the name of an agreement": then(body("A")),
    "a commitment of a body": then(
        body("M"), entry("CD", "created", _DAY, new(**{**COMMITMENT, "agreement": "M"}))
    ),
    "a source whose address runs": then(
        entry("S", "created", _DAY, new(title="S", url="javascript:alert(1)"), record="source")
    ),
    "an old value that was not": changed(4, changes_status=["finalising", "completed"]),
    "an old value where there was none": changed(1, changes_place=["Seoul", "Busan"]),
    "an old value of another type": changed(9, changes={"withdrawn": [None, True]}),
    "a change of nothing to nothing": changed(10, action="updated", changes={}),
    "a change to what was so": then(entry("C/2", "updated", _DAY, {"title": ["A step", "A step"]})),
    "no creation": without(2),
    "a creation twice": then(entry("C", "created", _DAY, new(**COMMITMENT))),
    "a creation that is an update": changed(2, action="updated"),
    "a creation without a title": without(2, "title"),
    "a creation without a sector": without(2, "sector"),
    "a creation without a status": without(2, "status"),
    "a creation that is withdrawn": changed(2, changes_withdrawn=[None, True]),
    "a commitment before its agreement": changed(2, effective_on="2024-12-31"),
    "a milestone before its commitment": changed(3, effective_on="2025-01-01"),
    "a day that is none": changed(10, effective_on="2025-02-30"),
    "a day in another form": changed(10, effective_on="20250207"),
    "a week for a day": changed(10, effective_on="2025-W06-5"),
    "another kind of record": then(entry("C", "noted", _DAY, note="x", record="agreement")),
    "a milestone with the name of a commitment": then(entry("D", "created", _DAY, _STEP, record="milestone")),
    "a commitment with the name of a milestone": then(
        entry("C/3", "created", _DAY, new(**COMMITMENT), record="commitment")
    ),
    "a Cyrillic ref": then(entry("\u0410", "created", _DAY, new(**AGREEMENT))),
    "a fullwidth ref": then(entry("\uff21", "created", _DAY, new(**AGREEMENT))),
    "a ref with a combining mark": then(entry("A\u0301", "created", _DAY, new(**AGREEMENT))),
    "a lower-case ref": then(entry("aa", "created", _DAY, new(**AGREEMENT))),
    "a ref with a space after it": then(entry("A ", "created", _DAY, new(**AGREEMENT))),
    "a ref with a zero-width space": then(entry("A\u200b", "created", _DAY, new(**AGREEMENT))),
    "an empty ref": then(entry("", "created", _DAY, new(**AGREEMENT))),
    "a ref that is too long": then(entry("X" * 65, "created", _DAY, new(**AGREEMENT))),
    "a milestone's number with a zero before it": then(entry("C/03", "created", _DAY, _STEP)),
    "the milestone 0": then(entry("C/0", "created", _DAY, _STEP)),
    "a milestone's number in other digits": then(entry("C/\uff13", "created", _DAY, _STEP)),
    "a milestone out of turn": then(entry("C/4", "created", _DAY, _STEP)),
    "a huge milestone": then(entry(f"C/{10**12}", "created", _DAY, _STEP)),
    "a milestone of a milestone": then(entry("C/1/1", "created", _DAY, _STEP)),
    "a milestone of nothing": then(entry("CX/1", "created", _DAY, _STEP)),
    "a milestone of an agreement": then(entry("A/1", "created", _DAY, _STEP)),
    "a commitment of nothing": changed(2, changes_agreement=[None, "NONE"]),
    "a commitment of itself": changed(2, changes_agreement=[None, "C"]),
    "a commitment of a commitment": then(
        entry("CD", "created", _DAY, new(**{**COMMITMENT, "agreement": "C"}))
    ),
    "a commitment of a later agreement": changed(2, changes_agreement=[None, "B"]),
    "a commitment of a withdrawn agreement": then(
        entry("CD", "created", _DAY, new(**{**COMMITMENT, "agreement": "B"}))
    ),
    "a withdrawal of an agreement with commitments": then(
        entry("A", "withdrawn", _DAY, {"withdrawn": [False, True]}, note=f"undoes invocation {1:032x}")
    ),
    "a withdrawal of a commitment with milestones": then(
        entry("C", "withdrawn", _DAY, {"withdrawn": [False, True]}, note=f"undoes invocation {2:032x}")
    ),
    "a change of what is withdrawn": then(entry("B", "updated", _DAY, {"stage": ["signed", "ratified"]})),
    "a note on what is withdrawn": then(entry("B", "noted", _DAY, note="x")),
    "a withdrawal by an update": then(entry("C/2", "updated", _DAY, {"withdrawn": [False, True]})),
    "a withdrawal that undoes nothing": then(
        entry("C/2", "withdrawn", _DAY, {"withdrawn": [False, True]}, note="undoes invocation none")
    ),
    "an undo of another record's entry": then(undo("C", 3)),
    "an undo of what was undone": then(undo("C", 10), undo("C", 10)),
    "an undo of what was amended": then(_noted(retracts=[10]), undo("C", 10)),
    "an undo of itself": then(undo("C", 13)),
    "an undo of a later entry": then(undo("C", 14), _noted()),
    "an undo of no entry": then(undo("C", 0)),
    "an undo out of order": then(undo("C", 11, 10)),
    "an undo of one entry twice": then(undo("C", 10, 10)),
    "an undo that retracts nothing": then(undo("C")),
    "an undo of another kind of record": then(undo("C", 10, record="agreement")),
    "a redo of what is no undo": then(undo("C", 10, action="restored")),
    "a withdrawal that retracts": then(undo("C", 10, action="withdrawn")),
    "an undo that changes something, too": then(undo("C", 10, changes={"title": ["A promise", "Another"]})),
    "an undo with a note, too": then(undo("C", 10, note="x")),
    "an undo with evidence, too": then(undo("C", 10, evidence=["x"])),
    "an undo with a key, too": then(undo("C", 10, key="k-3", key_digest="3" * 64)),
    "an undo of a creation with what came after it": then(undo("C/1", 3)),
    "an undo of a commitment with milestones": then(undo("C", 2, 4, 5, 6, 10, 11)),
    "an undo of an agreement with commitments": then(undo("A", 1)),
    "a redo of a creation that was made again": then(
        undo("C/2", 12), entry("C/2", "created", _DAY, _STEP), undo("C/2", 13, action="restored")
    ),
    "a redo of a milestone whose commitment is gone": then(
        entry("CD", "created", _DAY, new(**COMMITMENT)),
        entry("CD/1", "created", _DAY, _STEP),
        undo("CD/1", 14),
        undo("CD", 13),
        undo("CD/1", 15, action="restored"),
    ),
    "a redo of a commitment whose agreement is gone": then(
        entry("AB", "created", _DAY, new(**AGREEMENT)),
        entry("CD", "created", _DAY, new(**{**COMMITMENT, "agreement": "AB"})),
        undo("CD", 14),
        undo("AB", 13),
        undo("CD", 15, action="restored"),
    ),
    "an amendment of an undo": then(undo("C", 10), _noted(retracts=[13])),
    "an amendment of an earlier version's undo": then(_noted(retracts=[6])),
    "an amendment of what was undone": then(undo("C", 10), _noted(retracts=[10])),
    "an amendment of another record's entry": then(_noted(retracts=[7])),
    "an amendment of a later entry": then(_noted(retracts=[14]), _noted()),
    "an amendment of two entries": then(_noted(retracts=[10, 11])),
    "an amendment of an amendment that brings back the first": then(
        _noted(retracts=[10]), _noted(retracts=[13])
    ),
    "an amendment of a creation that is none": then(
        entry("C/2", "updated", _DAY, {"title": [None, "A"]}, retracts=[12])
    ),
    "an amendment that is a creation": then(entry("C", "created", _DAY, new(**COMMITMENT), retracts=[10])),
    "an amendment before its record's first day": then(_noted("2025-01-01", retracts=[10])),
    "an amendment of a creation to a day after what came next": then(
        entry("C", "created", "2025-01-04", new(**COMMITMENT), retracts=[2])
    ),
    "an amendment of an agreement to a day after its commitment": then(
        entry("A", "created", "2025-01-03", new(**AGREEMENT), retracts=[1])
    ),
    "an amendment with an old value that was not": then(
        entry("C/1", "updated", "2025-02-05", {"state": ["not-met", "met"]}, retracts=[7])
    ),
    "an amendment with the old value that it retracts": then(
        entry("C/1", "updated", "2025-02-05", {"state": ["met", "not-met"]}, retracts=[7])
    ),
    "a late entry before its record's first day": then(_noted("2025-01-01")),
    "a late entry before its commitment": then(entry("C/1", "noted", "2025-01-01", note="x")),
    "a late entry with the old value of a later day": then(
        entry("C", "updated", _DAY, {"firmness": ["agreed", "hoped"]}),
        entry("C", "updated", "2025-01-20", {"firmness": ["hoped", "signed"]}),
    ),
    "a late entry that changes nothing on its day": then(
        entry("C", "updated", _DAY, {"firmness": ["agreed", "hoped"]}),
        entry("C", "updated", "2025-01-20", {"firmness": ["agreed", "agreed"]}),
    ),
    "a late entry with what follows from it": then(
        entry(
            "C",
            "updated",
            "2025-01-20",
            {"status": ["planned", "completed"], "completed_on": [None, "2025-01-20"]},
        )
    ),
    "a late reopening without a reason": then(
        entry("C", "updated", "2025-02-01", {"status": ["completed", "in-progress"]})
    ),
    "a late commitment of an agreement of another day": then(
        entry("AB", "created", _DAY, new(**AGREEMENT)),
        entry("C", "updated", "2025-02-20", {"agreement": ["A", "AB"]}),
    ),
    "a key twice in force": then(_noted(key="k-1", key_digest="1" * 64)),
    "a key of an undone entry in force again": then(
        undo("C", 10), _noted(key="k-1", key_digest="1" * 64), undo("C", 13, action="restored")
    ),
    "an undo without its note": changed(6, note=None),
    "an undo with evidence": changed(6, evidence=["x"]),
    "an undo with a key": changed(6, key="k-6", key_digest="6" * 64),
    "an undo of another record's change": changed(6, note=f"undoes invocation {8:032x}"),
    "an undo that puts back something else": changed(6, changes_completed_on=[None, "2025-01-31"]),
    "an undo of half": without(6, "completed_due"),
    "a completion on another day": changed(4, changes_completed_on=[None, "2025-01-31"]),
    "a completion with another deadline": changed(4, changes_completed_due=[None, "2030"]),
    "a completion's day alone": changed(
        10, action="updated", changes={"completed_on": ["2025-02-01", "2025-02-02"]}
    ),
    "a moved baseline": then(
        entry("C", "updated", _DAY, {"due": ["2026", "2027"], "baseline_due": ["2026", "2027"]})
    ),
    "a reopening without a reason": changed(5, note=None),
    "a note that is empty": changed(10, note=""),
    "a note of spaces": changed(10, note=" \n"),
    "no note in a note": changed(10, note=None),
    "a note that changes something": changed(10, changes={"title": ["A promise", "Another"]}),
    "evidence that is empty": changed(2, evidence=[""]),
    "a review that changes something": changed(11, changes={"title": ["A promise", "Another"]}),
    "a review with evidence": changed(11, evidence=["x"]),
    "a key without its digest": changed(10, key_digest=None),
    "a digest without its key": changed(10, key=None),
    "a digest that is none": changed(10, key_digest="z" * 64),
    "a digest in capitals": changed(10, key_digest="A" * 64),
    "a key that is empty": changed(10, key=""),
    "a key that is too long": changed(10, key="k" * 2001),
    "an actor that is empty": changed(10, actor=""),
    "an unknown action": changed(10, action="deleted"),
    "an unknown kind of record": then(entry("X", "created", _DAY, new(**AGREEMENT), record="register")),
    "an invocation that a shell would run": changed(10, invocation="$(touch pwned)"),
    "a moment without its zone": changed(10, recorded_at="2026-01-15T04:00:00.000000"),
    "a moment in another zone": changed(10, recorded_at="2026-01-15T12:00:00.000000+08:00"),
    "a moment without its fractions": changed(10, recorded_at="2026-01-15T04:00:00Z"),
    "a moment that never was": changed(10, recorded_at="2026-02-30T04:00:00.000000Z"),
}
