"""ksmy source set: what is known of a publication."""

from ksmy_tracker.cli.kind_commands import setting

source_set = setting(
    "source",
    """Change what is known of a publication, as the address of its archived copy.""",
    "ksmy source set STAR-JETS --archived https://archive.example/star-jets",
    *("title", "publisher", "dated", "url", "archived", "language"),
)
