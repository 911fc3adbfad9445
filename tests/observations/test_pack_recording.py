"""A set is scored with the pack that is made for the patient, and by the database as well."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.observations.builders import WELL, signs
from tests.observations.site import a_decision, a_pregnancy, decide, pregnant, use
from tests.steps import WITHOUT_ZONE, a_set, admit, ago
from ward_app.core.database import Actor, Transaction
from ward_app.core.errors import (
    ConfigurationError,
    NotPermittedError,
    RuleBrokenError,
    SignInRequiredError,
)
from ward_app.core.ids import new_id
from ward_app.observations import pack_queries
from ward_app.observations.pack_choice import Pregnancy
from ward_app.observations.pack_queries import scoring_of, scorings_of
from ward_app.observations.pack_service import decide_pack, record_pregnancy
from ward_app.observations.packs import PACKS_FOLDER, pack_named
from ward_app.observations.rules import PackStatus
from ward_app.observations.service import record_observations
from ward_app.observations.types import IncompleteReason, Risk, VitalSigns

MATERNAL = replace(
    WELL, further={"agitation": False, "oliguria": False, "pre_eclampsia_symptoms": False}
)
CHILD = VitalSigns(
    respiratory_rate_per_min=30,
    spo2_percent=97,
    systolic_bp_mmhg=100,
    pulse_per_min=100,
    further={
        "respiratory_effort": "normal",
        "oxygen_support": "air",
    },
)


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


def record(database, nurse, patient, vital_signs=WELL, **changes):
    new = a_set(patient, vital_signs=vital_signs, **changes)
    return database.run(nurse, record_observations, new)


def basis(database, actor, patient):
    return database.run(actor, scoring_of, patient)


def test_that_a_session_that_ends_while_a_set_is_saved_is_told_as_that(
    database, nurse, patient, admin
):
    """It is no word about the patient, who is on the nurse's ward as before."""

    def save(tx):
        admin.execute("UPDATE public.sessions SET ended_at = now(), end_reason = 'revoked'")
        return record_observations(tx, a_set(patient, vital_signs=WELL))

    with pytest.raises(SignInRequiredError, match="signed out"):
        database.run(nurse, save)


def born(admin, admission_id, day):
    admin.execute(
        "UPDATE patient.patients SET born_on = %s WHERE id ="
        " (SELECT patient_id FROM admission.admissions WHERE id = %s)",
        (day, admission_id),
    )


def test_that_as_delivered_news2_alone_is_in_use(database, nurse, patient):
    found = basis(database, nurse, patient)
    assert [(one.name, one.status) for one in found.uses] == [("news2", PackStatus.LIVE)]
    assert (found.choice.pack.name, found.choice.why) == ("news2", "adult, not pregnant")
    assert found.age_months > 900


def test_that_somebody_pregnant_gets_no_news2_and_the_answer_says_why(database, nurse, patient):
    pregnant(database, nurse, patient)
    saved = record(database, nurse, patient)
    assert saved.score is None
    assert saved.unscored_because == (
        "No score in use here is made for this patient (adult, pregnant)."
    )


def test_that_a_decision_gives_somebody_pregnant_news2_and_its_end_takes_it_away(
    database, nurse, patient
):
    pregnant(database, nurse, patient)
    decide(database, nurse, patient, "news2")
    saved = record(database, nurse, patient)
    assert (saved.score.pack, saved.unscored_because) == ("news2", None)
    assert basis(database, nurse, patient).choice.why == "by decision"
    decide(database, nurse, patient, None, reason="Wrong after all")
    assert record(database, nurse, patient).score is None


