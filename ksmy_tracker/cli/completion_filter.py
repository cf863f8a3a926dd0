"""The answer to a shell that asks what it may offer: one filter for all, then the form that its script reads.

A shell may evaluate what it is told (a zsh script from before does), and puts a word it is offered on the command line,
where the next Enter runs it. So only words go out that mean nothing to any shell, wherever they come from: the
register, this machine, or what the user has typed so far.
"""

import re
from typing import Any, Final

# Typer has no public name for any of these, nor another way to a form of one's own.
from typer._click.shell_completion import CompletionItem, add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

#: What no shell acts on, quoted or not: refs, slugs, words, options, columns, numbers, time zones.
_WORD: Final = re.compile(r"-{0,2}[A-Za-z0-9][A-Za-z0-9_./,+-]*", re.ASCII)

#: The option whose values may begin with a hyphen.
_SIGNED: Final = "--sort"

#: What punctuation of a meaning becomes; any other than this and `.,-/` becomes a space.
_PLAINLY: Final = str.maketrans({":": " -", ";": ","})

#: Letters a word, or what it means, may have.
_LONGEST: Final = 1000


def filtered(items: list[CompletionItem]) -> list[CompletionItem]:
    """The offers whose word is harmless to every shell, each with a harmless meaning."""
    return [
        CompletionItem(item.value, help=harmless(item.help or ""))
        for item in items
        if isinstance(item.value, str) and len(item.value) <= _LONGEST and _WORD.fullmatch(item.value)
    ]


def harmless(text: str) -> str:
    """A text in one line, without anything that a shell that evaluates it, a terminal or Rich would act on."""
    kept = (letter if letter.isalnum() or letter in ".,-/" else " " for letter in text.translate(_PLAINLY))
    return " ".join("".join(kept).split())[:_LONGEST]


class _Filtered:
    """A shell's form of completion with the filter in front of it."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        option, joined, _ = incomplete.partition("=")
        if _SIGNED in ([option] if joined else args[-1:]):
            args = ["--", *args]  # without it Typer takes what begins with a hyphen for the name of an option
        return filtered(super().get_completions(args, incomplete))  # type: ignore[misc]


class _Bash(_Filtered, BashComplete):
    """A word a line."""


class _Fish(_Filtered, FishComplete):
    """A word a line, and after a tab what it means."""


class _Zsh(_Filtered, ZshComplete):
    """A call of `_arguments`, evaluated by scripts that were installed before `plain` was asked for."""


class _Plain(_Filtered, ZshComplete):
    """A word a line, and after a tab what it means, evaluated by nobody."""

    def complete(self) -> str:
        offers = self.get_completions(*self.get_completion_args())
        return "\n".join(f"{item.value}\t{item.help}" for item in offers)


def register() -> None:
    """Make these the forms that Typer knows, and no others."""
    forms: dict[str, Any] = {"bash": _Bash, "fish": _Fish, "zsh": _Zsh, "plain": _Plain}
    for name, form in forms.items():
        add_completion_class(form, name)
