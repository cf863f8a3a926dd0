"""The same history by one batch and by single commands, in a file and on a server, leaves the same register."""

import json
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ksmy_tracker.storage.locate import locate
from tests import conftest
from tests.conftest import run
from tests.servers import Cluster

DAYS = ("2024-11-25", "2025-03-01", "2025-10-25", "2026-01-14", "2026-01-15")

_numbers = count()


class Line(NamedTuple):
    """An entry as far as it does not depend on the command that made it."""

    record: str
    ref: str
    action: str
    effective_on: str
    changes: str
    note: str | None
    evidence: str


@st.composite
def _changes(draw: st.DrawFn) -> dict[str, Any]:
    """A change, often late, of a commitment or a milestone, as a line of a batch."""
    ref = draw(st.sampled_from(["TOURISM", "FTA-CONCLUDE", "FTA-CONCLUDE/1", "HYDROGEN"]))
    change: dict[str, Any] = {"ref": ref, "on": draw(st.sampled_from(DAYS))}
    if "/" in ref:
        change["state"] = draw(st.sampled_from(["scheduled", "met", "not-met"]))
    else:
        change["status"] = draw(st.sampled_from(["planned", "in-progress", "finalising", "completed"]))
    if draw(st.booleans()):
        change["due"] = draw(st.sampled_from(["2025", "2026-06", "2027-Q1"]))
    return change | {"note": draw(st.sampled_from(["the ministry said so", "한국 측"])), "evidence": ["SBS"]}


def as_command(change: dict[str, Any]) -> list[str]:
    """The same change as a command of its own."""
    commitment, _, number = change["ref"].partition("/")
    words = ["milestone", "set", commitment, number] if number else ["update", commitment]
    for name in ("state", "status", "due", "on", "note"):
        if name in change:
            words += [f"--{name}", change[name]]
    return [*words, "--evidence", *change["evidence"]]


def lines_of(place: str) -> list[Line]:
    with locate(place).reading() as reader:
        return reader.rows(Line, f"SELECT {', '.join(Line._fields)} FROM entry ORDER BY id")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(_changes(), min_size=2, max_size=6))
def test_a_batch_and_single_commands_leave_the_same_on_either_engine(
    _server: Cluster,  # noqa: PT019  # asked for databases
    register: Path,
    capsys: pytest.CaptureFixture[str],
    changes: list[dict[str, Any]],
) -> None:
    seeded = register.read_bytes()
    number = next(_numbers)

    def new_file(name: str) -> str:
        path = register.with_name(f"{number}-{name}.db")
        path.write_bytes(seeded)
        return str(path)

    def printed(*arguments: str) -> str:
        capsys.readouterr()
        assert run(*arguments) == 0
        return capsys.readouterr().out

    with ExitStack() as ending:
        singly, at_once = (
            (new_file(name), ending.enter_context(conftest._database(_server, "seeded"))) for name in "ab"
        )
        made = []
        for change in changes:
            command = as_command(change)
            codes = [run(*command, "--db", place) for place in singly]
            assert codes[0] == codes[1]
            if codes[0] == 0:
                made.append(change)
        batch = register.with_name(f"{number}.jsonl")
        batch.write_text("".join(json.dumps(change) + "\n" for change in made))
        for place in at_once:
            assert run("apply", str(batch), "--db", place) == 0
        first, *others = (*singly, *at_once)
        history = lines_of(first)
        for place in others:
            assert lines_of(place) == history
            for day in DAYS:
                look = ("list", "--format", "json", "--as-of", day, "--db")
                assert printed(*look, place) == printed(*look, first)
            assert printed("check", "--db", place).startswith("ok: ")
