"""The kinds of record, and each of their fields, declared once (pure).

A kind is a class, a record an instance of it. It says its name, and its section in a seed (`plural`); the form of its
refs; the kind that it `belongs_to`, whose ref it has in a field of that name; and the field that says how far it is.

From a field's declaration come the option of the command line, the key of a batch, the column of a listing, of CSV and
of its table, the member of the JSON contract, in this order; what a new record needs, what it is taken to be, what can
be cleared, and what is searched. storage/tables.py says how it is kept.

Dates are ISO text, as the database keeps them.

Longer than other modules: whoever adds a field finds all the others beside it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final

from ksmy_tracker.domain import words
from ksmy_tracker.domain.values import (
    CLAIM_FORM,
    MEASURE_FORM,
    NUMBERED_FORM,
    REF_FORM,
    Fault,
    read_address,
    read_amount,
    read_edtf,
    read_filled,
    read_language,
    read_parties,
    read_ref,
    read_sayer,
    read_several,
    read_slug,
    read_text,
    read_truth,
    read_word,
    read_zone,
)


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field, whichever record has it.

    `means` is its help text; `read` normalises what is given, raising `Fault`, and is None where nobody gives a value:
    it follows from the history (`is_kept`: in a column) or from that and the day (computed by who reads). `metavar`
    says how a value is written; `words` are all that it can be, `refers_to` the kind of record that it is the ref of,
    and of an open list (`is_open`) it is a slug, a new one that is close to a known one being asked about. `is_list`:
    it has several values, none twice, each read by `read_one`. `default` is what a new record is taken to be, for ever;
    `is_later`: registers were made before there was the field, whose entries and exports lack it; `is_shown`: it is a
    part of the JSON contract.
    """

    means: str
    read: Callable[[Any], Any] | None = None
    read_one: Callable[[Any], Any] | None = None
    metavar: str = "TEXT"
    words: tuple[str, ...] = ()
    refers_to: str | None = None
    is_open: bool = False
    is_list: bool = False
    is_required: bool = False
    is_clearable: bool = False
    is_searched: bool = False
    default: str | bool | tuple[str, ...] | None = None
    is_later: bool = False
    is_kept: bool = True
    is_shown: bool = True


def _given(means: str, read: Callable[[Any], Any] = read_text, metavar: str = "TEXT", **more: Any) -> Any:
    """A field that a user gives; it is None until it is given."""
    return field(default=None, metadata={"field": Field(means, read, read, metavar, **more)})


_read_bodies: Final = read_several(read_ref)
_read_slugs: Final = read_several(read_slug)


def _several(
    means: str, read: Callable[[Any], Any], read_one: Callable[[Any], Any], metavar: str, **more: Any
) -> Any:
    """A field of several values, at first none; registers were made before there was any such."""
    its = Field(
        f"{means} Several are parted by commas. Empty: none.",
        read,
        read_one,
        metavar,
        **{"default": (), "is_list": True, "is_clearable": True, "is_later": True, **more},
    )
    return field(default=(), metadata={"field": its})


def _word(means: str, metavar: str, known: tuple[str, ...], **more: Any) -> Any:
    """A field that is one of a vocabulary's words."""
    return _given(means, read_word(known), metavar, words=known, **more)


def _parties() -> Any:
    """The parties that a record is of."""
    means = "The parties by their refs, or both (of more than two: all)."
    return _given(means, read_parties, "PARTIES", refers_to="body", default="both")


def _party(means: str, **more: Any) -> Any:
    """A party that a record is of."""
    return _given(
        f"{means} Empty: none of its own.", read_ref, "PARTY", refers_to="body", is_clearable=True, **more
    )


def _bodies(means: str, **more: Any) -> Any:
    """Bodies by their refs."""
    return _several(means, _read_bodies, read_ref, "REF,REF", refers_to="body", is_searched=True, **more)


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
    return field(default=start, metadata={"field": Field(means, metavar=metavar, is_shown=is_shown)})


def _reviewed() -> Any:
    """The day on which somebody last looked at it, and there was no news."""
    means = "The latest day on which it, or a milestone of it, was looked at without news."
    return field(default=None, metadata={"field": Field(means, is_later=True)})


def _computed(means: str, start: Any = None, *, is_shown: bool = True) -> Any:
    """A field that whoever reads computes, from the day or from other records."""
    return field(default=start, metadata={"field": Field(means, is_kept=False, is_shown=is_shown)})


