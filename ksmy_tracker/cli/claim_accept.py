"""ksmy claim accept: a claim that turned out to be right."""

from ksmy_tracker.cli.kind_commands import settling

claim_accept = settling(
    "accepted",
    """Take what a claim says for the value of its record; --note says why.""",
    'ksmy claim accept FA50M-DELIVERY#1 --note "Seen on the airfield"',
)
