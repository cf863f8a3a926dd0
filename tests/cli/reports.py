"""What tests of report and timeline share."""

import json
from collections.abc import Sequence
from typing import Any

from tests.conftest import Ran, sentence

TIMELINE = ["start", "end", "today", "undated", "outside", "bars"]
BAR = [
    *("ref", "title", "status", "deadline", "due", "earliest", "latest"),
    *("baseline_earliest", "baseline_latest", "marks", "expected", "expected_latest"),
]
MARK = ["number", "title", "state", "deadline", "day", "expected", "expected_latest"]


def done(ran: Ran) -> str:
    """What a run printed that went well and complained of nothing."""
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def told(ran: Ran, code: int) -> str:
    """The one sentence of a run that failed and printed nothing."""
    assert ran.code == code
    return sentence(ran)


def value(ran: Ran) -> Any:
    return json.loads(done(ran))


def refs(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["ref"] for row in rows]
