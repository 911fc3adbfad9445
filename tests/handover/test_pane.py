"""The lines of a handover: where words begin, and times that leave room for them."""

from __future__ import annotations

import pytest

from ui.handover.pane import HandoverPane
from ui.handover.sbar import SbarLine, SbarPart
from ui.plain_text import PlainLabel

DUE = "22:10, due in 1 h 30 min"
PARTS = (
    SbarPart("Situation", (SbarLine("Open alert", new=True),)),
    SbarPart("Recommendation", (SbarLine("Observations", when=DUE),)),
)


@pytest.fixture
def pane(qtbot):
    pane = HandoverPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.show_parts(PARTS)
    pane.show()
    return pane


def labels(pane):
    return {label.text(): label for label in pane.widget().findChildren(PlainLabel)}


def test_that_a_time_takes_a_second_line_only_where_room_is_short(pane):
    assert DUE in labels(pane)
    pane.resize(480, 400)
    assert DUE not in labels(pane)
    assert DUE.replace(", ", ",\n") in labels(pane)
    pane.resize(900, 400)
    assert DUE in labels(pane)


def test_that_words_begin_at_one_place_whether_anything_is_new_or_not(qtbot, pane):
    qtbot.waitUntil(labels(pane)["Observations"].isVisible)
    found = labels(pane)
    assert found["Open alert"].x() == found["Observations"].x()
