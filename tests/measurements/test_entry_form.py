"""The entry made from a kind's data, typed by keyboard."""

import gc
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from tests.sheets import freed, press, type_text
from ui.context import utc_now
from ui.measurements.entry import MeasurementEntry
from ward_app.measurements.kinds import kinds

ENTER = Qt.Key.Key_Return
ADULT_MONTHS = 40 * 12


@pytest.fixture
def entry_of(qtbot, qapp):
    def make(name):
        entry = MeasurementEntry(kinds()[name], age_months=ADULT_MONTHS, clock=utc_now)
        qtbot.addWidget(entry)
        entry.show()
        entry.activateWindow()
        qtbot.waitUntil(entry.isActiveWindow)
        entry.form.focus_first()
        return entry

    return make


def type_lines(qtbot, *texts):
    for text in texts:
        type_text(qtbot, text)
        press(qtbot, ENTER)


def test_that_pain_is_typed_with_its_site(qtbot, entry_of):
    entry = entry_of("pain")
    type_lines(qtbot, "7", "left hip")
    assert entry.check()
    assert entry.values() == {"score": Decimal(7), "site": "left hip"}


def test_that_no_pain_is_a_score_and_nothing_is_none(qtbot, entry_of):
    entry = entry_of("pain")
    assert not entry.check()
    type_lines(qtbot, "0")
    assert entry.check()
    assert entry.values() == {"score": Decimal(0)}


def test_that_the_coma_scale_adds_up_as_it_is_typed(qtbot, entry_of):
    entry = entry_of("gcs")
    assert entry.total.text() == "GCS none"
    type_lines(qtbot, "3", "4", "5")
    assert entry.total.text() == "GCS 12"


def test_that_a_part_that_cannot_be_tested_leaves_no_total(qtbot, entry_of):
    entry = entry_of("gcs")
    type_lines(qtbot, "4", "n", "6")
    assert entry.total.text() == "GCS none"
    assert entry.check()
    assert entry.values() == {"eye": "4", "verbal": "NT", "motor": "6"}


def test_that_a_key_typed_again_replaces_the_one_before(qtbot, entry_of):
    entry = entry_of("gcs")
    type_text(qtbot, "43")
    assert entry.values() == {"eye": "3"}
    assert entry.form.input("eye").words.text() == "to sound"


def test_that_a_key_that_stands_for_nothing_is_refused_in_place(qtbot, entry_of):
    entry = entry_of("gcs")
    type_lines(qtbot, "9", "5", "6")
    assert not entry.check()
    assert entry.form.problem("eye") == "Eyes open is one of the keys 4, 3, 2, 1, N."
    assert entry.form.input("eye").target.hasFocus()


def test_that_what_cannot_be_is_refused_however_often_it_is_saved(qtbot, entry_of):
    entry = entry_of("pain")
    type_lines(qtbot, "11")
    assert not entry.check()
    assert not entry.check()
    assert entry.form.problem("score") == "Pain lies between 0 and 10."


def test_that_the_unusual_is_asked_about_once(qtbot, entry_of):
    entry = entry_of("blood_glucose")
    name = next(one.name for one in entry.kind.fields if one.usual)
    usual = entry.kind.field(name).usual[-1]
    high = usual.highest + 1
    entry.form.set_value(name, high)
    assert not entry.check()
    assert entry.form.problem(name).endswith("is unusual. Keep it? Save again and it is kept.")
    assert entry.check()
    entry.form.set_value(name, high + 1)
    assert not entry.check()


@pytest.mark.parametrize("name", sorted(kinds()))
def test_that_every_kind_comes_back_from_a_draft(entry_of, name):
    kind = kinds()[name]
    entry, other = entry_of(name), entry_of(name)
    for field in kind.fields:
        if field.choices:
            entry.form.set_value(field.name, field.choices[-1].value)
    other.retype(entry.typed())
    assert other.values() == entry.values()


def test_that_recorded_values_fill_the_entry_untouched(entry_of):
    entry = entry_of("gcs")
    entry.fill({"eye": "4", "verbal": "NT", "motor": "6"})
    assert not entry.form.is_dirty
    assert entry.values() == {"eye": "4", "verbal": "NT", "motor": "6"}


def test_that_a_closed_entry_is_freed(qtbot, qapp):
    entry = MeasurementEntry(kinds()["gcs"], age_months=None, clock=utc_now)
    gone = freed(qtbot, entry)
    del entry
    gc.collect()
    assert gone() is None
