"""The database itself refuses what no record may hold, and every change to the history."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import CheckConstraint

from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.chain import Entry, digest, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS
from ksmy_tracker.domain.kinds import COLUMNS, KINDS
from ksmy_tracker.storage.history_triggers import HISTORY_TRIGGERS
from ksmy_tracker.storage.tables import Table

TABLES = Table.metadata.tables
#: The last entry of the seeded register.
LAST = 30


def a_body(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "NEW",
        "name": "New",
        "name_ko": "새",
        "name_ms": None,
        "kind": "ministry",
        "party": "KR",
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def a_partnership(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "PARTNERSHIP",
        "title": "New",
        "zone": "Asia/Seoul",
        "states": '["KR","MY"]',
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def a_source(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "NEW",
        "title": "New",
        "publisher": "Gazette",
        "dated": "2025-01",
        "url": "https://a.example",
        "archived": None,
        "language": "ko",
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def an_agreement(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "NEW",
        "title": "New",
        "kind": "treaty",
        "stage": "signed",
        "dated": "2025",
        "place": "Putrajaya",
        "parties": "both",
        "source": "Gazette",
        "under": "FTA",
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def a_commitment(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "NEW",
        "title": "New",
        "detail": None,
        "agreement": "FTA",
        "sector": "trade",
        "topics": '["hydrogen","수소"]',
        "parties": "both",
        "leads": '["KR-MOTIE"]',
        "partners": "[]",
        "said_by": "both",
        "firmness": "agreed",
        "verifiable": 1,
        "source": None,
        "status": "planned",
        "due": "2026",
        "due_phrase": "by 2026",
        "done_when": "It is signed",
        "baseline_due": "2026",
        "completed_on": None,
        "completed_due": None,
        "due_earliest": "2026-01-01",
        "due_latest": "2026-12-31",
        "completed_latest": None,
        "slip_days": 0,
        "evidence": 0,
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        "expected": "2026-06",
        "reviewed_on": None,
        **fields,
    }


def a_milestone(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "FTA-CONCLUDE/7",
        "commitment": "FTA-CONCLUDE",
        "number": 7,
        "title": "New",
        "party": "MY",
        "leads": "[]",
        "partners": '["MY-MITI","MY-MIDA"]',
        "due": "2026",
        "state": "scheduled",
        "met_on": None,
        "due_earliest": "2026-01-01",
        "due_latest": "2026-12-31",
        "evidence": 0,
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        "expected": None,
        **fields,
    }


def a_measure(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "FTA-CONCLUDE:ROUNDS",
        "about": "FTA-CONCLUDE",
        "title": "New",
        "unit": "rounds",
        "direction": "up",
        "baseline": "0",
        "baseline_period": "2024",
        "target": "10..12",
        "target_period": "2026",
        "value": "4.5",
        "period": "2025-Q4",
        "evidence": 0,
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def a_claim(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "FTA-CONCLUDE#7",
        "about": "FTA-CONCLUDE",
        "number": 7,
        "field": "due",
        "value": "2027",
        "period": None,
        "said_by": "KR",
        "state": "standing",
        "created_on": "2025-01-31",
        "updated_on": "2025-01-31",
        "withdrawn": 0,
        **fields,
    }


def an_entry(**fields: Any) -> dict[str, Any]:
    """The entry that comes next in the seeded register, as far as its own row shows."""
    return {
        "id": LAST + 1,
        "invocation": "0" * 32,
        "key": None,
        "key_digest": None,
        "recorded_at": "2026-01-15T04:00:00.000000Z",
        "effective_on": "2025-01-31",
        "actor": "tester",
        "record": "commitment",
        "ref": "FTA-CONCLUDE",
        "action": "noted",
        "changes": "{}",
        "note": "New",
        "evidence": "[]",
        "retracts": "[]",
        "previous_hash": "0" * 64,
        "hash": "1" * 64,
        **fields,
    }


def a_key(**fields: Any) -> dict[str, Any]:
    return {"key": "desk-1", "key_digest": "2" * 64, "hash": "3" * 64, **fields}


NEW: dict[str, Callable[..., dict[str, Any]]] = {
    "body": a_body,
    "partnership": a_partnership,
    "source": a_source,
    "agreement": an_agreement,
    "commitment": a_commitment,
    "milestone": a_milestone,
    "measure": a_measure,
    "claim": a_claim,
    "entry": an_entry,
    "unchanged_key": a_key,
}


@pytest.fixture
def database(register: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the seeded register that is not this program's own."""
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


