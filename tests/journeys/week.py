"""A week of three wards, minute by minute: who holds which bed, what became of what is due.

Minutes count from the beginning, elapsed: a week in which the clocks change has an hour more or
less. What is entered is what happened; what should come of it stands beside it, counted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests import world
from tests.made_up import numbers
from ward_app.core.ids import new_id

LONDON = ZoneInfo("Europe/London")
NURSES = ("nora", "wes", "both", "hal", "dora")
# of the delivered schedule: after arrival, and between sets without a score
FIRST, EVERY = 15, 240
SHIFT_STARTS = ((7, 30), (19, 30))
REASONS = ("asleep_and_stable", "off_ward", "procedure", "workload")


@dataclass
class BedWeek:
    """One bed with its patient, and what happened there.

    Attributes:
        events: minute, and who holds the bed from then on (None: nobody).
        holders: by minute, who holds it.
        sets, deferrals: what was entered; deferrals with until when, and why.
        outcomes: when a set was due, and what became of it.
        rounds: the same of the intentional round; what was entered with until when it was put off.
    """

    ward: str
    label: str
    admission: object = field(default_factory=new_id)
    patient: object = field(default_factory=new_id)
    events: list = field(default_factory=list)
    holders: list = field(default_factory=list)
    sets: list = field(default_factory=list)
    deferrals: list = field(default_factory=list)
    outcomes: list = field(default_factory=list)
    rounds: list = field(default_factory=list)
    round_outcomes: list = field(default_factory=list)


class Week:
    """Seven days by London's clock from a morning on, on these beds."""

    def __init__(self, first_day, beds, seed):
        self.start = datetime.fromisoformat(f"{first_day}T07:00").replace(tzinfo=LONDON)
        self.end = (self.start + timedelta(days=7)).astimezone(UTC)
        self.start = self.start.astimezone(UTC)
        self.minutes = int((self.end - self.start).total_seconds() // 60)
        self._rng = numbers(seed)
        self.beds = [BedWeek(ward, label) for ward, label in beds]
        for bed in self.beds:
            self._staff(bed)
            self._observe(bed)
            self._go_round(bed)

    def at(self, minute):
        """Return the moment so many minutes after the beginning."""
        return self.start + timedelta(minutes=minute)

    def _shift_starts(self):
        local = self.start.astimezone(LONDON).replace(tzinfo=None)
        for day in range(8):
            for hour, minute in SHIFT_STARTS:
                starts = (local + timedelta(days=day)).replace(hour=hour, minute=minute)
                elapsed = starts.replace(tzinfo=LONDON).astimezone(UTC) - self.start
                yield int(elapsed.total_seconds() // 60)

    def _staff(self, bed):
        """Somebody takes the bed in each shift; in some of them she leaves before its end."""
        rng, holder = self._rng, None
        for starts in self._shift_starts():
            taken = starts + rng.randrange(0, 20)
            if taken >= self.minutes:
                break
            nurse = rng.choice([one for one in NURSES if one != holder])
            bed.events.append((taken, nurse))
            holder = nurse
            if rng.random() < 0.4:
                left = taken + rng.randrange(60, 500)
                back = left + rng.randrange(1, 60)
                if back < self.minutes:
                    holder = rng.choice([one for one in NURSES if one != nurse])
                    bed.events += [(left, None), (back, holder)]
        changes = dict(bed.events)
        now = None
        for minute in range(self.minutes):
            now = changes.get(minute, now)
            bed.holders.append(now)

    def _observe(self, bed):
        """Each set that is due is taken, put off with a reason, or left out until the next."""
        rng, due = self._rng, FIRST
        while due < self.minutes:
            fate = rng.choice(("taken", "taken", "late", "deferred", "missed"))
            if fate == "missed":
                bed.outcomes.append((due, "missed"))
                due += EVERY
            elif fate == "deferred":
                at = due + rng.randrange(0, 20)
                until = at + rng.randrange(30, 200)
                bed.deferrals.append((at, until, rng.choice(REASONS)))
                bed.outcomes.append((due, "deferred"))
                due = until
            else:
                at = due + (0 if fate == "taken" else rng.randrange(1, 100))
                bed.sets.append(at)
                bed.outcomes.append((due, "on_time" if at == due else "late"))
                due = at + EVERY

    def _go_round(self, bed):
        """The same of the intentional round, whose interval the ward's clock says."""
        rng, every = self._rng, self._every(0)
        due = every
        while due < self.minutes:
            fate = rng.choice(("taken", "taken", "late", "deferred", "missed"))
            if fate == "missed":
                bed.round_outcomes.append((due, "missed"))
                due += every
                continue
            at = due + (0 if fate == "taken" else rng.randrange(1, every))
            until = at + rng.randrange(30, 100) if fate == "deferred" else None
            bed.rounds.append((at, until))
            bed.round_outcomes.append((due, "on_time" if fate == "taken" else fate))
            every = self._every(at)
            due = until or at + every

    def _every(self, minute):
        """Return the delivered minutes to the next round: hourly by day, two-hourly at night."""
        by_day = 7 <= self.at(minute).astimezone(LONDON).hour < 22
        return 60 if by_day else 120

    def enter(self, admin):
        """Write what happened into the database."""
        for bed in self.beds:
            self._enter_stay(admin, bed)
            for minute in bed.sets:
                self._insert(
                    admin, "report.vital_signs", admission_id=bed.admission,
                    occurred_at=self.at(minute), next_due_at=self.at(minute + EVERY),
                )  # fmt: skip
            for minute, until, reason in bed.deferrals:
                self._insert(
                    admin, "report.observation_deferrals", admission_id=bed.admission,
                    due_at=self.at(minute), reason=reason, deferred_until=self.at(until),
                    occurred_at=self.at(minute),
                )  # fmt: skip
            self._enter_rounds(admin, bed)
        changes = [(minute, bed) for bed in self.beds for minute, _ in bed.events]
        for minute, bed in sorted(changes, key=lambda change: change[0]):
            self._enter_change(admin, bed, minute)

    def _enter_rounds(self, admin, bed):
        [(template,)] = admin.execute(
            "SELECT id FROM rounding.templates WHERE name = 'intentional'"
        ).fetchall()
        for minute, until in bed.rounds:
            self._insert(
                admin, "rounding.round_records", template_id=template,
                ward_id=world.id_of(bed.ward), admission_id=bed.admission,
                patient_id=bed.patient, occurred_at=self.at(minute),
                outcome="deferred" if until else "done", reason="asleep" if until else None,
                deferred_until=until and self.at(until),
            )  # fmt: skip

    def _enter_change(self, admin, bed, minute):
        nurse = dict(bed.events)[minute]
        before = bed.holders[minute - 1] if minute else None
        self._insert(
            admin, "public.bed_responsibilities", ward_id=world.id_of(bed.ward),
            bed_id=world.bed(bed.ward, bed.label), user_id=nurse and world.id_of(nurse),
            from_user_id=before and world.id_of(before), how="taken" if nurse else "put_down",
            occurred_at=self.at(minute),
        )  # fmt: skip

    def _enter_stay(self, admin, bed):
        facility, stay = world.id_of("main"), new_id()
        admin.execute(
            "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
            " VALUES (%s, %s, %s, 'Week', %s, 'female')",
            (bed.patient, facility, str(bed.patient)[-13:], f"{bed.ward} {bed.label}"),
        )
        admin.execute(
            "INSERT INTO admission.admissions (id, facility_id, patient_id, source, admitted_at)"
            " VALUES (%s, %s, %s, 'home', %s)",
            (bed.admission, facility, bed.patient, self.start),
        )
        self._insert(
            admin, "admission.bed_stays", id=stay, admission_id=bed.admission,
            patient_id=bed.patient, ward_id=world.id_of(bed.ward),
            bed_id=world.bed(bed.ward, bed.label), during=f"[{self.start.isoformat()},)",
            ward_arrived_at=self.start, share_group=stay,
        )  # fmt: skip

    def _insert(self, admin, table, **values):
        values = {"id": new_id()} | values
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        admin.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
