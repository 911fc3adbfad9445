"""Settling what a downtime left for a person: seen by the ward, decided once, never lost."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from tests import world
from tests.notes.builders import a_note
from tests.rounding.builders import a_record, template
from tests.steps import a_set, ago, move
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.downtime.charting import charted
from ward_app.downtime.queries import content, queue
from ward_app.downtime.service import append, settle, waiting
from ward_app.downtime.types import EntryState, OfflineKind, ReplayReport, SettledHow, Settlement
from ward_app.notes.service import sign_note
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.service import record_observations
from ward_app.rounding.service import save_round

NORA = world.id_of("nora")


@pytest.fixture
def bo(database, signed_in):
    """Bo, who works on both wards."""
    person = signed_in("both")
    return Actor(person.token, person.permissions)


@pytest.fixture
def to_west(database, bo, stay):
    """Return a function that moves the patient to ward West, where Nora does not work."""
    return lambda: move(database, bo, stay, "1", "west")


def queued(database, actor):
    return database.run(actor, queue, ago(60))


def settlement(entry, how=SettledHow.SET_ASIDE, **changes):
    facts = {"id": new_id(), "entry_id": entry.id, "how": how, "reason": "asked Nora"} | changes
    return Settlement(**facts)


@pytest.fixture
def waiting_set(station, stay, to_west, database, bo):
    """A set of a patient who was moved meanwhile, in the queue."""
    station.chart_set(a_set(stay, note="warm"))
    to_west()
    assert station.replay() == ReplayReport(needs_a_person=1)
    [entry] = queued(database, bo)
    return entry


def test_that_both_wards_see_that_something_waits(waiting_set, database, bo, nurse, signed_in):
    assert queued(database, nurse) == queued(database, bo) == (waiting_set,)
    assert (waiting_set.kind, waiting_set.author) == (OfflineKind.OBSERVATIONS, "Nora Nurse")
    assert waiting_set.ward_id == world.id_of("east")
    west = Actor(signed_in("wes").token)
    assert queued(database, west) == (waiting_set,)
    assert queued(database, Actor(signed_in("ivan").token)) == ()


def test_that_what_it_says_is_for_its_author_and_the_open_chart(
    waiting_set, database, bo, nurse, signed_in
):
    assert database.run(nurse, content, waiting_set.id)["note"] == "warm"
    assert database.run(bo, content, waiting_set.id) is None
    database.run(bo, open_chart, waiting_set.patient_id)
    assert database.run(bo, content, waiting_set.id)["pulse_per_min"] == 75
    assert database.run(Actor(signed_in("hal").token), content, waiting_set.id) is None
    assert database.run(bo, content, new_id()) is None


def test_that_as_meant_it_is_recorded_by_who_settles_it(
    station, waiting_set, database, bo, admin, stay
):
    decided = settlement(waiting_set, SettledHow.AS_MEANT)
    database.run(bo, settle, decided)
    database.run(bo, settle, decided)
    assert admin.execute(
        "SELECT id, admission_id, recorded_by, occurred_at, note FROM report.vital_signs"
    ).fetchall() == [
        (decided.id, stay, world.id_of("both"), waiting_set.occurred_at,
         "warm\nCharted by Nora Nurse while the database was away.")
    ]  # fmt: skip
    [entry] = queued(database, bo)
    assert (entry.settled_how, entry.settled_by) == (SettledHow.AS_MEANT, "Bo Both")
    assert station.replay() == ReplayReport(already_there=1)
    assert [held.state for held in station.outbox.held()] == [EntryState.SETTLED]
    assert waiting(station.outbox) == ()


def test_that_a_score_that_is_another_now_is_the_databases_when_recorded_as_meant(
    station, stay, database, nurse, admin
):
    basis = database.run(nurse, scoring_of, stay)
    done = charted(station.author, nurse, ago(0), record_observations, a_set(stay), basis)
    [entry] = done.entries
    payload = {**entry.payload, "score_total": 3, "score_at_least": 3}
    append(station.outbox, station.author, replace(entry, payload=payload))
    assert station.replay() == ReplayReport(needs_a_person=1)
    [waits] = queued(database, nurse)
    database.run(nurse, settle, settlement(waits, SettledHow.AS_MEANT))
    assert admin.execute(
        "SELECT score_pack, score_total, recorded_by FROM report.vital_signs"
    ).fetchall() == [("news2", 0, NORA)]


def test_that_a_note_recorded_as_meant_says_who_wrote_it(
    station, stay, to_west, database, bo, admin
):
    station.chart(sign_note, a_note(stay))
    to_west()
    station.replay()
    [waits] = queued(database, bo)
    database.run(bo, settle, settlement(waits, SettledHow.AS_MEANT))
    [(body, signed_as)] = admin.execute("SELECT body, signed_as FROM report.nursing_notes")
    assert body == (
        "Slept well. Ate half of breakfast.\n\nCharted by Nora Nurse while the database was away."
    )
    assert signed_as.startswith("Bo Both")


def test_that_a_checklist_of_a_ward_is_settled_by_who_works_there(
    station, database, bo, admin, signed_in
):
    checklist = template(database, bo, "environment")
    station.chart(save_round, [a_record(checklist, answers={"fridge": "4"})], [])
    admin.execute("SELECT auth.take_ward(%s, 'east', 'other ward')", (NORA,))
    assert station.replay() == ReplayReport(needs_a_person=1)
    [waits] = queued(database, bo)
    assert database.run(bo, content, waits.id)["answers"]["fridge"] == "4"
    stranger = Actor(signed_in("wes").token)
    with pytest.raises(RuleBrokenError, match="not one of your wards"):
        database.run(stranger, settle, settlement(waits))
    database.run(bo, settle, settlement(waits, SettledHow.AS_MEANT))
    assert admin.execute("SELECT ward_id, recorded_by FROM rounding.round_records").fetchall() == [
        (world.id_of("east"), world.id_of("both"))
    ]


def test_that_an_entry_is_settled_once(waiting_set, database, bo, nurse, admin):
    database.run(nurse, settle, settlement(waiting_set, SettledHow.ENTERED_ANEW))
    with pytest.raises(RuleBrokenError, match="Somebody else settled this entry first"):
        database.run(bo, settle, settlement(waiting_set, SettledHow.AS_MEANT))
    assert admin.execute("SELECT count(*) FROM report.vital_signs").fetchone() == (0,)
    assert admin.execute("SELECT how, reason FROM report.offline_settlements").fetchall() == [
        ("entered_anew", "asked Nora")
    ]


def test_that_nobody_settles_without_a_reason_or_out_of_reach(
    waiting_set, database, bo, nurse, signed_in, admin
):
    with pytest.raises(RuleBrokenError, match="Say why"):
        database.run(bo, settle, settlement(waiting_set, reason="  "))
    with pytest.raises(RuleBrokenError, match="not one of your wards"):
        database.run(bo, settle, settlement(waiting_set, entry_id=new_id()))
    with pytest.raises(NotPermittedError):
        database.run(Actor(signed_in("col").token), settle, settlement(waiting_set))
    with pytest.raises(RuleBrokenError, match="on none of your wards now"):
        database.run(nurse, settle, settlement(waiting_set, SettledHow.AS_MEANT))
    assert admin.execute("SELECT count(*) FROM report.offline_settlements").fetchone() == (0,)


def test_that_what_still_cannot_be_stored_stays_in_the_queue(station, stay, database, nurse):
    basis = database.run(nurse, scoring_of, stay)
    done = charted(station.author, nurse, ago(0), record_observations, a_set(stay), basis)
    [entry] = done.entries
    append(station.outbox, station.author,
           replace(entry, payload={**entry.payload, "supersedes_id": str(new_id()),
                                   "change_reason": "slip"}))  # fmt: skip
    station.replay()
    [waits] = queued(database, nurse)
    with pytest.raises(RuleBrokenError, match="does not belong to this stay"):
        database.run(nurse, settle, settlement(waits, SettledHow.AS_MEANT))
    assert queued(database, nurse) == (waits,)


@pytest.mark.parametrize("table", ["offline_entries", "offline_settlements", "offline_replays"])
def test_that_nothing_of_it_is_ever_changed_or_removed(waiting_set, database, bo, admin, table):
    database.run(bo, settle, settlement(waiting_set))
    for attack in (f"DELETE FROM report.{table}", f"TRUNCATE report.{table} CASCADE",
                   f"UPDATE report.{table} SET id = id"):  # fmt: skip
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(attack)
