"""The simulated hospital: what is in it, and what it must never touch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.demo.databases import copied, empty_template
from ward_app.audit.service import open_chart
from ward_app.board.queries import hospital_board, ward_board
from ward_app.board.rules import board_counts, is_overdue
from ward_app.core.database import Actor
from ward_app.core.environment import Environment
from ward_app.core.errors import ConfigurationError, NotPermittedError
from ward_app.demo.hospital import SEVEN_EAST, WARDS
from ward_app.demo.seed import demo_seeded_at, seed_demo
from ward_app.demo.staff import STAFF
from ward_app.observations import rules
from ward_app.observations.packs import news2_pack
from ward_app.observations.queries import observation_chart
from ward_app.operations import installation
from ward_app.operations.bootstrap import create_database, drop_database
from ward_app.patients.types import AllergyStatus, FlagKind

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
COUNTED = (
    "patient.patients",
    "admission.bed_stays",
    "room.beds",
    "report.vital_signs",
    "patient.patient_sequences",
)


@pytest.fixture
def east(run_as):
    """The board of Ward 7 East, by bed label."""
    board = run_as("nurse", ward_board, (SEVEN_EAST.id,))
    # of a shared bed who lay there first
    return {bed.bed_label: bed for bed in reversed(board.beds)}


@pytest.fixture
def charts(run_as, east, demo_database, demo_sign_in):
    """Return the chart of a bed's patient on Ward 7 East."""
    nurse = Actor(demo_sign_in("nurse").token)

    def chart(label):
        demo_database.run(nurse, open_chart, east[label].patient_id)
        return demo_database.run(nurse, observation_chart, east[label].admission_id)

    return chart


def rows(dsn, statement, params=()):
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement, params).fetchall()


def counts(dsn):
    return [rows(dsn, f"SELECT count(*), max(xmin::text) FROM {table}")[0] for table in COUNTED]


def test_that_seeding_twice_changes_nothing_and_says_so(empty_dsn):
    assert seed_demo(empty_dsn).added
    before = counts(empty_dsn)
    again = seed_demo(empty_dsn)
    assert (again.added, counts(empty_dsn)) == (False, before)
    assert "already" in again.sentence


def test_that_an_unnamed_empty_database_becomes_a_demo(empty_dsn):
    assert demo_seeded_at(empty_dsn) is None
    seed_demo(empty_dsn)
    assert installation.environment(empty_dsn) is Environment.DEMO
    assert demo_seeded_at(empty_dsn) is not None


@pytest.mark.parametrize(
    "named", [Environment.PRODUCTION, Environment.STAGING, Environment.TRAINING]
)
def test_that_a_database_for_care_staging_or_training_is_refused(empty_dsn, named):
    """[C21]"""
    installation.name_environment(empty_dsn, named)
    with pytest.raises(NotPermittedError, match=named):
        seed_demo(empty_dsn)
    assert rows(empty_dsn, "SELECT count(*) FROM public.facilities") == [(0,)]


def test_that_a_database_with_data_and_no_purpose_is_refused(empty_dsn):
    with psycopg.connect(empty_dsn) as connection:
        connection.execute(
            "INSERT INTO public.facilities VALUES (gen_random_uuid(), 'real', 'Real', 'UTC')"
        )
    with pytest.raises(NotPermittedError):
        seed_demo(empty_dsn)


def test_that_a_database_without_schema_is_told_from_an_empty_one(server, template):
    create_database(server.dsn("postgres"), "ward_test_demo_bare")
    try:
        with pytest.raises(ConfigurationError, match="wardctl migrate run"):
            seed_demo(server.dsn("ward_test_demo_bare"))
    finally:
        drop_database(server.dsn("postgres"), "ward_test_demo_bare")


@pytest.mark.long
def test_that_the_same_seed_gives_the_same_hospital(server, empty_dsn):
    seed_demo(empty_dsn, now=NOON)
    with copied(server, empty_template(server)) as twin:
        seed_demo(server.dsn(twin), now=NOON)
        for statement in (
            "SELECT mrn, family_name, given_name, born_on FROM patient.patients ORDER BY mrn",
            "SELECT admission_id, bed_id, during FROM admission.bed_stays ORDER BY id",
            "SELECT id, occurred_at, score_total FROM report.vital_signs ORDER BY id",
            "SELECT id, occurred_at, summary FROM report.measurements ORDER BY id",
        ):
            assert rows(empty_dsn, statement) == rows(server.dsn(twin), statement)


