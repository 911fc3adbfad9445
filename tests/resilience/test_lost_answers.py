"""The connection breaks at the commit: nothing is lost, nothing twice, nothing is claimed."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from tests import world
from tests.observations.builders import WELL
from tests.steps import a_person, admit, ago, an_admission, leave, move, register
from ward_app.admissions import service as admissions
from ward_app.admissions.types import (
    Arrival,
    Destination,
    NewCancellation,
    NewDischarge,
    NewSwap,
    NewTransfer,
)
from ward_app.audit.service import open_chart
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    OutcomeUnknownError,
)
from ward_app.core.ids import new_id
from ward_app.observations import service as observations
from ward_app.observations.types import NewObservations, SpO2ScaleDecision, StrikeOut
from ward_app.patients import service as patients
from ward_app.patients.types import AlertChanges, Allergy, FlagChange, FlagKind, Refutation
from ward_app.rooms import service as rooms
from ward_app.rooms.bed_types import AvailabilityChange, BedChange, BedState, ReadinessChange
from ward_app.rooms.types import Availability, BlockReason, Readiness

# Everything a command may leave behind, as one comparable text.
TRACES = """
SELECT coalesce(string_agg(concat_ws('.', schema_name, table_name) || ' ' || action, ', '
    ORDER BY id), '')
