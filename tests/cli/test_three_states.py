"""Another partnership, of three states: through every command, without a word of the first one."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Ksmy, run

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "three-states.json"

#: What must not stand in what is printed of it.
FIRST_ONE = re.compile(r"Korea|Malaysia|Kuala|\bKR\b|\bMY\b|both")

LOOKS = (
    ("report",),
    ("report", "--format", "md"),
    ("report", "--format", "html"),
    ("report", "--format", "json"),
    ("report", "--party", "TH"),
    ("report", "--lead", "VN-WATER"),
    ("list", "--format", "csv"),
    ("list", "--party", "vn"),
    ("list", "--topic", "floods"),
    ("list", "--search", "RIVER"),
    ("list", "--disputed"),
    ("due", "--party", "LA"),
    ("due", "--as-of", "2025-06-01"),
    ("show", "LEVELS"),
    ("show", "PARTNERSHIP"),
    ("show", "GRID"),
    ("show", "GAZETTE"),
    ("show", "RIVER"),
    ("history",),
    ("agreements",),
    ("bodies",),
    ("sources",),
    ("measure", "list"),
    ("timeline",),
    ("timeline", "--format", "svg"),
    ("diff", "2025-06-01"),
    ("export", "--format", "ics"),
    ("check",),
)


@pytest.fixture
def rivers(ksmy: Ksmy, place: str, tmp_path: Path) -> Ksmy:
    """The program on a register of the example, in the place of the seeded one."""
    path = tmp_path / "rivers.db"
    assert run("init", "--seed", str(EXAMPLE), "--db", str(path), "--by", "desk") == 0
    return lambda *arguments, **more: ksmy(*arguments, "--db", str(path), **more)


@pytest.mark.parametrize("look", LOOKS, ids=" ".join)
def test_every_command_that_looks_knows_it(rivers: Ksmy, look: tuple[str, ...]) -> None:
    ran = rivers(*look)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out
    assert not FIRST_ONE.search(ran.out)


def test_the_report_and_the_calendar_have_its_name_and_its_states(rivers: Ksmy) -> None:
    assert rivers("report").out.startswith("Lao PDR - Thailand - Viet Nam: what was promised, as of ")
    assert "NAME:Lao PDR - Thailand - Viet Nam: commitments" in rivers("export", "--format", "ics").out
    overdue = json.loads(rivers("report", "--format", "json").out)["overdue"]
    assert [(row["ref"], row["parties"], row["leads"]) for row in overdue] == [
        ("LEVELS/1", "LA", ["VN-WATER"]),
    ]


def test_a_part_of_it_is_that_of_one_party(rivers: Ksmy) -> None:
    def refs(*look: str) -> list[str]:
        return [line.split("\t")[0] for line in rivers(*look, "--columns", "ref").out.splitlines()]

    assert refs("list", "--party", "TH") == ["LEVELS", "POWER"]
    assert refs("list", "--party", "VN") == ["LEVELS"]
    assert refs("due", "--party", "LA") == ["LEVELS/1", "LEVELS"]
    assert refs("due", "--party", "VN") == ["LEVELS"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("update", "POWER", "--parties", "both"),
            4,
            "parties: the partnership has 3 parties (LA, TH, VN); say all",
        ),
        (("update", "POWER", "--parties", "LA, GRID"), 4, "parties: GRID is no party of this partnership; "),
        (("update", "POWER", "--parties", "KR"), 3, "there is no body KR; "),
        (("list", "--party", "KR"), 2, "there is no party KR; it is one of LA, TH, VN"),
        (("list", "--party", "thailand"), 2, "there is no party THAILAND; did you mean TH?"),
    ],
)
def test_who_is_none_of_its_parties_is_refused(
    rivers: Ksmy, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = rivers(*arguments)
    assert ran.code == code
    assert said in ran.err


def test_a_new_commitment_is_of_all_three_and_changes_like_any(rivers: Ksmy) -> None:
    new = ("--title", "T", "--agreement", "RIVER", "--sector", "energy", "--firmness", "agreed")
    assert rivers("add", "NEW", *new).code == 0
    assert json.loads(rivers("show", "NEW", "--format", "json").out)["parties"] == "all"
    assert rivers("update", "NEW", "--parties", "th, vn", "--said-by", "VN").code == 0
    assert json.loads(rivers("show", "NEW", "--format", "json").out)["parties"] == "TH, VN"
    assert rivers("update", "PARTNERSHIP", "--title", "The river").code == 0
    assert rivers("report").out.startswith("The river: what was promised")
    for _ in range(3):
        assert rivers("undo").code == 0
    assert rivers("check").code == 0


def test_its_days_end_in_its_own_zone(rivers: Ksmy) -> None:
    at_night = rivers("report", "--format", "json")
    assert json.loads(at_night.out)["today"] == "2026-01-15"


def test_the_example_is_written_to_start_from(ksmy: Ksmy, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    ran = ksmy("init", "--example", str(folder))
    assert (ran.code, ran.err) == (0, "")
    assert (folder / "seed.json").read_bytes() == EXAMPLE.read_bytes()
    ran = ksmy("init", "--example", str(folder))
    assert (ran.code, ran.out) == (4, "")
    assert "is there already" in ran.err
    assert ksmy("init", "--example", str(folder), "--empty").code == 2
