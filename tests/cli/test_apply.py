"""`apply`: all lines of a batch, or none."""

import difflib
import errno
import io
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ksmy_tracker import cli
from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.storage import temporary_file
from ksmy_tracker.writing import batch
from ksmy_tracker.writing import record as write_side
from tests.cli.batches import BATCH, Apply, is_sound, jsonl, rows
from tests.conftest import NOW, At, Contents, Ksmy, Ran
from tests.withdrawing import withdraw


def entries_of(ksmy: Ksmy, *refs: str) -> list[dict[str, Any]]:
    return [one for ref in refs for one in rows(ksmy, "history", ref) if one["ref"] == ref]


def faults(ran: Ran) -> list[str]:
    assert ran.out == ""
    assert ran.code == 5
    first, *rest = ran.err.splitlines()
    assert first.startswith("ksmy: ")
    assert first.endswith("; nothing was applied")
    assert all(line.startswith("  ") for line in rest)
    return [line[2:] for line in rest]


# A batch goes in


def test_a_batch_from_a_file_is_applied(ksmy: Ksmy, register: Path, tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text(jsonl(*BATCH))
    ran = ksmy("apply", str(file))
    assert ran.code == 0
    assert ran.out == (
        "FTA-CONCLUDE updated: status in-progress -> finalising; evidence: SBS News (entry 31)\n"
        "FTA-CONCLUDE/1 updated: state scheduled -> met (entry 32)\n"
        "HALAL created: title Halal; kind memorandum; stage signed; parties both (entry 33)\n"
        "HALAL-TRADE created: title Recognise certificates; agreement HALAL; sector trade; parties both; "
        "firmness agreed; verifiable yes; status planned; due 2026 (entry 34)\n"
        "HALAL-TRADE/1 created: title First list; due 2026-06; state scheduled (entry 35)\n"
        "TOURISM noted: note: Asked the ministry (entry 36)\n"
        "FTA updated: stage negotiating -> concluded (entry 37)\n"
    )
    assert ran.err == "ksmy: applied 7, unchanged 0, skipped 0\n"
    assert rows(ksmy, "show", "FTA-CONCLUDE")["status"] == "finalising"
    assert rows(ksmy, "show", "HALAL-TRADE")["agreement"] == "HALAL"
    assert rows(ksmy, "show", "FTA")["stage"] == "concluded"
    assert is_sound(register)


def test_a_batch_from_stdin_is_applied(apply: Apply, ksmy: Ksmy, register: Path) -> None:
    ran = apply(BATCH)
    assert (ran.code, ran.err) == (0, "ksmy: applied 7, unchanged 0, skipped 0\n")
    assert len(entries_of(ksmy, "FTA-CONCLUDE")) == 2
    assert is_sound(register)


def test_a_batch_through_a_pipe_is_applied(process: Ksmy) -> None:
    content = '\ufeff{"ref": "TOURISM", "note": "한국", "on": "2025-01-18"}\r\n'
    ran = process("apply", "-", "--by", "desk", "--format", "json", input=content)
    assert (ran.code, ran.err) == (0, "ksmy: applied 1, unchanged 0, skipped 0\n")
    assert json.loads(ran.out)["applied"] == 1


def test_all_changes_of_a_batch_are_one_invocation(apply: Apply, ksmy: Ksmy) -> None:
    receipt = json.loads(apply(BATCH, "--format", "json").out)
    made = [entry for entry in rows(ksmy, "history") if entry["id"] > 30]
    assert {entry["invocation"] for entry in made} == {receipt["invocation"]}
    assert [entry["id"] for entry in made] == receipt["entries"]
    assert made[-1]["hash"] == receipt["head"]


def test_each_line_has_its_own_day_and_actor(apply: Apply, ksmy: Ksmy) -> None:
    apply(
        [
            {"ref": "TOURISM", "note": "one", "by": "ministry", "on": "2025-01-18"},
            {"ref": "HYDROGEN", "note": "two"},
        ],
        "--by",
        "nightly",
    )
    one, two = rows(ksmy, "history")[-2:]
    assert (one["actor"], one["effective_on"]) == ("ministry", "2025-01-18")
    assert (two["actor"], two["effective_on"]) == ("nightly", "2026-01-15")


def test_lines_for_one_record_apply_in_their_order(apply: Apply, ksmy: Ksmy) -> None:
    apply(
        [
            {"ref": "TOURISM", "due": "2026"},
            {"ref": "HYDROGEN", "due": "2030"},
            {"ref": "TOURISM", "due": "2027"},
            {"ref": "TOURISM", "status": "completed", "evidence": "x"},
            {"ref": "TOURISM", "status": "in-progress", "note": "not yet"},
        ]
    )
    changes = [entry["changes"] for entry in entries_of(ksmy, "TOURISM")[1:]]
    assert changes == [
        {"due": [None, "2026"]},
        {"due": ["2026", "2027"]},
        {"status": ["in-progress", "completed"]},
        {"status": ["completed", "in-progress"]},
    ]
    shown = rows(ksmy, "show", "TOURISM")
    assert (shown["due"], shown["slip_days"], shown["status"]) == ("2027", 365, "in-progress")


def test_lines_for_one_record_may_be_far_apart(
    apply: Apply, ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_side, "CHUNK", 4)
    monkeypatch.setattr(write_side, "MOST_STATES", 5)
    refs = [row["ref"] for row in rows(ksmy, "list")]
    lines: list[dict[str, Any]] = [{"ref": ref, "due": year} for year in ("2026", "2027") for ref in refs]
    lines += [{"op": "milestone", "ref": ref, "title": f"{ref}?"} for _ in range(2) for ref in refs]
    assert apply(lines).err == f"ksmy: applied {len(lines)}, unchanged 0, skipped 0\n"
    shown = {row["ref"]: row for row in rows(ksmy, "list")}
    assert {row["due"] for row in shown.values()} == {"2027"}
    assert shown["FTA-CONCLUDE"]["milestones"] == 7
    assert shown["TOURISM"]["milestones"] == 2
    assert is_sound(register)


def test_a_line_may_change_what_an_earlier_line_added(apply: Apply, ksmy: Ksmy, register: Path) -> None:
    added = [
        *BATCH[2:5],
        {"ref": "HALAL-TRADE/1", "state": "met"},
        {"ref": "HALAL-TRADE", "firmness": "hoped"},
    ]
    assert apply(added).code == 0
    shown = rows(ksmy, "show", "HALAL-TRADE")
    assert (shown["firmness"], shown["milestones_met"]) == ("hoped", 1)
    assert is_sound(register)


def test_a_csv_is_applied_by_its_suffix(ksmy: Ksmy, tmp_path: Path) -> None:
    for name in ("batch.csv", "BATCH.CSV"):
        file = tmp_path / name
        file.write_text("ref,due,note\nTOURISM,2027,\nHYDROGEN,,asked\n")
        ran = ksmy("apply", str(file), "--dry-run")
        assert ran.code == 0
        assert ran.out == (
            "TOURISM updated: due set to 2027 (entry 31)\nHYDROGEN noted: note: asked (entry 32)\n"
        )


def test_a_batch_is_read_from_a_named_pipe(ksmy: Ksmy, tmp_path: Path) -> None:
    pipe = tmp_path / "batch.jsonl"
    os.mkfifo(pipe)
    more_than_it_holds = "\n" * 100_000 + jsonl(*BATCH)
    threading.Thread(target=pipe.write_text, args=[more_than_it_holds], daemon=True).start()
    ran = ksmy("apply", str(pipe))
    assert (ran.code, ran.err) == (0, "ksmy: applied 7, unchanged 0, skipped 0\n")


def test_the_input_s_format_can_be_said(apply: Apply, ksmy: Ksmy, tmp_path: Path) -> None:
    assert apply("ref,note\nTOURISM,asked\n", "--input", "csv").code == 0
    file = tmp_path / "batch.csv"
    file.write_text('{"ref": "TOURISM", "note": "asked"}\n')
    assert ksmy("apply", str(file), "--input", "jsonl").code == 0
    assert ksmy("apply", str(file)).code == 5


def test_an_unknown_input_format_is_refused_by_its_own_option(apply: Apply) -> None:
    ran = apply("", "--input", "xml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "ksmy: --input: there is no 'xml' here; it is one of jsonl, csv\n"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_empty_input_is_a_success(apply: Apply, contents: Contents, form: str) -> None:
    before = contents()
    ran = apply("", "--input", form)
    assert (ran.code, ran.out, ran.err) == (0, "", "ksmy: applied 0, unchanged 0, skipped 0\n")
    assert contents() == before


@pytest.mark.parametrize("name", ["missing.jsonl", ""])
def test_a_file_that_cannot_be_read_is_bad_input(ksmy: Ksmy, tmp_path: Path, name: str) -> None:
    ran = ksmy("apply", str(tmp_path / name))
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith(f"ksmy: {tmp_path / name} cannot be read: ")
    assert len(ran.err.splitlines()) == 1


def test_a_batch_needs_a_register(ksmy: Ksmy, tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text(jsonl(*BATCH))
    ran = ksmy("apply", str(file), "--db", str(tmp_path / "none.db"))
    assert (ran.code, ran.out) == (6, "")
    assert "ksmy init" in ran.err


class Producer(io.BytesIO):
    """A program that takes its time to write a batch, in which others go on working."""

    def __init__(self, content: bytes, meanwhile: Callable[[], int]) -> None:
        super().__init__(content)
        self._meanwhile = meanwhile
        self.codes: list[int] = []

    def _wait(self) -> None:
        if not self.codes:
            self.codes.append(-1)
            self.codes[0] = self._meanwhile()

    def readline(self, size: int | None = -1, /) -> bytes:
        self._wait()
        return super().readline(size)

    def read(self, size: int | None = -1, /) -> bytes:
        self._wait()
        return super().read(size)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_slow_producer_keeps_no_other_writer_waiting(
    ksmy: Ksmy, register: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    producer = Producer(
        jsonl({"ref": "HYDROGEN", "note": "n"}).encode(),
        lambda: cli.run(["update", "TOURISM", "--due", "2027", "--timeout", "0"], lambda: NOW),
    )
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=producer))
    assert ksmy("apply", "-", *options).code == 0
    assert producer.codes == [0]
    assert rows(ksmy, "show", "TOURISM")["due"] == "2027"
    assert is_sound(register)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_batch_is_read_and_checked_before_the_register_is_locked(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...]
) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text(jsonl(*BATCH))
    codes: list[int] = []

    def slowly(stream: BinaryIO) -> Iterator[Change | BadLine]:
        for line in reading(stream):
            yield line
            codes.append(
                cli.run(["update", "HYDROGEN", "--note", "meanwhile", "--timeout", "0"], lambda: NOW)
            )

    reading = batch.read_json_lines
    monkeypatch.setattr(batch, "read_json_lines", slowly)
    assert ksmy("apply", str(file), *options).code == 0
    assert codes == [0] * len(BATCH)
    assert entries_of(ksmy, "HYDROGEN")[-1]["note"] == "meanwhile"


def test_no_room_to_keep_a_batch_is_said_in_a_sentence(
    ksmy: Ksmy, contents: Contents, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "batch.jsonl"
    file.write_text(jsonl(*BATCH))
    before = contents()
    monkeypatch.setattr(temporary_file, "TemporaryFile", full)
    ran = ksmy("apply", str(file))
    assert (ran.out, ran.code) == ("", 1)
    assert ran.err == (
        "ksmy: a temporary file could not be written: No space left on device; nothing was applied\n"
    )
    assert contents() == before


def test_none_for_evidence_leaves_a_completion_without_evidence(apply: Apply, ksmy: Ksmy) -> None:
    batch_of = "ref,status,note,evidence,on,by,key,expect\nTOURISM,completed,-,-,-,-,-,-\n"
    assert apply(batch_of, "--input", "csv").out == (
        "TOURISM updated: status in-progress -> completed (entry 31)\n"
    )
    report = rows(ksmy, "report")
    assert [one["ref"] for one in report["contradictions"] if "evidence" in one["why"]] == ["TOURISM"]
    line = {"ref": "TOURISM", "note": "n", **dict.fromkeys(("evidence", "on", "by", "key", "expect", "op"))}
    assert apply([line]).code == 0
    [entry] = entries_of(ksmy, "TOURISM")[-1:]
    assert (entry["evidence"], entry["actor"], entry["key"]) == ([], "tester", None)


def test_faults_of_lines_and_faults_that_only_the_register_can_tell_come_in_the_order_of_lines(
    apply: Apply, contents: Contents
) -> None:
    before = contents()
    lines = [
        {"ref": "NOSUCH", "note": "n"},
        {"ref": "TOURISM", "status": "done"},
        {"ref": "FTA", "status": "planned"},
        {"ref": "TOURISM", "colour": "red"},
    ]
    assert [fault.split(":")[0] for fault in faults(apply(lines))] == ["line 1", "line 2", "line 3", "line 4"]
    assert [fault.split(":")[0] for fault in faults(apply(lines, "--max-errors", "2"))] == [
        "line 1",
        "line 2",
        "and 2 more",
    ]
    assert contents() == before


# All or nothing


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (
            '{"ref": "TOURISM", "status": "complete"}',
            "status: 'complete' is unknown; did you mean completed?",
        ),
        ('{"ref": "TOURISMS", "note": "n"}', "there is no record TOURISMS; did you mean TOURISM?"),
        (
            '{"ref": "TOURISM", "sector": "tourismm"}',
            "sector 'tourismm' is new and close to 'tourism'; use that, ",
        ),
        (
            '{"ref": "TOURISM", "expect": "planned", "note": "n"}',
            "TOURISM is in-progress, not planned as expected",
        ),
        (
            '{"ref": "TOURISM", "note": "n", "on": "2026-01-16"}',
            "2026-01-16 is in the future (today is 2026-01-15)",
        ),
        (
            '{"op": "add", "ref": "TOURISM", "title": "t"}',
            "there is already a commitment TOURISM; change it with ",
        ),
        (
            '{"op": "add", "ref": "NEW", "title": "t"}',
            "a commitment needs --agreement, --sector, --firmness; ",
        ),
        (
            '{"op": "milestone", "ref": "TOURISM", "title": "t", "status": "planned"}',
            "TOURISM/1 is a milestone, ",
        ),
        ('{"ref": "TOURISM"', "is not JSON: "),
    ],
)
def test_one_bad_line_and_nothing_is_written(apply: Apply, contents: Contents, bad: str, fault: str) -> None:
    before = contents()
    good = jsonl({"ref": "FTA-CONCLUDE", "status": "finalising"}), jsonl({"ref": "HYDROGEN", "note": "n"})
    ran = apply(f"{good[0]}{bad}\n{good[1]}")
    (found,) = faults(ran)
    assert found.startswith(f"line 2: {fault}")
    assert ran.err.startswith("ksmy: stdin has 1 fault; nothing was applied\n")
    assert contents() == before


