"""docs/seed.md keeps its word: its tables are the declarations, its example and its rules are what `init` takes.

With -m, its tables are written anew.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import DECLARED, DEFAULTS, GIVEN, KINDS, NUMBERED, OWNER, REQUIRED
from ksmy_tracker.errors import BadInput
from ksmy_tracker.storage.shipped import shipped
from ksmy_tracker.writing.seed import FORMAT, read_seed
from tests.conftest import Ksmy
from tests.transcripts import TOP

FILE = TOP / "docs" / "seed.md"
PAGE = FILE.read_text(encoding="utf-8")


def section(title: str) -> str:
    (found,) = re.findall(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def table(kind: str) -> str:
    """The fields of a kind as the page has them, from what is declared of them."""
    lines = ["| field | written | what it is |", "| --- | --- | --- |"]
    for name in GIVEN[kind]:
        its = DECLARED[kind][name]
        default = DEFAULTS[kind].get(name)
        means = its.means.replace(" Several are parted by commas.", "").replace(" Empty: none.", "")
        if name in REQUIRED[kind]:
            means += " **Needed.**"
        elif default is not None:
            means += f" Else `{'true' if default is True else default}`."
        lines.append(f"| `{name}` | {its.metavar} | {means} |")
    return "\n".join(lines)


def example() -> dict[str, Any]:
    (found,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    content: dict[str, Any] = json.loads(found)
    return content


@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_of_a_kind_are_on_the_page_as_they_are_declared(kind: str) -> None:
    (listed,) = re.findall(
        r"^\| field .*?(?=^[^|]|\Z)", section(f"`{KINDS[kind].plural}`"), re.MULTILINE | re.DOTALL
    )
    assert listed.strip() == table(kind)


def test_the_sections_stand_in_their_order() -> None:
    assert re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE) == [its.plural for its in KINDS.values()]


def test_each_section_says_how_its_records_are_named() -> None:
    for kind in KINDS:
        named = OWNER[kind] if kind in NUMBERED else "ref"
        assert f"`{named}`" in section(f"`{KINDS[kind].plural}`"), kind


def test_the_example_is_a_seed_with_a_row_of_every_section(ksmy: Ksmy, tmp_path: Path) -> None:
    assert example()["format"] == FORMAT
    assert {*example()} == {"format", "effective_on", *(its.plural for its in KINDS.values())}
    file, place = tmp_path / "seed.json", str(tmp_path / "new.db")
    file.write_text(json.dumps(example()), encoding="utf-8")
    ran = ksmy("init", "--seed", str(file), "--db", place)
    assert (ran.code, ran.err) == (0, "")
    ran = ksmy("check", "--db", place)
    assert (ran.code, ran.err) == (0, "")
    shown = json.loads(ksmy("show", "PORT-OPEN", "--db", place, "--format", "json").out)
    assert [one["ref"] for one in shown["milestone_list"]] == ["PORT-OPEN/1"]
    assert [one["ref"] for one in shown["claims"]] == ["PORT-OPEN/1#1"]
    assert shown["entries"][0]["cited"][0]["ref"] == "GAZETTE-2025-03-01"


def faults(tmp_path: Path, content: str) -> tuple[str, ...]:
    file = tmp_path / "seed.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_seed(file)
    return caught.value.faults


def test_the_faults_on_the_page_are_what_is_said_of_them(tmp_path: Path) -> None:
    content = example()
    content["commitments"][0] |= {"due": "2025-13", "titel": "x"}
    content["commitments"][0]["agreement"] = "PORTS"
    found = [line.strip() for line in section("Faults").splitlines() if line.startswith("    commitments")]
    assert found == list(faults(tmp_path, json.dumps(content)))


def test_the_page_speaks_of_the_seed_that_is_shipped() -> None:
    counts = {KINDS[str(kind)].plural: 0 for kind in KINDS}
    for change in read_seed(shipped("seed.json")):
        counts[KINDS[str(change.record)].plural] += 1
    text = " ".join(section("The seed of the summit").split())
    for name, count in counts.items():
        if count and name != "partnership":
            assert re.search(rf"\b{count} (commitments with )?{name if count > 1 else name[:-1]}\b", text), (
                name
            )


def rewritten() -> str:
    """The page with the tables that follow from the declarations."""
    page = PAGE
    for kind, its in KINDS.items():
        before, heading, after = page.partition(f"### `{its.plural}`\n")
        old = re.findall(r"(?:^\|.*\n)+", after, re.MULTILINE)[0]
        page = before + heading + after.replace(old, f"{table(kind)}\n", 1)
    return page


if __name__ == "__main__":
    FILE.write_text(rewritten(), encoding="utf-8")
