"""What the register is seeded with, row by row, and what is said of a seed with faults."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.kinds import GIVEN
from ksmy_tracker.errors import BadInput
from ksmy_tracker.storage.shipped import shipped as place_of
from ksmy_tracker.writing.seed import read_seed
from tests.conftest import Ksmy

SUMMIT = "2024-11-25"
SOURCE = "Report of the Seoul summit of 25 November 2024"


class Agreement(NamedTuple):
    ref: str
    title: str
    kind: str
    stage: str
    dated: str | None
    place: str | None


class Commitment(NamedTuple):
    ref: str
    sector: str
    parties: str
    firmness: str
    agreement: str
    due: str | None
    due_phrase: str | None
    status: str
    verifiable: bool = True


YONGSAN = "Yongsan Presidential Office, Seoul"

# fmt: off
AGREEMENTS = [
    Agreement("SP-2024", "Republic of Korea - Malaysia Strategic Partnership", "joint-statement", "adopted",
              SUMMIT, YONGSAN),
    Agreement("FTA", "Bilateral free trade agreement", "treaty", "negotiating", None, None),
    Agreement("MOU-MINERALS", "Critical mineral supply chains", "memorandum", "signed", SUMMIT, "Seoul"),
    Agreement("MOU-CCS", "Carbon capture and storage technology", "memorandum", "signed", SUMMIT, "Seoul"),
    Agreement("MOU-TOURISM", "Tourism", "memorandum", "signed", SUMMIT, "Seoul"),
    Agreement("FA50M-2023", "Supply of 18 FA-50M light fighter jets", "contract", "signed", "2023", None),
]

COMMITMENTS = [
    Commitment("FTA-CONCLUDE", "trade", "both", "committed", "FTA", "2025", "by next year", "in-progress"),
    Commitment("FTA-SCOPE", "trade", "both", "committed", "FTA", None, None, "planned"),
    Commitment("TRADE-GROWTH", "trade", "both", "discussed", "SP-2024", None, None, "in-progress"),
    Commitment("MINERALS-SUPPLY", "critical-minerals", "both", "signed", "MOU-MINERALS", None, None,
               "in-progress"),
    Commitment("CCS-START", "green-energy", "both", "discussed", "MOU-CCS", "2029", "set to begin in 2029",
               "planned"),
    Commitment("CCS-TECHNOLOGY", "green-energy", "both", "signed", "MOU-CCS", None, None, "in-progress"),
    Commitment("PARIS-REDUCTIONS", "climate", "both", "agreed", "SP-2024", None, None, "in-progress"),
    Commitment("GREEN-ENERGY", "green-energy", "both", "discussed", "SP-2024", None, None, "planned"),
    Commitment("HYDROGEN", "green-energy", "both", "hoped", "SP-2024", None, None, "planned"),
    Commitment("FA50M-DELIVERY", "defence", "KR", "signed", "FA50M-2023", None, None, "in-progress"),
    Commitment("JETS-UPGRADE", "defence", "KR", "discussed", "SP-2024", None, None, "planned"),
    Commitment("DEFENCE-INDUSTRY", "defence", "both", "hoped", "SP-2024", None, None, "planned"),
    Commitment("DEFENCE-TRAINING", "defence", "both", "agreed", "SP-2024", None, None, "planned"),
    Commitment("DEFENCE-RESEARCH", "defence", "both", "agreed", "SP-2024", None, None, "planned"),
    Commitment("INVESTMENT", "investment", "both", "hoped", "SP-2024", None, None, "in-progress"),
    Commitment("TOURISM", "tourism", "both", "signed", "MOU-TOURISM", None, None, "in-progress"),
    Commitment("MULTILATERAL", "regional", "both", "agreed", "SP-2024", None, None, "in-progress"),
    Commitment("REGIONAL-STABILITY", "regional", "both", "discussed", "SP-2024", None, None, "in-progress",
               verifiable=False),
    Commitment("MIDDLE-EAST-PEACE", "regional", "both", "committed", "SP-2024", None, None, "in-progress",
               verifiable=False),
]
# fmt: on

#: Figures and names that the rows rest on, and the word that one of its texts must hold.
FACTS = [
    ("SP-2024", "Yoon Suk Yeol"),
    ("SP-2024", "Anwar Ibrahim"),
    ("SP-2024", "calls itself adopted"),
    ("FTA", "by next year"),
    ("MOU-TOURISM", "2025-01-18"),
    ("FA50M-2023", "US$920 million"),
    ("FTA-CONCLUDE", "2024-11-25"),
    ("FTA-SCOPE", "digital economy"),
    ("FTA-SCOPE", "green technology"),
    ("FTA-SCOPE", "bioeconomy"),
    ("TRADE-GROWTH", "US$25 billion"),
    ("TRADE-GROWTH", "2023"),
    ("TRADE-GROWTH", "third-largest"),
    ("MINERALS-SUPPLY", "Malaysia's reserves"),
    ("PARIS-REDUCTIONS", "Paris Agreement"),
    ("GREEN-ENERGY", "carbon neutrality"),
    ("HYDROGEN", "clean hydrogen"),
    ("FA50M-DELIVERY", "18 FA-50M"),
    ("FA50M-DELIVERY", "successful"),
    ("FA50M-DELIVERY", "2026"),
    ("INVESTMENT", "147 companies"),
    ("INVESTMENT", "Samsung, SK Nexilis and Posco Group"),
    ("INVESTMENT", "semiconductors, electric vehicles, green technology"),
    ("MULTILATERAL", "APEC and ASEAN"),
    ("REGIONAL-STABILITY", "North Korea and Russia"),
    ("MIDDLE-EAST-PEACE", "Gaza"),
    ("MIDDLE-EAST-PEACE", "Lebanon"),
]


@pytest.fixture(scope="module")
def shipped() -> list[Change]:
    return read_seed(place_of("seed.json"))


def agreement_of(values: Mapping[str, Any]) -> Agreement:
    said: dict[str, Any] = {name: values.get(name) for name in Agreement._fields}
    return Agreement(**said)


def commitment_of(values: Mapping[str, Any]) -> Commitment:
    said: dict[str, Any] = {name: values.get(name) for name in Commitment._fields}
    return Commitment(**{**said, "verifiable": values.get("verifiable", True)})


def of_kind(changes: list[Change], kind: str) -> list[Change]:
    return [change for change in changes if change.record == kind]


# The seed of the summit


def test_the_seed_has_every_agreement(shipped: list[Change]) -> None:
    found = [agreement_of({"ref": change.ref, **change.fields}) for change in of_kind(shipped, "agreement")]

    assert found == AGREEMENTS
    assert len(AGREEMENTS) == 6


def test_the_seed_has_every_commitment(shipped: list[Change]) -> None:
    found = [commitment_of({"ref": change.ref, **change.fields}) for change in of_kind(shipped, "commitment")]

    assert found == COMMITMENTS
    assert len(COMMITMENTS) == 19


def test_each_row_of_the_seed_has_its_source_and_takes_effect_on_the_day_of_the_summit(
    shipped: list[Change],
) -> None:
    for change in shipped:
        if change.record != "milestone":
            assert str(change.fields["source"]).startswith(SOURCE)
        assert change.effective_on == SUMMIT
        assert change.op == "add"


def test_the_figures_and_names_of_the_report_carry_over(shipped: list[Change]) -> None:
    texts = {
        change.ref: f"{change.note} {change.fields['title']} {change.fields.get('detail')}"
        for change in shipped
        if change.record != "milestone"
    }

    assert [(ref, fact) for ref, fact in FACTS if fact not in texts[ref]] == []


def test_every_agreement_is_between_both_parties(shipped: list[Change]) -> None:
    assert {change.fields["parties"] for change in of_kind(shipped, "agreement")} == {"both"}


def test_a_new_register_lists_every_commitment_of_the_seed(ksmy: Ksmy) -> None:
    ran = ksmy("list", "--format", "json")
    rows = json.loads(ran.out)

    assert (ran.err, ran.code) == ("", 0)
    assert {commitment_of(row) for row in rows} == set(COMMITMENTS)
    assert len(rows) == 19
    assert all(row["created_on"] == row["updated_on"] == SUMMIT for row in rows)
    assert all(row["baseline_due"] == row["due"] for row in rows)
    assert all(row["evidence"] == 0 for row in rows)
    assert {row["ref"]: row["milestones"] for row in rows if row["milestones"]} == {"FTA-CONCLUDE": 5}


def test_the_trade_agreement_has_its_five_steps(ksmy: Ksmy) -> None:
    shown = json.loads(ksmy("show", "FTA-CONCLUDE", "--format", "json").out)
    assert [
        (step["number"], step["title"], step["state"], step["due"]) for step in shown["milestone_list"]
    ] == [
        (1, "Negotiations concluded", "scheduled", None),
        (2, "Signed", "scheduled", None),
        (3, "Ratified by Korea", "scheduled", None),
        (4, "Ratified by Malaysia", "scheduled", None),
        (5, "In force", "scheduled", None),
    ]


def test_a_new_register_lists_every_agreement_of_the_seed(ksmy: Ksmy) -> None:
    ran = ksmy("agreements", "--format", "json")
    rows = json.loads(ran.out)

    assert (ran.err, ran.code) == ("", 0)
    assert {agreement_of(row) for row in rows} == set(AGREEMENTS)
    expected = {ref: 0 for ref, *_ in AGREEMENTS}
    for commitment in COMMITMENTS:
        expected[commitment.agreement] += 1
    assert {row["ref"]: row["commitments"] for row in rows} == expected


def test_the_history_of_a_new_register_is_one_created_entry_for_each_row(ksmy: Ksmy) -> None:
    ran = ksmy("history", "--format", "json")
    entries = json.loads(ran.out)

    assert (ran.err, ran.code) == ("", 0)
    assert sorted(entry["ref"] for entry in entries) == sorted(
        [row.ref for row in AGREEMENTS]
        + [row.ref for row in COMMITMENTS]
        + [f"FTA-CONCLUDE/{number}" for number in range(1, 6)]
    )
    assert {(entry["action"], entry["effective_on"], entry["actor"]) for entry in entries} == {
        ("created", SUMMIT, "seeder")
    }
    assert len({entry["invocation"] for entry in entries}) == 1


# Another seed

AGREEMENT = {"ref": "PACT", "title": "A pact", "kind": "treaty", "stage": "signed"}
COMMITMENT = {
    "ref": "PACT-KEEP",
    "title": "Keep it",
    "agreement": "PACT",
    "sector": "trade",
    "firmness": "agreed",
}


def seed_of(
    agreements: Any = (AGREEMENT,), commitments: Any = (COMMITMENT,), **different: Any
) -> dict[str, Any]:
    return {
        "format": "ksmy-seed/1",
        "effective_on": "2025-06-01",
        "agreements": agreements,
        "commitments": commitments,
        **different,
    }


def without(name: str, content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != name}


class Written:
    """Writes a seed where a test can read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, content: Any) -> Path:
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.path.write_bytes(content)
        return self.path


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "other.json")