def test_every_bad_line_is_named(apply: Apply, contents: Contents) -> None:
    before = contents()
    ran = apply(
        '{"ref": "TOURISM", "status": "complete", "colour": "red"}\n'
        '{"ref": "TOURISM", "note": "n"}\n'
        "\n"
        '{"ref": "TOURIM", "note": "n"}\n'
        "nonsense\n"
    )
    found = faults(ran)
    assert [line.split(": ")[0] for line in found] == ["line 1", "line 1", "line 4", "line 5"]
    assert ran.err.startswith("ksmy: stdin has 4 faults; ")
    assert contents() == before


def test_a_fault_names_its_file(ksmy: Ksmy, tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text("nonsense\n")
    assert ksmy("apply", str(file)).err.startswith(f"ksmy: {file} has 1 fault; nothing was applied\n")


def test_faults_beyond_the_most_are_counted(apply: Apply) -> None:
    lines = [{"ref": f"NONE-{number}", "note": "n"} for number in range(1200)]
    found = faults(apply(lines))
    assert len(found) == 21
    assert found[19].startswith("line 20: ")
    assert found[20] == "and 1,180 more"
    assert faults(apply(lines, "--max-errors", "2"))[1:] == [found[1], "and 1,198 more"]
    assert faults(apply(lines, "--max-errors", "0")) == ["and 1,200 more"]
    assert len(faults(apply(lines[:20]))) == 20


def test_the_nearest_is_sought_only_for_the_faults_that_are_named(
    apply: Apply, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file applied to the wrong register: thousands of refs, each compared with thousands.
    sought = []

    def count(word: str, known: Any, **how: Any) -> list[str]:
        if known:
            sought.append(word)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", count)
    apply([{"ref": f"NONE-{number}", "note": "n"} for number in range(100)], "--max-errors", "3")
    assert len(sought) == 3


def test_a_line_that_only_follows_from_a_bad_one_is_no_fault_of_its_own(apply: Apply) -> None:
    found = faults(
        apply(
            [
                {"op": "add", "ref": "TREATY", "title": "t", "kind": "treaty", "stage": "sined"},
                {
                    "op": "add",
                    "ref": "NEW",
                    "title": "t",
                    "agreement": "TREATY",
                    "sector": "x",
                    "firmness": "agreed",
                },
                {"ref": "NEW", "status": "planned"},
                {"op": "milestone", "ref": "NEW", "title": "t"},
                {"ref": "NEW/1", "state": "met"},
                {"ref": "TREATY", "stage": "ratified"},
                {"ref": "OTHER", "note": "n"},
            ]
        )
    )
    assert [line.split(": ")[0] for line in found] == ["line 1", "line 7"]


def test_bad_lines_after_many_good_ones_undo_them_all(
    apply: Apply, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_side, "CHUNK", 3)
    monkeypatch.setattr(write_side, "MOST_STATES", 2)
    before = contents()
    good = [{"ref": ref, "note": "n"} for ref in ("TOURISM", "HYDROGEN", "FTA", "CCS-START", "INVESTMENT")]
    (found,) = faults(apply([*good * 4, {"ref": "TOURISM", "status": "done"}, *good]))
    assert found.startswith("line 21: status: ")
    assert contents() == before


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("ref,status\nTOURISM,completed\nHYDROGEN\n", "line 3: has 1 cell under a header of 2"),
        (
            "ref,note\nTOURISM,n\nHYDROGENS,n\n",
            "line 3: there is no record HYDROGENS; did you mean HYDROGEN?",
        ),
    ],
)
def test_a_bad_csv_writes_nothing(apply: Apply, contents: Contents, content: str, fault: str) -> None:
    before = contents()
    (found,) = faults(apply(content, "--input", "csv"))
    assert found.startswith(fault)
    assert contents() == before


