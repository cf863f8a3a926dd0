"""The timeline as text: its calendar, bars and marks, on any width, and nothing said by colour alone."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.timeline import Bar, Mark, Timeline
from ksmy_tracker.domain.words import DEADLINE_STATES
from ksmy_tracker.render.text.table import STYLES
from ksmy_tracker.render.text.timeline import LEGEND, as_page

TODAY = date(2026, 1, 15)
WIDTHS = (40, 80, 200)


def bar(ref: str, due: str, baseline: str | None = None, **more: Any) -> Bar:
    window = read_due(due)
    first = read_due(baseline) if baseline else None
    return Bar(
        ref,
        more.get("title", "Conclude the agreement"),
        more.get("status", "in-progress"),
        more.get("deadline", "upcoming"),
        window.edtf,
        window.earliest,
        window.latest,
        first.earliest if first else None,
        first.latest if first else None,
        tuple(more.get("marks", ())),
    )


def mark(day: date, state: str) -> Mark:
    return Mark(1, "Signed", state, "upcoming", day)


def timeline(*bars: Bar, start: str = "2025-01", end: str = "2027-12", **more: Any) -> Timeline:
    return Timeline(
        read_due(start).earliest,
        read_due(end).latest,
        more.get("today", TODAY),
        bars,
        more.get("undated", 0),
        more.get("outside", 0),
    )


def lines(shown: Timeline, width: int = 80) -> list[str]:
    return str(as_page(shown, width)).splitlines()


def chart(shown: Timeline, width: int = 80) -> tuple[str, str, list[str]]:
    """The years, the quarters and the line of each bar, all without their labels."""
    years, quarters, *rows = lines(shown, width)
    rows = rows[: len(shown.bars)]
    label = len(quarters) - len(quarters.lstrip())
    return years[label:], quarters[label:], [_after(row, label) for row in rows]


def _starts(quarters: str) -> list[int]:
    """The columns in which the quarters begin."""
    return [column for column, letter in enumerate(quarters) if letter == "Q"]


def _after(line: str, columns: int) -> str:
    """A line from a terminal column on."""
    start = set_cell_size(line, columns)
    assert line.startswith(start.rstrip())
    return line[len(start) :]


def test_every_bar_has_a_line_with_its_ref_and_its_deadline_in_words() -> None:
    shown = timeline(bar("FTA-CONCLUDE", "2025", deadline="overdue"), bar("CCS-START", "2027"))
    _, _, first, second, *_ = lines(shown)
    assert first.split()[:2] == ["FTA-CONCLUDE", "overdue"]
    assert second.split()[:2] == ["CCS-START", "upcoming"]


@pytest.mark.parametrize("state", DEADLINE_STATES)
def test_a_deadline_state_is_said_in_words_whatever_its_colour(state: str) -> None:
    page = as_page(timeline(bar("A", "2026", deadline=state)), 40)
    (line, style) = page.lines[2]
    assert line.split()[:2] == ["A", state]
    assert style == state


def test_states_that_matter_have_a_colour_of_their_own() -> None:
    assert len({STYLES[state] for state in ("overdue", "due-soon", "met")}) == 3


def test_the_calendar_names_each_year_over_its_first_quarter() -> None:
    years, quarters, _ = chart(timeline(bar("A", "2026")))
    assert years.split() == ["2025", "2026", "2027"]
    assert quarters.split() == ["Q1", "Q2", "Q3", "Q4"] * 3
    for number, year in enumerate(("2025", "2026", "2027")):
        assert quarters[years.index(year) :].split() == quarters.split()[4 * number :]


def test_a_calendar_that_starts_within_a_year_names_that_year_first() -> None:
    years, quarters, _ = chart(timeline(bar("A", "2026"), start="2025-07", end="2026-06"))
    assert years.split() == ["2025", "2026"]
    assert quarters.split() == ["Q3", "Q4", "Q1", "Q2"]


def test_a_long_calendar_marks_its_quarters_where_there_is_no_room_to_name_them() -> None:
    years, quarters, _ = chart(timeline(bar("A", "2026"), start="2020", end="2034"), 80)
    assert "Q" not in quarters
    assert quarters.startswith("|")
    assert years.startswith("2020")
    assert all(quarters[years.index(year)] == "|" for year in years.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("end", ["2026", "2040", "2200", "9998"])
def test_years_never_run_into_each_other(end: str, width: int) -> None:
    years, _, _ = chart(timeline(bar("A", "2026"), end=end), width)
    assert years.startswith("2025")
    assert [int(year) for year in years.split()] == sorted({int(year) for year in years.split()})
    assert all(len(year) == 4 for year in years.split())


@pytest.mark.parametrize("width", [64, 80, 100, 133, 200])
@pytest.mark.parametrize(
    ("due", "first", "after"),
    [("2025-Q1", 0, 1), ("2025", 0, 4), ("2026-Q2", 5, 6), ("2026", 4, 8), ("2026-07/2027-03", 6, 9)],
)
def test_a_window_is_drawn_from_its_first_quarter_to_the_end_of_its_last(
    due: str, first: int, after: int, width: int
) -> None:
    _, quarters, (line,) = chart(timeline(bar("A", due), today=date(2030, 1, 1)), width)
    starts = _starts(quarters)
    assert (line.index("█"), len(line.rstrip())) == (starts[first], starts[after])
    assert set(line[starts[first] : starts[after]]) == {"█"}


@pytest.mark.parametrize("width", [64, 80, 100, 133, 200])
def test_every_day_is_drawn_under_its_own_quarter(width: int) -> None:
    dues = [read_due(f"{year}-Q{number}") for year, number in product((2025, 2026, 2027), (1, 2, 3, 4))]
    for quarter, due in enumerate(dues):
        for day in (due.earliest, due.latest):
            shown = timeline(bar("A", "2099", marks=[mark(day, "met")]), bar("B", "2099"), today=day)
            _, quarters, (marked, empty) = chart(shown, width)
            starts = [*_starts(quarters), width]
            assert starts[quarter] <= marked.index("◆") < starts[quarter + 1]
            assert starts[quarter] <= empty.index("│") < starts[quarter + 1]


def test_a_window_reaches_to_the_end_of_the_calendar() -> None:
    _, _, (line,) = chart(timeline(bar("A", "2027"), today=date(2030, 1, 1)), 80)
    label = 80 - cell_len(line)
    assert cell_len(lines(timeline(bar("A", "2027")))[2]) == label + cell_len(line) == 80


@pytest.mark.parametrize("width", WIDTHS)
def test_a_single_day_is_drawn_on_any_width(width: int) -> None:
    _, _, (line,) = chart(timeline(bar("A", "2026-05-20"), today=date(2030, 1, 1)), width)
    assert line.count("█") == 1


def test_a_window_that_begins_before_the_calendar_or_ends_after_it_is_cut_at_its_ends() -> None:
    shown = timeline(
        bar("A", "2020/2040"), bar("B", "2020/2025-03"), start="2025", end="2025", today=date(2050, 1, 1)
    )
    _, quarters, (whole, first) = chart(shown, 80)
    assert set(whole) == {"█"}
    assert first.rstrip() == "█" * quarters.index("Q2")


def test_the_first_due_date_is_drawn_beside_the_present_one() -> None:
    _, _, (line,) = chart(timeline(bar("A", "2027-Q1", baseline="2025-Q4"), today=date(2030, 1, 1)), 100)
    assert [sign for sign in "░█" if sign in line] == ["░", "█"]
    assert line.rindex("░") < line.index("█")


def test_the_present_due_date_is_drawn_over_the_first_one() -> None:
    _, _, (line,) = chart(timeline(bar("A", "2025", baseline="2025/2027"), today=date(2030, 1, 1)), 100)
    assert line.strip() == "█" * line.count("█") + "░" * line.count("░")
    assert line.count("░") > line.count("█") > 5


def test_a_due_date_that_never_moved_is_drawn_once() -> None:
    _, _, (line,) = chart(timeline(bar("A", "2026"), today=date(2030, 1, 1)))
    assert "░" not in line


@pytest.mark.parametrize(
    ("state", "sign"), [("met", "◆"), ("scheduled", "◇"), ("partially-met", "◇"), ("not-met", "✕")]
)
def test_a_milestone_is_a_mark_on_its_day(state: str, sign: str) -> None:
    marks = [mark(date(2026, 7, 1), state)]
    _, quarters, (line,) = chart(timeline(bar("A", "2025-Q1", marks=marks), today=date(2030, 1, 1)), 100)
    starts = _starts(quarters)
    assert [column for column, one in enumerate(line) if one in "◆◇✕"] == [starts[6]]
    assert line[starts[6]] == sign


def test_a_mark_stands_over_the_window() -> None:
    marks = [mark(date(2026, 7, 1), "met")]
    _, _, (line,) = chart(timeline(bar("A", "2026", marks=marks), today=date(2030, 1, 1)), 100)
    assert [one for one, _ in pairwise(f"{line.strip()} ") if one != "█"] == ["◆"]


def test_a_milestone_outside_the_calendar_has_no_mark() -> None:
    marks = [mark(date(2024, 12, 31), "met"), mark(date(2028, 1, 1), "scheduled")]
    _, _, (line,) = chart(timeline(bar("A", "2026", marks=marks), today=date(2030, 1, 1)))
    assert set(line.strip()) == {"█"}


def test_today_is_a_line_in_the_same_column_of_every_row_that_is_empty_there() -> None:
    shown = timeline(bar("A", "2025"), bar("B", "2027"), bar("한", "2026-12-31"))
    _, quarters, rows = chart(shown, 100)
    starts = _starts(quarters)
    columns = {row.index("│") for row in rows}
    assert len(columns) == 1
    assert starts[4] <= columns.pop() < starts[5]


def test_today_outside_the_calendar_draws_no_line_and_is_still_named() -> None:
    said = lines(timeline(bar("A", "2026"), today=date(2030, 6, 1)))
    assert not any("│" in line for line in said[:3])
    assert "Today is 2030-06-01; from 2025-01-01 to 2027-12-31." in said


def test_the_legend_names_every_sign_there_is() -> None:
    marks = [
        mark(date(2026, 5, day), state) for day, state in ((1, "met"), (9, "scheduled"), (20, "not-met"))
    ]
    said = lines(timeline(bar("A", "2027-Q1", baseline="2025-Q2", marks=marks)), 200)
    drawn = set("".join(said[2:3])) - set("A upcoming" + "Conclude the agreement")
    assert drawn == set("█░◆◇✕│")
    assert all(sign in LEGEND for sign in drawn)
    assert " ".join(LEGEND.split()) in " ".join(" ".join(said).split())


@pytest.mark.parametrize(
    ("undated", "said"),
    [(1, "1 commitment has no due date."), (17, "17 commitments have no due date.")],
)
def test_what_has_no_due_date_is_counted_under_the_picture(undated: int, said: str) -> None:
    assert lines(timeline(bar("A", "2026"), undated=undated))[-1] == said
    assert lines(timeline(undated=undated)) == ["There is no due date to draw.", said]


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        (1, "1 dated commitment lies outside this range."),
        (12, "12 dated commitments lie outside this range."),
    ],
)
def test_what_lies_outside_the_range_is_counted_under_the_picture(outside: int, said: str) -> None:
    shown = lines(timeline(bar("A", "2026"), outside=outside, undated=1))
    assert shown[-2:] == [said, "1 commitment has no due date."]
    assert "outside" not in "".join(lines(timeline(bar("A", "2026"))))


def test_a_range_without_a_bar_says_so_where_there_are_some_outside() -> None:
    assert lines(timeline(outside=1)) == [
        "Nothing is due from 2025-01-01 to 2027-12-31.",
        "1 dated commitment lies outside this range.",
    ]


def test_what_has_no_due_date_has_the_marks_of_its_milestones_alone() -> None:
    undated = bar("A", "2026", deadline="undated", marks=[mark(date(2026, 7, 1), "met")])
    undated = undated._replace(due=None, earliest=None, latest=None)
    _, quarters, (line,) = chart(timeline(undated, today=date(2030, 1, 1)), 100)
    assert line.strip() == "◆"
    assert line.index("◆") == _starts(quarters)[6]


def test_nothing_is_said_of_what_has_no_due_date_where_all_have_one() -> None:
    assert "no due date" not in "".join(lines(timeline(bar("A", "2026"))))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal_and_the_picture_uses_it(width: int) -> None:
    shown = timeline(
        bar("W" * 64, "2027", title="x" * 200, deadline="due-soon"),
        bar("KOREAN", "2027", title="한국과 말레이시아의 자유무역협정 " * 5, deadline="met-late"),
        undated=123456,
    )
    said = lines(shown, width)
    assert max(map(cell_len, said)) == width


def test_titles_stand_where_there_is_room_for_them() -> None:
    shown = timeline(bar("A", "2027", title="Conclude the agreement"))
    assert "Conclude the agreement" in lines(shown, 200)[2]
    assert "Conclude" not in lines(shown, 80)[2]


def test_a_title_cut_short_ends_in_a_mark() -> None:
    (_, _, line, *_) = lines(timeline(bar("A", "2027", title="x" * 100)), 200)
    assert "x…" in line


def test_a_ref_cut_short_ends_in_a_mark() -> None:
    shown = timeline(bar("DEFENCE-INDUSTRY-ONE", "2027"), bar("DEFENCE-INDUSTRY-TWO", "2027"))
    for line in lines(shown, 40)[2:4]:
        assert line.split()[0].endswith("…")


def test_wide_letters_leave_the_chart_where_it_is() -> None:
    shown = timeline(
        bar("A", "2025-Q1", title="한국과 말레이시아의 자유무역협정을 이천이십오년까지 타결한다"),
        bar("B", "2025-Q1", title="가" * 17 + "나다라"),
        bar("C", "2025-Q1", title="Plain"),
        today=date(2030, 1, 1),
    )
    rows = lines(shown, 200)[2:5]
    assert len({cell_len(row.split("█")[0]) for row in rows}) == 1


def test_control_characters_of_a_title_are_shown() -> None:
    (_, _, line, *_) = lines(timeline(bar("A", "2027", title="a\x1b[2J\u202eb")), 200)
    assert "a␛[2J\\u202eb" in line
    assert "\x1b" not in line


_DAYS = st.dates(date(1995, 1, 1), date(2045, 12, 31))
_WINDOWS = st.tuples(_DAYS, _DAYS).map(lambda days: (min(days), max(days)))
_BARS = st.builds(
    lambda ref, title, state, window, first, marks: Bar(
        *(ref, title, "planned", state, "2026", *window, *(first or (None, None)), tuple(marks))
    ),
    st.sampled_from(["A", "FTA-CONCLUDE", "W" * 64, "A-1-B-2"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(DEADLINE_STATES),
    _WINDOWS,
    st.none() | _WINDOWS,
    st.lists(st.builds(mark, _DAYS, st.sampled_from(["met", "scheduled", "not-met"])), max_size=3),
)


@settings(max_examples=40)
@given(st.lists(_BARS, min_size=1, max_size=4), st.integers(40, 250), _DAYS, st.integers(2000, 2020))
def test_any_timeline_fits_any_width_with_a_line_for_each_bar(
    bars: Sequence[Bar], width: int, today: date, year: int
) -> None:
    shown = timeline(*bars, start=str(year), end=str(year + 20), today=today)
    said = str(as_page(shown, width)).split("\n")
    assert max(map(cell_len, said)) <= width
    assert said[2 + len(bars)] == ""
    for line, one in zip(said[2:], bars, strict=False):
        ref, *rest = line.split()
        assert one.ref.startswith(ref.rstrip("…"))
        assert one.deadline in rest
