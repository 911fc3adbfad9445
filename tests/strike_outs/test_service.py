"""Striking out what a device or a person recorded: all or nothing, on record, and back."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from tests import world
from tests.steps import a_set, ago, board_of, leave, move
from tests.strike_outs.builders import (
    EAST,
    MONITOR,
    a_group,
    a_selection,
    looked_at,
    measure,
    struck,
)
from ward_app.audit.service import open_chart, open_charts, record_print
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import decide_spo2_scale, record_observations, strike_out
from ward_app.observations.types import SpO2ScaleDecision, StrikeOut
from ward_app.strike_outs.queries import (
    chosen_sets,
    earlier_strike_outs,
    measured_by,
    struck_out_patients,
)
from ward_app.strike_outs.service import reinstate_group, strike_out_group
from ward_app.strike_outs.types import Reinstatement

IN_FORCE = (
    "SELECT v.id FROM report.vital_signs v WHERE v.status = 'final' AND NOT EXISTS"
    " (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)"
)


def in_force(admin):
    return {row[0] for row in admin.execute(IN_FORCE)}


def reinstate(database, actor, group, **changes):
    database.run(actor, open_charts, database.run(actor, struck_out_patients, group.id))
    facts = {"id": new_id(), "strike_out_id": group.id, "reason": "Cuff was right"} | changes
    back = Reinstatement(**facts)
    return back, database.run(actor, reinstate_group, back)


def bed_of(database, actor, label):
    return next(row for row in board_of(database, actor) if row.bed_label == label)


def test_that_who_measured_with_what_is_told_without_a_value(database, charge, ward, admin):
    found = database.run(charge, measured_by, EAST, ago(120), ago(0))
    by_device = {one.device_source: one for one in found}
    assert by_device[MONITOR].sets == 2
    assert by_device["manual entry"].sets == 4
    assert by_device[MONITOR].person_name == "Nora Nurse"
    assert len(by_device[MONITOR].patient_ids) == 2
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone() == (0,)


def test_that_the_sets_are_readable_only_once_their_charts_are_opened(
    database, charge, ward, admin
):
    found = database.run(charge, measured_by, EAST, ago(120), ago(0))
    patients = found[0].patient_ids
    assert database.run(charge, chosen_sets, a_selection(), patients) == ()
    sets = looked_at(database, charge)
    assert {one.id for one in sets} == set(ward.wrong)
    assert [(one.patient, one.bed_label, one.score) for one in sets] == [
        ("OKAFOR, Ada", "1", "6"),
        ("ZULU, Zoe", "2", "6"),
    ]
    logged = admin.execute("SELECT kind, count(*) FROM audit.access_logs GROUP BY kind")
    assert logged.fetchall() == [("ward", 2)]


def test_that_a_device_is_struck_out_over_all_its_patients_and_nothing_else(
    database, charge, ward, admin
):
    group = a_group([one.id for one in looked_at(database, charge)])
    assert database.run(charge, strike_out_group, group) == 2
    assert in_force(admin) == set(ward.own)
    marks = admin.execute(
        "SELECT supersedes_id, recorded_by, change_reason, patient_id IS NOT NULL, ward_id"
        " FROM report.vital_signs WHERE strike_out_id = %s",
        (group.id,),
    ).fetchall()
    assert {mark[0] for mark in marks} == set(ward.wrong)
    assert {mark[1:] for mark in marks} == {(world.id_of("both"), "Cuff leaked", True, EAST)}


def test_that_a_person_is_struck_out_whatever_she_measured_with(database, charge, ward, admin):
    theirs = measure(database, charge, ward.okafor, 5)
    selection = a_selection(device_source=None, person_id=world.id_of("nora"))
    assert len(struck(database, charge, selection).set_ids) == 6
    assert in_force(admin) == {theirs}


def test_that_only_the_stretch_that_was_chosen_is_struck_out(database, charge, ward, admin):
    early = measure(database, charge, ward.okafor, 30)
    struck(database, charge, a_selection(measured_from=ago(20)))
    assert in_force(admin) == {*ward.own, early}


def test_that_score_trend_and_due_time_follow_the_sets_in_force(database, charge, ward):
    before = bed_of(database, charge, "1")
    assert (before.news2_total, before.news2_previous_total) == (6, 0)
    group = struck(database, charge)
    after = bed_of(database, charge, "1")
    assert (after.news2_total, after.news2_risk, after.news2_previous_total) == (0, "low", 0)
    assert after.next_due_at > before.next_due_at
    reinstate(database, charge, group)
    again = bed_of(database, charge, "1")
    assert (again.news2_total, again.news2_risk, again.news2_previous_total) == (6, "medium", 0)
    assert again.next_due_at == before.next_due_at


def test_that_every_mark_is_in_the_audit_trail(database, charge, ward, admin):
    group = struck(database, charge)
    logged = admin.execute(
        "SELECT table_name, count(*) FROM audit.change_logs WHERE user_id = %s"
        " AND after ->> 'strike_out_id' = %s OR row_id = %s GROUP BY table_name ORDER BY 1",
        (world.id_of("both"), str(group.id), group.id),
    ).fetchall()
    assert logged == [("group_strike_outs", 1), ("vital_signs", 2)]


def test_that_saving_again_is_the_same_strike_out(database, charge, ward, admin):
    group = struck(database, charge)
    count = "SELECT count(*) FROM report.vital_signs"
    before = admin.execute(count).fetchone()
    assert database.run(charge, strike_out_group, group) == 2
    assert admin.execute(count).fetchone() == before


def test_that_the_same_id_with_other_sets_is_refused(database, charge, ward):
    group = struck(database, charge)
    with pytest.raises(RuleBrokenError, match="saved before, with other sets"):
        database.run(charge, strike_out_group, replace(group, set_ids=group.set_ids[:1]))


def test_that_a_set_corrected_meanwhile_leaves_all_of_them_in_force(
    database, charge, nurse, ward, admin
):
    sets = looked_at(database, charge)
    correction = a_set(ward.zulu, supersedes_id=ward.wrong[1], change_reason="slip")
    database.run(nurse, record_observations, correction)
    before = in_force(admin)
    with pytest.raises(RuleBrokenError, match="Nothing was struck out"):
        database.run(charge, strike_out_group, a_group([one.id for one in sets]))
    assert in_force(admin) == before


def test_that_a_set_of_another_device_cannot_be_slipped_in(database, charge, ward, admin):
    looked_at(database, charge)
    with pytest.raises(RuleBrokenError, match="Nothing was struck out"):
        database.run(charge, strike_out_group, a_group([*ward.wrong, ward.own[0]]))
    assert set(ward.wrong) <= in_force(admin)


def test_that_what_was_not_looked_at_is_not_struck_out(database, charge, ward, admin):
    with pytest.raises(RuleBrokenError, match="Nothing was struck out"):
        database.run(charge, strike_out_group, a_group(ward.wrong))
    assert set(ward.wrong) <= in_force(admin)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"reason": "  "}, "Say why these sets"), ({"set_ids": ()}, "nothing to strike out")],
)
def test_that_reason_and_sets_are_needed(database, charge, ward, changes, sentence):
    with pytest.raises(RuleBrokenError, match=sentence):
        database.run(charge, strike_out_group, replace(a_group(ward.wrong), **changes))


def test_that_the_database_too_asks_for_a_reason(database, charge, ward, admin):
    sql = "SELECT report.strike_out_group(%s, %s, %s, NULL, now(), now(), %s, ' ')"
    with pytest.raises(RuleBrokenError, match="Say why these sets are struck out"):
        database.run(charge, lambda tx: tx.value(sql, (new_id(), EAST, MONITOR, list(ward.wrong))))


def test_that_a_nurse_may_not_strike_out_as_a_group(database, nurse, charge, ward, admin):
    group = a_group([one.id for one in looked_at(database, charge)])
    for refused, values in (
        (strike_out_group, (group,)),
        (measured_by, (EAST, ago(60), ago(0))),
        (reinstate_group, (Reinstatement(id=new_id(), strike_out_id=new_id(), reason="x"),)),
    ):
        with pytest.raises(NotPermittedError):
            database.run(nurse, refused, *values)
    assert set(ward.wrong) <= in_force(admin)


def test_that_a_ward_out_of_reach_is_refused(database, charge, admin, ward):
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s AND ward_id = %s",
                  (world.id_of("both"), EAST))  # fmt: skip
    with pytest.raises(NotPermittedError):
        database.run(charge, measured_by, EAST, ago(60), ago(0))
    with pytest.raises(NotPermittedError):
        database.run(charge, strike_out_group, a_group(ward.wrong))


def test_that_sets_of_who_left_the_wards_are_counted_and_left_alone(
    database, charge, nurse, ward, admin
):
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s AND ward_id = %s",
                  (world.id_of("both"), world.id_of("west")))  # fmt: skip
    move(database, nurse, ward.zulu, "1", ward="west")
    found = database.run(charge, measured_by, EAST, ago(120), ago(0))
    monitor = next(one for one in found if one.device_source == MONITOR)
    assert (monitor.sets, monitor.sets_elsewhere) == (1, 1)
    struck(database, charge)
    assert ward.wrong[1] in in_force(admin)
    assert ward.wrong[0] not in in_force(admin)


def test_that_a_stretch_of_more_than_a_month_is_refused(database, charge, ward):
    with pytest.raises(RuleBrokenError, match="at most 31 days"):
        database.run(charge, measured_by, EAST, ago(60 * 24 * 40), ago(0))


def test_that_the_sets_of_who_left_today_are_struck_out_too(database, charge, nurse, ward, admin):
    leave(database, nurse, ward.zulu)
    assert len(struck(database, charge).set_ids) == 2
    assert in_force(admin) == set(ward.own)


def test_that_a_reinstated_set_counts_with_its_values_and_both_before_stay(
    database, charge, ward, admin
):
    group = struck(database, charge)
    back, count = reinstate(database, charge, group)
    assert count == 2
    patient = bed_of(database, charge, "1").patient_id
    database.run(charge, open_chart, patient)
    sets = database.run(charge, observation_chart, ward.okafor).sets
    original = next(one for one in sets if one.id == ward.wrong[0])
    mark = next(one for one in sets if one.id == original.superseded_by)
    copy = next(one for one in sets if one.id == mark.superseded_by)
    assert mark.struck_out
    assert copy.superseded_by is None
    assert copy.vital_signs == original.vital_signs
    assert copy.score == original.score
    assert (copy.occurred_at, copy.source) == (original.occurred_at, MONITOR)
    assert (copy.recorded_by, mark.change_reason) == ("Bo Both", "Cuff was right")
    assert database.run(charge, reinstate_group, back) == 2


def test_that_reinstating_keeps_a_scale_that_was_decided_otherwise_since(
    database, charge, nurse, ward, admin
):
    for scale in (2, 1):
        decision = SpO2ScaleDecision(
            id=new_id(), admission_id=ward.okafor, scale=scale, decided_by="Dr Mensah",
            reason="as prescribed", occurred_at=ago(3),
        )  # fmt: skip
        database.run(nurse, decide_spo2_scale, decision)
        if scale == 2:
            on_scale_2 = replace(a_set(ward.okafor).vital_signs, spo2_scale=2)
            new = a_set(ward.okafor, occurred_at=ago(2), vital_signs=on_scale_2)
            database.run(nurse, record_observations, new)
    selection = a_selection(device_source="manual entry")
    group = struck(database, charge, selection)
    assert reinstate(database, charge, group)[1] == 5
    scales = admin.execute(
        f"SELECT count(*) FROM report.vital_signs WHERE spo2_scale = 2 AND id IN ({IN_FORCE})"
    )
    assert scales.fetchone() == (1,)


def test_that_reinstating_needs_a_reason_and_something_to_reinstate(database, charge, ward):
    group = struck(database, charge)
    with pytest.raises(RuleBrokenError, match="Say why these sets count again"):
        reinstate(database, charge, group, reason=" ")
    sql = "SELECT report.reinstate_group(%s, %s, NULL)"
    with pytest.raises(RuleBrokenError, match="Say why these sets count again"):
        database.run(charge, lambda tx: tx.value(sql, (new_id(), group.id)))
    reinstate(database, charge, group)
    assert database.run(charge, struck_out_patients, group.id) == ()
    with pytest.raises(RuleBrokenError, match="None of these sets"):
        reinstate(database, charge, group)


def test_that_a_reinstatement_is_not_itself_reinstated(database, charge, ward):
    group = struck(database, charge)
    back, _count = reinstate(database, charge, group)
    with pytest.raises(NotPermittedError):
        database.run(charge, reinstate_group, replace(back, id=new_id(), strike_out_id=back.id))


def test_that_a_reinstated_set_can_be_struck_out_again(database, charge, ward, admin):
    group = struck(database, charge)
    reinstate(database, charge, group)
    struck(database, charge)
    assert in_force(admin) == set(ward.own)


def test_that_nobody_writes_into_a_group_by_hand(database, charge, nurse, ward):
    group = struck(database, charge)
    sql = (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, supersedes_id,"
        " change_reason, strike_out_id) VALUES (%s, %s, now(), %s, 'x', %s)"
    )
    for actor in (nurse, charge):
        with pytest.raises(NotPermittedError):
            database.run(
                actor,
                lambda tx: tx.execute(sql, (new_id(), ward.okafor, ward.own[0], group.id)),
            )


def test_that_a_mark_is_not_superseded_by_hand(database, charge, nurse, ward, admin):
    struck(database, charge)
    mark = admin.execute(
        "SELECT id FROM report.vital_signs WHERE supersedes_id = %s", (ward.wrong[0],)
    ).fetchone()[0]
    correction = a_set(ward.okafor, supersedes_id=mark, change_reason="slip")
    with pytest.raises(RuleBrokenError, match="does not belong to this stay"):
        database.run(nurse, record_observations, correction)


def test_that_the_record_of_a_group_is_never_changed(charge, database, ward, admin):
    struck(database, charge)
    for attack in ("UPDATE report.group_strike_outs SET reason = 'x'",
                   "DELETE FROM report.group_strike_outs"):  # fmt: skip
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(attack)


def test_that_earlier_groups_are_listed_to_who_may_strike_out(database, charge, nurse, ward):
    group = struck(database, charge)
    reinstate(database, charge, group)
    [earlier] = database.run(charge, earlier_strike_outs, EAST)
    assert (earlier.id, earlier.what, earlier.sets, earlier.reason, earlier.recorded_by) == (
        group.id, MONITOR, 2, "Cuff leaked", "Bo Both",
    )  # fmt: skip
    assert database.run(nurse, earlier_strike_outs, EAST) == ()
    assert database.run(charge, earlier_strike_outs, world.id_of("west")) == ()


def test_that_a_single_strike_out_is_no_part_of_a_group(database, charge, nurse, ward, admin):
    patient = bed_of(database, nurse, "1").patient_id
    database.run(nurse, open_chart, patient)
    mark = StrikeOut(id=new_id(), admission_id=ward.okafor, struck_id=ward.wrong[0], reason="x")
    database.run(nurse, strike_out, mark)
    assert {one.id for one in looked_at(database, charge)} == {ward.wrong[1]}


def test_that_opening_several_charts_opens_all_or_none(database, nurse, ward, admin):
    mine = [bed_of(database, nurse, label).patient_id for label in ("1", "2")]
    with pytest.raises(NotPermittedError, match="no chart was opened"):
        database.run(nurse, open_charts, [*mine, new_id()])
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone() == (0,)
    database.run(nurse, open_charts, mine)
    assert database.run(nurse, observation_chart, ward.zulu).sets


def test_that_a_print_is_on_record_and_needs_an_open_chart(database, nurse, ward, admin):
    patient = bed_of(database, nurse, "1").patient_id
    with pytest.raises(NotPermittedError, match="not open to you any more"):
        database.run(nurse, record_print, patient, "observation chart, PDF")
    database.run(nurse, open_chart, patient)
    database.run(nurse, record_print, patient, "observation chart, PDF, A4, 1 page")
    logged = admin.execute(
        "SELECT user_id, patient_id, reason, valid_until FROM audit.access_logs"
        " WHERE kind = 'print'"
    ).fetchall()
    what = "observation chart, PDF, A4, 1 page"
    assert logged == [(world.id_of("nora"), patient, what, None)]
