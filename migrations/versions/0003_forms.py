"""Every ref, slug, word, date, hash and number has a rule on its form; an entry may be one that only keeps a key.

The rules are the same on both engines. What breaks one is named, and nothing is changed.
"""

import sqlalchemy as sa
from alembic import op

from ksmy_tracker.errors import Damaged

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PARTIES = ("KR", "MY", "both")
KINDS = ("joint-statement", "memorandum", "treaty", "contract")
STAGES = (*("negotiating", "concluded", "adopted", "signed", "ratified", "in-force", "terminated"),)
FIRMNESSES = ("signed", "committed", "agreed", "discussed", "hoped")
STATUSES = ("planned", "in-progress", "finalising", "completed", "suspended", "cancelled")
MILESTONE_STATES = ("scheduled", "met", "partially-met", "not-met")
RECORDS = ("agreement", "commitment", "milestone")
ACTIONS = ("created", "updated", "noted", "undone", "withdrawn", "restored", "reviewed")

DUE = "(due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)"
WINDOW = "due_earliest <= due_latest"

#: The form of a column by what it holds, on SQLite and on PostgreSQL. SQLite's GLOB and `length` stop at a NUL.
FORMS = {
    "ref": (
        "{0} NOT GLOB '*[^A-Z0-9-]*' AND '-' || {0} || '-' NOT GLOB '*--*' "
        "AND length({0}) <= 64 AND length({0}) = length(CAST({0} AS BLOB))",
        "{0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length({0}) <= 64",
    ),
    "slug": (
        "{0} NOT GLOB '*[^a-z0-9-]*' AND '-' || {0} || '-' NOT GLOB '*--*' "
        "AND length({0}) <= 64 AND length({0}) = length(CAST({0} AS BLOB))",
        "{0} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length({0}) <= 64",
    ),
    "hash": (
        "{0} NOT GLOB '*[^0-9a-f]*' AND length({0}) = 64 AND length(CAST({0} AS BLOB)) = 64",
        "{0} ~ '^[0-9a-f]{{64}}$'",
    ),
    "date": (
        "date({0}, '+0 days') IS {0}",
        "length({0}) = 10 AND to_char(CAST({0} AS date), 'YYYY-MM-DD') = {0}",
    ),
    # Registers of earlier versions may have spaces and line breaks between the parts of a due date.
    "edtf": (
        "{0} NOT GLOB '*[^]0-9A-Za-z[{{}}().,:/?~%+ ' || char(9, 10, 13) || '-]*' "
        "AND length({0}) BETWEEN 1 AND 100 AND length({0}) = length(CAST({0} AS BLOB))",
        "{0} ~ '^[]0-9A-Za-z[{{}}().,:/?~%+ \\t\\n\\r-]{{1,100}}$'",
    ),
    "key": ("length(CAST({0} AS BLOB)) <= 2000", "octet_length({0}) <= 2000"),
    "moment": (
        "strftime('%Y-%m-%dT%H:%M:%S', substr({0}, 1, 19), '+0 days') IS substr({0}, 1, 19) "
        "AND {0} GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND length({0}) = length(CAST({0} AS BLOB))",
        '{0} = to_char(CAST({0} AS timestamp), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')',
    ),
}
#: The ref of an entry, which may be a milestone's.
ENTRY_REF = (
    "CASE WHEN record <> 'milestone' THEN instr(ref, '/') = 0 ELSE ref GLOB '*/[1-9]*' "
    "AND substr(ref, instr(ref, '/') + 1) NOT GLOB '*[^0-9]*' AND length(substr(ref, instr(ref, '/') + 1)) <= 9 END "
    "AND ref NOT GLOB '*[^A-Z0-9/-]*' AND '-' || replace(ref, '/', '-/') || '-' NOT GLOB '*--*' "
    "AND instr(ref || '/', '/') <= 65 AND length(ref) = length(CAST(ref AS BLOB))",
    "CASE WHEN record <> 'milestone' THEN ref ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' "
    "ELSE ref ~ '^[A-Z0-9]+(-[A-Z0-9]+)*/[1-9][0-9]{0,8}$' END AND length(split_part(ref, '/', 1)) <= 64",
)

#: A rule: its column, its SQL, and its name where that is not the column's.
Rule = tuple[str, str, str]


def is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def form(kind: str, *columns: str, suffix: str = "") -> list[Rule]:
    sql = FORMS[kind][is_postgresql()]
    return [(column, sql.format(column), column + suffix) for column in columns]


def rule(column: str, sql: str, name: str = "") -> Rule:
    return column, sql, name or column


def one_of(column: str, words: tuple[str, ...]) -> Rule:
    return rule(column, f"{column} IN ({', '.join(repr(word) for word in words)})")


def between(column: str, least: int, most: int) -> Rule:
    return rule(column, f"{column} BETWEEN {least} AND {most}")


