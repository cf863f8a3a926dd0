"""Whatever stands in whichever field of a row: it is shown in every format, and acts in none."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import date
from html.parser import HTMLParser
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from ksmy_tracker.cli.output import complain
from ksmy_tracker.domain import report as reports
from ksmy_tracker.domain import rows, timeline
from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.domain.kinds import Record
from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.report import Contradiction, Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import CalendarRow, Filters, as_dict, names
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.domain.timeline import Bar, Mark, Timeline
from ksmy_tracker.errors import Damaged
from ksmy_tracker.render import formats, ical, json_contract, timeline_wording
from ksmy_tracker.render.text import invocations, listing, receipt, records
from ksmy_tracker.render.text import report as report_text
from ksmy_tracker.render.text import timeline as timeline_text
from ksmy_tracker.render.text.table import Rows
from ksmy_tracker.render.web import report as report_page
from ksmy_tracker.render.web import timeline as timeline_drawing
from ksmy_tracker.render.web.jinja import filled
from ksmy_tracker.render.web.timeline_layout import NARROW
from tests.rows import (
    AGREEMENT,
    BODY,
    CITED,
    CLAIM,
    COMMITMENT,
    DEADLINE,
    DISAGREEMENT,
    EMPTY,
    ENTRY,
    MEASURE,
    MEASURED,
    MILESTONE,
    MOVED,
    PARTNERSHIP,
    READINGS,
    SOURCE,
    TURNED,
    VOICE,
    counting,
)

#: A text that is markup, a line of a calendar, a cell of a table, and an order to a terminal.
HOSTILE: Final = (
    "<evil onevil=1>\"' onevil='1\" &lt;/evil]]>--></style></svg>|`\x1b]0;gone\x07\x9b31m\x7f\x00\x08"
    "\u202e\u2066\u200b\u2028\ud800\r\nBEGIN:EVIL\nEVIL:1\tend,; \\"
)

#: Spelled out here, apart from the code; a line feed and what an encoding of lines needs is allowed apart.
_RAW: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

CALENDAR: Final = CalendarRow(
    *("FTA-CONCLUDE/2", "Signed", "FTA", "trade", "both", "scheduled", "2026", "2026-01-01", "2026-12-31"),
    *("by next year", None, 1, 2, "2025-10-26T04:00:00.000000Z", 1, None, ("MITI",), ("due_phrase",)),
)
MARK: Final = Mark(1, "Signed", "scheduled", "upcoming", date(2026, 6, 30))
BAR: Final = Bar(
    *("FTA-CONCLUDE", "Conclude", "in-progress", "overdue", "2025", date(2025, 1, 1), date(2025, 12, 31)),
    *(date(2024, 1, 1), date(2024, 12, 31), (MARK,)),
)
TIMELINE: Final = Timeline(date(2024, 1, 1), date(2026, 12, 31), date(2026, 1, 15), (BAR,), 1, 2)
OUTCOME: Final = Outcome(
    "FTA", "agreement", "updated", {"stage": ("concluded", "signed")}, 7, "note", ("url",)
)
CONTRADICTION: Final = Contradiction("FTA", "Conclude", "overdue and open")
QUIET: Final = Quiet("FTA", "Conclude", "2024-11-25")
NEXT: Final = NextMilestone("Conclude", MILESTONE)


INVOCATION: Final = rows.InvocationRow(
    ENTRY.invocation, ENTRY.recorded_at, "desk", entries=3, in_force=2, retracted_by=31, first=ENTRY
)


def a_report(**parts: Any) -> Report:
    listed: Any = {name: Listed([one], 3) for name, one in parts.items()}
    by_status = {**EMPTY.by_status, "planned": 3, "completed": 1}
    return counting(EMPTY, by_status=by_status)._replace(head="c" * 64, **listed)


def _fields(thing: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(thing)) if is_dataclass(thing) else tuple(thing._fields)


def _with(thing: Any, **values: Any) -> Any:
    if isinstance(thing, Record):
        return replace(thing, **values)
    return thing._replace(**values)


def spoilt(thing: Any) -> Iterator[tuple[str, Any]]:
    """The same with a hostile text in one field after the other, and within what has parts."""
    for name in _fields(thing):
        value = getattr(thing, name)
        yield name, _with(thing, **{name: HOSTILE})
        if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
            yield name, _with(thing, **{name: [HOSTILE]})
        if isinstance(value, dict):
            yield name, _with(thing, **{name: {HOSTILE: [HOSTILE, HOSTILE]}})
            yield name, _with(thing, **{name: {"status": [HOSTILE, HOSTILE], "due": ["2025", HOSTILE]}})
    if "changes" in _fields(thing):
        yield "action", _with(thing, action="created", changes={"title": [None, HOSTILE]}, note=HOSTILE)
    if "cited" in _fields(thing) and "evidence" in _fields(thing):
        for name, source in spoilt(CITED):
            yield name, _with(thing, evidence=[source.ref, HOSTILE], cited=[source])


def spoilt_timelines() -> Iterator[Timeline]:
    for _, bar in spoilt(BAR):
        yield TIMELINE._replace(bars=(bar,))
    for _, mark in spoilt(MARK):
        yield TIMELINE._replace(bars=(BAR._replace(marks=(mark,)),))
    for _, whole in spoilt(TIMELINE):
        yield whole
    yield TIMELINE._replace(left_out=[(HOSTILE, 2)])


def spoilt_reports() -> Iterator[Report]:
    for part, thing in (
        ("overdue", DEADLINE),
        ("due_soon", DEADLINE),
        ("moved", MOVED),
        ("moved", TURNED),
        ("changed", ENTRY),
        ("quiet", QUIET),
        ("contradictions", CONTRADICTION),
        ("next_milestones", NEXT),
        ("measures", MEASURED),
        ("disagreements", DISAGREEMENT),
    ):
        for _, one in spoilt(thing):
            yield a_report(**{part: one})
    for _, milestone in spoilt(MILESTONE):
        yield a_report(next_milestones=NEXT._replace(milestone=milestone))
    for measure in spoilt_measures():
        yield a_report(measures=measure)
    for _, voice in spoilt(VOICE):
        yield a_report(disagreements=DISAGREEMENT._replace(register=voice))
        yield a_report(disagreements=DISAGREEMENT._replace(claims=[voice, voice]))
    whole = a_report(overdue=DEADLINE)
    yield whole._replace(head=HOSTILE)
    yield whole._replace(by_lead={HOSTILE: 2})
    yield whole._replace(partnership=HOSTILE)
    yield a_report(overdue=DEADLINE._replace(parties="KR"))._replace(parties={"KR": HOSTILE})
    for name in ("by_status", "by_deadline", "by_firmness", "by_sector"):
        yield counting(whole, **{name: {**getattr(whole.counts, name), HOSTILE: 2}})
    for name in rows.NARROWING:
        yield whole._replace(only=Filters(**{name: [HOSTILE]}))  # type: ignore[arg-type]  # one of the lists


def spoilt_measures() -> Iterator[rows.MeasureRow]:
    for _, measure in spoilt(MEASURE):
        yield MEASURED._replace(record=measure)
        yield MEASURED._replace(record=replace(measure, target=None))
    for _, reading in spoilt(READINGS[0]):
        yield MEASURED._replace(readings=[reading, *READINGS])


def all_shown(render: Callable[[Any], str], things: Iterable[Any]) -> list[str]:
    """What is shown of each; nothing where a field cannot be what it is, which is not often."""
    given = list(things)
    found = []
    for thing in given:
        with suppress(ValueError, TypeError, KeyError, AttributeError, BrokenEntry, Damaged):
            found.append(render(thing))
    assert len(found) > len(given) / 3
    assert sum("evil" in text for text in found) > 1
    return found


def test_every_kind_of_row_is_walked() -> None:
    known = {
        one
        for module in (rows, reports, timeline)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, tuple) and one.__module__ == module.__name__
    }
    walked = (COMMITMENT, MILESTONE, AGREEMENT, DEADLINE, ENTRY, CALENDAR, MARK, BAR, TIMELINE, EMPTY)
    parts = (CONTRADICTION, QUIET, NEXT, INVOCATION, MOVED, MEASURED, CITED, VOICE, DISAGREEMENT)
    assert known - {type(one) for one in (*walked, *parts)} == {
        *(rows.Day, rows.Point, rows.Filters, Listed),
        # Which are made of rows:
        *(rows.FullCommitment, rows.FullAgreement, rows.FullBody, rows.FullSource, rows.FullPartnership),
        # Whose values a report has:
        *(rows.StatusCount, rows.KindCount, rows.TitledRef, reports.Counts),
    }


def has_nothing_raw(text: str) -> None:
    assert not _RAW.search(text), ascii(text)


#: What has a row in a listing, or an object in a list, of its own.
ROWS: Final = (
    *(COMMITMENT, MILESTONE, AGREEMENT, BODY, SOURCE, MEASURE, CLAIM, PARTNERSHIP),
    *(DEADLINE, ENTRY, MOVED, TURNED),
)


def cells_of_rows() -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    for row in ROWS:
        for _, one in spoilt(row):
            yield names(type(row)), list(as_dict(one).values())


def test_a_line_of_tsv_stays_a_line_of_as_many_cells() -> None:
    for header, cells in cells_of_rows():
        text = formats.to_tsv([cells])
        has_nothing_raw(text)
        assert (text.count("\t"), text.count("\n"), text.count("\r")) == (len(header) - 1, 1, 0)


def test_a_row_of_csv_stays_a_row() -> None:
    for header, cells in cells_of_rows():
        text = formats.to_csv(header, [cells])
        has_nothing_raw(text)
        assert [len(row) for row in csv.reader(io.StringIO(text))] == [len(header)] * 2
        assert text.count("\n") == 2


def test_a_text_of_raw_csv_is_exact() -> None:
    text = formats.to_csv(("title",), [[HOSTILE]], raw=True)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["title"], [HOSTILE]]


def test_a_row_of_markdown_stays_a_row_without_markup() -> None:
    for header, cells in cells_of_rows():
        text = formats.to_markdown(header, [cells])
        has_nothing_raw(text)
        assert text.count("\n") == 3
        assert not re.search(r"(?<!\\)[<>&`]", text)


def test_json_escapes_control_characters_and_says_the_same() -> None:
    for row in ROWS:
        for _, one in spoilt(row):
            for text in (formats.to_json(as_dict(one)), formats.to_jsonl([as_dict(one)])):
                has_nothing_raw(text)
                assert json.loads(text) == json.loads(json.dumps(as_dict(one)))
    for text in (
        *all_shown(lambda one: formats.to_json(json_contract.timeline_object(one)), spoilt_timelines()),
        *all_shown(lambda one: formats.to_json(json_contract.report_object(one)), spoilt_reports()),
    ):
        has_nothing_raw(text)


def test_a_table_on_a_terminal_has_no_orders_to_it() -> None:
    def drawn(asked: tuple[str, Sequence[str] | None, Any]) -> str:
        command, columns, one = asked
        out = io.StringIO()
        console = Console(file=out, width=300, color_system=None, highlight=False, _environ={})
        console.print(Rows(*listing.cells(command, columns, [one])))
        return out.getvalue()

    listed = [
        (command, columns, one)
        for command, row in (
            ("list", COMMITMENT),
            ("due", DEADLINE),
            ("agreements", AGREEMENT),
            ("history", ENTRY),
            ("diff", MOVED),
            ("diff", TURNED),
            ("bodies", BODY),
            ("sources", SOURCE),
            ("measure list", MEASURE),
        )
        for name, one in spoilt(row)
        for columns in (None, [name])
    ]
    for text in all_shown(drawn, listed):
        has_nothing_raw(text)


def test_a_page_of_a_record_has_no_orders_to_a_terminal() -> None:
    parts: dict[str, Any] = {
        "row": COMMITMENT,
        "agreement": AGREEMENT,
        "milestone": MILESTONE,
        "entry": ENTRY,
        "body": BODY,
        "source": SOURCE,
        "claim": CLAIM,
        "partnership": PARTNERSHIP,
    }

    def pages(given: dict[str, Any]) -> Iterator[rows.FullRecord]:
        row, entries = given["row"], [given["entry"]]
        more: Any = [given["measure"]], [given["claim"]]
        yield rows.FullCommitment(row, given["agreement"], [given["milestone"]], entries, *more)
        yield rows.FullAgreement(given["agreement"], [row], entries, *more)
        yield rows.FullBody(given["body"], [row], entries)
        yield rows.FullSource(given["source"], entries, entries)
        yield rows.FullPartnership(given["partnership"], entries)

    parts["measure"] = MEASURED
    given = [{**parts, part: one} for part, thing in parts.items() for _, one in spoilt(thing)]
    given += [{**parts, "measure": one} for one in spoilt_measures()]
    found = [page for one in given for page in pages(one)]
    for text in all_shown(lambda one: str(records.as_page(one, 78)), found):
        has_nothing_raw(text)
    for text in all_shown(lambda one: formats.to_json(json_contract.record_object(one)), found):
        has_nothing_raw(text)


def test_a_list_of_invocations_has_no_orders_to_a_terminal() -> None:
    given = [INVOCATION._replace(first=one) for _, one in spoilt(ENTRY)]
    given += [one for _, one in spoilt(INVOCATION)]
    for text in all_shown(lambda one: invocations.as_text([one]), given):
        has_nothing_raw(text)
        assert text.count("\n") == 1


def test_a_report_in_text_or_markdown_has_no_orders_and_no_markup() -> None:
    reports = list(spoilt_reports())
    for text in all_shown(lambda one: str(report_text.as_page(one)), reports):
        has_nothing_raw(text)
        assert "BEGIN:EVIL\n" not in text
    for text in all_shown(report_text.as_markdown, reports):
        has_nothing_raw(text)
        assert not re.search(r"(?<!\\)[<>&`]", text)


class _Elements(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.names |= {tag, *(name for name, _ in attributes)}


def test_a_web_page_has_no_element_or_attribute_of_a_text() -> None:
    whole = a_report(overdue=DEADLINE)
    sound = _Elements(report_page.as_html(whole, TIMELINE)).names
    for text in (
        *all_shown(lambda one: report_page.as_html(one, TIMELINE), spoilt_reports()),
        *all_shown(lambda one: report_page.as_html(whole, one), spoilt_timelines()),
    ):
        has_nothing_raw(text)
        assert not {name for name in _Elements(text).names - sound if "evil" in name}


def test_a_drawing_is_well_formed_whatever_it_is_of() -> None:
    def as_figure(one: Timeline) -> str:
        drawing = timeline_drawing.Drawing(one, NARROW)
        return filled("timeline.svg", drawing=drawing, words=timeline_wording, standalone=False)

    timelines = list(spoilt_timelines())
    for text in (
        *all_shown(timeline_drawing.as_svg, timelines),
        *all_shown(as_figure, timelines),
    ):
        has_nothing_raw(text)
        elements = list(ET.fromstring(text).iter())
        assert not [one for one in elements if "evil" in one.tag or "onevil" in one.attrib]


def test_a_timeline_on_a_terminal_has_no_orders_to_it() -> None:
    for text in all_shown(lambda one: str(timeline_text.as_page(one, 120)), spoilt_timelines()):
        has_nothing_raw(text)


@pytest.mark.parametrize("kind", ["event", "todo"])
def test_a_calendar_has_no_property_of_a_text(kind: str) -> None:
    sound = "".join(ical.as_calendar([CALENDAR], kind, "Korea - Malaysia"))

    def skeleton(text: str) -> list[str]:
        unfolded = re.sub("\r\n[ \t]", "", text)
        return sorted(re.split("[:;]", line)[0] for line in unfolded.split("\r\n"))

    given = [(one, "Korea - Malaysia") for _, one in spoilt(CALENDAR)]
    for text in all_shown(
        lambda one: "".join(ical.as_calendar([one[0]], kind, one[1])), [*given, (CALENDAR, HOSTILE)]
    ):
        has_nothing_raw(text)
        assert "\n" not in text.replace("\r\n", "")
        assert "\r" not in text.replace("\r\n", "")
        assert set(skeleton(text)) <= {*skeleton(sound), "COMPLETED"}
        assert skeleton(text).count("BEGIN") == skeleton(sound).count("BEGIN")


def test_a_receipt_is_a_line_for_a_change() -> None:
    for name in ("ref", "record", "action", "note", "entry"):
        one = Outcome(**{**_as_dict(OUTCOME), name: HOSTILE})
        text = receipt.as_text(Receipt("a" * 32, [one], "b" * 64))
        has_nothing_raw(text)
        assert text.count("\n") == 1
    for more in ({"evidence": (HOSTILE,)}, {"changes": {HOSTILE: (HOSTILE, HOSTILE)}}):
        text = receipt.as_text(Receipt("a" * 32, [Outcome(**{**_as_dict(OUTCOME), **more})], "b" * 64))
        has_nothing_raw(text)
        assert text.count("\n") == 1


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in Outcome._fields}


def test_an_error_is_one_line_and_its_faults_too(capsys: pytest.CaptureFixture[str]) -> None:
    complain(HOSTILE, HOSTILE)
    err = capsys.readouterr().err
    has_nothing_raw(err)
    assert err == f"ksmy: {visible(HOSTILE)}\n  {visible(HOSTILE)}\n"
