"""The report as a web page: what stands in the file, before any browser reads it."""

import json
import re
from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from ksmy_tracker.domain.report import Listed, Report
from ksmy_tracker.domain.timeline import Timeline
from ksmy_tracker.render.web.report import as_html
from ksmy_tracker.render.wording import due_date, source_words
from tests import registers
from tests.conftest import Ksmy
from tests.rows import CITED, EMPTY, FULL, NOTHING, UPDATED

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Elements that have no end tag.
VOID: Final = ("meta", "link", "br", "hr", "img", "input", "wbr")

#: Every element a page may have.
KNOWN: Final = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "div"),
    *("h1", "h2", "p", "code", "span", "time", "wbr", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("a", "svg", "desc", "g", "rect", "line", "text", "path", "circle"),
}


class Element:
    """An element of a page with what it contains."""

    def __init__(self, name: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children: list[Element | str] = []

    def all(self, *names: str) -> "Iterator[Element]":
        """Every element of these names (or every one) in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                if not names or child.name in names:
                    yield child
                yield from child.all(*names)

    def one(self, name: str) -> "Element":
        (found,) = self.all(name)
        return found

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def within(self, name: str) -> bool:
        return self.parent is not None and (self.parent.name == name or self.parent.within(name))


class _Reader(HTMLParser):
    """Builds a page's tree; no tag may be left open, closed twice or closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)
        self.declarations: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.name == tag, f"</{tag}> where <{self.here.name}> is open"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data}")


def read(text: str) -> Element:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.name}> stays open"
    assert reader.declarations == ["DOCTYPE html"]
    return reader.root


def page(register: Path, *arguments: str) -> str:
    return registers.run(register, "report", "--format", "html", *arguments)


def section(root: Element, heading: str) -> Element:
    """The section whose heading begins so."""
    (found,) = [one for one in root.all("section") if one.one("h2").text.startswith(heading)]
    return found


def cells(table: Element) -> list[list[str]]:
    """A table's body."""
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


@pytest.fixture(params=["after_summit", "hostile", "empty"])
def each(request: pytest.FixtureRequest) -> Path:
    """Each of the registers in turn."""
    path: Path = request.getfixturevalue(request.param)
    return path


def test_every_tag_is_closed_in_its_turn_and_every_element_is_a_known_one(each: Path) -> None:
    root = read(page(each))
    assert {one.name for one in root.all()} <= KNOWN
    assert [one.name for one in root.children if isinstance(one, Element)] == ["html"]


def test_the_page_says_its_language_its_charset_and_how_wide_it_is(each: Path) -> None:
    text = page(each)
    root = read(text)
    assert root.one("html").attributes["lang"] == "en"
    assert '<meta charset="utf-8">' in text[:1024]
    metas = {one.attributes["name"]: one.attributes["content"] for one in root.all("meta") if _named(one)}
    assert metas["viewport"] == "width=device-width, initial-scale=1"
    assert metas["color-scheme"] == "light dark"


def _named(meta: Element) -> bool:
    return "name" in meta.attributes


