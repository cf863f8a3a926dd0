"""The listings as a person sees them: which columns, and how each reads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ksmy_tracker.domain.rows import Row
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import (
    cell,
    describe,
    due_date,
    entry_summary,
    expected,
    field_name,
    left,
    moved_by,
    reading,
    source_words,
    window,
    worded,
)

Column = tuple[str, Callable[[Any], str]]


def _beside(due: str, row: Any) -> str:
    """A deadline with when it is expected now."""
    return ", ".join(filter(None, (due, expected(row.expected, row.status))))


#: What a listing shows a person who did not choose columns.
_LISTINGS: Final[Mapping[str, Sequence[Column]]] = {
    "list": (
        ("ref", lambda row: row.ref),
        ("status", lambda row: f"{row.status}, disputed" if row.disputed else row.status),
        ("deadline", lambda row: row.deadline),
        ("due", lambda row: _beside(due_date(row.due), row)),
        ("title", lambda row: row.title),
    ),
    "due": (
        ("deadline", lambda row: row.deadline),
        ("days left", lambda row: left(row.days_left) + (", disputed" if row.disputed else "")),
        ("ref", lambda row: row.ref),
        ("window", lambda row: _beside(window(row.due_earliest, row.due_latest), row)),
        ("title", lambda row: row.title),
    ),
    "history": (
        ("id", lambda row: str(row.id)),
        ("effective on", lambda row: row.effective_on),
        ("ref", lambda row: row.ref),
        ("actor", lambda row: row.actor),
        ("what", entry_summary),
    ),
    "diff": (
        ("ref", lambda row: row.ref),
        ("field", lambda row: field_name(row.field)),
        ("old", lambda row: worded(row.field, row.old)),
        ("new", lambda row: worded(row.field, row.new)),
        ("by", moved_by),
    ),
    "agreements": (
        ("ref", lambda row: row.ref),
        ("stage", lambda row: row.stage),
        ("dated", lambda row: due_date(row.dated)),
        ("in all", lambda row: str(row.commitments)),
        ("open", lambda row: str(row.open)),
        ("overdue", lambda row: str(row.overdue)),
        ("title", lambda row: row.title),
    ),
    "bodies": (
        ("ref", lambda row: row.ref),
        ("kind", lambda row: row.kind),
        ("party", lambda row: row.party or ""),
        ("leads", lambda row: str(row.leads)),
        ("overdue", lambda row: str(row.overdue)),
        ("name", lambda row: row.name),
    ),
    "measure list": (
        ("ref", lambda row: row.ref),
        ("reading", lambda row: ", ".join(filter(None, (reading(row), "disputed" if row.disputed else "")))),
        ("target", lambda row: cell(row.target)),
        ("%", lambda row: cell(row.percent)),
        ("title", lambda row: row.title),
    ),
    "sources": (
        ("ref", lambda row: row.ref),
        ("publisher", lambda row: row.publisher or ""),
        ("dated", lambda row: due_date(row.dated)),
        ("cited", lambda row: str(row.cited)),
        ("title", lambda row: row.title),
    ),
}


def cells(
    command: str, columns: Sequence[str] | None, rows: Sequence[Row]
) -> tuple[list[str], list[list[str]]]:
    """The header and the cells of a command's own listing, or of the columns a user chose."""
    if columns is None:
        shown = _LISTINGS[command]
        return [name for name, _ in shown], [[read(row) for _, read in shown] for row in rows]
    header = [field_name(name) for name in columns]
    return header, [[_chosen(row, name) for name in columns] for row in rows]


def _chosen(row: Row, name: str) -> str:
    value = getattr(row, name)
    if name == "cited" and not isinstance(value, int):
        return "; ".join(map(source_words, value))
    if isinstance(value, list):
        return "; ".join(map(visible, value))
    return describe(value) if name == "changes" else worded(name, value)