def refused(path: Path) -> BadInput:
    with pytest.raises(BadInput) as found:
        read_seed(path)
    return found.value


def test_another_seed_is_read_with_its_agreements_first(written: Written) -> None:
    changes = read_seed(written(seed_of()))

    assert [(change.op, change.record, change.ref, change.place) for change in changes] == [
        ("add", "agreement", "PACT", "agreements[0]"),
        ("add", "commitment", "PACT-KEEP", "commitments[0]"),
    ]
    assert changes[0].fields == without("ref", AGREEMENT)
    assert changes[1].fields == without("ref", COMMITMENT)
    assert {change.effective_on for change in changes} == {"2025-06-01"}


def test_a_seed_takes_every_field_a_user_can_set_and_a_note_and_evidence(written: Written) -> None:
    full = {
        **COMMITMENT,
        "detail": "with figures",
        "parties": "my",
        "verifiable": False,
        "source": "Gazette",
        "status": "Completed",
        "due": "2025-Q4",
        "due_phrase": "by the end of the year",
        "expected": "2026-Q2",
        "note": "as announced",
        "evidence": ["https://example.org/a", "https://example.org/b"],
    }
    assert set(GIVEN["commitment"]) < set(full)

    change = read_seed(written(seed_of(commitments=[full])))[1]

    assert change.fields == {
        **without("ref", COMMITMENT),
        "detail": "with figures",
        "parties": "MY",
        "verifiable": False,
        "source": "Gazette",
        "status": "completed",
        "due": "2025-36",
        "due_phrase": "by the end of the year",
        "expected": "2026-34",
    }
    assert change.note == "as announced"
    assert change.evidence == ("https://example.org/a", "https://example.org/b")


