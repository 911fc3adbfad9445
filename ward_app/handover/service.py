"""Commands of the handover: give, answer, keep own words, print a pocket sheet, tick it off.

Callers own the transaction. Who did it and when is the database's to say, and so is what the
record said then. Repeating a command with the same id changes nothing.
"""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.handover.sheet_types import NewPocketSheet, NewSheetEnd, SheetEnd
from ward_app.handover.types import AnswerKind, NewAnswer, NewHandover
from ward_app.staff.types import Permission

LONGEST_WORDS = 2_000

_GIVE = """
INSERT INTO report.handovers
    (id, admission_id, own_words, facts_hash, supersedes_id, to_user_id, to_role)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_ANSWER = """
INSERT INTO report.handover_answers (id, handover_id, kind, words, read_back, facts_hash)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_KEEP = "SELECT report.keep_handover_words(%s, %s)"
_PRINT = """
INSERT INTO report.pocket_sheets (id, paper, as_file, patient_ids, expires_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_END = """
INSERT INTO report.pocket_sheet_ends (id, sheet_id, kind, words)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_GIVEN = "SELECT admission_id = %s FROM report.handovers WHERE id = %s"
_ANSWERED = "SELECT handover_id = %s FROM report.handover_answers WHERE id = %s"
_ENDED = "SELECT sheet_id = %s FROM report.pocket_sheet_ends WHERE id = %s"
_SERIAL = "SELECT serial FROM report.pocket_sheets WHERE id = %s"
_NEEDS_WORDS = {
    AnswerKind.QUESTION: "Write the question.",
    AnswerKind.REPLY: "Write the answer.",
    AnswerKind.DECLINED: "Say why you decline.",
}


@requires(Permission.HANDOVER_GIVE)
def give(tx: Transaction, new: NewHandover) -> None:
    """Give a patient, with what the record says now and own words; their draft goes with it.

    The giver stays responsible until somebody accepts.

    Raises:
        RuleBrokenError: the record changed since it was shown, somebody else gave the patient
            meanwhile, whom it is for takes no patients over there, or the words are too long.
        ConflictError: it was given by somebody else at the same moment.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    words = _said(new.own_words)
    to = (new.to_user_id, new.to_role)
    values = (new.id, new.admission_id, words, new.facts_hash, new.supersedes_id, *to)
    if not tx.execute(_GIVE, values):
        _must_be_there(tx, _GIVEN, new.admission_id, new.id)


@requires(Permission.HANDOVER_ACCEPT, Permission.HANDOVER_GIVE)
def answer(tx: Transaction, new: NewAnswer) -> None:
    """Accept or decline a handover, take one's own back, ask, or reply.

    Responsibility moves with an acceptance and with nothing else.

    Raises:
        RuleBrokenError: words are missing; it was answered or given anew meanwhile; the record
            changed since it was shown; or the giver accepts himself and says not why.
        ConflictError: somebody else answered at the same moment.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    words = _said(new.words)
    if words is None and new.kind in _NEEDS_WORDS:
        raise RuleBrokenError(_NEEDS_WORDS[new.kind], field="words")
    accepted = new.kind is AnswerKind.ACCEPTED
    if accepted and new.read_back is None:
        raise RuleBrokenError("Say whether it was read back.", field="read_back")
    values = (
        new.id,
        new.handover_id,
        new.kind.value,
        words,
        new.read_back if accepted else None,
        new.facts_hash,
    )
    if not tx.execute(_ANSWER, values):
        _must_be_there(tx, _ANSWERED, new.handover_id, new.id)


@requires(Permission.HANDOVER_GIVE)
def keep_words(tx: Transaction, admission_id: UUID, words: str | None) -> None:
    """Keep own words for a patient until they are given, for nobody else's eyes.

    None or blank throws them away.

    Raises:
        RuleBrokenError: they are too long.
        NotPermittedError: the role may not give patients, or the patient is not on its wards.
    """
    tx.execute(_KEEP, (admission_id, _said(words)))


@requires(Permission.HANDOVER_READ)
def print_sheet(tx: Transaction, new: NewPocketSheet) -> int:
    """Put a pocket sheet on record before it is printed or saved; return its number.

    Raises:
        RuleBrokenError: it names nobody, is good for more than 24 hours, or a chart is not open.
        NotPermittedError: the role may not do this, or the ward is not its own.
    """
    if not new.patient_ids:
        raise RuleBrokenError("Nobody is on this sheet. Choose patients first.")
    values = (new.id, new.paper.value, new.as_file, list(new.patient_ids), new.expires_at)
    tx.execute(_PRINT, values)
    serial: int = tx.value(_SERIAL, (new.id,))
    return serial


@requires(Permission.HANDOVER_READ)
def end_sheet(tx: Transaction, new: NewSheetEnd) -> None:
    """Tick a pocket sheet off as returned, shredded or lost.

    Raises:
        RuleBrokenError: a lost one without words, or somebody ticked it already.
        ConflictError: somebody else ticked it at the same moment.
        NotPermittedError: the role may not do this, or the ward is not its own.
    """
    words = _said(new.words)
    if new.kind is SheetEnd.LOST and words is None:
        raise RuleBrokenError("Say where it was last and who was told.", field="words")
    if not tx.execute(_END, (new.id, new.sheet_id, new.kind.value, words)):
        _must_be_there(tx, _ENDED, new.sheet_id, new.id)


def _must_be_there(tx: Transaction, statement: str, about: UUID, row_id: UUID) -> None:
    """Raise unless what was sent is there: sent once more, not somebody else's first."""
    if not tx.value(statement, (about, row_id)):
        raise ConflictError("Somebody else was first. Look at the list again.")


def _said(words: str | None) -> str | None:
    """Return the words without space around them, None for none."""
    said = (words or "").strip() or None
    if said is not None and len(said) > LONGEST_WORDS:
        raise RuleBrokenError(f"Write no more than {LONGEST_WORDS} letters.", field="words")
    return said
