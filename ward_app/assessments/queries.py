"""Reads of assessments: instruments in use, what was recorded of a stay, what is due."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.assessments.pack import read_instrument
from ward_app.assessments.types import (
    AnswerAsked,
    AssessmentChart,
    AssessmentDue,
    FoundAssessments,
    Instrument,
    RecordedAssessment,
)
from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.core.reference import reference

_IN_USE = """
SELECT i.content, i.name FROM report.instruments_in_use(%s) u
JOIN report.instruments i ON i.id = u.instrument_id ORDER BY i.title
"""

_BEHIND = """
SELECT i.content, i.name FROM report.instruments i
WHERE i.id IN (SELECT a.instrument_id FROM report.assessments a WHERE a.admission_id = %s)
"""

# Its columns are RecordedAssessment's, in its order. Row security leaves out whoever's chart is
# not open.
_ROWS = """
SELECT a.id, a.admission_id, a.instrument, i.title, a.version, a.hash, a.answers, a.complete,
    a.score, a.band, a.note, a.occurred_at, a.recorded_at, u.display_name,
    EXISTS (SELECT FROM report.assessments n WHERE n.supersedes_id = a.id),
    a.status <> 'final', a.supersedes_id IS NOT NULL, a.change_reason
FROM report.assessments a
JOIN report.instruments i ON i.id = a.instrument_id
LEFT JOIN public.users u ON u.id = a.recorded_by
WHERE a.admission_id = %s
ORDER BY a.occurred_at DESC, a.id DESC
"""

# The same of several stays: in force, with such answers, and of a band where one is asked for.
_FOUND = """
SELECT a.id, a.admission_id, a.instrument, i.title, a.version, a.hash, a.answers, a.complete,
    a.score, a.band, a.note, a.occurred_at, a.recorded_at, u.display_name, false, false,
    a.supersedes_id IS NOT NULL, a.change_reason
FROM report.assessments_answering(%(instrument)s, %(answers)s) f
JOIN report.assessments a ON a.id = f.assessment_id
JOIN report.instruments i ON i.id = a.instrument_id
LEFT JOIN public.users u ON u.id = a.recorded_by
WHERE a.admission_id = ANY (%(stays)s) AND a.occurred_at >= %(since)s
  AND (%(band)s::text IS NULL OR (a.complete AND a.band = %(band)s))
ORDER BY a.occurred_at DESC, a.id DESC LIMIT 200
"""

_OF_NAME = "SELECT i.content, i.name FROM report.instruments i WHERE i.name = %s"

# Calls; their columns are those of the named tuple, in its order.
_DUES = "SELECT * FROM report.assessment_dues(%s)"
_DUES_OF = "SELECT * FROM report.assessment_dues(%s) d WHERE d.admission_id = %s"

_ANSWERING = """
SELECT f.admission_id FROM report.assessments_answering(%s, %s) f
"""


@reference
def instruments_in_use(tx: Transaction, ward_id: UUID) -> tuple[Instrument, ...]:
    """Return the instruments in use on a ward, by title; each tested before it is used.

    Raises:
        ConfigurationError: one of them does not come out as its own tests say.
    """
    return tuple(tx.rows(read_instrument, _IN_USE, (ward_id,)))


def assessment_chart(tx: Transaction, admission_id: UUID, ward_id: UUID) -> AssessmentChart:
    """Return the assessments of one stay, with the instruments of its ward and what is due.

    The chart must have been opened (and that logged) in an earlier transaction; of one that is
    not open to the reader there are none here.

    Raises:
        ConfigurationError: an instrument does not come out as its own tests say.
    """
    of_stay = (admission_id,)
    return AssessmentChart(
        rows=tuple(tx.rows(RecordedAssessment, _ROWS, of_stay)),
        in_use=instruments_in_use(tx, ward_id),
        behind={one.hash: one for one in tx.rows(read_instrument, _BEHIND, of_stay)},
        dues=tuple(tx.rows(AssessmentDue, _DUES_OF, (ward_id, admission_id))),
        read_at=tx.now,
    )


def ward_dues(tx: Transaction, ward_id: UUID) -> tuple[AssessmentDue, ...]:
    """Return what is due on a ward, the earliest first; of another's ward nothing."""
    return tuple(tx.rows(AssessmentDue, _DUES, (ward_id,)))


@unhurried
def assessments_answering(tx: Transaction, asked: AnswerAsked) -> FoundAssessments:
    """Return the assessments in force with such answers or of such a band, the latest first.

    200 at most; only of charts that were opened in an earlier transaction.

    Raises:
        NotPermittedError: the reader does not read assessments.
        ConfigurationError: an instrument does not come out as its own tests say.
    """
    values = {
        "instrument": asked.instrument,
        "answers": Jsonb(dict(asked.answers)),
        "stays": list(asked.stays),
        "since": asked.since,
        "band": asked.band,
    }
    return FoundAssessments(
        rows=tuple(tx.rows(RecordedAssessment, _FOUND, values)),
        behind={one.hash: one for one in tx.rows(read_instrument, _OF_NAME, (asked.instrument,))},
    )


def due_of(
    tx: Transaction, ward_id: UUID, admission_id: UUID, instrument_id: UUID
) -> AssessmentDue | None:
    """Return when one instrument is due for a stay on a ward; None when it is not by itself."""
    dues = tx.rows(AssessmentDue, _DUES_OF, (ward_id, admission_id))
    return next((due for due in dues if due.instrument_id == instrument_id), None)


def stays_answering(
    tx: Transaction, instrument: str, answers: Mapping[str, str]
) -> tuple[UUID, ...]:
    """Return the stays with such answers in force among open charts, the newest first.

    One that answered so twice is named twice.
    """
    found = tx.tuples(_ANSWERING, (instrument, Jsonb(dict(answers))))
    return tuple(row[0] for row in found)
