"""What an entry does to a record, and what a whole history leaves behind."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ksmy_tracker.domain.chain import Changes, Entry
from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.kinds import COLUMNS, GIVEN, Commitment, family_of, kept, state_of
from ksmy_tracker.domain.projection import States, laid_down, project, retracted, states_before, step
from ksmy_tracker.storage import tables as models


def entry(
    ref: str,
    changes: Changes,
    *,
    record: str = "commitment",
    on: str = "2025-01-01",
    action: str = "updated",
    note: str | None = None,
    evidence: tuple[str, ...] = (),
    number: int = 0,
    retracts: tuple[int, ...] = (),
) -> Entry:
    """An entry as the history gives it; what a projection does not look at is left empty.

    Those without a number come, on one day, in the order in which they are given.
    """
    return Entry(
        id=number,
        invocation="",
        key=None,
        key_digest=None,
        recorded_at="",
        effective_on=on,
        actor="",
        record=record,
        ref=ref,
        action=action,
        changes=changes,
        note=note,
        evidence=evidence,
        previous_hash=None,
        retracts=retracts,
    )


def created(due: str | None = None, *, on: str = "2024-11-25", **fields: Any) -> Entry:
    """The first entry of a commitment."""
    wanted = {"title": "Conclude it", "status": "planned", "verifiable": True, **fields}
    if due is not None:
        wanted["due"] = due
    return entry(
        "FTA-CONCLUDE", {name: (None, value) for name, value in wanted.items()}, on=on, action="created"
    )


State = dict[str, Any]


def left_by(entries: Iterable[Entry]) -> dict[str, State]:
    """The columns of each record that entries leave behind."""
    return {ref: kept(record) for ref, record in project(entries).items()}


def commitment_after(*entries: Entry) -> State:
    return left_by(entries)["FTA-CONCLUDE"]


def some(state: State, *names: str) -> dict[str, Any]:
    return {name: state[name] for name in names}


# New records


def test_a_new_record_has_every_column_and_is_empty_but_for_what_its_entry_says() -> None:
    state = commitment_after(created())

    assert tuple(state) == COLUMNS["commitment"]
    assert {name: value for name, value in state.items() if value is not None} == {
        "ref": "FTA-CONCLUDE",
        "title": "Conclude it",
        "status": "planned",
        "verifiable": 1,
        "topics": "[]",
        "leads": "[]",
        "partners": "[]",
        "evidence": 0,
        "created_on": "2024-11-25",
        "updated_on": "2024-11-25",
        "withdrawn": 0,
    }


def test_a_new_agreement_has_no_count_of_evidence() -> None:
    states = left_by(
        [
            entry(
                "FTA",
                {"title": (None, "Free trade"), "kind": (None, "treaty"), "stage": (None, "negotiating")},
                record="agreement",
                on="2024-11-25",
                action="created",
                evidence=("https://example.org",),
            )
        ]
    )

    assert states == {
        "FTA": {
            "ref": "FTA",
            "title": "Free trade",
            "kind": "treaty",
            "stage": "negotiating",
            "dated": None,
            "place": None,
            "parties": None,
            "source": None,
            "under": None,
            "created_on": "2024-11-25",
            "updated_on": "2024-11-25",
            "withdrawn": 0,
        }
    }


def test_a_new_milestone_knows_its_commitment_and_its_number() -> None:
    states = left_by(
        [
            created(),
            entry(
                "FTA-CONCLUDE/12",
                {
                    "title": (None, "Tenth round"),
                    "state": (None, "scheduled"),
                    "due": (None, "2025-06"),
                },
                record="milestone",
                on="2025-02-01",
                action="created",
            ),
        ]
    )

    assert states["FTA-CONCLUDE/12"] == {
        "ref": "FTA-CONCLUDE/12",
        "commitment": "FTA-CONCLUDE",
        "number": 12,
        "title": "Tenth round",
        "party": None,
        "leads": "[]",
        "partners": "[]",
        "due": "2025-06",
        "state": "scheduled",
        "expected": None,
        "met_on": None,
        "due_earliest": "2025-06-01",
        "due_latest": "2025-06-30",
        "evidence": 0,
        "created_on": "2025-02-01",
        "updated_on": "2025-02-01",
        "withdrawn": 0,
    }


def test_a_milestone_without_its_commitment_cannot_be_applied() -> None:
    with pytest.raises(KeyError):
        project([entry("FTA-CONCLUDE/1", {}, record="milestone")])


def test_a_record_knows_its_kind() -> None:
    states = project(
        [
            entry("FTA", {}, record="agreement"),
            created(),
            entry("FTA-CONCLUDE/1", {}, record="milestone"),
        ]
    )

    assert {ref: record.record for ref, record in states.items()} == {
        "FTA": "agreement",
        "FTA-CONCLUDE": "commitment",
        "FTA-CONCLUDE/1": "milestone",
    }


def test_a_milestone_belongs_to_the_commitment_before_the_slash() -> None:
    assert family_of("FTA-CONCLUDE/2") == "FTA-CONCLUDE"
    assert family_of("FTA-CONCLUDE") == "FTA-CONCLUDE"


def test_the_columns_are_those_of_the_tables() -> None:
    tables = models.Table.metadata.tables

    for kind, columns in COLUMNS.items():
        assert set(columns) == set(tables[kind].columns.keys())


def test_every_field_a_user_sets_is_a_column() -> None:
    for kind, names in GIVEN.items():
        assert set(names) <= set(COLUMNS[kind])


# Changes


def test_an_entry_changes_the_fields_it_names_and_no_others() -> None:
    before = commitment_after(created("2025", detail="as it was"))
    after = commitment_after(
        created("2025", detail="as it was"), entry("FTA-CONCLUDE", {"title": ("Conclude it", "Sign it")})
    )

    assert {name for name in before if before[name] != after[name]} == {"title", "updated_on"}
    assert after["title"] == "Sign it"


def test_a_cleared_field_is_empty() -> None:
    state = commitment_after(created(detail="x"), entry("FTA-CONCLUDE", {"detail": ("x", None)}))

    assert state["detail"] is None


@pytest.mark.parametrize(("said", "stored"), [(True, 1), (False, 0)])
def test_true_and_false_are_stored_as_numbers(said: bool, stored: int) -> None:
    state = commitment_after(created(), entry("FTA-CONCLUDE", {"verifiable": (not said, said)}))

    assert state["verifiable"] == stored
    assert type(state["verifiable"]) is int


def test_step_changes_the_states_it_is_given_and_returns_the_record() -> None:
    states: States = {}
    state = step(states, created())

    assert states == {"FTA-CONCLUDE": state}
    assert step(states, entry("FTA-CONCLUDE", {"status": ("planned", "finalising")})) is state
    assert state_of(state) == "finalising"


# Due dates


def test_a_due_date_brings_its_window() -> None:
    assert some(commitment_after(created("2025-36")), "due", "due_earliest", "due_latest", "slip_days") == {
        "due": "2025-36",
        "due_earliest": "2025-10-01",
        "due_latest": "2025-12-31",
        "slip_days": 0,
    }


def test_moving_the_due_date_never_overwrites_the_baseline() -> None:
    state = commitment_after(
        created("2025"),
        entry("FTA-CONCLUDE", {"due": ("2025", "2026-06")}),
        entry("FTA-CONCLUDE", {"due": ("2026-06", "2027")}),
    )

    assert some(state, "due", "due_latest", "baseline_due", "slip_days") == {
        "due": "2027",
        "due_latest": "2027-12-31",
        "baseline_due": "2025",
        "slip_days": 730,
    }


def test_an_earlier_due_date_slips_by_fewer_than_no_days() -> None:
    state = commitment_after(created("2025"), entry("FTA-CONCLUDE", {"due": ("2025", "2025-11")}))

    assert state["slip_days"] == -31


def test_a_cleared_due_date_has_no_window_and_no_slip_but_keeps_its_baseline() -> None:
    state = commitment_after(created("2025"), entry("FTA-CONCLUDE", {"due": ("2025", None)}))

    assert some(state, "due", "due_earliest", "due_latest", "baseline_due", "slip_days") == {
        "due": None,
        "due_earliest": None,
        "due_latest": None,
        "baseline_due": "2025",
        "slip_days": None,
    }


def test_a_due_date_given_again_slips_from_the_first_one_ever_stated() -> None:
    state = commitment_after(
        created("2025"),
        entry("FTA-CONCLUDE", {"due": ("2025", None)}),
        entry("FTA-CONCLUDE", {"due": (None, "2026")}),
    )

    assert some(state, "baseline_due", "slip_days") == {"baseline_due": "2025", "slip_days": 365}


def test_a_first_due_date_that_comes_late_is_the_baseline() -> None:
    state = commitment_after(created(), entry("FTA-CONCLUDE", {"due": (None, "2029")}))

    assert some(state, "due", "baseline_due", "slip_days") == {
        "due": "2029",
        "baseline_due": "2029",
        "slip_days": 0,
    }


def test_a_baseline_that_an_undo_of_an_earlier_version_took_back_leaves_no_slip() -> None:
    state = commitment_after(
        created(),
        entry("FTA-CONCLUDE", {"due": (None, "2029")}),
        entry("FTA-CONCLUDE", {"due": ("2029", None), "baseline_due": ("2029", None)}, action="undone"),
    )

    assert some(state, "due", "due_latest", "baseline_due", "slip_days") == dict.fromkeys(
        ("due", "due_latest", "baseline_due", "slip_days")
    )


def test_a_baseline_that_such_an_undo_takes_back_alone_changes_the_slip() -> None:
    moved = [created("2025"), entry("FTA-CONCLUDE", {"due": ("2025", "2026")})]

    assert commitment_after(*moved)["slip_days"] == 365
    taken_back = entry("FTA-CONCLUDE", {"baseline_due": ("2025", None)}, action="undone")
    assert commitment_after(*moved, taken_back)["slip_days"] is None


# Completion


def completion(on: str) -> Entry:
    return entry("FTA-CONCLUDE", {"status": ("planned", "completed")}, on=on)


def test_a_completion_keeps_its_day_and_the_due_date_then_in_force() -> None:
    state = commitment_after(created("2025"), completion("2025-10-26"))

    assert some(state, "status", "completed_on", "completed_due", "completed_latest") == {
        "status": "completed",
        "completed_on": "2025-10-26",
        "completed_due": "2025",
        "completed_latest": "2025-12-31",
    }
    assert tuple(state) == COLUMNS["commitment"]


def test_a_due_date_moved_after_completion_leaves_what_it_was_completed_against() -> None:
    state = commitment_after(
        created("2025"),
        completion("2026-02-01"),
        entry("FTA-CONCLUDE", {"due": ("2025", "2026")}, on="2026-03-01"),
    )

    assert some(state, "due_latest", "completed_due", "completed_latest") == {
        "due_latest": "2026-12-31",
        "completed_due": "2025",
        "completed_latest": "2025-12-31",
    }


def test_a_completion_without_a_due_date_was_not_against_any() -> None:
    state = commitment_after(created(), completion("2025-10-26"))

    assert some(state, "completed_on", "completed_due", "completed_latest") == {
        "completed_on": "2025-10-26",
        "completed_due": None,
        "completed_latest": None,
    }


def test_a_reopened_commitment_is_not_completed_any_more() -> None:
    state = commitment_after(
        created("2025"),
        completion("2025-10-26"),
        entry(
            "FTA-CONCLUDE",
            {"status": ("completed", "in-progress")},
            on="2025-11-01",
            note="announced too early",
        ),
    )

    assert some(state, "status", "completed_on", "completed_due", "completed_latest", "due_latest") == {
        "status": "in-progress",
        "completed_on": None,
        "completed_due": None,
        "completed_latest": None,
        "due_latest": "2025-12-31",
    }


# Evidence and news


def test_evidence_counts_the_entries_that_carry_any() -> None:
    state = commitment_after(
        created(),
        entry("FTA-CONCLUDE", {}, action="noted", evidence=("https://example.org/a", "Gazette 12/2025")),
        entry("FTA-CONCLUDE", {}, action="noted", note="no evidence here"),
        entry("FTA-CONCLUDE", {"status": ("planned", "in-progress")}, evidence=("https://example.org/b",)),
    )

    assert state["evidence"] == 2


def test_a_note_alone_is_news_and_changes_nothing_else() -> None:
    before = commitment_after(created("2025"))
    after = commitment_after(
        created("2025"), entry("FTA-CONCLUDE", {}, on="2025-03-01", action="noted", note="talks go on")
    )

    assert after == {**before, "updated_on": "2025-03-01"}


def test_an_entry_that_took_effect_earlier_is_no_newer_news() -> None:
    state = commitment_after(
        created(on="2024-11-25"),
        entry("FTA-CONCLUDE", {}, on="2025-03-01"),
        entry("FTA-CONCLUDE", {}, on="2025-02-01"),
    )

    assert some(state, "created_on", "updated_on") == {
        "created_on": "2024-11-25",
        "updated_on": "2025-03-01",
    }


def test_an_entry_of_a_milestone_is_news_and_evidence_of_its_commitment_too() -> None:
    other = entry("FTA-SCOPE", {"status": (None, "planned")}, on="2024-11-25", action="created")
    before = left_by([created("2025"), other])
    after = left_by(
        [
            created("2025"),
            other,
            entry(
                "FTA-CONCLUDE/1",
                {"title": (None, "Tenth round"), "state": (None, "met")},
                record="milestone",
                on="2025-04-01",
                action="created",
                evidence=("https://example.org",),
            ),
        ]
    )

    assert after["FTA-CONCLUDE"] == {**before["FTA-CONCLUDE"], "updated_on": "2025-04-01", "evidence": 1}
    assert after["FTA-SCOPE"] == before["FTA-SCOPE"]
    assert some(after["FTA-CONCLUDE/1"], "state", "met_on", "updated_on", "evidence") == {
        "state": "met",
        "met_on": "2025-04-01",
        "updated_on": "2025-04-01",
        "evidence": 1,
    }


def test_an_entry_of_a_commitment_is_no_news_of_its_milestones() -> None:
    history = [created(), entry("FTA-CONCLUDE/1", {}, record="milestone", on="2025-02-01")]
    before = left_by(history)["FTA-CONCLUDE/1"]

    after = left_by([*history, entry("FTA-CONCLUDE", {}, on="2025-03-01", evidence=("x",))])["FTA-CONCLUDE/1"]

    assert after == before


def test_an_entry_of_a_commitment_is_no_news_of_its_agreement() -> None:
    agreement = entry("FTA", {"title": (None, "Free trade")}, record="agreement", on="2024-11-25")
    states = left_by([agreement, created(agreement="FTA", on="2025-03-01")])

    assert states["FTA"] == left_by([agreement])["FTA"]


# Whole histories

dues = st.none() | st.sampled_from(["2025", "2026", "2025-36", "2026-06", "2025-12-31", "2024-02-29", "202X"])
steps = st.tuples(dues, st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.lists(st.just("x"), max_size=2))


def history_of(first_due: str | None, moves: list[tuple[str | None, date, list[str]]]) -> list[Entry]:
    """A commitment whose due date moves, in whatever order that is recorded."""
    return [
        created(first_due),
        *(
            entry("FTA-CONCLUDE", {"due": (None, due)}, on=on.isoformat(), evidence=tuple(evidence))
            for due, on, evidence in moves
        ),
    ]


@given(dues, st.lists(steps, max_size=8))
def test_after_any_history_what_is_derived_follows_from_the_entries(
    first_due: str | None, moves: list[tuple[str | None, date, list[str]]]
) -> None:
    stated = [first_due, *(due for due, _, _ in sorted(moves, key=lambda move: move[1]))]
    baseline = next((due for due in stated if due is not None), None)
    now = stated[-1]

    state = commitment_after(*history_of(first_due, moves))

    assert state["due"] == now
    assert state["baseline_due"] == baseline
    assert state["due_earliest"] == (read_due(now).earliest.isoformat() if now else None)
    assert state["due_latest"] == (read_due(now).latest.isoformat() if now else None)
    if now and baseline:
        assert state["slip_days"] == (read_due(now).latest - read_due(baseline).latest).days
    else:
        assert state["slip_days"] is None
    assert state["evidence"] == sum(bool(evidence) for _, _, evidence in moves)
    assert state["created_on"] == "2024-11-25"
    assert state["updated_on"] == max(["2024-11-25", *(on.isoformat() for _, on, _ in moves)])


@given(dues, st.lists(steps, max_size=8), st.data())
def test_what_comes_later_can_be_laid_on_what_an_earlier_history_left(
    first_due: str | None, moves: list[tuple[str | None, date, list[str]]], data: st.DataObject
) -> None:
    entries = history_of(first_due, sorted(moves, key=lambda move: move[1]))
    at = data.draw(st.integers(0, len(entries)))

    states = project(entries[:at])
    for later in entries[at:]:
        step(states, later)

    assert states == project(entries)


def test_an_empty_history_leaves_nothing() -> None:
    assert project([]) == {}


# What counts, and in which order


def titled(
    number: int, title: str, on: str = "2025-02-01", *, retracts: tuple[int, ...] = (), **more: Any
) -> Entry:
    """An entry that gives the commitment a title."""
    return entry("FTA-CONCLUDE", {"title": (None, title)}, on=on, number=number, retracts=retracts, **more)


def undone(number: int, *retracts: int, action: str = "undone", on: str = "2026-01-15") -> Entry:
    return entry("FTA-CONCLUDE", {}, on=on, number=number, action=action, retracts=retracts)


FIRST = created(on="2025-01-01")


def title_on(day: str | None, *entries: Entry) -> str | None:
    found = project([FIRST, *entries], day).get("FTA-CONCLUDE")
    return None if found is None else getattr(found, "title", None)


def test_a_late_entry_holds_from_its_day_until_the_next_that_set_the_same_field() -> None:
    entries = [titled(2, "May", "2025-05-01"), titled(3, "March", "2025-03-01")]

    found = {day: title_on(day, *entries) for day in ("2025-02-28", "2025-03-01", "2025-04-30", "2025-05-01")}
    assert found == {
        "2025-02-28": "Conclude it",
        "2025-03-01": "March",
        "2025-04-30": "March",
        "2025-05-01": "May",
    }
    assert title_on(None, *entries) == "May"


def test_entries_of_one_day_come_in_the_order_of_the_chain() -> None:
    assert title_on(None, titled(2, "one"), titled(3, "two")) == "two"
    assert title_on(None, titled(2, "two"), titled(3, "one")) == "one"


def test_an_amendment_stands_in_the_place_of_what_it_states_again() -> None:
    entries = [titled(2, "slip"), titled(3, "later"), titled(4, "right", retracts=(2,))]

    assert [one.id for one in laid_down([FIRST, *entries])] == [0, 4, 3]
    assert title_on(None, *entries) == "later"


def test_an_amendment_of_an_amendment_stands_there_too() -> None:
    entries = [titled(2, "slip"), titled(3, "later"), titled(4, "x", retracts=(2,))]
    again = titled(5, "right", retracts=(2, 4))

    assert [one.id for one in laid_down([FIRST, *entries, again])] == [0, 5, 3]


def test_an_amendment_to_another_day_is_laid_down_on_that() -> None:
    entries = [titled(2, "x"), titled(3, "y", "2025-03-01"), titled(4, "x", "2025-04-01", retracts=(2,))]

    assert title_on("2025-02-15", *entries) == "Conclude it"
    assert title_on(None, *entries) == "x"


def test_what_was_retracted_counts_on_no_day() -> None:
    entries = [titled(2, "x"), undone(3, 2)]

    assert [title_on(day, *entries) for day in ("2025-02-01", "2025-12-31", None)] == ["Conclude it"] * 3


def test_an_undo_is_no_news_and_has_no_day_of_its_own() -> None:
    assert project([FIRST, titled(2, "x"), undone(3, 2)]) == project([FIRST])
    assert laid_down([FIRST, undone(3, 2)]) == [FIRST]


def test_what_a_retracted_entry_retracted_is_in_force_again() -> None:
    entries = [titled(2, "x"), undone(3, 2), undone(4, 3, action="restored")]

    assert retracted(entries) == {3: 4}
    assert title_on(None, *entries) == "x"
    entries.append(undone(5, 4))
    assert retracted(entries) == {4: 5, 2: 3}
    assert title_on(None, *entries) == "Conclude it"


def test_an_amendment_that_was_undone_leaves_what_it_amended() -> None:
    entries = [titled(2, "as it was"), titled(3, "amended", retracts=(2,)), undone(4, 3)]

    assert title_on(None, *entries) == "as it was"


def test_a_record_whose_creation_was_undone_is_not_there() -> None:
    first = replace_id(FIRST, 1)

    assert project([first, titled(2, "x"), undone(3, 1, 2)]) == {}


def replace_id(one: Entry, number: int) -> Entry:
    return structs.replace(one, id=number)


def test_an_entry_that_is_dated_ahead_is_not_in_force_yet() -> None:
    entries = [titled(2, "slip", "2099-01-01"), titled(3, "x")]

    assert title_on("2026-01-15", *entries) == "x"
    assert title_on("2099-01-01", *entries) == "slip"
    assert title_on(None, *entries, undone(4, 2)) == "x"


def test_a_new_entry_finds_the_states_on_its_day_in_its_place() -> None:
    entries = [FIRST, titled(2, "March", "2025-03-01"), titled(3, "May", "2025-05-01")]

    def found(new: Entry) -> str:
        return str(getattr(states_before(entries, new)["FTA-CONCLUDE"], "title", None))

    assert found(titled(4, "x", "2025-04-01")) == "March"
    assert found(titled(4, "x", "2025-05-01")) == "May"
    assert found(titled(4, "x", "2025-03-01", retracts=(2,))) == "Conclude it"
    assert found(titled(4, "x", "2025-05-01", retracts=(2,))) == "Conclude it"
    assert found(titled(4, "x", "2025-06-01", retracts=(2,))) == "May"
    assert states_before([], FIRST) == {}


def test_what_follows_is_worked_out_in_the_order_of_the_days() -> None:
    entries = [
        created("2027", on="2025-01-01"),
        entry("FTA-CONCLUDE", {"status": ("planned", "completed")}, on="2025-10-01", number=2),
        entry("FTA-CONCLUDE", {"due": ("2027", "2026")}, on="2025-09-01", number=3),
        entry("FTA-CONCLUDE", {"status": ("planned", "completed")}, on="2025-08-01", number=4),
    ]

    def done(*some: Entry) -> tuple[Any, Any]:
        state = commitment_after(*some)
        return state["completed_on"], state["completed_due"]

    assert done(*entries[:2]) == ("2025-10-01", "2027")
    assert done(*entries[:3]) == ("2025-10-01", "2026")
    assert done(*entries) == ("2025-08-01", "2027")


def test_the_baseline_is_the_first_due_date_by_its_day_however_late_it_came() -> None:
    entries = [
        created(on="2025-01-01"),
        entry("FTA-CONCLUDE", {"due": (None, "2027")}, on="2025-05-01", number=2),
        entry("FTA-CONCLUDE", {"due": (None, "2026")}, on="2025-03-01", number=3),
    ]

    assert some(commitment_after(*entries), "due", "baseline_due") == {"due": "2027", "baseline_due": "2026"}


def test_a_milestone_is_met_since_the_first_day_that_says_so() -> None:
    def met(number: int, on: str) -> Entry:
        return entry(
            "FTA-CONCLUDE/1", {"state": ("scheduled", "met")}, record="milestone", on=on, number=number
        )

    first = entry("FTA-CONCLUDE/1", {"state": (None, "scheduled")}, record="milestone", action="created")
    late = [FIRST, first, met(3, "2025-05-01"), met(4, "2025-04-01")]
    assert left_by(late)["FTA-CONCLUDE/1"]["met_on"] == "2025-04-01"


def test_what_an_entry_of_an_earlier_version_says_that_follows_counts_only_in_an_undo() -> None:
    facts: Changes = {
        "baseline_due": ("2025", "1999"),
        "completed_on": (None, "1999-01-01"),
        "completed_due": (None, "1999"),
    }
    assert commitment_after(created("2025"), entry("FTA-CONCLUDE", facts, on="2024-11-25")) == (
        commitment_after(created("2025"))
    )
    put_back = commitment_after(created("2025"), entry("FTA-CONCLUDE", facts, action="undone"))
    assert some(put_back, *facts) == {name: new for name, (_, new) in facts.items()}


def test_a_review_of_a_record_is_no_news_of_it() -> None:
    reviewed = entry("FTA-CONCLUDE", {}, on="2025-03-01", action="reviewed", number=2)
    record, before = (project(entries)["FTA-CONCLUDE"] for entries in ([FIRST, reviewed], [FIRST]))
    assert isinstance(record, Commitment)
    assert record.reviewed_on == "2025-03-01"
    record.reviewed_on = None
    assert record == before


def test_a_review_of_a_milestone_is_one_of_its_commitment() -> None:
    step = entry(
        "FTA-CONCLUDE/1", {"title": (None, "A step")}, record="milestone", action="created", number=2
    )
    looked = entry("FTA-CONCLUDE/1", {}, record="milestone", on="2025-03-01", action="reviewed", number=3)
    record = project([FIRST, step, looked])["FTA-CONCLUDE"]
    assert isinstance(record, Commitment)
    assert record.reviewed_on == "2025-03-01"


def test_what_follows_from_a_late_entry_follows_from_an_earlier_version_s_undo_too() -> None:
    history = [
        created("2026"),
        entry("FTA-CONCLUDE", {"status": ("planned", "finalising")}, on="2025-01-05"),
        entry("FTA-CONCLUDE", {"status": ("finalising", "planned")}, on="2025-01-10", action="undone"),
        entry("FTA-CONCLUDE", {"status": ("planned", "completed")}, on="2027-01-20"),
        entry("FTA-CONCLUDE", {"status": ("finalising", "completed")}, on="2025-01-07"),
    ]
    planned, done = project(history, "2025-12-31")["FTA-CONCLUDE"], project(history)["FTA-CONCLUDE"]
    assert isinstance(planned, Commitment)
    assert isinstance(done, Commitment)
    assert (planned.status, planned.completed_on, planned.completed_due) == ("planned", None, None)
    assert (done.status, done.completed_on) == ("completed", "2027-01-20")


def test_a_milestone_that_an_earlier_version_s_undo_left_unmet_was_met_on_no_day() -> None:
    history = [
        created(),
        entry("FTA-CONCLUDE/1", {"title": (None, "S"), "state": (None, "scheduled")}, record="milestone"),
        entry("FTA-CONCLUDE/1", {"state": ("scheduled", "not-met")}, record="milestone", on="2025-01-11"),
        entry(
            "FTA-CONCLUDE/1",
            {"state": ("not-met", "scheduled")},
            record="milestone",
            on="2025-01-15",
            action="undone",
        ),
        entry("FTA-CONCLUDE/1", {"state": ("not-met", "met")}, record="milestone", on="2025-01-12"),
    ]
    step = project(history)["FTA-CONCLUDE/1"]
    assert (getattr(step, "state"), getattr(step, "met_on")) == ("scheduled", None)  # noqa: B009
