from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.downtime.taken import EAST, HEAD
from ui.background import Lane
from ui.downtime.pack_process import PackNotPaintedError
from ui.downtime.pack_writer import Keeping, PackWriter, keeping_of
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.copy_store import CopyStore
from ward_app.downtime.pack_files import latest_name

NOW = datetime(2026, 11, 20, 14, 7, 30, tzinfo=UTC)
INTERVAL = timedelta(minutes=10)
A_DAY = timedelta(hours=24)
WEST = replace(HEAD, ward=replace(HEAD.ward, id=uuid4(), name="Ward 7 West"))


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
def copies(tmp_path):
    return CopyStore(tmp_path / "copies", bytes(32), A_DAY)


@pytest.fixture
def make(qapp, clock, folder, copies):
    """Return a maker of writers of ward East; each is closed at the end."""
    made = []

    def maker(paint=lambda order: order.copy.text.encode(), **changes):
        keeping = Keeping(on=True, folder=folder, interval=INTERVAL, keep_for=A_DAY, paper="A4")
        made.append(PackWriter(replace(keeping, **changes), copies, clock, paint=paint))
        made[-1].cover(frozenset({EAST}))
        return made[-1]

    yield maker
    for writer in made:
        writer.stop()
        writer.findChild(Lane).close()


@pytest.fixture
def look(qtbot, clock, copies):
    """Return a step: so many minutes on, with a new copy of these words if any, look."""

    def step(writer, minutes=0, text=None, head=HEAD):
        clock.now = NOW + timedelta(minutes=minutes)
        if text is not None:
            copies.save(head, text, clock.now)
        writer.look()
        qtbot.waitUntil(lambda: not writer.is_busy)

    return step


def latest(folder, head=HEAD):
    return (folder / latest_name(head.ward)).read_text()


def test_that_a_pack_is_written_of_the_first_copy_and_then_every_ten_minutes(make, look, folder):
    writer = make()
    look(writer)
    assert not folder.exists()
    look(writer, 0, "first")
    assert latest(folder) == "first"
    look(writer, 9, "second")
    assert latest(folder) == "first"
    look(writer, 10)
    assert latest(folder) == "second"
    names = sorted(file.name for file in folder.iterdir())
    assert names == [
        "ward-7-east-2026-11-20-1407.pdf",
        "ward-7-east-2026-11-20-1416.pdf",
        "ward-7-east-latest.pdf",
    ]


def test_that_each_ward_has_a_pack_of_its_own(make, look, copies, folder):
    copies.save(WEST, "west", NOW)
    look(make(), 0, "east")
    assert (latest(folder), latest(folder, WEST)) == ("east", "west")


def test_that_a_copy_older_than_the_interval_is_not_written_and_told_once(make, look, folder):
    writer, told = make(), []
    writer.told.connect(told.append)
    look(writer, 0, "first")
    for minutes in (20, 21, 40):
        look(writer, minutes)
    (words,) = told
    assert words.startswith("No new ward pack of Ward 7 East: nothing newer than 14:07 could")
    assert words.endswith("The last one stays; its pages say of when it is.")
    assert latest(folder) == "first"


def test_that_nobody_is_told_of_a_ward_that_is_not_theirs(make, look, copies):
    writer, told = make(), []
    writer.told.connect(told.append)
    copies.save(WEST, "west", NOW)
    look(writer, 30, "east")
    assert told == []
    writer.cover(frozenset({EAST, WEST.ward.id}))
    look(writer, 31)
    assert len(told) == 1
    assert "Ward 7 West" in told[0]


def test_that_a_disk_that_refuses_is_told_and_logged_once_and_its_end_as_well(
    make, look, folder, caplog
):
    writer, told, again = make(), [], []
    writer.told.connect(told.append)
    writer.written.connect(again.append)
    folder.write_bytes(b"a file stands where the folder should")
    for number in range(3):
        look(writer, 10 * number, "pages")
    assert len(told) == 1
    assert "could not be written" in told[0]
    assert caplog.text.count("not written") == 1
    folder.unlink()
    look(writer, 40, "after")
    assert again == ["The ward pack of Ward 7 East is written again."]
    assert latest(folder) == "after"


def test_that_pages_that_cannot_be_made_leave_the_last_pack(make, look, folder):
    def paint(order):
        if order.copy.text == "second":
            raise PackNotPaintedError("The ward pack could not be made.")
        return b"pages"

    writer, told = make(paint), []
    writer.told.connect(told.append)
    look(writer, 0, "first")
    look(writer, 10, "second")
    assert told == ["The ward pack could not be made."]
    assert latest(folder) == "pages"


def test_that_a_damaged_copy_is_told_and_other_wards_are_written(
    make, look, copies, tmp_path, folder
):
    copies.save(WEST, "west", NOW)
    copies.save(HEAD, "east", NOW)
    file = tmp_path / "copies" / f"{EAST}.copy"
    file.write_bytes(file.read_bytes()[:-1])
    writer, told = make(), []
    writer.told.connect(told.append)
    look(writer)
    assert "damaged" in told[0]
    assert latest(folder, WEST) == "west"


def test_that_a_site_that_did_not_decide_for_it_has_no_pack_and_old_ones_go(
    qtbot, make, look, folder
):
    assert DowntimeSettings().pack is False
    look(make(), 0, "pages")
    off = make(on=False, keep_for=timedelta(0))
    look(off, 60 * 24 * 365 * 50, "newer")
    assert list(folder.iterdir()) == []


def test_that_the_settings_say_where_how_often_and_how_long(tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    usual = keeping_of(DowntimeSettings())
    assert (usual.on, usual.folder) == (False, tmp_path / "ward-packs")
    assert usual.keep_for == timedelta(0)
    chosen = DowntimeSettings(pack=True, pack_dir="/srv/packs", pack_interval_s=300, keep_h=12)
    kept = keeping_of(chosen)
    assert kept.on
    assert str(kept.folder) == "/srv/packs"
    assert (kept.interval, kept.keep_for) == (timedelta(minutes=5), timedelta(hours=12))
    assert kept.paper in {"A4", "Letter"}
