"""What a timeline asks of a register: what it draws, and counts of the rest."""

from collections.abc import Sequence
from datetime import date

from ksmy_tracker.domain.kinds import Commitment
from ksmy_tracker.domain.rows import Filters, days_before
from ksmy_tracker.domain.timeline import Timeline, build, quarter_end, quarter_start
from ksmy_tracker.domain.words import OPEN_STATUSES
from ksmy_tracker.reading.commitments import commitments, count_commitments
from ksmy_tracker.reading.filters import searched
from ksmy_tracker.reading.milestones import milestones_of
from ksmy_tracker.reading.snapshot import Snapshot

#: How many of what there is are not drawn, by kind.
LeftOut = Sequence[tuple[str, int]]


def timeline(
    snapshot: Snapshot,
    only: Filters,
    start: date | None = None,
    end: date | None = None,
    most: int | None = None,
) -> Timeline:
    """The timeline of what passes the filters; with `most` of those due nearest to today, where there are more."""
    snapshot, only = searched(snapshot, only)
    dated, marked = only._replace(dated=True), only._replace(dated=False, marked=True)
    touches = str(quarter_start(start or date.min)), str(quarter_end(end or date.max))
    left_out: list[tuple[str, int]] = []
    total = count_commitments(snapshot, dated)
    if most is None or total <= most:
        rows, outside = commitments(snapshot, dated, sort=["due"]), 0
    else:
        rows, left_out = _around_today(snapshot, dated._replace(touches=touches), most)
        outside = total - len(rows) - sum(count for _, count in left_out)
    room = None if most is None else most - len(rows)
    if room is not None and count_commitments(snapshot, marked) > room:
        marked = marked._replace(touches=touches)
        if (more := count_commitments(snapshot, marked) - room) > 0:
            left_out.append(("whose milestones alone have dates", more))
    rows += commitments(snapshot, marked, limit=room)
    found = _built(snapshot, only, rows, left_out, start, end)
    return found._replace(outside=found.outside + outside)


def next_due(snapshot: Snapshot, only: Filters, most: int) -> Timeline:
    """The timeline of what is due next, and of the latest of what is overdue, where there are more than so many."""
    snapshot, only = searched(snapshot, only)
    dated = only._replace(dated=True)
    left_out: LeftOut = ()
    if (total := count_commitments(snapshot, dated)) > most:
        rows, left_out = _nearest(snapshot, dated, total, most)
    else:
        rows = commitments(snapshot, dated, sort=["due"])
    rows += commitments(snapshot, only._replace(dated=False, marked=True), limit=most - len(rows))
    return _built(snapshot, only, rows, left_out)


def _built(
    snapshot: Snapshot,
    only: Filters,
    rows: Sequence[Commitment],
    left_out: LeftOut,
    start: date | None = None,
    end: date | None = None,
) -> Timeline:
    return build(
        rows,
        milestones_of(snapshot, [row.ref for row in rows]),
        snapshot.day.today,
        start,
        end,
        undated=count_commitments(snapshot, only._replace(dated=False)),
        left_out=left_out,
    )


def _around_today(
    snapshot: Snapshot, dated: Filters, most: int
) -> tuple[list[Commitment], list[tuple[str, int]]]:
    """Those due nearest to today, a quarter of them before it where there are as many; and the rest by kind."""
    before = dated._replace(due_before=str(snapshot.day.today))
    after = dated._replace(due_after=days_before(snapshot.day.today, 1))
    later = commitments(snapshot, after, sort=["due"], limit=most)
    earlier = commitments(snapshot, before, sort=["-due"], limit=max(most // 4, most - len(later)))
    del later[most - len(earlier) :]
    rest = (
        ("earlier", count_commitments(snapshot, before) - len(earlier)),
        ("later", count_commitments(snapshot, after) - len(later)),
    )
    return earlier + later, [(kind, count) for kind, count in rest if count]


def _nearest(snapshot: Snapshot, dated: Filters, total: int, most: int) -> tuple[list[Commitment], LeftOut]:
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
