"""The options that commands share: how each is read, and what the environment says in its place."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command_from_info

from ksmy_tracker.cli import options
from ksmy_tracker.cli.command import command
from ksmy_tracker.cli.listing import FORMATS, Listing
from ksmy_tracker.cli.options import Narrowing, Ref, Zone, day_of
from ksmy_tracker.cli.recording import By
from ksmy_tracker.domain.rows import Day
from ksmy_tracker.domain.words import STATUSES
from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.sqlite.reader import FileReader
from tests.conftest import NOW, At, Ksmy


def parsed(hint: Any, *arguments: str, now: datetime = NOW, without: tuple[str, ...] = ()) -> Any:
    """What a command gets for a parameter of this type, of what is given on the command line."""
    got = []

    def body(one: Any) -> None:
        got.append(one)

    body.__annotations__["one"] = hint
    info = command(None, "", without=without)(body)
    built = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    built.main(list(arguments), prog_name="ksmy", standalone_mode=False, obj=now)
    return got[0]


# Refs


def test_a_ref_is_read_in_any_case() -> None:
    assert parsed(Ref, "fta-conclude/02") == "FTA-CONCLUDE/2"


def test_what_only_begins_like_a_ref_is_none() -> None:
    with pytest.raises(Usage, match=r"^REF: "):
        parsed(Ref, "FTA/x")


@given(st.text(max_size=20))
def test_any_text_is_a_ref_or_refused(text: str) -> None:
    try:
        ref = parsed(Ref, "--", text)
    except Usage:
        return
    assert ref == ref.upper()
    assert parsed(Ref, "--", ref) == ref
    # Nothing of what was given is left out: what is not understood is not guessed at.
    assert ref.count("/") == text.count("/")


# Days


def day(*arguments: str, now: datetime = NOW) -> Day:
    """The day that a listing looks from."""
    listing: Listing = parsed(Listing, *arguments, now=now)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE partnership (zone TEXT)")
        reader = FileReader(connection)
        return day_of(reader, listing.as_of, listing.known_on, listing.tz, listing.now, listing.within)


def test_without_a_date_a_command_looks_from_today_in_the_zone() -> None:
    assert day().today == date(2026, 1, 15)


@pytest.mark.parametrize(("zone", "today"), [("Asia/Kuala_Lumpur", 15), ("Asia/Seoul", 16), ("UTC", 15)])
def test_today_is_the_date_where_the_zone_is(zone: str, today: int) -> None:
    now = datetime(2026, 1, 15, 15, 30, tzinfo=UTC)
    assert day("--tz", zone, now=now).today == date(2026, 1, today)


def test_a_date_given_is_that_day() -> None:
    found = day("--as-of", " 2025-06-30 ", "--tz", "Asia/Seoul", "--within", "30")
    assert found == Day(date(2025, 6, 30), 30, as_it_stood=True)


@pytest.mark.parametrize(
    ("asked", "as_known_then"),
    [
        ((), True),
        (("--as-of", "2026-01-15"), True),
        (("--as-of", "2026-01-14"), False),
        (("--as-of", "2026-01-14", "--known-on", "2026-01-15"), False),
        (("--as-of", "2026-01-13", "--known-on", "2026-01-14"), False),
        (("--as-of", "2026-01-15", "--known-on", "2026-01-15"), True),
        (("--as-of", "2026-01-14", "--known-on", "2026-01-14"), True),
        (("--known-on", "2026-01-14"), True),
    ],
)
def test_only_of_a_day_before_that_of_what_is_known_more_is_known_than_then(
    asked: tuple[str, ...], as_known_then: bool
) -> None:
    assert day(*asked).is_as_known_then == as_known_then


def test_without_a_date_the_register_is_read_as_it_is_now() -> None:
    found = day("--tz", "Asia/Seoul", "--within", "30")
    assert found == Day(date(2026, 1, 15), 30, as_it_stood=False)


def test_as_of_is_one_day_of_the_calendar() -> None:
    given = "2025-06-31"
    with pytest.raises(Usage, match=f"^--as-of: '{given}' is not a date; give one such as 2025-10-27$"):
        parsed(options.AsOf, "--as-of", given)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(Usage, match=r"^there is no time zone"):
        parsed(Zone, "--tz", "Mars/Olympus")


def test_an_unknown_zone_is_refused_even_with_a_date() -> None:
    with pytest.raises(Usage, match="there is no time zone"):
        day("--as-of", "2025-06-30", "--tz", "Mars/Olympus")


def test_a_horizon_that_a_command_does_not_take_is_the_usual_one() -> None:
    assert parsed(Listing, without=("within",)).within == Day(date.min).within
    with pytest.raises(typer.TyperException, match="No such option"):
        parsed(Listing, "--within", "3", without=("within",))


# Words


def test_words_are_read_in_any_case_and_parted_by_commas_too() -> None:
    only = parsed(
        Narrowing, "--sector", "Trade", "--sector", "halal, TOURISM", "--party", "kr", "--party", "BOTH"
    )
    assert (only.sector, only.party) == (["trade", "halal", "tourism"], ["KR", "both"])
    assert (only.topic, only.lead, only.partner, only.agreement) == ([], [], [], [])


def test_no_words_are_no_filter() -> None:
    assert not any(parsed(Narrowing).filters())


@pytest.mark.parametrize("given", ["plannd", "planned,plannd"])
def test_a_wrong_word_is_answered_under_the_name_of_its_option(ksmy: Ksmy, given: str) -> None:
    ran = ksmy("list", "--status", given)
    assert (ran.out, ran.code) == ("", 2)
    assert ran.err == "ksmy: --status: 'plannd' is unknown; did you mean planned?\n"


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
    assert parsed(Listing).format == ("table" if terminal else "tsv")
    assert parsed(Listing, "--format", "json").format == "json"


def test_a_format_is_read_in_any_case() -> None:
    assert parsed(Listing, "-f", " JSON ").format == "json"


@pytest.mark.parametrize(
    ("given", "said"),
    [("jsno", "did you mean json?"), ("xml", f"it is one of {', '.join(FORMATS)}")],
)
def test_an_unknown_format_is_answered_with_the_nearest(given: str, said: str) -> None:
    with pytest.raises(Usage) as error:
        parsed(Listing, "--format", given)
    assert str(error.value) == f"--format: there is no {given!r} here; {said}"


# Who


def test_the_actor_is_the_one_named() -> None:
    assert parsed(By, "--by", "Kim Min-ji 김민지") == "Kim Min-ji 김민지"


def test_an_actor_has_a_name() -> None:
    with pytest.raises(Usage, match=r"^--by: is empty; give some text$"):
        parsed(By, "--by", " ")


def test_without_a_name_the_actor_is_the_system_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    assert parsed(By) == "kim"


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("no such user")])
def test_a_user_without_a_name_goes_by_number(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    assert parsed(By) == f"uid {os.getuid()}"


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
    ksmy: Ksmy, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 1, 15, 15, 30, tzinfo=UTC))
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
    for one in group.commands.values():  # type: ignore[attr-defined]
        for param in one.params:
            if param.name in shared:
                meanings.setdefault(param.name, set()).add(param.help)
    assert {name: len(said) for name, said in meanings.items()} == dict.fromkeys(shared, 1)


def test_every_option_has_a_help_text() -> None:
    from ksmy_tracker.cli import app

    group = typer.main.get_command(app)
    for name, one in group.commands.items():  # type: ignore[attr-defined]
        for param in one.params:
            assert param.help, f"{name} {param.name}"
