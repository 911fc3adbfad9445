"""Down and up: reading from the copies, charting into the outbox, all of it once at the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world
from tests.downtime.stations import a_ladder, away, chart, prepared, present, read
from tests.downtime.taken import EAST, HEAD
from tests.measurements.test_service import pain
from tests.notes.builders import a_note
from tests.notes.builders import notes as notes_online
from tests.openings.builders import mark_private
from tests.rounding.builders import a_record, template
from tests.steps import a_set, admit, ago, board_of, open_first
from ui.notes.reading import find_notes, read_notes
from ui.observations.chart_reading import whole_chart
from ward_app.admissions.service import discharge
from ward_app.audit.service import open_chart, open_reachable_charts
from ward_app.board.queries import hospital_board, ward_board
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.ids import new_id
from ward_app.downtime.answers import NotKeptForDowntimeError
from ward_app.downtime.kept_here import NOT_SENT
from ward_app.downtime.ladder import RefusedOfflineError
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.service import record_measurement
from ward_app.notes.service import sign_note
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.observations.ward_charting import last_sets
from ward_app.rounding.queries import round_history, rounds_of_wards
from ward_app.rounding.rules import missing, usual_answers
from ward_app.rounding.service import save_round
from ward_app.rounding.types import DeferralReason, NewDeferral
from ward_app.schedule.queries import due_list


@pytest.fixture
def stay(database, nurse):
    """A patient with a set, on bed 1 of ward East."""
    found = admit(database, nurse, "Okafor", label="1")
    database.run(nurse, record_observations, a_set(found, occurred_at=ago(50)))
    return found


@pytest.fixture
def ladder(tmp_path, database, nurse_person, stay):
    return prepared(tmp_path, database, nurse_person)


def patient_of(ladder, stay):
    [row] = [row for row in read(ladder, ward_board, (EAST,)).beds if row.admission_id == stay]
    return row


def test_that_the_panels_read_the_copy_while_the_server_is_away(ladder, database, nurse, stay):
    online = board_of(database, nurse)
    assert read(ladder, ward_board, (EAST,)).beds == tuple(online)
    assert ladder.is_lost
    row = patient_of(ladder, stay)
    read(ladder, open_chart, row.patient_id)
    assert read(ladder, open_reachable_charts, [row.patient_id]) == {row.patient_id}
    assert len(read(ladder, whole_chart, stay).observations.sets) == 1
    assert len(read(ladder, observation_chart, stay).sets) == 1
    assert read(ladder, measurement_chart, stay).sets == ()
    assert read(ladder, rounds_of_wards, (EAST,)).templates
    assert read(ladder, read_notes, (stay,), None).notes == ()
    assert [one.admission_id for one in read(ladder, last_sets, (stay,))] == [stay]
    assert [one.admission_id for one in read(ladder, due_list, (EAST,))] == [stay]


def test_that_what_is_not_in_the_copy_says_so_and_shows_nothing(ladder):
    west = world.id_of("west")
    for query, *asked in (
        (hospital_board,),
        (ward_board, (west,)),
        (whole_chart, new_id()),
        (open_chart, new_id()),
    ):
        with pytest.raises(NotKeptForDowntimeError, match=r"^Not kept for downtime\. "):
            read(ladder, query, *asked)
    with pytest.raises(NotKeptForDowntimeError):
        read(ladder, find_notes, "slept", ward_id=EAST, patient_id=None)
    with pytest.raises(NotKeptForDowntimeError):
        read(ladder, round_history, admission_id=None, ward_id=EAST)


def test_that_without_a_copy_the_loss_is_told_as_before(tmp_path, nurse_person):
    ladder = a_ladder(tmp_path, nurse_person)
    with pytest.raises(DatabaseUnavailableError, match="Nothing was saved"):
        read(ladder, ward_board, (EAST,))
    assert not ladder.is_lost


def test_that_the_copy_of_a_ward_is_not_for_who_does_not_work_there(ladder, database, signed_in):
    read(ladder, ward_board, (EAST,))
    ladder.enter(replace(signed_in("both"), wards=()))
    with pytest.raises(NotKeptForDowntimeError):
        read(ladder, ward_board, (EAST,))


def test_that_a_private_chart_stays_closed(ladder, database, signed_in, stay):
    [row] = [row for row in read(ladder, ward_board, (EAST,)).beds if row.admission_id == stay]
    ladder.come_back()
    leader = signed_in("both")
    mark_private(database, Actor(leader.token), row.patient_id)
    ladder.enter(leader)
    ladder.take(database, Actor(leader.token), [HEAD])
    with pytest.raises(NotKeptForDowntimeError, match="private"):
        read(ladder, open_chart, row.patient_id)
    assert read(ladder, open_reachable_charts, [row.patient_id]) == frozenset()


def test_that_a_set_charted_without_the_server_is_shown_at_once_and_marked(ladder, stay):
    new = a_set(stay, occurred_at=ago(1))
    saved = chart(ladder, record_observations, new)
    assert (saved.id, saved.score.total) == (new.id, 0)
    *_, last = read(ladder, observation_chart, stay).sets
    assert (last.id, last.recorded_by) == (new.id, f"Nora Nurse, {NOT_SENT}")
    row = patient_of(ladder, stay)
    assert (row.observed_at, row.next_due_at) == (new.occurred_at, saved.next_due_at)
    assert row.kept_here == 1
    assert ladder.waiting == 1
    [of_the_grid] = read(ladder, last_sets, (stay,))
    assert of_the_grid.id == new.id


def test_that_a_set_measured_before_the_latest_changes_no_score(ladder, stay):
    before = patient_of(ladder, stay)
    chart(ladder, record_observations, a_set(stay, occurred_at=ago(55)))
    after = patient_of(ladder, stay)
    assert after == before._replace(kept_here=1)


def test_that_measurements_notes_and_rounds_are_kept_and_shown(ladder, database, nurse, stay):
    checklist = template(database, nurse)
    chart(ladder, record_measurement, pain(stay))
    chart(ladder, sign_note, a_note(stay))
    chart(ladder, save_round, [a_record(checklist, stay)], [])
    [measured] = read(ladder, measurement_chart, stay).sets
    assert (measured.summary, measured.recorded_by) == (
        "7/10, left hip", f"Nora Nurse, {NOT_SENT}",
    )  # fmt: skip
    [note] = read(ladder, read_notes, (stay,), None).notes
    assert (note.title, note.signed_as) == ("Progress", f"Nora Nurse, {NOT_SENT}")
    rounds = read(ladder, rounds_of_wards, (EAST,))
    [line] = [one for one in rounds.lines if one.admission_id == stay and one.done_by]
    assert (line.name, line.done_by) == ("intentional", f"Nora Nurse, {NOT_SENT}")
    [item] = read(ladder, round_history, admission_id=stay, ward_id=EAST)
    assert item.answers == a_record(checklist, stay).answers
    assert patient_of(ladder, stay).kept_here == 3


def test_that_a_round_put_off_is_due_later(ladder, database, nurse, stay):
    deferral = NewDeferral(
        id=new_id(),
        template=template(database, nurse),
        reason=DeferralReason.ASLEEP,
        deferred_until=ago(-30),
        occurred_at=ago(0),
        admission_id=stay,
    )
    chart(ladder, save_round, [], [deferral])
    rounds = read(ladder, rounds_of_wards, (EAST,))
    [line] = [one for one in rounds.lines if one.due_at == deferral.deferred_until]
    assert (line.admission_id, line.deferral_reason) == (stay, "asleep")


def test_that_a_checklist_of_the_ward_itself_can_be_answered(ladder, database, nurse):
    rounds = read(ladder, rounds_of_wards, (EAST,))
    of_ward = next(one for one in rounds.lines if one.admission_id is None)
    checklist = template(database, nurse, of_ward.name)
    open_items = missing(checklist, usual_answers(checklist))
    answers = {item.name: item.choices[0].value if item.choices else "3" for item in open_items}
    chart(ladder, save_round, [a_record(checklist, answers=answers)], [])
    after = read(ladder, rounds_of_wards, (EAST,))
    [line] = [one for one in after.lines if (one.name, one.admission_id) == (of_ward.name, None)]
    assert line.done_by == f"Nora Nurse, {NOT_SENT}"


def test_that_moves_and_corrections_are_refused_with_the_reason(ladder, stay):
    with pytest.raises(DatabaseUnavailableError, match="Nothing was saved"):
        chart(ladder, discharge, None)
    ladder.lose()
    with pytest.raises(RefusedOfflineError, match="what other workstations do meanwhile"):
        chart(ladder, discharge, None)
    [first] = read(ladder, observation_chart, stay).sets
    corrected = a_set(stay, supersedes_id=first.id, change_reason="slip")
    with pytest.raises(RefusedOfflineError, match="correction"):
        chart(ladder, record_observations, corrected)
    with pytest.raises(NotKeptForDowntimeError):
        chart(ladder, record_observations, a_set(new_id()))
    assert ladder.waiting == 0


def test_that_who_has_no_key_charts_nothing(ladder, nurse_person, stay):
    ladder.enter(replace(nurse_person, offline_key=b""))
    with pytest.raises(RefusedOfflineError, match="Sign in again"):
        chart(ladder, record_observations, a_set(stay))


def test_that_what_was_charted_is_shown_after_the_program_was_killed(
    ladder, tmp_path, nurse_person, stay
):
    new = a_set(stay, occurred_at=ago(1))
    chart(ladder, record_observations, new)
    again = a_ladder(tmp_path, nurse_person)
    assert read(again, observation_chart, stay).sets[-1].id == new.id
    assert again.waiting == 1


def test_that_everything_arrives_once_under_its_author_and_time(
    ladder, database, nurse, stay, admin
):
    new = a_set(stay, occurred_at=ago(1))
    chart(ladder, record_observations, new)
    chart(ladder, record_measurement, pain(stay))
    chart(ladder, sign_note, a_note(stay))
    chart(ladder, save_round, [a_record(template(database, nurse), stay)], [])
    assert ladder.try_again(database) == 4
    assert not ladder.is_lost
    assert ladder.send(database).accepted == 4
    assert ladder.waiting == 0
    assert ladder.send(database).accepted == 0
    open_first(database, nurse)
    *_, last = ladder.read(
        lambda: database.run(nurse, observation_chart, stay), observation_chart, (stay,), {}
    ).sets
    assert (last.id, last.occurred_at, last.recorded_by) == (
        new.id, new.occurred_at, "Nora Nurse",
    )  # fmt: skip
    assert len(notes_online(database, nurse, stay)) == 1


def test_that_a_server_lost_again_shows_what_was_sent_since_the_copy(ladder, database, stay):
    new = a_set(stay, occurred_at=ago(1))
    chart(ladder, record_observations, new)
    ladder.try_again(database)
    ladder.send(database)
    ladder.lose()
    assert read(ladder, observation_chart, stay).sets[-1].id == new.id


def test_that_a_copy_that_has_the_entry_shows_it_once(ladder, database, nurse, stay):
    new = a_set(stay, occurred_at=ago(1))
    chart(ladder, record_observations, new)
    ladder.try_again(database)
    ladder.send(database)
    ladder.take(database, nurse, [HEAD])
    ladder.lose()
    sets = read(ladder, observation_chart, stay).sets
    assert [one.id for one in sets].count(new.id) == 1
    assert sets[-1].recorded_by == "Nora Nurse"
    assert patient_of(ladder, stay).kept_here == 0


def test_that_the_age_of_what_is_shown_is_that_of_the_copy(ladder, stay):
    read(ladder, ward_board, (EAST,))
    assert abs(ladder.shown_from - present()) < timedelta(minutes=5)
    assert read(ladder, observation_chart, stay).read_at == ladder.shown_from


def test_that_a_server_that_is_still_away_is_told(ladder, database):
    ladder.lose()

    class Away:
        run = staticmethod(lambda *_args: away())

    with pytest.raises(DatabaseUnavailableError):
        ladder.try_again(Away())
    assert ladder.is_lost
