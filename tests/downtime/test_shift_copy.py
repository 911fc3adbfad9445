"""Lane, handover and alerts while the server is away: as they were, with what is charted here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world
from tests.downtime.stations import chart, prepared, read
from tests.downtime.taken import EAST, HEAD
from tests.handover.builders import given, open_first
from tests.openings.builders import mark_private
from tests.rounding.builders import a_record, template
from tests.shifts.builders import took
from tests.steps import a_set, admit, ago
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor
from ward_app.devices.queries import devices_of
from ward_app.downtime.answers import NotKeptForDowntimeError
from ward_app.downtime.kept_here import NOT_SENT
from ward_app.escalations.queries import alerts, open_escalation
from ward_app.handover.queries import ward_handover
from ward_app.handover.service import keep_words
from ward_app.lane.queries import shift_lane
from ward_app.lane.types import Kind
from ward_app.messages.queries import my_messages
from ward_app.observations.service import record_observations
from ward_app.rounding.service import save_round
from ward_app.schedule.queries import due_list


@pytest.fixture
def stay(database, nurse):
    """A patient with a score that calls somebody, given by Nora, on bed 1 of ward East."""
    found = admit(database, nurse, "Okafor", label="1")
    well = a_set(found, occurred_at=ago(50))
    ill = replace(well.vital_signs, respiratory_rate_per_min=30, pulse_per_min=135)
    database.run(nurse, record_observations, replace(well, vital_signs=ill))
    open_first(database, nurse)
    given(database, nurse, found, own_words="Watch her breathing")
    return found


@pytest.fixture
def ladder(tmp_path, database, nurse_person, stay):
    return prepared(tmp_path, database, nurse_person)


def entry_of(lane, stay, kind):
    """Return what is due of one kind for a patient."""
    [found] = [one for one in lane.entries if (one.admission_id, one.kind) == (stay, kind)]
    return found


def comparable(lane):
    """Return a lane without its order, and what counts from the moment it was read."""
    entries = frozenset(
        one._replace(kind=str(one.kind), times=one.times[:1]) for one in lane.entries
    )
    return replace(lane, entries=entries, read_at=None, until=None)


def test_that_the_lane_is_read_from_the_copy_as_it_was(ladder, database, nurse):
    for label, name in (("10", "Brown"), ("4", "Clark"), ("3", "Dunn")):
        admit(database, nurse, name, label=label)
    ladder.take(database, nurse, [HEAD])
    online = database.run(nurse, shift_lane, (EAST,))
    kept = read(ladder, shift_lane, (EAST,))
    assert [one.bed_label for one in kept.patients] == ["1", "3", "4", "10"]
    assert comparable(kept) == comparable(online)
    assert all(at < kept.until for one in kept.entries for at in one.times)
    assert abs(kept.until - online.until) < timedelta(minutes=5)


def test_that_the_handover_is_read_from_the_copy_as_it_was(ladder, database, nurse, stay):
    database.run(nurse, keep_words, stay, "Not given yet")
    ladder.take(database, nurse, [HEAD])
    open_first(database, nurse)
    online = database.run(nurse, ward_handover, EAST)
    kept = read(ladder, ward_handover, EAST)
    assert replace(kept, read_at=None) == replace(online, read_at=None, receivers=())
    [line] = kept.lines
    assert (line.given.own_words, line.draft) == ("Watch her breathing", "Not given yet")


def test_that_words_not_given_yet_are_their_authors_alone(
    ladder, database, nurse, signed_in, stay
):
    database.run(nurse, keep_words, stay, "Mine alone")
    ladder.take(database, nurse, [HEAD])
    ladder.enter(signed_in("both"))
    [line] = read(ladder, ward_handover, EAST).lines
    assert line.draft is None


def test_that_whose_bed_it_is_goes_by_who_is_here(ladder, database, nurse, signed_in):
    took(database, nurse, "1")
    ladder.take(database, nurse, [HEAD])
    assert read(ladder, shift_lane, (EAST,)).mine == {world.bed("east", "1")}
    assert read(ladder, ward_handover, EAST).mine == {world.bed("east", "1")}
    ladder.enter(signed_in("both"))
    assert not read(ladder, shift_lane, (EAST,)).mine
    assert not read(ladder, ward_handover, EAST).mine


def test_that_open_alerts_are_read_from_the_copy(ladder, database, nurse, stay):
    online = database.run(nurse, alerts, (EAST,))
    kept = read(ladder, alerts, (EAST,))
    assert [one.admission_id for one in kept.escalations] == [stay]
    assert kept.escalations == online.escalations
    with pytest.raises(NotKeptForDowntimeError):
        read(ladder, open_escalation, stay)


def test_that_a_set_charted_here_moves_what_is_due_and_stands_in_the_handover(ladder, stay):
    new = a_set(stay, occurred_at=ago(1))
    saved = chart(ladder, record_observations, new)
    lane = read(ladder, shift_lane, (EAST,))
    assert entry_of(lane, stay, Kind.SET).times == (saved.next_due_at,)
    [patient] = [one for one in lane.patients if one.admission_id == stay]
    assert patient.score_total == 0
    [item] = [one for one in read(ladder, due_list, (EAST,)) if one.admission_id == stay]
    assert (item.due_at, item.score_total) == (saved.next_due_at, 0)
    [line] = read(ladder, ward_handover, EAST).lines
    first = line.facts.sets[0]
    assert (first.total, first.note, len(line.facts.sets)) == (0, NOT_SENT, 2)


def test_that_a_round_answered_here_moves_on_the_lane(ladder, database, nurse, stay):
    checklist = template(database, nurse)
    before = read(ladder, shift_lane, (EAST,))
    chart(ladder, save_round, [a_record(checklist, stay)], [])
    after = read(ladder, shift_lane, (EAST,))

    def times(lane):
        return [
            one.times[0] for one in lane.entries
            if (one.admission_id, one.subject_id) == (stay, checklist.id)
        ]  # fmt: skip

    assert times(before) != times(after)


def test_that_what_is_not_kept_says_where_else_to_look(ladder, stay):
    with pytest.raises(NotKeptForDowntimeError, match="stands with each patient"):
        read(ladder, devices_of, (stay,))
    with pytest.raises(NotKeptForDowntimeError, match="Call by telephone"):
        read(ladder, my_messages)


def test_that_who_may_not_read_handovers_keeps_none(tmp_path, database, nurse_person, stay, admin):
    admin.execute("ALTER TABLE public.role_permissions DISABLE TRIGGER ALL")
    admin.execute(
        "DELETE FROM public.role_permissions WHERE permission_id ="
        " (SELECT id FROM public.permissions WHERE name = 'handover.read')"
    )
    ladder = prepared(tmp_path, database, nurse_person)
    with pytest.raises(NotKeptForDowntimeError, match="nobody who may read it"):
        read(ladder, ward_handover, EAST)


def test_that_a_private_patient_is_not_in_the_handover_kept(ladder, database, signed_in, stay):
    [row] = [row for row in read(ladder, ward_board, (EAST,)).beds if row.admission_id == stay]
    ladder.come_back()
    leader = signed_in("both")
    mark_private(database, Actor(leader.token), row.patient_id)
    ladder.enter(leader)
    ladder.take(database, Actor(leader.token), [HEAD])
    assert read(ladder, ward_handover, EAST).lines == ()
