"""The calendar: what a calendar program gets of each deadline, and the form RFC 5545 asks for."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from icalendar import Calendar, Component

from tests import registers
from tests.conftest import NOW, At, Ksmy

LATER: Final = NOW + timedelta(days=3, hours=1)

EVENT: Final = ("export", "--format", "ics")
TODO: Final = (*EVENT, "--as", "todo")


@pytest.fixture
def later(at: At) -> None:
    """Three days on, for changes that come after what a register has."""
    at(LATER)


def read(text: str) -> dict[str, Component]:
    """The events or to-dos of a calendar by ref; no ref and no UID may come twice."""
    calendar = Calendar.from_ical(text)
    entries = [one for one in calendar.subcomponents if one.name in ("VEVENT", "VTODO")]
    assert len(entries) == len(calendar.subcomponents)
    found = {str(one["UID"]).removesuffix("@ksmy-tracker").replace(".", "/"): one for one in entries}
    assert len(found) == len(entries)
    return found


def events(ksmy: Ksmy, *arguments: str) -> dict[str, Component]:
    ran = ksmy(*EVENT, *arguments)
    assert (ran.code, ran.err) == (0, "")
    return read(ran.out)


def todos(ksmy: Ksmy, *arguments: str) -> dict[str, Component]:
    ran = ksmy(*TODO, *arguments)
    assert (ran.code, ran.err) == (0, "")
    return read(ran.out)


def change(ksmy: Ksmy, *arguments: str) -> None:
    ran = ksmy(*arguments)
    assert ran.code == 0, ran.err


def text(entry: Component, name: str) -> str:
    """A property that is text, as it is meant."""
    return str(entry[name])


def number(entry: Component, name: str) -> int:
    return int(texts(entry)[name])


def texts(entry: Component) -> dict[str, str]:
    """An entry's properties as they stand in the file, without its alarms."""
    return {name: str(value.to_ical().decode()) for name, value in entry.items()}


def days(found: dict[str, Component], name: str = "DTSTART") -> dict[str, date]:
    return {ref: entry.decoded(name) for ref, entry in found.items()}


def confirmed(found: dict[str, Component]) -> dict[str, date]:
    return days({ref: entry for ref, entry in found.items() if entry["STATUS"] == "CONFIRMED"})


# --- what is in it ---------------------------------------------------------------------------------------


def test_an_event_says_who_leads_and_what_sources_disagree_about(ksmy: Ksmy) -> None:
    change(ksmy, "body", "add", "MITI", "--name", "Ministry of Trade", "--kind", "ministry")
    change(ksmy, "body", "add", "MOTIE", "--name", "Ministry of Industry", "--kind", "ministry")
    change(ksmy, "update", "FTA-CONCLUDE", "--leads", "MITI,MOTIE")
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--due", "2026-03")
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-04", "--leads", "MOTIE")
    change(ksmy, "claim", "FTA-CONCLUDE", "--due-phrase", "some day", "--said-by", "KR")
    change(ksmy, "claim", "FTA-CONCLUDE/1", "--state", "met", "--said-by", "KR")
    found = {ref: text(entry, "DESCRIPTION").splitlines() for ref, entry in events(ksmy).items()}
    for ref, leads, disputed in (
        ("FTA-CONCLUDE", "MITI, MOTIE", "due phrase, /1 state"),
        ("FTA-CONCLUDE/1", "MITI, MOTIE", "state"),
        ("FTA-CONCLUDE/2", "MOTIE", None),
        ("CCS-START", None, None),
    ):
        said = [line for line in found[ref] if line.startswith(("To be delivered", "Sources disagree"))]
        assert said == [
            *([f"To be delivered by: {leads}"] if leads else []),
            *([f"Sources disagree about: {disputed}"] if disputed else []),
        ]


def test_each_open_deadline_is_an_event_on_its_last_day(ksmy: Ksmy) -> None:
    assert days(events(ksmy)) == {"CCS-START": date(2029, 12, 31), "FTA-CONCLUDE": date(2025, 12, 31)}


def test_an_event_takes_the_whole_day_and_no_other(ksmy: Ksmy) -> None:
    for event in events(ksmy).values():
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert type(event.decoded("DTSTART")) is date
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
        assert event["TRANSP"] == "TRANSPARENT"  # a deadline keeps nobody from a meeting
        assert event["STATUS"] == "CONFIRMED"


