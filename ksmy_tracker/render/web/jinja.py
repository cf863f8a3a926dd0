"""Fill the templates: every text that goes in is escaped, its control characters are shown."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ksmy_tracker.domain.safe_text import visible

_TEMPLATES = Path(__file__).parent / "templates"


def filled(template: str, **values: Any) -> str:
    """A template with these values put in."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    """Where the templates come from, each compiled once, and how a value is put in."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["dated"] = _dated
    environment.filters["linked"] = _linked
    return environment


def style_sheet(*names: str) -> Markup:
    """Style sheets, one after the other, as they are."""
    return Markup("".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names))  # noqa: S704


def _shown(value: object) -> object:
    """What a template puts in: with control characters shown, unless it is markup already."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _linked(text: str, links: Mapping[str, str]) -> Markup:
    """The same, in which what cites a source leads to it."""
    shown, anchor = _dated(text), Markup('<a href="{}" rel="nofollow noreferrer">{}</a>').format
    known = {str(said := _dated(words)): anchor(url, said) for words, url in links.items()}
    if not known:
        return shown
    # In one pass, and the longest first: none is looked for in another.
    either = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return Markup(re.sub(either, lambda found: known[found[0]], str(shown)))  # noqa: S704


def _dated(text: str) -> Markup:
    """A text, escaped, in which dates stay whole."""
    return Markup(re.sub(r"(\d{4}-\d\d-\d\d)", r"<time>\1</time>", str(escape(visible(text)))))  # noqa: S704
