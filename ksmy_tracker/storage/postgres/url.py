"""What a URL of a server says, read by libpq's own parser, and what of it may be shown: never a password."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from ksmy_tracker.errors import Usage


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """A database on a PostgreSQL server, as libpq takes it: a URL, or `keyword=value` text.

    Shown without anything that may be a password.
    """

    url: str

    def __str__(self) -> str:
        return shown(self.url)

    __repr__ = __str__


#: What names may be shown as they are. Anything else may be a piece of a password that stands in the wrong place.
_PLAIN: Final = re.compile(r"[\w.$+~-]+")
_FOLDER: Final = re.compile(r"@?/[\w./+~-]*")
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f:.]+(%\w+)?")

#: Parameters that may be shown besides, with what they may say.
_SHOWN: Final = {
    "service": _PLAIN,
    "sslmode": re.compile("disable|allow|prefer|require|verify-ca|verify-full"),
    "target_session_attrs": re.compile("any|read-write|read-only|primary|standby|prefer-standby"),
}

#: Hidden, whatever stands there; `options` may set anything.
_SECRET: Final = re.compile("pass|secret|token|key|options")
_HIDDEN: Final = "***"


def is_parameter(name: str) -> bool:
    """Whether libpq knows a parameter of that name, in any case; where there is no libpq, any may be one."""
    try:
        from psycopg.pq import Conninfo
    except ImportError:
        return True
    return name.lower() in {known.keyword.decode() for known in Conninfo.parse(b"")}


def parameters_of(url: str) -> dict[str, str] | None:
    """The connection parameters a URL (or `keyword=value` text) names; None where libpq cannot read it."""
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        return None
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except (Error, ValueError):
        return None


def required_parameters(url: str) -> dict[str, str]:
    """The same; raises `Usage`, which shows nothing of what could not be read."""
    found = parameters_of(url)
    if found is None:
        raise Usage(
            "the name of the server cannot be read; write it as postgresql://USER@HOST:PORT/DATABASE, "
            "with %-encoding for anything but letters and digits"
        )
    return found


def shown(url: str) -> str:
    """A URL as it may be shown: user, host, port and database, as libpq understood them."""
    found = parameters_of(url)
    if found is None:
        return "postgresql://..."
    hosts, ports = found.get("host", ""), found.get("port", "")
    more = {}
    if "/" in hosts or (ports and not hosts):
        more = {"host": _each(hosts, _host), "port": _each(ports, _port)}
        place = ""
    else:
        place = _with_ports(hosts.split(","), ports.split(",")) if hosts else ""
    more |= {
        name: found[name] if form.fullmatch(found[name]) else _HIDDEN
        for name, form in _SHOWN.items()
        if name in found
    }
    user = f"{_name(found['user'])}@" if found.get("user") else ""
    rest = urlencode({name: value for name, value in more.items() if value}, safe="/,*@:", quote_via=quote)
    return f"postgresql://{user}{place}/{_name(found.get('dbname', ''))}{'?' if rest else ''}{rest}"


def hidden_in(url: str) -> list[str]:
    """What no message may repeat: secrets, and whatever `shown` does not show; the longest first."""
    found = parameters_of(url)
    if found is None:
        return []
    pieces = {"host": _host, "port": _port, "user": _name, "dbname": _name}
    hidden = set()
    for name, value in found.items():
        if _SECRET.search(name):
            hidden.add(value)
        for piece in (value, *value.split(",")):
            if name in pieces:
                if pieces[name](piece) == _HIDDEN and not (name in ("host", "port") and "," in piece):
                    hidden.add(piece)
            elif not _PLAIN.fullmatch(piece):
                hidden.add(piece)
    return sorted(filter(None, hidden), key=len, reverse=True)


def _with_ports(hosts: list[str], ports: list[str]) -> str:
    every = ports * len(hosts) if len(ports) == 1 else [*ports, *[""] * len(hosts)]
    return ",".join(
        _host(host) + (f":{_port(port)}" if port else "") for host, port in zip(hosts, every, strict=False)
    )


def _each(values: str, show: Callable[[str], str]) -> str:
    return ",".join(show(value) for value in values.split(","))


def _host(name: str) -> str:
    if ":" in name:
        return f"[{name}]" if _ADDRESS.fullmatch(name) else _HIDDEN
    return name if not name or _PLAIN.fullmatch(name) or _FOLDER.fullmatch(name) else _HIDDEN


def _port(number: str) -> str:
    return number if re.fullmatch(r"\d{0,5}", number) else _HIDDEN


def _name(name: str) -> str:
    return name if not name or _PLAIN.fullmatch(name) else _HIDDEN
