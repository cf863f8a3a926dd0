"""Whether the schema of a register on a PostgreSQL server is the one that the models describe.

What is expected is derived from the models; names and definitions are compared with what the server itself makes of
the stored ones. A condition has many spellings, and each version of PostgreSQL writes it in its own: so the server
puts both into words, the stored one and the expected one, by planning a SELECT of them (EXPLAIN, which computes
nothing). That needs no right but SELECT, and works on a standby and in a transaction that can only read.

Longer than other modules: one part for each sort of thing that a schema has.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer
from sqlalchemy import Table as SQLTable

from ksmy_tracker.storage.history_triggers import HISTORY_FUNCTIONS, SERVER_TRIGGERS
from ksmy_tracker.storage.tables import Table

#: Runs a statement of the driver's, with parameters `%(name)s`.
Execute = Callable[..., Any]

#: When each trigger runs, as pg_get_triggerdef says it.
_TIMES: Final = {
    "entry_no_update": "BEFORE DELETE OR UPDATE ON {schema}.entry FOR EACH ROW",
    "entry_no_truncate": "BEFORE TRUNCATE ON {schema}.entry FOR EACH STATEMENT",
    "entry_append": "BEFORE INSERT ON {schema}.entry FOR EACH ROW",
}

#: Conditions of indexes that the models name for SQLite alone, lest they import this dialect.
_CONDITIONS: Final = {"ix_entry_created": "action = 'created'"}

#: Alembic's own table, in which it keeps the revision.
_ALEMBIC: Final = "alembic_version"

#: Whether the class r is one of the register's tables.
_OURS: Final = "r.relnamespace = to_regnamespace(%(schema)s) AND r.relname = ANY (%(names)s)"

#: Whether an object of the catalogue is built upon something that a user made, other than its own table.
_UPON_OTHERS: Final = """EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '{0}'::regclass AND d.objid = {1}.oid
 AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_collation'::regclass,
 'pg_opclass'::regclass))"""

#: Whether an object of the catalogue is neither an extension's nor made along with another, as a table's row type is.
_MADE_BY_HAND: Final = """{1}.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = '{0}'::regclass
 AND d.deptype IN ('e', 'i'))"""

_KINDS: Final = {
    "v": "a view",
    "m": "a materialized view",
    "p": "a partitioned table",
    "f": "a foreign table",
}


def differences(execute: Execute, schema: str) -> Iterator[str]:
    """Everything that is not as it should be in a schema, whose name is given as SQL quotes it."""
    tables = {table.name: table for table in Table.metadata.sorted_tables}
    ask = _Catalogue(execute, schema, [*tables, _ALEMBIC])
    ask.settle()
    stored, faults = _tables(ask, [*tables, _ALEMBIC])
    yield from faults
    yield from _strangers(ask)
    misshapen = list(_columns(ask, tables))
    yield from (fault for table, fault in misshapen if table in stored)
    whole = stored - {table for table, _ in misshapen}
    found = {name: table for name, table in tables.items() if name in stored}
    yield from _constraints(ask, found, whole)
    yield from _indexes(ask, found, whole)
    yield from _triggers(ask)


def planted(execute: Execute, schema: str) -> Iterator[str]:
    """What others made in a schema that the server could take for its own in a statement: each with its kind."""
    ask = _Catalogue(execute, schema, [])
    ask.settle()
    here = "= to_regnamespace(%(schema)s)"
    for kind, name in ask.rows(
        "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, "
        "%(schema)s::text || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' "
        f"FROM pg_proc p WHERE p.pronamespace {here} AND NOT (p.proname = ANY (%(functions)s) AND p.pronargs = 0) "
        f"AND {_MADE_BY_HAND.format('pg_proc', 'p')} UNION ALL "
        "SELECT 'operator', %(schema)s::text || '.' || o.oprname || '(' || CASE o.oprleft WHEN 0 THEN 'NONE' "
        "ELSE format_type(o.oprleft, NULL) END || ', ' || format_type(o.oprright, NULL) || ')' "
        f"FROM pg_operator o WHERE o.oprnamespace {here} AND {_MADE_BY_HAND.format('pg_operator', 'o')} UNION ALL "
        "SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, t.oid::regtype::text "
        f"FROM pg_type t WHERE t.typnamespace {here} AND {_MADE_BY_HAND.format('pg_type', 't')} UNION ALL "
        "SELECT 'collation', c.oid::regcollation::text "
        f"FROM pg_collation c WHERE c.collnamespace {here} AND {_MADE_BY_HAND.format('pg_collation', 'c')} UNION ALL "
        "SELECT 'cast', format('(%%s AS %%s)', c.castsource::regtype, c.casttarget::regtype) FROM pg_cast c WHERE "
        f"(EXISTS (SELECT 1 FROM pg_proc p WHERE p.oid = c.castfunc AND p.pronamespace {here}) OR EXISTS "
        f"(SELECT 1 FROM pg_type t WHERE t.oid IN (c.castsource, c.casttarget) AND t.typnamespace {here})) "
        f"AND {_MADE_BY_HAND.format('pg_cast', 'c')} ORDER BY 1, 2"
    ):
        yield f"the {kind} {name}"


class _Catalogue:
    """What asks the server's catalogue about the tables of a register."""

    def __init__(self, execute: Execute, schema: str, names: Sequence[str]) -> None:
        self._execute = execute
        self.schema = schema
        self._given = {"schema": schema, "names": list(names), "functions": list(HISTORY_FUNCTIONS)}

    def settle(self) -> None:
        """Have the transaction look for names among the server's own alone, and write all others with their schema."""
        self._execute("SET LOCAL search_path = pg_catalog, pg_temp")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""
        rows: list[tuple[Any, ...]] = self._execute(sql, self._given).fetchall()
        return rows

    def in_words(self, table: str, conditions: Sequence[str]) -> list[str]:
        """Each condition on a table's columns as the server puts it into words."""
        if not conditions:
            return []
        selected = ", ".join(f"({condition})" for condition in conditions)
        sql = f"EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {selected} FROM {self.schema}.{table}"
        plan = self._execute(sql).fetchone()[0]
        read = json.loads(plan) if isinstance(plan, str) else plan
        words: list[str] = read[0]["Plan"]["Output"]
        return words


