"""The kinds of record, and each of their fields, declared once (pure).

A kind is a class, a record an instance of it. It says its name, and its section in a seed (`plural`); the form of its
refs; the kind that it `belongs_to`, whose ref it has in a field of that name; and the field that says how far it is.

From a field's declaration come the option of the command line, the key of a batch, the column of a listing, of CSV and
of its table, the member of the JSON contract, in this order; what a new record needs, what it is taken to be, what can
be cleared, and what is searched. storage/tables.py says how it is kept.

Dates are ISO text, as the database keeps them.

Longer than other modules: whoever adds a field finds all the others beside it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, Literal

from ksmy_tracker.domain import words
from ksmy_tracker.domain.values import (
    NUMBERED_FORM,
    REF_FORM,
    Fault,
    read_edtf,
    read_filled,
    read_ref,
    read_sector,
    read_text,
    read_truth,
    read_word,
)


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field, whichever record has it.

    `means` is its help text; `read` normalises what is given, raising `Fault`, and is None where nobody gives a value:
    it follows from the history (`is_kept`: in a column) or from that and the day (computed by who reads). `metavar`
    says how a value is written; `words` are all that it can be, or `offers` says of what the register has some to
    offer. `default` is what a new record is taken to be, for ever; `is_later`: registers were made before there was the
    field, whose entries and exports lack it; `is_shown`: it is a part of the JSON contract.
    """

    means: str
    read: Callable[[Any], Any] | None = None
    metavar: str = "TEXT"
    words: tuple[str, ...] = ()
    offers: Literal["agreements", "sectors"] | None = None
    is_required: bool = False
    is_clearable: bool = False
    is_searched: bool = False
    default: str | bool | None = None
    is_later: bool = False
    is_kept: bool = True
    is_shown: bool = True


def _given(means: str, read: Callable[[Any], Any] = read_text, metavar: str = "TEXT", **more: Any) -> Any:
    """A field that a user gives; it is None until it is given."""
    return field(default=None, metadata={"field": Field(means, read, metavar, **more)})


def _word(means: str, metavar: str, known: tuple[str, ...], **more: Any) -> Any:
    """A field that is one of a vocabulary's words."""
    return _given(means, read_word(known), metavar, words=known, **more)


_read_parties: Final = read_word(words.PARTIES, words.PARTY_NAMES)


def _parties() -> Any:
    """The parties that a record is of."""
    return _given("KR, MY or both.", _read_parties, "PARTIES", words=words.PARTIES, default="both")


def _date(means: str, **more: Any) -> Any:
    """A date of any precision, such as a year or a quarter."""
    return _given(means, read_edtf, "EDTF", is_clearable=True, **more)


def _due() -> Any:
    """A deadline."""
    return _date("The deadline as stated: 2025, 2026-06, 2025-Q4, 2025-12-31. Empty: none.")


def _expected() -> Any:
    """When it is expected now, whatever its deadline."""
    return _date("When it is expected now; never moves the deadline. Empty: not known.", is_later=True)


def _follows(means: str, start: Any = None, metavar: str = "TEXT", *, is_shown: bool = True) -> Any:
    """A field that follows from the history, kept in a column."""
    return field(default=start, metadata={"field": Field(means, None, metavar, is_shown=is_shown)})


def _reviewed() -> Any:
    """The day on which somebody last looked at it, and there was no news."""
    means = "The latest day on which it, or a milestone of it, was looked at without news."
    return field(default=None, metadata={"field": Field(means, is_later=True)})


def _computed(means: str, start: Any = None, *, is_shown: bool = True) -> Any:
    """A field that whoever reads computes, from the day or from other records."""
    return field(default=start, metadata={"field": Field(means, is_kept=False, is_shown=is_shown)})


@dataclass(slots=True)
class Agreement:
    """An instrument: joint statement, memorandum, treaty, contract."""

    record: ClassVar[str] = "agreement"
    plural: ClassVar[str] = "agreements"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    belongs_to: ClassVar[str | None] = None
    state_field: ClassVar[str] = "stage"

    ref: str = _follows("Its ref.", "")
    title: str = _given("What it is, in a line.", read_filled, is_required=True)
    kind: str = _word(f"{', '.join(words.AGREEMENT_KINDS)}.", "KIND", words.AGREEMENT_KINDS, is_required=True)
    stage: str = _word(f"{', '.join(words.STAGES)}.", "STAGE", words.STAGES, is_required=True)
    dated: str | None = _date("When it was made.")
    place: str | None = _given("Where it was made.", is_clearable=True)
    parties: str = _parties()
    source: str | None = _given("Where it was read.", is_clearable=True)
    commitments: int = _computed("How many commitments it has.", 0)
    open: int = _computed("How many of them are open.", 0)
    overdue: int = _computed("How many of those are overdue.", 0)
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