def test_a_milestone_with_a_due_date_is_an_event_of_its_own(ksmy: Ksmy) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-Q3")
    event = events(ksmy)["FTA-CONCLUDE/2"]
    assert event.decoded("DTSTART") == date(2026, 9, 30)
    assert event["SUMMARY"] == "FTA-CONCLUDE/2: Signed"
    assert "FTA-CONCLUDE/3" not in events(ksmy)


def test_what_is_done_is_no_event(ksmy: Ksmy) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--due", "2026-02")
    assert "FTA-CONCLUDE/1" in events(ksmy)
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")
    change(ksmy, "update", "CCS-START", "--status", "completed")
    assert set(events(ksmy)) == {"FTA-CONCLUDE"}


def test_what_was_undone_is_no_event_until_it_comes_back(ksmy: Ksmy) -> None:
    new = ("--title", "By mistake", "--agreement", "FTA", "--sector", "trade", "--firmness", "agreed")
    change(ksmy, "add", "MISTAKE", *new, "--due", "2026")
    assert "MISTAKE" in events(ksmy)
    change(ksmy, "undo")
    assert "MISTAKE" not in events(ksmy)
    change(ksmy, "redo")
    assert "MISTAKE" in events(ksmy)


def test_what_was_cancelled_says_so_and_reminds_nobody(ksmy: Ksmy) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-09-30", "--state", "not-met")
    change(ksmy, "update", "CCS-START", "--status", "cancelled")
    found = events(ksmy)
    for ref in ("CCS-START", "FTA-CONCLUDE/2"):
        assert found[ref]["STATUS"] == "CANCELLED"
        assert found[ref].subcomponents == []
    assert confirmed(found) == {"FTA-CONCLUDE": date(2025, 12, 31)}


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_settled_commitment_leaves_no_milestone_to_be_reminded_of(ksmy: Ksmy, status: str) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-09-30")
    change(ksmy, "update", "FTA-CONCLUDE", "--status", status)
    found = events(ksmy)
    assert confirmed(found) == {"CCS-START": date(2029, 12, 31)}
    assert [ref for ref, event in found.items() if event.subcomponents] == ["CCS-START"]
    to_do = {ref for ref, todo in todos(ksmy).items() if todo["STATUS"] in ("NEEDS-ACTION", "IN-PROCESS")}
    assert to_do == {"CCS-START"}


@pytest.mark.parametrize("which", ["after_summit", "hostile", "empty"])
def test_the_open_events_are_the_deadlines_that_due_lists(which: str, request: pytest.FixtureRequest) -> None:
    register = request.getfixturevalue(which)
    listed = json.loads(registers.run(register, "due", "--format", "json"))
    expected = {one["ref"]: date.fromisoformat(one["due_latest"]) for one in listed}
    assert confirmed(read(registers.run(register, *EVENT))) == expected


def test_an_empty_register_is_a_calendar_without_events(empty: Path) -> None:
    for arguments in (EVENT, TODO):
        written = registers.run(empty, *arguments)
        assert read(written) == {}
        assert written.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
        assert written.endswith("END:VCALENDAR\r\n")


