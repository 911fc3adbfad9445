"""Assessments and devices of a patient while the server is away, from the copy, with their age."""

from datetime import UTC, timedelta

import pytest

from tests.assessments.builders import assess
from tests.devices.builders import look_at, put_in, seen
from tests.downtime.stations import a_ladder, prepared, read
from tests.downtime.taken import HEAD
from tests.openings.builders import mark_private
from tests.sheets import row_of
from tests.steps import admit, ago, open_first
from ui.assessments.kept import kept_assessments
from ui.context import utc_now
from ui.devices.kept import kept_devices
from ui.kept_page import KeptPage
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.downtime.answers import NotKeptForDowntimeError
from ward_app.downtime.kept_record import KeptRecord, kept_record
from ward_app.handover.types import DeviceInPlace


@pytest.fixture
def stay(database, nurse):
    """A patient in pain with a red cannula site, looked at a while ago."""
    found = admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    assess(database, nurse, found, occurred_at=ago(75))
    device = put_in(database, nurse, found)
    look_at(database, nurse, found, device, signs=seen("pain", "redness"), occurred_at=ago(130))
    return found


@pytest.fixture
def ladder(tmp_path, database, nurse_person, stay):
    return prepared(tmp_path, database, nurse_person)


@pytest.fixture
def page(qtbot, ladder, stay):
    """Return what shows the copy's record by the words of one context."""

    def make(name, lines_of, record=None):
        found = KeptPage(name, "those kept", lines_of, None)
        qtbot.addWidget(found)
        found.show_record(record or read(ladder, kept_record, stay), utc_now(), UTC)
        return found

    return make


def test_that_the_copy_holds_the_last_assessments_and_looks(ladder, stay):
    record = read(ladder, kept_record, stay)
    [done] = record.assessed
    [device] = record.devices
    assert (done.score, done.complete) == (4, True)
    assert utc_now() - done.assessed_at >= timedelta(minutes=75)
    assert (device.kind, device.at_least) == ("peripheral_cannula", 2)
    assert utc_now() - device.looked_at >= timedelta(minutes=130)
    assert ago(5) < record.taken_at


def test_that_with_the_server_nothing_is_taken_from_the_copy(database, nurse, stay):
    assert database.run(nurse, kept_record, stay) is None


def test_that_of_who_is_marked_private_nothing_is_told(ladder, database, nurse, signed_in, stay):
    leader = signed_in("both")
    row = row_of(database, nurse, "Okafor")
    mark_private(database, Actor(leader.token), row.patient_id)
    ladder.enter(leader)
    ladder.take(database, Actor(leader.token), [HEAD])
    with pytest.raises(NotKeptForDowntimeError, match="Not kept for downtime"):
        read(ladder, kept_record, stay)


def test_that_without_a_copy_nothing_is_told(tmp_path, nurse_person, stay):
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        read(a_ladder(tmp_path, nurse_person), kept_record, stay)


def test_that_an_assessment_is_shown_with_what_it_came_to_and_its_age(page):
    shown = page("Assessments", kept_assessments)
    [what, came_to, _, age, _] = shown.rows.texts[0]
    assert what == "Pain, 0 to 10"
    assert came_to.startswith("4")
    assert age == "1 h 15 min ago"
    assert shown.words.text().startswith("Assessments as of ")
    assert ": those kept, from the copy." in shown.words.text()


def test_that_a_device_is_shown_with_its_last_look_and_its_age(page):
    [[what, came_to, _, age, due]] = page("Devices", kept_devices).rows.texts
    assert what == "Peripheral cannula, left forearm, 20 G"
    assert came_to == "▲ VIP 2"
    assert age == "2 h 10 min ago"
    assert due


def test_that_what_was_never_looked_at_does_not_look_well(page):
    device = DeviceInPlace(
        kind="peripheral_cannula", site="hand", side=None, size=None, inserted_at=None,
        due_out_at=None, score=None, at_least=None, looked_at=None, due_at=ago(30), at=ago(60),
    )  # fmt: skip
    shown = page("Devices", kept_devices, KeptRecord((), (device,), (), ago(2)))
    [[_, came_to, when, age, due]] = shown.rows.texts
    assert (came_to, when, age) == ("? not looked at", "never", "")
    assert due == "▲ overdue 30 min"


def test_that_a_kind_without_words_here_is_shown_all_the_same(page):
    device = DeviceInPlace(
        kind="stent", site="groin", side=None, size=None, inserted_at=None,
        due_out_at=None, score=1, at_least=1, looked_at=ago(9), due_at=None, at=ago(9),
    )  # fmt: skip
    [[what, came_to, *_]] = page(
        "Devices", kept_devices, KeptRecord((), (device,), (), ago(2))
    ).rows.texts
    assert (what, came_to) == ("stent, groin", "The words for this kind are not known here")


def test_that_an_empty_copy_says_so_and_how_old_it_is(page):
    shown = page("Devices", kept_devices, KeptRecord((), (), (), ago(3)))
    assert "3 min ago" in shown.words.text()
    assert shown.words.text().endswith("There are none in it.")
