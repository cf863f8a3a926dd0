"""The lists of a report, each once as sentences for a page of text, once as cells of a table.

Longer than other modules: the lists of a report, to be read in their order.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import compress
from shlex import quote
from typing import Any, Final, NamedTuple, TypeVar

from ksmy_tracker.domain.report import IN_DOCUMENT, Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import (
    NARROWING,
    Day,
    DeadlineRow,
    Disagreement,
    EntryRow,
    MeasureRow,
    Moved,
    days_before,
)
from ksmy_tracker.domain.words import SHARED
from ksmy_tracker.render.report_summary import kinds
from ksmy_tracker.render.wording import (
    changed,
    days,
    due_date,
    entry_summary,
    expected,
    field_name,
    left,
    moved_by,
    progress,
    reading,
    slip,
    voice,
    worded,
)

Thing = TypeVar("Thing")

_DEADLINE_COLUMNS: Final = (
    "ref",
    "title",
    "parties",
    "leads",
    "due",
    "last day",
    "when",
    "slipped",
    "expected",
)


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
    within, since, stale = report.day.within, report.since, report.stale
    # `list` has commitments alone, `due` milestones too.
    all_overdue = f"due --limit {report.overdue.total}" if report.overdue_milestones else "list --overdue"
    return [
        _section(
            "overdue",
            "Overdue",
            _DEADLINE_COLUMNS,
            report.overdue,
            lambda row: _deadline(row, report.parties),
            milestones=report.overdue_milestones,
            command=_command(report, all_overdue),
        ),
        _section(
            "due-soon",
            f"Due within {days(within)}",
            _DEADLINE_COLUMNS,
            report.due_soon,
            lambda row: _deadline(row, report.parties),
            milestones=report.due_soon_milestones,
            command=_command(report, f"due --within {within}"),
        ),
        _section(
            "contradictions",
            "Contradicts itself",
            ("ref", "title", "why"),
            report.contradictions,
            lambda found: Item(found, f"{found.ref}: {found.why}"),
        ),
        _section(
            "next-milestones",
            "Next milestones",
            ("ref", "commitment", "milestone"),
            report.next_milestones,
            _next_milestone,
        ),
        _section(
            "quantities",
            "Quantities",
            ("ref", "title", "reading", "target", "%", "readings"),
            report.measures,
            _quantity,
            command=_command(report, "measure list"),
        ),
        _section(
            "disagreements",
            "Sources disagree",
            ("ref", "field", "the register", "others"),
            report.disagreements,
            _disagreement,
            command=_command(report, "list --disputed"),
            hanging=4,
        ),
        _section(
            "moved",
            f"Moved since {since}",
            ("ref", "field", "old", "new", "by"),
            report.moved,
            _moved,
            command=_all_moved(report),
        ),
        _section(
            "changed",
            f"Entries since {since}",
            ("effective on", "ref", "what"),
            report.changed,
            lambda entry: _change(entry, report),
            rest="earlier",
            command=_command(report, f"history --since {since} --news", narrows=False),
            hanging=12,
        ),
        _section(
            "quiet",
            f"Not looked at for {days(stale)}",
            ("ref", "title", "newest entry"),
            report.quiet,
            lambda one: Item((one.ref, one.title, ago := quiet_since(one, report.day)), f"{one.ref}: {ago}"),
            command=_command(report, f"list --not-reviewed {stale}"),
        ),
    ]


def counted(report: Report) -> dict[str, Mapping[str, int]]:
    """How many commitments there are, by what."""
    by_lead = {**report.by_lead, "none": report.without_lead}
    found = {
        "status": report.by_status,
        "firmness": report.counts.by_firmness,
        "sector": report.by_sector,
        "deadline": report.by_deadline,
    }
    return found | {"lead": by_lead} if report.by_lead else found


def _section(
    key: str,
    name: str,
    columns: Sequence[str],
    listed: Listed[Thing],
    item: Callable[[Thing], Item],
    **more: Any,
) -> Section:
    """A section without the columns in which no item has anything."""
    items = [item(thing) for thing in listed.items]
    # Without items, all of them are kept.
    kept = [any(column) for column in zip(*(one.cells for one in items), strict=True)] or columns
    items = [one._replace(cells=list(compress(one.cells, kept))) for one in items]
    return Section(key, name, list(compress(columns, kept)), items, listed.total, **more)


def _all_moved(report: Report) -> str:
    """The command that lists all that moved: `diff` has each day as known then, and the whole register."""
    if not report.day.is_as_known_then:
        in_full = len(report.moved.items) == IN_DOCUMENT
        return "" if in_full else _command(report, f"report --since {report.since} -f md")
    day_before = days_before(date.fromisoformat(report.since), 1)
    return "" if report.narrowed else f"ksmy diff {day_before} {report.today}"


def _command(report: Report, command: str, *, narrows: bool = True) -> str:
    """The command line as of the report's day; none where the command cannot be narrowed as the report is."""
    only = report.only
    if report.narrowed and not narrows:
        return ""
    options = "".join(f" --{name} {quote(value)}" for name in NARROWING for value in getattr(only, name))
    day = report.day
    # With what was known then, it lists the same on any day.
    point = f"--known-on {day.today}" if day.is_as_known_then else f"--as-of {day.today}"
    known = f" --known-on {day.known_on}" if day.known_until and not day.is_as_known_then else ""
    return f"ksmy {command}{options} {point}{known}"