@dataclass(slots=True)
class Body:
    """Who acts or speaks: a state, a ministry, an agency, a company, an organisation."""

    record: ClassVar[str] = "body"
    plural: ClassVar[str] = "bodies"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    part_of: ClassVar[tuple[str, ...]] = ()
    state_field: ClassVar[str] = "kind"
    title_field: ClassVar[str] = "name"

    ref: str = _follows("Its ref.", "")
    name: str = _given("What it is called.", read_filled, is_required=True, is_searched=True)
    name_ko: str | None = _given("What it is called in Korean.", is_clearable=True, is_searched=True)
    name_ms: str | None = _given("What it is called in Malay.", is_clearable=True, is_searched=True)
    kind: str = _word(f"{', '.join(words.BODY_KINDS)}.", "KIND", words.BODY_KINDS, is_required=True)
    party: str | None = _party("The party that it is of; a party is of itself.")
    leads: int = _computed("How many open commitments and milestones it leads.", 0)
    overdue: int = _computed("How many of those are overdue.", 0)
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)

    @property
    def title(self) -> str:
        """What every other kind has for a name."""
        return self.name


@dataclass(slots=True)
class Partnership:
    """The register's own record: what it is about, between whom, and where its days end."""

    record: ClassVar[str] = "partnership"
    plural: ClassVar[str] = "partnership"
    ref_form: ClassVar[re.Pattern[str]] = re.compile("PARTNERSHIP")
    part_of: ClassVar[tuple[str, ...]] = ()
    state_field: ClassVar[str] = "zone"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    title: str = _given("Between whom it is.", read_filled, is_required=True)
    zone: str = _given(
        "The time zone in which its days end: of the parties' the one where they end last.",
        read_zone,
        "ZONE",
        is_required=True,
    )
    states: tuple[str, ...] = _bodies("The states that are its parties.", is_required=True)
    created_on: str = _follows("The day of its first entry.", "")
    updated_on: str = _follows("The latest day of its entries.", "")
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


#: What registers that were made before they had such a record are about: the ref of it, and its states.
PARTNERSHIP: Final = "PARTNERSHIP"
FORMER: Final = Partnership(
    ref=PARTNERSHIP, title="Republic of Korea - Malaysia", zone="Asia/Kuala_Lumpur", states=("KR", "MY")
)
FORMER_PARTIES: Final = {
    "KR": Body(ref="KR", name="Republic of Korea", kind="state", created_on="0001-01-01"),
    "MY": Body(ref="MY", name="Malaysia", kind="state", created_on="0001-01-01"),
}


@dataclass(slots=True)
class Source:
    """A publication, which evidence cites by its ref."""

    record: ClassVar[str] = "source"
    plural: ClassVar[str] = "sources"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    part_of: ClassVar[tuple[str, ...]] = ()
    state_field: ClassVar[str] = "publisher"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    title: str = _given("What it is called.", read_filled, is_required=True, is_searched=True)
    publisher: str | None = _given("Who published it.", is_clearable=True, is_searched=True)
    dated: str | None = _date("When it was published.")
    url: str | None = _given("Its address.", read_address, "URL", is_clearable=True)
    archived: str | None = _given("The address of a copy of it.", read_address, "URL", is_clearable=True)
    language: str | None = _given(
        "Its language, such as ko, ms or en.", read_language, "TAG", is_clearable=True
    )
    cited: int = _computed("How many entries in force cite it.", 0)
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


@dataclass(slots=True)
class Agreement:
    """An instrument: joint statement, memorandum, treaty, contract."""

    record: ClassVar[str] = "agreement"
    plural: ClassVar[str] = "agreements"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    part_of: ClassVar[tuple[str, ...]] = ()
    state_field: ClassVar[str] = "stage"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    title: str = _given("What it is, in a line.", read_filled, is_required=True, is_searched=True)
    kind: str = _word(f"{', '.join(words.AGREEMENT_KINDS)}.", "KIND", words.AGREEMENT_KINDS, is_required=True)
    stage: str = _word(f"{', '.join(words.STAGES)}.", "STAGE", words.STAGES, is_required=True)
    dated: str | None = _date("When it was made.")
    place: str | None = _given("Where it was made.", is_clearable=True, is_searched=True)
    parties: str = _parties()
    source: str | None = _given("Where it was read.", is_clearable=True)
    under: str | None = _given(
        "The agreement that it is under.",
        read_ref,
        "REF",
        refers_to="agreement",
        is_clearable=True,
        is_later=True,
    )
    commitments: int = _computed("How many commitments it has.", 0)
    open: int = _computed("How many of them are open.", 0)
    overdue: int = _computed("How many of those are overdue.", 0)
    disputed: tuple[str, ...] = _computed("The fields that claims of other sources contradict.", ())
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


