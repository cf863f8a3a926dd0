"""The report as a value: what it counts, what it lists, and when it needs attention."""

from collections import Counter
from datetime import date

import pytest

from ksmy_tracker.domain import report
from ksmy_tracker.domain.report import Listed, tally
from ksmy_tracker.domain.rows import KindCount, StatusCount
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, OPEN_STATUSES, STATUSES
from tests.rows import EMPTY, counting

CALM = counting(
    EMPTY,
    by_status={**EMPTY.by_status, "planned": 4, "suspended": 1, "completed": 3, "cancelled": 2},
    by_deadline={**EMPTY.by_deadline, "undated": 5, "met": 3, "closed": 2},
    by_sector={"trade": 10},
)._replace(agreements=2, head="c" * 64)


def test_every_status_and_deadline_state_has_a_count_also_where_there_is_none() -> None:
    none = tally([], [])
    assert list(none.by_status.items()) == [(status, 0) for status in STATUSES]
    assert list(none.by_deadline.items()) == [(state, 0) for state in DEADLINE_STATES]
    assert list(none.by_firmness.items()) == [(word, 0) for word in FIRMNESSES]
    assert (none.by_sector, none.one_sided) == ({}, 0)


def test_a_commitment_counts_once_by_status_and_once_by_deadline() -> None:
    found = tally(
        [
            StatusCount("planned", 10, undated=4, past=1, until_horizon=3, late=0),
            StatusCount("suspended", 2, undated=1, past=1, until_horizon=1, late=0),
            StatusCount("completed", 5, undated=3, past=2, until_horizon=2, late=1),
            StatusCount("cancelled", 3, undated=1, past=2, until_horizon=2, late=0),
        ],
        [],
    )
    assert list(found.by_status.values()) == [10, 0, 0, 5, 2, 3]
    assert list(found.by_deadline.values()) == [2, 2, 3, 5, 4, 1, 3]


def test_sectors_stand_in_alphabetical_order_and_only_those_there_are() -> None:
    kinds = [KindCount(sector, "agreed", 1, 0) for sector in ("trade", "climate", "defence")]
    assert list(tally([], kinds).by_sector) == ["climate", "defence", "trade"]


def test_sectors_and_firmnesses_are_counted_each_for_itself_and_what_one_side_alone_said() -> None:
    found = tally(
        [],
        [
            KindCount("trade", "signed", 2, one_sided=0),
            KindCount("trade", "hoped", 3, one_sided=2),
            KindCount("defence", "hoped", 1, one_sided=1),
        ],
    )
    assert found.by_sector == {"defence": 1, "trade": 5}
    assert +Counter(found.by_firmness) == {"signed": 2, "hoped": 4}
    assert found.one_sided == 3


def test_whatever_is_neither_completed_nor_cancelled_is_open() -> None:
    assert CALM.open == 5
    for status in STATUSES:
        alone = counting(CALM, by_status={**dict.fromkeys(STATUSES, 0), status: 7})
        assert alone.open == (7 if status in OPEN_STATUSES else 0)
        assert alone.commitments == 7


def test_a_report_counts_the_commitments_of_every_status() -> None:
    assert CALM.commitments == 10


def test_a_report_is_of_the_day_it_looks_from() -> None:
    assert CALM.today == date(2026, 1, 15)


def test_a_report_with_nothing_overdue_soon_contradictory_or_changed_needs_no_attention() -> None:
    assert not CALM.needs_attention


@pytest.mark.parametrize("part", ["overdue", "due_soon", "changed", "contradictions"])
def test_what_is_overdue_soon_contradictory_or_changed_needs_attention(part: str) -> None:
    assert CALM._replace(**{part: Listed((), 1)}).needs_attention  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["quiet", "next_milestones"])
def test_what_is_quiet_or_comes_next_needs_no_attention_by_itself(part: str) -> None:
    assert not CALM._replace(**{part: Listed((), 1)}).needs_attention  # type: ignore[arg-type]


def test_a_screen_lists_five_of_a_kind_and_a_document_fifty() -> None:
    assert (report.ON_SCREEN, report.IN_DOCUMENT) == (5, 50)


def test_lately_is_thirty_days_and_quiet_half_a_year() -> None:
    assert (report.LATELY_DAYS, report.QUIET_DAYS) == (30, 180)
