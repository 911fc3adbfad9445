"""The demo ward is handed over in part: some patients given, one asked about, papers out."""

from __future__ import annotations

from tests.handover.builders import open_first
from ward_app.core.database import Actor
from ward_app.demo.handover_rows import ASKED_BED, GIVEN_BEDS, QUESTION
from ward_app.demo.hospital import SEVEN_EAST
from ward_app.handover.queries import ward_handover
from ward_app.handover.rules import is_expired, new_since, open_questions, outstanding, state_of
from ward_app.handover.types import State


def test_that_the_demo_ward_shows_handovers_of_every_kind(demo_database, demo_sign_in):
    nurse = Actor(demo_sign_in("nurse").token)
    open_first(demo_database, nurse, ward_ids=(SEVEN_EAST.id,))
    found = demo_database.run(nurse, ward_handover, SEVEN_EAST.id)
    by_bed = {line.facts.bed: line for line in found.lines}
    given = {bed for bed, line in by_bed.items() if state_of(line) is State.GIVEN}
    assert given == set(GIVEN_BEDS)
    assert by_bed["3"].given.own_words == GIVEN_BEDS["3"]
    (asked,) = open_questions(by_bed[ASKED_BED].given)
    assert asked.words == QUESTION
    assert any(new_since(line.facts, line.own_accepted_at) for line in found.lines)
    assert sum(state_of(line) is State.ACCEPTED for line in found.lines) > 10
    late, in_time = outstanding(found.sheets)
    assert is_expired(late, found.read_at)
    assert not is_expired(in_time, found.read_at)