@dataclass(slots=True)
class Commitment:
    """One thing promised."""

    record: ClassVar[str] = "commitment"
    plural: ClassVar[str] = "commitments"
    ref_form: ClassVar[re.Pattern[str]] = REF_FORM
    part_of: ClassVar[tuple[str, ...]] = ()
    state_field: ClassVar[str] = "status"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    title: str = _given("What it is, in a line.", read_filled, is_required=True, is_searched=True)
    detail: str | None = _given("Figures and circumstances.", is_clearable=True, is_searched=True)
    agreement: str = _given(
        "The agreement it belongs to.", read_ref, "REF", refers_to="agreement", is_required=True
    )
    sector: str = _given("Such as green-energy.", read_slug, "SLUG", is_open=True, is_required=True)
    topics: tuple[str, ...] = _several(
        "What else it is about, such as hydrogen.",
        _read_slugs,
        read_slug,
        "SLUG,SLUG",
        is_open=True,
        is_searched=True,
    )
    parties: str = _parties()
    leads: tuple[str, ...] = _bodies("The bodies that must deliver it.")
    partners: tuple[str, ...] = _bodies("The other bodies that take part.")
    said_by: str | None = _given(
        "Who voiced it: a body, or both (all) parties. Empty: not known.",
        read_sayer,
        "REF",
        refers_to="body",
        is_clearable=True,
        is_later=True,
    )
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
    done_when: str | None = _given(
        "What counts as done, where the promise leaves that open: a sentence, or a milestone's ref.",
        is_clearable=True,
        is_searched=True,
        is_later=True,
    )
    expected: str | None = _expected()
    baseline_due: str | None = _follows("The first due date it had.", metavar="EDTF")
    completed_on: str | None = _follows("The day it was completed.", is_shown=False)
    completed_due: str | None = _follows("The due date it had then.", metavar="EDTF", is_shown=False)
    completed_latest: str | None = _follows("The last day of that.", is_shown=False)
    slip_days: int | None = _follows("Days from the last day of its baseline to that of its due date.")
    milestones_met: int = _computed("How many of its milestones are met.", 0)
    milestones: int = _computed("How many milestones it has.", 0)
    measures: int = _computed("How many measures it has.", 0)
    disputed: tuple[str, ...] = _computed(
        "The fields that claims of other sources contradict; of its parts each with its own.", ()
    )
    evidence: int = _follows(
        "How many of its entries, and of its parts', have evidence; claims do not count.", 0
    )
    created_on: str = _follows("The day of its first entry.", "")
    updated_on: str = _follows("The latest day of its entries, and of its parts'.", "")
    reviewed_on: str | None = _reviewed()
    withdrawn: bool = _follows("Whether it was added by mistake.", False)
    newest_entry: int = _computed("The id of the newest entry about it or its parts.", 0)


@dataclass(slots=True)
class Milestone:
    """A dated step toward a commitment; its ref is the commitment's with its number: `FTA-CONCLUDE/2`."""

    record: ClassVar[str] = "milestone"
    plural: ClassVar[str] = "milestones"
    ref_form: ClassVar[re.Pattern[str]] = NUMBERED_FORM
    part_of: ClassVar[tuple[str, ...]] = ("commitment",)
    state_field: ClassVar[str] = "state"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    commitment: str = _follows("The commitment it belongs to.", "", is_shown=False)
    number: int = _follows("Its number, from 1 for each commitment.", 0)
    title: str = _given("What it is, in a line.", read_filled, is_required=True, is_searched=True)
    party: str | None = _party(
        "The party that is to do it, where it is not as its commitment says.", is_later=True
    )
    leads: tuple[str, ...] = _bodies("The bodies that must deliver it.")
    partners: tuple[str, ...] = _bodies("The other bodies that take part.")
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
    disputed: tuple[str, ...] = _computed("The fields that claims of other sources contradict.", ())
    evidence: int = _follows("How many of its entries have evidence.", 0)
    created_on: str = _follows("The day of its first entry.", "", is_shown=False)
    updated_on: str = _follows("The latest day of its entries.", "", is_shown=False)
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


