"""Whether the tables of a register in a file are ordinary tables, and nothing besides runs while they are written.

A view or a trigger is a program of whoever made it, and one statement of it can go on without end.
"""

import sqlite3
from pathlib import Path
from typing import Final

from ksmy_tracker.storage.history_triggers import HISTORY_TRIGGERS
from ksmy_tracker.storage.interface import TABLES

#: The tables of every schema.
NAMES: Final = (*TABLES, "alembic_version")

#: SQLite finds a table by its name in any case, and itself refuses a file where name and SQL differ.
_NAMED: Final = f"name COLLATE NOCASE IN {NAMES} AND type NOT IN ('index', 'trigger')"


def fault_in_tables(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a table that should be an ordinary one; asks the schema alone, never the table."""
    others = connection.execute(
        "SELECT name, CASE type WHEN 'table' THEN 'virtual table' ELSE type END FROM sqlite_master "
        f"WHERE {_NAMED} AND (type <> 'table' OR coalesce(sql, '') NOT LIKE 'CREATE TABLE %')"
    ).fetchone()
    if others is not None:
        return f"schema: the table {others[0]} is a {others[1]}"
    computed = connection.execute(
        "SELECT made.name, found.name FROM "
        f"(SELECT name FROM sqlite_master WHERE {_NAMED}) AS made, pragma_table_xinfo(made.name) AS found "
        "WHERE found.hidden"
    ).fetchone()
    return computed and f"schema: the column {computed[1]} of the table {computed[0]} is computed"


def fault_in_what_runs(connection: sqlite3.Connection) -> str | None:
    """A trigger that is none of the register's own, or a virtual table: they run when a row is written.

    Every revision has had the same triggers.
    """
    for name, kind, table, sql in stored_schema(connection):
        if kind == "trigger":
            expected = HISTORY_TRIGGERS.get(name)
            if expected is None:
                return f"schema: the trigger {name} does not belong to a register"
            if table != "entry" or " ".join((sql or "").split()) != expected:
                return f"schema: the trigger {name} is not as it should be"
        elif kind == "table" and not (sql or "").startswith("CREATE TABLE "):
            return f"schema: the virtual table {name} does not belong to a register"
    return None


def stored_schema(connection: sqlite3.Connection) -> list[tuple[str, str, str, str | None]]:
    """The name, the kind, the table and the SQL of all that is stored but the statistics SQLite keeps for itself."""
    return connection.execute(
        "SELECT name, type, tbl_name, sql FROM sqlite_master "
        "WHERE NOT (type = 'table' AND name GLOB 'sqlite_stat[0-9]' AND sql LIKE 'CREATE TABLE %')"
    ).fetchall()


def fault_in_header(path: Path) -> str | None:
    """What keeps SQLite from writing a file that may be written.

    Not to be asked while this process has the file open: to close it again would drop SQLite's locks.
    """
    try:
        with path.open("rb") as file:
            file.seek(18)
            write, read = file.read(2)
    except (OSError, ValueError):
        return None
    return None if write == read else f"its header has {write} as its write version, not {read}"
