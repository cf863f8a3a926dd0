"""The timeline as an object of the JSON contract."""

from typing import Any

from ksmy_tracker.domain.timeline import Timeline

_TEXTS = ("ref", "title", "status", "deadline", "due")


def as_json(timeline: Timeline) -> dict[str, Any]:
    """The timeline as an object of the JSON contract; what has no due date has null for it and its window."""
    return {
        "start": str(timeline.start),
        "end": str(timeline.end),
        "today": str(timeline.today),
        "undated": timeline.undated,
        "outside": timeline.outside,
        "bars": [
            {
                **{name: value if name in _TEXTS else _iso(value) for name, value in bar._asdict().items()},
                "marks": [{**mark._asdict(), "day": str(mark.day)} for mark in bar.marks],
            }
            for bar in timeline.bars
        ],
    }


def _iso(value: Any) -> str | None:
    return None if value is None else str(value)
