"""Many charts at a time: put on the queue of reviews, whoever opens them and wherever."""

from __future__ import annotations

from tests import world
from ward_app.core.ids import new_id

QUEUE = "SELECT kind, user_id, patient_id, ward_id, reason FROM audit.openings ORDER BY at"
EVERYBODY = "SELECT count(*) FILTER (WHERE auth.open_chart(p, 'ward', NULL)) FROM unnest(%s) p"


def test_that_opening_many_charts_beyond_one_ward_is_put_on_the_queue(hospital, intruder, admin):
    """Sixty of one ward are its round; sixty more, of another ward, are not."""
    patients = {ward: crowd(admin, ward, 62) for ward in ("east", "west")}
    token = intruder.token("both")
    assert intruder.value(EVERYBODY, (patients["east"],), token=token) == 62
    assert admin.execute(QUEUE).fetchall() == []
    assert intruder.value(EVERYBODY, (patients["west"],), token=token) == 62
    [(kind, user, patient, _ward, reason)] = admin.execute(QUEUE).fetchall()
    assert (kind, user, patient, reason) == ("many_charts", world.id_of("both"), None, None)
    assert admin.execute("SELECT charts FROM audit.openings").fetchone() == (123,)


def test_that_many_charts_are_counted_over_all_sessions_of_a_person(
    hospital, intruder, at_beta, admin
):
    """[U07] Two workstations, few charts with each sign-in."""
    patients = {ward: crowd(admin, ward, 62) for ward in ("east", "west")}
    intruder.value(EVERYBODY, (patients["east"],), token=intruder.token("both"))
    for place, some in ((intruder, slice(0, 30)), (at_beta, slice(30, 60))):
        token = place.token("both")
        assert place.value(EVERYBODY, (patients["west"][some],), token=token) == 30
    assert admin.execute(QUEUE).fetchall() == []
    # somebody else's openings are not the person's
    wes = at_beta.token("wes")
    assert at_beta.value(EVERYBODY, (patients["west"],), token=wes) == 62
    assert admin.execute(QUEUE).fetchall() == []
    last = at_beta.token("both")
    assert at_beta.value(EVERYBODY, (patients["west"][60:],), token=last) == 2
    [(kind, user, *_rest)] = admin.execute(QUEUE).fetchall()
    assert (kind, user) == ("many_charts", world.id_of("both"))
    assert at_beta.value(EVERYBODY, (patients["west"],), token=at_beta.token("both")) == 62
    assert len(admin.execute(QUEUE).fetchall()) == 1  # once in ten minutes


def crowd(admin, ward, count):
    """Put so many patients on a ward, without beds; return who they are."""
    people = [new_id() for _ in range(count)]
    for number, patient in enumerate(people):
        stay = new_id()
        admin.execute(
            "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
            " VALUES (%s, %s, %s, 'Crowd', 'One', 'female')",
            (patient, world.id_of("main"), f"9{ward == 'east':d}{number:08d}"),
        )
        admin.execute(
            "INSERT INTO admission.admissions (id, facility_id, patient_id, source, reason,"
            " admitted_at) VALUES (%s, %s, %s, 'home', 'x', now() - interval '1 hour')",
            (stay, world.id_of("main"), patient),
        )
        admin.execute(
            "INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, during,"
            " ward_arrived_at, share_group) VALUES (%s, %s, %s, %s,"
            " tstzrange(now() - interval '1 hour', NULL), now() - interval '1 hour', %s)",
            (share := new_id(), stay, patient, world.id_of(ward), share),
        )
    return people
