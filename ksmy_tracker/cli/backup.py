"""ksmy backup: a copy of a register."""

from pathlib import Path
from typing import Annotated

from ksmy_tracker import signals
from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK_AFTER, argument, command, flag
from ksmy_tracker.cli.output import emit_done
from ksmy_tracker.cli.where import Where
from ksmy_tracker.storage.files import expanded


@command(LOOK_AFTER, "ksmy backup register-2026-11-23.db")
def backup(
    file: Annotated[Path, argument("FILE", "Where to put the copy.", offers=completion.files)],
    force: Annotated[bool, flag("--force", "Replace a file that is there.")],
    where: Where,
) -> None:
    """Copy a register as it is at one moment, while others may go on using it; `ksmy check --db` proves the copy."""
    from ksmy_tracker.domain.safe_text import visible

    signals.once(signals.PLACED, f"the backup {file} is made")
    head = where.db.backup(expanded(str(file)), where.timeout, force=force)
    emit_done(f"backed up to {visible(str(file))}; head {visible(head or 'none')}\n")