# --- its form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [EVENT, TODO], ids=["event", "todo"])
@pytest.mark.parametrize("which", ["after_summit", "hostile", "empty"])
def test_lines_end_in_crlf_and_have_at_most_75_octets(
    which: str, arguments: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    target = tmp_path / "calendar.ics"
    registers.run(request.getfixturevalue(which), *arguments, "--output", str(target))
    content = target.read_bytes()
    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert 0 < len(line) <= 75
        assert line.decode().isprintable()  # neither half a letter nor a bare CR or LF
        assert re.match(rb" |[A-Z-]+[;:]", line)


@pytest.mark.parametrize("arguments", [EVENT, TODO], ids=["event", "todo"])
@pytest.mark.parametrize("which", ["after_summit", "hostile"])
def test_components_are_nested_and_have_what_the_rfc_requires_once(
    which: str, arguments: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    unfolded = registers.run(request.getfixturevalue(which), *arguments).replace("\r\n ", "")
    open_components: list[str] = []
    seen: list[set[str]] = []
    for line in unfolded.splitlines():
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_components.append(value)
            seen.append(set())
        elif name == "END":
            assert open_components.pop() == value
            assert seen.pop() >= _REQUIRED[value]
        else:
            name = name.partition(";")[0]
            assert name not in seen[-1]
            seen[-1].add(name)
    assert open_components == []


_REQUIRED: Final = {
    "VCALENDAR": {"PRODID", "VERSION"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VTODO": {"UID", "DTSTAMP"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}


def test_the_calendar_has_a_name(ksmy: Ksmy) -> None:
    for arguments in (EVENT, TODO):
        calendar = Calendar.from_ical(ksmy(*arguments).out)
        assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Republic of Korea - Malaysia: commitments"


def test_the_same_register_gives_the_same_bytes_on_any_day_and_in_any_zone(ksmy: Ksmy, at: At) -> None:
    for arguments in (EVENT, TODO):
        at(NOW)
        first = ksmy(*arguments).out
        assert ksmy(*arguments).out == first
        at(LATER + timedelta(days=900))
        assert ksmy(*arguments, "--tz", "America/New_York").out == first


def test_a_calendar_goes_into_a_file_with_the_same_bytes(ksmy: Ksmy, tmp_path: Path) -> None:
    target = tmp_path / "deadlines.ics"
    ran = ksmy(*EVENT, "--output", str(target))
    assert (ran.out, ran.err, ran.code) == ("", "", 0)
    assert target.read_bytes() == ksmy(*EVENT).out.encode()


def test_the_last_day_of_the_calendar_has_an_event(ksmy: Ksmy) -> None:
    change(ksmy, "update", "HYDROGEN", "--due", "9999-12-31")
    event = events(ksmy)["HYDROGEN"]
    assert event.decoded("DTSTART") == date.max
    # An end must lie after the start; where there is no such day, an event of a day needs none.
    assert "DTEND" not in event or event.decoded("DTEND") > date.max


@pytest.mark.parametrize("due", ["0001-01-01", "0050", "2024-02-29", "9999-12-30"])
def test_odd_days_are_dates_of_eight_digits(ksmy: Ksmy, due: str) -> None:
    change(ksmy, "update", "HYDROGEN", "--due", due)
    event = events(ksmy)["HYDROGEN"]
    assert re.fullmatch(r"\d{8}", texts(event)["DTSTART"])
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)


# --- from history ----------------------------------------------------------------------------------------


def test_a_uid_is_the_ref_and_nothing_changes_it(ksmy: Ksmy) -> None:
    assert {str(event["UID"]) for event in events(ksmy).values()} == {
        "CCS-START@ksmy-tracker",
        "FTA-CONCLUDE@ksmy-tracker",
    }
    change(ksmy, "update", "CCS-START", "--title", "Other", "--due", "2030", "--sector", "climate")
    assert events(ksmy)["CCS-START"]["UID"] == "CCS-START@ksmy-tracker"
    assert todos(ksmy)["CCS-START"]["UID"] == "CCS-START@ksmy-tracker"


def test_a_uid_has_a_dot_where_a_milestones_ref_has_a_slash(ksmy: Ksmy) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--due", "2026-Q3")
    uids = {str(event["UID"]) for event in Calendar.from_ical(ksmy(*TODO).out).walk("VTODO")}
    assert "FTA-CONCLUDE.1@ksmy-tracker" in uids
    assert not [uid for uid in uids if "/" in uid]


@pytest.mark.usefixtures("later")
def test_dtstamp_and_last_modified_are_those_of_the_newest_entry(ksmy: Ksmy) -> None:
    change(ksmy, "update", "CCS-START", "--note", "Site chosen")
    for found in (events(ksmy), todos(ksmy)):
        for name in ("DTSTAMP", "LAST-MODIFIED"):
            assert found["CCS-START"].decoded(name) == datetime(2026, 1, 18, 5, tzinfo=UTC)
            assert found["FTA-CONCLUDE"].decoded(name) == datetime(2026, 1, 15, 4, tzinfo=UTC)
            assert texts(found["CCS-START"])[name] == "20260118T050000Z"


@pytest.mark.usefixtures("later")
def test_a_to_do_whose_percents_changed_was_modified_then(ksmy: Ksmy) -> None:
    before = todos(ksmy)["FTA-CONCLUDE"]
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "1", "--state", "met")
    after = todos(ksmy)["FTA-CONCLUDE"]
    assert texts(after)["PERCENT-COMPLETE"] != texts(before)["PERCENT-COMPLETE"]
    assert after.decoded("LAST-MODIFIED") == LATER


def test_a_milestone_that_takes_over_a_new_sector_was_modified_then(ksmy: Ksmy, at: At) -> None:
    change(ksmy, "milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-09-30")
    at(LATER)
    change(ksmy, "update", "FTA-CONCLUDE", "--sector", "investment")
    event = events(ksmy)["FTA-CONCLUDE/2"]
    assert texts(event)["CATEGORIES"] == "investment"
    assert event.decoded("LAST-MODIFIED") == LATER


def test_sequence_grows_when_the_due_date_moves(ksmy: Ksmy) -> None:
    for sequence, due in enumerate(["2029", "2030", "2031-Q1", "2030"]):
        if sequence:
            change(ksmy, "update", "CCS-START", "--due", due)
        assert events(ksmy)["CCS-START"]["SEQUENCE"] == sequence
        assert todos(ksmy)["CCS-START"]["SEQUENCE"] == sequence
    change(ksmy, "undo")
    assert events(ksmy)["CCS-START"]["SEQUENCE"] == 4
    assert events(ksmy)["FTA-CONCLUDE"]["SEQUENCE"] == 0


def test_sequence_of_a_milestone_grows_when_its_own_due_date_moves(ksmy: Ksmy) -> None:
    change(ksmy, "milestone", "add", "CCS-START", "Site chosen", "--due", "2027")
    assert events(ksmy)["CCS-START/1"]["SEQUENCE"] == 0
    change(ksmy, "milestone", "set", "CCS-START", "1", "--due", "2028")
    found = events(ksmy)
    assert (found["CCS-START/1"]["SEQUENCE"], found["CCS-START"]["SEQUENCE"]) == (1, 0)
    change(ksmy, "update", "CCS-START", "--due", "2031")
    found = events(ksmy)
    assert (found["CCS-START/1"]["SEQUENCE"], found["CCS-START"]["SEQUENCE"]) == (1, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--title", '"due":["2025","2026"], "due":[1,2]'),
        ("--note", 'moves "due":[null,"2031"]', "--evidence", '"due":['),
        ("--due-phrase", "in 2030"),
        ("--status", "suspended"),
        ("--sector", "climate", "--parties", "MY", "--firmness", "hoped"),
        ("--due", "2029"),
    ],
)
def test_sequence_stays_where_the_due_date_does(ksmy: Ksmy, arguments: tuple[str, ...]) -> None:
    change(ksmy, "update", "CCS-START", *arguments)
    assert events(ksmy)["CCS-START"]["SEQUENCE"] == 0


def test_a_day_in_the_past_has_the_deadlines_of_then(after_summit: Path) -> None:
    def on(day: str) -> dict[str, Component]:
        return read(registers.run(after_summit, *EVENT, "--as-of", day))

    assert on("2024-11-24") == {}
    assert days(on("2025-01-30")) == {"CCS-START": date(2029, 12, 31), "FTA-CONCLUDE": date(2025, 12, 31)}
    now = on("2025-01-31")
    assert now["FA50M-DELIVERY"].decoded("DTSTART") == date(2028, 12, 31)
    assert texts(on("2026-01-15")["FTA-CONCLUDE"]) == texts(
        read(registers.run(after_summit, *EVENT))["FTA-CONCLUDE"]
    )


def test_sequence_on_a_day_in_the_past_is_what_it_was(ksmy: Ksmy) -> None:
    change(ksmy, "update", "CCS-START", "--due", "2030", "--on", "2025-06-01")
    change(ksmy, "update", "CCS-START", "--due", "2031", "--on", "2025-09-01")
    for day, sequence, year in (("2025-05-31", 0, 2029), ("2025-06-01", 1, 2030), ("2025-09-01", 2, 2031)):
        event = events(ksmy, "--as-of", day)["CCS-START"]
        assert (event["SEQUENCE"], event.decoded("DTSTART").year) == (sequence, year)


# --- what an entry says ----------------------------------------------------------------------------------


def test_a_description_has_the_window_and_the_words_of_the_source(ksmy: Ksmy) -> None:
    event = events(ksmy)["FTA-CONCLUDE"]
    assert event["SUMMARY"] == "FTA-CONCLUDE: Conclude the bilateral free trade agreement"
    assert event["DESCRIPTION"] == (
        "Due 2025 (2025-01-01 to 2025-12-31)\n"
        "In the source's words: by next year\n"
        "Status: in-progress; agreement: FTA; parties: both"
    )


def test_a_description_of_one_day_has_no_window(ksmy: Ksmy) -> None:
    change(ksmy, "update", "HYDROGEN", "--due", "2026-06-30")
    assert text(events(ksmy)["HYDROGEN"], "DESCRIPTION").startswith("Due 2026-06-30\nStatus: ")


def test_the_category_is_the_sector(ksmy: Ksmy) -> None:
    for found in (events(ksmy), todos(ksmy)):
        assert {ref: texts(entry)["CATEGORIES"] for ref, entry in found.items()} == {
            "CCS-START": "green-energy",
            "FTA-CONCLUDE": "trade",
        }


def test_an_open_deadline_is_reminded_of_30_and_7_days_before(ksmy: Ksmy) -> None:
    for found in (events(ksmy), todos(ksmy)):
        for ref, entry in found.items():
            alarms = entry.walk("VALARM")
            assert [one.decoded("TRIGGER") for one in alarms] == [timedelta(days=-30), timedelta(days=-7)]
            assert [str(one["ACTION"]) for one in alarms] == ["DISPLAY", "DISPLAY"]
            assert [str(one["DESCRIPTION"]) for one in alarms] == [
                f"{ref} is due in 30 days",
                f"{ref} is due in 7 days",
            ]


def test_a_to_do_is_reminded_of_before_its_end_because_it_has_no_start(ksmy: Ksmy) -> None:
    """RFC 5545, 3.8.6.3: a trigger that counts from the start needs a DTSTART; RELATED=END counts from DUE."""
    for todo in todos(ksmy).values():
        for alarm in todo.walk("VALARM"):
            assert "DTSTART" in todo or alarm["TRIGGER"].params.get("RELATED") == "END"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("planned", "NEEDS-ACTION"),
        ("in-progress", "IN-PROCESS"),
        ("finalising", "IN-PROCESS"),
        ("suspended", "IN-PROCESS"),
        ("completed", "COMPLETED"),
        ("cancelled", "CANCELLED"),
    ],
)
def test_a_to_do_has_the_status_of_its_commitment(ksmy: Ksmy, status: str, shown: str) -> None:
    change(ksmy, "update", "CCS-START", "--status", status, "--note", "so it is")
    todo = todos(ksmy)["CCS-START"]
    assert todo["STATUS"] == shown
    assert todo.decoded("DUE") == date(2029, 12, 31)
    assert ("COMPLETED" in todo) == (status == "completed")
    assert bool(todo.subcomponents) == (status not in ("completed", "cancelled"))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("scheduled", "NEEDS-ACTION"),
        ("partially-met", "IN-PROCESS"),
        ("met", "COMPLETED"),
        ("not-met", "CANCELLED"),
    ],
)
def test_a_to_do_has_the_state_of_its_milestone(ksmy: Ksmy, state: str, shown: str) -> None:
    change(ksmy, "milestone", "add", "CCS-START", "Site chosen", "--due", "2027", "--state", state)
    todo = todos(ksmy)["CCS-START/1"]
    assert todo["STATUS"] == shown
    assert todo.decoded("DUE") == date(2027, 12, 31)
    assert todo["PERCENT-COMPLETE"] == (100 if state == "met" else 0)


