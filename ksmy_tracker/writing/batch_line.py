"""The content of one line of a batch, whatever its form, to the change that it asks for (pure)."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from ksmy_tracker.domain.chain import canonical_json
from ksmy_tracker.domain.changes import BadLine, Change, Given, kind_added
from ksmy_tracker.domain.kinds import OWN_COMMANDS, READ_BY, READERS, REQUIRED, read_expected, read_field
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.stale_listing import LISTED
from ksmy_tracker.domain.values import (
    Fault,
    quoted,
    read_any_ref,
    read_day,
    read_evidence,
    read_filled,
    read_key,
    read_number,
    read_truth,
)
from ksmy_tracker.domain.words import did_you_mean

OPS: Final = ("update", "add", "milestone", *OWN_COMMANDS)

#: What a line says of its change, by its key: the attribute of the change, and how it is read.
_SAID: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "key": ("key", read_key),
    "note": ("note", read_filled),
    "evidence": ("evidence", read_evidence),
    "on": ("effective_on", read_day),
    "by": ("actor", read_filled),
    "expect": ("expect", read_expected),
}

#: What a line says of a field that has a word of an open list: that one which is close to a known one is a new one.
_NEW: Final = {"new_sector": "sector", "new_topic": "topics"}

_ABOUT: Final = ("op", "ref", "number", *_SAID, *_NEW)

#: The keys that a line may have.
KNOWN: Final = (*_ABOUT, *READ_BY)


@lru_cache(maxsize=1000)
def _no_field(name: str) -> str:
    """What is said of a key that is none: often the same in every line."""
    return f"{visible(name[:80])}: is no field; {did_you_mean(name[:100], KNOWN, short=0)}"


def read_line(place: str, content: Mapping[str, Any]) -> Change | BadLine:
    """The change that a line's content asks for, or all that is wrong with it."""
    return _Line(place, content).read()


class _Line:
    """Reads one line's content into a change, collecting all that is wrong with it.

    Of what kind its record is may be for the register to say, so fields are read without that.
    """

    def __init__(self, place: str, content: Mapping[str, Any]) -> None:
        self._place = place
        # A lone hyphen says none of what is no field: a field's text may be one.
        self._content = {
            name: None if value == "-" and name.replace("-", "_") in _ABOUT else value
            for name, value in content.items()
        }
        self._fields: dict[str, Given] = {}
        self._kind = op if (op := content.get("op")) in OWN_COMMANDS else None
        self._problems: list[str] = []

    def read(self) -> Change | BadLine:
        content = self._content
        op = content.get("op")
        op = "update" if op is None else op
        if op not in OPS:
            named = str(op)
            self._problems.append(f"op: {quoted(op)} is unknown; {did_you_mean(named[:100], OPS)}")
        change = Change("add" if op == "add" else "update", "", fields=self._fields, place=self._place)
        if content.get("ref") is not None:
            change.ref = self._value("ref", read_any_ref, content["ref"]) or ""
        else:
            self._problems.append("ref: is missing")
        taken = set()
        for name, value in content.items():
            plain = name.replace("-", "_")
            if plain in taken:
                self._problems.append(f"{plain}: stands twice, in two spellings")
            taken.add(plain)
            self._take(change, plain, value)
        self._aim(op, change)
        if change.op == "add" and change.expect is not None:
            self._problems.append("expect: a new record is nothing yet; leave it out")
        if content.get("number") is not None and op != "milestone":
            self._problems.append("number: only a milestone has one; give op milestone")
        if self._problems:
            return BadLine(self._place, tuple(self._problems), change.ref if op == "add" else None)
        if change.key is not None:
            change.key_digest = _digest(op, change)
        return change

    def _take(self, change: Change, name: str, value: Any) -> None:
        if value is None and name in _ABOUT:
            return
        try:
            if name in READ_BY:
                kind = self._kind if name in READERS.get(self._kind or "", ()) else None
                self._fields[name] = read_field(kind, name, value)
            elif name in _SAID:
                attribute, read = _SAID[name]
                setattr(change, attribute, read(value))
            elif name in _NEW:
                change.new += (_NEW[name],) if read_truth(value) else ()
            elif name in LISTED:
                self._problems.append(f"{name}: follows from other fields; leave it out")
            elif name not in _ABOUT:
                self._problems.append(_no_field(name))
        except Fault as error:
            self._problems.append(f"{name}: {error}")

    def _aim(self, op: str, change: Change) -> None:
        """Say what a line adds, or of which kind what it changes must be."""
        if op == "milestone":
            self._aim_at_milestone(change)
        elif op in OWN_COMMANDS:
            # A line that has what a new record needs adds one; another changes it.
            is_new = all(name in self._fields for name in REQUIRED[op])
            change.op = "add" if is_new else "update"
            change.record, change.record_is = (op, None) if is_new else (None, op)
        elif op == "add":
            change.record = kind_added(self._fields)
            if "/" in change.ref:
                self._problems.append("ref: a milestone is added with op milestone, a ref and a title")

    def _aim_at_milestone(self, change: Change) -> None:
        """A milestone with a number is changed, one without is added."""
        number = self._content.get("number")
        if number is None and "/" not in change.ref:
            change.op, change.record = "add", "milestone"
        elif number is not None:
            read = self._value("number", read_number, number)
            if "/" in change.ref:
                self._problems.append("number: the ref has one already; leave one of the two out")
            elif read is not None:
                change.ref = f"{change.ref}/{read}"

    def _value(self, name: str, read: Callable[[Any], Any], value: Any) -> Any:
        try:
            return read(value)
        except Fault as error:
            self._problems.append(f"{name}: {error}")
            return None


def _digest(op: str, change: Change) -> str:
    """What a key stands for: everything the line asks for, however it is spelt."""
    asked = {
        "op": op,
        "ref": change.ref,
        "fields": change.fields,
        "note": change.note,
        "evidence": change.evidence,
        "on": change.effective_on,
        "by": change.actor,
        "expect": change.expect,
    }
    return sha256(canonical_json(asked)).hexdigest()