@dataclass(slots=True)
class Commitment:
    """One thing promised."""

    record: ClassVar[str] = "commitment"
    plural: ClassVar[str] = "commitments"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    belongs_to: ClassVar[str | None] = "agreement"
    state_field: ClassVar[str] = "status"

    ref: str = _follows("Its ref.", "")
    title: str = _given("What it is, in a line.", read_filled, is_required=True, is_searched=True)
    detail: str | None = _given("Figures and circumstances.", is_clearable=True, is_searched=True)
    agreement: str = _given(
        "The agreement it belongs to.", read_ref, "REF", offers="agreements", is_required=True
    )
    sector: str = _given("Such as green-energy.", read_sector, "SLUG", offers="sectors", is_required=True)
    parties: str = _parties()
    firmness: str = _word(
        f"How firmly the source says it: {', '.join(words.FIRMNESSES)}.",
        "WORD",
        words.FIRMNESSES,
        is_required=True,
    )
    verifiable: bool = _given("Whether any evidence could show it done.", read_truth, default=True)
    source: str | None = _given("Where it was read.", is_clearable=True)
    status: str = _word(
        f"What is declared: {', '.join(words.STATUSES)}.", "STATUS", words.STATUSES, default="planned"
    )
    deadline: str = _computed("What the calendar says of it.", "")
    days_left: int | None = _computed("Days until `due_latest` while it is open; negative: overdue.")
    due: str | None = _due()
    due_earliest: str | None = _follows("The first day of its due date's window.")
    due_latest: str | None = _follows("The last day of it.")
    due_phrase: str | None = _given(
        "The deadline in the source's words.", is_clearable=True, is_searched=True
    )
    expected: str | None = _expected()
    baseline_due: str | None = _follows("The first due date it had.", metavar="EDTF")
    completed_on: str | None = _follows("The day it was completed.", is_shown=False)
    completed_due: str | None = _follows("The due date it had then.", metavar="EDTF", is_shown=False)
    completed_latest: str | None = _follows("The last day of that.", is_shown=False)
    slip_days: int | None = _follows("Days from the last day of its baseline to that of its due date.")
    milestones_met: int = _computed("How many of its milestones are met.", 0)
    milestones: int = _computed("How many milestones it has.", 0)
    evidence: int = _follows("How many of its entries, and of its milestones', have evidence.", 0)
    created_on: str = _follows("The day of its first entry.", "")
    updated_on: str = _follows("The latest day of its entries, and of its milestones'.", "")
    reviewed_on: str | None = _reviewed()
    withdrawn: bool = _follows("Whether it was added by mistake.", False)
    newest_entry: int = _computed("The id of the newest entry about it or its milestones.", 0)


@dataclass(slots=True)
class Milestone:
    """A dated step toward a commitment; its ref is the commitment's with its number: `FTA-CONCLUDE/2`."""

    record: ClassVar[str] = "milestone"
    plural: ClassVar[str] = "milestones"
    ref_form: ClassVar[re.Pattern[str]] = NUMBERED_FORM
    belongs_to: ClassVar[str | None] = "commitment"
    state_field: ClassVar[str] = "state"

    ref: str = _follows("Its ref.", "")
    commitment: str = _follows("The commitment it belongs to.", "", is_shown=False)
    number: int = _follows("Its number, from 1 for each commitment.", 0)
    title: str = _given("What it is, in a line.", read_filled, is_required=True)
    state: str = _word(
        f"{', '.join(words.MILESTONE_STATES)}.", "STATE", words.MILESTONE_STATES, default="scheduled"
    )
    settled: bool = _computed("Whether its commitment is completed or cancelled.", False, is_shown=False)
    deadline: str = _computed("What the calendar says of it.", "")
    days_left: int | None = _computed("Days until `due_latest` while it is open; negative: overdue.")
    due: str | None = _due()
    due_earliest: str | None = _follows("The first day of its due date's window.")
    due_latest: str | None = _follows("The last day of it.")
    expected: str | None = _expected()
    met_on: str | None = _follows("The day it was met.")
    evidence: int = _follows("How many of its entries have evidence.", 0)
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


Record = Agreement | Commitment | Milestone

#: Every kind by its name, each before what belongs to it.
KINDS: Final[Mapping[str, type[Record]]] = {kind.record: kind for kind in (Agreement, Commitment, Milestone)}

#: Those with refs of their own: the others have the ref of what they belong to, with a number.
NAMED: Final = tuple(name for name, kind in KINDS.items() if kind.ref_form is REF_FORM)

#: What is known of each field, by kind and name.
DECLARED: Final[Mapping[str, Mapping[str, Field]]] = {
    name: {one.name: one.metadata["field"] for one in fields(kind)} for name, kind in KINDS.items()
}


