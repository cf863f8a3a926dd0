"""`body`, `source`, `measure` and `claim`: what they record, refuse and print; the listings of what they recorded."""

import csv
import io
import json
from typing import Any

import pytest

from ksmy_tracker.domain.kinds import Body, Measure, Source
from ksmy_tracker.domain.rows import names
from tests.conftest import Contents, Ksmy, Ran, sentence

BODY = ("body", "add", "KAI", "--name", "Korea Aerospace", "--kind", "company", "--party", "KR")
SOURCE = (
    *("source", "add", "STAR", "--title", "Six visits", "--publisher", "The Star", "--dated", "2025-12-18"),
    *("--url", "https://star.example/six", "--language", "EN"),
)
MEASURE = (
    *("measure", "add", "TOURISM:VISITS", "--title", "Visits", "--unit", "visits", "--direction", "up"),
    *("--target", "20", "--target-period", "2026", "--value", "6", "--period", "2025-Q1"),
)
CLAIM = ("claim", "TOURISM", "--status", "completed", "--said-by", "KAI", "--evidence", "STAR")


def done(ran: Ran) -> str:
    """What a run printed that went well."""
    assert (ran.err, ran.code) == ("", 0)
    return ran.out


@pytest.fixture
def told(ksmy: Ksmy) -> Ksmy:
    """The seed with a body, a source, a measure and a claim: entries 31 to 34."""
    for command in (BODY, SOURCE, MEASURE, CLAIM):
        done(ksmy(*command))
    return ksmy


def rows(ran: Ran) -> Any:
    return json.loads(done(ran))


def test_what_is_added_is_told_field_by_field(ksmy: Ksmy) -> None:
    assert [done(ksmy(*command)) for command in (BODY, SOURCE, MEASURE, CLAIM)] == [
        "KAI created: name Korea Aerospace; kind company; party KR (entry 31)\n",
        (
            "STAR created: title Six visits; publisher The Star; dated 2025-12-18; url https://star.example/six; "
            "language en (entry 32)\n"
        ),
        (
            "TOURISM:VISITS created: title Visits; unit visits; direction up; target 20; target period 2026; "
            "value 6; period 2025-Q1 (entry 33)\n"
        ),
        (
            "TOURISM#1 created: field status; value completed; said by KAI; state standing; evidence: STAR "
            "(entry 34)\n"
        ),
    ]
    assert ksmy("check").code == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("body", "set", "kai", "--party", ""), "KAI updated: party KR removed (entry 35)\n"),
        (
            ("body", "set", "KAI", "--name", "KAI Ltd", "--on", "2026-01-15", "--note", "Renamed"),
            "KAI updated: name Korea Aerospace -> KAI Ltd; note: Renamed (entry 35)\n",
        ),
        (
            ("source", "set", "STAR", "--archived", "https://archive.example/star"),
            "STAR updated: archived set to https://archive.example/star (entry 35)\n",
        ),
        (
            ("measure", "set", "tourism:visits", "--value", "7.50", "--period", "2025"),
            "TOURISM:VISITS updated: value 6 -> 7.50; period 2025-Q1 -> 2025 (entry 35)\n",
        ),
        # A reading without a period has none, whatever the one before had.
        (
            ("measure", "set", "TOURISM:VISITS", "--value", "18..20"),
            "TOURISM:VISITS updated: value 6 -> 18..20; period 2025-Q1 removed (entry 35)\n",
        ),
        (("measure", "set", "TOURISM:VISITS", "--value", "6", "--period", "2025-Q1"), None),
        (
            ("measure", "set", "TOURISM:VISITS", "--note", "Seen"),
            "TOURISM:VISITS noted: note: Seen (entry 35)\n",
        ),
        (
            ("claim", "add", "TOURISM:VISITS", "--value", "8", "--period", "2025-Q1"),
            "TOURISM:VISITS#1 created: field value; value 8; period 2025-Q1; state standing (entry 35)\n",
        ),
        (
            ("claim", "FTA-CONCLUDE/1", "--met-on", "2025-10-26", "--said-by", "both"),
            (
                "FTA-CONCLUDE/1#1 created: field met_on; value 2025-10-26; said by both; state standing "
                "(entry 35)\n"
            ),
        ),
        (
            ("claim", "TOURISM", "--leads", "KAI"),
            "TOURISM#2 created: field leads; value KAI; state standing (entry 35)\n",
        ),
        (
            ("claim", "accept", "TOURISM#1", "--note", "Seen"),
            (
                "TOURISM updated: status in-progress -> completed; note: Seen (entry 35)\n"
                "TOURISM#1 updated: state standing -> accepted; note: Seen (entry 36)\n"
            ),
        ),
        (
            ("claim", "drop", "tourism#1", "--note", "A slip"),
            "TOURISM#1 updated: state standing -> dropped; note: A slip (entry 35)\n",
        ),
    ],
)
def test_a_change_is_told_and_stands(told: Ksmy, command: tuple[str, ...], said: str | None) -> None:
    out = done(told(*command))
    assert out == (said or f"{command[2]} unchanged: everything is so already\n")
    assert told("check").code == 0


