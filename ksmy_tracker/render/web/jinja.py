"""Fill the templates: every text that goes in is escaped, its control characters are shown."""

import re
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
    return environment


def style_sheet(*names: str) -> Markup:
    """Style sheets, one after the other, as they are."""
    return Markup("".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names))  # noqa: S704


def _shown(value: object) -> object:
    """What a template puts in: with control characters shown, unless it is markup already."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _dated(text: str) -> Markup:
    """A text, escaped, in which dates stay whole."""
    return Markup(re.sub(r"(\d{4}-\d\d-\d\d)", r"<time>\1</time>", str(escape(visible(text)))))  # noqa: S704
