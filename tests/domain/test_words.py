"""The words of the register, and the word that a mistyped one was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.words import did_you_mean, nearest

VOCABULARIES = {
    "STATUSES": ("planned", "in-progress", "finalising", "completed", "suspended", "cancelled"),
    "DEADLINE_STATES": ("overdue", "due-soon", "upcoming", "undated", "met", "met-late", "closed"),
    "FIRMNESSES": ("signed", "committed", "agreed", "offered", "discussed", "hoped"),
    "SHARED": ("both", "all"),
    "AGREEMENT_KINDS": (
        *("joint-statement", "memorandum", "agreement", "treaty", "protocol", "exchange-of-notes"),
        *("plan-of-action", "letter-of-intent", "contract"),
    ),
    "STAGES": (
        *("announced", "negotiating", "concluded", "adopted", "initialled", "signed", "ratified", "in-force"),
        *("expired", "terminated"),
    ),
    "BODY_KINDS": ("state", "ministry", "agency", "company", "organisation"),
    "MILESTONE_STATES": ("scheduled", "met", "partially-met", "not-met"),
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_has_the_words_of_the_design_in_the_order_people_list_them(name: str) -> None:
    assert getattr(vocabulary, name) == VOCABULARIES[name]


def test_a_status_is_either_open_or_settled() -> None:
    assert set(vocabulary.OPEN_STATUSES) | set(vocabulary.SETTLED_STATUSES) == set(vocabulary.STATUSES)
    assert set(vocabulary.SETTLED_STATUSES) == {"completed", "cancelled"}
    assert not set(vocabulary.OPEN_STATUSES) & set(vocabulary.SETTLED_STATUSES)


def test_a_milestone_is_open_until_it_is_met_or_not_met() -> None:
    assert set(vocabulary.OPEN_MILESTONE_STATES) == set(vocabulary.MILESTONE_STATES) - {"met", "not-met"}


def test_an_entry_is_about_a_creation_an_update_or_a_note() -> None:
    assert {"created", "updated", "noted"} <= set(vocabulary.ACTIONS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("compleet", "completed"),
        ("COMPLEET", "completed"),
        ("canceled", "cancelled"),
        ("finalizing", "finalising"),
        ("in progress", "in-progress"),
        ("in_progress", "in-progress"),
        ("suspend", "suspended"),
        ("done", None),
        ("", None),
        ("한국", None),
    ],
)
def test_a_mistyped_status_is_answered_with_the_one_it_is_near(typed: str, meant: str | None) -> None:
    assert nearest(typed, vocabulary.STATUSES) == meant


def test_case_does_not_make_a_word_less_near() -> None:
    assert nearest("fta-conclud", ["SP-2024", "FTA-CONCLUDE"]) == "FTA-CONCLUDE"
    assert nearest("BOHT", vocabulary.SHARED) == "both"


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert nearest("FTA", []) is None


@given(st.sampled_from(sorted(VOCABULARIES)), st.data())
def test_a_word_with_one_slip_of_the_pen_is_still_known(name: str, data: st.DataObject) -> None:
    words = VOCABULARIES[name]
    word = data.draw(st.sampled_from([word for word in words if len(word) > 2]))
    at = data.draw(st.integers(0, len(word) - 1))
    dropped = word[:at] + word[at + 1 :]
    doubled = word[:at] + word[at] + word[at:]
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    slip = data.draw(st.sampled_from([word, dropped, doubled, swapped, word.upper(), dropped.title()]))

    assert nearest(slip, words) == word


def test_a_mistake_is_answered_with_the_nearest_word() -> None:
    assert did_you_mean("compleet", vocabulary.STATUSES) == "did you mean completed?"


def test_a_mistake_far_from_every_word_is_answered_with_all_of_a_few() -> None:
    assert did_you_mean("Korea", vocabulary.SHARED) == "it is one of both, all"
    assert did_you_mean("Korea", ["FTA"]) == "it is one of FTA"


def test_a_mistake_far_from_every_word_is_not_answered_with_a_long_list() -> None:
    refs = [f"REF-{number}" for number in range(13)]

    assert did_you_mean("xyz", refs) == "none is near it"
    assert did_you_mean("xyz", refs[:12]) == f"it is one of {', '.join(refs[:12])}"
    assert did_you_mean("xyz", refs[:2], short=1) == "none is near it"


def test_a_mistake_where_nothing_is_known_is_answered_so() -> None:
    assert did_you_mean("FTA", []) == "none is near it"