def test_refs_in_a_seed_are_matched_in_any_case(written: Written) -> None:
    changes = read_seed(
        written(seed_of([{**AGREEMENT, "ref": "Pact"}], [{**COMMITMENT, "agreement": "pacT"}]))
    )

    assert changes[0].ref == "PACT"
    assert changes[1].fields["agreement"] == "PACT"


def test_a_field_that_may_be_empty_may_be_null(written: Written) -> None:
    change = read_seed(written(seed_of(commitments=[{**COMMITMENT, "due": None, "detail": ""}])))[1]

    assert change.fields["due"] is None
    assert change.fields["detail"] is None


@pytest.mark.parametrize("section", ["agreements", "commitments"])
def test_a_seed_without_a_section_has_none_of_it(written: Written, section: str) -> None:
    content = without(section, seed_of(commitments=[]))

    assert [change.record for change in read_seed(written(content))] == (
        ["agreement"] if section == "commitments" else []
    )


def test_sectors_of_a_seed_may_be_close_to_each_other(ksmy: Ksmy, written: Written, tmp_path: Path) -> None:
    place = str(tmp_path / "other.db")
    commitments = [COMMITMENT, {**COMMITMENT, "ref": "PACT-END", "sector": "trades"}]

    ran = ksmy("init", "--db", place, "--seed", str(written(seed_of(commitments=commitments))))

    assert (ran.out, ran.err, ran.code) == (
        f"created {place} with 1 agreement and 2 commitments\n",
        "",
        0,
    )