def _tables(ask: _Catalogue, names: Sequence[str]) -> tuple[set[str], list[str]]:
    """Which of them are tables, and what is wrong with these, or stands in their place."""
    found, others = set[str](), set[str]()
    faults = []
    for name, kind, lasting, secured, forced, inherits in ask.rows(
        "SELECT r.relname, r.relkind::text, r.relpersistence::text, r.relrowsecurity, r.relforcerowsecurity, "
        "EXISTS (SELECT 1 FROM pg_inherits i WHERE r.oid IN (i.inhrelid, i.inhparent)) "
        f"FROM pg_class r WHERE {_OURS} AND r.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY 1"
    ):
        (found if kind == "r" else others).add(name)
        if kind != "r":
            faults.append(f"schema: the table {name} is {_KINDS[kind]}")
        if lasting != "p":
            faults.append(f"schema: the table {name} is unlogged: a crash of the server empties it")
        if secured or forced:
            faults.append(f"schema: row-level security is on for the table {name}: it hides rows")
        if inherits:
            faults.append(f"schema: the table {name} inherits from another, or another from it")
    faults += [f"schema: the table {name} is missing" for name in names if name not in found | others]
    return found, faults


def _strangers(ask: _Catalogue) -> Iterator[str]:
    """Rules, policies and further triggers, which do something else than a statement says."""
    for kind, name, table in ask.rows(
        "SELECT 'rule', w.rulename, r.relname FROM pg_rewrite w JOIN pg_class r ON r.oid = w.ev_class "
        f"WHERE {_OURS} AND w.rulename <> '_RETURN' "
        "UNION ALL SELECT 'policy', p.polname, r.relname FROM pg_policy p JOIN pg_class r ON r.oid = p.polrelid "
        f"WHERE {_OURS} "
        "UNION ALL SELECT 'trigger', t.tgname, r.relname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid "
        f"WHERE {_OURS} AND NOT t.tgisinternal "
        "ORDER BY 1, 2, 3"
    ):
        if kind != "trigger" or name not in SERVER_TRIGGERS or table != "entry":
            yield f"schema: the {kind} {name} on {table} does not belong to a register"
    for name, table in ask.rows(
        "SELECT t.tgname, r.relname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid "
        f"WHERE {_OURS} AND t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') ORDER BY 2, 1"
    ):
        yield f"schema: the reference that {name} guards is switched off on {table}"
    for (name,) in ask.rows(
        "SELECT e.evtname FROM pg_event_trigger e WHERE e.evtenabled <> 'D' AND NOT EXISTS (SELECT 1 FROM pg_depend d "
        "WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e') ORDER BY 1"
    ):
        yield f"schema: the event trigger {name} of the database does not belong to a register"


