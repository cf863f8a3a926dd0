"""An entry's canonical form, and what the hash chain makes of a history that was tampered with."""

import json
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ksmy_tracker.domain.chain import (
    Entry,
    as_stored,
    chain_fault,
    covered,
    digest,
    entry_row,
    to_canonical_json,
)
from ksmy_tracker.domain.entries import ENTRY_FIELDS, StoredEntry

COMPLETION = Entry(
    id=7,
    invocation="b7f0",
    key="batch-1:3",
    key_digest="0f",
    recorded_at="2025-10-27T03:00:00.000000Z",
    effective_on="2025-10-26",
    actor="김서연",
    record="commitment",
    ref="FTA-CONCLUDE",
    action="updated",
    changes={
        "status": ("in-progress", "completed"),
        "completed_on": (None, "2025-10-26"),
        "verifiable": (True, False),
    },
    note='Said "done";\n\ttwice \\ once',
    evidence=("https://example.org/é?a=1&b=2", "Gazette 12/2025"),
    previous_hash="a" * 64,
)

#: The same entry as the hash covers it, byte for byte. Every register's history rests on this form: if
#: this test fails, no register written before can be checked any more.
CANONICAL = (
    b'{"action":"updated",'
    b'"actor":"\xea\xb9\x80\xec\x84\x9c\xec\x97\xb0",'
    b'"changes":{"completed_on":[null,"2025-10-26"],'
    b'"status":["in-progress","completed"],"verifiable":[true,false]},'
    b'"effective_on":"2025-10-26",'
    b'"evidence":["https://example.org/\xc3\xa9?a=1&b=2","Gazette 12/2025"],'
    b'"id":7,'
    b'"invocation":"b7f0",'
    b'"key":"batch-1:3",'
    b'"key_digest":"0f",'
    b'"note":"Said \\"done\\";\\n\\ttwice \\\\ once",'
    b'"previous_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
    b'"record":"commitment",'
    b'"recorded_at":"2025-10-27T03:00:00.000000Z",'
    b'"ref":"FTA-CONCLUDE"}'
)
HASH = "9fa916784dbba8e930a8a0a8c1212cf570c6454967362abc069b0724e32dbb51"

FIRST_CANONICAL = (
    b'{"action":"created","actor":"seeder","changes":{},"effective_on":"2024-11-25","evidence":[],"id":1,'
    b'"invocation":"1","key":null,"key_digest":null,"note":null,"previous_hash":null,'
    b'"record":"agreement","recorded_at":"2026-01-15T04:00:00.000000Z","ref":"FTA"}'
)


def first(**different: Any) -> Entry:
    """The first entry of a history, sealed with its hash."""
    entry = Entry(
        id=1,
        invocation="1",
        key=None,
        key_digest=None,
        recorded_at="2026-01-15T04:00:00.000000Z",
        effective_on="2024-11-25",
        actor="seeder",
        record="agreement",
        ref="FTA",
        action="created",
        changes={},
        note=None,
        evidence=(),
        previous_hash=None,
    )
    return sealed(replace(entry, **different))


def sealed(entry: Entry) -> Entry:
    return replace(entry, hash=digest(entry))


def chained(entries: list[Entry]) -> list[Entry]:
    """The entries as the writer would have put them, one after another."""
    chain: list[Entry] = []
    for entry in entries:
        before = chain[-1].hash if chain else None
        chain.append(sealed(replace(entry, id=len(chain) + 1, previous_hash=before)))
    return chain


def wrong_with(entry: Entry, previous: Entry | None) -> str | None:
    return chain_fault(entry, previous, covered(entry))


def faults(chain: list[Entry]) -> list[str]:
    pairs = pairwise([None, *chain])
    return [fault for before, entry in pairs if entry and (fault := wrong_with(entry, before))]


# The canonical form


def test_the_hash_of_an_entry_is_the_sha256_of_its_canonical_form() -> None:
    assert sha256(CANONICAL).hexdigest() == HASH
    assert digest(COMPLETION) == HASH


def test_an_empty_field_is_null_in_the_canonical_form() -> None:
    assert first().hash == sha256(FIRST_CANONICAL).hexdigest()


def test_the_canonical_form_names_every_field_but_the_hash() -> None:
    retracting = replace(COMPLETION, retracts=(3, 5))
    assert set(json.loads(covered(retracting))) == set(ENTRY_FIELDS) - {"hash"}
    assert set(Entry.__struct_fields__) == set(ENTRY_FIELDS)


def test_what_an_entry_retracts_is_hashed_where_it_retracts_something() -> None:
    # Hashes of entries from before they could retract stay right.
    assert b"retracts" not in covered(COMPLETION)
    assert covered(replace(COMPLETION, retracts=(3, 5))) == CANONICAL[:-1] + b',"retracts":[3,5]}'


