"""The lists of a report, each once as sentences for a page of text, once as cells of a table."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from ksmy_tracker.domain.report import Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import Day, DeadlineRow, EntryRow
from ksmy_tracker.render.summary import kinds
from ksmy_tracker.render.wording import days, entry_summary, left, slip, window
from ksmy_tracker.render.wording import due as due_date


class Item(NamedTuple):
    """One thing of a list: its cells, the same in a sentence, and its deadline state where that matters."""

    cells: Sequence[str]
    sentence: str
    state: str = ""


class Section(NamedTuple):
    """A list with a word to find it by, its name, its columns, and how many there are in all."""

    key: str
    name: str
    columns: Sequence[str]
    items: Sequence[Item]
    total: int
    milestones: int = 0
    #: What the things not listed are beside those that are, and the command that lists them all.
    rest: str = "more"
    command: str = ""
    hanging: int = 2

    @property
    def title(self) -> str:
        """The name with how many there are, by kind where milestones are among them."""
        if not self.milestones:
            return f"{self.name}: {f'{self.total:,}' if self.total else 'none'}"
        by_kind = ", ".join(kinds(self.total - self.milestones, self.milestones))
        return f"{self.name}: {self.total:,} ({by_kind})"

    @property
    def left_out(self) -> str:
        """How many are not listed; nothing where all are."""
        more = self.total - len(self.items)
        return f"and {more:,} {self.rest}" if more else ""


def sections(report: Report) -> list[Section]:
    """The lists of a report in their order."""
    return [
        _deadlines(
            "overdue", "Overdue", report.overdue, report.overdue_milestones, _command_for_overdue(report)
        ),
        _deadlines(
            "due-soon",
            f"Due within {days(report.day.within)}",
            report.due_soon,
            report.due_soon_milestones,
            _command(report, f"due --within {report.day.within}"),
        ),
        _contradictions(report),
        _next_milestones(report),
        _changed(report),
        _quiet(report),
    ]


def _deadlines(key: str, name: str, listed: Listed[DeadlineRow], milestones: int, command: str) -> Section:
    columns = ("ref", "title", "parties", "due", "last day", "when", "slipped")
    items = [Item(_deadline_cells(row), _deadline(row), row.deadline) for row in listed.items]
    return _section(key, name, columns, items, listed, milestones=milestones, command=command)


def _contradictions(report: Report) -> Section:
    items = [Item(found, f"{found.ref}: {found.why}") for found in report.contradictions.items]
    return _section(
        "contradictions", "Contradicts itself", ("ref", "title", "why"), items, report.contradictions
    )


def _next_milestones(report: Report) -> Section:
    items = [
        Item(
            (one.milestone.ref, one.title, said := milestone_summary(one)),
            f"{one.milestone.ref}: {said}",
            one.milestone.deadline,
        )
        for one in report.next_milestones.items
    ]
    return _section(
        "next-milestones",
        "Next milestones",
        ("ref", "commitment", "milestone"),
        items,
        report.next_milestones,
    )


def _changed(report: Report) -> Section:
    items = [
        Item(
            (when := _when(entry, report.since), entry.ref, said := entry_summary(entry)),
            f"{when}  {entry.ref}: {said}",
        )
        for entry in report.changed.items
    ]
    return _section(
        "changed",
        f"Changed since {report.since}",
        ("effective on", "ref", "what"),
        items,
        report.changed,
        rest="earlier",
        command=_command(report, f"history --since {report.since}", narrows=False),
        hanging=12,
    )


def _quiet(report: Report) -> Section:
    items = [
        Item((one.ref, one.title, since := quiet_since(one, report.day)), f"{one.ref}: {since}")
        for one in report.quiet.items
    ]
    return _section(
        "quiet",
        f"Gone quiet, no entry for {days(report.stale)}",
        ("ref", "title", "newest entry"),
        items,
        report.quiet,
        command=_command(report, f"list --stale {report.stale}"),
    )


def _section(
    key: str, name: str, columns: Sequence[str], items: Sequence[Item], listed: Listed[Any], **more: Any
) -> Section:
    """A section without the columns in which no item has anything."""
    kept = [at for at in range(len(columns)) if any(item.cells[at] for item in items)]
    if items and len(kept) < len(columns):
        columns = [columns[at] for at in kept]
        items = [item._replace(cells=[item.cells[at] for at in kept]) for item in items]
    return Section(key, name, columns, items, listed.total, **more)


def _command_for_overdue(report: Report) -> str:
    """`list` has commitments alone, `due` milestones too."""
    if report.overdue_milestones:
        return _command(report, f"due --limit {report.overdue.total}")
    return _command(report, "list --overdue")


def _command(report: Report, command: str, *, narrows: bool = True) -> str:
    """The command line as of the report's day; none where the command cannot be narrowed as the report is."""
    only = report.only
    if report.narrowed and not narrows:
        return ""
    words = (("sector", only.sector), ("party", only.party), ("agreement", only.agreement))
    options = "".join(f" --{name} {value}" for name, values in words for value in values)
    return f"ksmy {command}{options} --as-of {report.today}"


def _when(entry: EntryRow, since: str) -> str:
    """The day an entry took effect; also the day it was recorded where that alone makes it news."""
    if entry.effective_on >= since:
        return entry.effective_on
    return f"{entry.effective_on} (recorded {entry.recorded_on})"


def quiet_since(quiet: Quiet, day: Day) -> str:
    """How long ago a commitment's newest entry took effect."""
    ago = (day.today - date.fromisoformat(quiet.updated_on)).days
    return f"{quiet.updated_on}, {days(ago)} ago"


def milestone_summary(following: NextMilestone) -> str:
    """A milestone's number, title, state and deadline."""
    row = following.milestone
    state = f"{row.state}, overdue" if row.deadline == "overdue" else row.state
    due = f", due {due_date(row.due)}" if row.due else ""
    when = f", {left(row.days_left)}" if row.days_left is not None else ""
    return f"{row.number}. {row.title}, {state}{due}{when}"


def _deadline(row: DeadlineRow) -> str:
    due = f"due {due_date(row.due)}"
    if span := window(row.due, row.due_earliest, row.due_latest):
        due += f" ({span})"
    parts = [row.title, _party(row.parties), due, left(row.days_left)]
    if moved := slip(row.slip_days):
        parts.append(moved)
    return f"{row.ref}: {', '.join(parts)}"


def _deadline_cells(row: DeadlineRow) -> Sequence[str]:
    cells = (row.ref, row.title, row.parties, due_date(row.due), row.due_latest, left(row.days_left))
    return (*cells, slip(row.slip_days))


def _party(parties: str) -> str:
    return {"KR": "Korea", "MY": "Malaysia"}.get(parties, "both parties")
