"""How a command is declared: a function, the parameters of which are options, or stand for several of them.

Typer hears of `within: Within` as of one option, of `where: Where` as of all that this dataclass is made of, each in
its place; the function gets what was parsed, never what was typed. What many commands take is thus declared once. A
parameter that is a `datetime` is the moment at which the command began.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from inspect import Parameter, Signature, get_annotations
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin

import typer
from typer.models import CommandInfo

from ksmy_tracker import signals
from ksmy_tracker.domain.values import Fault
from ksmy_tracker.errors import Damaged, KsmyError, Usage

LOOK, CHANGE, LOOK_AFTER = "Look", "Change", "Look after"

#: What stands for "it must be given".
_REQUIRED: Final = ...

Read = Callable[[str], Any]


class Option(NamedTuple):
    """An option or an argument as Typer has it.

    `default` is as help shows it; `settle` makes of its value, or of None, what the function gets; `typed` is the type
    of what is typed, where that is not the option's own.
    """

    info: Any
    default: Any = None
    settle: Callable[[Any], Any] | None = None
    typed: Any = None


class Drawn(NamedTuple):
    """Annotated types of options by their names, and what a function's parameter is made of their values."""

    options: Mapping[str, Any]
    made: Callable[[Mapping[str, Any]], Any]


def joined(lists: list[list[Any]] | None) -> list[Any]:
    """What was given in several lists, or in none, as one."""
    return [one for each in lists or () for one in each]


def option(
    name: str,
    metavar: str | None,
    text: str,
    read: Read | None = None,
    *,
    short: str | None = None,
    default: Any = None,
    settle: Callable[[Any], Any] | None = None,
    offers: Any = None,
    **more: Any,
) -> Option:
    """An option; `read` parses what is given, its `Fault` told under the option's name; `settle` gets None too."""
    parser = read and reader(name, read)
    names = [name] if short is None else [name, short]
    info = typer.Option(*names, metavar=metavar, help=text, parser=parser, autocompletion=offers, **more)
    return Option(info, default, settle, read and str)


def flag(name: str, text: str) -> Option:
    """An option without a value."""
    return option(name, None, text, default=False)


def repeatable(
    name: str,
    metavar: str,
    text: str,
    read: Read,
    *,
    settle: Callable[[Any], Any] = joined,
    offers: Any = None,
) -> Option:
    """A repeatable option, of which each value is read as several, or none."""
    return option(name, metavar, text, read, settle=settle, offers=offers)._replace(typed=list[str])


def several(name: str, metavar: str, text: str, read: Read, *, offers: Any = None) -> Option:
    """A repeatable option, whose values commas separate too, with or without spaces."""
    return repeatable(
        name, metavar, text, lambda given: [read(one.strip()) for one in given.split(",")], offers=offers
    )


def argument(
    metavar: str,
    text: str,
    read: Read | None = None,
    *,
    default: Any = _REQUIRED,
    settle: Callable[[Any], Any] | None = None,
    offers: Any = None,
    **more: Any,
) -> Option:
    """An argument, which must be given unless it has a default."""
    parser = read and reader(metavar, read)
    info = typer.Argument(metavar=metavar, help=text, parser=parser, autocompletion=offers, **more)
    return Option(info, default, settle)


def reader(name: str, read: Read) -> Read:
    """The same reader, with `Usage` under a name for a `Fault`."""

    def parse(given: str) -> Any:
        try:
            return read(given)
        except Fault as error:
            raise Usage(f"{name}: {error}") from None

    return parse


def command(panel: str | None, example: str, *, without: tuple[str, ...] = ()) -> Callable[..., CommandInfo]:
    """Declare a command for a panel of the help; `without` names what it does not take of its dataclasses."""

    def declare(body: Callable[..., int | None]) -> CommandInfo:
        parts = {name: _drawn(name, hint) for name, hint in get_annotations(body).items() if name != "return"}
        known: dict[str, Any] = {}
        for part in parts.values():
            known |= part.options  # one that is known keeps its place

        def run(context: typer.Context, **given: Any) -> int | None:
            names = dict.fromkeys((*context.params, *known))  # as they were given, then the others
            values = {name: _settled(known[name], given.get(name)) for name in names}
            values["now"] = context.obj
            try:
                return body(**{name: part.made(values) for name, part in parts.items()})
            except KsmyError:
                raise
            except Exception as error:
                damage = None if signals.is_ending() else _damage_behind(values.get("db"))
                if damage is None:
                    raise
                raise damage from error

        parameters = [_parameter(name, hint) for name, hint in known.items() if name not in without]
        context = Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)
        run.__signature__ = Signature([context, *parameters])  # type: ignore[attr-defined]
        run.__doc__ = body.__doc__
        return CommandInfo(callback=run, epilog=f"Example: {example}", rich_help_panel=panel)

    return declare


def _drawn(name: str, hint: Any) -> Drawn:
    """The options that a parameter, or a field of a dataclass, stands for."""
    if is_dataclass(hint):
        parts = {one.name: _drawn(one.name, one.type) for one in fields(hint)}
        options = {option: its for part in parts.values() for option, its in part.options.items()}
        make: Any = hint
        return Drawn(options, lambda values: make(**{one: part.made(values) for one, part in parts.items()}))
    if get_origin(hint) is Annotated:
        declared = get_args(hint)[1]
        return declared if isinstance(declared, Drawn) else Drawn({name: hint}, lambda values: values[name])
    return Drawn({}, lambda values: values["now"])


def _parameter(name: str, hint: Any) -> Parameter:
    """An option as Typer takes it."""
    kind, declared = get_args(hint)
    default = Parameter.empty if declared.default is _REQUIRED else declared.default
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[declared.typed or kind, declared.info],
    )


def _settled(hint: Any, value: Any) -> Any:
    declared = get_args(hint)[1]
    if value is None and declared.default is not _REQUIRED:  # as of an option that the command does not take
        value = declared.default
    return declared.settle(value) if declared.settle else value


def _damage_behind(register: Any) -> KsmyError | None:
    """The sentence for a damaged register behind a failure that has none: what fails for its values is no bug."""
    if register is None:  # a command that is about none
        return None
    from ksmy_tracker.reading import check as audit

    try:
        with register.reading(1.0) as reader:
            faults = audit.check(reader).faults
    except Damaged as error:
        return error
    except KsmyError:  # gone, or busy: that tells nothing of what failed
        return None
    if not faults:
        return None
    return Damaged(f"{register} is damaged ({faults[0]}); restore the newest sound backup")
