"""Admitting, moving, swapping, discharging, undoing."""

from __future__ import annotations

from ui.admissions.admit_sheet import AdmitSheet
from ui.admissions.discharge_sheet import DischargeSheet
from ui.admissions.swap_sheet import SwapSheet
from ui.admissions.transfer_sheet import TransferSheet
from ui.admissions.undo_sheet import UndoSheet
from ui.demo.walk import Walk, type_ahead
from ward_app.board.types import BoardBed
from ward_app.demo.cases import FORMER_PATIENT

ADMITTED_TO = "14"
NEW_PATIENT = "Whitfeld"


def admit(walk: Walk) -> None:
    """Nobody fits, so a new person is registered; who she may be is shown first."""
    walk.choose(ADMITTED_TO)
    walk.hands.press("A")
    sheet = walk.sheet(AdmitSheet)
    begin_registration(walk, sheet)
    walk.picture("admit-duplicate-warning")
    sheet.registration.duplicates.list.setFocus()
    walk.hands.press("N")
    walk.until(sheet.registration.duplicates.isHidden, "N did not settle that she is new")
    walk.type_into(sheet.stay_form.input("source"), "E")
    walk.type_into(sheet.stay_form.input("reason"), "Pneumonia")
    walk.type_into(sheet.alert_form.input("allergies"), "N")
    walk.picture("admit-filled")
    told = walk.save()
    walk.expect(f"admitted to bed {ADMITTED_TO}" in told, f"told: {told}")
    _expect_in(walk, NEW_PATIENT, ADMITTED_TO)
    walk.expect(walk.stored(ADMITTED_TO).allergy_status == "none_known", "no allergies not kept")
    walk.picture("admitted")


def transfer_by_keyboard(walk: Walk) -> None:
    """T, the bed's number, Enter, Ctrl+Enter."""
    patient = walk.choose("4")
    walk.hands.press("T")
    sheet = walk.sheet(TransferSheet)
    walk.pick(sheet.bed_input(), "23")
    walk.picture("transfer")
    told = walk.save()
    walk.expect("moved to bed 23" in told, f"told: {told}")
    _expect_in(walk, patient.family_name, "23")
    walk.expect(walk.stored("4").readiness == "dirty", "bed 4 is not marked dirty")


def transfer_by_drag(walk: Walk) -> None:
    """Dragging a patient to a free bed opens the same sheet with the bed filled in."""
    patient = walk.card("2").bed
    walk.hands.drag(walk.board.beds.tiles, walk.tile("2"), walk.tile("6"))
    sheet = walk.sheet(TransferSheet)
    walk.expect(sheet.place().bed_id == walk.card("6").bed.bed_id, "another bed is filled in")
    walk.picture("dragged")
    walk.save()
    _expect_in(walk, patient.family_name, "6")


def swap(walk: Walk) -> None:
    """Two patients exchange beds in one step."""
    one, other = walk.card("22").bed, walk.card("20").bed
    walk.choose("22")
    walk.hands.press("S")
    sheet = walk.sheet(SwapSheet)
    walk.pick(sheet.form.input("partner"), "kowal")
    walk.picture("swap")
    walk.save()
    _expect_in(walk, one.family_name, "20")
    _expect_in(walk, other.family_name, "22")


def discharge(walk: Walk) -> None:
    """Only leaving frees the bed; it is marked dirty."""
    walk.choose("15")
    walk.hands.press("D")
    sheet = walk.sheet(DischargeSheet)
    walk.type_into(sheet.form.input("destination"), "1")
    walk.picture("discharge")
    told = walk.save()
    walk.expect("discharged (home)" in told, f"told: {told}")
    bed = walk.stored("15")
    walk.expect(not bed.occupied and bed.readiness == "dirty", "bed 15 is not free and dirty")
    walk.until(lambda: not walk.card("15").bed.occupied, "the board still shows a patient")
    walk.picture("discharged")


def undo(walk: Walk) -> None:
    """Ctrl+Z right after it offers to undo it, with a reason; what happened stays on record."""
    walk.hands.press("Ctrl+Z")
    sheet = walk.sheet(UndoSheet)
    walk.until(lambda: sheet.steps.rowCount() > 1, "the history was not read")
    walk.type_into(sheet.reason.input("reason"), "1")
    walk.picture("undo")
    told = walk.save()
    walk.expect("Discharge of" in told and "undone" in told, f"told: {told}")
    _expect_in(walk, "Patil", "15")


def begin_registration(walk: Walk, sheet: AdmitSheet) -> None:
    """Type somebody whom the search does not find, but who is much like somebody known."""
    field = type_ahead(sheet.patient_form.input("patient"))
    walk.until(field.hasFocus, "the cursor is not in the search")
    walk.hands.type("whitfeld margret")
    walk.until(lambda: field.options.rowCount() > 1, "the search did not answer")
    walk.picture("admit-search")
    walk.hands.press("Return")
    walk.until(sheet.registration.isVisible, "no registration opened")
    form = sheet.registration.form
    walk.type_into(form.input("sex"), "F")
    walk.type_into(form.input("born_on"), f"{FORMER_PATIENT.born_on:%d%m%Y}")
    walk.until(
        lambda: not sheet.registration.duplicates.isHidden(),
        "nobody was said to be likely the same person",
    )
    names = [each.identity.family_name for each in sheet.registration.duplicates.found()]
    walk.expect("Whitfield" in names, f"the likely same persons are {names}")


def _expect_in(walk: Walk, family_name: str | None, label: str) -> None:
    """Expect a patient in a bed, in the database and then on the board."""
    stored: BoardBed = walk.stored(label)
    walk.expect(stored.family_name == family_name, f"bed {label} holds {stored.family_name}")
    walk.until(
        lambda: walk.card(label).bed.family_name == family_name,
        f"the board does not show {family_name} in bed {label}",
    )