def test_the_policy_lets_through_the_pages_own_style_and_nothing_else(each: Path) -> None:
    root = read(page(each))
    (policy,) = [
        one.attributes["content"]
        for one in root.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style = root.one("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    assert dict(part.strip().split(" ", 1) for part in policy.split(";")) == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    names = [one.name for one in root.one("head").all()]
    assert names.index("style") > 1  # the policy, among the metas, comes first


def test_nothing_on_the_page_runs_or_is_fetched_and_it_leads_nowhere_but_to_sources(each: Path) -> None:
    root = read(page(each))
    for one in root.all():
        if one.name == "a":
            assert re.match("https?://", one.attributes.pop("href"))
            assert one.attributes == {"rel": "nofollow noreferrer"}
        for name in one.attributes:
            assert not name.startswith("on")
            assert name not in ("style", "src", "srcset", "href", "xlink:href", "action", "background")
    assert not re.search(r"url\(|@import|@font-face|image-set|//", root.one("style").text)
    assert not [one for one in root.all("meta") if one.attributes.get("http-equiv") == "refresh"]


def test_headings_are_in_order_below_one_title(each: Path) -> None:
    root = read(page(each))
    assert [one.name for one in root.all("h1", "h2", "h3", "h4", "h5", "h6")] == ["h1"] + ["h2"] * 11
    assert root.one("h1").text == root.one("head").one("title").text
    assert [one.one("h2").text.partition(":")[0] for one in root.all("section")] == [
        "Where it stands",
        "Overdue",
        "Due within 90 days",
        "Timeline",
        "Contradicts itself",
        "Next milestones",
        "Quantities",
        "Sources disagree",
        "Moved since 2025-12-16",
        "Entries since 2025-12-16",
        "Not looked at for 180 days",
    ]


def test_each_section_is_named_by_its_heading_and_no_id_comes_twice(each: Path) -> None:
    root = read(page(each))
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    assert len(set(ids)) == len(ids)
    for one in root.all("section"):
        assert one.attributes["aria-labelledby"] == one.one("h2").attributes["id"]
    for one in root.all():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(one.attributes.get(name, "").split()) <= set(ids)


def test_each_table_has_a_caption_and_a_scope_for_each_heading(each: Path) -> None:
    tables = list(read(page(each)).all("table"))
    assert len(tables) >= 3
    for table in tables:
        assert [one.name for one in table.children if isinstance(one, Element)] == [
            "caption",
            "thead",
            "tbody",
        ]
        assert table.one("caption").text.strip()
        heads = list(table.one("thead").all("th"))
        assert {one.attributes["scope"] for one in heads} == {"col"}
        assert not list(table.one("thead").all("td"))
        for row in table.one("tbody").all("tr"):
            assert [one.attributes["scope"] for one in row.all("th")] == ["row"]
            assert len(list(row.all("th", "td"))) == len(heads)


def test_the_timeline_has_a_name_and_says_in_words_what_it_shows(after_summit: Path) -> None:
    root = read(page(after_summit))
    pictures = list(root.all("svg"))
    assert [one.attributes["class"] for one in pictures] == ["timeline wide", "timeline narrow"]
    for svg in pictures:
        assert svg.attributes["role"] == "img"
        title, desc = [one for one in svg.children if isinstance(one, Element)][:2]
        assert title.text == "Deadlines from 2025-01-01 to 2029-12-31"
        assert desc.text.startswith(
            "FTA-CONCLUDE: Conclude the bilateral free trade agreement, overdue, due 2025"
        )
        assert desc.text.endswith("16 commitments without a due date.")
        assert svg.attributes["aria-labelledby"].split() == [title.attributes["id"], desc.attributes["id"]]


def test_the_page_says_under_its_picture_how_many_have_no_due_date(after_summit: Path) -> None:
    timeline = section(read(page(after_summit)), "Timeline")
    assert [one.text for one in timeline.all("p")] == ["16 commitments have no due date."]


def test_a_page_without_any_due_date_has_a_sentence_and_no_picture(after_summit: Path) -> None:
    timeline = section(read(page(after_summit, "--sector", "tourism")), "Timeline")
    assert not list(timeline.all("svg"))
    assert [one.text for one in timeline.all("p")] == [
        "There is no due date to draw.",
        "1 commitment has no due date.",
    ]


def test_what_is_overdue_is_marked_in_its_row(ksmy: Ksmy) -> None:
    assert ksmy("milestone", "set", "FTA-CONCLUDE", "1", "--due", "2025-06").code == 0
    assert ksmy("update", "HYDROGEN", "--due", "2026-02").code == 0
    root = read(ksmy("report", "--format", "html").out)
    for name, marks in (
        ("Overdue: 2", ["overdue", "overdue"]),
        ("Due within", ["due-soon"]),
        ("Next milestones", ["overdue"]),
        ("Entries since", ["", ""]),
    ):
        rows = section(root, name).one("tbody").all("tr")
        assert [row.attributes.get("class", "") for row in rows] == marks
    (counted,) = [row for row in section(root, "Where").all("tr") if "class" in row.attributes][:1]
    assert (counted.one("th").text, counted.attributes["class"]) == ("overdue", "overdue")
    (following,) = cells(section(root, "Next milestones").one("table"))
    assert following[2] == "1. Negotiations concluded, scheduled, overdue, due 2025-06, 199 days ago"


def test_a_column_in_which_nothing_stands_is_left_out(ksmy: Ksmy) -> None:
    def columns() -> list[str]:
        table = section(read(ksmy("report", "--format", "html").out), "Overdue").one("table")
        return [one.text for one in table.one("thead").all("th")]

    assert columns() == ["Ref", "Title", "Parties", "Due", "Last day", "When"]
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2026-01-05").code == 0
    assert columns()[-2:] == ["When", "Slipped"]


def said(value: Any) -> str:
    """A value of the JSON report as the page has it."""
    return ", ".join(value) if isinstance(value, list) else due_date(str(value))


def test_the_page_says_what_the_report_says(after_summit: Path) -> None:
    root = read(page(after_summit))
    report = json.loads(registers.run(after_summit, "report", "--format", "json"))
    assert root.one("h1").text == "Republic of Korea - Malaysia: what was promised, as of 2026-01-15"
    assert root.one("header").one("p").text == report["summary"]
    tables = {one.one("caption").text: one for one in root.all("table")}
    assert dict(cells(tables["By lead"])) == {
        **{word: f"{count:,}" for word, count in report["by_lead"].items()},
        "none": f"{report['without_lead']:,}",
    }
    for kind in ("status", "firmness", "deadline", "sector"):
        shown = {word: f"{count:,}" for word, count in report[f"by_{kind}"].items() if count}
        assert dict(cells(tables[f"By {kind}"])) == shown
    assert cells(section(root, "Overdue: 1").one("table")) == [
        [
            "FTA-CONCLUDE",
            "Conclude the bilateral free trade agreement",
            "both",
            "MITI, KR-TRADE",
            "2025",
            "2025-12-31",
            "15 days ago",
            "2026-H1",
        ]
    ]
    assert not list(section(root, "Due within 90 days: none").all("table"))
    moved = cells(section(root, "Moved since 2025-12-16").one("table"))
    assert [(*row[:2], row[3]) for row in moved] == [
        (one["ref"], one["field"].replace("_", " "), said(one["new"])) for one in report["moved"]
    ]
    assert [
        "FTA-CONCLUDE",
        *("deadline", "due-soon", "overdue", "calendar, overdue since 2026-01-01"),
    ] in moved
    assert [row[0] for row in cells(section(root, "Not looked at").one("table"))] == [
        one["ref"] for one in report["quiet"]
    ]
    assert root.one("footer").one("code").text == report["head"]


def test_the_summary_does_not_deny_what_the_lists_show(ksmy: Ksmy) -> None:
    """A milestone may be overdue, or due soon, where no commitment is."""
    assert ksmy("update", "FTA-CONCLUDE", "--due", "2029").code == 0
    for number, due in (("1", "2025-12"), ("2", "2026-02")):
        assert ksmy("milestone", "set", "FTA-CONCLUDE", number, "--due", due).code == 0
    root = read(ksmy("report", "--format", "html").out)
    assert cells(section(root, "Overdue: 1 (1 milestone)").one("table"))[0][0] == "FTA-CONCLUDE/1"
    assert cells(section(root, "Due within 90 days: 1").one("table"))[0][0] == "FTA-CONCLUDE/2"
    summary = root.one("header").one("p").text
    assert "1 milestone is overdue; 1 milestone is due within 90 days." in summary


def test_hostile_titles_stand_in_the_cells_as_they_are(hostile: Path) -> None:
    text = page(hostile)
    root = read(text)
    titles = {cell for table in root.all("table") for row in cells(table) for cell in row}
    for shown in registers.SHOWN.values():
        assert shown in titles
    for described in root.all("desc"):
        for shown in registers.SHOWN.values():
            assert shown in described.text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069]", text)


def test_hostile_notes_stand_in_the_cells_too(hostile: Path) -> None:
    changed = cells(section(read(page(hostile)), "Entries since").one("table"))
    said = {row[1]: row[2] for row in changed if row[2].startswith("noted (")}
    for name in registers.NOTED:
        assert said[registers.REFS[name]] == f"noted ({registers.SHOWN[name]}) [{registers.SHOWN[name]}]"


def test_a_template_in_a_title_is_not_filled_in(ksmy: Ksmy) -> None:
    title = "{{ 7 * 7 }} {{ report.head }} {% include 'report.css' %} {# gone #}"
    assert ksmy("update", "FTA-CONCLUDE", "--title", title).code == 0
    overdue = section(read(ksmy("report", "--format", "html").out), "Overdue")
    assert cells(overdue.one("table"))[0][1] == title


def test_the_same_register_on_the_same_day_gives_the_same_bytes(each: Path, tmp_path: Path) -> None:
    first = page(each)
    assert page(each) == first
    assert page(each, "--as-of", "2026-01-15") == first
    target = tmp_path / "report.html"
    registers.run(each, "report", "--format", "html", "--output", str(target))
    assert target.read_bytes() == first.encode()


def test_an_empty_register_has_a_page_that_says_so(empty: Path) -> None:
    root = read(page(empty))
    assert root.one("header").one("p").text == "There is no commitment here yet."
    assert not list(root.all("svg"))
    assert [one.text for one in section(root, "Timeline").all("p")] == ["There is no due date to draw."]
    assert [one.one("h2").text.rpartition(": ")[2] for one in root.all("section")].count("none") == 9
    assert root.one("footer").one("code").text == "none"


def test_filters_narrow_the_lists_and_the_drawing(after_summit: Path) -> None:
    root = read(page(after_summit, "--sector", "green-energy", "--party", "MY"))
    assert root.one("h1").text.endswith(" (green-energy, MY), as of 2026-01-15")
    assert [one.text.strip().partition("\n")[0] for one in root.all("g")] == [
        "CCS-START: Start the carbon capture and storage project, upcoming, due 2029"
    ] * 2
    tables = {one.one("caption").text: one for one in root.all("table")}
    assert cells(tables["By sector"]) == [["green-energy", "4"]]


def add_many(ksmy: Ksmy, batch: Path, dues: list[str]) -> None:
    new = {"op": "add", "title": "One of many", "agreement": "FTA", "sector": "trade", "firmness": "agreed"}
    lines = [{**new, "ref": f"MANY-{due}", "due": due} for due in dues]
    batch.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    ran = ksmy("apply", str(batch))
    assert ran.code == 0, ran.err


def test_a_list_of_many_is_cut_and_says_how_many_more_there_are(ksmy: Ksmy, tmp_path: Path) -> None:
    first = date(2026, 2, 1)
    add_many(ksmy, tmp_path / "many.jsonl", [str(first + timedelta(days=more)) for more in range(60)])
    soon = section(read(ksmy("report", "--format", "html").out), "Due within 90 days: 60")
    shown = [row[0] for row in cells(soon.one("table"))]
    assert (len(shown), shown[0], shown[-1]) == (50, "MANY-2026-02-01", "MANY-2026-03-22")
    assert [one.text for one in soon.all("p")] == ["and 10 more: ksmy due --within 90 --known-on 2026-01-15"]


def test_the_drawing_has_the_nearest_deadlines_and_the_page_says_how_many_more_there_are(
    ksmy: Ksmy, tmp_path: Path
) -> None:
    add_many(ksmy, tmp_path / "many.jsonl", [str(year) for year in range(2030, 2090)])
    drawing = section(read(ksmy("report", "--format", "html").out), "Timeline")
    drawn = {one.text.strip().partition(":")[0] for one in drawing.all("g")}
    assert {"FTA-CONCLUDE", "CCS-START", "MANY-2030", "MANY-2051"} <= drawn
    assert "MANY-2052" not in drawn
    # One deadline has passed and 61 lie ahead; 24 are drawn.
    assert [one.text for one in drawing.all("p")] == [
        "and 38 more with a due date: 38 later",
        "17 commitments have no due date.",
    ]


def test_what_is_due_today_is_drawn_first_of_what_lies_ahead(ksmy: Ksmy, tmp_path: Path) -> None:
    add_many(ksmy, tmp_path / "many.jsonl", ["2026-01-15", *(str(year) for year in range(2030, 2060))])
    drawing = section(read(ksmy("report", "--format", "html").out), "Timeline")
    drawn = [one.text.strip().partition(":")[0] for one in drawing.all("g")]
    assert drawn[:3] == ["FTA-CONCLUDE", "MANY-2026-01-15", "CCS-START"]


def test_of_what_is_drawn_a_quarter_is_overdue_at_most_and_the_rest_is_told_by_kind(
    ksmy: Ksmy, tmp_path: Path
) -> None:
    past = [str(date(2025, 1, 1) + timedelta(days=more)) for more in range(30)]
    add_many(ksmy, tmp_path / "many.jsonl", [*past, *(str(year) for year in range(2030, 2060))])
    for ref in ("MANY-2025-01-01", "MANY-2059"):
        assert ksmy("update", ref, "--status", "completed").code == 0
    drawing = section(read(ksmy("report", "--format", "html").out), "Timeline")
    (wide, _) = drawing.all("svg")
    drawn = [one.text.strip().partition(":")[0] for one in wide.all("g")]
    assert drawn[:6] == [*(f"MANY-2025-01-{day}" for day in (26, 27, 28, 29, 30)), "FTA-CONCLUDE"]
    assert drawn[6:] == ["CCS-START", *(f"MANY-{year}" for year in range(2030, 2047))]
    assert next(one.text for one in drawing.all("p")) == (
        "and 38 more with a due date: 24 overdue, 12 later, 2 completed or cancelled"
    )


def linked(one: Report) -> list[tuple[str, str]]:
    """Where a page leads, with the words that lead there."""
    root = read(as_html(one, Timeline(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 15), (), 0, 0)))
    return [(link.attributes["href"], link.text) for link in root.all("a")]


