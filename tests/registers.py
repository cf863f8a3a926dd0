"""Registers for tests of what people look at: the seed and what came after it, and one of hostile texts."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

import pytest

from ksmy_tracker import cli
from tests.conftest import NOW

AFTER_THE_SUMMIT: Final = Path(__file__).parent.parent / "docs" / "examples" / "after-the-summit.jsonl"

#: What would show that a script of the register had run.
_RUN: Final = "window.ran=1"

#: Texts by what they try to be. Each is the title, detail, source, note, evidence of one commitment.
TEXTS: Final[dict[str, str]] = {
    "script": f"<script>{_RUN}</script><img src=https://evil.example/a.png onerror={_RUN}>",
    "attribute": f'"onload="{_RUN}" onclick=\'{_RUN}\' autofocus onfocus={_RUN} x="',
    "style": "</style></title><style>*{display:none}</style><link rel=stylesheet href=//evil.example/b.css>",
    "svg": f"</svg></desc></td></table><svg onload={_RUN}><script>{_RUN}</script></svg>",
    "comment": "<!-- --> ]]> <![CDATA[ <?xml-stylesheet href='//evil.example/c.xsl'?> &lt;b&gt; &amp;",
    "template": "{{7*7}} {% for x in () %} ${7*7} #{7*7} [bold]%s{0}",
    "address": f"javascript:{_RUN} data:text/html,<script>{_RUN}</script> https://evil.example/d",
    "bidi": "invoice\u202etxt.exe\u2066 hidden\u200b\u2069 end",
    "terminal": "a\x1b]0;gone\x07\x1b[2Jb\x9b31mc\x08d\u2028e",
    "calendar": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:evil\nSUMMARY:evil; a, b: \\n \\, c",
    "long": "x" * 5000,
    "korean": "한국과 말레이시아의 자유무역협정을 2025년까지 타결한다, " * 4 + "끝",
}

#: The same as they are shown: control characters as pictures or escapes, all else as it is.
SHOWN: Final[dict[str, str]] = {
    **TEXTS,
    "bidi": "invoice\\u202etxt.exe\\u2066 hidden\\u200b\\u2069 end",
    "terminal": "a␛]0;gone␇␛[2Jb\\u009b31mc␈d\\u2028e",
    "calendar": "x␍␊END:VEVENT␍␊BEGIN:VEVENT␊UID:evil␊SUMMARY:evil; a, b: \\n \\, c",
}

#: As long as a ref and a sector may be, of wide letters and without a place to break the line.
LONG_REF: Final = "W" * 64
LONG_SECTOR: Final = "m" * 64

#: The refs of the commitments with these texts.
REFS: Final[dict[str, str]] = {name: f"H-{name.upper()}" for name in TEXTS} | {"script": LONG_REF}

#: As long as a due date may be, or nearly: in EDTF, one of these days.
LONG_DUE: Final = "{2026-03-01,2026-03-03,2026-03-05,2026-03-09,2026-03-13,2026-03-17,2026-03-21,2026-03-31}"

#: Those with a note of late; of the others one is quiet, and one completed without evidence.
NOTED: Final = TEXTS.keys() - {"korean", "style"}

#: Their due dates, in turn, with the last days: on 15 January 2026 overdue, due soon and upcoming.
_DUES: Final = (("2025", "2025-12-31"), ("2026-03", "2026-03-31"), ("2027-34", "2027-06-30"))

#: The last day of each, after what the batch below moves.
LAST_DAYS: Final[dict[str, str]] = {REFS[name]: _DUES[number % 3][1] for number, name in enumerate(TEXTS)} | {
    REFS["svg"]: "2028-06-30"
}

#: When the batch below takes effect.
NEWS_DAYS: Final = ("2026-01-10", "2026-01-11", "2026-01-12", "2024-11-25")


def run(register: Path, *arguments: str) -> str:
    """What one run of the program on a register prints, with the tests' clock; it must succeed."""
    out, err = io.StringIO(newline=""), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.delenv("KSMY_TZ", raising=False)
        code = cli.run([*arguments, "--db", str(register)], lambda: NOW)
    assert code == 0, err.getvalue()
    return out.getvalue()


@pytest.fixture(scope="session")
def after_summit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped seed and what happened after the summit; not to be changed."""
    register = tmp_path_factory.mktemp("after-summit") / "register.db"
    run(register, "init", "--by", "seeder")
    run(register, "apply", str(AFTER_THE_SUMMIT), "--by", "desk")
    return register


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register in which every text, of people's names too, is hostile; not to be changed."""
    directory = tmp_path_factory.mktemp("hostile")
    register, seed, batch = (directory / name for name in ("register.db", "seed.json", "batch.jsonl"))
    seed.write_text(json.dumps(_seed()), encoding="utf-8")
    batch.write_text("".join(f"{json.dumps(line)}\n" for line in _batch()), encoding="utf-8")
    run(register, "init", "--seed", str(seed), "--by", TEXTS["attribute"] + TEXTS["style"])
    run(register, "apply", str(batch), "--by", TEXTS["script"] + TEXTS["terminal"])
    return register


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register without any record; not to be changed."""
    register = tmp_path_factory.mktemp("empty") / "register.db"
    run(register, "init", "--empty")
    return register


def _seed() -> dict[str, Any]:
    agreements = [
        {
            "ref": f"A-{name.upper()}",
            "title": text,
            "kind": "memorandum",
            "stage": "signed",
            "place": text,
            "source": text,
            "note": text,
            "evidence": [text],
        }
        for name, text in TEXTS.items()
    ]
    commitments = [
        {
            "ref": REFS[name],
            "title": text,
            "detail": text,
            "agreement": f"A-{name.upper()}",
            "sector": LONG_SECTOR if name == "script" else "trade",
            "firmness": "agreed",
            "source": text,
            "due": LONG_DUE if name == "long" else _DUES[number % 3][0],
            "due_phrase": text,
            "note": text,
            "evidence": [] if name == "style" else [text],
        }
        for number, (name, text) in enumerate(TEXTS.items())
    ]
    milestones = [
        {"commitment": REFS[name], "title": text, "due": "2026-06", "note": text}
        for name, text in TEXTS.items()
    ]
    return {
        "format": "ksmy-seed/1",
        "effective_on": "2024-11-25",
        "agreements": agreements,
        "commitments": commitments,
        "milestones": milestones,
    }


def _batch() -> list[dict[str, Any]]:
    """What happened lately: notes on all but one, a due date that moved, one completed with its step."""
    lines: list[dict[str, Any]] = [
        {"ref": REFS[name], "note": text, "evidence": [text], "on": "2026-01-10"}
        for name, text in TEXTS.items()
        if name in NOTED
    ]
    return [
        *lines,
        {"ref": REFS["svg"], "due": "2028-06-30", "note": TEXTS["svg"], "on": "2026-01-11"},
        {"op": "milestone", "ref": REFS["style"], "number": 1, "state": "met", "on": "2026-01-12"},
        {"ref": REFS["style"], "status": "completed", "on": "2026-01-12"},
    ]
