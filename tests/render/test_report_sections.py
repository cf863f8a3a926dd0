"""What a line of a report's lists says; the lists as a whole are read in text/test_report.py."""

from dataclasses import replace
from datetime import date

import pytest

from ksmy_tracker.domain.kinds import Milestone
from ksmy_tracker.domain.report import NextMilestone, Quiet
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.render.report_sections import milestone_summary, quiet_since
from tests.rows import MILESTONE


def test_what_is_quiet_says_since_when() -> None:
    day = Day(date(2026, 1, 15))
    assert quiet_since(Quiet("A", "t", "2026-01-14"), day) == "2026-01-14, 1 day ago"
    assert quiet_since(Quiet("A", "t", "2026-01-15"), day) == "2026-01-15, 0 days ago"


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        (MILESTONE, "2. Signed, scheduled, due 2026, in 350 days"),
        (replace(MILESTONE, due="2025-36", days_left=-15), "2. Signed, scheduled, due 2025-Q4, 15 days ago"),
        (replace(MILESTONE, due=None, days_left=None, state="partially-met"), "2. Signed, partially-met"),
    ],
)
def test_a_next_milestone_says_its_state_and_when_it_is_due(milestone: Milestone, said: str) -> None:
    assert milestone_summary(NextMilestone("Conclude the agreement", milestone)) == said


def test_a_milestone_that_is_overdue_says_so_beside_its_state() -> None:
    milestone = replace(MILESTONE, deadline="overdue", days_left=-3)
    said = milestone_summary(NextMilestone("Conclude the agreement", milestone))
    assert said == "2. Signed, scheduled, overdue, due 2026, 3 days ago"
