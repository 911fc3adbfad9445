"""What can be done with a bed from the board: key, words, and why not when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ui.board.cards import patient_name
from ui.rooms.words import EMPTY_BED_WORDS
from ward_app.board import rules
from ward_app.board.types import BoardBed
from ward_app.staff.types import Permission, SignedIn


class BedAct(StrEnum):
    """The things done with one bed or its patient."""

    OPEN = "open"
    OBSERVE = "observe"
    MEASURE = "measure"
    TRANSFER = "transfer"
    SWAP = "swap"
    DISCHARGE = "discharge"
    ESCALATION = "escalation"
    CONCERN = "concern"
    WHY = "why"
    FLAGS = "flags"
    UNDO = "undo"
    ADMIT = "admit"
    READINESS = "readiness"
    AVAILABILITY = "availability"


@dataclass(frozen=True, slots=True, kw_only=True)
class BedAction:
    """One act.

    Attributes:
        keys: the single key that does it, as Qt writes it.
        name: what it is called where no bed is meant.
        key_name: how the key is written in menus, buttons and help.
        words: what the button says for a bed.
        refusal: None when the bed allows it, else why not, as a sentence.
    """

    act: BedAct
    name: str
    keys: str
    key_name: str
    permission: Permission
    words: Callable[[BoardBed], str]
    refusal: Callable[[BoardBed], str | None]


def refusal(action: BedAction, bed: BoardBed, signed_in: SignedIn) -> str | None:
    """Return why the act cannot be done here by this person, None when it can."""
    if not signed_in.may(action.permission):
        return f"Your role may not do this: {action.words(bed).rstrip('…').lower()}."
    return action.refusal(bed)


def offered(bed: BoardBed, signed_in: SignedIn) -> tuple[BedAction, ...]:
    """Return the acts that can be done with the bed now, in the order of menus."""
    return tuple(action for action in ACTIONS if refusal(action, bed, signed_in) is None)


def bed_words(bed: BoardBed) -> str:
    """Return "Bed 12", or the name of a patient without a bed, to begin a sentence."""
    return f"Bed {bed.bed_label}" if bed.bed_label else patient_name(bed)


def _needs_patient(bed: BoardBed) -> str | None:
    if rules.has_patient(bed):
        return None
    if bed.occupied:
        return f"The patient in {bed_words(bed).lower()} is not on your ward."
    return f"{bed_words(bed)} has no patient."


def _needs_open_alert(bed: BoardBed) -> str | None:
    if rules.has_patient(bed) and bed.escalation_id is None:
        return f"{bed_words(bed)} has no open alert. Press W if you are worried."
    return _needs_patient(bed)


def _needs_score(bed: BoardBed) -> str | None:
    if rules.has_patient(bed) and rules.points_known(bed) is None:
        return f"{bed_words(bed)} has no score yet."
    return _needs_patient(bed)


def _needs_own_ward(bed: BoardBed) -> str | None:
    return _needs_patient(bed) if bed.occupied and not rules.has_patient(bed) else None


def _needs_patient_in_bed(bed: BoardBed) -> str | None:
    if rules.has_patient(bed) and bed.bed_id is None:
        return f"{bed_words(bed)} has no bed to exchange. Press T to give one."
    if bed.mates:
        return f"{bed_words(bed)} is shared and cannot be exchanged. Press T to move one patient."
    return _needs_patient(bed)


def _needs_free_bed(bed: BoardBed) -> str | None:
    if rules.is_free(bed):
        return None
    if rules.is_unavailable(bed):
        return f"{bed_words(bed)} is {bed.availability}. Press B to open it."
    if bed.bed_id is None:
        return f"{bed_words(bed)} is already on the ward. Press T to give a bed."
    return f"{bed_words(bed)} is occupied."


def _needs_step_to_clean(bed: BoardBed) -> str | None:
    if rules.next_readiness(bed) is not None:
        return None
    if bed.bed_id is None or bed.occupied:
        return "Only an empty bed is made ready for the next patient."
    return f"{bed_words(bed)} is clean already."


def _needs_empty_bed(bed: BoardBed) -> str | None:
    if bed.bed_id is None or bed.occupied:
        return "Only an empty bed can be blocked or opened."
    return None


def _undo_words(bed: BoardBed) -> str:
    return "Undo last step…" if rules.has_patient(bed) else "Undo a discharge…"


def _readiness_words(bed: BoardBed) -> str:
    step = rules.next_readiness(bed)
    return f"Mark: {EMPTY_BED_WORDS[step].lower()}" if step else "Next step of cleaning"


def _availability_words(bed: BoardBed) -> str:
    return "Block or close…" if rules.is_open(bed) else "Open or change the block…"


def _always(words: str) -> Callable[[BoardBed], str]:
    return lambda _bed: words


ACTIONS: tuple[BedAction, ...] = (
    BedAction(
        act=BedAct.OPEN,
        name="Open patient",
        keys="Return",
        key_name="Enter",
        permission=Permission.CHART_OPEN,
        words=_always("Open patient"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.OBSERVE,
        name="Record observations",
        keys="O",
        key_name="O",
        permission=Permission.OBSERVATION_RECORD,
        words=_always("Observations…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.MEASURE,
        name="Measure pain, coma scale, glucose and more",
        keys="M",
        key_name="M",
        permission=Permission.OBSERVATION_RECORD,
        words=_always("Measure…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.ESCALATION,
        name="Answer the open alert",
        keys="E",
        key_name="E",
        permission=Permission.ESCALATION_RAISE,
        words=_always("Answer the alert…"),
        refusal=_needs_open_alert,
    ),
    BedAction(
        act=BedAct.CONCERN,
        name="Call for help: worried about the patient",
        keys="W",
        key_name="W",
        permission=Permission.ESCALATION_RAISE,
        words=_always("Worried…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.WHY,
        name="Why the patient has this score",
        keys="Y",
        key_name="Y",
        permission=Permission.CHART_OPEN,
        words=_always("Why this score?"),
        refusal=_needs_score,
    ),
    BedAction(
        act=BedAct.TRANSFER,
        name="Transfer the patient",
        keys="T",
        key_name="T",
        permission=Permission.ADMISSION_TRANSFER,
        words=_always("Transfer…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.SWAP,
        name="Swap two patients",
        keys="S",
        key_name="S",
        permission=Permission.ADMISSION_TRANSFER,
        words=_always("Swap beds…"),
        refusal=_needs_patient_in_bed,
    ),
    BedAction(
        act=BedAct.DISCHARGE,
        name="Discharge the patient",
        keys="D",
        key_name="D",
        permission=Permission.ADMISSION_DISCHARGE,
        words=_always("Discharge…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.FLAGS,
        name="Flags and allergies",
        keys="F",
        key_name="F",
        permission=Permission.PATIENT_FLAG,
        words=_always("Flags and allergies…"),
        refusal=_needs_patient,
    ),
    BedAction(
        act=BedAct.UNDO,
        name="Undo the last step of the stay",
        keys="U",
        key_name="U",
        permission=Permission.ADMISSION_CANCEL,
        words=_undo_words,
        refusal=_needs_own_ward,
    ),
    BedAction(
        act=BedAct.ADMIT,
        name="Admit to the bed",
        keys="A",
        key_name="A",
        permission=Permission.ADMISSION_ADMIT,
        words=_always("Admit to this bed…"),
        refusal=_needs_free_bed,
    ),
    BedAction(
        act=BedAct.READINESS,
        name="Next step of cleaning",
        keys="C",
        key_name="C",
        permission=Permission.BED_STATE,
        words=_readiness_words,
        refusal=_needs_step_to_clean,
    ),
    BedAction(
        act=BedAct.AVAILABILITY,
        name="Block or open the bed",
        keys="B",
        key_name="B",
        permission=Permission.BED_STATE,
        words=_availability_words,
        refusal=_needs_empty_bed,
    ),
)