FROM audit.change_logs WHERE id > %s AND table_name <> 'patient_sequences'
"""


class Ward:
    """Two patients in East 1 and 2, and one who left; what commands are tried on."""

    def __init__(self, database, nurse):
        self.one = admit(database, nurse, "One", label="1")
        self.other = admit(database, nurse, "Other", label="2")
        self.moved = admit(database, nurse, "Moved", label="3")
        move(database, nurse, self.moved, "4")
        self.swapped = admit(database, nurse, "Swapped", label="9")
        partner = admit(database, nurse, "Partner", label="10")
        database.run(nurse, admissions.swap, self.a_swap(self.swapped, partner))
        self.gone = admit(database, nurse, "Gone", label="S1")
        leave(database, nurse, self.gone)
        self.patient = database.run(
            nurse,
            lambda tx: tx.value(
                "SELECT patient_id FROM admission.admissions WHERE id = %s", (self.one,)
            ),
        )
        self.newcomer = register(database, nurse, "Newcomer")
        self.allergy = Allergy(id=new_id(), substance="Latex")
        database.run(nurse, patients.record_allergy, self.patient, self.allergy)
        database.run(nurse, open_chart, self.patient)
        self.set = database.run(nurse, observations.record_observations, self.a_set()).id

    def a_swap(self, one, other):
        return NewSwap(
            id=new_id(),
            other_id=new_id(),
            admission_id=one,
            other_admission_id=other,
            occurred_at=ago(0),
            reason=None,
        )

    def a_set(self, **changes):
        facts = {
            "id": new_id(),
            "admission_id": self.one,
            "occurred_at": ago(1),
            "vital_signs": WELL,
        } | changes
        return NewObservations(**facts)

    def undoing(self, admission_id):
        return NewCancellation(id=new_id(), admission_id=admission_id, reason="wrong patient")

    def a_flag(self, patient_id):
        return FlagChange(
            id=new_id(),
            patient_id=patient_id,
            kind=FlagKind.FALLS,
            active=True,
            occurred_at=ago(0),
        )

    def alerts(self):
        return AlertChanges(
            patient_id=self.patient,
            flags=(self.a_flag(self.patient),),
            allergies=(Allergy(id=new_id(), substance="Nuts"),),
            refutations=(
                Refutation(id=new_id(), allergy_id=self.allergy.id, reason="tolerated since"),
            ),
            no_known_allergies_id=new_id(),
        )

    def arrival(self):
        person = a_person("Arriving")
        return Arrival(
            admission=an_admission(person.id, label=None),
            new_patient=person,
            alerts=AlertChanges(
                patient_id=person.id,
                flags=(self.a_flag(person.id),),
                no_known_allergies_id=new_id(),
            ),
        )

    def bed_change(self):
        bed = world.bed("east", "S1")
        return BedChange(
            readiness=ReadinessChange(
                state=BedState(id=new_id(), bed_id=bed, occurred_at=ago(0)),
                readiness=Readiness.CLEANING,
            ),
            availability=AvailabilityChange(
                state=BedState(id=new_id(), bed_id=bed, occurred_at=ago(0)),
                availability=Availability.BLOCKED,
                block_reason=BlockReason.STAFFING,
            ),
        )


# Each command of every context, with what it is called with; made anew for each test.
COMMANDS = {
    "register": lambda _ward: (patients.register_patient, a_person("Registered")),
    "change alerts": lambda ward: (patients.change_alerts, ward.alerts()),
    "arrive": lambda ward: (admissions.arrive, ward.arrival()),
    "admit": lambda ward: (admissions.admit, an_admission(ward.newcomer.id, label=None)),
    "transfer": lambda ward: (
        admissions.transfer,
        NewTransfer(
            id=new_id(),
            admission_id=ward.one,
            ward_id=world.id_of("west"),
            bed_id=world.bed("west", "1"),
            occurred_at=ago(0),
            reason=None,
        ),
    ),
    "swap": lambda ward: (admissions.swap, ward.a_swap(ward.one, ward.other)),
    "discharge": lambda ward: (
        admissions.discharge,
        NewDischarge(
            id=new_id(),
            admission_id=ward.one,
            occurred_at=ago(0),
            destination=Destination.HOME,
            note=None,
        ),
    ),
    "undo admission": lambda ward: (admissions.cancel_latest_step, ward.undoing(ward.one)),
    "undo transfer": lambda ward: (admissions.cancel_latest_step, ward.undoing(ward.moved)),
    "undo swap": lambda ward: (admissions.cancel_latest_step, ward.undoing(ward.swapped)),
    "undo discharge": lambda ward: (admissions.cancel_latest_step, ward.undoing(ward.gone)),
    "record": lambda ward: (observations.record_observations, ward.a_set()),
    "correct": lambda ward: (
        observations.record_observations,
        ward.a_set(supersedes_id=ward.set, change_reason="wrong cuff"),
    ),
    "strike out": lambda ward: (
        observations.strike_out,
        StrikeOut(id=new_id(), admission_id=ward.one, struck_id=ward.set, reason="other patient"),
    ),
    "decide scale": lambda ward: (
        observations.decide_spo2_scale,
        SpO2ScaleDecision(
            id=new_id(),
            admission_id=ward.one,
            scale=2,
            decided_by="Dr Mensah",
            reason="COPD",
            occurred_at=ago(0),
        ),
    ),
    "bed state": lambda ward: (rooms.change_bed, ward.bed_change()),
}
commands = pytest.mark.parametrize("name", COMMANDS)


@pytest.fixture
def ward(database, nurse):
    return Ward(database, nurse)


def fields(wish):
    return {name: getattr(wish, name) for name in wish.__slots__}


@pytest.fixture
def traces(admin):
    """Return what was written since the fixture was made, in order."""
    [(last,)] = admin.execute("SELECT coalesce(max(id), 0) FROM audit.change_logs").fetchall()
    return lambda: admin.execute(TRACES, (last,)).fetchone()[0].split(", ")


@commands
def test_that_a_lost_commit_is_made_up_for_and_a_lost_answer_leaves_the_change_there_once(
    ward, proxy, shaky, nurse, traces, name
):
    """The first try is lost, nobody hears of the second, the third is told. [P07]"""
    command, wish = COMMANDS[name](ward)
    proxy.commits_to_lose = proxy.answers_to_lose = 1
    answer = shaky.run(nurse, command, wish)
    once = traces()
    assert proxy.lost == 2
    assert once != [""]
    again = shaky.run(nurse, command, wish)
    assert again == answer or name in {"record", "correct"}  # those tell the time of the answer
    assert traces() == once


def test_that_the_expected_discharge_is_stated_once(ward, proxy, shaky, nurse, traces):
    proxy.answers_to_lose = 1
    statement = {
        "statement_id": new_id(),
        "admission_id": ward.one,
        "expected_on": date(2030, 1, 1),
        "reason": "plan",
    }
    shaky.run(nurse, admissions.set_expected_discharge, **statement)
    assert traces() == ["admission.expected_discharges CREATE"]


@pytest.mark.parametrize("reached", [True, False])
def test_that_an_unknown_outcome_is_said_to_be_unknown_and_can_be_repeated(
    ward, proxy, shaky, nurse, traces, reached
):
    """The server is away after the commit was sent: "nothing was saved" could be a lie."""
    command, wish = COMMANDS["transfer"](ward)
    proxy.is_closed_after = True
    proxy.answers_to_lose, proxy.commits_to_lose = int(reached), int(not reached)
    began = perf_counter()
    with pytest.raises(OutcomeUnknownError, match="not known whether it was") as lost:
        shaky.run(nurse, command, wish)
    assert perf_counter() - began < 4
    assert "Nothing was saved" not in str(lost.value)
    assert isinstance(lost.value, DatabaseUnavailableError)  # whoever waits for it to come back
    proxy.open()
    placed = shaky.run(nurse, command, wish)
    assert (placed.ward_name, placed.bed_label) == ("Ward 3 West", "1")
    assert traces().count("admission.transfers CREATE") == 1


def test_that_an_unknown_outcome_stays_unknown_when_the_workstation_is_then_refused(
    ward, proxy, shaky, nurse
):
    command, wish = COMMANDS["record"](ward)
    proxy.is_closed_after = True
    proxy.answers_to_lose = 1
    proxy.refusal = 'role "ws_alpha" is not permitted to log in'
    with pytest.raises(OutcomeUnknownError):
        shaky.run(nurse, command, wish)
    with pytest.raises(ConfigurationError, match="does not accept this workstation"):
        shaky.run(nurse, command, wish)


def test_that_a_conflict_after_a_lost_answer_is_the_others_not_ones_own(ward, proxy, shaky, nurse):
    """The repeat must not find the bed taken by its own first try."""
    command, wish = COMMANDS["transfer"](ward)
    proxy.answers_to_lose = 1
    assert shaky.run(nurse, command, wish).bed_label == "1"
    taken = COMMANDS["transfer"](ward)[1]
    with pytest.raises(ConflictError):
        shaky.run(nurse, command, NewTransfer(**fields(taken) | {"admission_id": ward.other}))


def test_that_a_connection_ended_mid_way_is_replaced_and_the_work_done_again(
    ward, database, nurse, admin, traces
):
    runs = []

    def interrupted(tx, wish):
        runs.append(tx.value("SELECT pg_backend_pid()"))
        if len(runs) == 1:
            saved = observations.record_observations(tx, wish)
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (runs[0],))
        return observations.record_observations(tx, wish) if len(runs) > 1 else (saved, tx.now)

    def ended(tx, wish):
        result = interrupted(tx, wish)
        tx.value("SELECT 1")
        return result

    wish = ward.a_set()
    began = perf_counter()
    assert database.run(nurse, ended, wish).id == wish.id
    assert perf_counter() - began < 3
    assert len(set(runs)) == 2
    assert traces() == ["report.vital_signs CREATE"]


def test_that_dead_connections_of_the_pool_are_replaced_unnoticed(ward, database, nurse, admin):
    """All of them, as after a restart of the server: the next caller waits a moment, no more."""
    with database.transaction(nurse), database.transaction(nurse), database.transaction(nurse):
        pass
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'ws_alpha'"
        " AND datname = current_database()"
    )
    began = perf_counter()
    assert database.run(nurse, lambda tx: tx.value("SELECT 1")) == 1
    assert perf_counter() - began < 3
