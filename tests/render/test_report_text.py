"""The report as text, as Markdown and as JSON: what each says, how wide it is, what is safe in it."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from ksmy_tracker.domain.kinds import Milestone
from ksmy_tracker.domain.report import Contradiction, Listed, NextMilestone, Quiet, Report
from ksmy_tracker.domain.rows import Day, EntryRow, Filters, as_dict
from ksmy_tracker.domain.words import DEADLINE_STATES, STATUSES
from ksmy_tracker.render.report import as_json, as_markdown, as_page
from ksmy_tracker.render.sections import milestone_summary, quiet_since
from ksmy_tracker.render.summary import summary
from ksmy_tracker.render.wording import entry_summary
from tests.rows import DEADLINE, EMPTY, ENTRY, MILESTONE, NOTHING

OVERDUE = DEADLINE._replace(slip_days=31)
SOON = OVERDUE._replace(
    ref="HALAL/2",
    record="milestone",
    title="Port opened",
    sector="halal",
    parties="MY",
    status="scheduled",
    deadline="due-soon",
    days_left=1,
    due="2026-01-16",
    due_earliest="2026-01-16",
    due_latest="2026-01-16",
    due_phrase=None,
    slip_days=None,
)
UPDATED = ENTRY._replace(
    recorded_at="2026-01-10T04:00:00.000000Z",
    effective_on="2026-01-10",
    changes={"status": ["planned", "in-progress"]},
    note="Talks began",
    evidence=["SBS News"],
)
BARE = UPDATED._replace(note=None, evidence=[])
CREATED = BARE._replace(
    id=25,
    effective_on="2026-01-09",
    ref="HALAL/2",
    record="milestone",
    action="created",
    changes={"title": [None, "Port opened"], "due": [None, "2026-01-16"]},
)
HEAD = "c" * 64
FULL = EMPTY._replace(
    agreements=1,
    by_status={**EMPTY.by_status, "in-progress": 2, "completed": 1},
    by_deadline={**EMPTY.by_deadline, "overdue": 1, "upcoming": 1, "met": 1},
    by_sector={"halal": 1, "trade": 2},
    overdue=Listed([OVERDUE], 1),
    due_soon=Listed([SOON], 1),
    changed=Listed([CREATED, UPDATED], 2),
    quiet=Listed([Quiet("HALAL", "Recognise certificates", "2025-07-01")], 1),
    contradictions=Listed(
        [
            Contradiction(
                "FTA-CONCLUDE", "Conclude the agreement", "in-progress though its deadline has passed"
            )
        ],
        1,
    ),
    next_milestones=Listed([NextMilestone("Conclude the agreement", MILESTONE)], 1),
    head=HEAD,
)
SOON_TITLE = "Due within 90 days: 1 (1 milestone)"
PAGE = f"""\
Republic of Korea - Malaysia: what was promised, as of 2026-01-15
{{summary}}

By status
  in-progress 2, completed 1

By sector
  halal 1, trade 2

By deadline
  overdue 1, upcoming 1, met 1

Overdue: 1
  FTA-CONCLUDE: Conclude the agreement, both parties, due 2025 (2025-01-01
    to 2025-12-31), 15 days ago, 31 days later than first stated

Due within 90 days: 1 (1 milestone)
  HALAL/2: Port opened, Malaysia, due 2026-01-16, in 1 day

Contradicts itself: 1
  FTA-CONCLUDE: in-progress though its deadline has passed

Next milestones: 1
  FTA-CONCLUDE/2: 2. Signed, scheduled, due 2026, in 350 days

Changed since 2025-12-16: 2
  2026-01-09  HALAL/2: milestone created: Port opened
  2026-01-10  FTA-CONCLUDE: status planned -> in-progress (Talks
              began) [1 evidence]

Gone quiet, no entry for 180 days: 1
  HALAL: 2025-07-01, 198 days ago

Head
  {HEAD}
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
        "By sector": "none",
        "By deadline": "none",
        "Overdue: none": "",
        "Due within 90 days: none": "",
        "Contradicts itself: none": "",
        "Next milestones: none": "",
        "Changed since 2025-12-16: none": "",
        "Gone quiet, no entry for 180 days: none": "",
        "Head": "none: the register has no entry",
    }


