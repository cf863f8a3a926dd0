"""What a timeline asks of a register: what it draws, and counts of the rest."""

from collections.abc import Sequence
from datetime import date

from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.rows import Filters, days_before
from ksmy_tracker.domain.timeline import Timeline, build
from ksmy_tracker.domain.words import OPEN_STATUSES
from ksmy_tracker.reading.commitments import commitments, count_commitments
from ksmy_tracker.reading.milestones import milestones_of
from ksmy_tracker.reading.snapshot import Snapshot


def timeline(
    snapshot: Snapshot,
    only: Filters,
    start: date | None = None,
    end: date | None = None,
    most: int | None = None,
) -> Timeline:
    """The timeline of what passes the filters: of at most so many commitments, where a number is given."""
    dated = only._replace(dated=True)
    left_out: Sequence[tuple[str, int]] = ()
    if most is not None and (total := count_commitments(snapshot, dated)) > most:
        rows, left_out = _nearest(snapshot, dated, total, most)
    else:
        rows = commitments(snapshot, dated, sort=["due"])
    room = None if most is None else most - len(rows)
    if room != 0:
        rows += commitments(snapshot, only._replace(dated=False, marked=True), limit=room)
    return build(
        rows,
        milestones_of(snapshot, [row.ref for row in rows]),
        snapshot.day.today,
        start,
        end,
        undated=count_commitments(snapshot, only._replace(dated=False)),
        left_out=left_out,
    )


def _nearest(
    snapshot: Snapshot, dated: Filters, total: int, most: int
) -> tuple[list[Commitment], Sequence[tuple[str, int]]]:
    """What is due next, with the latest of what is overdue as a quarter of it at most; and the rest by kind."""
    overdue = dated._replace(overdue=True)
    coming = dated._replace(status=OPEN_STATUSES, due_after=days_before(snapshot.day.today, 1))
    late = commitments(snapshot, overdue, sort=["-due"], limit=most // 4)
    next_ones = commitments(snapshot, coming, sort=["due"], limit=most - len(late))
    all_late, all_coming = count_commitments(snapshot, overdue), count_commitments(snapshot, coming)
    rest = (
        ("overdue", all_late - len(late)),
        ("later", all_coming - len(next_ones)),
        ("completed or cancelled", total - all_late - all_coming),
    )
    return late + next_ones, [(kind, count) for kind, count in rest if count]
