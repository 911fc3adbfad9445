"""Commands on the device register: put in, look at, take out, correct, strike out.

Callers own the transaction. Who did it and when is the database's to say, and so are the score
and what may follow what. Repeating a command with the same id changes nothing.
"""

from __future__ import annotations

import json
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.devices.pack import device_pack
from ward_app.devices.rules import site_score
from ward_app.devices.types import (
    Entry,
    NewCheck,
    NewDevice,
    NewRemoval,
    RemovalReason,
    SiteScore,
    StrikeOut,
)
from ward_app.staff.types import Permission

_RECORD = """
INSERT INTO report.devices (id, admission_id, pack_version, pack_hash, kind, site, side, size,
    inserted_at, inserted_by, reason, due_out_at, note, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_CHECK = """
INSERT INTO report.device_checks (id, device_id, admission_id, pack_version, pack_hash, signs,
    note, occurred_at, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_REMOVE = """
INSERT INTO report.device_removals (id, device_id, admission_id, reason, tip, removed_by, note,
    occurred_at, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

# the rest of a row is the original's; the database copies it
_STRIKE_OUT = {
    Entry.DEVICE: """
INSERT INTO report.devices (id, admission_id, pack_version, pack_hash, kind, site, status,
    supersedes_id, change_reason)
SELECT %s, admission_id, pack_version, pack_hash, kind, site, 'entered_in_error', id, %s
FROM report.devices WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
""",
    Entry.CHECK: """
INSERT INTO report.device_checks (id, device_id, admission_id, pack_version, pack_hash, signs,
    occurred_at, status, supersedes_id, change_reason)
SELECT %s, device_id, admission_id, pack_version, pack_hash, signs, occurred_at,
    'entered_in_error', id, %s
FROM report.device_checks WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
""",
    Entry.REMOVAL: """
INSERT INTO report.device_removals (id, device_id, admission_id, reason, tip, removed_by, note,
    occurred_at, status, supersedes_id, change_reason)
SELECT %s, device_id, admission_id, reason, tip, removed_by, note, occurred_at,
    'entered_in_error', id, %s
FROM report.device_removals WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
""",
}

_STORED = {
    Entry.DEVICE: "SELECT count(*) FROM report.devices WHERE id = %s",
    Entry.CHECK: "SELECT count(*) FROM report.device_checks WHERE id = %s",
    Entry.REMOVAL: "SELECT count(*) FROM report.device_removals WHERE id = %s",
}


@requires(Permission.DEVICE_RECORD)
def record_device(tx: Transaction, device: NewDevice) -> None:
    """Record a device in place, or correct what was recorded of one.

    Raises:
        RuleBrokenError: the site is not named, a correction has no reason, or the times do not
            fit the looks at it or its removal.
        ConflictError: somebody else corrected or struck it out first.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    pack = device_pack()
    if not device.site.strip():
        raise RuleBrokenError("Say where on the body it is.", field="site")
    if (
        device.due_out_at is not None
        and device.inserted_at is not None
        and device.due_out_at <= device.inserted_at
    ):
        raise RuleBrokenError("It comes out after it was put in.", field="due_out_at")
    _must_say_why(device.supersedes_id, device.change_reason)
    values = (
        device.id,
        device.admission_id,
        pack.version,
        pack.hash,
        device.kind,
        device.site.strip(),
        device.side.value if device.side else None,
        _text(device.size),
        device.inserted_at,
        _text(device.inserted_by),
        _text(device.reason),
        device.due_out_at,
        _text(device.note),
        device.supersedes_id,
        _text(device.change_reason),
    )
    _write(tx, Entry.DEVICE, _RECORD, device.id, values)


@requires(Permission.DEVICE_CHECK)
def check_device(tx: Transaction, check: NewCheck) -> SiteScore:
    """Record a look at the site of a device, or correct one, and return what it comes to.

    Raises:
        RuleBrokenError: no sign is answered, a correction has no reason, or the device was not
            in place at the time.
        ConflictError: somebody else corrected or struck it out first.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    pack = device_pack()
    if not check.signs:
        raise RuleBrokenError("Say what was looked for: no sign is answered.")
    _must_say_why(check.supersedes_id, check.change_reason)
    values = (
        check.id,
        check.device_id,
        check.admission_id,
        pack.version,
        pack.hash,
        json.dumps(dict(check.signs)),
        _text(check.note),
        check.occurred_at,
        check.supersedes_id,
        _text(check.change_reason),
    )
    _write(tx, Entry.CHECK, _CHECK, check.id, values)
    return site_score(pack.kind(check.kind).scheme, check.signs)


@requires(Permission.DEVICE_RECORD)
def remove_device(tx: Transaction, removal: NewRemoval) -> None:
    """Record that a device was taken out or lost, or correct that.

    Raises:
        RuleBrokenError: nobody is named, another reason is not explained, a correction has no
            reason, the device is out already, or was looked at after this time.
        ConflictError: somebody else corrected or struck it out first.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    if not removal.removed_by.strip():
        raise RuleBrokenError("Say who took it out.", field="removed_by")
    if removal.reason is RemovalReason.OTHER and not _text(removal.note):
        raise RuleBrokenError("Say what the reason is.", field="note")
    _must_say_why(removal.supersedes_id, removal.change_reason)
    values = (
        removal.id,
        removal.device_id,
        removal.admission_id,
        removal.reason.value,
        removal.tip.value,
        removal.removed_by.strip(),
        _text(removal.note),
        removal.occurred_at,
        removal.supersedes_id,
        _text(removal.change_reason),
    )
    _write(tx, Entry.REMOVAL, _REMOVE, removal.id, values)


@requires(Permission.DEVICE_CHECK, Permission.DEVICE_RECORD)
def strike_out(tx: Transaction, mark: StrikeOut) -> None:
    """Mark a device, a look at it or its removal as entered in error.

    After a removal is struck out the device is in place again.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else corrected or struck it out first, or it is out of reach.
        NotPermittedError: the role may not do this.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why it is struck out.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    _write(tx, mark.entry, _STRIKE_OUT[mark.entry], mark.id, values)


def _write(
    tx: Transaction, entry: Entry, sql: str, row_id: UUID, values: tuple[object, ...]
) -> None:
    """Run an INSERT; none happens when the row is there already, or another came first."""
    if not tx.execute(sql, values) and not tx.value(_STORED[entry], (row_id,)):
        raise ConflictError("Somebody else changed this first. Look at the list again.")


def _must_say_why(supersedes_id: UUID | None, reason: str | None) -> None:
    if supersedes_id is not None and not _text(reason):
        raise RuleBrokenError("Say why it is corrected.", field="change_reason")


def _text(words: str | None) -> str | None:
    """Return the words without space around them, None for none."""
    return (words or "").strip() or None
