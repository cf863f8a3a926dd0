"""`check`: what it says of a sound register, and of one that is not."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ksmy_tracker.storage.private_folder import private_file
from tests.cli.files import head_of, leave_a_private_folder
from tests.conftest import Ksmy, Ran, execute, sentence


def test_check_says_ok_with_counts_and_the_head(ksmy: Ksmy, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        (head,) = connection.execute("SELECT hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    expected = (
        "ok: 0 bodies, 0 partnerships, 0 sources, 6 agreements, 19 commitments, 5 milestones, 0 measures, "
        "0 claims, 30 entries; "
        f"head {head}\n"
    )
    assert ksmy("check") == Ran(expected, "", 0)


@pytest.mark.parametrize("spelt", ["{}", " {}\n"])
def test_check_finds_a_head_seen_earlier_after_later_entries(ksmy: Ksmy, spelt: str) -> None:
    earlier = head_of(ksmy)
    assert ksmy("update", "FTA-CONCLUDE", "--note", "seen").code == 0
    assert head_of(ksmy) != earlier
    ran = ksmy("check", "--expect-head", spelt.format(earlier))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ok: ")


def test_check_takes_a_head_in_upper_case_and_the_newest_one(ksmy: Ksmy) -> None:
    assert ksmy("check", "--expect-head", head_of(ksmy).upper()).code == 0


def test_check_misses_a_head_of_another_register(ksmy: Ksmy, place: str) -> None:
    ran = ksmy("check", "--expect-head", "0" * 64)
    assert (ran.code, ran.out) == (8, "")
    first, found = ran.err.splitlines()
    assert first == f"ksmy: {place} failed its check"
    assert f"the head {'0' * 64} is not in the history" in found


def test_check_misses_a_head_in_an_empty_register(ksmy: Ksmy, new: Path) -> None:
    ksmy("init", "--empty", "--db", str(new))
    assert ksmy("check", "--db", str(new), "--expect-head", "0" * 64).code == 8


@pytest.mark.parametrize(
    "garbage",
    ["", "garbage", "0" * 63, "0" * 65, "g" * 64, "\x1b[31m"],
    ids=["empty", "word", "short", "long", "no-digits", "escape"],
)
def test_check_refuses_a_head_that_is_none(ksmy: Ksmy, garbage: str) -> None:
    ran = ksmy("check", "--expect-head", garbage)
    assert ran.code == 2
    said = sentence(ran)
    assert "a head is 64 hexadecimal digits" in said
    assert "\x1b" not in said


def test_a_check_that_fails_is_a_sentence_with_a_line_for_each_fault(ksmy: Ksmy, register: Path) -> None:
    execute(register, "UPDATE commitment SET title = 'x' WHERE ref IN ('TOURISM', 'FTA-CONCLUDE')")
    ran = ksmy("check")
    assert (ran.code, ran.out) == (8, "")
    first, *faults = ran.err.splitlines()
    assert first == f"ksmy: {register} failed its check"
    assert [fault.partition(":")[0] for fault in faults] == [
        "  commitment FTA-CONCLUDE",
        "  commitment TOURISM",
    ]


def test_check_names_what_killed_commands_left_and_is_as_content(ksmy: Ksmy, register: Path) -> None:
    sound = ksmy("check")
    left = leave_a_private_folder(register.parent)
    said = f"ksmy: {left} was left by a command that was killed; `ksmy migrate` removes it\n"
    assert ksmy("check") == Ran(sound.out, said, 0)
    with private_file(register.parent):  # which a command holds
        assert ksmy("check").err == said
    assert ksmy("migrate").code == 0
    assert ksmy("check") == sound
    assert os.listdir(register.parent) == [register.name]
