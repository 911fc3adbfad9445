"""[Q18] What the house set up is read once while its changes are heard; nothing else ever is."""

from __future__ import annotations

import ast
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import world
from tests.rounding.test_editor import a_draft, store
from tests.steps import admit
from ward_app.assessments.queries import assessment_chart, instruments_in_use
from ward_app.audit.service import open_charts
from ward_app.board.queries import hospital_board
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.core.reference_data import KEPT_FOR_S, REFERENCE, ReferenceData
from ward_app.lane.queries import shift_lane
from ward_app.rooms.queries import wards
from ward_app.rounding.queries import rounds_of_wards, template_version, templates_in_force
from ward_app.shifts.queries import on_duty, responsible_between

EAST = world.id_of("east")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# nothing else may be marked: above all nothing of a patient
MARKED = {
    "rooms.queries.wards",
    "rounding.queries.templates_in_force",
    "rounding.queries.template_version",
    "assessments.queries.instruments_in_use",
    "lane.queries._policies",
    "shifts.queries._beds",
    "shifts.queries._place",
}
# and these are the tables that they read
TABLES = (
    "room.buildings",
    "room.floors",
    "room.wards",
    "room.rooms",
    "room.beds",
    "report.instruments",
    "report.instrument_uses",
    "rounding.templates",
    "rounding.lane_settings",
)


@pytest.fixture
def data():
    """Reference data of somebody whose program hears changes."""
    data = ReferenceData()
    data.hear()
    return data


@pytest.fixture
def nora(nurse, data):
    """Nora as the one who acts, and what she read."""
    return replace(nurse, reference=data)


@contextmanager
def statements(database):
    """Yield a list that gets how many statements were sent meanwhile."""
    sent, before = [], database.metrics.total_queries
    yield sent
    sent.append(database.metrics.total_queries - before)


def sent_for(database, actor, read, *args):
    with statements(database) as sent:
        database.read(actor, read, *args)
    return sent[0]


@pytest.mark.parametrize(
    ("read", "args"),
    [
        (rounds_of_wards, ((EAST,),)),
        (hospital_board, ()),
        (shift_lane, ((EAST,),)),
        (instruments_in_use, (EAST,)),
        (on_duty, (EAST,)),
        (responsible_between, (EAST, NOON, NOON + timedelta(hours=1))),
    ],
)
def test_that_each_further_reading_of_a_screen_spares_a_statement(database, nora, read, args):
    """As a poll reads it every half minute, and after each change that somebody announces."""
    first = sent_for(database, nora, read, *args)
    assert [sent_for(database, nora, read, *args) for _ in range(2)] == [first - 1] * 2
    assert database.metrics.spared_queries == 2


def test_that_what_is_known_is_what_the_database_says(database, nora, nurse):
    stay = admit(database, nurse, label="1")
    patient = database.run(nurse, lambda tx: tx.value("SELECT id FROM patient.patients"))
    database.run(nurse, open_charts, [patient])
    for read, args in ((assessment_chart, (stay, EAST)), (wards, ()), (templates_in_force, ())):
        found = [database.read(actor, read, *args) for actor in (nora, nora, nurse)]
        if read is assessment_chart:
            found = [replace(one, read_at=NOON) for one in found]
        assert found[0] == found[1] == found[2]


def test_that_a_version_of_a_checklist_is_read_once(database, nora):
    template = database.read(nora, templates_in_force)[0]
    sent_for(database, nora, template_version, template.id)
    assert sent_for(database, nora, template_version, template.id) == 1  # the proof
    assert sent_for(database, nora, template_version, new_id()) == 2


def test_that_who_hears_no_changes_reads_everything_anew(database, nurse):
    """Before the first `hear`, after `leave`, and where nobody listens, as in wardctl."""
    deaf, left = ReferenceData(), ReferenceData()
    left.hear()
    left.leave()
    for data in (deaf, left, None):
        actor = replace(nurse, reference=data)
        assert {sent_for(database, actor, wards) for _ in range(3)} == {2}


