"""The write side: every change makes one entry at the end of the chain, and the record follows from it."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.domain.words import FIRMNESSES, STATUSES
from ksmy_tracker.errors import Damaged, Faults, KsmyError, NotFound, Refused, Usage
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing import record as write_side
from ksmy_tracker.writing.record import Recording
from tests.writing.changing import (
    NOW,
    TODAY,
    WANTED,
    Make,
    adding,
    entries,
    faults,
    make_in,
    query,
    recording,
    stored,
    updating,
)

# What an entry says


def test_an_entry_says_who_recorded_what_about_which_record_and_when(make: Make, register: Path) -> None:
    make(
        updating(
            "HYDROGEN", status="in-progress", note="begun", evidence=("a", "b"), effective_on="2025-05-01"
        )
    )
    entry = entries(register)[-1]
    assert len(entry.pop("hash")) == 64
    assert entry.pop("previous_hash") == entries(register)[-2]["hash"]
    assert entry == {
        "id": 31,
        "invocation": "one",
        "key": None,
        "key_digest": None,
        "recorded_at": "2026-01-15T04:30:05.123456Z",
        "effective_on": "2025-05-01",
        "actor": "kim",
        "record": "commitment",
        "ref": "HYDROGEN",
        "action": "updated",
        "changes": '{"status":["planned","in-progress"]}',
        "note": "begun",
        "evidence": '["a","b"]',
        "retracts": "[]",
    }


def test_recording_times_are_utc_whatever_the_zone_of_the_clock(make: Make, register: Path) -> None:
    make(updating("HYDROGEN", note="x"), now=NOW.astimezone(timezone(timedelta(hours=9))))
    assert entries(register)[-1]["recorded_at"] == "2026-01-15T04:30:05.123456Z"


def test_the_actor_of_a_change_goes_before_the_one_of_the_command(make: Make, register: Path) -> None:
    make(updating("HYDROGEN", note="x", actor="lee"), updating("HYDROGEN", note="y"))
    assert [entry["actor"] for entry in entries(register)[-2:]] == ["lee", "kim"]


def test_all_entries_of_a_command_have_its_invocation_and_no_other_has_it(make: Make, register: Path) -> None:
    first = make(updating("HYDROGEN", note="x"), updating("TOURISM", note="x"))
    second = make(updating("HYDROGEN", note="y"), invocation="two")
    found = [entry["invocation"] for entry in entries(register)]
    assert found[-3:] == [first.invocation, first.invocation, second.invocation] == ["one", "one", "two"]
    assert not {"one", "two"} & set(found[:-3])


def test_two_commands_get_two_invocations_by_themselves() -> None:
    assert Recording("kim", NOW, TODAY).invocation != Recording("kim", NOW, TODAY).invocation


def test_text_in_the_history_is_stored_as_it_was_given(make: Make, register: Path) -> None:
    text = "  한국 🇰🇷 \x1b[31m \u202e [bold] ' \" \\ \n\ttab "
    make(updating("HYDROGEN", detail=text, note=text, evidence=(text,), actor=text))
    entry = entries(register)[-1]
    assert (entry["note"], entry["actor"], json.loads(entry["evidence"])) == (text, text, [text])
    assert stored(register, "HYDROGEN")["detail"] == text
    assert faults(register) == []


# Chunks


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_the_history_does_not_depend_on_how_many_changes_are_written_at_once(
    make: Make, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    def changes() -> list[Change]:  # a milestone's change is told its number
        return [
            adding("AG", "agreement", fields={"title": "Tin", "kind": "treaty", "stage": "signed"}),
            adding("TIN", fields={**WANTED, "agreement": "AG", "due": "2026"}),
            adding("TIN", "milestone", fields={"title": "Survey", "due": "2025"}),
            updating("TIN", status="completed", evidence=("a",)),
            updating("TIN", status="completed"),
            updating("TIN/1", state="met", evidence=("b",)),
            updating("AG", stage="in-force"),
            updating("TIN", firmness="hoped", note="moved"),
        ]

    twin = Path(shutil.copy(register, tmp_path / "twin.db"))
    whole = make(*changes())
    monkeypatch.setattr("ksmy_tracker.writing.record.CHUNK", chunk)
    assert make_in(twin, *changes()) == whole
    assert [query(twin, f"SELECT * FROM {table}") for table in ("commitment", "agreement", "milestone")] == [
        query(register, f"SELECT * FROM {table}") for table in ("commitment", "agreement", "milestone")
    ]
    assert faults(twin) == faults(register) == []


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_a_dry_run_decides_what_the_real_one_does(
    make: Make, register: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("ksmy_tracker.writing.record.CHUNK", chunk)
    changes = [
        adding("AG", "agreement", fields={"title": "Tin", "kind": "treaty", "stage": "signed"}),
        adding("TIN", fields={**WANTED, "agreement": "AG"}),
        updating("TIN", status="completed"),
        updating("TIN", status="completed"),
    ]
    head, bytes_before = entries(register)[-1]["hash"], register.read_bytes()
    rehearsed = make(*changes, dry_run=True)
    assert register.read_bytes() == bytes_before
    assert rehearsed.head == head
    assert rehearsed.outcomes == make(*changes).outcomes


# What an entry does to a record


def test_a_new_commitment_is_planned_verifiable_and_of_both_unless_told_otherwise(
    make: Make, register: Path
) -> None:
    make(adding("TIN"))
    assert stored(register, "TIN") == {
        **dict.fromkeys(stored(register, "TIN")),
        **WANTED,
        "ref": "TIN",
        "parties": "both",
        "verifiable": 1,
        "status": "planned",
        "topics": "[]",
        "leads": "[]",
        "partners": "[]",
        "evidence": 0,
        "withdrawn": 0,
        "created_on": "2026-01-15",
        "updated_on": "2026-01-15",
    }
    assert json.loads(entries(register)[-1]["changes"]) == {
        **{name: [None, value] for name, value in WANTED.items()},
        "parties": [None, "both"],
        "verifiable": [None, True],
        "status": [None, "planned"],
    }


def test_a_null_field_of_a_new_record_is_as_if_it_were_not_given(make: Make, register: Path) -> None:
    make(adding("TIN", fields={**WANTED, "parties": None, "detail": None}))
    assert stored(register, "TIN")["parties"] == "both"
    assert "detail" not in json.loads(entries(register)[-1]["changes"])


def test_the_baseline_is_the_first_due_date_and_stays(make: Make, register: Path) -> None:
    make(adding("TIN", fields={**WANTED, "due": "2026"}))
    make(updating("TIN", due="2027-36"))
    row = stored(register, "TIN")
    assert (row["baseline_due"], row["due"], row["slip_days"]) == ("2026", "2027-36", 365)
    assert (row["due_earliest"], row["due_latest"]) == ("2027-10-01", "2027-12-31")


def test_completion_is_dated_by_its_effective_date_and_the_due_date_then_in_force(
    make: Make, register: Path
) -> None:
    make(updating("FTA-CONCLUDE", due="2026-06", effective_on="2025-03-01"))
    make(updating("FTA-CONCLUDE", status="completed", effective_on="2025-10-26"))
    make(updating("FTA-CONCLUDE", due="2027"))
    row = stored(register, "FTA-CONCLUDE")
    assert (row["completed_on"], row["completed_due"], row["completed_latest"]) == (
        "2025-10-26",
        "2026-06",
        "2026-06-30",
    )


def test_a_commitment_may_be_added_completed(make: Make, register: Path) -> None:
    make(adding("TIN", fields={**WANTED, "status": "completed", "due": "2025"}, effective_on="2025-12-01"))
    row = stored(register, "TIN")
    assert (row["created_on"], row["completed_on"], row["completed_due"]) == (
        "2025-12-01",
        "2025-12-01",
        "2025",
    )


def test_truth_is_written_as_truth(make: Make, register: Path) -> None:
    make(updating("TOURISM", verifiable=False))
    assert json.loads(entries(register)[-1]["changes"]) == {"verifiable": [True, False]}
    assert stored(register, "TOURISM")["verifiable"] == 0
    assert make(updating("TOURISM", verifiable=False)).outcomes[0].action is None


def test_a_change_that_changes_nothing_makes_no_entry(make: Make, register: Path) -> None:
    receipt = make(updating("TOURISM", status="in-progress", title="Carry out the tourism agreement"))
    assert (receipt.applied, receipt.unchanged) == (0, 1)
    assert len(entries(register)) == 30


def test_a_note_or_evidence_alone_is_an_entry_of_its_own_kind(make: Make, register: Path) -> None:
    receipt = make(updating("TOURISM", note="seen"), updating("TOURISM", evidence=("a",)))
    assert [outcome.action for outcome in receipt.outcomes] == ["noted", "noted"]
    assert [entry["changes"] for entry in entries(register)[-2:]] == ["{}", "{}"]


def test_news_of_a_milestone_is_news_of_its_commitment(make: Make, register: Path) -> None:
    make(adding("TOURISM", "milestone", effective_on="2025-02-01"))
    make(updating("TOURISM/1", state="met", evidence=("a",), effective_on="2025-03-01"))
    milestone, commitment = stored(register, "TOURISM/1", "milestone"), stored(register, "TOURISM")
    assert (milestone["state"], milestone["met_on"], milestone["evidence"]) == ("met", "2025-03-01", 1)
    assert (commitment["updated_on"], commitment["evidence"]) == ("2025-03-01", 1)
    assert faults(register) == []


# Dates


def test_a_record_already_known_from_a_later_zone_s_day_takes_that_day(make: Make, register: Path) -> None:
    make(updating("TOURISM", note="recorded in Seoul"), today=TODAY + timedelta(days=1))
    make(updating("TOURISM", note="recorded in Kuala Lumpur"))
    assert [entry["effective_on"] for entry in entries(register)[-2:]] == ["2026-01-16", "2026-01-16"]


@pytest.mark.parametrize("chunk", [1, 2, 1000])
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_late_entry_holds_until_the_next_that_set_the_same_field(
    make: Make, register: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, dry_run: bool
) -> None:
    monkeypatch.setattr("ksmy_tracker.writing.record.CHUNK", chunk)
    receipt = make(
        updating("TOURISM", status="finalising", effective_on="2025-10-26"),
        updating("TOURISM", status="suspended", note="x", effective_on="2025-03-01"),
        updating("TOURISM", status="cancelled", effective_on="2025-02-01"),
        updating("TOURISM", firmness="hoped", effective_on="2025-03-01"),
        dry_run=dry_run,
    )
    assert [dict(outcome.until) for outcome in receipt.outcomes] == [
        {},
        {"status": ("2025-10-25", "finalising")},
        {"status": ("2025-02-28", "suspended")},
        {},
    ]
    assert [outcome.changes for outcome in receipt.outcomes[:3]] == [
        {"status": ("in-progress", "finalising")},
        {"status": ("in-progress", "suspended")},
        {"status": ("in-progress", "cancelled")},
    ]
    if not dry_run:
        row = stored(register, "TOURISM")
        assert (row["status"], row["firmness"], row["updated_on"]) == ("finalising", "hoped", "2025-10-26")
        assert faults(register) == []


def test_what_a_late_entry_says_is_compared_with_its_own_day(make: Make, register: Path) -> None:
    make(updating("TOURISM", status="finalising", effective_on="2025-10-26"))
    assert make(updating("TOURISM", status="in-progress", effective_on="2025-03-01")).unchanged == 1
    assert make(updating("TOURISM", title="T", expect="in-progress", effective_on="2025-03-01")).applied == 1
    with pytest.raises(Refused, match="TOURISM is in-progress, not finalising as expected"):
        make(updating("TOURISM", title="U", expect="finalising", effective_on="2025-03-01"))


def test_a_late_change_before_a_completion_reopens_nothing(make: Make, register: Path) -> None:
    make(updating("TOURISM", status="completed", effective_on="2025-10-26"))
    make(updating("TOURISM", status="finalising", effective_on="2025-03-01"))
    row = stored(register, "TOURISM")
    assert (row["status"], row["completed_on"]) == ("completed", "2025-10-26")
    with pytest.raises(Refused, match="TOURISM is completed; say with --note why it is to be finalising"):
        make(updating("TOURISM", status="finalising", effective_on="2025-11-01"))
    assert faults(register) == []


def test_what_is_completed_already_is_not_completed_on_another_day(make: Make) -> None:
    make(updating("TOURISM", status="completed", effective_on="2025-10-26"))
    make(updating("TOURISM", note="x"))
    for day in ("2025-06-01", "2025-12-01"):
        with pytest.raises(Refused) as refused:
            make(updating("TOURISM", status="completed", effective_on=day))
        assert str(refused.value) == (
            "TOURISM has been completed since 2025-10-26 (entry 31); to correct that day, "
            f"`ksmy amend 31 --on {day}`"
        )
    assert make(updating("TOURISM", status="completed", effective_on="2025-10-26")).unchanged == 1
    assert make(updating("TOURISM", status="completed")).unchanged == 1


def test_what_was_something_else_in_between_is_completed_on_an_earlier_day_too(
    make: Make, register: Path
) -> None:
    make(updating("TOURISM", status="suspended", effective_on="2025-05-03"))
    make(updating("TOURISM", status="completed", effective_on="2025-06-03"))
    make(updating("TOURISM", status="completed", effective_on="2025-03-03"))
    with pytest.raises(Refused, match=r"TOURISM has been completed since 2025-03-03 \(entry 33\); "):
        make(updating("TOURISM", status="completed", effective_on="2025-04-01"))
    with pytest.raises(Refused, match=r"TOURISM has been completed since 2025-06-03 \(entry 32\); "):
        make(updating("TOURISM", status="completed", effective_on="2025-05-20"))
    assert stored(register, "TOURISM")["completed_on"] == "2025-06-03"
    assert faults(register) == []


def test_a_day_before_the_record_s_first_is_refused(make: Make) -> None:
    with pytest.raises(Refused, match=r"^2024-11-24 is before TOURISM was created \(2024-11-25\)"):
        make(updating("TOURISM", note="x", effective_on="2024-11-24"))


def test_a_clock_that_was_wrong_once_spoils_nothing(make: Make, register: Path) -> None:
    make(updating("TOURISM", status="finalising"), today=date(2099, 1, 1))
    make(updating("TOURISM", status="suspended"))
    found = entries(register)[-1]
    assert (found["effective_on"], found["changes"]) == (
        "2026-01-15",
        '{"status":["in-progress","suspended"]}',
    )
    make(updating("TOURISM", note="later"), today=TODAY + timedelta(days=1))
    make(updating("TOURISM", note="by a colleague a zone behind"))
    assert entries(register)[-1]["effective_on"] == "2026-01-16"
    assert faults(register) == []


def test_the_dates_of_another_record_do_not_matter(make: Make, register: Path) -> None:
    make(updating("TOURISM", note="x"))
    make(updating("HYDROGEN", note="x", effective_on="2024-11-26"))
    assert entries(register)[-1]["effective_on"] == "2024-11-26"


def test_a_commitment_is_not_older_than_its_agreement_and_the_sentence_says_so(make: Make) -> None:
    make(adding("TIN", effective_on="2024-11-25"))
    with pytest.raises(Refused, match=r"2024-11-24 .*SP-2024 .*2024-11-25"):
        make(adding("TIN-2", effective_on="2024-11-24"))


def test_a_commitment_does_not_move_to_an_agreement_that_was_not_there_yet(make: Make) -> None:
    instrument = {"title": "Tin", "kind": "treaty", "stage": "signed"}
    make(adding("AG", "agreement", fields=instrument, effective_on="2026-01-10"))
    with pytest.raises(Refused, match=r"2026-01-09 .*AG .*2026-01-10"):
        make(updating("TOURISM", agreement="AG", effective_on="2026-01-09"))
    make(updating("TOURISM", agreement="AG", effective_on="2026-01-10"))


# What is refused


@pytest.mark.parametrize("record", ["commitment", "agreement"])
@pytest.mark.parametrize(("ref", "kind"), [("FTA", "an agreement"), ("FTA-CONCLUDE", "a commitment")])
def test_a_ref_names_one_record_across_kinds(make: Make, record: str, ref: str, kind: str) -> None:
    fields = WANTED if record == "commitment" else {"title": "T", "kind": "treaty", "stage": "signed"}
    with pytest.raises(Refused, match=f"there is already {kind} {ref}; change it with `ksmy update`"):
        make(adding(ref, record, fields=fields))


def test_a_ref_added_twice_in_one_command_is_refused(make: Make, register: Path) -> None:
    with pytest.raises(Refused, match="there is already a commitment TIN; change it with `ksmy update`"):
        make(adding("TIN"), adding("TIN"))
    assert len(entries(register)) == 30


@pytest.mark.parametrize(
    ("ref", "nearest"), [("TOURSM", "TOURISM"), ("MOU-TOURIS", "MOU-TOURISM"), ("TOURISM/1", "TOURISM")]
)
def test_an_unknown_ref_is_answered_with_the_nearest_of_any_kind(make: Make, ref: str, nearest: str) -> None:
    with pytest.raises(NotFound, match=rf"there is no record {ref}; did you mean {nearest}\?"):
        make(updating(ref, note="x"))


def test_the_nearest_ref_may_be_one_added_just_before(make: Make) -> None:
    with pytest.raises(NotFound, match=r"did you mean TIN-TRADE\?"):
        make(adding("TIN-TRADE"), updating("TIN-TRAD", note="x"))


def test_a_commitment_belongs_to_an_agreement_only(make: Make) -> None:
    with pytest.raises(Refused, match="FTA-CONCLUDE is a commitment, not an agreement"):
        make(adding("TIN", fields={**WANTED, "agreement": "FTA-CONCLUDE"}))
    with pytest.raises(NotFound, match=r"there is no agreement SP-2025; did you mean SP-2024\?"):
        make(updating("TOURISM", agreement="SP-2025"))


def test_a_milestone_belongs_to_a_commitment_only(make: Make) -> None:
    with pytest.raises(Refused, match="FTA is an agreement, not a commitment"):
        make(adding("FTA", "milestone"))
    with pytest.raises(NotFound, match=r"there is no commitment TOURSM; did you mean TOURISM\?"):
        make(adding("TOURSM", "milestone"))


def test_what_is_settled_is_not_opened_again_without_a_note(make: Make) -> None:
    make(updating("TOURISM", status="completed"))
    with pytest.raises(Refused, match="TOURISM is completed; say with --note why it is to be planned"):
        make(updating("TOURISM", status="planned", evidence=("a",)))
    make(updating("TOURISM", status="planned", note="a mistake"))


def test_an_expectation_that_is_not_met_refuses(make: Make) -> None:
    with pytest.raises(Refused, match="FTA is negotiating, not signed as expected; nothing was changed"):
        make(updating("FTA", title="T", expect="signed"))
    assert make(updating("FTA", title="T", expect="negotiating")).applied == 1


def test_an_expectation_sees_the_changes_before_it(make: Make) -> None:
    receipt = make(
        updating("TOURISM", status="finalising"), updating("TOURISM", status="completed", expect="finalising")
    )
    assert receipt.applied == 2


# Sectors


def test_a_new_sector_is_taken(make: Make, register: Path) -> None:
    make(adding("TIN", fields={**WANTED, "sector": "semiconductors"}))
    assert stored(register, "TIN")["sector"] == "semiconductors"


@pytest.mark.parametrize(("sector", "near"), [("defense", "defence"), ("green-enrgy", "green-")])
def test_a_near_miss_of_a_known_sector_is_asked_about(make: Make, sector: str, near: str) -> None:
    with pytest.raises(Refused, match=f"sector '{sector}' is new and close to '{near}"):
        make(updating("TOURISM", sector=sector))
    make(updating("TOURISM", sector=sector, new=("sector",)))
    make(updating("HYDROGEN", sector=sector))


def test_a_sector_kept_by_one_change_is_known_to_the_next(make: Make) -> None:
    changes = [updating("TOURISM", sector="defense", new=("sector",)), updating("HYDROGEN", sector="defense")]
    assert make(updating("INVESTMENT", sector="defence"), *changes).applied == 3


def test_a_new_sector_that_others_are_close_to_is_asked_about_within_one_command(make: Make) -> None:
    with pytest.raises(Refused, match="sector 'semiconductor' is new and close to 'semiconductors'"):
        make(updating("TOURISM", sector="semiconductors"), updating("HYDROGEN", sector="semiconductor"))


def test_the_sector_a_record_has_is_never_asked_about(make: Make) -> None:
    make(updating("TOURISM", sector="defense", new=("sector",)))
    assert make(updating("TOURISM", sector="defense")).unchanged == 1


# Keys


def test_a_change_whose_key_was_applied_before_is_skipped(make: Make, register: Path) -> None:
    change = updating("TOURISM", note="x", key="k", key_digest="d" * 64)
    assert [make(change).applied, make(change).skipped] == [1, 1]
    receipt = make(updating("TOURISM", note="y", key="l", key_digest="e" * 64), change, change)
    assert (receipt.applied, receipt.skipped) == (1, 2)
    assert [entry["key"] for entry in entries(register)[-3:]] == [None, "k", "l"]


def test_a_key_given_twice_in_one_command_is_applied_once(make: Make) -> None:
    change = updating("TOURISM", note="x", key="k", key_digest="d" * 64)
    receipt = make(change, change)
    assert (receipt.applied, receipt.skipped) == (1, 1)


def test_a_key_used_with_other_content_is_refused(make: Make) -> None:
    make(updating("TOURISM", note="x", key="k", key_digest="d" * 64))
    with pytest.raises(Refused, match="key 'k' was used before with other content"):
        make(updating("TOURISM", note="y", key="k", key_digest="e" * 64))


# All or nothing


def test_the_first_failure_ends_it_with_nothing_changed(make: Make, register: Path) -> None:
    before = register.read_bytes()
    with pytest.raises(NotFound):
        make(updating("TOURISM", note="x"), updating("NOWHERE", note="x"), updating("ELSEWHERE", note="x"))
    assert register.read_bytes() == before


@pytest.mark.parametrize("chunk", [1, 1000])
def test_every_failure_is_collected_where_that_is_asked(
    make: Make, register: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("ksmy_tracker.writing.record.CHUNK", chunk)
    changes: list[Change | BadLine] = [
        updating("TOURISM", status="completed", place="line 1"),
        updating("NOWHERE", note="x", place="line 2"),
        updating("TOURISM", status="planned", place="line 3"),
        adding("TIN", place="line 4"),
        updating("TIN", stage="signed", place="line 5"),
        BadLine("line 6", ("has no ref", "has no op")),
        updating("HYDROGEN", note="x", place="line 7"),
    ]
    found = Faults(most=4)

    def run() -> None:
        with FileRegister(register).writing() as session:
            receipt = write_side.record(session, changes, recording(), faults=found)
            assert receipt.applied == 3
            raise KsmyError("rolled back")

    with pytest.raises(KsmyError, match="rolled back"):
        run()
    assert found.count == 5
    assert found.listed[0].startswith("line 2: there is no record NOWHERE; ")
    assert found.listed[1] == "line 3: TOURISM is completed; say with --note why it is to be planned"
    assert found.listed[2].startswith("line 5: TIN is a commitment, which has no stage; ")
    assert found.listed[3:] == ["line 6: has no ref"]
    assert len(entries(register)) == 30


def test_after_a_failure_nothing_more_is_written_even_before_the_caller_rolls_back(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ksmy_tracker.writing.record.CHUNK", 1)
    found = Faults(most=20)
    with FileRegister(register).writing() as session:
        changes = [updating("NOWHERE", note="x"), updating("TOURISM", note="x")]
        write_side.record(session, changes, recording(), faults=found)
    assert found.count == 1
    assert len(entries(register)) == 30


@pytest.mark.parametrize("table", ["entry", "commitment"])
def test_a_transaction_that_the_database_breaks_off_leaves_nothing_half_written(
    make: Make, register: Path, table: str
) -> None:
    verb = "INSERT" if table == "entry" else "UPDATE"
    with closing(sqlite3.connect(register)) as connection:
        connection.execute(
            f"CREATE TRIGGER broken BEFORE {verb} ON {table} WHEN NEW.ref = 'HYDROGEN' "
            "BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    before = register.read_bytes()
    with pytest.raises(Damaged, match="broken"):
        make(updating("TOURISM", due="2030"), updating("HYDROGEN", due="2030"))
    assert register.read_bytes() == before
    assert not register.with_name("register.db-journal").exists()


def test_changes_may_come_from_an_iterator_that_fails(make: Make, register: Path) -> None:
    def changes() -> Iterator[Change]:
        yield updating("TOURISM", note="x")
        raise Usage("line 2 is no change")

    with pytest.raises(Usage), FileRegister(register).writing() as session:
        write_side.record(session, changes(), recording())
    assert len(entries(register)) == 30


# Any history

_NOTES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=20).filter(str.strip),
)
_DUES = st.sampled_from([None, "2024", "2025-36", "2026-06", "2029-02-28", "2030~"])


@st.composite
def _changes(draw: st.DrawFn) -> Change:
    ref = draw(st.sampled_from(["TOURISM", "HYDROGEN", "FTA-CONCLUDE", "FTA", "NOWHERE"]))
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        fields["title"] = draw(st.sampled_from(["A", "B"]))
    if ref != "FTA":
        for name, values in {
            "status": st.sampled_from(STATUSES),
            "due": _DUES,
            "firmness": st.sampled_from(FIRMNESSES),
            "verifiable": st.booleans(),
            "agreement": st.sampled_from(["FTA", "SP-2024"]),
        }.items():
            if draw(st.booleans()):
                fields[name] = draw(values)
    days = draw(st.one_of(st.none(), st.integers(min_value=0, max_value=400)))
    return Change(
        "update",
        ref,
        fields=fields,
        note=draw(_NOTES),
        evidence=draw(st.sampled_from([(), ("a",), ("a", "b")])),
        effective_on=None if days is None else (TODAY - timedelta(days=days)).isoformat(),
    )


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(commands=st.lists(st.lists(_changes(), max_size=4), min_size=1, max_size=5))
def test_whatever_is_done_the_register_stays_sound_and_only_grows(
    register: Path, commands: list[list[Change]]
) -> None:
    path = Path(shutil.copy(register, register.with_name("any.db")))
    for number, changes in enumerate(commands):
        before, bytes_before = entries(path), path.read_bytes()
        try:
            receipt = make_in(path, *changes, invocation=str(number))
        except KsmyError:
            assert path.read_bytes() == bytes_before
            continue
        after = entries(path)
        assert after[: len(before)] == before
        made = [outcome.entry for outcome in receipt.outcomes if outcome.entry is not None]
        assert made == [entry["id"] for entry in after[len(before) :]]
        assert receipt.head == after[-1]["hash"]
    assert faults(path) == []
