"""A seed file (`ksmy-seed/1`) to the changes that fill a new register with it.

`{"format": "ksmy-seed/1", "effective_on": DATE, "agreements": [...], "commitments": [...], "milestones": [...]}`:
each record has the names of `ksmy add`'s options as its keys, with `ref` (a milestone names its `commitment`
instead, and gets the next number), and may have `note` and `evidence`.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from ksmy_tracker.domain.changes import Change, Given
from ksmy_tracker.domain.kinds import GIVEN, KINDS, NAMED, REQUIRED, read_field
from ksmy_tracker.domain.strict_json import Unreadable, read_json, repeated
from ksmy_tracker.domain.values import Fault, read_day, read_evidence, read_filled, read_ref
from ksmy_tracker.domain.words import a, did_you_mean
from ksmy_tracker.errors import BadInput

FORMAT: Final = "ksmy-seed/1"
_SECTIONS: Final = {its.plural: kind for kind, its in KINDS.items()}


def read_seed(path: Path, today: date = date.max) -> list[Change]:
    """The changes a seed asks for, agreements first, milestones last.

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
            if not isinstance(rows, list):
                self._fault(section, "must be a list")
                continue
            for number, row in enumerate(rows):
                change = self._change(f"{section}[{number}]", kind, row)
                if change is not None:
                    change.effective_on = effective_on
                    changes.append(change)
        for change in changes:
            if parent := KINDS[str(change.record)].belongs_to:
                ref = change.fields.get(parent) if change.record in NAMED else change.ref
                self._check_parent(change, parent, ref)
        return changes

    def _check_parent(self, change: Change, kind: str, ref: Given) -> None:
        if isinstance(ref, str) and ref and self._kind_of.get(ref) != kind:
            known = [one for one, its_kind in self._kind_of.items() if its_kind == kind]
            self._fault(f"{change.place}.{kind}", f"there is no {kind} {ref}; {did_you_mean(ref, known)}")

    def _change(self, place: str, kind: str, row: Any) -> Change | None:
        if not isinstance(row, _Object):
            self._fault(place, "must be an object")
            return None
        self._twice(f"{place}.", row)
        named_by = "ref" if kind in NAMED else str(KINDS[kind].belongs_to)
        ref = self._needed(f"{place}.{named_by}", read_ref, row, named_by)
        if kind in NAMED:
            if ref in self._kind_of:
                self._fault(f"{place}.ref", f"{ref} stands in the seed twice")
            elif ref is not None:
                self._kind_of[ref] = kind
        fields: dict[str, Given] = {}
        change = Change("add", ref or "", record=kind, fields=fields, new_sector=True, place=place)
        for name, value in row.items():
            if name == "note":
                change.note = self._value(f"{place}.note", read_filled, value)
            elif name == "evidence":
                change.evidence = self._value(f"{place}.evidence", read_evidence, value) or ()
            elif name in GIVEN[kind]:
                fields[name] = self._value(
                    f"{place}.{name}", lambda given, name=name: read_field(kind, name, given), value
                )
            elif name != named_by:
                hint = did_you_mean(name, (named_by, *GIVEN[kind], "note", "evidence"), short=0)
                self._fault(f"{place}.{name}", f"is no field of {a(kind)}; {hint}")
        for name in REQUIRED[kind]:
            if name not in row:
                self._fault(f"{place}.{name}", "is missing")
        return change

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
