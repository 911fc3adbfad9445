"""What the ward pack says of a ward and of each patient. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from ui.bed_calls import bed_acceptance, bed_call
from ui.board.cards import Moment, bed_card
from ui.formats import (
    MONTHS,
    age,
    date_text,
    day_of_stay,
    initials,
    is_overdue,
    mates_text,
    moment_text,
    mrn_text,
    sex_word,
)
from ui.handover.sbar import SbarLine, sbar
from ui.handover.words import Reading, due_title
from ui.observations.charted import ChartedSet, Standing
from ui.observations.target_words import standing_text
from ui.observations.words import (
    choice_text,
    missing_text,
    oxygen_and_device_text,
    pressure_text,
    scale_text,
    score_number,
)
from ui.patients.banner import FLAG_WORDS, allergy_text, patient_name, place_text
from ui.rounding.history_words import history_text
from ui.schedule.words import why_text
from ui.score_words import with_name
from ui.theme import risk_glyph
from ward_app.board.types import BoardBed
from ward_app.downtime.copy_types import StayCopy, WardCopy
from ward_app.handover.rules import all_due
from ward_app.handover.types import HandoverLine
from ward_app.observations.limits import number_text
from ward_app.observations.types import VitalSigns
from ward_app.patients.types import AllergyStatus, FlagKind
from ward_app.rounding.rules import AS_USUAL

COPY = "DOWNTIME COPY \N{EN DASH} destroy after use"
CLOSED = "Marked private: chart not kept for downtime"
_DUE_THEN = frozenset({"device", "assessment"})
NO_HANDOVER = "None is kept: never given, or not to be seen by whom this copy was read for."
_ENVIRONMENTS = {
    "demo": "DEMO: nobody here is real",
    "training": "TRAINING: nobody here is real",
    "staging": "STAGING: not for care",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the pack: its words, the time it speaks of, and whether it is loud."""

    text: str
    when: str = ""
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading."""

    title: str
    lines: tuple[Said, ...]


def day_text(at: datetime, zone: tzinfo) -> str:
    """Return "22 Nov 2026" in the zone."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def as_of_text(at: datetime, zone: tzinfo) -> str:
    """Return "As of 03:10 22 Nov 2026" in the zone."""
    return f"As of {at.astimezone(zone):%H:%M} {day_text(at, zone)}"


def environment_text(environment: str) -> str:
    """Return what stands on pages that nobody is cared for by; empty for all others."""
    return _ENVIRONMENTS.get(environment, "")


def bed_cells(
    bed: BoardBed, moment: Moment, *, closed: bool = False
) -> tuple[tuple[str, bool], ...]:
    """Return one bed of the board list: words and whether they are loud, by column.

    Of who is marked private (`closed`) paper has the initials alone: anybody may pick it up.
    """
    card = bed_card(bed, moment)
    if bed.patient_id is None:
        return ((bed.bed_label or "", False), (card.name, False), *[("", False)] * 5)
    today, now, zone = moment.today, moment.now, moment.zone
    glyph = risk_glyph(bed.news2_at_least, bed.news2_risk)
    at = moment_text(bed.observed_at, zone, now) if bed.observed_at else "none yet"
    due = moment_text(bed.next_due_at, zone, now) if bed.next_due_at else "paused"
    late = is_overdue(bed.next_due_at, now)
    known = f"{age(bed.born_on, today)}, {sex_word(bed.sex)}\n{mrn_text(bed.mrn)}"
    return (
        (bed.bed_label or "No bed", True),
        (_who(bed, closed=closed), False),
        (known, False),
        (f"{glyph} {_score(bed)}", (bed.news2_at_least or 0) > 0),
        (at, False),
        (f"{'▲ ' if late else ''}{due}", late),
        ("\n".join(beware(bed, moment)), _is_loud(bed)),
    )


def _is_loud(bed: BoardBed) -> bool:
    calls = bed.escalation_id is not None
    return calls or bed.allergy_status != AllergyStatus.NONE_KNOWN


def _who(bed: BoardBed, *, closed: bool) -> str:
    if closed:
        return f"{initials(bed.family_name, bed.given_name)}\n{CLOSED}"
    return f"{patient_name(bed)}\n{bed.admission_reason or 'Reason not recorded'}"