def test_faults_show_control_characters(apply: Apply) -> None:
    ran = apply(
        [{"ref": "TOURISM", "status": "\x1b[31mred\u202e"}, {"\x1b]0;title\x07": "x", "ref": "TOURISM"}]
    )
    assert len(faults(ran)) == 2
    assert not set(ran.err) & {"\x1b", "\u202e", "\x07"}


# Unchanged, skipped, refused


def test_a_line_that_changes_nothing_makes_no_entry(apply: Apply, ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    ran = apply([{"ref": "TOURISM", "status": "in-progress", "title": "Carry out the tourism agreement"}])
    assert (ran.code, ran.out) == (0, "TOURISM unchanged: everything is so already\n")
    assert ran.err == "ksmy: applied 0, unchanged 1, skipped 0\n"
    assert contents() == before
    assert len(entries_of(ksmy, "TOURISM")) == 1


def test_the_same_file_twice_changes_nothing_the_second_time(apply: Apply, contents: Contents) -> None:
    apply(BATCH)
    before = contents()
    again = apply(BATCH)
    assert again.code == 0
    assert again.err == "ksmy: applied 0, unchanged 0, skipped 7\n"
    assert again.out.splitlines()[0] == "FTA-CONCLUDE skipped: this change was applied before"
    assert len(again.out.splitlines()) == 7
    assert contents() == before


def test_a_keyed_line_is_skipped_whatever_happened_since(apply: Apply, ksmy: Ksmy) -> None:
    line = {"ref": "TOURISM", "status": "suspended", "on": "2025-06-01", "expect": "in-progress", "key": "k"}
    apply([line])
    ksmy("update", "TOURISM", "--status", "completed", "--on", "2025-12-01")
    assert apply([line]).err == "ksmy: applied 0, unchanged 0, skipped 1\n"
    assert rows(ksmy, "show", "TOURISM")["status"] == "completed"


def test_a_batch_that_was_undone_is_applied_again_whole(apply: Apply, ksmy: Ksmy) -> None:
    apply(BATCH)
    assert ksmy("undo").code == 0
    assert apply(BATCH).err == "ksmy: applied 7, unchanged 0, skipped 0\n"
    assert ksmy("check").code == 0


def test_the_repaired_batch_is_applied_whole_after_an_undo(apply: Apply, ksmy: Ksmy) -> None:
    apply([{"ref": "TOURISM", "due": "2026", "key": "k"}, {"ref": "HYDROGEN", "due": "2027", "key": "m"}])
    ksmy("undo")
    repaired = [{"ref": "TOURISM", "due": "2027", "key": "k"}, {"ref": "HYDROGEN", "due": "2027", "key": "m"}]
    assert apply(repaired).err == "ksmy: applied 2, unchanged 0, skipped 0\n"
    assert rows(ksmy, "show", "TOURISM")["due"] == "2027"


def test_lines_may_come_in_any_order_of_their_days(apply: Apply, ksmy: Ksmy) -> None:
    ran = apply(
        [
            {"ref": "TOURISM", "status": "finalising", "on": "2025-10-26"},
            {"ref": "TOURISM", "status": "planned", "on": "2025-03-01"},
        ]
    )
    assert (ran.code, ran.err) == (0, "ksmy: applied 2, unchanged 0, skipped 0\n")
    assert ran.out == (
        "TOURISM updated: status in-progress -> finalising (entry 31)\n"
        "TOURISM updated: status in-progress -> planned, 2025-03-01 to 2025-10-25; finalising since (entry 32)\n"
    )
    assert rows(ksmy, "show", "TOURISM")["status"] == "finalising"
    assert rows(ksmy, "show", "TOURISM", "--as-of", "2025-06-01")["status"] == "planned"


def test_the_same_key_with_other_content_is_refused(apply: Apply, contents: Contents) -> None:
    before = contents()
    one = {"ref": "TOURISM", "note": "n", "key": "mofa-7"}
    assert faults(apply([one, {**one, "note": "another"}])) == [
        "line 2: key 'mofa-7' was used before with other content; give this change its own key"
    ]
    assert contents() == before


def test_the_same_key_with_other_content_is_refused_where_the_first_changes_nothing(apply: Apply) -> None:
    (found,) = faults(
        apply(
            [
                {"ref": "TOURISM", "status": "in-progress", "key": "mofa-7"},
                {"ref": "TOURISM", "status": "suspended", "key": "mofa-7"},
            ]
        )
    )
    assert found.startswith("line 2: key 'mofa-7' was used before with other content")


def test_a_file_with_unchanged_keyed_lines_twice_changes_nothing_the_second_time(
    apply: Apply, ksmy: Ksmy, contents: Contents
) -> None:
    # A ministry's file that tells the whole story: its first line is how things are already.
    story = [
        {"ref": "TOURISM", "status": "in-progress", "key": "s-1"},
        {"ref": "TOURISM", "status": "suspended", "key": "s-2"},
    ]
    assert apply(story).err == "ksmy: applied 1, unchanged 1, skipped 0\n"
    before = contents()
    apply(story)
    assert rows(ksmy, "show", "TOURISM")["status"] == "suspended"
    assert contents() == before


def test_a_dry_run_keeps_no_key(apply: Apply) -> None:
    line = {"ref": "TOURISM", "status": "in-progress", "key": "s-1"}
    apply([line], "--dry-run")
    assert apply([line]).err == "ksmy: applied 0, unchanged 1, skipped 0\n"


def test_a_file_without_keys_applied_twice_finds_its_fields_unchanged(apply: Apply) -> None:
    lines = [{"ref": "TOURISM", "due": "2027"}, {"ref": "HYDROGEN", "status": "in-progress"}]
    apply(lines)
    assert apply(lines).err == "ksmy: applied 0, unchanged 2, skipped 0\n"


# Receipts


def test_the_json_receipt_has_counts_ids_head_and_invocation(apply: Apply, ksmy: Ksmy) -> None:
    lines = [BATCH[0], {"ref": "TOURISM", "status": "in-progress"}, BATCH[0], BATCH[1]]
    ran = apply(lines, "--format", "json")
    receipt = json.loads(ran.out)
    head = rows(ksmy, "report")["head"]
    assert list(receipt) == [
        *("invocation", "applied", "unchanged", "skipped", "head", "dry_run", "entries", "changes")
    ]
    assert (receipt["applied"], receipt["unchanged"], receipt["skipped"]) == (2, 1, 1)
    assert receipt["entries"] == [31, 32]
    assert receipt["head"] == head
    assert receipt["dry_run"] is False
    changes = receipt["changes"]
    assert {tuple(change) for change in changes} == {
        ("ref", "record", "action", "entry", "changes", "since", "until", "retracts")
    }
    assert [(one["ref"], one["record"], one["action"], one["entry"]) for one in changes] == [
        ("FTA-CONCLUDE", "commitment", "updated", 31),
        ("TOURISM", "commitment", None, None),
        ("FTA-CONCLUDE", "commitment", None, None),
        ("FTA-CONCLUDE/1", "milestone", "updated", 32),
    ]
    assert changes[0]["changes"] == {"status": ["in-progress", "finalising"]}
    assert changes[3]["changes"] == {"state": ["scheduled", "met"]}


def test_a_jsonl_receipt_is_the_same_object_in_a_line(apply: Apply) -> None:
    line = {"ref": "TOURISM", "status": "in-progress"}
    (one,) = apply([line], "--format", "jsonl").out.splitlines()
    whole = json.loads(apply([line], "--format", "json").out)
    assert {**json.loads(one), "invocation": ""} == {**whole, "invocation": ""}


def test_an_unknown_receipt_format_is_refused_before_anything_is_written(
    apply: Apply, contents: Contents
) -> None:
    before = contents()
    ran = apply(BATCH, "--format", "csv")
    assert (ran.code, ran.out) == (2, "")
    assert "--format" in ran.err
    assert contents() == before


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_dry_run_prints_the_same_receipt_and_writes_nothing(
    apply: Apply, contents: Contents, form: str
) -> None:
    before = contents()
    tried = apply(BATCH, "--dry-run", "--format", form)
    assert tried.code == 0
    assert tried.err == ("ksmy: dry run: nothing was written\nksmy: applied 7, unchanged 0, skipped 0\n")
    assert contents() == before
    done = apply(BATCH, "--format", form)
    if form == "text":
        assert tried.out == done.out
    else:
        said, did = json.loads(tried.out), json.loads(done.out)
        assert said["dry_run"] is True
        assert did["dry_run"] is False
        assert said["head"] != did["head"]
        for receipt in (said, did):
            del receipt["dry_run"], receipt["head"], receipt["invocation"]
        assert said == did


def test_a_dry_run_finds_the_same_faults(apply: Apply, contents: Contents) -> None:
    lines = [*BATCH, {"ref": "HALAL-TRADE/2", "state": "met"}, {"ref": "TOURISM", "status": "done"}]
    before = contents()
    assert faults(apply(lines, "--dry-run")) == faults(apply(lines))
    assert contents() == before


def test_a_large_dry_run_sees_its_own_changes(
    apply: Apply, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_side, "CHUNK", 2)
    monkeypatch.setattr(write_side, "MOST_STATES", 1)
    before = contents()
    tried = apply([*BATCH, *BATCH], "--dry-run")
    assert tried.err.endswith("ksmy: applied 7, unchanged 0, skipped 7\n")
    assert contents() == before
    assert apply([*BATCH, *BATCH]).out == tried.out


def test_notes_and_titles_in_a_receipt_are_made_visible(apply: Apply) -> None:
    ran = apply([{"ref": "TOURISM", "title": "\x1b[31m", "note": "a\nb\u202e", "evidence": "c\x07"}])
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 1
    assert not set(ran.out) & {"\x1b", "\u202e", "\x07"}


# A listing that is edited and fed back


def fed_back(apply: Apply, ksmy: Ksmy, *options: str, edit: Callable[[str], str] = str) -> Ran:
    listing = ksmy("list", "--format", "csv", *options)
    assert listing.code == 0
    return apply(edit(listing.out), "--input", "csv")


@pytest.mark.parametrize(
    "options", [(), ("--raw",), ("--overdue",), ("--sort", "-due"), ("--columns", "ref,title,due")]
)
def test_a_listing_fed_back_changes_nothing(
    apply: Apply, ksmy: Ksmy, contents: Contents, options: tuple[str, ...]
) -> None:
    apply(BATCH)
    before = contents()
    ran = fed_back(apply, ksmy, *options)
    assert ran.code == 0, ran.err
    assert ran.err.startswith("ksmy: applied 0, unchanged ")
    assert contents() == before


def test_an_edited_status_in_a_listing_is_applied(apply: Apply, ksmy: Ksmy) -> None:
    def edit(listing: str) -> str:
        lines = listing.splitlines(keepends=True)
        return "".join(
            line.replace(",in-progress,", ",suspended,") if line.startswith("TOURISM,") else line
            for line in lines
        )

    ran = fed_back(apply, ksmy, edit=edit)
    assert ran.err == "ksmy: applied 1, unchanged 18, skipped 0\n"
    assert "TOURISM updated: status in-progress -> suspended (entry 31)\n" in ran.out
    assert [one["ref"] for one in rows(ksmy, "list", "--status", "suspended")] == ["TOURISM"]


def test_columns_of_circumstances_may_be_added_to_a_listing(apply: Apply, ksmy: Ksmy) -> None:
    content = (
        "ref,status,deadline,days_left,evidence,note,on,key\n"
        "FTA-CONCLUDE,completed,overdue,-15,SBS News,done,2025-12-30,k\n"
        "TOURISM,in-progress,undated,,0,,,\n"
    )
    assert apply(content, "--input", "csv").err == "ksmy: applied 1, unchanged 1, skipped 0\n"
    (*_, entry) = entries_of(ksmy, "FTA-CONCLUDE")
    assert (entry["note"], entry["effective_on"], entry["key"]) == ("done", "2025-12-30", "k")
    assert entry["evidence"] == ["SBS News"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("days_left", "-15", "-16"), ("milestones_met", "0", "1"), ("evidence", "0", "1")],
)
def test_an_edited_derived_column_is_refused_by_its_name(
    apply: Apply, contents: Contents, name: str, old: str, new: str
) -> None:
    assert apply(f"ref,{name}\nFTA-CONCLUDE,{old}\n", "--input", "csv").code == 0
    before = contents()
    found = faults(apply(f"ref,status,{name}\nFTA-CONCLUDE,completed,{new}\n", "--input", "csv"))
    assert found == [f"line 2: {name}: it follows from other fields and is {old} now; '{new}' cannot be set"]
    assert contents() == before


