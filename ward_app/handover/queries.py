"""Reads of the handover: a ward's patients in one statement, its pocket sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.handover.rules import answers_of, facts_of
from ward_app.handover.sheet_types import PocketSheet, SheetEnd
from ward_app.handover.types import AnswerKind, Given, HandoverLine, Holder, Receiver, WardHandover
from ward_app.shifts.queries import current_shift, my_beds, responsible_now

# in the order that _line takes them
HANDOVER_SQL = """
SELECT l.admission_id, l.patient_id, l.bed_id, l.facts, l.facts_hash, l.own_accepted_at, l.draft,
    l.handover_id, l.given_at, l.given_by, l.given_by_name, l.own_words, l.given_facts,
    l.given_hash, l.answers, l.ended, l.ended_at, l.ended_by, l.to_user_id, l.to_role,
    l.to_name, l.to_me, l.ended_by_id
FROM report.handover_list(%s) l
"""
_OF_THE_LINE = 7

# its columns are those of the named tuple, in its order
_RECEIVERS = "SELECT * FROM report.handover_receivers(%s)"

# what is out, and what was ticked within two days
_SHEETS = """
SELECT s.id, s.serial, coalesce(u.display_name, 'imported'), s.recorded_at, s.expires_at,
    cardinality(s.patient_ids), e.kind, eu.display_name, e.recorded_at
FROM report.pocket_sheets s
LEFT JOIN public.users u ON u.id = s.recorded_by
LEFT JOIN report.pocket_sheet_ends e ON e.sheet_id = s.id
LEFT JOIN public.users eu ON eu.id = e.recorded_by
WHERE s.ward_id = %s AND (e.id IS NULL OR e.recorded_at > now() - interval '48 hours')
ORDER BY s.serial DESC
"""


def ward_handover(tx: Transaction, ward_id: UUID) -> WardHandover:
    """Return the handover of a ward in bed order, who holds its beds, and its pocket sheets.

    The charts must have been opened (and that logged) in an earlier transaction; whoever's chart
    is not open is left out.

    Raises:
        NotPermittedError: the role may not read handovers.
    """
    shift = current_shift(tx, ward_id, tx.now)
    return WardHandover(
        lines=tuple(tx.rows(_line, HANDOVER_SQL, (ward_id,))),
        sheets=sheets_out(tx, ward_id),
        holders={
            bed.bed_id: Holder(bed.user_name, bed.since) for bed in responsible_now(tx, ward_id)
        },
        mine=my_beds(tx, ward_id),
        shift_until=shift.until_at if shift else None,
        read_at=tx.now,
        receivers=tuple(tx.rows(_receiver, _RECEIVERS, (ward_id,))),
    )


def sheets_out(tx: Transaction, ward_id: UUID) -> tuple[PocketSheet, ...]:
    """Return the pocket sheets of a ward that are out, or came back within two days."""
    return tuple(tx.rows(_sheet, _SHEETS, (ward_id,)))


def _receiver(*columns: Any) -> Receiver:
    row = Receiver(*columns)
    return row._replace(bed_ids=tuple(row.bed_ids), beds=tuple(row.beds))


def _line(*columns: Any) -> HandoverLine:
    admission_id, patient_id, bed_id, facts, facts_hash, accepted_at, draft = columns[
        :_OF_THE_LINE
    ]
    return HandoverLine(
        admission_id,
        patient_id,
        bed_id,
        facts_of(facts),
        facts_hash,
        accepted_at,
        draft,
        given_of(*columns[_OF_THE_LINE:]),
    )


def given_of(*columns: Any) -> Given | None:
    """Return the columns about the last giving as a value, None where there was none."""
    (given_id, at, by_id, by, own_words, facts, facts_hash, answers, *end) = columns
    if given_id is None:
        return None
    ended, ended_at, ended_by, to_user_id, to_role, to_name, to_me, ended_by_id = end
    return Given(
        id=given_id,
        at=at,
        by_id=by_id,
        by=by,
        own_words=own_words,
        facts=facts_of(facts),
        facts_hash=facts_hash,
        answers=answers_of(answers or ()),
        ended=AnswerKind(ended) if ended else None,
        ended_at=ended_at,
        ended_by=ended_by if ended else None,
        to_user_id=to_user_id,
        to_role=to_role,
        to_name=to_name,
        to_me=to_me,
        ended_by_id=ended_by_id,
    )


def _sheet(  # noqa: PLR0913, PLR0917 - the columns of _SHEETS
    sheet_id: UUID,
    serial: int,
    printed_by: str,
    printed_at: datetime,
    expires_at: datetime,
    patients: int,
    ended: str | None,
    ended_by: str | None,
    ended_at: datetime | None,
) -> PocketSheet:
    end = SheetEnd(ended) if ended else None
    return PocketSheet(
        sheet_id, serial, printed_by, printed_at, expires_at, patients, end, ended_by, ended_at
    )
