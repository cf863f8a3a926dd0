"""ksmy measure set: a reading of a quantity, or what else is known of it."""

from ksmy_tracker.cli.kind_commands import setting

measure_set = setting(
    "measure",
    """Record a reading of a quantity, with the period that it is of; or change its target, baseline or unit.

    A reading without a period has none. What is not sure is a range (18..20), or a claim (ksmy claim).
    """,
    "ksmy measure set FA50M-DELIVERY:JETS --value 6 --period 2026 --evidence https://example.org/six-jets",
    *("value", "period", "target", "target_period"),
)
