"""Reading the audit trail, page by page; it must have been opened, which is itself on record."""

from __future__ import annotations

from ward_app.audit.types import Action, TrailRow, Wanted
from ward_app.core.database import Transaction
from ward_app.core.reading import may_lag, unhurried

PAGE_ROWS = 200

TRAIL_SQL = """
SELECT source, id, at, action, kind, succeeded, login, user_name, session_id, workstation_name,
    ward_name, patient_id, mrn, family_name, given_name, resource_type, resource_id, detail
FROM audit.trail(%(question)s, %(since)s, %(until)s, %(person)s, %(patient)s, %(workstation)s,
                 %(at)s, %(source)s, %(id)s, %(rows)s)
"""


@may_lag
@unhurried
def trail_page(
    tx: Transaction, wanted: Wanted, *, after: TrailRow | None = None, rows: int = PAGE_ROWS
) -> tuple[TrailRow, ...]:
    """Return the newest entries that are asked for, at most `rows`; `after`: those older than it.

    A name that nobody has finds nothing.

    Raises:
        NotPermittedError: the reader may not read the trail.
        RuleBrokenError: the trail is not open, or not any more.
    """
    return tuple(tx.rows(_row, TRAIL_SQL, trail_values(wanted, after, rows)))


def trail_values(
    wanted: Wanted, after: TrailRow | None = None, rows: int = PAGE_ROWS
) -> dict[str, object]:
    """Return what `TRAIL_SQL` takes."""
    return {
        "question": wanted.question.value,
        "since": wanted.since,
        "until": wanted.until,
        "person": wanted.person,
        "patient": wanted.patient,
        "workstation": wanted.workstation,
        "at": after and after.at,
        "source": after and after.source,
        "id": after and after.id,
        "rows": rows,
    }


def _row(*columns: object) -> TrailRow:
    source, number, at, action, *others = columns
    return TrailRow(source, number, at, Action(str(action)), *others)  # type: ignore[arg-type]  # as the statement lists them
