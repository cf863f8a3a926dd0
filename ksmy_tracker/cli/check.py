"""ksmy check: whether a register is sound."""

from typing import Annotated

from ksmy_tracker.cli.command import LOOK_AFTER, command, option
from ksmy_tracker.cli.output import complain, emit
from ksmy_tracker.cli.where import Where
from ksmy_tracker.errors import Damaged


@command(LOOK_AFTER, "ksmy check --expect-head $(cat last-head)")
def check(
    expect_head: Annotated[
        str | None,
        option(
            "--expect-head",
            "HASH",
            "A head seen earlier that must still be in the history.",
            lambda given: given.strip().lower(),
        ),
    ],
    where: Where,
) -> None:
    """Check that a register is sound: its file, its schema, its chain, each record against its history."""
    from ksmy_tracker.reading import check as audit
    from ksmy_tracker.render.wording import plural

    with where.reading() as reader:
        found = audit.check(reader, expect_head)
    if (fault := where.db.fault_outside()) is not None:
        found.faults.append(fault)
    for left in where.db.remains():
        complain(f"{left} was left by a command that was killed; `ksmy migrate` removes it")
    if found.faults:
        raise Damaged(f"{where.db} failed its check", tuple(found.faults))
    counts = ", ".join(plural(count, record) for record, count in found.counts.items())
    emit(f"ok: {counts}; head {found.head or 'none'}\n")