def test_a_byte_order_mark_before_a_seed_is_no_fault(written: Written) -> None:
    text = json.dumps(seed_of([{**AGREEMENT, "title": "한국"}]), ensure_ascii=False)

    assert read_seed(written(b"\xef\xbb\xbf" + text.encode()))[0].fields["title"] == "한국"


# Faults

FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "another format": (
        seed_of(format="ksmy-seed/2"),
        'format: must be "ksmy-seed/1"',
    ),
    "no format": (without("format", seed_of()), 'format: must be "ksmy-seed/1"'),
    "no day": (without("effective_on", seed_of()), "effective_on: is missing"),
    "a wrong day": (
        seed_of(effective_on="25/11/2024"),
        "effective_on: '25/11/2024' is not a date; give one such as 2025-10-27",
    ),
    "an unknown section": (
        seed_of(commitment=[]),
        "commitment: is no part of a seed; did you mean commitments?",
    ),
    "a mistyped day": (
        seed_of(effective="2025-06-01"),
        "effective: is no part of a seed; did you mean effective_on?",
    ),
    "agreements as an object": (seed_of({}, []), "agreements: must be a list"),
    "commitments as null": (seed_of(commitments=None), "commitments: must be a list"),
    "a row that is text": (
        seed_of(commitments=[COMMITMENT, "PACT-END"]),
        "commitments[1]: must be an object",
    ),
    "a row that is null": (seed_of([AGREEMENT, None]), "agreements[1]: must be an object"),
    "no ref": (seed_of(commitments=[without("ref", COMMITMENT)]), "commitments[0].ref: is missing"),
    "a wrong ref": (
        seed_of(commitments=[{**COMMITMENT, "ref": "keep it"}]),
        (
            "commitments[0].ref: 'keep it' is not a ref: letters A-Z, digits and single hyphens, 64 at most; "
            "did you mean KEEP-IT?"
        ),
    ),
    "no title": (seed_of(commitments=[without("title", COMMITMENT)]), "commitments[0].title: is missing"),
    "no kind": (seed_of([without("kind", AGREEMENT)]), "agreements[0].kind: is missing"),
    "a null where a value must be": (
        seed_of([{**AGREEMENT, "stage": None}]),
        "agreements[0].stage: cannot be empty",
    ),
    "a mistyped status": (
        seed_of(commitments=[COMMITMENT, {**COMMITMENT, "ref": "PACT-END", "status": "compleet"}]),
        "commitments[1].status: 'compleet' is unknown; did you mean completed?",
    ),
    "a mistyped field": (
        seed_of(commitments=[{**COMMITMENT, "detial": "x"}]),
        "commitments[0].detial: is no field of a commitment; did you mean detail?",
    ),
    "a mistyped note": (
        seed_of([{**AGREEMENT, "notes": "x"}]),
        "agreements[0].notes: is no field of an agreement; did you mean note?",
    ),
    "a field of another record": (
        seed_of([{**AGREEMENT, "due": "2025"}]),
        "agreements[0].due: is no field of an agreement; none is near it",
    ),
    "a field only the program sets": (
        seed_of(commitments=[{**COMMITMENT, "slip_days": 3}]),
        "commitments[0].slip_days: is no field of a commitment; none is near it",
    ),
    "a ref twice": (
        seed_of(commitments=[COMMITMENT, {**COMMITMENT, "ref": "pact-keep"}]),
        "commitments[1].ref: PACT-KEEP stands in the seed twice",
    ),
    "a commitment with the ref of an agreement": (
        seed_of(commitments=[{**COMMITMENT, "ref": "PACT"}]),
        "commitments[0].ref: PACT stands in the seed twice",
    ),
    "an unknown agreement": (
        seed_of(commitments=[{**COMMITMENT, "agreement": "PACTS"}]),
        "commitments[0].agreement: there is no agreement PACTS; did you mean PACT?",
    ),
    "a commitment for an agreement": (
        seed_of(commitments=[COMMITMENT, {**COMMITMENT, "ref": "X", "agreement": "PACT-KEEP"}]),
        "commitments[1].agreement: there is no agreement PACT-KEEP; did you mean PACT?",
    ),
    "an empty note": (seed_of([{**AGREEMENT, "note": ""}]), "agreements[0].note: is empty; give some text"),
    "evidence that is no text": (
        seed_of([{**AGREEMENT, "evidence": ["a", 5]}]),
        "agreements[0].evidence: must be text, not a number",
    ),
}


