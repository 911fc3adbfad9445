"""Recording, correcting, striking out and the SpO2 scale, against the real database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world
from tests.observations.builders import WELL, signs
from tests.steps import WITHOUT_ZONE, admit, ago, board_of
from ward_app.admissions.queries import stay_history
from ward_app.audit.service import open_chart
from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import decide_spo2_scale, record_observations, strike_out
from ward_app.observations.types import (
    IncompleteReason,
    NewObservations,
    OxygenDevice,
    Risk,
    SavedBeforeError,
    SpO2ScaleDecision,
    StrikeOut,
)


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


def a_set(patient, **changes):
    facts = {"id": new_id(), "admission_id": patient, "occurred_at": ago(1), "vital_signs": WELL}
    return NewObservations(**facts | changes)


def record(database, nurse, patient, **changes):
    return database.run(nurse, record_observations, a_set(patient, **changes))


def chart(database, nurse, patient):
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    database.run(nurse, open_chart, row.patient_id)
    return database.run(nurse, observation_chart, patient)


def strike(patient, struck_id, reason="wrong patient"):
    return StrikeOut(id=new_id(), admission_id=patient, struck_id=struck_id, reason=reason)


def a_decision(patient, scale=2, **changes):
    facts = {
        "id": new_id(),
        "admission_id": patient,
        "scale": scale,
        "decided_by": "Dr Mensah",
        "reason": "Hypercapnic respiratory failure, target 88-92 %",
        "occurred_at": ago(5),
    }
    return SpO2ScaleDecision(**facts | changes)


def test_that_a_recorded_set_is_on_the_chart_with_its_score_and_author(database, nurse, patient):
    saved = record(database, nurse, patient, vital_signs=signs(respiratory_rate_per_min=25))
    [stored] = chart(database, nurse, patient).sets
    assert stored.id == saved.id
    assert stored.recorded_by == "Nora Nurse"
    assert stored.vital_signs.respiratory_rate_per_min == 25
    assert (stored.score.total, stored.score.risk) == (3, Risk.LOW_MEDIUM)
    assert stored.score == saved.score


def test_that_zero_is_stored_as_zero_and_not_measured_as_nothing(database, nurse, patient):
    record(
        database,
        nurse,
        patient,
        vital_signs=signs(pulse_per_min=0, temperature_celsius=None),
        incomplete_reason=IncompleteReason.REFUSED,
    )
    [stored] = chart(database, nurse, patient).sets
    assert stored.vital_signs.pulse_per_min == 0
    assert stored.vital_signs.temperature_celsius is None
    assert stored.score.total is None
    assert stored.score.missing == ("temperature_celsius",)


def test_that_the_board_shows_the_latest_set_and_its_trend(database, nurse, patient):
    record(database, nurse, patient, occurred_at=ago(30))
    saved = record(database, nurse, patient, vital_signs=signs(spo2_percent=91))
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    assert (row.news2_total, row.news2_previous_total) == (3, 0)
    assert row.next_due_at == saved.next_due_at


def test_that_the_first_set_is_due_a_quarter_of_an_hour_after_arrival(database, nurse, patient):
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    assert row.next_due_at == row.arrived_at + timedelta(minutes=15)


def test_that_recording_the_same_set_twice_stores_it_once(database, nurse, patient):
    new = a_set(patient)
    database.run(nurse, record_observations, new)
    database.run(nurse, record_observations, new)
    assert len(chart(database, nurse, patient).sets) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occurred_at": WITHOUT_ZONE}, "occurred_at"),
        ({"vital_signs": signs(spo2_percent=101)}, "spo2_percent"),
        ({"vital_signs": signs(temperature_celsius=Decimal(99))}, "temperature_celsius"),
        ({"vital_signs": signs(pulse_per_min=None)}, "incomplete_reason"),
        ({"supersedes_id": new_id()}, "change_reason"),
        ({"supersedes_id": new_id(), "change_reason": " "}, "change_reason"),
    ],
)
def test_that_a_set_that_cannot_be_is_refused_at_its_field(
    database, nurse, patient, changes, field
):
    """[T12]"""
    with pytest.raises(RuleBrokenError) as refused:
        record(database, nurse, patient, **changes)
    assert refused.value.field == field


def test_that_a_set_of_the_future_is_refused(database, nurse, patient):
    with pytest.raises(RuleBrokenError, match="future"):
        record(database, nurse, patient, occurred_at=ago(-20))


def test_that_a_set_of_a_foreign_patient_is_refused(database, nurse):
    with pytest.raises(NotPermittedError):
        record(database, nurse, new_id())


def test_that_a_correction_replaces_and_keeps_the_original(database, nurse, patient):
    first = record(database, nurse, patient, vital_signs=signs(pulse_per_min=175))
    corrected = record(
        database, nurse, patient, supersedes_id=first.id, change_reason="typed 175 for 75"
    )
    sets = {each.id: each for each in chart(database, nurse, patient).sets}
    assert sets[first.id].vital_signs.pulse_per_min == 175
    assert sets[first.id].superseded_by == corrected.id
    assert sets[first.id].change_reason == "typed 175 for 75"
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    assert row.news2_total == 0


def test_that_two_corrections_of_one_set_conflict(database, nurse, patient):
    first = record(database, nurse, patient)
    chart(database, nurse, patient)
    record(database, nurse, patient, supersedes_id=first.id, change_reason="one")
    with pytest.raises(ConflictError, match="corrected or struck out this set first"):
        record(database, nurse, patient, supersedes_id=first.id, change_reason="other")


def test_that_a_struck_out_set_does_not_count_but_can_be_read(database, nurse, patient):
    record(database, nurse, patient, occurred_at=ago(30))
    wrong = record(database, nurse, patient, vital_signs=signs(spo2_percent=80))
    chart(database, nurse, patient)
    database.run(nurse, strike_out, strike(patient, wrong.id))
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    assert row.news2_total == 0
    sets = {each.id: each for each in chart(database, nurse, patient).sets}
    assert sets[wrong.id].vital_signs.spo2_percent == 80
    assert sets[sets[wrong.id].superseded_by].struck_out


def test_that_striking_out_twice_is_one_strike(database, nurse, patient):
    wrong = record(database, nurse, patient)
    chart(database, nurse, patient)
    mark = strike(patient, wrong.id)
    database.run(nurse, strike_out, mark)
    database.run(nurse, strike_out, mark)
    with pytest.raises(ConflictError):
        database.run(nurse, strike_out, replace(mark, id=new_id()))


def test_that_striking_out_needs_a_reason(database, nurse, patient):
    wrong = record(database, nurse, patient)
    with pytest.raises(RuleBrokenError) as refused:
        database.run(nurse, strike_out, strike(patient, wrong.id, " "))
    assert refused.value.field == "reason"


def test_that_scale_2_needs_a_recorded_decision(database, nurse, patient):
    on_scale_2 = signs(spo2_scale=2, spo2_percent=90)
    with pytest.raises(RuleBrokenError, match="scale 2 needs a recorded decision"):
        record(database, nurse, patient, vital_signs=on_scale_2)
    database.run(nurse, decide_spo2_scale, a_decision(patient))
    assert record(database, nurse, patient, vital_signs=on_scale_2).score.total == 0
    shown = chart(database, nurse, patient)
    assert (shown.scale, shown.scale_decision.decided_by) == (2, "Dr Mensah")


def test_that_the_latest_decision_on_the_scale_is_in_force(database, nurse, patient):
    database.run(nurse, decide_spo2_scale, a_decision(patient))
    database.run(nurse, decide_spo2_scale, a_decision(patient, scale=1))
    with pytest.raises(RuleBrokenError, match="scale 2"):
        record(database, nurse, patient, vital_signs=signs(spo2_scale=2))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"scale": 3}, "scale"), ({"decided_by": " "}, "decided_by"), ({"reason": ""}, "reason")],
)
def test_that_a_decision_names_scale_person_and_reason(database, nurse, patient, changes, field):
    with pytest.raises(RuleBrokenError) as refused:
        database.run(nurse, decide_spo2_scale, a_decision(patient, **changes))
    assert refused.value.field == field


def test_that_an_unopened_chart_is_refused_and_not_empty(database, nurse, patient):
    record(database, nurse, patient)
    with pytest.raises(NotPermittedError, match="not open to you"):
        database.run(nurse, observation_chart, patient)


def test_that_charting_leaves_the_stay_as_it_was(database, nurse, patient):
    record(database, nurse, patient)
    assert [step.event.value for step in database.run(nurse, stay_history, patient)] == ["A01"]


def test_that_the_chart_tells_of_sets_not_taken_and_of_none_taken_back(
    database, nurse, patient, admin
):
    put_off = (
        "INSERT INTO report.observation_deferrals (id, admission_id, due_at, reason, note,"
        " deferred_until, occurred_at, recorded_by) VALUES (%s, %s, now(), %s, 'X-ray',"
        " now() + interval '1 hour', now() - interval '1 minute', %s)"
    )
    ids = [new_id(), new_id()]
    for one, reason in zip(ids, ("off_ward", "workload"), strict=True):
        admin.execute(put_off, (one, patient, reason, world.id_of("nora")))
    admin.execute(
        "INSERT INTO report.observation_deferrals (id, admission_id, due_at, reason,"
        " deferred_until, occurred_at, status, supersedes_id, change_reason) SELECT %s,"
        " admission_id, due_at, reason, deferred_until, occurred_at, 'entered_in_error', id,"
        " 'slip' FROM report.observation_deferrals WHERE id = %s",
        (new_id(), ids[1]),
    )
    [told] = chart(database, nurse, patient).not_taken
    assert (told.id, told.reason, told.note) == (ids[0], "off_ward", "X-ray")
    assert told.recorded_by == "Nora Nurse"


def test_that_device_inspired_oxygen_and_further_signs_are_kept_as_given(database, nurse, patient):
    measured = replace(
        WELL,
        on_oxygen=True,
        oxygen_flow_l_per_min=Decimal(4),
        oxygen_device=OxygenDevice.VENTURI_MASK,
        inspired_oxygen_percent=28,
        further={"capillary_refill_seconds": Decimal("2.5"), "concern": True, "effort": "mild"},
    )
    record(database, nurse, patient, vital_signs=measured)
    [shown] = chart(database, nurse, patient).sets
    assert shown.vital_signs == measured


@pytest.mark.parametrize(
    "change",
    [
        {"oxygen_device": OxygenDevice.CPAP},
        {"on_oxygen": True, "inspired_oxygen_percent": 40},
        {"further": {"concern": False}},
    ],
    ids=["device", "inspired", "further"],
)
def test_that_the_same_id_with_another_of_these_is_told(database, nurse, patient, change):
    first = a_set(patient)
    record(database, nurse, patient, id=first.id, occurred_at=first.occurred_at)
    chart(database, nurse, patient)
    again = replace(first, vital_signs=replace(WELL, **change))
    with pytest.raises(SavedBeforeError):
        database.run(nurse, record_observations, again)


def test_that_a_childs_set_is_kept_without_a_score(database, nurse, patient, admin):
    make_child(admin, patient)
    saved = record(database, nurse, patient)
    assert saved.score is None
    assert saved.next_due_at - a_set(patient).occurred_at < timedelta(hours=4, minutes=1)
    [shown] = chart(database, nurse, patient).sets
    assert (shown.vital_signs, shown.score) == (WELL, None)


def test_that_a_child_gets_no_score_in_a_correction_either(database, nurse, patient, admin):
    first = record(database, nurse, patient)
    make_child(admin, patient)
    again = record(database, nurse, patient, supersedes_id=first.id, change_reason="pulse")
    assert again.score is None


def test_that_the_database_refuses_news2_for_a_child_and_scores_not_in_use(
    database, nurse, patient, admin
):
    forged = (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, score_pack)"
        " VALUES (%s, %s, now(), %s)"
    )
    with pytest.raises(RuleBrokenError, match="not in use"):
        database.run(nurse, Transaction.execute, forged, (new_id(), patient, "paediatric"))
    make_child(admin, patient)
    with pytest.raises(RuleBrokenError, match="16 years and over"):
        database.run(nurse, Transaction.execute, forged, (new_id(), patient, "news2"))
    database.run(nurse, Transaction.execute, forged, (new_id(), patient, None))


def make_child(admin, admission_id):
    admin.execute(
        "UPDATE patient.patients SET born_on = now() - interval '16 years' + interval '2 days'"
        " WHERE id = (SELECT patient_id FROM admission.admissions WHERE id = %s)",
        (admission_id,),
    )