FAULTS = {
    # What a new record needs, and what its fields can be.
    "body add X --kind company": (2, "a body needs --name; see `ksmy body add --help`"),
    "body add X --name x": (2, "a body needs --kind; see `ksmy body add --help`"),
    "body add X --name x --kind minstry": (2, "--kind: 'minstry' is unknown; did you mean ministry?"),
    "body add X_Y --name x --kind state": (2, "REF: 'X_Y' is not a ref"),
    "body add X --name= --kind state": (2, "--name: cannot be empty"),
    "source add X --publisher x": (2, "a source needs --title; see `ksmy source add --help`"),
    "source add X --title x --url star.example": (
        2,
        "--url: 'star.example' is no address; give one that begins with https://",
    ),
    "source add X --title x --dated yesterday": (2, "--dated: 'yesterday' "),
    "source add X --title x --language Korean": (2, "--language: 'Korean' is no language; give its tag"),
    "measure add TOURISM:X --title x": (2, "a measure needs --unit; see `ksmy measure add --help`"),
    "measure add TOURISM:X --unit x": (2, "a measure needs --title; see `ksmy measure add --help`"),
    "measure add TOURISM:X --title x --unit x --target about_20": (2, "--target: 'about_20' is no number; "),
    "measure add TOURISM:X --title x --unit x --value 20..18": (
        2,
        "--value: '20..18' is no range; give the lower number first",
    ),
    "measure add TOURISM:X --title x --unit x --value 1,000": (2, "--value: '1,000' is no number; "),
    "measure add TOURISM:X --title x --unit x --direction upward": (2, "--direction: 'upward' is unknown"),
    "measure add TOURISM --title x --unit x": (
        2,
        "REF: 'TOURISM' is no measure's ref: a measure has a name of its own",
    ),
    "measure add FTA-CONCLUDE/1:X --title x --unit x": (
        2,
        "REF: 'FTA-CONCLUDE/1:X' is no measure's ref: a milestone has no measures",
    ),
    "measure add KAI:X --title x --unit x": (4, "KAI is a body, not a commitment or an agreement"),
    "measure add TOURIST:X --title x --unit x": (3, "there is no record TOURIST; did you mean TOURISM?"),
    # What is there already.
    "body add KAI --name x --kind state": (4, "there is already a body KAI; change it with `ksmy body set`"),
    "source add STAR --title x": (4, "there is already a source STAR; change it with `ksmy source set`"),
    "measure add TOURISM:VISITS --title x --unit x": (
        4,
        "there is already a measure TOURISM:VISITS; change it with `ksmy measure set`",
    ),
    "body add FTA --name x --kind state": (
        4,
        "there is already an agreement FTA; change it with `ksmy update`",
    ),
    # What is of another kind, or not there, or not to be changed at all.
    "body set STAR --name x": (4, "STAR is a source, not a body"),
    "source set KAI --title x": (4, "KAI is a body, not a source"),
    "measure set TOURISM --value 7": (4, "TOURISM is a commitment, not a measure"),
    "body set KIA --name x": (3, "there is no record KIA; did you mean KAI?"),
    "measure set TOURISM:VISIT --value 7": (
        3,
        "there is no record TOURISM:VISIT; did you mean TOURISM:VISITS?",
    ),
    "body set KAI": (2, "nothing to change: give --name, --kind, --party, --note or --evidence"),
    "measure set TOURISM:VISITS": (
        2,
        "nothing to change: give --value, --period, --target, --target-period, ",
    ),
    "measure set TOURISM:VISITS --value 7 --period soon": (2, "--period: 'soon' "),
    "source set STAR --title=": (2, "--title: cannot be empty"),
    "update KAI --due 2027": (2, "KAI is a body, which has no due; "),
    # Who leads, and who said something, must be there, once.
    "update TOURISM --leads KIA": (3, "there is no body KIA; did you mean KAI?"),
    "update TOURISM --leads KAI,kai": (2, "--leads: 'KAI' stands twice; give it once"),
    "update TOURISM --partners FTA": (4, "FTA is an agreement, not a body"),
    "update TOURISM --said-by KIA": (3, "there is no body KIA; did you mean KAI?"),
    "list --lead KIA": (3, "there is no body KIA; did you mean KAI?"),
    # Claims.
    "claim TOURISM": (2, "a claim is about one field; give one option such as --status (given: none)"),
    "claim TOURISM --status completed --due 2027": (
        2,
        "a claim is about one field; give one option such as --status (given: --status, --due)",
    ),
    "claim TOURISM --status in-progress": (
        4,
        "TOURISM says so itself: status in-progress; nothing was recorded",
    ),
    "claim TOURISM:VISITS --value 6 --period 2025-Q1": (
        4,
        "TOURISM:VISITS says so itself: value 6; nothing was recorded",
    ),
    "claim TOURISM --status done": (2, "--status: 'done' is unknown"),
    "claim TOURISM --stage signed": (2, "TOURISM is a commitment, which has no stage; "),
    "claim TOURISM --due=": (2, "--due: a claim says what a field is; give a value"),
    "claim TOURISM --status completed --period 2025": (
        2,
        "only a reading of a measure has a period; leave --period out",
    ),
    "claim TOURIST --status completed": (3, "there is no record TOURIST; did you mean TOURISM?"),
    "claim TOURISM --status completed --said-by KIA": (3, "there is no body KIA; did you mean KAI?"),
    "claim TOURISM#1 --value x": (2, "REF: TOURISM#1 is a claim; name what it is about, TOURISM"),
    "claim accept TOURISM#1": (2, "say with --note why the claim is settled so"),
    "claim drop TOURISM#1": (2, "say with --note why the claim is settled so"),
    "claim accept TOURISM#2 --note x": (3, "there is no claim TOURISM#2; "),
    "claim accept TOURISM --note x": (4, "TOURISM is a commitment, not a claim; give one such as TOURISM#1"),
    "claim accept TOURISM#x --note x": (2, "CLAIM: 'TOURISM#x' is not a claim's ref, such as TOURISM#1"),
    # Listings.
    "bodies --columns nam": (2, "--columns: there is no column 'nam'; did you mean name?"),
    "measure list --columns valu": (2, "--columns: there is no column 'valu'; did you mean value?"),
    "measure list --sector nosuch": (2, "there is no sector nosuch; "),
    "sources --columns cited_by": (2, "--columns: there is no column 'cited_by'; did you mean cited?"),
    "measure lst": (2, "No such command 'lst'. Did you mean 'list'"),
    "body remove KAI": (2, "No such command 'remove'; "),
}


