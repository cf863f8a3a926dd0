"""What tests of batches share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ksmy_tracker.reading import check as audit
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import Ksmy, Ran

Apply = Callable[..., Ran]


def jsonl(*lines: dict[str, Any]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def rows(ksmy: Ksmy, *arguments: str) -> Any:
    ran = ksmy(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def is_sound(register: Path) -> bool:
    with FileRegister(register).reading() as reader:
        return audit.check(reader).faults == []


BATCH: list[dict[str, Any]] = [
    {"ref": "FTA-CONCLUDE", "status": "finalising", "on": "2025-10-26", "evidence": "SBS News", "key": "k-1"},
    {"op": "milestone", "ref": "FTA-CONCLUDE", "number": 1, "state": "met", "on": "2025-10-26", "key": "k-2"},
    {"op": "add", "ref": "HALAL", "title": "Halal", "kind": "memorandum", "stage": "signed", "key": "k-3"},
    {
        "op": "add",
        "ref": "HALAL-TRADE",
        "title": "Recognise certificates",
        "agreement": "HALAL",
        "sector": "trade",
        "firmness": "agreed",
        "due": "2026",
        "key": "k-4",
    },
    {"op": "milestone", "ref": "HALAL-TRADE", "title": "First list", "due": "2026-06", "key": "k-5"},
    {"ref": "TOURISM", "note": "Asked the ministry", "key": "k-6"},
    {"ref": "FTA", "stage": "concluded", "key": "k-7"},
]
