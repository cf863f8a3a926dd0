"""The objects of the JSON contract that are no rows: which keys, in which order, saying what."""

import json
from typing import Any, Final

import pytest

from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import (
    FullAgreement,
    FullBody,
    FullCommitment,
    FullPartnership,
    FullRecord,
    FullSource,
    as_dict,
    names,
)
from ksmy_tracker.domain.words import DEADLINE_STATES, STATUSES
from ksmy_tracker.render.json_contract import receipt_object, record_object, report_object
from ksmy_tracker.render.report_summary import summary
from tests.rows import (
    AGREEMENT,
    BODY,
    CITED,
    CLAIM,
    COMMITMENT,
    CREATED,
    EMPTY,
    ENTRY,
    FULL,
    HEAD,
    MEASURE,
    MEASURED,
    MILESTONE,
    OVERDUE,
    PARTNERSHIP,
    SOON,
    SOURCE,
    TURNED,
    UPDATED,
    outcome,
)


def plain(value: Any) -> Any:
    """What JSON makes of a value: a list of what is any sequence."""
    return json.loads(json.dumps(value))


def test_the_object_of_a_receipt_has_these_keys_in_this_order() -> None:
    shown = receipt_object(Receipt("one", [outcome()], "h"), dry_run=False)
    assert list(shown) == [
        "invocation",
        "applied",
        "unchanged",
        "skipped",
        "head",
        "dry_run",
        "entries",
        "changes",
    ]
    assert list(shown["changes"][0]) == [
        "ref",
        "record",
        "action",
        "entry",
        "changes",
        "since",
        "until",
        "retracts",
    ]


def test_the_object_of_a_receipt_says_what_became_of_each_change() -> None:
    days: dict[str, Any] = {"since": {"due": "2025-12-01"}, "until": {"due": ("2025-12-31", "2026")}}
    changed = {"changes": {"due": ("2025", None)}, **days}
    nothing: dict[str, Any] = {"changes": {}, "since": {}, "until": {}, "retracts": ()}
    receipt = Receipt(
        "one",
        [
            outcome(**changed, note="n", evidence=("a",)),
            outcome(None, ref="FTA", record="agreement", entry=None),
            outcome(None, ref="SP-2024", record="agreement", entry=None, skipped=True, retracts=(25,)),
        ],
        "h",
    )
    assert receipt_object(receipt, dry_run=True) == {
        "invocation": "one",
        "applied": 1,
        "unchanged": 1,
        "skipped": 1,
        "head": "h",
        "dry_run": True,
        "entries": [26],
        "changes": [
            {"ref": ref, "record": record, "action": action, "entry": entry, **said}
            for ref, record, action, entry, said in (
                (
                    "TOURISM",
                    "commitment",
                    "updated",
                    26,
                    {**changed, "retracts": ()},
                ),
                ("FTA", "agreement", None, None, nothing),
                ("SP-2024", "agreement", None, None, {**nothing, "retracts": (25,)}),
            )
        ],
    }


def test_the_object_of_a_receipt_of_nothing_has_every_key() -> None:
    assert receipt_object(Receipt("one"), dry_run=False) == {
        "invocation": "one",
        "applied": 0,
        "unchanged": 0,
        "skipped": 0,
        "head": None,
        "dry_run": False,
        "entries": [],
        "changes": [],
    }


def test_the_object_of_a_report_has_every_key_in_its_order() -> None:
    assert list(report_object(FULL)) == [
        *("today", "within", "since", "commitments", "open", "agreements", "by_status", "by_deadline"),
        *("by_firmness", "by_lead", "without_lead", "one_sided"),
        *("overdue", "overdue_count", "due_soon", "due_soon_count", "moved", "moved_count"),
        *("changed", "changed_count"),
        *("contradictions", "contradiction_count", "head", "summary", "by_sector", "stale"),
        *("quiet", "quiet_count", "next_milestones", "next_milestone_count"),
        *("measures", "measure_count", "disagreements", "disagreement_count", "needs_attention"),
    ]
    assert list(report_object(EMPTY)) == list(report_object(FULL))


