"""A register on a PostgreSQL server: its connections, its transactions, and the SQL that is PostgreSQL's own.

psycopg is imported here alone, and this module only for a register that such a URL names.
"""

import itertools
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from random import uniform
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.database import Reader, Server, driver_of, require_current, the_revision
from ksmy_tracker.errors import Busy, Damaged, KsmyError, NoRegister, Usage
from ksmy_tracker.history import BrokenEntry

try:
    import psycopg
    from psycopg import IsolationLevel
    from psycopg.conninfo import conninfo_to_dict
except ImportError:
    raise NoRegister(
        "a register on a server needs psycopg; install it with: pip install 'ksmy-tracker[postgres]'"
    ) from None

if TYPE_CHECKING:
    from sqlmodel import Session

Done = TypeVar("Done")

#: What PostgreSQL reports where a transaction must run again from its start: serialization_failure, deadlock_detected.
RUN_AGAIN: Final = ("40001", "40P01")

#: What breaks a rule of the schema.
REFUSALS: Final = (psycopg.IntegrityError, psycopg.DataError)

#: The advisory lock of whoever changes the schema ("ksmy" in ASCII).
SCHEMA_LOCK: Final = 0x6B736D79

#: Columns that hold numbers; all others hold text.
_NUMBERS: Final = ("number", "verifiable", "slip_days", "evidence", "withdrawn")

_PARAMETER: Final = re.compile(r":([a-z_][a-z_0-9]*)")


class _Connection(psycopg.Connection[Any]):
    """A connection whose commit lets in no signal, and says when it is done, or that nobody can tell."""

    def commit(self) -> None:
        with signals.committing(waits_for_an_answer=True):
            try:
                super().commit()
            except psycopg.Error:
                signals.doubt(self.broken)
                raise