def test_the_title_says_what_the_report_is_narrowed_to() -> None:
    narrowed = FULL._replace(only=Filters(["trade"], ["KR"], ["FTA"]))
    title = "Republic of Korea - Malaysia: what was promised (trade, KR, FTA), as of 2026-01-15"
    assert in_a_line(page(narrowed).splitlines()[:2]).startswith(title)
    assert as_markdown(narrowed).startswith(
        "# Republic of Korea - Malaysia: what was promised \\(trade, KR, FTA\\)"
    )


def test_the_summary_is_the_paragraph_under_the_title() -> None:
    title, *paragraph = page(FULL).split("\n\n")[0].splitlines()
    assert title.startswith("Republic of Korea - Malaysia")
    assert in_a_line(paragraph) == summary(FULL)


def test_the_summary_says_what_is_open_overdue_due_contradictory_and_new() -> None:
    assert summary(FULL) == (
        "Of 3 commitments under 1 agreement, 2 are open and 1 completed. "
        "1 commitment is overdue; 1 milestone is due within 90 days. "
        'Longest overdue is "Conclude the agreement" (FTA-CONCLUDE), by 15 days. '
        "Contradiction: 1 commitment is open though its deadline has passed. "
        "There have been 2 changes since 2025-12-16."
    )


def test_the_summary_of_a_register_where_all_is_done_is_short() -> None:
    done = EMPTY._replace(agreements=1, by_status={**EMPTY.by_status, "completed": 2})
    assert summary(done) == (
        "Of 2 commitments under 1 agreement, none is open and 2 completed. "
        "Nothing is overdue or due within 90 days. Nothing has changed since 2025-12-16."
    )


def test_the_summary_of_an_empty_register_is_one_sentence() -> None:
    assert summary(EMPTY) == "There is no commitment here yet."


def test_the_summary_separates_thousands() -> None:
    many = EMPTY._replace(agreements=1200, by_status={**EMPTY.by_status, "planned": 100_000})
    assert summary(many).startswith(
        "Of 100,000 commitments under 1,200 agreements, 100,000 are open and none completed."
    )


def late(commitments: int, milestones: int, soon: int, soon_milestones: int) -> Report:
    """A report with so many commitments and milestones overdue and due soon."""
    return FULL._replace(
        by_deadline={**EMPTY.by_deadline, "overdue": commitments, "due-soon": soon},
        overdue=Listed([], commitments + milestones),
        due_soon=Listed([], soon + soon_milestones),
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((2, 1, 1, 0), "2 commitments and 1 milestone are overdue; 1 commitment is due within 90 days."),
        ((1, 0, 0, 0), "1 commitment is overdue; nothing is due within 90 days."),
        ((0, 1, 0, 2), "1 milestone is overdue; 2 milestones are due within 90 days."),
        ((0, 0, 1, 1), "Nothing is overdue; 1 commitment and 1 milestone are due within 90 days."),
        ((0, 0, 0, 0), "Nothing is overdue or due within 90 days."),
        ((1200, 0, 0, 1), "1,200 commitments are overdue; 1 milestone is due within 90 days."),
    ],
)
def test_the_summary_counts_milestones_beside_commitments_as_the_lists_do(
    counts: tuple[int, int, int, int], said: str
) -> None:
    assert f" {said} " in summary(late(*counts))


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


def test_the_longest_overdue_may_be_a_milestone() -> None:
    milestone = OVERDUE._replace(ref="FTA-CONCLUDE/1", record="milestone", title="Signed", days_left=-1)
    both = FULL._replace(overdue=Listed([milestone, OVERDUE], 2))
    assert 'Longest overdue is the milestone "Signed" (FTA-CONCLUDE/1), by 1 day.' in summary(both)


def test_a_title_that_fills_a_paragraph_of_its_own_is_cut_in_the_summary() -> None:
    report = FULL._replace(overdue=Listed([OVERDUE._replace(title="a\x1b" + "x" * 300)], 1))
    assert f'"a␛{"x" * 117}…" (FTA-CONCLUDE)' in summary(report)


