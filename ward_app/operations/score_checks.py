"""Scores held against each other: stored ones against the database's own, trial against live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.operations.bootstrap import administrator

# A set whose pack is not registered cannot be recomputed: it is listed, too.
_DIFFERENT = """
SELECT v.id, v.occurred_at, v.score_pack, v.score_version, v.score_total, v.score_at_least,
    v.risk, s.total, s.at_least, s.risk, p.id IS NOT NULL
FROM report.vital_signs v
JOIN patient.patients q ON q.id = v.patient_id
LEFT JOIN report.score_packs p ON p.hash = v.score_hash AND p.name = v.score_pack
LEFT JOIN LATERAL report.score_set(
    v, p.id, report.age_months(q.born_on, (v.occurred_at AT TIME ZONE 'UTC')::date)) s
    ON p.id IS NOT NULL
WHERE v.score_pack IS NOT NULL AND v.status = 'final'
  AND (v.score_version, v.score_total, v.score_at_least, v.score_points, v.score_missing, v.risk,
       v.interval_minutes)
      IS DISTINCT FROM
      (p.version, s.total, s.at_least, s.points, s.missing, s.risk, s.interval_minutes)
ORDER BY v.occurred_at
"""
_STORED = """
SELECT count(*) FROM report.vital_signs v WHERE v.score_pack IS NOT NULL AND v.status = 'final'
"""

# Only sets in force. Whether a risk calls is what the ward's rules say now.
_COMPARED = """
WITH compared AS (
    SELECT v.id, v.occurred_at, v.ward_id, w.code, v.score_pack, v.score_total, v.score_at_least,
        v.risk, p.name || ' ' || p.version AS trial, t.total, t.at_least, t.risk AS trial_risk
    FROM report.trial_scores t
    JOIN report.score_packs p ON p.id = t.pack_id
    JOIN report.vital_signs v ON v.id = t.vital_sign_id
    LEFT JOIN room.wards w ON w.id = v.ward_id
    WHERE NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
      AND coalesce(v.occurred_at >= %(since)s, true) AND coalesce(v.occurred_at < %(until)s, true)
      AND coalesce(w.code = %(ward)s, %(ward)s IS NULL)),
calling AS (
    SELECT asked.ward_id, asked.risk,
        EXISTS (SELECT FROM report.escalation_steps(asked.ward_id, asked.risk, now())) AS calls
    FROM (SELECT ward_id, risk FROM compared UNION SELECT ward_id, trial_risk FROM compared) asked)
SELECT c.id, c.occurred_at, c.code, c.score_pack, c.score_total, c.score_at_least, c.risk,
    coalesce(l.calls, false), c.trial, c.total, c.at_least, c.trial_risk, coalesce(t.calls, false)
FROM compared c
LEFT JOIN calling l ON l.ward_id = c.ward_id AND l.risk = c.risk
LEFT JOIN calling t ON t.ward_id = c.ward_id AND t.risk = c.trial_risk
ORDER BY c.trial, c.occurred_at, c.id
"""


@dataclass(frozen=True, slots=True)
class DifferentScore:
    """A stored score that the database does not come to.

    Attributes:
        total, at_least, risk: as stored; `total` None = incomplete.
        own_total, own_at_least, own_risk: the database's; None when the pack is not registered.
    """

    set_id: UUID
    occurred_at: datetime
    pack: str
    version: str | None
    total: int | None
    at_least: int | None
    risk: str | None
    own_total: int | None
    own_at_least: int | None
    own_risk: str | None
    is_registered: bool


@dataclass(frozen=True, slots=True)
class ComparedSet:
    """One set as the live pack scored it, and as a pack on trial would have.

    Attributes:
        ward: code of the ward, None = none was on record.
        pack, total, at_least, risk: live; all None = no pack in use fitted the patient.
        calls, trial_calls: whether that risk calls somebody on this ward.
        trial: name and version of the pack on trial.
    """

    set_id: UUID
    occurred_at: datetime
    ward: str | None
    pack: str | None
    total: int | None
    at_least: int | None
    risk: str | None
    calls: bool
    trial: str
    trial_total: int | None
    trial_at_least: int
    trial_risk: str
    trial_calls: bool


def different_scores(admin_dsn: str, *, database: str) -> tuple[int, list[DifferentScore]]:
    """Return how many scores are stored, and those the database itself does not come to.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        [stored] = connection.execute(_STORED).fetchone() or (0,)
        rows = connection.execute(_DIFFERENT).fetchall()
    return stored, [DifferentScore(*row) for row in rows]


def compared_sets(
    admin_dsn: str,
    *,
    database: str,
    since: datetime | None,
    until: datetime | None,
    ward: str | None,
) -> list[ComparedSet]:
    """Return every set in force that a pack on trial scored, oldest first, trial by trial.

    Args:
        admin_dsn: how the server's administrator connects.
        database: the ward database.
        since: measured then or later, None = from the first.
        until: measured before then, None = to the last.
        ward: code of a ward, None = everywhere.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    asked = {"since": since, "until": until, "ward": ward}
    with administrator(admin_dsn, database) as connection:
        rows = connection.execute(_COMPARED, asked).fetchall()
    return [ComparedSet(*row) for row in rows]
