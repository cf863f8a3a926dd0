"""How a command is declared: what Typer hears of its parameters, and what its function gets."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command_from_info

from ksmy_tracker.cli.command import Drawn, argument, command, flag, option, repeatable, several
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.errors import Damaged, Usage
from tests.conftest import NOW, execute


def _even(given: str) -> int:
    if int(given) % 2:
        raise Fault(f"{given} is odd")
    return int(given)


Even = Annotated[int | None, option("--even", "N", "An even number.", _even)]
Loud = Annotated[bool, flag("--loud", "Louder.")]


@dataclass
class Inner:
    """Taken by another."""

    even: Even
    now: datetime


@dataclass
class Outer:
    """What many commands take."""

    first: Annotated[str, option("--first", "TEXT", "First.", default="one")]
    inner: Inner
    loud: Loud


def built(body: Any, **more: Any) -> Any:
    """The command that Typer makes of a declaration."""
    info = command(None, "x", **more)(body)
    return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)


def run(body: Any, *arguments: str, **more: Any) -> Any:
    """What a declared command ends with."""
    return built(body, **more).main(list(arguments), prog_name="ksmy", standalone_mode=False, obj=NOW)


def whole(outer: Outer) -> None:
    """Take a dataclass."""
    seen.append(outer)


def around(loud: Loud, outer: Outer, even: Even) -> None:
    """Take a dataclass, one of its options before it and one after it."""
    seen.append((loud, outer, even))


seen: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


def test_a_dataclass_stands_for_its_options_in_its_place() -> None:
    assert [one.name for one in built(whole).params] == ["first", "even", "loud"]
    run(whole, "--even", "4", "--loud")
    assert seen == [Outer("one", Inner(4, NOW), loud=True)]


def test_an_option_that_a_function_takes_itself_too_stands_where_it_comes_first() -> None:
    assert [one.name for one in built(around).params] == ["loud", "first", "even"]
    run(around, "--even", "4", "--first", "x")
    assert seen == [(False, Outer("x", Inner(4, NOW), loud=False), 4)]


def test_an_option_that_a_command_does_not_take_has_its_default() -> None:
    assert [one.name for one in built(whole, without=("first",)).params] == ["even", "loud"]
    run(whole, without=("first",))
    assert seen == [Outer("one", Inner(None, NOW), loud=False)]


def test_a_fault_is_told_under_the_name_of_its_option() -> None:
    with pytest.raises(Usage, match=r"^--even: 3 is odd$"):
        run(whole, "--even", "3")


def test_an_argument_is_needed_unless_it_has_a_default() -> None:
    def body(
        needed: Annotated[int, argument("N", "A number.", _even)],
        other: Annotated[int | None, argument("M", "Another.", _even, default=None)],
    ) -> None:
        seen.append((needed, other))

    run(body, "2")
    run(body, "2", "4")
    assert seen == [(2, None), (2, 4)]
    with pytest.raises(typer.TyperException, match="needed"):
        run(body)
    with pytest.raises(Usage, match=r"^M: 5 is odd$"):
        run(body, "2", "5")


def test_what_may_be_repeated_is_one_list_and_never_none() -> None:
    def body(
        numbers: Annotated[list[int], several("--number", "N", "Numbers.", _even)],
        texts: Annotated[list[str], repeatable("--text", "TEXT", "Texts.", lambda given: [given, given])],
    ) -> None:
        seen.append((numbers, texts))

    run(body)
    run(body, "--number", "2, 4", "--number", "6", "--text", "a,b")
    assert seen == [([], []), ([2, 4, 6], ["a,b", "a,b"])]


def test_options_that_are_drawn_keep_the_order_in_which_they_were_given() -> None:
    three = {name: Annotated[str | None, option(f"--{name}", "TEXT", name)] for name in ("a", "b", "c")}
    drawn = Drawn(
        three, lambda values: {name: value for name, value in values.items() if value in ("1", "2")}
    )

    def body(of_them: Annotated[dict[str, str], drawn]) -> None:
        seen.append(list(of_them.items()))

    run(body, "--c", "1", "--a", "2")
    assert seen == [[("c", "1"), ("a", "2")]]


def test_a_command_ends_with_what_its_function_returns() -> None:
    def body(now: datetime) -> int:
        return now.year

    assert run(body) == NOW.year


def test_what_fails_for_a_damaged_register_is_told_as_damage_and_a_bug_is_not(register: Path) -> None:
    def body(where: Where) -> None:
        raise ZeroDivisionError(str(where.timeout))

    with pytest.raises(ZeroDivisionError, match=r"30\.0"):
        run(body, "--db", str(register))
    execute(register, "UPDATE commitment SET title = 'Forged' WHERE ref = 'TOURISM'")
    with pytest.raises(Damaged, match="is damaged"):
        run(body, "--db", str(register))
