"""How a seed is read, and what is said of one with faults."""

import json
from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import GIVEN
from ksmy_tracker.errors import BadInput
from ksmy_tracker.writing.seed import read_seed
from tests.conftest import Ksmy

AGREEMENT = {"ref": "PACT", "title": "A pact", "kind": "treaty", "stage": "signed"}
COMMITMENT = {
    "ref": "PACT-KEEP",
    "title": "Keep it",
    "agreement": "PACT",
    "sector": "trade",
    "firmness": "agreed",
}


BODY: dict[str, Any] = {"ref": "KR-MOTIE", "name": "Ministry of Trade", "kind": "ministry", "party": "KR"}


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
        "topics": ["Hydrogen", "수소"],
        "leads": ["my-miti"],
        "partners": "KR-MOTIE, MY-MITI",
        "said_by": "Both",
        "done_when": "PACT-KEEP/1",
        "note": "as announced",
        "evidence": ["https://example.org/a", "https://example.org/b"],
    }
    assert set(GIVEN["commitment"]) < set(full)

    bodies = [{"ref": ref, "name": f"Of {ref}", "kind": "ministry"} for ref in ("MY-MITI", "KR-MOTIE")]
    change = read_seed(written(seed_of(commitments=[full], bodies=bodies)))[3]

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
        "topics": ("hydrogen", "수소"),
        "leads": ("MY-MITI",),
        "partners": ("KR-MOTIE", "MY-MITI"),
        "said_by": "both",
        "done_when": "PACT-KEEP/1",
    }
    assert change.note == "as announced"
    assert change.evidence == ("https://example.org/a", "https://example.org/b")


def test_refs_in_a_seed_are_matched_in_any_case(written: Written) -> None:
    changes = read_seed(
        written(seed_of([{**AGREEMENT, "ref": "Pact"}], [{**COMMITMENT, "agreement": "pacT"}]))
    )

    assert changes[0].ref == "PACT"
    assert changes[1].fields["agreement"] == "PACT"


def test_a_seed_s_bodies_come_first_and_who_said_something_may_be_a_party(
    ksmy: Ksmy, written: Written, tmp_path: Path
) -> None:
    sources = [{"ref": "GAZETTE", "title": "Gazette", "url": "https://a.example", "language": "KO"}]
    led = {**COMMITMENT, "leads": ["kr-motie"], "said_by": "KR"}
    after = {**AGREEMENT, "ref": "PACT-2", "under": "pact"}
    content = seed_of([AGREEMENT, after], [led], bodies=[BODY], sources=sources)
    path = written(dict(reversed(content.items())))

    assert [change.ref for change in read_seed(path)] == [
        "KR-MOTIE",
        "GAZETTE",
        "PACT",
        "PACT-2",
        "PACT-KEEP",
    ]
    place = ("--db", str(tmp_path / "other.db"))
    assert ksmy("init", *place, "--seed", str(path)).code == 0
    [row] = json.loads(ksmy("list", *place, "--format", "json").out)
    assert (row["leads"], row["said_by"]) == (["KR-MOTIE"], "KR")
    assert ksmy("check", *place).code == 0


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


def test_a_claim_of_a_seed_may_be_about_a_milestone_of_it(
    ksmy: Ksmy, written: Written, tmp_path: Path
) -> None:
    steps = [{"commitment": "PACT-KEEP", "title": title} for title in ("Begun", "Done")]
    claims = [{"about": f"PACT-KEEP/{number}", "field": "due", "value": "2027"} for number in (2, 3)]
    path = written(seed_of(milestones=steps, claims=claims))

    assert refused(path).faults[0].startswith("claims[1].about: there is no ")
    assert len(refused(path).faults) == 1
    path = written(seed_of(milestones=steps, claims=claims[:1]))
    assert [change.ref for change in read_seed(path)][-1] == "PACT-KEEP/2"
    place = str(tmp_path / "other.db")
    assert ksmy("init", "--db", place, "--seed", str(path)).code == 0
    assert '"PACT-KEEP/2#1"' in ksmy("show", "PACT-KEEP", "--db", place, "--format", "json").out


def test_a_byte_order_mark_before_a_seed_is_no_fault(written: Written) -> None:
    text = json.dumps(seed_of([{**AGREEMENT, "title": "한국"}]), ensure_ascii=False)

    assert read_seed(written(b"\xef\xbb\xbf" + text.encode()))[0].fields["title"] == "한국"


# Faults

FAULTY: dict[str, tuple[Any, ...]] = {
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
    "a lead that is no body": (
        seed_of(commitments=[{**COMMITMENT, "leads": ["KR-MOTI", "PACT"]}], bodies=[BODY]),
        "commitments[0].leads: there is no body KR-MOTI; did you mean KR-MOTIE?",
        "commitments[0].leads: there is no body PACT; it is one of KR-MOTIE",
    ),
    "a lead twice": (
        seed_of(commitments=[{**COMMITMENT, "leads": "KR-MOTIE, kr-motie"}], bodies=[BODY]),
        "commitments[0].leads: 'KR-MOTIE' stands twice; give it once",
    ),
    "a state of another partnership that leads": (
        seed_of(commitments=[{**COMMITMENT, "leads": "VN"}], bodies=[BODY]),
        "commitments[0].leads: there is no body VN; it is one of KR-MOTIE",
    ),
    "a milestone's partner that is no body": (
        seed_of(milestones=[{"commitment": "PACT-KEEP", "title": "Signed", "partners": ["PACT"]}]),
        "milestones[0].partners: there is no body PACT; none is near it",
    ),
    "who said it is no body": (
        seed_of(commitments=[{**COMMITMENT, "said_by": "PACT"}], bodies=[BODY]),
        "commitments[0].said_by: there is no body PACT; it is one of KR-MOTIE",
    ),
    "under a commitment": (
        seed_of([{**AGREEMENT, "under": "PACT-KEEP"}]),
        "agreements[0].under: there is no agreement PACT-KEEP; did you mean PACT?",
    ),
    "a body with the ref of an agreement": (
        seed_of(commitments=[], bodies=[{**BODY, "ref": "PACT"}]),
        "agreements[0].ref: PACT stands in the seed twice",
    ),
    "a body of both parties": (
        seed_of(bodies=[{**BODY, "party": "both"}]),
        "bodies[0].party: there is no body BOTH; it is one of KR-MOTIE",
    ),
    "a source without a title": (seed_of(sources=[{"ref": "S"}]), "sources[0].title: is missing"),
    "an empty note": (seed_of([{**AGREEMENT, "note": ""}]), "agreements[0].note: is empty; give some text"),
    "evidence that is no text": (
        seed_of([{**AGREEMENT, "evidence": ["a", 5]}]),
        "agreements[0].evidence: must be text, not a number",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_named_with_its_place(written: Written, name: str) -> None:
    content, *faults = FAULTY[name]
    path = written(content)
    error = refused(path)

    counted = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    assert str(error) == f"the seed {path} has {counted}; nothing was created"
    assert error.faults == tuple(faults)


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