class ServerReader(Reader):
    """A consistent view of a register on a server: one transaction, closed by the caller's `with`."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        self._server_connection = connection
        self._schema = schema
        self._streams = itertools.count(1)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a SELECT with named parameters (`:name`)."""
        cursor = psycopg.ClientCursor(self._server_connection)
        return cursor.execute(_placed(sql), parameters or {}).fetchall()

    def stream(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The same one by one, in bounded memory."""
        with self._server_connection.cursor(name=f"stream_{next(self._streams)}") as cursor:
            cursor.itersize = 2000
            cursor.execute(_placed(sql), parameters or {})
            yield from cursor

    def damage(self) -> Iterator[str]:
        """What is wrong with the schema; the server looks after its pages, types and CHECKs itself."""
        from ksmy_tracker.shape import server_differences

        yield from server_differences(self.rows, self._schema)

    def dangling(self) -> Iterator[str]:
        """Every record that belongs to one that is not there."""
        for table, parent in (("commitment", "agreement"), ("milestone", "commitment")):
            sql = (
                f"SELECT t.ref FROM {table} t LEFT JOIN {parent} p ON p.ref = t.{parent} "
                "WHERE p.ref IS NULL ORDER BY 1"
            )
            for (ref,) in self.rows(sql):
                yield f"{table} {ref} belongs to a {parent} that is missing"

    @staticmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""
        return f"{column} IN (SELECT jsonb_array_elements_text(CAST(:{parameter} AS jsonb)))"

    @staticmethod
    def family(column: str) -> str:
        """SQL for the ref of the commitment that a milestone's ref such as `X/2` belongs to; else the ref."""
        return f"split_part({column}, '/', 1)"

    def past(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it was: its rows but those in `:changed`, which `:past_<table>` has as JSON."""
        fields = ", ".join(
            f"CAST(value ->> '{column}' AS integer) AS {column}"
            if _is_number(table, column)
            else f"""(value ->> '{column}') COLLATE "C" AS {column}"""
            for column in columns
        )
        return (
            f"{self.whole(table, columns)} WHERE NOT {self.among('ref', 'changed')} "
            f"UNION ALL SELECT {fields} FROM jsonb_array_elements(CAST(:past_{table} AS jsonb)) AS past(value)"
        )

    def whole(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it is, whatever stands in front of it under its name."""
        return f"SELECT {', '.join(columns)} FROM {self._schema}.{table}"


def _is_number(table: str, column: str) -> bool:
    return column in _NUMBERS and not (table == "entry" and column == "evidence")


@lru_cache(maxsize=256)
def _placed(sql: str) -> Any:
    """SQL with its parameters marked as psycopg has them."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


@contextmanager
def reading(server: Server, timeout: float) -> Iterator[Reader]:
    """A reader in one transaction that sees one state of the register and can change nothing.

    Raises `NoRegister`, `Busy` or `KsmyError`.
    """
    with translated(server), closing(connect(server, timeout)) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute(f"SET LOCAL lock_timeout = {_milliseconds(timeout)}")
        yield ServerReader(connection, _require_revision(connection, server))


def write(
    server: Server, work: Callable[["Session"], Done], timeout: float, *, dry_run: bool, invocation: str
) -> Done:
    """Do the work in one serializable transaction and return what it returns, once it is on the server.

    Where the server asks for it, or the connection is lost, the whole of it runs again from fresh reads until the
    time is over. A commit whose answer was lost is looked for by its invocation before anything is done again.
    Raises `Busy` past the timeout, and whatever the work raises.
    """
    until = monotonic() + timeout
    tried = _Tried[Done]()
    pause = 0.01
    while True:
        tried.connected = False
        try:
            return _attempt(server, work, until, invocation, tried, dry_run=dry_run)
        except Exception as error:
            original = _original(error)
            lost = tried.connected and original is not None and _is_lost(original)
            unreachable = tried.committing is not None and isinstance(error, NoRegister)
            again = original is not None and _runs_again(original)
            if not (lost or unreachable or again):
                if original is None:
                    raise
                if tried.committing:
                    raise _given_up(server, invocation, tried, lost=lost) from None
                raise _explain(original, server) from None
            if monotonic() + pause >= until:
                raise _given_up(server, invocation, tried, lost=lost or unreachable) from None
        sleep(uniform(pause / 2, pause))  # noqa: S311
        pause = min(pause * 2, 1.0)


@dataclass
class _Tried(Generic[Done]):
    """How far the tries have come: the newest was connected; a commit was asked for, of work that returned this."""

    connected: bool = False
    committing: tuple[Done] | None = None


def _attempt(
    server: Server,
    work: Callable[["Session"], Done],
    until: float,
    invocation: str,
    tried: _Tried[Done],
    *,
    dry_run: bool,
) -> Done:
    """One try."""
    from sqlmodel import Session

    level = IsolationLevel.REPEATABLE_READ if dry_run else IsolationLevel.SERIALIZABLE
    left = max(0.05, until - monotonic())
    register = engine(server, left, level, read_only=dry_run)
    try:
        with Session(register, autoflush=False) as session:
            driver = driver_of(session)
            tried.connected = True
            driver.execute(f"SET LOCAL lock_timeout = {_milliseconds(left)}")
            if not dry_run:
                # Before the first read, which fixes what the transaction sees: writers stand in a line, none in vain.
                with suppress(psycopg.errors.UndefinedTable):
                    driver.execute("LOCK TABLE commitment IN SHARE ROW EXCLUSIVE MODE")
                if driver.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                    driver.rollback()
            _require_revision(driver, server)
            if tried.committing:
                landed = driver.execute(
                    "SELECT 1 FROM entry WHERE invocation = %s LIMIT 1", [invocation]
                ).fetchone()
                if landed:
                    signals.reached(signals.COMMITTED)
                    return tried.committing[0]
            tried.committing = None
            signals.doubt(False)
            done = work(session)
            session.flush()
            tried.committing = (done,)
            session.commit()
            return done
    finally:
        with suppress(Exception):
            register.dispose()


def _given_up(server: Server, invocation: str, tried: _Tried[Any], *, lost: bool) -> KsmyError:
    if tried.committing:
        return Busy(
            f"the connection to {server} was lost while the change was being recorded; whether it was is not known: "
            f"look for invocation {invocation} in `ksmy history --format json` before trying again"
        )
    if lost:
        return Busy(
            f"the connection to {server} was lost again and again; nothing was changed; try again later"
        )
    return Busy(
        f"other writers of {server} kept this one from its turn; try again, or give a longer --timeout"
    )


def connect(server: Server, timeout: float) -> psycopg.Connection[Any]:
    """Open a connection; raises `NoRegister` where the server cannot be reached or refuses."""
    try:
        parameters: dict[str, Any] = conninfo_to_dict(server.url)
    except psycopg.ProgrammingError:
        raise Usage(
            f"{server} is no URL of a server; write it as postgresql://USER@HOST:PORT/DATABASE"
        ) from None
    if "PGCONNECT_TIMEOUT" not in os.environ:
        parameters.setdefault("connect_timeout", max(2, ceil(min(timeout, 1e6))))
    parameters.setdefault("application_name", "ksmy")
    try:
        return _Connection.connect(**parameters)
    except psycopg.Error as error:
        raise NoRegister(f"{server} cannot be reached: {_reason(error, server)}") from None


#: What a failed connection says, and what to do about it.
_HINTS: Final = (
    (r"password|authentication", "check the user and the password (PGPASSWORD or ~/.pgpass)"),
    (r"database .* does not exist", "have it created with createdb, then run `ksmy init`"),
    (r"no encryption|SSL", "check sslmode in the URL"),
    (r"read-only|hot standby|recovery", "name a server that can be written to"),
    (r"role .* does not exist", "check the user"),
    (r"", "check the host and the port, and that the server runs"),
)


def _reason(error: psycopg.Error, server: Server) -> str:
    """Why a connection failed, in one line without a password, and what to do."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next(
        (line for line in reversed(lines) if "FATAL" in line or "failed" in line), lines[-1] if lines else ""
    )
    said = re.sub(r"^-? ?(host: .*?: )?", "", said).rpartition("FATAL:")[2]
    said = re.sub(r"^connection( to server (at|on) .*?| is bad)?( failed)?: ", "", said.strip()).strip()
    said = said.partition("; ")[0].strip().rstrip("?.")
    if re.search(r"invalid (integer|port|connection|URI|sslmode|value)", said) or not said:
        return "the URL is not as it should be; write it as postgresql://USER@HOST:PORT/DATABASE"
    hint = next(hint for pattern, hint in _HINTS if re.search(pattern, said))
    for secret in server.secrets:
        said = said.replace(secret, "***")
    return f"{said}; {hint}"


def engine(
    server: Server,
    timeout: float,
    level: IsolationLevel = IsolationLevel.READ_COMMITTED,
    *,
    read_only: bool = False,
) -> Any:
    """An SQLAlchemy engine whose one transaction is of the isolation level."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    def open_one() -> psycopg.Connection[Any]:
        connection = connect(server, timeout)
        connection.isolation_level = level
        connection.read_only = read_only
        return connection

    return create_engine(
        "postgresql+psycopg://", creator=open_one, poolclass=NullPool, use_native_hstore=False
    )


def reader_of(driver: psycopg.Connection[Any]) -> ServerReader:
    """A reader of what a connection sees, with what it has written."""
    return ServerReader(driver, schema_of(driver))


@contextmanager
def bulk_loading(driver: psycopg.Connection[Any]) -> Iterator[None]:
    """Without triggers, for the entries have some that cost time."""
    driver.execute("ALTER TABLE entry DISABLE TRIGGER USER")
    yield
    driver.execute("ALTER TABLE entry ENABLE TRIGGER USER")


def insert(driver: Any, table: str, columns: Sequence[str], values: Sequence[Any], then: str) -> None:
    """Insert rows; `values` has theirs, one row after another. `then` ends the statement.

    They go as one JSON value: the server takes half the time that a parameter for each of their fields would cost it.
    """
    from ksmy_tracker.chain import to_canonical_json

    width = len(columns)
    rows = [
        dict(zip(columns, values[begin : begin + width], strict=True))
        for begin in range(0, len(values), width)
    ]
    names = ", ".join(columns)
    driver.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s){then}",
        [to_canonical_json(rows)],
    )


def lock_schema(driver: Any, timeout: float) -> None:
    """Wait until nobody else changes the schema; the transaction's end gives the lock back."""
    driver.execute(f"SET LOCAL lock_timeout = {_milliseconds(timeout)}")
    driver.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])


