"""ksmy source add: a new publication."""

from ksmy_tracker.cli.kind_commands import adding

source_add = adding(
    "source",
    """Add a publication: evidence that is its ref cites it.

    It needs --title.
    """,
    'ksmy source add STAR-JETS --title "Six jets by the end of 2026" --publisher "The Star" --dated 2025-12-18',
    *("title", "publisher", "dated", "url", "archived", "language"),
)
