"""The register: agreements, commitments, milestones and their append-only history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

PARTIES = ("KR", "MY", "both")
KINDS = ("joint-statement", "memorandum", "treaty", "contract")
STAGES = (*("negotiating", "concluded", "adopted", "signed", "ratified", "in-force", "terminated"),)
FIRMNESSES = ("signed", "committed", "agreed", "discussed", "hoped")
STATUSES = ("planned", "in-progress", "finalising", "completed", "suspended", "cancelled")
MILESTONE_STATES = ("scheduled", "met", "partially-met", "not-met")
RECORDS = ("agreement", "commitment", "milestone")
ACTIONS = ("created", "updated", "noted", "undone", "withdrawn", "restored")

REF_FORM = "ref = upper(ref) AND length(ref) BETWEEN 1 AND 64"
DUE = "(due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)"
WINDOW = "due_earliest <= due_latest"


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=null)


def integer(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null, autoincrement=False)


def check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def one_of(name: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    return check(name, f"{name} IN ({', '.join(repr(word) for word in words)})")


def dates(*names: str) -> list[sa.CheckConstraint]:
    postgresql = op.get_context().dialect.name == "postgresql"
    form = "CAST(CAST({0} AS date) AS text) = {0}" if postgresql else "date({0}, '+0 days') IS {0}"
    return [check(name, form.format(name)) for name in names]


def timestamp(name: str) -> sa.CheckConstraint:
    seconds = f"substr({name}, 1, 19)"
    if op.get_context().dialect.name == "postgresql":
        form = f'to_char(CAST({name} AS timestamp), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'
        return check(name, f"{name} = {form}")
    return check(
        name,
        f"strftime('%Y-%m-%dT%H:%M:%S', {seconds}, '+0 days') IS {seconds} "
        f"AND {name} GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]Z'",
    )


def create_table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def create_index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=unique)


def upgrade() -> None:
    create_table(
        "agreement",
        *(text("ref"), text("title"), text("kind"), text("stage"), text("dated", null=True)),
        *(text("place", null=True), text("parties"), text("source", null=True)),
        *(text("created_on"), text("updated_on")),
        sa.PrimaryKeyConstraint("ref"),
        check("ref", REF_FORM),
        *(one_of("kind", KINDS), one_of("stage", STAGES), one_of("parties", PARTIES)),
        *dates("created_on", "updated_on"),
    )

    create_table(
        "commitment",
        *(text("ref"), text("title"), text("detail", null=True), text("agreement")),
        *(text("sector"), text("parties"), text("firmness"), integer("verifiable")),
        *(text("source", null=True), text("status"), text("due", null=True)),
        *(text("due_phrase", null=True), text("baseline_due", null=True)),
        *(text("completed_on", null=True), text("completed_due", null=True)),
        *(text("due_earliest", null=True), text("due_latest", null=True)),
        *(text("completed_latest", null=True), integer("slip_days", null=True)),
        *(integer("evidence"), text("created_on"), text("updated_on")),
        sa.PrimaryKeyConstraint("ref"),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.ref"]),
        check("ref", REF_FORM),
        *(one_of("parties", PARTIES), one_of("firmness", FIRMNESSES), one_of("status", STATUSES)),
        check("verifiable", "verifiable IN (0, 1)"),
        check("evidence", "evidence >= 0"),
        check("completion", "(status = 'completed') = (completed_on IS NOT NULL)"),
        check("window", WINDOW),
        check("due", DUE),
        *dates("completed_on", "due_earliest", "due_latest", "completed_latest"),
        *dates("created_on", "updated_on"),
    )
    create_index("commitment", "due_latest", "ref")
    create_index("commitment", "status", "due_latest")
    create_index("commitment", "agreement")
    create_index("commitment", "updated_on")

    create_table(
        "milestone",
        *(text("ref"), text("commitment"), integer("number"), text("title")),
        *(text("due", null=True), text("state"), text("met_on", null=True)),
        *(text("due_earliest", null=True), text("due_latest", null=True)),
        *(integer("evidence"), text("created_on"), text("updated_on")),
        sa.PrimaryKeyConstraint("ref"),
        sa.ForeignKeyConstraint(["commitment"], ["commitment.ref"]),
        check("ref", "ref = commitment || '/' || number"),
        check("number", "number >= 1"),
        one_of("state", MILESTONE_STATES),
        check("evidence", "evidence >= 0"),
        check("window", WINDOW),
        check("due", DUE),
        *dates("met_on", "due_earliest", "due_latest", "created_on", "updated_on"),
    )
    create_index("milestone", "commitment", "number", unique=True)
    create_index("milestone", "state", "due_latest")

    create_table(
        "entry",
        *(integer("id"), text("invocation"), text("key", null=True)),
        *(text("key_digest", null=True), text("recorded_at"), text("effective_on")),
        *(text("actor"), text("record"), text("ref"), text("action"), text("changes")),
        *(text("note", null=True), text("evidence"), text("previous_hash", null=True)),
        text("hash"),
        sa.PrimaryKeyConstraint("id"),
        *(one_of("record", RECORDS), one_of("action", ACTIONS)),
        timestamp("recorded_at"),
        *dates("effective_on"),
        check("hash", "length(hash) = 64"),
        check("first", "(id = 1) = (previous_hash IS NULL)"),
        check("key", "(key IS NULL) = (key_digest IS NULL)"),
    )
    create_index("entry", "ref", "effective_on")
    create_index("entry", "effective_on")
    create_index("entry", "invocation")
    op.create_index("ix_entry_key", "entry", ["key"], unique=True, sqlite_where=sa.text("key IS NOT NULL"))
    created = sa.text("action = 'created'")
    op.create_index(
        "ix_entry_created",
        "entry",
        ["ref"],
        unique=True,
        sqlite_where=created,
        postgresql_where=created,
    )

    if op.get_context().dialect.name == "postgresql":
        guard_history_on_postgresql()
    else:
        guard_history_on_sqlite()


def guard_history_on_sqlite() -> None:
    """Refuse to alter, delete or replace an entry, and to add one anywhere but at the end of the chain."""
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
        )
    # INSERT OR REPLACE would delete the rows it collides with, past the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER entry_append BEFORE INSERT ON entry "
        "WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry) "
        "OR NEW.previous_hash IS NOT (SELECT hash FROM entry WHERE id = NEW.id - 1) "
        "OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key) "
        "OR (NEW.action = 'created' AND EXISTS "
        "(SELECT 1 FROM entry WHERE ref = NEW.ref AND action = 'created')) "
        "BEGIN SELECT RAISE(ABORT, 'an entry is only added at the end of the history'); END"
    )


def guard_history_on_postgresql() -> None:
    """The same rules; TRUNCATE is refused too."""
    op.execute(
        "CREATE FUNCTION entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the history is append-only'; END$$"
    )
    op.execute(
        "CREATE TRIGGER entry_no_update BEFORE UPDATE OR DELETE ON entry "
        "FOR EACH ROW EXECUTE FUNCTION entry_refuse()"
    )
    op.execute(
        "CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION entry_refuse()"
    )
    op.execute(
        "CREATE FUNCTION entry_at_end() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM entry) OR NEW.previous_hash "
        "IS DISTINCT FROM (SELECT hash FROM entry WHERE id = NEW.id - 1) THEN "
        "RAISE EXCEPTION 'an entry is only added at the end of the history'; "
        "END IF; RETURN NEW; END$$"
    )
    op.execute(
        "CREATE TRIGGER entry_append BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_at_end()"
    )
