"""Rows built by the names of their columns, and each value checked against the type its field says.

A class of rows is a NamedTuple or a slotted dataclass. A SELECT may leave out fields that have a default.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from itertools import chain, repeat, starmap
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.domain.kinds import COLUMNS, KINDS, kept_value

Row = TypeVar("Row")
Value = TypeVar("Value")

#: Rows that are made at once where they come one by one.
AT_ONCE: Final = 500


def made(row: type[Row], names: Iterable[str], found: Sequence[Sequence[Any]]) -> list[Row]:
    """Rows of a class from values in the order of the names.

    Raises `BrokenEntry` for a value that only damage can have put there, and `TypeError` for names that do not fit.
    """
    return list(_making(cast("Any", row), tuple(names))(found)) if found else []


def made_one_by_one(row: type[Row], names: Iterable[str], fetch: Callable[[int], Any]) -> Iterator[Row]:
    """The same from what `fetch` gives of so many, until it gives none."""
    make = _making(cast("Any", row), tuple(names))
    while found := fetch(AT_ONCE):
        yield from make(found)


def values_in(its: type[Value], names: Sequence[str], found: Sequence[Sequence[Any]]) -> list[Value]:
    """The values of a result's first column; raises `BrokenEntry` as `made` does."""
    values = [value for value, *_ in found]
    _check(names[0], frozenset((its,)), values)
    return values


def names_in(description: Any) -> list[str]:
    """The names of a result's columns, from what a driver's cursor says of them."""
    return [column[0] for column in description]


def columns_of(row: Any) -> tuple[str, ...]:
    """The fields of a class of rows that are columns, in their order: of a kind of record those that are kept."""
    return COLUMNS[row.record] if row in KINDS.values() else tuple(name for name, _ in _fields(row))


def values_of(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The values of rows of one class in the order of its columns, as these keep them."""
    row: Any = type(rows[0])
    names = columns_of(row)
    found = (
        rows if issubclass(row, tuple) else [tuple([getattr(one, name) for name in names]) for one in rows]
    )
    kept = [at for at, name in enumerate(names) if not types_of(row)[name].isdisjoint((bool, tuple))]
    if not kept:
        return list(found)
    columns = list(zip(*found, strict=True))
    for at in kept:
        columns[at] = tuple([kept_value(value) for value in columns[at]])
    return list(zip(*columns, strict=True))


@cache
def _making(row: Any, names: tuple[str, ...]) -> Callable[[Sequence[Any]], Iterator[Any]]:
    """What makes rows of a class from values in the order of the names."""
    its = _fields(row)
    needed = [name for name, default in its if default is MISSING]
    if len(set(names)) < len(names) or not set(needed) <= set(names) <= {name for name, _ in its}:
        raise TypeError(f"{row.__name__} has {', '.join(columns_of(row))}, not {', '.join(names)}")
    kinds = types_of(row)
    truths = [at for at, name in enumerate(names) if bool in kinds[name]]
    lists = [at for at, name in enumerate(names) if tuple in kinds[name]]
    checks = [(at, name, kinds[name]) for at, name in enumerate(names) if kinds[name]]
    places = [(names.index(name) if name in names else None, default) for name, default in its]
    build: Any = row._make if issubclass(row, tuple) else None
    in_order = names == tuple(name for name, _ in its) and not truths + lists

    def make(found: Sequence[Any]) -> Iterator[Any]:
        columns: list[Any] = list(zip(*found, strict=True))
        for at in truths:
            columns[at] = _truths(columns[at])
        for at in lists:
            columns[at] = _lists(columns[at])
        for at, name, allowed in checks:
            _check(name, allowed, columns[at])
        whole: Iterable[Any] = found
        if not in_order:
            given = (repeat(default) if at is None else columns[at] for at, default in places)
            whole = zip(*given, strict=False)
        return starmap(row, whole) if build is None else map(build, whole)

    return make


def _check(name: str, allowed: frozenset[type], column: Sequence[Any]) -> None:
    """Raise `BrokenEntry` for a value of a column that is of a type that it cannot have."""
    if not allowed.issuperset(map(type, column)):
        wrong = next(value for value in column if type(value) not in allowed)
        raise BrokenEntry(f"{name} is {wrong!r:.80}")


def _truths(column: Iterable[Any]) -> list[bool | None]:
    for stored in column:
        if type(stored) not in (int, NoneType) or stored not in (0, 1, None):
            raise BrokenEntry(f"{stored!r:.80} stands where 0 or 1 should")
    return [None if stored is None else stored == 1 for stored in column]


def _lists(column: Iterable[Any]) -> list[tuple[str, ...]]:
    """Lists of texts, which are kept as JSON; most are empty, or stood in a row before."""
    read: dict[Any, tuple[str, ...]] = {"[]": ()}
    for stored in column:
        if stored not in read:
            try:
                found = json.loads(stored)
            except (TypeError, ValueError):
                found = None
            if type(found) is not list or not all(type(one) is str for one in found):
                raise BrokenEntry(f"{stored!r:.80} stands where a list of texts should")
            read[stored] = tuple(found)
    return [read[stored] for stored in column]


@cache
def _fields(row: Any) -> tuple[tuple[str, Any], ...]:
    """Each field of a class of rows with its default."""
    if is_dataclass(row):
        return tuple((field.name, field.default) for field in fields(row) if field.init)
    names: tuple[str, ...] = row._fields
    return tuple((name, row._field_defaults.get(name, MISSING)) for name in names)


@cache
def types_of(row: Any) -> dict[str, frozenset[type]]:
    """Each field of a class of rows with the types its values can have; none where anything can stand."""
    hints = get_type_hints(row)
    return {name: frozenset(_types(hints[name])) for name, _ in _fields(row)}


def _types(hint: Any) -> Iterable[type]:
    if hint is Any or hint is object:
        return ()
    if get_origin(hint) in (Union, UnionType):
        return chain.from_iterable(map(_types, get_args(hint)))
    return (get_origin(hint) or hint,)
