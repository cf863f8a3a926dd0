"""ksmy migrate: a register of an older version, brought up to date."""

from ksmy_tracker import signals
from ksmy_tracker.cli.command import LOOK_AFTER, command
from ksmy_tracker.cli.output import emit, emit_done
from ksmy_tracker.cli.where import Where
from ksmy_tracker.storage.revisions import REVISIONS


@command(LOOK_AFTER, "ksmy migrate")
def migrate(where: Where) -> None:
    """Bring a register made by an older version up to date, after a backup beside it (a file's; see docs/server.md)."""
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.writing.migrate import migrate as migrate_register

    in_doubt = f"whether {where.db} is migrated is not known; `ksmy check` tells"
    signals.once(signals.COMMITTED, f"{where.db} is migrated", in_doubt=in_doubt)
    before, backup = migrate_register(where.db, where.timeout)
    name, newest = visible(str(where.db)), REVISIONS[-1]
    if before == newest:
        emit(f"{name} is up to date (schema {before})\n")
    else:
        kept = f"; the register as it was is in {visible(str(backup))}" if backup is not None else ""
        emit_done(f"{name} migrated from schema {before or 'none'} to {newest}{kept}\n")
