"""What the screen of the audit trail asks of the database."""

from __future__ import annotations

from ward_app.audit.queries import trail_page
from ward_app.audit.service import record_trail
from ward_app.audit.types import Action, TrailRow, Wanted
from ward_app.core.database import Transaction

MOST_ROWS = 10_000
"""So many entries fit on paper or into a file."""


def take_out(
    tx: Transaction, wanted: Wanted, what: str, *, action: Action
) -> tuple[TrailRow, ...]:
    """Return the newest entries for paper or a file, and put on record that they leave."""
    rows = trail_page(tx, wanted, rows=MOST_ROWS)
    number = f"{len(rows)} entr{'y' if len(rows) == 1 else 'ies'}"
    record_trail(tx, f"{what}, {number}", action=action)
    return rows