@pytest.mark.parametrize("command", FAULTS)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    told: Ksmy, contents: Contents, command: str
) -> None:
    before = contents()
    code, said = FAULTS[command]
    ran = told(*command.split())
    assert ran.code == code
    assert sentence(ran).startswith(said)
    assert contents() == before


def test_a_day_that_follows_from_the_history_is_not_accepted_of_a_claim(
    told: Ksmy, contents: Contents
) -> None:
    done(told("claim", "FTA-CONCLUDE/1", "--met-on", "2025-10-26"))
    before = contents()
    ran = told("claim", "accept", "FTA-CONCLUDE/1#1", "--note", "Seen")
    assert ran.code == 4
    assert sentence(ran) == (
        "met on of FTA-CONCLUDE/1 follows from its history; amend the entry that says so "
        "(`ksmy history FTA-CONCLUDE/1`), and drop the claim"
    )
    assert contents() == before


@pytest.mark.parametrize(("settled", "state"), [("accept", "accepted"), ("drop", "dropped")])
def test_a_claim_is_settled_once(told: Ksmy, contents: Contents, settled: str, state: str) -> None:
    done(told("claim", settled, "TOURISM#1", "--note", "Seen"))
    before = contents()
    for again in ("accept", "drop"):
        ran = told("claim", again, "TOURISM#1", "--note", "Seen")
        assert ran.code == 4
        assert sentence(ran) == f"TOURISM#1 was {state} already; `ksmy undo` takes that back"
    assert contents() == before