def test_that_nothing_lies_in_the_future(demo_dsn):
    latest = rows(
        demo_dsn,
        "SELECT greatest((SELECT max(occurred_at) FROM report.vital_signs),"
        " (SELECT max(admitted_at) FROM admission.admissions),"
        " (SELECT max(occurred_at) FROM room.bed_readiness)) <= now()",
    )
    assert latest == [(True,)]


def test_that_every_role_has_somebody_who_can_sign_in(demo_dsn, demo_sign_in):
    for one in STAFF:
        signed_in = demo_sign_in(one.login)
        assert (signed_in.display_name, signed_in.environment) == (one.name, "demo")
        assert len(signed_in.wards) == len(one.wards)
    held = {one.role for one in STAFF}
    assert held == {name for (name,) in rows(demo_dsn, "SELECT name FROM public.roles")}


def test_that_four_wards_hold_about_a_hundred_beds_and_eighty_five_patients(run_as):
    board = run_as("coordinator", hospital_board)
    tally = board_counts(board, datetime.now(UTC), "Europe/London")
    assert len(board.ward_ids) == len(WARDS) == 4
    assert (tally.beds, tally.occupied, tally.without_bed) == (102, 84, 1)
    assert tally.unavailable == 5


def test_that_a_mother_and_her_baby_share_a_bed_and_the_baby_has_no_score(run_as, charts):
    board = run_as("nurse", ward_board, (SEVEN_EAST.id,))
    mother, baby = [bed for bed in board.beds if bed.bed_label == "16"]
    assert (mother.family_name, baby.given_name) == ("Fitzgerald", "Aoife")
    assert [mate.admission_id for mate in baby.mates] == [mother.admission_id]
    assert baby.observed_at is not None
    assert (baby.news2_total, baby.news2_at_least, baby.score_pack) == (None, None, None)


def test_that_nobody_has_a_high_score_without_a_call_or_an_agreement(run_as):
    board = run_as("coordinator", hospital_board)
    calling = [
        bed
        for bed in board.beds
        if bed.admission_id and bed.news2_risk in {"low-medium", "medium", "high"}
    ]
    assert len(calling) > 5
    for bed in calling:
        assert (bed.escalation_id is None) != (bed.accepted_until is None), bed.bed_label
    assert all(bed.accepted_until > datetime.now(UTC) for bed in calling if bed.accepted_until)


def test_that_the_ward_shows_every_risk(east):
    risks = {bed.news2_risk for bed in east.values() if bed.admission_id}
    assert {"low", "low-medium", "medium", "high"} <= risks
    assert any(bed.news2_total == 0 for bed in east.values())


def test_that_some_sets_are_overdue_and_most_are_not(east, demo_dsn):
    seeded_at = demo_seeded_at(demo_dsn)
    overdue = [bed for bed in east.values() if is_overdue(bed, seeded_at)]
    assert {"9", "18", "28"} <= {bed.bed_label for bed in overdue}
    assert len(overdue) <= 5


def test_that_a_deteriorating_patient_rises_through_the_bands(charts):
    totals = [one.score.total for one in charts("3").sets]
    assert totals[0] <= 2
    assert totals[-1] >= 7


def test_that_a_refused_thermometer_leaves_the_set_incomplete_with_its_reason(east, charts):
    latest = charts("16").sets[-1]
    assert latest.score.missing == ("temperature_celsius",)
    assert latest.incomplete_reason == "refused"
    assert east["16"].news2_total is None


def test_that_scale_2_comes_with_its_decision(east, charts):
    chart = charts("20")
    assert (chart.scale, east["20"].spo2_scale) == (2, 2)
    assert chart.scale_decision.decided_by in SEVEN_EAST.consultants
    assert {one.vital_signs.spo2_scale for one in chart.sets} == {2}


@pytest.mark.parametrize(("label", "target"), [("8", (88, 92)), ("10", (94, 98)), ("20", None)])
def test_that_some_patients_have_an_oxygen_target(charts, label, target):
    assert charts(label).oxygen.target == target


