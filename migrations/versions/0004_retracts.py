"""An entry may retract earlier ones; when a promise is expected now, and was last looked at, has a column.

What was retracted frees its ref and its key, so neither is unique any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDS = (
    "retracts GLOB '[[]*]' AND retracts NOT GLOB '*[^]0-9,[]*' "
    "AND length(retracts) = length(CAST(retracts AS BLOB))",
    "retracts ~ '^\\[[0-9,]*\\]$'",
)

EDTF = (
    "expected NOT GLOB '*[^]0-9A-Za-z[{}().,:/?~%+ ' || char(9, 10, 13) || '-]*' "
    "AND length(expected) BETWEEN 1 AND 100 AND length(expected) = length(CAST(expected AS BLOB))",
    "expected ~ '^[]0-9A-Za-z[{}().,:/?~%+ \\t\\n\\r-]{1,100}$'",
)

DATE = (
    "date(reviewed_on, '+0 days') IS reviewed_on",
    "length(reviewed_on) = 10 AND to_char(CAST(reviewed_on AS date), 'YYYY-MM-DD') = reviewed_on",
)

#: Entries of its own, or of its milestones.
LOOKED_AT = (
    "UPDATE commitment SET reviewed_on = (SELECT max(e.effective_on) FROM entry e WHERE e.action = 'reviewed' AND "
    "(e.ref = commitment.ref OR (e.ref > commitment.ref || '/' AND e.ref < commitment.ref || '0')))"
)

APPEND = (
    "CREATE TRIGGER entry_append BEFORE INSERT ON entry "
    "WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry) "
    "OR NEW.previous_hash IS NOT (SELECT hash FROM entry WHERE id = NEW.id - 1) "
    "BEGIN SELECT RAISE(ABORT, 'an entry is only added at the end of the history'); END"
)


def upgrade() -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    collated = ' COLLATE "C"' if postgresql else ""
    op.execute(
        f"ALTER TABLE entry ADD COLUMN retracts TEXT{collated} DEFAULT '[]' NOT NULL "
        f"CONSTRAINT ck_entry_retracts CHECK ({IDS[postgresql]})"
    )
    for table in ("commitment", "milestone"):
        op.get_bind().exec_driver_sql(
            f"ALTER TABLE {table} ADD COLUMN expected TEXT{collated} "
            f"CONSTRAINT ck_{table}_expected_form CHECK ({EDTF[postgresql]})".replace(
                "%", "%%" if postgresql else "%"
            )
        )
    op.execute(
        f"ALTER TABLE commitment ADD COLUMN reviewed_on TEXT{collated} "
        f"CONSTRAINT ck_commitment_reviewed_on CHECK ({DATE[postgresql]})"
    )
    op.execute(LOOKED_AT)
    op.drop_index("ix_commitment_report", "commitment")
    op.create_index(
        "ix_commitment_report",
        "commitment",
        [
            *("withdrawn", "status", "due_latest", "due_earliest", "ref", "sector"),
            *("completed_on", "completed_latest", "evidence", "updated_on", "reviewed_on", "parties"),
        ],
    )
    op.drop_index("ix_entry_key", "entry")
    op.drop_index("ix_entry_created", "entry")
    op.create_index("ix_entry_key", "entry", ["key"], sqlite_where=sa.text("key IS NOT NULL"))
    some = sa.text("retracts <> '[]'")
    op.create_index("ix_entry_retracting", "entry", ["id"], sqlite_where=some, postgresql_where=some)
    if not postgresql:
        op.execute("DROP TRIGGER entry_append")
        op.execute(APPEND)