@pytest.mark.parametrize("form", [(), ("--raw",)], ids=["tamed", "raw"])
def test_a_lone_hyphen_that_is_a_text_is_not_cleared(apply: Apply, ksmy: Ksmy, form: tuple[str, ...]) -> None:
    assert ksmy("update", "TOURISM", "--source", "-").code == 0
    listing = ksmy("list", "--format", "csv", *form).out
    assert apply(listing, "--input", "csv").err == "ksmy: applied 0, unchanged 19, skipped 0\n"
    (row,) = rows(ksmy, "list", "--search", "tourism")
    assert row["source"] == "-"


def test_a_line_about_a_record_that_an_add_found_there_is_judged_by_itself(apply: Apply) -> None:
    new = {"op": "add", "title": "t", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}
    lines = [
        {**new, "ref": "TOURISM"},
        {"ref": "TOURISM", "agreement": "NOWHERE"},
        {**new, "ref": "NEW", "agreement": "NOWHERE"},
        {"ref": "NEW", "status": "planned"},
    ]
    found = faults(apply("".join(json.dumps(line) + "\n" for line in lines)))
    assert [fault.partition(";")[0] for fault in found] == [
        "line 1: there is already a commitment TOURISM",
        "line 2: there is no agreement NOWHERE",
        "line 3: there is no agreement NOWHERE",  # what follows from it is not told
    ]