def test_the_object_of_a_report_says_everything_in_plain_values() -> None:
    value = json.loads(json.dumps(report_object(FULL)))
    assert {name: value[name] for name in value if not isinstance(value[name], list | dict)} == {
        "today": "2026-01-15",
        "within": 90,
        "since": "2025-12-16",
        "commitments": 3,
        "open": 2,
        "agreements": 1,
        "without_lead": 1,
        "one_sided": 1,
        "overdue_count": 1,
        "due_soon_count": 1,
        "moved_count": 2,
        "changed_count": 2,
        "contradiction_count": 1,
        "head": HEAD,
        "summary": summary(FULL),
        "stale": 180,
        "quiet_count": 1,
        "next_milestone_count": 1,
        "measure_count": 1,
        "disagreement_count": 1,
        "needs_attention": True,
    }
    assert value["by_status"] == FULL.by_status
    assert value["by_deadline"] == FULL.by_deadline
    assert value["by_sector"] == {"halal": 1, "trade": 2}
    assert value["by_firmness"] == FULL.counts.by_firmness
    assert value["by_lead"] == {"MITI": 1}
    assert value["overdue"] == [{**OVERDUE._asdict(), "leads": [], "disputed": []}]
    assert value["due_soon"] == [{**SOON._asdict(), "leads": [], "disputed": []}]
    assert value["moved"] == [
        {
            "ref": "FTA-CONCLUDE",
            "record": "commitment",
            "title": "Conclude the agreement",
            "field": "status",
            "old": "planned",
            "new": "in-progress",
            "entries": [26],
            "since": None,
        },
        {**TURNED._asdict(), "entries": []},
    ]
    assert value["changed"] == [{**CREATED._asdict(), "cited": []}, {**UPDATED._asdict(), "cited": []}]
    assert value["quiet"] == [
        {"ref": "HALAL", "title": "Recognise certificates", "updated_on": "2025-07-01", "reviewed_on": None}
    ]
    assert value["contradictions"] == [
        {
            "ref": "FTA-CONCLUDE",
            "title": "Conclude the agreement",
            "why": "in-progress though its deadline has passed",
        }
    ]
    assert value["next_milestones"] == [plain(as_dict(MILESTONE))]
    assert value["measures"] == [
        {
            **plain(as_dict(MEASURE)),
            "readings": [
                {"value": "2", "period": "2025-33", "effective_on": "2025-04-01", "entry": 8},
                {"value": "6", "period": "2025-36", "effective_on": "2026-01-02", "entry": 9},
            ],
        }
    ]
    (disagreement,) = value["disagreements"]
    nobody = {"period": None, "said_by": None}
    assert disagreement == {
        "ref": "FTA-CONCLUDE",
        "title": "Conclude the agreement",
        "field": "status",
        "register": {**nobody, "value": "in-progress", "evidence": ["Joint statement"], "cited": []},
        "claims": [
            {
                "value": "completed",
                "period": None,
                "said_by": "KR",
                "evidence": ["STAR-JETS", "A speech"],
                "cited": [CITED._asdict()],
            },
            {**nobody, "value": "cancelled", "evidence": [], "cited": []},
        ],
    }


def test_the_object_of_a_report_of_an_empty_register_has_empty_lists_zeros_and_no_head() -> None:
    value = report_object(EMPTY)
    assert [name for name, one in value.items() if one == []] == [
        *("overdue", "due_soon", "moved", "changed", "contradictions", "quiet", "next_milestones"),
        *("measures", "disagreements"),
    ]
    assert value["head"] is None
    assert value["needs_attention"] is False
    assert value["by_status"] == dict.fromkeys(STATUSES, 0)
    assert value["by_deadline"] == dict.fromkeys(DEADLINE_STATES, 0)


def test_the_object_of_a_report_counts_what_it_does_not_list() -> None:
    value = report_object(FULL._replace(overdue=Listed([OVERDUE], 1234)))
    assert (len(value["overdue"]), value["overdue_count"]) == (1, 1234)


CITING = ENTRY._replace(evidence=["STAR-JETS"], cited=[CITED])


#: What belongs to a record, as it is in lists of objects.
MEASURES: Final = plain(report_object(FULL)["measures"])
BELONGING: Final = {"measure_list": MEASURES, "claims": [plain(as_dict(CLAIM))]}


@pytest.mark.parametrize(
    ("found", "more"),
    [
        (
            FullCommitment(COMMITMENT, AGREEMENT, [MILESTONE], [ENTRY], [MEASURED], [CLAIM]),
            {"milestone_list": [plain(as_dict(MILESTONE))], **BELONGING},
        ),
        # Here the list itself stands where a listing has its count.
        (
            FullAgreement(AGREEMENT, [COMMITMENT], [ENTRY], [MEASURED], [CLAIM]),
            {"commitments": [plain(as_dict(COMMITMENT))], **BELONGING},
        ),
        (FullBody(BODY, [COMMITMENT], [ENTRY]), {"commitments": [plain(as_dict(COMMITMENT))]}),
        (FullPartnership(PARTNERSHIP, [ENTRY]), {}),
        (FullSource(SOURCE, [CITING], [ENTRY]), {"citing": [plain(as_dict(CITING))]}),
    ],
)
def test_the_object_of_a_record_has_its_fields_its_history_and_what_belongs_to_it(
    found: FullRecord, more: dict[str, Any]
) -> None:
    its = plain(as_dict(found.record))
    value = plain(record_object(found))
    assert value == {**its, "entries": [plain(as_dict(ENTRY))], **more}
    assert list(value) == list(dict.fromkeys((*names(type(found.record)), "entries", *more)))


def test_an_entry_has_the_sources_that_it_cites_as_objects() -> None:
    (shown,) = plain(record_object(FullSource(SOURCE, [CITING], [])))["citing"]
    assert shown["evidence"] == ["STAR-JETS"]
    assert shown["cited"] == [
        {
            "ref": "STAR-JETS",
            "title": "Six jets in 2026",
            "publisher": "The Star",
            "dated": "2025-12-18",
            "url": "https://star.example/jets",
            "language": "en",
        }
    ]
