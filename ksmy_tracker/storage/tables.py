"""The tables of a register, as SQLModel classes.

The same on every engine: dates, timestamps and JSON are text in the forms that the CHECKs prescribe
(on SQLite the tables are STRICT besides), so one SQL text reads them anywhere and sorts them alike.

Longer than other modules: the whole schema, to be read in one place.
"""

from sqlalchemy import CheckConstraint, Index, MetaData, Text, text
from sqlmodel import Field, SQLModel

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.kinds import KINDS

#: Text that every engine compares by code point.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}


class Table(SQLModel):
    """What the tables have in common: one metadata, with names for every constraint."""

    metadata = MetaData(naming_convention=NAMING)


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a column holds a word of a vocabulary (or null, where the column may)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


#: The greatest number that every engine can keep.
MOST = 2**31 - 1


def truth(column: str) -> CheckConstraint:
    """A CHECK that a column is 0 or 1."""
    return CheckConstraint(f"{column} IN (0, 1)", name=column)


#: The form of a column by what it holds, on each engine. SQLite's GLOB and `length` stop at a NUL.
FORMS = {
    "ref": {
        "sqlite": "{0} NOT GLOB '*[^A-Z0-9-]*' AND '-' || {0} || '-' NOT GLOB '*--*' "
        "AND length({0}) <= 64 AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "{0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length({0}) <= 64",
    },
    # A slug may be in any script; its letters are for the program to know.
    "slug": {
        "sqlite": "{0} NOT GLOB '*[' || char(9, 10, 13) || ' \",]*' AND {0} <> '' "
        "AND '-' || {0} || '-' NOT GLOB '*--*' "
        "AND length({0}) <= 64 AND instr(CAST({0} AS BLOB), x'00') = 0",
        "postgresql": "{0} !~ '[ \\t\\n\\r\",]' AND {0} ~ '^[^-]+(-[^-]+)*$' AND length({0}) <= 64",
    },
    # A JSON list of texts, without spaces between them.
    "list": {
        "sqlite": "({0} = '[]' OR {0} GLOB '[[]\"*\"]') AND instr(CAST({0} AS BLOB), x'00') = 0",
        "postgresql": "{0} = '[]' OR {0} ~ '^\\[\".*\"\\]$'",
    },
    "hash": {
        "sqlite": "{0} NOT GLOB '*[^0-9a-f]*' AND length({0}) = 64 AND length(CAST({0} AS BLOB)) = 64",
        "postgresql": "{0} ~ '^[0-9a-f]{{64}}$'",
    },
    "date": {
        "sqlite": "date({0}, '+0 days') IS {0}",
        "postgresql": "length({0}) = 10 AND to_char(CAST({0} AS date), 'YYYY-MM-DD') = {0}",
    },
    # Registers of earlier versions may have spaces and line breaks between the parts of a due date.
    "edtf": {
        "sqlite": "{0} NOT GLOB '*[^]0-9A-Za-z[{{}}().,:/?~%+ ' || char(9, 10, 13) || '-]*' "
        "AND length({0}) BETWEEN 1 AND 100 AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "{0} ~ '^[]0-9A-Za-z[{{}}().,:/?~%+ \\t\\n\\r-]{{1,100}}$'",
    },
    "key": {
        "sqlite": "length(CAST({0} AS BLOB)) <= 2000",
        "postgresql": "octet_length({0}) <= 2000",
    },
    "moment": {
        "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', substr({0}, 1, 19), '+0 days') IS substr({0}, 1, 19) "
        "AND {0} GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": '{0} = to_char(CAST({0} AS timestamp), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')',
    },
    # Refs, parted by commas, or a word for all.
    "parties": {
        "sqlite": "({0} IN ('both', 'all') OR {0} NOT GLOB '*[^A-Z0-9, -]*') AND length({0}) BETWEEN 1 AND 1400 "
        "AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "{0} IN ('both', 'all') OR ({0} ~ '^[A-Z0-9, -]+$' AND length({0}) <= 1400)",
    },
    # A decimal number, or a range of two.
    "amount": {
        "sqlite": "{0} GLOB '*[0-9]' AND {0} NOT GLOB '*[^0-9.-]*' AND length({0}) BETWEEN 1 AND 130 "
        "AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "{0} ~ '^[0-9.-]*[0-9]$' AND length({0}) <= 130",
    },
    # A JSON list of numbers.
    "ids": {
        "sqlite": "{0} GLOB '[[]*]' AND {0} NOT GLOB '*[^]0-9,[]*' AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "{0} ~ '^\\[[0-9,]*\\]$'",
    },
    # The ref of an entry, which may be a milestone's.
    "any ref": {
        "sqlite": "CASE record WHEN 'milestone' THEN {0} GLOB '*/[1-9]*' AND {0} NOT GLOB '*[:#]*' "
        "AND substr({0}, instr({0}, '/') + 1) NOT GLOB '*[^0-9]*' "
        "AND length(substr({0}, instr({0}, '/') + 1)) <= 9 "
        "WHEN 'measure' THEN {0} GLOB '*[A-Z0-9]:[A-Z0-9]*' AND {0} NOT GLOB '*[/#]*' AND {0} NOT GLOB '*:*:*' "
        "AND length(substr({0}, instr({0}, ':') + 1)) <= 64 "
        "WHEN 'claim' THEN {0} GLOB '*[A-Z0-9]#[1-9]*' AND substr({0}, instr({0}, '#') + 1) NOT GLOB '*[^0-9]*' "
        "AND length(substr({0}, instr({0}, '#') + 1)) <= 9 "
        "AND {0} NOT GLOB '*/0*' AND {0} NOT GLOB '*/*[^0-9]*#*' AND {0} NOT GLOB '*/??????????*#*' "
        "AND {0} NOT GLOB '*:*[/:]*' "
        "ELSE {0} NOT GLOB '*[/:#]*' END "
        "AND {0} NOT GLOB '*[^A-Z0-9/:#-]*' "
        "AND '-' || replace(replace(replace({0}, '/', '-/'), ':', '-:-'), '#', '-#') || '-' NOT GLOB '*--*' "
        "AND length({0}) - length(ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-')) BETWEEN 1 AND 64 "
        "AND length({0}) = length(CAST({0} AS BLOB))",
        "postgresql": "CASE record WHEN 'milestone' THEN {0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*/[1-9][0-9]{{0,8}}$' "
        "WHEN 'measure' THEN {0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*:[A-Z0-9]+(-[A-Z0-9]+)*$' "
        "AND length(split_part({0}, ':', 2)) <= 64 "
        "WHEN 'claim' THEN {0} ~ "
        "'^[A-Z0-9]+(-[A-Z0-9]+)*(/[1-9][0-9]{{0,8}}|:[A-Z0-9]+(-[A-Z0-9]+)*)?#[1-9][0-9]{{0,8}}$' "
        "ELSE {0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' END "
        "AND length({0}) - length(ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-')) <= 64",
    },
}


