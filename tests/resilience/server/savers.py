"""Nurses who save without a pause, and again whatever the program could not save."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Thread
from time import perf_counter
from uuid import UUID

from tests import world
from tests.steps import a_set, admit, ago
from ward_app.admissions.service import transfer
from ward_app.admissions.types import NewTransfer
from ward_app.core.database import Actor, Database
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations


@dataclass(frozen=True)
class Failure:
    """What a nurse was told instead of "saved", and after how many seconds."""

    kind: type
    text: str
    after_s: float


@dataclass
class Saver:
    """One nurse with one patient, who records sets and moves the patient between her beds.

    Attributes:
        beds: labels; with a single one the patient stays, and only sets are recorded.
        endures: what she may be told without giving up.
        rest_s: how long she pauses after each try.
        acknowledged: (id, what it says) of everything that was told to be saved.
        last_at_s: when she was last told that something was saved, on the clock of `perf_counter`.
        failures: what was told otherwise, before it was saved again with the same id.
        tries: how often work was begun, more often than something was saved when the
            program repeated by itself what broke in the middle.
        leak: an error no nurse could read, if one came through.
    """

    database: Database
    actor: Actor
    name: str
    ward: str
    beds: tuple[str, ...]
    endures: tuple[type[WardError], ...] = (DatabaseUnavailableError,)
    rest_s: float = 0
    acknowledged: list[tuple[UUID, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    last_at_s: float = 0
    tries: int = 0
    leak: Exception | None = None

    def __post_init__(self) -> None:
        self.stay = admit(self.database, self.actor, self.name, label=self.beds[0], ward=self.ward)
        self.enough = Event()
        self._thread = Thread(target=self._work, name=self.name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.enough.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        number = 0
        try:
            while not self.enough.is_set():
                number += 1
                stays = number % 2 or len(self.beds) == 1
                work, wish = self._record(number) if stays else self._move(number)
                self._insist(work, wish)
                self.last_at_s = perf_counter()
                self.acknowledged.append((wish.id, f"{self.name} {number}"))
                self.enough.wait(self.rest_s)
        except Exception as leak:  # noqa: BLE001 - the thread's finding, for the test to show
            self.leak = leak

    def _insist(self, work, wish) -> None:
        """Save, and again until it is told to be saved."""

        def counted(tx, wish):
            self.tries += 1
            return work(tx, wish)

        while True:
            began = perf_counter()
            try:
                self.database.run(self.actor, counted, wish)
            except self.endures as failure:
                after_s = perf_counter() - began
                self.failures.append(Failure(type(failure), str(failure), after_s))
                self.enough.wait(self.rest_s)
            else:
                return

    def _record(self, number: int):
        return record_observations, a_set(self.stay, note=f"{self.name} {number}")

    def _move(self, number: int):
        label = self.beds[number // 2 % 2]
        return transfer, NewTransfer(
            id=new_id(),
            admission_id=self.stay,
            ward_id=world.id_of(self.ward),
            bed_id=world.bed(self.ward, label),
            occurred_at=ago(0),
            reason=f"{self.name} {number}",
            accept_not_clean=True,
        )