@pytest.mark.parametrize(
    ("overdue", "total", "said"),
    [
        (1, 1, "Contradiction: 1 commitment is open though its deadline has passed."),
        (2, 2, "Contradictions: 2 commitments are open though their deadlines have passed."),
        (0, 1, "Contradiction: 1 commitment is completed without evidence or with a milestone open."),
        (
            1,
            3,
            "Contradictions: 1 commitment is open though its deadline has passed, "
            "and 2 are completed without evidence or with a milestone open.",
        ),
        (
            2,
            3,
            "Contradictions: 2 commitments are open though their deadlines have passed, "
            "and 1 is completed without evidence or with a milestone open.",
        ),
    ],
)
def test_the_summary_says_in_words_what_contradicts_itself(overdue: int, total: int, said: str) -> None:
    assert f" {said} " in summary(late(overdue, 0, 0, 0)._replace(contradictions=Listed([], total)))


def test_the_summary_says_nothing_of_contradictions_where_there_are_none() -> None:
    assert "ontradiction" not in summary(FULL._replace(contradictions=NOTHING))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Nothing has changed since 2025-12-16."),
        (1, "There has been 1 change since 2025-12-16."),
        (1234, "There have been 1,234 changes since 2025-12-16."),
    ],
)
def test_the_summary_says_how_many_changes_there_were_since_when(count: int, said: str) -> None:
    assert summary(FULL._replace(changed=Listed([], count))).endswith(f" {said}")


@pytest.mark.parametrize(("within", "said"), [(0, "0 days"), (1, "1 day"), (1000, "1,000 days")])
def test_the_horizon_is_named(within: int, said: str) -> None:
    report = FULL._replace(day=Day(date(2026, 1, 15), within))
    assert f"Due within {said}: 1 (1 milestone)" in sections(report)
    assert f"due within {said}." in summary(report)


@pytest.mark.parametrize(
    ("parties", "said"), [("KR", ", Korea, "), ("MY", ", Malaysia, "), ("both", ", both parties, ")]
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


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (UPDATED, "status planned -> in-progress (Talks began) [1 evidence]"),
        (CREATED, "milestone created: Port opened"),
        (UPDATED._replace(action="noted", changes={}, evidence=[]), "noted (Talks began)"),
        (BARE._replace(action="noted", changes={}, evidence=["a", "b"]), "noted [2 evidence]"),
        (BARE._replace(action="withdrawn", changes={"withdrawn": [False, True]}), "withdrawn"),
        (
            BARE._replace(changes={"due": ["2025-36", None], "baseline_due": [None, "2025"]}),
            "due 2025-Q4 -> nothing",
        ),
    ],
)
def test_an_entry_says_in_a_line_what_it_did(entry: EntryRow, said: str) -> None:
    assert entry_summary(entry) == said


def test_what_is_quiet_says_since_when() -> None:
    day = Day(date(2026, 1, 15))
    assert quiet_since(Quiet("A", "t", "2026-01-14"), day) == "2026-01-14, 1 day ago"
    assert quiet_since(Quiet("A", "t", "2026-01-15"), day) == "2026-01-15, 0 days ago"


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        (MILESTONE, "2. Signed, scheduled, due 2026, in 350 days"),
        (replace(MILESTONE, due="2025-36", days_left=-15), "2. Signed, scheduled, due 2025-Q4, 15 days ago"),
        (replace(MILESTONE, due=None, days_left=None, state="partially-met"), "2. Signed, partially-met"),
    ],
)
def test_a_next_milestone_says_its_state_and_when_it_is_due(milestone: Milestone, said: str) -> None:
    assert milestone_summary(NextMilestone("Conclude the agreement", milestone)) == said


#: What a list cut short says of the rest, and the command that lists it whole.
REST = {
    "overdue": ("more", "ksmy due --limit 1235"),
    "due_soon": ("more", "ksmy due --within 90"),
    "contradictions": ("more", ""),
    "next_milestones": ("more", ""),
    "changed": ("earlier", "ksmy history --since 2025-12-16"),
    "quiet": ("more", "ksmy list --stale 180"),
}