def rules() -> dict[str, list[Rule]]:
    """Every rule of every table, those that earlier revisions made included."""
    return {
        "agreement": [
            *form("ref", "ref"),
            *(one_of("kind", KINDS), one_of("stage", STAGES), one_of("parties", PARTIES)),
            *form("edtf", "dated", suffix="_form"),
            *form("date", "created_on", "updated_on"),
            rule("withdrawn", "withdrawn IN (0, 1)"),
        ],
        "commitment": [
            *form("ref", "ref"),
            *form("slug", "sector"),
            *(one_of("parties", PARTIES), one_of("firmness", FIRMNESSES), one_of("status", STATUSES)),
            rule("verifiable", "verifiable IN (0, 1)"),
            rule("withdrawn", "withdrawn IN (0, 1)"),
            between("evidence", 0, 2147483647),
            between("slip_days", -4000000, 4000000),
            rule("completed_on", "(status = 'completed') = (completed_on IS NOT NULL)", "completion"),
            rule("due_latest", WINDOW, "window"),
            rule("due", DUE),
            *form("edtf", "due", "baseline_due", "completed_due", suffix="_form"),
            *form("date", "completed_on", "due_earliest", "due_latest", "completed_latest"),
            *form("date", "created_on", "updated_on"),
        ],
        "milestone": [
            rule("ref", "ref = commitment || '/' || number"),
            between("number", 1, 999999999),
            rule("withdrawn", "withdrawn IN (0, 1)"),
            one_of("state", MILESTONE_STATES),
            between("evidence", 0, 2147483647),
            rule("due_latest", WINDOW, "window"),
            rule("due", DUE),
            *form("edtf", "due", suffix="_form"),
            *form("date", "met_on", "due_earliest", "due_latest", "created_on", "updated_on"),
        ],
        "entry": [
            between("id", 1, 2147483647),
            *(one_of("record", RECORDS), one_of("action", ACTIONS)),
            rule("ref", ENTRY_REF[is_postgresql()]),
            *form("moment", "recorded_at"),
            *form("date", "effective_on"),
            *form("hash", "hash", "previous_hash", "key_digest"),
            rule("previous_hash", "(id = 1) = (previous_hash IS NULL)", "first"),
            rule("key_digest", "(key IS NULL) = (key_digest IS NULL)", "key"),
            *form("key", "key", suffix="_length"),
        ],
        "unchanged_key": [
            *form("key", "key", suffix="_length"),
            *form("hash", "key_digest", "hash"),
        ],
    }


def upgrade() -> None:
    for table, its_rules in rules().items():
        refuse_what_breaks(table, its_rules)
        if is_postgresql():
            constrain(table, its_rules)
        else:
            rebuild(table, its_rules)


def refuse_what_breaks(table: str, its_rules: list[Rule]) -> None:
    """Raise `Damaged`, naming the first record that breaks a rule and the column."""
    named = {"entry": "id", "unchanged_key": "key"}.get(table, "ref")
    cases = " ".join(f"WHEN NOT ({sql}) THEN '{column}'" for column, sql, _ in its_rules)
    broken = " OR ".join(f"NOT ({sql})" for _, sql, _ in its_rules)
    found = (
        op.get_bind()
        .exec_driver_sql(
            f"SELECT {named}, CASE {cases} END FROM {table} WHERE {broken} ORDER BY 1 LIMIT 1".replace(
                "%", "%%" if is_postgresql() else "%"
            )
        )
        .first()
    )
    if found is not None:
        of = {"unchanged_key": "key"}.get(table, table)
        raise Damaged(
            f"{of} {found[0]}: its {found[1]} is of a form that no register may have; nothing was changed; "
            "restore the newest sound backup"
        )


def constrain(table: str, its_rules: list[Rule]) -> None:
    """Give a table on PostgreSQL the rules, in place of those it had."""
    inspector = sa.inspect(op.get_bind())
    for had in inspector.get_check_constraints(table):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {had['name']}")
    added = ", ".join(f"ADD CONSTRAINT ck_{table}_{name} CHECK ({sql})" for _, sql, name in its_rules)
    op.get_bind().exec_driver_sql(f"ALTER TABLE {table} {added}".replace("%", "%%"))


def rebuild(table: str, its_rules: list[Rule]) -> None:
    """Make a table of SQLite anew with the rules, for they cannot be added; its indexes and triggers come back."""
    bind = op.get_bind()
    before = sa.inspect(bind)
    quote = bind.dialect.identifier_preparer.quote
    columns = [
        f"{quote(column['name'])} {column['type']}"
        + (f" DEFAULT {column['default']}" if column["default"] is not None else "")
        + ("" if column["nullable"] else " NOT NULL")
        for column in before.get_columns(table)
    ]
    keys = [
        f"CONSTRAINT fk_{table}_{one['constrained_columns'][0]} FOREIGN KEY({one['constrained_columns'][0]}) "
        f"REFERENCES {one['referred_table']} (ref)"
        for one in before.get_foreign_keys(table)
    ]
    (primary,) = before.get_pk_constraint(table)["constrained_columns"]
    checks = [f"CONSTRAINT ck_{table}_{name} CHECK ({sql})" for _, sql, name in its_rules]
    parts = [*columns, f"CONSTRAINT pk_{table} PRIMARY KEY ({quote(primary)})", *keys, *checks]
    again = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    # In this mode the foreign keys of other tables go on naming the table, not what it is renamed to.
    bind.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    bind.exec_driver_sql(f"ALTER TABLE {table} RENAME TO old_{table}")
    bind.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    bind.exec_driver_sql(f"CREATE TABLE {table} (\n\t" + ", \n\t".join(parts) + "\n)\n STRICT")
    bind.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM old_{table} ORDER BY 1")
    bind.exec_driver_sql(f"DROP TABLE old_{table}")
    for (sql,) in again:
        bind.exec_driver_sql(sql)
