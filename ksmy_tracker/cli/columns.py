"""The rows each listing shows, and the columns it shows unless told which."""

from typing import Final

from ksmy_tracker.domain.kinds import Agreement, Body, Commitment, Measure, Source
from ksmy_tracker.domain.rows import DeadlineRow, EntryRow, Moved, Row

ROW_OF: Final[dict[str, type[Row]]] = {
    "list": Commitment,
    "due": DeadlineRow,
    "history": EntryRow,
    "agreements": Agreement,
    "bodies": Body,
    "sources": Source,
    "measure list": Measure,
    "diff": Moved,
}
DEFAULT_COLUMNS: Final = {
    "list": ("ref", "status", "deadline", "due", "title"),
    "due": ("deadline", "days_left", "ref", "due", "due_earliest", "due_latest", "title"),
    "history": ("id", "effective_on", "actor", "ref", "action", "changes", "note", "retracted_by"),
    "agreements": ("ref", "kind", "stage", "dated", "commitments", "open", "overdue", "title"),
    "bodies": ("ref", "kind", "party", "leads", "overdue", "name"),
    "sources": ("ref", "publisher", "dated", "cited", "title"),
    "measure list": ("ref", "value", "unit", "period", "target", "percent", "title"),
    "diff": ("ref", "field", "old", "new", "entries", "since", "title"),
}
