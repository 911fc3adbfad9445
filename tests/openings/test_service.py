"""Opening with a reason, closing, reviewing: as the program asks the database."""

from __future__ import annotations

import pytest

from tests import world
from tests.openings.builders import REASON, mark_private
from tests.openings.conftest import EAST, WEST
from tests.steps import admit
from ward_app.audit.service import open_chart, open_charts, open_directory
from ward_app.board.queries import opened_patient, ward_board
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.observations.queries import observation_chart
from ward_app.openings.queries import (
    live_opening,
    live_openings,
    openings_to_review,
    search_elsewhere,
)
from ward_app.openings.service import close_chart, open_with_reason, review_opening
from ward_app.openings.types import Decision, NewReview, OpeningKind, ReasonNeededError

GLASS = OpeningKind.BREAK_GLASS


@pytest.fixture
def broken(database, nurse, elsewhere):
    """A patient elsewhere for whom Nora broke the glass."""
    database.run(nurse, open_with_reason, elsewhere[0], GLASS, reason=REASON)
    return elsewhere


def a_review(opening, decision=Decision.JUSTIFIED, words="was there", **changes):
    after = opening.reviews[-1].id if opening.reviews else None
    facts = {"id": new_id(), "opening_id": opening.id, "decision": decision, "words": words,
             "after": after} | changes  # fmt: skip
    return NewReview(**facts)


def test_that_an_opened_chart_is_read_and_named_with_who_was_told(database, nurse, broken):
    """[U01]"""
    patient, stay = broken
    [opening] = database.run(nurse, live_openings)
    assert (opening.patient_id, opening.kind, opening.told) == (patient, GLASS, ("Wes Westward",))
    row = database.run(nurse, opened_patient, patient)
    assert (row.family_name, row.bed_label, row.admission_id) == ("Quagmire", "1", stay)
    assert (row.ward_id, row.allergy_status, row.flags) == (WEST, "not_recorded", None)
    assert len(database.run(nurse, observation_chart, stay).sets) == 1
    database.run(nurse, open_chart, patient)  # as every sheet about her asks


def test_that_the_row_of_who_is_opened_is_that_of_the_board(connect, wes, elsewhere):
    beta, actor, _ = wes
    patient, _stay = elsewhere
    opened = beta.run(actor, opened_patient, patient)
    row = next(r for r in beta.run(actor, ward_board, (WEST,)).beds if r.patient_id == patient)
    for field in ("ward_id", "room_name", "bed_label", "mrn", "sex", "born_on", "consultant",
                  "news2_total", "news2_risk", "observed_at", "next_due_at"):  # fmt: skip
        assert getattr(opened, field) == getattr(row, field), field


def test_that_the_board_of_that_ward_still_names_nobody(database, nurse, broken):
    assert {row.patient_id for row in database.run(nurse, ward_board, (WEST,)).beds} == {None}


def test_that_nobody_out_of_sight_has_a_row(database, nurse, elsewhere):
    assert database.run(nurse, opened_patient, elsewhere[0]) is None
    assert database.run(nurse, live_opening, elsewhere[0]) is None


def test_that_a_short_reason_is_refused_before_it_is_sent(database, nurse, elsewhere):
    with pytest.raises(RuleBrokenError, match="at least 10 letters") as refused:
        database.run(nurse, open_with_reason, elsewhere[0], GLASS, reason="   urgent    ")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("kind", "words"), [(GLASS, "not in this hospital any more"), (OpeningKind.PRIVACY, "wards")]
)
def test_that_who_is_not_there_is_not_opened(database, nurse, kind, words):
    with pytest.raises(NotPermittedError, match=words):
        database.run(nurse, open_with_reason, new_id(), kind, reason=REASON)


def test_that_closing_ends_it_once(database, nurse, broken):
    patient, stay = broken
    assert database.run(nurse, close_chart, patient)
    assert not database.run(nurse, close_chart, patient)
    with pytest.raises(NotPermittedError):
        database.run(nurse, observation_chart, stay)


