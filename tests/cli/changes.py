"""What tests of changes share."""

import json
from typing import Any

from tests.conftest import Ksmy, Ran, sentence

#: What a commitment needs, as options.
NEEDED = ("--title", "Trade tin", "--agreement", "SP-2024", "--sector", "trade", "--firmness", "agreed")
ADD_TIN = ("add", "TIN", *NEEDED)
TIN_FIELDS = (
    "title Trade tin; agreement SP-2024; sector trade; parties both; firmness agreed; "
    "verifiable yes; status planned"
)
ADD_TREATY = ("add", "TREATY", "--kind", "treaty", "--title", "A treaty", "--stage", "negotiating")


def show(ksmy: Ksmy, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ksmy("show", ref, "--format", "json").out)
    return found


def refused(ran: Ran, code: int) -> str:
    """The one sentence of a run that changed nothing."""
    assert ran.code == code
    return sentence(ran)