@pytest.mark.parametrize("part", REST)
def test_a_list_cut_short_says_how_many_more_there_are_and_how_to_see_them_all(part: str) -> None:
    items = getattr(FULL, part).items
    cut = FULL._replace(**{part: Listed(items, len(items) + 1234)})  # type: ignore[arg-type]
    rest, command = REST[part]
    said = f"and 1,234 {rest}" + (f": {command} --as-of 2026-01-15" if command else "")
    assert page(cut).count(f"  {said}\n") == 1
    assert as_markdown(cut).count(f"\n{said}\n") == 1
    assert "and 1,234" not in page(FULL) + as_markdown(FULL)


def test_what_is_overdue_without_milestones_is_listed_by_list() -> None:
    cut = late(7, 0, 0, 0)
    assert sections(cut)["Overdue: 7"] == ["  and 7 more: ksmy list --overdue --as-of 2026-01-15"]


def test_the_command_of_a_narrowed_report_narrows_too_but_for_what_history_cannot() -> None:
    narrowed = late(7, 0, 7, 0)._replace(
        only=Filters(["trade", "halal"], ["KR"], ["FTA"]),
        quiet=Listed((), 3),
        changed=Listed((), 3),
    )
    found = {title: in_a_line(lines) for title, lines in sections(narrowed).items()}
    only = "--sector trade --sector halal --party KR --agreement FTA --as-of 2026-01-15"
    assert found["Overdue: 7"] == f"and 7 more: ksmy list --overdue {only}"
    assert found["Due within 90 days: 7"] == f"and 7 more: ksmy due --within 90 {only}"
    assert found["Changed since 2025-12-16: 3"] == "and 3 earlier"
    assert found["Gone quiet, no entry for 180 days: 3"] == f"and 3 more: ksmy list --stale 180 {only}"


@pytest.mark.parametrize(
    ("recorded_at", "on"),
    [("2026-01-10T04:00:00.000000Z", "2026-01-10"), ("2026-01-09T16:00:00.000000Z", "2026-01-10")],
)
def test_what_is_news_only_because_it_was_recorded_lately_says_when(recorded_at: str, on: str) -> None:
    entry = UPDATED._replace(effective_on="2025-12-15", recorded_at=recorded_at)
    report = FULL._replace(changed=Listed([entry, entry._replace(effective_on="2025-12-16")], 2))
    first, second, *_ = [line for line in sections(report)["Changed since 2025-12-16: 2"] if "  2025" in line]
    assert first.startswith(f"  2025-12-15 (recorded {on})  FTA-CONCLUDE: ")
    assert second.startswith("  2025-12-16  FTA-CONCLUDE: ")
    assert [row[0] for row in tables(as_markdown(report))["Changed since 2025-12-16: 2"][1:]] == [
        f"2025-12-15 (recorded {on})",
        "2025-12-16",
    ]


def test_a_milestone_that_is_overdue_says_so_beside_its_state() -> None:
    milestone = replace(MILESTONE, deadline="overdue", days_left=-3)
    said = milestone_summary(NextMilestone("Conclude the agreement", milestone))
    assert said == "2. Signed, scheduled, overdue, due 2026, 3 days ago"


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
        by_sector={"m" * 64: 1, "n" * 64: 2},
        only=Filters(["m" * 64, "n" * 64]),
    )
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


@settings(deadline=None)
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


