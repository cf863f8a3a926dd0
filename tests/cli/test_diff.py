"""`diff`: what moved between two days, by which entries or by the calendar, and what it refuses."""

from datetime import datetime

import pytest

from tests.cli.changes import refused
from tests.cli.looks import MOVED, found, rows, shown
from tests.conftest import At, Contents, Ksmy


def test_diff_says_what_moved_and_by_which_entries(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2026-03", "--on", "2025-10-10").code == 0
    assert rows(ksmy("diff", "2025-10-01")) == []  # in October nobody knew of it
    assert ksmy("update", "TOURISM", "--status", "suspended", "--title", "Visits").code == 0
    moved = found(ksmy("diff", "2026-01-14", "2026-01-15", "--format", "json"))
    assert [list(one) for one in moved] == [MOVED] * len(moved)
    assert [(one["ref"], one["field"], one["old"], one["new"], one["entries"]) for one in moved] == []


def test_diff_names_the_calendar_where_no_entry_moved_anything(ksmy: Ksmy) -> None:
    assert found(ksmy("diff", "2025-12-31", "2026-01-01", "--format", "json")) == []
