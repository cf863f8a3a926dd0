"""The deadline state: what the calendar says of a deadline on a given day (pure)."""

from datetime import date

from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES

#: Days ahead within which an open deadline is due soon.
HORIZON_DAYS = 90


def deadline_state(
    status: str,
    due_latest: date | None,
    completed_on: date | None,
    completed_latest: date | None,
    today: date,
    horizon: date,
) -> str:
    """What the calendar says of a commitment on `today`.

    `horizon` is the last day that counts as soon, `completed_latest` the last day of the due date in force
    when it was completed. A deadline has passed when its last day has
    ended: it is not overdue on that day.
    """
    if status == "cancelled":
        return "closed"
    if status == "completed":
        late = completed_on and completed_latest and completed_on > completed_latest
        return "met-late" if late else "met"
    return open_state(due_latest, today, horizon)


def milestone_deadline_state(
    state: str,
    due_latest: date | None,
    met_on: date | None,
    today: date,
    horizon: date,
    *,
    settled: bool = False,
) -> str:
    """What the calendar says of a milestone on `today`; one not met is closed.

    So is an open one of a commitment that is `settled`, completed or cancelled: nobody waits for it any more.
    """
    if state in OPEN_MILESTONE_STATES:
        return "closed" if settled else open_state(due_latest, today, horizon)
    if state == "met":
        return "met-late" if met_on and due_latest and met_on > due_latest else "met"
    return "closed"


def open_state(due_latest: date | None, today: date, horizon: date) -> str:
    """The deadline state of anything still open."""
    if due_latest is None:
        return "undated"
    if due_latest < today:
        return "overdue"
    return "due-soon" if due_latest <= horizon else "upcoming"
