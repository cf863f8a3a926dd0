"""docs/examples/after-the-summit.jsonl: what happened after the summit is there, and what other sources say of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import OWN_COMMANDS
from tests.conftest import Ksmy
from tests.registers import AFTER_THE_SUMMIT

#: The day from which on it holds, the record, its field (or a note), what that became, and a source of it.
DEVELOPMENTS = """
2024-11-25 | FA50M-2023           | dated     | 2023-05-23                        | STAR-2023-05-25
2024-11-25 | FA50M-2023           | note      | Letter of agreement on 2023-02-24 | FMT-2023-05-23
2024-11-25 | FA50M-2023:ASSEMBLY  | target    | 14                                | STAR-2023-05-25
2024-11-25 | FA50M-DELIVERY       | leads     | KAI                               | STAR-2023-05-25
2024-11-25 | FA50M-DELIVERY       | partners  | MY-MOD                            | STAR-2023-05-25
2024-11-25 | FA50M-DELIVERY:BUILT | value     | 26.7                              | FMT-2024-03-19
2024-11-25 | FA50M-DELIVERY:BUILT | value     | 39                                | MALAYMAIL-2024-09-13
2025-01-31 | FA50M-DELIVERY:BUILT | value     | 48                                | DSA-2025
2024-11-25 | FTA-CONCLUDE         | note      | efforts to conclude it by 2025    | NST-2024-11-25
2024-11-25 | FTA-CONCLUDE         | note      | by the end of 2025                | KOREATIMES-2024-11-25
2024-11-25 | FTA-CONCLUDE         | leads     | MITI KR-TRADE                     | KOREATIMES-2024-11-25
2024-11-25 | FTA-CONCLUDE/3       | expected  | 2025                              | SUN-2024-11-25
2024-11-25 | FA50M-DELIVERY       | note      | A contract to supply              | REUTERS-2024-11-25
2024-11-26 | FA50M-DELIVERY       | note      | come sooner                       | SUN-2024-11-26
2024-11-26 | FA50M-DELIVERY       | expected  | 2026                              | SUN-2024-11-26
2024-11-25 | MOU-MINERALS         | note      | the summit report names           | MALAYMAIL-2024-11-25
2024-11-25 | MOU-MINERALS         | note      | reports this one too              | KTV-2024-11-25
2024-11-25 | MOU-HIGHER-EDUCATION | stage     | announced                         | NEWSIS-2024-11-25
2024-11-25 | MOU-ARTICLE-6        | stage     | announced                         | NEWSIS-2024-11-25
2024-11-26 | INVESTMENT           | note      | meetings of their own             | MALAYMAIL-2024-11-26
2024-11-27 | MOU-ARTICLE-6        | stage     | signed                            | BERNAMA-2024-11-27
2024-11-27 | MOU-ARTICLE-6        | note      | Nik Nazmi and Kim Wan-sup         | BERNAMA-2024-11-27
2024-11-27 | PARIS-REDUCTIONS     | agreement | MOU-ARTICLE-6                     | BERNAMA-2024-11-27
2025-01-18 | TOURISM              | leads     | MOTAC MCST                        | MALAYMAIL-2025-01-19
2025-01-18 | MOU-TOURISM#2        | note      | Tiong King Sing and Yu In-chon    | MALAYMAIL-2025-01-19
2025-01-31 | FA50M-DELIVERY       | due       | 2027/2028                         | DSA-2025
2025-04-15 | MOU-HIGHER-EDUCATION | note      | Still to be signed                | BERNAMA-2025-04-15
2025-06-04 | SP-2024              | note      | Lee Jae-myung                     | MALAYMAIL-2025-06-04
2025-08-18 | FTA-CONCLUDE/3       | expected  | 2025-10                           | SUN-2025-08-18
2025-08-25 | PARIS-REDUCTIONS     | note      | Third climate change dialogue     | CSR-BRIEFING-2025-08-28
2025-10-26 | FTA-CONCLUDE/1       | state     | met                               | SBS-2025-10-26
2025-10-26 | FTA-CONCLUDE/1       | note      | welcomed it on 2025-10-27         | HAWK-2025-10-27
2025-10-26 | FTA                  | stage     | concluded                         | SBS-2025-10-26
2025-10-26 | FTA-CONCLUDE         | status    | finalising                        | SBS-2025-10-26
2025-10-26 | FTA:LINES-KR         | value     | 94.8                              | ETODAY-2025-10-26
2025-10-26 | FTA:LINES-MY         | value     | 92.7                              | DONGA-2025-10-28
2025-10-27 | MOU-DEFENCE-INDUSTRY | stage     | signed                            | NST-2025-10-27
2025-10-27 | DEFENCE-INDUSTRY     | agreement | MOU-DEFENCE-INDUSTRY              | NST-2025-10-27
2025-10-27 | DEFENCE-INDUSTRY     | note      | not yet the firms taking part     | NST-2025-10-27
2025-10-29 | TRADE-GROWTH:TRADE   | value     | 24.01                             | RTM-2025-10-29
2025-10-29 | FTA-CONCLUDE         | expected  | 2026-40                           | RTM-2025-10-29
2025-10-29 | FTA-CONCLUDE/3       | expected  | 2026-40                           | RTM-2025-10-29
2025-10-29 | FTA-CONCLUDE/4       | leads     | KR-PARLIAMENT                     | RTM-2025-10-29
2025-10-29 | MINERALS-SUPPLY      | note      | ban on exporting raw rare earths  | REUTERS-2025-10-29
2025-12-18 | FA50M-DELIVERY/1     | due       | 2026                              | STAR-2025-12-18
2025-12-18 | FA50M-DELIVERY:PLAN  | value     | 6                                 | STAR-2025-12-18
2025-12-18 | FA50M-DELIVERY       | expected  | 2027/2028                         | STAR-2025-12-18
2025-12-30 | FTA-CONCLUDE         | note      | comment until 2026-01-19          | SEJONGTIMES-2025-12-30
2025-12-30 | FTA-CONCLUDE         | note      | not signed in 2025                | NOCUT-2025-12-30
"""

#: What sources disagree on: the record, its field, what the register says, what others do.
CONFLICTS = """
TRADE-GROWTH:TRADE   | value  | 24.01          | 24.3 (2023), 23.94 (2024), 24.42 (2024)
SP-2024              | stage  | signed         | adopted, announced
FA50M-DELIVERY       | status | in-progress    | completed
FA50M-DELIVERY:JETS  | value  | -              | 18
FA50M-DELIVERY:PLAN  | value  | 6              | 2 (2026), 4 (2026)
MOU-TOURISM          | stage  | signed         | announced
MOU-TOURISM          | dated  | 2024-11-25     | 2025-01-18
MOU-TOURISM          | place  | Seoul          | Johor Bahru
INVESTMENT:COMPANIES | value  | 147            | 138 (2024-11)
MOU-HIGHER-EDUCATION | stage  | announced      | signed
FTA-CONCLUDE/1       | met_on | 2025-10-26     | 2025-08-18
FTA-CONCLUDE/1       | leads  | KR-TRADE, MITI | KR, MY
"""


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def of(ksmy: Ksmy, *arguments: str) -> Any:
    ran = ksmy(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def example() -> list[dict[str, Any]]:
    return [json.loads(line) for line in AFTER_THE_SUMMIT.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def applied(ksmy: Ksmy) -> Ksmy:
    """The program on the shipped register with the example applied."""
    assert ksmy("apply", str(AFTER_THE_SUMMIT)).code == 0
    return ksmy


def test_every_line_has_its_day_its_key_and_its_evidence_of_which_each_but_two_is_a_source() -> None:
    lines = example()
    keys = [line["key"] for line in lines]
    assert len(set(keys)) == len(keys)
    assert all(line["on"] >= "2024-11-25" for line in lines)
    sources = {line["ref"] for line in lines if line.get("op") == "source"}
    assert len(sources) == 35
    evidence = [line["evidence"] for line in lines if line.get("op") != "source"]
    cited = {one for said in evidence for one in ([said] if isinstance(said, str) else said)}
    assert cited - sources == {"Newspapers of November 2024", "Public pages, read up to 2025-12-30"}
    assert sources - cited == set()


def test_it_applies_once(ksmy: Ksmy, register: Path) -> None:
    count = len(example())
    ran = ksmy("apply", str(AFTER_THE_SUMMIT))
    assert (ran.code, ran.err) == (0, f"ksmy: applied {count}, unchanged 0, skipped 0\n")
    assert len(ran.out.splitlines()) == count
    before = register.read_bytes()
    ran = ksmy("apply", str(AFTER_THE_SUMMIT))
    assert (ran.code, ran.err) == (0, f"ksmy: applied 0, unchanged 0, skipped {count}\n")
    assert register.read_bytes() == before
    ran = ksmy("check")
    assert ran.code == 0
    counts = ran.out.removeprefix("ok: ").partition(";")[0].split(", ")
    assert {"17 bodies", "36 sources", "9 agreements", "7 milestones", "10 measures", "16 claims"} <= set(
        counts
    )


def test_it_has_something_of_every_kind_that_has_lines_of_its_own() -> None:
    assert {line.get("op", "update") for line in example()} == {"update", "add", "milestone", *OWN_COMMANDS}


def test_each_development_is_there_with_its_day_and_its_source(applied: Ksmy) -> None:
    history = of(applied, "history")

    def is_there(day: str, ref: str, field: str, value: str, source: str) -> bool:
        for entry in history:
            if field == "note":
                found = value in (entry["note"] or "")
            else:
                new = entry["changes"].get(field, [None, None])[1]
                found = (" ".join(new) if isinstance(new, list) else new) == value
            if found and (entry["effective_on"], entry["ref"]) == (day, ref) and source in entry["evidence"]:
                return True
        return False

    assert [row for row in rows_of(DEVELOPMENTS) if not is_there(*row)] == []


def test_each_conflict_is_there_with_both_its_sides(applied: Ksmy) -> None:
    """As a program finds them: by the claims of a record's page, each with its field."""
    found = []
    for ref, field, own, _ in rows_of(CONFLICTS):
        page = of(applied, "show", ref.partition(":")[0].partition("/")[0])
        parts = [page, *page.get("milestone_list", ()), *page.get("measure_list", ())]
        (record,) = [one for one in parts if one["ref"] == ref]
        value = record[field]
        said = [
            one["value"] + (f" ({one['period']})" if one["period"] else "")
            for one in page["claims"]
            if (one["about"], one["field"], one["state"]) == (ref, field, "standing")
        ]
        its = ", ".join(value) if isinstance(value, list) else value or "-"
        found.append([ref, field, its, ", ".join(said)])
        assert own == its
    assert found == rows_of(CONFLICTS)
    disagreements = of(applied, "report")["disagreements"]
    assert {(one["ref"], one["field"]) for one in disagreements} == {(ref, field) for ref, field, *_ in found}
    trade = [one for one in disagreements if one["ref"] == "TRADE-GROWTH:TRADE"]
    assert [(one["register"]["value"], one["register"]["period"]) for one in trade] == [
        ("24.01", "2024"),
        ("25", "2023"),
    ]


