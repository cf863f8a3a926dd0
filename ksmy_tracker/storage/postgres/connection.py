"""A connection to a PostgreSQL server: opened in time, set up the same whatever others configured, given up in time.

psycopg is imported through attempts.py, for a register that is on a server.
"""

import os
import re
from collections.abc import Generator
from math import ceil
from time import monotonic
from typing import Any, Final, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.errors import Damaged, NoRegister
from ksmy_tracker.storage.postgres import url
from ksmy_tracker.storage.postgres.attempts import opened, psycopg
from ksmy_tracker.storage.postgres.url import Server

Answer = TypeVar("Answer")

#: Seconds in which no server is given up, however short the timeout.
LEAST: Final = 2.0

#: Seconds beyond the timeout that an answer may take: the server itself tells first that a lock was not free in time.
MORE: Final = 1.0

#: Seconds by which the system's own limit on a connection is longer than ours.
BACKSTOP: Final = 10.0

#: Tables by which a schema is known to keep a register, each with a column that another program's table of that name
#: has not; all revisions have them.
_SIGNS: Final = (
    *(("alembic_version", "version_num"), ("agreement", "parties"), ("commitment", "due_latest")),
    *(("milestone", "due_latest"), ("entry", "previous_hash")),
)

#: What changes the meaning of a statement or of its result, and what would end one before its time. With the version
#: that brought it.
_SETTINGS: Final = (
    (0, "datestyle", "'ISO, YMD'"),
    (0, "intervalstyle", "postgres"),
    (0, "timezone", "'UTC'"),
    (0, "standard_conforming_strings", "on"),
    (0, "quote_all_identifiers", "off"),
    (0, "transform_null_equals", "off"),
    (0, "extra_float_digits", "1"),
    (0, "bytea_output", "hex"),
    (0, "row_security", "off"),  # a policy that would hide rows is an error then
    (0, "statement_timeout", "0"),
    (0, "idle_in_transaction_session_timeout", "0"),
    (140000, "idle_session_timeout", "0"),
    (170000, "transaction_timeout", "0"),
)

#: The schemas that the session was to look in, and which of a register's tables each has. No name in it is looked for
#: there: what stands in them is not known yet. A receipt is on the disk: what waits for less is not taken over.
_LOOK_AROUND: Final = f"""
SELECT pg_catalog.set_config(
  'ksmy.schemas', pg_catalog.array_to_json(pg_catalog.current_schemas(false))::pg_catalog.text, false);
SET search_path = pg_catalog, pg_temp;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
SELECT quote_ident(n.nspname), array_remove(array_agg(c.relname::text), NULL)
FROM json_array_elements_text(current_setting('ksmy.schemas')::json) WITH ORDINALITY AS s(name, place)
JOIN pg_namespace n ON n.nspname = s.name
LEFT JOIN (pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
  AND (c.relname, a.attname) IN ({", ".join(str(sign) for sign in _SIGNS)}))
  ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
GROUP BY s.place, n.nspname ORDER BY s.place
"""


class NoAnswer(psycopg.OperationalError):
    """The server has not answered for as long as the connection has patience."""