def test_a_to_do_that_is_done_has_the_day_and_all_of_its_percents(ksmy: Ksmy) -> None:
    change(ksmy, "update", "CCS-START", "--status", "completed", "--on", "2026-01-09")
    todo = todos(ksmy)["CCS-START"]
    assert todo["PERCENT-COMPLETE"] == 100
    assert texts(todo)["COMPLETED"] == "20260109T000000Z"


def test_percents_are_the_share_of_milestones_met(ksmy: Ksmy) -> None:
    shares = []
    for step in ("1", "2", "3"):
        change(ksmy, "milestone", "set", "FTA-CONCLUDE", step, "--state", "met")
        shares.append(number(todos(ksmy)["FTA-CONCLUDE"], "PERCENT-COMPLETE"))
    assert shares == [20, 40, 60]
    assert todos(ksmy)["CCS-START"]["PERCENT-COMPLETE"] == 0


def test_a_to_do_that_is_open_is_never_at_100_percent(ksmy: Ksmy) -> None:
    """Programs take 100 percent for done, whatever the status says."""
    change(ksmy, "milestone", "add", "CCS-START", "Site chosen", "--state", "met")
    todo = todos(ksmy)["CCS-START"]
    assert todo["STATUS"] == "NEEDS-ACTION"
    assert number(todo, "PERCENT-COMPLETE") < 100