def test_a_page_has_no_escape_codes_and_no_drawing() -> None:
    assert not NO_MAIL.search(page(FULL))
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
        by_sector={evil: 1},
        only=Filters([evil]),
    )
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
    assert found["Changed since 2025-12-16: 2"] == [
        ["effective on", "ref", "what"],
        ["2026-01-09", "HALAL/2", "milestone created: Port opened"],
        ["2026-01-10", "FTA-CONCLUDE", "status planned -> in-progress (Talks began) [1 evidence]"],
    ]
    assert found["Gone quiet, no entry for 180 days: 1"] == [
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


def test_markdown_has_the_title_the_summary_and_the_head() -> None:
    rendered = unescape(re.sub(r"<[^>]*>", "", MarkdownIt().render(as_markdown(FULL))))
    assert rendered.startswith("Republic of Korea - Malaysia: what was promised, as of 2026-01-15\n")
    assert summary(FULL) in rendered
    assert rendered.rstrip().endswith(f"Head\n{HEAD}")


def test_markdown_of_an_empty_register_has_headings_and_no_empty_lists() -> None:
    said = as_markdown(EMPTY)
    assert summary(EMPTY) in said
    headings = re.findall(r"^#+ .*", said, re.MULTILINE)
    assert headings[1:] == [
        *("## By status", "## By sector", "## By deadline", "## Overdue: none"),
        *("## Due within 90 days: none", "## Contradicts itself: none", "## Next milestones: none"),
        *("## Changed since 2025-12-16: none", "## Gone quiet, no entry for 180 days: none", "## Head"),
    ]
    assert set(tables(said)) == {"By status", "By sector", "By deadline"}
    assert said.endswith("none: the register has no entry\n")


def test_markdown_takes_nothing_of_the_register_for_markup() -> None:
    evil = "**b** `c` [x](javascript:1) <script>alert(1)</script> | cell # ~~s~~ ![i](//evil) &amp;"
    report = FULL._replace(
        overdue=Listed([OVERDUE._replace(title=evil)], 1), changed=Listed([UPDATED._replace(note=evil)], 1)
    )
    said = as_markdown(report)
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(said)
    assert not re.search(r"<(script|strong|em|a|img|code|s|del)\b", html)
    assert tables(said)["Overdue: 1"][1][1] == evil


def test_json_has_every_key_in_its_order() -> None:
    assert list(as_json(FULL)) == [
        *("today", "within", "since", "commitments", "open", "agreements", "by_status", "by_deadline"),
        *("overdue", "overdue_count", "due_soon", "due_soon_count", "changed", "changed_count"),
        *("contradictions", "contradiction_count", "head", "summary", "by_sector", "stale"),
        *("quiet", "quiet_count", "next_milestones", "next_milestone_count", "needs_attention"),
    ]
    assert list(as_json(EMPTY)) == list(as_json(FULL))


def test_json_says_everything_in_plain_values() -> None:
    value = json.loads(json.dumps(as_json(FULL)))
    assert {name: value[name] for name in value if not isinstance(value[name], list | dict)} == {
        "today": "2026-01-15",
        "within": 90,
        "since": "2025-12-16",
        "commitments": 3,
        "open": 2,
        "agreements": 1,
        "overdue_count": 1,
        "due_soon_count": 1,
        "changed_count": 2,
        "contradiction_count": 1,
        "head": HEAD,
        "summary": summary(FULL),
        "stale": 180,
        "quiet_count": 1,
        "next_milestone_count": 1,
        "needs_attention": True,
    }
    assert value["by_status"] == FULL.by_status
    assert value["by_deadline"] == FULL.by_deadline
    assert value["by_sector"] == {"halal": 1, "trade": 2}
    assert value["overdue"] == [OVERDUE._asdict()]
    assert value["due_soon"] == [SOON._asdict()]
    assert value["changed"] == [CREATED._asdict(), UPDATED._asdict()]
    assert value["quiet"] == [{"ref": "HALAL", "title": "Recognise certificates", "updated_on": "2025-07-01"}]
    assert value["contradictions"] == [
        {
            "ref": "FTA-CONCLUDE",
            "title": "Conclude the agreement",
            "why": "in-progress though its deadline has passed",
        }
    ]
    assert value["next_milestones"] == [as_dict(MILESTONE)]


def test_json_of_an_empty_register_has_empty_lists_zeros_and_no_head() -> None:
    value = as_json(EMPTY)
    assert [name for name, one in value.items() if one == []] == [
        *("overdue", "due_soon", "changed", "contradictions", "quiet", "next_milestones")
    ]
    assert value["head"] is None
    assert value["needs_attention"] is False
    assert value["by_status"] == dict.fromkeys(STATUSES, 0)
    assert value["by_deadline"] == dict.fromkeys(DEADLINE_STATES, 0)


def test_json_counts_what_it_does_not_list() -> None:
    value = as_json(FULL._replace(overdue=Listed([OVERDUE], 1234)))
    assert (len(value["overdue"]), value["overdue_count"]) == (1, 1234)
