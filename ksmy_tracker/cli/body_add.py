"""ksmy body add: a new body."""

from ksmy_tracker.cli.kind_commands import adding

body_add = adding(
    "body",
    """Add a body that acts or speaks: a state, a ministry, an agency, a company, an organisation.

    It needs --name and --kind. No addresses of people belong here.
    """,
    'ksmy body add KAI --name "Korea Aerospace Industries" --kind company --party KR',
    *("name", "kind", "party"),
)