def test_what_is_settled_stands_again_after_an_undo(told: Ksmy) -> None:
    done(told("claim", "accept", "TOURISM#1", "--note", "Seen"))
    assert rows(told("list", "--disputed", "--format", "json")) == []
    done(told("undo"))
    (row,) = rows(told("list", "--disputed", "--format", "json"))
    assert (row["ref"], row["status"], row["disputed"]) == ("TOURISM", "in-progress", ["status"])
    assert told("check").code == 0


def test_nothing_is_written_that_is_only_tried(ksmy: Ksmy, contents: Contents) -> None:
    before = contents()
    ran = ksmy(*BODY, "--dry-run")
    assert (ran.code, ran.err) == (0, "ksmy: dry run: nothing was written\n")
    assert ran.out.startswith("KAI created: name Korea Aerospace; ")
    assert contents() == before


# What is listed


LISTED = {
    "bodies": (
        Body,
        ["KAI", "company", "KR", "0", "0", "Korea Aerospace"],
        "| KAI | company | KR | 0 | 0 | Korea Aerospace |",
    ),
    "sources": (
        Source,
        ["STAR", "The Star", "2025-12-18", "1", "Six visits"],
        "| STAR | The Star | 2025-12-18 | 1 | Six visits |",
    ),
    "measure list": (
        Measure,
        ["TOURISM:VISITS", "6", "visits", "2025-33", "20", "30", "Visits"],
        "| TOURISM:VISITS | 6 visits \\(2025-Q1\\) | 20 | 30 | Visits |",
    ),
}


@pytest.mark.parametrize("listing", LISTED)
def test_a_listing_comes_in_every_format(told: Ksmy, listing: str) -> None:
    command = listing.split()
    row, cells, in_words = LISTED[listing]
    assert done(told(*command, "--format", "tsv")) == "\t".join(cells) + "\n"
    assert done(told(*command, "--format", "tsv")) == done(told(*command))
    assert done(told(*command, "--format", "md")).splitlines()[-1] == in_words
    (found,) = rows(told(*command, "--format", "json"))
    assert tuple(found) == names(row)
    assert rows(told(*command, "--format", "jsonl")) == found
    header, line = csv.reader(io.StringIO(done(told(*command, "--format", "csv"))))
    assert header == list(found)
    assert line[0] == cells[0]
    heading, shown = done(told(*command, "--format", "table")).splitlines()
    assert heading.split()[0] == "ref"
    assert shown.split()[0] == cells[0]


