"""Bodies and sources; who leads, who said it, topics; wider vocabularies, and slugs in any script."""

from alembic import op

from ksmy_tracker.errors import Damaged

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REF = (
    "{0} NOT GLOB '*[^A-Z0-9-]*' AND '-' || {0} || '-' NOT GLOB '*--*' "
    "AND length({0}) <= 64 AND length({0}) = length(CAST({0} AS BLOB))",
    "{0} ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length({0}) <= 64",
)
SLUG = (
    "sector NOT GLOB '*[' || char(9, 10, 13) || ' \",]*' AND sector <> '' "
    "AND '-' || sector || '-' NOT GLOB '*--*' AND length(sector) <= 64 "
    "AND instr(CAST(sector AS BLOB), x'00') = 0",
    "sector !~ '[ \\t\\n\\r\",]' AND sector ~ '^[^-]+(-[^-]+)*$' AND length(sector) <= 64",
)
OLD_SLUG = (
    "sector NOT GLOB '*[^a-z0-9-]*' AND '-' || sector || '-' NOT GLOB '*--*' "
    "AND length(sector) <= 64 AND length(sector) = length(CAST(sector AS BLOB))"
)
LIST = (
    "({0} = '[]' OR {0} GLOB '[[]\"*\"]') AND instr(CAST({0} AS BLOB), x'00') = 0",
    "{0} = '[]' OR {0} ~ '^\\[\".*\"\\]$'",
)
DATE = (
    "date({0}, '+0 days') IS {0}",
    "length({0}) = 10 AND to_char(CAST({0} AS date), 'YYYY-MM-DD') = {0}",
)
EDTF = (
    "{0} NOT GLOB '*[^]0-9A-Za-z[{{}}().,:/?~%+ ' || char(9, 10, 13) || '-]*' "
    "AND length({0}) BETWEEN 1 AND 100 AND length({0}) = length(CAST({0} AS BLOB))",
    "{0} ~ '^[]0-9A-Za-z[{{}}().,:/?~%+ \\t\\n\\r-]{{1,100}}$'",
)
AMOUNT = (
    "{0} GLOB '*[0-9]' AND {0} NOT GLOB '*[^0-9.-]*' AND length({0}) BETWEEN 1 AND 130 "
    "AND length({0}) = length(CAST({0} AS BLOB))",
    "{0} ~ '^[0-9.-]*[0-9]$' AND length({0}) <= 130",
)
ENTRY_REF = (
    "CASE record WHEN 'milestone' THEN ref GLOB '*/[1-9]*' AND ref NOT GLOB '*[:#]*' "
    "AND substr(ref, instr(ref, '/') + 1) NOT GLOB '*[^0-9]*' "
    "AND length(substr(ref, instr(ref, '/') + 1)) <= 9 "
    "WHEN 'measure' THEN ref GLOB '*[A-Z0-9]:[A-Z0-9]*' AND ref NOT GLOB '*[/#]*' AND ref NOT GLOB '*:*:*' "
    "AND length(substr(ref, instr(ref, ':') + 1)) <= 64 "
    "WHEN 'claim' THEN ref GLOB '*[A-Z0-9]#[1-9]*' AND substr(ref, instr(ref, '#') + 1) NOT GLOB '*[^0-9]*' "
    "AND length(substr(ref, instr(ref, '#') + 1)) <= 9 "
    "AND ref NOT GLOB '*/0*' AND ref NOT GLOB '*/*[^0-9]*#*' AND ref NOT GLOB '*/??????????*#*' "
    "AND ref NOT GLOB '*:*[/:]*' "
    "ELSE ref NOT GLOB '*[/:#]*' END "
    "AND ref NOT GLOB '*[^A-Z0-9/:#-]*' "
    "AND '-' || replace(replace(replace(ref, '/', '-/'), ':', '-:-'), '#', '-#') || '-' NOT GLOB '*--*' "
    "AND length(ref) - length(ltrim(ref, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-')) BETWEEN 1 AND 64 "
    "AND length(ref) = length(CAST(ref AS BLOB))",
    "CASE record WHEN 'milestone' THEN ref ~ '^[A-Z0-9]+(-[A-Z0-9]+)*/[1-9][0-9]{0,8}$' "
    "WHEN 'measure' THEN ref ~ '^[A-Z0-9]+(-[A-Z0-9]+)*:[A-Z0-9]+(-[A-Z0-9]+)*$' "
    "AND length(split_part(ref, ':', 2)) <= 64 "
    "WHEN 'claim' THEN ref ~ "
    "'^[A-Z0-9]+(-[A-Z0-9]+)*(/[1-9][0-9]{0,8}|:[A-Z0-9]+(-[A-Z0-9]+)*)?#[1-9][0-9]{0,8}$' "
    "ELSE ref ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' END "
    "AND length(ref) - length(ltrim(ref, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-')) <= 64",
)
OLD_ENTRY_REF = (
    "CASE WHEN record <> 'milestone' THEN instr(ref, '/') = 0 ELSE ref GLOB '*/[1-9]*' "
    "AND substr(ref, instr(ref, '/') + 1) NOT GLOB '*[^0-9]*' AND length(substr(ref, instr(ref, '/') + 1)) <= 9 END "
    "AND ref NOT GLOB '*[^A-Z0-9/-]*' AND '-' || replace(ref, '/', '-/') || '-' NOT GLOB '*--*' "
    "AND instr(ref || '/', '/') <= 65 AND length(ref) = length(CAST(ref AS BLOB))"
)
PARTIES = (
    "({0} IN ('both', 'all') OR {0} NOT GLOB '*[^A-Z0-9, -]*') AND length({0}) BETWEEN 1 AND 1400 "
    "AND length({0}) = length(CAST({0} AS BLOB))",
    "{0} IN ('both', 'all') OR ({0} ~ '^[A-Z0-9, -]+$' AND length({0}) <= 1400)",
)
OLD_PARTIES = "parties IN ('KR', 'MY', 'both')"

