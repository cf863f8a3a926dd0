"""The web page and the drawing in a real Chromium: silent, inert, readable at every width, printable.

Some seventy visits, each in a context of its own, take half a minute.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

from tests import registers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

Scheme = Literal["light", "dark"]

NAMES: Final = ("ordinary", "hostile", "empty")
WIDTHS: Final = (360, 1200)

#: A4 in PDF points, and its width within the margins of 15 mm in CSS pixels.
A4: Final = (595, 842)
PRINTED_WIDTH: Final = 680
PRINTED_HEIGHT: Final = 1009

_WATCH: Final = """
window.violations = [];
window.addEventListener('securitypolicyviolation', event => window.violations.push(event.effectiveDirective));
"""


@dataclass
class Visit:
    """A page that is open, and everything that it did or asked for since."""

    page: "Page"
    said: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    def refuse(self, dialog: "Dialog") -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)

    def wait_for(self, condition: str) -> None:
        """Look at every frame, for five seconds; Playwright's own way of waiting goes against the policy."""
        assert self.ask(
            f"""new Promise(done => {{
                const end = performance.now() + 5000;
                const look = () => ({condition}) ? done(true)
                    : performance.now() > end ? done(false) : requestAnimationFrame(look);
                look();
            }})"""
        ), f"{condition} never came true"

    @property
    def width(self) -> int:
        """As wide as there is something to scroll to."""
        return int(self.ask("document.scrollingElement.scrollWidth"))

    @property
    def violations(self) -> list[str]:
        """The directives of the page's policy that something went against."""
        return list(self.ask("window.violations"))