@pytest.fixture
def unguarded(database: sqlite3.Connection) -> sqlite3.Connection:
    """The same where an entry may stand anywhere, to see what its table alone refuses."""
    database.execute("DROP TRIGGER entry_append")
    return database


def insert(database: sqlite3.Connection, table: str, row: dict[str, Any], verb: str = "INSERT") -> None:
    marks = ", ".join(f":{column}" for column in row)
    database.execute(f"{verb} INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


# The models and the database say the same.


@pytest.mark.parametrize("table", NEW)
def test_what_a_record_holds_is_taken(unguarded: sqlite3.Connection, table: str) -> None:
    insert(unguarded, table, NEW[table]())
    assert set(NEW[table]()) == set(TABLES[table].columns.keys())


def test_the_tables_have_the_columns_that_histories_are_replayed_into() -> None:
    for record, columns in COLUMNS.items():
        assert set(TABLES[record].columns.keys()) == set(columns)
    assert tuple(TABLES["entry"].columns.keys()) == ENTRY_FIELDS


VOCABULARIES = {
    ("body", "kind"): vocabulary.BODY_KINDS,
    ("agreement", "kind"): vocabulary.AGREEMENT_KINDS,
    ("agreement", "stage"): vocabulary.STAGES,
    ("commitment", "firmness"): vocabulary.FIRMNESSES,
    ("commitment", "status"): vocabulary.STATUSES,
    ("milestone", "state"): vocabulary.MILESTONE_STATES,
    ("measure", "direction"): vocabulary.DIRECTIONS,
    ("claim", "state"): vocabulary.CLAIM_STATES,
    ("entry", "record"): tuple(KINDS),
    ("entry", "action"): vocabulary.ACTIONS,
}


@pytest.mark.parametrize(("table", "column"), VOCABULARIES)
def test_every_word_of_a_vocabulary_is_taken_and_no_other(
    unguarded: sqlite3.Connection, table: str, column: str
) -> None:
    words = VOCABULARIES[table, column]
    near = {word.upper() for word in words} | {word.replace("-", "_") for word in words}
    wrong = sorted({*near, f"{words[0]} ", f" {words[0]}", "", "other"} - set(words))
    taken = [
        word
        for word in (*words, *wrong)
        if takes(unguarded, table, with_word(table, column, word), rf"ck_{table}_{column}$")
    ]
    assert taken == list(words)


def with_word(table: str, column: str, word: str) -> dict[str, Any]:
    """A row with a word, and what goes with it."""
    more = {
        "completed": {"completed_on": "2025-01-31"},
        "milestone": {"ref": "FTA-CONCLUDE/1"},
        "measure": {"ref": "FTA-CONCLUDE:ROUNDS"},
        "claim": {"ref": "FTA-CONCLUDE#1"},
        "partnership": {"ref": "PARTNERSHIP"},
    }
    return NEW[table](**{column: word}, **more.get(word, {}))


DATES = {
    **dict.fromkeys(("body", "partnership", "source", "measure", "claim"), ("created_on", "updated_on")),
    "agreement": ("created_on", "updated_on"),
    "commitment": (
        *("completed_on", "due_earliest", "due_latest", "completed_latest"),
        *("created_on", "updated_on", "reviewed_on"),
    ),
    "milestone": ("met_on", "due_earliest", "due_latest", "created_on", "updated_on"),
    "entry": ("effective_on",),
}
NO_DATES = (
    *("2025-02-30", "2025-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00"),
    *("xxxx-yy-zz", "", " ", "2025", "2025-1-1", "20250131", "31-01-2025", "2025-01-31 ", "2025-01-31T00:00"),
    *("2025-01-31 12:00", "2460000.5", "-001-01-01", "\uff12\uff10\uff12\uff15-01-31", "now"),
)


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in DATES.items() for column in columns]
)
def test_a_date_is_a_day_of_the_calendar_in_its_iso_form(
    unguarded: sqlite3.Connection, table: str, column: str
) -> None:
    days = ("0001-01-01", "2024-02-29", "9999-12-31")
    taken = [value for value in (*days, *NO_DATES) if takes_date(unguarded, table, column, value)]
    assert taken == list(days)


