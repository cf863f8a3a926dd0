"""ksmy check: whether a register is sound."""

from typing import Annotated

from ksmy_tracker.cli.command import LOOK_AFTER, command, option
from ksmy_tracker.cli.output import complain, emit
from ksmy_tracker.cli.where import Where
from ksmy_tracker.errors import Damaged
from ksmy_tracker.storage.place import Location


@command(LOOK_AFTER, "ksmy check --expect-head $(cat last-head)")
def check(
    expect_head: Annotated[
        str | None,
        option(
            "--expect-head",
            read=lambda given: given.strip().lower(),
            metavar="HASH",
            help="A head seen earlier that must still be in the history.",
        ),
    ],
    where: Where,
) -> None:
    """Check that a register is sound: its file, its schema, its chain, each record against its history."""
    from ksmy_tracker.reading import check as audit
    from ksmy_tracker.render.wording import plural

    with where.reading() as reader:
        found = audit.check(reader, expect_head)
    if isinstance(where.db, Location):
        from ksmy_tracker.storage.private_folder import remains
        from ksmy_tracker.storage.sqlite.ordinary_tables import fault_in_header

        if (fault := fault_in_header(where.db.path)) is not None:
            found.faults.append(f"database: {fault}")
        for left in remains(where.db.path.parent):
            complain(f"{left} was left by a command that was killed; `ksmy migrate` removes it")
    if found.faults:
        raise Damaged(f"{where.db} failed its check", tuple(found.faults))
    counts = ", ".join(plural(count, record) for record, count in found.counts.items())
    emit(f"ok: {counts}; head {found.head or 'none'}\n")
