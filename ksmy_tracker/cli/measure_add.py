"""ksmy measure add: a new quantity."""

from ksmy_tracker.cli.kind_commands import adding
from ksmy_tracker.domain.values import read_measure_ref

measure_add = adding(
    "measure",
    """Add a quantity of a commitment or an agreement, by a ref such as FA50M-DELIVERY:JETS.

    It needs --title and --unit. Amounts are kept as they are given, and never converted or added up.
    """,
    'ksmy measure add FA50M-DELIVERY:JETS --title "Jets delivered" --unit jets --direction up --target 18',
    *(
        "title",
        "unit",
        "direction",
        "target",
        "target_period",
        "baseline",
        "baseline_period",
        "value",
        "period",
    ),
    read=read_measure_ref,
    means="The ref of what it belongs to and a name: FTA:LINES.",
)