def takes_date(database: sqlite3.Connection, table: str, column: str, value: str) -> bool:
    """Whether a column holds a date, where nothing else can be wrong with the record."""
    row = NEW[table](**{column: value})
    if column == "completed_on":
        row["status"] = "completed"
    if column.startswith("due_"):
        row.update(due_earliest=value, due_latest=value)
    return takes(database, table, row, f"ck_{table}_|non-deterministic use of date")


def takes(database: sqlite3.Connection, table: str, row: dict[str, Any], rule: str) -> bool:
    """Whether a record is taken, or else is refused by a rule; it is gone again afterwards."""
    database.execute("BEGIN")
    try:
        insert(database, table, row)
    except sqlite3.Error as error:
        if not re.search(rule, str(error)):
            raise
        return False
    finally:
        database.execute("ROLLBACK")
    return True


COMPLETION = {"status": "completed", "completed_on": None}
NO_DUE = {"due": None, "due_earliest": None, "due_latest": None}
BACKWARD = {"due_earliest": "2026-12-31", "due_latest": "2026-01-01"}
#: What is no ref, and what is no milestone's.
NO_REFS = (
    *(
        "new",
        "New",
        "",
        "X" * 65,
        "A B",
        "A ",
        " A",
        "-A",
        "A-",
        "A--B",
        "A_B",
        "A/1",
        "A\n",
        "$(X)",
        "A;B",
        "A'B",
    ),
    *("\u0410", "\uff21", "\u00c9", "\u0130", "A\u0301", "A\u200b"),
)
NO_MILESTONES = (
    *("A", "A/", "/1", "A/0", "A/01", "A/1234567890", "A/1/2", "A/x", "A/-1", "A/1 ", "A/1-", "A-/1", "a/1"),
    *("A//1", "A/\uff11", f"{'X' * 65}/1"),
)
NO_MEASURES = (
    *("A", "A:", ":B", "A/1", "A/1:B", "A#1", "A:B#1", "A:B:C", "A:B-", "A:-B", "A-:B", "A:B--C", "a:B"),
    *(f"A:{'X' * 65}", f"{'X' * 65}:B"),
)
NO_CLAIMS = (
    "A",
    "A#",
    "#1",
    "A#0",
    "A#01",
    "A#1234567890",
    "A#1#2",
    "A#x",
    "A:B",
    "A/1",
    "A-#1",
    "A:B-#1",
    "a#1",
)
#: Kinds whose refs are their own.
NO_PARTS = ("body", "source", "agreement", "commitment")
NO_SECTORS = (
    *(
        "",
        "x" * 65,
        "국" * 65,
        "two words",
        "-a",
        "a-",
        "-",
        "a--b",
        "a\n",
        "a\tb",
        "\ra",
        " a",
        'a"b',
        "a,b",
    ),
)
NO_LISTS = ("", "[", "{}", "[1]", '["a"', '"a"]', "a", "[]a", '["a"] ', ' ["a"]', "null", "[ ]")
NO_PARTIES = ("", "kr", "Both", "none", "KR;MY", "KR\nMY", "KR/1", "\u041a", "X" * 1401)
NO_AMOUNTS = ("", "many", "1,000", "1e3", "5 ", "5.", "-", "..", "1..", "+5", "\uff15", "5" * 131)
NO_HASHES = ("", "1" * 63, "1" * 65, "A" * 64, "g" * 64, "1" * 63 + " ", "\uff11" * 64)
NO_DUES = (
    "",
    " " * 101,
    "2025$",
    "2025;",
    "2025'",
    "\uff12\uff10\uff12\uff15",
    "2025\u00a0",
    "2025\x1b",
    "2025\x0b",
)
HUGE = 2**31
#: Those that hold a list of texts.
LISTS = {
    "partnership": ("states",),
    "commitment": ("topics", "leads", "partners"),
    "milestone": ("leads", "partners"),
}
RULES: list[tuple[str, str, dict[str, Any]]] = [
    *(("ck_body_ref", "body", {"ref": ref}) for ref in NO_REFS),
    *(("ck_source_ref", "source", {"ref": ref}) for ref in NO_REFS),
    *(("ck_body_party", "body", {"party": ref}) for ref in NO_REFS),
    *(("ck_milestone_party", "milestone", {"party": ref}) for ref in NO_REFS),
    *(
        (f"ck_{table}_parties", table, {"parties": text})
        for table in ("agreement", "commitment")
        for text in NO_PARTIES
    ),
    *(
        ("ck_partnership_ref", "partnership", {"ref": ref})
        for ref in ("", "KR", "partnership", "PARTNERSHIP ")
    ),
    *(("ck_agreement_under", "agreement", {"under": ref}) for ref in NO_REFS),
    *(("ck_agreement_ref", "agreement", {"ref": ref}) for ref in NO_REFS),
    *(("ck_commitment_ref", "commitment", {"ref": ref}) for ref in NO_REFS),
    *(("ck_entry_ref", "entry", {"ref": ref}) for ref in NO_REFS),
    *(("ck_entry_ref", "entry", {"ref": ref, "record": "milestone"}) for ref in NO_MILESTONES),
    *(("ck_entry_ref", "entry", {"ref": ref, "record": "measure"}) for ref in NO_MEASURES),
    *(("ck_entry_ref", "entry", {"ref": ref, "record": "claim"}) for ref in NO_CLAIMS),
    *(("ck_entry_ref", "entry", {"ref": "A:B", "record": kind}) for kind in NO_PARTS),
    *(("ck_entry_ref", "entry", {"ref": "A#1", "record": kind}) for kind in NO_PARTS),
    *(("ck_commitment_sector", "commitment", {"sector": sector}) for sector in NO_SECTORS),
    *(
        (f"ck_{table}_{column}", table, {column: text})
        for table, columns in LISTS.items()
        for column in columns
        for text in NO_LISTS
    ),
    *(
        (f"ck_measure_{column}", "measure", {column: text})
        for column in ("baseline", "target", "value")
        for text in NO_AMOUNTS
    ),
    *(
        (f"ck_measure_{column}_form", "measure", {column: due})
        for column in ("baseline_period", "target_period", "period")
        for due in NO_DUES
    ),
    *(("ck_claim_period_form", "claim", {"period": due}) for due in NO_DUES),
    *(("ck_source_dated_form", "source", {"dated": due}) for due in NO_DUES),
    *(("ck_agreement_dated_form", "agreement", {"dated": due}) for due in NO_DUES),
    *(("ck_commitment_due_form", "commitment", {"due": due}) for due in NO_DUES),
    *(("ck_commitment_baseline_due_form", "commitment", {"baseline_due": due}) for due in NO_DUES),
    *(("ck_commitment_completed_due_form", "commitment", {"completed_due": due}) for due in NO_DUES),
    *(("ck_milestone_due_form", "milestone", {"due": due}) for due in NO_DUES),
    *(("ck_commitment_expected_form", "commitment", {"expected": due}) for due in NO_DUES),
    *(("ck_milestone_expected_form", "milestone", {"expected": due}) for due in NO_DUES),
    *(
        ("ck_entry_retracts", "entry", {"retracts": text})
        for text in ("", "3", "{}", "[3", '["3"]', "[3.5]", "[-1]")
    ),
    *(("ck_entry_hash", "entry", {"hash": text}) for text in NO_HASHES),
    *(("ck_entry_previous_hash", "entry", {"previous_hash": text}) for text in NO_HASHES),
    *(("ck_entry_key_digest", "entry", {"key": "k", "key_digest": text}) for text in NO_HASHES),
    *(("ck_unchanged_key_hash", "unchanged_key", {"hash": text}) for text in NO_HASHES),
    *(("ck_unchanged_key_key_digest", "unchanged_key", {"key_digest": text}) for text in NO_HASHES),
    ("ck_unchanged_key_key_length", "unchanged_key", {"key": "k" * 2001}),
    ("ck_unchanged_key_key_length", "unchanged_key", {"key": "\ud55c" * 667}),
    ("ck_entry_key_length", "entry", {"key": "k" * 2001, "key_digest": "2" * 64}),
    ("ck_entry_id", "entry", {"id": HUGE}),
    ("ck_entry_id", "entry", {"id": 0}),
    ("ck_commitment_evidence", "commitment", {"evidence": HUGE}),
    ("ck_commitment_slip_days", "commitment", {"slip_days": HUGE}),
    ("ck_commitment_slip_days", "commitment", {"slip_days": -HUGE}),
    ("ck_milestone_evidence", "milestone", {"evidence": HUGE}),
    ("ck_milestone_number", "milestone", {"ref": "FTA-CONCLUDE/1000000000", "number": 10**9}),
    *(
        (f"ck_{table}_withdrawn", table, {"withdrawn": number})
        for table in ("body", "partnership", "source", "agreement", "measure", "claim")
        for number in (2, -1)
    ),
    ("ck_measure_ref", "measure", {"ref": "FTA-CONCLUDE/ROUNDS"}),
    ("ck_measure_ref", "measure", {"ref": "FTA:ROUNDS"}),
    ("ck_measure_evidence", "measure", {"evidence": -1}),
    ("ck_measure_evidence", "measure", {"evidence": HUGE}),
    ("ck_claim_ref", "claim", {"ref": "FTA-CONCLUDE#8"}),
    ("ck_claim_ref", "claim", {"ref": "FTA#7"}),
    ("ck_claim_number", "claim", {"ref": "FTA-CONCLUDE#0", "number": 0}),
    ("ck_claim_number", "claim", {"ref": "FTA-CONCLUDE#1000000000", "number": 10**9}),
    ("ck_commitment_withdrawn", "commitment", {"withdrawn": 2}),
    ("ck_commitment_withdrawn", "commitment", {"withdrawn": -1}),
    ("ck_milestone_withdrawn", "milestone", {"withdrawn": 2}),
    ("ck_milestone_withdrawn", "milestone", {"withdrawn": -1}),
    ("ck_commitment_verifiable", "commitment", {"verifiable": 2}),
    ("ck_commitment_verifiable", "commitment", {"verifiable": -1}),
    ("ck_commitment_evidence", "commitment", {"evidence": -1}),
    ("ck_commitment_completion", "commitment", COMPLETION),
    ("ck_commitment_completion", "commitment", {"completed_on": "2025-01-31"}),
    ("ck_commitment_window", "commitment", BACKWARD),
    ("ck_commitment_due", "commitment", {**NO_DUE, "due": "2026"}),
    ("ck_commitment_due", "commitment", {"due": None}),
    ("ck_commitment_due", "commitment", {"due_earliest": None}),
    ("ck_commitment_due", "commitment", {"due_latest": None}),
    ("ck_milestone_ref", "milestone", {"ref": "FTA-CONCLUDE/8"}),
    ("ck_milestone_ref", "milestone", {"ref": "FTA/7"}),
    ("ck_milestone_number", "milestone", {"ref": "FTA-CONCLUDE/0", "number": 0}),
    ("ck_milestone_evidence", "milestone", {"evidence": -1}),
    ("ck_milestone_window", "milestone", BACKWARD),
    ("ck_milestone_due", "milestone", {**NO_DUE, "due": "2026"}),
    ("ck_milestone_due", "milestone", {"due": None}),
    ("ck_entry_recorded_at", "entry", {"recorded_at": "2026-01-15"}),
    ("ck_entry_recorded_at", "entry", {"recorded_at": "2026-01-15 04:00:00.000000Z"}),
    ("ck_entry_recorded_at", "entry", {"recorded_at": "2026-01-15T04:00:00.000000+00:00"}),
    ("ck_entry_recorded_at", "entry", {"recorded_at": "xxxx-yy-zzThh:mm:ss.ffffffZ"}),
    ("ck_entry_recorded_at", "entry", {"recorded_at": "2025-02-30T04:00:00.000000Z"}),
    ("ck_entry_first", "entry", {"previous_hash": None}),
    ("ck_entry_key", "entry", {"key": "a key alone"}),
    ("ck_entry_key", "entry", {"key_digest": "2" * 64}),
]


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in RULES}))
def test_what_breaks_a_rule_is_refused_by_that_rule(unguarded: sqlite3.Connection, rule: str) -> None:
    for broken, table, fields in RULES:
        if broken == rule:
            with pytest.raises(sqlite3.IntegrityError, match=f"{rule}$"):
                insert(unguarded, table, NEW[table](**fields))


