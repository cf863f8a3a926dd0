"""`review`: records looked at without news, and where that shows."""

from datetime import UTC, datetime

import pytest

from tests.cli.batches import rows
from tests.cli.changes import refused
from tests.cli.looks import shown
from tests.conftest import At, Contents, Ksmy


def test_review_says_what_was_looked_at(ksmy: Ksmy) -> None:
    ran = ksmy("review", "tourism", "FTA", "TOURISM", "--note", "Asked")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "TOURISM reviewed: note: Asked (entry 31)\nFTA reviewed: note: Asked (entry 32)\n"
    *_, entry = rows(ksmy, "history")
    assert (entry["action"], entry["changes"], entry["note"]) == ("reviewed", {}, "Asked")
    assert ksmy("check").code == 0


def test_a_review_is_no_news_but_somebody_looked(ksmy: Ksmy) -> None:
    before = rows(ksmy, "show", "TOURISM")
    assert ksmy("review", "TOURISM", "--on", "2026-01-10").code == 0
    after = rows(ksmy, "show", "TOURISM")
    assert (before["reviewed_on"], after["reviewed_on"]) == (None, "2026-01-10")
    assert (after["updated_on"], after["evidence"]) == (before["updated_on"], before["evidence"])
    assert shown(ksmy("list", "--search", "TOURISM", "--columns", "reviewed_on")) == "2026-01-10\n"
    found = rows(ksmy, "report", "--since", "7d")
    assert (found["changed_count"], found["moved_count"]) == (0, 0)
    assert "TOURISM" not in [one["ref"] for one in found["quiet"]]


def test_what_was_not_looked_at_for_so_many_days_can_be_listed(ksmy: Ksmy) -> None:
    assert ksmy("review", "TOURISM", "--on", "2026-01-10").code == 0
    assert ksmy("update", "HYDROGEN", "--note", "News", "--on", "2026-01-10").code == 0

    def listed(days: str) -> set[str]:
        return {row["ref"] for row in rows(ksmy, "list", "--not-reviewed", days)}

    assert {"TOURISM", "HYDROGEN"} <= listed("5")
    assert listed("5") - listed("6") == {"TOURISM", "HYDROGEN"}


def test_a_review_of_a_milestone_is_one_of_its_commitment(ksmy: Ksmy) -> None:
    assert ksmy("review", "FTA-CONCLUDE/2").out == "FTA-CONCLUDE/2 reviewed (entry 31)\n"
    assert rows(ksmy, "show", "FTA-CONCLUDE")["reviewed_on"] == "2026-01-15"


def test_a_review_can_be_undone(ksmy: Ksmy, at: At) -> None:
    ksmy("review", "TOURISM")
    at(datetime(2026, 1, 20, 4, tzinfo=UTC))
    assert ksmy("undo").out == "TOURISM undone: entry 31 taken back (entry 32)\n"
    assert rows(ksmy, "show", "TOURISM")["reviewed_on"] is None


def test_review_dry_run_says_the_same_and_writes_nothing(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    tried = ksmy("review", "TOURISM", "--dry-run")
    assert (tried.code, tried.err) == (0, "ksmy: dry run: nothing was written\n")
    assert contents() == before
    assert ksmy("review", "TOURISM").out == tried.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("NOPE",), 3, "there is no record NOPE; none is near it"),
        (("TOURISM", "TOURISMS"), 3, "there is no record TOURISMS; did you mean TOURISM?"),
        (("TOURISM", "HYDROGEN/1"), 3, "there is no record HYDROGEN/1; did you mean HYDROGEN?"),
        ((), 2, "Missing argument 'REF'; see `ksmy review --help`"),
        (("TOURISM", "--note", " "), 2, "--note: is empty; give some text"),
        (
            ("TOURISM", "--on", "2026-01-16"),
            4,
            "2026-01-16 is in the future (today is 2026-01-15); record a change once it is in effect",
        ),
        (("TOURISM", "--on", "2024-11-24"), 4, "2024-11-24 is before TOURISM was created (2024-11-25); "),
    ],
)
def test_a_review_that_cannot_be_recorded_changes_nothing(
    ksmy: Ksmy, contents: Contents, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = contents()
    assert refused(ksmy("review", *arguments), code).startswith(said)
    assert contents() == before


@pytest.mark.parametrize("days", ["-1", "x"])
def test_a_number_of_days_that_cannot_be_is_told(ksmy: Ksmy, days: str) -> None:
    assert "--not-reviewed" in refused(ksmy("list", "--not-reviewed", days), 2)
