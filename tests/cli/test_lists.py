"""Fields of several values on the command line: given with commas, listed in every format, and read back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ksmy, Ran, sentence


@pytest.fixture
def apply(ksmy: Ksmy, tmp_path: Path) -> Callable[[str, str], Ran]:
    """Apply a batch that is a text, of a format."""

    def run(text: str, suffix: str = "jsonl") -> Ran:
        file = tmp_path / f"batch.{suffix}"
        file.write_text(text, encoding="utf-8", newline="")
        return ksmy("apply", str(file))

    return run


Apply = Callable[..., Ran]


@pytest.fixture
def led(ksmy: Ksmy, apply: Apply) -> Ksmy:
    """The seed with two bodies and a commitment that has several of everything, the first since March 2025."""
    bodies = [
        {"op": "body", "ref": "KR-MOTIE", "name": "산업통상자원부", "kind": "ministry", "on": "2025-01-01"},
        {"op": "body", "ref": "MY-MITI", "name": "MITI", "kind": "ministry", "on": "2025-01-01"},
    ]
    lines = [
        *bodies,
        {"ref": "TOURISM", "topics": ["수소"], "on": "2025-03-01"},
        {
            "ref": "TOURISM",
            "topics": ["수소", "halal-food"],
            "leads": ["MY-MITI", "KR-MOTIE"],
            "on": "2025-06-01",
        },
    ]
    ran = apply("".join(f"{json.dumps(line)}\n" for line in lines))
    assert ran.code == 0, ran.err
    return ksmy


def test_values_are_given_with_commas_or_none_at_all(led: Ksmy) -> None:
    assert led("update", "TOURISM", "--topics", "Halal-Food, 수소 ,hydrogen").code == 0
    [row] = json.loads(led("list", "--format", "json", "--topic", "hydrogen").out)
    assert row["topics"] == ["halal-food", "수소", "hydrogen"]
    ran = led("update", "TOURISM", "--topics", "", "--leads", "")
    assert "topics halal-food, 수소, hydrogen removed; leads MY-MITI, KR-MOTIE removed" in ran.out
    [row] = json.loads(led("list", "--format", "json", "--status", "in-progress", "--sector", "tourism").out)
    assert (row["topics"], row["leads"]) == ([], [])


def test_a_list_in_a_cell_has_commas_and_is_read_back(led: Ksmy, apply: Apply) -> None:
    only = ("list", "--sector", "tourism", "--columns", "ref,topics,leads,partners", "--format")
    assert led(*only, "tsv").out == "TOURISM\t수소, halal-food\tMY-MITI, KR-MOTIE\t\n"
    listing = led(*only, "csv").out
    assert listing.splitlines() == [
        "ref,topics,leads,partners",
        'TOURISM,"수소, halal-food","MY-MITI, KR-MOTIE",',
    ]
    assert apply(listing, "csv").out == "TOURISM unchanged: everything is so already\n"
    edited = listing.replace("수소, halal-food", "halal-food,수소,tin").replace('"MY-MITI, KR-MOTIE"', "-")
    assert apply(edited, "csv").out == (
        "TOURISM updated: topics 수소, halal-food -> halal-food, 수소, tin; "
        "leads MY-MITI, KR-MOTIE removed (entry 35)\n"
    )


@pytest.mark.parametrize(
    ("day", "topics"),
    [
        ("2025-02-28", []),
        ("2025-03-01", ["수소"]),
        ("2025-05-31", ["수소"]),
        ("2025-06-01", ["수소", "halal-food"]),
    ],
)
def test_a_list_is_told_as_it_was_on_a_day(led: Ksmy, day: str, topics: list[str]) -> None:
    rows = json.loads(led("list", "--sector", "tourism", "--as-of", day, "--format", "json").out)
    assert [row["topics"] for row in rows] == [topics]


def test_a_topic_is_selected_whole_on_a_day_and_is_asked_about_where_none_has_it(led: Ksmy) -> None:
    def refs(*options: str) -> list[str]:
        return [row["ref"] for row in json.loads(led("list", *options, "--format", "json").out)]

    led("update", "HYDROGEN", "--topics", "halal", "--new-topic", "--on", "2025-07-01")
    assert refs("--topic", "halal") == ["HYDROGEN"]
    assert sorted(refs("--topic", "HALAL-FOOD,halal")) == ["HYDROGEN", "TOURISM"]
    assert refs("--topic", "halal-food", "--as-of", "2025-05-31") == []
    assert sentence(led("list", "--topic", "halal-foods")) == (
        "there is no topic halal-foods; did you mean halal-food?"
    )


def test_a_topic_that_is_close_to_a_known_one_is_asked_about(led: Ksmy) -> None:
    assert sentence(led("update", "HYDROGEN", "--topics", "tin, halal-foods")) == (
        "topic 'halal-foods' is new and close to 'halal-food'; use that, or give --new-topic"
    )
    assert led("update", "HYDROGEN", "--topics", "tin, halal-foods", "--new-topic").code == 0


def test_a_list_is_amended(led: Ksmy) -> None:
    ran = led("amend", "34", "--leads", "KR-MOTIE")
    assert ran.code == 0, ran.err
    assert "leads MY-MITI, KR-MOTIE -> KR-MOTIE; in place of entry 34" in ran.out
    [row] = json.loads(led("list", "--sector", "tourism", "--format", "json").out)
    assert (row["leads"], row["topics"]) == (["KR-MOTIE"], ["수소", "halal-food"])
    assert led("check").code == 0


def test_what_stands_twice_or_is_no_body_is_refused(led: Ksmy) -> None:
    assert sentence(led("update", "TOURISM", "--leads", "MY-MITI,my-miti")) == (
        "--leads: 'MY-MITI' stands twice; give it once"
    )
    assert sentence(led("update", "TOURISM", "--leads", "MY-MITTI")) == (
        "there is no body MY-MITTI; did you mean MY-MITI?"
    )
