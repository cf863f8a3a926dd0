"""The commands that look after a register as a whole: init, check, backup, migrate."""

from pathlib import Path
from typing import Annotated

import typer

from ksmy_tracker import clock, signals
from ksmy_tracker.cli import completing, options
from ksmy_tracker.cli.options import DEFAULT_TIMEOUT, DEFAULT_ZONE, LOOK_AFTER
from ksmy_tracker.cli.output import complain, emit, emit_done
from ksmy_tracker.errors import Damaged, Usage
from ksmy_tracker.storage.files import expanded
from ksmy_tracker.storage.revisions import REVISIONS

app = typer.Typer()


@app.command("init", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy init --db ./register.db")
def init_register(
    seed: Annotated[
        Path | None,
        typer.Option(
            "--seed",
            metavar="FILE",
            autocompletion=completing.files,
            help="Fill it from this seed instead of the summit's.",
        ),
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Leave it empty.")] = False,
    by: options.By = None,
    tz: options.Zone = DEFAULT_ZONE,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Create a register with what was promised at the summit of November 2024."""
    if seed is not None and empty:
        raise Usage("--seed and --empty exclude each other; give one")
    location = options.register_at(db)
    actor = options.actor(by)
    today = clock.today(tz)
    location.check_free()
    from ksmy_tracker.storage.shipped import shipped
    from ksmy_tracker.writing.seed import read_seed

    changes = [] if empty else read_seed(seed or shipped("seed.json"), today)
    from ksmy_tracker.writing.record import Recording, record

    recording = Recording(actor, clock.now(), today)
    options.once_made(location, "created")
    with location.creating(timeout) as transaction:
        record(transaction, changes, recording)
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.render.wording import plural

    kinds = [change.record for change in changes]
    emit_done(
        f"created {visible(str(location))} with {plural(kinds.count('agreement'), 'agreement')} "
        f"and {plural(kinds.count('commitment'), 'commitment')}\n"
    )


@app.command("check", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy check --expect-head $(cat last-head)")
def check_register(
    expect_head: Annotated[
        str | None,
        typer.Option(
            "--expect-head", metavar="HASH", help="A head seen earlier that must still be in the history."
        ),
    ] = None,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Check that a register is sound: its file, its schema, its chain, each record against its history."""
    from ksmy_tracker.reading import check as audit
    from ksmy_tracker.render.wording import plural

    location = options.register_at(db)
    with location.reading(timeout) as reader:
        found = audit.check(reader, expect_head and expect_head.strip().lower())
    if (fault := location.fault_outside()) is not None:
        found.faults.append(fault)
    for left in location.remains():
        complain(f"{left} was left by a command that was killed; `ksmy migrate` removes it")
    if found.faults:
        raise Damaged(f"{location} failed its check", tuple(found.faults))
    counts = ", ".join(plural(count, record) for record, count in found.counts.items())
    emit(f"ok: {counts}; head {found.head or 'none'}\n")


@app.command("backup", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy backup register-2026-11-23.db")
def back_up(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", autocompletion=completing.files, help="Where to put the copy."),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Copy a register as it is at one moment, while others may go on using it; `ksmy check --db` proves the copy."""
    from ksmy_tracker.domain.safe_text import visible

    signals.once(signals.PLACED, f"the backup {file} is made")
    head = options.register_at(db).backup(expanded(str(file)), timeout, force=force)
    emit_done(f"backed up to {visible(str(file))}; head {visible(head or 'none')}\n")


@app.command("migrate", rich_help_panel=LOOK_AFTER, epilog="Example: ksmy migrate")
def migrate_register(
    db: options.Db = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Bring a register made by an older version up to date, after a backup beside it (a file's; see docs/server.md)."""
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.writing import schema

    location = options.register_at(db)
    in_doubt = f"whether {location} is migrated is not known; `ksmy check` tells"
    signals.once(signals.COMMITTED, f"{location} is migrated", in_doubt=in_doubt)
    before, backup = schema.migrate(location, timeout)
    name, newest = visible(str(location)), REVISIONS[-1]
    if before == newest:
        emit(f"{name} is up to date (schema {before})\n")
    else:
        kept = f"; the register as it was is in {visible(str(backup))}" if backup is not None else ""
        emit_done(f"{name} migrated from schema {before or 'none'} to {newest}{kept}\n")
