"""Reaching a PostgreSQL server: the tries to connect within a time limit, and why they failed.

psycopg is imported here first, for a register that is on a server.
"""

import os
import re
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ksmy_tracker.errors import Busy, NoRegister
from ksmy_tracker.storage.postgres import url
from ksmy_tracker.storage.postgres.url import Server

try:
    import psycopg as psycopg  # noqa: PLC0414  # others have it from here, so that its lack is told in one place
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
    """A try to connect that failed: libpq's text, and what to do; None where the URL itself is at fault."""

    def __init__(self, text: str, hint: str | None) -> None:
        super().__init__(text)
        self.hint = hint


def opened(server: Server, parameters: dict[str, Any], until: float, limit: float) -> "PGconn":
    """A connection to the first of the servers named that takes one; each gets its share of the time."""
    failed: _Failed | None = None
    try:
        attempts = _resolved(parameters, until)
    except psycopg.Error as error:
        failed, attempts = _Failed(str(error), _PLACE), []
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
    reached: int | None = None
    with _traced(pgconn) as trace:
        while pgconn.status != pq.ConnStatus.BAD:
            reached = pgconn.status
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
        failed = _Failed(_words_of(pgconn), _hint(pgconn, parameters, reached, trace()))
    pgconn.finish()
    raise failed


def _words_of(pgconn: "PGconn") -> str:
    """What libpq says of a failure, in whichever language it does."""
    return pgconn.get_error_message()


@contextmanager
def _traced(pgconn: Any) -> Iterator[Callable[[], str]]:
    """What tells the messages that were exchanged with the server: libpq keeps no SQLSTATE, but its trace has it."""
    try:
        file = os.memfd_create("ksmy")
    except (AttributeError, OSError):
        yield str
        return

    def trace() -> str:
        with suppress(psycopg.Error):
            pgconn.untrace()  # writes what it holds back, too
        return os.pread(file, 1 << 16, 0).decode(errors="replace")

    try:
        with suppress(psycopg.Error):
            pgconn.trace(os.dup(file))
        yield trace
    finally:
        with suppress(psycopg.Error):
            pgconn.untrace()
        os.close(file)


#: What to do about a connection that failed.
_PLACE: Final = "check the host and the port, and that the server runs"
_PASSWORD: Final = "check the user and the password (PGPASSWORD or ~/.pgpass)"  # noqa: S105  # none
_ENCRYPTION: Final = "check sslmode in the URL"
_ANOTHER: Final = "name a server that can be written to"

#: The same by the SQLSTATE of the server.
_BY_STATE: Final = {
    "28P01": _PASSWORD,
    "28000": "check the user, and sslmode in the URL",
    "3D000": "have it created with createdb, then run `ksmy init`",
    "42501": "ask the database's owner for the right to connect",
    "53300": "try again later",
    "57P03": "try again later",
}

#: libpq before this version traces nothing of how it comes to an encrypted connection.
_TRACES_ENCRYPTION: Final = 180000


def _hint(pgconn: "PGconn", parameters: dict[str, Any], reached: int | None, trace: str) -> str | None:
    """What to do about a try that failed after a step of libpq's was reached, by what was exchanged until then.

    Never by words: they are in any language.
    """
    if states := re.findall(r'\tErrorResponse\t.* C "(\w{5})" ', trace):
        return _BY_STATE.get(states[-1], _PLACE)
    if "\tReadyForQuery\t" in trace:
        return _ANOTHER  # not what target_session_attrs asks for
    if pgconn.needs_password or "\tAuthentication" in trace:
        return _PASSWORD
    if reached in (pq.ConnStatus.SSL_STARTUP, pq.ConnStatus.GSS_STARTUP):
        answered = "\tSSLResponse\t" in trace or "\tGSSENCResponse\t" in trace
        return _ENCRYPTION if answered or pq.version() < _TRACES_ENCRYPTION else _PLACE
    if reached == pq.ConnStatus.AWAITING_RESPONSE and parameters.keys() & {"require_auth", "channel_binding"}:
        return _PASSWORD
    return None if reached is None and _is_there(parameters) else _PLACE


def _is_there(parameters: dict[str, Any]) -> bool:
    """Whether something could answer where libpq did not even try: then what else the URL says is at fault."""
    host, port = str(parameters.get("host") or ""), str(parameters.get("port") or 5432)
    if not port.isdecimal() or not 0 < int(port) < 1 << 16:
        return True
    in_folder = host.startswith("/")
    address = parameters.get("hostaddr") or host
    if not address:
        return False
    family = socket.AF_UNIX if in_folder else socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as trying:
        trying.setblocking(False)
        try:
            trying.connect(f"{host}/.s.PGSQL.{port}" if in_folder else (address, int(port)))
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True


def _reason(failed: _Failed, server: Server) -> str:
    """Why a connection failed, in one line without a password, and what to do."""
    lines = [line.strip() for line in str(failed).splitlines() if line.strip() and not line.startswith("\t")]
    # What libpq puts in front of it is known only in English, and left where it is not.
    said = re.sub(r"^.*?connection to server (at|on) .*? failed: ", "", lines[-1] if lines else "")
    said = re.sub(r"^[^\s:]+:  ", "", said).partition("; ")[0].strip().rstrip("?.")
    if failed.hint is None or not said:
        return "the URL is not as it should be; write it as postgresql://USER@HOST:PORT/DATABASE"
    for secret in url.hidden_in(server.url):
        said = said.replace(secret, "***")
    return f"{said}; {failed.hint}"