def test_that_the_maternal_pack_scores_when_the_hospital_uses_it(
    database, nurse, patient, admin_dsn
):
    use(admin_dsn, "mewc")
    assert record(database, nurse, patient).score.pack == "news2"
    pregnant(database, nurse, patient)
    saved = record(database, nurse, patient, replace(MATERNAL, systolic_bp_mmhg=161))
    assert (saved.score.pack, saved.score.total, saved.score.risk) == ("mewc", 1, Risk.HIGH)
    ended_on = datetime.now(UTC).date() - timedelta(days=43)
    pregnant(database, nurse, patient, Pregnancy.ENDED, ended_on=ended_on)
    assert record(database, nurse, patient).score.pack == "news2"


def test_that_the_day_of_the_set_counts_and_not_the_day_it_is_saved(
    database, nurse, admin, admin_dsn
):
    patient = admit(database, nurse, "Okafor", admitted_at=ago(3 * 1440))
    use(admin_dsn, "mewc")
    day = datetime.now(UTC).date()
    pregnant(database, nurse, patient, Pregnancy.ENDED, ended_on=day - timedelta(days=43))
    now = record(database, nurse, patient)
    before = record(database, nurse, patient, MATERNAL, occurred_at=ago(2 * 1440))
    assert (now.score.pack, before.score.pack) == ("news2", "mewc")


def test_that_a_child_is_scored_at_its_age_when_the_hospital_uses_the_pack(
    database, nurse, patient, admin, admin_dsn
):
    use(admin_dsn, "paediatric")
    born(admin, patient, date(2020, 1, 31))
    saved = record(database, nurse, patient, CHILD, incomplete_reason=IncompleteReason.OTHER)
    assert (saved.score.pack, saved.score.total) == ("paediatric", None)
    assert saved.score.missing == ("capillary_refill_seconds",)
    assert saved.score.points["pulse_per_min"] == 0


def test_that_without_a_date_of_birth_somebody_must_decide(database, nurse, patient, admin):
    born(admin, patient, None)
    saved = record(database, nurse, patient)
    assert "date of birth is not known" in saved.unscored_because
    decide(database, nurse, patient, "news2", reason="Clearly an adult")
    assert record(database, nurse, patient).score.pack == "news2"


def test_that_a_pack_that_scores_by_age_cannot_be_decided_on_without_one(
    database, nurse, patient, admin, admin_dsn
):
    use(admin_dsn, "paediatric")
    born(admin, patient, None)
    decide(database, nurse, patient, "paediatric")
    saved = record(database, nurse, patient)
    assert "record the date of birth" in saved.unscored_because


def test_that_a_pack_of_the_hospitals_own_is_read_from_the_database(
    database, nurse, patient, admin, admin_dsn
):
    content = (PACKS_FOLDER / "mewc.json").read_text().replace('"2014.1"', '"ours.1"')
    admin.execute(
        "INSERT INTO report.score_packs (id, content) VALUES (%s, %s)", (new_id(), content)
    )
    use(admin_dsn, "mewc", version="ours.1")
    pregnant(database, nurse, patient)
    saved = record(database, nurse, patient, MATERNAL)
    assert (saved.score.version, saved.score.total) == ("ours.1", 0)
    assert saved.score.pack_hash != pack_named("mewc").hash
    assert saved.score.pack_hash in pack_queries._registered
    assert record(database, nurse, patient, MATERNAL).score.version == "ours.1"


def test_that_a_pack_that_does_not_score_as_it_says_is_not_used(
    database, nurse, patient, admin, admin_dsn
):
    content = (PACKS_FOLDER / "mewc.json").read_text().replace('"2014.1"', '"bad.1"')
    admin.execute(
        "INSERT INTO report.score_packs (id, content) VALUES (%s, %s)",
        (new_id(), content.replace('{"from": 161, "points": 1}', '{"from": 161, "points": 0}')),
    )
    use(admin_dsn, "mewc", version="bad.1")
    with pytest.raises(ConfigurationError, match="does not score as its own tests say"):
        record(database, nurse, patient)


