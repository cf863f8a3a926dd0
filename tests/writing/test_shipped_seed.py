"""What a new register is seeded with, row by row: all that the news report of the summit says, and nothing later."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.storage.shipped import shipped as place_of
from ksmy_tracker.writing.seed import read_seed
from tests import registers
from tests.conftest import Ksmy, run

SUMMIT = "2024-11-25"
DESK = "desk's reading; not in the report"

#: ref, kind, party, name, in Malay, in Korean
BODIES = """
KR | state | KR | Republic of Korea | Republik Korea | 대한민국
MY | state | MY | Malaysia | Malaysia | 말레이시아
APEC | organisation | - | APEC | Kerjasama Ekonomi Asia Pasifik (APEC) | 아시아태평양경제협력체(APEC)
ASEAN | organisation | - | ASEAN | ASEAN | 동남아시아국가연합(아세안, ASEAN)
SAMSUNG | company | KR | Samsung | Samsung | 삼성
SK-NEXILIS | company | KR | SK Nexilis | SK Nexilis | SK넥실리스
POSCO | company | KR | POSCO | POSCO | 포스코
"""

#: ref, title, kind, stage, dated, parties
AGREEMENTS = """
SP-2024      | Republic of Korea - Malaysia Strategic Partnership | joint-statement | signed      | 2024-11-25 | both
FTA          | Bilateral free trade agreement                     | treaty          | negotiating | -          | both
MOU-MINERALS | Critical mineral supply chains                     | memorandum      | signed      | 2024-11-25 | both
MOU-CCS      | Carbon capture and storage technology              | memorandum      | signed      | 2024-11-25 | both
MOU-TOURISM  | Tourism                                            | memorandum      | signed      | 2024-11-25 | both
FA50M-2023   | Supply of 18 FA-50M light fighter jets             | contract        | signed      | 2023       | both
"""

#: ref, what
TITLES = """
FTA-CONCLUDE       | Conclude the bilateral free trade agreement
FTA-SCOPE          | Take relations beyond trade and investment
TRADE-GROWTH       | Grow bilateral trade
MINERALS-SUPPLY    | Work together on supplying Korean industry with critical minerals that Malaysia holds
CCS-START          | Start the carbon capture and storage project
CCS-TECHNOLOGY     | Cooperate on carbon capture and storage technology
PARIS-REDUCTIONS   | Cut greenhouse gases together under the Paris Agreement
GREEN-ENERGY       | Green energy together, toward carbon neutrality
HYDROGEN           | Cooperate on clean hydrogen
FA50M-DELIVERY     | Deliver 18 FA-50M jets to Malaysia
JETS-UPGRADE       | Support Malaysia's upgrade of its air force jets
DEFENCE-INDUSTRY   | Korean firms go on taking part in Malaysia's defence modernisation
DEFENCE-TRAINING   | Joint military training
DEFENCE-RESEARCH   | Joint research and development, and military technology
INVESTMENT         | High-value Korean investment in Malaysia, and cooperation in technology
TOURISM            | Carry out the tourism agreement
MULTILATERAL       | Work together in forums such as APEC and ASEAN
REGIONAL-STABILITY | Concern over growing North Korean-Russian military ties; the region is to stay stable
MIDDLE-EAST-PEACE  | Peace in the Middle East (Gaza, Lebanon)
"""

#: ref, agreement, sector, parties, said by, firmness, due, status
COMMITMENTS = """
FTA-CONCLUDE       | FTA          | trade             | both | both | committed | 2025 | in-progress
FTA-SCOPE          | FTA          | trade             | both | both | agreed    | -    | planned
TRADE-GROWTH       | SP-2024      | trade             | both | both | discussed | -    | in-progress
MINERALS-SUPPLY    | MOU-MINERALS | critical-minerals | both | both | signed    | -    | in-progress
CCS-START          | MOU-CCS      | green-energy      | both | both | discussed | 2029 | planned
CCS-TECHNOLOGY     | MOU-CCS      | green-energy      | both | both | signed    | -    | in-progress
PARIS-REDUCTIONS   | SP-2024      | climate           | both | both | agreed    | -    | in-progress
GREEN-ENERGY       | SP-2024      | green-energy      | both | both | discussed | -    | planned
HYDROGEN           | SP-2024      | green-energy      | both | MY   | hoped     | -    | planned
FA50M-DELIVERY     | FA50M-2023   | defence           | KR   | KR   | signed    | -    | in-progress
JETS-UPGRADE       | SP-2024      | defence           | KR   | both | agreed    | -    | planned
DEFENCE-INDUSTRY   | SP-2024      | defence           | both | KR   | hoped     | -    | in-progress
DEFENCE-TRAINING   | SP-2024      | defence           | both | MY   | offered   | -    | planned
DEFENCE-RESEARCH   | SP-2024      | defence           | both | MY   | offered   | -    | planned
INVESTMENT         | SP-2024      | investment        | both | MY   | hoped     | -    | planned
TOURISM            | MOU-TOURISM  | tourism           | both | both | signed    | -    | in-progress
MULTILATERAL       | SP-2024      | regional          | both | both | agreed    | -    | in-progress
REGIONAL-STABILITY | SP-2024      | regional          | both | both | discussed | -    | in-progress
MIDDLE-EAST-PEACE  | SP-2024      | regional          | both | both | committed | -    | in-progress
"""

#: ref, title, party
MILESTONES = """
FTA-CONCLUDE/1 | Negotiations concluded | -
FTA-CONCLUDE/2 | Legal review done      | -
FTA-CONCLUDE/3 | Signed                 | -
FTA-CONCLUDE/4 | Ratified by Korea      | KR
FTA-CONCLUDE/5 | Ratified by Malaysia   | MY
FTA-CONCLUDE/6 | In force               | -
"""

#: ref, what, unit, direction, target, reading, what that is of
MEASURES = """
FA50M-DELIVERY:JETS  | Jets delivered                                  | jets        | up   | 18 | -   | -
FA50M-2023:VALUE     | Value of the contract                           | million USD | none | -  | 920 | 2023
TRADE-GROWTH:TRADE   | Trade between the two                           | billion USD | up   | -  | 25  | 2023
TRADE-GROWTH:RANK    | Malaysia's rank among Korea's partners in ASEAN | rank        | down | -  | 3   | -
INVESTMENT:COMPANIES | Companies represented at the talks in Seoul     | companies   | none | -  | 147 | 2024-11
"""

#: ref, field, what it is said to be, by whom
CLAIMS = """
FA50M-DELIVERY#1      | status | completed | KR
FA50M-DELIVERY:JETS#1 | value  | 18        | KR
"""

#: What only a few commitments have: topics, a deadline in the report's words, who else takes part; and which of them
#: nothing can show to be done.
TOPICS = {
    "FTA-SCOPE": ["digital-economy", "green-technology", "bioeconomy"],
    "CCS-START": ["carbon-capture"],
    "CCS-TECHNOLOGY": ["carbon-capture"],
    "HYDROGEN": ["hydrogen"],
    "INVESTMENT": ["semiconductors", "electric-vehicles", "green-technology"],
}
PHRASES = {"FTA-CONCLUDE": "by next year", "CCS-START": "set to begin in 2029"}
PARTNERS = {"INVESTMENT": ["SAMSUNG", "SK-NEXILIS", "POSCO"], "MULTILATERAL": ["APEC", "ASEAN"]}
UNVERIFIABLE = {"REGIONAL-STABILITY", "MIDDLE-EAST-PEACE"}

#: What the report says beside all that, and the record of which one text must hold it.
FACTS = [
    ("SUMMIT-REPORT", "Monday"),
    ("SP-2024", "Yoon Suk Yeol"),
    ("SP-2024", "Anwar Ibrahim"),
    ("SP-2024", "defence, critical minerals, green energy"),
    ("SP-2024", '"Signed" is what the report says'),
    ("SP-2024", "Yongsan Presidential Office, Seoul"),
    ("FTA", "make trade stronger"),
    ("MOU-MINERALS", '"agreements"'),
    ("MOU-CCS", '"agreements"'),
    ("MOU-TOURISM", '"agreements"'),
    ("FTA-SCOPE", "aim"),
    ("MINERALS-SUPPLY", "Crucial for that industry"),
    ("CCS-START", "The leaders spoke of how to carry it out"),
    ("PARIS-REDUCTIONS", "critical step for sustainable development"),
    ("HYDROGEN", "ideal partners"),
    ("JETS-UPGRADE", "part of the deal"),
    ("DEFENCE-INDUSTRY", '"continued"'),
    ("INVESTMENT", "presented Malaysia to Korean companies"),
    ("TRADE-GROWTH:TRADE", '"expected"'),
    ("FA50M-DELIVERY#1", "successful"),
]

#: What became known only after the summit.
LATER = ("2025-", "2026", "2027", "2028", "Johor", "KAI", "Article 6", "Lee Jae")


def rows_of(table: str) -> list[list[str]]:
    """The rows of a table, cell by cell."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def cells(row: dict[str, Any], *names: str) -> list[str]:
    """The values of a row as a table has them."""
    values = (row[name] for name in names)
    return [(" ".join(one) if isinstance(one, list) else one) or "-" for one in values]


