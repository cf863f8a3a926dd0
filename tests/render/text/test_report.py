"""The report as text and as Markdown: what each says, how wide it is, what is safe in it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from ksmy_tracker.domain.report import Contradiction, Listed, NextMilestone, Report
from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.domain.words import DEADLINE_STATES, FIRMNESSES, STATUSES
from ksmy_tracker.render.report_summary import summary
from ksmy_tracker.render.text.report import as_markdown, as_page
from tests.rows import (
    CREATED,
    EMPTY,
    FULL,
    HEAD,
    MILESTONE,
    MOVED,
    OVERDUE,
    SOON,
    UPDATED,
    counting,
    late,
)

BAR = "\u2588" * 6 + "\u00b7" * 14
SOON_TITLE = "Due within 90 days: 1 (1 milestone)"
PAGE = f"""\
Republic of Korea - Malaysia: what was promised, as of 2026-01-15
{{summary}}

By status
  in-progress 2, completed 1

By firmness
  committed 1, discussed 1, hoped 1

By sector
  halal 1, trade 2

By deadline
  overdue 1, undated 1, met 1

By lead
  MITI 1, none 1

Overdue: 1
  FTA-CONCLUDE: Conclude the agreement, both parties, due 2025 (2025-01-01
    to 2025-12-31), 15 days ago, 31 days later than first stated

Due within 90 days: 1 (1 milestone)
  HALAL/2: Port opened, Malaysia, due 2026-01-16, in 1 day

Contradicts itself: 1
  FTA-CONCLUDE: in-progress though its deadline has passed

Next milestones: 1
  FTA-CONCLUDE/2: 2. Signed, scheduled, due 2026, in 350 days

Quantities: 1
  FTA-CONCLUDE:LINES: Tariff lines freed, 6 of 18 lines by 2026 (2025-Q4),
    33 % {BAR}; readings 2025-Q1 2, 2025-Q4 6

Sources disagree: 1
  FTA-CONCLUDE status: in-progress [Joint statement]; against it
      completed, says KR [The Star, 2025-12-18 (STAR-JETS); A speech];
      cancelled

Moved since 2025-12-16: 2
  FTA-CONCLUDE: status planned -> in-progress (entry 26)
  FTA-CONCLUDE: deadline due-soon -> overdue (calendar, overdue since
    2026-01-01)

Entries since 2025-12-16: 2
  2026-01-09  HALAL/2: milestone created: Port opened
  2026-01-10  FTA-CONCLUDE: status planned -> in-progress (Talks
              began) [SBS News]

Not looked at for 180 days: 1
  HALAL: 2025-07-01, 198 days ago

Head {HEAD}
"""
#: Everything but what a page's own words are made of: box drawing, blocks, arrows and other ornaments, escapes.
NO_MAIL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2190-\u2bff]")
TITLE = "한국과 말레이시아의 자유무역협정을 2025년까지 타결한다 " * 6


def page(report: Report) -> str:
    return str(as_page(report))


def sections(report: Report) -> dict[str, list[str]]:
    """The lines of a report's page under each of its headings."""
    found: dict[str, list[str]] = {}
    for block in page(report).split("\n\n"):
        heading, *lines = block.splitlines()
        found[heading] = lines
    return found


def headings(report: Report) -> list[str]:
    """The headings of a report as Markdown, in their order."""
    return re.findall(r"^## (.*)$", as_markdown(report), re.MULTILINE)