def _score(bed: BoardBed) -> str:
    if bed.news2_at_least is None:
        return "not scored" if bed.observed_at else "no set"
    whole = bed.news2_total is not None
    number = str(bed.news2_total) if whole else f"≥{bed.news2_at_least}"
    return with_name(number, bed.score_pack)


def beware(bed: BoardBed, moment: Moment) -> tuple[str, ...]:
    """Return allergies, flags and alerts, each a line; "none known" is not "not recorded"."""
    lines = [f"{_allergy_mark(bed)}{allergy_text(bed)}"]
    for kind, detail in bed.flags or ():
        flag = FLAG_WORDS[FlagKind(kind)]
        lines.append(f"▲ {flag}: {detail}" if detail else f"▲ {flag}")
    if bed.alike_name:
        lines.append("▲ Like name on this ward")
    call = bed_call(bed, moment.now, moment.zone)
    accepted = bed_acceptance(bed, moment.now, moment.zone)
    lines += [call.line] if call else []
    lines += [f"▲ {accepted.line}"] if accepted else []
    if bed.mates:
        lines.append(f"▲ Shares bed with {mates_text(bed.mates)}")
    return tuple(lines)


def _allergy_mark(bed: BoardBed) -> str:
    marks = {AllergyStatus.PRESENT: "▲ ", AllergyStatus.NONE_KNOWN: ""}
    return marks.get(AllergyStatus(bed.allergy_status or AllergyStatus.NOT_RECORDED), "? ")


def identity(bed: BoardBed, moment: Moment) -> str:
    """Return born, age, sex, number, day on the ward and consultant in a line."""
    arrived_at = bed.arrived_at or bed.admitted_at
    parts = [
        f"born {date_text(bed.born_on)}, {age(bed.born_on, moment.today)}",
        sex_word(bed.sex),
        f"Patient number {mrn_text(bed.mrn)}",
        f"Ward day {day_of_stay(arrived_at, moment.now, moment.zone)}" if arrived_at else "",
        bed.consultant or "No consultant recorded",
    ]
    return " · ".join(part for part in parts if part)


def title(bed: BoardBed) -> str:
    """Return "Bed 4, Bay A   OKAFOR, Ada"."""
    return f"{place_text(bed)}   {patient_name(bed)}"


def parts(copy: WardCopy, stay: StayCopy, moment: Moment) -> tuple[Part, ...]:
    """Return what is written of one patient, what is to be done first."""
    found = (
        Part("Due", _due(copy, stay, moment)),
        Part("Decided", tuple(_decided(stay))),
        Part("Last handover, as it was given", tuple(_handover(stay, moment))),
        Part("Notes of the last 48 hours", tuple(_notes(stay, moment))),
        Part("Last rounds, and what was not as usual in 48 hours", tuple(_rounds(stay, moment))),
    )
    return tuple(part for part in found if part.lines)


def _due(copy: WardCopy, stay: StayCopy, moment: Moment) -> tuple[Said, ...]:
    """Return what is due, the earliest first; who is on leave has her paused set last."""
    found: list[tuple[str, datetime | None, str]] = []
    if stay.due is not None:
        why = why_text(stay.due, moment.zone, moment.now)
        found.append(("Observations", stay.due.due_at, f": {why}" if why else ""))
    mine = stay.row.admission_id
    rounds = (line for line in copy.rounds.lines if line.admission_id == mine and line.due_at)
    tasks = (task for task in copy.rounds.tasks if task.admission_id == mine)
    found += [(line.title, line.due_at, "") for line in rounds]
    found += [(f"Task: {task.title}", task.due_at, "") for task in tasks]
    found.sort(key=lambda one: (one[1] is None, one[1] or moment.now))
    return tuple(_due_line(*one, moment) for one in found)


def _due_line(what: str, due_at: datetime | None, why: str, moment: Moment) -> Said:
    if due_at is None:
        return Said(f"{what} paused{why}")
    late = is_overdue(due_at, moment.now)
    when = moment_text(due_at, moment.zone, moment.now)
    return Said(f"{'▲ overdue: ' if late else ''}{what}{why}", when, late)