@pytest.mark.parametrize(("content", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_named_with_its_place(written: Written, content: dict[str, Any], fault: str) -> None:
    path = written(content)
    error = refused(path)

    assert str(error) == f"the seed {path} has a fault; nothing was created"
    assert error.faults == (fault,)


def test_all_faults_are_named_at_once_in_the_order_of_the_file(written: Written) -> None:
    path = written(
        seed_of(
            [{**AGREEMENT, "kind": "treatie", "stage": ""}, AGREEMENT],
            [
                {**COMMITMENT, "ref": "keep it", "due": "2025-13", "titel": "x"},
                {"ref": "PACT-END"},
                5,
                {**COMMITMENT, "agreement": "PAKT"},
            ],
            effective_on="soon",
            author="me",
        )
    )
    error = refused(path)

    assert str(error) == f"the seed {path} has 14 faults; nothing was created"
    assert [fault.split(":")[0] for fault in error.faults] == [
        "author",
        "effective_on",
        "agreements[0].kind",
        "agreements[0].stage",
        "agreements[1].ref",
        "commitments[0].ref",
        "commitments[0].due",
        "commitments[0].titel",
        "commitments[1].title",
        "commitments[1].agreement",
        "commitments[1].sector",
        "commitments[1].firmness",
        "commitments[2]",
        "commitments[3].agreement",
    ]


def test_rows_without_a_ref_that_can_be_read_do_not_stand_twice(written: Written) -> None:
    rows = [{**COMMITMENT, "ref": "keep it"}, {**COMMITMENT, "ref": "keep it"}, {**COMMITMENT, "ref": None}]

    faults = refused(written(seed_of(commitments=rows))).faults

    assert len(faults) == 3
    assert not any("twice" in fault for fault in faults)


@pytest.mark.parametrize("content", [[], None, "ksmy-seed/1", 1, {}])
def test_json_that_is_no_seed_is_refused_for_its_format(written: Written, content: Any) -> None:
    assert refused(written(json.dumps(content))).faults == ('format: must be "ksmy-seed/1"',)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"format": "ksmy-seed/1", "effective_on": "2025-06-01", "format": "ksmy-seed/1"}', "format"),
        (
            (
                '{"format": "ksmy-seed/1", "effective_on": "2025-06-01", "agreements": '
                '[{"ref": "PACT", "title": "A pact", "kind": "treaty", "stage": "signed", "title": "Another"}]}'
            ),
            "agreements[0].title",
        ),
    ],
)
def test_a_key_that_stands_twice_in_an_object_is_a_fault_and_not_a_choice(
    written: Written, content: str, place: str
) -> None:
    error = refused(written(content))
    told = "\n".join((str(error), *error.faults))

    assert "twice" in told
    assert place in told


