"""What a downtime left for people, as the wards see it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.downtime.types import OfflineKind, QueuedEntry, SettledHow

# in the order of the fields of QueuedEntry
_QUEUE = """
SELECT e.id, e.kind, e.admission_id, e.patient_id, e.ward_id, coalesce(a.display_name, ''),
    e.occurred_at, e.entered_at, e.received_at, e.problem, s.how, p.display_name, s.recorded_at
FROM report.offline_entries e
LEFT JOIN public.users a ON a.id = e.author_id
LEFT JOIN report.offline_settlements s ON s.entry_id = e.id
LEFT JOIN public.users p ON p.id = s.recorded_by
WHERE e.verdict = 'needs_a_person' AND (s.id IS NULL OR s.recorded_at > %s)
ORDER BY e.occurred_at, e.id
"""
_FIELDS = tuple(field.name for field in fields(QueuedEntry))


def queue(tx: Transaction, settled_since: datetime) -> tuple[QueuedEntry, ...]:
    """Return what needs a person on the wards of who asks, and what was settled since then.

    Of every ward of theirs, and of patients who came to one; the oldest first.
    """
    return tuple(tx.rows(_queued, _QUEUE, (settled_since,)))


def content(tx: Transaction, entry_id: UUID) -> dict[str, Any] | None:
    """Return what an entry says, by column; None = the chart of its patient is not open."""
    found: dict[str, Any] | None = tx.value("SELECT report.offline_content(%s)", (entry_id,))
    return found


def _queued(*columns: Any) -> QueuedEntry:
    facts = dict(zip(_FIELDS, columns, strict=True))
    facts["kind"] = OfflineKind(facts["kind"])
    facts["settled_how"] = facts["settled_how"] and SettledHow(facts["settled_how"])
    return QueuedEntry(**facts)
