"""The title of a report and its paragraph for whoever reads nothing else."""

import pytest

from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Filters
from ksmy_tracker.render.report_summary import summary
from tests.rows import EMPTY, FULL, MOVED, NOTHING, OVERDUE, counting, late


def test_the_summary_says_what_is_open_overdue_due_contradictory_and_new() -> None:
    assert summary(FULL) == (
        "Of 3 commitments under 1 agreement, 2 are open and 1 completed. "
        "1 is firm (signed or committed), 1 agreed, offered or discussed, 1 only hoped for; "
        "1 rests on one side's words; 1 of 2 open has no date (ksmy list --undated). "
        "1 commitment is overdue; 1 milestone is due within 90 days. "
        'Longest overdue is "Conclude the agreement" (FTA-CONCLUDE), by 15 days. '
        "Contradiction: 1 commitment is open though its deadline has passed. "
        "Sources disagree about 1 field. "
        "There have been 2 entries since 2025-12-16."
    )


def test_the_summary_of_a_register_where_all_is_done_is_short() -> None:
    done = counting(
        EMPTY._replace(agreements=1),
        by_status={**EMPTY.by_status, "completed": 2},
        by_firmness={**EMPTY.counts.by_firmness, "signed": 2},
    )
    assert summary(done) == (
        "Of 2 commitments under 1 agreement, none is open and 2 completed. "
        "2 are firm (signed or committed). "
        "Nothing is overdue or due within 90 days. No entry since 2025-12-16."
    )


def test_the_summary_of_an_empty_register_is_one_sentence() -> None:
    assert summary(EMPTY) == "There is no commitment here yet."


def test_the_summary_separates_thousands() -> None:
    many = counting(
        EMPTY._replace(agreements=1200, disagreements=Listed([], 4000)),
        by_status={**EMPTY.by_status, "planned": 100_000},
        by_deadline={**EMPTY.by_deadline, "undated": 90_000},
        by_firmness={"signed": 50_000, "committed": 1000, "agreed": 40_000, "hoped": 9000},
        one_sided=70_000,
    )
    assert summary(many).startswith(
        "Of 100,000 commitments under 1,200 agreements, 100,000 are open and none completed. "
        "51,000 are firm (signed or committed), 40,000 agreed, offered or discussed, 9,000 only hoped for; "
        "70,000 rest on one side's words; 90,000 of 100,000 open have no date (ksmy list --undated). "
    )
    assert " Sources disagree about 4,000 fields. " in summary(many)


@pytest.mark.parametrize(
    ("by_firmness", "said"),
    [
        ({"signed": 3}, "3 are firm (signed or committed)."),
        ({"committed": 1, "offered": 2}, "1 is firm (signed or committed), 2 agreed, offered or discussed."),
        ({"signed": 1, "committed": 1, "hoped": 1}, "2 are firm (signed or committed), 1 only hoped for."),
        ({"hoped": 3}, "None is firm (signed or committed), 3 only hoped for."),
        (
            {"agreed": 1, "discussed": 1, "hoped": 1},
            "None is firm (signed or committed), 2 agreed, offered or discussed, 1 only hoped for.",
        ),
    ],
)
def test_the_summary_says_how_firm_it_is(by_firmness: dict[str, int], said: str) -> None:
    firm = counting(late(0, 0, 0, 0), by_firmness={**EMPTY.counts.by_firmness, **by_firmness}, one_sided=0)
    assert f" completed. {said} Nothing is overdue" in summary(firm)


@pytest.mark.parametrize(
    ("one_sided", "undated", "said"),
    [
        (0, 0, "only hoped for."),
        (1, 0, "only hoped for; 1 rests on one side's words."),
        (2, 0, "only hoped for; 2 rest on one side's words."),
        (0, 1, "only hoped for; 1 of 2 open has no date (ksmy list --undated)."),
        (0, 2, "only hoped for; 2 of 2 open have no date (ksmy list --undated)."),
    ],
)
def test_the_summary_says_what_one_side_alone_voiced_and_what_has_no_date(
    one_sided: int, undated: int, said: str
) -> None:
    by_deadline = {**EMPTY.by_deadline, "undated": undated}
    assert f" {said} " in summary(counting(FULL, one_sided=one_sided, by_deadline=by_deadline))


def test_the_summary_of_a_part_names_no_command_that_lists_another() -> None:
    narrowed = summary(FULL._replace(only=Filters(topic=["hydrogen"])))
    assert "; 1 of 2 open has no date. " in narrowed
    assert "ksmy" not in narrowed


def test_the_summary_says_nothing_of_sources_that_agree() -> None:
    assert "disagree" not in summary(FULL._replace(disagreements=NOTHING))


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
            (
                "Contradictions: 1 commitment is open though its deadline has passed, "
                "and 2 are completed without evidence or with a milestone open."
            ),
        ),
        (
            2,
            3,
            (
                "Contradictions: 2 commitments are open though their deadlines have passed, "
                "and 1 is completed without evidence or with a milestone open."
            ),
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
        (0, "No entry since 2025-12-16."),
        (1, "There has been 1 entry since 2025-12-16."),
        (1234, "There have been 1,234 entries since 2025-12-16."),
    ],
)
def test_the_summary_says_how_many_entries_there_were_since_when(count: int, said: str) -> None:
    assert summary(FULL._replace(moved=NOTHING, changed=Listed([], count))).endswith(f" {said}")


def test_the_summary_says_that_the_calendar_moved_what_no_entry_did() -> None:
    without = FULL._replace(changed=NOTHING)
    by_calendar = "No entry since 2025-12-16, but the calendar moved what was due."
    assert summary(without).endswith(f" {by_calendar}")
    # An entry that was recorded after the day of the report is none of its entries.
    assert summary(without._replace(moved=Listed([MOVED], 1))).endswith(" No entry since 2025-12-16.")
