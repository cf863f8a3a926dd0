"""`agreements`: the agreements and their counts."""

import pytest

from tests.cli.looks import AGREEMENT, PAST, found
from tests.conftest import Ksmy


def test_the_keys_of_an_agreement_are_frozen(lived: Ksmy) -> None:
    listed = found(lived("agreements", "--format", "json"))
    assert [list(row) for row in listed] == [AGREEMENT] * 6


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            "2026-01-15",
            {
                "FA50M-2023": (2, 2, 0),
                "FTA": (2, 2, 2),
                "MOU-CCS": (2, 2, 0),
                "MOU-MINERALS": (1, 1, 0),
                "MOU-TOURISM": (1, 0, 0),
                "SP-2024": (12, 10, 0),
            },
        ),
        (
            PAST,
            {
                "FA50M-2023": (1, 1, 0),
                "FTA": (2, 2, 0),
                "MOU-CCS": (2, 2, 0),
                "MOU-MINERALS": (1, 1, 0),
                "MOU-TOURISM": (1, 1, 0),
                "SP-2024": (12, 11, 0),
            },
        ),
        ("2024-11-24", {}),
    ],
)
def test_agreements_count_their_commitments(
    lived: Ksmy, day: str, expected: dict[str, tuple[int, int, int]]
) -> None:
    listed = found(lived("agreements", "--as-of", day, "--format", "json"))
    assert {row["ref"]: (row["commitments"], row["open"], row["overdue"]) for row in listed} == expected
    assert [row["ref"] for row in listed] == sorted(expected)


def test_agreements_are_found_by_their_titles(lived: Ksmy) -> None:
    assert [
        row["ref"] for row in found(lived("agreements", "--search", "FREE trade", "--format", "json"))
    ] == ["FTA"]
