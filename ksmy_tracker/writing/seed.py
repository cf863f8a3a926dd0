"""A seed file (`ksmy-seed/1`) to the changes that fill a new register with it.

`{"format": "ksmy-seed/1", "effective_on": DATE, "bodies": [...], "partnership": {...}, "sources": [...],
"agreements": [...], "commitments": [...], "milestones": [...], "measures": [...], "claims": [...]}`: each record has
the names of its options as its keys, with `ref`, and may have `note` and `evidence`. A milestone names its
`commitment` instead, a claim the record that it is `about`, and gets the next number. A seed without a partnership is
of the Republic of Korea and Malaysia.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from ksmy_tracker.domain.changes import Change, Given
from ksmy_tracker.domain.kinds import (
    FORMER_PARTIES,
    GIVEN,
    KINDS,
    NUMBERED,
    OPEN_LISTS,
    OWNER,
    PARTNERSHIP,
    REFERRED,
    REFERRING,
    REQUIRED,
    read_field,
    texts_of,
)
from ksmy_tracker.domain.rules import named_by
from ksmy_tracker.domain.strict_json import Unreadable, read_json, repeated
from ksmy_tracker.domain.values import (
    Fault,
    read_any_ref,
    read_day,
    read_evidence,
    read_filled,
    read_measure_ref,
    read_ref,
)
from ksmy_tracker.domain.words import a, did_you_mean
from ksmy_tracker.errors import BadInput

FORMAT: Final = "ksmy-seed/1"
_SECTIONS: Final = {its.plural: kind for kind, its in KINDS.items()}


def read_seed(path: Path, today: date = date.max) -> list[Change]:
    """The changes a seed asks for, each kind after those that it may refer to.

    Raises `BadInput` naming every fault with its place, such as `commitments[3].due`.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = read_json(text, _Object)
    except OSError as error:
        raise BadInput(f"the seed {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"the seed {path} is not UTF-8 (byte {error.start})") from None
    except Unreadable as error:
        raise BadInput(f"the seed {path} {error}") from None
    reader = _SeedReader()
    changes = reader.read(content, today.isoformat())
    if reader.faults:
        count = len(reader.faults)
        faults = "a fault" if count == 1 else f"{count} faults"
        raise BadInput(f"the seed {path} has {faults}; nothing was created", tuple(reader.faults))
    return changes


def _named(kind: str) -> str:
    """What a record of a kind has its ref under; one that is given a number, that of what it belongs to."""
    return OWNER[kind] if kind in NUMBERED else "ref"


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys stood twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = sorted(set(repeated(pairs))) if len(self) < len(pairs) else []


class _SeedReader:
    """Reads a seed as a whole, collecting every fault with its place."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._kind_of: dict[str, str] = {}
        self._steps: dict[str, int] = {}

    def read(self, content: Any, today: str) -> list[Change]:
        if not isinstance(content, _Object) or content.get("format") != FORMAT:
            self._fault("format", f'must be "{FORMAT}"')
            return []
        self._twice("", content)
        for name in sorted(content.keys() - {"format", "effective_on", *_SECTIONS}):
            self._fault(name, f"is no part of a seed; {did_you_mean(name, ('effective_on', *_SECTIONS))}")
        effective_on = self._needed("effective_on", read_day, content, "effective_on")
        if effective_on is not None and effective_on > today:
            self._fault("effective_on", f"{effective_on} is in the future (today is {today})")
        changes = []
        for section, kind in _SECTIONS.items():
            rows = content.get(section, [])
            if kind == "partnership" and isinstance(rows, _Object):
                rows.setdefault("ref", PARTNERSHIP)
                rows = [rows]
            if not isinstance(rows, list):
                self._fault(section, "must be a list")
                continue
            for number, row in enumerate(rows):
                change = self._change(f"{section}[{number}]", kind, row)
                if change is not None:
                    change.effective_on = effective_on
                    changes.append(change)
        for change in changes:
            self._check_named(change)
        return self._in_order(changes)

    def _in_order(self, changes: list[Change]) -> list[Change]:
        """The changes, each after those of its kind that its record refers to."""
        waiting = {change.ref: change for change in changes if change.record in REFERRED}
        ordered: list[Change] = []

        def take(change: Change, below: tuple[str, ...] = ()) -> None:
            if change.ref in below:
                self._fault(change.place, f"{change.ref} refers to itself through others")
                return
            for of, ref in named_by(change, str(change.record), None):
                if change.record in of and (other := waiting.get(ref)) is not None and ref != change.ref:
                    take(other, (*below, change.ref))
            if waiting.pop(change.ref, change) is change and change not in ordered:
                ordered.append(change)

        for change in changes:
            if change.record not in REFERRED:
                ordered.append(change)
            elif change.ref in waiting:
                take(change)
        return ordered

    def _check_named(self, change: Change) -> None:
        """Find fault with what a record is said to belong or refer to where that is not in the seed."""
        kind = str(change.record)
        for of, ref in named_by(change, kind, None):
            if ref in FORMER_PARTIES and PARTNERSHIP not in self._kind_of:
                continue
            if ref and self._kind_of.get(ref) not in of:
                its = (name for name, referred in REFERRING[kind].items() if referred in of)
                names = (name for name in its if ref in texts_of(change.fields.get(name)))
                known = [one for one, its_kind in self._kind_of.items() if its_kind in of]
                place = f"{change.place}.{next(names, _named(kind))}"
                self._fault(place, f"there is no {' or '.join(of)} {ref}; {did_you_mean(ref, known)}")

    def _change(self, place: str, kind: str, row: Any) -> Change | None:
        if not isinstance(row, _Object):
            self._fault(place, "must be an object")
            return None
        self._twice(f"{place}.", row)
        its_ref = _named(kind)
        read = {"measure": read_measure_ref, "claim": read_any_ref}.get(kind, read_ref)
        ref = self._needed(f"{place}.{its_ref}", read, row, its_ref)
        if ref is not None:
            self._know(place, kind, ref)
        fields: dict[str, Given] = {}
        change = Change("add", ref or "", record=kind, fields=fields, new=OPEN_LISTS, place=place)
        for name, value in row.items():
            if name == "note":
                change.note = self._value(f"{place}.note", read_filled, value)
            elif name == "evidence":
                change.evidence = self._value(f"{place}.evidence", read_evidence, value) or ()
            elif name in GIVEN[kind]:
                fields[name] = self._value(
                    f"{place}.{name}", lambda given, name=name: read_field(kind, name, given), value
                )
            elif name != its_ref:
                hint = did_you_mean(name, (its_ref, *GIVEN[kind], "note", "evidence"), short=0)
                self._fault(f"{place}.{name}", f"is no field of {a(kind)}; {hint}")
        for name in REQUIRED[kind]:
            if name not in row:
                self._fault(f"{place}.{name}", "is missing")
        return change

    def _know(self, place: str, kind: str, ref: str) -> None:
        """Remember of which kind the record with a ref is; a milestone's is its commitment's, with the next number."""
        if kind == "milestone":
            self._steps[ref] = self._steps.get(ref, 0) + 1
            self._kind_of[f"{ref}/{self._steps[ref]}"] = kind
        elif ref in self._kind_of and kind not in NUMBERED:
            self._fault(f"{place}.ref", f"{ref} stands in the seed twice")
        elif kind not in NUMBERED:
            self._kind_of[ref] = kind

    def _value(self, place: str, read: Any, value: Any) -> Any:
        try:
            return read(value)
        except Fault as error:
            self._fault(place, str(error))
            return None

    def _needed(self, place: str, read: Any, row: Mapping[str, Any], name: str) -> Any:
        if name in row:
            return self._value(place, read, row[name])
        self._fault(place, "is missing")
        return None

    def _twice(self, prefix: str, found: _Object) -> None:
        for name in found.twice:
            self._fault(f"{prefix}{name}", "stands twice in one object")

    def _fault(self, place: str, message: str) -> None:
        self.faults.append(f"{place}: {message}")