# --- narrowed, hostile, refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "refs"),
    [
        (("--sector", "trade"), {"FTA-CONCLUDE"}),
        (("--sector", "trade,defence"), {"FTA-CONCLUDE", "FA50M-DELIVERY", "FA50M-DELIVERY/1"}),
        (("--party", "MY"), {"FTA-CONCLUDE", "CCS-START"}),
        (("--agreement", "fa50m-2023"), {"FA50M-DELIVERY", "FA50M-DELIVERY/1"}),
        (("--sector", "trade", "--agreement", "MOU-CCS"), set()),
    ],
)
@pytest.mark.parametrize("arguments", [EVENT, TODO], ids=["event", "todo"])
def test_filters_leave_out_what_they_do_not_let_through(
    after_summit: Path, arguments: tuple[str, ...], filters: tuple[str, ...], refs: set[str]
) -> None:
    found = read(registers.run(after_summit, *arguments, *filters))
    assert set(found) == refs
    whole = read(registers.run(after_summit, *arguments))
    for ref in refs:
        assert texts(found[ref]) == texts(whole[ref])


def test_filters_take_a_commitments_milestones_along(hostile: Path) -> None:
    found = read(registers.run(hostile, *TODO, "--sector", registers.LONG_SECTOR))
    assert set(found) == {registers.LONG_REF, f"{registers.LONG_REF}/1"}


