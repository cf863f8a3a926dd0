"""The timeline as an SVG: well-formed, standalone, its bars and marks where their days are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest

from tests import registers
from tests.conftest import Ksmy

SVG: Final = "{http://www.w3.org/2000/svg}"

#: Half a day is less than this on any drawing of a few years, and so is the rounding to a tenth.
NEAR: Final = 0.11


class Drawing:
    """A drawing read back: its elements by what they stand for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = ET.fromstring(text)

    def all(self, name: str, kind: str | None = None) -> Iterator[Element]:
        """Every element of a name, and of a class where one is given."""
        for element in self.root.iter(SVG + name):
            if kind is None or kind in element.get("class", "").split():
                yield element

    def row(self, ref: str) -> Element:
        """A commitment's line."""
        (found,) = [group for group in self.all("g") if _title(group).startswith(f"{ref}: ")]
        return found

    def refs(self) -> list[str]:
        """The refs of the lines from top to bottom."""
        return [_title(group).partition(":")[0] for group in self.all("g")]

    def box(self, ref: str, kind: str) -> tuple[float, float]:
        """Where a bar of a line begins and ends."""
        (found,) = [one for one in self.row(ref).iter(SVG + "rect") if one.get("class") == kind]
        left = float(found.get("x", ""))
        return left, left + float(found.get("width", ""))

    def year(self, year: int) -> float:
        """Where a year begins: the line just before its caption."""
        (caption,) = [float(one.get("x", "")) for one in self.all("text") if one.text == str(year)]
        return max(x for one in self.all("line", "grid") if (x := float(one.get("x1", ""))) <= caption)

    def quarters(self, year: int) -> list[float]:
        """Where the quarters of a year begin: as far before their captions as the year before its own."""
        (caption,) = [float(one.get("x", "")) for one in self.all("text") if one.text == str(year)]
        found = sorted(
            (float(one.get("x", "")), one.text)
            for one in self.all("text", "faint")
            if re.fullmatch("Q[1-4]", one.text or "") and float(one.get("x", "")) > caption - NEAR
        )[:4]
        assert [text for _, text in found] == ["Q1", "Q2", "Q3", "Q4"]
        return [x - (caption - self.year(year)) for x, _ in found]

    def marks(self, ref: str) -> list[Element]:
        """The milestones of a line."""
        return list(self.row(ref).iter(SVG + "path"))


def _title(element: Element) -> str:
    return element.findtext(SVG + "title") or ""


def _at(mark: Element) -> float:
    found = re.match(r"M([\d.]+) ", mark.get("d", ""))
    assert found
    return float(found[1])


def _look(mark: Element) -> tuple[str | None, str]:
    """How a mark looks, wherever it stands."""
    return mark.get("class"), mark.get("d", "").partition("l")[2]


def drawn(ksmy: Ksmy, *arguments: str) -> Drawing:
    ran = ksmy("timeline", "--format", "svg", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return Drawing(ran.out)


def drawing_of(register: Path, *arguments: str) -> Drawing:
    return Drawing(registers.run(register, "timeline", "--format", "svg", *arguments))


@pytest.mark.parametrize("which", ["after_summit", "hostile", "empty"])
def test_a_drawing_is_a_standalone_document_that_asks_for_nothing(
    which: str, request: pytest.FixtureRequest
) -> None:
    drawing = drawing_of(request.getfixturevalue(which))
    assert drawing.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    assert drawing.root.tag == f"{SVG}svg"
    names = {one.tag.removeprefix(SVG) for one in drawing.root.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "line", "text", "g", "path", "circle"}
    attributes = {name for one in drawing.root.iter() for name in one.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name or name == "style"}
    (style,) = drawing.all("style")
    assert not re.search(r"url\(|@import|//", style.text or "")
    assert not re.search("<!DOCTYPE|<!ENTITY|<\\?xml-stylesheet", drawing.text)


def test_the_same_register_gives_the_same_bytes(after_summit: Path, hostile: Path) -> None:
    for register in (after_summit, hostile):
        assert drawing_of(register).text == drawing_of(register).text


def test_title_and_description_name_the_drawing_and_say_all_that_it_shows(after_summit: Path) -> None:
    root = drawing_of(after_summit).root
    assert root.get("role") == "img"
    title, description = list(root)[:2]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    named_by = f"{root.get('aria-labelledby')} {root.get('aria-describedby', '')}".split()
    assert named_by == [title.get("id"), description.get("id")]
    assert title.text == "Deadlines from 2025-01-01 to 2029-12-31"
    assert description.text == (
        "FTA-CONCLUDE: Conclude the bilateral free trade agreement, overdue, due 2025 (2025-01-01 to 12-31), "
        "expected 2026-H1. "
        "FA50M-DELIVERY: Deliver 18 FA-50M jets to Malaysia, upcoming, due 2027/2028 "
        "(2027-01-01 to 2028-12-31), expected 2027/2028. "
        "CCS-START: Start the carbon capture and storage project, upcoming, due 2029 "
        "(2029-01-01 to 12-31). "
        "16 commitments without a due date."
    )


def test_hostile_titles_are_text_and_stand_there_whole(hostile: Path) -> None:
    drawing = drawing_of(hostile)
    for name, text in registers.SHOWN.items():
        ref = registers.REFS[name]
        assert _title(drawing.row(ref)).startswith(f"{ref}: {text}, ")
        assert [_title(mark).startswith(f"1. {text}: ") for mark in drawing.marks(ref)] == [True]
    assert len(list(drawing.all("style"))) == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", drawing.text)


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\U0001f1f0", "\ufdd0", "\x85", "\x7f", "]]>", "\t\r\n"])
def test_no_character_of_a_title_breaks_the_xml(ksmy: Ksmy, odd: str) -> None:
    assert ksmy("update", "CCS-START", "--title", f"before{odd}after").code == 0
    shown = _title(drawn(ksmy).row("CCS-START"))
    assert re.match("CCS-START: before.*after, ", shown)


