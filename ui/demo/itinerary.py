"""What the tour does, in order, and how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from ui.demo.steps import (
    alerting,
    arriving,
    assessing,
    auditing,
    charting,
    device_register,
    grid,
    handing_over,
    looking,
    managing_accounts,
    measuring,
    messaging,
    moving,
    note_writing,
    nursing,
    opening,
    operating,
    outage,
    oxygen,
    protecting,
    reporting,
    rounding,
    scheduling,
    scoring,
    settling,
    shift,
    together,
)
from ui.demo.walk import StepFailedError, Walk


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, and the function that walks it."""

    title: str
    run: Callable[[Walk], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one step went.

    Attributes:
        failure: what was missed; None when everything was as it should be.
        seconds: how long it took.
        longest_pause_ms: the longest time during which the window could not have answered.
        longest_work_ms: the longest work at a stretch; a busy computer makes pauses longer.
        notes: what the step said about itself.
    """

    number: int
    title: str
    failure: str | None
    seconds: float
    longest_pause_ms: float
    longest_work_ms: float
    notes: tuple[str, ...]

    @property
    def line(self) -> str:
        """The outcome in one line."""
        said = self.failure or ", ".join(self.notes)
        return (
            f"{self.number:2}  {'FAILED' if self.failure else 'ok    '}  {self.title:<46}"
            f" {self.seconds:5.1f} s, longest pause {self.longest_pause_ms:3.0f} ms"
            f" (work {self.longest_work_ms:3.0f} ms)"
            f"{'. ' if said else ''}{said}"
        )


STEPS = (
    Step("A wrong password is refused", arriving.sign_in_wrongly),
    Step("Sign in", arriving.sign_in),
    Step("Read the board", arriving.read_the_board),
    Step("Filter by a count, search, show all", arriving.filter_and_search),
    Step("Find a bed by its number", arriving.find_a_bed),
    Step("Open a patient", arriving.open_a_patient),
    Step("Admit somebody new, after a duplicate warning", moving.admit),
    Step("Chart a full set of observations", charting.chart_a_set),
    Step("Answer the call it made", alerting.answer_the_call),
    Step("Correct it", charting.correct_a_set),
    Step("Measure the coma scale twice", measuring.measure),
    Step("List, correct and strike out what was measured", measuring.list_and_mend),
    Step("Compare two days", charting.compare_two_days),
    Step("A mother's own score, and why", scoring.score_a_mother),
    Step("Decide on which score applies", scoring.decide_on_a_score),
    Step("Write down an oxygen target", oxygen.set_a_target),
    Step("Correct a protected detail, find a national id", protecting.correct_details),
    Step("Chart two rows of the bay grid", grid.chart_a_round),
    Step("Transfer by keyboard", moving.transfer_by_keyboard),
    Step("Transfer by drag", moving.transfer_by_drag),
    Step("Swap two patients", moving.swap),
    Step("Discharge", moving.discharge),
    Step("Undo the discharge", moving.undo),
    Step("A colleague's change appears by itself", together.change_appears),
    Step("The bed is taken meanwhile", together.bed_taken),
    Step("Mother and baby share a bed", together.share_a_bed),
    Step("Lock and unlock with something typed", looking.lock_and_unlock),
    Step("A colleague takes over by badge and PIN", looking.take_over_by_badge),
    Step("The whole hospital", looking.whole_hospital),
    Step("The board as a table", looking.table),
    Step("What is due, and a set put off", scheduling.worklist),
    Step("A bay's round in three keys", rounding.answer_a_round),
    Step("The shift on one time axis", shift.look_at_the_shift),
    Step("A round put off where it stands", shift.put_a_round_off),
    Step("An assessment put off where it stands", shift.put_an_assessment_off),
    Step("Rounds found by an answer", rounding.find_by_answer),
    Step("A round corrected, the original kept", rounding.correct_a_round),
    Step("Everything that is open", alerting.look_at_the_alerts),
    Step("Devices to be seen to, and a look at one", device_register.look_at_a_site),
    Step("A note from the chart, signed", note_writing.write_a_note),
    Step("Words looked for in the ward's notes", note_writing.look_for_words),
    Step("Patients accepted and given, open alerts first", handing_over.accept_and_give),
    Step("A pocket sheet that expired, ticked off", handing_over.tick_a_paper_off),
    Step("A message about a patient, and one answered", messaging.write_and_answer),
    Step("The glass broken for an hour, and the chart closed", opening.break_the_glass),
    Step("A falls checklist, overdue after a fall", assessing.assess_after_a_fall),
    Step("Who is at risk of falling, by band", assessing.find_by_band),
    Step("Pain and how it went on", assessing.follow_the_pain),
    Step("Take the beds planned, see only those", nursing.take_my_beds),
    Step("Who is on duty, by a few letters", nursing.look_who_is_on_duty),
    Step("How punctual the ward is", reporting.timeliness),
    Step("How punctual its rounds are", reporting.rounds_on_time),
    Step("What became of its assessments", reporting.assessments_on_time),
    Step("The wall screen", looking.wall),
    Step("Dark colours", looking.dark),
    Step("The server goes away: the ward from its copy", outage.lose_the_server),
    Step("A set charted and kept on this computer", outage.chart_a_set),
    Step("An admission needs the server, and says so", outage.admit),
    Step("The server is back, the set arrived once", outage.come_back),
    Step("What a downtime left, settled", settling.settle_what_was_left),
    Step("A checklist done once changed, a new version", rounding.change_a_checklist),
    Step("Who saw this patient", auditing.who_saw_this_patient),
    Step("The server, as IT sees it", operating.look_at_the_server),
    Step("Another password", looking.new_password),
    Step("My sign-ins, good and bad", managing_accounts.look_at_my_sign_ins),
    Step("A manager lets a newcomer in", managing_accounts.help_somebody_in),
    Step("A lost badge is good no more", managing_accounts.take_a_badge),
    Step("Sign out", looking.sign_out),
)


def walk_through(
    walk: Walk, steps: Sequence[Step], tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """Walk every step, also after one has failed, and return how each went."""
    outcomes = []
    for number, step in enumerate(steps, start=1):
        outcomes.append(_walked(walk, number, step))
        tell(outcomes[-1])
    return outcomes


def _walked(walk: Walk, number: int, step: Step) -> Outcome:
    walk.number = number
    walk.notes.clear()
    walk.heartbeat.begin()
    started_s = perf_counter()
    failure = None
    try:
        step.run(walk)
    except StepFailedError as missed:
        failure = str(missed)
    except Exception as error:  # noqa: BLE001 - whatever it is, this step failed and others follow
        failure = f"{type(error).__name__}: {error}"
    outcome = Outcome(
        number=number,
        title=step.title,
        failure=failure,
        seconds=perf_counter() - started_s,
        longest_pause_ms=walk.heartbeat.longest_ms,
        longest_work_ms=walk.heartbeat.longest_work_ms,
        notes=tuple(walk.notes),
    )
    if failure is not None:
        walk.picture("FAILED")
        walk.tidy()
    return outcome
