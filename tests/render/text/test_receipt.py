"""A receipt as lines for a person."""

import pytest

from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.render.text.receipt import as_text, line
from tests.rows import outcome


def test_a_line_names_the_ref_what_happened_and_the_entry() -> None:
    assert line(outcome("created")) == "TOURISM created (entry 26)"


def test_a_line_of_a_new_record_lists_its_fields() -> None:
    changes = {
        "title": (None, "T"),
        "verifiable": (None, True),
        "status": (None, "planned"),
        "due": (None, "2025-36"),
        "baseline_due": (None, "2025-36"),
    }
    shown = line(outcome("created", changes=changes, note="why"))
    assert (
        shown == "TOURISM created: title T; verifiable yes; status planned; due 2025-Q4; note: why (entry 26)"
    )


def test_a_line_of_a_new_record_has_its_note_and_evidence() -> None:
    shown = line(outcome("created", note="why", evidence=("a",)))
    assert shown == "TOURISM created: note: why; evidence: a (entry 26)"


def test_a_line_says_each_change_from_what_to_what() -> None:
    changes = {"status": ("planned", "completed"), "due": (None, "2026"), "due_phrase": ("soon", None)}
    assert line(outcome(changes=changes)) == (
        "TOURISM updated: status planned -> completed; due set to 2026; due phrase soon removed (entry 26)"
    )


def test_what_follows_from_a_change_is_not_said_again() -> None:
    changes = {
        "status": ("planned", "completed"),
        "completed_on": (None, "2026-01-15"),
        "completed_due": (None, "2025"),
        "baseline_due": (None, "2025"),
        "met_on": (None, "2026-01-15"),
    }
    assert line(outcome(changes=changes)) == "TOURISM updated: status planned -> completed (entry 26)"


def test_a_record_withdrawn_or_restored_says_so_once() -> None:
    shown = line(outcome("withdrawn", changes={"withdrawn": (False, True)}, note="undoes invocation one"))
    assert shown == "TOURISM withdrawn: note: undoes invocation one (entry 26)"
    shown = line(outcome("restored", changes={"withdrawn": (True, False)}, note="undoes invocation two"))
    assert shown == "TOURISM restored: note: undoes invocation two (entry 26)"


def test_truth_reads_as_yes_and_no() -> None:
    assert (
        line(outcome(changes={"verifiable": (True, False)}))
        == "TOURISM updated: verifiable yes -> no (entry 26)"
    )


def test_a_note_and_every_evidence_follow_the_changes() -> None:
    shown = line(outcome(changes={"due": ("2025", "2026")}, note="moved", evidence=("a", "b c")))
    assert shown == "TOURISM updated: due 2025 -> 2026; note: moved; evidence: a, b c (entry 26)"


def test_a_note_alone_is_noted() -> None:
    assert line(outcome("noted", note="seen")) == "TOURISM noted: note: seen (entry 26)"


def test_a_change_that_changed_nothing_says_so() -> None:
    assert line(outcome(None, entry=None)) == "TOURISM unchanged: everything is so already"


def test_a_change_that_was_applied_before_says_so() -> None:
    assert line(outcome(None, entry=None, skipped=True)) == "TOURISM skipped: this change was applied before"


@pytest.mark.parametrize("text", ["a\nTOURISM deleted", "\x1b[2J", "\u202etxet", "\x9b31m", "\r", "\u2028"])
def test_no_text_of_a_user_can_add_a_line_or_reach_the_terminal(text: str) -> None:
    changes = {"title": (text, text), "detail": (None, text)}
    shown = as_text(Receipt("one", [outcome(ref=text, changes=changes, note=text, evidence=(text,))]))
    assert shown.endswith(" (entry 26)\n")
    assert shown[:-1].isprintable()


def test_korean_and_emoji_stay_as_they_are() -> None:
    assert line(outcome("noted", note="한국 🇰🇷")) == "TOURISM noted: note: 한국 🇰🇷 (entry 26)"


def test_a_receipt_has_a_line_for_each_change_in_order() -> None:
    receipt = Receipt("one", [outcome("created"), outcome(None, ref="FTA", entry=None)])
    assert as_text(receipt) == "TOURISM created (entry 26)\nFTA unchanged: everything is so already\n"


def test_a_receipt_of_nothing_is_empty() -> None:
    assert as_text(Receipt("one")) == ""