def test_the_hash_does_not_cover_itself() -> None:
    assert digest(replace(COMPLETION, hash="f" * 64)) == HASH


def test_the_order_in_which_changes_were_made_does_not_matter() -> None:
    backwards = dict(reversed(list(COMPLETION.changes.items())))

    assert digest(replace(COMPLETION, changes=backwards)) == HASH


def test_changes_and_evidence_read_back_as_lists_have_the_same_hash() -> None:
    stored = json.loads(CANONICAL)

    assert digest(replace(COMPLETION, changes=stored["changes"], evidence=stored["evidence"])) == HASH


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 8),
        ("invocation", "b7f1"),
        ("key", "batch-1:4"),
        ("key", None),
        ("key_digest", "10"),
        ("recorded_at", "2025-10-27T03:00:00.000001Z"),
        ("effective_on", "2025-10-27"),
        ("actor", "김서영"),
        ("record", "milestone"),
        ("ref", "FTA-SCOPE"),
        ("action", "undone"),
        ("changes", {}),
        ("changes", {**COMPLETION.changes, "status": ("in-progress", "cancelled")}),
        ("changes", {**COMPLETION.changes, "status": ("planned", "completed")}),
        ("changes", {**COMPLETION.changes, "verifiable": (True, None)}),
        ("changes", {**COMPLETION.changes, "title": (None, "x")}),
        ("note", None),
        ("note", ""),
        ("note", 'Said "done";\n\ttwice \\ once '),
        ("evidence", ()),
        ("evidence", tuple(reversed(COMPLETION.evidence))),
        ("evidence", COMPLETION.evidence[:1]),
        ("evidence", ("https://example.org/e\u0301?a=1&b=2", "Gazette 12/2025")),
        ("previous_hash", "b" * 64),
        ("previous_hash", None),
    ],
)
def test_an_altered_field_changes_the_hash(field: str, value: Any) -> None:
    assert digest(replace(COMPLETION, **{field: value})) != HASH


words = st.text(max_size=8)
maybe_words = st.none() | words
values = st.none() | st.booleans() | words
entries = st.builds(
    Entry,
    id=st.integers(1, 2**40),
    invocation=words,
    key=maybe_words,
    key_digest=maybe_words,
    recorded_at=words,
    effective_on=words,
    actor=words,
    record=words,
    ref=words,
    action=words,
    changes=st.dictionaries(words, st.tuples(values, values), max_size=3),
    note=maybe_words,
    evidence=st.lists(words, max_size=3).map(tuple),
    previous_hash=maybe_words,
    retracts=st.lists(st.integers(1, 2**40), max_size=2).map(tuple),
)


@given(entries, entries, st.sampled_from([field for field in ENTRY_FIELDS if field != "hash"]))
def test_entries_that_differ_in_one_field_differ_in_their_hash(
    entry: Entry, other: Entry, field: str
) -> None:
    assume(getattr(entry, field) != getattr(other, field))

    assert digest(replace(entry, **{field: getattr(other, field)})) != digest(entry)


@given(entries)
def test_an_entry_read_back_from_its_canonical_form_has_the_same_hash(entry: Entry) -> None:
    stored_changes = json.loads(to_canonical_json(entry.changes))
    stored_evidence = json.loads(to_canonical_json(entry.evidence))

    assert digest(replace(entry, changes=stored_changes, evidence=stored_evidence)) == digest(entry)


@given(entries)
def test_what_is_hashed_and_stored_is_canonical_json(entry: Entry) -> None:
    fields = {name: getattr(entry, name) for name in ENTRY_FIELDS if name != "hash"}
    hashed = {name: value for name, value in fields.items() if name != "retracts" or value}
    assert digest(entry) == sha256(to_canonical_json(hashed).encode()).hexdigest()
    row = dict(zip(ENTRY_FIELDS, entry_row(entry), strict=True))
    assert row == {
        **fields,
        "changes": to_canonical_json(entry.changes),
        "evidence": to_canonical_json(entry.evidence),
        "retracts": to_canonical_json(entry.retracts),
        "hash": entry.hash,
    }


def test_canonical_json_has_sorted_keys_and_no_spaces_of_its_own() -> None:
    assert to_canonical_json({"b": [1, None, True], "a": "é : , \u202e"}) == (
        '{"a":"é : , \u202e","b":[1,null,true]}'
    )


@given(st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(words, inner), max_leaves=10))
def test_canonical_json_is_the_same_when_it_is_read_and_written_again(value: Any) -> None:
    written = to_canonical_json(value)

    assert json.loads(written) == value
    assert to_canonical_json(json.loads(written)) == written


# The chain


def test_a_history_begins_with_entry_one_that_follows_nothing() -> None:
    assert wrong_with(first(), None) is None