class Connection(psycopg.Connection[Any]):
    """psycopg's, that waits no longer than its patience (seconds) for the next sign of the server.

    `schema` is the one that the register is in, as SQL quotes it, None where there is no register; `home` the one in
    which a table would be made. No session looks for a name in either: whoever may create there could have put a
    function or an operator that fits a statement better than the server's own, and it would run with the rights of
    whoever makes the statement. So every statement names the schema of a table, and only those that `at_home` is
    said of, or that wake a trigger, are made with the schema on the search path.
    """

    patience: float = LEAST
    schema: str | None = None
    home: str | None = None
    has_tables: bool = False
    at_home: bool = False

    def settle_at_home(self) -> None:
        """From now on look for names in the schema too: for what changes the schema itself."""
        self.execute(f"SET search_path = {self.home}, pg_temp")
        self.schema, self.at_home = self.home, True

    def commit(self) -> None:
        """Commit, and let in no signal meanwhile; what is not answered is in doubt."""
        with signals.committing(waits_for_an_answer=True):
            try:
                super().commit()
            except psycopg.Error:
                signals.doubt(self.broken)
                raise

    def wait(self, gen: Any, *rest: Any, **more: Any) -> Any:
        """Run what talks with the server; raises `NoAnswer`, and the connection is closed then.

        A frozen server's system still acknowledges what it is sent, so no option of the socket would tell.
        """
        return super().wait(self._in_patience(gen), *rest, **more)

    def _in_patience(self, talk: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
        heard = monotonic()
        try:
            wanted = next(talk)
            while True:
                ready = yield wanted
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > self.patience:
                    self.pgconn.finish()
                    raise NoAnswer(f"no answer for {self.patience:.0f} s")
                wanted = talk.send(ready)
        except StopIteration as done:
            answer: Answer = done.value
            return answer


def connect(server: Server, timeout: float) -> Connection:
    """Open a connection and set it up.

    Raises `NoRegister` where the server cannot be reached, refuses, or keeps text in another encoding than UTF8, and
    `Silent` where it does not answer.
    """
    until = monotonic() + max(LEAST, timeout)
    parameters: dict[str, Any] = dict(url.required_parameters(server.url))
    limit = _limit(parameters)
    parameters["client_encoding"] = "UTF8"
    parameters.setdefault("application_name", "ksmy")
    # Behind the connection's own clock: for what the driver does without asking that, such as closing.
    parameters.setdefault("tcp_user_timeout", ceil(min(max(LEAST, timeout) + BACKSTOP, 1e6) * 1000))
    parameters.setdefault("keepalives_idle", 10)
    connection = Connection(opened(server, parameters, until, limit))
    try:
        connection.patience = max(1.0, until - monotonic())
        _set_up(connection, server, timeout)
        connection.patience = max(LEAST, timeout + MORE)
    except BaseException:
        connection.close()
        raise
    return connection


def _limit(parameters: dict[str, Any]) -> float:
    """How long the user lets a try to connect take, by the URL or the variable."""
    given = str(parameters.get("connect_timeout") or os.environ.get("PGCONNECT_TIMEOUT", ""))
    return float(given) if re.fullmatch(r"[1-9]\d{0,8}", given) else float("inf")


def _set_up(connection: Connection, server: Server, timeout: float) -> None:
    """Give the session settings of its own, and find the register in it."""
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise NoRegister(
            f"{server} keeps its text as {encoding}, and a register needs UTF8: make another database with "
            "`createdb --encoding=UTF8 --template=template0 NAME` (docs/server.md)"
        )
    version = connection.info.server_version
    settings = [f"SET {name} = {value}" for since, name, value in _SETTINGS if version >= since]
    settings.append(f"SET lock_timeout = {milliseconds(timeout)}")
    connection.autocommit = True
    for last in (False, False, True):
        try:
            cursor = connection.execute("; ".join([*settings, _LOOK_AROUND]))
            break
        except psycopg.errors.QueryCanceled:  # by a time limit that the session had until then
            if last:
                raise
    while cursor.nextset():
        pass
    schemas = [(schema, set(tables)) for schema, tables in cursor.fetchall()]
    _settle(connection, server, schemas)
    connection.autocommit = False
    connection.deferrable = False


def _settle(connection: Connection, server: Server, schemas: list[tuple[str, set[str]]]) -> None:
    """Choose the schema that has the register. Another program's tables in one before it are no obstacle."""
    revisions = "alembic_version"
    registers = [one for one in schemas if revisions in one[1] and len(one[1]) > 2]
    registers = registers or [one for one in schemas if len(one[1]) > 2]
    if len(registers) > 1:
        names = " and ".join(schema for schema, _ in registers)
        raise NoRegister(
            f"{server} has a register in each of the schemas {names}; name one of them with "
            "?options=-csearch_path%3DSCHEMA at the end of the URL"
        )
    found = registers or [one for one in schemas if revisions in one[1]]
    connection.home = next((schema for schema, _ in schemas if not schema.startswith("pg_")), None)
    if found:
        schema, tables = found[0]
        if revisions not in tables:
            raise Damaged(
                f"{server} is damaged: the table {revisions} is missing; restore the newest sound backup"
            )
        connection.schema = schema
        connection.has_tables = len(tables) > 2


def milliseconds(seconds: float) -> int:
    """A timeout as PostgreSQL takes it; 0 would be none."""
    return max(1, int(min(seconds, 1e6) * 1000))
