"""From what a user named to the register that it means, of the engine that keeps it."""

import re
from pathlib import Path
from typing import Final

from ksmy_tracker.errors import NoRegister, Usage
from ksmy_tracker.storage.files import expanded
from ksmy_tracker.storage.interface import Register

#: What begins a name of a server, whatever follows. A file whose name begins so is named with ./ before it.
_URL: Final = re.compile(r"\s*postgres(ql)?(\+psycopg)?:", re.IGNORECASE)
#: What begins libpq's other form, `host=... dbname=...`, where it knows a parameter of that name.
_PARAMETER: Final = re.compile(r"\s*(\w+)\s*=")
#: What may be one with a slip in it, and a password: not what begins as a path of a file does.
_LIKE_A_SERVER: Final = re.compile(
    r"(?![./~])(\w+[:\uff1a]?[/\uff0f]{2}|.*[:\uff1a].*[@\uff20]|.*pass(word|file)?\s*=)",
    re.IGNORECASE | re.DOTALL,
)


def locate(named: str | None) -> Register:
    """The register a user named, else the one in the user's data.

    Named by a path, a URL (`sqlite:///`, `postgresql://`), or as libpq names a server (`host=... dbname=...`).
    """
    if not named:
        return _in_file(_own_path())
    if begins := _URL.match(named):
        rest = named[begins.end() :]
        if not rest.startswith("//"):
            raise Usage("a register on a server is postgresql://USER@HOST/DATABASE, with two slashes")
        return _on_server(f"postgresql:{rest}")
    if (begins := _PARAMETER.match(named)) and _is_parameter(begins[1]):
        return _on_server(named)
    scheme, separator, rest = named.partition("://")
    if not separator and _LIKE_A_SERVER.match(named):
        raise Usage(
            "this is neither a server's name, such as postgresql://USER@HOST/DATABASE, nor plainly a file's; "
            "put ./ before the name of a file"
        )
    if not separator:
        return _in_file(expanded(named))
    if scheme in ("sqlite", "sqlite+pysqlite") and len(rest) > 1 and rest.startswith("/"):
        return _in_file(Path(rest[1:].partition("?")[0]))
    begun = f"{scheme}://" if re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) else "this"
    raise Usage(
        "a register is a file's path, sqlite:///PATH or postgresql://USER@HOST/DATABASE; "
        f"{begun} is not one this program can open"
    )


def _in_file(path: Path) -> Register:
    from ksmy_tracker.storage.sqlite.register import FileRegister

    return FileRegister(path)


def _on_server(url: str) -> Register:
    from ksmy_tracker.storage.postgres.register import ServerRegister
    from ksmy_tracker.storage.postgres.url import Server

    return ServerRegister(Server(url))


def _is_parameter(name: str) -> bool:
    from ksmy_tracker.storage.postgres.url import is_parameter

    return is_parameter(name)


def _own_path() -> Path:
    """Where a user's own register is."""
    from platformdirs import user_data_path

    try:
        return user_data_path("ksmy", appauthor=False) / "register.db"
    except (RuntimeError, KeyError, OSError):
        raise NoRegister("this user has no home directory for a register; name one with --db") from None