def test_a_window_of_a_year_spans_exactly_the_quarters_of_that_year(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy)
    left, right = drawing.box("FTA-CONCLUDE", "overdue")
    assert left == pytest.approx(drawing.year(2025), abs=NEAR)
    assert right == pytest.approx(drawing.year(2026), abs=NEAR)


def test_a_window_of_a_quarter_spans_exactly_that_quarter(ksmy: Ksmy) -> None:
    assert ksmy("update", "HYDROGEN", "--due", "2026-Q2").code == 0
    drawing = drawn(ksmy)
    left, right = drawing.box("HYDROGEN", "upcoming")
    _, second, third, _ = drawing.quarters(2026)
    assert left == pytest.approx(second, abs=NEAR)
    assert right == pytest.approx(third, abs=NEAR)


def test_a_single_day_can_be_seen(ksmy: Ksmy) -> None:
    assert ksmy("update", "HYDROGEN", "--due", "2026-06-30").code == 0
    left, right = drawn(ksmy).box("HYDROGEN", "upcoming")
    assert 3 <= right - left < 5


def test_lines_stand_in_the_order_of_their_last_days(after_summit: Path) -> None:
    drawing = drawing_of(after_summit)
    assert drawing.refs() == ["FTA-CONCLUDE", "FA50M-DELIVERY", "CCS-START"]
    tops = [float(next(drawing.row(ref).iter(f"{SVG}text")).get("y", "")) for ref in drawing.refs()]
    assert tops == sorted(set(tops))


@pytest.mark.parametrize(
    ("changes", "deadline"),
    [
        ((), "upcoming"),
        (("--due", "2025"), "overdue"),
        (("--due", "2026-02"), "due-soon"),
        (("--status", "completed"), "met"),
        (("--status", "completed", "--due", "2025"), "met-late"),
        (("--status", "cancelled"), "closed"),
    ],
)
def test_the_deadline_state_is_said_in_words_and_not_by_colour_alone(
    ksmy: Ksmy, changes: tuple[str, ...], deadline: str
) -> None:
    if changes:
        assert ksmy("update", "CCS-START", *changes).code == 0
    drawing = drawn(ksmy)
    row = drawing.row("CCS-START")
    ref, title, state = [one.text or "" for one in row.iter(f"{SVG}text")]
    assert (ref, state) == ("CCS-START", deadline)
    assert title.endswith("…")
    assert "Start the joint carbon capture and storage project".startswith(title.removesuffix("…"))
    assert f", {deadline}, due " in _title(row)
    assert drawing.box("CCS-START", deadline)
    (style,) = drawing.all("style")
    assert f".timeline .{deadline}" in (style.text or "")


def test_today_is_a_line_at_its_day(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy, "--as-of", "2026-07-02")
    (line,) = drawing.all("line", "today")
    assert line.get("x1") == line.get("x2")
    first, last = drawing.year(2026), drawing.year(2027)
    assert float(line.get("x1", "")) == pytest.approx(first + (last - first) * 182 / 365, abs=NEAR)
    assert [one.text for one in drawing.all("text") if "today" in (one.text or "")] == ["today 2026-07-02"]


def test_today_is_not_drawn_where_it_is_out_of_the_picture(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy, "--from", "2027", "--to", "2030")
    assert not list(drawing.all("line", "today"))
    assert not [one for one in drawing.all("text") if "today" in (one.text or "")]