BODY_KINDS = ("state", "ministry", "agency", "company", "organisation")

#: The words of a column, before and from here on, by its table.
WORDS = (
    (
        *("agreement", "kind", ("joint-statement", "memorandum", "treaty", "contract")),
        (
            *("joint-statement", "memorandum", "agreement", "treaty", "protocol", "exchange-of-notes"),
            *("plan-of-action", "letter-of-intent", "contract"),
        ),
    ),
    (
        *("agreement", "stage"),
        (*("negotiating", "concluded", "adopted", "signed", "ratified", "in-force", "terminated"),),
        (
            *("announced", "negotiating", "concluded", "adopted", "initialled", "signed", "ratified"),
            *("in-force", "expired", "terminated"),
        ),
    ),
    (
        *("commitment", "firmness", ("signed", "committed", "agreed", "discussed", "hoped")),
        ("signed", "committed", "agreed", "offered", "discussed", "hoped"),
    ),
    (
        *("entry", "record", ("agreement", "commitment", "milestone")),
        ("body", "partnership", "source", "agreement", "commitment", "milestone", "measure", "claim"),
    ),
)


def is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def execute(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%") if is_postgresql() else sql)


def one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def text(column: str, more: str = "") -> str:
    """A column of text."""
    collated = ' COLLATE "C"' if is_postgresql() else ""
    return f"{column} TEXT{collated}{more}"


def upgrade() -> None:
    create(
        "body",
        *("ref", "name"),
        *("name_ko?", "name_ms?"),
        "kind",
        "party?",
        checks={"kind": one_of("kind", BODY_KINDS), **forms(REF, "party")},
    )
    create(
        "partnership",
        *("ref", "title", "zone", "states"),
        checks={"ref": "ref = 'PARTNERSHIP'", **forms(LIST, "states")},
    )
    create(
        "source",
        *("ref", "title"),
        *("publisher?", "dated?", "url?", "archived?", "language?"),
        checks=forms(EDTF, "dated", suffix="_form"),
    )
    create(
        "measure",
        *("ref", "about", "title", "unit", "direction"),
        *("baseline?", "baseline_period?", "target?", "target_period?", "value?", "period?"),
        checks={
            "ref": "substr(ref, 1, length(about) + 1) = about || ':'",
            "direction": one_of("direction", ("up", "down", "none")),
            **forms(AMOUNT, "baseline", "target", "value"),
            **forms(EDTF, "baseline_period", "target_period", "period", suffix="_form"),
            "evidence": "evidence BETWEEN 0 AND 2147483647",
        },
        numbers=("evidence",),
    )
    create(
        "claim",
        *("ref", "about", "field", "value", "period?", "said_by?", "state"),
        checks={
            "ref": "ref = about || '#' || number",
            "number": "number BETWEEN 1 AND 999999999",
            "state": one_of("state", ("standing", "accepted", "dropped")),
            **forms(EDTF, "period", suffix="_form"),
        },
        numbers=("number",),
    )
    op.create_index("ix_measure_about", "measure", ["about"])
    op.create_index("ix_claim_about", "claim", ["about"])
    add("agreement", "under", REF[is_postgresql()].format("under"))
    for column in ("topics", "leads", "partners"):
        add("commitment", column, LIST[is_postgresql()].format(column), " DEFAULT '[]' NOT NULL")
    add("commitment", "said_by")
    add("commitment", "done_when")
    add("milestone", "party", REF[is_postgresql()].format("party"))
    for column in ("leads", "partners"):
        add("milestone", column, LIST[is_postgresql()].format(column), " DEFAULT '[]' NOT NULL")
    for table in ("agreement", "commitment", "entry"):
        changed = {
            column: (one_of(column, old), one_of(column, new))
            for of, column, old, new in WORDS
            if of == table
        }
        if table != "entry":
            changed["parties"] = OLD_PARTIES, PARTIES[is_postgresql()].format("parties")
        if table == "commitment":
            changed["sector"] = OLD_SLUG, SLUG[is_postgresql()]
        if table == "entry":
            changed["ref"] = OLD_ENTRY_REF, ENTRY_REF[is_postgresql()]
        if is_postgresql():
            constrain(table, changed)
        else:
            rebuild(table, changed)
    op.drop_index("ix_commitment_report", "commitment")
    columns = [
        *("withdrawn", "status", "due_latest", "due_earliest", "ref", "sector"),
        *("completed_on", "completed_latest", "evidence", "updated_on", "reviewed_on", "parties"),
        *("firmness", "leads", "said_by"),
    ]
    op.create_index("ix_commitment_report", "commitment", columns)
    op.drop_index("ix_milestone_commitment_number", "milestone")
    columns = ["commitment", "number", "withdrawn", "state", "due_latest", "ref"]
    op.create_index("ix_milestone_report", "milestone", columns)


def forms(form: tuple[str, str], *columns: str, suffix: str = "") -> dict[str, str]:
    """Rules on the form of columns, by their names."""
    return {column + suffix: form[is_postgresql()].format(column) for column in columns}


def create(table: str, *columns: str, checks: dict[str, str], numbers: tuple[str, ...] = ()) -> None:
    """Make the table of a kind of record; a column whose name ends in a question mark may be null."""
    rules = {
        "ref": REF[is_postgresql()].format("ref"),
        **checks,
        **{column: DATE[is_postgresql()].format(column) for column in ("created_on", "updated_on")},
        "withdrawn": "withdrawn IN (0, 1)",
    }
    named = [
        text(column.removesuffix("?"), "" if column.endswith("?") else " NOT NULL")
        for column in (*columns, "created_on", "updated_on")
    ]
    parts = [
        *named,
        *(f"{column} INTEGER NOT NULL" for column in (*numbers, "withdrawn")),
        f"CONSTRAINT pk_{table} PRIMARY KEY (ref)",
        *(f"CONSTRAINT ck_{table}_{name} CHECK ({sql})" for name, sql in rules.items()),
    ]
    strict = "" if is_postgresql() else "\n STRICT"
    execute(f"CREATE TABLE {table} (\n\t" + ", \n\t".join(parts) + f"\n){strict}")


def add(table: str, column: str, check: str | None = None, more: str = "") -> None:
    """Add a column of text to a table."""
    suffix = f" CONSTRAINT ck_{table}_{column} CHECK ({check})" if check else ""
    execute(f"ALTER TABLE {table} ADD COLUMN {text(column, more)}{suffix}")


def constrain(table: str, changed: dict[str, tuple[str, str]]) -> None:
    """Change rules of a table on PostgreSQL."""
    for column, (_, new) in changed.items():
        name = f"ck_{table}_{column}"
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({new})")


def rebuild(table: str, changed: dict[str, tuple[str, str]]) -> None:
    """Make a table of SQLite anew with other rules, for they cannot be changed; its indexes and triggers come back."""
    bind = op.get_bind()
    made = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
    for old, new in changed.values():
        if made.count(f"CHECK ({old})") != 1:
            raise Damaged(f"the table {table} is not as it was made; restore the newest sound backup")
        made = made.replace(f"CHECK ({old})", f"CHECK ({new})")
    again = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    # In this mode the foreign keys of other tables go on naming the table, not what it is renamed to.
    bind.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    bind.exec_driver_sql(f"ALTER TABLE {table} RENAME TO old_{table}")
    bind.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    bind.exec_driver_sql(made)
    bind.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM old_{table} ORDER BY 1")
    bind.exec_driver_sql(f"DROP TABLE old_{table}")
    for (sql,) in again:
        bind.exec_driver_sql(sql)
