"""Alembic's entry: runs on the connection that `ksmy` hands over, or on one of its own (`-x url=...`)."""

from alembic import context
from sqlalchemy import Connection, create_engine

from ksmy_tracker.storage.tables import Table


def run(connection: Connection) -> None:
    """Run what Alembic was asked for, in the transaction the caller has begun."""
    context.configure(connection=connection, target_metadata=Table.metadata)
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as own:
        run(own)