def in_a_line(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def tables(text: str) -> dict[str, list[list[str]]]:
    """What a Markdown reader makes of the tables under each heading: rows of cells, the header first."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for token, content in pairwise(tokens):
        said = "".join(one.content for one in content.children or ())
        if token.type == "heading_open":
            heading = said
        elif token.type == "tr_open":
            found.setdefault(heading, []).append([])
        elif token.type in ("th_open", "td_open"):
            found[heading][-1].append(said)
    return found


def test_a_page_says_everything_in_its_order() -> None:
    words = " ".join(page(FULL).split())
    expected = PAGE.format(summary=summary(FULL))
    assert words == " ".join(expected.split())


def test_a_page_is_laid_out_under_headings_with_the_lists_indented() -> None:
    (_, *blocks), (_, *expected) = page(FULL).split("\n\n"), PAGE.format(summary="-").split("\n\n")
    assert blocks == expected


def test_every_section_of_an_empty_register_says_that_there_is_nothing() -> None:
    assert {heading: in_a_line(lines) for heading, lines in sections(EMPTY).items()} == {
        "Republic of Korea - Malaysia: what was promised, as of 2026-01-15": summary(EMPTY),
        "By status": "none",
        "By firmness": "none",
        "By sector": "none",
        "By deadline": "none",
        "Overdue: none": "",
        "Due within 90 days: none": "",
        "Contradicts itself: none": "",
        "Next milestones: none": "",
        "Quantities: none": "",
        "Sources disagree: none": "",
        "Moved since 2025-12-16: none": "",
        "Entries since 2025-12-16: none": "",
        "Not looked at for 180 days: none": "",
        "Head none: the register has no entry": "",
    }


def test_the_title_says_what_the_report_is_narrowed_to() -> None:
    narrowed = FULL._replace(only=Filters(["trade"], party=["KR"], agreement=["FTA"]))
    title = "Republic of Korea - Malaysia: what was promised (trade, KR, FTA), as of 2026-01-15"
    assert in_a_line(page(narrowed).splitlines()[:2]).startswith(title)
    assert as_markdown(narrowed).startswith(
        "# Republic of Korea - Malaysia: what was promised \\(trade, KR, FTA\\)"
    )


def test_the_title_says_between_whom_it_is() -> None:
    other = FULL._replace(partnership="Malaysia - Singapore\x1b")
    assert page(other).startswith("Malaysia - Singapore␛: what was promised, as of 2026-01-15\n")
    assert as_markdown(other).startswith("# Malaysia - Singapore␛: what was promised, as of 2026-01-15\n")


def test_the_summary_is_the_paragraph_under_the_title() -> None:
    title, *paragraph = page(FULL).split("\n\n")[0].splitlines()
    assert title.startswith("Republic of Korea - Malaysia")
    assert in_a_line(paragraph) == summary(FULL)


@pytest.mark.parametrize(
    ("counts", "overdue", "soon"),
    [
        ((2, 1, 0, 0), "Overdue: 3 (2 commitments, 1 milestone)", "Due within 90 days: none"),
        ((2, 0, 0, 3), "Overdue: 2", "Due within 90 days: 3 (3 milestones)"),
        (
            (0, 1, 1, 1000),
            "Overdue: 1 (1 milestone)",
            "Due within 90 days: 1,001 (1 commitment, 1,000 milestones)",
        ),
    ],
)
def test_a_list_with_milestones_among_its_deadlines_says_so_in_its_title(
    counts: tuple[int, int, int, int], overdue: str, soon: str
) -> None:
    report = late(*counts)
    assert {overdue, soon} <= sections(report).keys()
    assert {overdue, soon} <= set(headings(report))


@pytest.mark.parametrize(("within", "said"), [(0, "0 days"), (1, "1 day"), (1000, "1,000 days")])
def test_the_horizon_is_named(within: int, said: str) -> None:
    report = FULL._replace(day=Day(date(2026, 1, 15), within))
    assert f"Due within {said}: 1 (1 milestone)" in sections(report)
    assert f"due within {said}." in summary(report)


@pytest.mark.parametrize(
    ("parties", "said"),
    [
        ("KR", ", Republic of Korea, "),
        ("MY", ", Malaysia, "),
        ("KR, MY", ", Republic of Korea, Malaysia, "),
        ("both", ", both parties, "),
        ("all", ", all parties, "),
        ("SG", ", SG, "),
    ],
)
def test_who_is_party_to_what_is_overdue_is_named(parties: str, said: str) -> None:
    report = FULL._replace(overdue=Listed([OVERDUE._replace(parties=parties)], 1))
    assert said in in_a_line(sections(report)["Overdue: 1"])


@pytest.mark.parametrize(
    ("slip_days", "said"),
    [(31, "31 days later than first stated"), (1, "1 day later"), (-30, "30 days earlier than first stated")],
)
def test_a_due_date_that_moved_says_by_how_much(slip_days: int, said: str) -> None:
    report = FULL._replace(overdue=Listed([OVERDUE._replace(slip_days=slip_days)], 1))
    assert said in in_a_line(sections(report)["Overdue: 1"])
    assert said in as_markdown(report)


@pytest.mark.parametrize("slip_days", [0, None])
def test_a_due_date_that_never_moved_says_nothing_of_it(slip_days: int | None) -> None:
    report = FULL._replace(overdue=Listed([OVERDUE._replace(slip_days=slip_days)], 1))
    assert "first stated" not in page(report) + as_markdown(report)


def test_a_due_date_is_said_as_people_say_it() -> None:
    quarter = SOON._replace(due="2026-33", due_earliest="2026-01-01", due_latest="2026-03-31", days_left=75)
    report = FULL._replace(due_soon=Listed([quarter], 1))
    assert "due 2026-Q1 (2026-01-01 to 2026-03-31), in 75 days" in in_a_line(sections(report)[SOON_TITLE])


def test_what_is_due_on_the_day_itself_says_today() -> None:
    report = FULL._replace(due_soon=Listed([SOON._replace(days_left=0, due_latest="2026-01-15")], 1))
    assert in_a_line(sections(report)[SOON_TITLE]).endswith("today")


#: What a list cut short says of the rest, and the command that lists it whole.
REST = {
    "overdue": ("more", "ksmy due --limit 1235"),
    "due_soon": ("more", "ksmy due --within 90"),
    "contradictions": ("more", ""),
    "next_milestones": ("more", ""),
    "measures": ("more", "ksmy measure list"),
    "disagreements": ("more", "ksmy list --disputed"),
    "moved": ("more", "ksmy report --since 2025-12-16 -f md"),
    "changed": ("earlier", "ksmy history --since 2025-12-16 --news"),
    "quiet": ("more", "ksmy list --not-reviewed 180"),
}


@pytest.mark.parametrize("part", REST)
def test_a_list_cut_short_says_how_many_more_there_are_and_how_to_see_them_all(part: str) -> None:
    items = getattr(FULL, part).items
    cut = FULL._replace(**{part: Listed(items, len(items) + 1234)})  # type: ignore[arg-type]
    rest, command = REST[part]
    said = f"and 1,234 {rest}" + (f": {command} --as-of 2026-01-15" if command else "")
    assert page(cut).replace(":\n    ksmy", ": ksmy").count(f"  {said}\n") == 1
    assert as_markdown(cut).count(f"\n{said}\n") == 1
    assert "and 1,234" not in page(FULL) + as_markdown(FULL)


def test_what_is_overdue_without_milestones_is_listed_by_list() -> None:
    cut = late(7, 0, 0, 0)
    assert sections(cut)["Overdue: 7"] == ["  and 7 more: ksmy list --overdue --as-of 2026-01-15"]


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("due", None, "2026", "due set to 2026"),
        ("due", "2026", None, "due 2026 removed"),
        ("record", None, "Office", "added: Office"),
        ("record", "Office", None, "removed: Office"),
    ],
)
def test_what_moved_from_or_to_nothing_says_what_was_done(
    field: str, old: str | None, new: str | None, said: str
) -> None:
    moved = Listed([MOVED._replace(field=field, old=old, new=new)], 1)
    lines = sections(FULL._replace(moved=moved))["Moved since 2025-12-16: 1"]
    assert in_a_line(lines) == f"FTA-CONCLUDE: {said} (entry 26)"


def test_diff_lists_what_moved_in_a_report_of_today_but_cannot_be_narrowed() -> None:
    today = FULL._replace(day=FULL.day._replace(as_it_stood=False), moved=Listed((), 3))
    assert in_a_line(sections(today)["Moved since 2025-12-16: 3"]).endswith(
        "and 3 more: ksmy diff 2025-12-15 2026-01-15"
    )
    narrowed = sections(today._replace(only=Filters(["trade"])))
    assert in_a_line(narrowed["Moved since 2025-12-16: 3"]).endswith("and 3 more")


def test_the_command_of_a_narrowed_report_narrows_too_but_for_what_history_cannot() -> None:
    narrowed = late(7, 0, 7, 0)._replace(
        only=Filters(["trade", "halal"], ["steel"], ["KR"], ["MITI"], ["KAI"], ["FTA"], search=["it's"]),
        quiet=Listed((), 3),
        moved=Listed((), 3),
        changed=Listed((), 3),
    )
    found = {title: in_a_line(lines) for title, lines in sections(narrowed).items()}
    only = (
        "--sector trade --sector halal --topic steel --party KR --lead MITI --partner KAI --agreement FTA "
        "--search 'it'\"'\"'s' --as-of 2026-01-15"
    )
    assert found["Overdue: 7"] == f"and 7 more: ksmy list --overdue {only}"
    assert found["Due within 90 days: 7"] == f"and 7 more: ksmy due --within 90 {only}"
    assert found["Moved since 2025-12-16: 3"] == (f"and 3 more: ksmy report --since 2025-12-16 -f md {only}")
    assert found["Entries since 2025-12-16: 3"] == "and 3 earlier"
    assert found["Not looked at for 180 days: 3"] == f"and 3 more: ksmy list --not-reviewed 180 {only}"


@pytest.mark.parametrize(
    ("recorded_at", "on"),
    [("2026-01-10T04:00:00.000000Z", "2026-01-10"), ("2026-01-09T16:00:00.000000Z", "2026-01-10")],
)
def test_what_is_news_only_because_it_was_recorded_lately_says_when(recorded_at: str, on: str) -> None:
    entry = UPDATED._replace(effective_on="2025-12-15", recorded_at=recorded_at)
    report = FULL._replace(changed=Listed([entry, entry._replace(effective_on="2025-12-16")], 2))
    first, second, *_ = [line for line in sections(report)["Entries since 2025-12-16: 2"] if "  2025" in line]
    assert first.startswith(f"  2025-12-15 (recorded {on})  FTA-CONCLUDE: ")
    assert second.startswith("  2025-12-16  FTA-CONCLUDE: ")
    assert [row[0] for row in tables(as_markdown(report))["Entries since 2025-12-16: 2"][1:]] == [
        f"2025-12-15 (recorded {on})",
        "2025-12-16",
    ]


def test_a_list_of_which_nothing_is_shown_still_says_how_many_there_are() -> None:
    cut = FULL._replace(contradictions=Listed((), 7))
    assert sections(cut)["Contradicts itself: 7"] == ["  and 7 more"]


def test_nothing_in_a_page_is_wider_than_a_mail_program_leaves_alone() -> None:
    wide = FULL._replace(
        overdue=Listed([OVERDUE._replace(title=TITLE)], 1),
        due_soon=Listed([SOON._replace(title="x" * 300, ref=f"{'W' * 64}/12")], 1),
        changed=Listed([UPDATED._replace(note="한" * 200)], 1),
        contradictions=Listed([Contradiction("W" * 64, TITLE, "completed with milestone 2 open")], 1),
        next_milestones=Listed([NextMilestone(TITLE, replace(MILESTONE, title=TITLE))], 1),
        only=Filters(["m" * 64, "n" * 64]),
    )
    wide = counting(wide, by_sector={"m" * 64: 1, "n" * 64: 2})
    lines = page(wide).splitlines()
    assert max(map(cell_len, lines)) <= 78
    assert max(map(cell_len, lines)) > 70
    for said in (TITLE.split(), ["x" * 300], ["한" * 200], ["m" * 64]):
        assert "".join(said) in "".join(page(wide).split())


def test_korean_counts_two_columns_a_letter() -> None:
    report = FULL._replace(overdue=Listed([OVERDUE._replace(title="한" * 200)], 1))
    full = [line for line in sections(report)["Overdue: 1"] if "한" * 30 in line]
    assert full
    assert all(74 <= cell_len(line) <= 78 for line in full)


@example("❤️" * 100)
@example(("한" + "\u0301" * 100) * 100)
@example("👨‍👩‍👧" * 100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_text_of_the_register_makes_a_line_too_wide_or_breaks_it(text: str) -> None:
    report = FULL._replace(
        overdue=Listed([OVERDUE._replace(title=text)], 1), changed=Listed([UPDATED._replace(note=text)], 1)
    )
    lines = str(as_page(report)).split("\n")
    assert max(map(cell_len, lines)) <= 78
    assert not any(re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", line) for line in lines)


@pytest.mark.parametrize("width", [78, 60, 40])
def test_a_page_fits_a_narrower_terminal_too(width: int) -> None:
    lines = str(
        as_page(FULL._replace(overdue=Listed([OVERDUE._replace(title=TITLE)], 1)), width)
    ).splitlines()
    assert max(cell_len(line) for line in lines if HEAD[:10] not in line) <= width


def test_a_page_has_no_escape_codes_and_no_drawing_but_the_bars_of_quantities() -> None:
    assert not NO_MAIL.search(page(FULL).replace(BAR, ""))
    assert not NO_MAIL.search(as_markdown(FULL))


def test_what_a_page_marks_for_colour_says_so_in_words_too() -> None:
    marked = {line.split(":")[0].strip(): style for line, style in as_page(FULL).lines if style}
    assert (marked["FTA-CONCLUDE"], marked["HALAL/2"]) == ("overdue", "due-soon")
    found = sections(FULL)
    assert found["Overdue: 1"][0].startswith("  FTA-CONCLUDE")
    assert found[SOON_TITLE][0].startswith("  HALAL/2")


@pytest.mark.parametrize("write", [page, as_markdown])
def test_control_characters_are_shown_and_never_sent(write: Any) -> None:
    evil = "a\x1b[2Jb\x9b31mc\x07d\u202ee"
    report = FULL._replace(
        overdue=Listed([OVERDUE._replace(title=evil)], 1),
        changed=Listed([UPDATED._replace(note=evil), CREATED._replace(changes={"title": [None, evil]})], 2),
        next_milestones=Listed([NextMilestone(evil, replace(MILESTONE, title=evil))], 1),
        only=Filters([evil]),
    )
    report = counting(report, by_sector={evil: 1})
    said = write(report)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)
    assert "␛" in said


def test_markdown_has_a_table_for_every_count_and_every_list() -> None:
    found = tables(as_markdown(FULL))
    assert found["By status"] == [
        ["status", "commitments"],
        *([status, str(FULL.by_status[status])] for status in STATUSES),
    ]
    assert found["By deadline"] == [
        ["deadline", "commitments"],
        *([state, str(FULL.by_deadline[state])] for state in DEADLINE_STATES),
    ]
    assert found["By firmness"] == [
        ["firmness", "commitments"],
        *([word, str(FULL.counts.by_firmness[word])] for word in FIRMNESSES),
    ]
    assert found["By lead"] == [["lead", "commitments"], ["MITI", "1"], ["none", "1"]]
    assert found["By sector"] == [["sector", "commitments"], ["halal", "1"], ["trade", "2"]]
    deadline = ["ref", "title", "parties", "due", "last day", "when"]
    assert found["Overdue: 1"] == [
        [*deadline, "slipped"],
        [
            *("FTA-CONCLUDE", "Conclude the agreement", "both", "2025", "2025-12-31", "15 days ago"),
            "31 days later than first stated",
        ],
    ]
    assert found[SOON_TITLE] == [
        deadline,
        ["HALAL/2", "Port opened", "MY", "2026-01-16", "2026-01-16", "in 1 day"],
    ]
    assert found["Moved since 2025-12-16: 2"] == [
        ["ref", "field", "old", "new", "by"],
        ["FTA-CONCLUDE", "status", "planned", "in-progress", "entry 26"],
        ["FTA-CONCLUDE", "deadline", "due-soon", "overdue", "calendar, overdue since 2026-01-01"],
    ]
    assert found["Entries since 2025-12-16: 2"] == [
        ["effective on", "ref", "what"],
        ["2026-01-09", "HALAL/2", "milestone created: Port opened"],
        ["2026-01-10", "FTA-CONCLUDE", "status planned -> in-progress (Talks began) [SBS News]"],
    ]
    assert found["Not looked at for 180 days: 1"] == [
        ["ref", "title", "newest entry"],
        ["HALAL", "Recognise certificates", "2025-07-01, 198 days ago"],
    ]
    assert found["Contradicts itself: 1"] == [
        ["ref", "title", "why"],
        ["FTA-CONCLUDE", "Conclude the agreement", "in-progress though its deadline has passed"],
    ]
    assert found["Next milestones: 1"] == [
        ["ref", "commitment", "milestone"],
        [
            *("FTA-CONCLUDE/2", "Conclude the agreement"),
            "2. Signed, scheduled, due 2026, in 350 days",
        ],
    ]
    assert found["Quantities: 1"] == [
        ["ref", "title", "reading", "target", "%", "readings"],
        [
            *("FTA-CONCLUDE:LINES", "Tariff lines freed", "6 lines (2025-Q4)", "18", "33"),
            "2025-Q1 2, 2025-Q4 6",
        ],
    ]
    assert found["Sources disagree: 1"] == [
        ["ref", "field", "the register", "others"],
        [
            *("FTA-CONCLUDE", "status", "in-progress [Joint statement]"),
            "completed, says KR [The Star, 2025-12-18 (STAR-JETS); A speech]; cancelled",
        ],
    ]


def test_markdown_has_the_title_the_summary_and_the_head() -> None:
    rendered = unescape(re.sub(r"<[^>]*>", "", MarkdownIt().render(as_markdown(FULL))))
    assert rendered.startswith("Republic of Korea - Malaysia: what was promised, as of 2026-01-15\n")
    assert summary(FULL) in rendered
    assert rendered.rstrip().endswith(f"Head {HEAD}")


def test_markdown_of_an_empty_register_has_headings_and_no_empty_lists() -> None:
    said = as_markdown(EMPTY)
    assert summary(EMPTY) in said
    headings = re.findall(r"^#+ .*", said, re.MULTILINE)
    assert headings[1:] == [
        *("## By status", "## By firmness", "## By sector", "## By deadline", "## Overdue: none"),
        *("## Due within 90 days: none", "## Contradicts itself: none", "## Next milestones: none"),
        *("## Quantities: none", "## Sources disagree: none", "## Moved since 2025-12-16: none"),
        *("## Entries since 2025-12-16: none", "## Not looked at for 180 days: none"),
    ]
    assert set(tables(said)) == {"By status", "By firmness", "By sector", "By deadline"}
    assert said.endswith("\nHead none: the register has no entry\n")


def test_markdown_takes_nothing_of_the_register_for_markup() -> None:
    evil = "**b** `c` [x](javascript:1) <script>alert(1)</script> | cell # ~~s~~ ![i](//evil) &amp;"
    report = FULL._replace(
        overdue=Listed([OVERDUE._replace(title=evil)], 1), changed=Listed([UPDATED._replace(note=evil)], 1)
    )
    said = as_markdown(report)
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(said)
    assert not re.search(r"<(script|strong|em|a|img|code|s|del)\b", html)
    assert tables(said)["Overdue: 1"][1][1] == evil
