"""The pages for contributors describe the house that stands here: rooms, files and layers."""

import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "ksmy_tracker"
PAGES = ("architecture.md", "contributing.md")

#: What stands in for a name that a contributor chooses.
PLACEHOLDER = re.compile(r"NAME|NNNN")


def page(name: str) -> str:
    return (TOP / "docs" / name).read_text(encoding="utf-8")


def paths(text: str) -> list[str]:
    """The files and folders that a page names: what stands in backticks and has an ending of theirs."""
    words = (word for quoted in re.findall(r"`([^`\n]+)`", text) for word in quoted.split())
    found = (word for word in words if re.fullmatch(r"[\w./]+(/|\.(py|md|toml|sql))", word))
    return [path for path in found if not PLACEHOLDER.search(path)]


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    found = paths(page(name))
    assert found
    assert [path for path in found if not (TOP / path).exists() and not (PACKAGE / path).exists()] == []


def test_the_plan_has_every_room_and_every_module_beside_them() -> None:
    (plan,) = re.findall(r"```\n(ksmy_tracker/\n.*?)```", page("architecture.md"), re.DOTALL)
    rooms = [f"{folder.parent.name}/" for folder in PACKAGE.rglob("__init__.py") if folder.parent != PACKAGE]
    beside = [file.name for file in PACKAGE.glob("*.py") if not file.name.startswith("__")]
    assert [name for name in (*rooms, *beside) if not re.search(rf"\s{re.escape(name)}", plan)] == []


def test_the_layers_are_those_that_the_gate_holds() -> None:
    (listed,) = re.findall(r"\*\*Imports run downward\*\*:(.*?)\.\s", page("architecture.md"), re.DOTALL)
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    held = [name for layer in layers for name in re.findall(r"\w+", layer) if name != "__main__"]
    assert re.findall(r"`(\w+)`", listed) == held