def test_a_listing_some_days_old_is_accepted(apply: Apply, ksmy: Ksmy, at: At) -> None:
    # Made while the treaty's deadline was still to come, fed back after it.
    at(datetime(2025, 12, 28, 4, tzinfo=UTC))
    listing = ksmy("list", "--format", "csv").out
    assert ",due-soon,3," in listing
    at(datetime(2026, 1, 15, 4, tzinfo=UTC))
    ran = apply(listing, "--input", "csv")
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")


def test_a_listing_is_judged_on_the_day_in_the_zone_that_is_asked_for(
    apply: Apply, ksmy: Ksmy, at: At
) -> None:
    # Half past midnight in Seoul; in Kuala Lumpur a day more is left.
    at(datetime(2026, 1, 15, 15, 30, tzinfo=UTC))
    there = ("--tz", "Asia/Seoul")
    listing = ksmy("list", "--format", "csv", *there).out
    assert apply(listing, "--input", "csv", *there).err == "ksmy: applied 0, unchanged 19, skipped 0\n"
    assert len(faults(apply(listing, "--input", "csv"))) == 2


@pytest.mark.parametrize(
    "meanwhile",
    [("update", "TOURISM", "--due", "2027"), ("milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")],
    ids=" ".join,
)
def test_a_line_left_as_it_was_changes_nothing_whatever_a_colleague_did_meanwhile(
    apply: Apply, ksmy: Ksmy, meanwhile: tuple[str, ...]
) -> None:
    listing = ksmy("list", "--format", "csv").out
    assert ksmy(*meanwhile).code == 0
    ran = apply(listing, "--input", "csv")
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")


