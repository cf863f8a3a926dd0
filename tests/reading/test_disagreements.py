"""Where sources disagree about a measure: each claim against the reading of its own time."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Ksmy

MEASURE = "TRADE-GROWTH:TRADE"


def recorded(ksmy: Ksmy, tmp_path: Path, *claims: tuple[str, str]) -> dict[str, Any]:
    """What a report says after readings of two years, and these claims: what of which year."""
    lines: list[dict[str, Any]] = [
        {"op": "measure", "ref": MEASURE, "title": "Trade", "unit": "billion USD", "on": "2025-01-01"},
        *(
            {
                "op": "measure",
                "ref": MEASURE,
                "value": value,
                "period": year,
                "on": day,
                "evidence": f"Read {year}",
            }
            for value, year, day in (("25", "2023", "2025-01-02"), ("24.01", "2024", "2025-10-29"))
        ),
        *(
            {
                "op": "claim",
                "ref": MEASURE,
                "field": "value",
                "value": value,
                "period": year,
                "evidence": "Told",
            }
            for value, year in claims
        ),
    ]
    file = tmp_path / "lines.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert ksmy("apply", str(file)).code == 0
    found: dict[str, Any] = json.loads(ksmy("report", "--format", "json").out)
    return found


def test_a_claim_about_an_earlier_time_stands_against_the_reading_of_that(ksmy: Ksmy, tmp_path: Path) -> None:
    report = recorded(ksmy, tmp_path, ("24.3", "2023"), ("23.94", "2024"), ("24.4", "2023"))
    assert [
        (
            one["ref"],
            one["field"],
            *(one["register"][name] for name in ("value", "period", "said_by", "evidence")),
            [(claim["value"], claim["period"]) for claim in one["claims"]],
        )
        for one in report["disagreements"]
    ] == [
        (MEASURE, "value", "24.01", "2024", None, ["Read 2024"], [("23.94", "2024")]),
        (MEASURE, "value", "25", "2023", None, ["Read 2023"], [("24.3", "2023"), ("24.4", "2023")]),
    ]


def test_a_claim_that_says_what_the_reading_of_its_time_says_disputes_nothing(
    ksmy: Ksmy, tmp_path: Path
) -> None:
    assert recorded(ksmy, tmp_path, ("25", "2023"))["disagreements"] == []
    shown = json.loads(ksmy("show", "TRADE-GROWTH", "--format", "json").out)
    assert (shown["disputed"], shown["measure_list"][0]["disputed"]) == ([], [])


def test_a_claim_about_a_time_without_a_reading_stands_against_nothing(ksmy: Ksmy, tmp_path: Path) -> None:
    (one,) = recorded(ksmy, tmp_path, ("23", "2022"))["disagreements"]
    assert (one["register"]["value"], one["register"]["period"], one["register"]["evidence"]) == (
        None,
        None,
        [],
    )
    assert [claim["value"] for claim in one["claims"]] == ["23"]


def test_what_the_register_says_is_not_said_by_who_voiced_the_promise(ksmy: Ksmy, tmp_path: Path) -> None:
    assert ksmy("update", "TOURISM", "--said-by", "MY").code == 0
    assert ksmy("claim", "add", "TOURISM", "--status", "completed", "--said-by", "KR").code == 0
    (one,) = json.loads(ksmy("report", "--format", "json").out)["disagreements"]
    assert (one["register"]["said_by"], one["claims"][0]["said_by"]) == (None, "KR")
