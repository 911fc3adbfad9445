"""The demo hospital shows notes of every kind, one added to, corrected, struck out, all signed."""

from __future__ import annotations

from ward_app.audit.service import open_reachable_charts
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.core.database import Actor
from ward_app.demo.hospital import SEVEN_EAST
from ward_app.demo.note_rows import FALL_BED
from ward_app.notes.queries import notes_of, search_notes
from ward_app.notes.rules import threads
from ward_app.notes.types import NoteKind


def test_that_the_ward_has_notes_of_every_kind_and_what_became_of_them(
    demo_database, demo_sign_in
):
    nurse = Actor(demo_sign_in("nurse").token)
    board = demo_database.run(nurse, ward_board, (SEVEN_EAST.id,))
    beds = {bed.admission_id: bed for bed in board.beds if has_patient(bed)}
    demo_database.run(nurse, open_reachable_charts, [bed.patient_id for bed in beds.values()])
    notes = demo_database.run(nurse, notes_of, list(beds))
    assert {note.kind for note in notes} == set(NoteKind)
    assert all(note.signed_as for note in notes)
    fell = [note for note in notes if beds[note.admission_id].bed_label == FALL_BED]
    assert [note.title for note in fell if note.struck_out] == ["Progress"]
    (thread,) = (one for one in threads(fell) if one.note.kind == NoteKind.EVENT)
    (added,) = thread.additions
    assert added.change_reason == "Incomplete"
    hits = demo_database.run(nurse, search_notes, "phlebitis", ward_id=SEVEN_EAST.id)
    assert [hit.words for hit in hits] == [{"phlebitis"}]
