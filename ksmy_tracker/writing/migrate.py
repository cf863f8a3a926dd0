"""Migrating a register, whose history and records must be what the writer can have left."""

from pathlib import Path

from ksmy_tracker.reading.check import require_sound
from ksmy_tracker.storage.interface import TIMEOUT, Register


def migrate(register: Register, timeout: float = TIMEOUT) -> tuple[str | None, Path | None]:
    """Bring a register's schema up to this program's; return the revision it had and where its backup is."""
    return register.migrate(require_sound, timeout)
