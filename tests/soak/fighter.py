"""One workstation of the soak: a process of its own that moves patients about as fast as it can.

It talks over its standard streams: orders in, "ready" out, "go" in, then one JSON line for each
attempt, all of them through the services that the program itself calls.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

from tests import world
from ward_app.admissions.queries import recently_discharged, stay_history
from ward_app.admissions.service import admit, cancel_latest_step, discharge, swap, transfer
from ward_app.admissions.types import (
    AdmissionSource,
    Destination,
    NewAdmission,
    NewCancellation,
    NewDischarge,
    NewSwap,
    NewTransfer,
)
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor, Database
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.core.settings import DatabaseSettings
from ward_app.staff.service import sign_in

WARDS = tuple(world.id_of(ward) for ward in world.WARDS)
ACTS = ("admit", "transfer", "swap", "discharge", "undo")
WEIGHTS = (30, 30, 14, 13, 13)
LOOK_EVERY = 3
REPEATED = 0.1
SHOWN = 0.5
IN_PAST_S = (0.0, 0.0, 0.0, 0.02, 0.3, 3.0)


@dataclass(frozen=True)
class Orders:
    """What a fighter is told: who it is, and how often to try."""

    host: str
    port: int
    name: str
    station: str
    password: str
    login: str
    attempts: int
    seed: int
    patients: list[str]


@dataclass
class Attempt:
    """One attempt as it went.

    `outcome` is "done", the class of the refusal, or "LEAK" for anything a nurse could not read;
    `step_id` the one step that may be undone, None for whichever is the latest.
    """

    act: str
    ids: list[str]
    login: str = ""
    station: str = ""
    outcome: str = "done"
    sentence: str = ""
    given_by: str | None = None
    step_id: str | None = None
    events: list[str] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)
    ms: float = 0.0


class Fighter:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.chance = random.Random(orders.seed)  # noqa: S311 - repeatable, and no secret
        settings = DatabaseSettings(
            host=orders.host, port=orders.port, name=orders.name, user=orders.station
        )
        self.database = Database.connect(settings, orders.password)
        person = self.database.run(None, sign_in, orders.login, world.PASSWORD)
        self.actor = Actor(person.token)
        self.wards = tuple(ward.id for ward in person.wards)
        self.beds = [
            (world.id_of(ward), world.bed(ward, label))
            for ward, (_name, rooms) in world.WARDS.items()
            for labels in rooms.values()
            for label in labels
        ]
        self.lying: dict[UUID, UUID] = {}
        self.left: list[UUID] = []

    def fight(self):
        """Yield every attempt; now and then one is sent twice, as by a double click."""
        for number in range(self.orders.attempts):
            if number % LOOK_EVERY == 0:
                self.look()
            attempt, work, command = self.choose()
            yield self.carry_out(attempt, work, command)
            if self.chance.random() < REPEATED:
                again = Attempt(attempt.act, attempt.ids, step_id=attempt.step_id)
                yield self.carry_out(again, work, command)

    def look(self):
        """See what a nurse would see, which is old news at once."""
        rows = self.database.run(self.actor, ward_board, WARDS).beds
        self.lying = {row.admission_id: row.patient_id for row in rows if row.admission_id}
        left = self.database.run(self.actor, recently_discharged, self.wards)
        self.left = [row.admission_id for row in left[:10]]

    def choose(self):
        """Return the next attempt and the command that makes it."""
        [act] = self.chance.choices(ACTS, WEIGHTS)
        needed = {"transfer": 1, "swap": 2, "discharge": 1}.get(act, 0)
        if len(self.lying) < needed or (act == "undo" and not (self.lying or self.left)):
            act = "admit"
        command = getattr(self, f"_{act}")()
        works = {"admit": admit, "transfer": transfer, "swap": swap, "discharge": discharge}
        ids = [command.id, getattr(command, "other_id", command.id)]
        step_id = getattr(command, "step_id", None)
        attempt = Attempt(
            act, sorted({str(each) for each in ids}), step_id=step_id and str(step_id)
        )
        return attempt, works.get(act, cancel_latest_step), command

    def carry_out(self, attempt: Attempt, work, command) -> Attempt:
        attempt.login, attempt.station = self.orders.login, self.orders.station
        began = perf_counter()
        try:
            answer = self.database.run(self.actor, work, command)
        except WardError as refusal:
            attempt.outcome, attempt.sentence = type(refusal).__name__, str(refusal)
            attempt.given_by = getattr(refusal, "given_by", None)
        except Exception as leak:  # noqa: BLE001 - what leaks is the finding
            attempt.outcome, attempt.sentence = "LEAK", f"{type(leak).__name__}: {leak}"
        else:
            placements = answer if isinstance(answer, tuple) else (answer,)
            attempt.events = [placement.event.value for placement in placements]
            attempt.event_ids = [str(placement.event_id) for placement in placements]
        attempt.ms = (perf_counter() - began) * 1000
        return attempt

    def _when(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=self.chance.choice(IN_PAST_S))

    def _place(self) -> tuple[UUID, UUID | None]:
        """Return a ward and a bed of it, or now and then none."""
        ward_id, bed_id = self.chance.choice(self.beds)
        return ward_id, None if self.chance.random() < REPEATED else bed_id

    def _admit(self) -> NewAdmission:
        inside = {str(patient_id) for patient_id in self.lying.values()}
        outside = [each for each in self.orders.patients if each not in inside]
        ward_id, bed_id = self._place()
        return NewAdmission(
            id=new_id(),
            patient_id=UUID(self.chance.choice(outside or self.orders.patients)),
            ward_id=ward_id,
            bed_id=bed_id,
            admitted_at=self._when(),
            source=AdmissionSource.EMERGENCY_DEPARTMENT,
            specialty=None,
            consultant=None,
            reason="soak",
            expected_discharge_on=None,
            accept_not_clean=self.chance.random() < 0.8,
        )

    def _transfer(self) -> NewTransfer:
        ward_id, bed_id = self._place()
        return NewTransfer(
            id=new_id(),
            admission_id=self.chance.choice(list(self.lying)),
            ward_id=ward_id,
            bed_id=bed_id,
            occurred_at=self._when(),
            reason=None,
            accept_not_clean=self.chance.random() < 0.8,
        )

    def _swap(self) -> NewSwap:
        one, other = self.chance.sample(list(self.lying), 2)
        return NewSwap(
            id=new_id(),
            other_id=new_id(),
            admission_id=one,
            other_admission_id=other,
            occurred_at=self._when(),
            reason=None,
        )

    def _discharge(self) -> NewDischarge:
        return NewDischarge(
            id=new_id(),
            admission_id=self.chance.choice(list(self.lying)),
            occurred_at=self._when(),
            destination=Destination.HOME,
            note=None,
        )

    def _undo(self) -> NewCancellation:
        cancellation_id = new_id()
        admission_id = self.chance.choice([*self.lying, *self.left])
        return NewCancellation(
            id=cancellation_id,
            admission_id=admission_id,
            reason=f"soak {cancellation_id}",
            step_id=self._shown_step(admission_id) if self.chance.random() < SHOWN else None,
        )

    def _shown_step(self, admission_id: UUID) -> UUID | None:
        """Return the step that the history offers to undo, as the sheet does."""
        steps = self.database.run(self.actor, stay_history, admission_id)
        return next((step.id for step in steps if step.can_cancel), None)


def main() -> None:
    orders = Orders(**json.loads(sys.stdin.readline()))
    fighter = Fighter(orders)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for attempt in fighter.fight():
        sys.stdout.write(json.dumps(asdict(attempt)) + "\n")
    fighter.database.close()


if __name__ == "__main__":
    main()