def form(kind: str, *columns: str, suffix: str = "") -> list[CheckConstraint]:
    """CHECKs that columns hold what a form of `FORMS` says (or null, where they may)."""
    return [
        # A colon would begin a parameter's name.
        CheckConstraint(
            text(sql.format(column).replace(":", "\\:")), name=column + suffix, info={"dialect": dialect}
        ).ddl_if(dialect=dialect)
        for column in columns
        for dialect, sql in FORMS[kind].items()
    ]


def between(column: str, least: int, most: int) -> CheckConstraint:
    """A CHECK on the range of a number, which every engine can keep."""
    return CheckConstraint(f"{column} BETWEEN {least} AND {most}", name=column)


STRICT = {"sqlite_strict": True}


class Body(Table, table=True):
    """Who acts or speaks: a state, a ministry, an agency, a company, an organisation."""

    __table_args__ = (
        *form("ref", "ref"),
        one_of("kind", vocabulary.BODY_KINDS),
        *form("ref", "party"),
        *form("date", "created_on", "updated_on"),
        truth("withdrawn"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    name: str = Field(sa_type=TEXT)
    name_ko: str | None = Field(default=None, sa_type=TEXT)
    name_ms: str | None = Field(default=None, sa_type=TEXT)
    kind: str = Field(sa_type=TEXT)
    party: str | None = Field(default=None, sa_type=TEXT)
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int


class Partnership(Table, table=True):
    """The register's own record: what it is about, between whom, and where its days end."""

    __table_args__ = (
        CheckConstraint("ref = 'PARTNERSHIP'", name="ref"),
        *form("list", "states"),
        *form("date", "created_on", "updated_on"),
        truth("withdrawn"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    title: str = Field(sa_type=TEXT)
    zone: str = Field(sa_type=TEXT)
    states: str = Field(sa_type=TEXT)
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int


class Source(Table, table=True):
    """A publication, which evidence cites by its ref. `dated` is EDTF."""

    __table_args__ = (
        *form("ref", "ref"),
        *form("edtf", "dated", suffix="_form"),
        *form("date", "created_on", "updated_on"),
        truth("withdrawn"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    title: str = Field(sa_type=TEXT)
    publisher: str | None = Field(default=None, sa_type=TEXT)
    dated: str | None = Field(default=None, sa_type=TEXT)
    url: str | None = Field(default=None, sa_type=TEXT)
    archived: str | None = Field(default=None, sa_type=TEXT)
    language: str | None = Field(default=None, sa_type=TEXT)
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int


class Agreement(Table, table=True):
    """An instrument: joint statement, memorandum, treaty, contract. `dated` is EDTF."""

    __table_args__ = (
        *form("ref", "ref", "under"),
        one_of("kind", vocabulary.AGREEMENT_KINDS),
        one_of("stage", vocabulary.STAGES),
        *form("parties", "parties"),
        *form("edtf", "dated", suffix="_form"),
        *form("date", "created_on", "updated_on"),
        truth("withdrawn"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    title: str = Field(sa_type=TEXT)
    kind: str = Field(sa_type=TEXT)
    stage: str = Field(sa_type=TEXT)
    dated: str | None = Field(default=None, sa_type=TEXT)
    place: str | None = Field(default=None, sa_type=TEXT)
    parties: str = Field(sa_type=TEXT)
    source: str | None = Field(default=None, sa_type=TEXT)
    under: str | None = Field(default=None, sa_type=TEXT)
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int = Field(sa_column_kwargs={"server_default": text("0")})


class Commitment(Table, table=True):
    """One thing promised. The columns from `due_earliest` on follow from the history (see domain/projection.py)."""

    __table_args__ = (
        *form("ref", "ref"),
        *form("slug", "sector"),
        *form("list", "topics", "leads", "partners"),
        *form("parties", "parties"),
        one_of("firmness", vocabulary.FIRMNESSES),
        one_of("status", vocabulary.STATUSES),
        truth("verifiable"),
        truth("withdrawn"),
        between("evidence", 0, MOST),
        between("slip_days", -4_000_000, 4_000_000),
        CheckConstraint("(status = 'completed') = (completed_on IS NOT NULL)", name="completion"),
        CheckConstraint("due_earliest <= due_latest", name="window"),
        CheckConstraint(
            "(due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)",
            name="due",
        ),
        *form("edtf", "due", "baseline_due", "completed_due", "expected", suffix="_form"),
        *form("date", "completed_on", "due_earliest", "due_latest", "completed_latest"),
        *form("date", "created_on", "updated_on", "reviewed_on"),
        Index(None, "due_latest", "ref"),
        # These two have all that a report counts, so that it need not read the records themselves.
        Index(
            "ix_commitment_report",
            *("withdrawn", "status", "due_latest", "due_earliest", "ref", "sector"),
            *("completed_on", "completed_latest", "evidence", "updated_on", "reviewed_on", "parties"),
            *("firmness", "leads", "said_by"),
        ),
        Index(None, "agreement", "withdrawn", "status", "due_latest"),
        Index(None, "updated_on"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    title: str = Field(sa_type=TEXT)
    detail: str | None = Field(default=None, sa_type=TEXT)
    agreement: str = Field(foreign_key="agreement.ref", sa_type=TEXT)
    sector: str = Field(sa_type=TEXT)
    topics: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    parties: str = Field(sa_type=TEXT)
    leads: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    partners: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    said_by: str | None = Field(default=None, sa_type=TEXT)
    firmness: str = Field(sa_type=TEXT)
    verifiable: int
    source: str | None = Field(default=None, sa_type=TEXT)
    status: str = Field(sa_type=TEXT)
    due: str | None = Field(default=None, sa_type=TEXT)
    due_phrase: str | None = Field(default=None, sa_type=TEXT)
    done_when: str | None = Field(default=None, sa_type=TEXT)
    expected: str | None = Field(default=None, sa_type=TEXT)
    baseline_due: str | None = Field(default=None, sa_type=TEXT)
    completed_on: str | None = Field(default=None, sa_type=TEXT)
    completed_due: str | None = Field(default=None, sa_type=TEXT)
    due_earliest: str | None = Field(default=None, sa_type=TEXT)
    due_latest: str | None = Field(default=None, sa_type=TEXT)
    completed_latest: str | None = Field(default=None, sa_type=TEXT)
    slip_days: int | None = None
    evidence: int
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    reviewed_on: str | None = Field(default=None, sa_type=TEXT)
    withdrawn: int = Field(sa_column_kwargs={"server_default": text("0")})


class Milestone(Table, table=True):
    """A dated step toward a commitment; its ref is the commitment's with its number: `FTA-CONCLUDE/2`."""

    __table_args__ = (
        CheckConstraint("ref = commitment || '/' || number", name="ref"),
        between("number", 1, 999_999_999),
        truth("withdrawn"),
        one_of("state", vocabulary.MILESTONE_STATES),
        between("evidence", 0, MOST),
        CheckConstraint("due_earliest <= due_latest", name="window"),
        CheckConstraint(
            "(due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)",
            name="due",
        ),
        *form("edtf", "due", "expected", suffix="_form"),
        *form("date", "met_on", "due_earliest", "due_latest", "created_on", "updated_on"),
        *form("list", "leads", "partners"),
        *form("ref", "party"),
        # It has all that a report asks of a commitment's steps, so that it need not read the records themselves.
        Index("ix_milestone_report", "commitment", "number", "withdrawn", "state", "due_latest", "ref"),
        Index(None, "state", "due_latest"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    commitment: str = Field(foreign_key="commitment.ref", sa_type=TEXT)
    number: int
    title: str = Field(sa_type=TEXT)
    party: str | None = Field(default=None, sa_type=TEXT)
    leads: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    partners: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    due: str | None = Field(default=None, sa_type=TEXT)
    state: str = Field(sa_type=TEXT)
    expected: str | None = Field(default=None, sa_type=TEXT)
    met_on: str | None = Field(default=None, sa_type=TEXT)
    due_earliest: str | None = Field(default=None, sa_type=TEXT)
    due_latest: str | None = Field(default=None, sa_type=TEXT)
    evidence: int
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int = Field(sa_column_kwargs={"server_default": text("0")})


class Measure(Table, table=True):
    """A quantity of a commitment or an agreement; amounts are decimal text, as stated."""

    __table_args__ = (
        CheckConstraint(text("substr(ref, 1, length(about) + 1) = about || '\\:'"), name="ref"),
        one_of("direction", vocabulary.DIRECTIONS),
        *form("amount", "baseline", "target", "value"),
        *form("edtf", "baseline_period", "target_period", "period", suffix="_form"),
        *form("date", "created_on", "updated_on"),
        between("evidence", 0, MOST),
        truth("withdrawn"),
        Index(None, "about"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    about: str = Field(sa_type=TEXT)
    title: str = Field(sa_type=TEXT)
    unit: str = Field(sa_type=TEXT)
    direction: str = Field(sa_type=TEXT)
    baseline: str | None = Field(default=None, sa_type=TEXT)
    baseline_period: str | None = Field(default=None, sa_type=TEXT)
    target: str | None = Field(default=None, sa_type=TEXT)
    target_period: str | None = Field(default=None, sa_type=TEXT)
    value: str | None = Field(default=None, sa_type=TEXT)
    period: str | None = Field(default=None, sa_type=TEXT)
    evidence: int
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int


class Claim(Table, table=True):
    """What another source says a field of a record is."""

    __table_args__ = (
        CheckConstraint("ref = about || '#' || number", name="ref"),
        between("number", 1, 999_999_999),
        one_of("state", vocabulary.CLAIM_STATES),
        *form("edtf", "period", suffix="_form"),
        *form("date", "created_on", "updated_on"),
        truth("withdrawn"),
        Index(None, "about"),
        STRICT,
    )

    ref: str = Field(primary_key=True, sa_type=TEXT)
    about: str = Field(sa_type=TEXT)
    number: int
    field: str = Field(sa_type=TEXT)
    value: str = Field(sa_type=TEXT)
    period: str | None = Field(default=None, sa_type=TEXT)
    said_by: str | None = Field(default=None, sa_type=TEXT)
    state: str = Field(sa_type=TEXT)
    created_on: str = Field(sa_type=TEXT)
    updated_on: str = Field(sa_type=TEXT)
    withdrawn: int


class EntryRow(Table, table=True):
    """One line of history; see chain.Entry. `changes`, `evidence` and `retracts` are canonical JSON."""

    __tablename__ = "entry"
    __table_args__ = (
        one_of("record", tuple(KINDS)),
        one_of("action", vocabulary.ACTIONS),
        between("id", 1, MOST),
        *form("any ref", "ref"),
        *form("moment", "recorded_at"),
        *form("date", "effective_on"),
        *form("hash", "hash", "previous_hash", "key_digest"),
        *form("ids", "retracts"),
        CheckConstraint("(id = 1) = (previous_hash IS NULL)", name="first"),
        CheckConstraint("(key IS NULL) = (key_digest IS NULL)", name="key"),
        *form("key", "key", suffix="_length"),
        Index(None, "ref", "effective_on"),
        Index(None, "effective_on"),
        Index(None, "invocation"),
        Index(None, "recorded_at"),
        # What was retracted frees its ref and its key, so neither is unique here.
        Index(None, "key", sqlite_where=text("key IS NOT NULL")),
        # PostgreSQL has the same condition from the migration; naming it here would import that dialect.
        Index("ix_entry_retracting", "id", sqlite_where=text("retracts <> '[]'")),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    invocation: str = Field(sa_type=TEXT)
    key: str | None = Field(default=None, sa_type=TEXT)
    key_digest: str | None = Field(default=None, sa_type=TEXT)
    recorded_at: str = Field(sa_type=TEXT)
    effective_on: str = Field(sa_type=TEXT)
    actor: str = Field(sa_type=TEXT)
    record: str = Field(sa_type=TEXT)
    ref: str = Field(sa_type=TEXT)
    action: str = Field(sa_type=TEXT)
    changes: str = Field(sa_type=TEXT)
    note: str | None = Field(default=None, sa_type=TEXT)
    evidence: str = Field(sa_type=TEXT)
    retracts: str = Field(sa_type=TEXT, sa_column_kwargs={"server_default": text("'[]'")})
    previous_hash: str | None = Field(default=None, sa_type=TEXT)
    hash: str = Field(sa_type=TEXT)


class UnchangedKey(Table, table=True):
    """The key of a batch's line that changed nothing, as schemas before 0003 kept it; none is added any more.

    `hash` is chain.key_hash of the other two: the chain does not cover them.
    """

    __tablename__ = "unchanged_key"
    __table_args__ = (*form("key", "key", suffix="_length"), *form("hash", "key_digest", "hash"), STRICT)

    key: str = Field(primary_key=True, sa_type=TEXT)
    key_digest: str = Field(sa_type=TEXT)
    hash: str = Field(sa_type=TEXT)
