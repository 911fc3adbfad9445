"""A name that looks like mark-up is shown as it was typed, wherever it stands."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtWidgets import QApplication

import ui
from tests.board.builders import NOW, ZONE, a_patient
from ui import theme
from ui.board.bed_model import BedListModel
from ui.board.cards import Moment, bed_card
from ui.notices import PROBLEM, NoticeBar
from ui.plain_text import CopyableLabel, PaddedLabel, PlainLabel, plain_tooltip
from ui.widgets.option_model import Option, OptionModel

NAME = "<b>O'Neil</b>, Ann & Co"


def test_that_a_label_shows_what_is_written(qtbot):
    label = PlainLabel(NAME)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == NAME


def test_that_a_notice_shows_a_name_as_it_was_typed(qtbot):
    notice = NoticeBar()
    qtbot.addWidget(notice)
    notice.tell(PROBLEM, NAME)
    formats = {label.textFormat() for label in notice.findChildren(PlainLabel)}
    assert formats == {Qt.TextFormat.PlainText}


def test_that_a_tooltip_shows_what_is_written():
    assert plain_tooltip(NAME) == "<qt>&lt;b&gt;O&#x27;Neil&lt;/b&gt;, Ann &amp; Co</qt>"
    assert plain_tooltip("Ann & Co") == "Ann & Co"


def test_that_the_tooltip_of_an_option_is_no_markup_but_its_spoken_text_is_plain():
    model = OptionModel()
    model.set_options([Option(NAME, "", 1)])
    index = model.index(0, 0)
    assert index.data(Qt.ItemDataRole.ToolTipRole).startswith("<qt>&lt;")
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == NAME


def test_that_the_board_shows_a_name_as_it_was_typed(qtbot):
    model = BedListModel()
    model.set_rows([bed_card(a_patient(1, family_name="<i>x</i>"), Moment(NOW, ZoneInfo(ZONE)))])
    assert "&lt;I&gt;X" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_that_no_label_is_left_to_guess_whether_its_words_are_markup():
    guessing = [
        str(path)
        for path in Path(ui.__file__).parent.rglob("*.py")
        if path.name != "plain_text.py"
        and re.search(
            r"(?<!\[)\bQLabel\(", path.read_text(encoding="utf-8").replace("(QLabel)", "")
        )
    ]
    assert guessing == []


@pytest.mark.parametrize("words", ["Fell at 14:05.", "Ward 7 " * 40, "▲ SpO₂ 88 %\nseen by Dr Ò"])
def test_that_words_can_be_marked_once_the_mouse_is_there_and_stay_where_they_are(qtbot, words):
    label = CopyableLabel(words)
    label.setWordWrap(True)
    label.resize(240, 400)
    qtbot.addWidget(label)
    before = (label.sizeHint(), label.heightForWidth(240))
    assert not label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    QApplication.sendEvent(label, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert (label.sizeHint(), label.heightForWidth(240)) == before


def test_that_a_notice_is_read_aloud_when_the_focus_has_moved_and_only_if_still_there(
    qtbot, monkeypatch
):
    said = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: said.append(event.message())
    )
    gone, notice = NoticeBar(), NoticeBar()
    for bar in (gone, notice):
        qtbot.addWidget(bar)
    gone.tell(PROBLEM, "Over already.")
    gone.clear()
    notice.tell(PROBLEM, "The bed was taken.")
    assert said == []
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Problem: The bed was taken."]


def test_that_the_room_around_words_stays_through_tints_and_colour_schemes(qtbot, qapp):
    theme.apply(qapp, theme.Scheme.LIGHT)
    label = PaddedLabel((8, 16, 8, 16), NAME)
    theme.tint(label, "problem", "problem_ground")
    qtbot.addWidget(label)
    label.show()
    try:
        for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
            theme.apply(qapp, scheme)
            assert label.sizeHint().height() == label.fontMetrics().height() + 32
    finally:
        theme.apply(qapp, theme.Scheme.LIGHT)
