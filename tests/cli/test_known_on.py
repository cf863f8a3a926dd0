"""`--known-on`: what a command prints for a day never changes again, whatever is recorded, undone or amended later."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.changes import NEEDED, refused
from tests.conftest import At, Ksmy

LOOKS = (
    *("report", "report --format md --sector trade", "list --format csv", "list --sort -days_left --limit 5"),
    *("due --format table", "show FTA-CONCLUDE", "show FTA --format json", "history --format json"),
    *("history TOURISM", "history --in-force", "agreements", "timeline --format svg"),
)
FIRST = datetime(2026, 1, 2, 4, tzinfo=UTC)

#: What happens on the days of a fortnight; `ENTRY` is any entry, `DAY` any day until then.
CHANGES = (
    "update FTA-CONCLUDE --status finalising --on DAY",
    "update FTA-CONCLUDE --due 2026-03 --on DAY --evidence SBS",
    "update FTA-CONCLUDE --status completed --on DAY",
    "update TOURISM --note Call --on DAY",
    "update TOURISM HYDROGEN --sector trade --on DAY",
    "update FTA --stage signed --on DAY",
    "milestone set FTA-CONCLUDE 1 --state met --on DAY",
    "milestone add TOURISM Office --due 2026-02 --on DAY",
    f"add TIN --on DAY {' '.join(word.replace(' ', '_') for word in NEEDED)}",
    "undo",
    "undo ENTRY",
    "redo",
    "amend ENTRY --on DAY",
    "amend ENTRY --note amended",
)


@pytest.mark.of_no_engine  # on both, in test_both_engines.py
def test_what_was_printed_on_a_day_is_what_known_on_that_day_prints(ksmy: Ksmy, at: At) -> None:
    dice = random.Random("a fortnight")
    printed = {}
    for number in range(14):
        now = FIRST + timedelta(days=number)
        at(now)
        for change in dice.choices(CHANGES, k=3):
            on = (now - timedelta(days=dice.randint(0, 60))).date().isoformat()
            words = change.replace("DAY", on).replace("ENTRY", str(dice.randint(31, 50))).split()
            assert ksmy(*words).code in (0, 3, 4), words
        for look in LOOKS:
            printed[now.date().isoformat(), look] = ksmy(*look.split())
    assert len({ran.out for (_, look), ran in printed.items() if look == "report"}) > 7
    for (day, look), ran in printed.items():
        assert ksmy(*look.split(), "--known-on", day) == ran, (day, look)


@pytest.mark.parametrize(
    "command", ["list", "report", "timeline", "export --format ics", "history", "show FTA", "due"]
)
def test_what_will_be_known_on_a_later_day_cannot_be_told(command: str, ksmy: Ksmy) -> None:
    assert refused(ksmy(*command.split(), "--known-on", "2026-01-16"), 2) == (
        "--known-on 2026-01-16 is in the future (today is 2026-01-15); give today or an earlier day"
    )
    today = ksmy(*command.split(), "--known-on", "2026-01-15")
    assert (today.code, today) == (0, ksmy(*command.split()))