def test_of_a_listing_any_columns_may_be_asked_for(told: Ksmy) -> None:
    columns = ("measure", "list", "--columns", "target,ref,remaining", "--format")
    assert done(told(*columns, "tsv")) == "20\tTOURISM:VISITS\t14\n"
    assert done(told(*columns, "csv")) == "target,ref,remaining\n20,TOURISM:VISITS,14\n"
    assert rows(told(*columns, "json")) == [{"target": "20", "ref": "TOURISM:VISITS", "remaining": "14"}]
    assert done(told("bodies", "--columns", "name_ms,leads")) == "\t0\n"
    assert done(told("sources", "--columns", "language,cited")) == "en\t1\n"


def test_bodies_lead_what_is_open_and_sources_are_cited_by_what_is_in_force(told: Ksmy) -> None:
    done(told("update", "FTA-CONCLUDE", "TOURISM", "--leads", "KAI", "--evidence", "STAR"))
    done(told("milestone", "set", "FTA-CONCLUDE", "1", "--leads", "KAI", "--due", "2025-06"))
    (body,) = rows(told("bodies", "--format", "json"))
    assert (body["leads"], body["overdue"]) == (3, 2)
    assert [row["cited"] for row in rows(told("sources", "--format", "json"))] == [3]
    done(told("undo"))
    done(told("undo"))
    (body,) = rows(told("bodies", "--format", "json"))
    assert (body["leads"], body["overdue"]) == (0, 0)
    assert [row["cited"] for row in rows(told("sources", "--format", "json"))] == [1]


def test_what_is_undone_is_listed_no_more(told: Ksmy) -> None:
    for entry, command in (("34", "show TOURISM#1"), ("33", "show TOURISM:VISITS"), ("32", "show STAR")):
        done(told("undo", entry))
        assert told(*command.split()).code == 3
    assert done(told("measure", "list", "--withdrawn")) == done(told("sources", "--withdrawn")) == ""
    assert done(told("bodies")).count("\n") == 1


def test_a_listing_of_the_past_has_what_was_there_then(told: Ksmy) -> None:
    for command in ("bodies", "sources", "measure list"):
        assert done(told(*command.split(), "--as-of", "2026-01-14")) == ""
        assert done(told(*command.split(), "--as-of", "2026-01-15")).count("\n") == 1


def test_lists_are_narrowed_to_topics_leads_partners_and_to_what_is_undated_or_disputed(told: Ksmy) -> None:
    done(told("update", "TOURISM", "--topics", "halal-food", "--leads", "KAI"))
    done(told("update", "HYDROGEN", "--partners", "KAI"))

    def refs(*options: str) -> list[str]:
        return [row["ref"] for row in rows(told("list", *options, "--format", "json"))]

    assert refs("--topic", "Halal-Food") == refs("--lead", "kai") == refs("--disputed") == ["TOURISM"]
    assert refs("--partner", "KAI") == ["HYDROGEN"]
    assert len(refs("--undated")) == 17
    assert not {"FTA-CONCLUDE", "CCS-START"} & set(refs("--undated"))
    (measure,) = rows(told("measure", "list", "--lead", "KAI", "--format", "json"))
    assert measure["ref"] == "TOURISM:VISITS"
    assert rows(told("measure", "list", "--sector", "trade", "--format", "json")) == []


# What is shown of one


def test_the_page_of_a_commitment_has_its_measures_and_claims(told: Ksmy) -> None:
    done(told("measure", "set", "TOURISM:VISITS", "--value", "8", "--period", "2025-Q4"))
    text = " ".join(done(told("show", "TOURISM", "--format", "table")).split())
    assert (
        f"Measures TOURISM:VISITS Visits: 8 of 20 visits by 2026 (2025-Q4), 40 % {'█' * 8}{'·' * 12} "
        "readings: 2025-Q1 6, 2025-Q4 8" in text
    )
    assert "Claims TOURISM#1 status: completed, says KAI" in text
    assert "measures 1 disputed status" in text
    whole = rows(told("show", "TOURISM", "--format", "json"))
    assert [one["ref"] for one in whole["claims"]] == ["TOURISM#1"]
    assert [reading["value"] for reading in whole["measure_list"][0]["readings"]] == ["6", "8"]