def test_a_line_edited_after_a_colleague_s_change_is_refused_for_that_and_not_for_what_follows(
    apply: Apply, ksmy: Ksmy, contents: Contents
) -> None:
    listing = ksmy("list", "--format", "csv").out
    ksmy("update", "TOURISM", "--due", "2027")
    before = contents()
    (found,) = faults(apply(listing.replace(",in-progress,", ",planned,"), "--input", "csv"))
    assert found.partition(": ")[2].startswith("newest_entry: the newest entry of TOURISM is 31, not '")
    assert contents() == before


def test_a_listing_without_its_newest_entries_is_compared_in_what_it_has(apply: Apply, ksmy: Ksmy) -> None:
    listing = ksmy("list", "--format", "csv", "--columns", "ref,title,updated_on,newest_entry").out
    emptied = re.sub(r",\d+$", ",", listing, flags=re.MULTILINE)
    assert apply(emptied, "--input", "csv").code == 0
    ksmy("update", "TOURISM", "--due", "2027")
    assert len(faults(apply(emptied, "--input", "csv"))) == 1


def test_a_record_changed_since_the_listing_is_refused_even_on_the_day_of_its_newest_entry(
    apply: Apply, ksmy: Ksmy, contents: Contents
) -> None:
    ksmy("update", "TOURISM", "--note", "in the morning")
    listing = ksmy("list", "--format", "csv").out
    ksmy("update", "TOURISM", "--status", "suspended", "--note", "a colleague, meanwhile")
    before = contents()
    (found,) = faults(apply(listing, "--input", "csv"))
    assert found.partition(": ")[2] == (
        "newest_entry: the newest entry of TOURISM is 32, not '31'; it was changed since the listing: "
        "list it again, and make the change in that"
    )
    assert contents() == before


