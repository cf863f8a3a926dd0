"""JSON as people and programs write it, read strictly, in time and memory that grow with its length alone (pure)."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

#: Digits a number may have: far more than any that means something here.
_MOST_DIGITS: Final = 1000


class Unreadable(ValueError):
    """A text that is not taken; the message is the end of a sentence whose subject is the text."""


def read_json(text: str, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """A JSON value. `pairs` makes its objects; without, an object is a dict, and no key may stand in it twice.

    Raises `Unreadable`.
    """
    try:
        if pairs is None:
            return _decode(text)
        return json.loads(text, object_pairs_hook=pairs, parse_int=_integer)
    except RecursionError:
        raise Unreadable("is not JSON: it is nested too deeply") from None
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"is not JSON: {error}") from None


def repeated(pairs: Iterable[tuple[str, Any]]) -> list[str]:
    """The keys that stand in an object more than once, each as often as that."""
    seen: set[str] = set()
    return [key for key, _ in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"the key {repeated(pairs)[0]!r} stands twice in one object")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise Unreadable(f"has a number of {len(digits):,} digits; {_MOST_DIGITS:,} are the most")
    return int(digits)


_decode: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer).decode
