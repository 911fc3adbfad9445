"""Two workstations: a change elsewhere appears by itself, a bed is taken meanwhile."""

from __future__ import annotations

from time import perf_counter

from ui.admissions.admit_sheet import AdmitSheet
from ui.admissions.transfer_sheet import TransferSheet
from ui.demo.walk import Walk, type_ahead
from ward_app.admissions.service import transfer
from ward_app.admissions.types import NewTransfer
from ward_app.board.types import BoardBed
from ward_app.core.ids import new_id
from ward_app.demo.cases import NEWBORN

FREE_BED, NEXT_FREE_BED = "19", "11"
REASON = "Closer to the desk"
_TWO = 2


def change_appears(walk: Walk) -> None:
    """The colleague moves a patient; the board shows it without a key being touched."""
    row = walk.card("13").bed
    asked_s = perf_counter()
    _move(walk, row, FREE_BED)
    walk.until(
        lambda: walk.card(FREE_BED).bed.admission_id == row.admission_id,
        "the colleague's change did not appear by itself",
        within_s=5,
    )
    walk.note(f"{(perf_counter() - asked_s) * 1000:.0f} ms from her command to this board")
    walk.picture("appeared-by-itself")


def bed_taken(walk: Walk) -> None:
    """The bed goes to another patient while the sheet is open; what was typed stays."""
    walk.choose("26")
    walk.hands.press("T")
    sheet = walk.sheet(TransferSheet)
    walk.pick(sheet.bed_input(), NEXT_FREE_BED)
    walk.type_into(sheet.form.input("reason"), REASON)
    _move(walk, walk.card("27").bed, NEXT_FREE_BED)
    walk.hands.press("Ctrl+Return")
    walk.until(lambda: sheet.notice.text, "nobody was told that the bed is taken")
    told = sheet.notice.text
    walk.expect(f"Bed {NEXT_FREE_BED} was given to" in told, f"told: {told}")
    walk.expect(walk.colleague.name in told, "who took the bed is not named")
    walk.expect(sheet.form.value("reason") == REASON, "the reason typed is gone")
    offered = type_ahead(sheet.bed_input()).options
    walk.until(
        lambda: (
            not any(
                f"Bed {NEXT_FREE_BED} " in each.text
                and each.refusal is None
                and each.marks_itself  # one to be shared does not
                for each in offered.options()
            )
        ),
        "the bed that is taken is still offered",
    )
    walk.until(lambda: walk.card(NEXT_FREE_BED).bed.occupied, "the board does not show who came")
    walk.picture("bed-taken")
    walk.pick(sheet.bed_input(), "13")
    walk.save(answer="Put there")
    walk.expect(walk.stored("13").family_name == "Lindgren", "the other bed was not taken")


def _move(walk: Walk, row: BoardBed, label: str) -> None:
    """Let the colleague move a patient, whatever the bed's readiness."""
    bed = walk.card(label).bed
    assert row.admission_id is not None  # noqa: S101 - a patient's row
    move = NewTransfer(
        id=new_id(),
        admission_id=row.admission_id,
        ward_id=bed.ward_id,
        bed_id=bed.bed_id,
        occurred_at=walk.workplace.context.clock(),
        reason=None,
        accept_not_clean=True,
    )
    walk.colleague.ask(transfer, move)


def share_a_bed(walk: Walk) -> None:
    """A baby is admitted into the mother's bed; her tile and the baby's name the other."""
    mother = next(card for card in walk.cards() if card.bed.family_name == NEWBORN.name.family)
    walk.hands.press("Ctrl+N")
    sheet = walk.sheet(AdmitSheet)
    found = type_ahead(sheet.patient_form.input("patient"))
    walk.until(found.hasFocus, "the cursor is not in the search")
    walk.hands.type(f"{NEWBORN.name.family} {NEWBORN.name.given}")
    walk.until(lambda: found.list.currentIndex().isValid(), "the baby was not found")
    walk.hands.press("Return")
    walk.go_to(sheet.bed_input().target)
    beds = type_ahead(sheet.bed_input())
    walk.until(beds.options.rowCount, "no bed was offered")
    walk.hands.type(mother.label)
    wanted = f"Bed {mother.label} "
    for _ in range(beds.options.rowCount()):
        if str(beds.list.currentIndex().data()).startswith(wanted):
            break
        walk.hands.press("Down")
    walk.hands.press("Return")
    why = sheet.stay_form.input("share_reason")
    walk.until(why.isVisible, "nobody asks why the bed is shared")
    walk.type_into(why, "1")
    walk.type_into(sheet.stay_form.input("source"), "B")
    walk.picture("share-a-bed")
    told = walk.save()
    walk.expect(f"bed {mother.label}, shared with SORENSEN, Liv" in told, f"told: {told}")
    walk.until(
        lambda: sum(card.label == mother.label for card in walk.cards()) == _TWO,
        "the board does not show both",
    )
    names = {card.bed.given_name: card for card in walk.cards() if card.label == mother.label}
    walk.expect(set(names) == {"Liv", "Linnea"}, f"in the bed are {set(names)}")
    for name, other in (("Liv", "SORENSEN, Linnea"), ("Linnea", "SORENSEN, Liv")):
        walk.expect(other in names[name].sentence, f"{name}'s tile does not name {other}")
    walk.picture("shared-bed")