def test_an_edited_listing_applied_twice_on_its_day_changes_nothing_the_second_time(
    apply: Apply, ksmy: Ksmy
) -> None:
    listing = ksmy("list", "--format", "csv", "--columns", "ref,status,newest_entry").out
    edited = listing.replace("TOURISM,in-progress,", "TOURISM,suspended,")
    assert apply(edited, "--input", "csv").err == "ksmy: applied 1, unchanged 18, skipped 0\n"
    assert apply(edited, "--input", "csv").err == "ksmy: applied 0, unchanged 19, skipped 0\n"


def test_several_lines_of_a_listing_about_one_record_apply_in_their_order(
    apply: Apply, ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_side, "CHUNK", 1)
    monkeypatch.setattr(write_side, "MOST_STATES", 1)
    (newest,) = (one["newest_entry"] for one in rows(ksmy, "list", "--search", "tourism"))
    lines = "".join(f"TOURISM,{status},{newest}\n" for status in ("suspended", "finalising"))
    ran = apply(f"ref,status,newest_entry\n{lines}", "--input", "csv")
    assert ran.err == "ksmy: applied 2, unchanged 0, skipped 0\n", ran.err


def test_a_line_of_a_listing_may_come_long_after_one_about_its_milestone(apply: Apply, ksmy: Ksmy) -> None:
    (newest,) = (one["newest_entry"] for one in rows(ksmy, "list", "--search", "FTA-CONCLUDE"))
    between = "HYDROGEN,,,\n" * write_side.CHUNK
    lines = f"FTA-CONCLUDE/1,met,,\n{between}FTA-CONCLUDE,,2027,{newest}\n"
    ran = apply(f"ref,state,due,newest_entry\n{lines}", "--input", "csv")
    assert ran.err == f"ksmy: applied 2, unchanged {write_side.CHUNK:,}, skipped 0\n"


def test_a_listing_that_a_spreadsheet_saved_changes_nothing(apply: Apply, ksmy: Ksmy) -> None:
    def saved(listing: str) -> str:
        shouted = listing.replace(",true,", ",TRUE,").replace(",false", ",FALSE")
        return "\ufeff" + shouted.replace("\n", "\r\n")

    ran = fed_back(apply, ksmy, edit=saved)
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")


def test_a_listing_with_what_is_withdrawn_changes_nothing(apply: Apply, ksmy: Ksmy, place: str) -> None:
    apply(BATCH)
    withdraw(place, "HALAL-TRADE/1", "HALAL-TRADE")
    assert fed_back(apply, ksmy, "--withdrawn").err == "ksmy: applied 0, unchanged 20, skipped 0\n"