def _named(wanted: Callable[[Field], object]) -> Mapping[str, tuple[str, ...]]:
    """The fields of each kind that a condition lets through, in their order."""
    return {
        kind: tuple(name for name, its in found.items() if wanted(its)) for kind, found in DECLARED.items()
    }


#: Those that a user gives; those that a new record must be given; those in columns; those of the JSON contract.
#: Receipts have the due date of a milestone before its state, the contract after it.
GIVEN: Final = {**_named(lambda one: one.read), "milestone": ("title", "due", "state", "expected")}
REQUIRED: Final = _named(lambda one: one.is_required)
COLUMNS: Final = _named(lambda one: one.is_kept)
SHOWN: Final = _named(lambda one: one.is_shown)
SEARCHED: Final = _named(lambda one: one.is_searched)

#: Those that are dates of any precision, and those of free text, whichever record has them.
DATES: Final = frozenset(
    name for found in DECLARED.values() for name, its in found.items() if its.metavar == "EDTF"
)
TEXTS: Final = frozenset(
    name for found in DECLARED.values() for name, its in found.items() if its.read in (read_text, read_filled)
)

#: What a new record is taken to be where nothing is said.
DEFAULTS: Final[Mapping[str, Mapping[str, str | bool]]] = {
    kind: {name: its.default for name, its in found.items() if its.default is not None}
    for kind, found in DECLARED.items()
}

#: Those that were declared after registers were made, with what records from before are taken to be.
LATER: Final[Mapping[str, Mapping[str, Any]]] = {
    kind: {name: its.default for name, its in found.items() if its.is_later}
    for kind, found in DECLARED.items()
}

#: How each field that a user gives is read, by kind and name.
READERS: Final[Mapping[str, Mapping[str, Callable[[Any], Any]]]] = {
    kind: {name: its.read for name, its in found.items() if its.read} for kind, found in DECLARED.items()
}


def _ways() -> dict[str, tuple[str, ...]]:
    """The kinds that have a field of a name, by that name; of those that read it alike the first."""
    found: dict[str, dict[object, str]] = {}
    for kind, readers in READERS.items():
        for name, read in readers.items():
            found.setdefault(name, {}).setdefault((read, DECLARED[kind][name].is_clearable), kind)
    return {name: tuple(its.values()) for name, its in found.items()}


#: By which kinds a field is read as long as nobody knows of which its record is.
READ_BY: Final = _ways()


#: Reads what a record is expected to be: a status (named first, for most are commitments), a stage, a state.
read_expected: Final = read_word(
    tuple(
        dict.fromkeys(
            word for kind in ("commitment", *KINDS) for word in DECLARED[kind][KINDS[kind].state_field].words
        )
    )
)


def kept(record: Record) -> dict[str, Any]:
    """The columns of a record as the database keeps them: what is true or false as 1 or 0."""
    return {name: kept_value(getattr(record, name)) for name in COLUMNS[record.record]}


def kept_value(value: Any) -> Any:
    """A value as the database keeps it."""
    return int(value) if isinstance(value, bool) else value


def state_of(record: Record) -> str:
    """What is declared of a record: its stage, its status, its state."""
    state: str = getattr(record, record.state_field)
    return state


def commitment_of(milestone_ref: str) -> str:
    """The ref of the commitment a milestone such as `FTA-CONCLUDE/2` belongs to."""
    return milestone_ref.partition("/")[0]


def ref_order(ref: str) -> tuple[str, int]:
    """What refs are sorted by so that milestones come after their commitment, by their numbers."""
    commitment, _, number = ref.partition("/")
    return commitment, int(number or 0)


def read_field(kind: str | None, name: str, value: Any) -> Any:
    """A field's value, normalised; an empty one (or null) clears a field that may be empty.

    Where the kind of record is not known yet (None), the first that has the field and takes the value reads it; once it
    is known, `check_read` says whether that one takes it too. Raises `Fault`: of several kinds, the first's.
    """
    if kind is None:
        kinds = READ_BY[name]
        if len(kinds) > 1:
            return _read_by_any(kinds, name, value)
        kind = kinds[0]
    if value is not None and value != "":
        return READERS[kind][name](value)
    if DECLARED[kind][name].is_clearable:
        return None
    raise Fault("cannot be empty")


def _read_by_any(kinds: Sequence[str], name: str, value: Any) -> Any:
    for kind in kinds:
        with suppress(Fault):
            return read_field(kind, name, value)
    return read_field(kinds[0], name, value)


def check_read(kind: str, name: str, value: Any) -> None:
    """Raise `Fault` unless a kind takes a value that was read before the kind was known."""
    if len(READ_BY[name]) > 1:
        read_field(kind, name, value)
