"""A report's title and the paragraph for whoever reads nothing else."""

from ksmy_tracker.domain.report import Report
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import days, plural

#: Letters of a title that the paragraph has room for.
_MOST = 120


def heading(report: Report) -> str:
    """The title of a report, with what it is narrowed to."""
    only = f" ({', '.join(map(visible, report.narrowed))})" if report.narrowed else ""
    known_on = report.day.known_on
    known = "" if known_on in (None, report.today) else f", as known on {known_on}"
    return f"{visible(report.partnership)}: what was promised{only}, as of {report.today}{known}"


def summary(report: Report) -> str:
    """The paragraph: what is open, overdue, due soon, contradictory and new."""
    if not report.commitments:
        return "There is no commitment here yet."
    completed = report.by_status["completed"]
    said = [
        (
            f"Of {plural(report.commitments, 'commitment')} under {plural(report.agreements, 'agreement')}, "
            f"{_number(report.open)} {_are(report.open or 1)} open and {_number(completed)} completed."
        ),
        _firmness(report),
        _deadlines(report),
        _longest_overdue(report),
        _contradictions(report),
        _disagreements(report),
        _changes(report),
    ]
    return " ".join(sentence for sentence in said if sentence)


def kinds(commitments: int, milestones: int) -> list[str]:
    """`2 commitments` and `1 milestone`, each where there are any."""
    counts = ((commitments, "commitment"), (milestones, "milestone"))
    return [plural(count, noun) for count, noun in counts if count]


def _firmness(report: Report) -> str:
    """What is firm and what is only hoped for, what one side alone has voiced, and what has no date."""
    count = report.counts.by_firmness
    firm, hoped = count["signed"] + count["committed"], count["hoped"]
    between = report.commitments - firm - hoped
    said = f"{_number(firm)} {_are(firm or 1)} firm (signed or committed)"
    said += f", {between:,} agreed, offered or discussed" if between else ""
    said += f", {hoped:,} only hoped for" if hoped else ""
    if sided := report.counts.one_sided:
        said += f"; {sided:,} {'rests' if sided == 1 else 'rest'} on one side's words"
    if undated := report.by_deadline["undated"]:
        narrowed = "" if report.narrowed else " (ksmy list --undated)"
        said += f"; {undated:,} of {report.open:,} open {'has' if undated == 1 else 'have'} no date{narrowed}"
    return f"{said[0].upper()}{said[1:]}."


def _disagreements(report: Report) -> str:
    total = report.disagreements.total
    return f"Sources disagree about {plural(total, 'field')}." if total else ""


def _deadlines(report: Report) -> str:
    overdue = " and ".join(kinds(report.by_deadline["overdue"], report.overdue_milestones))
    soon = " and ".join(kinds(report.by_deadline["due-soon"], report.due_soon_milestones))
    within = days(report.day.within)
    if not overdue and not soon:
        return f"Nothing is overdue or due within {within}."
    return (
        f"{overdue or 'Nothing'} {_are(report.overdue.total or 1)} overdue; "
        f"{soon or 'nothing'} {_are(report.due_soon.total or 1)} due within {within}."
    )


def _longest_overdue(report: Report) -> str:
    if not report.overdue.items:
        return ""
    row = report.overdue.items[0]
    title = visible(row.title)
    title = title if len(title) <= _MOST else f"{title[: _MOST - 1]}…"
    kind = "the milestone " if row.record == "milestone" else ""
    return f'Longest overdue is {kind}"{title}" ({visible(row.ref)}), by {days(-row.days_left)}.'


def _contradictions(report: Report) -> str:
    """Which commitments contradict themselves: those overdue do by being open, all others are completed."""
    late = min(report.contradictions.total, report.by_deadline["overdue"])
    early = report.contradictions.total - late
    said = []
    if late:
        passed = "its deadline has passed" if late == 1 else "their deadlines have passed"
        said.append(f"{plural(late, 'commitment')} {_are(late)} open though {passed}")
    if early:
        number = f"{early:,}" if late else plural(early, "commitment")
        said.append(f"{number} {_are(early)} completed without evidence or with a milestone open")
    noun = "Contradiction" if late + early == 1 else "Contradictions"
    return f"{noun}: {', and '.join(said)}." if said else ""


def _changes(report: Report) -> str:
    count = report.changed.total
    if not count:
        said = f"No entry since {report.since}"
        is_calendar = any(not one.entries for one in report.moved.items)
        return f"{said}, but the calendar moved what was due." if is_calendar else f"{said}."
    return f"There {'has' if count == 1 else 'have'} been {plural(count, 'entry')} since {report.since}."


def _number(count: int) -> str:
    return f"{count:,}" if count else "none"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