HOSTILE = ("'=1+1", "-", "a\r\nb", "\x1b[31mred\x1b[0m", "x" * 100_000)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_survive_being_listed_and_fed_back(
    apply: Apply, ksmy: Ksmy, contents: Contents, text: str
) -> None:
    ran = apply([{"ref": "TOURISM", "title": text, "detail": text, "due_phrase": text, "source": text}])
    assert ran.code == 0, ran.err
    before = contents()
    ran = fed_back(apply, ksmy)
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")
    assert contents() == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
    | st.text("'=+-@\t\r\n\"\\,␛\x1bu202e ", max_size=8),
    st.booleans(),
)
def test_any_text_survives_being_listed_and_fed_back(apply: Apply, ksmy: Ksmy, text: str, raw: bool) -> None:
    if raw and text == "-":
        return
    assert apply([{"ref": "TOURISM", "detail": text}]).code == 0
    ran = fed_back(apply, ksmy, *["--raw"] * raw)
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")


def test_a_text_edited_among_hostile_ones_is_applied(apply: Apply, ksmy: Ksmy) -> None:
    apply([{"ref": "TOURISM", "detail": "=1+1", "source": "a\x1bb"}])
    content = "ref,detail,source\nTOURISM,'=2+2,a␛b\n"
    assert apply(content, "--input", "csv").err == "ksmy: applied 1, unchanged 0, skipped 0\n"
    shown = rows(ksmy, "show", "TOURISM")
    assert (shown["detail"], shown["source"]) == ("=2+2", "a\x1bb")


def test_a_key_has_the_same_longest_length_on_every_engine(ksmy: Ksmy, apply: Apply) -> None:
    def line(key: str) -> str:
        return json.dumps({"ref": "TOURISM", "note": "n", "key": key}) + "\n"

    ran = apply(line("k" * 2000) + line("\ud55c" * 666))
    assert (ran.code, ran.err) == (0, "ksmy: applied 2, unchanged 0, skipped 0\n")
    for key, length in (("k" * 9000, "9,000"), ("\ud55c" * 667, "2,001")):
        ran = apply(line(key))
        assert (ran.code, ran.out) == (5, "")
        assert f"line 1: key: is {length} bytes long; 2,000 is the most" in ran.err


def test_what_apply_says_of_all_lines_gives_way_to_what_a_line_says(apply: Apply, ksmy: Ksmy) -> None:
    lines = [
        {"ref": "TOURISM", "due": "2027"},
        {"ref": "HYDROGEN", "due": "2027", "on": "2025-12-01", "note": "own", "evidence": "Own", "by": "kim"},
    ]
    said = ("--on", "2025-11-01", "--note", "all", "--evidence", "A", "--evidence", "B", "--by", "desk")
    assert apply(lines, *said).code == 0
    names = ("effective_on", "note", "evidence", "actor")
    assert [[entry[name] for name in names] for entry in rows(ksmy, "history")[-2:]] == [
        ["2025-11-01", "all", ["A", "B"], "desk"],
        ["2025-12-01", "own", ["Own"], "kim"],
    ]


def test_a_line_of_a_listing_that_was_not_edited_makes_no_entry_whatever_is_said_of_all(
    apply: Apply, ksmy: Ksmy
) -> None:
    listing = ksmy("list", "--format", "csv").out
    said = ("--input", "csv", "--note", "all", "--evidence", "E", "--on", "2026-01-10")
    ran = apply(listing, *said)
    assert (ran.code, ran.err) == (0, "ksmy: applied 0, unchanged 19, skipped 0\n")
    edited = listing.replace("Start the joint carbon", "Begin the joint carbon")
    ran = apply(edited, *said)
    assert (ran.code, ran.err) == (0, "ksmy: applied 1, unchanged 18, skipped 0\n")
    *_, entry = rows(ksmy, "history")
    assert [entry[name] for name in ("id", "ref", "note", "evidence", "effective_on")] == [
        *(31, "CCS-START", "all", ["E"], "2026-01-10"),
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [(("--on", "2025-13-01"), 2), (("--note", ""), 2), (("--evidence", ""), 2), (("--on", "2026-01-16"), 5)],
)
def test_what_cannot_be_said_of_all_lines_is_told(
    apply: Apply, contents: Contents, said: tuple[str, ...], code: int
) -> None:
    before = contents()
    ran = apply([{"ref": "TOURISM", "due": "2027"}], *said)
    assert (ran.out, ran.code) == ("", code)
    assert ran.err.startswith("ksmy: ")
    assert contents() == before


def test_a_line_whose_key_is_known_is_skipped_also_where_its_day_is_still_to_come(apply: Apply) -> None:
    lines: list[dict[str, Any]] = [
        {"ref": "TOURISM", "due": "2027", "on": "2026-01-15", "key": "k-1"},
        {"op": "milestone", "ref": "TOURISM", "title": "Office", "on": "2026-01-15", "key": "k-2"},
    ]
    assert apply(lines).code == 0
    lines.append({"op": "milestone", "ref": "TOURISM", "title": "Campaign", "key": "k-3"})
    # There it is 14 January; the number of what is skipped is not taken twice.
    ran = apply(lines, "--tz", "America/New_York")
    assert (ran.code, ran.err) == (0, "ksmy: applied 1, unchanged 0, skipped 2\n")
    assert ran.out.splitlines()[-1].startswith("TOURISM/2 created: title Campaign")
