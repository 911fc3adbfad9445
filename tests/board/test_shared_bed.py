"""Two patients in one bed: every screen shows both, and each says who the other is."""

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests.board.builders import NOW, ZONE, a_board, a_patient, a_withheld_bed
from ui.board.actions import ACTIONS, BedAct
from ui.board.bed_model import may_drop
from ui.board.cards import Moment, bed_card
from ui.board.facts import facts
from ui.board.rows import BoardRows, Heading, Wanted, cards_of
from ui.board.table_model import COLUMNS, BedTableModel
from ui.board.tile_grid import COMPACT, TileGrid
from ui.board.tile_layout import TileLayouts
from ui.board.wall_cards import wall_card
from ward_app.board.rules import name_bed_mates

MOMENT = Moment(NOW, ZoneInfo(ZONE))


@pytest.fixture
def shared():
    """Mother and child in bed 1, and a neighbour."""
    mother = a_patient(1, family_name="Okafor", given_name="Ada", title=None)
    child = a_patient(
        2,
        bed_id=mother.bed_id,
        bed_label="1",
        family_name="Okafor",
        given_name="Bea",
        title=None,
        allergy_status="present",
        allergies=("Penicillin",),
        flags=(("isolation", "contact"), ("falls", None), ("nil_by_mouth", None)),
    )
    return name_bed_mates((mother, child, a_patient(3)))


def test_that_each_tile_names_the_other_patient(shared):
    mother, child, neighbour = (bed_card(bed, MOMENT) for bed in shared)
    assert "Shares bed with OKAFOR, Bea." in mother.sentence
    assert "Shares bed with OKAFOR, Ada." in child.sentence
    assert "Shares" not in neighbour.sentence


def test_that_the_smallest_tile_still_says_that_the_bed_is_shared(qapp, shared):
    grid = TileGrid(
        tile_width=COMPACT.width,
        tile_height=COMPACT.height,
        heading_height=COMPACT.heading,
        scale=1.0,
        compact=True,
        fits=True,
    )
    layout = TileLayouts(grid).layout(bed_card(shared[1], MOMENT))
    assert [chip.text.text for chip in layout.chips][:2] == ["Allergy", "Shared"]


def test_that_the_headings_count_the_bed_once(shared):
    rows = BoardRows(ZONE).rows(a_board(*shared), MOMENT, Wanted())
    assert len(cards_of(rows)) == 3
    assert next(row.note for row in rows if isinstance(row, Heading)) == "2 beds, none free"


def test_that_the_peek_says_it_first_and_loud(shared):
    found = next(fact for fact in facts(bed_card(shared[0], MOMENT), MOMENT) if fact.loud)
    assert (found.caption, found.value) == ("Shares bed", "OKAFOR, Bea")


def test_that_the_table_has_a_row_for_each(qapp, shared, qtmodeltester):
    model = BedTableModel()
    model.set_cards([bed_card(bed, MOMENT) for bed in shared])
    labels = [model.index(row, 0).data() for row in range(3)]
    assert labels == ["1 shared", "1 shared", shared[2].bed_label]
    state = next(at for at, column in enumerate(COLUMNS) if column.header == "State")
    said = model.index(0, state).data(Qt.ItemDataRole.DisplayRole)
    assert "Shares bed with OKAFOR, Bea" in said
    qtmodeltester.check(model)


def test_that_the_wall_shows_both_and_names_nobody_more_than_allowed(shared):
    cards = [wall_card(bed, MOMENT, {bed.ward_id: "initials"}) for bed in shared[:2]]
    assert [card.label for card in cards] == ["1 \N{MULTIPLICATION SIGN}2"] * 2
    hidden = [wall_card(bed, MOMENT, {}) for bed in shared[:2]]
    assert {card.name for card in hidden} == {"Occupied"}


def test_that_a_shared_bed_of_another_ward_shows_as_shared_by_nobody_named():
    one = a_withheld_bed(7)
    cards = [bed_card(bed, MOMENT) for bed in name_bed_mates((one, one._replace()))]
    assert [card.about for card in cards] == ["Shared bed", "Shared bed"]
    assert {wall_card(card.bed, MOMENT, {}).label for card in cards} == {
        "7 \N{MULTIPLICATION SIGN}2"
    }


def test_that_a_shared_bed_is_not_exchanged(shared):
    mother, _child, neighbour = shared
    swap = next(action for action in ACTIONS if action.act is BedAct.SWAP)
    assert swap.refusal(mother) == (
        "Bed 1 is shared and cannot be exchanged. Press T to move one patient."
    )
    assert not may_drop(neighbour, mother)
    assert not may_drop(mother, neighbour)
    assert may_drop(neighbour, a_patient(9))