def test_that_the_directory_tells_a_name_of_who_lies_elsewhere(database, nurse, elsewhere):
    database.run(nurse, open_directory)
    [found] = database.run(nurse, search_elsewhere, "quagm")
    assert (found.id, found.family_name, found.is_private) == (elsewhere[0], "Quagmire", False)
    with pytest.raises(RuleBrokenError, match="at least two letters"):
        database.run(nurse, search_elsewhere, " ")


def test_that_reviews_are_read_with_the_opening(wes, broken):
    """[U01]"""
    beta, manager, _ = wes
    [opening] = beta.run(manager, openings_to_review)
    assert (opening.kind, opening.user_name, opening.reason) == (GLASS, "Nora Nurse", REASON)
    assert (opening.patient_words, opening.ward_name) == ("QUAGMIRE, Xenia", "Ward 3 West")
    asked = a_review(opening, Decision.ASKED, "Who called you?")
    beta.run(manager, review_opening, asked)
    beta.run(manager, review_opening, asked)  # sent once more
    [opening] = beta.run(manager, openings_to_review)
    beta.run(manager, review_opening, a_review(opening))
    [opening] = beta.run(manager, openings_to_review)
    said = [(each.decision, each.words, each.by) for each in opening.reviews]
    assert said == [
        (Decision.ASKED, "Who called you?", "Wes Westward"),
        (Decision.JUSTIFIED, "was there", "Wes Westward"),
    ]


def test_that_a_decision_needs_words_and_what_was_seen_last(wes, broken):
    beta, manager, _ = wes
    [opening] = beta.run(manager, openings_to_review)
    with pytest.raises(RuleBrokenError, match="in a few words"):
        beta.run(manager, review_opening, a_review(opening, words="  "))
    beta.run(manager, review_opening, a_review(opening))
    with pytest.raises(ConflictError, match="just now"):
        beta.run(manager, review_opening, a_review(opening))


def test_that_ones_own_and_other_wards_openings_are_not_decided(wes, broken, admin, signed_in):
    beta, manager, _ = wes
    [opening] = beta.run(manager, openings_to_review)
    with pytest.raises(NotPermittedError, match="not one of your wards"):
        beta.run(manager, review_opening, a_review(opening, opening_id=new_id()))
    admin.execute("UPDATE public.user_wards SET ward_id = %s WHERE user_id = %s",
                  (EAST, world.id_of("wes")))  # fmt: skip
    assert beta.run(manager, openings_to_review) == ()
    beta.run(manager, open_with_reason, broken[0], GLASS, reason=REASON)
    admin.execute("UPDATE public.user_wards SET ward_id = %s WHERE user_id = %s",
                  (WEST, world.id_of("wes")))  # fmt: skip
    mine = next(one for one in beta.run(manager, openings_to_review) if one.is_mine)
    with pytest.raises(NotPermittedError, match="Somebody else has to review"):
        beta.run(manager, review_opening, a_review(mine))


def test_that_a_private_chart_asks_for_a_reason_by_name(database, nurse, admin, signed_in):
    stay = admit(database, nurse, "Okafor", label="1")
    [patient] = admin.execute(
        "SELECT patient_id FROM admission.admissions WHERE id = %s", (stay,)
    ).fetchone()
    charge = Actor(signed_in("both").token)
    mark_private(database, charge, patient)
    with pytest.raises(ReasonNeededError, match="marked private"):
        database.run(nurse, open_chart, patient)
    with pytest.raises(NotPermittedError, match="no chart was opened"):
        database.run(nurse, open_charts, [patient])
    database.run(nurse, open_with_reason, patient, OpeningKind.PRIVACY, reason=REASON)
    database.run(nurse, open_chart, patient)
    assert database.run(nurse, live_opening, patient).kind is OpeningKind.PRIVACY
    assert database.run(nurse, observation_chart, stay).admission_id == stay