@dataclass(slots=True)
class Measure:
    """A quantity of a commitment or an agreement: what is measured, from where to where, and the newest reading.

    Its ref is that of what it belongs to with a name: `FA50M-DELIVERY:JETS`. Amounts are decimal text as stated; they
    are never converted, rounded or added up.
    """

    record: ClassVar[str] = "measure"
    plural: ClassVar[str] = "measures"
    ref_form: ClassVar[re.Pattern[str]] = MEASURE_FORM
    part_of: ClassVar[tuple[str, ...]] = ("commitment", "agreement")
    state_field: ClassVar[str] = "value"
    title_field: ClassVar[str] = "title"

    ref: str = _follows("Its ref.", "")
    about: str = _follows("The commitment or the agreement it belongs to.", "")
    title: str = _given("What is measured, in a line.", read_filled, is_required=True, is_searched=True)
    unit: str = _given(
        "The unit, such as jets, %, billion USD.", read_filled, is_required=True, is_searched=True
    )
    direction: str = _word(
        f"Which way it is to go: {', '.join(words.DIRECTIONS)}.", "WORD", words.DIRECTIONS, default="none"
    )
    baseline: str | None = _given("The amount it started from.", read_amount, "NUMBER", is_clearable=True)
    baseline_period: str | None = _date("When that was.")
    target: str | None = _given("The amount it is to reach.", read_amount, "NUMBER", is_clearable=True)
    target_period: str | None = _date("By when.")
    value: str | None = _given("The newest reading.", read_amount, "NUMBER", is_clearable=True)
    period: str | None = _date(
        "What the reading is of: 2025, 2025-01, 2025-Q4. A reading without one has none."
    )
    percent: str | None = _computed("How much of the way from baseline (or zero) to target, rounded down.")
    remaining: str | None = _computed("The target less the newest reading.")
    disputed: tuple[str, ...] = _computed("The fields that claims of other sources contradict.", ())
    evidence: int = _follows("How many of its entries have evidence.", 0)
    created_on: str = _follows("The day of its first entry.", "")
    updated_on: str = _follows("The latest day of its entries.", "")
    withdrawn: bool = _follows("Whether it was added by mistake.", False)


@dataclass(slots=True)
class Claim:
    """What another source says a field of a record is; the record holds its own value.

    Its ref is that of the record with a number: `FA50M-DELIVERY#1`.
    """

    record: ClassVar[str] = "claim"
    plural: ClassVar[str] = "claims"
    ref_form: ClassVar[re.Pattern[str]] = CLAIM_FORM
    part_of: ClassVar[tuple[str, ...]] = ("body", "source", "agreement", "commitment", "milestone", "measure")
    state_field: ClassVar[str] = "state"
    title_field: ClassVar[str] = "value"

    ref: str = _follows("Its ref.", "")
    about: str = _follows("The record that it is about.", "")
    number: int = _follows("Its number, from 1 for each record.", 0)
    field: str = _given("The field that it is about.", read_filled, "FIELD", is_required=True)
    value: str = _given("What it says that this is.", read_filled, is_required=True, is_searched=True)
    period: str | None = _date("Of a reading: what that is of.")
    said_by: str | None = _given(
        "Who says so: a body, or both (all) parties.", read_sayer, "REF", refers_to="body", is_clearable=True
    )
    state: str = _word(f"{', '.join(words.CLAIM_STATES)}.", "STATE", words.CLAIM_STATES, default="standing")
    created_on: str = _follows("The day of its first entry.", "")
    updated_on: str = _follows("The latest day of its entries.", "")
    withdrawn: bool = _follows("Whether it was added by mistake.", False)

    @property
    def title(self) -> str:
        """What every other kind has for a name."""
        return f"{self.field} {self.value}"


Record = Body | Partnership | Source | Agreement | Commitment | Milestone | Measure | Claim

#: Every kind by its name, each before what is a part of it or refers to it.
KINDS: Final[Mapping[str, type[Record]]] = {
    kind.record: kind
    for kind in (Body, Partnership, Source, Agreement, Commitment, Milestone, Measure, Claim)
}

#: Under what each part of another record has that one's ref.
OWNER: Final = {"milestone": "commitment", "measure": "about", "claim": "about"}
#: Those whose refs end in a number, which a new one is given.
NUMBERED: Final = ("milestone", "claim")

#: Those with refs of their own: the others have the ref of what they belong to, with a number.
NAMED: Final = tuple(name for name, kind in KINDS.items() if not kind.part_of)

#: Those that are added and changed by commands, and lines of a batch, of their own.
OWN_COMMANDS: Final = ("body", "source", "measure", "claim")

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
GIVEN: Final = {
    **_named(lambda one: one.read),
    "milestone": ("title", "due", "state", "expected", "party", "leads", "partners"),
}
REQUIRED: Final = _named(lambda one: one.is_required)
COLUMNS: Final = _named(lambda one: one.is_kept)
SHOWN: Final = _named(lambda one: one.is_shown)
SEARCHED: Final = _named(lambda one: one.is_searched)