def stored_revision(driver: Any, server: Server) -> str | None:
    """The schema revision a register says it has; raises `NoRegister` where there is none."""
    versions, entries = driver.execute(
        "SELECT to_regclass('alembic_version') IS NOT NULL, to_regclass('entry') IS NOT NULL"
    ).fetchone()
    if not versions:
        raise NoRegister(f"there is no register in {server}; create one with `ksmy init`")
    rows = driver.execute("SELECT version_num FROM alembic_version LIMIT 2").fetchall()
    if rows and not entries:
        raise NoRegister(f"{server} is a database of another program, not a register")
    return the_revision(rows, server)


def schema_of(driver: Any) -> str:
    """The schema that the register's tables are in, as SQL quotes it."""
    found = driver.execute(
        "SELECT quote_ident(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = to_regclass('entry')"
    ).fetchone()
    return str(found[0])


def _require_revision(driver: Any, server: Server) -> str:
    """Refuse a register of another revision; return the schema its tables are in."""
    require_current(stored_revision(driver, server), server)
    return schema_of(driver)


@contextmanager
def translated(server: Server) -> Iterator[None]:
    """Turn what the server says went wrong into the sentence and the exit code for it."""
    try:
        yield
    except BrokenEntry as error:
        raise Damaged(f"{server} is damaged: {error}; restore the newest sound backup") from error
    except Exception as error:
        original = _original(error)
        if original is None:
            raise
        raise _explain(original, server) from error