def _columns(ask: _Catalogue, tables: Mapping[str, SQLTable]) -> Iterator[tuple[str, str]]:
    """What is wrong with the columns, each fault with its table."""
    stored = {
        (table, column): rest
        for table, column, *rest in ask.rows(
            "SELECT r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
            "CASE WHEN a.attcollation NOT IN (0, 100) THEN (SELECT n.nspname || '.' || c.collname FROM pg_collation c "
            "JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) END, "
            "pg_get_expr(f.adbin, f.adrelid), a.attidentity::text || a.attgenerated::text "
            "FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid "
            "LEFT JOIN pg_attrdef f ON f.adrelid = r.oid AND f.adnum = a.attnum "
            f"WHERE {_OURS} AND a.attnum > 0 AND NOT a.attisdropped"
        )
    }
    expected = {
        (name, column.name): _column(column) for name, table in tables.items() for column in table.columns
    }
    expected[_ALEMBIC, "version_num"] = ["character varying(32)", True, None, None, ""]
    for (table, column), its in expected.items():
        found = stored.get((table, column))
        if found is None:
            yield table, f"schema: the column {column} of {table} is missing"
        elif found != its:
            yield table, f"schema: the column {column} of {table} is not as it should be"
    for table, column in sorted(stored.keys() - expected.keys()):
        yield table, f"schema: the column {column} of {table} does not belong to a register"


def _column(column: Column[Any]) -> list[Any]:
    """The type of a column, whether it is never null, its collation, its default, and what generates it."""
    number = isinstance(column.type, Integer)
    default: Any = column.server_default
    return [
        "integer" if number else "text",
        not column.nullable,
        None if number else "pg_catalog.C",
        None if default is None else str(default.arg),
        "",
    ]


def _constraints(ask: _Catalogue, tables: Mapping[str, SQLTable], whole: set[str]) -> Iterator[str]:
    """What is wrong with primary keys, references and CHECKs. Those of tables that are not `whole` have no words."""
    stored = {
        (table, name): rest
        for table, name, *rest in ask.rows(
            "SELECT r.relname, c.conname, c.contype = 'c', CASE c.contype WHEN 'c' "
            "THEN pg_get_expr(c.conbin, c.conrelid) ELSE pg_get_constraintdef(c.oid) END, "
            "NOT c.convalidated OR NOT c.conislocal OR "
            f"(c.contype = 'c' AND (c.connoinherit OR {_UPON_OTHERS.format('pg_constraint', 'c')})) "
            "FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid "
            f"WHERE {_OURS} AND c.contype NOT IN ('n', 't') ORDER BY 1, 2"
        )
    }
    expected = {table: _expected_constraints(its, ask.schema) for table, its in tables.items()}
    for table, name in stored:
        if table in tables and name not in expected[table]:
            yield f"schema: the constraint {name} of {table} does not belong to a register"
    if stored.get((_ALEMBIC, "alembic_version_pkc"), ["", ""])[1] != "PRIMARY KEY (version_num)":
        yield "schema: the constraint alembic_version_pkc is missing"
    for table, its in expected.items():
        pairs = []
        for name, (is_check, wanted) in its.items():
            if (table, name) not in stored:
                yield f"schema: the constraint {name} is missing"
                continue
            was_check, found, strange = stored[table, name]
            if strange or was_check != is_check or not (is_check or _plain(found) == _plain(wanted)):
                yield f"schema: the constraint {name} is not as it should be"
            elif is_check and table in whole:
                pairs.append((name, found, wanted))
        yield from (
            f"schema: the constraint {name} is not as it should be" for name in _unequal(ask, table, pairs)
        )