@contextmanager
def visit(
    browser: "Browser", path: Path, width: int = 1200, scheme: Scheme = "light", *, bypass_csp: bool = False
) -> Iterator[Visit]:
    """Open a file in a new context."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=bypass_csp
    )
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.set_default_timeout(10_000)
    found = Visit(page)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("dialog", found.refuse)
    page.on("popup", lambda popup: found.said.append(popup.url))
    page.on("request", lambda request: found.asked_for.append(request.url))
    page.goto(path.as_uri())
    yield found
    context.close()


# --- silent and inert ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", [f"{name}{kind}" for name in NAMES for kind in (".html", ".svg")])
def test_a_page_says_nothing_asks_for_nothing_and_runs_nothing(
    chromium: "Browser", shown: dict[str, Path], file: str, scheme: Scheme
) -> None:
    with visit(chromium, shown[file], scheme=scheme) as seen:
        title = seen.page.title()
        for _ in range(3):
            seen.page.keyboard.press("Tab")
        seen.page.mouse.move(300, 300)
        seen.page.mouse.click(300, 300)
        seen.page.keyboard.press("End")
        seen.ask("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        assert seen.said == []
        assert seen.asked_for == [shown[file].as_uri()]
        assert seen.violations == []
        assert seen.ask("[typeof window.ran, document.scripts.length]") == ["undefined", 0]
        assert seen.page.url == shown[file].as_uri()
        assert seen.page.title() == title
        assert title.startswith(
            "Republic of Korea - Malaysia: what was promised" if file.endswith(".html") else "Deadlines from "
        )


def test_a_style_that_was_changed_is_refused(
    chromium: "Browser", shown: dict[str, Path], tmp_path: Path
) -> None:
    changed = tmp_path / "changed.html"
    written = shown["ordinary.html"].read_text(encoding="utf-8")
    changed.write_text(written.replace("<style>", "<style>/**/"), encoding="utf-8")
    background = "getComputedStyle(document.querySelector('thead th')).backgroundColor"
    with visit(chromium, shown["ordinary.html"]) as seen:
        assert seen.ask(background) == "rgb(246, 248, 250)"
    with visit(chromium, changed) as seen:
        assert seen.violations == ["style-src-elem"]
        assert len(seen.said) == 1
        assert seen.ask(background) == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize(
    ("injected", "directive"),
    [
        ("<script>window.ran=1</script>", "script-src-elem"),
        ("<script src='https://evil.example/a.js'></script>", "script-src-elem"),
        ("<img src='https://evil.example/a.png'>", "img-src"),
        ("<p onclick='window.ran=1' id='click'>x</p>", "script-src-attr"),
        ("<link rel='stylesheet' href='https://evil.example/a.css'>", "style-src-elem"),
        ("<p style='color:red'>x</p>", "style-src-attr"),
        ("<iframe src='https://evil.example/'></iframe>", "frame-src"),
        ("<form action='https://evil.example/'><button id='click'>x</button></form>", "form-action"),
    ],
)
def test_what_somebody_put_into_the_file_would_be_refused(
    chromium: "Browser", shown: dict[str, Path], tmp_path: Path, injected: str, directive: str
) -> None:
    """Also shows that these tests would notice: the watching works."""
    changed = tmp_path / "changed.html"
    written = shown["ordinary.html"].read_text(encoding="utf-8")
    changed.write_text(written.replace("<main>", f"<main>{injected}"), encoding="utf-8")
    with visit(chromium, changed) as seen:
        if "id='click'" in injected:
            seen.ask("document.getElementById('click').click()")
        seen.wait_for("window.violations.length")
        assert directive in seen.violations
        assert seen.said
        assert seen.ask("typeof window.ran") == "undefined"


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_titles_are_shown_as_they_are(
    chromium: "Browser", shown: dict[str, Path], width: int
) -> None:
    with visit(chromium, shown["hostile.html"], width) as seen:
        cells = {
            text: size
            for text, *size in seen.ask(
                """[...document.querySelectorAll('tbody td')].filter(cell => cell.textContent).map(cell => {
                    const box = cell.getBoundingClientRect();
                    return [cell.textContent, box.width, box.height];
                })"""
            )
        }
        for text in registers.SHOWN.values():
            wide, high = cells[text]
            assert wide >= 60
            assert high >= 15
        read = seen.page.inner_text("main")
        for text in registers.SHOWN.values():
            assert text in read
        assert set(seen.ask("[...document.querySelectorAll('td *')].map(one => one.outerHTML)")) <= {
            f"<time>2026-03-{day}</time>" for day in ("01", "03", "05", "09", "13", "17", "21", "31")
        } | {
            f"<time>{day}</time>"
            for day in (*registers.LAST_DAYS.values(), *registers.NEWS_DAYS, "2026-01-01")
        }


# --- readable --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_page_never_scrolls_sideways(chromium: "Browser", shown: dict[str, Path], name: str) -> None:
    """Not at the widths that people have, nor on either side of where the tables change their form."""
    with visit(chromium, shown[f"{name}.html"]) as seen:
        found = {}
        for width in (320, 360, 600, 640, 641, 700, 768, 769, 1024, 1200):
            seen.page.set_viewport_size({"width": width, "height": 800})
            found[width] = seen.width
        assert found == {width: width for width in found}


def test_a_due_date_that_is_an_interval_does_not_widen_the_page(
    chromium: "Browser", after_summit: Path, tmp_path: Path
) -> None:
    register = Path(shutil.copy(after_summit, tmp_path / "register.db"))
    interval = ("--due", "2025-01-01/2025-12-10", "--on", "2025-12-01", "--by", "desk")
    registers.run(register, "update", "TOURISM", *interval)
    registers.run(register, "report", "--format", "html", "--output", str(tmp_path / "page.html"))
    with visit(chromium, tmp_path / "page.html", 641) as seen:
        assert seen.width == 641
        seen.page.set_viewport_size({"width": PRINTED_WIDTH, "height": 800})
        seen.page.emulate_media(media="print")
        assert seen.width == PRINTED_WIDTH


@pytest.mark.parametrize("name", ["ordinary", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_hidden_behind_something(
    chromium: "Browser", shown: dict[str, Path], name: str, width: int
) -> None:
    """Everything lies between the page's edges, the picture too."""
    with visit(chromium, shown[f"{name}.html"], width) as seen:
        outside = seen.ask(
            """[...document.querySelectorAll('body *')]
                .filter(one => !one.closest('svg, caption, .list thead') || one.matches('svg.timeline'))
                .filter(one => {
                    const box = one.getBoundingClientRect();
                    return box.left < 0 || box.right > innerWidth + .5 || one.scrollWidth > one.clientWidth + 1
                        && getComputedStyle(one).overflowX !== 'auto' && one.clientWidth;
                })
                .map(one => one.tagName + ' ' + one.textContent.trim().slice(0, 40))"""
        )
        assert outside == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_date_is_never_broken_over_two_lines(
    chromium: "Browser", shown: dict[str, Path], width: int
) -> None:
    with visit(chromium, shown["ordinary.html"], width) as seen:
        broken = seen.ask(
            r"""(() => {
                const found = [];
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const node = walker.currentNode;
                    if (node.parentElement.closest('svg, caption')) continue;
                    for (const date of node.data.matchAll(/\d{4}-\d\d-\d\d/g)) {
                        const range = document.createRange();
                        range.setStart(node, date.index);
                        range.setEnd(node, date.index + date[0].length);
                        const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
                        if (tops.size > 1) found.push(node.data.trim());
                    }
                }
                return found;
            })()"""
        )
        assert broken == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(
    chromium: "Browser", shown: dict[str, Path], axe: str, name: str, scheme: Scheme
) -> None:
    """Its script has to come in by the side door: the page's policy lets none through."""
    with visit(chromium, shown[f"{name}.html"], scheme=scheme, bypass_csp=True) as seen:
        seen.page.add_script_tag(content=axe)
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 800})
            found = seen.ask("axe.run(document)")
            violations = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
            assert (width, violations) == (width, [])
            looked_at = {"color-contrast", "document-title", "region", "heading-order"}
            looked_at |= set() if name == "empty" else {"svg-img-alt"}
            assert looked_at <= {one["id"] for one in found["passes"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", ["hostile.html", "hostile.svg"])
def test_the_drawing_has_enough_contrast(
    chromium: "Browser", shown: dict[str, Path], file: str, scheme: Scheme
) -> None:
    """What axe leaves open: text of 4.5 to 1 and shapes of 3 to 1 against the paper (WCAG 1.4.3 and 1.4.11)."""
    with visit(chromium, shown[file], scheme=scheme) as seen:
        paper, ink, shapes = seen.ask(
            """(() => {
                const all = names => [...document.querySelectorAll(names)].map(one => getComputedStyle(one));
                return [
                    all('.paper')[0].fill,
                    all('svg text, text').map(style => style.fill),
                    [
                        ...all('rect:not(.paper):not(.baseline)').map(style => style.fill),
                        ...all('.baseline, .today, .mark').map(style => style.stroke),
                    ],
                ];
            })()"""
        )
        assert (_luminance(paper) > 0.9) == (scheme == "light")
        assert len(ink) > 30
        assert len(shapes) > 20
        assert min(_contrast(colour, paper) for colour in ink) >= 4.5
        assert min(_contrast(colour, paper) for colour in shapes) >= 3


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of `rgb(…)`, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("width", WIDTHS)
def test_a_screen_reader_meets_headings_tables_and_a_picture_in_words(
    chromium: "Browser", shown: dict[str, Path], width: int
) -> None:
    """What a narrow page lays out as blocks stays a table to those who cannot see it."""
    with visit(chromium, shown["ordinary.html"], width) as seen:
        tree = seen.page.context.new_cdp_session(seen.page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = [node for node in tree if not node["ignored"]]

    def named(role: str) -> list[str]:
        return [node["name"]["value"] for node in nodes if node["role"]["value"] == role]

    assert named("heading")[:3] == [
        "Republic of Korea - Malaysia: what was promised, as of 2026-01-15",
        "Where it stands",
        "Overdue: 1",
    ]
    assert named("table") == [
        "By status",
        "By firmness",
        "By sector",
        "By deadline",
        "By lead",
        "Overdue",
        "Contradicts itself",
        "Next milestones",
        "Quantities",
        "Sources disagree",
        "Moved since 2025-12-16",
        "Entries since 2025-12-16",
        "Not looked at for 180 days",
    ]
    assert {"Ref", "Title", "Newest entry", "Status", "Commitments"} <= set(named("columnheader"))
    assert {"FTA-CONCLUDE", "planned", "trade", "HYDROGEN"} <= set(named("rowheader"))
    assert [name for name in named("cell") if name.endswith("Cooperate on clean hydrogen")]
    (picture,) = [node for node in nodes if node["role"]["value"] == "image"]
    said = picture["name"]["value"] + picture.get("description", {}).get("value", "")
    assert said.startswith("Deadlines from 2025-01-01 to 2029-12-31")
    assert "overdue, due 2025 (2025-01-01 to 12-31), expected 2026-H1." in said


@pytest.mark.parametrize("name", ["ordinary", "hostile"])
@pytest.mark.parametrize(
    ("width", "shown_one", "letters"),
    [(360, "narrow", 12), (768, "narrow", 12), (769, "wide", 12), (1200, "wide", 14)],
)
def test_one_picture_is_shown_whole_and_readable_at_every_width(
    chromium: "Browser", shown: dict[str, Path], name: str, width: int, shown_one: str, letters: int
) -> None:
    with visit(chromium, shown[f"{name}.html"], width) as seen:
        boxes = seen.ask(
            """[...document.querySelectorAll('svg')].filter(one => one.getBoundingClientRect().width).map(one => {
                const {left, right, width} = one.getBoundingClientRect();
                const size = parseFloat(getComputedStyle(one.querySelector('text')).fontSize);
                return [one.classList[1], left, right, size * width / one.viewBox.baseVal.width];
            })"""
        )
        ((which, left, right, size),) = boxes
        assert which == shown_one
        assert 0 <= left < right <= width
        assert letters <= size < 20
        today = seen.ask(
            """[...document.querySelectorAll('svg .today')].map(one => one.getBoundingClientRect())
                .filter(box => box.height).map(box => box.left)"""
        )
        assert all(left < x < right for x in today)
        assert today


@pytest.mark.parametrize("name", ["ordinary", "hostile"])
def test_no_text_of_the_narrow_picture_lies_on_another(
    chromium: "Browser", shown: dict[str, Path], name: str
) -> None:
    with visit(chromium, shown[f"{name}.html"], 360) as seen:
        assert _collisions_in(seen, "svg.narrow") == []


@pytest.mark.parametrize("width", [769, 1200])
def test_a_ref_is_never_broken_over_two_lines(
    chromium: "Browser", shown: dict[str, Path], width: int
) -> None:
    with visit(chromium, shown["ordinary.html"], width) as seen:
        heights = seen.ask(
            """[...document.querySelectorAll('.list tbody th, [data-name="when"], [data-name="newest entry"]')].map(
                one => { const range = document.createRange(); range.selectNodeContents(one);
                return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size; })"""
        )
        assert len(heights) > 30
        assert set(heights) == {1}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_overdue_is_told_by_colour_and_weight(
    chromium: "Browser", shown: dict[str, Path], scheme: Scheme
) -> None:
    with visit(chromium, shown["ordinary.html"], scheme=scheme) as seen:
        colour, weight = seen.ask(
            """(() => {
                const style = getComputedStyle(document.querySelector('.overdue [data-name="when"]'));
                return [style.color, style.fontWeight];
            })()"""
        )
    assert (colour, weight) == ("rgb(180, 35, 24)" if scheme == "light" else "rgb(255, 128, 120)", "700")


# --- the drawing -----------------------------------------------------------------------------------------


def test_the_drawing_can_stand_in_another_page(
    chromium: "Browser", shown: dict[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.html"
    drawing = shutil.copy(shown["hostile.svg"], tmp_path / "plan.svg")
    other.write_text("<!DOCTYPE html><title>x</title><img src=plan.svg>")
    with visit(chromium, other) as seen:
        assert seen.ask("[document.images[0].complete, document.images[0].naturalWidth]") == [True, 720]
        assert seen.said == []
        assert seen.asked_for == [other.as_uri(), Path(drawing).as_uri()]


@pytest.mark.parametrize(
    ("changes", "arguments"),
    [
        ([], []),
        ([], ["--as-of", "2025-12-30", "--to", "2025"]),
        ([], ["--as-of", "2025-01-02", "--from", "2025", "--to", "2026"]),
        ([["HYDROGEN", "--due", "2050"]], []),
        ([["HYDROGEN", "--due", "2150"]], []),
        ([["HYDROGEN", "--due", "2026-02-03"], ["TOURISM", "--due", "2026-02-04"]], ["--to", "2026-Q1"]),
    ],
    ids=["ordinary", "today on the right", "today on the left", "to 2050", "to 2150", "a quarter"],
)
def test_no_text_of_the_drawing_lies_on_another_or_leaves_the_picture(
    chromium: "Browser", after_summit: Path, tmp_path: Path, changes: list[list[str]], arguments: list[str]
) -> None:
    register = Path(shutil.copy(after_summit, tmp_path / "register.db"))
    for one in changes:
        registers.run(register, "update", *one, "--by", "desk")
    assert _collisions(chromium, register, tmp_path / "plan.svg", arguments) == []


def test_no_hostile_text_of_the_drawing_lies_on_another(chromium: "Browser", shown: dict[str, Path]) -> None:
    with visit(chromium, shown["hostile.svg"]) as seen:
        assert _collisions_in(seen, "svg") == []


@pytest.mark.parametrize(
    "ref", ["W" * 64, "W" * 20, "COMPREHENSIVE-STRATEGIC-PARTNERSHIP-SUMMIT-2024", "I" * 30]
)
def test_no_ref_runs_into_the_chart(
    chromium: "Browser", after_summit: Path, tmp_path: Path, ref: str
) -> None:
    register = Path(shutil.copy(after_summit, tmp_path / "register.db"))
    new = ("--title", "Long", "--agreement", "FTA", "--sector", "trade", "--firmness", "agreed")
    registers.run(register, "add", ref, *new, "--due", "2025-Q1", "--by", "desk")
    touching = _collisions(chromium, register, tmp_path / "plan.svg", [])
    assert [text for text in touching if text.startswith(ref[:8])] == []


def _collisions(browser: "Browser", register: Path, target: Path, arguments: list[str]) -> list[str]:
    """The texts of a drawing that touch a text, a bar or the edge."""
    registers.run(register, "timeline", "--format", "svg", *arguments, "--output", str(target))
    with visit(browser, target) as seen:
        return _collisions_in(seen, "svg")


def _collisions_in(seen: Visit, drawing: str) -> list[str]:
    """The texts of a drawing that touch a text, a bar or the edge."""
    found: list[str] = seen.ask(
        """(() => {
            const box = one => {
                const {x, y, width, height} = one.getBBox();
                return {text: one.textContent, left: x, right: x + width, top: y + 1, bottom: y + height - 1};
            };
            const meet = (a, b) =>
                a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
            const drawing = document.querySelector('DRAWING');
            const texts = [...drawing.querySelectorAll('text')].map(box);
            const bars = [...drawing.querySelectorAll('rect:not(.paper)')].map(box);
            const {width, height} = drawing.viewBox.baseVal;
            return texts.filter((one, number) =>
                one.left < 0 || one.top < 0 || one.right > width || one.bottom > height ||
                bars.some(bar => meet(one, bar)) || texts.slice(number + 1).some(other => meet(one, other))
            ).map(one => one.text);
        })()""".replace("DRAWING", drawing)
    )
    return found


# --- on paper --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_page_prints_on_a4(chromium: "Browser", shown: dict[str, Path], name: str) -> None:
    with visit(chromium, shown[f"{name}.html"]) as seen:
        printed = seen.page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {A4}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_clipped_on_paper(chromium: "Browser", shown: dict[str, Path], name: str) -> None:
    with visit(chromium, shown[f"{name}.html"], PRINTED_WIDTH) as seen:
        seen.page.emulate_media(media="print")
        assert seen.width == PRINTED_WIDTH
        assert (
            seen.ask(
                """[...document.querySelectorAll('body *')].filter(one => !one.closest('caption'))
                    .filter(one => one.getBoundingClientRect().right > innerWidth + .5)
                    .map(one => one.tagName + ' ' + one.textContent.trim().slice(0, 40))"""
            )
            == []
        )
        widths = seen.ask(
            "[...document.querySelectorAll('svg')].map(one => one.getBoundingClientRect().width)"
        )
        assert [width for width in widths if width] == ([] if name == "empty" else [PRINTED_WIDTH])
        assert seen.ask("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        hidden = "[...document.querySelectorAll('section, tr, p')].filter(one => !one.offsetHeight).length"
        assert seen.ask(hidden) == 0


def test_the_picture_is_light_on_paper_where_the_screen_is_dark(
    chromium: "Browser", shown: dict[str, Path]
) -> None:
    fill = "[...document.querySelectorAll('.paper, text')].map(one => getComputedStyle(one).fill)"
    with visit(chromium, shown["ordinary.html"], PRINTED_WIDTH, scheme="dark") as seen:
        assert "rgb(13, 17, 23)" in seen.ask(fill)
        seen.page.emulate_media(media="print", color_scheme="dark")
        assert set(seen.ask(fill)) == {"rgb(255, 255, 255)", "rgb(27, 31, 36)", "rgb(89, 99, 110)"}
        assert seen.ask("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_counts_stand_by_threes_on_paper_and_no_line_breaks_within_a_date_or_a_span(
    chromium: "Browser", shown: dict[str, Path]
) -> None:
    with visit(chromium, shown["ordinary.html"], PRINTED_WIDTH) as seen:
        seen.page.emulate_media(media="print")
        tops = "[...document.querySelectorAll('.counts table')].map(one => one.getBoundingClientRect().top)"
        first, second = (found := seen.ask(tops))[:3], found[3:]
        assert (len(set(first)), len(second), len(set(second))) == (1, 2, 1)
        lines = seen.ask(
            """[...document.querySelectorAll('time, [data-name="newest entry"], [data-name="when"]')]
                .filter(one => !one.closest('caption')).map(one => {
                    const range = document.createRange();
                    range.selectNodeContents(one);
                    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
                })"""
        )
        assert set(lines) == {1}


def test_the_first_lists_begin_on_the_first_sheet(chromium: "Browser", shown: dict[str, Path]) -> None:
    with visit(chromium, shown["ordinary.html"], PRINTED_WIDTH) as seen:
        seen.page.emulate_media(media="print")
        (overdue, soon) = seen.ask(
            "['overdue', 'due-soon'].map(id => document.getElementById(id).getBoundingClientRect().bottom)"
        )
        assert overdue < soon < PRINTED_HEIGHT