@pytest.mark.parametrize("arguments", [EVENT, TODO], ids=["event", "todo"])
def test_hostile_texts_stay_in_their_property(hostile: Path, arguments: tuple[str, ...]) -> None:
    found = read(registers.run(hostile, *arguments))
    steps = {f"{ref}/1" for ref in registers.REFS.values()}
    if arguments == TODO:
        assert set(found) == {*registers.REFS.values(), *steps}
    else:
        assert set(found) >= set(registers.REFS.values()) - {registers.REFS["style"]}
    for name, shown in registers.SHOWN.items():
        ref = registers.REFS[name]
        if ref in found:
            assert found[ref]["SUMMARY"] == f"{ref}: {shown}"
            assert f"\nIn the source's words: {shown}\nStatus: " in text(found[ref], "DESCRIPTION")
        if f"{ref}/1" in found:
            assert found[f"{ref}/1"]["SUMMARY"] == f"{ref}/1: {shown}"


def test_a_backslash_before_a_letter_is_no_line_break(ksmy: Ksmy) -> None:
    change(ksmy, "update", "CCS-START", "--title", r"See C:\NEW\notes; A, B")
    for arguments in (EVENT, TODO):
        assert "SUMMARY:CCS-START: See C:\\\\NEW\\\\notes\\; A\\, B\r\n" in ksmy(*arguments).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--format", "ics", "--as", "todos"), 2, "todo"),
        (("--format", "icd"), 2, "ics"),
        (("--as", "todo"), 2, "--format ics"),
        (("--format", "ics", "--sector", "trad"), 2, "did you mean trade?"),
        (("--format", "ics", "--agreement", "FTB"), 3, "FTA"),
        (("--format", "ics", "--party", "JP"), 2, "KR"),
        (("--format", "ics", "--as-of", "2025-02-30"), 2, "2025-02-30"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_a_sentence(
    ksmy: Ksmy, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = ksmy("export", *arguments)
    assert (ran.out, ran.code) == ("", code)
    assert said in ran.err
    assert ran.err.startswith("ksmy: ")
    assert ran.err.count("\n") == 1


def test_neither_a_refused_calendar_nor_a_directory_leaves_a_file(ksmy: Ksmy, tmp_path: Path) -> None:
    target = tmp_path / "place"
    target.mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert ksmy(*EVENT, "--output", str(target)).code == 4
    assert ksmy(*EVENT, "--sector", "trad", "--output", str(tmp_path / "new.ics")).code == 2
    assert sorted(tmp_path.rglob("*")) == before