#: The kind of record that each field refers to, by kind and name; what is referred to by any.
REFERRING: Final[Mapping[str, Mapping[str, str]]] = {
    kind: {name: its.refers_to for name, its in found.items() if its.refers_to}
    for kind, found in DECLARED.items()
}
#: The columns that have the ref of a record that must be there, each with its table and the kind.
FOREIGN: Final = (
    ("agreement", "under", "agreement"),
    ("commitment", "agreement", "agreement"),
    ("milestone", "commitment", "commitment"),
)
REFERRED: Final = frozenset(kind for found in REFERRING.values() for kind in found.values())

#: Those that are slugs of open lists, whichever record has them.
OPEN_LISTS: Final = tuple(
    dict.fromkeys(name for found in DECLARED.values() for name, its in found.items() if its.is_open)
)

#: Those that are dates of any precision, and those of free text, whichever record has them.
DATES: Final = frozenset(
    name for found in DECLARED.values() for name, its in found.items() if its.metavar == "EDTF"
)
TEXTS: Final = frozenset(
    name for found in DECLARED.values() for name, its in found.items() if its.read in (read_text, read_filled)
)

#: What a new record is taken to be where nothing is said.
DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    kind: {name: its.default for name, its in found.items() if its.default}
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


def texts_of(value: Any) -> tuple[str, ...]:
    """The texts that a field has: of a list all, of another at most one."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def refs_of(name: str, value: Any) -> tuple[str, ...]:
    """The refs that a field which refers to records has; all parties together are no record."""
    found = tuple(value.split(", ")) if name == "parties" and isinstance(value, str) else texts_of(value)
    return tuple(one for one in found if one not in words.SHARED)


def kept(record: Record) -> dict[str, Any]:
    """The columns of a record as the database keeps them: what is true or false as 1 or 0, a list as JSON."""
    return {name: kept_value(getattr(record, name)) for name in COLUMNS[record.record]}


def kept_value(value: Any) -> Any:
    """A value as the database keeps it."""
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def state_of(record: Record) -> str:
    """What is declared of a record: its stage, its status, its state."""
    state: str = getattr(record, record.state_field)
    return state


#: What stands between the ref of a record and what tells its parts: milestones, measures, claims.
_PARTS: Final = re.compile("[/:#]")


def family_of(ref: str) -> str:
    """The ref of what a part such as `FTA-CONCLUDE/2` belongs to, itself or through another part; else the ref."""
    return _PARTS.split(ref, maxsplit=1)[0]


def owner_of(ref: str) -> str | None:
    """The ref of what a part belongs to; None where a ref is no part's."""
    return ref[: max(map(ref.rfind, "/:#"))] if _PARTS.search(ref) else None


def ref_order(ref: str) -> tuple[str, str, int, str]:
    """What refs are sorted by so that parts come after what they belong to, by their numbers or names."""
    owner = owner_of(ref)
    if owner is None:
        return ref, "", 0, ""
    kind, name = ref[len(owner)], ref[len(owner) + 1 :]
    family, _, number, above = ref_order(owner)
    return family, f"{above}{kind}", int(name) if kind != ":" else number, name


def read_field(kind: str | None, name: str, value: Any) -> Any:
    """A field's value, normalised; an empty one (or null) clears a field that may be empty.

    Where the kind of record is not known yet (None), the first that has the field and takes the value reads it; once it
    is known, `check_read` says whether that one takes it too. Raises `Fault`: of several kinds, with the words of all,
    else the first's.
    """
    if kind is None:
        kinds = READ_BY[name]
        if len(kinds) > 1:
            return _read_by_any(kinds, name, value)
        kind = kinds[0]
    if value is not None and value != "":
        return READERS[kind][name](value)
    if DECLARED[kind][name].is_clearable:
        return () if DECLARED[kind][name].is_list else None
    raise Fault("cannot be empty")


def _read_by_any(kinds: Sequence[str], name: str, value: Any) -> Any:
    for kind in kinds:
        with suppress(Fault):
            return read_field(kind, name, value)
    if value and (known := tuple(word for kind in kinds for word in DECLARED[kind][name].words)):
        return read_word(known)(value)
    return read_field(kinds[0], name, value)


def check_read(kind: str, name: str, value: Any) -> None:
    """Raise `Fault` unless a kind takes a value that was read before the kind was known."""
    if len(READ_BY[name]) > 1:
        read_field(kind, name, value)