def test_that_what_was_scored_keeps_its_score_when_the_use_changes(
    database, nurse, patient, admin, admin_dsn
):
    saved = record(database, nurse, patient)
    use(admin_dsn, "news2", PackStatus.DISABLED)
    assert record(database, nurse, patient).score is None
    kept = "SELECT score_pack, score_total FROM report.vital_signs WHERE id = %s"
    assert admin.execute(kept, (saved.id,)).fetchone() == ("news2", 0)


def test_that_a_decision_on_a_pack_that_is_no_longer_used_gives_no_score(
    database, nurse, patient, admin_dsn
):
    use(admin_dsn, "mewc")
    decide(database, nurse, patient, "mewc")
    assert basis(database, nurse, patient).choice.pack.name == "mewc"
    use(admin_dsn, "mewc", PackStatus.DISABLED)
    saved = record(database, nurse, patient)
    assert saved.unscored_because == "The score that was decided on is not in use any more."


def test_that_the_basis_tells_who_decided_and_who_recorded(database, nurse, patient):
    pregnancy = a_pregnancy(patient, note="12 weeks")
    decision = a_decision(patient)
    database.run(nurse, record_pregnancy, pregnancy)
    database.run(nurse, decide_pack, decision)
    found = basis(database, nurse, patient)
    assert (found.pregnancy.id, found.pregnancy.recorded_by) == (pregnancy.id, "Nora Nurse")
    assert found.pregnancy.occurred_at == pregnancy.occurred_at
    assert (found.decision.id, found.decision.decided_by) == (decision.id, "Dr Mensah")
    assert (found.decision.recorded_by, found.decision.reason) == ("Nora Nurse", decision.reason)


def test_that_a_score_by_what_the_form_had_read_is_refused_once_another_applies(
    database, nurse, patient, admin
):
    new, read = a_set(patient, vital_signs=WELL), basis(database, nurse, patient)
    pregnant(database, nurse, patient)
    with pytest.raises(RuleBrokenError, match="Another score applies"):
        database.run(nurse, record_observations, new, read)
    assert admin.execute("SELECT count(*) FROM report.vital_signs").fetchone() == (0,)
    assert database.run(nurse, record_observations, new).score is None
    fresh = basis(database, nurse, patient)
    again = a_set(patient, vital_signs=WELL)
    saved = database.run(nurse, record_observations, again, fresh)
    assert saved.unscored_because == fresh.choice.why


def test_that_the_bases_of_a_round_come_at_once_and_of_strangers_not_at_all(
    database, nurse, connect, signed_in
):
    mine = [admit(database, nurse, f"Okafor {label}", label=label) for label in "12"]
    at_beta = connect("ws_beta")
    wes = Actor(signed_in("wes", at_beta).token)
    theirs = admit(at_beta, wes, "Quagmire", ward="west", label="1")
    found = database.run(nurse, scorings_of, [*mine, theirs])
    assert set(found) == set(mine)
    assert database.run(nurse, scorings_of, []) == {}
    with pytest.raises(NotPermittedError):
        basis(database, nurse, theirs)


