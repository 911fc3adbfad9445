"""What stands out in the audit trail: failed sign-ins, off hours, broken glass, many charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.audit_seals import Connection, as_definer, sealing

_FAILED = """
SELECT coalesce(u.login, 'a name nobody has'), e.workstation, e.detail, count(*), max(e.at)
FROM audit.login_events e LEFT JOIN public.users u ON u.id = e.user_id
WHERE e.at >= %(since)s AND NOT e.succeeded
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 5 DESC
"""
_OFF_HOURS = """
SELECT u.login, count(*) FILTER (WHERE e.source = 'login'),
    count(*) FILTER (WHERE e.source = 'access'), max(e.at)
FROM (SELECT * FROM audit.access_events WHERE at >= %(since)s
      UNION ALL SELECT * FROM audit.login_events WHERE at >= %(since)s AND action = 'LOGIN') e
JOIN public.users u ON u.id = e.user_id
JOIN public.facilities f ON f.id = u.facility_id
CROSS JOIN (SELECT * FROM audit.rules ORDER BY seq DESC LIMIT 1) r
CROSS JOIN LATERAL (SELECT (e.at AT TIME ZONE f.time_zone)::time AS clock) c
WHERE CASE WHEN r.off_hours_from < r.off_hours_until
           THEN c.clock >= r.off_hours_from AND c.clock < r.off_hours_until
           ELSE c.clock >= r.off_hours_from OR c.clock < r.off_hours_until END
GROUP BY u.login ORDER BY 3 DESC, 2 DESC, 1
"""
_BROKEN_GLASS = """
SELECT e.at, u.login, e.workstation, p.mrn, e.detail
FROM audit.access_events e LEFT JOIN public.users u ON u.id = e.user_id
LEFT JOIN patient.patients p ON p.id = e.patient_id
WHERE e.at >= %(since)s AND e.kind = 'break_glass' ORDER BY e.at DESC
"""
_MASS = """
SELECT u.login, a.workstation, count(DISTINCT a.patient_id), min(a.at), max(a.at)
FROM audit.access_logs a JOIN public.users u ON u.id = a.user_id
WHERE a.at >= %(since)s AND a.action = 'VIEW' AND a.patient_id IS NOT NULL
  AND a.session_id = ANY (audit.mass_sessions(%(since)s, 'infinity'))
GROUP BY a.session_id, u.login, a.workstation ORDER BY 3 DESC, 4
"""
_SINCE = "SELECT clock_timestamp() - make_interval(days => %s)"


@dataclass(frozen=True, slots=True)
class FailedSignIns:
    """Sign-ins that failed alike: as whom, where and why; names nobody has are not told."""

    login: str
    workstation: str
    reason: str | None
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class OffHours:
    """How often a person signed in and opened something in the hospital's night hours."""

    login: str
    sign_ins: int
    openings: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """One chart that was opened by breaking the glass."""

    at: datetime
    login: str | None
    workstation: str
    mrn: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class MassOpening:
    """One session that opened many charts in a few minutes; how many in all."""

    login: str
    workstation: str
    charts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What stands out since a moment, aware."""

    since: datetime
    failed_sign_ins: tuple[FailedSignIns, ...]
    off_hours: tuple[OffHours, ...]
    broken_glass: tuple[BrokenGlass, ...]
    mass_openings: tuple[MassOpening, ...]


def report(admin_dsn: str, *, database: str, days: int) -> AuditReport:
    """Return what stands out in the last so many days.

    Raises:
        RuleBrokenError: not one day at least.
    """
    if days < 1:
        raise RuleBrokenError("Say how many days: --days 7.")
    with sealing(admin_dsn, database, snapshot=True) as connection:
        as_definer(connection)
        [(since,)] = connection.execute(_SINCE, (days,)).fetchall()
        return AuditReport(
            since=since,
            failed_sign_ins=_rows(connection, FailedSignIns, _FAILED, since),
            off_hours=_rows(connection, OffHours, _OFF_HOURS, since),
            broken_glass=_rows(connection, BrokenGlass, _BROKEN_GLASS, since),
            mass_openings=_rows(connection, MassOpening, _MASS, since),
        )


def _rows(connection: Connection, make: Any, statement: str, since: datetime) -> tuple[Any, ...]:
    return tuple(make(*row) for row in connection.execute(statement, {"since": since}))