def _expected_constraints(table: SQLTable, schema: str) -> dict[str, tuple[bool, str]]:
    """The constraints of a table by their names: a CHECK's condition, or what the server says of any other."""
    columns = ", ".join(column.name for column in table.primary_key)
    expected = {str(table.primary_key.name): (False, f"PRIMARY KEY ({columns})")}
    for one in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(one, ForeignKeyConstraint):
            parents = ", ".join(element.column.name for element in one.elements)
            begins = f"FOREIGN KEY ({', '.join(one.column_keys)})"
            expected[str(one.name)] = (
                False,
                f"{begins} REFERENCES {schema}.{one.referred_table.name}({parents})",
            )
        elif isinstance(one, CheckConstraint) and one.info.get("dialect") in (None, "postgresql"):
            expected[str(one.name)] = True, str(one.sqltext)
    return expected


def _unequal(ask: _Catalogue, table: str, pairs: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """The names of those whose stored and expected conditions the server does not put into the same words."""
    words = ask.in_words(table, [condition for _, *both in pairs for condition in both])
    for number, (name, _, _) in enumerate(pairs):
        if words[2 * number] != words[2 * number + 1]:
            yield name


def _indexes(ask: _Catalogue, tables: Mapping[str, SQLTable], whole: set[str]) -> Iterator[str]:
    """What is wrong with the indexes. One more that is neither unique nor computed is its owner's own affair."""
    stored: dict[tuple[str, str], tuple[Any, ...]] = {
        (table, name): tuple(rest)
        for table, name, *rest in ask.rows(
            "SELECT r.relname, i.relname, pg_get_indexdef(i.oid), pg_get_expr(x.indpred, x.indrelid), "
            "x.indisvalid AND x.indisready AND x.indislive, x.indisunique OR x.indexprs IS NOT NULL, "
            f"{_UPON_OTHERS.format('pg_class', 'i')} "
            "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid "
            f"WHERE {_OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid "
            "AND c.conrelid = r.oid AND c.contype IN ('p', 'u', 'x')) ORDER BY 1, 2"
        )
    }
    known = {str(index.name) for table in tables.values() for index in table.indexes}
    for (table, name), (_, _, _, matters, strange) in stored.items():
        if name not in known and (matters or strange):
            yield f"schema: the index {name} of {table} does not belong to a register"
    for table, its in tables.items():
        pairs = []
        for index in sorted(its.indexes, key=lambda one: str(one.name)):
            name = str(index.name)
            definition, condition, ready, _, strange = stored.get(
                (table, name), (None, None, True, False, False)
            )
            wanted = _CONDITIONS.get(name)
            begins = _plain(
                f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {name} ON {ask.schema}.{table} USING btree "
                f"({', '.join(column.name for column in index.columns)})"
            )
            if definition is None:
                yield f"schema: the index {name} is missing"
            elif (
                not ready
                or strange
                or (condition is None) != (wanted is None)
                or _plain(definition.removesuffix(f" WHERE {condition}")) != begins
            ):
                yield f"schema: the index {name} is not as it should be"
            elif wanted is not None and table in whole:
                pairs.append((name, condition, wanted))
        yield from (
            f"schema: the index {name} is not as it should be" for name in _unequal(ask, table, pairs)
        )


def _plain(definition: str) -> str:
    """A definition without needless spaces, and without the quotes that versions of PostgreSQL put around names."""
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r'"([a-z_][a-z0-9_]*)"', r"\1", definition))


def _triggers(ask: _Catalogue) -> Iterator[str]:
    """What is wrong with the triggers that hold the history together, and with what they run."""
    stored = {
        name: (_plain(definition), " ".join(body.split()), *rest)
        for name, definition, body, *rest in ask.rows(
            "SELECT t.tgname, pg_get_triggerdef(t.oid), p.prosrc, t.tgenabled IN ('O', 'A'), l.lanname, "
            "p.provolatile::text, p.prosecdef, p.proconfig, p.pronamespace = r.relnamespace "
            "FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            f"JOIN pg_language l ON l.oid = p.prolang WHERE {_OURS} AND r.relname = 'entry' AND NOT t.tgisinternal"
        )
    }
    for name, function in SERVER_TRIGGERS.items():
        times = _TIMES[name].format(schema=ask.schema)
        definition = _plain(f"CREATE TRIGGER {name} {times} EXECUTE FUNCTION {ask.schema}.{function}()")
        body = HISTORY_FUNCTIONS[function]
        if name not in stored:
            yield f"schema: the trigger {name} is missing"
        elif stored[name] != (definition, body, True, "plpgsql", "v", False, None, True):
            yield f"schema: the trigger {name} is not as it should be"