def test_each_entry_follows_the_one_before_it() -> None:
    one = first()
    two = sealed(replace(COMPLETION, id=2, previous_hash=one.hash))

    assert wrong_with(two, one) is None


def test_a_gap_is_named_by_the_entry_that_is_missing() -> None:
    one = first()
    three = sealed(replace(COMPLETION, id=3, previous_hash=one.hash))

    assert wrong_with(three, one) == "entry 2 is missing: entry 3 stands in its place"
    assert wrong_with(three, None) == "entry 1 is missing: entry 3 stands in its place"


def test_an_entry_that_stands_twice_is_a_fault() -> None:
    one = first()

    assert wrong_with(one, one) == "entry 2 is missing: entry 1 stands in its place"


@pytest.mark.parametrize("hash_before", ["f" * 64, None, ""])
def test_an_entry_with_another_previous_hash_does_not_follow(hash_before: str | None) -> None:
    two = sealed(replace(COMPLETION, id=2, previous_hash=hash_before))

    assert wrong_with(two, first()) == "entry 2 does not follow entry 1: its previous hash is another"


def test_a_first_entry_that_follows_something_is_a_fault() -> None:
    entry = first(previous_hash="f" * 64)

    assert wrong_with(entry, None) == "entry 1 does not follow entry 0: its previous hash is another"


def test_an_altered_entry_is_named() -> None:
    altered = replace(first(), note="it was never so")

    assert wrong_with(altered, None) == "entry 1 (FTA) was altered: its hash does not match what it says"


@pytest.mark.parametrize("hash_given", ["", "f" * 64, first().hash.upper()])
def test_an_entry_with_another_hash_is_a_fault(hash_given: str) -> None:
    altered = replace(first(), hash=hash_given)

    assert wrong_with(altered, None) == "entry 1 (FTA) was altered: its hash does not match what it says"


#: Entries that say little, so that most of a run goes into what is done to their chain.
links = st.builds(first, actor=words, note=maybe_words)
chains = st.lists(links, min_size=2, max_size=6).map(chained)


@given(chains)
def test_a_chain_as_it_was_written_has_no_fault(chain: list[Entry]) -> None:
    assert faults(chain) == []


@given(chains, st.data())
def test_an_entry_altered_in_place_is_the_one_fault(chain: list[Entry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    altered = replace(chain[at], note=data.draw(maybe_words.filter(lambda note: note != chain[at].note)))

    found = faults([*chain[:at], altered, *chain[at + 1 :]])

    assert len(found) == 1
    assert found[0].startswith(f"entry {at + 1} ({altered.ref}) was altered")


@given(chains, st.data())
def test_an_entry_altered_and_sealed_again_breaks_the_next_or_moves_the_head(
    chain: list[Entry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    altered = sealed(
        replace(chain[at], actor=data.draw(words.filter(lambda actor: actor != chain[at].actor)))
    )

    found = faults([*chain[:at], altered, *chain[at + 1 :]])

    if at == len(chain) - 1:
        assert found == []
        assert altered.hash != chain[-1].hash
    else:
        assert found == [f"entry {at + 2} does not follow entry {at + 1}: its previous hash is another"]


@given(chains, st.data())
def test_an_entry_taken_out_is_missed_unless_it_was_the_last(chain: list[Entry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))

    found = faults(chain[:at] + chain[at + 1 :])

    if at == len(chain) - 1:
        assert found == []  # which is why a head seen earlier can be given to the check
    else:
        assert found == [f"entry {at + 1} is missing: entry {at + 2} stands in its place"]


@given(chains, st.data())
def test_entries_that_changed_places_are_found(chain: list[Entry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 2))
    swapped = [*chain[:at], chain[at + 1], chain[at], *chain[at + 2 :]]

    assert faults(swapped)


@given(chains)
def test_a_history_rewritten_from_any_entry_on_has_another_head(chain: list[Entry]) -> None:
    rewritten = chained([replace(chain[0], actor=f"{chain[0].actor}!"), *chain[1:]])

    assert faults(rewritten) == []
    assert rewritten[-1].hash != chain[-1].hash


@given(entries)
def test_what_is_stored_is_what_is_hashed_as_it_stands(entry: Entry) -> None:
    assert as_stored(entry_row(entry)) == covered(entry)


@pytest.mark.parametrize("name", ["changes", "evidence", "retracts"])
def test_json_that_says_the_same_in_another_form_is_not_what_is_hashed(name: str) -> None:
    entry = sealed(replace(first(), evidence=("https://example.org/건",), id=3, retracts=(1, 2)))
    stored = entry_row(entry)
    other = StoredEntry(**(stored._asdict() | {name: f" {getattr(stored, name)}"}))
    assert as_stored(other) != covered(entry)
