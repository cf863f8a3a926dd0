"""ksmy claim drop: a claim that turned out to be wrong."""

from ksmy_tracker.cli.kind_commands import settling

claim_drop = settling(
    "dropped",
    """Settle a claim without taking what it says; --note says why.""",
    'ksmy claim drop FA50M-DELIVERY#1 --note "The contract says from 2026"',
)
