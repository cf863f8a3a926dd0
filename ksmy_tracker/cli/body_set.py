"""ksmy body set: a body that is called, or belongs, otherwise."""

from ksmy_tracker.cli.kind_commands import setting

body_set = setting(
    "body",
    """Change a body: a ministry that was renamed keeps its ref, and the history its former name.""",
    'ksmy body set MOTIE --name "Ministry of Trade, Industry and Resources" --on 2025-10-01',
    *("name", "kind", "party"),
)
