"""Which register a command is about, and how long it waits for it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated

from ksmy_tracker import signals
from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import option
from ksmy_tracker.domain.values import read_seconds
from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.interface import TIMEOUT, Reader, Register
from ksmy_tracker.storage.locate import locate


def _named(given: str) -> Register:
    if not given:  # an empty variable of the environment counts as none
        raise Usage("--db is empty; name a register, or leave the option out for your own")
    return locate(given)


Db = Annotated[
    Register,
    option(
        "--db",
        "PATH",
        "The register: a file's path, or postgresql://USER@HOST/DATABASE.",
        _named,
        settle=lambda register: register or locate(None),
        envvar="KSMY_DATABASE_URL",
        offers=completion.files,
    ),
]
Timeout = Annotated[
    float,
    option(
        "--timeout",
        "SECONDS",
        "How long to wait for another writer, or for a server.",
        read_seconds,
        default=TIMEOUT,
    ),
]


@dataclass(frozen=True, slots=True)
class Where:
    """A register, and how long to wait for it."""

    db: Db
    timeout: Timeout

    def reading(self) -> AbstractContextManager[Reader]:
        """Open the register to read."""
        return self.db.reading(self.timeout)

    def once_made(self, made: str) -> None:
        """Say what will be true of the register once it is made."""
        in_doubt = f"whether {self.db} is {made} is not known; `ksmy check` tells"
        signals.once(self.db.made_once, f"{self.db} is {made}", in_doubt=in_doubt)
