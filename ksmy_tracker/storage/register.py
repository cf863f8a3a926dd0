"""A register's database: from what the user named to reading or writing it, whichever engine keeps it.

What is an engine's own is in sqlite.py and server.py; each is imported only for a register that it keeps.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, TypeVar

from ksmy_tracker.errors import NoRegister, Usage
from ksmy_tracker.storage.files import expanded
from ksmy_tracker.storage.interface import TIMEOUT, Reader, Transaction
from ksmy_tracker.storage.place import Location, Place, Server

Done = TypeVar("Done")

#: What begins a name of a server, whatever follows. A file whose name begins so is named with ./ before it.
_URL: Final = re.compile(r"\s*postgres(ql)?(\+psycopg)?:", re.IGNORECASE)
_KEYWORDS: Final = re.compile(
    r"\s*(host|hostaddr|port|dbname|user|password|passfile|service|options|connect_timeout|client_encoding|"
    r"application_name|target_session_attrs|require_auth|channel_binding|ssl\w+|gss\w+|krb\w+)\s*=",
    re.IGNORECASE,
)
#: What may be one with a slip in it, and a password: not what begins as a path of a file does.
_LIKE_A_SERVER: Final = re.compile(
    r"(?![./~])(\w+[:\uff1a]?[/\uff0f]{2}|.*[:\uff1a].*[@\uff20]|.*pass(word|file)?\s*=)",
    re.IGNORECASE | re.DOTALL,
)


def locate(named: str | None) -> Place:
    """The register a user named, else the one in the user's data.

    Named by a path, a URL (`sqlite:///`, `postgresql://`), or as libpq names a server (`host=... dbname=...`).
    """
    if not named:
        return Location(_own_path())
    if begins := _URL.match(named):
        rest = named[begins.end() :]
        if not rest.startswith("//"):
            raise Usage("a register on a server is postgresql://USER@HOST/DATABASE, with two slashes")
        return Server(f"postgresql:{rest}")
    if _KEYWORDS.match(named):
        return Server(named)
    scheme, separator, rest = named.partition("://")
    if not separator and _LIKE_A_SERVER.match(named):
        raise Usage(
            "this is neither a server's name, such as postgresql://USER@HOST/DATABASE, nor plainly a file's; "
            "put ./ before the name of a file"
        )
    if not separator:
        return Location(expanded(named))
    if scheme in ("sqlite", "sqlite+pysqlite") and len(rest) > 1 and rest.startswith("/"):
        return Location(Path(rest[1:].partition("?")[0]))
    begun = f"{scheme}://" if re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) else "this"
    raise Usage(
        "a register is a file's path, sqlite:///PATH or postgresql://USER@HOST/DATABASE; "
        f"{begun} is not one this program can open"
    )


def _own_path() -> Path:
    """Where a user's own register is."""
    from platformdirs import user_data_path

    try:
        return user_data_path("ksmy", appauthor=False) / "register.db"
    except (RuntimeError, KeyError, OSError):
        raise NoRegister("this user has no home directory for a register; name one with --db") from None


def reading(place: Place, timeout: float = TIMEOUT) -> AbstractContextManager[Reader]:
    """Open a register to read: nothing it does changes it. Raises `NoRegister`, `Busy` or `Damaged`."""
    if isinstance(place, Server):
        from ksmy_tracker.storage.postgres import engine as server

        return server.reading(place, timeout)
    from ksmy_tracker.storage.sqlite import engine as sqlite

    return sqlite.reading(place, timeout)


def write(
    place: Place,
    work: Callable[[Transaction], Done],
    timeout: float = TIMEOUT,
    *,
    dry_run: bool = False,
    invocation: str,
) -> Done:
    """Do the work in one transaction and return what it returns, once that is committed.

    On a server the work may run several times; `invocation` tells whether an earlier time landed after all.
    """
    if isinstance(place, Server):
        from ksmy_tracker.storage.postgres import engine as server

        return server.write(place, work, timeout, dry_run=dry_run, invocation=invocation)
    from ksmy_tracker.storage.sqlite import engine as sqlite

    return sqlite.write(place, work, timeout, dry_run=dry_run)