def test_that_repeating_a_record_or_a_decision_changes_nothing(database, nurse, patient, admin):
    for make, run, table in (
        (a_pregnancy, record_pregnancy, "patient.pregnancies"),
        (a_decision, decide_pack, "report.score_pack_decisions"),
    ):
        new = make(patient)
        database.run(nurse, run, new)
        database.run(nurse, run, new)
        assert admin.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_that_a_correction_of_a_pregnancy_says_why_and_names_one_of_the_patient(
    database, nurse, patient
):
    first = a_pregnancy(patient)
    database.run(nurse, record_pregnancy, first)
    wrong = {"status": Pregnancy.NOT_PREGNANT, "supersedes_id": first.id}
    with pytest.raises(RuleBrokenError, match="Say why"):
        database.run(nurse, record_pregnancy, a_pregnancy(patient, **wrong))
    with pytest.raises(RuleBrokenError, match="not of this patient"):
        database.run(
            nurse,
            record_pregnancy,
            a_pregnancy(patient, supersedes_id=new_id(), change_reason="slip"),
        )
    database.run(nurse, record_pregnancy, a_pregnancy(patient, **wrong, change_reason="slip"))
    assert basis(database, nurse, patient).choice.pack.name == "news2"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": Pregnancy.ENDED}, "on which day"),
        ({"ended_on": date(2026, 1, 1)}, "on which day"),
        ({"status": Pregnancy.ENDED, "ended_on": date(2199, 1, 1)}, "lies in the future"),
        ({"occurred_at": WITHOUT_ZONE}, "zone"),
        ({"occurred_at": datetime(2199, 1, 1, tzinfo=UTC)}, "lies in the future"),
    ],
    ids=["no day", "day of none", "day to come", "no zone", "time to come"],
)
def test_that_a_pregnancy_that_cannot_be_is_refused(database, nurse, patient, changes, why):
    with pytest.raises(RuleBrokenError, match=why):
        database.run(nurse, record_pregnancy, a_pregnancy(patient, **changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pack": "mewc"}, "not in use here"),
        ({"decided_by": " "}, "Name who"),
        ({"reason": " "}, "Say why"),
        ({"occurred_at": WITHOUT_ZONE}, "zone"),
        ({"occurred_at": datetime(2199, 1, 1, tzinfo=UTC)}, "lies in the future"),
    ],
    ids=["disabled", "nobody", "no reason", "no zone", "time to come"],
)
def test_that_a_decision_that_cannot_hold_is_refused(database, nurse, patient, changes, why):
    with pytest.raises(RuleBrokenError, match=why):
        database.run(nurse, decide_pack, a_decision(patient, **changes))


def test_that_an_assistant_records_neither_a_pregnancy_nor_a_decision(
    database, nurse, patient, signed_in
):
    hal = Actor(signed_in("hal").token)
    for run, new in ((record_pregnancy, a_pregnancy(patient)), (decide_pack, a_decision(patient))):
        with pytest.raises(NotPermittedError):
            database.run(hal, run, new)


TAMPERED = {
    "a lower total": {"score_total": 2, "score_at_least": 2},
    "a lower risk": {"risk": "low"},
    "a longer interval": {"interval_minutes": 720},
    "fewer points": {"score_points": "{}"},
    "nothing missing": {"score_missing": '["pulse_per_min"]', "score_total": None},
    "another version": {"score_version": "2012"},
    "another hash": {"score_hash": "0" * 64},
    "another pack": {"score_pack": "mewc"},
    "a later time": {"next_due_at": datetime(2026, 1, 1, tzinfo=UTC)},
    "no time": {"next_due_at": None},
    "no score": dict.fromkeys(
        ("score_pack", "score_version", "score_hash", "score_total", "score_at_least",
         "score_points", "score_missing", "risk", "interval_minutes")
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_that_the_database_takes_no_score_but_its_own(database, nurse, patient, admin, how):
    """A tampered client cannot understate a score, nor keep help from being called."""
    saved = record(database, nurse, patient, signs(respiratory_rate_per_min=25, pulse_per_min=135))
    assert saved.score.total == 6
    row = admin.execute(
        "SELECT jsonb_strip_nulls(to_jsonb(v)) FROM report.vital_signs v"
    ).fetchone()[0]
    for name in ("id", "patient_id", "ward_id", "recorded_at", "recorded_by"):
        del row[name]
    forged = row | {"next_due_at": saved.next_due_at} | TAMPERED[how]
    if how == "a later time":
        forged["next_due_at"] = saved.next_due_at + timedelta(minutes=1)
    columns = ", ".join(forged)
    values = ", ".join(f"%({name})s" for name in forged)
    insert = f"INSERT INTO report.vital_signs (id, {columns}) VALUES (%(id)s, {values})"
    as_text = {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in forged.items()
    }
    with pytest.raises(RuleBrokenError):
        database.run(nurse, Transaction.execute, insert, as_text | {"id": new_id()})
