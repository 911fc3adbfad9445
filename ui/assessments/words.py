"""How assessments read: band and score, what is missing, the trend, when it is due. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ui.formats import due_text, duration_text, is_overdue
from ui.rounding.words import REASON_WORDS
from ward_app.assessments.rules import answer_text, before, highest, number_text
from ward_app.assessments.types import (
    AssessmentDue,
    Band,
    Event,
    Instrument,
    Proposal,
    RecordedAssessment,
    Result,
    Tone,
)
from ward_app.rounding.types import DeferralReason

TOPIC = "assessments"
INCOMPLETE = "? incomplete"
_GLYPHS = {Tone.NONE: "○", Tone.LOW: "●", Tone.MEDIUM: "▲", Tone.HIGH: "◆"}
_TOKENS = {
    Tone.NONE: "risk_none",
    Tone.LOW: "risk_low",
    Tone.MEDIUM: "risk_medium",
    Tone.HIGH: "risk_high",
}
_AFTER = {
    Event.ADMISSION: "after admission",
    Event.TRANSFER: "after coming to the ward",
    Event.FALL: "after a fall",
}
_MANY = 3
_TREND = 6


def band_text(band: Band | None, score: object = None) -> str:
    """Return "▲ 7: Pain", "▲ At risk of falling", or the score alone where no band holds."""
    number = "" if score is None else str(score)
    if band is None:
        return number or "○ done"
    return f"{_GLYPHS[band.tone]} {number + ': ' if number else ''}{band.words}"


def band_token(band: Band | None) -> str | None:
    """Return the colour token of a band; None = the usual one."""
    return None if band is None else _TOKENS[band.tone]


def row_band(row: RecordedAssessment, behind: Mapping[str, Instrument]) -> Band | None:
    """Return the band of a recorded assessment by the version it was made with."""
    instrument = behind.get(row.hash)
    return instrument.band(row.band) if instrument else None


def row_result_text(row: RecordedAssessment, behind: Mapping[str, Instrument]) -> str:
    """Return what a recorded assessment came to; an incomplete one came to nothing."""
    if not row.complete:
        return INCOMPLETE
    score = None if row.score is None else number_text(row.score)
    return band_text(row_band(row, behind), score)


def result_text(instrument: Instrument, result: Result) -> str:
    """Return what answers come to while they are typed."""
    score = None if result.score is None else number_text(result.score)
    most = highest(instrument)
    if score is not None and most is not None:
        score = f"{score} of {number_text(most)}"
    return band_text(instrument.band(result.band), score)


def missing_text(instrument: Instrument, result: Result) -> str:
    """Return "Not answered yet: Blood, Mucus and 2 more"."""
    labels = [item.label for item in instrument.items if item.name in result.missing]
    more = len(labels) - _MANY
    words = ", ".join(labels[:_MANY]) + (f" and {more} more" if more > 0 else "")
    return f"Not known yet: {words}"


def answers_text(row: RecordedAssessment, instrument: Instrument | None) -> str:
    """Return the answers in the instrument's own words and order, then the note."""
    items = instrument.items if instrument else ()
    parts = [
        f"{item.label}: {answer_text(item, row.answers[item.name])}"
        for item in items
        if item.name in row.answers
    ]
    if row.note:
        parts.append(row.note)
    return "; ".join(parts)


def standing_text(row: RecordedAssessment) -> str:
    """Return whether a row counts: "✕ struck out (why)", "corrected (why)", or nothing."""
    why = f" ({row.change_reason})" if row.change_reason else ""
    if row.struck_out:
        return f"✕ struck out{why}"
    if row.superseded:
        return "no longer in force"
    return f"corrected{why}" if row.corrects else ""


def trend_text(row: RecordedAssessment, rows: Iterable[RecordedAssessment]) -> str:
    """Return "↓ from 7", "→ as before" or "" beside a score; of bands alone, "as before"."""
    last = before(rows, row) if row.counts and row.complete else None
    if last is None:
        return ""
    if row.score is None or last.score is None:
        return "→ as before" if row.band == last.band else "↔ another band"
    if row.score == last.score:
        return "→ as before"
    return f"{'↑' if row.score > last.score else '↓'} from {number_text(last.score)}"


def course_text(rows: Iterable[RecordedAssessment], name: str) -> str:
    """Return the last scores of an instrument, the oldest first: "8 → 6 → 0"."""
    scores = [
        number_text(row.score)
        for row in rows
        if row.instrument == name and row.counts and row.score is not None
    ]
    return " → ".join(reversed(scores[:_TREND])) if len(scores) > 1 else ""


def titled_course(row: RecordedAssessment, rows: Iterable[RecordedAssessment]) -> str:
    """Return "Pain: 8 → 6 → 0" for the instrument of a row, empty where there is one score."""
    course = course_text(rows, row.instrument)
    return f"{row.title}: {course}" if course else ""


def due_words(due: AssessmentDue, now: datetime) -> str:
    """Return "▲ overdue 25 min" or "due in 2 h 05 min"."""
    text = due_text(due.due_at, now)
    return f"▲ {text}" if is_overdue(due.due_at, now) else text


def why_due(due: AssessmentDue) -> str:
    """Return why it is due: "after admission", "again", "put off: asleep"."""
    if due.deferral_reason is not None:
        return f"put off: {REASON_WORDS[DeferralReason(due.deferral_reason)]}"
    return _AFTER[Event(due.reason)] if due.reason in set(Event) else "again"


def proposal_text(proposal: Proposal) -> str:
    """Return "Open a task: Score the pain again, in 1 h"."""
    hours, rest = divmod(proposal.minutes, 60)
    exact = duration_text(timedelta(minutes=proposal.minutes))
    return f"Open a task: {proposal.task}, in {exact if rest or not hours else f'{hours} h'}"


def patient_dues(dues: Iterable[AssessmentDue], now: datetime) -> str:
    """Return "Falls checklist ▲ overdue 40 min · Pain, 0 to 10 due in 2 h 05 min" of a patient."""
    found = [f"{due.title} {due_words(due, now)}" for due in sorted(dues, key=_due_at)]
    return " · ".join(found) or "No assessment is due."


def _due_at(due: AssessmentDue) -> datetime:
    return due.due_at


def dues_summary(dues: Iterable[AssessmentDue], now: datetime) -> str:
    """Return the sentence above the list of a ward."""
    every = tuple(dues)
    late = sum(is_overdue(due.due_at, now) for due in every)
    if not every:
        return "No assessment is due."
    noun = "assessment" if len(every) == 1 else "assessments"
    return f"{len(every)} {noun} due again or for the first time, {late} overdue."
