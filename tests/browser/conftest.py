"""A real Chromium, and the pages and drawings it is shown."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

from tests import registers
from tests.registers import after_summit, empty, hostile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

__all__ = ["after_summit", "empty", "hostile"]

#: Read when the tests are collected: a test's own world has no variables of the machine.
_IN_CI: Final = bool(os.environ.get("CI"))
_AXE: Final = os.environ.get("KSMY_AXE")

#: No sandbox, because a gate runs as root; nothing of Chromium's own goes to the network.
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _missing(what: str) -> NoReturn:
    """Skip on a machine that lacks something; where the gate runs, nothing may be lacking."""
    if _IN_CI:
        pytest.fail(f"{what} is missing", pytrace=False)
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Debian's Chromium, driven by Playwright."""
    program = shutil.which("chromium")
    if program is None:
        _missing("Chromium (Debian's package chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _missing("Playwright (the package playwright)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the file that KSMY_AXE names."""
    if not _AXE or not Path(_AXE).is_file():
        _missing("axe-core (KSMY_AXE names its axe.min.js)")
    return Path(_AXE).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shown(
    after_summit: Path, hostile: Path, empty: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The page of each register, `hostile.html`, and its drawing, `hostile.svg`."""
    directory = tmp_path_factory.mktemp("shown")
    written = {}
    for name, register in (("ordinary", after_summit), ("hostile", hostile), ("empty", empty)):
        for kind, command in ((".html", ("report", "--format", "html")), (".svg", _DRAW)):
            target = written[name + kind] = directory / f"{name}{kind}"
            registers.run(register, *command, "--output", str(target))
    return written


_DRAW: Final = ("timeline", "--format", "svg")
