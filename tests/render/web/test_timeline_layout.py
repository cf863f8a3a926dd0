"""Where a drawing has its labels: how much of a text fits, and what a label above its bar keeps free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksmy_tracker.render.web.timeline_layout import NARROW, WIDE, Layout

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)


@LAYOUTS
def test_a_text_that_fits_stays_whole(layout: Layout) -> None:
    assert layout.cut("Conclude it", layout.label) == "Conclude it"
    assert layout.cut("", 0) == ""


@LAYOUTS
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400))
def test_a_text_that_is_cut_ends_in_an_ellipsis_and_fits(layout: Layout, text: str) -> None:
    shown = layout.cut(text, layout.label)
    assert layout.room(shown) <= layout.label
    assert shown == text or (shown.endswith("…") and text.startswith(shown.removesuffix("…")))


@pytest.mark.parametrize(("wider", "narrower"), [("한", "a"), ("W", "A"), ("A", "a"), ("a", "i"), ("m", "n")])
def test_wide_letters_take_more_room(wider: str, narrower: str) -> None:
    assert WIDE.room(wider) > WIDE.room(narrower)


@pytest.mark.parametrize(
    ("layout", "due", "said"),
    [
        (WIDE, "2026", "overdue"),
        (NARROW, "2026", "overdue, 2026"),
        (NARROW, "2026-12-31", "overdue, 2026-12-31"),
        (NARROW, "2026-12-31/2027-02", "overdue"),
        (NARROW, "", "overdue"),
    ],
)
def test_where_the_calendar_may_be_out_of_sight_the_state_says_when(
    layout: Layout, due: str, said: str
) -> None:
    assert layout.state("overdue", due) == said


def test_a_line_through_the_calendar_leaves_the_labels_above_their_bars_free() -> None:
    height = NARROW.head + 3 * NARROW.row + NARROW.foot
    spans = NARROW.beside_labels(3, height)
    assert len(spans) == 3
    for number, (top, bottom) in enumerate(spans):
        row = NARROW.head + number * NARROW.row
        assert row + 34 < top < row + NARROW.middle < bottom <= row + NARROW.row + NARROW.middle
    assert WIDE.beside_labels(3, height) == [(40, height - WIDE.foot)]
