"""A schema of a server in which a register is made: that it is empty, and nobody has put anything in its way."""

from ksmy_tracker.errors import NoRegister, Refused
from ksmy_tracker.storage.interface import TABLES
from ksmy_tracker.storage.postgres.connection import Connection
from ksmy_tracker.storage.postgres.url import Server


def require_room(connection: Connection, server: Server) -> None:
    """Refuse a schema in which there is something already; asked again, for another may have come before."""
    if connection.home is None:
        raise NoRegister(
            f"no schema that {server} would make a table in is there; make one with CREATE SCHEMA"
        )
    found = connection.execute(
        "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class "
        "WHERE relnamespace = to_regnamespace(%s) AND relname = ANY (%s)",
        [connection.home, [*TABLES, "alembic_version"]],
    ).fetchone()
    names = (found and found[0]) or []
    if connection.has_tables or len(names) > 2:
        raise Refused(f"there is already a register in {server}; nothing was changed")
    if names:
        raise Refused(
            f"{server} has another program's table {names[0]} in the schema {connection.home}; name an empty schema "
            "with ?options=-csearch_path%3DSCHEMA at the end of the URL"
        )


def require_own(connection: Connection, server: Server) -> None:
    """Refuse a schema in which somebody has put what a statement made there could call."""
    from ksmy_tracker.storage.postgres.schema_check import planted

    where = str(connection.schema or connection.home)
    for one in planted(connection.execute, where):
        raise Refused(
            f"{one} in {server} does not belong to a register; nothing was changed; drop it, or name another schema "
            "with ?options=-csearch_path%3DSCHEMA at the end of the URL"
        )
