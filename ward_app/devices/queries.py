"""Reads of the device register: the devices of some stays, the history of one device."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.devices.types import Device, HistoryItem

# Its columns are Device's, in its order. Row security leaves out whoever's chart is not open.
_DEVICES = """
SELECT d.device_id, d.id, d.admission_id, d.kind, d.site, d.side, d.size, d.inserted_at,
    d.inserted_by, d.reason, d.due_out_at, d.note, first.recorded_at, du.display_name,
    k.id, k.occurred_at, ku.display_name, k.signs, k.score, k.at_least, k.note, scored.at,
    r.id, r.occurred_at, r.removed_by, r.reason, r.tip, r.note,
    s.check_minutes, s.stay_hours
FROM report.devices d
JOIN report.devices first ON first.id = d.device_id
LEFT JOIN public.users du ON du.id = first.recorded_by
LEFT JOIN LATERAL (
    SELECT c.* FROM report.device_checks c
    WHERE c.device_id = d.device_id AND c.status = 'final'
      AND NOT EXISTS (SELECT FROM report.device_checks n WHERE n.supersedes_id = c.id)
    ORDER BY c.occurred_at DESC, c.id DESC LIMIT 1) k ON true
LEFT JOIN public.users ku ON ku.id = k.recorded_by
LEFT JOIN LATERAL (
    SELECT max(c.occurred_at) AS at FROM report.device_checks c
    WHERE c.device_id = d.device_id AND c.status = 'final' AND c.score IS NOT NULL
      AND NOT EXISTS (SELECT FROM report.device_checks n WHERE n.supersedes_id = c.id)
    ) scored ON true
LEFT JOIN report.device_removals r ON r.device_id = d.device_id AND r.status = 'final'
    AND NOT EXISTS (SELECT FROM report.device_removals n WHERE n.supersedes_id = r.id)
JOIN LATERAL (
    SELECT t.check_minutes, t.stay_hours FROM report.device_settings t
    WHERE t.kind = d.kind ORDER BY t.seq DESC LIMIT 1) s ON true
WHERE d.admission_id = ANY (%s) AND d.status = 'final'
  AND NOT EXISTS (SELECT FROM report.devices n WHERE n.supersedes_id = d.id)
"""

# Its columns are HistoryItem's, in its order.
_HISTORY = """
SELECT h.id, h.entry, h.occurred_at, h.recorded_at, u.display_name, h.kind, h.about, h.score,
    h.at_least, h.note, h.superseded, h.status <> 'final', h.supersedes_id IS NOT NULL,
    h.change_reason
FROM (
    SELECT d.id, 'device' AS entry, d.inserted_at AS occurred_at, d.recorded_at, d.recorded_by,
        d.kind, jsonb_build_object('site', d.site, 'side', d.side, 'size', d.size,
            'inserted_by', d.inserted_by, 'reason', d.reason) AS about, NULL::smallint AS score,
        NULL::smallint AS at_least, d.note, d.status, d.supersedes_id, d.change_reason,
        EXISTS (SELECT FROM report.devices n WHERE n.supersedes_id = d.id) AS superseded
    FROM report.devices d WHERE d.device_id = %(device_id)s
    UNION ALL
    SELECT k.id, 'check', k.occurred_at, k.recorded_at, k.recorded_by, d.kind, k.signs, k.score,
        k.at_least, k.note, k.status, k.supersedes_id, k.change_reason,
        EXISTS (SELECT FROM report.device_checks n WHERE n.supersedes_id = k.id)
    FROM report.device_checks k JOIN report.devices d ON d.id = k.device_id
    WHERE k.device_id = %(device_id)s
    UNION ALL
    SELECT r.id, 'removal', r.occurred_at, r.recorded_at, r.recorded_by, d.kind,
        jsonb_build_object('reason', r.reason, 'tip', r.tip, 'removed_by', r.removed_by),
        NULL, NULL, r.note, r.status, r.supersedes_id, r.change_reason,
        EXISTS (SELECT FROM report.device_removals n WHERE n.supersedes_id = r.id)
    FROM report.device_removals r JOIN report.devices d ON d.id = r.device_id
    WHERE r.device_id = %(device_id)s) h
LEFT JOIN public.users u ON u.id = h.recorded_by
ORDER BY h.recorded_at DESC, h.id DESC
"""


def devices_of(tx: Transaction, admission_ids: Sequence[UUID]) -> tuple[Device, ...]:
    """Return the devices of these stays, also removed ones; those struck out are left out.

    The charts must have been opened (and that logged) in an earlier transaction; a stay whose
    chart is not open to the reader has none here.
    """
    return tuple(tx.rows(Device, _DEVICES, (list(admission_ids),)))


def device_history(tx: Transaction, device_id: UUID) -> tuple[HistoryItem, ...]:
    """Return all that was ever recorded of a device, what was recorded last first."""
    return tuple(tx.rows(HistoryItem, _HISTORY, {"device_id": device_id}))
