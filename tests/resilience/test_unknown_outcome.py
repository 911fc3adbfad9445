"""The answer to a save is lost and the server out of reach: what the nurse reads and may do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.resilience.desk import desk
from tests.sheets import press, press_save
from tests.steps import admit
from ward_app.core.settings import PoolSettings


@pytest.fixture
def settings(proxy, station_settings, database, nurse):
    """The way past the proxy, one connection wide; Okafor lies in East 1."""
    admit(database, nurse, "Okafor", label="1")
    return replace(
        station_settings(),
        host=str(proxy.folder),
        connect_timeout_s=2,
        pool=PoolSettings(min=1, max=1),
    )


@pytest.fixture
def nora(qtbot, qapp, tmp_path, settings):
    with desk(qtbot, qapp, settings, tmp_path) as place:
        yield place


@pytest.fixture
def unsure(qtbot, nora, proxy):
    """Her sheet, saved for all she knows or not: it was, and nobody told her."""
    sheet = nora.type_set("1")
    proxy.is_closed_after, proxy.answers_to_lose = True, 1
    press_save(qtbot)
    nora.wait(lambda: not sheet.is_saving)
    assert "not known whether it was. Save again: nothing will be there twice" in sheet.notice.text
    proxy.open()
    return sheet


def saved_respirations(admin):
    return admin.execute(
        "SELECT respiratory_rate_per_min FROM report.vital_signs ORDER BY recorded_at"
    ).fetchall()


def leave(qtbot, nora):
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Escape)
    nora.wait(lambda: nora.sheet is None)


def retype_respiration(nora, value):
    line = nora.sheet.entry.row("respiratory_rate_per_min").lines[0]
    line.setFocus()
    line.selectAll()
    nora.type(value)


def test_that_saving_again_saves_once(qtbot, nora, unsure, admin):
    with qtbot.waitSignal(unsure.closed):
        press_save(qtbot)
    assert "NEWS2 0" in nora.told
    assert saved_respirations(admin) == [(16,)]


def test_that_saving_the_draft_after_leaving_the_sheet_saves_once(qtbot, nora, unsure, admin):
    leave(qtbot, nora)
    again = nora.open_observations("1")
    assert again is not unsure
    assert "from before is back" in again.notice.text
    with qtbot.waitSignal(again.closed):
        press_save(qtbot)
    assert saved_respirations(admin) == [(16,)]


def test_that_other_values_are_not_taken_for_the_set_that_was_saved(qtbot, nora, unsure, admin):
    """Told "saved" while the first values stand would be worse than asking."""
    retype_respiration(nora, "30")
    press_save(qtbot)
    nora.wait(lambda: not unsure.is_saving)
    assert "was saved before, with other values" in unsure.notice.text
    assert saved_respirations(admin) == [(16,)]
    with qtbot.waitSignal(unsure.closed):
        press_save(qtbot)
    assert saved_respirations(admin) == [(16,), (30,)]


def test_that_the_next_entry_after_a_saved_one_is_another_set(qtbot, nora, unsure, admin):
    with qtbot.waitSignal(unsure.closed):
        press_save(qtbot)
    following = nora.type_set("1")
    with qtbot.waitSignal(following.closed):
        press_save(qtbot)
    assert saved_respirations(admin) == [(16,), (16,)]