def test_a_source_that_is_cited_leads_to_its_address() -> None:
    assert linked(FULL) == [("https://star.example/jets", "The Star, 2025-12-18 (STAR-JETS)")]
    citing = UPDATED._replace(evidence=["STAR-JETS"], cited=[CITED])
    assert linked(FULL._replace(changed=Listed([citing], 1), disagreements=NOTHING)) == linked(FULL)
    assert linked(EMPTY) == []


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "ftp://star.example/jets", "//star.example"])
def test_an_address_that_no_source_can_have_leads_nowhere(url: str | None) -> None:
    citing = UPDATED._replace(evidence=["STAR-JETS"], cited=[CITED._replace(url=url)])
    assert linked(FULL._replace(changed=Listed([citing], 1), disagreements=NOTHING)) == []


def test_an_address_is_escaped_in_its_link() -> None:
    url = 'https://star.example/?a=1&b="><script>'
    citing = UPDATED._replace(evidence=["STAR-JETS"], cited=[CITED._replace(url=url)])
    assert linked(FULL._replace(changed=Listed([citing], 1), disagreements=NOTHING)) == [
        (url, "The Star, 2025-12-18 (STAR-JETS)")
    ]


@pytest.mark.parametrize("publisher", ["As {} says", "{} again"])
def test_a_source_whose_words_have_those_of_another_in_them_is_one_link(publisher: str) -> None:
    named = publisher.format(source_words(CITED))
    within = CITED._replace(ref="OTHER", publisher=named, url="https://other.example/")
    citing = UPDATED._replace(evidence=["STAR-JETS", "OTHER"], cited=[CITED, within])
    assert linked(FULL._replace(changed=Listed([citing], 1), disagreements=NOTHING)) == [
        ("https://star.example/jets", "The Star, 2025-12-18 (STAR-JETS)"),
        ("https://other.example/", f"{named}, 2025-12-18 (OTHER)"),
    ]


def test_the_page_has_a_table_of_leads_of_quantities_and_of_where_sources_disagree() -> None:
    root = read(as_html(FULL, Timeline(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 15), (), 0, 0)))
    tables = {one.one("caption").text: one for one in root.all("table")}
    assert cells(tables["By lead"]) == [["MITI", "1"], ["none", "1"]]
    assert cells(section(root, "Quantities: 1").one("table")) == [
        ["FTA-CONCLUDE:LINES", "Tariff lines freed", "6 lines (2025-Q4)", "18", "33", "2025-Q1 2, 2025-Q4 6"]
    ]
    assert cells(section(root, "Sources disagree: 1").one("table")) == [
        [
            *("FTA-CONCLUDE", "status", "in-progress [Joint statement]"),
            "completed, says KR [The Star, 2025-12-18 (STAR-JETS); A speech]; cancelled",
        ]
    ]
