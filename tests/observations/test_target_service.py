"""Writing down the oxygen target, against the real database."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests import world
from tests.observations.builders import signs
from tests.observations.targets import a_target, prescribe
from tests.steps import admit, ago, board_of
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.handover.queries import ward_handover
from ward_app.observations.oxygen_target import TargetRange
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.observations.target_queries import oxygen_record, targets_of
from ward_app.observations.target_service import set_oxygen_target
from ward_app.observations.types import NewObservations


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


@pytest.fixture
def them(connect, signed_in):
    """A nurse of another ward and her patient."""
    at_beta = connect("ws_beta")
    wes = Actor(signed_in("wes", at_beta).token)
    return at_beta, wes, admit(at_beta, wes, "Quagmire", ward="west", label="1")


def record(database, nurse, patient):
    return database.run(nurse, oxygen_record, patient)


def test_that_a_target_is_on_record_with_who_decided_and_who_wrote_it_down(
    database, nurse, patient
):
    decided_at = ago(30)
    prescribe(database, nurse, patient, occurred_at=decided_at)
    [told] = record(database, nurse, patient).decisions
    assert told.target == TargetRange(88, 92)
    assert (told.decided_by, told.reason) == ("Dr Mensah, registrar", "Retains carbon dioxide")
    assert (told.occurred_at, told.recorded_by) == (decided_at, "Nora Nurse")
    assert (
        timedelta()
        <= database.run(nurse, lambda tx: tx.now) - told.recorded_at
        < timedelta(minutes=1)
    )


def test_that_a_new_target_replaces_the_one_before_and_the_history_stays(database, nurse, patient):
    first = prescribe(database, nurse, patient)
    second = prescribe(database, nurse, patient, 94, 98, supersedes_id=first, reason=None)
    third = prescribe(database, nurse, patient, None, supersedes_id=second, reason="on air")
    told = record(database, nurse, patient)
    assert [one.id for one in told.decisions] == [third, second, first]
    assert [one.target for one in told.decisions] == [None, (94, 98), (88, 92)]
    assert told.target is None
    again = prescribe(database, nurse, patient, 85, 90, supersedes_id=third)
    assert record(database, nurse, patient).in_force.id == again


def test_that_the_chart_carries_the_targets_and_no_score_follows_them(database, nurse, patient):
    prescribe(database, nurse, patient)
    measured = signs(spo2_percent=90, on_oxygen=False)
    new = NewObservations(
        id=new_id(), admission_id=patient, occurred_at=ago(1), vital_signs=measured
    )
    saved = database.run(nurse, record_observations, new)
    assert saved.score.points["spo2_percent"] == 3  # scale 1: 91 % and below
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    database.run(nurse, open_chart, row.patient_id)
    chart = database.run(nurse, observation_chart, patient)
    assert (chart.scale, chart.scale_decision) == (1, None)
    assert chart.oxygen.target == TargetRange(88, 92)


def test_that_repeating_it_changes_nothing(database, nurse, patient):
    new = a_target(patient)
    database.run(nurse, set_oxygen_target, new)
    database.run(nurse, set_oxygen_target, new)
    assert len(record(database, nurse, patient).decisions) == 1


def test_that_of_two_who_change_the_same_target_the_second_is_told(database, nurse, patient):
    with_first = prescribe(database, nurse, patient)
    prescribe(database, nurse, patient, 94, 98, supersedes_id=with_first)
    with pytest.raises(ConflictError, match="Somebody else changed"):
        prescribe(database, nurse, patient, 90, 94, supersedes_id=with_first)
    with pytest.raises(ConflictError, match="Somebody else changed"):
        prescribe(database, nurse, patient)
    assert record(database, nurse, patient).target == TargetRange(94, 98)


def test_that_only_a_target_in_force_is_ended(database, nurse, patient):
    with pytest.raises(RuleBrokenError, match="no oxygen target to end"):
        prescribe(database, nurse, patient, None)
    first = prescribe(database, nurse, patient)
    ended = prescribe(database, nurse, patient, None, supersedes_id=first)
    with pytest.raises(RuleBrokenError, match="no oxygen target to end"):
        prescribe(database, nurse, patient, None, supersedes_id=ended)


def test_that_a_target_of_another_stay_cannot_be_replaced(database, nurse, patient):
    other = admit(database, nurse, "Bello", label="2")
    theirs = prescribe(database, nurse, other)
    with pytest.raises(RuleBrokenError, match="does not belong to this stay"):
        prescribe(database, nurse, patient, supersedes_id=theirs)


def test_that_a_decision_of_tomorrow_is_refused(database, nurse, patient):
    with pytest.raises(RuleBrokenError, match="lies in the future"):
        prescribe(database, nurse, patient, occurred_at=datetime(2199, 1, 1, tzinfo=UTC))


def test_that_an_assistant_reads_it_and_does_not_write_it(database, nurse, patient, signed_in):
    prescribe(database, nurse, patient)
    hal = Actor(signed_in("hal").token)
    assert record(database, hal, patient).target == TargetRange(88, 92)
    with pytest.raises(NotPermittedError):
        prescribe(database, hal, patient)


def test_that_strangers_neither_read_nor_write_it(database, nurse, patient, them):
    at_beta, wes, theirs = them
    prescribe(at_beta, wes, theirs)
    assert record(database, nurse, theirs).decisions == ()
    assert database.run(nurse, targets_of, [theirs]) == {}
    with pytest.raises(NotPermittedError):
        prescribe(database, nurse, theirs)


def test_that_the_targets_of_a_round_come_at_once(database, nurse):
    stays = [admit(database, nurse, f"Okafor {label}", label=label) for label in "123"]
    prescribe(database, nurse, stays[0])
    prescribe(database, nurse, stays[2], None, supersedes_id=prescribe(database, nurse, stays[2]))
    assert database.run(nurse, targets_of, stays) == {stays[0]: TargetRange(88, 92)}
    assert database.run(nurse, targets_of, []) == {}


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        (69, 92, "x"), (88, 101, "x"), (92, 92, "x"), (92, 88, "x"), (88, None, "x"),
        (None, 92, "x"), (90, 94, None), (None, None, None), (88, 92, " "),
    ],
)  # fmt: skip
def test_that_the_database_itself_takes_no_impossible_range(admin, patient, low, high, reason):
    with pytest.raises(psycopg.errors.CheckViolation):
        admin.execute(
            "INSERT INTO report.oxygen_targets (id, admission_id, low_percent, high_percent,"
            " decided_by, reason, occurred_at) VALUES (%s, %s, %s, %s, 'x', %s, now())",
            (new_id(), patient, low, high, reason),
        )


def test_that_the_handover_tells_the_target_and_no_ended_one(database, nurse, patient):
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    database.run(nurse, open_chart, row.patient_id)

    def told():
        handover = database.run(nurse, ward_handover, world.id_of("east"))
        [line] = [one for one in handover.lines if one.admission_id == patient]
        return [one for one in line.facts.decisions if one.what == "oxygen_target"]

    first = prescribe(database, nurse, patient)
    [decision] = told()
    assert (decision.number, decision.up_to, decision.by) == (88, 92, "Dr Mensah, registrar")
    prescribe(database, nurse, patient, None, supersedes_id=first)
    assert told() == []