def test_the_first_due_date_stays_as_a_dashed_frame(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2027").code == 0
    drawing = drawn(ksmy)
    left, right = drawing.box("FTA-CONCLUDE", "baseline")
    assert left == pytest.approx(drawing.year(2025), abs=NEAR)
    assert right == pytest.approx(drawing.year(2026), abs=NEAR)
    now, _ = drawing.box("FTA-CONCLUDE", "upcoming")
    assert now == pytest.approx(drawing.year(2027), abs=NEAR)
    (style,) = drawing.all("style")
    assert re.search(r"\.baseline\{[^}]*fill:none[^}]*stroke-dasharray", style.text or "")
    assert not [one for one in drawing.row("CCS-START").iter(f"{SVG}rect") if one.get("class") == "baseline"]


def test_what_lies_outside_of_the_picture_leaves_nothing_at_its_edge(ksmy: Ksmy) -> None:
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2027").code == 0
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "2", "--due", "2026-05").code == 0
    row = drawn(ksmy, "--from", "2027", "--to", "2027").row("FTA-CONCLUDE")
    assert [one.get("class") for one in row.iter(f"{SVG}rect")] == ["upcoming"]
    assert not list(row.iter(f"{SVG}path"))
    row = drawn(ksmy, "--from", "2025", "--to", "2025").row("FTA-CONCLUDE")
    assert [one.get("class") for one in row.iter(f"{SVG}rect")] == ["baseline"]


def test_a_milestone_that_is_met_is_a_filled_mark_on_the_day_it_was_met(after_summit: Path) -> None:
    drawing = drawing_of(after_summit)
    (mark,) = drawing.marks("FTA-CONCLUDE")
    assert mark.get("class") == "mark reached"
    assert _title(mark) == "1. Negotiations concluded: met"
    first, last = drawing.year(2025), drawing.year(2026)
    assert _at(mark) == pytest.approx(first + (last - first) * 298 / 365, abs=NEAR)  # 26 October
    (style,) = drawing.all("style")
    assert ".mark.reached{fill:var(--ink)}" in (style.text or "")


def test_an_open_milestone_is_an_empty_mark_on_its_last_day(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "2", "--due", "2025-11").code == 0
    drawing = drawn(ksmy)
    (mark,) = drawing.marks("FTA-CONCLUDE")
    assert mark.get("class") == "mark"
    first, last = drawing.year(2025), drawing.year(2026)
    assert _at(mark) == pytest.approx(first + (last - first) * 333 / 365, abs=NEAR)  # 30 November


def test_a_milestone_that_was_not_met_looks_like_neither_an_open_one_nor_a_met_one(ksmy: Ksmy) -> None:
    for number, state in (("1", "met"), ("2", "not-met"), ("3", "scheduled")):
        given = ("--due", "2025-11", "--state", state)
        assert ksmy("milestone", "set", "FTA-CONCLUDE", number, *given).code == 0
    looks = [_look(mark) for mark in drawn(ksmy).marks("FTA-CONCLUDE")]
    assert len(set(looks)) == 3


def test_a_withdrawn_milestone_is_not_drawn(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "add", "CCS-START", "Site chosen", "--due", "2028").code == 0
    assert len(drawn(ksmy).marks("CCS-START")) == 1
    assert ksmy("undo").code == 0
    assert drawn(ksmy).marks("CCS-START") == []


def test_a_ref_too_long_for_its_place_is_cut_and_whole_in_its_title(hostile: Path) -> None:
    row = drawing_of(hostile).row(registers.LONG_REF)
    label = next(row.iter(f"{SVG}text")).text or ""
    assert label.endswith("…")
    assert 10 <= len(label) < 64
    assert registers.LONG_REF.startswith(label.removesuffix("…"))
    assert _title(row).startswith(f"{registers.LONG_REF}: ")


def test_a_title_stands_whole_where_there_is_room_and_is_escaped(ksmy: Ksmy) -> None:
    assert ksmy("update", "CCS-START", "--title", "Store <b> & 탄소").code == 0
    drawing = drawn(ksmy)
    assert [one.text for one in drawing.row("CCS-START").iter(f"{SVG}text")][1] == "Store <b> & 탄소"


def test_no_letter_of_the_drawing_is_below_eight_points_on_a_sheet_of_a4(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy)
    _, _, width, _ = map(float, drawing.root.get("viewBox", "").split())
    (style,) = drawing.all("style")
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:(\d+)px", style.text or "")]
    assert sizes
    points = (210 - 2 * 15) / 25.4 * 72 / width
    assert min(sizes) * points >= 8


def test_the_drawing_is_dark_on_a_dark_screen_alone(ksmy: Ksmy) -> None:
    (style,) = drawn(ksmy).all("style")
    conditions = re.findall(r"@media ([^{]*)\{", style.text or "")
    assert conditions == ["screen and (prefers-color-scheme:dark)"]


