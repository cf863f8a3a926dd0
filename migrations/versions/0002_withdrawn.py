"""A record whose adding was undone is withdrawn: kept, with its ref and its history, and not listed.

Keys of lines that changed nothing are kept too. Two indexes give way to wider ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for table in ("agreement", "commitment", "milestone"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN withdrawn INTEGER DEFAULT 0 NOT NULL "
            f"CONSTRAINT ck_{table}_withdrawn CHECK (withdrawn IN (0, 1))"
        )
    op.create_table(
        "unchanged_key",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("key_digest", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    # All that a report counts, so that it need not read the records themselves.
    op.drop_index("ix_commitment_status_due_latest", "commitment")
    op.create_index(
        "ix_commitment_report",
        "commitment",
        [
            *("withdrawn", "status", "due_latest", "due_earliest", "ref", "sector"),
            *("completed_on", "completed_latest", "evidence", "updated_on"),
        ],
    )
    op.create_index("ix_entry_recorded_at", "entry", ["recorded_at"])
    op.drop_index("ix_commitment_agreement", "commitment")
    op.create_index(
        "ix_commitment_agreement_withdrawn_status_due_latest",
        "commitment",
        ["agreement", "withdrawn", "status", "due_latest"],
    )
