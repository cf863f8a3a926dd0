"""A timeline in words: what is drawn, and what it has no room, no date or no place for."""

from ksmy_tracker.domain.timeline import Bar, Timeline
from ksmy_tracker.render.wording import due_date, expected, plural, window


def nothing(timeline: Timeline) -> str:
    """Why there is no bar; nothing where there is one."""
    if timeline.bars:
        return ""
    if timeline.outside:
        return f"Nothing is due from {timeline.start} to {timeline.end}."
    return "There is no due date to draw."


def outside(timeline: Timeline) -> str:
    """How many commitments have a due date outside the range."""
    count = timeline.outside
    lie = "lies" if count == 1 else "lie"
    return f"{plural(count, 'dated commitment')} {lie} outside this range." if count else ""


def undated(timeline: Timeline) -> str:
    """How many commitments have no due date."""
    count = timeline.undated
    have = "has" if count == 1 else "have"
    return f"{plural(count, 'commitment')} {have} no due date." if count else ""


def left_out(timeline: Timeline) -> str:
    """How many commitments have a due date and were too many to draw, by kind."""
    by_kind = ", ".join(f"{count:,} {kind}" for kind, count in timeline.left_out)
    total = sum(count for _, count in timeline.left_out)
    return f"and {total:,} more with a due date: {by_kind}" if total else ""


def cut(timeline: Timeline) -> str:
    """How many are drawn where those were too many, and how many are not, by kind."""
    by_kind = ", ".join(f"{count:,} {kind}" for kind, count in timeline.left_out)
    return f"Only the {len(timeline.bars):,} nearest to today are drawn, not {by_kind}." if by_kind else ""


def of_bar(bar: Bar, *, with_days: bool = False) -> str:
    """A commitment's line: `FTA: Conclude it, overdue, due 2025, expected 2027`."""
    days = f" ({window(str(bar.earliest), str(bar.latest))})" if with_days else ""
    due = f"due {due_date(bar.due)}{days}" if bar.due else ""
    said = filter(None, (bar.title, bar.deadline, due, expected(bar.expected, bar.status)))
    return f"{bar.ref}: {', '.join(said)}"


def description(timeline: Timeline) -> str:
    """Everything that is drawn, in sentences."""
    said = [f"{of_bar(bar, with_days=True)}." for bar in timeline.bars]
    if timeline.outside:
        said += [nothing(timeline), outside(timeline)]
    if timeline.undated:
        said.append(f"{plural(timeline.undated, 'commitment')} without a due date.")
    return " ".join(filter(None, said)) or "No commitment has a due date."
