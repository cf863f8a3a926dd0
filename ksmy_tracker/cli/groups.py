"""Groups of commands: the module of a command is imported when it is first asked for, not before."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from ksmy_tracker.cli.command import CHANGE


class Commands(Mapping[str, Any]):
    """Commands by name, each module imported and each command built when it is first asked for."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Any:
        return _built(name, self._modules[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


@cache
def _built(name: str, module: str) -> Any:
    """The command, or the group of commands, that a module declares under its own name."""
    found = getattr(import_module(f"ksmy_tracker.cli.{module}"), module)
    if not isinstance(found, CommandInfo):
        return found
    found.name = name
    return get_command_from_info(found, pretty_exceptions_short=False, rich_markup_mode="rich")


def group(
    name: str,
    commands: Mapping[str, str],
    text: str,
    example: str,
    *,
    of: type[TyperGroup] = TyperGroup,
) -> TyperGroup:
    """The commands about records of a kind, each with its module; `text` is its help, after which `example` stands."""
    return of(
        name=name,
        commands=Commands(commands),  # type: ignore[arg-type]  # read by name, never changed
        help=text,
        epilog=f"Example: {example}",
        no_args_is_help=True,
        rich_markup_mode="rich",
        rich_help_panel=CHANGE,
    )