def test_a_body_and_a_source_have_pages(told: Ksmy) -> None:
    done(told("update", "TOURISM", "--leads", "KAI"))
    body = " ".join(done(told("show", "kai", "--format", "table")).split())
    assert body.startswith("KAI Korea Aerospace")
    assert "kind company party KR leads 1 overdue 0 Commitments: 1 TOURISM: " in body
    source = " ".join(done(told("show", "STAR", "--format", "table")).split())
    assert source.startswith("STAR Six visits")
    assert "language en cited 1 Cited by: 1 entry 34 2026-01-15 tester: TOURISM#1: claim created: " in source
    assert "The Star, 2025-12-18 (STAR)" in source
    assert [one["id"] for one in rows(told("show", "STAR", "--format", "json"))["citing"]] == [34]


def test_the_report_says_where_sources_disagree_and_how_far_quantities_have_come(told: Ksmy) -> None:
    text = " ".join(done(told("report")).split())
    assert "Quantities: 1 TOURISM:VISITS: Visits, 6 of 20 visits by 2026 (2025-Q1), 30 % " in text
    assert (
        "Sources disagree: 1 TOURISM status: in-progress; against it completed, says KAI "
        "[The Star, 2025-12-18 (STAR)]" in text
    )
    assert "Sources disagree about 1 field." in text


# Lines of a batch


def test_a_batch_adds_and_changes_them_by_op(ksmy: Ksmy, contents: Contents, tmp_path: Any) -> None:
    file = tmp_path / "batch.jsonl"

    def applied(*lines: dict[str, Any]) -> Ran:
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        return ksmy("apply", str(file))

    ran = applied(
        {"op": "body", "ref": "KAI", "name": "Korea Aerospace", "kind": "company"},
        {"op": "source", "ref": "STAR", "title": "Six", "url": "https://star.example/six"},
        {"op": "measure", "ref": "TOURISM:VISITS", "title": "Visits", "unit": "visits", "target": 20},
        {"op": "measure", "ref": "TOURISM:VISITS", "value": "6", "period": "2025", "evidence": "STAR"},
        {"op": "claim", "ref": "TOURISM:VISITS", "field": "value", "value": "8", "period": "2025"},
        {"op": "claim", "ref": "TOURISM:VISITS#1", "state": "dropped", "note": "A slip"},
        {"op": "body", "ref": "KAI", "name": "KAI", "party": None},
        {"ref": "TOURISM", "leads": ["KAI"], "topics": "halal-food, tin", "said_by": "both"},
    )
    assert (ran.code, ran.err) == (0, "ksmy: applied 8, unchanged 0, skipped 0\n")
    assert ksmy("check").code == 0
    before = contents()
    ran = applied(
        {"op": "measure", "ref": "TOURISM:X", "title": "Visits", "unit": "visits", "target": "about 20"},
        {"op": "body", "ref": "TOURISM", "party": "KR"},
        {"op": "clam", "ref": "TOURISM"},
        {"ref": "TOURISM", "leads": ["KIA"]},
        {"op": "claim", "ref": "TOURISM", "field": "stage", "value": "signed"},
    )
    assert ran.code == 5
    assert [line.partition(": ")[2][:40] for line in ran.err.splitlines()[1:]] == [
        "target: 'about 20' is no number; give on",
        "TOURISM is a commitment, not a body",
        "op: 'clam' is unknown; did you mean clai",
        "there is no body KIA; did you mean KAI?",
        "TOURISM is a commitment, which has no st",
    ]
    assert contents() == before