def _decided(stay: StayCopy) -> Iterator[Said]:
    oxygen = stay.chart.oxygen
    yield Said(scale_text(oxygen.scale))
    target = standing_text(oxygen.target, oxygen.scale)
    if target:
        yield Said(target, loud=target.startswith("▲"))
    yield Said(choice_text(stay.chart.basis.choice))


def _handover(stay: StayCopy, moment: Moment) -> Iterator[Said]:
    """Yield the last giving as it was given; what is open now stands at the head of the page."""
    given, row = stay.handover, stay.row
    if given is None or row.admission_id is None or row.patient_id is None:
        yield Said(NO_HANDOVER)
        return
    line = HandoverLine(
        admission_id=row.admission_id,
        patient_id=row.patient_id,
        bed_id=row.bed_id,
        facts=replace(given.facts, call=None, dues=()),
        facts_hash=given.facts_hash,
        own_accepted_at=None,
        draft=None,
        given=given,
    )
    reading = Reading(None, moment.now, moment.zone)
    situation, background, assessment, recommendation = sbar(line, reading)
    # who and where stand at the head of the page, what is due now in a part of its own
    lines = (*recommendation.lines[1:], *situation.lines[2:], *background.lines, *assessment.lines)
    yield from (_said(one) for one in lines if not _speaks_of_due(one))
    for due in all_due(given.facts):
        if due.source in _DUE_THEN:
            words = f"{due_title(due)}: was due when it was given"
            yield Said(words, moment_text(due.due_at, moment.zone, moment.now))


def _speaks_of_due(line: SbarLine) -> bool:
    return "due" in line.when or line.text.startswith("Nothing is due")


def _said(line: SbarLine) -> Said:
    return Said(line.text, line.when, line.tone == "problem")


def _notes(stay: StayCopy, moment: Moment) -> Iterator[Said]:
    if stay.notes is None:
        yield Said("Not kept: whoever this copy was read for may not read notes.")
    for note in stay.notes or ():
        if note.struck_out:
            continue
        first = next((part.text for part in note.sections if part.text), "").splitlines()
        text = f"{note.title} ({note.signed_as or 'imported'}): {first[0] if first else ''}"
        yield Said(text, moment_text(note.occurred_at, moment.zone, moment.now))


def _rounds(stay: StayCopy, moment: Moment) -> Iterator[Said]:
    """Yield the last round of each checklist, and every earlier one that was not as usual."""
    told: set[str] = set()
    for item in stay.rounds:
        said = history_text(item, moment.zone, moment.now)
        usual = said.endswith(f": {AS_USUAL}")
        if item.ended is not None or (usual and item.title in told):
            continue
        told.add(item.title)
        when = moment_text(item.occurred_at, moment.zone, moment.now)
        yield Said(f"{said} ({item.recorded_by})", when)


SET_HEADERS = (
    "Measured", "Score", "Resp", "SpO₂", "Scale", "Air or oxygen", "BP", "Pulse", "ACVPU",
    "Temp", "Not measured, note",
)  # fmt: skip


def set_cells(one: ChartedSet, moment: Moment) -> tuple[str, ...]:
    """Return one set in force: what was not measured is "—", which is not 0."""
    recorded, signs = one.recorded, one.recorded.vital_signs
    score = recorded.score
    number = score_number(score)
    marked = {Standing.CORRECTION: " (corrected)", Standing.REINSTATED: " (reinstated)"}
    missing = f"not measured: {missing_text(score)}" if score and score.missing else ""
    return (
        moment_text(recorded.occurred_at, moment.zone, moment.now) + marked.get(one.standing, ""),
        with_name(number, score.pack) if score else number,
        _number(signs.respiratory_rate_per_min),
        _number(signs.spo2_percent),
        str(signs.spo2_scale),
        "—" if signs.on_oxygen is None else oxygen_and_device_text(signs),
        _pressure(signs),
        _number(signs.pulse_per_min),
        signs.consciousness.value if signs.consciousness else "—",
        "—" if signs.temperature_celsius is None else number_text(signs.temperature_celsius),
        ". ".join(part for part in (missing, recorded.note) if part),
    )


def _pressure(signs: VitalSigns) -> str:
    if signs.systolic_bp_mmhg is None and signs.diastolic_bp_mmhg is None:
        return "—"
    return pressure_text(signs).removesuffix(" mmHg")


def _number(value: int | None) -> str:
    return "—" if value is None else str(value)