#: What holds a NUL, at which SQLite's own functions stop reading.
NULS = {
    ("agreement", "ref"): "A\0$(X)",
    ("agreement", "dated"): "2025\0$(X)",
    ("commitment", "sector"): "trade\0$(touch pwned)",
    ("commitment", "topics"): '["trade"]\0$(touch pwned)',
    ("commitment", "leads"): '["A"]\0',
    ("milestone", "partners"): '[]\0["A"]',
    ("agreement", "under"): "A\0$(X)",
    ("body", "ref"): "A\0$(X)",
    ("measure", "value"): "5\0$(X)",
    ("commitment", "due_earliest"): "2025-01-01\0",
    ("entry", "ref"): "A\0$(X)",
    ("entry", "recorded_at"): "2026-01-15T04:00:00.000000Z\0",
    ("entry", "hash"): "1" * 64 + "\0",
}


@pytest.mark.parametrize(("table", "column"), NULS)
def test_nothing_hides_behind_a_nul(unguarded: sqlite3.Connection, table: str, column: str) -> None:
    assert not takes(unguarded, table, NEW[table](**{column: NULS[table, column]}), f"ck_{table}_{column}")


@pytest.mark.parametrize("ref", ["A#1", "A-1#123456789", "A/1#1", "A/123456789#2", "A:B#3", "A-B:C-D#4"])
def test_a_claim_is_about_a_record_or_a_part_of_one(unguarded: sqlite3.Connection, ref: str) -> None:
    insert(unguarded, "entry", an_entry(record="claim", ref=ref))


