"""The schedule once more, told minute by minute: what the database's is held against.

Minutes count from the first arrival. It knows nothing of SQL and nothing of the fold: each minute
it looks whether time ran out, then at what happened in that minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ARRIVAL, RESTART, UNKNOWN, SHORTEST = 15, 60, 240, 5
ORDER = ("arrived", "restarted", "planned", "measured", "deferred", "left", "ended")


@dataclass(frozen=True)
class Event:
    """One thing that happened. `every`: minutes to the next set; `until`: minute."""

    at: int
    kind: str
    every: int | None = None
    asked: int | None = None
    until: int | None = None
    reason: str | None = None


@dataclass
class Patient:
    """What is known of a patient at one minute, and the rows written so far."""

    every: int = UNKNOWN
    plan: Event | None = None
    due: int | None = None
    reason: str | None = None
    since: int | None = None
    since_reason: str | None = None
    counted_from: int = 0
    answered: int = 0
    asked: int | None = None
    asked_reason: str | None = None
    ward: int = -1
    on_leave: bool = False
    gone: bool = False
    rows: list[tuple] = field(default_factory=list)

    def after(self, minute):
        """Return when the set after one at that minute is due, and why."""
        by_score = minute + self.every
        plan = self.plan
        if plan is None:
            return by_score, "score"
        if plan.every is None:
            return max(by_score, plan.at), "score"
        looser_than_the_score = plan.every > self.every
        if looser_than_the_score and self.every < plan.asked:
            return by_score, "score"
        by_plan = max(minute + plan.every, plan.at)
        if plan.until is not None and by_plan > plan.until:
            return max(by_score, plan.until), "score"
        return by_plan, "plan"

    def expect(self, minute, reason, *, counted_from):
        """Wait for a set from now on; nothing is unanswered any more."""
        self.due, self.reason, self.counted_from = minute, reason, counted_from
        self.since, self.since_reason = minute, reason
        self.answered, self.asked, self.asked_reason = counted_from, minute, reason

    def write(self, outcome, answer=None, late=None, why=None):
        self.rows.append((self.ward, self.due, self.reason, outcome, why, answer, late))

    def time_passes(self, minute):
        while self.due is not None and self.after(self.due)[0] <= minute:
            self.write("missed")
            self.counted_from = self.due
            self.due, self.reason = self.after(self.due)

    def arrived(self, minute, _event):
        overdue = self.due is not None and self.due <= minute
        if overdue:
            self.write("missed")
        self.ward += 1
        if self.gone:
            return
        first = minute + ARRIVAL
        if self.due is None or overdue or self.reason == "arrival" or first < self.due:
            self.due, self.reason, self.counted_from = first, "arrival", minute
            if self.since is None or self.since_reason == "arrival" or self.since > first:
                self.since, self.since_reason = first, "arrival"
                if self.asked is not None and self.asked < first:
                    self.since, self.since_reason = self.asked, self.asked_reason

    def measured(self, minute, event):
        if self.due is None:
            self.rows.append((self.ward, minute, "unasked", "on_time", None, minute, 0))
        else:
            late = max(0, minute - self.due)
            self.write("late" if late else "on_time", minute, late)
        self.every = max(SHORTEST, UNKNOWN if event.every is None else event.every)
        self.on_leave = self.gone = False
        self.expect(*self.after(minute), counted_from=minute)

    def deferred(self, minute, event):
        if self.due is None:
            return
        self.write("deferred", minute, max(0, minute - self.due), event.reason)
        reason = "refused" if event.reason == "refused" else "deferred"
        self.expect(min(event.until, self.after(minute)[0]), reason, counted_from=minute)

    def planned(self, minute, event):
        self.plan = event
        if self.asked_reason in ("score", "plan") and self.asked > minute:
            self.asked, self.asked_reason = self.after(self.answered)
        if self.due is None or self.due <= minute:
            return
        due, reason = self.after(self.counted_from)
        sooner = reason == "plan" and due < self.due
        if self.reason in ("score", "plan") or sooner:
            if self.since == self.due:
                self.since, self.since_reason = due, reason
            self.due, self.reason = due, reason

    def left(self, minute, _event):
        self._away(minute, "paused")
        self.on_leave = True

    def ended(self, minute, _event):
        self._away(minute, None)

    def _away(self, minute, outcome):
        if self.due is not None and self.due <= minute:
            self.write("missed")
        elif self.due is not None and outcome:
            self.write(outcome, minute)
        self.due = self.since = self.since_reason = None
        self.gone = True

    def restarted(self, minute, event):
        if event.reason == "returned":
            self.on_leave = False
        if self.gone and not self.on_leave:
            self.gone = False
            self.expect(
                min(minute + RESTART, self.after(minute)[0]), "restart", counted_from=minute
            )


def schedule(events, now):
    """Return the patient as she is at `now`, with every due time written down."""
    patient = Patient()
    by_minute: dict[int, list[Event]] = {}
    for event in events:
        by_minute.setdefault(event.at, []).append(event)
    for minute in range(now + 1):
        patient.time_passes(minute)
        for event in sorted(by_minute.get(minute, ()), key=lambda e: ORDER.index(e.kind)):
            getattr(patient, event.kind)(minute, event)
            patient.time_passes(minute)
    if patient.due is not None:
        patient.write("open", None, max(0, now - patient.due))
    return patient
