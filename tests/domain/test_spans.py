"""The days for which entries leave a field another than it would be without them."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from ksmy_tracker.domain.spans import Span, ended_spans


@dataclass(frozen=True)
class Said:
    """What is asked of an entry."""

    id: int
    effective_on: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    ref: str = "FTA"


def said(number: int, on: str, status: str, ref: str = "FTA") -> Any:
    return Said(number, on, {"status": (None, status)}, ref)


PLANNED, FINALISING = said(1, "2025-01-01", "planned"), said(2, "2025-10-26", "finalising")
LATE = said(3, "2025-03-01", "in-progress")


def test_what_came_late_is_so_until_the_next_entry_and_its_undo_is_the_reverse() -> None:
    without, whole = [PLANNED, FINALISING], [PLANNED, LATE, FINALISING]
    days = ("2025-03-01", "2025-10-25", "finalising")
    assert ended_spans(without, whole, "FTA") == {"status": Span("planned", "in-progress", *days)}
    assert ended_spans(whole, without, "FTA") == {"status": Span("in-progress", "planned", *days)}


def test_what_is_another_until_now_has_no_last_day() -> None:
    assert ended_spans([PLANNED], [PLANNED, LATE], "FTA") == {}


def test_where_an_entry_says_the_same_later_it_is_another_until_then() -> None:
    again = said(4, "2025-06-01", "planned")
    assert ended_spans([PLANNED, LATE, again], [PLANNED, again], "FTA") == {
        "status": Span("in-progress", "planned", "2025-03-01", "2025-05-31", "planned")
    }


def test_of_several_spans_the_last_is_told() -> None:
    suspended = said(4, "2025-06-01", "suspended")
    assert ended_spans([PLANNED, LATE, suspended, FINALISING], [PLANNED, FINALISING], "FTA") == {
        "status": Span("suspended", "planned", "2025-06-01", "2025-10-25", "finalising")
    }


@pytest.mark.parametrize("other", [said(3, "2025-10-26", "planned"), said(3, "2025-03-01", "met", "FTA/1")])
def test_what_another_entry_of_the_day_overrides_or_another_record_says_is_no_span(other: Any) -> None:
    laid = [PLANNED, other, FINALISING]
    assert ended_spans([PLANNED, FINALISING], laid, "FTA") == {}