def test_the_register_is_where_the_later_news_left_it(applied: Ksmy) -> None:
    treaty = of(applied, "show", "FTA-CONCLUDE")
    assert (treaty["status"], treaty["due"], treaty["deadline"]) == ("finalising", "2025", "overdue")
    assert [(one["state"], one["met_on"]) for one in treaty["milestone_list"]] == [
        ("met", "2025-10-26"),
        *[("scheduled", None)] * 5,
    ]
    assert of(applied, "show", "FTA")["stage"] == "concluded"
    assert of(applied, "show", "FTA", "--as-of", "2025-10-25")["stage"] == "negotiating"
    production = of(applied, "show", "FA50M-DELIVERY")["measure_list"][0]
    assert [(one["value"], one["period"]) for one in production["readings"]] == [
        ("26.7", "2024-03"),
        ("39", "2024-09"),
        ("48", "2025-01"),
    ]
    # Neither of these was found anywhere.
    assert [one["ref"] for one in of(applied, "list") if one["status"] == "completed"] == []


def test_it_can_be_undone(ksmy: Ksmy) -> None:
    before = of(ksmy, "list"), of(ksmy, "agreements"), of(ksmy, "bodies")
    ksmy("apply", str(AFTER_THE_SUMMIT))
    ran = ksmy("undo")
    assert (ran.code, ran.err) == (0, "")
    after = of(ksmy, "list"), of(ksmy, "agreements"), of(ksmy, "bodies")
    assert len(after[0]) == 19
    for one in (*before[0], *after[0]):
        del one["newest_entry"]
    assert after == before
    assert ksmy("check").code == 0
