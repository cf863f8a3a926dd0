"""The laws that any history keeps: what counts at a point, whatever the order it was recorded in."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from ksmy_tracker.domain.chain import Entry
from ksmy_tracker.domain.projection import project
from tests.model import Said, standing, states

DAYS = [f"2025-01-{day:02}" for day in range(1, 10)]
COMMITMENT, MILESTONE = "TIN", "TIN/1"
CREATED = (
    Said(1, COMMITMENT, DAYS[0], {"title": "Trade tin", "status": "planned", "due": None}),
    Said(2, MILESTONE, DAYS[0], {"title": "Survey", "state": "scheduled"}),
)
VALUES: dict[str, dict[str, list[Any]]] = {
    COMMITMENT: {
        "title": ["A", "B", "C"],
        "status": ["planned", "in-progress", "completed"],
        "due": [None, "2025", "2026-06", "2027"],
        "topics": [(), ("tin",), ("tin", "수소"), ("수소", "tin")],
    },
    MILESTONE: {
        "title": ["A", "B"],
        "state": ["scheduled", "met", "not-met"],
        "leads": [(), ("KR-MOTIE",), ("MY-MITI", "KR-MOTIE")],
    },
}


@st.composite
def sayings(draw: st.DrawFn, number: int = 0, days: Sequence[str] = DAYS, ref: str | None = None) -> Said:
    """A line that says something of a record."""
    ref = ref or draw(st.sampled_from([*VALUES]))
    names = draw(st.lists(st.sampled_from([*VALUES[ref]]), min_size=0, max_size=2, unique=True))
    says = {name: draw(st.sampled_from(VALUES[ref][name])) for name in names}
    return Said(number, ref, draw(st.sampled_from(days)), says, (), draw(st.booleans()))


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Any history of a commitment and its milestone: late lines, undos of whatever stands, redos, amendments."""
    history = [*CREATED]
    for _ in range(draw(st.integers(0, 10))):
        number = len(history) + 1
        open_to = [one for one in standing(history) if one.id > len(CREATED)]
        act = draw(st.sampled_from(["say", "undo", "amend"] if open_to else ["say"]))
        one = draw(st.sampled_from(open_to)) if act != "say" else None
        if one is None or (act == "amend" and one.says is None):
            history.append(draw(sayings(number)))
        elif act == "undo":
            history.append(Said(number, one.ref, DAYS[-1], None, (one.id,)))
        else:
            history.append(draw(sayings(number, ref=one.ref))._replace(retracts=(*one.retracts, one.id)))
    return history


def entries(history: Iterable[Said]) -> list[Entry]:
    """The same as entries: what a projection does not look at is left empty."""
    return [
        Entry(
            id=one.id,
            invocation="",
            key=None,
            key_digest=None,
            recorded_at="",
            effective_on=one.day,
            actor="",
            record="milestone" if "/" in one.ref else "commitment",
            ref=one.ref,
            action="undone" if one.says is None else "created" if one.id <= len(CREATED) else "updated",
            changes={name: (None, new) for name, new in (one.says or {}).items()},
            note=None,
            evidence=("a",) if one.has_evidence else (),
            previous_hash=None,
            retracts=one.retracts,
        )
        for one in history
    ]


def on_every_day(history: Sequence[Said]) -> list[Any]:
    return [project(entries(history), day) for day in (*DAYS, None)]


@given(histories())
def test_a_projection_is_what_the_model_says_at_every_point(history: list[Said]) -> None:
    for known in range(len(CREATED), len(history) + 1):
        for day in DAYS:
            said = states(history[:known], day)
            found = project(entries(history[:known]), day)
            assert found.keys() == said.keys()
            for ref, state in said.items():
                assert {name: getattr(found[ref], name) for name in state} == state, (known, day)


@given(st.permutations(DAYS[1:]).flatmap(lambda days: st.tuples(*(sayings(days=[day]) for day in days))))
def test_the_order_in_which_different_days_were_recorded_changes_no_later_state(
    lines: tuple[Said, ...],
) -> None:
    def recorded(order: Iterable[Said]) -> list[Said]:
        return [*CREATED, *(one._replace(id=number) for number, one in enumerate(order, len(CREATED) + 1))]

    by_day = sorted(lines, key=lambda one: one.day)
    assert on_every_day(recorded(lines)) == on_every_day(recorded(by_day))


@given(histories(), st.data())
def test_what_is_recorded_and_undone_leaves_every_day_as_before(
    history: list[Said], data: st.DataObject
) -> None:
    number = len(history) + 1
    new = data.draw(sayings(number))
    undone = Said(number + 1, new.ref, DAYS[-1], None, (number,))
    assert on_every_day([*history, new, undone]) == on_every_day(history)


@given(histories(), st.data())
def test_an_amendment_undone_leaves_every_day_as_before(history: list[Said], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from([one for one in standing(history) if one.says is not None]))
    number = len(history) + 1
    new = data.draw(sayings(number, ref=one.ref))._replace(retracts=(*one.retracts, one.id))
    undone = Said(number + 1, new.ref, DAYS[-1], None, (number,))
    assert on_every_day([*history, new, undone]) == on_every_day(history)


@given(histories(), st.data())
def test_an_undo_undone_leaves_every_day_as_without_both(history: list[Said], data: st.DataObject) -> None:
    undoable = [one for one in standing(history) if one.id > len(CREATED)]
    assume(undoable)
    one = data.draw(st.sampled_from(undoable))
    number = len(history) + 1
    undone = Said(number, one.ref, DAYS[-1], None, (one.id,))
    redone = Said(number + 1, one.ref, DAYS[-1], None, (number,))
    assert on_every_day([*history, undone, redone]) == on_every_day(history)
