"""The options that commands share: how each is read, and what the environment says in its place."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker import clock
from ksmy_tracker.cli import options
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.words import STATUSES
from ksmy_tracker.errors import Usage
from tests.conftest import Ksmy

# Refs


@pytest.mark.parametrize(
    ("given", "ref"),
    [
        ("FTA-CONCLUDE", "FTA-CONCLUDE"),
        ("fta-conclude", "FTA-CONCLUDE"),
        (" Fta-Conclude ", "FTA-CONCLUDE"),
        ("fta-conclude/2", "FTA-CONCLUDE/2"),
        ("FTA-CONCLUDE/02", "FTA-CONCLUDE/2"),
    ],
)
def test_a_ref_is_read_in_any_case(given: str, ref: str) -> None:
    assert options.ref_of(given) == ref


@pytest.mark.parametrize(
    "given", ["FTA/", "FTA/x", "FTA/1/2", "FTA/-1", "FTA/1.5", "FTA/²", "FTA/ ", "/1", "/"]
)
def test_what_only_begins_like_a_ref_is_none(given: str) -> None:
    with pytest.raises(Usage, match=r"^REF: "):
        options.ref_of(given)


def test_a_milestone_number_beyond_any_is_no_bug() -> None:
    with pytest.raises(Usage, match=r"^REF: "):
        options.ref_of(f"FTA/{'9' * 5000}")


@given(st.text(max_size=20))
def test_any_text_is_a_ref_or_refused(text: str) -> None:
    try:
        ref = options.ref_of(text)
    except Usage:
        return
    assert ref == ref.upper()
    assert options.ref_of(ref) == ref
    # Nothing of what was given is left out: what is not understood is not guessed at.
    assert ref.count("/") == text.count("/")


# Days


def test_without_a_date_a_command_looks_from_today_in_the_zone() -> None:
    assert options.day(None, "Asia/Kuala_Lumpur").today == date(2026, 1, 15)


@pytest.mark.parametrize(("zone", "today"), [("Asia/Kuala_Lumpur", 15), ("Asia/Seoul", 16), ("UTC", 15)])
def test_today_is_the_date_where_the_zone_is(monkeypatch: pytest.MonkeyPatch, zone: str, today: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 15, 15, 30, tzinfo=UTC))
    assert options.day(None, zone).today == date(2026, 1, today)


def test_a_date_given_is_that_day() -> None:
    assert options.day(" 2025-06-30 ", "Asia/Seoul", 30) == Day(date(2025, 6, 30), 30, as_it_stood=True)


def test_without_a_date_the_register_is_read_as_it_is_now() -> None:
    assert options.day(None, "Asia/Seoul", 30) == Day(date(2026, 1, 15), 30, as_it_stood=False)


@pytest.mark.parametrize("given", ["today", "2025-13-01", "2025", "", "2025-06-31"])
def test_as_of_is_one_day_of_the_calendar(given: str) -> None:
    with pytest.raises(Usage, match=f"^--as-of: '{given}' is not a date; give one such as 2025-10-27$"):
        options.day(given, "Asia/Seoul")


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../../etc/passwd", "Asia/Seoul\0", "/etc/localtime", "\udcff"]
)
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(Usage, match="there is no time zone"):
        options.day(None, zone)


def test_an_unknown_zone_is_refused_even_with_a_date() -> None:
    with pytest.raises(Usage, match="there is no time zone"):
        options.day("2025-06-30", "Mars/Olympus")


def test_an_optional_date_may_be_missing() -> None:
    assert options.optional_day("--since", None) is None
    assert options.optional_day("--since", "2025-06-30") == "2025-06-30"
    with pytest.raises(Usage, match=r"^--since: 'x' is not a date"):
        options.optional_day("--since", "x")


# Words


def test_words_are_read_in_any_case_and_parted_by_commas_too() -> None:
    assert options.words("status", ["Planned", "completed,IN-PROGRESS"]) == [
        "planned",
        "completed",
        "in-progress",
    ]
    assert options.words("party", ["kr", "BOTH"]) == ["KR", "both"]
    assert options.words("agreement", ["fta"]) == ["FTA"]


def test_no_words_are_no_filter() -> None:
    assert options.words("status", None) == []
    assert options.words("status", []) == []


@pytest.mark.parametrize("given", ["plannd", "planned,plannd"])
def test_a_wrong_word_is_answered_under_the_name_of_its_option(given: str) -> None:
    with pytest.raises(Usage, match=r"^--status: 'plannd' is unknown; did you mean planned\?$"):
        options.words("status", [given])


def test_an_empty_word_is_wrong(ksmy: Ksmy) -> None:
    ran = ksmy("list", "--status", "planned,")
    assert (ran.out, ran.code) == ("", 2)
    assert ran.err == f"ksmy: --status: '' is unknown; it is one of {', '.join(STATUSES)}\n"


# Formats


@pytest.mark.parametrize("terminal", [True, False])
def test_without_a_format_it_is_the_one_for_where_the_result_goes(
    monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr("ksmy_tracker.cli.output.is_terminal", lambda: terminal)
    assert options.chosen_format(None, options.FORMATS, "table", "tsv") == ("table" if terminal else "tsv")
    assert options.chosen_format("json", options.FORMATS, "table", "tsv") == "json"


def test_a_format_is_read_in_any_case() -> None:
    assert options.chosen_format(" JSON ", options.FORMATS, "table", "tsv") == "json"


@pytest.mark.parametrize(
    ("given", "said"),
    [("jsno", "did you mean json?"), ("xml", "it is one of table, tsv, csv, json, jsonl, md")],
)
def test_an_unknown_format_is_answered_with_the_nearest(given: str, said: str) -> None:
    with pytest.raises(Usage) as error:
        options.chosen_format(given, options.FORMATS, "table", "tsv")
    assert str(error.value) == f"--format: there is no {given!r} here; {said}"


# Who


def test_the_actor_is_the_one_named() -> None:
    assert options.actor("Kim Min-ji 김민지") == "Kim Min-ji 김민지"


def test_an_actor_has_a_name() -> None:
    with pytest.raises(Usage, match=r"^--by: is empty; give some text$"):
        options.actor(" ")


def test_without_a_name_the_actor_is_the_system_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    assert options.actor(None) == "kim"


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("no such user")])
def test_a_user_without_a_name_goes_by_number(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    assert options.actor(None) == f"uid {os.getuid()}"


def test_a_user_name_that_is_not_utf_8_goes_by_number(ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KSMY_ACTOR")
    monkeypatch.setenv("LOGNAME", "kim\udcff")
    ran = ksmy("update", "TOURISM", "--note", "x")
    assert (ran.err, ran.code) == ("", 0)
    [entry] = json.loads(ksmy("history", "TOURISM", "--limit", "1", "--format", "json").out)
    assert entry["actor"] == f"uid {os.getuid()}"


# The environment


def test_the_variable_names_the_register_and_the_option_goes_before_it(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, place: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    monkeypatch.setenv("KSMY_DATABASE_URL", f"sqlite:///{elsewhere}")
    assert str(elsewhere) in ksmy("list").err
    assert ksmy("list", "--db", place).code == 0


@pytest.mark.parametrize("name", ["KSMY_DATABASE_URL", "KSMY_ACTOR", "KSMY_TZ"])
def test_a_variable_that_is_empty_counts_as_not_set(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, place: str, name: str
) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    monkeypatch.setenv(name, "")
    ran = ksmy("update", "TOURISM", "--note", "x", "--db", place)
    assert (ran.out, ran.err, ran.code) == ("TOURISM noted: note: x (entry 31)\n", "", 0)


def test_without_any_name_the_register_is_in_the_users_data(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KSMY_DATABASE_URL")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    ran = ksmy("list")
    assert ran.code == 6
    assert f"there is no register at {tmp_path / 'data' / 'ksmy' / 'register.db'};" in ran.err


def test_the_variable_names_the_zone_and_the_option_goes_before_it(
    ksmy: Ksmy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 15, 15, 30, tzinfo=UTC))
    monkeypatch.setenv("KSMY_TZ", "Asia/Seoul")
    assert "today is 2026-01-16" in ksmy("update", "TOURISM", "--note", "x", "--on", "2026-01-17").err
    ran = ksmy("update", "TOURISM", "--note", "x", "--on", "2026-01-17", "--tz", "Asia/Kuala_Lumpur")
    assert "today is 2026-01-15" in ran.err


@pytest.mark.parametrize("command", ["list", "update", "report"])
def test_help_names_the_variable_of_an_option(ksmy: Ksmy, command: str) -> None:
    ran = ksmy(command, "--help")
    assert all(name in ran.out for name in ("KSMY_DATABASE_URL", "KSMY_TZ"))


# Every option


def test_options_of_one_name_mean_the_same_in_every_command() -> None:
    from ksmy_tracker.cli import app

    group = typer.main.get_command(app)
    shared = {"db", "tz", "timeout", "as_of", "within", "columns", "raw"}
    meanings: dict[str, set[str]] = {}
    for command in group.commands.values():  # type: ignore[attr-defined]
        for param in command.params:
            if param.name in shared:
                meanings.setdefault(param.name, set()).add(param.help)
    assert {name: len(said) for name, said in meanings.items()} == dict.fromkeys(shared, 1)


def test_every_option_has_a_help_text() -> None:
    from ksmy_tracker.cli import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for param in command.params:
            assert param.help, f"{name} {param.name}"