def test_that_another_person_reads_for_themselves(database, nora, signed_in):
    """Row security decides what each may see: what one read is never the other's."""
    database.read(nora, wards)
    others = ReferenceData()
    others.hear()
    other = Actor(signed_in("wes").token, reference=others)
    assert sent_for(database, other, wards) == 2
    assert sent_for(database, nora, wards) == 1


def test_that_the_session_is_proved_all_the_same(database, nora, admin):
    database.read(nora, wards)
    admin.execute("UPDATE public.sessions SET ended_at = clock_timestamp()")
    with pytest.raises(Exception, match="signed out"):
        database.read(nora, wards)


def test_that_a_change_reads_what_is_there(database, nora):
    database.read(nora, wards)
    with statements(database) as sent:
        database.run(nora, wards)
    assert sent == [2]


def test_that_the_own_change_is_seen_before_anybody_tells_of_it(database, signed_in, data):
    charge = Actor(signed_in("both").token, reference=data)
    before = database.read(charge, templates_in_force)
    draft = a_draft(database, charge, "skin")
    draft.content["title"] = "Skin, as it is now"
    new = store(database, charge, draft)
    after = database.read(charge, templates_in_force)
    assert new.id in {one.id for one in after} - {one.id for one in before}


def test_that_what_changed_while_it_was_read_is_not_kept(data):
    epoch = data.epoch
    data.forget()
    data.keep("asked", "older", epoch)
    assert data.find("asked") is None
    data.keep("asked", "now", data.epoch)
    assert data.find("asked") == ("now",)


class Overtaken:
    """A lock that somebody else gets first, who does something under it."""

    def __init__(self, lock, do):
        self._lock, self._do = lock, [do]

    def __enter__(self):
        if self._do:
            self._do.pop()()
        return self._lock.__enter__()

    def __exit__(self, *why):
        return self._lock.__exit__(*why)


def test_that_who_left_while_another_thread_forgets_keeps_nothing(data):
    """Else what nobody hears changes of would be kept."""
    data._lock = Overtaken(data._lock, data.leave)
    data.forget()
    data.keep("asked", "never told to have changed", data.epoch)
    assert data.find("asked") is None


def test_that_nothing_is_kept_for_longer_than_ten_minutes():
    """A right that was withdrawn is told by no notification."""
    now = [0.0]
    data = ReferenceData(lambda: now[0])
    data.hear()
    data.keep("asked", None, data.epoch)
    now[0] = KEPT_FOR_S
    assert data.find("asked") == (None,)
    now[0] += 1
    assert data.find("asked") is None


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="no such clock here")
def test_that_the_time_counts_in_which_the_computer_is_suspended(data, monkeypatch):
    clock, slept_s = time.clock_gettime, 0.0

    def after_sleep(which):
        return clock(which) + (slept_s if which == time.CLOCK_BOOTTIME else 0.0)

    monkeypatch.setattr(time, "clock_gettime", after_sleep)
    data.keep("asked", "answer", data.epoch)
    assert data.find("asked") == ("answer",)
    slept_s = KEPT_FOR_S + 1
    assert data.find("asked") is None


def test_that_a_change_of_each_table_is_announced(admin):
    admin.execute("LISTEN ward")
    for table in TABLES:
        admin.execute(f"INSERT INTO {table} (id) SELECT id FROM {table} WHERE false")
        told = [one.payload for one in admin.notifies(timeout=30, stop_after=1)]
        assert told == [f"00000000-0000-0000-0000-000000000000:{REFERENCE}"], table


def test_that_nothing_but_reference_data_is_kept():
    """No vital sign, no clinical record: the list is here, and nothing else is marked."""
    marked = {
        f"{file.parent.name}.{file.stem}.{node.name}"
        for file in Path("ward_app").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(one, ast.Name) and one.id == "reference" for one in node.decorator_list)
    }
    assert marked == MARKED
