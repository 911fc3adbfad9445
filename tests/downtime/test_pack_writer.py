from dataclasses import replace
from datetime import timedelta

import pytest

from tests.downtime.copies import EAST, a_copy, a_stay
from tests.observations.builders import NOW
from ui.downtime.pack_process import PackNotPaintedError
from ui.downtime.pack_writer import Keeping, PackWriter, keeping_of
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.pack_files import latest_name

INTERVAL = timedelta(minutes=10)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "packs"


@pytest.fixture
def make(qapp, clock, folder):
    """Return a maker of writers; each is closed at the end."""
    made = []

    def maker(paint=lambda order: order.copy.taken_at.isoformat().encode(), **changes):
        keeping = Keeping(on=True, folder=folder, interval=INTERVAL, keep_for=timedelta(hours=24))
        made.append(PackWriter(replace(keeping, **changes), clock, paint=paint))
        return made[-1]

    yield maker
    for writer in made:
        writer.close()


def settled(qtbot, writer):
    qtbot.waitUntil(lambda: not writer._lane.is_busy)


def latest(folder):
    return (folder / latest_name(EAST)).read_text()


def test_that_a_pack_is_written_of_the_first_copy_and_then_every_ten_minutes(
    qtbot, make, clock, folder
):
    writer = make()
    writer.take(a_copy(a_stay()))
    settled(qtbot, writer)
    assert latest(folder) == NOW.isoformat()
    clock.now = NOW + timedelta(minutes=9)
    writer.take(a_copy(a_stay(), taken_at=clock.now))
    settled(qtbot, writer)
    assert latest(folder) == NOW.isoformat()
    clock.now = NOW + timedelta(minutes=10)
    writer.look()
    settled(qtbot, writer)
    assert latest(folder) == (NOW + timedelta(minutes=9)).isoformat()


def test_that_each_ward_has_a_pack_of_its_own(qtbot, make, folder):
    writer = make()
    west = replace(EAST, id=a_stay().row.bed_id, name="Ward 7 West")
    writer.take(a_copy(a_stay()))
    writer.take(a_copy(a_stay(), ward=west))
    settled(qtbot, writer)
    assert (folder / latest_name(west)).exists()
    assert (folder / latest_name(EAST)).exists()
    assert len(writer.copies) == 2


def test_that_a_copy_older_than_the_interval_is_not_written_and_told_once(
    qtbot, make, clock, folder
):
    writer, told = make(), []
    writer.told.connect(told.append)
    writer.take(a_copy(a_stay()))
    settled(qtbot, writer)
    for minutes in (20, 21, 40):
        clock.now = NOW + timedelta(minutes=minutes)
        writer.look()
    settled(qtbot, writer)
    (words,) = told
    assert words.startswith("No new pack of Ward 7 East: nothing newer than 14:07 could be read.")
    assert words.endswith("The last one is of 14:07.")
    assert latest(folder) == NOW.isoformat()


def test_that_a_disk_that_refuses_is_told_and_logged_once_and_its_end_as_well(
    qtbot, make, clock, folder, caplog
):
    writer, told, again = make(), [], []
    writer.told.connect(told.append)
    writer.written.connect(again.append)
    folder.write_bytes(b"a file stands where the folder should")
    for number in range(3):
        clock.now = NOW + number * INTERVAL
        writer.take(a_copy(a_stay(), taken_at=clock.now))
        settled(qtbot, writer)
    assert len(told) == 1
    assert "could not be written" in told[0]
    assert caplog.text.count("not written") == 1
    folder.unlink()
    clock.now += INTERVAL
    writer.take(a_copy(a_stay(), taken_at=clock.now))
    settled(qtbot, writer)
    assert again == ["The pack of Ward 7 East is written again."]
    assert latest(folder) == clock.now.isoformat()


def test_that_pages_that_cannot_be_made_leave_the_last_pack(qtbot, make, clock, folder):
    def paint(order):
        if order.copy.taken_at > NOW:
            raise PackNotPaintedError("The ward pack could not be made.")
        return b"pages"

    writer, told = make(paint), []
    writer.told.connect(told.append)
    writer.take(a_copy(a_stay()))
    settled(qtbot, writer)
    clock.now = NOW + INTERVAL
    writer.take(a_copy(a_stay(), taken_at=clock.now))
    settled(qtbot, writer)
    assert told == ["The ward pack could not be made."]
    assert latest(folder) == "pages"


def test_that_a_site_that_did_not_decide_for_it_has_no_pack_and_old_ones_go(
    qtbot, make, clock, folder
):
    assert DowntimeSettings().pack is False
    writer = make()
    writer.take(a_copy(a_stay()))
    settled(qtbot, writer)
    off = make(on=False, keep_for=timedelta(0))
    clock.now = NOW + timedelta(days=400_000)
    off.start()
    off.take(a_copy(a_stay()))
    settled(qtbot, off)
    assert list(folder.iterdir()) == []


def test_that_who_leaves_takes_the_copies_along_and_the_files_stay(qtbot, make, folder):
    writer = make()
    writer.take(a_copy(a_stay()))
    settled(qtbot, writer)
    writer.forget()
    assert writer.copies == ()
    assert latest(folder) == NOW.isoformat()


def test_that_the_settings_say_where_how_often_and_how_long(tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    usual = keeping_of(DowntimeSettings(), "A4")
    assert (usual.on, usual.folder) == (False, tmp_path / "ward-packs")
    assert usual.keep_for == timedelta(0)
    chosen = DowntimeSettings(pack=True, pack_dir="/srv/packs", pack_interval_s=300, keep_h=12)
    kept = keeping_of(chosen, "Letter")
    assert kept.on
    assert str(kept.folder) == "/srv/packs"
    assert (kept.interval, kept.keep_for) == (timedelta(minutes=5), timedelta(hours=12))
    assert kept.paper == "Letter"