@pytest.mark.parametrize("slug", ["국방", "수소-경제", "الطاقة", "énergie", "국" * 64, "a-b-c-1"])
def test_a_slug_may_be_in_any_script(database: sqlite3.Connection, slug: str) -> None:
    insert(database, "commitment", a_commitment(sector=slug))


def test_a_first_entry_that_follows_another_is_refused(unguarded: sqlite3.Connection) -> None:
    unguarded.execute("DROP TRIGGER entry_no_delete")
    unguarded.execute("DELETE FROM entry")
    with pytest.raises(sqlite3.IntegrityError, match=r"ck_entry_first$"):
        insert(unguarded, "entry", an_entry(id=1))
    insert(unguarded, "entry", an_entry(id=1, previous_hash=None))


def test_a_commitment_without_a_deadline_is_taken(database: sqlite3.Connection) -> None:
    insert(database, "commitment", a_commitment(**NO_DUE))


def test_no_rule_of_the_models_goes_untested() -> None:
    rules = {
        str(rule.name)
        for table in TABLES.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    words = {f"ck_{table}_{column}" for table, column in VOCABULARIES}
    dates = {f"ck_{table}_{column}" for table, columns in DATES.items() for column in columns}
    assert {rule for rule, _, _ in RULES} | words | dates == rules


# Types.


@pytest.mark.parametrize("table", NEW)
def test_a_value_of_another_type_is_refused(unguarded: sqlite3.Connection, table: str) -> None:
    rule = f"cannot store|ck_{table}_|datatype mismatch"
    for column in TABLES[table].columns:
        wrong = b"bytes" if column.type.compile() == "TEXT" else "text"
        assert not takes(unguarded, table, NEW[table](**{column.name: wrong}), rule), column.name


@pytest.mark.parametrize("table", NEW)
def test_what_every_record_has_is_never_null(unguarded: sqlite3.Connection, table: str) -> None:
    for column in TABLES[table].columns:
        if not column.nullable and column.name != "id":
            row = NEW[table](**{column.name: None})
            assert not takes(unguarded, table, row, f"NOT NULL constraint failed: {table}.{column.name}$")


@pytest.mark.parametrize("model", Table.__subclasses__())
def test_a_field_is_optional_exactly_where_its_column_may_be_null(model: type[Table]) -> None:
    table = TABLES[str(model.__tablename__)]
    for name, field in model.model_fields.items():
        assert (type(None) in get_args(field.annotation)) == bool(table.columns[name].nullable)


# Records that belong together.


def test_a_commitment_of_no_agreement_is_refused(database: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        insert(database, "commitment", a_commitment(agreement="NONE"))


def test_a_milestone_of_no_commitment_is_refused(database: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        insert(database, "milestone", a_milestone(ref="NONE/7", commitment="NONE"))


def test_an_agreement_with_commitments_stays(database: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("DELETE FROM agreement WHERE ref = 'FTA'")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("UPDATE agreement SET ref = 'FTA-2' WHERE ref = 'FTA'")


def test_a_commitment_with_milestones_stays(database: sqlite3.Connection) -> None:
    insert(database, "milestone", a_milestone())
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("DELETE FROM commitment WHERE ref = 'FTA-CONCLUDE'")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("agreement", an_agreement(ref="FTA")),
        ("commitment", a_commitment(ref="FTA-CONCLUDE")),
        ("entry", an_entry(id=3)),
    ],
)
def test_a_record_that_is_there_already_is_refused(
    unguarded: sqlite3.Connection, table: str, row: dict[str, Any]
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        insert(unguarded, table, row)


def test_two_milestones_of_a_commitment_have_two_numbers(database: sqlite3.Connection) -> None:
    insert(database, "milestone", a_milestone())
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        insert(database, "milestone", a_milestone())


def test_what_was_retracted_frees_its_key_and_its_ref(database: sqlite3.Connection) -> None:
    keyed = {"key": "desk-1", "key_digest": "2" * 64, "action": "created"}
    insert(database, "entry", next_entry(database, **keyed))
    insert(database, "entry", next_entry(database, **keyed))


# The history.


def next_entry(database: sqlite3.Connection, **fields: Any) -> dict[str, Any]:
    """The row of an entry that stands where the next one has to."""
    last_id, head = database.execute("SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    row = an_entry(id=last_id + 1, previous_hash=head, **fields)
    entry = Entry(**{**row, "changes": {}, "evidence": (), "retracts": ()})
    return {**row, "changes": to_canonical_json({}), "evidence": "[]", "hash": digest(entry)}


def history(database: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return database.execute("SELECT * FROM entry ORDER BY id").fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET note = 'rewritten' WHERE id = 3",
        "UPDATE entry SET note = note",
        "UPDATE OR IGNORE entry SET actor = 'nobody'",
        "UPDATE OR REPLACE entry SET id = 4 WHERE id = 3",
        "DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)",
        "DELETE FROM entry WHERE id = 3",
        "DELETE FROM entry",
    ],
)
def test_an_entry_is_never_altered_or_deleted(database: sqlite3.Connection, statement: str) -> None:
    before = history(database)
    with pytest.raises(sqlite3.IntegrityError, match=r"^the history is append-only$"):
        database.execute(statement)
    assert history(database) == before


def test_the_next_entry_is_taken(database: sqlite3.Connection) -> None:
    before = history(database)
    insert(database, "entry", next_entry(database))
    insert(database, "entry", next_entry(database))
    assert history(database)[:-2] == before


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
@pytest.mark.parametrize(
    "fields",
    [
        {"id": 3},
        {"id": LAST},
        {"id": 1, "previous_hash": None},
        {"id": 0},
        {"id": -1},
        {"id": LAST + 2},
        {"id": None},
        {"previous_hash": None},
        {"previous_hash": "0" * 64},
    ],
    ids=str,
)
def test_an_entry_out_of_order_is_refused_however_it_is_inserted(
    database: sqlite3.Connection, fields: dict[str, Any], verb: str
) -> None:
    before = history(database)
    row = {**next_entry(database), **fields}
    with pytest.raises(sqlite3.IntegrityError, match=r"^an entry is only added at the end of the history$"):
        insert(database, "entry", row, verb)
    assert history(database) == before


def test_an_entry_is_not_altered_by_inserting_it_again(database: sqlite3.Connection) -> None:
    before = history(database)
    with pytest.raises(sqlite3.IntegrityError, match=r"^an entry is only added at the end of the history$"):
        database.execute(
            f"INSERT INTO entry ({', '.join(ENTRY_FIELDS)}) SELECT {', '.join(ENTRY_FIELDS)} FROM entry "
            "WHERE id = 3 ON CONFLICT (id) DO UPDATE SET note = 'rewritten'"
        )
    assert history(database) == before


def test_the_triggers_of_the_history_are_those_that_every_change_knows(database: sqlite3.Connection) -> None:
    stored = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    assert stored == HISTORY_TRIGGERS