@pytest.fixture(scope="module")
def shipped() -> list[Change]:
    return read_seed(place_of("seed.json"))


@pytest.fixture(scope="module")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register as `ksmy init` makes it."""
    path = tmp_path_factory.mktemp("shipped") / "register.db"
    registers.run(path, "init", "--by", "seeder")
    return path


def listed(ksmy: Ksmy, *command: str) -> list[dict[str, Any]]:
    ran = ksmy(*command, "--format", "json")
    assert (ran.err, ran.code) == ("", 0)
    found: list[dict[str, Any]] = json.loads(ran.out)
    return found


@pytest.mark.parametrize(
    ("command", "table", "names"),
    [
        (("bodies",), BODIES, ("ref", "kind", "party", "name", "name_ms", "name_ko")),
        (("agreements",), AGREEMENTS, ("ref", "title", "kind", "stage", "dated", "parties")),
        (("list",), TITLES, ("ref", "title")),
        (
            ("list",),
            COMMITMENTS,
            ("ref", "agreement", "sector", "parties", "said_by", "firmness", "due", "status"),
        ),
        (
            ("measure", "list"),
            MEASURES,
            ("ref", "title", "unit", "direction", "target", "value", "period"),
        ),
    ],
    ids=["bodies", "agreements", "titles", "commitments", "measures"],
)
def test_a_new_register_has_every_row(
    ksmy: Ksmy, command: tuple[str, ...], table: str, names: tuple[str, ...]
) -> None:
    found = [cells(row, *names) for row in listed(ksmy, *command)]

    assert sorted(found) == sorted(rows_of(table))


def test_a_new_register_is_of_its_two_parties(ksmy: Ksmy) -> None:
    of: Any = listed(ksmy, "show", "PARTNERSHIP")

    assert (of["title"], of["states"]) == ("Republic of Korea - Malaysia", ["KR", "MY"])
    assert of["zone"] == "Asia/Kuala_Lumpur"  # of the two capitals the one where the day ends last


def test_a_new_register_has_its_source(ksmy: Ksmy) -> None:
    (source,) = listed(ksmy, "sources")

    assert (source["ref"], source["title"]) == ("SUMMIT-REPORT", "News report of the Seoul summit")
    assert (source["dated"], source["publisher"], source["url"]) == (SUMMIT, None, None)
    rows = sum(len(rows_of(one)) for one in (BODIES, AGREEMENTS, TITLES, MILESTONES, MEASURES, CLAIMS))
    assert source["cited"] == rows + 1  # by the partnership too


def test_the_trade_agreement_has_its_steps_and_says_that_none_is_said_to_be_its_conclusion(
    ksmy: Ksmy,
) -> None:
    shown: Any = listed(ksmy, "show", "FTA-CONCLUDE")

    assert [cells(step, "ref", "title", "party") for step in shown["milestone_list"]] == rows_of(MILESTONES)
    assert {(step["state"], step["due"]) for step in shown["milestone_list"]} == {("scheduled", None)}
    assert shown["done_when"].startswith("Left open:")
    assert all(f"FTA-CONCLUDE/{number}" in shown["done_when"] for number in (1, 3, 6))


def test_what_president_yoon_s_words_say_of_the_jets_is_claimed_and_not_taken_for_so(ksmy: Ksmy) -> None:
    shown: Any = listed(ksmy, "show", "FA50M-DELIVERY")

    assert [cells(one, "ref", "field", "value", "said_by") for one in shown["claims"]] == rows_of(CLAIMS)
    assert shown["disputed"] == ["status", ":JETS value"]


def test_what_only_a_few_commitments_have(ksmy: Ksmy) -> None:
    rows = listed(ksmy, "list")

    assert {row["ref"]: row["topics"] for row in rows if row["topics"]} == TOPICS
    assert {row["ref"]: row["due_phrase"] for row in rows if row["due_phrase"]} == PHRASES
    assert {row["ref"]: row["partners"] for row in rows if row["partners"]} == PARTNERS
    assert {row["ref"] for row in rows if not row["verifiable"]} == UNVERIFIABLE
    assert [row["ref"] for row in rows if row["leads"]] == []  # the report names no ministry


def test_the_register_is_told_by_its_numbers(shipped: list[Change]) -> None:
    assert Counter(change.record for change in shipped) == {
        "body": 7,
        "partnership": 1,
        "source": 1,
        "agreement": 6,
        "commitment": 19,
        "milestone": 6,
        "measure": 5,
        "claim": 2,
    }


def test_each_row_cites_the_report_and_takes_effect_on_the_day_of_the_summit(shipped: list[Change]) -> None:
    assert {(change.op, change.effective_on) for change in shipped} == {("add", SUMMIT)}
    assert {change.evidence for change in shipped if change.record != "source"} == {("SUMMIT-REPORT",)}
    assert [change.ref for change in shipped if change.fields.get("source")] == []


def test_what_the_desk_decided_says_so(shipped: list[Change]) -> None:
    decided = ("source", "agreement", "commitment", "milestone")
    silent = [change.ref for change in shipped if change.record in decided and DESK not in str(change.note)]

    assert silent == []


def test_the_report_s_other_facts_carry_over(shipped: list[Change]) -> None:
    texts: dict[str, str] = {}
    for change in shipped:
        ref = f"{change.ref}#1" if change.record == "claim" else change.ref
        texts[ref] = f"{change.note} {change.fields.get('detail')} {change.fields.get('place')}"

    assert [(ref, fact) for ref, fact in FACTS if fact not in texts[ref]] == []


def test_nothing_that_was_known_only_later_is_there() -> None:
    text = place_of("seed.json").read_text(encoding="utf-8")

    assert [word for word in LATER if word in text] == []


COUNTED = {
    *(
        "7 bodies",
        "1 partnership",
        "1 source",
        "6 agreements",
        "19 commitments",
        "6 milestones",
        "5 measures",
        "2 claims",
    ),
    "47 entries",
}


def is_sound(place: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether a new register passes its check, with all that is counted here."""
    assert run("init", "--db", place) == 0
    capsys.readouterr()
    code = run("check", "--db", place)
    out, err = capsys.readouterr()
    counts = out.removeprefix("ok: ").partition(";")[0].split(", ")
    return (code, err) == (0, "") and set(counts) >= COUNTED


def test_a_new_register_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_sound(str(tmp_path / "new" / "register.db"), capsys)


@pytest.mark.slow
def test_a_new_register_on_a_server_is_sound(empty_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_sound(empty_database, capsys)
