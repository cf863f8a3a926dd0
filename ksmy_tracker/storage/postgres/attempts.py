"""Reaching a PostgreSQL server: the tries to connect within a time limit, and why they failed.

psycopg is imported here first, for a register that is on a server.
"""

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.errors import Busy, NoRegister
from ksmy_tracker.storage.postgres import url
from ksmy_tracker.storage.postgres.url import Server

try:
    import psycopg as psycopg  # others have it from here, so that its lack is told in one place
    from psycopg import pq
    from psycopg.conninfo import conninfo_attempts, make_conninfo
except ImportError:
    raise NoRegister(
        "a register on a server needs psycopg; install it with: pip install 'psycopg[binary]'"
    ) from None

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

#: A host that is not looked up.
_ADDRESS: Final = re.compile(r"[\d.]+|[\da-fA-F]*:[\da-fA-F:.]*(%\w+)?")


class Silent(Busy):
    """No server answered a connection in time."""


class _Failed(Exception):
    """A try to connect that failed: libpq's text and the server's SQLSTATE, where there is one."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


def opened(server: Server, parameters: dict[str, Any], until: float, limit: float) -> "PGconn":
    """A connection to the first of the servers named that takes one; each gets its share of the time."""
    failed: _Failed | None = None
    try:
        attempts = _resolved(parameters, until)
    except psycopg.Error as error:
        failed, attempts = _Failed(str(error)), []
    for number, attempt in enumerate(attempts):
        now = monotonic()
        share = (max(until, now + 0.5) - now) / (len(attempts) - number)
        try:
            return _open(attempt, now + min(share, limit))
        except _Failed as error:
            failed = error
        except TimeoutError:
            pass
    if failed is None:
        raise Silent(f"{server} did not answer in time; check that it runs, or give a longer --timeout")
    raise NoRegister(f"{server} cannot be reached: {_reason(failed, server)}")


def _resolved(parameters: dict[str, Any], until: float) -> list[dict[str, Any]]:
    """The tries to make: one for each address of each host. What looks up names knows no time limit, so it is left."""
    hosts = str(parameters.get("host") or os.environ.get("PGHOST", "")).split(",")
    if all(not host or host.startswith(("/", "@")) or _ADDRESS.fullmatch(host) for host in hosts):
        return list(conninfo_attempts(parameters))
    from threading import Thread

    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(conninfo_attempts(parameters))
        except psycopg.Error as error:
            found.append(error)

    looking = Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(max(0.0, until - monotonic()))
    if not found:
        return []
    if isinstance(found[0], psycopg.Error):
        raise found[0]
    return list(found[0])


def _open(parameters: dict[str, Any], until: float) -> "PGconn":
    """One try. Raises `_Failed` or `TimeoutError`."""
    pgconn = pq.PGconn.connect_start(make_conninfo("", **parameters).encode())
    with _sqlstate_of(pgconn) as sqlstate:
        while pgconn.status != pq.ConnStatus.BAD:
            step = pgconn.connect_poll()
            if step == pq.PollingStatus.OK:
                pgconn.nonblocking = 1
                return pgconn
            if step == pq.PollingStatus.FAILED:
                break
            waiting = select.poll()
            waiting.register(
                pgconn.socket, select.POLLIN if step == pq.PollingStatus.READING else select.POLLOUT
            )
            if not waiting.poll(max(0.0, until - monotonic()) * 1000):
                pgconn.finish()
                raise TimeoutError
        text = pgconn.get_error_message()
        failed = _Failed(text, sqlstate() or ("28P01" if pgconn.needs_password else None))
    pgconn.finish()
    raise failed


@contextmanager
def _sqlstate_of(pgconn: Any) -> Iterator[Any]:
    """What tells the SQLSTATE with which a server refuses a connection: libpq keeps none, but its trace has it."""
    try:
        trace = os.memfd_create("ksmy")
    except (AttributeError, OSError):
        yield lambda: None
        return

    def sqlstate() -> str | None:
        with suppress(psycopg.Error):
            pgconn.untrace()  # writes what it holds back, too
        said = os.pread(trace, 1 << 16, 0).decode(errors="replace")
        found = re.findall(r'ErrorResponse\t.* C "(\w{5})" ', said)
        return found[-1] if found else None

    try:
        with suppress(psycopg.Error):
            pgconn.trace(os.dup(trace))
        yield sqlstate
    finally:
        with suppress(psycopg.Error):
            pgconn.untrace()
        os.close(trace)


#: What to do about a connection that failed, by the SQLSTATE of the server or by libpq's own words. libpq's are English
#: wherever this runs; the server's are in any language.
_BY_STATE: Final = {
    "28P01": "check the user and the password (PGPASSWORD or ~/.pgpass)",
    "28000": "check the user, and sslmode in the URL",
    "3D000": "have it created with createdb, then run `ksmy init`",
    "42501": "ask the database's owner for the right to connect",
    "53300": "try again later",
    "57P03": "try again later",
}
_BY_WORDS: Final = (
    (r"password|authentication", _BY_STATE["28P01"]),
    (r"SSL|certificate|GSS", "check sslmode in the URL"),
    (r"read-only|hot standby|recovery", "name a server that can be written to"),
    (r"", "check the host and the port, and that the server runs"),
)


def _reason(failed: _Failed, server: Server) -> str:
    """Why a connection failed, in one line without a password, and what to do."""
    lines = [line.strip() for line in str(failed).splitlines() if line.strip()]
    said = next((line for line in reversed(lines) if " failed: " in line), lines[-1] if lines else "")
    said = re.sub(r"^.*?connection to server (at|on) .*? failed: ", "", said)
    said = re.sub(r"^[^\s:]+:  ", "", said).partition("; ")[0].strip().rstrip("?.")
    if failed.sqlstate is None and (
        re.search(
            r"^(?!could not|failed to).*invalid (integer|port|connection|URI|sslmode|value|\w+ value)", said
        )
        or not said
    ):
        return "the URL is not as it should be; write it as postgresql://USER@HOST:PORT/DATABASE"
    hint = _BY_STATE.get(failed.sqlstate or "") or next(
        hint for words, hint in _BY_WORDS if not words or (failed.sqlstate is None and re.search(words, said))
    )
    for secret in url.hidden_in(server.url):
        said = said.replace(secret, "***")
    return f"{said}; {hint}"
