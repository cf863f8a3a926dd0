"""A receipt counts what became of each change."""

from ksmy_tracker.domain.receipt import Outcome, Receipt

CREATED = Outcome("TIN", "commitment", "created", {"title": (None, "Tin")}, 26)
NOTED = Outcome("TOURISM", "commitment", "noted", {}, 27, note="seen")
UNCHANGED = Outcome("FTA", "agreement", None, {})
SKIPPED = Outcome("FTA", "", None, {}, skipped=True)


def test_a_new_receipt_counts_nothing_and_has_no_head() -> None:
    receipt = Receipt("one")
    assert (receipt.applied, receipt.unchanged, receipt.skipped, receipt.head) == (0, 0, 0, None)


def test_every_change_counts_once() -> None:
    receipt = Receipt("one", [CREATED, UNCHANGED, NOTED, SKIPPED, SKIPPED, UNCHANGED, UNCHANGED])
    assert (receipt.applied, receipt.unchanged, receipt.skipped) == (2, 3, 2)


def test_receipts_do_not_share_their_outcomes() -> None:
    first, second = Receipt("one"), Receipt("two")
    first.outcomes.append(CREATED)
    assert second.outcomes == []