def _moved(one: Moved) -> Item:
    """A field that is another now, with what moved it."""
    old, new, by = worded(one.field, one.old), worded(one.field, one.new), moved_by(one)
    said = changed(one.field, one.old, one.new)
    if one.field == "record":
        said = f"removed: {old}" if one.new is None else f"added: {new}"
    return Item((one.ref, field_name(one.field), old, new, by), f"{one.ref}: {said} ({by})")


def _change(entry: EntryRow, report: Report) -> Item:
    """An entry, on the day it took effect; with that it was recorded on where that alone makes it news, or later."""
    day, recorded_on = report.day, entry.recorded_on(report.zone)
    is_later = day.as_it_stood and recorded_on > day.today.isoformat()
    recorded = f" (recorded {recorded_on})" if entry.effective_on < report.since or is_later else ""
    when, said = f"{entry.effective_on}{recorded}", entry_summary(entry)
    return Item((when, entry.ref, said), f"{when}  {entry.ref}: {said}")


def quiet_since(quiet: Quiet, day: Day) -> str:
    """How long ago anybody said something of a commitment, or looked at it."""
    looked_at = max(quiet.updated_on, quiet.reviewed_on or "")
    ago = (day.today - date.fromisoformat(looked_at)).days
    return f"{looked_at}, {days(ago)} ago"


def _quantity(row: MeasureRow) -> Item:
    """A measure: how far it has come, and by which readings."""
    one = row.record
    readings = ", ".join(
        filter(None, (f"{due_date(its.period)} {its.value}".strip() for its in row.readings))
    )
    series = f"; readings {readings}" if len(row.readings) > 1 else ""
    cells = (one.ref, one.title, reading(one), worded("target", one.target), one.percent or "", readings)
    return Item(cells, f"{one.ref}: {one.title}, {progress(one)}{series}")


def _disagreement(found: Disagreement) -> Item:
    """A field as the register has it, beside what claims say."""
    own = voice(found.register, found.field)
    others = "; ".join(voice(one, found.field) for one in found.claims)
    name = field_name(found.field)
    return Item((found.ref, name, own, others), f"{found.ref} {name}: {own}; against it {others}")


def _next_milestone(following: NextMilestone) -> Item:
    row, said = following.milestone, milestone_summary(following)
    return Item((row.ref, following.title, said), f"{row.ref}: {said}", row.deadline)


def milestone_summary(following: NextMilestone) -> str:
    """A milestone's number, title, state and deadline."""
    row = following.milestone
    state = f"{row.state}, overdue" if row.deadline == "overdue" else row.state
    due = f", due {due_date(row.due)}" if row.due else ""
    when = f", {left(row.days_left)}" if row.days_left is not None else ""
    parts = (f"{row.number}. {row.title}", f"{state}{due}{when}", expected(row.expected, row.state))
    return ", ".join(filter(None, (*parts, lead_words(row.leads))))


def _deadline(row: DeadlineRow, parties: Mapping[str, str]) -> Item:
    due, when, moved = due_date(row.due), left(row.days_left), slip(row.slip_days)
    cells = (
        row.ref,
        row.title,
        row.parties,
        ", ".join(row.leads),
        due,
        row.due_latest,
        when,
        moved,
        due_date(row.expected),
    )
    party = party_words(row.parties, parties)
    window = due_date(row.due, row.due_earliest, row.due_latest)
    parts = (row.title, party, lead_words(row.leads), f"due {window}", when, moved)
    said = ", ".join(filter(None, (*parts, expected(row.expected, row.status))))
    counts = f"; done when: {row.done_when}" if row.done_when else ""
    disputed = f"; disputed: {', '.join(map(field_name, row.disputed))}" if row.disputed else ""
    return Item(cells, f"{row.ref}: {said}{counts}{disputed}", row.deadline)


def party_words(parties: str, names: Mapping[str, str]) -> str:
    """Whose it is: the names of the parties, or `both parties`."""
    if parties in SHARED:
        return f"{parties} parties"
    return ", ".join(names.get(ref, ref) for ref in parties.split(", "))


def lead_words(leads: Sequence[str]) -> str:
    """Who must deliver: `lead KAI`; nothing where nobody is named."""
    return f"lead{'s' if len(leads) > 1 else ''} {', '.join(leads)}" if leads else ""
