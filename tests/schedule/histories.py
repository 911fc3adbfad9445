"""Histories of a stay, at random and entered into the database as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests import world
from tests.schedule.model import Event
from ward_app.core.ids import new_id

# the clocks go back in the second night
START = datetime(2026, 10, 24, 9, 7, tzinfo=UTC)
LAST = 4 * 1440
WARDS = ("east", "west")
MINUTES = st.integers(min_value=1, max_value=LAST - 1)
GAPS = st.integers(min_value=1, max_value=900)


def at(minute):
    """Return the moment so many minutes after the first arrival."""
    return START + timedelta(minutes=minute)


sets = st.builds(
    Event,
    at=MINUTES,
    kind=st.just("measured"),
    every=st.sampled_from([None, 0, 30, 60, 240, 720]),
)


@st.composite
def deferrals(draw):
    minute = draw(MINUTES)
    reason = draw(st.sampled_from(["refused", "asleep_and_stable", "off_ward"]))
    return Event(minute, "deferred", until=minute + draw(GAPS), reason=reason)


@st.composite
def plans(draw):
    minute, asked = draw(MINUTES), draw(st.sampled_from([30, 60, 240, 720]))
    every = draw(st.sampled_from([None, 15, 60, 120, 600]))
    expires = draw(st.one_of(st.none(), GAPS))
    if every is None:
        expires = None
    elif every > asked and expires is None:
        expires = 333
    until = None if expires is None else minute + expires
    return Event(minute, "planned", every=every, asked=asked, until=until)


@st.composite
def histories(draw):
    """Return events of one stay: moves, sets, deferrals, plans, leaves, an end undone or not."""
    found = [Event(0, "arrived")]
    for strategy, most in ((sets, 12), (deferrals(), 4), (plans(), 3)):
        found += draw(st.lists(strategy, max_size=most, unique_by=lambda event: event.at))
    found += [Event(m, "arrived") for m in draw(st.sets(MINUTES, max_size=2))]
    marks = sorted(draw(st.sets(MINUTES, max_size=4)))
    for left, back in zip(marks[::2], [*marks[1::2], None], strict=False):
        found.append(Event(left, "left"))
        if back is not None:
            found.append(Event(back, "restarted", reason="returned"))
    undone = sorted(draw(st.sets(MINUTES, max_size=2)))
    if len(undone) == 2:
        found += [Event(undone[0], "ended"),
                  Event(undone[1], "restarted", reason="not_ended")]  # fmt: skip
    return sorted(found, key=lambda event: event.at)


class Entered:
    """A history as rows of the database; ids of what answers, by minute and kind."""

    def __init__(self, admin, events):
        self._admin = admin
        self.admission, self.patient = new_id(), new_id()
        self.minute_of = {}
        self.wards = []
        self._person()
        self._stays([event.at for event in events if event.kind == "arrived"])
        for event in events:
            getattr(self, f"_{event.kind}", lambda _event: None)(event)

    def _insert(self, table, **values):
        values = {"id": new_id(), "admission_id": self.admission} | values
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self._admin.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        )
        return values["id"]

    def _person(self):
        self._admin.execute(
            "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
            " VALUES (%s, %s, %s, 'Model', 'Ada', 'female')",
            (self.patient, world.id_of("main"), str(self.patient)[:13]),
        )
        self._admin.execute(
            "INSERT INTO admission.admissions (id, facility_id, patient_id, source, admitted_at)"
            " VALUES (%s, %s, %s, 'home', %s)",
            (self.admission, world.id_of("main"), self.patient, at(0)),
        )

    def _stays(self, arrivals):
        for place, (came, went) in enumerate(zip(arrivals, [*arrivals[1:], None], strict=True)):
            stay = new_id()
            self.wards.append(world.id_of(WARDS[place % 2]))
            self._insert(
                "admission.bed_stays", id=stay, patient_id=self.patient, ward_id=self.wards[-1],
                during=f"[{at(came)},{at(went) if went is not None else ''})",
                ward_arrived_at=at(came), share_group=stay,
            )  # fmt: skip
        self._stay = stay

    def _measured(self, event):
        every = event.every
        made = self._insert(
            "report.vital_signs", occurred_at=at(event.at),
            next_due_at=None if every is None else at(event.at + every),
        )  # fmt: skip
        self.minute_of[made] = event.at

    def _deferred(self, event):
        made = self._insert(
            "report.observation_deferrals", due_at=at(event.at), reason=event.reason,
            deferred_until=at(event.until), occurred_at=at(event.at),
        )  # fmt: skip
        self.minute_of[made] = event.at

    def _planned(self, event):
        self._insert(
            "report.observation_plans", interval_minutes=event.every, asked_minutes=event.asked,
            decided_by="Dr Mensah", reason="frail", occurred_at=at(event.at),
            expires_at=None if event.until is None else at(event.until),
        )  # fmt: skip

    def _left(self, event):
        made = self._insert(
            "admission.leaves", kind="left", occurred_at=at(event.at),
            expected_back_at=at(event.at + 1),
        )  # fmt: skip
        self.minute_of[made] = event.at

    def _ended(self, event):
        self._end = self._insert(
            "admission.discharges", destination="home", from_stay_id=self._stay,
            occurred_at=at(event.at),
        )  # fmt: skip

    def _restarted(self, event):
        if event.reason == "returned":
            self._insert("admission.leaves", kind="returned", occurred_at=at(event.at))
            return
        self._insert(
            "admission.discharges", cancels_id=self._end, from_stay_id=self._stay, note="slip",
            occurred_at=at(event.at),
        )  # fmt: skip