def _original(error: BaseException) -> psycopg.Error | None:
    """Psycopg's error, also where SQLAlchemy wraps it."""
    found = error if isinstance(error, psycopg.Error) else getattr(error, "orig", None)
    return found if isinstance(found, psycopg.Error) else None


def _runs_again(error: psycopg.Error) -> bool:
    """Whether another transaction was in the way; some servers report it as the place in the chain being taken."""
    return error.sqlstate in RUN_AGAIN or (
        error.sqlstate == "23505" and error.diag.constraint_name == "pk_entry"
    )


def _is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone, rather than a statement refused."""
    state = error.sqlstate
    return isinstance(error, psycopg.OperationalError) and (
        state is None or state.startswith("08") or state in ("57P01", "57P02", "57P03", "25006")
    )


def _explain(error: psycopg.Error, server: Server) -> KsmyError:
    state = error.sqlstate or ""
    said = " ".join((error.diag.message_primary or str(error)).split())
    if state in ("55P03", "57014", *RUN_AGAIN):
        return Busy(f"another process is writing to {server}; try again, or give a longer --timeout")
    if state == "42501":
        return KsmyError(f"this user may not do that in {server} ({said}); ask its owner for the right to")
    if state == "25006":
        return KsmyError(f"{server} can only be read: it is a standby; name the primary to change anything")
    if state.startswith("53"):
        return KsmyError(f"there is no room left to write {server} ({said}); nothing was changed")
    if state == "57P01" or _is_lost(error):
        return KsmyError(f"the connection to {server} was lost; try again")
    if state.startswith(("XX", "22", "23", "42")):
        return Damaged(f"{server} is damaged ({said}); restore the newest sound backup")
    return KsmyError(f"the server could not go on with {server}: {said}")


def _milliseconds(seconds: float) -> int:
    return max(1, int(min(seconds, 1e6) * 1000))
