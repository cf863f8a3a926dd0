"""Rows are built by the names of their columns, and hold only what their class says they can."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.storage.rows_by_name import (
    AT_ONCE,
    columns_of,
    made,
    made_one_by_one,
    values_in,
    values_of,
)


class Named(NamedTuple):
    ref: str
    number: int | None = None
    withdrawn: bool = False


@dataclass(slots=True)
class Slotted:
    ref: str
    number: int | None = None
    withdrawn: bool = False


CLASSES = pytest.mark.parametrize("row", [Named, Slotted])


@CLASSES
@pytest.mark.parametrize("names", [("ref", "number", "withdrawn"), ("withdrawn", "ref", "number")])
def test_a_value_goes_to_the_field_of_its_columns_name(row: Any, names: tuple[str, ...]) -> None:
    stored = {"ref": "A", "number": 3, "withdrawn": 1}
    assert made(row, names, [tuple(stored[name] for name in names)]) == [row("A", 3, True)]


@CLASSES
def test_a_field_that_is_not_selected_has_its_default(row: Any) -> None:
    assert made(row, ("withdrawn", "ref"), [(1, "A"), (0, "B")]) == [row("A", None, True), row("B")]
    assert made(row, ("ref",), [("A",)]) == [row("A")]


@CLASSES
@pytest.mark.parametrize("names", [("number",), ("ref", "other"), ("ref", "ref")])
def test_columns_that_are_no_fields_or_lack_one_are_a_mistake(row: Any, names: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match="ref, number, withdrawn, not"):
        made(row, names, [(1,) * len(names)])


@CLASSES
@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ((1, 1, 0), "ref is 1"),
        ((None, 1, 0), "ref is None"),
        (("A", b"3", 0), "number is b'3'"),
        (("A", 1.0, 0), "number is 1.0"),
        (("A", 1, 2), "2 stands where 0 or 1 should"),
        (("A", 1, 1.0), "1.0 stands where 0 or 1 should"),
        (("A", 1, "0"), "'0' stands where 0 or 1 should"),
        (("A", 1, None), "withdrawn is None"),
    ],
)
def test_what_only_damage_can_have_put_there_is_told(row: Any, stored: Any, said: str) -> None:
    sound = ("A", 1, 0)
    with pytest.raises(BrokenEntry, match=f"^{said}$"):
        made(row, ("ref", "number", "withdrawn"), [sound, stored])


def test_a_truth_may_be_left_open_where_its_field_says_so() -> None:
    class Open(NamedTuple):
        withdrawn: bool | None

    assert made(Open, ("withdrawn",), [(None,), (1,)]) == [Open(None), Open(True)]


def test_rows_that_come_one_by_one_are_fetched_a_few_at_a_time() -> None:
    left = [(f"R{number}",) for number in range(2 * AT_ONCE + 1)]
    asked = []

    def fetch(number: int) -> list[tuple[str]]:
        asked.append(number)
        some = left[:number]
        del left[:number]
        return some

    stream = made_one_by_one(Named, ("ref",), fetch)
    assert next(stream) == Named("R0")
    assert asked == [AT_ONCE]
    assert len(list(stream)) == 2 * AT_ONCE


@CLASSES
def test_rows_go_back_to_what_columns_hold(row: Any) -> None:
    assert columns_of(row) == ("ref", "number", "withdrawn")
    found = values_of([row("A", 3, True), row("B")])
    assert found == [("A", 3, 1), ("B", None, 0)]
    assert {type(value) for _, _, value in found} == {int}


def test_the_values_of_one_column_are_all_of_one_type() -> None:
    assert values_in(int, ["number"], [(1,), (2,)]) == [1, 2]
    assert values_in(str, ["ref"], []) == []


@pytest.mark.parametrize("stored", [None, "1", 1.0, True, b"1"])
def test_a_value_of_another_type_is_damage(stored: object) -> None:
    with pytest.raises(BrokenEntry, match=r"^number is "):
        values_in(int, ["number"], [(1,), (stored,)])
