"""SQL for what is derived of a commitment `c` and a milestone `m`: one text for every engine and every day."""

from collections.abc import Iterable, Sequence
from typing import Final

from ksmy_tracker.domain.words import OPEN_MILESTONE_STATES, OPEN_STATUSES, SETTLED_STATUSES


def listed(words: Iterable[str]) -> str:
    """Words of a vocabulary as a list in SQL."""
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def in_order(value: str, words: Sequence[str]) -> str:
    """A number to sort by a vocabulary's own order."""
    cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(words))
    return f"CASE {value} {cases} END"


def all_of(conditions: Sequence[str]) -> str:
    """A WHERE clause of conditions that must all hold; nothing where there are none."""
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def limited(limit: int | None) -> str:
    """A LIMIT clause for the parameter `:limit`, where there is one."""
    return "" if limit is None else "LIMIT :limit"


def columns_of(names: Iterable[str], table: str) -> str:
    """The columns of a table by its letter."""
    return ", ".join(f"{table}.{name}" for name in names)


def open_milestone(m: str) -> str:
    """Whether a milestone, by the letter of its table, is open."""
    return f"{m}.withdrawn = 0 AND {m}.state IN {listed(OPEN_MILESTONE_STATES)}"


OPEN: Final = f"c.withdrawn = 0 AND c.status IN {listed(OPEN_STATUSES)}"
OPEN_MILESTONE: Final = open_milestone("m")
SETTLED: Final = f"c.status IN {listed(SETTLED_STATUSES)}"
OVERDUE: Final = f"{OPEN} AND c.due_latest < :today"

#: Whether it is open, and nobody said anything of it, or looked at it, after the day `:looked_at`.
NOT_LOOKED_AT: Final = (
    f"{OPEN} AND c.updated_on <= :looked_at AND (c.reviewed_on IS NULL OR c.reviewed_on <= :looked_at)"
)
#: When that last was.
LOOKED_AT: Final = "CASE WHEN c.reviewed_on > c.updated_on THEN c.reviewed_on ELSE c.updated_on END"

#: deadline.deadline_state as SQL, to count and filter by; a test holds the two together.
DEADLINE: Final = """CASE
 WHEN c.status = 'cancelled' THEN 'closed'
 WHEN c.status = 'completed' THEN CASE WHEN c.completed_on > c.completed_latest THEN 'met-late' ELSE 'met' END
 WHEN c.due_latest IS NULL THEN 'undated'
 WHEN c.due_latest < :today THEN 'overdue'
 WHEN c.due_latest <= :horizon THEN 'due-soon'
 ELSE 'upcoming' END"""

_MILESTONES: Final = "FROM milestone m WHERE m.commitment = c.ref AND m.withdrawn = 0"
MILESTONES: Final = f"(SELECT count(*) {_MILESTONES})"
MILESTONES_MET: Final = f"(SELECT count(*) {_MILESTONES} AND m.state = 'met')"
MEASURES: Final = "(SELECT count(*) FROM measure q WHERE q.about = c.ref AND q.withdrawn = 0)"
#: Whether it is expected on a day, or any milestone has one to be drawn at.
HAS_MARKS: Final = (
    f"(c.expected IS NOT NULL AND c.status IN {listed(OPEN_STATUSES)} OR "
    f"EXISTS (SELECT 1 {_MILESTONES} AND coalesce(m.met_on, m.due_latest, m.expected) IS NOT NULL))"
)
_EXPECTED_THEN: Final = "substr({}.expected, 1, 4) BETWEEN :first_year AND :last_year"
#: Whether it is due, or any milestone is to be drawn, on a day from `:first` to `:last`, or expected in their years.
TOUCHES: Final = (
    f"(c.due_earliest <= :last AND c.due_latest >= :first OR {_EXPECTED_THEN.format('c')} OR "
    f"EXISTS (SELECT 1 {_MILESTONES} AND (coalesce(m.met_on, m.due_latest) BETWEEN :first AND :last "
    f"OR {_EXPECTED_THEN.format('m')})))"
)

#: What stands between a ref and what tells its parts, each with the character that comes after it.
_PARTS: Final = (("#", "$"), ("/", "0"), (":", ";"))


def about(column: str, of: str) -> list[str]:
    """Conditions, any of which says that the ref in a column is that of a record, or of a part of it."""
    return [
        f"{column} = {of}",
        *(f"({column} > {of} || '{first}' AND {column} < {of} || '{past}')" for first, past in _PARTS),
    ]


#: Whether an entry `e` is about a commitment or a part of it.
OF_FAMILY: Final = f"({' OR '.join(about('e.ref', 'c.ref'))})"
#: What is added to the id keeps PostgreSQL from going down all ids until one is of the commitment.
NEWEST_ENTRY: Final = f"(SELECT max(e.id + 0) FROM entry e WHERE {OF_FAMILY})"
