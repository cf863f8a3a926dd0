"""What tests of commands that look share."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ksmy_tracker.domain.changes import Change
from tests.conftest import Ran, run

LOOKING = (
    ("list",),
    ("due",),
    ("history",),
    ("agreements",),
    ("show", "FTA-CONCLUDE"),
    ("show", "FTA"),
    ("report",),
)
COMMITMENT = [
    *("ref", "title", "detail", "agreement", "sector", "topics", "parties", "leads", "partners", "said_by"),
    *(
        "firmness",
        "verifiable",
        "source",
        "status",
        "deadline",
        "days_left",
        "due",
        "due_earliest",
        "due_latest",
    ),
    *("due_phrase", "done_when", "expected", "baseline_due", "slip_days", "milestones_met", "milestones"),
    *(
        "measures",
        "disputed",
        "evidence",
        "created_on",
        "updated_on",
        "reviewed_on",
        "withdrawn",
        "newest_entry",
    ),
]
AGREEMENT = [
    *("ref", "title", "kind", "stage", "dated", "place", "parties", "source", "under"),
    *("commitments", "open", "overdue", "disputed", "withdrawn"),
]
ENTRY = [
    *("id", "invocation", "key", "key_digest", "recorded_at", "effective_on", "actor", "record", "ref"),
    *("action", "changes", "note", "evidence", "retracts", "previous_hash", "hash", "retracted_by", "cited"),
]
MILESTONE = [
    *("ref", "number", "title", "party", "leads", "partners", "state", "deadline", "days_left", "due"),
    *("due_earliest", "due_latest", "expected", "met_on", "disputed", "evidence", "withdrawn"),
]
DEADLINE = [
    *("ref", "record", "title", "agreement", "sector", "parties", "status", "deadline", "days_left"),
    *("due", "due_earliest", "due_latest", "due_phrase", "slip_days", "expected", "done_when", "leads"),
    "disputed",
]

MOVED = ["ref", "record", "title", "field", "old", "new", "entries", "since"]
INVOCATION = ["invocation", "recorded_at", "actor", "entries", "in_force", "retracted_by", "first"]

PAST = "2025-06-30"


def shown(ran: Ran) -> str:
    """The result of a run that went well."""
    assert (ran.err, ran.code) == ("", 0)
    return ran.out


def rows(ran: Ran) -> list[list[str]]:
    """The rows of a result in tsv."""
    return [line.split("\t") for line in shown(ran).splitlines()]


def found(ran: Ran) -> Any:
    """The value of a result in JSON."""
    return json.loads(shown(ran))


# Registers to look at


def add(ref: str, on: str, record: str, **fields: str) -> Change:
    """A change that adds a record; a milestone has its commitment's ref."""
    return Change("add", ref, record=record, fields=fields, effective_on=on, new=("sector",))


def update(
    ref: str, on: str, *, note: str | None = None, evidence: tuple[str, ...] = (), **fields: str
) -> Change:
    return Change(
        "update", ref, fields=fields, effective_on=on, note=note, evidence=evidence, new=("sector",)
    )


#: What happened after the summit: entries 31 to 46 by a clerk, 47 to 49 by an analyst, each recorded on its day.
CLERK = (
    update("DEFENCE-RESEARCH", "2025-01-10", due="2025-04"),
    update("FTA-SCOPE", "2025-02-01", due="2025-06", due_phrase="by mid-2025"),
    update("FTA-CONCLUDE/1", "2025-02-15", due="2025-03"),
    update("FTA-CONCLUDE/2", "2025-02-15", due="2025-10"),
    update("FTA-CONCLUDE/1", "2025-03-20", state="met", evidence=("https://example.org/talks",)),
    update("DEFENCE-RESEARCH", "2025-05-01", status="completed", evidence=("Ministry release",)),
    add("TOURISM", "2025-06-01", "milestone", title="Open an office", due="2025-12"),
    update("TOURISM", "2025-07-01", status="completed"),
    add(
        "HALAL",
        "2025-08-01",
        "commitment",
        title="Recognise halal certificates",
        agreement="SP-2024",
        sector="trade",
        firmness="agreed",
        parties="MY",
        due="2026-03-31",
    ),
    update("HYDROGEN", "2025-08-01", firmness="agreed"),
    update("MULTILATERAL", "2025-08-15", sector="forums"),
    update("JETS-UPGRADE", "2025-08-20", parties="both"),
    update("TRADE-GROWTH", "2025-09-01", status="suspended", note="Tariffs first"),
    update("INVESTMENT", "2025-09-05", title="High-value projects in Malaysia"),
    update("DEFENCE-TRAINING", "2025-09-10", agreement="FA50M-2023"),
    update("CCS-START", "2025-10-01", due="2030"),
)
ANALYST = (
    update("DEFENCE-INDUSTRY", "2025-11-01", status="cancelled"),
    update("PARIS-REDUCTIONS", "2025-12-20", due="2026-02"),
    update("GREEN-ENERGY", "2026-01-10", note="Asked Seoul for news"),
)
UNTOUCHED = {"CCS-TECHNOLOGY", "FA50M-DELIVERY", "MIDDLE-EAST-PEACE", "MINERALS-SUPPLY", "REGIONAL-STABILITY"}


def commitment(ref: str, **fields: Any) -> dict[str, Any]:
    return {"ref": ref, "title": ref, "agreement": "PACT", "sector": "x", "firmness": "agreed", **fields}


def seeded(
    directory: Path, commitments: Sequence[dict[str, Any]], *, by: str = "seeder", **pact: Any
) -> Path:
    """A register from a seed of these commitments, all under one agreement."""
    agreement = {"ref": "PACT", "title": "Pact", "kind": "treaty", "stage": "signed", **pact}
    seed = {
        "format": "ksmy-seed/1",
        "effective_on": "2026-01-01",
        "agreements": [agreement],
        "commitments": list(commitments),
    }
    (directory / "seed.json").write_text(json.dumps(seed))
    path = directory / "seeded.db"
    assert run("init", "--db", str(path), "--seed", str(directory / "seed.json"), "--by", by) == 0
    return path
