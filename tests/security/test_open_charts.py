"""Charts of other wards: closed, opened with a reason, and taken along by a move."""

from __future__ import annotations

from tests import world
from tests.security.elsewhere import (
    ABOUT_A_PATIENT,
    INSERTS,
    about_them,
    assert_nothing,
    commands_on,
    everything_about,
)
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id


def test_that_a_chart_of_another_ward_stays_closed(hospital, intruder):
    opened = "SELECT auth.open_chart(%s, %s, %s)"
    for patient in (hospital.their_patient, hospital.stranger, hospital.gone, new_id()):
        assert not intruder.value(opened, (patient, "ward", None), token=hospital.nora)
    assert (
        intruder.state(
            opened, (hospital.their_patient, "break_glass", " short   "), token=hospital.nora
        )
        == "WA001"
    )
    assert (
        intruder.state(opened, (hospital.my_patient, "owner", None), token=hospital.nora)
        == "22023"
    )
    assert not intruder.value(
        opened, (hospital.stranger, "break_glass", "cardiac arrest"), token=hospital.nora
    )


# what the glass opens to writing: a set, a note and its draft; tried in test_glass.py
ADDED_BEHIND_GLASS = (
    "INSERT INTO report.vital_signs (id, admission_id, occurred_at)",
    "INSERT INTO report.vital_signs (id, admission_id, occurred_at, spo2_scale)",
    "INSERT INTO report.nursing_notes",
    "SELECT report.keep_note_draft",
)


def test_that_breaking_the_glass_shows_one_patient_and_corrects_nothing(hospital, intruder, admin):
    reason = "cardiac arrest on Ward 3"
    opened = "SELECT auth.open_chart(%s, 'break_glass', %s)"
    assert intruder.value(opened, (hospital.their_patient, reason), token=hospital.nora)
    text = intruder.value(ABOUT_A_PATIENT, about_them(hospital), token=hospital.nora)
    for word in ("Quagmire", "Zinfandel", "Velociraptor", "Telescope"):
        assert word in text
    for sql, values in commands_on(hospital.theirs, hospital.mine):
        assert intruder.value(sql, values, token=hospital.nora) == "not_in_reach"
    for insert in INSERTS:
        if insert.startswith(ADDED_BEHIND_GLASS):
            continue
        values = {
            "id": new_id(),
            "patient": hospital.their_patient,
            "stay": hospital.theirs,
            "set": hospital.their_set,
        }
        assert intruder.state(insert, values, token=hospital.nora) == REFUSED
    [(kind, why, minutes)] = admin.execute(
        "SELECT kind, reason, round(extract(epoch FROM valid_until - at) / 60)"
        " FROM audit.access_logs WHERE kind = 'break_glass'"
    )
    assert (kind, why, minutes) == ("break_glass", reason, 60)
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now() - interval '1 second'")
    assert_nothing(intruder.value(ABOUT_A_PATIENT, about_them(hospital), token=hospital.nora))


def test_that_a_patient_who_moves_on_takes_the_open_chart_along(hospital, intruder):
    """Access follows the patient: the new ward reads the whole stay, the old one nothing."""
    opened = "SELECT auth.open_chart(%s, 'ward', NULL)"
    assert intruder.value(opened, (hospital.my_patient,), token=hospital.nora)
    moved = "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), '', true)"
    values = (new_id(), hospital.mine, world.id_of("west"), world.bed("west", "2"))
    assert intruder.value(moved, values, token=hospital.nora) == "done"
    about = everything_about(hospital.my_patient, hospital.mine)
    assert "Okafor" not in intruder.value(ABOUT_A_PATIENT, about, token=hospital.nora)


def test_that_the_sender_may_undo_a_move_but_nothing_the_receiver_did(hospital, intruder, at_beta):
    moved = "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), '', true)"
    undo = "SELECT outcome FROM admission.cancel_latest_step(%s, %s, 'wrong patient')"
    to_west = (new_id(), hospital.mine, world.id_of("west"), world.bed("west", "2"))
    assert intruder.value(moved, to_west, token=hospital.nora) == "done"
    leave = "SELECT outcome FROM admission.discharge(%s, %s, clock_timestamp(), 'home', NULL)"
    assert at_beta.value(leave, (new_id(), hospital.mine), token=hospital.wes) == "done"
    assert intruder.value(undo, (new_id(), hospital.mine), token=hospital.nora) == "not_in_reach"
    assert at_beta.value(undo, (new_id(), hospital.mine), token=hospital.wes) == "done"
    assert intruder.value(undo, (new_id(), hospital.mine), token=hospital.nora) == "done"
    about = everything_about(hospital.my_patient, hospital.mine)
    assert "Okafor" in intruder.value(ABOUT_A_PATIENT, about, token=hospital.nora)


def test_that_the_sender_may_undo_a_move_for_a_day(hospital, intruder, admin):
    moved = "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), '', true)"
    to_west = (new_id(), hospital.mine, world.id_of("west"), world.bed("west", "2"))
    assert intruder.value(moved, to_west, token=hospital.nora) == "done"
    admin.execute("ALTER TABLE admission.transfers DISABLE TRIGGER append_only")
    admin.execute("UPDATE admission.transfers SET recorded_at = now() - interval '25 hours'")
    undo = "SELECT outcome FROM admission.cancel_latest_step(%s, %s, 'wrong patient')"
    assert intruder.value(undo, (new_id(), hospital.mine), token=hospital.nora) == "not_in_reach"
