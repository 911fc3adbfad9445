"""Copies of wards: only of one's own, on record, and without what a chart would not show."""

from __future__ import annotations

import pytest

from tests import world
from tests.security.elsewhere import assert_nothing

OPEN = "SELECT auth.open_ward_copy(%s)"
COPY = "SELECT report.ward_copy(%s, '{}')::text"
HANDOVER = "SELECT report.handover_copy(%s)::text"
EAST, WEST = world.id_of("east"), world.id_of("west")


@pytest.mark.usefixtures("hospital")
def test_that_a_ward_of_others_cannot_be_copied(hospital, intruder, admin):
    assert not intruder.value(OPEN, (WEST,), token=hospital.nora)
    for sql in (COPY, HANDOVER):
        assert intruder.state(sql, (WEST,), token=hospital.nora) == "WA404"
    assert admin.execute("SELECT FROM audit.access_logs WHERE kind = 'copy'").fetchall() == []


def test_that_the_copy_of_the_own_ward_names_nobody_of_another(hospital, intruder):
    assert intruder.value(OPEN, (EAST,), token=hospital.nora)
    for sql in (COPY, HANDOVER):
        text = intruder.value(sql, (EAST,), token=hospital.nora)
        assert "Okafor" in text
        assert_nothing(text)


def test_that_a_record_that_is_taken_back_opens_nothing(hospital, intruder):
    """[B07] Putting it on record and reading happen in transactions of their own."""
    both = (
        "WITH opened AS MATERIALIZED (SELECT auth.open_ward_copy(%s) AS it)"
        " SELECT report.ward_copy(%s, '{}')::text FROM opened WHERE it"
    )
    assert intruder.state(both, (EAST, EAST), token=hospital.nora) == "WA404"
    assert intruder.state(COPY, (EAST,), token=hospital.nora) == "WA404"


def test_that_a_ward_that_is_taken_away_is_not_copied_any_more(hospital, intruder, admin):
    assert intruder.value(OPEN, (EAST,), token=hospital.nora)
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s", (world.id_of("nora"),))
    for sql in (COPY, HANDOVER):
        assert intruder.state(sql, (EAST,), token=hospital.nora) == "WA404"


def test_that_what_one_session_put_on_record_opens_nothing_to_another(hospital, intruder, at_beta):
    assert intruder.value(OPEN, (EAST,), token=hospital.nora)
    for sql in (COPY, HANDOVER):
        assert at_beta.state(sql, (EAST,), token=hospital.wes) == "WA404"