@pytest.mark.parametrize(
    "content",
    [
        "",
        " ",
        "{",
        "not json",
        "{'format': 1}",
        '{"format": "ksmy-seed/1",}',
        "{}{}",
        "[" * 100_000,
        "NaN NaN",
    ],
    ids=range(9),
)
def test_what_is_not_json_is_refused(written: Written, content: str) -> None:
    path = written(content)

    assert str(refused(path)).startswith(f"the seed {path} is not JSON: ")


@pytest.mark.parametrize(
    ("content", "byte"),
    [(b'{"format": "\xff"}', 12), (b'{"a": "caf\xe9"}', 10), (json.dumps(seed_of()).encode("utf-16"), 0)],
    ids=["wrong byte", "latin-1", "utf-16"],
)
def test_what_is_not_utf8_is_refused_with_the_first_wrong_byte(
    written: Written, content: bytes, byte: int
) -> None:
    path = written(content)

    assert str(refused(path)) == f"the seed {path} is not UTF-8 (byte {byte})"


def test_a_seed_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.json"

    assert str(refused(path)) == f"the seed {path} cannot be read: No such file or directory"


def test_a_directory_is_no_seed(tmp_path: Path) -> None:
    assert str(refused(tmp_path)) == f"the seed {tmp_path} cannot be read: Is a directory"


# A register from another seed

#: By the clock that stands still in every test.
TODAY, TOMORROW = "2026-01-15", "2026-01-16"


def test_init_fills_a_register_from_another_seed(ksmy: Ksmy, written: Written, tmp_path: Path) -> None:
    place = str(tmp_path / "other.db")

    made = ksmy("init", "--db", place, "--seed", str(written(seed_of())))
    listed = ksmy("list", "--db", place, "--format", "json")

    assert (made.out, made.err, made.code) == (
        f"created {place} with 1 agreement and 1 commitment\n",
        "",
        0,
    )
    assert [row["ref"] for row in json.loads(listed.out)] == ["PACT-KEEP"]


def test_init_takes_a_seed_that_takes_effect_today(ksmy: Ksmy, written: Written, tmp_path: Path) -> None:
    place = str(tmp_path / "other.db")

    ran = ksmy("init", "--db", place, "--seed", str(written(seed_of(effective_on=TODAY))))

    assert (ran.out, ran.err, ran.code) == (
        f"created {place} with 1 agreement and 1 commitment\n",
        "",
        0,
    )


def test_init_names_each_fault_of_a_seed_and_creates_nothing(
    ksmy: Ksmy, written: Written, tmp_path: Path
) -> None:
    place = tmp_path / "new" / "other.db"
    path = written(seed_of(commitments=[{**COMMITMENT, "status": "compleet", "\x1b[31m": "x"}]))

    ran = ksmy("init", "--db", str(place), "--seed", str(path))

    assert (ran.out, ran.err, ran.code) == (
        "",
        (
            f"ksmy: the seed {path} has 2 faults; nothing was created\n"
            "  commitments[0].status: 'compleet' is unknown; did you mean completed?\n"
            "  commitments[0].␛[31m: is no field of a commitment; none is near it\n"
        ),
        5,
    )
    assert not place.parent.exists()


def test_init_from_a_seed_that_takes_effect_in_the_future_names_the_place_and_creates_nothing(
    ksmy: Ksmy, written: Written, tmp_path: Path
) -> None:
    place = tmp_path / "new" / "other.db"
    path = written(seed_of(effective_on=TOMORROW))

    ran = ksmy("init", "--db", str(place), "--seed", str(path))

    assert ran.out == ""
    assert str(path) in ran.err
    assert "effective_on" in ran.err
    assert f"{TOMORROW} is in the future" in ran.err
    assert ran.code == 5
    assert not place.exists()
