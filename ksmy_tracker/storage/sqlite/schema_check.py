"""Whether the schema of a register in a file is the one that the models describe."""

import re
from collections.abc import Iterator, Mapping

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from ksmy_tracker.storage.history_triggers import HISTORY_TRIGGERS
from ksmy_tracker.storage.tables import Table


def differences(stored: Mapping[str, tuple[str, str, str | None]]) -> Iterator[str]:
    """What differs, given the kind, the table and the SQL of every stored table, index and trigger by its name."""
    dialect = sqlite.dialect()
    expected = {}
    for table in Table.metadata.sorted_tables:
        expected[table.name] = ("table", table.name, str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            sql = str(CreateIndex(index).compile(dialect=dialect))
            expected[str(index.name)] = ("index", table.name, sql)
    expected["alembic_version"] = ("table", "alembic_version", _ALEMBIC_VERSION)
    expected |= {name: ("trigger", "entry", sql) for name, sql in HISTORY_TRIGGERS.items()}
    for name, (kind, table_name, sql) in expected.items():
        if name not in stored:
            yield f"schema: the {kind} {name} is missing"
        elif stored[name][:2] != (kind, table_name) or _parts(stored[name][2] or "") != _parts(sql):
            yield f"schema: the {kind} {name} is not as it should be"
    for name, (kind, of_table, sql_text) in stored.items():
        # What a PRIMARY KEY brings has a name that SQLite gives, and no SQL.
        own = sql_text is None and kind == "index" and name == f"sqlite_autoindex_{of_table}_1"
        if name not in expected and not own:
            yield f"schema: the {kind} {name} does not belong to a register"


#: Alembic's own table, in which it keeps the revision.
_ALEMBIC_VERSION = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def _parts(sql: str) -> list[str]:
    """The columns and constraints of a CREATE statement, whatever their order and the spaces between them.

    A column that a migration added has its constraint in its own definition, after the others.
    """
    head, _, body = " ".join(sql.split()).partition(" (" if sql.lstrip().startswith("CREATE TABLE") else "\n")
    flat = re.sub(r"\s*([(),])\s*", r"\1", body)
    flat = re.sub(r"\s(CONSTRAINT )", r",\1", flat).replace(",,", ",")
    return sorted([head, *_split(flat)])


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no parentheses and no quotes."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
            if depth < 0:
                parts.append(text[begin:at])
                begin, depth = at, 0
        elif letter == "," and not quoted and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
    return [part.strip() for part in (*parts, text[begin:]) if part.strip()]