@pytest.mark.parametrize(("label", "state"), [("13", "ended"), ("29", "pregnant")])
def test_that_a_pregnancy_and_its_end_are_scored_by_the_maternal_criteria(charts, label, state):
    chart = charts(label)
    assert chart.basis.pregnancy.status == state
    assert chart.basis.choice.pack.name == "mewc"
    assert {one.score.pack for one in chart.sets} == {"mewc"}
    assert chart.sets[-1].score.complete
    assert chart.sets[-1].vital_signs.further["oliguria"] is False


def test_that_a_score_was_decided_on_for_who_has_no_date_of_birth(charts):
    chart = charts("12")
    assert chart.basis.decision.decided_by in SEVEN_EAST.consultants
    assert chart.basis.choice.pack.name == chart.sets[-1].score.pack == "news2"


def test_that_a_childs_sets_are_kept_without_a_score(east, charts):
    chart = charts("26")
    assert chart.basis.choice.pack is None
    assert chart.sets[-1].score is None
    assert (east["26"].observed_at is not None, east["26"].news2_at_least) == (True, None)


def test_that_a_retainer_breathes_through_a_venturi_mask(charts):
    signs = charts("8").sets[-1].vital_signs
    assert (signs.oxygen_device, signs.inspired_oxygen_percent) == ("venturi_mask", 28)
    assert signs.spo2_scale == 2


def test_that_a_correction_and_a_strike_out_keep_the_original(charts):
    corrected, struck = charts("1").sets, charts("4").sets
    wrong = next(one for one in corrected if one.superseded_by)
    right = next(one for one in corrected if one.supersedes_id == wrong.id)
    assert right.vital_signs.pulse_per_min == wrong.vital_signs.pulse_per_min - 100
    assert [one.change_reason for one in struck if one.superseded_by] == ["Wrong patient"]


def test_that_stored_scores_are_those_of_the_rules(charts):
    for label in ("3", "8", "10", "16", "20"):
        for one in charts(label).sets:
            assert one.score == rules.score(one.vital_signs, news2_pack())


def test_that_charts_reach_back_days_and_never_before_the_admission(east, charts):
    for label in ("1", "5", "24"):
        first = charts(label).sets[0].occurred_at
        assert first >= east[label].admitted_at
    assert charts("5").read_at - charts("5").sets[0].occurred_at > timedelta(days=3)


def test_that_the_ward_has_the_people_screens_stumble_over(east):
    names = {bed.family_name: bed for bed in east.values() if bed.admission_id}
    alike = {bed.family_name for bed in east.values() if bed.alike_name}
    assert alike == {"Okafor", "Fitzgerald"}
    assert names["Unidentified"].born_on is None
    assert max(map(len, names)) > 30
    assert {bed.allergy_status for bed in names.values()} == set(AllergyStatus)
    assert max(len(bed.allergies or ()) for bed in names.values()) == 3
    flagged = {kind for bed in names.values() for kind, _detail in bed.flags or ()}
    assert flagged == set(FlagKind)
    assert {bed.sex for bed in names.values()} == {"female", "male", "other"}


def test_that_empty_beds_differ_in_readiness_and_availability(run_as):
    board = run_as("coordinator", hospital_board)
    empty = [bed for bed in board.beds if bed.bed_id and not bed.occupied]
    assert {"clean", "dirty", "cleaning", "needs_deep_clean", "awaiting_inspection"} <= {
        bed.readiness for bed in empty
    }
    assert {bed.availability for bed in empty} == {"open", "blocked", "closed"}


def test_that_patient_numbers_tell_invented_people_from_others(demo_dsn):
    found = rows(demo_dsn, "SELECT bool_and(substr(mrn, 3, 1) = '9') FROM patient.patients")
    assert found == [(True,)]
    assert "synthetic" in rows(demo_dsn, "SELECT name FROM public.facilities")[0][0]


def test_that_patients_came_through_the_admissions_unit_and_some_left_lately(demo_dsn):
    [(moved, left, died)] = rows(
        demo_dsn,
        "SELECT (SELECT count(*) FROM admission.transfers),"
        " (SELECT count(*) FROM admission.discharges"
        "  WHERE occurred_at > now() - interval '1 day'),"
        " (SELECT count(*) FROM admission.discharges d"
        "  JOIN admission.admissions a ON a.id = d.admission_id"
        "  JOIN patient.patients p ON p.id = a.patient_id"
        "  WHERE d.destination = 'died' AND p.died_at IS NOT NULL)",
    )
    assert moved >= 8
    assert left == 8
    assert died == 1
