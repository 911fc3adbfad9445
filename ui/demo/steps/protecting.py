"""Protected details: read once the chart is open, corrected with a reason, found by the number."""

from __future__ import annotations

from ui.admissions.admit_sheet import AdmitSheet
from ui.demo.walk import Walk, type_ahead
from ui.patients.details_sheet import DetailsSheet
from ward_app.board.types import BoardBed
from ward_app.demo.detail_rows import drawn_details
from ward_app.patients.types import ProtectedField

_ADDRESS = "7 Quay Terrace\nHarrowby"


def correct_details(walk: Walk) -> None:
    """What is on record is shown; the address is corrected, and the old one stays on record."""
    row = _with_national_id(walk)
    sheet = _open(walk, row)
    assert row.patient_id is not None  # noqa: S101 - chosen for what is known of her
    known = drawn_details(row.patient_id)
    national_id = known[ProtectedField.NATIONAL_ID]
    walk.expect(sheet.value(ProtectedField.NATIONAL_ID) == national_id, "another id is shown")
    walk.picture("protected-details")
    sheet.detail_form.set_value(ProtectedField.ADDRESS, _ADDRESS)
    sheet.reason_form.set_value("reason", "Moved house")
    told = walk.save()
    walk.expect(told.startswith("Protected details of"), f"told: {told}")
    again = _open(walk, row)
    walk.expect(again.value(ProtectedField.ADDRESS) == _ADDRESS, "the address is not kept")
    walk.hands.press("Esc")
    _find(walk, row, str(national_id))


def details_sheet(walk: Walk) -> None:
    """Protected details of a patient."""
    _open(walk, _with_national_id(walk))


def _with_national_id(walk: Walk) -> BoardBed:
    """Return the first patient of whom a national id is known."""
    return next(
        card.bed
        for card in walk.cards()
        if card.bed.patient_id is not None
        and drawn_details(card.bed.patient_id)[ProtectedField.NATIONAL_ID]
    )


def _open(walk: Walk, row: BoardBed) -> DetailsSheet:
    assert row.bed_label is not None  # noqa: S101 - a card of the board
    walk.choose(row.bed_label)
    walk.hands.press("Alt+I")
    sheet = walk.sheet(DetailsSheet)
    walk.until(sheet.save_button.isEnabled, "the details were not read")
    return sheet


def _find(walk: Walk, row: BoardBed, national_id: str) -> None:
    """The number finds its patient wherever patients are searched for, however it is typed."""
    walk.hands.press("Ctrl+N")
    sheet = walk.sheet(AdmitSheet)
    field = type_ahead(sheet.patient_form.input("patient"))
    walk.go_to(field)
    walk.hands.type(national_id.replace(" ", "-"))
    name = (row.family_name or "").casefold()
    walk.until(
        lambda: any(name in option.text.casefold() for option in field.options.options()),
        "the number does not find the patient",
    )
    walk.picture("found-by-national-id")
    for _row in range(3):
        walk.hands.press("Esc")