def test_what_lies_outside_of_the_range_is_counted_in_the_description(ksmy: Ksmy) -> None:
    said = drawn(ksmy, "--from", "2028").root.findtext(f"{SVG}desc") or ""
    assert "1 dated commitment lies outside this range. 17 commitments without a due date." in said
    assert "outside" not in (drawn(ksmy).root.findtext(f"{SVG}desc") or "")


def test_a_range_in_which_nothing_is_due_says_so(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy, "--from", "2026-Q3", "--to", "2026-Q4")
    said = "Nothing is due from 2026-07-01 to 2026-12-31."
    assert said in [one.text for one in drawing.all("text")]
    assert (drawing.root.findtext(f"{SVG}desc") or "").startswith(
        f"{said} 2 dated commitments lie outside this range."
    )


def test_a_commitment_without_a_due_date_has_the_marks_of_its_milestones_and_no_bar(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "add", "HYDROGEN", "Plant", "--due", "2027-05").code == 0
    drawing = drawn(ksmy)
    row = drawing.row("HYDROGEN")
    assert _title(row) == "HYDROGEN: Cooperate on clean hydrogen, undated"
    assert not list(row.iter(f"{SVG}rect"))
    assert [_title(mark) for mark in drawing.marks("HYDROGEN")] == ["1. Plant: scheduled"]
    assert "HYDROGEN: Cooperate on clean hydrogen, undated. " in (drawing.root.findtext(f"{SVG}desc") or "")


def test_from_and_to_cut_the_picture_and_what_stands_outside_of_it(ksmy: Ksmy) -> None:
    drawing = drawn(ksmy, "--from", "2025-Q3", "--to", "2025-Q4")
    assert drawing.refs() == ["FTA-CONCLUDE"]
    (line,) = drawing.all("line", "grid")
    left, right = drawing.box("FTA-CONCLUDE", "overdue")
    assert left == float(line.get("x1", ""))
    assert right == pytest.approx(708, abs=NEAR)  # the right edge of the chart
    assert drawing.root.findtext(f"{SVG}title") == "Deadlines from 2025-07-01 to 2025-12-31"


def test_all_that_is_drawn_lies_within_the_picture(after_summit: Path, hostile: Path) -> None:
    for drawing in (drawing_of(after_summit), drawing_of(hostile), drawing_of(hostile, "--to", "2026-02")):
        _, _, width, height = map(float, drawing.root.get("viewBox", "").split())
        for box in drawing.all("rect"):
            assert 0 <= float(box.get("x", "0")) <= width - float(box.get("width", ""))
            assert 0 <= float(box.get("y", "0")) <= height - float(box.get("height", ""))
        for text in drawing.all("text"):
            assert 0 <= float(text.get("x", "")) < width
            assert 0 < float(text.get("y", "")) <= height


@pytest.mark.parametrize("due", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_can_be_drawn(ksmy: Ksmy, due: str) -> None:
    assert ksmy("update", "HYDROGEN", "--due", due).code == 0
    assert drawn(ksmy, "--from", "2025", "--to", "2030").refs() == ["FTA-CONCLUDE", "CCS-START"]
    year = due[:4]
    assert drawn(ksmy, "--from", year, "--to", year).refs() == ["HYDROGEN"]


@pytest.mark.parametrize(
    ("filters", "refs"),
    [
        (("--sector", "trade"), ["FTA-CONCLUDE"]),
        (("--sector", "trade,defence"), ["FTA-CONCLUDE", "FA50M-DELIVERY"]),
        (("--party", "MY"), ["FTA-CONCLUDE", "CCS-START"]),
        (("--agreement", "FA50M-2023"), ["FA50M-DELIVERY"]),
    ],
)
def test_filters_leave_out_what_they_do_not_let_through(
    after_summit: Path, filters: tuple[str, ...], refs: list[str]
) -> None:
    assert drawing_of(after_summit, *filters).refs() == refs


def test_an_empty_register_is_a_drawing_that_says_so(empty: Path) -> None:
    drawing = drawing_of(empty)
    assert drawing.refs() == []
    assert "There is no due date to draw." in [one.text for one in drawing.all("text")]
    assert drawing.root.findtext(f"{SVG}desc") == "No commitment has a due date."


def test_a_drawing_goes_into_a_file_whole(ksmy: Ksmy, tmp_path: Path) -> None:
    target = tmp_path / "plan.svg"
    ran = ksmy("timeline", "--format", "svg", "--output", str(target))
    assert (ran.out, ran.err, ran.code) == ("", "", 0)
    assert target.read_bytes() == drawn(ksmy).text.encode()
