"""A simulated ward of thirty beds: patients come and go, nurses come late, and all is noted down.

The simulation asks the database what is due, as a nurse's list does, and then does some of it,
later than it was due, defers some and leaves some undone. What it did is what the report is held
against. Its clock is its own: everything lies in the past of the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from tests import world
from ward_app.core.ids import new_id

BEDS = 30
# the clocks go back in the last night
ENDS = datetime(2026, 10, 25, 20, 0, tzinfo=UTC)
TICK = timedelta(minutes=10)
# on a round, what is due soon is taken along
TAKEN_EARLY = timedelta(minutes=25)
INTERVALS = ((30, 1), (60, 3), (240, 10), (720, 16))

_OPEN = """
SELECT d.due_at, d.first_due_at FROM report.dues(%s, %s, %s) d WHERE d.outcome = 'open'
"""


@dataclass
class Patient:
    """One stay in one bed."""

    bed: int
    arrived_at: datetime
    leaves_at: datetime
    admission: UUID = field(default_factory=new_id)
    last_set_at: datetime | None = None
    away_until: datetime | None = None


@dataclass(frozen=True)
class Done:
    """What a nurse did about a due time. `due_at` None: the patient was not waited for."""

    admission: UUID
    due_at: datetime | None
    at: datetime
    kind: str


class Ward:
    """The ward, its nurse and her notebook.

    Attributes:
        done: by id of the set or deferral.
        seen: every due time the nurse's list ever showed, by stay.
        ended: when stays ended, or were interrupted by leave.
        nameless: (patient, moment) at which somebody present was not waited for exactly once.
    """

    def __init__(self, admin, *, seed: int, days: float) -> None:
        self._admin, self._random = admin, Random(seed)  # noqa: S311 - a simulation
        self.ward_id = new_id()
        self.begins_at = self.now = ENDS - timedelta(days=days)
        self.done: dict[UUID, Done] = {}
        self.seen: dict[UUID, set[datetime]] = {}
        self.ended: dict[UUID, list[datetime]] = {}
        self.nameless: list[tuple[UUID, datetime]] = []
        self._next_round_at = self.now
        self._build()
        self._patients: dict[int, Patient | None] = dict.fromkeys(range(BEDS))
        self._empty_until = {bed: self._soon(180) for bed in range(BEDS)}

    @property
    def present(self) -> set[UUID]:
        """Stays of the patients who are on the ward now."""
        here = [each for each in self._patients.values() if each and each.away_until is None]
        return {patient.admission for patient in here}

    def run(self) -> None:
        """Let the time pass on the ward."""
        while self.now < ENDS:
            self._flow()
            self._look()
            self.now += TICK

    def _flow(self) -> None:
        for bed, patient in self._patients.items():
            if patient is None:
                if self._empty_until[bed] <= self.now:
                    self._admit(bed)
            elif patient.away_until is not None:
                self._return(patient)
            elif patient.leaves_at <= self.now:
                self._discharge(patient)
            elif self._random.random() < 0.0008:
                self._leave(patient)

    def _look(self) -> None:
        """Read the list; on a round, do the first of what is due."""
        waiting = []
        for patient in self._patients.values():
            if patient is None or patient.away_until is not None:
                continue
            found = self._admin.execute(
                _OPEN, (patient.admission, patient.last_set_at, self.now)
            ).fetchall()
            if len(found) != 1:
                self.nameless.append((patient.admission, self.now))
                continue
            ((due_at, first_due_at),) = found
            self.seen.setdefault(patient.admission, set()).add(due_at)
            if first_due_at <= self.now + TAKEN_EARLY:
                waiting.append((first_due_at, due_at, patient))
        if self._next_round_at <= self.now:
            waiting.sort(key=lambda each: each[0])
            self._round(waiting)

    def _round(self, waiting) -> None:
        night = self.now.hour >= 20 or self.now.hour < 6
        at = self.now
        for _first, due_at, patient in waiting[: self._random.randint(2, 6)]:
            at += timedelta(seconds=self._random.randint(70, 200))
            if self._random.random() < (0.12 if night else 0.04):
                self._defer(patient, due_at, at)
            else:
                self._measure(patient, due_at, at)
        self._next_round_at = at + timedelta(minutes=self._random.randint(10, 80 if night else 50))

    def _measure(self, patient, due_at, at) -> None:
        values, weights = zip(*INTERVALS, strict=True)
        (minutes,) = self._random.choices(values, weights)
        made = self._insert(
            "report.vital_signs",
            admission_id=patient.admission,
            occurred_at=at,
            next_due_at=at + timedelta(minutes=minutes),
        )
        self.done[made] = Done(patient.admission, due_at, at, "measured")
        patient.last_set_at = at

    def _defer(self, patient, due_at, at) -> None:
        made = self._insert(
            "report.observation_deferrals",
            admission_id=patient.admission,
            due_at=due_at,
            reason=self._random.choice(("asleep_and_stable", "refused", "procedure")),
            deferred_until=at + timedelta(minutes=self._random.randint(20, 120)),
            occurred_at=at,
        )
        self.done[made] = Done(patient.admission, due_at, at, "deferred")

    def _admit(self, bed) -> None:
        patient = Patient(bed, self.now, self.now + timedelta(hours=self._random.uniform(9, 120)))
        person = self._insert(
            "patient.patients",
            facility_id=world.id_of("main"),
            mrn=patient.admission.hex[-12:],
            family_name="Simulated",
            given_name=f"Bed {bed}",
            sex="female",
        )
        self._insert(
            "admission.admissions",
            id=patient.admission,
            facility_id=world.id_of("main"),
            patient_id=person,
            source="home",
            admitted_at=self.now,
        )
        stay = new_id()
        self._insert(
            "admission.bed_stays",
            id=stay,
            admission_id=patient.admission,
            patient_id=person,
            ward_id=self.ward_id,
            bed_id=self._beds[bed],
            during=f"[{self.now.isoformat()},)",
            ward_arrived_at=self.now,
            share_group=stay,
        )
        self._patients[bed] = patient

    def _discharge(self, patient) -> None:
        self._admin.execute(
            "UPDATE admission.bed_stays SET during = tstzrange(lower(during), %s)"
            " WHERE admission_id = %s",
            (self.now, patient.admission),
        )
        self._admin.execute(
            "UPDATE admission.admissions SET discharged_at = %s WHERE id = %s",
            (self.now, patient.admission),
        )
        self.ended.setdefault(patient.admission, []).append(self.now)
        self._patients[patient.bed] = None
        self._empty_until[patient.bed] = self._soon(240)

    def _leave(self, patient) -> None:
        patient.away_until = self._soon(300)
        self._insert(
            "admission.leaves",
            admission_id=patient.admission,
            kind="left",
            occurred_at=self.now,
            expected_back_at=patient.away_until,
        )
        self.ended.setdefault(patient.admission, []).append(self.now)

    def _return(self, patient) -> None:
        if patient.away_until <= self.now:
            patient.away_until = None
            self._insert(
                "admission.leaves",
                admission_id=patient.admission,
                kind="returned",
                occurred_at=self.now,
            )

    def _soon(self, minutes: int) -> datetime:
        return self.now + timedelta(minutes=self._random.randint(1, minutes))

    def _build(self) -> None:
        self._insert(
            "room.wards",
            id=self.ward_id,
            facility_id=world.id_of("main"),
            floor_id=world.id_of("floor main"),
            code="sim",
            name="Ward 9 Simulated",
            specialty="General medicine",
            time_zone=world.TIME_ZONE,
        )
        bay = new_id()
        self._admin.execute(
            "INSERT INTO room.rooms VALUES (%s, %s, %s, 'Bay S', 'bay', 0)",
            (bay, world.id_of("floor main"), self.ward_id),
        )
        self._beds = [
            self._insert(
                "room.beds",
                room_id=bay,
                ward_id=self.ward_id,
                label=str(number + 1),
                position=number,
            )
            for number in range(BEDS)
        ]
        self._admin.execute(
            "INSERT INTO public.user_wards VALUES (%s, %s)", (world.id_of("nora"), self.ward_id)
        )

    def _insert(self, table: str, **values) -> UUID:
        values = {"id": new_id()} | values
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self._admin.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            tuple(values.values()),
        )
        return values["id"]
